//! After a stop of any kind: what was open is closed by events that say so, recordings are made whole, and the seats that
//! were there are told to the phones. A clean stop leaves nothing for this to do.

use std::path::Path;

use contract::{Activity, EpochMs, EventKind, InteractionId, Seat};
use store::{Db, DbError, LedgerWriter};

use crate::clock::now;

/// Records what must be said of the time before, once the folds have taken all of it.
///
/// # Errors
/// Those of the database.
pub async fn close_what_was_open(db: &Db, ledger: &LedgerWriter, recordings: &Path, seats: &[Seat]) -> Result<(), DbError> {
    let at = now();
    let node = ledger.node();
    for open in recordings::repair::after_a_crash(db, recordings, node).await? {
        tracing::warn!(recording.id = %open.recording, "recording {} was cut by a stop and is whole again", open.recording);
        for fact in open.facts {
            ledger.record(at, Some(open.interaction), fact);
        }
    }
    for open in crm::interactions::open_at_crash(db, node).await? {
        if !open.call && seats.iter().any(|seat| wraps_up(seat, open.interaction, at)) {
            // The phones take this wrap-up on and end it themselves.
            continue;
        }
        tracing::warn!(interaction.id = %open.interaction, "interaction {} was cut by a stop", open.interaction);
        ledger.record(at, Some(open.interaction), EventKind::Interrupted { last_seen: open.last_seen });
    }
    ledger.record(at, None, EventKind::NodeStarted { version: env!("CARGO_PKG_VERSION").into() });
    Ok(())
}

fn wraps_up(seat: &Seat, call: InteractionId, now: EpochMs) -> bool {
    matches!(seat.activity, Activity::WrapUp { interaction, until: Some(until), .. } if interaction == call && until > now)
}
