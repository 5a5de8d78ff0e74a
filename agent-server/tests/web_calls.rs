//! Who may call from a web page, and what a page is told that may not.

mod common;

use agent_server::web_calls::token;
use common::{Client, Served, config};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, RtcConfig};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

const SHOP: &str = "https://shop.example";

/// What a browser offers; nobody connects with it.
fn offer() -> String {
    #[expect(clippy::disallowed_methods, reason = "str0m counts from some moment")]
    let mut rtc = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).build(std::time::Instant::now());
    rtc.add_local_candidate(Candidate::host("127.0.0.1:9".parse().unwrap(), "udp").unwrap());
    let mut change = rtc.sdp_api();
    change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    change.apply().unwrap().0.to_sdp_string()
}

struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Page {
    async fn open(house: &Served, origin: &str) -> Self {
        let mut request = format!("ws://{}/api/v1/web-call", house.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        Self(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }

    async fn say(&mut self, said: Value) {
        self.0.send(Message::Text(said.to_string().into())).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        loop {
            match self.0.next().await.expect("a word before the end").unwrap() {
                Message::Text(text) => {
                    let told: Value = serde_json::from_str(&text).unwrap();
                    if told["kind"] != "hello" {
                        return told;
                    }
                    assert!(told["iceServers"].is_array(), "{told}");
                }
                Message::Close(frame) => panic!("closed without a word: {frame:?}"),
                _ => {}
            }
        }
    }
}

/// What a page of this origin is told when it calls: `answer`, or the code of its refusal.
async fn calls(house: &Served, origin: &str, number: &str, token: Option<&str>) -> (String, Page) {
    let mut page = Page::open(house, origin).await;
    // A page that may not even ask is told so at once, and may have gone.
    let said = json!({"kind": "call", "number": number, "sdp": offer(), "token": token});
    let _ = page.0.send(Message::Text(said.to_string().into())).await;
    let told = page.hear().await;
    let word = told["code"].as_str().or(told["kind"].as_str()).unwrap().to_owned();
    if word == "answer" {
        assert!(told["sdp"].as_str().unwrap().contains("a=ice-lite"), "{told}");
    } else {
        assert!(!told["message"].as_str().unwrap().is_empty(), "{told}");
    }
    (word, page)
}

/// The company lets these pages call.
async fn allow(admin: &Client, more: Value) {
    let mut company = admin.get("/admin/company").await.json();
    for kept in ["id", "updatedAt", "updatedBy"] {
        company.as_object_mut().unwrap().remove(kept);
    }
    company["webCalls"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let saved = admin.put("/admin/company", company).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
}

async fn bye(mut page: Page) -> Value {
    page.say(json!({"kind": "bye"})).await;
    page.hear().await
}

/// Until nobody who called before counts any more.
async fn nobody_is_here(house: &Served) {
    while house.app.lobby.guests().here() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_page_on_the_list_may_call_a_number_on_the_list_and_nobody_else_may() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    allow(&admin, json!({"origins": [SHOP], "numbers": ["8000"], "perHour": 100})).await;
    let own = format!("http://{}", house.address);
    for (origin, number, told) in [
        (SHOP, "8000", "answer"),
        (own.as_str(), "8000", "answer"),
        ("https://other.example", "8000", "foreign_origin"),
        ("null", "8000", "foreign_origin"),
        (SHOP, "8001", "number_not_allowed"),
        (SHOP, "", "number_not_allowed"),
    ] {
        let (word, page) = calls(&house, origin, number, None).await;
        assert_eq!(word, told, "{origin} {number}");
        if told == "answer" {
            assert_eq!(bye(page).await, json!({"kind": "ended", "cause": "abandoned"}));
        }
    }
    let mut odd = Page::open(&house, SHOP).await;
    odd.say(json!({"kind": "digit", "digit": "1"})).await;
    assert_eq!(odd.hear().await["code"], "bad_request");
    let mut odd = Page::open(&house, SHOP).await;
    odd.say(json!({"kind": "call", "number": "8000", "sdp": "v=0"})).await;
    assert_eq!(odd.hear().await["code"], "bad_offer");
    allow(&admin, json!({"on": false})).await;
    assert_eq!(calls(&house, SHOP, "8000", None).await.0, "web_calls_off");
    house.stop().await;
}

#[tokio::test]
async fn who_a_visitor_is_must_be_signed_for_this_page_and_a_rotated_key_holds_once_more() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    allow(&admin, json!({"origins": [SHOP], "perHour": 100})).await;
    let make = async || {
        let key = admin.post("/admin/company/web-keys", json!({})).await.json();
        [key["id"].as_str().unwrap().to_owned(), key["secret"].as_str().unwrap().to_owned()]
    };
    let [first, second] = [make().await, make().await];
    let now = agent_server::clock::now() / 1000;
    let claims = |exp: i64, aud: &str| json!({"exp": exp, "aud": aud, "number": "13800138000", "name": "王小明"});
    let good = claims(now + 60, SHOP);
    for (what, token, told) in [
        ("good", token::sign(&second[0], &second[1], &good), "answer"),
        ("of the key before", token::sign(&first[0], &first[1], &good), "answer"),
        ("run out", token::sign(&second[0], &second[1], &claims(now - 1, SHOP)), "bad_token"),
        ("forged", token::sign(&second[0], &first[1], &good), "bad_token"),
        ("of another page", token::sign(&second[0], &second[1], &claims(now + 60, "https://other.example")), "bad_token"),
        ("nonsense", "nonsense".into(), "bad_token"),
    ] {
        let (word, page) = calls(&house, SHOP, "8000", Some(&token)).await;
        assert_eq!(word, told, "{what}");
        if told == "answer" {
            bye(page).await;
        }
    }
    let third = make().await;
    assert_eq!(calls(&house, SHOP, "8000", Some(&token::sign(&first[0], &first[1], &good))).await.0, "bad_token");
    allow(&admin, json!({"keys": [third[0]]})).await;
    assert_eq!(calls(&house, SHOP, "8000", Some(&token::sign(&second[0], &second[1], &good))).await.0, "bad_token");
    assert!(!admin.get("/admin/company").await.text().contains(&third[1]), "a secret is told once");
    house.stop().await;
}

#[tokio::test]
async fn from_one_address_and_from_all_so_many_call_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    allow(&admin, json!({"origins": [SHOP], "perAddress": 2, "perHour": 4})).await;
    let (first, page) = calls(&house, SHOP, "8000", None).await;
    let (second, other) = calls(&house, SHOP, "8000", None).await;
    assert_eq!((first.as_str(), second.as_str()), ("answer", "answer"));
    assert_eq!(calls(&house, SHOP, "8000", None).await.0, "address_busy");
    allow(&admin, json!({"perAddress": 10, "atOnce": 2})).await;
    assert_eq!(calls(&house, SHOP, "8000", None).await.0, "busy");
    bye(page).await;
    bye(other).await;
    nobody_is_here(&house).await;
    for told in ["answer", "answer", "too_many_attempts"] {
        let (word, page) = calls(&house, SHOP, "8000", None).await;
        assert_eq!(word, told);
        if told == "answer" {
            bye(page).await;
            nobody_is_here(&house).await;
        }
    }
    house.stop().await;
}

#[tokio::test]
async fn the_script_is_small_and_the_page_to_try_it_is_there_while_calls_are_on() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let script = house.client().raw("/call.js", &[]).await;
    assert!(script.body.len() < 15_000, "{} bytes", script.body.len());
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(script.header("cross-origin-resource-policy"), Some("cross-origin"));
    let again = house.client().raw("/call.js", &[("if-none-match", script.header("etag").unwrap())]).await;
    assert_eq!(again.status, 304);
    assert!(house.client().raw("/call.html", &[]).await.text().contains("data-number=\"4008001234\""));
    allow(&admin, json!({"on": false})).await;
    assert_eq!(house.client().raw("/call.html", &[]).await.status, 404);
    house.stop().await;
}
