//! Calls, told as calls. The flow is real, the world is empty, the tests are the switch: they read what the call wants
//! done and say what happened.

use contract::directory::FlowSource;
use contract::{CallCommand, PhoneNumber, StationId, TrunkId};

use super::*;

mod alive;
mod any_order;
mod consult;
mod dialed_out;
mod lessons;
mod lost;
mod parked;
mod outward;
mod sent_on;
mod supervised;
mod visit;

const T0: EpochMs = 1_790_000_000_000;
const QUEUE: QueueId = QueueId(5);
const ANN: AgentId = AgentId(7);
const BEN: AgentId = AgentId(8);
const DESK: StationId = StationId(70);

struct Nowhere;

impl ivr::World for Nowhere {
    fn listed(&self, _: &str, _: &PhoneNumber) -> bool {
        false
    }
    fn queue(&self, _: QueueId) -> ivr::QueueState {
        ivr::QueueState::default()
    }
    fn flow(&self, name: &str) -> Option<Arc<ivr::Flow>> {
        visit::flow(name)
    }
}

/// A flow that greets and queues.
const FLOW: &str = "
name: direct
language: en
start: hello
nodes:
  hello:
    kind: play
    prompts: [welcome]
    next: wait
  wait:
    kind: queue
    queue: support
";

fn flow() -> Arc<ivr::Flow> {
    compiled("direct", FLOW)
}

fn compiled(name: &str, yaml: &str) -> Arc<ivr::Flow> {
    let prompts: BTreeSet<String> =
        ["welcome", "technical", "goodbye", "leave-message", "message-saved", "invalid", "no-input"].map(String::from).into();
    let known = ivr::Known {
        queues: [("support".to_owned(), QUEUE)].into(),
        agents: BTreeMap::new(),
        prompts: ivr::Language::ALL.map(|l| (l, prompts.clone())).into(),
        lists: BTreeSet::new(),
        flows: ["direct".to_owned()].into(),
        zone: "Asia/Shanghai".into(),
        language: ivr::Language::En,
        speech: false,
    };
    let source = FlowSource { version: 1, yaml: yaml.into() };
    Arc::new(ivr::Flow::compile(name, &source, &known).unwrap_or_else(|problems| panic!("{problems:#?}")))
}

/// A call and all it ever wanted.
struct Line {
    call: Call,
    now: EpochMs,
    told: Vec<EventKind>,
    last: Vec<Action>,
}

impl Line {
    fn ring_in() -> Self {
        Self::ring_in_to(flow())
    }

    fn ring_in_to(flow: Arc<ivr::Flow>) -> Self {
        let caller = Caller { raw: "13800138000".into(), name: String::new(), number: None, withheld: false };
        let facts = Facts {
            id: InteractionId(1),
            caller_leg: LegId(10),
            direction: Direction::Inbound,
            entry: Entry::Trunk { trunk: TrunkId(3) },
            caller: caller.clone(),
            dialed: "400".into(),
        };
        let start = ivr::Start { caller, dialed: "400".into(), country: None };
        let (call, actions) = Call::begin(facts, flow, start, Arc::new(IdMaker::new(1)), T0, &Nowhere);
        let mut line = Self { call, now: T0, told: vec![], last: vec![] };
        line.note(actions);
        line
    }

    fn note(&mut self, actions: Vec<Action>) {
        self.told.extend(actions.iter().filter_map(|a| match a {
            Action::Tell(kind) => Some(kind.clone()),
            _ => None,
        }));
        self.last = actions.into_iter().filter(|a| !matches!(a, Action::Tell(_))).collect();
    }

    fn on(&mut self, event: CallEvent) -> &[Action] {
        let actions = self.call.handle(self.now, event, &Nowhere);
        self.note(actions);
        &self.last
    }

    fn ask(&mut self, command: CallCommand) -> Result<&[Action], CommandRefused> {
        let actions = self.call.command(self.now, ANN, &command, &Nowhere)?;
        self.note(actions);
        Ok(&self.last)
    }

    fn supervise(&mut self, agent: AgentId, mode: SuperviseMode) -> Result<&[Action], CommandRefused> {
        let who = Seated { agent, station: StationId(agent.0), answer_by: AnswerBy::AutoAnswer, announced: false };
        let actions = self.call.supervise(self.now, who, mode, "")?;
        self.note(actions);
        Ok(&self.last)
    }

    fn supervise_no_more(&mut self, agent: AgentId) -> &[Action] {
        let actions = self.call.supervise_no_more(self.now, agent);
        self.note(actions);
        &self.last
    }

    fn pass(&mut self, ms: EpochMs) -> &mut Self {
        self.now += ms;
        self
    }

    /// Whoever was told to hang up does, as media and signalling would say.
    fn settle(&mut self) {
        let open: Vec<LegId> = self.call.legs().collect();
        for leg in open {
            self.on(CallEvent::LegClosed { leg, quality: None });
        }
    }

    fn queued() -> Self {
        let mut line = Self::ring_in();
        let id = line.played();
        line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
        assert!(line.last.contains(&Action::Router(RouterAsk::Enqueue {
            queue: QUEUE,
            priority: None,
            vip: false,
            credit_ms: 0
        })));
        line.on(CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: "jazz".into(), announce_ms: 0 } });
        line
    }

    fn played(&self) -> u32 {
        let play = |a: &Action| match a {
            Action::Play { id, .. } => Some(*id),
            _ => None,
        };
        self.last.iter().find_map(play).expect("something plays")
    }

    fn dialed(&self) -> LegId {
        let dial = |a: &Action| match a {
            Action::Dial { leg, .. } => Some(*leg),
            _ => None,
        };
        self.last.iter().find_map(dial).expect("somebody is dialed")
    }

    fn offered(answer_by: AnswerBy) -> (Self, Option<LegId>) {
        let mut line = Self::queued();
        line.pass(4_000).on(CallEvent::Offer(offer(answer_by)));
        let leg = (answer_by != AnswerBy::AutoAnswer).then(|| line.dialed());
        (line, leg)
    }

    fn talking() -> (Self, LegId) {
        let (mut line, leg) = Self::offered(AnswerBy::TalkEvent);
        let leg = leg.unwrap();
        line.pass(2_000).on(CallEvent::LegAnswered { leg });
        (line, leg)
    }

    fn recording(&self) -> RecordingId {
        let started = |kind: &EventKind| match kind {
            EventKind::RecordingStarted { recording, .. } => Some(*recording),
            _ => None,
        };
        self.told.iter().rev().find_map(started).expect("a recording began")
    }

    fn recorded(&mut self) {
        let recording = self.recording();
        self.on(CallEvent::RecordingEnded { recording, duration_ms: 1, bytes: 1, complete: true });
    }

    /// The one end, and that nothing is left.
    #[track_caller]
    fn ended(&self) -> (EndCause, HungUpBy) {
        assert!(self.call.is_over());
        assert_eq!(self.call.legs().count(), 0);
        let ends: Vec<_> = self
            .told
            .iter()
            .filter_map(|kind| match kind {
                EventKind::CallEnded { cause, by } => Some((*cause, *by)),
                _ => None,
            })
            .collect();
        assert_eq!(ends.len(), 1, "exactly one end");
        assert!(matches!(self.told.last(), Some(EventKind::CallEnded { .. })), "and nothing after it");
        ends[0]
    }
}

const CALLER: LegId = LegId(10);
const OFFER: OfferId = OfferId(99);

fn offer(answer_by: AnswerBy) -> Offer {
    Offer { offer: OFFER, agent: ANN, station: DESK, answer_by, queue: Some(QUEUE), ring_ms: 20_000, record: true, auto_answer: false }
}

fn hang_up(leg: LegId) -> CallEvent {
    CallEvent::LegGone { leg, cause: EndCause::AnsweredHangup, status: None }
}

#[test]
fn a_call_is_answered_queued_offered_talked_and_hung_up_by_the_caller() {
    let (mut line, leg) = Line::talking();
    assert!(line.last.starts_with(&[
        Action::Quiet(CALLER),
        Action::Bridge(CALLER, leg),
        Action::Router(RouterAsk::Answered { offer: OFFER })
    ]));
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TalkStarted { agent: ANN, waited_ms: 6_000, .. })));
    let recording = line.recording();
    line.pass(30_000).on(hang_up(CALLER));
    assert_eq!(
        line.last,
        [
            Action::HangUp { leg: CALLER, cause: EndCause::AnsweredHangup },
            Action::StopRecording(recording),
            Action::Part(CALLER, leg),
            Action::Router(RouterAsk::TalkEnded { agent: ANN, queue: Some(QUEUE) }),
            Action::HangUp { leg, cause: EndCause::AnsweredHangup },
        ]
    );
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TalkEnded { talk_ms: 30_000, hold_ms: 0, .. })));
    line.settle();
    assert!(!line.call.is_over(), "the recorder has not said its last word");
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn hold_time_is_not_talk_time_and_the_caller_hears_music() {
    let (mut line, leg) = Line::talking();
    line.pass(10_000);
    assert_eq!(
        line.ask(CallCommand::Hold).unwrap(),
        [
            Action::Part(CALLER, leg),
            Action::Music { leg: CALLER, name: String::new() },
            Action::Router(RouterAsk::Held { agent: ANN, on: true })
        ]
    );
    assert_eq!(line.ask(CallCommand::Hold).unwrap(), [], "held already");
    assert!(matches!(line.ask(CallCommand::SendDigits { digits: "1".into() }), Err(CommandRefused::WrongState { .. })));
    line.pass(5_000);
    assert_eq!(
        line.ask(CallCommand::Resume).unwrap(),
        [Action::Quiet(CALLER), Action::Bridge(CALLER, leg), Action::Router(RouterAsk::Held { agent: ANN, on: false })]
    );
    line.pass(3_000).on(CallEvent::FarHold { leg, on: true });
    line.pass(2_000).on(CallEvent::FarHold { leg, on: false });
    line.ask(CallCommand::Hangup).unwrap();
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TalkEnded { talk_ms: 13_000, hold_ms: 7_000, .. })));
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Agent { agent: ANN }));
}

#[test]
fn a_caller_who_leaves_at_any_moment_before_the_answer_takes_everything_down() {
    let in_flow = Line::ring_in();
    let waiting = Line::queued();
    let (ringing, leg) = Line::offered(AnswerBy::Phone);
    for (mut line, agent_leg) in [(in_flow, None), (waiting, None), (ringing, leg)] {
        line.on(hang_up(CALLER));
        if let Some(leg) = agent_leg {
            assert!(line.last.contains(&Action::HangUp { leg, cause: EndCause::Abandoned }));
            assert_eq!(line.on(CallEvent::LegAnswered { leg }), [], "the 200 that was on the wire");
        }
        line.settle();
        assert_eq!(line.ended(), (EndCause::Abandoned, HungUpBy::Caller));
    }
}

#[test]
fn a_missed_offer_stops_the_phone_and_the_caller_waits_on_with_the_place_kept() {
    let (mut line, leg) = Line::offered(AnswerBy::Phone);
    let leg = leg.unwrap();
    line.pass(20_000).on(CallEvent::OfferOver { offer: OFFER, outcome: OfferOutcome::Missed });
    assert_eq!(line.last, [Action::HangUp { leg, cause: EndCause::NoAnswer }]);
    line.on(CallEvent::LegClosed { leg, quality: None });
    let second = Offer { offer: OfferId(100), agent: AgentId(8), ..offer(AnswerBy::Phone) };
    line.on(CallEvent::Offer(second));
    let leg = line.dialed();
    line.pass(1_000).on(CallEvent::LegAnswered { leg });
    assert!(
        line.told.iter().any(|k| matches!(k, EventKind::TalkStarted { waited_ms: 25_000, .. })),
        "all the waiting counts"
    );
}

#[test]
fn a_phone_that_says_busy_rejects_and_one_that_cannot_be_reached_failed() {
    let table = [
        (486, RouterAsk::Rejected { offer: OFFER }),
        (603, RouterAsk::Rejected { offer: OFFER }),
        (480, RouterAsk::Rejected { offer: OFFER }),
        (404, RouterAsk::Failed { offer: OFFER }),
        (408, RouterAsk::Failed { offer: OFFER }),
        (503, RouterAsk::Failed { offer: OFFER }),
    ];
    for (status, want) in table {
        let (mut line, leg) = Line::offered(AnswerBy::Phone);
        line.on(CallEvent::LegFailed { leg: leg.unwrap(), status });
        assert!(line.last.contains(&Action::Router(want)), "{status}: {:?}", line.last);
    }
}

#[test]
fn the_answer_button_does_what_the_phone_can() {
    let (mut line, _) = Line::offered(AnswerBy::Phone);
    assert_eq!(line.ask(CallCommand::Answer), Err(CommandRefused::PhoneOnly));
    let (mut line, leg) = Line::offered(AnswerBy::TalkEvent);
    assert_eq!(line.ask(CallCommand::Answer).unwrap(), [Action::PressTalk(leg.unwrap())]);
    let (mut line, _) = Line::offered(AnswerBy::AutoAnswer);
    assert_eq!(line.last, [], "the phone is left alone until the agent wants the call");
    line.ask(CallCommand::Answer).unwrap();
    let leg = line.dialed();
    assert_eq!(
        line.last,
        [Action::Dial { leg, to: Dial::Station { station: DESK, ring_ms: 20_000, auto_answer: true } }]
    );
    assert_eq!(line.ask(CallCommand::Answer).unwrap(), [], "pressed twice");
    line.on(CallEvent::LegAnswered { leg });
    assert!(line.last.contains(&Action::Bridge(CALLER, leg)));
}

#[test]
fn a_transfer_to_a_queue_frees_the_agent_and_the_caller_waits_there() {
    let (mut line, leg) = Line::talking();
    let target = TransferTarget::Queue { queue: QueueId(6) };
    line.pass(9_000);
    line.ask(CallCommand::Transfer { target }).unwrap();
    assert!(line.last.contains(&Action::HangUp { leg, cause: EndCause::AnsweredHangup }));
    let enqueue = RouterAsk::Enqueue { queue: QueueId(6), priority: None, vip: false, credit_ms: 0 };
    assert_eq!(line.last.last(), Some(&Action::Router(enqueue)));
    let facts = QueueFacts { queue: QueueId(6), music: String::new(), announce_ms: 0 };
    line.on(CallEvent::Enqueued { facts });
    assert_eq!(line.call.stage_name(), "waiting");
    assert_eq!(line.call.agent(), None);
}

#[test]
fn a_transfer_outside_that_fails_brings_the_caller_back_to_the_front_of_the_queue() {
    let (mut line, _) = Line::talking();
    let target = TransferTarget::Number { number: "02162345678".into() };
    line.ask(CallCommand::Transfer { target }).unwrap();
    let leg = line.dialed();
    line.on(CallEvent::LegFailed { leg, status: 486 });
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { cause: EndCause::Busy, .. })));
    let back = line.last.iter().any(
        |a| matches!(a, Action::Router(RouterAsk::Enqueue { queue: QUEUE, credit_ms, .. }) if *credit_ms >= 3_600_000),
    );
    assert!(back, "{:?}", line.last);
}

#[test]
fn a_queue_without_room_says_voicemail_and_a_message_is_taken() {
    let mut line = Line::queued();
    line.on(CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::MaxWait, then: Overflow::Voicemail });
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    assert!(line.last.iter().any(|a| matches!(a, Action::Record { left: CALLER, right: None, .. })), "{:?}", line.last);
    line.pass(8_000).on(hang_up(CALLER));
    line.settle();
    line.recorded();
    assert_eq!(line.ended().0, EndCause::Voicemail);
}

#[test]
fn overflow_rules_cannot_send_a_caller_in_circles() {
    let mut line = Line::queued();
    for _ in 0..=MOST_OVERFLOWS {
        line.on(CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::Full, then: Overflow::Queue(QUEUE) });
        if line.call.stage_name() == "waiting" {
            line.on(CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 0 } });
        }
    }
    assert_eq!(line.call.stage_name(), "closing");
}

#[test]
fn a_worse_place_is_never_said_and_an_announcement_never_delays_the_agent() {
    let mut line = Line::ring_in();
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    let facts = QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 30_000 };
    line.on(CallEvent::Enqueued { facts });
    for place in [3, 5, 2] {
        let due = line.call.deadline().unwrap();
        line.now = due;
        assert_eq!(line.on(CallEvent::Deadline), [Action::Router(RouterAsk::Position)]);
        line.on(CallEvent::Position { position: place });
        let id = line.played();
        line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
        assert_eq!(line.last, [Action::Music { leg: CALLER, name: String::new() }]);
    }
    let said: Vec<u32> = line
        .told
        .iter()
        .filter_map(|k| match k {
            EventKind::PositionAnnounced { position, .. } => Some(*position),
            _ => None,
        })
        .collect();
    assert_eq!(said, [3, 2]);
    line.now = line.call.deadline().unwrap();
    line.on(CallEvent::Deadline);
    line.on(CallEvent::Position { position: 1 });
    line.on(CallEvent::Offer(offer(AnswerBy::Phone)));
    let leg = line.dialed();
    line.on(CallEvent::LegAnswered { leg });
    assert_eq!(line.last[..2], [Action::Quiet(CALLER), Action::Bridge(CALLER, leg)], "in the middle of a word");
}

#[test]
fn a_recording_is_paused_with_a_reason_only_and_resumed() {
    let (mut line, _) = Line::talking();
    let recording = line.recording();
    let pause = |reason: &str| CallCommand::PauseRecording { reason: reason.into() };
    assert!(matches!(line.ask(pause("  ")), Err(CommandRefused::BadReason { .. })));
    assert_eq!(line.ask(pause("card number")).unwrap(), [Action::PauseRecording(recording)]);
    assert_eq!(line.ask(pause("again")).unwrap(), []);
    assert_eq!(line.ask(CallCommand::ResumeRecording).unwrap(), [Action::ResumeRecording(recording)]);
}

#[test]
fn commands_of_somebody_else_or_in_the_wrong_state_change_nothing() {
    let (mut line, _) = Line::talking();
    let stranger = line.call.command(line.now, AgentId(8), &CallCommand::Hangup, &Nowhere);
    assert_eq!(stranger, Err(CommandRefused::NotYours { call: InteractionId(1) }));
    assert!(matches!(line.ask(CallCommand::Answer), Err(CommandRefused::WrongState { state: "talking", .. })));
    for digits in ["", "12x", &"1".repeat(33)] {
        assert!(matches!(
            line.ask(CallCommand::SendDigits { digits: digits.into() }),
            Err(CommandRefused::BadDigits { .. })
        ));
    }
    assert_eq!(line.call.stage_name(), "talking");
}

#[test]
fn a_call_whose_last_words_never_come_is_closed_all_the_same() {
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Hangup).unwrap();
    line.now = line.call.deadline().unwrap();
    line.on(CallEvent::Deadline);
    assert_eq!(line.ended().0, EndCause::AnsweredHangup);
    let legs = line.told.iter().filter(|k| matches!(k, EventKind::LegEnded { .. })).count();
    assert_eq!(legs, 2);
}

#[test]
fn a_phone_that_rang_and_gave_up_missed_the_call_and_its_ringing_is_told_once() {
    for (status, rang, want) in [
        (480, true, RouterAsk::Missed { offer: OFFER }),
        (408, true, RouterAsk::Missed { offer: OFFER }),
        (487, true, RouterAsk::Missed { offer: OFFER }),
        (486, true, RouterAsk::Rejected { offer: OFFER }),
        (480, false, RouterAsk::Rejected { offer: OFFER }),
        (408, false, RouterAsk::Failed { offer: OFFER }),
    ] {
        let (mut line, leg) = Line::offered(AnswerBy::Phone);
        let leg = leg.unwrap();
        for _ in 0..if rang { 3 } else { 0 } {
            line.on(CallEvent::LegRinging { leg });
        }
        assert_eq!(line.told.iter().filter(|k| matches!(k, EventKind::LegRinging { .. })).count(), usize::from(rang));
        line.on(CallEvent::LegFailed { leg, status });
        assert!(line.last.contains(&Action::Router(want)), "{status} {rang}: {:?}", line.last);
    }
}

#[test]
fn a_number_a_queue_overflows_to_that_does_not_answer_ends_with_goodbye_and_not_in_silence() {
    let mut line = Line::queued();
    let then = Overflow::Number("02162345678".into());
    line.on(CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::MaxWait, then });
    let leg = line.dialed();
    line.on(CallEvent::LegFailed { leg, status: 486 });
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.settle();
    assert_eq!(line.ended(), (EndCause::MaxWait, HungUpBy::System));
}

#[test]
fn the_hour_credited_after_a_failed_transfer_is_no_time_waited() {
    let (mut line, _) = Line::talking();
    line.pass(60_000);
    line.ask(CallCommand::Transfer { target: TransferTarget::Number { number: "02162345678".into() } }).unwrap();
    let leg = line.dialed();
    line.pass(20_000).on(CallEvent::LegFailed { leg, status: 486 });
    line.on(CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 0 } });
    line.pass(1_000).on(CallEvent::Offer(Offer { offer: OfferId(100), ..offer(AnswerBy::Phone) }));
    let leg = line.dialed();
    line.pass(2_000).on(CallEvent::LegAnswered { leg });
    assert!(matches!(
        line.told.iter().rev().find(|k| matches!(k, EventKind::TalkStarted { .. })),
        Some(EventKind::TalkStarted { waited_ms: 3_000, .. })
    ));
}

#[test]
fn waiting_for_one_busy_agent_is_waiting() {
    let (mut line, _) = Line::talking();
    let other = AgentId(8);
    line.ask(CallCommand::Transfer { target: TransferTarget::Agent { agent: other } }).unwrap();
    let direct = RouterAsk::Direct { agent: other, queue: Some(QUEUE), vip: false, ring_ms: None };
    assert!(line.last.ends_with(&[Action::Music { leg: CALLER, name: String::new() }, Action::Router(direct)]));
    line.pass(30_000).on(CallEvent::Offer(Offer { offer: OfferId(100), agent: other, ..offer(AnswerBy::Phone) }));
    let leg = line.dialed();
    line.pass(2_000).on(CallEvent::LegAnswered { leg });
    let waited = line
        .told
        .iter()
        .any(|k| matches!(k, EventKind::TalkStarted { agent, waited_ms: 32_000, .. } if *agent == other));
    assert!(waited, "{:?}", line.told);
}

#[test]
fn hanging_up_a_call_that_rings_rejects_it() {
    let (mut line, _) = Line::offered(AnswerBy::AutoAnswer);
    line.ask(CallCommand::Answer).unwrap();
    let leg = line.dialed();
    line.ask(CallCommand::Hangup).unwrap();
    assert_eq!(
        line.last,
        [Action::HangUp { leg, cause: EndCause::Rejected }, Action::Router(RouterAsk::Rejected { offer: OFFER })]
    );
    assert_eq!(line.call.stage_name(), "waiting");
}

#[test]
fn a_phone_we_could_not_ring_is_not_blamed_and_a_number_without_a_way_out_never_had_a_leg() {
    let (mut line, leg) = Line::offered(AnswerBy::Phone);
    let leg = leg.unwrap();
    line.on(CallEvent::NotDialed { leg, cause: EndCause::Failed });
    assert_eq!(line.last, [Action::Router(RouterAsk::Withdrawn { offer: OFFER })]);
    assert!(matches!(line.told.last(), Some(EventKind::LegEnded { by: HungUpBy::System, .. })));
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Transfer { target: TransferTarget::Number { number: "4711".into() } }).unwrap();
    let leg = line.dialed();
    line.on(CallEvent::NotDialed { leg, cause: EndCause::Unreachable });
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { cause: EndCause::Unreachable, .. })));
    assert!(!line.told.iter().any(|k| matches!(k, EventKind::LegEnded { leg: l, .. } if *l == leg)));
    assert!(!line.call.legs().any(|l| l == leg));
}

#[test]
fn a_vip_found_out_while_waiting_is_told_to_routing_once() {
    let vip = |vip| Candidate {
        customer: contract::CustomerId(1),
        contact: None,
        point: contract::ContactPointId(1),
        reason: contract::MatchReason::Exact,
        confidence: 90,
        vip,
    };
    let mut line = Line::queued();
    assert_eq!(line.on(CallEvent::Identified(vec![vip(false)])), []);
    assert_eq!(line.on(CallEvent::Identified(vec![vip(true)])), [Action::Router(RouterAsk::Vip)]);
    assert_eq!(line.on(CallEvent::Identified(vec![vip(true)])), []);
    // In the flow the way into the queue says it.
    let mut line = Line::ring_in();
    let id = line.played();
    assert_eq!(line.on(CallEvent::Identified(vec![vip(true)])), []);
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    let enters = |a: &Action| matches!(a, Action::Router(RouterAsk::Enqueue { vip: true, .. }));
    assert!(line.last.iter().any(enters), "{:?}", line.last);
}

#[test]
fn two_are_partners_while_they_hear_each_other_and_an_answer_is_told_once() {
    let (mut line, leg) = Line::talking();
    assert_eq!((line.call.partner(CALLER), line.call.partner(leg)), (Some(leg), Some(CALLER)));
    assert_eq!(line.on(CallEvent::LegAnswered { leg }), []);
    assert_eq!(line.told.iter().filter(|k| **k == EventKind::LegAnswered { leg }).count(), 1);
    line.ask(CallCommand::Hold).unwrap();
    assert_eq!(line.call.partner(CALLER), None);
    line.ask(CallCommand::Resume).unwrap();
    line.ask(CallCommand::Transfer { target: TransferTarget::Number { number: "02162345678".into() } }).unwrap();
    let outside = line.dialed();
    assert_eq!(line.call.partner(CALLER), None, "it rings");
    line.on(CallEvent::LegAnswered { leg: outside });
    assert_eq!(line.call.partner(CALLER), Some(outside));
    assert_eq!(line.call.partner(leg), None);
}

#[test]
fn a_transfer_to_an_agent_who_cannot_be_had_says_why() {
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Transfer { target: TransferTarget::Agent { agent: AgentId(8) } }).unwrap();
    line.on(CallEvent::DirectFailed { agent: AgentId(8), cause: EndCause::Unreachable });
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { cause: EndCause::Unreachable, .. })));
}

#[test]
fn a_queue_that_answers_by_itself_tells_the_phones_that_can_be_told_and_the_agent_hears_a_tone() {
    let beep = |line: &Line, leg: LegId| {
        line.last.iter().any(|a| matches!(a, Action::Play { leg: to, prompts, .. } if *to == leg
            && matches!(&prompts[..], [ivr::Prompt::File { name, .. }] if &**name == "beep")))
    };
    // One that answers by itself is dialed at once, and told so.
    let mut line = Line::queued();
    line.on(CallEvent::Offer(Offer { auto_answer: true, ..offer(AnswerBy::AutoAnswer) }));
    assert!(matches!(line.last[..], [Action::Dial { to: Dial::Station { auto_answer: true, .. }, .. }]), "{:?}", line.last);
    let leg = line.dialed();
    line.on(CallEvent::LegAnswered { leg });
    assert!(beep(&line, leg));
    // One that answers on a word is told once it rings.
    let mut line = Line::queued();
    line.on(CallEvent::Offer(Offer { auto_answer: true, ..offer(AnswerBy::TalkEvent) }));
    let leg = line.dialed();
    assert_eq!(line.on(CallEvent::LegRinging { leg }), [Action::PressTalk(leg)]);
    line.on(CallEvent::LegAnswered { leg });
    assert!(beep(&line, leg));
    // One that cannot be told rings as it always does, and says nothing when it is lifted.
    let mut line = Line::queued();
    line.on(CallEvent::Offer(Offer { auto_answer: true, ..offer(AnswerBy::Phone) }));
    let leg = line.dialed();
    assert!(matches!(line.last[..], [Action::Dial { to: Dial::Station { auto_answer: false, .. }, .. }]));
    assert_eq!(line.on(CallEvent::LegRinging { leg }), []);
    line.on(CallEvent::LegAnswered { leg });
    assert!(!beep(&line, leg));
}
