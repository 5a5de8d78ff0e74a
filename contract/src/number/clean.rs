//! From what people type and networks send to a plain line: full-width and other digits become ASCII, invisible
//! characters vanish, a URI gives up its user part, a label in front and a remark behind are dropped, the extension is cut
//! off. Start at [`clean`]. Never in this room: numbering plans (`normalize`). URIs: RFC 3261 §19.1, RFC 3966.

/// What [`clean`] found.
#[derive(PartialEq, Eq)]
pub(super) struct Cleaned {
    /// Lower case; ASCII digits, `+`, separators, letters of any script.
    pub text: String,
    pub extension: Option<String>,
    /// Digits of a global `phone-context` (RFC 3966 §5.1.5), without `+`.
    pub context: String,
}

/// First code points of the decimal digit runs that contact lists really contain.
const ZEROS: [u32; 6] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10];

fn plain(c: char) -> Option<char> {
    let code = c as u32;
    if let Some(zero) = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)) {
        return char::from_digit(code - zero, 10);
    }
    match code {
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0),
        0x2010..=0x2015 | 0x2212 | 0x30FC | 0xFE58 | 0xFE63 => Some('-'),
        0xFE62 => Some('+'),
        0x3010 | 0x3014 => Some('('),
        0x3011 | 0x3015 => Some(')'),
        0x3001 => Some(','),
        // Soft hyphen, zero widths, direction marks, byte order mark.
        0x00AD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF => None,
        _ if c.is_whitespace() => Some(' '),
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

pub(super) fn clean(raw: &str) -> Cleaned {
    let text: String = raw.chars().filter_map(plain).flat_map(char::to_lowercase).collect();
    let (text, mut extension, context) = unwrap_uri(text.trim());
    let mut text = drop_remarks(drop_label(text.trim_matches(|c: char| " \"'`".contains(c))));
    if extension.is_none()
        && let Some((head, found)) = split_extension(&text)
    {
        (text, extension) = (head, Some(found));
    }
    Cleaned { text, extension, context }
}

/// The user part of a `sip:`, `sips:`, `tel:` or `callto:` URI (or of `user@host`), its `ext`, its global context.
fn unwrap_uri(text: &str) -> (String, Option<String>, String) {
    let inner = match text.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => text,
    };
    let schemed = ["sips:", "sip:", "tel:", "callto:"].iter().find_map(|scheme| inner.trim().strip_prefix(scheme));
    if schemed.is_none() && !inner.contains('@') {
        // `;ext=` and `;phone-context=` also travel without a scheme.
        return if inner.contains(";ext=") || inner.contains(";phone-context=") {
            params(inner)
        } else {
            (inner.to_owned(), None, String::new())
        };
    }
    let body = schemed.unwrap_or(inner);
    let user = body.split('@').next().unwrap_or_default();
    params(&percent(user.trim_start_matches('/')))
}

fn params(user: &str) -> (String, Option<String>, String) {
    let mut parts = user.split(';');
    let number = parts.next().unwrap_or_default();
    // A password after the user (RFC 3261 §19.1.1) is nobody's number.
    let number = number.split(':').next().unwrap_or_default().to_owned();
    let (mut extension, mut context) = (None, String::new());
    for part in parts {
        match part.trim().split_once('=') {
            Some(("ext", value)) => extension = Some(digits(value)).filter(|d| (1..=8).contains(&d.len())),
            Some(("phone-context", value)) if value.starts_with('+') => context = digits(value),
            _ => {}
        }
    }
    (number, extension, context)
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        match rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii_graphic) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = &rest[at + 3..];
            }
            None => {
                out.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

const LABELS: [&str; 18] = [
    "telephone",
    "telefon",
    "telefone",
    "tel",
    "phone",
    "mobile",
    "mobil",
    "cell",
    "celular",
    "handy",
    "fax",
    "mob",
    "电话",
    "手机",
    "座机",
    "電話",
    "手機",
    "携帯",
];

/// `Tel: 010-…`, `手机138…`.
fn drop_label(text: &str) -> &str {
    for label in LABELS {
        if let Some(rest) = text.strip_prefix(label) {
            let rest = rest.trim_start_matches(|c: char| " .:号".contains(c) || c == '：');
            if rest.starts_with(|c: char| c.is_ascii_digit() || "+(".contains(c)) {
                return rest;
            }
        }
    }
    text
}

/// `138… (home)`: a bracket without a digit says nothing about the number.
fn drop_remarks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')').map(|at| open + at) else { break };
        let remark = !rest[open..close].contains(|c: char| c.is_ascii_digit())
            && rest[open..close].contains(char::is_alphabetic);
        out.push_str(if remark { &rest[..open] } else { &rest[..=close] });
        rest = &rest[close + 1..];
    }
    (out + rest).trim().to_owned()
}

/// Longest first where one ends with another.
const MARKERS: [&str; 19] = [
    "extension",
    "durchwahl",
    "extn",
    "ext",
    "ramal",
    "nst",
    "dw",
    "x",
    "分机号",
    "分机",
    "分機",
    "內線",
    "内線",
    "内线",
    "转",
    "轉",
    "#",
    ",",
    "*",
];

/// `… x123`, `… 转8001`, `… ext. 12`: at most 8 digits at the end, behind a marker.
fn split_extension(text: &str) -> Option<(String, String)> {
    let body = text.trim_end_matches(|c: char| "# .)".contains(c));
    let head = body.trim_end_matches(|c: char| c.is_ascii_digit());
    let found = &body[head.len()..];
    if !(1..=8).contains(&found.len()) {
        return None;
    }
    let (mut left, mut marked) = (head, false);
    loop {
        let trimmed = left.trim_end_matches(|c: char| " .:=-(".contains(c));
        let Some(marker) = MARKERS.iter().find(|m| trimmed.ends_with(**m)) else { break };
        let before = &trimmed[..trimmed.len() - marker.len()];
        let inside_word = marker.starts_with(|c: char| c.is_ascii_alphabetic())
            && before.ends_with(|c: char| c.is_ascii_alphabetic());
        // `#31#1001` and `1,2` are no number with an extension.
        let too_short = digits(before).len() < if marker.is_ascii() && marker.len() == 1 { 7 } else { 3 };
        if inside_word || too_short {
            break;
        }
        (left, marked) = (before, true);
    }
    marked.then(|| (left.trim_end_matches(|c: char| " .:=-(;".contains(c)).to_owned(), found.to_owned()))
}
