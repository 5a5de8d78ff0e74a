//! The whole configuration in memory: small, read in one statement, checked and turned into a directory as a whole.

use std::collections::BTreeMap;

use contract::{AgentId, EpochMs, RowId};
use serde::Serialize;
use store::{DbError, Row, Tx, vals};
use utoipa::ToSchema;

use crate::items::*;

/// A document as kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kept<T> {
    /// A decimal string.
    #[schema(value_type = String)]
    pub id: RowId,
    /// Grows by one with every change; sent back with an edit so that nobody's work is lost.
    pub version: i64,
    pub updated_at: EpochMs,
    #[schema(value_type = Option<String>)]
    pub updated_by: Option<AgentId>,
    #[serde(flatten)]
    pub item: T,
}

pub type Shelf<T> = BTreeMap<<T as Item>::Id, Kept<T>>;

/// Everything, by kind and id.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub teams: Shelf<Team>,
    pub skills: Shelf<Skill>,
    pub queues: Shelf<Queue>,
    pub numbers: Shelf<Number>,
    pub trunks: Shelf<Trunk>,
    pub pbxs: Shelf<Pbx>,
    pub stations: Shelf<Station>,
    pub flows: Shelf<Flow>,
    pub reasons: Shelf<Reason>,
    pub dispositions: Shelf<Disposition>,
    pub agents: Shelf<Agent>,
    pub settings: Option<Kept<Settings>>,
    /// The newest change; the directory's version.
    pub version: u64,
}

/// Where a kind stands in the book.
pub trait Shelved: Item {
    fn shelf(book: &Book) -> &Shelf<Self>;
    fn shelf_mut(book: &mut Book) -> &mut Shelf<Self>;
}

macro_rules! shelved {
    ($($kind:ty => $field:ident),* $(,)?) => {
        $(impl Shelved for $kind {
            fn shelf(book: &Book) -> &Shelf<Self> { &book.$field }
            fn shelf_mut(book: &mut Book) -> &mut Shelf<Self> { &mut book.$field }
        })*

        impl Book {
            fn put(&mut self, kind: &str, id: i64, row: &Row) -> Result<(), DbError> {
                match kind {
                    $(<$kind as Item>::KIND => { self.$field.insert(id.into(), kept(id, row)?); })*
                    Settings::KIND => self.settings = Some(kept(id, row)?),
                    // Of a newer program: kept where it is, not understood here.
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

shelved! {
    Team => teams, Skill => skills, Queue => queues, Number => numbers, Trunk => trunks, Station => stations,
    Pbx => pbxs,
    Flow => flows, Reason => reasons, Disposition => dispositions, Agent => agents,
}

fn kept<T: Item>(id: i64, row: &Row) -> Result<Kept<T>, DbError> {
    let body: String = row.get("body")?;
    let item = serde_json::from_str(&body)
        .map_err(|e| DbError::Setup(format!("configuration document {id} of kind {} does not read: {e}", T::KIND)))?;
    Ok(Kept {
        id: RowId(id),
        version: row.get("version")?,
        updated_at: row.get("updated_at")?,
        updated_by: row.get("updated_by")?,
        item,
    })
}

const ALL: &str = "SELECT item_id, kind, version, body, updated_at, updated_by FROM config_item ORDER BY item_id";
const NEWEST: &str = "SELECT COALESCE(MAX(change_id), 0) AS newest FROM config_change";

/// Reads everything as of this transaction.
///
/// # Errors
/// [`DbError`], also for a document that does not read.
pub async fn read(tx: &mut Tx<'_>) -> Result<Book, DbError> {
    let (rows, newest) = (tx.query(ALL, vals![]).await?, tx.query(NEWEST, vals![]).await?);
    from_rows(&rows, &newest)
}

/// The same through a reading handle.
///
/// # Errors
/// As [`read`].
pub async fn look(db: &store::Db) -> Result<Book, DbError> {
    let mut read = db.read().await?;
    let (rows, newest) = (read.query(ALL, vals![]).await?, read.query(NEWEST, vals![]).await?);
    from_rows(&rows, &newest)
}

fn from_rows(rows: &[Row], newest: &[Row]) -> Result<Book, DbError> {
    let mut book = Book::default();
    for row in rows {
        let (id, kind): (i64, String) = (row.get("item_id")?, row.get("kind")?);
        book.put(&kind, id, row)?;
    }
    if let Some(row) = newest.first() {
        book.version = u64::try_from(row.get::<i64>("newest")?).unwrap_or(0);
    }
    Ok(book)
}
