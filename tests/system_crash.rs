//! `kill -9` in mid-talk: what was said up to the last second is there, and nothing hangs in the air.

use contract::{Activity, SeatStatus, SeatWhy};
use tempfile::tempdir;
use zuoxi_tests::phone::Ear;
use zuoxi_tests::server::demo::{AGENT_HZ, AtWork, CALLER_HZ, DIRECT, caller, over, rests, sound};
use zuoxi_tests::server::{Desk, Program, until};

/// Milliseconds of its own tone that each side must have said before the kill.
const SAID_MS: usize = 4000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_mid_talk_it_keeps_the_recording_closes_the_call_and_frees_the_seat() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let program = Program::demo(&data).await;
    let (web, sip) = (program.web, program.sip);
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let caller_phone = caller(&program, "13700137002", &sound).await;
    let (out, here) = agent.talk_with(&caller_phone, DIRECT).await;
    out.hears("four seconds of the agent", |ear| ear.tone_ms(AGENT_HZ) >= SAID_MS).await.unwrap();
    let interaction = agent.desk.card().interaction.to_string();
    program.kill().await;

    let again = Program::start_on(web, sip, &data, &[("ZUOXI_COMPANY__DEMO", "true")]).await;
    let supervisor = again.person("linyue").await;
    let row = over(&supervisor, &interaction).await;
    assert_eq!(row["cause"], "interrupted", "{row}");
    for segment in row["segments"].as_array().unwrap() {
        assert!(!segment["ended"].is_null(), "nothing of it goes on: {segment}");
    }

    let recording = until("the repaired recording", async || {
        let row = supervisor.read(&format!("/interactions/{interaction}")).await;
        let found = row["recordings"][0].clone();
        found["durationMs"].as_i64().is_some_and(|ms| ms > 0).then_some(found)
    })
    .await;
    assert_eq!(recording["complete"], false, "it says that it was cut: {recording}");
    let audio = supervisor.try_read(&format!("/recordings/{}/audio", recording["id"].as_str().unwrap())).await;
    assert_eq!(audio.status, 200, "{}", audio.text());
    let file = folder.path().join("cut.wav");
    std::fs::write(&file, &audio.body).unwrap();
    let wav = hound::WavReader::open(&file).expect("a valid WAV");
    assert_eq!(wav.spec().channels, 2);
    let ms = u64::from(wav.duration()) * 1000 / u64::from(wav.spec().sample_rate);
    assert_eq!(Some(ms as i64), recording["durationMs"].as_i64(), "as long as it is said to be");
    drop(wav);
    for (channel, hz) in [(0, CALLER_HZ), (1, AGENT_HZ)] {
        let mut ear = Ear::at_begin(&file, 2, channel);
        ear.listen();
        // At most the last second may be missing of what the far end heard for sure.
        assert!(ear.tone_ms(hz) >= SAID_MS - 1000, "channel {channel} has {} ms of {hz} Hz", ear.tone_ms(hz));
        let last = &ear.samples()[ear.samples().len().saturating_sub(4000)..];
        assert!(last.iter().any(|sample| sample.unsigned_abs() > 500), "channel {channel} has sound to its end");
    }

    let web = again.person("wangfang").await;
    let desk = Desk::open(&web).await;
    let seat = desk.seat.clone().unwrap();
    // The phone is known again; with the desktop back as well, the seat is as it was, and says why.
    let given_back = seat.status == SeatStatus::Ready && seat.status_why == SeatWhy::StationBack;
    assert!(given_back || seat.status != SeatStatus::Ready, "a seat is not ready by itself: {seat:?}");
    assert_eq!(seat.activity, Activity::Idle, "{seat:?}");
    assert_eq!(desk.cards, [], "no card of a call that is over");
    drop(desk);
    let live = supervisor.read("/live").await;
    assert_eq!(live["calls"].as_array().map(Vec::len), Some(0), "{live}");
    rests(&again).await;

    // The next call is as if nothing had been.
    drop((agent, here));
    let mut agent = AtWork::begin(&again, "wangfang", "1001", &sound).await;
    let caller_phone = caller(&again, "13700137002", &sound).await;
    let (out, here) = agent.talk_with(&caller_phone, DIRECT).await;
    out.hang_up().await.unwrap();
    here.ended().await.unwrap();
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_caller_waits_it_closes_that_call_too() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let program = Program::demo(&data).await;
    let (web, sip) = (program.web, program.sip);
    let supervisor = program.person("linyue").await;
    let waiting = caller(&program, "13700137003", &sound).await.dial(DIRECT).await.unwrap();
    waiting.answered().await.unwrap();
    waiting.expect_sound().await.unwrap();
    let interaction = until("the call on the board", async || {
        let live = supervisor.read("/live").await;
        live["calls"][0]["interaction"].as_str().map(str::to_owned)
    })
    .await;
    program.kill().await;

    let again = Program::start_on(web, sip, &data, &[("ZUOXI_COMPANY__DEMO", "true")]).await;
    let supervisor = again.person("linyue").await;
    let row = over(&supervisor, &interaction).await;
    assert_eq!(row["cause"], "interrupted", "{row}");
    again.stop().await;
}
