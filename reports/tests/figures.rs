//! Figures: exact sums of what happened, each with the list of what made it, on both engines.

mod common;

use std::collections::BTreeMap;

use common::*;
use contract::{Activity, AgentId, EndCause, EpochMs, EventKind, InteractionId, OfferOutcome, QueueId, QueueOutcome, ReasonId, SeatStatus};
use reports::figures::{self, Figure, Step};
use reports::rollup::Sums;
use reports::{AgentIntervals, Rollup, Zone, intervals, thresholds};
use store::testing::both;
use store::{Db, Folds, LedgerOptions, LedgerWriter, vals};

struct House {
    db: Db,
    ledger: LedgerWriter,
    folds: Folds,
    last: std::cell::Cell<u64>,
    _folder: tempfile::TempDir,
}

fn zone() -> Zone {
    "Asia/Shanghai".parse().unwrap()
}

impl House {
    async fn new(db: Db) -> Self {
        db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ledger = LedgerWriter::open(db.clone(), 1, folder.path().join("spool"), LedgerOptions::default()).await.unwrap();
        let mut folds = Folds::new(db.clone(), &ledger);
        folds.start(Rollup);
        folds.start(AgentIntervals);
        Self { db, ledger, folds, last: 0.into(), _folder: folder }
    }

    fn say(&self, at: EpochMs, call: i64, kind: EventKind) {
        self.last.set(self.ledger.record(MIDNIGHT + at, (call > 0).then_some(InteractionId(call)), kind).unwrap());
    }

    async fn told(&self) {
        self.folds.wait_until_applied(self.last.get()).await;
        assert!(self.folds.counts().iter().all(|(_, _, failures)| *failures == 0));
    }

    async fn queues(&self, step: Step) -> Vec<figures::QueueFigures> {
        figures::queues(&self.db, WEEK, None, step, zone()).await.unwrap()
    }

    async fn made(&self, figure: Figure, queue: i64) -> Vec<i64> {
        let made = figures::made(&self.db, figure, WEEK, Some(QueueId(queue)), None, None, 100).await.unwrap();
        made.iter().map(|m| m.interaction.0).collect()
    }
}

const WEEK: (EpochMs, EpochMs) = (MIDNIGHT, MIDNIGHT + 7 * 24 * HOUR);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_to_a_second_queue_is_one_caller_and_two_entries() {
    both(|db| async move {
        let house = House::new(db).await;
        thresholds::note(&house.db, 0, &directory(&[(1, 20_000, 5_000), (2, 20_000, 5_000)])).await.unwrap();
        let nine = 9 * HOUR;
        house.say(nine, 7, arrived());
        house.say(nine, 7, queued(1));
        house.say(nine + 1, 7, offer_ended(5, 1, OfferOutcome::Missed));
        house.say(nine + 2, 7, offer_ended(6, 1, OfferOutcome::Answered));
        house.say(nine + 2, 7, left(1, QueueOutcome::Answered, 12_000));
        house.say(nine + 2, 7, talk(6, 1));
        house.say(nine + 3, 7, talked(6, 1, 60_000, 5_000));
        house.say(nine + 3, 7, queued(2));
        house.say(nine + 4, 7, wrapped_up(6, 1, 10_000));
        house.say(nine + 5, 7, left(2, QueueOutcome::Abandoned, 30_000));
        house.say(nine + 5, 7, ended(EndCause::Abandoned));
        // Somebody else gave up at once.
        house.say(nine + 6, 8, queued(2));
        house.say(nine + 7, 8, left(2, QueueOutcome::Abandoned, 5_000));
        house.told().await;
        let rows = house.queues(Step::Day).await;
        let seen: Vec<_> = rows.iter().map(|r| (r.queue.0, r.offered, r.sums.callers, r.sums.short_abandoned, r.service_level)).collect();
        assert_eq!(seen, [(1, 1, 1, 0, Some(1.0)), (2, 1, 1, 1, Some(0.0))]);
        assert_eq!((rows[0].asa_ms, rows[0].aht_ms), (Some(12_000.0), Some(75_000.0)));
        assert_eq!((rows[1].asa_ms, rows[1].aht_ms), (None, None));
        assert_eq!(house.made(Figure::Offered, 1).await, [7]);
        assert_eq!(house.made(Figure::Offered, 2).await, [7]);
        assert_eq!((house.made(Figure::Callers, 1).await, house.made(Figure::Callers, 2).await), (vec![7], vec![8]));
        assert_eq!(house.made(Figure::ShortAbandoned, 2).await, [8]);
        assert_eq!(house.made(Figure::Handled, 1).await, [7]);
        assert_eq!(house.made(Figure::MissedOffers, 1).await, [7]);
        let agents = figures::agents(&house.db, WEEK, None, zone(), WEEK.1).await.unwrap();
        let seen: Vec<_> = agents.iter().map(|a| (a.agent.0, a.sums.answered, a.missed_offers, a.sums.handled, a.aht_ms)).collect();
        assert_eq!(seen, [(5, 0, 1, 0, None), (6, 1, 0, 1, Some(75_000.0))]);
        assert_eq!(figures::waits(&house.db, WEEK, QueueId(1)).await.unwrap(), Some((12_000, 12_000)));
        assert_eq!(figures::waits(&house.db, WEEK, QueueId(2)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_over_the_half_hour_and_over_midnight_counts_where_it_closes() {
    both(|db| async move {
        let house = House::new(db).await;
        let midnight = 24 * HOUR;
        // Answered before the half hour, talk until after midnight, wrap-up until a quarter later.
        house.say(midnight - 31 * MINUTE, 7, queued(1));
        house.say(midnight - 30 * MINUTE - 1, 7, offer_ended(6, 1, OfferOutcome::Answered));
        house.say(midnight - 30 * MINUTE - 1, 7, left(1, QueueOutcome::Answered, 59_999));
        house.say(midnight - 30 * MINUTE, 7, talk(6, 1));
        house.say(midnight + MINUTE, 7, talked(6, 1, 1_860_000, 0));
        house.say(midnight + 16 * MINUTE, 7, wrapped_up(6, 1, 900_000));
        house.told().await;
        let rows = house.queues(Step::Quarter).await;
        let seen: Vec<_> = rows.iter().map(|r| ((r.from - MIDNIGHT - midnight) / MINUTE, r.sums.answered, r.sums.handled, r.sums.talk_ms)).collect();
        assert_eq!(seen, [(-45, 1, 0, 0), (15, 0, 1, 1_860_000)]);
        let rows = house.queues(Step::Half).await;
        assert_eq!(rows.iter().map(|r| (r.from - MIDNIGHT - midnight) / MINUTE).collect::<Vec<_>>(), [-60, 0]);
        let rows = house.queues(Step::Day).await;
        assert_eq!(rows.iter().map(|r| ((r.from - MIDNIGHT) / HOUR, r.sums.answered, r.sums.handled)).collect::<Vec<_>>(), [(0, 1, 0), (24, 0, 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_wrap_up_a_talk_is_handled_when_the_agent_turns_to_something_else() {
    both(|db| async move {
        let house = House::new(db).await;
        let talking = |call| seat(6, SeatStatus::Ready, Activity::Talking { interaction: InteractionId(call) });
        house.say(1, 7, talk(6, 1));
        house.say(1, 0, talking(7));
        house.say(2, 7, talked(6, 1, 1_000, 0));
        // Still busy with that call: a consultation, say.
        house.say(3, 0, talking(7));
        house.say(4, 7, talk(6, 1));
        house.say(5, 7, talked(6, 1, 500, 50));
        house.told().await;
        assert_eq!(house.queues(Step::Day).await.len(), 0);
        house.say(20 * MINUTE, 0, seat(6, SeatStatus::Ready, Activity::Idle));
        house.told().await;
        let rows = house.queues(Step::Quarter).await;
        assert_eq!((rows[0].from - MIDNIGHT, rows[0].sums.handled, rows[0].sums.talk_ms, rows[0].sums.hold_ms), (15 * MINUTE, 1, 1_500, 50));
        // A wrap-up that was still told counts its time, not the call again.
        house.say(21 * MINUTE, 7, wrapped_up(6, 1, 9));
        house.told().await;
        assert_eq!(house.queues(Step::Day).await.iter().map(|r| (r.sums.handled, r.sums.wrap_ms)).collect::<Vec<_>>(), [(1, 9)]);
        assert_eq!(house.made(Figure::Handled, 1).await, [7]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_left_open_is_lost_or_lasted_until_it_was_last_seen() {
    both(|db| async move {
        let house = House::new(db).await;
        house.say(1_000, 7, queued(1));
        house.say(2_000, 8, queued(1));
        house.say(3_000, 8, left(1, QueueOutcome::Answered, 1_000));
        house.say(3_000, 8, talk(6, 1));
        house.say(9_000, 7, EventKind::Interrupted { last_seen: MIDNIGHT + 4_000 });
        house.say(9_000, 8, EventKind::Interrupted { last_seen: MIDNIGHT + 5_000 });
        house.say(9_000, 8, EventKind::Interrupted { last_seen: MIDNIGHT + 5_000 });
        house.told().await;
        let rows = house.queues(Step::Day).await;
        let s = rows[0].sums;
        assert_eq!((s.lost, s.answered, s.handled, s.talk_ms, s.max_wait_ms, rows[0].offered), (1, 1, 1, 2_000, 3_000, 2));
        assert_eq!(house.made(Figure::Lost, 1).await, [7]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_threshold_never_rewrites_the_past_even_when_all_is_folded_again() {
    both(|db| async move {
        let house = House::new(db).await;
        let note = async |at: EpochMs, target: u32, short: u32| {
            thresholds::note(&house.db, MIDNIGHT + at, &directory(&[(1, target, short)])).await.unwrap()
        };
        note(0, 20_000, 5_000).await;
        house.say(MINUTE, 1, left(1, QueueOutcome::Answered, 15_000));
        house.say(MINUTE, 2, left(1, QueueOutcome::Abandoned, 8_000));
        house.told().await;
        note(2 * MINUTE, 10_000, 10_000).await;
        assert_eq!(note(3 * MINUTE, 10_000, 10_000).await, note(4 * MINUTE, 10_000, 10_000).await, "nothing changed, nothing is noted");
        house.say(5 * MINUTE, 3, left(1, QueueOutcome::Answered, 15_000));
        house.say(5 * MINUTE, 4, left(1, QueueOutcome::Abandoned, 8_000));
        house.told().await;
        for again in [false, true] {
            if again {
                house.folds.rebuild("rollup").await.unwrap();
                house.told().await;
            }
            let rows = house.queues(Step::Quarter).await;
            let s = rows[0].sums;
            assert_eq!((rows.len(), s.answered, s.within_target, s.abandoned, s.short_abandoned), (1, 2, 1, 1, 1));
            assert_eq!(house.made(Figure::WithinTarget, 1).await, [1]);
            assert_eq!(house.made(Figure::ShortAbandoned, 1).await, [4]);
        }
    })
    .await;
}

/// The same figures from the events themselves, by the shortest way there is.
fn by_hand(events: &[contract::Event]) -> BTreeMap<i64, Sums> {
    let mut queues: BTreeMap<i64, Sums> = BTreeMap::new();
    let mut known = std::collections::BTreeSet::new();
    for event in events {
        match &event.kind {
            EventKind::QueueLeft { queue, outcome, waited_ms } => {
                let (target, short) = if queue.0 == 2 { (10_000, 2_000) } else { (20_000, 5_000) };
                let s = queues.entry(queue.0).or_default();
                s.callers += i64::from(known.insert(event.interaction));
                s.max_wait_ms = s.max_wait_ms.max((*waited_ms).into());
                match outcome {
                    QueueOutcome::Answered => {
                        s.answered += 1;
                        s.wait_answered_ms += i64::from(*waited_ms);
                        s.within_target += i64::from(*waited_ms <= target);
                    }
                    QueueOutcome::Abandoned if *waited_ms > short => {
                        s.abandoned += 1;
                        s.wait_abandoned_ms += i64::from(*waited_ms);
                    }
                    QueueOutcome::Abandoned => s.short_abandoned += 1,
                    QueueOutcome::Failed => s.lost += 1,
                    _ => s.flowed_out += 1,
                }
            }
            EventKind::OfferEnded { queue: Some(queue), outcome, rang_ms, .. } => {
                let s = queues.entry(queue.0).or_default();
                s.rang_ms += i64::from(*rang_ms);
                match outcome {
                    OfferOutcome::Answered => s.offers_answered += 1,
                    OfferOutcome::Missed => s.offers_missed += 1,
                    OfferOutcome::Rejected => s.offers_rejected += 1,
                    OfferOutcome::Withdrawn => s.offers_withdrawn += 1,
                    OfferOutcome::Failed => s.offers_failed += 1,
                }
            }
            _ => {}
        }
    }
    queues
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roll_up_is_exactly_the_sum_of_what_happened_and_every_number_lists_it() {
    // Ends are told as they come, also without their beginnings; crashes have their own test.
    let steps: Vec<_> = (0..3_000u64)
        .map(|i| {
            let r = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
            (((r % 120_000) as i64) - 500, (r >> 8) as u8, (r >> 18) as u8, (r >> 26) as u8, (r >> 20) as u32 % 40_000)
        })
        .collect();
    let all: Vec<_> = events(&steps).into_iter().filter(|e| !matches!(e.kind, EventKind::Interrupted { .. })).collect();
    let expected = by_hand(&all);
    assert!(expected.len() == 3 && expected.values().all(|s| s.answered > 9 && s.lost > 9 && s.offers_missed > 9));
    both(|db| {
        let (all, expected) = (all.clone(), expected.clone());
        async move {
            let house = House::new(db).await;
            thresholds::note(&house.db, 0, &directory(&[(1, 20_000, 5_000), (2, 10_000, 2_000), (3, 20_000, 5_000)])).await.unwrap();
            for event in all {
                house.say(event.at - MIDNIGHT, event.interaction.map_or(0, |i| i.0), event.kind);
            }
            house.told().await;
            let total = |rows: &[figures::QueueFigures]| {
                let mut sums: BTreeMap<i64, Sums> = BTreeMap::new();
                rows.iter().for_each(|r| *sums.entry(r.queue.0).or_default() += r.sums);
                sums
            };
            for step in [Step::Quarter, Step::Half, Step::Hour, Step::Day] {
                let mut seen = total(&house.queues(step).await);
                let raw = "SELECT CAST(SUM(handled) AS BIGINT), CAST(SUM(talk_ms) AS BIGINT), CAST(SUM(hold_ms) AS BIGINT), CAST(SUM(wrap_ms) AS BIGINT) FROM handling WHERE queue = $1";
                for (queue, s) in &mut seen {
                    let row = house.db.query_opt(raw, vals![*queue]).await.unwrap().unwrap();
                    let sums: Vec<i64> = (0..4usize).map(|i| row.get(i).unwrap()).collect();
                    assert_eq!(sums, [s.handled, s.talk_ms, s.hold_ms, s.wrap_ms]);
                    assert!(s.handled > 9);
                    (s.handled, s.talk_ms, s.hold_ms, s.wrap_ms) = (0, 0, 0, 0);
                }
                assert_eq!(seen, expected);
            }
            for (figure, of) in [
                (Figure::Offered, (|s| s.answered + s.abandoned + s.flowed_out + s.lost) as fn(&Sums) -> i64),
                (Figure::Callers, |s| s.callers),
                (Figure::Answered, |s| s.answered),
                (Figure::WithinTarget, |s| s.within_target),
                (Figure::Abandoned, |s| s.abandoned),
                (Figure::ShortAbandoned, |s| s.short_abandoned),
                (Figure::FlowedOut, |s| s.flowed_out),
                (Figure::Lost, |s| s.lost),
                (Figure::MissedOffers, |s| s.offers_missed + s.offers_rejected),
            ] {
                for (queue, sums) in &expected {
                    let (mut seen, mut after) = (std::collections::BTreeSet::new(), None);
                    loop {
                        let queue = Some(QueueId(*queue));
                        let page = figures::made(&house.db, figure, WEEK, queue, None, after.as_ref(), 7).await.unwrap();
                        let Some(last) = page.last() else { break };
                        after = Some(last.clone());
                        page.iter().for_each(|m| assert!(seen.insert(m.seq)));
                    }
                    assert_eq!(seen.len() as i64, of(sums), "{figure:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agents_day_is_cut_at_midnight_and_has_no_holes() {
    both(|db| async move {
        let house = House::new(db).await;
        let (ready, lunch) = (SeatStatus::Ready, SeatStatus::NotReady { reason: Some(ReasonId(4)) });
        let call = InteractionId(7);
        house.say(22 * HOUR, 0, seat(6, ready, Activity::Idle));
        house.say(23 * HOUR, 7, seat(6, ready, Activity::Offered { interaction: call }));
        house.say(23 * HOUR + 1_000, 7, seat(6, ready, Activity::Talking { interaction: call }));
        house.say(25 * HOUR, 7, seat(6, ready, Activity::WrapUp { interaction: call, queue: None, until: None }));
        // Said again with nothing new, and a change within one moment.
        house.say(25 * HOUR + 5_000, 7, seat(6, ready, Activity::WrapUp { interaction: call, queue: None, until: Some(9) }));
        house.say(26 * HOUR, 0, seat(6, ready, Activity::Idle));
        house.say(26 * HOUR, 0, seat(6, lunch, Activity::Idle));
        house.say(27 * HOUR, 0, seat(6, SeatStatus::Offline, Activity::Idle));
        house.say(28 * HOUR, 0, seat(6, ready, Activity::Idle));
        house.told().await;
        let days = figures::agents(&house.db, WEEK, Some(AgentId(6)), zone(), MIDNIGHT + 29 * HOUR).await.unwrap();
        let seen: Vec<_> = days
            .iter()
            .map(|d| {
                let t = &d.times;
                ((d.from - MIDNIGHT) / HOUR, t.signed_in_ms, t.idle_ms, t.ringing_ms, t.contact_ms, t.wrap_ms, t.not_ready_ms.clone())
            })
            .collect();
        let lunch = BTreeMap::from([("4".to_owned(), HOUR)]);
        assert_eq!(
            seen,
            [
                (0, 2 * HOUR, HOUR, 1_000, HOUR - 1_000, 0, BTreeMap::new()),
                (24, 4 * HOUR, HOUR, 0, HOUR, HOUR, lunch),
            ]
        );
        assert_eq!((days[1].occupancy, days[1].utilization), (Some(2.0 / 3.0), Some(0.5)));
        let list = intervals::of_agent(&house.db, AgentId(6), (MIDNIGHT + 24 * HOUR, MIDNIGHT + 27 * HOUR), 9).await.unwrap();
        let seen: Vec<_> = list.iter().map(|i| (i.status.as_str(), i.activity.as_str(), i.interaction.is_some(), i.until.is_some())).collect();
        assert_eq!(seen, [("ready", "talking", true, true), ("ready", "wrap_up", true, true), ("not_ready", "idle", false, true)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_ends_an_agents_state_when_the_node_was_last_heard_of() {
    both(|db| async move {
        let house = House::new(db).await;
        house.say(HOUR, 0, seat(6, SeatStatus::Ready, Activity::Idle));
        house.say(2 * HOUR, 9, arrived());
        house.say(5 * HOUR, 0, EventKind::NodeStarted { version: "1".into() });
        house.say(6 * HOUR, 0, seat(6, SeatStatus::Ready, Activity::Idle));
        house.told().await;
        let list = intervals::of_agent(&house.db, AgentId(6), WEEK, 9).await.unwrap();
        let hours: Vec<_> = list.iter().map(|i| ((i.since - MIDNIGHT) / HOUR, i.until.map(|u| (u - MIDNIGHT) / HOUR))).collect();
        assert_eq!(hours, [(1, Some(2)), (6, None)]);
    })
    .await;
}

#[tokio::test]
async fn a_span_that_is_none_is_refused() {
    both(|db| async move {
        db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
        for span in [(1, 900_000), (0, 1), (900_000, 900_000), (900_000, 0), (0, 500 * 24 * HOUR)] {
            let error = figures::queues(&db, span, None, Step::Day, zone()).await.unwrap_err();
            assert!(error.to_string().contains("900000"), "{error}");
        }
    })
    .await;
}
