//! What a caller walks through before an agent: flows read from YAML files ([`Flow::compile`]) and walked by one
//! [`Session`] a call, which takes what happens ([`Input`]) and returns what to do ([`Act`]).
//! Never in this room: sound, sockets, files, SQL, clocks, async. Who takes a queued call is `acd`'s business;
//! playing, recording and transferring are done by the call machine in `cti-gateway`.
//! Files are YAML 1.2, checked against [`json_schema`]; conditions are a typed subset of CEL (`expr`).

pub mod act;
pub mod announce;
mod apology;
mod calendar;
mod compile;
mod expr;
mod flow;
mod known;
mod language;
mod offered;
mod problem;
pub mod rename;
pub mod say;
mod schema;
mod session;
mod spec;
mod tree;

pub use act::{
    Act, Input, Prompt, QueueExit, QueueReturn, QueueState, Start, TransferExit, TransferTo, Voicemail, World,
};
pub use compile::fuzz_compile;
pub use flow::Flow;
pub use known::Known;
pub use language::Language;
pub use offered::{ForAgents, for_agents};
pub use problem::{Problem, Severity};
pub use schema::json_schema;
pub use session::Session;
