//! What a supervisor may do with a caller who waits in a queue: send on, or put in front. The time waited goes along, and where
//! the way is no way the caller comes back to the front of the queue it was in.

use contract::WaitingCommand;

use super::*;

impl Call {
    /// # Errors
    /// [`CommandRefused::WrongState`]: the caller waits in no queue. The call then stays as it was.
    pub fn while_waiting(
        &mut self,
        now: EpochMs,
        by: AgentId,
        command: &WaitingCommand,
        world: &dyn ivr::World,
    ) -> Result<Vec<Action>, CommandRefused> {
        let (leg, wait) = match &self.stage {
            Stage::Waiting(wait) => (None, wait),
            Stage::Ringing(ringing, wait) => (ringing.leg, wait),
            _ => return Err(self.waits_nowhere()),
        };
        let waited = wait.credit_ms + (now - wait.since);
        let Some(queue) = wait.facts.as_ref().map(|facts| facts.queue) else { return Err(self.waits_nowhere()) };
        let mut actions = Vec::new();
        let out = &mut actions;
        match command {
            WaitingCommand::Raise => {
                out.push(Action::Router(RouterAsk::Raise));
                out.push(Action::Tell(EventKind::WaitingRaised { by }));
            }
            // Is there already.
            WaitingCommand::Move { target: TransferTarget::Queue { queue: to } } if *to == queue => {}
            WaitingCommand::Move { target: target @ TransferTarget::Flow { flow } } => {
                let session = self.session_in(flow, world)?;
                out.push(Action::Tell(EventKind::WaitingMoved { by, target: target.clone() }));
                if let Some(leg) = leg {
                    self.let_go(leg, EndCause::NoAnswer, HungUpBy::System, None, out);
                }
                out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved }));
                self.goes_on_in(session);
                self.feed(now, ivr::Input::Started, world, out);
            }
            WaitingCommand::Move { target } => {
                out.push(Action::Tell(EventKind::WaitingMoved { by, target: target.clone() }));
                if let Some(leg) = leg {
                    self.let_go(leg, EndCause::NoAnswer, HungUpBy::System, None, out);
                }
                self.moving = Some(Moving { by, target: target.clone(), from: CameFrom::Wait { queue, since: now } });
                self.own_overflow = (false, false);
                self.overflows = 0;
                match target {
                    TransferTarget::Queue { queue } => self.enter(now, *queue, None, waited, out),
                    TransferTarget::Agent { agent } => self.ask_for(now, *agent, Some(queue), None, out),
                    TransferTarget::Number { number } => {
                        out.push(Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved }));
                        self.dial_outside(now, number.clone(), OUTSIDE_RING_MS, false, out);
                    }
                    TransferTarget::Flow { .. } => {}
                }
                self.waited_ms = u32::try_from(waited.max(0)).unwrap_or(u32::MAX);
            }
        }
        self.mind_silence(now);
        Ok(actions)
    }

    /// The way was no way: back where the caller was, with all the time since.
    pub(super) fn give_back(&mut self, now: EpochMs, queue: QueueId, since: EpochMs, out: &mut Vec<Action>) {
        let away = u32::try_from((now - since).max(0)).unwrap_or(u32::MAX);
        self.waited_ms = self.waited_ms.saturating_add(away);
        self.stage = Stage::Entering(Entering::queue(now));
        out.push(Action::Router(RouterAsk::Return { queue, vip: self.vip, credit_ms: self.waited_ms }));
    }

    /// Whether a supervisor has sent the caller on, and has not been told how it went.
    pub(super) fn is_sent_on(&self) -> bool {
        self.moving.as_ref().is_some_and(|moving| matches!(moving.from, CameFrom::Wait { .. }))
    }

    fn waits_nowhere(&self) -> CommandRefused {
        CommandRefused::WrongState { call: self.id, state: self.stage_name() }
    }
}
