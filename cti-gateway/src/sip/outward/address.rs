//! One address of a trunk, asked by OPTIONS every so often. Who answered before and is silent now is passed over until it
//! answers again. Who never answered OPTIONS is not judged by it: some carriers do not know it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::sip::api::Reached;

/// How long an answer may take: four sendings over UDP.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// So many questions without an answer, one right after the other, and it is down.
const MISSES: u8 = 2;

/// See the room.
#[derive(Debug, Clone)]
pub struct Address {
    pub to: SocketAddr,
    every: Duration,
    due: Option<Instant>,
    asked: bool,
    missed: u8,
    state: Reached,
}

impl Address {
    /// `every` zero: it is never asked, and always tried.
    #[must_use]
    pub fn new(now: Instant, to: SocketAddr, every: Duration) -> Self {
        let due = (!every.is_zero()).then_some(now);
        Self { to, every, due, asked: false, missed: 0, state: Reached::Unknown }
    }

    #[must_use]
    pub fn state(&self) -> Reached {
        self.state
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Its moment has come: an unanswered question counts as missed. True: it is to be asked now.
    pub fn tick(&mut self, now: Instant) -> bool {
        if self.due.is_none_or(|at| now < at) {
            return false;
        }
        if std::mem::take(&mut self.asked) {
            self.miss(now);
        }
        if self.due.is_none_or(|at| now < at) {
            return false;
        }
        self.asked = true;
        self.due = Some(now + PATIENCE);
        true
    }

    /// It answered OPTIONS. `alive`: with anything but that it cannot serve.
    pub fn answered(&mut self, now: Instant, alive: bool) {
        if !std::mem::take(&mut self.asked) {
            return;
        }
        self.missed = 0;
        self.state = if alive { Reached::Up } else { Reached::Down };
        self.due = Some(now + self.every);
    }

    /// The question could not be sent, or nobody answered it.
    pub fn missed(&mut self, now: Instant) {
        if std::mem::take(&mut self.asked) {
            self.miss(now);
        }
    }

    fn miss(&mut self, now: Instant) {
        self.missed = self.missed.saturating_add(1);
        let known = self.state == Reached::Up;
        if known && self.missed >= MISSES {
            self.state = Reached::Down;
        }
        let at_once = self.state == Reached::Up;
        self.due = Some(if at_once { now } else { now + self.every });
    }

    /// A call or registration did not get through there: it is asked at once, and this counts as a miss.
    pub fn suspect(&mut self, now: Instant) {
        if self.state != Reached::Up || self.missed > 0 {
            return;
        }
        self.missed = 1;
        if !self.asked {
            self.due = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(30);

    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn known() -> (Instant, Address) {
        let now = Instant::now();
        let mut address = Address::new(now, ([192, 0, 2, 1], 5060).into(), EVERY);
        assert!(address.tick(now));
        (now, address)
    }

    #[test]
    fn who_answered_and_is_silent_twice_is_down_until_it_answers_again() {
        let (t0, mut address) = known();
        assert!(!address.tick(t0), "asked once");
        address.answered(t0, true);
        assert_eq!((address.state(), address.deadline()), (Reached::Up, Some(t0 + EVERY)));
        let t1 = t0 + EVERY;
        assert!(address.tick(t1));
        assert!(address.tick(t1 + PATIENCE), "one miss asks again at once");
        assert_eq!(address.state(), Reached::Up);
        let t2 = t1 + 2 * PATIENCE;
        assert!(!address.tick(t2));
        assert_eq!((address.state(), address.deadline()), (Reached::Down, Some(t2 + EVERY)));
        assert!(address.tick(t2 + EVERY));
        address.answered(t2 + EVERY, true);
        assert_eq!(address.state(), Reached::Up);
    }

    #[test]
    fn who_never_answered_is_not_judged_by_its_silence() {
        let (t0, mut address) = known();
        let mut now = t0;
        for _ in 0..10 {
            now += PATIENCE;
            assert!(!address.tick(now));
            assert_eq!((address.state(), address.deadline()), (Reached::Unknown, Some(now + EVERY)));
            now += EVERY;
            assert!(address.tick(now));
        }
        address.suspect(now);
        assert_eq!(address.state(), Reached::Unknown);
    }

    #[test]
    fn who_says_that_it_cannot_serve_is_down_at_once() {
        let (t0, mut address) = known();
        address.answered(t0, false);
        assert_eq!(address.state(), Reached::Down);
        address.missed(t0);
        assert_eq!(address.deadline(), Some(t0 + EVERY), "what nobody asked is not missed");
    }

    #[test]
    fn a_call_that_did_not_get_through_is_the_first_miss() {
        let (t0, mut address) = known();
        address.answered(t0, true);
        let later = t0 + Duration::from_secs(3);
        address.suspect(later);
        assert!(address.tick(later));
        address.missed(later);
        assert_eq!(address.state(), Reached::Down);
    }

    #[test]
    fn an_address_that_is_not_asked_has_no_alarm() {
        let (t0, _) = known();
        let mut address = Address::new(t0, ([192, 0, 2, 1], 5060).into(), Duration::ZERO);
        address.suspect(t0);
        assert!(!address.tick(t0) && address.deadline().is_none());
    }
}
