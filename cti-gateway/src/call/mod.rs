//! One [`Call`] is one conversation, from the first INVITE to the last BYE. It decides and never sends: the switch feeds
//! it [`CallEvent`]s and people's commands, and carries out the [`Action`]s it returns. Start at [`Call::handle`].
//! Never in this room: sockets, SQL, clocks, locks, async. Who rings next is the ACD's business (`acd`), what the caller
//! walks through the flow's (`ivr`). Dialogs: RFC 3261 §12-15. Hold: RFC 3264 §8.4.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::directory::{AnswerBy, Overflow};
use contract::{
    AgentId, Caller, Candidate, Direction, EndCause, Entry, EpochMs, EventKind, HungUpBy, IdMaker, InteractionId,
    LegId, OfferId, OfferOutcome, Party, Quality, QueueId, QueueOutcome, RecordingId, StationId, SuperviseMode,
    TransferTarget,
};

mod allowed;
mod commands;
mod consult;
mod dialed_out;
mod ending;
mod machine;
mod parked;
mod outward;
mod silence;
mod supervise;
mod sent_on;
#[cfg(test)]
mod tests;
mod visit;
mod waiting;

pub use allowed::{Beside, Face, allowed};
pub use consult::MOST_ASKED;
pub use dialed_out::DialOut;
pub(crate) use machine::recording_path;
pub use parked::{Fetcher, MOST_PARKED};
pub use supervise::{MOST_LISTEN_REASON, MOST_SUPERVISORS, SUPERVISOR_RING_MS, Seated};
pub use silence::{SILENT_LOST_HELD_MS, SILENT_LOST_MS, SILENT_TALK_MS, SILENT_WAIT_MS};

/// Longest wait, after everybody was told to go, for the last words of media and recorder.
pub const CLOSING_MS: EpochMs = 3_000;

/// How often overflow rules may pass a caller on before the call ends.
pub const MOST_OVERFLOWS: u8 = 5;

/// How long a last prompt may take.
pub const FAREWELL_MS: EpochMs = 30_000;

/// How long the router may take to answer: it does so in the same breath, or something broke.
pub const ROUTER_ANSWERS_MS: EpochMs = 5_000;

/// How long a caller sent to one agent waits for that agent to be free.
pub const DIRECT_WAIT_MS: u32 = 60_000;

/// How long an outside number may ring when a call is transferred there.
pub const OUTSIDE_RING_MS: u32 = 45_000;

/// How long an agent's own phone may ring for a call the agent makes.
pub const OWN_RING_MS: u32 = 30_000;

/// How the flow is begun and what the call must know from the first moment.
pub struct Facts {
    pub id: InteractionId,
    pub caller_leg: LegId,
    pub direction: Direction,
    pub entry: Entry,
    pub caller: Caller,
    pub dialed: String,
}

/// What a queue asks of the call while it waits and talks; copied when the caller enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFacts {
    pub queue: QueueId,
    pub music: String,
    /// Every how often the position is said; 0: never.
    pub announce_ms: u32,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum CallEvent {
    /// The far end of a leg rings (180, 183).
    LegRinging {
        leg: LegId,
    },
    /// The network of a leg we dialed says something before the answer: its ringing, an announcement (RFC 3960 §3).
    EarlyMedia {
        leg: LegId,
    },
    /// The far end of a leg we dialed answered; its media is agreed.
    LegAnswered {
        leg: LegId,
    },
    /// A leg was not dialed at all, for a reason of ours: no way out takes the number, no port is left.
    NotDialed {
        leg: LegId,
        cause: EndCause,
    },
    /// A leg has its media, and its INVITE was never sent: nowhere to send it, or no room for it here.
    NotSent {
        leg: LegId,
        cause: EndCause,
    },
    /// A leg we dialed will not come: the SIP status says why.
    LegFailed {
        leg: LegId,
        status: u16,
    },
    /// The far end hung up, or its dialog was lost.
    LegGone {
        leg: LegId,
        cause: EndCause,
        status: Option<u16>,
    },
    /// Dialog and media of a leg are down; the last word on it.
    LegClosed {
        leg: LegId,
        quality: Option<Quality>,
    },
    /// The phone of a leg is not registered any more, or is again. Its audio may go on all the same.
    Phone {
        leg: LegId,
        lost: bool,
    },
    /// The far end put us on hold, or took us back (RFC 3264 §8.4).
    FarHold {
        leg: LegId,
        on: bool,
    },
    Digit {
        leg: LegId,
        digit: char,
    },
    /// A play is over; `ok: false` where it could not be played.
    PlayDone {
        leg: LegId,
        id: u32,
        ok: bool,
    },
    /// No audio from the leg for so long.
    Silent {
        leg: LegId,
        ms: u32,
    },
    RecordingEnded {
        recording: RecordingId,
        duration_ms: u32,
        bytes: u32,
        complete: bool,
    },
    RecordingGap {
        recording: RecordingId,
        ms: u32,
        reason: String,
    },
    /// The customer store answered.
    Identified(Vec<Candidate>),
    /// The router took the caller in.
    Enqueued {
        facts: QueueFacts,
    },
    /// The router did not, or will not keep the caller.
    QueueOver {
        queue: QueueId,
        why: QueueReturn,
        then: Overflow,
    },
    /// Ring this agent.
    Offer(Offer),
    /// The lease is over, by the router's word.
    OfferOver {
        offer: OfferId,
        outcome: OfferOutcome,
    },
    /// A transfer to one agent found nobody to ring.
    DirectFailed {
        agent: AgentId,
        cause: EndCause,
    },
    /// The answer to [`RouterAsk::Position`].
    Position {
        position: u32,
    },
    /// [`Call::deadline`] has come.
    Deadline,
    /// End now: shutdown, a supervisor, the truth audit.
    Abort(EndCause),
}

/// A lease the router gave: ring this agent until it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub offer: OfferId,
    pub agent: AgentId,
    pub station: StationId,
    pub answer_by: AnswerBy,
    pub queue: Option<QueueId>,
    pub ring_ms: u32,
    pub record: bool,
    /// The phone is not to wait for the agent's word, where it can be told.
    pub auto_answer: bool,
}

/// Why a queue gave a caller back.
pub use ivr::QueueReturn;

/// What the call wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// 200 OK to the caller, media open.
    Answer(LegId),
    Dial {
        leg: LegId,
        to: Dial,
    },
    /// The leg hears that a phone rings, until something else is asked of it.
    RingBack(LegId),
    /// `Event: talk` to a ringing phone.
    PressTalk(LegId),
    /// BYE, CANCEL or refusal, whichever fits, and media down; [`CallEvent::LegClosed`] follows.
    HangUp {
        leg: LegId,
        cause: EndCause,
    },
    Play {
        leg: LegId,
        id: u32,
        prompts: Vec<ivr::Prompt>,
    },
    /// Music, from the start, until something else is asked of the leg.
    Music {
        leg: LegId,
        name: String,
    },
    /// Stop play or music on the leg.
    Quiet(LegId),
    Bridge(LegId, LegId),
    Part(LegId, LegId),
    /// One way only: `leg` hears `source`, or no longer does.
    Hear {
        leg: LegId,
        source: LegId,
        on: bool,
    },
    /// The far end is not heard by the other (`on`), and hears them all the same.
    Mute {
        leg: LegId,
        on: bool,
    },
    Digits {
        leg: LegId,
        digits: String,
    },
    Record {
        recording: RecordingId,
        left: LegId,
        right: Option<LegId>,
        path: String,
    },
    /// Who is on the right channel from now on.
    RecordRight {
        recording: RecordingId,
        right: Vec<LegId>,
    },
    PauseRecording(RecordingId),
    ResumeRecording(RecordingId),
    StopRecording(RecordingId),
    Router(RouterAsk),
    Tell(EventKind),
}

/// Whom to ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dial {
    /// `auto_answer`: the phone is told to answer by itself.
    Station { station: StationId, ring_ms: u32, auto_answer: bool },
    /// The trunk is the switch's to choose; it tells `LegStarted` when it has.
    Number { number: String, ring_ms: u32 },
}

/// What the call tells or asks the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouterAsk {
    /// `credit_ms`: time already waited that counts for the order.
    Enqueue {
        queue: QueueId,
        priority: Option<u8>,
        vip: bool,
        credit_ms: u32,
    },
    /// To one agent, whatever the queue (transfer). `ring_ms`: none where the house's own time will do.
    Direct {
        agent: AgentId,
        queue: Option<QueueId>,
        vip: bool,
        ring_ms: Option<u32>,
    },
    /// Somebody beside the talk that goes on.
    Ask {
        by: AgentId,
        whom: acd::Asked,
    },
    /// Who came beside the talk has it from now on.
    Serves {
        agent: AgentId,
        queue: Option<QueueId>,
    },
    /// The caller, who waits already, is a VIP.
    Vip,
    /// The caller, who waits already, goes before all others.
    Raise,
    /// Back into the queue it was taken from, before all others.
    Return {
        queue: QueueId,
        vip: bool,
        credit_ms: u32,
    },
    /// The caller no longer waits.
    Leave {
        outcome: QueueOutcome,
    },
    Answered {
        offer: OfferId,
    },
    Rejected {
        offer: OfferId,
    },
    /// The phone rang and gave up by itself.
    Missed {
        offer: OfferId,
    },
    /// The station could not be rung.
    Failed {
        offer: OfferId,
    },
    /// We could not ring it, which is not the station's fault.
    Withdrawn {
        offer: OfferId,
    },
    Held {
        agent: AgentId,
        on: bool,
    },
    /// The agent's phone was lost in the middle of the talk, whose end follows.
    StationFailed {
        agent: AgentId,
    },
    /// The agent's part is over; wrap-up may begin.
    TalkEnded {
        agent: AgentId,
        queue: Option<QueueId>,
    },
    /// A phone is in use, for no caller of its own yet: a supervisor's, or one that is to take a parked caller; or no longer.
    Busy {
        agent: AgentId,
        on: bool,
    },
    Position,
}

/// Why a command changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefused {
    #[error("call {call} cannot do that while {state}")]
    WrongState { call: InteractionId, state: &'static str },
    #[error("call {call} is not with this agent")]
    NotYours { call: InteractionId },
    #[error("this phone cannot be answered from the desktop; lift it, or give the station an answer mode")]
    PhoneOnly,
    #[error("digits may be 0-9, *, #, A-D, and at most {most} of them")]
    BadDigits { most: usize },
    #[error("the phone itself holds the call; take it back there")]
    PhoneHolds,
    #[error("nothing of this call is being recorded")]
    NotRecording,
    #[error("a reason is needed to pause a recording, of at most {most} characters")]
    BadReason { most: usize },
    #[error("a reason for listening in may have at most {most} characters")]
    LongReason { most: usize },
    #[error("{most} people were asked into call {call} already; let one of them go first")]
    EnoughAsked { call: InteractionId, most: usize },
    #[error("whoever is asked is in call {call} already")]
    InAlready { call: InteractionId },
    #[error("there is no flow {flow} that callers may be sent to; the flow itself says so (for_agents)")]
    NoSuchFlow { flow: String },
    #[error("a flow cannot be asked into a talk; send the caller there instead")]
    FlowNotAsked,
    #[error("only who is in call {call} can take it over: listen in first, and lift the phone")]
    NotInTalk { call: InteractionId },
    #[error("{most} supervisors are in call {call} already")]
    EnoughSupervisors { call: InteractionId, most: usize },
}

/// One leg as the call sees it.
#[derive(Debug, Clone)]
struct Leg {
    role: Role,
    /// Its phone has rung.
    rang: bool,
    /// Its far end has put us on hold.
    holds: bool,
    /// Told to go, or gone: why, by whom, and what SIP said.
    over: Option<(EndCause, HungUpBy, Option<u16>)>,
}

/// Who is at the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Caller,
    Agent(AgentId),
    Supervisor(AgentId),
    /// A number outside.
    Outside,
}

/// The agent's part of the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Talk {
    agent: AgentId,
    leg: LegId,
    queue: Option<QueueId>,
    answer_by: AnswerBy,
    record: bool,
    since: EpochMs,
    held_since: Option<EpochMs>,
    held_ms: i64,
    muted: bool,
    /// Its phone is not registered any more: it has ended when it falls silent.
    lost: bool,
}

/// `leg`: none while a phone that answers by itself waits for the agent's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ringing {
    offer: Offer,
    leg: Option<LegId>,
}

/// What the router was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entering {
    since: EpochMs,
    /// No answer until then is a fault of ours.
    until: EpochMs,
    /// One agent, and no queue.
    direct: bool,
    /// What is being said meanwhile; music follows.
    saying: Option<u32>,
}

/// A wait in a queue, or for one agent.
#[derive(Debug, Clone)]
struct Wait {
    /// Of the queue; none while waiting for one agent outside any.
    facts: Option<QueueFacts>,
    since: EpochMs,
    /// Waited elsewhere before, where the place is kept.
    credit_ms: i64,
    next_announce: Option<EpochMs>,
    announcer: ivr::announce::Announcer,
    /// Plays of announcements end with music again.
    announcing: Option<u32>,
}

/// Where a call came from before a transfer, so that a failed one can go back.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Moving {
    by: AgentId,
    target: TransferTarget,
    from: CameFrom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CameFrom {
    /// An agent talked, for this queue.
    Talk { queue: Option<QueueId> },
    /// The caller waited there until then, when a supervisor sent it on.
    Wait { queue: QueueId, since: EpochMs },
    /// Parked, until nobody came in time; of a talk for this queue.
    Park { queue: Option<QueueId> },
}

#[derive(Debug, Clone)]
enum Stage {
    /// The flow leads.
    Flow,
    /// An agent calls somebody.
    Dialing(dialed_out::Dialing),
    /// Asked the router to take the caller in; its answer is next, or the agent asked for is busy.
    Entering(Entering),
    Waiting(Wait),
    Ringing(Ringing, Wait),
    Talking(Talk),
    Parked(parked::Parked),
    /// A number outside rings, or talks, with the caller. `by_rule`: a queue's overflow sent the caller there, so no flow
    /// waits for the outcome.
    Outside {
        leg: LegId,
        answered: bool,
        by_rule: bool,
    },
    /// A message is being taken.
    Message {
        since: EpochMs,
        until: EpochMs,
        finish_on: char,
        min_ms: u32,
    },
    /// A last prompt, then good-bye.
    Farewell {
        play: u32,
        cause: EndCause,
        until: EpochMs,
    },
    /// Everybody was told to go; waiting for the last words.
    Closing {
        until: EpochMs,
    },
    Over,
}

/// The recording that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Recording {
    id: RecordingId,
    paused: bool,
}

pub struct Call {
    id: InteractionId,
    ids: Arc<IdMaker>,
    caller_leg: LegId,
    legs: BTreeMap<LegId, Leg>,
    session: Option<ivr::Session>,
    /// For flows that begin later.
    start: ivr::Start,
    language: ivr::Language,
    vip: bool,
    /// Who the caller may be, for flows that begin later.
    candidates: Vec<Candidate>,
    stage: Stage,
    /// The flow wants the caller back at max wait, when full.
    own_overflow: (bool, bool),
    /// Queues entered by overflow rules, so that rules cannot send a caller in circles.
    overflows: u8,
    moving: Option<Moving>,
    /// How the last wait in a queue was, for the talk that follows.
    waited_ms: u32,
    recording: Option<Recording>,
    /// Stopped recordings whose last word is still to come.
    recordings_closing: BTreeSet<RecordingId>,
    supervisors: Vec<supervise::Supervisor>,
    /// Whom the agent asked into the talk.
    sides: Vec<consult::Side>,
    /// The caller is in a flow while the agent waits; only in a talk.
    visit: Option<visit::Visit>,
    /// Where the flow that leads gives a caller back to whose agent has gone.
    orphan: Option<visit::Orphan>,
    /// Who hears whom because of supervisors and those asked: listener, source.
    ears: BTreeSet<(LegId, LegId)>,
    /// Who is on the right channel of the recording.
    right: Vec<LegId>,
    next_play: u32,
    patience: silence::Patience,
    /// Set once: how it all ended.
    end: Option<(EndCause, HungUpBy)>,
}

impl Call {
    #[must_use]
    pub fn id(&self) -> InteractionId {
        self.id
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    #[must_use]
    pub fn caller_leg(&self) -> LegId {
        self.caller_leg
    }

    /// Legs not yet closed; the truth audit compares them with dialogs and media.
    pub fn legs(&self) -> impl Iterator<Item = LegId> + '_ {
        self.legs.keys().copied()
    }

    /// The agent ringing or talking, for the truth audit.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match &self.stage {
            Stage::Ringing(ringing, _) => Some(ringing.offer.agent),
            Stage::Talking(talk) => Some(talk.agent),
            Stage::Dialing(dialing) => Some(dialing.agent),
            Stage::Parked(_) => self.fetcher(),
            _ => None,
        }
    }

    /// The leg of the agent ringing or talking.
    #[must_use]
    pub fn agent_leg(&self) -> Option<LegId> {
        match &self.stage {
            Stage::Ringing(ringing, _) => ringing.leg,
            Stage::Talking(talk) => Some(talk.leg),
            Stage::Dialing(dialing) => Some(dialing.leg),
            Stage::Parked(parked) => parked.fetching.map(|fetching| fetching.leg),
            _ => None,
        }
    }

    /// Who hears this leg now, and is heard by it.
    #[must_use]
    pub fn partner(&self, leg: LegId) -> Option<LegId> {
        let (one, other) = match &self.stage {
            Stage::Talking(talk) if talk.held_since.is_none() => (self.caller_leg, talk.leg),
            Stage::Talking(talk) => (self.private()?.leg, talk.leg),
            Stage::Outside { leg, answered: true, .. } => (self.caller_leg, *leg),
            _ => return None,
        };
        match leg {
            _ if leg == one => Some(other),
            _ if leg == other => Some(one),
            _ => None,
        }
    }

    /// The agent whose answered leg is in this call.
    #[must_use]
    pub fn talking(&self) -> Option<AgentId> {
        match &self.stage {
            Stage::Talking(talk) => Some(talk.agent),
            _ => None,
        }
    }

    /// All agents whose answered leg is in this call: who talks to the caller, and who was asked.
    pub fn talkers(&self) -> impl Iterator<Item = AgentId> + '_ {
        self.talking().into_iter().chain(self.asked_there().filter_map(|there| there.agent))
    }

    /// The answered leg of an agent in this call.
    #[must_use]
    pub fn leg_of(&self, agent: AgentId) -> Option<LegId> {
        match &self.stage {
            Stage::Talking(talk) if talk.agent == agent => Some(talk.leg),
            _ => self.asked_there().find(|there| there.agent == Some(agent)).map(|there| there.leg),
        }
    }

    /// Supervisors in the talk, or whose phone rings for it.
    pub fn supervisors(&self) -> impl Iterator<Item = AgentId> + '_ {
        self.supervisors.iter().map(|one| one.agent)
    }

    /// Whether the call believes that the router will find it somebody.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.stage, Stage::Waiting(_) | Stage::Ringing(..)) || self.asks_routing()
    }

    /// Whether the caller's keys mean something now. While people talk they are the other side's.
    #[must_use]
    pub fn hears_digits(&self) -> bool {
        matches!(self.stage, Stage::Flow | Stage::Message { .. }) || self.visit.is_some()
    }

    /// A word for metrics: `ivr`, `dialing`, `waiting`, `ringing`, `talking`, `parked`, `outside`, `voicemail`,
    /// `closing`.
    #[must_use]
    pub fn stage_name(&self) -> &'static str {
        match &self.stage {
            Stage::Flow => "ivr",
            Stage::Dialing(_) => "dialing",
            Stage::Entering(_) | Stage::Waiting(_) => "waiting",
            Stage::Ringing(..) => "ringing",
            Stage::Talking(_) => "talking",
            Stage::Parked(_) => "parked",
            Stage::Outside { .. } => "outside",
            Stage::Message { .. } => "voicemail",
            Stage::Farewell { .. } | Stage::Closing { .. } | Stage::Over => "closing",
        }
    }

    /// When [`Call::handle`] wants [`CallEvent::Deadline`] next. Read off the state; never a stored timer.
    #[must_use]
    pub fn deadline(&self) -> Option<EpochMs> {
        let flow = self.session.as_ref().and_then(ivr::Session::deadline);
        match &self.stage {
            Stage::Flow => flow,
            Stage::Talking(_) => self.visit.as_ref().and_then(|visit| visit.session.deadline()),
            Stage::Parked(parked) => Some(parked.deadline()),
            Stage::Entering(entering) => Some(entering.until),
            Stage::Waiting(wait) => wait.next_announce,
            Stage::Message { until, .. } | Stage::Farewell { until, .. } | Stage::Closing { until } => Some(*until),
            Stage::Dialing(_) | Stage::Ringing(..) | Stage::Outside { .. } | Stage::Over => None,
        }
    }
}
