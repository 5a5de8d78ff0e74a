//! The outbox: edits that are no events of their own (an article saved, a customer renamed) leave a row in the same
//! transaction; indexers and webhooks read them in order, each with a position of its own. What is told is only that
//! something changed: consumers read the thing itself.

use contract::EpochMs;

use crate::{Db, DbError, Tx, row_struct, vals};

row_struct! {
    /// One change.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Change { pub seq: u64, pub at: EpochMs, pub topic: String, pub key: i64, pub op: String }
}

/// Notes a change: `topic` is the kind of thing, `key` its id, `op` what was done (`put`, `delete`).
/// Until the transaction ends other writers of the outbox wait, so that numbers are committed in their order.
/// # Errors
/// Of the database.
pub async fn put(tx: &mut Tx<'_>, topic: &str, key: impl Into<i64>, op: &str) -> Result<(), DbError> {
    if tx.is_pg() {
        tx.query("SELECT pg_advisory_xact_lock(7305808868)", vals![]).await?;
    }
    let sql = "INSERT INTO outbox (at, topic, key, op) VALUES ({NOW_MS}, $1, $2, $3)";
    tx.execute(sql, vals![topic, key.into(), op]).await.map(|_| ())
}

/// Makes a consumer known, from the first change still kept. Changes are kept until every known consumer is past them.
/// # Errors
/// Of the database.
pub async fn join(tx: &mut Tx<'_>, consumer: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO outbox_position (consumer, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING";
    tx.execute(sql, vals![consumer]).await.map(|_| ())
}

/// A consumer that is no more: nothing is kept for it.
/// # Errors
/// Of the database.
pub async fn leave(tx: &mut Tx<'_>, consumer: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM outbox_position WHERE consumer = $1", vals![consumer]).await.map(|_| ())
}

/// Up to `limit` changes the consumer has not acknowledged, in order. One that never joined gets none.
/// # Errors
/// Of the database.
pub async fn read(db: &Db, consumer: &str, limit: usize) -> Result<Vec<Change>, DbError> {
    use crate::FromRow as _;
    let sql = "SELECT o.seq, o.at, o.topic, o.key, o.op FROM outbox o JOIN outbox_position p ON p.consumer = $1 \
        WHERE o.seq > p.seq ORDER BY o.seq LIMIT $2";
    db.query(sql, vals![consumer, limit]).await?.iter().map(Change::from_row).collect()
}

/// The consumer is done up to `seq`. Never goes back.
/// # Errors
/// Of the database.
pub async fn ack(tx: &mut Tx<'_>, consumer: &str, seq: u64) -> Result<(), DbError> {
    let sql = "UPDATE outbox_position SET seq = $2 WHERE consumer = $1 AND seq < $2";
    tx.execute(sql, vals![consumer, seq]).await.map(|_| ())
}

/// Removes what every known consumer has acknowledged (all of it, where there is none). Gives how many.
/// # Errors
/// Of the database.
pub async fn prune(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    let sql = "DELETE FROM outbox WHERE seq <= (SELECT COALESCE(MIN(seq), 9223372036854775807) FROM outbox_position)";
    tx.execute(sql, vals![]).await
}
