//! Names as bytes, so that every engine and locale finds and sorts them alike.

/// What names are found and sorted by: lower case, single blanks, as bytes.
pub(crate) fn name_key(name: &str) -> Vec<u8> {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ").into_bytes()
}

/// No UTF-8 text has the byte 0xFF.
pub(crate) fn after_bytes(prefix: &[u8]) -> Vec<u8> {
    [prefix, &[0xFF]].concat()
}
