//! Whatever happens, in whatever order: one end, all legs down, nobody heard by whom they should not be.

use contract::WaitingCommand;
use proptest::prelude::*;

use super::*;

const CHIEFS: [AgentId; 3] = [AgentId(20), AgentId(21), AgentId(22)];

/// Any event, sensible or not, about any leg the call has or never had.
pub(super) fn any_event() -> impl Strategy<Value = Step> {
    let leg = prop_oneof![3 => Just(0_usize), 3 => Just(1), 2 => Just(2), 1 => Just(3), 1 => Just(9)];
    prop_oneof![
        leg.clone().prop_map(Step::Answered),
        (leg.clone(), prop::sample::select(vec![404_u16, 408, 486, 487, 503, 603]))
            .prop_map(|(l, s)| Step::Failed(l, s)),
        leg.clone().prop_map(Step::Gone),
        leg.clone().prop_map(Step::NotDialed),
        leg.clone().prop_map(Step::NotSent),
        leg.clone().prop_map(Step::Closed),
        (leg.clone(), any::<bool>()).prop_map(|(l, on)| Step::FarHold(l, on)),
        (leg.clone(), 0_u32..700_000).prop_map(|(l, ms)| Step::Silent(l, ms)),
        (leg, any::<bool>()).prop_map(|(l, lost)| Step::Phone(l, lost)),
        prop::sample::select(vec!['1', '5', '#', '*']).prop_map(Step::Digit),
        Just(Step::Played),
        Just(Step::Enqueued),
        prop::sample::select(vec![
            Overflow::Voicemail,
            Overflow::Queue(QUEUE),
            Overflow::Number("10086".into()),
            Overflow::Hangup(String::new())
        ])
        .prop_map(Step::Over),
        prop::sample::select(vec![AnswerBy::Phone, AnswerBy::TalkEvent, AnswerBy::AutoAnswer]).prop_map(Step::Offer),
        Just(Step::Missed),
        Just(Step::DirectFailed),
        (0_u32..9).prop_map(Step::Position),
        (0_i64..700_000).prop_map(Step::Time),
        Just(Step::Recorded),
        prop::sample::select(vec![
            CallCommand::Answer,
            CallCommand::Reject,
            CallCommand::Hold,
            CallCommand::Resume,
            CallCommand::Mute,
            CallCommand::Hangup,
            CallCommand::Transfer { target: TransferTarget::Queue { queue: QUEUE } },
            CallCommand::Transfer { target: TransferTarget::Agent { agent: AgentId(8) } },
            CallCommand::Transfer { target: TransferTarget::Number { number: "10086".into() } },
            CallCommand::PauseRecording { reason: "card".into() },
            CallCommand::Consult { target: TransferTarget::Queue { queue: QUEUE } },
            CallCommand::Consult { target: TransferTarget::Agent { agent: ANN } },
            CallCommand::Consult { target: TransferTarget::Agent { agent: BEN } },
            CallCommand::Consult { target: TransferTarget::Number { number: "10086".into() } },
            CallCommand::Transfer { target: TransferTarget::Flow { flow: "check".into() } },
            CallCommand::Transfer { target: TransferTarget::Flow { flow: "check".into() } },
            CallCommand::Transfer { target: TransferTarget::Flow { flow: "survey".into() } },
            CallCommand::Swap,
            CallCommand::Join,
            CallCommand::Complete,
            CallCommand::Drop { leg: None },
        ])
        .prop_map(Step::Command),
        prop::sample::select(vec![CallCommand::Answer, CallCommand::Reject, CallCommand::Mute, CallCommand::Hangup])
            .prop_map(Step::Asked),
        Just(Step::OfferBen),
        Just(Step::AskedInVain),
        (0_usize..3).prop_map(Step::TakeOver),
        Just(Step::Park),
        Just(Step::Park),
        Just(Step::Fetch),
        Just(Step::Fetch),
        Just(Step::Abort),
        (0_usize..3, prop::sample::select(vec![SuperviseMode::Listen, SuperviseMode::Whisper, SuperviseMode::Barge]))
            .prop_map(|(who, mode)| Step::Supervise(who, mode)),
        (0_usize..3).prop_map(Step::SuperviseNoMore),
        Just(Step::Full),
        prop::sample::select(vec![
            WaitingCommand::Raise,
            WaitingCommand::Move { target: TransferTarget::Queue { queue: QueueId(6) } },
            WaitingCommand::Move { target: TransferTarget::Agent { agent: AgentId(8) } },
            WaitingCommand::Move { target: TransferTarget::Number { number: "10086".into() } },
        ])
        .prop_map(Step::WhileWaiting),
    ]
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Answered(usize),
    Failed(usize, u16),
    Gone(usize),
    NotDialed(usize),
    NotSent(usize),
    Closed(usize),
    FarHold(usize, bool),
    Silent(usize, u32),
    Phone(usize, bool),
    Digit(char),
    Played,
    Enqueued,
    Over(Overflow),
    Offer(AnswerBy),
    Missed,
    DirectFailed,
    Position(u32),
    Time(i64),
    Recorded,
    Command(CallCommand),
    Park,
    Fetch,
    Abort,
    Supervise(usize, SuperviseMode),
    SuperviseNoMore(usize),
    Asked(CallCommand),
    OfferBen,
    AskedInVain,
    TakeOver(usize),
    WhileWaiting(WaitingCommand),
    Full,
}

pub(super) fn step(line: &mut Line, step: Step) {
    let leg = |line: &Line, at: usize| line.call.legs().nth(at).unwrap_or(LegId(404));
    let event = match step {
        Step::Answered(at) => CallEvent::LegAnswered { leg: leg(line, at) },
        Step::Failed(at, status) => CallEvent::LegFailed { leg: leg(line, at), status },
        Step::Gone(at) => hang_up(leg(line, at)),
        Step::NotDialed(at) => match leg(line, at) {
            // The caller dialed us.
            CALLER => return,
            leg => CallEvent::NotDialed { leg, cause: EndCause::Failed },
        },
        Step::NotSent(at) => match leg(line, at) {
            CALLER => return,
            leg => CallEvent::NotSent { leg, cause: EndCause::Failed },
        },
        Step::Closed(at) => CallEvent::LegClosed { leg: leg(line, at), quality: None },
        Step::FarHold(at, on) => CallEvent::FarHold { leg: leg(line, at), on },
        Step::Silent(at, ms) => CallEvent::Silent { leg: leg(line, at), ms },
        Step::Phone(at, lost) => CallEvent::Phone { leg: leg(line, at), lost },
        Step::Digit(digit) => CallEvent::Digit { leg: CALLER, digit },
        Step::Played => {
            let id = line.last.iter().find_map(|a| match a {
                Action::Play { id, .. } => Some(*id),
                _ => None,
            });
            CallEvent::PlayDone { leg: CALLER, id: id.unwrap_or(3), ok: true }
        }
        Step::Enqueued => {
            CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 20_000 } }
        }
        Step::Over(then) => CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::MaxWait, then },
        Step::Offer(by) => CallEvent::Offer(offer(by)),
        Step::Missed => CallEvent::OfferOver { offer: OFFER, outcome: OfferOutcome::Missed },
        Step::DirectFailed => CallEvent::DirectFailed { agent: AgentId(8), cause: EndCause::Busy },
        Step::Position(position) => CallEvent::Position { position },
        Step::Time(ms) => {
            line.pass(ms);
            CallEvent::Deadline
        }
        Step::Recorded => {
            let recording = RecordingId(1);
            CallEvent::RecordingEnded { recording, duration_ms: 1, bytes: 1, complete: true }
        }
        Step::Command(command) => {
            // A refusal is an answer too.
            let _ = line.ask(command);
            return;
        }
        Step::Park => {
            if let Ok(actions) = line.call.park(line.now, ANN, 7, 60_000) {
                line.note(actions);
            }
            return;
        }
        Step::Fetch => {
            if let Ok(actions) = line.call.fetch(line.now, parked::ben()) {
                line.note(actions);
            }
            return;
        }
        Step::Abort => CallEvent::Abort(EndCause::Shutdown),
        Step::Supervise(who, mode) => {
            let _ = line.supervise(CHIEFS[who], mode);
            return;
        }
        Step::Asked(command) => {
            if let Ok(actions) = line.call.command(line.now, BEN, &command, &Nowhere) {
                line.note(actions);
            }
            return;
        }
        Step::OfferBen => CallEvent::Offer(Offer { offer: OfferId(43), agent: BEN, ..offer(AnswerBy::TalkEvent) }),
        Step::AskedInVain => CallEvent::DirectFailed { agent: BEN, cause: EndCause::NoAnswer },
        Step::TakeOver(who) => {
            if let Ok(actions) = line.call.take_over(line.now, CHIEFS[who]) {
                line.note(actions);
            }
            return;
        }
        Step::Full => {
            let then = Overflow::Hangup(String::new());
            CallEvent::QueueOver { queue: QUEUE, why: QueueReturn::Full, then }
        }
        Step::WhileWaiting(command) => {
            if let Ok(actions) = line.call.while_waiting(line.now, CHIEFS[0], &command, &Nowhere) {
                line.note(actions);
            }
            return;
        }
        Step::SuperviseNoMore(who) => {
            line.supervise_no_more(CHIEFS[who]);
            return;
        }
    };
    line.on(event);
}

/// Who hears whom because of supervisors and those asked, as media was told; and never the caller one who only consults.
#[derive(Default)]
struct Ears(BTreeSet<(LegId, LegId)>);

impl Ears {
    fn follow(&mut self, line: &Line) {
        for action in &line.last {
            if let Action::Hear { leg, source, on } = action {
                let changed = if *on { self.0.insert((*leg, *source)) } else { self.0.remove(&(*leg, *source)) };
                assert!(changed, "{action:?} is so already");
            }
        }
    }
}

/// Whose seats routing was told are busy with supervising.
fn follow_seats(line: &Line, busy: &mut BTreeSet<AgentId>) {
    for action in &line.last {
        // Who took the talk over has a seat that is busy with the caller.
        if let Action::Router(RouterAsk::Serves { agent, .. }) = action {
            busy.remove(agent);
        }
        if let Action::Router(RouterAsk::Busy { agent, on }) = action {
            let changed = if *on { busy.insert(*agent) } else { busy.remove(agent) };
            assert!(changed, "{action:?} is so already");
        }
    }
}

/// What the ledger says of supervisors: how those who are in the talk are in it.
fn modes(told: &[EventKind]) -> BTreeMap<LegId, (AgentId, SuperviseMode)> {
    let mut modes: BTreeMap<LegId, (AgentId, SuperviseMode)> = BTreeMap::new();
    for kind in told {
        match kind {
            EventKind::SupervisionStarted { by, leg, mode, .. } => drop(modes.insert(*leg, (*by, *mode))),
            EventKind::SupervisionChanged { by, mode, .. } => {
                modes.values_mut().filter(|one| one.0 == *by).for_each(|one| one.1 = *mode);
            }
            EventKind::SupervisionEnded { by, .. } => modes.retain(|_, one| one.0 != *by),
            _ => {}
        }
    }
    modes
}

/// Whom the ledger says the caller hears besides the agent, because they were asked.
fn joined(told: &[EventKind]) -> BTreeSet<LegId> {
    let mut joined = BTreeSet::new();
    for kind in told {
        match kind {
            EventKind::ConsultJoined { leg, .. } => drop(joined.insert(*leg)),
            EventKind::ConsultEnded { leg, .. } => drop(joined.remove(leg)),
            _ => {}
        }
    }
    joined
}

/// How many are asked for or there and not joined; each that began ended once.
fn consulting(told: &[EventKind]) -> i32 {
    let mut open = 0;
    let mut joined = BTreeSet::new();
    for kind in told {
        match kind {
            EventKind::ConsultStarted { .. } => open += 1,
            EventKind::ConsultJoined { leg, .. } => {
                open -= 1;
                joined.insert(*leg);
            }
            EventKind::ConsultFailed { .. } => open -= 1,
            EventKind::ConsultEnded { leg, .. } => open -= i32::from(!joined.remove(leg)),
            _ => {}
        }
        assert!((0..=1).contains(&open), "{told:?}");
    }
    open
}

/// How many of `begins` are open; each ended once, and only what began.
fn open(told: &[EventKind], begins: impl Fn(&EventKind) -> bool, ends: impl Fn(&EventKind) -> bool) -> i32 {
    let mut open = 0;
    for kind in told {
        open += i32::from(begins(kind)) - i32::from(ends(kind));
        assert!((0..=1).contains(&open), "{told:?}");
    }
    open
}

fn parked(told: &[EventKind]) -> i32 {
    open(told, |k| matches!(k, EventKind::Parked { .. }), |k| matches!(k, EventKind::ParkEnded { .. }))
}

fn visiting(told: &[EventKind]) -> i32 {
    open(told, |k| matches!(k, EventKind::SentToFlow { .. }), |k| matches!(k, EventKind::CameBack { .. }))
}

fn in_flow(told: &[EventKind]) -> i32 {
    open(told, |k| matches!(k, EventKind::FlowStarted { .. }), |k| matches!(k, EventKind::FlowEnded { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_events_ends_with_all_legs_down_and_exactly_one_end(steps in prop::collection::vec(any_event(), 0..40)) {
        let (mut line, mut ears, mut busy) = (Line::ring_in(), Ears::default(), BTreeSet::new());
        for one in steps {
            line.last.clear();
            step(&mut line, one);
            ears.follow(&line);
            follow_seats(&line, &mut busy);
            let modes = modes(&line.told);
            let joined = joined(&line.told);
            let barges = |leg: LegId| modes.get(&leg).is_some_and(|one| one.1 == SuperviseMode::Barge) || joined.contains(&leg);
            prop_assert!(ears.0.iter().all(|(leg, source)| *leg != CALLER || barges(*source)), "{:?} {:?}", ears.0, modes);
            let heard = |leg: LegId| modes.get(&leg).is_none_or(|one| one.1 != SuperviseMode::Listen);
            prop_assert!(ears.0.iter().all(|(_, source)| heard(*source)), "{:?} {:?}", ears.0, modes);
            prop_assert!(consulting(&line.told) <= i32::from(line.call.stage_name() == "talking"), "they end with the talk");
            prop_assert_eq!(parked(&line.told), i32::from(line.call.stage_name() == "parked"));
            prop_assert_eq!(visiting(&line.told), i32::from(line.call.visits()));
            prop_assert!(!line.call.visits() || in_flow(&line.told) == 1, "who visits is in a flow");
            prop_assert!(modes.is_empty() || line.call.stage_name() == "talking", "they leave with the talk");
            let talks = line.told.iter().filter(|k| matches!(k, EventKind::TalkStarted { .. })).count();
            let ends = line.told.iter().filter(|k| matches!(k, EventKind::TalkEnded { .. })).count();
            prop_assert!(talks == ends || (talks == ends + 1 && line.call.stage_name() == "talking"));
        }
        line.last.clear();
        line.on(hang_up(CALLER));
        ears.follow(&line);
        follow_seats(&line, &mut busy);
        prop_assert!(busy.is_empty(), "{:?} supervise nothing and are busy", busy);
        prop_assert!(ears.0.is_empty() && modes(&line.told).is_empty());
        prop_assert_eq!((parked(&line.told), visiting(&line.told), in_flow(&line.told)), (0, 0, 0));
        line.settle();
        line.pass(CLOSING_MS + 1).on(CallEvent::Deadline);
        line.ended();
        let started = line.told.iter().filter(|k| matches!(k, EventKind::LegStarted { .. })).count();
        let over = line.told.iter().filter(|k| matches!(k, EventKind::LegEnded { .. })).count();
        prop_assert!(over >= started, "every leg that started ended: {started} {over}");
        prop_assert_eq!(line.on(hang_up(CALLER)), &[][..], "nothing follows an end");
    }
}
