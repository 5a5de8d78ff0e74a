//! What an agent typed about a call and has not saved yet: kept so that a reload, a crash or another desk loses nothing.
//! One text per agent and interaction, gone once the disposition is saved.

use contract::{AgentId, EpochMs, InteractionId};
use store::{Db, DbError, Tx, vals};

use crate::CrmError;
use crate::error::text;

/// Longest draft, in characters; as long as saved notes may be.
pub const LONGEST: usize = 20_000;

/// Notes as they may be kept: trimmed.
/// # Errors
/// [`CrmError::Invalid`] for length or control characters.
pub fn checked(notes: &str) -> Result<String, CrmError> {
    text("notes", notes, LONGEST)
}

/// Keeps a draft in the place of the one before. An empty one is none.
/// # Errors
/// [`CrmError::Invalid`] for its length; those of the database.
pub async fn put(tx: &mut Tx<'_>, agent: AgentId, interaction: InteractionId, notes: &str, now: EpochMs) -> Result<(), CrmError> {
    let notes = checked(notes)?;
    if notes.is_empty() {
        return Ok(drop_one(tx, agent, interaction).await?);
    }
    let sql = "INSERT INTO draft (interaction_id, agent_id, notes, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (interaction_id, agent_id) DO UPDATE SET notes = excluded.notes, at = excluded.at";
    tx.execute(sql, vals![interaction, agent, notes, now]).await?;
    Ok(())
}

/// # Errors
/// Only those of the database.
pub async fn get(db: &Db, agent: AgentId, interaction: InteractionId) -> Result<Option<String>, DbError> {
    let sql = "SELECT notes FROM draft WHERE interaction_id = $1 AND agent_id = $2";
    db.query_opt(sql, vals![interaction, agent]).await?.map(|row| row.get("notes")).transpose()
}

/// # Errors
/// Only those of the database.
pub async fn drop_one(tx: &mut Tx<'_>, agent: AgentId, interaction: InteractionId) -> Result<(), DbError> {
    tx.execute("DELETE FROM draft WHERE interaction_id = $1 AND agent_id = $2", vals![interaction, agent]).await.map(|_| ())
}

/// Forgets drafts nobody touched since `before`. How many.
/// # Errors
/// Only those of the database.
pub async fn sweep(tx: &mut Tx<'_>, before: EpochMs) -> Result<u64, DbError> {
    tx.execute("DELETE FROM draft WHERE at < $1", vals![before]).await
}
