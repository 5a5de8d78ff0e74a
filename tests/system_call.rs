//! One call through the whole program, seen by its API as desktops, supervisors and auditors see it.

use contract::{CallCommand, CardState, SeatCommand};
use serde_json::{Value, json};
use tempfile::tempdir;
use zuoxi_tests::phone::Ear;
use zuoxi_tests::server::demo::{AGENT_HZ, AtWork, CALLER_HZ, DIRECT, caller, customer, over, rests, sound};
use zuoxi_tests::server::{Program, until};

fn kinds(row: &Value) -> Vec<String> {
    let segments = row["segments"].as_array().cloned().unwrap_or_default();
    segments.iter().filter_map(|one| one["kind"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_in_the_list_and_on_the_timeline_with_its_segments_and_leaves_nothing_behind() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let program = Program::demo(&folder.path().join("data")).await;
    let supervisor = program.person("linyue").await;
    let who = customer(&supervisor, "孙立", "+8613700137000").await;
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let caller = caller(&program, "13700137000", &sound).await;

    let (out, here) = agent.talk_with(&caller, DIRECT).await;
    agent.desk.shows_names().await;
    let card = agent.desk.card().clone();
    assert_eq!(card.candidates.first().map(|one| one.name.as_str()), Some("孙立"), "{card:?}");
    agent.desk.call(CallCommand::Hold).await;
    agent.desk.shows(CardState::Held).await;
    out.hears("music", |ear| ear.heard_sound() && !ear.heard_tone(AGENT_HZ)).await.unwrap();
    here.expect_silence().await.unwrap();
    agent.desk.call(CallCommand::Resume).await;
    agent.desk.shows(CardState::Talking).await;
    out.expect_tone(AGENT_HZ).await.unwrap();
    here.expect_tone(CALLER_HZ).await.unwrap();
    out.hang_up().await.unwrap();
    here.ended().await.unwrap();
    agent.desk.shows(CardState::WrapUp).await;

    let id = card.interaction.to_string();
    let setup = agent.web.read("/desk/setup").await;
    let leaf = setup["dispositions"][0]["children"][0]["id"].clone();
    let written = json!({ "dispositions": [leaf], "notes": "要安装说明" });
    agent.web.write("PUT", &format!("/interactions/{id}/disposition"), &written).await;
    agent.desk.seat(SeatCommand::EndWrapUp).await;
    agent.desk.until("an empty desk", |d| d.cards.is_empty()).await;

    let row = over(&supervisor, &id).await;
    assert_eq!(row["cause"], "answered_hangup", "{row}");
    assert_eq!(row["hungUpBy"]["kind"], "caller", "{row}");
    assert_eq!(row["customer"]["id"], json!(who), "{row}");
    let lived = until("the wrap-up to be a segment with its end", async || {
        let row = supervisor.read(&format!("/interactions/{id}")).await;
        let wrapped = row["segments"].as_array()?.last().is_some_and(|s| s["kind"] == "wrap_up" && s["ended"].is_i64());
        (wrapped && row["notes"] == "要安装说明").then_some(row)
    })
    .await;
    let kinds = kinds(&lived);
    let wanted = ["ivr", "queue", "ring", "talk", "hold", "wrap_up"];
    let mut left = kinds.iter();
    assert!(wanted.iter().all(|kind| left.any(|one| one == kind)), "{kinds:?} has {wanted:?} in this order");
    for segment in lived["segments"].as_array().unwrap() {
        assert!(segment["ended"].as_i64() >= segment["began"].as_i64(), "it ends after it began: {segment}");
    }

    let mine = agent.web.read("/interactions?limit=10").await;
    assert!(mine["items"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == json!(id))), "{mine}");
    let timeline = supervisor.read(&format!("/customers/{who}/timeline?limit=10")).await;
    assert!(timeline.to_string().contains(&id), "{timeline}");

    rests(&program).await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_heard_by_those_who_may_in_ranges_and_every_listen_is_audited() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let program = Program::demo(&folder.path().join("data")).await;
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let caller = caller(&program, "13700137001", &sound).await;
    let (out, here) = agent.talk_with(&caller, DIRECT).await;
    let id = agent.desk.card().interaction.to_string();
    out.hang_up().await.unwrap();
    here.ended().await.unwrap();

    let supervisor = program.person("linyue").await;
    let recording = until("the recording", async || {
        let row = supervisor.read(&format!("/interactions/{id}")).await;
        let done = row["recordings"][0].clone();
        (done["complete"] == true).then_some(done)
    })
    .await;
    let path = format!("/recordings/{}/audio", recording["id"].as_str().unwrap());
    let colleague = program.person("liqiang").await;
    assert_eq!(colleague.try_read(&path).await.status, 403, "an agent hears no colleague's talk");
    let nobody = zuoxi_tests::server::Web::at(program.web);
    assert_eq!(nobody.try_read(&path).await.status, 401, "a stranger even less");

    let whole = supervisor.try_read(&path).await;
    assert_eq!((whole.status, whole.header("accept-ranges")), (200, Some("bytes")));
    let part = supervisor.read_with(&path, &[("Range", "bytes=1000-1999")]).await;
    assert_eq!(part.status, 206);
    assert_eq!(part.header("content-range"), Some(format!("bytes 1000-1999/{}", whole.body.len()).as_str()));
    assert_eq!(part.body, whole.body[1000..2000]);
    let beyond = supervisor.read_with(&path, &[("Range", "bytes=999999999-")]).await;
    assert_eq!(beyond.status, 416, "a range behind the end: {}", beyond.text());

    let file = folder.path().join("whole.wav");
    std::fs::write(&file, &whole.body).unwrap();
    for (channel, own, other) in [(0, CALLER_HZ, AGENT_HZ), (1, AGENT_HZ, CALLER_HZ)] {
        let mut ear = Ear::at_begin(&file, 2, channel);
        ear.listen();
        assert!(ear.heard_tone(own), "channel {channel} has {own} Hz");
        assert!(!ear.heard_tone(other), "channel {channel} has no {other} Hz");
    }

    let peaks = supervisor.read(&format!("/recordings/{}/peaks", recording["id"].as_str().unwrap())).await;
    assert_eq!(peaks["channels"].as_array().map(Vec::len), Some(2), "{peaks}");
    let audit = program.person("admin").await.read("/admin/audit?limit=100").await;
    let listened = audit["items"].as_array().unwrap().iter().any(|line| {
        line["action"].as_str().is_some_and(|action| action.contains("recording"))
            && line["object"].to_string().contains(recording["id"].as_str().unwrap())
    });
    assert!(listened, "{audit}");
    program.stop().await;
}
