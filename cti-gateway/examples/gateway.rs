//! A gateway without a house around it: the demo flows, one queue, stations 1001 to 1009, calls from loopback. To try
//! phones against, and to measure. `gateway [SIP PORT] [RTP LOW] [RTP HIGH]`; prints its gauges every two seconds.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use contract::directory::{Agent, AnswerBy, DigestBy, Directory, FlowSource, Number, Overflow, Queue, Secret, Srtp, Station, Trunk};
use contract::{AgentId, Candidate, Caller, EpochMs, EventKind, InteractionId, Ledger, Lookup, QueueId, StationId, TrunkId};
use cti_gateway::driver::{Gateway, GatewayConfig, Ports, Prompts};
use cti_gateway::sip::api::EndpointConfig;

struct Quiet;

impl Ledger for Quiet {
    fn record(&self, _: EpochMs, interaction: Option<InteractionId>, kind: EventKind) {
        if std::env::var_os("SHOW").is_some() {
            println!("{interaction:?} {kind:?}");
        }
    }
}

impl Lookup for Quiet {
    fn identify(&self, _: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        Box::pin(async { Vec::new() })
    }
}

fn queue(id: i64, name: &str) -> Queue {
    Queue {
        id: QueueId(id),
        name: name.into(),
        skills: BTreeMap::new(),
        ring_ms: 20_000,
        max_wait_ms: 60_000,
        at_max_wait: Overflow::Voicemail,
        max_waiting: 0,
        when_full: Overflow::Hangup("all-busy".into()),
        wrap_up_ms: 0,
        announce_ms: 30_000,
        music: String::new(),
        priority: 0,
        age_step_ms: 60_000,
        target_ms: 20_000,
        short_ms: 5_000,
        record: true,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: false,
    }
}

fn directory() -> Directory {
    let mut out = Directory { version: 1, ..Directory::default() };
    for (id, name) in [(1, "support-zh"), (2, "sales-zh"), (3, "support-en"), (4, "sales-en"), (5, "vip")] {
        out.queues.insert(QueueId(id), queue(id, name));
    }
    for n in 1..=9 {
        let station = StationId(1000 + n);
        out.stations.insert(
            station,
            Station {
                id: station,
                username: station.to_string(),
                password: Secret(format!("zuoxi-{station}")),
                answer_by: AnswerBy::TalkEvent,
                digest: DigestBy::Both,
                srtp: Srtp::OverTls,
                number: String::new(),
                beside: None,
            },
        );
        let agent = Agent {
            id: AgentId(n),
            name: format!("agent {n}"),
            team: None,
            skills: BTreeMap::new(),
            station: Some(station),
            dial_prefixes: Vec::new(),
        };
        out.agents.insert(agent.id, agent);
    }
    let from = vec![(IpAddr::V4(Ipv4Addr::LOCALHOST), 32)];
    let loopback = Trunk { from, trusted: true, ..Trunk::new(TrunkId(1), "loopback") };
    out.trunks.insert(loopback.id, loopback);
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ivr/demo/flows");
    for name in ["main", "direct", "direct-en", "after-hours"] {
        let yaml = std::fs::read_to_string(flows.join(format!("{name}.yaml"))).expect("the demo flow is there");
        out.flows.insert(name.into(), FlowSource { version: 1, yaml });
    }
    for (pattern, flow) in [("400", "main"), ("401", "direct"), ("402", "direct-en"), ("service", "direct-en")] {
        out.numbers.push(Number { pattern: pattern.into(), flow: flow.into() });
    }
    out.lists = [("vip".to_owned(), Default::default()), ("block".to_owned(), Default::default())].into();
    out
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u16>().expect("a port"));
    let mut next = |default| args.next().unwrap_or(default);
    let (sip, low, high) = (next(5060), next(20_000), next(39_999));
    let recordings = std::env::temp_dir().join("zuoxi-example");
    let config = GatewayConfig {
        node: 1,
        sip: EndpointConfig::on(SocketAddr::from(([127, 0, 0, 1], sip))),
        media_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        media_advertise: None,
        rtp_ports: (low, high),
        contacts: None,
        media_threads: 0,
        recordings,
        most_calls: 20_000,
        router: acd::RouterConfig::default(),
        speech: Vec::new(),
    };
    let mut prompts = Prompts::built_in();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ivr/demo/prompts");
    prompts.load(&folder).expect("the demo prompts load");
    let ports = Ports { ledger: Arc::new(Quiet), lookup: Arc::new(Quiet) };
    let gateway = Gateway::start(config, prompts, ports).await.expect("the gateway starts");
    for fault in gateway.directory(Arc::new(directory())).await {
        println!("{fault:?}");
    }
    println!("SIP on {:?}", gateway.addresses());
    let mut every = tokio::time::interval(Duration::from_secs(2));
    loop {
        every.tick().await;
        println!("{:?} sip {:?} media {:?}", gateway.gauges().await, gateway.sip_counts(), gateway.media().gauges());
    }
}
