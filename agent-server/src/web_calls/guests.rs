//! How many call from web pages: at once in all, at once and within an hour from one address. Pure, bounded, takes `now`.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use company::WebCalls;
use contract::EpochMs;

const HOUR_MS: EpochMs = 3_600_000;
/// Addresses remembered; beyond, those that are not here now are forgotten, the longest gone first.
const MOST_ADDRESSES: usize = 10_000;

/// Which limit was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// As many as may be are here from all pages.
    House,
    /// As many as may be are here from this address.
    Address,
    /// So many came from this address within the hour; the next may in so many seconds.
    Hour { wait: u64 },
}

#[derive(Debug, Default)]
pub struct Guests {
    here: u32,
    addresses: HashMap<String, Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    here: u32,
    /// The hour they are counted in began then.
    since: EpochMs,
    came: u32,
}

impl Guests {
    /// # Errors
    /// [`Full`]; nothing is counted then.
    pub fn enter(&mut self, address: &str, now: EpochMs, web: &WebCalls) -> Result<(), Full> {
        if self.here >= web.at_once {
            return Err(Full::House);
        }
        let address = neighbours(address);
        let mut known = self.addresses.get(&address).copied().unwrap_or(Known { here: 0, since: now, came: 0 });
        if now - known.since >= HOUR_MS {
            (known.since, known.came) = (now, 0);
        }
        if known.here >= web.per_address {
            return Err(Full::Address);
        }
        if known.came >= web.per_hour {
            let wait = u64::try_from((known.since + HOUR_MS - now).max(0)).unwrap_or_default().div_ceil(1000);
            return Err(Full::Hour { wait });
        }
        if !self.addresses.contains_key(&address) && self.addresses.len() >= MOST_ADDRESSES {
            self.make_room(now);
        }
        (known.here, known.came) = (known.here + 1, known.came + 1);
        self.addresses.insert(address, known);
        self.here += 1;
        Ok(())
    }

    pub fn leave(&mut self, address: &str) {
        self.here = self.here.saturating_sub(1);
        if let Some(known) = self.addresses.get_mut(&neighbours(address)) {
            known.here = known.here.saturating_sub(1);
        }
    }

    #[must_use]
    pub fn here(&self) -> u32 {
        self.here
    }

    fn make_room(&mut self, now: EpochMs) {
        self.addresses.retain(|_, known| known.here > 0 || now - known.since < HOUR_MS);
        if self.addresses.len() >= MOST_ADDRESSES {
            let gone = self.addresses.iter().filter(|(_, known)| known.here == 0);
            let oldest = gone.min_by_key(|(_, known)| known.since).map(|(address, _)| address.clone());
            oldest.map(|address| self.addresses.remove(&address));
        }
    }
}

/// One subscriber has a whole /64 of IPv6 addresses.
fn neighbours(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Ok(IpAddr::V4(_)) | Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(at_once: u32, per_address: u32, per_hour: u32) -> WebCalls {
        WebCalls { at_once, per_address, per_hour, ..WebCalls::default() }
    }

    #[test]
    fn so_many_at_once_and_within_an_hour_and_no_more() {
        let (mut guests, rule) = (Guests::default(), web(4, 2, 3));
        assert_eq!(guests.enter("a", 0, &rule), Ok(()));
        assert_eq!(guests.enter("a", 1, &rule), Ok(()));
        assert_eq!(guests.enter("a", 2, &rule), Err(Full::Address));
        guests.leave("a");
        assert_eq!(guests.enter("a", 3, &rule), Ok(()));
        guests.leave("a");
        assert_eq!(guests.enter("a", 600_000, &rule), Err(Full::Hour { wait: 3_000 }));
        assert_eq!(guests.enter("a", HOUR_MS, &rule), Ok(()), "another hour");
        assert_eq!(guests.enter("b", HOUR_MS, &rule), Ok(()));
        assert_eq!(guests.enter("c", HOUR_MS, &rule), Ok(()));
        assert_eq!(guests.enter("d", HOUR_MS, &rule), Err(Full::House));
        assert_eq!(guests.here(), 4);
    }

    #[test]
    fn neighbours_of_one_ipv6_network_are_one_address() {
        let (mut guests, rule) = (Guests::default(), web(10, 1, 10));
        assert_eq!(guests.enter("2001:db8:1:2::5", 0, &rule), Ok(()));
        assert_eq!(guests.enter("2001:db8:1:2:ffff::6", 0, &rule), Err(Full::Address));
        assert_eq!(guests.enter("2001:db8:1:3::5", 0, &rule), Ok(()));
        guests.leave("2001:db8:1:2::5");
        assert_eq!(guests.enter("2001:db8:1:2:ffff::6", 0, &rule), Ok(()));
    }

    #[test]
    fn however_many_addresses_come_memory_stays_bounded_and_those_who_are_here_are_kept() {
        let (mut guests, rule) = (Guests::default(), web(1000, 1, 10));
        guests.enter("here", 0, &rule).unwrap();
        for n in 0..MOST_ADDRESSES + 200 {
            let address = n.to_string();
            guests.enter(&address, n as EpochMs, &rule).unwrap();
            guests.leave(&address);
        }
        assert_eq!(guests.addresses.len(), MOST_ADDRESSES);
        assert_eq!(guests.enter("here", 1, &rule), Err(Full::Address));
    }
}
