//! A house without a listener: requests go straight into its router, calls are told to its ledger.

use std::net::SocketAddr;
use std::path::Path;

use agent_server::{App, House, config, http};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use contract::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::described;

pub struct TestHouse {
    pub app: App,
    router: Router,
    pub folder: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and stable code of a problem, the fields it names.
    #[track_caller]
    pub fn problem(&self) -> (u16, String, Vec<String>) {
        let body = self.json();
        let fields = body["errors"].as_array().into_iter().flatten().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
        (self.status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned(), fields)
    }
}

/// Somebody signed in.
pub struct Person<'a> {
    house: &'a TestHouse,
    cookie: String,
    pub id: AgentId,
}

impl TestHouse {
    pub async fn open() -> Self {
        Self::on("").await
    }

    /// With the database at `url`; empty: a SQLite file.
    pub async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path(), url).await;
        Self { router: http::router(app.clone()), app, folder }
    }

    pub async fn close(self) {
        self.app.drain().await;
        self.app.close().await;
    }

    pub async fn person(&self, username: &str) -> Person<'_> {
        let body = json!({"username": username, "password": company::demo::PASSWORD});
        let answer = self.ask("POST", "/session", &[], Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{username}");
        let cookie = answer.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
        let id = answer.json()["agent"]["id"].as_str().unwrap().parse().unwrap();
        Person { house: self, cookie, id }
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", http::API));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 5))));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, bytes };
        let whole = format!("{}{path}", http::API);
        described::check(method, &whole, answer.status.as_u16(), answer.header(header::CONTENT_TYPE), &answer.bytes);
        answer
    }

    /// Tells the ledger, and waits until the tables show it.
    pub async fn tell(&self, call: InteractionId, facts: impl IntoIterator<Item = (EpochMs, EventKind)>) {
        for (at, fact) in facts {
            self.app.ledger.record(at, Some(call), fact).unwrap();
        }
        self.app.wait_until_folded().await;
    }
}

async fn open(folder: &Path, url: &str) -> App {
    let text = format!(
        "[store]\ndata = {folder:?}\nurl = {url:?}\n[company]\ndemo = true\n[sip]\nlisten = \"127.0.0.1:0\"\n\
         [media]\nfirst_port = 30100\nlast_port = 30199\n[calls]\ngrace_seconds = 0\n"
    );
    House::open(config::parse(&text, []).unwrap()).await.unwrap().0
}

impl Person<'_> {
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let all: Vec<_> = headers.iter().copied().chain([("cookie", self.cookie.as_str())]).collect();
        self.house.ask(method, path, &all, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], None).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path, &[], Some(body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &[], None).await
    }
}

pub const T0: EpochMs = 1_790_000_000_000;

pub fn arrives(number: &str) -> EventKind {
    let caller = Caller { raw: number.into(), name: String::new(), number: PhoneNumber::from_e164(number).ok(), withheld: false };
    let entry = Entry::Trunk { trunk: TrunkId(1) };
    EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "8000".into(), leg: LegId(70) }
}

pub fn talks(agent: AgentId) -> EventKind {
    EventKind::TalkStarted { agent, leg: LegId(71), queue: None, waited_ms: 0 }
}

pub fn ends() -> EventKind {
    EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller }
}

/// A call of one agent, over, without a recording.
pub fn call(number: &str, agent: AgentId) -> Vec<(EpochMs, EventKind)> {
    let talked = EventKind::TalkEnded { agent, leg: LegId(71), queue: None, talk_ms: 20_000, hold_ms: 0 };
    vec![(T0, arrives(number)), (T0 + 5_000, talks(agent)), (T0 + 25_000, talked), (T0 + 25_000, ends())]
}

/// The same, recorded: half a second, the customer loud in its first half, the agent silent. The file is written as the
/// recorder does.
pub fn recorded(house: &TestHouse, number: &str, agent: AgentId, recording: RecordingId) -> Vec<(EpochMs, EventKind)> {
    let path = format!("2026/{recording}.wav");
    let file = house.folder.path().join("recordings").join(&path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let bytes = wav(4_000);
    std::fs::write(file, &bytes).unwrap();
    let size = u32::try_from(bytes.len()).unwrap();
    let begun = EventKind::RecordingStarted { recording, what: RecordingKind::Talk, agent: Some(agent), queue: None, path };
    let done = EventKind::RecordingEnded { recording, duration_ms: 500, bytes: size, complete: true };
    let mut all = call(number, agent);
    all.insert(2, (T0 + 5_000, begun));
    all.insert(3, (T0 + 25_000, done));
    all
}

/// Stereo, 8 kHz, 16 bit.
fn wav(frames: u32) -> Vec<u8> {
    let data = frames * 4;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + data).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16_u32.to_le_bytes());
    for half in [1_u16, 2] {
        out.extend(half.to_le_bytes());
    }
    out.extend(8_000_u32.to_le_bytes());
    out.extend(32_000_u32.to_le_bytes());
    for half in [4_u16, 16] {
        out.extend(half.to_le_bytes());
    }
    out.extend(b"data");
    out.extend(data.to_le_bytes());
    for frame in 0..frames {
        let loud: i16 = if frame < frames / 2 { 16_384 } else { 0 };
        out.extend(loud.to_le_bytes());
        out.extend(0_i16.to_le_bytes());
    }
    out
}
