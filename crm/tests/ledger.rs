//! The whole way: events recorded in the ledger, folded by the running folds, read as rows; and the timeline of all rooms.

use contract::*;
use crm::customers::{self, By, CustomerFields};
use crm::interactions::{self, CallFilter, InteractionFold};
use crm::timeline::{self, Entry as TimelineEntry};
use crm::{CrmError, PageAsk};
use store::testing::both;
use store::{Folds, LedgerOptions, LedgerWriter};

#[tokio::test]
async fn what_is_recorded_is_in_the_call_list_and_a_rebuild_gives_the_same_rows() {
    both(|db| async move {
        db.migrate(&[store::MIGRATIONS, crm::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ledger = LedgerWriter::open(db.clone(), 3, folder.path().join("spool"), LedgerOptions::default()).await.unwrap();
        let mut folds = Folds::new(db.clone(), &ledger);
        folds.start(InteractionFold);
        let mut last = 0;
        for id in 1..=40 {
            let at = |ms: i64| 1_772_380_740_000 + id * 1_000 + ms;
            let caller = Caller { raw: "13800138000".into(), name: String::new(), number: None, withheld: false };
            let entry = Entry::Trunk { trunk: TrunkId(1) };
            let arrived = EventKind::CallArrived { direction: Direction::Inbound, entry, caller, dialed: "400".into(), leg: LegId(id) };
            let kinds = [
                arrived,
                EventKind::Queued { queue: QueueId(1), vip: false, priority: 0, position: 1 },
                EventKind::QueueLeft { queue: QueueId(1), outcome: QueueOutcome::Abandoned, waited_ms: 500 },
                EventKind::CallEnded { cause: EndCause::Abandoned, by: HungUpBy::Caller },
            ];
            for (n, kind) in kinds.into_iter().enumerate() {
                last = ledger.record(at(n as i64), Some(InteractionId(id)), kind).unwrap();
            }
            // Belongs to no interaction, and is nobody's row here.
            last = ledger.record(at(9), None, EventKind::StationLost { station: StationId(1), reason: "expired".into() }).unwrap_or(last);
        }
        folds.wait_until_applied(last).await;
        let whole = interactions::list(&db, &CallFilter::default(), &PageAsk { limit: 200, cursor: None }).await.unwrap();
        assert_eq!(whole.rows.len(), 40);
        assert!(whole.rows.iter().all(|c| c.cause == Some(EndCause::Abandoned) && c.sums.wait_ms == 500 && c.queues == [QueueId(1)]));
        assert_eq!(interactions::open_at_crash(&db, 3).await.unwrap(), []);

        folds.rebuild("crm.interactions").await.unwrap();
        folds.wait_until_applied(last).await;
        assert_eq!(interactions::list(&db, &CallFilter::default(), &PageAsk { limit: 200, cursor: None }).await.unwrap(), whole);
        folds.stop().await;
        ledger.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_timeline_takes_other_rooms_entries_and_each_is_at_one_customer() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for id in [1, 2] {
            let fields = CustomerFields { name: format!("客户{id}"), ..CustomerFields::default() };
            customers::create(&mut tx, CustomerId(id), &fields, By { agent: None, now: 0 }).await.unwrap();
        }
        let note = |ref_id, customer, at, body: &str| TimelineEntry {
            kind: timeline::NOTE.into(),
            ref_id,
            customer: CustomerId(customer),
            at,
            agent: Some(AgentId(1)),
            body: Some(body.into()),
            call: None,
        };
        for n in 0..25 {
            timeline::put(&mut tx, &note(n, 1, n / 3, "hello")).await.unwrap();
        }
        timeline::put(&mut tx, &note(7, 2, 99, "belonged to the other")).await.unwrap();
        timeline::remove(&mut tx, timeline::NOTE, 3).await.unwrap();
        let nobody = timeline::put(&mut tx, &note(50, 9, 0, "")).await;
        assert!(matches!(nobody, Err(CrmError::NotFound { what: "customer", id: 9 })), "{nobody:?}");
        tx.commit().await.unwrap();

        let (mut seen, mut ask) = (Vec::new(), PageAsk { limit: 4, cursor: None });
        loop {
            let page = timeline::of(&db, CustomerId(1), &ask).await.unwrap();
            seen.extend(page.rows.iter().map(|e| e.ref_id));
            ask.cursor = page.next;
            if ask.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..25).rev().filter(|n| ![3, 7].contains(n)).collect::<Vec<_>>());
        let other = timeline::of(&db, CustomerId(2), &PageAsk::default()).await.unwrap().rows;
        assert_eq!(other, [note(7, 2, 99, "belonged to the other")]);
    })
    .await;
}
