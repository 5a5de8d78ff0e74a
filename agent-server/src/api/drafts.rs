//! What somebody chose and typed about a call and has not saved: theirs alone, until the disposition is saved.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{DispositionId, EpochMs, InteractionId};
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

/// Keep what I am typing about a call
///
/// Mine alone, until the disposition is saved. Empty: none.
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
