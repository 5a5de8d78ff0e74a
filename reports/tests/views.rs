//! What reporting tools read, on both engines: one call and one agent's states, told through every fold, read back by view.

use std::collections::BTreeSet;

use company::edit::Editor;
use company::{FlowText, Named, Vault, audit, book, credentials, demo};
use contract::*;
use crm::customers::{self, By, CustomerFields};
use crm::interactions::InteractionFold;
use recordings::RecordingFold;
use reports::{AgentIntervals, Rollup, VIEWS};
use store::testing::both;
use store::{Db, Fold as _, Row, vals};

/// 2026-11-22T16:00:00.123Z, a breath after midnight in Shanghai.
const T0: EpochMs = 1_795_363_200_123;
const HASH: &str = "a-hash-nobody-reads";
const NOTES: &str = "words of a note";
const ROOMS: [store::Migrations; 5] =
    [store::MIGRATIONS, company::MIGRATIONS, crm::MIGRATIONS, recordings::MIGRATIONS, reports::MIGRATIONS];

struct NoFlows;
impl FlowText for NoFlows {
    fn names(&self, _: &str, _: Named, _: &str) -> bool {
        false
    }
    fn renamed(&self, _: &str, _: Named, _: &str, _: &str) -> Option<String> {
        None
    }
}

#[derive(Clone, Copy)]
struct House {
    wang: AgentId,
    support: QueueId,
    gone: QueueId,
    repair: DispositionId,
    meal: ReasonId,
    trunk: TrunkId,
}

/// The demo company with a customer, a queue that is no more, and a line in the audit log.
async fn demo_company(db: &Db) -> House {
    db.migrate(&ROOMS).await.unwrap();
    db.make_views(VIEWS).await.unwrap();
    let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
    let editor = Editor { ids: &ids, vault: &vault, now: T0, by: None, note: "", flows: &NoFlows };
    let mut tx = db.begin().await.unwrap();
    let plan = demo::Plan { flows: &[("main", "x: 1")], numbers: &[], password_hash: HASH };
    demo::load(&mut tx, &editor, &plan).await.unwrap();
    let book = book::read(&mut tx).await.unwrap();
    let wang = *book.agents.iter().find(|(_, a)| a.item.username == "wangfang").unwrap().0;
    let support = *book.queues.iter().find(|(_, q)| q.item.name == "support-zh").unwrap().0;
    let repair = *book.dispositions.iter().find(|(_, d)| d.item.name_en == "Repair").unwrap().0;
    let meal = *book.reasons.iter().find(|(_, r)| r.item.name_en == "Meal").unwrap().0;
    let trunk = *book.trunks.keys().next().unwrap();
    // It was there for a while, was renamed, and was removed.
    let gone =
        editor.create(&mut tx, company::Queue { name: "spring sale".into(), ..Default::default() }).await.unwrap();
    let again = company::Queue { name: "summer sale".into(), ..gone.item.clone() };
    let again = editor.update::<company::Queue>(&mut tx, gone.id.0.into(), gone.version, again).await.unwrap();
    editor.remove::<company::Queue>(&mut tx, gone.id.0.into(), again.version).await.unwrap();
    let gone = QueueId(gone.id.0);
    credentials::set(&mut tx, wang, HASH, false, T0).await.unwrap();
    let fields = CustomerFields {
        name: "张伟".into(),
        vip: true,
        owner_agent: Some(wang),
        notes: Some(NOTES.into()),
        ..Default::default()
    };
    customers::create(&mut tx, CustomerId(50), &fields, By { agent: Some(wang), now: T0 }).await.unwrap();
    let object = "customers/50".to_owned();
    let entry = audit::Entry {
        actor: Some(wang),
        action: "customers.create",
        object,
        detail: String::new(),
        address: "192.0.2.1",
    };
    audit::write(&mut tx, &ids, T0 + 7, entry).await.unwrap();
    tx.commit().await.unwrap();

    House { wang, support, gone, repair, meal, trunk }
}

/// A call answered by Wang Fang, who then takes a break, with a second caller still waiting.
async fn told(db: &Db) -> House {
    let house = demo_company(db).await;
    let House { wang, support, gone, repair, meal, trunk } = house;
    let (station, leg, offer) = (StationId(5), LegId(70), OfferId(9));
    let arrived = |number: &str, name: &str| {
        let number = PhoneNumber::from_e164(number).ok();
        let caller = Caller { raw: "13800138000".into(), name: name.into(), withheld: number.is_none(), number };
        EventKind::CallArrived {
            direction: Direction::Inbound,
            entry: Entry::Trunk { trunk },
            caller,
            dialed: "400".into(),
            leg,
        }
    };
    let seat = |status, activity| EventKind::SeatChanged {
        seat: Seat {
            agent: wang,
            station: Some(station),
            status,
            status_since: T0,
            status_why: SeatWhy::Chosen,
            activity,
            activity_since: T0,
            health: StationHealth::Ok,
            next: None,
            hand: None,
        },
        why: SeatWhy::Chosen,
        by: None,
    };
    let (one, two) = (Some(InteractionId(1)), Some(InteractionId(2)));
    let recording = RecordingId(40);
    let queue = Some(support);
    let story = [
        (0, one, arrived("+8613800138000", "张伟")),
        (0, one, EventKind::CustomerLinked { agent: wang, customer: Some(CustomerId(50)), contact: None }),
        (1, one, EventKind::Queued { queue: support, vip: true, priority: 0, position: 1 }),
        (
            1,
            one,
            EventKind::Offered {
                offer,
                agent: wang,
                station,
                queue,
                until: T0 + 30_000,
                waited_ms: 0,
                why: "idle".into(),
                asked_by: None,
            },
        ),
        (
            3_500,
            one,
            EventKind::OfferEnded { offer, agent: wang, queue, outcome: OfferOutcome::Answered, rang_ms: 3_499 },
        ),
        (3_500, one, EventKind::QueueLeft { queue: support, outcome: QueueOutcome::Answered, waited_ms: 3_499 }),
        (3_500, one, EventKind::TalkStarted { agent: wang, leg, queue, waited_ms: 3_499 }),
        (
            3_500,
            one,
            EventKind::RecordingStarted {
                recording,
                what: RecordingKind::Talk,
                agent: Some(wang),
                queue,
                path: "a.wav".into(),
            },
        ),
        (63_750, one, EventKind::TalkEnded { agent: wang, leg, queue, talk_ms: 60_250, hold_ms: 0 }),
        (63_750, one, EventKind::RecordingEnded { recording, duration_ms: 60_250, bytes: 964_044, complete: true }),
        (63_751, one, EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Agent { agent: wang } }),
        (63_751, one, EventKind::WrapUpStarted { agent: wang, queue, until: None }),
        (70_000, one, EventKind::DispositionSaved { agent: wang, dispositions: vec![repair], notes: NOTES.into() }),
        (75_751, one, EventKind::WrapUpEnded { agent: wang, queue, took_ms: 12_000, timed_out: false }),
        (80_000, None, seat(SeatStatus::Ready, Activity::Idle)),
        (90_001, None, seat(SeatStatus::NotReady { reason: Some(meal) }, Activity::Idle)),
        (100_000, two, arrived("withheld", "")),
        (100_000, two, EventKind::Queued { queue: gone, vip: false, priority: 0, position: 1 }),
    ];
    let events: Vec<Event> = (1..)
        .zip(story)
        .map(|(seq, (after, interaction, kind))| Event { node: 1, seq, at: T0 + after, interaction, kind })
        .collect();
    let mut tx = db.begin().await.unwrap();
    InteractionFold.apply(&mut tx, &events).await.unwrap();
    RecordingFold.apply(&mut tx, &events).await.unwrap();
    AgentIntervals.apply(&mut tx, &events).await.unwrap();
    Rollup.apply(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    house
}

fn place(db: &Db, name: &str) -> String {
    if db.is_pg() { format!("reporting.{name}") } else { format!("reporting_{name}") }
}

/// These columns of the rows, as text: moments to the microsecond in UTC where the engine has them, `-` for NULL.
async fn rows(db: &Db, view: &str, columns: &str, which: &str) -> Vec<String> {
    let one = |c: &str| match db.is_pg() && c.ends_with("_at") {
        true => format!("to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"),
        false => format!("CAST({c} AS TEXT)"),
    };
    let texts: Vec<String> = columns.split(' ').map(|c| format!("COALESCE({}, '-')", one(c))).collect();
    let sql = format!("SELECT {} AS line FROM {} WHERE {which}", texts.join(" || ' ' || "), place(db, view));
    let found = db.query(&sql, vals![]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let text = |row: &Row| {
        let line: String = row.get("line").unwrap();
        let words = line.split(' ').map(|word| match (db.is_pg(), word) {
            (false, moment) if moment.len() == 24 && moment.ends_with('Z') => moment.replace('Z', "000Z"),
            (true, "true") => "1".into(),
            (true, "false") => "0".into(),
            // A whole number of seconds.
            (false, number) if number.ends_with(".0") => number.replace(".0", ""),
            (_, word) => word.into(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    found.iter().map(text).collect()
}

#[tokio::test]
async fn what_the_folds_wrote_is_read_by_view_to_the_millisecond_with_names_and_without_an_end_where_there_is_none() {
    both(|db| async move {
        told(&db).await;
        let expect = async |view: &str, columns: &str, which: &str, lines: &[&str]| {
            assert_eq!(rows(&db, view, columns, which).await, lines, "{view} on {}", if db.is_pg() { "PostgreSQL" } else { "SQLite" });
        };
        expect(
            "interactions",
            "began_at ended_at seconds caller_number customer_name vip answered end_cause ended_by ended_by_agent_name \
             wait_seconds talk_seconds wrap_seconds has_recording queue_names agent_names disposition_names_en withheld",
            "TRUE ORDER BY interaction_id",
            &[
                "2026-11-22T16:00:00.123000Z 2026-11-22T16:01:03.874000Z 63.751 +8613800138000 张伟 1 1 answered_hangup agent 王芳 \
                 3.499 60.25 12 1 support-zh 王芳 Repair 0",
                "2026-11-22T16:01:40.123000Z - - - - 0 0 - - - 0 0 0 0 summer sale - - 1",
            ],
        )
        .await;
        let segments = "n kind began_at ended_at seconds queue_name agent_name outcome";
        expect(
            "segments",
            segments,
            "kind IN ('queue', 'talk') ORDER BY interaction_id, n",
            &[
                "1 queue 2026-11-22T16:00:00.124000Z 2026-11-22T16:00:03.623000Z 3.499 support-zh - answered",
                "3 talk 2026-11-22T16:00:03.623000Z 2026-11-22T16:01:03.873000Z 60.25 support-zh 王芳 ended",
                "1 queue 2026-11-22T16:01:40.123000Z - - summer sale - -",
            ],
        )
        .await;
        expect(
            "recordings",
            "recording_id began_at ended_at seconds bytes state complete agent_name queue_name caller_number",
            "TRUE",
            &["40 2026-11-22T16:00:03.623000Z 2026-11-22T16:01:03.873000Z 60.25 964044 done 1 王芳 support-zh +8613800138000"],
        )
        .await;
        expect(
            "agent_states",
            "agent_name team_name began_at ended_at seconds status reason_name_zh activity phone why",
            "TRUE ORDER BY began_at",
            &[
                "王芳 一组 Team One 2026-11-22T16:01:20.123000Z 2026-11-22T16:01:30.124000Z 10.001 ready - idle ok chosen",
                "王芳 一组 Team One 2026-11-22T16:01:30.124000Z - - not_ready 用餐 idle ok chosen",
            ],
        )
        .await;
        expect(
            "queue_entries",
            "interaction_id entered_at left_at wait_seconds outcome first_of_caller target_seconds queue_name agent_name",
            "TRUE",
            &["1 2026-11-22T16:00:00.124000Z 2026-11-22T16:00:03.623000Z 3.499 answered 1 20 support-zh 王芳"],
        )
        .await;
        expect(
            "offers",
            "interaction_id began_at ended_at ring_seconds outcome queue_name agent_name",
            "TRUE",
            &["1 2026-11-22T16:00:00.124000Z 2026-11-22T16:00:03.623000Z 3.499 answered support-zh 王芳"],
        )
        .await;
        expect(
            "handled",
            "interaction_id ended_at counts talk_seconds hold_seconds wrap_seconds queue_name agent_name",
            "TRUE",
            &["1 2026-11-22T16:01:15.874000Z 1 60.25 0 12 support-zh 王芳"],
        )
        .await;
        expect(
            "queue_quarters",
            "began_at queue_name agent_name callers answered within_target handled talk_seconds wrap_seconds max_wait_seconds",
            "TRUE",
            &["2026-11-22T16:00:00.000000Z support-zh 王芳 1 1 1 1 60.25 12 3.499"],
        )
        .await;
        expect(
            "interaction_dispositions",
            "interaction_id agent_name disposition_name_zh parent_name_en saved_at",
            "TRUE",
            &["1 王芳 报修 After sales 2026-11-22T16:01:10.123000Z"],
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn people_and_things_have_their_names_also_when_they_are_gone() {
    both(|db| async move {
        let House { wang, support, gone, .. } = told(&db).await;
        let expect = async |view: &str, columns: &str, which: &str, lines: &[&str]| {
            assert_eq!(
                rows(&db, view, columns, which).await,
                lines,
                "{view} on {}",
                if db.is_pg() { "PostgreSQL" } else { "SQLite" }
            );
        };
        expect(
            "customers",
            "customer_id kind name vip owner_agent_name created_at deleted_at",
            "TRUE",
            &["50 person 张伟 1 王芳 2026-11-22T16:00:00.123000Z -"],
        )
        .await;
        expect(
            "audit",
            "happened_at actor_name action object address",
            "TRUE",
            &["2026-11-22T16:00:00.130000Z 王芳 customers.create customers/50 192.0.2.1"],
        )
        .await;
        let wang_is = format!("{wang} wangfang 王芳 一组 Team One 1 0");
        expect("agents", "agent_id username name team_name active removed", "username = 'wangfang'", &[&wang_is]).await;
        let queues = [format!("{support} support-zh 0"), format!("{gone} summer sale 1")];
        expect(
            "queues",
            "queue_id name removed",
            "name IN ('support-zh', 'summer sale') ORDER BY removed",
            &[&queues[0], &queues[1]],
        )
        .await;
        expect("trunks", "name removed", "TRUE", &["本机 loopback 0"]).await;
    })
    .await;
}

#[tokio::test]
async fn on_postgresql_a_session_sees_moments_in_its_own_time_zone_and_cuts_days_there() {
    both(|db| async move {
        if !db.is_pg() {
            return;
        }
        told(&db).await;
        for (zone, shown, day) in [
            ("UTC", "2026-11-22 16:00:00.123+00", "2026-11-22"),
            ("Asia/Shanghai", "2026-11-23 00:00:00.123+08", "2026-11-23"),
            ("America/New_York", "2026-11-22 11:00:00.123-05", "2026-11-22"),
        ] {
            let mut tx = db.begin().await.unwrap();
            tx.execute(&format!("SET LOCAL TIME ZONE '{zone}'"), vals![]).await.unwrap();
            let sql = "SELECT CAST(began_at AS TEXT) AS shown, CAST(CAST(began_at AS DATE) AS TEXT) AS day \
                FROM reporting.interactions WHERE interaction_id = 1";
            let row = tx.query_opt(sql, vals![]).await.unwrap().unwrap();
            assert_eq!(
                (row.get::<String>("shown").unwrap(), row.get::<String>("day").unwrap()),
                (shown.into(), day.into()),
                "{zone}"
            );
        }
        // The index that docs/reporting.md offers for long histories is one the view's own column finds.
        let mut tx = db.begin().await.unwrap();
        let index =
            "CREATE INDEX interaction_began_at ON interaction (to_timestamp(CAST(began AS DOUBLE PRECISION) / 1000))";
        tx.execute(index, vals![]).await.unwrap();
        tx.execute("SET LOCAL enable_seqscan = off", vals![]).await.unwrap();
        let sql = "EXPLAIN SELECT caller_number FROM reporting.interactions WHERE began_at >= '2026-11-22T00:00Z'";
        let plan: Vec<String> =
            tx.query(sql, vals![]).await.unwrap().iter().map(|row| row.get(0_usize).unwrap()).collect();
        assert!(plan.iter().any(|line| line.contains("interaction_began_at")), "{plan:#?}");
    })
    .await;
}

/// View, column and what kind of value it is.
async fn columns(db: &Db) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for view in VIEWS {
        let sql = if db.is_pg() {
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind FROM information_schema.columns \
             WHERE table_schema = 'reporting' AND table_name = $1 ORDER BY ordinal_position"
        } else {
            "SELECT name, type AS kind FROM pragma_table_info('reporting_' || $1)"
        };
        for row in db.query(sql, vals![view.name]).await.unwrap() {
            all.push((view.name.to_owned(), row.get("name").unwrap(), row.get("kind").unwrap()));
        }
    }
    all
}

#[tokio::test]
async fn columns_have_the_kind_their_name_promises_stand_in_the_document_and_hold_no_secret() {
    let document = include_str!("../../docs/reporting.md");
    let described: BTreeSet<(String, String)> = document
        .split("\n### `")
        .skip(1)
        .flat_map(|part| {
            let (view, rest) = part.split_once('`').unwrap();
            let columns = rest.split("\n#").next().unwrap().split('\n').filter_map(|line| line.strip_prefix("| `"));
            columns.flat_map(move |line| {
                let names = line.split(" | ").next().unwrap().split('`').step_by(2);
                names.map(move |column| (view.to_owned(), column.to_owned())).collect::<Vec<_>>()
            })
        })
        .collect();
    both(|db| {
        let described = &described;
        async move {
            told(&db).await;
            let there = columns(&db).await;
            let named: BTreeSet<(String, String)> = there.iter().map(|(v, c, _)| (v.clone(), c.clone())).collect();
            assert_eq!(&named, described, "docs/reporting.md");
            for (view, column, kind) in there.iter().filter(|_| db.is_pg()) {
                let expected = match column.as_str() {
                    c if c.ends_with("_at") => "timestamp with time zone",
                    c if c.ends_with("seconds") => "double precision",
                    c if c.ends_with("_id") || c == "bytes" => "bigint",
                    "removed" | "active" | "vip" | "answered" | "complete" | "withheld" | "counts"
                    | "first_of_caller" => "boolean",
                    "has_recording" => "boolean",
                    _ => kind,
                };
                // On roll-ups this is a count.
                let count = (view.as_str(), column.as_str()) == ("queue_quarters", "answered");
                assert_eq!(kind, if count { "bigint" } else { expected }, "{view}.{column}");
            }
            for view in VIEWS {
                let names: Vec<&str> =
                    there.iter().filter(|(v, ..)| v == view.name).map(|(_, c, _)| c.as_str()).collect();
                let all: Vec<String> = names.iter().map(|c| format!("COALESCE(CAST({c} AS TEXT), '')")).collect();
                let sql = format!("SELECT {} AS line FROM {}", all.join(" || ' ' || "), place(&db, view.name));
                for row in db.query(&sql, vals![]).await.unwrap() {
                    let line: String = row.get("line").unwrap();
                    for secret in [HASH, NOTES, "zuoxi-1001", "{\""] {
                        assert!(!line.contains(secret), "{}: {line}", view.name);
                    }
                }
            }
        }
    })
    .await;
}
