//! What desks and lists need beside the rows themselves, on both engines: names for a page, lists edited as a whole.

use contract::number::Context;
use contract::{AgentId, ContactPointId, CustomerId, IdMaker, InteractionId, RowId};
use crm::customers::{self, By, CustomerFields};
use crm::points::{self, PointFields};
use crm::{CrmError, lists, names};
use store::testing::both;

const CTX: Context<'static> = Context { country: "CN", area_code: "10", own: &[] };
const ANN: By = By { agent: Some(AgentId(1)), now: 1_000 };

#[tokio::test]
async fn a_page_of_customers_gets_its_names_and_primary_numbers_in_one_go() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for (id, name) in [(1, "王芳"), (2, "Ben")] {
            let fields = CustomerFields { name: name.into(), ..CustomerFields::default() };
            customers::create(&mut tx, CustomerId(id), &fields, ANN).await.unwrap();
        }
        let main = PointFields { primary: true, ..PointFields::phone("13800138000") };
        for (id, point) in [(1, PointFields::phone("010-62345678")), (2, main), (3, PointFields::phone("13900139000"))] {
            points::add(&mut tx, ContactPointId(id), CustomerId(1), None, &point, &CTX, ANN).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ids = [CustomerId(2), CustomerId(1), CustomerId(7), CustomerId(1)];
        let found = names::customers(&db, &ids).await.unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(CustomerId(1), "王芳".to_owned()), (CustomerId(2), "Ben".to_owned())]);
        let lines = names::lines(&db, &ids).await.unwrap();
        assert_eq!(lines[&CustomerId(1)].number.as_deref(), Some("+8613800138000"));
        assert_eq!((lines[&CustomerId(1)].last_contact, lines.len()), (None, 1));
        assert!(names::notes(&db, &[InteractionId(1)]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_list_edited_as_a_whole_keeps_what_stays_and_a_wrong_number_changes_nothing() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let (ids, vip) = (IdMaker::new(1), RowId(1));
        let fields = lists::EntryFields { value: "13800138000".into(), reason: "gold".into(), expires_at: None };
        let mut tx = db.begin().await.unwrap();
        lists::put(&mut tx, RowId(5), vip, &fields, &CTX, ANN).await.unwrap();
        lists::replace(&mut tx, vip, &["+86 138 0013 8000".into(), "13900139000".into()], &ids, &CTX, ANN).await.unwrap();
        tx.commit().await.unwrap();
        let entries = lists::entries(&db, vip, &crm::PageAsk::default()).await.unwrap().rows;
        assert!(entries.iter().any(|e| e.entry == RowId(5) && e.reason == "gold"), "what stays keeps its reason");
        let mut tx = db.begin().await.unwrap();
        let wrong = lists::replace(&mut tx, vip, &["95588".into()], &ids, &CTX, ANN).await;
        assert!(matches!(wrong, Err(CrmError::Invalid { field: "value", .. })));
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        lists::replace(&mut tx, vip, &["13900139000".into()], &ids, &CTX, ANN).await.unwrap();
        assert!(matches!(lists::rename(&mut tx, vip, "gold").await, Err(CrmError::NotFound { .. })), "built-in names stay");
        tx.commit().await.unwrap();
        let told: Vec<_> = lists::numbers(&db, vip, 10).await.unwrap().into_iter().map(|(n, _)| n.reveal().to_owned()).collect();
        assert_eq!((told, lists::counts(&db).await.unwrap()[&vip]), (vec!["+8613900139000".to_owned()], 1));
    })
    .await;
}

#[tokio::test]
async fn who_edits_a_list_while_somebody_else_does_begins_from_what_the_other_made_of_it() {
    both(|db| async move {
        db.migrate(&[crm::MIGRATIONS]).await.unwrap();
        let (ids, vip) = (IdMaker::new(1), RowId(1));
        let mut tx = db.begin().await.unwrap();
        let before = lists::hold(&mut tx, vip, 10).await.unwrap();
        assert_eq!((before.count, before.list.name.as_str()), (0, "vip"));
        lists::replace(&mut tx, vip, &["13800138000".into()], &ids, &CTX, ANN).await.unwrap();
        let over = std::cell::Cell::new(false);
        let slower = async {
            let mut tx = db.begin().await.unwrap();
            let held = lists::hold(&mut tx, vip, 10).await.unwrap();
            over.set(true);
            held.numbers.iter().map(|n| n.reveal().to_owned()).collect::<Vec<_>>()
        };
        let quicker = async {
            store::testing::until_they_wait(&db, 1, || over.get()).await;
            tx.commit().await.unwrap();
        };
        assert_eq!(tokio::join!(slower, quicker).0, ["+8613800138000"]);
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(lists::hold(&mut tx, RowId(77), 10).await, Err(CrmError::NotFound { id: 77, .. })));
    })
    .await;
}
