//! Messages in: ban, guard, transaction, then the dialog or a new call. What is refused here costs no state.

use std::time::Instant;

use bytes::Bytes;

use super::{Endpoint, compose::answer_way, identity::Proof};
use crate::sip::api::{Flow, UaEvent};
use crate::sip::message::{Message, Method, Name, Problem, Request, Unreadable, Verdict, guard, parse};
use crate::sip::transaction::TxKey;

impl Endpoint {
    pub(super) fn received(&mut self, now: Instant, flow: Flow, bytes: Bytes) {
        self.counts.received += 1;
        if self.admission.is_banned(now, flow.remote.ip()) {
            self.counts.banned_dropped += 1;
            return;
        }
        if self.admission.is_pressed() && self.repelled(now, flow, &bytes) {
            return;
        }
        match parse(bytes) {
            Ok(message) => {
                self.sorted(now, flow, message);
                self.let_in = false;
            }
            Err(Unreadable::KeepAlive) => {}
            Err(Unreadable::StartLine | Unreadable::Status) => {
                self.counts.malformed += 1;
                self.offence(now, flow);
            }
        }
    }

    pub(super) fn message(&mut self, now: Instant, flow: Flow, message: Message) {
        self.counts.received += 1;
        if self.admission.is_banned(now, flow.remote.ip()) {
            self.counts.banned_dropped += 1;
            return;
        }
        self.sorted(now, flow, message);
    }

    fn sorted(&mut self, now: Instant, flow: Flow, message: Message) {
        let verdict = guard(&message, &self.rules);
        match (message, verdict) {
            (Message::Response(response), Verdict::Pass) => self.response(now, response),
            (Message::Request(mut request), Verdict::Pass) => {
                request.stamp_source(flow.remote);
                self.serve_request(now, flow, request);
            }
            (Message::Request(mut request), Verdict::Answer(problem)) => {
                self.counts.malformed += 1;
                request.stamp_source(flow.remote);
                self.refuse_problem(now, flow, &request, &problem);
            }
            (Message::Request(_) | Message::Response(_), Verdict::Drop(_) | Verdict::Answer(_)) => {
                self.counts.malformed += 1;
            }
        }
    }

    /// Strangers learn nothing from a fault: only who may call is told the rule it broke.
    fn refuse_problem(&mut self, now: Instant, flow: Flow, request: &Request, problem: &Problem) {
        let in_dialog = request.headers.to_tag().is_some_and(|tag| self.by_tag.contains_key(tag));
        if !in_dialog && !self.is_known(now, flow) {
            return self.refuse_stranger(now, flow, request);
        }
        let response = request.refusal(problem, &self.rules);
        self.answer_stateless(flow, request, response);
    }

    /// Whether a connection from there is not even taken.
    pub fn shuts_out(&mut self, now: Instant, ip: std::net::IpAddr) -> bool {
        let banned = self.admission.is_banned(now, ip);
        self.counts.banned_dropped += u64::from(banned);
        banned
    }

    /// A handshake costs us more than them: who asks for one on and on is no phone.
    pub(super) fn no_tls(&mut self, now: Instant, flow: Flow) {
        if !(self.config.spare_known && self.is_known(now, flow)) {
            self.admission.challenged(now, flow.remote.ip());
        }
    }

    /// Somebody at this address did what only strangers do.
    pub(super) fn offence(&mut self, now: Instant, flow: Flow) {
        if self.config.spare_known && self.is_known(now, flow) {
            return;
        }
        self.admission.offence(now, flow.remote.ip());
    }

    /// 403, the same whatever was asked.
    pub(super) fn refuse_stranger(&mut self, now: Instant, flow: Flow, request: &Request) {
        self.counts.strangers += 1;
        self.offence(now, flow);
        self.refuse_stateless(flow, request, 403);
    }

    /// An address a trunk calls from or is called at, a phone is registered at, or a password came from lately.
    pub(super) fn is_known(&self, now: Instant, flow: Flow) -> bool {
        let ip = flow.remote.ip();
        self.registrar.knows(ip) || self.directory.trunk_lives_at(ip) || self.admission.has_proved(now, ip)
    }

    pub(super) fn server_key(&self, request: &Request, method: &str) -> Option<TxKey> {
        let via = request.headers.top_via().ok()?;
        let port = via.port.map(|p| p.to_string()).unwrap_or_default();
        if let Some(branch) = via.rfc3261_branch() {
            let sent_by = format!("{}:{port}", via.host.to_ascii_lowercase());
            return Some(self.keys.server(branch, &sent_by, method));
        }
        // RFC 2543: no unique branch; an ACK carries our To tag, so that tag cannot be part of the key.
        let number = request.headers.cseq().ok()?.number.to_string();
        let parts = [
            request.uri.as_str(),
            request.headers.from_tag().unwrap_or_default(),
            request.headers.call_id().ok()?,
            &number,
            via.host,
            &port,
            via.branch().unwrap_or_default(),
            method,
        ];
        Some(self.keys.old_server(&parts))
    }

    fn serve_request(&mut self, now: Instant, flow: Flow, request: Request) {
        let of_invite = matches!(request.method, Method::Ack | Method::Cancel);
        let method = if request.method == Method::Ack { "INVITE" } else { request.method.as_str() };
        let Some(key) = self.server_key(&request, method) else { return };
        if request.method == Method::Ack {
            if self.txs.contains_key(&key) {
                self.acknowledged(now, key);
            }
            self.ack_in_dialog(now, &request);
            return;
        }
        if self.txs.contains_key(&key) {
            self.repeated(key);
            return;
        }
        if self.txs.len() >= self.config.limits.transactions && !of_invite && request.method != Method::Bye {
            self.counts.refused += 1;
            self.overloaded(flow, &request);
            return;
        }
        if request.method == Method::Cancel {
            let invite = self.server_key(&request, "INVITE");
            self.cancel_came(now, flow, key, invite, &request);
            return;
        }
        if request.headers.to_tag().is_some() {
            self.within_dialog(now, flow, key, request);
            return;
        }
        match request.method {
            Method::Invite => self.new_invite(now, flow, key, request),
            Method::Register => self.register(now, flow, key, &request),
            _ => self.outside(now, flow, key, &request),
        }
    }

    /// Requests outside of any dialog that make none.
    fn outside(&mut self, now: Instant, flow: Flow, key: TxKey, request: &Request) {
        if !self.is_known(now, flow) && !self.proves_itself(now, flow, request) {
            return;
        }
        let tag = self.stateless_tag(request);
        let response = match request.method {
            Method::Options if self.admission.is_draining() => {
                let after = super::compose::seconds(self.config.limits.retry_after);
                self.answer(request, 503, &tag).with(Name::RetryAfter, &after)
            }
            Method::Options => self.capabilities(flow, request, &tag),
            Method::Notify => self.answer(request, 481, &tag),
            Method::Refer => self.answer(request, 403, &tag),
            _ => self.answer(request, 481, &tag),
        };
        self.serve(key, None, answer_way(flow, request), false);
        self.respond(now, key, response.status, response.to_bytes());
    }

    /// A trunk that is known by its password alone may ask whether we live: it is challenged as with a call, which is no
    /// offence. False: answered.
    fn proves_itself(&mut self, now: Instant, flow: Flow, request: &Request) -> bool {
        if request.method != Method::Options || !self.directory.has_digest_trunks() {
            self.refuse_stranger(now, flow, request);
            return false;
        }
        let directory = self.directory.clone();
        match self.identity.prove(now, &directory, request) {
            Proof::Good(..) => {
                self.admission.proved(now, flow.remote.ip());
                return true;
            }
            Proof::Absent => self.challenge(now, flow, request, false),
            Proof::Stale => self.challenge(now, flow, request, true),
            Proof::Wrong => self.refuse_stranger(now, flow, request),
        }
        false
    }

    /// The answer to OPTIONS: the same that an INVITE would meet (RFC 3261 §11.2).
    pub(super) fn capabilities(&self, flow: Flow, request: &Request, tag: &str) -> crate::sip::message::Response {
        self.answer(request, 200, tag)
            .with(Name::Contact, &self.contact(flow))
            .with(Name::Allow, &self.allow)
            .with(Name::Accept, &self.rules.accept())
            .with(Name::Supported, super::compose::SUPPORTED)
    }

    /// 503 with Retry-After, without state (RFC 3261 §21.5.4).
    pub(super) fn overloaded(&mut self, flow: Flow, request: &Request) {
        let after = super::compose::seconds(self.config.limits.retry_after);
        let response = request.response(503).with(Name::RetryAfter, &after);
        self.answer_stateless(flow, request, response);
    }

    /// CANCEL: answered whatever comes of it; it bites only while its INVITE is open (RFC 3261 §9.2).
    fn cancel_came(&mut self, now: Instant, flow: Flow, key: TxKey, invite: Option<TxKey>, request: &Request) {
        let Some(invite) = invite.filter(|k| self.txs.contains_key(k)) else {
            self.refuse_stateless(flow, request, 481);
            return;
        };
        let dialog = self.txs.get(&invite).and_then(|tx| tx.owner).and_then(|o| o.dialog);
        let tag = dialog.and_then(|id| self.legs.get(&id)).map(|leg| leg.tag.clone());
        let tag = tag.unwrap_or_else(|| self.stateless_tag(request));
        self.serve(key, None, answer_way(flow, request), false);
        let ok = self.answer(request, 200, &tag).to_bytes();
        self.respond(now, key, 200, ok);
        if !self.invite_is_open(invite) {
            return;
        }
        let reason = request.headers.get(Name::Reason).map(str::to_owned);
        if let Some(id) = dialog {
            self.with_leg(now, id, |ua, leg| ua.cancelled(now, leg, invite, reason));
        }
    }

    /// A connection is gone: whoever registered over it cannot be reached.
    pub(super) fn closed(&mut self, now: Instant, flow: Flow) {
        self.trunk_flow_closed(now, flow);
        for gone in self.registrar.flow_closed(flow) {
            self.rearm_station(now, gone.station);
            self.tell(UaEvent::Unregistered {
                station: gone.station,
                contact: gone.contact,
                why: crate::sip::api::Gone::FlowClosed,
                left: gone.left,
            });
        }
    }
}
