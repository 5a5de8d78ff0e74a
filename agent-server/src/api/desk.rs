//! What a desk needs to begin, and its line.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::State;
use axum::response::Response;
use contract::directory::browser_station;
use contract::{Activity, DispositionId, Seat, SeatStatus, StationHealth};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::known;
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::desk;
use crate::extract::Ask;
use crate::office::View;

/// A thing with a name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    pub id: String,
    pub name_zh: String,
    pub name_en: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReasonChoice {
    #[serde(flatten)]
    named: Named,
    /// How long this kind of break is meant to last; 0: no aim.
    target_minutes: u32,
}

/// At most two levels; where there are children, one of them is chosen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispositionChoice {
    #[serde(flatten)]
    named: Named,
    /// Where it is offered; empty: everywhere.
    queues: Vec<String>,
    #[schema(no_recursion)]
    children: Vec<DispositionChoice>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QueueChoice {
    id: String,
    name: String,
    waiting: u32,
    /// Agents who could be offered a call now.
    ready: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StationChoice {
    id: String,
    /// Empty: it is my browser.
    name: String,
    /// My browser, and no phone.
    browser: bool,
    /// Proposed to me.
    mine: bool,
    /// Nobody else sits there.
    free: bool,
    #[schema(value_type = known::StationHealth)]
    health: StationHealth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Free,
    Busy,
    NotReady,
    Offline,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Colleague {
    id: String,
    name: String,
    team: Option<String>,
    presence: Presence,
}

/// A flow that I may send my caller to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlowChoice {
    name: String,
    description: String,
    /// It may give the caller back to me; I wait meanwhile.
    returns: bool,
}

/// What a desk offers to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskSetup {
    reasons: Vec<ReasonChoice>,
    dispositions: Vec<DispositionChoice>,
    queues: Vec<QueueChoice>,
    stations: Vec<StationChoice>,
    agents: Vec<Colleague>,
    flows: Vec<FlowChoice>,
}

/// What my desk offers to choose from
#[utoipa::path(get, path = "/desk/setup", tag = "desk", responses((status = 200, body = DeskSetup)))]
pub async fn setup(State(app): State<App>, me: SignedIn) -> Json<DeskSetup> {
    let (view, seats) = (app.office.now(), app.desk.seats());
    let waiting: BTreeMap<_, _> = app.desk.live().queues.into_iter().map(|row| (row.queue, row.waiting)).collect();
    let reasons = view.book.reasons.iter().map(|(id, kept)| ReasonChoice {
        named: Named { id: id.to_string(), name_zh: kept.item.name_zh.clone(), name_en: kept.item.name_en.clone() },
        target_minutes: kept.item.target_minutes,
    });
    let queues = view.book.queues.iter().map(|(id, kept)| QueueChoice {
        id: id.to_string(),
        name: kept.item.name.clone(),
        waiting: waiting.get(id).copied().unwrap_or(0),
        ready: u32::try_from(seats.values().filter(|seat| serves(&view, seat, &kept.item)).count()).unwrap_or(u32::MAX),
    });
    let taken: BTreeSet<_> = seats.values().filter(|s| s.agent != me.agent && s.status != SeatStatus::Offline).filter_map(|s| s.station).collect();
    let mine = view.book.agents.get(&me.agent).and_then(|kept| kept.item.station);
    let stations = view.book.stations.iter().map(|(id, kept)| StationChoice {
        id: id.to_string(),
        name: kept.item.username.clone(),
        browser: false,
        mine: mine == Some(*id),
        free: !taken.contains(id),
        health: app.desk.station(*id).health,
    });
    let own = browser_station(me.agent);
    let browser = view.directory.browser_of(own).map(|_| StationChoice {
        id: own.to_string(),
        name: String::new(),
        browser: true,
        mine: mine.is_none(),
        free: true,
        health: app.desk.station(own).health,
    });
    let flows = view.agent_flows.iter().map(|(name, flow)| FlowChoice {
        name: name.clone(),
        description: flow.description.clone(),
        returns: flow.returns,
    });
    let others = view.book.agents.iter().filter(|(id, kept)| kept.item.active && **id != me.agent);
    let agents = others.map(|(id, kept)| Colleague {
        id: id.to_string(),
        name: kept.item.name.clone(),
        team: kept.item.team.and_then(|team| view.book.teams.get(&team)).map(|team| team.item.name.clone()),
        presence: presence(seats.get(id)),
    });
    Json(DeskSetup {
        reasons: reasons.collect(),
        dispositions: children(&view, None),
        queues: queues.collect(),
        stations: browser.into_iter().chain(stations).collect(),
        agents: agents.collect(),
        flows: flows.collect(),
    })
}

fn children(view: &View, parent: Option<DispositionId>) -> Vec<DispositionChoice> {
    let mut level: Vec<_> = view.book.dispositions.iter().filter(|(_, kept)| kept.item.parent == parent).collect();
    level.sort_by_key(|(id, kept)| (kept.item.position, **id));
    let choice = |(id, kept): (&DispositionId, &company::Kept<company::Disposition>)| DispositionChoice {
        named: Named { id: id.to_string(), name_zh: kept.item.name_zh.clone(), name_en: kept.item.name_en.clone() },
        queues: kept.item.queues.iter().map(ToString::to_string).collect(),
        children: if parent.is_none() { children(view, Some(*id)) } else { Vec::new() },
    };
    level.into_iter().map(choice).collect()
}

/// Could be offered a call of this queue now.
fn serves(view: &View, seat: &Seat, queue: &company::Queue) -> bool {
    let free = presence(Some(seat)) == Presence::Free && seat.health == StationHealth::Ok;
    let skills = view.directory.agents.get(&seat.agent).map(|agent| &agent.skills);
    free && skills.is_some_and(|has| queue.skills.iter().all(|need| has.get(&need.skill).is_some_and(|level| *level >= need.level)))
}

fn presence(seat: Option<&Seat>) -> Presence {
    match seat.map(|seat| (seat.status, seat.activity)) {
        None | Some((SeatStatus::Offline, Activity::Idle)) => Presence::Offline,
        Some((SeatStatus::Ready, Activity::Idle)) => Presence::Free,
        Some((SeatStatus::NotReady { .. }, Activity::Idle)) => Presence::NotReady,
        Some(_) => Presence::Busy,
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AfterQuery {
    /// The last number heard; 0 or left out: everything.
    #[serde(default)]
    after: u64,
}

/// My line
///
/// A WebSocket: `DeskMessage` down, `DeskIntent` up, both JSON, as in `contract.gen.ts`.
#[utoipa::path(get, path = "/desk/ws", tag = "desk", params(AfterQuery), responses((status = 101, description = "The line is open")))]
pub async fn ws(
    State(app): State<App>,
    me: SignedIn,
    Ask(AfterQuery { after }): Ask<AfterQuery>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if app.stopping() {
        return Err(ApiError::Busy);
    }
    let upgrade = upgrade.map_err(|e| ApiError::BadRequest(e.body_text()))?;
    Ok(upgrade.max_message_size(LONGEST_INTENT).on_upgrade(move |socket| desk::serve(app, me, after, socket)))
}

const LONGEST_INTENT: usize = 64 * 1024;

