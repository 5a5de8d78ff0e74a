//! What may be told to the router ([`Input`]), what it answers ([`Decision`]) and why it says no ([`Refusal`]).
//! Every decision that is a fact carries what the event of the same name in `contract` needs.

use std::sync::Arc;

use contract::directory::Overflow;
use contract::{
    AgentId, Directory, EpochMs, InteractionId, OfferId, OfferOutcome, PhoneCheck, QueueId, QueueOutcome, ReasonId, Seat,
    SeatCommand, SeatWhy, StationId,
};

/// The times and limits that are the node's, not a queue's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouterConfig {
    /// How long a desktop may be away before its seat is not ready.
    pub desktop_grace_ms: u32,
    /// How long an agent who rejected or missed an offer, and stays ready, gets no other one. Keeps a phone that
    /// refuses by itself (do-not-disturb) from being rung in a tight loop.
    pub rest_ms: u32,
    /// How long a station that failed must be left alone before its next sign of life gives ready back. Doubles with each
    /// failure in a row.
    pub failed_rest_ms: u32,
    /// Longest wrap-up with all its extensions, from its beginning.
    pub max_wrap_up_ms: u32,
    /// Most callers waiting on this node, all queues together.
    pub max_waiting: u32,
}

impl Default for RouterConfig {
    fn default() -> Self {
        Self {
            desktop_grace_ms: 20_000,
            rest_ms: 2_000,
            failed_rest_ms: 10_000,
            max_wrap_up_ms: 30 * 60_000,
            max_waiting: 10_000,
        }
    }
}

/// What happened, or is asked. Late and repeated inputs are normal and change nothing.
#[derive(Debug, Clone)]
pub enum Input {
    /// [`crate::Router::deadline`] has come.
    Tick,
    /// The company changed. Also the first thing a new router must hear.
    Directory(Arc<Directory>),
    /// The seats as they were before a restart. Who was ready is so again once station and desktop are back.
    Restore { seats: Vec<Seat> },

    // ---- seats
    /// `by`: the agent, or a supervisor for them. A refusal comes back as [`Decision::Refused`], and then as the only one
    /// about this seat's status.
    Seat { agent: AgentId, command: SeatCommand, by: AgentId },
    /// Registered anew.
    StationUp { station: StationId },
    /// Registered again, as phones do all the time.
    StationRefreshed { station: StationId },
    /// Registration expired, was removed, or does not answer.
    StationDown { station: StationId },
    /// A browser found this of itself. Until the first such word it does for no talk.
    StationCheck { station: StationId, check: PhoneCheck },
    /// The agent's phone was lost in the middle of a talk. To be told before the end of that talk.
    StationFailed { agent: AgentId },
    /// The first desktop of this agent is connected.
    DesktopUp { agent: AgentId },
    /// The last desktop of this agent is gone.
    DesktopDown { agent: AgentId },

    // ---- callers
    /// `priority`: 0 to 9, added to the queue's. `credit_ms`: time waited elsewhere that counts for the order (not for the
    /// longest wait). Already waiting in this queue: keeps the place. Waiting in another: moves. With an agent: that talk ends.
    Enqueue { interaction: InteractionId, queue: QueueId, vip: bool, priority: u8, credit_ms: u32 },
    /// Wait for one agent (transfer to agent), at most `wait_ms`, ringing at most `ring_ms` of it. When it fails the caller
    /// goes to `fallback`, keeping the time waited; without one the call decides. `queue`: whose wrap-up and rules apply.
    Direct {
        interaction: InteractionId,
        agent: AgentId,
        queue: Option<QueueId>,
        vip: bool,
        priority: u8,
        wait_ms: u32,
        ring_ms: u32,
        fallback: Option<QueueId>,
    },
    /// An agent in the talk of this interaction wants somebody beside it: the talk goes on, nobody waits in its place, and no
    /// queue counts a caller. What was asked for before is called off, as it is by [`Input::Leave`].
    Ask { interaction: InteractionId, by: AgentId, whom: Asked, wait_ms: u32, ring_ms: u32 },
    /// Whoever came beside the talk has it from now on, with the wrap-up of this queue after it.
    Serves { interaction: InteractionId, agent: AgentId, queue: Option<QueueId> },
    /// The caller turned out to be a VIP while waiting, and goes before the others at once.
    Vip { interaction: InteractionId },
    /// A supervisor wants this caller before everybody else in its queue. Several of them: by the time waited.
    Raise { interaction: InteractionId },
    /// Back into the queue it was taken from, full or not, and before everybody else: what it was sent to did not come to pass.
    Return { interaction: InteractionId, queue: QueueId, vip: bool, credit_ms: u32 },
    /// The caller no longer waits: left, went to voicemail, moved elsewhere. A ringing offer is withdrawn.
    Leave { interaction: InteractionId, outcome: QueueOutcome },
    /// The call is over: all it holds here is given back. To be sent at the end of every call; nothing about it is believed after.
    CallOver { interaction: InteractionId },
    /// The call's owner died without ending it. As [`Input::CallOver`], but a waiting caller counts as failed, not abandoned.
    OwnerGone { interaction: InteractionId },

    // ---- offers
    OfferAnswered { offer: OfferId },
    OfferRejected { offer: OfferId },
    /// The phone gave up ringing by itself, before `until`.
    OfferMissed { offer: OfferId },
    /// The station refused or could not be reached.
    OfferFailed { offer: OfferId },
    /// We could not ring, which is nobody's fault outside: the caller waits on and the seat stays as it is.
    OfferWithdrawn { offer: OfferId },

    // ---- talks
    /// Audio is up. The agent counts as talking from [`Input::OfferAnswered`] on; this sets when the talk began.
    TalkBegan { interaction: InteractionId, agent: AgentId },
    TalkHeld { interaction: InteractionId, agent: AgentId },
    TalkResumed { interaction: InteractionId, agent: AgentId },
    /// Wrap-up begins where the queue has one.
    TalkEnded { interaction: InteractionId, agent: AgentId },
    /// The phone of an agent is rung by a PBX beside us, or no longer: the seat shows it, routing has no part in it.
    Rung { interaction: InteractionId, agent: AgentId, on: bool },
    /// The agent is on a call that was not offered: dialed by the agent, or by a colleague. A ringing offer is withdrawn.
    AgentBusy { interaction: InteractionId, agent: AgentId },
    AgentFree { interaction: InteractionId, agent: AgentId },
}

/// Whom an agent wants beside the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whoever the queue has, for at most its longest wait.
    Queue(QueueId),
    Agent(AgentId),
}

/// What to do, and the facts to emit, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Ring `station` until `until`. `queue`: none for a transfer to this agent that belonged to no queue. `asked_by`: a
    /// colleague whose talk goes on; the interaction is in no queue for it.
    Offer {
        offer: OfferId,
        interaction: InteractionId,
        agent: AgentId,
        station: StationId,
        queue: Option<QueueId>,
        until: EpochMs,
        waited_ms: u32,
        why: String,
        asked_by: Option<AgentId>,
    },
    /// Whatever the outcome but `Answered`: what still rings for this offer must stop. The caller waits on, unless another
    /// decision says otherwise.
    OfferEnded { offer: OfferId, interaction: InteractionId, agent: AgentId, queue: Option<QueueId>, outcome: OfferOutcome, rang_ms: u32 },
    /// An answer to an offer that had ended: hang up that leg.
    TooLate { offer: OfferId },

    Queued { interaction: InteractionId, queue: QueueId, vip: bool, priority: u8, position: u32 },
    QueueLeft { interaction: InteractionId, queue: QueueId, outcome: QueueOutcome, waited_ms: u32 },
    /// The caller is in no queue (any more): do `then`. A queue named there has room at this
    /// moment; enqueue with the time waited as credit to keep its weight.
    Overflow { interaction: InteractionId, queue: QueueId, why: OverflowWhy, then: Overflow },
    /// The agent could not be given the call. With `fallback`, [`Decision::Queued`] or [`Decision::Overflow`] follows.
    DirectFailed { interaction: InteractionId, agent: AgentId, why: DirectWhy, fallback: Option<QueueId> },

    WrapUpStarted { interaction: InteractionId, agent: AgentId, queue: Option<QueueId>, until: Option<EpochMs> },
    WrapUpExtended { interaction: InteractionId, agent: AgentId, until: EpochMs },
    WrapUpEnded { interaction: InteractionId, agent: AgentId, queue: Option<QueueId>, took_ms: u32, timed_out: bool },

    /// The whole seat, after the change.
    SeatChanged { seat: Seat, why: SeatWhy, by: Option<AgentId> },
    /// The seat command was refused; the seat is as it was.
    Refused { agent: AgentId, refusal: Refusal },
}

/// Why a queue does not keep a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverflowWhy {
    /// Its longest wait is over.
    MaxWait,
    /// As many wait as may.
    Full,
    /// An administrator removed the queue while the caller waited.
    Removed,
    /// There is no such queue.
    Unknown,
}

/// Why a call for one agent did not reach that agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectWhy {
    /// Not signed in, or no such agent.
    Offline,
    /// Not ready, whoever chose it.
    NotReady,
    /// Still busy when the time was over.
    Busy,
    Missed,
    Rejected,
    /// The station could not be rung.
    Failed,
}

/// Why a seat command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("agent {agent} is not in the directory: ask an administrator to add the agent")]
    UnknownAgent { agent: AgentId },
    #[error("station {station} is not in the directory: choose one of the listed stations")]
    UnknownStation { station: StationId },
    #[error("station {station} is in use by agent {holder}: one station serves one seat; choose another, or let {holder} sign out")]
    StationTaken { station: StationId, holder: AgentId },
    #[error("reason {reason} is not in the directory: choose one of the listed reasons")]
    UnknownReason { reason: ReasonId },
    #[error("the seat is not signed in: sign in with a station first")]
    NotSignedIn,
    #[error("ready needs a station, and the seat has none: sign in with a station")]
    NoStation,
    #[error("ready needs a station that can ring, and station {station} is not registered: check the phone")]
    StationUnreachable { station: StationId },
    #[error("ready needs a phone that does for a talk, and the browser of station {station} does not: check microphone and network")]
    StationUnfit { station: StationId },
    #[error("the station cannot change while the seat is busy: end the call and the wrap-up first")]
    Busy,
    #[error("the seat is not in wrap-up: there is nothing to end or extend")]
    NoWrapUp,
    #[error("wrap-up may last at most {max_ms} ms with its extensions: end it, or choose not ready")]
    WrapUpTooLong { max_ms: u32 },
    #[error("what a hand is raised for may have at most {most} characters")]
    LongNote { most: usize },
}

impl Refusal {
    /// Stable, for catalogues and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownAgent { .. } => "unknown_agent",
            Self::UnknownStation { .. } => "unknown_station",
            Self::StationTaken { .. } => "station_taken",
            Self::UnknownReason { .. } => "unknown_reason",
            Self::NotSignedIn => "not_signed_in",
            Self::NoStation => "no_station",
            Self::StationUnreachable { .. } => "station_unreachable",
            Self::StationUnfit { .. } => "station_unfit",
            Self::Busy => "busy",
            Self::NoWrapUp => "no_wrap_up",
            Self::WrapUpTooLong { .. } => "wrap_up_too_long",
            Self::LongNote { .. } => "long_note",
        }
    }
}
