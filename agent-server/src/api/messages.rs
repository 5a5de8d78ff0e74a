//! The line between an agent and those who supervise: read, write, and what has been seen.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use company::messages::{self, Message};
use contract::{AgentId, DeskWords, RowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{PageQuery, known};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::rights::{self, Reach, reach};
use crate::auth::{Permission, SignedIn};
use crate::clock::now;
use crate::extract::{Ask, At, Body};
use crate::office::{View, team};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(lines)).routes(routes!(list, write)).routes(routes!(seen))
}

/// Who reads and writes on the line of `agent`: the agent, and who supervises them.
fn takes_part(office: &View, person: AgentId, agent: AgentId) -> bool {
    let Some(kept) = office.book.agents.get(&person).filter(|kept| kept.item.active) else { return false };
    let roles = &kept.item.roles;
    person == agent
        || rights::of(roles).contains(&Permission::CallsSupervise)
            && match reach(roles) {
                Reach::All => true,
                Reach::Team => team(office, person).contains(&agent),
                Reach::Own => false,
            }
}

/// As somebody who takes part.
fn admitted(office: &View, me: &SignedIn, agent: AgentId) -> Result<(), ApiError> {
    if !office.book.agents.contains_key(&agent) {
        return Err(ApiError::NotFound("agent"));
    }
    if takes_part(office, me.agent, agent) { Ok(()) } else { Err(ApiError::Forbidden) }
}

fn words(office: &View, message: &Message) -> DeskWords {
    DeskWords {
        id: message.id,
        author: message.author,
        author_name: office.agent_name(message.author).unwrap_or_default().to_owned(),
        at: message.at,
        text: message.text.clone(),
    }
}

/// An agent's line.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageLine {
    #[schema(value_type = String)]
    agent: AgentId,
    agent_name: String,
    #[schema(value_type = known::DeskWords)]
    newest: DeskWords,
    /// By me, yet.
    unread: u32,
}

/// Lines I take part in
///
/// The last written to first, of those with messages of the last 30 days.
#[utoipa::path(get, path = "/messages", tag = "desk", responses((status = 200, body = Vec<MessageLine>)))]
pub async fn lines(State(app): State<App>, me: SignedIn) -> Result<Json<Vec<MessageLine>>, ApiError> {
    let office = app.office.now();
    let all = messages::lines(&app.db, me.agent).await?;
    let mine = all.into_iter().filter(|line| takes_part(&office, me.agent, line.newest.line));
    let shown = mine.map(|line| MessageLine {
        agent: line.newest.line,
        agent_name: office.agent_name(line.newest.line).unwrap_or_default().to_owned(),
        newest: words(&office, &line.newest),
        unread: line.unread,
    });
    Ok(Json(shown.collect()))
}

/// Some of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagePage {
    #[schema(value_type = Vec<known::DeskWords>)]
    items: Vec<DeskWords>,
    /// The `cursor` of what was written before; null: that was all.
    next: Option<String>,
}

/// What was written on an agent's line
///
/// The newest first.
#[utoipa::path(get, path = "/messages/{agent}", tag = "desk", params(("agent" = String, Path), PageQuery),
    responses((status = 200, body = MessagePage)))]
pub async fn list(
    State(app): State<App>,
    me: SignedIn,
    At(agent): At<AgentId>,
    Ask(query): Ask<PageQuery>,
) -> Result<Json<MessagePage>, ApiError> {
    let office = app.office.now();
    admitted(&office, &me, agent)?;
    let found = messages::list(&app.db, agent, &query.ask()).await?;
    Ok(Json(MessagePage { items: found.rows.iter().map(|message| words(&office, message)).collect(), next: found.next }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// 1 to 1,000 characters.
    text: String,
}

/// Write on an agent's line
///
/// All who take part and have a desk open are told at once. At most 30 messages a minute.
#[utoipa::path(post, path = "/messages/{agent}", tag = "desk", params(("agent" = String, Path)), request_body = Writing,
    responses((status = 201, body = known::DeskWords)))]
pub async fn write(
    State(app): State<App>,
    me: SignedIn,
    At(agent): At<AgentId>,
    Body(Writing { text }): Body<Writing>,
) -> Result<(StatusCode, Json<DeskWords>), ApiError> {
    let office = app.office.now();
    admitted(&office, &me, agent)?;
    let text = messages::checked(&text).map_err(|fault| ApiError::Invalid(vec![fault]))?;
    let at = now();
    if messages::too_many(&app.db, me.agent, at).await? {
        return Err(ApiError::TooManyAttempts { retry_after: 60 });
    }
    let message = Message { id: app.ids.make(at), line: agent, author: me.agent, at, text };
    let mut tx = app.db.begin().await?;
    messages::write(&mut tx, &message).await?;
    tx.commit().await?;
    let words = words(&office, &message);
    app.desk.said(at, agent, &words, |person| takes_part(&office, person, agent));
    Ok((StatusCode::CREATED, Json(words)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seen {
    #[schema(value_type = String)]
    up_to: RowId,
}

/// I have seen an agent's line up to this message
#[utoipa::path(put, path = "/messages/{agent}/seen", tag = "desk", params(("agent" = String, Path)), request_body = Seen,
    responses((status = 204)))]
pub async fn seen(
    State(app): State<App>,
    me: SignedIn,
    At(agent): At<AgentId>,
    Body(Seen { up_to }): Body<Seen>,
) -> Result<StatusCode, ApiError> {
    admitted(&app.office.now(), &me, agent)?;
    let mut tx = app.db.begin().await?;
    messages::seen(&mut tx, agent, me.agent, up_to).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
