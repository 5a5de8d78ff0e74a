//! Sessions: an opaque random token in a cookie, kept as its SHA-256, so that a stolen database opens no door.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use contract::{AgentId, EpochMs};
use sha2::{Digest, Sha256};
use store::{Db, DbError, Tx, vals};

/// A session ends after so long without use, and after so long in any case.
pub const IDLE_MS: i64 = 12 * 3_600_000;
pub const LONGEST_MS: i64 = 7 * 24 * 3_600_000;
/// How often use is written down.
const SEEN_STEP_MS: i64 = 60_000;

/// 256 random bits.
///
/// # Panics
/// Where the system has no randomness: no session may begin without it.
#[must_use]
pub fn new_token() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    B64.encode(bytes)
}

fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

store::row_struct! {
    #[derive(Debug, Clone)]
    pub struct Session { pub token_hash: String, pub agent_id: AgentId, pub created_at: EpochMs, pub seen_at: EpochMs, pub expires_at: EpochMs, pub address: String, pub user_agent: String }
}

/// # Errors
/// [`DbError`].
pub async fn begin(
    tx: &mut Tx<'_>,
    token: &str,
    agent: AgentId,
    now: EpochMs,
    address: &str,
    user_agent: &str,
) -> Result<(), DbError> {
    let user_agent: String = user_agent.chars().take(200).collect();
    let sql = "INSERT INTO auth_session (token_hash, agent_id, created_at, seen_at, expires_at, address, user_agent) \
               VALUES ($1, $2, $3, $3, $4, $5, $6)";
    tx.execute(sql, vals![hashed(token), agent, now, now + LONGEST_MS, address, user_agent]).await.map(drop)
}

const COLUMNS: &str = "token_hash, agent_id, created_at, seen_at, expires_at, address, user_agent";

/// Whose token this is, if it is still good. Writes down the use now and then.
///
/// # Errors
/// [`DbError`].
pub async fn find(db: &Db, token: &str, now: EpochMs) -> Result<Option<Session>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM auth_session WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2 AND seen_at > $3"
    );
    let Some(row) = db.query_opt(&sql, vals![hashed(token), now, now - IDLE_MS]).await? else { return Ok(None) };
    let session: Session = store::FromRow::from_row(&row)?;
    if now - session.seen_at > SEEN_STEP_MS {
        let mut tx = db.begin().await?;
        let sql = "UPDATE auth_session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2";
        tx.execute(sql, vals![session.token_hash.clone(), now]).await?;
        tx.commit().await?;
    }
    Ok(Some(session))
}

/// # Errors
/// [`DbError`].
pub async fn end(tx: &mut Tx<'_>, token: &str, now: EpochMs) -> Result<(), DbError> {
    let sql = "UPDATE auth_session SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL";
    tx.execute(sql, vals![hashed(token), now]).await.map(drop)
}

/// Ends all sessions of a person but one: after a password change, or when somebody leaves.
///
/// # Errors
/// [`DbError`].
pub async fn end_others(tx: &mut Tx<'_>, agent: AgentId, but: Option<&str>, now: EpochMs) -> Result<u64, DbError> {
    let kept = but.map(hashed).unwrap_or_default();
    let sql = "UPDATE auth_session SET revoked_at = $2 WHERE agent_id = $1 AND revoked_at IS NULL AND token_hash <> $3";
    tx.execute(sql, vals![agent, now, kept]).await
}

/// Forgets sessions that ended over a month ago.
///
/// # Errors
/// [`DbError`].
pub async fn sweep(tx: &mut Tx<'_>, now: EpochMs) -> Result<u64, DbError> {
    tx.execute("DELETE FROM auth_session WHERE expires_at < $1", vals![now - 30 * 24 * 3_600_000]).await
}
