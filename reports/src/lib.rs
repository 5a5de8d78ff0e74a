//! What happens now and what happened: the live [`board`] (pure), the folds that keep agents' [`intervals`] and the
//! 15-minute [`rollup`], the [`figures`] read from them, and the [`VIEWS`] of reporting tools. Every figure has a named
//! formula and lists what made it.
//! Never in this room: deciding anything about a call. Everything here could be deleted and made again from the ledger.

pub mod board;
pub mod day;
pub mod figures;
pub mod intervals;
pub mod rollup;
mod schema;
pub mod thresholds;
mod views;

pub use board::Board;
pub use day::{BadZone, Zone};
pub use intervals::AgentIntervals;
pub use rollup::Rollup;
pub use schema::MIGRATIONS;
pub use thresholds::Thresholds;
pub use views::VIEWS;
