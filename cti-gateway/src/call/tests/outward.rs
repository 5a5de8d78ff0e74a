//! What a network says before the answer, and who may be sent on by it.

use super::*;

fn hears(listener: LegId, source: LegId) -> [Action; 2] {
    [Action::Quiet(listener), Action::Hear { leg: listener, source, on: true }]
}

#[test]
fn whoever_waits_for_a_number_hears_what_its_network_says() {
    // A caller sent on.
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Transfer { target: TransferTarget::Number { number: "10086".into() } }).unwrap();
    let outside = line.dialed();
    assert_eq!(line.call.dialed_by(outside), Some(ANN));
    assert_eq!(line.on(CallEvent::EarlyMedia { leg: outside }), hears(CALLER, outside));
    line.on(CallEvent::LegAnswered { leg: outside });
    assert!(line.last.contains(&Action::Bridge(CALLER, outside)));
    assert_eq!(line.on(CallEvent::EarlyMedia { leg: outside }), [], "one that comes late");
    assert_eq!(line.call.dialed_by(outside), None, "who talks is sent nowhere");
    // An agent who asks somebody outside: the caller goes on hearing music.
    let (mut line, ann) = Line::talking();
    line.ask(CallCommand::Consult { target: TransferTarget::Number { number: "10086".into() } }).unwrap();
    let outside = line.dialed();
    assert_eq!(line.call.dialed_by(outside), Some(ANN));
    assert_eq!(line.on(CallEvent::EarlyMedia { leg: outside }), hears(ann, outside));
    line.ask(CallCommand::Drop { leg: None }).unwrap();
    assert_eq!(line.on(CallEvent::EarlyMedia { leg: outside }), [], "it is on its way down");
}

#[test]
fn a_phone_of_ours_that_speaks_before_it_is_lifted_is_not_heard() {
    let (mut line, leg) = Line::offered(AnswerBy::TalkEvent);
    let leg = leg.unwrap();
    assert_eq!(line.on(CallEvent::EarlyMedia { leg }), []);
    assert_eq!(line.call.dialed_by(leg), None);
}
