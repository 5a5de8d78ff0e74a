//! Callers wait, agents are offered, answer or not; and a seat is never out of step with its phone.

use contract::directory::{AnswerBy, Overflow};
use contract::{
    Activity, CallCommand, EndCause, EventKind, HungUpBy, OfferOutcome, QueueOutcome, RecordingKind, SeatCommand,
    SeatStatus, SeatWhy,
};
use cti_gateway::sip::api::Transport;
use zuoxi_tests::house::company::{company, number, queue_id, tune};
use zuoxi_tests::house::{CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ear, Ending, Keys, Manner};

use crate::{Pair, hear_each_other, joined};

const TWO: [AnswerBy; 2] = [AnswerBy::Phone, AnswerBy::Phone];

/// Two callers wait; the first agent's phone does so (`manner`). The first caller keeps the place and gets the second agent.
async fn the_caller_keeps_the_place(manner: Manner, outcome: OfferOutcome, why: SeatWhy) -> Outcome {
    let mut directory = company(&TWO);
    tune(&mut directory, "direct", |queue| queue.ring_ms = 1500);
    let house = House::open(directory).await?;
    let first = house.caller("13800138001").await?;
    let talk = first.dial("95500").await?;
    talk.answered().await?;
    let second = house.caller("13800138002").await?;
    let other = second.dial("95500").await?;
    other.answered().await?;
    let call = house.call(1).await?;
    let desk = house.agent(1, manner).await?;
    let ended = |k: &EventKind| matches!(k, EventKind::OfferEnded { outcome: o, .. } if *o == outcome);
    house.fact(call, "the end of the offer", ended).await?;
    let not_ready = |s: &contract::Seat| matches!(s.status, SeatStatus::NotReady { .. }) && s.activity == Activity::Idle;
    let seat = house.seat_is(desk.agent, "not ready", not_ready).await?;
    assert_eq!(seat.status_why, why);
    let Desk { mut phone, .. } = house.agent(2, Manner::Answers).await?;
    let rung = phone.rung().await?;
    assert_eq!(rung.incoming().map(|i| i.from.user.as_str()), Some("+8613800138001"), "the first caller comes first");
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    other.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_does_not_answer_is_not_ready_and_the_caller_keeps_the_place() -> Outcome {
    the_caller_keeps_the_place(Manner::Rings, OfferOutcome::Missed, SeatWhy::MissedOffer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_phone_makes_its_agent_not_ready_and_the_caller_keeps_the_place() -> Outcome {
    the_caller_keeps_the_place(Manner::Refuses(486), OfferOutcome::Rejected, SeatWhy::RejectedOffer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_declines_makes_its_agent_not_ready_and_the_caller_keeps_the_place() -> Outcome {
    the_caller_keeps_the_place(Manner::Refuses(603), OfferOutcome::Rejected, SeatWhy::RejectedOffer).await
}

/// It answers neither 180 nor anything else: nobody waits longer than the lease.
#[tokio::test(flavor = "multi_thread")]
async fn a_deaf_phone_makes_its_agent_not_ready_and_the_caller_keeps_the_place() -> Outcome {
    the_caller_keeps_the_place(Manner::Deaf, OfferOutcome::Missed, SeatWhy::MissedOffer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reject_button_stops_the_ringing_and_the_next_agent_rings() -> Outcome {
    let house = House::open(company(&TWO)).await?;
    let Desk { agent, mut phone } = house.agent(1, Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    let call = house.call(1).await?;
    house.command(call, agent, CallCommand::Reject).await?;
    rung.ends(&Ending::Cancelled).await?;
    let Desk { phone: mut second, .. } = house.agent(2, Manner::Answers).await?;
    let rung = second.rung().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    house.close().await
}

/// Lesson 5, 14, 19: who has no phone is not ready, and is told why, before a caller is sent there.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_phone_unregisters_is_not_ready_before_the_next_offer() -> Outcome {
    let house = House::open(company(&TWO)).await?;
    let Desk { agent, phone } = house.agent(1, Manner::Rings).await?;
    phone.unregister().await?;
    let lost = |s: &contract::Seat| matches!(s.status, SeatStatus::NotReady { .. });
    let seat = house.seat_is(agent, "not ready", lost).await?;
    assert_eq!(seat.status_why, SeatWhy::StationLost);
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.expect_tone(MUSIC_HZ).await?;
    assert_eq!(house.book.count(|k| matches!(k, EventKind::Offered { .. })), 0);
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_phones_connection_breaks_is_not_ready() -> Outcome {
    let house = House::open(company(&TWO)).await?;
    let mut config = house.station_config(1, Manner::Rings);
    config.transport = Transport::Tcp;
    let Desk { agent, phone } = house.sits_down(config, 1).await?;
    house.seat(agent, SeatCommand::Ready).await?;
    drop(phone);
    let lost = |s: &contract::Seat| matches!(s.status, SeatStatus::NotReady { .. });
    let seat = house.seat_is(agent, "not ready", lost).await?;
    assert_eq!(seat.status_why, SeatWhy::StationLost);
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_agent_gets_the_next_caller_at_once() -> Outcome {
    let Pair { house, mut phone, talk, .. } = joined().await?;
    let next = house.caller("13900139000").await?;
    let waiting = next.dial("95500").await?;
    waiting.expect_tone(MUSIC_HZ).await?;
    talk.hang_up().await?;
    let rung = phone.rung().await?;
    hear_each_other(&waiting, &rung).await?;
    rung.hang_up().await?;
    waiting.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}

/// Lesson 21: wrap-up belongs to the agent; no caller is sent before it is over.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_in_wrap_up_is_offered_nobody_until_it_is_ended() -> Outcome {
    let mut directory = company(&TWO);
    tune(&mut directory, "direct", |queue| queue.wrap_up_ms = 60_000);
    let Pair { house, agent, mut phone, talk, .. } = crate::joined_in(House::open(directory).await?).await?;
    talk.hang_up().await?;
    house.seat_is(agent, "wrapping up", |s| matches!(s.activity, Activity::WrapUp { .. })).await?;
    let next = house.caller("13900139000").await?;
    let waiting = next.dial("95500").await?;
    waiting.expect_tone(MUSIC_HZ).await?;
    assert_eq!(house.book.count(|k| matches!(k, EventKind::Offered { .. })), 1);
    house.seat(agent, SeatCommand::EndWrapUp).await?;
    let rung = phone.rung().await?;
    hear_each_other(&waiting, &rung).await?;
    waiting.hang_up().await?;
    house.seat_is(agent, "wrapping up again", |s| matches!(s.activity, Activity::WrapUp { .. })).await?;
    house.seat(agent, SeatCommand::EndWrapUp).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_of_the_vip_list_is_served_before_those_who_waited_longer() -> Outcome {
    let mut directory = company(&TWO);
    directory.lists.entry("vip".into()).or_default().insert(number("+8613900139000"));
    let house = House::open(directory).await?;
    let usual = house.caller("13800138000").await?;
    let waiting = usual.dial("95500").await?;
    waiting.expect_tone(MUSIC_HZ).await?;
    let vip = house.caller("13900139000").await?;
    let first = vip.dial("95500").await?;
    first.expect_tone(MUSIC_HZ).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let rung = phone.rung().await?;
    assert_eq!(rung.incoming().map(|i| i.from.user.as_str()), Some("+8613900139000"));
    hear_each_other(&first, &rung).await?;
    first.hang_up().await?;
    waiting.hang_up().await?;
    house.close().await
}

/// The longest wait is over: a message is taken, one channel, and the caller is let go.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_waited_too_long_leaves_a_message() -> Outcome {
    let mut directory = company(&[]);
    tune(&mut directory, "direct", |queue| {
        queue.max_wait_ms = 700;
        queue.at_max_wait = Overflow::Voicemail;
    });
    let house = House::open(directory).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let call = house.call(1).await?;
    let left = |k: &EventKind| matches!(k, EventKind::QueueLeft { outcome: QueueOutcome::MaxWait | QueueOutcome::Voicemail, .. });
    house.fact(call, "the end of the wait", left).await?;
    let started = |k: &EventKind| matches!(k, EventKind::RecordingStarted { what: RecordingKind::Voicemail, .. });
    house.fact(call, "a message begun", started).await?;
    talk.say_tone(CALLER_HZ);
    talk.hears("the beep", |ear| ear.heard_tone(1000.0)).await?;
    // Four seconds of message, told by the recording itself.
    let folder = house.recordings_folder();
    let Some(EventKind::RecordingStarted { path, .. }) = house.book.of(call).into_iter().find(started) else { unreachable!() };
    let mut ear = Ear::at_begin(&folder.join(path), 1, 0);
    let mut look = tokio::time::interval(zuoxi_tests::house::book::LOOK);
    while ear.tone_ms(CALLER_HZ) < 2500 {
        look.tick().await;
        ear.listen();
    }
    talk.press("#", Keys::Media).await?;
    talk.ended().await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::Voicemail, by: HungUpBy::System });
    assert_eq!(house.recordings(call).await?.len(), 1);
    house.close().await
}

/// Lesson 27: an announcement never keeps a caller from an agent.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_hears_the_position_and_is_joined_in_the_middle_of_it() -> Outcome {
    let mut directory = company(&TWO);
    tune(&mut directory, "direct", |queue| queue.announce_ms = 300);
    let house = House::open(directory).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let call = house.call(1).await?;
    let said = |k: &EventKind| matches!(k, EventKind::PositionAnnounced { position: 1, .. });
    house.fact(call, "the position", said).await?;
    talk.hears("speech in place of music", |ear| ear.heard_other_than(MUSIC_HZ)).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let rung = phone.rung().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    house.close().await
}

/// A full queue passes the caller on, with the time waited.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_sends_the_caller_to_the_next_one() -> Outcome {
    let mut directory = company(&TWO);
    tune(&mut directory, "direct", |queue| {
        queue.max_waiting = 1;
        queue.when_full = Overflow::Queue(queue_id("second"));
    });
    let house = House::open(directory).await?;
    let first = house.caller("13800138001").await?;
    let waiting = first.dial("95500").await?;
    waiting.expect_tone(MUSIC_HZ).await?;
    let second = house.caller("13800138002").await?;
    let moved = second.dial("95500").await?;
    moved.expect_tone(MUSIC_HZ).await?;
    let call = house.call(2).await?;
    let queued = house.fact(call, "a queue", |k| matches!(k, EventKind::Queued { .. })).await?;
    assert!(matches!(queued, EventKind::Queued { queue, .. } if queue == queue_id("second")), "{queued:?}");
    waiting.hang_up().await?;
    moved.hang_up().await?;
    house.close().await
}

/// What an agent chose during a call takes effect after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_break_asked_for_in_a_call_begins_after_it() -> Outcome {
    let Pair { house, agent, talk, rung, .. } = joined().await?;
    house.seat(agent, SeatCommand::NotReady { reason: None }).await?;
    let seat = house.seat_is(agent, "with a next status", |s| s.next.is_some()).await?;
    assert!(matches!(seat.activity, Activity::Talking { .. }), "{seat:?}");
    rung.hang_up().await?;
    talk.ended().await?;
    let on_break = |s: &contract::Seat| matches!(s.status, SeatStatus::NotReady { .. }) && s.activity == Activity::Idle;
    house.seat_is(agent, "on break", on_break).await?;
    house.close().await
}
