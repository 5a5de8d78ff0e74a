//! What agents do on the phone, and the work after it. A talk begins with an answered offer; calls that agents dial
//! themselves count as busy. Wrap-up belongs to the agent: no other call, transfer or queue change ends it.

use contract::{AgentId, EpochMs, InteractionId, OfferOutcome, QueueId, SeatWhy};

use crate::router::Router;
use crate::state::{OnCall, WrapUp, ms_between};
use crate::timers::Timer;
use crate::words::Decision;

impl Router {
    pub(crate) fn begin_call(&mut self, agent: AgentId, call: OnCall) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        self.talks.entry(call.interaction).or_default().insert(agent);
        if let Some(forgotten) = state.add_call(call) {
            self.forget_talk(agent, forgotten.interaction);
        }
    }

    fn forget_talk(&mut self, agent: AgentId, interaction: InteractionId) {
        if let Some(agents) = self.talks.get_mut(&interaction) {
            agents.remove(&agent);
            if agents.is_empty() {
                self.talks.remove(&interaction);
            }
        }
    }

    pub(crate) fn talk_began(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let Some(call) = state.call(interaction) else { return };
        if call.held {
            return;
        }
        call.since = now;
        if state.seat.activity.interaction() == Some(interaction) {
            state.seat.activity_since = now;
        }
        self.settle(now, agent, SeatWhy::Call, None);
    }

    pub(crate) fn talk_held(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId, held: bool) {
        let Some(call) = self.seats.get_mut(&agent).and_then(|state| state.call(interaction)) else { return };
        call.held = held;
        self.settle(now, agent, SeatWhy::Call, None);
    }

    pub(crate) fn talk_ended(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let Some(index) = state.calls.iter().position(|call| call.interaction == interaction) else { return };
        let call = state.calls.remove(index);
        self.forget_talk(agent, interaction);
        self.send_to_back(now, agent);
        let rules = call.queue.and_then(|queue| self.queues.get(&queue)).map(|state| &state.rules);
        let wrap_up_ms = rules.map_or(0, |rules| rules.wrap_up_ms);
        if call.served && wrap_up_ms > 0 {
            self.begin_wrap_up(now, agent, &call, wrap_up_ms);
        }
        self.settle(now, agent, SeatWhy::Call, None);
    }

    /// The caller goes on to somebody else: those who served the caller are done. Agents who are callers themselves stay.
    pub(crate) fn end_served_talks(&mut self, now: EpochMs, interaction: InteractionId) {
        for agent in self.talks.get(&interaction).cloned().unwrap_or_default() {
            let call = self.seats.get_mut(&agent).and_then(|state| state.call(interaction));
            if call.is_some_and(|call| call.served) {
                self.talk_ended(now, agent, interaction);
            }
        }
    }

    /// Who came beside the talk has it now.
    pub(crate) fn serves(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId, queue: Option<QueueId>) {
        let Some(call) = self.seats.get_mut(&agent).and_then(|state| state.call(interaction)) else { return };
        (call.served, call.queue) = (true, queue);
        self.settle(now, agent, SeatWhy::Call, None);
    }

    /// A call that was not offered. A phone in use does not ring: what rings there goes back to the line, without blame.
    pub(crate) fn agent_busy(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if self.over.contains(interaction) || state.call(interaction).is_some() {
            return;
        }
        let ringing = state.offer;
        if let Some(offer) = ringing {
            self.give_up_offer(now, offer, OfferOutcome::Withdrawn);
        }
        self.begin_call(agent, OnCall { interaction, queue: None, served: false, held: false, since: now });
        self.settle(now, agent, SeatWhy::Call, None);
    }

    /// A PBX rings the phone. Two calls of it at once: the seat shows the later.
    pub(crate) fn rung_beside(&mut self, now: EpochMs, agent: AgentId, interaction: InteractionId, on: bool) {
        if on && self.over.contains(interaction) {
            return;
        }
        let Some(state) = self.seats.get_mut(&agent) else { return };
        match (on, state.rung == Some(interaction)) {
            (true, false) => state.rung = Some(interaction),
            (false, true) => state.rung = None,
            (true, true) | (false, false) => return,
        }
        self.settle(now, agent, SeatWhy::Call, None);
    }

    fn begin_wrap_up(&mut self, now: EpochMs, agent: AgentId, call: &OnCall, wrap_up_ms: u32) {
        self.end_wrap_up(now, agent, false);
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let until = now + EpochMs::from(wrap_up_ms);
        let OnCall { interaction, queue, .. } = *call;
        state.wrap_up = Some(WrapUp { interaction, queue, began: now, until });
        self.timers.set(until, Timer::WrapUp(agent));
        self.out.push(Decision::WrapUpStarted { interaction, agent, queue, until: Some(until) });
    }

    /// Ends the wrap-up, where there is one. The seat is not settled.
    pub(crate) fn end_wrap_up(&mut self, now: EpochMs, agent: AgentId, timed_out: bool) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let Some(WrapUp { interaction, queue, began, until }) = state.wrap_up.take() else { return };
        self.timers.cancel(until, Timer::WrapUp(agent));
        self.send_to_back(now, agent);
        let took_ms = ms_between(began, now);
        self.out.push(Decision::WrapUpEnded { interaction, agent, queue, took_ms, timed_out });
    }
}
