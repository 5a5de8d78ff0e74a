//! The gateway under test, its company in a few lines, and the book of all it told.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::directory::{Agent, AnswerBy, DigestBy, FlowSource, Number, Overflow, Queue, Secret, Srtp, Station, Trunk};
use contract::{
    AgentId, Caller, Candidate, Directory, EpochMs, EventKind, InteractionId, Ledger, Lookup, QueueId, SeatCommand,
    StationId, TrunkId,
};
use cti_gateway::driver::{Gateway, GatewayConfig, Gauges, Ports, Prompts};
use cti_gateway::sip::api::EndpointConfig;
use tokio::sync::watch;

use crate::line::Line;

pub const AGENT: AgentId = AgentId(1);
/// Has a browser, and no phone.
pub const CLERK: AgentId = AgentId(2);
pub const STATION_USER: &str = "801";
pub const STATION_PASSWORD: &str = "secret";
/// Longest anything here may take; only a broken run meets it.
pub const PATIENCE: Duration = Duration::from_secs(20);

const CALLERS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
const STATIONS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Everything told, in order.
struct Book {
    told: Mutex<Vec<EventKind>>,
    calls: Mutex<Vec<(Option<InteractionId>, EventKind)>>,
    last_call: Mutex<Option<InteractionId>>,
    count: watch::Sender<usize>,
    /// Whoever tells it anything breaks.
    broken: AtomicBool,
}

impl Ledger for Book {
    fn record(&self, _: EpochMs, call: Option<InteractionId>, kind: EventKind) {
        assert!(!self.broken.load(Ordering::Relaxed), "the book takes no {kind:?}");
        if call.is_some() {
            *self.last_call.lock().unwrap() = call;
        }
        self.calls.lock().unwrap().push((call, kind.clone()));
        let mut told = self.told.lock().unwrap();
        told.push(kind);
        self.count.send_replace(told.len());
    }
}

struct Nobody;

impl Lookup for Nobody {
    fn identify(&self, _: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        Box::pin(async { Vec::new() })
    }
}

pub struct House {
    pub gateway: Gateway,
    book: Arc<Book>,
    at: SocketAddr,
    pub folder: tempfile::TempDir,
}

impl House {
    pub async fn open(speech: &[&str]) -> Self {
        Self::of(company(), speech, None).await
    }

    /// With this company, and this authority for certificates beside the well-known.
    pub async fn of(directory: Directory, speech: &[&str], authority: Option<std::path::PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let prompts_folder = folder.path().join("prompts");
        std::fs::create_dir_all(prompts_folder.join("en")).unwrap();
        for name in ["long", "technical"] {
            std::fs::write(prompts_folder.join(format!("en/{name}.wav")), wav(1_500)).unwrap();
        }
        let mut prompts = Prompts::built_in();
        prompts.load(&prompts_folder).unwrap();
        let config = GatewayConfig {
            node: 1,
            sip: EndpointConfig { authorities: authority, ..EndpointConfig::on(SocketAddr::new(CALLERS, 0)) },
            media_ip: CALLERS,
            media_advertise: None,
            rtp_ports: (20_000, 60_000),
            media_threads: 1,
            recordings: folder.path().join("recordings"),
            contacts: Some(folder.path().join("contacts.json")),
            most_calls: 100,
            router: acd::RouterConfig::default(),
            speech: speech.iter().map(|s| (*s).to_owned()).collect(),
        };
        let book = Arc::new(Book {
            told: Mutex::default(),
            calls: Mutex::default(),
            last_call: Mutex::default(),
            count: watch::Sender::new(0),
            broken: AtomicBool::new(false),
        });
        let ports = Ports { ledger: book.clone(), lookup: Arc::new(Nobody) };
        let gateway = Gateway::start(config, prompts, ports).await.unwrap();
        let faults = gateway.directory(Arc::new(directory)).await;
        // Text can be said only where there is a command that speaks.
        assert!(faults.iter().all(|f| f.flow == "spoken" && speech.is_empty()), "{faults:#?}");
        let at = gateway.addresses()[0];
        Self { gateway, book, at, folder }
    }

    pub async fn caller(&self) -> Line {
        Line::open(CALLERS, self.at, "+8613800138000", None).await
    }

    /// A registered phone.
    pub async fn station(&self) -> Line {
        let mut line = Line::open(STATIONS, self.at, STATION_USER, Some(STATION_PASSWORD)).await;
        line.register().await;
        self.fact("a registration", |k| matches!(k, EventKind::StationRegistered { .. })).await;
        line
    }

    pub async fn ready(&self) {
        self.gateway.seat(AGENT, SeatCommand::SignIn { station: None }, AGENT).await.unwrap();
        self.gateway.seat(AGENT, SeatCommand::Ready, AGENT).await.unwrap();
    }

    /// The next fact breaks whoever tells it.
    pub fn break_the_book(&self) {
        self.book.broken.store(true, Ordering::Relaxed);
    }

    pub async fn gauges(&self) -> Gauges {
        self.gateway.gauges().await
    }

    /// The call last spoken of.
    pub fn call(&self) -> InteractionId {
        self.book.last_call.lock().unwrap().unwrap()
    }

    /// All that was told of one call, in order.
    pub fn of_call(&self, call: InteractionId) -> Vec<EventKind> {
        let told = self.book.calls.lock().unwrap();
        told.iter().filter(|(of, _)| *of == Some(call)).map(|(_, kind)| kind.clone()).collect()
    }

    pub fn count(&self, wanted: impl Fn(&EventKind) -> bool) -> usize {
        self.book.told.lock().unwrap().iter().filter(|k| wanted(k)).count()
    }

    /// The first fact of this kind, when it has come.
    pub async fn fact(&self, what: &str, wanted: impl Fn(&EventKind) -> bool) -> EventKind {
        self.nth(what, 1, wanted).await
    }

    pub async fn nth(&self, what: &str, n: usize, wanted: impl Fn(&EventKind) -> bool) -> EventKind {
        let mut count = self.book.count.subscribe();
        let found = || self.book.told.lock().unwrap().iter().filter(|k| wanted(k)).nth(n - 1).cloned();
        let wait = async {
            loop {
                if let Some(kind) = found() {
                    return kind;
                }
                count.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(kind) => kind,
            Err(_) => panic!("{what} never came: {:#?}", self.book.told.lock().unwrap()),
        }
    }

    /// No call, leg, lease or recording is left.
    pub async fn quiet(&self) {
        let empty = |g: &Gauges| {
            (g.calls, g.legs, g.recordings, g.waiting, g.offers, g.talks) == (0, 0, 0, 0, 0, 0)
                && (g.orphans, g.broken, g.lost) == (0, 0, 0)
        };
        let wait = async {
            let mut every = tokio::time::interval(Duration::from_millis(20));
            while !empty(&self.gauges().await) {
                every.tick().await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("something is left: {:?} {:#?}", self.gauges().await, self.book.told.lock().unwrap());
        }
    }
}

/// So much of a tone, as a WAV file.
pub fn wav(ms: u32) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let spec =
        hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::new(&mut out, spec).unwrap();
    for n in 0..ms * 8 {
        writer.write_sample(if n / 8 % 2 == 0 { 3000_i16 } else { -3000 }).unwrap();
    }
    writer.finalize().unwrap();
    out.into_inner()
}

pub fn company() -> Directory {
    let mut out = Directory { version: 1, ..Directory::default() };
    out.company.area_code = "10".into();
    let station = StationId(1);
    out.agents.insert(
        AGENT,
        Agent {
            id: AGENT,
            name: "agent".into(),
            team: None,
            skills: BTreeMap::new(),
            station: Some(station),
            dial_prefixes: vec!["+86".into()],
        },
    );
    let clerk = Agent { id: CLERK, name: "clerk".into(), station: None, ..out.agents[&AGENT].clone() };
    out.agents.insert(CLERK, clerk);
    out.stations.insert(
        station,
        Station {
            id: station,
            username: STATION_USER.into(),
            password: Secret(STATION_PASSWORD.into()),
            answer_by: AnswerBy::Phone,
            digest: DigestBy::Both,
            srtp: Srtp::OverTls,
            number: String::new(),
            beside: None,
        },
    );
    let trunk = |id, from: Vec<(IpAddr, u8)>, to| Trunk { from, to, trusted: true, ..Trunk::new(id, "") };
    out.trunks.insert(TrunkId(1), trunk(TrunkId(1), vec![(CALLERS, 32)], vec![]));
    // A way out to a port nobody listens on.
    out.trunks.insert(TrunkId(2), trunk(TrunkId(2), vec![], vec![SocketAddr::from(([127, 0, 0, 3], 9))]));
    out.queues.insert(QueueId(1), queue());
    for (pattern, flow) in [("95500", "direct"), ("95501", "keys"), ("95502", "spoken")] {
        out.numbers.push(Number { pattern: pattern.into(), flow: flow.into() });
    }
    for (name, yaml) in [("direct", DIRECT), ("keys", KEYS), ("spoken", SPOKEN)] {
        out.flows.insert(name.into(), FlowSource { version: 1, yaml: yaml.into() });
    }
    out
}

fn queue() -> Queue {
    Queue {
        id: QueueId(1),
        name: "direct".into(),
        skills: BTreeMap::new(),
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

const DIRECT: &str = "
name: direct
language: en
start: wait
nodes:
  wait: { kind: queue, queue: direct }
";

const KEYS: &str = "
name: keys
language: en
variables: { pin: '' }
start: ask
nodes:
  ask:
    kind: collect
    prompts: [long]
    into: pin
    max: 8
    terminator: '#'
    invalid: [long]
    no_input: [long]
    next: again
    failed: bye
  again: { kind: queue, queue: direct }
  bye: { kind: hangup }
";

const SPOKEN: &str = "
name: spoken
language: en
start: ask
nodes:
  ask:
    kind: menu
    prompts: [{ text: { en: Press one } }]
    choices:
      '1': { label: One, next: say }
    invalid: [long]
    no_input: [long]
    failed: bye
  say: { kind: play, prompts: [long], barge_in: false, next: bye }
  bye: { kind: hangup }
";
