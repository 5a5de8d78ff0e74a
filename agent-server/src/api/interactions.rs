//! The call list, one call's life, and what people add to it: a disposition, a customer. The list follows the
//! ledger, so what is added here becomes an event; nothing writes the rows.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{
    AgentId, Candidate, ContactId, CustomerId, Direction, DispositionId, EndCause, EpochMs, Event, EventKind, InteractionId, LegId,
    Party, Pressed, QueueId,
};
use crm::interactions::{self, Call, CallFilter, NumberFilter};
use crm::{PageAsk, contacts, customers, drafts};
use serde::{Deserialize, Serialize};
use store::ledger;
use utoipa::{IntoParams, ToSchema};

use super::drafts::Draft;
use super::shown::{InteractionRow, Names, RecordingRow, SegmentRow};
use super::{Page, Sought, known, recordings};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::{Permission, SignedIn};
use crate::clock::now;
use crate::extract::{Ask, At, Body};

/// All that are given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallQuery {
    /// Began at or after.
    from: Option<EpochMs>,
    /// Began before.
    to: Option<EpochMs>,
    /// A whole number in any usual form, or its last digits.
    number: Option<String>,
    /// Was offered it or talked.
    #[param(value_type = Option<String>)]
    agent: Option<AgentId>,
    #[param(value_type = Option<String>)]
    queue: Option<QueueId>,
    #[param(value_type = Option<String>)]
    customer: Option<CustomerId>,
    #[param(value_type = Option<known::Direction>)]
    direction: Option<Direction>,
    /// How it ended.
    #[param(value_type = Option<known::EndCause>)]
    cause: Option<EndCause>,
    recorded: Option<bool>,
    /// Carries this tag.
    tag: Option<String>,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

/// One call with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InteractionDetail {
    #[serde(flatten)]
    row: InteractionRow,
    segments: Vec<SegmentRow>,
    /// In order.
    #[schema(value_type = Vec<known::Event>)]
    events: Vec<Event>,
    /// Menu choices and digits, masked where sensitive.
    #[schema(value_type = Vec<known::Pressed>)]
    pressed: Vec<Pressed>,
    /// Those you may hear.
    recordings: Vec<RecordingRow>,
    /// Who it might have been, best first.
    #[schema(value_type = Vec<known::Candidate>)]
    candidates: Vec<Candidate>,
    notes: String,
    /// What you typed and have not saved.
    draft: Option<Draft>,
}

/// The call list, newest first
///
/// Without `calls.all`, one's own calls.
#[utoipa::path(get, path = "/interactions", tag = "interactions", params(CallQuery), responses((status = 200, body = Page<InteractionRow>)))]
pub async fn list(State(app): State<App>, me: SignedIn, Ask(query): Ask<CallQuery>) -> Result<Json<Page<InteractionRow>>, ApiError> {
    let agent = if me.may(Permission::CallsAll) {
        query.agent
    } else if query.agent.is_none_or(|agent| agent == me.agent) {
        Some(me.agent)
    } else {
        return Err(ApiError::Forbidden);
    };
    let office = app.office.now();
    let filter = CallFilter {
        from: query.from,
        to: query.to,
        number: query.number.as_deref().and_then(|typed| Sought::of(typed, &office.numbers())).map(|sought| match sought {
            Sought::Exact(number) => NumberFilter::Exact(number),
            Sought::Tail(digits) => NumberFilter::Tail(digits),
        }),
        agent,
        queue: query.queue,
        customer: query.customer,
        direction: query.direction,
        cause: query.cause,
        answered: None,
        has_recording: query.recorded,
        tag: query.tag,
    };
    let ask = PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor };
    let found = interactions::list(&app.db, &filter, &ask).await?;
    let names = Names::of_calls(&app.db, office, found.rows.iter()).await?;
    Ok(Json(Page { items: found.rows.iter().map(|call| names.call(call)).collect(), next: found.next }))
}

/// How long a request waits for the list to show what was just told.
const CATCH_UP: Duration = Duration::from_secs(1);

/// The rows follow the ledger at a small distance: who asks for what just happened waits for it.
async fn caught_up(app: &App) {
    // Behind for longer, the tables show it later; nothing is lost.
    let _ = tokio::time::timeout(CATCH_UP, app.wait_until_folded()).await;
}

/// Took part in it, or may act on everybody's.
fn had(me: &SignedIn, call: &Call) -> bool {
    let dialed = matches!(call.entry, contract::Entry::Station { agent: Some(agent), .. } if agent == me.agent);
    me.may(Permission::CallsAll) || dialed || call.agents.contains(&me.agent)
}

/// What may be read besides: a customer's timeline shows it to whoever serves customers.
fn may_read(me: &SignedIn, call: &Call) -> bool {
    had(me, call) || call.customer.is_some() && me.may(Permission::CustomersRead)
}

/// The call, where `may` says so of what is known of it now.
async fn find(app: &App, me: &SignedIn, id: InteractionId, may: fn(&SignedIn, &Call) -> bool) -> Result<Call, ApiError> {
    let mut found = interactions::get(&app.db, id).await?;
    if !found.as_ref().is_some_and(|call| may(me, call)) {
        caught_up(app).await;
        found = interactions::get(&app.db, id).await?;
    }
    let call = found.ok_or(ApiError::NotFound("interaction"))?;
    if may(me, &call) { Ok(call) } else { Err(ApiError::Forbidden) }
}

/// Whoever has the call on the desk, and whoever had it.
pub async fn takes_part(app: &App, me: &SignedIn, id: InteractionId) -> Result<(), ApiError> {
    if app.desk.has_card(me.agent, id) {
        return Ok(());
    }
    find(app, me, id, had).await.map(drop)
}

/// One call with everything that happened
///
/// Without `calls.all`, one's own calls and those of customers.
#[utoipa::path(get, path = "/interactions/{id}", tag = "interactions", params(("id" = String, Path)), responses((status = 200, body = InteractionDetail)))]
pub async fn one(State(app): State<App>, me: SignedIn, At(id): At<InteractionId>) -> Result<Json<InteractionDetail>, ApiError> {
    let call = find(&app, &me, id, may_read).await?;
    let office = app.office.now();
    let mut events = ledger::of_interaction(&app.db, id).await?;
    if !office.directory.company.listening_shown && !me.may(Permission::CallsAll) {
        hide_supervisors(&mut events);
    }
    let names = Names::of_calls(&app.db, office.clone(), std::iter::once(&call)).await?;
    let heard: Vec<_> = ::recordings::rows::of(&app.db, id).await?.into_iter().filter(|one| recordings::may_hear(&me, &office, one)).collect();
    let named = Names::of_recordings(&app.db, office.clone(), &heard).await?;
    let candidates = events.iter().rev().find_map(|event| match &event.kind {
        EventKind::CallerIdentified { candidates } => Some(candidates.clone()),
        _ => None,
    });
    let draft = drafts::get(&app.db, me.agent, id).await?.map(|kept| Draft::shown(&kept, &office));
    Ok(Json(InteractionDetail {
        row: names.call(&call),
        segments: interactions::segments(&app.db, id).await?.iter().map(|segment| names.segment(segment)).collect(),
        events,
        recordings: heard.iter().map(|one| named.recording(one)).collect(),
        candidates: candidates.unwrap_or_default(),
        notes: names.notes(id),
        draft,
        pressed: call.pressed,
    }))
}

/// Nor are agents to read afterwards who listened, where the company does not show it while it happens.
fn hide_supervisors(events: &mut Vec<Event>) {
    let of_supervisor = |event: &Event| match &event.kind {
        EventKind::LegStarted { leg, party: Party::Supervisor { .. } } => Some(*leg),
        _ => None,
    };
    let legs: Vec<LegId> = events.iter().filter_map(of_supervisor).collect();
    events.retain(|event| match &event.kind {
        EventKind::SupervisionStarted { .. } | EventKind::SupervisionChanged { .. } | EventKind::SupervisionEnded { .. } => false,
        EventKind::LegStarted { leg, .. }
        | EventKind::LegRinging { leg }
        | EventKind::LegAnswered { leg }
        | EventKind::LegEnded { leg, .. } => !legs.contains(leg),
        _ => true,
    });
}

/// What an interaction came to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DispositionEdit {
    /// Leaves of the company's tree, at most 10.
    #[schema(value_type = Vec<String>)]
    dispositions: Vec<DispositionId>,
    /// At most 20,000 characters.
    #[serde(default)]
    notes: String,
}

/// Say what a call came to
///
/// By an agent who had it, or a supervisor. The last word of each person stands.
#[utoipa::path(put, path = "/interactions/{id}/disposition", tag = "interactions", params(("id" = String, Path)),
    request_body = DispositionEdit, responses((status = 204)))]
pub async fn dispose(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<DispositionEdit>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    let dispositions = known_dispositions(&app, sent.dispositions)?;
    let notes = drafts::checked(&sent.notes)?;
    tell(&app, id, EventKind::DispositionSaved { agent: me.agent, dispositions, notes })?;
    let mut tx = app.db.begin().await?;
    drafts::drop_one(&mut tx, me.agent, id).await?;
    tx.commit().await?;
    caught_up(&app).await;
    Ok(StatusCode::NO_CONTENT)
}

/// What a call is to be found by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagsEdit {
    /// At most 10 of at most 40 characters; all of them, in the place of those there are.
    tags: Vec<String>,
}

/// Tag a call
///
/// While it lasts or later, by an agent who had it, or a supervisor. The last word stands.
#[utoipa::path(put, path = "/interactions/{id}/tags", tag = "interactions", params(("id" = String, Path)), request_body = TagsEdit,
    responses((status = 204)))]
pub async fn tag(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<TagsEdit>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    let tags = crm::tags::checked(&sent.tags)?;
    tell(&app, id, EventKind::TagsSaved { agent: me.agent, tags })?;
    caught_up(&app).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Tags in use
///
/// Of calls of the last 90 days, the most used first, at most 100.
#[utoipa::path(get, path = "/tags", tag = "interactions", responses((status = 200, body = Vec<String>)))]
pub async fn tags(State(app): State<App>, _me: SignedIn) -> Result<Json<Vec<String>>, ApiError> {
    Ok(Json(crm::tags::used(&app.db, now() - crm::tags::PROPOSED_MS).await?))
}

fn known_dispositions(app: &App, sent: Vec<DispositionId>) -> Result<Vec<DispositionId>, ApiError> {
    let office = app.office.now();
    let shelf = &office.book.dispositions;
    if sent.len() > drafts::MOST {
        return Err(ApiError::field("dispositions", "range", format!("at most {}", drafts::MOST)));
    }
    let mut known = Vec::with_capacity(sent.len());
    for (n, id) in sent.into_iter().enumerate() {
        let field = format!("dispositions[{n}]");
        if !shelf.contains_key(&id) {
            return Err(ApiError::field(&field, "unknown", format!("there is no disposition {id}")));
        }
        if shelf.values().any(|kept| kept.item.parent == Some(id)) {
            return Err(ApiError::field(&field, "format", "is a heading; choose one below it"));
        }
        if !known.contains(&id) {
            known.push(id);
        }
    }
    Ok(known)
}

/// A full ledger says so before anything is promised.
fn tell(app: &App, id: InteractionId, kind: EventKind) -> Result<(), ApiError> {
    app.ledger.record(app.gateway.clock().now(), Some(id), kind).map(drop).ok_or(ApiError::Busy)
}

/// Who it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerLink {
    /// Null: nobody known.
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// The person at the customer.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    contact: Option<ContactId>,
}

/// Settle which customer a call was with
///
/// By an agent who had it, or a supervisor. The call moves to that customer's timeline.
#[utoipa::path(put, path = "/interactions/{id}/customer", tag = "interactions", params(("id" = String, Path)), request_body = CustomerLink,
    responses((status = 204)))]
pub async fn link(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<InteractionId>,
    Body(sent): Body<CustomerLink>,
) -> Result<StatusCode, ApiError> {
    takes_part(&app, &me, id).await?;
    if let Some(customer) = sent.customer {
        let found = customers::get(&app.db, customer).await?;
        if found.is_none_or(|customer| customer.deleted_at.is_some()) {
            return Err(ApiError::field("customer", "unknown", format!("there is no customer {customer}")));
        }
    }
    if let Some(contact) = sent.contact {
        let known = match sent.customer {
            Some(customer) => contacts::of(&app.db, customer).await?.iter().any(|known| known.contact == contact),
            None => false,
        };
        if !known {
            return Err(ApiError::field("contact", "unknown", "is no contact of this customer"));
        }
    }
    tell(&app, id, EventKind::CustomerLinked { agent: me.agent, customer: sent.customer, contact: sent.contact })?;
    caught_up(&app).await;
    Ok(StatusCode::NO_CONTENT)
}
