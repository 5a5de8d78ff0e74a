//! Keys a caller presses, in each of the three ways phones know, reach the flow once and in order.

use contract::directory::AnswerBy;
use contract::{EndCause, EventKind, HungUpBy};
use cti_gateway::sip::message::Message;
use zuoxi_tests::house::company::{company, queue_id};
use zuoxi_tests::house::{Desk, House, Outcome};
use zuoxi_tests::phone::{Gate, Keys, Manner, Phone, PhoneConfig};

const SIXTEEN: &str = "0123456789987654";

/// A menu choice and sixteen digits in a row, pressed ahead of the prompt.
async fn keys_lead_through_the_flow(keys: Keys, events: bool) -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut config = PhoneConfig::new("caller", house.sip()).number("13800138000");
    config.events = events;
    let caller = Phone::open(config, &house.sound).await?;
    let talk = caller.dial("95502").await?;
    talk.answered().await?;
    talk.expect_sound().await?;
    talk.press(SIXTEEN, keys).await?;
    let call = house.call(1).await?;
    let digits = house.fact(call, "sixteen digits", |k| matches!(k, EventKind::DigitsCollected { .. })).await?;
    assert!(matches!(&digits, EventKind::DigitsCollected { digits, .. } if digits == SIXTEEN), "{digits:?}");
    talk.ended().await?;

    let Desk { mut phone, .. } = house.agent(1, Manner::Rings).await?;
    let talk = caller.dial("95501").await?;
    talk.answered().await?;
    talk.expect_sound().await?;
    talk.press("2", keys).await?;
    let call = house.call(2).await?;
    let queued = house.fact(call, "a queue", |k| matches!(k, EventKind::Queued { .. })).await?;
    assert!(matches!(queued, EventKind::Queued { queue, .. } if queue == queue_id("second")), "{queued:?}");
    let chosen = |k: &EventKind| matches!(k, EventKind::DigitsCollected { label: Some(label), .. } if label == "two");
    house.fact(call, "the choice with its label", chosen).await?;
    phone.rung().await?;
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn telephone_events_lead_through_the_flow() -> Outcome {
    keys_lead_through_the_flow(Keys::Media, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sip_info_leads_through_the_flow() -> Outcome {
    keys_lead_through_the_flow(Keys::Info, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tones_of_a_phone_without_telephone_events_lead_through_the_flow() -> Outcome {
    keys_lead_through_the_flow(Keys::Media, false).await
}

/// A request repeated because its answer was late is one key, not two.
#[tokio::test(flavor = "multi_thread")]
async fn an_info_sent_again_is_one_digit() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95502").await?;
    talk.answered().await?;
    let answers_to_info: fn(&Message) -> bool =
        |m| matches!(m, Message::Response(r) if r.headers.cseq().is_ok_and(|c| c.method.as_str() == "INFO"));
    caller.gate(Gate { out: None, into: Some(answers_to_info) }).await?;
    talk.press("7", Keys::Info).await?;
    caller.caught_at_least(2).await?;
    caller.gate(Gate::default()).await?;
    talk.press(&SIXTEEN[1..], Keys::Info).await?;
    let call = house.call(1).await?;
    let digits = house.fact(call, "sixteen digits", |k| matches!(k, EventKind::DigitsCollected { .. })).await?;
    let wanted = format!("7{}", &SIXTEEN[1..]);
    assert!(matches!(&digits, EventKind::DigitsCollected { digits, .. } if *digits == wanted), "{digits:?}");
    talk.ended().await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(end, EventKind::CallEnded { cause: EndCause::SelfService, by: HungUpBy::System });
    house.close().await
}
