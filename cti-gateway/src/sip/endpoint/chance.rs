//! Tags, branches and Call-IDs: unguessable from outside, the same again for the same seed.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

/// SipHash over a counter, keyed by the seed: seeing some outputs does not give the next (RFC 3261 §19.3).
#[derive(Debug)]
pub struct Chance {
    seed: u64,
    count: u64,
}

impl Chance {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    pub fn next(&mut self) -> u64 {
        self.count += 1;
        let mut hasher = DefaultHasher::new();
        (self.seed, self.seed.rotate_left(32) ^ 0x005a_756f_7869, self.count).hash(&mut hasher);
        hasher.finish()
    }

    /// From 0 to `below` - 1.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next() % below.max(1)
    }

    /// A tag of 64 bits.
    pub fn tag(&mut self) -> String {
        format!("{:016x}", self.next())
    }

    /// A branch with the magic cookie.
    pub fn branch(&mut self) -> String {
        format!("z9hG4bK{:016x}", self.next())
    }

    pub fn call_id(&mut self) -> String {
        let mut id = String::with_capacity(32);
        let _ = write!(id, "{:016x}{:08x}", self.next(), self.next() as u32);
        id
    }
}
