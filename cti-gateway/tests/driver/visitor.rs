//! A visitor of a web page as the caller: the line stands, the flow answers, and whoever leaves first ends the call once.

use contract::{CallCommand, Caller, EndCause, Entry, EventKind, SeatCommand};
use cti_gateway::driver::{Refused, Visit, Visitor};

use crate::browser::{Alive, nothing_is_left, sits};
use crate::house::{CLERK, House};
use crate::peer::{Browser, LOCAL};

fn visitor(offer: String, dialed: &str) -> Visitor {
    let caller = Caller { raw: "web".into(), name: String::new(), number: None, withheld: false };
    Visitor { offer, from: LOCAL, dialed: dialed.into(), caller }
}

async fn visits(house: &House) -> (Alive<Browser>, Visit) {
    let (mut browser, offer) = Browser::new();
    let visit = house.gateway.visit(visitor(offer, "95500")).await.unwrap();
    browser.accept(&visit.answer);
    (Alive::begin(browser), visit)
}

/// A visitor who talks to the clerk.
async fn talks(house: &House) -> (Alive<Browser>, Visit) {
    let (page, visit) = visits(house).await;
    house.fact("the ring", |k| matches!(k, EventKind::LegRinging { .. })).await;
    house.gateway.call(visit.call, CLERK, CallCommand::Answer).await.unwrap();
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { agent: CLERK, .. })).await;
    (page, visit)
}

async fn is_over_once(house: &House, wanted: EndCause) {
    let ended = house.fact("the end", |k| matches!(k, EventKind::CallEnded { .. })).await;
    assert!(matches!(ended, EventKind::CallEnded { cause, .. } if cause == wanted), "{ended:?}");
    house.gateway.seat(CLERK, SeatCommand::SignOut, CLERK).await.unwrap();
    nothing_is_left(house).await;
    assert_eq!(house.count(|k| matches!(k, EventKind::CallEnded { .. })), 1);
    assert_eq!(house.gauges().await.orphans, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_and_an_agent_hear_each_other_and_the_agent_hangs_up() {
    let house = House::open(&[]).await;
    let desk = sits(&house).await;
    let (page, visit) = talks(&house).await;
    let came = house.fact("the call", |k| matches!(k, EventKind::CallArrived { .. })).await;
    assert!(matches!(&came, EventKind::CallArrived { entry: Entry::Web, dialed, .. } if dialed == "95500"), "{came:?}");
    desk.hears(2);
    page.hears(2);
    assert_eq!(house.gauges().await.visitors, 1);
    house.gateway.call(visit.call, CLERK, CallCommand::Hangup).await.unwrap();
    assert_eq!(visit.ended.await, Ok(EndCause::AnsweredHangup));
    is_over_once(&house, EndCause::AnsweredHangup).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_leaves_the_page_ends_the_call() {
    let house = House::open(&[]).await;
    let _desk = sits(&house).await;
    let (page, visit) = talks(&house).await;
    page.hears(2);
    house.gateway.visitor_left(visit.call).await;
    assert_eq!(visit.ended.await, Ok(EndCause::AnsweredHangup));
    is_over_once(&house, EndCause::AnsweredHangup).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_whose_browser_vanishes_is_found_by_its_silence() {
    let house = House::open(&[]).await;
    let _desk = sits(&house).await;
    let (page, visit) = talks(&house).await;
    page.hears(2);
    drop(page);
    assert_eq!(visit.ended.await, Ok(EndCause::MediaTimeout));
    is_over_once(&house, EndCause::MediaTimeout).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_connects_is_no_call_and_what_cannot_be_is_refused() {
    let house = House::open(&[]).await;
    let ask = async |offer: String, dialed: &str| house.gateway.visit(visitor(offer, dialed)).await.map(|_| ());
    assert_eq!(ask(Browser::new().1, "12345").await, Err(Refused::NoSuchNumber("12345".into())));
    assert!(matches!(ask("v=0".into(), "95500").await, Err(Refused::BadOffer(_))));
    let (_, offer) = Browser::new();
    let left = house.gateway.visit(visitor(offer, "95500")).await.unwrap();
    house.gateway.visitor_left(left.call).await;
    assert_eq!(left.ended.await, Ok(EndCause::Abandoned));
    let (_, offer) = Browser::new();
    let silent = house.gateway.visit(visitor(offer, "95500")).await.unwrap();
    assert_eq!(silent.ended.await, Ok(EndCause::Unreachable));
    nothing_is_left(&house).await;
    assert_eq!(house.count(|k| matches!(k, EventKind::CallArrived { .. })), 0);
}
