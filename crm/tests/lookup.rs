//! Who is calling: the lessons of others, each as a call that comes in. On both engines.

use contract::number::{Context, normalize};
use contract::{AgentId, Caller, Candidate, ContactPointId, CustomerId, Directory, MatchReason, PhoneNumber, RowId};
use crm::customers::{self, By, CustomerFields};
use crm::points::{self, PointFields};
use crm::{lists, lookup};
use store::Db;
use store::testing::both;

const CTX: Context<'static> = Context { country: "CN", area_code: "10", own: &[] };
const BY: By = By { agent: Some(AgentId(1)), now: 1_000 };

async fn ready(db: &Db) {
    db.migrate(&[crm::MIGRATIONS]).await.unwrap();
}

/// The point's id is the customer's times 100, plus its place.
async fn customer(db: &Db, id: i64, phones: &[PointFields]) {
    let mut tx = db.begin().await.unwrap();
    let fields = CustomerFields { name: format!("客户{id}"), ..CustomerFields::default() };
    customers::create(&mut tx, CustomerId(id), &fields, BY).await.unwrap();
    for (n, phone) in phones.iter().enumerate() {
        points::add(&mut tx, ContactPointId(id * 100 + n as i64), CustomerId(id), None, phone, &CTX, BY).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn phone(value: &str) -> PointFields {
    PointFields::phone(value)
}

/// As the gateway would hand it on.
fn caller(raw: &str, ctx: &Context<'_>) -> Caller {
    let read = normalize(raw, ctx);
    Caller { raw: raw.into(), name: String::new(), number: read.e164().cloned(), withheld: read.class == contract::number::Class::Withheld }
}

async fn calls_in(db: &Db, ctx: &Context<'_>, raw: &str) -> Vec<Candidate> {
    lookup::identify(db, &caller(raw, ctx), ctx, 1_000).await.unwrap()
}

fn told(candidates: &[Candidate]) -> Vec<(i64, MatchReason, u8)> {
    candidates.iter().map(|c| (c.customer.0, c.reason, c.confidence)).collect()
}

#[tokio::test]
async fn an_unknown_number_matches_nobody() {
    // zammad#2143: matched to five random customers.
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &[phone("13800138000"), phone("010-62345678")]).await;
        customer(&db, 2, &[phone("+1 212 555 0123")]).await;
        // The second shares its last eight digits with customer 1's, and is another phone all the same.
        for raw in ["13900139000", "15000138000", "021-62345678", "+852 6234 5678"] {
            assert_eq!(calls_in(&db, &CTX, raw).await, [], "{raw}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_form_a_number_was_stored_in_does_not_matter() {
    // zammad#4872, #5128: a slash in the stored number; frappe/erpnext PR 24593: `+1…` against bare digits.
    both(|db| async move {
        ready(&db).await;
        let forms = ["138/0013/8000", "+86 138 0013 8000", "8613800138000", "（138）0013-8000", "0086 13800138000"];
        for (n, form) in forms.iter().enumerate() {
            customer(&db, n as i64 + 1, &[phone(form)]).await;
        }
        for heard in ["13800138000", "+8613800138000", "008613800138000", "013800138000"] {
            let found: Vec<i64> = calls_in(&db, &CTX, heard).await.iter().map(|c| c.customer.0).collect();
            assert_eq!(found, [1, 2, 3, 4, 5], "{heard}");
        }
    })
    .await;
}

#[tokio::test]
async fn brazil_with_and_without_the_ninth_digit_is_one_customer() {
    // chatwoot#5840: duplicate customers.
    both(|db| async move {
        ready(&db).await;
        let ctx = Context { country: "BR", area_code: "11", own: &[] };
        customer(&db, 1, &[phone("+55 11 98765-4321")]).await;
        // Imported from elsewhere in the old form.
        let mut tx = db.begin().await.unwrap();
        customers::create(&mut tx, CustomerId(2), &CustomerFields { name: "velho".into(), ..Default::default() }, BY).await.unwrap();
        let old = "INSERT INTO contact_point (point_id, customer_id, kind, value, e164, backwards, created_at, updated_at) \
            VALUES (200, 2, 'phone', 'x', '+552187651234', '432156781255', 0, 0)";
        tx.execute(old, store::vals![]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told(&calls_in(&db, &ctx, "+551187654321").await), [(1, MatchReason::Exact, 95)]);
        assert_eq!(told(&calls_in(&db, &ctx, "8765-4321").await), [(1, MatchReason::Exact, 95)]);
        assert_eq!(told(&calls_in(&db, &ctx, "+5521987651234").await), [(2, MatchReason::Equivalent, 85)]);
    })
    .await;
}

#[tokio::test]
async fn the_second_number_of_a_customer_is_known_too() {
    // frappe/crm#1363: second number "Unknown".
    both(|db| async move {
        ready(&db).await;
        let verified = PointFields { verified: true, primary: true, ..phone("13800138000") };
        customer(&db, 1, &[verified, phone("010-62345678"), phone("0755-83765432转8")]).await;
        assert_eq!(told(&calls_in(&db, &CTX, "13800138000").await), [(1, MatchReason::Exact, 99)]);
        assert_eq!(told(&calls_in(&db, &CTX, "62345678").await), [(1, MatchReason::Exact, 95)]);
        assert_eq!(calls_in(&db, &CTX, "075583765432").await[0].point, ContactPointId(102));
    })
    .await;
}

#[tokio::test]
async fn our_own_numbers_extensions_hotlines_and_withheld_callers_are_nobody() {
    // frappe/crm#975: every call linked to our own number.
    both(|db| async move {
        ready(&db).await;
        let own = [PhoneNumber::from_e164("+861062345678").unwrap()];
        let ctx = Context { own: &own, ..CTX };
        customer(&db, 1, &[phone("010-62345678"), phone("1001"), phone("95588"), phone("anonymous"), phone("00000000")]).await;
        for raw in ["010-62345678", "+861062345678", "62345678", "1001", "sip:1001@pbx", "95588", "anonymous", "", "匿名", "00000000"] {
            assert_eq!(calls_in(&db, &ctx, raw).await, [], "{raw}");
        }
        let hidden = Caller { withheld: true, ..caller("13800138000", &CTX) };
        customer(&db, 2, &[phone("13800138000")]).await;
        assert_eq!(lookup::identify(&db, &hidden, &CTX, 0).await.unwrap(), [], "asserted, but not to be shown");
    })
    .await;
}

#[tokio::test]
async fn a_shared_line_offers_everybody_behind_it_and_assumes_nobody() {
    // Znuny4OTRS-CTI#3: several persons on one number, the first taken.
    both(|db| async move {
        ready(&db).await;
        let household = || PointFields { shared_line: true, ..phone("010-62345678") };
        for id in 1..=3 {
            customer(&db, id, &[household()]).await;
        }
        customer(&db, 4, &[phone("13800138000")]).await;
        customer(&db, 5, &[phone("13800138000")]).await;
        customer(&db, 6, &[PointFields { bad_number: true, ..phone("13800138000") }]).await;
        let shared = calls_in(&db, &CTX, "62345678").await;
        assert_eq!(told(&shared), [1, 2, 3].map(|id| (id, MatchReason::SharedLine, 50)));
        assert_eq!(lookup::safe_guess(&shared), None);
        // Not marked as shared, but at two customers: the agent settles it. A number known to be wrong comes last.
        let doubled = calls_in(&db, &CTX, "13800138000").await;
        assert_eq!(told(&doubled), [(4, MatchReason::Exact, 60), (5, MatchReason::Exact, 60), (6, MatchReason::Exact, 20)]);
        assert_eq!(lookup::safe_guess(&doubled), None);
    })
    .await;
}

#[tokio::test]
async fn a_number_stored_in_no_valid_form_is_matched_by_its_tail_with_little_confidence() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &[phone("9 021 5234 5678 9")]).await;
        assert_eq!(calls_in(&db, &CTX, "021-52345678").await, [], "the last eight digits differ");
        customer(&db, 2, &[phone("1021 52345678 (old)")]).await;
        let found = calls_in(&db, &CTX, "021-52345678").await;
        assert_eq!(told(&found), [(2, MatchReason::Tail, 40)]);
        assert_eq!(lookup::safe_guess(&found), None);
        // And a caller who comes in no valid form, against a number stored whole.
        customer(&db, 3, &[phone("0571-87654321")]).await;
        assert_eq!(told(&calls_in(&db, &CTX, "687654321").await), [(3, MatchReason::Tail, 40)]);
    })
    .await;
}

#[tokio::test]
async fn a_vip_is_marked_by_level_or_by_list_and_the_deleted_are_gone() {
    both(|db| async move {
        ready(&db).await;
        customer(&db, 1, &[phone("13800138000")]).await;
        customer(&db, 2, &[phone("13900139000")]).await;
        let mut tx = db.begin().await.unwrap();
        let entry = lists::EntryFields { value: "13800138000".into(), reason: "board".into(), expires_at: Some(2_000) };
        lists::put(&mut tx, RowId(1), RowId(1), &entry, &CTX, BY).await.unwrap();
        let vip = CustomerFields { name: "x".into(), vip: true, ..CustomerFields::default() };
        customers::update(&mut tx, CustomerId(2), 1, &vip, BY).await.unwrap();
        tx.commit().await.unwrap();
        assert!(calls_in(&db, &CTX, "13800138000").await[0].vip && calls_in(&db, &CTX, "13900139000").await[0].vip);
        let later = lookup::identify(&db, &caller("13800138000", &CTX), &CTX, 2_000).await.unwrap();
        assert!(!later[0].vip, "the entry has ended");
        let mut tx = db.begin().await.unwrap();
        customers::set_deleted(&mut tx, CustomerId(1), true, BY).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(calls_in(&db, &CTX, "13800138000").await, []);
        let gone = lookup::known(&db, &later, &Directory::default()).await.unwrap();
        assert_eq!(gone.len(), 1, "a call that knew the customer still shows the name");
    })
    .await;
}

#[tokio::test]
async fn looking_a_caller_up_reads_through_the_index_of_numbers() {
    // FreePBX#1058: 3.5 s per lookup with 7,667 contacts; carlos#3155, zammad#3550: LIKE '%x%', formatted on each view.
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&store::testing::sqlite_url(folder.path())).await.unwrap();
    ready(&db).await;
    for (condition, index) in
        [("p.e164 IN ('+1','+2')", "contact_point_e164"), ("p.backwards >= '1' AND p.backwards < '1:'", "contact_point_backwards")]
    {
        let sql = format!("EXPLAIN QUERY PLAN {} {condition} ORDER BY p.customer_id LIMIT 200", lookup::FOUND);
        let rows = db.query(&sql, store::vals![0]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|r| r.get("detail").unwrap()).collect();
        assert!(plan[0].starts_with(&format!("SEARCH p USING INDEX {index}")), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:#?}");
    }
}
