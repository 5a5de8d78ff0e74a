//! Managing a company over HTTP: conflicts, refusals, histories, and what never comes out. One pass on PostgreSQL too.

mod common;

use common::{Client, Served, config};
use serde_json::{Value, json};

async fn first(client: &Client, kind: &str) -> Value {
    client.get(&format!("/admin/{kind}?limit=1")).await.json()["items"][0].clone()
}

fn at(kind: &str, item: &Value) -> String {
    format!("/admin/{kind}/{}", item["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_slower_of_two_editors_is_told_what_it_is_now_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let queue = first(&admin, "queues").await;
    let (mut mine, mut theirs) = (queue.clone(), queue.clone());
    (mine["ringSeconds"], theirs["wrapUpSeconds"]) = (json!(33), json!(44));
    theirs["changeNote"] = json!("longer notes");
    let saved = admin.put(&at("queues", &queue), theirs).await;
    assert_eq!((saved.status, saved.json()["version"].as_i64()), (200, Some(2)), "{}", saved.text());
    let late = admin.put(&at("queues", &queue), mine).await;
    assert_eq!((late.status, late.code().as_str()), (409, "version_conflict"));
    let now = &late.json()["current"];
    assert_eq!((&now["version"], &now["wrapUpSeconds"], &now["ringSeconds"]), (&json!(2), &json!(44), &json!(20)));
    let history = admin.get(&format!("{}/history", at("queues", &queue))).await.json();
    let told: Vec<_> = history["items"].as_array().unwrap().iter().map(|c| (c["version"].as_i64(), c["note"].as_str())).collect();
    assert_eq!(told, [(Some(2), Some("longer notes")), (Some(1), Some("first start"))]);
    let page = admin.get(&format!("{}/history?limit=1", at("queues", &queue))).await.json();
    let rest = admin.get(&format!("{}/history?limit=1&cursor={}", at("queues", &queue), page["next"].as_str().unwrap())).await.json();
    assert_eq!((&rest["items"][0]["version"], &rest["next"]), (&json!(1), &Value::Null));
    let lines = admin.get("/admin/audit?action=queues.update").await.json();
    assert_eq!(lines["items"][0]["detail"], "wrapUpSeconds: 30 → 44");
    house.stop().await;
}

#[tokio::test]
async fn every_fault_of_a_document_is_named_by_its_field_and_what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let mut queue = first(&admin, "queues").await;
    (queue["name"], queue["ringSeconds"], queue["skills"][0]["level"]) = (json!(" "), json!(1), json!(99));
    let answer = admin.put(&at("queues", &queue), queue.clone()).await;
    let errors = answer.json()["errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|e| (e["field"].as_str().unwrap(), e["rule"].as_str().unwrap())).collect();
    assert_eq!(answer.status, 422);
    assert_eq!(fields, [("name", "required"), ("skills[0].level", "range"), ("ringSeconds", "range")]);
    queue["colour"] = json!("red");
    let unknown = admin.put(&at("queues", &queue), queue.clone()).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (422, "invalid"));
    let skill = first(&admin, "skills").await;
    let used = admin.delete(&at("skills", &skill)).await;
    assert_eq!((used.status, used.code().as_str()), (409, "in_use"));
    assert!(used.json()["usedBy"].as_array().unwrap().iter().any(|who| who == "queue support-zh"), "{}", used.text());
    let team = first(&admin, "teams").await;
    assert_eq!(admin.delete(&format!("{}?version=7", at("teams", &team))).await.code(), "version_conflict");
    house.stop().await;
}

#[tokio::test]
async fn a_station_s_password_goes_in_and_never_comes_out() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let made = admin.post("/admin/stations", json!({"username": "2001", "password": "geheim-2001", "answerBy": "auto_answer"})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = at("stations", &made.json());
    let renamed = admin.put(&path, json!({"username": "2002", "answerBy": "phone", "version": 1})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    let phones = house.app.office.now().directory.stations.values().find(|s| s.username == "2002").unwrap().password.0.clone();
    assert_eq!(phones, "geheim-2001", "left out, the old one stays");
    let forged = admin.put(&path, json!({"username": "2002", "answerBy": "phone", "version": 2, "sealed": "v1:x:y"})).await;
    assert_eq!(forged.status, 422);
    for path in [path.clone(), format!("{path}/history"), "/admin/stations?limit=200".into(), "/admin/audit".into()] {
        let text = admin.get(&path).await.text();
        assert!(!text.contains("geheim") && !text.contains("sealed"), "{path}: {text}");
    }
    house.stop().await;
}

/// A registrar that knows nobody.
async fn refusing_registrar() -> std::net::SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let asked = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let kept = asked.lines().filter(|l| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| l.starts_with(name)));
            let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
            let answer = format!("SIP/2.0 403 No such account\r\n{kept}Content-Length: 0\r\n\r\n");
            let _ = socket.send_to(answer.as_bytes(), from).await;
        }
    });
    at
}

#[tokio::test]
async fn a_trunk_shows_why_it_is_not_registered_and_is_sent_back_as_it_was_got() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let to = refusing_registrar().await.to_string();
    let mut sent = json!({ "name": "carrier", "to": [to], "register": true, "probeSeconds": 3 });
    let answer = admin.post("/admin/trunks", sent.clone()).await;
    let errors = answer.json()["errors"].clone();
    let fields: Vec<_> = errors.as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!((answer.status, fields), (422, vec!["probeSeconds", "digestUser"]));
    (sent["digestUser"], sent["password"], sent["probeSeconds"], sent["tcp"]) = (json!("9001"), json!("secret"), json!(0), json!(false));
    let made = admin.post("/admin/trunks", sent).await;
    assert_eq!((made.status, &made.json()["transport"]), (201, &json!("udp")), "as it was said of old: {}", made.text());
    let made = made.json();
    let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
    let refused = async {
        loop {
            let trunk = admin.get(&at("trunks", &made)).await.json();
            if trunk["registration"]["state"] == "failed" {
                return trunk;
            }
            look.tick().await;
        }
    };
    let mut trunk = tokio::time::timeout(std::time::Duration::from_secs(30), refused).await.expect("it is refused");
    let why = &trunk["registration"];
    let said = [&why["why"], &why["status"], &why["reason"], &why["at"]];
    assert_eq!(said, [&json!("refused"), &json!(403), &json!("No such account"), &Value::Null]);
    assert!(!trunk.to_string().contains("secret") && trunk["since"] == Value::Null);
    assert_eq!(trunk["reached"], json!([{ "address": trunk["to"][0], "state": "unknown" }]));
    let figures = admin.get("/metrics").await.text();
    assert!(figures.contains("zuoxi_trunk_registered{of=\"carrier\"} 0"), "{figures}");
    (trunk["register"], trunk["transport"]) = (json!(false), json!("tls"));
    let saved = admin.put(&at("trunks", &made), trunk).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let trunk = admin.get(&at("trunks", &made)).await.json();
    assert_eq!((&trunk["registration"], &trunk["reached"], &trunk["transport"]), (&Value::Null, &json!([]), &json!("tls")));
    house.stop().await;
}

#[tokio::test]
async fn a_flow_that_does_not_compile_is_refused_with_line_and_node_and_the_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let flow = admin.get("/admin/flows/direct").await.json();
    let good = flow["yaml"].as_str().unwrap();
    let bad = good.replace("queue: support-zh", "queue: support-zz");
    let answer = admin.put("/admin/flows/direct", json!({"yaml": bad, "version": flow["version"], "note": "oops"})).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "flow_invalid"));
    let problem = answer.json()["problems"][0].clone();
    let line = bad.lines().position(|l| l.contains("support-zz")).unwrap() + 1;
    assert_eq!((&problem["line"], &problem["node"], &problem["severity"]), (&json!(line), &json!("support"), &json!("error")));
    assert!(problem["zh"].as_str().unwrap().contains("support-zz") && problem["en"].as_str().unwrap().contains("support-zz"));
    assert_eq!(admin.get("/admin/flows/direct").await.json()["version"], flow["version"]);
    let checked = admin.post("/admin/flows/direct/check", json!({"yaml": bad})).await.json();
    assert_eq!(checked["problems"][0], problem);
    assert_eq!(admin.post("/admin/flows/direct/check", json!({"yaml": good})).await.json()["problems"], json!([]));

    let better = good.replace("Straight to Chinese support", "Straight to support");
    let saved = admin.put("/admin/flows/direct", json!({"yaml": better, "version": flow["version"], "note": "words"})).await;
    assert_eq!((saved.status, saved.json()["version"].as_i64()), (200, Some(2)), "{}", saved.text());
    let versions = admin.get("/admin/flows/direct/versions").await.json();
    assert_eq!((versions["items"][0]["note"].as_str(), &versions["items"][1]["item"]["yaml"]), (Some("words"), &flow["yaml"]));
    house.stop().await;
}

#[tokio::test]
async fn whoever_renames_a_queue_or_a_person_breaks_no_flow_and_nobody_needs_to_edit_text() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let straight = "start: ask\nnodes:\n  ask:\n    kind: transfer\n    agent: 林悦 # the boss\n    failed: bye\n  bye: { kind: hangup }\n";
    assert_eq!(admin.put("/admin/flows/boss", json!({ "yaml": straight })).await.status, 200);
    let find = async |kind: &str, name: &str| {
        let all = admin.get(&format!("/admin/{kind}?limit=200")).await.json();
        all["items"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    for (kind, old, new) in [("queues", "support-en", "help: English"), ("agents", "林悦", "林悦悦")] {
        let mut item = find(kind, old).await;
        item["name"] = json!(new);
        let saved = admin.put(&at(kind, &item), item).await;
        assert_eq!((saved.status, &saved.json()["flowFaults"]), (200, &json!([])), "{}", saved.text());
    }
    let direct = admin.get("/admin/flows/direct-en").await.json();
    assert!(direct["yaml"].as_str().unwrap().contains("queue: 'help: English'"), "{direct}");
    assert_eq!(direct["version"], 2);
    let boss = admin.get("/admin/flows/boss/versions").await.json();
    assert_eq!(boss["items"][0]["note"], "林悦 → 林悦悦");
    assert_eq!(boss["items"][0]["item"]["yaml"].as_str().unwrap(), straight.replace("林悦", "林悦悦"));
    // Whom a flow names stays, and nobody else is called so.
    let mut person = find("agents", "林悦悦").await;
    person["active"] = json!(false);
    let used = admin.put(&at("agents", &person), person.clone()).await;
    assert_eq!((used.status, used.json()["usedBy"].clone()), (409, json!(["flow boss"])), "{}", used.text());
    let mut twin = find("agents", "李强").await;
    twin["name"] = json!("林悦悦");
    let taken = admin.put(&at("agents", &twin), twin).await;
    assert_eq!((taken.status, &taken.json()["errors"][0]["field"]), (422, &json!("name")), "{}", taken.text());
    house.stop().await;
    // All of it runs after a restart.
    let house = Served::start(config(folder.path())).await;
    assert_eq!(house.app.edited().await.unwrap(), []);
    let figures = house.as_("admin").await.get("/metrics").await.text();
    assert!(figures.contains("zuoxi_flows_broken 0"), "{figures}");
    house.stop().await;
}

/// A text that came in by another way, or whose prompts are gone: nothing runs yet when the house starts.
#[tokio::test]
async fn at_a_start_a_flow_that_cannot_run_runs_as_it_last_could_and_one_that_never_could_apologizes() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let app = house.app.clone();
    let editor = company::edit::Editor {
        ids: &app.ids,
        vault: &app.vault,
        now: agent_server::clock::now(),
        by: None,
        note: "",
        flows: &agent_server::flows::Texts,
    };
    let mut tx = app.db.begin().await.unwrap();
    for (id, kept) in &app.office.now().book.flows {
        let broken = company::Flow { yaml: "start: nowhere".into(), ..kept.item.clone() };
        editor.update(&mut tx, *id, kept.version, broken).await.unwrap();
    }
    editor.create(&mut tx, company::Flow { name: "never".into(), yaml: "never: ran".into() }).await.unwrap();
    let number = company::Number { pattern: "8009".into(), flow: "never".into(), note: String::new() };
    editor.create(&mut tx, number).await.unwrap();
    tx.commit().await.unwrap();
    house.stop().await;

    let house = Served::start(config(folder.path())).await;
    let mut faults: Vec<_> = house.app.edited().await.unwrap().into_iter().map(|f| (f.flow, f.older_runs)).collect();
    faults.sort();
    let told: Vec<_> = faults.iter().map(|(flow, older)| (flow.as_str(), *older)).collect();
    let all = [("after-hours", true), ("direct", true), ("direct-en", true), ("id-digits", true), ("main", true), ("never", false), ("survey", true)];
    assert_eq!(told, all, "and edits go on from there");
    let figures = house.as_("admin").await.get("/metrics").await.text();
    assert!(figures.contains("zuoxi_flows_broken 1"), "{figures}");
    house.stop().await;
}

#[tokio::test]
async fn number_lists_are_read_as_people_write_them_and_reach_the_phones() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let lists = admin.get("/admin/lists").await.json();
    let block = lists["items"].as_array().unwrap().iter().find(|l| l["name"] == "block").unwrap().clone();
    let edit = json!({"name": "block", "numbers": ["138 0013 8000", "0086-13900139000"], "version": block["version"]});
    let saved = admin.put(&at("lists", &block), edit.clone()).await;
    assert_eq!(saved.json()["numbers"], json!(["+8613800138000", "+8613900139000"]), "{}", saved.text());
    assert_eq!(admin.put(&at("lists", &block), edit).await.code(), "version_conflict");
    assert_eq!(house.app.office.now().directory.lists["block"].len(), 2);
    let bad = json!({"name": "block", "numbers": ["95588"], "version": saved.json()["version"]});
    assert_eq!(admin.put(&at("lists", &block), bad).await.json()["errors"][0]["field"], "value");
    let own = admin.post("/admin/lists", json!({"name": "Press", "numbers": ["13700137000"]})).await;
    assert_eq!((own.status, own.json()["count"].as_i64()), (201, Some(1)));
    assert_eq!(admin.delete(&at("lists", &own.json())).await.status, 204);
    assert_eq!(admin.delete(&at("lists", &block)).await.status, 404, "built-in lists stay");
    house.stop().await;
}

#[tokio::test]
async fn of_two_who_save_a_list_at_the_same_time_one_is_told_and_no_number_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.store.url = store::testing::postgres_url();
    let house = Served::start(config).await;
    let (admin, db) = (house.as_("admin").await, &house.app.db);
    let block = first(&admin, "lists").await;
    let edit = |number: &str| json!({"name": block["name"], "numbers": [number], "version": block["version"]});
    // Both have read the list when the first of them may write the audit log.
    let mut held = db.begin().await.unwrap();
    held.execute("UPDATE audit_head SET one = one", Vec::new()).await.unwrap();
    let path = at("lists", &block);
    let both = async { tokio::join!(admin.put(&path, edit("13800138000")), admin.put(&path, edit("13900139000"))) };
    let release = async {
        store::testing::until_they_wait(db, 2, || false).await;
        held.rollback().await.unwrap();
    };
    let ((a, b), ()) = tokio::join!(both, release);
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    assert_eq!((won.status, lost.status, lost.code().as_str()), (200, 409, "version_conflict"), "{}", lost.text());
    assert_eq!(admin.get(&path).await.json()["numbers"], won.json()["numbers"]);
    assert_eq!(lost.json()["current"]["numbers"], won.json()["numbers"]);
    house.stop().await;
}

#[tokio::test]
async fn answers_are_problem_documents_and_carry_what_browsers_must_know() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let missing = admin.get("/admin/queues/1").await;
    assert_eq!(missing.header("content-type"), Some("application/problem+json"));
    assert_eq!((missing.status, missing.json()["type"].as_str()), (404, Some("urn:zuoxi:problem:not_found")));
    assert_eq!(admin.get("/nowhere").await.code(), "not_found");
    assert_eq!(admin.get("/admin/queues/x").await.code(), "bad_request");
    assert_eq!(admin.get("/customers?cursor=zzz").await.code(), "bad_request");
    let large = admin.post("/admin/skills", json!({"name": "x".repeat(2_000_000)})).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"));
    let page = admin.ask("GET", "/page/of/the/desktop", &[], None).await;
    assert_eq!(page.status, 200, "a deep link is the desktop");
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert!(page.header("x-request-id").is_some());
    let zipped = admin.ask("GET", "/api/openapi.json", &[("accept-encoding", "gzip")], None).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(admin.get("/healthz").await.text(), "ok");
    assert!(admin.get("/readyz").await.text().starts_with("ready\n"));
    let figures = admin.get("/metrics").await.text();
    for name in ["zuoxi_events_not_durable 0", "zuoxi_orphans 0", "zuoxi_calls_now 0", "zuoxi_pop_seconds_count", "zuoxi_http_seconds_count", "zuoxi_rtp_packets_in", "zuoxi_sip_received", "zuoxi_part_up{of=\"media\"} 1"] {
        assert!(figures.contains(name), "{name} is missing in\n{figures}");
    }
    house.stop().await;
}

/// On PostgreSQL, where the second edit need not wait for the first one's connection.
#[tokio::test]
async fn an_edit_that_is_slow_to_reach_the_phones_never_takes_the_place_of_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.store.url = store::testing::postgres_url();
    let house = Served::start(config).await;
    let app = house.app.clone();
    // As another server would: this one has not heard of it yet.
    let add = async |username: &str| {
        let (id, change): (contract::AgentId, i64) = (app.ids.make(agent_server::clock::now()), app.ids.make(agent_server::clock::now()));
        let item = "INSERT INTO config_item (item_id, kind, name_key, version, body, updated_at) \
            SELECT $1, kind, $2, 1, REPLACE(body, '\"linyue\"', '\"' || $2 || '\"'), 0 FROM config_item WHERE name_key = 'linyue'";
        let told = "INSERT INTO config_change (change_id, item_id, kind, version, note, at) VALUES ($1, $2, 'agents', 1, '', 0)";
        let mut tx = app.db.begin().await.unwrap();
        tx.execute(item, vec![id.into(), username.into()]).await.unwrap();
        tx.execute(told, vec![change.into(), id.into()]).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    // As far as having read the company, and not a step further; where the phones are quicker than the look, once more.
    let mut tries = 0;
    let slow = loop {
        tries += 1;
        assert!(tries < 100, "the phones are always quicker");
        add(&format!("first{tries}")).await;
        let before = app.office.now().book.version;
        let mut slow = Box::pin(app.edited());
        let caught = std::future::poll_fn(|cx| match slow.as_mut().poll(cx) {
            std::task::Poll::Ready(done) => {
                done.unwrap();
                std::task::Poll::Ready(false)
            }
            std::task::Poll::Pending if app.office.now().book.version > before => std::task::Poll::Ready(true),
            std::task::Poll::Pending => std::task::Poll::Pending,
        });
        if caught.await {
            break slow;
        }
    };
    let second = add("second").await;
    let quick = tokio::spawn({
        let app = app.clone();
        async move { app.edited().await }
    });
    // Time enough for one that waits for nobody.
    for _ in 0..1_000 {
        app.db.query("SELECT 1", Vec::new()).await.unwrap();
    }
    slow.await.unwrap();
    quick.await.unwrap().unwrap();
    let seat = app.gateway.seat(second, contract::SeatCommand::SignIn { station: None }, second).await;
    assert_eq!(seat, Ok(()), "the phones know who came last");
    house.stop().await;
}

/// A welcome after some changes: who is named with the demo's password.
#[tokio::test]
async fn the_welcome_tells_the_demo_s_passwords_only_where_they_still_open() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let welcome = async || agent_server::welcome::text(&house.app, house.address, None, None).await;
    let before = welcome().await;
    assert!(before.contains("Everybody's password is zuoxi-demo") && before.contains("phone 1004 / zuoxi-1004"), "{before}");

    let emma = house.as_("emma").await;
    let own = json!({"current": common::PASSWORD, "next": "correct horse battery"});
    assert_eq!(emma.put("/session/password", own).await.status, 204);
    let stations = admin.get("/admin/stations").await.json();
    let station = stations["items"].as_array().unwrap().iter().find(|s| s["username"] == "1004").unwrap().clone();
    let mut changed = station.clone();
    changed["password"] = json!("geheim-1004");
    assert_eq!(admin.put(&at("stations", &station), changed).await.status, 200);
    let after = welcome().await;
    let line = |name: &str| after.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(after.contains("those with a * is zuoxi-demo") && !after.contains("Everybody's password"), "{after}");
    assert!(line("wangfang").contains("*wangfang") && !line("emma").contains('*'), "{after}");
    assert!(line("emma").contains("phone 1004") && !after.contains("zuoxi-1004") && !after.contains("geheim"), "{after}");
    house.stop().await;
}

#[test]
fn the_committed_description_is_what_the_program_says_of_itself() {
    let committed = include_str!("../openapi.json");
    let now = agent_server::http::openapi::text();
    assert!(committed.trim_end() == now, "run: cargo run -p agent-server -- openapi > agent-server/openapi.json");
}

#[tokio::test]
async fn the_house_stands_on_postgresql_as_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.store.url = store::testing::postgres_url();
    let house = Served::start(config.clone()).await;
    let admin = house.as_("admin").await;
    let mut queue = first(&admin, "queues").await;
    queue["ringSeconds"] = json!(25);
    assert_eq!(admin.put(&at("queues", &queue), queue.clone()).await.status, 200);
    let emma = house.as_("emma").await;
    let made = emma.post("/customers", json!({"name": "王芳", "kind": "person", "points": [{"kind": "phone", "value": "13800138000"}]})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    for path in ["/customers?q=8000", "/interactions", "/desk/setup", "/session"] {
        assert_eq!(emma.get(path).await.status, 200, "{path}");
    }
    for path in ["/recordings", "/live", "/admin/lists", "/admin/audit", "/admin/flows"] {
        assert_eq!(admin.get(path).await.status, 200, "{path}");
    }
    let found = emma.get("/customers?q=138-0013-8000").await.json();
    assert_eq!(found["items"][0]["name"], "王芳");
    house.stop().await;
    let again = Served::start(config).await;
    assert_eq!(first(&again.as_("admin").await, "queues").await["ringSeconds"], 25);
    again.stop().await;
}
