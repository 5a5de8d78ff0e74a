//! The one room that knows SQL engines, files and disks: [`Db`] with its [`Tx`] and [`Read`], [`Migrations`], [`View`]s, the event
//! [`ledger`], the bookkeeping of [`fold`]s, the [`outbox`], [`files`] and [`lease`]s; lists in [`page`]s. Start at [`Db::open`].
//! Never in this room: a customer, a call, a rule of the business. Whoever has tables keeps their SQL in its own modules.

mod copy;
pub mod db;
mod error;
pub mod files;
pub mod fold;
pub mod lease;
pub mod ledger;
mod migrate;
mod names;
pub mod outbox;
pub mod page;
mod row;
mod schema;
#[cfg(feature = "testing")]
pub mod testing;
mod val;
mod views;
pub mod words;

pub use db::{Db, Durability, Options, Read, Tx, placeholders};
pub use error::{ConstraintKind, DbError};
pub use files::Files;
pub use fold::{Fold, Folds};
pub use ledger::{LedgerOptions, LedgerWriter};
pub use migrate::Migrations;
pub use row::{Cell, Col, FromRow, Row};
pub use schema::MIGRATIONS;
pub use val::Val;
pub use views::View;
