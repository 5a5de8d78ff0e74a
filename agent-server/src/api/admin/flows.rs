//! Flows as text, by name. A text that does not compile in this company is refused with every problem, and what runs
//! stays.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use company::edit::{self, Change, Editor};
use company::{EditError, Flow, Kept, audit};
use contract::{EpochMs, RowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::{Edited, VersionQuery};
use crate::App;
use crate::api::{Page, PageQuery};
use crate::api_error::{ApiError, FlowProblem};
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::{Ask, At, Body};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowText {
    yaml: String,
}

/// A flow as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowEdit {
    yaml: String,
    /// For its history.
    #[serde(default)]
    note: String,
    /// The version the edit began from; left out for a new flow.
    #[serde(default)]
    version: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FlowChecked {
    /// Errors and warnings, in the order of the text.
    problems: Vec<FlowProblem>,
}

/// One change of a flow; without an item it was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlowChange {
    version: i64,
    at: EpochMs,
    by: Option<String>,
    note: String,
    item: Option<Flow>,
}

impl From<Change<Flow>> for FlowChange {
    fn from(change: Change<Flow>) -> Self {
        let Change { version, at, by, note, item } = change;
        Self { version, at, by: by.map(|agent| agent.to_string()), note, item }
    }
}

/// All flows
#[utoipa::path(get, path = "/flows", tag = "admin", responses((status = 200, body = Page<Kept<Flow>>)))]
pub async fn list(State(app): State<App>) -> Json<Page<Kept<Flow>>> {
    let mut items: Vec<Kept<Flow>> = app.office.now().book.flows.values().cloned().collect();
    items.sort_by(|a, b| a.item.name.cmp(&b.item.name));
    Json(Page { items, next: None })
}

fn find(app: &App, name: &str) -> Option<Kept<Flow>> {
    app.office.now().book.flows.values().find(|kept| kept.item.name.eq_ignore_ascii_case(name)).cloned()
}

/// One flow
#[utoipa::path(get, path = "/flows/{name}", tag = "admin", params(("name" = String, Path)), responses((status = 200, body = Kept<Flow>)))]
pub async fn one(State(app): State<App>, At(name): At<String>) -> Result<Json<Kept<Flow>>, ApiError> {
    find(&app, &name).map(Json).ok_or(ApiError::NotFound("flow"))
}

/// Check a flow's text
#[utoipa::path(post, path = "/flows/{name}/check", tag = "admin", params(("name" = String, Path)), request_body = FlowText,
    responses((status = 200, body = FlowChecked)))]
pub async fn check(State(app): State<App>, At(name): At<String>, Body(flow): Body<FlowText>) -> Json<FlowChecked> {
    Json(FlowChecked { problems: problems(&app, &name, &flow.yaml) })
}

/// What is wrong with a flow in this company.
fn problems(app: &App, name: &str, yaml: &str) -> Vec<FlowProblem> {
    crate::flows::problems(&app.office.now().directory, &app.prompts.now(), app.has_speech(), name, yaml)
}

/// Add or change a flow
///
/// 422 `flow_invalid` with `problems` where it does not compile. Calls that walk the old one go on with it.
#[utoipa::path(put, path = "/flows/{name}", tag = "admin", params(("name" = String, Path)), request_body = FlowEdit,
    responses((status = 200, body = Edited<Flow>)))]
pub async fn save(
    State(app): State<App>,
    me: SignedIn,
    At(name): At<String>,
    Body(sent): Body<FlowEdit>,
) -> Result<Json<Edited<Flow>>, ApiError> {
    let _still = app.prompts.still().await;
    let problems = problems(&app, &name, &sent.yaml);
    if crate::flows::blocked(&problems) {
        return Err(ApiError::FlowInvalid(problems));
    }
    let editor = Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note: &sent.note, flows: &crate::flows::Texts };
    let old = find(&app, &name);
    let item = Flow { name: old.as_ref().map_or(name, |kept| kept.item.name.clone()), yaml: sent.yaml };
    let mut tx = app.db.begin().await?;
    let done = match &old {
        None => editor.create(&mut tx, item).await,
        Some(old) => {
            let began = sent.version.ok_or_else(|| ApiError::field("version", "required", "must be the version the edit began from"))?;
            editor.update(&mut tx, old.id, began, item).await
        }
    };
    let kept = match done {
        Err(EditError::Conflict { now, .. }) => {
            drop(tx);
            app.edited().await?;
            let current = old.and_then(|old| find(&app, &old.item.name)).and_then(|kept| serde_json::to_value(kept).ok());
            return Err(ApiError::Conflict { now, current: Box::new(current.unwrap_or_default()) });
        }
        other => other?,
    };
    note(&app, &mut tx, &me, if old.is_some() { "flows.update" } else { "flows.create" }, kept.id, kept.item.name.clone()).await?;
    tx.commit().await?;
    Ok(Json(Edited { flow_faults: app.edited().await?, kept }))
}

/// Remove a flow nobody uses
#[utoipa::path(delete, path = "/flows/{name}", tag = "admin", params(("name" = String, Path), VersionQuery), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    At(name): At<String>,
    Ask(VersionQuery { version }): Ask<VersionQuery>,
) -> Result<StatusCode, ApiError> {
    let old = find(&app, &name).ok_or(ApiError::NotFound("flow"))?;
    let editor = Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note: "", flows: &crate::flows::Texts };
    let mut tx = app.db.begin().await?;
    editor.remove::<Flow>(&mut tx, old.id, version.unwrap_or(old.version)).await?;
    note(&app, &mut tx, &me, "flows.remove", old.id, old.item.name).await?;
    tx.commit().await?;
    app.edited().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of a flow, newest first
#[utoipa::path(get, path = "/flows/{name}/versions", tag = "admin", params(("name" = String, Path), PageQuery),
    responses((status = 200, body = Page<FlowChange>)))]
pub async fn versions(
    State(app): State<App>,
    At(name): At<String>,
    Ask(page): Ask<PageQuery>,
) -> Result<Json<Page<FlowChange>>, ApiError> {
    let kept = find(&app, &name).ok_or(ApiError::NotFound("flow"))?;
    let told = edit::history::<Flow>(&app.db, kept.id, &page.ask()).await?;
    Ok(Json(Page { items: told.rows.into_iter().map(FlowChange::from).collect(), next: told.next }))
}

async fn note(app: &App, tx: &mut store::Tx<'_>, me: &SignedIn, action: &str, id: RowId, detail: String) -> Result<(), ApiError> {
    let entry = audit::Entry { actor: Some(me.agent), action, object: format!("flows/{id}"), detail, address: &me.address };
    Ok(audit::write(tx, &app.ids, now(), entry).await?)
}
