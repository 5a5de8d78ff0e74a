//! A supervisor in a talk: three tones, three pairs of ears. The caller must never hear who only listens or whispers, and
//! the talk must not care how the supervisor comes and goes.

use contract::directory::AnswerBy;
use contract::{
    Activity, AgentId, EndCause, EventKind, InteractionId, Party, QueueOutcome, SeatCommand, SuperviseCommand, SuperviseMode,
    TransferTarget, WaitingCommand,
};
use cti_gateway::driver::Refused;
use zuoxi_tests::house::company::{company, queue_id, tune};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome, SECOND_HZ, stereo_holds};
use zuoxi_tests::phone::{Ear, Ending, Manner, Phone, Talk};

use crate::{Pair, joined_in};

const CHIEF: AgentId = AgentId(3);

fn join(mode: SuperviseMode) -> SuperviseCommand {
    SuperviseCommand::Join { mode, reason: "coaching".into() }
}

async fn supervise(house: &House, call: InteractionId, mode: SuperviseMode) -> Outcome {
    let talker = |kind: EventKind| match kind {
        EventKind::TalkStarted { agent, .. } => Some(agent),
        _ => None,
    };
    let whom = house.book.of(call).into_iter().rev().find_map(talker);
    Ok(house.gateway.supervise(call, CHIEF, whom, join(mode)).await?)
}

/// A caller and an agent in talk, and a supervisor at a phone.
async fn with_chief(manner: Manner) -> Result<(Pair, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone])).await?;
    let pair = joined_in(house).await?;
    let Desk { phone, .. } = pair.house.sits_down(pair.house.station_config(3, manner), 3).await?;
    Ok((pair, phone))
}

/// The supervisor's phone was lifted, and its tone begins.
async fn comes(pair: &Pair, phone: &mut Phone, mode: SuperviseMode) -> Result<Talk, Box<dyn std::error::Error + Send + Sync>> {
    supervise(&pair.house, pair.call, mode).await?;
    let chief = phone.rung().await?;
    chief.answered().await?;
    chief.say_tone(SECOND_HZ);
    Ok(chief)
}

async fn hears_both(talk: &Talk, a: f64, b: f64) -> Outcome {
    Ok(talk.hears(&format!("{a} and {b} Hz at once"), |ear| ear.heard_both(a, b)).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_is_heard_by_nobody_who_whispers_by_the_agent_alone_and_who_barges_in_by_both() -> Outcome {
    let (pair, mut phone) = with_chief(Manner::Answers).await?;
    let chief = comes(&pair, &mut phone, SuperviseMode::Listen).await?;
    hears_both(&chief, CALLER_HZ, AGENT_HZ).await?;
    pair.talk.expect_only(AGENT_HZ).await?;
    pair.rung.expect_only(CALLER_HZ).await?;

    supervise(&pair.house, pair.call, SuperviseMode::Whisper).await?;
    hears_both(&pair.rung, CALLER_HZ, SECOND_HZ).await?;
    pair.talk.expect_only(AGENT_HZ).await?;

    supervise(&pair.house, pair.call, SuperviseMode::Barge).await?;
    hears_both(&pair.talk, AGENT_HZ, SECOND_HZ).await?;
    hears_both(&pair.rung, CALLER_HZ, SECOND_HZ).await?;
    hears_both(&chief, CALLER_HZ, AGENT_HZ).await?;

    supervise(&pair.house, pair.call, SuperviseMode::Listen).await?;
    pair.talk.hears("the agent alone again", |ear| ear.tone_ms(AGENT_HZ) >= 500).await?;
    pair.talk.expect_only(AGENT_HZ).await?;
    pair.rung.expect_only(CALLER_HZ).await?;

    pair.talk.hang_up().await?;
    chief.ends(&Ending::FarHungUp(None)).await?;
    pair.rung.ended().await?;
    pair.house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_supervisor_says_to_the_caller_is_recorded_and_what_is_whispered_is_not() -> Outcome {
    for (mode, recorded) in [(SuperviseMode::Whisper, false), (SuperviseMode::Barge, true)] {
        let (pair, mut phone) = with_chief(Manner::Answers).await?;
        comes(&pair, &mut phone, mode).await?;
        hears_both(&pair.rung, CALLER_HZ, SECOND_HZ).await?;
        if recorded {
            hears_both(&pair.talk, AGENT_HZ, SECOND_HZ).await?;
        }
        pair.talk.hang_up().await?;
        pair.rung.ended().await?;
        let paths = pair.house.recordings(pair.call).await?;
        let [path] = paths.as_slice() else { return Err(format!("one talk, one recording: {paths:?}").into()) };
        stereo_holds(path, CALLER_HZ, AGENT_HZ)?;
        let mut right = Ear::at_begin(path, 2, 1);
        right.listen();
        assert_eq!(right.heard_both(AGENT_HZ, SECOND_HZ), recorded, "{mode:?}");
        let mut left = Ear::at_begin(path, 2, 0);
        left.listen();
        assert!(!left.heard_both(CALLER_HZ, SECOND_HZ), "the caller's side holds the caller");
        pair.house.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_comes_and_goes_and_the_talk_goes_on() -> Outcome {
    let (pair, mut phone) = with_chief(Manner::Answers).await?;
    for by_phone in [true, false] {
        let chief = comes(&pair, &mut phone, SuperviseMode::Barge).await?;
        hears_both(&pair.talk, AGENT_HZ, SECOND_HZ).await?;
        if by_phone {
            chief.hang_up().await?;
        } else {
            pair.house.gateway.supervise(pair.call, CHIEF, None, SuperviseCommand::Leave).await?;
        }
        chief.ended().await?;
        pair.talk.hears("the agent alone again", |ear| ear.tone_ms(AGENT_HZ) >= 500).await?;
        pair.talk.expect_only(AGENT_HZ).await?;
        pair.rung.expect_only(CALLER_HZ).await?;
        pair.house.seat_is(CHIEF, "free", |seat| seat.activity == Activity::Idle).await?;
    }
    let facts = pair.house.book.of(pair.call);
    let ends = facts.iter().filter(|kind| matches!(kind, EventKind::SupervisionEnded { by: CHIEF, .. })).count();
    assert_eq!(ends, 2);
    pair.talk.hang_up().await?;
    pair.rung.ended().await?;
    pair.house.recording_holds(pair.call, CALLER_HZ, AGENT_HZ).await?;
    pair.house.close().await
}

/// Ringing, on its way, or lifted: no phone rings on for a talk that is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_while_the_supervisor_s_phone_rings_stops_it() -> Outcome {
    let (pair, mut phone) = with_chief(Manner::Rings).await?;
    supervise(&pair.house, pair.call, SuperviseMode::Listen).await?;
    let chief = phone.rung().await?;
    pair.talk.hang_up().await?;
    chief.ended().await?;
    pair.rung.ended().await?;
    pair.house.seat_is(CHIEF, "free", |seat| seat.activity == Activity::Idle).await?;
    pair.house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_s_phone_that_says_busy_or_is_not_there_is_told_and_nobody_else_notices() -> Outcome {
    let (pair, mut phone) = with_chief(Manner::Rings).await?;
    supervise(&pair.house, pair.call, SuperviseMode::Listen).await?;
    phone.rung().await?.reject(486).await?;
    let ended = |cause: EndCause| {
        move |kind: &EventKind| matches!(kind, EventKind::SupervisionEnded { cause: why, ms: 0, .. } if *why == cause)
    };
    pair.house.fact(pair.call, "a busy supervisor", ended(EndCause::Busy)).await?;
    phone.unregister().await?;
    supervise(&pair.house, pair.call, SuperviseMode::Listen).await?;
    pair.house.fact(pair.call, "a supervisor without a phone", ended(EndCause::Unreachable)).await?;
    pair.talk.expect_only(AGENT_HZ).await?;
    pair.talk.hang_up().await?;
    pair.rung.ended().await?;
    pair.house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_supervises_a_call_that_is_no_talk_or_the_own_one() -> Outcome {
    let (pair, phone) = with_chief(Manner::Answers).await?;
    let gateway = &pair.house.gateway;
    let own = gateway.supervise(pair.call, pair.agent, Some(pair.agent), join(SuperviseMode::Listen)).await;
    assert_eq!(own, Err(Refused::OwnCall));
    let nobody = gateway.supervise(pair.call, AgentId(99), Some(pair.agent), join(SuperviseMode::Listen)).await;
    assert_eq!(nobody, Err(Refused::NoStation));
    let gone = gateway.supervise(InteractionId(5), CHIEF, Some(pair.agent), join(SuperviseMode::Listen)).await;
    assert_eq!(gone, Err(Refused::NoCall(InteractionId(5))));
    let other = gateway.supervise(pair.call, CHIEF, Some(AgentId(2)), join(SuperviseMode::Listen)).await;
    assert_eq!(other, Err(Refused::NoTalk(pair.call)), "it was allowed for another agent's talk");
    let less = gateway.supervise(pair.call, CHIEF, None, join(SuperviseMode::Listen)).await;
    assert_eq!(less, Err(Refused::NoTalk(pair.call)), "who is not there steps back to nothing");
    let (_waiting, waits, second) = in_queue(&pair.house, 2, "13800138001").await?;
    let refused = gateway.supervise(second, CHIEF, Some(pair.agent), join(SuperviseMode::Barge)).await;
    assert_eq!(refused, Err(Refused::NoTalk(second)));
    let rings = |kind: &EventKind| matches!(kind, EventKind::LegStarted { party: Party::Supervisor { .. }, .. });
    for call in [pair.call, second] {
        assert!(!pair.house.book.of(call).iter().any(rings), "nothing rang");
    }
    assert_eq!(phone.busy_lines(), 0);
    waits.hang_up().await?;
    waits.ended().await?;
    pair.talk.hang_up().await?;
    pair.rung.ended().await?;
    pair.house.close().await
}

/// Supervising is no call of one's own: nothing is offered meanwhile, and what waits comes at once after.
#[tokio::test(flavor = "multi_thread")]
async fn who_supervises_is_offered_nothing_until_it_is_over_and_then_at_once() -> Outcome {
    let (pair, mut phone) = with_chief(Manner::Answers).await?;
    pair.house.seat(CHIEF, SeatCommand::Ready).await?;
    let chief = comes(&pair, &mut phone, SuperviseMode::Listen).await?;
    hears_both(&chief, CALLER_HZ, AGENT_HZ).await?;
    let (_other, waits, second) = in_queue(&pair.house, 2, "13800138001").await?;
    // The router decides in the same breath as it queues.
    let offered = |kind: &EventKind| matches!(kind, EventKind::Offered { .. });
    assert!(!pair.house.book.of(second).iter().any(offered), "nobody is free");
    pair.house.gateway.supervise(pair.call, CHIEF, None, SuperviseCommand::Leave).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    rung.say_tone(SECOND_HZ);
    waits.expect_tone(SECOND_HZ).await?;
    waits.hang_up().await?;
    rung.ended().await?;
    pair.talk.hang_up().await?;
    pair.rung.ended().await?;
    pair.house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_another_talk_leaves_the_first() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone])).await?;
    let pair = joined_in(house).await?;
    let Desk { phone: mut other, .. } = pair.house.agent(2, Manner::Answers).await?;
    let caller = pair.house.caller("13800138001").await?;
    let talk = caller.dial("95500").await?;
    let rung = other.rung().await?;
    rung.answered().await?;
    crate::hear_each_other(&talk, &rung).await?;
    let second = pair.house.call(2).await?;
    let Desk { mut phone, .. } = pair.house.sits_down(pair.house.station_config(3, Manner::Answers), 3).await?;
    let first = comes(&pair, &mut phone, SuperviseMode::Barge).await?;
    hears_both(&pair.talk, AGENT_HZ, SECOND_HZ).await?;
    supervise(&pair.house, second, SuperviseMode::Listen).await?;
    first.ended().await?;
    let then = phone.rung().await?;
    then.answered().await?;
    hears_both(&then, CALLER_HZ, AGENT_HZ).await?;
    pair.talk.expect_only(AGENT_HZ).await?;
    for (out, here) in [(&pair.talk, &pair.rung), (&talk, &rung)] {
        out.hang_up().await?;
        here.ended().await?;
    }
    then.ended().await?;
    pair.house.close().await
}

/// The `n`th caller of a house, in the queue.
async fn in_queue(
    house: &House,
    n: usize,
    number: &str,
) -> Result<(Phone, Talk, InteractionId), Box<dyn std::error::Error + Send + Sync>> {
    let caller = house.caller(number).await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let call = house.call(n).await?;
    house.fact(call, "a wait", |kind| matches!(kind, EventKind::Queued { .. })).await?;
    Ok((caller, talk, call))
}

/// A caller in the queue, nobody ready, and a supervisor at a phone.
async fn waiting() -> Result<(House, InteractionId, Talk, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone])).await?;
    let (_caller, talk, call) = in_queue(&house, 1, "13800138000").await?;
    let Desk { phone, .. } = house.sits_down(house.station_config(3, Manner::Answers), 3).await?;
    Ok((house, call, talk, phone))
}

fn send_to(target: TransferTarget) -> WaitingCommand {
    WaitingCommand::Move { target }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_somebody_who_is_not_ready_comes_back_to_the_front_of_the_queue() -> Outcome {
    let (house, call, talk, mut phone) = waiting().await?;
    house.gateway.while_waiting(call, CHIEF, send_to(TransferTarget::Agent { agent: CHIEF })).await?;
    // Not ready: the caller comes back to the queue, and the supervisor is told.
    house.fact(call, "a failed move", |kind| matches!(kind, EventKind::WaitingMoveFailed { by: CHIEF, .. })).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    house.fact(call, "the queue again", |kind| matches!(kind, EventKind::Queued { .. })).await?;
    let queued = || house.book.of(call).iter().filter(|kind| matches!(kind, EventKind::Queued { .. })).count();
    assert_eq!(queued(), 2, "left once, entered twice");
    house.seat(CHIEF, SeatCommand::Ready).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    crate::hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    rung.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_takes_a_caller_for_whom_another_phone_rings() -> Outcome {
    let (house, call, talk, mut phone) = waiting().await?;
    let Desk { phone: mut slow, .. } = house.agent(1, Manner::Rings).await?;
    let rings = slow.rung().await?;
    house.seat(CHIEF, SeatCommand::Ready).await?;
    house.gateway.while_waiting(call, CHIEF, send_to(TransferTarget::Agent { agent: CHIEF })).await?;
    rings.ends(&Ending::Cancelled).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    crate::hear_each_other(&talk, &rung).await?;
    house.seat_is(AgentId(1), "free", |seat| seat.activity == Activity::Idle).await?;
    talk.hang_up().await?;
    rung.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_caller_sent_to_a_queue_nobody_else_waits_in_is_answered_there_with_the_time_waited() -> Outcome {
    let (house, call, talk, mut phone) = waiting().await?;
    talk.expect_tone(MUSIC_HZ).await?;
    house.gateway.while_waiting(call, CHIEF, send_to(TransferTarget::Queue { queue: queue_id("second") })).await?;
    let second = queue_id("second");
    house.fact(call, "the second queue", |kind| matches!(kind, EventKind::Queued { queue, .. } if *queue == second)).await?;
    house.seat(CHIEF, SeatCommand::Ready).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    crate::hear_each_other(&talk, &rung).await?;
    let first = house.book.of(call).into_iter().find_map(|kind| match kind {
        EventKind::QueueLeft { outcome: QueueOutcome::Moved, waited_ms, .. } => Some(waited_ms),
        _ => None,
    });
    let talked = house.book.of(call).into_iter().find_map(|kind| match kind {
        EventKind::TalkStarted { waited_ms, .. } => Some(waited_ms),
        _ => None,
    });
    assert!(first.is_some_and(|ms| ms > 0) && talked > first, "{first:?} of {talked:?} ms");
    let moved = |kind: &EventKind| matches!(kind, EventKind::QueueLeft { outcome: QueueOutcome::Moved, .. });
    assert_eq!(house.book.of(call).iter().filter(|kind| moved(kind)).count(), 1);
    talk.hang_up().await?;
    rung.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_caller_is_answered_before_one_who_came_first() -> Outcome {
    let (house, first, talk, mut phone) = waiting().await?;
    let (_later, other, second) = in_queue(&house, 2, "13800138001").await?;
    house.gateway.while_waiting(second, CHIEF, WaitingCommand::Raise).await?;
    house.seat(CHIEF, SeatCommand::Ready).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    crate::hear_each_other(&other, &rung).await?;
    assert!(!house.book.of(first).iter().any(|kind| matches!(kind, EventKind::Offered { .. })));
    for one in [&other, &talk] {
        one.hang_up().await?;
        one.ended().await?;
    }
    rung.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_caller_goes_nowhere_that_does_not_exist_or_may_not_be_dialed() -> Outcome {
    let (house, call, talk, _phone) = waiting().await?;
    let table = [
        (TransferTarget::Queue { queue: contract::QueueId(404) }, Refused::NoSuchTarget),
        (TransferTarget::Agent { agent: AgentId(404) }, Refused::NoSuchTarget),
        (TransferTarget::Number { number: "02162345678".into() }, Refused::NoWayOut),
    ];
    for (target, want) in table {
        let refused = house.gateway.while_waiting(call, CHIEF, send_to(target)).await;
        assert_eq!(refused, Err(want));
    }
    talk.expect_tone(MUSIC_HZ).await?;
    talk.hang_up().await?;
    talk.ended().await?;
    let gone = house.gateway.while_waiting(InteractionId(5), CHIEF, WaitingCommand::Raise).await;
    assert_eq!(gone, Err(Refused::NoCall(InteractionId(5))));
    house.close().await
}

/// The queue it was to go to is full: its rules are not for somebody who was sent there.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_a_queue_that_is_full_comes_back_though_its_own_is_full_meanwhile() -> Outcome {
    let mut directory = company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone]);
    tune(&mut directory, "direct", |queue| queue.max_waiting = 1);
    tune(&mut directory, "second", |queue| queue.max_waiting = 1);
    let house = House::open(directory).await?;
    let mut talks = Vec::new();
    for (n, number) in [(1, "13800138000"), (2, "13800138001")] {
        let (caller, talk, call) = in_queue(&house, n, number).await?;
        if n == 1 {
            // The second queue's one place.
            let to = send_to(TransferTarget::Queue { queue: queue_id("second") });
            house.gateway.while_waiting(call, CHIEF, to).await?;
            let there = queue_id("second");
            house.fact(call, "the second queue", |kind| matches!(kind, EventKind::Queued { queue, .. } if *queue == there)).await?;
        }
        talks.push((caller, talk, call));
    }
    let (_, talk, call) = &talks[1];
    house.gateway.while_waiting(*call, CHIEF, send_to(TransferTarget::Queue { queue: queue_id("second") })).await?;
    house.fact(*call, "a failed move", |kind| matches!(kind, EventKind::WaitingMoveFailed { by: CHIEF, .. })).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    let queued = house.book.of(*call).iter().filter(|kind| matches!(kind, EventKind::Queued { .. })).count();
    assert_eq!(queued, 2, "in the own queue again");
    for (_, talk, _) in &talks {
        talk.hang_up().await?;
        talk.ended().await?;
    }
    house.close().await
}
