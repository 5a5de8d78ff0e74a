//! One database of either engine, one SQL text (`$1`, `$2`, …) for both. [`Db::begin`] for writing, [`Db::read`] for a
//! consistent look, [`Db::query`] for one statement. SQLite: WAL, one writer with `BEGIN IMMEDIATE`, several readers.
//! Never in this room: tables, and any opinion about what is stored.
//! The tokens `{PK}`, `{NOW_MS}` and `{SKIP_LOCKED}` may stand in any statement and become what the engine wants.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Transaction};

use crate::names::{self, Names};
use crate::{DbError, Row, Val};

/// How sure a commit is on SQLite (PostgreSQL has its own `synchronous_commit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// A power cut may cost the last commits, never the file (WAL with `synchronous=NORMAL`).
    #[default]
    Normal,
    /// Every commit is on the disk before it returns (`synchronous=FULL`).
    Full,
}

#[derive(Debug, Clone)]
pub struct Options {
    pub durability: Durability,
    /// Connections for reading (SQLite), or in all (PostgreSQL). At least 1.
    pub connections: u32,
    /// Longest wait for a connection or a lock.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { durability: Durability::Normal, connections: 8, patience: Duration::from_secs(5) }
    }
}

/// A handle; cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub enum Db {
    Lite(Lite),
    Pg(Pg),
}

/// Fields are this crate's business.
#[derive(Debug, Clone)]
pub struct Lite {
    pub(crate) read: SqlitePool,
    pub(crate) write: SqlitePool,
    pub(crate) names: Names,
}

#[derive(Debug, Clone)]
pub struct Pg {
    pub(crate) pool: PgPool,
    retries: u32,
}

impl Db {
    /// `sqlite:<path>` (made where missing) or `postgres://user:password@host/database`.
    /// # Errors
    /// [`DbError::Setup`] where the address, the version or the file system cannot serve; [`DbError::Unavailable`].
    pub async fn open(url: &str) -> Result<Self, DbError> {
        Self::open_with(url, &Options::default()).await
    }

    /// As [`Db::open`], with settings.
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_with(url: &str, options: &Options) -> Result<Self, DbError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return lite(Path::new(path.strip_prefix("//").unwrap_or(path)), options).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return pg(url, options).await;
        }
        let shown: String = url.chars().take_while(|c| *c != ':').take(20).collect();
        Err(DbError::Setup(format!("database address begins with `{shown}`; expected sqlite:<path> or postgres://…")))
    }

    #[must_use]
    pub fn is_pg(&self) -> bool {
        matches!(self, Self::Pg(_))
    }

    /// Begins a transaction for writing. Dropping it undoes everything.
    /// # Errors
    /// [`DbError::Busy`] after the patience is over, [`DbError::Unavailable`].
    pub async fn begin(&self) -> Result<Tx<'static>, DbError> {
        match self {
            Self::Lite(db) => {
                let tx = db.write.begin_with("BEGIN IMMEDIATE").await.map_err(|e| DbError::of(e, &db.names))?;
                Ok(Tx { on: On::Lite(tx, db.names.clone()), failed: false })
            }
            Self::Pg(db) => Ok(Tx { on: On::Pg(db.begin("BEGIN").await?), failed: false }),
        }
    }

    /// Begins a look at one moment: whatever is read through it belongs together.
    /// # Errors
    /// As [`Db::begin`].
    pub async fn read(&self) -> Result<Read, DbError> {
        let tx = match self {
            Self::Lite(db) => {
                let tx = db.read.begin().await.map_err(|e| DbError::of(e, &db.names))?;
                Tx { on: On::Lite(tx, db.names.clone()), failed: false }
            }
            Self::Pg(db) => {
                Tx { on: On::Pg(db.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?), failed: false }
            }
        };
        Ok(Read { tx })
    }

    /// One reading statement on its own, the quickest way to an answer.
    /// # Errors
    /// As [`Db::begin`], and what is wrong with the statement.
    pub async fn query(&self, sql: &str, vals: Vec<Val>) -> Result<Vec<Row>, DbError> {
        names::check(&vals)?;
        match self {
            Self::Lite(db) => {
                let mut conn = db.read.acquire().await.map_err(|e| DbError::of(e, &db.names))?;
                lite_rows(&mut conn, sql, vals).await.map_err(|e| DbError::of(e, &db.names))
            }
            Self::Pg(db) => {
                let mut tries = 0;
                loop {
                    let rows = match db.pool.acquire().await {
                        Ok(mut conn) => pg_rows(&mut conn, sql, vals.clone()).await,
                        Err(e) => Err(e),
                    };
                    match rows {
                        Ok(rows) => return Ok(rows),
                        Err(e) if stale(&e) && tries < db.retries => tries += 1,
                        Err(e) => return Err(DbError::of(e, &Names::Pg)),
                    }
                }
            }
        }
    }

    /// As [`Db::query`], for at most one row.
    /// # Errors
    /// As [`Db::query`].
    pub async fn query_opt(&self, sql: &str, vals: Vec<Val>) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, vals).await?.into_iter().next())
    }

    /// Ends all connections; whoever asks afterwards hears [`DbError::Unavailable`].
    pub async fn close(&self) {
        match self {
            Self::Lite(db) => {
                db.read.close().await;
                db.write.close().await;
            }
            Self::Pg(db) => db.pool.close().await,
        }
    }
}

impl Pg {
    /// Connections that died while idle are found out here, where trying again is safe; so no round trip is spent on asking first.
    async fn begin(&self, how: &'static str) -> Result<Transaction<'static, Postgres>, DbError> {
        let mut tries = 0;
        loop {
            match self.pool.begin_with(how).await {
                Ok(tx) => return Ok(tx),
                Err(e) if stale(&e) && tries < self.retries => tries += 1,
                Err(e) => return Err(DbError::of(e, &Names::Pg)),
            }
        }
    }
}

/// A pooled connection that ended while nobody looked. 57P01 is what the server says on its way down.
fn stale(e: &sqlx::Error) -> bool {
    matches!(e, sqlx::Error::Io(_)) || matches!(e, sqlx::Error::Database(e) if e.code().is_some_and(|c| c == "57P01"))
}

/// A transaction for writing.
#[derive(Debug)]
pub struct Tx<'c> {
    on: On<'c>,
    failed: bool,
}

#[derive(Debug)]
enum On<'c> {
    Lite(Transaction<'c, Sqlite>, Names),
    Pg(Transaction<'c, Postgres>),
}

impl Tx<'_> {
    #[must_use]
    pub fn is_pg(&self) -> bool {
        matches!(self.on, On::Pg(_))
    }

    /// # Errors
    /// What is wrong with the statement, or the database. After an error the transaction is over on both engines:
    /// every further statement answers [`DbError::Failed`].
    pub async fn query(&mut self, sql: &str, vals: Vec<Val>) -> Result<Vec<Row>, DbError> {
        self.usable(&vals)?;
        let rows = match &mut self.on {
            On::Lite(tx, names) => lite_rows(tx, sql, vals).await.map_err(|e| DbError::of(e, names)),
            On::Pg(tx) => pg_rows(tx, sql, vals).await.map_err(|e| DbError::of(e, &Names::Pg)),
        };
        self.failed |= rows.is_err();
        rows
    }

    /// For at most one row.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query_opt(&mut self, sql: &str, vals: Vec<Val>) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, vals).await?.into_iter().next())
    }

    /// How many rows were touched.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn execute(&mut self, sql: &str, vals: Vec<Val>) -> Result<u64, DbError> {
        self.usable(&vals)?;
        let done = match &mut self.on {
            On::Lite(tx, names) => {
                let sql = dialect(sql, false);
                let done = bind_lite(&sql, vals).execute(&mut **tx).await;
                done.map(|d| d.rows_affected()).map_err(|e| DbError::of(e, names))
            }
            On::Pg(tx) => {
                let sql = dialect(sql, true);
                let done = bind_pg(&sql, vals).execute(&mut **tx).await;
                done.map(|d| d.rows_affected()).map_err(|e| DbError::of(e, &Names::Pg))
            }
        };
        self.failed |= done.is_err();
        done
    }

    /// Many rows by few statements: `head` is `INSERT INTO t (a, b) VALUES`, `tail` may be `ON CONFLICT …` or empty.
    /// All rows are as wide as the first.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn insert_many(&mut self, head: &str, rows: Vec<Vec<Val>>, tail: &str) -> Result<u64, DbError> {
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Ok(0);
        }
        if rows.iter().any(|row| row.len() != width) {
            return Err(DbError::Value(format!("rows to insert differ in width: the first has {width} values")));
        }
        let (mut total, mut rows) = (0, rows.into_iter().peekable());
        // SQLite finds each `$n` by walking the ones before it, so it is given places without names. A statement is a round
        // trip to the one writer: few and long ones.
        let named = matches!(self.on, On::Pg(_));
        let most = (VALUES / width).clamp(1, 500);
        while rows.peek().is_some() {
            let chunk: Vec<Vec<Val>> = rows.by_ref().take(most).collect();
            let row = |i: usize| if named { placeholders(i * width + 1, width) } else { vec!["?"; width].join(",") };
            let places: Vec<String> = (0..chunk.len()).map(|i| format!("({})", row(i))).collect();
            let sql = format!("{head} {} {tail}", places.join(","));
            total += self.execute(&sql, chunk.into_iter().flatten().collect()).await?;
        }
        Ok(total)
    }

    /// Rows of a query that ends where `IN (…)` belongs (`SELECT a FROM t WHERE b`), for any number of keys.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query_among<K: Into<Val>>(
        &mut self,
        sql: &str,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Row>, DbError> {
        let mut rows = Vec::new();
        for (sql, keys) in among(sql, keys) {
            rows.extend(self.query(&sql, keys).await?);
        }
        Ok(rows)
    }

    /// The same of a statement without rows (`DELETE FROM t WHERE b`).
    /// # Errors
    /// As [`Tx::query`].
    pub async fn execute_among<K: Into<Val>>(
        &mut self,
        sql: &str,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<u64, DbError> {
        let mut total = 0;
        for (sql, keys) in among(sql, keys) {
            total += self.execute(&sql, keys).await?;
        }
        Ok(total)
    }

    /// Several statements without values, as migrations have them.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), DbError> {
        self.usable(&[])?;
        let done = match &mut self.on {
            On::Lite(tx, names) => {
                let sql = dialect(sql, false).into_owned();
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.map(|_| ()).map_err(|e| DbError::of(e, names))
            }
            On::Pg(tx) => {
                let sql = dialect(sql, true).into_owned();
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await;
                done.map(|_| ()).map_err(|e| DbError::of(e, &Names::Pg))
            }
        };
        self.failed |= done.is_err();
        done
    }

    /// From here to its end this transaction alone holds `word`: whoever asks for the same one waits, and then reads what was
    /// written here. SQLite has one writer anyway; PostgreSQL may have many, on several servers.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn alone(&mut self, word: &str) -> Result<(), DbError> {
        if self.is_pg() {
            self.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", vec![word.into()]).await?;
        }
        Ok(())
    }

    /// # Errors
    /// [`DbError::Failed`] where a statement failed before: nothing is kept then.
    pub async fn commit(self) -> Result<(), DbError> {
        self.usable(&[])?;
        match self.on {
            On::Lite(tx, names) => tx.commit().await.map_err(|e| DbError::of(e, &names)),
            On::Pg(tx) => tx.commit().await.map_err(|e| DbError::of(e, &Names::Pg)),
        }
    }

    /// Undoes everything now; dropping does it soon.
    /// # Errors
    /// [`DbError::Unavailable`]; then it is undone as well.
    pub async fn rollback(self) -> Result<(), DbError> {
        match self.on {
            On::Lite(tx, names) => tx.rollback().await.map_err(|e| DbError::of(e, &names)),
            On::Pg(tx) => tx.rollback().await.map_err(|e| DbError::of(e, &Names::Pg)),
        }
    }

    fn usable(&self, vals: &[Val]) -> Result<(), DbError> {
        if self.failed { Err(DbError::Failed) } else { names::check(vals) }
    }
}

/// A consistent look at one moment.
#[derive(Debug)]
pub struct Read {
    tx: Tx<'static>,
}

impl Read {
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query(&mut self, sql: &str, vals: Vec<Val>) -> Result<Vec<Row>, DbError> {
        self.tx.query(sql, vals).await
    }

    /// For at most one row.
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query_opt(&mut self, sql: &str, vals: Vec<Val>) -> Result<Option<Row>, DbError> {
        self.tx.query_opt(sql, vals).await
    }
}

/// In one statement of [`Tx::insert_many`]; SQLite takes 32,766.
const VALUES: usize = 3_000;

/// In one `IN (…)` of [`Tx::query_among`].
const KEYS: usize = 500;

fn among<K: Into<Val>>(sql: &str, keys: impl IntoIterator<Item = K>) -> Vec<(String, Vec<Val>)> {
    let keys: Vec<Val> = keys.into_iter().map(Into::into).collect();
    keys.chunks(KEYS).map(|some| (format!("{sql} IN ({})", placeholders(1, some.len())), some.to_vec())).collect()
}

/// `$3,$4` for `placeholders(3, 2)`: for lists in `IN (…)` and rows in `VALUES`.
#[must_use]
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

pub(crate) fn dialect(sql: &str, pg: bool) -> Cow<'_, str> {
    if !sql.contains('{') {
        return Cow::Borrowed(sql);
    }
    let (pk, now, skip) = if pg {
        (
            "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            "FOR UPDATE SKIP LOCKED",
        )
    } else {
        ("INTEGER PRIMARY KEY", "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "")
    };
    Cow::Owned(sql.replace("{PK}", pk).replace("{NOW_MS}", now).replace("{SKIP_LOCKED}", skip))
}

async fn lite_rows(conn: &mut SqliteConnection, sql: &str, vals: Vec<Val>) -> Result<Vec<Row>, sqlx::Error> {
    let rows = bind_lite(&dialect(sql, false), vals).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::Lite).collect())
}

async fn pg_rows(conn: &mut PgConnection, sql: &str, vals: Vec<Val>) -> Result<Vec<Row>, sqlx::Error> {
    let rows = bind_pg(&dialect(sql, true), vals).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Row::Pg).collect())
}

fn bind_lite(sql: &str, vals: Vec<Val>) -> Query<'static, Sqlite, SqliteArguments> {
    let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(sql));
    for val in vals {
        query = match val {
            Val::Int(v) => query.bind(v),
            Val::Real(v) => query.bind(v),
            Val::Text(v) => query.bind(v),
            Val::Blob(v) => query.bind(v),
        };
    }
    query
}

fn bind_pg(sql: &str, vals: Vec<Val>) -> Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query::<Postgres>(AssertSqlSafe(sql));
    for val in vals {
        query = match val {
            Val::Int(v) => query.bind(v),
            Val::Real(v) => query.bind(v),
            Val::Text(v) => query.bind(v),
            Val::Blob(v) => query.bind(v),
        };
    }
    query
}

/// Settings: see the SQLite manual on WAL and PRAGMA; the sizes were measured.
async fn lite(path: &Path, options: &Options) -> Result<Db, DbError> {
    let names = Names::lite();
    let at = |e: sqlx::Error| match DbError::of(e, &Names::lite()) {
        e @ DbError::Busy(_) => e,
        e => DbError::Setup(format!("cannot use the database file {}: {e}", path.display())),
    };
    let common = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(options.patience)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-32768")
        .pragma("mmap_size", "268435456");
    let writer = common
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("journal_size_limit", "67108864")
        // It has its cache; what it maps would count as our memory, and grow with the file.
        .pragma("mmap_size", "0")
        .synchronous(match options.durability {
            Durability::Normal => SqliteSynchronous::Normal,
            Durability::Full => SqliteSynchronous::Full,
        })
        .optimize_on_close(true, None);
    let pool = |most: u32| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .test_before_acquire(false)
            .acquire_timeout(options.patience)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let write = pool(1).min_connections(1).connect_with(writer).await.map_err(at)?;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&write).await.map_err(at)?;
    if mode != "wal" {
        return Err(DbError::Setup(format!(
            "the database file {} is on a file system without shared memory (journal mode stays `{mode}`); \
             put it on a local disk, not on a network share",
            path.display()
        )));
    }
    let read = pool(options.connections.max(1)).connect_with(common.read_only(true)).await.map_err(at)?;
    names.learn(&write).await.map_err(at)?;
    Ok(Db::Lite(Lite { read, write, names }))
}

async fn pg(url: &str, options: &Options) -> Result<Db, DbError> {
    let connect: PgConnectOptions = url
        .parse()
        .map_err(|_| DbError::Setup("the database address is no postgres://user:password@host:port/database".into()))?;
    let most = options.connections.max(2);
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .test_before_acquire(false)
        .acquire_timeout(options.patience)
        .connect_with(connect.application_name("zuoxi"))
        .await
        .map_err(|e| untrusted(&e).unwrap_or_else(|| DbError::of(e, &Names::Pg)))?;
    let version: String =
        sqlx::query_scalar("SHOW server_version_num").fetch_one(&pool).await.map_err(|e| DbError::of(e, &Names::Pg))?;
    if version.parse::<u32>().unwrap_or(0) < 150_000 {
        return Err(DbError::Setup(format!("PostgreSQL {version} is too old; version 15 or newer is needed")));
    }
    Ok(Db::Pg(Pg { pool, retries: most }))
}

/// TLS that could not be agreed on: no waiting helps. A handshake that fails comes as invalid data.
fn untrusted(e: &sqlx::Error) -> Option<DbError> {
    let why = match e {
        sqlx::Error::Tls(why) => why.to_string(),
        sqlx::Error::Io(why) if why.kind() == std::io::ErrorKind::InvalidData => why.to_string(),
        _ => return None,
    };
    Some(DbError::Setup(format!("no TLS with the database as `sslmode` and `sslrootcert` of its address ask: {why}")))
}
