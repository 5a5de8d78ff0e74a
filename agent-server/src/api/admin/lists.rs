//! Number lists, edited as a whole. A list's version is drawn from its content, so that two people editing one list lose
//! nothing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use company::audit;
use contract::RowId;
use crm::customers::By;
use crm::lists;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::App;
use crate::api::Page;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::{At, Body};

/// Longest list that can be edited as a whole.
const LONGEST: usize = 5_000;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberList {
    id: String,
    /// Sent back with a change.
    version: i64,
    name: String,
    /// `vip`, `block`, `do_not_call`: their names stay.
    builtin: bool,
    count: u64,
    /// E.164, at most 5,000 of them.
    numbers: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListEdit {
    name: String,
    /// As people write them.
    #[serde(default)]
    numbers: Vec<String>,
    /// The version the edit began from; left out for a new list.
    #[serde(default)]
    version: Option<i64>,
}

/// All number lists
#[utoipa::path(get, path = "/lists", tag = "admin", responses((status = 200, body = Page<NumberList>)))]
pub async fn list(State(app): State<App>) -> Result<Json<Page<NumberList>>, ApiError> {
    let mut items = Vec::new();
    for list in lists::lists(&app.db).await? {
        items.push(shown(&app, list).await?);
    }
    Ok(Json(Page { items, next: None }))
}

async fn shown(app: &App, list: lists::NumberList) -> Result<NumberList, ApiError> {
    let numbers = lists::numbers(&app.db, list.list, LONGEST).await?;
    let count = match numbers.len() {
        LONGEST => lists::counts(&app.db).await?.get(&list.list).copied().unwrap_or(0),
        n => n as u64,
    };
    let numbers = numbers.into_iter().map(|(number, _)| number).collect();
    Ok(of(lists::Held { list, count, numbers }))
}

fn of(lists::Held { list, count, numbers }: lists::Held) -> NumberList {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.reveal().to_owned()).collect();
    let version = version(&list.name, count, &numbers);
    NumberList { id: list.list.to_string(), version, name: list.name, builtin: list.builtin, count, numbers }
}

/// 48 bits of the content's hash: a number JavaScript keeps.
fn version(name: &str, count: u64, numbers: &[String]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update(count.to_be_bytes());
    numbers.iter().for_each(|number| hash.update(number));
    hash.finalize().iter().take(6).fold(0, |all, byte| (all << 8) | i64::from(*byte))
}

async fn find(app: &App, id: RowId) -> Result<NumberList, ApiError> {
    let list = lists::lists(&app.db).await?.into_iter().find(|list| list.list == id);
    shown(app, list.ok_or(ApiError::NotFound("list"))?).await
}

/// One number list
#[utoipa::path(get, path = "/lists/{id}", tag = "admin", params(("id" = String, Path)), responses((status = 200, body = NumberList)))]
pub async fn one(State(app): State<App>, At(id): At<RowId>) -> Result<Json<NumberList>, ApiError> {
    find(&app, id).await.map(Json)
}

/// Add a number list
#[utoipa::path(post, path = "/lists", tag = "admin", request_body = ListEdit, responses((status = 201, body = NumberList)))]
pub async fn create(
    State(app): State<App>,
    me: SignedIn,
    Body(sent): Body<ListEdit>,
) -> Result<(StatusCode, Json<NumberList>), ApiError> {
    let by = By { agent: Some(me.agent), now: now() };
    let id: RowId = app.ids.make(by.now);
    let mut tx = app.db.begin().await?;
    lists::create(&mut tx, id, &sent.name, by).await?;
    lists::replace(&mut tx, id, &sent.numbers, &app.ids, &app.office.now().numbers(), by).await?;
    note(&app, &mut tx, &me, "lists.create", id, sent.name.clone()).await?;
    tx.commit().await?;
    app.edited().await?;
    Ok((StatusCode::CREATED, find(&app, id).await.map(Json)?))
}

/// Change a number list
#[utoipa::path(put, path = "/lists/{id}", tag = "admin", params(("id" = String, Path)), request_body = ListEdit,
    responses((status = 200, body = NumberList)))]
pub async fn save(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RowId>,
    Body(sent): Body<ListEdit>,
) -> Result<Json<NumberList>, ApiError> {
    let by = By { agent: Some(me.agent), now: now() };
    let mut tx = app.db.begin().await?;
    // Nobody else edits it until this is over; what is read now is what the edit must have begun from.
    let old = of(lists::hold(&mut tx, id, LONGEST).await?);
    if sent.version != Some(old.version) {
        let current = serde_json::to_value(&old).unwrap_or_default();
        return Err(ApiError::Conflict { now: old.version, current: Box::new(current) });
    }
    if old.count as usize > LONGEST {
        return Err(ApiError::field("numbers", "range", format!("a list of more than {LONGEST} numbers cannot be edited as a whole")));
    }
    if sent.name != old.name {
        lists::rename(&mut tx, id, &sent.name).await?;
    }
    lists::replace(&mut tx, id, &sent.numbers, &app.ids, &app.office.now().numbers(), by).await?;
    note(&app, &mut tx, &me, "lists.update", id, format!("{}: {} → {} numbers", sent.name, old.count, sent.numbers.len())).await?;
    tx.commit().await?;
    app.edited().await?;
    find(&app, id).await.map(Json)
}

/// Remove a number list with its numbers
#[utoipa::path(delete, path = "/lists/{id}", tag = "admin", params(("id" = String, Path)), responses((status = 204)))]
pub async fn remove(State(app): State<App>, me: SignedIn, At(id): At<RowId>) -> Result<StatusCode, ApiError> {
    let mut tx = app.db.begin().await?;
    lists::remove(&mut tx, id).await?;
    note(&app, &mut tx, &me, "lists.remove", id, String::new()).await?;
    tx.commit().await?;
    app.edited().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(app: &App, tx: &mut store::Tx<'_>, me: &SignedIn, action: &str, id: RowId, detail: String) -> Result<(), ApiError> {
    let entry = audit::Entry { actor: Some(me.agent), action, object: format!("lists/{id}"), detail, address: &me.address };
    Ok(audit::write(tx, &app.ids, now(), entry).await?)
}
