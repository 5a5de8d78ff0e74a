//! What is seen at a PBX as interactions: pure. Channels belong to calls by the first channel of their call; whose phone a channel
//! is, is known by its line; who talks to whom is derived from the bridges after every word. A call ends exactly once, with all
//! that was open of it closed before, whatever comes in whatever order.

mod channels;
pub mod commands;
mod ending;
mod listing;
mod queues;
mod tapes;
mod talking;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::{
    AgentId, Caller, Direction, EpochMs, EventKind, HungUpBy, IdMaker, InteractionId, LegId, OfferId, OfferOutcome, PbxId, QueueId,
    RecordingId, StationId, TransferTarget,
};

use super::seen::{Answer, Ask, Channel, Seen, Stage};

pub use commands::{DialAt, PbxRefused};
pub use tapes::Fetch;

/// Calls at once; further ones are not seen, and counted.
const MOST_CALLS: usize = 10_000;
/// Channels of one call, and of all: a queue may ring all its phones, over three channels each.
const MOST_OF_CALL: usize = 512;
const MOST_CHANNELS: usize = 40_000;
/// Apart for so long, agent and caller are on hold: channels that are moved between bridges are so for a moment.
const APART_MS: EpochMs = 1_000;
/// A PBX that records by its own rules has begun by then.
const RECORDS_MS: EpochMs = 2_000;
/// A phone that is to be rung for an agent shows up by then.
const DIALED_MS: EpochMs = 60_000;
/// A connection that does not come back: nobody knows any more whether its calls live.
const LOST_MS: EpochMs = 10 * 60_000;

/// A phone of the PBX that is a station of ours, and who sits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desk {
    pub station: StationId,
    pub agent: Option<AgentId>,
}

/// A queue of the PBX that is one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAt {
    pub queue: QueueId,
    /// How long a phone is taken to ring: the PBX does not say.
    pub ring_ms: u32,
}

/// What must be known of the company.
pub trait World {
    fn desk(&self, line: &str) -> Option<Desk>;
    fn queue(&self, name: &str) -> Option<QueueAt>;
    fn caller(&self, number: &str, name: &str) -> Caller;
    /// Whether a colleague is reached by dialing this.
    fn is_extension(&self, dialed: &str) -> bool;
    /// The folder at the PBX into which talks of this queue are to be recorded, where nobody there does so.
    fn record_into(&self, queue: QueueId) -> Option<&str>;
}

/// What follows.
#[derive(Debug, Clone)]
pub enum Out {
    /// For the ledger; recordings began before they are told.
    Tell { at: EpochMs, call: InteractionId, kind: EventKind },
    Router(acd::Input),
    Identify(InteractionId, Caller),
    /// A recording the PBX makes: one that is cut off from us is to be fetched all the same.
    Made(Fetch),
    /// A recording that is complete at the PBX.
    Fetch(Fetch),
    Ask { token: u64, ask: Ask },
}

/// A channel as it is known.
#[derive(Debug, Clone)]
struct Known {
    at: Channel,
    call: Option<InteractionId>,
    /// Told as a leg of its call.
    leg: Option<LegId>,
    rang: bool,
    answered: bool,
    dialed_by: Option<String>,
    /// What became of ringing it.
    outcome: Option<OfferOutcome>,
}

#[derive(Debug, Clone)]
struct Wait {
    name: String,
    queue: QueueId,
    since: EpochMs,
}

#[derive(Debug, Clone)]
struct Offer {
    id: OfferId,
    queue: Option<QueueId>,
    since: EpochMs,
    channel: Option<String>,
}

#[derive(Debug, Clone)]
struct Talk {
    leg: LegId,
    channel: String,
    queue: Option<QueueId>,
    since: EpochMs,
    held_since: Option<EpochMs>,
    held_ms: EpochMs,
    apart_since: Option<EpochMs>,
}

#[derive(Debug, Clone)]
struct Dialing {
    token: u64,
    key: String,
    station: StationId,
    queue: Option<QueueId>,
    until: EpochMs,
}

/// A recording the PBX makes.
#[derive(Debug, Clone)]
struct Tape {
    channel: String,
    file: String,
    since: EpochMs,
    /// Told as one of ours, with the agent who talked first; only talks are.
    told: Option<RecordingId>,
    paused: bool,
}

#[derive(Debug, Clone)]
struct Call {
    direction: Direction,
    /// Under which its channels name their call.
    root: String,
    /// Whose call it is: who calls in, or who was called.
    customer: Option<String>,
    /// The customer's.
    leg: LegId,
    /// Who dials, where it is one of the company.
    dials: Option<AgentId>,
    dialing: Option<Dialing>,
    wait: Option<Wait>,
    /// The queue it came out of to be answered, and how long that took.
    from_queue: Option<(QueueId, u32)>,
    offers: BTreeMap<AgentId, Offer>,
    talks: BTreeMap<AgentId, Talk>,
    tapes: Vec<Tape>,
    /// Then it is seen whether the PBX records the talk; where it does not, it is asked to.
    record_at: Option<EpochMs>,
    channels: BTreeSet<String>,
    hung_up: Option<HungUpBy>,
    answered: bool,
    moved: Option<TransferTarget>,
    /// How ringing whom an agent called ended.
    unreached: Option<OfferOutcome>,
}

/// An ask without an answer yet, whose answer is a fact.
#[derive(Debug, Clone)]
enum Pending {
    Transfer { call: InteractionId, agent: AgentId, target: TransferTarget },
    Record { call: InteractionId, agent: AgentId, pause: Option<String> },
    Dial { call: InteractionId },
}

/// All calls of one PBX.
#[derive(Debug)]
pub struct Calls {
    pbx: PbxId,
    ids: Arc<IdMaker>,
    channels: BTreeMap<String, Known>,
    calls: BTreeMap<InteractionId, Call>,
    by_root: BTreeMap<String, InteractionId>,
    /// What is to be told of calls once somebody of ours is part of them; most never are.
    kept: BTreeMap<InteractionId, Vec<Out>>,
    pending: BTreeMap<u64, Pending>,
    due: BTreeMap<InteractionId, EpochMs>,
    listing: Option<listing::Listing>,
    lost_since: Option<EpochMs>,
    passed_over: u64,
    token: u64,
}

/// One turn: the moment, the world, and what follows.
struct Turn<'a> {
    now: EpochMs,
    world: &'a dyn World,
    out: Vec<Out>,
}

impl Turn<'_> {
    fn tell(&mut self, call: InteractionId, kind: EventKind) {
        self.out.push(Out::Tell { at: self.now, call, kind });
    }
}

impl Calls {
    #[must_use]
    pub fn new(pbx: PbxId, ids: Arc<IdMaker>) -> Self {
        Self {
            pbx,
            ids,
            channels: BTreeMap::new(),
            calls: BTreeMap::new(),
            by_root: BTreeMap::new(),
            kept: BTreeMap::new(),
            pending: BTreeMap::new(),
            due: BTreeMap::new(),
            listing: None,
            lost_since: None,
            passed_over: 0,
            token: 0,
        }
    }

    /// Something happened there.
    pub fn see(&mut self, now: EpochMs, seen: Seen, world: &dyn World) -> Vec<Out> {
        let mut turn = Turn { now, world, out: Vec::new() };
        self.take(seen, &mut turn);
        turn.out
    }

    fn take(&mut self, seen: Seen, turn: &mut Turn<'_>) {
        match seen {
            Seen::Channel(channel) => self.channel(channel, turn),
            Seen::Stage { id, stage } => self.stage(&id, stage, turn),
            Seen::Renamed { id, handle } => {
                if let Some(known) = self.channels.get_mut(&id) {
                    known.at.handle = handle;
                }
            }
            Seen::CallerIs { id, number, name } => {
                if let Some(known) = self.channels.get_mut(&id) {
                    (known.at.number, known.at.name) = (number, name);
                }
            }
            Seen::Linked { id, linked } => self.linked(&id, linked, turn),
            Seen::HangsUp { id } => self.hangs_up(&id),
            Seen::Gone { id, cause } => {
                if let Some(listing) = &mut self.listing {
                    listing.gone(&id);
                }
                self.gone(&id, cause, turn);
            }
            Seen::Rings { by, id } => self.rings(by.as_deref(), &id, turn),
            Seen::RangOut { id, outcome } => self.rang_out(&id, outcome, turn),
            Seen::Bridged { id, bridge } => self.bridged(&id, Some(bridge), turn),
            Seen::Parted { id } => self.bridged(&id, None, turn),
            Seen::Held { id, on } => self.held(&id, on, turn),
            Seen::QueueJoined { id, queue, position } => self.joined(&id, &queue, position, 0, turn),
            Seen::QueueLeft { id, how, .. } => self.left(&id, how, turn),
            Seen::MemberRung { caller, queue, line, id } => self.member_rung(&caller, &queue, &line, id.as_deref(), turn),
            Seen::MemberAnswered { caller, line, id } => self.member_answered(&caller, &line, id.as_deref(), turn),
            Seen::MemberMissed { caller, line, outcome } => self.member_missed(&caller, &line, outcome, turn),
            Seen::Recording { id, file } => self.tape_begins(&id, file, turn),
            Seen::RecordingOver { id } => self.tape_over(&id, turn),
            Seen::RecordingMuted { id, on } => self.tape_muted(&id, on, turn),
            Seen::Ours { id, key } => self.ours(&id, &key, turn),
            Seen::NotDialed { token, cause } => self.not_dialed(token, cause, turn),
            Seen::ListBegins => self.listing = Some(listing::Listing::default()),
            Seen::Listed(channels) => self.listed(channels, turn),
            Seen::ListedWaiting(waiting) => self.listed_waiting(&waiting, turn),
            // Whether a phone is paused is a matter of the seat, not of a call.
            Seen::Paused { .. } | Seen::MemberAdded { .. } => {}
        }
    }

    /// The connection is gone: what it told last stands until it is back.
    pub fn lost(&mut self, now: EpochMs) {
        self.lost_since.get_or_insert(now);
        self.listing = None;
    }

    /// It is back, and all was listed.
    pub fn up(&mut self) {
        self.lost_since = None;
    }

    /// When [`Calls::tick`] is wanted next.
    #[must_use]
    pub fn deadline(&self) -> Option<EpochMs> {
        let lost = self.lost_since.filter(|_| !self.calls.is_empty()).map(|since| since + LOST_MS);
        self.due.values().copied().chain(lost).min()
    }

    pub fn tick(&mut self, now: EpochMs, world: &dyn World) -> Vec<Out> {
        if self.lost_since.is_some_and(|since| now >= since + LOST_MS) {
            return self.end_all(now, world);
        }
        let mut turn = Turn { now, world, out: Vec::new() };
        let due: Vec<InteractionId> = self.due.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.due.remove(&id);
            self.overdue(id, &mut turn);
        }
        turn.out
    }

    /// The PBX, or the node, is taken away: whatever happens to its calls is seen by nobody any more.
    pub fn end_all(&mut self, now: EpochMs, world: &dyn World) -> Vec<Out> {
        let mut turn = Turn { now, world, out: Vec::new() };
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            self.finish(id, contract::EndCause::Interrupted, HungUpBy::System, &mut turn);
        }
        (self.channels, self.pending, self.listing) = (BTreeMap::new(), BTreeMap::new(), None);
        turn.out
    }

    /// Those that are told.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len().saturating_sub(self.kept.len())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn contains(&self, call: InteractionId) -> bool {
        self.calls.contains_key(&call) && !self.kept.contains_key(&call)
    }

    /// What was there and was not seen, for want of room.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    pub fn interactions(&self) -> impl Iterator<Item = InteractionId> + '_ {
        self.calls.keys().filter(|id| !self.kept.contains_key(id)).copied()
    }

    /// Who is on which call: in a talk, or dialing.
    pub fn on_calls(&self) -> impl Iterator<Item = (AgentId, InteractionId)> + '_ {
        self.calls.iter().flat_map(|(id, call)| call.talks.keys().copied().chain(call.dials).map(|agent| (agent, *id)))
    }

    /// Told, where the call is; else kept with its moment. Only what may come before anybody of ours goes this way: a few words.
    fn say(&mut self, call: InteractionId, kind: EventKind, turn: &mut Turn<'_>) {
        let one = Out::Tell { at: turn.now, call, kind };
        self.kept.get_mut(&call).unwrap_or(&mut turn.out).push(one);
    }

    /// A phone or a queue of ours is part of the call from now on: it is told, as it was.
    fn reveal(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        turn.out.extend(self.kept.remove(&call).unwrap_or_default());
    }

    fn make<T: From<i64>>(&self, now: EpochMs) -> T {
        self.ids.make(now)
    }

    fn next_token(&mut self) -> u64 {
        self.token += 1;
        self.token
    }

    fn call_of(&self, channel: &str) -> Option<InteractionId> {
        self.channels.get(channel)?.call
    }

    /// When the call is to be looked at again, by what it holds.
    fn mind_due(&mut self, id: InteractionId) {
        let Some(call) = self.calls.get(&id) else {
            self.due.remove(&id);
            return;
        };
        let apart = call.talks.values().filter(|talk| talk.held_since.is_none()).filter_map(|talk| talk.apart_since);
        let due = apart.map(|since| since + APART_MS).chain(call.dialing.as_ref().map(|dialing| dialing.until)).chain(call.record_at).min();
        match due {
            Some(at) => self.due.insert(id, at),
            None => self.due.remove(&id),
        };
    }
}

/// From one moment to a later one; 0 where the clock stepped back.
fn ms(from: EpochMs, to: EpochMs) -> u32 {
    u32::try_from((to - from).max(0)).unwrap_or(u32::MAX)
}

/// Channels without a phone: two halves that are one, `Local/1001@from-queue-0000000a;1`.
fn half(handle: &str) -> Option<&str> {
    handle.strip_suffix(";1").or_else(|| handle.strip_suffix(";2"))
}

/// Takes an answer for what it means.
impl Calls {
    pub fn answered(&mut self, now: EpochMs, answer: &Answer, world: &dyn World) -> Vec<Out> {
        let mut turn = Turn { now, world, out: Vec::new() };
        match self.pending.remove(&answer.token) {
            Some(Pending::Transfer { call, agent, target }) if answer.done.is_err() => {
                if let Some(known) = self.calls.get_mut(&call) {
                    known.moved = None;
                    turn.tell(call, EventKind::TransferFailed { agent, target, cause: contract::EndCause::Failed });
                }
            }
            Some(Pending::Record { call, agent, pause }) if answer.done.is_ok() => {
                self.tape_was_muted(call, agent, pause, &mut turn);
            }
            // Whoever thinks that nothing is recorded must know better at once.
            Some(Pending::Record { call, agent, pause: Some(_) }) if self.calls.contains_key(&call) => {
                turn.tell(call, EventKind::RecordingPauseFailed { agent });
            }
            Some(Pending::Dial { call }) if answer.done.is_err() => {
                self.finish(call, contract::EndCause::Failed, HungUpBy::System, &mut turn);
            }
            _ => {}
        }
        turn.out
    }
}

fn stage_is_there(stage: Stage) -> bool {
    matches!(stage, Stage::Calling | Stage::Up)
}
