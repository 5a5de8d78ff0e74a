//! The caller between the flow and a person: queues, offers, announcements, moves, and messages.

use super::machine::music;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

impl Call {
    /// Into a queue. `waited_ms`: waited elsewhere before, where that wait goes on here.
    pub(super) fn enter(&mut self, now: EpochMs, queue: QueueId, priority: Option<u8>, waited_ms: i64, out: Out) {
        self.stage = Stage::Entering(Entering::queue(now));
        self.waited_ms = u32::try_from(waited_ms.max(0)).unwrap_or(u32::MAX);
        let credit_ms = self.waited_ms;
        out.push(Action::Router(RouterAsk::Enqueue { queue, priority, vip: self.vip, credit_ms }));
    }

    /// To one agent, with music until that phone rings and is answered.
    pub(super) fn ask_for(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        queue: Option<QueueId>,
        ring_ms: Option<u32>,
        out: Out,
    ) {
        let until = now + EpochMs::from(DIRECT_WAIT_MS) + ROUTER_ANSWERS_MS;
        self.stage = Stage::Entering(Entering { until, direct: true, ..Entering::queue(now) });
        self.waited_ms = 0;
        out.push(music(self.caller_leg, None));
        out.push(Action::Router(RouterAsk::Direct { agent, queue, vip: self.vip, ring_ms }));
    }

    pub(super) fn enqueued(&mut self, now: EpochMs, facts: QueueFacts, out: Out) {
        let Stage::Entering(Entering { saying, .. }) = self.stage else { return };
        if self.is_sent_on() {
            self.moving = None;
        }
        if saying.is_none() {
            out.push(music(self.caller_leg, Some(&facts)));
        }
        let next_announce = (facts.announce_ms > 0).then(|| now + i64::from(facts.announce_ms).min(10_000));
        self.stage = Stage::Waiting(Wait {
            facts: Some(facts),
            since: now,
            credit_ms: i64::from(self.waited_ms),
            next_announce,
            announcer: Default::default(),
            announcing: saying,
        });
    }

    pub(super) fn offered(&mut self, now: EpochMs, offer: Offer, out: Out) {
        let wait = match &self.stage {
            Stage::Waiting(wait) => wait.clone(),
            // Straight to one agent: there was no queue to wait in.
            Stage::Entering(entering) => Wait {
                facts: None,
                since: entering.since,
                credit_ms: i64::from(self.waited_ms),
                next_announce: None,
                announcer: Default::default(),
                announcing: entering.saying,
            },
            Stage::Talking(_) => return self.side_offered(now, offer, out),
            _ => return,
        };
        let waits = offer.answer_by == AnswerBy::AutoAnswer && !offer.auto_answer;
        let leg = (!waits).then(|| self.dial_agent(now, &offer, offer.auto_answer, out));
        self.stage = Stage::Ringing(Ringing { offer, leg }, wait);
    }

    pub(super) fn dial_agent(&mut self, now: EpochMs, offer: &Offer, auto_answer: bool, out: Out) -> LegId {
        let leg: LegId = self.ids.make(now);
        let party = Party::Agent { agent: offer.agent, station: offer.station };
        self.legs.insert(leg, Leg { role: Role::Agent(offer.agent), rang: false, holds: false, over: None });
        out.push(Action::Tell(EventKind::LegStarted { leg, party }));
        out.push(Action::Dial {
            leg,
            to: Dial::Station {
                station: offer.station,
                ring_ms: offer.ring_ms,
                auto_answer: auto_answer && offer.answer_by == AnswerBy::AutoAnswer,
            },
        });
        leg
    }

    /// A queue that wants it answered at once: a phone that can be told is, once it rings.
    pub(super) fn answers_itself(&self, leg: LegId, out: Out) {
        if let Stage::Ringing(Ringing { offer, leg: rings }, _) = &self.stage
            && *rings == Some(leg)
            && offer.auto_answer
            && offer.answer_by == AnswerBy::TalkEvent
        {
            out.push(Action::PressTalk(leg));
        }
    }

    pub(super) fn offer_over(&mut self, offer: OfferId, outcome: OfferOutcome, out: Out) {
        let cause = match outcome {
            OfferOutcome::Rejected => EndCause::Rejected,
            OfferOutcome::Failed => EndCause::Failed,
            OfferOutcome::Missed | OfferOutcome::Withdrawn | OfferOutcome::Answered => EndCause::NoAnswer,
        };
        if self.side_offer_over(offer, cause, out) {
            return;
        }
        let Stage::Ringing(ringing, wait) = &self.stage else { return };
        if ringing.offer.offer != offer {
            return;
        }
        let leg = ringing.leg;
        self.stage = Stage::Waiting(wait.clone());
        if let Some(leg) = leg {
            self.let_go(leg, cause, HungUpBy::System, None, out);
        }
    }

    pub(super) fn queue_over(
        &mut self,
        now: EpochMs,
        queue: QueueId,
        why: QueueReturn,
        then: Overflow,
        world: &dyn ivr::World,
        out: Out,
    ) {
        if matches!(self.stage, Stage::Talking(_)) {
            let cause = if why == QueueReturn::Full { EndCause::Busy } else { EndCause::NoAnswer };
            return self.side_not_found(now, &TransferTarget::Queue { queue }, cause, out);
        }
        // Sent there by a supervisor, who did not mean the rules of a queue that is full.
        if why == QueueReturn::Full && self.is_sent_on() && matches!(self.stage, Stage::Entering(_)) {
            return self.move_failed(now, EndCause::Busy, out);
        }
        let credit = match &self.stage {
            Stage::Entering(_) => i64::from(self.waited_ms),
            Stage::Waiting(wait) => wait.credit_ms + (now - wait.since),
            Stage::Ringing(ringing, wait) => {
                let (leg, credit) = (ringing.leg, wait.credit_ms + (now - wait.since));
                if let Some(leg) = leg {
                    self.let_go(leg, EndCause::MaxWait, HungUpBy::System, None, out);
                }
                credit
            }
            _ => return,
        };
        out.push(Action::Quiet(self.caller_leg));
        let own = match why {
            QueueReturn::MaxWait => self.own_overflow.0,
            QueueReturn::Full => self.own_overflow.1,
        };
        if own && self.session.is_some() {
            self.stage = Stage::Flow;
            return self.feed(now, ivr::Input::QueueReturned(why), world, out);
        }
        self.overflows += 1;
        match then {
            Overflow::Queue(next) if self.overflows <= MOST_OVERFLOWS => self.enter(now, next, None, credit, out),
            Overflow::Number(number) if self.overflows <= MOST_OVERFLOWS => {
                self.dial_outside(now, number, OUTSIDE_RING_MS, true, out);
            }
            Overflow::Voicemail => {
                self.stage = Stage::Flow;
                self.feed(now, ivr::Input::TakeMessage { queue }, world, out);
            }
            Overflow::Hangup(prompt) => self.farewell(now, &prompt, EndCause::MaxWait, out),
            Overflow::Queue(_) | Overflow::Number(_) => self.farewell(now, "all-busy", EndCause::MaxWait, out),
        }
    }

    pub(super) fn position(&mut self, now: EpochMs, position: u32, out: Out) {
        let leg = self.caller_leg;
        let language = self.language;
        let Stage::Waiting(wait) = &mut self.stage else { return };
        let Some(facts) = &wait.facts else { return };
        wait.next_announce = Some(now + i64::from(facts.announce_ms));
        let queue = facts.queue;
        let said = wait.announcer.next(position, None, language);
        let id = self.next_play;
        self.next_play += 1;
        wait.announcing = Some(id);
        if let Some(position) = said.position {
            out.push(Action::Tell(EventKind::PositionAnnounced { queue, position }));
        }
        out.push(Action::Play { leg, id, prompts: said.prompts });
    }

    pub(super) fn dial_outside(&mut self, now: EpochMs, number: String, ring_ms: u32, by_rule: bool, out: Out) {
        let leg: LegId = self.ids.make(now);
        self.legs.insert(leg, Leg { role: Role::Outside, rang: false, holds: false, over: None });
        out.push(music(self.caller_leg, None));
        out.push(Action::Dial { leg, to: Dial::Number { number, ring_ms } });
        self.stage = Stage::Outside { leg, answered: false, by_rule };
    }

    pub(super) fn outside_failed(&mut self, now: EpochMs, cause: EndCause, world: &dyn ivr::World, out: Out) {
        out.push(Action::Quiet(self.caller_leg));
        if self.moving.is_some() {
            return self.move_failed(now, cause, out);
        }
        if matches!(self.stage, Stage::Outside { by_rule: true, .. }) {
            return self.farewell(now, "all-busy", EndCause::MaxWait, out);
        }
        self.stage = Stage::Flow;
        self.feed(now, ivr::Input::TransferFailed(cause), world, out);
        // A flow that did not send the caller there goes on nowhere.
        if matches!(self.stage, Stage::Flow) && self.deadline().is_none() {
            self.farewell(now, "transfer-failed", cause, out);
        }
    }

    /// The router has forgotten the caller, or broke on the question.
    pub(super) fn unanswered(&mut self, now: EpochMs, direct: bool, world: &dyn ivr::World, out: Out) {
        tracing::error!(call.id = %self.id, "routing does not know of call {}", self.id);
        out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Failed }));
        if direct {
            return self.outside_failed(now, EndCause::Failed, world, out);
        }
        self.farewell(now, "technical", EndCause::Failed, out);
    }

    /// The agent's phone is gone in the middle of the talk. The caller is asked to wait, and goes before everybody else.
    pub(super) fn agent_lost(&mut self, now: EpochMs, cause: EndCause, world: &dyn ivr::World, out: Out) {
        let Stage::Talking(Talk { agent, queue, .. }) = self.stage else { return };
        out.push(Action::Router(RouterAsk::StationFailed { agent }));
        // Whom the agent had asked serves the caller.
        if self.pass_on(now, HungUpBy::System, false, out) {
            return;
        }
        if self.visits() {
            let then = queue.map(visit::Orphan::Queue);
            return self.leave_visit(now, HungUpBy::System, then, out);
        }
        self.end_talk(now, out);
        self.own_overflow = (false, false);
        self.overflows = 0;
        match queue {
            Some(queue) => {
                let saying = self.say("please-wait", out);
                self.first_in(now, queue, Some(saying), out);
            }
            None => self.outside_failed(now, cause, world, out),
        }
    }

    /// Into a queue before everybody else there.
    pub(super) fn first_in(&mut self, now: EpochMs, queue: QueueId, saying: Option<u32>, out: Out) {
        // What puts the caller in front is no time waited: the talk that follows must not say so.
        let credit_ms = std::mem::take(&mut self.waited_ms).saturating_add(BACK_CREDIT_MS);
        self.stage = Stage::Entering(Entering { saying, ..Entering::queue(now) });
        out.push(Action::Router(RouterAsk::Enqueue { queue, priority: Some(9), vip: self.vip, credit_ms }));
    }

    pub(super) fn direct_failed(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        cause: EndCause,
        world: &dyn ivr::World,
        out: Out,
    ) {
        if matches!(self.stage, Stage::Talking(_)) {
            return self.side_not_found(now, &TransferTarget::Agent { agent }, cause, out);
        }
        let waits_for_agent = match &self.stage {
            Stage::Entering(_) => true,
            Stage::Waiting(wait) => wait.facts.is_none(),
            _ => false,
        };
        if !waits_for_agent {
            return;
        }
        tracing::debug!(agent.id = %agent, "agent {agent} could not be rung");
        self.outside_failed(now, cause, world, out);
    }

    /// A transfer that reached nobody: back to the queue the caller came from, with all the time waited; from no queue,
    /// back to who transferred, once, and then to the flow.
    fn move_failed(&mut self, now: EpochMs, cause: EndCause, out: Out) {
        let Some(moving) = self.moving.take() else { return };
        let Moving { by, target, from } = moving;
        match from {
            CameFrom::Wait { queue, since } => {
                out.push(Action::Tell(EventKind::WaitingMoveFailed { by, target, cause }));
                self.give_back(now, queue, since, out);
            }
            CameFrom::Park { queue: Some(queue) } => self.first_in(now, queue, None, out),
            CameFrom::Park { queue: None } => self.farewell(now, "transfer-failed", cause, out),
            CameFrom::Talk { queue } => {
                out.push(Action::Tell(EventKind::TransferFailed { agent: by, target, cause }));
                match queue {
                    Some(queue) => self.first_in(now, queue, None, out),
                    None => self.ask_for(now, by, None, None, out),
                }
            }
        }
    }

    pub(super) fn farewell(&mut self, now: EpochMs, prompt: &str, cause: EndCause, out: Out) {
        let play = self.say(if prompt.is_empty() { "goodbye" } else { prompt }, out);
        self.stage = Stage::Farewell { play, cause, until: now + FAREWELL_MS };
    }

    /// Says a prompt to the caller in the caller's language.
    pub(super) fn say(&mut self, prompt: &str, out: Out) -> u32 {
        self.say_to(self.caller_leg, prompt, out)
    }

    pub(super) fn say_to(&mut self, leg: LegId, prompt: &str, out: Out) -> u32 {
        let id = self.next_play;
        self.next_play += 1;
        let prompts = vec![ivr::Prompt::File { language: self.language, name: prompt.into() }];
        out.push(Action::Play { leg, id, prompts });
        id
    }

    pub(super) fn take_message(&mut self, now: EpochMs, ask: &ivr::Voicemail, out: Out) {
        self.say("beep", out);
        self.record(now, None, None, ask.queue, out);
        self.stage = Stage::Message {
            since: now,
            until: now + i64::from(ask.max_ms),
            finish_on: ask.finish_on,
            min_ms: ask.min_ms,
        };
    }

    /// The message is whole; the flow goes on.
    pub(super) fn message_done(&mut self, now: EpochMs, world: &dyn ivr::World, out: Out) {
        let Stage::Message { since, min_ms, .. } = self.stage else { return };
        self.stop_recording(out);
        self.stage = Stage::Flow;
        let saved = now - since >= i64::from(min_ms);
        self.feed(now, ivr::Input::Recorded { saved }, world, out);
    }
}

impl Entering {
    pub(super) fn queue(now: EpochMs) -> Self {
        Self { since: now, until: now + ROUTER_ANSWERS_MS, direct: false, saying: None }
    }
}

/// What a caller whom a transfer, or a phone, lost is credited, so that nobody in the queue comes first.
const BACK_CREDIT_MS: u32 = 3_600_000;
