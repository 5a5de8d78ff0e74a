//! Callers wait, and phones are rung for them: by the PBX, we only tell.

use contract::{AgentId, EventKind, InteractionId, OfferId, OfferOutcome, QueueOutcome, StationId};

use super::*;
use crate::pbx::seen::{Left, Waiting};

/// How long a phone is taken to ring where no queue says.
const RING_MS: u32 = 30_000;

impl Calls {
    pub(super) fn joined(&mut self, id: &str, name: &str, position: u32, waited_ms: u32, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get_mut(&call) else { return };
        if of.wait.as_ref().is_some_and(|wait| wait.name == name) {
            return;
        }
        self.leave_queue(call, QueueOutcome::Moved, turn);
        let Some(at) = turn.world.queue(name) else { return };
        self.reveal(call, turn);
        if let Some(of) = self.calls.get_mut(&call) {
            of.wait = Some(Wait { name: name.to_owned(), queue: at.queue, since: turn.now - EpochMs::from(waited_ms) });
            of.from_queue = None;
        }
        turn.tell(call, EventKind::Queued { queue: at.queue, vip: false, priority: 0, position: position.max(1) });
    }

    pub(super) fn left(&mut self, id: &str, how: Left, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get(&call) else { return };
        let up = |other: &&String| other.as_str() != id && self.channels.get(*other).is_some_and(|known| known.at.stage == Stage::Up);
        let outcome = match how {
            Left::Abandoned => QueueOutcome::Abandoned,
            Left::TimedOut => QueueOutcome::MaxWait,
            // Answered at a phone where nobody of ours sits.
            Left::Unsaid if of.channels.iter().any(|other| up(&other)) => QueueOutcome::Answered,
            Left::Unsaid => QueueOutcome::Moved,
        };
        self.leave_queue(call, outcome, turn);
    }

    /// Nobody is rung any more for who leaves; that is told first.
    pub(super) fn leave_queue(&mut self, call: InteractionId, outcome: QueueOutcome, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get_mut(&call) else { return };
        let Some(wait) = of.wait.take() else { return };
        let waited_ms = ms(wait.since, turn.now);
        let answered = outcome == QueueOutcome::Answered;
        if answered {
            of.from_queue = Some((wait.queue, waited_ms));
        }
        // Answered, phones tell by themselves that they ring no more; those that never showed up cannot.
        let over = |offer: &Offer| offer.queue == Some(wait.queue) && (!answered || offer.channel.is_none());
        let rung = of.offers.iter().filter(|(_, offer)| over(offer)).map(|(agent, _)| *agent);
        for agent in rung.collect::<Vec<_>>() {
            self.offer_over(call, agent, OfferOutcome::Withdrawn, turn);
        }
        turn.tell(call, EventKind::QueueLeft { queue: wait.queue, outcome, waited_ms });
    }

    pub(super) fn member_rung(&mut self, caller: &str, queue: &str, line: &str, id: Option<&str>, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(caller) else { return };
        let Some(Desk { agent: Some(agent), station }) = turn.world.desk(line) else { return };
        // Where the queue was not told, it is now.
        if self.calls.get(&call).is_some_and(|of| of.wait.is_none() && of.talks.is_empty()) {
            self.joined(caller, queue, 1, 0, turn);
        }
        // Said late: somebody else has answered, and a phone that does ring is seen by itself.
        if self.calls.get(&call).is_some_and(|of| of.wait.is_none() && !of.talks.is_empty()) {
            return;
        }
        let of_call = |id: &&str| self.call_of(id) == Some(call);
        let phone = id.filter(of_call).filter(|id| self.channels.get(*id).is_some_and(|known| half(&known.at.handle).is_none()));
        self.offer(call, agent, station, phone, turn);
    }

    pub(super) fn member_answered(&mut self, caller: &str, line: &str, id: Option<&str>, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(caller) else { return };
        if let Some(agent) = turn.world.desk(line).and_then(|desk| desk.agent) {
            if let Some(offer) = self.calls.get_mut(&call).and_then(|of| of.offers.get_mut(&agent)) {
                let phone = id.filter(|id| self.channels.get(*id).is_some_and(|known| half(&known.at.handle).is_none()));
                offer.channel = offer.channel.take().or(phone.map(str::to_owned));
            }
            self.take_offer(call, agent, turn);
        }
        self.leave_queue(call, QueueOutcome::Answered, turn);
        self.mind_talks(call, turn);
    }

    pub(super) fn member_missed(&mut self, caller: &str, line: &str, outcome: OfferOutcome, turn: &mut Turn<'_>) {
        let agent = turn.world.desk(line).and_then(|desk| desk.agent);
        if let (Some(call), Some(agent)) = (self.call_of(caller), agent) {
            self.offer_over(call, agent, outcome, turn);
        }
    }

    /// A phone of an agent is rung for this call. Once, by whatever it is noticed first.
    pub(super) fn offer(&mut self, call: InteractionId, agent: AgentId, station: StationId, id: Option<&str>, turn: &mut Turn<'_>) {
        self.reveal(call, turn);
        let offer: OfferId = self.make(turn.now);
        let Some(of) = self.calls.get_mut(&call) else { return };
        if of.talks.contains_key(&agent) || of.dials == Some(agent) {
            return;
        }
        let room = of.offers.len() < MOST_OF_CALL;
        let known = of.offers.get_mut(&agent);
        let wants = known.as_ref().is_none_or(|known| known.channel.is_none());
        match known {
            Some(known) if wants => known.channel = id.map(str::to_owned),
            Some(_) => {}
            None if !room => self.passed_over += 1,
            None => {
                let (queue, waited_ms) = of.wait.as_ref().map_or((None, 0), |wait| (Some(wait.queue), ms(wait.since, turn.now)));
                let name = of.wait.as_ref().map(|wait| wait.name.clone());
                let ring_ms = name.and_then(|name| turn.world.queue(&name)).map_or(RING_MS, |at| at.ring_ms.max(1_000));
                let until = turn.now + EpochMs::from(ring_ms);
                let channel = id.map(str::to_owned);
                of.offers.insert(agent, Offer { id: offer, queue, since: turn.now, channel });
                let why = "rung by the PBX".to_owned();
                turn.tell(call, EventKind::Offered { offer, agent, station, queue, until, waited_ms, why, asked_by: None });
                turn.out.push(Out::Router(acd::Input::Rung { interaction: call, agent, on: true }));
            }
        }
        if let Some(id) = id.filter(|_| wants) {
            self.agent_leg(call, id, agent, station, turn);
        }
    }

    /// Somebody talks: phones that were to ring and never showed up do not any more, of whichever queue they were.
    pub(super) fn unseen_over(&mut self, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get(&call) else { return };
        let unseen: Vec<AgentId> = of.offers.iter().filter(|(_, offer)| offer.channel.is_none()).map(|(agent, _)| *agent).collect();
        for agent in unseen {
            self.offer_over(call, agent, OfferOutcome::Withdrawn, turn);
        }
    }

    /// The phone of this channel was lifted.
    pub(super) fn offer_answered(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(call) = self.call_of(id) else { return };
        let Some(of) = self.calls.get(&call) else { return };
        let offered = of.offers.iter().find(|(_, offer)| offer.channel.as_deref() == Some(id)).map(|(agent, _)| *agent);
        if let Some(agent) = offered {
            self.take_offer(call, agent, turn);
            self.leave_queue(call, QueueOutcome::Answered, turn);
        }
    }

    pub(super) fn take_offer(&mut self, call: InteractionId, agent: AgentId, turn: &mut Turn<'_>) {
        self.offer_over(call, agent, OfferOutcome::Answered, turn);
    }

    pub(super) fn offer_over(&mut self, call: InteractionId, agent: AgentId, outcome: OfferOutcome, turn: &mut Turn<'_>) {
        let Some(offer) = self.calls.get_mut(&call).and_then(|of| of.offers.remove(&agent)) else { return };
        let rang_ms = ms(offer.since, turn.now);
        turn.tell(call, EventKind::OfferEnded { offer: offer.id, agent, queue: offer.queue, outcome, rang_ms });
        turn.out.push(Out::Router(acd::Input::Rung { interaction: call, agent, on: false }));
    }

    pub(super) fn listed_waiting(&mut self, all: &[Waiting], turn: &mut Turn<'_>) {
        for one in all {
            self.joined(&one.id, &one.queue, one.position, one.waited_ms, turn);
        }
        let waits = |of: &Call| {
            let wait = of.wait.as_ref()?;
            let here = all.iter().any(|one| one.queue == wait.name && Some(&one.id) == of.customer.as_ref());
            (!here).then_some(())
        };
        let gone: Vec<InteractionId> = self.calls.iter().filter_map(|(id, of)| waits(of).map(|()| *id)).collect();
        for call in gone {
            if let Some(customer) = self.calls.get(&call).and_then(|of| of.customer.clone()) {
                self.left(&customer, Left::Unsaid, turn);
            }
        }
    }
}
