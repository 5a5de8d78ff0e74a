//! What phones, routing and flows must know of the company: a plain snapshot, replaced whole when an administrator
//! changes something. Made by the `company` room, read by `cti-gateway`, `acd` and `ivr`, changed by nobody.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::{AgentId, PbxId, PhoneNumber, QueueId, ReasonId, SkillId, StationId, TeamId, TrunkId};

#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Grows by one with every change.
    pub version: u64,
    pub company: Company,
    pub agents: BTreeMap<AgentId, Agent>,
    pub stations: BTreeMap<StationId, Station>,
    pub trunks: BTreeMap<TrunkId, Trunk>,
    pub pbxs: BTreeMap<PbxId, Pbx>,
    pub queues: BTreeMap<QueueId, Queue>,
    pub numbers: Vec<Number>,
    /// Flow name → its source text; the gateway compiles them through `ivr`.
    pub flows: BTreeMap<String, FlowSource>,
    /// Number lists by name (`vip`, `block`, the company's own).
    pub lists: BTreeMap<String, std::collections::HashSet<PhoneNumber>>,
    pub reasons: BTreeMap<ReasonId, Reason>,
}

/// A person's browser is a station with the person's number: ids are unique across kinds. It is in no list of phones, as
/// nobody keeps it: it is there for every agent while the company allows it.
impl Directory {
    /// Whose browser this station is; none: a SIP phone, or nothing we know.
    #[must_use]
    pub fn browser_of(&self, station: StationId) -> Option<AgentId> {
        let agent = AgentId(station.0);
        let there = self.company.browser_phones && self.agents.contains_key(&agent);
        (there && !self.stations.contains_key(&station)).then_some(agent)
    }

    #[must_use]
    pub fn has_station(&self, station: StationId) -> bool {
        self.stations.contains_key(&station) || self.browser_of(station).is_some()
    }

    /// How the Answer button reaches a station. A browser is pressed like a phone that understands `Event: talk`.
    #[must_use]
    pub fn answer_by(&self, station: StationId) -> AnswerBy {
        match self.stations.get(&station) {
            // Nobody's key can be pressed on the other side of a trunk.
            Some(phone) if !phone.number.is_empty() || phone.beside.is_some() => AnswerBy::Phone,
            Some(phone) => phone.answer_by,
            None if self.browser_of(station).is_some() => AnswerBy::TalkEvent,
            None => AnswerBy::Phone,
        }
    }
}

/// The station that is this person's browser.
#[must_use]
pub fn browser_station(agent: AgentId) -> StationId {
    StationId(agent.0)
}

#[derive(Debug, Clone)]
pub struct Company {
    pub name: String,
    /// IANA zone; days and opening hours are counted in it.
    pub zone: String,
    /// ISO 3166 country whose national forms are read without a prefix.
    pub country: String,
    /// For 7- and 8-digit local numbers, without the trunk prefix: `10`, `21`. Empty: local forms stay raw.
    pub area_code: String,
    /// Default language of prompts: `zh-CN` or `en`.
    pub language: String,
    /// Agents see who only listens to them. Who speaks to them they see always.
    pub listening_shown: bool,
    /// A short tone tells caller and agent that somebody has begun to listen.
    pub listening_tone: bool,
    /// Agents may talk in their browser, without a phone.
    pub browser_phones: bool,
    /// How long a parked caller waits to be taken before who parked is rung.
    pub park_seconds: u32,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: String::new(),
            zone: "Asia/Shanghai".into(),
            country: "CN".into(),
            area_code: String::new(),
            language: "zh-CN".into(),
            listening_shown: true,
            listening_tone: false,
            browser_phones: true,
            park_seconds: 120,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub team: Option<TeamId>,
    /// 1 to 10.
    pub skills: BTreeMap<SkillId, u8>,
    pub station: Option<StationId>,
    /// Numbers this agent may dial or transfer to, as prefixes of the normalised form (`+86`, `internal`); empty: none outside.
    pub dial_prefixes: Vec<String>,
}

/// How the Answer button reaches a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnswerBy {
    /// The agent lifts the phone; the button is not shown.
    #[default]
    Phone,
    /// `NOTIFY` with `Event: talk` in the ringing dialog.
    TalkEvent,
    /// The INVITE carries Call-Info `answer-after=0`: the phone answers by itself.
    AutoAnswer,
}

/// What a phone is asked to prove its password with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DigestBy {
    /// SHA-256, and MD5 for those that do not know it.
    #[default]
    Both,
    /// For phones that stumble over a challenge they do not know.
    Md5,
    Sha256,
}

/// Whether audio is encrypted (SRTP, RFC 4568). Keys travel in SIP, so whoever reads SIP hears all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

#[derive(Clone)]
pub struct Station {
    pub id: StationId,
    /// SIP user part and digest user name.
    pub username: String,
    pub password: Secret,
    pub answer_by: AnswerBy,
    pub digest: DigestBy,
    pub srtp: Srtp,
    /// Nobody registers there: each call is dialed to this number, over the trunks that take it. Empty: a phone of ours.
    pub number: String,
    /// A phone of a PBX beside us, which rings it; our routing never does.
    pub beside: Option<Beside>,
}

/// A phone as its PBX names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    pub pbx: PbxId,
    /// Asterisk: technology and peer of its channels, `PJSIP/a001`. FreeSWITCH: user of its directory, `1001` or `1001@domain`.
    pub line: String,
}

/// What a PBX speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PbxKind {
    /// The manager interface (AMI).
    Asterisk,
    /// The event socket (ESL), inbound.
    FreeSwitch,
}

/// A PBX beside us: it routes and carries the audio, we see what happens there and steer it.
#[derive(Debug, Clone)]
pub struct Pbx {
    pub id: PbxId,
    pub name: String,
    pub kind: PbxKind,
    /// `host:port`.
    pub address: String,
    /// The name its certificate must have; none: without TLS.
    pub tls: Option<String>,
    /// Empty where it knows only a password (FreeSWITCH).
    pub user: String,
    pub password: Secret,
    /// Its queues that are ours too. Others are seen as calls without a queue.
    pub queues: Vec<PbxQueue>,
    /// Where in its dialplan the numbers begin that we dial and transfer to.
    pub context: String,
    /// The folder of its recordings as it names it; what is below is fetched from `recordings`.
    pub recorded_in: String,
    /// The same folder as we reach it: a path, or an `http(s)://` address; empty: recordings stay there.
    pub recordings: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PbxQueue {
    /// As it names it.
    pub name: String,
    pub queue: QueueId,
    /// What is dialed there to reach it; empty: nothing is sent there.
    pub dialed: String,
}

/// A word that must not reach a log.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl std::fmt::Debug for Station {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Station({} {})", self.id, self.username)
    }
}

/// How SIP travels to a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transport {
    #[default]
    Udp,
    Tcp,
    Tls,
}

/// Whose number the called party is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownCaller {
    /// The trunk's caller ID; where it has none, the caller's number.
    #[default]
    Own,
    /// The caller's number; where it is withheld, the trunk's caller ID.
    Caller,
    /// None: `Privacy: id` (RFC 3323).
    Nobody,
}

/// The header that carries the number shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdentityBy {
    #[default]
    From,
    /// P-Asserted-Identity (RFC 3325); From names the account.
    Asserted,
    /// P-Preferred-Identity; From names the account.
    Preferred,
}

/// An audio coding a trunk may be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Pcma,
    Pcmu,
}

/// How numbers that begin so are dialed over a trunk: `strip` characters are taken from the front, then `add` is put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    pub prefix: String,
    pub strip: u8,
    pub add: String,
}

#[derive(Debug, Clone)]
pub struct Trunk {
    pub id: TrunkId,
    pub name: String,
    /// Calls from these addresses are this trunk's (prefix length 32/128 for one host).
    pub from: Vec<(IpAddr, u8)>,
    /// Our account there. Calls with digest of this user are this trunk's, from anywhere.
    pub digest: Option<(String, Secret)>,
    /// We register with the account at the first of `to` that takes it; calls from all of them are this trunk's.
    pub register: bool,
    /// Domain of the account and in the certificate; empty: the address called.
    pub domain: String,
    /// Where calls go out: `host:port`, in order; empty: inbound only.
    pub to: Vec<std::net::SocketAddr>,
    pub transport: Transport,
    pub srtp: Srtp,
    /// How often each of `to` is asked by OPTIONS whether it lives, in seconds; 0: never.
    pub probe_seconds: u32,
    /// P-Asserted-Identity is believed.
    pub trusted: bool,
    /// Reading national forms of this trunk's callers; empty: the company's.
    pub country: String,
    /// Concurrent calls; 0: no limit but the node's.
    pub max_calls: u32,
    /// Shown to the called party on outbound calls.
    pub caller_id: String,
    pub shown: ShownCaller,
    pub identity: IdentityBy,
    /// Outbound numbers this trunk takes, as prefixes; empty: all. The trunk with the longest that fits is asked first.
    pub prefixes: Vec<String>,
    /// The one with the longest prefix that fits is applied.
    pub rewrites: Vec<Rewrite>,
    /// What is spoken there, in order; empty: what the other leg speaks first, then the other law.
    pub codecs: Vec<Codec>,
}

impl Trunk {
    /// A trunk over UDP that takes calls from nowhere and sends none.
    #[must_use]
    pub fn new(id: TrunkId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            from: Vec::new(),
            digest: None,
            register: false,
            domain: String::new(),
            to: Vec::new(),
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

    /// The length of the longest prefix by which it takes this number; none: it does not.
    #[must_use]
    pub fn takes(&self, number: &str) -> Option<usize> {
        let fitting = self.prefixes.iter().filter(|p| number.starts_with(p.as_str())).map(String::len).max();
        fitting.or(self.prefixes.is_empty().then_some(0))
    }

    /// The number as it is dialed here.
    #[must_use]
    pub fn dialed(&self, number: &str) -> String {
        let fitting = self.rewrites.iter().filter(|rule| number.starts_with(rule.prefix.as_str()));
        match fitting.max_by_key(|rule| rule.prefix.len()) {
            Some(rule) => rule.add.chars().chain(number.chars().skip(usize::from(rule.strip))).collect(),
            None => number.to_owned(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Queue {
    pub id: QueueId,
    pub name: String,
    /// All of these, at least at the level.
    pub skills: BTreeMap<SkillId, u8>,
    pub ring_ms: u32,
    /// Longest wait; 0: none.
    pub max_wait_ms: u32,
    pub at_max_wait: Overflow,
    /// Most callers waiting; 0: the node's limit.
    pub max_waiting: u32,
    pub when_full: Overflow,
    /// 0: none. Wrap-up ends by itself after this; agents may extend it.
    pub wrap_up_ms: u32,
    /// Every how often the position is said; 0: never.
    pub announce_ms: u32,
    /// Prompt name of the music; the company's default where empty.
    pub music: String,
    /// 0 (normal) to 9.
    pub priority: u8,
    /// One priority step for every so many ms waited; 0: none.
    pub age_step_ms: u32,
    /// Service level: answered within this.
    pub target_ms: u32,
    /// Leaving at or under this is a short abandon.
    pub short_ms: u32,
    pub record: bool,
    /// Phones that can are answered by themselves, with a tone to the agent.
    pub auto_answer: bool,
    /// Shown to whom agents of this queue call, before the trunk's; empty: none of its own.
    pub caller_id: String,
    /// A missed offer makes the agent not ready.
    pub missed_not_ready: bool,
    pub rejected_not_ready: bool,
}

/// What happens to a caller whom a queue cannot keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overflow {
    /// A prompt name, then good-bye.
    Hangup(String),
    Queue(QueueId),
    Voicemail,
    Number(String),
}

#[derive(Debug, Clone)]
pub struct Number {
    /// As the trunk sends it, digits and `+`; a trailing `*` matches any rest. Longest match wins.
    pub pattern: String,
    pub flow: String,
}

#[derive(Debug, Clone)]
pub struct FlowSource {
    pub version: u32,
    pub yaml: String,
}

#[derive(Debug, Clone)]
pub struct Reason {
    pub id: ReasonId,
    pub name_zh: String,
    pub name_en: String,
    /// How long this kind of break is meant to last; 0: no aim.
    pub target_minutes: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(prefix: &str, strip: u8, add: &str) -> Rewrite {
        Rewrite { prefix: prefix.into(), strip, add: add.into() }
    }

    #[test]
    fn the_longest_rule_that_fits_changes_the_number_and_the_others_do_not() {
        let mut trunk = Trunk::new(TrunkId(1), "carrier");
        assert_eq!(trunk.dialed("+8613800138000"), "+8613800138000");
        trunk.rewrites = vec![rewrite("+", 1, "00"), rewrite("+8610", 5, "9"), rewrite("+86", 3, "0"), rewrite("", 0, "5")];
        for (number, want) in [
            ("+861062345678", "962345678"),
            ("+8621623", "021623"),
            ("+4420", "004420"),
            ("4008", "54008"),
            ("", "5"),
        ] {
            assert_eq!(trunk.dialed(number), want, "{number}");
        }
        trunk.rewrites = vec![rewrite("1", 200, "")];
        assert_eq!(trunk.dialed("110"), "", "nothing is left of it");
    }

    #[test]
    fn a_trunk_takes_a_number_by_its_longest_prefix() {
        let mut trunk = Trunk::new(TrunkId(1), "carrier");
        assert_eq!(trunk.takes("+8621"), Some(0));
        trunk.prefixes = vec!["+86".into(), "+8621".into()];
        assert_eq!((trunk.takes("+862150"), trunk.takes("+8610"), trunk.takes("+44")), (Some(5), Some(3), None));
    }
}
