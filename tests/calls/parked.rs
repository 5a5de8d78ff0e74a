//! A caller is parked: music, nobody, and whoever lifts a phone for them has them, or who parked them again.

use contract::{Activity, AgentId, CallCommand, EventKind, ParkOutcome, SeatStatus};
use cti_gateway::call::CommandRefused;
use cti_gateway::driver::Refused;
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, MUSIC_HZ, Outcome, SECOND_HZ, stereo_holds};
use zuoxi_tests::phone::{Ending, Manner};

use crate::{Pair, joined};

async fn is_free(house: &House, agent: AgentId) -> Outcome {
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(agent, "free", free).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_caller_hears_music_and_a_colleague_takes_them() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    let mut desk = house.agent(2, Manner::Answers).await?;
    house.command(call, agent, CallCommand::Park).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, agent).await?;
    talk.hears("the music", |ear| ear.tone_ms(MUSIC_HZ) >= 300).await?;

    house.gateway.fetch(call, desk.agent).await?;
    let taken = desk.phone.rung().await?;
    taken.answered().await?;
    taken.say_tone(SECOND_HZ);
    talk.expect_tone(SECOND_HZ).await?;
    taken.expect_tone(CALLER_HZ).await?;

    talk.hang_up().await?;
    taken.ends(&Ending::FarHungUp(None)).await?;
    is_free(&house, desk.agent).await?;
    let recordings = house.recordings(call).await?;
    let [first, second] = recordings.as_slice() else { return Err(format!("two talks: {recordings:?}").into()) };
    stereo_holds(first, CALLER_HZ, AGENT_HZ)?;
    stereo_holds(second, CALLER_HZ, SECOND_HZ)?;
    let ended = house.fact(call, "the end of the parking", |k| matches!(k, EventKind::ParkEnded { .. })).await?;
    assert!(matches!(ended, EventKind::ParkEnded { slot: 1, outcome: ParkOutcome::Retrieved, by: Some(by), .. } if by == desk.agent));
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_a_break_may_take_a_parked_caller_and_is_on_the_break_again_afterwards() -> Outcome {
    let Pair { house, call, agent, mut phone, talk, rung, .. } = joined().await?;
    house.command(call, agent, CallCommand::Park).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    house.seat(agent, contract::SeatCommand::NotReady { reason: None }).await?;
    house.gateway.fetch(call, agent).await?;
    let again = phone.rung().await?;
    again.answered().await?;
    again.say_tone(SECOND_HZ);
    talk.expect_tone(SECOND_HZ).await?;
    again.hang_up().await?;
    talk.ended().await?;
    let pausing = |s: &contract::Seat| s.activity == Activity::Idle && matches!(s.status, SeatStatus::NotReady { .. });
    house.seat_is(agent, "on the break", pausing).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_not_lifted_leaves_the_caller_parked_and_its_agent_free() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    let mut desk = house.agent(2, Manner::Rings).await?;
    house.command(call, agent, CallCommand::Park).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    house.gateway.fetch(call, desk.agent).await?;
    let ringing = desk.phone.rung().await?;
    let busy = house.gateway.fetch(call, agent).await;
    assert!(matches!(busy, Err(Refused::Call(CommandRefused::WrongState { state: "being_taken", .. }))), "{busy:?}");
    ringing.reject(486).await?;
    is_free(&house, desk.agent).await?;
    talk.hears("the music", |ear| ear.tone_ms(MUSIC_HZ) >= 300).await?;
    talk.hang_up().await?;
    let ended = house.fact(call, "the end of the parking", |k| matches!(k, EventKind::ParkEnded { .. })).await?;
    assert!(matches!(ended, EventKind::ParkEnded { outcome: ParkOutcome::CallerLeft, by: None, .. }));
    house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nobody_takes_the_caller_in_time_the_phone_of_who_parked_rings() -> Outcome {
    let Pair { mut house, call, agent, mut phone, talk, rung, .. } = joined().await?;
    house.change(|directory| directory.company.park_seconds = 1).await?;
    house.command(call, agent, CallCommand::Park).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let again = phone.rung().await?;
    again.answered().await?;
    again.say_tone(SECOND_HZ);
    talk.expect_tone(SECOND_HZ).await?;
    let late = |k: &EventKind| matches!(k, EventKind::ParkEnded { outcome: ParkOutcome::NobodyCame, .. });
    house.fact(call, "a parking that was too long", late).await?;
    talk.hang_up().await?;
    is_free(&house, agent).await?;
    house.close().await
}
