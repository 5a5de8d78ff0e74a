//! Channels go, and with some of them the call.

use contract::{Direction, EndCause, EventKind, HungUpBy, InteractionId, OfferOutcome, QueueOutcome, TransferTarget};

use super::*;

impl Calls {
    pub(super) fn gone(&mut self, id: &str, cause: EndCause, turn: &mut Turn<'_>) {
        let Some(call) = self.channels.get(id).map(|known| known.call) else { return };
        let hand = call.map(|call| self.hand_of(call, id));
        if let Some(call) = call {
            self.part_over(call, id, cause, turn);
        }
        self.channels.remove(id);
        let (Some(call), Some(hand)) = (call, hand) else { return };
        if let Some(of) = self.calls.get_mut(&call) {
            of.channels.remove(id);
        }
        self.over_with(call, id, (cause, hand), turn);
    }

    /// The channel goes on in another call.
    pub(super) fn leave_call(&mut self, call: InteractionId, id: &str, turn: &mut Turn<'_>) {
        let hand = self.hand_of(call, id);
        self.part_over(call, id, EndCause::AnsweredHangup, turn);
        if let Some(known) = self.channels.get_mut(id) {
            (known.call, known.leg, known.answered) = (None, None, false);
        }
        if let Some(of) = self.calls.get_mut(&call) {
            of.channels.remove(id);
        }
        self.over_with(call, id, (EndCause::AnsweredHangup, hand), turn);
    }

    /// What this channel was in its call is closed.
    fn part_over(&mut self, call: InteractionId, id: &str, cause: EndCause, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        let known = self.channels.get(id);
        let outcome = known.and_then(|known| known.outcome).unwrap_or(OfferOutcome::Withdrawn);
        let offered = of.offers.iter().find(|(_, offer)| offer.channel.as_deref() == Some(id)).map(|(agent, _)| *agent);
        let talks: Vec<AgentId> = of.talks.iter().filter(|(_, talk)| talk.channel == id).map(|(agent, _)| *agent).collect();
        let customer = of.customer.as_deref() == Some(id);
        if let Some(agent) = offered {
            self.offer_over(call, agent, outcome, turn);
        }
        for agent in talks {
            self.talk_ends(call, agent, turn);
        }
        if customer {
            self.all_talks_over(call, turn);
        }
        self.leg_ends(call, id, cause, turn);
    }

    fn leg_ends(&mut self, call: InteractionId, id: &str, cause: EndCause, turn: &mut Turn<'_>) {
        let by = self.calls.get(&call).and_then(|of| of.hung_up).unwrap_or(HungUpBy::System);
        let Some(known) = self.channels.get_mut(id) else { return };
        let Some(leg) = known.leg.take() else { return };
        let cause = match known.outcome.filter(|_| !known.answered) {
            Some(outcome) => unreached(outcome),
            None => cause,
        };
        self.say(call, EventKind::LegEnded { leg, cause, by, sip_status: None, quality: None }, turn);
    }

    /// Whether the call ends with this channel, or goes on with the others.
    fn over_with(&mut self, call: InteractionId, id: &str, (cause, hand): (EndCause, HungUpBy), turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        let customer = of.customer.as_deref() == Some(id);
        let alone = of.channels.is_empty() && of.dialing.is_none();
        // Another line is tried, or several were rung: whoever calls waits for the next, and ends it.
        let goes_on_calling = of.direction == Direction::Outbound && customer && !of.answered && of.channels.contains(&of.root);
        let ends = match of.direction {
            Direction::Inbound => customer,
            // Whoever was called may have been handed on by who called, and the other way round.
            Direction::Outbound => (customer && !goes_on_calling) || (of.customer.is_none() && of.root == id),
            Direction::Internal => customer && !self.goes_on(call),
        };
        if ends || alone {
            let by = of.hung_up.unwrap_or(HungUpBy::System);
            let cause = self.why(call, cause);
            return self.finish(call, cause, by, turn);
        }
        if goes_on_calling {
            self.next_called(call, turn);
        } else if customer {
            self.inherit(call, turn);
        }
        // Who hangs up next is another.
        if let Some(of) = self.calls.get_mut(&call).filter(|of| of.hung_up == Some(hand)) {
            of.hung_up = None;
        }
        self.mind_talks(call, turn);
    }

    /// Who was called is not reached that way: whoever else is rung for the call is the customer, or who will be.
    fn next_called(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let leg = self.make(turn.now);
        let Some(of) = self.calls.get(&call) else { return };
        let rung = |id: &&String| {
            let called = |known: &&Known| half(&known.at.handle).is_none() && turn.world.desk(&known.at.line).is_none();
            **id != of.root && self.channels.get(*id).filter(called).is_some()
        };
        let near = |id: &&String| self.channels.get(*id).map(|known| (known.at.bridge.is_some(), known.at.stage));
        let next = of.channels.iter().filter(rung).max_by_key(near).cloned();
        let Some(of) = self.calls.get_mut(&call) else { return };
        (of.customer, of.leg) = (next.clone(), leg);
        if let Some(id) = next {
            self.called(call, &id, turn);
        }
    }

    /// Two channels of it still hear each other.
    fn goes_on(&self, call: InteractionId) -> bool {
        let Some(of) = self.calls.get(&call) else { return false };
        let bridges: Vec<&String> = of.channels.iter().filter_map(|id| self.channels.get(id)?.at.bridge.as_ref()).collect();
        bridges.iter().enumerate().any(|(at, bridge)| bridges[at + 1..].contains(bridge))
    }

    /// Who called has left two others with each other: one of them is the customer from now on.
    fn inherit(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        let bridged = |id: &&String| self.channels.get(*id).is_some_and(|known| known.at.bridge.is_some());
        let desk = |id: &&String| self.channels.get(*id).is_none_or(|known| turn.world.desk(&known.at.line).is_some());
        let heir = of.channels.iter().filter(bridged).find(|id| !desk(id)).or_else(|| of.channels.iter().find(bridged)).cloned();
        let talks = of.talks.iter().find(|(_, talk)| Some(&talk.channel) == heir.as_ref()).map(|(agent, _)| *agent);
        if let Some(agent) = talks {
            self.talk_ends(call, agent, turn);
        }
        let leg = self.make(turn.now);
        if let Some(of) = self.calls.get_mut(&call) {
            if let Some(agent) = of.dials.take() {
                turn.out.push(Out::Router(acd::Input::AgentFree { interaction: call, agent }));
            }
            (of.customer, of.leg) = (heir, leg);
        }
    }

    fn why(&self, call: InteractionId, cause: EndCause) -> EndCause {
        let Some(of) = self.calls.get(&call) else { return cause };
        if of.answered {
            let away = matches!(of.moved, Some(TransferTarget::Number { .. }));
            return if away { EndCause::TransferredAway } else { EndCause::AnsweredHangup };
        }
        if of.direction == Direction::Inbound {
            return match (of.wait.is_some(), of.hung_up) {
                (true, _) | (false, Some(HungUpBy::Caller)) => EndCause::Abandoned,
                _ if cause == EndCause::AnsweredHangup => EndCause::SelfService,
                _ => cause,
            };
        }
        match of.unreached {
            Some(outcome) => unreached(outcome),
            None if cause == EndCause::AnsweredHangup => EndCause::NoAnswer,
            None => cause,
        }
    }

    fn all_talks_over(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        for agent in of.talks.keys().copied().collect::<Vec<_>>() {
            self.talk_ends(call, agent, turn);
        }
    }

    /// The end, once: all that is open is closed before.
    pub(super) fn finish(&mut self, call: InteractionId, cause: EndCause, by: HungUpBy, turn: &mut Turn<'_>) {
        if !self.calls.contains_key(&call) {
            return;
        }
        self.all_talks_over(call, turn);
        let left = if cause == EndCause::Interrupted { QueueOutcome::Failed } else { QueueOutcome::Abandoned };
        self.leave_queue(call, left, turn);
        let Some(of) = self.calls.get(&call) else { return };
        let (offered, channels): (Vec<AgentId>, Vec<String>) = (of.offers.keys().copied().collect(), of.channels.iter().cloned().collect());
        for agent in offered {
            self.offer_over(call, agent, OfferOutcome::Withdrawn, turn);
        }
        for id in channels {
            self.leg_ends(call, &id, cause, turn);
            if let Some(known) = self.channels.get_mut(&id) {
                known.call = None;
            }
        }
        self.all_tapes_over(call, turn);
        let Some(of) = self.calls.remove(&call) else { return };
        self.by_root.retain(|_, known| *known != call);
        self.due.remove(&call);
        self.pending.retain(|_, pending| pending.call() != call);
        // What was never told does not end either.
        if self.kept.remove(&call).is_some() {
            return;
        }
        if let Some(agent) = of.dials {
            turn.out.push(Out::Router(acd::Input::AgentFree { interaction: call, agent }));
        }
        turn.tell(call, EventKind::CallEnded { cause, by });
        turn.out.push(Out::Router(acd::Input::CallOver { interaction: call }));
    }

    /// What was to be dialed for us was not.
    pub(super) fn not_dialed(&mut self, token: u64, cause: EndCause, turn: &mut Turn<'_>) {
        let dialing = |call: &Call| call.dialing.as_ref().is_some_and(|dialing| dialing.token == token);
        let of = self.calls.iter().find(|(_, call)| dialing(call)).map(|(id, _)| *id);
        let pending = match self.pending.remove(&token) {
            Some(Pending::Dial { call }) => Some(call),
            _ => None,
        };
        if let Some(call) = of.or(pending) {
            self.finish(call, cause, HungUpBy::System, turn);
        }
    }
}

impl Pending {
    fn call(&self) -> InteractionId {
        match self {
            Self::Transfer { call, .. } | Self::Record { call, .. } | Self::Dial { call } => *call,
        }
    }
}

fn unreached(outcome: OfferOutcome) -> EndCause {
    match outcome {
        OfferOutcome::Missed | OfferOutcome::Withdrawn => EndCause::NoAnswer,
        OfferOutcome::Rejected => EndCause::Busy,
        OfferOutcome::Failed => EndCause::Unreachable,
        OfferOutcome::Answered => EndCause::AnsweredHangup,
    }
}
