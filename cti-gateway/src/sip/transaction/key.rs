//! What makes two messages belong to one transaction (RFC 3261 §17.1.3, §17.2.3), as a fixed-size key.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A keyed 128-bit digest of what identifies a transaction: a table entry costs 16 bytes, whatever the branch's length,
/// and a stranger cannot aim at a collision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TxKey(u128);

/// Makes keys with a secret of this endpoint.
#[derive(Debug, Clone, Copy)]
pub struct KeyMaker {
    secret: (u64, u64),
}

/// Clients and servers share one table without meeting.
const CLIENT: u8 = 1;
const SERVER: u8 = 2;
const OLD_SERVER: u8 = 3;
const OTHER: u8 = 4;

impl KeyMaker {
    #[must_use]
    pub fn new(secret: (u64, u64)) -> Self {
        Self { secret }
    }

    /// Responses find their request by branch and CSeq method.
    #[must_use]
    pub fn client(&self, branch: &str, method: &str) -> TxKey {
        self.make(CLIENT, &[branch, method])
    }

    /// Requests with the magic cookie: branch, sent-by and method; for ACK give `INVITE`.
    #[must_use]
    pub fn server(&self, branch: &str, sent_by: &str, method: &str) -> TxKey {
        self.make(SERVER, &[branch, sent_by, method])
    }

    /// Requests of RFC 2543: Request-URI, From tag, Call-ID, CSeq number, top Via, and method.
    #[must_use]
    pub fn old_server(&self, parts: &[&str]) -> TxKey {
        self.make(OLD_SERVER, parts)
    }

    /// Below every other key.
    #[must_use]
    pub fn least(&self) -> TxKey {
        TxKey(0)
    }

    /// Any other identity that must be short and unforgeable.
    #[must_use]
    pub fn other(&self, parts: &[&str]) -> TxKey {
        self.make(OTHER, parts)
    }

    fn make(&self, kind: u8, parts: &[&str]) -> TxKey {
        let half = |secret: u64| {
            let mut hasher = DefaultHasher::new();
            secret.hash(&mut hasher);
            kind.hash(&mut hasher);
            parts.hash(&mut hasher);
            hasher.finish()
        };
        TxKey((u128::from(half(self.secret.0)) << 64) | u128::from(half(self.secret.1)))
    }
}

impl TxKey {
    /// The lower half: enough where both ends are ours.
    #[must_use]
    pub fn low(self) -> u64 {
        self.0 as u64
    }
}
