//! A whole gateway on loopback and the corners of SIP that phones reach seldom: late offers, answers that came early,
//! REFER by the wrong one, INFO, speech that comes too late. The far ends are written as plain messages (`line`).

mod browser;
mod visitor;
mod health;
mod house;
mod line;
mod pbx;
#[path = "../../../tests/pbx/peer.rs"]
mod pbx_peer;
#[path = "../peer/mod.rs"]
mod peer;

use contract::{Activity, CallCommand, EndCause, EventKind, OfferOutcome, SeatCommand, TransferTarget};
use cti_gateway::driver::Refused;
use cti_gateway::sip::message::Method;
use house::{AGENT, House, STATION_USER};
use line::{Line, OFFER, OFFER_HELD, Outcome};

/// A caller in the queue, offered to the agent's phone, not yet answered.
async fn ringing(house: &House) -> (Line, line::Talk, Line, line::Invited) {
    let mut phone = house.station().await;
    house.ready().await;
    let mut caller = house.caller().await;
    let talk = caller.dial("95500", Some(OFFER), Some(OFFER)).await.talk();
    let rung = phone.invited().await;
    (caller, talk, phone, rung)
}

async fn talking(house: &House) -> (Line, line::Talk, Line, line::Talk) {
    let (caller, talk, mut phone, rung) = ringing(house).await;
    let desk = phone.answer(rung, Some(OFFER)).await;
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { .. })).await;
    (caller, talk, phone, desk)
}

/// RFC 3264 §4: the caller's answer to our offer comes with the ACK; without one nobody would hear anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_an_offer_is_offered_ours_and_ends_where_the_ack_has_no_answer() {
    let house = House::open(&[]).await;
    let mut caller = house.caller().await;
    let talk = caller.dial("95501", None, Some(OFFER)).await.talk();
    assert!(talk.body.contains("PCMA/8000") && talk.body.contains("PCMU/8000"), "ours, whole: {}", talk.body);
    house.fact("a step of the flow", |k| matches!(k, EventKind::FlowStep { .. })).await;
    caller.hang_up(&talk).await;
    house.quiet().await;
    let _deaf = caller.dial("95501", None, None).await.talk();
    caller.request(Method::Bye).await;
    let ended = house.nth("the end of the call", 2, |k| matches!(k, EventKind::CallEnded { .. })).await;
    assert!(matches!(ended, EventKind::CallEnded { cause: EndCause::Failed, .. }), "{ended:?}");
    house.quiet().await;
}

/// RFC 3261 §14.2: a re-INVITE without a description asks for ours; its ACK may bring the hold, or take it back.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_resumes_without_an_offer_of_its_own_is_resumed() {
    let house = House::open(&[]).await;
    let (mut caller, talk, mut phone, mut desk) = talking(&house).await;
    phone.reinvite(&mut desk, Some(OFFER_HELD), None).await;
    house.fact("hold", |k| *k == EventKind::Held { agent: AGENT }).await;
    phone.reinvite(&mut desk, None, Some(OFFER)).await;
    house.fact("resume", |k| *k == EventKind::Resumed { agent: AGENT }).await;
    caller.hang_up(&talk).await;
    phone.request(Method::Bye).await;
    house.quiet().await;
}

/// A trunk may send its answer with 183 and leave it out of the 200.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_came_early_counts_where_the_200_has_none() {
    let house = House::open(&[]).await;
    let (mut caller, talk, mut phone, rung) = ringing(&house).await;
    phone.progress(&rung, 183, Some(OFFER)).await;
    phone.progress(&rung, 180, None).await;
    let _desk = phone.answer(rung, None).await;
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { .. })).await;
    assert_eq!(house.count(|k| matches!(k, EventKind::LegRinging { .. })), 1, "one phone rang, once");
    caller.hang_up(&talk).await;
    phone.request(Method::Bye).await;
    house.quiet().await;
}

/// A caller who could make us dial would dial with the agent's rights.
#[tokio::test(flavor = "multi_thread")]
async fn refer_is_carried_out_for_the_agents_phone_and_for_nobody_else() {
    let house = House::open(&[]).await;
    let (mut caller, mut talk, mut phone, mut desk) = talking(&house).await;
    caller.refer(&mut talk, "sip:02162345678@127.0.0.1").await;
    assert_eq!(caller.notified().await, "SIP/2.0 100 Trying");
    assert_eq!(caller.notified().await, "SIP/2.0 603 Decline");
    assert_eq!(house.gauges().await.talks, 1, "they talk on");
    phone.refer(&mut desk, "sip:02162345678@127.0.0.1").await;
    phone.notified().await;
    assert_eq!(phone.notified().await, "SIP/2.0 200 OK");
    house.fact("a transfer", |k| matches!(k, EventKind::TransferStarted { agent: AGENT, .. })).await;
    phone.request(Method::Bye).await;
    caller.hang_up(&talk).await;
    house.quiet().await;
}

/// Keys by INFO, in the ways gateways write them.
#[tokio::test(flavor = "multi_thread")]
async fn keys_come_by_info_in_every_spelling() {
    let house = House::open(&[]).await;
    let mut caller = house.caller().await;
    let mut talk = caller.dial("95501", Some(OFFER), Some(OFFER)).await.talk();
    for (content, body) in [
        ("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n"),
        ("application/dtmf-relay", "Signal= 2\r\nDuration= 160\r\n"),
        ("application/dtmf", "3"),
        ("application/dtmf", "11"),
    ] {
        caller.info(&mut talk, content, body).await;
    }
    let said = house.fact("digits", |k| matches!(k, EventKind::DigitsCollected { .. })).await;
    assert!(matches!(&said, EventKind::DigitsCollected { digits, .. } if digits == "123"), "{said:?}");
    caller.hang_up(&talk).await;
    house.quiet().await;
}

/// The caller pressed on while the sentence was still being spoken: what plays now must not be replaced by it.
#[tokio::test(flavor = "multi_thread")]
async fn speech_that_comes_after_the_caller_pressed_on_is_not_played() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("speech");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let command = ["sh", "-c", "cat >/dev/null; cat \"$0\"", pipe.to_str().unwrap()];
    let house = House::open(&command).await;
    let mut caller = house.caller().await;
    let mut talk = caller.dial("95502", Some(OFFER), Some(OFFER)).await.talk();
    house.fact("the question", |k| matches!(k, EventKind::FlowStep { .. })).await;
    caller.info(&mut talk, "application/dtmf", "1").await;
    house.fact("the digit", |k| matches!(k, EventKind::DigitsCollected { .. })).await;
    let wav = house::wav(2_000);
    tokio::task::spawn_blocking(move || std::fs::write(pipe, wav).unwrap()).await.unwrap();
    caller.request(Method::Bye).await;
    let ended = house.fact("the end", |k| matches!(k, EventKind::CallEnded { .. })).await;
    assert!(matches!(ended, EventKind::CallEnded { cause: EndCause::SelfService, .. }), "{ended:?}");
    house.quiet().await;
}

/// Nobody rings a phone that its agent is dialing us with.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_calls_from_the_own_phone_is_offered_nothing_meanwhile() {
    let house = House::open(&[]).await;
    let mut phone = house.station().await;
    house.ready().await;
    let talk = phone.dial("95501", Some(OFFER), Some(OFFER)).await.talk();
    let busy = |k: &EventKind| matches!(k, EventKind::SeatChanged { seat, .. } if matches!(seat.activity, Activity::Talking { .. }));
    house.fact("a busy seat", busy).await;
    let mut caller = house.caller().await;
    let waiting = caller.dial("95500", Some(OFFER), Some(OFFER)).await.talk();
    house.fact("a caller in the queue", |k| matches!(k, EventKind::Queued { .. })).await;
    assert_eq!(house.count(|k| matches!(k, EventKind::Offered { .. })), 0);
    phone.hang_up(&talk).await;
    let rung = phone.invited().await;
    caller.hang_up(&waiting).await;
    phone.cancelled(rung).await;
    let over = house.fact("the offer's end", |k| matches!(k, EventKind::OfferEnded { .. })).await;
    assert!(matches!(over, EventKind::OfferEnded { outcome: OfferOutcome::Withdrawn, .. }), "{over:?}");
    house.quiet().await;
    assert_eq!(house.gauges().await.orphans, 0);
}

/// Design, section 8: dialing out obeys number rules, and a colleague's extension is a colleague.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_obeys_the_rules_of_whoever_asks_for_it() {
    let house = House::open(&[]).await;
    let (mut caller, talk, mut phone, _desk) = talking(&house).await;
    let call = house.call();
    for (number, want) in [
        ("0014155552671", Refused::NumberNotAllowed),
        ("4711", Refused::NumberNotAllowed),
        ("  ", Refused::NoWayOut),
        (STATION_USER, Refused::NoSuchTarget),
    ] {
        let target = TransferTarget::Number { number: number.into() };
        let asked = house.gateway.call(call, AGENT, CallCommand::Transfer { target }).await;
        assert_eq!(asked, Err(want), "{number}");
    }
    assert_eq!(house.count(|k| matches!(k, EventKind::TransferStarted { .. })), 0, "they talk on");
    caller.hang_up(&talk).await;
    phone.request(Method::Bye).await;
    house.quiet().await;
}

/// What cannot come in is told why, and holds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_why() {
    let house = House::open(&[]).await;
    let mut caller = house.caller().await;
    let codec = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n";
    let endless = format!("{OFFER}{}", "a=more\r\n".repeat(3_000));
    for (dialed, sdp, want) in [
        ("95500", endless.as_str(), Outcome::Refused(400)),
        ("95500", codec, Outcome::Refused(488)),
        ("4711", OFFER, Outcome::Refused(404)),
    ] {
        assert_eq!(caller.dial(dialed, Some(sdp), None).await, want, "{dialed}");
    }
    assert!(house.gateway.seat(AGENT, SeatCommand::Ready, AGENT).await.is_err(), "nobody signed in");
    house.quiet().await;
    assert_eq!(house.gateway.media().gauges().ports_taken, 0);
}
