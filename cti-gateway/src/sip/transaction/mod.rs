//! The four transaction machines of RFC 3261 §17, with Accepted of RFC 6026: one type each, told what happened and at
//! what moment, answering with one step. They hold no message: whoever owns a machine keeps the bytes to repeat.
//! Start at [`InviteClient`] or [`InviteServer`]. Never in this room: bytes, sockets, clocks, dialogs.

use std::time::{Duration, Instant};

mod client;
mod invite_client;
mod invite_server;
mod key;
mod server;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use key::{KeyMaker, TxKey};
pub use server::Server;

/// Estimate of a round trip (RFC 3261 §17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);
/// Longest gap between repeats of a request other than INVITE, and of a response to INVITE.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
pub const T4: Duration = Duration::from_secs(5);
/// 64 × T1: timers B, F, H, J, L, M, and D at its least.
pub const LIFE: Duration = Duration::from_secs(32);

/// What a client machine wants after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the machine only decides"]
pub enum ClientStep {
    Nothing,
    /// Send the request again.
    Repeat,
    /// Hand the response to the user.
    Tell,
    /// Hand the response to the user and send its ACK.
    TellAndAck,
    /// Send the ACK again; the user has heard this before.
    AckAgain,
    /// No answer came in time; the machine is over.
    TimedOut,
}

/// What a server machine wants after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the machine only decides"]
pub enum ServerStep {
    Nothing,
    /// Send the last response (the first time, or again).
    Send,
    Repeat,
    /// Our refusal was never acknowledged; the machine is over.
    TimedOut,
}

/// Doubling gaps from T1, with an upper bound (timers A, E, G).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    pub at: Instant,
    gap: Duration,
    most: Duration,
}

impl Backoff {
    pub fn start(now: Instant, most: Duration) -> Self {
        Self { at: now + T1, gap: T1, most }
    }

    /// True once per gap; a late call does not make up for gaps it slept through.
    pub fn due(&mut self, now: Instant) -> bool {
        if now < self.at {
            return false;
        }
        self.gap = (self.gap * 2).min(self.most);
        self.at = now + self.gap;
        true
    }

    /// From now on at the longest gap (timer E in Proceeding).
    pub fn slow(&mut self) {
        self.gap = self.most;
    }
}
