//! Whose packets are taken for a leg's, and where to send: symmetric RTP without letting strangers in. Start at
//! [`Latch::admit`]. A source is taken from the signalled address (any port: NAT moves ports), from the host its signalling
//! comes from, or from elsewhere if the signalled one is private and so says nothing. A better source may replace it in the
//! first seconds; then the latch is settled until call control names another address. Where the signalled host stays silent,
//! a steady stream from another is heard after a while: gateways of many addresses send from one and listen on another. It is
//! sent nothing. Never in this room: packets' contents. Standards: RFC 4961, RFC 7362 §4.

use std::net::{IpAddr, SocketAddr};

use super::clock::Micros;
use crate::reach::is_inside;

/// How long after the first packet another source may still take over.
const OPEN_US: Micros = 4_000_000;
/// An equally good source takes over in that time only once the present one has paused so long.
const PAUSE_US: Micros = 300_000;
/// So long the signalled host may be silent before a stranger is listened to.
const SILENT_US: Micros = 2_000_000;
/// So many packets in order, of one stream from one address, and a stranger is no chance passer-by.
const STEADY: u8 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admit {
    /// Not the leg's far end.
    No,
    Yes,
    /// From now on this is the far end and where we send.
    Moved,
}

#[derive(Debug, Clone, Copy)]
struct Source {
    at: SocketAddr,
    trust: u8,
    last: Micros,
}

/// A stranger on probation.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: SocketAddr,
    ssrc: u32,
    next: u16,
    came: u8,
}

/// See the room story.
#[derive(Debug, Default)]
pub struct Latch {
    signalled: Option<SocketAddr>,
    /// Where signalling comes from.
    seen: Option<IpAddr>,
    since: Micros,
    source: Option<Source>,
    opened: Option<Micros>,
    candidate: Option<Candidate>,
}

impl Latch {
    /// Call control names the far end. The same address again changes nothing, and 0.0.0.0 is a hold of RFC 2543 and moves
    /// nobody; another one opens the latch.
    pub fn signal(&mut self, now: Micros, to: SocketAddr, seen: Option<IpAddr>) {
        let hold = to.ip().is_unspecified() && self.signalled.is_some();
        if self.signalled != Some(to) && !hold {
            *self = Self { signalled: Some(to), since: now, ..Self::default() };
        }
        self.seen = seen.map(|ip| ip.to_canonical());
    }

    /// A packet of stream `ssrc`, its `seq`th, came from `from`.
    pub fn admit(&mut self, now: Micros, from: SocketAddr, ssrc: u32, seq: u16) -> Admit {
        if let Some(source) = self.source.as_mut().filter(|s| s.at == from) {
            source.last = now;
            return Admit::Yes;
        }
        if self.is_settled(now) {
            return Admit::No;
        }
        let trust = self.trust(from);
        let better = match self.source {
            None => trust > 0 || self.is_steady(now, from, ssrc, seq),
            Some(held) => trust > held.trust || (trust > 0 && trust == held.trust && now.saturating_sub(held.last) > PAUSE_US),
        };
        if !better {
            return Admit::No;
        }
        self.opened.get_or_insert(now);
        self.source = Some(Source { at: from, trust, last: now });
        Admit::Moved
    }

    /// Nobody better has spoken for a while, and this is the last packet of a stranger's probation.
    fn is_steady(&mut self, now: Micros, from: SocketAddr, ssrc: u32, seq: u16) -> bool {
        if self.signalled.is_none() || now.saturating_sub(self.since) < SILENT_US {
            return false;
        }
        let came = match self.candidate {
            Some(Candidate { at, ssrc: of, next, came }) if (at, of, next) == (from, ssrc, seq) => came + 1,
            Some(_) | None => 1,
        };
        self.candidate = Some(Candidate { at: from, ssrc, next: seq.wrapping_add(1), came });
        came >= STEADY
    }

    /// Whether no other source can take over any more.
    #[must_use]
    pub fn is_settled(&self, now: Micros) -> bool {
        self.source.is_some() && self.opened.is_some_and(|at| now.saturating_sub(at) > OPEN_US)
    }

    /// The one address packets come from and go to, once that is settled.
    #[must_use]
    pub fn settled_at(&self, now: Micros) -> Option<SocketAddr> {
        self.source.map(|s| s.at).filter(|at| self.is_settled(now) && self.target() == Some(*at))
    }

    /// Whether RTCP from `from` belongs to the leg: same host as the RTP.
    #[must_use]
    pub fn admits_rtcp(&self, from: SocketAddr) -> bool {
        [self.target(), self.source.map(|s| s.at)].into_iter().flatten().any(|at| at.ip() == from.ip())
    }

    /// Where to send: where packets of somebody trusted come from, else where call control said.
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        self.source.filter(|s| s.trust > 0).map(|s| s.at).or(self.signalled)
    }

    /// 4 the signalled address and port, 3 its host, 2 the host signalling comes from, 1 any host while the signalled one is
    /// private, 0 a stranger.
    fn trust(&self, from: SocketAddr) -> u8 {
        match self.signalled {
            None => 0,
            Some(to) if to == from => 4,
            Some(to) if to.ip() == from.ip() => 3,
            Some(_) if self.seen == Some(from.ip().to_canonical()) => 2,
            Some(to) if says_nothing(to.ip()) => 1,
            Some(_) => 0,
        }
    }
}

/// An address that means something only inside its own network, so the packets come from where that network is left.
fn says_nothing(ip: IpAddr) -> bool {
    is_inside(ip) && !ip.is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    /// Signals `to`, then offers sources at moments (in ms), each with streams out of order, and compares what is admitted.
    #[track_caller]
    fn check(to: &str, packets: &[(u64, &str, Admit)]) -> Latch {
        seen_from(to, None, packets)
    }

    #[track_caller]
    fn seen_from(to: &str, seen: Option<&str>, packets: &[(u64, &str, Admit)]) -> Latch {
        let mut latch = Latch::default();
        latch.signal(0, to.parse().unwrap(), seen.map(|ip| ip.parse().unwrap()));
        for (n, (ms, from, expected)) in packets.iter().enumerate() {
            let seq = n as u16 * 7;
            assert_eq!(latch.admit(ms * 1000, from.parse().unwrap(), 1, seq), *expected, "{from} at {ms} ms");
        }
        latch
    }

    const FAR: &str = "198.51.100.7:4000";
    const OTHER: &str = "198.51.100.8:9000";

    /// Packets of one stream from `from`, one each 20 ms from `ms` on, beginning with `seq`; the last word on them.
    fn stream(latch: &mut Latch, ms: u64, from: &str, ssrc: u32, seqs: impl IntoIterator<Item = u16>) -> Admit {
        let from = from.parse().unwrap();
        let said = seqs.into_iter().enumerate().map(|(n, seq)| latch.admit((ms + n as u64 * 20) * 1000, from, ssrc, seq));
        said.last().unwrap()
    }

    fn signalled() -> Latch {
        let mut latch = Latch::default();
        latch.signal(0, FAR.parse().unwrap(), None);
        latch
    }

    #[test]
    fn a_stranger_is_never_heard_where_a_public_address_was_signalled() {
        check("198.51.100.7:4000", &[
            (0, "203.0.113.9:4000", Admit::No),
            (10, "198.51.100.7:4000", Admit::Moved),
            (20, "203.0.113.9:4000", Admit::No),
            (9000, "203.0.113.9:4000", Admit::No),
        ]);
    }

    #[test]
    fn nat_may_move_the_port_at_first_and_never_later() {
        let latch = check("198.51.100.7:4000", &[
            (0, "198.51.100.7:61000", Admit::Moved),
            (20, "198.51.100.7:61000", Admit::Yes),
            (1000, "198.51.100.7:62000", Admit::Moved),
            (1020, "198.51.100.7:63000", Admit::No),
            (1040, "198.51.100.7:62000", Admit::Yes),
            (6000, "198.51.100.7:63000", Admit::No),
            (6020, "198.51.100.7:4000", Admit::No),
            (6040, "198.51.100.7:62000", Admit::Yes),
        ]);
        assert_eq!(latch.target(), Some("198.51.100.7:62000".parse().unwrap()));
    }

    #[test]
    fn behind_a_private_address_the_first_source_is_taken_until_the_signalled_one_speaks() {
        check("192.168.1.20:4000", &[
            (0, "203.0.113.9:7000", Admit::Moved),
            (20, "203.0.113.8:7000", Admit::No),
            (40, "192.168.1.20:4000", Admit::Moved),
            (60, "203.0.113.9:7000", Admit::No),
        ]);
    }

    #[test]
    fn a_newly_signalled_address_opens_the_latch_and_the_same_one_does_not() {
        let mut latch = check("198.51.100.7:4000", &[(0, "198.51.100.7:4000", Admit::Moved)]);
        latch.signal(SECOND, "198.51.100.7:4000".parse().unwrap(), None);
        assert!(latch.is_settled(5 * SECOND));
        latch.signal(5 * SECOND, "198.51.100.8:4000".parse().unwrap(), None);
        assert_eq!(latch.target(), Some("198.51.100.8:4000".parse().unwrap()));
        assert_eq!(latch.admit(6 * SECOND, "198.51.100.7:4000".parse().unwrap(), 1, 1), Admit::No);
        assert_eq!(latch.admit(6 * SECOND, "198.51.100.8:4002".parse().unwrap(), 1, 1), Admit::Moved);
    }

    #[test]
    fn nothing_is_heard_before_call_control_has_spoken() {
        assert_eq!(Latch::default().admit(0, "198.51.100.7:4000".parse().unwrap(), 1, 1), Admit::No);
    }

    #[test]
    fn the_host_signalling_comes_from_is_heard_beside_the_signalled_one_and_gives_way_to_it() {
        let latch = seen_from(FAR, Some("198.51.100.20"), &[
            (0, "203.0.113.9:7000", Admit::No),
            (20, "198.51.100.20:7000", Admit::Moved),
            (40, "198.51.100.20:7000", Admit::Yes),
            (60, FAR, Admit::Moved),
            (80, "198.51.100.20:7000", Admit::No),
        ]);
        assert_eq!(latch.target(), Some(FAR.parse().unwrap()));
        seen_from("192.168.1.20:4000", Some("203.0.113.8"), &[
            (0, "203.0.113.9:7000", Admit::Moved),
            (20, "203.0.113.8:7000", Admit::Moved),
            (40, "203.0.113.9:7000", Admit::No),
        ]);
    }

    #[test]
    fn a_steady_stream_from_elsewhere_is_heard_once_the_signalled_host_was_silent_for_two_seconds_and_is_sent_nothing() {
        let mut latch = signalled();
        assert_eq!(stream(&mut latch, 0, OTHER, 5, 0..99), Admit::No, "up to 1.96 s");
        assert_eq!(stream(&mut latch, 2000, OTHER, 5, 99..108), Admit::No, "nine packets");
        assert_eq!(stream(&mut latch, 2180, OTHER, 5, 108..109), Admit::Moved, "the tenth");
        assert_eq!(stream(&mut latch, 2200, OTHER, 5, 109..130), Admit::Yes);
        assert_eq!(latch.target(), Some(FAR.parse().unwrap()), "what we say goes where call control said");
        assert!(latch.is_settled(7 * SECOND) && latch.settled_at(7 * SECOND).is_none());
        assert!(latch.admits_rtcp(OTHER.parse().unwrap()) && latch.admits_rtcp(FAR.parse().unwrap()));
    }

    #[test]
    fn a_stranger_that_is_not_steady_stays_a_stranger() {
        type Streams<'a> = &'a [(&'a str, u32, &'a [u16])];
        let table: [(&str, Streams<'_>); 4] = [
            ("gaps", &[(OTHER, 5, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18])]),
            ("the same packet", &[(OTHER, 5, &[7; 30])]),
            ("two streams", &[(OTHER, 5, &[0, 1, 2, 3, 4]), (OTHER, 6, &[5, 6, 7, 8, 9, 10])]),
            ("two addresses", &[(OTHER, 5, &[0, 1, 2, 3, 4]), ("198.51.100.8:9002", 5, &[5, 6, 7, 8, 9, 10])]),
        ];
        for (why, streams) in table {
            let mut latch = signalled();
            for (n, (from, ssrc, seqs)) in streams.iter().enumerate() {
                let said = stream(&mut latch, 3000 + n as u64 * 1000, from, *ssrc, seqs.iter().copied());
                assert_eq!(said, Admit::No, "{why}");
            }
        }
        let mut latch = signalled();
        assert_eq!(stream(&mut latch, 3000, OTHER, 5, 65_530..=65_535), Admit::No);
        assert_eq!(stream(&mut latch, 3120, OTHER, 5, 0..4), Admit::Moved, "numbers go on after the highest with 0");
    }

    #[test]
    fn once_the_signalled_host_has_spoken_no_stranger_is_listened_to() {
        let mut latch = signalled();
        assert_eq!(stream(&mut latch, 1000, FAR, 4, 0..3), Admit::Yes);
        assert_eq!(stream(&mut latch, 4000, OTHER, 5, 0..50), Admit::No);
        assert_eq!(stream(&mut latch, 30_000, OTHER, 5, 50..99), Admit::No);
    }

    #[test]
    fn a_signalled_host_that_speaks_late_takes_over_from_a_stranger() {
        let mut latch = signalled();
        assert_eq!(stream(&mut latch, 2000, OTHER, 5, 0..10), Admit::Moved);
        assert_eq!(stream(&mut latch, 3000, FAR, 4, 0..1), Admit::Moved);
        assert_eq!(stream(&mut latch, 3020, OTHER, 5, 10..40), Admit::No);
        assert_eq!(latch.settled_at(9 * SECOND), Some(FAR.parse().unwrap()));
    }

    #[test]
    fn a_hold_by_0_0_0_0_moves_nobody() {
        let mut latch = check(FAR, &[(0, FAR, Admit::Moved)]);
        latch.signal(SECOND, "0.0.0.0:4000".parse().unwrap(), None);
        assert_eq!(latch.target(), Some(FAR.parse().unwrap()));
        assert_eq!(latch.admit(9 * SECOND, "203.0.113.9:4000".parse().unwrap(), 1, 1), Admit::No);
    }
}
