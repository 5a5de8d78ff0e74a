//! A copy of the whole database while it is used.

use std::path::Path;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::names::Names;
use crate::{Db, DbError};

impl Db {
    /// Writes a compact copy as of one moment into a new file, and checks it. SQLite only: PostgreSQL has its own tools.
    /// # Errors
    /// [`DbError::Setup`] on PostgreSQL, or where the copy is not sound; those of the disk.
    pub async fn copy_to(&self, file: &Path) -> Result<(), DbError> {
        let Self::Lite(lite) = self else {
            return Err(DbError::Setup("a PostgreSQL database is copied by pg_dump or pgBackRest".into()));
        };
        let name = file.to_str().ok_or_else(|| DbError::Setup("the name of the copy is no UTF-8".into()))?;
        let fail = |e: sqlx::Error| DbError::of(e, &Names::lite());
        sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(&lite.read).await.map_err(fail)?;
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut copy = SqliteConnection::connect_with(&options).await.map_err(fail)?;
        let told: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut copy).await.map_err(fail)?;
        copy.close().await.map_err(fail)?;
        if told == "ok" { Ok(()) } else { Err(DbError::Setup(format!("the copy is not sound: {told}"))) }
    }
}
