//! The caller leaves: in the flow, in the queue, while a phone rings, while an answer is on the wire, and at any moment
//! between. Whatever the moment, no leg stays, no agent is locked, and the next caller is served.

use std::time::Duration;

use contract::directory::AnswerBy;
use contract::{Activity, EndCause, EventKind, FlowOutcome, HungUpBy, InteractionId, OfferOutcome, QueueOutcome, SeatStatus};
use cti_gateway::sip::message::{Message, Method};
use zuoxi_tests::house::company::{company, tune};
use zuoxi_tests::house::{Desk, House, Outcome};
use zuoxi_tests::phone::{Ending, Gate, Manner};

use crate::hear_each_other;

fn answer_to_invite(message: &Message) -> bool {
    let Message::Response(response) = message else { return false };
    response.status == 200 && response.headers.cseq().is_ok_and(|c| c.method == Method::Invite)
}

async fn abandoned(house: &House, call: InteractionId) -> Outcome {
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::Abandoned, by: HungUpBy::Caller });
    Ok(())
}

/// The agent is idle and ready, and takes the next call.
async fn the_next_caller_is_served(house: &House, desk: &mut Desk) -> Outcome {
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(desk.agent, "free", free).await?;
    let caller = house.caller("13900139000").await?;
    desk.phone.set_manner(Manner::Answers);
    let talk = caller.dial("95500").await?;
    let rung = desk.phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_the_flow_is_gone() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95501").await?;
    talk.answered().await?;
    talk.expect_sound().await?;
    talk.hang_up().await?;
    let call = house.call(1).await?;
    let left = |k: &EventKind| matches!(k, EventKind::FlowEnded { outcome: FlowOutcome::CallerLeft, .. });
    house.fact(call, "the end of the flow", left).await?;
    abandoned(&house, call).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_the_queue_is_gone() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.expect_sound().await?;
    talk.hang_up().await?;
    let call = house.call(1).await?;
    let left = |k: &EventKind| matches!(k, EventKind::QueueLeft { outcome: QueueOutcome::Abandoned, .. });
    house.fact(call, "the end of the wait", left).await?;
    abandoned(&house, call).await?;
    house.close().await
}

/// Lesson 2: the agent's phone stops ringing at once, and nobody answers an empty line.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_stops_ringing_when_its_caller_leaves() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut desk = house.agent(1, Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = desk.phone.rung().await?;
    talk.answered().await?;
    talk.hang_up().await?;
    rung.ends(&Ending::Cancelled).await?;
    let call = house.call(1).await?;
    let ended = |k: &EventKind| matches!(k, EventKind::OfferEnded { outcome: OfferOutcome::Withdrawn, .. });
    house.fact(call, "a withdrawn offer", ended).await?;
    abandoned(&house, call).await?;
    the_next_caller_is_served(&house, &mut desk).await?;
    house.close().await
}

/// The agent lifts the phone while the caller leaves: the 200 is on the wire and crosses our CANCEL.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_crosses_the_callers_leaving_is_taken_down_in_order() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut desk = house.agent(1, Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = desk.phone.rung().await?;
    desk.phone.gate(Gate { out: Some(answer_to_invite), into: None }).await?;
    rung.lift().await?;
    desk.phone.caught().await?;
    talk.hang_up().await?;
    let call = house.call(1).await?;
    let ended = |k: &EventKind| matches!(k, EventKind::OfferEnded { outcome: OfferOutcome::Withdrawn, .. });
    house.fact(call, "a withdrawn offer", ended).await?;
    desk.phone.gate(Gate::default()).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    assert!(rung.state().confirmed, "a 200 is acknowledged, wanted or not");
    abandoned(&house, call).await?;
    let talks = house.book.count(|k| matches!(k, EventKind::TalkStarted { .. }));
    assert_eq!(talks, 0, "nobody talked");
    the_next_caller_is_served(&house, &mut desk).await?;
    house.close().await
}

/// The caller gives up while our own 200 is on the wire: it is acknowledged and followed by BYE.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_while_our_answer_is_on_the_wire_is_gone() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    caller.gate(Gate { out: None, into: Some(answer_to_invite) }).await?;
    let talk = caller.dial("95501").await?;
    caller.caught().await?;
    talk.hang_up().await?;
    caller.gate(Gate::default()).await?;
    let call = house.call(1).await?;
    abandoned(&house, call).await?;
    house.close().await
}

/// A caller whose phone died says no BYE: our 200 that is never acknowledged ends the call.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_never_acknowledged_ends_the_call() -> Outcome {
    let mut directory = company(&[AnswerBy::Phone]);
    tune(&mut directory, "direct", |queue| queue.ring_ms = 60_000);
    let house = House::open(directory).await?;
    let mut desk = house.agent(1, Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    let acks: fn(&Message) -> bool = |m| matches!(m, Message::Request(r) if r.method == Method::Ack);
    caller.gate(Gate { out: Some(acks), into: None }).await?;
    let _talk = caller.dial("95500").await?;
    let rung = desk.phone.rung().await?;
    // 64 × T1: longer than any other step here.
    let ended = rung.ends_within(Duration::from_secs(45)).await;
    assert_eq!(ended, Some(Ending::Cancelled));
    let call = house.call(1).await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert!(matches!(end, EventKind::CallEnded { by: HungUpBy::System, .. }), "{end:?}");
    caller.gate(Gate::default()).await?;
    the_next_caller_is_served(&house, &mut desk).await?;
    house.close().await
}

/// Fifty callers, each leaving a few milliseconds later than the one before, through ringing, answer and talk.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_may_leave_at_any_instant() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut desk = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    for step in 0..50_u32 {
        let talk = caller.dial("95500").await?;
        // The moment is the input: nothing is waited for but time.
        talk.ends_within(Duration::from_micros(u64::from(step) * 700)).await;
        talk.hang_up().await?;
        talk.ended().await?;
        house.quiet().await.map_err(|e| format!("step {step}: {e}"))?;
        while desk.phone.rung_within(Duration::ZERO).await.is_some() {}
    }
    assert_eq!(desk.phone.busy_lines(), 0);
    the_next_caller_is_served(&house, &mut desk).await?;
    house.close().await
}
