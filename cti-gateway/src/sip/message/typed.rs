//! Typed reading of header values, on demand: nobody pays for a header nobody asks for.
//! `None` inside `Ok` means absent; `Err` means present and unreadable, with the answer to give.

use super::{
    addr::{self, NameAddr, Via},
    headers::Headers,
    method::Method,
    name::Name,
    params::{self, Params},
    problem::Problem,
    uri::Uri,
};

/// CSeq: number and method (RFC 3261 §20.16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Below 2³¹.
    pub number: u32,
    /// The method as in the request line.
    pub method: Method,
}

/// RAck: what a PRACK acknowledges (RFC 3262 §7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RAck {
    /// RSeq of the reliable response.
    pub rseq: u32,
    /// CSeq of the request it answered.
    pub cseq: CSeq,
}

/// Who refreshes a session (RFC 4028 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    /// The one who sent the request.
    Uac,
    /// The one who answered it.
    Uas,
}

/// Session-Expires (RFC 4028 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// Who refreshes, where already said.
    pub refresher: Option<Refresher>,
}

/// Replaces: which dialog a new call takes the place of (RFC 3891 §6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Call-ID of that dialog.
    pub call_id: String,
    /// Its tag on the side of the receiver.
    pub to_tag: String,
    /// Its tag on the other side.
    pub from_tag: String,
    /// Only while it is not yet answered.
    pub early_only: bool,
}

impl Replaces {
    /// Reads a Replaces value, also one unescaped from a Refer-To URI.
    pub fn parse(text: &str) -> Option<Replaces> {
        let semicolon = text.find(';')?;
        let params = Params(&text[semicolon..]);
        let call_id = text[..semicolon].trim();
        Some(Replaces {
            call_id: (!call_id.is_empty()).then(|| call_id.to_owned())?,
            to_tag: params.get("to-tag").filter(|t| !t.is_empty())?.to_owned(),
            from_tag: params.get("from-tag").filter(|t| !t.is_empty())?.to_owned(),
            early_only: params.has("early-only"),
        })
    }
}

/// Subscription-State of a NOTIFY (RFC 6665 §8.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionState<'a> {
    /// `active`, `pending`, `terminated`.
    pub state: &'a str,
    /// `reason`, `expires`, `retry-after`.
    pub params: Params<'a>,
}

/// One value of Contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// `*`: all contacts, to be removed (REGISTER with Expires: 0).
    Star,
    /// An address.
    Addr(Box<NameAddr>),
}

impl Contact {
    /// The address, unless `*`.
    pub fn addr(&self) -> Option<&NameAddr> {
        match self {
            Contact::Star => None,
            Contact::Addr(addr) => Some(addr),
        }
    }

    /// Seconds of `;expires=`. A number too large for anything is the largest there is (RFC 4475 §3.1.2.4 lets a registrar
    /// choose); rubbish counts as absent.
    pub fn expires(&self) -> Option<u32> {
        self.addr()?.params().get("expires").and_then(saturating)
    }

    /// `q` in thousandths, 1000 when absent or unreadable.
    pub fn q(&self) -> u16 {
        let q = self.addr().and_then(|a| a.params().get("q")).and_then(|q| q.parse::<f32>().ok());
        q.map_or(1000, |q| (q.clamp(0.0, 1.0) * 1000.0) as u16)
    }
}

/// Digits as a number, the largest one when it does not fit; `None` for anything but digits.
pub(super) fn saturating(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().unwrap_or(u32::MAX))
}

/// The number in front of `;params` or `(comment)`.
fn leading(text: &str) -> &str {
    text.split([';', '(']).next().unwrap_or("").trim()
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn value(name: Name, why: &'static str) -> Problem {
    Problem::Value { name, why }
}

fn read_cseq(text: &str, name: Name) -> Result<CSeq, Problem> {
    let mut words = text.split_ascii_whitespace();
    let (Some(digits), Some(method), None) = (words.next(), words.next(), words.next()) else {
        return Err(value(name, "a number and a method"));
    };
    let number = number(digits).filter(|n| *n < 1 << 31).ok_or(value(name, "the number is below 2^31"))?;
    Ok(CSeq { number, method: Method::new(method) })
}

impl Headers {
    fn required(&self, name: Name) -> Result<&str, Problem> {
        self.get(name).filter(|v| !v.is_empty()).ok_or(Problem::Missing(name))
    }

    fn number(&self, name: Name) -> Result<Option<u32>, Problem> {
        self.get(name).map(|v| number(leading(v)).ok_or(value(name, "a number below 2^32"))).transpose()
    }

    /// The Via of the last hop.
    pub fn top_via(&self) -> Result<Via<'_>, Problem> {
        let text = self.values(Name::Via).next().ok_or(Problem::Missing(Name::Via))?;
        Via::parse(text).map_err(|why| Problem::Address { name: Name::Via, why })
    }

    /// Every Via, the last hop first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, Problem>> {
        self.values(Name::Via).map(|v| Via::parse(v).map_err(|why| Problem::Address { name: Name::Via, why }))
    }

    fn addr(&self, name: Name) -> Result<NameAddr, Problem> {
        NameAddr::parse(self.required(name)?).map_err(|why| Problem::Address { name, why })
    }

    fn addrs(&self, name: Name) -> Result<Vec<NameAddr>, Problem> {
        self.values(name).map(|v| NameAddr::parse(v).map_err(|why| Problem::Address { name, why })).collect()
    }

    /// Whether every value of these headers reads as an address. `*` passes in Contact.
    pub(super) fn check_addresses(&self, names: &[Name]) -> Result<(), Problem> {
        for name in names.iter().copied() {
            for value in self.values(name).filter(|v| !(name == Name::Contact && *v == "*")) {
                NameAddr::check(value).map_err(|why| Problem::Address { name, why })?;
            }
        }
        Ok(())
    }

    /// Whether From or To is there and reads.
    pub(super) fn check_end(&self, name: Name) -> Result<(), Problem> {
        NameAddr::check(self.required(name)?).map_err(|why| Problem::Address { name, why })
    }

    /// Who asks.
    pub fn from(&self) -> Result<NameAddr, Problem> {
        self.addr(Name::From)
    }

    /// Who is asked for.
    pub fn to(&self) -> Result<NameAddr, Problem> {
        self.addr(Name::To)
    }

    /// Tag of From, without reading the rest.
    pub fn from_tag(&self) -> Option<&str> {
        self.tag(Name::From)
    }

    /// Tag of To, without reading the rest.
    pub fn to_tag(&self) -> Option<&str> {
        self.tag(Name::To)
    }

    fn tag(&self, name: Name) -> Option<&str> {
        Params(addr::cut(self.get(name)?).ok()?.params).get("tag").filter(|t| !t.is_empty())
    }

    /// Call-ID, compared byte by byte.
    pub fn call_id(&self) -> Result<&str, Problem> {
        let text = self.required(Name::CallId)?;
        if text.bytes().any(|b| b.is_ascii_whitespace()) { Err(value(Name::CallId, "one word")) } else { Ok(text) }
    }

    /// Number and method.
    pub fn cseq(&self) -> Result<CSeq, Problem> {
        read_cseq(self.required(Name::CSeq)?, Name::CSeq)
    }

    /// Hops left. RFC 2543 peers send none.
    pub fn max_forwards(&self) -> Result<Option<u32>, Problem> {
        let hops = self.number(Name::MaxForwards)?;
        if hops.is_some_and(|h| h > 255) { Err(value(Name::MaxForwards, "a number up to 255")) } else { Ok(hops) }
    }

    /// Every Contact.
    pub fn contacts(&self) -> Result<Vec<Contact>, Problem> {
        let read = |v: &str| match v {
            "*" => Ok(Contact::Star),
            v => NameAddr::parse(v)
                .map(|a| Contact::Addr(Box::new(a)))
                .map_err(|why| Problem::Address { name: Name::Contact, why }),
        };
        self.values(Name::Contact).map(read).collect()
    }

    /// The first Contact's URI: the remote target of a dialog.
    pub fn contact_uri(&self) -> Result<Option<Uri>, Problem> {
        let Some(text) = self.values(Name::Contact).next() else { return Ok(None) };
        let addr = NameAddr::parse(text).map_err(|why| Problem::Address { name: Name::Contact, why })?;
        Ok(Some(addr.uri))
    }

    /// Route set of a request, next hop first.
    pub fn routes(&self) -> Result<Vec<NameAddr>, Problem> {
        self.addrs(Name::Route)
    }

    /// Record-Route, last hop first.
    pub fn record_routes(&self) -> Result<Vec<NameAddr>, Problem> {
        self.addrs(Name::RecordRoute)
    }

    /// Identities a trusted peer asserts (RFC 3325 §9.1): one sip and one tel at most.
    pub fn asserted_identities(&self) -> Result<Vec<NameAddr>, Problem> {
        self.addrs(Name::PAssertedIdentity)
    }

    /// Expires in seconds, the largest number where it does not fit.
    pub fn expires(&self) -> Result<Option<u32>, Problem> {
        let read = |v| saturating(leading(v)).ok_or(value(Name::Expires, "seconds"));
        self.get(Name::Expires).map(read).transpose()
    }

    /// Lower bound the registrar accepts.
    pub fn min_expires(&self) -> Result<Option<u32>, Problem> {
        self.number(Name::MinExpires)
    }

    /// Option tags of Require.
    pub fn require(&self) -> impl Iterator<Item = &str> {
        self.values(Name::Require)
    }

    /// Option tags of Supported.
    pub fn supported(&self) -> impl Iterator<Item = &str> {
        self.values(Name::Supported)
    }

    /// Option tags of Unsupported (in a 420).
    pub fn unsupported(&self) -> impl Iterator<Item = &str> {
        self.values(Name::Unsupported)
    }

    /// Whether `tag` stands in Supported or Require.
    pub fn supports(&self, tag: &str) -> bool {
        self.supported().chain(self.require()).any(|t| t.eq_ignore_ascii_case(tag))
    }

    /// Whether `tag` stands in Require.
    pub fn requires(&self, tag: &str) -> bool {
        self.require().any(|t| t.eq_ignore_ascii_case(tag))
    }

    /// Whether Allow names this method. Absent Allow says nothing: `None`.
    pub fn allows(&self, method: &Method) -> Option<bool> {
        self.get(Name::Allow)?;
        Some(self.values(Name::Allow).any(|m| m == method.as_str()))
    }

    /// `type/subtype` without parameters, as written.
    pub fn content_type(&self) -> Option<&str> {
        self.get(Name::ContentType).map(|v| v.split(';').next().unwrap_or("").trim()).filter(|v| !v.is_empty())
    }

    /// Whether the body is of this type.
    pub fn is_content(&self, kind: &str) -> bool {
        self.content_type().is_some_and(|t| t.eq_ignore_ascii_case(kind))
    }

    /// Number of a reliable provisional response (RFC 3262 §7.1).
    pub fn rseq(&self) -> Result<Option<u32>, Problem> {
        self.number(Name::RSeq)
    }

    /// What this PRACK acknowledges.
    pub fn rack(&self) -> Result<Option<RAck>, Problem> {
        let Some(text) = self.get(Name::RAck) else { return Ok(None) };
        let (digits, rest) = text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""));
        let rseq = number(digits).ok_or(value(Name::RAck, "two numbers and a method"))?;
        Ok(Some(RAck { rseq, cseq: read_cseq(rest, Name::RAck)? }))
    }

    /// Session-Expires.
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, Problem> {
        let Some(text) = self.get(Name::SessionExpires) else { return Ok(None) };
        let seconds = saturating(leading(text)).ok_or(value(Name::SessionExpires, "seconds"))?;
        let params = Params(&text[text.find(';').unwrap_or(text.len())..]);
        let refresher = match params.get("refresher") {
            Some(who) if who.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(who) if who.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            Some(_) | None => None,
        };
        Ok(Some(SessionExpires { seconds, refresher }))
    }

    /// Min-SE in seconds.
    pub fn min_se(&self) -> Result<Option<u32>, Problem> {
        self.number(Name::MinSe)
    }

    /// Seconds to wait before asking again; the largest number where it does not fit, absent where unreadable.
    pub fn retry_after(&self) -> Option<u32> {
        self.get(Name::RetryAfter).and_then(|v| saturating(leading(v)))
    }

    /// Where a REFER sends us.
    pub fn refer_to(&self) -> Result<NameAddr, Problem> {
        self.addr(Name::ReferTo)
    }

    /// The dialog a REFER's target is to replace, from the URI of Refer-To.
    pub fn refer_replaces(&self) -> Result<Option<Replaces>, Problem> {
        let Some(text) = self.refer_to()?.uri.header("Replaces") else { return Ok(None) };
        Replaces::parse(&text).map(Some).ok_or(value(Name::ReferTo, "Replaces names call-id, to-tag and from-tag"))
    }

    /// The dialog this INVITE replaces.
    pub fn replaces(&self) -> Result<Option<Replaces>, Problem> {
        let Some(text) = self.get(Name::Replaces) else { return Ok(None) };
        Replaces::parse(text).map(Some).ok_or(value(Name::Replaces, "call-id;to-tag=…;from-tag=…"))
    }

    /// Event package and its parameters.
    pub fn event(&self) -> Option<(&str, Params<'_>)> {
        self.get(Name::Event).map(with_params)
    }

    /// State of a subscription.
    pub fn subscription_state(&self) -> Option<SubscriptionState<'_>> {
        let (state, params) = with_params(self.get(Name::SubscriptionState)?);
        Some(SubscriptionState { state, params })
    }

    /// Privacy tokens: `id`, `user`, `none`, … (RFC 3323 parts them with `;`).
    pub fn privacy(&self) -> impl Iterator<Item = &str> {
        self.lines(Name::Privacy).flat_map(|l| l.split([';', ','])).map(str::trim).filter(|t| !t.is_empty())
    }

    /// Whether the caller asks not to be named (RFC 3323 §4.2, RFC 3325 §9.3).
    pub fn wants_privacy(&self) -> bool {
        self.privacy().any(|t| ["id", "user", "header"].iter().any(|p| t.eq_ignore_ascii_case(p)))
    }

    /// Who made the other side.
    pub fn user_agent(&self) -> Option<&str> {
        self.get(Name::UserAgent).or_else(|| self.get(Name::Server))
    }

    /// `<uri>;params` values of Call-Info or Alert-Info: uri text and parameters. Unreadable ones are passed over.
    pub fn infos(&self, name: Name) -> impl Iterator<Item = (&str, Params<'_>)> {
        self.values(name).filter_map(|v| {
            let cut = addr::cut(v).ok()?;
            Some((cut.uri, Params(cut.params)))
        })
    }

    /// Whether the sender reads this media type in a response. Absent Accept means `application/sdp` for INVITE and OPTIONS.
    pub fn accepts(&self, kind: &str) -> bool {
        if self.get(Name::Accept).is_none() {
            return kind.eq_ignore_ascii_case("application/sdp");
        }
        let family = kind.split('/').next().unwrap_or("");
        self.values(Name::Accept).map(|v| v.split(';').next().unwrap_or("").trim()).any(|v| {
            v == "*/*"
                || v.eq_ignore_ascii_case(kind)
                || v.strip_suffix("/*").is_some_and(|f| f.eq_ignore_ascii_case(family))
        })
    }

    /// Content-Length where it reads; [`super::parse`] has checked it against what came.
    pub fn content_length(&self) -> Option<usize> {
        self.get(Name::ContentLength).and_then(|v| v.parse().ok())
    }
}

fn with_params(text: &str) -> (&str, Params<'_>) {
    let semicolon = params::find(text, b';').unwrap_or(text.len());
    (text[..semicolon].trim(), Params(&text[semicolon..]))
}
