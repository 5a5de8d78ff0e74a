//! The company under load: one loopback trunk, as many agents as asked for with a station each, and three numbers:
//! [`PROMPT`] plays until the caller goes, [`QUEUE`] leads to an agent, [`RECORDED`] too and is recorded.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use contract::directory::{Agent, AnswerBy, DigestBy, Directory, FlowSource, Number, Overflow, Queue, Secret, Srtp, Station, Trunk};
use contract::{AgentId, QueueId, StationId, TrunkId};

pub const PROMPT: &str = "7000";
pub const QUEUE: &str = "7001";
pub const RECORDED: &str = "7002";

/// The first station's digits; the others follow.
pub const FIRST_STATION: i64 = 20_000;

const PROMPT_FLOW: &str = "\
name: prompt
language: en
start: hear
nodes:
  hear:
    kind: play
    prompts: [welcome, main-menu, thanks-waiting, main-menu]
    next: bye
  bye:
    kind: hangup
";

/// As short as a real one can be: is the caller blocked, and then the queue.
fn queue_flow(name: &str) -> String {
    format!(
        "\
name: {name}
language: en
start: screen
nodes:
  screen:
    kind: branch
    cases:
      - {{ when: 'listed(\"block\")', next: blocked }}
    otherwise: wait
  blocked:
    kind: hangup
    cause: refused
  wait:
    kind: queue
    queue: {name}
"
    )
}

/// The digest password of a station.
pub fn password(station: i64) -> String {
    format!("bench-{station}")
}

pub fn directory(agents: u16) -> Directory {
    let mut out = Directory { version: 1, ..Directory::default() };
    for (id, name, record) in [(1, "plain", false), (2, "recorded", true)] {
        out.queues.insert(QueueId(id), queue(id, name, record));
        out.flows.insert(name.into(), FlowSource { version: 1, yaml: queue_flow(name) });
    }
    out.flows.insert("prompt".into(), FlowSource { version: 1, yaml: PROMPT_FLOW.into() });
    for (pattern, flow) in [(PROMPT, "prompt"), (QUEUE, "plain"), (RECORDED, "recorded")] {
        out.numbers.push(Number { pattern: pattern.into(), flow: flow.into() });
    }
    out.lists = ["vip", "block"].map(|list| (list.to_owned(), Default::default())).into();
    out.trunks.insert(TrunkId(1), trunk());
    for n in 0..i64::from(agents) {
        let digits = FIRST_STATION + n;
        let station = StationId(digits);
        let phone = Station {
            id: station,
            username: digits.to_string(),
            password: Secret(password(digits)),
            answer_by: AnswerBy::Phone,
            digest: DigestBy::Both,
            srtp: Srtp::OverTls,
            number: String::new(),
            beside: None,
        };
        out.stations.insert(station, phone);
        let agent = AgentId(n + 1);
        let person = Agent {
            id: agent,
            name: format!("agent {n}"),
            team: None,
            skills: BTreeMap::new(),
            station: Some(station),
            dial_prefixes: Vec::new(),
        };
        out.agents.insert(agent, person);
    }
    out
}

fn queue(id: i64, name: &str, record: bool) -> Queue {
    Queue {
        id: QueueId(id),
        name: name.into(),
        skills: BTreeMap::new(),
        ring_ms: 20_000,
        max_wait_ms: 0,
        at_max_wait: Overflow::Voicemail,
        max_waiting: 0,
        when_full: Overflow::Hangup("all-busy".into()),
        wrap_up_ms: 0,
        announce_ms: 0,
        music: String::new(),
        priority: 0,
        age_step_ms: 60_000,
        target_ms: 20_000,
        short_ms: 5_000,
        record,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: false,
    }
}

fn trunk() -> Trunk {
    let from = vec![(IpAddr::V4(Ipv4Addr::LOCALHOST), 32)];
    Trunk { from, trusted: true, ..Trunk::new(TrunkId(1), "loopback") }
}
