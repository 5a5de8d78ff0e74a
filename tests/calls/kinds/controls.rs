//! The controls, each told once for all kinds of stations.

use contract::{CallCommand, EventKind, RecordingId, SeatCommand, SuperviseCommand, SuperviseMode, TransferTarget};
use zuoxi_tests::house::company::{OUTSIDE, open_outward, queue_id};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, MUSIC_HZ, Outcome, SECOND_HZ};
use zuoxi_tests::phone::{Ear, Keys, Manner, Phone, PhoneConfig};

use super::{Kind, Scene, Trouble, at_each, hears_only, seats};

/// The caller with Ann, as it is recorded.
const WITH_ANN: (f64, f64) = (CALLER_HZ, AGENT_HZ);
const WITH_BEN: (f64, f64) = (CALLER_HZ, SECOND_HZ);

/// Somebody outside, who lifts.
async fn outside(house: &mut House) -> Result<Phone, Trouble> {
    let mut config = PhoneConfig::new("outside", house.sip()).manner(Manner::Answers);
    config.local = OUTSIDE;
    let phone = Phone::open(config, &house.sound).await?;
    let to = phone.address();
    house.change(|directory| open_outward(directory, to)).await?;
    Ok(phone)
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_and_an_end_by_the_caller() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_by_the_agent_at_the_station_and_by_the_button() -> Outcome {
    async fn at_station(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann.hang_up(&scene.house, scene.call, &scene.leg).await?;
        scene.over(&[WITH_ANN]).await
    }
    async fn by_button(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Hangup).await?;
        scene.leg.is_down(&scene.house, scene.call).await?;
        scene.over(&[WITH_ANN]).await
    }
    at_each(at_station).await?;
    at_each(by_button).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reject_leaves_the_caller_in_place_and_the_station_silent() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::ringing(kind).await?;
        scene.ann_does(CallCommand::Reject).await?;
        scene.leg.is_down(&scene.house, scene.call).await?;
        scene.talk.expect_tone(MUSIC_HZ).await?;
        scene.house.seat(scene.ann.agent, SeatCommand::Ready).await?;
        scene.leg = scene.ann.rung(&scene.house, scene.call).await?;
        scene.begins().await?;
        scene.ben.ready(&scene.house).await?;
        assert_eq!(scene.count(|k| matches!(k, EventKind::Queued { .. })), 1, "the place was kept");
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_plays_music_and_resume_ends_it() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Hold).await?;
        hears_only(&scene.talk, MUSIC_HZ).await?;
        scene.leg.hears("silence", Ear::heard_silence).await?;
        scene.ann_does(CallCommand::Resume).await?;
        hears_only(&scene.talk, AGENT_HZ).await?;
        scene.leg.hears_only(CALLER_HZ).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn mute_silences_the_agent_alone() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Mute).await?;
        scene.talk.hears("nothing by now", Ear::heard_silence).await?;
        scene.talk.hears("silence", |ear| ear.samples().len() >= 8000 && !ear.heard_sound()).await?;
        scene.leg.hears_only(CALLER_HZ).await?;
        scene.ann_does(CallCommand::Unmute).await?;
        hears_only(&scene.talk, AGENT_HZ).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_reach_the_caller_in_order() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::SendDigits { digits: "19#".into() }).await?;
        scene.talk.until("the digits", |s| s.digits == "19#" || s.ended.is_some()).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_transfer_to_a_colleague_and_to_a_queue() -> Outcome {
    async fn to(kind: Kind, target: TransferTarget) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Transfer { target }).await?;
        scene.leg.is_down(&scene.house, scene.call).await?;
        let ben = scene.ben_comes().await?;
        ben.hears_only(CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.ends(&[WITH_ANN, WITH_BEN]).await
    }
    at_each(|kind| to(kind, TransferTarget::Agent { agent: contract::AgentId(2) })).await?;
    at_each(|kind| to(kind, TransferTarget::Queue { queue: queue_id("second") })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_transfer_to_a_number() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        let mut far = outside(&mut scene.house).await?;
        let target = TransferTarget::Number { number: "010-62345678".into() };
        scene.ann_does(CallCommand::Transfer { target }).await?;
        let there = far.rung().await?;
        there.answered().await?;
        there.say_tone(SECOND_HZ);
        scene.leg.is_down(&scene.house, scene.call).await?;
        hears_only(&there, CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn consult_swap_and_back_to_the_caller() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Consult { target: TransferTarget::Agent { agent: scene.ben.agent } }).await?;
        let ben = scene.ben_comes().await?;
        scene.leg.hears_only(SECOND_HZ).await?;
        ben.hears_only(AGENT_HZ).await?;
        hears_only(&scene.talk, MUSIC_HZ).await?;
        scene.ann_does(CallCommand::Swap).await?;
        scene.leg.hears_only(CALLER_HZ).await?;
        ben.hears_only(MUSIC_HZ).await?;
        scene.ann_does(CallCommand::Drop { leg: None }).await?;
        ben.is_down(&scene.house, scene.call).await?;
        hears_only(&scene.talk, AGENT_HZ).await?;
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attended_transfer() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Consult { target: TransferTarget::Agent { agent: scene.ben.agent } }).await?;
        let ben = scene.ben_comes().await?;
        scene.leg.hears_only(SECOND_HZ).await?;
        scene.ann_does(CallCommand::Complete).await?;
        scene.leg.is_down(&scene.house, scene.call).await?;
        ben.hears_only(CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.ends(&[WITH_ANN, WITH_BEN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conference_that_who_called_it_leaves() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Consult { target: TransferTarget::Agent { agent: scene.ben.agent } }).await?;
        let ben = scene.ben_comes().await?;
        ben.hears_only(AGENT_HZ).await?;
        scene.ann_does(CallCommand::Join).await?;
        scene.leg.hears_both(CALLER_HZ, SECOND_HZ).await?;
        ben.hears_both(CALLER_HZ, AGENT_HZ).await?;
        scene.talk.hears("both", |ear| ear.heard_both(AGENT_HZ, SECOND_HZ)).await?;
        scene.ann.hang_up_or_leave(&scene.house, scene.call, &scene.leg).await?;
        ben.hears_only(CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        let (call, house) = (scene.call, &scene.house);
        scene.talk.hang_up().await?;
        let paths = house.recordings(call).await?;
        let mut right = Ear::at_begin(&paths[0], 2, 1);
        right.listen();
        assert!(right.heard_both(AGENT_HZ, SECOND_HZ), "what the caller heard of both");
        scene.over_with(2).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn park_and_retrieve_by_a_colleague() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Park).await?;
        scene.leg.is_down(&scene.house, scene.call).await?;
        hears_only(&scene.talk, MUSIC_HZ).await?;
        scene.house.gateway.fetch(scene.call, scene.ben.agent).await?;
        let ben = scene.ben.takes_own(&scene.house, scene.call, SECOND_HZ).await?;
        ben.hears_only(CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.ends(&[WITH_ANN, WITH_BEN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_out_rings_the_own_station_first() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let (mut house, [mut ann, ben]) = seats::open(kind).await?;
        let mut far = outside(&mut house).await?;
        ann.ready(&house).await?;
        let call = house.gateway.dial(ann.agent, "010-62345678".into(), Some(queue_id("direct"))).await?;
        let leg = ann.takes_own(&house, call, AGENT_HZ).await?;
        let there = far.rung().await?;
        there.answered().await?;
        there.say_tone(CALLER_HZ);
        leg.hears_only(CALLER_HZ).await?;
        hears_only(&there, AGENT_HZ).await?;
        there.hang_up().await?;
        leg.is_down(&house, call).await?;
        house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
        super::is_free(&house, ann.agent).await?;
        house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
        ben.ready(&house).await?;
        super::leaves(house, [ann, ben]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_paused_with_a_reason_and_resumed() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::PauseRecording { reason: "card number".into() }).await?;
        scene.fact("a pause", |k| matches!(k, EventKind::RecordingPaused { reason, .. } if reason == "card number")).await?;
        scene.leg.say_tone(SECOND_HZ);
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.leg.say_tone(AGENT_HZ);
        hears_only(&scene.talk, AGENT_HZ).await?;
        scene.ann_does(CallCommand::ResumeRecording).await?;
        hears_only(&scene.talk, AGENT_HZ).await?;
        let path = &{
            scene.talk.hang_up().await?;
            scene.house.recordings(scene.call).await?
        }[0];
        let mut right = Ear::at_begin(path, 2, 1);
        right.listen();
        assert!(!right.heard_tone(SECOND_HZ), "what was said in the pause is in no file");
        scene.over(&[WITH_ANN]).await
    }
    at_each(control).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_takes_the_caller_and_gives_them_back() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let scene = Scene::talking(kind).await?;
        scene.ann_does(CallCommand::Transfer { target: TransferTarget::Flow { flow: "check".into() } }).await?;
        scene.fact("the flow", |k| matches!(k, EventKind::SentToFlow { .. })).await?;
        scene.leg.hears("silence", Ear::heard_silence).await?;
        scene.talk.press("1234", Keys::Media).await?;
        let verified = |k: &EventKind| matches!(k, EventKind::CameBack { result: Some(r), .. } if r == "verified");
        scene.fact("the caller back", verified).await?;
        hears_only(&scene.talk, AGENT_HZ).await?;
        scene.leg.hears_only(CALLER_HZ).await?;
        let paused: Vec<RecordingId> = scene.house.book.of(scene.call).into_iter().filter_map(|kind| match kind {
            EventKind::RecordingPaused { recording, .. } => Some(recording),
            _ => None,
        }).collect();
        assert_eq!(paused.len(), 1, "keys are in no recording");
        scene.ends(&[WITH_ANN]).await
    }
    at_each(control).await
}

/// Ben supervises, at a station of the same kind.
#[tokio::test(flavor = "multi_thread")]
async fn listen_whisper_barge_in_and_take_over() -> Outcome {
    async fn control(kind: Kind) -> Outcome {
        let mut scene = Scene::talking(kind).await?;
        let (call, chief, whom) = (scene.call, scene.ben.agent, Some(scene.ann.agent));
        let join = |mode| SuperviseCommand::Join { mode, reason: "coaching".into() };
        scene.house.gateway.supervise(call, chief, whom, join(SuperviseMode::Listen)).await?;
        let ben = scene.ben.takes_own(&scene.house, call, SECOND_HZ).await?;
        ben.hears_both(CALLER_HZ, AGENT_HZ).await?;
        scene.talk.expect_only(AGENT_HZ).await?;
        scene.leg.hears_only(CALLER_HZ).await?;
        scene.house.gateway.supervise(call, chief, whom, join(SuperviseMode::Whisper)).await?;
        scene.leg.hears_both(CALLER_HZ, SECOND_HZ).await?;
        scene.talk.expect_only(AGENT_HZ).await?;
        scene.house.gateway.supervise(call, chief, whom, join(SuperviseMode::Barge)).await?;
        scene.talk.hears("both", |ear| ear.heard_both(AGENT_HZ, SECOND_HZ)).await?;
        scene.house.gateway.supervise(call, chief, whom, SuperviseCommand::TakeOver).await?;
        scene.leg.is_down(&scene.house, call).await?;
        ben.hears_only(CALLER_HZ).await?;
        hears_only(&scene.talk, SECOND_HZ).await?;
        scene.talk.hang_up().await?;
        scene.over_with(2).await
    }
    at_each(control).await
}
