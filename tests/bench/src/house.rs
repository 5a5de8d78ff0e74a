//! The house under load, in a process of its own, so that its memory and its share of a core can be read from outside:
//! the gateway with the real ledger on SQLite, every fold that hears of calls, and the real look-up of callers.
//! It takes a word a line (`gauges`, `stop`) and answers with a line of JSON. Parents use [`House::start`].

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use contract::directory::Directory;
use contract::number::Context;
use contract::{
    AgentId, CallCommand, Caller, Candidate, Event, EventKind, InteractionId, Lookup, Microphone, PhoneCheck, SeatCommand,
};
use cti_gateway::driver::{Browser, Gateway, GatewayConfig, Ports, Prompts};
use cti_gateway::sip::api::EndpointConfig;
use serde::{Deserialize, Serialize};
use store::Db;
use store::fold::Folds;
use store::ledger::{LedgerOptions, LedgerWriter};

use crate::{Fault, company, now, wait};

/// What a run may choose.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    pub agents: u16,
    pub most_calls: usize,
}

/// Everything that must return to zero, and what happened on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauges {
    pub calls: usize,
    pub legs: usize,
    pub recordings: usize,
    pub waiting: usize,
    pub offers: usize,
    pub talks: usize,
    pub wrap_ups: usize,
    pub dialogs: usize,
    pub transactions: usize,
    pub media_legs: u64,
    pub ports_taken: u64,
    pub not_durable: u64,
    pub behind: u64,
    pub orphans: u64,
    pub lost: u64,
    pub broken: u64,
    pub refused: u64,
    pub retransmissions_in: u64,
    pub retransmissions_out: u64,
}

impl Gauges {
    /// What is alive: name and count, of those that are not zero. Transactions die by their own timers (RFC 3261 §17).
    pub fn alive(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("calls", self.calls as u64),
            ("legs", self.legs as u64),
            ("recordings", self.recordings as u64),
            ("waiting", self.waiting as u64),
            ("offers", self.offers as u64),
            ("talks", self.talks as u64),
            ("wrap-ups", self.wrap_ups as u64),
            ("dialogs", self.dialogs as u64),
            ("transactions", self.transactions as u64),
            ("media legs", self.media_legs),
            ("ports", self.ports_taken),
            ("events not durable", self.not_durable),
            ("events not folded", self.behind),
        ];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }

    /// What must never have happened.
    pub fn faults(&self) -> Vec<(&'static str, u64)> {
        let all = [("orphans", self.orphans), ("lost messages", self.lost), ("broken calls", self.broken)];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }
}

/// A running house, seen from its parent. Ended when dropped.
pub struct House {
    child: Child,
    words: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Where it takes SIP.
    pub sip: SocketAddr,
    _folder: tempfile::TempDir,
}

impl House {
    pub fn start(settings: &Settings) -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let program = std::env::current_exe()?;
        let mut child = Command::new(program)
            .arg("house")
            .arg(folder.path())
            .arg(serde_json::to_string(settings)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let words = child.stdin.take().ok_or("no way to speak to the house")?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("no way to hear the house")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let Ok(sip) = line.trim().parse() else {
            child.wait()?;
            return Err(format!("the house did not start: {line}").into());
        };
        Ok(Self { child, words, answers, sip, _folder: folder })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn ask(&mut self, word: &str) -> Result<String, Fault> {
        writeln!(self.words, "{word}")?;
        self.words.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(format!("the house is gone: {}", self.child.wait()?).into());
        }
        Ok(line)
    }

    pub fn gauges(&mut self) -> Result<Gauges, Fault> {
        Ok(serde_json::from_str(&self.ask("gauges")?)?)
    }

    /// Makes every agent ready; their phones are registered by now.
    pub fn ready(&mut self) -> Result<(), Fault> {
        self.command("ready")
    }

    fn command(&mut self, word: &str) -> Result<(), Fault> {
        let answer = self.ask(word)?;
        if answer.trim() == "ok" { Ok(()) } else { Err(answer.trim().to_owned().into()) }
    }

    /// Seats an agent at a browser, whose SDP offer this is; the answer.
    pub fn browser(&mut self, agent: i64, offer: &str) -> Result<String, Fault> {
        let line = self.ask(&format!("browser {agent} {}", serde_json::to_string(offer)?))?;
        let answer: Result<String, String> = serde_json::from_str(&line)?;
        Ok(answer?)
    }

    /// Makes every agent ready, whose browsers are connected by now.
    pub fn browsers_ready(&mut self) -> Result<(), Fault> {
        self.command("browsers_ready")
    }

    /// Whatever rings is answered at once.
    pub fn answer_all(&mut self) -> Result<(), Fault> {
        self.command("answer_all")
    }

    /// Waits until somebody is rung.
    pub fn rung(&mut self) -> Result<(), Fault> {
        self.command("rung")
    }

    /// Answers what was rung last.
    pub fn answer(&mut self) -> Result<(), Fault> {
        self.command("answer")
    }

    /// Waits until nothing is alive; the gauges that still are when time is over.
    pub fn settle(&mut self, patience: Duration) -> Result<Gauges, Fault> {
        let end = now() + patience;
        loop {
            let gauges = self.gauges()?;
            if gauges.alive().is_empty() || now() > end {
                return Ok(gauges);
            }
            wait(Duration::from_millis(200));
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's side: serves until standard input closes.
pub fn serve(folder: &Path, settings: &str) -> Result<(), Fault> {
    let settings: Settings = serde_json::from_str(settings)?;
    crate::proc::raise_file_limit()?;
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(live(folder, settings))
}

struct Callers(Db);

impl Lookup for Callers {
    fn identify(&self, caller: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        let db = self.0.clone();
        Box::pin(async move {
            let context = Context { country: "CN", area_code: "", own: &[] };
            crm::lookup::identify(&db, &caller, &context, 0).await.unwrap_or_default()
        })
    }
}

async fn live(folder: &Path, settings: Settings) -> Result<(), Fault> {
    let db = Db::open(&format!("sqlite:{}", folder.join("bench.db").display())).await?;
    db.migrate(&[store::MIGRATIONS, crm::MIGRATIONS, recordings::MIGRATIONS, reports::MIGRATIONS]).await?;
    let ledger = Arc::new(LedgerWriter::open(db.clone(), 1, folder.join("spool"), LedgerOptions::default()).await?);
    let mut folds = Folds::new(db.clone(), &ledger);
    folds.start(crm::interactions::InteractionFold);
    folds.start(recordings::RecordingFold);
    folds.start(reports::Rollup);
    folds.start(reports::AgentIntervals);

    let directory = Arc::new(company::directory(settings.agents));
    let gateway = phones(folder, &settings, &directory, Ports { ledger: ledger.clone(), lookup: Arc::new(Callers(db)) }).await?;
    let sip = *gateway.addresses().first().ok_or("no SIP address")?;
    println!("{sip}");

    let (mut offers, mut last) = (ledger.subscribe(), None);
    let mut words = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(tokio::io::stdin()));
    while let Some(word) = words.next_line().await? {
        match word.trim() {
            "ready" => say(seats(&gateway, &directory).await),
            "browsers_ready" => say(browsers_ready(&gateway, &directory).await),
            "answer_all" => {
                tokio::spawn(answer_all(gateway.clone(), ledger.subscribe()));
                say(Ok(()));
            }
            "rung" => say(next_offer(&mut offers).await.map(|rung| last = Some(rung))),
            "answer" => say(match last.take() {
                Some((call, agent)) => gateway.call(call, agent, CallCommand::Answer).await.map_err(Into::into),
                None => Err("nobody was rung".into()),
            }),
            word if word.starts_with("browser ") => {
                let answer = browser(&gateway, word).await.map_err(|why| why.to_string());
                println!("{}", serde_json::to_string(&answer)?);
            }
            "gauges" => println!("{}", serde_json::to_string(&gauges(&gateway, &ledger, &folds).await)?),
            other => println!("unknown word {other}"),
        }
    }
    Ok(())
}

fn say(done: Result<(), Fault>) {
    match done {
        Ok(()) => println!("ok"),
        Err(why) => println!("{why}"),
    }
}

type Offers = tokio::sync::broadcast::Receiver<Arc<Event>>;

/// The next call that rings at an agent's. What came too fast to be kept is passed over.
async fn next_offer(offers: &mut Offers) -> Result<(InteractionId, AgentId), Fault> {
    loop {
        match offers.recv().await {
            Ok(event) => {
                if let (EventKind::Offered { agent, .. }, Some(call)) = (&event.kind, event.interaction) {
                    return Ok((call, *agent));
                }
            }
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
            Err(closed) => return Err(closed.into()),
        }
    }
}

async fn answer_all(gateway: Gateway, mut offers: Offers) {
    while let Ok((call, agent)) = next_offer(&mut offers).await {
        // One that is gone already needs no answer.
        let _ = gateway.call(call, agent, CallCommand::Answer).await;
    }
}

/// `browser 7 "v=0…"`
async fn browser(gateway: &Gateway, word: &str) -> Result<String, Fault> {
    let (agent, offer) = word.strip_prefix("browser ").and_then(|rest| rest.split_once(' ')).ok_or("browser wants an agent and an offer")?;
    let (agent, offer) = (AgentId(agent.parse()?), serde_json::from_str(offer)?);
    gateway.desktop(agent, true).await;
    let station = Some(contract::directory::browser_station(agent));
    seat(gateway, agent, SeatCommand::SignIn { station }).await?;
    let (id, name) = ("bench".to_owned(), "bench".to_owned());
    let asks = Browser { offer, id, takes: false, from: IpAddr::V4(Ipv4Addr::LOCALHOST), name };
    gateway.line(agent, asks).await.map_err(|why| format!("agent {agent}: {why}").into())
}

async fn browsers_ready(gateway: &Gateway, directory: &Directory) -> Result<(), Fault> {
    let fine = PhoneCheck { microphone: Microphone::Ok, round_trip_ms: Some(1), jitter_ms: None, lost_percent: None };
    for agent in directory.agents.keys().copied() {
        gateway.check(agent, fine).await;
        seat(gateway, agent, SeatCommand::Ready).await?;
    }
    Ok(())
}

async fn phones(folder: &Path, settings: &Settings, directory: &Arc<Directory>, ports: Ports) -> Result<Gateway, Fault> {
    let mut sip = EndpointConfig::on(SocketAddr::from(([127, 0, 0, 1], 0)));
    sip.tcp = None;
    // The agents' SIPp registers once, for the whole run.
    sip.register_max = Duration::from_secs(86_400);
    let config = GatewayConfig {
        node: 1,
        sip,
        media_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        media_advertise: None,
        rtp_ports: (12_000, 31_999),
        contacts: None,
        media_threads: 0,
        recordings: folder.join("recordings"),
        most_calls: settings.most_calls,
        router: acd::RouterConfig::default(),
        speech: Vec::new(),
    };
    let mut prompts = Prompts::built_in();
    prompts.load(&demo_prompts()).map_err(|wrong| wrong.join("; "))?;
    let gateway = Gateway::start(config, prompts, ports).await?;
    let faults = gateway.directory(directory.clone()).await;
    if !faults.is_empty() {
        return Err(format!("{faults:?}").into());
    }
    Ok(gateway)
}

/// The demo company's voices.
fn demo_prompts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ivr/demo/prompts")
}

async fn seats(gateway: &Gateway, directory: &Directory) -> Result<(), Fault> {
    for agent in directory.agents.keys().copied() {
        gateway.desktop(agent, true).await;
        seat(gateway, agent, SeatCommand::SignIn { station: None }).await?;
        seat(gateway, agent, SeatCommand::Ready).await?;
    }
    Ok(())
}

async fn seat(gateway: &Gateway, agent: AgentId, command: SeatCommand) -> Result<(), Fault> {
    Ok(gateway.seat(agent, command, agent).await.map_err(|why| format!("agent {agent}: {why}"))?)
}

async fn gauges(gateway: &Gateway, ledger: &LedgerWriter, folds: &Folds) -> Gauges {
    let (calls, sip, media) = (gateway.gauges().await, gateway.sip_counts(), gateway.media().gauges());
    let behind = folds.counts().iter().map(|(_, behind, _)| *behind).max().unwrap_or(0);
    Gauges {
        calls: calls.calls,
        legs: calls.legs,
        recordings: calls.recordings,
        waiting: calls.waiting,
        offers: calls.offers,
        talks: calls.talks,
        wrap_ups: calls.wrap_ups,
        dialogs: sip.dialogs + sip.closing,
        transactions: sip.transactions(),
        media_legs: media.legs,
        ports_taken: media.ports_taken,
        not_durable: ledger.not_durable(),
        behind,
        orphans: calls.orphans,
        lost: calls.lost,
        broken: calls.broken,
        refused: calls.refused.iter().map(|(_, n)| n).sum::<u64>() + sip.refused,
        retransmissions_in: sip.retransmissions_in,
        retransmissions_out: sip.retransmissions_out,
    }
}
