//! What we keep up with trunks by ourselves: our [`Registration`] there, and whether each [`Address`] of theirs lives.
//! Both are told what happened and when, and say what is to be sent; the endpoint words and sends it.
//! Never in this room: messages, sockets, clocks. RFC 3261 §10.2 and §11, RFC 5626 §4.5.

mod address;
mod registration;

pub use address::{Address, PATIENCE};
pub use registration::{Failure, Registration, Standing};
