//! The guard at the door: a pure look at one message, before any state is touched. It says pass, answer so, or drop.
//! Its table is RFC 4475 (the 49 messages of `tests/torture`) and RFC 3261 §8.2, §16.3.

use super::{
    Message, Request, Response,
    method::Method,
    name::Name,
    problem::Problem,
    uri::{Uri, UriError},
};

/// What this place serves.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Methods that are served; ACK and CANCEL belong to the list.
    pub methods: Vec<Method>,
    /// Option tags that may stand in Require.
    pub extensions: Vec<&'static str>,
    /// Types of body that are read. Others are refused where the body matters, with 415.
    pub content_types: Vec<&'static str>,
}

impl Default for Rules {
    fn default() -> Rules {
        use Method::*;
        Rules {
            methods: vec![Invite, Ack, Cancel, Bye, Options, Register, Prack, Update, Info, Refer, Notify],
            extensions: vec!["100rel", "timer", "replaces", "norefersub"],
            content_types: vec!["application/sdp", "application/dtmf-relay", "application/dtmf", "message/sipfrag"],
        }
    }
}

impl Rules {
    /// The value of Allow.
    pub fn allow(&self) -> String {
        self.methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The value of Accept.
    pub fn accept(&self) -> String {
        self.content_types.join(", ")
    }
}

/// What to do with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Sound: the transaction layer may have it.
    Pass,
    /// Answer without state ([`Request::refusal`]).
    Answer(Problem),
    /// Neither use nor answer it.
    Drop(Problem),
}

/// Looks at one message. Never touches state, so it may be asked for any message, retransmissions included.
pub fn guard(message: &Message, rules: &Rules) -> Verdict {
    match message {
        Message::Request(request) => match check_request(request, rules) {
            Ok(()) => Verdict::Pass,
            // An ACK is never answered, and without a Via that reads nobody could tell the answer from another's.
            Err(problem) if request.method == Method::Ack || !request.is_answerable() => Verdict::Drop(problem),
            Err(problem) => Verdict::Answer(problem),
        },
        Message::Response(response) => match check_response(response) {
            Ok(()) => Verdict::Pass,
            Err(problem) => Verdict::Drop(problem),
        },
    }
}

impl Request {
    /// Whether enough was read to answer: a Via that carries the answer back. What else came is copied as it is.
    pub fn is_answerable(&self) -> bool {
        self.headers.values(Name::Via).next().is_some()
    }
}

fn check_request(request: &Request, rules: &Rules) -> Result<(), Problem> {
    if let Some(problem) = &request.defect {
        return Err(problem.clone());
    }
    check_core(&request.headers)?;
    let headers = &request.headers;
    if headers.cseq()?.method != request.method {
        let unknown = !request.method.is_known();
        return Err(if unknown { Problem::UnknownMethod } else { Problem::MethodMismatch });
    }
    if !rules.methods.contains(&request.method) {
        let known = request.method.is_known();
        return Err(if known { Problem::MethodNotAllowed } else { Problem::UnknownMethod });
    }
    let uri = check_uri(request)?;
    let hops = headers.max_forwards()?;
    check_addresses(request, &uri)?;
    let out_of_dialog = headers.to_tag().is_none() && !matches!(request.method, Method::Ack | Method::Cancel);
    if hops == Some(0) && out_of_dialog {
        return Err(Problem::TooManyHops);
    }
    if !matches!(request.method, Method::Ack | Method::Cancel) {
        check_extensions(request, rules)?;
        check_body(request, rules)?;
    }
    Ok(())
}

/// What every message holds, once each (RFC 3261 §8.1.1).
fn check_core(headers: &super::Headers) -> Result<(), Problem> {
    let mut seen: Vec<(Name, &str)> = Vec::with_capacity(12);
    for (name, value) in headers.named() {
        let Some(name) = name.filter(|n| n.is_single()) else { continue };
        match seen.iter().find(|(n, _)| *n == name) {
            Some((_, first)) if *first != value => return Err(Problem::Repeated(name)),
            Some(_) => {}
            None => seen.push((name, value)),
        }
    }
    headers.top_via()?;
    for via in headers.vias() {
        via?;
    }
    headers.check_end(Name::From)?;
    headers.check_end(Name::To)?;
    headers.call_id()?;
    headers.cseq()?;
    Ok(())
}

fn check_uri(request: &Request) -> Result<Uri, Problem> {
    let uri = Uri::parse(&request.uri).map_err(|why| match why {
        UriError::NoScheme if request.uri.starts_with('<') => Problem::RequestUri(UriError::BadCharacter),
        why => Problem::RequestUri(why),
    })?;
    if !uri.is_sip() && !uri.scheme().eq_ignore_ascii_case("tel") {
        return Err(Problem::Scheme(uri.scheme().to_owned()));
    }
    if !uri.headers_text().is_empty() {
        return Err(Problem::RequestUriHeaders);
    }
    Ok(uri)
}

fn check_addresses(request: &Request, uri: &Uri) -> Result<(), Problem> {
    let headers = &request.headers;
    headers.check_addresses(&[Name::Contact, Name::Route, Name::RecordRoute])?;
    if let Some(text) = headers.get(Name::Expires) {
        check_interval(Name::Expires, text)?;
    }
    if request.method != Method::Register {
        return Ok(());
    }
    for (name, addr) in [(Name::To, headers.to()?), (Name::From, headers.from()?)] {
        if !addr.uri.is_sip() {
            return Err(Problem::Value { name, why: "the address of record is a SIP URI" });
        }
    }
    if !uri.is_sip() {
        return Err(Problem::Scheme(uri.scheme().to_owned()));
    }
    for contact in headers.contacts()? {
        if let Some(text) = contact.addr().and_then(|a| a.params().get("expires")) {
            check_interval(Name::Contact, text)?;
        }
    }
    Ok(())
}

/// delta-seconds are below 2³² (RFC 3261 §20.19, RFC 4475 §3.1.2.4).
fn check_interval(name: Name, text: &str) -> Result<(), Problem> {
    match text.trim().parse::<u32>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::Value { name, why: "seconds are a number below 2^32" }),
    }
}

fn check_extensions(request: &Request, rules: &Rules) -> Result<(), Problem> {
    let unknown = |tag: &&str| !rules.extensions.iter().any(|e| e.eq_ignore_ascii_case(tag));
    let unknown: Vec<String> = request.headers.require().filter(unknown).map(str::to_owned).collect();
    if unknown.is_empty() { Ok(()) } else { Err(Problem::Extensions(unknown)) }
}

fn check_body(request: &Request, rules: &Rules) -> Result<(), Problem> {
    let offers = matches!(request.method, Method::Invite | Method::Update | Method::Prack);
    if !offers {
        return Ok(());
    }
    if request.method == Method::Invite && !request.headers.accepts("application/sdp") {
        return Err(Problem::Accept);
    }
    let Some(kind) = request.headers.content_type().filter(|_| !request.body.is_empty()) else { return Ok(()) };
    let known = rules.content_types.iter().any(|t| t.eq_ignore_ascii_case(kind));
    let multipart = kind.get(..10).is_some_and(|k| k.eq_ignore_ascii_case("multipart/"));
    if known || multipart { Ok(()) } else { Err(Problem::ContentType(kind.to_owned())) }
}

fn check_response(response: &Response) -> Result<(), Problem> {
    if let Some(problem) = &response.defect {
        return Err(problem.clone());
    }
    check_core(&response.headers)?;
    if response.headers.values(Name::Via).count() > 1 {
        return Err(Problem::ForeignVia);
    }
    Ok(())
}
