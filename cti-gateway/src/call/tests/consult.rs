//! An agent asks somebody into the talk: consultation, attended transfer, conference; and whoever leaves, the rest goes on.

use super::*;

const BENS_OFFER: OfferId = OfferId(43);
const CIM: AgentId = AgentId(9);

fn to_ben() -> CallCommand {
    CallCommand::Consult { target: TransferTarget::Agent { agent: BEN } }
}

fn to_number() -> CallCommand {
    CallCommand::Consult { target: TransferTarget::Number { number: "10086".into() } }
}

fn hears(leg: LegId, source: LegId, on: bool) -> Action {
    Action::Hear { leg, source, on }
}

fn music(leg: LegId) -> Action {
    Action::Music { leg, name: String::new() }
}

fn rings(agent: AgentId, offer: OfferId) -> CallEvent {
    CallEvent::Offer(Offer { offer, agent, station: StationId(agent.0), queue: None, ..super::offer(AnswerBy::TalkEvent) })
}

/// Ann consults Ben, whose phone was lifted. Their legs.
fn consulting() -> (Line, LegId, LegId) {
    let (mut line, ann) = Line::talking();
    line.pass(10_000).ask(to_ben()).unwrap();
    line.on(rings(BEN, BENS_OFFER));
    let ben = line.dialed();
    line.pass(3_000).on(CallEvent::LegAnswered { leg: ben });
    (line, ann, ben)
}

fn conference() -> (Line, LegId, LegId) {
    let (mut line, ann, ben) = consulting();
    line.pass(5_000).ask(CallCommand::Join).unwrap();
    (line, ann, ben)
}

fn told(line: &Line, which: impl Fn(&EventKind) -> bool) -> usize {
    line.told.iter().filter(|kind| which(kind)).count()
}

fn of_ben(line: &mut Line, command: CallCommand) -> Result<(), CommandRefused> {
    let actions = line.call.command(line.now, BEN, &command, &Nowhere)?;
    line.note(actions);
    Ok(())
}

/// The caller hangs up, everything closes; the one end.
fn over(mut line: Line) -> (EndCause, HungUpBy) {
    line.on(hang_up(CALLER));
    line.settle();
    let started = |kind: &EventKind| match kind {
        EventKind::RecordingStarted { recording, .. } => Some(*recording),
        _ => None,
    };
    for recording in line.told.iter().filter_map(started).collect::<Vec<_>>() {
        line.on(CallEvent::RecordingEnded { recording, duration_ms: 1, bytes: 1, complete: true });
    }
    line.ended()
}

#[test]
fn who_consults_hears_the_phone_ring_and_then_the_colleague_and_the_caller_hears_music() {
    let (mut line, ann) = Line::talking();
    let recording = line.recording();
    line.ask(to_ben()).unwrap();
    assert_eq!(
        line.last,
        [
            Action::Part(CALLER, ann),
            music(CALLER),
            Action::Router(RouterAsk::Held { agent: ANN, on: true }),
            Action::RingBack(ann),
            Action::Router(RouterAsk::Ask { by: ANN, whom: acd::Asked::Agent(BEN) }),
        ]
    );
    line.on(rings(BEN, BENS_OFFER));
    let ben = line.dialed();
    line.on(CallEvent::LegAnswered { leg: ben });
    assert_eq!(
        line.last,
        [
            Action::Router(RouterAsk::Answered { offer: BENS_OFFER }),
            Action::Quiet(ann),
            hears(ann, ben, true),
            hears(ben, ann, true),
            Action::RecordRight { recording, right: vec![] },
        ]
    );
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn complete_gives_the_caller_to_the_colleague_with_a_recording_of_its_own() {
    let (mut line, ann, ben) = consulting();
    let first = line.recording();
    line.pass(7_000).ask(CallCommand::Complete).unwrap();
    assert!(line.last.contains(&Action::HangUp { leg: ann, cause: EndCause::AnsweredHangup }));
    assert!(line.last.contains(&Action::Bridge(CALLER, ben)));
    assert!(line.last.contains(&Action::StopRecording(first)));
    assert!(line.last.contains(&Action::Router(RouterAsk::TalkEnded { agent: ANN, queue: Some(QUEUE) })));
    assert!(line.last.contains(&Action::Router(RouterAsk::Serves { agent: BEN, queue: Some(QUEUE) })));
    assert_ne!(line.recording(), first);
    assert_eq!(told(&line, |k| matches!(k, EventKind::TalkEnded { agent: ANN, talk_ms: 10_000, hold_ms: 10_000, .. })), 1);
    assert_eq!(told(&line, |k| matches!(k, EventKind::TalkStarted { agent: BEN, queue: Some(QUEUE), waited_ms: 0, .. })), 1);
    assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultEnded { with: Some(BEN), ms: 7_000, .. })), 1);
    // The talk is Ben's as any talk is.
    of_ben(&mut line, CallCommand::Hold).unwrap();
    assert!(matches!(line.ask(CallCommand::Hold), Err(CommandRefused::NotYours { .. })));
    line.on(CallEvent::LegClosed { leg: ann, quality: None });
    of_ben(&mut line, CallCommand::Hangup).unwrap();
    line.settle();
    line.on(CallEvent::RecordingEnded { recording: first, duration_ms: 1, bytes: 1, complete: true });
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Agent { agent: BEN }));
}

#[test]
fn a_phone_that_hangs_up_in_a_consultation_completes_it_and_nobody_is_cut_off() {
    let (mut line, ann, ben) = consulting();
    line.on(hang_up(ann));
    assert!(line.last.contains(&Action::Bridge(CALLER, ben)));
    assert_eq!(line.call.talking(), Some(BEN));
    // A line that broke does the same, and the seat is told why.
    let (mut line, ann, ben) = consulting();
    line.on(CallEvent::LegGone { leg: ann, cause: EndCause::MediaTimeout, status: None });
    assert_eq!(line.last[1], Action::Router(RouterAsk::StationFailed { agent: ANN }));
    assert!(line.last.contains(&Action::Bridge(CALLER, ben)));
    assert_eq!(told(&line, |k| matches!(k, EventKind::TransferStarted { .. })), 0);
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn swap_goes_to_the_caller_and_back_and_whoever_waits_hears_music() {
    let (mut line, ann, ben) = consulting();
    let recording = line.recording();
    line.ask(CallCommand::Swap).unwrap();
    assert_eq!(line.last[..3], [music(ben), Action::Quiet(CALLER), Action::Bridge(CALLER, ann)]);
    assert!(line.last.contains(&hears(ann, ben, false)) && line.last.contains(&hears(ben, ann, false)));
    assert!(line.last.contains(&Action::RecordRight { recording, right: vec![ann] }));
    line.ask(CallCommand::Swap).unwrap();
    assert_eq!(line.last[..2], [Action::Part(CALLER, ann), music(CALLER)]);
    assert!(line.last.contains(&Action::Quiet(ben)) && line.last.contains(&hears(ann, ben, true)));
    assert!(line.last.contains(&Action::RecordRight { recording, right: vec![] }));
    // The hold key goes the same way.
    line.ask(CallCommand::Resume).unwrap();
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    line.ask(CallCommand::Resume).unwrap();
    assert_eq!(line.last, []);
}

#[test]
fn three_in_a_conference_hear_the_other_two_and_all_we_say_is_recorded() {
    let (line, ann, ben) = conference();
    let recording = line.recording();
    let expect = [hears(CALLER, ben, true), hears(ben, CALLER, true), Action::Bridge(CALLER, ann)];
    assert!(expect.iter().all(|action| line.last.contains(action)), "{:?}", line.last);
    assert!(!line.last.contains(&hears(ann, ben, false)), "they heard each other before");
    assert!(line.last.contains(&Action::RecordRight { recording, right: vec![ann, ben] }));
    assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultJoined { agent: ANN, with: Some(BEN), .. })), 1);
}

#[test]
fn whoever_leaves_a_conference_the_others_go_on() {
    // Who was asked.
    let (mut line, _, ben) = conference();
    line.on(hang_up(ben));
    assert!(line.last.contains(&hears(CALLER, ben, false)));
    assert!(!line.last.iter().any(|a| matches!(a, Action::Part(..) | Action::HangUp { leg: CALLER, .. })));
    assert!(line.last.contains(&Action::Router(RouterAsk::TalkEnded { agent: BEN, queue: None })));
    assert_eq!(line.call.talking(), Some(ANN));
    // Who asked.
    let (mut line, _, ben) = conference();
    line.ask(CallCommand::Complete).unwrap();
    assert!(line.last.contains(&Action::Bridge(CALLER, ben)) && line.last.contains(&hears(CALLER, ben, false)));
    assert_eq!(line.call.talking(), Some(BEN));
    // The caller: nobody is left to serve.
    let (line, ..) = conference();
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
    // Whoever leads ends it for all.
    let (mut line, ..) = conference();
    line.ask(CallCommand::Hangup).unwrap();
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Agent { agent: ANN }));
}

#[test]
fn one_who_does_not_come_gives_the_agent_back_to_the_caller_with_the_reason() {
    for (cause, says) in [(EndCause::Busy, EndCause::Busy), (EndCause::Unreachable, EndCause::Unreachable)] {
        let (mut line, ann) = Line::talking();
        line.ask(to_ben()).unwrap();
        line.on(CallEvent::DirectFailed { agent: BEN, cause });
        assert_eq!(line.last[..3], [Action::Quiet(ann), Action::Quiet(CALLER), Action::Bridge(CALLER, ann)]);
        assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultFailed { cause, .. } if *cause == says)), 1);
        line.ask(CallCommand::Hold).unwrap();
        assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
    }
    // A number outside that is busy.
    let (mut line, ann) = Line::talking();
    line.ask(to_number()).unwrap();
    let outside = line.dialed();
    line.on(CallEvent::LegFailed { leg: outside, status: 486 });
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultFailed { cause: EndCause::Busy, .. })), 1);
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn a_phone_that_does_not_answer_sends_a_queue_s_consultation_to_the_next_one() {
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Consult { target: TransferTarget::Queue { queue: QUEUE } }).unwrap();
    line.on(rings(BEN, BENS_OFFER));
    let ben = line.dialed();
    line.on(CallEvent::OfferOver { offer: BENS_OFFER, outcome: OfferOutcome::Missed });
    assert_eq!(line.last, [Action::HangUp { leg: ben, cause: EndCause::NoAnswer }]);
    line.on(rings(CIM, OfferId(44)));
    let cim = line.dialed();
    line.on(CallEvent::LegAnswered { leg: cim });
    line.ask(CallCommand::Complete).unwrap();
    assert_eq!(line.call.talking(), Some(CIM));
}

#[test]
fn a_consultation_is_called_off_while_it_rings_and_while_they_talk() {
    let (mut line, ann) = Line::talking();
    line.ask(to_ben()).unwrap();
    line.on(rings(BEN, BENS_OFFER));
    let ben = line.dialed();
    line.ask(CallCommand::Drop { leg: None }).unwrap();
    assert!(line.last.starts_with(&[
        Action::HangUp { leg: ben, cause: EndCause::AnsweredHangup },
        Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved }),
    ]));
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    // The end of the call button ends the talk the agent is in.
    let (mut line, ann, ben) = consulting();
    line.ask(CallCommand::Hangup).unwrap();
    assert_eq!(line.last[0], Action::HangUp { leg: ben, cause: EndCause::AnsweredHangup });
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultEnded { cause: EndCause::AnsweredHangup, .. })), 1);
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn who_was_asked_answers_rejects_mutes_and_leaves_and_touches_nothing_else() {
    let (mut line, _) = Line::talking();
    line.ask(to_ben()).unwrap();
    line.on(rings(BEN, BENS_OFFER));
    let ben = line.dialed();
    of_ben(&mut line, CallCommand::Answer).unwrap();
    assert_eq!(line.last, [Action::PressTalk(ben)]);
    of_ben(&mut line, CallCommand::Reject).unwrap();
    assert!(line.last.contains(&Action::Router(RouterAsk::Rejected { offer: BENS_OFFER })));

    let (mut line, ann, ben) = consulting();
    of_ben(&mut line, CallCommand::Mute).unwrap();
    assert_eq!(line.last, [Action::Mute { leg: ben, on: true }]);
    for command in [CallCommand::Hold, CallCommand::Complete, CallCommand::Join, to_number()] {
        assert!(of_ben(&mut line, command).is_err());
    }
    of_ben(&mut line, CallCommand::Hangup).unwrap();
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
}

#[test]
fn a_third_and_a_fourth_are_asked_while_the_others_talk_on_with_the_caller() {
    let (mut line, ann, ben) = conference();
    line.ask(CallCommand::Consult { target: TransferTarget::Agent { agent: CIM } }).unwrap();
    assert!(!line.last.contains(&music(CALLER)), "the caller talks with Ben");
    assert!(line.last.contains(&hears(ann, ben, false)) && !line.last.contains(&hears(CALLER, ben, false)));
    line.on(rings(CIM, OfferId(44)));
    let cim = line.dialed();
    line.on(CallEvent::LegAnswered { leg: cim });
    assert!(line.last.contains(&hears(ann, cim, true)) && !line.last.contains(&hears(ben, cim, true)));
    // Ben leaves meanwhile: the caller is alone, and hears music.
    let mut alone = Line { call: line.call, now: line.now, told: line.told.clone(), last: vec![] };
    alone.on(hang_up(ben));
    assert!(alone.last.contains(&music(CALLER)));
    alone.ask(CallCommand::Join).unwrap();
    assert!(alone.last.contains(&hears(CALLER, cim, true)) && alone.last.contains(&Action::Quiet(CALLER)));
    assert_eq!(over(alone), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn six_are_in_a_call_at_most_and_nobody_is_asked_twice() {
    let (mut line, ..) = conference();
    assert!(matches!(line.ask(to_ben()), Err(CommandRefused::InAlready { .. })));
    for n in 0..3_i64 {
        line.ask(CallCommand::Consult { target: TransferTarget::Agent { agent: AgentId(30 + n) } }).unwrap();
        assert!(matches!(line.ask(to_number()), Err(CommandRefused::WrongState { state: "consulting", .. })));
        line.on(rings(AgentId(30 + n), OfferId(50 + n)));
        let leg = line.dialed();
        line.on(CallEvent::LegAnswered { leg });
        line.ask(CallCommand::Join).unwrap();
    }
    assert_eq!(line.call.legs().count(), 6);
    assert!(matches!(line.ask(to_number()), Err(CommandRefused::EnoughAsked { most: 4, .. })));
}

#[test]
fn a_number_outside_goes_on_with_the_caller_once_the_agent_has_left() {
    let (mut line, _) = Line::talking();
    line.ask(to_number()).unwrap();
    let outside = line.dialed();
    line.on(CallEvent::LegAnswered { leg: outside });
    line.ask(CallCommand::SendDigits { digits: "1".into() }).unwrap();
    assert_eq!(line.last, [Action::Digits { leg: outside, digits: "1".into() }], "keys go to whom the agent is with");
    line.ask(CallCommand::Complete).unwrap();
    assert!(line.last.contains(&Action::Bridge(CALLER, outside)));
    assert_eq!((line.call.stage_name(), line.call.talking()), ("outside", None));
    assert_eq!(over(line), (EndCause::TransferredAway, HungUpBy::Caller));
}

#[test]
fn a_supervisor_takes_the_talk_over_and_the_agent_is_let_go() {
    const CHIEF: AgentId = AgentId(20);
    let (mut line, ann) = Line::talking();
    line.supervise(CHIEF, SuperviseMode::Listen).unwrap();
    let chief = line.dialed();
    assert!(matches!(line.call.take_over(line.now, CHIEF), Err(CommandRefused::NotInTalk { .. })));
    line.on(CallEvent::LegAnswered { leg: chief });
    let actions = line.call.take_over(line.now, CHIEF).unwrap();
    line.note(actions);
    assert!(line.last.contains(&Action::HangUp { leg: ann, cause: EndCause::AnsweredHangup }));
    assert!(line.last.contains(&Action::Bridge(CALLER, chief)) && line.last.contains(&hears(chief, CALLER, false)));
    assert!(line.last.contains(&Action::Router(RouterAsk::Serves { agent: CHIEF, queue: Some(QUEUE) })));
    assert!(!line.last.contains(&Action::Router(RouterAsk::Busy { agent: CHIEF, on: false })));
    assert_eq!(line.call.talking(), Some(CHIEF));
    assert_eq!(line.call.supervisors().count(), 0);
    assert_eq!(over(line), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn a_silent_line_is_judged_by_whether_it_may_be_silent() {
    let (mut line, _, ben) = consulting();
    line.ask(CallCommand::Swap).unwrap();
    line.pass(600_000).on(CallEvent::Silent { leg: ben, ms: 600_000 });
    assert_eq!(line.last, [], "who waits with music may be silent");
    line.ask(CallCommand::Join).unwrap();
    line.pass(1_000).on(CallEvent::Silent { leg: ben, ms: 601_000 });
    assert_eq!(line.last, [], "the wait does not count");
    line.pass(120_000).on(CallEvent::Silent { leg: ben, ms: 721_000 });
    assert!(line.last.contains(&Action::HangUp { leg: ben, cause: EndCause::MediaTimeout }));
    assert_eq!(line.call.talking(), Some(ANN));
}

#[test]
fn who_had_muted_for_the_consultation_is_heard_once_the_caller_is_theirs() {
    let (mut line, _, ben) = consulting();
    of_ben(&mut line, CallCommand::Mute).unwrap();
    line.ask(CallCommand::Complete).unwrap();
    assert!(line.last.contains(&Action::Mute { leg: ben, on: false }));
    let unmuted = line.told.iter().position(|k| matches!(k, EventKind::Unmuted { agent: BEN }));
    let talks = line.told.iter().rposition(|k| matches!(k, EventKind::TalkStarted { agent: BEN, .. }));
    assert!(unmuted.is_some() && unmuted < talks);
}

#[test]
fn a_talk_is_recorded_by_the_rule_of_the_queue_it_is_told_under() {
    for (rule, recordings) in [(true, 2), (false, 1)] {
        let (mut line, _) = Line::talking();
        line.ask(CallCommand::Consult { target: TransferTarget::Queue { queue: QueueId(6) } }).unwrap();
        let CallEvent::Offer(offer) = rings(BEN, BENS_OFFER) else { panic!("an offer") };
        line.on(CallEvent::Offer(Offer { queue: Some(QueueId(6)), record: rule, ..offer }));
        let leg = line.dialed();
        line.on(CallEvent::LegAnswered { leg });
        line.ask(CallCommand::Complete).unwrap();
        assert_eq!(told(&line, |k| matches!(k, EventKind::TalkStarted { queue: Some(QueueId(6)), .. })), 1);
        assert_eq!(told(&line, |k| matches!(k, EventKind::RecordingStarted { .. })), recordings);
    }
}

#[test]
fn where_all_phones_are_lost_the_queue_finds_somebody_who_hears() {
    let (mut line, ann, ben) = consulting();
    line.on(CallEvent::Phone { leg: ann, lost: true });
    line.on(CallEvent::Phone { leg: ben, lost: true });
    line.on(CallEvent::LegGone { leg: ann, cause: EndCause::MediaTimeout, status: None });
    assert!(line.last.iter().any(|a| matches!(a, Action::Router(RouterAsk::Enqueue { queue: QUEUE, .. }))));
    assert!(line.last.contains(&Action::HangUp { leg: ben, cause: EndCause::AnsweredHangup }));
}

#[test]
fn silence_that_was_right_before_does_not_count_in_the_talk_one_is_given() {
    let (mut line, _, ben) = consulting();
    line.ask(CallCommand::Swap).unwrap();
    line.pass(600_000).ask(CallCommand::Complete).unwrap();
    line.pass(5_000).on(CallEvent::Silent { leg: ben, ms: 605_000 });
    assert_eq!(line.last, []);
    line.pass(120_000).on(CallEvent::Silent { leg: ben, ms: 725_000 });
    assert!(line.last.contains(&Action::HangUp { leg: ben, cause: EndCause::MediaTimeout }));
}

#[test]
fn a_caller_is_not_given_to_a_phone_that_holds() {
    // The agent's own phone holds, and the colleague leaves.
    let (mut line, ann, ben) = consulting();
    line.on(CallEvent::FarHold { leg: ann, on: true });
    for command in [CallCommand::Swap, CallCommand::Join, CallCommand::Resume] {
        assert!(matches!(line.ask(command), Err(CommandRefused::PhoneHolds)));
    }
    line.on(hang_up(ben));
    assert!(!line.last.contains(&Action::Bridge(CALLER, ann)), "{:?}", line.last);
    line.on(CallEvent::FarHold { leg: ann, on: false });
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
}

#[test]
fn a_colleague_in_the_conference_goes_on_rather_than_a_stranger_the_agent_was_asking() {
    let (mut line, ann, ben) = conference();
    line.ask(to_number()).unwrap();
    let outside = line.dialed();
    line.on(CallEvent::LegAnswered { leg: outside });
    line.on(hang_up(ann));
    assert!(line.last.contains(&Action::Bridge(CALLER, ben)));
    assert!(line.last.contains(&Action::HangUp { leg: outside, cause: EndCause::AnsweredHangup }));
}

#[test]
fn a_phone_put_down_while_the_colleague_s_rings_sends_the_caller_there() {
    let (mut line, ann) = Line::talking();
    line.ask(to_ben()).unwrap();
    line.on(rings(BEN, BENS_OFFER));
    line.on(hang_up(ann));
    assert!(line.last.iter().any(|a| matches!(a, Action::Router(RouterAsk::Direct { agent: BEN, .. }))));
    assert!(!line.last.contains(&Action::HangUp { leg: CALLER, cause: EndCause::AnsweredHangup }));
    assert_eq!(told(&line, |k| matches!(k, EventKind::ConsultFailed { .. })), 1);
    assert_eq!(told(&line, |k| matches!(k, EventKind::TransferStarted { .. })), 1);
}

#[test]
fn a_supervisor_who_is_there_already_is_not_asked() {
    let (mut line, _) = Line::talking();
    line.supervise(BEN, SuperviseMode::Listen).unwrap();
    assert!(matches!(line.ask(to_ben()), Err(CommandRefused::InAlready { .. })));
}
