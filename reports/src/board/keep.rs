//! Keeping the board over a restart: its state now and then, and the events since. What is kept is a copy; without it the
//! board is made again from the ledger.

use contract::EpochMs;
use store::{Db, DbError, ledger, vals};

use super::Board;
use crate::{Thresholds, Zone};

/// Events read at a time.
const PAGE: usize = 2000;
/// How far back a board without a copy begins: longer than any call lasts.
const BACK_MS: EpochMs = 24 * 3_600_000;

impl Board {
    /// Keeps the board of this node's program. Now and then (each minute), and at the end.
    /// # Errors
    /// Of the database.
    pub async fn save(&self, db: &Db, node: u16, now: EpochMs) -> Result<(), DbError> {
        let body = serde_json::to_string(self).map_err(|e| DbError::Value(format!("the board cannot be written: {e}")))?;
        let mut tx = db.begin().await?;
        tx.execute(
            "INSERT INTO board_snapshot (node, at, body) VALUES ($1, $2, $3) \
             ON CONFLICT (node) DO UPDATE SET at = excluded.at, body = excluded.body",
            vals![node, now, body],
        )
        .await?;
        tx.commit().await
    }

    /// The board as of the last event in the database: from the kept copy, or from yesterday's events on. Then follow the
    /// ledger after [`Board::seen`].
    /// # Errors
    /// Of the database.
    pub async fn load(db: &Db, node: u16, zone: Zone, thresholds: Thresholds, now: EpochMs) -> Result<Self, DbError> {
        let last = ledger::last_seqs(db).await?;
        let row = db.query_opt("SELECT body FROM board_snapshot WHERE node = $1", vals![node]).await?;
        let kept: Option<String> = row.map(|row| row.get("body")).transpose()?;
        // A copy of another version, another zone, or newer than a ledger that was restored, is no copy of this ledger.
        let fits = |board: &Self| {
            let known = |(node, seq): (&u16, &u64)| last.iter().any(|(n, l)| n == node && seq <= l);
            board.day == zone.day_of(board.day.0) && board.seen.iter().all(known)
        };
        let kept = kept.and_then(|body| serde_json::from_str::<Self>(&body).ok()).filter(fits);
        let mut board = match kept {
            Some(mut board) => {
                board.set_company(zone, thresholds);
                for (node, _) in &last {
                    board.catch_up(db, *node).await?;
                }
                board
            }
            None => Self::replay(db, zone, thresholds, zone.day_of(now).0 - BACK_MS).await?,
        };
        board.tick(now);
        Ok(board)
    }

    async fn catch_up(&mut self, db: &Db, node: u16) -> Result<(), DbError> {
        loop {
            let events = ledger::events(db, node, self.seen(node), PAGE).await?;
            if events.is_empty() {
                return Ok(());
            }
            events.iter().for_each(|event| self.apply(event));
        }
    }

    /// The board made from all events from a moment on, each node's in the order of their numbers.
    /// # Errors
    /// Of the database.
    pub async fn replay(db: &Db, zone: Zone, thresholds: Thresholds, from: EpochMs) -> Result<Self, DbError> {
        let mut board = Self::new(zone, thresholds, from);
        for (node, _) in ledger::last_seqs(db).await? {
            if let Some(first) = ledger::first_since(db, node, from).await? {
                board.seen.insert(node, first - 1);
                board.catch_up(db, node).await?;
            }
        }
        Ok(board)
    }
}
