//! A browser without a screen: HTTP/1.1 over one connection a request, with a session's cookie. Replies are whole.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const API: &str = "/api/v1";

/// Somebody at the web interface.
#[derive(Debug, Clone)]
pub struct Web {
    at: SocketAddr,
    cookie: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// Where the body is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: status {}, {}", self.status, self.text()))
    }
}

impl Web {
    /// Nobody in particular.
    #[must_use]
    pub fn at(at: SocketAddr) -> Self {
        Self { at, cookie: None }
    }

    /// # Panics
    /// Where the sign-in is refused.
    pub async fn sign_in(at: SocketAddr, username: &str, password: &str) -> Self {
        let reply = Self::at(at).try_sign_in(username, password).await;
        assert!((200..300).contains(&reply.status), "{username} may not sign in: {} {}", reply.status, reply.text());
        let cookie = reply.header("set-cookie").and_then(|text| text.split(';').next()).map(str::to_owned);
        assert!(cookie.is_some(), "a session comes as a cookie");
        Self { at, cookie }
    }

    pub async fn try_sign_in(&self, username: &str, password: &str) -> Reply {
        let who = serde_json::json!({ "username": username, "password": password });
        self.send("POST", "/session", &who).await
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.at
    }

    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// A page outside of the API, or a whole path; nothing where nobody listens.
    pub async fn get(&self, path: &str) -> Option<Reply> {
        self.ask("GET", path, &[], None).await.ok()
    }

    /// A GET of the API that must succeed.
    pub async fn read(&self, path: &str) -> Value {
        let reply = self.try_read(path).await;
        assert_eq!(reply.status, 200, "GET {path}: {}", reply.text());
        reply.json()
    }

    /// A GET of the API, whatever comes.
    pub async fn try_read(&self, path: &str) -> Reply {
        self.read_with(path, &[]).await
    }

    pub async fn read_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let reply = self.ask("GET", &format!("{API}{path}"), headers, None).await;
        reply.unwrap_or_else(|e| panic!("GET {path}: {e}"))
    }

    /// A write to the API, whatever comes.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let text = body.to_string();
        let reply = self.ask(method, &format!("{API}{path}"), &[], Some(&text)).await;
        reply.unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    /// A write that must succeed.
    pub async fn write(&self, method: &str, path: &str, body: &Value) -> Reply {
        let reply = self.send(method, path, body).await;
        assert!((200..300).contains(&reply.status), "{method} {path}: {} {}", reply.status, reply.text());
        reply
    }

    /// A WAV file put somewhere in the API, whatever comes.
    pub async fn upload(&self, path: &str, wav: &[u8]) -> Reply {
        let kind = [("Content-Type", "audio/wav")];
        let reply = self.bytes("PUT", &format!("{API}{path}"), &kind, Some(wav)).await;
        reply.unwrap_or_else(|e| panic!("PUT {path}: {e}"))
    }

    async fn ask(&self, method: &str, path: &str, more: &[(&str, &str)], body: Option<&str>) -> std::io::Result<Reply> {
        let json = body.map(|_| ("Content-Type", "application/json"));
        let more: Vec<(&str, &str)> = more.iter().copied().chain(json).collect();
        self.bytes(method, path, &more, body.map(str::as_bytes)).await
    }

    async fn bytes(&self, method: &str, path: &str, more: &[(&str, &str)], body: Option<&[u8]>) -> std::io::Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.at);
        if method != "GET" {
            head += &format!("Origin: http://{}\r\n", self.at);
        }
        if let Some(cookie) = &self.cookie {
            head += &format!("Cookie: {cookie}\r\n");
        }
        for (name, value) in more {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = body {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head += "\r\n";
        let mut stream = TcpStream::connect(self.at).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.unwrap_or_default()).await?;
        let mut whole = Vec::new();
        stream.read_to_end(&mut whole).await?;
        reply(&whole).ok_or_else(|| std::io::Error::other("no HTTP came back"))
    }
}

/// Takes a whole reply apart.
fn reply(whole: &[u8]) -> Option<Reply> {
    let end = whole.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&whole[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let pair = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(pair).collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value.contains("chunked"));
    let rest = &whole[end + 4..];
    let body = if chunked { unchunked(rest)? } else { rest.to_vec() };
    Some(Reply { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        let begin = line + 2;
        out.extend_from_slice(rest.get(begin..begin + size)?);
        rest = rest.get(begin + size + 2..)?;
    }
}
