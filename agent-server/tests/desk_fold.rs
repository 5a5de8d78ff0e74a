//! The desk as a fold: whatever happens, in whatever order, a desktop that began with a snapshot at any moment and heard
//! every message since shows what a snapshot would show now; and nothing stays on any desk when everything is over.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_server::desk::{Desks, Hub};
use agent_server::metrics::Metrics;
use contract::*;
use proptest::prelude::*;
use reports::{Board, Thresholds, Zone};

const AGENTS: [AgentId; 2] = [AgentId(1), AgentId(2)];
const CALLS: [InteractionId; 3] = [InteractionId(10), InteractionId(11), InteractionId(12)];
const QUEUE: Option<QueueId> = Some(QueueId(5));

/// What a desktop shows: as `web-agent/src/desk/fold.ts`.
#[derive(Debug, Clone, PartialEq)]
struct Screen {
    seat: Option<Seat>,
    cards: BTreeMap<InteractionId, CallCard>,
    supervising: Option<Supervising>,
    parked: Vec<ParkedCall>,
}

impl Screen {
    fn of(snapshot: DeskBody) -> Self {
        let DeskBody::Snapshot { seat, cards, supervising, parked } = snapshot else { panic!("not a snapshot") };
        let cards = cards.into_iter().map(|card| (card.interaction, card)).collect();
        Self { seat: Some(seat), cards, supervising, parked }
    }

    fn hear(&mut self, body: &DeskBody) {
        match body {
            DeskBody::Seat { seat, .. } => self.seat = Some(seat.clone()),
            DeskBody::Card { card } => drop(self.cards.insert(card.interaction, card.clone())),
            DeskBody::CardGone { interaction, .. } => drop(self.cards.remove(interaction)),
            DeskBody::Parked { parked } => self.parked.clone_from(parked),
            DeskBody::Supervising { supervising } => self.supervising.clone_from(supervising),
            _ => {}
        }
    }
}

fn seat(agent: AgentId, status: SeatStatus, activity: Activity) -> Seat {
    let (station, health) = (Some(StationId(1)), StationHealth::Ok);
    Seat { agent, station, status, status_since: 0, status_why: SeatWhy::Chosen, activity, activity_since: 0, health, next: None, hand: None }
}

fn arrived() -> EventKind {
    let caller = Caller { raw: "13800138000".into(), name: String::new(), number: None, withheld: false };
    let entry = Entry::Trunk { trunk: TrunkId(1) };
    EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "8000".into(), leg: LegId(1) }
}

fn offered(agent: AgentId) -> EventKind {
    EventKind::Offered { offer: OfferId(1), agent, station: StationId(1), queue: QUEUE, until: 99, waited_ms: 3, why: String::new(), asked_by: None }
}

fn offer_ended(agent: AgentId, outcome: OfferOutcome) -> EventKind {
    EventKind::OfferEnded { offer: OfferId(1), agent, queue: QUEUE, outcome, rang_ms: 5 }
}

fn talk_ended(agent: AgentId) -> EventKind {
    EventKind::TalkEnded { agent, leg: LegId(2), queue: QUEUE, talk_ms: 9, hold_ms: 0 }
}

fn wrap_up_ended(agent: AgentId) -> EventKind {
    EventKind::WrapUpEnded { agent, queue: QUEUE, took_ms: 4, timed_out: true }
}

fn call_ended() -> EventKind {
    EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller }
}

fn event(seq: u64, interaction: Option<InteractionId>, kind: EventKind) -> Event {
    Event { node: 1, seq, at: i64::try_from(seq).unwrap() * 10, interaction, kind }
}

fn of_a_call(agent: AgentId) -> impl Strategy<Value = EventKind> {
    let outcome = prop_oneof![Just(OfferOutcome::Answered), Just(OfferOutcome::Missed), Just(OfferOutcome::Rejected), Just(OfferOutcome::Withdrawn)];
    let left = prop_oneof![Just(QueueOutcome::Abandoned), Just(QueueOutcome::Answered), Just(QueueOutcome::Moved)];
    let talk = EventKind::TalkStarted { agent, leg: LegId(2), queue: QUEUE, waited_ms: 3 };
    let recording = EventKind::RecordingStarted { recording: RecordingId(1), what: RecordingKind::Talk, agent: Some(agent), queue: QUEUE, path: "a.wav".into() };
    let candidate = Candidate { customer: CustomerId(1), contact: None, point: ContactPointId(1), reason: MatchReason::Exact, confidence: 95, vip: true };
    let digits = EventKind::DigitsCollected { node: "menu".into(), digits: "1".into(), label: Some("sales".into()) };
    let saved = EventKind::DispositionSaved { agent, dispositions: vec![DispositionId(1)], notes: "n".into() };
    prop_oneof![
        3 => Just(arrived()),
        1 => Just(EventKind::CallerIdentified { candidates: vec![candidate] }),
        1 => Just(digits),
        4 => Just(offered(agent)),
        4 => outcome.prop_map(move |outcome| offer_ended(agent, outcome)),
        1 => left.prop_map(|outcome| EventKind::QueueLeft { queue: QueueId(5), outcome, waited_ms: 1 }),
        3 => Just(talk),
        1 => Just(EventKind::Held { agent }),
        1 => Just(EventKind::Resumed { agent }),
        1 => Just(EventKind::Muted { agent }),
        1 => Just(recording),
        1 => Just(EventKind::TransferFailed { agent, target: TransferTarget::Agent { agent }, cause: EndCause::Busy }),
        2 => Just(talk_ended(agent)),
        2 => Just(EventKind::WrapUpStarted { agent, queue: QUEUE, until: Some(500) }),
        1 => Just(EventKind::WrapUpExtended { agent, until: 900 }),
        2 => Just(wrap_up_ended(agent)),
        1 => Just(saved),
        1 => Just(EventKind::CustomerLinked { agent, customer: Some(CustomerId(3)), contact: None }),
        1 => Just(call_ended()),
        1 => Just(EventKind::Interrupted { last_seen: 1 }),
        3 => of_a_supervisor(agent),
        3 => of_asked(agent),
        3 => aside(agent),
    ]
}

/// Somebody asked into the talk, in any order, and who was never asked for too.
fn of_asked(agent: AgentId) -> impl Strategy<Value = EventKind> {
    let with = prop::option::of(prop::sample::select(&AGENTS[..]));
    let target = prop_oneof![
        Just(TransferTarget::Queue { queue: QueueId(5) }),
        Just(TransferTarget::Agent { agent }),
        Just(TransferTarget::Number { number: "10086".into() })
    ];
    (with, target, 0..6_u8).prop_map(move |(with, target, what)| match what {
        0 => EventKind::ConsultStarted { agent, target },
        1 => EventKind::Offered {
            offer: OfferId(2),
            agent: with.unwrap_or(agent),
            station: StationId(1),
            queue: None,
            until: 99,
            waited_ms: 0,
            why: String::new(),
            asked_by: Some(agent),
        },
        2 => EventKind::ConsultAnswered { agent, with, leg: LegId(7) },
        3 => EventKind::ConsultFailed { agent, target, cause: EndCause::Busy },
        4 => EventKind::ConsultJoined { agent, with, leg: LegId(7) },
        _ => EventKind::ConsultEnded { agent, with, leg: LegId(7), cause: EndCause::AnsweredHangup, ms: 5 },
    })
}

/// The caller parked, or in a flow, in any order.
fn aside(agent: AgentId) -> impl Strategy<Value = EventKind> {
    let outcome = prop_oneof![Just(ParkOutcome::Retrieved), Just(ParkOutcome::NobodyCame), Just(ParkOutcome::CallerLeft)];
    (outcome, 1..4_u16, 0..4_u8).prop_map(move |(outcome, slot, what)| match what {
        0 => EventKind::Parked { agent, queue: QUEUE, slot, until: 900 },
        1 => EventKind::ParkEnded { agent, slot, outcome, by: None, ms: 5 },
        2 => EventKind::SentToFlow { agent, flow: "check".into() },
        _ => EventKind::CameBack { agent, flow: "check".into(), result: Some("verified".into()), ms: 5 },
    })
}

/// The one supervised and the supervisor are sometimes the same here: the fold must not mind.
fn of_a_supervisor(agent: AgentId) -> impl Strategy<Value = EventKind> {
    let mode = prop_oneof![Just(SuperviseMode::Listen), Just(SuperviseMode::Whisper), Just(SuperviseMode::Barge)];
    let by = prop::sample::select(&AGENTS[..]);
    (by, mode, 0..4_u8).prop_map(move |(by, mode, what)| match what {
        0 => EventKind::SupervisionStarted { by, agent, leg: LegId(9), mode, reason: String::new() },
        1 => EventKind::LegAnswered { leg: LegId(9) },
        2 => EventKind::SupervisionChanged { by, agent, mode },
        _ => EventKind::SupervisionEnded { by, agent, cause: EndCause::AnsweredHangup, ms: 5 },
    })
}

fn anything() -> impl Strategy<Value = (Option<InteractionId>, EventKind)> {
    let agent = prop::sample::select(&AGENTS[..]);
    let call = prop::sample::select(&CALLS[..]);
    let of_call = (agent.clone(), call.clone()).prop_flat_map(|(agent, call)| of_a_call(agent).prop_map(move |kind| (Some(call), kind)));
    let doing = prop_oneof![
        Just(Activity::Idle),
        call.clone().prop_map(|interaction| Activity::Offered { interaction }),
        call.clone().prop_map(|interaction| Activity::Talking { interaction }),
        call.prop_map(|interaction| Activity::WrapUp { interaction, queue: None, until: None }),
    ];
    let why = prop_oneof![Just(SeatWhy::Call), Just(SeatWhy::MissedOffer), Just(SeatWhy::StationLost)];
    let of_seat = (agent, doing, why).prop_map(|(agent, doing, why)| (None, EventKind::SeatChanged { seat: seat(agent, SeatStatus::Ready, doing), why, by: None }));
    prop_oneof![6 => of_call, 1 => of_seat]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_prefix_and_a_snapshot_and_what_came_after_is_the_whole(all in prop::collection::vec(anything(), 1..60)) {
        let mut desks = Desks::default();
        // One desktop for each moment it may have come.
        let mut screens: Vec<(AgentId, Screen)> = AGENTS.iter().map(|agent| (*agent, Screen::of(desks.snapshot(*agent, 0)))).collect();
        for (n, (interaction, kind)) in (1..).zip(all) {
            let told = desks.apply(&event(n, interaction, kind));
            for (agent, screen) in &mut screens {
                told.iter().filter(|t| t.agent == *agent).for_each(|t| screen.hear(&t.body));
            }
            screens.extend(AGENTS.iter().map(|agent| (*agent, Screen::of(desks.snapshot(*agent, 0)))));
        }
        for (agent, mut screen) in screens {
            let mut now = Screen::of(desks.snapshot(agent, 0));
            // A seat nobody told of is made up for the snapshot.
            if !desks.seats().contains_key(&agent) {
                (now.seat, screen.seat) = (None, None);
                // Without a seat nobody takes anybody, and is told of no change.
                (now.parked, screen.parked) = (Vec::new(), Vec::new());
            }
            prop_assert_eq!(screen, now);
        }
    }

    #[test]
    fn when_everything_is_over_no_desk_and_no_memory_holds_anything(all in prop::collection::vec(anything(), 1..60)) {
        let mut desks = Desks::default();
        let mut n = 0;
        let mut say = |desks: &mut Desks, interaction, kind| {
            n += 1;
            desks.apply(&event(n, interaction, kind));
        };
        for (interaction, kind) in all {
            say(&mut desks, interaction, kind);
        }
        for call in CALLS {
            for agent in AGENTS {
                say(&mut desks, Some(call), talk_ended(agent));
                say(&mut desks, Some(call), wrap_up_ended(agent));
            }
            say(&mut desks, Some(call), call_ended());
        }
        for agent in AGENTS {
            let kind = EventKind::SeatChanged { seat: seat(agent, SeatStatus::Ready, Activity::Idle), why: SeatWhy::Call, by: None };
            say(&mut desks, None, kind);
            let DeskBody::Snapshot { cards, supervising, .. } = desks.snapshot(agent, 0) else { panic!("not a snapshot") };
            prop_assert_eq!((cards, supervising), (Vec::new(), None));
        }
        prop_assert!(desks.is_empty(), "{} calls are still remembered", desks.len());
    }
}

/// The bodies told to one agent, by their words.
fn words(desks: &mut Desks, story: Vec<(Option<InteractionId>, EventKind)>) -> Vec<String> {
    let mut all = Vec::new();
    for (n, (interaction, kind)) in (1..).zip(story) {
        for told in desks.apply(&event(n, interaction, kind)) {
            all.push(match told.body {
                DeskBody::Card { card } => store::words::word(&card.state),
                DeskBody::CardGone { why, .. } => format!("gone: {}", store::words::word(&why)),
                DeskBody::Notice { code, .. } => format!("notice: {code}"),
                DeskBody::Seat { .. } => "seat".into(),
                // Told once with a seat, whoever is parked.
                DeskBody::Parked { .. } => continue,
                other => panic!("{other:?}"),
            });
        }
    }
    all
}

fn idle(why: SeatWhy) -> (Option<InteractionId>, EventKind) {
    (None, EventKind::SeatChanged { seat: seat(AGENTS[0], SeatStatus::NotReady { reason: None }, Activity::Idle), why, by: None })
}

#[test]
fn a_card_leaves_with_the_reason_the_agent_must_know() {
    let (me, call) = (AGENTS[0], Some(CALLS[0]));
    let left = |outcome| (call, EventKind::QueueLeft { queue: QueueId(5), outcome, waited_ms: 9 });
    let begin = || vec![(call, arrived()), (call, offered(me))];
    let with = |rest: Vec<(Option<InteractionId>, EventKind)>| begin().into_iter().chain(rest).collect::<Vec<_>>();
    let ended = |outcome| (call, offer_ended(me, outcome));
    let cases = [
        (with(vec![ended(OfferOutcome::Withdrawn), left(QueueOutcome::Abandoned), idle(SeatWhy::Call)]), vec!["ringing", "gone: caller_left", "seat"]),
        (with(vec![ended(OfferOutcome::Withdrawn), left(QueueOutcome::Moved), idle(SeatWhy::Call)]), vec!["ringing", "gone: withdrawn", "seat"]),
        (with(vec![ended(OfferOutcome::Withdrawn), idle(SeatWhy::Call)]), vec!["ringing", "seat", "gone: withdrawn"]),
        (with(vec![ended(OfferOutcome::Missed), idle(SeatWhy::MissedOffer)]), vec!["ringing", "gone: missed", "seat", "notice: seat_missed_offer"]),
        (with(vec![ended(OfferOutcome::Rejected)]), vec!["ringing", "gone: rejected"]),
        (
            with(vec![
                ended(OfferOutcome::Answered),
                (call, EventKind::TalkStarted { agent: me, leg: LegId(2), queue: QUEUE, waited_ms: 3 }),
                (call, talk_ended(me)),
                idle(SeatWhy::Call),
                (call, call_ended()),
            ]),
            vec!["ringing", "connecting", "talking", "talking", "seat", "gone: finished"],
        ),
    ];
    for (story, want) in cases {
        assert_eq!(words(&mut Desks::default(), story), want);
    }
}

/// Each message to the agent: the modes of those whom the card names.
type Named = Vec<Vec<SuperviseMode>>;
/// Each message to the supervisor: how one is in the talk, and whether the phone was lifted.
type Within = Vec<Option<(SuperviseMode, bool)>>;

fn seen(directory: Directory, story: &[EventKind]) -> (Named, Within) {
    let (me, chief, call) = (AGENTS[0], AGENTS[1], Some(CALLS[0]));
    let mut desks = Desks::default();
    desks.company(Arc::new(directory));
    let begin = [arrived(), offered(me), EventKind::TalkStarted { agent: me, leg: LegId(2), queue: QUEUE, waited_ms: 3 }];
    let (mut agent, mut supervisor) = (Vec::new(), Vec::new());
    for (n, kind) in (1..).zip(begin.iter().chain(story)) {
        for told in desks.apply(&event(n, call, kind.clone())) {
            match told.body {
                DeskBody::Card { card } if told.agent == me && n > 3 => {
                    agent.push(card.supervised_by.iter().map(|one| one.mode).collect());
                }
                DeskBody::Supervising { supervising } if told.agent == chief => {
                    supervisor.push(supervising.map(|one| (one.mode, one.connected)));
                }
                _ => {}
            }
        }
    }
    (agent, supervisor)
}

#[test]
fn an_agent_sees_who_speaks_always_and_who_listens_where_the_company_says_so() {
    use SuperviseMode::{Listen, Whisper};
    let (agent, by) = (AGENTS[0], AGENTS[1]);
    let story = [
        EventKind::SupervisionStarted { by, agent, leg: LegId(9), mode: Listen, reason: String::new() },
        EventKind::LegAnswered { leg: LegId(9) },
        EventKind::SupervisionChanged { by, agent, mode: Whisper },
        EventKind::SupervisionEnded { by, agent, cause: EndCause::AnsweredHangup, ms: 5 },
    ];
    let supervisor = vec![Some((Listen, false)), Some((Listen, true)), Some((Whisper, true)), None];
    for shown in [true, false] {
        let company = directory::Company { listening_shown: shown, ..directory::Company::default() };
        let seen = seen(Directory { company, ..Directory::default() }, &story);
        // Not even an empty word comes of what is not shown.
        let agent = if shown { vec![vec![Listen], vec![Whisper], vec![]] } else { vec![vec![Whisper], vec![]] };
        assert_eq!(seen, (agent, supervisor.clone()), "shown: {shown}");
    }
}

#[test]
fn a_supervisor_whose_phone_is_not_answered_is_told_why_and_one_who_leaves_is_not() {
    let (agent, by, call) = (AGENTS[0], AGENTS[1], Some(CALLS[0]));
    let begun = EventKind::SupervisionStarted { by, agent, leg: LegId(9), mode: SuperviseMode::Listen, reason: String::new() };
    for (cause, said) in [(EndCause::Busy, 1), (EndCause::AnsweredHangup, 0)] {
        let mut desks = Desks::default();
        let ended = EventKind::SupervisionEnded { by, agent, cause, ms: 0 };
        let told = [arrived(), begun.clone(), ended].into_iter().zip(1..).flat_map(|(kind, n)| desks.apply(&event(n, call, kind)));
        let notices = told.filter(|one| matches!(&one.body, DeskBody::Notice { code, .. } if code == "supervision_failed"));
        assert_eq!(notices.count(), said, "{cause:?}");
    }
}

/// Each message to one agent about the card: state, who else is in it, and the buttons for it.
fn talk_of(agent: AgentId, story: &[EventKind]) -> Vec<(CardState, Vec<OtherState>, Vec<CallAction>)> {
    let mut desks = Desks::default();
    let mut seen = Vec::new();
    for (n, kind) in (1..).zip(story) {
        for told in desks.apply(&event(n, Some(CALLS[0]), kind.clone())).into_iter().filter(|told| told.agent == agent) {
            if let DeskBody::Card { card } = told.body {
                seen.push((card.state, card.others.iter().map(|other| other.state).collect(), card.allowed));
            }
        }
    }
    seen.dedup();
    seen
}

#[test]
fn whoever_is_asked_into_a_talk_shows_on_the_cards_of_both_and_each_has_the_buttons_for_it() {
    use CallAction as A;
    let [ann, ben] = AGENTS;
    let (target, leg) = (TransferTarget::Agent { agent: ben }, LegId(7));
    let asked = EventKind::Offered {
        offer: OfferId(2),
        agent: ben,
        station: StationId(1),
        queue: None,
        until: 99,
        waited_ms: 0,
        why: String::new(),
        asked_by: Some(ann),
    };
    let story = [
        arrived(),
        offered(ann),
        EventKind::TalkStarted { agent: ann, leg: LegId(2), queue: QUEUE, waited_ms: 3 },
        EventKind::Held { agent: ann },
        EventKind::ConsultStarted { agent: ann, target },
        asked,
        EventKind::OfferEnded { offer: OfferId(2), agent: ben, queue: None, outcome: OfferOutcome::Answered, rang_ms: 5 },
        EventKind::ConsultAnswered { agent: ann, with: Some(ben), leg },
        EventKind::ConsultJoined { agent: ann, with: Some(ben), leg },
        EventKind::Resumed { agent: ann },
        EventKind::TransferStarted { agent: ann, target: TransferTarget::Agent { agent: ben } },
        EventKind::ConsultEnded { agent: ann, with: Some(ben), leg, cause: EndCause::AnsweredHangup, ms: 9 },
        talk_ended(ann),
        EventKind::TalkStarted { agent: ben, leg, queue: QUEUE, waited_ms: 0 },
    ];
    let of_ann = talk_of(ann, &story);
    let states: Vec<_> = of_ann.iter().map(|(state, others, _)| (*state, others.clone())).collect();
    assert_eq!(
        states[2..8],
        [
            (CardState::Held, vec![]),
            (CardState::Held, vec![OtherState::Asked]),
            (CardState::Held, vec![OtherState::Ringing]),
            (CardState::Held, vec![OtherState::Apart]),
            (CardState::Held, vec![OtherState::Joined]),
            (CardState::Talking, vec![OtherState::Joined]),
        ]
    );
    let buttons: Vec<&CallAction> = of_ann[2..8].iter().map(|(.., allowed)| &allowed[0]).collect();
    assert_eq!(buttons, [&A::Resume, &A::Drop, &A::Drop, &A::Complete, &A::Resume, &A::Complete]);
    let of_ben = talk_of(ben, &story);
    assert_eq!(of_ben[0].1, [OtherState::Leads]);
    let talking = of_ben.iter().find(|(state, ..)| *state == CardState::Talking).unwrap();
    assert_eq!((&talking.1[..], &talking.2[..]), (&[OtherState::Leads][..], &[A::Mute, A::Hangup][..]));
    // Once the talk is Ben's it is as any other.
    let last = of_ben.last().unwrap();
    assert_eq!((last.1.len(), last.2[0]), (0, A::Hold));
}

/// After a hand-over the next recording begins before the last word of the one before.
#[test]
fn the_late_end_of_one_recording_does_not_switch_off_the_next() {
    let agent = AGENTS[0];
    let begins = |id| EventKind::RecordingStarted {
        recording: RecordingId(id),
        what: RecordingKind::Talk,
        agent: Some(agent),
        queue: QUEUE,
        path: String::new(),
    };
    let ends = |id| EventKind::RecordingEnded { recording: RecordingId(id), duration_ms: 1, bytes: 1, complete: true };
    let talk = EventKind::TalkStarted { agent, leg: LegId(2), queue: QUEUE, waited_ms: 3 };
    let seen = talk_of(agent, &[arrived(), offered(agent), talk, begins(1), begins(2), ends(1)]);
    assert!(seen.last().unwrap().2.contains(&CallAction::PauseRecording));
}

/// Whoever stays in a conference sees who has the caller now.
#[test]
fn when_the_lead_of_a_conference_changes_the_others_see_the_new_one() {
    let ([ann, ben], cem) = (AGENTS, AgentId(3));
    let asked = |agent, offer| EventKind::Offered {
        offer: OfferId(offer),
        agent,
        station: StationId(1),
        queue: None,
        until: 99,
        waited_ms: 0,
        why: String::new(),
        asked_by: Some(ann),
    };
    let mut story = vec![arrived(), offered(ann), EventKind::TalkStarted { agent: ann, leg: LegId(2), queue: QUEUE, waited_ms: 3 }];
    for (who, leg) in [(ben, 7), (cem, 8)] {
        story.push(EventKind::ConsultStarted { agent: ann, target: TransferTarget::Agent { agent: who } });
        story.push(asked(who, leg));
        story.push(EventKind::ConsultAnswered { agent: ann, with: Some(who), leg: LegId(leg) });
        story.push(EventKind::ConsultJoined { agent: ann, with: Some(who), leg: LegId(leg) });
    }
    let cause = EndCause::AnsweredHangup;
    story.push(EventKind::ConsultEnded { agent: ann, with: Some(ben), leg: LegId(7), cause, ms: 9 });
    story.push(talk_ended(ann));
    story.push(EventKind::TalkStarted { agent: ben, leg: LegId(7), queue: QUEUE, waited_ms: 0 });
    let mut desks = Desks::default();
    for (n, kind) in (1..).zip(story) {
        desks.apply(&event(n, Some(CALLS[0]), kind));
    }
    let DeskBody::Snapshot { cards, .. } = desks.snapshot(cem, 0) else { panic!("a snapshot") };
    let leads: Vec<_> = cards[0].others.iter().map(|other| (other.agent, other.state)).collect();
    assert_eq!(leads, [(Some(ben), OtherState::Leads)]);
    let DeskBody::Snapshot { cards, .. } = desks.snapshot(ben, 0) else { panic!("a snapshot") };
    assert_eq!(cards[0].others.iter().map(|other| other.agent).collect::<Vec<_>>(), [Some(cem)]);
}

fn hub() -> Hub {
    let board = Board::new(Zone::utc(), Thresholds::default(), 1_000_000);
    Hub::new(board, Arc::new(Metrics::default()), 1_000_000)
}

#[tokio::test]
async fn a_desktop_that_takes_nothing_is_let_go_and_memory_stays_bounded() {
    let hub = hub();
    let mut joined = hub.join(AGENTS[0], 0, 0);
    let say = |n: u64| hub.apply(&event(n, None, idle(SeatWhy::Chosen).1));
    for n in 1..=20_000 {
        say(n);
    }
    assert!(!hub.is_up(AGENTS[0]), "the tab was dropped");
    let mut heard = 0;
    while joined.news.recv().await.is_some() {
        heard += 1;
    }
    assert!(heard < 1_000, "{heard} messages were waiting");
    let last: DeskMessage = serde_json::from_str(&hub.join(AGENTS[0], 0, 0).backlog[0]).unwrap();
    assert!(matches!(last.body, DeskBody::Snapshot { .. }));
    let again = hub.join(AGENTS[0], last.n - 3, 0);
    assert_eq!(again.backlog.len(), 3, "what is recent is heard again");
    let kept: usize = hub.join(AGENTS[0], last.n - 250, 0).backlog.iter().map(|text| text.len()).sum();
    assert!(kept <= 256 * 1024, "{kept} bytes");
}

#[test]
fn one_person_may_have_eight_tabs_and_a_ninth_takes_the_place_of_the_oldest() {
    let hub = hub();
    let mut first = hub.join(AGENTS[0], 0, 0);
    let others: Vec<_> = (0..8).map(|_| hub.join(AGENTS[0], 0, 0)).collect();
    assert_eq!(first.news.try_recv(), Err(tokio::sync::mpsc::error::TryRecvError::Disconnected));
    assert_eq!(hub.counts().0, others.len());
}

#[test]
fn a_parked_caller_lies_on_every_desk_until_somebody_has_them() {
    let [ann, ben] = AGENTS;
    let mut desks = Desks::default();
    let mut all = Vec::new();
    let sits = |agent| (None, EventKind::SeatChanged { seat: seat(agent, SeatStatus::Ready, Activity::Idle), why: SeatWhy::Chosen, by: None });
    let of_call = |kind| (Some(CALLS[0]), kind);
    let story = [
        sits(ann),
        sits(ben),
        of_call(arrived()),
        of_call(offered(ann)),
        of_call(EventKind::TalkStarted { agent: ann, leg: LegId(2), queue: QUEUE, waited_ms: 3 }),
        of_call(EventKind::Parked { agent: ann, queue: QUEUE, slot: 4, until: 900 }),
        of_call(talk_ended(ann)),
        of_call(EventKind::ParkEnded { agent: ann, slot: 4, outcome: ParkOutcome::NobodyCame, by: None, ms: 9 }),
    ];
    for (n, (call, kind)) in (1..).zip(story) {
        all.extend(desks.apply(&event(n, call, kind)));
    }
    let slots = |agent| -> Vec<Vec<u16>> {
        let of = |told: &agent_server::desk::fold::Told| match &told.body {
            DeskBody::Parked { parked } if told.agent == agent => Some(parked.iter().map(|one| one.slot).collect()),
            _ => None,
        };
        all.iter().filter_map(of).collect()
    };
    assert_eq!(slots(ben), [vec![], vec![4], vec![]]);
    assert_eq!(slots(ann), slots(ben));
    let late = |told: &&agent_server::desk::fold::Told| matches!(&told.body, DeskBody::Notice { code, .. } if code == "park_timed_out");
    assert_eq!(all.iter().filter(late).map(|told| told.agent).collect::<Vec<_>>(), [ann], "who parked is told");
}

#[test]
fn a_caller_in_a_flow_leaves_the_card_with_two_ways_and_comes_back_with_a_result() {
    use CallAction as A;
    let ann = AGENTS[0];
    let mut desks = Desks::default();
    let story = [
        arrived(),
        offered(ann),
        EventKind::TalkStarted { agent: ann, leg: LegId(2), queue: QUEUE, waited_ms: 3 },
        EventKind::Held { agent: ann },
        EventKind::SentToFlow { agent: ann, flow: "check".into() },
        EventKind::CameBack { agent: ann, flow: "check".into(), result: Some("verified".into()), ms: 5 },
        EventKind::Resumed { agent: ann },
    ];
    let mut cards = Vec::new();
    for (n, kind) in (1..).zip(story) {
        let told = desks.apply(&event(n, Some(CALLS[0]), kind));
        cards.extend(told.into_iter().filter_map(|told| match told.body {
            DeskBody::Card { card } => Some(card),
            _ => None,
        }));
    }
    let away = cards.iter().find(|card| card.in_flow.is_some()).unwrap();
    assert_eq!(away.allowed, [A::Resume, A::Mute, A::Hangup, A::Dispose]);
    let back = cards.last().unwrap();
    assert_eq!((back.state, back.in_flow.is_none(), back.allowed[0]), (CardState::Talking, true, A::Hold));
    let results: Vec<_> = back.flow_results.iter().map(|one| (one.flow.as_str(), one.result.as_deref())).collect();
    assert_eq!(results, [("check", Some("verified"))]);
}

/// Of a call at a PBX the card lists what the PBX can do; who dials there has a card from the first ring of the own phone.
#[test]
fn a_card_of_a_call_at_a_pbx_lists_what_the_pbx_can_do() {
    use contract::directory::{Pbx, PbxKind, Secret};
    use CallAction as A;
    let (me, call, pbx) = (AGENTS[0], CALLS[0], PbxId(9));
    for (kind, held) in [(PbxKind::Asterisk, &[][..]), (PbxKind::FreeSwitch, &[A::Hold][..])] {
        let mut directory = Directory::default();
        let one = Pbx {
            id: pbx,
            name: String::new(),
            kind,
            address: String::new(),
            tls: None,
            user: String::new(),
            password: Secret::default(),
            queues: Vec::new(),
            context: String::new(),
            recorded_in: String::new(),
            recordings: String::new(),
        };
        directory.pbxs.insert(pbx, one);
        for direction in [Direction::Inbound, Direction::Outbound] {
            let mut desks = Desks::default();
            desks.company(Arc::new(directory.clone()));
            let EventKind::CallArrived { caller, dialed, leg, .. } = arrived() else { panic!("a call arrives") };
            let came = EventKind::CallArrived { direction, entry: Entry::Pbx { pbx }, caller, dialed, leg };
            let party = Party::Agent { agent: me, station: StationId(1) };
            let mut story = vec![came];
            if direction == Direction::Inbound {
                story.push(offered(me));
            }
            story.push(EventKind::LegStarted { leg: LegId(2), party });
            let mut n = 0;
            let mut say = |desks: &mut Desks, kind| {
                n += 1;
                desks.apply(&event(n, Some(call), kind));
                let DeskBody::Snapshot { cards, .. } = desks.snapshot(me, 0) else { panic!("not a snapshot") };
                cards.into_iter().next().map(|card| (card.state, card.allowed))
            };
            let mut last = None;
            for kind in story {
                last = say(&mut desks, kind);
            }
            let before = match direction {
                Direction::Inbound => (CardState::Ringing, vec![]),
                _ => (CardState::Connecting, vec![A::Hangup]),
            };
            assert_eq!(last, Some(before), "{kind:?} {direction:?}");
            let talk = say(&mut desks, EventKind::TalkStarted { agent: me, leg: LegId(2), queue: QUEUE, waited_ms: 3 });
            let want: Vec<A> = held.iter().copied().chain([A::SendDigits, A::Transfer, A::Hangup, A::Dispose]).collect();
            assert_eq!(talk, Some((CardState::Talking, want)), "{kind:?} {direction:?}");
        }
    }
}
