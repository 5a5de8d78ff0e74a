//! A house on a real listener, and a client of it: one request a connection, cookies by hand.
#![allow(dead_code, reason = "each test file uses its part")]

mod described;

use std::net::SocketAddr;
use std::path::Path;

use agent_server::config::{self, Config};
use agent_server::{App, House, http};
use contract::{DeskAsk, DeskBody, DeskIntent, DeskMessage};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::Message;

pub const PASSWORD: &str = company::demo::PASSWORD;

/// The demo company on a SQLite file in `folder`.
pub fn config(folder: &Path) -> Config {
    let text = format!(
        "[store]\ndata = {:?}\n[company]\ndemo = true\n[http]\nlisten = \"127.0.0.1:0\"\n[sip]\nlisten = \"127.0.0.1:0\"\n\
         [media]\nfirst_port = 30000\nlast_port = 30099\n[calls]\ngrace_seconds = 0\n[log]\nlevel = \"error\"\n",
        folder.display()
    );
    config::parse(&text, []).unwrap()
}

pub struct Served {
    pub app: App,
    pub address: SocketAddr,
    /// The face over TLS, where there is one.
    pub secure: Option<(SocketAddr, std::sync::Arc<http::tls::WebTls>)>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Served {
    pub async fn start(config: Config) -> Self {
        let listener = TcpListener::bind(config.http.listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = match config.http.tls() {
            Some(listen) => Some((TcpListener::bind(listen).await.unwrap(), http::tls::WebTls::open(&config).unwrap())),
            None => None,
        };
        let secure = tls.as_ref().map(|(listener, tls)| (listener.local_addr().unwrap(), tls.clone()));
        let (app, _) = House::open(config).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = app.clone();
        let task = tokio::spawn(async move {
            let asked = async move { drop(stopped.await) };
            http::serve(http::Doors { plain: listener, tls }, serving, asked).await.unwrap();
        });
        Self { app, address, secure, stop: Some(stop), task }
    }

    /// As SIGTERM does.
    pub async fn stop(mut self) {
        self.app.drain().await;
        drop(self.stop.take());
        self.task.await.unwrap();
        self.app.close().await;
    }

    pub fn client(&self) -> Client {
        Client { address: self.address, cookie: None }
    }

    /// Signed in as one of the demo's people.
    pub async fn as_(&self, username: &str) -> Client {
        let mut client = self.client();
        let answer = client.sign_in(username, PASSWORD).await;
        assert_eq!(answer.status, 200, "{username}: {}", answer.text());
        client
    }
}

#[derive(Debug, Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub cookie: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The problem's stable code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    pub async fn sign_in(&mut self, username: &str, password: &str) -> Answer {
        let answer = self.post("/session", json!({ "username": username, "password": password })).await;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, &[], Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask("PUT", path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, &[], None).await
    }

    /// A path without `/api` at its beginning is one of the API.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let outside = ["/api", "/metrics", "/readyz", "/healthz", "/page"].iter().any(|p| path.starts_with(p));
        let path = if outside { path.to_owned() } else { format!("/api/v1{path}") };
        let body = body.map(|value| value.to_string()).unwrap_or_default();
        let json = [("content-type", "application/json")];
        let headers: Vec<_> = headers.iter().copied().chain(json.into_iter().filter(|_| !body.is_empty())).collect();
        self.bytes(method, &path, &headers, body.as_bytes()).await
    }

    /// What stands outside of the API.
    pub async fn raw(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let (mut line, sent) = self.said("GET", path, headers, &[]).await;
        sent.unwrap();
        let mut all = Vec::new();
        line.read_to_end(&mut all).await.unwrap();
        parse(&all)
    }

    /// A WAV file to a path of the API.
    pub async fn send(&self, method: &str, path: &str, wav: &[u8]) -> Answer {
        self.bytes(method, &format!("/api/v1{path}"), &[("content-type", "audio/wav")], wav).await
    }

    /// As [`Client::send`], by somebody who says so much and then waits for no answer.
    pub async fn begin(&self, method: &str, path: &str, wav: &[u8]) -> TcpStream {
        let (line, sent) =
            self.said(method, &format!("/api/v1{path}"), &[("content-type", "audio/wav")], wav).await;
        sent.unwrap();
        line
    }

    async fn bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let (mut line, sent) = self.said(method, path, headers, body).await;
        let mut all = Vec::new();
        let read = line.read_to_end(&mut all).await;
        assert!(sent.is_ok() && read.is_ok() || !all.is_empty(), "{method} {path}: {sent:?}, {read:?}");
        let answer = parse(&all);
        described::check(method, path, answer.status, answer.header("content-type").unwrap_or_default(), &answer.body);
        answer
    }

    async fn said(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (TcpStream, std::io::Result<()>) {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n", self.address, body.len());
        if let Some(cookie) = &self.cookie {
            text.push_str(&format!("cookie: {cookie}\r\n"));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut line = TcpStream::connect(self.address).await.unwrap();
        line.write_all(format!("{text}\r\n").as_bytes()).await.unwrap();
        // Who is refused early may close the line before all is sent.
        let sent = line.write_all(body).await;
        (line, sent)
    }

    /// The desk's line.
    pub async fn line(&self, after: u64) -> Line {
        let mut request = format!("ws://{}/api/v1/desk/ws?after={after}", self.address).into_client_request().unwrap();
        request.headers_mut().insert("cookie", self.cookie.clone().unwrap_or_default().parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        Line { socket }
    }
}

fn parse(all: &[u8]) -> Answer {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<_> = lines.filter_map(header).collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = &all[end + 4..];
    Answer { status, headers, body: if chunked { unchunked(body) } else { body.to_vec() } }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        out.extend(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    out
}

pub struct Line {
    socket: tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<TcpStream>>,
}

impl Line {
    pub async fn next(&mut self) -> DeskMessage {
        loop {
            match self.socket.next().await.expect("the line is open").unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => panic!("the line was closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Messages until one fits, that one last.
    pub async fn until(&mut self, fits: impl Fn(&DeskBody) -> bool) -> Vec<DeskMessage> {
        let mut all = Vec::new();
        loop {
            all.push(self.next().await);
            if fits(&all[all.len() - 1].body) {
                return all;
            }
        }
    }

    /// Sends an intent; `Ok` or the code of its refusal, and what was heard meanwhile.
    pub async fn ask(&mut self, id: u32, ask: DeskAsk) -> (Result<(), String>, Vec<DeskMessage>) {
        let text = serde_json::to_string(&DeskIntent { id, ask }).unwrap();
        self.socket.send(Message::Text(text.into())).await.unwrap();
        let mine = |body: &DeskBody| matches!(body, DeskBody::Done { id: i } | DeskBody::Refused { id: i, .. } if *i == id);
        let mut heard = self.until(mine).await;
        let done = match heard.pop().map(|message| message.body) {
            Some(DeskBody::Refused { code, .. }) => Err(code),
            _ => Ok(()),
        };
        (done, heard)
    }

    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|f| f.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
