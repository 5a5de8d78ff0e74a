//! SIP messages: bytes in, [`Message`] out, and back. Start at [`parse`] (datagrams) or [`Framer`] (streams), then ask
//! [`guard`] whether to pass, answer or drop; read headers through [`Headers`], make answers with [`Request::response`].
//! Never in this room: sockets, clocks, transactions, dialogs. RFC 3261 §7, §19, §20, §25; RFC 4475 is the test.

mod addr;
mod brief;
mod build;
mod guard;
mod headers;
mod method;
mod name;
pub mod params;
mod parse;
mod print;
mod problem;
mod recode;
mod stream;
mod typed;
mod uri;

use bytes::Bytes;

pub use addr::{AddrError, BRANCH_COOKIE, NameAddr, Via};
pub use build::reason;
pub use guard::{Rules, Verdict, guard};
pub use headers::{Headers, Key};
pub use method::Method;
pub use name::Name;
pub use params::Params;
pub use parse::{Unreadable, parse};
pub use problem::Problem;
pub use recode::text as recode;
pub use stream::{Framed, Framer};
pub use typed::{CSeq, Contact, RAck, Refresher, Replaces, SessionExpires, SubscriptionState};
pub use uri::{Uri, UriError, escape_header, unescape};

/// Longest message that is read, in octets: what one UDP datagram can carry.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Longest line, unfolded, in octets.
pub const MAX_LINE: usize = 8 * 1024;
/// Most header lines of one message.
pub const MAX_HEADERS: usize = 256;

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// The request URI as written; [`Request::target`] reads it.
    pub uri: String,
    /// Header lines.
    pub headers: Headers,
    /// The body, cut by Content-Length.
    pub body: Bytes,
    /// The first fault of framing; [`guard`] turns it into an answer.
    pub defect: Option<Problem>,
}

/// A response.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// The reason phrase, for people.
    pub reason: String,
    /// Header lines.
    pub headers: Headers,
    /// The body, cut by Content-Length.
    pub body: Bytes,
    /// The first fault of framing; a response with one is dropped.
    pub defect: Option<Problem>,
}

/// A request or a response.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl Request {
    /// The request URI.
    /// # Errors
    /// [`Problem::RequestUri`]; does not happen behind [`guard`].
    pub fn target(&self) -> Result<Uri, Problem> {
        Uri::parse(&self.uri).map_err(Problem::RequestUri)
    }
}

impl Response {
    /// 1xx.
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }
    /// 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Message {
    /// Header lines of either kind.
    pub fn headers(&self) -> &Headers {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }

    /// The body of either kind.
    pub fn body(&self) -> &Bytes {
        match self {
            Message::Request(request) => &request.body,
            Message::Response(response) => &response.body,
        }
    }

    /// The first fault of framing.
    pub fn defect(&self) -> Option<&Problem> {
        match self {
            Message::Request(request) => request.defect.as_ref(),
            Message::Response(response) => response.defect.as_ref(),
        }
    }

    fn set_body(&mut self, bytes: Bytes) {
        match self {
            Message::Request(request) => request.body = bytes,
            Message::Response(response) => response.body = bytes,
        }
    }

    /// Notes a fault; the first one stays.
    fn note(&mut self, problem: Problem) {
        let defect = match self {
            Message::Request(request) => &mut request.defect,
            Message::Response(response) => &mut response.defect,
        };
        defect.get_or_insert(problem);
    }
}
