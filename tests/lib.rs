//! Whole-system tests: real phones, a real browser, load, faults. `phone` is a scripted SIP phone; `house` is a gateway
//! with a small company, for calls within one process.

pub mod house;
pub mod phone;
