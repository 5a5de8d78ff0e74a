//! The server's API as one person sees it: a session, JSON there and back, and the desk's line held open. One request a
//! connection: a demo asks little. Never in this room: phones.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Longest answer that is read.
const MOST: u64 = 8 << 20;
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("{server} does not answer ({why}); start it with `make run`")]
    Away { server: SocketAddr, why: String },
    #[error("{method} {path}: {status} {detail}")]
    Refused { method: &'static str, path: String, status: u16, detail: String },
}

/// A person signed in.
#[derive(Debug, Clone)]
pub struct Session {
    server: SocketAddr,
    cookie: String,
}

impl Session {
    /// # Errors
    /// [`HttpError`].
    pub async fn sign_in(server: SocketAddr, username: &str, password: &str) -> Result<Self, HttpError> {
        let nobody = Self { server, cookie: String::new() };
        let body = json!({ "username": username, "password": password });
        let (cookie, _) = nobody.exchange("POST", "/session", Some(&body)).await?;
        Ok(Self { server, cookie: cookie.unwrap_or_default() })
    }

    /// # Errors
    /// [`HttpError`].
    pub async fn get(&self, path: &str) -> Result<Value, HttpError> {
        self.exchange("GET", path, None).await.map(|(_, value)| value)
    }

    /// # Errors
    /// [`HttpError`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<Value, HttpError> {
        self.exchange("PUT", path, Some(body)).await.map(|(_, value)| value)
    }

    /// # Errors
    /// [`HttpError`].
    pub async fn post(&self, path: &str, body: Option<&Value>) -> Result<Value, HttpError> {
        self.exchange("POST", path, body).await.map(|(_, value)| value)
    }

    /// # Errors
    /// [`HttpError`].
    pub async fn sign_out(&self) -> Result<(), HttpError> {
        self.exchange("DELETE", "/session", None).await.map(drop)
    }

    /// The cookie, where one came, and the body.
    async fn exchange(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(Option<String>, Value), HttpError> {
        let away = |why: String| HttpError::Away { server: self.server, why };
        let text = body.map(Value::to_string).unwrap_or_default();
        let kind = if body.is_some() { "Content-Type: application/json\r\n" } else { "" };
        let request = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: zuoxi-demo\r\nCookie: {}\r\n\
             {kind}Content-Length: {}\r\n\r\n{text}",
            self.server,
            self.cookie,
            text.len()
        );
        let talk = async {
            let mut stream = TcpStream::connect(self.server).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut bytes = Vec::new();
            stream.take(MOST).read_to_end(&mut bytes).await?;
            Ok::<_, std::io::Error>(bytes)
        };
        let bytes = timeout(PATIENCE, talk).await.map_err(|_| away("no answer in time".into()))?.map_err(|e| away(e.to_string()))?;
        let answer = Answer::read(&bytes).ok_or_else(|| away("what it says is no HTTP".into()))?;
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        if !(200..300).contains(&answer.status) {
            let detail = value["detail"].as_str().or(value["title"].as_str()).unwrap_or_default().to_owned();
            return Err(HttpError::Refused { method, path: path.to_owned(), status: answer.status, detail });
        }
        Ok((answer.cookie, value))
    }

    /// Holds the desk's line until it breaks, as an open desktop does.
    ///
    /// # Errors
    /// In words.
    pub async fn hold_line(&self) -> Result<(), String> {
        let mut request = format!("ws://{}/api/v1/desk/ws", self.server).into_client_request().map_err(|e| e.to_string())?;
        let cookie = self.cookie.parse().map_err(|_| "the cookie is no header".to_owned())?;
        request.headers_mut().insert("cookie", cookie);
        let (mut line, _) = tokio_tungstenite::connect_async(request).await.map_err(|e| e.to_string())?;
        while let Some(message) = line.next().await {
            match message.map_err(|e| e.to_string())? {
                Message::Ping(bytes) => line.send(Message::Pong(bytes)).await.map_err(|e| e.to_string())?,
                Message::Close(_) => break,
                _ => {}
            }
        }
        Ok(())
    }
}

struct Answer {
    status: u16,
    cookie: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, &str)> =
            lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.to_ascii_lowercase(), v.trim())).collect();
        let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| *v);
        let cookie = header("set-cookie").and_then(|c| c.split(';').next()).map(str::to_owned);
        let rest = &bytes[end + 4..];
        let chunked = header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
        let body = if chunked { unchunk(rest)? } else { rest.to_vec() };
        Some(Self { status, cookie, body })
    }
}

/// A body in chunks, put together (RFC 9112 §7.1).
fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = bytes.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        out.extend_from_slice(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 4 + size..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_in_chunks() {
        let whole = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\n{}";
        let answer = Answer::read(whole).unwrap();
        assert_eq!((answer.status, answer.cookie.as_deref(), answer.body.as_slice()), (200, Some("a=b"), b"{}".as_slice()));
        let chunked = b"HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
        let answer = Answer::read(chunked).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (409, b"{\"a\":1}".as_slice()));
        assert!(Answer::read(b"HTTP/1.1 200 OK\r\n").is_none());
    }
}
