//! Customers, contacts, points and lists, on both engines.

use contract::number::Context;
use contract::{AgentId, ContactId, ContactPointId, CustomerId, IdMaker, PhoneNumber, RowId};
use crm::customers::{self, By, CustomerFields, CustomerKind, Search};
use crm::points::{self, PointFields, PointKind};
use crm::{CrmError, PageAsk, bulk, contacts, demo::Demo, lists};
use store::Db;
use store::testing::both;

const CTX: Context<'static> = Context { country: "CN", area_code: "10", own: &[] };
const ANN: By = By { agent: Some(AgentId(1)), now: 1_000 };
const BEN: By = By { agent: Some(AgentId(2)), now: 2_000 };

fn person(name: &str) -> CustomerFields {
    CustomerFields { name: name.into(), ..CustomerFields::default() }
}

async fn ready(db: &Db) {
    db.migrate(&[crm::MIGRATIONS]).await.unwrap();
}

async fn customer(db: &Db, id: i64, fields: &CustomerFields, phones: &[&str]) {
    let mut tx = db.begin().await.unwrap();
    customers::create(&mut tx, CustomerId(id), fields, ANN).await.unwrap();
    for (n, phone) in phones.iter().enumerate() {
        points::add(&mut tx, ContactPointId(id * 100 + n as i64), CustomerId(id), None, &PointFields::phone(phone), &CTX, ANN)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn save(db: &Db, id: i64, version: i64, fields: &CustomerFields, by: By) -> Result<i64, CrmError> {
    let mut tx = db.begin().await.unwrap();
    let saved = customers::update(&mut tx, CustomerId(id), version, fields, by).await;
    if saved.is_ok() {
        tx.commit().await.unwrap();
    }
    saved
}

#[tokio::test]
async fn two_people_editing_one_customer_lose_nothing() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &CustomerFields { level: Some("gold".into()), ..person("张伟") }, &[]).await;
        let form = customers::get(&db, CustomerId(1)).await.unwrap().unwrap();
        assert_eq!((form.version, form.fields.name.as_str()), (1, "张伟"));

        // Both opened version 1. Ann moves the region, Ben writes a note: both stay.
        let ann = CustomerFields { region: Some("北京".into()), ..form.fields.clone() };
        assert_eq!(save(&db, 1, 1, &ann, ANN).await.unwrap(), 2);
        let ben = CustomerFields { notes: Some("prefers mornings".into()), ..form.fields.clone() };
        assert_eq!(save(&db, 1, 1, &ben, BEN).await.unwrap(), 3);
        let now = customers::get(&db, CustomerId(1)).await.unwrap().unwrap().fields;
        assert_eq!((now.region.as_deref(), now.notes.as_deref()), (Some("北京"), Some("prefers mornings")));

        // Ben's old form also changes what Ann changed: refused by name, nothing saved.
        let clash = CustomerFields { region: Some("上海".into()), name: "张薇".into(), ..form.fields.clone() };
        match save(&db, 1, 1, &clash, BEN).await {
            Err(CrmError::Conflict { fields, current }) => assert_eq!((fields, current), (vec!["region"], 3)),
            other => panic!("{other:?}"),
        }
        assert_eq!(customers::get(&db, CustomerId(1)).await.unwrap().unwrap().fields.name, "张伟");
        // The same change twice is no fight, and saving nothing makes no version.
        assert_eq!(save(&db, 1, 1, &ann, BEN).await.unwrap(), 3);

        let told: Vec<_> =
            customers::history(&db, CustomerId(1)).await.unwrap().into_iter().map(|c| (c.version, c.field, c.after, c.by)).collect();
        let want = [(3, "notes", "prefers mornings", 2), (2, "region", "北京", 1)];
        assert_eq!(told, want.map(|(v, f, a, by)| (v, f.to_owned(), Some(a.to_owned()), Some(AgentId(by)))));
    })
    .await;
}

#[tokio::test]
async fn edits_at_the_same_moment_are_ordered_and_the_later_one_is_asked() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &person("张伟"), &[]).await;
        let renamed = |name: &str| CustomerFields { name: name.into(), ..CustomerFields::default() };
        let (a, b) = (renamed("甲"), renamed("乙"));
        let (one, other) = tokio::join!(save(&db, 1, 1, &a, ANN), save(&db, 1, 1, &b, BEN));
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1, "{one:?} {other:?}");
        assert_eq!(customers::history(&db, CustomerId(1)).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn bad_customers_are_refused_by_field_and_rule() {
    both(|db| async move {
        ready(&db).await;
        for (fields, field) in [
            (person("  "), "name"),
            (person(&"长".repeat(201)), "name"),
            (person("a\u{0}b"), "name"),
            (CustomerFields { notes: Some("x".repeat(20_001)), ..person("a") }, "notes"),
        ] {
            let mut tx = db.begin().await.unwrap();
            match customers::create(&mut tx, CustomerId(1), &fields, ANN).await {
                Err(CrmError::Invalid { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{other:?}"),
            }
        }
        let missing = save(&db, 9, 1, &person("a"), ANN).await;
        assert!(matches!(missing, Err(CrmError::NotFound { what: "customer", id: 9 })), "{missing:?}");
    })
    .await;
}

#[tokio::test]
async fn a_customer_is_found_by_name_number_tail_and_mail_and_pages_meet_without_gaps() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &person("王芳"), &["138 0013 8000"]).await;
        customer(
            &db,
            2,
            &CustomerFields { kind: CustomerKind::Organisation, ..person("ACME  Trading") },
            &["010-62345678", "400-810-8888"],
        )
        .await;
        customer(&db, 3, &person("王伟"), &["0086 139 1111 8000"]).await;
        let mut tx = db.begin().await.unwrap();
        contacts::create(
            &mut tx,
            ContactId(20),
            CustomerId(2),
            &contacts::ContactFields { name: "Alice Wu".into(), ..Default::default() },
            ANN,
        )
        .await
        .unwrap();
        let mail = PointFields { kind: PointKind::Email, ..PointFields::phone("Alice@Acme.example") };
        points::add(&mut tx, ContactPointId(21), CustomerId(2), Some(ContactId(20)), &mail, &CTX, ANN).await.unwrap();
        tx.commit().await.unwrap();

        for (typed, want) in [
            ("", vec![3, 2, 1]),
            ("王", vec![3, 1]),
            ("acme tr", vec![2]),
            ("ALICE", vec![2]),
            ("13800138000", vec![1]),
            ("+86 10 6234 5678", vec![2]),
            ("62345678", vec![2]),
            ("8000", vec![3, 1]),
            ("18000", vec![3]),
            ("alice@acme.example", vec![2]),
            ("%", vec![]),
            ("' OR 1=1 --", vec![]),
        ] {
            let found = customers::list(&db, &Search::of(typed, &CTX), &PageAsk::default()).await.unwrap();
            let ids: Vec<i64> = found.rows.iter().map(|c| c.customer.0).collect();
            assert_eq!(ids, want, "{typed}");
        }
        let mut seen = Vec::new();
        let mut ask = PageAsk { limit: 1, cursor: None };
        loop {
            let page = customers::list(&db, &Search::All, &ask).await.unwrap();
            seen.extend(page.rows.iter().map(|c| c.customer.0));
            ask.cursor = page.next;
            if ask.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, [3, 2, 1]);
        let mut tx = db.begin().await.unwrap();
        customers::set_deleted(&mut tx, CustomerId(1), true, ANN).await.unwrap();
        tx.commit().await.unwrap();
        assert!(customers::list(&db, &Search::of("13800138000", &CTX), &PageAsk::default()).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_customer_has_any_number_of_contact_points_and_one_primary_of_a_kind() {
    // chatwoot#258: several numbers per contact were missing for years.
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &person("王芳"), &["13800138000", "010-62345678转12", "转12", "95588"]).await;
        let mut tx = db.begin().await.unwrap();
        for (id, value) in [(10, "13900139000"), (11, "13700137000")] {
            let point = PointFields { primary: true, label: Some("home".into()), ..PointFields::phone(value) };
            points::add(&mut tx, ContactPointId(id), CustomerId(1), None, &point, &CTX, ANN).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all = points::of(&db, CustomerId(1)).await.unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|p| {
                (p.point.0, p.e164.as_ref().map_or("", PhoneNumber::reveal), p.extension.as_deref().unwrap_or_default(), p.fields.primary)
            })
            .collect();
        assert_eq!(
            told,
            [
                (11, "+8613700137000", "", true),
                (10, "+8613900139000", "", false),
                (100, "+8613800138000", "", false),
                (101, "+861062345678", "12", false),
                (102, "", "", false),
                (103, "", "", false),
            ]
        );
        assert_eq!(all[3].fields.value, "010-62345678转12", "as it was written");

        let mut tx = db.begin().await.unwrap();
        points::update(&mut tx, ContactPointId(103), &PointFields { do_not_call: true, ..PointFields::phone("0755-83765432") }, &CTX, ANN)
            .await
            .unwrap();
        points::remove(&mut tx, ContactPointId(102)).await.unwrap();
        assert!(matches!(points::remove(&mut tx, ContactPointId(102)).await, Err(CrmError::NotFound { .. })));
        tx.commit().await.unwrap();
        let all = points::of(&db, CustomerId(1)).await.unwrap();
        assert_eq!(all.len(), 5);
        assert!(all.iter().any(|p| p.fields.do_not_call && p.e164.as_ref().map(PhoneNumber::reveal) == Some("+8675583765432")));
    })
    .await;
}

#[tokio::test]
async fn a_contact_saved_by_somebody_else_meanwhile_is_not_overwritten() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &person("ACME"), &[]).await;
        let fields = |name: &str, primary| contacts::ContactFields { name: name.into(), role: None, primary };
        let mut tx = db.begin().await.unwrap();
        contacts::create(&mut tx, ContactId(1), CustomerId(1), &fields("Ann", true), ANN).await.unwrap();
        contacts::create(&mut tx, ContactId(2), CustomerId(1), &fields("Ben", true), ANN).await.unwrap();
        assert_eq!(contacts::update(&mut tx, ContactId(1), 1, &fields("Anna", false), ANN).await.unwrap(), 2);
        match contacts::update(&mut tx, ContactId(1), 1, &fields("Annette", false), BEN).await {
            Err(CrmError::Conflict { fields, current }) => assert_eq!((fields, current), (vec!["name"], 2)),
            other => panic!("{other:?}"),
        }
        tx.commit().await.unwrap();
        let told: Vec<_> = contacts::of(&db, CustomerId(1)).await.unwrap().into_iter().map(|c| (c.fields.name, c.fields.primary)).collect();
        assert_eq!(told, [("Ben".to_owned(), true), ("Anna".to_owned(), false)], "the last primary is the primary");
    })
    .await;
}

#[tokio::test]
async fn a_number_list_says_why_ends_on_its_day_and_holds_every_spelling() {
    both(|db| async move {
        ready(&db).await;
        let mut tx = db.begin().await.unwrap();
        let entry = |value: &str, expires_at| lists::EntryFields { value: value.into(), reason: "rude".into(), expires_at };
        lists::put(&mut tx, RowId(1), RowId(2), &entry("138 0013 8000", Some(5_000)), &CTX, ANN).await.unwrap();
        lists::put(&mut tx, RowId(2), RowId(1), &entry("+55 11 98765-4321", None), &CTX, ANN).await.unwrap();
        // The same number again: one entry, the new reason.
        let again = lists::EntryFields { reason: "very rude".into(), ..entry("0086-13800138000", Some(6_000)) };
        lists::put(&mut tx, RowId(3), RowId(2), &again, &CTX, BEN).await.unwrap();
        lists::create(&mut tx, RowId(10), "Press", ANN).await.unwrap();
        assert!(matches!(lists::remove(&mut tx, RowId(1)).await, Err(CrmError::NotFound { .. })), "built-in lists stay");
        tx.commit().await.unwrap();
        for (bad, list) in [("转12", 2), ("95588", 2), ("anonymous", 2)] {
            let mut tx = db.begin().await.unwrap();
            let refused = lists::put(&mut tx, RowId(9), RowId(list), &entry(bad, None), &CTX, ANN).await;
            assert!(matches!(refused, Err(CrmError::Invalid { field: "value", .. })), "{bad}: {refused:?}");
        }
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(lists::create(&mut tx, RowId(11), "press", ANN).await, Err(CrmError::NameTaken(_))));
        drop(tx);

        let all = lists::all(&db, 5_500).await.unwrap();
        let on = |list: &str, number: &str| all[list].contains(&PhoneNumber::from_e164(number).unwrap());
        assert!(on("block", "+8613800138000"));
        assert!(on("vip", "+5511987654321") && on("vip", "+551187654321"), "with and without the ninth digit");
        assert!(all["Press"].is_empty() && all["do_not_call"].is_empty());
        assert!(lists::all(&db, 6_000).await.unwrap()["block"].is_empty(), "ended");
        let entries = lists::entries(&db, RowId(2), &PageAsk::default()).await.unwrap().rows;
        assert_eq!(entries.iter().map(|e| e.reason.as_str()).collect::<Vec<_>>(), ["very rude"]);
    })
    .await;
}

#[tokio::test]
async fn a_long_list_is_imported_whole_and_the_demo_is_the_same_every_time() {
    both(|db| async move {
        ready(&db).await;
        let rows: Vec<_> = Demo::new(7).take(4_100).collect();
        assert_eq!(rows, Demo::new(7).take(4_100).collect::<Vec<_>>());
        let points: usize = rows.iter().map(|r| r.numbers.len()).sum();
        let nameless = bulk::SimpleRow { numbers: vec!["13800138000".into()], ..Default::default() };
        let done = bulk::import_simple(&db, rows.into_iter().chain([nameless]), &CTX, &IdMaker::new(1), ANN).await.unwrap();
        assert_eq!((done.customers, done.points, done.nameless), (4_100, points as u64, 1));
        assert_eq!(done.unreadable, 0, "the demo's numbers are numbers");
        let counted = db.query("SELECT COUNT(*) AS n FROM contact_point WHERE e164 IS NOT NULL", store::vals![]).await.unwrap();
        assert_eq!(counted[0].get::<usize>("n").unwrap(), points);
    })
    .await;
}
