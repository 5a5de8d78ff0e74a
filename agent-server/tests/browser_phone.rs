//! A browser that becomes its agent's phone over HTTP, and what the desk hears of it.

mod common;

use common::{Served, config};
use contract::*;
use serde_json::json;
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, RtcConfig};

/// What a browser offers; nobody connects with it.
fn offer() -> String {
    #[expect(clippy::disallowed_methods, reason = "str0m counts from some moment")]
    let mut rtc = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).build(std::time::Instant::now());
    rtc.add_local_candidate(Candidate::host("127.0.0.1:9".parse().unwrap(), "udp").unwrap());
    let mut change = rtc.sdp_api();
    change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    change.apply().unwrap().0.to_sdp_string()
}

#[tokio::test]
async fn a_browser_is_offered_first_taken_as_a_station_and_answered_with_an_address_it_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    let mut line = emma.line(0).await;
    let setup = emma.get("/desk/setup").await.json();
    let mine = &setup["stations"][0];
    let me = house.app.office.now().person("emma").unwrap();
    assert_eq!((&mine["browser"], &mine["id"]), (&json!(true), &json!(me.to_string())));
    assert!(setup["stations"].as_array().unwrap()[1..].iter().all(|one| one["browser"] == json!(false)));

    let body = |sdp: &str| json!({"sdp": sdp, "browser": "office"});
    let early = emma.post("/desk/line", body(&offer())).await;
    assert_eq!((early.status, early.code().as_str()), (409, "other_station"));

    let station = Some(StationId(me.0));
    assert_eq!(line.ask(1, DeskAsk::Seat { command: SeatCommand::SignIn { station } }).await.0, Ok(()));
    let answer = emma.post("/desk/line", body(&offer())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sdp = answer.json()["sdp"].as_str().unwrap().to_owned();
    assert!(sdp.contains("a=ice-lite") && sdp.contains(" 127.0.0.1 ") && sdp.contains("PCMA/8000"), "{sdp}");

    for (sdp, browser, status, code) in [("v=0", "office", 422, "bad_offer"), ("", "", 422, "invalid")] {
        let refused = emma.post("/desk/line", json!({"sdp": sdp, "browser": browser})).await;
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text());
    }
    // Until it has connected and found itself fit it cannot be made ready.
    let check = PhoneCheck { microphone: Microphone::Ok, round_trip_ms: None, jitter_ms: None, lost_percent: None };
    assert_eq!(line.ask(2, DeskAsk::Phone { check }).await.0, Ok(()));
    assert_eq!(line.ask(3, DeskAsk::Seat { command: SeatCommand::Ready }).await.0, Err("station_unreachable".into()));
    house.stop().await;
}

#[tokio::test]
async fn where_the_company_wants_no_browsers_there_is_none_to_choose() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (admin, emma) = (house.as_("admin").await, house.as_("emma").await);
    let mut company = admin.get("/admin/company").await.json();
    company["browserPhones"] = json!(false);
    for kept in ["id", "updatedAt", "updatedBy"] {
        company.as_object_mut().unwrap().remove(kept);
    }
    let saved = admin.put("/admin/company", company).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let setup = emma.get("/desk/setup").await.json();
    assert!(setup["stations"].as_array().unwrap().iter().all(|one| one["browser"] == json!(false)), "{setup}");
    let me = house.app.office.now().person("emma").unwrap();
    let seat = emma.put("/seat", json!({"kind": "sign_in", "station": me.to_string()})).await;
    assert_eq!(seat.code(), "unknown_station");
    house.stop().await;
}
