//! The kinds of things an administrator edits, as they are kept, sent and shown. Durations are whole seconds, as people set
//! them. Passwords go in and never come out: they are sealed before they are kept.

use contract::{AgentId, DispositionId, NumberId, PbxId, QueueId, ReasonId, SkillId, StationId, TeamId, TrunkId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::pbx::{Pbx, PbxKind, PbxQueue};

/// A kind of configuration document.
pub trait Item: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// As in the database and the API's paths.
    const KIND: &'static str;
    type Id: From<i64> + Into<i64> + Copy + Ord + std::fmt::Display + std::fmt::Debug + Send + Sync;
    /// Unique within its kind, ignoring case.
    fn title(&self) -> &str;
    /// A secret given as plain text, to be sealed: the field it came in and the field it is kept in.
    fn secret(&mut self) -> Option<(&mut Option<String>, &mut Option<String>)> {
        None
    }
}

macro_rules! item {
    ($name:ident, $id:ty, $kind:literal, $field:ident) => {
        impl Item for $name {
            const KIND: &'static str = $kind;
            type Id = $id;
            fn title(&self) -> &str {
                &self.$field
            }
        }
    };
    ($name:ident, $id:ty, $kind:literal, $field:ident, secret) => {
        impl Item for $name {
            const KIND: &'static str = $kind;
            type Id = $id;
            fn title(&self) -> &str {
                &self.$field
            }
            fn secret(&mut self) -> Option<(&mut Option<String>, &mut Option<String>)> {
                Some((&mut self.password, &mut self.sealed))
            }
        }
    };
}

item!(Team, TeamId, "teams", name);
item!(Skill, SkillId, "skills", name);
item!(Queue, QueueId, "queues", name);
item!(Number, NumberId, "numbers", pattern);
item!(Trunk, TrunkId, "trunks", name, secret);
item!(Station, StationId, "stations", username, secret);
item!(Pbx, PbxId, "pbxs", name, secret);
item!(Flow, contract::RowId, "flows", name);
item!(Reason, ReasonId, "reasons", name_en);
item!(Disposition, DispositionId, "dispositions", name_en);
item!(Agent, AgentId, "agents", username);
item!(Settings, contract::RowId, "company", kind);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Team {
    pub name: String,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub lead: Option<AgentId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Skill {
    pub name: String,
}

/// A skill at a level of 1 to 10: had by an agent, or needed at least by a queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillLevel {
    #[schema(value_type = String)]
    pub skill: SkillId,
    pub level: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Queue {
    pub name: String,
    /// All of these, at least at the level.
    #[serde(default)]
    pub skills: Vec<SkillLevel>,
    /// How long one phone rings: 5 to 120.
    pub ring_seconds: u32,
    /// Longest wait; 0: none.
    pub max_wait_seconds: u32,
    pub at_max_wait: Overflow,
    /// Most callers waiting; 0: the node's limit.
    pub max_waiting: u32,
    pub when_full: Overflow,
    /// 0: none.
    pub wrap_up_seconds: u32,
    /// Every how often the place in the queue is said; 0: never.
    pub announce_seconds: u32,
    /// Name of the music; empty: the default.
    #[serde(default)]
    pub music: String,
    /// 0 (normal) to 9.
    pub priority: u8,
    /// One step of priority for every so many seconds waited; 0: none.
    pub age_step_seconds: u32,
    /// Service level: answered within.
    pub target_seconds: u32,
    /// Leaving at or under this is a short abandon.
    pub short_seconds: u32,
    pub record: bool,
    /// Phones that can are answered by themselves, with a tone to the agent.
    #[serde(default)]
    pub auto_answer: bool,
    /// Shown to whom agents of this queue call, before the trunk's; empty: none of its own.
    #[schema(required = true)]
    #[serde(default)]
    pub caller_id: String,
    pub missed_not_ready: bool,
    pub rejected_not_ready: bool,
}

impl Default for Queue {
    /// What most queues begin with.
    fn default() -> Self {
        Self {
            name: String::new(),
            skills: Vec::new(),
            ring_seconds: 20,
            max_wait_seconds: 600,
            at_max_wait: Overflow::Voicemail,
            max_waiting: 0,
            when_full: Overflow::Hangup { prompt: "all-busy".into() },
            wrap_up_seconds: 30,
            announce_seconds: 45,
            music: String::new(),
            priority: 0,
            age_step_seconds: 60,
            target_seconds: 20,
            short_seconds: 5,
            record: true,
            auto_answer: false,
            caller_id: String::new(),
            missed_not_ready: true,
            rejected_not_ready: false,
        }
    }
}

/// What happens to a caller whom a queue cannot keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Overflow {
    Hangup { prompt: String },
    Queue {
        #[schema(value_type = String)]
        queue: QueueId,
    },
    Voicemail,
    Number { number: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Number {
    /// As the trunk sends it; a trailing `*` matches any rest.
    pub pattern: String,
    /// Name of the flow it starts.
    pub flow: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trunk {
    pub name: String,
    /// Addresses whose calls are this trunk's: `192.0.2.10`, `192.0.2.0/28`.
    #[serde(default)]
    pub from: Vec<String>,
    /// Our account there, for its challenges and for registering. Calls with digest of this user are this trunk's, from
    /// anywhere.
    #[serde(default)]
    pub digest_user: Option<String>,
    /// Only ever sent in; left out, the old one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub sealed: Option<String>,
    /// Where calls go out: `192.0.2.10:5060`, in order; empty: inbound only.
    #[serde(default)]
    pub to: Vec<String>,
    /// We register with the account at the first of `to` that takes it; calls from all of them are this trunk's.
    #[serde(default)]
    pub register: bool,
    /// Domain of the account, and the name in the certificate over TLS; empty: the address called.
    #[serde(default)]
    pub domain: String,
    /// Documents of old say `tcp`: true or false.
    #[serde(default, alias = "tcp", deserialize_with = "transport")]
    pub transport: Transport,
    #[serde(default)]
    pub srtp: Srtp,
    /// How often each of `to` is asked by OPTIONS whether it lives, 10 to 3600; 0: never. One that answered before and is
    /// silent is passed over.
    #[serde(default)]
    pub probe_seconds: u32,
    /// P-Asserted-Identity is believed.
    #[serde(default)]
    pub trusted: bool,
    /// ISO 3166, for reading national numbers; empty: the company's.
    #[serde(default)]
    pub country: String,
    /// Calls at once; 0: no limit but the node's.
    #[serde(default)]
    pub max_calls: u32,
    #[serde(default)]
    pub caller_id: String,
    /// Whose number the called party is shown.
    #[serde(default)]
    pub shown: ShownCaller,
    /// The header that carries it.
    #[serde(default)]
    pub identity: IdentityBy,
    /// Outbound numbers it takes, as prefixes; empty: all. The trunk with the longest that fits is asked first.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// How numbers are dialed there; the one with the longest prefix that fits is applied.
    #[serde(default)]
    pub rewrites: Vec<Rewrite>,
    /// What is spoken there, in order; empty: both, as the other side of the call speaks.
    #[serde(default)]
    pub codecs: Vec<Codec>,
}

/// Whether audio is encrypted: SRTP with keys in SIP (RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Srtp {
    Never,
    /// Offered and taken where SIP travels over TLS.
    #[default]
    OverTls,
    /// Offered and taken however SIP travels.
    Always,
    /// Without it there is no call.
    Required,
}

/// How SIP travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    #[default]
    Udp,
    Tcp,
    Tls,
}

/// As named; or as it was said before there was TLS.
fn transport<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Transport, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Bool(tcp) => Ok(if tcp { Transport::Tcp } else { Transport::Udp }),
        named => Transport::deserialize(named).map_err(|_| serde::de::Error::custom("must be udp, tcp or tls")),
    }
}

/// Whose number the called party is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShownCaller {
    /// The trunk's caller ID; where it has none, the caller's.
    #[default]
    Own,
    /// The caller's; where it is withheld, the trunk's caller ID.
    Caller,
    /// None.
    Nobody,
}

/// The header that carries the number shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityBy {
    #[default]
    From,
    /// P-Asserted-Identity; From names the account.
    Asserted,
    /// P-Preferred-Identity; From names the account.
    Preferred,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    Pcma,
    Pcmu,
}

/// Numbers that begin so: `strip` characters are taken from the front, then `add` is put there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rewrite {
    /// Empty: all numbers.
    #[schema(required = true)]
    #[serde(default)]
    pub prefix: String,
    #[schema(required = true)]
    #[serde(default)]
    pub strip: u8,
    #[schema(required = true)]
    #[serde(default)]
    pub add: String,
}

impl Trunk {
    /// A trunk over UDP that takes calls from nowhere and sends none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            from: Vec::new(),
            digest_user: None,
            password: None,
            sealed: None,
            to: Vec::new(),
            register: false,
            domain: String::new(),
            transport: Transport::Udp,
            srtp: Srtp::OverTls,
            probe_seconds: 0,
            trusted: false,
            country: String::new(),
            max_calls: 0,
            caller_id: String::new(),
            shown: ShownCaller::Own,
            identity: IdentityBy::From,
            prefixes: Vec::new(),
            rewrites: Vec::new(),
            codecs: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerBy {
    Phone,
    TalkEvent,
    AutoAnswer,
}

/// What a phone is asked to prove its password with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DigestBy {
    #[default]
    Both,
    Md5,
    Sha256,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Station {
    /// SIP user and digest user name.
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub sealed: Option<String>,
    pub answer_by: AnswerBy,
    /// `md5` only for phones that refuse a challenge with SHA-256 beside it.
    #[serde(default)]
    pub digest: DigestBy,
    #[serde(default)]
    pub srtp: Srtp,
    /// Nobody registers there: each call is dialed to this number, over the trunks that take it. Empty: a phone that registers.
    #[serde(default)]
    pub number: String,
    /// A phone of this PBX beside us, which rings it; `line` says which.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub pbx: Option<PbxId>,
    /// Asterisk: technology and peer, `PJSIP/a001`. FreeSWITCH: a user of its directory, `1001` or `1001@domain`.
    #[schema(required = true)]
    #[serde(default)]
    pub line: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flow {
    pub name: String,
    pub yaml: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reason {
    pub name_zh: String,
    pub name_en: String,
    /// How long this kind of break is meant to last; 0: no aim.
    #[serde(default)]
    pub target_minutes: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disposition {
    pub name_zh: String,
    pub name_en: String,
    /// Two levels at most: a parent has none itself.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub parent: Option<DispositionId>,
    /// Where it is offered; empty: everywhere.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub queues: Vec<QueueId>,
    /// Order among its siblings.
    #[serde(default)]
    pub position: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Qa,
    Admin,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agent {
    pub username: String,
    pub name: String,
    pub roles: Vec<Role>,
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub team: Option<TeamId>,
    #[serde(default)]
    pub skills: Vec<SkillLevel>,
    /// The station proposed at sign-in.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub station: Option<StationId>,
    /// Outside numbers this person may dial or transfer to, as prefixes of the E.164 form; empty: none.
    #[serde(default)]
    pub dial_prefixes: Vec<String>,
    /// `zh-CN` or `en`.
    pub language: String,
    /// Signs in only while active.
    pub active: bool,
}

/// The company itself; one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Always `company`.
    #[serde(default = "company_kind", skip_serializing)]
    #[schema(ignore)]
    pub kind: String,
    pub name: String,
    /// IANA zone: `Asia/Shanghai`.
    pub zone: String,
    /// ISO 3166: `CN`.
    pub country: String,
    /// Empty: none.
    #[schema(required = true)]
    #[serde(default)]
    pub area_code: String,
    /// `zh-CN` or `en`: what callers hear before they choose.
    pub language: String,
    /// Agents see who only listens to them; who speaks to them they see always.
    #[schema(required = true)]
    #[serde(default = "yes")]
    pub listening_shown: bool,
    /// A short tone tells caller and agent that somebody has begun to listen.
    #[schema(required = true)]
    #[serde(default)]
    pub listening_tone: bool,
    /// Agents may talk in their browser, without a phone.
    #[schema(required = true)]
    #[serde(default = "yes")]
    pub browser_phones: bool,
    /// How long a parked caller waits to be taken before who parked is rung: 10 to 3,600.
    #[schema(required = true)]
    #[serde(default = "park_seconds")]
    pub park_seconds: u32,
    /// Visitors of the company's web pages may call from there.
    #[schema(required = true)]
    #[serde(default)]
    pub web_calls: WebCalls,
    /// A TURN server for browsers whose networks let no audio through to us.
    #[schema(required = true)]
    #[serde(default)]
    pub relay: Relay,
}

/// A TURN server (RFC 8656) with which we share a secret: browsers get names and passwords from us that hold for some hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Relay {
    /// As in `turn:turn.example.com:3478?transport=udp` (RFC 7065); empty: none.
    #[schema(required = true)]
    pub urls: Vec<String>,
    /// Agents' audio goes over it and no other way.
    #[schema(required = true)]
    pub only: bool,
    /// The shared secret. Only ever sent in; left out, the old one stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub sealed: Option<String>,
}

/// Calls from web pages: who may, whom, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WebCalls {
    #[schema(required = true)]
    pub on: bool,
    /// The numbers of ours that pages may call.
    #[schema(required = true)]
    pub numbers: Vec<String>,
    /// The pages' origins (RFC 6454), as in `https://www.example.com`. Our own is always among them.
    #[schema(required = true)]
    pub origins: Vec<String>,
    /// Calls at once, all pages together, 1 to 1000.
    #[schema(required = true)]
    pub at_once: u32,
    /// Calls at once from one address, 1 to 100.
    #[schema(required = true)]
    pub per_address: u32,
    /// Calls within an hour from one address, 1 to 1000.
    #[schema(required = true)]
    pub per_hour: u32,
    /// Ids of the keys that sign who a visitor is, the newest first. Their secrets are told once, when they are made.
    #[schema(required = true)]
    pub keys: Vec<String>,
}

impl Default for WebCalls {
    fn default() -> Self {
        Self { on: false, numbers: Vec::new(), origins: Vec::new(), at_once: 20, per_address: 2, per_hour: 20, keys: Vec::new() }
    }
}

impl WebCalls {
    /// The newest, and the one that pages may still have.
    pub const MOST_KEYS: usize = 2;
}

fn park_seconds() -> u32 {
    120
}

fn yes() -> bool {
    true
}

fn company_kind() -> String {
    "company".into()
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            kind: company_kind(),
            name: "Zuoxi 坐席".into(),
            zone: "Asia/Shanghai".into(),
            country: "CN".into(),
            area_code: String::new(),
            language: "zh-CN".into(),
            listening_shown: true,
            listening_tone: false,
            browser_phones: true,
            park_seconds: park_seconds(),
            web_calls: WebCalls::default(),
            relay: Relay::default(),
        }
    }
}
