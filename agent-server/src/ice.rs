//! How browsers reach us where the straight way is shut: a TURN server (RFC 8656) that shares a secret with us takes names and
//! passwords we make (coturn's `use-auth-secret`): the name says until when, the password is its HMAC-SHA1. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use company::{Settings, Vault};
use contract::EpochMs;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha1::Sha1;
use utoipa::ToSchema;

/// Longer than a shift.
pub const SHIFT_MS: EpochMs = 12 * 3_600_000;
/// For who only calls.
pub const CALL_MS: EpochMs = 2 * 3_600_000;

/// What a browser's `RTCPeerConnection` is made with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ice {
    pub ice_servers: Vec<IceServer>,
    /// No other way than over them.
    pub relay_only: bool,
    /// Until when they let this browser in; none: there are none.
    pub until: Option<EpochMs>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

/// For somebody the relay's log knows as `who`, for so long.
#[must_use]
pub fn of(settings: &Settings, vault: &Vault, who: &str, now: EpochMs, life_ms: EpochMs) -> Ice {
    let relay = &settings.relay;
    let secret = relay.sealed.as_deref().filter(|_| !relay.urls.is_empty()).map(|sealed| vault.unseal(sealed));
    match secret {
        None => Ice::default(),
        Some(None) => {
            tracing::error!("browsers are given no relay: its secret does not open with this key file; set it again");
            Ice::default()
        }
        Some(Some(secret)) => {
            let until = now + life_ms;
            let (username, credential) = credential(&secret, who, until);
            let server = IceServer { urls: relay.urls.clone(), username, credential };
            Ice { ice_servers: vec![server], relay_only: relay.only, until: Some(until) }
        }
    }
}

/// Name and password that hold until then.
fn credential(secret: &str, who: &str, until: EpochMs) -> (String, String) {
    let username = format!("{}:{who}", until / 1000);
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap_or_else(|e| unreachable!("a key of any length will do: {e}"));
    mac.update(username.as_bytes());
    let credential = B64.encode(mac.finalize().into_bytes());
    (username, credential)
}

#[cfg(test)]
mod tests {
    use super::*;
    use company::Relay;

    /// The passwords as `openssl dgst -sha1 -hmac SECRET -binary | base64` makes them of the names.
    #[test]
    fn names_and_passwords_are_those_a_relay_expects() {
        for (secret, who, until, name, password) in [
            ("north", "emma", 1_790_000_000_999, "1790000000:emma", "K0Z+QuDsu5FQ1fuMp4s5mNGcREw="),
            ("a secret with spaces", "7", 1_000, "1:7", "/LWU/73VBbcXkxAgD29BvG1xuOk="),
        ] {
            assert_eq!(credential(secret, who, until), (name.to_owned(), password.to_owned()));
        }
    }

    #[test]
    fn without_a_relay_or_with_a_secret_of_another_house_there_is_none() {
        let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
        let relay = Relay { urls: vec!["turn:a.test".into()], only: true, password: None, sealed: Some(vault.seal("north")) };
        let settings = Settings { relay, ..Settings::default() };
        let ice = of(&settings, &vault, "emma", 0, SHIFT_MS);
        assert_eq!((ice.ice_servers.len(), ice.relay_only, ice.until), (1, true, Some(SHIFT_MS)));
        assert_eq!(of(&settings, &other, "emma", 0, SHIFT_MS), Ice::default());
        assert_eq!(of(&Settings::default(), &vault, "emma", 0, SHIFT_MS), Ice::default());
    }
}
