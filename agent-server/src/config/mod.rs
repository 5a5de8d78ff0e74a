//! Settings: one struct of sections, each key with a default that runs. Start at [`Config::load`]: a file, then
//! `ZUOXI_SECTION__KEY` variables, every problem told at once with its key, value and rule. Unknown keys are problems: a
//! typo must not be silence. [`sample`] prints the file from the struct, so that it cannot drift.
//! Never in this room: what an administrator edits (`company`); settings here need a restart.

mod check;
mod read;
pub mod sample;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use read::{Faults, load, parse};

/// All settings, by section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The web: desktop, API, metrics.
    pub http: Http,
    /// SIP signalling.
    pub sip: Sip,
    /// Audio.
    pub media: Media,
    /// Limits of calls, and how they end when the server stops.
    pub calls: Calls,
    /// Where everything is kept.
    pub store: Store,
    /// The first start.
    pub company: Company,
    /// Who may try to get in, and how often.
    pub security: Security,
    /// Text to speech for flows.
    pub speech: Speech,
    /// What is written about the work.
    pub log: Log,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port of the web interface.
    pub listen: SocketAddr,
    /// Address and port of the web over TLS, as in 0.0.0.0:8443; empty: none. Browsers give a microphone over TLS only, save on
    /// the machine itself. `listen` then sends browsers there.
    pub tls_listen: String,
    /// PEM file of the certificate with its chain, for `tls_listen`; taken anew when it changes. Empty: one is made in the data
    /// folder, for trying it out.
    pub tls_certificate: PathBuf,
    /// PEM file of its key.
    pub tls_key: PathBuf,
    /// How people reach it, as in `https://calls.example.com`; empty: as they asked. With https, cookies are sent over
    /// TLS only.
    pub public_url: String,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Largest request body in KiB, 16 to 65536.
    pub body_limit_kib: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sip {
    /// Address and port for phones and trunks, UDP and TCP.
    pub listen: SocketAddr,
    pub udp: bool,
    pub tcp: bool,
    /// Address and port for phones and trunks over TLS, as in 192.0.2.10:5061; empty: none. Trunks are called over TLS either
    /// way, where theirs says so.
    pub tls_listen: String,
    /// PEM file of our certificate with its chain, for `tls_listen`; read at the start.
    pub tls_certificate: PathBuf,
    /// PEM file of its key.
    pub tls_key: PathBuf,
    /// PEM file of certificate authorities that trunks over TLS may have besides the well-known ones; empty: none.
    pub tls_ca: PathBuf,
    /// The address phones and trunks reach us at, where `listen` is 0.0.0.0 or behind NAT; empty: the one listened on. Where
    /// it is a public one, those who reach us from private addresses are told the one listened on.
    pub advertise: String,
    /// The digest realm; phones show it when they ask for a password.
    pub realm: String,
    /// Longest life of a registration in seconds, 60 to 3600: how long a phone that vanished may be taken for there where
    /// it does not answer OPTIONS.
    pub register_seconds: u32,
    /// How often registered phones are asked by OPTIONS whether they are there, in seconds, 10 to 600; it keeps their NAT
    /// open too. 0: never.
    pub options_seconds: u32,
    /// So many OPTIONS without an answer, one after the other, and a phone that used to answer is gone; 1 to 10.
    pub options_misses: u32,
    /// New INVITEs taken in one second; above it they get 503. 0: no limit.
    pub invites_per_second: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// Address for RTP; empty: that of `sip.listen`.
    pub ip: String,
    /// The address audio is to be sent to from outside, where `ip` is behind NAT; empty: that of `sip.advertise`. The RTP
    /// ports must be let through unchanged.
    pub advertise: String,
    /// First RTP port, even; each leg takes an even one and the next.
    pub first_port: u16,
    /// Last RTP port.
    pub last_port: u16,
    /// Threads that move audio; 0: one per core.
    pub threads: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Calls {
    /// Calls at once; more get 503.
    pub most: u32,
    /// Callers waiting at once, all queues together.
    pub most_waiting: u32,
    /// How long calls may go on after the server was asked to stop, in seconds.
    pub grace_seconds: u32,
    /// How long a desktop may be away before its seat is not ready, in seconds.
    pub desktop_grace_seconds: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Folder for the database file, recordings, prompts, the key and the spool. Keep it on a local disk.
    pub data: PathBuf,
    /// `postgres://user:password@host/database`; empty: a SQLite file in the data folder.
    pub url: String,
    /// `normal`: a power cut may cost the last moments, never the file. `full`: every commit is on the disk (SQLite).
    #[schemars(with = "String")]
    pub durability: store::Durability,
    /// Connections to the database, 1 to 100.
    pub connections: u32,
    /// This server among those that share the database, 0 to 1023.
    pub node: u16,
    /// Where prompts and music are read from besides the built-in ones; empty: `prompts` in the data folder.
    pub prompts: PathBuf,
}


#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Company {
    /// On first start: fill the empty house with the demo company, its accounts and customers. Never for real use: its
    /// passwords are known to everybody.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// The key that seals SIP passwords in the database; empty: `key` in the data folder. Lost key, lost passwords.
    pub key_file: PathBuf,
    /// Failed sign-ins from one address in five minutes before it has to wait, 5 to 10000. Accounts have their own lock.
    pub failures_per_address: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Speech {
    /// Program and arguments that read a text and write a WAV file to their output; `{language}` becomes `zh-CN` or `en`.
    /// Empty: flows play recorded prompts only.
    pub command: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,cti_gateway=debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(LOOPBACK, 8080),
            tls_listen: String::new(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
            body_limit_kib: 1024,
        }
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(LOOPBACK, 5060),
            udp: true,
            tcp: true,
            tls_listen: String::new(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            tls_ca: PathBuf::new(),
            advertise: String::new(),
            realm: "zuoxi".into(),
            register_seconds: 120,
            options_seconds: 30,
            options_misses: 3,
            invites_per_second: 0,
        }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self { ip: String::new(), advertise: String::new(), first_port: 40_000, last_port: 47_999, threads: 0 }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self { most: 2_000, most_waiting: 10_000, grace_seconds: 30, desktop_grace_seconds: 20 }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            data: "./data".into(),
            url: String::new(),
            durability: store::Durability::Normal,
            connections: 8,
            node: 1,
            prompts: PathBuf::new(),
        }
    }
}

impl Default for Security {
    fn default() -> Self {
        Self { key_file: PathBuf::new(), failures_per_address: 30 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: LogFormat::Text }
    }
}

impl Http {
    /// Where the web is served over TLS. Checked before.
    #[must_use]
    pub fn tls(&self) -> Option<SocketAddr> {
        self.tls_listen.parse().ok()
    }

    /// Browsers reach us over TLS: ours, or that of a proxy before us.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls().is_some() || self.public_url.starts_with("https://")
    }
}

impl Store {
    /// As [`store::Db::open`] takes it.
    #[must_use]
    pub fn address(&self) -> String {
        if self.url.is_empty() { format!("sqlite:{}", self.data.join("zuoxi.db").display()) } else { self.url.clone() }
    }

    #[must_use]
    pub fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }

    #[must_use]
    pub fn prompts(&self) -> PathBuf {
        if self.prompts.as_os_str().is_empty() { self.data.join("prompts") } else { self.prompts.clone() }
    }

    /// Where this node's phones are, kept over a restart.
    #[must_use]
    pub fn contacts(&self) -> PathBuf {
        self.data.join("spool").join(format!("node-{}.contacts", self.node))
    }

    /// Of this node alone.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.data.join("spool").join(format!("node-{}.ledger", self.node))
    }
}

impl Config {
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        let own = &self.security.key_file;
        if own.as_os_str().is_empty() { self.store.data.join("key") } else { own.clone() }
    }

    /// Where RTP is received. Checked before.
    #[must_use]
    pub fn media_ip(&self) -> IpAddr {
        self.media.ip.parse().unwrap_or(self.sip.listen.ip())
    }

    /// What SDP names to far ends outside, where it is not [`Config::media_ip`]. Checked before.
    #[must_use]
    pub fn media_advertise(&self) -> Option<IpAddr> {
        let own = self.media_ip();
        let known = self.media.advertise.parse().or_else(|_| self.sip.advertise.parse());
        known.ok().filter(|ip: &IpAddr| *ip != own && ip.is_ipv4() == own.is_ipv4())
    }
}
