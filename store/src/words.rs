//! Between values and their columns: enums by their one spelling (serde's), small lists as JSON for showing, digits
//! backwards for the search by tail.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::DbError;

/// The one word of a plain enum, as JSON and the ledger spell it.
/// # Panics
/// Where the value is no plain enum.
#[must_use]
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a plain enum is one word in JSON, not {other:?}"),
    }
}

/// # Errors
/// [`DbError::Value`] for a word that is none of `T`'s.
pub fn unword<T: DeserializeOwned>(word: String) -> Result<T, DbError> {
    let shown = word.clone();
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|_| DbError::Value(format!("`{shown}` is no {}", std::any::type_name::<T>())))
}

/// # Panics
/// Where the value cannot be JSON (a map with keys that are no words).
#[must_use]
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| unreachable!("our own values are JSON: {e}"))
}

/// # Errors
/// [`DbError::Value`] where the text is not that.
pub fn unjson<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|e| DbError::Value(format!("a JSON column does not read: {e}")))
}

/// Digits last first: a tail is a prefix of it, and an index finds it. `None` without digits.
#[must_use]
pub fn backwards(text: &str) -> Option<String> {
    let digits: String = text.chars().rev().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// What sorts after every digit string that begins with `prefix`, in every locale of a database: letters follow digits, where
/// signs may stand on either side of them.
#[must_use]
pub fn after_digits(prefix: &str) -> String {
    format!("{prefix}a")
}
