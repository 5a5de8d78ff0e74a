//! A copy of the house, made while it runs, opens as a house.

mod common;

use common::{Served, config};
use contract::EventKind;
use serde_json::json;
use sha2::Digest as _;

#[tokio::test]
async fn events_that_wait_for_the_database_are_in_the_backup_too() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let settings = config(folder.path());
    let house = Served::start(settings.clone()).await;
    let ledger = &house.app.ledger;
    let count = "SELECT COUNT(*) FROM event WHERE kind = 'node_stopping'";
    // Somebody else writes for longer than the ledger's patience: what is told meanwhile goes to the local disk.
    let held = house.app.db.begin().await.unwrap();
    ledger.record(agent_server::clock::now(), None, EventKind::NodeStopping { grace_ms: 7 });
    let mut look = tokio::time::interval(std::time::Duration::from_millis(10));
    while ledger.counts().in_spool == 0 {
        look.tick().await;
    }
    let target = copy.path().join("b");
    agent_server::backup::backup(&house.app.db, &settings, &target).await.unwrap();
    drop(held);
    house.stop().await;

    let database = store::Db::open(&format!("sqlite:{}", target.join("zuoxi.db").display())).await.unwrap();
    assert_eq!(database.query(count, Vec::new()).await.unwrap()[0].get::<i64>(0).unwrap(), 0, "not in the database's copy");
    database.close().await;
    let again = Served::start(config(&target)).await;
    again.app.wait_until_folded().await;
    let kept = again.app.db.query("SELECT body FROM event WHERE kind = 'node_stopping'", Vec::new()).await.unwrap();
    assert!(kept.iter().any(|row| row.get::<String>(0).unwrap().contains("7")), "and all the same not lost");
    again.stop().await;
}

#[tokio::test]
async fn a_backup_made_while_people_work_is_whole_and_opens_with_its_passwords_and_recordings() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let settings = config(folder.path());
    let house = Served::start(settings.clone()).await;
    let emma = house.as_("emma").await;
    assert_eq!(emma.post("/customers", json!({"name": "王芳"})).await.status, 201);
    std::fs::create_dir_all(folder.path().join("recordings/2026/11")).unwrap();
    std::fs::write(folder.path().join("recordings/2026/11/a.wav"), b"RIFF").unwrap();
    let greeting = include_bytes!("../../ivr/demo/prompts/en/welcome.wav");
    std::fs::create_dir_all(folder.path().join("prompts/en")).unwrap();
    std::fs::write(folder.path().join("prompts/en/our-own.wav"), greeting).unwrap();
    let target = copy.path().join("b");
    agent_server::backup::backup(&house.app.db, &settings, &target).await.unwrap();
    assert_eq!(emma.post("/customers", json!({"name": "after"})).await.status, 201);
    assert!(agent_server::backup::backup(&house.app.db, &settings, &target).await.is_err(), "never over another backup");
    house.stop().await;

    for line in std::fs::read_to_string(target.join("MANIFEST")).unwrap().lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        assert_eq!(hex::encode(sha2::Sha256::digest(std::fs::read(target.join(name)).unwrap())), sum, "{name}");
    }
    let again = Served::start(config(&target)).await;
    let people = again.as_("emma").await.get("/customers?q=").await.json();
    assert_eq!(people["items"][0]["name"], "王芳", "as of the moment of the copy");
    assert!(again.app.office.now().directory.stations.values().any(|s| s.password.0 == "zuoxi-1001"), "the key came along");
    assert!(target.join("recordings/2026/11/a.wav").exists());
    assert_eq!(std::fs::read(target.join("prompts/en/our-own.wav")).unwrap(), greeting);
    again.stop().await;
}
