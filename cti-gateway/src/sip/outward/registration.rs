//! Our registration at a trunk: which address is asked when, what is made of the answer, and how long to wait after a
//! refusal, so that neither a carrier that is down nor a wrong password is hammered.

use std::time::{Duration, Instant};

use crate::sip::api::Unregistered;

/// The life we ask for; the registrar decides.
const LIFE: Duration = Duration::from_secs(600);
/// The longest a registrar may insist on with 423.
const LONGEST: Duration = Duration::from_secs(86_400);
/// How long an answer may take before the next address is asked.
const PATIENCE: Duration = Duration::from_secs(8);
/// First and longest pause after a round in which nobody could be reached.
const SILENT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));
/// The same where we were refused.
const REFUSED: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(1800));
/// The longest that a Retry-After is heeded.
const HEEDED: Duration = Duration::from_secs(3600);
/// After a connection was lost; spread, so that not all come back in the same moment.
const AGAIN: Duration = Duration::from_secs(1);

/// Why a REGISTER failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub why: Unregistered,
    /// As answered; 408 where nobody did, 503 where nothing could be sent.
    pub status: u16,
    pub reason: String,
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Of the way or the server, not of us: another address may do better.
    fn is_passing(&self) -> bool {
        matches!(self.status, 408 | 480 | 500..=599)
    }
}

/// Where the registration stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Trying,
    /// At the address of this number.
    Registered { way: usize, life: Duration },
    Failed(Failure),
}

/// See the room.
#[derive(Debug, Clone)]
pub struct Registration {
    ways: usize,
    way: usize,
    /// Addresses asked in this round.
    tried: usize,
    life: Duration,
    asked: bool,
    due: Instant,
    /// Rounds that failed, one after the other.
    failures: u32,
    standing: Standing,
}

impl Registration {
    /// At one of `ways` addresses, at least one, beginning now.
    #[must_use]
    pub fn new(now: Instant, ways: usize) -> Self {
        let ways = ways.max(1);
        Self { ways, way: 0, tried: 0, life: LIFE, asked: false, due: now, failures: 0, standing: Standing::Trying }
    }

    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.due
    }

    /// The address asked last, and the life asked for.
    #[must_use]
    pub fn asking(&self) -> (usize, Duration) {
        (self.way, self.life)
    }

    /// Its moment has come: an unanswered REGISTER counts as failed. True: send one now, as [`Registration::asking`] says.
    pub fn tick(&mut self, now: Instant, chance: u64) -> bool {
        if now < self.due {
            return false;
        }
        if self.asked {
            let silent = Failure { why: Unregistered::Silent, status: 408, reason: "no answer".into(), retry_after: None };
            self.failed(now, silent, chance);
            if now < self.due {
                return false;
            }
        }
        self.sent(now);
        true
    }

    /// One was sent, also in answer to a challenge.
    pub fn sent(&mut self, now: Instant) {
        self.asked = true;
        self.due = now + PATIENCE;
    }

    /// 200 with this life. It is refreshed when three quarters of it are over.
    pub fn accepted(&mut self, now: Instant, life: Duration, chance: u64) {
        if !self.asked {
            return;
        }
        if life.is_zero() {
            let reason = "the registration was accepted for no time".into();
            let refused = Failure { why: Unregistered::Refused, status: 200, reason, retry_after: None };
            return self.failed(now, refused, chance);
        }
        (self.asked, self.tried, self.failures) = (false, 0, 0);
        self.standing = Standing::Registered { way: self.way, life };
        self.due = now + (life * 3 / 4).max(AGAIN);
    }

    /// 423: this long at least. False: that is no answer to what we asked; it counts as any refusal.
    pub fn too_brief(&mut self, now: Instant, least: Duration) -> bool {
        let heeded = self.asked && least > self.life && least <= LONGEST;
        if heeded {
            (self.life, self.asked, self.due) = (least, false, now);
        }
        heeded
    }

    /// It was refused, could not be sent, or nobody answered. `chance`: any number, spreads the pauses.
    pub fn failed(&mut self, now: Instant, failure: Failure, chance: u64) {
        if !std::mem::take(&mut self.asked) {
            return;
        }
        self.tried += 1;
        let passing = failure.is_passing();
        if passing && self.tried < self.ways {
            self.way = (self.way + 1) % self.ways;
            self.due = now;
            return;
        }
        // The next round begins with the first address again.
        (self.way, self.tried) = (0, 0);
        let (first, longest) = if passing { SILENT } else { REFUSED };
        let pause = (first * 2_u32.saturating_pow(self.failures.min(16))).min(longest);
        let spread = pause / 4 * u32::try_from(chance % 256).unwrap_or(0) / 256;
        let asked = failure.retry_after.unwrap_or_default().min(HEEDED);
        self.due = now + (pause - spread).max(asked);
        self.failures = self.failures.saturating_add(1);
        self.standing = Standing::Failed(failure);
    }

    /// The connection we are registered over is gone: whoever calls us there does not reach us any more.
    pub fn lost(&mut self, now: Instant, chance: u64) {
        if !self.asked && matches!(self.standing, Standing::Registered { .. }) {
            self.due = self.due.min(now + AGAIN + Duration::from_millis(chance % 4_000));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn asked(ways: usize) -> (Instant, Registration) {
        let now = Instant::now();
        let mut registration = Registration::new(now, ways);
        assert!(registration.tick(now, 0) && !registration.tick(now, 0));
        (now, registration)
    }

    fn failure(status: u16) -> Failure {
        Failure { why: Unregistered::Refused, status, reason: String::new(), retry_after: None }
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn it_is_refreshed_before_it_ends_however_short_the_registrar_makes_it() {
        for (life, refreshed) in [(600, 450), (60, 45), (1, 1)] {
            let (t0, mut registration) = asked(1);
            registration.accepted(t0, secs(life), 0);
            assert_eq!(registration.standing(), &Standing::Registered { way: 0, life: secs(life) });
            assert_eq!(registration.deadline(), t0 + secs(refreshed));
            assert!(registration.tick(t0 + secs(refreshed), 0));
        }
    }

    #[test]
    fn each_address_is_asked_once_and_then_there_is_a_pause_that_grows_and_has_an_end() {
        let (mut now, mut registration) = asked(3);
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let mut ways = Vec::new();
            for n in 0..3 {
                ways.push(registration.asking().0);
                now += PATIENCE;
                assert_eq!(registration.tick(now, 0), n < 2, "the next address at once, and no fourth");
            }
            assert_eq!(ways, [0, 1, 2]);
            assert!(matches!(registration.standing(), Standing::Failed(Failure { status: 408, .. })));
            pauses.push((registration.deadline() - now).as_secs());
            now = registration.deadline();
            assert!(registration.tick(now, 0));
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        registration.accepted(now, secs(600), 0);
        now = registration.deadline();
        assert!(registration.tick(now, 0));
        registration.failed(now, failure(503), 0);
        registration.failed(now, failure(503), 0);
        assert_eq!(registration.asking().0, 1, "a failure that nobody asked for changes nothing");
    }

    #[test]
    fn a_refusal_is_not_taken_to_the_next_address_and_waits_longer() {
        let (t0, mut registration) = asked(2);
        registration.failed(t0, failure(403), 0);
        assert_eq!((registration.asking().0, registration.deadline()), (0, t0 + secs(60)));
        assert_eq!(registration.standing(), &Standing::Failed(failure(403)));
        let mut now = t0;
        for _ in 0..10 {
            now = registration.deadline();
            assert!(registration.tick(now, 0));
            registration.failed(now, failure(403), 0);
        }
        assert_eq!(registration.deadline(), now + secs(1800));
    }

    #[test]
    fn pauses_are_spread_and_what_the_registrar_asks_for_is_heeded_within_reason() {
        let (t0, mut registration) = asked(1);
        registration.failed(t0, failure(403), 255);
        assert!(registration.deadline() > t0 + secs(45) && registration.deadline() < t0 + secs(46));
        for (asked_for, waited) in [(120, 120), (999_999, 3600)] {
            let (t0, mut registration) = asked(1);
            registration.failed(t0, Failure { retry_after: Some(secs(asked_for)), ..failure(503) }, 0);
            assert_eq!(registration.deadline(), t0 + secs(waited));
        }
    }

    #[test]
    fn a_longer_life_is_asked_for_once_where_the_registrar_insists() {
        let (t0, mut registration) = asked(1);
        assert!(registration.too_brief(t0, secs(3600)));
        assert!(registration.tick(t0, 0));
        assert_eq!(registration.asking(), (0, secs(3600)));
        assert!(!registration.too_brief(t0, secs(3600)), "it said so before");
        assert!(!registration.too_brief(t0, secs(1_000_000)));
    }

    #[test]
    fn a_lost_connection_is_made_good_soon() {
        let (t0, mut registration) = asked(1);
        registration.accepted(t0, secs(600), 0);
        registration.lost(t0, 3_999);
        assert!(registration.deadline() > t0 && registration.deadline() <= t0 + secs(5));
        let (t0, mut failing) = asked(1);
        failing.failed(t0, failure(403), 0);
        failing.lost(t0, 0);
        assert_eq!(failing.deadline(), t0 + secs(60), "who is not registered loses nothing");
    }

    #[test]
    fn a_life_of_nothing_is_a_refusal() {
        let (t0, mut registration) = asked(1);
        registration.accepted(t0, Duration::ZERO, 0);
        assert!(matches!(registration.standing(), Standing::Failed(_)));
    }
}
