//! Agents' intervals do not depend on how the ledger was cut into batches.

mod common;

use common::*;
use contract::{Activity, Event, EventKind, InteractionId, ReasonId, SeatStatus};
use proptest::prelude::*;
use reports::AgentIntervals;
use reports::intervals::AgentInterval;
use store::fold::Fold;
use store::testing::{both, cut};
use store::{Db, FromRow, vals};

/// A seat of one of four agents changes, in few enough ways that it often becomes what it was; or the node starts; or
/// something else happens.
fn happening() -> impl Strategy<Value = (Option<InteractionId>, EventKind)> {
    let interaction = InteractionId(1);
    let status = prop_oneof![
        Just(SeatStatus::Ready),
        Just(SeatStatus::NotReady { reason: None }),
        Just(SeatStatus::NotReady { reason: Some(ReasonId(4)) }),
        Just(SeatStatus::Offline),
    ];
    let activity = prop_oneof![
        2 => Just(Activity::Idle),
        1 => Just(Activity::Talking { interaction }),
        1 => Just(Activity::WrapUp { interaction, queue: None, until: None }),
    ];
    prop_oneof![
        12 => (1_i64..5, status, activity).prop_map(|(agent, status, activity)| (None, seat(agent, status, activity))),
        1 => Just((None, EventKind::NodeStarted { version: "1".into() })),
        2 => Just((Some(interaction), arrived())),
    ]
}

/// The clock stands still, goes on, or steps back.
fn of_node(node: u16, most: usize) -> impl Strategy<Value = Vec<Event>> {
    let step = prop_oneof![2 => Just(0_i64), 4 => 0_i64..60_000, 1 => -30_000_i64..0];
    prop::collection::vec((step, happening()), 1..most).prop_map(move |steps| {
        let mut at = MIDNIGHT;
        let event = |(seq, (step, (interaction, kind)))| {
            at += step;
            Event { node, seq, at, interaction, kind }
        };
        (1..).zip(steps).map(event).collect()
    })
}

/// Of another node, which leaves intervals open; then of this one, and after how many events its batches end.
fn story() -> impl Strategy<Value = (Vec<Event>, Vec<Event>, Vec<usize>)> {
    (of_node(2, 8), of_node(1, 100), prop::collection::vec(1_usize..30, 8))
}

/// Every row, with the event it began with. Nothing is kept.
async fn folded(db: &Db, events: [&[Event]; 2], batches: &[&[Event]]) -> Vec<(AgentInterval, u16, u64)> {
    let mut tx = db.begin().await.unwrap();
    let ledger = events.iter().flat_map(|events| events.iter());
    let ledger = ledger.map(|e| vals![e.node, e.seq, e.at, e.interaction, "", ""]).collect();
    tx.insert_many("INSERT INTO event (node, seq, at, interaction, kind, body) VALUES", ledger, "").await.unwrap();
    AgentIntervals.apply(&mut tx, events[0]).await.unwrap();
    for batch in batches {
        AgentIntervals.apply(&mut tx, batch).await.unwrap();
    }
    let rows = tx.query("SELECT * FROM agent_interval ORDER BY agent, since, node, seq", vals![]).await.unwrap();
    let row = |row| (AgentInterval::from_row(row).unwrap(), row.get("node").unwrap(), row.get("seq").unwrap());
    let rows = rows.iter().map(row).collect();
    tx.rollback().await.unwrap();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_intervals_are_the_same_however_the_ledger_is_cut_into_batches() {
    let runtime = tokio::runtime::Handle::current();
    both(|db| {
        let runtime = runtime.clone();
        async move {
            db.migrate(&[store::MIGRATIONS, reports::MIGRATIONS]).await.unwrap();
            let test = move || {
                proptest!(ProptestConfig { cases: 64, ..ProptestConfig::default() }, |((other, events, cuts) in story())| {
                    let one_by_one: Vec<&[Event]> = events.chunks(1).collect();
                    let [single, some, all] = [one_by_one, cut(&events, &cuts), vec![&events[..]]]
                        .map(|batches| runtime.block_on(folded(&db, [&other, &events], &batches)));
                    prop_assert_eq!(&some, &single);
                    prop_assert_eq!(&all, &single);
                });
            };
            tokio::task::spawn_blocking(test).await.unwrap();
        }
    })
    .await;
}
