//! Values as prompt pieces: digits, numbers, amounts and times, made only of recordings that exist in the library.
//! Chinese reads any number below 100 million. English has no recordings of eleven to ninety-nine, so a number that
//! needs them is read digit by digit: plain, and never wrong.

use crate::Language;

const DIGITS: [&str; 10] = [
    "digit-0", "digit-1", "digit-2", "digit-3", "digit-4", "digit-5", "digit-6", "digit-7", "digit-8", "digit-9",
];
const NUMBER_WORDS: [&str; 6] = ["ten", "hundred", "thousand", "ten-thousand", "point", "and"];

/// All recordings that reading numbers may need.
pub fn number_pieces() -> impl Iterator<Item = &'static str> {
    DIGITS.into_iter().chain(NUMBER_WORDS)
}

/// The ten digits.
pub fn digit_pieces() -> impl Iterator<Item = &'static str> {
    DIGITS.into_iter()
}

/// Digit by digit. `None` where `text` holds anything but `0-9`.
#[must_use]
pub fn digits(text: &str) -> Option<Vec<&'static str>> {
    text.chars().map(|c| c.to_digit(10).map(|d| DIGITS[d as usize])).collect()
}

/// A number, as `42` or `3.50` (trailing zeros after the point are not read). `None`: not such a number.
#[must_use]
pub fn number(text: &str, language: Language) -> Option<Vec<&'static str>> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || part.len() > 6 || !plain(whole) || !plain(part) || text.ends_with('.') {
        return None;
    }
    let mut said = integer(whole.parse().ok()?, language);
    let part = part.trim_end_matches('0');
    if !part.is_empty() {
        said.push("point");
        said.extend(digits(part)?);
    }
    Some(said)
}

/// An amount of yuan: the number, then the unit.
#[must_use]
pub fn amount(text: &str, language: Language) -> Option<Vec<&'static str>> {
    let mut said = number(text, language)?;
    said.push("yuan");
    Some(said)
}

/// `HH:MM`. Chinese: 九点零五; English: the hour, then the minute digit by digit.
#[must_use]
pub fn time(text: &str, language: Language) -> Option<Vec<&'static str>> {
    let (hour, minute) = text.split_once(':')?;
    let (h, m): (u64, u64) = (hour.parse().ok()?, minute.parse().ok()?);
    if h > 23 || m > 59 || minute.len() != 2 {
        return None;
    }
    let mut said = integer(h, language);
    match language {
        Language::ZhCn => {
            said.push("point");
            if m > 0 && m < 10 {
                said.push(DIGITS[0]);
            }
            if m > 0 {
                said.extend(integer(m, language));
            }
        }
        Language::En => said.extend(digits(minute)?),
    }
    Some(said)
}

/// A whole number.
#[must_use]
pub fn integer(value: u64, language: Language) -> Vec<&'static str> {
    let read = match language {
        Language::ZhCn => chinese(value),
        Language::En => english(value),
    };
    read.unwrap_or_else(|| digits(&value.to_string()).unwrap_or_default())
}

fn chinese(value: u64) -> Option<Vec<&'static str>> {
    if value == 0 {
        return Some(vec![DIGITS[0]]);
    }
    if value >= 100_000_000 {
        return None;
    }
    let (high, low) = (value / 10_000, value % 10_000);
    let mut said = Vec::new();
    if high > 0 {
        below_ten_thousand(high, true, &mut said);
        said.push("ten-thousand");
        // 一万零五百: a zero stands for the thousands that are missing.
        if low > 0 && low < 1_000 {
            said.push(DIGITS[0]);
        }
    }
    if low > 0 {
        below_ten_thousand(low, high == 0, &mut said);
    }
    Some(said)
}

/// `leading`: nothing was said before, so that 10 to 19 are 十 to 十九 and not 一十.
fn below_ten_thousand(value: u64, leading: bool, said: &mut Vec<&'static str>) {
    const UNITS: [(u64, Option<&str>); 4] = [(1_000, Some("thousand")), (100, Some("hundred")), (10, Some("ten")), (1, None)];
    let (mut begun, mut gap) = (false, false);
    for (unit, word) in UNITS {
        let digit = (value / unit % 10) as usize;
        if digit == 0 {
            gap = begun;
            continue;
        }
        if gap {
            said.push(DIGITS[0]);
        }
        if !(unit == 10 && digit == 1 && leading && !begun) {
            said.push(DIGITS[digit]);
        }
        said.extend(word);
        (begun, gap) = (true, false);
    }
}

/// What `zero` to `ten`, `hundred`, `thousand`, `ten thousand` and `and` can say.
fn english(value: u64) -> Option<Vec<&'static str>> {
    let small = |value: u64| if value == 10 { "ten" } else { DIGITS[value as usize] };
    let (thousands, hundreds, rest) = (value / 1_000, value / 100 % 10, value % 100);
    if thousands > 10 || rest > 10 {
        return None;
    }
    let mut said = Vec::new();
    match thousands {
        0 => {}
        10 => said.push("ten-thousand"),
        some => said.extend([small(some), "thousand"]),
    }
    if hundreds > 0 {
        said.extend([small(hundreds), "hundred"]);
    }
    if rest > 0 || said.is_empty() {
        if !said.is_empty() {
            said.push("and");
        }
        said.push(small(rest));
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a caller hears, in Chinese characters and English words.
    fn heard(pieces: Option<Vec<&str>>, language: Language) -> String {
        const ZH: [&str; 17] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "万", "点", "零", "元"];
        const EN: [&str; 17] = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "hundred", "thousand",
            "ten thousand", "point", "and", "yuan",
        ];
        let names: Vec<&str> = number_pieces().chain(["yuan"]).collect();
        let words = pieces.expect("can be said").into_iter().map(|piece| {
            let at = names.iter().position(|name| *name == piece).expect("a piece of the library");
            if language == Language::ZhCn { ZH[at] } else { EN[at] }
        });
        words.collect::<Vec<_>>().join(if language == Language::ZhCn { "" } else { " " })
    }

    #[test]
    fn chinese_numbers_are_read_as_people_read_them() {
        for (value, words) in [
            ("0", "零"), ("7", "七"), ("10", "十"), ("11", "十一"), ("20", "二十"), ("105", "一百零五"), ("110", "一百一十"),
            ("1000", "一千"), ("1005", "一千零五"), ("1050", "一千零五十"), ("1250", "一千二百五十"), ("10000", "一万"),
            ("10500", "一万零五百"), ("10005", "一万零五"), ("15000", "一万五千"), ("100000", "十万"), ("1000010", "一百万零一十"),
            ("99999999", "九千九百九十九万九千九百九十九"), ("100000000", "一零零零零零零零零"), ("3.50", "三点五"), ("0.05", "零点零五"),
        ] {
            assert_eq!(heard(number(value, Language::ZhCn), Language::ZhCn), words, "{value}");
        }
        assert_eq!(heard(amount("12.00", Language::ZhCn), Language::ZhCn), "十二元");
        for (value, words) in [("09:00", "九点"), ("9:05", "九点零五"), ("18:30", "十八点三十"), ("00:10", "零点十")] {
            assert_eq!(heard(time(value, Language::ZhCn), Language::ZhCn), words, "{value}");
        }
    }

    #[test]
    fn english_reads_what_it_has_words_for_and_spells_the_rest() {
        for (value, words) in [
            ("0", "zero"), ("10", "ten"), ("12", "one two"), ("100", "one hundred"), ("105", "one hundred and five"),
            ("120", "one two zero"), ("2300", "two thousand three hundred"), ("1005", "one thousand and five"),
            ("10000", "ten thousand"), ("25000", "two five zero zero zero"), ("3.5", "three point five"),
        ] {
            assert_eq!(heard(number(value, Language::En), Language::En), words, "{value}");
        }
        assert_eq!(heard(time("09:05", Language::En), Language::En), "nine zero five");
        assert_eq!(heard(amount("8.20", Language::En), Language::En), "eight point two yuan");
    }

    #[test]
    fn what_is_no_number_is_not_said() {
        for text in ["", "-5", "1.", ".5", "1e3", "１２", "12a", "1.2.3"] {
            assert_eq!(number(text, Language::ZhCn), None, "{text}");
        }
        for text in ["24:00", "9:5", "9", "ab:cd"] {
            assert_eq!(time(text, Language::En), None, "{text}");
        }
        assert_eq!(digits("12#"), None);
    }
}
