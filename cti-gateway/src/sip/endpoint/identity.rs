//! Who somebody is by digest. A user nobody knows costs the same work and gets the same answer as a wrong password.

use std::time::{Duration, Instant};

use contract::directory::DigestBy;

use super::chance::Chance;
use crate::sip::api::{EndpointConfig, SipDirectory, Source};
use crate::sip::auth::{Denied, Secret, Verifier, credentials};
use crate::sip::message::{Name, Request};

/// Nonces live this long.
const NONCE_LIFE: Duration = Duration::from_secs(600);
/// Nonces whose counts are remembered.
const NONCES: usize = 50_000;

/// What credentials prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// None came for our realm.
    Absent,
    /// Right, but with an old nonce.
    Stale,
    Wrong,
    /// With the user name that was proved.
    Good(Source, String),
}

pub(super) struct Identity {
    verifier: Verifier,
    /// The clock of nonces begins with the first request.
    origin: Option<Instant>,
    /// Judged against when nobody has that name.
    nobody: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.verifier.realm())
    }
}

impl Identity {
    pub fn new(config: &EndpointConfig, chance: &mut Chance) -> Self {
        let mut key = [0; 32];
        for eight in key.chunks_exact_mut(8) {
            eight.copy_from_slice(&chance.next().to_be_bytes());
        }
        let nobody = chance.tag();
        Self { verifier: Verifier::new(&config.realm, key, NONCE_LIFE, NONCES), origin: None, nobody }
    }

    fn clock(&mut self, now: Instant) -> Duration {
        let origin = *self.origin.get_or_insert(now);
        // Never zero: a nonce made at the first moment must not look like one from the future later.
        now.saturating_duration_since(origin) + Duration::from_secs(1)
    }

    /// The challenges to answer a request with, strongest first.
    pub fn challenges(&mut self, now: Instant, stale: bool) -> Vec<String> {
        let now = self.clock(now);
        self.verifier.challenges(now, stale)
    }

    pub fn prove(&mut self, now: Instant, directory: &SipDirectory, request: &Request) -> Proof {
        let Some(said) = credentials(&request.headers, Name::Authorization, self.verifier.realm()) else {
            return Proof::Absent;
        };
        let now = self.clock(now);
        let account = directory.account(&said.username);
        let password = account.map_or(self.nobody.as_str(), |(_, secret)| secret.0.as_str());
        let judged = self.verifier.verify(now, &said, Secret::Password(password), request.into());
        let weak = directory.digest_of(&said.username) == DigestBy::Sha256 && said.algorithm.as_str().starts_with("MD5");
        match (judged, account) {
            (Ok(()), Some(_)) if weak => Proof::Wrong,
            (Ok(()), Some((source, _))) => Proof::Good(source, said.username),
            (Err(Denied::Stale), Some(_)) => Proof::Stale,
            (Ok(()) | Err(_), _) => Proof::Wrong,
        }
    }
}
