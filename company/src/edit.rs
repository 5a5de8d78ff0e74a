//! One way to edit every kind: read the book, check the change against it, write the document and its history in the same
//! transaction, one editor after the other. Two people editing one document lose nothing: the second is told that the first
//! was quicker.

use contract::{AgentId, EpochMs, IdMaker, RowId};
use serde::Serialize;
use store::page::{BadCursor, Page, PageAsk, cursor, page};
use store::{DbError, Tx, vals};
use utoipa::ToSchema;

use crate::book::{self, Book, Kept, Shelved};
use crate::items::{Item, Settings};
use crate::named::{FlowText, Renaming};
use crate::rules::Checked;
use crate::vault::Vault;

/// A field and the rule it broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldFault {
    /// As in the JSON, `skills[1].level`.
    pub field: String,
    /// Stable: `required`, `unique`, `unknown`, `range`, `format`, `in_use`.
    pub rule: &'static str,
    /// For people, in English; desktops have their own words for `rule`.
    pub message: String,
}

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("there is no such document; it may have been removed")]
    NotFound,
    #[error("somebody changed it meanwhile: it is at version {now}, the edit began at {began}; look at it again")]
    Conflict { began: i64, now: i64 },
    #[error("{} fields are not as they must be", .0.len())]
    Invalid(Vec<FieldFault>),
    #[error("it is in use by {}", .0.join(", "))]
    InUse(Vec<String>),
    #[error("this would leave nobody who can administer; name another administrator first")]
    LastAdministrator,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Who edits, when, and why.
pub struct Editor<'a> {
    pub ids: &'a IdMaker,
    pub vault: &'a Vault,
    pub now: EpochMs,
    pub by: Option<AgentId>,
    /// For the history; may be empty.
    pub note: &'a str,
    /// Who reads and rewrites flows.
    pub flows: &'a dyn FlowText,
}

/// What an editor holds to the end of the transaction. The rules are about the whole book (a name is free, a skill is used,
/// somebody can administer), so whoever edits anything of it waits for whoever does.
const BOOK: &str = "company";

impl Editor<'_> {
    /// Adds a document.
    ///
    /// # Errors
    /// [`EditError::Invalid`] names every field at fault.
    pub async fn create<T: Shelved + Checked>(&self, tx: &mut Tx<'_>, item: T) -> Result<Kept<T>, EditError> {
        let id: i64 = self.ids.make(self.now);
        self.write(tx, id, 0, item).await
    }

    /// Replaces a document that is at `version`. A secret left out stays as it was.
    ///
    /// # Errors
    /// [`EditError::Conflict`] where it is not at `version` any more.
    pub async fn update<T: Shelved + Checked>(
        &self,
        tx: &mut Tx<'_>,
        id: T::Id,
        version: i64,
        item: T,
    ) -> Result<Kept<T>, EditError> {
        self.write(tx, id.into(), version, item).await
    }

    async fn write<T: Shelved + Checked>(
        &self,
        tx: &mut Tx<'_>,
        id: i64,
        version: i64,
        mut item: T,
    ) -> Result<Kept<T>, EditError> {
        tx.alone(BOOK).await?;
        let mut book = book::read(tx).await?;
        let old = T::shelf(&book).get(&id.into()).cloned();
        match (&old, version) {
            (None, 0) => {}
            (None, _) => return Err(EditError::NotFound),
            (Some(old), began) if old.version != began => {
                return Err(EditError::Conflict { began, now: old.version });
            }
            (Some(_), _) => {}
        }
        seal(self.vault, &mut item, old.as_ref().map(|kept| kept.item.clone()));
        let kept = Kept { id: RowId(id), version: version + 1, updated_at: self.now, updated_by: self.by, item };
        T::shelf_mut(&mut book).insert(id.into(), kept.clone());
        let faults = kept.item.check(id.into(), &book);
        if !faults.is_empty() {
            return Err(EditError::Invalid(faults));
        }
        if !has_administrator(&book) && T::KIND == "agents" && old.is_some() {
            return Err(EditError::LastAdministrator);
        }
        let before = old.as_ref().and_then(|old| old.item.in_flows());
        let followed = Renaming { before, after: kept.item.in_flows() }.followed(&book, self.flows)?;
        self.keep(tx, &kept, old.is_none()).await?;
        let note = format!("{} → {}", before.map_or("", |(_, name)| name), kept.item.in_flows().map_or("", |(_, name)| name));
        for flow in followed {
            let flow = Kept { version: flow.version + 1, updated_at: self.now, updated_by: self.by, ..flow };
            Editor { note: &note, ..*self }.keep(tx, &flow, false).await?;
        }
        Ok(kept)
    }

    /// Removes a document nobody uses.
    ///
    /// # Errors
    /// [`EditError::InUse`] says by whom.
    pub async fn remove<T: Shelved + Checked>(&self, tx: &mut Tx<'_>, id: T::Id, version: i64) -> Result<(), EditError> {
        tx.alone(BOOK).await?;
        let mut book = book::read(tx).await?;
        let old = T::shelf_mut(&mut book).remove(&id).ok_or(EditError::NotFound)?;
        if old.version != version {
            return Err(EditError::Conflict { began: version, now: old.version });
        }
        let mut users = old.item.users(id, &book);
        match (Renaming { before: old.item.in_flows(), after: None }).followed(&book, self.flows) {
            Err(EditError::InUse(flows)) => users.extend(flows),
            other => drop(other?),
        }
        if !users.is_empty() {
            return Err(EditError::InUse(users));
        }
        if T::KIND == "agents" && !has_administrator(&book) {
            return Err(EditError::LastAdministrator);
        }
        let id: i64 = id.into();
        tx.execute("DELETE FROM config_item WHERE item_id = $1", vals![id]).await?;
        self.remember(tx, T::KIND, id, version + 1, None).await?;
        Ok(())
    }

    /// The company's own document; made on first use.
    ///
    /// # Errors
    /// As [`Editor::update`].
    pub async fn settings(&self, tx: &mut Tx<'_>, version: i64, item: Settings) -> Result<Kept<Settings>, EditError> {
        tx.alone(BOOK).await?;
        let book = book::read(tx).await?;
        let (id, now) = match &book.settings {
            Some(kept) => (kept.id.0, kept.version),
            None => (self.ids.make(self.now), 0),
        };
        if now != version {
            return Err(EditError::Conflict { began: version, now });
        }
        let old = book.settings.as_ref().and_then(|kept| kept.item.relay.sealed.clone());
        let mut item = item;
        let plain = item.relay.password.take().filter(|plain| !plain.is_empty());
        item.relay.sealed = plain.map(|plain| self.vault.seal(&plain)).or(old);
        let faults = crate::rules::check_settings(&item);
        if !faults.is_empty() {
            return Err(EditError::Invalid(faults));
        }
        let kept = Kept { id: RowId(id), version: version + 1, updated_at: self.now, updated_by: self.by, item };
        self.keep(tx, &kept, now == 0).await?;
        Ok(kept)
    }

    async fn keep<T: Item>(&self, tx: &mut Tx<'_>, kept: &Kept<T>, new: bool) -> Result<(), EditError> {
        let body = serde_json::to_string(&kept.item)
            .map_err(|e| DbError::Setup(format!("a document of kind {} cannot be written: {e}", T::KIND)))?;
        let name_key = kept.item.title().trim().to_lowercase();
        let by = self.by.map(|b| b.0);
        let done = if new {
            let sql = "INSERT INTO config_item (item_id, kind, name_key, version, body, updated_at, updated_by) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
            tx.execute(sql, vals![kept.id.0, T::KIND, name_key, kept.version, body.clone(), self.now, by]).await
        } else {
            let sql = "UPDATE config_item SET name_key = $2, version = $3, body = $4, updated_at = $5, updated_by = $6 \
                       WHERE item_id = $1";
            tx.execute(sql, vals![kept.id.0, name_key, kept.version, body.clone(), self.now, by]).await
        };
        match done {
            Err(e) if e.constraint() == Some("config_item_name_key") => {
                return Err(EditError::Invalid(vec![FieldFault {
                    field: "name".into(),
                    rule: "unique",
                    message: format!("`{}` is already taken", kept.item.title()),
                }]));
            }
            other => other?,
        };
        self.remember(tx, T::KIND, kept.id.0, kept.version, Some(body)).await?;
        Ok(())
    }

    async fn remember(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        id: i64,
        version: i64,
        body: Option<String>,
    ) -> Result<(), DbError> {
        let change: i64 = self.ids.make(self.now);
        let sql = "INSERT INTO config_change (change_id, item_id, kind, version, body, note, at, by_agent) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let vals = vals![change, id, kind, version, body, self.note, self.now, self.by.map(|b| b.0)];
        tx.execute(sql, vals).await.map(drop)
    }
}

/// One change of a document; without an item it was removed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change<T> {
    pub version: i64,
    pub at: EpochMs,
    #[schema(value_type = Option<String>)]
    pub by: Option<AgentId>,
    pub note: String,
    pub item: Option<T>,
}

/// What became of a document, newest first, a page at a time.
///
/// # Errors
/// [`HistoryError`].
pub async fn history<T: Item>(db: &store::Db, id: T::Id, ask: &PageAsk) -> Result<Page<Change<T>>, HistoryError> {
    let id: i64 = id.into();
    let before = ask.after()?.map_or(i64::MAX, |(version, _)| version);
    let sql = "SELECT version, at, by_agent, note, body FROM config_change WHERE item_id = $1 AND kind = $2 AND version < $3 \
               ORDER BY version DESC LIMIT $4";
    let rows = db.query(sql, vals![id, T::KIND, before, ask.size() + 1]).await?;
    let change = |row: &store::Row| {
        let body: Option<String> = row.get("body")?;
        let item = body.map(|body| serde_json::from_str(&body)).transpose();
        Ok(Change {
            version: row.get("version")?,
            at: row.get("at")?,
            by: row.get("by_agent")?,
            note: row.get("note")?,
            item: item.map_err(|e| DbError::Setup(format!("an old document of kind {} does not read: {e}", T::KIND)))?,
        })
    };
    Ok(page(rows, ask.size(), change, |change| cursor(change.version, 0))?)
}

#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A secret given in plain is sealed; one left out is taken from the old document.
fn seal<T: Item>(vault: &Vault, item: &mut T, mut old: Option<T>) {
    let kept = old.as_mut().and_then(|old| old.secret()).and_then(|(_, sealed)| sealed.clone());
    if let Some((plain, sealed)) = item.secret() {
        *sealed = match plain.take() {
            Some(plain) => Some(vault.seal(&plain)),
            None => kept,
        };
    }
}

fn has_administrator(book: &Book) -> bool {
    book.agents.values().any(|agent| agent.item.active && agent.item.roles.contains(&crate::items::Role::Admin))
}
