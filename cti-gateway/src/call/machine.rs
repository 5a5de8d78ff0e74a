//! The call's table of what follows from what. One function per kind of event; each looks at the stage it finds.

use super::*;

type Out<'a> = &'a mut Vec<Action>;

impl Call {
    pub(super) fn empty(id: InteractionId, caller_leg: LegId, start: ivr::Start, ids: Arc<IdMaker>, now: EpochMs) -> Self {
        Self {
            id,
            ids,
            caller_leg,
            legs: BTreeMap::new(),
            session: None,
            start,
            language: ivr::Language::ZhCn,
            vip: false,
            candidates: Vec::new(),
            stage: Stage::Flow,
            own_overflow: (false, false),
            overflows: 0,
            moving: None,
            waited_ms: 0,
            recording: None,
            recordings_closing: BTreeSet::new(),
            supervisors: Vec::new(),
            sides: Vec::new(),
            visit: None,
            orphan: None,
            ears: BTreeSet::new(),
            right: Vec::new(),
            next_play: OWN_PLAYS,
            patience: silence::Patience::begin(now),
            end: None,
        }
    }

    /// A call that has just come in: answered, and led by its flow.
    pub fn begin(
        facts: Facts,
        flow: Arc<ivr::Flow>,
        start: ivr::Start,
        ids: Arc<IdMaker>,
        now: EpochMs,
        world: &dyn ivr::World,
    ) -> (Self, Vec<Action>) {
        let leg = facts.caller_leg;
        let mut call = Self::empty(facts.id, leg, start.clone(), ids, now);
        call.legs.insert(leg, Leg { role: Role::Caller, rang: false, holds: false, over: None });
        let mut out = vec![
            Action::Tell(EventKind::CallArrived {
                direction: facts.direction,
                entry: facts.entry,
                caller: facts.caller,
                dialed: facts.dialed,
                leg,
            }),
            Action::Tell(EventKind::LegStarted { leg, party: Party::Caller }),
            Action::Answer(leg),
            Action::Tell(EventKind::LegAnswered { leg }),
        ];
        let session = ivr::Session::new(flow, start);
        call.language = session.language();
        call.session = Some(session);
        call.feed(now, ivr::Input::Started, world, &mut out);
        call.mind_silence(now);
        (call, out)
    }

    /// What follows from `event`. Late, early and foreign events are normal and change nothing.
    #[must_use = "the machine only decides: unperformed actions are lost"]
    pub fn handle(&mut self, now: EpochMs, event: CallEvent, world: &dyn ivr::World) -> Vec<Action> {
        let mut actions = Vec::new();
        let out = &mut actions;
        match event {
            CallEvent::LegRinging { leg } => {
                // Phones repeat their 180, and forks ring one after the other.
                if let Some(known) = self.legs.get_mut(&leg)
                    && known.over.is_none()
                    && !std::mem::replace(&mut known.rang, true)
                {
                    out.push(Action::Tell(EventKind::LegRinging { leg }));
                    self.supervisor_rings(leg, out);
                    self.own_phone_rings(leg, out);
                    self.fetching_rings(leg, out);
                    self.answers_itself(leg, out);
                }
            }
            CallEvent::EarlyMedia { leg } => self.early_media(leg, out),
            CallEvent::LegAnswered { leg } => self.leg_answered(now, leg, out),
            CallEvent::NotDialed { leg, cause } => self.not_dialed(now, leg, cause, world, out),
            CallEvent::NotSent { leg, cause } => self.not_sent(now, leg, cause, world, out),
            CallEvent::LegFailed { leg, status } => self.leg_failed(now, leg, status, world, out),
            CallEvent::LegGone { leg, cause, status } => self.leg_gone(now, leg, cause, status, world, out),
            CallEvent::LegClosed { leg, quality } => {
                // Media that closes by itself takes its leg along; for one on its way down this changes nothing.
                self.leg_gone(now, leg, EndCause::Failed, None, world, out);
                self.leg_closed(leg, quality, out);
            }
            CallEvent::Phone { leg, lost } => {
                if let Stage::Talking(talk) = &mut self.stage
                    && talk.leg == leg
                {
                    talk.lost = lost;
                }
                self.side_phone(now, leg, lost);
            }
            CallEvent::FarHold { leg, on } => self.far_hold(now, leg, on, out),
            CallEvent::Digit { leg, digit } => self.digit(now, leg, digit, world, out),
            CallEvent::PlayDone { leg, id, ok } => self.play_done(now, leg, id, ok, world, out),
            CallEvent::Silent { leg, ms } => {
                if self.too_silent(now, leg, ms) {
                    self.leg_gone(now, leg, EndCause::MediaTimeout, None, world, out);
                }
            }
            CallEvent::RecordingEnded { recording, duration_ms, bytes, complete } => {
                // One that ends by itself (a full disk) was never stopped; one not of this call is no fact of it.
                let own = self.recording.take_if(|r| r.id == recording).is_some();
                if own || self.recordings_closing.remove(&recording) {
                    out.push(Action::Tell(EventKind::RecordingEnded { recording, duration_ms, bytes, complete }));
                    self.close_if_done(out);
                }
            }
            CallEvent::RecordingGap { recording, ms, reason } => {
                out.push(Action::Tell(EventKind::RecordingGap { recording, ms, reason }));
            }
            CallEvent::Identified(candidates) => self.identified(now, candidates, world, out),
            CallEvent::Enqueued { facts } => self.enqueued(now, facts, out),
            CallEvent::QueueOver { queue, why, then } => self.queue_over(now, queue, why, then, world, out),
            CallEvent::Offer(offer) => self.offered(now, offer, out),
            CallEvent::OfferOver { offer, outcome } => self.offer_over(offer, outcome, out),
            CallEvent::DirectFailed { agent, cause } => self.direct_failed(now, agent, cause, world, out),
            CallEvent::Position { position } => self.position(now, position, out),
            CallEvent::Deadline => self.deadline_passed(now, world, out),
            CallEvent::Abort(cause) => self.abort(now, cause, world, out),
        }
        self.mind_ears(out);
        self.mind_silence(now);
        actions
    }

    /// Gives the flow its input and carries out what it says.
    pub(super) fn feed(&mut self, now: EpochMs, input: ivr::Input, world: &dyn ivr::World, out: Out) {
        let Some(session) = &mut self.session else { return };
        let acts = session.handle(now, input, world);
        for act in acts {
            if self.end.is_some() && !matches!(act, ivr::Act::Emit(_)) {
                continue;
            }
            self.flow_act(now, act, out);
        }
    }

    pub(super) fn flow_act(&mut self, now: EpochMs, act: ivr::Act, out: Out) {
        let leg = self.caller_leg;
        match act {
            ivr::Act::Play { id, prompts, .. } => out.push(Action::Play { leg, id, prompts }),
            ivr::Act::StopPlay { .. } => out.push(Action::Quiet(leg)),
            ivr::Act::Queue(exit) => {
                self.language = exit.language;
                self.vip |= exit.vip;
                self.own_overflow = (exit.returns_at_max_wait, exit.returns_when_full);
                self.enter(now, exit.queue, exit.priority, 0, out);
            }
            ivr::Act::Transfer(exit) => {
                self.language = exit.language;
                match exit.to {
                    ivr::TransferTo::Number(number) => self.dial_outside(now, number, exit.ring_ms, false, out),
                    ivr::TransferTo::Agent(agent) => self.ask_for(now, agent, None, Some(exit.ring_ms), out),
                }
            }
            ivr::Act::Return { .. } => self.given_back(now, out),
            ivr::Act::Record(message) => self.take_message(now, &message, out),
            ivr::Act::Hangup(cause) => self.finish(now, cause, HungUpBy::System, out),
            ivr::Act::Trouble { flow, why } => tracing::warn!(flow, "flow {flow} could not go on as written: {why}"),
            ivr::Act::Emit(kind) => out.push(Action::Tell(kind)),
        }
    }

    fn leg_answered(&mut self, now: EpochMs, leg: LegId, out: Out) {
        // The 200 that crossed our CANCEL changes nothing: that leg is on its way down.
        if self.legs.get(&leg).is_none_or(|l| l.over.is_some()) {
            return;
        }
        match &self.stage {
            Stage::Ringing(ringing, wait) if ringing.leg == Some(leg) => {
                out.push(Action::Tell(EventKind::LegAnswered { leg }));
                let (offer, waited) = (ringing.offer, wait.credit_ms + (now - wait.since));
                self.waited_ms = u32::try_from(waited.max(0)).unwrap_or(u32::MAX);
                self.talk_begins(now, offer, leg, out);
            }
            Stage::Outside { leg: outside, by_rule, answered: false } if *outside == leg => {
                out.push(Action::Tell(EventKind::LegAnswered { leg }));
                self.stage = Stage::Outside { leg, answered: true, by_rule: *by_rule };
                out.extend([Action::Quiet(self.caller_leg), Action::Bridge(self.caller_leg, leg)]);
            }
            _ => {
                if !self.dialed_out_answered(now, leg, out)
                    && !self.fetched(now, leg, out)
                    && !self.side_answered(now, leg, out)
                {
                    self.supervisor_answered(now, leg, out);
                }
            }
        }
    }

    fn talk_begins(&mut self, now: EpochMs, offer: Offer, leg: LegId, out: Out) {
        let Offer { agent, queue, answer_by, record, auto_answer, .. } = offer;
        let heir = consult::Heir { leg, agent, queue, answer_by, record, lost: false };
        self.stage = Stage::Talking(heir.begin(now));
        self.moving = None;
        out.extend([Action::Quiet(self.caller_leg), Action::Bridge(self.caller_leg, leg)]);
        out.push(Action::Router(RouterAsk::Answered { offer: offer.offer }));
        out.push(Action::Tell(EventKind::TalkStarted { agent, leg, queue, waited_ms: self.waited_ms }));
        if record {
            self.record(now, Some(leg), Some(agent), queue, out);
        }
        // Nobody pressed anything: the agent is told that somebody is there.
        if auto_answer && answer_by != AnswerBy::Phone {
            self.say_to(leg, supervise::TONE, out);
        }
    }

    /// Starts a recording: of the talk where there is an agent's leg, else of a message.
    pub(super) fn record(
        &mut self,
        now: EpochMs,
        right: Option<LegId>,
        agent: Option<AgentId>,
        queue: Option<QueueId>,
        out: Out,
    ) {
        let id: RecordingId = self.ids.make(now);
        let what = if right.is_some() { contract::RecordingKind::Talk } else { contract::RecordingKind::Voicemail };
        let path = recording_path(now, id);
        self.recording = Some(Recording { id, paused: false });
        self.right = right.into_iter().collect();
        out.push(Action::Record { recording: id, left: self.caller_leg, right, path: path.clone() });
        out.push(Action::Tell(EventKind::RecordingStarted { recording: id, what, agent, queue, path }));
    }

    fn not_dialed(&mut self, now: EpochMs, leg: LegId, cause: EndCause, world: &dyn ivr::World, out: Out) {
        // Who talks was dialed.
        if self.talks_on(leg) {
            return;
        }
        self.supervisor_gone(now, leg, cause, HungUpBy::System, None, out);
        self.side_not_dialed(now, leg, cause, out);
        let Some(known) = self.legs.remove(&leg) else { return };
        // A number's leg begins, for the ledger, when its trunk is chosen; this one never did.
        if let Role::Agent(_) | Role::Supervisor(_) = known.role {
            let (cause, by, sip_status) = known.over.unwrap_or((cause, HungUpBy::System, None));
            out.push(Action::Tell(EventKind::LegEnded { leg, cause, by, sip_status, quality: None }));
        }
        self.dialed_out_failed(now, leg, cause, HungUpBy::System, out);
        self.not_fetched(now, leg, out);
        match &self.stage {
            Stage::Ringing(ringing, wait) if ringing.leg == Some(leg) => {
                let offer = ringing.offer.offer;
                self.stage = Stage::Waiting(wait.clone());
                out.push(Action::Router(RouterAsk::Withdrawn { offer }));
            }
            Stage::Outside { leg: outside, .. } if *outside == leg => self.outside_failed(now, cause, world, out),
            _ => {}
        }
        self.close_if_done(out);
    }

    /// Somebody talks to the caller over this leg.
    fn talks_on(&self, leg: LegId) -> bool {
        match &self.stage {
            Stage::Talking(talk) => talk.leg == leg || self.asked_there().any(|there| there.leg == leg),
            Stage::Outside { leg: outside, answered, .. } => *answered && *outside == leg,
            _ => false,
        }
    }

    fn not_sent(&mut self, now: EpochMs, leg: LegId, cause: EndCause, world: &dyn ivr::World, out: Out) {
        if self.talks_on(leg) || self.supervisor_gone(now, leg, cause, HungUpBy::System, None, out) {
            return;
        }
        let ask = |offer: OfferId| match cause {
            // Nobody is registered there.
            EndCause::Unreachable => RouterAsk::Failed { offer },
            _ => RouterAsk::Withdrawn { offer },
        };
        if self.side_gone(now, leg, (cause, HungUpBy::System, None), ask, out) {
            return;
        }
        self.let_go(leg, cause, HungUpBy::System, None, out);
        if self.dialed_out_failed(now, leg, cause, HungUpBy::System, out) || self.not_fetched(now, leg, out) {
            return;
        }
        match &self.stage {
            Stage::Ringing(ringing, wait) if ringing.leg == Some(leg) => {
                let ask = ask(ringing.offer.offer);
                self.stage = Stage::Waiting(wait.clone());
                out.push(Action::Router(ask));
            }
            Stage::Outside { leg: outside, .. } if *outside == leg => self.outside_failed(now, cause, world, out),
            _ => {}
        }
    }

    fn leg_failed(&mut self, now: EpochMs, leg: LegId, status: u16, world: &dyn ivr::World, out: Out) {
        let rang = self.legs.get(&leg).is_some_and(|l| l.rang);
        let cause = match status {
            // Said by phones at the end of their own patience too.
            480 if rang => EndCause::NoAnswer,
            _ => cause_of(status),
        };
        if (leg == self.caller_leg && !matches!(self.stage, Stage::Dialing(_))) || self.talks_on(leg) {
            return self.leg_gone(now, leg, cause, Some(status), world, out);
        }
        if self.supervisor_gone(now, leg, cause, HungUpBy::Callee, Some(status), out) {
            return;
        }
        let ask = |offer: OfferId| match cause {
            EndCause::Busy | EndCause::Rejected => RouterAsk::Rejected { offer },
            EndCause::NoAnswer if rang => RouterAsk::Missed { offer },
            _ => RouterAsk::Failed { offer },
        };
        if self.side_gone(now, leg, (cause, HungUpBy::Callee, Some(status)), ask, out) {
            return;
        }
        self.let_go(leg, cause, HungUpBy::Callee, Some(status), out);
        if self.dialed_out_failed(now, leg, cause, HungUpBy::Callee, out) || self.not_fetched(now, leg, out) {
            return;
        }
        match &self.stage {
            Stage::Ringing(ringing, wait) if ringing.leg == Some(leg) => {
                let ask = ask(ringing.offer.offer);
                self.stage = Stage::Waiting(wait.clone());
                out.push(Action::Router(ask));
            }
            Stage::Outside { leg: outside, .. } if *outside == leg => self.outside_failed(now, cause, world, out),
            _ => {}
        }
    }

    fn leg_gone(
        &mut self,
        now: EpochMs,
        leg: LegId,
        cause: EndCause,
        status: Option<u16>,
        world: &dyn ivr::World,
        out: Out,
    ) {
        let Some(known) = self.legs.get(&leg) else { return };
        if known.over.is_some() {
            return;
        }
        let by = match (known.role, cause) {
            (_, EndCause::MediaTimeout | EndCause::SessionExpired | EndCause::Failed) => HungUpBy::System,
            (Role::Caller, _) => HungUpBy::Caller,
            (Role::Agent(agent) | Role::Supervisor(agent), _) => HungUpBy::Agent { agent },
            (Role::Outside, _) => HungUpBy::Callee,
        };
        if self.supervisor_gone(now, leg, cause, by, status, out)
            || self.side_gone(now, leg, (cause, by, status), |offer| RouterAsk::Failed { offer }, out)
        {
            return;
        }
        self.let_go(leg, cause, by, status, out);
        if self.dialed_out_failed(now, leg, cause, by, out) || self.not_fetched(now, leg, out) {
            return;
        }
        if leg == self.caller_leg {
            return self.caller_left(now, cause, by, world, out);
        }
        // Whom the agent had asked goes on with the caller.
        let talked = matches!(&self.stage, Stage::Talking(talk) if talk.leg == leg);
        if talked && by != HungUpBy::System {
            if self.pass_on(now, by, false, out) {
                return;
            }
            // Put down while a phone rings: the caller waits for it instead.
            if let (Some(target), HungUpBy::Agent { agent }) = (self.asked_for(), by) {
                return self.transfer(now, agent, &target, out);
            }
            // Put down while the caller is in a flow: they finish there.
            if self.visits() {
                return self.leave_visit(now, by, Some(visit::Orphan::Goodbye), out);
            }
        }
        match &self.stage {
            // Nobody has hung up: the caller is still there, and is not to pay for a phone's trouble.
            Stage::Talking(talk) if talk.leg == leg && by == HungUpBy::System => {
                self.agent_lost(now, cause, world, out);
            }
            Stage::Talking(talk) if talk.leg == leg => {
                self.end_talk(now, out);
                self.finish(now, cause, by, out);
            }
            Stage::Ringing(ringing, wait) if ringing.leg == Some(leg) => {
                out.push(Action::Router(RouterAsk::Failed { offer: ringing.offer.offer }));
                self.stage = Stage::Waiting(wait.clone());
            }
            Stage::Outside { leg: outside, answered, .. } if *outside == leg => {
                if *answered {
                    self.finish(now, EndCause::TransferredAway, by, out);
                } else {
                    self.outside_failed(now, cause, world, out);
                }
            }
            _ => {}
        }
    }

    fn digit(&mut self, now: EpochMs, leg: LegId, digit: char, world: &dyn ivr::World, out: Out) {
        if leg != self.caller_leg {
            return;
        }
        match self.stage {
            Stage::Flow => self.feed(now, ivr::Input::Digit(digit), world, out),
            Stage::Talking(_) => self.feed_visit(now, ivr::Input::Digit(digit), world, out),
            Stage::Message { finish_on, .. } if finish_on == digit => self.message_done(now, world, out),
            _ => {}
        }
    }

    fn play_done(&mut self, now: EpochMs, leg: LegId, id: u32, ok: bool, world: &dyn ivr::World, out: Out) {
        if leg != self.caller_leg {
            return;
        }
        match &mut self.stage {
            Stage::Flow => self.feed(now, ivr::Input::PlayDone { id, ok }, world, out),
            Stage::Talking(_) => self.feed_visit(now, ivr::Input::PlayDone { id, ok }, world, out),
            Stage::Entering(entering) if entering.saying == Some(id) => {
                entering.saying = None;
                out.push(music(leg, None));
            }
            Stage::Waiting(wait) | Stage::Ringing(_, wait) if wait.announcing == Some(id) => {
                wait.announcing = None;
                out.push(music(leg, wait.facts.as_ref()));
            }
            Stage::Farewell { play, cause, .. } if *play == id => {
                let cause = *cause;
                self.finish(now, cause, HungUpBy::System, out);
            }
            _ => {}
        }
    }

    fn identified(&mut self, now: EpochMs, candidates: Vec<Candidate>, world: &dyn ivr::World, out: Out) {
        if self.end.is_some() {
            return;
        }
        let vip = candidates.first().is_some_and(|best| best.vip);
        if vip && !self.vip && matches!(self.stage, Stage::Entering(_) | Stage::Waiting(_) | Stage::Ringing(..)) {
            out.push(Action::Router(RouterAsk::Vip));
        }
        self.vip |= vip;
        out.push(Action::Tell(EventKind::CallerIdentified { candidates: candidates.clone() }));
        self.candidates.clone_from(&candidates);
        self.feed_visit(now, ivr::Input::Identified(candidates.clone()), world, out);
        self.feed(now, ivr::Input::Identified(candidates), world, out);
    }

    fn far_hold(&mut self, now: EpochMs, leg: LegId, on: bool, out: Out) {
        if let Some(known) = self.legs.get_mut(&leg) {
            known.holds = on;
        }
        self.side_holds(now, leg);
        // Who consults and holds the phone lets nobody through; whom to go back to is said by the desktop.
        if let Stage::Talking(talk) = &self.stage
            && talk.leg == leg
            && talk.held_since.is_some() != on
            && !self.consults()
            && !self.visits()
        {
            if on { self.hold(now, out) } else { self.resume(now, out) }
        }
    }

    fn deadline_passed(&mut self, now: EpochMs, world: &dyn ivr::World, out: Out) {
        if self.deadline().is_none_or(|due| now < due) {
            return;
        }
        match &mut self.stage {
            Stage::Flow => self.feed(now, ivr::Input::Deadline, world, out),
            Stage::Talking(_) => self.feed_visit(now, ivr::Input::Deadline, world, out),
            Stage::Parked(_) => self.parked_too_long(now, out),
            Stage::Entering(entering) => {
                let direct = entering.direct;
                self.unanswered(now, direct, world, out);
            }
            Stage::Waiting(wait) => {
                wait.next_announce = None;
                out.push(Action::Router(RouterAsk::Position));
            }
            Stage::Message { .. } => self.message_done(now, world, out),
            Stage::Farewell { cause, .. } => {
                let cause = *cause;
                self.finish(now, cause, HungUpBy::System, out);
            }
            Stage::Closing { .. } => self.close(out),
            Stage::Dialing(_) | Stage::Ringing(..) | Stage::Outside { .. } | Stage::Over => {}
        }
    }
}

/// Plays of our own are numbered from here; the flow's are below.
pub(super) const OWN_PLAYS: u32 = 1 << 31;

pub(super) fn music(leg: LegId, facts: Option<&QueueFacts>) -> Action {
    Action::Music { leg, name: facts.map(|f| f.music.clone()).unwrap_or_default() }
}

/// What a final SIP status says of a leg we dialed.
pub(super) fn cause_of(status: u16) -> EndCause {
    match status {
        486 | 600 => EndCause::Busy,
        480 | 603 | 403 => EndCause::Rejected,
        408 | 487 => EndCause::NoAnswer,
        404 | 410 | 484 | 604 => EndCause::Unreachable,
        _ => EndCause::Failed,
    }
}

/// `2026/11/23/<id>.wav`, by UTC day: a folder never holds more than a day.
pub(crate) fn recording_path(now: EpochMs, id: RecordingId) -> String {
    let day = chrono::DateTime::from_timestamp_millis(now).unwrap_or_default();
    format!("{}/{id}.wav", day.format("%Y/%m/%d"))
}
