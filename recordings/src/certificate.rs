//! The nightly proof: for every second an agent talked there is audio, or a stated reason, and every file belongs to a row and
//! every row to a file. Start at [`certify`]; what it lists must be nothing. The reckoning is pure ([`uncovered`]).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use contract::{AgentId, EpochMs, InteractionId, QueueId, RecordingId};
use serde::Serialize;
use store::files::FileError;
use store::{Db, DbError, Files, placeholders, vals};

use crate::rows::{self, Recording, RecordingState, Remark};

/// Between the word and the tape: the talk is told before the first frame is written, and ends before the last is flushed.
pub const TOLERANCE_MS: i64 = 1_000;
/// Files looked at; past this the certificate says that it did not see all.
const MOST_FILES: usize = 2_000_000;

/// Talk without audio and without a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    pub interaction: InteractionId,
    pub agent: AgentId,
    pub queue: Option<QueueId>,
    pub from: EpochMs,
    pub to: EpochMs,
}

/// Talk without audio, and why that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    pub interaction: InteractionId,
    pub ms: u64,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    pub from: EpochMs,
    pub to: EpochMs,
    pub talks: u64,
    pub talk_ms: u64,
    pub missing: Vec<Missing>,
    pub explained: Vec<Explained>,
    /// Rows whose file is gone or shorter than told.
    pub without_file: Vec<RecordingId>,
    /// Files that no row knows.
    pub without_row: Vec<String>,
    pub saw_all_files: bool,
}

impl Certificate {
    /// Nothing is missing.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.missing.is_empty() && self.without_file.is_empty() && self.without_row.is_empty() && self.saw_all_files
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the recordings' rows failed")]
    Db(#[from] DbError),
}

struct Talk {
    interaction: InteractionId,
    agent: AgentId,
    queue: Option<QueueId>,
    span: Range<EpochMs>,
}

/// Proves the talks that ended from `from` to before `to`. `recorded`: whether the rules want talks of a queue (or none) recorded.
/// # Errors
/// Those of the database and the files.
pub async fn certify(
    db: &Db,
    files: &Files,
    from: EpochMs,
    to: EpochMs,
    recorded: impl Fn(Option<QueueId>) -> bool,
) -> Result<Certificate, CertifyError> {
    let mut told = Certificate { from, to, saw_all_files: true, ..Certificate::default() };
    let sql = "SELECT interaction_id, agent_id, queue_id, began, ended FROM recorded_talk WHERE ended >= $1 AND ended < $2 ORDER BY ended, interaction_id";
    let mut talks = Vec::new();
    for row in db.query(sql, vals![from, to]).await? {
        let span = row.get::<EpochMs>("began")?..row.get::<EpochMs>("ended")?;
        let talk = Talk { interaction: row.get("interaction_id")?, agent: row.get("agent_id")?, queue: row.get("queue_id")?, span };
        told.talks += 1;
        told.talk_ms += (talk.span.end - talk.span.start).unsigned_abs();
        if recorded(talk.queue) {
            talks.push(talk);
        }
    }
    let ids: BTreeSet<InteractionId> = talks.iter().map(|t| t.interaction).collect();
    let ids: Vec<InteractionId> = ids.into_iter().collect();
    let (rows, deleted) = (recordings(db, &ids).await?, deleted(db, &ids).await?);
    for talk in &talks {
        let mine = rows.get(&talk.interaction).map_or(&[][..], Vec::as_slice);
        judge(&mut told, talk, mine, deleted.get(&talk.interaction).map_or(&[][..], Vec::as_slice));
    }
    compare_files(db, files, &mut told).await?;
    Ok(told)
}

fn judge(told: &mut Certificate, talk: &Talk, recordings: &[Recording], deleted: &[(Range<EpochMs>, String)]) {
    let mut covered: Vec<Range<EpochMs>> = Vec::new();
    for one in recordings {
        covered.push(one.began..one.began + i64::from(one.duration_ms));
        for remark in &one.remarks {
            if let Remark::Gap { at, ms, reason } = remark {
                told.explained.push(Explained { interaction: talk.interaction, ms: u64::from(*ms), reason: reason.clone() });
                covered.push(at - i64::from(*ms)..at + TOLERANCE_MS);
                // What a lost file would have held.
                if one.state == RecordingState::Lost {
                    covered.push(one.began..talk.span.end);
                }
            }
        }
        if one.state == RecordingState::Recording {
            covered.push(one.began..EpochMs::MAX);
        }
    }
    for (span, reason) in deleted {
        let ms = (span.end - span.start).unsigned_abs();
        told.explained.push(Explained { interaction: talk.interaction, ms, reason: format!("deleted: {reason}") });
        covered.push(span.clone());
    }
    for hole in uncovered(&talk.span, covered) {
        let missing = Missing { interaction: talk.interaction, agent: talk.agent, queue: talk.queue, from: hole.start, to: hole.end };
        told.missing.push(missing);
    }
}

/// The parts of `whole` longer than the tolerance that none of `covered` reaches.
#[must_use]
pub fn uncovered(whole: &Range<EpochMs>, mut covered: Vec<Range<EpochMs>>) -> Vec<Range<EpochMs>> {
    covered.retain(|c| c.end > c.start);
    covered.sort_by_key(|c| c.start);
    let (mut holes, mut at) = (Vec::new(), whole.start);
    for c in covered.iter().chain([&(whole.end..whole.end)]) {
        let until = c.start.min(whole.end);
        if until - at > TOLERANCE_MS {
            holes.push(at..until);
        }
        at = at.max(c.end);
    }
    holes
}

async fn recordings(db: &Db, ids: &[InteractionId]) -> Result<BTreeMap<InteractionId, Vec<Recording>>, DbError> {
    let mut all: BTreeMap<InteractionId, Vec<Recording>> = BTreeMap::new();
    for some in ids.chunks(500) {
        let sql = format!("SELECT {} FROM recording r WHERE r.interaction_id IN ({})", rows::COLUMNS, placeholders(1, some.len()));
        for row in db.query(&sql, some.iter().map(|id| (*id).into()).collect()).await? {
            let one = rows::read(&row)?;
            all.entry(one.interaction).or_default().push(one);
        }
    }
    Ok(all)
}

async fn deleted(db: &Db, ids: &[InteractionId]) -> Result<BTreeMap<InteractionId, Vec<(Range<EpochMs>, String)>>, DbError> {
    let mut all: BTreeMap<InteractionId, Vec<_>> = BTreeMap::new();
    for some in ids.chunks(500) {
        let sql = format!(
            "SELECT interaction_id, began, duration_ms, reason FROM recording_deleted WHERE interaction_id IN ({})",
            placeholders(1, some.len())
        );
        for row in db.query(&sql, some.iter().map(|id| (*id).into()).collect()).await? {
            let began: EpochMs = row.get("began")?;
            let span = began..began + row.get::<i64>("duration_ms")?;
            all.entry(row.get("interaction_id")?).or_default().push((span, row.get("reason")?));
        }
    }
    Ok(all)
}

/// All files against all rows, both ways.
async fn compare_files(db: &Db, files: &Files, told: &mut Certificate) -> Result<(), CertifyError> {
    let found = files.list("", MOST_FILES).await?;
    told.saw_all_files = found.len() < MOST_FILES;
    let mut sizes: BTreeMap<&str, u64> = found.iter().filter(|f| !f.name.ends_with(".peaks")).map(|f| (f.name.as_str(), f.bytes)).collect();
    let mut after = 0;
    loop {
        let sql = "SELECT recording_id, path, bytes, state FROM recording WHERE recording_id > $1 ORDER BY recording_id LIMIT 5000";
        let rows = db.query(sql, vals![after]).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            after = row.get("recording_id")?;
            let (path, bytes, state): (String, u64, String) = (row.get("path")?, row.get("bytes")?, row.get("state")?);
            let there = sizes.remove(path.as_str());
            if state == "done" && there.is_none_or(|size| size < bytes) && told.saw_all_files {
                told.without_file.push(RecordingId(after));
            }
        }
    }
    told.without_row = sizes.into_keys().map(str::to_owned).collect();
    Ok(())
}
