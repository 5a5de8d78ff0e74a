//! What an administrator manages: people and their rights, teams, skills, queues, numbers, trunks, stations, flows, reasons
//! and dispositions; and who did what. Start at [`book`]: the whole company fits in memory and is checked as a whole.
//! Never in this room: customers (`crm`), calls, HTTP. SQL stands in the module of its table.
//! Configuration is kept as documents: one table, one way to edit, check, undo and tell history, whatever the kind.

pub mod audit;
pub mod book;
pub mod credentials;
pub mod demo;
pub mod directory;
pub mod edit;
pub mod items;
pub mod messages;
pub mod named;
mod pbx;
pub mod rules;
pub mod schema;
pub mod sessions;
mod trunk;
pub mod vault;

pub use book::{Book, Kept};
pub use edit::{EditError, FieldFault};
pub use items::*;
pub use named::{FlowText, Named};
pub use schema::MIGRATIONS;
pub use vault::Vault;
