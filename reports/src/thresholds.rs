//! What counts as in time and as a short abandon, by queue, with its history: a changed threshold holds from the
//! moment it was changed and never rewrites the past, also when everything is folded again.

use std::collections::BTreeMap;

use contract::{Directory, EpochMs, QueueId};
use serde::{Deserialize, Serialize};
use store::{Db, DbError, Tx, vals};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    pub since: EpochMs,
    /// Answered within this is in time.
    pub target_ms: u32,
    /// Leaving at or under this is a short abandon.
    pub short_ms: u32,
}

/// For queues of which nothing was noted (the design's defaults).
const DEFAULT: Threshold = Threshold { since: EpochMs::MIN, target_ms: 20_000, short_ms: 5_000 };

/// All queues' thresholds over time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds(BTreeMap<QueueId, Vec<Threshold>>);

impl Thresholds {
    /// What held for a queue at a moment. Before the first note, the first holds.
    #[must_use]
    pub fn at(&self, queue: QueueId, at: EpochMs) -> Threshold {
        let Some(history) = self.0.get(&queue) else { return DEFAULT };
        history.iter().rev().find(|t| t.since <= at).or(history.first()).copied().unwrap_or(DEFAULT)
    }

    pub fn queues(&self) -> impl Iterator<Item = QueueId> + '_ {
        self.0.keys().copied()
    }

    /// Takes what the directory says from `now` on. Gives what is new.
    pub fn note(&mut self, now: EpochMs, directory: &Directory) -> Vec<(QueueId, Threshold)> {
        let mut news = Vec::new();
        for queue in directory.queues.values() {
            let next = Threshold { since: now, target_ms: queue.target_ms, short_ms: queue.short_ms };
            let history = self.0.entry(queue.id).or_default();
            let last = history.last().copied();
            if last.is_some_and(|t| (t.target_ms, t.short_ms) == (next.target_ms, next.short_ms)) {
                continue;
            }
            // Two changes in one moment, or a clock that went back: the later one holds.
            history.retain(|t| t.since < now);
            history.push(next);
            news.push((queue.id, next));
        }
        news
    }

    /// # Errors
    /// Of the database.
    pub async fn load(db: &Db) -> Result<Self, DbError> {
        Self::of(&db.query(ALL, vals![]).await?)
    }

    pub(crate) async fn load_in(tx: &mut Tx<'_>) -> Result<Self, DbError> {
        Self::of(&tx.query(ALL, vals![]).await?)
    }

    fn of(rows: &[store::Row]) -> Result<Self, DbError> {
        let mut all = Self::default();
        for row in rows {
            let one =
                Threshold { since: row.get("since")?, target_ms: row.get("target_ms")?, short_ms: row.get("short_ms")? };
            all.0.entry(row.get("queue")?).or_default().push(one);
        }
        Ok(all)
    }
}

const ALL: &str = "SELECT queue, since, target_ms, short_ms FROM report_threshold ORDER BY queue, since";

/// Keeps what the directory says from `now` on. To be called at start and whenever the directory changes, before calls
/// are taken under it. Gives all thresholds, for the board.
/// # Errors
/// Of the database.
pub async fn note(db: &Db, now: EpochMs, directory: &Directory) -> Result<Thresholds, DbError> {
    let mut tx = db.begin().await?;
    let mut all = Thresholds::load_in(&mut tx).await?;
    for (queue, one) in all.note(now, directory) {
        tx.execute("DELETE FROM report_threshold WHERE queue = $1 AND since >= $2", vals![queue, now]).await?;
        tx.execute(
            "INSERT INTO report_threshold (queue, since, target_ms, short_ms) VALUES ($1, $2, $3, $4)",
            vals![queue, one.since, one.target_ms, one.short_ms],
        )
        .await?;
    }
    tx.commit().await?;
    Ok(all)
}
