//! An agent who talks asks for a colleague: the talk goes on, no queue counts a caller, and the colleague's seat is held.

mod room;

use acd::{Asked, Decision, DirectWhy, Input, OverflowWhy};
use contract::directory::Queue;
use contract::{Activity, AgentId, InteractionId, OfferOutcome, QueueId, QueueOutcome, SeatStatus};
use room::*;

/// Agents 1 to 3 in queue 1, which has a wrap-up; agent 1 talks in call 100.
fn talking() -> Room {
    let tidy = Queue { wrap_up_ms: 8_000, max_wait_ms: 25_000, max_waiting: 1, ..queue(1, &[(1, 1)]) };
    let company = (1..=3).fold(Company::default(), |company, id| company.agent(id, &[(1, 5)])).queue(tidy);
    let mut room = Room::new(company);
    room.ready(1);
    let first = offer(&room.calls(100, 1));
    room.answer(first);
    room
}

fn ask(room: &mut Room, whom: Asked) -> Vec<Decision> {
    room.tell(Input::Ask { interaction: InteractionId(100), by: AgentId(1), whom, wait_ms: 60_000, ring_ms: 20_000 })
}

fn busy_with(room: &Room, agent: i64) -> Option<i64> {
    room.shows(agent).activity.interaction().map(|call| call.0)
}

#[test]
fn a_colleague_is_rung_in_the_name_of_who_asks_and_the_talk_goes_on() {
    let mut room = talking();
    room.ready(2);
    let said = ask(&mut room, Asked::Agent(AgentId(2)));
    assert!(said.iter().any(|one| matches!(one, Decision::Offer { asked_by: Some(AgentId(1)), queue: None, .. })));
    let said = room.answer(offer(&said));
    assert_eq!(ends(&said), [(2, OfferOutcome::Answered)]);
    assert_eq!((busy_with(&room, 1), busy_with(&room, 2)), (Some(100), Some(100)));
    // Whoever only helped has nothing to wrap up; who served the caller has.
    room.talk_ends(100, 2);
    assert_eq!(room.shows(2).activity, Activity::Idle);
    room.over(100);
    assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }));
}

#[test]
fn a_queue_asked_rings_who_it_has_and_counts_no_caller() {
    let mut room = talking();
    let said = ask(&mut room, Asked::Queue(QueueId(1)));
    assert_eq!(said, [], "nobody is free, and nobody is queued");
    let said = room.ready(3);
    assert_eq!(offers(&said), [(100, 3)]);
    let said = room.answer(offer(&said));
    assert_eq!(left(&said), []);
}

#[test]
fn who_was_asked_takes_the_caller_over_with_the_queue_s_wrap_up() {
    let mut room = talking();
    room.ready(2);
    let id = offer(&ask(&mut room, Asked::Agent(AgentId(2))));
    room.answer(id);
    room.talk_ends(100, 1);
    assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }));
    room.tell(Input::Serves { interaction: InteractionId(100), agent: AgentId(2), queue: Some(QueueId(1)) });
    assert_eq!(busy_with(&room, 2), Some(100));
    room.over(100);
    assert!(matches!(room.shows(2).activity, Activity::WrapUp { .. }));
}

#[test]
fn asking_is_called_off_and_the_phone_stops_ringing_without_blame() {
    let mut room = talking();
    room.ready(2);
    ask(&mut room, Asked::Agent(AgentId(2)));
    let said = room.tell(Input::Leave { interaction: InteractionId(100), outcome: QueueOutcome::Moved });
    assert_eq!(ends(&said), [(2, OfferOutcome::Withdrawn)]);
    assert_eq!((left(&said), room.status(2), busy_with(&room, 1)), (vec![], SeatStatus::Ready, Some(100)));
}

#[test]
fn nobody_to_be_had_is_said_and_the_talk_goes_on() {
    let mut room = talking();
    let failed = |said: &[Decision]| said.iter().any(|one| matches!(one, Decision::DirectFailed { why: DirectWhy::Offline, .. }));
    assert!(failed(&ask(&mut room, Asked::Agent(AgentId(2)))));
    // One waits already, and there is room for one.
    room.calls(101, 1);
    let full = ask(&mut room, Asked::Queue(QueueId(1)));
    assert!(matches!(full[..], [Decision::Overflow { why: OverflowWhy::Full, .. }]), "{full:?}");
    room.hangs_up_waiting(101);
    ask(&mut room, Asked::Queue(QueueId(1)));
    let said = room.pass(25_000);
    assert!(matches!(said[..], [Decision::Overflow { why: OverflowWhy::MaxWait, .. }]), "{said:?}");
    assert_eq!(busy_with(&room, 1), Some(100));
}

#[test]
fn a_caller_sent_on_calls_off_what_was_asked() {
    let mut room = talking();
    room.ready(2);
    ask(&mut room, Asked::Agent(AgentId(2)));
    let said = room.calls(100, 1);
    assert_eq!(ends(&said), [(2, OfferOutcome::Withdrawn)]);
    assert_eq!(offers(&said), [(100, 2)], "and is offered as any caller is");
    room.answer(offer(&said));
    assert!(matches!(room.shows(1).activity, Activity::WrapUp { .. }));
}
