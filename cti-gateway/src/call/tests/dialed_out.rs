//! A call that an agent makes: the own phone, the number, the talk; and every way it comes to nothing.

use proptest::prelude::*;

use super::any_order::{any_event, step};
use super::*;

fn dialing(answer_by: AnswerBy) -> (Line, LegId) {
    let customer = Caller { raw: "+8613800138000".into(), name: String::new(), number: None, withheld: false };
    let facts = DialOut {
        id: InteractionId(1),
        leg: CALLER,
        agent: ANN,
        station: DESK,
        answer_by,
        queue: Some(QUEUE),
        record: true,
        number: "+8613800138000".into(),
        customer,
        country: None,
    };
    let (call, actions) = Call::dial_out(facts, Arc::new(IdMaker::new(1)), T0);
    let mut line = Line { call, now: T0, told: vec![], last: vec![] };
    line.note(actions);
    let leg = line.dialed();
    (line, leg)
}

#[test]
fn the_own_phone_is_lifted_then_the_number_rings_then_they_talk_and_are_recorded() {
    let (mut line, own) = dialing(AnswerBy::TalkEvent);
    line.on(CallEvent::LegRinging { leg: own });
    assert_eq!(line.last, [Action::PressTalk(own)]);
    line.on(CallEvent::LegAnswered { leg: own });
    let dial = Dial::Number { number: "+8613800138000".into(), ring_ms: OUTSIDE_RING_MS };
    assert_eq!(line.last, [Action::RingBack(own), Action::Dial { leg: CALLER, to: dial }]);
    line.pass(9_000).on(CallEvent::LegAnswered { leg: CALLER });
    assert!(line.last.starts_with(&[
        Action::Quiet(own),
        Action::Quiet(CALLER),
        Action::Bridge(CALLER, own),
        Action::Router(RouterAsk::Serves { agent: ANN, queue: Some(QUEUE) }),
    ]));
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TalkStarted { agent: ANN, queue: Some(QUEUE), waited_ms: 0, .. })));
    line.ask(CallCommand::Hold).unwrap();
    line.ask(CallCommand::Resume).unwrap();
    line.pass(30_000).on(hang_up(CALLER));
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Callee));
}

#[test]
fn a_number_that_does_not_answer_ends_the_call_with_the_reason() {
    for (status, cause) in [(486, EndCause::Busy), (404, EndCause::Unreachable), (408, EndCause::NoAnswer), (503, EndCause::Failed)] {
        let (mut line, own) = dialing(AnswerBy::AutoAnswer);
        line.on(CallEvent::LegAnswered { leg: own });
        line.on(CallEvent::LegFailed { leg: CALLER, status });
        assert!(line.last.contains(&Action::HangUp { leg: own, cause }), "{:?}", line.last);
        line.settle();
        assert_eq!(line.ended(), (cause, HungUpBy::Callee), "{status}");
    }
    // No trunk takes it.
    let (mut line, own) = dialing(AnswerBy::AutoAnswer);
    line.on(CallEvent::LegAnswered { leg: own });
    line.on(CallEvent::NotDialed { leg: CALLER, cause: EndCause::Unreachable });
    line.settle();
    assert_eq!(line.ended(), (EndCause::Unreachable, HungUpBy::System));
}

#[test]
fn the_own_phone_that_is_not_lifted_or_is_put_down_rings_nobody() {
    let (mut line, own) = dialing(AnswerBy::Phone);
    line.on(CallEvent::LegFailed { leg: own, status: 486 });
    assert!(!line.last.iter().any(|a| matches!(a, Action::Dial { .. })));
    line.settle();
    assert_eq!(line.ended(), (EndCause::Busy, HungUpBy::Agent { agent: ANN }));
    let (mut line, own) = dialing(AnswerBy::Phone);
    line.on(CallEvent::LegAnswered { leg: own });
    line.on(hang_up(own));
    assert!(line.last.contains(&Action::HangUp { leg: CALLER, cause: EndCause::AnsweredHangup }));
    line.settle();
    assert_eq!(line.ended().1, HungUpBy::Agent { agent: ANN });
    // Called off from the desktop.
    let (mut line, _) = dialing(AnswerBy::Phone);
    line.ask(CallCommand::Hangup).unwrap();
    line.settle();
    assert_eq!(line.ended(), (EndCause::NoAnswer, HungUpBy::Agent { agent: ANN }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_call_on_its_way_out_ends_once_whatever_happens(lifts in 0_u8..3, steps in prop::collection::vec(any_event(), 0..30)) {
        let (mut line, own) = dialing(AnswerBy::TalkEvent);
        if lifts > 0 {
            line.on(CallEvent::LegAnswered { leg: own });
        }
        if lifts > 1 {
            line.on(CallEvent::LegAnswered { leg: CALLER });
        }
        for one in steps {
            step(&mut line, one);
        }
        line.on(CallEvent::Abort(EndCause::Shutdown));
        line.settle();
        line.pass(CLOSING_MS + 1).on(CallEvent::Deadline);
        line.ended();
        let started = line.told.iter().filter(|k| matches!(k, EventKind::TalkStarted { .. })).count();
        let ended = line.told.iter().filter(|k| matches!(k, EventKind::TalkEnded { .. })).count();
        prop_assert_eq!(started, ended);
    }
}
