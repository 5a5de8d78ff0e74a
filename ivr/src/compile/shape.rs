//! The first look: is this a flow file at all, and is each node written as its kind wants it. Every node is read by
//! itself, so that one mistake does not hide the next node's.

use serde_json::Value;

use crate::problem::{Fault, Problem, Spot};
use crate::spec::{FlowSpec, NodeSpec};
use crate::tree::{Data, Tree};

const MAX_NODES: usize = 500;
/// Fields that lead on: without one of them a caller is stuck.
const EXITS: [&str; 5] = ["next", "failed", "otherwise", "open", "closed"];

pub(crate) struct Read {
    /// Without nodes.
    pub head: Option<FlowSpec>,
    pub nodes: Vec<ReadNode>,
}

pub(crate) struct ReadNode {
    pub name: String,
    /// `None`: its shape is wrong, and was reported.
    pub spec: Option<NodeSpec>,
}

pub(crate) fn read(tree: &Tree) -> (Read, Vec<Problem>) {
    let mut problems = Vec::new();
    doubles(tree, &[], None, &mut problems);
    let mut json = tree.to_json();
    let Some(root) = json.as_object_mut() else {
        let fault = Fault::WrongType { found: "something else".into(), expected: "a map".into() };
        problems.push(fault.at(tree.spot, None));
        return (Read { head: None, nodes: Vec::new() }, problems);
    };
    let written = root.insert("nodes".into(), Value::Object(serde_json::Map::new()));
    let head = match serde_path_to_error::deserialize::<_, FlowSpec>(json) {
        Ok(head) => Some(head),
        Err(error) => {
            problems.push(problem(tree, &[], &error, None));
            None
        }
    };
    let nodes = match written {
        Some(Value::Object(map)) if !map.is_empty() => nodes(tree, &mut problems),
        Some(Value::Object(_)) | None => {
            problems.push(Fault::MissingField("nodes".into()).at(tree.spot(&["nodes"]), None));
            Vec::new()
        }
        Some(_) => {
            let fault = Fault::WrongType { found: "something else".into(), expected: "a map".into() };
            problems.push(fault.at(tree.spot(&["nodes"]), None));
            Vec::new()
        }
    };
    // Without nodes there is nothing that names could refer to.
    let head = head.filter(|_| !nodes.is_empty());
    (Read { head, nodes }, problems)
}

fn nodes(tree: &Tree, problems: &mut Vec<Problem>) -> Vec<ReadNode> {
    let Some(entry) = tree.get("nodes") else { return Vec::new() };
    let entries = entry.value.entries();
    if entries.len() > MAX_NODES {
        problems.push(Fault::TooLarge(format!("{MAX_NODES} nodes")).at(entry.at, None));
        return Vec::new();
    }
    let mut found: Vec<ReadNode> = Vec::new();
    for entry in entries {
        if found.iter().all(|node| node.name != entry.key) {
            let spec = node(&entry.key, entry.at, &entry.value, problems);
            found.push(ReadNode { name: entry.key.clone(), spec });
        }
    }
    found
}

fn node(name: &str, at: Spot, tree: &Tree, problems: &mut Vec<Problem>) -> Option<NodeSpec> {
    let Value::Object(mut map) = tree.to_json() else {
        problems.push(Fault::WrongType { found: "something else".into(), expected: "a map".into() }.at(tree.spot, Some(name)));
        return None;
    };
    let Some(kind) = map.remove("kind") else {
        problems.push(Fault::MissingField("kind".into()).at(at, Some(name)));
        return None;
    };
    let kind = kind.as_str().map_or_else(|| kind.to_string(), str::to_owned);
    let Some(read) = NodeSpec::read(&kind, map.into()) else {
        let similar = crate::problem::similar(&kind, NodeSpec::KINDS.iter().copied()).map(str::to_owned);
        let fault = Fault::UnknownKind { kind, similar, known: NodeSpec::KINDS.join(", ") };
        problems.push(fault.at(tree.spot(&["kind"]), Some(name)));
        return None;
    };
    match read {
        Ok(spec) => Some(spec),
        Err(error) => {
            let mut found = problem(tree, &[], &error, Some(name));
            // What is missing has no place of its own: the node's name stands for it.
            if found.line == tree.spot.line && found.column == tree.spot.column {
                (found.line, found.column) = (at.line, at.column);
            }
            problems.push(found);
            None
        }
    }
}

/// A key written twice; in choices, a digit.
fn doubles(tree: &Tree, path: &[&str], node: Option<&str>, problems: &mut Vec<Problem>) {
    match &tree.data {
        Data::Scalar { .. } => {}
        Data::List(items) => items.iter().for_each(|item| doubles(item, &[], node, problems)),
        Data::Map(entries) => {
            for (at, entry) in entries.iter().enumerate() {
                let node = if path == ["nodes"] { Some(entry.key.as_str()) } else { node };
                if entries[..at].iter().any(|before| before.key == entry.key) {
                    let mut digit = entry.key.chars();
                    let fault = match (path.last(), digit.next(), digit.next()) {
                        (Some(&"choices"), Some(digit), None) => Fault::DuplicateDigit(digit),
                        _ => Fault::DuplicateKey(entry.key.clone()),
                    };
                    problems.push(fault.at(entry.at, node));
                }
                let path: Vec<&str> = path.iter().copied().chain([entry.key.as_str()]).collect();
                doubles(&entry.value, &path, node, problems);
            }
        }
    }
}

/// Serde's error at its place in the file, in our words.
fn problem(
    tree: &Tree,
    above: &[&str],
    error: &serde_path_to_error::Error<serde_json::Error>,
    node: Option<&str>,
) -> Problem {
    use serde_path_to_error::Segment;
    let mut path: Vec<String> = above.iter().map(|part| (*part).to_owned()).collect();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => path.push(index.to_string()),
            Segment::Map { key } => path.push(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let fault = fault(&error.inner().to_string());
    let field = match &fault {
        Fault::UnknownField { field, .. } => Some(field.clone()),
        _ => None,
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let spot = match &field {
        Some(field) if path.last() == Some(&field.as_str()) => tree.key_spot(&path),
        Some(field) => tree.key_spot(&[path, vec![field.as_str()]].concat()),
        None => tree.spot(&path),
    };
    fault.at(spot, node)
}

fn fault(message: &str) -> Fault {
    let quoted: Vec<String> = message.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let (first, rest) = quoted.split_first().map_or((String::new(), &[][..]), |(first, rest)| (first.clone(), rest));
    if message.starts_with("unknown field") {
        return Fault::UnknownField { field: first, expected: rest.to_vec() };
    }
    if message.starts_with("missing field") {
        let exit = EXITS.contains(&first.as_str());
        return if exit { Fault::MissingExit(first) } else { Fault::MissingField(first) };
    }
    if message.starts_with("unknown variant") {
        let list = rest.join(", ");
        return Fault::BadValue { en: format!("`{first}` is none of: {list}"), zh: format!("“{first}”不在可选值之内：{list}") };
    }
    if message.starts_with("data did not match") {
        return Fault::WrongType { found: "something else".into(), expected: "a value".into() };
    }
    let shape = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    match shape.and_then(|shape| shape.split_once(", expected ")) {
        Some((found, expected)) => Fault::WrongType { found: found.to_owned(), expected: expected.to_owned() },
        None => Fault::BadValue { en: message.to_owned(), zh: format!("此处的写法不对（{message}）") },
    }
}
