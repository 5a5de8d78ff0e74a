//! SDP → [`Offer`].

use std::net::SocketAddr;

use sdp_types::{Attribute, Connection, Media, Session as Parsed};

use super::{Direction, MAX_LINES, MAX_SDP, MediaLine, Offer, SdpError, Secrecy, crypto, is_unicast, tidy::tidy};
use crate::media::Law;

/// Reads the far end's SDP, offer or answer, as one who speaks plain audio only.
/// # Errors
/// [`SdpError`], each with the [status](SdpError::status) to answer.
pub fn parse(body: &[u8]) -> Result<Offer, SdpError> {
    parse_for(body, Secrecy::Plain)
}

/// The same for one who encrypts as `secrecy` says. Of several audio lines, an encrypted one is taken where it may be.
/// # Errors
/// As [`parse`].
pub fn parse_for(body: &[u8], secrecy: Secrecy) -> Result<Offer, SdpError> {
    if body.len() > MAX_SDP {
        return Err(SdpError::TooLong);
    }
    let text = tidy(body);
    let parsed = Parsed::parse(text.as_bytes()).map_err(|e| SdpError::Unreadable(e.to_string()))?;
    if parsed.medias.len() > MAX_LINES {
        return Err(SdpError::TooLong);
    }
    let audio = pick(&parsed.medias, secrecy)?;
    let media = &parsed.medias[audio];
    let laws = laws(media);
    if laws.is_empty() {
        return Err(SdpError::NoLaw(media.fmt.clone()));
    }
    let address = address(&parsed, media)?;
    let direction = direction(&media.attributes).or(direction(&parsed.attributes)).unwrap_or(Direction::SendRecv);
    let has = |name: &str| media.has_attribute(name) || parsed.attributes.iter().any(|a| a.attribute == name);
    Ok(Offer {
        address,
        laws,
        events: events(media),
        ptime_ms: number(media, "ptime").filter(|ms| (10..=60).contains(ms)),
        // 0.0.0.0 is how RFC 2543 held: it does not listen, whatever the attribute says (RFC 3264 §8.4).
        direction: Direction::of(direction.sends(), direction.receives() && !address.ip().is_unspecified()),
        ice: has("ice-ufrag"),
        keys: if secrecy == Secrecy::Plain { Vec::new() } else { crypto::read(values(media, "crypto")) },
        origin: text.contains("\r\no=").then(|| (parsed.origin.sess_id.clone(), parsed.origin.sess_version)),
        lines: parsed.medias.iter().map(line).collect(),
        audio,
    })
}

fn line(media: &Media) -> MediaLine {
    MediaLine { kind: media.media.clone(), proto: media.proto.clone(), formats: media.fmt.clone() }
}

fn is_plain(media: &Media) -> bool {
    ["RTP/AVP", "RTP/AVPF"].iter().any(|p| p.eq_ignore_ascii_case(&media.proto))
}

/// The audio line we can use; else the reason why none. Some offer keys beside plain RTP/AVP, for those who can.
fn pick(medias: &[Media], secrecy: Secrecy) -> Result<usize, SdpError> {
    let audio = || medias.iter().enumerate().filter(|(_, m)| m.media.eq_ignore_ascii_case("audio"));
    let open = || audio().filter(|(_, m)| m.port != 0);
    let has_key = |m: &Media| !crypto::read(values(m, "crypto")).is_empty();
    let secured = || open().filter(|(_, m)| secrecy != Secrecy::Plain && (is_plain(m) || crypto::is_savp(&m.proto)) && has_key(m));
    let plain = || open().filter(|(_, m)| secrecy != Secrecy::Secured && is_plain(m));
    let best = |(_, m): &(usize, &Media)| !laws(m).is_empty();
    if let Some((at, _)) = secured().find(best).or_else(|| plain().find(best)).or_else(|| secured().next()).or_else(|| plain().next()) {
        return Ok(at);
    }
    Err(match (open().next(), audio().next()) {
        (Some((_, media)), _) if secrecy != Secrecy::Plain && crypto::is_savp(&media.proto) => SdpError::NoKey(media.proto.clone()),
        (Some((_, media)), _) if is_plain(media) => SdpError::Plain,
        (Some((_, media)), _) => SdpError::Encrypted(media.proto.clone()),
        (None, Some(_)) => SdpError::Refused,
        (None, None) => SdpError::NoAudio,
    })
}

fn address(session: &Parsed, media: &Media) -> Result<SocketAddr, SdpError> {
    let connection: Option<&Connection> = media.connections.first().or(session.connection.as_ref());
    let Some(connection) = connection else { return Err(SdpError::Address("(no c= line)".to_owned())) };
    let refused = || SdpError::Address(connection.connection_address.clone());
    let host = connection.connection_address.split('/').next().unwrap_or_default();
    let ip = host.parse().map_err(|_| refused())?;
    if is_unicast(ip) { Ok(SocketAddr::new(ip, media.port)) } else { Err(refused()) }
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes.iter().find_map(|a| Direction::new(a.attribute.trim()))
}

/// A number from an attribute, in its whole part: some write `a=ptime:20.0`.
fn number(media: &Media, name: &str) -> Option<u8> {
    let text = values(media, name).next()?;
    text.split('.').next()?.trim().parse().ok()
}

fn values<'a>(media: &'a Media, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = media.attributes.iter().filter(move |a| a.attribute.trim().eq_ignore_ascii_case(name));
    named.filter_map(|a| a.value.as_deref()).map(str::trim)
}

/// What `a=rtpmap` says of a payload type: encoding name, clock rate.
fn mapped(media: &Media, payload_type: u8) -> Option<(&str, u32)> {
    values(media, "rtpmap").find_map(|value| {
        let (number, coding) = value.split_once(|c: char| c.is_ascii_whitespace())?;
        if number.parse() != Ok(payload_type) {
            return None;
        }
        let mut parts = coding.trim().split('/');
        Some((parts.next()?.trim(), parts.next().map_or(Some(8000), |r| r.trim().parse().ok())?))
    })
}

fn payload_types(media: &Media) -> impl Iterator<Item = u8> {
    media.fmt.split_ascii_whitespace().filter_map(|f| f.parse::<u8>().ok()).filter(|pt| *pt < 128)
}

fn laws(media: &Media) -> Vec<(Law, u8)> {
    let law = |pt: u8| match mapped(media, pt) {
        Some((name, 8000)) if name.eq_ignore_ascii_case("PCMU") => Some((Law::Mu, pt)),
        Some((name, 8000)) if name.eq_ignore_ascii_case("PCMA") => Some((Law::A, pt)),
        Some(_) => None,
        None => Law::of_payload_type(pt).map(|law| (law, pt)),
    };
    payload_types(media).filter_map(law).collect()
}

/// Events at another clock belong to another codec (opus, G.722.1).
fn events(media: &Media) -> Option<u8> {
    payload_types(media)
        .find(|pt| mapped(media, *pt).is_some_and(|(name, rate)| rate == 8000 && name.eq_ignore_ascii_case("telephone-event")))
}
