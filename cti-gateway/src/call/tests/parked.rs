//! A caller is put into a numbered place and taken from there, by whoever comes, or by nobody.

use contract::ParkOutcome;

use super::*;

const SLOT: u16 = 3;
const PATIENCE_MS: u32 = 120_000;

pub(super) fn ben() -> Fetcher {
    Fetcher { agent: BEN, station: StationId(BEN.0), answer_by: AnswerBy::TalkEvent }
}

/// Ann has talked for ten seconds and parks her caller.
fn parked() -> (Line, LegId) {
    let (mut line, ann) = Line::talking();
    line.pass(10_000);
    let actions = line.call.park(line.now, ANN, SLOT, PATIENCE_MS).unwrap();
    line.note(actions);
    (line, ann)
}

fn fetched() -> (Line, LegId) {
    let (mut line, _) = parked();
    line.pass(5_000);
    let actions = line.call.fetch(line.now, ben()).unwrap();
    line.note(actions);
    let leg = line.dialed();
    (line, leg)
}

fn ended(line: &Line) -> Vec<(ParkOutcome, Option<AgentId>, u32)> {
    let of = |kind: &EventKind| match kind {
        EventKind::ParkEnded { agent: ANN, slot: SLOT, outcome, by, ms } => Some((*outcome, *by, *ms)),
        _ => None,
    };
    line.told.iter().filter_map(of).collect()
}

#[test]
fn who_parks_is_free_and_the_caller_hears_music() {
    let (line, ann) = parked();
    assert!(line.told.contains(&EventKind::Parked {
        agent: ANN,
        queue: Some(QUEUE),
        slot: SLOT,
        until: line.now + i64::from(PATIENCE_MS)
    }));
    assert!(line.last.contains(&Action::HangUp { leg: ann, cause: EndCause::AnsweredHangup }));
    assert!(line.last.contains(&Action::Router(RouterAsk::TalkEnded { agent: ANN, queue: Some(QUEUE) })));
    assert_eq!(line.last.last(), Some(&Action::Music { leg: CALLER, name: String::new() }));
    assert_eq!((line.call.stage_name(), line.call.parked_in(), line.call.agent()), ("parked", Some(SLOT), None));
}

#[test]
fn whoever_lifts_the_phone_has_the_caller_and_a_recording_of_their_own() {
    let (mut line, leg) = fetched();
    assert!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: BEN, on: true })));
    line.on(CallEvent::LegRinging { leg });
    assert!(line.last.contains(&Action::PressTalk(leg)), "a phone that can be told answers by itself");
    line.pass(1_000).on(CallEvent::LegAnswered { leg });
    assert!(line.last.contains(&Action::Bridge(CALLER, leg)));
    assert!(line.last.contains(&Action::Router(RouterAsk::Serves { agent: BEN, queue: Some(QUEUE) })));
    assert!(line.last.iter().any(|a| matches!(a, Action::Record { right: Some(right), .. } if *right == leg)));
    assert_eq!(ended(&line), [(ParkOutcome::Retrieved, Some(BEN), 6_000)]);
    assert_eq!(line.call.talking(), Some(BEN));
}

#[test]
fn a_phone_that_does_not_come_leaves_the_caller_where_they_are() {
    for why in [CallEvent::LegFailed { leg: LegId(0), status: 486 }, hang_up(LegId(0)), CallEvent::LegFailed { leg: LegId(0), status: 480 }] {
        let (mut line, leg) = fetched();
        let event = match why {
            CallEvent::LegFailed { status, .. } => CallEvent::LegFailed { leg, status },
            _ => hang_up(leg),
        };
        line.on(event);
        assert!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: BEN, on: false })));
        assert_eq!((line.call.stage_name(), ended(&line).len()), ("parked", 0));
        let again = line.call.fetch(line.now, ben());
        assert!(again.is_ok(), "and may be taken again");
    }
}

#[test]
fn one_phone_at_a_time_rings_for_a_parked_caller() {
    let (mut line, _) = fetched();
    assert_eq!(line.call.fetch(line.now, ben()), Ok(vec![]), "pressed twice");
    let other = Fetcher { agent: AgentId(77), ..ben() };
    assert!(matches!(line.call.fetch(line.now, other), Err(CommandRefused::WrongState { state: "being_taken", .. })));
    let actions = line.call.command(line.now, BEN, &CallCommand::Hangup, &Nowhere).unwrap();
    line.note(actions);
    assert!(line.call.fetch(line.now, other).is_ok(), "who thought better of it lets others");
}

#[test]
fn when_nobody_comes_in_time_who_parked_is_rung_and_then_the_queue_has_the_caller_first() {
    let (mut line, _) = parked();
    assert_eq!(line.call.deadline(), Some(line.now + i64::from(PATIENCE_MS)));
    line.pass(i64::from(PATIENCE_MS)).on(CallEvent::Deadline);
    assert_eq!(ended(&line), [(ParkOutcome::NobodyCame, None, PATIENCE_MS)]);
    let direct = RouterAsk::Direct { agent: ANN, queue: Some(QUEUE), vip: false, ring_ms: None };
    assert!(line.last.contains(&Action::Router(direct)));
    line.on(CallEvent::DirectFailed { agent: ANN, cause: EndCause::NoAnswer });
    let first = |a: &Action| matches!(a, Action::Router(RouterAsk::Enqueue { queue: QUEUE, priority: Some(9), .. }));
    assert!(line.last.iter().any(first), "{:?}", line.last);
    assert!(!line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { .. })), "nobody transferred anything");
}

#[test]
fn a_phone_that_rings_when_the_time_is_over_may_ring_on() {
    let (mut line, _) = parked();
    line.pass(i64::from(PATIENCE_MS) - 5_000);
    let actions = line.call.fetch(line.now, ben()).unwrap();
    line.note(actions);
    let leg = line.dialed();
    line.pass(5_000).on(CallEvent::Deadline);
    assert_eq!((line.call.stage_name(), line.call.deadline().is_some_and(|at| at > line.now)), ("parked", true));
    line.pass(1_000).on(CallEvent::LegFailed { leg, status: 480 });
    assert_eq!(ended(&line), [(ParkOutcome::NobodyCame, None, PATIENCE_MS + 1_000)], "at once when it gives up");
}

#[test]
fn a_phone_of_which_nothing_is_heard_is_given_up_and_the_caller_stays_in_the_place() {
    let (mut line, _) = parked();
    let place = line.call.deadline();
    let actions = line.call.fetch(line.now, ben()).unwrap();
    line.note(actions);
    let rung = line.dialed();
    let due = line.call.deadline().unwrap();
    assert!(Some(due) < place);
    line.pass(due - line.now).on(CallEvent::Deadline);
    assert!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: BEN, on: false })));
    assert!(line.last.iter().any(|a| matches!(a, Action::HangUp { leg, .. } if *leg == rung)), "{:?}", line.last);
    assert_eq!((line.call.stage_name(), line.call.deadline(), ended(&line)), ("parked", place, vec![]));
}

#[test]
fn a_caller_who_hangs_up_while_parked_ends_the_call_once() {
    for rings in [false, true] {
        let mut line = if rings { fetched().0 } else { parked().0 };
        line.on(hang_up(CALLER));
        assert_eq!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: BEN, on: false })), rings);
        assert_eq!(ended(&line).iter().map(|one| one.0).collect::<Vec<_>>(), [ParkOutcome::CallerLeft]);
        line.settle();
        line.recorded();
        assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Caller));
    }
}

#[test]
fn only_who_talks_to_the_caller_alone_parks() {
    let (mut line, _) = Line::talking();
    assert!(matches!(line.call.park(line.now, BEN, 1, 1), Err(CommandRefused::NotYours { .. })));
    line.ask(CallCommand::Consult { target: TransferTarget::Agent { agent: BEN } }).unwrap();
    let refused = line.call.park(line.now, ANN, 1, 1);
    assert!(matches!(refused, Err(CommandRefused::WrongState { state: "consulting", .. })));
    let mut waits = Line::queued();
    assert!(matches!(waits.call.park(waits.now, ANN, 1, 1), Err(CommandRefused::NotYours { .. })));
    assert!(matches!(waits.call.fetch(waits.now, ben()), Err(CommandRefused::WrongState { .. })));
}
