//! A call goes out: where to, forks, challenges, the next address, giving up (RFC 3261 §9.1, §13.2, §22.2; RFC 3262 §4).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::TrunkId;
use contract::directory::IdentityBy;

use super::compose::{SDP, SUPPORTED, sdp_of};
use super::transact::{Outcome, Owner, Purpose};
use super::Endpoint;
use crate::sip::api::{Credentials, EndedBy, Flow, Outgoing, SipTrunk, Target, UaEvent};
use crate::sip::auth::Answerer;
use crate::sip::dialog::{
    Account, Calling, FORKS, Giving, HeldAck, LEAST, Leg, Peer, SessionTimer, Stage, way,
};
use crate::sip::message::{Contact, Headers, Message, Method, Name, NameAddr, Refresher, Request, Response, Uri, parse, reason};
use crate::sip::transaction::{LIFE, TxKey};

/// How long an address may be silent while there is another to try: four sendings over UDP.
const WAY_PATIENCE: Duration = Duration::from_secs(4);
/// Contacts of a redirection that are looked at.
const MOST_CONTACTS: usize = 4;

impl Endpoint {
    pub(super) fn invite(&mut self, now: Instant, asked: Outgoing) {
        let id = asked.dialog;
        if id.is_incoming() || self.legs.contains_key(&id) {
            return;
        }
        let failed = |status: u16, why: &str| {
            let reason = why.to_owned();
            UaEvent::Failed { dialog: id, status, reason, retry_after: None, sent: false, moved_to: Vec::new() }
        };
        if self.legs.len() >= self.config.limits.dialogs || self.txs.len() >= self.config.limits.transactions {
            self.counts.refused += 1;
            self.tell(failed(503, "the endpoint is full"));
            return;
        }
        if asked.headers.iter().any(|(n, v)| !crate::sip::message::params::is_token(n) || v.contains(['\r', '\n', '\0'])) {
            self.tell(failed(400, "an extra header is no header"));
            return;
        }
        let (mut ways, trunk, alive) = self.ways(&asked.target);
        if let Some(trunk) = trunk.and_then(|id| self.directory.trunk(id))
            && trunk.max_calls > 0
            && self.on_trunk.get(&trunk.id).is_some_and(|calls| *calls >= trunk.max_calls)
        {
            self.tell(failed(503, "the trunk holds as many calls as it may"));
            return;
        }
        if !alive && asked.hurry {
            self.tell(failed(503, "no address of the trunk answers"));
            return;
        }
        let Some((uri, flow)) = ways.pop_front() else {
            self.tell(failed(480, "there is no address to call"));
            return;
        };
        let tag = self.chance.tag();
        let leg = Leg {
            call_id: self.chance.call_id(),
            ours: self.our_address(&asked, flow, &tag, trunk),
            tag,
            trunk,
            sticky: matches!(asked.target, Target::Station(_)),
            auth: self.account(&asked, trunk),
            ..Leg::blank(id, flow)
        };
        let mut leg = Box::new(leg);
        let mut calling = Calling {
            asked,
            uri: String::new(),
            ways,
            tx: self.keys.least(),
            seq: 0,
            giving: Giving::No,
            silent_until: None,
            rang: false,
            ring_until: now,
            min_se: self.config.min_se.max(LEAST),
        };
        self.enter(&leg);
        self.send_invite(now, &mut leg, &mut calling, &uri, flow);
        leg.stage = Stage::Calling(Box::new(calling));
        self.settle(now, leg);
    }

    /// Where an INVITE may go, over which trunk, and whether anybody may be there.
    fn ways(&self, target: &Target) -> (VecDeque<(String, Flow)>, Option<TrunkId>, bool) {
        match target {
            Target::Station(station) => {
                let ways = self.registrar.contacts(*station).map(|b| (b.uri.without_headers().to_string(), b.flow));
                (ways.collect(), None, true)
            }
            Target::Trunk { trunk, user } => {
                let Some(known) = self.directory.trunk(*trunk) else { return (VecDeque::new(), None, true) };
                let (addresses, alive) = self.addresses(known);
                let ways = addresses.into_iter().filter_map(|to| {
                    let uri = match known.domain.as_str() {
                        "" => Uri::sip(user, &to.ip().to_string(), Some(to.port())).ok()?,
                        domain => Uri::sip(user, domain, None).ok()?,
                    };
                    let uri = match known.transport.param() {
                        Some(transport) => uri.with_param("transport", transport).ok()?,
                        None => uri,
                    };
                    let flow = Flow { transport: known.transport, local: to, remote: to };
                    Some((uri.to_string(), self.with_our_end(flow)))
                });
                (ways.collect(), Some(*trunk), alive)
            }
            Target::Uri { uri, flow } => {
                let ways = Uri::parse(uri).ok().map(|u| (u.without_headers().to_string(), *flow));
                (ways.into_iter().collect(), None, true)
            }
        }
    }

    fn our_address(&self, asked: &Outgoing, flow: Flow, tag: &str, trunk: Option<TrunkId>) -> String {
        let trunk = trunk.and_then(|id| self.directory.trunk(id));
        if trunk.is_some_and(|t| t.private) {
            return format!("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag={tag}");
        }
        let host = self.our_host(asked, flow, trunk);
        let account = trunk.filter(|t| t.identity != IdentityBy::From).and_then(|t| t.digest.as_ref());
        let (name, user) = match account {
            Some((user, _)) => ("", user),
            None => (asked.from.name.as_str(), &asked.from.user),
        };
        let uri = Uri::sip(user, &host, None).or_else(|_| Uri::sip("", &self.shown(flow).ip().to_string(), None));
        match uri {
            Ok(uri) => NameAddr::named(name, uri).with_tag(tag).to_string(),
            Err(_) => format!("<sip:anonymous@anonymous.invalid>;tag={tag}"),
        }
    }

    /// The host in addresses of ours.
    fn our_host(&self, asked: &Outgoing, flow: Flow, trunk: Option<&SipTrunk>) -> String {
        let domain = trunk.map(|t| t.domain.as_str()).filter(|domain| !domain.is_empty());
        match (asked.from.host.as_str(), domain) {
            ("", Some(domain)) => domain.to_owned(),
            ("", None) => self.shown(flow).ip().to_string(),
            (host, _) => host.to_owned(),
        }
    }

    /// Who calls, beside From, as the trunk wants it told (RFC 3323 §4.2, RFC 3325 §9).
    fn identity_lines(&self, headers: &mut Headers, asked: &Outgoing, flow: Flow, trunk: Option<TrunkId>) {
        let Some(trunk) = trunk.and_then(|id| self.directory.trunk(id)) else { return };
        let header = match trunk.identity {
            IdentityBy::From => None,
            IdentityBy::Asserted => Some(Name::PAssertedIdentity),
            IdentityBy::Preferred => Some(Name::PPreferredIdentity),
        };
        let known = !asked.from.user.is_empty() && !asked.from.user.eq_ignore_ascii_case("anonymous");
        if let Some(header) = header.filter(|_| known)
            && let Ok(uri) = Uri::sip(&asked.from.user, &self.our_host(asked, flow, Some(trunk)), None)
        {
            headers.push(header, &NameAddr::named(&asked.from.name, uri).to_string());
        }
        if trunk.private {
            headers.push(Name::Privacy, "id");
        }
    }

    fn account(&self, asked: &Outgoing, trunk: Option<TrunkId>) -> Option<Account> {
        let of_trunk = || {
            let (username, password) = self.directory.trunk(trunk?)?.digest.clone()?;
            Some(Credentials { username, password })
        };
        let credentials = asked.auth.clone().or_else(of_trunk)?;
        Some(Account { credentials, answerer: Answerer::default() })
    }

    /// Sends the INVITE over one way, in a new transaction with the next CSeq.
    fn send_invite(&mut self, now: Instant, leg: &mut Leg, calling: &mut Calling, uri: &str, flow: Flow) {
        let branch = self.chance.branch();
        calling.seq += 1;
        calling.uri = uri.to_owned();
        calling.rang = false;
        calling.ring_until = now + calling.max_ring();
        calling.silent_until = (calling.asked.hurry || !calling.ways.is_empty()).then(|| now + WAY_PATIENCE);
        leg.flow = flow;
        leg.peers.clear();
        leg.sdp = calling.asked.sdp.as_ref().map(|sdp| sdp.seen_over(flow));
        let asked = &calling.asked;
        let mut headers = Headers::new();
        headers.push(Name::Via, &self.via(flow, &branch));
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, &leg.ours);
        let to = Uri::parse(uri).map(|u| NameAddr::named(&asked.to_name, u.bare()).to_string());
        headers.push(Name::To, &to.unwrap_or_else(|_| format!("<{uri}>")));
        headers.push(Name::CallId, &leg.call_id);
        headers.push(Name::CSeq, &format!("{} INVITE", calling.seq));
        headers.push(Name::Contact, &self.contact(flow));
        headers.push(Name::Allow, &self.allow);
        // 1xx is asked to be reliable only where our offer is on the way: then its answer needs no PRACK body.
        headers.push(Name::Supported, if asked.sdp.is_some() { SUPPORTED } else { "timer, replaces, norefersub" });
        let interval = self.config.session_expires.max(calling.min_se);
        headers.push(Name::SessionExpires, &interval.as_secs().to_string());
        headers.push(Name::MinSe, &calling.min_se.as_secs().to_string());
        headers.push(Name::UserAgent, &self.config.product);
        self.identity_lines(&mut headers, asked, flow, leg.trunk);
        if asked.auto_answer {
            let here = self.shown(flow).ip();
            headers.push(Name::CallInfo, &format!("<sip:{here}>;answer-after=0"));
            headers.push(Name::AlertInfo, &format!("<http://{here}>;info=alert-autoanswer;delay=0"));
        }
        for (name, value) in &asked.headers {
            headers.push(name.as_str(), value);
        }
        let mut request =
            Request { method: Method::Invite, uri: uri.to_owned(), headers, body: Bytes::new(), defect: None };
        if let Some(sdp) = &leg.sdp {
            request = request.with_body(SDP, sdp.clone());
        }
        self.authorize(leg, &mut request);
        let owner = Owner { dialog: Some(leg.id), purpose: Purpose::Invite };
        calling.tx = self.request(now, flow, &branch, &request, owner);
    }

    /// Adds what the far side asked for, once it did.
    pub(super) fn authorize(&mut self, leg: &mut Leg, request: &mut Request) {
        if let Some(account) = &mut leg.auth {
            self.sign(account, request);
        }
    }

    /// The same for any account of ours.
    pub(super) fn sign(&mut self, account: &mut Account, request: &mut Request) {
        if !account.answerer.is_challenged() {
            return;
        }
        let cnonce = self.chance.tag();
        let lines = account.answerer.lines(
            &account.credentials.username,
            &account.credentials.password.0,
            (&*request).into(),
            &cnonce,
        );
        for name in [Name::Authorization, Name::ProxyAuthorization] {
            request.headers.remove(name);
        }
        for (name, value) in lines {
            request.headers.push(name, &value);
        }
    }

    /// What our INVITE came to.
    pub(super) fn invite_progress(&mut self, now: Instant, leg: &mut Leg, key: TxKey, flow: Flow, sent: &Bytes, outcome: Outcome) {
        let current = matches!(&leg.stage, Stage::Calling(calling) if calling.tx == key);
        let status = outcome.status();
        match outcome {
            // A 2xx beside the dialog that stands, or after we gave up for good.
            Outcome::Answer(response) if !current => {
                if response.is_success() {
                    self.ack_and_bye(now, key, flow, &response);
                }
            }
            Outcome::Answer(response) if status < 200 => self.invite_rings(now, leg, flow, sent, &response),
            Outcome::Answer(response) if status < 300 => self.invite_answered(now, leg, key, flow, sent, &response),
            Outcome::Answer(response) => self.invite_failed(now, leg, status, Some(&response)),
            Outcome::TimedOut | Outcome::Unsent if current => self.invite_failed(now, leg, status, None),
            Outcome::TimedOut | Outcome::Unsent => {}
        }
    }

    fn invite_rings(&mut self, now: Instant, leg: &mut Leg, flow: Flow, sent: &Bytes, response: &Response) {
        let Stage::Calling(calling) = &mut leg.stage else { return };
        calling.silent_until = None;
        if response.status > 100 && !std::mem::replace(&mut calling.rang, true) {
            // What it took to get there is not time to ring.
            calling.ring_until = now + calling.max_ring();
        }
        if calling.giving == Giving::Wanted {
            self.send_cancel(now, leg, sent);
        }
        let Some(tag) = response.headers.to_tag().filter(|_| response.status > 100) else {
            return;
        };
        let tag = tag.to_owned();
        let Some(fork) = self.fork(leg, &tag, flow, response) else { return };
        let sdp = sdp_of(&response.headers, &response.body);
        if response.headers.requires("100rel")
            && let Ok(Some(rseq)) = response.headers.rseq()
            && !self.acknowledge_provisional(now, leg, fork, rseq)
        {
            return;
        }
        self.tell_of(leg, UaEvent::Ringing { dialog: leg.id, status: response.status, sdp });
        if let Some(event) = leg.event.take() {
            self.notify_event(now, leg, fork, event);
        }
    }

    /// The early dialog with this tag, made where it is new; its target follows what the newest 1xx says.
    fn fork(&mut self, leg: &mut Leg, tag: &str, flow: Flow, response: &Response) -> Option<usize> {
        let Stage::Calling(calling) = &leg.stage else { return None };
        if let Some(at) = leg.fork(tag) {
            leg.peers[at].refresh(&response.headers);
            return Some(at);
        }
        if leg.peers.len() >= FORKS {
            return None;
        }
        let fallback = response.headers.to().ok()?.uri;
        let mut peer = Peer::from_answer(response, calling.seq, flow, &fallback);
        peer.flow = self.with_our_end(way(&peer.target, &peer.routes, flow, leg.sticky));
        leg.peers.push(peer);
        Some(leg.peers.len() - 1)
    }

    /// PRACK for a reliable 1xx, in order. False: a repeat, or one that came too early (RFC 3262 §4).
    fn acknowledge_provisional(&mut self, now: Instant, leg: &mut Leg, fork: usize, rseq: u32) -> bool {
        let Stage::Calling(calling) = &leg.stage else { return false };
        let seq = calling.seq;
        let peer = &mut leg.peers[fork];
        if peer.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return false;
        }
        peer.rseq = Some(rseq);
        let (mut prack, branch) = self.within(leg, fork, Method::Prack, None);
        prack.headers.push(Name::RAck, &format!("{rseq} {seq} INVITE"));
        self.authorize(leg, &mut prack);
        self.send_within(now, leg, fork, &(prack, branch), Purpose::Prack);
        true
    }

    fn invite_answered(&mut self, now: Instant, leg: &mut Leg, key: TxKey, flow: Flow, sent: &Bytes, response: &Response) {
        let tag = response.headers.to_tag().unwrap_or_default().to_owned();
        let Some(fork) = self.fork(leg, &tag, flow, response) else {
            self.ack_and_bye(now, key, flow, response);
            return;
        };
        let Some(calling) = leg.take_calling() else { return };
        leg.stage = Stage::Confirmed;
        // Route set and target are those of the 2xx (RFC 3261 §13.2.2.4); CSeq goes on from the early dialog.
        let early = leg.peers.swap_remove(fork);
        let mut peer = Peer::from_answer(response, early.our_seq.max(calling.seq), flow, &early.target);
        peer.their_seq = early.their_seq;
        peer.flow = self.with_our_end(way(&peer.target, &peer.routes, flow, leg.sticky));
        leg.peers = vec![peer];
        let sdp = sdp_of(&response.headers, &response.body);
        let offer = calling.asked.sdp.is_none();
        self.start_session(now, leg, response, true);
        if offer && sdp.is_some() && !leg.over {
            self.keep_ack(key, &tag, flow, Bytes::new());
            leg.held_ack = Some(HeldAck { tx: key, seq: calling.seq, peer_tag: tag });
        } else {
            self.send_ack(now, leg, key, calling.seq, sent, None);
        }
        if leg.over {
            leg.held_ack = None;
            self.bye(now, leg, None);
            return;
        }
        self.tell(UaEvent::Answered { dialog: leg.id, sdp, offer, from: leg.flow.remote.ip() });
        if let Some(event) = leg.event.take() {
            self.notify_event(now, leg, 0, event);
        }
    }

    /// The session timer as a 2xx to our request settles it (RFC 4028 §7.2). Without a word of theirs we refresh.
    pub(super) fn start_session(&mut self, now: Instant, leg: &mut Leg, response: &Response, first: bool) {
        let said = response.headers.session_expires().ok().flatten();
        let timer = match said {
            Some(se) => {
                let interval = Duration::from_secs(se.seconds.into()).max(LEAST);
                SessionTimer::start(now, interval, se.refresher != Some(Refresher::Uas))
            }
            None if first || leg.session.is_some() => {
                let interval = leg.session.map_or(self.config.session_expires, |s| s.interval);
                SessionTimer::start(now, interval, true)
            }
            None => return,
        };
        leg.session = Some(timer);
    }

    /// ACK of a 2xx in the dialog that stands, kept for repeats; with the credentials of its INVITE (RFC 3261 §22.1).
    pub(super) fn send_ack(&mut self, _now: Instant, leg: &mut Leg, key: TxKey, seq: u32, sent: &Bytes, sdp: Option<Bytes>) {
        let (mut ack, _) = self.within(leg, 0, Method::Ack, Some(seq));
        if leg.auth.as_ref().is_some_and(|a| a.answerer.is_challenged())
            && let Ok(Message::Request(invite)) = parse(sent.clone())
        {
            ack.headers.copy(&invite.headers, Name::Authorization);
            ack.headers.copy(&invite.headers, Name::ProxyAuthorization);
        }
        if let Some(sdp) = sdp {
            ack = ack.with_body(SDP, sdp);
        }
        let bytes = ack.to_bytes();
        let flow = leg.peers[0].flow;
        self.keep_ack(key, &leg.peers[0].tag.clone(), flow, bytes.clone());
        self.send(flow, bytes);
    }

    /// A 2xx nobody waits for: another fork, or one that crossed our CANCEL (RFC 3261 §13.2.2.4).
    pub(super) fn ack_and_bye(&mut self, now: Instant, key: TxKey, flow: Flow, response: &Response) {
        let headers = &response.headers;
        let (Ok(to), Ok(cseq), Ok(call_id)) = (headers.to(), headers.cseq(), headers.call_id()) else { return };
        let mut leg = Leg::blank(crate::sip::api::DialogId(0), flow);
        leg.call_id = call_id.to_owned();
        leg.ours = headers.get(Name::From).unwrap_or_default().to_owned();
        let mut peer = Peer::from_answer(response, cseq.number, flow, &to.uri);
        peer.flow = self.with_our_end(way(&peer.target, &peer.routes, flow, false));
        leg.peers.push(peer);
        self.send_ack(now, &mut leg, key, cseq.number, &Bytes::new(), None);
        let (bye, branch) = self.within(&mut leg, 0, Method::Bye, None);
        let owner = Owner { dialog: None, purpose: Purpose::Bye };
        let flow = leg.peers[0].flow;
        self.request(now, flow, &branch, &bye, owner);
    }

    fn invite_failed(&mut self, now: Instant, leg: &mut Leg, status: u16, response: Option<&Response>) {
        let Some(mut calling) = leg.take_calling() else { return };
        if response.is_none() || status == 503 {
            self.suspect(now, leg.trunk, leg.flow.remote);
        }
        if !leg.over && self.try_again(now, leg, &mut calling, status, response) {
            leg.stage = Stage::Calling(calling);
            return;
        }
        let phrase = response.map(|r| r.reason.clone()).unwrap_or_else(|| reason(status).to_owned());
        let retry_after = response.and_then(|r| r.headers.retry_after()).map(|s| Duration::from_secs(s.into()));
        let moved_to = response.filter(|_| matches!(status, 300..=302)).map(|r| numbers_of(&r.headers)).unwrap_or_default();
        self.finish(leg, UaEvent::Failed { dialog: leg.id, status, reason: phrase, retry_after, sent: true, moved_to });
    }

    /// A challenge is answered, a session interval raised, the next address tried.
    fn try_again(&mut self, now: Instant, leg: &mut Leg, calling: &mut Calling, status: u16, response: Option<&Response>) -> bool {
        let here = calling.uri.clone();
        if let (401 | 407, Some(response)) = (status, response) {
            let heard = leg.auth.as_mut().is_some_and(|a| a.answerer.hear(response).is_ok());
            if heard {
                self.send_invite(now, leg, calling, &here, leg.flow);
                return true;
            }
            return false;
        }
        if let (422, Some(response)) = (status, response)
            && let Ok(Some(least)) = response.headers.min_se()
            && Duration::from_secs(least.into()) > calling.min_se
            && least <= 86_400
        {
            calling.min_se = Duration::from_secs(least.into());
            self.send_invite(now, leg, calling, &here, leg.flow);
            return true;
        }
        if matches!(status, 408 | 503)
            && let Some((uri, flow)) = calling.ways.pop_front()
        {
            self.send_invite(now, leg, calling, &uri, flow);
            return true;
        }
        false
    }

    /// Nobody answers at this address, and there is another: half a minute of waiting for it would be the caller's.
    fn next_way(&mut self, now: Instant, leg: &mut Leg) {
        let Some(mut calling) = leg.take_calling() else { return };
        self.unwant(now, calling.tx);
        self.suspect(now, leg.trunk, leg.flow.remote);
        let Some((uri, flow)) = calling.ways.pop_front() else {
            let reason = "nobody is there".to_owned();
            let failed = UaEvent::Failed { dialog: leg.id, status: 408, reason, retry_after: None, sent: true, moved_to: Vec::new() };
            return self.finish(leg, failed);
        };
        self.send_invite(now, leg, &mut calling, &uri, flow);
        leg.stage = Stage::Calling(calling);
    }

    /// CANCEL for the INVITE in `sent` (RFC 3261 §9.1).
    pub(super) fn send_cancel(&mut self, now: Instant, leg: &mut Leg, sent: &Bytes) {
        let Stage::Calling(calling) = &mut leg.stage else { return };
        calling.giving = Giving::Sent { until: now + LIFE };
        self.cancel(now, leg.flow, sent, Owner { dialog: Some(leg.id), purpose: Purpose::Cancel });
    }

    /// The INVITE is given up: CANCEL now, or as soon as it is allowed.
    pub(super) fn give_up(&mut self, now: Instant, leg: &mut Leg) {
        let Stage::Calling(calling) = &mut leg.stage else { return };
        if calling.giving != Giving::No {
            return;
        }
        calling.giving = Giving::Wanted;
        calling.ways.clear();
        let key = calling.tx;
        if self.may_cancel(key)
            && let Some(sent) = self.txs.get(&key).map(|tx| tx.bytes.clone())
        {
            self.send_cancel(now, leg, &sent);
        }
    }

    pub(super) fn calling_due(&mut self, now: Instant, leg: &mut Leg) {
        let Stage::Calling(calling) = &mut leg.stage else { return };
        match calling.giving {
            Giving::No if calling.silent_until.is_some_and(|at| now >= at) => self.next_way(now, leg),
            Giving::Sent { until } if now >= until => {
                // Nobody answered the CANCEL's INVITE in 64 × T1: it counts as gone (RFC 3261 §9.1).
                let key = calling.tx;
                self.abandon(key);
                leg.stage = Stage::Gone;
                self.finish(leg, UaEvent::Ended { dialog: leg.id, by: EndedBy::Us, reason: None });
            }
            Giving::No if now >= calling.ring_until => {
                let reason = "nobody answered in time".to_owned();
                self.finish(leg, UaEvent::Failed { dialog: leg.id, status: 408, reason, retry_after: None, sent: true, moved_to: Vec::new() });
                self.give_up(now, leg);
            }
            Giving::No | Giving::Wanted | Giving::Sent { .. } => {}
        }
    }
}

/// The numbers a redirection names, best first.
fn numbers_of(headers: &Headers) -> Vec<String> {
    let mut contacts = headers.contacts().unwrap_or_default();
    contacts.sort_by_key(|contact| std::cmp::Reverse(contact.q()));
    let number = |contact: &Contact| Some(contact.addr()?.uri.user()?.into_owned());
    contacts.iter().filter_map(number).filter(|number| !number.is_empty()).take(MOST_CONTACTS).collect()
}
