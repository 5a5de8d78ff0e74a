//! The truth audit at work on a whole switch: what nobody owns is ended, told and counted; what lives is left alone. And who tells
//! signalling that the house is full.
//! Time is the test's own: nothing here waits.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use contract::directory::{Agent, AnswerBy, DigestBy, FlowSource, Number, Overflow, Queue, Secret, Srtp, Station, Trunk};
use contract::{
    Activity, AgentId, Caller, Candidate, Directory, EndCause, EpochMs, EventKind, IdMaker, InteractionId, Ledger, LegId,
    Lookup, OfferId, QueueId, RecordingId, SeatCommand, SeatStatus, StationId, TrunkId,
};
use tokio::sync::mpsc;

use super::company::Company;
use super::gateway::{GatewayConfig, Ports};
use super::legs::Legs;
use super::speech::Speech;
use super::switch::{Message, Switch};
use super::{Clock, Prompts};
use crate::call::Action;
use crate::media::{Engine, MediaConfig, MediaEvent, MediaSink};
use crate::sip::api::{DialogId, EndedBy, EndpointConfig, Flow, Incoming, Party, Source, Transport, UaCommand, UaEvent};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const QUEUE: QueueId = QueueId(1);
const TRUNK: TrunkId = TrunkId(1);
/// What an agent's phone answers with; nobody listens there.
const ANSWER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n";
const DIRECT: &str = "
name: direct
language: en
start: wait
nodes:
  wait: { kind: queue, queue: direct }
";

#[derive(Default)]
struct Book(Mutex<Vec<EventKind>>);

impl Ledger for Book {
    fn record(&self, _: EpochMs, _: Option<InteractionId>, kind: EventKind) {
        self.0.lock().unwrap().push(kind);
    }
}

struct Nobody;

impl Lookup for Nobody {
    fn identify(&self, _: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

/// Media whose words get lost.
struct Unheard;

impl MediaSink for Unheard {
    fn media(&self, _: LegId, _: MediaEvent) {}
}

/// A switch between a signalling and a media that say only what the test says.
struct House {
    switch: Switch,
    book: Arc<Book>,
    now: EpochMs,
    engine: Engine,
    /// Kept open: what the switch sends is read off it, not waited for.
    _asks: mpsc::Receiver<UaCommand>,
    _inbox: mpsc::Receiver<Message>,
    _folder: tempfile::TempDir,
}

impl House {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recordings = folder.path().join("recordings");
        let config = GatewayConfig {
            node: 1,
            sip: EndpointConfig::on(SocketAddr::new(HOME, 0)),
            media_ip: HOME,
            media_advertise: None,
            // Wide: others on this machine hold ports too.
            rtp_ports: (20_000, 60_000),
            contacts: None,
            media_threads: 1,
            recordings: recordings.clone(),
            most_calls: 10,
            router: acd::RouterConfig { rest_ms: 0, ..acd::RouterConfig::default() },
            speech: vec![],
        };
        let media = MediaConfig { ip: HOME, ports: config.rtp_ports, threads: 1, recordings, ..MediaConfig::default() };
        let engine = Engine::start(media, Arc::new(Unheard)).unwrap();
        let (inbox, messages) = mpsc::channel(16);
        let (sip, asks) = mpsc::channel(16);
        let (clock, book) = (Clock::start(), Arc::new(Book::default()));
        let prompts = prompts(folder.path());
        let directory = Arc::new(company());
        let (company, faults) = Company::default().replaced(directory.clone(), &prompts, false);
        assert!(faults.is_empty(), "{faults:?}");
        let tls = crate::sip::net::Tls::open(None, None).unwrap();
        let ledger: Arc<dyn Ledger> = book.clone();
        let switch = Switch {
            clock,
            pbxs: super::pbxs::Pbxs::new(clock, tls, Default::default(), &ledger, &config.recordings),
            router: acd::Router::new(IdMaker::new(1), config.router),
            speech: Speech::new(vec![]),
            config,
            ids: Arc::new(IdMaker::new(1)),
            ports: Ports { ledger: book.clone(), lookup: Arc::new(Nobody) },
            house: tokio::runtime::Handle::current(),
            sip,
            engine: engine.clone(),
            inbox,
            company,
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
            lost: Default::default(),
        };
        let now = clock.now();
        let mut house = Self { switch, book, now, engine, _asks: asks, _inbox: messages, _folder: folder };
        house.route(acd::Input::Directory(directory));
        house
    }

    fn route(&mut self, input: acd::Input) {
        self.switch.route(self.now, input);
        self.switch.settle(self.now);
    }

    fn signal(&mut self, event: UaEvent) {
        self.switch.signal(self.now, event);
        self.switch.settle(self.now);
    }

    /// The next second's audit.
    fn audit_after(&mut self, ms: EpochMs) {
        self.now += ms;
        self.switch.audit(self.now);
        self.switch.settle(self.now);
    }

    /// The next second's audit, and what signalling answers it.
    fn census_after(&mut self, ms: EpochMs, living: &[DialogId]) {
        self.audit_after(ms);
        let asked = self.switch.asks.iter().position(|ask| matches!(ask, UaCommand::Census));
        self.switch.asks.remove(asked.expect("signalling is asked"));
        self.signal(UaEvent::Census(living.to_vec()));
    }

    fn dialogs(&self) -> Vec<DialogId> {
        self.switch.legs.iter().map(|(_, leg)| leg.dialog).collect()
    }

    fn ready(&mut self, n: i64) {
        let agent = AgentId(n);
        self.route(acd::Input::StationUp { station: StationId(n) });
        for command in [SeatCommand::SignIn { station: None }, SeatCommand::Ready] {
            self.route(acd::Input::Seat { agent, command, by: agent });
        }
    }

    /// A caller in the router's books whom no call stands for.
    fn ghost(&mut self, call: i64) {
        let interaction = InteractionId(call);
        self.route(acd::Input::Enqueue { interaction, queue: QUEUE, vip: false, priority: 0, credit_ms: 0 });
    }

    /// A call at the door, its number withheld: it waits in the queue, or rings where somebody is free.
    fn caller(&mut self, n: u64) -> InteractionId {
        let flow =
            Flow { transport: Transport::Udp, local: SocketAddr::new(HOME, 5060), remote: SocketAddr::new(HOME, 5070) };
        self.signal(UaEvent::Incoming(Box::new(Incoming {
            dialog: DialogId(DialogId::INCOMING | n),
            source: Source::Trunk(TRUNK),
            flow,
            dialed: "95500".into(),
            from: Party::default(),
            to: Party::default(),
            asserted: None,
            private: true,
            call_id: n.to_string(),
            sdp: None,
            replaces: None,
            user_agent: None,
            headers: vec![],
        })));
        *self.switch.calls.keys().max().expect("a call came in")
    }

    /// Caller `n` hangs up, and the media thread lets go of the leg.
    fn leaves(&mut self, n: u64) {
        let dialog = DialogId(DialogId::INCOMING | n);
        let (leg, _) = self.switch.legs.iter().find(|(_, leg)| leg.dialog == dialog).expect("the caller is here");
        self.signal(UaEvent::Ended { dialog, by: EndedBy::Remote, reason: None });
        self.switch.media(self.now, leg, MediaEvent::Closed { quality: super::audit::UNHEARD });
        self.switch.settle(self.now);
    }

    /// The phone that rings for this call is lifted.
    fn answers(&mut self, call: InteractionId) {
        let leg = self.switch.calls[&call].call.agent_leg().expect("a phone rings");
        let dialog = self.switch.legs.get(leg).expect("it is dialed").dialog;
        self.signal(UaEvent::Answered {
            dialog,
            sdp: Some(Bytes::from_static(ANSWER.as_bytes())),
            offer: false,
            from: HOME,
        });
    }

    fn told<T>(&self, is: impl Fn(&EventKind) -> Option<T>) -> Vec<T> {
        self.book.0.lock().unwrap().iter().filter_map(is).collect()
    }

    /// Who was offered to whom, so far.
    fn offers(&self) -> Vec<(OfferId, AgentId)> {
        self.told(|kind| match kind {
            EventKind::Offered { offer, agent, .. } => Some((*offer, *agent)),
            _ => None,
        })
    }

    fn orphans(&self) -> Vec<String> {
        self.told(|kind| match kind {
            EventKind::OrphanEnded { what, .. } => Some(what.clone()),
            _ => None,
        })
    }

    fn hung_up(&self) -> usize {
        self.switch.asks.iter().filter(|ask| matches!(ask, UaCommand::Bye { .. })).count()
    }

    fn is_free(&self, n: i64) -> bool {
        let seat = self.switch.router.seat(AgentId(n)).expect("signed in");
        seat.activity == Activity::Idle && seat.status == SeatStatus::Ready
    }

    fn close(self) {
        self.engine.stop();
    }
}

/// The one prompt every flow may need.
fn prompts(folder: &Path) -> Prompts {
    let spoken = folder.join("en");
    std::fs::create_dir_all(&spoken).unwrap();
    let (channels, sample_rate, bits_per_sample) = (1, 8000, 16);
    let spec = hound::WavSpec { channels, sample_rate, bits_per_sample, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(spoken.join("technical.wav"), spec).unwrap();
    (0..160_i16).for_each(|n| wav.write_sample(n).unwrap());
    wav.finalize().unwrap();
    let mut prompts = Prompts::built_in();
    prompts.load(folder).unwrap();
    prompts
}

fn company() -> Directory {
    let mut out = Directory { version: 1, ..Directory::default() };
    for n in 1..=2 {
        let (agent, station) = (AgentId(n), StationId(n));
        out.agents.insert(
            agent,
            Agent {
                id: agent,
                name: format!("agent {n}"),
                team: None,
                skills: BTreeMap::new(),
                station: Some(station),
                dial_prefixes: vec![],
            },
        );
        let (username, password) = (n.to_string(), Secret::default());
        out.stations.insert(station, Station { id: station, username, password, answer_by: AnswerBy::Phone, digest: DigestBy::Both, srtp: Srtp::OverTls, number: String::new(), beside: None });
    }
    out.trunks.insert(TRUNK, Trunk { from: vec![(HOME, 32)], trusted: true, ..Trunk::new(TRUNK, "in") });
    out.queues.insert(
        QUEUE,
        Queue {
            id: QUEUE,
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
            record: false,
            auto_answer: false,
            caller_id: String::new(),
            missed_not_ready: true,
            rejected_not_ready: true,
        },
    );
    out.numbers.push(Number { pattern: "95500".into(), flow: "direct".into() });
    out.flows.insert("direct".into(), FlowSource { version: 1, yaml: DIRECT.into() });
    out
}

/// What two owners who raced each other would leave behind: a talk, a ringing phone and a place in the queue, and no call.
#[tokio::test]
async fn lesson_01_a_pairing_whose_call_is_gone_is_ended_by_the_audit_told_and_counted() {
    let mut house = House::open();
    house.ready(1);
    house.ready(2);
    house.ghost(100);
    let offer = house.offers()[0].0;
    house.route(acd::Input::OfferAnswered { offer });
    house.ghost(101);
    house.ghost(102);
    let counts = house.switch.router.counts();
    assert_eq!((counts.talks, counts.offers, counts.waiting), (1, 1, 2), "all of it claimed");

    house.audit_after(0);
    assert_eq!(house.switch.orphans, 0, "too young to judge: its call may be on its way");
    house.audit_after(2_000);
    assert_eq!(house.orphans(), ["offer", "waiting entry", "talk of agent"]);
    assert_eq!(house.switch.orphans, 3, "the figure counts what the ledger tells");
    assert!(house.is_free(1) && house.is_free(2), "nobody stays locked");
    let counts = house.switch.router.counts();
    assert_eq!((counts.talks, counts.offers, counts.waiting), (0, 0, 0));
    house.audit_after(60_000);
    assert_eq!(house.switch.orphans, 3, "ended once and not again");

    let before = house.offers().len();
    house.caller(1);
    assert_eq!(house.offers().len(), before + 1, "the next caller is offered at once");
    house.close();
}

#[tokio::test]
async fn lesson_01_of_calls_that_live_the_audit_ends_nothing_and_its_figure_reads_0() {
    let mut house = House::open();
    house.ready(1);
    house.ready(2);
    let first = house.caller(1);
    house.answers(first);
    house.caller(2);
    house.caller(3);
    let counts = house.switch.router.counts();
    assert_eq!((counts.talks, counts.offers, counts.waiting), (1, 1, 2), "one talks, one rings, one waits");
    let living = house.dialogs();
    for _ in 0..5 {
        house.census_after(1_000, &living);
    }
    assert_eq!((house.switch.orphans, house.orphans()), (0, vec![]));
    assert_eq!((house.hung_up(), house.switch.router.counts()), (0, counts));
    house.close();
}

/// The owner of a talk vanished: both phones would stay connected for ever.
#[tokio::test]
async fn lesson_01_legs_nobody_owns_are_hung_up_and_their_agent_is_free() {
    let mut house = House::open();
    house.ready(1);
    let call = house.caller(1);
    house.answers(call);
    assert_eq!(house.switch.legs.len(), 2);
    house.switch.calls.remove(&call);
    house.audit_after(1_000);
    assert_eq!((house.hung_up(), house.switch.orphans), (0, 0), "one audit only suspects");
    house.audit_after(1_000);
    assert_eq!(house.hung_up(), 2, "both phones are let go");
    assert_eq!(house.orphans(), ["leg", "leg", "talk of agent"]);
    assert_eq!(house.switch.orphans, 3);
    assert!(house.is_free(1));
    house.close();
}

/// Its last words may be lost like any others: here they all are.
#[tokio::test]
async fn whoever_is_with_a_media_thread_that_ended_is_let_go_and_no_recording_is_waited_for() {
    let mut house = House::open();
    house.ready(1);
    let call = house.caller(1);
    house.answers(call);
    house.audit_after(1_000);
    assert_eq!(house.hung_up(), 0, "they talk");
    house.engine.stop();
    let left = house.switch.calls[&call].call.agent_leg().unwrap();
    let recording = RecordingId(9);
    house.switch.perform(house.now, call, Action::Record { recording, left, right: None, path: "a.wav".into() });
    house.switch.settle(house.now);
    assert!(house.switch.recordings.is_empty(), "one that never began has ended");
    house.audit_after(1_000);
    assert_eq!(house.hung_up(), 0, "their last words may be on their way");
    house.audit_after(1_000);
    assert_eq!(house.hung_up(), 2, "both phones are let go");
    let ends = house.told(|kind| match kind {
        EventKind::CallEnded { cause, .. } => Some(*cause),
        _ => None,
    });
    assert_eq!((ends, house.orphans(), house.switch.calls.len()), (vec![EndCause::Failed], vec![], 0));
}

/// A caller whom routing has forgotten would hear music for ever.
#[tokio::test]
async fn lesson_01_a_caller_whom_routing_does_not_know_is_let_go() {
    let mut house = House::open();
    let call = house.caller(1);
    house.route(acd::Input::OwnerGone { interaction: call });
    house.audit_after(1_000);
    assert_eq!(house.switch.orphans, 0, "the answer of routing may be on its way");
    house.audit_after(1_000);
    assert_eq!((house.orphans(), house.hung_up()), (vec!["caller unknown to routing".to_owned()], 1));
    assert_eq!(house.switch.calls[&call].call.stage_name(), "closing");
    house.close();
}

/// The BYE came while the switch had no room to hear of it.
#[tokio::test]
async fn lesson_01_a_call_whose_end_was_not_heard_ends_when_signalling_no_longer_knows_its_dialog() {
    let mut house = House::open();
    house.ready(1);
    let call = house.caller(1);
    house.answers(call);
    let caller = DialogId(DialogId::INCOMING | 1);
    let living: Vec<DialogId> = house.dialogs().into_iter().filter(|dialog| *dialog != caller).collect();
    house.census_after(1_000, &living);
    assert_eq!((house.hung_up(), house.switch.orphans), (0, 0), "its end may be on its way");
    house.census_after(1_000, &living);
    assert_eq!((house.hung_up(), house.orphans()), (1, vec!["leg without a dialog".to_owned()]), "the agent is let go");
    house.census_after(1_000, &living);
    assert_eq!((house.hung_up(), house.switch.orphans), (1, 1), "ended once and not again");
    house.close();
}

/// The INVITE came while the switch had no room to hear of it: the caller would listen to nothing for ever.
#[tokio::test]
async fn lesson_01_a_dialog_nobody_heard_of_is_refused() {
    let mut house = House::open();
    let living = [DialogId(DialogId::INCOMING | 7)];
    house.census_after(1_000, &living);
    assert_eq!(house.switch.orphans, 0, "its call may be on its way");
    house.census_after(1_000, &living);
    assert_eq!((house.hung_up(), house.orphans()), (1, vec!["dialog".to_owned()]));
    house.census_after(1_000, &[]);
    assert_eq!(house.switch.orphans, 1);
    house.close();
}

/// An answer may be lost like any other word.
#[tokio::test]
async fn signalling_is_asked_one_question_at_a_time_and_again_when_no_answer_comes() {
    let mut house = House::open();
    let asked = |house: &House| house.switch.asks.iter().filter(|ask| matches!(ask, UaCommand::Census)).count();
    (0..10).for_each(|_| house.audit_after(1_000));
    assert_eq!(asked(&house), 1);
    house.audit_after(1_000);
    assert_eq!(asked(&house), 2);
    house.close();
}

/// Signalling refuses more cheaply than the switch.
#[tokio::test]
async fn signalling_knows_when_the_house_is_full_and_when_there_is_room_for_more_than_one() {
    let mut house = House::open();
    let said = |house: &House| -> Vec<bool> {
        let full = |ask: &UaCommand| if let UaCommand::Full(on) = ask { Some(*on) } else { None };
        house.switch.asks.iter().filter_map(full).collect()
    };
    let most = 64;
    house.switch.config.most_calls = most;
    (1..most as u64).for_each(|n| _ = house.caller(n));
    assert!(said(&house).is_empty());
    house.caller(most as u64);
    house.caller(most as u64 + 1);
    assert_eq!((said(&house), house.switch.calls.len()), (vec![true], most), "and it takes none beyond");
    for (gone, want) in [(1, vec![true]), (2, vec![true, false]), (3, vec![true, false])] {
        house.leaves(gone);
        assert_eq!((said(&house), house.switch.calls.len()), (want, most - gone as usize));
    }
    (0..3).for_each(|n| _ = house.caller(100 + n));
    assert_eq!(said(&house), [true, false, true]);
    house.close();
}
