//! The paths of a flow: every node can be reached, every caller who presses nothing gets out, every caller who presses
//! something can. Edges that need no key are followed for loops; a queue's longest wait is not among them, because time
//! passes there and the session counts its steps.

use super::Checker;
use crate::flow::Node;
use crate::problem::Fault;

pub(super) fn check(checker: &mut Checker<'_>, nodes: &[Node], start: usize) {
    let reached = reach(start, nodes);
    for (index, node) in nodes.iter().enumerate() {
        if !reached[index] {
            report(checker, node, Fault::Unreachable);
        }
    }
    let looping = loops(checker, nodes);
    let open = leading_out(nodes);
    for (index, node) in nodes.iter().enumerate() {
        if reached[index] && !open[index] && !looping[index] {
            report(checker, node, Fault::NoWayOut);
        }
    }
}

fn report(checker: &mut Checker<'_>, node: &Node, fault: Fault) {
    let spot = checker.tree.key_spot(&["nodes", &node.name]);
    checker.problems.push(fault.at(spot, Some(&node.name)));
}

fn reach(start: usize, nodes: &[Node]) -> Vec<bool> {
    let mut reached = vec![false; nodes.len()];
    let mut todo = vec![start];
    while let Some(index) = todo.pop() {
        if !std::mem::replace(&mut reached[index], true) {
            todo.extend(nodes[index].kind.exits());
        }
    }
    reached
}

/// Reports each round that a silent caller would walk for ever, once, at its first node in the file; says which nodes
/// are on one.
fn loops(checker: &mut Checker<'_>, nodes: &[Node]) -> Vec<bool> {
    let mut looping = vec![false; nodes.len()];
    for from in 0..nodes.len() {
        if looping[from] {
            continue;
        }
        if let Some(path) = round(from, nodes) {
            path.iter().for_each(|index| looping[*index] = true);
            let names = path.iter().chain([&from]).map(|index| nodes[*index].name.clone()).collect();
            report(checker, &nodes[from], Fault::LoopWithoutInput(names));
        }
    }
    looping
}

/// The shortest way from a node back to itself without a key.
fn round(from: usize, nodes: &[Node]) -> Option<Vec<usize>> {
    let mut came = vec![None; nodes.len()];
    let mut todo = std::collections::VecDeque::from([from]);
    while let Some(here) = todo.pop_front() {
        for next in nodes[here].kind.silent_exits() {
            if next == from {
                let mut path = vec![here];
                while let Some(before) = path.last().and_then(|last| came[*last]) {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            if came[next].is_none() {
                came[next] = Some(here);
                todo.push_back(next);
            }
        }
    }
    None
}

/// Which nodes lead to the end of the flow, whatever it takes.
fn leading_out(nodes: &[Node]) -> Vec<bool> {
    let mut open: Vec<bool> = nodes.iter().map(|node| node.kind.is_way_out()).collect();
    loop {
        let more: Vec<usize> = (0..nodes.len())
            .filter(|index| !open[*index] && nodes[*index].kind.exits().into_iter().any(|next| open[next]))
            .collect();
        if more.is_empty() {
            return open;
        }
        more.into_iter().for_each(|index| open[index] = true);
    }
}
