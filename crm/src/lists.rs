//! Lists of numbers with a meaning: `vip`, `block`, `do_not_call`, and the company's own. An entry says why, who put it
//! there and when it ends. [`all`] is what the phones take along in their directory.

use std::collections::{BTreeMap, HashSet};

use contract::number::{Context, match_keys, normalize};
use contract::{AgentId, EpochMs, PhoneNumber, RowId};
use serde::Serialize;
use store::{Db, DbError, Row, Tx, vals};

use crate::CrmError;
use crate::customers::By;
use crate::error::text;
use store::page::{Page, PageAsk, cursor, page};

pub const VIP: &str = "vip";
pub const BLOCK: &str = "block";
pub const DO_NOT_CALL: &str = "do_not_call";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberList {
    pub list: RowId,
    pub name: String,
    /// Made with the house; cannot be removed.
    pub builtin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListEntry {
    pub entry: RowId,
    pub list: RowId,
    pub number: PhoneNumber,
    /// As it was written.
    pub value: String,
    pub reason: String,
    pub owner: Option<AgentId>,
    pub created_at: EpochMs,
    pub expires_at: Option<EpochMs>,
}

/// # Errors
/// [`CrmError::NameTaken`] ignoring case (constraint `number_list_name_key`), [`CrmError::Invalid`].
pub async fn create(tx: &mut Tx<'_>, id: RowId, name: &str, by: By) -> Result<(), CrmError> {
    let name = text("name", name, 60)?;
    if name.is_empty() {
        return Err(CrmError::invalid("name", "a list has a name"));
    }
    let sql = "INSERT INTO number_list (list_id, name, name_key, builtin, created_at) VALUES ($1, $2, $3, 0, $4)";
    tx.execute(sql, vals![id, &name, name.to_lowercase(), by.now]).await.map_err(|e| match e.constraint() {
        Some("number_list_name_key") => CrmError::NameTaken(name.clone()),
        _ => CrmError::Db(e),
    })?;
    Ok(())
}

/// With its entries. Built-in lists stay.
/// # Errors
/// [`CrmError::NotFound`].
pub async fn remove(tx: &mut Tx<'_>, list: RowId) -> Result<(), CrmError> {
    tx.alone(LISTS_WORD).await?;
    let done = tx.execute("DELETE FROM number_list WHERE list_id = $1 AND builtin = 0", vals![list]).await?;
    if done == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "number list (of the company's own)", id: list.0 }) }
}

/// # Errors
/// Only those of the database.
pub async fn lists(db: &Db) -> Result<Vec<NumberList>, DbError> {
    db.query(LISTS, vals![]).await?.iter().map(named).collect()
}

const LISTS: &str = "SELECT list_id, name, builtin FROM number_list ORDER BY list_id";

fn named(row: &Row) -> Result<NumberList, DbError> {
    Ok(NumberList { list: row.get("list_id")?, name: row.get("name")?, builtin: row.get("builtin")? })
}

/// What is held while a list is changed as a whole.
const LISTS_WORD: &str = "number lists";

/// A list as it stands, for whoever edits it as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub list: NumberList,
    pub count: u64,
    /// In their order, at most as many as were asked for; ended ones included.
    pub numbers: Vec<PhoneNumber>,
}

/// Reads a list that is about to be changed: until the transaction ends, whoever else would hold a list waits.
/// # Errors
/// [`CrmError::NotFound`]; those of the database.
pub async fn hold(tx: &mut Tx<'_>, list: RowId, most: usize) -> Result<Held, CrmError> {
    tx.alone(LISTS_WORD).await?;
    let all: Result<Vec<_>, _> = tx.query(LISTS, vals![]).await?.iter().map(named).collect();
    let held = all?.into_iter().find(|known| known.list == list).ok_or(CrmError::NotFound { what: "number list", id: list.0 })?;
    let numbers: Result<Vec<_>, _> = tx.query(NUMBERS, vals![list, most]).await?.iter().map(spelled).collect();
    let counted = tx.query_opt("SELECT COUNT(*) AS n FROM number_list_entry WHERE list_id = $1", vals![list]).await?;
    let count = counted.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    Ok(Held { list: held, count, numbers: numbers?.into_iter().map(|(number, _)| number).collect() })
}

/// What is written of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFields {
    pub value: String,
    pub reason: String,
    pub expires_at: Option<EpochMs>,
}

/// Puts a number on a list; one already there gets the new reason and end.
/// # Errors
/// [`CrmError::Invalid`] where the value is no dialable number; [`CrmError::NotFound`] for the list.
pub async fn put(tx: &mut Tx<'_>, id: RowId, list: RowId, fields: &EntryFields, ctx: &Context<'_>, by: By) -> Result<(), CrmError> {
    let (value, reason) = (text("value", &fields.value, 100)?, text("reason", &fields.reason, 500)?);
    let read = normalize(&value, ctx);
    let Some(number) = read.e164() else {
        return Err(CrmError::invalid("value", "a list holds numbers that can be dialed from outside"));
    };
    let known = tx.query_opt("SELECT 1 AS one FROM number_list WHERE list_id = $1", vals![list]).await?;
    known.ok_or(CrmError::NotFound { what: "number list", id: list.0 })?;
    let sql = "INSERT INTO number_list_entry (entry_id, list_id, e164, value, reason, owner_agent, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (list_id, e164) DO UPDATE SET \
        value = excluded.value, reason = excluded.reason, owner_agent = excluded.owner_agent, expires_at = excluded.expires_at";
    tx.execute(sql, vals![id, list, number, value, reason, by.agent, by.now, fields.expires_at]).await?;
    Ok(())
}

/// # Errors
/// [`CrmError::NotFound`].
pub async fn take_off(tx: &mut Tx<'_>, entry: RowId) -> Result<(), CrmError> {
    let done = tx.execute("DELETE FROM number_list_entry WHERE entry_id = $1", vals![entry]).await?;
    if done == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "list entry", id: entry.0 }) }
}

/// Newest first, ended ones included.
/// # Errors
/// [`CrmError::Cursor`]; those of the database.
pub async fn entries(db: &Db, list: RowId, ask: &PageAsk) -> Result<Page<ListEntry>, CrmError> {
    let after = ask.after()?.map_or(i64::MAX, |(id, _)| id);
    let sql = "SELECT entry_id, list_id, e164, value, reason, owner_agent, created_at, expires_at FROM number_list_entry \
        WHERE list_id = $1 AND entry_id < $2 ORDER BY entry_id DESC LIMIT $3";
    let rows = db.query(sql, vals![list, after, ask.size() + 1]).await?;
    Ok(page(rows, ask.size(), read, |e| cursor(e.entry.0, 0))?)
}

fn read(row: &Row) -> Result<ListEntry, DbError> {
    let e164: String = row.get("e164")?;
    Ok(ListEntry {
        entry: row.get("entry_id")?,
        list: row.get("list_id")?,
        number: PhoneNumber::from_e164(&e164).map_err(|e| DbError::Value(e.to_string()))?,
        value: row.get("value")?,
        reason: row.get("reason")?,
        owner: row.get("owner_agent")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}

/// The numbers of a list as they were written, in the order of their E.164 forms, at most `limit`; ended ones included.
/// # Errors
/// Only those of the database.
pub async fn numbers(db: &Db, list: RowId, limit: usize) -> Result<Vec<(PhoneNumber, String)>, DbError> {
    db.query(NUMBERS, vals![list, limit]).await?.iter().map(spelled).collect()
}

const NUMBERS: &str = "SELECT e164, value FROM number_list_entry WHERE list_id = $1 ORDER BY e164 LIMIT $2";

fn spelled(row: &Row) -> Result<(PhoneNumber, String), DbError> {
    let e164: String = row.get("e164")?;
    Ok((PhoneNumber::from_e164(&e164).map_err(|e| DbError::Value(e.to_string()))?, row.get("value")?))
}

/// How many numbers are on each list.
/// # Errors
/// Only those of the database.
pub async fn counts(db: &Db) -> Result<BTreeMap<RowId, u64>, DbError> {
    let sql = "SELECT list_id, COUNT(*) AS n FROM number_list_entry GROUP BY list_id";
    db.query(sql, vals![]).await?.iter().map(|row| Ok((row.get("list_id")?, row.get("n")?))).collect()
}

/// Makes `values` the numbers of a list: what is missing is put on, what is on it and not among them is taken off, what
/// stays keeps its reason and end. Meant for lists that fit on a screen.
/// # Errors
/// [`CrmError::Invalid`] names the first value that is no dialable number; [`CrmError::NotFound`] for the list.
pub async fn replace(
    tx: &mut Tx<'_>,
    list: RowId,
    values: &[String],
    ids: &contract::IdMaker,
    ctx: &Context<'_>,
    by: By,
) -> Result<(), CrmError> {
    let mut gone: BTreeMap<PhoneNumber, RowId> = BTreeMap::new();
    for row in tx.query("SELECT entry_id, e164, value FROM number_list_entry WHERE list_id = $1", vals![list]).await? {
        gone.insert(spelled(&row)?.0, row.get("entry_id")?);
    }
    for value in values {
        let stays = normalize(value, ctx).e164().is_some_and(|number| gone.remove(number).is_some());
        if !stays {
            let fields = EntryFields { value: value.clone(), ..EntryFields::default() };
            put(tx, ids.make(by.now), list, &fields, ctx, by).await?;
        }
    }
    for entry in gone.into_values() {
        take_off(tx, entry).await?;
    }
    Ok(())
}

/// Gives a list of the company's own another name.
/// # Errors
/// As [`create`]; [`CrmError::NotFound`].
pub async fn rename(tx: &mut Tx<'_>, list: RowId, name: &str) -> Result<(), CrmError> {
    let name = text("name", name, 60)?;
    if name.is_empty() {
        return Err(CrmError::invalid("name", "a list has a name"));
    }
    let sql = "UPDATE number_list SET name = $2, name_key = $3 WHERE list_id = $1 AND builtin = 0";
    let done = tx.execute(sql, vals![list, &name, name.to_lowercase()]).await.map_err(|e| match e.constraint() {
        Some("number_list_name_key") => CrmError::NameTaken(name.clone()),
        _ => CrmError::Db(e),
    })?;
    if done == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "number list (of the company's own)", id: list.0 }) }
}

/// Every list by its name with what is on it at `now`, each number in all spellings that ring the same phone.
/// # Errors
/// Only those of the database.
pub async fn all(db: &Db, now: EpochMs) -> Result<BTreeMap<String, HashSet<PhoneNumber>>, DbError> {
    let mut all: BTreeMap<String, HashSet<PhoneNumber>> = lists(db).await?.into_iter().map(|l| (l.name, HashSet::new())).collect();
    let sql = "SELECT l.name, e.e164 FROM number_list_entry e JOIN number_list l ON l.list_id = e.list_id \
        WHERE e.expires_at IS NULL OR e.expires_at > $1";
    for row in db.query(sql, vals![now]).await? {
        let stored = PhoneNumber::from_e164(&row.get::<String>("e164")?).map_err(|e| DbError::Value(e.to_string()))?;
        let spellings = match_keys(&stored).into_iter().filter_map(|key| PhoneNumber::from_e164(&key).ok());
        all.entry(row.get("name")?).or_default().extend(spellings);
    }
    Ok(all)
}
