//! Folds take every event once, over restarts and failures; the outbox, leases and files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use contract::{Event, EventKind};
use store::testing::both;
use store::{Db, DbError, Files, Fold, Folds, LedgerOptions, LedgerWriter, MIGRATIONS, Migrations, Tx, lease, outbox, vals};

const TABLES: Migrations = Migrations {
    room: "test",
    steps: &[("seen", "CREATE TABLE seen (place {PK}, node BIGINT NOT NULL, seq BIGINT NOT NULL UNIQUE)")],
};

/// Writes down each event it is given. Refuses `poison` always, panics at `panic`, and `sick` while told to.
struct Seen {
    sick: Arc<AtomicBool>,
}

impl Fold for Seen {
    fn name(&self) -> &'static str {
        "seen"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        for event in events {
            let EventKind::FlowStep { node } = &event.kind else { continue };
            match node.as_str() {
                "poison" => return Err(DbError::Value("cannot take this".into())),
                "panic" => panic!("as a bug would"),
                "sick" if self.sick.load(Ordering::Relaxed) => return Err(DbError::Busy("later".into())),
                _ => {}
            }
            tx.execute("INSERT INTO seen (node, seq) VALUES ($1, $2)", vals![event.node, event.seq]).await?;
        }
        Ok(())
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.execute("DELETE FROM seen", vals![]).await.map(|_| ())
    }
}

async fn ledger(db: &Db, folder: &tempfile::TempDir) -> LedgerWriter {
    db.migrate(&[MIGRATIONS, TABLES]).await.unwrap();
    let options = LedgerOptions { window: Duration::from_millis(1), ..Default::default() };
    LedgerWriter::open(db.clone(), 1, folder.path().join("spool"), options).await.unwrap()
}

fn record(ledger: &LedgerWriter, node: &str) -> u64 {
    ledger.record(0, None, EventKind::FlowStep { node: node.into() }).unwrap()
}

async fn seen(db: &Db) -> Vec<u64> {
    let rows = db.query("SELECT seq FROM seen ORDER BY place", vals![]).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

fn start(db: &Db, ledger: &LedgerWriter, sick: &Arc<AtomicBool>) -> Folds {
    let mut folds = Folds::new(db.clone(), ledger);
    folds.start(Seen { sick: Arc::clone(sick) });
    folds
}

/// Breaks outside of the batches, where nothing catches it.
struct Nameless(AtomicBool);

impl Fold for Nameless {
    fn name(&self) -> &'static str {
        assert!(!self.0.swap(true, Ordering::Relaxed), "asked for its name again");
        "nameless"
    }

    async fn apply(&mut self, _: &mut Tx<'_>, _: &[Event]) -> Result<(), DbError> {
        Ok(())
    }

    async fn clear(&mut self, _: &mut Tx<'_>) -> Result<(), DbError> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fold_whose_task_broke_is_named_and_the_others_go_on() {
    both(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, well) = (ledger(&db, &folder).await, Arc::default());
        let mut folds = start(&db, &ledger, &well);
        assert!(folds.ended().is_empty());
        folds.start(Nameless(AtomicBool::new(false)));
        let last = record(&ledger, "a");
        // Of one that is gone nothing is waited for.
        folds.wait_until_applied(last).await;
        while folds.ended().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(folds.ended(), ["nameless"]);
        folds.wait_until_applied(record(&ledger, "b")).await;
        assert_eq!(seen(&db).await, [1, 2]);
        folds.stop().await;
        ledger.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_counts_once_over_stops_and_rebuilds() {
    both(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, well) = (ledger(&db, &folder).await, Arc::default());
        (1..=1300).for_each(|_| _ = record(&ledger, "a"));
        let folds = start(&db, &ledger, &well);
        folds.wait_until_applied(1300).await;
        assert_eq!(seen(&db).await, (1..=1300).collect::<Vec<_>>());
        record(&ledger, "b");
        folds.wait_until_applied(1301).await;
        folds.stop().await;
        record(&ledger, "c");
        let folds = start(&db, &ledger, &well);
        folds.wait_until_applied(1302).await;
        assert_eq!(folds.counts(), [("seen", 0, 0)]);
        folds.rebuild("seen").await.unwrap();
        folds.wait_until_applied(1302).await;
        assert_eq!(seen(&db).await, (1..=1302).collect::<Vec<_>>());
        assert!(folds.rebuild("other").await.unwrap_err().to_string().contains("other"));
        folds.stop().await;
        ledger.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_a_fold_cannot_take_is_noted_and_passed_over_but_a_busy_database_is_waited_for() {
    both(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, sick) = (ledger(&db, &folder).await, Arc::new(AtomicBool::new(true)));
        for what in ["a", "poison", "b", "panic", "c", "sick", "d"] {
            record(&ledger, what);
        }
        ledger.wait_until_durable(7).await;
        // As a newer program might have written.
        let mut tx = db.begin().await.unwrap();
        tx.execute("UPDATE event SET body = '{\"kind\":\"not_yet_known\"}' WHERE seq = 3", vals![]).await.unwrap();
        tx.commit().await.unwrap();
        let folds = start(&db, &ledger, &sick);
        folds.wait_until_applied(5).await;
        assert_eq!(seen(&db).await, [1, 5]);
        sick.store(false, Ordering::Relaxed);
        folds.wait_until_applied(7).await;
        assert_eq!(seen(&db).await, [1, 5, 6, 7]);
        assert_eq!(folds.counts(), [("seen", 0, 3)]);
        let rows = db.query("SELECT seq, error FROM fold_failure ORDER BY seq", vals![]).await.unwrap();
        let failed: Vec<(u64, String)> = rows.iter().map(|r| (r.get("seq").unwrap(), r.get("error").unwrap())).collect();
        assert_eq!(failed.iter().map(|f| f.0).collect::<Vec<_>>(), [2, 3, 4]);
        assert!(failed[0].1.contains("cannot take this") && failed[1].1.contains("not_yet_known") && failed[2].1.contains("panicked"));
        folds.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_running_one_fold_apply_each_event_once() {
    both(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let (ledger, well) = (ledger(&db, &folder).await, Arc::default());
        let (a, b) = (start(&db, &ledger, &well), start(&db, &ledger, &well));
        for _ in 0..40 {
            (0..50).for_each(|_| _ = record(&ledger, "a"));
            tokio::task::yield_now().await;
        }
        a.wait_until_applied(2000).await;
        b.wait_until_applied(2000).await;
        assert_eq!(seen(&db).await, (1..=2000).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn changes_reach_each_consumer_in_order_and_are_kept_until_the_last_has_them() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        outbox::join(&mut tx, "search").await.unwrap();
        outbox::join(&mut tx, "hook").await.unwrap();
        for key in 1..=5 {
            outbox::put(&mut tx, "article", key, "put").await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        outbox::put(&mut tx, "article", 6, "put").await.unwrap();
        drop(tx);
        let keys = |changes: Vec<outbox::Change>| changes.iter().map(|c| c.key).collect::<Vec<_>>();
        let first = outbox::read(&db, "search", 2).await.unwrap();
        let at = first[1].seq;
        assert_eq!(keys(first), [1, 2]);
        let mut tx = db.begin().await.unwrap();
        outbox::ack(&mut tx, "search", at).await.unwrap();
        outbox::ack(&mut tx, "search", at - 1).await.unwrap();
        assert_eq!(outbox::prune(&mut tx).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(keys(outbox::read(&db, "search", 9).await.unwrap()), [3, 4, 5]);
        assert_eq!(keys(outbox::read(&db, "hook", 9).await.unwrap()), [1, 2, 3, 4, 5]);
        assert_eq!(keys(outbox::read(&db, "nobody", 9).await.unwrap()), [0i64; 0]);
        let mut tx = db.begin().await.unwrap();
        outbox::leave(&mut tx, "hook").await.unwrap();
        assert_eq!(outbox::prune(&mut tx).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(keys(outbox::read(&db, "search", 9).await.unwrap()), [3, 4, 5]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outbox_numbers_are_committed_in_their_order() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        outbox::put(&mut tx, "a", 1, "put").await.unwrap();
        let later = tokio::spawn({
            let db = db.clone();
            async move {
                let mut tx = db.begin().await.unwrap();
                outbox::put(&mut tx, "a", 2, "put").await.unwrap();
                tx.commit().await.unwrap();
            }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        outbox::join(&mut tx, "c").await.unwrap();
        assert!(!later.is_finished(), "the second writer waits for the first");
        tx.commit().await.unwrap();
        later.await.unwrap();
        let keys: Vec<i64> = outbox::read(&db, "c", 9).await.unwrap().iter().map(|c| c.key).collect();
        assert_eq!(keys, [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_lease_has_one_owner_and_an_epoch_that_only_grows() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        const LONG: u32 = 60_000;
        let fenced = async |lease: &lease::Lease| {
            let mut tx = db.begin().await.unwrap();
            let ok = lease::fence(&mut tx, lease).await.unwrap();
            tx.commit().await.unwrap();
            ok
        };
        let mine = lease::hold(&db, "shard-1", 1, LONG).await.unwrap().unwrap();
        assert_eq!((mine.node, mine.epoch), (1, 1));
        assert_eq!(lease::hold(&db, "shard-1", 2, LONG).await.unwrap(), None);
        assert_eq!(lease::hold(&db, "shard-1", 1, LONG).await.unwrap().unwrap().epoch, 1, "renewing keeps the epoch");
        assert!(fenced(&mine).await);
        lease::release(&db, &mine).await.unwrap();
        let theirs = lease::hold(&db, "shard-1", 2, LONG).await.unwrap().unwrap();
        assert_eq!((theirs.node, theirs.epoch), (2, 2));
        assert!(!fenced(&mine).await && fenced(&theirs).await, "the former owner's writes are refused");
        lease::release(&db, &mine).await.unwrap();
        assert_eq!(lease::hold(&db, "shard-1", 1, LONG).await.unwrap(), None, "and it cannot give back what is not its own");
        // Expired: whoever comes first. The owner itself comes back under a new epoch, as others may have held it meanwhile.
        lease::release(&db, &theirs).await.unwrap();
        assert_eq!(lease::hold(&db, "shard-1", 2, LONG).await.unwrap().unwrap().epoch, 3);
    })
    .await;
}

#[tokio::test]
async fn files_come_back_whole_or_in_part_and_names_cannot_leave_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(&folder.path().join("files")).unwrap();
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    files.put("2026/11/23/7.wav", Bytes::from_static(b"0123456789")).await.unwrap();
    files.put_new("2026/11/24/8.wav", Bytes::from_static(b"abc")).await.unwrap();
    assert!(files.put_new("2026/11/24/8.wav", Bytes::new()).await.unwrap_err().to_string().contains("already"));
    assert_eq!(files.get("2026/11/23/7.wav").await.unwrap(), "0123456789");
    assert_eq!(files.range("2026/11/23/7.wav", 2..5).await.unwrap(), "234");
    for bad in [8..11, 3..3, 11..12] {
        assert!(files.range("2026/11/23/7.wav", bad).await.unwrap_err().to_string().contains("10 bytes"));
    }
    let mut names: Vec<String> = files.list("2026", 9).await.unwrap().into_iter().map(|f| f.name).collect();
    names.sort();
    assert_eq!(names, ["2026/11/23/7.wav", "2026/11/24/8.wav"]);
    assert_eq!(files.list("", 1).await.unwrap().len(), 1);
    for bad in ["../secret", "a/../../secret", "/etc/passwd", "a//b", "", "a/", ".hidden", "a\\b", "a b", "a\0", "%2e%2e/secret", "录音"] {
        let error = files.get(bad).await.unwrap_err();
        assert!(matches!(error, store::files::FileError::BadName(_)), "{bad}: {error}");
    }
    files.delete("2026/11/23/7.wav").await.unwrap();
    files.delete("2026/11/23/7.wav").await.unwrap();
    assert!(files.get("2026/11/23/7.wav").await.unwrap_err().to_string().contains("no file"));
}
