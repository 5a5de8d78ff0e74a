//! Ids are types. Each is a time-ordered 63-bit integer (Snowflake layout), made without asking a database, written
//! as a decimal string in JSON (JavaScript numbers end at 2^53) and as BIGINT in SQL.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::EpochMs;

/// 2024-01-01T00:00:00Z, where the 41 bits of milliseconds begin; they last until 2093.
const BEGIN_MS: EpochMs = 1_704_067_200_000;
const NODE_BITS: u32 = 10;
const SEQ_BITS: u32 = 12;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
        #[ts(as = "String", export_to = "contract.gen.ts")]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl From<i64> for $name { fn from(id: i64) -> Self { Self(id) } }
        impl From<$name> for i64 { fn from(id: $name) -> i64 { id.0 } }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> { parse(text).map(Self) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.collect_str(&self.0) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

ids! {
    /// One contact of a customer with the company, from its first moment to its last; for voice, the call as the customer lives it.
    InteractionId
    /// One SIP or WebRTC dialog and its media.
    LegId
    /// One attempt to give an interaction to an agent.
    OfferId
    /// A person who signs in: agent, supervisor, QA or administrator. Not the phone, not the session.
    AgentId
    /// Where callers wait for agents with given skills.
    QueueId
    /// What an agent can serve.
    SkillId
    /// What an agent talks on.
    StationId
    /// A line to the outside world.
    TrunkId
    /// A PBX that routes and carries calls beside us.
    PbxId
    /// A dialed number of ours.
    NumberId
    /// A customer: organisation or person.
    CustomerId
    /// A person at a customer.
    ContactId
    /// One number or address of a customer or contact.
    ContactPointId
    /// One audio file of an interaction.
    RecordingId
    /// A group of agents with a supervisor; the unit of data scope.
    TeamId
    /// What a person may say an interaction came to.
    DispositionId
    /// Why an agent is not ready.
    ReasonId
    /// Any row that needs an id and no type of its own.
    RowId
}

/// An id that does not read as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: expected a whole number from 0 to 9223372036854775807")]
pub struct BadId(String);

fn parse(text: &str) -> Result<i64, BadId> {
    // No sign, no blanks: one id has one spelling.
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or_else(|| BadId(text.chars().take(40).collect()))
}

/// Makes ids for one node. Lock-free; ids of one maker always grow, also when the clock steps back.
#[derive(Debug)]
pub struct IdMaker {
    node: i64,
    /// Milliseconds since [`BEGIN_MS`] and the sequence within them, in one word.
    last: AtomicI64,
}

impl IdMaker {
    /// `node`: 0 to 1023, unique among nodes that share a database.
    #[must_use]
    pub fn new(node: u16) -> Self {
        Self { node: i64::from(node) & ((1 << NODE_BITS) - 1), last: AtomicI64::new(0) }
    }

    /// The next id at `now`. Past 4096 ids in one millisecond it borrows from the next.
    pub fn make<T: From<i64>>(&self, now: EpochMs) -> T {
        let tick = (now - BEGIN_MS).max(0) << SEQ_BITS;
        let step = |last: i64| Some(tick.max(last + 1));
        let stamp = match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(last) | Err(last) => tick.max(last + 1),
        };
        let (ms, seq) = (stamp >> SEQ_BITS, stamp & ((1 << SEQ_BITS) - 1));
        T::from((ms << (NODE_BITS + SEQ_BITS)) | (self.node << SEQ_BITS) | seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_stay_positive_even_when_the_clock_steps_back() {
        let maker = IdMaker::new(7);
        let mut last = -1;
        for now in [BEGIN_MS + 5, BEGIN_MS + 5, BEGIN_MS + 4, BEGIN_MS + 9] {
            for _ in 0..5000 {
                let id: i64 = maker.make(now);
                assert!(id > last && (id >> SEQ_BITS) & 1023 == 7);
                last = id;
            }
        }
        let far: i64 = IdMaker::new(1023).make(BEGIN_MS + (1 << 41) - 1);
        assert!(far > 0);
    }

    #[test]
    fn an_id_is_a_string_in_json_and_has_one_spelling() {
        assert_eq!(serde_json::to_string(&AgentId(42)).unwrap(), "\"42\"");
        assert_eq!(serde_json::from_str::<AgentId>("\"42\"").unwrap(), AgentId(42));
        for bad in ["", "+1", "-1", " 1", "1.0", "9223372036854775808"] {
            assert!(bad.parse::<AgentId>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<AgentId>("42").is_err());
    }
}
