//! Parts of the gateway that die are named, new calls are refused at once, and the end is an orderly one all the same.

use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use contract::health::Trouble;
use contract::{EndCause, EventKind, SeatCommand};
use cti_gateway::driver::Refused;
use cti_gateway::sip::message::Method;

use crate::house::{AGENT, House, PATIENCE, STATION_USER};
use crate::line::{OFFER, Outcome};
use crate::talking;

fn ailing(house: &House) -> Vec<(&'static str, Trouble)> {
    house.gateway.health().into_iter().filter_map(|part| Some((part.name, part.trouble?))).collect()
}

/// Waits until exactly these have ended.
async fn ended(house: &House, parts: &[&'static str]) {
    let want: Vec<_> = parts.iter().map(|part| (*part, Trouble::Ended)).collect();
    let wait = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        while ailing(house) != want {
            look.tick().await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, wait).await;
    assert!(came.is_ok(), "{want:?} and not {:?}", ailing(house));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_that_died_is_named_new_calls_get_503_and_the_end_is_a_bye_all_the_same() {
    let house = House::open(&[]).await;
    let (mut caller, _talk, mut phone, _desk) = talking(&house).await;
    assert_eq!(ailing(&house), []);
    house.break_the_book();
    let asked = house.gateway.seat(AGENT, SeatCommand::SignOut, AGENT).await;
    assert_eq!(asked, Err(Refused::Stopping), "whoever asks is answered");
    ended(&house, &["switch"]).await;
    let mut late = house.caller().await;
    assert_eq!(late.dial("95500", Some(OFFER), None).await, Outcome::Refused(503));
    assert_eq!(house.gateway.gauges_within(PATIENCE).await, None);
    assert_eq!(house.gateway.stop(PATIENCE).await, 0, "nobody is left to wait for");
    tokio::join!(house.gateway.close(), caller.request(Method::Bye), phone.request(Method::Bye));
    assert_eq!(house.gateway.sip_counts().dialogs, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_on_media_threads_that_ended_end_with_them_and_new_ones_get_503() {
    let house = House::open(&[]).await;
    let (mut caller, _talk, mut phone, _desk) = talking(&house).await;
    let engine = house.gateway.media().clone();
    tokio::task::spawn_blocking(move || engine.stop()).await.unwrap();
    caller.request(Method::Bye).await;
    phone.request(Method::Bye).await;
    let over = house.fact("the end", |k| matches!(k, EventKind::CallEnded { .. })).await;
    assert!(matches!(over, EventKind::CallEnded { cause: EndCause::Failed, .. }), "{over:?}");
    ended(&house, &["media", "recorder"]).await;
    assert_eq!(caller.dial("95500", Some(OFFER), None).await, Outcome::Refused(503));
    house.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_closed_has_let_go_of_everything() {
    let house = House::open(&[]).await;
    let (mut caller, _talk, mut phone, _desk) = talking(&house).await;
    let stopping = house.gateway.stop(Duration::ZERO);
    let (cut, ..) = tokio::join!(stopping, caller.request(Method::Bye), phone.request(Method::Bye));
    assert_eq!(cut, 1);
    house.gateway.close().await;
    let kept = |k: &EventKind| matches!(k, EventKind::RecordingEnded { complete: true, .. });
    let over = |k: &EventKind| matches!(k, EventKind::CallEnded { cause: EndCause::Shutdown, .. });
    assert_eq!((house.count(kept), house.count(over)), (1, 1));
    let known = std::fs::read_to_string(house.folder.path().join("contacts.json")).unwrap();
    assert!(known.contains(&format!("sip:{STATION_USER}@")), "the phone is known to the next start: {known}");
    let all = ["switch", "sip", "media", "recorder"].map(|part| (part, Trouble::Ended));
    assert_eq!(ailing(&house), all, "as asked");
    let (sip, media) = (house.gateway.sip_counts(), house.gateway.media().gauges());
    assert_eq!((sip.dialogs, sip.closing, media.legs, media.ports_taken), (0, 0, 0, 0));
    let at = house.gateway.addresses()[0];
    UdpSocket::bind(at).expect("its address is free");
    TcpListener::bind(at).expect("for TCP too");
    assert_eq!(house.gateway.seat(AGENT, SeatCommand::Ready, AGENT).await, Err(Refused::Stopping));
    house.gateway.close().await;
}
