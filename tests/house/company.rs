//! A company in a few lines: agents with phones, one skill, queues, numbers, a trunk in and one out.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use contract::directory::{Agent, AnswerBy, DigestBy, Company, FlowSource, Number, Overflow, Queue, Secret, Srtp, Station, Trunk};
use contract::{AgentId, Directory, PhoneNumber, QueueId, SkillId, StationId, TrunkId};

/// The one skill everybody has.
pub const SKILL: SkillId = SkillId(1);
/// Calls come in here, from [`CALLERS`].
pub const INWARD: TrunkId = TrunkId(1);
/// Calls to numbers outside go out here, where a test opened it.
pub const OUTWARD: TrunkId = TrunkId(2);

/// Addresses of the trunk, the stations, strangers, and the far end of the way out.
pub const CALLERS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
pub const STATIONS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
pub const STRANGERS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
pub const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 4));

pub const PASSWORD: &str = "station-secret";

/// Queues by name; ids in this order from 1.
pub const QUEUES: [&str; 7] = ["direct", "second", "support-zh", "support-en", "sales-zh", "sales-en", "vip"];

#[must_use]
pub fn queue_id(name: &str) -> QueueId {
    QueueId(QUEUES.iter().position(|q| *q == name).map_or(0, |n| n as i64 + 1))
}

/// An empty company with these agents (ids and stations from 1), numbers `95500` (straight to queue `direct`), `95501`
/// (a menu), `95588` (the demo company's main line).
#[must_use]
pub fn company(agents: &[AnswerBy]) -> Directory {
    let mut directory = Directory {
        version: 1,
        company: Company { name: "测试 Test".into(), area_code: "10".into(), ..Company::default() },
        ..Directory::default()
    };
    for (n, answer_by) in agents.iter().enumerate() {
        let n = n as i64 + 1;
        let (agent, station) = (AgentId(n), StationId(n));
        let username = format!("80{n}");
        directory.agents.insert(agent, Agent {
            id: agent,
            name: format!("agent {n}"),
            team: None,
            skills: BTreeMap::from([(SKILL, 5)]),
            station: Some(station),
            dial_prefixes: vec!["+86".into()],
        });
        let station = Station { id: station, username, password: Secret(PASSWORD.into()), answer_by: *answer_by, digest: DigestBy::Both, srtp: Srtp::OverTls, number: String::new(), beside: None };
        directory.stations.insert(station.id, station);
    }
    directory.queues = QUEUES.iter().map(|name| (queue_id(name), queue(name))).collect();
    directory.trunks.insert(INWARD, trunk(INWARD, "inward", vec![(CALLERS, 32)], vec![]));
    for (pattern, flow) in [("95500", "direct"), ("95501", "menu"), ("95588", "main"), ("95502", "digits")] {
        directory.numbers.push(Number { pattern: pattern.into(), flow: flow.into() });
    }
    let flows = [
        ("direct", DIRECT),
        ("menu", MENU),
        ("digits", DIGITS),
        ("check", CHECK),
        ("main", include_str!("../../ivr/demo/flows/main.yaml")),
        ("survey", include_str!("../../ivr/demo/flows/survey.yaml")),
        ("after-hours", include_str!("../../ivr/demo/flows/after-hours.yaml")),
    ];
    for (name, yaml) in flows {
        directory.flows.insert(name.into(), FlowSource { version: 1, yaml: yaml.into() });
    }
    directory.lists.insert("vip".into(), HashSet::new());
    directory.lists.insert("block".into(), HashSet::new());
    directory
}

/// A queue with a short ring, no wrap-up, recording on.
#[must_use]
pub fn queue(name: &str) -> Queue {
    Queue {
        id: queue_id(name),
        name: name.to_owned(),
        skills: BTreeMap::from([(SKILL, 1)]),
        ring_ms: 20_000,
        max_wait_ms: 0,
        at_max_wait: Overflow::Hangup(String::new()),
        max_waiting: 0,
        when_full: Overflow::Hangup(String::new()),
        wrap_up_ms: 0,
        announce_ms: 0,
        music: String::new(),
        priority: 0,
        age_step_ms: 0,
        target_ms: 20_000,
        short_ms: 5_000,
        record: true,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: true,
    }
}

#[must_use]
pub fn trunk(id: TrunkId, name: &str, from: Vec<(IpAddr, u8)>, to: Vec<SocketAddr>) -> Trunk {
    Trunk { from, to, trusted: true, ..Trunk::new(id, name) }
}

/// Opens the way out, to a phone standing for the world.
pub fn open_outward(directory: &mut Directory, to: SocketAddr) {
    directory.trunks.insert(OUTWARD, trunk(OUTWARD, "outward", vec![], vec![to]));
}

/// One more way out, after those there are.
pub fn open_another(directory: &mut Directory, id: TrunkId, to: SocketAddr) {
    directory.trunks.insert(id, trunk(id, "another", vec![], vec![to]));
}

#[must_use]
pub fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::from_e164(e164).unwrap_or_else(|e| panic!("{e164}: {e}"))
}

/// Changes one queue.
pub fn tune(directory: &mut Directory, name: &str, change: impl FnOnce(&mut Queue)) {
    if let Some(queue) = directory.queues.get_mut(&queue_id(name)) {
        change(queue);
    }
}

const DIRECT: &str = "
name: direct
language: en
start: wait
nodes:
  wait:
    kind: queue
    queue: direct
";

const MENU: &str = "
name: menu
language: en
start: ask
nodes:
  ask:
    kind: menu
    prompts: [main-menu]
    choices:
      \"1\": { label: one, next: first }
      \"2\": { label: two, next: second }
      \"9\": { label: nine, next: bye }
    retries: 5
    failed: bye
  first:
    kind: queue
    queue: direct
  second:
    kind: queue
    queue: second
  bye:
    kind: hangup
    prompts: [goodbye]
";

const DIGITS: &str = "
name: digits
language: en
start: ask
variables:
  order: \"\"
nodes:
  ask:
    kind: collect
    prompts: [enter-order]
    into: order
    min: 16
    max: 16
    retries: 1
    label: order
    next: bye
    failed: bye
  bye:
    kind: hangup
    prompts: [goodbye]
";

/// Agents send callers here to key four digits, and have them back.
const CHECK: &str = "
name: check
language: keep
start: ask
variables:
  pin: \"\"
nodes:
  ask:
    kind: collect
    prompts: [enter-order]
    into: pin
    min: 4
    max: 4
    retries: 0
    sensitive: true
    check: pin == '1234'
    next: good
    failed: bad
  good: { kind: return, result: verified }
  bad: { kind: return, result: not verified }
";
