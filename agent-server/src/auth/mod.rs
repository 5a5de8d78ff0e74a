//! Who is asking, and whether they may. Every request to the API passes [`gate`], which looks up the route in the one table
//! ([`rights::ROUTES`]), the session in the database and the person in the company's book. A route without a line in the
//! table answers nobody. Handlers take [`SignedIn`] and check nothing themselves.
//! Same-origin rules: Fetch Metadata and the Origin header (RFC 6454); cookies: RFC 6265.

mod address;
mod cookie;
mod doors;
mod origin;
pub mod rights;
pub mod sign_in;
mod throttle;

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use company::{Role, credentials, sessions};
use contract::AgentId;

pub use address::Caller;
pub use cookie::{clear, set};
pub use doors::Doors;
pub use rights::{Need, Permission};

use crate::App;
use crate::api_error::ApiError;

/// The person behind a request, with what they may do now.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub agent: AgentId,
    pub roles: Vec<Role>,
    pub may: BTreeSet<Permission>,
    /// Set by somebody else; to be changed before anything else.
    pub must_change: bool,
    /// Of this session.
    pub token: String,
    pub address: String,
}

impl SignedIn {
    #[must_use]
    pub fn may(&self, what: Permission) -> bool {
        self.may.contains(&what)
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::SignedOut)
    }
}

/// Lets a request through to its handler, or answers it.
pub async fn gate(State(app): State<App>, path: MatchedPath, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&app, path.as_str(), &mut parts).await {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused.into_response(),
    }
}

async fn admit(app: &App, path: &str, parts: &mut Parts) -> Result<(), ApiError> {
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    let need = rights::need(method, path).ok_or_else(|| {
        ApiError::Internal(format!("{method} {path} has no line in the table of rights"))
    })?;
    let over_tls = parts.extensions.get::<crate::http::OverTls>().is_some();
    let upgrade = parts.headers.contains_key("upgrade");
    if need != Need::Visitor && (upgrade || *method != Method::GET) && origin::foreign(&parts.headers, &app.config.http.public_url, over_tls) {
        return Err(ApiError::ForeignOrigin);
    }
    let address = address::caller(parts, &app.config.http.trusted_proxies);
    if !matches!(need, Need::Nobody | Need::Visitor) {
        let me = person(app, parts, &address).await?;
        check(&me, need)?;
        parts.extensions.insert(me);
    }
    parts.extensions.insert(address);
    Ok(())
}

fn check(me: &SignedIn, need: Need) -> Result<(), ApiError> {
    match need {
        Need::Nobody | Need::Visitor | Need::SignedIn => Ok(()),
        Need::May(_) if me.must_change => Err(ApiError::PasswordChangeRequired),
        Need::May(what) if me.may(what) => Ok(()),
        Need::May(_) => Err(ApiError::Forbidden),
    }
}

async fn person(app: &App, parts: &Parts, address: &Caller) -> Result<SignedIn, ApiError> {
    let token = cookie::token(&parts.headers).ok_or(ApiError::SignedOut)?;
    resume(app, token, address).await?.ok_or(ApiError::SignedOut)
}

/// Whose session this is, if it is still good and the person still works here.
///
/// # Errors
/// Those of the database.
pub async fn resume(app: &App, token: &str, address: &Caller) -> Result<Option<SignedIn>, ApiError> {
    let Some(session) = sessions::find(&app.db, token, crate::clock::now()).await? else { return Ok(None) };
    let agent = session.agent_id;
    let office = app.office.now();
    let Some(person) = office.book.agents.get(&agent).filter(|kept| kept.item.active) else { return Ok(None) };
    let must_change = credentials::get(&app.db, agent).await?.is_some_and(|c| c.must_change);
    let roles = person.item.roles.clone();
    let may = rights::of(&roles);
    Ok(Some(SignedIn { agent, roles, may, must_change, token: token.to_owned(), address: address.0.clone() }))
}
