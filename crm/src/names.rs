//! What lists show beside an id: a customer's name, number and last contact, the notes of many calls. One statement for a
//! whole page, never one a row.

use std::collections::BTreeMap;

use contract::{CustomerId, EpochMs, InteractionId};
use store::{Db, DbError, Val, placeholders};

use crate::interactions::Note;
use store::words::unjson;

/// Names by id; unknown ids are missing.
/// # Errors
/// Only those of the database.
pub async fn customers(db: &Db, ids: &[CustomerId]) -> Result<BTreeMap<CustomerId, String>, DbError> {
    let mut all = BTreeMap::new();
    for some in chunks(ids) {
        let sql = format!("SELECT customer_id, name FROM customer WHERE customer_id IN ({})", placeholders(1, some.len()));
        for row in db.query(&sql, some).await? {
            all.insert(row.get("customer_id")?, row.get("name")?);
        }
    }
    Ok(all)
}

/// What a line of the customer list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The primary phone, or the oldest one: E.164, or as written.
    pub number: Option<String>,
    pub last_contact: Option<EpochMs>,
}

/// # Errors
/// Only those of the database.
pub async fn lines(db: &Db, ids: &[CustomerId]) -> Result<BTreeMap<CustomerId, Line>, DbError> {
    let mut all: BTreeMap<CustomerId, Line> = BTreeMap::new();
    for some in chunks(ids) {
        let places = placeholders(1, some.len());
        let sql = format!(
            "SELECT customer_id, COALESCE(e164, value) AS number FROM contact_point WHERE customer_id IN ({places}) AND kind = 'phone' \
            ORDER BY is_primary, point_id DESC"
        );
        // The one to show comes last and stays.
        for row in db.query(&sql, some.clone()).await? {
            all.entry(row.get("customer_id")?).or_default().number = Some(row.get("number")?);
        }
        let sql = format!("SELECT customer_id, MAX(began) AS last FROM interaction WHERE customer_id IN ({places}) GROUP BY customer_id");
        for row in db.query(&sql, some).await? {
            all.entry(row.get("customer_id")?).or_default().last_contact = Some(row.get("last")?);
        }
    }
    Ok(all)
}

/// What agents wrote about many interactions, oldest first.
/// # Errors
/// Only those of the database.
pub async fn notes(db: &Db, ids: &[InteractionId]) -> Result<BTreeMap<InteractionId, Vec<Note>>, DbError> {
    let mut all: BTreeMap<InteractionId, Vec<Note>> = BTreeMap::new();
    for some in chunks(ids) {
        let sql = format!(
            "SELECT interaction_id, agent_id, dispositions, notes, at FROM interaction_note WHERE interaction_id IN ({}) ORDER BY at, agent_id",
            placeholders(1, some.len())
        );
        for row in db.query(&sql, some).await? {
            let note = Note {
                agent: row.get("agent_id")?,
                dispositions: unjson(&row.get::<String>("dispositions")?)?,
                notes: row.get("notes")?,
                at: row.get("at")?,
            };
            all.entry(row.get("interaction_id")?).or_default().push(note);
        }
    }
    Ok(all)
}

fn chunks<T: Copy + Ord + Into<Val>>(ids: &[T]) -> Vec<Vec<Val>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.chunks(500).map(|some| some.iter().map(|id| (*id).into()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use store::vals;

    use super::*;

    #[test]
    fn ids_are_asked_for_once_and_in_pieces() {
        assert!(chunks::<CustomerId>(&[]).is_empty());
        let many: Vec<CustomerId> = (0..1200).chain(0..50).map(CustomerId).collect();
        assert_eq!(chunks(&many).iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 200]);
        assert_eq!(vals![CustomerId(1)], chunks(&[CustomerId(1), CustomerId(1)])[0]);
    }
}
