//! Customers: found, written, reached. An edit names the version it began from: what others changed elsewhere stays, and
//! where both changed the same the answer is 409 with the fields and the customer as it is now. Changes are audited.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use company::audit;
use contract::{AgentId, ContactId, ContactPointId, CustomerId, EpochMs, InteractionId, TeamId};
use crm::contacts::{self, ContactFields};
use crm::customers::{self, By, CustomerFields, CustomerKind, Search};
use crm::points::{self, PointFields, PointKind};
use crm::{CrmError, PageAsk, timeline};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::{IntoParams, ToSchema};

use super::shown::{InteractionRow, Names, RecordingRow};
use super::{Page, PageQuery, known, recordings};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::{Ask, At, Body, read_value};
use crate::office::View;

/// Which customers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// The beginning of a name, a number or its last digits (4 or more), or an e-mail address.
    #[serde(default)]
    q: String,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

/// One line of the customer list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRow {
    id: String,
    name: String,
    #[schema(value_type = known::CustomerKind)]
    kind: CustomerKind,
    level: Option<String>,
    vip: bool,
    /// The primary phone, or the oldest: E.164, or as written.
    number: Option<String>,
    last_contact_at: Option<EpochMs>,
}

/// All that people write about a customer; a save sends all of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerEdit {
    name: String,
    #[schema(value_type = known::CustomerKind)]
    #[serde(default)]
    kind: CustomerKind,
    level: Option<String>,
    source: Option<String>,
    region: Option<String>,
    industry: Option<String>,
    stage: Option<String>,
    #[schema(value_type = Option<String>)]
    owner_agent: Option<AgentId>,
    #[schema(value_type = Option<String>)]
    owner_team: Option<TeamId>,
    #[serde(default)]
    vip: bool,
    notes: Option<String>,
}

/// A customer to be, with its first numbers and addresses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerNew {
    #[serde(flatten)]
    edit: CustomerEdit,
    /// At most 20.
    #[serde(default)]
    points: Vec<PointEdit>,
}

/// A customer as it is to be, and the version the edit began from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerSave {
    #[serde(flatten)]
    edit: CustomerEdit,
    version: i64,
}

/// One number or address.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PointEdit {
    #[schema(value_type = known::PointKind)]
    kind: PointKind,
    value: String,
    label: Option<String>,
    /// Of this person at the customer.
    #[schema(value_type = Option<String>)]
    contact: Option<ContactId>,
    /// A household's or switchboard's line: several customers may hold it.
    #[serde(default)]
    shared_line: bool,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    do_not_call: bool,
    #[serde(default)]
    bad_number: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactPoint {
    id: String,
    #[schema(value_type = known::PointKind)]
    kind: PointKind,
    /// As it was written.
    value: String,
    label: Option<String>,
    contact: Option<String>,
    primary: bool,
    verified: bool,
    shared_line: bool,
    do_not_call: bool,
    bad_number: bool,
    /// Of phones, where a numbering plan has it.
    e164: Option<String>,
    extension: Option<String>,
}

/// A person at a customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    id: String,
    version: i64,
    name: String,
    role: Option<String>,
    primary: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    id: String,
    /// Sent back on saving.
    version: i64,
    name: String,
    #[schema(value_type = known::CustomerKind)]
    kind: CustomerKind,
    level: Option<String>,
    source: Option<String>,
    region: Option<String>,
    industry: Option<String>,
    stage: Option<String>,
    owner_agent: Option<String>,
    owner_team: Option<String>,
    vip: bool,
    notes: Option<String>,
    contacts: Vec<Contact>,
    points: Vec<ContactPoint>,
    created_at: EpochMs,
    updated_at: EpochMs,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineItem {
    id: String,
    /// `interaction`.
    kind: String,
    at: EpochMs,
    interaction: InteractionRow,
    notes: String,
    /// Those you may hear.
    recordings: Vec<RecordingRow>,
}

impl From<CustomerEdit> for CustomerFields {
    fn from(e: CustomerEdit) -> Self {
        Self {
            kind: e.kind,
            name: e.name,
            level: e.level,
            source: e.source,
            region: e.region,
            industry: e.industry,
            stage: e.stage,
            owner_agent: e.owner_agent,
            owner_team: e.owner_team,
            vip: e.vip,
            notes: e.notes,
        }
    }
}

impl From<PointEdit> for PointFields {
    fn from(p: PointEdit) -> Self {
        Self {
            kind: p.kind,
            value: p.value,
            label: p.label.filter(|label| !label.trim().is_empty()),
            primary: p.primary,
            verified: false,
            shared_line: p.shared_line,
            do_not_call: p.do_not_call,
            bad_number: p.bad_number,
        }
    }
}

impl From<points::ContactPoint> for ContactPoint {
    fn from(p: points::ContactPoint) -> Self {
        Self {
            id: p.point.to_string(),
            kind: p.fields.kind,
            value: p.fields.value,
            label: p.fields.label,
            contact: p.contact.map(|id| id.to_string()),
            primary: p.fields.primary,
            shared_line: p.fields.shared_line,
            do_not_call: p.fields.do_not_call,
            bad_number: p.fields.bad_number,
            verified: p.fields.verified,
            e164: p.e164.map(|number| number.reveal().to_owned()),
            extension: p.extension,
        }
    }
}

impl From<contacts::Contact> for Contact {
    fn from(c: contacts::Contact) -> Self {
        let ContactFields { name, role, primary } = c.fields;
        Self { id: c.contact.to_string(), version: c.version, name, role, primary }
    }
}

/// Customers, newest first
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomerQuery), responses((status = 200, body = Page<CustomerRow>)))]
pub async fn list(State(app): State<App>, Ask(query): Ask<CustomerQuery>) -> Result<Json<Page<CustomerRow>>, ApiError> {
    let search = Search::of(&query.q, &app.office.now().numbers());
    let ask = PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor };
    let found = customers::list(&app.db, &search, &ask).await?;
    let ids: Vec<CustomerId> = found.rows.iter().map(|c| c.customer).collect();
    let mut lines = crm::names::lines(&app.db, &ids).await?;
    let row = |c: customers::Customer| {
        let line = lines.remove(&c.customer).unwrap_or_default();
        CustomerRow {
            id: c.customer.to_string(),
            name: c.fields.name,
            kind: c.fields.kind,
            level: c.fields.level,
            vip: c.fields.vip,
            number: line.number,
            last_contact_at: line.last_contact,
        }
    };
    Ok(Json(Page { items: found.rows.into_iter().map(row).collect(), next: found.next }))
}

async fn find(app: &App, id: CustomerId) -> Result<customers::Customer, ApiError> {
    let found = customers::get(&app.db, id).await?.filter(|customer| customer.deleted_at.is_none());
    found.ok_or(ApiError::NotFound("customer"))
}

async fn shown(app: &App, id: CustomerId) -> Result<Customer, ApiError> {
    let customers::Customer { customer, fields, version, created_at, updated_at, .. } = find(app, id).await?;
    Ok(Customer {
        id: customer.to_string(),
        version,
        name: fields.name,
        kind: fields.kind,
        level: fields.level,
        source: fields.source,
        region: fields.region,
        industry: fields.industry,
        stage: fields.stage,
        owner_agent: fields.owner_agent.map(|id| id.to_string()),
        owner_team: fields.owner_team.map(|id| id.to_string()),
        vip: fields.vip,
        notes: fields.notes,
        contacts: contacts::of(&app.db, id).await?.into_iter().map(Contact::from).collect(),
        points: points::of(&app.db, id).await?.into_iter().map(ContactPoint::from).collect(),
        created_at,
        updated_at,
    })
}

/// One customer
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)), responses((status = 200, body = Customer)))]
pub async fn one(State(app): State<App>, At(id): At<CustomerId>) -> Result<Json<Customer>, ApiError> {
    shown(&app, id).await.map(Json)
}

/// What an owner was before an edit; it may stay, also where that person has left.
type Owners = (Option<AgentId>, Option<TeamId>);

fn check_owners(office: &View, fields: &CustomerFields, before: Owners) -> Result<(), ApiError> {
    let (agent, team) = (fields.owner_agent, fields.owner_team);
    if agent != before.0 && agent.is_some_and(|id| !office.book.agents.contains_key(&id)) {
        return Err(ApiError::field("ownerAgent", "unknown", "there is no such agent"));
    }
    if team != before.1 && team.is_some_and(|id| !office.book.teams.contains_key(&id)) {
        return Err(ApiError::field("ownerTeam", "unknown", "there is no such team"));
    }
    Ok(())
}

const MOST_POINTS: usize = 20;

impl CustomerNew {
    fn read(mut body: Value) -> Result<Self, ApiError> {
        let points: Vec<PointEdit> = take(&mut body, "points")?.unwrap_or_default();
        if points.len() > MOST_POINTS {
            return Err(ApiError::field("points", "range", format!("at most {MOST_POINTS}")));
        }
        Ok(Self { edit: read_value(body)?, points })
    }
}

impl CustomerSave {
    fn read(mut body: Value) -> Result<Self, ApiError> {
        Ok(Self { version: required_version(&mut body)?, edit: read_value(body)? })
    }
}

impl ContactSave {
    fn read(mut body: Value) -> Result<Self, ApiError> {
        Ok(Self { version: required_version(&mut body)?, edit: read_value(body)? })
    }
}

/// Takes a field out of a body that is then read as an edit, so that each fault names its field.
fn take<T: serde::de::DeserializeOwned>(body: &mut Value, field: &str) -> Result<Option<T>, ApiError> {
    let found = body.as_object_mut().and_then(|all| all.remove(field)).filter(|value| !value.is_null());
    found.map(|value| serde_json::from_value(value).map_err(|e| ApiError::field(field, "format", e.to_string()))).transpose()
}

/// Add a customer
#[utoipa::path(post, path = "/customers", tag = "customers", request_body = CustomerNew, responses((status = 201, body = Customer)))]
pub async fn create(State(app): State<App>, me: SignedIn, Body(body): Body<Value>) -> Result<(StatusCode, Json<Customer>), ApiError> {
    let CustomerNew { edit, points: first } = CustomerNew::read(body)?;
    let fields: CustomerFields = edit.into();
    let office = app.office.now();
    check_owners(&office, &fields, (None, None))?;
    let by = by(&me);
    let id: CustomerId = app.ids.make(by.now);
    let mut tx = app.db.begin().await?;
    customers::create(&mut tx, id, &fields, by).await?;
    for (n, point) in first.into_iter().enumerate() {
        let point: PointFields = point.into();
        let added = points::add(&mut tx, app.ids.make(by.now), id, None, &point, &office.numbers(), by).await;
        added.map_err(|e| within(&format!("points[{n}]"), e))?;
    }
    note(&app, &mut tx, &me, "customers.create", id, String::new()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, shown(&app, id).await.map(Json)?))
}

fn within(place: &str, e: CrmError) -> ApiError {
    match e {
        CrmError::Invalid { field, rule } => ApiError::field(&format!("{place}.{field}"), "format", rule),
        e => e.into(),
    }
}

fn by(me: &SignedIn) -> By {
    By { agent: Some(me.agent), now: now() }
}

/// Change a customer
///
/// What others changed since in other fields stays. Where both changed the same, 409 names the fields in `errors` and holds
/// the customer as it is now; nothing is saved.
#[utoipa::path(put, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)), request_body = CustomerSave,
    responses((status = 200, body = Customer)))]
pub async fn save(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Body(body): Body<Value>,
) -> Result<Json<Customer>, ApiError> {
    let CustomerSave { edit, version } = CustomerSave::read(body)?;
    let fields: CustomerFields = edit.into();
    let before = find(&app, id).await?;
    check_owners(&app.office.now(), &fields, (before.fields.owner_agent, before.fields.owner_team))?;
    let mut tx = app.db.begin().await?;
    match customers::update(&mut tx, id, version, &fields, by(&me)).await {
        Err(CrmError::Conflict { fields, current }) => {
            drop(tx);
            let customer = serde_json::to_value(shown(&app, id).await?).unwrap_or_default();
            return Err(ApiError::Clash { now: current, fields, current: Box::new(customer) });
        }
        saved => {
            let saved = saved?;
            if saved != before.version {
                note(&app, &mut tx, &me, "customers.update", id, format!("version {saved}")).await?;
            }
        }
    }
    tx.commit().await?;
    shown(&app, id).await.map(Json)
}

fn required_version(body: &mut Value) -> Result<i64, ApiError> {
    take(body, "version")?.ok_or_else(|| ApiError::field("version", "required", "must be the version the edit began from"))
}

/// All that happened with a customer, newest first
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "customers", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<TimelineItem>)))]
pub async fn history(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Ask(page): Ask<PageQuery>,
) -> Result<Json<Page<TimelineItem>>, ApiError> {
    find(&app, id).await?;
    let ask = PageAsk { limit: page.size(), cursor: page.cursor };
    let found = timeline::of(&app.db, id, &ask).await?;
    let office = app.office.now();
    let calls = || found.rows.iter().filter_map(|entry| entry.call.as_deref());
    let ids: Vec<InteractionId> = calls().map(|call| call.interaction).collect();
    let mut heard = ::recordings::rows::of_many(&app.db, &ids).await?;
    heard.values_mut().for_each(|all| all.retain(|one| recordings::may_hear(&me, &office, one)));
    let names = Names::of_calls(&app.db, office, calls()).await?;
    let item = |call: &crm::interactions::Call| TimelineItem {
        id: call.interaction.to_string(),
        kind: timeline::INTERACTION.to_owned(),
        at: call.began,
        interaction: names.call(call),
        notes: names.notes(call.interaction),
        recordings: heard.get(&call.interaction).into_iter().flatten().map(|one| names.recording(one)).collect(),
    };
    Ok(Json(Page { items: calls().map(item).collect(), next: found.next.clone() }))
}

/// Add a number or address
#[utoipa::path(post, path = "/customers/{id}/points", tag = "customers", params(("id" = String, Path)), request_body = PointEdit,
    responses((status = 201, body = ContactPoint)))]
pub async fn add_point(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Body(sent): Body<PointEdit>,
) -> Result<(StatusCode, Json<ContactPoint>), ApiError> {
    find(&app, id).await?;
    let contact = sent.contact;
    if let Some(contact) = contact {
        contact_of(&app, id, contact).await.map_err(|_| ApiError::field("contact", "unknown", "is no contact of this customer"))?;
    }
    let by = by(&me);
    let point: ContactPointId = app.ids.make(by.now);
    let mut tx = app.db.begin().await?;
    points::add(&mut tx, point, id, contact, &sent.into(), &app.office.now().numbers(), by).await?;
    note(&app, &mut tx, &me, "customers.point.add", id, point.to_string()).await?;
    tx.commit().await?;
    let made = points::of(&app.db, id).await?.into_iter().find(|known| known.point == point);
    Ok((StatusCode::CREATED, made.map(|made| Json(made.into())).ok_or(ApiError::NotFound("contact point"))?))
}

/// Remove a number or address
#[utoipa::path(delete, path = "/customers/{id}/points/{point}", tag = "customers",
    params(("id" = String, Path), ("point" = String, Path)), responses((status = 204)))]
pub async fn remove_point(
    State(app): State<App>,
    me: SignedIn,
    At((id, point)): At<(CustomerId, ContactPointId)>,
) -> Result<StatusCode, ApiError> {
    if !points::of(&app.db, id).await?.iter().any(|known| known.point == point) {
        return Err(ApiError::NotFound("contact point"));
    }
    let mut tx = app.db.begin().await?;
    points::remove(&mut tx, point).await?;
    note(&app, &mut tx, &me, "customers.point.remove", id, point.to_string()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person at a customer, as people write it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactEdit {
    name: String,
    role: Option<String>,
    /// Takes the place of the primary contact before.
    #[serde(default)]
    primary: bool,
}

/// A contact as it is to be, and the version the edit began from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactSave {
    #[serde(flatten)]
    edit: ContactEdit,
    version: i64,
}

impl From<ContactEdit> for ContactFields {
    fn from(e: ContactEdit) -> Self {
        Self { name: e.name, role: e.role, primary: e.primary }
    }
}

async fn contact_of(app: &App, customer: CustomerId, id: ContactId) -> Result<Contact, ApiError> {
    let known = contacts::of(&app.db, customer).await?.into_iter().find(|known| known.contact == id);
    known.map(Contact::from).ok_or(ApiError::NotFound("contact"))
}

/// Add a person at a customer
#[utoipa::path(post, path = "/customers/{id}/contacts", tag = "customers", params(("id" = String, Path)), request_body = ContactEdit,
    responses((status = 201, body = Contact)))]
pub async fn add_contact(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<CustomerId>,
    Body(sent): Body<ContactEdit>,
) -> Result<(StatusCode, Json<Contact>), ApiError> {
    find(&app, id).await?;
    let by = by(&me);
    let contact: ContactId = app.ids.make(by.now);
    let mut tx = app.db.begin().await?;
    contacts::create(&mut tx, contact, id, &sent.into(), by).await?;
    note(&app, &mut tx, &me, "customers.contact.add", id, contact.to_string()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, contact_of(&app, id, contact).await.map(Json)?))
}

/// Change a person at a customer
#[utoipa::path(put, path = "/customers/{id}/contacts/{contact}", tag = "customers",
    params(("id" = String, Path), ("contact" = String, Path)), request_body = ContactSave, responses((status = 200, body = Contact)))]
pub async fn save_contact(
    State(app): State<App>,
    me: SignedIn,
    At((id, contact)): At<(CustomerId, ContactId)>,
    Body(body): Body<Value>,
) -> Result<Json<Contact>, ApiError> {
    let ContactSave { edit, version } = ContactSave::read(body)?;
    contact_of(&app, id, contact).await?;
    let mut tx = app.db.begin().await?;
    match contacts::update(&mut tx, contact, version, &edit.into(), by(&me)).await {
        Err(CrmError::Conflict { fields, current }) => {
            drop(tx);
            let now = serde_json::to_value(contact_of(&app, id, contact).await?).unwrap_or_default();
            return Err(ApiError::Clash { now: current, fields, current: Box::new(now) });
        }
        saved => saved?,
    };
    note(&app, &mut tx, &me, "customers.contact.update", id, contact.to_string()).await?;
    tx.commit().await?;
    contact_of(&app, id, contact).await.map(Json)
}

/// Remove a person at a customer
#[utoipa::path(delete, path = "/customers/{id}/contacts/{contact}", tag = "customers",
    params(("id" = String, Path), ("contact" = String, Path)), responses((status = 204)))]
pub async fn remove_contact(
    State(app): State<App>,
    me: SignedIn,
    At((id, contact)): At<(CustomerId, ContactId)>,
) -> Result<StatusCode, ApiError> {
    contact_of(&app, id, contact).await?;
    let mut tx = app.db.begin().await?;
    contacts::delete(&mut tx, contact, by(&me)).await?;
    note(&app, &mut tx, &me, "customers.contact.remove", id, contact.to_string()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ids only: names and numbers of people stay out of the log.
async fn note(app: &App, tx: &mut Tx<'_>, me: &SignedIn, action: &str, id: CustomerId, detail: String) -> Result<(), ApiError> {
    let entry = audit::Entry { actor: Some(me.agent), action, object: format!("customers/{id}"), detail, address: &me.address };
    Ok(audit::write(tx, &app.ids, now(), entry).await?)
}
