//! Whether phones get calls of the PBX's queues, and whether seats are ready: kept in step, without either echoing the other for
//! ever. What a seat says is asserted; what somebody else changes at the PBX changes the seat, and is asserted by nobody until
//! the seat says something new.

use std::collections::BTreeMap;

use contract::EpochMs;

/// Phones there are at most.
const MOST_PHONES: usize = 20_000;
/// What was done is told by then, where it is told at all.
const ECHO_MS: EpochMs = 2_000;

/// What a phone is to be, and is.
#[derive(Debug, Clone, Default)]
struct Phone {
    wanted: Option<(bool, String)>,
    /// Until it is known that this was done, what is told may be older than it.
    asked: Option<Asked>,
    /// Somebody at the PBX set it; the seat's word that follows is no news there.
    followed: bool,
}

/// What was asked: it is answered, and its echo comes, in whichever order.
#[derive(Debug, Clone)]
struct Asked {
    token: u64,
    done: Option<EpochMs>,
    echoed: bool,
}

impl Asked {
    fn new(token: u64) -> Self {
        Self { token, done: None, echoed: false }
    }

    /// Nothing older can be told any more.
    fn is_over(&self, now: EpochMs) -> bool {
        self.done.is_some_and(|done| self.echoed || now >= done + ECHO_MS)
    }
}

/// All phones of one PBX.
#[derive(Debug, Default)]
pub struct Pauses {
    phones: BTreeMap<String, Phone>,
}

/// What a word of the PBX means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Nothing,
    /// Somebody at the PBX changed it: the seat is to follow.
    Changed,
    /// It has begun anew and knows nothing of what was set: to be set again.
    Again,
}

impl Pauses {
    /// A seat says how its phone is to be. Whether the PBX must be told; then with this token.
    pub fn want(&mut self, line: &str, paused: bool, reason: &str, token: u64) -> bool {
        if self.phones.len() >= MOST_PHONES && !self.phones.contains_key(line) {
            return false;
        }
        let phone = self.phones.entry(line.to_owned()).or_default();
        let wanted = Some((paused, reason.to_owned()));
        if phone.wanted == wanted {
            return false;
        }
        let follows = std::mem::take(&mut phone.followed) && phone.wanted.as_ref().is_some_and(|(before, _)| *before == paused);
        phone.wanted = wanted;
        if !follows {
            phone.asked = Some(Asked::new(token));
        }
        !follows
    }

    /// Nobody sits there any more whose seat would say.
    pub fn forget(&mut self, line: &str) {
        self.phones.remove(line);
    }

    /// What was asked is not done, or was not said: nothing is to be waited for. Whether it was a pause at all.
    pub fn refused(&mut self, token: u64) -> bool {
        let mut any = false;
        for phone in self.phones.values_mut().filter(|phone| phone.asked.as_ref().is_some_and(|asked| asked.token == token)) {
            (phone.asked, any) = (None, true);
        }
        any
    }

    /// What was asked is done. That it is so is told apart, mostly after this.
    pub fn done(&mut self, now: EpochMs, token: u64) {
        for asked in self.phones.values_mut().filter_map(|phone| phone.asked.as_mut()).filter(|asked| asked.token == token) {
            asked.done = Some(now);
        }
    }

    /// The PBX tells how a phone is.
    pub fn told(&mut self, now: EpochMs, line: &str, paused: bool, listing: bool) -> Heard {
        let Some(phone) = self.phones.get_mut(line) else { return Heard::Nothing };
        let Some((wanted, _)) = &mut phone.wanted else { return Heard::Nothing };
        phone.asked = phone.asked.take().filter(|asked| !asked.is_over(now));
        if let Some(asked) = &mut phone.asked {
            // One that says otherwise is older: the echo is still to come.
            asked.echoed = *wanted == paused;
        }
        if *wanted == paused || phone.asked.is_some() {
            return Heard::Nothing;
        }
        if listing {
            return Heard::Again;
        }
        // Said once for every queue: the first is news, and then it is what is wanted.
        (*wanted, phone.followed) = (paused, true);
        Heard::Changed
    }

    /// A queue has the phone from now on, and takes it to be so: nobody chose that. How it is to be, where that is otherwise.
    #[must_use]
    pub fn added(&self, line: &str, paused: bool) -> Option<(bool, String)> {
        self.phones.get(line)?.wanted.clone().filter(|(wanted, _)| *wanted != paused)
    }

    /// All that seats say, for a PBX that has come back.
    pub fn all(&self) -> Vec<(String, bool, String)> {
        let wanted = |(line, phone): (&String, &Phone)| phone.wanted.clone().map(|(paused, reason)| (line.clone(), paused, reason));
        self.phones.iter().filter_map(wanted).collect()
    }

    /// Asked once more.
    pub fn asked_again(&mut self, line: &str, token: u64) {
        if let Some(phone) = self.phones.get_mut(line) {
            phone.asked = Some(Asked::new(token));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_of_ours_is_told_once_and_its_echoes_are_no_news() {
        let mut pauses = Pauses::default();
        assert!(pauses.want("PJSIP/a001", true, "Lunch", 1));
        assert!(!pauses.want("PJSIP/a001", true, "Lunch", 2), "told before");
        assert!(pauses.want("PJSIP/a001", true, "Meeting", 2), "another reason is news there");
        assert_eq!(pauses.told(0, "PJSIP/a001", false, false), Heard::Nothing, "older than what was asked");
        pauses.done(0, 2);
        assert_eq!(pauses.told(0, "PJSIP/a001", false, false), Heard::Nothing, "that it was done is answered before it is told");
        for _ in 0..3 {
            assert_eq!(pauses.told(0, "PJSIP/a001", true, false), Heard::Nothing, "one for each queue");
        }
        assert_eq!(pauses.told(0, "PJSIP/other", true, false), Heard::Nothing, "nobody of ours sits there");
    }

    #[test]
    fn a_pause_by_others_changes_the_seat_once_and_is_not_sent_back() {
        let mut pauses = Pauses::default();
        pauses.want("a", false, "", 1);
        assert_eq!(pauses.told(0, "a", false, false), Heard::Nothing, "its echo");
        pauses.done(0, 1);
        assert_eq!(pauses.told(0, "a", true, false), Heard::Changed);
        assert_eq!(pauses.told(0, "a", true, false), Heard::Nothing, "the next queue says the same");
        assert!(!pauses.want("a", true, "Lunch", 2), "the seat follows: no news there");
        assert_eq!(pauses.told(0, "a", false, false), Heard::Changed);
        assert!(pauses.want("a", true, "After call", 3), "the seat does not follow, and says so");
        pauses.done(0, 3);
        assert_eq!(pauses.told(0, "a", true, false), Heard::Nothing);
    }

    #[test]
    fn a_pbx_that_begins_anew_is_told_again() {
        let mut pauses = Pauses::default();
        pauses.want("a", true, "Lunch", 1);
        pauses.refused(1);
        assert_eq!(pauses.told(0, "a", false, true), Heard::Again);
        assert_eq!(pauses.all(), [("a".to_owned(), true, "Lunch".to_owned())]);
        pauses.asked_again("a", 2);
        assert_eq!(pauses.told(0, "a", false, true), Heard::Nothing, "asked already");
        pauses.forget("a");
        assert!(pauses.all().is_empty());
    }

    #[test]
    fn an_echo_that_never_comes_is_waited_for_only_so_long() {
        let mut pauses = Pauses::default();
        pauses.want("a", true, "Lunch", 1);
        pauses.done(1_000, 1);
        assert_eq!(pauses.told(999 + ECHO_MS, "a", false, false), Heard::Nothing);
        assert_eq!(pauses.told(1_000 + ECHO_MS, "a", false, false), Heard::Changed);
        // Said no to, there is none.
        pauses.want("a", true, "Meeting", 2);
        pauses.refused(2);
        assert_eq!(pauses.told(9_000, "a", false, false), Heard::Changed);
    }

    #[test]
    fn echoes_of_what_was_asked_before_do_not_end_the_wait_for_the_last() {
        let mut pauses = Pauses::default();
        for (token, paused) in [(1, true), (2, false), (3, true)] {
            pauses.want("a", paused, "", token);
        }
        for (token, paused) in [(1, true), (2, false), (3, true)] {
            assert_eq!(pauses.told(0, "a", paused, false), Heard::Nothing);
            pauses.done(0, token);
        }
        assert_eq!(pauses.told(0, "a", false, false), Heard::Changed, "and this is of somebody there");
    }

    #[test]
    fn a_queue_that_takes_a_phone_on_changes_no_seat_and_is_told_what_the_seat_wants() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.added("a", false), None, "nobody of ours sits there");
        pauses.want("a", true, "Lunch", 1);
        assert_eq!(pauses.added("a", false), Some((true, "Lunch".to_owned())), "asked before, it was for the other queues");
        assert_eq!(pauses.added("a", true), None);
        assert_eq!(pauses.all(), [("a".to_owned(), true, "Lunch".to_owned())]);
    }
}
