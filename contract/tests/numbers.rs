//! What callers' numbers become: the corpus line by line, and what must hold for any text whatever.

use contract::PhoneNumber;
use contract::number::{Class, Context, display, match_keys, normalize};
use proptest::prelude::*;

const CORPUS: &str = include_str!("corpus/numbers.tsv");

struct Line<'a> {
    country: &'a str,
    area_code: &'a str,
    raw: String,
    want: &'a str,
    extension: &'a str,
}

/// `\u00a0` in the file is the character itself.
fn visible(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push(char::from_u32(u32::from_str_radix(&part[..4], 16).unwrap()).unwrap());
        out.push_str(&part[4..]);
    }
    out
}

fn corpus() -> Vec<Line<'static>> {
    let none = |text: &'static str| if text == "-" { "" } else { text };
    let lines = CORPUS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| match *line.split('\t').collect::<Vec<_>>() {
            [country, area, raw, want, extension] => {
                Line { country, area_code: none(area), raw: visible(raw), want, extension: none(extension) }
            }
            _ => panic!("not five fields: {line}"),
        })
        .collect()
}

fn shown(class: &Class) -> String {
    match class {
        Class::E164(number) => number.reveal().to_owned(),
        Class::Internal => "internal".into(),
        Class::Short => "short".into(),
        Class::Withheld => "withheld".into(),
        Class::Unreadable(refusal) => refusal.code().into(),
    }
}

#[test]
fn every_line_of_the_corpus_is_read_as_its_numbering_plan_says() {
    let lines = corpus();
    assert!(lines.len() >= 300, "{} lines", lines.len());
    let mut wrong = Vec::new();
    for line in &lines {
        let ctx = Context { country: line.country, area_code: line.area_code, own: &[] };
        let got = normalize(&line.raw, &ctx);
        let (class, extension) = (shown(&got.class), got.extension.clone().unwrap_or_default());
        if class != line.want || extension != line.extension {
            wrong.push(format!(
                "{} [{}] `{}`: {class} {extension}, not {} {}",
                line.country, line.area_code, line.raw, line.want, line.extension
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[test]
fn a_number_once_read_reads_as_itself_in_every_country() {
    for line in corpus().iter().filter(|line| line.want.starts_with('+')) {
        for country in ["CN", "HK", "TW", "US", "DE", "JP", "BR", "", "XX"] {
            let again = normalize(line.want, &Context { country, area_code: "10", own: &[] });
            assert_eq!((shown(&again.class).as_str(), &again.extension), (line.want, &None), "in {country:?}");
        }
    }
}

#[test]
fn the_national_form_reads_as_the_number_it_was_made_of() {
    for line in corpus().iter().filter(|line| line.want.starts_with('+')) {
        let number = PhoneNumber::from_e164(line.want).unwrap();
        for country in ["CN", "HK", "TW", "US", "DE", "JP", "BR"] {
            let text = display(&number, country);
            let again = normalize(&text, &Context { country, area_code: "", own: &[] });
            assert_eq!(again.e164().map(PhoneNumber::reveal), Some(line.want), "{text} in {country}");
        }
    }
}

#[test]
fn our_own_numbers_are_known_as_such_in_every_form() {
    let own = [PhoneNumber::from_e164("+861062345678").unwrap()];
    for raw in ["010-62345678", "+861062345678", "62345678", "0086 10 6234 5678"] {
        assert!(normalize(raw, &Context { country: "CN", area_code: "10", own: &own }).own, "{raw}");
    }
    assert!(!normalize("010-62345679", &Context { country: "CN", area_code: "10", own: &own }).own);
}

#[test]
fn a_reformed_number_is_found_under_its_old_and_its_new_form() {
    let keys = |text: &str| match_keys(&PhoneNumber::from_e164(text).unwrap());
    assert_eq!(keys("+5511987654321"), ["+5511987654321", "+551187654321"]);
    assert_eq!(keys("+551187654321"), ["+551187654321", "+5511987654321"]);
    assert_eq!(keys("+552123456789"), ["+552123456789"], "a fixed line has no ninth digit");
    assert_eq!(keys("+5491112345678"), ["+5491112345678", "+541112345678"]);
    assert_eq!(keys("+541112345678"), ["+541112345678", "+5491112345678"]);
    assert_eq!(keys("+5215512345678"), ["+5215512345678", "+525512345678"]);
    assert_eq!(keys("+525512345678"), ["+525512345678", "+5215512345678"]);
    assert_eq!(keys("+8613800138000"), ["+8613800138000"]);
}

#[test]
fn a_number_in_a_log_shows_its_tail_only() {
    let text = format!("{:?}", normalize("010-62345678-123", &Context { country: "CN", area_code: "", own: &[] }));
    assert!(text.contains("…78") && !text.contains("6234"), "{text}");
}

fn near_numbers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[0-9]{1,12}",
        1 => prop::sample::select(vec!["+", "00", "86", "0", "-", " ", "(", ")", "/", "x", "ext", "转", "#", "*", ";ext=", "sip:", "tel:", "@", "<", ">", ";phone-context=+",
            "０", "％", "%2b", "1-800-", "🙂", "é", "\u{202a}", ",", "(0)"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic_and_twice_alike(
        raw in prop_oneof![any::<String>(), near_numbers()],
        country in prop::sample::select(vec!["CN", "HK", "TW", "US", "DE", "JP", "BR", "AR", "MX", "IT", "RU", "GB", "KR", "", "??"]),
        area in prop::sample::select(vec!["", "10", "212", "30", "3"]),
    ) {
        let ctx = Context { country, area_code: area, own: &[] };
        let once = normalize(&raw, &ctx);
        if let Some(number) = once.e164() {
            let again = normalize(number.reveal(), &ctx);
            prop_assert_eq!(again.e164(), Some(number));
            prop_assert_eq!(again.extension, None);
            prop_assert!(match_keys(number)[0] == number.reveal());
        }
        prop_assert!(once.raw_digits.bytes().all(|b| b.is_ascii_digit()));
        prop_assert!(once.extension.is_none_or(|e| !e.is_empty() && e.len() <= 8 && e.bytes().all(|b| b.is_ascii_digit())));
    }
}
