//! An administrator sets a PBX, and the whole house knows its calls: desk, records, recordings, figures. The PBX is a server on
//! loopback that says what a real Asterisk said.

mod common;
#[path = "../../tests/pbx/peer.rs"]
mod peer;

use std::path::Path;

use common::{Client, Served, config};
use contract::*;
use peer::{ANSWERED, PASSWORD, Peer, Speaks, before, recorded};
use serde_json::{Value, json};

const MONITOR: &str = "/var/spool/asterisk/monitor";

fn recording(path: &Path, ms: u32) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    (0..ms * 8).for_each(|n| wav.write_sample(if n / 8 % 2 == 0 { 3000_i16 } else { -3000 }).unwrap());
    wav.finalize().unwrap();
}

/// Asks again until the answer is so.
async fn until(client: &Client, path: &str, what: &str, so: impl Fn(&Value) -> bool) -> Value {
    let mut every = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..1_000 {
        every.tick().await;
        let found = client.get(path).await.json();
        if so(&found) {
            return found;
        }
    }
    panic!("{what} never came: {}", client.get(path).await.text());
}

async fn queue_of(admin: &Client) -> String {
    admin.get("/admin/queues").await.json()["items"][0]["id"].as_str().unwrap().to_owned()
}

fn office(address: &str, queue: &str, recordings: &str) -> Value {
    json!({
        "name": "Office PBX", "speaks": "asterisk", "address": address, "user": "zuoxi", "password": PASSWORD,
        "queues": [{ "name": "support", "queue": queue, "dialed": "400" }],
        "context": "internal", "recordedIn": MONITOR, "recordings": recordings, "active": true,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_pbx_is_said_of_every_field_at_once_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let queue = queue_of(&admin).await;
    let mut wrong = office("nowhere", "77", "monitor");
    wrong["password"] = Value::Null;
    wrong["user"] = json!("zuoxi\r\nAction: Command");
    wrong["context"] = json!("");
    wrong["recordedIn"] = json!("");
    let twice = json!({ "name": "support", "queue": queue, "dialed": "4 0 0" });
    wrong["queues"].as_array_mut().unwrap().extend([twice.clone(), twice]);
    let answer = admin.post("/admin/pbxs", wrong).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let said = answer.json();
    let fields: Vec<&str> = said["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    for field in [
        "address", "user", "password", "context", "recordings", "recordedIn", "queues[0].queue", "queues[1].dialed",
        "queues[2].name",
    ] {
        assert!(fields.contains(&field), "{field} of {fields:?}");
    }
    assert_eq!(admin.get("/admin/pbxs").await.json()["items"], json!([]));
    // A station of a PBX names its phone there, once, and no password.
    let pbx = admin.post("/admin/pbxs", office("127.0.0.1:9", &queue, "")).await;
    assert_eq!(pbx.status, 201, "{}", pbx.text());
    assert!(!pbx.text().contains(PASSWORD) && !pbx.text().contains("sealed"));
    let id = pbx.json()["id"].clone();
    let station = |name: &str, line: &str| json!({ "username": name, "answerBy": "phone", "pbx": id, "line": line });
    let made = admin.post("/admin/stations", station("a001", "PJSIP/a001")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for (name, line) in [("a002", "pjsip/A001"), ("a003", ""), ("a004", "PJSIP/a 4")] {
        let refused = admin.post("/admin/stations", station(name, line)).await;
        assert_eq!((refused.status, refused.json()["errors"][0]["field"].clone()), (422, json!("line")), "{line}");
    }
    let used = admin.delete(&format!("/admin/pbxs/{}", id.as_str().unwrap())).await;
    assert!(used.status == 409 && used.text().contains("a001"), "{}", used.text());
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_at_the_pbx_pops_is_listed_with_its_recording_and_pauses_its_agent_there() {
    let (folder, monitor) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    recording(&monitor.path().join("1795447790.0.wav"), 1_500);
    let peer = Peer::open(Speaks::Manager, None).await;
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let queue = queue_of(&admin).await;
    let kept = admin.post("/admin/pbxs", office(&peer.address.to_string(), &queue, &monitor.path().to_string_lossy())).await;
    assert_eq!(kept.status, 201, "{}", kept.text());
    let id = kept.json()["id"].as_str().unwrap().to_owned();
    let station = json!({ "username": "a001", "answerBy": "phone", "pbx": id, "line": "PJSIP/a001" });
    let station: StationId = admin.post("/admin/stations", station).await.json()["id"].as_str().unwrap().parse().unwrap();
    let up = until(&admin, &format!("/admin/pbxs/{id}"), "the connection", |pbx| pbx["link"]["state"] == "up").await;
    assert_eq!((&up["link"]["version"], &up["link"]["calls"], &up["link"]["why"]), (&json!("22.10.1"), &json!(0), &Value::Null));

    let agent = house.as_("linyue").await;
    let choice = agent.get("/desk/setup").await.json();
    assert!(choice["stations"].as_array().unwrap().iter().any(|one| one["name"] == "a001" && one["health"] == "ok"), "{choice}");
    let mut line = agent.line(0).await;
    assert_eq!(line.ask(1, DeskAsk::Seat { command: SeatCommand::SignIn { station: Some(station) } }).await.0, Ok(()));
    assert_eq!(line.ask(2, DeskAsk::Seat { command: SeatCommand::Ready }).await.0, Ok(()));
    let unpaused = |a: &peer::Asked| a.get("Action").is_some_and(|a| a == "QueuePause") && a.get("Paused").is_some_and(|p| p == "false");
    peer.asked("to let the phone be rung", 1, unpaused).await;

    let all = recorded(ANSWERED);
    let (ring, rest) = before(&all, "Event: AgentConnect");
    let (talk, end) = before(rest, "Event: HangupRequest");
    peer.plays(ring);
    let rings = |body: &DeskBody| matches!(body, DeskBody::Card { card } if card.state == CardState::Ringing && card.queue.is_some());
    let popped = line.until(rings).await.pop().unwrap();
    let DeskBody::Card { card } = popped.body else { unreachable!("a card") };
    assert_eq!((card.caller.raw.as_str(), card.caller.name.as_str(), card.queue), ("13800138000", "Zhang San", queue.parse().ok()));
    assert!(card.allowed.is_empty(), "its phone is lifted by hand: {:?}", card.allowed);
    peer.plays(talk);
    let talks = |body: &DeskBody| matches!(body, DeskBody::Card { card } if card.state == CardState::Talking && card.recording == RecordingState::On);
    let DeskBody::Card { card } = line.until(talks).await.pop().unwrap().body else { unreachable!("a card") };
    assert!(card.allowed.contains(&CallAction::Transfer) && !card.allowed.contains(&CallAction::Hold), "{:?}", card.allowed);
    let hold = DeskAsk::Call { interaction: card.interaction, command: CallCommand::Hold };
    assert_eq!(line.ask(3, hold).await.0, Err("pbx_cannot".into()));
    until(&admin, "/live", "the board", |live| live["calls"].as_array().unwrap().iter().any(|c| c["state"] == "talking")).await;
    peer.plays(end);
    line.until(|body| matches!(body, DeskBody::Card { card } if card.state == CardState::WrapUp)).await;

    let path = "/interactions?limit=5";
    let rows = until(&admin, path, "the record", |all| all["items"][0]["recorded"] == true && !all["items"][0]["cause"].is_null()).await;
    let row = &rows["items"][0];
    assert_eq!((&row["number"], &row["queue"]["id"], &row["cause"]), (&json!("+8613800138000"), &json!(queue), &json!("answered_hangup")));
    assert!(row["talkMs"].as_u64().unwrap() > 0 && row["agent"]["id"].as_str().is_some());
    let detail = admin.get(&format!("/interactions/{}", row["id"].as_str().unwrap())).await.json();
    let tape = detail["recordings"][0]["id"].as_str().unwrap_or_else(|| panic!("no recording in {detail}")).to_owned();
    let audio = admin.get(&format!("/recordings/{tape}/audio")).await;
    assert_eq!((audio.status, audio.body), (200, std::fs::read(monitor.path().join("1795447790.0.wav")).unwrap()));
    // One who is asked for the figures finds the PBX among them.
    let figures = admin.raw("/metrics", &[]).await;
    assert!(figures.text().contains("zuoxi_pbx_up{of=\"Office PBX\"} 1"), "{}", figures.text());
    drop(line);
    house.stop().await;
}
