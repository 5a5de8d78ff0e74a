//! The table of transactions: which machine, what to repeat, whom to tell. An entry that only absorbs repeats costs a
//! few hundred bytes: the answered INVITE of ours keeps its ACKs, the refused one its refusal, nothing keeps a dialog.

use std::time::Instant;

use bytes::Bytes;
use contract::{StationId, TrunkId};

use super::{Due, Endpoint};
use crate::sip::api::{DialogId, Flow};
use crate::sip::message::{Message, Method, Name, Request, Response, parse};
use crate::sip::transaction::{Client, ClientStep, InviteClient, InviteServer, Server, ServerStep, TxKey};

/// Why a request of ours was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Invite,
    Reinvite,
    Update,
    Bye,
    Cancel,
    Prack,
    Info,
    Notify,
    Refer,
    Watch(StationId),
    /// OPTIONS to an address of a trunk.
    Probe(TrunkId),
    Register(TrunkId),
    /// Our registration is taken back.
    Unregister,
}

/// Who hears of the answer; nobody: stray BYEs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub dialog: Option<DialogId>,
    pub purpose: Purpose,
}

#[derive(Debug)]
pub(super) enum Machine {
    InviteClient(InviteClient),
    Client(Client),
    InviteServer(InviteServer),
    Server(Server),
}

/// One transaction.
#[derive(Debug)]
pub(super) struct Tx {
    pub machine: Machine,
    pub flow: Flow,
    /// What is repeated: our request, then its ACK; or our last response.
    pub bytes: Bytes,
    pub owner: Option<Owner>,
    armed: Option<Instant>,
    merge: Option<TxKey>,
    /// ACKs of 2xx by the tag they were for.
    pub acks: Vec<(u64, Flow, Bytes)>,
}

/// Forks whose ACK is kept; more 2xx than this are ignored.
const ACKS: usize = 8;

impl Machine {
    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::InviteClient(m) => m.deadline(),
            Self::Client(m) => m.deadline(),
            Self::InviteServer(m) => m.deadline(),
            Self::Server(m) => m.deadline(),
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Self::InviteClient(m) => m.is_over(),
            Self::Client(m) => m.is_over(),
            Self::InviteServer(m) => m.is_over(),
            Self::Server(m) => m.is_over(),
        }
    }

    fn is_pending_client(&self) -> bool {
        match self {
            Self::InviteClient(m) => m.is_pending(),
            Self::Client(m) => m.is_pending(),
            Self::InviteServer(_) | Self::Server(_) => false,
        }
    }
}

/// What a request of ours came to.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Response),
    TimedOut,
    /// The way is broken.
    Unsent,
}

impl Outcome {
    pub fn status(&self) -> u16 {
        match self {
            Self::Answer(response) => response.status,
            Self::TimedOut => 408,
            Self::Unsent => 503,
        }
    }

    pub fn answer(&self) -> Option<&Response> {
        match self {
            Self::Answer(response) => Some(response),
            Self::TimedOut | Self::Unsent => None,
        }
    }
}

impl Endpoint {
    fn count(&mut self, machine: &Machine) -> &mut usize {
        match machine {
            Machine::InviteClient(_) => &mut self.counts.invite_client,
            Machine::Client(_) => &mut self.counts.other_client,
            Machine::InviteServer(_) => &mut self.counts.invite_server,
            Machine::Server(_) => &mut self.counts.other_server,
        }
    }

    fn insert(&mut self, key: TxKey, mut tx: Tx) {
        *self.count(&tx.machine) += 1;
        self.timers.set(Due::Tx(key), &mut tx.armed, tx.machine.deadline());
        if tx.flow.transport.is_reliable() && tx.machine.is_pending_client() {
            self.on_tcp.insert((tx.flow, key));
        }
        if let Some(merge) = tx.merge {
            self.merged.insert(merge, key);
        }
        self.txs.insert(key, tx);
    }

    /// After a step: arms the entry anew, or drops it.
    fn rearm(&mut self, key: TxKey) {
        let Some(tx) = self.txs.get_mut(&key) else { return };
        let (over, pending, flow) = (tx.machine.is_over(), tx.machine.is_pending_client(), tx.flow);
        let at = if over { None } else { tx.machine.deadline() };
        self.timers.set(Due::Tx(key), &mut tx.armed, at);
        if flow.transport.is_reliable() && !pending {
            self.on_tcp.remove(&(flow, key));
        }
        if over && let Some(tx) = self.txs.remove(&key) {
            *self.count(&tx.machine) -= 1;
            if let Some(merge) = tx.merge {
                self.merged.remove(&merge);
            }
        }
    }

    /// Sends a request of ours, its branch in the top Via.
    pub(super) fn request(&mut self, now: Instant, flow: Flow, branch: &str, request: &Request, owner: Owner) -> TxKey {
        let bytes = request.to_bytes();
        let key = self.keys.client(branch, request.method.as_str());
        let reliable = flow.transport.is_reliable();
        let machine = if request.method == Method::Invite {
            Machine::InviteClient(InviteClient::new(now, reliable))
        } else {
            Machine::Client(Client::new(now, reliable))
        };
        self.send(flow, bytes.clone());
        self.insert(key, Tx { machine, flow, bytes, owner: Some(owner), armed: None, merge: None, acks: Vec::new() });
        key
    }

    /// Takes a request of theirs into the table; `flow` is the way of the answers.
    pub(super) fn serve(&mut self, key: TxKey, merge: Option<TxKey>, flow: Flow, invite: bool) {
        let reliable = flow.transport.is_reliable();
        let machine = if invite {
            Machine::InviteServer(InviteServer::new(reliable))
        } else {
            Machine::Server(Server::new(reliable))
        };
        self.insert(key, Tx { machine, flow, bytes: Bytes::new(), owner: None, armed: None, merge, acks: Vec::new() });
    }

    /// Answers a request of theirs. The way the answer went, unless the transaction had its final answer before.
    pub(super) fn respond(&mut self, now: Instant, key: TxKey, status: u16, bytes: Bytes) -> Option<Flow> {
        let tx = self.txs.get_mut(&key)?;
        let (step, keep) = match &mut tx.machine {
            Machine::InviteServer(m) => (m.respond(now, status), m.keeps_response()),
            Machine::Server(m) => (m.respond(now, status), true),
            Machine::InviteClient(_) | Machine::Client(_) => return None,
        };
        if step != ServerStep::Send {
            return None;
        }
        let flow = tx.flow;
        tx.bytes = if keep { bytes.clone() } else { Bytes::new() };
        self.send(flow, bytes);
        self.rearm(key);
        Some(flow)
    }

    /// The same request came again.
    pub(super) fn repeated(&mut self, key: TxKey) {
        self.counts.retransmissions_in += 1;
        let Some(tx) = self.txs.get_mut(&key) else { return };
        let step = match &mut tx.machine {
            Machine::InviteServer(m) => m.repeated(),
            Machine::Server(m) => m.repeated(),
            Machine::InviteClient(_) | Machine::Client(_) => ServerStep::Nothing,
        };
        if step == ServerStep::Repeat && !tx.bytes.is_empty() {
            let (flow, bytes) = (tx.flow, tx.bytes.clone());
            self.counts.retransmissions_out += 1;
            self.send(flow, bytes);
        }
    }

    /// ACK for a refusal of ours.
    pub(super) fn acknowledged(&mut self, now: Instant, key: TxKey) {
        if let Some(Tx { machine: Machine::InviteServer(m), .. }) = self.txs.get_mut(&key) {
            m.ack(now);
            self.rearm(key);
        }
    }

    /// The INVITE behind `key` has no final answer yet.
    pub(super) fn invite_is_open(&self, key: TxKey) -> bool {
        matches!(self.txs.get(&key), Some(Tx { machine: Machine::InviteServer(m), .. }) if m.is_pending())
    }

    pub(super) fn may_cancel(&self, key: TxKey) -> bool {
        matches!(self.txs.get(&key), Some(Tx { machine: Machine::InviteClient(m), .. }) if m.may_cancel())
    }

    /// Nothing will come of this request any more.
    pub(super) fn abandon(&mut self, key: TxKey) {
        match self.txs.get_mut(&key).map(|tx| &mut tx.machine) {
            Some(Machine::InviteClient(m)) => m.abandon(),
            Some(Machine::Client(m)) => m.abandon(),
            Some(Machine::Server(m)) => m.abandon(),
            Some(Machine::InviteServer(_)) | None => return,
        }
        self.rearm(key);
    }

    pub(super) fn response(&mut self, now: Instant, response: Response) {
        let Some(key) = response.headers.top_via().ok().and_then(|via| {
            let cseq = response.headers.cseq().ok()?;
            Some(self.keys.client(via.branch()?, cseq.method.as_str()))
        }) else {
            return;
        };
        let Some(tx) = self.txs.get_mut(&key) else { return };
        let step = match &mut tx.machine {
            Machine::InviteClient(m) => m.response(now, response.status),
            Machine::Client(m) => m.response(now, response.status),
            Machine::InviteServer(_) | Machine::Server(_) => return,
        };
        let unwanted = matches!(&tx.machine, Machine::InviteClient(m) if m.is_unwanted());
        let (flow, sent, owner) = (tx.flow, tx.bytes.clone(), tx.owner);
        if unwanted {
            // Somebody lives there after all, and must not ring for nobody.
            return self.cancel(now, flow, &sent, Owner { dialog: None, purpose: Purpose::Cancel });
        }
        match step {
            ClientStep::Nothing => self.counts.retransmissions_in += 1,
            ClientStep::AckAgain => {
                self.counts.retransmissions_in += 1;
                self.counts.retransmissions_out += 1;
                self.send(flow, sent);
            }
            ClientStep::TellAndAck => {
                if let Some(ack) = refusal_ack(&sent, &response) {
                    tx.bytes = ack.clone();
                    self.send(flow, ack);
                }
                self.rearm(key);
                self.outcome(now, key, owner, flow, &sent, Outcome::Answer(response));
            }
            ClientStep::Tell => {
                if response.status >= 200 {
                    tx.bytes = Bytes::new();
                }
                self.rearm(key);
                if response.is_success() && self.acknowledge_again(key, &response) {
                    return;
                }
                self.outcome(now, key, owner, flow, &sent, Outcome::Answer(response));
            }
            ClientStep::Repeat | ClientStep::TimedOut => {}
        }
    }

    /// Repeats the ACK of a 2xx heard before. False: this fork is new.
    fn acknowledge_again(&mut self, key: TxKey, response: &Response) -> bool {
        let tag = self.tag_digest(response.headers.to_tag().unwrap_or_default());
        let Some(tx) = self.txs.get(&key) else { return false };
        let known = tx.acks.iter().find(|(t, _, _)| *t == tag).map(|(_, flow, bytes)| (*flow, bytes.clone()));
        let full = tx.acks.len() >= ACKS;
        if let Some((flow, bytes)) = known {
            self.counts.retransmissions_in += 1;
            if !bytes.is_empty() {
                self.counts.retransmissions_out += 1;
                self.send(flow, bytes);
            }
            return true;
        }
        full
    }

    fn tag_digest(&self, tag: &str) -> u64 {
        self.keys.other(&["tag", tag]).low()
    }

    /// Keeps the ACK of a 2xx for its repeats; empty while the ACK waits for the house.
    pub(super) fn keep_ack(&mut self, key: TxKey, tag: &str, flow: Flow, bytes: Bytes) {
        let tag = self.tag_digest(tag);
        if let Some(tx) = self.txs.get_mut(&key) {
            match tx.acks.iter_mut().find(|(t, _, _)| *t == tag) {
                Some(ack) => *ack = (tag, flow, bytes),
                None => tx.acks.push((tag, flow, bytes)),
            }
        }
    }

    pub(super) fn tx_due(&mut self, now: Instant, key: TxKey) {
        let Some(tx) = self.txs.get_mut(&key) else { return };
        let (flow, bytes, owner) = (tx.flow, tx.bytes.clone(), tx.owner);
        let (repeat, timed_out) = match &mut tx.machine {
            Machine::InviteClient(m) => client_step(m.tick(now)),
            Machine::Client(m) => client_step(m.tick(now)),
            Machine::InviteServer(m) => (m.tick(now) == ServerStep::Repeat, false),
            Machine::Server(m) => {
                m.tick(now);
                (false, false)
            }
        };
        self.rearm(key);
        if repeat {
            self.counts.retransmissions_out += 1;
            self.send(flow, bytes);
        } else if timed_out {
            self.outcome(now, key, owner, flow, &bytes, Outcome::TimedOut);
        }
    }

    /// The INVITE goes another way; what still comes of it is taken down.
    pub(super) fn unwant(&mut self, now: Instant, key: TxKey) {
        if let Some(Machine::InviteClient(m)) = self.txs.get_mut(&key).map(|tx| &mut tx.machine) {
            m.unwant(now);
            self.rearm(key);
        }
    }

    /// CANCEL for the INVITE in `sent` (RFC 3261 §9.1), once.
    pub(super) fn cancel(&mut self, now: Instant, flow: Flow, sent: &Bytes, owner: Owner) {
        let Ok(Message::Request(invite)) = parse(sent.clone()) else { return };
        let Some(mut cancel) = hop_request(&invite, Method::Cancel) else { return };
        cancel.headers.push(Name::UserAgent, &self.config.product);
        let Some(branch) = invite.headers.top_via().ok().and_then(|v| v.branch().map(str::to_owned)) else { return };
        if !self.txs.contains_key(&self.keys.client(&branch, Method::Cancel.as_str())) {
            self.request(now, flow, &branch, &cancel, owner);
        }
    }

    /// The way of pending requests of ours is broken: RFC 3261 §17.1.4.
    pub(super) fn send_failed(&mut self, now: Instant, flow: Flow) {
        let least = self.keys.least();
        let broken: Vec<TxKey> =
            self.on_tcp.range((flow, least)..).take_while(|(f, _)| *f == flow).map(|(_, key)| *key).collect();
        for key in broken {
            let Some(tx) = self.txs.get(&key) else { continue };
            let (owner, bytes) = (tx.owner, tx.bytes.clone());
            self.abandon(key);
            self.outcome(now, key, owner, flow, &bytes, Outcome::Unsent);
        }
    }

    fn outcome(&mut self, now: Instant, key: TxKey, owner: Option<Owner>, flow: Flow, sent: &Bytes, outcome: Outcome) {
        let Some(owner) = owner else { return };
        match owner.purpose {
            Purpose::Watch(station) => return self.watched(now, station, key, &outcome),
            Purpose::Probe(trunk) => return self.probed(now, trunk, key, &outcome),
            Purpose::Register(trunk) => return self.registered(now, trunk, key, outcome),
            Purpose::Unregister => return self.unregistered(now, key, &outcome),
            _ => {}
        }
        let known = owner.dialog.filter(|id| self.legs.contains_key(id));
        match known {
            Some(id) => self.with_leg(now, id, |ua, leg| ua.progress(now, leg, owner.purpose, key, flow, sent, outcome)),
            // The dialog is gone, but a 2xx that comes late still gets its ACK and BYE.
            None if owner.purpose == Purpose::Invite => {
                if let Some(response) = outcome.answer().filter(|r| r.is_success()) {
                    self.ack_and_bye(now, key, flow, response);
                }
            }
            None => {}
        }
    }
}

fn client_step(step: ClientStep) -> (bool, bool) {
    (step == ClientStep::Repeat, step == ClientStep::TimedOut)
}

/// ACK for a refusal (RFC 3261 §17.1.1.3): the INVITE's own top Via, and To of the refusal.
fn refusal_ack(invite: &Bytes, response: &Response) -> Option<Bytes> {
    let Ok(Message::Request(invite)) = parse(invite.clone()) else { return None };
    let mut ack = hop_request(&invite, Method::Ack)?;
    ack.headers.set(Name::To, response.headers.get(Name::To)?);
    Some(ack.to_bytes())
}

/// ACK or CANCEL: what shares the INVITE's branch (RFC 3261 §9.1, §17.1.1.3).
pub(super) fn hop_request(invite: &Request, method: Method) -> Option<Request> {
    let number = invite.headers.cseq().ok()?.number;
    let mut request = Request {
        method: method.clone(),
        uri: invite.uri.clone(),
        headers: crate::sip::message::Headers::new(),
        body: Bytes::new(),
        defect: None,
    };
    for name in [Name::Via, Name::MaxForwards, Name::Route, Name::From, Name::To, Name::CallId] {
        request.headers.copy(&invite.headers, name);
    }
    request.headers.push(Name::CSeq, &format!("{number} {method}"));
    Some(request)
}
