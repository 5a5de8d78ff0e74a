//! What we keep up with trunks: our registration there (RFC 3261 §10.2) and OPTIONS to each address (§11), worded and sent
//! here as [`crate::sip::outward`] decides. Registrations are taken back when a trunk goes, or the endpoint does.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::TrunkId;

use super::transact::{Outcome, Owner, Purpose};
use super::{Due, Endpoint};
use crate::sip::api::{Credentials, Flow, Reached, SipTrunk, TrunkRegistration, TrunkState, UaEvent, Unregistered};
use crate::sip::auth::Answerer;
use crate::sip::dialog::Account;
use crate::sip::message::{Contact, Headers, Method, Name, Request, Response, Uri};
use crate::sip::outward::{Address, Failure, Registration, Standing};
use crate::sip::transaction::TxKey;

/// Registrations on their way to be taken back; more are left to run out.
const LEAVING: usize = 256;

/// All trunks we keep something up with.
#[derive(Debug, Default)]
pub(super) struct Outward {
    trunks: HashMap<TrunkId, Box<Kept>>,
    /// By the REGISTER that takes it back.
    leaving: HashMap<TxKey, Box<Registrant>>,
}

impl Outward {
    pub fn has_left(&self) -> bool {
        self.leaving.is_empty()
    }
}

/// One trunk.
#[derive(Debug)]
struct Kept {
    facts: SipTrunk,
    registration: Option<(Registration, Box<Registrant>)>,
    asked: Option<TxKey>,
    addresses: Vec<(Address, Option<TxKey>)>,
    armed: Option<Instant>,
    told: Option<TrunkState>,
}

impl Kept {
    /// Nothing that is kept up would change.
    fn stands_for(&self, trunk: &SipTrunk) -> bool {
        let old = &self.facts;
        (&old.to, old.transport, old.probe, old.register, &old.digest, &old.domain)
            == (&trunk.to, trunk.transport, trunk.probe, trunk.register, &trunk.digest, &trunk.domain)
    }

    fn registered_at(&self) -> Option<SocketAddr> {
        match self.registration.as_ref()?.0.standing() {
            Standing::Registered { way, .. } => self.facts.to.get(*way).copied(),
            Standing::Trying | Standing::Failed(_) => None,
        }
    }

    fn state(&self) -> TrunkState {
        let registration = self.registration.as_ref().map(|(machine, _)| match machine.standing() {
            Standing::Trying => TrunkRegistration::Trying,
            Standing::Registered { way, .. } => match self.facts.to.get(*way) {
                Some(at) => TrunkRegistration::Registered { at: *at },
                None => TrunkRegistration::Trying,
            },
            Standing::Failed(failure) => TrunkRegistration::Failed {
                why: failure.why,
                status: failure.status,
                reason: failure.reason.clone(),
            },
        });
        TrunkState { registration, addresses: self.addresses.iter().map(|(a, _)| (a.to, a.state())).collect() }
    }

    fn deadline(&self) -> Option<Instant> {
        let registration = self.registration.as_ref().map(|(machine, _)| machine.deadline());
        self.addresses.iter().filter_map(|(address, _)| address.deadline()).chain(registration).min()
    }

    fn suspect(&mut self, now: Instant, at: SocketAddr) {
        self.addresses.iter_mut().filter(|(a, _)| a.to == at).for_each(|(a, _)| a.suspect(now));
    }
}

/// Our account at a registrar: everything its REGISTERs have in common.
#[derive(Debug)]
struct Registrant {
    user: String,
    /// Host of Request-URI, To and From.
    domain: String,
    call_id: String,
    tag: String,
    seq: u32,
    account: Account,
    /// Where the last REGISTER went.
    flow: Flow,
}

impl Registrant {
    fn host(&self) -> String {
        if self.domain.is_empty() { self.flow.remote.ip().to_string() } else { self.domain.clone() }
    }

    /// Where the registrar is asked.
    fn registrar(&self) -> Option<Uri> {
        let port = self.domain.is_empty().then(|| self.flow.remote.port());
        let uri = Uri::sip("", &self.host(), port).ok()?;
        match self.flow.transport.param() {
            Some(transport) => uri.with_param("transport", transport).ok(),
            None => Some(uri),
        }
    }

    /// The answer to 401 or 407 may be tried.
    fn hears(&mut self, response: &Response) -> Result<(), String> {
        self.account.answerer.hear(response).map_err(|why| {
            self.account.answerer = Answerer::default();
            why.to_string()
        })
    }
}

impl Endpoint {
    /// The directory is another one: what is new is begun, what is gone is left.
    pub(super) fn follow_trunks(&mut self, now: Instant) {
        let directory = self.directory.clone();
        let stands = |kept: &Kept| directory.trunk(kept.facts.id).is_some_and(|trunk| kept.stands_for(trunk));
        let changed: Vec<TrunkId> =
            self.outward.trunks.iter().filter(|(_, kept)| !stands(kept)).map(|(id, _)| *id).collect();
        for id in changed {
            let Some(old) = self.take_trunk(now, id) else { continue };
            let new = directory.trunk(id).filter(|trunk| is_kept_up(trunk));
            match new {
                Some(trunk) => self.begin_trunk(now, trunk, Some(old)),
                None => {
                    let name = old.facts.name.clone();
                    self.take_back(now, *old);
                    self.tell(UaEvent::Trunk { trunk: id, name, state: None });
                }
            }
        }
        for trunk in directory.trunks().filter(|trunk| is_kept_up(trunk)) {
            match self.outward.trunks.get_mut(&trunk.id) {
                Some(kept) => kept.facts.name.clone_from(&trunk.name),
                None => self.begin_trunk(now, trunk, None),
            }
        }
    }

    /// Every registration of ours is taken back.
    pub(super) fn leave_trunks(&mut self, now: Instant) {
        let all: Vec<TrunkId> = self.outward.trunks.keys().copied().collect();
        for id in all {
            if let Some(kept) = self.take_trunk(now, id) {
                self.take_back(now, *kept);
            }
        }
    }

    fn take_trunk(&mut self, _now: Instant, id: TrunkId) -> Option<Box<Kept>> {
        let mut kept = self.outward.trunks.remove(&id)?;
        self.timers.set(Due::Trunk(id), &mut kept.armed, None);
        Some(kept)
    }

    fn begin_trunk(&mut self, now: Instant, trunk: &SipTrunk, old: Option<Box<Kept>>) {
        let ways: Vec<Flow> = trunk.to.iter().map(|to| self.way_to(trunk, *to)).collect();
        let told = old.as_ref().and_then(|kept| kept.told.clone());
        let mut registration = trunk.registers_as().zip(ways.first()).map(|(user, flow)| {
            let (call_id, tag) = (self.chance.call_id(), self.chance.tag());
            let (username, password) = trunk.digest.clone().unwrap_or_default();
            let account = Account { credentials: Credentials { username, password }, answerer: Answerer::default() };
            let who = Registrant { user: user.to_owned(), domain: trunk.domain.clone(), call_id, tag, seq: 0, account, flow: *flow };
            (Registration::new(now, ways.len()), Box::new(who))
        });
        if let Some(old) = old {
            match (&mut registration, &old.registration) {
                // The same contact at the same registrar: it is refreshed, for taking it back might overtake the new one.
                (Some((_, new)), Some((_, who)))
                    if (&new.user, &new.domain) == (&who.user, &who.domain) && ways.contains(&who.flow) =>
                {
                    (new.call_id, new.tag, new.seq) = (who.call_id.clone(), who.tag.clone(), who.seq);
                }
                _ => self.take_back(now, *old),
            }
        }
        let addresses = trunk.to.iter().map(|to| (Address::new(now, *to, trunk.probe), None)).collect();
        let kept = Kept { facts: trunk.clone(), registration, asked: None, addresses, armed: None, told };
        self.keep_trunk(now, Box::new(kept));
    }

    fn way_to(&self, trunk: &SipTrunk, to: SocketAddr) -> Flow {
        self.with_our_end(Flow { transport: trunk.transport, local: to, remote: to })
    }

    /// Armed for its next moment; what has changed is told.
    fn keep_trunk(&mut self, now: Instant, mut kept: Box<Kept>) {
        let id = kept.facts.id;
        let at = kept.deadline().map(|at| at.max(now));
        self.timers.set(Due::Trunk(id), &mut kept.armed, at);
        let state = kept.state();
        if kept.told.as_ref() != Some(&state) {
            kept.told = Some(state.clone());
            self.tell(UaEvent::Trunk { trunk: id, name: kept.facts.name.clone(), state: Some(state) });
        }
        self.outward.trunks.insert(id, kept);
    }

    pub(super) fn trunk_due(&mut self, now: Instant, id: TrunkId) {
        let Some(mut kept) = self.take_trunk(now, id) else { return };
        let chance = self.chance.next();
        if let Some((machine, who)) = &mut kept.registration
            && now >= machine.deadline()
        {
            if let Some(silent) = kept.asked.take() {
                self.abandon(silent);
            }
            if machine.tick(now, chance) {
                let (way, life) = machine.asking();
                if let Some(to) = kept.facts.to.get(way) {
                    let flow = self.way_to(&kept.facts, *to);
                    kept.asked = self.send_register(now, who, flow, life, Purpose::Register(id));
                }
            }
        }
        for n in 0..kept.addresses.len() {
            let (address, asked) = &mut kept.addresses[n];
            if address.deadline().is_none_or(|at| now < at) {
                continue;
            }
            if let Some(silent) = asked.take() {
                self.abandon(silent);
            }
            if address.tick(now) {
                let flow = self.way_to(&kept.facts, address.to);
                let uri = probed_uri(&kept.facts, flow);
                *asked = Some(self.ask_options(now, &uri, flow, Purpose::Probe(id)));
            }
        }
        self.keep_trunk(now, kept);
    }

    /// REGISTER for our contact at `flow`; a life of zero takes it back. None: the domain of the account is none.
    fn send_register(&mut self, now: Instant, who: &mut Registrant, flow: Flow, life: Duration, purpose: Purpose) -> Option<TxKey> {
        who.flow = flow;
        who.seq += 1;
        let branch = self.chance.branch();
        let uri = who.registrar()?.to_string();
        let of_record = Uri::sip(&who.user, &who.host(), None).ok()?;
        let mut headers = Headers::new();
        headers.push(Name::Via, &self.via(flow, &branch));
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, &format!("<{of_record}>;tag={}", who.tag));
        headers.push(Name::To, &format!("<{of_record}>"));
        headers.push(Name::CallId, &who.call_id);
        headers.push(Name::CSeq, &format!("{} REGISTER", who.seq));
        headers.push(Name::Contact, &self.registered_contact(who)?);
        headers.push(Name::Expires, &life.as_secs().to_string());
        headers.push(Name::Supported, "path");
        headers.push(Name::UserAgent, &self.config.product);
        let mut request = Request { method: Method::Register, uri, headers, body: Bytes::new(), defect: None };
        self.sign(&mut who.account, &mut request);
        Some(self.request(now, flow, &branch, &request, Owner { dialog: None, purpose }))
    }

    fn registered_contact(&self, who: &Registrant) -> Option<String> {
        let here = self.shown(who.flow);
        let uri = Uri::sip(&who.user, &here.ip().to_string(), Some(here.port())).ok()?;
        let uri = match who.flow.transport.param() {
            Some(transport) => uri.with_param("transport", transport).ok()?,
            None => uri,
        };
        Some(format!("<{uri}>"))
    }

    /// What a REGISTER of ours came to.
    pub(super) fn registered(&mut self, now: Instant, id: TrunkId, key: TxKey, outcome: Outcome) {
        if outcome.status() < 200 {
            return;
        }
        let Some(mut kept) = self.take_trunk(now, id) else { return };
        if kept.asked == Some(key) {
            kept.asked = None;
            self.register_answered(now, &mut kept, &outcome);
        }
        self.keep_trunk(now, kept);
    }

    fn register_answered(&mut self, now: Instant, kept: &mut Kept, outcome: &Outcome) {
        let Some((machine, who)) = &mut kept.registration else { return };
        let chance = self.chance.next();
        let status = outcome.status();
        let (why, reason) = match outcome {
            Outcome::Answer(response) => (Unregistered::Refused, response.reason.clone()),
            Outcome::TimedOut => (Unregistered::Silent, "no answer".to_owned()),
            Outcome::Unsent => (Unregistered::Unsent, "no connection".to_owned()),
        };
        let mut failure = Failure { why, status, reason, retry_after: None };
        if let Some(response) = outcome.answer() {
            failure.retry_after = response.headers.retry_after().map(|s| Duration::from_secs(s.into()));
            match status {
                200..=299 => {
                    let (_, asked) = machine.asking();
                    let life = self.registered_contact(who).and_then(|ours| granted(response, &ours)).unwrap_or(asked);
                    return machine.accepted(now, life, chance);
                }
                401 | 407 => match who.hears(response) {
                    Ok(()) => {
                        let (flow, life) = (who.flow, machine.asking().1);
                        machine.sent(now);
                        kept.asked = self.send_register(now, who, flow, life, Purpose::Register(kept.facts.id));
                        return;
                    }
                    Err(reason) => (failure.why, failure.reason) = (Unregistered::WrongPassword, reason),
                },
                423 => {
                    let least = response.headers.min_expires().ok().flatten().unwrap_or_default();
                    if machine.too_brief(now, Duration::from_secs(least.into())) {
                        return;
                    }
                }
                _ => {}
            }
        }
        let at = who.flow.remote;
        machine.failed(now, failure, chance);
        if outcome.answer().is_none() {
            kept.suspect(now, at);
        }
    }

    /// What an OPTIONS to an address of a trunk came to. Any answer is a sign of life, a refusal too.
    pub(super) fn probed(&mut self, now: Instant, id: TrunkId, key: TxKey, outcome: &Outcome) {
        if outcome.status() < 200 {
            return;
        }
        let Some(mut kept) = self.take_trunk(now, id) else { return };
        if let Some((address, asked)) = kept.addresses.iter_mut().find(|(_, asked)| *asked == Some(key)) {
            *asked = None;
            match outcome.answer() {
                Some(answer) => address.answered(now, !matches!(answer.status, 408 | 503)),
                None => address.missed(now),
            }
        }
        self.keep_trunk(now, kept);
    }

    /// A call did not get through at this address of a trunk.
    pub(super) fn suspect(&mut self, now: Instant, trunk: Option<TrunkId>, at: SocketAddr) {
        if let Some(mut kept) = trunk.and_then(|id| self.take_trunk(now, id)) {
            kept.suspect(now, at);
            self.keep_trunk(now, kept);
        }
    }

    /// The addresses of a trunk as a call tries them; whether any may be alive.
    pub(super) fn addresses(&self, trunk: &SipTrunk) -> (Vec<SocketAddr>, bool) {
        let Some(kept) = self.outward.trunks.get(&trunk.id) else { return (trunk.to.clone(), true) };
        let down = |to: &SocketAddr| kept.addresses.iter().any(|(a, _)| a.to == *to && a.state() == Reached::Down);
        let first = kept.registered_at();
        let mut all: Vec<SocketAddr> = first.into_iter().chain(trunk.to.iter().copied().filter(|to| Some(*to) != first)).collect();
        let alive = all.iter().any(|to| !down(to));
        if alive {
            all.retain(|to| !down(to));
        }
        (all, alive)
    }

    /// A connection is gone: what is registered over it is not reached any more.
    pub(super) fn trunk_flow_closed(&mut self, now: Instant, flow: Flow) {
        let over = |kept: &Kept| kept.registration.as_ref().is_some_and(|(_, who)| who.flow == flow);
        let hit: Vec<TrunkId> = self.outward.trunks.iter().filter(|(_, kept)| over(kept)).map(|(id, _)| *id).collect();
        for id in hit {
            let Some(mut kept) = self.take_trunk(now, id) else { continue };
            let chance = self.chance.next();
            if let Some((machine, _)) = &mut kept.registration {
                machine.lost(now, chance);
            }
            self.keep_trunk(now, kept);
        }
    }

    /// Takes a registration back, where there may be one. What else was kept up is no more.
    fn take_back(&mut self, now: Instant, kept: Kept) {
        let asked = kept.addresses.iter().filter_map(|(_, asked)| *asked).chain(kept.asked);
        asked.collect::<Vec<_>>().into_iter().for_each(|key| self.abandon(key));
        let may_stand = kept.registered_at().is_some() || kept.asked.is_some();
        if let Some((_, who)) = kept.registration.filter(|_| may_stand) {
            self.unregister(now, who);
        }
    }

    fn unregister(&mut self, now: Instant, mut who: Box<Registrant>) {
        let flow = who.flow;
        if self.outward.leaving.len() < LEAVING
            && let Some(key) = self.send_register(now, &mut who, flow, Duration::ZERO, Purpose::Unregister)
        {
            self.outward.leaving.insert(key, who);
        }
    }

    pub(super) fn unregistered(&mut self, now: Instant, key: TxKey, outcome: &Outcome) {
        if outcome.status() < 200 {
            return;
        }
        let Some(mut who) = self.outward.leaving.remove(&key) else { return };
        if let Some(challenge) = outcome.answer().filter(|answer| matches!(answer.status, 401 | 407))
            && who.hears(challenge).is_ok()
        {
            self.unregister(now, who);
        }
    }
}

/// We register there, or ask whether it lives.
fn is_kept_up(trunk: &SipTrunk) -> bool {
    trunk.registers_as().is_some() || (!trunk.probe.is_zero() && !trunk.to.is_empty())
}

fn probed_uri(trunk: &SipTrunk, flow: Flow) -> String {
    let to = if trunk.domain.is_empty() { flow.remote.to_string() } else { trunk.domain.clone() };
    match flow.transport.param() {
        Some(transport) => format!("sip:{to};transport={transport}"),
        None => format!("sip:{to}"),
    }
}

/// The life the registrar gave our contact (RFC 3261 §10.2.4).
fn granted(response: &Response, ours: &str) -> Option<Duration> {
    let contacts = response.headers.contacts().unwrap_or_default();
    let ours = Uri::parse(ours.trim_matches(['<', '>'])).ok()?;
    let is_ours = |c: &&Contact| c.addr().is_some_and(|a| a.uri.user() == ours.user() && a.uri.ip() == ours.ip() && a.uri.port() == ours.port());
    // A registrar behind a border element may show our contact as that sees it.
    let found = contacts.iter().find(is_ours).or_else(|| contacts.first().filter(|_| contacts.len() == 1));
    let said = found.and_then(Contact::expires).or_else(|| response.headers.expires().ok().flatten());
    said.map(|seconds| Duration::from_secs(seconds.into()))
}
