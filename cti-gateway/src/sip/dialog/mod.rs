//! One [`Leg`] is one INVITE and what grows from it: early dialogs (several when a proxy forks), the confirmed one,
//! offers under way, the session timer, and its end. It holds facts and deadlines; the endpoint acts on them.
//! Start at [`Leg`] and [`Stage`]. Never in this room: sockets, clocks, what a call means. RFC 3261 §12 to §15.

use std::time::{Duration, Instant};

use bytes::Bytes;
use contract::TrunkId;

mod peer;
mod reliable;
mod route;
mod session;

pub use peer::Peer;
pub use reliable::{Queued, Rel, Reliable, ReliableDue};
pub use route::{in_order, way};
pub use session::{Agreed, Asked, LEAST, SessionDue, SessionTimer, agree};

use super::auth::Answerer;
use super::api::{Credentials, DialogId, Flow, OfferBy, Outgoing};
use super::message::Request;
use super::transaction::{Backoff, LIFE, T2, TxKey};

/// How long the house may take to answer an offer or to touch a new call; then it is refused for it.
pub const HOUSE_TIME: Duration = Duration::from_secs(20);

/// Where a leg stands.
#[derive(Debug)]
pub enum Stage {
    /// Their INVITE, not finally answered.
    Incoming(Box<Ringing>),
    /// Our INVITE, not finally answered.
    Calling(Box<Calling>),
    Confirmed,
    /// Our BYE is on its way, or waits for the ACK that must come first.
    Closing,
    /// Nothing is left to do.
    Gone,
}

/// Their INVITE while the house decides.
#[derive(Debug)]
pub struct Ringing {
    pub tx: TxKey,
    pub request: Request,
    pub rel: Rel,
    pub reliable: Reliable,
    /// An answer that waits for PRACK.
    pub answer: Option<Bytes>,
    pub touched: bool,
    /// An untouched call is refused then; a ringing one is rung again, so that no proxy on the way gives up (RFC 3261 §13.3.1.1).
    pub alarm: Instant,
    pub rang: Option<Queued>,
    pub agreed: Agreed,
}

/// How far giving up has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giving {
    No,
    /// CANCEL waits for a provisional answer (RFC 3261 §9.1).
    Wanted,
    Sent { until: Instant },
}

/// Our INVITE on its way.
#[derive(Debug)]
pub struct Calling {
    pub asked: Outgoing,
    /// Request-URI of the INVITE on its way.
    pub uri: String,
    /// Where else to try: request URI and way.
    pub ways: std::collections::VecDeque<(String, Flow)>,
    pub tx: TxKey,
    pub seq: u32,
    pub giving: Giving,
    /// Without any answer until then, the next way is tried.
    pub silent_until: Option<Instant>,
    pub rang: bool,
    pub ring_until: Instant,
    pub min_se: Duration,
}

impl Calling {
    /// How long it may ring.
    #[must_use]
    pub fn max_ring(&self) -> Duration {
        self.asked.max_ring.max(Duration::from_secs(1))
    }
}

/// A 2xx of ours that is repeated until its ACK comes (RFC 3261 §13.3.1.4).
#[derive(Debug)]
pub struct Unacked {
    pub seq: u32,
    pub flow: Flow,
    pub bytes: Bytes,
    pub repeat: Backoff,
    pub give_up: Instant,
    /// Our 2xx carried an offer: the ACK carries the answer.
    pub offered: bool,
    /// Answer to the first INVITE, not to a re-INVITE.
    pub first: bool,
}

impl Unacked {
    #[must_use]
    pub fn new(now: Instant, seq: u32, flow: Flow, bytes: Bytes, offered: bool, first: bool) -> Self {
        Self { seq, flow, bytes, repeat: Backoff::start(now, T2), give_up: now + LIFE, offered, first }
    }
}

/// Their offer that waits for our answer.
#[derive(Debug)]
pub struct Theirs {
    pub tx: TxKey,
    pub request: Request,
    pub by: OfferBy,
    pub agreed: Option<Agreed>,
    pub give_up: Instant,
}

/// Our re-INVITE or UPDATE on its way.
#[derive(Debug)]
pub struct Ours {
    pub tx: TxKey,
    pub change: Change,
}

/// What we want to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new offer of the house.
    Offer(Bytes),
    /// Nothing: the session is refreshed (RFC 4028).
    Refresh,
}

/// One INVITE and its dialogs.
#[derive(Debug)]
pub struct Leg {
    pub id: DialogId,
    pub call_id: String,
    /// Our tag, unique in this endpoint.
    pub tag: String,
    /// Our From (To) as we write it, tag included.
    pub ours: String,
    pub trunk: Option<TrunkId>,
    /// A phone: everything goes over the flow it registered or called on, whatever its Contact says.
    pub sticky: bool,
    pub flow: Flow,
    /// Dialogs: one for their INVITE; one for each fork that answered ours, the confirmed one alone afterwards.
    pub peers: Vec<Peer>,
    pub stage: Stage,
    pub armed: Option<Instant>,
    /// The house was told the end.
    pub over: bool,
    /// Our account at the far side, and what it asked for so far.
    pub auth: Option<Account>,
    /// Our last session description.
    pub sdp: Option<Bytes>,
    pub session: Option<SessionTimer>,
    pub unacked: Option<Unacked>,
    pub theirs: Option<Theirs>,
    pub our_change: Option<Ours>,
    /// What to change as soon as nothing is under way, and not before the moment (glare).
    pub wanted: Option<(Instant, Change)>,
    /// The offer came in a 2xx: its ACK waits for our answer.
    pub held_ack: Option<HeldAck>,
    /// CSeq of a REFER whose progress we report.
    pub refer: Option<u32>,
    /// NOTIFY `Event:` that waits for an early dialog.
    pub event: Option<&'static str>,
    /// Reason header of the BYE that waits for an ACK.
    pub bye_reason: Option<String>,
    /// BYE waits for an ACK.
    pub bye_waits: bool,
}

/// What answers the challenges of the far side.
#[derive(Debug)]
pub struct Account {
    pub credentials: Credentials,
    pub answerer: Answerer,
}

/// An ACK that waits for the house's answer.
#[derive(Debug)]
pub struct HeldAck {
    pub tx: TxKey,
    pub seq: u32,
    pub peer_tag: String,
}

/// Forks of one INVITE that are kept apart; more are not (their 2xx still gets ACK and BYE).
pub const FORKS: usize = 8;

impl Leg {
    /// A leg with nothing in it, to be filled.
    #[must_use]
    pub fn blank(id: DialogId, flow: Flow) -> Self {
        Self {
            id,
            call_id: String::new(),
            tag: String::new(),
            ours: String::new(),
            trunk: None,
            sticky: false,
            flow,
            peers: Vec::new(),
            stage: Stage::Gone,
            armed: None,
            over: false,
            auth: None,
            sdp: None,
            session: None,
            unacked: None,
            theirs: None,
            our_change: None,
            wanted: None,
            held_ack: None,
            refer: None,
            event: None,
            bye_reason: None,
            bye_waits: false,
        }
    }

    /// The confirmed dialog, or the first early one.
    #[must_use]
    pub fn peer(&self) -> Option<&Peer> {
        self.peers.first()
    }

    pub fn peer_mut(&mut self) -> Option<&mut Peer> {
        self.peers.first_mut()
    }

    #[must_use]
    pub fn fork(&self, tag: &str) -> Option<usize> {
        self.peers.iter().position(|p| p.tag == tag)
    }

    /// Takes the unanswered INVITE of theirs out, leaving [`Stage::Gone`]; any other stage stays as it is.
    pub fn take_ringing(&mut self) -> Option<Box<Ringing>> {
        match std::mem::replace(&mut self.stage, Stage::Gone) {
            Stage::Incoming(ringing) => Some(ringing),
            other => {
                self.stage = other;
                None
            }
        }
    }

    /// Takes the unanswered INVITE of ours out, leaving [`Stage::Gone`]; any other stage stays as it is.
    pub fn take_calling(&mut self) -> Option<Box<Calling>> {
        match std::mem::replace(&mut self.stage, Stage::Gone) {
            Stage::Calling(calling) => Some(calling),
            other => {
                self.stage = other;
                None
            }
        }
    }

    /// No offer of either side is open, so a new one may be made (RFC 3261 §14, RFC 3311 §5.1).
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.stage, Stage::Confirmed)
            && self.theirs.is_none()
            && self.our_change.is_none()
            && self.unacked.is_none()
            && self.held_ack.is_none()
    }

    /// When this leg wants to be looked at next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let stage = match &self.stage {
            Stage::Incoming(ringing) => [Some(ringing.alarm), ringing.reliable.deadline()],
            Stage::Calling(calling) => match calling.giving {
                Giving::Sent { until } => [Some(until), None],
                Giving::No => [Some(calling.ring_until), calling.silent_until],
                Giving::Wanted => [None, None],
            },
            Stage::Confirmed | Stage::Closing | Stage::Gone => [None, None],
        };
        let confirmed = matches!(self.stage, Stage::Confirmed);
        let wanted = self.wanted.as_ref().filter(|_| self.is_settled()).map(|(at, _)| *at);
        let rest = [
            self.unacked.as_ref().map(|u| u.repeat.at.min(u.give_up)),
            self.theirs.as_ref().map(|t| t.give_up),
            self.session.filter(|_| confirmed).map(|s| s.deadline()),
            wanted,
        ];
        stage.into_iter().chain(rest).flatten().min()
    }
}
