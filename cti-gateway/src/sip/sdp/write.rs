//! Our offers and answers → SDP.

use sdp_types::{Attribute, Connection, Media, Origin, Session as Printed, Time};

use super::{Direction, MediaLine, Offer, OurKeys, Secrecy, Session, crypto};
use crate::media::Law;

/// Payload type we offer for telephone-event: the one everybody uses.
const EVENTS: u8 = 101;

/// An offer of ours: audio in these laws, in this order, and telephone-events.
pub fn offer(session: &Session, laws: &[Law], direction: Direction) -> String {
    offer_for(session, laws, direction, Secrecy::Plain, None)
}

/// The same with keys. [`Secrecy::Either`] offers them beside plain audio: who does not know them answers without.
pub fn offer_for(session: &Session, laws: &[Law], direction: Direction, secrecy: Secrecy, keys: Option<&OurKeys>) -> String {
    let codings: Vec<(Law, u8)> = laws.iter().map(|law| (*law, law.payload_type())).collect();
    let proto = if secrecy == Secrecy::Secured { "RTP/SAVP" } else { "RTP/AVP" };
    let mut media = audio(session, proto, &codings, Some(EVENTS), direction);
    let keys = keys.filter(|_| secrecy != Secrecy::Plain).into_iter().flat_map(OurKeys::lines);
    media.attributes.extend(keys.map(|line| Attribute::with_value("crypto", line)));
    print(session, vec![media])
}

/// The answer to `offered` in `law` (from [`Offer::choose`]), line by line: every stream but its audio is refused with port 0
/// (RFC 3264 §6). `wish` is bounded by what it offered. A law it does not speak is answered by refusing the audio too.
pub fn answer(session: &Session, offered: &Offer, law: Law, wish: Direction) -> String {
    answer_for(session, offered, law, wish, None)
}

/// The same, with our key for the first of its key lines (RFC 4568 §5.1.2).
pub fn answer_for(session: &Session, offered: &Offer, law: Law, wish: Direction, keys: Option<&OurKeys>) -> String {
    let line = |(at, line): (usize, &MediaLine)| match offered.payload_type(law) {
        Some(payload_type) if at == offered.audio => {
            let direction = wish.answering(offered.direction);
            let mut media = audio(session, &line.proto, &[(law, payload_type)], offered.events, direction);
            let key = offered.keys.first().zip(keys).map(|((number, theirs), ours)| crypto::write(*number, &ours.of(theirs.suite)));
            media.attributes.extend(key.map(|line| Attribute::with_value("crypto", line)));
            media
        }
        Some(_) | None => refused(line),
    };
    print(session, offered.lines.iter().enumerate().map(line).collect())
}

fn audio(session: &Session, proto: &str, codings: &[(Law, u8)], events: Option<u8>, direction: Direction) -> Media {
    let mut attributes = Vec::with_capacity(codings.len() + 4);
    let mut formats = Vec::with_capacity(codings.len() + 1);
    for (law, payload_type) in codings {
        let name = match law {
            Law::Mu => "PCMU",
            Law::A => "PCMA",
        };
        formats.push(payload_type.to_string());
        attributes.push(Attribute::with_value("rtpmap", format!("{payload_type} {name}/8000")));
    }
    if let Some(payload_type) = events {
        formats.push(payload_type.to_string());
        attributes.push(Attribute::with_value("rtpmap", format!("{payload_type} telephone-event/8000")));
        attributes.push(Attribute::with_value("fmtp", format!("{payload_type} 0-15")));
    }
    attributes.push(Attribute::with_value("ptime", "20"));
    attributes.push(Attribute::new(direction.as_str()));
    media("audio", session.address.port(), proto, formats.join(" "), attributes)
}

fn refused(line: &MediaLine) -> Media {
    media(&line.kind, 0, &line.proto, line.formats.clone(), Vec::new())
}

fn media(kind: &str, port: u16, proto: &str, fmt: String, attributes: Vec<Attribute>) -> Media {
    Media {
        media: kind.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt,
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes,
    }
}

fn print(session: &Session, medias: Vec<Media>) -> String {
    let ip = session.address.ip();
    let mut origin = Origin::with_ip_addr(session.id, session.version, ip);
    origin.set_username("zuoxi");
    let printed = Printed {
        origin,
        session_name: "-".to_owned(),
        session_description: None,
        uri: None,
        emails: Vec::new(),
        phones: Vec::new(),
        connection: Some(Connection::from_ip_addr(ip)),
        bandwidths: Vec::new(),
        times: vec![Time::new(0, 0)],
        time_zones: Vec::new(),
        key: None,
        attributes: Vec::new(),
        medias,
    };
    let mut out = Vec::with_capacity(512);
    match printed.write(&mut out) {
        Ok(()) => String::from_utf8_lossy(&out).into_owned(),
        // A Vec takes every byte.
        Err(_) => String::new(),
    }
}
