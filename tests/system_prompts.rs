//! A company's own sounds: put there in the browser, heard by the next caller, while the program runs on.

use std::f64::consts::TAU;
use std::io::Cursor;

use tempfile::tempdir;
use zuoxi_tests::phone::{Ear, Phone, Talk};
use zuoxi_tests::server::demo::{DIRECT, caller, rests, sound};
use zuoxi_tests::server::{Program, Web};

/// The demo's main line, which greets before anything else.
const MAIN: &str = "4008001234";
const GREETING_HZ: f64 = 1350.0;
const MUSIC_HZ: f64 = 950.0;

/// Two seconds of a tone as a studio would send it: 44.1 kHz, stereo, 24 bit.
fn recorded(hz: f64) -> Vec<u8> {
    let rate = 44_100;
    let spec =
        hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    for n in 0..rate * 2 {
        let sample = (2_000_000.0 * (f64::from(n) * hz * TAU / f64::from(rate)).sin()) as i32;
        (0..2).for_each(|_| writer.write_sample(sample).unwrap());
    }
    writer.finalize().unwrap();
    file.into_inner()
}

async fn put(admin: &Web, prompt: &str, hz: f64) {
    let reply = admin.upload(&format!("/admin/prompts/{prompt}"), &recorded(hz)).await;
    assert_eq!(reply.status, 200, "{prompt}: {}", reply.text());
}

/// A call that has heard this.
async fn hears(caller: &Phone, dial: &str, what: &str, is: impl Fn(&Ear) -> bool) -> Talk {
    let talk = caller.dial(dial).await.expect("the call goes out");
    talk.answered().await.expect("the line answers");
    talk.hears(what, is).await.unwrap_or_else(|e| panic!("{dial}: {e}"));
    talk
}

async fn over(talk: Talk) {
    talk.hang_up().await.expect("the caller hangs up");
    talk.ended().await.expect("the call ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_greeting_and_music_put_there_are_heard_by_the_next_caller_without_a_restart() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let program = Program::demo(&folder.path().join("data")).await;
    let admin = program.person("admin").await;
    let (first, next) = (caller(&program, "13700137000", &sound).await, caller(&program, "13700137001", &sound).await);

    let waiting = hears(&first, DIRECT, "the built-in music", |ear| ear.heard_other_than(MUSIC_HZ)).await;
    put(&admin, "music/default", MUSIC_HZ).await;
    put(&admin, "zh-CN/welcome", GREETING_HZ).await;
    over(hears(&next, DIRECT, "the company's music", |ear| ear.heard_tone(MUSIC_HZ)).await).await;
    over(hears(&next, MAIN, "the company's greeting", |ear| ear.heard_tone(GREETING_HZ)).await).await;
    waiting.hears("music as it began", |ear| ear.heard_sound() && !ear.heard_tone(MUSIC_HZ)).await.unwrap();
    over(waiting).await;

    for prompt in ["music/default", "zh-CN/welcome"] {
        let gone = admin.send("DELETE", &format!("/admin/prompts/{prompt}"), &serde_json::Value::Null).await;
        assert_eq!(gone.status, 204, "{prompt}: {}", gone.text());
    }
    let built_in = |ear: &Ear| ear.heard_other_than(MUSIC_HZ) && !ear.heard_tone(MUSIC_HZ);
    over(hears(&next, DIRECT, "the built-in music again", built_in).await).await;
    let built_in = |ear: &Ear| ear.heard_other_than(GREETING_HZ) && !ear.heard_tone(GREETING_HZ);
    over(hears(&next, MAIN, "the built-in greeting again", built_in).await).await;
    rests(&program).await;
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_put_there_is_there_after_a_sudden_end() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let data = folder.path().join("data");
    let program = Program::demo(&data).await;
    put(&program.person("admin").await, "music/default", MUSIC_HZ).await;
    program.kill().await;
    assert_eq!(std::fs::read(data.join("prompts/music/default.wav")).unwrap(), recorded(MUSIC_HZ));
    let program = Program::demo(&data).await;
    let caller = caller(&program, "13700137000", &sound).await;
    over(hears(&caller, DIRECT, "the company's music", |ear| ear.heard_tone(MUSIC_HZ)).await).await;
    program.stop().await;
}
