//! `;name=value` lists and comma lists: cut where the grammar cuts, never within quotes or angle brackets (RFC 3261 §25.1).

use std::borrow::Cow;

/// Parts of `text` at each `separator` outside of `"…"` and `<…>`, trimmed.
pub fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let end = find(whole, separator);
        rest = end.map(|at| &whole[at + 1..]);
        Some(whole[..end.unwrap_or(whole.len())].trim())
    })
}

/// The non-empty values of a comma list.
pub fn commas(text: &str) -> impl Iterator<Item = &str> {
    split(text, b',').filter(|v| !v.is_empty())
}

/// Where `wanted` first stands outside of quotes and angle brackets.
pub fn find(text: &str, wanted: u8) -> Option<usize> {
    let (mut quoted, mut angle, mut skip) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if skip {
            skip = false;
        } else if quoted {
            match byte {
                b'\\' => skip = true,
                b'"' => quoted = false,
                _ => {}
            }
        } else if angle {
            angle = byte != b'>';
        } else if byte == wanted {
            return Some(at);
        } else if byte == b'"' {
            quoted = true;
        } else if byte == b'<' {
            angle = true;
        }
    }
    None
}

/// Whether every quote that opens also closes.
pub fn quotes_close(text: &str) -> bool {
    let (mut quoted, mut skip) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if skip => skip = false,
            b'\\' if quoted => skip = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

/// Length of the quoted string `text` begins with, both quotes included.
pub fn quoted_len(text: &str) -> Option<usize> {
    let mut skip = false;
    for (at, byte) in text.strip_prefix('"')?.bytes().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' => skip = true,
            b'"' => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// A quoted string without its quotes and backslashes; anything else unchanged.
pub fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else { return Cow::Borrowed(text) };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    Cow::Owned(plain)
}

/// `text` as a quoted string.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\r' | '\n' | '\0' => out.push(' '),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A character of RFC 3261's `token`.
pub fn is_token_char(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// A non-empty `token`.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_char)
}

/// The parameters after a value: `;name=value;flag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<'a>(pub &'a str);

impl<'a> Params<'a> {
    /// Each parameter as (name, value), order kept. Values keep their quotes.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        split(self.0, b';').filter(|p| !p.is_empty()).map(|p| match find(p, b'=') {
            Some(at) => (p[..at].trim_end(), Some(p[at + 1..].trim_start())),
            None => (p, None),
        })
    }

    /// The value of `name` (any case): `None` when absent, `Some("")` for a flag. Quotes are kept, see [`unquote`].
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.unwrap_or(""))
    }

    /// Whether `name` stands there, with or without a value.
    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether every parameter is a token, with a token, host or quoted string as its value (RFC 3261 `generic-param`).
    pub fn are_sound(self) -> bool {
        let text = self.0.trim();
        text.is_empty()
            || split(text.strip_prefix(';').unwrap_or(text), b';').all(|p| {
                let (name, value) = match find(p, b'=') {
                    Some(at) => (p[..at].trim_end(), Some(p[at + 1..].trim_start())),
                    None => (p, None),
                };
                is_token(name) && value.is_none_or(is_sound_value)
            })
    }
}

fn is_sound_value(value: &str) -> bool {
    if value.starts_with('"') {
        return quoted_len(value) == Some(value.len());
    }
    !value.is_empty() && !value.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control() || b"\"<>,;".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_only_where_the_grammar_cuts() {
        let table: &[(&str, &[&str])] = &[
            ("a, b,c", &["a", "b", "c"]),
            (r#""Bell, A" <sip:a@x;p=1,2>, <sip:b@y>"#, &[r#""Bell, A" <sip:a@x;p=1,2>"#, "<sip:b@y>"]),
            (r#""quote \", still" <sip:a@x>,b"#, &[r#""quote \", still" <sip:a@x>"#, "b"]),
            (",, a ,", &["a"]),
            ("", &[]),
        ];
        for (text, want) in table {
            assert_eq!(&commas(text).collect::<Vec<_>>(), want, "{text}");
        }
    }

    #[test]
    fn parameters_are_found_whatever_the_blanks_and_case() {
        let params = Params("; Tag  =  98asjd8 ; lr;q=\"a;b\"");
        assert_eq!(params.get("tag"), Some("98asjd8"));
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("q").map(unquote).as_deref(), Some("a;b"));
        assert_eq!(params.get("none"), None);
        assert!(params.are_sound());
        assert!(!Params(";;,;,,").are_sound());
        assert!(!Params(";a=").are_sound());
    }

    #[test]
    fn quoting_comes_back() {
        for text in ["", "plain", "a \"b\" \\ c", "张三"] {
            assert_eq!(unquote(&quote(text)), text);
        }
    }
}
