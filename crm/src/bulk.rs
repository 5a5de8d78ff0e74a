//! Many customers at once: names with their numbers, normalised and indexed like any other, a transaction per few
//! thousand. Start at [`import_simple`]; [`add`] takes a few in the caller's transaction.

use contract::number::Context;
use contract::{ContactPointId, CustomerId, IdMaker};
use store::{Db, DbError, Tx, Val};
use tokio::task::JoinHandle;

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

/// Creates a customer per row. What is done stays done when it fails later; ids come from `ids` at `by.now`. While one
/// batch is written, the next is normalised on another thread.
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
    let mut rows = rows.into_iter();
    let mut ahead: Option<JoinHandle<Batch>> = None;
    loop {
        let some: Vec<Numbered> = rows.by_ref().take(BATCH).map(|row| number(row, ids, by)).collect();
        let last = some.is_empty();
        let (country, area_code, own) = (ctx.country.to_owned(), ctx.area_code.to_owned(), ctx.own.to_vec());
        let next = tokio::task::spawn_blocking(move || prepare(some, &Context { country: &country, area_code: &area_code, own: &own }, by));
        if let Some(ready) = ahead.replace(next) {
            let batch = ready.await.map_err(|e| DbError::Other(format!("preparing rows failed: {e}")))?;
            let mut tx = db.begin().await?;
            let written = write(&mut tx, batch).await?;
            tx.commit().await?;
            done.count(written);
        }
        if last {
            return Ok(done);
        }
    }
}

/// Creates a customer per row, as [`import_simple`], for rows that are few and belong to something larger.
/// # Errors
/// Only those of the database.
pub async fn add(
    tx: &mut Tx<'_>,
    rows: impl IntoIterator<Item = SimpleRow>,
    ctx: &Context<'_>,
    ids: &IdMaker,
    by: By,
) -> Result<Imported, DbError> {
    let rows = rows.into_iter().map(|row| number(row, ids, by)).collect();
    write(tx, prepare(rows, ctx, by)).await
}

impl Imported {
    fn count(&mut self, more: Self) {
        self.customers += more.customers;
        self.points += more.points;
        self.unreadable += more.unreadable;
        self.nameless += more.nameless;
    }
}

struct Numbered {
    row: SimpleRow,
    customer: CustomerId,
    points: Vec<ContactPointId>,
}

fn number(row: SimpleRow, ids: &IdMaker, by: By) -> Numbered {
    let points = row.numbers.iter().map(|_| ids.make(by.now)).collect();
    Numbered { customer: ids.make(by.now), points, row }
}

#[derive(Default)]
struct Batch {
    customers: Vec<Vec<Val>>,
    points: Vec<Vec<Val>>,
    unreadable: u64,
    nameless: u64,
}

fn prepare(rows: Vec<Numbered>, ctx: &Context<'_>, by: By) -> Batch {
    let mut batch = Batch::default();
    for Numbered { row, customer, points } in rows {
        if row.fields.name.trim().is_empty() {
            batch.nameless += 1;
            continue;
        }
        batch.customers.push(row.fields.insert_vals(customer, by));
        for (number, point) in row.numbers.iter().zip(points) {
            let values = points::insert_vals(point, customer, None, &PointFields::phone(number), ctx, by);
            batch.unreadable += u64::from(matches!(values[5], Val::Text(None)));
            batch.points.push(values);
        }
    }
    batch
}

async fn write(tx: &mut Tx<'_>, batch: Batch) -> Result<Imported, DbError> {
    let customers = tx.insert_many(customers::INSERT, batch.customers, "").await?;
    let points = tx.insert_many(points::INSERT, batch.points, "").await?;
    Ok(Imported { customers, points, unreadable: batch.unreadable, nameless: batch.nameless })
}
