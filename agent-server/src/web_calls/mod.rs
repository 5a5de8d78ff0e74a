//! Calls from the company's web pages: which pages may, how many from where ([`Guests`]), who a visitor is ([`token`]), and a
//! visitor's line beside the audio ([`line`]). Start at [`line::serve`].
//! Never in this room: the audio and the call, which are the gateway's; the script that pages embed (`http/call.js`).

mod guests;
pub mod line;
pub mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use company::{Vault, WebCalls};

pub use guests::{Full, Guests};

/// Who is calling from pages now, for all handlers.
#[derive(Debug, Clone, Default)]
pub struct Lobby(Arc<Mutex<Guests>>);

impl Lobby {
    pub fn guests(&self) -> MutexGuard<'_, Guests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its place in the lobby, until dropped.
pub struct Place {
    lobby: Lobby,
    address: String,
}

impl Place {
    /// # Errors
    /// [`Full`] says which limit was met.
    pub fn take(lobby: &Lobby, address: &str, now: i64, web: &WebCalls) -> Result<Self, Full> {
        lobby.guests().enter(address, now, web)?;
        Ok(Self { lobby: lobby.clone(), address: address.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lobby.guests().leave(&self.address);
    }
}

/// The page a WebSocket was opened by, where it may call us: its origin (RFC 6454). A page of our own may.
#[must_use]
pub fn origin_of(headers: &HeaderMap, web: &WebCalls, public_url: &str) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text("origin")?.to_ascii_lowercase();
    let (_, asked) = origin.split_once("://")?;
    let own = asked.eq_ignore_ascii_case(text("host").unwrap_or_default()) || origin.eq_ignore_ascii_case(public_url);
    (own || web.origins.contains(&origin)).then_some(origin)
}

/// The secret of a key that signs who visitors are.
#[must_use]
pub fn secret(vault: &Vault, key: &str) -> String {
    vault.secret(&format!("web calls {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_on_the_list_and_our_own_may_call() {
        let web = WebCalls { origins: vec!["https://shop.example".into()], ..WebCalls::default() };
        for (origin, may) in [
            (Some("https://shop.example"), true),
            (Some("https://SHOP.example"), true),
            (Some("http://shop.example"), false),
            (Some("https://shop.example:8443"), false),
            (Some("https://shop.example.evil.example"), false),
            (Some("http://127.0.0.1:8080"), true),
            (Some("https://calls.example"), true),
            (Some("null"), false),
            (None, false),
        ] {
            let mut headers: HeaderMap = [(axum::http::header::HOST, "127.0.0.1:8080".parse().unwrap())].into_iter().collect();
            origin.map(|origin| headers.insert("origin", origin.parse().unwrap()));
            assert_eq!(origin_of(&headers, &web, "https://calls.example").is_some(), may, "{origin:?}");
        }
    }
}
