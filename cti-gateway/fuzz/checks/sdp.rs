//! Any bytes: no panic, and what is read as an offer gets an answer that reads, line for line.

use cti_gateway::media::Law;
use cti_gateway::sip::sdp::{Direction, Session, answer, parse};

pub fn holds(data: &[u8]) {
    let Ok(offer) = parse(data) else { return };
    let law = offer.choose(&[Law::A, Law::Mu]).expect("an offer that reads has a law");
    let session = Session { id: 1, version: 1, address: "192.0.2.1:40000".parse().expect("an address") };
    let text = answer(&session, &offer, law, Direction::SendRecv);
    if data.len() > 8 * 1024 {
        return;
    }
    let ours = parse(text.as_bytes()).expect("an answer of ours reads");
    assert_eq!((ours.address, ours.choose(&[law])), (session.address, Some(law)));
    assert_eq!(ours.direction.sends(), offer.direction.receives());
    assert_eq!(ours.direction.receives(), offer.direction.sends());
    let medias = text.lines().filter(|l| l.starts_with("m=")).count();
    let open = text.lines().filter(|l| l.starts_with("m=audio 40000 ")).count();
    assert!(medias >= 1 && open == 1, "one line is taken, the others refused:\n{text}");
}
