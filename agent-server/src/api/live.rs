//! The board as it is now, and why a call waits. What moves comes over the desk's line.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use contract::{EpochMs, InteractionId, LiveAgent, LiveCall, LiveQueue};
use reports::board::Live;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::api_error::ApiError;
use crate::extract::At;

#[derive(Debug, Serialize, ToSchema)]
pub struct AgentName {
    name: String,
    team: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueName {
    name: String,
    /// Service level: answered within.
    target_ms: u64,
}

/// Everything live. Rows are as in `contract.gen.ts`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveSnapshot {
    at: EpochMs,
    #[schema(value_type = Vec<Object>)]
    calls: Vec<LiveCall>,
    #[schema(value_type = Vec<Object>)]
    agents: Vec<LiveAgent>,
    #[schema(value_type = Vec<Object>)]
    queues: Vec<LiveQueue>,
    agent_names: BTreeMap<String, AgentName>,
    queue_names: BTreeMap<String, QueueName>,
}

/// Calls, agents and queues now
#[utoipa::path(get, path = "/live", tag = "live", responses((status = 200, body = LiveSnapshot)))]
pub async fn snapshot(State(app): State<App>) -> Json<LiveSnapshot> {
    let (view, Live { calls, agents, queues }) = (app.office.now(), app.desk.live());
    let team = |agent: &company::Agent| agent.team.and_then(|id| view.book.teams.get(&id)).map(|team| team.item.name.clone());
    let names = view.book.agents.iter().map(|(id, kept)| (id.to_string(), AgentName { name: kept.item.name.clone(), team: team(&kept.item) }));
    let target_ms = |queue: &company::Queue| u64::from(queue.target_seconds) * 1000;
    let named = view.book.queues.iter().map(|(id, kept)| (id.to_string(), QueueName { name: kept.item.name.clone(), target_ms: target_ms(&kept.item) }));
    Json(LiveSnapshot {
        at: app.gateway.clock().now(),
        calls,
        agents,
        queues,
        agent_names: names.collect(),
        queue_names: named.collect(),
    })
}

/// Why a waiting call is or is not being offered
///
/// Everybody who might take it, the best first, each with what stands against it. 404: it does not wait.
#[utoipa::path(get, path = "/live/explain/{interaction}", tag = "live", params(("interaction" = String, Path)),
    responses((status = 200, body = Object)))]
pub async fn explain(State(app): State<App>, At(call): At<InteractionId>) -> Result<Json<acd::CallExplained>, ApiError> {
    app.gateway.explain(call).await.map(Json).ok_or(ApiError::NotFound("waiting call"))
}
