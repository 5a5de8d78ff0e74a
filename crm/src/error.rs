//! What may go wrong with a customer, in the kinds a caller acts on.

use store::DbError;

#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    #[error("{what} {id} does not exist")]
    NotFound { what: &'static str, id: i64 },
    /// Somebody else changed the same fields since `version` was read. Nothing was saved: show both and ask.
    #[error("{} changed meanwhile to something else: read version {current} and decide", .fields.join(", "))]
    Conflict { fields: Vec<&'static str>, current: i64 },
    #[error("{field}: {rule}")]
    Invalid { field: &'static str, rule: String },
    #[error("{0} is taken: choose another name")]
    NameTaken(String),
    #[error(transparent)]
    Cursor(#[from] store::page::BadCursor),
    #[error("the customer store failed")]
    Db(#[from] DbError),
}

impl CrmError {
    pub(crate) fn invalid(field: &'static str, rule: impl Into<String>) -> Self {
        Self::Invalid { field, rule: rule.into() }
    }
}

/// Text of a person: trimmed, without control characters, at most `most` characters.
pub(crate) fn text(field: &'static str, value: &str, most: usize) -> Result<String, CrmError> {
    let value = value.trim();
    if value.chars().count() > most {
        return Err(CrmError::invalid(field, format!("at most {most} characters")));
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(CrmError::invalid(field, "control characters are not text"));
    }
    Ok(value.to_owned())
}
