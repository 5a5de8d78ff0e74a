//! Registered phones are watched: asked by OPTIONS whether they are still there (RFC 3261 §11), which keeps their NAT open
//! too. Who answered before and is silent now is gone, long before its registration ends. Who never answered is left to its
//! expiry: some phones know no OPTIONS.

use std::time::{Duration, Instant};

use contract::StationId;

use super::Endpoint;
use super::transact::{Outcome, Owner, Purpose};
use crate::sip::api::{Contact, Flow, Gone, UaEvent};
use crate::sip::message::{Headers, Method, Name, Request, Uri};
use crate::sip::registrar::{Binding, Bound, Watch};
use crate::sip::transaction::TxKey;

/// How long an answer may take: five sendings over UDP.
const PATIENCE: Duration = Duration::from_secs(8);
/// Phones known from before a restart are asked within this time.
const RESTORED: Duration = Duration::from_secs(5);
/// The way answered, the phone did not: a proxy in between says so.
const NOBODY: u16 = 408;

impl Endpoint {
    /// How a contact that registered just now is watched.
    pub(super) fn watch_from(&mut self, now: Instant) -> Watch {
        Watch { at: self.watch_again(now), asked: None, missed: 0, answers: false }
    }

    /// About `watch` from now: spread, so that phones that came together are not asked together for ever.
    fn watch_again(&mut self, now: Instant) -> Option<Instant> {
        let every = self.config.watch;
        let spread = u64::try_from((every / 2).as_millis()).unwrap_or(u64::MAX);
        (!every.is_zero()).then(|| now + every * 3 / 4 + Duration::from_millis(self.chance.below(spread)))
    }

    /// Contacts whose moment has come are asked, or missed.
    pub(super) fn watch_due(&mut self, now: Instant, station: StationId) {
        for n in 0..self.registrar.contacts(station).count() {
            let Some(binding) =
                self.registrar.contact_mut(station, n).filter(|b| b.watch.at.is_some_and(|at| at <= now))
            else {
                continue;
            };
            if let Some(asked) = binding.watch.asked.take() {
                binding.watch.missed += 1;
                self.abandon(asked);
            }
            self.watch_one(now, station, n);
        }
        let most = self.config.watch_misses;
        let lost = self.registrar.remove(station, |b| b.watch.answers && b.watch.missed >= most);
        self.tell_lost(lost, Gone::Unanswered);
    }

    /// Asks the `n`th contact of a station, where that is its turn.
    fn watch_one(&mut self, now: Instant, station: StationId, n: usize) {
        let later = self.watch_again(now);
        let (most, busy) = (self.config.watch_misses, self.txs.len() >= self.config.limits.transactions);
        let Some(binding) = self.registrar.contact_mut(station, n) else { return };
        if binding.watch.missed >= most {
            if !binding.watch.answers {
                (binding.watch.missed, binding.watch.at) = (0, later);
            }
            return;
        }
        let (uri, flow) = (binding.uri.without_headers().to_string(), binding.flow);
        let watch = if busy || !self.admission.may_watch(now) {
            Err(now + Duration::from_millis(1000 + self.chance.below(1000)))
        } else {
            Ok(self.ask_options(now, &uri, flow, Purpose::Watch(station)))
        };
        if let Some(binding) = self.registrar.contact_mut(station, n) {
            match watch {
                Ok(key) => (binding.watch.asked, binding.watch.at) = (Some(key), Some(now + PATIENCE)),
                Err(later) => binding.watch.at = Some(later),
            }
        }
    }

    /// OPTIONS to see whether somebody lives there.
    pub(super) fn ask_options(&mut self, now: Instant, uri: &str, flow: Flow, purpose: Purpose) -> TxKey {
        let flow = self.with_our_end(flow);
        let (branch, tag, call_id) = (self.chance.branch(), self.chance.tag(), self.chance.call_id());
        let mut headers = Headers::new();
        headers.push(Name::Via, &self.via(flow, &branch));
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, &format!("<sip:zuoxi@{}>;tag={tag}", self.shown(flow)));
        headers.push(Name::To, &format!("<{uri}>"));
        headers.push(Name::CallId, &call_id);
        headers.push(Name::CSeq, "1 OPTIONS");
        headers.push(Name::Contact, &self.contact(flow));
        headers.push(Name::UserAgent, &self.config.product);
        let request =
            Request { method: Method::Options, uri: uri.to_owned(), headers, body: bytes::Bytes::new(), defect: None };
        self.request(now, flow, &branch, &request, Owner { dialog: None, purpose })
    }

    /// What an OPTIONS came to. Any answer of the phone is a sign of life, a refusal too.
    pub(super) fn watched(&mut self, now: Instant, station: StationId, key: TxKey, outcome: &Outcome) {
        let alive = matches!(outcome, Outcome::Answer(answer) if answer.status != NOBODY);
        if outcome.status() < 200 {
            return;
        }
        let later = self.watch_again(now);
        let Some(binding) = self.registrar.contacts_mut(station).find(|b| b.watch.asked == Some(key)) else { return };
        if alive {
            binding.watch = Watch { at: later, asked: None, missed: 0, answers: true };
        } else {
            binding.watch.at = Some(now);
        }
        self.rearm_station(now, station);
    }

    /// Contacts as they were before a restart, where nothing newer is known. They are asked soon, and believed no longer
    /// than they answer.
    pub(super) fn restore(&mut self, now: Instant, contacts: Vec<Contact>) {
        for Contact { station, uri, remote, user_agent, expires } in contacts {
            let known = self.directory.station(station).is_some();
            let full = self.registrar.contacts(station).count() >= self.config.limits.contacts;
            let (Ok(uri), Some(local), false) = (Uri::parse(&uri), self.config.udp, full || !known) else { continue };
            if self.registrar.contacts(station).any(|b| b.uri.same_as(&uri)) {
                continue;
            }
            let flow = Flow { transport: crate::sip::api::Transport::Udp, local, remote };
            let expires = expires.min(self.config.register_max);
            let spread = u64::try_from(RESTORED.as_millis()).unwrap_or(u64::MAX);
            let at = (!self.config.watch.is_zero()).then(|| now + Duration::from_millis(self.chance.below(spread)));
            let watch = Watch { at, asked: None, missed: 0, answers: true };
            let contact = uri.to_string();
            // No Call-ID: whatever REGISTER comes next is newer.
            let binding = Binding {
                uri,
                flow,
                expires: now + expires,
                call_id: String::new(),
                seq: 0,
                user_agent: user_agent.clone(),
                watch,
            };
            if self.registrar.bind(station, binding) == Bound::Fresh {
                self.tell(UaEvent::Registered { station, contact, user_agent, flow, expires, fresh: true });
            }
            self.rearm_station(now, station);
        }
    }
}
