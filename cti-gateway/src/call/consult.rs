//! Whom an agent asks into the talk: a consultation while the caller hears music, and what becomes of it. The one asked goes
//! again, joins (a conference), or takes the caller over (the attended transfer). At most one is not joined: the *private* one.
//! The agent is with the private one while the caller is on hold, else with the caller and all who have joined.
//! Leaving, however it comes, takes nobody along while somebody is there who can go on with the caller.

use contract::CallCommand;

use super::machine::music;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

/// Asked into one talk at most: with caller and agent they are six.
pub const MOST_ASKED: usize = 4;

/// Somebody asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side {
    target: TransferTarget,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The router looks for somebody.
    Asked,
    Ringing(Ringing),
    /// A number outside.
    Dialed(LegId),
    There(There),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct There {
    pub leg: LegId,
    /// None: a number outside.
    pub agent: Option<AgentId>,
    queue: Option<QueueId>,
    /// Whether that queue has its talks recorded.
    record: bool,
    answer_by: AnswerBy,
    since: EpochMs,
    pub joined: bool,
    pub muted: bool,
    /// Its phone is not registered any more.
    pub lost: bool,
    /// Since when silence is judged as it is now.
    pub judged: EpochMs,
}

/// Who has the caller from now on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heir {
    pub leg: LegId,
    pub agent: AgentId,
    pub queue: Option<QueueId>,
    pub answer_by: AnswerBy,
    pub record: bool,
    /// Its phone is not registered any more.
    pub lost: bool,
}

impl Heir {
    /// The talk as it begins: not held, and heard.
    pub(super) fn begin(self, now: EpochMs) -> Talk {
        let Self { leg, agent, queue, answer_by, record, lost } = self;
        let (held_since, held_ms, muted) = (None, 0, false);
        Talk { agent, leg, queue, answer_by, record, since: now, held_since, held_ms, muted, lost }
    }
}

impl Side {
    fn leg(&self) -> Option<LegId> {
        match &self.state {
            State::Asked => None,
            State::Ringing(ringing) => ringing.leg,
            State::Dialed(leg) => Some(*leg),
            State::There(there) => Some(there.leg),
        }
    }

    fn agent(&self) -> Option<AgentId> {
        match &self.state {
            State::Ringing(ringing) => Some(ringing.offer.agent),
            State::There(there) => there.agent,
            State::Asked | State::Dialed(_) => None,
        }
    }

    fn there(&self) -> Option<&There> {
        match &self.state {
            State::There(there) => Some(there),
            _ => None,
        }
    }

    fn is_private(&self) -> bool {
        self.there().is_none_or(|there| !there.joined)
    }
}

impl Call {
    /// Those asked who are there.
    pub(super) fn asked_there(&self) -> impl Iterator<Item = &There> {
        self.sides.iter().filter_map(Side::there)
    }

    /// The private one, if there: with the agent while the caller is on hold.
    pub(super) fn private(&self) -> Option<&There> {
        self.asked_there().find(|there| !there.joined)
    }

    /// Whether routing looks for somebody, or rings somebody, for a talk.
    pub(super) fn asks_routing(&self) -> bool {
        self.sides.iter().any(|side| matches!(side.state, State::Asked | State::Ringing(_)))
    }

    /// Whether the agent consults: somebody is asked for, or there and not joined.
    pub(super) fn consults(&self) -> bool {
        self.sides.iter().any(Side::is_private)
    }

    /// Whether somebody asked for is still to come: the agent hears that a phone rings.
    pub(super) fn waits_for_asked(&self) -> bool {
        self.sides.iter().any(|side| side.there().is_none())
    }

    /// Whom the agent asked for and waits for.
    pub(super) fn asked_for(&self) -> Option<TransferTarget> {
        self.sides.iter().find(|side| side.there().is_none()).map(|side| side.target.clone())
    }

    /// Whether the agent asked for the number this leg goes to, and waits for it.
    pub(super) fn asks_outside(&self, leg: LegId) -> bool {
        self.sides.iter().any(|side| side.state == State::Dialed(leg))
    }

    fn joined(&self) -> bool {
        self.asked_there().any(|there| there.joined)
    }

    /// What is asked of the talk by who leads it. `None`: not one of these commands, or none is to be treated otherwise than
    /// in a talk between two.
    pub(super) fn lead_command(&mut self, now: EpochMs, command: &CallCommand, out: Out) -> Option<Result<(), CommandRefused>> {
        let call = self.id;
        let wrong = |state: &'static str| Some(Err(CommandRefused::WrongState { call, state }));
        let Stage::Talking(talk) = self.stage else { return None };
        match command {
            CallCommand::Consult { target } => Some(self.consult(now, talk.agent, target, out)),
            CallCommand::Swap | CallCommand::Join if self.private().is_none() => wrong("talking"),
            // It would let the caller through to a phone that hears nothing.
            CallCommand::Swap | CallCommand::Join if talk.held_since.is_some() && self.holds(talk.leg) => {
                Some(Err(CommandRefused::PhoneHolds))
            }
            CallCommand::Swap => {
                self.swap(now, out);
                Some(Ok(()))
            }
            CallCommand::Join => {
                self.bring_in(now, out);
                Some(Ok(()))
            }
            CallCommand::Complete if self.asked_there().next().is_none() => wrong("talking"),
            CallCommand::Complete => {
                self.pass_on(now, HungUpBy::Agent { agent: talk.agent }, true, out);
                Some(Ok(()))
            }
            CallCommand::Drop { leg } => {
                let at = self.sides.iter().rposition(|side| leg.map_or(side.is_private(), |leg| side.leg() == Some(leg)));
                let at = at.or_else(|| leg.is_none().then(|| self.sides.len().checked_sub(1)).flatten());
                match at {
                    Some(at) => self.drop_side(now, at, HungUpBy::Agent { agent: talk.agent }, out),
                    // Gone by itself in the same moment.
                    None if leg.is_some() => {}
                    None => return wrong("talking"),
                }
                Some(Ok(()))
            }
            // Ends the talk the agent is in: the consultation.
            CallCommand::Hangup if self.consults() => self.lead_command(now, &CallCommand::Drop { leg: None }, out),
            CallCommand::Resume | CallCommand::Hold if self.consults() => {
                if talk.held_since.is_some() && self.holds(talk.leg) {
                    return Some(Err(CommandRefused::PhoneHolds));
                }
                if self.private().is_some() && (talk.held_since.is_some() == (*command == CallCommand::Resume)) {
                    self.swap(now, out);
                }
                Some(Ok(()))
            }
            CallCommand::SendDigits { digits } if talk.held_since.is_some() => {
                let leg = self.private()?.leg;
                Some(self.key(talk.agent, leg, digits, out))
            }
            _ => None,
        }
    }

    fn consult(&mut self, now: EpochMs, agent: AgentId, target: &TransferTarget, out: Out) -> Result<(), CommandRefused> {
        let call = self.id;
        if self.consults() {
            return Err(CommandRefused::WrongState { call, state: "consulting" });
        }
        if matches!(target, TransferTarget::Flow { .. }) {
            return Err(CommandRefused::FlowNotAsked);
        }
        if self.sides.len() >= MOST_ASKED {
            return Err(CommandRefused::EnoughAsked { call, most: MOST_ASKED });
        }
        if let TransferTarget::Agent { agent: asked } = target
            && (*asked == agent
                || self.sides.iter().any(|side| side.agent() == Some(*asked))
                || self.supervisors().any(|there| there == *asked))
        {
            return Err(CommandRefused::InAlready { call });
        }
        let Stage::Talking(Talk { leg: lead, held_since, .. }) = self.stage else { return Ok(()) };
        if held_since.is_none() {
            self.hold(now, out);
        }
        out.push(Action::Tell(EventKind::ConsultStarted { agent, target: target.clone() }));
        out.push(Action::RingBack(lead));
        let state = match target {
            TransferTarget::Queue { queue } => {
                out.push(Action::Router(RouterAsk::Ask { by: agent, whom: acd::Asked::Queue(*queue) }));
                State::Asked
            }
            TransferTarget::Agent { agent: asked } => {
                out.push(Action::Router(RouterAsk::Ask { by: agent, whom: acd::Asked::Agent(*asked) }));
                State::Asked
            }
            TransferTarget::Flow { .. } => return Err(CommandRefused::FlowNotAsked),
            TransferTarget::Number { number } => {
                let leg: LegId = self.ids.make(now);
                self.legs.insert(leg, Leg { role: Role::Outside, rang: false, holds: false, over: None });
                out.push(Action::Dial { leg, to: Dial::Number { number: number.clone(), ring_ms: OUTSIDE_RING_MS } });
                State::Dialed(leg)
            }
        };
        self.sides.push(Side { target: target.clone(), state });
        Ok(())
    }

    /// From the caller to the private one, or back. Whoever waits hears music.
    fn swap(&mut self, now: EpochMs, out: Out) {
        let Stage::Talking(talk) = self.stage else { return };
        let Some(private) = self.sides.iter_mut().find_map(|side| match &mut side.state {
            State::There(there) if !there.joined => Some(there),
            _ => None,
        }) else {
            return;
        };
        private.judged = now;
        let leg = private.leg;
        if talk.held_since.is_some() {
            out.push(music(leg, None));
            self.resume(now, out);
        } else {
            self.hold(now, out);
            out.push(Action::Quiet(leg));
        }
    }

    /// The private one hears the caller too, and is heard.
    fn bring_in(&mut self, now: EpochMs, out: Out) {
        let Stage::Talking(talk) = self.stage else { return };
        for side in &mut self.sides {
            if let State::There(there) = &mut side.state
                && !there.joined
            {
                (there.joined, there.judged) = (true, now);
                let (with, leg) = (there.agent, there.leg);
                out.push(Action::Quiet(leg));
                out.push(Action::Tell(EventKind::ConsultJoined { agent: talk.agent, with, leg }));
            }
        }
        if talk.held_since.is_some() {
            self.resume(now, out);
        }
    }

    /// Somebody asked goes, there or still to come.
    fn drop_side(&mut self, now: EpochMs, at: usize, by: HungUpBy, out: Out) {
        let Some(side) = self.sides.get(at).cloned() else { return };
        if let Some(leg) = side.leg() {
            self.let_go(leg, EndCause::AnsweredHangup, by, None, out);
        }
        if matches!(side.state, State::Asked | State::Ringing(_)) {
            out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved }));
        }
        self.side_over(now, at, EndCause::AnsweredHangup, out);
    }

    /// One asked is gone, or will not come; its leg has been seen to. The agent is with the caller again where it was private.
    fn side_over(&mut self, now: EpochMs, at: usize, cause: EndCause, out: Out) {
        let Stage::Talking(talk) = self.stage else { return };
        let side = self.sides.remove(at);
        self.tell_side_over(now, talk.agent, &side, cause, out);
        if side.there().is_none() {
            out.push(Action::Quiet(talk.leg));
        }
        if side.is_private() && talk.held_since.is_some() {
            // A phone that holds takes the caller back itself.
            if !self.holds(talk.leg) {
                self.resume(now, out);
            }
        } else if talk.held_since.is_some() && !self.joined() {
            // The agent consults another, and the last whom the caller heard has left.
            out.push(music(self.caller_leg, None));
        }
    }

    fn tell_side_over(&self, now: EpochMs, agent: AgentId, side: &Side, cause: EndCause, out: Out) {
        out.push(Action::Tell(match &side.state {
            State::There(There { leg, agent: with, since, .. }) => {
                let ms = u32::try_from((now - since).max(0)).unwrap_or(u32::MAX);
                EventKind::ConsultEnded { agent, with: *with, leg: *leg, cause, ms }
            }
            _ => EventKind::ConsultFailed { agent, target: side.target.clone(), cause },
        }));
        if let Some(with) = side.there().and_then(|there| there.agent) {
            out.push(Action::Router(RouterAsk::TalkEnded { agent: with, queue: None }));
        }
    }

    /// With the end of the talk everybody who was asked goes.
    pub(super) fn dismiss_asked(&mut self, now: EpochMs, agent: AgentId, out: Out) {
        for side in std::mem::take(&mut self.sides) {
            if let Some(leg) = side.leg() {
                self.let_go(leg, EndCause::AnsweredHangup, HungUpBy::System, None, out);
            }
            if matches!(side.state, State::Asked | State::Ringing(_)) {
                out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved }));
            }
            self.tell_side_over(now, agent, &side, EndCause::AnsweredHangup, out);
        }
    }

    /// The agent leaves (`by`), and whoever was asked goes on with the caller: of several the private one where the agent hands
    /// the caller over (`completes`), else a colleague before a number outside. With a number outside nobody else stays. False:
    /// nobody is there who could go on.
    pub(super) fn pass_on(&mut self, now: EpochMs, by: HungUpBy, completes: bool, out: Out) -> bool {
        let Stage::Talking(talk) = self.stage else { return false };
        let order = |there: &There| match completes {
            true => (there.lost, there.joined, there.agent.is_none()),
            false => (there.lost, there.agent.is_none(), there.joined),
        };
        let Some(next) = self.asked_there().min_by_key(|there| order(there)).copied() else { return false };
        // All phones went at once: the queue finds somebody who hears.
        if next.lost && by == HungUpBy::System {
            return false;
        }
        if by != HungUpBy::System {
            let target = self.sides.iter().find(|side| side.leg() == Some(next.leg)).map(|side| side.target.clone());
            out.extend(target.map(|target| Action::Tell(EventKind::TransferStarted { agent: talk.agent, target })));
        }
        self.sides.retain(|side| side.leg() != Some(next.leg));
        let ms = u32::try_from((now - next.since).max(0)).unwrap_or(u32::MAX);
        let (leg, with, cause) = (next.leg, next.agent, EndCause::AnsweredHangup);
        out.push(Action::Tell(EventKind::ConsultEnded { agent: talk.agent, with, leg, cause, ms }));
        match next.agent {
            Some(agent) => {
                // Muted for a consultation: whoever has the caller is heard, as the desk shows.
                if next.muted {
                    out.push(Action::Mute { leg, on: false });
                    out.push(Action::Tell(EventKind::Unmuted { agent }));
                }
                let (queue, record) = match next.queue {
                    Some(queue) => (Some(queue), next.record),
                    None => (talk.queue, talk.record),
                };
                let (answer_by, lost) = (next.answer_by, next.lost);
                self.hand_over(now, Heir { leg, agent, queue, answer_by, record, lost }, by, out);
            }
            None => {
                self.end_talk(now, out);
                self.let_go(talk.leg, EndCause::AnsweredHangup, by, None, out);
                self.stage = Stage::Outside { leg, answered: true, by_rule: false };
                out.extend([Action::Quiet(leg), Action::Quiet(self.caller_leg), Action::Bridge(self.caller_leg, leg)]);
            }
        }
        true
    }

    /// The talk goes on with another agent, and with all who have joined it.
    pub(super) fn hand_over(&mut self, now: EpochMs, heir: Heir, by: HungUpBy, out: Out) {
        let Stage::Talking(before) = self.stage else { return };
        let paused = self.recording.is_some_and(|recording| recording.paused);
        // Whom the one who leaves still waits for is not wanted any more.
        let (stay, go) = std::mem::take(&mut self.sides).into_iter().partition(|side| !side.is_private());
        self.sides = go;
        self.end_talk(now, out);
        self.sides = stay;
        self.let_go(before.leg, EndCause::AnsweredHangup, by, None, out);
        self.moving = None;
        self.talk(now, heir, out);
        // A card number is no less secret to whoever takes over in the middle of it.
        if let Some(recording) = self.recording.as_mut().filter(|_| paused) {
            recording.paused = true;
            let (recording, agent, reason) = (recording.id, heir.agent, "paused before".to_owned());
            out.push(Action::PauseRecording(recording));
            out.push(Action::Tell(EventKind::RecordingPaused { recording, agent, reason }));
        }
    }

    /// An agent talks to the caller from now on, who did not wait for it.
    pub(super) fn talk(&mut self, now: EpochMs, heir: Heir, out: Out) {
        let Heir { leg, agent, queue, record, .. } = heir;
        self.stage = Stage::Talking(heir.begin(now));
        self.waited_ms = 0;
        // However long its phone was rightly silent before does not count.
        self.patience = silence::Patience::begin(now);
        out.extend([Action::Quiet(leg), Action::Quiet(self.caller_leg), Action::Bridge(self.caller_leg, leg)]);
        out.push(Action::Router(RouterAsk::Serves { agent, queue }));
        out.push(Action::Tell(EventKind::TalkStarted { agent, leg, queue, waited_ms: 0 }));
        if record {
            self.record(now, Some(leg), Some(agent), queue, out);
        }
        if self.holds(leg) {
            self.hold(now, out);
        }
    }
}

/// What happens to those asked.
impl Call {
    pub(super) fn side_offered(&mut self, now: EpochMs, offer: Offer, out: Out) {
        let Some(at) = self.sides.iter().position(|side| side.state == State::Asked) else { return };
        let leg = (offer.answer_by != AnswerBy::AutoAnswer).then(|| self.dial_agent(now, &offer, false, out));
        self.sides[at].state = State::Ringing(Ringing { offer, leg });
    }

    /// Whether it was one of these: the phone stops, and routing looks on.
    pub(super) fn side_offer_over(&mut self, offer: OfferId, cause: EndCause, out: Out) -> bool {
        let rings = |side: &Side| matches!(side.state, State::Ringing(ringing) if ringing.offer.offer == offer);
        let Some(at) = self.sides.iter().position(rings) else { return false };
        if let Some(leg) = self.sides[at].leg() {
            self.let_go(leg, cause, HungUpBy::System, None, out);
        }
        self.sides[at].state = State::Asked;
        true
    }

    /// Routing found nobody.
    pub(super) fn side_not_found(&mut self, now: EpochMs, target: &TransferTarget, cause: EndCause, out: Out) {
        let Some(at) = self.sides.iter().position(|side| side.state == State::Asked && side.target == *target) else { return };
        self.side_over(now, at, cause, out);
    }

    /// Whether the phone that was lifted was one of these.
    pub(super) fn side_answered(&mut self, now: EpochMs, leg: LegId, out: Out) -> bool {
        let Stage::Talking(talk) = self.stage else { return false };
        let Some(at) = self.sides.iter().position(|side| side.leg() == Some(leg) && side.there().is_none()) else { return false };
        let there = There {
            leg,
            agent: None,
            queue: None,
            record: false,
            answer_by: AnswerBy::Phone,
            since: now,
            joined: false,
            muted: false,
            lost: false,
            judged: now,
        };
        out.push(Action::Tell(EventKind::LegAnswered { leg }));
        let there = match self.sides[at].state {
            State::Ringing(Ringing { offer, .. }) => {
                out.push(Action::Router(RouterAsk::Answered { offer: offer.offer }));
                let (queue, record, answer_by) = (offer.queue, offer.record, offer.answer_by);
                There { agent: Some(offer.agent), queue, record, answer_by, ..there }
            }
            _ => there,
        };
        self.sides[at].state = State::There(there);
        out.push(Action::Quiet(talk.leg));
        out.push(Action::Tell(EventKind::ConsultAnswered { agent: talk.agent, with: there.agent, leg }));
        // Whoever is asked while the agent is with the caller waits with music.
        if talk.held_since.is_none() {
            out.push(music(leg, None));
        }
        true
    }

    /// Whether the leg that went, or will not come, was of one of these. `ask`: what routing is to know of an offer whose
    /// phone it was. The leg has been seen to, or is by `let_go` here.
    pub(super) fn side_gone(
        &mut self,
        now: EpochMs,
        leg: LegId,
        (cause, by, status): (EndCause, HungUpBy, Option<u16>),
        ask: impl FnOnce(OfferId) -> RouterAsk,
        out: Out,
    ) -> bool {
        let Some(at) = self.sides.iter().position(|side| side.leg() == Some(leg)) else { return false };
        self.let_go(leg, cause, by, status, out);
        match self.sides[at].state {
            State::Ringing(ringing) => {
                self.sides[at].state = State::Asked;
                out.push(Action::Router(ask(ringing.offer.offer)));
            }
            _ => self.side_over(now, at, cause, out),
        }
        true
    }

    /// A leg of one asked that was not dialed at all: nothing to hang up.
    pub(super) fn side_not_dialed(&mut self, now: EpochMs, leg: LegId, cause: EndCause, out: Out) {
        let Some(at) = self.sides.iter().position(|side| side.leg() == Some(leg)) else { return };
        match self.sides[at].state {
            State::Ringing(ringing) => {
                self.sides[at].state = State::Asked;
                out.push(Action::Router(RouterAsk::Withdrawn { offer: ringing.offer.offer }));
            }
            _ => self.side_over(now, at, cause, out),
        }
    }

    /// A phone taken off hold has been rightly silent until now.
    pub(super) fn side_holds(&mut self, now: EpochMs, leg: LegId) {
        if let Some(there) = self.there_mut(leg) {
            there.judged = now;
        }
    }

    fn there_mut(&mut self, leg: LegId) -> Option<&mut There> {
        self.sides.iter_mut().find_map(|side| match &mut side.state {
            State::There(there) if there.leg == leg => Some(there),
            _ => None,
        })
    }

    /// The phone of one who is there is not registered any more, or is again.
    pub(super) fn side_phone(&mut self, now: EpochMs, leg: LegId, lost: bool) {
        if let Some(there) = self.there_mut(leg) {
            (there.lost, there.judged) = (lost, now);
        }
    }

    /// What is asked by somebody whom the agent asked.
    pub(super) fn side_command(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        command: &CallCommand,
        out: Out,
    ) -> Result<(), CommandRefused> {
        let call = self.id;
        let at = self.sides.iter().position(|side| side.agent() == Some(agent)).ok_or(CommandRefused::NotYours { call })?;
        match (&mut self.sides[at].state, command) {
            (State::Ringing(Ringing { offer, leg }), CallCommand::Answer) => match (offer.answer_by, *leg) {
                (AnswerBy::Phone, _) => return Err(CommandRefused::PhoneOnly),
                (AnswerBy::TalkEvent, Some(leg)) => out.push(Action::PressTalk(leg)),
                (AnswerBy::AutoAnswer, None) => {
                    let offer = *offer;
                    let leg = self.dial_agent(now, &offer, true, out);
                    self.sides[at].state = State::Ringing(Ringing { offer, leg: Some(leg) });
                }
                // Pressed twice.
                (AnswerBy::AutoAnswer, Some(_)) | (AnswerBy::TalkEvent, None) => {}
            },
            (State::Ringing(ringing), CallCommand::Reject | CallCommand::Hangup) => {
                let Ringing { offer, leg } = *ringing;
                self.sides[at].state = State::Asked;
                if let Some(leg) = leg {
                    self.let_go(leg, EndCause::Rejected, HungUpBy::Agent { agent }, None, out);
                }
                out.push(Action::Router(RouterAsk::Rejected { offer: offer.offer }));
            }
            (State::There(_), CallCommand::Hangup) => self.drop_side(now, at, HungUpBy::Agent { agent }, out),
            (State::There(there), CallCommand::Mute | CallCommand::Unmute) => {
                let on = *command == CallCommand::Mute;
                if std::mem::replace(&mut there.muted, on) != on {
                    there.judged = now;
                    out.push(Action::Mute { leg: there.leg, on });
                    out.push(Action::Tell(if on { EventKind::Muted { agent } } else { EventKind::Unmuted { agent } }));
                }
            }
            (_, _) => return Err(CommandRefused::WrongState { call, state: "consulting" }),
        }
        Ok(())
    }

    /// Who hears whom because of those asked.
    pub(super) fn ears_of_asked(&self, talk: &Talk, ears: &mut BTreeSet<(LegId, LegId)>) {
        let away = talk.held_since.is_some();
        let mut hear_each_other = |a: LegId, b: LegId| ears.extend([(a, b), (b, a)]);
        for there in self.asked_there() {
            if there.joined {
                hear_each_other(self.caller_leg, there.leg);
                let others = self.asked_there().filter(|other| other.joined && other.leg < there.leg);
                others.for_each(|other| hear_each_other(other.leg, there.leg));
            }
            if there.joined != away {
                hear_each_other(talk.leg, there.leg);
            }
        }
    }
}
