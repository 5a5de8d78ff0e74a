//! Message → bytes, into a buffer the caller keeps. Content-Length is always ours, last and true; nothing a value holds
//! can start a new line, as [`Headers`](super::Headers) has taken CR and LF out.

use bytes::{Bytes, BytesMut};

use super::{Message, Request, Response, headers::Headers, name::Name};

fn put(out: &mut BytesMut, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// One line of a start line: what could end the line is taken out.
fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    match text.contains(['\r', '\n']) {
        true => text.replace(['\r', '\n'], " ").into(),
        false => text.into(),
    }
}

fn rest(headers: &Headers, body: &[u8], out: &mut BytesMut) {
    for (name, value) in headers.iter() {
        if name != Name::ContentLength.as_str() {
            put(out, &[name, ": ", value, "\r\n"]);
        }
    }
    put(out, &["Content-Length: ", &body.len().to_string(), "\r\n\r\n"]);
    out.extend_from_slice(body);
}

impl Request {
    /// Adds the message to `out`.
    pub fn print(&self, out: &mut BytesMut) {
        put(out, &[&clean(self.method.as_str()), " ", &clean(&self.uri), " SIP/2.0\r\n"]);
        rest(&self.headers, &self.body, out);
    }

    /// The message in a buffer of its own.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(768 + self.body.len());
        self.print(&mut out);
        out.freeze()
    }
}

impl Response {
    /// Adds the message to `out`.
    pub fn print(&self, out: &mut BytesMut) {
        put(out, &["SIP/2.0 ", &self.status.to_string(), " ", &clean(&self.reason), "\r\n"]);
        rest(&self.headers, &self.body, out);
    }

    /// The message in a buffer of its own.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(768 + self.body.len());
        self.print(&mut out);
        out.freeze()
    }
}

impl Message {
    /// Adds the message to `out`.
    pub fn print(&self, out: &mut BytesMut) {
        match self {
            Message::Request(request) => request.print(out),
            Message::Response(response) => response.print(out),
        }
    }

    /// The message in a buffer of its own.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Message::Request(request) => request.to_bytes(),
            Message::Response(response) => response.to_bytes(),
        }
    }
}
