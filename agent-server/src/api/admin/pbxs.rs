//! How we stand with a PBX beside us, as it is shown.

use cti_gateway::driver::PbxLine;
use cti_gateway::pbx::{Fault, LinkStage};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a PBX now.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PbxLive {
    /// None: not active.
    pub link: Option<PbxLink>,
}

#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PbxLink {
    pub state: PbxLinkState,
    /// Epoch milliseconds: so since then.
    pub since: i64,
    /// Why it is lost, or was last.
    pub why: Option<PbxWhy>,
    /// What it calls itself, once it has said so.
    pub version: String,
    /// Calls seen there now.
    pub calls: u64,
    /// Connections lost since the start.
    pub losses: u64,
    /// Messages that could not be read since the start. Must be 0.
    pub malformed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PbxLinkState {
    Connecting,
    /// Signed in, reading what is going on there.
    Reading,
    Up,
    /// Tried again after a while.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PbxWhy {
    /// Nobody answers at the address, or there is no TLS with whom we expect.
    NoConnection,
    /// User or password is wrong, or our address is not let in.
    Refused,
    /// It says nothing any more.
    Silent,
    /// It ended the connection.
    Closed,
    /// What it speaks is not what was set.
    Foreign,
}

impl PbxLive {
    pub fn of(line: Option<PbxLine>) -> Self {
        let link = line.map(|PbxLine { state, calls, .. }| PbxLink {
            state: match state.stage {
                LinkStage::Down if state.last_error.is_some() => PbxLinkState::Lost,
                LinkStage::Down | LinkStage::Connecting | LinkStage::LoggingIn => PbxLinkState::Connecting,
                LinkStage::Listing => PbxLinkState::Reading,
                LinkStage::Up => PbxLinkState::Up,
            },
            since: state.since,
            why: state.last_error.map(|(fault, _)| match fault {
                Fault::NoConnection => PbxWhy::NoConnection,
                Fault::Refused => PbxWhy::Refused,
                Fault::Foreign => PbxWhy::Foreign,
                Fault::Silent => PbxWhy::Silent,
                Fault::Closed => PbxWhy::Closed,
            }),
            version: state.version,
            calls: calls as u64,
            losses: state.reconnects,
            malformed: state.malformed,
        });
        Self { link }
    }
}
