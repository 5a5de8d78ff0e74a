//! What a fold writes does not depend on how the ledger was cut into batches.

mod common;

use std::collections::BTreeMap;

use common::*;
use contract::{Event, EventKind, InteractionId, QueueId};
use proptest::prelude::*;
use reports::{Rollup, thresholds};
use store::fold::Fold;
use store::testing::{both, cut};
use store::{Db, vals};

/// Every row of the tables a fold writes, in their order.
async fn folded(db: &Db, fold: &mut impl Fold, tables: &[(&str, &str)], batches: &[&[Event]]) -> Vec<String> {
    let mut tx = db.begin().await.unwrap();
    fold.clear(&mut tx).await.unwrap();
    for batch in batches {
        fold.apply(&mut tx, batch).await.unwrap();
    }
    let mut all = Vec::new();
    for (table, columns) in tables {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
        all.extend(tx.query(&sql, vals![]).await.unwrap().iter().map(|row| format!("{table} {row:?}")));
    }
    all
}

const ROLLUP: [(&str, &str); 6] = [
    ("queue_entry", "node, seq, at, queue, agent, interaction, outcome, waited_ms, first, target_ms, short_ms"),
    ("offer_entry", "node, seq, at, queue, agent, interaction, outcome, rang_ms"),
    ("handling", "node, seq, at, queue, agent, interaction, handled, talk_ms, hold_ms, wrap_ms"),
    ("handling_open", "agent, interaction, queue, talk_ms, hold_ms"),
    ("open_part", "interaction, agent, queue, since"),
    (
        "rollup",
        "start, queue, agent, target_ms, short_ms, callers, answered, within_target, abandoned, short_abandoned, flowed_out, lost, \
         wait_answered_ms, wait_abandoned_ms, max_wait_ms, offers_answered, offers_missed, offers_rejected, offers_withdrawn, \
         offers_failed, rang_ms, handled, talk_ms, hold_ms, wrap_ms",
    ),
];

/// Steps of [`common::events`], and after how many events a batch ends.
fn story() -> impl Strategy<Value = (Vec<Event>, Vec<usize>)> {
    let step = (-500_i64..120_000, any::<u8>(), any::<u8>(), any::<u8>(), 0_u32..40_000);
    (prop::collection::vec(step, 1..120), prop::collection::vec(1_usize..30, 8)).prop_map(|(steps, cuts)| (possible(events(&steps)), cuts))
}

/// A caller waits in one queue at a time, and an agent talks to a caller once at a time.
fn possible(events: Vec<Event>) -> Vec<Event> {
    let mut open: BTreeMap<(Option<InteractionId>, i64), QueueId> = BTreeMap::new();
    let agrees = |event: &Event| {
        let call = event.interaction;
        let mut begins = |who, queue| *open.entry((call, who)).or_insert(queue) == queue;
        match &event.kind {
            EventKind::Queued { queue, .. } => begins(0, *queue),
            EventKind::TalkStarted { agent, queue: Some(queue), .. } => begins(agent.0, *queue),
            EventKind::QueueLeft { queue, .. } => open.extract_if((call, 0)..=(call, 0), |_, of| of == queue).count() == 1,
            EventKind::TalkEnded { agent, queue: Some(queue), .. } => {
                open.extract_if((call, agent.0)..=(call, agent.0), |_, of| of == queue).count() == 1
            }
            EventKind::Interrupted { .. } => {
                open.retain(|(of, _), _| *of != call);
                true
            }
            _ => true,
        }
    };
    events.into_iter().filter(agrees).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roll_up_is_the_same_however_the_ledger_is_cut_into_batches() {
    let runtime = tokio::runtime::Handle::current();
    both(|db| {
        let runtime = runtime.clone();
        async move {
            db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
            thresholds::note(&db, 0, &directory(&[(1, 20_000, 5_000), (2, 10_000, 2_000)])).await.unwrap();
            let test = move || {
                proptest!(ProptestConfig { cases: 24, ..ProptestConfig::default() }, |((events, cuts) in story())| {
                    let one_by_one: Vec<&[Event]> = events.chunks(1).collect();
                    let [single, some, all] = [one_by_one, cut(&events, &cuts), vec![&events[..]]]
                        .map(|batches| runtime.block_on(folded(&db, &mut Rollup, &ROLLUP, &batches)));
                    prop_assert_eq!(&some, &single);
                    prop_assert_eq!(&all, &single);
                });
            };
            tokio::task::spawn_blocking(test).await.unwrap();
        }
    })
    .await;
}
