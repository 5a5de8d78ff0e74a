//! The live board and the reports are two folds over one ledger: for the same span they say the same.

mod common;

use std::collections::BTreeMap;

use common::*;
use contract::{Event, EventKind, InteractionId, LiveQueue, QueueId};
use reports::figures::{self, QueueFigures, Step};
use reports::{Board, Rollup, Thresholds, Zone, thresholds};
use store::testing::both;
use store::{Folds, LedgerOptions, LedgerWriter};

const LIMITS: [(i64, u32, u32); 3] = [(1, 20_000, 5_000), (2, 10_000, 2_000), (3, 20_000, 5_000)];

fn zone() -> Zone {
    "Asia/Shanghai".parse().unwrap()
}

/// Offered, answered, within target, abandoned, short abandoned, waited by those answered.
type Said = [i64; 6];

fn on_the_board(row: &LiveQueue) -> Said {
    let counts = [row.offered, row.answered, row.within_target, row.abandoned, row.short_abandoned].map(i64::from);
    let [offered, answered, within, abandoned, short] = counts;
    [offered, answered, within, abandoned, short, i64::try_from(row.wait_ms_sum).unwrap()]
}

fn in_the_report(row: &QueueFigures) -> Said {
    let s = row.sums;
    [row.offered, s.answered, s.within_target, s.abandoned, s.short_abandoned, s.wait_answered_ms]
}

/// Both folds over the same ledger; what each says of the company's day of the last event.
async fn said(db: store::Db, all: &[Event]) -> [BTreeMap<QueueId, Said>; 2] {
    db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
    thresholds::note(&db, 0, &directory(&LIMITS)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let ledger = LedgerWriter::open(db.clone(), 1, spool, LedgerOptions::default()).await.unwrap();
    let mut folds = Folds::new(db.clone(), &ledger);
    folds.start(Rollup);
    let mut limits = Thresholds::default();
    limits.note(0, &directory(&LIMITS));
    let mut board = Board::new(zone(), limits, MIDNIGHT);
    let mut last = 0;
    for event in all {
        last = ledger.record(event.at, event.interaction, event.kind.clone()).unwrap();
        board.apply(&Event { seq: last, ..event.clone() });
    }
    folds.wait_until_applied(last).await;
    let today = zone().day_of(all.iter().map(|event| event.at).max().unwrap());
    let live = board.live().queues;
    let rows = figures::queues(&db, today, None, Step::Day, zone()).await.unwrap();
    let nothing = |said: &Said| said.iter().all(|n| *n == 0);
    let board = live.iter().map(|row| (row.queue, on_the_board(row))).filter(|(_, said)| !nothing(said)).collect();
    let report = rows.iter().map(|row| (row.queue, in_the_report(row))).filter(|(_, said)| !nothing(said)).collect();
    [board, report]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_shows_of_today_exactly_what_the_report_of_today_counts() {
    // Two days and some, so that the day has turned and all figures begun anew.
    let steps: Vec<_> = (0..3_000u64)
        .map(|i| {
            let r = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
            (((r % 120_000) as i64) - 500, (r >> 8) as u8, (r >> 18) as u8, (r >> 26) as u8, (r >> 20) as u32 % 40_000)
        })
        .collect();
    let ends = |event: &Event| !matches!(event.kind, EventKind::Interrupted { .. });
    let all: Vec<Event> = events(&steps).into_iter().filter(ends).collect();
    both(|db| {
        let all = all.clone();
        async move {
            let [board, report] = said(db, &all).await;
            assert_eq!(board, report);
            let busy = |[offered, answered, within, abandoned, ..]: &Said| {
                [*offered, *answered, *within, *abandoned].iter().all(|n| *n > 1)
            };
            assert!(board.len() == 3 && board.values().all(busy), "a day worth comparing: {board:?}");
            assert!(board.values().any(|said| said[4] > 0), "and somebody gave up at once: {board:?}");
        }
    })
    .await;
}

/// A caller whom a crash of ours cut off while waiting is lost, on the board as in the report.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_a_crash_cut_off_is_counted_alike_on_the_board_and_in_the_report() {
    let story: [(i64, i64, EventKind); 9] = [
        (1_000, 7, arrived()),
        (1_000, 7, queued(1)),
        (2_000, 8, arrived()),
        (2_000, 8, queued(1)),
        (9_000, 8, left(1, contract::QueueOutcome::Answered, 7_000)),
        (9_000, 8, talk(6, 1)),
        (60_000, 7, EventKind::Interrupted { last_seen: MIDNIGHT + 30_000 }),
        (60_000, 8, EventKind::Interrupted { last_seen: MIDNIGHT + 30_000 }),
        (60_000, 8, EventKind::Interrupted { last_seen: MIDNIGHT + 30_000 }),
    ];
    let all: Vec<Event> = (1..)
        .zip(story)
        .map(|(seq, (at, call, kind))| Event {
            node: 1,
            seq,
            at: MIDNIGHT + at,
            interaction: Some(InteractionId(call)),
            kind,
        })
        .collect();
    both(|db| {
        let all = all.clone();
        async move {
            let [board, report] = said(db, &all).await;
            assert_eq!(report[&QueueId(1)][..2], [2, 1], "offered, answered");
            assert_eq!(board, report);
        }
    })
    .await;
}
