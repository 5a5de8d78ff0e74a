//! REGISTER (RFC 3261 §10.3): digest first, then contacts. A station is told apart from nobody only by its password.

use std::time::{Duration, Instant};

use super::{Due, Endpoint, compose::answer_way, identity::Proof};
use crate::sip::api::{Flow, Gone, Source, UaEvent};
use crate::sip::message::{Contact, Method, Name, Request, Response};
use crate::sip::registrar::{Binding, Bound, Lost};
use crate::sip::transaction::TxKey;
use contract::StationId;
use contract::directory::DigestBy;

impl Endpoint {
    /// 401 with our challenges, kept nowhere.
    pub(super) fn challenge(&mut self, now: Instant, flow: Flow, request: &Request, stale: bool) {
        if !(self.config.spare_known && self.is_known(now, flow)) {
            self.admission.challenged(now, flow.remote.ip());
        }
        let mut response = request.response(401);
        let asker = asker(request);
        // Nobody is asked as somebody is, the same every time: else the question would tell who exists.
        let like = self.keys.other(&["asked", &asker]).low();
        let digest = match self.directory.asked(&asker, like) {
            DigestBy::Both if request.headers.user_agent().is_some_and(knows_only_md5) => DigestBy::Md5,
            digest => digest,
        };
        let asked = |line: &&String| match digest {
            DigestBy::Both => true,
            DigestBy::Md5 => is_md5(line),
            DigestBy::Sha256 => !is_md5(line),
        };
        for line in self.identity.challenges(now, stale).iter().filter(asked) {
            response = response.with(Name::WwwAuthenticate, line);
        }
        self.answer_stateless(flow, request, response);
    }

    pub(super) fn register(&mut self, now: Instant, flow: Flow, key: TxKey, request: &Request) {
        let directory = self.directory.clone();
        let station = match self.identity.prove(now, &directory, request) {
            Proof::Absent => return self.challenge(now, flow, request, false),
            Proof::Stale => return self.challenge(now, flow, request, true),
            Proof::Good(Source::Station(station), user) if is_user(request, &user) => station,
            Proof::Good(..) | Proof::Wrong => return self.refuse_stranger(now, flow, request),
        };
        let tag = self.stateless_tag(request);
        let response = match self.change_bindings(now, flow, station, request) {
            Ok(()) => self.bindings(now, station, request, &tag),
            Err(Fault::TooBrief) => {
                let least = self.config.register_min.as_secs().to_string();
                self.answer(request, 423, &tag).with(Name::MinExpires, &least)
            }
            Err(Fault::Status(status)) => self.answer(request, status, &tag),
        };
        self.rearm_station(now, station);
        self.serve(key, None, answer_way(flow, request), false);
        self.respond(now, key, response.status, response.to_bytes());
    }

    fn change_bindings(&mut self, now: Instant, flow: Flow, station: StationId, request: &Request) -> Result<(), Fault> {
        let headers = &request.headers;
        let contacts = headers.contacts().map_err(|_| Fault::Status(400))?;
        let expires = headers.expires().ok().flatten();
        let call_id = headers.call_id().map_err(|_| Fault::Status(400))?.to_owned();
        let seq = headers.cseq().map_err(|_| Fault::Status(400))?.number;
        if contacts.iter().any(|c| matches!(c, Contact::Star)) {
            if contacts.len() != 1 || expires != Some(0) {
                return Err(Fault::Status(400));
            }
            // An older REGISTER must not take away what a newer one made (RFC 3261 §10.3 step 6).
            let lost = self.registrar.remove(station, |b| b.call_id != call_id || b.seq < seq);
            self.tell_lost(lost, Gone::Unregistered);
            return Ok(());
        }
        let wanted: Vec<_> = contacts
            .iter()
            .filter_map(|c| Some((c.addr()?.uri.clone(), c.expires().or(expires))))
            .collect();
        if wanted.iter().any(|(_, e)| e.is_some_and(|e| e > 0 && u64::from(e) < self.config.register_min.as_secs())) {
            return Err(Fault::TooBrief);
        }
        if wanted.len() > self.config.limits.contacts {
            return Err(Fault::Status(403));
        }
        for (uri, expires) in wanted {
            let life = expires.map_or(self.config.register_default, |e| Duration::from_secs(e.into()));
            if life.is_zero() {
                let lost = self.registrar.remove(station, |b| b.uri.same_as(&uri) && (b.call_id != call_id || b.seq < seq));
                self.tell_lost(lost, Gone::Unregistered);
                continue;
            }
            let life = life.min(self.config.register_max);
            let user_agent = headers.user_agent().map(str::to_owned);
            let contact = uri.to_string();
            let binding = Binding {
                uri,
                flow,
                expires: now + life,
                call_id: call_id.clone(),
                seq,
                user_agent: user_agent.clone(),
                watch: self.watch_from(now),
            };
            let fresh = match self.registrar.bind(station, binding) {
                Bound::Fresh => true,
                Bound::Refreshed => false,
                Bound::Displaced(lost) => {
                    self.tell_lost(vec![lost], Gone::Replaced);
                    true
                }
                Bound::Stale => return Err(Fault::Status(500)),
                Bound::Full => return Err(Fault::Status(503)),
            };
            self.tell(UaEvent::Registered { station, contact, user_agent, flow, expires: life, fresh });
        }
        Ok(())
    }

    /// 200 with every contact and what is left of its life.
    fn bindings(&self, now: Instant, station: StationId, request: &Request, tag: &str) -> Response {
        let mut response = self.answer(request, 200, tag);
        for binding in self.registrar.contacts(station) {
            let left = binding.expires.saturating_duration_since(now).as_secs();
            response = response.with(Name::Contact, &format!("<{}>;expires={left}", binding.uri));
        }
        response.with(Name::Supported, super::compose::SUPPORTED)
    }

    pub(super) fn tell_lost(&mut self, lost: Vec<Lost>, why: Gone) {
        for Lost { station, contact, left } in lost {
            self.tell(UaEvent::Unregistered { station, contact, why, left });
        }
    }

    /// Sets the alarm of a station to its next expiry or look.
    pub(super) fn rearm_station(&mut self, now: Instant, station: StationId) {
        let at = self.registrar.deadline(station).map(|at| at.max(now));
        let mut armed = self.registrar.armed.remove(&station).flatten();
        self.timers.set(Due::Station(station), &mut armed, at);
        if armed.is_some() {
            self.registrar.armed.insert(station, armed);
        }
    }

    pub(super) fn station_due(&mut self, now: Instant, station: StationId) {
        let lost = self.registrar.remove(station, |b| b.expires <= now);
        self.tell_lost(lost, Gone::Expired);
        self.watch_due(now, station);
        self.rearm_station(now, station);
    }

    /// Registrations of stations that are no longer in the directory end with it.
    pub(super) fn forget_removed(&mut self, now: Instant) {
        for station in self.registrar.stations() {
            if self.directory.station(station).is_none() {
                let lost = self.registrar.remove(station, |_| true);
                self.tell_lost(lost, Gone::Removed);
                self.rearm_station(now, station);
            }
        }
    }
}

enum Fault {
    TooBrief,
    Status(u16),
}

/// The user who will have to prove a password, as the request says.
fn asker(request: &Request) -> String {
    let headers = &request.headers;
    let who = if request.method == Method::Register { headers.to() } else { headers.from() };
    who.ok().and_then(|who| who.uri.user().map(|user| user.into_owned())).unwrap_or_default()
}

fn is_md5(challenge: &str) -> bool {
    challenge.contains("=MD5,")
}

/// A phone registers itself, nobody else: the address of record is the digest user.
fn is_user(request: &Request, user: &str) -> bool {
    request.headers.to().ok().and_then(|to| to.uri.user().map(|u| u == user)) == Some(true)
}

/// Phones that give up at the first challenge with an algorithm they do not know, whatever stands beside it: libre 1, which
/// baresip 1 is built on.
fn knows_only_md5(user_agent: &str) -> bool {
    ["baresip v0.", "baresip v1."].iter().any(|old| user_agent.starts_with(old))
}
