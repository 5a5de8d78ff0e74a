//! INVITE as its sender sees it: RFC 3261 §17.1.1, RFC 6026 §7.2. Timers A, B, D, M.

use std::time::Instant;

use super::{Backoff, ClientStep, LIFE};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `repeat` is timer A, absent over TCP.
    Calling { repeat: Option<Backoff>, give_up: Instant },
    Proceeding,
    /// Given up before any answer: not repeated, and whatever still comes is taken down.
    Unwanted { until: Instant },
    /// Refused; repeats of the refusal get the ACK again until timer D.
    Completed { until: Instant },
    /// 2xx came; more of them (other forks too) go to the user until timer M.
    Accepted { until: Instant },
    Over,
}

/// One INVITE of ours, from sending until nothing more can come.
#[derive(Debug, Clone, Copy)]
pub struct InviteClient {
    state: State,
    reliable: bool,
}

impl InviteClient {
    /// The request goes out at `now`.
    #[must_use]
    pub fn new(now: Instant, reliable: bool) -> Self {
        let repeat = (!reliable).then(|| Backoff::start(now, LIFE));
        Self { state: State::Calling { repeat, give_up: now + LIFE }, reliable }
    }

    pub fn response(&mut self, now: Instant, status: u16) -> ClientStep {
        match (self.state, status) {
            (State::Calling { .. } | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                ClientStep::Tell
            }
            (State::Unwanted { .. }, 100..=199) => ClientStep::Tell,
            (State::Calling { .. } | State::Proceeding | State::Unwanted { .. }, 200..=299) => {
                self.state = State::Accepted { until: now + LIFE };
                ClientStep::Tell
            }
            (State::Calling { .. } | State::Proceeding | State::Unwanted { .. }, _) => {
                self.state = if self.reliable { State::Over } else { State::Completed { until: now + LIFE } };
                ClientStep::TellAndAck
            }
            (State::Completed { .. }, 300..) => ClientStep::AckAgain,
            (State::Accepted { .. }, 200..=299) => ClientStep::Tell,
            (State::Completed { .. } | State::Accepted { .. } | State::Over, _) => ClientStep::Nothing,
        }
    }

    pub fn tick(&mut self, now: Instant) -> ClientStep {
        match &mut self.state {
            State::Calling { give_up, .. } if now >= *give_up => {
                self.state = State::Over;
                ClientStep::TimedOut
            }
            State::Calling { repeat: Some(repeat), .. } => {
                if repeat.due(now) { ClientStep::Repeat } else { ClientStep::Nothing }
            }
            State::Completed { until } | State::Accepted { until } | State::Unwanted { until } if now >= *until => {
                self.state = State::Over;
                ClientStep::Nothing
            }
            State::Calling { .. }
            | State::Proceeding
            | State::Unwanted { .. }
            | State::Completed { .. }
            | State::Accepted { .. }
            | State::Over => ClientStep::Nothing,
        }
    }

    /// Nothing final will come any more (64 × T1 after CANCEL, RFC 3261 §9.1), or the way is broken.
    pub fn abandon(&mut self) {
        self.state = State::Over;
    }

    /// The call goes another way. What was sent may still have arrived, so answers are waited for; none is asked for again.
    pub fn unwant(&mut self, now: Instant) {
        if matches!(self.state, State::Calling { .. } | State::Proceeding) {
            self.state = State::Unwanted { until: now + LIFE };
        }
    }

    #[must_use]
    pub fn is_unwanted(&self) -> bool {
        matches!(self.state, State::Unwanted { .. })
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Calling { repeat, give_up } => Some(repeat.map_or(give_up, |r| r.at.min(give_up))),
            State::Completed { until } | State::Accepted { until } | State::Unwanted { until } => Some(until),
            State::Proceeding | State::Over => None,
        }
    }

    /// A provisional answer came and no final one: CANCEL may be sent.
    #[must_use]
    pub fn may_cancel(&self) -> bool {
        self.state == State::Proceeding
    }

    /// No final answer yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Calling { .. } | State::Proceeding | State::Unwanted { .. })
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }
}
