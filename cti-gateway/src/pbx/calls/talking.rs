//! Who talks to whom, from the bridges.

use contract::{AgentId, Direction, EventKind, InteractionId};

use super::*;

impl Calls {
    pub(super) fn bridged(&mut self, id: &str, bridge: Option<String>, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id) else { return };
        known.at.bridge = bridge;
        if known.at.bridge.is_some() {
            // There was no room for it when it came.
            self.place(id, turn);
            self.meet(id, turn);
        }
        if let Some(call) = self.call_of(id) {
            self.mind_talks(call, turn);
        }
    }

    /// Two calls meet in a bridge: an agent who asked a colleague has joined them. What was between colleagues becomes part of the
    /// other; only the channel that moved is told of.
    fn meet(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(bridge) = self.channels.get(id).and_then(|known| known.at.bridge.clone()) else { return };
        let others = self.channels.iter().filter(|(other, known)| *other != id && known.at.bridge.as_ref() == Some(&bridge));
        let others: Vec<String> = others.map(|(other, _)| other.clone()).collect();
        let outer = |call: InteractionId| self.calls.get(&call).is_some_and(|of| of.direction != Direction::Internal);
        let all: Vec<String> = others.into_iter().chain([id.to_owned()]).collect();
        let calls: BTreeSet<InteractionId> = all.iter().filter_map(|channel| self.call_of(channel)).collect();
        let (theirs, between): (Vec<InteractionId>, Vec<InteractionId>) = calls.into_iter().partition(|call| outer(*call));
        let ([call], [_, ..]) = (&theirs[..], &between[..]) else { return };
        for channel in all {
            if let Some(before) = self.call_of(&channel).filter(|before| before != call) {
                self.leave_call(before, &channel, turn);
                self.join(*call, &channel, turn);
            }
        }
    }

    /// Who hears whom now is compared with what was told.
    pub(super) fn mind_talks(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        let Some(customer) = of.customer.clone() else { return };
        let with = self.heard_by(of, &customer);
        let phones: Vec<(String, AgentId, StationId)> = of
            .channels
            .iter()
            .filter(|id| **id != customer)
            .filter_map(|id| {
                let at = &self.channels.get(id)?.at;
                let Desk { station, agent } = turn.world.desk(&at.line).filter(|_| half(&at.handle).is_none())?;
                // A talk is of whoever began it, whoever sits there by now.
                let talks = of.talks.iter().find(|(_, talk)| talk.channel == *id).map(|(agent, _)| *agent);
                Some((id.clone(), talks.or(agent)?, station))
            })
            .collect();
        for (id, agent, station) in phones {
            let together = with.contains(&id);
            let talks = self.calls.get_mut(&call).and_then(|of| of.talks.get_mut(&agent));
            match talks {
                None if together => self.talk_begins(call, &id, agent, station, turn),
                Some(talk) if together && talk.channel == id && talk.apart_since.is_some() => {
                    talk.apart_since = None;
                    self.take_back(call, agent, turn);
                }
                Some(talk) if !together && talk.channel == id && talk.apart_since.is_none() => talk.apart_since = Some(turn.now),
                _ => {}
            }
        }
        self.mind_due(call);
    }

    /// All that are bridged with this channel, over channels without a phone too.
    fn heard_by(&self, of: &Call, id: &str) -> BTreeSet<String> {
        let (mut reached, mut open) = (BTreeSet::from([id.to_owned()]), vec![id.to_owned()]);
        while let Some(id) = open.pop() {
            let Some(from) = self.channels.get(&id).map(|known| &known.at) else { continue };
            for other in &of.channels {
                let Some(to) = self.channels.get(other).map(|known| &known.at) else { continue };
                let bridged = from.bridge.is_some() && from.bridge == to.bridge;
                let halves = half(&from.handle).is_some() && half(&from.handle) == half(&to.handle);
                if (bridged || halves) && reached.insert(other.clone()) {
                    open.push(other.clone());
                }
            }
        }
        reached
    }

    fn talk_begins(&mut self, call: InteractionId, id: &str, agent: AgentId, station: StationId, turn: &mut Turn<'_>) {
        self.agent_leg(call, id, agent, station, turn);
        self.leg_answered(id, turn);
        if self.calls.get(&call).is_some_and(|of| of.offers.contains_key(&agent)) {
            self.take_offer(call, agent, turn);
            self.leave_queue(call, contract::QueueOutcome::Answered, turn);
        }
        self.unseen_over(call, turn);
        let Some(leg) = self.channels.get(id).and_then(|known| known.leg) else { return };
        let Some(of) = self.calls.get_mut(&call) else { return };
        let (queue, waited_ms) = of.from_queue.map_or((None, 0), |(queue, waited)| (Some(queue), waited));
        let talk = Talk { leg, channel: id.to_owned(), queue, since: turn.now, held_since: None, held_ms: 0, apart_since: None };
        of.talks.insert(agent, talk);
        let wanted = of.tapes.is_empty() && queue.is_some_and(|queue| turn.world.record_into(queue).is_some());
        of.record_at = wanted.then(|| turn.now + RECORDS_MS);
        (of.answered, of.moved) = (true, None);
        turn.tell(call, EventKind::TalkStarted { agent, leg, queue, waited_ms });
        turn.out.push(Out::Router(acd::Input::AgentBusy { interaction: call, agent }));
        // Has the wrap-up of its queue after it, as a talk that we routed.
        turn.out.push(Out::Router(acd::Input::Serves { interaction: call, agent, queue }));
        self.tell_tapes(call, agent, queue, turn);
    }

    /// A phone holds, or takes back.
    pub(super) fn held(&mut self, id: &str, on: bool, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get(&call) else { return };
        let talks = of.talks.iter().find(|(_, talk)| talk.channel == id).map(|(agent, _)| *agent);
        match talks {
            Some(agent) if on => self.put_aside(call, agent, turn.now, turn),
            Some(agent) => self.take_back(call, agent, turn),
            None => {}
        }
    }

    pub(super) fn put_aside(&mut self, call: InteractionId, agent: AgentId, since: EpochMs, turn: &mut Turn<'_>) {
        let Some(talk) = self.calls.get_mut(&call).and_then(|of| of.talks.get_mut(&agent)) else { return };
        if talk.held_since.is_none() {
            talk.held_since = Some(since);
            turn.tell(call, EventKind::Held { agent });
            turn.out.push(Out::Router(acd::Input::TalkHeld { interaction: call, agent }));
        }
    }

    fn take_back(&mut self, call: InteractionId, agent: AgentId, turn: &mut Turn<'_>) {
        let Some(talk) = self.calls.get_mut(&call).and_then(|of| of.talks.get_mut(&agent)) else { return };
        if let Some(since) = talk.held_since.take() {
            talk.held_ms += (turn.now - since).max(0);
            turn.tell(call, EventKind::Resumed { agent });
            turn.out.push(Out::Router(acd::Input::TalkResumed { interaction: call, agent }));
        }
    }

    pub(super) fn talk_ends(&mut self, call: InteractionId, agent: AgentId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get_mut(&call) else { return };
        let Some(talk) = of.talks.remove(&agent) else { return };
        let held = talk.held_ms + talk.held_since.map_or(0, |since| (turn.now - since).max(0));
        let hold_ms = u32::try_from(held).unwrap_or(u32::MAX);
        let talk_ms = ms(talk.since, turn.now).saturating_sub(hold_ms);
        // What comes after a transfer is of another queue, or of none.
        of.from_queue = None;
        turn.tell(call, EventKind::TalkEnded { agent, leg: talk.leg, queue: talk.queue, talk_ms, hold_ms });
        turn.out.push(Out::Router(acd::Input::TalkEnded { interaction: call, agent }));
        self.mind_due(call);
    }

    /// Something was to have happened to this call by now.
    pub(super) fn overdue(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        if of.dialing.as_ref().is_some_and(|dialing| dialing.until <= turn.now) {
            return self.finish(call, contract::EndCause::Unreachable, HungUpBy::System, turn);
        }
        let apart = |talk: &Talk| talk.apart_since.filter(|since| since + APART_MS <= turn.now && talk.held_since.is_none());
        let apart: Vec<(AgentId, EpochMs)> = of.talks.iter().filter_map(|(agent, talk)| Some((*agent, apart(talk)?))).collect();
        for (agent, since) in apart {
            self.put_aside(call, agent, since, turn);
        }
        if self.calls.get(&call).and_then(|of| of.record_at).is_some_and(|at| at <= turn.now) {
            self.record(call, turn);
        }
        self.mind_due(call);
    }
}
