//! Passwords: argon2id, a count of failures that locks for a while, and the duty to change one that somebody else set.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use contract::{AgentId, EpochMs};
use store::{DbError, Tx, vals};

/// Failures in a row before a lock, and how long the lock holds: doubled with each further failure, at most an hour.
pub const MOST_FAILURES: i64 = 5;
const LOCK_MS: i64 = 30_000;
const LONGEST_LOCK_MS: i64 = 3_600_000;
/// Shortest and longest password.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=200;

#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("a password has {} to {} characters", PASSWORD_CHARS.start(), PASSWORD_CHARS.end())]
    Length,
    #[error("the new password must differ from the old one and from the user name")]
    TooClose,
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// What a credential says of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Good { must_change: bool },
    Wrong,
    /// Too many failures; try again after this moment. The password was not looked at.
    Locked { until: EpochMs },
}

/// Hashes a password. CPU for some 20 ms: call it where blocking is allowed.
///
/// # Errors
/// [`CredentialError::Length`].
pub fn hash(password: &str) -> Result<String, CredentialError> {
    if !PASSWORD_CHARS.contains(&password.chars().count()) {
        return Err(CredentialError::Length);
    }
    let hashed = Argon2::default().hash_password(password.as_bytes()).map_err(|e| CredentialError::Hash(e.to_string()))?;
    Ok(hashed.to_string())
}

/// As [`hash`] in cost, also for a person who does not exist: an attacker learns nothing from the time.
#[must_use]
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    // A hash of nothing anybody can type.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2uX0v5hZC0pJ1WZ5yYHq0Yw0f7dJ0yN9lR1E7n2rX2s";
    let matches = |stored: &str| {
        argon2::password_hash::phc::PasswordHash::new(stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    match stored {
        Some(stored) => matches(stored),
        None => {
            matches(NOBODY);
            false
        }
    }
}

/// Sets a password. `must_change`: it was set by somebody else.
///
/// # Errors
/// [`DbError`].
pub async fn set(tx: &mut Tx<'_>, agent: AgentId, hash: &str, must_change: bool, now: EpochMs) -> Result<(), DbError> {
    let sql = "INSERT INTO credential (agent_id, password_hash, must_change, failures, locked_until, changed_at) \
               VALUES ($1, $2, $3, 0, 0, $4) ON CONFLICT (agent_id) DO UPDATE SET password_hash = excluded.password_hash, \
               must_change = excluded.must_change, failures = 0, locked_until = 0, changed_at = excluded.changed_at";
    tx.execute(sql, vals![agent, hash, i64::from(must_change), now]).await.map(drop)
}

store::row_struct! {
    /// What is kept of a person's password.
    pub struct Credential { pub password_hash: String, pub must_change: bool, pub failures: i64, pub locked_until: EpochMs }
}

/// # Errors
/// [`DbError`].
pub async fn get(db: &store::Db, agent: AgentId) -> Result<Option<Credential>, DbError> {
    let sql = "SELECT password_hash, must_change, failures, locked_until FROM credential WHERE agent_id = $1";
    let row = db.query_opt(sql, vals![agent]).await?;
    row.as_ref().map(store::FromRow::from_row).transpose()
}

/// Counts a failure, or forgets them all.
///
/// # Errors
/// [`DbError`].
pub async fn tried(tx: &mut Tx<'_>, agent: AgentId, good: bool, now: EpochMs) -> Result<(), DbError> {
    if good {
        let sql = "UPDATE credential SET failures = 0, locked_until = 0 WHERE agent_id = $1 AND failures > 0";
        return tx.execute(sql, vals![agent]).await.map(drop);
    }
    let sql = "UPDATE credential SET failures = failures + 1 WHERE agent_id = $1 RETURNING failures";
    if let Some(row) = tx.query_opt(sql, vals![agent]).await? {
        let until = locked_until(row.get("failures")?, now);
        tx.execute("UPDATE credential SET locked_until = $2 WHERE agent_id = $1", vals![agent, until]).await?;
    }
    Ok(())
}

/// Until when `failures` in a row lock; 0: not at all.
#[must_use]
pub fn locked_until(failures: i64, now: EpochMs) -> EpochMs {
    if failures < MOST_FAILURES {
        return 0;
    }
    let doublings = u32::try_from(failures - MOST_FAILURES).unwrap_or(u32::MAX).min(16);
    now + (LOCK_MS << doublings).min(LONGEST_LOCK_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_and_each_further_one_doubles_up_to_an_hour() {
        let table = [(0, 0), (4, 0), (5, 30_000), (6, 60_000), (7, 120_000), (12, 3_600_000), (1_000, 3_600_000)];
        for (failures, lock) in table {
            let want = if lock == 0 { 0 } else { 1_000 + lock };
            assert_eq!(locked_until(failures, 1_000), want, "{failures}");
        }
    }

    #[test]
    fn a_password_is_known_again_and_nobody_else_s_is() {
        let kept = hash("correct horse").unwrap();
        assert!(verify("correct horse", Some(&kept)));
        assert!(!verify("correct horsf", Some(&kept)));
        assert!(!verify("correct horse", None));
        assert!(!verify("x", Some("not a hash")));
        assert!(matches!(hash("short"), Err(CredentialError::Length)));
    }
}
