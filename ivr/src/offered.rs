//! What is told of a flow to agents, who may send callers there in the middle of a talk.

use crate::compile::shape;
use crate::spec::NodeSpec;
use crate::tree::Tree;

/// A flow that agents may send callers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForAgents {
    pub description: String,
    /// It may give the caller back; the agent waits meanwhile.
    pub returns: bool,
}

/// Reads no more of the file than that. `None`: not for agents, or not to be read.
#[must_use]
pub fn for_agents(yaml: &str) -> Option<ForAgents> {
    let tree = Tree::read(yaml).ok()?;
    let (read, _) = shape::read(&tree);
    let head = read.head?;
    let returns = read.nodes.iter().any(|node| matches!(node.spec, Some(NodeSpec::Return(_))));
    (head.for_agents || returns).then_some(ForAgents { description: head.description, returns })
}
