//! An agent calls somebody from the desktop: the own phone, then the number over the trunk, then a talk as any other.

use contract::directory::AnswerBy;
use contract::{Activity, AgentId, CallCommand, Direction, EndCause, EventKind, HungUpBy, SeatStatus, TransferTarget};
use cti_gateway::driver::Refused;
use zuoxi_tests::house::company::{OUTSIDE, company, open_outward, queue_id, tune};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ending, Manner, Phone, PhoneConfig};

use crate::hear_each_other;

const NUMBER: &str = "010-62345678";
/// What queue `direct` shows to whom its agents call.
const SHOWN: &str = "+862155550000";

/// Two agents, a way out with somebody at its end, and agent 1 at a phone.
async fn at_desk(manner: Manner) -> Result<(House, Desk, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let mut directory = company(&[AnswerBy::Phone, AnswerBy::Phone]);
    tune(&mut directory, "direct", |queue| queue.wrap_up_ms = 60_000);
    tune(&mut directory, "direct", |queue| queue.caller_id = SHOWN.into());
    let mut house = House::open(directory).await?;
    let mut config = PhoneConfig::new("outside", house.sip()).manner(manner);
    config.local = OUTSIDE;
    let outside = Phone::open(config, &house.sound).await?;
    let to = outside.address();
    house.change(|directory| open_outward(directory, to)).await?;
    let desk = house.agent(1, Manner::Answers).await?;
    Ok((house, desk, outside))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_phone_rings_first_and_both_talk_with_hold_recording_and_wrap_up() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(Manner::Rings).await?;
    let call = house.gateway.dial(agent, NUMBER.into(), Some(queue_id("direct"))).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let far = outside.rung().await?;
    assert_eq!(far.incoming().map(|i| i.from.user.as_str()), Some(SHOWN));
    let busy = move |seat: &contract::Seat| seat.activity == Activity::Talking { interaction: call };
    house.seat_is(agent, "busy with the call it makes", busy).await?;
    own.hears("that a phone rings", |ear| ear.heard_tone(450.0)).await?;
    far.answer().await?;
    hear_each_other(&far, &own).await?;
    house.command(call, agent, CallCommand::Hold).await?;
    far.expect_tone(MUSIC_HZ).await?;
    house.command(call, agent, CallCommand::Resume).await?;
    far.hears("the agent again", |ear| ear.tone_ms(AGENT_HZ) >= 300).await?;
    far.hang_up().await?;
    own.ends(&Ending::FarHungUp(None)).await?;
    house.seat_is(agent, "in wrap-up", |seat| matches!(seat.activity, Activity::WrapUp { .. })).await?;
    house.seat(agent, contract::SeatCommand::EndWrapUp).await?;
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    let facts = house.book.of(call);
    let arrived = |kind: &&EventKind| matches!(kind, EventKind::CallArrived { direction: Direction::Outbound, .. });
    assert_eq!(facts.iter().filter(arrived).count(), 1);
    let end = EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Callee };
    house.fact(call, "the end", |kind| *kind == end).await?;
    house.close().await
}

/// The network's own ringing and announcements (183 with SDP, acknowledged by PRACK) are heard in place of ours.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_says_before_the_answer_is_heard_by_the_agent() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(Manner::Announces).await?;
    house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    own.say_tone(AGENT_HZ);
    let far = outside.rung().await?;
    far.say_tone(CALLER_HZ);
    own.expect_tone(CALLER_HZ).await?;
    assert!(!far.state().answered);
    far.answer().await?;
    far.expect_tone(AGENT_HZ).await?;
    own.hears("the one called, on and on", |ear| ear.tone_ms(CALLER_HZ) >= 300).await?;
    far.hang_up().await?;
    own.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_busy_ends_the_call_and_the_agent_gets_calls_again_at_once() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(Manner::Rings).await?;
    let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    outside.rung().await?.reject(486).await?;
    own.ended().await?;
    house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { cause: EndCause::Busy, .. })).await?;
    house.seat_is(agent, "free", |s| s.activity == Activity::Idle && s.status == SeatStatus::Ready).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    phone.rung().await?.answered().await?;
    talk.hang_up().await?;
    house.seat_is(agent, "in wrap-up", |seat| matches!(seat.activity, Activity::WrapUp { .. })).await?;
    house.seat(agent, contract::SeatCommand::EndWrapUp).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_called_off_while_the_number_rings() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(Manner::Rings).await?;
    let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let far = outside.rung().await?;
    house.command(call, agent, CallCommand::Hangup).await?;
    far.ended().await?;
    own.ends(&Ending::FarHungUp(None)).await?;
    house.seat_is(agent, "free", |s| s.activity == Activity::Idle).await?;
    // As well by putting the own phone down.
    house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let far = outside.rung().await?;
    own.hang_up().await?;
    far.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_called_is_handed_to_a_colleague_as_any_caller() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(Manner::Answers).await?;
    let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let far = outside.rung().await?;
    far.answered().await?;
    hear_each_other(&far, &own).await?;
    let mut other = house.agent(2, Manner::Answers).await?;
    let target = TransferTarget::Agent { agent: other.agent };
    house.command(call, agent, CallCommand::Transfer { target }).await?;
    let second = other.phone.rung().await?;
    second.answered().await?;
    second.say_tone(AGENT_HZ);
    second.expect_tone(CALLER_HZ).await?;
    own.ends(&Ending::FarHungUp(None)).await?;
    house.seat_is(agent, "free", |s| s.activity == Activity::Idle).await?;
    far.hang_up().await?;
    second.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_call_rings_nowhere() -> Outcome {
    let (house, Desk { agent, mut phone }, _outside) = at_desk(Manner::Answers).await?;
    for (number, queue, why) in [
        ("0044 20 7946 0958", None, "number_not_allowed"),
        ("802", None, "colleague"),
        ("", None, "no_way_out"),
        (NUMBER, Some(contract::QueueId(99)), "no_such_target"),
    ] {
        let said = match house.gateway.dial(agent, number.into(), queue).await {
            Err(Refused::NumberNotAllowed) => "number_not_allowed",
            Err(Refused::Colleague) => "colleague",
            Err(Refused::NoWayOut) => "no_way_out",
            Err(Refused::NoSuchTarget) => "no_such_target",
            other => return Err(format!("{number}: {other:?}").into()),
        };
        assert_eq!(said, why, "{number}");
    }
    let unseated = house.gateway.dial(AgentId(2), NUMBER.into(), None).await;
    assert!(matches!(unseated, Err(Refused::NoStation)), "{unseated:?}");
    let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let again = house.gateway.dial(agent, NUMBER.into(), None).await;
    assert!(matches!(again, Err(Refused::Busy)), "one call at a time: {again:?}");
    house.command(call, agent, CallCommand::Hangup).await?;
    own.ended().await?;
    house.close().await
}
