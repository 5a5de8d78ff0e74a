//! The door of the room: one input in, all decisions out. What is due at `now` is settled after the input, then whoever
//! became free and whoever began to wait are brought together, all in the same call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::directory::Directory;
use contract::{AgentId, EpochMs, IdMaker, InteractionId, OfferId, QueueId, Seat, SeatStatus, SeatWhy, StationId};

use crate::fitness::Fitness;
use crate::pools::Pools;
use crate::state::{Entry, Offer, Over, QueueState, SeatState, Want};
use crate::timers::{Timer, Timers};
use crate::words::{Decision, Input, RouterConfig};

/// Seats, queues and offers of one node. Decides and never does: the driver carries the decisions out.
#[derive(Debug)]
pub struct Router {
    pub(crate) config: RouterConfig,
    pub(crate) ids: IdMaker,
    pub(crate) directory: Arc<Directory>,
    pub(crate) seats: BTreeMap<AgentId, SeatState>,
    /// Who sits at a station.
    pub(crate) holders: BTreeMap<StationId, AgentId>,
    pub(crate) stations_up: BTreeSet<StationId>,
    /// Of stations that are up and check themselves.
    pub(crate) fitness: BTreeMap<StationId, Fitness>,
    pub(crate) queues: BTreeMap<QueueId, QueueState>,
    pub(crate) pools: Pools,
    pub(crate) waiting: BTreeMap<InteractionId, Entry>,
    /// Callers who wait for one agent.
    pub(crate) direct: BTreeMap<AgentId, BTreeSet<(EpochMs, InteractionId)>>,
    pub(crate) offers: BTreeMap<OfferId, Offer>,
    /// The agents on a call.
    pub(crate) talks: BTreeMap<InteractionId, BTreeSet<AgentId>>,
    pub(crate) over: Over,
    pub(crate) timers: Timers,
    /// Who became free, and who began to wait (again), since the last match.
    pub(crate) fresh_agents: BTreeSet<AgentId>,
    pub(crate) fresh_callers: BTreeSet<InteractionId>,
    pub(crate) turn: u64,
    /// Unknown to us in the last audit.
    pub(crate) suspects: BTreeSet<InteractionId>,
    pub(crate) out: Vec<Decision>,
}

/// What is held now, for gauges. All but `seats` are 0 when no call is alive; `seats` is 0 when all signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Signed in.
    pub seats: usize,
    pub waiting: usize,
    pub offers: usize,
    /// Pairs of agent and call.
    pub talks: usize,
    pub wrap_ups: usize,
    /// Moments waited for.
    pub timers: usize,
}

impl Router {
    /// `ids` makes the offers' ids. The router serves nobody before it heard [`Input::Directory`].
    #[must_use]
    pub fn new(ids: IdMaker, config: RouterConfig) -> Self {
        Self {
            config,
            ids,
            directory: Arc::default(),
            seats: BTreeMap::new(),
            holders: BTreeMap::new(),
            stations_up: BTreeSet::new(),
            fitness: BTreeMap::new(),
            queues: BTreeMap::new(),
            pools: Pools::default(),
            waiting: BTreeMap::new(),
            direct: BTreeMap::new(),
            offers: BTreeMap::new(),
            talks: BTreeMap::new(),
            over: Over::default(),
            timers: Timers::default(),
            fresh_agents: BTreeSet::new(),
            fresh_callers: BTreeSet::new(),
            turn: 0,
            suspects: BTreeSet::new(),
            out: Vec::new(),
        }
    }

    /// Takes in what happened and says all that follows from it, in order.
    #[must_use = "the router only decides: a decision not carried out is a caller not served"]
    pub fn handle(&mut self, now: EpochMs, input: Input) -> Vec<Decision> {
        self.take(now, input);
        while let Some(timer) = self.timers.pop_due(now) {
            self.expire(now, timer);
        }
        self.bring_together(now);
        std::mem::take(&mut self.out)
    }

    /// When [`Input::Tick`] is wanted next. `None`: nothing is being waited for.
    #[must_use]
    pub fn deadline(&self) -> Option<EpochMs> {
        self.timers.next()
    }

    fn take(&mut self, now: EpochMs, input: Input) {
        match input {
            Input::Tick => {}
            Input::Directory(directory) => self.replace_directory(now, directory),
            Input::Restore { seats } => self.restore(now, seats),
            Input::Seat { agent, command, by } => self.command(now, agent, command, by),
            Input::StationUp { station } => self.station_up(now, station),
            Input::StationRefreshed { station } => self.station_refreshed(now, station),
            Input::StationDown { station } => self.station_down(now, station),
            Input::StationCheck { station, check } => self.station_check(now, station, &check),
            Input::StationFailed { agent } => self.station_failed(now, agent),
            Input::DesktopUp { agent } => self.desktop_up(now, agent),
            Input::DesktopDown { agent } => self.desktop_down(now, agent),
            Input::Enqueue { interaction, queue, vip, priority, credit_ms } => {
                self.enqueue(now, interaction, queue, vip, priority, credit_ms);
            }
            Input::Direct { interaction, agent, queue, vip, priority, wait_ms, ring_ms, fallback } => {
                let want = Want::Agent { agent, queue, ring_ms, fallback };
                self.wait_for_agent(now, interaction, want, vip, priority, wait_ms);
            }
            Input::Ask { interaction, by, whom, wait_ms, ring_ms } => self.ask(now, interaction, by, whom, (wait_ms, ring_ms)),
            Input::Serves { interaction, agent, queue } => self.serves(now, agent, interaction, queue),
            Input::Vip { interaction } => self.make_vip(interaction),
            Input::Raise { interaction } => self.raise(interaction),
            Input::Return { interaction, queue, vip, credit_ms } => self.give_back(now, interaction, queue, vip, credit_ms),
            Input::Leave { interaction, outcome } => self.leave(now, interaction, outcome),
            Input::CallOver { interaction } => self.call_over(now, interaction, contract::QueueOutcome::Abandoned),
            Input::OwnerGone { interaction } => self.call_over(now, interaction, contract::QueueOutcome::Failed),
            Input::OfferAnswered { offer } => self.offer_answered(now, offer),
            Input::OfferRejected { offer } => self.offer_unanswered(now, offer, contract::OfferOutcome::Rejected),
            Input::OfferMissed { offer } => self.offer_unanswered(now, offer, contract::OfferOutcome::Missed),
            Input::OfferFailed { offer } => self.offer_unanswered(now, offer, contract::OfferOutcome::Failed),
            Input::OfferWithdrawn { offer } => self.offer_unanswered(now, offer, contract::OfferOutcome::Withdrawn),
            Input::TalkBegan { interaction, agent } => self.talk_began(now, agent, interaction),
            Input::TalkHeld { interaction, agent } => self.talk_held(now, agent, interaction, true),
            Input::TalkResumed { interaction, agent } => self.talk_held(now, agent, interaction, false),
            Input::TalkEnded { interaction, agent } | Input::AgentFree { interaction, agent } => {
                self.talk_ended(now, agent, interaction);
            }
            Input::Rung { interaction, agent, on } => self.rung_beside(now, agent, interaction, on),
            Input::AgentBusy { interaction, agent } => self.agent_busy(now, agent, interaction),
        }
    }

    fn expire(&mut self, now: EpochMs, timer: Timer) {
        match timer {
            Timer::Offer(offer) => self.offer_unanswered(now, offer, contract::OfferOutcome::Missed),
            Timer::Wait(interaction) => self.wait_is_over(now, interaction),
            Timer::WrapUp(agent) => {
                self.end_wrap_up(now, agent, true);
                self.settle(now, agent, SeatWhy::WrapUpDone, None);
            }
            Timer::DesktopGrace(agent) => self.desktop_lost(now, agent),
            Timer::Rest(agent) => {
                if let Some(state) = self.seats.get_mut(&agent) {
                    state.rest_until = None;
                }
                self.settle(now, agent, SeatWhy::Call, None);
            }
        }
    }

    /// After any change of a seat: derives the activity, applies what was chosen for when the agent is free, tells the
    /// difference, and puts the seat into the row of idle agents or takes it out.
    pub(crate) fn settle(&mut self, now: EpochMs, agent: AgentId, why: SeatWhy, by: Option<AgentId>) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let offered = state.offer.and_then(|offer| self.offers.get(&offer)).map(|offer| offer.interaction).or(state.rung);
        let activity = state.activity(offered);
        if std::mem::discriminant(&activity) != std::mem::discriminant(&state.seat.activity)
            || activity.interaction() != state.seat.activity.interaction()
        {
            state.seat.activity_since = now;
        }
        state.seat.activity = activity;
        tell(&mut self.out, state, why, by);
        if state.is_free()
            && let Some(next) = state.seat.next.take()
        {
            self.apply_next(now, agent, next);
        }
        self.index(agent);
        self.forsake_direct(now, agent);
        self.remove_if_offline(agent);
    }

    pub(crate) fn tell(&mut self, agent: AgentId, why: SeatWhy, by: Option<AgentId>) {
        if let Some(state) = self.seats.get_mut(&agent) {
            tell(&mut self.out, state, why, by);
        }
    }

    /// The end of the row of idle agents.
    pub(crate) fn send_to_back(&mut self, now: EpochMs, agent: AgentId) {
        self.turn += 1;
        if let Some(state) = self.seats.get_mut(&agent) {
            state.turn = self.turn;
            state.idle_since = now;
        }
    }

    /// Brings the pools in line with whether the agent may be offered to.
    pub(crate) fn index(&mut self, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let wanted = state.is_eligible().then_some(state.turn);
        if wanted == state.indexed {
            return;
        }
        for &(pool, levels) in &state.pools {
            let Some(pool) = self.pools.get_mut(pool) else { continue };
            if let Some(turn) = state.indexed {
                pool.idle.remove(&(std::cmp::Reverse(levels), turn, agent));
            }
            if let Some(turn) = wanted {
                pool.idle.insert((std::cmp::Reverse(levels), turn, agent));
            }
        }
        state.indexed = wanted;
        if wanted.is_some() {
            self.fresh_agents.insert(agent);
        } else {
            self.fresh_agents.remove(&agent);
        }
    }

    fn remove_if_offline(&mut self, agent: AgentId) {
        let Some(state) = self.seats.get(&agent) else { return };
        if state.seat.status != SeatStatus::Offline {
            return;
        }
        self.cancel_seat_timers(agent);
        self.seats.remove(&agent);
    }

    /// The seat of an agent; none while signed out.
    #[must_use]
    pub fn seat(&self, agent: AgentId) -> Option<&Seat> {
        self.seats.get(&agent).map(|state| &state.seat)
    }

    /// Everybody signed in, by agent.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values().map(|state| &state.seat)
    }

    /// Who sits at this station.
    #[must_use]
    pub fn holder(&self, station: StationId) -> Option<AgentId> {
        self.holders.get(&station).copied()
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            seats: self.seats.len(),
            waiting: self.waiting.len(),
            offers: self.offers.len(),
            talks: self.talks.values().map(BTreeSet::len).sum(),
            wrap_ups: self.seats.values().filter(|state| state.wrap_up.is_some()).count(),
            timers: self.timers.len(),
        }
    }
}

fn tell(out: &mut Vec<Decision>, state: &mut SeatState, why: SeatWhy, by: Option<AgentId>) {
    if state.seat != state.shown {
        state.shown.clone_from(&state.seat);
        out.push(Decision::SeatChanged { seat: state.seat.clone(), why, by });
    }
}
