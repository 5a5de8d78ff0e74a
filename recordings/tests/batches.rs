//! Recordings' rows do not depend on how the ledger was cut into batches.

use contract::*;
use proptest::prelude::*;
use recordings::RecordingFold;
use store::fold::Fold;
use store::testing::{both, cut};
use store::{Db, vals};

const T0: EpochMs = 1_772_380_740_000;

fn arrived(number: &str) -> EventKind {
    let number = (PhoneNumber::from_e164(number).ok(), number.to_owned());
    EventKind::CallArrived {
        direction: Direction::Inbound,
        entry: Entry::Trunk { trunk: TrunkId(3) },
        caller: Caller { raw: number.1, name: String::new(), number: number.0, withheld: false },
        dialed: "400".into(),
        leg: LegId(70),
    }
}

fn identified(customer: i64, confidence: u8) -> EventKind {
    let sure = Candidate {
        customer: CustomerId(customer),
        contact: None,
        point: ContactPointId(1),
        reason: MatchReason::Exact,
        confidence,
        vip: false,
    };
    EventKind::CallerIdentified { candidates: vec![sure] }
}

/// Of the call: its talk on one of two legs, and its recordings.
fn happening() -> impl Strategy<Value = EventKind> {
    let (agent, queue) = (AgentId(1), Some(QueueId(11)));
    let leg = (1_i64..3).prop_map(LegId);
    let recording = || (1_i64..7).prop_map(RecordingId);
    let number = prop_oneof![Just("+8613800138000"), Just("+861062345678"), Just("anonymous"), Just("")];
    let customer = prop_oneof![Just(None), (1_i64..4).prop_map(|id| Some(CustomerId(id)))];
    let started = move |recording| EventKind::RecordingStarted {
        recording,
        what: RecordingKind::Talk,
        agent: Some(agent),
        queue,
        path: "1.wav".into(),
    };
    prop_oneof![
        6 => number.prop_map(arrived),
        2 => (1_i64..4, prop_oneof![Just(95), Just(50)])
            .prop_map(|(customer, confidence)| identified(customer, confidence)),
        1 => customer.prop_map(move |customer| EventKind::CustomerLinked { agent, customer, contact: None }),
        3 => leg.clone().prop_map(move |leg| EventKind::TalkStarted { agent, leg, queue, waited_ms: 0 }),
        3 => leg.prop_map(move |leg| EventKind::TalkEnded { agent, leg, queue, talk_ms: 0, hold_ms: 0 }),
        3 => recording().prop_map(started),
        1 => recording()
            .prop_map(move |recording| EventKind::RecordingPaused { recording, agent, reason: "card".into() }),
        1 => recording().prop_map(move |recording| EventKind::RecordingResumed { recording, agent }),
        1 => (recording(), 1_u32..500)
            .prop_map(|(recording, ms)| EventKind::RecordingGap { recording, ms, reason: "disk".into() }),
        2 => (recording(), 0_u32..3).prop_map(|(recording, bytes)| {
            EventKind::RecordingEnded { recording, duration_ms: bytes, bytes, complete: bytes == 2 }
        }),
        3 => Just(EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller }),
        1 => (-9_000_i64..9_000).prop_map(|ms| EventKind::Interrupted { last_seen: T0 + ms }),
        1 => Just(EventKind::FlowStep { node: "n".into() }),
    ]
}

/// Events of five calls, and after how many a batch ends. The clock stands still, goes on, or steps back.
fn story() -> impl Strategy<Value = (Vec<Event>, Vec<usize>)> {
    let step = prop_oneof![1 => Just(0_i64), 4 => 0_i64..2_000, 1 => -2_000_i64..0];
    let events = prop::collection::vec((step, 1_i64..6, happening()), 1..100).prop_map(|steps| {
        let mut at = T0;
        let event = |(seq, (step, call, kind))| {
            at += step;
            Event { node: 1, seq, at, interaction: Some(InteractionId(call)), kind }
        };
        (1..).zip(steps).map(event).collect()
    });
    (events, prop::collection::vec(1_usize..30, 8))
}

const TABLES: [(&str, &[&str], &[&str]); 3] = [
    ("recorded_call", &["interaction_id", "customer_id", "settled"], &["caller", "e164", "backwards"]),
    ("recorded_talk", &["interaction_id", "leg_id", "began", "ended", "agent_id", "queue_id"], &[]),
    (
        "recording",
        &[
            "recording_id",
            "node",
            "interaction_id",
            "agent_id",
            "queue_id",
            "customer_id",
            "began",
            "duration_ms",
            "bytes",
            "complete",
            "gap_ms",
        ],
        &["kind", "caller", "e164", "backwards", "path", "state", "notes"],
    ),
];

/// Every row of the tables, where one recording was deleted before. Nothing is kept.
async fn folded(db: &Db, batches: &[&[Event]]) -> Vec<String> {
    let mut tx = db.begin().await.unwrap();
    let sql = "INSERT INTO recording_deleted (recording_id, interaction_id, began, duration_ms, at, reason) \
        VALUES (6, 1, 0, 1, 0, '')";
    tx.execute(sql, vals![]).await.unwrap();
    for batch in batches {
        RecordingFold.apply(&mut tx, batch).await.unwrap();
    }
    let mut all = Vec::new();
    for (table, numbers, words) in TABLES {
        for row in tx.query(&format!("SELECT * FROM {table} ORDER BY 1, 2, {}", numbers[2]), vals![]).await.unwrap() {
            let numbers: Vec<Option<i64>> = numbers.iter().map(|column| row.get(*column).unwrap()).collect();
            let words: Vec<Option<String>> = words.iter().map(|column| row.get(*column).unwrap()).collect();
            all.push(format!("{table} {numbers:?} {words:?}"));
        }
    }
    tx.rollback().await.unwrap();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recordings_rows_are_the_same_however_the_ledger_is_cut_into_batches() {
    let runtime = tokio::runtime::Handle::current();
    both(|db| {
        let runtime = runtime.clone();
        async move {
            db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
            let test = move || {
                proptest!(ProptestConfig { cases: 64, ..ProptestConfig::default() }, |((events, cuts) in story())| {
                    let one_by_one: Vec<&[Event]> = events.chunks(1).collect();
                    let [single, some, all] = [one_by_one, cut(&events, &cuts), vec![&events[..]]]
                        .map(|batches| runtime.block_on(folded(&db, &batches)));
                    prop_assert_eq!(&some, &single);
                    prop_assert_eq!(&all, &single);
                });
            };
            tokio::task::spawn_blocking(test).await.unwrap();
        }
    })
    .await;
}
