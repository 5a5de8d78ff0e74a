//! A copy of the house, made while it runs, opens as a house.

mod common;

use common::{Served, config};
use serde_json::json;
use sha2::Digest as _;

#[tokio::test]
async fn a_backup_made_while_people_work_is_whole_and_opens_with_its_passwords_and_recordings() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let settings = config(folder.path());
    let house = Served::start(settings.clone()).await;
    let emma = house.as_("emma").await;
    assert_eq!(emma.post("/customers", json!({"name": "王芳"})).await.status, 201);
    std::fs::create_dir_all(folder.path().join("recordings/2026/11")).unwrap();
    std::fs::write(folder.path().join("recordings/2026/11/a.wav"), b"RIFF").unwrap();
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
    again.stop().await;
}
