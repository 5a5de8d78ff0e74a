//! The company's own document.

use axum::Json;
use axum::extract::State;
use company::edit::Editor;
use company::{EditError, Kept, Settings, audit};
use serde::Deserialize;
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
    app.office.now().book.settings.clone().map(Json).ok_or(ApiError::NotFound("company"))
}

/// Change the company
#[utoipa::path(put, path = "/company", tag = "admin", request_body = SettingsEdit, responses((status = 200, body = Edited<Settings>)))]
pub async fn put(
    State(app): State<App>,
    me: SignedIn,
    Body(sent): Body<SettingsEdit>,
) -> Result<Json<Edited<Settings>>, ApiError> {
    let editor = Editor { ids: &app.ids, vault: &app.vault, now: now(), by: Some(me.agent), note: "", flows: &crate::flows::Texts };
    let settings = Settings { kind: Settings::default().kind, ..sent.settings };
    let mut tx = app.db.begin().await?;
    let kept = match editor.settings(&mut tx, sent.version, settings).await {
        Err(EditError::Conflict { now, .. }) => {
            drop(tx);
            app.edited().await?;
            let current = serde_json::to_value(&app.office.now().book.settings).unwrap_or_default();
            return Err(ApiError::Conflict { now, current: Box::new(current) });
        }
        other => other?,
    };
    let detail = format!("{} {} {}", kept.item.name, kept.item.zone, kept.item.country);
    let entry = audit::Entry { actor: Some(me.agent), action: "company.update", object: "company".into(), detail, address: &me.address };
    audit::write(&mut tx, &app.ids, now(), entry).await?;
    tx.commit().await?;
    let flow_faults = app.edited().await?;
    Ok(Json(Edited { kept, flow_faults }))
}
