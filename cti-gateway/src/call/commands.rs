//! What people ask of a call. Each command is checked against the state it finds; a refusal changes nothing.

use contract::CallCommand;

use super::machine::music;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

/// Digits one command may send.
pub const MOST_DIGITS: usize = 32;
/// Characters a reason may have.
pub const MOST_REASON: usize = 200;

impl Call {
    /// Carries out `command` for `agent`, who must be the one ringing or talking, or have been asked into the talk.
    ///
    /// # Errors
    /// [`CommandRefused`] says which rule it broke; the call then stays as it was. Asking for what is already so succeeds.
    pub fn command(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        command: &CallCommand,
        world: &dyn ivr::World,
    ) -> Result<Vec<Action>, CommandRefused> {
        let mut actions = Vec::new();
        if self.agent() == Some(agent) {
            self.own_command(now, agent, command, world, &mut actions)?;
        } else {
            self.side_command(now, agent, command, &mut actions)?;
        }
        self.mind_ears(&mut actions);
        self.mind_silence(now);
        Ok(actions)
    }

    fn own_command(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        command: &CallCommand,
        world: &dyn ivr::World,
        out: Out,
    ) -> Result<(), CommandRefused> {
        if self.visits() {
            return self.visit_command(now, agent, command, out);
        }
        if let CallCommand::Transfer { target: TransferTarget::Flow { flow } } = command {
            return self.send_to_flow(now, agent, flow, world, out);
        }
        if let Some(done) = self.lead_command(now, command, out) {
            return done;
        }
        let wrong = CommandRefused::WrongState { call: self.id, state: self.stage_name() };
        match (&mut self.stage, command) {
            (Stage::Parked(_), CallCommand::Hangup | CallCommand::Reject) => self.fetch_no_more(now, agent, out),
            (Stage::Ringing(ringing, _), CallCommand::Answer) => {
                let (offer, leg) = (ringing.offer, ringing.leg);
                match (offer.answer_by, leg) {
                    (AnswerBy::Phone, _) => return Err(CommandRefused::PhoneOnly),
                    (AnswerBy::TalkEvent, Some(leg)) => out.push(Action::PressTalk(leg)),
                    (AnswerBy::AutoAnswer, None) => {
                        let leg = self.dial_agent(now, &offer, true, out);
                        if let Stage::Ringing(ringing, _) = &mut self.stage {
                            ringing.leg = Some(leg);
                        }
                    }
                    // Pressed twice.
                    (AnswerBy::AutoAnswer, Some(_)) | (AnswerBy::TalkEvent, None) => {}
                }
            }
            (Stage::Ringing(ringing, wait), CallCommand::Reject | CallCommand::Hangup) => {
                let (offer, leg, wait) = (ringing.offer.offer, ringing.leg, wait.clone());
                self.stage = Stage::Waiting(wait);
                if let Some(leg) = leg {
                    self.let_go(leg, EndCause::Rejected, HungUpBy::Agent { agent }, None, out);
                }
                out.push(Action::Router(RouterAsk::Rejected { offer }));
            }
            (Stage::Dialing(_), CallCommand::Hangup | CallCommand::Reject) => {
                self.finish(now, EndCause::NoAnswer, HungUpBy::Agent { agent }, out);
            }
            (Stage::Talking(talk), CallCommand::Hold) => {
                if talk.held_since.is_none() {
                    self.hold(now, out);
                }
            }
            (Stage::Talking(talk), CallCommand::Resume) => {
                let (leg, held, answer_by) = (talk.leg, talk.held_since.is_some(), talk.answer_by);
                match (self.holds(leg), answer_by) {
                    _ if !held => {}
                    (false, _) => self.resume(now, out),
                    // It takes the call back by itself, and says so; until then it neither speaks nor hears.
                    (true, AnswerBy::TalkEvent) => out.push(Action::PressTalk(leg)),
                    (true, AnswerBy::Phone | AnswerBy::AutoAnswer) => return Err(CommandRefused::PhoneHolds),
                }
            }
            (Stage::Talking(_), CallCommand::Mute | CallCommand::Unmute) => self.mute(*command == CallCommand::Mute, out),
            (Stage::Talking(talk), CallCommand::SendDigits { digits }) => {
                if talk.held_since.is_some() {
                    return Err(wrong);
                }
                self.key(agent, self.caller_leg, digits, out)?;
            }
            (Stage::Talking(_), CallCommand::Transfer { target }) => self.transfer(now, agent, target, out),
            (Stage::Talking(_), CallCommand::PauseRecording { reason }) => self.pause_recording(agent, reason, out)?,
            (Stage::Talking(_), CallCommand::ResumeRecording) => self.resume_recording(agent, out)?,
            (Stage::Talking(talk), CallCommand::Hangup) => {
                let (leg, by) = (talk.leg, HungUpBy::Agent { agent });
                self.end_talk(now, out);
                self.let_go(leg, EndCause::AnsweredHangup, by, None, out);
                self.finish(now, EndCause::AnsweredHangup, by, out);
            }
            (_, _) => return Err(wrong),
        }
        Ok(())
    }

    /// While the caller is in a flow: back with them, or away and leave them there.
    fn visit_command(&mut self, now: EpochMs, agent: AgentId, command: &CallCommand, out: Out) -> Result<(), CommandRefused> {
        match command {
            CallCommand::Resume => self.take_back(now, out),
            CallCommand::Hold => {}
            CallCommand::Mute | CallCommand::Unmute => self.mute(*command == CallCommand::Mute, out),
            CallCommand::Hangup => self.leave_visit(now, HungUpBy::Agent { agent }, Some(visit::Orphan::Goodbye), out),
            _ => return Err(CommandRefused::WrongState { call: self.id, state: "in_flow" }),
        }
        Ok(())
    }

    fn mute(&mut self, on: bool, out: Out) {
        let Stage::Talking(talk) = &mut self.stage else { return };
        if std::mem::replace(&mut talk.muted, on) != on {
            let agent = talk.agent;
            out.push(Action::Mute { leg: talk.leg, on });
            out.push(Action::Tell(if on { EventKind::Muted { agent } } else { EventKind::Unmuted { agent } }));
        }
    }

    /// Keys for whoever the agent is with.
    pub(super) fn key(&mut self, agent: AgentId, leg: LegId, digits: &str, out: Out) -> Result<(), CommandRefused> {
        let good = !digits.is_empty()
            && digits.len() <= MOST_DIGITS
            && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D'));
        if !good {
            return Err(CommandRefused::BadDigits { most: MOST_DIGITS });
        }
        out.push(Action::Digits { leg, digits: digits.to_owned() });
        let count = u8::try_from(digits.len()).unwrap_or(u8::MAX);
        out.push(Action::Tell(EventKind::DigitsSent { agent, count }));
        Ok(())
    }

    fn pause_recording(&mut self, agent: AgentId, reason: &str, out: Out) -> Result<(), CommandRefused> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > MOST_REASON {
            return Err(CommandRefused::BadReason { most: MOST_REASON });
        }
        let recording = self.recording.as_mut().ok_or(CommandRefused::NotRecording)?;
        if !recording.paused {
            recording.paused = true;
            out.push(Action::PauseRecording(recording.id));
            let kind = EventKind::RecordingPaused { recording: recording.id, agent, reason: reason.to_owned() };
            out.push(Action::Tell(kind));
        }
        Ok(())
    }

    fn resume_recording(&mut self, agent: AgentId, out: Out) -> Result<(), CommandRefused> {
        let recording = self.recording.as_mut().ok_or(CommandRefused::NotRecording)?;
        if recording.paused {
            recording.paused = false;
            out.push(Action::ResumeRecording(recording.id));
            out.push(Action::Tell(EventKind::RecordingResumed { recording: recording.id, agent }));
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, now: EpochMs, out: Out) {
        let (caller, joined) = (self.caller_leg, self.asked_there().any(|there| there.joined));
        let Stage::Talking(talk) = &mut self.stage else { return };
        talk.held_since = Some(now);
        let (agent, leg) = (talk.agent, talk.leg);
        out.push(Action::Part(caller, leg));
        // Who is in a conference with others is not alone.
        if !joined {
            out.push(music(caller, None));
        }
        out.push(Action::Router(RouterAsk::Held { agent, on: true }));
        out.push(Action::Tell(EventKind::Held { agent }));
    }

    pub(super) fn resume(&mut self, now: EpochMs, out: Out) {
        let caller = self.caller_leg;
        let Stage::Talking(talk) = &mut self.stage else { return };
        talk.held_ms += talk.held_since.take().map_or(0, |at| now - at);
        let (agent, leg) = (talk.agent, talk.leg);
        out.extend([Action::Quiet(caller), Action::Bridge(caller, leg)]);
        self.announce_to_caller(out);
        out.push(Action::Router(RouterAsk::Held { agent, on: false }));
        out.push(Action::Tell(EventKind::Resumed { agent }));
    }

    /// Blind transfer: the agent's part ends, the caller goes on (RFC 3515 in spirit, inside the house).
    pub(super) fn transfer(&mut self, now: EpochMs, agent: AgentId, target: &TransferTarget, out: Out) {
        let Stage::Talking(talk) = &self.stage else { return };
        let (leg, from_queue) = (talk.leg, talk.queue);
        out.push(Action::Tell(EventKind::TransferStarted { agent, target: target.clone() }));
        self.end_talk(now, out);
        self.let_go(leg, EndCause::AnsweredHangup, HungUpBy::Agent { agent }, None, out);
        self.moving = Some(Moving { by: agent, target: target.clone(), from: CameFrom::Talk { queue: from_queue } });
        self.own_overflow = (false, false);
        self.overflows = 0;
        match target {
            TransferTarget::Queue { queue } => {
                out.push(music(self.caller_leg, None));
                self.enter(now, *queue, None, 0, out);
            }
            TransferTarget::Agent { agent } => {
                self.ask_for(now, *agent, from_queue, None, out);
            }
            TransferTarget::Number { number } => self.dial_outside(now, number.clone(), OUTSIDE_RING_MS, false, out),
            // Asked for apart: nobody is rung for it.
            TransferTarget::Flow { .. } => {}
        }
    }
}
