//! A browser's line: one peer connection that stands for a whole shift. ICE-lite, DTLS-SRTP, G.711 as it comes; the leg of a
//! call is laid on it and taken off again, so that answering sets nothing up. Start at [`Line::accept`] (the browser's offer)
//! and [`Line::receive`] (a datagram of it); what goes out goes through a [`LineWire`].
//! Never in this room: sockets, clocks, calls. Standards: RFC 8445 §2.5 (ICE-lite), RFC 5764 (DTLS-SRTP), RFC 8829 (SDP).

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rtp_types::RtpPacket;
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::media::{Direction, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::clock::{FRAME, Micros, samples_in};

/// One line of one browser; a browser that comes back has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub i64);

/// Browsers ask for consent every two and a half seconds at most (RFC 7675 §5.1): nothing for so long is nobody.
pub const LOST_US: Micros = 6_000_000;
/// A line that was lost for so long does not come back: its browser makes another one.
pub const GONE_US: Micros = 60_000_000;
/// Longest offer read. That of a browser has some 3 kB.
pub const LONGEST_OFFER: usize = 32 * 1024;
/// How often the round trip is looked at.
const STATS: Duration = Duration::from_secs(2);
/// 12 bytes and the longest audio a leg takes.
const LONGEST_PACKET: usize = 1500;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEvent {
    /// The browser is there and can be spoken to; also after `Lost`.
    Up,
    /// Nothing came for [`LOST_US`], or it never came.
    Lost,
    /// The line is over; its last event, unless it was closed by us.
    Gone,
}

/// Where what a line makes goes.
pub trait LineWire {
    fn datagram(&mut self, to: SocketAddr, bytes: &[u8]);
    /// An RTP packet of the browser, decrypted.
    fn rtp(&mut self, packet: &[u8]);
    /// As the browser's reports and its consent checks say.
    fn round_trip(&mut self, ms: f32);
    fn event(&mut self, event: LineEvent);
}

/// Why there is no line for an offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("the offer is no SDP that a browser makes: {0}")]
    Unreadable(String),
    #[error("the offer has no audio in G.711 (PCMA or PCMU) that goes both ways")]
    NoAudio,
}

/// What lines prove themselves with: one certificate for all of a program's life.
pub struct Proof {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl Proof {
    /// Made at the first line; houses without browser phones never need it. `None`: the system gave no randomness.
    #[must_use]
    pub fn of_this_program() -> Option<&'static Self> {
        static PROOF: OnceLock<Option<Proof>> = OnceLock::new();
        let made = PROOF.get_or_init(|| {
            let crypto = Arc::new(str0m::crypto::from_feature_flags());
            let certificate = crypto.dtls_provider.generate_certificate()?;
            Some(Self { crypto, certificate })
        });
        made.as_ref()
    }
}

/// See the room story.
pub struct Line {
    pub id: LineId,
    rtc: Rtc,
    /// The zero of `Micros`, for str0m, which counts in `Instant`.
    zero: Instant,
    /// Our address as the browser is told.
    candidate: SocketAddr,
    mid: Mid,
    numbers: Numbers,
    due: Micros,
    heard_at: Micros,
    connected: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Awaited,
    Up,
    Lost,
    Gone,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({} {:?})", self.id.0, self.state)
    }
}

impl Line {
    /// Takes the browser's offer; the answer names `candidate`, where the browser reaches us. `zero`: the instant `now` is
    /// counted from.
    ///
    /// # Errors
    /// [`LineFault`].
    pub fn accept(id: LineId, offer: &str, candidate: SocketAddr, proof: &Proof, zero: Instant, now: Micros) -> Result<(Self, String), LineFault> {
        let unreadable = |why: &dyn std::fmt::Display| LineFault::Unreadable(why.to_string().chars().take(200).collect());
        if offer.len() > LONGEST_OFFER {
            return Err(LineFault::Unreadable(format!("it is longer than {LONGEST_OFFER} bytes")));
        }
        let offer = SdpOffer::from_sdp_string(offer).map_err(|why| unreadable(&why))?;
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(proof.crypto.clone())
            .set_dtls_cert(proof.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(STATS))
            .clear_extension_map()
            .clear_codecs()
            .enable_pcma(true, false)
            .enable_pcmu(true, false)
            .build(zero + Duration::from_micros(now));
        rtc.add_local_candidate(Candidate::host(candidate, "udp").map_err(|why| unreadable(&why))?);
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|why| unreadable(&why))?.to_sdp_string();
        let mid = audio_of(&answer).filter(|mid| {
            rtc.media(*mid).is_some_and(|media| !media.disabled() && media.direction() == Direction::SendRecv)
        });
        let mut line = Self {
            id,
            rtc,
            zero,
            candidate,
            mid: mid.ok_or(LineFault::NoAudio)?,
            numbers: Numbers::default(),
            due: now,
            heard_at: now,
            connected: false,
            state: State::Awaited,
        };
        line.take(now, Input::Timeout(line.instant(now)), &mut Nowhere);
        Ok((line, answer))
    }

    /// The browser's network changed: the same line goes on another way, with new credentials on both sides (RFC 8445 §9).
    /// DTLS, streams and the leg on it stay.
    ///
    /// # Errors
    /// [`LineFault`]; the line is then as it was.
    pub fn renew(&mut self, now: Micros, offer: &str, wire: &mut impl LineWire) -> Result<String, LineFault> {
        let unreadable = |why: &dyn std::fmt::Display| LineFault::Unreadable(why.to_string().chars().take(200).collect());
        if offer.len() > LONGEST_OFFER {
            return Err(LineFault::Unreadable(format!("it is longer than {LONGEST_OFFER} bytes")));
        }
        let offer = SdpOffer::from_sdp_string(offer).map_err(|why| unreadable(&why))?;
        let answer = self.rtc.sdp_api().accept_offer(offer).map_err(|why| unreadable(&why))?.to_sdp_string();
        self.take(now, Input::Timeout(self.instant(now)), wire);
        Ok(answer)
    }

    /// A datagram came to the line's port.
    pub fn receive(&mut self, now: Micros, from: SocketAddr, bytes: &[u8], wire: &mut impl LineWire) {
        let Ok(datagram) = Receive::new(Protocol::Udp, from, self.candidate, bytes) else { return };
        let input = Input::Receive(self.instant(now), datagram);
        // Strangers do not keep a line alive.
        if !self.rtc.accepts(&input) {
            return;
        }
        self.heard_at = now;
        self.take(now, input, wire);
        if self.connected && self.rtc.is_alive() && self.state != State::Up {
            self.state = State::Up;
            wire.event(LineEvent::Up);
        }
    }

    /// Sends a leg's RTP packet to the browser: the payload untouched, in the line's own stream.
    pub fn speak(&mut self, now: Micros, packet: &[u8], wire: &mut impl LineWire) {
        let Some(packet) = RtpPacket::parse(packet).ok().filter(|_| self.connected) else { return };
        let Some((seq, timestamp)) = self.numbers.of(now, packet.ssrc(), packet.sequence_number(), packet.timestamp()) else { return };
        let at = self.instant(now);
        let write = RtpWrite::new(packet.payload_type().into(), seq.into(), timestamp, at, packet.payload()).marker(packet.marker_bit());
        if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(write);
            self.take(now, Input::Timeout(at), wire);
        }
    }

    /// Time passed.
    pub fn run(&mut self, now: Micros, wire: &mut impl LineWire) {
        if now >= self.due {
            self.take(now, Input::Timeout(self.instant(now)), wire);
        }
        let quiet = now.saturating_sub(self.heard_at);
        if matches!(self.state, State::Awaited | State::Up) && quiet >= LOST_US {
            self.state = State::Lost;
            wire.event(LineEvent::Lost);
        }
        if self.state == State::Lost && (quiet >= GONE_US || !self.rtc.is_alive()) {
            self.state = State::Gone;
            wire.event(LineEvent::Gone);
        }
    }

    /// Says good-bye, so that the browser need not find out.
    pub fn close(&mut self, now: Micros, wire: &mut impl LineWire) {
        if self.rtc.close().is_ok() {
            self.settle(now, wire);
        }
    }

    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.state == State::Gone
    }

    fn instant(&self, now: Micros) -> Instant {
        self.zero + Duration::from_micros(now)
    }

    fn take(&mut self, now: Micros, input: Input<'_>, wire: &mut impl LineWire) {
        // What str0m refuses is malformed or out of place; the line itself stands.
        if let Err(why) = self.rtc.handle_input(input) {
            tracing::debug!("line {}: {why}", self.id.0);
        }
        self.settle(now, wire);
    }

    /// Everything that follows.
    fn settle(&mut self, now: Micros, wire: &mut impl LineWire) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.due = now.max(at.saturating_duration_since(self.zero).as_micros() as Micros);
                    return;
                }
                Ok(Output::Transmit(out)) => wire.datagram(out.destination, &out.contents),
                Ok(Output::Event(event)) => self.happened(event, wire),
                Err(why) => {
                    tracing::debug!("line {} is cut: {why}", self.id.0);
                    self.rtc.disconnect();
                    self.due = Micros::MAX;
                    return;
                }
            }
        }
    }

    fn happened(&mut self, event: Event, wire: &mut impl LineWire) {
        match event {
            Event::Connected => self.connected = true,
            Event::RtpPacket(packet) => {
                let (header, payload) = (&packet.header, &packet.payload);
                if payload.len() > LONGEST_PACKET - 12 {
                    return;
                }
                let mut bytes = [0; LONGEST_PACKET];
                bytes[0] = 0x80;
                bytes[1] = u8::from(header.marker) << 7 | *header.payload_type & 0x7F;
                bytes[2..4].copy_from_slice(&header.sequence_number.to_be_bytes());
                bytes[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
                bytes[8..12].copy_from_slice(&(*header.ssrc).to_be_bytes());
                bytes[12..12 + payload.len()].copy_from_slice(payload);
                wire.rtp(&bytes[..12 + payload.len()]);
            }
            Event::PeerStats(stats) => {
                if let Some(trip) = stats.rtt {
                    wire.round_trip(trip.as_secs_f32() * 1000.0);
                }
            }
            _ => {}
        }
    }
}

/// The audio of the answer: str0m itself tells of it only once the browser is connected.
fn audio_of(answer: &str) -> Option<Mid> {
    let lines = answer.lines().skip_while(|line| !line.starts_with("m=audio "));
    lines.skip(1).take_while(|line| !line.starts_with("m=")).find_map(|line| line.strip_prefix("a=mid:")).map(|mid| mid.trim().into())
}

/// Before the answer is out nothing leaves a line.
struct Nowhere;

impl LineWire for Nowhere {
    fn datagram(&mut self, _: SocketAddr, _: &[u8]) {}
    fn rtp(&mut self, _: &[u8]) {}
    fn round_trip(&mut self, _: f32) {}
    fn event(&mut self, _: LineEvent) {}
}

/// One unbroken run of numbers towards the browser, whatever leg is on the line: SRTP counts the wraps of one SSRC
/// (RFC 3711 §3.3.1), and a leap would sound like loss.
#[derive(Debug, Default)]
struct Numbers {
    leg: Option<Run>,
    /// The highest number sent, with its wraps.
    highest: u64,
    timestamp: u32,
    at: Micros,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    ssrc: u32,
    /// The leg's number that became `highest`.
    seq: u16,
    timestamp_offset: u32,
}

impl Numbers {
    /// `None`: it belongs before the first packet of its leg.
    fn of(&mut self, now: Micros, ssrc: u32, seq: u16, timestamp: u32) -> Option<(u64, u32)> {
        let Some(run) = self.leg.filter(|run| run.ssrc == ssrc) else {
            let passed = samples_in(now.saturating_sub(self.at)).max(FRAME as u64) as u32;
            let own = self.timestamp.wrapping_add(passed);
            self.leg = Some(Run { ssrc, seq, timestamp_offset: own.wrapping_sub(timestamp) });
            (self.highest, self.timestamp, self.at) = (self.highest + 1, own, now);
            return Some((self.highest, own));
        };
        let ahead = seq.wrapping_sub(run.seq) as i16;
        let own = timestamp.wrapping_add(run.timestamp_offset);
        if ahead <= 0 {
            return Some((self.highest.checked_sub(u64::from(ahead.unsigned_abs()))?, own)).filter(|(seq, _)| *seq > 0);
        }
        self.leg = Some(Run { seq, ..run });
        (self.highest, self.timestamp, self.at) = (self.highest + ahead as u64, own, now);
        Some((self.highest, own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_follow_one_another_in_one_run_of_numbers() {
        let mut numbers = Numbers::default();
        let ms = |ms: u64| ms * 1000;
        assert_eq!(numbers.of(ms(0), 7, 65_534, 1000), Some((1, 160)));
        assert_eq!(numbers.of(ms(20), 7, 65_535, 1160), Some((2, 320)));
        // Round the wrap, one lost, and a straggler.
        assert_eq!(numbers.of(ms(60), 7, 1, 1480), Some((4, 640)));
        assert_eq!(numbers.of(ms(61), 7, 0, 1320), Some((3, 480)));
        // Another leg a second later: the next number, and the time that passed.
        assert_eq!(numbers.of(ms(1060), 9, 30_000, 5), Some((5, 640 + 8000)));
        assert_eq!(numbers.of(ms(1080), 9, 30_001, 165), Some((6, 640 + 8160)));
        // Before its first: that number was another leg's, or nobody's.
        assert_eq!(Numbers::default().of(ms(0), 1, 5, 0), Some((1, 160)));
    }

    const HERE: &str = "127.0.0.1:4000";
    const THERE: &str = "127.0.0.1:5000";
    const STEP: Micros = 10_000;

    /// What a line made, on its way.
    #[derive(Default)]
    struct Air {
        to_browser: Vec<Vec<u8>>,
        events: Vec<LineEvent>,
    }

    impl LineWire for Air {
        fn datagram(&mut self, to: SocketAddr, bytes: &[u8]) {
            assert_eq!(to, THERE.parse().unwrap());
            self.to_browser.push(bytes.to_vec());
        }
        fn rtp(&mut self, _: &[u8]) {}
        fn round_trip(&mut self, _: f32) {}
        fn event(&mut self, event: LineEvent) {
            self.events.push(event);
        }
    }

    struct Lab {
        line: Line,
        browser: Rtc,
        air: Air,
        zero: Instant,
        now: Micros,
    }

    impl Lab {
        fn new() -> Self {
            #[expect(clippy::disallowed_methods, reason = "the zero of virtual time")]
            let zero = Instant::now();
            let mut browser = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).build(zero);
            browser.add_local_candidate(Candidate::host(THERE.parse().unwrap(), "udp").unwrap());
            let mut change = browser.sdp_api();
            change.add_media(str0m::media::MediaKind::Audio, Direction::SendRecv, None, None, None);
            let (offer, pending) = change.apply().unwrap();
            let proof = Proof::of_this_program().unwrap();
            let (line, answer) = Line::accept(LineId(1), &offer.to_sdp_string(), HERE.parse().unwrap(), proof, zero, 0).unwrap();
            let answer = str0m::change::SdpAnswer::from_sdp_string(&answer).unwrap();
            browser.sdp_api().accept_answer(pending, answer).unwrap();
            Self { line, browser, air: Air::default(), zero, now: 0 }
        }

        /// So much time, with or without a network in between; what the line told.
        fn pass(&mut self, us: Micros, network: bool) -> Vec<LineEvent> {
            let end = self.now + us;
            while self.now < end {
                self.now += STEP;
                let at = self.zero + Duration::from_micros(self.now);
                for bytes in self.air.to_browser.drain(..).filter(|_| network) {
                    let datagram = Receive::new(Protocol::Udp, HERE.parse().unwrap(), THERE.parse().unwrap(), &bytes).unwrap();
                    self.browser.handle_input(Input::Receive(at, datagram)).unwrap();
                }
                self.browser.handle_input(Input::Timeout(at)).unwrap();
                loop {
                    match self.browser.poll_output().unwrap() {
                        Output::Timeout(_) => break,
                        Output::Transmit(out) if network => self.line.receive(self.now, THERE.parse().unwrap(), &out.contents, &mut self.air),
                        Output::Transmit(_) | Output::Event(_) => {}
                    }
                }
                self.line.run(self.now, &mut self.air);
            }
            std::mem::take(&mut self.air.events)
        }
    }

    #[test]
    fn a_browser_that_falls_silent_is_lost_and_may_come_back_until_it_is_gone() {
        let mut lab = Lab::new();
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Up]);
        assert_eq!(lab.pass(20_000_000, true), [], "asking for consent is enough");
        assert_eq!(lab.pass(LOST_US - 3_000_000, false), []);
        assert_eq!(lab.pass(3_000_000, false), [LineEvent::Lost]);
        assert_eq!(lab.pass(4_000_000, true), [LineEvent::Up]);
        assert_eq!(lab.pass(GONE_US - 1_000_000, false), [LineEvent::Lost]);
        assert_eq!(lab.pass(2_000_000, false), [LineEvent::Gone]);
        assert!(lab.line.is_gone());
    }

    #[test]
    fn a_browser_that_never_comes_is_lost_too_and_one_that_says_good_bye_is_gone_at_once_after() {
        let mut lab = Lab::new();
        assert_eq!(lab.pass(LOST_US, false), [LineEvent::Lost]);
        let mut lab = Lab::new();
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Up]);
        lab.browser.close().unwrap();
        assert_eq!(lab.pass(LOST_US - 1_000_000, true), [], "a page that is loaded anew is back by then");
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Lost, LineEvent::Gone]);
    }

    #[test]
    fn a_browser_on_another_network_goes_on_over_the_same_line() {
        let mut lab = Lab::new();
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Up]);
        lab.pass(1_000_000, false);
        let mut change = lab.browser.sdp_api();
        change.ice_restart(true);
        let (offer, pending) = change.apply().unwrap();
        let answer = lab.line.renew(lab.now, &offer.to_sdp_string(), &mut lab.air).unwrap();
        let answer = str0m::change::SdpAnswer::from_sdp_string(&answer).unwrap();
        lab.browser.sdp_api().accept_answer(pending, answer).unwrap();
        assert_eq!(lab.pass(20_000_000, true), [], "it was up, and stays so");
        assert!(lab.browser.is_connected() && lab.line.connected);
        assert!(lab.line.renew(lab.now, "v=0", &mut lab.air).is_err());
        assert_eq!(lab.pass(10_000_000, true), [], "an offer that is none changes nothing");
    }

    #[test]
    fn a_browser_whose_line_is_closed_hears_of_it() {
        let mut lab = Lab::new();
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Up]);
        assert!(lab.browser.is_alive());
        lab.line.close(lab.now, &mut lab.air);
        lab.pass(100_000, true);
        assert!(!lab.browser.is_alive());
    }

    #[test]
    fn strangers_keep_no_line_alive() {
        let mut lab = Lab::new();
        assert_eq!(lab.pass(2_000_000, true), [LineEvent::Up]);
        let stranger: SocketAddr = "127.0.0.1:6666".parse().unwrap();
        for n in 0..10 {
            for bytes in [&[0x80, 8, 0, n, 0, 0, 0, 0, 0, 0, 0, 7, 1][..], &[22, 254, 253, 0], b"GET / HTTP/1.1", &[]] {
                lab.line.receive(lab.now, stranger, bytes, &mut lab.air);
            }
            lab.pass(LOST_US / 10, false);
        }
        assert_eq!(lab.line.state, State::Lost);
    }

    #[test]
    fn numbers_run_on_over_many_wraps() {
        let mut numbers = Numbers::default();
        let mut last = 0;
        for n in 0..200_000_u64 {
            let (seq, _) = numbers.of(n * 20_000, 7, n as u16, n as u32 * 160).unwrap();
            assert_eq!(seq, last + 1);
            last = seq;
        }
    }
}
