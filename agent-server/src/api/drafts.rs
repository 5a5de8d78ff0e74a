//! What somebody chose and typed about a call and has not saved: theirs, and of colleagues who are in the same call with them,
//! until the disposition is saved.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{AgentId, DispositionId, EpochMs, InteractionId};
use crm::drafts;
use serde::{Deserialize, Serialize};
use store::page::PageAsk;
use utoipa::ToSchema;

use super::interactions::takes_part;
use super::shown::{InteractionRow, Names};
use super::{Page, PageQuery};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::{Ask, At, Body};
use crate::office::View;

/// Typed and not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftEdit {
    /// At most 10.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    dispositions: Vec<DispositionId>,
    /// At most 20,000 characters.
    notes: String,
}

/// What you typed about a call and have not saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    /// Those that can still be chosen.
    dispositions: Vec<String>,
    notes: String,
    /// When you last typed.
    at: EpochMs,
}

impl Draft {
    pub fn shown(kept: &drafts::Kept, office: &View) -> Self {
        let shelf = &office.book.dispositions;
        let heading = |id: &DispositionId| shelf.values().any(|kept| kept.item.parent == Some(*id));
        let chosen = kept.draft.dispositions.iter().filter(|id| shelf.contains_key(*id) && !heading(id));
        let dispositions = chosen.map(ToString::to_string).collect();
        Self { dispositions, notes: kept.draft.notes.clone(), at: kept.at }
    }
}

/// A call about which you typed something and saved nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftRow {
    #[serde(flatten)]
    draft: Draft,
    interaction: InteractionRow,
}

/// Calls I have not finished with
///
/// About which I typed something and saved nothing, the last touched first. Kept for 30 days.
#[utoipa::path(get, path = "/drafts", tag = "interactions", params(PageQuery), responses((status = 200, body = Page<DraftRow>)))]
pub async fn list(
    State(app): State<App>,
    me: SignedIn,
    Ask(query): Ask<PageQuery>,
) -> Result<Json<Page<DraftRow>>, ApiError> {
    let ask = PageAsk { limit: query.size(), cursor: query.cursor };
    let found = drafts::list(&app.db, me.agent, &ask).await?;
    let ids: Vec<InteractionId> = found.rows.iter().map(|kept| kept.interaction).collect();
    // One whose row is not there yet comes with the next look.
    let calls = crm::interactions::calls(&app.db, &ids).await?;
    let office = app.office.now();
    let names = Names::of_calls(&app.db, office.clone(), calls.values()).await?;
    let row = |kept: &drafts::Kept| {
        let interaction = names.call(calls.get(&kept.interaction)?);
        Some(DraftRow { draft: Draft::shown(kept, &office), interaction })
    };
    Ok(Json(Page { items: found.rows.iter().filter_map(row).collect(), next: found.next }))
}

/// What a colleague wrote about a call that is on my desk.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColleagueNotes {
    #[schema(value_type = String)]
    agent: AgentId,
    agent_name: String,
    notes: String,
    /// When it was written, or last typed at.
    at: EpochMs,
    /// Saved; else still being typed.
    saved: bool,
}

/// What colleagues wrote about a call on my desk
///
/// Saved or still being typed, the first written first: who is asked into a call, or gets one, reads on where the colleague
/// is.
#[utoipa::path(get, path = "/interactions/{id}/notes", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = Vec<ColleagueNotes>)))]
pub async fn of_colleagues(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
) -> Result<Json<Vec<ColleagueNotes>>, ApiError> {
    if !app.desk.has_card(me.agent, id) {
        takes_part(&app, &me, id).await?;
        return Err(ApiError::Forbidden);
    }
    let office = app.office.now();
    let line = |agent: AgentId, notes: String, at: EpochMs, saved: bool| {
        let agent_name = office.agent_name(agent).unwrap_or_default().to_owned();
        ColleagueNotes { agent, agent_name, notes, at, saved }
    };
    let typed = drafts::of_interaction(&app.db, id).await?;
    let saved = crm::interactions::notes(&app.db, id).await?;
    let typed = typed.into_iter().map(|(agent, kept)| line(agent, kept.draft.notes, kept.at, false));
    let saved = saved.into_iter().map(|note| line(note.agent, note.notes, note.at, true));
    let mut all: Vec<ColleagueNotes> = typed.chain(saved).filter(|one| one.agent != me.agent && !one.notes.is_empty()).collect();
    all.sort_by_key(|one| one.at);
    Ok(Json(all))
}

/// Keep what I am typing about a call
///
/// Mine, and of colleagues who are in the call with me, until the disposition is saved. Empty: none.
#[utoipa::path(put, path = "/interactions/{id}/draft", tag = "interactions", params(("id" = String, Path)), request_body = DraftEdit,
    responses((status = 204)))]
pub async fn keep(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<DraftEdit>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    let draft = drafts::Draft { dispositions: sent.dispositions, notes: sent.notes };
    let mut tx = app.db.begin().await?;
    drafts::put(&mut tx, me.agent, id, &draft, now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
