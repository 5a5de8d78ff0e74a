//! A station that is dialed: the agent's phone is a number outside, rung for each call over a trunk.

use contract::directory::AnswerBy;
use contract::{Activity, AgentId, EventKind, SeatCommand, SeatStatus, SeatWhy, StationHealth, StationId};
use zuoxi_tests::house::company::{OUTSIDE, OUTWARD, company, open_outward};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, Outcome};
use zuoxi_tests::phone::{Ending, Manner, Phone, PhoneConfig};

use crate::hear_each_other;

const AGENT: AgentId = AgentId(1);

/// Station 1 is a mobile phone; somebody stands for the world at the trunk, and agent 1 is ready there.
async fn at_mobile(manner: Manner) -> Result<(House, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let mut directory = company(&[AnswerBy::Phone, AnswerBy::Phone]);
    directory.stations.entry(StationId(1)).and_modify(|station| station.number = "139 1234 5678".into());
    let mut house = House::open(directory).await?;
    let mut config = PhoneConfig::new("mobile", house.sip()).manner(manner);
    config.local = OUTSIDE;
    let mobile = Phone::open(config, &house.sound).await?;
    let to = mobile.address();
    house.gateway.desktop(AGENT, true).await;
    house.seat(AGENT, SeatCommand::SignIn { station: Some(StationId(1)) }).await?;
    assert!(house.seat(AGENT, SeatCommand::Ready).await.is_err(), "no trunk takes the number yet");
    house.change(|directory| open_outward(directory, to)).await?;
    house.seat_is(AGENT, "reached", |seat| seat.health == StationHealth::Ok).await?;
    house.seat(AGENT, SeatCommand::Ready).await?;
    Ok((house, mobile))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_mobile_phone_is_dialed_for_each_call_and_recorded_like_any() -> Outcome {
    let (house, mut mobile) = at_mobile(Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    for n in 1..=2 {
        let talk = caller.dial("95500").await?;
        let rung = mobile.rung().await?;
        assert_eq!(rung.incoming().map(|i| i.dialed.as_str()), Some("+8613912345678"));
        rung.answer().await?;
        hear_each_other(&talk, &rung).await?;
        rung.hang_up().await?;
        talk.ends(&Ending::FarHungUp(None)).await?;
        let call = house.call(n).await?;
        house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
        house.seat_is(AGENT, "free", |seat| seat.activity == Activity::Idle && seat.status == SeatStatus::Ready).await?;
    }
    house.close().await
}

/// A trunk that refuses is the station's trouble: the seat pauses and says why; the caller goes to a colleague.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_cannot_be_reached_pauses_the_seat_and_the_caller_goes_on() -> Outcome {
    let (mut house, _mobile) = at_mobile(Manner::Refuses(404)).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let paused = |seat: &contract::Seat| matches!(seat.status, SeatStatus::NotReady { .. }) && seat.status_why == SeatWhy::StationFailed;
    house.seat_is(AGENT, "paused by its station", paused).await?;
    let mut other = house.agent(2, Manner::Answers).await?;
    let rung = other.phone.rung().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    rung.ended().await?;
    // Without a trunk the seat knows before anybody calls.
    house.change(|directory| drop(directory.trunks.remove(&OUTWARD))).await?;
    house.seat_is(AGENT, "not reached", |seat| seat.health == StationHealth::Unreachable).await?;
    let lost = |kind: &EventKind| matches!(kind, EventKind::StationLost { station: StationId(1), .. });
    assert_eq!(house.book.count(lost), 1);
    house.close().await
}
