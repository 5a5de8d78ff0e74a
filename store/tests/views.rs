//! Views over tables that grow: made once, made anew only where they changed, never in a table's way, and who may read them.

use store::testing::{both, postgres_url};
use store::{Db, Migrations, View, vals};

const FIRST: (&str, &str) = ("things", "CREATE TABLE thing (at BIGINT NOT NULL, name TEXT NOT NULL, colour TEXT)");
const THINGS: Migrations = Migrations { room: "things", steps: &[FIRST] };
/// A step that no table takes while a view shows its column.
const CHANGED: Migrations =
    Migrations { room: "things", steps: &[FIRST, ("no colour", "ALTER TABLE thing DROP COLUMN colour")] };

const OLD: &[View] = &[
    View { name: "things", select: "SELECT {AT at} AS made_at, name, colour FROM thing" },
    View { name: "named", select: "SELECT made_at, name FROM {VIEW things} WHERE name <> ''" },
];
const NEW: &[View] = &[View { name: "things", select: "SELECT {AT at} AS made_at, name FROM thing" }];

fn place(db: &Db, name: &str) -> String {
    if db.is_pg() { format!("reporting.{name}") } else { format!("reporting_{name}") }
}

/// Changes with every view that is made or dropped.
async fn mark(db: &Db) -> String {
    let sql = if db.is_pg() {
        "SELECT string_agg(CAST(oid AS TEXT), ',' ORDER BY oid) AS mark FROM pg_class WHERE relkind = 'v' \
         AND relnamespace = CAST(to_regnamespace('reporting') AS OID)"
    } else {
        "SELECT CAST(schema_version AS TEXT) AS mark FROM pragma_schema_version"
    };
    let row = db.query_opt(sql, vals![]).await.unwrap().unwrap();
    row.get::<Option<String>>("mark").unwrap().unwrap_or_default()
}

async fn run(db: &Db, sql: &str) {
    let mut tx = db.begin().await.unwrap();
    tx.execute(sql, vals![]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn views_are_made_once_and_again_where_they_changed_and_stand_in_no_steps_way() {
    both(|db| async move {
        db.migrate(&[THINGS]).await.unwrap();
        db.make_views(OLD).await.unwrap();
        run(&db, "INSERT INTO thing (at, name, colour) VALUES (1, 'a', 'red'), (2, '', 'blue')").await;
        let named = format!("SELECT name FROM {}", place(&db, "named"));
        assert_eq!(db.query(&named, vals![]).await.unwrap().len(), 1);

        let before = mark(&db).await;
        db.migrate(&[THINGS]).await.unwrap();
        db.make_views(OLD).await.unwrap();
        assert_eq!(mark(&db).await, before, "nothing was made again");

        db.migrate(&[CHANGED]).await.unwrap();
        assert!(db.query(&named, vals![]).await.is_err(), "out of the step's way");
        db.make_views(NEW).await.unwrap();
        assert!(db.query(&named, vals![]).await.is_err(), "no view of this program any more");
        let rows = db.query(&format!("SELECT * FROM {}", place(&db, "things")), vals![]).await.unwrap();
        assert_eq!(rows.len(), 2);

        let broken = [NEW[0], View { name: "broken", select: "SELECT nothing FROM thing" }];
        let why = db.make_views(&broken).await.unwrap_err().to_string();
        assert!(why.contains("view broken cannot be made"), "{why}");
        let rows = db.query(&format!("SELECT * FROM {}", place(&db, "things")), vals![]).await.unwrap();
        assert_eq!(rows.len(), 2, "what was there stayed");
    })
    .await;
}

#[tokio::test]
async fn without_the_right_to_make_a_schema_the_grant_is_named_and_with_it_the_views_are_made() {
    let url = postgres_url();
    let owner = Db::open(&url).await.unwrap();
    let base: String =
        owner.query_opt("SELECT current_database() AS b", vals![]).await.unwrap().unwrap().get("b").unwrap();
    run(&owner, "CREATE ROLE clerk LOGIN").await;
    run(&owner, "GRANT CREATE ON SCHEMA public TO clerk").await;
    let clerk = Db::open(&url.replace("user=postgres", "user=clerk")).await.unwrap();
    clerk.migrate(&[THINGS]).await.unwrap();
    let why = clerk.make_views(OLD).await.unwrap_err().to_string();
    let grant = format!("GRANT CREATE ON DATABASE \"{base}\" TO \"clerk\"");
    assert!(why.contains(&grant), "{why}");
    run(&owner, &grant).await;
    clerk.make_views(OLD).await.unwrap();

    // Dropped by hand, they are made again.
    run(&owner, "DROP SCHEMA reporting CASCADE").await;
    clerk.make_views(OLD).await.unwrap();
    clerk.query("SELECT name FROM reporting.named", vals![]).await.unwrap();

    // A schema of somebody else.
    run(&owner, "DROP SCHEMA reporting CASCADE").await;
    run(&owner, "CREATE SCHEMA reporting").await;
    let why = clerk.make_views(NEW).await.unwrap_err().to_string();
    let grant = "GRANT USAGE, CREATE ON SCHEMA reporting TO \"clerk\"";
    assert!(why.contains(grant), "{why}");
    run(&owner, grant).await;
    clerk.make_views(NEW).await.unwrap();
    clerk.close().await;
    owner.close().await;
}

#[tokio::test]
async fn who_may_read_the_views_reads_no_table_and_may_still_after_they_were_made_anew() {
    let db = Db::open(&postgres_url()).await.unwrap();
    db.migrate(&[THINGS]).await.unwrap();
    db.make_views(OLD).await.unwrap();
    run(&db, "CREATE ROLE reader").await;
    run(&db, "GRANT USAGE ON SCHEMA reporting TO reader").await;
    run(&db, "GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO reader").await;
    run(&db, "ALTER DEFAULT PRIVILEGES IN SCHEMA reporting GRANT SELECT ON TABLES TO reader").await;
    for views in [OLD, NEW] {
        db.make_views(views).await.unwrap();
        for (sql, may) in [("SELECT name FROM reporting.things", true), ("SELECT name FROM thing", false)] {
            let mut tx = db.begin().await.unwrap();
            tx.execute("SET LOCAL ROLE reader", vals![]).await.unwrap();
            assert_eq!(tx.query(sql, vals![]).await.is_ok(), may, "{sql}");
            tx.rollback().await.unwrap();
        }
    }
    run(&db, "CREATE VIEW mine AS SELECT name FROM reporting.things").await;
    let why = db.make_views(OLD).await.unwrap_err().to_string();
    assert!(why.contains("drop what was built on it") && why.contains("things"), "{why}");
    db.close().await;
}
