//! Views for tools that read the database by themselves: real timestamps over our milliseconds. They hold nothing, so they are
//! no steps of the schema: [`Db::make_views`] makes them anew where their text changed, and [`Db::migrate`] takes them away
//! before it changes a table under them. On PostgreSQL they stand in the schema `reporting`, on SQLite under `reporting_…`.
//! Never in this room: what a view shows.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::{Db, DbError, Tx, vals};

/// One view. Its text may hold `{VIEW name}`, one made before it; `{AT column}`, a moment (`timestamptz`; ISO 8601 in UTC on
/// SQLite); `{S column}`, milliseconds as seconds; `{IS column}`, yes or no; `{TEXT column field}`, `{INT column field}` and
/// `{BOOL column field}` of a JSON document.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub name: &'static str,
    pub select: &'static str,
}

const SCHEMA: &str = "reporting";

pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_view (name TEXT PRIMARY KEY, position BIGINT NOT NULL, \
    checksum TEXT NOT NULL)";

impl Db {
    /// Makes these views, and takes away those that were made before and are none of them. Does nothing where all stand as
    /// they should. After [`Db::migrate`].
    /// # Errors
    /// [`DbError::Migration`] names the view, or the right that is missing; then all is as it was.
    pub async fn make_views(&self, views: &[View]) -> Result<(), DbError> {
        let pg = self.is_pg();
        let texts = views.iter().map(|v| expanded(v.select, pg)).collect::<Result<Vec<_>, _>>()?;
        let wanted: Vec<(&str, String)> = views.iter().zip(&texts).map(|(v, text)| (v.name, sum(text))).collect();
        let mut tx = self.begin().await?;
        tx.alone("schema_view").await?;
        let made = made(&mut tx).await?;
        if made.iter().map(|(name, sum)| (name.as_str(), sum)).eq(wanted.iter().map(|(name, sum)| (*name, sum))) {
            return tx.rollback().await;
        }
        schema(&mut tx).await?;
        drop_views(&mut tx).await?;
        for (at, ((name, sum), text)) in wanted.into_iter().zip(&texts).enumerate() {
            let made = tx.script(&format!("CREATE VIEW {} AS {text}", place(name, pg))).await;
            made.map_err(|e| DbError::Migration(format!("view {name} cannot be made: {e}")))?;
            let sql = "INSERT INTO schema_view (name, position, checksum) VALUES ($1, $2, $3)";
            tx.execute(sql, vals![name, at, sum]).await?;
        }
        tx.commit().await
    }
}

/// Name and checksum of those that are there, in the order in which they were made. Somebody may have dropped them by hand.
async fn made(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, DbError> {
    let there = if tx.is_pg() {
        "SELECT 1 FROM pg_class c WHERE c.relname = v.name AND c.relnamespace = CAST(to_regnamespace($1) AS OID)"
    } else {
        "SELECT 1 FROM sqlite_master m WHERE m.type = 'view' AND m.name = $1 || '_' || v.name"
    };
    let sql = format!("SELECT v.name, v.checksum FROM schema_view v WHERE EXISTS ({there}) ORDER BY v.position");
    let rows = tx.query(&sql, vals![SCHEMA]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("checksum")?))).collect()
}

/// The last one first: each may stand on those before it.
pub(crate) async fn drop_views(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let pg = tx.is_pg();
    for (name, _) in made(tx).await?.iter().rev() {
        let dropped = tx.script(&format!("DROP VIEW IF EXISTS {}", place(name, pg))).await;
        dropped.map_err(|e| {
            DbError::Migration(format!("view {SCHEMA}.{name} cannot be made anew; drop what was built on it: {e}"))
        })?;
    }
    tx.execute("DELETE FROM schema_view", vals![]).await.map(drop)
}

/// Asked for first: `CREATE SCHEMA IF NOT EXISTS` wants the right even where there is nothing to make.
async fn schema(tx: &mut Tx<'_>) -> Result<(), DbError> {
    if !tx.is_pg() {
        return Ok(());
    }
    let sql = "SELECT CASE WHEN to_regnamespace($1) IS NULL \
            THEN CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 'make' ELSE 'database' END \
            ELSE CASE WHEN has_schema_privilege($1, 'CREATE') AND has_schema_privilege($1, 'USAGE') THEN 'there' ELSE 'schema' END END AS state, \
        current_database() AS base, CAST(current_user AS TEXT) AS me";
    let Some(row) = tx.query_opt(sql, vals![SCHEMA]).await? else { return Ok(()) };
    let (state, base, me): (String, String, String) = (row.get("state")?, row.get("base")?, row.get("me")?);
    match state.as_str() {
        "make" => tx.script(&format!("CREATE SCHEMA {SCHEMA}")).await,
        "there" => Ok(()),
        on => {
            let on = if on == "schema" {
                format!("USAGE, CREATE ON SCHEMA {SCHEMA}")
            } else {
                format!("CREATE ON DATABASE \"{base}\"")
            };
            Err(DbError::Migration(format!("a right is missing: GRANT {on} TO \"{me}\"")))
        }
    }
}

fn place(name: &str, pg: bool) -> String {
    if pg { format!("{SCHEMA}.{name}") } else { format!("{SCHEMA}_{name}") }
}

fn expanded(select: &str, pg: bool) -> Result<String, DbError> {
    let wrong = |what: &str| DbError::Migration(format!("a view holds `{{{what}}}`, which means nothing"));
    let (mut text, mut rest) = (String::with_capacity(select.len() * 2), select);
    while let Some((before, token)) = rest.split_once('{') {
        let (token, after) = token.split_once('}').ok_or_else(|| wrong(token))?;
        let parts: Vec<&str> = token.split_whitespace().collect();
        text.push_str(before);
        let field =
            |c: &str, f: &str| if pg { format!("(CAST({c} AS JSON) ->> '{f}')") } else { format!("({c} ->> '{f}')") };
        let done = match parts[..] {
            ["VIEW", name] => write!(text, "{}", place(name, pg)),
            ["AT", c] if pg => write!(text, "to_timestamp(CAST({c} AS DOUBLE PRECISION) / 1000)"),
            ["AT", c] => write!(text, "strftime('%Y-%m-%dT%H:%M:%fZ', {c} / 1000.0, 'unixepoch')"),
            ["S", c] => write!(text, "CAST({c} AS DOUBLE PRECISION) / 1000"),
            ["IS", c] => write!(text, "({c} <> 0)"),
            ["TEXT", c, f] => write!(text, "{}", field(c, f)),
            ["INT", c, f] => write!(text, "CAST({} AS BIGINT)", field(c, f)),
            ["BOOL", c, f] if pg => write!(text, "CAST({} AS BOOLEAN)", field(c, f)),
            ["BOOL", c, f] => write!(text, "{}", field(c, f)),
            _ => return Err(wrong(token)),
        };
        done.unwrap_or_else(|_| unreachable!("text takes all that is written"));
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn sum(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use super::expanded;

    #[test]
    fn a_token_becomes_what_the_engine_wants_and_an_unknown_one_is_refused() {
        for (text, pg, lite) in [
            (
                "{S a.talk_ms} AS s",
                "CAST(a.talk_ms AS DOUBLE PRECISION) / 1000 AS s",
                "CAST(a.talk_ms AS DOUBLE PRECISION) / 1000 AS s",
            ),
            ("FROM {VIEW queues} q", "FROM reporting.queues q", "FROM reporting_queues q"),
            (
                "{INT c.body team}",
                "CAST((CAST(c.body AS JSON) ->> 'team') AS BIGINT)",
                "CAST((c.body ->> 'team') AS BIGINT)",
            ),
            (
                "{AT at}",
                "to_timestamp(CAST(at AS DOUBLE PRECISION) / 1000)",
                "strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch')",
            ),
        ] {
            assert_eq!((expanded(text, true).unwrap().as_str(), expanded(text, false).unwrap().as_str()), (pg, lite));
        }
        for wrong in ["{WHAT x}", "{AT}", "{AT a b}", "{AT a"] {
            assert!(expanded(wrong, true).is_err(), "{wrong}");
        }
    }
}
