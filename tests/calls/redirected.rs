//! The network sends a leg on to another number (302): under the rules of whoever dialed, over our own trunks, and not for ever.

use std::net::SocketAddr;

use contract::directory::AnswerBy;
use contract::{EndCause, EventKind, TrunkId};
use cti_gateway::sip::message::{Message, Method, Name, parse};
use tokio::net::UdpSocket;
use zuoxi_tests::house::company::{OUTSIDE, OUTWARD, company, open_another, open_outward};
use zuoxi_tests::house::{Desk, House, Outcome};
use zuoxi_tests::phone::{Manner, Phone, PhoneConfig};

use crate::hear_each_other;

const NUMBER: &str = "010-62345678";

/// A switch that answers every INVITE with 302 and these contacts. It ends with the test.
async fn sends_on(contacts: &'static str) -> Result<SocketAddr, std::io::Error> {
    let socket = UdpSocket::bind((OUTSIDE, 0)).await?;
    let at = socket.local_addr()?;
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let bytes = bytes::Bytes::copy_from_slice(&buffer[..length]);
            let Ok(Message::Request(invite)) = parse(bytes) else { continue };
            if invite.method == Method::Invite {
                let moved = invite.response(302).with(Name::Contact, contacts).to_bytes();
                let _ = socket.send_to(&moved, from).await;
            }
        }
    });
    Ok(at)
}

/// Agent 1 at a phone; calls to Beijing go to whoever sends on, all others to the phone that stands for the world.
async fn at_desk(contacts: &'static str) -> Result<(House, Desk, Phone), Box<dyn std::error::Error + Send + Sync>> {
    let mut house = House::open(company(&[AnswerBy::Phone])).await?;
    let mut config = PhoneConfig::new("outside", house.sip()).manner(Manner::Answers);
    config.local = OUTSIDE;
    let outside = Phone::open(config, &house.sound).await?;
    let (moved, world) = (sends_on(contacts).await?, outside.address());
    house.change(|directory| {
        open_outward(directory, moved);
        directory.trunks.entry(OUTWARD).and_modify(|trunk| trunk.prefixes = vec!["+8610".into()]);
        open_another(directory, TrunkId(3), world);
        directory.trunks.entry(TrunkId(3)).and_modify(|trunk| trunk.prefixes = vec!["+8621".into(), "+44".into()]);
    }).await?;
    let desk = house.agent(1, Manner::Answers).await?;
    Ok((house, desk, outside))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_number_that_the_agent_may_dial_is_called_instead() -> Outcome {
    let contacts = "<sip:+442071234567@192.0.2.7>;q=0.9, <sip:02155550000@192.0.2.7:5099>;q=0.5, <sip:+862100000000@192.0.2.7>;q=0.1";
    let (house, Desk { agent, mut phone }, mut outside) = at_desk(contacts).await?;
    let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
    let own = phone.rung().await?;
    own.answered().await?;
    let far = outside.rung().await?;
    // Agents of this company may dial +86 only.
    assert_eq!(far.incoming().map(|i| i.dialed.as_str()), Some("+862155550000"));
    hear_each_other(&far, &own).await?;
    let rerouted = house.fact(call, "sent on", |k| matches!(k, EventKind::LegRerouted { .. })).await?;
    assert!(
        matches!(&rerouted, EventKind::LegRerouted { trunk: TrunkId(3), sip_status: 302, to: Some(to), .. } if to == "+862155550000"),
        "{rerouted:?}"
    );
    far.hang_up().await?;
    own.ended().await?;
    house.close().await
}

/// A number that may not be dialed, and two that forward to each other: the call ends, and nothing was rung.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_on_to_where_one_may_not_dial_or_in_circles_gets_nowhere() -> Outcome {
    for (contacts, times) in [
        ("<sip:+442071234567@192.0.2.7>", 0),
        ("<sip:nobody@192.0.2.7>", 0),
        ("<sip:+861062345678@192.0.2.7>", 0),
        ("<sip:+861011111111@192.0.2.7>, <sip:+861022222222@192.0.2.7>", 2),
        (
            "<sip:+861011111111@192.0.2.7>, <sip:+861022222222@192.0.2.7>, <sip:+861033333333@192.0.2.7>, \
             <sip:+861044444444@192.0.2.7>, <sip:+861055555555@192.0.2.7>",
            3,
        ),
    ] {
        let (house, Desk { agent, mut phone }, outside) = at_desk(contacts).await?;
        let call = house.gateway.dial(agent, NUMBER.into(), None).await?;
        // Lifted, and soon over.
        phone.rung().await?.ended().await?;
        let end = house.fact(call, "the end", |k| matches!(k, EventKind::CallEnded { .. })).await?;
        assert!(matches!(end, EventKind::CallEnded { cause: EndCause::Failed, .. }), "{contacts}: {end:?}");
        assert_eq!(house.book.count(|k| matches!(k, EventKind::LegRerouted { .. })), times, "{contacts}");
        assert_eq!(outside.busy_lines(), 0);
        house.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whom_an_agent_sends_outside_goes_along() -> Outcome {
    let (house, Desk { agent, mut phone }, mut outside) = at_desk("<sip:+862155550000@192.0.2.7>").await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    let call = house.call(1).await?;
    let target = contract::TransferTarget::Number { number: NUMBER.into() };
    house.command(call, agent, contract::CallCommand::Transfer { target }).await?;
    let far = outside.rung().await?;
    hear_each_other(&talk, &far).await?;
    talk.hang_up().await?;
    far.ended().await?;
    house.close().await
}
