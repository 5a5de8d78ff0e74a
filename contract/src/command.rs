//! What may be asked of a call or a seat, by an agent, a supervisor, or a program. Every one of them is an intent: the
//! server decides, and the answer is an event.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AgentId, LegId, QueueId, ReasonId, StationId};

/// Where a call may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum TransferTarget {
    Queue { queue: QueueId },
    Agent { agent: AgentId },
    /// As dialed; number rules apply.
    Number { number: String },
    /// A flow that agents may send callers to, by name. One that gives callers back does so: the agent waits meanwhile.
    Flow { flow: String },
}

/// To a call, by the agent on it (or a supervisor for them).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum CallCommand {
    Answer,
    /// The caller keeps the place.
    Reject,
    Hold,
    Resume,
    Mute,
    Unmute,
    /// `0-9*#A-D`, at most 32.
    SendDigits { digits: String },
    Transfer { target: TransferTarget },
    /// The caller waits with music, in a numbered place, until somebody takes them; the agent is free.
    Park,
    /// Asks somebody else, while the caller hears music.
    Consult { target: TransferTarget },
    /// From the caller to whoever was asked, or back.
    Swap,
    /// Caller, agent and whoever was asked hear each other from now on.
    Join,
    /// The agent leaves; whoever was asked goes on with the caller. After a consultation that is the attended transfer.
    Complete,
    /// One who was asked goes: this one, or who was asked last.
    Drop { leg: Option<LegId> },
    /// Nothing is recorded until resumed; the gap carries the reason.
    PauseRecording { reason: String },
    ResumeRecording,
    Hangup,
}

/// How a supervisor is in a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum SuperviseMode {
    /// Hears both sides, and is heard by nobody.
    Listen,
    /// The agent hears the supervisor too; the caller does not.
    Whisper,
    /// Everybody hears everybody.
    Barge,
}

/// To a talk, by a supervisor who is not in it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum SuperviseCommand {
    /// Rings the supervisor's station; once there, only the mode changes. `reason` stands in the audit log: at most 200
    /// characters, may be empty.
    Join { mode: SuperviseMode, reason: String },
    /// Who is in the talk already has it from now on; the agent is let go.
    TakeOver,
    Leave,
}

/// To a caller who waits in a queue, by a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum WaitingCommand {
    /// Elsewhere, with the time waited; an agent may be the supervisor's own self. Where it fails, back to the front of the
    /// queue the caller came from.
    Move { target: TransferTarget },
    /// Before everybody else in this queue.
    Raise,
}

/// To a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum SeatCommand {
    /// Takes the seat with this station; a fresh seat is not ready.
    SignIn { station: Option<StationId> },
    Ready,
    NotReady { reason: Option<ReasonId> },
    SignOut,
    EndWrapUp,
    ExtendWrapUp { by_ms: u32 },
    /// Asks for a supervisor. `note`: what for, at most 200 characters, may be empty.
    RaiseHand { note: String },
    /// By the agent, or by who came.
    LowerHand,
}

/// What a button may do to a call now. The server computes the list; the desktop shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum CallAction {
    Answer,
    Reject,
    Hold,
    Resume,
    Mute,
    Unmute,
    SendDigits,
    Transfer,
    Park,
    Consult,
    Swap,
    Join,
    Complete,
    Drop,
    PauseRecording,
    ResumeRecording,
    Hangup,
    EndWrapUp,
    ExtendWrapUp,
    Dispose,
}
