//! Digest authentication: the arithmetic of both sides, with nonces that need no memory to be judged and counts that do.
//! As a server ask [`Verifier`]; as a client keep an [`Answerer`] per peer. Header values are [`Challenge`] and [`Credentials`].
//! Never in this room: who may call (the endpoint's), clocks, randomness: time and chance come in as arguments.
//! RFC 7616, RFC 8760 (SHA-256 and SHA-512-256 in SIP), RFC 3261 §22.

mod algorithm;
mod client;
mod nonce;
mod server;
mod words;

pub use algorithm::{Algorithm, Hash, Secret};
pub use client::{Answerer, Unanswerable};
pub use nonce::{Age, NonceKey};
pub use server::{Denied, Verifier};
pub use words::{Challenge, Credentials, Qop, challenges, credentials};

/// The part of a request a digest covers.
#[derive(Debug, Clone, Copy)]
pub struct Covered<'a> {
    /// The method as on the request line.
    pub method: &'a str,
    /// The request URI as on the request line.
    pub uri: &'a str,
    /// The body, covered by `auth-int` only.
    pub body: &'a [u8],
}

impl<'a> From<&'a super::message::Request> for Covered<'a> {
    fn from(request: &'a super::message::Request) -> Covered<'a> {
        Covered { method: request.method.as_str(), uri: &request.uri, body: &request.body }
    }
}
