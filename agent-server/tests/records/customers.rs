//! Customers over HTTP.

use serde_json::{Value, json};

use crate::house::TestHouse;

fn edit(name: &str) -> Value {
    json!({"name": name, "kind": "person", "level": null, "source": null, "region": null, "industry": null, "stage": null,
        "ownerAgent": null, "ownerTeam": null, "vip": false, "notes": null})
}

fn with(mut edit: Value, field: &str, value: Value) -> Value {
    edit[field] = value;
    edit
}

#[tokio::test]
async fn a_customer_is_made_found_by_name_number_and_its_end_and_reached() {
    let house = TestHouse::open().await;
    let ann = house.person("wangfang").await;
    let points = json!([{"kind": "phone", "value": "139 1234 5678"}, {"kind": "email", "value": "Ada@Example.org"}]);
    let made = ann.post("/customers", with(edit("Ada Lovelace"), "points", points)).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!((made["version"].as_i64(), made["points"].as_array().unwrap().len()), (Some(1), 2));
    for q in ["ada", "13912345678", "5678", "ada%40example.org", "%2B86%20139-1234-5678"] {
        let found = ann.get(&format!("/customers?q={q}&limit=200")).await.json();
        let found = found["items"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{q}")).clone();
        assert_eq!((found["number"].as_str(), found["lastContactAt"].is_null()), (Some("+8613912345678"), true));
    }
    let point = json!({"kind": "phone", "value": "010-62345678", "label": "", "sharedLine": true});
    let added = ann.post(&format!("/customers/{id}/points"), point).await.json();
    assert_eq!((added["sharedLine"].as_bool(), added["e164"].as_str()), (Some(true), Some("+861062345678")));
    let place = format!("/customers/{id}/points/{}", added["id"].as_str().unwrap());
    assert_eq!(ann.delete(&place.replace(id, "5")).await.problem().0, 404, "a point of another customer");
    assert_eq!((ann.delete(&place).await.status.as_u16(), ann.delete(&place).await.status.as_u16()), (204, 404));
    assert_eq!(ann.get(&format!("/customers/{id}")).await.json()["points"].as_array().unwrap().len(), 2);
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_customer_is_told_by_field() {
    let house = TestHouse::open().await;
    let ann = house.person("wangfang").await;
    for (body, field) in [
        (edit("  "), "name"),
        (with(edit("Ada"), "kind", json!("robot")), "kind"),
        (with(edit("Ada"), "level", json!("x".repeat(201))), "level"),
        (with(edit("Ada"), "ownerAgent", json!("77")), "ownerAgent"),
        (with(edit("Ada"), "ownerTeam", json!("77")), "ownerTeam"),
        (with(edit("Ada"), "points", json!([{"kind": "phone", "value": " "}])), "points[0].value"),
        (with(edit("Ada"), "vip", json!("yes")), "vip"),
    ] {
        assert_eq!(ann.post("/customers", body.clone()).await.problem(), (422, "invalid".into(), vec![field.into()]), "{body}");
    }
    assert_eq!(ann.get("/customers/77").await.problem().0, 404);
    assert_eq!(ann.get("/customers/me").await.problem().0, 400);
    house.close().await;
}

#[tokio::test]
async fn two_edits_of_one_customer_lose_nothing_and_a_clash_names_its_fields() {
    let house = TestHouse::open().await;
    let (ann, ben) = (house.person("wangfang").await, house.person("liqiang").await);
    let made = ann.post("/customers", edit("Ada")).await.json();
    let path = format!("/customers/{}", made["id"].as_str().unwrap());
    let at = |version: i64, edit: Value| with(edit, "version", json!(version));
    let saved = ann.put(&path, at(1, with(edit("Ada"), "level", json!("gold")))).await.json();
    assert_eq!((saved["version"].as_i64(), saved["level"].as_str()), (Some(2), Some("gold")));
    let both = ben.put(&path, at(1, with(edit("Ada"), "region", json!("London")))).await.json();
    assert_eq!((both["level"].as_str(), both["region"].as_str()), (Some("gold"), Some("London")), "another field joins");
    let clash = ben.put(&path, at(1, with(edit("Ada King"), "level", json!("silver")))).await;
    assert_eq!(clash.problem(), (409, "version_conflict".into(), vec!["level".into()]));
    let now = &clash.json()["current"];
    assert_eq!((now["version"].as_i64(), now["name"].as_str(), now["level"].as_str()), (Some(3), Some("Ada"), Some("gold")));
    assert_eq!(ben.put(&path, edit("Ada")).await.problem(), (422, "invalid".into(), vec!["version".into()]));
    house.close().await;
}

#[tokio::test]
async fn people_at_a_customer_are_added_changed_and_removed() {
    let house = TestHouse::open().await;
    let ann = house.person("wangfang").await;
    let made = ann.post("/customers", with(edit("Acme"), "kind", json!("organisation"))).await.json();
    let path = format!("/customers/{}/contacts", made["id"].as_str().unwrap());
    let contact = ann.post(&path, json!({"name": "Ada", "role": "buyer"})).await.json();
    let place = format!("{path}/{}", contact["id"].as_str().unwrap());
    let changed = ann.put(&place, json!({"name": "Ada", "role": "director", "version": 1})).await.json();
    assert_eq!((changed["version"].as_i64(), changed["role"].as_str()), (Some(2), Some("director")));
    let late = ann.put(&place, json!({"name": "Ada", "role": "clerk", "version": 1})).await;
    assert_eq!(late.problem(), (409, "version_conflict".into(), vec!["role".into()]));
    assert_eq!(ann.post(&path, json!({"name": ""})).await.problem().2, ["name"]);
    assert_eq!(ann.delete(&place).await.status, 204);
    assert_eq!(ann.put(&place, json!({"name": "Ada", "version": 2})).await.problem().0, 404);
    house.close().await;
}

#[tokio::test]
async fn the_demo_s_callers_are_known_by_name() {
    let house = TestHouse::open().await;
    let ann = house.person("wangfang").await;
    let found = ann.get("/customers?q=13800138000").await.json();
    let names: Vec<_> = found["items"].as_array().unwrap().iter().map(|row| (row["name"].as_str().unwrap(), row["vip"].as_bool())).collect();
    assert_eq!(names, [("王小明", Some(true))]);
    house.close().await;
}
