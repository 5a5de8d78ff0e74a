//! How our messages are worded: Via, Contact, requests inside a dialog, answers.

use std::net::SocketAddr;

use bytes::Bytes;

use super::{Endpoint, transact::Owner, transact::Purpose};
use crate::reach::Reach;
use crate::sip::api::{Flow, Transport};
use crate::sip::dialog::{Leg, in_order};
use crate::sip::message::{Headers, Method, Name, Request, Response, reason};
use crate::sip::transaction::TxKey;
use std::time::Instant;

/// What we can do, for Supported.
pub(super) const SUPPORTED: &str = "100rel, timer, replaces, norefersub";
pub(super) const SDP: &str = "application/sdp";

impl Endpoint {
    /// Our address as peers on this way should see it.
    pub(super) fn shown(&self, flow: Flow) -> SocketAddr {
        let bound = self.bound(flow.transport).unwrap_or(flow.local);
        let own = self.config.inside.filter(|_| bound.ip().is_unspecified()).unwrap_or(bound.ip());
        let reach = Reach { own, advertise: self.config.advertise };
        SocketAddr::new(reach.seen_from(flow.remote.ip()), bound.port())
    }

    /// The way with our listening address of its transport as local end.
    pub(super) fn with_our_end(&self, flow: Flow) -> Flow {
        Flow { local: self.bound(flow.transport).unwrap_or(flow.local), ..flow }
    }

    /// Where we listen for this transport. Without a listener for TLS, peers answer over the connection that we opened.
    fn bound(&self, transport: Transport) -> Option<SocketAddr> {
        match transport {
            Transport::Udp => self.config.udp,
            Transport::Tcp => self.config.tcp,
            Transport::Tls => self.config.tls.or(self.config.tcp).or(self.config.udp),
        }
    }

    pub(super) fn via(&self, flow: Flow, branch: &str) -> String {
        format!("SIP/2.0/{} {};rport;branch={branch}", flow.transport.token(), self.shown(flow))
    }

    pub(super) fn contact(&self, flow: Flow) -> String {
        self.contact_of("zuoxi", flow)
    }

    pub(super) fn contact_of(&self, user: &str, flow: Flow) -> String {
        match flow.transport.param() {
            None => format!("<sip:{user}@{}>", self.shown(flow)),
            Some(transport) => format!("<sip:{user}@{};transport={transport}>", self.shown(flow)),
        }
    }

    /// A request inside the dialog with `fork`. ACK takes the CSeq of its INVITE from the caller.
    pub(super) fn within(&mut self, leg: &mut Leg, fork: usize, method: Method, seq: Option<u32>) -> (Request, String) {
        let branch = self.chance.branch();
        let peer = &mut leg.peers[fork];
        let seq = seq.unwrap_or_else(|| {
            peer.our_seq += 1;
            peer.our_seq
        });
        let (uri, routes) = in_order(&peer.target, &peer.routes);
        let mut headers = Headers::new();
        headers.push(Name::Via, &self.via(peer.flow, &branch));
        headers.push(Name::MaxForwards, "70");
        for route in &routes {
            headers.push(Name::Route, route);
        }
        headers.push(Name::From, &leg.ours);
        headers.push(Name::To, &peer.address);
        headers.push(Name::CallId, &leg.call_id);
        headers.push(Name::CSeq, &format!("{seq} {method}"));
        if matches!(method, Method::Invite | Method::Update | Method::Refer | Method::Notify | Method::Ack) {
            headers.push(Name::Contact, &self.contact(peer.flow));
        }
        headers.push(Name::UserAgent, &self.config.product);
        (Request { method, uri, headers, body: Bytes::new(), defect: None }, branch)
    }

    /// Sends what [`Endpoint::within`] made as a transaction of the leg.
    pub(super) fn send_within(
        &mut self,
        now: Instant,
        leg: &Leg,
        fork: usize,
        made: &(Request, String),
        purpose: Purpose,
    ) -> TxKey {
        let owner = Owner { dialog: Some(leg.id), purpose };
        self.request(now, leg.peers[fork].flow, &made.1, &made.0, owner)
    }

    /// An answer with our tag and name, to be worded further.
    pub(super) fn answer(&self, request: &Request, status: u16, tag: &str) -> Response {
        let mut response = request.response(status);
        if status > 100 {
            response = response.with_to_tag(tag);
        }
        response.with(Name::Server, &self.config.product)
    }

    /// The same tag for the same request, without keeping anything (RFC 3261 §8.2.7).
    pub(super) fn stateless_tag(&self, request: &Request) -> String {
        let branch = request.headers.top_via().ok().and_then(|v| v.branch()).unwrap_or_default();
        let call_id = request.headers.call_id().unwrap_or_default();
        format!("{:016x}", self.keys.other(&["stateless", branch, call_id]).low())
    }

    /// Answers without a transaction: repeats get the same again.
    pub(super) fn answer_stateless(&mut self, flow: Flow, request: &Request, response: Response) {
        if request.method == Method::Ack {
            return;
        }
        let response = if response.status > 100 { response.with_to_tag(&self.stateless_tag(request)) } else { response };
        self.send(answer_way(flow, request), response.to_bytes());
    }

    pub(super) fn refuse_stateless(&mut self, flow: Flow, request: &Request, status: u16) {
        self.answer_stateless(flow, request, request.response(status));
    }
}

/// Where answers go: back on the connection, or where Via says (RFC 3261 §18.2.2, RFC 3581).
pub(super) fn answer_way(flow: Flow, request: &Request) -> Flow {
    match flow.transport {
        Transport::Tcp | Transport::Tls => flow,
        Transport::Udp => Flow { remote: request.answer_to(flow.remote), ..flow },
    }
}

/// `Retry-After` in whole seconds, at least one.
pub(super) fn seconds(duration: std::time::Duration) -> String {
    duration.as_secs().max(1).to_string()
}

/// Status line text for `message/sipfrag`.
pub(super) fn fragment(status: u16) -> String {
    format!("SIP/2.0 {status} {}\r\n", reason(status))
}

/// The session description of a message: `application/sdp`, or that part of a multipart body.
pub(super) fn sdp_of(headers: &Headers, body: &Bytes) -> Option<Bytes> {
    if body.is_empty() {
        return None;
    }
    let kind = headers.get(Name::ContentType).unwrap_or_default();
    if headers.is_content(SDP) {
        return Some(body.clone());
    }
    let boundary = kind.get(..10).filter(|k| k.eq_ignore_ascii_case("multipart/")).and_then(|_| {
        let params = crate::sip::message::Params(&kind[kind.find(';')?..]);
        Some(params.get("boundary")?.trim_matches('"').to_owned())
    })?;
    part(body, format!("--{boundary}").as_bytes())
}

/// The first part of type application/sdp (RFC 2046 §5.1).
fn part(body: &Bytes, dashes: &[u8]) -> Option<Bytes> {
    let mut starts = (0..body.len()).filter(|at| body[*at..].starts_with(dashes));
    let mut from = starts.next()?;
    for next in starts {
        let piece = body.slice(from + dashes.len()..next);
        let head = piece.windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(head) = head {
            let lines = String::from_utf8_lossy(&piece[..head]).to_ascii_lowercase();
            if lines.lines().any(|l| l.starts_with("content-type:") && l.contains(SDP)) {
                let end = piece.len() - if piece.ends_with(b"\r\n") { 2 } else { 0 };
                return Some(piece.slice((head + 4).min(end)..end));
            }
        }
        from = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_found_in_a_multipart_body() {
        let mut headers = Headers::new();
        headers.push(Name::ContentType, "multipart/mixed;boundary=\"b1\"");
        let body = "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b1--\r\n";
        assert_eq!(sdp_of(&headers, &Bytes::from_static(body.as_bytes())).as_deref(), Some(b"v=0".as_slice()));
        assert_eq!(sdp_of(&headers, &Bytes::from_static(b"--b1--")), None);
    }
}
