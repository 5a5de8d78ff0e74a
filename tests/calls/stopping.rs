//! The node stops: calls may finish; those that do not are ended in order, and nothing is lost.

use std::time::Duration;

use contract::{EndCause, EventKind, HungUpBy};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, Outcome};
use zuoxi_tests::house::company::company;
use zuoxi_tests::phone::Ending;

use crate::{Pair, joined};

#[tokio::test(flavor = "multi_thread")]
async fn what_still_talks_when_grace_is_over_is_ended_with_bye_and_its_recording_is_whole() -> Outcome {
    let Pair { house, call, talk, rung, .. } = joined().await?;
    let cut = house.gateway.stop(Duration::from_millis(300)).await;
    assert_eq!(cut, 1);
    talk.ends(&Ending::FarHungUp(None)).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::Shutdown, by: HungUpBy::System });
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    house.quiet().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_waits_when_grace_is_over_is_let_go() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.expect_sound().await?;
    assert_eq!(house.gateway.stop(Duration::ZERO).await, 1);
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.quiet().await
}
