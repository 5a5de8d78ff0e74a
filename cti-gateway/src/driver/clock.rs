//! Wall time that never steps: read once at start, then carried on by the monotonic clock, so that a correction of the
//! system clock neither ends a wrap-up nor loses a lease.

use std::time::Instant;

use contract::EpochMs;

#[derive(Debug, Clone, Copy)]
pub struct Clock {
    epoch: EpochMs,
    began: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the driver's one reading of the wall clock")]
    #[must_use]
    pub fn start() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { epoch: i64::try_from(since.as_millis()).unwrap_or(i64::MAX), began: Instant::now() }
    }

    #[must_use]
    pub fn now(&self) -> EpochMs {
        self.epoch + i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The instant at which `now()` will be `at`; the past is the start.
    #[must_use]
    pub fn instant(&self, at: EpochMs) -> Instant {
        self.began + std::time::Duration::from_millis(u64::try_from(at - self.epoch).unwrap_or(0))
    }
}
