//! The call list, one call's life, and what an agent says of it. Who may not see everybody's calls sees those they took
//! part in, and those of customers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{
    AgentId, Candidate, CustomerId, Direction, DispositionId, EndCause, EpochMs, Event, EventKind, HungUpBy,
    InteractionId, PhoneNumber, QueueId,
};
use crm::interactions::{Call, CallFilter, Note, NumberFilter, SegmentKind};
use crm::{PageAsk, drafts, interactions, names};
use serde::{Deserialize, Serialize};
use store::ledger;
use utoipa::{IntoParams, ToSchema};

use super::desk::Named;
use super::recordings::{self, RecordingRow};
use super::{Page, Ref};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::{Permission, SignedIn};
use crate::extract::{Ask, At, Body};
use crate::office::View;

/// Filters; all that are given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallQuery {
    /// Began at or after.
    from: Option<EpochMs>,
    /// Began before.
    to: Option<EpochMs>,
    /// A number in any form, or at least its last 4 digits.
    number: Option<String>,
    #[param(value_type = Option<String>)]
    agent: Option<AgentId>,
    #[param(value_type = Option<String>)]
    queue: Option<QueueId>,
    #[param(value_type = Option<String>)]
    customer: Option<CustomerId>,
    #[param(value_type = Option<String>)]
    direction: Option<Direction>,
    #[param(value_type = Option<String>)]
    cause: Option<EndCause>,
    recorded: Option<bool>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

/// One line of the call list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InteractionRow {
    id: String,
    began: EpochMs,
    ended: Option<EpochMs>,
    #[schema(value_type = String)]
    direction: Direction,
    /// E.164, where the caller showed a dialable number.
    number: Option<String>,
    caller_raw: String,
    withheld: bool,
    dialed: String,
    customer: Option<Ref>,
    vip: bool,
    /// The last one.
    queue: Option<Ref>,
    /// The last one.
    agent: Option<Ref>,
    wait_ms: u64,
    talk_ms: u64,
    hold_ms: u64,
    wrap_ms: u64,
    #[schema(value_type = Option<String>)]
    cause: Option<EndCause>,
    #[schema(value_type = Option<Object>)]
    hung_up_by: Option<HungUpBy>,
    dispositions: Vec<Named>,
    recorded: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentRow {
    #[schema(value_type = String)]
    kind: SegmentKind,
    began: EpochMs,
    ended: Option<EpochMs>,
    agent: Option<Ref>,
    queue: Option<Ref>,
    /// The word of the ledger: an offer's, a queue's or a flow's outcome.
    outcome: Option<String>,
}

/// One call's life.
#[derive(Debug, Serialize, ToSchema)]
pub struct InteractionDetail {
    #[serde(flatten)]
    row: InteractionRow,
    segments: Vec<SegmentRow>,
    /// As in `contract.gen.ts`.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Event>,
    /// Empty without the right to listen.
    recordings: Vec<RecordingRow>,
    #[schema(value_type = Vec<Object>)]
    candidates: Vec<Candidate>,
    /// What agents wrote, the last first.
    notes: String,
    /// What I typed and have not saved.
    draft: Option<String>,
}

/// A number as typed in a filter.
pub fn number_filter(view: &View, typed: &str) -> Result<NumberFilter, ApiError> {
    let read = contract::number::normalize(typed, &view.numbers());
    if let Some(number) = read.e164() {
        return Ok(NumberFilter::Exact(number.clone()));
    }
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 4 { Err(ApiError::field("number", "range", "at least the last 4 digits")) } else { Ok(NumberFilter::Tail(digits)) }
}

/// Calls, newest first
#[utoipa::path(get, path = "/interactions", tag = "interactions", params(CallQuery), responses((status = 200, body = Page<InteractionRow>)))]
pub async fn list(State(app): State<App>, me: SignedIn, Ask(query): Ask<CallQuery>) -> Result<Json<Page<InteractionRow>>, ApiError> {
    let view = app.office.now();
    let agent = if me.may(Permission::CallsAll) { query.agent } else { Some(me.agent) };
    if !me.may(Permission::CallsAll) && query.agent.is_some_and(|asked| asked != me.agent) {
        return Err(ApiError::Forbidden);
    }
    let filter = CallFilter {
        from: query.from,
        to: query.to,
        number: query.number.as_deref().map(|typed| number_filter(&view, typed)).transpose()?,
        agent,
        queue: query.queue,
        customer: query.customer,
        direction: query.direction,
        cause: query.cause,
        answered: None,
        has_recording: query.recorded,
    };
    let page = interactions::list(&app.db, &filter, &PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor }).await?;
    Ok(Json(Page { items: rows(&app, &page.rows).await?, next: page.next }))
}

/// Calls as lines, with the names people know.
pub async fn rows(app: &App, calls: &[Call]) -> Result<Vec<InteractionRow>, ApiError> {
    let customers: Vec<CustomerId> = calls.iter().filter_map(|call| call.customer).collect();
    let customers = names::customers(&app.db, &customers).await?;
    let ids: Vec<InteractionId> = calls.iter().map(|call| call.interaction).collect();
    let notes = names::notes(&app.db, &ids).await?;
    let view = app.office.now();
    let row = |call: &Call| {
        let name = call.customer.and_then(|id| Some(Ref::new(id, customers.get(&id)?)));
        let saved = notes.get(&call.interaction).map_or(&[][..], Vec::as_slice);
        one_row(&view, call, name, saved)
    };
    Ok(calls.iter().map(row).collect())
}

fn one_row(view: &View, call: &Call, customer: Option<Ref>, notes: &[Note]) -> InteractionRow {
    let dispositions = notes.iter().flat_map(|note| &note.dispositions).filter_map(|id| named(view, *id));
    InteractionRow {
        id: call.interaction.to_string(),
        began: call.began,
        ended: call.ended,
        direction: call.direction,
        number: call.caller.number.as_ref().map(PhoneNumber::reveal).map(str::to_owned),
        caller_raw: call.caller.raw.clone(),
        withheld: call.caller.withheld,
        dialed: call.dialed.clone(),
        customer,
        vip: call.vip,
        queue: call.queues.last().map(|id| queue_ref(view, *id)),
        agent: call.agents.last().map(|id| agent_ref(view, *id)),
        wait_ms: call.sums.wait_ms,
        talk_ms: call.sums.talk_ms,
        hold_ms: call.sums.hold_ms,
        wrap_ms: call.sums.wrap_ms,
        cause: call.cause,
        hung_up_by: call.by,
        dispositions: dispositions.collect(),
        recorded: call.has_recording,
    }
}

fn named(view: &View, id: DispositionId) -> Option<Named> {
    let item = &view.book.dispositions.get(&id)?.item;
    Some(Named { id: id.to_string(), name_zh: item.name_zh.clone(), name_en: item.name_en.clone() })
}

/// People and queues that are gone keep their id.
pub fn agent_ref(view: &View, id: AgentId) -> Ref {
    Ref::new(id, view.agent_name(id).unwrap_or("…"))
}

pub fn queue_ref(view: &View, id: QueueId) -> Ref {
    Ref::new(id, view.queue_name(id).unwrap_or("…"))
}

/// One call with everything that happened
#[utoipa::path(get, path = "/interactions/{id}", tag = "interactions", params(("id" = String, Path)),
    responses((status = 200, body = InteractionDetail)))]
pub async fn one(State(app): State<App>, me: SignedIn, At(id): At<InteractionId>) -> Result<Json<InteractionDetail>, ApiError> {
    let call = interactions::get(&app.db, id).await?.ok_or(ApiError::NotFound("call"))?;
    let mine = call.agents.contains(&me.agent) || call.customer.is_some();
    if !me.may(Permission::CallsAll) && !mine {
        return Err(ApiError::Forbidden);
    }
    let row = rows(&app, std::slice::from_ref(&call)).await?.pop().ok_or(ApiError::NotFound("call"))?;
    let view = app.office.now();
    let segments = interactions::segments(&app.db, id).await?.into_iter().map(|s| SegmentRow {
        kind: s.kind,
        began: s.began,
        ended: s.ended,
        agent: s.agent.map(|id| agent_ref(&view, id)),
        queue: s.queue.map(|id| queue_ref(&view, id)),
        outcome: s.outcome,
    });
    let events = ledger::of_interaction(&app.db, id).await?;
    let candidates = events.iter().rev().find_map(|event| match &event.kind {
        EventKind::CallerIdentified { candidates } => Some(candidates.clone()),
        _ => None,
    });
    let notes = interactions::notes(&app.db, id).await?;
    Ok(Json(InteractionDetail {
        row,
        segments: segments.collect(),
        candidates: candidates.unwrap_or_default(),
        events,
        recordings: recordings::of_call(&app, &me, id).await?,
        notes: written(&notes),
        draft: drafts::get(&app.db, me.agent, id).await?,
    }))
}

/// What agents wrote, the last first.
pub fn written(notes: &[Note]) -> String {
    let texts = notes.iter().rev().map(|note| note.notes.as_str()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n\n")
}

/// Whoever has or had the call on the desk, and whoever sees all calls.
async fn takes_part(app: &App, me: &SignedIn, id: InteractionId) -> Result<(), ApiError> {
    if app.desk.has_card(me.agent, id) {
        return Ok(());
    }
    let call = interactions::get(&app.db, id).await?.ok_or(ApiError::NotFound("call"))?;
    if call.agents.contains(&me.agent) || me.may(Permission::CallsAll) { Ok(()) } else { Err(ApiError::Forbidden) }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispositionEdit {
    #[schema(value_type = Vec<String>)]
    dispositions: Vec<DispositionId>,
    #[serde(default)]
    notes: String,
}

/// Dispositions at most on one call.
const MOST_DISPOSITIONS: usize = 20;

/// Say what a call came to
///
/// Replaces what I said before; my draft is gone with it.
#[utoipa::path(put, path = "/interactions/{id}/disposition", tag = "interactions", params(("id" = String, Path)),
    request_body = DispositionEdit, responses((status = 204)))]
pub async fn dispose(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<DispositionEdit>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    let view = app.office.now();
    let unknown = sent.dispositions.iter().position(|d| !view.book.dispositions.contains_key(d));
    if let Some(at) = unknown {
        return Err(ApiError::field(&format!("dispositions[{at}]"), "unknown", "there is no such disposition"));
    }
    if sent.dispositions.len() > MOST_DISPOSITIONS {
        return Err(ApiError::field("dispositions", "range", format!("at most {MOST_DISPOSITIONS}")));
    }
    if sent.notes.chars().count() > drafts::LONGEST {
        return Err(ApiError::field("notes", "range", format!("at most {} characters", drafts::LONGEST)));
    }
    let kind = EventKind::DispositionSaved { agent: me.agent, dispositions: sent.dispositions, notes: sent.notes };
    let mut tx = app.db.begin().await?;
    drafts::drop_one(&mut tx, me.agent, id).await?;
    tx.commit().await?;
    app.ledger.record(app.gateway.clock().now(), Some(id), kind);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerLink {
    /// Null: nobody we know.
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    contact: Option<contract::ContactId>,
}

/// Settle who called
#[utoipa::path(put, path = "/interactions/{id}/customer", tag = "interactions", params(("id" = String, Path)),
    request_body = CustomerLink, responses((status = 204)))]
pub async fn link(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<CustomerLink>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    if let Some(customer) = sent.customer {
        let known = crm::customers::get(&app.db, customer).await?.filter(|c| c.deleted_at.is_none());
        known.ok_or_else(|| ApiError::field("customer", "unknown", "there is no such customer"))?;
    }
    let kind = EventKind::CustomerLinked { agent: me.agent, customer: sent.customer, contact: sent.contact };
    app.ledger.record(app.gateway.clock().now(), Some(id), kind);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    notes: String,
}

/// Keep what I am typing about a call
#[utoipa::path(put, path = "/interactions/{id}/draft", tag = "interactions", params(("id" = String, Path)),
    request_body = Draft, responses((status = 204)))]
pub async fn draft(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<Draft>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    let mut tx = app.db.begin().await?;
    drafts::put(&mut tx, me.agent, id, &sent.notes, crate::clock::now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
