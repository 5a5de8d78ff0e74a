//! Every fact is one [`Event`], written once to the ledger and never changed. Boards, segments, reports, timelines and
//! screens are folds over these. Add variants, never rename or remove: ledgers live for years.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AgentId, ContactId, ContactPointId, CustomerId, DispositionId, EpochMs, InteractionId, LegId, OfferId, PbxId, PhoneNumber,
    QueueId, RecordingId, Seat, SeatWhy, StationId, SuperviseMode, TransferTarget, TrunkId,
};

/// `seq` is gapless per node, given by that node's one ledger writer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Event {
    pub node: u16,
    #[ts(type = "number")]
    pub seq: u64,
    #[ts(type = "number")]
    pub at: EpochMs,
    pub interaction: Option<InteractionId>,
    #[serde(flatten)]
    pub kind: EventKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum Direction {
    Inbound,
    Outbound,
    /// Station to station.
    Internal,
}

/// Where a call came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum Entry {
    Trunk { trunk: TrunkId },
    Station { station: StationId, agent: Option<AgentId> },
    /// A page of the company's own, by its visitor's browser.
    Web,
    /// A PBX beside us, which routes it and carries its audio.
    Pbx { pbx: PbxId },
}

/// Who the network says is calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Caller {
    /// As sent, cleaned of control characters, at most 64 characters. Empty when withheld.
    pub raw: String,
    /// The display name, same rule.
    pub name: String,
    /// E.164, where the raw form is a dialable number.
    pub number: Option<PhoneNumber>,
    pub withheld: bool,
}

/// Why a customer is thought to be calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum MatchReason {
    /// The same E.164 number.
    Exact,
    /// The same number by a national equivalence (Brazil's ninth digit, Argentina's 9 …).
    Equivalent,
    /// The same last digits of a number stored in no valid form.
    Tail,
    /// The number is a shared line (household, switchboard).
    SharedLine,
}

/// One guess at who is calling, best first. Names are looked up when shown: the ledger keeps references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Candidate {
    pub customer: CustomerId,
    pub contact: Option<ContactId>,
    pub point: ContactPointId,
    pub reason: MatchReason,
    /// 0 to 100.
    pub confidence: u8,
    pub vip: bool,
}

/// The one customer that may be assumed without asking, on a desk, a board and in the call's row alike: sure, and the only one.
#[must_use]
pub fn safe_guess(candidates: &[Candidate]) -> Option<&Candidate> {
    let first = candidates.first().filter(|c| c.confidence >= 80 && matches!(c.reason, MatchReason::Exact | MatchReason::Equivalent))?;
    candidates.iter().all(|c| c.customer == first.customer).then_some(first)
}

/// How a leg, an offer or a call came to its end; what the machine says, never what a person says (that is a disposition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum EndCause {
    /// Talked, then hung up in order.
    AnsweredHangup,
    /// The caller left before an agent answered.
    Abandoned,
    /// The flow ended the call after serving it.
    SelfService,
    NoAnswer,
    Busy,
    Rejected,
    /// No such number, or nobody registered there.
    Unreachable,
    /// The queue's longest wait was over and its rule said hang up.
    MaxWait,
    /// Outside opening hours, blocked, or refused by a rule.
    Refused,
    /// Left a message.
    Voicemail,
    /// Transferred to the outside; our part is over.
    TransferredAway,
    /// Audio stopped for longer than the state allows.
    MediaTimeout,
    /// The session timer ran out (RFC 4028).
    SessionExpired,
    /// The server stopped while it ran.
    Interrupted,
    /// Draining: the grace time was over.
    Shutdown,
    /// Anything else that broke.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum HungUpBy {
    Caller,
    Agent { agent: AgentId },
    /// The far end of an outbound or transferred leg.
    Callee,
    System,
}

/// Who is at the other end of a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum Party {
    Caller,
    Agent { agent: AgentId, station: StationId },
    /// Who listens in, or speaks to the agent.
    Supervisor { agent: AgentId, station: StationId },
    Number { number: String, trunk: TrunkId },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum OfferOutcome {
    Answered,
    /// Rang until its time was over.
    Missed,
    Rejected,
    /// The caller left, or a supervisor moved the call.
    Withdrawn,
    /// The station could not be rung.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum QueueOutcome {
    Answered,
    Abandoned,
    MaxWait,
    /// Sent elsewhere while waiting.
    Moved,
    Voicemail,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum FlowOutcome {
    Queued,
    Transferred,
    Voicemail,
    HungUp,
    CallerLeft,
    /// Back to the agent who sent the caller there.
    Returned,
    Failed,
}

/// How a parked caller's wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum ParkOutcome {
    Retrieved,
    /// Nobody came in time: back to who parked, or to the queue.
    NobodyCame,
    CallerLeft,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "contract.gen.ts")]
pub enum RecordingKind {
    Talk,
    Voicemail,
}

/// What happened. Times in the payload are durations; the moment is [`Event::at`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub enum EventKind {
    // ---- the node
    NodeStarted { version: String },
    NodeStopping { grace_ms: u32 },
    /// The truth audit ended something nobody owned. Must never happen; counted.
    OrphanEnded { what: String, id: String },

    // ---- the call
    CallArrived { direction: Direction, entry: Entry, caller: Caller, dialed: String, leg: LegId },
    CallerIdentified { candidates: Vec<Candidate> },
    FlowStarted { flow: String, version: u32 },
    FlowStep { node: String },
    /// A menu choice or collected digits. `digits` is masked where the node says `sensitive`.
    DigitsCollected { node: String, digits: String, label: Option<String> },
    FlowEnded { flow: String, outcome: FlowOutcome },
    Queued { queue: QueueId, vip: bool, priority: u8, position: u32 },
    PositionAnnounced { queue: QueueId, position: u32 },
    QueueLeft { queue: QueueId, outcome: QueueOutcome, waited_ms: u32 },
    /// `asked_by`: a colleague in the talk wants this agent; no caller waits for it.
    Offered {
        offer: OfferId,
        agent: AgentId,
        station: StationId,
        queue: Option<QueueId>,
        #[ts(type = "number")]
        until: EpochMs,
        waited_ms: u32,
        why: String,
        #[serde(default)]
        asked_by: Option<AgentId>,
    },
    OfferEnded { offer: OfferId, agent: AgentId, queue: Option<QueueId>, outcome: OfferOutcome, rang_ms: u32 },
    LegStarted { leg: LegId, party: Party },
    /// A trunk did not take it; it goes out by another, and its party is reached there. `to`: the number, where the network sent
    /// us on to another (302).
    LegRerouted {
        leg: LegId,
        trunk: TrunkId,
        sip_status: u16,
        #[serde(default)]
        to: Option<String>,
    },
    LegRinging { leg: LegId },
    LegAnswered { leg: LegId },
    LegEnded { leg: LegId, cause: EndCause, by: HungUpBy, sip_status: Option<u16>, quality: Option<Quality> },
    TalkStarted { agent: AgentId, leg: LegId, queue: Option<QueueId>, waited_ms: u32 },
    Held { agent: AgentId },
    Resumed { agent: AgentId },
    Muted { agent: AgentId },
    Unmuted { agent: AgentId },
    DigitsSent { agent: AgentId, count: u8 },
    TransferStarted { agent: AgentId, target: TransferTarget },
    TransferFailed { agent: AgentId, target: TransferTarget, cause: EndCause },
    /// The caller waits in place `slot` for whoever takes them, until `until`; then for the agent again.
    Parked { agent: AgentId, queue: Option<QueueId>, slot: u16, #[ts(type = "number")] until: EpochMs },
    /// `by`: whose phone was lifted for the caller.
    ParkEnded { agent: AgentId, slot: u16, outcome: ParkOutcome, by: Option<AgentId>, ms: u32 },
    /// The caller is in a flow, and the agent waits ([`EventKind::Held`] says so).
    SentToFlow { agent: AgentId, flow: String },
    /// With the agent again, or the agent's part is over. `result`: what the flow tells the agent.
    CameBack { agent: AgentId, flow: String, result: Option<String>, ms: u32 },
    /// The agent asks somebody else, and the caller hears music ([`EventKind::Held`] says so). Who comes is told by
    /// `ConsultAnswered`, that nobody does by `ConsultFailed`.
    ConsultStarted { agent: AgentId, target: TransferTarget },
    /// `with`: a colleague; none for a number outside.
    ConsultAnswered { agent: AgentId, with: Option<AgentId>, leg: LegId },
    /// `cause`: [`EndCause::AnsweredHangup`] where the agent called it off.
    ConsultFailed { agent: AgentId, target: TransferTarget, cause: EndCause },
    /// The caller hears them too.
    ConsultJoined { agent: AgentId, with: Option<AgentId>, leg: LegId },
    /// They have left, or talk to the caller for themselves now (a `TalkStarted` of the same leg follows).
    ConsultEnded { agent: AgentId, with: Option<AgentId>, leg: LegId, cause: EndCause, ms: u32 },
    TalkEnded { agent: AgentId, leg: LegId, queue: Option<QueueId>, talk_ms: u32, hold_ms: u32 },
    /// `path` is below the recordings folder.
    RecordingStarted { recording: RecordingId, what: RecordingKind, agent: Option<AgentId>, queue: Option<QueueId>, path: String },
    RecordingPaused { recording: RecordingId, agent: AgentId, reason: String },
    RecordingResumed { recording: RecordingId, agent: AgentId },
    /// A PBX was asked to write silence, and does not: what is said is recorded all the same.
    RecordingPauseFailed { agent: AgentId },
    /// Why audio is missing where it is: disk trouble, overload.
    RecordingGap { recording: RecordingId, ms: u32, reason: String },
    RecordingEnded { recording: RecordingId, duration_ms: u32, bytes: u32, complete: bool },
    CallEnded { cause: EndCause, by: HungUpBy },
    /// Closes what a crash left open. The end of the interaction, as [`EventKind::CallEnded`] is.
    Interrupted { #[ts(type = "number")] last_seen: EpochMs },
    WrapUpStarted { agent: AgentId, queue: Option<QueueId>, #[ts(type = "number | null")] until: Option<EpochMs> },
    WrapUpExtended { agent: AgentId, #[ts(type = "number")] until: EpochMs },
    WrapUpEnded { agent: AgentId, queue: Option<QueueId>, took_ms: u32, timed_out: bool },
    DispositionSaved { agent: AgentId, dispositions: Vec<DispositionId>, notes: String },
    /// All tags of the interaction from now on.
    TagsSaved { agent: AgentId, tags: Vec<String> },
    /// A supervisor's station is rung; `leg` is answered later, or never. `agent`: who is supervised.
    SupervisionStarted { by: AgentId, agent: AgentId, leg: LegId, mode: SuperviseMode, reason: String },
    SupervisionChanged { by: AgentId, agent: AgentId, mode: SuperviseMode },
    /// `ms`: in the talk, 0 where the station was never answered. `cause`: why the leg ended.
    SupervisionEnded { by: AgentId, agent: AgentId, cause: EndCause, ms: u32 },
    /// A supervisor sent a waiting caller elsewhere; or could not, and the caller waits where it did.
    WaitingMoved { by: AgentId, target: TransferTarget },
    WaitingMoveFailed { by: AgentId, target: TransferTarget, cause: EndCause },
    /// Before everybody else in its queue.
    WaitingRaised { by: AgentId },
    /// An agent settled who the caller is.
    CustomerLinked { agent: AgentId, customer: Option<CustomerId>, contact: Option<ContactId> },

    // ---- the seat and the station
    SeatChanged { seat: Seat, why: SeatWhy, by: Option<AgentId> },
    StationRegistered { station: StationId, user_agent: String, address: String, #[ts(type = "number")] expires: EpochMs },
    StationLost { station: StationId, reason: String },
}

/// How a leg sounded, over its life.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "contract.gen.ts")]
pub struct Quality {
    pub received: u32,
    pub lost: u32,
    pub jitter_ms: f32,
    /// From RTCP, where the far end sends it.
    pub round_trip_ms: Option<f32>,
    /// Estimated by the E-model (ITU-T G.107), 1.0 to 4.5.
    pub mos: f32,
}
