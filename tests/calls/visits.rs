//! An agent sends the caller to a flow: keys that the agent neither hears nor records, and the caller back with a result.

use contract::{Activity, CallCommand, EventKind, RecordingId, SeatStatus, TransferTarget};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Outcome, stereo_holds};
use zuoxi_tests::phone::{Ending, Keys};

use crate::{Pair, joined};

fn to(flow: &str) -> CallCommand {
    CallCommand::Transfer { target: TransferTarget::Flow { flow: flow.into() } }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_gets_the_caller_back_with_what_the_flow_found_and_has_heard_no_key() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, to("check")).await?;
    house.fact(call, "the flow", |k| matches!(k, EventKind::SentToFlow { .. })).await?;
    rung.expect_silence().await?;
    talk.press("1234", Keys::Media).await?;
    let back = house.fact(call, "the caller back", |k| matches!(k, EventKind::CameBack { .. })).await?;
    assert!(matches!(back, EventKind::CameBack { result: Some(ref result), .. } if result == "verified"), "{back:?}");
    talk.expect_tone(AGENT_HZ).await?;
    rung.expect_tone(CALLER_HZ).await?;

    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(agent, "free", free).await?;
    let recordings = house.recordings(call).await?;
    let [one] = recordings.as_slice() else { return Err(format!("one talk: {recordings:?}").into()) };
    stereo_holds(one, CALLER_HZ, AGENT_HZ)?;
    let (mut paused, mut resumed): (Vec<RecordingId>, Vec<RecordingId>) = (vec![], vec![]);
    for kind in house.book.of(call) {
        match kind {
            EventKind::RecordingPaused { recording, reason, .. } => {
                assert_eq!(reason, "flow check");
                paused.push(recording);
            }
            EventKind::RecordingResumed { recording, .. } => resumed.push(recording),
            EventKind::DigitsCollected { digits, .. } => assert_eq!(digits, "••••", "a secret stays one"),
            _ => {}
        }
    }
    assert!(paused.len() == 1 && paused == resumed);
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_takes_the_caller_out_of_the_flow() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, to("check")).await?;
    house.fact(call, "the flow", |k| matches!(k, EventKind::SentToFlow { .. })).await?;
    house.command(call, agent, CallCommand::Resume).await?;
    talk.hears("the agent by now", |ear| ear.tone_ms(AGENT_HZ) >= 300).await?;
    talk.expect_only(AGENT_HZ).await?;
    talk.hang_up().await?;
    rung.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_begins_when_the_agent_leaves_and_ends_the_call() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, to("survey")).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    house.seat_is(agent, "free", |s| s.activity == Activity::Idle && s.status == SeatStatus::Ready).await?;
    talk.press("1", Keys::Media).await?;
    let keyed = house.fact(call, "the answer", |k| matches!(k, EventKind::DigitsCollected { .. })).await?;
    assert!(matches!(keyed, EventKind::DigitsCollected { ref digits, .. } if digits == "1"));
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    house.close().await
}
