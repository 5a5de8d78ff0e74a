//! A caller and an agent find each other, hear each other, are recorded, and part.

use std::net::IpAddr;

use contract::directory::AnswerBy;
use contract::{AgentId, CallCommand, EndCause, EventKind, HungUpBy, InteractionId};
use cti_gateway::sip::api::Transport;
use zuoxi_tests::house::company::{company, tune};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ending, Manner, Talk};

use crate::{Pair, hear_each_other, joined};

/// How the call ended, in the ledger; and what was recorded of it.
async fn ends_as(house: &House, call: InteractionId, cause: EndCause, by: HungUpBy) -> Outcome {
    let ended = house.fact(call, "the end of the call", |k| matches!(k, EventKind::CallEnded { .. })).await?;
    assert_eq!(ended, EventKind::CallEnded { cause, by });
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_lifted_joins_caller_and_agent() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Rings).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let rung = phone.rung().await?;
    talk.expect_tone(MUSIC_HZ).await?;
    assert_eq!(rung.incoming().map(|i| i.from.user.as_str()), Some("+8613800138000"), "the phone shows who calls");
    rung.answer().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    ends_as(&house, house.call(1).await?, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

/// Nobody presses anything: the queue wants its calls answered at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_answers_by_itself_connects_the_agent_at_once() -> Outcome {
    for answer_by in [AnswerBy::TalkEvent, AnswerBy::AutoAnswer] {
        let mut directory = company(&[answer_by]);
        tune(&mut directory, "direct", |queue| queue.auto_answer = true);
        let house = House::open(directory).await?;
        let Desk { mut phone, .. } = house.agent(1, Manner::Obeys).await?;
        let caller = house.caller("13800138000").await?;
        let talk = caller.dial("95500").await?;
        let rung = phone.rung().await?;
        rung.answered().await?;
        hear_each_other(&talk, &rung).await?;
        talk.hang_up().await?;
        rung.ended().await?;
        house.close().await?;
    }
    Ok(())
}

/// The agent presses Answer on the desktop.
async fn pressing_answer_joins_them(answer_by: AnswerBy) -> Outcome {
    let house = House::open(company(&[answer_by])).await?;
    let Desk { agent, mut phone } = house.agent(1, Manner::Obeys).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let call = house.call(1).await?;
    house.fact(call, "an offer", |k| matches!(k, EventKind::Offered { .. })).await?;
    house.command(call, agent, CallCommand::Answer).await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    match answer_by {
        AnswerBy::TalkEvent => assert_eq!(rung.state().told, ["talk"]),
        AnswerBy::AutoAnswer | AnswerBy::Phone => {
            assert!(rung.header("Call-Info").is_some_and(|v| v.contains("answer-after=0")));
            assert!(rung.header("Alert-Info").is_some());
        }
    }
    hear_each_other(&talk, &rung).await?;
    rung.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Agent { agent }).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_button_answers_a_phone_that_knows_the_talk_event() -> Outcome {
    pressing_answer_joins_them(AnswerBy::TalkEvent).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_button_answers_a_phone_that_answers_by_itself_when_told() -> Outcome {
    pressing_answer_joins_them(AnswerBy::AutoAnswer).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_over_tcp_talks_like_one_over_udp() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut config = house.station_config(1, Manner::Answers);
    config.transport = Transport::Tcp;
    let Desk { agent, mut phone } = house.sits_down(config, 1).await?;
    house.seat(agent, contract::SeatCommand::Ready).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    ends_as(&house, house.call(1).await?, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hang_up_button_ends_the_call_for_both() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, CallCommand::Hangup).await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    rung.ends(&Ending::FarHungUp(None)).await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Agent { agent }).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_on_hold_hears_music_and_the_agent_does_not_hear_the_caller() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, CallCommand::Hold).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    rung.expect_silence().await?;
    house.command(call, agent, CallCommand::Resume).await?;
    talk.expect_tone(AGENT_HZ).await?;
    rung.expect_tone(CALLER_HZ).await?;
    talk.hang_up().await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    let held = |k: &EventKind| matches!(k, EventKind::TalkEnded { hold_ms: 1.., .. });
    house.fact(call, "a talk with hold time", held).await?;
    house.close().await
}

/// The hold key of a phone is the hold button: the far end says so by re-INVITE.
#[tokio::test(flavor = "multi_thread")]
async fn an_agents_phone_that_holds_gives_the_caller_music() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    rung.hold().await?;
    house.fact(call, "hold", |k| *k == EventKind::Held { agent }).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    rung.resume().await?;
    house.fact(call, "resumed", |k| *k == EventKind::Resumed { agent }).await?;
    talk.expect_tone(AGENT_HZ).await?;
    rung.expect_tone(CALLER_HZ).await?;
    talk.hang_up().await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_phone_holds_and_resumes_is_heard_again() -> Outcome {
    let Pair { house, call, talk, rung, .. } = joined().await?;
    talk.hold().await?;
    assert!(talk.state().ended.is_none());
    talk.resume().await?;
    rung.expect_tone(CALLER_HZ).await?;
    talk.expect_tone(AGENT_HZ).await?;
    rung.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Agent { agent: AgentId(1) }).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_agent_is_not_heard_and_hears_all_the_same() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, CallCommand::Mute).await?;
    talk.expect_silence().await?;
    rung.expect_tone(CALLER_HZ).await?;
    house.command(call, agent, CallCommand::Unmute).await?;
    talk.expect_tone(AGENT_HZ).await?;
    talk.hang_up().await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_an_agent_sends_reach_the_caller() -> Outcome {
    let Pair { house, call, agent, talk, phone: _phone, .. } = joined().await?;
    house.command(call, agent, CallCommand::SendDigits { digits: "19#".into() }).await?;
    talk.until("the digits", |s| s.digits == "19#").await?;
    talk.hang_up().await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

/// Nothing of what is said while a recording is paused is in it; the time goes on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_while_a_recording_is_paused_is_not_in_it() -> Outcome {
    let Pair { house, call, agent, talk, rung, .. } = joined().await?;
    house.command(call, agent, CallCommand::PauseRecording { reason: "card number".into() }).await?;
    let secret = 1900.0;
    talk.say_tone(secret);
    rung.expect_tone(secret).await?;
    talk.say_tone(CALLER_HZ);
    rung.expect_tone(CALLER_HZ).await?;
    house.command(call, agent, CallCommand::ResumeRecording).await?;
    talk.hang_up().await?;
    ends_as(&house, call, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    let paths = house.recordings(call).await?;
    let mut ear = zuoxi_tests::phone::Ear::at_begin(&paths[0], 2, 0);
    ear.listen();
    assert!(!ear.heard_tone(secret), "what was said in the pause is in the recording");
    house.close().await
}

/// Speech of both as the caller's phone knows no telephone-events and speaks A-law: nothing in common but the law.
#[tokio::test(flavor = "multi_thread")]
async fn phones_with_different_laws_hear_each_other() -> Outcome {
    let house = House::open(company(&[AnswerBy::Phone])).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let mut config = zuoxi_tests::phone::PhoneConfig::new("a-law", house.sip()).number("13800138000");
    (config.law, config.events) = (cti_gateway::media::Law::A, false);
    let caller = zuoxi_tests::phone::Phone::open(config, &house.sound).await?;
    let talk: Talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    ends_as(&house, house.call(1).await?, EndCause::AnsweredHangup, HungUpBy::Caller).await?;
    house.close().await
}

/// Behind NAT, audio is asked for where the far ends reach us, not where we listen.
#[tokio::test(flavor = "multi_thread")]
async fn both_ends_are_told_the_advertised_address_for_their_audio() -> Outcome {
    let advertised = IpAddr::from([127, 0, 0, 77]);
    let house = House::open_with(company(&[AnswerBy::Phone]), |c| c.media_advertise = Some(advertised)).await?;
    let Desk { mut phone, .. } = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    for end in [&talk, &rung] {
        assert_eq!(end.far_audio().map(|audio| audio.ip()), Some(advertised));
    }
    talk.hang_up().await?;
    house.close().await
}
