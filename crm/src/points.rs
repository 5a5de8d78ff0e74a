//! Contact points: phones, e-mails, addresses and chat ids, any number of each per customer or contact, a row each from the
//! first day. A phone is normalised when written, never when read: its E.164 form is what callers are matched by, its digits
//! backwards what tails are found by.

use contract::number::{Class, Context, normalize};
use contract::{ContactId, ContactPointId, CustomerId, PhoneNumber};
use serde::{Deserialize, Serialize};
use store::{Db, DbError, Row, Tx, Val, vals};

use crate::CrmError;
use crate::customers::By;
use crate::error::text;
use store::words::{backwards, unword, word};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    Phone,
    Email,
    Address,
    Chat,
    Web,
}

/// As people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PointFields {
    pub kind: PointKind,
    pub value: String,
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub primary: bool,
    #[serde(default)]
    pub verified: bool,
    /// Several people answer there: household, switchboard.
    #[serde(default)]
    pub shared_line: bool,
    #[serde(default)]
    pub do_not_call: bool,
    /// Known to reach somebody else, or nobody.
    #[serde(default)]
    pub bad_number: bool,
}

impl PointFields {
    #[must_use]
    pub fn phone(value: &str) -> Self {
        let kind = PointKind::Phone;
        Self {
            kind,
            value: value.into(),
            label: None,
            primary: false,
            verified: false,
            shared_line: false,
            do_not_call: false,
            bad_number: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactPoint {
    pub point: ContactPointId,
    pub customer: CustomerId,
    pub contact: Option<ContactId>,
    #[serde(flatten)]
    pub fields: PointFields,
    pub e164: Option<PhoneNumber>,
    pub extension: Option<String>,
}

pub(crate) const INSERT: &str = "INSERT INTO contact_point (point_id, customer_id, contact_id, kind, value, e164, extension, backwards, \
    value_key, label, is_primary, verified, shared_line, do_not_call, bad_number, created_at, updated_at) VALUES";
const COLUMNS: &str = "point_id, customer_id, contact_id, kind, value, e164, extension, label, is_primary, verified, shared_line, \
    do_not_call, bad_number";

/// The four columns that are made, never written by people: E.164, extension, digits backwards, key.
struct Made {
    e164: Option<PhoneNumber>,
    extension: Option<String>,
    backwards: Option<String>,
    value_key: Option<String>,
}

fn make(fields: &PointFields, ctx: &Context<'_>) -> Made {
    if fields.kind != PointKind::Phone {
        let key = (fields.kind != PointKind::Address).then(|| fields.value.to_lowercase());
        return Made { e164: None, extension: None, backwards: None, value_key: key };
    }
    let read = normalize(&fields.value, ctx);
    let e164 = read.e164().cloned();
    // Extensions, hotlines and words must not be found by anybody's tail.
    let digits = matches!(read.class, Class::E164(_) | Class::Unreadable(_));
    let text = e164.as_ref().map_or(read.raw_digits.as_str(), PhoneNumber::reveal);
    Made { backwards: digits.then(|| backwards(text)).flatten(), e164, extension: read.extension, value_key: None }
}

pub(crate) fn insert_vals(
    id: ContactPointId,
    customer: CustomerId,
    contact: Option<ContactId>,
    f: &PointFields,
    ctx: &Context<'_>,
    by: By,
) -> Vec<Val> {
    let made = make(f, ctx);
    vals![
        id,
        customer,
        contact,
        word(&f.kind),
        &f.value,
        made.e164.as_ref(),
        made.extension,
        made.backwards,
        made.value_key,
        f.label.clone(),
        f.primary,
        f.verified,
        f.shared_line,
        f.do_not_call,
        f.bad_number,
        by.now,
        by.now
    ]
}

fn checked(fields: &PointFields) -> Result<PointFields, CrmError> {
    let value = text("value", &fields.value, 500)?;
    if value.is_empty() {
        return Err(CrmError::invalid("value", "a contact point is not empty"));
    }
    let label = fields.label.as_deref().map(|l| text("label", l, 100)).transpose()?.filter(|l| !l.is_empty());
    Ok(PointFields { value, label, ..fields.clone() })
}

/// Writes a new point, of the customer or of one of its contacts.
/// # Errors
/// [`CrmError::Invalid`]; [`CrmError::NotFound`] for the customer or the contact.
pub async fn add(
    tx: &mut Tx<'_>,
    id: ContactPointId,
    customer: CustomerId,
    contact: Option<ContactId>,
    fields: &PointFields,
    ctx: &Context<'_>,
    by: By,
) -> Result<(), CrmError> {
    let fields = checked(fields)?;
    let known = tx.query_opt("SELECT 1 AS one FROM customer WHERE customer_id = $1", vals![customer]).await?;
    known.ok_or(CrmError::NotFound { what: "customer", id: customer.0 })?;
    if let Some(contact) = contact {
        let theirs =
            tx.query_opt("SELECT 1 AS one FROM contact WHERE contact_id = $1 AND customer_id = $2", vals![contact, customer]).await?;
        theirs.ok_or(CrmError::NotFound { what: "contact", id: contact.0 })?;
    }
    make_room(tx, customer, contact, &fields).await?;
    tx.execute(&format!("{INSERT} ({})", store::placeholders(1, 17)), insert_vals(id, customer, contact, &fields, ctx, by)).await?;
    Ok(())
}

/// Replaces what is written of a point.
/// # Errors
/// [`CrmError::NotFound`], [`CrmError::Invalid`].
pub async fn update(tx: &mut Tx<'_>, id: ContactPointId, fields: &PointFields, ctx: &Context<'_>, by: By) -> Result<(), CrmError> {
    let f = checked(fields)?;
    let row = tx.query_opt("SELECT customer_id, contact_id FROM contact_point WHERE point_id = $1", vals![id]).await?;
    let row = row.ok_or(CrmError::NotFound { what: "contact point", id: id.0 })?;
    make_room(tx, row.get("customer_id")?, row.get("contact_id")?, &f).await?;
    let made = make(&f, ctx);
    let sql = "UPDATE contact_point SET kind = $2, value = $3, e164 = $4, extension = $5, backwards = $6, value_key = $7, label = $8, \
        is_primary = $9, verified = $10, shared_line = $11, do_not_call = $12, bad_number = $13, updated_at = $14 WHERE point_id = $1";
    let values = vals![
        id,
        word(&f.kind),
        &f.value,
        made.e164.as_ref(),
        made.extension,
        made.backwards,
        made.value_key,
        f.label.clone(),
        f.primary,
        f.verified,
        f.shared_line,
        f.do_not_call,
        f.bad_number,
        by.now
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// One primary of a kind per customer or contact.
async fn make_room(tx: &mut Tx<'_>, customer: CustomerId, contact: Option<ContactId>, fields: &PointFields) -> Result<(), DbError> {
    if fields.primary {
        let sql = "UPDATE contact_point SET is_primary = 0 WHERE customer_id = $1 AND kind = $2 AND is_primary = 1 \
            AND COALESCE(contact_id, 0) = $3";
        tx.execute(sql, vals![customer, word(&fields.kind), contact.map_or(0, |c| c.0)]).await?;
    }
    Ok(())
}

/// # Errors
/// [`CrmError::NotFound`].
pub async fn remove(tx: &mut Tx<'_>, id: ContactPointId) -> Result<(), CrmError> {
    let done = tx.execute("DELETE FROM contact_point WHERE point_id = $1", vals![id]).await?;
    if done == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "contact point", id: id.0 }) }
}

/// Of one customer and its contacts, primaries first.
/// # Errors
/// Only those of the database.
pub async fn of(db: &Db, customer: CustomerId) -> Result<Vec<ContactPoint>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM contact_point WHERE customer_id = $1 ORDER BY is_primary DESC, point_id LIMIT 1000");
    db.query(&sql, vals![customer]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ContactPoint, DbError> {
    let e164: Option<String> = row.get("e164")?;
    Ok(ContactPoint {
        point: row.get("point_id")?,
        customer: row.get("customer_id")?,
        contact: row.get("contact_id")?,
        fields: PointFields {
            kind: unword(row.get("kind")?)?,
            value: row.get("value")?,
            label: row.get("label")?,
            primary: row.get("is_primary")?,
            verified: row.get("verified")?,
            shared_line: row.get("shared_line")?,
            do_not_call: row.get("do_not_call")?,
            bad_number: row.get("bad_number")?,
        },
        e164: e164.and_then(|text| PhoneNumber::from_e164(&text).ok()),
        extension: row.get("extension")?,
    })
}
