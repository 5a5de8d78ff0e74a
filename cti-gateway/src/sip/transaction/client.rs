//! Any request but INVITE and ACK as its sender sees it: RFC 3261 §17.1.2. Timers E, F, K.

use std::time::Instant;

use super::{Backoff, ClientStep, LIFE, T2, T4};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Trying { repeat: Option<Backoff>, give_up: Instant },
    Proceeding { repeat: Option<Backoff>, give_up: Instant },
    /// Repeats of the final answer are swallowed until timer K.
    Completed { until: Instant },
    Over,
}

/// One request of ours.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    state: State,
    reliable: bool,
}

impl Client {
    #[must_use]
    pub fn new(now: Instant, reliable: bool) -> Self {
        let repeat = (!reliable).then(|| Backoff::start(now, T2));
        Self { state: State::Trying { repeat, give_up: now + LIFE }, reliable }
    }

    pub fn response(&mut self, now: Instant, status: u16) -> ClientStep {
        match (self.state, status) {
            (State::Trying { mut repeat, give_up } | State::Proceeding { mut repeat, give_up }, 100..=199) => {
                if let Some(repeat) = &mut repeat {
                    repeat.slow();
                }
                self.state = State::Proceeding { repeat, give_up };
                ClientStep::Tell
            }
            (State::Trying { .. } | State::Proceeding { .. }, _) => {
                self.state = if self.reliable { State::Over } else { State::Completed { until: now + T4 } };
                ClientStep::Tell
            }
            (State::Completed { .. } | State::Over, _) => ClientStep::Nothing,
        }
    }

    pub fn tick(&mut self, now: Instant) -> ClientStep {
        match &mut self.state {
            State::Trying { give_up, .. } | State::Proceeding { give_up, .. } if now >= *give_up => {
                self.state = State::Over;
                ClientStep::TimedOut
            }
            State::Trying { repeat: Some(repeat), .. } | State::Proceeding { repeat: Some(repeat), .. } => {
                if repeat.due(now) { ClientStep::Repeat } else { ClientStep::Nothing }
            }
            State::Completed { until } if now >= *until => {
                self.state = State::Over;
                ClientStep::Nothing
            }
            State::Trying { .. } | State::Proceeding { .. } | State::Completed { .. } | State::Over => ClientStep::Nothing,
        }
    }

    pub fn abandon(&mut self) {
        self.state = State::Over;
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Trying { repeat, give_up } | State::Proceeding { repeat, give_up } => {
                Some(repeat.map_or(give_up, |r| r.at.min(give_up)))
            }
            State::Completed { until } => Some(until),
            State::Over => None,
        }
    }

    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Trying { .. } | State::Proceeding { .. })
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }
}
