//! What the router remembers of a seat, a waiting caller and an offer beyond what `contract` shows of them.

use std::collections::{BTreeSet, VecDeque};

use contract::{Activity, AgentId, EpochMs, InteractionId, OfferId, QueueId, Seat, SeatStatus, SeatWhy, StationHealth};

use crate::line::{Line, Urgency};
use crate::pools::PoolId;

/// Calls one agent can be on at once (one talk, the others held); more are a fault elsewhere, the oldest is forgotten.
const MAX_CALLS: usize = 16;
/// How many ended calls are remembered, so that what arrives late about them is not believed.
const MAX_OVER: usize = 8192;

/// One call an agent is on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnCall {
    pub interaction: InteractionId,
    pub queue: Option<QueueId>,
    /// Came by an offer of ours; otherwise dialed by the agent or a colleague.
    pub served: bool,
    pub held: bool,
    pub since: EpochMs,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct WrapUp {
    pub interaction: InteractionId,
    pub queue: Option<QueueId>,
    pub began: EpochMs,
    pub until: EpochMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Desktop {
    /// Never heard of one: a seat worked by phone and program alone.
    Unknown,
    Here,
    /// Gone, and the grace time ends then.
    Away {
        until: EpochMs,
    },
}

#[derive(Debug)]
pub(crate) struct SeatState {
    pub seat: Seat,
    /// As last told in a decision.
    pub shown: Seat,
    /// The pools the agent serves, with the sum of levels in each.
    pub pools: Vec<(PoolId, u32)>,
    /// Place in the row of idle agents: a lower turn has been idle for longer.
    pub turn: u64,
    pub idle_since: EpochMs,
    /// The turn under which the seat stands in its pools; none: cannot be offered to now.
    pub indexed: Option<u64>,
    pub calls: Vec<OnCall>,
    pub offer: Option<OfferId>,
    /// The call for which a PBX beside us rings the phone.
    pub rung: Option<InteractionId>,
    /// The station is a phone of a PBX beside us, which alone rings it.
    pub beside: bool,
    pub wrap_up: Option<WrapUp>,
    /// A rule took ready away and gives it back when its cause is gone.
    pub took: bool,
    pub desktop: Desktop,
    pub rest_until: Option<EpochMs>,
    /// The station could not be rung, or lost a talk: not since it was last rung as it should be.
    pub failed: Option<Failed>,
}

/// How often in a row, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed {
    pub times: u8,
    pub at: EpochMs,
}

impl SeatState {
    pub fn new(seat: Seat, now: EpochMs) -> Self {
        Self {
            shown: Seat { status: SeatStatus::Offline, ..seat.clone() },
            seat,
            pools: Vec::new(),
            turn: 0,
            idle_since: now,
            indexed: None,
            calls: Vec::new(),
            offer: None,
            rung: None,
            beside: false,
            wrap_up: None,
            took: false,
            desktop: Desktop::Unknown,
            rest_until: None,
            failed: None,
        }
    }

    /// What the legs say. A talk before a held call, a later one before an earlier one, any call before wrap-up.
    pub fn activity(&self, offered: Option<InteractionId>) -> Activity {
        let last = |held| self.calls.iter().rev().find(|call| call.held == held).map(|call| call.interaction);
        if let Some(interaction) = last(false) {
            return Activity::Talking { interaction };
        }
        if let Some(interaction) = last(true) {
            return Activity::Held { interaction };
        }
        match (offered, self.wrap_up) {
            (Some(interaction), _) => Activity::Offered { interaction },
            (None, Some(WrapUp { interaction, queue, until, .. })) => {
                Activity::WrapUp { interaction, queue, until: Some(until) }
            }
            (None, None) => Activity::Idle,
        }
    }

    pub fn is_free(&self) -> bool {
        self.calls.is_empty() && self.offer.is_none() && self.rung.is_none() && self.wrap_up.is_none()
    }

    /// May be offered a call now.
    pub fn is_eligible(&self) -> bool {
        self.is_free()
            && !self.beside
            && self.seat.status == SeatStatus::Ready
            && self.seat.health == StationHealth::Ok
            && self.rest_until.is_none()
    }

    /// Whether waiting for this agent makes sense.
    pub fn will_be_ready(&self) -> bool {
        !self.beside && self.seat.status == SeatStatus::Ready && matches!(self.seat.next, None | Some(SeatStatus::Ready))
    }

    pub fn set_status(&mut self, now: EpochMs, status: SeatStatus, why: SeatWhy) {
        if self.seat.status != status {
            self.seat.status = status;
            self.seat.status_since = now;
        }
        self.seat.status_why = why;
    }

    pub fn call(&mut self, interaction: InteractionId) -> Option<&mut OnCall> {
        self.calls.iter_mut().find(|call| call.interaction == interaction)
    }

    /// The call that had to be forgotten for it, if any.
    pub fn add_call(&mut self, call: OnCall) -> Option<OnCall> {
        let forgotten = (self.calls.len() >= MAX_CALLS).then(|| self.calls.remove(0));
        self.calls.push(call);
        forgotten
    }
}

/// What a caller waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Queue(QueueId),
    Agent { agent: AgentId, queue: Option<QueueId>, ring_ms: u32, fallback: Option<QueueId> },
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub want: Want,
    pub urgency: Urgency,
    /// The call's own priority, without the queue's.
    pub priority: u8,
    pub joined: EpochMs,
    /// When the longest wait is over.
    pub until: Option<EpochMs>,
    pub offer: Option<OfferId>,
    /// The best position ever told to the caller; never a worse one after it.
    pub told: u32,
    /// A supervisor put it before the others.
    pub raised: bool,
    /// Nobody waits: this agent, who talks, wants somebody beside the talk.
    pub asked_by: Option<AgentId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    pub interaction: InteractionId,
    pub agent: AgentId,
    pub queue: Option<QueueId>,
    pub began: EpochMs,
    pub until: EpochMs,
}

#[derive(Debug)]
pub(crate) struct QueueState {
    pub rules: contract::directory::Queue,
    pub pool: PoolId,
    /// Everybody who waits, those being offered too: they keep their place.
    pub line: Line,
    /// Those whom nobody is being rung for.
    pub free: Line,
}

impl QueueState {
    pub fn is_full(&self) -> bool {
        self.rules.max_waiting != 0 && self.line.len() >= self.rules.max_waiting as usize
    }
}

/// The calls that ended last.
#[derive(Debug, Default)]
pub(crate) struct Over {
    known: BTreeSet<InteractionId>,
    order: VecDeque<InteractionId>,
}

impl Over {
    pub fn contains(&self, interaction: InteractionId) -> bool {
        self.known.contains(&interaction)
    }

    pub fn insert(&mut self, interaction: InteractionId) {
        if !self.known.insert(interaction) {
            return;
        }
        self.order.push_back(interaction);
        if self.order.len() > MAX_OVER
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// From one moment to a later one, as a duration; 0 where the clock stepped back.
pub(crate) fn ms_between(from: EpochMs, to: EpochMs) -> u32 {
    u32::try_from((to - from).max(0)).unwrap_or(u32::MAX)
}
