//! The published schema: committed as it is made, and true of every demo flow.

mod common;

use common::{DEMO, demo_yaml};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flow.schema.json");

fn as_json(yaml: &str) -> serde_json::Value {
    serde_saphyr::from_str(yaml).expect("YAML")
}

fn valid(yaml: &str) -> Result<(), String> {
    let validator = jsonschema::validator_for(&ivr::json_schema()).expect("the schema is a schema");
    validator.validate(&as_json(yaml)).map_err(|error| format!("{} at {}", error, error.instance_path()))
}

/// Write it again with `UPDATE_SCHEMA=1 cargo test -p ivr --test schema`.
#[test]
fn the_committed_schema_is_the_one_the_reader_uses() {
    let mut made = serde_json::to_string_pretty(&ivr::json_schema()).expect("JSON");
    made.push('\n');
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(PATH, &made).expect("written");
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == made, "flow.schema.json is not what the types say: run with UPDATE_SCHEMA=1");
}

#[test]
fn every_demo_flow_is_valid_by_the_schema() {
    for name in DEMO {
        assert_eq!(valid(&demo_yaml(name)), Ok(()), "{name}");
    }
}

#[test]
fn what_the_reader_refuses_for_its_shape_the_schema_refuses_too() {
    let flow = |node: &str| format!("start: a\nnodes:\n  a: {node}\n");
    assert_eq!(valid(&flow("{ kind: hangup, prompts: [goodbye, { say: digits, value: order }, { text: { en: Bye } }] }")), Ok(()));
    for node in [
        "{ kind: hang_up }",
        "{ prompts: [goodbye] }",
        "{ kind: hangup, promts: [goodbye] }",
        "{ kind: hangup, prompts: goodbye }",
        "{ kind: hangup, cause: angry }",
        "{ kind: play, prompts: [welcome] }",
        "{ kind: play, prompts: [7], next: a }",
        "{ kind: queue, queue: vip, priority: 10 }",
        "{ kind: hangup, prompts: [{ say: loudly, value: n }] }",
    ] {
        assert!(valid(&flow(node)).is_err(), "{node}");
    }
    assert!(valid("nodes: { a: { kind: hangup } }").is_err(), "no start");
    assert!(valid("start: a\nstrat: b\nnodes: { a: { kind: hangup } }").is_err(), "an unknown key");
}
