//! Signing in and out, and who I am.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use company::Role;
use contract::AgentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Ref;
use crate::App;
use crate::api_error::ApiError;
use crate::auth::{self, Caller, Permission, SignedIn, sign_in as doors};
use crate::extract::Body;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    username: String,
    password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    current: String,
    /// 8 to 200 characters.
    next: String,
}

/// The person signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    agent: MyAgent,
    roles: Vec<Role>,
    permissions: Vec<Permission>,
    /// `zh-CN` or `en`.
    language: String,
    /// The company's, an IANA name: moments are shown in it.
    zone: String,
    /// Nothing else is allowed until the password is changed.
    must_change_password: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MyAgent {
    id: String,
    name: String,
    username: String,
    team: Option<Ref>,
}

fn me_of(app: &App, agent: AgentId, must_change: bool) -> Result<Me, ApiError> {
    let office = app.office.now();
    let kept = office.book.agents.get(&agent).ok_or(ApiError::SignedOut)?;
    let person = &kept.item;
    let team = person.team.and_then(|id| office.book.teams.get(&id).map(|team| Ref::new(id, &team.item.name)));
    Ok(Me {
        agent: MyAgent { id: agent.to_string(), name: person.name.clone(), username: person.username.clone(), team },
        roles: person.roles.clone(),
        permissions: auth::rights::of(&person.roles).into_iter().collect(),
        language: person.language.clone(),
        zone: office.directory.company.zone.to_string(),
        must_change_password: must_change,
    })
}

/// Who is signed in
#[utoipa::path(get, path = "/session", responses((status = 200, body = Me)))]
pub async fn me(State(app): State<App>, me: SignedIn) -> Result<Json<Me>, ApiError> {
    me_of(&app, me.agent, me.must_change).map(Json)
}

/// Sign in
///
/// The session comes as a cookie. Wrong names and wrong passwords get the same answer; after too many, 429.
#[utoipa::path(post, path = "/session", request_body = Credentials, responses((status = 200, body = Me)))]
pub async fn sign_in(
    State(app): State<App>,
    from: Caller,
    headers: HeaderMap,
    Body(given): Body<Credentials>,
) -> Result<impl IntoResponse, ApiError> {
    let browser = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let begun = doors::sign_in(&app, &given.username, &given.password, &from, browser).await?;
    let must_change = company::credentials::get(&app.db, begun.agent).await?.is_some_and(|c| c.must_change);
    let cookie = auth::set(&begun.token, app.config.http.is_secure());
    Ok(([(header::SET_COOKIE, cookie)], me_of(&app, begun.agent, must_change).map(Json)?))
}

/// Sign out
#[utoipa::path(delete, path = "/session", responses((status = 204)))]
pub async fn sign_out(State(app): State<App>, me: SignedIn) -> Result<impl IntoResponse, ApiError> {
    doors::sign_out(&app, &me).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, auth::clear(app.config.http.is_secure()))]))
}

/// Change my password
///
/// All my other sessions end.
#[utoipa::path(put, path = "/session/password", request_body = PasswordChange, responses((status = 204)))]
pub async fn password(
    State(app): State<App>,
    me: SignedIn,
    Body(given): Body<PasswordChange>,
) -> Result<StatusCode, ApiError> {
    doors::change_password(&app, &me, &given.current, &given.next).await?;
    Ok(StatusCode::NO_CONTENT)
}
