//! The endpoint on virtual time: two of them back to back over a network that loses, doubles and reorders, and
//! hand-written peers where the other side must misbehave.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::directory::{DigestBy, Secret};
use contract::{StationId, TrunkId};

use super::*;
use crate::sip::api::*;
use crate::sip::message::{Message, Response, parse};

mod calls;
mod changes;
mod holes;
mod lossy;
mod outgoing;
mod outward;
mod reach;
mod registering;
mod room;
mod watching;

pub const SDP_A: &[u8] = b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
pub const SDP_B: &[u8] = b"v=0\r\no=- 2 2 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";

pub const A: usize = 0;
pub const B: usize = 1;

#[expect(clippy::disallowed_methods, reason = "tests need some first Instant; nothing is measured with it")]
pub fn start() -> Instant {
    Instant::now()
}

pub fn ms(t: u64) -> Duration {
    Duration::from_millis(t)
}

pub fn secs(t: u64) -> Duration {
    Duration::from_secs(t)
}

pub fn offer<T: From<Bytes>>() -> Option<T> {
    Some(Bytes::from_static(SDP_A).into())
}

pub fn answer<T: From<Bytes>>() -> T {
    Bytes::from_static(SDP_B).into()
}

pub fn address(end: usize) -> SocketAddr {
    ([10, 0, 0, end as u8 + 1], 5060).into()
}

pub fn trunk(id: i64, from: &str) -> SipTrunk {
    SipTrunk { from: vec![(from.parse().unwrap(), 32)], to: vec![SocketAddr::new(from.parse().unwrap(), 5060)], trusted: true, ..SipTrunk::new(TrunkId(id)) }
}

pub fn station(id: i64, username: &str) -> SipStation {
    SipStation { id: StationId(id), username: username.into(), password: Secret(format!("pw-{username}")), digest: DigestBy::Both }
}

/// What the network does to datagrams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// In 1000.
    pub loss: u64,
    pub double: u64,
    pub late: u64,
}

pub struct Net {
    pub t0: Instant,
    pub now: Instant,
    pub ends: Vec<Endpoint>,
    pub told: Vec<Vec<UaEvent>>,
    /// What was sent to addresses that are no endpoint.
    pub mail: HashMap<SocketAddr, Vec<(Duration, Message)>>,
    wire: BTreeMap<(Instant, u64), (usize, Flow, Bytes)>,
    count: u64,
    pub faults: Faults,
    chance: super::Chance,
    /// Every message as sent: milliseconds, from, first line.
    pub trace: Vec<(u128, usize, String)>,
}

impl Net {
    pub fn new() -> Self {
        Self::seeded(1, Faults::default())
    }

    pub fn seeded(seed: u64, faults: Faults) -> Self {
        let t0 = start();
        let mut net = Self {
            t0,
            now: t0,
            ends: (0..2).map(|n| Endpoint::new(EndpointConfig::on(address(n)), seed * 2 + n as u64)).collect(),
            told: vec![vec![], vec![]],
            mail: HashMap::new(),
            wire: BTreeMap::new(),
            count: 0,
            faults,
            chance: super::Chance::new(seed),
            trace: Vec::new(),
        };
        // To B, A is a trunk; to A, B is one. Station 1 of A is `1001`.
        let directory = SipDirectory::new(1, [trunk(1, "10.0.0.2"), trunk(9, "10.0.0.9")], [station(1, "1001"), station(2, "1002")]);
        net.ask(A, UaCommand::SetDirectory(Arc::new(directory)));
        net.ask(B, UaCommand::SetDirectory(Arc::new(SipDirectory::new(1, [trunk(1, "10.0.0.1"), trunk(9, "10.0.0.9")], []))));
        net
    }

    pub fn ask(&mut self, end: usize, command: UaCommand) {
        self.ends[end].handle(self.now, Input::Ask(command));
        self.collect(end);
    }

    pub fn elapsed(&self) -> Duration {
        self.now - self.t0
    }

    fn collect(&mut self, end: usize) {
        while let Some(output) = self.ends[end].poll() {
            match output {
                Output::Tell(event) => self.told[end].push(event),
                Output::Send { flow, bytes } => self.carry(end, flow, bytes),
            }
        }
    }

    fn carry(&mut self, from: usize, flow: Flow, bytes: Bytes) {
        let line = String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned();
        self.trace.push(((self.now - self.t0).as_millis(), from, line));
        let Some(to) = (0..2).find(|n| address(*n) == flow.remote) else {
            let message = parse(bytes).expect("what we emit parses");
            let at = self.elapsed();
            self.mail.entry(flow.remote).or_default().push((at, message));
            return;
        };
        let faults = self.faults;
        let copies = if self.chance.below(1000) < faults.double { 2 } else { 1 };
        for _ in 0..copies {
            if self.chance.below(1000) < faults.loss {
                continue;
            }
            let late = if self.chance.below(1000) < faults.late { self.chance.below(900) } else { 0 };
            self.count += 1;
            let seen = Flow { transport: flow.transport, local: flow.remote, remote: flow.local };
            self.wire.insert((self.now + ms(5 + late), self.count), (to, seen, bytes.clone()));
        }
    }

    /// Lets a hand-written peer at `from` send to an endpoint; blanks before a line are for the reader only.
    pub fn inject(&mut self, end: usize, from: &str, text: &str) {
        self.inject_over(Transport::Udp, end, from, text);
    }

    pub fn inject_over(&mut self, transport: Transport, end: usize, from: &str, text: &str) {
        let flow = Flow { transport, local: address(end), remote: from.parse().unwrap() };
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines: Vec<String> = head.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
        lines.push(format!("Content-Length: {}", body.len()));
        let bytes = Bytes::from(format!("{}\r\n\r\n{body}", lines.join("\r\n")));
        self.ends[end].handle(self.now, Input::Received { flow, bytes });
        self.collect(end);
    }

    /// What the hand-written peer at this address got, first lines.
    pub fn got(&self, at: &str) -> Vec<String> {
        let line = |m: &Message| match m {
            Message::Request(r) => r.method.to_string(),
            Message::Response(r) => r.status.to_string(),
        };
        self.mail.get(&at.parse().unwrap()).into_iter().flatten().map(|(_, m)| line(m)).collect()
    }

    /// The last response that went to this address.
    #[track_caller]
    pub fn last_answer(&self, at: &str) -> Response {
        let mail = self.mail.get(&at.parse().unwrap()).expect("mail for this address");
        match mail.last() {
            Some((_, Message::Response(response))) => response.clone(),
            other => panic!("expected a response, got {other:?}"),
        }
    }

    /// The last request that went to this address.
    #[track_caller]
    pub fn last_request(&self, at: &str) -> crate::sip::message::Request {
        let mail = self.mail.get(&at.parse().unwrap()).expect("mail for this address");
        let found = mail.iter().rev().find_map(|(_, m)| match m {
            Message::Request(request) => Some(request.clone()),
            Message::Response(_) => None,
        });
        found.expect("a request")
    }

    /// The next moment something happens.
    fn next(&self) -> Option<Instant> {
        let wire = self.wire.keys().next().map(|(at, _)| *at);
        self.ends.iter().filter_map(Endpoint::deadline).chain(wire).min()
    }

    /// Lets one moment happen. False: nothing will ever happen again.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.next() else { return false };
        self.now = self.now.max(at);
        while let Some(first) = self.wire.first_entry().filter(|e| e.key().0 <= self.now) {
            let (to, flow, bytes) = first.remove();
            self.ends[to].handle(self.now, Input::Received { flow, bytes });
            self.collect(to);
        }
        for end in 0..2 {
            if self.ends[end].deadline().is_some_and(|d| d <= self.now) {
                self.ends[end].handle(self.now, Input::Deadline);
                self.collect(end);
            }
        }
        true
    }

    /// Lets time pass.
    pub fn run(&mut self, span: Duration) {
        let until = self.now + span;
        while self.next().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = until;
    }

    /// Everything told to an end since last asked.
    pub fn heard(&mut self, end: usize) -> Vec<UaEvent> {
        std::mem::take(&mut self.told[end])
    }

    /// The same, in short words.
    pub fn words(&mut self, end: usize) -> Vec<String> {
        self.heard(end).iter().map(word).collect()
    }

    /// First lines sent by `end` since `since` that begin with `start`, with their milliseconds.
    pub fn sent(&self, end: usize, start: &str) -> Vec<u128> {
        self.trace.iter().filter(|(_, e, l)| *e == end && l.starts_with(start)).map(|(t, _, _)| *t).collect()
    }

    pub fn call(&mut self, id: u64) {
        self.ask(A, invite(id, Target::Trunk { trunk: TrunkId(1), user: "9001".into() }));
    }

    /// A call from A to B that is answered. B's dialog.
    pub fn talk(&mut self, id: u64) -> DialogId {
        self.call(id);
        self.run(ms(50));
        let dialog = self.incoming(B);
        self.ask(B, UaCommand::Answer { dialog, sdp: answer() });
        self.run(ms(50));
        assert_eq!(self.words(A), ["answered"]);
        assert_eq!(self.words(B), ["confirmed"]);
        dialog
    }

    /// The call that just came in.
    #[track_caller]
    pub fn incoming(&mut self, end: usize) -> DialogId {
        let heard = self.heard(end);
        match heard.as_slice() {
            [UaEvent::Incoming(incoming)] => incoming.dialog,
            other => panic!("expected one incoming call, heard {other:?}"),
        }
    }

    /// Lets everything come to rest and checks that nothing is left.
    #[track_caller]
    pub fn quiet(&mut self) {
        self.run(secs(120));
        for end in 0..2 {
            let counts = self.ends[end].counts();
            assert!(counts.is_quiet(), "end {end} still holds {counts:?}");
            assert_eq!(counts.timers, counts.registrations.min(counts.timers), "timers left at end {end}");
            assert!(self.ends[end].by_tag.is_empty() && self.ends[end].merged.is_empty());
            assert!(self.ends[end].on_tcp.is_empty() && self.ends[end].on_trunk.is_empty());
        }
    }
}

pub fn invite(id: u64, target: Target) -> UaCommand {
    UaCommand::Invite(Box::new(Outgoing {
        dialog: DialogId(id),
        target,
        from: Party { name: "Ann \"A\"".into(), user: "1001".into(), host: String::new() },
        to_name: String::new(),
        sdp: offer(),
        headers: vec![],
        auto_answer: false,
        hurry: false,
        auth: None,
        max_ring: secs(60),
    }))
}

/// A short word for an event, so that a test reads as a list.
pub fn word(event: &UaEvent) -> String {
    match event {
        UaEvent::Incoming(_) => "incoming".into(),
        UaEvent::Cancelled { .. } => "cancelled".into(),
        UaEvent::Ringing { status, sdp, .. } => format!("ringing {status}{}", if sdp.is_some() { " sdp" } else { "" }),
        UaEvent::Answered { offer, .. } => if *offer { "answered with an offer" } else { "answered" }.into(),
        UaEvent::Failed { status, sent: true, .. } => format!("failed {status}"),
        UaEvent::Failed { status, .. } => format!("not sent {status}"),
        UaEvent::Confirmed { sdp, .. } => if sdp.is_some() { "confirmed sdp" } else { "confirmed" }.into(),
        UaEvent::Ended { by, .. } => format!("ended {by:?}"),
        UaEvent::Reoffer { by, sdp, .. } => format!("reoffer {by:?}{}", if sdp.is_some() { " sdp" } else { "" }),
        UaEvent::Census(living) => format!("census of {}", living.len()),
        UaEvent::Reanswered { .. } => "reanswered".into(),
        UaEvent::ReofferFailed { status, .. } => format!("reoffer failed {status}"),
        UaEvent::Info { content_type, .. } => format!("info {content_type}"),
        UaEvent::Refer { to_user, .. } => format!("refer {to_user}"),
        UaEvent::Notified { event, body, .. } => {
            format!("notified {event} {}", String::from_utf8_lossy(body).trim_end())
        }
        UaEvent::Registered { fresh, .. } => if *fresh { "registered" } else { "refreshed" }.into(),
        UaEvent::Unregistered { why, .. } => format!("unregistered {why:?}"),
        UaEvent::Trunk { state, .. } => trunk_word(state.as_ref()),
    }
}

fn trunk_word(state: Option<&TrunkState>) -> String {
    let Some(state) = state else { return "trunk gone".into() };
    let registration = match &state.registration {
        None => "-".into(),
        Some(TrunkRegistration::Trying) => "trying".into(),
        Some(TrunkRegistration::Registered { at }) => format!("registered at {at}"),
        Some(TrunkRegistration::Failed { status, reason, .. }) => format!("failed {status} {reason}"),
    };
    let reached: Vec<String> = state.addresses.iter().map(|(_, reached)| format!("{reached:?}")).collect();
    format!("trunk {registration} {}", reached.join(","))
}

pub fn is_final(event: &UaEvent) -> bool {
    matches!(event, UaEvent::Failed { .. } | UaEvent::Cancelled { .. } | UaEvent::Ended { .. })
}
