//! The names by which calls and recordings are narrowed down: whoever may list them gets those that the lists answer to.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ref, recordings};
use crate::App;
use crate::auth::{Permission, SignedIn};

/// Somebody whose calls or recordings one may ask for.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterAgent {
    id: String,
    name: String,
    team: Option<Ref>,
    /// Still works here.
    active: bool,
    /// The call list answers to this person.
    calls: bool,
    /// The list of recordings does.
    recordings: bool,
}

/// What the lists of calls and recordings can be narrowed down by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Filters {
    /// Those who work here first, by name.
    agents: Vec<FilterAgent>,
    queues: Vec<Ref>,
}

/// What calls and recordings can be narrowed down by
///
/// Only agents whose calls or recordings you may list.
#[utoipa::path(get, path = "/filters", tag = "interactions", responses((status = 200, body = Filters)))]
pub async fn filters(State(app): State<App>, me: SignedIn) -> Json<Filters> {
    let office = app.office.now();
    let heard = recordings::heard(&me, &office);
    let agent = |(id, kept): (&contract::AgentId, &company::Kept<company::Agent>)| FilterAgent {
        id: id.to_string(),
        name: kept.item.name.clone(),
        team: kept.item.team.and_then(|team| office.book.teams.get(&team).map(|kept| Ref::new(team, &kept.item.name))),
        active: kept.item.active,
        calls: me.may(Permission::CallsAll) || *id == me.agent,
        recordings: heard.as_ref().is_none_or(|agents| agents.contains(id)),
    };
    let mut agents: Vec<_> =
        office.book.agents.iter().map(agent).filter(|agent| agent.calls || agent.recordings).collect();
    agents.sort_by(|a, b| (!a.active, &a.name).cmp(&(!b.active, &b.name)));
    let queues = office.book.queues.iter().map(|(id, kept)| Ref::new(id, &kept.item.name)).collect();
    Json(Filters { agents, queues })
}
