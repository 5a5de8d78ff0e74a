//! What a desktop hears. Numbered per desktop; the screen is a fold over these, and every body carries whole values
//! (upserts), so applying one twice changes nothing. On a gap the desktop asks again from its last number.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AgentId, CallAction, CallCommand, Caller, ContactId, CustomerId, Direction, EndCause, EpochMs, InteractionId, LegId,
    MatchReason, QueueId, RowId, Seat, SeatCommand, SeatWhy, SuperviseCommand, SuperviseMode,
    WaitingCommand,
};

/// Server to desktop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct DeskMessage {
    #[ts(type = "number")]
    pub n: u64,
    #[ts(type = "number")]
    pub at: EpochMs,
    #[serde(flatten)]
    pub body: DeskBody,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum DeskBody {
    /// Everything, where the desktop is new or its last number is too old.
    Snapshot { seat: Seat, cards: Vec<CallCard>, supervising: Option<Supervising>, parked: Vec<ParkedCall> },
    /// All callers who are parked, by place; anybody with a phone may take one.
    Parked { parked: Vec<ParkedCall> },
    /// Written on the line between `agent` and those who supervise.
    Said { agent: AgentId, words: DeskWords },
    /// The talk I am in as a supervisor; none: I have left it, or it is over.
    Supervising { supervising: Option<Supervising> },
    Seat { seat: Seat, why: SeatWhy },
    /// A call of mine, new or changed.
    Card { card: CallCard },
    CardGone { interaction: InteractionId, why: CardGone },
    /// Live rows, new or changed, and ids of rows that are gone; only to those who may see the board and asked for it.
    Board {
        calls: Vec<LiveCall>,
        calls_gone: Vec<InteractionId>,
        agents: Vec<LiveAgent>,
        agents_gone: Vec<AgentId>,
        queues: Vec<LiveQueue>,
        queues_gone: Vec<QueueId>,
    },
    /// The answer to an intent, by its `id`.
    Done { id: u32 },
    Refused { id: u32, code: String, message: String },
    /// Something to tell the person: a stable code (in the catalogue of both languages) and its values.
    Notice { level: NoticeLevel, code: String, values: Vec<(String, String)> },
    /// The server is going down; reconnect.
    GoingAway,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum NoticeLevel {
    Info,
    Warning,
    Error,
}

/// Why a card left my desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum CardGone {
    /// Answered elsewhere, or the caller left while it rang.
    CallerLeft,
    Missed,
    Rejected,
    Withdrawn,
    /// Done: wrap-up is over.
    Finished,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum CardState {
    Ringing,
    /// Answered here, audio not yet up (the 200 is on its way).
    Connecting,
    Talking,
    Held,
    WrapUp,
}

/// One call on one desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct CallCard {
    pub interaction: InteractionId,
    pub state: CardState,
    pub direction: Direction,
    pub caller: Caller,
    pub dialed: String,
    pub queue: Option<QueueId>,
    pub queue_name: Option<String>,
    pub vip: bool,
    /// How long the caller waited in this queue before this offer.
    pub waited_ms: u32,
    #[ts(type = "number")]
    pub state_since: EpochMs,
    /// While ringing: when the offer ends. In wrap-up: when it is over by itself.
    #[ts(type = "number | null")]
    pub until: Option<EpochMs>,
    #[ts(type = "number | null")]
    pub talking_since: Option<EpochMs>,
    pub muted: bool,
    pub recording: RecordingState,
    /// What the caller pressed, in order: node, label or digits (masked where sensitive).
    pub pressed: Vec<Pressed>,
    pub candidates: Vec<KnownCustomer>,
    /// The one the agent settled on, or the only safe guess.
    pub customer: Option<CustomerId>,
    /// What the call is to be found by.
    pub tags: Vec<String>,
    /// What was last saved by this agent for this interaction.
    pub disposition: Option<SavedDisposition>,
    /// Supervisors in this talk, those I may know of: whoever speaks to me, and who only listens where the company says so.
    pub supervised_by: Vec<SupervisedBy>,
    /// The colleague who asked me into this talk, which is theirs; none where it is mine.
    pub asked_by: Option<String>,
    /// Who else is in it besides the caller and me, or asked for.
    pub others: Vec<OtherParty>,
    /// The flow the caller is in while I wait.
    pub in_flow: Option<InFlow>,
    /// What flows told of this caller in the middle of a talk, oldest first.
    pub flow_results: Vec<FlowResult>,
    /// The PBX that has the call, by its name; none: it is ours.
    pub pbx: Option<String>,
    /// From the one table of what each state allows.
    pub allowed: Vec<CallAction>,
    pub ended: Option<EndCause>,
}

/// One message between an agent and those who supervise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct DeskWords {
    pub id: RowId,
    pub author: AgentId,
    pub author_name: String,
    #[ts(type = "number")]
    pub at: EpochMs,
    pub text: String,
}

/// A caller in a flow in the middle of a talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct InFlow {
    pub flow: String,
    #[ts(type = "number")]
    pub since: EpochMs,
}

/// What a flow told when it gave the caller back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct FlowResult {
    pub flow: String,
    /// As the flow says it; none: it came to none, or the agent took the caller back.
    pub result: Option<String>,
    #[ts(type = "number")]
    pub at: EpochMs,
}

/// A caller who waits in a numbered place for whoever takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct ParkedCall {
    pub interaction: InteractionId,
    pub slot: u16,
    pub caller: Caller,
    /// Where it is known who calls.
    pub customer_name: Option<String>,
    pub queue_name: Option<String>,
    pub by: AgentId,
    pub by_name: String,
    #[ts(type = "number")]
    pub since: EpochMs,
    /// Then who parked is rung.
    #[ts(type = "number")]
    pub until: EpochMs,
}

/// Somebody in a talk besides the caller and the one who looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct OtherParty {
    /// To let go of this one ([`CallCommand::Drop`]); none before there is a leg.
    pub leg: Option<LegId>,
    /// None: a number outside, or a queue that has not found anybody yet.
    pub agent: Option<AgentId>,
    /// Of the colleague or the queue, or the number.
    pub name: String,
    pub state: OtherState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum OtherState {
    /// Whose talk with the caller it is.
    Leads,
    /// Looked for, or waited for.
    Asked,
    Ringing,
    /// There, and not heard by the caller.
    Apart,
    /// Heard by all.
    Joined,
}

/// A talk a supervisor is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Supervising {
    pub interaction: InteractionId,
    /// Who is supervised.
    pub agent: AgentId,
    pub agent_name: String,
    pub caller: Caller,
    pub mode: SuperviseMode,
    /// My station was answered; until then it rings.
    pub connected: bool,
    #[ts(type = "number")]
    pub since: EpochMs,
}

/// A supervisor in a talk of mine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct SupervisedBy {
    pub agent: AgentId,
    pub name: String,
    pub mode: SuperviseMode,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct SavedDisposition {
    pub dispositions: Vec<crate::DispositionId>,
    pub notes: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Pressed {
    pub node: String,
    pub label: Option<String>,
    pub digits: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum RecordingState {
    Off,
    On,
    Paused,
}

/// A candidate with what an agent must see of it before the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct KnownCustomer {
    pub customer: CustomerId,
    pub contact: Option<ContactId>,
    pub name: String,
    /// The contact's name, where the customer is an organisation.
    pub contact_name: Option<String>,
    /// Of the company's levels, as named.
    pub level: Option<String>,
    pub vip: bool,
    pub reason: MatchReason,
    pub confidence: u8,
    /// Newest first, at most 5.
    pub last_contacts: Vec<LastContact>,
    /// Open work on this customer (tickets and callbacks, where those desks exist).
    pub open_items: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct LastContact {
    pub interaction: InteractionId,
    #[ts(type = "number")]
    pub at: EpochMs,
    pub direction: Direction,
    pub agent: Option<String>,
    pub queue: Option<String>,
    pub cause: Option<EndCause>,
    pub disposition: Option<String>,
    pub notes: Option<String>,
}

/// Where a live call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum LiveState {
    Ivr,
    Waiting,
    Ringing,
    Talking,
    Held,
    Transferring,
    Parked,
    Voicemail,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct LiveCall {
    pub interaction: InteractionId,
    pub direction: Direction,
    pub caller: Caller,
    pub dialed: String,
    pub customer: Option<CustomerId>,
    pub vip: bool,
    pub state: LiveState,
    #[ts(type = "number")]
    pub since: EpochMs,
    #[ts(type = "number")]
    pub began: EpochMs,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    pub flow: Option<String>,
    pub node: Option<String>,
    /// Supervisors in this talk. Boards kept before there were any know of none.
    #[serde(default)]
    pub supervisors: Vec<AgentId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct LiveAgent {
    pub seat: Seat,
    pub answered_today: u32,
    pub missed_today: u32,
    #[ts(type = "number")]
    pub talk_ms_today: u64,
}

/// Today's figures are since the company's midnight, under the formulas of the metric list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct LiveQueue {
    pub queue: QueueId,
    pub waiting: u32,
    /// When the longest waiting caller joined.
    #[ts(type = "number | null")]
    pub oldest: Option<EpochMs>,
    pub ringing: u32,
    pub talking: u32,
    pub offered: u32,
    pub answered: u32,
    pub abandoned: u32,
    pub short_abandoned: u32,
    pub within_target: u32,
    #[ts(type = "number")]
    pub wait_ms_sum: u64,
}

/// What a browser found of itself as a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct PhoneCheck {
    pub microphone: Microphone,
    /// To us and back; none: not measured yet.
    pub round_trip_ms: Option<u32>,
    /// Of what it hears; none: it hears nothing now.
    pub jitter_ms: Option<u32>,
    /// Of what it should have heard since the last check, in percent.
    pub lost_percent: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum Microphone {
    Ok,
    /// The person, or the browser's settings, do not allow it.
    Refused,
    /// There is none, or another program holds it.
    Missing,
    /// It gives no sound at all, not even noise: switched off, or unplugged behind its adapter.
    Silent,
}

/// Desktop to server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct DeskIntent {
    /// Chosen by the desktop, answered by `done` or `refused`.
    pub id: u32,
    #[serde(flatten)]
    pub ask: DeskAsk,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "ask", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum DeskAsk {
    Seat { command: SeatCommand },
    Call { interaction: InteractionId, command: CallCommand },
    Supervise { interaction: InteractionId, command: SuperviseCommand },
    /// Calls a number from my station. `queue`: whose wrap-up and figures the talk has.
    Dial { number: String, queue: Option<QueueId> },
    /// Rings my station for a parked caller.
    TakeParked { interaction: InteractionId },
    Waiting { interaction: InteractionId, command: WaitingCommand },
    WatchBoard { on: bool },
    /// My browser as a phone, each few seconds while it is one.
    Phone { check: PhoneCheck },
    Ping,
}
