//! Calls that do not come in: each with the status its reason has, and without a trace inside.

use std::time::Duration;

use bytes::Bytes;
use contract::directory::AnswerBy;
use contract::{EndCause, EventKind};
use cti_gateway::sip::api::Transport;
use zuoxi_tests::house::company::{STATIONS, STRANGERS, company, number};
use zuoxi_tests::house::{Desk, House, Outcome};
use zuoxi_tests::phone::{Dialing, Manner, Phone, PhoneConfig, Trouble};

use crate::{hear_each_other, joined};

async fn nothing_happened(house: House) -> Outcome {
    assert_eq!(house.book.calls(), [], "a refused call is no call");
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_number_is_404() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    caller.dial("95999").await?.refused(404).await?;
    nothing_happened(house).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_403_over_udp_and_tcp() -> Outcome {
    let house = House::open(company(&[])).await?;
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut config = PhoneConfig::new("stranger", house.sip()).number("13800138000");
        (config.local, config.transport) = (STRANGERS, transport);
        let stranger = Phone::open(config, &house.sound).await?;
        stranger.dial("95500").await?.refused(403).await?;
    }
    nothing_happened(house).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_a_codec_of_ours_is_488() -> Outcome {
    let house = House::open(company(&[])).await?;
    let caller = house.caller("13800138000").await?;
    let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
               m=audio 30000 RTP/AVP 18 96\r\na=rtpmap:18 G729/8000\r\na=rtpmap:96 opus/48000/2\r\n";
    let how = Dialing { sdp: Some(Bytes::from_static(sdp.as_bytes())), ..Dialing::default() };
    caller.dial_with("95500", how).await?.refused(488).await?;
    nothing_happened(house).await
}

/// An INVITE without an offer gets ours, and the ACK brings the answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_offers_nothing_gets_our_offer() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial_with("95500", Dialing { no_offer: true, ..Dialing::default() }).await?;
    let rung = phone.rung().await?;
    talk.answered().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn more_calls_than_the_node_may_hold_are_503_with_retry_after() -> Outcome {
    let house = House::open_with(company(&[]), |config| config.most_calls = 1).await?;
    let caller = house.caller("13800138000").await?;
    let first = caller.dial("95500").await?;
    first.answered().await?;
    assert_eq!(caller.dial("95500").await?.refused(503).await?, Some(7));
    first.hang_up().await?;
    first.ended().await?;
    house.quiet().await?;
    let third = caller.dial("95500").await?;
    third.answered().await?;
    third.hang_up().await?;
    house.close().await
}

/// Draining: those who talk go on, nobody new comes in.
#[tokio::test(flavor = "multi_thread")]
async fn a_draining_node_refuses_new_calls_and_keeps_its_own() -> Outcome {
    let crate::Pair { house, caller, talk, rung, .. } = joined().await?;
    let gateway = house.gateway.clone();
    let stopping = tokio::spawn(async move { gateway.stop(Duration::from_secs(60)).await });
    house.book.until("stopping", |f| matches!(f.kind, EventKind::NodeStopping { .. }).then_some(())).await?;
    let after = caller.dial("95500").await?.refused(503).await?;
    assert!(after.is_some(), "a 503 says when to try again");
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    assert_eq!(stopping.await?, 0, "no call was cut");
    house.quiet().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_registers_nobody() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut config = house.station_config(1, Manner::Rings).account("801", "guess");
    config.local = STATIONS;
    let phone = Phone::open(config, &house.sound).await?;
    let refused = phone.register().await;
    assert!(matches!(refused, Err(Trouble::NotRegistered { status: 401 | 403, .. })), "{refused:?}");
    assert_eq!(house.gateway.sip_counts().registrations, 0);
    nothing_happened(house).await
}

/// A registered station calls like anybody, proved by its digest.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_dials_a_number_of_ours() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone, AnswerBy::Phone])).await?;
    let Desk { phone: dialer, .. } = house.sits_down(house.station_config(2, Manner::Rings), 2).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let talk = dialer.dial("95500").await?;
    talk.answered().await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    rung.hang_up().await?;
    talk.ended().await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_caller_hears_why_and_is_let_go() -> Outcome {
    let mut directory = company(&[]);
    directory.lists.entry("block".into()).or_default().insert(number("+8613800138000"));
    let house = House::open(directory).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95588").await?;
    talk.answered().await?;
    talk.expect_sound().await?;
    talk.ended().await?;
    let call = house.call(1).await?;
    let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert!(matches!(end, EventKind::CallEnded { cause: EndCause::Refused, .. }), "{end:?}");
    house.close().await
}
