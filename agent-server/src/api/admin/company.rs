//! The company's own document.

use axum::Json;
use axum::extract::State;
use company::edit::Editor;
use company::{EditError, Kept, Settings, audit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::Edited;
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::Body;

/// The company as it is to be, and the version the edit began from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsEdit {
    version: i64,
    #[serde(flatten)]
    settings: Settings,
}

/// The company
#[utoipa::path(get, path = "/company", tag = "admin", responses((status = 200, body = Kept<Settings>)))]
pub async fn get(State(app): State<App>) -> Result<Json<Kept<Settings>>, ApiError> {
    app.office.now().book.settings.clone().map(shown).map(Json).ok_or(ApiError::NotFound("company"))
}

/// Without what must not be seen.
fn shown(mut kept: Kept<Settings>) -> Kept<Settings> {
    (kept.item.relay.password, kept.item.relay.sealed) = (None, None);
    kept
}

/// Change the company
#[utoipa::path(put, path = "/company", tag = "admin", request_body = SettingsEdit, responses((status = 200, body = Edited<Settings>)))]
pub async fn put(
    State(app): State<App>,
    me: SignedIn,
    Body(sent): Body<SettingsEdit>,
) -> Result<Json<Edited<Settings>>, ApiError> {
    if sent.settings.relay.sealed.is_some() {
        return Err(ApiError::field("relay.sealed", "unknown", "cannot be set; send password"));
    }
    let editor = Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note: "", flows: &crate::flows::Texts };
    let settings = Settings { kind: Settings::default().kind, ..sent.settings };
    let mut tx = app.db.begin().await?;
    let kept = match editor.settings(&mut tx, sent.version, settings).await {
        Err(EditError::Conflict { now, .. }) => {
            drop(tx);
            app.edited().await?;
            let current = serde_json::to_value(app.office.now().book.settings.clone().map(shown)).unwrap_or_default();
            return Err(ApiError::Conflict { now, current: Box::new(current) });
        }
        other => other?,
    };
    let detail = format!("{} {} {}", kept.item.name, kept.item.zone, kept.item.country);
    let entry = audit::Entry { actor: Some(me.agent), action: "company.update", object: "company".into(), detail, address: &me.address };
    audit::write(&mut tx, &app.ids, now(), entry).await?;
    tx.commit().await?;
    let flow_faults = app.edited().await?;
    Ok(Json(Edited { kept: shown(kept), flow_faults }))
}

/// A key, told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebKey {
    /// As a token's `kid` names it.
    id: String,
    /// What tokens are signed with (HS256). Nobody is told it again.
    secret: String,
}

/// Make a key that signs who visitors are
///
/// The newest and the one before hold; an older one is of no use any more.
#[utoipa::path(post, path = "/company/web-keys", tag = "admin", responses((status = 200, body = WebKey)))]
pub async fn make_key(State(app): State<App>, me: SignedIn) -> Result<Json<WebKey>, ApiError> {
    let editor = Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note: "", flows: &crate::flows::Texts };
    let mut chance = [0; 4];
    getrandom::fill(&mut chance).map_err(|e| ApiError::Internal(format!("no randomness: {e}")))?;
    let id = hex::encode(chance);
    let kept = app.office.now().book.settings.clone().ok_or(ApiError::NotFound("company"))?;
    let mut settings = kept.item;
    settings.web_calls.keys.insert(0, id.clone());
    settings.web_calls.keys.truncate(company::WebCalls::MOST_KEYS);
    let mut tx = app.db.begin().await?;
    editor.settings(&mut tx, kept.version, settings).await?;
    let detail = format!("key {id}");
    let entry = audit::Entry { actor: Some(me.agent), action: "company.web_key", object: "company".into(), detail, address: &me.address };
    audit::write(&mut tx, &app.ids, now(), entry).await?;
    tx.commit().await?;
    app.edited().await?;
    let secret = crate::web_calls::secret(&app.vault, &id);
    Ok(Json(WebKey { id, secret }))
}
