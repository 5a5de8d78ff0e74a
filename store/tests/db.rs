//! What every room builds on, on both engines.

use contract::{AgentId, QueueId};
use store::testing::{both, sqlite_url};
use store::{Db, DbError, Migrations, Val, row_struct, vals};

const SCHEMA: Migrations = Migrations {
    room: "test",
    steps: &[
        (
            "queue",
            "CREATE TABLE queue (queue_id BIGINT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL, \
               level BIGINT NOT NULL DEFAULT 0, share DOUBLE PRECISION, note BYTEA, CONSTRAINT queue_level_check CHECK (level >= 0)); \
             CREATE UNIQUE INDEX queue_name_key ON queue (name_key); \
             CREATE UNIQUE INDEX queue_lower_key ON queue (LOWER(name), level);",
        ),
        (
            "member",
            "CREATE TABLE member (queue_id BIGINT NOT NULL REFERENCES queue, agent_id BIGINT NOT NULL, pen TEXT UNIQUE, \
               PRIMARY KEY (queue_id, agent_id)); \
             CREATE TABLE counted (id {PK}, made BIGINT NOT NULL);",
        ),
    ],
};

row_struct! {
    #[derive(Debug, PartialEq)]
    struct Queue { queue_id: QueueId, name: String, level: u32, share: Option<f64>, note: Option<Vec<u8>> }
}

async fn fresh(db: &Db) {
    db.migrate(&[SCHEMA]).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.execute(
        "INSERT INTO queue (queue_id, name, name_key, share, note) VALUES ($1, $2, LOWER($2), $3, $4)",
        vals![QueueId(1), "Sales", 0.5, vec![0u8, 255]],
    )
    .await
    .unwrap();
    tx.execute("INSERT INTO member (queue_id, agent_id, pen) VALUES (1, 5, 'red')", vals![]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_stored_comes_back_with_its_types_and_nulls() {
    both(|db| async move {
        use store::FromRow as _;
        fresh(&db).await;
        let mut tx = db.begin().await.unwrap();
        let row = vals![QueueId(2), "售后", "x", Option::<f64>::None, Option::<Vec<u8>>::None];
        tx.execute("INSERT INTO queue (queue_id, name, name_key, share, note) VALUES ($1, $2, $3, $4, $5)", row).await.unwrap();
        tx.commit().await.unwrap();
        let rows = db.query("SELECT * FROM queue ORDER BY queue_id", vals![]).await.unwrap();
        let queues: Vec<Queue> = rows.iter().map(|r| Queue::from_row(r).unwrap()).collect();
        let first = Queue { queue_id: QueueId(1), name: "Sales".into(), level: 0, share: Some(0.5), note: Some(vec![0, 255]) };
        let second = Queue { queue_id: QueueId(2), name: "售后".into(), level: 0, share: None, note: None };
        assert_eq!(queues, [first, second]);
        let row = db.query_opt("SELECT COUNT(*) AS n, CAST(SUM(level) AS BIGINT) FROM queue", vals![]).await.unwrap().unwrap();
        assert_eq!((row.get::<u32>("n").unwrap(), row.get::<i64>(1).unwrap()), (2, 0));
        assert!(row.get::<i64>("nothing").unwrap_err().to_string().contains("no column nothing"));
        assert!(rows[1].get::<f64>("share").unwrap_err().to_string().contains("share"));
        let none: Option<AgentId> = None;
        let sql = "SELECT queue_id FROM queue WHERE CAST($1 AS BIGINT) IS NULL OR queue_id = $1";
        assert_eq!(db.query(sql, vals![none]).await.unwrap().len(), 2);
        assert_eq!(db.query(sql, vals![2i64]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_broken_rule_has_the_same_name_on_both_engines() {
    let cases = [
        ("INSERT INTO queue (queue_id, name, name_key) VALUES (9, 'other', 'sales')", "queue_name_key"),
        ("INSERT INTO queue (queue_id, name, name_key) VALUES (9, 'SALES', 'other')", "queue_lower_key"),
        ("INSERT INTO queue (queue_id, name, name_key) VALUES (1, 'other', 'other')", "queue_pkey"),
        ("INSERT INTO queue (queue_id, name, name_key, level) VALUES (9, 'a', 'a', -1)", "queue_level_check"),
        ("INSERT INTO queue (queue_id, name_key) VALUES (9, 'a')", "queue_name_not_null"),
        ("INSERT INTO member (queue_id, agent_id) VALUES (1, 5)", "member_pkey"),
        ("INSERT INTO member (queue_id, agent_id, pen) VALUES (1, 6, 'red')", "member_pen_key"),
        ("INSERT INTO member (queue_id, agent_id) VALUES (77, 5)", "foreign_key"),
    ];
    both(|db| async move {
        fresh(&db).await;
        for (sql, name) in cases {
            let mut tx = db.begin().await.unwrap();
            let error = tx.execute(sql, vals![]).await.unwrap_err();
            assert_eq!(error.constraint(), Some(name), "{sql}: {error}");
            assert!(matches!(tx.query("SELECT 1", vals![]).await, Err(DbError::Failed)));
            assert!(matches!(tx.commit().await, Err(DbError::Failed)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_a_look_sees_one_moment() {
    both(|db| async move {
        fresh(&db).await;
        let count = "SELECT COUNT(*) FROM queue";
        let mut look = db.read().await.unwrap();
        let seen = |row: store::Row| row.get::<i64>(0).unwrap();
        assert_eq!(look.query_opt(count, vals![]).await.unwrap().map(seen), Some(1));
        let insert = "INSERT INTO queue (queue_id, name, name_key) VALUES ($1, $2, $2)";
        let mut tx = db.begin().await.unwrap();
        tx.execute(insert, vals![2i64, "b"]).await.unwrap();
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        tx.execute(insert, vals![3i64, "c"]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(look.query_opt(count, vals![]).await.unwrap().map(seen), Some(1));
        drop(look);
        assert_eq!(db.query_opt(count, vals![]).await.unwrap().map(seen), Some(2));
        assert!(db.query("SELECT $1", vals!["a\0b"]).await.unwrap_err().to_string().contains("$1"));
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_in_by_few_statements() {
    both(|db| async move {
        fresh(&db).await;
        let rows: Vec<Vec<Val>> = (10..3210i64).map(|i| vals![i, format!("q{i}"), i % 7]).collect();
        let mut tx = db.begin().await.unwrap();
        let head = "INSERT INTO queue (queue_id, name, level, name_key) VALUES";
        let error = tx.insert_many(head, vec![vals![1i64], vals![]], "").await.unwrap_err();
        assert!(error.to_string().contains("width"));
        let head = "INSERT INTO counted (made, id) VALUES";
        let made: Vec<Vec<Val>> = rows.iter().map(|r| r[..2].iter().rev().take(1).map(|_| r[0].clone()).chain([r[0].clone()]).collect()).collect();
        assert_eq!(tx.insert_many(head, made, "ON CONFLICT DO NOTHING").await.unwrap(), 3200);
        tx.commit().await.unwrap();
        let row = db.query_opt("SELECT COUNT(*) FROM counted WHERE made = id", vals![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), 3200);
    })
    .await;
}

#[tokio::test]
async fn a_tail_of_a_number_is_one_range_in_every_locale_of_the_database() {
    use store::words::{after_digits, backwards};
    both(|db| async move {
        let locales: &[&str] = if db.is_pg() { &["\"C\"", "\"en-x-icu\"", "\"zh-x-icu\""] } else { &["BINARY"] };
        for locale in locales {
            for (number, tail, within) in [
                ("+8613800138000", "8000", true),
                ("+8613800138000", "8001", false),
                ("+8613800139999", "999", true),
                ("8000", "8000", true),
                ("800", "8000", false),
            ] {
                let (number, tail) = (backwards(number).unwrap(), backwards(tail).unwrap());
                let sql = format!("SELECT 1 WHERE $1 COLLATE {locale} >= $2 AND $1 COLLATE {locale} < $3");
                let rows = db.query(&sql, vals![&number, &tail, after_digits(&tail)]).await.unwrap();
                assert_eq!(rows.len() == 1, within, "{number} begins with {tail} by {locale}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn steps_apply_once_and_a_changed_step_stops_the_start() {
    both(|db| async move {
        fresh(&db).await;
        db.migrate(&[SCHEMA]).await.unwrap();
        let with = |steps| Migrations { room: "test", steps };
        let (a, b) = (SCHEMA.steps[0], SCHEMA.steps[1]);
        for (steps, why) in [
            (vec![(a.0, "CREATE TABLE other (a BIGINT)"), b], "changed"),
            (vec![b, a], "another place"),
            (vec![a], "newer"),
            (vec![a, b, ("bad", "CREATE TABLE late (a BIGINT); SELECT nothing FROM nowhere;")], "test/bad"),
        ] {
            let error = db.migrate(&[with(steps.leak())]).await.unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(db.query("SELECT * FROM late", vals![]).await.is_err(), "a failed step leaves nothing behind");
        let more = vec![a, b, ("late", "CREATE TABLE late (at BIGINT); INSERT INTO late VALUES ({NOW_MS})")];
        db.migrate(&[with(more.leak())]).await.unwrap();
        let at: i64 = db.query("SELECT at FROM late", vals![]).await.unwrap()[0].get("at").unwrap();
        assert!(at > 1_700_000_000_000);
    })
    .await;
}

#[tokio::test]
async fn a_second_writer_waits_and_then_hears_busy() {
    let folder = tempfile::tempdir().unwrap();
    let options = store::Options { patience: std::time::Duration::from_millis(50), ..Default::default() };
    let db = Db::open_with(&sqlite_url(folder.path()), &options).await.unwrap();
    let other = Db::open_with(&sqlite_url(folder.path()), &options).await.unwrap();
    let held = db.begin().await.unwrap();
    assert!(db.begin().await.unwrap_err().is_busy());
    assert!(other.begin().await.unwrap_err().is_busy());
    drop(held);
    other.begin().await.unwrap();
}

#[tokio::test]
async fn an_address_that_cannot_serve_is_refused_with_the_reason() {
    for (url, why) in [
        ("mysql://x", "expected sqlite:"),
        // No write-ahead log there, as on a network share.
        ("sqlite::memory:", "journal mode stays `memory`"),
        ("sqlite:/proc/nowhere/zuoxi.db", "/proc/nowhere/zuoxi.db"),
        ("postgres://:::", "postgres://user"),
    ] {
        let error = Db::open(url).await.unwrap_err();
        assert!(matches!(error, DbError::Setup(_)) && error.to_string().contains(why), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zuoxi.db");
    std::fs::write(&path, "not a database, but somebody's letter ".repeat(40)).unwrap();
    let error = Db::open(&sqlite_url(folder.path())).await.unwrap_err();
    assert!(matches!(error, DbError::Setup(_)), "{error}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"));
}

#[tokio::test]
async fn durability_full_syncs_every_commit() {
    for (durability, synchronous) in [(store::Durability::Normal, 1), (store::Durability::Full, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let options = store::Options { durability, ..Default::default() };
        let db = Db::open_with(&sqlite_url(folder.path()), &options).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let pragma = async |tx: &mut store::Tx<'_>, name: &str| {
            tx.query(&format!("PRAGMA {name}"), vals![]).await.unwrap()[0].get::<i64>(0).unwrap()
        };
        assert_eq!(pragma(&mut tx, "synchronous").await, synchronous);
        assert_eq!(pragma(&mut tx, "foreign_keys").await, 1);
    }
}

#[tokio::test]
async fn connections_that_died_with_the_server_are_replaced_unnoticed() {
    let server = store::testing::Server::start();
    let options = store::Options { patience: std::time::Duration::from_millis(300), ..Default::default() };
    let db = Db::open_with(&server.url("postgres"), &options).await.unwrap();
    let hold_all = async || {
        let mut all = Vec::new();
        for _ in 0..options.connections {
            all.push(db.read().await.unwrap());
        }
    };
    for _ in 0..2 {
        hold_all().await;
        server.crash();
        assert!(db.query("SELECT 1", vals![]).await.unwrap_err().is_unavailable());
        server.go_on();
        hold_all().await;
        server.crash();
        server.go_on();
        assert_eq!(db.query("SELECT 1", vals![]).await.unwrap().len(), 1);
        server.crash();
        server.go_on();
        db.begin().await.unwrap().commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_copy_made_while_writing_goes_on_is_whole_and_opens() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&store::testing::sqlite_url(folder.path())).await.unwrap();
    db.migrate(&[store::MIGRATIONS]).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    store::outbox::put(&mut tx, "thing", 7_i64, "put").await.unwrap();
    let copied = folder.path().join("copy.db");
    db.copy_to(&copied).await.unwrap();
    tx.commit().await.unwrap();
    let copy = Db::open(&format!("sqlite:{}", copied.display())).await.unwrap();
    assert_eq!(copy.query("SELECT seq FROM outbox", vec![]).await.unwrap().len(), 0, "as of one moment");
    assert!(db.copy_to(&copied).await.is_err(), "an existing file is never written over");
}
