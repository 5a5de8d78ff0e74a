//! A waiting caller whom a supervisor sends on, or puts in front.

use contract::WaitingCommand;

use super::*;

const CHIEF: AgentId = AgentId(20);
const OTHER: QueueId = QueueId(6);

fn sent_to(line: &mut Line, target: TransferTarget) -> Vec<Action> {
    let actions = line.call.while_waiting(line.now, CHIEF, &WaitingCommand::Move { target }, &Nowhere).unwrap();
    line.note(actions);
    line.last.clone()
}

fn told(line: &Line, is: fn(&EventKind) -> bool) -> usize {
    line.told.iter().filter(|kind| is(kind)).count()
}

#[test]
fn a_caller_sent_to_another_queue_takes_the_time_waited_along() {
    let mut line = Line::queued();
    line.pass(9_000);
    let actions = sent_to(&mut line, TransferTarget::Queue { queue: OTHER });
    let enqueue = RouterAsk::Enqueue { queue: OTHER, priority: None, vip: false, credit_ms: 9_000 };
    assert_eq!(actions, [Action::Router(enqueue)]);
    line.on(CallEvent::Enqueued { facts: QueueFacts { queue: OTHER, music: String::new(), announce_ms: 0 } });
    line.pass(1_000).on(CallEvent::Offer(offer(AnswerBy::Phone)));
    let leg = line.dialed();
    line.on(CallEvent::LegAnswered { leg });
    assert!(line.told.iter().any(|kind| matches!(kind, EventKind::TalkStarted { waited_ms: 10_000, .. })));
    assert_eq!(told(&line, |kind| matches!(kind, EventKind::WaitingMoved { by: CHIEF, .. })), 1);
}

#[test]
fn to_the_queue_it_is_in_already_is_nothing() {
    let mut line = Line::queued();
    assert_eq!(sent_to(&mut line, TransferTarget::Queue { queue: QUEUE }), []);
    assert_eq!(told(&line, |kind| matches!(kind, EventKind::WaitingMoved { .. })), 0);
}

#[test]
fn the_phone_that_rings_for_a_caller_stops_when_the_caller_is_sent_on() {
    let (mut line, leg) = Line::offered(AnswerBy::Phone);
    let leg = leg.unwrap();
    let actions = sent_to(&mut line, TransferTarget::Agent { agent: CHIEF });
    assert!(actions.contains(&Action::HangUp { leg, cause: EndCause::NoAnswer }));
    assert!(actions.contains(&Action::Router(RouterAsk::Direct {
        agent: CHIEF,
        queue: Some(QUEUE),
        vip: false,
        ring_ms: None
    })));
    assert_eq!(line.on(CallEvent::LegAnswered { leg }), [], "the 200 that was on the wire");
    assert_eq!(line.on(CallEvent::OfferOver { offer: OFFER, outcome: OfferOutcome::Withdrawn }), []);
}

#[test]
fn where_the_way_is_no_way_the_caller_comes_back_to_the_front_of_its_queue_and_the_supervisor_is_told() {
    let ways = [
        TransferTarget::Number { number: "02162345678".into() },
        TransferTarget::Agent { agent: CHIEF },
        TransferTarget::Queue { queue: OTHER },
    ];
    for target in ways {
        let mut line = Line::queued();
        line.pass(30_000);
        let actions = sent_to(&mut line, target.clone());
        line.now += 2_000;
        match target {
            TransferTarget::Number { .. } => {
                assert!(actions.contains(&Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved })));
                let leg = line.dialed();
                line.on(CallEvent::LegFailed { leg, status: 486 });
            }
            TransferTarget::Agent { agent } => drop(line.on(CallEvent::DirectFailed { agent, cause: EndCause::Busy }).to_vec()),
            TransferTarget::Flow { .. } => unreachable!("a flow takes everybody"),
            TransferTarget::Queue { queue } => {
                let then = Overflow::Hangup("all-busy".into());
                line.on(CallEvent::QueueOver { queue, why: QueueReturn::Full, then });
            }
        }
        let back = Action::Router(RouterAsk::Return { queue: QUEUE, vip: false, credit_ms: 32_000 });
        assert!(line.last.contains(&back), "{:?}", line.last);
        let failed = |kind: &EventKind| {
            matches!(kind, EventKind::WaitingMoveFailed { by: CHIEF, cause: EndCause::Busy, .. })
        };
        assert_eq!(told(&line, failed), 1);
        assert_eq!(told(&line, |kind| matches!(kind, EventKind::TransferFailed { .. })), 0);
        // All of it is time waited.
        line.on(CallEvent::Enqueued { facts: QueueFacts { queue: QUEUE, music: String::new(), announce_ms: 0 } });
        line.pass(1_000).on(CallEvent::Offer(offer(AnswerBy::Phone)));
        let leg = line.dialed();
        line.on(CallEvent::LegAnswered { leg });
        assert!(line.told.iter().any(|kind| matches!(kind, EventKind::TalkStarted { waited_ms: 33_000, .. })));
    }
}

#[test]
fn a_raised_caller_stays_where_it_is_and_only_the_order_changes() {
    for mut line in [Line::queued(), Line::offered(AnswerBy::Phone).0] {
        let stage = line.call.stage_name();
        let actions = line.call.while_waiting(line.now, CHIEF, &WaitingCommand::Raise, &Nowhere).unwrap();
        line.note(actions);
        assert_eq!(line.last, [Action::Router(RouterAsk::Raise)]);
        assert_eq!(told(&line, |kind| matches!(kind, EventKind::WaitingRaised { by: CHIEF })), 1);
        assert_eq!(line.call.stage_name(), stage);
    }
}

#[test]
fn who_does_not_wait_is_not_sent_on() {
    for line in [&mut Line::ring_in(), &mut Line::talking().0] {
        for command in [WaitingCommand::Raise, WaitingCommand::Move { target: TransferTarget::Queue { queue: OTHER } }] {
            let refused = line.call.while_waiting(line.now, CHIEF, &command, &Nowhere);
            assert!(matches!(refused, Err(CommandRefused::WrongState { .. })), "{refused:?}");
        }
    }
}

#[test]
fn a_queue_that_took_the_caller_does_with_it_what_its_rules_say_and_the_move_is_over() {
    let mut line = Line::queued();
    sent_to(&mut line, TransferTarget::Queue { queue: OTHER });
    line.on(CallEvent::Enqueued { facts: QueueFacts { queue: OTHER, music: String::new(), announce_ms: 0 } });
    let then = Overflow::Number("10086".into());
    line.pass(60_000).on(CallEvent::QueueOver { queue: OTHER, why: QueueReturn::MaxWait, then });
    let leg = line.dialed();
    line.on(CallEvent::LegFailed { leg, status: 486 });
    assert_eq!(told(&line, |kind| matches!(kind, EventKind::WaitingMoveFailed { .. })), 0);
    assert!(!line.last.iter().any(|action| matches!(action, Action::Router(RouterAsk::Return { .. }))));
}
