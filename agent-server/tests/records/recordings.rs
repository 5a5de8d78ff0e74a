//! Recordings over HTTP: found, heard by ranges, written down, deleted.

use axum::http::header;
use company::audit::{self, Filter};
use contract::*;
use serde_json::json;

use crate::house::{TestHouse, recorded};

const IT: RecordingId = RecordingId(7001);
const SOUND: &str = "/recordings/7001/audio";

async fn listened(house: &TestHouse, action: &str) -> usize {
    let filter = Filter { action: Some(action.into()), ..Filter::default() };
    audit::list(&house.app.db, &filter, 100).await.unwrap().len()
}

async fn a_recording_of(house: &TestHouse, username: &str) -> AgentId {
    let agent = house.person(username).await.id;
    house.tell(InteractionId(101), recorded(house, "+8613912345678", agent, IT)).await;
    agent
}

#[tokio::test]
async fn a_player_seeks_by_ranges_and_its_listening_is_written_down_once() {
    let house = TestHouse::open().await;
    a_recording_of(&house, "wangfang").await;
    let qa = house.person("zhaoqi").await;
    let file = std::fs::read(house.folder.path().join("recordings/2026/7001.wav")).unwrap();
    let head = qa.ask("HEAD", SOUND, &[], None).await;
    assert_eq!((head.status.as_u16(), head.header(header::CONTENT_LENGTH), head.bytes.len()), (200, "16044", 0));
    assert_eq!(listened(&house, "recording.listen").await, 0, "who asks how long it is has heard nothing");
    let whole = qa.get(SOUND).await;
    assert_eq!((whole.status.as_u16(), whole.bytes == file), (200, true));
    assert_eq!((whole.header(header::CONTENT_TYPE), whole.header(header::ACCEPT_RANGES)), ("audio/wav", "bytes"));
    let tag = whole.header(header::ETAG).to_owned();
    let part = qa.ask("GET", SOUND, &[("range", "bytes=44-1043"), ("if-range", &tag)], None).await;
    assert_eq!((part.status.as_u16(), part.header(header::CONTENT_RANGE)), (206, "bytes 44-1043/16044"));
    assert_eq!(part.bytes, file[44..1044]);
    let last = qa.ask("GET", SOUND, &[("range", "bytes=-4")], None).await;
    assert_eq!((last.status.as_u16(), last.bytes.as_slice()), (206, &file[16_040..]));
    let outside = qa.ask("GET", SOUND, &[("range", "bytes=16044-")], None).await;
    assert_eq!((outside.problem().0, outside.header(header::CONTENT_RANGE)), (416, "bytes */16044"));
    let other = qa.ask("GET", SOUND, &[("range", "bytes=0-9"), ("if-range", "\"older\"")], None).await;
    assert_eq!((other.status.as_u16(), other.bytes.len()), (200, file.len()), "of another file a part is no use");
    let same = qa.ask("GET", SOUND, &[("if-none-match", &tag)], None).await;
    assert_eq!((same.status.as_u16(), same.bytes.len()), (304, 0));
    assert_eq!(listened(&house, "recording.listen").await, 1, "six requests of one session are one listening");
    house.person("zhaoqi").await.get(SOUND).await;
    assert_eq!(listened(&house, "recording.listen").await, 2, "another session is another");
    let kept = qa.get(&format!("{SOUND}?download=true")).await;
    assert_eq!(kept.header(header::CONTENT_DISPOSITION), "attachment; filename=\"7001.wav\"");
    assert_eq!((listened(&house, "recording.listen").await, listened(&house, "recording.download").await), (2, 1));
    house.close().await;
}

#[tokio::test]
async fn agents_hear_themselves_supervisors_their_team_and_qa_everybody() {
    let house = TestHouse::open().await;
    let ann = a_recording_of(&house, "wangfang").await;
    // Lin Yue and Wang Fang are in the first team; Grace and Emma in the second.
    for (who, hears) in [("wangfang", true), ("liqiang", false), ("linyue", true), ("grace", false), ("zhaoqi", true), ("admin", true)] {
        let person = house.person(who).await;
        let status = if hears { 200 } else { 403 };
        for path in [SOUND, "/recordings/7001/peaks"] {
            assert_eq!(person.get(path).await.status.as_u16(), status, "{who} {path}");
        }
        let listed = person.get("/recordings").await.json()["items"].as_array().unwrap().len();
        assert_eq!(listed, usize::from(hears), "{who}");
        assert_eq!(person.get(&format!("/recordings?agent={ann}")).await.status.as_u16(), status, "{who} asks for Wang Fang's");
    }
    let told = house.person("grace").await.get("/interactions/101").await.json();
    assert_eq!((told["recorded"].as_bool(), &told["recordings"]), (Some(true), &json!([])), "a call without what may not be heard");
    house.close().await;
}

#[tokio::test]
async fn a_recording_is_found_and_drawn() {
    let house = TestHouse::open().await;
    a_recording_of(&house, "wangfang").await;
    let qa = house.person("zhaoqi").await;
    for path in ["/recordings?number=8", "/recordings?number=5678", "/recordings?number=13912345678&kind=talk", "/recordings?from=1790000000000&to=1790000099000"] {
        let row = qa.get(path).await.json()["items"][0].clone();
        assert_eq!((row["id"].as_str(), row["agent"]["name"].as_str()), (Some("7001"), Some("王芳")), "{path}");
        assert_eq!((row["durationMs"].as_u64(), row["complete"].as_bool(), &row["gaps"]), (Some(500), Some(true), &json!([])));
    }
    assert_eq!(qa.get("/recordings?kind=voicemail").await.json()["items"], json!([]));
    let peaks = qa.get("/recordings/7001/peaks?slices=4").await.json();
    assert_eq!(peaks, json!({"durationMs": 500, "channels": [[0.504, 0.504, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]}));
    assert_eq!(qa.get("/recordings/8/audio").await.problem(), (404, "not_found".into(), vec![]));
    std::fs::remove_file(house.folder.path().join("recordings/2026/7001.wav")).unwrap();
    assert_eq!(qa.get(SOUND).await.problem().0, 404, "a file that is gone");
    assert_eq!(listened(&house, "recording.listen").await, 0);
    house.close().await;
}

#[tokio::test]
async fn only_an_administrator_deletes_a_recording_and_says_why() {
    let house = TestHouse::open().await;
    a_recording_of(&house, "wangfang").await;
    let file = house.folder.path().join("recordings/2026/7001.wav");
    assert_eq!(house.person("linyue").await.delete("/recordings/7001?reason=x").await.problem().0, 403);
    let admin = house.person("admin").await;
    assert_eq!(admin.delete("/recordings/7001?reason=%20").await.problem(), (422, "invalid".into(), vec!["reason".into()]));
    assert!(file.exists());
    assert_eq!(admin.delete("/recordings/7001?reason=asked%20by%20the%20customer").await.status, 204);
    assert!(!file.exists());
    assert_eq!(admin.get("/recordings").await.json()["items"], json!([]));
    let filter = Filter { action: Some("recording.delete".into()), ..Filter::default() };
    let lines = audit::list(&house.app.db, &filter, 10).await.unwrap();
    assert_eq!((lines.len(), lines[0].actor, lines[0].object.as_str()), (1, Some(admin.id), "recordings/7001"));
    assert!(lines[0].detail.ends_with(": asked by the customer"), "{}", lines[0].detail);
    let talk = EventKind::RecordingStarted { recording: RecordingId(8), what: RecordingKind::Talk, agent: None, queue: None, path: "2026/8.wav".into() };
    house.tell(InteractionId(102), [(1_790_000_000_000, crate::house::arrives("+85223456789")), (1_790_000_000_000, talk)]).await;
    assert_eq!(admin.delete("/recordings/8?reason=x").await.problem().1, "in_use", "while it is written");
    house.close().await;
}
