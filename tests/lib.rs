//! Whole-system tests: real phones, a real browser, load, faults. `phone` is a scripted SIP phone; `house` is a gateway
//! with a small company, for calls within one process; `server` is the whole program in a process of its own, with its API
//! and its desktops.

pub mod house;
pub mod phone;
pub mod server;
