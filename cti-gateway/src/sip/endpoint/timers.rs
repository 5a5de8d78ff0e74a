//! All alarms of an endpoint in one ordered set: arming, disarming and taking the next are O(log n), looking is O(1)-ish.
//! Whoever is armed keeps the moment it is armed for, so nothing stale ever lies in the set.

use std::collections::BTreeSet;
use std::time::Instant;

/// A set of alarms, at most one per owner.
#[derive(Debug)]
pub struct Timers<K> {
    set: BTreeSet<(Instant, K)>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self { set: BTreeSet::new() }
    }
}

impl<K: Ord + Copy> Timers<K> {
    /// Moves the alarm of `key` from `armed` (kept by its owner) to `at`; `None` disarms.
    pub fn set(&mut self, key: K, armed: &mut Option<Instant>, at: Option<Instant>) {
        if *armed == at {
            return;
        }
        if let Some(old) = armed.take() {
            self.set.remove(&(old, key));
        }
        if let Some(at) = at {
            self.set.insert((at, key));
            *armed = Some(at);
        }
    }

    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        self.set.first().map(|(at, _)| *at)
    }

    /// The owner of the earliest alarm that is due. Its alarm stays set: the owner arms itself anew.
    #[must_use]
    pub fn due(&self, now: Instant) -> Option<K> {
        self.set.first().filter(|(at, _)| *at <= now).map(|(_, key)| *key)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.set.len()
    }
}
