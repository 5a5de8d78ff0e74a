//! Getting in, staying out, and what each role may do on every route.

mod common;

use agent_server::auth::{Need, rights};
use axum::http::Method;
use common::{PASSWORD, Served, config};
use company::Role;
use serde_json::json;

#[tokio::test]
async fn a_stranger_a_wrong_password_and_a_person_who_left_get_the_same_answer_and_lock_alike() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let mut told = Vec::new();
    for name in ["nobody-here", "wangfang"] {
        let mut all = Vec::new();
        for _ in 0..6 {
            let answer = house.client().sign_in(name, "wrong password").await;
            assert!(answer.header("set-cookie").is_none());
            let mut body = answer.json();
            let wait = answer.header("retry-after").map(str::to_owned);
            body["detail"] = json!(body["detail"].as_str().unwrap().trim_end_matches(|c: char| c != ';'));
            all.push((answer.status, body, wait.is_some()));
        }
        told.push(all);
    }
    assert_eq!(told[0], told[1]);
    let statuses: Vec<u16> = told[0].iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    assert_eq!(house.client().sign_in("wangfang", PASSWORD).await.status, 429, "a lock holds for the right password too");
    assert_eq!(house.client().sign_in("EMMA", PASSWORD).await.status, 200, "nobody else is held up; names ignore case");
    let audit = admin.get("/admin/audit?action=session.refused").await.json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 10, "each try that was looked at is written down");
    house.stop().await;
}

#[tokio::test]
async fn an_address_that_fails_too_often_waits_whatever_name_it_tries() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.security.failures_per_address = 5;
    let house = Served::start(config).await;
    for n in 0..5 {
        assert_eq!(house.client().sign_in(&format!("name-{n}"), "wrong password").await.status, 401);
    }
    let answer = house.client().sign_in("emma", PASSWORD).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "too_many_attempts"));
    assert!(answer.header("retry-after").is_some());
    house.stop().await;
}

#[tokio::test]
async fn a_session_is_a_cookie_no_script_reads_and_ends_with_sign_out_and_with_a_new_password() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let mut first = house.client();
    let answer = first.sign_in("emma", PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let second = house.as_("emma").await;

    let wrong = first.put("/session/password", json!({"current": "no", "next": "a better one"})).await;
    assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].as_str()), (422, Some("current")));
    let short = first.put("/session/password", json!({"current": PASSWORD, "next": "short"})).await;
    assert_eq!((short.status, short.json()["errors"][0]["rule"].as_str()), (422, Some("length")));
    assert_eq!(first.put("/session/password", json!({"current": PASSWORD, "next": "a better one"})).await.status, 204);
    assert_eq!(second.get("/session").await.code(), "signed_out", "other sessions end");
    assert_eq!(first.get("/session").await.status, 200);
    assert_eq!(first.delete("/session").await.status, 204);
    assert_eq!(first.get("/session").await.status, 401);
    assert_eq!(house.client().sign_in("emma", "a better one").await.status, 200);
    house.stop().await;
}

#[tokio::test]
async fn a_password_set_by_somebody_else_is_changed_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let agents = admin.get("/admin/agents?limit=200").await.json();
    let emma = agents["items"].as_array().unwrap().iter().find(|a| a["username"] == "emma").unwrap().clone();
    let old = house.as_("emma").await;
    let mut edit = emma.clone();
    edit["password"] = json!("from the boss");
    let saved = admin.put(&format!("/admin/agents/{}", emma["id"].as_str().unwrap()), edit).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert!(!saved.text().contains("boss"), "a password never comes out");
    assert_eq!(old.get("/session").await.status, 401);
    let mut client = house.client();
    assert_eq!(client.sign_in("emma", "from the boss").await.json()["mustChangePassword"], true);
    assert_eq!(client.get("/desk/setup").await.code(), "password_change_required");
    assert_eq!(client.put("/session/password", json!({"current": "from the boss", "next": "of my own"})).await.status, 204);
    assert_eq!(client.get("/desk/setup").await.status, 200);
    house.stop().await;
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let emma = house.as_("emma").await;
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "http://evil.example")]] {
        let answer = emma.ask("DELETE", "/session", &headers, None).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "foreign_origin"));
        let upgrade = [headers[0], ("upgrade", "websocket")];
        assert_eq!(emma.ask("GET", "/desk/ws", &upgrade, None).await.code(), "foreign_origin");
    }
    let own = format!("http://{}", house.address);
    assert_eq!(emma.ask("DELETE", "/session", &[("origin", own.as_str())], None).await.status, 204);
    house.stop().await;
}

#[tokio::test]
async fn everybody_is_told_the_company_s_zone_and_a_change_of_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (admin, agent, qa) = (house.as_("admin").await, house.as_("emma").await, house.as_("zhaoqi").await);
    for client in [&admin, &agent, &qa] {
        assert_eq!(client.get("/session").await.json()["zone"], "Asia/Shanghai");
    }
    let mut company = admin.get("/admin/company").await.json();
    company["zone"] = json!("Europe/Berlin");
    let edit = ["name", "zone", "country", "areaCode", "language", "version"].map(|field| (field.to_owned(), company[field].clone()));
    let saved = admin.put("/admin/company", serde_json::Value::Object(edit.into_iter().collect())).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    for client in [&admin, &agent, &qa] {
        assert_eq!(client.get("/session").await.json()["zone"], "Europe/Berlin");
    }
    house.stop().await;
}

/// Every operation of the description, for nobody and for each role: refused without the right, let through with it.
#[tokio::test]
async fn every_route_asks_for_its_right_and_for_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let document = house.client().get("/api/openapi.json").await.json();
    let people = [("wangfang", Role::Agent), ("linyue", Role::Supervisor), ("zhaoqi", Role::Qa), ("admin", Role::Admin)];
    let mut clients = vec![(house.client(), None)];
    for (name, role) in people {
        clients.push((house.as_(name).await, Some(role)));
    }
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, _) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let need = rights::need(&method, path).unwrap_or_else(|| panic!("{method} {path} is in no table"));
            // Signing in and out is told above; these would end the sessions used here.
            if path == "/api/v1/session" {
                continue;
            }
            seen += 1;
            let asked = path.replace("{id}", "1").replace("{interaction}", "1").replace("{agent}", "1");
            let asked = asked.replace("{point}", "1").replace("{name}", "no-such-flow").replace("{language}", "en");
            for (client, role) in &clients {
                let body = (method != Method::GET && method != Method::DELETE).then(|| json!({}));
                let answer = client.ask(method.as_str(), &asked, &[], body).await;
                let may = match (need, role) {
                    (Need::Nobody | Need::Visitor, _) | (Need::SignedIn, Some(_)) => true,
                    (_, None) => {
                        assert_eq!(answer.status, 401, "{method} {path} for nobody");
                        continue;
                    }
                    (Need::May(what), Some(role)) => rights::of(&[*role]).contains(&what),
                };
                let refused = answer.status == 403 && answer.code() == "forbidden";
                assert_eq!(refused, !may, "{method} {path} for {role:?}: {} {}", answer.status, answer.text());
                assert!(answer.status < 500 || answer.status == 503, "{method} {path} for {role:?}: {}", answer.text());
            }
        }
    }
    assert!(seen > 90, "{seen} operations were asked for");
    house.stop().await;
}
