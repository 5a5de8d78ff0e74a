//! How much the endpoint takes on, and what it holds right now.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Every map of the endpoint has its bound here; what is above it is refused at once.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Dialogs, early ones and ours included; above it new INVITEs get 503.
    pub dialogs: usize,
    /// Live and absorbing transactions; above it new requests get 503 without state.
    pub transactions: usize,
    /// INVITEs told to the house and not yet touched by it; above it 503.
    pub untouched: usize,
    /// New INVITEs taken in one second, over all sources; above it 503. 0: no limit.
    pub invites_per_second: u32,
    /// Contacts of one station; a newer one takes the place of the oldest.
    pub contacts: usize,
    /// Registrations over all stations.
    pub registrations: usize,
    /// Addresses remembered for offences and bans.
    pub offenders: usize,
    /// Offences from one address within `offence_window` that lead to a ban.
    pub offences: u32,
    pub offence_window: Duration,
    pub ban: Duration,
    /// Phones asked by OPTIONS in one second; others wait.
    pub watch_per_second: u32,
    /// Retry-After of a 503.
    pub retry_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dialogs: 20_000,
            transactions: 400_000,
            untouched: 1_000,
            invites_per_second: 0,
            contacts: 4,
            registrations: 20_000,
            offenders: 10_000,
            offences: 20,
            offence_window: Duration::from_secs(60),
            ban: Duration::from_secs(600),
            watch_per_second: 200,
            retry_after: Duration::from_secs(5),
        }
    }
}

/// What an endpoint must be told once.
#[derive(Debug, Clone)]
pub struct EndpointConfig {
    pub udp: Option<SocketAddr>,
    pub tcp: Option<SocketAddr>,
    pub tls: Option<SocketAddr>,
    /// PEM files of our certificate, with its chain, and its key; needed where `tls` is.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// PEM file of certificate authorities believed beside the well-known ones, for trunks over TLS.
    pub authorities: Option<PathBuf>,
    /// Address for Via, Contact and From; needed where the sockets are bound to 0.0.0.0 or behind NAT. Peers of our own
    /// network are told the address bound, so that what they send need not go out and in again.
    pub advertise: Option<IpAddr>,
    /// Our address for peers of our own network, where the sockets are bound to 0.0.0.0.
    pub inside: Option<IpAddr>,
    /// Digest realm.
    pub realm: String,
    /// Server and User-Agent.
    pub product: String,
    pub limits: Limits,
    /// Session-Expires we ask for (RFC 4028), and the shortest we accept (at least 90 s).
    pub session_expires: Duration,
    pub min_se: Duration,
    /// Bounds and default of a registration's life.
    pub register_min: Duration,
    pub register_max: Duration,
    pub register_default: Duration,
    /// How often a registered phone is asked whether it is there. Zero: never.
    pub watch: Duration,
    /// So many questions without an answer, one after the other, and a phone that used to answer is gone.
    pub watch_misses: u32,
    /// Addresses of trunks and of registered phones are never banned: one phone with a wrong password must not silence an
    /// office behind one address. False bans those too.
    pub spare_known: bool,
}

impl EndpointConfig {
    /// A config that serves UDP and TCP on one address.
    #[must_use]
    pub fn on(address: SocketAddr) -> Self {
        Self {
            udp: Some(address),
            tcp: Some(address),
            tls: None,
            certificate: None,
            authorities: None,
            advertise: None,
            inside: None,
            realm: "zuoxi".into(),
            product: concat!("Zuoxi/", env!("CARGO_PKG_VERSION")).into(),
            limits: Limits::default(),
            session_expires: Duration::from_secs(1800),
            min_se: Duration::from_secs(90),
            register_min: Duration::from_secs(30),
            // What a phone that went silently, or a restart that lost one, costs at most.
            register_max: Duration::from_secs(120),
            register_default: Duration::from_secs(120),
            watch: Duration::from_secs(30),
            watch_misses: 3,
            spare_known: true,
        }
    }
}

/// The truth audit's view: what is held now, and what happened since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Dialogs the house knows of.
    pub dialogs: usize,
    /// Dialogs that are over for the house and still being taken down on the wire.
    pub closing: usize,
    pub invite_client: usize,
    pub invite_server: usize,
    pub other_client: usize,
    pub other_server: usize,
    /// Timers armed.
    pub timers: usize,
    /// Contacts registered.
    pub registrations: usize,
    pub bans: usize,
    /// INVITEs told and not yet touched.
    pub untouched: usize,

    pub received: u64,
    pub sent: u64,
    /// Messages that did not parse.
    pub malformed: u64,
    /// Repeats that came in and were absorbed.
    pub retransmissions_in: u64,
    /// Repeats we sent.
    pub retransmissions_out: u64,
    /// New INVITEs refused with 503.
    pub refused: u64,
    /// Requests of strangers answered 401/403.
    pub strangers: u64,
    /// Messages dropped because their address is banned.
    pub banned_dropped: u64,
    /// Connections whose task broke. Must be 0.
    pub broken_connections: u64,
    /// TCP connections are not taken any more, though they should be.
    pub tcp_deaf: bool,
}

impl Counts {
    /// Transactions of all four kinds, absorbing ones included.
    #[must_use]
    pub fn transactions(&self) -> usize {
        self.invite_client + self.invite_server + self.other_client + self.other_server
    }

    /// Nothing is held that a call made (registrations and bans may stay).
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.dialogs == 0 && self.closing == 0 && self.transactions() == 0 && self.untouched == 0
    }
}
