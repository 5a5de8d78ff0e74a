//! Reading the ledger.

use std::collections::VecDeque;
use std::sync::Arc;

use contract::{EpochMs, Event, InteractionId};
use tokio::sync::watch;

use super::Shared;
use crate::{Db, DbError, Row, Tx, Val, vals};

const COLUMNS: &str = "SELECT node, seq, at, interaction, body FROM event";

/// Up to `limit` events of a node after a number, in order.
/// # Errors
/// [`DbError::Value`] for an event this program does not understand (written by a newer one).
pub async fn events(db: &Db, node: u16, after: u64, limit: usize) -> Result<Vec<Event>, DbError> {
    raw_after(db, node, after, limit).await?.iter().map(decode).collect()
}

pub(crate) async fn raw_after(db: &Db, node: u16, after: u64, limit: usize) -> Result<Vec<Row>, DbError> {
    let sql = format!("{COLUMNS} WHERE node = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    db.query(&sql, vals![node, after, limit]).await
}

/// Everything that happened in one interaction, in order of time.
/// # Errors
/// As [`events`].
pub async fn of_interaction(db: &Db, interaction: InteractionId) -> Result<Vec<Event>, DbError> {
    select(db, "WHERE interaction = $1 ORDER BY at, node, seq", vals![interaction]).await
}

/// Up to `limit` events of all nodes from `from` (inclusive) to `to` (exclusive), in order of time, after the place
/// (moment, node, number) where the last page ended.
/// # Errors
/// As [`events`].
pub async fn between(
    db: &Db,
    (from, to): (EpochMs, EpochMs),
    after: Option<(EpochMs, u16, u64)>,
    limit: usize,
) -> Result<Vec<Event>, DbError> {
    let (at, node, seq) = after.unwrap_or((from - 1, u16::MAX, 0));
    let rest = "WHERE at >= $1 AND at < $2 AND (at > $3 OR (at = $3 AND (node > $4 OR (node = $4 AND seq > $5)))) \
        ORDER BY at, node, seq LIMIT $6";
    select(db, rest, vals![from.max(at), to, at, node, seq, limit]).await
}

/// The first number of a node at or after a moment; `None`: nothing happened since. Numbers and moments need not grow
/// together (clocks step back), so what comes after it may be older.
/// # Errors
/// Of the database.
pub async fn first_since(db: &Db, node: u16, at: EpochMs) -> Result<Option<u64>, DbError> {
    let sql = "SELECT MIN(seq) FROM event WHERE at >= $1 AND node = $2";
    db.query_opt(sql, vals![at, node]).await?.map_or(Ok(None), |row| row.get(0))
}

/// When an event of a node happened, read within a fold's transaction.
/// # Errors
/// Of the database.
pub async fn moment_of(tx: &mut Tx<'_>, node: u16, seq: u64) -> Result<Option<EpochMs>, DbError> {
    let row = tx.query_opt("SELECT at FROM event WHERE node = $1 AND seq = $2", vals![node, seq]).await?;
    row.map(|row| row.get("at")).transpose()
}

/// Every node and the last number of it in the database.
/// # Errors
/// Of the database.
pub async fn last_seqs(db: &Db) -> Result<Vec<(u16, u64)>, DbError> {
    let rows = db.query("SELECT node, last_seq FROM ledger_node ORDER BY node", vals![]).await?;
    rows.iter().map(|row| Ok((row.get("node")?, row.get("last_seq")?))).collect()
}

async fn select(db: &Db, rest: &str, vals: Vec<Val>) -> Result<Vec<Event>, DbError> {
    db.query(&format!("{COLUMNS} {rest}"), vals).await?.iter().map(decode).collect()
}

pub(crate) fn decode(row: &Row) -> Result<Event, DbError> {
    let (node, seq): (u16, u64) = (row.get("node")?, row.get("seq")?);
    let body: String = row.get("body")?;
    let kind = serde_json::from_str(&body)
        .map_err(|e| DbError::Value(format!("event {seq} of node {node} is not understood: {e}")))?;
    Ok(Event { node, seq, at: row.get("at")?, interaction: row.get("interaction")?, kind })
}

/// Reads one node's events in order without ever missing one, however slow its owner: from the database what is old,
/// from memory what is new.
#[derive(Debug)]
pub struct Follower {
    db: Db,
    shared: Arc<Shared>,
    after: u64,
    ready: VecDeque<Arc<Event>>,
    told: watch::Receiver<u64>,
    durable: watch::Receiver<u64>,
}

/// Events fetched at a time.
const PAGE: usize = 512;

impl Follower {
    pub(super) fn new(db: Db, shared: Arc<Shared>, after: u64) -> Self {
        let (told, durable) = (shared.told.subscribe(), shared.durable.subscribe());
        Self { db, shared, after, ready: VecDeque::new(), told, durable }
    }

    /// The next event, when there is one. Safe to drop while waiting.
    /// # Errors
    /// Where older events are needed and the database does not give them; calling again tries again.
    pub async fn next(&mut self) -> Result<Arc<Event>, DbError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.after = event.seq;
                return Ok(event);
            }
            self.fetch().await?;
            if self.ready.is_empty() {
                let after = self.after;
                // The senders live in `shared`.
                let _ = self.told.wait_for(|told| *told > after).await;
            }
        }
    }

    /// What is there already, up to the last event told; then `None`.
    /// # Errors
    /// As [`Follower::next`].
    pub async fn next_known(&mut self) -> Result<Option<Arc<Event>>, DbError> {
        if self.ready.is_empty() && *self.told.borrow() <= self.after {
            return Ok(None);
        }
        self.next().await.map(Some)
    }

    async fn fetch(&mut self) -> Result<(), DbError> {
        let from_memory = {
            let book = self.shared.book();
            let oldest = book.recent.front().map_or(book.next, |e| e.seq);
            // Numbers in `recent` have no gaps, so the place is counted.
            (oldest <= self.after + 1).then(|| {
                let skip = usize::try_from(self.after + 1 - oldest).unwrap_or(usize::MAX);
                book.recent.iter().skip(skip).take(PAGE).cloned().collect::<VecDeque<_>>()
            })
        };
        if let Some(ready) = from_memory {
            self.ready = ready;
            return Ok(());
        }
        let after = self.after;
        // Older than memory and still in the spool: it will come to the database.
        let _ = self.durable.wait_for(|durable| *durable > after).await;
        self.ready = events(&self.db, self.shared.node, after, PAGE).await?.into_iter().map(Arc::new).collect();
        Ok(())
    }
}
