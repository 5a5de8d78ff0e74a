//! Checking a flow against the company as it is: what an editor asks while it is written, and before it is kept; and what
//! runs at a start in place of one that cannot ([`run_older`]).

use std::sync::Arc;

use company::edit::{self, HistoryError};
use company::{FlowText, Named};
use contract::directory::FlowSource;
use contract::{Directory, RowId};
use store::DbError;
use store::page::PageAsk;
use ivr::{Flow, Known, Severity, rename};

use crate::House;
use crate::api_error::FlowProblem;
use crate::phones::FlowFault;
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

/// Flows read and rewritten as they run, for whoever edits what they name.
pub struct Texts;

impl FlowText for Texts {
    fn names(&self, yaml: &str, what: Named, name: &str) -> bool {
        rename::names(yaml, of(what), name)
    }

    fn renamed(&self, yaml: &str, what: Named, old: &str, new: &str) -> Option<String> {
        rename::rename(yaml, of(what), old, new).ok().flatten()
    }
}

fn of(what: Named) -> rename::Named {
    match what {
        Named::Queue => rename::Named::Queue,
        Named::Agent => rename::Named::Agent,
    }
}

/// Versions of a flow that are tried at a start, the newest first.
const MOST_OLDER: u32 = 200;

/// At a start no flow runs yet. One whose text cannot, as when a prompt it plays is gone, runs as it last could; where it
/// never could, its numbers say sorry.
///
/// # Errors
/// Those of the database.
pub async fn run_older(house: &House, faults: &[FlowFault]) -> Result<(), DbError> {
    let view = house.office.now();
    let (mut directory, mut found) = ((*view.directory).clone(), false);
    for fault in faults.iter().filter(|fault| !fault.older_runs) {
        let first = fault.problems.iter().find(|p| blocked(std::slice::from_ref(p)));
        let why = first.map(|p| format!("line {}: {}", p.line, p.en)).unwrap_or_default();
        let flow = view.book.flows.iter().find(|(_, kept)| kept.item.name == fault.flow).map(|(id, _)| *id);
        let older = match flow {
            Some(id) => older(house, &view.directory, id).await?,
            None => None,
        };
        if let Some(older) = older {
            let version = older.version;
            tracing::error!("flow {} cannot run, version {version} runs in its place: {why}", fault.flow);
            directory.flows.insert(fault.flow.clone(), older);
            found = true;
        } else {
            tracing::error!("flow {} cannot run and never could, its callers hear an apology: {why}", fault.flow);
        }
    }
    if found {
        house.gateway.directory(Arc::new(directory)).await;
    }
    Ok(())
}

/// The newest version before this one that fits the company as it is.
async fn older(house: &House, directory: &Directory, flow: RowId) -> Result<Option<FlowSource>, DbError> {
    let ask = PageAsk { limit: MOST_OLDER, cursor: None };
    let past = match edit::history::<company::Flow>(&house.db, flow, &ask).await {
        Ok(past) => past.rows,
        Err(HistoryError::Db(e)) => return Err(e),
        Err(HistoryError::Cursor(_)) => Vec::new(),
    };
    let (prompts, speech) = (house.prompts.now(), house.has_speech());
    let fits = |change: edit::Change<company::Flow>| {
        let company::Flow { name, yaml } = change.item?;
        let version = u32::try_from(change.version).unwrap_or(u32::MAX);
        (!blocked(&problems(directory, &prompts, speech, &name, &yaml))).then_some(FlowSource { version, yaml })
    };
    Ok(past.into_iter().find_map(fits))
}
