//! The call list, one call's life, and what agents add to it.

use contract::*;
use serde_json::json;

use crate::house::{T0, TestHouse, arrives, call, talks};

const ONE: InteractionId = InteractionId(101);

/// The id of the demo disposition that is a leaf, and of one that is a heading.
fn dispositions(house: &TestHouse) -> (DispositionId, DispositionId) {
    let office = house.app.office.now();
    let shelf = &office.book.dispositions;
    let (leaf, kept) = shelf.iter().find(|(_, kept)| kept.item.parent.is_some()).expect("the demo has two levels");
    (*leaf, kept.item.parent.unwrap())
}

async fn a_call_is_listed_filtered_and_told_whole(house: TestHouse) {
    let (ann, ben, boss) = (house.person("wangfang").await, house.person("liqiang").await, house.person("linyue").await);
    house.tell(ONE, call("+8613912345678", ann.id)).await;
    house.tell(InteractionId(102), [(T0 + 60_000, arrives("+85223456789"))]).await;
    let ids = |path: &'static str| {
        let boss = &boss;
        async move {
            let page = boss.get(path).await.json();
            page["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(ids("/interactions").await, ["102", "101"], "newest first");
    for (path, expected) in [
        ("/interactions?number=139%201234%205678", "101"),
        ("/interactions?number=5678", "101"),
        ("/interactions?number=78", "101"),
        ("/interactions?number=%2B85223456789", "102"),
        ("/interactions?cause=answered_hangup", "101"),
        ("/interactions?from=1790000060000", "102"),
        ("/interactions?to=1790000060000&direction=inbound&recorded=false", "101"),
    ] {
        assert_eq!(ids(path).await, [expected], "{path}");
    }
    assert_eq!(ids(Box::leak(format!("/interactions?agent={}", ann.id).into_boxed_str())).await, ["101"]);
    let first = boss.get("/interactions?limit=1").await.json();
    let next = boss.get(&format!("/interactions?limit=1&cursor={}", first["next"].as_str().unwrap())).await.json();
    assert_eq!((next["items"][0]["id"].as_str(), next["next"].is_null()), (Some("101"), true));
    assert_eq!(boss.get("/interactions?number=Wang").await.problem(), (422, "invalid".into(), vec!["number".into()]));
    assert_eq!(boss.get("/interactions?cursor=nonsense").await.problem().0, 400);

    let row = &next["items"][0];
    assert_eq!((row["number"].as_str(), row["agent"]["name"].as_str()), (Some("+8613912345678"), Some("王芳")));
    assert_eq!((row["talkMs"].as_u64(), row["cause"].as_str()), (Some(20_000), Some("answered_hangup")));
    let detail = boss.get("/interactions/101").await.json();
    assert_eq!(detail["segments"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["talk"]);
    assert_eq!((detail["events"].as_array().unwrap().len(), detail["draft"].is_null()), (4, true));

    assert_eq!(ann.get("/interactions").await.json()["items"].as_array().unwrap().len(), 1, "an agent sees what was theirs");
    assert_eq!(ben.get("/interactions").await.json()["items"], json!([]));
    assert_eq!(ben.get(&format!("/interactions?agent={}", ann.id)).await.problem().0, 403);
    assert_eq!(ben.get("/interactions/101").await.problem().0, 403);
    assert_eq!(ben.get("/interactions/999").await.problem(), (404, "not_found".into(), vec![]));
    house.close().await;
}

#[tokio::test]
async fn tags_are_given_by_who_had_the_call_and_find_it_again() {
    let house = TestHouse::open().await;
    let (ann, ben, boss) = (house.person("wangfang").await, house.person("liqiang").await, house.person("linyue").await);
    house.tell(ONE, call("+8613912345678", ann.id)).await;
    let path = format!("/interactions/{ONE}/tags");
    let put = |tags: serde_json::Value| json!({ "tags": tags });
    assert_eq!(ben.put(&path, put(json!(["x"]))).await.status.as_u16(), 403, "nobody else");
    assert_eq!(ann.put("/interactions/7/tags", put(json!(["x"]))).await.status.as_u16(), 404);
    for bad in [json!(["", "a"]), json!(["a\nb"]), json!(["y".repeat(41)]), json!(vec!["z"; 11])] {
        let answer = ann.put(&path, put(bad.clone())).await;
        assert_eq!((answer.status.as_u16(), answer.json()["errors"][0]["field"].as_str()), (422, Some("tags")), "{bad}");
    }
    assert_eq!(ann.put(&path, put(json!([" 退款 ", "Urgent", "urgent"]))).await.status.as_u16(), 204);
    let row = ann.get("/interactions?tag=%E9%80%80%E6%AC%BE").await.json();
    assert_eq!(row["items"][0]["tags"], json!(["退款", "Urgent"]), "trimmed, each once");
    assert_eq!(boss.get("/tags").await.json(), json!(["Urgent", "退款"]));
    assert_eq!(boss.put(&path, put(json!(["Urgent"]))).await.status.as_u16(), 204);
    assert_eq!(boss.get("/interactions?tag=%E9%80%80%E6%AC%BE").await.json()["items"], json!([]), "the last word stands");
    let agent = ann.id;
    assert_eq!(boss.get(&format!("/interactions?tag=Urgent&agent={agent}")).await.json()["items"].as_array().unwrap().len(), 1);
    house.close().await;
}

#[tokio::test]
async fn a_call_is_listed_filtered_and_told_whole_to_who_may() {
    a_call_is_listed_filtered_and_told_whole(TestHouse::open().await).await;
}

#[tokio::test]
async fn a_call_is_listed_filtered_and_told_whole_on_postgresql() {
    a_call_is_listed_filtered_and_told_whole(TestHouse::on(&store::testing::postgres_url()).await).await;
}

#[tokio::test]
async fn a_disposition_is_a_fact_in_the_ledger_shown_at_once_and_the_draft_is_gone() {
    let house = TestHouse::open().await;
    let ann = house.person("wangfang").await;
    house.tell(ONE, call("+8613912345678", ann.id)).await;
    let (leaf, _) = dispositions(&house);
    assert_eq!(ann.put("/interactions/101/draft", json!({"notes": "wants a"})).await.status, 204);
    assert_eq!(ann.get("/interactions/101").await.json()["draft"]["notes"], "wants a");
    let body = json!({"dispositions": [leaf, leaf], "notes": " wants a sofa "});
    assert_eq!(ann.put("/interactions/101/disposition", body).await.status, 204);
    let detail = ann.get("/interactions/101").await.json();
    assert_eq!((detail["notes"].as_str(), detail["draft"].is_null()), (Some("wants a sofa"), true));
    assert_eq!(detail["dispositions"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect::<Vec<_>>(), [leaf.to_string()]);
    let boss = house.person("linyue").await;
    let body = json!({"dispositions": [], "notes": "called back"});
    assert_eq!(boss.put("/interactions/101/disposition", body).await.status, 204, "a supervisor may too");
    assert_eq!(ann.get("/interactions/101").await.json()["notes"], "王芳: wants a sofa\n\n林悦: called back");
    let events = store::ledger::of_interaction(&house.app.db, ONE).await.unwrap();
    let said = events.iter().filter(|e| matches!(e.kind, EventKind::DispositionSaved { .. })).count();
    assert_eq!(said, 2);
    house.close().await;
}

#[tokio::test]
async fn what_was_typed_and_not_saved_is_listed_to_who_typed_it_until_it_is_saved() {
    let house = TestHouse::open().await;
    let (ann, ben) = (house.person("wangfang").await, house.person("liqiang").await);
    house.tell(ONE, call("+8613912345678", ann.id)).await;
    let (leaf, heading) = dispositions(&house);
    assert_eq!(ann.get("/drafts").await.json(), json!({"items": [], "next": null}));
    let typed = json!({"dispositions": [leaf, heading, "12345"], "notes": "wants a"});
    assert_eq!(ann.put("/interactions/101/draft", typed).await.status, 204);
    let page = ann.get("/drafts").await.json();
    let row = &page["items"][0];
    assert_eq!((row["interaction"]["id"].as_str(), row["interaction"]["number"].as_str()), (Some("101"), Some("+8613912345678")));
    assert_eq!((&row["notes"], &row["dispositions"]), (&json!("wants a"), &json!([leaf.to_string()])), "what can still be chosen");
    assert!(row["at"].as_i64().is_some_and(|at| at > 0));
    assert_eq!(ben.get("/drafts").await.json()["items"], json!([]), "one's own");
    let many = json!({"dispositions": vec![leaf; 11], "notes": ""});
    assert_eq!(ann.put("/interactions/101/draft", many).await.problem(), (422, "invalid".into(), vec!["dispositions".into()]));
    assert_eq!(ann.put("/interactions/101/disposition", json!({"dispositions": [leaf], "notes": "wants a sofa"})).await.status, 204);
    assert_eq!(ann.get("/drafts").await.json()["items"], json!([]));
    house.close().await;
}

/// Whoever is asked into a call reads on where the colleague is; nobody else does, before it is saved.
#[tokio::test]
async fn what_a_colleague_types_is_read_by_who_is_in_the_call_too() {
    let house = TestHouse::open().await;
    let (ann, ben, boss) = (house.person("wangfang").await, house.person("liqiang").await, house.person("linyue").await);
    let target = TransferTarget::Agent { agent: ben.id };
    let asked = EventKind::Offered {
        offer: OfferId(5),
        agent: ben.id,
        station: StationId(1),
        queue: None,
        until: T0 + 60_000,
        waited_ms: 0,
        why: String::new(),
        asked_by: Some(ann.id),
    };
    let facts = [arrives("+8613912345678"), talks(ann.id), EventKind::ConsultStarted { agent: ann.id, target }, asked];
    house.tell(ONE, facts.into_iter().map(|fact| (T0, fact))).await;
    assert_eq!(ann.put("/interactions/101/draft", json!({"notes": "wants another day"})).await.status, 204);
    let read = ben.get("/interactions/101/notes").await.json();
    assert_eq!((read[0]["agentName"].as_str(), read[0]["notes"].as_str()), (Some("王芳"), Some("wants another day")));
    assert_eq!(read[0]["saved"], false);
    assert_eq!(ann.get("/interactions/101/notes").await.json(), json!([]), "one's own are in the form");
    assert_eq!(boss.get("/interactions/101/notes").await.problem().0, 403, "nor a supervisor who is not in it");
    let saved = json!({"dispositions": [], "notes": "wants Monday"});
    assert_eq!(ann.put("/interactions/101/disposition", saved).await.status, 204);
    let read = ben.get("/interactions/101/notes").await.json();
    assert_eq!((read.as_array().map(Vec::len), read[0]["notes"].as_str()), (Some(1), Some("wants Monday")));
    assert_eq!(read[0]["saved"], true);
    house.close().await;
}

#[tokio::test]
async fn what_a_call_came_to_is_said_by_who_had_it_in_the_company_s_words() {
    let house = TestHouse::open().await;
    let (ann, ben) = (house.person("wangfang").await, house.person("liqiang").await);
    house.tell(ONE, call("+8613912345678", ann.id)).await;
    let (leaf, heading) = dispositions(&house);
    let say = |ids: serde_json::Value| json!({"dispositions": ids, "notes": ""});
    assert_eq!(ben.put("/interactions/101/disposition", say(json!([leaf]))).await.problem().0, 403);
    assert_eq!(ben.put("/interactions/101/draft", json!({"notes": "x"})).await.problem().0, 403);
    assert_eq!(ben.put("/interactions/101/customer", json!({"customer": null})).await.problem().0, 403);
    assert_eq!(house.person("zhaoqi").await.put("/interactions/101/disposition", say(json!([]))).await.problem().0, 403, "QA listens");
    assert_eq!(ann.put("/interactions/999/disposition", say(json!([leaf]))).await.problem().0, 404);
    for (ids, field) in [(json!([leaf, "12345"]), "dispositions[1]"), (json!([heading]), "dispositions[0]"), (json!([7]), "dispositions[0]")] {
        assert_eq!(ann.put("/interactions/101/disposition", say(ids)).await.problem(), (422, "invalid".into(), vec![field.into()]));
    }
    let long = json!({"dispositions": [], "notes": "长".repeat(20_001)});
    assert_eq!(ann.put("/interactions/101/disposition", long).await.problem(), (422, "invalid".into(), vec!["notes".into()]));
    let told = store::ledger::of_interaction(&house.app.db, ONE).await.unwrap();
    assert!(!told.iter().any(|e| matches!(e.kind, EventKind::DispositionSaved { .. })), "nothing refused was told");
    house.close().await;
}

#[tokio::test]
async fn a_call_moves_to_the_timeline_of_the_customer_it_is_linked_to() {
    let house = TestHouse::open().await;
    let (ann, ben) = (house.person("wangfang").await, house.person("liqiang").await);
    house.tell(ONE, [(T0, arrives("+8613912345678")), (T0 + 1, talks(ann.id))]).await;
    let known = ann.get("/customers?q=13800138000").await.json()["items"][0].clone();
    let id = known["id"].as_str().unwrap();
    assert_eq!(ann.put("/interactions/101/customer", json!({"customer": id})).await.status, 204);
    assert_eq!(ann.get("/interactions/101").await.json()["customer"]["name"], "王小明");
    let timeline = ben.get(&format!("/customers/{id}/timeline")).await.json();
    assert_eq!((timeline["items"][0]["id"].as_str(), timeline["items"][0]["kind"].as_str()), (Some("101"), Some("interaction")));
    assert_eq!(ben.get("/interactions/101").await.status, 200, "what stands on a customer's timeline may be opened");
    assert_eq!(ann.put("/interactions/101/customer", json!({"customer": "5"})).await.problem(), (422, "invalid".into(), vec!["customer".into()]));
    let stranger = json!({"customer": id, "contact": "5"});
    assert_eq!(ann.put("/interactions/101/customer", stranger).await.problem().2, ["contact"]);
    assert_eq!(ann.put("/interactions/101/customer", json!({"customer": null})).await.status, 204);
    assert_eq!(ann.get(&format!("/customers/{id}/timeline")).await.json()["items"], json!([]));
    house.close().await;
}
