//! One leg of a call on the media side: what comes in is admitted, counted and understood ([`Leg::receive`]), what goes out is
//! decided once a frame ([`Leg::speak`]). Who hears whom is the shard's business.
//! Never in this room: sockets, other legs, clocks.

use std::net::SocketAddr;

use contract::{InteractionId, LegId, Quality};
use rtp_types::RtpPacket;

use super::clock::{FRAME, Micros};
use super::command::{DigitVia, MediaEvent, Remote};
use super::digits::{DigitSender, EventReceiver, Keying};
use super::inband::ToneDetector;
use super::latch::{Admit, Latch};
use super::law::Law;
use super::outbound::{Kind, OutStream};
use super::player::Player;
use super::playout::Playout;
use super::quality;
use super::reception::{Arrival, Reception};
use super::rtcp::Rtcp;
use super::srtp::{Opener, Secured};

/// Reports go out so often; the first one sooner, so that short calls have one too (RFC 3550 §6.2).
const REPORT_US: Micros = 5_000_000;
const FIRST_REPORT_US: Micros = 2_500_000;
/// Without a packet from the bridged side for so long, we send silence in its place.
const FILL_US: Micros = 100_000;
/// Delay of the far end's own buffer and coding, for the quality estimate.
const FAR_DELAY_MS: f32 = 60.0;

/// Audio of a leg that someone records, mixes or listens to for tones: on the media clock, one frame at a time.
#[derive(Debug)]
pub struct Tap {
    pub playout: Playout,
    /// This frame's audio; silence while the leg is muted.
    pub frame: [i16; FRAME],
    pub tones: Option<ToneDetector>,
}

/// What a packet turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Not for us: a stranger, a duplicate, something we do not know.
    Nothing,
    /// Counted, and of no further use: comfort noise, a kind not agreed.
    Noise,
    Audio { law: Law, overtaken: bool },
    Keys { digit: Option<char> },
}

/// See the room story.
#[derive(Debug)]
pub struct Leg {
    pub id: LegId,
    pub room: InteractionId,
    pub phase: usize,
    pub remote: Option<Remote>,
    pub latch: Latch,
    pub out: OutStream,
    /// Slots of the legs this one hears, and of those that hear it.
    pub hears: Vec<usize>,
    pub heard_by: Vec<usize>,
    pub muted: bool,
    pub player: Option<Player>,
    pub keys: DigitSender,
    pub tap: Option<Box<Tap>>,
    pub detect: bool,
    /// What opens the far end's packets, before anything else looks at them.
    pub seals: Seals,
    /// The sockets have been told where the packets come from.
    pub settled: bool,
    reception: Reception,
    rtcp: Rtcp,
    events: EventReceiver,
    sends_events: bool,
    last_heard: Option<Micros>,
    silent_told: u32,
    ever_heard: bool,
    report_at: Micros,
    lost_told: u32,
}

impl Leg {
    #[must_use]
    pub fn new(id: LegId, room: InteractionId, phase: usize, epoch_us: u64, chance: u64) -> Self {
        Self {
            id,
            room,
            phase,
            remote: None,
            latch: Latch::default(),
            out: OutStream::new(chance),
            hears: Vec::new(),
            heard_by: Vec::new(),
            muted: false,
            player: None,
            keys: DigitSender::default(),
            tap: None,
            detect: false,
            seals: Seals::default(),
            settled: false,
            reception: Reception::default(),
            rtcp: Rtcp::new(epoch_us),
            events: EventReceiver::default(),
            sends_events: false,
            last_heard: None,
            silent_told: 0,
            ever_heard: false,
            report_at: 0,
            lost_told: 0,
        }
    }

    /// Call control names the far end, or changes what was agreed.
    pub fn set_remote(&mut self, now: Micros, remote: Remote) {
        let before = self.remote.replace(remote);
        if before.is_none_or(|b| b.to != remote.to) {
            self.settled = false;
            if let Some(tap) = &mut self.tap {
                tap.playout.reset();
            }
        }
        if before.is_none() {
            self.report_at = now + FIRST_REPORT_US;
        }
        if !before.is_some_and(|b| b.receive) && remote.receive {
            self.last_heard = Some(now);
        }
        self.latch.signal(now, remote.to, remote.seen);
        self.seals.set(remote.secured);
        self.out.set_key(remote.secured.map(|s| s.ours));
        self.out.set_ptime(remote.ptime_ms);
        self.out.set_payload_type(remote.audio_pt);
    }

    /// An RTP packet at our port: whether it counts, and what it is.
    pub fn receive(&mut self, now: Micros, from: SocketAddr, packet: &RtpPacket<'_>, tell: &mut impl FnMut(MediaEvent)) -> Heard {
        let Some(remote) = self.remote else { return Heard::Nothing };
        match self.latch.admit(now, from, packet.ssrc(), packet.sequence_number()) {
            Admit::No => return Heard::Nothing,
            Admit::Moved => self.settled = false,
            Admit::Yes => {}
        }
        let arrival = self.reception.arrive(now, packet.ssrc(), packet.sequence_number(), packet.timestamp());
        if arrival == Arrival::Drop {
            return Heard::Nothing;
        }
        self.last_heard = Some(now);
        if !self.ever_heard {
            self.ever_heard = true;
            tell(MediaEvent::FirstPacket);
        }
        if std::mem::take(&mut self.silent_told) > 0 {
            tell(MediaEvent::Flowing);
        }
        let pt = packet.payload_type();
        if let Some(law) = remote.law_of(pt) {
            return Heard::Audio { law, overtaken: arrival == Arrival::Late };
        }
        if remote.dtmf_pt != Some(pt) {
            return Heard::Noise;
        }
        self.sends_events = true;
        let digit = self.events.receive(now, packet.marker_bit(), packet.timestamp(), packet.payload());
        if let Some(digit) = digit {
            tell(MediaEvent::Digit { digit, via: DigitVia::Event });
        }
        Heard::Keys { digit }
    }

    pub fn receive_report(&mut self, now: Micros, from: SocketAddr, bytes: &[u8]) {
        if self.latch.admits_rtcp(from) && self.rtcp.receive(now, self.out.ssrc(), bytes) && self.last_heard.is_some() {
            // Some phones send no audio while muted; their reports say that they are there.
            self.last_heard = Some(now);
        }
    }

    /// The line the leg is on has measured it.
    pub fn note_round_trip(&mut self, ms: f32) {
        self.rtcp.note_round_trip(ms);
    }

    /// This frame's audio of the leg, for whoever taps it.
    pub fn tap_frame(&mut self, tell: &mut impl FnMut(MediaEvent)) {
        let Some(tap) = &mut self.tap else { return };
        tap.playout.take(&mut tap.frame);
        if let Some(tones) = tap.tones.as_mut().filter(|_| !self.sends_events)
            && let Some(digit) = tones.hear(&tap.frame)
        {
            tell(MediaEvent::Digit { digit, via: DigitVia::Tone });
        }
        if self.muted {
            tap.frame.fill(0);
        }
    }

    /// Whether a packet of `source` is to be passed on to this leg.
    #[must_use]
    pub fn passes(&self, source: usize) -> Option<Remote> {
        let remote = self.remote.filter(|r| r.send)?;
        let only = self.hears.len() == 1 && self.hears[0] == source;
        (only && self.player.is_none() && !self.keys.is_busy()).then_some(remote)
    }

    /// Sends this frame's audio. `mix`: what the sources of a leg with several sum up to; `open`: a single source is not muted.
    pub fn speak(&mut self, now: Micros, mix: Option<&[i16; FRAME]>, open: bool, send: &mut impl FnMut(SocketAddr, &[u8]), tell: &mut impl FnMut(MediaEvent)) {
        let (Some(remote), Some(to)) = (self.remote, self.latch.target()) else { return };
        let mut send = |bytes: &[u8]| if remote.send { send(to, bytes) };
        if self.keys.is_busy() && remote.send {
            self.press(now, remote, &mut send);
            if !self.keys.is_busy() {
                tell(MediaEvent::DigitsSent);
            }
            return;
        }
        let mut frame = [remote.law.silence(); FRAME];
        if let Some(player) = &mut self.player {
            let (id, more) = (player.id, player.next(remote.law, &mut frame));
            if !more || player.is_over() {
                self.player = None;
            }
            if more {
                self.out.frame(now, Kind::Play(id), remote.law, &frame, &mut send);
            }
            if self.player.is_none() {
                tell(MediaEvent::PlayDone { id, completed: true });
            }
            return;
        }
        if let Some(mix) = mix {
            remote.law.encode(mix, &mut frame);
            self.out.frame(now, Kind::Mix, remote.law, &frame, &mut send);
        } else if !(open && self.hears.len() == 1 && now.saturating_sub(self.out.forwarded_at()) < FILL_US) {
            self.out.frame(now, Kind::Silence, remote.law, &frame, &mut send);
        }
    }

    fn press(&mut self, now: Micros, remote: Remote, send: &mut impl FnMut(&[u8])) {
        let mut frame = [remote.law.silence(); FRAME];
        match self.keys.next(remote.dtmf_pt.is_some()) {
            Some(Keying::Event { payload, first }) => {
                self.out.event(now, remote.dtmf_pt.unwrap_or(101), first, &payload, send);
            }
            Some(Keying::Tone(samples)) => {
                remote.law.encode(&samples, &mut frame);
                self.out.frame(now, Kind::Keys, remote.law, &frame, send);
            }
            Some(Keying::Pause) => self.out.frame(now, Kind::Silence, remote.law, &frame, send),
            None => {}
        }
    }

    /// Tells of silence at each multiple of `silence_ms`.
    pub fn watch(&mut self, now: Micros, silence_ms: u32, tell: &mut impl FnMut(MediaEvent)) {
        let Some(last) = self.last_heard.filter(|_| self.remote.is_some_and(|r| r.receive)) else { return };
        let quiet = u32::try_from(now.saturating_sub(last) / 1000).unwrap_or(u32::MAX);
        let due = quiet / silence_ms * silence_ms;
        if due > self.silent_told {
            self.silent_told = due;
            tell(MediaEvent::Silent { ms: due });
        }
    }

    /// The report that is due, with where it goes.
    pub fn report(&mut self, now: Micros, buffer: &mut [u8]) -> Option<(SocketAddr, usize)> {
        let due = self.remote.is_some() && now >= self.report_at;
        let to = self.latch.target().filter(|to| due && !to.ip().is_unspecified())?;
        self.report_at = now + REPORT_US;
        let length = self.rtcp.report(now, &self.out, &mut self.reception, buffer);
        let length = self.out.seal_report(buffer, length)?;
        Some((SocketAddr::new(to.ip(), to.port().wrapping_add(1)), length))
    }

    /// Packets lost since this was last asked. One that came late after it was counted stays counted.
    pub fn newly_lost(&mut self) -> u32 {
        let lost = self.reception.lost();
        let new = lost.saturating_sub(self.lost_told);
        self.lost_told += new;
        new
    }

    #[must_use]
    pub fn quality(&self) -> Quality {
        let (received, lost) = (self.reception.received(), self.reception.lost());
        let share = lost as f32 / (received + lost).max(1) as f32;
        let round_trip_ms = self.rtcp.round_trip_ms();
        let delay = round_trip_ms.unwrap_or(0.0) / 2.0 + FAR_DELAY_MS + self.reception.jitter_ms();
        Quality { received, lost, jitter_ms: self.reception.jitter_ms(), round_trip_ms, mos: quality::mos(share, delay) }
    }
}

/// What opens a leg's packets. Without keys they are as they come.
#[derive(Debug, Default)]
pub struct Seals {
    opener: Option<Box<Opener>>,
    /// Of the key before, for what is still on its way, until something comes under the new one.
    before: Option<Box<Opener>>,
}

impl Seals {
    /// Under the same key everything goes on as it was.
    fn set(&mut self, secured: Option<Secured>) {
        let theirs = secured.map(|s| s.theirs);
        if self.opener.as_ref().map(|opener| opener.keys()) != theirs {
            self.before = self.opener.take().filter(|_| theirs.is_some());
            self.opener = theirs.map(|keys| Box::new(Opener::new(keys, self.before.as_deref())));
        }
    }

    /// Length of the plain packet; `None`: none that counts.
    pub fn open(&mut self, packet: &mut [u8]) -> Option<usize> {
        self.open_by(packet, Opener::open)
    }

    pub fn open_report(&mut self, packet: &mut [u8]) -> Option<usize> {
        self.open_by(packet, Opener::open_report)
    }

    fn open_by(&mut self, packet: &mut [u8], open: impl Fn(&mut Opener, &mut [u8]) -> Option<usize>) -> Option<usize> {
        let Some(opener) = &mut self.opener else { return Some(packet.len()) };
        if let Some(length) = open(opener, packet) {
            self.before = None;
            return Some(length);
        }
        open(self.before.as_mut()?, packet)
    }
}
