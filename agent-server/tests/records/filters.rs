//! The names above the lists of calls and recordings.

use serde_json::{Value, json};

use crate::house::{Person, TestHouse};

/// Agents by name, of one of the two lists.
async fn offered(person: &Person<'_>, list: &str) -> Vec<String> {
    let filters = person.get("/filters").await.json();
    let agents = filters["agents"].as_array().unwrap().iter().filter(|agent| agent[list] == true);
    agents.map(|agent| agent["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn whoever_may_list_calls_gets_the_names_that_the_lists_answer_to_and_no_other() {
    let house = TestHouse::open().await;
    let everybody = house.app.office.now().book.agents.len();
    for (username, calls, recordings) in [
        ("wangfang", 1, 1),
        ("linyue", everybody, 6),
        ("zhaoqi", everybody, everybody),
        ("admin", everybody, everybody),
    ] {
        let person = house.person(username).await;
        let told = (offered(&person, "calls").await.len(), offered(&person, "recordings").await.len());
        assert_eq!(told, (calls, recordings), "{username}");
        let filters = person.get("/filters").await.json();
        for (list, path) in [("calls", "/interactions"), ("recordings", "/recordings")] {
            for agent in filters["agents"].as_array().unwrap() {
                let status = person.get(&format!("{path}?agent={}", agent["id"].as_str().unwrap())).await.status;
                assert_eq!(status == 200, agent[list] == true, "{username} {path} {}", agent["name"]);
            }
        }
        let queues: Vec<&Value> = filters["queues"].as_array().unwrap().iter().map(|queue| &queue["name"]).collect();
        assert!(queues.contains(&&json!("support-zh")), "{username}: {queues:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn calls_of_somebody_who_left_can_still_be_asked_for() {
    let house = TestHouse::open().await;
    let (admin, qa) = (house.person("admin").await, house.person("zhaoqi").await);
    let all = admin.get("/admin/agents?limit=200").await.json();
    let mut emma = all["items"].as_array().unwrap().iter().find(|agent| agent["username"] == "emma").unwrap().clone();
    emma["active"] = json!(false);
    let path = format!("/admin/agents/{}", emma["id"].as_str().unwrap());
    assert_eq!(admin.ask("PUT", &path, &[], Some(emma.clone())).await.status, 200);
    let filters = qa.get("/filters").await.json();
    let last = filters["agents"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["name"], &last["active"], &last["calls"]), (&emma["name"], &json!(false), &json!(true)));
    house.close().await;
}
