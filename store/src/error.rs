//! What can go wrong with a database, in the kinds a caller acts on: a broken rule (by the name of its constraint, the
//! same on both engines), a busy or an absent database, or a mistake of ours.

use sqlx::error::{DatabaseError, ErrorKind};

use crate::names::Names;

/// Which kind of rule the database kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    Unique,
    ForeignKey,
    Check,
    NotNull,
}

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// `name`: of the unique index, of the named check, `<table>_pkey`, or `foreign_key` (SQLite does not say which).
    #[error("constraint {name} was broken: {message}")]
    Constraint { name: String, kind: ConstraintKind, message: String },
    /// Somebody else held what was needed for too long. Nothing was changed; the same transaction may be tried again.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// No answer from the database. Nothing is known to be changed.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A statement before this one failed in the same transaction, on which PostgreSQL drops all of it; so do we.
    #[error("this transaction already failed; begin a new one")]
    Failed,
    /// A value that cannot be stored, or a column that does not hold what was asked for.
    #[error("{0}")]
    Value(String),
    /// The steps of this program and those applied to the database do not fit.
    #[error("{0}")]
    Migration(String),
    /// The database cannot be used at all: address, version or file system.
    #[error("{0}")]
    Setup(String),
    #[error("database error: {0}")]
    Other(String),
}

impl DbError {
    /// The broken constraint: a unique index by its name, `<table>_pkey`, a check by its name, or `foreign_key`.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { name, .. } => Some(name),
            _ => None,
        }
    }

    #[must_use]
    pub fn constraint_kind(&self) -> Option<ConstraintKind> {
        match self {
            Self::Constraint { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Worth trying again later, unchanged.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.is_busy() || self.is_unavailable()
    }

    pub(crate) fn of(error: sqlx::Error, names: &Names) -> Self {
        match error {
            sqlx::Error::Database(e) => match names {
                Names::Lite(_) => lite(&*e, names),
                Names::Pg => pg(&*e),
            },
            sqlx::Error::PoolTimedOut => match names {
                Names::Lite(_) => Self::Busy("no connection became free in time".into()),
                Names::Pg => Self::Unavailable("no connection could be had in time".into()),
            },
            sqlx::Error::Io(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::Tls(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            e @ (sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                Self::Value(e.to_string())
            }
            e => Self::Other(e.to_string()),
        }
    }
}

fn lite(e: &dyn DatabaseError, names: &Names) -> DbError {
    let message = e.message().to_owned();
    // The lower byte of an extended result code is the primary one (https://www.sqlite.org/rescode.html).
    let code = e.code().and_then(|c| c.parse::<u32>().ok()).unwrap_or(0) & 0xff;
    let kind = match e.kind() {
        ErrorKind::UniqueViolation => ConstraintKind::Unique,
        ErrorKind::ForeignKeyViolation => ConstraintKind::ForeignKey,
        ErrorKind::NotNullViolation => ConstraintKind::NotNull,
        ErrorKind::CheckViolation => ConstraintKind::Check,
        _ => {
            return match code {
                // BUSY, LOCKED
                5 | 6 => DbError::Busy(message),
                // IOERR, FULL, CANTOPEN: the disk is away or has no room.
                10 | 13 | 14 => DbError::Unavailable(message),
                _ => DbError::Other(message),
            };
        }
    };
    DbError::Constraint { name: names.resolve(kind, &message), kind, message }
}

/// Classes and codes: PostgreSQL manual, appendix A.
fn pg(e: &dyn DatabaseError) -> DbError {
    let message = e.message().to_owned();
    let code = e.code().unwrap_or_default().into_owned();
    let kind = match code.as_str() {
        "23505" => ConstraintKind::Unique,
        "23503" => ConstraintKind::ForeignKey,
        "23502" => ConstraintKind::NotNull,
        "23514" => ConstraintKind::Check,
        // serialization failure, deadlock, lock not available
        "40001" | "40P01" | "55P03" => return DbError::Busy(message),
        // connection exceptions, shutdowns, too many connections, disk full, starting up, read-only standby
        c if c.starts_with("08") || c.starts_with("57P") || c.starts_with("53") || c == "25006" => {
            return DbError::Unavailable(message);
        }
        _ => return DbError::Other(format!("{message} ({code})")),
    };
    let name = match kind {
        ConstraintKind::ForeignKey => "foreign_key".to_owned(),
        ConstraintKind::NotNull => {
            format!("{}_{}_not_null", e.table().unwrap_or_default(), pg_column(e).unwrap_or_default())
        }
        ConstraintKind::Unique | ConstraintKind::Check => e.constraint().unwrap_or_default().to_owned(),
    };
    DbError::Constraint { name, kind, message }
}

fn pg_column(e: &dyn DatabaseError) -> Option<String> {
    e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|e| e.column().map(str::to_owned))
}
