//! One way to list, add, read, change and remove every kind of document. A change is sent back with the version it began
//! from; where somebody was quicker, the answer holds the document as it is now. Passwords go in and never come out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use company::edit::{self, Change, Editor};
use company::rules::Checked;
use company::{Agent, Disposition, EditError, FieldFault, Number, Pbx, Queue, Reason, Skill, Station, Team, Trunk};
use company::{Kept, audit, book::Shelved, credentials, sessions};
use contract::{AgentId, PbxId, RowId, StationId, TrunkId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::describe::{self, Words};
use super::pbxs::PbxLive;
use super::trunks::TrunkLive;
use crate::App;
use crate::api::{Page, PageQuery};
use crate::api_error::ApiError;
use crate::auth::{SignedIn, sign_in};
use crate::clock::now;
use crate::desk::StationLive;
use crate::extract::{Ask, At, Body, read_value};
use crate::phones::FlowFault;
use crate::prompts::uses;


/// A kind of document with these routes.
pub trait Managed: Shelved + Checked + ToSchema {
    /// A person: a password may be sent along, to be changed at the next sign-in.
    const PASSWORD: bool = false;
    /// Fields of [`Managed::live`].
    const LIVE: &'static [&'static str] = &[];
    /// Shown with what the phones know of it now, as this says.
    fn live_words() -> Option<Words> {
        None
    }
    fn live(_: &App, _: RowId) -> Option<Live> {
        None
    }
    /// Faults that only the rooms above the book can tell; checked with all the others.
    fn beyond_the_book(&self, _: &App) -> Vec<FieldFault> {
        Vec::new()
    }
}

impl Managed for Team {}
impl Managed for Skill {}
impl Managed for Queue {
    /// Its music and prompts are there to be played.
    fn beyond_the_book(&self, app: &App) -> Vec<FieldFault> {
        uses::sounds(&app.office.now().directory, &app.prompts.now(), app.has_speech()).check(self)
    }
}
impl Managed for Number {}
impl Managed for Trunk {
    const LIVE: &'static [&'static str] = &["registration", "reached"];
    fn live_words() -> Option<Words> {
        Some(Words::of::<TrunkLive>())
    }
    fn live(app: &App, id: RowId) -> Option<Live> {
        Some(Live::Trunk(TrunkLive::of(app.gateway.trunk(TrunkId(id.0)))))
    }
}
impl Managed for Pbx {
    const LIVE: &'static [&'static str] = &["link"];
    fn live_words() -> Option<Words> {
        Some(Words::of::<PbxLive>())
    }
    fn live(app: &App, id: RowId) -> Option<Live> {
        Some(Live::Pbx(PbxLive::of(app.gateway.pbx(PbxId(id.0)))))
    }
}
impl Managed for Station {
    const LIVE: &'static [&'static str] = &["health", "userAgent", "address"];
    fn live_words() -> Option<Words> {
        Some(Words::of::<StationLive>())
    }
    fn live(app: &App, id: RowId) -> Option<Live> {
        Some(Live::Station(app.desk.station(StationId(id.0))))
    }
}
impl Managed for Reason {}
impl Managed for Disposition {}
impl Managed for Agent {
    const PASSWORD: bool = true;
}

/// A document, with what is known of it now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shown<T> {
    #[serde(flatten)]
    pub kept: Kept<T>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

/// What the phones know of a document now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Live {
    Station(StationLive),
    Trunk(TrunkLive),
    Pbx(PbxLive),
}

/// A document after an edit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Edited<T> {
    #[serde(flatten)]
    pub kept: Kept<T>,
    /// Flows that do not fit the company any more since this edit.
    pub flow_faults: Vec<FlowFault>,
}

/// Where given, the document must still be at this version.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    pub version: Option<i64>,
}

pub fn routes(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    let router = kind::<Team>(kind::<Skill>(kind::<Queue>(kind::<Number>(kind::<Trunk>(router)))));
    let router = kind::<Pbx>(router);
    kind::<Station>(kind::<Reason>(kind::<Disposition>(kind::<Agent>(router))))
}

fn kind<T: Managed>(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    let (all, one) = (format!("/{}", T::KIND), format!("/{}/{{id}}", T::KIND));
    let mut router = router
        .route(&all, get(list::<T>).post(create::<T>))
        .route(&one, get(read::<T>).put(update::<T>).delete(remove::<T>))
        .route(&format!("{one}/history"), get(history::<T>));
    describe::kind::<T>(router.get_openapi_mut());
    router
}

/// Without what must not be seen.
fn shown<T: Managed>(mut kept: Kept<T>) -> Kept<T> {
    hide(&mut kept.item);
    kept
}

fn hide<T: Managed>(item: &mut T) {
    if let Some((plain, sealed)) = item.secret() {
        (*plain, *sealed) = (None, None);
    }
}

fn with_live<T: Managed>(app: &App, kept: Kept<T>) -> Shown<T> {
    Shown { live: T::live(app, kept.id), kept: shown(kept) }
}

async fn list<T: Managed>(State(app): State<App>, Ask(page): Ask<PageQuery>) -> Result<Json<Page<Shown<T>>>, ApiError> {
    let office = app.office.now();
    let after: i64 = match &page.cursor {
        Some(text) => text.parse::<RowId>().map_err(|_| ApiError::BadRequest("cursor: is none of this list".into()))?.0,
        None => -1,
    };
    let size = page.size() as usize;
    let rest = T::shelf(&office.book).iter().filter(|(id, _)| Into::<i64>::into(**id) > after);
    let items: Vec<Shown<T>> = rest.clone().take(size).map(|(_, kept)| with_live(&app, kept.clone())).collect();
    let next = if rest.count() > size { items.last().map(|shown| shown.kept.id.to_string()) } else { None };
    Ok(Json(Page { items, next }))
}

async fn read<T: Managed>(State(app): State<App>, At(id): At<RowId>) -> Result<Json<Shown<T>>, ApiError> {
    find::<T>(&app, id).map(|kept| Json(with_live(&app, kept)))
}

fn find<T: Managed>(app: &App, id: RowId) -> Result<Kept<T>, ApiError> {
    let kept = T::shelf(&app.office.now().book).get(&id.0.into()).cloned();
    kept.map(shown).ok_or(ApiError::NotFound("document"))
}

async fn create<T: Managed>(
    State(app): State<App>,
    me: SignedIn,
    Body(body): Body<Value>,
) -> Result<(StatusCode, Json<Edited<T>>), ApiError> {
    let sent = sent::<T>(body)?;
    let password = hashed(&app, sent.password).await?;
    let editor = editor(&app, &me, &sent.note);
    let _still = app.prompts.still().await;
    let more = sent.item.beyond_the_book(&app);
    let mut tx = app.db.begin().await?;
    let kept = with(more, editor.create(&mut tx, sent.item).await)?;
    give_password(&mut tx, kept.id, password.as_deref()).await?;
    note::<T>(&app, &mut tx, &me, "create", kept.id, format!("{:?}", kept.item.title())).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(edited(&app, kept).await?)))
}

async fn update<T: Managed>(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RowId>,
    Body(body): Body<Value>,
) -> Result<Json<Edited<T>>, ApiError> {
    let sent = sent::<T>(body)?;
    let version = sent.version.ok_or_else(|| ApiError::field("version", "required", "must be the version the edit began from"))?;
    let password = hashed(&app, sent.password).await?;
    let editor = editor(&app, &me, &sent.note);
    let _still = app.prompts.still().await;
    let more = sent.item.beyond_the_book(&app);
    let mut tx = app.db.begin().await?;
    let before = find::<T>(&app, id).ok();
    let kept = match with(more, editor.update(&mut tx, id.0.into(), version, sent.item).await) {
        Err(EditError::Conflict { now, .. }) => {
            drop(tx);
            return Err(conflict::<T>(&app, id, now).await);
        }
        other => other?,
    };
    give_password(&mut tx, id, password.as_deref()).await?;
    let mut changed = changes(before.map(|kept| kept.item), shown(kept.clone()).item);
    if password.is_some() {
        changed.push_str("; password");
    }
    note::<T>(&app, &mut tx, &me, "update", id, changed).await?;
    tx.commit().await?;
    Ok(Json(edited(&app, kept).await?))
}

/// Every fault at once; where there are more than the book's, what was written so far is not kept.
fn with<T>(more: Vec<FieldFault>, done: Result<T, EditError>) -> Result<T, EditError> {
    match done {
        Err(EditError::Invalid(faults)) => Err(EditError::Invalid(faults.into_iter().chain(more).collect())),
        Ok(_) if !more.is_empty() => Err(EditError::Invalid(more)),
        done => done,
    }
}

async fn remove<T: Managed>(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RowId>,
    Ask(VersionQuery { version }): Ask<VersionQuery>,
) -> Result<StatusCode, ApiError> {
    let editor = editor(&app, &me, "");
    let old = find::<T>(&app, id)?;
    let title = old.item.title().to_owned();
    let mut tx = app.db.begin().await?;
    match editor.remove::<T>(&mut tx, id.0.into(), version.unwrap_or(old.version)).await {
        Err(EditError::Conflict { now, .. }) => {
            drop(tx);
            return Err(conflict::<T>(&app, id, now).await);
        }
        other => other?,
    }
    note::<T>(&app, &mut tx, &me, "remove", id, format!("{title:?}")).await?;
    tx.commit().await?;
    app.edited().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn history<T: Managed>(
    State(app): State<App>,
    At(id): At<RowId>,
    Ask(page): Ask<PageQuery>,
) -> Result<Json<Page<Change<T>>>, ApiError> {
    let first = page.cursor.is_none();
    let mut told = edit::history::<T>(&app.db, id.0.into(), &page.ask()).await?;
    told.rows.iter_mut().filter_map(|change| change.item.as_mut()).for_each(hide);
    if told.rows.is_empty() && first {
        return Err(ApiError::NotFound("document"));
    }
    Ok(Json(Page { items: told.rows, next: told.next }))
}

/// What was sent: the document, the version it began from, and a note for its history.
struct Sent<T> {
    item: T,
    version: Option<i64>,
    note: String,
    password: Option<String>,
}

/// Fields the server sets, beside [`Managed::LIVE`]; a document may be sent back as it was got.
const OURS: [&str; 4] = ["id", "updatedAt", "updatedBy", "flowFaults"];

fn sent<T: Managed>(body: Value) -> Result<Sent<T>, ApiError> {
    let Value::Object(mut fields) = body else {
        return Err(ApiError::BadRequest("the body must be a JSON object".into()));
    };
    for field in OURS.iter().chain(T::LIVE) {
        fields.remove(*field);
    }
    if fields.contains_key("sealed") {
        return Err(ApiError::field("sealed", "unknown", "cannot be set; send password"));
    }
    let version = field::<i64>(&mut fields, "version")?;
    let note = field::<String>(&mut fields, "changeNote")?.unwrap_or_default();
    let password = if T::PASSWORD { field::<String>(&mut fields, "password")? } else { None };
    let item = read_value(Value::Object(fields))?;
    Ok(Sent { item, version, note: note.chars().take(500).collect(), password: password.filter(|p| !p.is_empty()) })
}

fn field<T: serde::de::DeserializeOwned>(fields: &mut serde_json::Map<String, Value>, name: &str) -> Result<Option<T>, ApiError> {
    let value = fields.remove(name).filter(|value| !value.is_null());
    value.map(|v| serde_json::from_value(v).map_err(|e| ApiError::field(name, "format", e.to_string()))).transpose()
}

async fn hashed(app: &App, password: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(password) = password else { return Ok(None) };
    let _turn = app.doors.turn().await?;
    sign_in::hashed(password, "password").await.map(Some)
}

/// Given by somebody else, so it has to be changed; whoever is signed in with the old one is not any more.
async fn give_password(tx: &mut Tx<'_>, id: RowId, hash: Option<&str>) -> Result<(), ApiError> {
    let Some(hash) = hash else { return Ok(()) };
    credentials::set(tx, AgentId(id.0), hash, true, now()).await?;
    sessions::end_others(tx, AgentId(id.0), None, now()).await?;
    Ok(())
}

fn editor<'a>(app: &'a App, me: &SignedIn, note: &'a str) -> Editor<'a> {
    Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note, flows: &crate::flows::Texts }
}

async fn edited<T: Managed>(app: &App, kept: Kept<T>) -> Result<Edited<T>, ApiError> {
    let flow_faults = app.edited().await?;
    Ok(Edited { kept: shown(kept), flow_faults })
}

async fn conflict<T: Managed>(app: &App, id: RowId, now: i64) -> ApiError {
    // Another server may have been the quicker one: read again before showing what it is now.
    let read = app.edited().await;
    let current = read.ok().and_then(|_| find::<T>(app, id).ok()).and_then(|kept| serde_json::to_value(kept).ok());
    ApiError::Conflict { now, current: Box::new(current.unwrap_or_default()) }
}

async fn note<T: Managed>(app: &App, tx: &mut Tx<'_>, me: &SignedIn, what: &str, id: RowId, detail: String) -> Result<(), ApiError> {
    let action = format!("{}.{what}", T::KIND);
    let object = format!("{}/{id}", T::KIND);
    let entry = audit::Entry { actor: Some(me.agent), action: &action, object, detail, address: &me.address };
    Ok(audit::write(tx, &app.ids, now(), entry).await?)
}

/// `field: before → after` of each field that changed; long values by their length.
fn changes<T: Serialize>(before: Option<T>, after: T) -> String {
    let fields = |value: Option<T>| match value.and_then(|v| serde_json::to_value(v).ok()) {
        Some(Value::Object(fields)) => fields,
        Some(_) | None => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(Some(after)));
    let word = |value: Option<&Value>| match value {
        None => "-".to_owned(),
        Some(Value::String(text)) if text.chars().count() > 80 => format!("{} characters", text.chars().count()),
        Some(value) => value.to_string(),
    };
    let mut told = Vec::new();
    for (field, value) in &after {
        if before.get(field) != Some(value) {
            told.push(format!("{field}: {} → {}", word(before.get(field)), word(Some(value))));
        }
    }
    let gone = before.keys().filter(|field| !after.contains_key(*field));
    told.extend(gone.map(|field| format!("{field}: {} → -", word(before.get(field)))));
    told.join("; ")
}
