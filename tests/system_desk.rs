//! Desks come and go, and calls go from desk to desk: what is said goes on, and what is known goes along.

use contract::{Activity, CallAction, CallCommand, CardState, SeatCommand, SeatStatus, TransferTarget};
use serde_json::Value;
use tempfile::tempdir;
use zuoxi_tests::phone::Keys;
use zuoxi_tests::server::demo::{AGENT_HZ, AtWork, CALLER_HZ, DIRECT, caller, customer, over, rests, sound};
use zuoxi_tests::server::{Desk, Program};

/// The page is closed and opened again: a new line to the server, and nothing remembered.
async fn reloaded(agent: AtWork) -> AtWork {
    let AtWork { web, desk, phone, station } = agent;
    drop(desk);
    let desk = Desk::open(&web).await;
    AtWork { web, desk, phone, station }
}

/// A refreshed page that shows a call without its audio is known of other systems. Here audio is the station's, and a
/// reload is none of its business.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lesson_15_a_desk_reloaded_while_it_rings_and_in_talk_shows_the_same_call_and_the_phones_notice_nothing() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let program = Program::demo(&folder.path().join("data")).await;
    let mut agent = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let caller = caller(&program, "13700137010", &sound).await;

    let out = caller.dial(DIRECT).await.unwrap();
    let here = agent.phone.rung().await.unwrap();
    agent.desk.shows(CardState::Ringing).await;
    let ringing = agent.desk.card().clone();
    agent = reloaded(agent).await;
    assert_eq!(*agent.desk.card(), ringing, "the same ring, with the same time left");
    agent.desk.call(CallCommand::Answer).await;
    here.answered().await.unwrap();
    out.answered().await.unwrap();
    out.say_tone(CALLER_HZ);
    here.say_tone(AGENT_HZ);
    agent
        .desk
        .until("a recorded talk", |d| d.cards.iter().any(|c| c.allowed.contains(&CallAction::PauseRecording)))
        .await;
    let talking = agent.desk.card().clone();
    here.expect_tone(CALLER_HZ).await.unwrap();
    out.expect_tone(AGENT_HZ).await.unwrap();

    let before = (out.state(), here.state());
    for _ in 0..3 {
        agent = reloaded(agent).await;
        assert_eq!(*agent.desk.card(), talking, "the same talk, with the same buttons");
        let seat = agent.desk.seat.clone().unwrap();
        assert_eq!(
            (seat.status, seat.activity),
            (SeatStatus::Ready, Activity::Talking { interaction: talking.interaction })
        );
        here.expect_tone(CALLER_HZ).await.unwrap();
        out.expect_tone(AGENT_HZ).await.unwrap();
    }
    assert_eq!((out.state(), here.state()), before, "no phone was told anything");
    assert_eq!((caller.busy_lines(), agent.phone.busy_lines()), (1, 1));

    agent.desk.call(CallCommand::Hangup).await;
    out.ended().await.unwrap();
    here.ended().await.unwrap();
    agent.desk.shows(CardState::WrapUp).await;
    agent = reloaded(agent).await;
    assert_eq!(agent.desk.card().state, CardState::WrapUp, "wrap-up outlives a reload too");
    agent.desk.seat(SeatCommand::EndWrapUp).await;
    agent.desk.until("an empty desk", |d| d.cards.is_empty()).await;

    let row = over(&program.person("linyue").await, &talking.interaction.to_string()).await;
    assert_eq!(row["recordings"].as_array().map(Vec::len), Some(1), "one talk, one recording: {row}");
    rests(&program).await;
    program.stop().await;
}

/// What the next agent must know without asking again.
fn known(card: &contract::CallCard) -> Value {
    let names: Vec<&str> = card.candidates.iter().map(|one| one.name.as_str()).collect();
    serde_json::json!({
        "call": card.interaction, "caller": card.caller.raw, "dialed": card.dialed, "who": names,
        "customer": card.customer, "vip": card.vip, "pressed": card.pressed,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lesson_29_who_calls_and_what_was_pressed_goes_with_the_caller_to_a_colleague_and_to_a_queue() {
    let folder = tempdir().unwrap();
    let sound = sound(folder.path());
    let program = Program::demo(&folder.path().join("data")).await;
    let supervisor = program.person("linyue").await;
    customer(&supervisor, "孙立", "+8613700137011").await;
    let mut wang = AtWork::begin(&program, "wangfang", "1001", &sound).await;
    let caller = caller(&program, "13700137011", &sound).await;
    let out = caller.dial("4008001234").await.unwrap();
    out.answered().await.unwrap();
    for key in ["1", "3"] {
        out.expect_sound().await.unwrap();
        out.press(key, Keys::Media).await.unwrap();
    }
    let first = wang.phone.rung().await.unwrap();
    wang.desk.shows_names().await;
    let told = known(wang.desk.card());
    let queue = wang.desk.card().queue.expect("it came by a queue");
    assert_eq!(told["who"], serde_json::json!(["孙立"]), "{told}");
    assert_eq!(told["pressed"].as_array().map(Vec::len), Some(2), "the language and the choice: {told}");
    wang.desk.call(CallCommand::Answer).await;
    first.answered().await.unwrap();
    wang.desk.shows(CardState::Talking).await;

    let mut chen = AtWork::begin(&program, "chenjing", "1003", &sound).await;
    let colleague = chen.desk.seat.as_ref().unwrap().agent;
    wang.desk.call(CallCommand::Transfer { target: TransferTarget::Agent { agent: colleague } }).await;
    let second = chen.phone.rung().await.unwrap();
    chen.desk.shows(CardState::Ringing).await;
    assert_eq!(known(chen.desk.card()), told, "before the colleague answers");
    chen.desk.call(CallCommand::Answer).await;
    second.answered().await.unwrap();
    chen.desk.shows(CardState::Talking).await;
    assert_eq!(known(chen.desk.card()), told);

    // Back into the queue, where the first agent is free again.
    wang.desk.shows(CardState::WrapUp).await;
    wang.desk.seat(SeatCommand::EndWrapUp).await;
    wang.desk.until("an empty desk", |d| d.cards.is_empty()).await;
    chen.desk.call(CallCommand::Transfer { target: TransferTarget::Queue { queue } }).await;
    let third = wang.phone.rung().await.unwrap();
    wang.desk.shows(CardState::Ringing).await;
    assert_eq!(known(wang.desk.card()), told, "after a queue as well");
    wang.desk.call(CallCommand::Answer).await;
    third.answered().await.unwrap();
    out.say_tone(CALLER_HZ);
    third.say_tone(AGENT_HZ);
    third.expect_tone(CALLER_HZ).await.unwrap();
    out.expect_tone(AGENT_HZ).await.unwrap();
    out.hang_up().await.unwrap();
    third.ended().await.unwrap();
    for one in [&mut wang, &mut chen] {
        one.desk.shows(CardState::WrapUp).await;
        one.desk.seat(SeatCommand::EndWrapUp).await;
    }
    rests(&program).await;
    program.stop().await;
}
