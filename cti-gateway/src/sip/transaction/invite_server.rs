//! INVITE as its receiver sees it: RFC 3261 §17.2.1, RFC 6026 §7.1. Timers G, H, I, L. Repeating the 2xx is the
//! dialog's business (RFC 3261 §13.3.1.4), repeating everything else is done here.

use std::time::Instant;

use super::{Backoff, LIFE, ServerStep, T2, T4};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Provisional answers only.
    Proceeding,
    /// 2xx went out: repeats of the INVITE are swallowed until timer L.
    Accepted { until: Instant },
    /// Refused: the refusal is repeated (timer G) until ACK or timer H.
    Completed { repeat: Option<Backoff>, give_up: Instant },
    /// Acknowledged: further ACKs are swallowed until timer I.
    Confirmed { until: Instant },
    Over,
}

/// One INVITE of the far side.
#[derive(Debug, Clone, Copy)]
pub struct InviteServer {
    state: State,
    reliable: bool,
}

impl InviteServer {
    #[must_use]
    pub fn new(reliable: bool) -> Self {
        Self { state: State::Proceeding, reliable }
    }

    /// The user answers with `status`; later answers than the first final one are ignored.
    pub fn respond(&mut self, now: Instant, status: u16) -> ServerStep {
        match (self.state, status) {
            (State::Proceeding, 100..=199) => ServerStep::Send,
            (State::Proceeding, 200..=299) => {
                self.state = State::Accepted { until: now + LIFE };
                ServerStep::Send
            }
            (State::Proceeding, _) => {
                let repeat = (!self.reliable).then(|| Backoff::start(now, T2));
                self.state = State::Completed { repeat, give_up: now + LIFE };
                ServerStep::Send
            }
            // RFC 6026: repeats of the 2xx pass through.
            (State::Accepted { .. }, 200..=299) => ServerStep::Send,
            (State::Accepted { .. } | State::Completed { .. } | State::Confirmed { .. } | State::Over, _) => {
                ServerStep::Nothing
            }
        }
    }

    /// The same INVITE came again.
    pub fn repeated(&mut self) -> ServerStep {
        match self.state {
            State::Proceeding | State::Completed { .. } => ServerStep::Repeat,
            State::Accepted { .. } | State::Confirmed { .. } | State::Over => ServerStep::Nothing,
        }
    }

    /// ACK for a refusal. (ACK for 2xx is a transaction of its own and reaches the dialog.)
    pub fn ack(&mut self, now: Instant) {
        if matches!(self.state, State::Completed { .. }) {
            self.state = if self.reliable { State::Over } else { State::Confirmed { until: now + T4 } };
        }
    }

    pub fn tick(&mut self, now: Instant) -> ServerStep {
        match &mut self.state {
            State::Completed { give_up, .. } if now >= *give_up => {
                self.state = State::Over;
                ServerStep::TimedOut
            }
            State::Completed { repeat: Some(repeat), .. } => {
                if repeat.due(now) { ServerStep::Repeat } else { ServerStep::Nothing }
            }
            State::Accepted { until } | State::Confirmed { until } if now >= *until => {
                self.state = State::Over;
                ServerStep::Nothing
            }
            State::Proceeding | State::Accepted { .. } | State::Completed { .. } | State::Confirmed { .. } | State::Over => {
                ServerStep::Nothing
            }
        }
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Completed { repeat, give_up } => Some(repeat.map_or(give_up, |r| r.at.min(give_up))),
            State::Accepted { until } | State::Confirmed { until } => Some(until),
            State::Proceeding | State::Over => None,
        }
    }

    /// No final answer yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.state == State::Proceeding
    }

    /// The last response may still have to be repeated.
    #[must_use]
    pub fn keeps_response(&self) -> bool {
        matches!(self.state, State::Proceeding | State::Completed { .. })
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }
}
