//! Contacts: the people at a customer.

use contract::{ContactId, CustomerId};
use serde::{Deserialize, Serialize};
use store::{Db, DbError, Row, Tx, vals};

use crate::CrmError;
use crate::customers::By;
use crate::error::text;
use crate::words::name_key;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactFields {
    pub name: String,
    pub role: Option<String>,
    pub primary: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    pub contact: ContactId,
    pub customer: CustomerId,
    #[serde(flatten)]
    pub fields: ContactFields,
    pub version: i64,
}

fn checked(fields: &ContactFields) -> Result<ContactFields, CrmError> {
    let name = text("name", &fields.name, 200)?;
    if name.is_empty() {
        return Err(CrmError::invalid("name", "a contact has a name"));
    }
    let role = fields.role.as_deref().map(|r| text("role", r, 200)).transpose()?.filter(|r| !r.is_empty());
    Ok(ContactFields { name, role, primary: fields.primary })
}

/// A primary contact takes the place of the one before.
/// # Errors
/// [`CrmError::Invalid`], [`CrmError::NotFound`] for the customer.
pub async fn create(tx: &mut Tx<'_>, id: ContactId, customer: CustomerId, fields: &ContactFields, by: By) -> Result<(), CrmError> {
    let fields = checked(fields)?;
    let known = tx.query_opt("SELECT 1 AS one FROM customer WHERE customer_id = $1", vals![customer]).await?;
    known.ok_or(CrmError::NotFound { what: "customer", id: customer.0 })?;
    make_room(tx, customer, &fields).await?;
    let sql = "INSERT INTO contact (contact_id, customer_id, name, name_key, role, is_primary, version, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)";
    tx.execute(sql, vals![id, customer, &fields.name, name_key(&fields.name), fields.role, fields.primary, by.now]).await?;
    Ok(())
}

/// The new version.
/// # Errors
/// [`CrmError::Conflict`] where somebody saved since `version`; [`CrmError::NotFound`], [`CrmError::Invalid`].
pub async fn update(tx: &mut Tx<'_>, id: ContactId, version: i64, fields: &ContactFields, by: By) -> Result<i64, CrmError> {
    let fields = checked(fields)?;
    let row = tx
        .query_opt(
            "SELECT customer_id, name, role, is_primary, version FROM contact WHERE contact_id = $1 AND deleted_at IS NULL",
            vals![id],
        )
        .await?;
    let row = row.ok_or(CrmError::NotFound { what: "contact", id: id.0 })?;
    let current: i64 = row.get("version")?;
    if current != version {
        let mut fought = Vec::new();
        fought.extend((row.get::<String>("name")? != fields.name).then_some("name"));
        fought.extend((row.get::<Option<String>>("role")? != fields.role).then_some("role"));
        fought.extend((row.get::<bool>("is_primary")? != fields.primary).then_some("primary"));
        if fought.is_empty() {
            return Ok(current);
        }
        return Err(CrmError::Conflict { fields: fought, current });
    }
    make_room(tx, row.get("customer_id")?, &fields).await?;
    let sql = "UPDATE contact SET name = $3, name_key = $4, role = $5, is_primary = $6, version = $2 + 1, updated_at = $7 \
        WHERE contact_id = $1 AND version = $2";
    let done = tx.execute(sql, vals![id, version, &fields.name, name_key(&fields.name), fields.role, fields.primary, by.now]).await?;
    if done == 1 { Ok(version + 1) } else { Err(CrmError::Conflict { fields: vec!["name", "role", "primary"], current: version + 1 }) }
}

async fn make_room(tx: &mut Tx<'_>, customer: CustomerId, fields: &ContactFields) -> Result<(), DbError> {
    if fields.primary {
        tx.execute("UPDATE contact SET is_primary = 0 WHERE customer_id = $1 AND is_primary = 1", vals![customer]).await?;
    }
    Ok(())
}

/// Of one customer, the primary first.
/// # Errors
/// Only those of the database.
pub async fn of(db: &Db, customer: CustomerId) -> Result<Vec<Contact>, DbError> {
    let sql = "SELECT contact_id, customer_id, name, role, is_primary, version FROM contact \
        WHERE customer_id = $1 AND deleted_at IS NULL ORDER BY is_primary DESC, contact_id LIMIT 1000";
    let read = |row: &Row| {
        Ok(Contact {
            contact: row.get("contact_id")?,
            customer: row.get("customer_id")?,
            fields: ContactFields { name: row.get("name")?, role: row.get("role")?, primary: row.get("is_primary")? },
            version: row.get("version")?,
        })
    };
    db.query(sql, vals![customer]).await?.iter().map(read).collect()
}

/// Into the recycle bin. Its contact points go with it out of every match.
/// # Errors
/// [`CrmError::NotFound`].
pub async fn delete(tx: &mut Tx<'_>, id: ContactId, by: By) -> Result<(), CrmError> {
    let done = tx
        .execute("UPDATE contact SET deleted_at = $2, is_primary = 0 WHERE contact_id = $1 AND deleted_at IS NULL", vals![id, by.now])
        .await?;
    if done == 1 { Ok(()) } else { Err(CrmError::NotFound { what: "contact", id: id.0 }) }
}
