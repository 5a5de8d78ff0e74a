//! The words between SIP and the rest of the house: what comes in ([`Input`]), what goes out ([`Output`]), what the
//! endpoint tells ([`UaEvent`]) and what it can be asked ([`UaCommand`]). Plain data. Start at [`UaEvent`].
//! Never in this room: behaviour, parsing, clocks.
//! Every dialog told or asked for ends with exactly one of `Failed`, `Cancelled`, `Ended`; nothing follows it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contract::directory::Secret;
use contract::{StationId, TrunkId};

use super::message::Message;
use crate::reach::{Reach, is_inside};

mod directory;
mod limits;

pub use directory::{SipDirectory, SipStation, SipTrunk};
pub use limits::{Counts, EndpointConfig, Limits};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    Udp,
    Tcp,
    /// TLS over TCP (RFC 3261 §26.2.1).
    Tls,
}

impl Transport {
    /// A connection delivers or says that it did not, so timers A, E, G, I, J, K, D fall away (RFC 3261 §17).
    #[must_use]
    pub fn is_reliable(self) -> bool {
        self != Self::Udp
    }

    /// As written in Via: `UDP`, `TCP`, `TLS`.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// The URI parameter `transport`; none for UDP, which is meant where there is none.
    #[must_use]
    pub fn param(self) -> Option<&'static str> {
        match self {
            Self::Udp => None,
            Self::Tcp => Some("tcp"),
            Self::Tls => Some("tls"),
        }
    }
}

impl From<contract::directory::Transport> for Transport {
    fn from(transport: contract::directory::Transport) -> Self {
        match transport {
            contract::directory::Transport::Udp => Self::Udp,
            contract::directory::Transport::Tcp => Self::Tcp,
            contract::directory::Transport::Tls => Self::Tls,
        }
    }
}

/// The way to a peer: for TCP and TLS the connection with `remote`, which the adapter keeps or opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flow {
    pub transport: Transport,
    /// Our listening address, also for outgoing connections.
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// One INVITE and the dialog it makes. Incoming ones are numbered by the endpoint and carry [`DialogId::INCOMING`];
/// for outgoing ones the asker picks any number without that bit, never twice (a `LegId` fits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId(pub u64);

impl DialogId {
    /// Set in the id of every incoming dialog.
    pub const INCOMING: u64 = 1 << 63;

    #[must_use]
    pub fn is_incoming(self) -> bool {
        self.0 & Self::INCOMING != 0
    }
}

/// What reaches the endpoint.
#[derive(Debug)]
pub enum Input {
    /// One UDP datagram.
    Received { flow: Flow, bytes: Bytes },
    /// One message cut from a TCP stream.
    Message { flow: Flow, message: Box<Message> },
    /// Somebody in the house wants something.
    Ask(UaCommand),
    /// A connection is gone.
    Closed(Flow),
    /// Somebody came for TLS and did not agree on it; the connection is gone.
    NoTls(Flow),
    /// What was given out for `flow` could not be sent, or no connection could be made.
    SendFailed { flow: Flow },
    /// More arrives than is worked off (true), or no longer: new calls get 503 meanwhile.
    Pressure(bool),
    /// The moment named by `deadline()` has come.
    Deadline,
}

/// What leaves the endpoint.
#[derive(Debug)]
pub enum Output {
    Send { flow: Flow, bytes: Bytes },
    Tell(UaEvent),
}

/// Who sent a call, once believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    Trunk(TrunkId),
    Station(StationId),
}

/// A name and address as in From, To or P-Asserted-Identity.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// Display name, unquoted; may be empty.
    pub name: String,
    /// User part, unescaped; for `tel:` the number.
    pub user: String,
    /// Host without port; empty for `tel:`.
    pub host: String,
}

impl std::fmt::Debug for Party {
    /// Numbers never appear whole in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tail: String = self.user.chars().skip(self.user.chars().count().saturating_sub(2)).collect();
        write!(f, "…{tail}@{}", self.host)
    }
}

/// A dialog named by Replaces (RFC 3891), tags as the sender of the header sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    pub to_tag: String,
    pub from_tag: String,
    pub early_only: bool,
    /// The dialog of ours that it names, where there is one.
    pub dialog: Option<DialogId>,
}

/// A call that asks to come in. 100 Trying has gone out.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub dialog: DialogId,
    pub source: Source,
    pub flow: Flow,
    /// User part of the Request-URI, unescaped: the dialed number.
    pub dialed: String,
    pub from: Party,
    pub to: Party,
    /// P-Asserted-Identity, from trusted trunks only.
    pub asserted: Option<Party>,
    /// The caller asked not to be shown (Privacy: id/user/full, or an anonymous From).
    pub private: bool,
    pub call_id: String,
    /// The offer; none: the answer must carry ours.
    pub sdp: Option<Bytes>,
    pub replaces: Option<Replaces>,
    pub user_agent: Option<String>,
    /// Other headers as received, names as written: Diversion, History-Info, Call-Info, User-to-User, X-….
    pub headers: Vec<(String, String)>,
}

/// Who ended a dialog and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// BYE came.
    Remote,
    /// We were asked to (Bye, Reject, Cancel).
    Us,
    /// Our 2xx was never acknowledged (64 × T1).
    NoAck,
    /// No refresh came, or ours failed (RFC 4028).
    SessionExpired,
    /// The peer no longer knows the dialog (481) or does not answer (408) inside it.
    Lost,
}

/// How a registration came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gone {
    /// The phone said so.
    Unregistered,
    Expired,
    /// Its TCP connection closed.
    FlowClosed,
    /// The station was removed from the directory.
    Removed,
    /// A newer contact took its place.
    Replaced,
    /// It answered OPTIONS before, and does so no longer.
    Unanswered,
}

/// How a new offer arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OfferBy {
    Reinvite,
    Update,
    Prack,
}

/// What OPTIONS say of an address of a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reached {
    /// It is not asked, or never answered.
    Unknown,
    Up,
    /// It answered before, and does so no longer or with 408 or 503: calls pass it over.
    Down,
}

/// Our registration at a trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrunkRegistration {
    Trying,
    Registered { at: SocketAddr },
    /// `status`, `reason`: as answered; 408 where nobody did, 503 where nothing could be sent.
    Failed { why: Unregistered, status: u16, reason: String },
}

/// Why we are not registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unregistered {
    Refused,
    WrongPassword,
    /// Nobody answered.
    Silent,
    /// There is no connection, or no TLS with whom we expect.
    Unsent,
}

/// What we keep up with a trunk, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkState {
    /// None: we do not register there.
    pub registration: Option<TrunkRegistration>,
    pub addresses: Vec<(SocketAddr, Reached)>,
}

/// A contact of a station over UDP, as it is kept over a restart. Connections are not: they end with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub station: StationId,
    pub uri: String,
    /// Where its REGISTER came from.
    pub remote: SocketAddr,
    pub user_agent: Option<String>,
    /// What is left of its life.
    pub expires: Duration,
}

/// What the endpoint tells.
#[derive(Debug, Clone)]
pub enum UaEvent {
    Incoming(Box<Incoming>),
    /// The caller gave up before an answer; 487 has gone out. Final.
    Cancelled { dialog: DialogId, reason: Option<String> },
    /// A provisional answer (not 100) to our INVITE.
    Ringing { dialog: DialogId, status: u16, sdp: Option<Bytes> },
    /// Our INVITE was answered. With `offer`, the SDP is an offer and `AnswerReoffer` must follow (it becomes the ACK).
    /// `from`: the host it is signalled with.
    Answered { dialog: DialogId, sdp: Option<Bytes>, offer: bool, from: IpAddr },
    /// Our INVITE failed: `status` as answered, 408 where nobody did, 503 where nothing could be sent. Final.
    /// `sent`: false where we refused it ourselves and nothing went out: 480 has no address to go to, 503 finds no room
    /// here or on its trunk. `moved_to`: the numbers named by 300, 301 or 302, best first (RFC 3261 §8.1.3.4).
    Failed { dialog: DialogId, status: u16, reason: String, retry_after: Option<Duration>, sent: bool, moved_to: Vec<String> },
    /// ACK for our 2xx, with the answer where our 2xx carried the offer.
    Confirmed { dialog: DialogId, sdp: Option<Bytes> },
    /// The dialog is over. `reason`: text of the Reason header or phrase. Final.
    Ended { dialog: DialogId, by: EndedBy, reason: Option<String> },
    /// The far end wants to change the session: `AnswerReoffer` or `RejectReoffer` must follow. No SDP: ours is asked for.
    Reoffer { dialog: DialogId, sdp: Option<Bytes>, by: OfferBy },
    /// The answer to our `Reinvite`, to our offer in a 2xx, or to our offer in a reliable 1xx.
    Reanswered { dialog: DialogId, sdp: Bytes },
    /// Our `Reinvite` was refused; the session stays as it was.
    ReofferFailed { dialog: DialogId, status: u16 },
    Info { dialog: DialogId, content_type: String, body: Bytes },
    /// The far end asks us to call `to` (RFC 3515). 202 has gone out; `ReferProgress` must follow.
    Refer { dialog: DialogId, to: String, to_user: String, replaces: Option<Replaces>, referred_by: Option<String> },
    /// NOTIFY inside the dialog (progress of our REFER: `event` is `refer`).
    Notified { dialog: DialogId, event: String, content_type: String, body: Bytes },
    /// A contact of a station is reachable (new, or refreshed with `fresh` = false).
    Registered { station: StationId, contact: String, user_agent: Option<String>, flow: Flow, expires: Duration, fresh: bool },
    /// Every dialog whose end was not told, for the truth audit.
    Census(Vec<DialogId>),
    /// What we keep up with a trunk has changed. None: nothing any more, it left the directory.
    Trunk { trunk: TrunkId, name: String, state: Option<TrunkState> },
    /// A contact is gone; `left` more remain.
    Unregistered { station: StationId, contact: String, why: Gone, left: usize },
}

/// A session description of ours, as far ends of our own network are told it, as those beyond NAT are, and as either is over
/// TLS, where it may hold keys: the endpoint knows which way it sends. Never shown: keys may stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Description {
    inside: Bytes,
    /// None: the same for everybody.
    outside: Option<Bytes>,
    /// None: the same over TLS.
    over_tls: Option<Box<Description>>,
}

impl Description {
    /// `text` is written for an address of ours.
    pub fn of(reach: Reach, text: impl Fn(IpAddr) -> String) -> Self {
        let (inside, outside) = (reach.inside(), reach.outside());
        let other = (inside != outside).then(|| Bytes::from(text(outside)));
        Self { inside: Bytes::from(text(inside)), outside: other, over_tls: None }
    }

    /// What is told instead over TLS.
    #[must_use]
    pub fn and_over_tls(self, over_tls: Self) -> Self {
        Self { over_tls: Some(Box::new(over_tls)), ..self }
    }

    pub(super) fn seen_over(&self, flow: Flow) -> Bytes {
        match &self.over_tls {
            Some(other) if flow.transport == Transport::Tls => other.seen_over(flow),
            Some(_) | None => self.outside.as_ref().filter(|_| !is_inside(flow.remote.ip())).unwrap_or(&self.inside).clone(),
        }
    }
}

impl std::fmt::Debug for Description {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Description({} octets)", self.inside.len())
    }
}

impl From<Bytes> for Description {
    fn from(inside: Bytes) -> Self {
        Self { inside, outside: None, over_tls: None }
    }
}

/// Where an INVITE goes.
#[derive(Debug, Clone)]
pub enum Target {
    /// The registered contacts of a station, newest first; the next is tried where one cannot be reached.
    Station(StationId),
    /// The addresses of a trunk, each once: the one we are registered at, then the others in order; the next on 503, 408,
    /// timeout or send failure. Those that are down are passed over while another is not.
    Trunk { trunk: TrunkId, user: String },
    /// A SIP URI, sent over `flow`.
    Uri { uri: String, flow: Flow },
}

/// For answering 401/407 of the far side.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub username: String,
    pub password: Secret,
}

/// An INVITE to send.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub dialog: DialogId,
    pub target: Target,
    /// Shown to the called party; an empty host becomes ours.
    pub from: Party,
    /// Display name for To.
    pub to_name: String,
    /// None: the far end offers in its 2xx.
    pub sdp: Option<Description>,
    /// Extra headers: name, value. Control characters are refused (the call fails with 400).
    pub headers: Vec<(String, String)>,
    /// The phone is to answer by itself (Call-Info `answer-after=0` and Alert-Info).
    pub auto_answer: bool,
    /// Where absent, a trunk's own digest account is used.
    pub auth: Option<Credentials>,
    /// Whoever asks has another way: the last address that is silent is given up as early as the others.
    pub hurry: bool,
    /// CANCEL after this without a final answer; at least 1 s.
    pub max_ring: Duration,
}

/// What may be asked of the endpoint. A command for a dialog that is over, or in a state where it makes no sense, changes nothing.
#[derive(Debug, Clone)]
pub enum UaCommand {
    /// 180 Ringing, or 183 with SDP (reliable where the caller asks for it, RFC 3262).
    Ring { dialog: DialogId, sdp: Option<Description> },
    /// 200 OK.
    Answer { dialog: DialogId, sdp: Description },
    /// A final refusal, 300 to 699.
    Reject { dialog: DialogId, status: u16, retry_after: Option<Duration> },
    Invite(Box<Outgoing>),
    /// Gives up an unanswered INVITE of ours; sent once allowed (RFC 3261 §9.1), 2xx in between gets ACK and BYE.
    Cancel { dialog: DialogId },
    /// Ends any dialog in whatever state: BYE, CANCEL or 480 as fits. `reason`: Reason header value, e.g. `Q.850;cause=16`.
    Bye { dialog: DialogId, reason: Option<String> },
    /// A new offer of ours (hold, resume, new codec). Retried after glare (491) by itself.
    Reinvite { dialog: DialogId, sdp: Description },
    AnswerReoffer { dialog: DialogId, sdp: Description },
    /// `status`: 488 or another refusal.
    RejectReoffer { dialog: DialogId, status: u16 },
    Info { dialog: DialogId, content_type: String, body: Bytes },
    /// NOTIFY `Event: talk` (answer) or `Event: hold`, in an early dialog too; kept until the phone rings.
    NotifyTalk { dialog: DialogId },
    NotifyHold { dialog: DialogId },
    /// Sends REFER; progress comes as `Notified`.
    Refer { dialog: DialogId, to: String },
    /// How the call asked for by REFER goes; 200 and above is the last word (603: not wanted).
    ReferProgress { dialog: DialogId, status: u16 },
    SetDirectory(Arc<SipDirectory>),
    /// Contacts kept over a restart, of stations that are in the directory.
    Restore(Vec<Contact>),
    /// New INVITEs get 503 with Retry-After.
    Drain(bool),
    /// Refuse new calls while the house lags behind.
    Pressure(bool),
    /// All the calls the house may have at once are there: new INVITEs get 503 with Retry-After.
    Full(bool),
    /// Which dialogs live: `Census` is told.
    Census,
    /// How long ago it happened what is only now written down. In a flood, fewer new calls are taken while it grows.
    Behind(Duration),
}
