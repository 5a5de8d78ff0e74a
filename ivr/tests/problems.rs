//! What is said of wrong flows: severity, code, line, column and node of every problem, all at once.

mod common;

use common::{known, demo_yaml, DEMO};
use contract::directory::FlowSource;
use ivr::{Flow, Known, Language, Problem, Severity};

fn problems_with(yaml: &str, known: &Known) -> Vec<Problem> {
    match Flow::compile("test", &FlowSource { version: 1, yaml: yaml.to_owned() }, known) {
        Ok(flow) => flow.warnings().to_vec(),
        Err(problems) => problems,
    }
}

#[track_caller]
fn check(yaml: &str, expected: &[&str]) {
    let found = problems_with(yaml, &known());
    let lines: Vec<String> = found
        .iter()
        .map(|p| format!("{}:{} {} {}", p.line, p.column, p.node.as_deref().unwrap_or("-"), p.code))
        .collect();
    assert_eq!(lines, expected, "{}", found.iter().map(|p| format!("{p}\n  {}", p.zh)).collect::<Vec<_>>().join("\n"));
    for problem in &found {
        assert!(problem.zh.chars().any(|c| c > '\u{4e00}'), "Chinese: {}", problem.zh);
        assert!(!problem.en.is_empty());
    }
}

#[test]
fn the_demo_flows_are_without_any_problem() {
    for name in DEMO {
        let source = FlowSource { version: 1, yaml: demo_yaml(name) };
        let flow = Flow::compile(name, &source, &known()).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(flow.warnings(), []);
    }
}

#[test]
fn what_is_no_yaml_is_said_with_its_line() {
    check("start: a\nnodes: [\n", &["2:8 - yaml"]);
    check("start: a\n\tnodes: {}\n", &["1:8 - yaml"]);
    check("", &["1:1 - yaml"]);
    check("just words", &["1:1 - wrong_type"]);
    check("a: 1\n---\nb: 2\n", &["3:1 - yaml"]);
    check("start: &a b\nnodes: {}\n", &["1:11 - alias"]);
    check("start: b\nnodes:\n  m: { kind: menu, repeat: * }\n", &["3:28 - yaml"]);
    check(&format!("start: {}{}\n", "[".repeat(40), "]".repeat(40)), &["1:23 - too_large"]);
    check(&"x".repeat(300_000), &["1:1 - too_large"]);
}

#[test]
fn every_node_with_a_wrong_shape_is_named() {
    check(
        "start: a
nodes:
  a: { kind: play, prompts: [welcome] }
  b: { kind: plya, next: a }
  c: { next: a }
  d: { kind: play, promts: [welcome], next: a }
  e: { kind: play, prompts: welcome, next: a }
  f: { kind: transfer, number: 2112345678, failed: a }
  g:
    kind: queue
    queue: vip
    priority: 300
  h: play
  i: { kind: hangup, cause: angry }
  j: { kind: menu, prompts: [7], choices: {}, failed: a }
",
        &[
            "3:3 a missing_exit",
            "4:14 b unknown_kind",
            "5:3 c missing_field",
            "6:20 d unknown_field",
            "7:29 e wrong_type",
            "8:32 f wrong_type",
            "12:15 g wrong_type",
            "13:6 h wrong_type",
            "14:29 i bad_value",
            "15:30 j wrong_type",
        ],
    );
    check("start: a\ncalender: {}\nnodes:\n  a: { kind: hangup }\n", &["2:1 - unknown_field"]);
    check("nodes:\n  a: { kind: hangup }\n", &["1:1 - missing_field"]);
    check("start: a\n", &["1:1 - missing_field"]);
    check("start: a\nmax_ms: fast\nnodes:\n  a: { kind: hangup }\n", &["2:9 - wrong_type"]);
}

#[test]
fn unknown_names_of_every_kind_are_found_at_once_with_their_places() {
    check(
        r#"start: bgin
variables: { order: "", count: 0 }
fallback: { queue: nobody }
nodes:
  begin:
    kind: branch
    cases:
      - { when: caller.vpi, next: que }
      - { when: 'listed("gold")', next: quee }
    otherwise: hours
  hours:
    kind: hours
    calendar: office
    open: queue
    closed: goto
  queue:
    kind: queue
    queue: suport-zh
    prompts: [welcom]
    full: nowhere
  goto:
    kind: goto
    flow: afterhours
  agent:
    kind: transfer
    agent: Li
    failed: queue
  twice:
    kind: transfer
    agent: Wang
    failed: queue
  neither:
    kind: transfer
    failed: queue
  set:
    kind: set
    values:
      ordr: '"1"'
      count: '"1"'
    next: queue
  collect:
    kind: collect
    prompts: [enter-order]
    into: count
    max: 4
    next: queue
    failed: queue
"#,
        &[
            "1:8 - unknown_node",
            "3:20 - unknown_queue",
            "8:17 begin unknown_variable",
            "8:35 begin unknown_node",
            "9:25 begin unknown_list",
            "9:41 begin unknown_node",
            "13:15 hours unknown_calendar",
            "18:12 queue unknown_queue",
            "19:15 queue unknown_prompt",
            "20:11 queue unknown_node",
            "23:11 goto unknown_flow",
            "26:12 agent unknown_agent",
            "30:12 twice bad_value",
            "33:5 neither bad_value",
            "38:7 set unknown_variable",
            "39:15 set bad_expression",
            "44:11 collect bad_value",
        ],
    );
}

#[test]
fn a_slip_of_the_finger_gets_a_guess() {
    let yaml = "start: quee\nnodes:\n  queue: { kind: queue, queue: suport-zh }\n";
    let found = problems_with(yaml, &known());
    assert_eq!(found[0].en, "there is no node `quee`; did you mean `queue`?");
    assert_eq!(found[0].zh, "没有名为“quee”的节点；是否指“queue”？");
    assert_eq!(found[1].text(Language::En), "there is no queue `suport-zh`; did you mean `support-zh`?");
    assert_eq!(found[1].to_string(), "line 3, column 32, node queue: there is no queue `suport-zh`; did you mean `support-zh`?");
    let json = serde_json::to_value(&found[1]).unwrap();
    assert_eq!((json["severity"].as_str(), json["code"].as_str(), json["line"].as_u64()), (Some("error"), Some("unknown_queue"), Some(3)));
}

#[test]
fn keys_and_digits_must_be_single() {
    check(
        r##"start: menu
start: menu
nodes:
  menu:
    kind: menu
    prompts: [main-menu]
    choices:
      "1": { label: one, next: out }
      "2": { label: " ", next: out }
      1: { label: again, next: out }
      "12": { label: twelve, next: out }
      A: { label: letter, next: out }
    repeat: "2"
    failed: out
  out: { kind: hangup }
  out: { kind: hangup }
"##,
        &[
            "2:1 - duplicate_key",
            "9:21 menu bad_value",
            "10:7 menu duplicate_digit",
            "11:7 menu bad_value",
            "12:7 menu bad_value",
            "13:13 menu duplicate_digit",
            "16:3 out duplicate_key",
        ],
    );
}

#[test]
fn a_place_nobody_gets_to_is_a_warning_and_does_not_block() {
    let yaml = "start: a\nlanguage: ask\nnodes:\n  a: { kind: hangup }\n  b: { kind: hangup }\n";
    check(yaml, &["2:11 - no_language_node", "5:3 b unreachable"]);
    let flow = Flow::compile("test", &FlowSource { version: 1, yaml: yaml.to_owned() }, &known()).expect("it may run");
    assert!(flow.warnings().iter().all(|problem| problem.severity == Severity::Warning));
}

#[test]
fn a_round_without_a_key_is_refused_however_it_goes() {
    let play = "start: a\nnodes:\n  a: { kind: play, prompts: [welcome], next: b }\n  b: { kind: play, prompts: [goodbye], next: a }\n";
    check(play, &["3:3 a loop_without_input"]);
    let found = problems_with(play, &known());
    assert!(found[0].en.ends_with("a → b → a"), "{}", found[0].en);
    // No key pressed: the menu fails, and is asked again for ever.
    check(
        "start: a\nnodes:\n  a: { kind: menu, prompts: [main-menu], choices: { '1': { label: x, next: out } }, failed: a }\n  out: { kind: hangup }\n",
        &["3:3 a loop_without_input"],
    );
    // A full queue returns at once.
    check("start: q\nnodes:\n  q: { kind: queue, queue: vip, full: q }\n", &["3:3 q loop_without_input"]);
    // Time passes until the longest wait is over; a round by keys is the caller's wish.
    check("start: q\nnodes:\n  q: { kind: queue, queue: vip, max_wait: q }\n", &[]);
    check(
        "start: a\nnodes:\n  a: { kind: menu, prompts: [main-menu], choices: { '1': { label: x, next: a } }, failed: out }\n  out: { kind: hangup }\n",
        &[],
    );
}

#[test]
fn a_place_without_a_way_out_is_refused() {
    check(
        "start: a
variables: { n: '' }
nodes:
  a: { kind: menu, prompts: [main-menu], choices: { '1': { label: x, next: b } }, failed: out }
  b: { kind: set, values: { n: \"'1'\" }, next: c }
  c: { kind: set, values: { n: \"'2'\" }, next: b }
  out: { kind: hangup }
",
        &["5:3 b loop_without_input"],
    );
}

#[test]
fn prompts_must_exist_in_every_language_a_caller_may_have() {
    let mut known = known();
    known.prompts.get_mut(&Language::En).unwrap().remove("welcome");
    known.prompts.get_mut(&Language::En).unwrap().remove("technical");
    let codes = |yaml: &str| problems_with(yaml, &known).iter().map(|p| format!("{}:{} {}", p.line, p.column, p.code)).collect::<Vec<_>>();
    let yaml = |language: &str| format!("language: {language}\nstart: a\nnodes:\n  a: {{ kind: hangup, prompts: [welcome] }}\n");
    assert_eq!(codes(&yaml("zh-CN")), [""; 0]);
    assert_eq!(codes(&yaml("en")), ["1:1 missing_language", "4:32 missing_language"]);
    assert_eq!(codes(&yaml("keep")), ["1:1 missing_language", "4:32 missing_language"]);
    let text = "language: keep\nstart: a\nnodes:\n  a: { kind: hangup, prompts: [{ text: { en: Bye } }] }\n";
    let mut known = self::known();
    assert_eq!(problems_with(text, &known)[0].code, "missing_language");
    known.speech = false;
    assert!(problems_with(text, &known).iter().any(|problem| problem.code == "no_speech"));
}

#[test]
fn times_counts_hours_and_numbers_have_limits() {
    check(
        "start: c
max_ms: 5
name: other
variables: { order: '', caller: '', 9x: '' }
calendars: { office: { weekly: { mon: ['9 to 5'] }, days: [{ date: tomorrow }] } }
nodes:
  c:
    kind: collect
    prompts: []
    into: order
    min: 9
    max: 8
    timeout_ms: 10
    terminator: '##'
    next: t
    failed: t
  t: { kind: transfer, number: '+86 21', ring_ms: 1, failed: out }
  out: { kind: hangup }
",
        &[
            "2:9 - bad_value",
            "3:7 - name_differs",
            "4:25 - bad_value",
            "4:37 - bad_value",
            "5:40 - bad_value",
            "5:68 - bad_value",
            "9:14 c bad_value",
            "11:10 c bad_value",
            "13:17 c bad_value",
            "14:17 c bad_value",
            "17:32 t bad_value",
            "17:51 t bad_value",
        ],
    );
    let mut known = known();
    known.zone = "Mars/Olympus".into();
    assert_eq!(problems_with("start: a\nnodes:\n  a: { kind: hangup }\n", &known)[0].code, "bad_value");
}
