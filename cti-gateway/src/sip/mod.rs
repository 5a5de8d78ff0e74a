//! SIP signalling without I/O (RFC 3261 and friends): bytes and questions in, bytes and facts out, time as an argument.
//! `api` holds the words; the endpoint joins transactions, dialogs, registrar and admission; `net` gives it sockets.
//! Never in this room: what a call means (`call`), audio (`media`), SQL, clocks outside `net`.

pub mod admission;
pub mod api;
pub mod auth;
pub mod dialog;
pub mod endpoint;
pub mod message;
pub mod net;
pub mod outward;
mod pace;
pub mod registrar;
pub mod sdp;
pub mod transaction;

pub use endpoint::Endpoint;
