//! Customers: organisations and persons. Start at [`create`], [`update`], [`list`]. Two people editing one customer lose
//! nothing: an edit on an older version keeps what others changed elsewhere, and is refused, naming the fields, where both
//! changed the same. Every change of a field stays in `customer_change`. Phones and addresses are in [`crate::points`].

use std::collections::BTreeMap;

use contract::number::{Context, match_keys, normalize};
use contract::{AgentId, CustomerId, EpochMs, TeamId};
use serde::{Deserialize, Serialize};
use store::{Db, DbError, Row, Tx, Val, vals};

use crate::CrmError;
use crate::error::text;
use crate::words::{after_bytes, name_key};
use store::page::{Page, PageAsk, cursor, page};
use store::words::{after_digits, backwards, unword, word};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    #[default]
    Person,
    Organisation,
}

/// What people write about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerFields {
    pub kind: CustomerKind,
    pub name: String,
    pub level: Option<String>,
    pub source: Option<String>,
    pub region: Option<String>,
    pub industry: Option<String>,
    pub stage: Option<String>,
    pub owner_agent: Option<AgentId>,
    pub owner_team: Option<TeamId>,
    pub vip: bool,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub customer: CustomerId,
    #[serde(flatten)]
    pub fields: CustomerFields,
    pub version: i64,
    pub created_at: EpochMs,
    pub updated_at: EpochMs,
    pub deleted_at: Option<EpochMs>,
}

/// One field at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub version: i64,
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub at: EpochMs,
    pub by: Option<AgentId>,
}

/// Who does it, and when.
#[derive(Debug, Clone, Copy)]
pub struct By {
    pub agent: Option<AgentId>,
    pub now: EpochMs,
}

pub(crate) const COLUMNS: &str = "c.customer_id, c.kind, c.name, c.level, c.source, c.region, c.industry, c.stage, \
    c.owner_agent, c.owner_team, c.vip, c.notes, c.version, c.created_at, c.updated_at, c.deleted_at";
/// For [`Tx::insert_many`] too.
pub(crate) const INSERT: &str = "INSERT INTO customer (customer_id, kind, name, name_key, level, source, region, industry, stage, \
    owner_agent, owner_team, vip, notes, version, created_at, created_by, updated_at, updated_by) VALUES";

/// The fields as the history spells them, in one order.
type Spelled = BTreeMap<&'static str, Option<String>>;

impl CustomerFields {
    fn checked(&self) -> Result<Self, CrmError> {
        let short = |field, value: &Option<String>| -> Result<Option<String>, CrmError> {
            Ok(value.as_deref().map(|v| text(field, v, 200)).transpose()?.filter(|v| !v.is_empty()))
        };
        let name = text("name", &self.name, 200)?;
        if name.is_empty() {
            return Err(CrmError::invalid("name", "a customer has a name"));
        }
        Ok(Self {
            name,
            level: short("level", &self.level)?,
            source: short("source", &self.source)?,
            region: short("region", &self.region)?,
            industry: short("industry", &self.industry)?,
            stage: short("stage", &self.stage)?,
            notes: self.notes.as_deref().map(|v| text("notes", v, 20_000)).transpose()?.filter(|v| !v.is_empty()),
            ..self.clone()
        })
    }

    fn spelled(&self) -> Spelled {
        BTreeMap::from([
            ("kind", Some(word(&self.kind))),
            ("name", Some(self.name.clone())),
            ("level", self.level.clone()),
            ("source", self.source.clone()),
            ("region", self.region.clone()),
            ("industry", self.industry.clone()),
            ("stage", self.stage.clone()),
            ("ownerAgent", self.owner_agent.map(|id| id.to_string())),
            ("ownerTeam", self.owner_team.map(|id| id.to_string())),
            ("vip", Some(i64::from(self.vip).to_string())),
            ("notes", self.notes.clone()),
        ])
    }

    fn respelled(mut spelled: Spelled) -> Result<Self, DbError> {
        let mut take = |field: &str| spelled.remove(field).flatten();
        let id = |text: Option<String>| text.and_then(|t| t.parse::<i64>().ok());
        Ok(Self {
            kind: unword(take("kind").unwrap_or_default())?,
            name: take("name").unwrap_or_default(),
            level: take("level"),
            source: take("source"),
            region: take("region"),
            industry: take("industry"),
            stage: take("stage"),
            owner_agent: id(take("ownerAgent")).map(AgentId),
            owner_team: id(take("ownerTeam")).map(TeamId),
            vip: take("vip").as_deref() == Some("1"),
            notes: take("notes"),
        })
    }

    pub(crate) fn insert_vals(&self, id: CustomerId, by: By) -> Vec<Val> {
        vals![
            id,
            word(&self.kind),
            &self.name,
            name_key(&self.name),
            self.level.clone(),
            self.source.clone(),
            self.region.clone(),
            self.industry.clone(),
            self.stage.clone(),
            self.owner_agent,
            self.owner_team,
            self.vip,
            self.notes.clone(),
            1_i64,
            by.now,
            by.agent,
            by.now,
            by.agent
        ]
    }
}

pub(crate) fn read(row: &Row) -> Result<Customer, DbError> {
    Ok(Customer {
        customer: row.get("customer_id")?,
        fields: CustomerFields {
            kind: unword(row.get("kind")?)?,
            name: row.get("name")?,
            level: row.get("level")?,
            source: row.get("source")?,
            region: row.get("region")?,
            industry: row.get("industry")?,
            stage: row.get("stage")?,
            owner_agent: row.get("owner_agent")?,
            owner_team: row.get("owner_team")?,
            vip: row.get("vip")?,
            notes: row.get("notes")?,
        },
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        deleted_at: row.get("deleted_at")?,
    })
}

/// A new customer, at version 1.
/// # Errors
/// [`CrmError::Invalid`] names the field.
pub async fn create(tx: &mut Tx<'_>, id: CustomerId, fields: &CustomerFields, by: By) -> Result<(), CrmError> {
    let fields = fields.checked()?;
    let places = store::placeholders(1, 18);
    tx.execute(&format!("{INSERT} ({places})"), fields.insert_vals(id, by)).await?;
    Ok(())
}

/// # Errors
/// Only those of the database.
pub async fn get(db: &Db, id: CustomerId) -> Result<Option<Customer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM customer c WHERE c.customer_id = $1");
    db.query_opt(&sql, vals![id]).await?.map(|row| read(&row)).transpose()
}

/// Saves a whole form that was filled from `version`. What others changed meanwhile in other fields stays. The new version.
/// # Errors
/// [`CrmError::Conflict`] names the fields that both changed; then nothing is saved. [`CrmError::NotFound`], [`CrmError::Invalid`].
pub async fn update(tx: &mut Tx<'_>, id: CustomerId, version: i64, fields: &CustomerFields, by: By) -> Result<i64, CrmError> {
    let mine = fields.checked()?.spelled();
    // Takes the row before reading it, so that the next editor waits for this one.
    let held = tx.execute("UPDATE customer SET version = version WHERE customer_id = $1 AND deleted_at IS NULL", vals![id]).await?;
    let sql = format!("SELECT {COLUMNS} FROM customer c WHERE c.customer_id = $1");
    let row = tx.query_opt(&sql, vals![id]).await?.filter(|_| held == 1);
    let current = read(&row.ok_or(CrmError::NotFound { what: "customer", id: id.0 })?)?;
    if version < 1 || version > current.version {
        return Err(CrmError::invalid("version", format!("1 to {}", current.version)));
    }
    let theirs = current.fields.spelled();
    let base = as_of(tx, id, version, theirs.clone()).await?;
    let (mut merged, mut fought) = (theirs.clone(), Vec::new());
    for (field, value) in mine {
        if value == base[field] {
            continue;
        }
        if theirs[field] != base[field] && theirs[field] != value {
            fought.push(field);
        }
        merged.insert(field, value);
    }
    if !fought.is_empty() {
        return Err(CrmError::Conflict { fields: fought, current: current.version });
    }
    let changed: Vec<&'static str> = merged.keys().filter(|field| merged[*field] != theirs[*field]).copied().collect();
    if changed.is_empty() {
        return Ok(current.version);
    }
    let next = current.version + 1;
    let rows = changed.iter().map(|field| vals![id, next, *field, theirs[field].clone(), merged[field].clone(), by.now, by.agent]);
    tx.insert_many("INSERT INTO customer_change (customer_id, version, field, before, after, at, by_agent) VALUES", rows.collect(), "")
        .await?;
    write(tx, id, next, &CustomerFields::respelled(merged)?, by).await?;
    Ok(next)
}

/// The fields as they were at `version`: the oldest `before` since then wins.
async fn as_of(tx: &mut Tx<'_>, id: CustomerId, version: i64, mut fields: Spelled) -> Result<Spelled, DbError> {
    let sql = "SELECT field, before FROM customer_change WHERE customer_id = $1 AND version > $2 ORDER BY version DESC";
    for row in tx.query(sql, vals![id, version]).await? {
        let field: String = row.get("field")?;
        if let Some(value) = fields.iter_mut().find(|(name, _)| **name == field).map(|(_, value)| value) {
            *value = row.get("before")?;
        }
    }
    Ok(fields)
}

async fn write(tx: &mut Tx<'_>, id: CustomerId, version: i64, f: &CustomerFields, by: By) -> Result<(), DbError> {
    let sql = "UPDATE customer SET kind = $2, name = $3, name_key = $4, level = $5, source = $6, region = $7, industry = $8, \
        stage = $9, owner_agent = $10, owner_team = $11, vip = $12, notes = $13, version = $14, updated_at = $15, updated_by = $16 \
        WHERE customer_id = $1";
    let values = vals![
        id,
        word(&f.kind),
        &f.name,
        name_key(&f.name),
        f.level.clone(),
        f.source.clone(),
        f.region.clone(),
        f.industry.clone(),
        f.stage.clone(),
        f.owner_agent,
        f.owner_team,
        f.vip,
        f.notes.clone(),
        version,
        by.now,
        by.agent
    ];
    tx.execute(sql, values).await.map(|_| ())
}

/// Into the recycle bin (`true`) or back. A deleted customer is matched by no call and listed nowhere; its timeline stays.
/// # Errors
/// [`CrmError::NotFound`].
pub async fn set_deleted(tx: &mut Tx<'_>, id: CustomerId, deleted: bool, by: By) -> Result<(), CrmError> {
    let at = deleted.then_some(by.now);
    let sql = "UPDATE customer SET deleted_at = $2, updated_at = $3, updated_by = $4 WHERE customer_id = $1";
    let touched = tx.execute(sql, vals![id, at, by.now, by.agent]).await?;
    if touched == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "customer", id: id.0 }) }
}

/// Newest first.
/// # Errors
/// Only those of the database.
pub async fn history(db: &Db, id: CustomerId) -> Result<Vec<Change>, DbError> {
    let sql = "SELECT version, field, before, after, at, by_agent FROM customer_change WHERE customer_id = $1 \
        ORDER BY version DESC, field LIMIT 1000";
    let read = |row: &Row| {
        Ok(Change {
            version: row.get("version")?,
            field: row.get("field")?,
            before: row.get("before")?,
            after: row.get("after")?,
            at: row.get("at")?,
            by: row.get("by_agent")?,
        })
    };
    db.query(sql, vals![id]).await?.iter().map(read).collect()
}

/// What a person types into the search box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    All,
    /// Beginning of a customer's or contact's name.
    Name(String),
    /// One of these E.164 spellings.
    Number(Vec<String>),
    /// At least [`MIN_TAIL`] last digits.
    Tail(String),
    Email(String),
}

/// Fewer last digits would name half of the customers.
pub const MIN_TAIL: usize = 4;

impl Search {
    /// A whole number where it reads as one, an e-mail with an `@`, last digits, otherwise a name.
    #[must_use]
    pub fn of(typed: &str, ctx: &Context<'_>) -> Self {
        let typed = typed.trim();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let numberlike = !digits.is_empty() && !typed.contains(char::is_alphabetic);
        match normalize(typed, ctx).e164() {
            _ if typed.is_empty() => Self::All,
            Some(number) if numberlike => Self::Number(match_keys(number)),
            _ if numberlike && digits.len() >= MIN_TAIL => Self::Tail(digits),
            _ if typed.contains('@') => Self::Email(typed.to_lowercase()),
            _ => Self::Name(typed.to_owned()),
        }
    }
}

/// One page of customers that are not deleted, newest first.
/// # Errors
/// [`CrmError::Cursor`]; those of the database.
pub async fn list(db: &Db, search: &Search, ask: &PageAsk) -> Result<Page<Customer>, CrmError> {
    let after = ask.after()?.map_or(i64::MAX, |(id, _)| id);
    let (matches, mut values) = found_by(search);
    values.push(after.into());
    values.push((ask.size() + 1).into());
    let (a, b) = (values.len() - 1, values.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM customer c WHERE {matches} c.customer_id < ${a} AND c.deleted_at IS NULL \
        ORDER BY c.customer_id DESC LIMIT ${b}"
    );
    let rows = db.query(&sql, values).await?;
    Ok(page(rows, ask.size(), read, |c| cursor(c.customer.0, 0))?)
}

fn found_by(search: &Search) -> (String, Vec<Val>) {
    match search {
        Search::All => (String::new(), vals![]),
        Search::Name(name) => {
            let key = name_key(name);
            let sql = "c.customer_id IN (SELECT customer_id FROM customer WHERE name_key >= $1 AND name_key < $2 \
                UNION SELECT customer_id FROM contact WHERE name_key >= $1 AND name_key < $2 AND deleted_at IS NULL) AND";
            (sql.into(), vals![key.clone(), after_bytes(&key)])
        }
        Search::Number(keys) => {
            let sql = format!(
                "c.customer_id IN (SELECT customer_id FROM contact_point WHERE e164 IN ({})) AND",
                store::placeholders(1, keys.len())
            );
            (sql, keys.iter().map(Val::from).collect())
        }
        Search::Tail(digits) => {
            let tail = backwards(digits).unwrap_or_default();
            let sql = "c.customer_id IN (SELECT customer_id FROM contact_point WHERE backwards >= $1 AND backwards < $2) AND";
            (sql.into(), vals![tail.clone(), after_digits(&tail)])
        }
        Search::Email(email) => ("c.customer_id IN (SELECT customer_id FROM contact_point WHERE value_key = $1) AND".into(), vals![email]),
    }
}
