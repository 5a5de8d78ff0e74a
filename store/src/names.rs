//! SQLite says `UNIQUE constraint failed: queue.name_key`, PostgreSQL names the index. This finds the index on SQLite,
//! so that a room matches one name on both engines: a unique index by its name, a primary key as `<table>_pkey`,
//! an inline UNIQUE as `<table>_<columns>_key` (what PostgreSQL calls it), a missing value as `<table>_<column>_not_null`.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::sqlite::SqlitePool;

use crate::{ConstraintKind, Val};

#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// `table.column, table.column` → name.
    Lite(Arc<RwLock<HashMap<String, String>>>),
    Pg,
}

/// Two rows of the same shape: of explicit and automatic indexes, and of rowid primary keys, which have no index.
const INDEXES: &str = "SELECT m.name AS tab, l.name AS idx, l.origin AS origin, i.name AS col \
    FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i \
    WHERE m.type = 'table' AND l.\"unique\" = 1 ORDER BY m.name, l.name, i.seqno";
const ROWIDS: &str = "SELECT m.name AS tab, c.name AS col FROM sqlite_master m, pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND c.pk = 1";

impl Names {
    pub(crate) fn lite() -> Self {
        Self::Lite(Arc::default())
    }

    /// Reads the schema again: after opening and after migrating.
    pub(crate) async fn learn(&self, pool: &SqlitePool) -> Result<(), sqlx::Error> {
        use sqlx::Row as _;
        let Self::Lite(map) = self else { return Ok(()) };
        let mut found = HashMap::new();
        for row in sqlx::query(ROWIDS).fetch_all(pool).await? {
            let (table, column): (String, String) = (row.try_get("tab")?, row.try_get("col")?);
            found.insert(format!("{table}.{column}"), format!("{table}_pkey"));
        }
        let mut indexes: Vec<(String, String, String, Vec<String>)> = Vec::new();
        for row in sqlx::query(INDEXES).fetch_all(pool).await? {
            let (table, index): (String, String) = (row.try_get("tab")?, row.try_get("idx")?);
            let (origin, column): (String, Option<String>) = (row.try_get("origin")?, row.try_get("col")?);
            // An index over an expression is named in the message itself.
            let Some(column) = column else { continue };
            match indexes.last_mut() {
                Some((t, i, _, columns)) if *t == table && *i == index => columns.push(column),
                _ => indexes.push((table, index, origin, vec![column])),
            }
        }
        for (table, index, origin, columns) in indexes {
            let key = columns.iter().map(|c| format!("{table}.{c}")).collect::<Vec<_>>().join(", ");
            let name = match origin.as_str() {
                "pk" => format!("{table}_pkey"),
                "u" => format!("{table}_{}_key", columns.join("_")),
                _ => index,
            };
            found.insert(key, name);
        }
        *map.write().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(())
    }

    pub(crate) fn resolve(&self, kind: ConstraintKind, message: &str) -> String {
        let what = message.split_once("constraint failed: ").map_or("", |(_, what)| what);
        match kind {
            ConstraintKind::ForeignKey => "foreign_key".to_owned(),
            ConstraintKind::Check => what.to_owned(),
            ConstraintKind::NotNull => format!("{}_not_null", what.replace('.', "_")),
            ConstraintKind::Unique => {
                if let Some(index) = what.strip_prefix("index '") {
                    return index.trim_end_matches('\'').to_owned();
                }
                let Self::Lite(map) = self else { return what.to_owned() };
                map.read().unwrap_or_else(PoisonError::into_inner).get(what).cloned().unwrap_or_else(|| what.to_owned())
            }
        }
    }
}

/// No engine stores a zero character in text alike, so none gets one.
pub(crate) fn check(vals: &[Val]) -> Result<(), crate::DbError> {
    for (i, val) in vals.iter().enumerate() {
        if matches!(val, Val::Text(Some(text)) if text.contains('\0')) {
            return Err(crate::DbError::Value(format!("value ${} contains a zero character; remove it", i + 1)));
        }
    }
    Ok(())
}
