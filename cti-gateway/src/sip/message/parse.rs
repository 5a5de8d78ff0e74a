//! Bytes → message. Lenient by intent: whatever can be answered is kept with its first fault noted, so that the guard
//! chooses the answer; only what cannot even be answered is refused here (RFC 3261 §7, RFC 4475).

use std::borrow::Cow;

use bytes::Bytes;

use super::{
    MAX_HEADERS, MAX_LINE, MAX_MESSAGE, Message, Request, Response, headers::Headers, method::Method, name::Name, params,
    problem::Problem, recode,
};

/// Why a datagram is dropped without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing but line ends: a keep-alive (RFC 5626 §3.5.1).
    #[error("only line ends: a keep-alive")]
    KeepAlive,
    /// The first line is neither a request line nor a status line.
    #[error("the first line is neither METHOD URI SIP/2.0 nor SIP/2.0 CODE REASON")]
    StartLine,
    /// A status outside 100..699, or none: a response is never answered.
    #[error("a status is a number from 100 to 699")]
    Status,
}

/// Start line and headers of a message; the body is still to be cut.
pub(super) struct Head {
    pub message: Message,
    /// Octets up to and with the empty line.
    pub len: usize,
    /// What Content-Length says.
    pub length: Result<Option<usize>, Problem>,
}

/// Reads one datagram. What follows the body by Content-Length is ignored (RFC 3261 §18.3).
/// # Errors
/// [`Unreadable`]: drop it. Everything else comes back as a message, its first fault in `defect`.
pub fn parse(datagram: Bytes) -> Result<Message, Unreadable> {
    let Head { mut message, len, length } = head(&datagram)?;
    let came = datagram.len() - len;
    match length {
        Ok(None) => message.set_body(datagram.slice(len..)),
        Ok(Some(stated)) if stated <= came => message.set_body(datagram.slice(len..len + stated)),
        Ok(Some(stated)) => message.note(Problem::BodyShort { stated, came }),
        Err(problem) => message.note(problem),
    }
    Ok(message)
}

/// Reads start line and headers.
pub(super) fn head(bytes: &[u8]) -> Result<Head, Unreadable> {
    let skip = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    if skip == bytes.len() {
        return Err(Unreadable::KeepAlive);
    }
    let mut lines = Lines { bytes: &bytes[..bytes.len().min(MAX_MESSAGE)], at: skip };
    let Some(first) = lines.next_line() else { return Err(Unreadable::StartLine) };
    let mut defect = (bytes.len() > MAX_MESSAGE).then_some(Problem::TooLarge);
    let start = start_line(&recode::text(first.bytes))?;
    if first.bytes.len() > MAX_LINE {
        defect.get_or_insert(Problem::LineTooLong);
    }
    let headers = header_lines(&mut lines, bytes.len(), &mut defect);
    let length = content_length(&headers);
    let body = Bytes::new();
    let message = match start {
        Start::Request { method, uri, fault } => {
            Message::Request(Request { method, uri, headers, body, defect: fault.or(defect) })
        }
        Start::Response { status, reason, fault } => {
            Message::Response(Response { status, reason, headers, body, defect: fault.or(defect) })
        }
    };
    Ok(Head { message, len: lines.at, length })
}

/// What a head nobody can read says of its body's length, so that it can be passed over whole.
pub(super) fn length_behind_bad_start(bytes: &[u8]) -> Result<Option<usize>, Problem> {
    let mut lines = Lines { bytes, at: 0 };
    lines.next_line();
    content_length(&header_lines(&mut lines, bytes.len(), &mut None))
}

enum Start {
    Request { method: Method, uri: String, fault: Option<Problem> },
    Response { status: u16, reason: String, fault: Option<Problem> },
}

fn start_line(line: &str) -> Result<Start, Unreadable> {
    let version_of = |word: &str| match word.eq_ignore_ascii_case("SIP/2.0") {
        true => None,
        false => Some(Problem::Version(word.to_owned())),
    };
    if is_version(line.split(' ').next().unwrap_or("")) {
        let mut words = line.splitn(3, ' ');
        let (version, status) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let known = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
        let status = status.parse::<u16>().ok().filter(|s| known && (100..700).contains(s)).ok_or(Unreadable::Status)?;
        let reason = words.next().unwrap_or("").replace('\r', " ");
        return Ok(Start::Response { status, reason, fault: version_of(version) });
    }
    let trimmed = line.trim();
    let (method, rest) = trimmed.split_once([' ', '\t']).ok_or(Unreadable::StartLine)?;
    let (uri, version) = rest.trim().rsplit_once([' ', '\t']).ok_or(Unreadable::StartLine)?;
    if !is_version(version) || !params::is_token(method) {
        return Err(Unreadable::StartLine);
    }
    let spaced = line.len() != method.len() + uri.len() + version.len() + 2 || uri.contains(|c: char| c <= ' ');
    let fault = version_of(version).or(spaced.then_some(Problem::RequestLine));
    Ok(Start::Request { method: Method::new(method), uri: uri.trim().to_owned(), fault })
}

fn is_version(word: &str) -> bool {
    let Some((protocol, number)) = word.split_once('/') else { return false };
    protocol.eq_ignore_ascii_case("SIP") && number.contains('.') && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

struct Line<'a> {
    bytes: &'a [u8],
    ended: bool,
}

struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    /// The next line, without its CRLF or bare LF.
    fn next_line(&mut self) -> Option<Line<'a>> {
        let rest = self.bytes.get(self.at..).filter(|r| !r.is_empty())?;
        let end = rest.iter().position(|b| *b == b'\n');
        self.at += end.map_or(rest.len(), |e| e + 1);
        let line = &rest[..end.unwrap_or(rest.len())];
        Some(Line { bytes: line.strip_suffix(b"\r").unwrap_or(line), ended: end.is_some() })
    }

    fn continues(&self) -> bool {
        matches!(self.bytes.get(self.at), Some(b' ' | b'\t'))
    }
}

fn header_lines(lines: &mut Lines<'_>, room: usize, defect: &mut Option<Problem>) -> Headers {
    let mut headers = Headers::with_room(room.min(4096));
    let mut count = 0;
    loop {
        let Some(line) = lines.next_line() else {
            defect.get_or_insert(Problem::HeadersUnended);
            return headers;
        };
        if line.bytes.is_empty() {
            return headers;
        }
        if !line.ended {
            defect.get_or_insert(Problem::HeadersUnended);
        }
        count += 1;
        let mut whole = Cow::Borrowed(line.bytes);
        while lines.continues() {
            let Some(more) = lines.next_line() else { break };
            let whole = whole.to_mut();
            whole.truncate(whole.trim_ascii_end().len());
            whole.push(b' ');
            whole.extend_from_slice(more.bytes.trim_ascii());
        }
        if whole.len() > MAX_LINE {
            defect.get_or_insert(Problem::LineTooLong);
        } else if count > MAX_HEADERS {
            defect.get_or_insert(Problem::TooManyHeaders);
        } else if !header(&whole, &mut headers) {
            defect.get_or_insert(Problem::HeaderLine(count));
        }
    }
}

/// Keeps one unfolded line; false if it has no name.
fn header(line: &[u8], headers: &mut Headers) -> bool {
    let Some(colon) = line.iter().position(|b| *b == b':') else { return false };
    let name = line[..colon].trim_ascii_end();
    match std::str::from_utf8(name) {
        Ok(name) if params::is_token(name) => {
            headers.push(name, &recode::text(line[colon + 1..].trim_ascii()));
            true
        }
        Ok(_) | Err(_) => false,
    }
}

/// What Content-Length says. Twice the same number is one number.
fn content_length(headers: &Headers) -> Result<Option<usize>, Problem> {
    let mut stated = None;
    for line in headers.lines(Name::ContentLength) {
        let sound = !line.is_empty() && line.len() <= 9 && line.bytes().all(|b| b.is_ascii_digit());
        let length = line.parse::<usize>().ok().filter(|_| sound);
        let length = length.ok_or(Problem::Value { name: Name::ContentLength, why: "a number of octets" })?;
        if stated.is_some_and(|s| s != length) {
            return Err(Problem::Repeated(Name::ContentLength));
        }
        stated = Some(length);
    }
    Ok(stated)
}
