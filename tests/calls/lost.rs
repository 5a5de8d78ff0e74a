//! What a caller lives through when something breaks on our side: a phone, a transfer, a flow, the room for one more leg.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use contract::directory::{AnswerBy, FlowSource, Number};
use contract::{
    CallCommand, Caller, Candidate, ContactPointId, CustomerId, EndCause, EventKind, Lookup, MatchReason, OfferOutcome,
    SeatStatus, SeatWhy,
};
use cti_gateway::call::CommandRefused;
use cti_gateway::driver::Refused;
use cti_gateway::sip::api::{Limits, Transport};
use zuoxi_tests::house::company::{OUTSIDE, company, open_outward};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome, SECOND_HZ};
use zuoxi_tests::phone::{Ending, Manner, Phone, PhoneConfig};

use crate::transfers::to_number;
use crate::{Pair, hear_each_other, joined};

const TWO: [AnswerBy; 2] = [AnswerBy::Phone, AnswerBy::Phone];

/// The agent's phone loses its power in mid-talk: nobody has hung up, and the caller is not cut.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_agent_s_phone_dies_is_asked_to_wait_and_gets_the_next_agent() -> Outcome {
    let house = House::open(company(&TWO)).await?;
    let mut config = house.station_config(1, Manner::Answers);
    config.transport = Transport::Tcp;
    let Desk { agent, mut phone } = house.sits_down(config, 1).await?;
    house.seat(agent, contract::SeatCommand::Ready).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    let call = house.call(1).await?;
    phone.power_off().await?;
    let gone = |s: &contract::Seat| matches!(s.status, SeatStatus::NotReady { .. });
    house.seat_is(agent, "not ready", gone).await?;
    house.fact(call, "the end of the talk", |k| matches!(k, EventKind::TalkEnded { .. })).await?;
    talk.hears("a word", |ear| ear.heard_other_than(MUSIC_HZ)).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    let Desk { phone: mut second, .. } = house.agent(2, Manner::Answers).await?;
    let next = second.rung().await?;
    next.answered().await?;
    next.say_tone(SECOND_HZ);
    next.expect_tone(CALLER_HZ).await?;
    talk.expect_tone(SECOND_HZ).await?;
    talk.hang_up().await?;
    next.ends(&Ending::FarHungUp(None)).await?;
    let seat = house.seat_is(agent, "not ready", gone).await?;
    assert_eq!(seat.status_why, SeatWhy::StationFailed, "and the agent is told why");
    assert_eq!(house.recordings(call).await?.len(), 2, "each talk has its recording");
    house.close().await
}

const TO_AN_AGENT: &str = "
name: straight
language: en
start: ask
nodes:
  ask: { kind: transfer, agent: agent 1, failed: bye }
  bye: { kind: hangup, prompts: [transfer-failed] }
";

/// No queue is behind this caller: a transfer that fails leads back to who transferred.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_queue_whose_transfer_fails_gets_the_agent_back() -> Outcome {
    let mut directory = company(&TWO);
    directory.flows.insert("straight".into(), FlowSource { version: 1, yaml: TO_AN_AGENT.into() });
    directory.numbers.push(Number { pattern: "95503".into(), flow: "straight".into() });
    let mut house = House::open(directory).await?;
    let mut config = PhoneConfig::new("outside", house.sip()).manner(Manner::Refuses(486));
    config.local = OUTSIDE;
    let outside = Phone::open(config, &house.sound).await?;
    let to = outside.address();
    house.change(|directory| open_outward(directory, to)).await?;
    let Desk { agent, mut phone } = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95503").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    let call = house.call(1).await?;
    house.command(call, agent, to_number("010-62345678")).await?;
    let failed = house.fact(call, "a failed transfer", |k| matches!(k, EventKind::TransferFailed { .. })).await?;
    assert!(matches!(failed, EventKind::TransferFailed { cause: EndCause::Busy, .. }), "{failed:?}");
    let again = phone.rung().await?;
    again.answered().await?;
    again.say_tone(SECOND_HZ);
    talk.expect_tone(SECOND_HZ).await?;
    // Nobody there a second time: the flow's own way out, with its words.
    phone.set_manner(Manner::Refuses(486));
    house.command(call, agent, to_number("010-62345678")).await?;
    talk.hears("the flow's words", |ear| ear.heard_other_than(MUSIC_HZ)).await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.close().await
}

/// The first thing a caller of a company in trouble hears is not an error tone.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_whose_flow_cannot_run_says_sorry_and_is_counted() -> Outcome {
    let mut directory = company(&[]);
    let house = House::open(directory.clone()).await?;
    let yaml = TO_AN_AGENT.replace("agent 1", "nobody at all");
    directory.flows.insert("straight".into(), FlowSource { version: 2, yaml });
    directory.numbers.push(Number { pattern: "95503".into(), flow: "straight".into() });
    directory.version = 2;
    let faults = house.gateway.directory(Arc::new(directory)).await;
    assert!(matches!(&faults[..], [fault] if fault.flow == "straight" && !fault.older_runs), "{faults:?}");
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95503").await?;
    talk.answered().await?;
    talk.expect_sound().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    let call = house.call(1).await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert!(matches!(end, EventKind::CallEnded { cause: EndCause::Failed, .. }), "{end:?}");
    let gauges = house.gateway.gauges().await;
    assert_eq!((gauges.broken_flows, gauges.apologies), (1, 1));
    caller.dial("95999").await?.refused(404).await?;
    house.close().await
}

/// There is room for one leg: the caller's. That is not the agent's fault.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_phone_is_not_rung_for_want_of_room_here_stays_ready() -> Outcome {
    let small = Limits { dialogs: 1, ..Limits::default() };
    let house = House::open_with(company(&TWO), |config| config.sip.limits = small).await?;
    let Desk { agent, phone } = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let call = house.call(1).await?;
    let withdrawn = |k: &EventKind| matches!(k, EventKind::OfferEnded { outcome: OfferOutcome::Withdrawn, .. });
    house.fact(call, "an offer taken back", withdrawn).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    talk.hang_up().await?;
    house.quiet().await?;
    let left = house.book.count(|k| match k {
        EventKind::SeatChanged { seat, .. } => seat.agent == agent && seat.status_why == SeatWhy::StationFailed,
        _ => false,
    });
    assert_eq!((left, phone.busy_lines()), (0, 0));
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_phone_holds_is_taken_back_by_the_phone() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    rung.hold().await?;
    house.fact(call, "hold", |k| *k == EventKind::Held { agent }).await?;
    let refused = house.gateway.call(call, agent, CallCommand::Resume).await;
    assert_eq!(refused, Err(Refused::Call(CommandRefused::PhoneHolds)));
    talk.expect_tone(MUSIC_HZ).await?;
    rung.resume().await?;
    talk.expect_tone(AGENT_HZ).await?;
    rung.expect_tone(CALLER_HZ).await?;
    talk.hang_up().await?;
    house.close().await
}

/// A phone that can be told to: the button on the desk presses its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_obeys_is_told_to_take_the_call_back() -> Outcome {
    let house = House::open(company(&[AnswerBy::TalkEvent])).await?;
    let Pair { house, call, agent, talk, rung, .. } = crate::joined_in(house).await?;
    rung.hold().await?;
    house.fact(call, "hold", |k| *k == EventKind::Held { agent }).await?;
    house.command(call, agent, CallCommand::Resume).await?;
    rung.until("a word to talk", |s| s.told.iter().any(|event| event == "talk")).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    rung.resume().await?;
    house.fact(call, "resumed", |k| *k == EventKind::Resumed { agent }).await?;
    talk.expect_tone(AGENT_HZ).await?;
    rung.expect_tone(CALLER_HZ).await?;
    talk.hang_up().await?;
    house.close().await
}

/// Knows whoever is asked about, and notes it.
#[derive(Default)]
struct Knowing(Mutex<Vec<(String, bool)>>);

impl Lookup for Knowing {
    fn identify(&self, caller: Caller) -> Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        if let Ok(mut asked) = self.0.lock() {
            asked.push((caller.raw, caller.number.is_some()));
        }
        Box::pin(std::future::ready(vec![Candidate {
            customer: CustomerId(1),
            contact: None,
            point: ContactPointId(1),
            reason: MatchReason::Tail,
            confidence: 40,
            vip: false,
        }]))
    }
}

/// A trunk that cuts off the area code: no number of any plan, and still somebody's last digits.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_number_reads_as_none_is_looked_up_all_the_same() -> Outcome {
    let store = Arc::new(Knowing::default());
    let house = House::open_asking(company(&[]), store.clone(), |_| {}).await?;
    let caller = house.caller("687654321").await?;
    let talk = caller.dial("95500").await?;
    let call = house.call(1).await?;
    house.fact(call, "who may be calling", |k| matches!(k, EventKind::CallerIdentified { .. })).await?;
    assert_eq!(*store.0.lock().map_err(|e| e.to_string())?, [("687654321".to_owned(), false)]);
    talk.hang_up().await?;
    house.close().await
}
