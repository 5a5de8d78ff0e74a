//! Blind transfers: to a queue, to an agent, to a number outside; and back when they fail. After each the agent gets
//! calls again (lesson 7), and one caller stays one call.

use contract::directory::AnswerBy;
use contract::{
    Activity, AgentId, CallCommand, EndCause, EventKind, HungUpBy, SeatStatus, TransferTarget, TrunkId,
};
use cti_gateway::driver::Refused;
use zuoxi_tests::house::company::{OUTSIDE, company, open_another, open_outward, queue_id};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome, SECOND_HZ};
use zuoxi_tests::phone::{Ending, Manner, Phone, PhoneConfig, Talk};

use crate::{Pair, hear_each_other, joined};

fn transfer(target: TransferTarget) -> CallCommand {
    CallCommand::Transfer { target }
}

async fn is_free(house: &House, agent: AgentId) -> Outcome {
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(agent, "free", free).await?;
    Ok(())
}

async fn second_talk(caller: &Talk, agent: &Talk) -> Outcome {
    agent.say_tone(SECOND_HZ);
    agent.expect_tone(CALLER_HZ).await?;
    caller.expect_tone(SECOND_HZ).await?;
    Ok(())
}

/// One caller, two offers: counted apart, and the agent who sent the caller on may be the one who gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_a_queue_is_offered_again_at_once() -> Outcome {
    let Pair { house, call, agent, mut phone, talk, rung, .. } = joined().await?;
    house.command(call, agent, transfer(TransferTarget::Queue { queue: queue_id("second") })).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let again = phone.rung().await?;
    again.answered().await?;
    second_talk(&talk, &again).await?;
    let facts = house.book.of(call);
    let count = |is: fn(&EventKind) -> bool| facts.iter().filter(|k| is(k)).count();
    assert_eq!(count(|k| matches!(k, EventKind::CallArrived { .. })), 1);
    assert_eq!(count(|k| matches!(k, EventKind::Queued { .. })), 2);
    assert_eq!(count(|k| matches!(k, EventKind::Offered { .. })), 2);
    talk.hang_up().await?;
    is_free(&house, agent).await?;
    assert_eq!(house.recordings(call).await?.len(), 2, "each talk has its recording");
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_a_colleague_talks_to_the_colleague() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    let Desk { agent: colleague, phone: mut other } = house.agent(2, Manner::Rings).await?;
    house.command(call, agent, transfer(TransferTarget::Agent { agent: colleague })).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let second = other.rung().await?;
    talk.expect_tone(MUSIC_HZ).await?;
    is_free(&house, agent).await?;
    second.answer().await?;
    second_talk(&talk, &second).await?;
    talk.hang_up().await?;
    second.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, colleague).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_is_not_there_sends_the_caller_back_to_the_queue() -> Outcome {
    let Pair { house, call, agent, mut phone, talk, .. } = joined().await?;
    house.command(call, agent, transfer(TransferTarget::Agent { agent: AgentId(2) })).await?;
    house.fact(call, "a failed transfer", |k| matches!(k, EventKind::TransferFailed { .. })).await?;
    let again = phone.rung().await?;
    again.answered().await?;
    second_talk(&talk, &again).await?;
    talk.hang_up().await?;
    house.close().await
}

/// A house with a way out, and the phone of somebody outside.
pub async fn with_outside(manner: Manner) -> Result<(Pair, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let mut house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone])).await?;
    let mut config = PhoneConfig::new("outside", house.sip()).manner(manner);
    config.local = OUTSIDE;
    let outside = Phone::open(config, &house.sound).await?;
    let to = outside.address();
    house.change(|directory| open_outward(directory, to)).await?;
    Ok((crate::joined_in(house).await?, outside))
}

pub fn to_number(number: &str) -> CallCommand {
    transfer(TransferTarget::Number { number: number.into() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_a_number_talks_to_it_over_the_trunk() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, mut outside) = with_outside(Manner::Rings).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let far = outside.rung().await?;
    assert_eq!(far.incoming().map(|i| i.dialed.as_str()), Some("+861062345678"));
    is_free(&house, agent).await?;
    far.answer().await?;
    second_talk(&talk, &far).await?;
    far.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::TransferredAway, by: HungUpBy::Callee });
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_sent_to_a_number_hears_what_its_network_says_before_the_answer() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, mut outside) = with_outside(Manner::Announces).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let far = outside.rung().await?;
    far.say_tone(SECOND_HZ);
    talk.expect_tone(SECOND_HZ).await?;
    assert!(!far.state().answered);
    far.answer().await?;
    far.expect_tone(CALLER_HZ).await?;
    far.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}

/// The caller hears nothing of it: same leg, same recording, one call.
#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_is_full_or_silent_hands_the_leg_to_the_next_one() -> Outcome {
    let (Pair { mut house, call, agent, talk, rung, .. }, _full) = with_outside(Manner::Refuses(503)).await?;
    let mut config = PhoneConfig::new("behind the last trunk", house.sip()).manner(Manner::Rings);
    config.local = OUTSIDE;
    let mut outside = Phone::open(config, &house.sound).await?;
    let (nobody, somebody) = ("127.0.0.99:5099".parse()?, outside.address());
    house.change(|directory| {
        open_another(directory, TrunkId(3), nobody);
        open_another(directory, TrunkId(4), somebody);
        directory.trunks.entry(TrunkId(4)).and_modify(|trunk| trunk.caller_id = "+861088880000".into());
    }).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let far = outside.rung().await?;
    let incoming = far.incoming().map(|i| (i.dialed.clone(), i.from.user.clone()));
    assert_eq!(incoming, Some(("+861062345678".into(), "+861088880000".into())), "shown as this trunk shows us");
    far.answer().await?;
    second_talk(&talk, &far).await?;
    let by: Vec<(i64, u16)> = house.book.of(call).iter().filter_map(|kind| match kind {
        EventKind::LegRerouted { trunk, sip_status, .. } => Some((trunk.0, *sip_status)),
        _ => None,
    }).collect();
    assert_eq!(by, [(3, 503), (4, 408)]);
    talk.hang_up().await?;
    far.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_is_not_blamed_for_what_the_number_says() -> Outcome {
    let (Pair { mut house, call, agent, mut phone, talk, .. }, _outside) = with_outside(Manner::Refuses(404)).await?;
    let nobody = "127.0.0.99:5099".parse()?;
    house.change(|directory| open_another(directory, TrunkId(3), nobody)).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    house.fact(call, "a failed transfer", |k| matches!(k, EventKind::TransferFailed { .. })).await?;
    assert_eq!(house.book.count(|k| matches!(k, EventKind::LegRerouted { .. })), 0);
    phone.rung().await?.answered().await?;
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_busy_sends_the_caller_back_to_the_agents() -> Outcome {
    let (Pair { house, call, agent, mut phone, talk, .. }, _outside) = with_outside(Manner::Refuses(486)).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    let failed = house.fact(call, "a failed transfer", |k| matches!(k, EventKind::TransferFailed { .. })).await?;
    assert!(matches!(failed, EventKind::TransferFailed { cause: EndCause::Busy, .. }), "{failed:?}");
    let again = phone.rung().await?;
    again.answered().await?;
    second_talk(&talk, &again).await?;
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_while_the_number_rings_stops_the_ringing() -> Outcome {
    let (Pair { house, call, agent, talk, phone: _phone, .. }, mut outside) = with_outside(Manner::Rings).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    let far = outside.rung().await?;
    talk.hang_up().await?;
    far.ends(&Ending::Cancelled).await?;
    house.close().await
}

/// A refused transfer changes nothing: they talk on.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_is_not_allowed_leaves_the_talk_as_it_was() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, _outside) = with_outside(Manner::Answers).await?;
    let cases = [
        (to_number("+442071234567"), Refused::NumberNotAllowed),
        (transfer(TransferTarget::Agent { agent: AgentId(99) }), Refused::NoSuchTarget),
        (transfer(TransferTarget::Queue { queue: contract::QueueId(99) }), Refused::NoSuchTarget),
    ];
    for (command, wanted) in cases {
        assert_eq!(house.gateway.call(call, agent, command).await, Err(wanted));
    }
    talk.say_tone(CALLER_HZ);
    rung.say_tone(AGENT_HZ);
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    house.close().await
}

/// Replaces (RFC 3891) in a REFER: we join no dialogs of a phone. It is told so (603), and the talk goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_would_join_two_dialogs_is_told_no_and_the_talk_goes_on() -> Outcome {
    let Pair { house, call, talk, rung, .. } = joined().await?;
    let other = "Replaces=a%40b%3Bto-tag%3Dx%3Bfrom-tag%3Dy";
    rung.refer(&format!("sip:802@{}?{other}", house.sip().ip())).await?;
    // 100 Trying, then the last word.
    rung.until("how it goes", |s| s.told.iter().filter(|event| *event == "refer").count() >= 2).await?;
    assert_eq!(house.book.of(call).iter().filter(|k| matches!(k, EventKind::TransferStarted { .. })).count(), 0);
    rung.hears("the caller still", |ear| ear.tone_ms(CALLER_HZ) >= 300).await?;
    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}

/// The transfer key of a phone does what the button does (REFER, RFC 3515).
#[tokio::test(flavor = "multi_thread")]
async fn the_transfer_key_of_a_phone_sends_the_caller_to_a_colleague() -> Outcome {
    let Pair { house, agent, talk, rung, .. } = joined().await?;
    let Desk { phone: mut other, .. } = house.agent(2, Manner::Answers).await?;
    rung.refer(&format!("sip:802@{}", house.sip().ip())).await?;
    let second = other.rung().await?;
    second.answered().await?;
    second_talk(&talk, &second).await?;
    is_free(&house, agent).await?;
    second.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}
