//! Any request but INVITE and ACK as its receiver sees it: RFC 3261 §17.2.2. Timer J.

use std::time::Instant;

use super::{LIFE, ServerStep};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not answered; repeats are swallowed.
    Trying,
    Proceeding,
    /// Answered; repeats get the answer again until timer J.
    Completed { until: Instant },
    Over,
}

/// One request of the far side.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    state: State,
    reliable: bool,
}

impl Server {
    #[must_use]
    pub fn new(reliable: bool) -> Self {
        Self { state: State::Trying, reliable }
    }

    pub fn respond(&mut self, now: Instant, status: u16) -> ServerStep {
        match (self.state, status) {
            (State::Trying | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                ServerStep::Send
            }
            (State::Trying | State::Proceeding, _) => {
                self.state = if self.reliable { State::Over } else { State::Completed { until: now + LIFE } };
                ServerStep::Send
            }
            (State::Completed { .. } | State::Over, _) => ServerStep::Nothing,
        }
    }

    pub fn repeated(&mut self) -> ServerStep {
        match self.state {
            State::Proceeding | State::Completed { .. } => ServerStep::Repeat,
            State::Trying | State::Over => ServerStep::Nothing,
        }
    }

    pub fn tick(&mut self, now: Instant) {
        if matches!(self.state, State::Completed { until } if now >= until) {
            self.state = State::Over;
        }
    }

    pub fn abandon(&mut self) {
        self.state = State::Over;
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Completed { until } => Some(until),
            State::Trying | State::Proceeding | State::Over => None,
        }
    }

    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Trying | State::Proceeding)
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }
}
