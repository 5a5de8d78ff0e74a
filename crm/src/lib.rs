//! The shared customer store: who they are ([`customers`], [`contacts`], [`points`]), which numbers are special
//! ([`lists`]), who is calling ([`lookup`]), and what happened with them ([`interactions`], [`timeline`]).
//! Reads take a [`store::Db`], writes a [`store::Tx`], so the caller owns the transaction; `now` and ids come in as arguments.
//! Never in this room: HTTP, sockets, and who may see what. Interactions are a fold over the ledger, written by nobody else.

pub mod bulk;
pub mod contacts;
pub mod customers;
pub mod demo;
pub mod drafts;
mod error;
pub mod interactions;
pub mod lists;
pub mod lookup;
pub mod names;
pub mod points;
mod schema;
pub mod tags;
pub mod timeline;
mod words;

pub use error::CrmError;
pub use schema::MIGRATIONS;
pub use store::page::{BadCursor, Page, PageAsk};
