//! Channels come, ring, and are found to belong to calls.

use contract::{AgentId, Direction, Entry, EventKind, HungUpBy, InteractionId, LegId, OfferOutcome, Party};

use super::*;

impl Calls {
    pub(super) fn channel(&mut self, at: Channel, turn: &mut Turn<'_>) {
        let id = at.id.clone();
        if let Some(listing) = &mut self.listing {
            listing.fresh(&id);
        }
        if !self.keep(at) {
            return;
        }
        self.place(&id, turn);
    }

    /// Whether there is room for it.
    pub(super) fn keep(&mut self, at: Channel) -> bool {
        if let Some(known) = self.channels.get_mut(&at.id) {
            known.at = at;
            return true;
        }
        if self.channels.len() >= MOST_CHANNELS {
            self.passed_over += 1;
            return false;
        }
        let id = at.id.clone();
        let known = Known { at, call: None, leg: None, rang: false, answered: false, dialed_by: None, outcome: None };
        self.channels.insert(id, known);
        true
    }

    /// Finds its call, or begins one where it is somebody who calls.
    pub(super) fn place(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get(id).filter(|known| known.call.is_none()) else { return };
        let (linked, own) = (known.at.linked.clone(), known.at.linked == id);
        let of = self.by_root.get(&linked).copied().or_else(|| self.call_of(&linked).filter(|_| !own));
        let of = of.or_else(|| known.dialed_by.as_ref().and_then(|by| self.call_of(by)));
        match of {
            Some(call) => self.join(call, id, turn),
            // One that the PBX made is of no call until it is known what for.
            None if own && half(&known.at.handle).is_none() && stage_is_there(known.at.stage) => self.begin(id, turn),
            None => {}
        }
    }

    pub(super) fn begin(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(at) = self.channels.get(id).map(|known| known.at.clone()) else { return };
        if self.calls.len() >= MOST_CALLS {
            self.passed_over += 1;
            return;
        }
        let desk = turn.world.desk(&at.line);
        let (dials, station) = (desk.and_then(|desk| desk.agent), desk.map(|desk| desk.station));
        let direction = match desk {
            None => Direction::Inbound,
            Some(_) if turn.world.is_extension(&at.dialed) => Direction::Internal,
            Some(_) => Direction::Outbound,
        };
        let (call, leg): (InteractionId, LegId) = (self.make(turn.now), self.make(turn.now));
        let out = direction == Direction::Outbound;
        let caller = if out { turn.world.caller(&at.dialed, "") } else { turn.world.caller(&at.number, &at.name) };
        let entry = Entry::Pbx { pbx: self.pbx };
        // Nobody of ours is part of it yet, and perhaps never will be.
        if desk.is_none() {
            self.kept.insert(call, Vec::new());
        }
        self.say(call, EventKind::CallArrived { direction, entry, caller: caller.clone(), dialed: at.dialed.clone(), leg }, turn);
        let customer = (!out).then(|| id.to_owned());
        self.open(call, fresh(direction, id, customer, leg, dials));
        self.attach(call, id);
        match (dials, station) {
            (Some(agent), Some(station)) => {
                if out {
                    self.agent_leg(call, id, agent, station, turn);
                } else {
                    self.own_leg(id, leg, Party::Agent { agent, station }, call, turn);
                }
                turn.out.push(Out::Router(acd::Input::AgentBusy { interaction: call, agent }));
            }
            _ if out => {}
            _ => self.own_leg(id, leg, Party::Caller, call, turn),
        }
        // A phone that calls is lifted; a caller is answered when the PBX does.
        if dials.is_some() || at.stage == Stage::Up {
            self.leg_answered(id, turn);
        }
        if direction != Direction::Internal {
            self.kept.get_mut(&call).unwrap_or(&mut turn.out).push(Out::Identify(call, caller));
        }
        if let Some(queue) = at.queue.and_then(|name| turn.world.queue(&name)) {
            self.reveal(call, turn);
            if let Some(of) = self.calls.get_mut(&call) {
                of.from_queue = Some((queue.queue, 0));
            }
        }
    }

    pub(super) fn open(&mut self, id: InteractionId, call: Call) {
        if !call.root.is_empty() {
            self.by_root.insert(call.root.clone(), id);
        }
        self.calls.insert(id, call);
    }

    /// Whether the call has room for it.
    pub(super) fn attach(&mut self, call: InteractionId, id: &str) -> bool {
        let Some(of) = self.calls.get_mut(&call) else { return false };
        if of.channels.len() >= MOST_OF_CALL {
            self.passed_over += 1;
            return false;
        }
        of.channels.insert(id.to_owned());
        if let Some(known) = self.channels.get_mut(id) {
            known.call = Some(call);
        }
        true
    }

    pub(super) fn join(&mut self, call: InteractionId, id: &str, turn: &mut Turn<'_>) {
        if !self.attach(call, id) {
            return;
        }
        let Some(known) = self.channels.get(id) else { return };
        let (at, by) = (known.at.clone(), known.dialed_by.clone());
        if half(&at.handle).is_some() {
            return;
        }
        let desk = turn.world.desk(&at.line);
        if desk.is_some() {
            self.reveal(call, turn);
        }
        let Some(of) = self.calls.get_mut(&call) else { return };
        match desk {
            Some(Desk { agent: Some(agent), station }) => {
                // Named by the queue before its channel was there.
                if let Some(offer) = of.offers.get_mut(&agent).filter(|offer| offer.channel.is_none()) {
                    offer.channel = Some(id.to_owned());
                    self.agent_leg(call, id, agent, station, turn);
                } else if by.is_some() && at.stage != Stage::Up && of.dials != Some(agent) {
                    self.offer(call, agent, station, Some(id), turn);
                }
            }
            // Whom an agent calls.
            None if of.customer.is_none() && of.root != id => {
                of.customer = Some(id.to_owned());
                self.called(call, id, turn);
            }
            _ => {}
        }
        if at.stage == Stage::Up {
            self.leg_answered(id, turn);
        }
    }

    /// Whom an agent calls is rung with this channel.
    pub(super) fn called(&mut self, call: InteractionId, id: &str, turn: &mut Turn<'_>) {
        let Some(of) = self.calls.get_mut(&call) else { return };
        let leg = of.leg;
        // What became of those before says nothing of this one.
        of.unreached = None;
        self.own_leg(id, leg, Party::Caller, call, turn);
        if self.channels.get(id).is_some_and(|known| known.at.stage == Stage::Up) {
            self.leg_answered(id, turn);
        }
    }

    /// It belongs to another call from now on: an agent has joined two.
    pub(super) fn linked(&mut self, id: &str, linked: String, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id) else { return };
        if known.at.linked == linked {
            return;
        }
        known.at.linked.clone_from(&linked);
        let (before, now) = (known.call, self.by_root.get(&linked).copied());
        let Some(now) = now.filter(|now| before != Some(*now)) else { return self.place(id, turn) };
        if let Some(before) = before {
            self.leave_call(before, id, turn);
        }
        self.join(now, id, turn);
    }

    /// A leg that has begun, told under the id the call has for it.
    pub(super) fn own_leg(&mut self, id: &str, leg: LegId, party: Party, call: InteractionId, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id).filter(|known| known.leg.is_none()) else { return };
        known.leg = Some(leg);
        let ringing = known.at.stage == Stage::Ringing;
        self.say(call, EventKind::LegStarted { leg, party }, turn);
        if ringing {
            self.leg_rings(id, turn);
        }
    }

    pub(super) fn agent_leg(&mut self, call: InteractionId, id: &str, agent: AgentId, station: contract::StationId, turn: &mut Turn<'_>) {
        self.reveal(call, turn);
        let leg = self.make(turn.now);
        self.own_leg(id, leg, Party::Agent { agent, station }, call, turn);
    }

    pub(super) fn leg_rings(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id) else { return };
        if let (Some(leg), Some(call), false, false) = (known.leg, known.call, known.rang, known.answered) {
            known.rang = true;
            self.say(call, EventKind::LegRinging { leg }, turn);
        }
    }

    pub(super) fn leg_answered(&mut self, id: &str, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id) else { return };
        if let (Some(leg), Some(call), false) = (known.leg, known.call, known.answered) {
            known.answered = true;
            self.say(call, EventKind::LegAnswered { leg }, turn);
        }
    }

    pub(super) fn stage(&mut self, id: &str, stage: Stage, turn: &mut Turn<'_>) {
        if let Some(listing) = &mut self.listing {
            listing.fresh(id);
        }
        let Some(known) = self.channels.get_mut(id) else { return };
        known.at.stage = stage;
        match stage {
            Stage::Ringing => self.leg_rings(id, turn),
            Stage::Up => {
                self.place(id, turn);
                self.leg_answered(id, turn);
                self.offer_answered(id, turn);
                if let Some(call) = self.call_of(id) {
                    self.mind_talks(call, turn);
                }
            }
            Stage::Down | Stage::Calling => self.place(id, turn),
        }
    }

    pub(super) fn rings(&mut self, by: Option<&str>, id: &str, turn: &mut Turn<'_>) {
        let Some(by) = by else { return };
        let of = self.call_of(by);
        let Some(known) = self.channels.get_mut(id) else { return };
        known.dialed_by = Some(by.to_owned());
        match (known.call, of) {
            (None, Some(call)) => self.join(call, id, turn),
            (Some(call), _) => {
                let desk = turn.world.desk(&known.at.line);
                let phone = half(&known.at.handle).is_none();
                let dials = self.calls.get(&call).and_then(|call| call.dials);
                if let Some(Desk { agent: Some(agent), station }) = desk
                    && phone
                    && dials != Some(agent)
                {
                    self.offer(call, agent, station, Some(id), turn);
                }
            }
            (None, None) => {}
        }
    }

    /// Marked as dialed for us.
    pub(super) fn ours(&mut self, id: &str, key: &str, turn: &mut Turn<'_>) {
        let dialing = |call: &Call| call.dialing.as_ref().is_some_and(|dialing| dialing.key == key);
        let Some(call) = self.calls.iter().find(|(_, call)| dialing(call)).map(|(id, _)| *id) else { return };
        if self.call_of(id).is_some() || !self.channels.contains_key(id) || !self.attach(call, id) {
            return;
        }
        let Some(of) = self.calls.get_mut(&call) else { return };
        of.root = id.to_owned();
        let dialing = of.dialing.take();
        of.from_queue = dialing.as_ref().and_then(|dialing| dialing.queue).map(|queue| (queue, 0));
        self.by_root.insert(id.to_owned(), call);
        let dials = of.dials;
        if let (Some(agent), Some(dialing)) = (dials, dialing) {
            self.agent_leg(call, id, agent, dialing.station, turn);
        }
        if self.channels.get(id).is_some_and(|known| known.at.stage == Stage::Up) {
            self.leg_answered(id, turn);
        }
        self.mind_due(call);
    }

    pub(super) fn hangs_up(&mut self, id: &str) {
        let Some(call) = self.call_of(id) else { return };
        let by = self.hand_of(call, id);
        if let Some(of) = self.calls.get_mut(&call) {
            of.hung_up.get_or_insert(by);
        }
    }

    /// Who it is that hangs up with this channel.
    pub(super) fn hand_of(&self, call: InteractionId, id: &str) -> HungUpBy {
        let Some(of) = self.calls.get(&call) else { return HungUpBy::System };
        if of.customer.as_deref() == Some(id) && of.direction != Direction::Outbound {
            return HungUpBy::Caller;
        }
        let talks = of.talks.iter().find(|(_, talk)| talk.channel == id).map(|(agent, _)| *agent);
        let offered = of.offers.iter().find(|(_, offer)| offer.channel.as_deref() == Some(id)).map(|(agent, _)| *agent);
        match talks.or(offered).or_else(|| of.dials.filter(|_| of.root == id)) {
            Some(agent) => HungUpBy::Agent { agent },
            None => HungUpBy::Callee,
        }
    }

    pub(super) fn rang_out(&mut self, id: &str, outcome: OfferOutcome, turn: &mut Turn<'_>) {
        let Some(known) = self.channels.get_mut(id) else { return };
        if known.answered {
            return;
        }
        // The first word tells why, the others that it is over.
        let outcome = *known.outcome.get_or_insert(outcome);
        let Some(call) = known.call else { return };
        let Some(of) = self.calls.get_mut(&call) else { return };
        if of.customer.as_deref() == Some(id) || of.root == id {
            of.unreached = Some(outcome);
        }
        let offered = of.offers.iter().find(|(_, offer)| offer.channel.as_deref() == Some(id)).map(|(agent, _)| *agent);
        if let Some(agent) = offered {
            self.offer_over(call, agent, outcome, turn);
        }
    }
}

pub(super) fn fresh(direction: Direction, root: &str, customer: Option<String>, leg: LegId, dials: Option<AgentId>) -> Call {
    Call {
        direction,
        root: root.to_owned(),
        customer,
        leg,
        dials,
        dialing: None,
        wait: None,
        from_queue: None,
        offers: BTreeMap::new(),
        talks: BTreeMap::new(),
        tapes: Vec::new(),
        record_at: None,
        channels: BTreeSet::new(),
        hung_up: None,
        answered: false,
        moved: None,
        unreached: None,
    }
}
