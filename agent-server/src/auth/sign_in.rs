//! Signing in and changing a password. Whoever fails learns nothing: a wrong password, a name nobody has and a person who
//! left get the same answer after the same work, and a name that is tried too often waits, whether it exists or not.

use company::credentials::{self, Credential, CredentialError};
use company::{FieldFault, audit, sessions};
use contract::{AgentId, EpochMs};

use super::{Caller, SignedIn};
use crate::App;
use crate::api_error::ApiError;
use crate::clock::now;

/// A session that began.
#[derive(Debug)]
pub struct Begun {
    pub token: String,
    pub agent: AgentId,
}

/// Begins a session.
///
/// # Errors
/// [`ApiError::BadCredentials`], [`ApiError::TooManyAttempts`], [`ApiError::Busy`].
pub async fn sign_in(app: &App, username: &str, password: &str, from: &Caller, browser: &str) -> Result<Begun, ApiError> {
    let name: String = username.trim().to_lowercase().chars().take(60).collect();
    wait(app.doors.addresses().wait_seconds(&from.0, now()))?;
    let _turn = app.doors.turn().await?;
    let person = app.office.now().person(&name);
    // Read with the turn held: what others tried meanwhile counts.
    let credential = match person {
        Some(agent) => credentials::get(&app.db, agent).await?,
        None => None,
    };
    let locked = match &credential {
        Some(credential) => credential.locked_until,
        None => app.doors.strangers().locked_until(&name),
    };
    unlocked(locked, now())?;
    let good = look(password, credential.as_ref()).await?;
    match person.filter(|_| good) {
        Some(agent) => begin(app, agent, from, browser).await,
        None => {
            failed(app, &name, person, credential.is_some(), from).await?;
            Err(ApiError::BadCredentials)
        }
    }
}

fn wait(seconds: Option<u64>) -> Result<(), ApiError> {
    seconds.map_or(Ok(()), |retry_after| Err(ApiError::TooManyAttempts { retry_after }))
}

fn unlocked(until: EpochMs, now: EpochMs) -> Result<(), ApiError> {
    wait((until > now).then(|| u64::try_from((until - now) / 1000 + 1).unwrap_or(1)))
}

async fn look(password: &str, credential: Option<&Credential>) -> Result<bool, ApiError> {
    let (password, hash) = (password.to_owned(), credential.map(|c| c.password_hash.clone()));
    let done = tokio::task::spawn_blocking(move || credentials::verify(&password, hash.as_deref())).await;
    done.map_err(|e| ApiError::Internal(format!("a password could not be looked at: {e}")))
}

async fn begin(app: &App, agent: AgentId, from: &Caller, browser: &str) -> Result<Begun, ApiError> {
    let (token, at) = (sessions::new_token(), now());
    let mut tx = app.db.begin().await?;
    credentials::tried(&mut tx, agent, true, at).await?;
    sessions::begin(&mut tx, &token, agent, at, &from.0, browser).await?;
    note(&mut tx, app, at, Some(agent), "session.begin", String::new(), from).await?;
    tx.commit().await?;
    tracing::info!(agent.id = %agent, "agent {agent} signed in from {}", from.0);
    Ok(Begun { token, agent })
}

async fn failed(app: &App, name: &str, person: Option<AgentId>, has_password: bool, from: &Caller) -> Result<(), ApiError> {
    let at = now();
    app.doors.addresses().failed(&from.0, at);
    let mut tx = app.db.begin().await?;
    match person {
        Some(agent) if has_password => credentials::tried(&mut tx, agent, false, at).await?,
        Some(_) | None => app.doors.strangers().failed(name, at),
    }
    note(&mut tx, app, at, person, "session.refused", name.to_owned(), from).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    tx: &mut store::Tx<'_>,
    app: &App,
    at: EpochMs,
    actor: Option<AgentId>,
    action: &str,
    detail: String,
    from: &Caller,
) -> Result<(), ApiError> {
    let object = actor.map_or_else(String::new, |agent| format!("agents/{agent}"));
    let entry = audit::Entry { actor, action, object, detail, address: &from.0 };
    Ok(audit::write(tx, &app.ids, at, entry).await?)
}

/// Ends this session.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(app: &App, me: &SignedIn) -> Result<(), ApiError> {
    let at = now();
    let mut tx = app.db.begin().await?;
    sessions::end(&mut tx, &me.token, at).await?;
    note(&mut tx, app, at, Some(me.agent), "session.end", String::new(), &Caller(me.address.clone())).await?;
    Ok(tx.commit().await?)
}

/// Gives oneself a new password; all other sessions end.
///
/// # Errors
/// [`ApiError::Invalid`] names `current` or `next`; [`ApiError::TooManyAttempts`] after too many wrong ones.
pub async fn change_password(app: &App, me: &SignedIn, current: &str, next: &str) -> Result<(), ApiError> {
    let _turn = app.doors.turn().await?;
    let credential = credentials::get(&app.db, me.agent).await?;
    let at = now();
    unlocked(credential.as_ref().map_or(0, |c| c.locked_until), at)?;
    if !look(current, credential.as_ref()).await? {
        let mut tx = app.db.begin().await?;
        credentials::tried(&mut tx, me.agent, false, at).await?;
        tx.commit().await?;
        return Err(fault("current", "wrong", "is not your password"));
    }
    let office = app.office.now();
    let username = office.book.agents.get(&me.agent).map(|kept| kept.item.username.to_lowercase());
    if next == current || Some(next.to_lowercase()) == username {
        return Err(fault("next", "too_close", &CredentialError::TooClose.to_string()));
    }
    let hash = hashed(next.to_owned(), "next").await?;
    let mut tx = app.db.begin().await?;
    credentials::set(&mut tx, me.agent, &hash, false, at).await?;
    sessions::end_others(&mut tx, me.agent, Some(&me.token), at).await?;
    note(&mut tx, app, at, Some(me.agent), "password.change", String::new(), &Caller(me.address.clone())).await?;
    Ok(tx.commit().await?)
}

/// A password's hash, made where blocking is allowed. Take a turn first.
///
/// # Errors
/// [`ApiError::Invalid`] for its length, as `field`.
pub async fn hashed(password: String, field: &str) -> Result<String, ApiError> {
    let done = tokio::task::spawn_blocking(move || credentials::hash(&password)).await;
    match done.map_err(|e| ApiError::Internal(format!("a password could not be hashed: {e}")))? {
        Ok(hash) => Ok(hash),
        Err(e @ CredentialError::Length) => Err(fault(field, "length", &e.to_string())),
        Err(e) => Err(ApiError::Internal(e.to_string())),
    }
}

fn fault(field: &str, rule: &'static str, message: &str) -> ApiError {
    ApiError::Invalid(vec![FieldFault { field: field.into(), rule, message: message.into() }])
}
