//! Packets encrypted and proved, in place: SRTP and SRTCP with AES in counter mode and HMAC-SHA1 (RFC 3711), under keys that
//! signalling has agreed on (RFC 4568). Start at [`Sealer`] (what goes out) and [`Opener`] (what comes in).
//! Never in this room: sockets, clocks, who the keys are agreed with; no allocation per packet.

use aes::Aes128Enc;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipher};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Octets a sealed RTP packet may be longer than the plain one.
pub const MOST_TAG: usize = 10;
/// Octets a sealed report is longer than the plain one: its index and its tag, which is of 80 bits in both suites (RFC 4568 §6.2).
pub const REPORT_TRAILER: usize = 4 + REPORT_TAG;
const REPORT_TAG: usize = 10;
/// Fixed part of an RTP header; of a report, what stays readable.
const RTP_HEADER: usize = 12;
const REPORT_HEADER: usize = 8;
/// Sources of one far end that are told apart. One more takes the place of the one longest unheard.
const STREAMS: usize = 4;
/// Packets behind the newest that are still taken, once each (RFC 3711 §3.3.2 wants 64 at least).
const WINDOW: u64 = 128;
/// Set in a report's index: the report is encrypted.
const ENCRYPTED: u32 = 1 << 31;

/// How packets are proved (RFC 4568 §6.2). All are encrypted with 128-bit AES in counter mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`
    Tag32,
}

impl Suite {
    pub const ALL: [Self; 2] = [Self::Tag80, Self::Tag32];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    const fn tag(self) -> usize {
        match self {
            Self::Tag80 => 10,
            Self::Tag32 => 4,
        }
    }
}

/// What one side encrypts with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    pub suite: Suite,
    /// Master key (16 octets) and master salt (14).
    pub master: [u8; Self::LENGTH],
}

impl Keys {
    pub const LENGTH: usize = 30;
}

/// Keys never stand in a log.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ***", self.suite.name())
    }
}

/// Both sides' keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secured {
    pub ours: Keys,
    pub theirs: Keys,
}

/// Session keys of RTP or of RTCP (RFC 3711 §4.3).
#[derive(Clone)]
struct Session {
    cipher: Aes128Enc,
    mac: Hmac<Sha1>,
    salt: [u8; 14],
}

impl Session {
    /// `label`: of the encryption key; those of authentication and salt follow.
    fn derive(master: &[u8; Keys::LENGTH], label: u8) -> Self {
        let (mut key, mut auth, mut salt) = ([0; 16], [0; 20], [0; 14]);
        derive(master, label, &mut key);
        derive(master, label + 1, &mut auth);
        derive(master, label + 2, &mut salt);
        let mut block = [0; 64];
        block[..20].copy_from_slice(&auth);
        Self { cipher: Aes128Enc::new(&key.into()), mac: <Hmac<Sha1> as KeyInit>::new(&block.into()), salt }
    }

    /// Encrypts, or decrypts, in place (RFC 3711 §4.1.1).
    fn crypt(&self, ssrc: u32, index: u64, octets: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        let number = ((u128::from(ssrc) << 64) | (u128::from(index) << 16)) ^ u128::from_be_bytes(iv);
        let iv = number.to_be_bytes();
        key_stream(self.cipher.clone(), iv).apply_keystream(octets);
    }

    fn tag(&self, octets: &[u8], more: &[u8]) -> [u8; 20] {
        self.mac.clone().chain_update(octets).chain_update(more).finalize().into_bytes().into()
    }
}

/// RFC 3711 §4.3.1 and §4.3.3, without a key derivation rate.
fn derive(master: &[u8; Keys::LENGTH], label: u8, out: &mut [u8]) {
    let (mut key, mut iv) = ([0; 16], [0; 16]);
    key.copy_from_slice(&master[..16]);
    iv[..14].copy_from_slice(&master[16..]);
    iv[7] ^= label;
    out.fill(0);
    key_stream(Aes128Enc::new(&key.into()), iv).apply_keystream(out);
}

fn key_stream(cipher: Aes128Enc, iv: [u8; 16]) -> ctr::Ctr128BE<Aes128Enc> {
    ctr::Ctr128BE::from_core(ctr::CtrCore::inner_iv_init(cipher, &iv.into()))
}

/// Which numbers of a stream were there already.
#[derive(Debug, Clone, Copy)]
struct Window {
    newest: u64,
    /// Bit n: `newest - n`.
    seen: u128,
}

impl Window {
    fn begin(index: u64) -> Self {
        Self { newest: index, seen: 1 }
    }

    fn is_new(&self, index: u64) -> bool {
        index > self.newest || (self.newest - index < WINDOW && self.seen >> (self.newest - index) & 1 == 0)
    }

    fn note(&mut self, index: u64) {
        if index > self.newest {
            let step = index - self.newest;
            self.seen = if step < WINDOW { self.seen << step | 1 } else { 1 };
            self.newest = index;
        } else {
            self.seen |= 1 << (self.newest - index);
        }
    }

    /// The index of a sequence number: the one nearest to the newest (RFC 3711 §3.3.1). None: before the first.
    fn index(&self, seq: u16) -> Option<u64> {
        let step = i64::from(seq.wrapping_sub(self.newest as u16) as i16);
        self.newest.checked_add_signed(step)
    }
}

/// Seals what we send under our key. One stream: all of a leg's packets have one SSRC.
pub struct Sealer {
    keys: Keys,
    rtp: Session,
    rtcp: Session,
    sent: Option<Window>,
    reports: u32,
}

impl Sealer {
    #[must_use]
    pub fn new(keys: Keys) -> Self {
        let (rtp, rtcp) = (Session::derive(&keys.master, 0), Session::derive(&keys.master, 3));
        Self { keys, rtp, rtcp, sent: None, reports: 0 }
    }

    #[must_use]
    pub fn keys(&self) -> Keys {
        self.keys
    }

    /// Seals the packet of `length` at the buffer's front; its new length. None: no packet, no room for the tag, or a number
    /// that was sent before, which would tell two texts under one key stream.
    pub fn seal(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let (header, ssrc, seq) = rtp_header(buffer.get(..length)?)?;
        let sealed = length + self.keys.suite.tag();
        let index = self.sent.map_or(Some(u64::from(seq)), |sent| sent.index(seq))?;
        if sealed > buffer.len() || self.sent.is_some_and(|sent| !sent.is_new(index)) {
            return None;
        }
        self.sent.get_or_insert(Window::begin(index)).note(index);
        self.rtp.crypt(ssrc, index, &mut buffer[header..length]);
        let tag = self.rtp.tag(&buffer[..length], &rollovers(index));
        buffer[length..sealed].copy_from_slice(&tag[..sealed - length]);
        Some(sealed)
    }

    /// The same for a report.
    pub fn seal_report(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let sealed = length + REPORT_TRAILER;
        if length < REPORT_HEADER || sealed > buffer.len() {
            return None;
        }
        let ssrc = u32::from_be_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
        self.reports = (self.reports + 1) & !ENCRYPTED;
        self.rtcp.crypt(ssrc, self.reports.into(), &mut buffer[REPORT_HEADER..length]);
        buffer[length..length + 4].copy_from_slice(&(self.reports | ENCRYPTED).to_be_bytes());
        let tag = self.rtcp.tag(&buffer[..length + 4], &[]);
        buffer[length + 4..sealed].copy_from_slice(&tag[..REPORT_TAG]);
        Some(sealed)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({:?})", self.keys)
    }
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    ssrc: u32,
    window: Window,
    heard: u64,
}

/// The streams of one far end, each with its own numbers.
#[derive(Debug, Clone, Copy, Default)]
struct Streams {
    known: [Option<Stream>; STREAMS],
    heard: u64,
}

impl Streams {
    fn of(&self, ssrc: u32) -> Option<&Window> {
        self.known.iter().flatten().find(|s| s.ssrc == ssrc).map(|s| &s.window)
    }

    fn note(&mut self, ssrc: u32, index: u64) {
        self.heard += 1;
        let heard = self.heard;
        if let Some(stream) = self.known.iter_mut().flatten().find(|s| s.ssrc == ssrc) {
            stream.window.note(index);
            stream.heard = heard;
            return;
        }
        let oldest = self.known.iter_mut().min_by_key(|slot| slot.map_or(0, |s| s.heard));
        if let Some(slot) = oldest {
            *slot = Some(Stream { ssrc, window: Window::begin(index), heard });
        }
    }
}

/// Opens what the far end sends under its key.
pub struct Opener {
    keys: Keys,
    rtp: Session,
    rtcp: Session,
    packets: Streams,
    reports: Streams,
    /// How far streams had come under the key before: a far end may go on counting (RFC 3711 §3.3.1) or begin anew.
    before: Streams,
}

impl Opener {
    #[must_use]
    pub fn new(keys: Keys, before: Option<&Opener>) -> Self {
        let (rtp, rtcp) = (Session::derive(&keys.master, 0), Session::derive(&keys.master, 3));
        let before = before.map(|b| b.packets).unwrap_or_default();
        Self { keys, rtp, rtcp, packets: Streams::default(), reports: Streams::default(), before }
    }

    #[must_use]
    pub fn keys(&self) -> Keys {
        self.keys
    }

    /// Opens a packet; the length of the plain one. None, and nothing is changed: not of this key, changed on its way, or
    /// there before.
    pub fn open(&mut self, packet: &mut [u8]) -> Option<usize> {
        let length = packet.len().checked_sub(self.keys.suite.tag())?;
        let (header, ssrc, seq) = rtp_header(&packet[..length])?;
        let (index, other) = match self.packets.of(ssrc) {
            Some(window) => (window.index(seq).filter(|index| window.is_new(*index))?, None),
            None => (u64::from(seq), self.before.of(ssrc).and_then(|window| window.index(seq))),
        };
        let (octets, tag) = packet.split_at(length);
        let proves = |index: &u64| bool::from(self.rtp.tag(octets, &rollovers(*index))[..tag.len()].ct_eq(tag));
        let index = [Some(index), other].into_iter().flatten().find(proves)?;
        self.packets.note(ssrc, index);
        self.rtp.crypt(ssrc, index, &mut packet[header..length]);
        Some(length)
    }

    /// The same for a report.
    pub fn open_report(&mut self, packet: &mut [u8]) -> Option<usize> {
        let length = packet.len().checked_sub(REPORT_TRAILER).filter(|length| *length >= REPORT_HEADER)?;
        let (octets, tag) = packet.split_at(length + 4);
        if !bool::from(self.rtcp.tag(octets, &[])[..REPORT_TAG].ct_eq(tag)) {
            return None;
        }
        let word = |at: usize| u32::from_be_bytes([packet[at], packet[at + 1], packet[at + 2], packet[at + 3]]);
        let (ssrc, trailer) = (word(4), word(length));
        let index = u64::from(trailer & !ENCRYPTED);
        if self.reports.of(ssrc).is_some_and(|window| !window.is_new(index)) {
            return None;
        }
        self.reports.note(ssrc, index);
        if trailer & ENCRYPTED != 0 {
            self.rtcp.crypt(ssrc, index, &mut packet[REPORT_HEADER..length]);
        }
        Some(length)
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener({:?})", self.keys)
    }
}

/// The rollover counter of an index, as it is proved with the packet.
fn rollovers(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

/// Length of the header with sources and extension, SSRC and sequence number.
fn rtp_header(packet: &[u8]) -> Option<(usize, u32, u16)> {
    let fixed: &[u8; RTP_HEADER] = packet.first_chunk()?;
    if fixed[0] >> 6 != 2 {
        return None;
    }
    let mut length = RTP_HEADER + usize::from(fixed[0] & 0x0f) * 4;
    if fixed[0] & 0x10 != 0 {
        let extension = packet.get(length..length + 4)?;
        length += 4 + usize::from(u16::from_be_bytes([extension[2], extension[3]])) * 4;
    }
    let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
    (length <= packet.len()).then_some((length, ssrc, u16::from_be_bytes([fixed[2], fixed[3]])))
}

#[cfg(test)]
mod tests;
