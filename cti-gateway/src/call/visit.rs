//! The caller in a flow in the middle of a talk, because the agent sent them there: an identity check, a payment by keys, a
//! survey. The agent waits and neither hears nor is recorded; the flow gives the caller back with a result, or the agent takes
//! them back. A flow that gives nobody back is where the agent's part ends.

use super::machine::music;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

#[derive(Debug)]
pub(super) struct Visit {
    pub session: ivr::Session,
    flow: String,
    since: EpochMs,
    /// The recording was paused for it, and runs on afterwards.
    paused: bool,
}

/// Where a flow gives a caller back to whose agent has gone meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orphan {
    /// The agent's phone was lost: somebody else of this queue.
    Queue(QueueId),
    /// The agent had nothing more to say.
    Goodbye,
}

impl Call {
    /// Whether the caller is in a flow from which the agent gets them back.
    #[must_use]
    pub fn visits(&self) -> bool {
        self.visit.is_some()
    }

    /// The agent sends the caller to `flow`.
    pub(super) fn send_to_flow(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        flow: &str,
        world: &dyn ivr::World,
        out: Out,
    ) -> Result<(), CommandRefused> {
        let Talk { leg, held_since, .. } = self.own_talk(agent)?;
        let session = self.session_in(flow, world)?;
        let (name, returns) = (flow.to_owned(), session.visits());
        if returns {
            if held_since.is_none() {
                self.hold(now, out);
            }
            let paused = self.pause_for_flow(agent, &name, out);
            out.push(Action::Tell(EventKind::SentToFlow { agent, flow: name.clone() }));
            self.visit = Some(Visit { session, flow: name, since: now, paused });
            self.feed_visit(now, ivr::Input::Started, world, out);
        } else {
            out.push(Action::Tell(EventKind::TransferStarted { agent, target: TransferTarget::Flow { flow: name } }));
            self.end_talk(now, out);
            self.let_go(leg, EndCause::AnsweredHangup, HungUpBy::Agent { agent }, None, out);
            self.goes_on_in(session);
            self.feed(now, ivr::Input::Started, world, out);
        }
        Ok(())
    }

    /// A flow that agents may send this caller to, at its begin.
    pub(super) fn session_in(&self, flow: &str, world: &dyn ivr::World) -> Result<ivr::Session, CommandRefused> {
        let refused = || CommandRefused::NoSuchFlow { flow: flow.to_owned() };
        let flow = world.flow(flow).filter(|flow| flow.for_agents()).ok_or_else(refused)?;
        Ok(ivr::Session::visit(flow, self.start.clone(), self.language, self.candidates.clone()))
    }

    /// The flow leads the call from now on.
    pub(super) fn goes_on_in(&mut self, session: ivr::Session) {
        self.moving = None;
        (self.own_overflow, self.overflows) = ((false, false), 0);
        self.session = Some(session);
        self.stage = Stage::Flow;
    }

    /// What is keyed or said in a flow is no part of the talk's recording.
    fn pause_for_flow(&mut self, agent: AgentId, flow: &str, out: Out) -> bool {
        let Some(recording) = self.recording.as_mut().filter(|recording| !recording.paused) else { return false };
        recording.paused = true;
        let reason = format!("flow {flow}");
        out.push(Action::PauseRecording(recording.id));
        out.push(Action::Tell(EventKind::RecordingPaused { recording: recording.id, agent, reason }));
        true
    }

    pub(super) fn feed_visit(&mut self, now: EpochMs, input: ivr::Input, world: &dyn ivr::World, out: Out) {
        let Some(visit) = &mut self.visit else { return };
        for act in visit.session.handle(now, input, world) {
            match act {
                ivr::Act::Return { result } => self.came_back(now, result, out),
                // It takes the caller elsewhere: the agent is not needed any more.
                ivr::Act::Queue(_) | ivr::Act::Transfer(_) | ivr::Act::Record(_) | ivr::Act::Hangup(_) if self.visit.is_some() => {
                    self.leave_visit(now, HungUpBy::System, None, out);
                    self.flow_act(now, act, out);
                }
                act => self.flow_act(now, act, out),
            }
        }
    }

    fn take_visit(&mut self) -> Option<(Visit, Talk)> {
        let Stage::Talking(talk) = self.stage else { return None };
        Some((self.visit.take()?, talk))
    }

    /// The agent has the caller again.
    fn came_back(&mut self, now: EpochMs, result: Option<String>, out: Out) {
        let Some((visit, talk)) = self.take_visit() else { return };
        self.tell_back(now, &visit, talk.agent, result, out);
        if let Some(recording) = self.recording.as_mut().filter(|recording| visit.paused && recording.paused) {
            recording.paused = false;
            out.push(Action::ResumeRecording(recording.id));
            out.push(Action::Tell(EventKind::RecordingResumed { recording: recording.id, agent: talk.agent }));
        }
        // A phone that holds takes the caller back itself.
        if self.holds(talk.leg) {
            out.push(music(self.caller_leg, None));
        } else {
            self.resume(now, out);
        }
        // Whoever waited is told that somebody is there.
        self.say_to(talk.leg, supervise::TONE, out);
    }

    fn tell_back(&self, now: EpochMs, visit: &Visit, agent: AgentId, result: Option<String>, out: Out) {
        let ms = u32::try_from((now - visit.since).max(0)).unwrap_or(u32::MAX);
        out.push(Action::Tell(EventKind::CameBack { agent, flow: visit.flow.clone(), result, ms }));
    }

    /// The agent takes the caller out of the flow.
    pub(super) fn take_back(&mut self, now: EpochMs, out: Out) {
        self.end_session(out);
        self.came_back(now, None, out);
    }

    fn end_session(&mut self, out: Out) {
        let ended = self.visit.as_mut().and_then(|visit| visit.session.call_back());
        out.extend(ended.map(Action::Tell));
    }

    /// The talk ends with the caller in the flow, and the flow with it.
    pub(super) fn visit_over(&mut self, now: EpochMs, out: Out) {
        self.end_session(out);
        if let Some((visit, talk)) = self.take_visit() {
            self.tell_back(now, &visit, talk.agent, None, out);
        }
    }

    /// The agent goes (`by`), and the caller goes on in the flow. `then`: where they are given back to. The agent's leg is let go.
    pub(super) fn leave_visit(&mut self, now: EpochMs, by: HungUpBy, then: Option<Orphan>, out: Out) {
        let Some((visit, talk)) = self.take_visit() else { return };
        self.tell_back(now, &visit, talk.agent, None, out);
        self.end_talk(now, out);
        self.let_go(talk.leg, EndCause::AnsweredHangup, by, None, out);
        self.goes_on_in(visit.session);
        self.orphan = then;
    }

    /// A flow gives back a caller whose agent is gone.
    pub(super) fn given_back(&mut self, now: EpochMs, out: Out) {
        match self.orphan.take() {
            Some(Orphan::Queue(queue)) => {
                let saying = self.say("please-wait", out);
                self.first_in(now, queue, Some(saying), out);
            }
            Some(Orphan::Goodbye) | None => self.farewell(now, "goodbye", EndCause::SelfService, out),
        }
    }
}
