//! Checking a flow against the company as it is: what an editor asks while it is written, and before it is kept.

use contract::Directory;
use contract::directory::FlowSource;
use ivr::{Flow, Known, Severity};

use crate::api_error::FlowProblem;
use crate::prompts::Library;

/// Everything wrong with a flow of this name: errors, and warnings that do not keep it from running.
#[must_use]
pub fn problems(directory: &Directory, prompts: &Library, speech: bool, name: &str, yaml: &str) -> Vec<FlowProblem> {
    let mut known = Known::of(directory, prompts.names(), speech);
    // A flow may name itself, also before it is kept.
    known.flows.insert(name.to_owned());
    let source = FlowSource { version: 0, yaml: yaml.to_owned() };
    let found = match Flow::compile(name, &source, &known) {
        Ok(flow) => flow.warnings().to_vec(),
        Err(problems) => problems,
    };
    found.into_iter().map(FlowProblem::from).collect()
}

/// Some of them block it.
#[must_use]
pub fn blocked(problems: &[FlowProblem]) -> bool {
    problems.iter().any(|p| p.severity == FlowProblem::severity_of(Severity::Error))
}
