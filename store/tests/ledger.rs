//! The ledger keeps everything, in order, without gaps: while the database is away, over restarts and kills.

use std::path::PathBuf;
use std::time::Duration;

use contract::{Event, EventKind, InteractionId};
use store::testing::{Server, both, sqlite_url};
use store::{Db, LedgerOptions, LedgerWriter, MIGRATIONS, ledger, vals};

fn said(n: u64) -> EventKind {
    EventKind::FlowStep { node: format!("step {n} 步") }
}

fn options() -> LedgerOptions {
    LedgerOptions { window: Duration::from_millis(1), retry: Duration::from_millis(20), ..Default::default() }
}

struct Place {
    _folder: tempfile::TempDir,
    spool: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    Place { _folder: folder, spool }
}

async fn open(db: &Db, at: &Place, options: LedgerOptions) -> LedgerWriter {
    // A killed writer's last disk write may still hold the file for a moment.
    loop {
        match LedgerWriter::open(db.clone(), 3, &at.spool, options.clone()).await {
            Err(e) if e.to_string().contains("in use") => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
}

async fn all(db: &Db) -> Vec<Event> {
    ledger::events(db, 3, 0, 100_000).await.unwrap()
}

#[track_caller]
fn is_whole(events: &[Event], count: u64) {
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!((event.seq, &event.kind), (seq, &said(seq)));
    }
    assert_eq!(events.len() as u64, count);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_numbered_heard_at_once_and_found_again() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let place = place();
        let writer = open(&db, &place, options()).await;
        let mut live = writer.subscribe();
        for n in 1..=1500 {
            let call = (n % 2 == 0).then_some(InteractionId(40 + (n % 4) as i64));
            assert_eq!(writer.record(1000 + n as i64, call, said(n)), Some(n));
        }
        for n in 1..=1500 {
            assert_eq!(live.recv().await.unwrap().seq, n);
        }
        writer.wait_until_durable(1500).await;
        assert_eq!(writer.not_durable(), 0);
        is_whole(&all(&db).await, 1500);
        assert_eq!(ledger::last_seqs(&db).await.unwrap(), [(3, 1500)]);
        let mine = ledger::of_interaction(&db, InteractionId(42)).await.unwrap();
        assert!(mine.len() == 375 && mine.iter().all(|e| e.interaction == Some(InteractionId(42))));
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = ledger::between(&db, (1101, 1301), after, 64).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.node, last.seq));
            paged.extend(page.iter().map(|e| e.seq));
        }
        assert_eq!(paged, (101..=300).collect::<Vec<_>>());
        let row = db.query_opt("SELECT kind FROM event WHERE seq = 7", vals![]).await.unwrap().unwrap();
        assert_eq!(row.get::<String>("kind").unwrap(), "flow_step");
        writer.close().await;
        assert_eq!(writer.record(1, None, said(0)), None);
        assert_eq!(writer.counts().lost, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_go_on_over_a_clean_restart_and_a_kill_loses_no_number_in_between() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let place = place();
        let writer = open(&db, &place, options()).await;
        (1..=10).for_each(|n| assert_eq!(writer.record(0, None, said(n)), Some(n)));
        writer.close().await;
        is_whole(&all(&db).await, 10);
        let mut next = 11;
        for round in 0..6 {
            let writer = open(&db, &place, options()).await;
            let first = writer.counts().last + 1;
            assert!(first <= next, "what was never safe is given again, nothing is skipped");
            for n in first..first + 700 {
                assert_eq!(writer.record(0, None, said(n)), Some(n));
                if n % 128 == round {
                    tokio::task::yield_now().await;
                }
            }
            next = first + 700;
            writer.kill().await;
        }
        let writer = open(&db, &place, options()).await;
        let last = writer.counts().last;
        writer.wait_until_durable(last).await;
        is_whole(&all(&db).await, last);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_down_events_wait_on_disk_and_follow_in_order_when_it_is_back() {
    let server = Server::start();
    let patience = store::Options { patience: Duration::from_millis(200), ..Default::default() };
    let db = Db::open_with(&server.url("postgres"), &patience).await.unwrap();
    db.migrate(&[MIGRATIONS]).await.unwrap();
    let place = place();
    let writer = open(&db, &place, options()).await;
    let mut follower = writer.follow(&db, 0);
    (1..=50).for_each(|n| assert_eq!(writer.record(0, None, said(n)), Some(n)));
    writer.wait_until_durable(50).await;

    server.crash();
    (51..=6000).for_each(|n| assert_eq!(writer.record(0, None, said(n)), Some(n)));
    while writer.counts().in_spool < 5950 {
        tokio::task::yield_now().await;
    }
    assert_eq!(writer.not_durable(), 5950);
    // Live ears hear it all the same.
    for n in 1..=6000 {
        assert_eq!(follower.next().await.unwrap().seq, n);
    }
    // The program dies as well; the spool alone knows how far it was.
    let left = writer.clone();
    assert!(left.is_running());
    writer.kill().await;
    assert!(!left.is_running());
    server.go_on();
    let writer = open(&db, &place, options()).await;
    assert_eq!(writer.record(0, None, said(6001)), Some(6001));
    writer.wait_until_durable(6001).await;
    is_whole(&all(&db).await, 6001);
    assert_eq!(std::fs::metadata(&place.spool).unwrap().len(), 0);

    // And once more without dying.
    server.crash();
    assert_eq!(writer.record(0, None, said(6002)), Some(6002));
    while writer.counts().in_spool == 0 {
        tokio::task::yield_now().await;
    }
    server.go_on();
    assert_eq!(writer.record(0, None, said(6003)), Some(6003));
    writer.wait_until_durable(6003).await;
    is_whole(&all(&db).await, 6003);
    assert_eq!(writer.counts().lost, 0);
    writer.close().await;
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_while_the_database_is_away_keeps_everything_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&sqlite_url(folder.path())).await.unwrap();
    db.migrate(&[MIGRATIONS]).await.unwrap();
    let place = place();
    let writer = open(&db, &place, options()).await;
    db.close().await;
    (1..=3000).for_each(|n| assert_eq!(writer.record(0, None, said(n)), Some(n)));
    writer.close().await;
    let counts = writer.counts();
    assert_eq!((counts.in_spool, counts.in_database, counts.lost), (3000, 0, 0));
    drop(writer);
    let db = Db::open(&sqlite_url(folder.path())).await.unwrap();
    let writer = open(&db, &place, options()).await;
    writer.wait_until_durable(3000).await;
    is_whole(&all(&db).await, 3000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_database_and_disk_both_refusing_memory_stays_bounded_and_losses_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&sqlite_url(folder.path())).await.unwrap();
    db.migrate(&[MIGRATIONS]).await.unwrap();
    let held = db.begin().await.unwrap();
    let place = place();
    let tight = LedgerOptions { most: 100, spool_bytes: 0, relief: 10, ..options() };
    let writer = open(&db, &place, tight).await;
    // An empty spool takes one batch even so; fill it first.
    assert_eq!(writer.record(0, None, said(1)), Some(1));
    while writer.counts().in_spool == 0 {
        tokio::task::yield_now().await;
    }
    let given: Vec<Option<u64>> = (2..=201).map(|n| writer.record(n as i64, None, said(n))).collect();
    assert_eq!(writer.unsafe_since(), Some(2), "the oldest that is nowhere but in memory");
    assert_eq!(given.iter().flatten().count(), 100);
    assert_eq!(writer.counts().lost, 100);
    drop(held);
    writer.wait_until_durable(101).await;
    is_whole(&all(&db).await, 101);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_far_behind_reads_the_database_and_then_joins_the_living() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let place = place();
        let few = LedgerOptions { live: 16, recent: 16, ..options() };
        let writer = open(&db, &place, few).await;
        (1..=2000).for_each(|n| assert_eq!(writer.record(0, None, said(n)), Some(n)));
        let mut follower = writer.follow(&db, 5);
        for n in 6..=2000 {
            assert_eq!(follower.next().await.unwrap().seq, n);
        }
        assert!(follower.next_known().await.unwrap().is_none());
        writer.record(0, None, said(2001));
        assert_eq!(follower.next_known().await.unwrap().unwrap().seq, 2001);
        writer.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_with_the_same_node_number_do_not_overwrite_each_other() {
    both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let (a, b) = (place(), place());
        let first = open(&db, &a, options()).await;
        let second = open(&db, &b, options()).await;
        first.record(0, None, said(1));
        first.wait_until_durable(1).await;
        second.record(9, None, said(99));
        while second.counts().in_spool == 0 {
            tokio::task::yield_now().await;
        }
        is_whole(&all(&db).await, 1);
        second.close().await;
        assert_eq!(second.not_durable(), 1);
    })
    .await;
}
