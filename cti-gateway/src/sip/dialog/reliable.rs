//! Reliable provisional answers as a UAS gives them (RFC 3262 §3): one at a time on the wire, repeated until PRACK.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use crate::sip::transaction::{Backoff, LIFE};

/// Whether the caller wants its 1xx acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rel {
    No,
    Supported,
    Required,
}

/// One 1xx that still has to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub status: u16,
    pub sdp: Option<Bytes>,
}

#[derive(Debug)]
struct Waiting {
    rseq: u32,
    bytes: Bytes,
    repeat: Backoff,
    give_up: Instant,
    sdp: bool,
}

/// The reliable 1xx of one INVITE.
#[derive(Debug)]
pub struct Reliable {
    next: u32,
    waiting: Option<Waiting>,
    /// At most [`Reliable::QUEUE`]; a newer one takes the place of the last.
    queue: VecDeque<Queued>,
}

/// What time brought.
#[derive(Debug, PartialEq, Eq)]
pub enum ReliableDue {
    Nothing,
    Repeat(Bytes),
    /// 64 × T1 without PRACK: the INVITE is refused with 504.
    Unacknowledged,
}

impl Reliable {
    const QUEUE: usize = 4;

    /// `first`: the first RSeq, 1 to 2^31 - 1.
    #[must_use]
    pub fn new(first: u32) -> Self {
        Self { next: first.clamp(1, i32::MAX as u32), waiting: None, queue: VecDeque::new() }
    }

    /// The RSeq of the next 1xx, or `None` (and it is queued) while one is unacknowledged.
    pub fn begin(&mut self, queued: Queued) -> Option<(u32, Queued)> {
        if self.waiting.is_none() {
            return Some((self.next, queued));
        }
        if self.queue.len() == Self::QUEUE {
            self.queue.pop_back();
        }
        self.queue.push_back(queued);
        None
    }

    /// `bytes`, carrying the RSeq of `begin`, went out.
    pub fn sent(&mut self, now: Instant, bytes: Bytes, sdp: bool) {
        let rseq = self.next;
        self.next = rseq.wrapping_add(1).max(1);
        self.waiting = Some(Waiting { rseq, bytes, repeat: Backoff::start(now, LIFE), give_up: now + LIFE, sdp });
    }

    /// PRACK came. False: it matches nothing (481).
    pub fn prack(&mut self, rseq: u32) -> bool {
        match &self.waiting {
            Some(waiting) if waiting.rseq == rseq => {
                self.waiting = None;
                true
            }
            _ => false,
        }
    }

    /// The next queued 1xx, once nothing waits.
    pub fn next_queued(&mut self) -> Option<Queued> {
        if self.waiting.is_some() { None } else { self.queue.pop_front() }
    }

    /// A 2xx must wait: the offer or answer in an unacknowledged 1xx is not settled (RFC 3262 §3).
    #[must_use]
    pub fn holds_back_2xx(&self) -> bool {
        self.waiting.as_ref().is_some_and(|w| w.sdp)
    }

    pub fn tick(&mut self, now: Instant) -> ReliableDue {
        match &mut self.waiting {
            Some(w) if now >= w.give_up => {
                self.waiting = None;
                ReliableDue::Unacknowledged
            }
            Some(w) if w.repeat.at <= now => {
                let _ = w.repeat.due(now);
                ReliableDue::Repeat(w.bytes.clone())
            }
            _ => ReliableDue::Nothing,
        }
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|w| w.repeat.at.min(w.give_up))
    }
}
