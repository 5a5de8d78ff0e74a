//! The handle the rest of the house holds: start, ask, stop.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::health::Part;
use contract::{
    AgentId, CallCommand, Directory, IdMaker, InteractionId, Ledger, LegId, Lookup, QueueId, Seat, SeatCommand,
    PbxId, SuperviseCommand, TrunkId, WaitingCommand,
};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::behind;
use super::beside::{PbxBook, PbxLine};
use super::company::Company;
use super::contacts::{self, ContactBook};
use super::ending::Tasks;
use super::legs::Legs;
use super::own_thread::OwnThread;
use super::pbxs::Pbxs;
use super::speech::Speech;
use super::switch::{Gauges, Message, Switch};
use super::trunks::{TrunkBook, TrunkLine};
use super::vitals::{self, ShutTheDoor, Vitals, tend};
use super::{Clock, FlowFault, Prompts};
use crate::call::CommandRefused;
use crate::media::{Engine, LineEvent, LineFault, LineId, MediaConfig, MediaEvent, MediaSink};
use crate::pbx::calls::PbxRefused;
use crate::reach::Reach;
use crate::sip::Endpoint;
use crate::sip::api::{Contact, Counts, EndpointConfig, UaEvent};
use crate::sip::net::{self, Sockets, Tls, TlsError};

/// Messages the switch may have waiting. Beyond it they are lost, counted, and the truth audit mends what they meant.
const INBOX: usize = 65_536;
/// Commands waiting for signalling.
const ASKS: usize = 8_192;

#[derive(Debug, Clone)]
pub struct GatewayConfig {
    pub node: u16,
    pub sip: EndpointConfig,
    /// Where RTP is received, and what SDP names.
    pub media_ip: IpAddr,
    /// What SDP names instead to far ends that do not reach `media_ip`, behind NAT.
    pub media_advertise: Option<IpAddr>,
    /// First and last RTP port.
    pub rtp_ports: (u16, u16),
    /// 0: one per core.
    pub media_threads: usize,
    /// Folder of the recordings.
    pub recordings: PathBuf,
    /// The file that keeps where phones are over a restart.
    pub contacts: Option<PathBuf>,
    /// Calls at once; more get 503, with the limits' Retry-After.
    pub most_calls: usize,
    pub router: acd::RouterConfig,
    /// Text to speech: program and arguments; empty: none.
    pub speech: Vec<String>,
}

/// What the gateway needs of the house.
#[derive(Clone)]
pub struct Ports {
    pub ledger: Arc<dyn Ledger>,
    pub lookup: Arc<dyn Lookup>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Sip(#[from] net::BindError),
    #[error(transparent)]
    Tls(#[from] net::TlsError),
    #[error("no randomness could be had from the system: {0}")]
    Random(getrandom::Error),
    #[error("the media engine cannot start: {0}")]
    Media(#[source] std::io::Error),
    #[error("a thread for calls cannot start: {0}")]
    Thread(#[source] std::io::Error),
}

/// Why an intent changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("there is no call {0}; it has ended")]
    NoCall(InteractionId),
    #[error(transparent)]
    Call(CommandRefused),
    #[error(transparent)]
    Pbx(PbxRefused),
    #[error(transparent)]
    Seat(acd::Refusal),
    #[error("this is a colleague; ask them into a talk, or call them from the phone itself")]
    Colleague,
    #[error("as many calls as may be are there; try again shortly")]
    Full,
    #[error("there is no such queue, and no such other agent, to transfer to")]
    NoSuchTarget,
    #[error("no trunk of ours takes this number; check the number, or the trunks' prefixes")]
    NoWayOut,
    #[error("your number rules do not allow this number; ask an administrator")]
    NumberNotAllowed,
    #[error("in call {0} nobody talks to the caller now, or somebody else does")]
    NoTalk(InteractionId),
    #[error("you are in this call yourself")]
    OwnCall,
    #[error("this needs a phone: take a seat with a station first")]
    NoStation,
    #[error("your phone rings, or you are in another call; end it first")]
    Busy,
    #[error("all places for parked callers are taken; transfer the caller, or take one of those who are parked")]
    NoPlace,
    #[error("your seat is not at this browser: take it with this browser as its phone first")]
    OtherStation,
    #[error("another browser of yours is your phone: take it over, or go on there")]
    PhoneElsewhere,
    #[error(transparent)]
    BadOffer(LineFault),
    #[error("the browser cannot be a phone now: {0}")]
    NoLine(String),
    #[error("nobody answers the number {0}; give it a flow")]
    NoSuchNumber(String),
    #[error("the gateway is stopping")]
    Stopping,
}

/// The phones of this node.
#[derive(Clone)]
pub struct Gateway {
    inbox: mpsc::Sender<Message>,
    pub(super) engine: Engine,
    pub(super) clock: Clock,
    pub(super) ids: Arc<IdMaker>,
    /// How browsers reach the media.
    pub(super) reach: Reach,
    addresses: Vec<SocketAddr>,
    sip_counts: tokio::sync::watch::Receiver<Counts>,
    trunks: TrunkBook,
    pbxs: PbxBook,
    /// Where phones were before the restart, until the company is there.
    known: Arc<Mutex<Vec<Contact>>>,
    vitals: Arc<Vitals>,
    /// Until [`Gateway::close`].
    pub(super) tasks: Arc<Mutex<Option<Tasks>>>,
}

struct Sink {
    inbox: mpsc::Sender<Message>,
    lost: Arc<AtomicU64>,
}

impl Sink {
    fn put(&self, message: Message) {
        if self.inbox.try_send(message).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl MediaSink for Sink {
    fn media(&self, leg: LegId, event: MediaEvent) {
        self.put(Message::Media(leg, event));
    }

    fn line(&self, line: LineId, event: LineEvent) {
        self.put(Message::Line(line, event));
    }
}

impl Gateway {
    /// Opens the sockets and starts the switch, with no company yet: every call is refused until [`Gateway::directory`].
    ///
    /// # Errors
    /// [`StartError`] names the socket and the reason.
    pub async fn start(config: GatewayConfig, prompts: Prompts, ports: Ports) -> Result<Self, StartError> {
        let (inbox, messages) = mpsc::channel(INBOX);
        let lost = Arc::new(AtomicU64::new(0));
        let sink = Arc::new(Sink { inbox: inbox.clone(), lost: lost.clone() });
        let media = MediaConfig {
            ip: config.media_ip,
            ports: config.rtp_ports,
            threads: config.media_threads,
            recordings: config.recordings.clone(),
            ..MediaConfig::default()
        };
        let engine = Engine::start(media, sink.clone()).map_err(StartError::Media)?;
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(StartError::Random)?;
        let tls = open_tls(&config.sip)?;
        let sip_thread = OwnThread::new("sip").map_err(StartError::Thread)?;
        let switch_thread = OwnThread::new("switch").map_err(StartError::Thread)?;
        let sockets = {
            let _there = sip_thread.handle().enter();
            Sockets::bind(config.sip.udp, config.sip.tcp)?.with_tls(tls.clone(), config.sip.tls)?
        };
        let bound_to = [sockets.udp_address, sockets.tcp_address, sockets.tls_address];
        let addresses: Vec<SocketAddr> = bound_to.into_iter().flatten().collect();
        let endpoint = Endpoint::new(as_bound(&config.sip, &sockets), u64::from_ne_bytes(seed));
        let (sip, asks) = mpsc::channel(ASKS);
        let (counts_tx, sip_counts) = tokio::sync::watch::channel(Counts::default());
        let clock = Clock::start();
        let known = config.contacts.as_deref().map(|path| contacts::read(path, clock.now())).unwrap_or_default();
        let opened = config.contacts.clone().map(|path| ContactBook::open(path, clock, &known));
        let (book, contacts) = opened.unzip();
        let (teller, trunks, pbxs) = (sink.clone(), TrunkBook::default(), PbxBook::default());
        let lines = trunks.clone();
        let tell = move |event: UaEvent| {
            book.iter().for_each(|book| book.note(clock.now(), &event));
            lines.note(clock.now(), &event);
            teller.put(Message::Ua(event));
        };
        let signalling = net::run(endpoint, sockets, asks, tell, counts_tx);
        let (vitals, door) = (Vitals::of(clock, &engine, &sip_counts, &inbox), ShutTheDoor(sip.clone()));
        let warding = vitals::ward(vitals.clone(), sip.clone());
        let writing = behind::watch(ports.ledger.clone(), sip.clone());
        let ids = Arc::new(IdMaker::new(config.node));
        let (maker, reach) = (ids.clone(), Reach { own: config.media_ip, advertise: config.media_advertise });
        let switch = Switch {
            clock,
            pbxs: Pbxs::new(clock, tls, pbxs.clone(), &ports.ledger, &config.recordings),
            router: acd::Router::new(IdMaker::new(config.node), config.router),
            speech: Speech::new(config.speech.clone()),
            config,
            ids,
            ports,
            house: Handle::current(),
            sip,
            engine: engine.clone(),
            inbox: inbox.clone(),
            company: Company::default(),
            prompts,
            unspoken: Default::default(),
            calls: Default::default(),
            legs: Legs::default(),
            browsers: Default::default(),
            dialed_stations: Default::default(),
            visitors: Default::default(),
            recordings: Default::default(),
            due: Default::default(),
            work: Default::default(),
            asks: Default::default(),
            late_media: Default::default(),
            refusal: None,
            draining: false,
            full: false,
            orphans: 0,
            broken: 0,
            refused: Default::default(),
            suspects: Default::default(),
            deaf: Default::default(),
            census: Default::default(),
            late_tapes: Default::default(),
            lookups: Default::default(),
            apologies: 0,
            lost,
        };
        let switching = async move {
            let _door = door;
            switch.run(messages).await;
        };
        let sip = sip_thread.run(tend(vitals.sip.clone(), clock, signalling)).map_err(StartError::Thread)?;
        let switch = switch_thread.run(tend(vitals.switch.clone(), clock, switching)).map_err(StartError::Thread)?;
        let tasks = Tasks {
            sip,
            switch,
            auditor: tokio::spawn(vitals::call_for_audits(inbox.downgrade())),
            warden: tokio::spawn(warding),
            scribe: tokio::spawn(writing),
            contacts,
        };
        let (known, tasks) = (Arc::new(Mutex::new(known)), Arc::new(Mutex::new(Some(tasks))));
        Ok(Self { inbox, engine, clock, ids: maker, reach, addresses, sip_counts, trunks, pbxs, known, vitals, tasks })
    }

    /// Where SIP listens: UDP, then TCP, then TLS, where each is on.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Another company, or the first. Returns the flows that were refused; those that ran before run on.
    pub async fn directory(&self, directory: Arc<Directory>) -> Vec<FlowFault> {
        let faults = self.ask(|reply| Message::Directory { directory, reply }).await.unwrap_or_default();
        let known = std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner));
        if !known.is_empty() {
            self.tell(Message::Contacts(known)).await;
        }
        faults
    }

    pub async fn prompts(&self, prompts: Prompts) {
        self.tell(Message::Prompts(Box::new(prompts))).await;
    }

    /// # Errors
    /// [`Refused`]; the seat is then as it was.
    pub async fn seat(&self, agent: AgentId, command: SeatCommand, by: AgentId) -> Result<(), Refused> {
        self.ask(|reply| Message::Seat { agent, command, by, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// # Errors
    /// [`Refused`]; the call is then as it was.
    pub async fn call(&self, call: InteractionId, agent: AgentId, command: CallCommand) -> Result<(), Refused> {
        self.ask(|reply| Message::Call { call, agent, command, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// A supervisor joins a talk, changes how, or leaves it. Who may is the asker's to know. `whom`: the agent it was allowed
    /// for; none: only one who is there already may change how.
    ///
    /// # Errors
    /// [`Refused`]; the call is then as it was.
    pub async fn supervise(
        &self,
        call: InteractionId,
        by: AgentId,
        whom: Option<AgentId>,
        command: SuperviseCommand,
    ) -> Result<(), Refused> {
        self.ask(|reply| Message::Supervise { call, by, whom, command, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// An agent calls a number from the station of the seat; the call that begins.
    ///
    /// # Errors
    /// [`Refused`]; nothing rings then.
    pub async fn dial(&self, agent: AgentId, number: String, queue: Option<QueueId>) -> Result<InteractionId, Refused> {
        self.ask(|reply| Message::Dial { agent, number, queue, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// Rings the phone of an agent's seat for a parked caller; lifted, they talk.
    ///
    /// # Errors
    /// [`Refused`]; the caller stays parked.
    pub async fn fetch(&self, call: InteractionId, agent: AgentId) -> Result<(), Refused> {
        self.ask(|reply| Message::Fetch { call, agent, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// A supervisor sends a waiting caller on, or puts it in front. Who may is the asker's to know.
    ///
    /// # Errors
    /// [`Refused`]; the call is then as it was.
    pub async fn while_waiting(&self, call: InteractionId, by: AgentId, command: WaitingCommand) -> Result<(), Refused> {
        self.ask(|reply| Message::Waiting { call, by, command, reply }).await.unwrap_or(Err(Refused::Stopping))
    }

    /// The first desktop of an agent connected, or the last one left.
    pub async fn desktop(&self, agent: AgentId, up: bool) {
        self.tell(Message::Desktop { agent, up }).await;
    }

    /// The seats as they were before a restart.
    pub async fn restore(&self, seats: Vec<Seat>) {
        self.tell(Message::Restore(seats)).await;
    }

    /// Who could take this waiting call, and why nobody else.
    pub async fn explain(&self, call: InteractionId) -> Option<acd::CallExplained> {
        self.ask(|reply| Message::Explain { call, reply }).await.flatten()
    }

    pub async fn gauges(&self) -> Gauges {
        self.ask(Message::Gauges).await.unwrap_or_default()
    }

    /// As [`Gateway::gauges`]; none where the switch does not answer in time.
    pub async fn gauges_within(&self, patience: Duration) -> Option<Gauges> {
        tokio::time::timeout(patience, self.ask(Message::Gauges)).await.ok().flatten()
    }

    /// The switch, signalling, the media threads and the recorder, and how they are. Asks none of them, so that it answers
    /// whatever they do.
    #[must_use]
    pub fn health(&self) -> Vec<Part> {
        self.vitals.parts()
    }

    #[must_use]
    pub fn sip_counts(&self) -> Counts {
        *self.sip_counts.borrow()
    }

    /// How we stand with a trunk; none where we neither register nor ask whether it lives.
    #[must_use]
    pub fn trunk(&self, trunk: TrunkId) -> Option<TrunkLine> {
        self.trunks.line(trunk)
    }

    /// How we stand with a PBX; none where it is not set, or not active.
    #[must_use]
    pub fn pbx(&self, pbx: PbxId) -> Option<PbxLine> {
        self.pbxs.line(pbx)
    }

    #[must_use]
    pub fn media(&self) -> &Engine {
        &self.engine
    }

    pub(super) async fn tell(&self, message: Message) {
        // A switch that is gone needs no message.
        let _ = self.inbox.send(message).await;
    }

    pub(super) async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(message(reply)).await.ok()?;
        answer.await.ok()
    }
}

/// Port 0 was the kernel's to choose: Via and Contact name what it chose.
fn as_bound(sip: &EndpointConfig, sockets: &Sockets) -> EndpointConfig {
    let (udp, tcp, tls) = (sockets.udp_address, sockets.tcp_address, sockets.tls_address);
    EndpointConfig { udp, tcp, tls, ..sip.clone() }
}

fn open_tls(sip: &EndpointConfig) -> Result<Tls, TlsError> {
    if sip.tls.is_some() && sip.certificate.is_none() {
        return Err(TlsError::NoCertificate);
    }
    let certificate = sip.certificate.as_ref().map(|(chain, key)| (chain.as_path(), key.as_path()));
    Tls::open(certificate, sip.authorities.as_deref())
}
