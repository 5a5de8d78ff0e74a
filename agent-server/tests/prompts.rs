//! Prompts over HTTP: put here, heard back, played by flows and queues, refused with a reason, deleted, and who may.

mod common;

use common::{Answer, Client, Served, config};
use cti_gateway::media::{tone, wav};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Duration, timeout};

/// So much of a tone, as a WAV file of 8 kHz.
fn sound(ms: u32) -> Vec<u8> {
    wav::file(&tone::sine(&[(1000.0, -12.0)], ms))
}

async fn list(client: &Client) -> Vec<Value> {
    client.get("/admin/prompts").await.json()["items"].as_array().unwrap().clone()
}

async fn row(client: &Client, language: &str, name: &str) -> Value {
    let all = list(client).await;
    all.into_iter().find(|one| one["language"] == language && one["name"] == name).unwrap_or_default()
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|e| (text(&e["field"]), text(&e["rule"]))).collect()
}

#[tokio::test]
async fn a_company_puts_its_greeting_over_the_built_in_one_and_gets_that_back() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let before = row(&admin, "zh-CN", "welcome").await;
    assert_eq!(
        (&before["own"], &before["builtIn"], &before["flows"]),
        (&json!(false), &json!(true), &json!(["main"])),
        "{before}"
    );
    assert!(before["says"].as_str().unwrap().starts_with("您好"), "{before}");
    let built_in = admin.get("/admin/prompts/zh-CN/welcome/audio").await;
    assert_eq!((built_in.status, built_in.header("content-type")), (200, Some("audio/wav")));
    assert_eq!(before["bytes"].as_u64().unwrap(), built_in.body.len() as u64);

    let mine = sound(700);
    let put = admin.send("PUT", "/admin/prompts/zh-CN/welcome", &mine).await;
    assert_eq!(
        (put.status, &put.json()["durationMs"], &put.json()["flowFaults"]),
        (200, &json!(700), &json!([])),
        "{}",
        put.text()
    );
    let now = row(&admin, "zh-CN", "welcome").await;
    assert_eq!((&now["own"], &now["builtIn"], &now["flows"]), (&json!(true), &json!(true), &json!(["main"])));
    assert!(now["changedAt"].is_i64());
    assert_eq!(admin.get("/admin/prompts/zh-CN/welcome/audio").await.body, mine, "as it was put here");
    let part = admin.ask("GET", "/admin/prompts/zh-CN/welcome/audio", &[("range", "bytes=44-143")], None).await;
    assert_eq!((part.status, &part.body[..]), (206, &mine[44..144]));
    assert_eq!(row(&admin, "en", "welcome").await["own"], json!(false), "the other language is as it was");

    assert_eq!(admin.delete("/admin/prompts/zh-CN/welcome").await.status, 204, "what is built in plays again");
    assert_eq!(admin.get("/admin/prompts/zh-CN/welcome/audio").await.body, built_in.body);
    let again = admin.delete("/admin/prompts/zh-CN/welcome").await;
    assert_eq!((again.status, faults(&again)), (422, vec![("name".into(), "built_in".into())]), "{}", again.text());

    let lines = admin.get("/admin/audit?limit=20").await.json();
    let told: Vec<_> =
        lines["items"].as_array().unwrap().iter().filter(|l| l["object"] == "prompts/zh-CN/welcome").collect();
    let actions: Vec<_> = told.iter().map(|l| l["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["prompts.remove", "prompts.update"]);
    assert!(told[1]["detail"].as_str().unwrap().contains("→ 0.7 s"), "{}", told[1]);
    house.stop().await;
}

#[tokio::test]
async fn a_flow_that_was_refused_for_a_prompt_runs_once_the_prompt_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let yaml = "name: sale\nlanguage: zh-CN\nstart: hello\nnodes:\n  hello:\n    kind: hangup\n    prompts: [promo]\n";
    let refused = admin.put("/admin/flows/sale", json!({ "yaml": yaml })).await;
    assert_eq!((refused.status, refused.json()["problems"][0]["code"].as_str()), (422, Some("unknown_prompt")));

    assert_eq!(admin.send("PUT", "/admin/prompts/zh-CN/promo", &sound(300)).await.status, 200);
    assert_eq!(admin.put("/admin/flows/sale", json!({ "yaml": yaml })).await.status, 200);
    assert_eq!(row(&admin, "zh-CN", "promo").await["flows"], json!(["sale"]));
    let used = admin.delete("/admin/prompts/zh-CN/promo").await;
    assert_eq!((used.status, used.code(), &used.json()["usedBy"]), (409, "in_use".into(), &json!(["flow sale"])));

    // Its file goes by hand while nobody serves: at the next start the flow is refused, and the house stands.
    house.stop().await;
    let file = folder.path().join("prompts/zh-CN/promo.wav");
    std::fs::remove_file(&file).unwrap();
    std::fs::write(folder.path().join("prompts/.upload-1-1"), b"cut short").unwrap();
    let house = Served::start(config(folder.path())).await;
    assert!(!folder.path().join("prompts/.upload-1-1").exists(), "what an upload left behind is gone");
    let admin = house.as_("admin").await;
    let other = admin.send("PUT", "/admin/prompts/en/other", &sound(300)).await;
    let named = |answer: &Answer| -> Vec<String> {
        let faults = answer.json()["flowFaults"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|f| f["flow"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(named(&other), ["sale"], "{}", other.text());
    let back = admin.send("PUT", "/admin/prompts/zh-CN/promo", &sound(400)).await;
    assert_eq!(named(&back), Vec::<String>::new(), "every flow was checked again");
    assert!(file.exists());
    house.stop().await;
}

#[tokio::test]
async fn what_is_no_sound_or_has_no_good_name_is_refused_by_its_field_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let coded = |tag: u8| {
        let mut wav = sound(100);
        wav[20] = tag;
        wav
    };
    let mut many = sound(100);
    many[22] = 9;
    let mut long = wav::file(&[]);
    long[24..32].copy_from_slice(&[4000_u32.to_le_bytes(), 8000_u32.to_le_bytes()].concat());
    let seconds = 31 * 60;
    long[40..44].copy_from_slice(&(seconds * 8000_u32).to_le_bytes());
    long.resize(44 + seconds as usize * 8000, 0);
    for (path, body, field, rule) in [
        ("zh-CN/promo", b"ID3 no WAV at all".to_vec(), "file", "not_wav"),
        ("zh-CN/promo", Vec::new(), "file", "not_wav"),
        ("zh-CN/promo", coded(0x55), "file", "coding"),
        ("zh-CN/promo", b"RIFF\x04\0\0\0WAVE".to_vec(), "file", "damaged"),
        ("zh-CN/promo", many, "file", "shape"),
        ("zh-CN/promo", long, "file", "too_long"),
        ("zh-CN/promo", wav::file(&[]), "file", "empty"),
        ("zh-CN/promo", vec![0; (64 << 20) + 1], "file", "too_large"),
        ("zh-CN/pro%20mo", sound(100), "name", "name"),
        ("zh-CN/..%2Fpromo", sound(100), "name", "name"),
        ("music/.promo", sound(100), "name", "name"),
        ("en/Welcome", sound(100), "name", "unique"),
        ("fr/promo", sound(100), "language", "unknown"),
    ] {
        let answer = admin.send("PUT", &format!("/admin/prompts/{path}"), &body).await;
        assert_eq!(answer.status, 422, "{path} {rule}: {}", answer.text());
        assert_eq!(faults(&answer), [(field.to_owned(), rule.to_owned())], "{path}: {}", answer.text());
    }
    assert_eq!(admin.get("/admin/prompts/zh-CN/promo/audio").await.status, 404);
    assert_eq!(admin.delete("/admin/prompts/zh-CN/promo").await.status, 404);
    let left = std::fs::read_dir(folder.path().join("prompts")).into_iter().flatten().count();
    assert_eq!(left, 0, "nothing was written");

    let good = admin.send("PUT", "/admin/prompts/music/%E9%92%A2%E7%90%B4", &sound(100)).await;
    assert_eq!((good.status, &good.json()["name"]), (200, &json!("钢琴")), "{}", good.text());
    house.stop().await;
}

#[tokio::test]
async fn a_queue_names_only_what_is_there_and_keeps_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let mut queue = admin.get("/admin/queues?limit=1").await.json()["items"][0].clone();
    let at = format!("/admin/queues/{}", queue["id"].as_str().unwrap());
    queue["ringSeconds"] = json!(1);
    queue["music"] = json!("piano");
    queue["whenFull"] = json!({ "kind": "hangup", "prompt": "sorry" });
    let refused = admin.put(&at, queue.clone()).await;
    let wanted = [("ringSeconds", "range"), ("music", "unknown"), ("whenFull.prompt", "unknown")];
    assert_eq!(
        faults(&refused),
        wanted.map(|(f, r)| (f.to_owned(), r.to_owned())),
        "every fault at once: {}",
        refused.text()
    );
    assert!(refused.text().contains("choose of: default"), "{}", refused.text());
    queue["ringSeconds"] = json!(20);
    assert_eq!(faults(&admin.put(&at, queue.clone()).await).len(), 2);
    assert_eq!(admin.get(&at).await.json()["version"], queue["version"], "nothing was kept");

    for path in ["music/piano", "zh-CN/sorry"] {
        assert_eq!(admin.send("PUT", &format!("/admin/prompts/{path}"), &sound(200)).await.status, 200);
    }
    let half = admin.put(&at, queue.clone()).await;
    assert_eq!(faults(&half), [("whenFull.prompt".into(), "unknown".into())]);
    assert!(half.text().contains("missing in en"), "callers in English would hear nothing: {}", half.text());
    assert_eq!(admin.send("PUT", "/admin/prompts/all/sorry", &sound(200)).await.status, 200);
    let saved = admin.put(&at, queue.clone()).await;
    assert_eq!(saved.status, 200, "{}", saved.text());

    let told = json!([format!("queue {}", queue["name"].as_str().unwrap())]);
    for path in ["music/piano", "all/sorry"] {
        let used = admin.delete(&format!("/admin/prompts/{path}")).await;
        assert_eq!((used.code(), &used.json()["usedBy"]), ("in_use".into(), &told), "{path}");
    }
    assert_eq!(
        admin.delete("/admin/prompts/zh-CN/sorry").await.status,
        204,
        "the one for every language is played instead"
    );
    queue["version"] = saved.json()["version"].clone();
    queue["music"] = json!("");
    assert_eq!(admin.put(&at, queue).await.status, 200);
    assert_eq!(admin.delete("/admin/prompts/music/piano").await.status, 204, "nobody plays it any more");
    house.stop().await;
}

/// Asks, and goes away once the work has begun and before it is done.
async fn ask_and_leave(house: &Served, client: &Client, method: &str, path: &str, wav: &[u8]) {
    let held = house.app.prompts.still().await;
    let mut line = client.begin(method, path, wav).await;
    // Who asks for the turn stands before us in the row.
    let waits = async || timeout(Duration::from_millis(20), house.app.prompts.still()).await.is_err();
    while !waits().await {}
    line.shutdown().await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "", "the server knows that nobody waits any more");
    drop(held);
    // Comes after the one who had the turn.
    drop(house.app.prompts.still().await);
}

#[tokio::test]
async fn what_was_begun_is_done_whole_though_its_asker_went_away() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    let place = "/admin/prompts/zh-CN/welcome";
    let file = folder.path().join("prompts/zh-CN/welcome.wav");
    let mine = sound(700);
    let actions = async || -> Vec<String> {
        let lines = admin.get("/admin/audit?limit=20").await.json();
        let told = lines["items"].as_array().unwrap().iter().filter(|l| l["object"] == "prompts/zh-CN/welcome");
        told.map(|l| l["action"].as_str().unwrap().to_owned()).collect()
    };

    ask_and_leave(&house, &admin, "PUT", place, &mine).await;
    let now = row(&admin, "zh-CN", "welcome").await;
    assert_eq!((&now["own"], &now["durationMs"]), (&json!(true), &json!(700)), "{now}");
    assert_eq!(admin.get(&format!("{place}/audio")).await.body, mine);
    assert_eq!(std::fs::read(&file).unwrap(), mine);
    assert_eq!(actions().await, ["prompts.update"]);

    ask_and_leave(&house, &admin, "DELETE", place, b"").await;
    assert_eq!(row(&admin, "zh-CN", "welcome").await["own"], json!(false));
    assert!(!file.exists());
    assert_eq!(actions().await, ["prompts.remove", "prompts.update"]);
    let mut left = std::fs::read_dir(folder.path().join("prompts")).unwrap().flatten();
    assert!(left.all(|entry| entry.path().is_dir()), "nothing half written is left");
    house.stop().await;
}

#[tokio::test]
async fn prompts_are_seen_by_those_who_see_the_company_and_changed_by_administrators() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    for (name, sees, writes) in
        [("wangfang", false, false), ("zhaoqi", false, false), ("linyue", true, false), ("admin", true, true)]
    {
        let client = house.as_(name).await;
        for (method, path, may) in [
            ("GET", "/admin/prompts", sees),
            ("GET", "/admin/prompts/en/welcome/audio", sees),
            ("PUT", "/admin/prompts/en/welcome", writes),
            ("DELETE", "/admin/prompts/en/welcome", writes),
        ] {
            let answer = client.send(method, path, &sound(100)).await;
            assert_eq!(answer.status == 403, !may, "{name} {method} {path}: {}", answer.status);
        }
    }
    assert_eq!(house.client().send("PUT", "/admin/prompts/en/welcome", &sound(100)).await.status, 401);
    house.stop().await;
}

#[tokio::test]
async fn files_of_an_earlier_start_that_are_the_built_in_ones_are_no_own_prompts() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("prompts/en");
    std::fs::create_dir_all(&here).unwrap();
    std::fs::copy("../ivr/demo/prompts/en/welcome.wav", here.join("welcome.wav")).unwrap();
    std::fs::write(here.join("goodbye.WAV"), sound(250)).unwrap();
    std::fs::write(here.join("closed.wav"), b"broken").unwrap();
    let house = Served::start(config(folder.path())).await;
    let admin = house.as_("admin").await;
    assert_eq!(row(&admin, "en", "welcome").await["own"], json!(false));
    assert_eq!(row(&admin, "en", "closed").await["own"], json!(false), "a file that is no sound is left out");
    assert_eq!(row(&admin, "en", "goodbye").await["durationMs"], json!(250));
    assert_eq!(admin.send("PUT", "/admin/prompts/en/goodbye", &sound(260)).await.status, 200);
    assert!(!here.join("goodbye.wav").exists(), "the file of that name is replaced, whatever its ending");
    assert_eq!(admin.delete("/admin/prompts/en/goodbye").await.status, 204);
    assert!(!here.join("goodbye.WAV").exists());
    assert_eq!(row(&admin, "en", "goodbye").await["own"], json!(false));
    let all = list(&admin).await;
    let own: Vec<_> = all.iter().filter(|one| one["own"] == true).collect();
    assert_eq!((own.len(), all.len() > 80), (0, true), "{own:?}");
    house.stop().await;
}
