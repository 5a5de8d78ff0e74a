//! A talk with a supervisor in it: who hears whom, and that it makes no difference to how the talk ends.

use super::*;

const CHIEF: AgentId = AgentId(20);
use SuperviseMode::{Barge, Listen, Whisper};

fn hear(leg: LegId, source: LegId, on: bool) -> Action {
    Action::Hear { leg, source, on }
}

/// A talk with a supervisor whose phone was lifted.
fn supervised(mode: SuperviseMode) -> (Line, LegId, LegId) {
    let (mut line, agent) = Line::talking();
    line.supervise(CHIEF, mode).unwrap();
    let chief = line.dialed();
    line.pass(3_000).on(CallEvent::LegAnswered { leg: chief });
    (line, agent, chief)
}

/// Of the phone's leg, and of the supervision, in the order told.
fn told_of(line: &Line, chief: LegId) -> Vec<&EventKind> {
    let of = |kind: &&EventKind| match kind {
        EventKind::LegStarted { leg, .. } | EventKind::LegAnswered { leg } | EventKind::LegEnded { leg, .. } => *leg == chief,
        EventKind::SupervisionStarted { .. } | EventKind::SupervisionChanged { .. } | EventKind::SupervisionEnded { .. } => true,
        _ => false,
    };
    line.told.iter().filter(of).collect()
}

#[test]
fn who_listens_hears_both_who_whispers_is_heard_by_the_agent_and_who_barges_in_by_all() {
    let (line, agent, chief) = supervised(Listen);
    assert_eq!(line.last, [hear(chief, CALLER, true), hear(chief, agent, true)]);
    let (line, agent, chief) = supervised(Whisper);
    assert_eq!(line.last, [hear(agent, chief, true), hear(chief, CALLER, true), hear(chief, agent, true)]);
    let (line, agent, chief) = supervised(Barge);
    let recording = line.recording();
    assert_eq!(
        line.last,
        [
            hear(CALLER, chief, true),
            hear(agent, chief, true),
            hear(chief, CALLER, true),
            hear(chief, agent, true),
            Action::RecordRight { recording, right: vec![agent, chief] },
        ]
    );
}

#[test]
fn a_mode_changes_at_once_and_asking_for_what_is_so_changes_nothing() {
    let (mut line, agent, chief) = supervised(Listen);
    assert_eq!(line.supervise(CHIEF, Whisper).unwrap(), [hear(agent, chief, true)]);
    assert_eq!(line.supervise(CHIEF, Whisper).unwrap(), []);
    let recording = line.recording();
    assert_eq!(
        line.supervise(CHIEF, Barge).unwrap(),
        [hear(CALLER, chief, true), Action::RecordRight { recording, right: vec![agent, chief] }]
    );
    assert_eq!(
        line.supervise(CHIEF, Listen).unwrap(),
        [
            hear(CALLER, chief, false),
            hear(agent, chief, false),
            Action::RecordRight { recording, right: vec![agent] }
        ]
    );
    let changes = line.told.iter().filter(|kind| matches!(kind, EventKind::SupervisionChanged { .. })).count();
    assert_eq!(changes, 3);
}

#[test]
fn a_caller_on_hold_hears_music_and_nobody_who_barged_in() {
    let (mut line, agent, chief) = supervised(Barge);
    let recording = line.recording();
    line.ask(CallCommand::Hold).unwrap();
    assert!(line.last.ends_with(&[
        hear(CALLER, chief, false),
        Action::RecordRight { recording, right: vec![agent] }
    ]));
    line.ask(CallCommand::Resume).unwrap();
    assert!(line.last.ends_with(&[
        hear(CALLER, chief, true),
        Action::RecordRight { recording, right: vec![agent, chief] }
    ]));
}

#[test]
fn two_supervisors_hear_each_other_when_they_speak() {
    let (mut line, agent, first) = supervised(Listen);
    line.supervise(AgentId(21), Whisper).unwrap();
    let second = line.dialed();
    line.on(CallEvent::LegAnswered { leg: second });
    for wanted in [hear(agent, second, true), hear(first, second, true), hear(second, CALLER, true), hear(second, agent, true)] {
        assert!(line.last.contains(&wanted), "{wanted:?}");
    }
    assert!(!line.last.contains(&hear(second, first, true)), "the first only listens");
}

#[test]
fn a_supervisor_who_leaves_or_whose_phone_is_lost_leaves_the_talk_as_it_was() {
    for lost in [false, true] {
        let (mut line, agent, chief) = supervised(Barge);
        let recording = line.recording();
        line.pass(7_000);
        if lost {
            line.on(hang_up(chief));
        } else {
            line.supervise_no_more(CHIEF);
        }
        assert!(line.last.contains(&Action::HangUp { leg: chief, cause: EndCause::AnsweredHangup }));
        assert!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: CHIEF, on: false })));
        assert!(line.last.contains(&hear(CALLER, chief, false)));
        assert!(line.last.contains(&Action::RecordRight { recording, right: vec![agent] }));
        line.on(CallEvent::LegClosed { leg: chief, quality: None });
        assert!(matches!(
            told_of(&line, chief)[..],
            [
                EventKind::LegStarted { party: Party::Supervisor { agent: CHIEF, .. }, .. },
                EventKind::SupervisionStarted { by: CHIEF, agent: ANN, mode: Barge, .. },
                EventKind::LegAnswered { .. },
                EventKind::SupervisionEnded { by: CHIEF, agent: ANN, ms: 7_000, .. },
                EventKind::LegEnded { by: HungUpBy::Agent { agent: CHIEF }, .. },
            ]
        ));
        assert_eq!(line.call.stage_name(), "talking");
        assert_eq!(line.call.partner(CALLER), Some(agent));
        assert_eq!(line.supervise_no_more(CHIEF), [], "left already");
    }
}

#[test]
fn a_supervisor_s_phone_that_is_busy_or_not_there_is_told_and_nobody_notices() {
    type Fails = fn(LegId) -> CallEvent;
    let table: [(Fails, EndCause); 4] = [
        (|leg| CallEvent::LegFailed { leg, status: 486 }, EndCause::Busy),
        (|leg| CallEvent::LegFailed { leg, status: 408 }, EndCause::NoAnswer),
        (|leg| CallEvent::NotSent { leg, cause: EndCause::Unreachable }, EndCause::Unreachable),
        (|leg| CallEvent::NotDialed { leg, cause: EndCause::Failed }, EndCause::Failed),
    ];
    for (event, want) in table {
        let (mut line, agent) = Line::talking();
        line.supervise(CHIEF, Listen).unwrap();
        let chief = line.dialed();
        line.on(event(chief));
        line.on(CallEvent::LegClosed { leg: chief, quality: None });
        let ended = told_of(&line, chief);
        assert!(
            ended.iter().any(|kind| matches!(kind, EventKind::SupervisionEnded { cause, ms: 0, .. } if *cause == want)),
            "{ended:?}"
        );
        assert_eq!(ended.iter().filter(|kind| matches!(kind, EventKind::LegEnded { .. })).count(), 1);
        assert_eq!((line.call.talking(), line.call.supervisors().count()), (Some(ANN), 0));
        assert_eq!(line.call.partner(agent), Some(CALLER));
    }
}

#[test]
fn whoever_ends_the_talk_ends_it_for_the_supervisor_too_ringing_or_in_it() {
    let ends: [fn(&mut Line, LegId) -> usize; 4] = [
        |line, _| line.on(hang_up(CALLER)).len(),
        |line, agent| line.on(hang_up(agent)).len(),
        |line, _| line.ask(CallCommand::Hangup).unwrap().len(),
        |line, _| line.on(CallEvent::Abort(EndCause::Shutdown)).len(),
    ];
    for end in ends {
        for lifted in [false, true] {
            let (mut line, agent) = Line::talking();
            line.supervise(CHIEF, Barge).unwrap();
            let chief = line.dialed();
            if lifted {
                line.on(CallEvent::LegAnswered { leg: chief });
            }
            assert!(end(&mut line, agent) > 0);
            assert!(line.last.contains(&Action::HangUp { leg: chief, cause: EndCause::AnsweredHangup }));
            assert!(line.last.contains(&Action::Router(RouterAsk::Busy { agent: CHIEF, on: false })));
            assert_eq!(line.on(CallEvent::LegAnswered { leg: chief }), [], "the 200 that was on the wire");
            line.settle();
            line.recorded();
            line.ended();
            let order: Vec<bool> = line
                .told
                .iter()
                .filter_map(|kind| match kind {
                    EventKind::SupervisionEnded { .. } => Some(true),
                    EventKind::TalkEnded { .. } => Some(false),
                    _ => None,
                })
                .collect();
            assert_eq!(order, [true, false], "the supervisor's part lies within the talk");
        }
    }
}

#[test]
fn a_caller_sent_on_takes_no_supervisor_along() {
    let (mut line, _, chief) = supervised(Whisper);
    line.ask(CallCommand::Transfer { target: TransferTarget::Queue { queue: QUEUE } }).unwrap();
    assert!(line.last.contains(&Action::HangUp { leg: chief, cause: EndCause::AnsweredHangup }));
    assert_eq!(line.call.supervisors().count(), 0);
    assert!(matches!(line.supervise(CHIEF, Listen), Err(CommandRefused::WrongState { .. })), "there is no talk to be in");
}

#[test]
fn a_supervisor_may_be_silent_for_hours() {
    let (mut line, _, chief) = supervised(Listen);
    line.pass(3_600_000).on(CallEvent::Silent { leg: chief, ms: 3_600_000 });
    assert_eq!(line.last, []);
    assert_eq!(line.call.supervisors().collect::<Vec<_>>(), [CHIEF]);
}

#[test]
fn a_talk_has_room_for_some_supervisors_and_not_for_any_number() {
    let (mut line, _) = Line::talking();
    for n in 0..MOST_SUPERVISORS {
        line.supervise(AgentId(20 + n as i64), Listen).unwrap();
    }
    assert!(matches!(line.supervise(AgentId(99), Listen), Err(CommandRefused::EnoughSupervisors { .. })));
    let who = Seated { agent: CHIEF, station: DESK, answer_by: AnswerBy::Phone, announced: false };
    let (mut line, _) = Line::talking();
    let long = "x".repeat(MOST_LISTEN_REASON + 1);
    assert!(matches!(line.call.supervise(T0, who, Listen, &long), Err(CommandRefused::LongReason { .. })));
}

#[test]
fn a_tone_announces_who_comes_but_cuts_off_no_music() {
    for held in [false, true] {
        let (mut line, agent) = Line::talking();
        if held {
            line.ask(CallCommand::Hold).unwrap();
        }
        let who = Seated { agent: CHIEF, station: DESK, answer_by: AnswerBy::Phone, announced: true };
        let actions = line.call.supervise(line.now, who, Listen, "").unwrap();
        line.note(actions);
        let chief = line.dialed();
        line.on(CallEvent::LegAnswered { leg: chief });
        let beeps = |leg: LegId| line.last.iter().any(|a| matches!(a, Action::Play { leg: on, .. } if *on == leg));
        assert_eq!((beeps(agent), beeps(CALLER), beeps(chief)), (true, !held, false));
        if held {
            line.ask(CallCommand::Resume).unwrap();
            let beeps = |leg: LegId| line.last.iter().any(|a| matches!(a, Action::Play { leg: on, .. } if *on == leg));
            assert_eq!((beeps(agent), beeps(CALLER)), (false, true), "the caller is told once the music is over");
        }
        line.ask(CallCommand::Hold).unwrap();
        line.ask(CallCommand::Resume).unwrap();
        assert!(!line.last.iter().any(|a| matches!(a, Action::Play { .. })), "once");
    }
}

#[test]
fn a_phone_that_can_be_told_to_answer_is_told_once_it_rings() {
    let (mut line, _) = Line::talking();
    let who = Seated { agent: CHIEF, station: DESK, answer_by: AnswerBy::TalkEvent, announced: false };
    let actions = line.call.supervise(line.now, who, Listen, "").unwrap();
    line.note(actions);
    let chief = line.dialed();
    assert_eq!(line.on(CallEvent::LegRinging { leg: chief }), [Action::PressTalk(chief)]);
    assert_eq!(line.on(CallEvent::LegRinging { leg: chief }), []);
}
