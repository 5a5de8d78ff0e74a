//! What the phones need from rooms above or beside them, as traits: the driver is given them at start.

use std::path::{Path, PathBuf};

use crate::{Candidate, Caller, EpochMs, EventKind, InteractionId, RecordingId};

/// The ledger, as seen by those who have something to tell it. Returns at once and never fails: what the database
/// cannot take now goes to a spool.
pub trait Ledger: Send + Sync + 'static {
    fn record(&self, at: EpochMs, interaction: Option<InteractionId>, kind: EventKind);

    /// How far it is: the last event told, and the last that is in the database. `None`: the database is away, and says
    /// nothing about how busy this machine is.
    fn progress(&self) -> Option<(u64, u64)> {
        None
    }
}

/// Who is calling. One indexed read; never delays the call, its answer arrives as an event.
pub trait Lookup: Send + Sync + 'static {
    fn identify(&self, caller: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>>;
}

/// Below the recordings folder: where it is noted that this recording is still to come from elsewhere. Whoever repairs recordings
/// after a crash leaves those alone.
#[must_use]
pub fn coming(recordings: &Path, recording: RecordingId) -> PathBuf {
    recordings.join(COMING).join(format!("{recording}.json"))
}

/// The folder of those notes.
pub const COMING: &str = ".coming";
