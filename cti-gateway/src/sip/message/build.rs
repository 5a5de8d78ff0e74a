//! Making messages: an answer to a request, a request of our own.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;

use super::{
    Request, Response,
    addr::{NameAddr, Via},
    guard::Rules,
    headers::Headers,
    method::Method,
    name::Name,
    problem::Problem,
    uri,
};

impl Request {
    /// An empty request: no headers yet.
    pub fn new(method: Method, uri: &uri::Uri) -> Request {
        Request { method, uri: uri.as_str().to_owned(), headers: Headers::new(), body: Bytes::new(), defect: None }
    }

    /// With a body and its type.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Request {
        self.headers.set(Name::ContentType, content_type);
        self.body = body.into();
        self
    }

    /// With a header line added.
    #[must_use]
    pub fn with(mut self, name: Name, value: &str) -> Request {
        self.headers.push(name, value);
        self
    }

    /// Notes where the request was seen to come from in its top Via: `received` where sent-by says otherwise, `rport` where
    /// asked for (RFC 3261 §18.2.1, RFC 3581 §4). Answers made later carry it.
    pub fn stamp_source(&mut self, source: SocketAddr) {
        let Some(line) = self.headers.get(Name::Via) else { return };
        let mut values = super::params::commas(line);
        let Some(first) = values.next() else { return };
        let Ok(via) = Via::parse(first) else { return };
        let asked = via.rport().is_some();
        if !asked && uri::ip(via.host) == Some(source.ip()) {
            return;
        }
        let mut stamped = format!("SIP/2.0/{} {}", via.transport, via.host);
        if let Some(port) = via.port {
            stamped.push_str(&format!(":{port}"));
        }
        for (name, value) in via.params.iter().filter(|(n, _)| !["received", "rport"].iter().any(|o| n.eq_ignore_ascii_case(o))) {
            stamped.extend([";", name]);
            stamped.extend(value.into_iter().flat_map(|v| ["=", v]));
        }
        stamped.push_str(&format!(";received={}", bare(source.ip())));
        if asked {
            stamped.push_str(&format!(";rport={}", source.port()));
        }
        for value in values {
            stamped.extend([", ", value]);
        }
        self.headers.set_first(Name::Via, &stamped);
    }

    /// Where the answer goes over an unreliable transport (RFC 3261 §18.2.2, RFC 3581 §4): `received:rport`, else `received`
    /// with the port of sent-by, else `source`.
    pub fn answer_to(&self, source: SocketAddr) -> SocketAddr {
        let Ok(via) = self.headers.top_via() else { return source };
        let ip = via.received().unwrap_or(source.ip());
        let port = via.rport().flatten().or(via.port).unwrap_or(5060);
        SocketAddr::new(ip, port)
    }

    /// An answer: Via, From, To, Call-ID and CSeq copied (those that came), no body (RFC 3261 §8.2.6).
    /// A tag for To is the caller's to add, see [`Response::with_to_tag`].
    pub fn response(&self, status: u16) -> Response {
        self.response_because(status, reason(status))
    }

    /// An answer with a reason phrase of its own.
    pub fn response_because(&self, status: u16, reason: &str) -> Response {
        let mut headers = Headers::new();
        for name in [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq] {
            headers.copy(&self.headers, name);
        }
        if status > 100 && status < 300 {
            headers.copy(&self.headers, Name::RecordRoute);
        }
        if status == 100 {
            headers.copy(&self.headers, Name::Timestamp);
        }
        Response { status, reason: reason.to_owned(), headers, body: Bytes::new(), defect: None }
    }

    /// The answer a [`Problem`] asks for, with the header lines its status wants (RFC 3261 §8.2.1–8.2.3).
    pub fn refusal(&self, problem: &Problem, rules: &Rules) -> Response {
        let mut response = self.response_because(problem.status(), &problem.reason());
        match problem {
            Problem::Extensions(tags) => response.headers.push(Name::Unsupported, &tags.join(", ")),
            Problem::MethodNotAllowed | Problem::UnknownMethod => response.headers.push(Name::Allow, &rules.allow()),
            Problem::ContentType(_) => response.headers.push(Name::Accept, &rules.accept()),
            Problem::Accept => {
                response.headers.push(Name::Warning, "399 gateway \"the answer to an INVITE is application/sdp\"");
            }
            _ => {}
        }
        response
    }
}

fn bare(ip: IpAddr) -> String {
    ip.to_string()
}

impl Response {
    /// With `tag` on To, unless it has one.
    #[must_use]
    pub fn with_to_tag(mut self, tag: &str) -> Response {
        if self.headers.to_tag().is_none()
            && let Some(to) = self.headers.get(Name::To)
        {
            let tagged = match NameAddr::parse(to) {
                Ok(addr) => addr.with_tag(tag).to_string(),
                // Unreadable, so it goes back as it came; the tag at its end is what a peer looks for.
                Err(_) => format!("{to};tag={tag}"),
            };
            self.headers.set(Name::To, &tagged);
        }
        self
    }

    /// With a body and its type.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Response {
        self.headers.set(Name::ContentType, content_type);
        self.body = body.into();
        self
    }

    /// With a header line added.
    #[must_use]
    pub fn with(mut self, name: Name, value: &str) -> Response {
        self.headers.push(name, value);
        self
    }
}

/// The standard reason phrase (RFC 3261 §21 and the IANA registry), or a plain one for its class.
pub fn reason(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        199 => "Early Dialog Terminated",
        200 => "OK",
        202 => "Accepted",
        204 => "No Notification",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        305 => "Use Proxy",
        380 => "Alternative Service",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        412 => "Conditional Request Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        429 => "Provide Referrer Identity",
        433 => "Anonymity Disallowed",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        485 => "Ambiguous",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        489 => "Bad Event",
        491 => "Request Pending",
        493 => "Undecipherable",
        494 => "Security Agreement Required",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        580 => "Precondition Failure",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        607 => "Unwanted",
        608 => "Rejected",
        other => match other / 100 {
            1 => "Progress",
            2 => "OK",
            3 => "Redirected",
            4 => "Request Failed",
            5 => "Server Failed",
            _ => "Refused",
        },
    }
}
