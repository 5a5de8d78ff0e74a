//! Whose packets are taken for a leg's, and where to send: symmetric RTP without letting strangers in. Start at
//! [`Latch::admit`]. A source is taken from the signalled address (any port: NAT moves ports), or from elsewhere if the signalled
//! one is private and so says nothing. A better source may replace it in the first seconds; then the latch is settled until
//! call control names another address. Never in this room: packets' contents. Standards: RFC 4961, RFC 7362 §4.

use std::net::{IpAddr, SocketAddr};

use super::clock::Micros;

/// How long after the first packet another source may still take over.
const OPEN_US: Micros = 4_000_000;
/// An equally good source takes over in that time only once the present one has paused so long.
const PAUSE_US: Micros = 300_000;

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

/// See the room story.
#[derive(Debug, Default)]
pub struct Latch {
    signalled: Option<SocketAddr>,
    source: Option<Source>,
    opened: Option<Micros>,
}

impl Latch {
    /// Call control names the far end. The same address again changes nothing; another one opens the latch.
    pub fn signal(&mut self, to: SocketAddr) {
        if self.signalled != Some(to) {
            *self = Self { signalled: Some(to), source: None, opened: None };
        }
    }

    /// A packet came from `from`.
    pub fn admit(&mut self, now: Micros, from: SocketAddr) -> Admit {
        if let Some(source) = self.source.as_mut().filter(|s| s.at == from) {
            source.last = now;
            return Admit::Yes;
        }
        if self.is_settled(now) {
            return Admit::No;
        }
        let trust = self.trust(from);
        let better = match self.source {
            None => trust > 0,
            Some(held) => trust > held.trust || (trust == held.trust && now.saturating_sub(held.last) > PAUSE_US),
        };
        if !better {
            return Admit::No;
        }
        self.opened.get_or_insert(now);
        self.source = Some(Source { at: from, trust, last: now });
        Admit::Moved
    }

    /// Whether no other source can take over any more.
    #[must_use]
    pub fn is_settled(&self, now: Micros) -> bool {
        self.source.is_some() && self.opened.is_some_and(|at| now.saturating_sub(at) > OPEN_US)
    }

    /// Whether RTCP from `from` belongs to the leg: same host as the RTP.
    #[must_use]
    pub fn admits_rtcp(&self, from: SocketAddr) -> bool {
        self.target().is_some_and(|to| to.ip() == from.ip())
    }

    /// Where to send: where packets come from, else where call control said.
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        self.source.map(|s| s.at).or(self.signalled)
    }

    /// 3 the signalled address and port, 2 its host, 1 any host while the signalled one is private, 0 a stranger.
    fn trust(&self, from: SocketAddr) -> u8 {
        match self.signalled {
            None => 0,
            Some(to) if to == from => 3,
            Some(to) if to.ip() == from.ip() => 2,
            Some(to) if says_nothing(to.ip()) => 1,
            Some(_) => 0,
        }
    }
}

/// An address that means something only inside its own network, so the packets come from where that network is left.
fn says_nothing(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || v4.is_unspecified() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    /// Signals `to`, then offers sources at moments (in ms) and compares what is admitted.
    #[track_caller]
    fn check(to: &str, packets: &[(u64, &str, Admit)]) -> Latch {
        let mut latch = Latch::default();
        latch.signal(to.parse().unwrap());
        for (ms, from, expected) in packets {
            assert_eq!(latch.admit(ms * 1000, from.parse().unwrap()), *expected, "{from} at {ms} ms");
        }
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
        latch.signal("198.51.100.7:4000".parse().unwrap());
        assert!(latch.is_settled(5 * SECOND));
        latch.signal("198.51.100.8:4000".parse().unwrap());
        assert_eq!(latch.target(), Some("198.51.100.8:4000".parse().unwrap()));
        assert_eq!(latch.admit(9 * SECOND, "198.51.100.7:4000".parse().unwrap()), Admit::No);
        assert_eq!(latch.admit(9 * SECOND, "198.51.100.8:4002".parse().unwrap()), Admit::Moved);
    }

    #[test]
    fn nothing_is_heard_before_call_control_has_spoken() {
        assert_eq!(Latch::default().admit(0, "198.51.100.7:4000".parse().unwrap()), Admit::No);
    }
}
