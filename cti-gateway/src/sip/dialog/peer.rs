//! The far side of one dialog: tag, target, route set and the two CSeq counters (RFC 3261 §12.1).

use crate::sip::api::Flow;
use crate::sip::message::{Headers, Method, Name, Problem, Request, Response, Uri};

/// One dialog, early or confirmed.
#[derive(Debug, Clone)]
pub struct Peer {
    pub tag: String,
    /// Their To (From) as we write it, tag included.
    pub address: String,
    /// Where requests are addressed to; refreshed by re-INVITE, UPDATE and their 2xx.
    pub target: Uri,
    /// URIs in `<>`, next hop first.
    pub routes: Vec<String>,
    pub flow: Flow,
    pub our_seq: u32,
    pub their_seq: Option<u32>,
    /// RSeq of the last reliable 1xx that was acknowledged.
    pub rseq: Option<u32>,
    /// They take UPDATE.
    pub update: bool,
}

impl Peer {
    /// The dialog an INVITE of theirs makes with our answer (RFC 3261 §12.1.1).
    /// # Errors
    /// A missing or unreadable From or Contact.
    pub fn from_invite(request: &Request, flow: Flow) -> Result<Self, Problem> {
        let headers = &request.headers;
        // Before RFC 3261 an INVITE needed no Contact: who sent it was reached at its From (RFC 2543 §6.13).
        let old = headers.top_via()?.rfc3261_branch().is_none();
        let target = match headers.contact_uri()? {
            Some(target) => target,
            None if old => headers.from()?.uri,
            None => return Err(Problem::Missing(Name::Contact)),
        };
        Ok(Self {
            tag: headers.from_tag().unwrap_or_default().to_owned(),
            address: headers.get(Name::From).unwrap_or_default().to_owned(),
            target,
            routes: routes(headers, false),
            flow,
            our_seq: 0,
            their_seq: Some(headers.cseq()?.number),
            rseq: None,
            update: headers.allows(&Method::Update) == Some(true),
        })
    }

    /// The dialog an answer to our INVITE makes (RFC 3261 §12.1.2). `fallback`: the target where a 1xx names none.
    #[must_use]
    pub fn from_answer(response: &Response, seq: u32, flow: Flow, fallback: &Uri) -> Self {
        let headers = &response.headers;
        Self {
            tag: headers.to_tag().unwrap_or_default().to_owned(),
            address: headers.get(Name::To).unwrap_or_default().to_owned(),
            target: headers.contact_uri().ok().flatten().unwrap_or_else(|| fallback.clone()),
            routes: routes(headers, true),
            flow,
            our_seq: seq,
            their_seq: None,
            rseq: None,
            update: headers.allows(&Method::Update) == Some(true),
        }
    }

    /// A target refresh (RFC 3261 §12.2): the Contact of a re-INVITE, an UPDATE or their 2xx.
    pub fn refresh(&mut self, headers: &Headers) {
        if let Ok(Some(target)) = headers.contact_uri() {
            self.target = target;
        }
        if let Some(update) = headers.allows(&Method::Update) {
            self.update = update;
        }
    }
}

/// Record-Route as a route set: in order for the UAS, reversed for the UAC.
fn routes(headers: &Headers, reverse: bool) -> Vec<String> {
    let mut routes: Vec<String> =
        headers.record_routes().unwrap_or_default().into_iter().map(|r| format!("<{}>", r.uri)).collect();
    if reverse {
        routes.reverse();
    }
    routes
}
