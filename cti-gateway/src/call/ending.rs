//! How things end: one leg, the agent's part, a recording, the call. Every way to the end comes through
//! [`Call::finish`], which is idempotent and owns all side tasks.

use contract::ParkOutcome;

use super::*;

type Out<'a> = &'a mut Vec<Action>;

impl Call {
    /// One leg goes; said once per leg, whoever says it first.
    pub(super) fn let_go(&mut self, leg: LegId, cause: EndCause, by: HungUpBy, status: Option<u16>, out: Out) {
        if let Some(known) = self.legs.get_mut(&leg)
            && known.over.is_none()
        {
            known.over = Some((cause, by, status));
            out.push(Action::HangUp { leg, cause });
        }
    }

    pub(super) fn leg_closed(&mut self, leg: LegId, quality: Option<Quality>, out: Out) {
        let Some(known) = self.legs.remove(&leg) else { return };
        let (cause, by, sip_status) = known.over.unwrap_or((EndCause::Failed, HungUpBy::System, None));
        out.push(Action::Tell(EventKind::LegEnded { leg, cause, by, sip_status, quality }));
        self.close_if_done(out);
    }

    pub(super) fn caller_left(
        &mut self,
        now: EpochMs,
        cause: EndCause,
        by: HungUpBy,
        world: &dyn ivr::World,
        out: Out,
    ) {
        // A caller whose line broke before an agent answered has left all the same.
        let left = match cause {
            EndCause::AnsweredHangup => EndCause::Abandoned,
            other => other,
        };
        match &self.stage {
            Stage::Flow => {
                self.feed(now, ivr::Input::CallerLeft, world, out);
                self.finish(now, left, by, out);
            }
            Stage::Dialing(_) => self.finish(now, cause, by, out),
            Stage::Entering(_) | Stage::Waiting(_) | Stage::Ringing(..) => {
                out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Abandoned }));
                self.finish(now, left, by, out);
            }
            Stage::Talking(_) => {
                self.feed_visit(now, ivr::Input::CallerLeft, world, out);
                self.end_talk(now, out);
                self.finish(now, cause, by, out);
            }
            Stage::Parked(_) => {
                self.parked_over(now, ParkOutcome::CallerLeft, out);
                self.finish(now, cause, by, out);
            }
            Stage::Outside { answered: true, .. } => self.finish(now, EndCause::TransferredAway, by, out),
            Stage::Outside { answered: false, .. } => self.finish(now, left, by, out),
            Stage::Message { since, min_ms, .. } => {
                let saved = now - since >= i64::from(*min_ms);
                self.feed(now, ivr::Input::CallerLeft, world, out);
                self.finish(now, if saved { EndCause::Voicemail } else { left }, by, out);
            }
            Stage::Farewell { cause, .. } => {
                let cause = *cause;
                self.finish(now, cause, by, out);
            }
            Stage::Closing { .. } | Stage::Over => {}
        }
    }

    /// The agent's part of the talk is over; the call itself may go on elsewhere.
    pub(super) fn end_talk(&mut self, now: EpochMs, out: Out) {
        self.visit_over(now, out);
        let Stage::Talking(talk) = &self.stage else { return };
        let Talk { agent, leg, queue, since, held_since, held_ms, .. } = *talk;
        let hold = held_ms + held_since.map_or(0, |at| now - at);
        let ms = |v: i64| u32::try_from(v.max(0)).unwrap_or(u32::MAX);
        self.stop_recording(out);
        self.dismiss_supervisors(now, out);
        self.dismiss_asked(now, agent, out);
        out.push(Action::Part(self.caller_leg, leg));
        out.push(Action::Tell(EventKind::TalkEnded {
            agent,
            leg,
            queue,
            talk_ms: ms(now - since - hold),
            hold_ms: ms(hold),
        }));
        out.push(Action::Router(RouterAsk::TalkEnded { agent, queue }));
    }

    pub(super) fn stop_recording(&mut self, out: Out) {
        if let Some(recording) = self.recording.take() {
            self.recordings_closing.insert(recording.id);
            out.push(Action::StopRecording(recording.id));
        }
    }

    pub(super) fn abort(&mut self, now: EpochMs, cause: EndCause, world: &dyn ivr::World, out: Out) {
        match &self.stage {
            Stage::Closing { .. } | Stage::Over => return,
            Stage::Entering(_) | Stage::Waiting(_) | Stage::Ringing(..) => {
                out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Failed }));
            }
            Stage::Talking(_) => self.end_talk(now, out),
            Stage::Parked(_) => self.parked_over(now, ParkOutcome::Failed, out),
            Stage::Flow | Stage::Message { .. } => self.feed(now, ivr::Input::CallerLeft, world, out),
            Stage::Dialing(_) | Stage::Outside { .. } | Stage::Farewell { .. } => {}
        }
        self.finish(now, cause, HungUpBy::System, out);
    }

    /// Ends the call once: everybody is told to go, and the end is said when the last of them has gone.
    pub(super) fn finish(&mut self, now: EpochMs, cause: EndCause, by: HungUpBy, out: Out) {
        if self.end.is_some() {
            return;
        }
        self.end = Some((cause, by));
        self.stop_recording(out);
        let open: Vec<LegId> = self.legs.keys().copied().collect();
        for leg in open {
            self.let_go(leg, cause, HungUpBy::System, None, out);
        }
        self.stage = Stage::Closing { until: now + CLOSING_MS };
        self.close_if_done(out);
    }

    pub(super) fn close_if_done(&mut self, out: Out) {
        if matches!(self.stage, Stage::Closing { .. }) && self.legs.is_empty() && self.recordings_closing.is_empty() {
            self.close(out);
        }
    }

    /// The last word. Legs that never said theirs get it here.
    pub(super) fn close(&mut self, out: Out) {
        for (leg, known) in std::mem::take(&mut self.legs) {
            let (cause, by, sip_status) = known.over.unwrap_or((EndCause::Failed, HungUpBy::System, None));
            out.push(Action::Tell(EventKind::LegEnded { leg, cause, by, sip_status, quality: None }));
        }
        let (cause, by) = self.end.unwrap_or((EndCause::Failed, HungUpBy::System));
        out.push(Action::Tell(EventKind::CallEnded { cause, by }));
        self.session = None;
        self.stage = Stage::Over;
    }
}
