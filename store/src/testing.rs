//! Fresh databases for tests: [`both`] runs one test on an empty SQLite file and on an empty PostgreSQL database. The
//! PostgreSQL server is private (its own folder and socket), starts once per test process and ends with it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Db;

/// Runs `test` on SQLite, then on PostgreSQL, each time on a database of its own.
/// # Panics
/// Where the test does, or an engine cannot be had (the message says what to install).
pub async fn both<F: Future<Output = ()>>(test: impl Fn(Db) -> F) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let db = Db::open(&sqlite_url(folder.path())).await.expect("a SQLite file");
    test(db.clone()).await;
    db.close().await;
    let (server, name) = postgres_database();
    let db = Db::open(&server.url(&name)).await.expect("the private PostgreSQL");
    test(db.clone()).await;
    db.close().await;
    server.sql(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// What happened, cut into batches of these lengths, over and over: a fold must not notice.
#[must_use]
pub fn cut<'e, E>(events: &'e [E], lengths: &[usize]) -> Vec<&'e [E]> {
    let (mut rest, mut batches) = (events, Vec::new());
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (batch, later) = rest.split_at((*length).clamp(1, rest.len()));
        batches.push(batch);
        rest = later;
    }
    batches
}

/// Returns when `many` sessions wait for what others hold, or when `over` says that nobody will: the moment between two who
/// change the same thing. At once on SQLite, where the second has not even begun.
/// # Panics
/// Where the database does not answer.
pub async fn until_they_wait(db: &Db, many: i64, over: impl Fn() -> bool) {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while db.is_pg() && !over() {
        let rows = db.query(sql, Vec::new()).await.expect("the database answers");
        if rows.first().and_then(|row| row.get::<i64>(0).ok()) >= Some(many) {
            return;
        }
    }
}

/// The address of a SQLite file in `folder`.
#[must_use]
pub fn sqlite_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("zuoxi.db").display())
}

/// The address of an empty database on the private PostgreSQL server of this process.
#[must_use]
pub fn postgres_url() -> String {
    let (server, name) = postgres_database();
    server.url(&name)
}

fn postgres_database() -> (&'static Server, String) {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = SERVER.get_or_init(Server::start);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    server.sql(&format!("CREATE DATABASE {name} TEMPLATE template0"));
    (server, name)
}

/// A PostgreSQL server of our own. It ends when this process does, however that ends: its keeper reads our pipe.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    bin: PathBuf,
    user: Option<&'static str>,
    keeper: Child,
}

/// Arguments: the folder, the folder of the programs. Ends with its standard input.
const KEEPER: &str = r#"trap '' INT TERM; cat >/dev/null; "$2/pg_ctl" -s -D "$1/data" -m immediate stop; rm -rf "$1""#;

impl Server {
    /// # Panics
    /// Where PostgreSQL is missing or does not start.
    #[must_use]
    pub fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let bin = programs();
        let user = unprivileged();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zuoxi-pg-{}-{number}", std::process::id()));
        run(as_user(user, "mkdir").arg(&folder));
        let keeper = as_user(user, "sh")
            .args(["-c", KEEPER, "keeper"])
            .args([&folder, &bin])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh");
        let server = Self { folder, bin, user, keeper };
        let data = server.folder.join("data");
        run(server.program("initdb").args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync", "-D"]).arg(&data));
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\nfsync = off\nfull_page_writes = off\n\
             max_connections = 200\nshared_buffers = '32MB'\n",
            server.folder.display()
        );
        server.append("postgresql.conf", settings.as_bytes());
        server.go_on();
        server
    }

    /// Starts it anew with further lines of `postgresql.conf`, and files beside that for its eyes only.
    /// # Panics
    /// Where it does not start.
    pub fn configure(&self, settings: &str, files: &[(&str, Vec<u8>)]) {
        self.crash();
        self.append("postgresql.conf", settings.as_bytes());
        for (name, bytes) in files {
            self.append(name, bytes);
            run(as_user(self.user, "chmod").arg("600").arg(self.folder.join("data").join(name)));
        }
        self.go_on();
    }

    fn append(&self, name: &str, bytes: &[u8]) {
        let mut tee = as_user(self.user, "tee");
        tee.arg("-a").arg(self.folder.join("data").join(name)).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut tee = tee.spawn().expect("tee");
        tee.stdin.take().expect("piped").write_all(bytes).expect("the file");
        tee.wait().expect("tee");
    }

    /// Starts it (again).
    /// # Panics
    /// Where it does not start.
    pub fn go_on(&self) {
        let log = self.folder.join("log");
        run(self.program("pg_ctl").args(["-s", "-w", "start", "-l"]).arg(log).arg("-D").arg(self.folder.join("data")));
    }

    /// Stops it at once, as a crash would.
    /// # Panics
    /// Where it does not stop.
    pub fn crash(&self) {
        run(self.program("pg_ctl").args(["-s", "-w", "-m", "immediate", "stop", "-D"]).arg(self.folder.join("data")));
    }

    /// The address of one of its databases (`postgres` is always there).
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://localhost/{database}?host={host}&user=postgres")
    }

    fn sql(&self, statement: &str) {
        let mut psql = self.program("psql");
        psql.args(["-q", "-U", "postgres", "-h"]).arg(&self.folder).args(["-c", statement, "postgres"]);
        let output = psql.stdin(Stdio::null()).output().expect("psql");
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statement}: {why}{}", self.last_words());
    }

    /// The end of its log, where it says why it went.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_else(|e| format!("no log: {e}"));
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn program(&self, name: &str) -> Command {
        as_user(self.user, self.bin.join(name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// PostgreSQL refuses to run as root; then it runs as `postgres`, or `nobody`.
fn unprivileged() -> Option<&'static str> {
    let id = |args: &[&str]| Command::new("id").args(args).output().ok().filter(|o| o.status.success());
    let root = id(&["-u"]).is_some_and(|o| o.stdout.trim_ascii() == b"0");
    let user = if id(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" };
    root.then_some(user)
}

fn as_user(user: Option<&str>, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", &group_of(user), "--clear-groups"]).arg(program);
            command
        }
    };
    // Not every folder of ours may be entered by that user.
    command.current_dir("/");
    command
}

/// Not always of the same name: that of `nobody` is `nogroup`.
fn group_of(user: &str) -> String {
    let output = Command::new("id").args(["-g", user]).output().expect("id");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn programs() -> PathBuf {
    let places = std::env::var_os("PATH").map(|p| std::env::split_paths(&p).collect::<Vec<_>>()).unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|dir| dir.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    debian.reverse();
    let whole = |bin: &PathBuf| ["initdb", "postgres", "pg_ctl", "psql"].iter().all(|p| bin.join(p).exists());
    debian.into_iter().chain(places).find(whole).unwrap_or_else(|| {
        panic!("the tests need PostgreSQL 15 or newer: apt-get install -y --no-install-recommends postgresql postgresql-client")
    })
}

#[track_caller]
fn run(command: &mut Command) {
    let told = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    // pg_ctl's child keeps the pipe open, so errors go to a file there; short commands are read whole.
    let name = format!("{told:?}");
    let status = if name.contains("\"start\"") {
        told.stderr(Stdio::null()).status().expect(&name)
    } else {
        let output = told.output().expect(&name);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        output.status
    };
    assert!(status.success(), "{name}: {status}");
}
