//! SDP as the field writes it → SDP as the parser wants it: trailing blanks, bare LF, runs of blanks, odd lines of the
//! session part that nobody here needs, other codings than UTF-8. What is left means the same.

use crate::sip::message::recode;

/// The lines that matter, one CRLF each.
pub(super) fn tidy(body: &[u8]) -> String {
    let text = recode(body);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str("v=0\r\n");
    let mut in_media = false;
    let mut session_connection = false;
    for line in text.split(['\r', '\n', '\0']).map(str::trim) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        match key.trim_end() {
            "m" => in_media = true,
            "a" => {}
            "o" if !in_media && origin_reads(value) => {}
            // A second one would make the whole body unreadable; the first one holds.
            "c" if !in_media && !session_connection => session_connection = true,
            "c" if in_media => {}
            _ => continue,
        }
        out.extend([key.trim_end(), "="]);
        match key.trim_end() {
            "a" => out.push_str(value),
            _ => words(value, &mut out),
        }
        out.push_str("\r\n");
    }
    out
}

/// Single blanks between words.
fn words(value: &str, out: &mut String) {
    for (at, word) in value.split_ascii_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// Six words with a number for the version. Some devices put blanks into the user name; nobody needs their origin.
fn origin_reads(value: &str) -> bool {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    words.len() == 6 && words[2].parse::<u64>().is_ok()
}
