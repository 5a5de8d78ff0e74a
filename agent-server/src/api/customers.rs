//! Customers as people find, read and write them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{ContactPointId, CustomerId, EpochMs};
use crm::customers::{self, By, CustomerFields, CustomerKind, Search};
use crm::points::{self, PointFields};
use crm::{CrmError, PageAsk, contacts, names, timeline};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::interactions::{InteractionRow, rows, written};
use super::recordings::{self, RecordingRow};
use super::{Page, PageQuery};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::{Ask, At, Body};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// The beginning of a name, a number or its last digits, an e-mail; empty: all.
    #[serde(default)]
    q: String,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRow {
    id: String,
    name: String,
    #[schema(value_type = String)]
    kind: CustomerKind,
    level: Option<String>,
    vip: bool,
    /// The primary phone: E.164, or as written.
    number: Option<String>,
    last_contact_at: Option<EpochMs>,
}

/// What people write about a customer.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerEdit {
    /// `name`, `kind` (`person`, `organisation`), `level`, `source`, `region`, `industry`, `stage`, `ownerAgent`,
    /// `ownerTeam`, `vip`, `notes`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: CustomerFields,
    /// With a new customer.
    #[serde(default)]
    points: Vec<NewPoint>,
    /// With a change: the version it began from. What others changed elsewhere meanwhile stays.
    #[serde(default)]
    version: Option<i64>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct NewPoint {
    /// `kind` (`phone`, `email`, `address`, `chat`, `web`), `value`, `label`, `primary`, `verified`, `sharedLine`,
    /// `doNotCall`, `badNumber`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: PointFields,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ContactRow {
    id: String,
    name: String,
    role: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointRow {
    id: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: PointFields,
    contact: Option<String>,
    /// Of phones, where a numbering plan has it.
    e164: Option<String>,
    extension: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    id: String,
    version: i64,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: CustomerFields,
    contacts: Vec<ContactRow>,
    points: Vec<PointRow>,
    created_at: EpochMs,
    updated_at: EpochMs,
}

/// One thing that happened with a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineItem {
    id: String,
    /// `interaction`.
    kind: String,
    at: EpochMs,
    interaction: InteractionRow,
    notes: String,
    recordings: Vec<RecordingRow>,
}

/// Customers, newest first
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomerQuery), responses((status = 200, body = Page<CustomerRow>)))]
pub async fn list(State(app): State<App>, Ask(query): Ask<CustomerQuery>) -> Result<Json<Page<CustomerRow>>, ApiError> {
    let search = Search::of(&query.q, &app.office.now().numbers());
    let ask = PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor };
    let page = customers::list(&app.db, &search, &ask).await?;
    let ids: Vec<CustomerId> = page.rows.iter().map(|c| c.customer).collect();
    let mut lines = names::lines(&app.db, &ids).await?;
    let row = |c: customers::Customer| {
        let line = lines.remove(&c.customer).unwrap_or_default();
        let CustomerFields { name, kind, level, vip, .. } = c.fields;
        CustomerRow { id: c.customer.to_string(), name, kind, level, vip, number: line.number, last_contact_at: line.last_contact }
    };
    Ok(Json(Page { items: page.rows.into_iter().map(row).collect(), next: page.next }))
}

async fn whole(app: &App, id: CustomerId) -> Result<Customer, ApiError> {
    let found = customers::get(&app.db, id).await?.filter(|c| c.deleted_at.is_none());
    let found = found.ok_or(ApiError::NotFound("customer"))?;
    let contacts = contacts::of(&app.db, id).await?.into_iter();
    let points = points::of(&app.db, id).await?.into_iter();
    Ok(Customer {
        id: id.to_string(),
        version: found.version,
        fields: found.fields,
        contacts: contacts.map(|c| ContactRow { id: c.contact.to_string(), name: c.fields.name, role: c.fields.role }).collect(),
        points: points.map(point_row).collect(),
        created_at: found.created_at,
        updated_at: found.updated_at,
    })
}

fn point_row(point: points::ContactPoint) -> PointRow {
    PointRow {
        id: point.point.to_string(),
        fields: point.fields,
        contact: point.contact.map(|id| id.to_string()),
        e164: point.e164.map(|number| number.reveal().to_owned()),
        extension: point.extension,
    }
}

/// One customer
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)), responses((status = 200, body = Customer)))]
pub async fn one(State(app): State<App>, At(id): At<CustomerId>) -> Result<Json<Customer>, ApiError> {
    whole(&app, id).await.map(Json)
}

/// Add a customer
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = CustomerEdit, responses((status = 201, body = Customer)))]
pub async fn create(
    State(app): State<App>,
    me: SignedIn,
    Body(sent): Body<CustomerEdit>,
) -> Result<(StatusCode, Json<Customer>), ApiError> {
    let by = By { agent: Some(me.agent), now: now() };
    let id: CustomerId = app.ids.make(by.now);
    let view = app.office.now();
    let mut tx = app.db.begin().await?;
    customers::create(&mut tx, id, &sent.fields, by).await?;
    for (at, point) in sent.points.iter().enumerate() {
        let added = points::add(&mut tx, app.ids.make(by.now), id, None, &point.fields, &view.numbers(), by).await;
        added.map_err(|e| at_point(at, e))?;
    }
    tx.commit().await?;
    Ok((StatusCode::CREATED, whole(&app, id).await.map(Json)?))
}

fn at_point(at: usize, e: CrmError) -> ApiError {
    match e {
        CrmError::Invalid { field, rule } => ApiError::field(&format!("points[{at}].{field}"), "format", rule),
        e => e.into(),
    }
}

/// Change a customer
///
/// A whole form that was filled from `version`. 409 where somebody changed the same fields; `current` is the customer now.
#[utoipa::path(put, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)), request_body = CustomerEdit,
    responses((status = 200, body = Customer)))]
pub async fn save(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Body(sent): Body<CustomerEdit>,
) -> Result<Json<Customer>, ApiError> {
    let version = sent.version.ok_or_else(|| ApiError::field("version", "required", "must be the version the edit began from"))?;
    let mut tx = app.db.begin().await?;
    match customers::update(&mut tx, id, version, &sent.fields, By { agent: Some(me.agent), now: now() }).await {
        Err(CrmError::Conflict { current, .. }) => {
            drop(tx);
            let customer = serde_json::to_value(whole(&app, id).await?).unwrap_or_default();
            return Err(ApiError::Conflict { now: current, current: Box::new(customer) });
        }
        other => other?,
    };
    tx.commit().await?;
    whole(&app, id).await.map(Json)
}

/// Add a number or address
#[utoipa::path(post, path = "/customers/{id}/points", tag = "customers", params(("id" = String, Path)), request_body = NewPoint,
    responses((status = 201, body = PointRow)))]
pub async fn add_point(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Body(sent): Body<PointFields>,
) -> Result<(StatusCode, Json<PointRow>), ApiError> {
    let by = By { agent: Some(me.agent), now: now() };
    let point: ContactPointId = app.ids.make(by.now);
    let mut tx = app.db.begin().await?;
    points::add(&mut tx, point, id, None, &sent, &app.office.now().numbers(), by).await?;
    tx.commit().await?;
    let added = points::of(&app.db, id).await?.into_iter().find(|p| p.point == point);
    Ok((StatusCode::CREATED, Json(point_row(added.ok_or(ApiError::NotFound("contact point"))?))))
}

/// Remove a number or address
#[utoipa::path(delete, path = "/customers/{id}/points/{point}", tag = "customers",
    params(("id" = String, Path), ("point" = String, Path)), responses((status = 204)))]
pub async fn remove_point(
    State(app): State<App>,
    At((id, point)): At<(CustomerId, ContactPointId)>,
) -> Result<StatusCode, ApiError> {
    if !points::of(&app.db, id).await?.iter().any(|known| known.point == point) {
        return Err(ApiError::NotFound("contact point"));
    }
    let mut tx = app.db.begin().await?;
    points::remove(&mut tx, point).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All that happened with a customer, newest first
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "customers", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<TimelineItem>)))]
pub async fn history(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Ask(query): Ask<PageQuery>,
) -> Result<Json<Page<TimelineItem>>, ApiError> {
    let page = timeline::of(&app.db, id, &PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor }).await?;
    let calls: Vec<_> = page.rows.into_iter().filter_map(|entry| entry.call.map(|call| *call)).collect();
    let ids: Vec<_> = calls.iter().map(|call| call.interaction).collect();
    let notes = names::notes(&app.db, &ids).await?;
    let mut items = Vec::with_capacity(calls.len());
    for (call, row) in calls.iter().zip(rows(&app, &calls).await?) {
        let recordings = if call.has_recording { recordings::of_call(&app, &me, call.interaction).await? } else { Vec::new() };
        items.push(TimelineItem {
            id: call.interaction.to_string(),
            kind: timeline::INTERACTION.into(),
            at: call.began,
            interaction: row,
            notes: notes.get(&call.interaction).map(|n| written(n)).unwrap_or_default(),
            recordings,
        });
    }
    Ok(Json(Page { items, next: page.next }))
}
