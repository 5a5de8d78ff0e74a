//! Who does what only one may do (route a shard of queues, run a nightly job): a row with an expiry and an epoch. The epoch
//! grows with every change of owner; writes that must not come from a former owner carry it and are checked by [`fence`].
//! Time is the database's own, so nodes' clocks do not matter.

use crate::{Db, DbError, Tx, vals};

/// A lease held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub node: u16,
    pub epoch: u64,
}

/// Takes or renews a lease for `ms`. `None`: another node holds it. Renew at a third of `ms`; stop acting before `ms`
/// have passed since the last success was asked for.
/// # Errors
/// Of the database; then nothing is known, and the holder stops when its time is over.
pub async fn hold(db: &Db, name: &str, node: u16, ms: u32) -> Result<Option<Lease>, DbError> {
    let sql = "INSERT INTO lease (name, node, epoch, expires_at) VALUES ($1, $2, 1, {NOW_MS} + $3) \
        ON CONFLICT (name) DO UPDATE SET node = excluded.node, \
          epoch = lease.epoch + CASE WHEN lease.node = excluded.node AND lease.expires_at >= {NOW_MS} THEN 0 ELSE 1 END, \
          expires_at = excluded.expires_at \
        WHERE lease.node = excluded.node OR lease.expires_at < {NOW_MS} RETURNING epoch";
    let mut tx = db.begin().await?;
    let row = tx.query_opt(sql, vals![name, node, ms]).await?;
    let lease = row.map(|row| Ok::<_, DbError>(Lease { name: name.to_owned(), node, epoch: row.get("epoch")? })).transpose()?;
    tx.commit().await?;
    Ok(lease)
}

/// Gives it back early. Giving back what is not held any more changes nothing.
/// # Errors
/// Of the database.
pub async fn release(db: &Db, lease: &Lease) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    // The row stays: epochs must never be used twice.
    let sql = "UPDATE lease SET expires_at = 0 WHERE name = $1 AND node = $2 AND epoch = $3";
    tx.execute(sql, vals![&lease.name, lease.node, lease.epoch]).await?;
    tx.commit().await
}

/// Within a writing transaction: is this still the newest owner? On PostgreSQL nobody can become one until the
/// transaction ends.
/// # Errors
/// Of the database.
pub async fn fence(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool, DbError> {
    // Touching the row holds it.
    let sql = "UPDATE lease SET epoch = epoch WHERE name = $1 AND node = $2 AND epoch = $3";
    Ok(tx.execute(sql, vals![&lease.name, lease.node, lease.epoch]).await? == 1)
}
