//! What is waited for, in order of time. The router never sleeps: it says when it wants to be called again.

use std::collections::BTreeSet;

use contract::{AgentId, EpochMs, InteractionId, OfferId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The lease of an offer is over.
    Offer(OfferId),
    /// The longest wait of a caller in a queue, or for one agent.
    Wait(InteractionId),
    WrapUp(AgentId),
    DesktopGrace(AgentId),
    /// An agent who rejected or missed may be offered to again.
    Rest(AgentId),
}

#[derive(Debug, Default)]
pub(crate) struct Timers(BTreeSet<(EpochMs, Timer)>);

impl Timers {
    pub fn set(&mut self, at: EpochMs, timer: Timer) {
        self.0.insert((at, timer));
    }

    pub fn cancel(&mut self, at: EpochMs, timer: Timer) {
        self.0.remove(&(at, timer));
    }

    pub fn next(&self) -> Option<EpochMs> {
        self.0.first().map(|&(at, _)| at)
    }

    pub fn pop_due(&mut self, now: EpochMs) -> Option<Timer> {
        self.0.first().is_some_and(|&(at, _)| at <= now).then(|| self.0.pop_first()).flatten().map(|(_, timer)| timer)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}
