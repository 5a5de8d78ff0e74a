//! After a kill: recordings that were being written are made whole and told ended. The writer flushes at least every second, so
//! what is in the file is the talk up to then; only the lengths in its header may be behind. Start at [`after_a_crash`],
//! before the node records anything new, with the fold caught up.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use contract::{EventKind, InteractionId, RecordingId};
use store::{Db, DbError, vals};

use crate::rows;
use crate::wav::{HEAD, Layout};

/// What to record in the ledger, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    pub recording: RecordingId,
    pub interaction: InteractionId,
    pub facts: Vec<EventKind>,
}

/// Mends the files of all recordings that `node` left unfinished in `folder`, and says what the ledger must hear of each.
/// Doing it twice changes nothing. What is still to come from elsewhere is left to whoever fetches it.
/// # Errors
/// Only those of the database: a file that cannot be mended is a fact, not an error.
pub async fn after_a_crash(db: &Db, folder: &Path, node: u16) -> Result<Vec<Repaired>, DbError> {
    let sql = format!("SELECT {} FROM recording r WHERE r.node = $1 AND r.state = 'recording' ORDER BY r.recording_id", rows::COLUMNS);
    let mut all = Vec::new();
    for row in db.query(&sql, vals![node]).await? {
        let open = rows::read(&row)?;
        if contract::ports::coming(folder, open.recording).exists() {
            continue;
        }
        let (folder, path) = (folder.to_owned(), open.path.clone());
        let mended = tokio::task::spawn_blocking(move || mend(&folder, &path)).await;
        let mended = mended.unwrap_or_else(|e| Err(format!("mending it failed: {e}")));
        all.push(Repaired { recording: open.recording, interaction: open.interaction, facts: facts(open.recording, mended) });
    }
    Ok(all)
}

fn facts(recording: RecordingId, mended: Result<(u32, u64), String>) -> Vec<EventKind> {
    match mended {
        Ok((duration_ms, bytes)) => {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            // The last moments before the kill may be missing.
            vec![EventKind::RecordingEnded { recording, duration_ms, bytes, complete: false }]
        }
        Err(reason) => {
            tracing::error!(recording.id = %recording, "recording {recording} is lost: {reason}");
            vec![
                EventKind::RecordingGap { recording, ms: 0, reason },
                EventKind::RecordingEnded { recording, duration_ms: 0, bytes: 0, complete: false },
            ]
        }
    }
}

/// Milliseconds and bytes of a file whose header now says what is in it.
fn mend(folder: &Path, path: &str) -> Result<(u32, u64), String> {
    let full = below(folder, path)?;
    let mut file = OpenOptions::new().read(true).write(true).open(&full).map_err(|e| format!("{path}: {e}"))?;
    write_lengths(&mut file).map_err(|e| format!("{path}: {e}"))?.ok_or_else(|| format!("{path}: no audio was written yet"))
}

fn below(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let inside = !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if inside { Ok(folder.join(path)) } else { Err(format!("`{}` is no path below the recordings folder", path.escape_debug())) }
}

fn write_lengths(file: &mut File) -> std::io::Result<Option<(u32, u64)>> {
    let length = file.metadata()?.len();
    let mut head = Vec::new();
    (&mut *file).take(HEAD).read_to_end(&mut head)?;
    let Some(layout) = Layout::read(&head) else { return Ok(None) };
    let data = layout.frames(length) * layout.block();
    let whole = layout.data_at + data;
    // Half a moment at the end would shift the channels.
    if whole < length {
        file.set_len(whole)?;
    }
    let told = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
    for (at, old, new) in [(4, layout.riff_told, told(whole - 8)), (layout.data_at - 4, layout.data_told, told(data))] {
        if old != new {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&new.to_le_bytes())?;
        }
    }
    file.sync_all()?;
    Ok((data > 0).then(|| (layout.duration_ms(whole), whole)))
}
