//! Who did what.

use axum::Json;
use axum::extract::State;
use company::audit::{self, Filter};
use contract::{AgentId, EpochMs, RowId};
use serde::{Deserialize, Serialize};
use store::page::{PageAsk, cursor};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::api::Page;
use crate::api_error::ApiError;
use crate::extract::Ask;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    from: Option<EpochMs>,
    to: Option<EpochMs>,
    /// As in [`AuditRow::action`].
    action: Option<String>,
    #[param(value_type = Option<String>)]
    actor: Option<AgentId>,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    id: String,
    at: EpochMs,
    actor: Option<String>,
    /// Dotted and stable: `session.begin`, `recording.listen`, `queues.update`.
    action: String,
    /// `kind/id`.
    object: String,
    detail: String,
    address: String,
}

/// The audit log, newest first
#[utoipa::path(get, path = "/audit", tag = "admin", params(AuditQuery), responses((status = 200, body = Page<AuditRow>)))]
pub async fn list(State(app): State<App>, Ask(query): Ask<AuditQuery>) -> Result<Json<Page<AuditRow>>, ApiError> {
    let ask = PageAsk { limit: 0, cursor: query.cursor };
    let before = ask.after().map_err(|e| ApiError::BadRequest(e.to_string()))?.map(|(at, id)| (at, RowId(id)));
    let filter = Filter { actor: query.actor, action: query.action, from: query.from, to: query.to, before };
    let size = query.limit.unwrap_or(50).clamp(1, 200);
    let mut lines = audit::list(&app.db, &filter, size + 1).await?;
    let more = lines.len() > size as usize;
    lines.truncate(size as usize);
    let next = if more { lines.last().map(|line| cursor(line.at, line.audit_id.0)) } else { None };
    let row = |line: audit::Line| AuditRow {
        id: line.audit_id.to_string(),
        at: line.at,
        actor: line.actor.map(|agent| agent.to_string()),
        action: line.action,
        object: line.object,
        detail: line.detail,
        address: line.address,
    };
    Ok(Json(Page { items: lines.into_iter().map(row).collect(), next }))
}
