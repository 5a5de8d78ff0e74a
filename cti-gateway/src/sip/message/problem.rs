//! What is wrong with a message, and which answer says so.

use super::{addr::AddrError, name::Name, uri::UriError};

/// One fault of a message: what was asked, the rule it broke, and by [`Problem::status`] the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Method, URI and version are not parted by single blanks.
    #[error("Request line reads METHOD URI SIP/2.0 with one blank between")]
    RequestLine,
    /// Not SIP/2.0.
    #[error("Version {0} is not SIP/2.0")]
    Version(String),
    /// A line without a name and a colon.
    #[error("Header line {0} reads Name: value")]
    HeaderLine(usize),
    /// The message ends inside its headers.
    #[error("Headers end with an empty line")]
    HeadersUnended,
    /// More lines than [`super::MAX_HEADERS`].
    #[error("More than 256 header lines")]
    TooManyHeaders,
    /// A line longer than [`super::MAX_LINE`].
    #[error("A line is longer than 8 KiB")]
    LineTooLong,
    /// Longer than [`super::MAX_MESSAGE`].
    #[error("Message is longer than 64 KiB")]
    TooLarge,
    /// A mandatory header is not there.
    #[error("{0} is missing")]
    Missing(Name),
    /// Two different values where one may stand.
    #[error("{0} stands twice")]
    Repeated(Name),
    /// A header that does not read.
    #[error("{name} does not read: {why}")]
    Value {
        /// Which header.
        name: Name,
        /// The rule it broke.
        why: &'static str,
    },
    /// A header with an address that does not read.
    #[error("{name} does not read: {why}")]
    Address {
        /// Which header.
        name: Name,
        /// The rule it broke.
        why: AddrError,
    },
    /// Content-Length says more than came.
    #[error("Content-Length says {stated}, {came} came")]
    BodyShort {
        /// Octets announced.
        stated: usize,
        /// Octets received.
        came: usize,
    },
    /// The request URI does not read.
    #[error("Request URI does not read: {0}")]
    RequestUri(UriError),
    /// Headers inside the request URI (RFC 3261 §19.1.1, table 1).
    #[error("Request URI holds no ?headers")]
    RequestUriHeaders,
    /// A request URI of another scheme.
    #[error("Scheme {0} is not sip, sips or tel")]
    Scheme(String),
    /// CSeq names another method than the request line.
    #[error("CSeq and request line name different methods")]
    MethodMismatch,
    /// A method no RFC we know names.
    #[error("Method is not implemented")]
    UnknownMethod,
    /// A known method that is not served here.
    #[error("Method is not allowed here")]
    MethodNotAllowed,
    /// Option tags in Require that are not served here.
    #[error("Extensions not supported: {}", .0.join(", "))]
    Extensions(Vec<String>),
    /// Max-Forwards reached 0.
    #[error("Max-Forwards is 0")]
    TooManyHops,
    /// A body nobody here reads.
    #[error("Body of type {0} is not read here")]
    ContentType(String),
    /// Accept excludes the only body we can answer with.
    #[error("Accept leaves out application/sdp")]
    Accept,
    /// A response that names other hops than ours.
    #[error("A response for us holds one Via")]
    ForeignVia,
}

impl Problem {
    /// The status of the answer (RFC 3261 §8.2, §21.4–5).
    pub fn status(&self) -> u16 {
        match self {
            Problem::Version(_) => 505,
            Problem::TooLarge => 513,
            Problem::Scheme(_) => 416,
            Problem::UnknownMethod => 501,
            Problem::MethodNotAllowed => 405,
            Problem::Extensions(_) => 420,
            Problem::TooManyHops => 483,
            Problem::ContentType(_) => 415,
            Problem::Accept => 406,
            Problem::RequestLine
            | Problem::HeaderLine(_)
            | Problem::HeadersUnended
            | Problem::TooManyHeaders
            | Problem::LineTooLong
            | Problem::Missing(_)
            | Problem::Repeated(_)
            | Problem::Value { .. }
            | Problem::Address { .. }
            | Problem::BodyShort { .. }
            | Problem::RequestUri(_)
            | Problem::RequestUriHeaders
            | Problem::MethodMismatch
            | Problem::ForeignVia => 400,
        }
    }

    /// The reason phrase: the standard one, or for 400 the fault itself, as RFC 3261 §21.4.1 asks.
    pub fn reason(&self) -> String {
        match self.status() {
            400 => format!("Bad Request ({self})"),
            status => super::build::reason(status).to_owned(),
        }
    }
}
