//! Datagrams between the kernel and the endpoint. What belongs to calls that stand goes first; requests for new calls wait
//! behind it, bounded, so that a flood of them takes nothing from those who talk. Start at [`Intake::sort`].
//! Never in this room: sockets, what a message means.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;

/// New calls that wait; beyond it the oldest is dropped unread, and its caller repeats it (RFC 3261 §17.1.1.2, timer A).
const MOST: usize = 2048;
/// So many that wait are a flood, until none waits any more.
const FLOOD: usize = 256;

/// See the room story.
#[derive(Debug, Default)]
pub struct Intake {
    newcomers: VecDeque<(SocketAddr, Bytes)>,
    flooded: bool,
}

impl Intake {
    /// `Some`: to be handled now. `None`: kept, behind what is.
    pub fn sort(&mut self, from: SocketAddr, bytes: Bytes) -> Option<(SocketAddr, Bytes)> {
        // A re-INVITE waits with them: in order, and no longer than they do.
        if !bytes.starts_with(b"INVITE ") {
            return Some((from, bytes));
        }
        if self.newcomers.len() >= MOST {
            self.newcomers.pop_front();
        }
        self.newcomers.push_back((from, bytes));
        None
    }

    /// The next that waits.
    pub fn next(&mut self) -> Option<(SocketAddr, Bytes)> {
        self.newcomers.pop_front()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.newcomers.is_empty()
    }

    /// Told when it changes: whether more arrives than is worked off.
    pub fn pressure(&mut self) -> Option<bool> {
        let flooded = if self.flooded { !self.newcomers.is_empty() } else { self.newcomers.len() >= FLOOD };
        let changed = flooded != self.flooded;
        self.flooded = flooded;
        changed.then_some(flooded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], n))
    }

    fn invite(intake: &mut Intake, n: u16) -> bool {
        intake.sort(from(n), Bytes::from_static(b"INVITE sip:8000@zuoxi SIP/2.0\r\n")).is_none()
    }

    #[test]
    fn what_belongs_to_calls_that_stand_passes_those_who_wait() {
        let mut intake = Intake::default();
        assert!((1..=3).all(|n| invite(&mut intake, n)));
        for line in ["SIP/2.0 200 OK\r\n", "ACK sip:a SIP/2.0\r\n", "BYE sip:a SIP/2.0\r\n", "CANCEL sip:a SIP/2.0\r\n", "\r\n\r\n"] {
            let bytes = Bytes::from_static(line.as_bytes());
            assert_eq!(intake.sort(from(9), bytes.clone()), Some((from(9), bytes)), "{line}");
        }
        let waited: Vec<u16> = std::iter::from_fn(|| intake.next()).map(|(from, _)| from.port()).collect();
        assert_eq!(waited, [1, 2, 3]);
    }

    #[test]
    fn a_flood_is_told_once_and_its_end_when_nobody_waits() {
        let mut intake = Intake::default();
        (0..FLOOD as u16 - 1).for_each(|n| assert!(invite(&mut intake, n)));
        assert_eq!(intake.pressure(), None);
        invite(&mut intake, 999);
        assert_eq!((intake.pressure(), intake.pressure()), (Some(true), None));
        while intake.newcomers.len() > 1 {
            intake.next();
        }
        assert_eq!(intake.pressure(), None, "not yet over");
        intake.next();
        assert_eq!((intake.pressure(), intake.pressure()), (Some(false), None));
    }

    #[test]
    fn those_who_wait_are_bounded_and_the_oldest_gives_way() {
        let mut intake = Intake::default();
        (0..MOST as u16 + 10).for_each(|n| assert!(invite(&mut intake, n)));
        assert_eq!((intake.newcomers.len(), intake.next().map(|(from, _)| from.port())), (MOST, Some(10)));
    }
}
