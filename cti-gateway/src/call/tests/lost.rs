//! Phones that are lost, hold by themselves, or cannot be had, and routing that does not answer: the caller goes on.

use super::*;

/// Straight to one agent, outside any queue; who cannot be had is told so.
const TO_ANN: &str = "
name: direct
language: en
start: ann
nodes:
  ann:
    kind: transfer
    agent: Ann
    failed: sorry
  sorry:
    kind: hangup
    prompts: [goodbye]
    cause: refused
";

fn to_ann() -> Arc<ivr::Flow> {
    let prompts: BTreeSet<String> = ["technical", "goodbye"].map(String::from).into();
    let known = ivr::Known {
        queues: BTreeMap::new(),
        agents: [("Ann".to_owned(), Some(ANN))].into(),
        prompts: ivr::Language::ALL.map(|l| (l, prompts.clone())).into(),
        lists: BTreeSet::new(),
        flows: BTreeSet::new(),
        zone: "Asia/Shanghai".into(),
        language: ivr::Language::En,
        speech: false,
    };
    let source = FlowSource { version: 1, yaml: TO_ANN.into() };
    Arc::new(ivr::Flow::compile("direct", &source, &known).unwrap_or_else(|problems| panic!("{problems:#?}")))
}

fn direct_offer() -> Offer {
    Offer { queue: None, record: false, ..offer(AnswerBy::Phone) }
}

/// Talking to Ann, whom the flow asked for: no queue is behind the caller.
fn talking_outside_queues() -> (Line, LegId) {
    let mut line = Line::ring_in_to(to_ann());
    assert!(line.last.contains(&Action::Router(RouterAsk::Direct {
        agent: ANN,
        queue: None,
        vip: false,
        ring_ms: Some(30_000)
    })));
    line.on(CallEvent::Offer(direct_offer()));
    let leg = line.dialed();
    line.on(CallEvent::LegAnswered { leg });
    (line, leg)
}

fn facts() -> QueueFacts {
    QueueFacts { queue: QUEUE, music: "jazz".into(), announce_ms: 0 }
}

fn said(line: &Line) -> Vec<String> {
    let name = |prompt: &ivr::Prompt| match prompt {
        ivr::Prompt::File { name, .. } => name.to_string(),
        ivr::Prompt::Text { text, .. } => text.clone(),
    };
    let plays = line.last.iter().filter_map(|a| match a {
        Action::Play { prompts, .. } => Some(prompts.iter().map(name)),
        _ => None,
    });
    plays.flatten().collect()
}

fn router(line: &Line) -> Vec<RouterAsk> {
    let asks = line.last.iter().filter_map(|a| match a {
        Action::Router(ask) => Some(ask.clone()),
        _ => None,
    });
    asks.collect()
}

const FIRST: RouterAsk = RouterAsk::Enqueue { queue: QUEUE, priority: Some(9), vip: false, credit_ms: 3_606_000 };

#[test]
fn an_agent_s_phone_lost_in_mid_talk_sends_the_caller_to_the_front_of_the_queue_with_a_word() {
    type Lost = fn(LegId) -> CallEvent;
    let ways: [(&str, Lost); 4] = [
        ("no audio", |leg| CallEvent::Silent { leg, ms: SILENT_TALK_MS }),
        ("no refresh", |leg| CallEvent::LegGone { leg, cause: EndCause::SessionExpired, status: None }),
        ("the dialog is unknown there", |leg| CallEvent::LegGone { leg, cause: EndCause::Failed, status: None }),
        ("its media is gone", |leg| CallEvent::LegClosed { leg, quality: None }),
    ];
    for (way, lost) in ways {
        let (mut line, leg) = Line::talking();
        let talk = line.recording();
        line.pass(EpochMs::from(SILENT_TALK_MS)).on(lost(leg));
        let ended = RouterAsk::TalkEnded { agent: ANN, queue: Some(QUEUE) };
        assert_eq!(router(&line), [RouterAsk::StationFailed { agent: ANN }, ended, FIRST], "{way}");
        assert_eq!(said(&line), ["please-wait"], "{way}");
        assert!(line.last.contains(&Action::StopRecording(talk)), "{way}");
        let prompt = line.played();
        line.on(CallEvent::LegClosed { leg, quality: None });
        assert_eq!(line.on(CallEvent::Enqueued { facts: facts() }), [], "{way}: the word is not cut off by music");
        line.on(CallEvent::PlayDone { leg: CALLER, id: prompt, ok: true });
        assert_eq!(line.last, [Action::Music { leg: CALLER, name: "jazz".into() }], "{way}");
        // The next agent, with a talk and a recording of its own, and only the time of this wait.
        let next = Offer { offer: OfferId(100), agent: AgentId(8), ..offer(AnswerBy::Phone) };
        line.pass(3_000).on(CallEvent::Offer(next));
        let second = line.dialed();
        line.on(CallEvent::LegAnswered { leg: second });
        let waited =
            |k: &EventKind| matches!(k, EventKind::TalkStarted { waited_ms: 3_000, leg, .. } if *leg == second);
        assert!(line.told.iter().any(waited), "{way}: {:?}", line.told);
        assert_ne!(line.recording(), talk);
        line.on(hang_up(CALLER));
        line.settle();
        line.recorded();
        line.on(CallEvent::RecordingEnded { recording: talk, duration_ms: 1, bytes: 1, complete: true });
        assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Caller), "{way}");
    }
}

#[test]
fn an_agent_who_hangs_up_ends_the_call_as_ever() {
    let (mut line, leg) = Line::talking();
    line.on(hang_up(leg));
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::AnsweredHangup, HungUpBy::Agent { agent: ANN }));
}

#[test]
fn a_house_without_that_word_plays_music_at_once() {
    let (mut line, leg) = Line::talking();
    line.on(CallEvent::LegGone { leg, cause: EndCause::Failed, status: None });
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: false });
    assert_eq!(line.last, [Action::Music { leg: CALLER, name: String::new() }]);
    assert_eq!(line.on(CallEvent::Enqueued { facts: facts() }), [Action::Music { leg: CALLER, name: "jazz".into() }]);
}

#[test]
fn a_caller_who_leaves_before_the_next_agent_has_abandoned() {
    let (mut line, leg) = Line::talking();
    line.on(CallEvent::LegGone { leg, cause: EndCause::Failed, status: None });
    line.on(hang_up(CALLER));
    assert_eq!(router(&line), [RouterAsk::Leave { outcome: QueueOutcome::Abandoned }]);
    line.settle();
    line.recorded();
    assert_eq!(line.ended(), (EndCause::Abandoned, HungUpBy::Caller));
}

/// What the call is at when its phone is no longer registered, and how long it may be silent from then on.
#[test]
fn a_phone_that_is_not_registered_any_more_is_lost_when_it_falls_silent_and_not_before() {
    type Act = fn(&mut Line, LegId);
    let gone: Act = |line, leg| drop(line.on(CallEvent::Phone { leg, lost: true }).to_vec());
    let back: Act = |line, leg| drop(line.on(CallEvent::Phone { leg, lost: false }).to_vec());
    let other: Act = |line, _| drop(line.on(CallEvent::Phone { leg: CALLER, lost: true }).to_vec());
    let hold: Act = |line, _| drop(line.ask(CallCommand::Hold).unwrap().to_vec());
    let mute: Act = |line, _| drop(line.ask(CallCommand::Mute).unwrap().to_vec());
    let far: Act = |line, leg| drop(line.on(CallEvent::FarHold { leg, on: true }).to_vec());
    // Silent before, which does not count against a phone that is lost.
    const BEFORE: u32 = 60_000;
    let rows: [(&str, &[Act], u32); 6] = [
        ("they talk", &[gone], SILENT_LOST_MS),
        ("the caller is on hold", &[hold, gone], SILENT_LOST_HELD_MS),
        ("the agent is muted", &[mute, gone], SILENT_LOST_HELD_MS),
        ("the phone holds", &[gone, far], SILENT_LOST_HELD_MS),
        ("it registers again", &[gone, back], SILENT_TALK_MS),
        ("another phone", &[other], SILENT_TALK_MS - BEFORE),
    ];
    for (what, acts, most) in rows {
        let (mut line, leg) = Line::talking();
        line.pass(EpochMs::from(BEFORE));
        acts.iter().for_each(|act| act(&mut line, leg));
        line.pass(EpochMs::from(most) - 1).on(CallEvent::Silent { leg, ms: BEFORE + most - 1 });
        assert_eq!(line.call.stage_name(), "talking", "{what}");
        line.pass(1).on(CallEvent::Silent { leg, ms: BEFORE + most });
        assert_eq!((line.call.stage_name(), said(&line)), ("waiting", vec!["please-wait".into()]), "{what}");
    }
}

#[test]
fn no_agent_is_blamed_for_room_that_we_lack() {
    for (cause, want) in [
        (EndCause::Failed, RouterAsk::Withdrawn { offer: OFFER }),
        (EndCause::Unreachable, RouterAsk::Failed { offer: OFFER }),
    ] {
        let (mut line, leg) = Line::offered(AnswerBy::Phone);
        let leg = leg.unwrap();
        line.on(CallEvent::NotSent { leg, cause });
        assert_eq!(line.last, [Action::HangUp { leg, cause }, Action::Router(want)]);
        line.on(CallEvent::LegClosed { leg, quality: None });
        assert!(matches!(line.told.last(), Some(EventKind::LegEnded { by: HungUpBy::System, sip_status: None, .. })));
        assert_eq!(line.call.stage_name(), "waiting");
    }
    // A number's leg began when its trunk was chosen, and ends for the ledger too.
    let (mut line, _) = Line::talking();
    line.ask(CallCommand::Transfer { target: TransferTarget::Number { number: "02162345678".into() } }).unwrap();
    let leg = line.dialed();
    line.on(CallEvent::NotSent { leg, cause: EndCause::Failed });
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { cause: EndCause::Failed, .. })));
    line.on(CallEvent::LegClosed { leg, quality: None });
    assert!(matches!(line.told.last(), Some(EventKind::LegEnded { leg: ended, .. }) if *ended == leg));
}

/// Out of order, and so no word on the talk; the refusal of what was answered is its end all the same.
#[test]
fn words_about_dialing_that_come_after_the_answer_leave_nobody_behind() {
    let (mut line, leg) = Line::talking();
    for late in [
        CallEvent::NotDialed { leg, cause: EndCause::Failed },
        CallEvent::NotSent { leg, cause: EndCause::Failed },
        CallEvent::LegRinging { leg },
    ] {
        line.on(late);
        assert_eq!((line.last.as_slice(), line.call.talking()), (&[][..], Some(ANN)));
    }
    line.on(CallEvent::LegFailed { leg, status: 488 });
    assert_eq!(said(&line), ["please-wait"], "the caller goes on");
}

#[test]
fn a_caller_of_no_queue_whose_transfer_fails_goes_back_to_who_transferred_and_then_to_the_flow() {
    let number = || CallCommand::Transfer { target: TransferTarget::Number { number: "02162345678".into() } };
    let back = RouterAsk::Direct { agent: ANN, queue: None, vip: false, ring_ms: None };
    let (mut line, leg) = talking_outside_queues();
    line.ask(number()).unwrap();
    let outside = line.dialed();
    line.on(CallEvent::LegClosed { leg, quality: None });
    line.on(CallEvent::LegFailed { leg: outside, status: 486 });
    assert!(line.told.iter().any(|k| matches!(k, EventKind::TransferFailed { agent: ANN, cause: EndCause::Busy, .. })));
    assert_eq!(router(&line), std::slice::from_ref(&back));
    line.on(CallEvent::LegClosed { leg: outside, quality: None });

    // Ann takes the caller back, and they talk on.
    line.on(CallEvent::Offer(Offer { offer: OfferId(100), ..direct_offer() }));
    let again = line.dialed();
    line.on(CallEvent::LegAnswered { leg: again });
    assert_eq!(line.call.talking(), Some(ANN));

    // The second time she cannot be had: what the flow has for that is said.
    line.ask(number()).unwrap();
    let outside = line.dialed();
    line.on(CallEvent::LegClosed { leg: again, quality: None });
    line.on(CallEvent::LegFailed { leg: outside, status: 404 });
    assert_eq!(router(&line), [back]);
    line.on(CallEvent::DirectFailed { agent: ANN, cause: EndCause::Busy });
    assert_eq!(said(&line), ["goodbye"]);
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.settle();
    assert_eq!(line.ended(), (EndCause::Refused, HungUpBy::System));
}

#[test]
fn a_caller_of_no_queue_whose_agent_s_phone_is_lost_goes_on_in_the_flow() {
    let (mut line, leg) = talking_outside_queues();
    line.pass(9_000).on(CallEvent::LegGone { leg, cause: EndCause::SessionExpired, status: None });
    let asks = [RouterAsk::StationFailed { agent: ANN }, RouterAsk::TalkEnded { agent: ANN, queue: None }];
    assert_eq!((router(&line).as_slice(), said(&line)), (&asks[..], vec!["goodbye".into()]));
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.settle();
    assert_eq!(line.ended().0, EndCause::Refused);
}

#[test]
fn a_caller_whom_routing_forgot_hears_words_and_not_music_for_ever() {
    let mut line = Line::ring_in();
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.now = line.call.deadline().expect("somebody minds");
    line.on(CallEvent::Deadline);
    assert_eq!(router(&line), [RouterAsk::Leave { outcome: QueueOutcome::Failed }]);
    assert_eq!((said(&line), line.now - T0), (vec!["technical".into()], ROUTER_ANSWERS_MS));
    let id = line.played();
    line.on(CallEvent::PlayDone { leg: CALLER, id, ok: true });
    line.settle();
    assert_eq!(line.ended(), (EndCause::Failed, HungUpBy::System));
}

#[test]
fn a_colleague_about_whom_routing_says_nothing_counts_as_one_who_cannot_be_had() {
    let (mut line, leg) = Line::talking();
    line.ask(CallCommand::Transfer { target: TransferTarget::Agent { agent: AgentId(8) } }).unwrap();
    line.on(CallEvent::LegClosed { leg, quality: None });
    let began = line.now;
    line.now = line.call.deadline().expect("somebody minds");
    assert!(line.now - began > EpochMs::from(DIRECT_WAIT_MS), "a busy colleague is waited for");
    line.on(CallEvent::Deadline);
    let asks = router(&line);
    assert_eq!(asks[0], RouterAsk::Leave { outcome: QueueOutcome::Failed });
    assert!(matches!(asks[1], RouterAsk::Enqueue { queue: QUEUE, priority: Some(9), .. }), "{asks:?}");
}

#[test]
fn what_the_phone_holds_the_desk_takes_back_only_by_the_phone() {
    for (answer_by, presses) in [(AnswerBy::TalkEvent, true), (AnswerBy::Phone, false), (AnswerBy::AutoAnswer, false)] {
        let (mut line, leg) = Line::offered(answer_by);
        let leg = leg.unwrap_or_else(|| {
            line.ask(CallCommand::Answer).unwrap();
            line.dialed()
        });
        line.on(CallEvent::LegAnswered { leg });
        line.on(CallEvent::FarHold { leg, on: true });
        match line.ask(CallCommand::Resume).map(<[Action]>::to_vec) {
            Ok(actions) => assert_eq!((actions, presses), (vec![Action::PressTalk(leg)], true)),
            Err(refused) => assert_eq!((refused, presses), (CommandRefused::PhoneHolds, false)),
        }
        assert_eq!(line.call.partner(CALLER), None, "nobody hears anybody yet");
        line.on(CallEvent::FarHold { leg, on: false });
        assert!(line.last.contains(&Action::Bridge(CALLER, leg)));
        assert_eq!(line.ask(CallCommand::Resume).unwrap(), [], "taken back already");
        // Held from the desk alone, the desk takes it back.
        line.ask(CallCommand::Hold).unwrap();
        assert!(line.ask(CallCommand::Resume).unwrap().contains(&Action::Bridge(CALLER, leg)));
    }
}
