//! A call comes in: who it is, whether there is room, then ringing, answer, refusal, CANCEL (RFC 3261 §13.3, RFC 3262 §3).

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::compose::{SDP, SUPPORTED, answer_way, sdp_of, seconds};
use super::{Endpoint, identity::Proof};
use crate::sip::api::{DialogId, EndedBy, Flow, Incoming, Party, Replaces, SipTrunk, Source, UaEvent};
use crate::sip::dialog::{
    Agreed, Asked, HOUSE_TIME, Leg, Peer, Queued, Rel, Reliable, Ringing, SessionTimer, Stage, Unacked, agree, way,
};
use crate::sip::message::{self, Name, NameAddr, Request, Response};
use crate::sip::transaction::TxKey;

/// How often a ringing call is rung again, so that no proxy on the way gives up (RFC 3261 §13.3.1.1).
const RING_AGAIN: Duration = Duration::from_secs(60);

/// Headers that have a field of their own in [`Incoming`] or mean nothing above SIP.
const KNOWN: &[&str] = &[
    "Via", "Max-Forwards", "Route", "Record-Route", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length",
    "Content-Type", "Allow", "Supported", "Require", "User-Agent", "Session-Expires", "Min-SE", "Authorization",
    "Proxy-Authorization", "P-Asserted-Identity", "Privacy", "Replaces", "Accept",
];

/// A call that may come in.
struct Newcomer {
    leg: Box<Leg>,
    incoming: Box<Incoming>,
}

/// One that may not.
struct Refused {
    request: Request,
    response: Response,
}

impl Endpoint {
    pub(super) fn new_invite(&mut self, now: Instant, flow: Flow, key: TxKey, request: Request) {
        let merge = self.merge_key(&request);
        if merge.is_some_and(|m| self.merged.contains_key(&m)) {
            self.refuse_stateless(flow, &request, 482);
            return;
        }
        // Room is asked for before passwords are computed: refusing must stay cheap.
        if !std::mem::take(&mut self.let_in) && !self.lets_in(now, flow, key, &request) {
            return;
        }
        let Some(source) = self.identify(now, flow, &request) else { return };
        match self.read_invite(now, flow, key, request, source) {
            Ok(Newcomer { leg, incoming }) => self.take_in(now, flow, key, merge, leg, incoming),
            Err(refused) => self.answer_stateless(flow, &refused.request, refused.response),
        }
    }

    fn merge_key(&self, request: &Request) -> Option<TxKey> {
        let headers = &request.headers;
        let number = headers.cseq().ok()?.number.to_string();
        Some(self.keys.other(&["merge", headers.from_tag().unwrap_or_default(), headers.call_id().ok()?, &number]))
    }

    /// Who calls. `None`: answered already, with a challenge or a refusal that says nothing.
    fn identify(&mut self, now: Instant, flow: Flow, request: &Request) -> Option<Source> {
        let directory = self.directory.clone();
        let stale = match self.identity.prove(now, &directory, request) {
            Proof::Good(source, _) => {
                self.admission.proved(now, flow.remote.ip());
                return Some(source);
            }
            Proof::Stale => true,
            Proof::Wrong => {
                self.refuse_stranger(now, flow, request);
                return None;
            }
            Proof::Absent => false,
        };
        let ip = flow.remote.ip();
        let phone = self.registrar.station_at(flow).is_some();
        let called = request.target().ok().and_then(|uri| uri.user().map(|user| user.into_owned())).unwrap_or_default();
        if !stale && !phone && let Some(trunk) = directory.trunk_for(ip, &called) {
            return Some(Source::Trunk(trunk.id));
        }
        if stale || phone || directory.has_digest_trunks() || self.registrar.knows(ip) {
            self.challenge(now, flow, request, stale);
        } else {
            self.refuse_stranger(now, flow, request);
        }
        None
    }

    /// Everything the house must know, and the leg; or the refusal.
    fn read_invite(
        &mut self,
        now: Instant,
        flow: Flow,
        key: TxKey,
        request: Request,
        source: Source,
    ) -> Result<Newcomer, Box<Refused>> {
        let trunk = match source {
            Source::Trunk(id) => self.directory.trunk(id).cloned(),
            Source::Station(_) => None,
        };
        let sdp = sdp_of(&request.headers, &request.body);
        let agreed = match self.check_invite(&request, trunk.as_ref(), sdp.is_some()) {
            Ok(agreed) => agreed,
            Err((status, name, value)) => {
                let response = request.response(status).with(name, &value);
                return Err(Box::new(Refused { request, response }));
            }
        };
        let sticky = matches!(source, Source::Station(_));
        let mut peer = match Peer::from_invite(&request, flow) {
            Ok(peer) => peer,
            Err(problem) => {
                let response = request.refusal(&problem, &self.rules);
                return Err(Box::new(Refused { request, response }));
            }
        };
        peer.flow = self.with_our_end(way(&peer.target, &peer.routes, flow, sticky));
        let trusted = trunk.as_ref().is_some_and(|t| t.trusted);
        self.last_incoming += 1;
        let id = DialogId(DialogId::INCOMING | self.last_incoming);
        let replaces = request.headers.replaces().ok().flatten().map(|r| self.find_replaced(r));
        let mut incoming = facts(id, source, flow, trusted, sdp, replaces, &request);
        if trunk.as_ref().and_then(SipTrunk::registers_as) == Some(incoming.dialed.as_str()) {
            // The registrar put our contact in the place of the number, which stands in To (RFC 3261 §16.6 step 2).
            incoming.dialed.clone_from(&incoming.to.user);
        }
        let tag = self.chance.tag();
        let leg = Leg {
            call_id: incoming.call_id.clone(),
            ours: format!("{};tag={tag}", bracketed(request.headers.get(Name::To).unwrap_or_default())),
            tag,
            trunk: trunk.map(|t| t.id),
            sticky,
            peers: vec![peer],
            stage: Stage::Incoming(Box::new(self.ringing(now, key, request, agreed))),
            ..Leg::blank(id, flow)
        };
        Ok(Newcomer { leg: Box::new(leg), incoming })
    }

    /// What every INVITE must satisfy; else status and the header line that says what would.
    fn check_invite(
        &mut self,
        request: &Request,
        trunk: Option<&SipTrunk>,
        offers: bool,
    ) -> Result<Agreed, (u16, Name, String)> {
        if let Some(trunk) = trunk
            && trunk.max_calls > 0
            && self.on_trunk.get(&trunk.id).is_some_and(|calls| *calls >= trunk.max_calls)
        {
            self.counts.refused += 1;
            return Err((503, Name::RetryAfter, seconds(self.config.limits.retry_after)));
        }
        let encoded = request.headers.get(Name::ContentEncoding).is_some_and(|e| !e.eq_ignore_ascii_case("identity"));
        if encoded || (!offers && !request.body.is_empty() && request.headers.is_content(SDP)) {
            return Err((415, Name::Accept, self.rules.accept()));
        }
        agree(Asked::read(&request.headers), self.config.session_expires, self.config.min_se)
            .map_err(|least| (422, Name::MinSe, seconds(least)))
    }

    fn ringing(&mut self, now: Instant, tx: TxKey, request: Request, agreed: Agreed) -> Ringing {
        let rel = match (request.headers.requires("100rel"), request.headers.supports("100rel")) {
            (true, _) => Rel::Required,
            (false, true) => Rel::Supported,
            (false, false) => Rel::No,
        };
        let first = (self.chance.below(1 << 30) + 1) as u32;
        Ringing {
            tx,
            request,
            rel,
            reliable: Reliable::new(first),
            answer: None,
            touched: false,
            alarm: now + HOUSE_TIME,
            rang: None,
            agreed,
        }
    }

    /// The dialog of ours that a Replaces names (RFC 3891 §3: tags as seen from here).
    pub(super) fn find_replaced(&self, replaces: message::Replaces) -> Replaces {
        let dialog = self.by_tag.get(&replaces.to_tag).and_then(|id| self.legs.get(id)).filter(|leg| {
            leg.call_id == replaces.call_id && leg.peers.iter().any(|p| p.tag == replaces.from_tag) && !leg.over
        });
        Replaces {
            dialog: dialog.map(|leg| leg.id),
            call_id: replaces.call_id,
            to_tag: replaces.to_tag,
            from_tag: replaces.from_tag,
            early_only: replaces.early_only,
        }
    }

    fn take_in(
        &mut self,
        now: Instant,
        flow: Flow,
        key: TxKey,
        merge: Option<TxKey>,
        leg: Box<Leg>,
        incoming: Box<Incoming>,
    ) {
        let Stage::Incoming(ringing) = &leg.stage else { return };
        let trying = ringing.request.response(100).to_bytes();
        self.serve(key, merge, answer_way(flow, &ringing.request), true);
        self.own(key, leg.id);
        self.respond(now, key, 100, trying);
        self.counts.untouched += 1;
        self.enter(&leg);
        self.tell(UaEvent::Incoming(incoming));
        self.settle(now, leg);
    }

    /// The house has said something of this call.
    fn touch(&mut self, ringing: &mut Ringing) {
        if !ringing.touched {
            ringing.touched = true;
            self.counts.untouched -= 1;
        }
    }

    pub(super) fn ring(&mut self, now: Instant, leg: &mut Leg, sdp: Option<Bytes>) {
        let Some(mut ringing) = leg.take_ringing() else { return };
        self.touch(&mut ringing);
        ringing.alarm = now + RING_AGAIN;
        // Without an offer in the INVITE there is nothing to answer early.
        let sdp = sdp.filter(|_| sdp_of(&ringing.request.headers, &ringing.request.body).is_some());
        let queued = Queued { status: if sdp.is_some() { 183 } else { 180 }, sdp };
        ringing.rang = Some(queued.clone());
        self.provisional(now, leg, &mut ringing, queued);
        leg.stage = Stage::Incoming(ringing);
    }

    fn provisional(&mut self, now: Instant, leg: &mut Leg, ringing: &mut Ringing, queued: Queued) {
        let reliable = ringing.rel == Rel::Required || (ringing.rel == Rel::Supported && queued.sdp.is_some());
        let (rseq, queued) = if reliable {
            match ringing.reliable.begin(queued) {
                Some((rseq, queued)) => (Some(rseq), queued),
                None => return,
            }
        } else {
            (None, queued)
        };
        let mut response = self
            .answer(&ringing.request, queued.status, &leg.tag)
            .with(Name::Contact, &self.contact(leg.flow))
            .with(Name::Allow, &self.allow);
        if let Some(rseq) = rseq {
            response = response.with(Name::Require, "100rel").with(Name::RSeq, &rseq.to_string());
        }
        let has_sdp = queued.sdp.is_some();
        if let Some(sdp) = queued.sdp {
            leg.sdp = Some(sdp.clone());
            response = response.with_body(SDP, sdp);
        }
        let bytes = response.to_bytes();
        if self.respond(now, ringing.tx, queued.status, bytes.clone()).is_some() && rseq.is_some() {
            ringing.reliable.sent(now, bytes, has_sdp);
        }
    }

    /// PRACK matched: the next queued 1xx, or the answer that waited.
    pub(super) fn after_prack(&mut self, now: Instant, leg: &mut Leg) {
        let Some(mut ringing) = leg.take_ringing() else { return };
        if let Some(sdp) = ringing.answer.take() {
            leg.stage = Stage::Incoming(ringing);
            self.accept(now, leg, sdp);
            return;
        }
        if let Some(queued) = ringing.reliable.next_queued() {
            self.provisional(now, leg, &mut ringing, queued);
        }
        leg.stage = Stage::Incoming(ringing);
    }

    /// 200 OK, once no reliable 1xx with a description is unacknowledged.
    pub(super) fn accept(&mut self, now: Instant, leg: &mut Leg, sdp: Bytes) {
        let Some(mut ringing) = leg.take_ringing() else { return };
        self.touch(&mut ringing);
        if ringing.reliable.holds_back_2xx() {
            ringing.answer = Some(sdp);
            leg.stage = Stage::Incoming(ringing);
            return;
        }
        let offered = sdp_of(&ringing.request.headers, &ringing.request.body).is_none();
        let response = self.answer(&ringing.request, 200, &leg.tag);
        let response = self.session_lines(response, leg.flow, Some(ringing.agreed)).with_body(SDP, sdp.clone());
        let bytes = response.to_bytes();
        let seq = ringing.request.headers.cseq().map_or(0, |c| c.number);
        let Some(flow) = self.respond(now, ringing.tx, 200, bytes.clone()) else {
            leg.stage = Stage::Incoming(ringing);
            return;
        };
        leg.unacked = Some(Unacked::new(now, seq, flow, bytes, offered, true));
        leg.session = Some(SessionTimer::start(now, ringing.agreed.interval, ringing.agreed.we_refresh));
        leg.sdp = Some(sdp);
        leg.stage = Stage::Confirmed;
    }

    /// Contact, Allow, Supported and the session timer of a 2xx.
    pub(super) fn session_lines(&self, response: Response, flow: Flow, agreed: Option<Agreed>) -> Response {
        let mut response = response
            .with(Name::Contact, &self.contact(flow))
            .with(Name::Allow, &self.allow)
            .with(Name::Supported, SUPPORTED);
        if let Some(agreed) = agreed {
            if agreed.require {
                response = response.with(Name::Require, "timer");
            }
            let who = if agreed.we_refresh { "uas" } else { "uac" };
            let value = format!("{};refresher={who}", agreed.interval.as_secs());
            response = response.with(Name::SessionExpires, &value);
        }
        response
    }

    /// A final refusal of their INVITE; the leg is gone.
    pub(super) fn refuse(&mut self, now: Instant, leg: &mut Leg, status: u16, line: Option<(Name, String)>) {
        let Some(mut ringing) = leg.take_ringing() else { return };
        self.touch(&mut ringing);
        let mut response = self.answer(&ringing.request, status, &leg.tag);
        if let Some((name, value)) = line {
            response = response.with(name, &value);
        }
        self.respond(now, ringing.tx, status, response.to_bytes());
    }

    /// The caller gave up: 487 for the INVITE (RFC 3261 §9.2, §15).
    pub(super) fn cancelled(&mut self, now: Instant, leg: &mut Leg, invite: TxKey, reason: Option<String>) {
        if let Some(theirs) = leg.theirs.take_if(|t| t.tx == invite) {
            let response = self.answer(&theirs.request, 487, &leg.tag).to_bytes();
            self.respond(now, invite, 487, response);
            self.tell_of(leg, UaEvent::ReofferFailed { dialog: leg.id, status: 487 });
            return;
        }
        self.refuse(now, leg, 487, None);
        self.finish(leg, UaEvent::Cancelled { dialog: leg.id, reason });
    }

    /// The alarm of a call that is not answered: nobody took it, or it rings on.
    pub(super) fn incoming_due(&mut self, now: Instant, leg: &mut Leg) {
        let Stage::Incoming(ringing) = &mut leg.stage else { return };
        if now < ringing.alarm {
            return;
        }
        if !ringing.touched {
            let after = seconds(self.config.limits.retry_after);
            self.refuse(now, leg, 503, Some((Name::RetryAfter, after)));
            let reason = Some("nobody took the call in time".to_owned());
            self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Us, reason });
            return;
        }
        ringing.alarm = now + RING_AGAIN;
        if let Some(queued) = ringing.rang.clone() {
            // Rung again without a description: that one is settled.
            let Some(mut ringing) = leg.take_ringing() else { return };
            let status = queued.status;
            self.provisional(now, leg, &mut ringing, Queued { status, sdp: None });
            leg.stage = Stage::Incoming(ringing);
        }
    }
}

/// An address in `<>`, so that a tag behind it is the header's.
fn bracketed(value: &str) -> String {
    match NameAddr::parse(value) {
        Ok(addr) => addr.to_string(),
        Err(_) => value.to_owned(),
    }
}

fn party(addr: &NameAddr) -> Party {
    let uri = &addr.uri;
    Party {
        name: addr.display.clone(),
        user: uri.user().unwrap_or_default().into_owned(),
        host: if uri.is_sip() { uri.host().to_owned() } else { String::new() },
    }
}

/// Digits, as people part them.
fn is_number(party: &Party) -> bool {
    let digits = party.user.strip_prefix('+').unwrap_or(&party.user);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && digits.chars().all(|c| c.is_ascii_digit() || "-.() ".contains(c))
}

fn facts(
    dialog: DialogId,
    source: Source,
    flow: Flow,
    trusted: bool,
    sdp: Option<Bytes>,
    replaces: Option<Replaces>,
    request: &Request,
) -> Box<Incoming> {
    let headers = &request.headers;
    let from = headers.from().map(|a| party(&a)).unwrap_or_default();
    let asserted = if trusted { headers.asserted_identities().unwrap_or_default() } else { Vec::new() };
    let anonymous = from.user.eq_ignore_ascii_case("anonymous") || from.host.eq_ignore_ascii_case("anonymous.invalid");
    Box::new(Incoming {
        dialog,
        source,
        flow,
        dialed: request.target().ok().and_then(|u| u.user().map(|u| u.into_owned())).unwrap_or_default(),
        to: headers.to().map(|a| party(&a)).unwrap_or_default(),
        // A number says more than a name: tel or a SIP user, whichever comes first.
        asserted: asserted.iter().map(party).find(is_number).or_else(|| asserted.first().map(party)),
        private: headers.wants_privacy() || anonymous,
        from,
        call_id: headers.call_id().unwrap_or_default().to_owned(),
        sdp,
        replaces,
        user_agent: headers.user_agent().map(str::to_owned),
        headers: headers
            .iter()
            .filter(|(name, _)| !KNOWN.contains(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    })
}
