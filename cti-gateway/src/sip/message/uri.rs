//! Addresses: `sip:user@host;params?headers` (RFC 3261 §19.1), kept as written and cut once.
//! Other schemes (tel:, isbn:) are kept whole, so that the guard can say which one was not understood.

use std::{borrow::Cow, fmt, net::IpAddr, ops::Range, str::FromStr};

use super::params::Params;

/// Why a URI is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No `scheme:` in front.
    #[error("a URI begins with a scheme such as sip:")]
    NoScheme,
    /// Blanks, quotes or angle brackets inside.
    #[error("a URI holds no blanks, quotes or angle brackets")]
    BadCharacter,
    /// No host, or not a host.
    #[error("the host of a URI is a name, an IPv4 address or an IPv6 address in []")]
    BadHost,
    /// Not a port.
    #[error("the port of a URI is a number from 1 to 65535")]
    BadPort,
    /// `%` without two hexadecimal digits.
    #[error("% in a URI is followed by two hexadecimal digits")]
    BadEscape,
}

/// An address. The text stays as it was written; the parts are ranges in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Uri {
    text: String,
    scheme: u16,
    user: Option<Range<u16>>,
    password: Option<Range<u16>>,
    host: Range<u16>,
    port: Option<u16>,
    params: Range<u16>,
    headers: Range<u16>,
}

impl Uri {
    /// Reads a URI without brackets around it.
    /// # Errors
    /// See [`UriError`]; a scheme other than sip/sips is accepted and kept whole.
    pub fn parse(text: &str) -> Result<Uri, UriError> {
        if text.len() > usize::from(u16::MAX) || text.bytes().any(|b| b <= b' ' || b == 0x7f || b"<>\"".contains(&b)) {
            return Err(UriError::BadCharacter);
        }
        let colon = text.find(':').ok_or(UriError::NoScheme)?;
        let scheme = &text.as_bytes()[..colon];
        if !scheme.first().is_some_and(u8::is_ascii_alphabetic)
            || !scheme.iter().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
        {
            return Err(UriError::NoScheme);
        }
        let end = text.len() as u16;
        let mut uri = Uri {
            text: text.to_owned(),
            scheme: colon as u16,
            user: None,
            password: None,
            host: end..end,
            port: None,
            params: end..end,
            headers: end..end,
        };
        if uri.is_sip() {
            uri.cut()?;
        } else {
            uri.host = colon as u16 + 1..end;
        }
        Ok(uri)
    }

    fn cut(&mut self) -> Result<(), UriError> {
        let text = self.text.as_str();
        let (begin, end) = (usize::from(self.scheme) + 1, text.len());
        escapes_are_sound(&text[begin..])?;
        // The user part may hold `;` and `?` of its own, so the last-standing `@` before the host parts them.
        let host_from = match text[begin..].find('@') {
            None => begin,
            Some(at) => {
                let at = begin + at;
                let colon = text[begin..at].find(':').map(|c| begin + c);
                let user_end = colon.unwrap_or(at);
                if user_end == begin {
                    return Err(UriError::BadHost);
                }
                self.user = Some(begin as u16..user_end as u16);
                self.password = colon.map(|c| c as u16 + 1..at as u16);
                at + 1
            }
        };
        let rest = &text[host_from..];
        let host_len = if rest.starts_with('[') {
            rest.find(']').ok_or(UriError::BadHost)? + 1
        } else {
            rest.find([':', ';', '?']).unwrap_or(rest.len())
        };
        let host = &rest[..host_len];
        if !is_host(host) {
            return Err(UriError::BadHost);
        }
        self.host = host_from as u16..(host_from + host_len) as u16;
        let mut at = host_from + host_len;
        if text[at..].starts_with(':') {
            let stop = text[at..].find([';', '?']).map_or(end, |p| at + p);
            self.port = Some(port(&text[at + 1..stop]).ok_or(UriError::BadPort)?);
            at = stop;
        }
        match text.as_bytes().get(at) {
            None | Some(b';' | b'?') => {}
            Some(_) => return Err(UriError::BadHost),
        }
        let question = text[at..].find('?').map_or(end, |p| at + p);
        self.params = at as u16..question as u16;
        self.headers = (question + 1).min(end) as u16..end as u16;
        Ok(())
    }

    /// `sip:user@host:port`; `user` empty for none. Characters a user part cannot hold are escaped.
    /// # Errors
    /// [`UriError::BadHost`] for a host that is none.
    pub fn sip(user: &str, host: &str, port: Option<u16>) -> Result<Uri, UriError> {
        let auth = (!user.is_empty()).then(|| rsip::Auth { user: escape_user(user), password: None });
        let host = match host.parse::<std::net::Ipv6Addr>() {
            Ok(v6) => format!("[{v6}]"),
            Err(_) => host.to_owned(),
        };
        let host_with_port = rsip::HostWithPort { host: rsip::Host::Domain(host.into()), port: port.map(Into::into) };
        let uri = rsip::Uri { scheme: Some(rsip::Scheme::Sip), auth, host_with_port, ..Default::default() };
        Uri::parse(&uri.to_string())
    }

    /// This URI with `;name` or `;name=value` added, any earlier parameter of that name gone.
    pub fn with_param(&self, name: &str, value: &str) -> Result<Uri, UriError> {
        let mut text = self.part(&(0..self.params.start)).to_owned();
        for (n, v) in self.params().iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)) {
            text.extend([";", n]);
            text.extend(v.into_iter().flat_map(|v| ["=", v]));
        }
        text.extend([";", name]);
        if !value.is_empty() {
            text.extend(["=", value]);
        }
        if !self.headers_text().is_empty() {
            text.extend(["?", self.headers_text()]);
        }
        Uri::parse(&text)
    }

    /// This URI without parameters and headers: what an address of record is compared by.
    pub fn bare(&self) -> Uri {
        let end = self.params.start;
        Uri { text: self.part(&(0..end)).to_owned(), params: end..end, headers: end..end, ..self.clone() }
    }

    /// This URI without `?headers` (they belong to the request, not to the request line).
    pub fn without_headers(&self) -> Uri {
        let end = self.params.end;
        Uri { text: self.part(&(0..end)).to_owned(), headers: end..end, ..self.clone() }
    }

    fn part(&self, range: &Range<u16>) -> &str {
        &self.text[usize::from(range.start)..usize::from(range.end)]
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// `sip`, `sips`, `tel`, … as written.
    pub fn scheme(&self) -> &str {
        &self.text[..usize::from(self.scheme)]
    }
    /// Whether the scheme is sip or sips.
    pub fn is_sip(&self) -> bool {
        self.scheme().eq_ignore_ascii_case("sip") || self.is_sips()
    }
    /// Whether the scheme is sips.
    pub fn is_sips(&self) -> bool {
        self.scheme().eq_ignore_ascii_case("sips")
    }
    /// The user part with its escapes resolved: a number or an extension. For `tel:` the number.
    pub fn user(&self) -> Option<Cow<'_, str>> {
        if self.scheme().eq_ignore_ascii_case("tel") {
            return Some(Cow::Borrowed(self.host().split(';').next().unwrap_or("")));
        }
        self.user_raw().map(unescape)
    }
    /// The user part as written.
    pub fn user_raw(&self) -> Option<&str> {
        self.user.as_ref().map(|r| self.part(r))
    }
    /// The password part, which nobody should use.
    pub fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|r| self.part(r))
    }
    /// The host as written, IPv6 in brackets. For other schemes all that follows the colon.
    pub fn host(&self) -> &str {
        self.part(&self.host)
    }
    /// The host as an address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        ip(self.host())
    }
    /// The port, if stated.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
    /// `;transport=…` and the like.
    pub fn params(&self) -> Params<'_> {
        Params(self.part(&self.params))
    }
    /// Value of a URI parameter: `Some("")` for a flag such as `lr`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params().get(name)
    }
    /// Whether the next hop is a loose router (RFC 3261 §16.12).
    pub fn is_loose(&self) -> bool {
        self.params().has("lr")
    }
    /// What follows `?`, escapes kept.
    pub fn headers_text(&self) -> &str {
        self.part(&self.headers)
    }
    /// The embedded header `name`, escapes resolved (`Refer-To: <sip:x?Replaces=…>`).
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers_text().split('&').find_map(|pair| {
            let (n, v) = pair.split_once('=').unwrap_or((pair, ""));
            unescape(n).eq_ignore_ascii_case(name).then(|| unescape(v).into_owned())
        })
    }

    /// Whether both name the same resource (RFC 3261 §19.1.4): host in any case, user exactly, and the parameters that count.
    pub fn same_as(&self, other: &Uri) -> bool {
        let counts = ["user", "ttl", "method", "maddr", "transport"];
        let param = |uri: &Uri, name: &str| uri.param(name).map(|v| unescape(v).to_ascii_lowercase());
        self.scheme().eq_ignore_ascii_case(other.scheme())
            && self.user() == other.user()
            && self.password().map(unescape) == other.password().map(unescape)
            && self.host().eq_ignore_ascii_case(other.host())
            && self.port == other.port
            && counts.iter().all(|name| param(self, name) == param(other, name))
            && self.params().iter().all(|(name, _)| {
                let theirs = param(other, name);
                theirs.is_none() || theirs == param(self, name)
            })
            && self.headers_text() == other.headers_text()
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Uri {
    type Err = UriError;
    fn from_str(text: &str) -> Result<Uri, UriError> {
        Uri::parse(text)
    }
}

fn escapes_are_sound(text: &str) -> Result<(), UriError> {
    let bytes = text.as_bytes();
    let sound = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    match bytes.iter().enumerate().all(|(at, b)| *b != b'%' || (sound(at + 1) && sound(at + 2))) {
        true => Ok(()),
        false => Err(UriError::BadEscape),
    }
}

/// An IP address, IPv6 with or without brackets.
pub(crate) fn ip(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// A host name, an IPv4 address or an IPv6 reference. Underscores are not in the grammar but are in the field.
pub(crate) fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[') {
        return v6.strip_suffix(']').is_some_and(|h| h.parse::<std::net::Ipv6Addr>().is_ok());
    }
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// A port, which is never 0.
pub(crate) fn port(text: &str) -> Option<u16> {
    (text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten().filter(|p| *p != 0)
}

/// `%41` → `A`. Bytes that make no UTF-8 are read as the message's other text is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| (*b as char).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(super::recode::text(&plain).into_owned())
}

fn escape_user(user: &str) -> String {
    escape(user, b"-_.!~*'()&=+$,;?/")
}

/// Escapes a value for use as an embedded URI header (`Replaces=…`).
pub fn escape_header(value: &str) -> String {
    escape(value, b"-_.!~*'()[]/?:+$")
}

fn escape(text: &str, allowed: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || allowed.contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_cut_where_the_grammar_cuts() {
        type Row<'a> = (&'a str, Option<&'a str>, &'a str, Option<u16>, &'a str, &'a str);
        let table: &[Row<'_>] = &[
            ("sip:example.com", None, "example.com", None, "", ""),
            ("sip:1001@10.0.0.1:5090;transport=tcp;lr", Some("1001"), "10.0.0.1", Some(5090), ";transport=tcp;lr", ""),
            ("SIPS:a;b?c@h.example?subject=x&Replaces=y", Some("a;b?c"), "h.example", None, "", "subject=x&Replaces=y"),
            ("sip:%E5%BC%A0@[2001:db8::1]:5060;x", Some("张"), "[2001:db8::1]", Some(5060), ";x", ""),
            ("sip:u:secret@h", Some("u"), "h", None, "", ""),
            ("tel:+8613800000000;phone-context=cn", Some("+8613800000000"), "+8613800000000;phone-context=cn", None, "", ""),
        ];
        for (text, user, host, port, params, headers) in table {
            let uri = Uri::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(uri.user().as_deref(), *user, "{text}");
            assert_eq!((uri.host(), uri.port(), uri.params().0, uri.headers_text()), (*host, *port, *params, *headers));
            assert_eq!(uri.to_string(), *text);
        }
    }

    #[test]
    fn what_is_no_uri_is_refused_for_its_reason() {
        for (text, why) in [
            ("example.com", UriError::NoScheme),
            (":x", UriError::NoScheme),
            ("1sip:x", UriError::NoScheme),
            ("sip:", UriError::BadHost),
            ("sip:@h", UriError::BadHost),
            ("sip:a@", UriError::BadHost),
            ("sip:a@h h", UriError::BadCharacter),
            ("<sip:a@h>", UriError::BadCharacter),
            ("sip:a@[::1", UriError::BadHost),
            ("sip:a@[::1]x", UriError::BadHost),
            ("sip:a@h:0", UriError::BadPort),
            ("sip:a@h:70000", UriError::BadPort),
            ("sip:a@h:", UriError::BadPort),
            ("sip:a%4@h", UriError::BadEscape),
            ("sip:张@h/", UriError::BadHost),
        ] {
            assert_eq!(Uri::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn made_uris_are_escaped_and_read_back() {
        for (user, host, port, want) in [
            ("1001", "10.0.0.1", Some(5060), "sip:1001@10.0.0.1:5060"),
            ("", "zuoxi", None, "sip:zuoxi"),
            ("+86 10@x", "h.example", None, "sip:+86%2010%40x@h.example"),
            ("张", "::1", Some(5070), "sip:%E5%BC%A0@[::1]:5070"),
        ] {
            let uri = Uri::sip(user, host, port).unwrap();
            assert_eq!(uri.as_str(), want);
            assert_eq!(uri.user().as_deref().unwrap_or(""), user);
        }
        assert_eq!(Uri::sip("a", "b c", None), Err(UriError::BadCharacter));
        let uri = Uri::parse("sip:a@h;lr;transport=udp?x=y").unwrap();
        assert_eq!(uri.with_param("Transport", "tcp").unwrap().as_str(), "sip:a@h;lr;Transport=tcp?x=y");
        assert_eq!((uri.bare().as_str(), uri.without_headers().as_str()), ("sip:a@h", "sip:a@h;lr;transport=udp"));
        assert_eq!(uri.bare().params().iter().count(), 0);
    }

    /// RFC 3261 §19.1.4.
    #[test]
    fn the_examples_of_the_rfc_compare_as_it_says() {
        for (a, b, same) in [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true),
            ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true),
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false),
        ] {
            let (a, b) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
            assert_eq!((a.same_as(&b), b.same_as(&a)), (same, same), "{a} {b}");
        }
    }
}
