//! SRTP by keys in SDP (RFC 4568): who encrypts with whom, a session changed under new keys, and who must and cannot.

use contract::directory::{AnswerBy, Directory, Srtp};
use contract::{CallCommand, EventKind, StationId};
use cti_gateway::sip::sdp::Secrecy;
use zuoxi_tests::house::company::{INWARD, company};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, MUSIC_HZ, Outcome};
use zuoxi_tests::phone::{Ending, Manner, Phone, PhoneConfig};

use crate::hear_each_other;

/// The trunk, and the phone of agent 1, as set.
fn set(trunk: Srtp, phone: Srtp) -> Directory {
    let mut directory = company(&[AnswerBy::Phone]);
    directory.trunks.entry(INWARD).and_modify(|one| one.srtp = trunk);
    directory.stations.entry(StationId(1)).and_modify(|one| one.srtp = phone);
    directory
}

async fn caller(house: &House, secrecy: Secrecy) -> Result<Phone, Box<dyn std::error::Error + Send + Sync>> {
    let config = PhoneConfig::new("caller", house.sip()).number("13800138000").secrecy(secrecy);
    Ok(Phone::open(config, &house.sound).await?)
}

async fn desk(house: &House, secrecy: Secrecy) -> Result<Desk, Box<dyn std::error::Error + Send + Sync>> {
    let desk = house.sits_down(house.station_config(1, Manner::Answers).secrecy(secrecy), 1).await?;
    house.seat(desk.agent, contract::SeatCommand::Ready).await?;
    Ok(desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_legs_are_encrypted_each_under_its_own_keys_through_hold_and_new_keys() -> Outcome {
    let house = House::open(set(Srtp::Always, Srtp::Required)).await?;
    let Desk { agent, mut phone } = desk(&house, Secrecy::Secured).await?;
    let caller = caller(&house, Secrecy::Secured).await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    assert_eq!((talk.state().secured, rung.state().secured), (true, true));
    let call = house.call(1).await?;
    // Our hold changes nothing between us and the phones; theirs is a new offer, with new keys.
    house.command(call, agent, CallCommand::Hold).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    house.command(call, agent, CallCommand::Resume).await?;
    rung.hold().await?;
    house.fact(call, "hold by the phone", |k| matches!(k, EventKind::Held { .. })).await?;
    rung.resume().await?;
    talk.hears("the agent again", |ear| ear.tone_ms(AGENT_HZ) >= 300).await?;
    rung.hears("the caller again", |ear| ear.tone_ms(CALLER_HZ) >= 300).await?;
    assert!(rung.state().secured);
    rung.hang_up().await?;
    talk.ends(&Ending::FarHungUp(None)).await?;
    house.recording_holds(call, CALLER_HZ, AGENT_HZ).await?;
    house.close().await
}

/// What the trunk says and what the caller can: encrypted, plain, or 488.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_encrypted_plain_or_refused_as_the_trunk_is_set() -> Outcome {
    for (trunk, can, want) in [
        (Srtp::Never, Secrecy::Plain, Some(false)),
        (Srtp::Never, Secrecy::Secured, None),
        // SIP is not over TLS here.
        (Srtp::OverTls, Secrecy::Plain, Some(false)),
        (Srtp::OverTls, Secrecy::Either, Some(false)),
        (Srtp::OverTls, Secrecy::Secured, None),
        (Srtp::Always, Secrecy::Plain, Some(false)),
        (Srtp::Always, Secrecy::Either, Some(true)),
        (Srtp::Always, Secrecy::Secured, Some(true)),
        (Srtp::Required, Secrecy::Plain, None),
        (Srtp::Required, Secrecy::Either, Some(true)),
        (Srtp::Required, Secrecy::Secured, Some(true)),
    ] {
        let house = House::open(set(trunk, Srtp::Never)).await?;
        let Desk { mut phone, .. } = desk(&house, Secrecy::Plain).await?;
        let caller = caller(&house, can).await?;
        let talk = caller.dial("95500").await?;
        let Some(secured) = want else {
            talk.refused(488).await?;
            assert_eq!(house.book.calls(), [], "{trunk:?} {can:?}: a refused call is no call");
            house.close().await?;
            continue;
        };
        let rung = phone.rung().await?;
        rung.answered().await?;
        hear_each_other(&talk, &rung).await?;
        assert_eq!((talk.state().secured, rung.state().secured), (secured, false), "{trunk:?} {can:?}");
        talk.hang_up().await?;
        rung.ends(&Ending::FarHungUp(None)).await?;
        house.close().await?;
    }
    Ok(())
}

/// The phone says 488, which is not the caller's trouble: the caller waits on, and the record says why nobody came.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_cannot_encrypt_is_not_talked_to_where_it_must() -> Outcome {
    let house = House::open(set(Srtp::Never, Srtp::Required)).await?;
    let _desk = desk(&house, Secrecy::Plain).await?;
    let caller = caller(&house, Secrecy::Plain).await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let call = house.call(1).await?;
    house.fact(call, "488 of the phone", |k| matches!(k, EventKind::LegEnded { sip_status: Some(488), .. })).await?;
    talk.expect_tone(MUSIC_HZ).await?;
    talk.hang_up().await?;
    house.close().await
}
