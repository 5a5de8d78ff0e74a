//! Which of our addresses a far end is told: the own one by those who reach it, the one NAT gives us by all others.
//! Never in this room: sockets, and what is said at the address.

use std::net::IpAddr;

/// Addresses that mean nothing outside of their own network: private, shared by a carrier (RFC 6598), of this host or link.
#[must_use]
pub fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            shared || ip.is_private() || ip.is_loopback() || ip.is_unspecified() || ip.is_link_local()
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Where we are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// What we are bound to; 0.0.0.0 is nothing one can be told.
    pub own: IpAddr,
    /// What others are to be told.
    pub advertise: Option<IpAddr>,
}

impl Reach {
    /// For far ends of our own network. An advertised address that is itself inside is for them too: it was named because
    /// the own one is not reached from there (a container, a second network).
    #[must_use]
    pub fn inside(self) -> IpAddr {
        match self.advertise {
            Some(advertise) if is_inside(advertise) || self.own.is_unspecified() => advertise,
            Some(_) | None => self.own,
        }
    }

    /// For everybody else.
    #[must_use]
    pub fn outside(self) -> IpAddr {
        self.advertise.unwrap_or(self.own)
    }

    /// For the far end whose messages come from `far`.
    #[must_use]
    pub fn seen_from(self, far: IpAddr) -> IpAddr {
        if is_inside(far) { self.inside() } else { self.outside() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_end_is_told_the_address_it_reaches() {
        let table = [
            // own, advertised, far end → told
            ("10.0.0.5", None, "198.51.100.7", "10.0.0.5"),
            ("10.0.0.5", Some("203.0.113.10"), "198.51.100.7", "203.0.113.10"),
            ("10.0.0.5", Some("203.0.113.10"), "::ffff:198.51.100.7", "203.0.113.10"),
            ("10.0.0.5", Some("203.0.113.10"), "10.0.0.77", "10.0.0.5"),
            ("10.0.0.5", Some("203.0.113.10"), "100.64.1.2", "10.0.0.5"),
            ("10.0.0.5", Some("203.0.113.10"), "100.128.1.2", "203.0.113.10"),
            ("10.0.0.5", Some("203.0.113.10"), "127.0.0.1", "10.0.0.5"),
            ("172.17.0.2", Some("192.168.1.10"), "192.168.1.77", "192.168.1.10"),
            ("172.17.0.2", Some("192.168.1.10"), "198.51.100.7", "192.168.1.10"),
            ("0.0.0.0", Some("203.0.113.10"), "10.0.0.77", "203.0.113.10"),
            ("fd00::5", Some("2001:db8::10"), "fd00::77", "fd00::5"),
            ("fd00::5", Some("2001:db8::10"), "2001:db8:7::1", "2001:db8::10"),
        ];
        for (own, advertise, far, told) in table {
            let reach = Reach { own: own.parse().unwrap(), advertise: advertise.map(|a| a.parse().unwrap()) };
            assert_eq!(reach.seen_from(far.parse().unwrap()).to_string(), told, "{own} {advertise:?} from {far}");
        }
    }
}
