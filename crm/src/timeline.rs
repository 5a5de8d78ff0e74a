//! The timeline: all that ever happened with a customer, newest first. Interactions come by their fold; other rooms put
//! their entries with [`put`], in the transaction that made the fact. An entry belongs to one customer at a time and
//! moves when the thing is linked to another.

use contract::{AgentId, CustomerId, EpochMs, InteractionId};
use serde::Serialize;
use store::{Db, DbError, Row, Tx, vals};

use crate::CrmError;
use crate::interactions::{self, Call};
use store::page::{Page, PageAsk, cursor, page};

pub const INTERACTION: &str = "interaction";
pub const NOTE: &str = "note";

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// `interaction`, `note`, or the word of a later room.
    pub kind: String,
    /// Its row in its own room.
    #[serde(serialize_with = "as_text")]
    pub ref_id: i64,
    pub customer: CustomerId,
    pub at: EpochMs,
    pub agent: Option<AgentId>,
    /// What its room wants shown (a note's text); interactions have [`Entry::call`].
    pub body: Option<String>,
    pub call: Option<Box<Call>>,
}

fn as_text<S: serde::Serializer>(id: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

/// Writes an entry, or moves and rewrites the one with the same kind and row.
/// # Errors
/// [`CrmError::NotFound`] where the customer does not exist.
pub async fn put(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), CrmError> {
    let known = tx.query_opt("SELECT 1 AS one FROM customer WHERE customer_id = $1", vals![entry.customer]).await?;
    known.ok_or(CrmError::NotFound { what: "customer", id: entry.customer.0 })?;
    tx.insert_many(
        "INSERT INTO timeline_entry (kind, ref_id, customer_id, at, agent_id, body) VALUES",
        vec![vals![&entry.kind, entry.ref_id, entry.customer, entry.at, entry.agent, entry.body.clone()]],
        "ON CONFLICT (kind, ref_id) DO UPDATE SET customer_id = excluded.customer_id, at = excluded.at, \
            agent_id = excluded.agent_id, body = excluded.body",
    )
    .await?;
    Ok(())
}

/// # Errors
/// Only those of the database.
pub async fn remove(tx: &mut Tx<'_>, kind: &str, ref_id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM timeline_entry WHERE kind = $1 AND ref_id = $2", vals![kind, ref_id]).await.map(|_| ())
}

/// One page, newest first.
/// # Errors
/// [`CrmError::Cursor`]; those of the database.
pub async fn of(db: &Db, customer: CustomerId, ask: &PageAsk) -> Result<Page<Entry>, CrmError> {
    let (at, id) = ask.after()?.unwrap_or((i64::MAX, i64::MAX));
    let sql = "SELECT kind, ref_id, customer_id, at, agent_id, body FROM timeline_entry \
        WHERE customer_id = $1 AND (at, ref_id) < ($2, $3) ORDER BY at DESC, ref_id DESC LIMIT $4";
    let rows = db.query(sql, vals![customer, at, id, ask.size() + 1]).await?;
    let mut found = page(rows, ask.size(), read, |e| cursor(e.at, e.ref_id))?;
    let ids: Vec<InteractionId> = found.rows.iter().filter(|e| e.kind == INTERACTION).map(|e| InteractionId(e.ref_id)).collect();
    let mut calls = interactions::calls(db, &ids).await?;
    for entry in found.rows.iter_mut().filter(|e| e.kind == INTERACTION) {
        entry.call = calls.remove(&InteractionId(entry.ref_id)).map(Box::new);
    }
    Ok(found)
}

fn read(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        kind: row.get("kind")?,
        ref_id: row.get("ref_id")?,
        customer: row.get("customer_id")?,
        at: row.get("at")?,
        agent: row.get("agent_id")?,
        body: row.get("body")?,
        call: None,
    })
}
