//! The SIP endpoint without I/O: messages, questions and moments in ([`Endpoint::handle`]); messages to send and facts
//! to tell out ([`Endpoint::poll`]). It owns every transaction, dialog and registration, each a value in a map that
//! [`Endpoint::counts`] counts. `receive` takes messages in; `incoming`, `calling`, `within` and `change` are a call's
//! life; `ask` carries out commands. Never in this room: sockets, clocks, tasks, what a call means.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contract::{StationId, TrunkId};

use super::admission::Admission;
use super::api::{Counts, DialogId, EndpointConfig, Flow, Input, Output, SipDirectory, UaEvent};
use super::dialog::{Leg, Stage};
use super::message::Rules;
use super::registrar::Registrar;
use super::transaction::{KeyMaker, TxKey};

mod ask;
mod calling;
mod chance;
mod change;
mod compose;
mod farewell;
mod flood;
mod identity;
mod incoming;
mod outward;
mod progress;
mod receive;
mod refer;
mod register;
#[cfg(test)]
mod tests;
mod timers;
mod transact;
mod watch;
mod within;

use chance::Chance;
use timers::Timers;
use transact::Tx;

/// Whose alarm it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Tx(TxKey),
    Leg(DialogId),
    Station(StationId),
    Trunk(TrunkId),
}

/// One SIP user agent: a registrar for stations, a peer for trunks.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    rules: Rules,
    allow: String,
    directory: Arc<SipDirectory>,
    chance: Chance,
    keys: KeyMaker,
    identity: identity::Identity,
    txs: HashMap<TxKey, Tx>,
    /// Pending requests of ours over TCP, to be failed with their connection.
    on_tcp: BTreeSet<(Flow, TxKey)>,
    /// INVITEs by From tag, Call-ID and CSeq: the same on another path is a merged request (RFC 3261 §8.2.2.2).
    merged: HashMap<TxKey, TxKey>,
    legs: HashMap<DialogId, Box<Leg>>,
    by_tag: HashMap<String, DialogId>,
    on_trunk: HashMap<TrunkId, u32>,
    outward: outward::Outward,
    registrar: Registrar,
    admission: Admission,
    timers: Timers<Due>,
    out: VecDeque<Output>,
    last_incoming: u64,
    /// The message at hand was let in before it was read.
    let_in: bool,
    refusals: flood::Refusals,
    counts: Counts,
}

impl Endpoint {
    /// `seed` makes tags, branches and nonces: take it from the system's randomness, in tests from the test.
    #[must_use]
    pub fn new(config: EndpointConfig, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let rules = Rules::default();
        Self {
            keys: KeyMaker::new((chance.next(), chance.next())),
            identity: identity::Identity::new(&config, &mut chance),
            registrar: Registrar::new(config.limits.contacts, config.limits.registrations),
            admission: Admission::new(config.limits.clone()),
            allow: rules.allow(),
            rules,
            config,
            directory: Arc::default(),
            chance,
            txs: HashMap::new(),
            on_tcp: BTreeSet::new(),
            merged: HashMap::new(),
            legs: HashMap::new(),
            by_tag: HashMap::new(),
            on_trunk: HashMap::new(),
            outward: outward::Outward::default(),
            timers: Timers::default(),
            out: VecDeque::new(),
            last_incoming: 0,
            let_in: false,
            refusals: flood::Refusals::default(),
            counts: Counts::default(),
        }
    }

    /// Takes one thing in. Outputs lie ready for [`Endpoint::poll`] afterwards; take them all before waiting.
    pub fn handle(&mut self, now: Instant, input: Input) {
        match input {
            Input::Received { flow, bytes } => self.received(now, flow, bytes),
            Input::Message { flow, message } => self.message(now, flow, *message),
            Input::Ask(command) => self.ask(now, command),
            Input::Closed(flow) => self.closed(now, flow),
            Input::NoTls(flow) => {
                self.no_tls(now, flow);
                self.closed(now, flow);
            }
            Input::SendFailed { flow } => self.send_failed(now, flow),
            Input::Pressure(on) => self.admission.flooded(on),
            Input::Deadline => {}
        }
        self.ring_alarms(now);
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When [`Input::Deadline`] is wanted next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// What is held and what happened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            closing: self.legs.len() - self.counts.dialogs,
            timers: self.timers.len(),
            registrations: self.registrar.count(),
            bans: self.admission.bans(),
            ..self.counts
        }
    }

    fn ring_alarms(&mut self, now: Instant) {
        while let Some(due) = self.timers.due(now) {
            match due {
                Due::Tx(key) => self.tx_due(now, key),
                Due::Leg(id) => self.with_leg(now, id, |ua, leg| ua.leg_due(now, leg)),
                Due::Station(station) => self.station_due(now, station),
                Due::Trunk(trunk) => self.trunk_due(now, trunk),
            }
        }
    }

    fn send(&mut self, flow: Flow, bytes: Bytes) {
        self.counts.sent += 1;
        self.out.push_back(Output::Send { flow, bytes });
    }

    fn tell(&mut self, event: UaEvent) {
        self.out.push_back(Output::Tell(event));
    }

    /// Tells something of a dialog, unless its end was told before.
    fn tell_of(&mut self, leg: &Leg, event: UaEvent) {
        if !leg.over {
            self.tell(event);
        }
    }

    /// Tells the end of a dialog, once.
    fn finish(&mut self, leg: &mut Leg, event: UaEvent) {
        if !leg.over {
            leg.over = true;
            self.counts.dialogs -= 1;
            self.tell(event);
        }
    }

    /// Lends a leg out of the map, and puts it back armed for its next deadline, or lets it go.
    fn with_leg(&mut self, now: Instant, id: DialogId, f: impl FnOnce(&mut Self, &mut Leg)) {
        let Some(mut leg) = self.legs.remove(&id) else { return };
        f(self, &mut leg);
        self.settle(now, leg);
    }

    fn settle(&mut self, now: Instant, mut leg: Box<Leg>) {
        if let Stage::Gone = leg.stage {
            debug_assert!(leg.over, "a leg may not vanish without a word");
            self.timers.set(Due::Leg(leg.id), &mut leg.armed, None);
            self.by_tag.remove(&leg.tag);
            self.leave_trunk(&leg);
            if let Some(ours) = &leg.our_change {
                // A re-INVITE that was still open ends with its dialog; no final answer need come.
                self.abandon(ours.tx);
            }
            return;
        }
        let at = leg.deadline().map(|at| at.max(now));
        self.timers.set(Due::Leg(leg.id), &mut leg.armed, at);
        self.legs.insert(leg.id, leg);
    }

    /// A new leg enters the books; [`Endpoint::settle`] must follow.
    fn enter(&mut self, leg: &Leg) {
        self.counts.dialogs += 1;
        self.by_tag.insert(leg.tag.clone(), leg.id);
        if let Some(trunk) = leg.trunk {
            *self.on_trunk.entry(trunk).or_default() += 1;
        }
    }

    fn leave_trunk(&mut self, leg: &Leg) {
        let Some(trunk) = leg.trunk else { return };
        if let Some(calls) = self.on_trunk.get_mut(&trunk) {
            *calls -= 1;
            if *calls == 0 {
                self.on_trunk.remove(&trunk);
            }
        }
    }
}
