//! The room on both engines: editing, history, people, sessions, the audit log, and the demo company.

mod text;

use std::cell::Cell;
use std::collections::BTreeMap;

use company::edit::{self, Editor};
use company::{Book, EditError, MIGRATIONS, Queue, Role, Skill, SkillLevel, Station, Trunk, Vault, audit, book, credentials, demo, directory, sessions};
use contract::{AgentId, IdMaker, SkillId};
use store::page::PageAsk;
use store::{Db, Tx};
use text::Lines;

const NOW: i64 = 1_790_000_000_000;

async fn filled(db: &Db, ids: &IdMaker, vault: &Vault) -> Book {
    db.migrate(&[MIGRATIONS]).await.unwrap();
    let editor = Editor { ids, vault, now: NOW, by: None, note: "demo", flows: &Lines };
    let plan = demo::Plan { flows: &[("main", "x: 1")], numbers: &[("400", "main")], password_hash: "none" };
    let mut tx = db.begin().await.unwrap();
    demo::load(&mut tx, &editor, &plan).await.unwrap();
    tx.commit().await.unwrap();
    book::look(db).await.unwrap()
}

#[tokio::test]
async fn the_demo_company_breaks_no_rule_and_becomes_a_directory() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let (phones, left_out) = directory::directory(&book, BTreeMap::new(), &vault);
        assert_eq!(left_out, Vec::<String>::new());
        assert_eq!((phones.agents.len(), phones.stations.len(), phones.queues.len()), (9, 7, 5));
        let wang = phones.stations.values().find(|s| s.username == "1001").unwrap();
        assert_eq!(wang.password.0, demo::station_password("1001"));
        assert!(phones.queues.values().all(|q| !q.skills.is_empty() && q.ring_ms == 20_000));
        let (_, left_out) = directory::directory(&book, BTreeMap::new(), &Vault::new(&[8; 32]));
        assert_eq!(left_out.len(), 7, "stations whose password does not open are left out and named");
    })
    .await;
}

#[tokio::test]
async fn two_people_editing_one_queue_lose_nothing_and_history_keeps_each_version() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let (id, kept) = book.queues.iter().next().unwrap();
        let editor = Editor { ids: &ids, vault: &vault, now: NOW + 5, by: Some(AgentId(3)), note: "longer", flows: &Lines };
        let mut tx = db.begin().await.unwrap();
        let first = editor.update(&mut tx, *id, kept.version, Queue { ring_seconds: 30, ..kept.item.clone() }).await.unwrap();
        let second = editor.update(&mut tx, *id, kept.version, Queue { wrap_up_seconds: 5, ..kept.item.clone() }).await;
        assert!(matches!(second, Err(EditError::Conflict { began: 1, now: 2 })));
        tx.commit().await.unwrap();
        let history = edit::history::<Queue>(&db, *id, &PageAsk::default()).await.unwrap().rows;
        let told: Vec<_> = history.iter().map(|c| (c.version, c.note.as_str(), c.item.as_ref().unwrap().ring_seconds)).collect();
        assert_eq!(told, [(2, "longer", 30), (1, "demo", 20)]);
        assert_eq!(book::look(&db).await.unwrap().queues[id], first);
    })
    .await;
}

#[tokio::test]
async fn the_history_of_a_document_is_told_to_its_first_version_page_by_page() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let (id, kept) = book.queues.iter().next().unwrap();
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let mut tx = db.begin().await.unwrap();
        for version in 1..205 {
            editor.update(&mut tx, *id, version, Queue { ring_seconds: 20 + (version as u32 % 2), ..kept.item.clone() }).await.unwrap();
        }
        tx.commit().await.unwrap();
        for limit in [7, 200] {
            let (mut seen, mut ask) = (Vec::new(), PageAsk { limit, cursor: None });
            loop {
                let page = edit::history::<Queue>(&db, *id, &ask).await.unwrap();
                seen.extend(page.rows.iter().map(|change| change.version));
                ask.cursor = page.next;
                if ask.cursor.is_none() {
                    break;
                }
            }
            assert!(seen.iter().copied().eq((1..=205).rev()), "{seen:?}");
        }
        let wrong = PageAsk { cursor: Some("x".into()), ..PageAsk::default() };
        assert!(matches!(edit::history::<Queue>(&db, *id, &wrong).await, Err(edit::HistoryError::Cursor(_))));
    })
    .await;
}

/// Two edits at the same time: the second begins before the first is over. What became of the second.
async fn meanwhile<T>(
    db: &Db,
    first: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, EditError>,
    second: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, EditError>,
) -> Result<T, EditError> {
    let mut tx = db.begin().await.unwrap();
    first(&mut tx).await.unwrap();
    let over = Cell::new(false);
    let slower = async {
        let mut tx = db.begin().await.unwrap();
        let done = second(&mut tx).await;
        over.set(true);
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    let quicker = async {
        store::testing::until_they_wait(db, 1, || over.get()).await;
        tx.commit().await.unwrap();
    };
    tokio::join!(slower, quicker).0
}

#[tokio::test]
async fn of_two_who_save_one_queue_at_the_same_time_the_second_is_told() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let (id, kept) = book.queues.iter().next().unwrap();
        let editor = Editor { ids: &ids, vault: &vault, now: NOW + 5, by: None, note: "", flows: &Lines };
        let longer = Queue { ring_seconds: 30, ..kept.item.clone() };
        let shorter = Queue { wrap_up_seconds: 5, ..kept.item.clone() };
        let late = meanwhile(
            &db,
            async |tx| editor.update(tx, *id, kept.version, longer).await,
            async |tx| editor.update(tx, *id, kept.version, shorter).await,
        );
        assert!(matches!(late.await, Err(EditError::Conflict { began: 1, now: 2 })));
        assert_eq!(edit::history::<Queue>(&db, *id, &PageAsk::default()).await.unwrap().rows.len(), 2, "each version once");
        let settings = company::Settings { name: "x".into(), ..book.settings.as_ref().unwrap().item.clone() };
        let late = meanwhile(
            &db,
            async |tx| editor.settings(tx, 1, settings.clone()).await,
            async |tx| editor.settings(tx, 1, settings.clone()).await,
        );
        assert!(matches!(late.await, Err(EditError::Conflict { began: 1, now: 2 })));
    })
    .await;
}

#[tokio::test]
async fn two_administrators_cannot_end_each_other_and_what_is_being_taken_up_cannot_be_removed() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let (admin, kept) = book.agents.iter().find(|(_, a)| a.item.roles.contains(&Role::Admin)).unwrap();
        let mut tx = db.begin().await.unwrap();
        let twin = company::Agent { username: "twin".into(), station: None, ..kept.item.clone() };
        let twin = editor.create(&mut tx, twin).await.unwrap();
        let skill = editor.create(&mut tx, Skill { name: "Cantonese".into() }).await.unwrap();
        tx.commit().await.unwrap();
        let late = meanwhile(
            &db,
            async |tx| editor.remove::<company::Agent>(tx, AgentId(twin.id.0), 1).await,
            async |tx| editor.remove::<company::Agent>(tx, *admin, kept.version).await,
        );
        assert!(matches!(late.await, Err(EditError::LastAdministrator)));
        let (queue, kept) = book.queues.iter().next().unwrap();
        let skills = vec![SkillLevel { skill: SkillId(skill.id.0), level: 1 }];
        let needs = Queue { skills, ..kept.item.clone() };
        let late = meanwhile(
            &db,
            async |tx| editor.update(tx, *queue, kept.version, needs).await.map(drop),
            async |tx| editor.remove::<Skill>(tx, SkillId(skill.id.0), 1).await,
        );
        assert!(matches!(late.await, Err(EditError::InUse(users)) if users == [format!("queue {}", kept.item.name)]));
    })
    .await;
}

#[tokio::test]
async fn every_fault_is_named_at_once_and_nothing_is_half_done() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let before = filled(&db, &ids, &vault).await;
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let bad = Queue {
            name: " ".into(),
            skills: vec![SkillLevel { skill: SkillId(1), level: 11 }],
            ring_seconds: 1,
            announce_seconds: 3,
            ..Queue::default()
        };
        let mut tx = db.begin().await.unwrap();
        let Err(EditError::Invalid(faults)) = editor.create(&mut tx, bad).await else { panic!("it is wrong") };
        let told: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.rule)).collect();
        assert_eq!(
            told,
            [
                ("name", "required"),
                ("skills[0].skill", "unknown"),
                ("skills[0].level", "range"),
                ("ringSeconds", "range"),
                ("announceSeconds", "range")
            ]
        );
        let taken = editor.create(&mut tx, Skill { name: "english".into() }).await;
        assert!(matches!(taken, Err(EditError::Invalid(f)) if f[0].rule == "unique"));
        drop(tx);
        assert_eq!(book::look(&db).await.unwrap().queues.len(), before.queues.len());
    })
    .await;
}

#[tokio::test]
async fn what_is_in_use_stays_and_the_last_administrator_too() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let (skill, kept) = book.skills.iter().find(|(_, s)| s.item.name == "VIP").unwrap();
        let mut tx = db.begin().await.unwrap();
        let Err(EditError::InUse(users)) = editor.remove::<Skill>(&mut tx, *skill, kept.version).await else { panic!() };
        assert_eq!(users, ["queue vip", "agent wangfang", "agent emma"]);
        drop(tx);
        let (admin, kept) = book.agents.iter().find(|(_, a)| a.item.roles.contains(&Role::Admin)).unwrap();
        let mut tx = db.begin().await.unwrap();
        let gone = company::Agent { active: false, ..kept.item.clone() };
        let refused = editor.update(&mut tx, *admin, kept.version, gone).await;
        assert!(matches!(refused, Err(EditError::LastAdministrator)));
    })
    .await;
}

#[tokio::test]
async fn a_password_left_out_stays_and_one_given_is_never_kept_in_plain() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        let book = filled(&db, &ids, &vault).await;
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let (id, kept) = book.stations.iter().next().unwrap();
        let mut tx = db.begin().await.unwrap();
        let item = Station { sealed: None, note: "desk 4".into(), ..kept.item.clone() };
        let after = editor.update(&mut tx, *id, kept.version, item).await.unwrap();
        assert_eq!(after.item.sealed, kept.item.sealed);
        let item = Station { password: Some("new one".into()), ..after.item.clone() };
        let after = editor.update(&mut tx, *id, after.version, item).await.unwrap();
        assert_eq!(after.item.password, None);
        assert_eq!(vault.unseal(after.item.sealed.as_deref().unwrap()).as_deref(), Some("new one"));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_trunk_needs_a_way_to_be_known() {
    store::testing::both(|db| async move {
        let (ids, vault) = (IdMaker::new(1), Vault::new(&[7; 32]));
        filled(&db, &ids, &vault).await;
        let editor = Editor { ids: &ids, vault: &vault, now: NOW, by: None, note: "", flows: &Lines };
        let trunk = |json: &str| serde_json::from_str::<Trunk>(json).unwrap();
        let table = [
            (r#"{"name":"a"}"#, vec!["from"]),
            (r#"{"name":"a","from":["192.0.2.0/33"]}"#, vec!["from[0]"]),
            (r#"{"name":"a","digestUser":"1001","password":"x"}"#, vec!["digestUser"]),
            (r#"{"name":"a","digestUser":"carrier"}"#, vec!["password"]),
            (r#"{"name":"a","to":["example.com:5060"],"country":"cn"}"#, vec!["to[0]", "country"]),
            (r#"{"name":"a","from":["192.0.2.0/24","2001:db8::/32"]}"#, vec![]),
        ];
        for (json, want) in table {
            let mut tx = db.begin().await.unwrap();
            let fields = match editor.create(&mut tx, trunk(json)).await {
                Ok(_) => vec![],
                Err(EditError::Invalid(faults)) => faults.into_iter().map(|f| f.field).collect(),
                Err(other) => panic!("{json}: {other}"),
            };
            assert_eq!(fields, want, "{json}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_lives_until_it_is_idle_ended_or_too_old() {
    store::testing::both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let (token, other) = (sessions::new_token(), sessions::new_token());
        let mut tx = db.begin().await.unwrap();
        for token in [&token, &other] {
            sessions::begin(&mut tx, token, AgentId(9), NOW, "127.0.0.1", "test").await.unwrap();
        }
        tx.commit().await.unwrap();
        let find = |token: String, now: i64| {
            let db = db.clone();
            async move { sessions::find(&db, &token, now).await.unwrap().map(|s| s.agent_id) }
        };
        assert_eq!(find(token.clone(), NOW + 1).await, Some(AgentId(9)));
        assert_eq!(find("guess".into(), NOW + 1).await, None);
        assert_eq!(find(token.clone(), NOW + sessions::IDLE_MS + 1).await, None, "idle");
        for hours in [10, 20, 30] {
            assert!(find(token.clone(), NOW + hours * 3_600_000).await.is_some(), "used again and again");
        }
        let mut tx = db.begin().await.unwrap();
        assert_eq!(sessions::end_others(&mut tx, AgentId(9), Some(&token), NOW).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(find(other, NOW + 1).await, None, "ended");
    })
    .await;
}

#[tokio::test]
async fn failures_lock_and_success_forgets_them() {
    store::testing::both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let agent = AgentId(4);
        let mut tx = db.begin().await.unwrap();
        credentials::set(&mut tx, agent, "hash", true, NOW).await.unwrap();
        for _ in 0..credentials::MOST_FAILURES {
            credentials::tried(&mut tx, agent, false, NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        let kept = credentials::get(&db, agent).await.unwrap().unwrap();
        assert!(kept.must_change && kept.locked_until > NOW);
        let mut tx = db.begin().await.unwrap();
        credentials::tried(&mut tx, agent, true, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(credentials::get(&db, agent).await.unwrap().unwrap().locked_until, 0);
    })
    .await;
}

#[tokio::test]
async fn a_changed_or_missing_line_of_the_audit_log_shows() {
    store::testing::both(|db| async move {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let ids = IdMaker::new(1);
        for n in 0..5 {
            let mut tx = db.begin().await.unwrap();
            let entry = audit::Entry {
                actor: Some(AgentId(n % 2)),
                action: "recording.listen",
                object: format!("recordings/{n}"),
                detail: String::new(),
                address: "127.0.0.1",
            };
            audit::write(&mut tx, &ids, NOW + n, entry).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(audit::first_break(&db).await.unwrap(), None);
        let mine = audit::Filter { actor: Some(AgentId(1)), ..Default::default() };
        let lines = audit::list(&db, &mine, 10).await.unwrap();
        assert_eq!(lines.iter().map(|l| l.object.as_str()).collect::<Vec<_>>(), ["recordings/3", "recordings/1"]);
        // Three lines of one moment: a page may end between them.
        for object in ["a", "b", "c"] {
            let mut tx = db.begin().await.unwrap();
            let entry = audit::Entry { actor: None, action: "queues.update", object: object.into(), detail: String::new(), address: "" };
            audit::write(&mut tx, &ids, NOW + 2, entry).await.unwrap();
            tx.commit().await.unwrap();
        }
        let (mut seen, mut filter) = (Vec::new(), audit::Filter { from: Some(NOW + 1), to: Some(NOW + 4), ..Default::default() });
        while let Some(last) = {
            let page = audit::list(&db, &filter, 2).await.unwrap();
            seen.extend(page.iter().map(|line| line.object.clone()));
            page.last().map(|line| (line.at, line.audit_id))
        } {
            filter.before = Some(last);
        }
        assert_eq!(seen, ["recordings/3", "c", "b", "a", "recordings/2", "recordings/1"]);
        let mut tx = db.begin().await.unwrap();
        tx.execute("DELETE FROM audit WHERE audit_id = $1", store::vals![lines[0].audit_id]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(audit::first_break(&db).await.unwrap().is_some());
    })
    .await;
}
