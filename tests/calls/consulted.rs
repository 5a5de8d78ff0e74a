//! An agent asks somebody into the talk: who hears whom at each step, by tone; and whoever leaves, the rest goes on, the phones
//! of those who left are free, and what is recorded is what the caller heard.

use contract::directory::AnswerBy;
use contract::{
    Activity, AgentId, CallCommand, EventKind, InteractionId, SeatStatus, SuperviseCommand, SuperviseMode, TransferTarget,
};
use cti_gateway::call::CommandRefused;
use cti_gateway::driver::Refused;
use cti_gateway::media::tone;
use zuoxi_tests::house::company::{company, queue_id};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome, SECOND_HZ, stereo_holds};
use zuoxi_tests::phone::{Ear, Ending, Manner, Phone, Talk};

use crate::transfers::with_outside;
use crate::{Pair, joined, joined_in};

type Trouble = Box<dyn std::error::Error + Send + Sync>;

const THIRD_HZ: f64 = 1500.0;

fn consult(target: TransferTarget) -> CallCommand {
    CallCommand::Consult { target }
}

fn colleague(agent: AgentId) -> CallCommand {
    consult(TransferTarget::Agent { agent })
}

async fn is_free(house: &House, agent: AgentId) -> Outcome {
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(agent, "free", free).await?;
    Ok(())
}

async fn hears_both(talk: &Talk, a: f64, b: f64) -> Outcome {
    Ok(talk.hears(&format!("{a} and {b} Hz at once"), |ear| ear.heard_both(a, b)).await?)
}

/// What was under way before has been heard out; then nothing but this.
async fn hears_only(talk: &Talk, hz: f64) -> Outcome {
    talk.hears(&format!("{hz} Hz by now"), |ear| ear.tone_ms(hz) >= 300).await?;
    Ok(talk.expect_only(hz).await?)
}

/// A caller and agent 1 in talk, agent 2 asked and there, with a tone of its own.
async fn consulting() -> Result<(Pair, Desk, Talk), Trouble> {
    let pair = joined().await?;
    let mut desk = pair.house.agent(2, Manner::Answers).await?;
    pair.house.command(pair.call, pair.agent, colleague(desk.agent)).await?;
    let ben = comes(&mut desk.phone, SECOND_HZ).await?;
    pair.house.fact(pair.call, "the colleague there", |k| matches!(k, EventKind::ConsultAnswered { .. })).await?;
    Ok((pair, desk, ben))
}

/// The phone is lifted, and its tone begins.
async fn comes(phone: &mut Phone, hz: f64) -> Result<Talk, Trouble> {
    let talk = phone.rung().await?;
    talk.answered().await?;
    talk.say_tone(hz);
    Ok(talk)
}

fn count(house: &House, call: InteractionId, is: impl Fn(&EventKind) -> bool) -> usize {
    house.book.of(call).iter().filter(|kind| is(kind)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_and_colleague_talk_alone_then_the_colleague_has_the_caller() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    hears_only(&talk, MUSIC_HZ).await?;
    hears_only(&rung, SECOND_HZ).await?;
    hears_only(&ben, AGENT_HZ).await?;

    house.command(call, agent, CallCommand::Complete).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, agent).await?;
    hears_only(&ben, CALLER_HZ).await?;
    hears_only(&talk, SECOND_HZ).await?;

    talk.hang_up().await?;
    ben.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, desk.agent).await?;
    let recordings = house.recordings(call).await?;
    let [first, second] = recordings.as_slice() else { return Err(format!("two talks: {recordings:?}").into()) };
    stereo_holds(first, CALLER_HZ, AGENT_HZ)?;
    stereo_holds(second, CALLER_HZ, SECOND_HZ)?;
    // What agent and colleague said to each other is in neither.
    let mut ours = Ear::at_begin(first, 2, 1);
    ours.listen();
    let last_second = &ours.samples()[ours.samples().len() - 8000..];
    assert!(!ours.heard_tone(SECOND_HZ) && tone::power(last_second) < -45.0);
    house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(count(&house, call, |k| matches!(k, EventKind::CallArrived { .. })), 1);
    assert_eq!(count(&house, call, |k| matches!(k, EventKind::TalkStarted { .. })), 2);
    assert_eq!(count(&house, call, |k| matches!(k, EventKind::CallEnded { .. })), 1);
    assert_eq!(count(&house, call, |k| matches!(k, EventKind::Queued { .. })), 1, "nobody waited again");
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn swap_changes_who_waits_with_music() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    house.command(call, agent, CallCommand::Swap).await?;
    hears_only(&rung, CALLER_HZ).await?;
    hears_only(&talk, AGENT_HZ).await?;
    hears_only(&ben, MUSIC_HZ).await?;
    house.command(call, agent, CallCommand::Swap).await?;
    hears_only(&rung, SECOND_HZ).await?;
    hears_only(&talk, MUSIC_HZ).await?;
    hears_only(&ben, AGENT_HZ).await?;
    house.command(call, agent, CallCommand::Drop { leg: None }).await?;
    ben.ends(&Ending::FarHungUp(None)).await?;
    hears_only(&rung, CALLER_HZ).await?;
    hears_only(&talk, AGENT_HZ).await?;
    is_free(&house, desk.agent).await?;
    talk.hang_up().await?;
    is_free(&house, agent).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_conference_of_three_each_hears_the_other_two_and_all_of_it_is_recorded() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    house.command(call, agent, CallCommand::Join).await?;
    hears_both(&talk, AGENT_HZ, SECOND_HZ).await?;
    hears_both(&rung, CALLER_HZ, SECOND_HZ).await?;
    hears_both(&ben, CALLER_HZ, AGENT_HZ).await?;
    // Who asked leaves, the two go on.
    house.command(call, agent, CallCommand::Complete).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    talk.hears("the colleague alone", |ear| ear.tone_ms(SECOND_HZ) >= 500).await?;
    is_free(&house, agent).await?;
    ben.hang_up().await?;
    talk.ended().await?;
    is_free(&house, desk.agent).await?;
    let recordings = house.recordings(call).await?;
    let mut ours = Ear::at_begin(&recordings[0], 2, 1);
    ours.listen();
    assert!(ours.heard_both(AGENT_HZ, SECOND_HZ), "what the caller heard of both");
    let mut theirs = Ear::at_begin(&recordings[0], 2, 0);
    theirs.listen();
    assert!(theirs.heard_tone(CALLER_HZ) && !theirs.heard_other_than(CALLER_HZ));
    stereo_holds(&recordings[1], CALLER_HZ, SECOND_HZ)?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fourth_is_asked_while_the_others_talk_on_and_hears_all_once_joined() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone])).await?;
    let Pair { house, call, agent, talk, rung, .. } = joined_in(house).await?;
    let (mut two, mut three) = (house.agent(2, Manner::Answers).await?, house.agent(3, Manner::Answers).await?);
    house.command(call, agent, colleague(two.agent)).await?;
    let ben = comes(&mut two.phone, SECOND_HZ).await?;
    house.fact(call, "there", |k| matches!(k, EventKind::ConsultAnswered { .. })).await?;
    house.command(call, agent, CallCommand::Join).await?;
    house.command(call, agent, colleague(three.agent)).await?;
    let cim = comes(&mut three.phone, THIRD_HZ).await?;
    rung.hears("the fourth alone", |ear| ear.tone_ms(THIRD_HZ) >= 500).await?;
    talk.hears("the third alone", |ear| ear.tone_ms(SECOND_HZ) >= 500).await?;
    house.command(call, agent, CallCommand::Join).await?;
    hears_both(&cim, CALLER_HZ, SECOND_HZ).await?;
    hears_both(&cim, AGENT_HZ, SECOND_HZ).await?;
    hears_both(&talk, AGENT_HZ, THIRD_HZ).await?;
    hears_both(&ben, CALLER_HZ, THIRD_HZ).await?;
    // One of them hangs up the phone: the others notice nothing else.
    cim.hang_up().await?;
    is_free(&house, three.agent).await?;
    hears_both(&talk, AGENT_HZ, SECOND_HZ).await?;
    talk.hang_up().await?;
    ben.ends(&Ending::FarHungUp(None)).await?;
    rung.ended().await?;
    is_free(&house, two.agent).await?;
    house.close().await
}

/// The phone is put down, or its line breaks: the caller is with whoever was asked, not cut off.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_hangs_up_the_phone_in_a_consultation_has_transferred() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    rung.hang_up().await?;
    hears_only(&ben, CALLER_HZ).await?;
    hears_only(&talk, SECOND_HZ).await?;
    is_free(&house, agent).await?;
    house.command(call, desk.agent, CallCommand::Hangup).await?;
    talk.ended().await?;
    is_free(&house, desk.agent).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_leaves_during_a_consultation_ends_it_for_all() -> Outcome {
    let (Pair { house, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    ben.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, agent).await?;
    is_free(&house, desk.agent).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_rejects_or_is_called_off_gives_the_agent_back_to_the_caller() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    let mut desk = house.agent(2, Manner::Rings).await?;
    house.command(call, agent, colleague(desk.agent)).await?;
    let ben = desk.phone.rung().await?;
    rung.hears("that a phone rings", |ear| ear.heard_tone(450.0)).await?;
    house.command(call, agent, CallCommand::Drop { leg: None }).await?;
    ben.ended().await?;
    hears_only(&rung, CALLER_HZ).await?;
    hears_only(&talk, AGENT_HZ).await?;
    is_free(&house, desk.agent).await?;
    house.command(call, agent, colleague(desk.agent)).await?;
    desk.phone.rung().await?.reject(486).await?;
    house.fact(call, "nobody came", |k| matches!(k, EventKind::ConsultFailed { cause: contract::EndCause::Rejected, .. })).await?;
    hears_only(&rung, CALLER_HZ).await?;
    talk.hang_up().await?;
    house.close().await
}

/// The seat of who was asked is held, and the queue's figures know of one caller.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_asked_and_whoever_it_has_comes() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    let target = TransferTarget::Queue { queue: queue_id("second") };
    house.command(call, agent, consult(target)).await?;
    let mut desk = house.agent(2, Manner::Answers).await?;
    let ben = comes(&mut desk.phone, SECOND_HZ).await?;
    hears_only(&rung, SECOND_HZ).await?;
    assert_eq!(count(&house, call, |k| matches!(k, EventKind::Queued { .. })), 1);
    house.command(call, agent, CallCommand::Complete).await?;
    hears_only(&ben, CALLER_HZ).await?;
    let talks = |k: &EventKind| matches!(k, EventKind::TalkStarted { queue: Some(queue), .. } if *queue == queue_id("second"));
    assert_eq!(count(&house, call, talks), 1, "the talk is the asked queue's");
    talk.hang_up().await?;
    is_free(&house, desk.agent).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_outside_is_asked_joins_and_goes_on_with_the_caller_alone() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, mut outside) = with_outside(Manner::Answers).await?;
    let target = TransferTarget::Number { number: "010-62345678".into() };
    house.command(call, agent, consult(target)).await?;
    let far = comes(&mut outside, SECOND_HZ).await?;
    hears_only(&rung, SECOND_HZ).await?;
    house.command(call, agent, CallCommand::Join).await?;
    hears_both(&talk, AGENT_HZ, SECOND_HZ).await?;
    hears_both(&far, CALLER_HZ, AGENT_HZ).await?;
    house.command(call, agent, CallCommand::Complete).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    far.hears("the caller alone", |ear| ear.tone_ms(CALLER_HZ) >= 500).await?;
    is_free(&house, agent).await?;
    far.hang_up().await?;
    talk.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_consultation_does_not_allow_is_refused_with_the_rule() -> Outcome {
    let (Pair { house, call, agent, talk, rung, .. }, desk, ben) = consulting().await?;
    let refused = |command: CallCommand, by: AgentId| {
        let house = &house;
        async move {
            match house.gateway.call(call, by, command).await {
                Err(Refused::Call(refusal)) => Ok(refusal),
                other => Err(format!("not refused by the call: {other:?}")),
            }
        }
    };
    let again = refused(colleague(AgentId(1)), desk.agent).await?;
    assert!(matches!(again, CommandRefused::WrongState { .. }), "who was asked asks nobody: {again}");
    assert!(matches!(refused(consult(TransferTarget::Queue { queue: queue_id("vip") }), agent).await?, CommandRefused::WrongState { .. }));
    let own = house.gateway.call(call, agent, colleague(agent)).await;
    assert!(matches!(own, Err(Refused::NoSuchTarget)), "{own:?}");
    hears_only(&rung, SECOND_HZ).await?;
    hears_only(&ben, AGENT_HZ).await?;
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_who_takes_the_talk_over_has_the_caller_and_the_agent_is_free() -> Outcome {
    const CHIEF: AgentId = AgentId(3);
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone, AnswerBy::Phone])).await?;
    let Pair { house, call, agent, talk, rung, .. } = joined_in(house).await?;
    let Desk { mut phone, .. } = house.sits_down(house.station_config(3, Manner::Answers), 3).await?;
    let join = SuperviseCommand::Join { mode: SuperviseMode::Listen, reason: String::new() };
    house.gateway.supervise(call, CHIEF, Some(agent), join).await?;
    let chief = comes(&mut phone, SECOND_HZ).await?;
    hears_both(&chief, CALLER_HZ, AGENT_HZ).await?;
    hears_only(&talk, AGENT_HZ).await?;
    house.gateway.supervise(call, CHIEF, None, SuperviseCommand::TakeOver).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, agent).await?;
    hears_only(&talk, SECOND_HZ).await?;
    hears_only(&chief, CALLER_HZ).await?;
    house.command(call, CHIEF, CallCommand::Hold).await?;
    hears_only(&talk, MUSIC_HZ).await?;
    house.command(call, CHIEF, CallCommand::Hangup).await?;
    talk.ended().await?;
    chief.ended().await?;
    house.seat_is(CHIEF, "free", |seat| seat.activity == Activity::Idle).await?;
    assert_eq!(house.recordings(call).await?.len(), 2);
    house.close().await
}
