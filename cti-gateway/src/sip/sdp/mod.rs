//! What two ends agree to send each other: SDP read, offered and answered, for one G.711 audio stream. Start at [`parse`];
//! then [`Offer::choose`] a law and [`answer`], or make an [`offer`] and [`parse`] what comes back.
//! Never in this room: sockets, RTP, who holds whom and why. Pure functions; session id and version are the caller's.
//! RFC 8866, RFC 3264 (offer and answer), RFC 3551 (payload types), RFC 4733 (telephone-event), RFC 4568 (keys of SRTP).

mod crypto;
mod read;
#[cfg(test)]
mod tests;
mod tidy;
mod write;

use std::net::{IpAddr, SocketAddr};

use crate::media::Law;
use crate::media::srtp::{Keys, Secured};

pub use crypto::{OurKeys, Secrecy};
pub use read::{parse, parse_for};
pub use write::{answer, answer_for, offer, offer_for};

/// Longest body that is read, in octets.
pub const MAX_SDP: usize = 16 * 1024;
/// Most media lines of one body.
pub const MAX_LINES: usize = 32;

/// Which way audio flows, as the side that says it sees it (RFC 3264 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// It speaks and does not listen: we are on hold.
    SendOnly,
    /// It listens and does not speak.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// From its two halves.
    pub fn of(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether the side that says it speaks.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether the side that says it listens.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendRecv | Direction::RecvOnly)
    }

    /// What may be answered to `offered` by one who wishes `self`: nobody sends to one who does not listen.
    pub fn answering(self, offered: Direction) -> Direction {
        Direction::of(self.sends() && offered.receives(), self.receives() && offered.sends())
    }

    /// The attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    fn new(attribute: &str) -> Option<Direction> {
        let all = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
        all.into_iter().find(|d| d.as_str().eq_ignore_ascii_case(attribute))
    }
}

/// What the far end says, be it an offer or an answer: its audio stream, and what an answer must echo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Where its audio goes. The address is 0.0.0.0 where it holds the way of RFC 2543; `direction` says so then.
    pub address: SocketAddr,
    /// The laws it speaks, in its order, with their payload types.
    pub laws: Vec<(Law, u8)>,
    /// Payload type of telephone-event at 8 kHz.
    pub events: Option<u8>,
    /// Milliseconds of audio it wants in a packet, 10 to 60. `None`: not said, or out of bounds.
    pub ptime_ms: Option<u8>,
    /// As it sees it, holds by 0.0.0.0 included.
    pub direction: Direction,
    /// It offers ICE candidates beside its address.
    pub ice: bool,
    /// Keys it offers, or the one it took, that we can use: number of the line, and what it will encrypt with.
    pub keys: Vec<(u32, Keys)>,
    /// Session id and version of `o=`, to see whether a repeat changes anything (RFC 3264 §8).
    pub origin: Option<(String, u64)>,
    /// Every media line, to be answered line by line.
    pub(crate) lines: Vec<MediaLine>,
    /// Which of them is the audio above.
    pub(crate) audio: usize,
}

/// One `m=` line as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaLine {
    pub kind: String,
    pub proto: String,
    pub formats: String,
}

impl Offer {
    /// The first of `preference` the far end speaks. Ours decides, as an answerer may (RFC 3264 §6.1).
    pub fn choose(&self, preference: &[Law]) -> Option<Law> {
        preference.iter().copied().find(|law| self.payload_type(*law).is_some())
    }

    /// The payload type it gave a law: the static one where both stand.
    pub fn payload_type(&self, law: Law) -> Option<u8> {
        let mut types = self.laws.iter().filter(|(l, _)| *l == law).map(|(_, pt)| *pt);
        let first = types.next()?;
        Some(types.find(|pt| *pt == law.payload_type()).unwrap_or(first))
    }

    /// The keys both sides encrypt with, if both have any of one suite: the first it names decides (RFC 4568 §5.1.2).
    pub fn secured(&self, ours: Option<&OurKeys>) -> Option<Secured> {
        let (_, theirs) = self.keys.first()?;
        Some(Secured { ours: ours?.of(theirs.suite), theirs: *theirs })
    }

    /// Its audio is of the secure profile, and so must be what answers it.
    pub fn is_savp(&self) -> bool {
        self.lines.get(self.audio).is_some_and(|line| crypto::is_savp(&line.proto))
    }

    /// Whether it holds us: it does not listen.
    pub fn holds(&self) -> bool {
        !self.direction.receives()
    }
}

/// Our side of a session: what `o=` and `c=` say. Count `version` up with every body that differs from the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// The same for all bodies of one dialog.
    pub id: u64,
    /// Counted up.
    pub version: u64,
    /// Where our audio is heard.
    pub address: SocketAddr,
}

/// Why a body cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Longer than [`MAX_SDP`] or more media lines than [`MAX_LINES`].
    #[error("SDP is longer than 16 KiB or has more than 32 media lines")]
    TooLong,
    /// Not SDP.
    #[error("SDP does not read: {0}")]
    Unreadable(String),
    /// No audio line.
    #[error("SDP has no audio")]
    NoAudio,
    /// The audio line has port 0.
    #[error("audio is refused (port 0)")]
    Refused,
    /// Only audio of a profile that is not spoken here.
    #[error("audio over {0} is not spoken here; RTP/AVP is")]
    Encrypted(String),
    /// Encrypted audio without a key line we understand.
    #[error("audio over {0} brings no key we can use: AES_CM_128_HMAC_SHA1_80 or _32, 30 octets inline, without MKI")]
    NoKey(String),
    /// Plain audio where it must be encrypted.
    #[error("audio is plain, and SRTP is required here: switch SRTP on at the far end, or require it less")]
    Plain,
    /// A name, a multicast address, or nothing, where an IP address should be.
    #[error("audio address {0} is not an IP address one can send to")]
    Address(String),
    /// Neither µ-law nor A-law.
    #[error("audio formats {0} hold neither PCMU nor PCMA")]
    NoLaw(String),
}

impl SdpError {
    /// The answer to an INVITE with such an offer.
    pub fn status(&self) -> u16 {
        match self {
            SdpError::Unreadable(_) | SdpError::TooLong => 400,
            SdpError::NoAudio
            | SdpError::Refused
            | SdpError::Encrypted(_)
            | SdpError::NoKey(_)
            | SdpError::Plain
            | SdpError::Address(_)
            | SdpError::NoLaw(_) => 488,
        }
    }
}

/// Whether audio can be sent there.
fn is_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_multicast() && !v4.is_broadcast(),
        IpAddr::V6(v6) => !v6.is_multicast(),
    }
}
