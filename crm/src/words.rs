//! Between values and their columns: enums by their one spelling (serde's), digits backwards for the search by tail,
//! names as bytes so that every engine and locale sorts them alike.

use serde::Serialize;
use serde::de::DeserializeOwned;
use store::DbError;

/// The one word of a plain enum, as JSON and the ledger spell it.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a plain enum is one word in JSON, not {other:?}"),
    }
}

pub(crate) fn unword<T: DeserializeOwned>(word: String) -> Result<T, DbError> {
    let shown = word.clone();
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|_| DbError::Value(format!("`{shown}` is no {}", std::any::type_name::<T>())))
}

pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| unreachable!("our own values are JSON: {e}"))
}

pub(crate) fn unjson<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|e| DbError::Value(format!("a JSON column does not read: {e}")))
}

/// Digits last first: a tail is a prefix of it, and an index finds it.
pub(crate) fn backwards(text: &str) -> Option<String> {
    let digits: String = text.chars().rev().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// First digits string that sorts after every one that begins with `prefix` (`:` follows `9`).
pub(crate) fn after_digits(prefix: &str) -> String {
    format!("{prefix}:")
}

/// What names are found and sorted by: lower case, single blanks, as bytes.
pub(crate) fn name_key(name: &str) -> Vec<u8> {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ").into_bytes()
}

/// No UTF-8 text has the byte 0xFF.
pub(crate) fn after_bytes(prefix: &[u8]) -> Vec<u8> {
    [prefix, &[0xFF]].concat()
}
