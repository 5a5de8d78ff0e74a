//! What an agent chose and typed about a call and has not saved yet: kept so that a reload, a crash, a wrap-up that ran out
//! or another desk loses nothing. One per agent and interaction, gone once the disposition is saved.

use contract::{AgentId, DispositionId, EpochMs, InteractionId};
use store::page::{Page, PageAsk, cursor, page};
use store::words::{json, unjson};
use store::{Db, DbError, Row, Tx, vals};

use crate::CrmError;
use crate::error::text;

/// Longest draft, in characters; as long as saved notes may be.
pub const LONGEST: usize = 20_000;
/// Dispositions of a draft; as many as may be saved.
pub const MOST: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    pub dispositions: Vec<DispositionId>,
    pub notes: String,
}

/// A draft and when it was last touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub interaction: InteractionId,
    pub draft: Draft,
    pub at: EpochMs,
}

/// Notes as they may be kept: trimmed.
/// # Errors
/// [`CrmError::Invalid`] for length or control characters.
pub fn checked(notes: &str) -> Result<String, CrmError> {
    text("notes", notes, LONGEST)
}

/// Keeps a draft in the place of the one before. An empty one is none.
/// # Errors
/// [`CrmError::Invalid`] for its length; those of the database.
pub async fn put(
    tx: &mut Tx<'_>,
    agent: AgentId,
    interaction: InteractionId,
    draft: &Draft,
    now: EpochMs,
) -> Result<(), CrmError> {
    let notes = checked(&draft.notes)?;
    if draft.dispositions.len() > MOST {
        return Err(CrmError::invalid("dispositions", format!("at most {MOST}")));
    }
    if notes.is_empty() && draft.dispositions.is_empty() {
        return Ok(drop_one(tx, agent, interaction).await?);
    }
    let sql = "INSERT INTO draft (interaction_id, agent_id, notes, dispositions, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (interaction_id, agent_id) DO UPDATE SET notes = excluded.notes, dispositions = excluded.dispositions, at = excluded.at";
    tx.execute(sql, vals![interaction, agent, notes, json(&draft.dispositions), now]).await?;
    Ok(())
}

const COLUMNS: &str = "interaction_id, notes, dispositions, at";

fn read(row: &Row) -> Result<Kept, DbError> {
    let dispositions: String = row.get("dispositions")?;
    let draft = Draft { dispositions: unjson(&dispositions)?, notes: row.get("notes")? };
    Ok(Kept { interaction: row.get("interaction_id")?, draft, at: row.get("at")? })
}

/// # Errors
/// Only those of the database.
pub async fn get(db: &Db, agent: AgentId, interaction: InteractionId) -> Result<Option<Kept>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM draft WHERE interaction_id = $1 AND agent_id = $2");
    db.query_opt(&sql, vals![interaction, agent]).await?.as_ref().map(read).transpose()
}

/// What everybody typed about one interaction and has not saved, the first touched first.
/// # Errors
/// Only those of the database.
pub async fn of_interaction(db: &Db, interaction: InteractionId) -> Result<Vec<(AgentId, Kept)>, DbError> {
    let sql = format!("SELECT agent_id, {COLUMNS} FROM draft WHERE interaction_id = $1 ORDER BY at, agent_id");
    let rows = db.query(&sql, vals![interaction]).await?;
    rows.iter().map(|row| Ok((row.get("agent_id")?, read(row)?))).collect()
}

/// An agent's drafts, the last touched first.
/// # Errors
/// [`CrmError::Cursor`]; those of the database.
pub async fn list(db: &Db, agent: AgentId, ask: &PageAsk) -> Result<Page<Kept>, CrmError> {
    let (at, id) = ask.after()?.unwrap_or((EpochMs::MAX, i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM draft WHERE agent_id = $1 AND (at, interaction_id) < ($2, $3) \
         ORDER BY at DESC, interaction_id DESC LIMIT $4"
    );
    let rows = db.query(&sql, vals![agent, at, id, ask.size() + 1]).await?;
    Ok(page(rows, ask.size(), read, |kept| cursor(kept.at, kept.interaction.0))?)
}

/// # Errors
/// Only those of the database.
pub async fn drop_one(tx: &mut Tx<'_>, agent: AgentId, interaction: InteractionId) -> Result<(), DbError> {
    tx.execute("DELETE FROM draft WHERE interaction_id = $1 AND agent_id = $2", vals![interaction, agent])
        .await
        .map(|_| ())
}

/// Forgets drafts nobody touched since `before`. How many.
/// # Errors
/// Only those of the database.
pub async fn sweep(tx: &mut Tx<'_>, before: EpochMs) -> Result<u64, DbError> {
    tx.execute("DELETE FROM draft WHERE at < $1", vals![before]).await
}
