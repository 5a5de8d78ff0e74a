//! The board as it is now, and why a call waits. What moves comes over the desk's line.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use contract::{EpochMs, InteractionId, LiveAgent, LiveCall, LiveQueue, SeatWhy};
use reports::board::Live;
use serde::Serialize;
use utoipa::ToSchema;

use super::known;
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

/// Everything live.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveSnapshot {
    at: EpochMs,
    #[schema(value_type = Vec<known::LiveCall>)]
    calls: Vec<LiveCall>,
    #[schema(value_type = Vec<known::LiveAgent>)]
    agents: Vec<LiveAgent>,
    #[schema(value_type = Vec<known::LiveQueue>)]
    queues: Vec<LiveQueue>,
    agent_names: BTreeMap<String, AgentName>,
    queue_names: BTreeMap<String, QueueName>,
}

/// Calls, agents and queues now
#[utoipa::path(get, path = "/live", tag = "live", responses((status = 200, body = LiveSnapshot)))]
pub async fn snapshot(State(app): State<App>) -> Json<LiveSnapshot> {
    let (view, Live { calls, agents, queues }) = (app.office.now(), app.desk.live());
    let team =
        |agent: &company::Agent| agent.team.and_then(|id| view.book.teams.get(&id)).map(|team| team.item.name.clone());
    let names = view
        .book
        .agents
        .iter()
        .map(|(id, kept)| (id.to_string(), AgentName { name: kept.item.name.clone(), team: team(&kept.item) }));
    let target_ms = |queue: &company::Queue| u64::from(queue.target_seconds) * 1000;
    let named = view.book.queues.iter().map(|(id, kept)| {
        (id.to_string(), QueueName { name: kept.item.name.clone(), target_ms: target_ms(&kept.item) })
    });
    Json(LiveSnapshot {
        at: app.gateway.clock().now(),
        calls,
        agents,
        queues,
        agent_names: names.collect(),
        queue_names: named.collect(),
    })
}

/// Why an agent cannot be offered a call now.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Obstacle {
    /// Rejected or missed an offer a moment ago.
    Resting {
        until: EpochMs,
    },
    WrapUp {
        until: Option<EpochMs>,
    },
    /// Being rung for this or another caller.
    Offered {
        interaction: String,
    },
    OnCall {
        interaction: String,
    },
    NotReady {
        reason: Option<String>,
        #[schema(value_type = known::SeatWhy)]
        why: SeatWhy,
    },
    StationUnreachable,
    /// A browser without a microphone, or with a bad line.
    StationUnfit,
    /// A phone of a PBX beside us, which routes the calls of its queues itself.
    StationOfPbx,
    NoStation,
    SignedOut,
    /// `has`: 0 where the agent lacks the skill.
    Skill {
        skill: String,
        has: u8,
        needs: u8,
    },
    /// The caller waits for another agent.
    NotAskedFor,
}

impl From<acd::Obstacle> for Obstacle {
    fn from(obstacle: acd::Obstacle) -> Self {
        use acd::Obstacle as O;
        match obstacle {
            O::Resting { until } => Self::Resting { until },
            O::WrapUp { until } => Self::WrapUp { until },
            O::Offered { interaction } => Self::Offered { interaction: interaction.to_string() },
            O::OnCall { interaction } => Self::OnCall { interaction: interaction.to_string() },
            O::NotReady { reason, why } => Self::NotReady { reason: reason.map(|id| id.to_string()), why: why.0 },
            O::StationUnreachable => Self::StationUnreachable,
            O::StationUnfit => Self::StationUnfit,
            O::StationOfPbx => Self::StationOfPbx,
            O::NoStation => Self::NoStation,
            O::SignedOut => Self::SignedOut,
            O::Skill { skill, has, needs } => Self::Skill { skill: skill.to_string(), has, needs },
            O::NotAskedFor => Self::NotAskedFor,
        }
    }
}

/// One agent, seen from one caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    agent: String,
    /// Null: could be offered the call.
    obstacle: Option<Obstacle>,
    /// The sum of levels in the skills asked for.
    levels: u32,
    /// Since the last offer, call or becoming ready; 0 where there is an obstacle.
    idle_ms: u32,
}

/// One caller and everybody who might serve.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallExplained {
    interaction: String,
    /// Null where the caller waits for one agent.
    queue: Option<String>,
    position: Option<u32>,
    waited_ms: u32,
    /// Who is being rung.
    ringing: Option<String>,
    /// First who could be rung, the best first; then by how soon the obstacle may go.
    agents: Vec<Verdict>,
}

impl From<acd::CallExplained> for CallExplained {
    fn from(call: acd::CallExplained) -> Self {
        let verdict = |one: acd::Verdict| Verdict {
            agent: one.agent.to_string(),
            obstacle: one.obstacle.map(Obstacle::from),
            levels: one.levels,
            idle_ms: one.idle_ms,
        };
        Self {
            interaction: call.interaction.to_string(),
            queue: call.queue.map(|id| id.to_string()),
            position: call.position,
            waited_ms: call.waited_ms,
            ringing: call.ringing.map(|id| id.to_string()),
            agents: call.agents.into_iter().map(verdict).collect(),
        }
    }
}

/// Why a waiting call is or is not being offered
///
/// Everybody who might take it, the best first, each with what stands against it. 404: it does not wait.
#[utoipa::path(get, path = "/live/explain/{interaction}", tag = "live", params(("interaction" = String, Path)),
    responses((status = 200, body = CallExplained)))]
pub async fn explain(State(app): State<App>, At(call): At<InteractionId>) -> Result<Json<CallExplained>, ApiError> {
    app.gateway.explain(call).await.map(|call| Json(call.into())).ok_or(ApiError::NotFound("waiting call"))
}
