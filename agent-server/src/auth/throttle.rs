//! How often one key (an address, a name nobody has) may fail: pure, bounded, takes `now`.

use std::collections::HashMap;

use contract::EpochMs;

/// Failures in a window, per key. When full, the key with the oldest window is forgotten.
#[derive(Debug)]
pub struct Throttle {
    most_failures: u32,
    window_ms: i64,
    most_keys: usize,
    keys: HashMap<String, Failures>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: EpochMs,
    count: u32,
}

impl Throttle {
    #[must_use]
    pub fn new(most_failures: u32, window_ms: i64, most_keys: usize) -> Self {
        Self { most_failures, window_ms, most_keys, keys: HashMap::new() }
    }

    /// How long this key has to wait, in seconds; `None`: it may try.
    #[must_use]
    pub fn wait_seconds(&self, key: &str, now: EpochMs) -> Option<u64> {
        let failures = self.keys.get(key).filter(|f| f.count >= self.most_failures)?;
        let left = failures.since + self.window_ms - now;
        (left > 0).then(|| u64::try_from(left.div_euclid(1000) + 1).unwrap_or(1))
    }

    pub fn failed(&mut self, key: &str, now: EpochMs) {
        if !self.keys.contains_key(key) && self.keys.len() >= self.most_keys {
            self.make_room(now);
        }
        let failures = self.keys.entry(key.to_owned()).or_insert(Failures { since: now, count: 0 });
        if now - failures.since >= self.window_ms {
            *failures = Failures { since: now, count: 0 };
        }
        failures.count = failures.count.saturating_add(1);
    }

    fn make_room(&mut self, now: EpochMs) {
        let window = self.window_ms;
        self.keys.retain(|_, f| now - f.since < window);
        if self.keys.len() >= self.most_keys
            && let Some(oldest) = self.keys.iter().min_by_key(|(_, f)| f.since).map(|(key, _)| key.clone())
        {
            self.keys.remove(&oldest);
        }
    }
}

/// Names nobody has, locked by the rule of names somebody has, so that a lock tells nothing. When full, the name whose lock
/// ended first is forgotten.
#[derive(Debug)]
pub struct Strangers {
    most_names: usize,
    names: HashMap<String, (i64, EpochMs)>,
}

impl Strangers {
    #[must_use]
    pub fn new(most_names: usize) -> Self {
        Self { most_names, names: HashMap::new() }
    }

    #[must_use]
    pub fn locked_until(&self, name: &str) -> EpochMs {
        self.names.get(name).map_or(0, |(_, until)| *until)
    }

    pub fn failed(&mut self, name: &str, now: EpochMs) {
        if !self.names.contains_key(name) && self.names.len() >= self.most_names {
            let first = self.names.iter().min_by_key(|(_, (_, until))| *until).map(|(name, _)| name.clone());
            first.map(|name| self.names.remove(&name));
        }
        let (failures, until) = self.names.entry(name.to_owned()).or_default();
        *failures += 1;
        *until = company::credentials::locked_until(*failures, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_nobody_has_locks_as_an_account_does() {
        let mut strangers = Strangers::new(2);
        for now in 0..4 {
            strangers.failed("nobody", now);
            assert_eq!(strangers.locked_until("nobody"), 0);
        }
        strangers.failed("nobody", 10);
        assert_eq!(strangers.locked_until("nobody"), company::credentials::locked_until(5, 10));
        strangers.failed("b", 11);
        strangers.failed("c", 12);
        assert_eq!(strangers.names.len(), 2);
        assert!(strangers.locked_until("nobody") > 0, "a lock is kept before a name without one");
    }

    #[test]
    fn too_many_failures_wait_until_their_window_is_over_and_others_are_not_held_up() {
        let mut throttle = Throttle::new(3, 60_000, 10);
        for at in 0..3 {
            assert_eq!(throttle.wait_seconds("a", at), None);
            throttle.failed("a", at);
        }
        assert_eq!(throttle.wait_seconds("a", 10_000), Some(51));
        assert_eq!(throttle.wait_seconds("b", 10_000), None);
        assert_eq!(throttle.wait_seconds("a", 60_000), None);
        throttle.failed("a", 60_000);
        assert_eq!(throttle.wait_seconds("a", 60_001), None, "a new window begins at one");
    }

    #[test]
    fn however_many_keys_come_memory_stays_bounded() {
        let mut throttle = Throttle::new(3, 60_000, 100);
        for n in 0..10_000 {
            throttle.failed(&n.to_string(), n);
        }
        assert_eq!(throttle.keys.len(), 100);
    }
}
