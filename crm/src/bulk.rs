//! Many customers at once: names with their numbers, normalised and indexed like any other, a transaction per few
//! thousand. Start at [`import_simple`].

use contract::number::Context;
use contract::{ContactPointId, CustomerId, IdMaker};
use store::{Db, DbError};

use crate::customers::{self, By, CustomerFields};
use crate::points::{self, PointFields};

/// One line of a plain list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimpleRow {
    pub fields: CustomerFields,
    pub numbers: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    pub customers: u64,
    pub points: u64,
    /// Numbers kept as written because no plan has them.
    pub unreadable: u64,
    /// Rows without a name, not taken.
    pub nameless: u64,
}

/// Customers in one transaction.
const BATCH: usize = 2_000;

/// Creates a customer per row. What is done stays done when it fails later; ids come from `ids` at `by.now`.
/// # Errors
/// Only those of the database.
pub async fn import_simple(
    db: &Db,
    rows: impl IntoIterator<Item = SimpleRow>,
    ctx: &Context<'_>,
    ids: &IdMaker,
    by: By,
) -> Result<Imported, DbError> {
    let mut done = Imported::default();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let (mut customers, mut numbers) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH + BATCH / 3));
        for row in rows.by_ref().take(BATCH) {
            if row.fields.name.trim().is_empty() {
                done.nameless += 1;
                continue;
            }
            let customer: CustomerId = ids.make(by.now);
            customers.push(row.fields.insert_vals(customer, by));
            for number in &row.numbers {
                let point: ContactPointId = ids.make(by.now);
                let values = points::insert_vals(point, customer, None, &PointFields::phone(number), ctx, by);
                done.unreadable += u64::from(matches!(values[5], store::Val::Text(None)));
                numbers.push(values);
            }
        }
        done.customers += customers.len() as u64;
        done.points += numbers.len() as u64;
        let mut tx = db.begin().await?;
        tx.insert_many(customers::INSERT, customers, "").await?;
        tx.insert_many(points::INSERT, numbers, "").await?;
        tx.commit().await?;
    }
    Ok(done)
}
