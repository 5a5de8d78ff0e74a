//! Who did what, to what, from where. Only ever added to; each line carries a hash over itself and the line before
//! (SHA-256), so that a line taken out or changed shows.

use contract::{AgentId, EpochMs, IdMaker, RowId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Db, DbError, Tx, vals};
use utoipa::ToSchema;

store::row_struct! {
    #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    pub struct Line {
        #[schema(value_type = String)]
        #[serde(rename = "id")]
        pub audit_id: RowId,
        pub at: EpochMs,
        #[schema(value_type = Option<String>)]
        pub actor: Option<AgentId>,
        /// Dotted: `session.begin`, `recording.listen`, `agents.update`.
        pub action: String,
        /// `kind/id` of what it was done to.
        pub object: String,
        pub detail: String,
        pub address: String,
        pub chain: String,
    }
}

/// What is written down.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    pub actor: Option<AgentId>,
    pub action: &'a str,
    pub object: String,
    pub detail: String,
    pub address: &'a str,
}

/// # Errors
/// [`DbError`].
pub async fn write(tx: &mut Tx<'_>, ids: &IdMaker, now: EpochMs, entry: Entry<'_>) -> Result<(), DbError> {
    let id: RowId = ids.make(now);
    // The head row is the lock: lines of several nodes stand in one order.
    let head = tx.query_opt("UPDATE audit_head SET one = one WHERE one = 1 RETURNING chain", vals![]).await?;
    let before: String = head.map(|row| row.get("chain")).transpose()?.unwrap_or_default();
    let mut line = Line {
        audit_id: id,
        at: now,
        actor: entry.actor,
        action: entry.action.to_owned(),
        object: entry.object,
        detail: entry.detail.chars().take(4_000).collect(),
        address: entry.address.to_owned(),
        chain: String::new(),
    };
    line.chain = chain(&before, &line);
    tx.execute("UPDATE audit_head SET chain = $1 WHERE one = 1", vals![line.chain.clone()]).await?;
    let sql = "INSERT INTO audit (audit_id, at, actor, action, object, detail, address, chain) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let Line { audit_id, at, actor, action, object, detail, address, chain } = line;
    tx.execute(sql, vals![audit_id, at, actor, action, object, detail, address, chain]).await.map(drop)
}

fn chain(before: &str, line: &Line) -> String {
    let mut hash = Sha256::new();
    let actor = line.actor.map(|a| a.to_string()).unwrap_or_default();
    for part in [before, &line.audit_id.to_string(), &line.at.to_string(), &actor, &line.action, &line.object, &line.detail, &line.address] {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// Which lines.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<AgentId>,
    pub action: Option<String>,
    pub from: Option<EpochMs>,
    pub to: Option<EpochMs>,
    /// Lines that stand below this one: its moment and id.
    pub before: Option<(EpochMs, RowId)>,
}

const COLUMNS: &str = "audit_id, at, actor, action, object, detail, address, chain";

/// Newest first.
///
/// # Errors
/// [`DbError`].
pub async fn list(db: &Db, filter: &Filter, limit: u32) -> Result<Vec<Line>, DbError> {
    let (sql, vals) = statement(filter, limit);
    db.query(&sql, vals).await?.iter().map(store::FromRow::from_row).collect()
}

fn statement(filter: &Filter, limit: u32) -> (String, Vec<store::Val>) {
    let (mut sql, mut vals) = (format!("SELECT {COLUMNS} FROM audit WHERE 1 = 1"), Vec::<store::Val>::new());
    let mut and = |text: &str, val: store::Val| {
        vals.push(val);
        sql.push_str(&format!(" AND {text}{}", vals.len()));
    };
    if let Some(actor) = filter.actor {
        and("actor = $", actor.into());
    }
    if let Some(action) = &filter.action {
        and("action = $", action.clone().into());
    }
    if let Some(from) = filter.from {
        and("at >= $", from.into());
    }
    if let Some(to) = filter.to {
        and("at < $", to.into());
    }
    if let Some((at, id)) = filter.before {
        vals.extend(vals![at, id]);
        sql.push_str(&format!(" AND (at, audit_id) < (${}, ${})", vals.len() - 1, vals.len()));
    }
    vals.push(i64::from(limit).into());
    sql.push_str(&format!(" ORDER BY at DESC, audit_id DESC LIMIT ${}", vals.len()));
    (sql, vals)
}

/// The first line whose hash does not follow from the one before; none: the log is whole.
///
/// # Errors
/// [`DbError`].
pub async fn first_break(db: &Db) -> Result<Option<RowId>, DbError> {
    let (mut before, mut after) = (String::new(), RowId(0));
    loop {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE audit_id > $1 ORDER BY audit_id LIMIT 1000");
        let rows = db.query(&sql, vals![after]).await?;
        for row in &rows {
            let line: Line = store::FromRow::from_row(row)?;
            if chain(&before, &line) != line.chain {
                return Ok(Some(line.audit_id));
            }
            (before, after) = (line.chain, line.audit_id);
        }
        if rows.is_empty() {
            let head = db.query_opt("SELECT chain FROM audit_head WHERE one = 1", vals![]).await?;
            let head: String = head.map(|row| row.get("chain")).transpose()?.unwrap_or_default();
            return Ok((head != before).then_some(after));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_filter_reads_through_an_index_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&store::testing::sqlite_url(folder.path())).await.unwrap();
        db.migrate(&[crate::MIGRATIONS]).await.unwrap();
        let all = Filter::default;
        for (filter, index) in [
            (all(), "audit_at"),
            (Filter { from: Some(1), to: Some(9), ..all() }, "audit_at (at>? AND at<?)"),
            (Filter { before: Some((9, RowId(7))), ..all() }, "audit_at"),
            (Filter { actor: Some(AgentId(1)), to: Some(9), ..all() }, "audit_actor_at (actor=? AND at<?)"),
            (Filter { action: Some("queues.update".into()), from: Some(1), ..all() }, "audit_action_at (action=? AND at>?)"),
        ] {
            let (sql, values) = statement(&filter, 51);
            let rows = db.query(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|r| r.get("detail").unwrap()).collect();
            assert!(plan[0].contains(index) && !plan.iter().any(|step| step.contains("TEMP B-TREE")), "{filter:?}: {plan:#?}");
        }
    }
}
