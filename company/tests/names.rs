//! Names that flows use, on both engines: an edit never leaves a flow that names nobody, or two.

mod text;

use company::edit::{self, Editor};
use company::{Agent, Book, EditError, Flow, Kept, MIGRATIONS, Queue, Role, Vault, book};
use contract::{AgentId, IdMaker, QueueId, RowId};
use store::Db;
use store::page::PageAsk;
use text::Lines;

const NOW: i64 = 1_790_000_000_000;

struct Office {
    db: Db,
    ids: IdMaker,
    vault: Vault,
}

impl Office {
    /// A queue `support`, two people called 王芳 and one Emma, and what flows make of them.
    async fn open(db: &Db, flows: &[(&str, &str)]) -> Self {
        db.migrate(&[MIGRATIONS]).await.unwrap();
        let office = Office { db: db.clone(), ids: IdMaker::new(1), vault: Vault::new(&[7; 32]) };
        let mut tx = db.begin().await.unwrap();
        let editor = office.editor();
        editor.create(&mut tx, Queue { name: "support".into(), ..Queue::default() }).await.unwrap();
        for (username, name) in [("wang", "王芳"), ("emma", "Emma")] {
            editor.create(&mut tx, person(username, name)).await.unwrap();
        }
        for (name, yaml) in flows {
            editor.create(&mut tx, Flow { name: (*name).into(), yaml: (*yaml).into() }).await.unwrap();
        }
        tx.commit().await.unwrap();
        office
    }

    fn editor(&self) -> Editor<'_> {
        Editor { ids: &self.ids, vault: &self.vault, now: NOW, by: None, note: "", flows: &Lines }
    }

    async fn book(&self) -> Book {
        book::look(&self.db).await.unwrap()
    }

    async fn queue(&self, change: impl FnOnce(&mut Queue)) -> Result<Kept<Queue>, EditError> {
        let (id, mut kept) = self.book().await.queues.pop_first().unwrap();
        change(&mut kept.item);
        let mut tx = self.db.begin().await.unwrap();
        let done = self.editor().update(&mut tx, id, kept.version, kept.item).await?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    async fn person(&self, username: &str, change: impl FnOnce(&mut Agent)) -> Result<Kept<Agent>, EditError> {
        let book = self.book().await;
        let (id, kept) = book.agents.into_iter().find(|(_, kept)| kept.item.username == username).unwrap();
        let mut item = kept.item;
        change(&mut item);
        let mut tx = self.db.begin().await.unwrap();
        let done = self.editor().update(&mut tx, id, kept.version, item).await?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    async fn create(&self, agent: Agent) -> Result<Kept<Agent>, EditError> {
        let mut tx = self.db.begin().await.unwrap();
        let done = self.editor().create(&mut tx, agent).await?;
        tx.commit().await.unwrap();
        Ok(done)
    }

    async fn flow(&self, name: &str) -> (RowId, i64, String) {
        let book = self.book().await;
        let (id, kept) = book.flows.into_iter().find(|(_, kept)| kept.item.name == name).unwrap();
        (id, kept.version, kept.item.yaml)
    }
}

fn person(username: &str, name: &str) -> Agent {
    Agent {
        username: username.into(),
        name: name.into(),
        roles: vec![Role::Agent, Role::Admin],
        team: None,
        skills: vec![],
        station: None,
        dial_prefixes: vec![],
        language: "en".into(),
        active: true,
    }
}

fn called(name: &str) -> impl FnOnce(&mut Agent) {
    move |agent| name.clone_into(&mut agent.name)
}

#[tokio::test]
async fn the_flows_that_name_a_renamed_queue_or_person_say_the_new_name_and_tell_it_in_their_history() {
    store::testing::both(|db| async move {
        let flows = [("main", "queue: support\nagent: Emma"), ("night", "queue: support"), ("other", "queue: sales")];
        let office = Office::open(&db, &flows).await;
        let kept = office.queue(|queue| queue.name = "second-line".into()).await.unwrap();
        assert_eq!((kept.version, kept.item.name.as_str()), (2, "second-line"));
        office.person("emma", called("Emma Clarke")).await.unwrap();
        let (main, version, yaml) = office.flow("main").await;
        assert_eq!((version, yaml.as_str()), (3, "queue: second-line\nagent: Emma Clarke"));
        assert_eq!(office.flow("night").await.2, "queue: second-line");
        let (_, version, yaml) = office.flow("other").await;
        assert_eq!((version, yaml.as_str()), (1, "queue: sales"), "what names neither is left alone");
        let told = edit::history::<Flow>(&db, main, &PageAsk::default()).await.unwrap().rows;
        let notes: Vec<&str> = told.iter().map(|change| change.note.as_str()).collect();
        assert_eq!(notes, ["Emma → Emma Clarke", "support → second-line", ""]);
        // Whoever was editing that flow is told.
        let mut tx = db.begin().await.unwrap();
        let stale = Flow { name: "main".into(), yaml: "queue: support".into() };
        let late = office.editor().update(&mut tx, main, 1, stale).await;
        assert!(matches!(late, Err(EditError::Conflict { began: 1, now: 3 })));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_no_program_can_rewrite_is_not_changed_and_the_flows_are_named() {
    store::testing::both(|db| async move {
        let office = Office::open(&db, &[("main", "queue: support"), ("odd", "# queue: support")]).await;
        let Err(EditError::InUse(users)) = office.queue(|queue| queue.name = "second-line".into()).await else {
            panic!()
        };
        assert_eq!(users, ["flow odd"]);
        assert_eq!(office.flow("main").await.1, 1, "nothing is half done");
        assert_eq!(office.book().await.queues.values().next().unwrap().item.name, "support");
        office.queue(|queue| queue.ring_seconds = 33).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_is_named_in_a_flow_can_neither_be_removed_nor_made_inactive() {
    store::testing::both(|db| async move {
        let office = Office::open(&db, &[("main", "agent: Emma"), ("word", "queue: support\nlabel: Emma 王芳")]).await;
        let Err(EditError::InUse(users)) = office.person("emma", |agent| agent.active = false).await else { panic!() };
        assert_eq!(users, ["flow main"]);
        let book = office.book().await;
        let emma = book.agents.iter().find(|(_, kept)| kept.item.name == "Emma").unwrap().0;
        let mut tx = db.begin().await.unwrap();
        let removed = office.editor().remove::<Agent>(&mut tx, AgentId(emma.0), 1).await;
        assert!(matches!(removed, Err(EditError::InUse(users)) if users == ["flow main"]));
        let queue: QueueId = *book.queues.keys().next().unwrap();
        let removed = office.editor().remove::<Queue>(&mut tx, queue, 1).await;
        assert!(matches!(removed, Err(EditError::InUse(users)) if users == ["flow word"]));
        drop(tx);
        office.person("wang", |agent| agent.active = false).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_a_name_by_which_a_flow_means_somebody_else() {
    store::testing::both(|db| async move {
        let office = Office::open(&db, &[("main", "agent: Emma")]).await;
        let taken = |done: Result<Kept<Agent>, EditError>| match done {
            Err(EditError::Invalid(faults)) => {
                assert_eq!((faults.len(), faults[0].field.as_str(), faults[0].rule), (1, "name", "unique"));
                assert!(faults[0].message.contains("flow main"), "{}", faults[0].message);
            }
            other => panic!("{other:?}"),
        };
        taken(office.create(person("emma2", "Emma")).await);
        taken(office.person("wang", called("Emma")).await);
        // People may be called the same where no flow asks for them, and inactive ones are nobody's aim.
        office.create(person("wang2", "王芳")).await.unwrap();
        office.create(Agent { active: false, ..person("emma3", "Emma") }).await.unwrap();
        taken(office.person("emma3", |agent| agent.active = true).await);
        // Nor may the aim take a name that others have.
        taken(office.person("emma", called("王芳")).await);
        assert_eq!(office.flow("main").await.2, "agent: Emma");
    })
    .await;
}

/// One who was twice there already does not stop every other edit.
#[tokio::test]
async fn a_flow_that_was_wrong_before_stops_nobody() {
    store::testing::both(|db| async move {
        let office = Office::open(&db, &[]).await;
        office.create(person("wang2", "王芳")).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        office.editor().create(&mut tx, Flow { name: "main".into(), yaml: "agent: 王芳".into() }).await.unwrap();
        tx.commit().await.unwrap();
        office.person("wang", |agent| agent.language = "zh-CN".into()).await.unwrap();
        office.person("wang2", called("王芳芳")).await.unwrap();
        assert_eq!(office.flow("main").await.2, "agent: 王芳", "the other one is meant");
    })
    .await;
}
