//! A row on its way out of SQL, read by column name or position. [`row_struct!`](crate::row_struct) makes a struct that
//! reads itself.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Row as _, TypeInfo, ValueRef};

use crate::DbError;
use crate::val::for_ids;

/// One row of either engine.
#[derive(Debug)]
pub enum Row {
    Lite(SqliteRow),
    Pg(PgRow),
}

/// A column by name or position (from 0).
pub trait Col: Copy + std::fmt::Display {
    /// Its position, or `None` where the row has no such column.
    fn find(self, row: &Row) -> Option<usize>;
}

impl Col for &str {
    fn find(self, row: &Row) -> Option<usize> {
        match row {
            Row::Lite(row) => row.columns().iter().position(|c| c.name() == self),
            Row::Pg(row) => row.columns().iter().position(|c| c.name() == self),
        }
    }
}

impl Col for usize {
    fn find(self, row: &Row) -> Option<usize> {
        let width = match row {
            Row::Lite(row) => row.columns().len(),
            Row::Pg(row) => row.columns().len(),
        };
        Some(self).filter(|i| *i < width)
    }
}

impl Row {
    /// The value of a column.
    /// # Errors
    /// [`DbError::Value`] where there is no such column, or it holds something else (null into a plain type included).
    pub fn get<T: Cell>(&self, column: impl Col) -> Result<T, DbError> {
        let at = column.find(self).ok_or_else(|| DbError::Value(format!("the row has no column {column}")))?;
        T::read(self, at).map_err(|why| DbError::Value(format!("column {column}: {why}")))
    }

    fn is_null(&self, at: usize) -> Result<bool, String> {
        match self {
            Self::Lite(row) => row.try_get_raw(at).map(|v| v.is_null()),
            Self::Pg(row) => row.try_get_raw(at).map(|v| v.is_null()),
        }
        .map_err(|e| e.to_string())
    }
}

/// What a column can be read as.
pub trait Cell: Sized {
    /// # Errors
    /// Says what the column holds instead.
    fn read(row: &Row, at: usize) -> Result<Self, String>;
}

impl Cell for i64 {
    fn read(row: &Row, at: usize) -> Result<Self, String> {
        match row {
            Row::Lite(row) => row.try_get::<i64, _>(at),
            Row::Pg(row) => match row.columns()[at].type_info().name() {
                "INT4" => row.try_get::<i32, _>(at).map(i64::from),
                "INT2" => row.try_get::<i16, _>(at).map(i64::from),
                "BOOL" => row.try_get::<bool, _>(at).map(i64::from),
                _ => row.try_get::<i64, _>(at),
            },
        }
        .map_err(|e| e.to_string())
    }
}

impl Cell for bool {
    fn read(row: &Row, at: usize) -> Result<Self, String> {
        i64::read(row, at).map(|v| v != 0)
    }
}

impl Cell for f64 {
    fn read(row: &Row, at: usize) -> Result<Self, String> {
        if row.is_null(at)? {
            return Err("unexpected null".into());
        }
        match row {
            // A whole number in a REAL column comes back as one.
            Row::Lite(row) => row.try_get_unchecked::<f64, _>(at),
            Row::Pg(row) => match row.columns()[at].type_info().name() {
                "FLOAT4" => row.try_get::<f32, _>(at).map(f64::from),
                _ => row.try_get::<f64, _>(at),
            },
        }
        .map_err(|e| e.to_string())
    }
}

macro_rules! native {
    ($($kind:ty)*) => { $(
        impl Cell for $kind {
            fn read(row: &Row, at: usize) -> Result<Self, String> {
                match row {
                    Row::Lite(row) => row.try_get::<$kind, _>(at),
                    Row::Pg(row) => row.try_get::<$kind, _>(at),
                }
                .map_err(|e| e.to_string())
            }
        }
    )* };
}
native! { String Vec<u8> }

macro_rules! narrow {
    ($($kind:ty)*) => { $(
        impl Cell for $kind {
            fn read(row: &Row, at: usize) -> Result<Self, String> {
                let wide = i64::read(row, at)?;
                Self::try_from(wide).map_err(|_| format!("{wide} does not fit {}", stringify!($kind)))
            }
        }
    )* };
}
narrow! { u8 u16 u32 u64 i32 usize }

impl<T: Cell> Cell for Option<T> {
    fn read(row: &Row, at: usize) -> Result<Self, String> {
        if row.is_null(at)? { Ok(None) } else { T::read(row, at).map(Some) }
    }
}

macro_rules! id_cells {
    ($($id:ident)*) => { $(
        impl Cell for contract::$id {
            fn read(row: &Row, at: usize) -> Result<Self, String> { i64::read(row, at).map(contract::$id) }
        }
    )* };
}
for_ids!(id_cells);

/// A struct that reads itself from a row, by column names.
pub trait FromRow: Sized {
    /// # Errors
    /// [`DbError::Value`] for the first column that does not fit.
    fn from_row(row: &Row) -> Result<Self, DbError>;
}

/// Declares a struct whose fields are read from the columns of the same names:
/// `row_struct! { pub struct Team { pub team_id: TeamId, pub name: String, pub lead: Option<AgentId> } }`.
#[macro_export]
macro_rules! row_struct {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $kind:ty),* $(,)? }) => {
        $(#[$meta])* $vis struct $name { $($(#[$field_meta])* $field_vis $field: $kind),* }
        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> ::std::result::Result<Self, $crate::DbError> {
                Ok(Self { $($field: row.get(stringify!($field))?),* })
            }
        }
    };
}
