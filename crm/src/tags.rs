//! Tags of interactions: short words that agents give a call, while it lasts or later.

use contract::EpochMs;
use store::{Db, DbError, vals};

use crate::CrmError;
use crate::error::text;

/// Tags of one interaction.
pub const MOST: usize = 10;
/// Characters of one tag.
pub const LONGEST: usize = 40;
/// How long a tag is proposed after it was last given.
pub const PROPOSED_MS: EpochMs = 90 * 24 * 3_600_000;
const MOST_PROPOSED: i64 = 100;

/// Tags as they may be kept: trimmed, each once, in their order.
/// # Errors
/// [`CrmError::Invalid`] for their number, and one that is empty, too long, or has control characters.
pub fn checked(tags: &[String]) -> Result<Vec<String>, CrmError> {
    if tags.len() > MOST {
        return Err(CrmError::invalid("tags", format!("at most {MOST}")));
    }
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = text("tags", tag, LONGEST)?;
        if tag.is_empty() || tag.contains('\n') {
            return Err(CrmError::invalid("tags", "each must be one line and not empty"));
        }
        if !kept.iter().any(|one| one.eq_ignore_ascii_case(&tag)) {
            kept.push(tag);
        }
    }
    Ok(kept)
}

/// Tags given to calls since `since`, the most used first.
/// # Errors
/// Only those of the database.
pub async fn used(db: &Db, since: EpochMs) -> Result<Vec<String>, DbError> {
    let sql = "SELECT tag, COUNT(*) AS n FROM interaction_tag WHERE began >= $1 GROUP BY tag ORDER BY n DESC, tag LIMIT $2";
    db.query(sql, vals![since, MOST_PROPOSED]).await?.iter().map(|row| row.get("tag")).collect()
}
