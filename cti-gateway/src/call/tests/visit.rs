//! An agent sends the caller to a flow in the middle of a talk, and has them back; or has not.

use contract::FlowOutcome;

use super::*;

/// Asks for four digits and gives the caller back.
const CHECK: &str = "
language: keep
start: ask
variables: { pin: '' }
nodes:
  ask:
    kind: collect
    prompts: [welcome]
    into: pin
    min: 4
    max: 4
    sensitive: true
    check: pin == '1234'
    retries: 0
    next: good
    failed: bad
  good: { kind: return, prompts: [goodbye], result: verified }
  bad: { kind: return, result: not verified }
";

/// Asks how it was, and ends the call.
const SURVEY: &str = "
for_agents: true
language: keep
start: how
nodes:
  how:
    kind: menu
    prompts: [welcome]
    choices: { '1': { label: good, next: bye }, '2': { label: bad, next: talk } }
    failed: bye
  bye: { kind: hangup, prompts: [goodbye] }
  talk: { kind: queue, queue: support }
";

pub(super) fn flow(name: &str) -> Option<Arc<ivr::Flow>> {
    match name {
        "check" => Some(compiled(name, CHECK)),
        "survey" => Some(compiled(name, SURVEY)),
        "direct" => Some(super::flow()),
        _ => None,
    }
}

fn to(flow: &str) -> CallCommand {
    CallCommand::Transfer { target: TransferTarget::Flow { flow: flow.into() } }
}

/// Ann sends her caller to the check after ten seconds.
fn visiting() -> (Line, LegId) {
    let (mut line, ann) = Line::talking();
    line.pass(10_000).ask(to("check")).unwrap();
    (line, ann)
}

fn keys(line: &mut Line, digits: &str) {
    for digit in digits.chars() {
        line.on(CallEvent::Digit { leg: CALLER, digit });
    }
}

fn came_back(line: &Line) -> Vec<Option<String>> {
    let of = |kind: &EventKind| match kind {
        EventKind::CameBack { agent: ANN, result, .. } => Some(result.clone()),
        _ => None,
    };
    line.told.iter().filter_map(of).collect()
}

fn flows(line: &Line) -> Vec<FlowOutcome> {
    let of = |kind: &EventKind| match kind {
        EventKind::FlowEnded { outcome, .. } => Some(*outcome),
        _ => None,
    };
    line.told.iter().filter_map(of).collect()
}

#[test]
fn the_agent_hears_nothing_and_records_nothing_while_the_caller_keys() {
    let (mut line, ann) = visiting();
    let recording = line.recording();
    assert!(line.last.contains(&Action::Part(CALLER, ann)));
    assert!(line.last.contains(&Action::PauseRecording(recording)));
    assert!(line.told.contains(&EventKind::SentToFlow { agent: ANN, flow: "check".into() }));
    assert!(line.call.hears_digits(), "keys are the flow's");
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    keys(&mut line, "1234");
    let said = line.told.iter().find_map(|kind| match kind {
        EventKind::DigitsCollected { digits, .. } => Some(digits.clone()),
        _ => None,
    });
    assert_eq!(said.as_deref(), Some("••••"), "a secret is not told");
    let id = line.played();
    line.pass(4_000).on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    assert_eq!(came_back(&line), [Some("verified".to_owned())]);
    assert!(line.last.contains(&Action::ResumeRecording(recording)));
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    assert!(line.last.iter().any(|a| matches!(a, Action::Play { leg, .. } if *leg == ann)), "a tone says so");
    assert_eq!((line.call.talking(), line.call.visits()), (Some(ANN), false));
}

#[test]
fn what_the_flow_finds_is_what_the_agent_is_told() {
    let (mut line, _) = visiting();
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    keys(&mut line, "9999");
    assert_eq!(came_back(&line), [Some("not verified".to_owned())]);
    assert_eq!(flows(&line).last(), Some(&FlowOutcome::Returned));
}

#[test]
fn the_agent_may_take_the_caller_back_and_a_recording_that_was_paused_before_stays_so() {
    let (mut line, ann) = Line::talking();
    line.ask(CallCommand::PauseRecording { reason: "card".into() }).unwrap();
    line.ask(to("check")).unwrap();
    assert!(!line.last.iter().any(|a| matches!(a, Action::PauseRecording(_))), "it is already");
    line.pass(2_000).ask(CallCommand::Resume).unwrap();
    assert_eq!(came_back(&line), [None]);
    assert!(line.last.contains(&Action::Bridge(CALLER, ann)));
    assert!(!line.last.iter().any(|a| matches!(a, Action::ResumeRecording(_))));
    assert_eq!(line.call.deadline(), None, "nothing of the flow is left");
}

#[test]
fn nothing_else_is_done_with_a_caller_who_is_in_a_flow() {
    let (mut line, _) = visiting();
    let refused = [
        CallCommand::Transfer { target: TransferTarget::Queue { queue: QUEUE } },
        CallCommand::Consult { target: TransferTarget::Agent { agent: BEN } },
        CallCommand::SendDigits { digits: "1".into() },
        CallCommand::ResumeRecording,
        to("survey"),
    ];
    for command in refused {
        let why = line.ask(command.clone()).unwrap_err();
        assert!(matches!(why, CommandRefused::WrongState { state: "in_flow", .. }), "{command:?}: {why}");
    }
    let parked = line.call.park(line.now, ANN, 1, 1);
    assert!(matches!(parked, Err(CommandRefused::WrongState { state: "in_flow", .. })));
    assert!(line.call.visits());
}

#[test]
fn an_agent_who_hangs_up_meanwhile_leaves_the_caller_to_the_flow_and_its_goodbye() {
    for by_phone in [false, true] {
        let (mut line, ann) = visiting();
        let id = line.played();
        if by_phone {
            line.on(hang_up(ann));
        } else {
            line.ask(CallCommand::Hangup).unwrap();
        }
        assert_eq!((line.call.stage_name(), came_back(&line)), ("ivr", vec![None]));
        line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
        keys(&mut line, "9999");
        let id = line.played();
        line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
        line.settle();
        line.recorded();
        assert_eq!(line.ended(), (EndCause::SelfService, HungUpBy::System));
    }
}

#[test]
fn a_caller_whose_agents_phone_was_lost_meanwhile_comes_first_in_the_queue_after_the_flow() {
    let (mut line, ann) = visiting();
    let id = line.played();
    line.on(CallEvent::LegGone { leg: ann, cause: EndCause::MediaTimeout, status: None });
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    keys(&mut line, "9999");
    let first = |a: &Action| matches!(a, Action::Router(RouterAsk::Enqueue { queue: QUEUE, priority: Some(9), .. }));
    assert!(line.last.iter().any(first), "{:?}", line.last);
}

#[test]
fn a_caller_who_hangs_up_in_the_flow_ends_it_and_the_talk_once() {
    let (mut line, _) = visiting();
    line.on(hang_up(CALLER));
    assert_eq!(came_back(&line), [None]);
    assert_eq!(flows(&line).last(), Some(&FlowOutcome::CallerLeft));
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Caller));
}

#[test]
fn a_flow_that_gives_nobody_back_ends_the_agents_part() {
    let (mut line, ann) = Line::talking();
    line.pass(10_000).ask(to("survey")).unwrap();
    assert!(line.last.contains(&Action::HangUp { leg: ann, cause: EndCause::AnsweredHangup }));
    assert_eq!((line.call.stage_name(), came_back(&line).len()), ("ivr", 0));
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    keys(&mut line, "1");
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::SelfService, HungUpBy::System));
}

#[test]
fn only_flows_that_are_for_agents_take_callers() {
    let (mut line, _) = Line::talking();
    for name in ["direct", "nowhere"] {
        assert_eq!(line.ask(to(name)).unwrap_err(), CommandRefused::NoSuchFlow { flow: name.into() });
    }
    let asked = line.ask(CallCommand::Consult { target: TransferTarget::Flow { flow: "check".into() } });
    assert_eq!(asked.unwrap_err(), CommandRefused::FlowNotAsked);
}

#[test]
fn a_phone_that_holds_and_comes_back_does_not_pull_the_caller_out_of_the_flow() {
    let (mut line, ann) = visiting();
    line.on(CallEvent::FarHold { leg: ann, on: true });
    line.on(CallEvent::FarHold { leg: ann, on: false });
    assert!(line.call.visits());
    assert!(!line.last.contains(&Action::Bridge(CALLER, ann)));
}

#[test]
fn a_supervisor_sends_a_waiting_caller_to_a_flow() {
    let mut line = Line::queued();
    let target = TransferTarget::Flow { flow: "survey".into() };
    let actions = line.call.while_waiting(line.now, AgentId(20), &contract::WaitingCommand::Move { target }, &Nowhere).unwrap();
    line.note(actions);
    assert!(line.last.contains(&Action::Router(RouterAsk::Leave { outcome: QueueOutcome::Moved })));
    assert_eq!(line.call.stage_name(), "ivr");
}
