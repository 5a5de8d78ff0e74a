//! SIGTERM: no new calls, those that are may end, then BYE to what is left; nothing is lost.

use contract::{CardState, DeskBody};
use tempfile::tempdir;
use zuoxi_tests::phone::Ending;
use zuoxi_tests::server::demo::{AtWork, DIRECT, caller, over, sound};
use zuoxi_tests::server::{Program, Web, until};

const DEMO: (&str, &str) = ("ZUOXI_COMPANY__DEMO", "true");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_refuses_new_calls_lets_the_talk_finish_and_ends_with_it() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let mut program = Program::start(&data, &[DEMO, ("ZUOXI_CALLS__GRACE_SECONDS", "60")]).await;
    let (web, sip) = (program.web, program.sip);
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let talker = caller(&program, "13700137004", &sound).await;
    let (out, here) = agent.talk_with(&talker, DIRECT).await;
    let interaction = agent.desk.card().interaction.to_string();

    program.ask_to_end();
    agent.desk.until("word that the server goes", |d| d.heard.iter().any(|m| matches!(m.body, DeskBody::GoingAway))).await;
    let late = caller(&program, "13700137005", &sound).await.dial(DIRECT).await.unwrap();
    let again = late.refused(503).await.expect("a new call is refused");
    assert!(again.is_some_and(|seconds| seconds > 0), "with a Retry-After");
    let ready = Web::at(web).get("/readyz").await.map(|reply| reply.status);
    assert_ne!(ready, Some(200), "a balancer sends nothing more");
    out.expect_tone(zuoxi_tests::server::demo::AGENT_HZ).await.expect("the talk goes on");
    here.expect_tone(zuoxi_tests::server::demo::CALLER_HZ).await.expect("both ways");
    out.hang_up().await.unwrap();
    here.ended().await.unwrap();
    let status = program.ended().await;
    assert!(status.success(), "{status}: {}", program.printed());

    let next = Program::start_on(web, sip, &data, &[DEMO]).await;
    let row = over(&next.person("linyue").await, &interaction).await;
    assert_eq!(row["cause"], "answered_hangup", "{row}");
    assert!(row["talkMs"].as_i64().is_some_and(|ms| ms > 0), "{row}");
    assert_eq!(row["recordings"][0]["complete"], true, "{row}");
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_after_the_grace_time_gets_a_bye_and_is_kept_as_such() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let mut program = Program::start(&data, &[DEMO, ("ZUOXI_CALLS__GRACE_SECONDS", "1")]).await;
    let (web, sip) = (program.web, program.sip);
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let talker = caller(&program, "13700137006", &sound).await;
    let (out, here) = agent.talk_with(&talker, DIRECT).await;
    agent.desk.shows(CardState::Talking).await;
    let interaction = agent.desk.card().interaction.to_string();
    program.ask_to_end();
    for talk in [&out, &here] {
        let how = talk.ended().await.unwrap();
        assert!(matches!(how, Ending::FarHungUp(_)), "a BYE comes: {how:?}");
    }
    assert!(program.ended().await.success(), "{}", program.printed());

    let next = Program::start_on(web, sip, &data, &[DEMO]).await;
    let supervisor = next.person("linyue").await;
    let row = over(&supervisor, &interaction).await;
    assert_eq!(row["cause"], "shutdown", "{row}");
    assert_eq!(row["recordings"][0]["complete"], true, "{row}");
    until("no event missing", async || {
        let text = Web::at(web).get("/metrics").await?.text();
        let lost = text.lines().find(|line| line.starts_with("zuoxi_events_lost"))?.to_owned();
        lost.ends_with(" 0").then_some(())
    })
    .await;
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_twice_it_does_not_wait_for_the_grace_time_and_loses_nothing() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let mut program = Program::start(&data, &[DEMO, ("ZUOXI_CALLS__GRACE_SECONDS", "3600")]).await;
    let (web, sip) = (program.web, program.sip);
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let talker = caller(&program, "13700137007", &sound).await;
    let (out, here) = agent.talk_with(&talker, DIRECT).await;
    agent.desk.shows(CardState::Talking).await;
    let interaction = agent.desk.card().interaction.to_string();
    program.ask_to_end();
    agent.desk.until("word that the server goes", |d| d.heard.iter().any(|m| matches!(m.body, DeskBody::GoingAway))).await;
    out.expect_tone(zuoxi_tests::server::demo::AGENT_HZ).await.expect("once asked, the talk goes on");
    program.ask_to_end();
    for talk in [&out, &here] {
        let how = talk.ended().await.unwrap();
        assert!(matches!(how, Ending::FarHungUp(_)), "a BYE comes: {how:?}");
    }
    assert!(program.ended().await.success(), "{}", program.printed());

    let next = Program::start_on(web, sip, &data, &[DEMO]).await;
    let row = over(&next.person("linyue").await, &interaction).await;
    assert_eq!((row["cause"].as_str(), row["recordings"][0]["complete"].as_bool()), (Some("shutdown"), Some(true)), "{row}");
    next.stop().await;
}
