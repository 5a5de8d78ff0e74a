//! Expressions as tables: what they are worth, and what is said of wrong ones, where.

use contract::{Caller, PhoneNumber, QueueId};

use super::*;
use crate::{Flow, Language, QueueState, Start, World};

struct Town;

impl World for Town {
    fn listed(&self, list: &str, number: &PhoneNumber) -> bool {
        list == "vip" && number.reveal() == "+8613800138000"
    }
    fn queue(&self, queue: QueueId) -> QueueState {
        QueueState { waiting: 4, longest_wait_ms: 61_500, agents_ready: 0, agents_signed_in: u32::try_from(queue.0).unwrap() }
    }
    fn flow(&self, _: &str) -> Option<std::sync::Arc<Flow>> {
        None
    }
}

fn scope() -> Scope {
    let variables =
        [("n", Type::Int), ("text", Type::Text), ("ok", Type::Bool), ("订单", Type::Text), ("long", Type::Text)];
    Scope {
        variables: variables.iter().enumerate().map(|(at, (name, kind))| ((*name).to_owned(), (at, *kind))).collect(),
        calendars: [("office".to_owned(), 0)].into(),
        queues: [("support-zh".to_owned(), QueueId(9))].into(),
        lists: ["vip".to_owned()].into(),
    }
}

fn worth(source: &str) -> Result<Value, EvalError> {
    let (expr, kind) = compile(source, &scope(), None).unwrap_or_else(|error| panic!("{source}: {error:?}"));
    let number = PhoneNumber::from_e164("+8613800138000").ok();
    let caller = Caller { raw: "13800138000".into(), name: String::new(), number, withheld: false };
    let start = Start { caller, dialed: "4008000".into(), country: Some("CN".into()) };
    let env = Env {
        now: 1_795_399_200_000,
        zone: chrono_tz::Asia::Shanghai,
        variables: &[
            Value::Int(6),
            Value::Text("abc".into()),
            Value::Bool(true),
            Value::Text("12345678".into()),
            Value::Text("x".repeat(995)),
        ],
        calendars: &[crate::calendar::Calendar::default()],
        start: &start,
        candidates: &[],
        language: Language::En,
        world: &Town,
    };
    let value = expr.value(&env);
    if let Ok(value) = &value {
        assert_eq!(value.kind(), kind, "{source} is of the type it was checked to be");
    }
    value
}

#[track_caller]
fn check(source: &str, value: &str) {
    assert_eq!(worth(source).unwrap().to_string(), value, "{source}");
}

#[test]
fn values_are_worked_out_as_cel_does() {
    for (source, value) in [
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 3", "-1"), ("--n", "6"),
        ("10 - 2 - 3", "5"), ("n * n - 1", "35"), ("true || ok && false", "true"), ("!ok || !false", "true"),
        ("1 < 2 == true", "true"), ("n >= 6 && n <= 6", "true"), ("n != 6", "false"), ("\"a\" < \"b\"", "true"),
        ("'it\\'s' + \"!\"", "it's!"), ("ok ? 'yes' : 'no'", "yes"), ("n > 6 ? 1 : n > 5 ? 2 : 3", "2"),
        ("n in [1, 2, 6]", "true"), ("text in []", "false"), ("size(订单) == 8", "true"), ("size('中文')", "2"),
        ("text.startsWith('ab') && text.endsWith('c') && !text.contains('x')", "true"), ("int('42') + 1", "43"),
        ("string(n) + string(ok)", "6true"), ("caller.number", "+8613800138000"), ("caller.country == 'CN'", "true"),
        ("caller.known", "false"), ("caller.vip", "true"), ("caller.withheld", "false"), ("call.dialed", "4008000"),
        ("call.language", "en"), ("now.time", "10:00"), ("now.date", "2026-11-23"), ("now.hour * 60", "600"),
        ("now.weekday", "1"), ("listed(\"vip\")", "true"), ("listed(\"vip\", '+861')", "false"), ("open(\"office\")", "false"),
        ("queue(\"support-zh\").waiting", "4"), ("queue(\"support-zh\").longest_wait_s", "61"),
        ("queue(\"support-zh\").agents_ready", "0"), ("queue(\"support-zh\").agents_signed_in", "9"),
    ] {
        check(source, value);
    }
}

#[test]
fn the_second_half_is_not_looked_at_where_the_first_decides() {
    check("false && 1 / 0 == 1", "false");
    check("true || int('x') == 1", "true");
    check("true ? 1 : 1 / 0", "1");
}

#[test]
fn what_only_a_call_can_show_is_an_error_and_no_panic() {
    assert_eq!(worth("1 / (n - 6)"), Err(EvalError::DivisionByZero));
    assert_eq!(worth("1 % 0"), Err(EvalError::DivisionByZero));
    assert_eq!(worth("9223372036854775807 + n"), Err(EvalError::Overflow));
    assert_eq!(worth("-(0 - 9223372036854775807 - 1)"), Err(EvalError::Overflow));
    assert_eq!(worth("int(text)"), Err(EvalError::NotANumber));
    assert_eq!(worth("long + text + text"), Err(EvalError::TooLong));
    assert_eq!(worth("size(long + text)"), Ok(Value::Int(998)));
}

#[test]
fn wrong_expressions_are_refused_at_the_character_with_the_rule() {
    for (source, at, en) in [
        ("", 0, "the expression ends too early"),
        ("n =", 2, "`=` compares nothing; write `==`"),
        ("n == 1 & ok", 7, "write `&&`"),
        ("n == \"6\"", 5, "expected a whole number, found text"),
        ("ok && n", 6, "expected yes/no, found a whole number"),
        ("text + n", 7, "expected text, found a whole number"),
        ("ok < true", 3, "yes/no has no order"),
        ("n in [1, 'a']", 9, "expected a whole number, found text"),
        ("ok ? 1 : 'a'", 9, "expected a whole number, found text"),
        ("(n", 2, "`)` is expected here"),
        ("n n", 2, "`n` is not expected here"),
        ("'abc", 0, "this text has no closing quote"),
        ("'a\\n'", 2, "after `\\` only a quote or `\\` may follow"),
        ("99999999999999999999", 0, "this number is too large"),
        ("text.length()", 5, "there is no `.length` here"),
        ("sleep(1)", 0, "there is no function `sleep`"),
        ("listed(text)", 7, "a name in quotes is expected here"),
        ("queue('support-zh').size", 20, "a queue has: waiting, longest_wait_s, agents_ready, agents_signed_in"),
        ("n == 1 == ok @", 13, "`@` has no meaning here"),
    ] {
        let error = compile(source, &scope(), None).expect_err(source);
        assert_eq!((error.at, error.en.as_str()), (at, en), "{source}");
        assert!(!error.zh.is_empty());
    }
    assert_eq!(compile("n", &scope(), Some(Type::Bool)).expect_err("a condition").en, "expected yes/no, found a whole number");
}

#[test]
fn unknown_names_are_found_when_the_flow_is_loaded_with_a_guess() {
    use crate::problem::Name;
    for (source, at, what, name, guess) in [
        ("ok && txt == ''", 6, Name::Variable, "txt", Some("text")),
        ("caller.vpi", 0, Name::Variable, "caller.vpi", Some("caller.vip")),
        ("listed('vpi')", 7, Name::List, "vpi", Some("vip")),
        ("open('ofice')", 5, Name::Calendar, "ofice", Some("office")),
        ("queue('support').waiting > 1", 6, Name::Queue, "support", None),
    ] {
        let error = compile(source, &scope(), None).expect_err(source);
        let unknown = Some((what, name.to_owned(), guess.map(str::to_owned)));
        assert_eq!((error.at, error.unknown), (at, unknown), "{source}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let deep = |depth: usize| format!("{}n{}", "(".repeat(depth), ")".repeat(depth));
    assert!(compile(&deep(8), &scope(), None).is_ok());
    for source in [deep(400), "!".repeat(900), "-".repeat(900), "ok ? ".repeat(150), "string(".repeat(140), "[".repeat(999)] {
        assert!(compile(&source, &scope(), None).is_err());
    }
    assert!(compile(&"1+".repeat(501), &scope(), None).is_err(), "longer than the limit");
    // The longest chain allowed is worked out and dropped without trouble.
    assert_eq!(worth(&format!("{}1", "1+".repeat(499))), Ok(Value::Int(500)));
}

proptest::proptest! {
    #[test]
    fn any_text_is_an_expression_or_a_refusal(source in "\\PC{0,80}") {
        let _ = compile(&source, &scope(), None);
    }

    #[test]
    fn any_words_in_any_order_are_an_expression_or_a_refusal(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "n", "text", "ok", "1", "'a'", "(", ")", "[", "]", "+", "-", "*", "/", "%", "&&", "||", "!", "==", "<", "in",
            "?", ":", ",", ".", "startsWith", "caller", "vip", "size", "queue", "'support-zh'", "waiting", "now", "hour",
        ]), 0..24),
    ) {
        if compile(&words.join(" "), &scope(), None).is_ok() {
            let _ = worth(&words.join(" "));
        }
    }
}
