//! Offers: one caller, one agent, one lease. An offer ends by what happens to it or by itself at its end of time; nothing
//! else can hold an agent. Also here: bringing together whoever is free and whoever waits.

use contract::{AgentId, EpochMs, InteractionId, OfferId, OfferOutcome, QueueId, QueueOutcome, SeatWhy};

use crate::line::{Rank, rank};
use crate::router::Router;
use crate::state::{Offer, OnCall, Want, ms_between};
use crate::timers::Timer;
use crate::words::{Decision, DirectWhy};

impl Router {
    /// Afterwards no caller waits freely for whom an eligible agent is idle. That held before the input too, so only who
    /// became free and who began to wait need looking at.
    pub(crate) fn bring_together(&mut self, now: EpochMs) {
        while let Some(agent) = self.fresh_agents.pop_first() {
            if let Some(caller) = self.direct_caller(agent) {
                self.offer(now, caller, agent);
            } else if let Some((_, caller)) = self.first_caller(now, agent)
                && let Some(best) = self.best_agent(caller)
            {
                self.offer(now, caller, best);
                if best != agent {
                    self.fresh_agents.insert(agent);
                }
            }
        }
        let mut callers: Vec<(Rank, InteractionId)> = Vec::new();
        for interaction in std::mem::take(&mut self.fresh_callers) {
            if let Some(rank) = self.rank_of(now, interaction) {
                callers.push((rank, interaction));
            }
        }
        callers.sort_unstable();
        for (_, caller) in callers {
            if let Some(agent) = self.best_agent(caller) {
                self.offer(now, caller, agent);
            }
        }
    }

    fn rank_of(&self, now: EpochMs, interaction: InteractionId) -> Option<Rank> {
        let entry = self.waiting.get(&interaction)?;
        let age_step_ms = match entry.want {
            Want::Queue(queue) => self.queues.get(&queue)?.rules.age_step_ms,
            Want::Agent { .. } => 0,
        };
        Some(rank(entry.urgency, interaction, age_step_ms, now))
    }

    /// Whoever waits for this agent alone comes before the queues.
    fn direct_caller(&self, agent: AgentId) -> Option<InteractionId> {
        let callers = self.direct.get(&agent)?;
        let free = |&(_, caller): &(EpochMs, InteractionId)| {
            self.waiting.get(&caller).is_some_and(|entry| entry.offer.is_none()).then_some(caller)
        };
        callers.iter().find_map(free)
    }

    /// The most urgent caller over all queues the agent serves.
    pub(crate) fn first_caller(&self, now: EpochMs, agent: AgentId) -> Option<(Rank, InteractionId)> {
        let pools = self.seats.get(&agent)?.pools.iter().filter_map(|&(pool, _)| self.pools.get(pool));
        let queues = pools.flat_map(|pool| pool.waiting.iter()).filter_map(|queue| self.queues.get(queue));
        queues.filter_map(|state| state.free.head(state.rules.age_step_ms, now)).min().map(|rank| (rank, rank.2))
    }

    /// The best idle agent for the caller.
    fn best_agent(&self, interaction: InteractionId) -> Option<AgentId> {
        match self.waiting.get(&interaction)?.want {
            Want::Queue(queue) => {
                let pool = self.pools.get(self.queues.get(&queue)?.pool)?;
                pool.idle.first().map(|&(_, _, agent)| agent)
            }
            Want::Agent { agent, .. } => self.seats.get(&agent)?.indexed.map(|_| agent),
        }
    }

    fn offer(&mut self, now: EpochMs, interaction: InteractionId, agent: AgentId) {
        let Some(station) = self.seats.get(&agent).and_then(|state| state.seat.station) else { return };
        let Some(entry) = self.waiting.get(&interaction).copied() else { return };
        let (queue, ring_ms) = match entry.want {
            Want::Queue(queue) => (Some(queue), self.queues.get(&queue).map_or(0, |state| state.rules.ring_ms)),
            Want::Agent { queue, ring_ms, .. } => (queue, ring_ms),
        };
        // A phone that rings is rung in full, however long the caller has waited for it: the longest wait is for those whom
        // nobody is being rung for.
        let until = now + EpochMs::from(ring_ms.max(1));
        let why = self.why(now, entry.want, agent);
        let offer: OfferId = self.ids.make(now);
        self.wait_no_more_freely(interaction);
        if let Some(entry) = self.waiting.get_mut(&interaction) {
            entry.offer = Some(offer);
        }
        if let Some(state) = self.seats.get_mut(&agent) {
            state.offer = Some(offer);
        }
        self.offers.insert(offer, Offer { interaction, agent, queue, began: now, until });
        self.timers.set(until, Timer::Offer(offer));
        let waited_ms = ms_between(entry.joined, now);
        let asked_by = entry.asked_by;
        self.out.push(Decision::Offer { offer, interaction, agent, station, queue, until, waited_ms, why, asked_by });
        // Offers count, not answers: whoever was just rung goes to the end of the row.
        self.send_to_back(now, agent);
        self.settle(now, agent, SeatWhy::Call, None);
    }

    fn why(&self, now: EpochMs, want: Want, agent: AgentId) -> String {
        let Some(state) = self.seats.get(&agent) else { return String::new() };
        let idle_s = ms_between(state.idle_since, now) / 1000;
        match want {
            Want::Agent { .. } => "asked for this agent".to_owned(),
            Want::Queue(queue) => {
                let Some(queue) = self.queues.get(&queue) else { return String::new() };
                let levels = state.pools.iter().find(|&&(pool, _)| pool == queue.pool).map_or(0, |&(_, levels)| levels);
                let idle = self.pools.get(queue.pool).map_or(0, |pool| pool.idle.len());
                format!("skill {levels}, idle {idle_s} s, first of {idle}")
            }
        }
    }

    /// Ends the offer on both sides and says so. The caller is not put back: whoever calls this decides.
    pub(crate) fn close_offer(&mut self, now: EpochMs, id: OfferId, outcome: OfferOutcome) -> Option<Offer> {
        let offer = self.offers.remove(&id)?;
        self.timers.cancel(offer.until, Timer::Offer(id));
        if let Some(entry) = self.waiting.get_mut(&offer.interaction) {
            entry.offer = None;
        }
        if let Some(state) = self.seats.get_mut(&offer.agent) {
            state.offer = None;
        }
        let Offer { interaction, agent, queue, began, .. } = offer;
        let rang_ms = ms_between(began, now);
        self.out.push(Decision::OfferEnded { offer: id, interaction, agent, queue, outcome, rang_ms });
        Some(offer)
    }

    /// Ends the offer, and the caller waits on (or the transfer to this agent has failed). The seat is not settled.
    pub(crate) fn give_up_offer(&mut self, now: EpochMs, id: OfferId, outcome: OfferOutcome) -> Option<Offer> {
        let offer = self.close_offer(now, id, outcome)?;
        let direct = self.waiting.get(&offer.interaction).is_some_and(|e| matches!(e.want, Want::Agent { .. }));
        let why = match outcome {
            OfferOutcome::Missed => Some(DirectWhy::Missed),
            OfferOutcome::Rejected => Some(DirectWhy::Rejected),
            OfferOutcome::Failed => Some(DirectWhy::Failed),
            OfferOutcome::Withdrawn | OfferOutcome::Answered => None,
        };
        match why {
            Some(why) if direct => self.fail_direct(now, offer.interaction, why),
            _ => {
                self.wait_freely(offer.interaction);
                self.wait_is_over(now, offer.interaction);
            }
        }
        Some(offer)
    }

    pub(crate) fn offer_answered(&mut self, now: EpochMs, id: OfferId) {
        let Some(offer) = self.close_offer(now, id, OfferOutcome::Answered) else {
            self.out.push(Decision::TooLate { offer: id });
            return;
        };
        let Offer { interaction, agent, queue, .. } = offer;
        self.note_station(now, agent, OfferOutcome::Answered);
        let entry = self.remove_caller(interaction);
        if let Some(entry) = &entry {
            self.say_left(now, interaction, entry, QueueOutcome::Answered);
        }
        let served = entry.is_none_or(|entry| entry.asked_by.is_none());
        self.begin_call(agent, OnCall { interaction, queue, served, held: false, since: now });
        self.settle(now, agent, SeatWhy::Call, None);
    }

    /// Missed, rejected or failed: the seat follows the rule of the queue, the caller waits on.
    pub(crate) fn offer_unanswered(&mut self, now: EpochMs, id: OfferId, outcome: OfferOutcome) {
        let Some(offer) = self.give_up_offer(now, id, outcome) else { return };
        let agent = offer.agent;
        let (missed, rejected) = self.not_ready_rules(offer.queue);
        let rule = match outcome {
            OfferOutcome::Missed if missed => Some(SeatWhy::MissedOffer),
            OfferOutcome::Rejected if rejected => Some(SeatWhy::RejectedOffer),
            OfferOutcome::Failed => Some(SeatWhy::StationFailed),
            OfferOutcome::Missed | OfferOutcome::Rejected | OfferOutcome::Withdrawn | OfferOutcome::Answered => None,
        };
        self.note_station(now, agent, outcome);
        match rule {
            // A station that failed gives ready back when it registers again, as one that was lost.
            Some(why) => self.not_ready_by_rule(now, agent, why, why == SeatWhy::StationFailed),
            None => self.rest(now, agent),
        }
        self.settle(now, agent, rule.unwrap_or(SeatWhy::Call), None);
    }

    /// Whether a missed, and a rejected, offer of this queue makes not ready.
    fn not_ready_rules(&self, queue: Option<QueueId>) -> (bool, bool) {
        let rules = queue.and_then(|queue| self.queues.get(&queue)).map(|state| &state.rules);
        rules.map_or((true, false), |rules| (rules.missed_not_ready, rules.rejected_not_ready))
    }

    fn rest(&mut self, now: EpochMs, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if self.config.rest_ms == 0 || state.rest_until.is_some() {
            return;
        }
        let until = now + EpochMs::from(self.config.rest_ms);
        state.rest_until = Some(until);
        self.timers.set(until, Timer::Rest(agent));
    }
}
