//! The shared words of the house: ids, phone numbers, what happens ([`Event`]), what may be asked ([`CallCommand`],
//! [`SeatCommand`]), what a desktop hears ([`DeskMessage`]) and what the phones must know of the company ([`Directory`]).
//! Start at [`event`]. Never in this room: I/O, clocks, SQL, opinions.
//! Everything marked `TS` is exported to `web-agent/src/contract.gen.ts` by `cargo xtask gen`; a test fails on drift.

pub mod command;
pub mod desk;
pub mod directory;
pub mod event;
pub mod health;
pub mod ids;
pub mod number;
pub mod ports;
pub mod seat;

pub use command::*;
pub use desk::*;
pub use directory::Directory;
pub use event::*;
pub use ids::*;
pub use number::PhoneNumber;
pub use ports::*;
pub use seat::*;

/// Milliseconds since 1970-01-01 UTC: how every moment is stored and sent.
pub type EpochMs = i64;
