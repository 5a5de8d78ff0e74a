//! Who is kept out, and when the house is full: offences and bans by address, new calls by number and rate.
//! Start at [`Admission::admit`] and [`Admission::is_banned`]. All maps are bounded; all bans expire.
//! Never in this room: messages, sockets, clocks.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::api::Limits;
use super::pace::{Pace, Strain};

/// How long an address is known by a password that came from it.
const PROOF_LIFE: Duration = Duration::from_secs(3600);
/// So many questions for a password that lead to nothing are one offence: more than the phones of an office that all come
/// back at once, before the first of them has answered.
const CHALLENGES: u32 = 64;

/// Why a new call is refused with 503.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the endpoint is draining")]
    Draining,
    #[error("the sockets are flooded, or the house lags behind")]
    Pressure,
    #[error("the house has all the calls it may have at once")]
    Full,
    #[error("more dialogs than `dialogs`")]
    Dialogs,
    #[error("more transactions than `transactions`")]
    Transactions,
    #[error("more new calls wait for the house than `untouched`")]
    Untouched,
    #[error("more new calls in one second than `invites_per_second`")]
    Rate,
}

/// What is held right now.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub dialogs: usize,
    pub transactions: usize,
    pub untouched: usize,
}

#[derive(Debug, Clone, Copy)]
struct Offender {
    since: Instant,
    offences: u32,
    /// Challenges that led to nothing so far, and weigh like one offence together.
    challenges: u32,
    banned_until: Option<Instant>,
}

impl Offender {
    fn is_stale(&self, now: Instant, window: Duration) -> bool {
        match self.banned_until {
            Some(until) => now >= until,
            None => now >= self.since + window,
        }
    }
}

/// The book of the doorkeeper.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    draining: bool,
    flooded: bool,
    lagging: bool,
    full: bool,
    behind: Duration,
    pace: Pace,
    offenders: HashMap<IpAddr, Offender>,
    bans: usize,
    /// Addresses a right password came from, and when last.
    proved: HashMap<IpAddr, Instant>,
    /// The running second and the INVITEs taken in it.
    second: Option<(Instant, u32)>,
    /// The same for phones asked.
    watching: Option<(Instant, u32)>,
}

impl Admission {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, draining: false, flooded: false, lagging: false, full: false, behind: Duration::ZERO, pace: Pace::default(), offenders: HashMap::new(), bans: 0, proved: HashMap::new(), second: None, watching: None }
    }

    pub fn drain(&mut self, on: bool) {
        self.draining = on;
    }

    /// The sockets bring more than is worked off: new calls are taken at a pace.
    pub fn flooded(&mut self, on: bool) {
        self.flooded = on;
    }

    /// What the house writes down lags so much behind what happens.
    pub fn behind(&mut self, time: Duration) {
        self.behind = time;
    }

    /// Nobody works off what the house is told: no new calls.
    pub fn lagging(&mut self, on: bool) {
        self.lagging = on;
    }

    /// The house has all the calls it may have at once: it would refuse more, at a higher price.
    pub fn full(&mut self, on: bool) {
        self.full = on;
    }

    /// New calls are refused, or taken at a pace: they are looked at before they are read.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.flooded || self.lagging || self.full || self.pace.is_on()
    }

    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining
    }

    /// Takes one new call in, or says why not.
    /// # Errors
    /// [`Refusal`]: 503 with Retry-After.
    pub fn admit(&mut self, now: Instant, load: Load) -> Result<(), Refusal> {
        if self.draining {
            return Err(Refusal::Draining);
        }
        if self.lagging {
            return Err(Refusal::Pressure);
        }
        if load.dialogs >= self.limits.dialogs {
            return Err(Refusal::Dialogs);
        }
        if load.transactions >= self.limits.transactions {
            return Err(Refusal::Transactions);
        }
        if load.untouched >= self.limits.untouched {
            return Err(Refusal::Untouched);
        }
        if self.limits.invites_per_second > 0 {
            let most = self.limits.invites_per_second;
            if !one_more(&mut self.second, now, most) {
                return Err(Refusal::Rate);
            }
        }
        if self.full {
            self.pace.hold(now);
            return Err(Refusal::Full);
        }
        if self.pace.take(now, self.flooded, Strain { waiting: load.untouched, behind: self.behind }) { Ok(()) } else { Err(Refusal::Pressure) }
    }

    /// One more phone may be asked in this second.
    pub fn may_watch(&mut self, now: Instant) -> bool {
        one_more(&mut self.watching, now, self.limits.watch_per_second)
    }

    /// Messages from here are dropped unread. An expired ban is forgotten.
    pub fn is_banned(&mut self, now: Instant, ip: IpAddr) -> bool {
        if self.bans == 0 {
            return false;
        }
        let Some(offender) = self.offenders.get(&ip) else { return false };
        match offender.banned_until {
            Some(until) if now < until => true,
            Some(_) => {
                self.offenders.remove(&ip);
                self.bans -= 1;
                false
            }
            None => false,
        }
    }

    /// Counts an offence of this address; true when it leads to a ban.
    pub fn offence(&mut self, now: Instant, ip: IpAddr) -> bool {
        if self.limits.offences == 0 {
            return false;
        }
        let (most, ban) = (self.limits.offences, self.limits.ban);
        let offender = self.offender(now, ip);
        offender.offences = offender.offences.saturating_add(1);
        let banned = offender.banned_until.is_none() && offender.offences >= most;
        if banned {
            offender.banned_until = Some(now + ban);
            self.bans += 1;
        }
        banned
    }

    /// The entry of an address, begun anew where its window is over.
    fn offender(&mut self, now: Instant, ip: IpAddr) -> &mut Offender {
        if !self.offenders.contains_key(&ip) && self.offenders.len() >= self.limits.offenders {
            self.make_room(now);
        }
        let window = self.limits.offence_window;
        let blank = Offender { since: now, offences: 0, challenges: 0, banned_until: None };
        let offender = self.offenders.entry(ip).or_insert(blank);
        if offender.banned_until.is_none() && now >= offender.since + window {
            *offender = blank;
        }
        offender
    }

    /// Somebody here was asked for a password. One who never gives it and asks on is no phone: many such questions are an
    /// offence. True when it leads to a ban.
    pub fn challenged(&mut self, now: Instant, ip: IpAddr) -> bool {
        if self.limits.offences == 0 {
            return false;
        }
        let challenges = self.offender(now, ip).challenges + 1;
        let full = challenges >= CHALLENGES;
        self.offender(now, ip).challenges = if full { 0 } else { challenges };
        full && self.offence(now, ip)
    }

    /// A right password came from this address.
    pub fn proved(&mut self, now: Instant, ip: IpAddr) {
        if !self.proved.contains_key(&ip) && self.proved.len() >= self.limits.offenders {
            self.proved.retain(|_, at| now < *at + PROOF_LIFE);
            if self.proved.len() >= self.limits.offenders {
                return;
            }
        }
        self.proved.insert(ip, now);
    }

    #[must_use]
    pub fn has_proved(&self, now: Instant, ip: IpAddr) -> bool {
        self.proved.get(&ip).is_some_and(|at| now < *at + PROOF_LIFE)
    }

    /// Forgets what is stale; where nothing is, one that is not banned, else any one.
    fn make_room(&mut self, now: Instant) {
        let window = self.limits.offence_window;
        self.offenders.retain(|_, o| !o.is_stale(now, window));
        if self.offenders.len() >= self.limits.offenders {
            let mild = self.offenders.iter().find(|(_, o)| o.banned_until.is_none()).map(|(ip, _)| *ip);
            if let Some(ip) = mild.or_else(|| self.offenders.keys().next().copied()) {
                self.offenders.remove(&ip);
            }
        }
        self.bans = self.offenders.values().filter(|o| o.banned_until.is_some()).count();
    }

    #[must_use]
    pub fn bans(&self) -> usize {
        self.bans
    }
}

/// Counts one more in the running second, where it is not full.
fn one_more(second: &mut Option<(Instant, u32)>, now: Instant, most: u32) -> bool {
    let (began, taken) = second.get_or_insert((now, 0));
    if now.saturating_duration_since(*began) >= Duration::from_secs(1) {
        (*began, *taken) = (now, 0);
    }
    if *taken >= most {
        return false;
    }
    *taken += 1;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Load = Load { dialogs: 0, transactions: 0, untouched: 0 };

    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn start() -> Instant {
        Instant::now()
    }

    fn ip(n: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + n).to_be_bytes())
    }

    #[test]
    fn repeated_offences_within_the_window_ban_an_address_until_the_ban_expires() {
        let t0 = start();
        let limits = Limits { offences: 3, ..Limits::default() };
        let mut door = Admission::new(limits.clone());
        assert!(!door.offence(t0, ip(1)));
        assert!(!door.offence(t0 + limits.offence_window, ip(1)), "the first was too long ago");
        assert!(!door.offence(t0 + limits.offence_window, ip(1)));
        assert!(!door.is_banned(t0 + limits.offence_window, ip(1)));
        assert!(door.offence(t0 + limits.offence_window, ip(1)));
        let banned = t0 + limits.offence_window;
        assert!(door.is_banned(banned, ip(1)) && !door.is_banned(banned, ip(2)));
        assert!(!door.is_banned(banned + limits.ban, ip(1)));
        assert_eq!(door.bans(), 0);
    }

    #[test]
    fn who_asks_on_and_never_gives_a_password_is_banned_in_the_end() {
        let t0 = start();
        let limits = Limits { offences: 2, ..Limits::default() };
        let mut door = Admission::new(limits.clone());
        assert!((1..2 * CHALLENGES).all(|_| !door.challenged(t0, ip(1))));
        assert!(door.challenged(t0, ip(1)) && door.is_banned(t0, ip(1)));
        let slowly = |n: u32| t0 + limits.offence_window * n / CHALLENGES;
        assert!((0..9 * CHALLENGES).all(|n| !door.challenged(slowly(n), ip(2))), "a phone that asks now and then is none");
    }

    #[test]
    fn a_flood_of_addresses_stays_within_the_bound_and_frees_no_ban() {
        let t0 = start();
        let mut door = Admission::new(Limits { offences: 2, offenders: 100, ..Limits::default() });
        door.offence(t0, ip(7));
        door.offence(t0, ip(7));
        for n in 1000..20_000 {
            door.offence(t0, ip(n));
        }
        assert!(door.offenders.len() <= 100);
        assert!(door.is_banned(t0, ip(7)));
    }

    #[test]
    fn each_limit_refuses_in_its_own_name() {
        let t0 = start();
        let limits =
            Limits { dialogs: 5, transactions: 9, untouched: 3, invites_per_second: 2, ..Limits::default() };
        let mut door = Admission::new(limits);
        assert_eq!(door.admit(t0, Load { dialogs: 5, ..NONE }), Err(Refusal::Dialogs));
        assert_eq!(door.admit(t0, Load { transactions: 9, ..NONE }), Err(Refusal::Transactions));
        assert_eq!(door.admit(t0, Load { untouched: 3, ..NONE }), Err(Refusal::Untouched));
        assert_eq!([door.admit(t0, NONE), door.admit(t0, NONE)], [Ok(()), Ok(())]);
        assert_eq!(door.admit(t0 + Duration::from_millis(999), NONE), Err(Refusal::Rate));
        assert_eq!(door.admit(t0 + Duration::from_millis(1000), NONE), Ok(()));
        let later = t0 + Duration::from_secs(3);
        door.full(true);
        assert_eq!(door.admit(later, NONE), Err(Refusal::Full));
        door.full(false);
        assert_eq!(door.admit(later, NONE), Ok(()));
        door.lagging(true);
        assert_eq!(door.admit(t0, NONE), Err(Refusal::Pressure));
        door.drain(true);
        assert_eq!(door.admit(t0, NONE), Err(Refusal::Draining));
    }
}
