//! From node to node, until one of them has to wait; and what happens when one of them cannot be carried out.

use std::sync::Arc;

use contract::{EndCause, EventKind, FlowOutcome};

use super::{After, MAX_STEPS, MAX_STEPS_AT_ONCE, MIN_MESSAGE_MS, Session, Then, Turn};
use crate::act::{QueueExit, TransferExit, Voicemail};
use crate::expr::EvalError;
use crate::flow::{Connect, Flow, Kind, Message, ToQueue};

/// Flows a call may go on to.
const MAX_HOPS: u8 = 8;

/// What a node that waits for nothing says.
enum Step {
    Next(usize),
    /// The session now waits, or is over.
    Waits,
}

impl Session {
    /// Walks from `node` until something has to be waited for.
    pub(super) fn go(&mut self, turn: &mut Turn<'_>, node: usize) {
        let mut here = node;
        loop {
            self.steps += 1;
            turn.steps += 1;
            if self.steps > MAX_STEPS || turn.steps > MAX_STEPS_AT_ONCE {
                return self.fault(turn, "the flow went round too often");
            }
            match self.step(turn, here) {
                Ok(Step::Next(next)) => here = next,
                Ok(Step::Waits) => return,
                Err(error) => return self.fault(turn, &error.to_string()),
            }
        }
    }

    fn step(&mut self, turn: &mut Turn<'_>, here: usize) -> Result<Step, EvalError> {
        let flow = Arc::clone(&self.flow);
        let node = &flow.nodes[here];
        // What decides silently is no step that a caller lives through.
        if !matches!(node.kind, Kind::Branch { .. } | Kind::Set { .. } | Kind::Hours { .. } | Kind::Goto { .. }) {
            turn.emit(EventKind::FlowStep { node: self.node_name(&node.name) });
        }
        match &node.kind {
            // Who has typed ahead knows the way.
            Kind::Play { barge_in: true, next, .. } if !self.ahead.is_empty() => return Ok(Step::Next(*next)),
            Kind::Play { prompts, barge_in, next } => self.say_then(turn, prompts, *barge_in, Then::Go(*next)),
            Kind::Menu(_) | Kind::Language(_) | Kind::Collect(_) => self.ask(turn, here),
            Kind::Branch { cases, otherwise } => {
                for (when, next) in cases {
                    if when.truth(&self.env(turn))? {
                        return Ok(Step::Next(*next));
                    }
                }
                return Ok(Step::Next(*otherwise));
            }
            Kind::Set { values, next } => {
                for (variable, value) in values {
                    let value = value.value(&self.env(turn))?;
                    self.variables[*variable] = value;
                }
                return Ok(Step::Next(*next));
            }
            Kind::Hours { calendar, open, closed } => {
                let is_open = flow.calendars[*calendar].is_open(turn.now, flow.zone);
                return Ok(Step::Next(if is_open { *open } else { *closed }));
            }
            Kind::Queue(queue) => self.enqueue(turn, queue),
            Kind::Transfer(connect) => self.connect(turn, connect),
            Kind::Voicemail(message) => self.message(turn, message),
            Kind::Goto { flow } => return Ok(self.enter(turn, flow)),
            Kind::Return { prompts, result } => {
                if !self.visits {
                    self.fault(turn, "the flow gives the caller back, and no agent sent them here");
                    return Ok(Step::Waits);
                }
                let result = Some(result.clone()).filter(|result| !result.is_empty());
                self.say_then(turn, prompts, false, Then::Return { result });
            }
            Kind::Hangup { prompts, cause } => {
                let then = Then::Hangup { cause: *cause, outcome: FlowOutcome::HungUp };
                self.say_then(turn, prompts, false, then);
            }
        }
        Ok(Step::Waits)
    }

    /// As the ledger knows it: nodes of flows gone on to carry the flow's name.
    pub(super) fn node_name(&self, node: &str) -> String {
        if Arc::ptr_eq(&self.flow, &self.root) { node.to_owned() } else { format!("{}/{node}", self.flow.name) }
    }

    fn enqueue(&mut self, turn: &mut Turn<'_>, queue: &ToQueue) {
        let exit = QueueExit {
            queue: queue.queue,
            priority: queue.priority,
            vip: self.env(turn).vip(),
            language: self.language,
            returns_at_max_wait: queue.max_wait.is_some(),
            returns_when_full: queue.full.is_some(),
        };
        let then = Then::Queue { exit, max_wait: queue.max_wait, full: queue.full };
        self.say_then(turn, &queue.prompts, false, then);
    }

    fn connect(&mut self, turn: &mut Turn<'_>, connect: &Connect) {
        let exit = TransferExit { to: connect.to.clone(), ring_ms: connect.ring_ms, language: self.language };
        let then = Then::Transfer { exit, failed: connect.failed };
        self.say_then(turn, &connect.prompts, false, then);
    }

    fn message(&mut self, turn: &mut Turn<'_>, message: &Message) {
        let voicemail =
            Voicemail { queue: message.queue, max_ms: message.max_ms, finish_on: '#', min_ms: MIN_MESSAGE_MS };
        let after = After { saved: message.saved.clone(), next: message.next };
        self.say_then(turn, &message.prompts, false, Then::Record { voicemail, after });
    }

    /// A message is over. An empty one is not thanked for.
    pub(super) fn recorded(&mut self, turn: &mut Turn<'_>, after: After, saved: bool) {
        let (cause, outcome) = match saved {
            true => (EndCause::Voicemail, FlowOutcome::Voicemail),
            false => (EndCause::SelfService, FlowOutcome::HungUp),
        };
        let then = after.next.map_or(Then::Hangup { cause, outcome }, Then::Go);
        let pieces = if saved { after.saved } else { Vec::new() };
        self.say_then(turn, &pieces, false, then);
    }

    fn enter(&mut self, turn: &mut Turn<'_>, name: &str) -> Step {
        self.hops += 1;
        let flow = if self.hops > MAX_HOPS { None } else { turn.world.flow(name) };
        let Some(flow) = flow else {
            self.fault(turn, &format!("the flow cannot go on in flow {name}"));
            return Step::Waits;
        };
        self.variables.clone_from(&flow.variables);
        self.language = flow.language.unwrap_or(self.language);
        self.flow = flow;
        Step::Next(self.flow.start)
    }

    /// Something cannot be carried out: the caller hears so, and goes where the flow's fallback says. A second fault,
    /// in the fallback itself, ends the call.
    pub(super) fn fault(&mut self, turn: &mut Turn<'_>, why: &str) {
        let flow: Arc<Flow> = Arc::clone(&self.flow);
        turn.trouble(&flow, why);
        let hangup = Then::Hangup { cause: EndCause::Failed, outcome: FlowOutcome::Failed };
        if std::mem::replace(&mut self.faulted, true) {
            return self.then(turn, if self.visits { Then::Return { result: None } } else { hangup });
        }
        // The agent is still there.
        let then = match flow.fallback.queue {
            _ if self.visits => Then::Return { result: None },
            Some(queue) => {
                let (vip, language) = (self.env(turn).vip(), self.language);
                let exit = QueueExit {
                    queue,
                    priority: None,
                    vip,
                    language,
                    returns_at_max_wait: false,
                    returns_when_full: false,
                };
                Then::Queue { exit, max_wait: None, full: None }
            }
            None => hangup,
        };
        self.say_then(turn, &flow.fallback.prompts, false, then);
    }
}
