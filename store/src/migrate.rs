//! How the schema grows: each room hands its list of steps, applied once, in order, in one transaction, and remembered
//! with a checksum. A step that changed after it was applied, or one this program does not know, stops the start.

use sha2::{Digest, Sha256};

use crate::{Db, DbError, vals, views};

/// One room's steps, oldest first. Steps are only ever added. SQL may hold several statements and `{PK}`, `{NOW_MS}`.
#[derive(Debug, Clone, Copy)]
pub struct Migrations {
    pub room: &'static str,
    /// Name and SQL.
    pub steps: &'static [(&'static str, &'static str)],
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_step (room TEXT NOT NULL, step TEXT NOT NULL, \
    position BIGINT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (room, step))";

impl Db {
    /// Applies what is missing, of all rooms, in the order given. Safe to call from several nodes at once.
    /// # Errors
    /// [`DbError::Migration`] names the step that does not fit; nothing is applied then.
    pub async fn migrate(&self, sets: &[Migrations]) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        if tx.is_pg() {
            // The number is arbitrary; it only has to be the same on every node.
            tx.query("SELECT pg_advisory_xact_lock(7305808867)", vals![]).await?;
        }
        tx.script(TABLE).await?;
        tx.script(views::TABLE).await?;
        let mut first = true;
        for set in sets {
            let rows = tx
                .query("SELECT step, checksum FROM schema_step WHERE room = $1 ORDER BY position", vals![set.room])
                .await?;
            let mut applied = Vec::with_capacity(rows.len());
            for row in &rows {
                applied.push((row.get::<String>("step")?, row.get::<String>("checksum")?));
            }
            for (at, sql) in missing(set, &applied)? {
                let (step, checksum) = (set.steps[at].0, checksum(sql));
                // A table under a view cannot be changed.
                if std::mem::take(&mut first) {
                    views::drop_views(&mut tx).await?;
                }
                tx.script(sql).await.map_err(|e| DbError::Migration(format!("step {}/{step} failed: {e}", set.room)))?;
                tx.execute(
                    "INSERT INTO schema_step (room, step, position, checksum, applied_at) VALUES ($1, $2, $3, $4, {NOW_MS})",
                    vals![set.room, step, at, checksum],
                )
                .await?;
            }
        }
        tx.commit().await?;
        if let Self::Lite(db) = self {
            db.names.learn(&db.write).await.map_err(|e| DbError::of(e, &db.names))?;
        }
        Ok(())
    }
}

/// Which steps are still to do, or why the database and the program do not fit.
fn missing(set: &Migrations, applied: &[(String, String)]) -> Result<Vec<(usize, &'static str)>, DbError> {
    for (at, (step, sum)) in applied.iter().enumerate() {
        let problem = match set.steps.get(at) {
            Some((name, sql)) if name == step && checksum(sql) == *sum => continue,
            Some((name, _)) if name == step => "was changed after it was applied; restore it and add a new step",
            Some(_) | None if set.steps.iter().any(|(name, _)| name == step) => {
                "is at another place in the list than when it was applied; add new steps at the end"
            }
            Some(_) | None => "is not known to this program; the database was used by a newer one",
        };
        return Err(DbError::Migration(format!("schema step {}/{step} {problem}", set.room)));
    }
    Ok(set.steps.iter().enumerate().skip(applied.len()).map(|(at, (_, sql))| (at, *sql)).collect())
}

fn checksum(sql: &str) -> String {
    hex::encode(&Sha256::digest(sql.as_bytes())[..16])
}
