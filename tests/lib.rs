//! Whole-system tests: real phones, a real browser, load, faults. `phone` is a scripted SIP phone; `house` is a gateway
//! with a small company, for calls within one process; `server` is the whole program in a process of its own, with its API
//! and its desktops; `peer` is a browser's side of WebRTC (an agent's or a visitor's), as the gateway's own tests have it.

pub mod house;
#[path = "../cti-gateway/tests/peer/mod.rs"]
pub mod peer;
pub mod phone;
pub mod server;
