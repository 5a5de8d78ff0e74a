//! `"Display" <uri>;params` (From, To, Contact, Route, Refer-To, P-Asserted-Identity …) and `SIP/2.0/UDP host;params` (Via).

use std::{fmt, net::IpAddr};

use super::{
    params::{self, Params},
    uri::{self, Uri, UriError},
};

/// Why a name-addr or a Via is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddrError {
    /// A `"` or `<` that never ends.
    #[error("a quote or bracket is not closed")]
    Unclosed,
    /// An unquoted display name with characters a token cannot hold.
    #[error("a display name with such characters must be quoted")]
    BadDisplay,
    /// `sip:a@b?header` or a URI with `,` without brackets (RFC 3261 §20.10).
    #[error("a URI with a comma, question mark or semicolon must stand in <>")]
    NeedsBrackets,
    /// Not a list of `;name=value`.
    #[error("parameters read ;name=value")]
    BadParams,
    /// The URI itself.
    #[error("{0}")]
    Uri(#[from] UriError),
    /// Not `SIP/2.0/transport host[:port]`.
    #[error("a Via reads SIP/2.0/transport host:port;branch=…")]
    BadVia,
}

/// A display name, a URI and the parameters of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// Without quotes; empty when there is none.
    pub display: String,
    /// The address.
    pub uri: Uri,
    params: String,
}

/// The parts of a name-addr, still text: display name, URI, parameters.
pub(super) struct Cut<'a> {
    pub display: &'a str,
    pub uri: &'a str,
    pub params: &'a str,
}

pub(super) fn cut(text: &str) -> Result<Cut<'_>, AddrError> {
    let text = text.trim();
    if !params::quotes_close(text) {
        return Err(AddrError::Unclosed);
    }
    let Some(open) = open_bracket(text) else {
        let semicolon = text.find(';').unwrap_or(text.len());
        let uri = text[..semicolon].trim_end();
        if uri.contains([',', '?']) {
            return Err(AddrError::NeedsBrackets);
        }
        return Ok(Cut { display: "", uri, params: &text[semicolon..] });
    };
    let close = open + text[open..].find('>').ok_or(AddrError::Unclosed)?;
    let rest = text[close + 1..].trim_start();
    if !rest.is_empty() && !rest.starts_with(';') {
        return Err(AddrError::BadParams);
    }
    Ok(Cut { display: text[..open].trim(), uri: &text[open + 1..close], params: rest })
}

/// The parts, each of which reads.
fn sound(text: &str) -> Result<(Cut<'_>, Uri), AddrError> {
    let parts = cut(text)?;
    let display_reads = if parts.display.starts_with('"') {
        // Nothing may stand beside the quoted string.
        params::quoted_len(parts.display) == Some(parts.display.len())
    } else {
        parts.display.bytes().all(|b| params::is_token_char(b) || b == b' ' || b == b'\t' || b >= 0x80)
    };
    if !display_reads {
        return Err(AddrError::BadDisplay);
    }
    if !Params(parts.params).are_sound() {
        return Err(AddrError::BadParams);
    }
    let uri = Uri::parse(parts.uri)?;
    Ok((parts, uri))
}

fn open_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut skip) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' if quoted => skip = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

impl NameAddr {
    /// An address without display name and parameters.
    pub fn new(uri: Uri) -> NameAddr {
        NameAddr { display: String::new(), uri, params: String::new() }
    }

    /// With a display name; printed in quotes.
    pub fn named(display: &str, uri: Uri) -> NameAddr {
        NameAddr { display: display.to_owned(), ..NameAddr::new(uri) }
    }

    /// Reads one value of From, To, Contact, Route and the like.
    /// # Errors
    /// [`AddrError`] where RFC 3261 has no reading; unquoted names in UTF-8 are read, as phones send them.
    pub fn parse(text: &str) -> Result<NameAddr, AddrError> {
        let (parts, uri) = sound(text)?;
        let display = params::unquote(parts.display).into_owned();
        Ok(NameAddr { display, uri, params: parts.params.to_owned() })
    }

    /// Whether [`NameAddr::parse`] would read it, without keeping anything.
    pub(super) fn check(text: &str) -> Result<(), AddrError> {
        sound(text).map(|_| ())
    }

    /// The header's parameters (not the URI's).
    pub fn params(&self) -> Params<'_> {
        Params(&self.params)
    }

    /// The tag, if it has one.
    pub fn tag(&self) -> Option<&str> {
        self.params().get("tag").filter(|t| !t.is_empty())
    }

    /// With `;name` or `;name=value` in place of any earlier one.
    #[must_use]
    pub fn with_param(mut self, name: &str, value: &str) -> NameAddr {
        let mut params = String::new();
        for (n, v) in self.params().iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)) {
            params.extend([";", n]);
            params.extend(v.into_iter().flat_map(|v| ["=", v]));
        }
        params.extend([";", name]);
        if !value.is_empty() {
            params.extend(["=", value]);
        }
        self.params = params;
        self
    }

    /// With this tag.
    #[must_use]
    pub fn with_tag(self, tag: &str) -> NameAddr {
        self.with_param("tag", tag)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            write!(f, "{} ", params::quote(&self.display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// One value of Via, cut but not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// `UDP`, `TCP`, `TLS`, … as written.
    pub transport: &'a str,
    /// Host of sent-by, IPv6 in brackets.
    pub host: &'a str,
    /// Port of sent-by.
    pub port: Option<u16>,
    /// Branch, received, rport and others.
    pub params: Params<'a>,
}

/// What every RFC 3261 branch begins with.
pub const BRANCH_COOKIE: &str = "z9hG4bK";

impl<'a> Via<'a> {
    /// Reads one value of Via, blanks around the slashes included.
    /// # Errors
    /// [`AddrError::BadVia`], [`AddrError::BadParams`].
    pub fn parse(text: &'a str) -> Result<Via<'a>, AddrError> {
        let semicolon = text.find(';').unwrap_or(text.len());
        let (head, params) = (text[..semicolon].trim(), Params(&text[semicolon..]));
        let mut parts = head.splitn(3, '/');
        let mut next = || parts.next().map(str::trim).ok_or(AddrError::BadVia);
        let (protocol, _version, rest) = (next()?, next()?, next()?);
        if !protocol.eq_ignore_ascii_case("SIP") {
            return Err(AddrError::BadVia);
        }
        let (transport, sent_by) = rest.split_once(|c: char| c.is_ascii_whitespace()).ok_or(AddrError::BadVia)?;
        let sent_by = sent_by.trim();
        let port_at = sent_by.rfind(':').filter(|at| !sent_by[*at..].contains(']'));
        let host = sent_by[..port_at.unwrap_or(sent_by.len())].trim_end();
        let port = match port_at {
            None => None,
            Some(at) => Some(uri::port(sent_by[at + 1..].trim()).ok_or(AddrError::BadVia)?),
        };
        if !params::is_token(transport) || !uri::is_host(host) {
            return Err(AddrError::BadVia);
        }
        if !params.are_sound() {
            return Err(AddrError::BadParams);
        }
        Ok(Via { transport, host, port, params })
    }

    /// The branch, if there is one.
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch").filter(|b| !b.is_empty())
    }

    /// The branch if it is unique by RFC 3261 (cookie and something behind it); else the RFC 2543 way of matching applies.
    pub fn rfc3261_branch(&self) -> Option<&'a str> {
        self.branch().filter(|b| b.len() > BRANCH_COOKIE.len() && b.starts_with(BRANCH_COOKIE))
    }

    /// Where the request was seen to come from.
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received").and_then(uri::ip)
    }

    /// `None`: not asked for. `Some(None)`: asked for, not filled in. `Some(Some(port))`: filled in (RFC 3581).
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(uri::port)
    }
}

impl fmt::Display for Via<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for (name, value) in self.params.iter() {
            write!(f, ";{name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}
