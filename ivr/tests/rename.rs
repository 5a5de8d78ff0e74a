//! A queue or an agent gets another name: every flow goes on to run, and looks as its writer left it.

mod common;

use ivr::rename::{ByHand, Named, names, rename};
use ivr::{Flow, Known};

/// Each way a name can be written; `[q]` and `[a]` stand for the names.
const FLOW: &str = r#"# 主流程 the main flow
name: main
language: en
start: "full"
fallback:
  prompts: [technical]
  queue: [q]   # where the lost ones go
variables:
  support: 'support'   # no queue
nodes:
  full:
    kind: branch
    cases:
      - when: queue("[q]").waiting > 5
        next: support
      - { when: 'queue("[q]").agents_ready == 0 || queue(''[q]'').agents_signed_in < 2', next: ask }
    otherwise: support
  support: { kind: queue, queue: [q], prompts: [welcome] }
  ask:
    kind: transfer
    agent: [a]
    failed: count
  count:
    kind: set
    values:
      support: >-
        string(queue("[q]").waiting) +
        "support"
    next: message
  message:
    kind: voicemail
    queue: '[q]'
    next: tell
  tell:
    kind: play
    prompts:
      - say: number
        value: "queue(\"[q]\").longest_wait_s"
    next: bye
  bye: { kind: hangup }
"#;

fn written(queue: &str, agent: &str) -> String {
    FLOW.replace("[q]", queue).replace("[a]", agent)
}

fn known(queue: &str, agent: &str) -> Known {
    Known {
        queues: [(queue.to_owned(), contract::QueueId(1))].into(),
        agents: [(agent.to_owned(), Some(contract::AgentId(2)))].into(),
        ..common::known()
    }
}

fn compiles(yaml: &str, known: &Known) {
    let source = contract::directory::FlowSource { version: 1, yaml: yaml.to_owned() };
    if let Err(problems) = Flow::compile("main", &source, known) {
        panic!("{problems:#?}\n{yaml}");
    }
}

/// New names, and whether they may stand without quotes.
const NAMES: [(&str, bool); 10] = [
    ("second-line", true),
    ("售后 一线", true),
    ("VIP", true),
    ("4711", false),
    ("true", false),
    ("a: b", false),
    ("it's # one", false),
    ("say \"hi\"", false),
    ("back\\slash", false),
    ("- [x] {y}, *z", false),
];

#[test]
fn a_flow_whose_queue_or_agent_was_renamed_runs_and_names_the_new_one_only() {
    let old = written("support", "林悦");
    compiles(&old, &known("support", "林悦"));
    for (new, _) in NAMES {
        let queue = rename(&old, Named::Queue, "support", new).unwrap().expect("it names the queue");
        compiles(&queue, &known(new, "林悦"));
        assert!(names(&queue, Named::Queue, new) && !names(&queue, Named::Queue, "support"), "{queue}");
        let both = rename(&queue, Named::Agent, "林悦", new).unwrap().expect("it names the agent");
        compiles(&both, &known(new, new));
        let back = rename(&both, Named::Queue, new, "support").unwrap().expect("it names the queue");
        let back = rename(&back, Named::Agent, new, "林悦").unwrap().expect("it names the agent");
        compiles(&back, &known("support", "林悦"));
    }
}

#[test]
fn all_that_is_no_such_name_stays_to_the_letter() {
    let old = written("support", "林悦");
    for (new, _) in NAMES.into_iter().filter(|(_, plain)| *plain) {
        let got = rename(&old, Named::Queue, "support", new).unwrap().expect("it names the queue");
        // Quotes may change, words may not.
        let bare = |text: &str| text.replace(['"', '\'', '\\'], "");
        assert_eq!(bare(&got), bare(&written(new, "林悦")));
        assert!(got.contains(&format!("- when: queue(\"{new}\").waiting > 5\n")), "{got}");
        assert!(
            got.contains(&format!(">-\n        string(queue(\"{new}\").waiting) +\n        \"support\"\n")),
            "{got}"
        );
    }
}

#[test]
fn a_flow_that_names_something_else_or_is_no_flow_is_left_alone() {
    let old = written("support", "林悦");
    for (what, from) in [(Named::Queue, "sales"), (Named::Queue, "林悦"), (Named::Agent, "support"), (Named::Agent, "")]
    {
        assert_eq!(rename(&old, what, from, "new"), Ok(None), "{from}");
        assert!(!names(&old, what, from), "{from}");
    }
    for broken in ["", "nodes", "nodes: [a", "- queue: support", "nodes:\n  a: &x\n    queue: support\n"] {
        assert_eq!(rename(broken, Named::Queue, "support", "new"), Ok(None), "{broken}");
    }
}

#[test]
fn a_name_that_stands_where_no_name_stands_usually_is_left_to_a_person() {
    let folded = "nodes:\n  wait:\n    kind: queue\n    queue: >-\n      support\n";
    assert!(names(folded, Named::Queue, "support"));
    assert_eq!(rename(folded, Named::Queue, "support", "new"), Err(ByHand));
}
