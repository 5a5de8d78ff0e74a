//! The one reading of the wall clock in this crate.

use contract::EpochMs;

/// Now, in milliseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "what the web shows and keeps is told by the wall clock")]
#[must_use]
pub fn now() -> EpochMs {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// For measuring how long something took.
#[expect(clippy::disallowed_methods, reason = "latencies are measured, never decided upon")]
#[must_use]
pub fn instant() -> std::time::Instant {
    std::time::Instant::now()
}
