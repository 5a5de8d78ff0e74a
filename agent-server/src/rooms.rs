//! The rooms of this house that keep tables, opened together, and their folds.

use std::collections::{BTreeMap, HashSet};

use contract::PhoneNumber;
use store::{Db, DbError, Folds, LedgerWriter, Migrations};

/// In the order in which they are made.
pub const ROOMS: &[Migrations] =
    &[store::MIGRATIONS, company::MIGRATIONS, crm::MIGRATIONS, recordings::MIGRATIONS, reports::MIGRATIONS];

/// Number lists by name.
///
/// # Errors
/// Those of the database.
pub async fn number_lists(db: &Db) -> Result<BTreeMap<String, HashSet<PhoneNumber>>, DbError> {
    crm::lists::all(db, crate::clock::now()).await
}

/// Everything that follows the ledger into tables.
#[must_use]
pub fn folds(db: &Db, ledger: &LedgerWriter) -> Folds {
    let mut folds = Folds::new(db.clone(), ledger);
    folds.start(crm::interactions::InteractionFold);
    folds.start(recordings::RecordingFold);
    folds.start(reports::AgentIntervals);
    folds.start(reports::Rollup);
    folds
}
