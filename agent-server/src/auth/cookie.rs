//! The session cookie: not for scripts, not sent along from other sites, over TLS only where there is TLS.

use axum::http::{HeaderMap, HeaderValue};

const NAME: &str = "zuoxi_session";

/// The token of this request.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value).filter(|value| value.len() <= 200)
}

/// `Set-Cookie` for a session that begins.
#[must_use]
pub fn set(token: &str, secure: bool) -> HeaderValue {
    cookie(token, company::sessions::LONGEST_MS / 1000, secure)
}

/// `Set-Cookie` for one that ended.
#[must_use]
pub fn clear(secure: bool) -> HeaderValue {
    cookie("", 0, secure)
}

fn cookie(value: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|e| unreachable!("a token is plain letters: {e}"))
}
