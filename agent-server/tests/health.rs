//! `/readyz` names what is not well and is green again when it is; the end of the house is the end of all of its parts.

mod common;

use std::time::Duration;

use common::{Answer, Client, Served, config};
use contract::health::Trouble;
use store::testing::Server;

/// Longest anything here may take; only a broken run meets it.
const PATIENCE: Duration = Duration::from_secs(30);

async fn becomes(client: &Client, status: u16) -> Answer {
    let wait = async {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            let answer = client.get("/readyz").await;
            if answer.status == status {
                return answer;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("/readyz never became {status}"))
}

/// The parts that the figures say are down.
async fn down(client: &Client) -> Vec<String> {
    let figures = client.get("/metrics").await.text();
    let parts = figures.lines().filter_map(|line| line.strip_prefix("zuoxi_part_up{of=\"")?.split_once("\"} "));
    let all: Vec<_> = parts.map(|(part, up)| (part.to_owned(), up.to_owned())).collect();
    assert_eq!(all.len(), 9, "{figures}");
    let mut down: Vec<_> = all.into_iter().filter(|(_, up)| up == "0").map(|(part, _)| part).collect();
    down.sort();
    down
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readyz_is_red_while_the_database_is_away_and_green_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start();
    let mut config = config(folder.path());
    config.store.url = server.url("postgres");
    let house = Served::start(config).await;
    let client = house.client();
    let well = "ready\n\ndatabase: well\nledger: well\nfolds: well\ndesks: well\nchores: well\n\
                switch: well\nsip: well\nmedia: well\nrecorder: well\n";
    assert_eq!(becomes(&client, 200).await.text(), well);
    server.crash();
    let red = becomes(&client, 503).await.text();
    assert!(red.starts_with("not ready: database\n\ndatabase: does not answer"), "{red}");
    assert!(red.contains("\nledger: well\n") && red.contains("\nswitch: well\n"), "the calls go on: {red}");
    assert_eq!(down(&client).await, ["database"]);
    server.go_on();
    assert_eq!(becomes(&client, 200).await.text(), well);
    assert!(down(&client).await.is_empty());
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readyz_names_every_part_that_died() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let client = house.client();
    becomes(&client, 200).await;
    let engine = house.app.gateway.media().clone();
    tokio::task::spawn_blocking(move || engine.stop()).await.unwrap();
    house.app.ledger.clone().kill().await;
    let red = becomes(&client, 503).await.text();
    assert!(red.starts_with("not ready: ledger, media, recorder\n"), "{red}");
    for line in ["ledger: has ended", "media: has ended", "recorder: has ended", "switch: well", "desks: well"] {
        assert!(red.lines().any(|have| have == line), "{line}: {red}");
    }
    assert_eq!(down(&client).await, ["ledger", "media", "recorder"]);
    assert_eq!(client.get("/healthz").await.text(), "ok", "the process answers all the same");
    house.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_that_was_closed_has_ended_every_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let app = house.app.clone();
    house.stop().await;
    let parts = agent_server::health::parts(&app).await;
    for part in parts.iter().filter(|part| part.name != "database" && part.name != "folds") {
        assert_eq!(part.trouble, Some(Trouble::Ended), "{}", part.name);
    }
    assert!(app.gateway.addresses().iter().all(|at| std::net::UdpSocket::bind(at).is_ok()), "its addresses are free");
}
