//! The company changes while people wait and talk. Nobody is lost: callers of a removed queue get a decision, agents who
//! are removed finish what they are doing, talks go on.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::directory::{Directory, Overflow, Queue};
use contract::{AgentId, EpochMs, InteractionId, OfferOutcome, QueueId, QueueOutcome, SeatStatus, SeatWhy, StationId};

use crate::line::{Line, Urgency};
use crate::router::Router;
use crate::state::QueueState;
use crate::timers::Timer;
use crate::words::{Decision, OverflowWhy};

impl Router {
    pub(crate) fn replace_directory(&mut self, now: EpochMs, directory: Arc<Directory>) {
        let old = std::mem::replace(&mut self.directory, directory);
        let new = self.directory.clone();
        let needs = self.pools.needs().clone();
        let gone: Vec<QueueId> = self.queues.keys().filter(|id| !new.queues.contains_key(id)).copied().collect();
        for rules in new.queues.values() {
            self.put_queue(now, rules);
        }
        for queue in gone {
            self.remove_queue(now, queue);
        }
        let needs_changed = *self.pools.needs() != needs;
        let agents: Vec<AgentId> = self.seats.keys().copied().collect();
        for agent in agents {
            match new.agents.get(&agent) {
                None => self.dismiss(now, agent),
                Some(person) => {
                    let skills_changed = old.agents.get(&agent).is_none_or(|before| before.skills != person.skills);
                    if needs_changed || skills_changed {
                        self.change_skills(agent);
                    }
                }
            }
        }
        let lost: Vec<StationId> = self.stations_up.iter().filter(|id| !new.has_station(**id)).copied().collect();
        for station in lost {
            self.station_down(now, station);
        }
        for (station, agent) in self.holders.clone() {
            let beside = self.is_beside(station);
            if let Some(state) = self.seats.get_mut(&agent).filter(|state| state.beside != beside) {
                state.beside = beside;
                self.settle(now, agent, SeatWhy::StationBack, None);
            }
        }
    }

    fn put_queue(&mut self, now: EpochMs, rules: &Queue) {
        let id = rules.id;
        let Some(state) = self.queues.get_mut(&id) else {
            let pool = self.pools.join(&rules.skills, id);
            let state = QueueState { rules: rules.clone(), pool, line: Line::default(), free: Line::default() };
            self.queues.insert(id, state);
            return;
        };
        let before = std::mem::replace(&mut state.rules, rules.clone());
        if before.skills != rules.skills {
            let old_pool = state.pool;
            let waits = !state.free.is_empty();
            self.pools.leave(old_pool, id);
            let pool = self.pools.join(&rules.skills, id);
            if let Some(pool) = self.pools.get_mut(pool).filter(|_| waits) {
                pool.waiting.insert(id);
            }
            if let Some(state) = self.queues.get_mut(&id) {
                state.pool = pool;
                // Others may serve them now.
                self.fresh_callers.extend(state.free.callers());
            }
        }
        if before.priority != rules.priority || before.max_wait_ms != rules.max_wait_ms {
            self.apply_rules(now, id);
        }
    }

    /// Everybody in the queue under its changed priority and longest wait.
    fn apply_rules(&mut self, now: EpochMs, id: QueueId) {
        let Some(state) = self.queues.get_mut(&id) else { return };
        let (line, free) = (std::mem::take(&mut state.line), std::mem::take(&mut state.free));
        let free: BTreeSet<InteractionId> = free.callers().collect();
        for interaction in line.callers() {
            let Some(entry) = self.waiting.get_mut(&interaction) else { continue };
            if !entry.raised {
                let priority = state.rules.priority.min(9) + entry.priority;
                entry.urgency = Urgency { priority, ..entry.urgency };
            }
            state.line.insert(entry.urgency, interaction);
            if free.contains(&interaction) {
                state.free.insert(entry.urgency, interaction);
            }
            if let Some(until) = entry.until.take() {
                self.timers.cancel(until, Timer::Wait(interaction));
            }
            if state.rules.max_wait_ms != 0 {
                let until = (entry.joined + EpochMs::from(state.rules.max_wait_ms)).max(now);
                entry.until = Some(until);
                self.timers.set(until, Timer::Wait(interaction));
            }
        }
    }

    fn remove_queue(&mut self, now: EpochMs, id: QueueId) {
        let Some(state) = self.queues.get(&id) else { return };
        let callers: Vec<InteractionId> = state.line.callers().collect();
        let when_full = state.rules.when_full.clone();
        for interaction in callers {
            let Some(entry) = self.waiting.get(&interaction).copied() else { continue };
            let rung = entry.offer.and_then(|offer| self.close_offer(now, offer, OfferOutcome::Withdrawn));
            self.remove_caller(interaction);
            let then = self.spill(id, when_full.clone());
            let outcome = match then {
                Overflow::Hangup(_) => QueueOutcome::Failed,
                Overflow::Voicemail => QueueOutcome::Voicemail,
                Overflow::Queue(_) | Overflow::Number(_) => QueueOutcome::Moved,
            };
            self.say_left(now, interaction, &entry, outcome);
            self.out.push(Decision::Overflow { interaction, queue: id, why: OverflowWhy::Removed, then });
            if let Some(offer) = rung {
                self.settle(now, offer.agent, SeatWhy::Call, None);
            }
        }
        if let Some(state) = self.queues.remove(&id) {
            self.pools.leave(state.pool, id);
        }
    }

    /// The agent is no longer of the company: signed out when free.
    fn dismiss(&mut self, now: EpochMs, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if state.is_free() {
            self.go_offline(now, agent, SeatWhy::Forced);
        } else {
            state.seat.next = Some(SeatStatus::Offline);
        }
        self.settle(now, agent, SeatWhy::Forced, None);
    }

    fn change_skills(&mut self, agent: AgentId) {
        let Some(person) = self.directory.agents.get(&agent) else { return };
        let pools = self.pools.served_by(&person.skills);
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if let Some(turn) = state.indexed.take() {
            for &(pool, levels) in &state.pools {
                if let Some(pool) = self.pools.get_mut(pool) {
                    pool.idle.remove(&(std::cmp::Reverse(levels), turn, agent));
                }
            }
        }
        state.pools = pools;
        self.index(agent);
    }
}
