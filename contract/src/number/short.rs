//! Numbers that live inside one country or one house: emergency, service and hotline codes, which no numbering plan
//! writes in E.164, and the words networks send in place of a number. Tables, nothing more.
//! Sources: each country's published numbering plan; 3GPP TS 24.229 and RFC 3323 for the words.

/// Sent instead of a number. Compared in lower case without separators.
const WITHHELD: [&str; 39] = [
    "anonymous",
    "anonym",
    "anonymousinvalid",
    "unknown",
    "unknownnumber",
    "unknowncaller",
    "unavailable",
    "notavailable",
    "restricted",
    "private",
    "privatenumber",
    "privatecaller",
    "blocked",
    "withheld",
    "numberwithheld",
    "nocallerid",
    "hidden",
    "coinlinecharge",
    "coinline",
    "payphone",
    "interactionwithotherservice",
    "outofarea",
    "unbekannt",
    "unterdrückt",
    "privat",
    "desconhecido",
    "anônimo",
    "anonimo",
    "privado",
    "confidencial",
    "匿名",
    "未知",
    "未知号码",
    "未知號碼",
    "保密号码",
    "私人号码",
    "私人號碼",
    "非通知",
    "表示圏外",
];

/// A word that stands for "no number shown", or its keypad spelling that some networks send as digits, or zeros only.
pub(super) fn is_withheld(text: &str) -> bool {
    let word: String = text.chars().filter(|c| !c.is_whitespace() && !"-_.\"'<>()".contains(*c)).collect();
    let keypad = word.trim_start_matches('+');
    keypad.is_empty()
        || WITHHELD.contains(&word.as_str())
        || ["無号码", "公衆電話", "通知不可能", "无主叫号码", "隐藏号码"].contains(&word.as_str())
        // ANONYMOUS and UNAVAILABLE on the keypad; no plan has these numbers.
        || ["266696687", "86282452253"].contains(&keypad)
        || keypad.bytes().all(|b| b == b'0')
}

/// A service code of `country` (ISO 3166), dialed as it is: `110`, `95588`, `10086`, `911`.
pub(super) fn is_short(country: &str, digits: &str) -> bool {
    let n = digits.len();
    let one_of = |codes: &[&str]| codes.contains(&digits);
    let starts = |heads: &[&str]| heads.iter().any(|head| digits.starts_with(head));
    if one_of(&["110", "112", "119", "911", "999"]) {
        return true;
    }
    match country {
        "CN" => {
            one_of(&["114", "117", "120", "122", "116114", "118114", "11183", "11185", "11888"])
                || (n == 5 && starts(&["100", "101", "12"]))
                // Operators' own lines with a menu choice behind: 1008611.
                || ((6..=8).contains(&n) && starts(&["10086", "10010", "10000", "10099"]))
                // Banks and national hotlines; with a branch behind, up to 8.
                || ((5..=8).contains(&n) && starts(&["95", "96"]))
                // SMS ports.
                // Ten digits are Beijing's 10 and a number in 6.
                || ((8..=20).contains(&n) && n != 10 && starts(&["106"]))
        }
        "HK" => one_of(&["992", "1081", "1083", "1823", "10000", "10088"]) || (n == 5 && starts(&["18"])),
        "TW" => one_of(&["104", "105", "113", "117", "165", "166", "167", "168"]) || (n == 4 && starts(&["19"])),
        "US" | "CA" => one_of(&["211", "311", "411", "511", "611", "711", "811", "988"]),
        "DE" => one_of(&["115"]) || (n == 6 && starts(&["116"])) || ((5..=6).contains(&n) && starts(&["118"])),
        "JP" => n == 3 && starts(&["1"]),
        "BR" => (n == 3 && starts(&["1"])) || (n == 5 && starts(&["103", "105", "106"])),
        _ => false,
    }
}

/// What the metadata lets pass and China's plan has not: fixed numbers begin with 2 to 8 behind the area code, the areas
/// 10 and 2x have eight digits, and 852 and 853 went into 851 in 2014 (as bare digits they are Hong Kong and Macao).
pub(super) fn is_chinese(national: &str) -> bool {
    let mobile_or_service = national.len() == 11 && national.starts_with('1') && !national.starts_with("10")
        || national.starts_with(['4', '8']) && national[1..].starts_with("00");
    if mobile_or_service {
        return true;
    }
    let long_area = !national.starts_with("10") && !national.starts_with('2');
    let Some((area, line)) = national.split_at_checked(if long_area { 3 } else { 2 }) else { return false };
    match line.as_bytes().first() {
        Some(b'2'..=b'8') => !["852", "853"].contains(&area) && (line.len() == 8 || (long_area && line.len() == 7)),
        // Hotlines seen from outside the area: 010 95588.
        Some(b'1' | b'9') => {
            (5..=8).contains(&line.len())
                && ["95", "96", "10", "11", "12"].iter().any(|head| line.starts_with(head))
                && (line.len() < 8 || line.starts_with('9'))
        }
        _ => false,
    }
}

/// What is dialed in `country` before a country code, longest first. Networks also use a plain `00` everywhere.
pub(super) fn international_prefixes(country: &str) -> &'static [&'static str] {
    match country {
        "US" | "CA" => &["011", "00"],
        "JP" => &["0033010", "0061010", "001010", "0041010", "010", "00"],
        "HK" => &["0060", "001", "00"],
        "TW" => &["002", "005", "006", "007", "009", "00"],
        "BR" => &["0014", "0015", "0021", "0025", "0031", "0041", "0043", "00"],
        _ => &["00"],
    }
}

/// Prefixes that choose a carrier or hide the caller and belong to no number (China's IP dialing; 184/186 in Japan).
pub(super) fn dial_prefixes(country: &str) -> &'static [&'static str] {
    match country {
        "CN" => &[
            "17909", "17908", "17911", "17910", "17901", "17900", "17951", "17950", "17931", "17990", "17991", "12593",
            "12583", "10193", "10190",
        ],
        "JP" => &["184", "186"],
        _ => &[],
    }
}
