//! The stream a leg sends: one SSRC, one unbroken run of sequence numbers and timestamps, whatever it is made of. Start at
//! [`OutStream::frame`] (audio of our own clock), [`OutStream::forward`] (a bridged packet, passed at once) and
//! [`OutStream::event`] (RFC 4733). A change of what is sent carries the marker bit.
//! Never in this room: sockets; packets are handed to a closure. Standards: RFC 3550 §5.1, RFC 3551 §4.1, RFC 4733 §2.5.

use rtp_types::RtpPacketBuilder;

use super::clock::{FRAME, Micros, samples_in};
use super::law::Law;
use super::srtp::{Keys, MOST_TAG, Sealer};

/// Longest audio in a packet we pass on: 120 ms. More is not speech.
pub const MOST_PAYLOAD: usize = 960;
pub const HEADER: usize = 12;
const MOST_PACKET: usize = HEADER + MOST_PAYLOAD + MOST_TAG;
/// A source's timestamps may run so far from real time before the mapping is made anew: 1 s.
const MOST_DRIFT: i64 = 8000;
/// Sequence numbers further ahead than this are a restart, not loss.
const MOST_LOSS: u16 = 500;

/// What the stream is made of; a change begins a new run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Silence,
    Play(u64),
    Mix,
    Keys,
}

/// What is needed of a packet to pass it on.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Who sent it: the source leg and its SSRC.
    pub source: usize,
    pub ssrc: u32,
    pub seq: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: &'a [u8],
}

/// How a source's numbers become ours.
#[derive(Debug, Clone, Copy)]
struct Map {
    source: usize,
    ssrc: u32,
    seq_offset: u16,
    timestamp_offset: u32,
    first_seq: u16,
    last_seq: u16,
    last_timestamp: u32,
    last_at: Micros,
}

#[derive(Debug, Clone, Copy)]
enum Run {
    Nothing,
    Own(Kind),
    Forward(Map),
}

/// See the room story.
#[derive(Debug)]
pub struct OutStream {
    ssrc: u32,
    seq: u16,
    /// Timestamp after the last sample sent, and when that sample's time is over.
    end: u32,
    end_at: Micros,
    run: Run,
    forwarded_at: Micros,
    event_timestamp: u32,
    pub packets: u32,
    pub octets: u32,
    packet: Packetiser,
    /// Payload type of our audio, where the far end gave the law another than the usual.
    pt: Option<u8>,
    /// What is sent is encrypted.
    sealer: Option<Box<Sealer>>,
}

/// Collects frames into packets of the length the far end likes.
#[derive(Debug)]
struct Packetiser {
    wanted: usize,
    waiting: [u8; 1024],
    filled: usize,
    /// The next packet begins a run.
    marker: bool,
}

impl OutStream {
    /// `chance` gives SSRC, first sequence number and first timestamp (RFC 3550 §5.1 wants them unpredictable).
    #[must_use]
    pub fn new(chance: u64) -> Self {
        Self {
            ssrc: (chance >> 32) as u32,
            // Below half, so that the first wrap is not in the first minutes.
            seq: chance as u16 >> 1,
            end: (chance as u32).rotate_left(16),
            end_at: 0,
            run: Run::Nothing,
            forwarded_at: 0,
            event_timestamp: 0,
            packets: 0,
            octets: 0,
            packet: Packetiser { wanted: FRAME, waiting: [0; 1024], filled: 0, marker: false },
            pt: None,
            sealer: None,
        }
    }

    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Milliseconds of audio in packets of our own: 10 to 60 in tens, otherwise 20.
    pub fn set_ptime(&mut self, ms: u8) {
        self.packet.wanted = if (10..=60).contains(&ms) && ms.is_multiple_of(10) { usize::from(ms) * 8 } else { FRAME };
    }

    pub fn set_payload_type(&mut self, pt: u8) {
        self.pt = Some(pt);
    }

    /// All that is sent from now on is sealed with this key. Under the same one the numbers go on.
    pub fn set_key(&mut self, key: Option<Keys>) {
        if self.sealer.as_ref().map(|sealer| sealer.keys()) != key {
            self.sealer = key.map(|key| Box::new(Sealer::new(key)));
        }
    }

    /// The report of `length` at the buffer's front as it goes out. `None`: there is no room for its seal.
    pub fn seal_report(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        self.sealer.as_mut().map_or(Some(length), |sealer| sealer.seal_report(buffer, length))
    }

    /// Counts the packet of `length` at the buffer's front and sends it, sealed where there is a key.
    fn emit(&mut self, buffer: &mut [u8], length: usize, send: impl FnOnce(&[u8])) {
        self.sent(length);
        let sealed = self.sealer.as_mut().map_or(Some(length), |sealer| sealer.seal(buffer, length));
        if let Some(length) = sealed {
            send(&buffer[..length]);
        }
    }

    /// When a packet was last passed on.
    #[must_use]
    pub fn forwarded_at(&self) -> Micros {
        self.forwarded_at
    }

    /// Our timestamp at `now`, for a sender report.
    #[must_use]
    pub fn timestamp_at(&self, now: Micros) -> u32 {
        if now >= self.end_at {
            self.end.wrapping_add(samples_in(now - self.end_at) as u32)
        } else {
            self.end.wrapping_sub(samples_in(self.end_at - now) as u32)
        }
    }

    /// Where a new run begins: never before what was sent, and in step with the time that has passed.
    fn resume(&self, now: Micros) -> u32 {
        self.end.wrapping_add(samples_in(now.saturating_sub(self.end_at)) as u32)
    }

    /// 20 ms of our own audio, in `law`. Sends none, one or two packets, after the packet time agreed.
    pub fn frame(&mut self, now: Micros, kind: Kind, law: Law, frame: &[u8; FRAME], mut send: impl FnMut(&[u8])) {
        let marker = !matches!(self.run, Run::Own(before) if before == kind);
        if marker && !matches!(self.run, Run::Own(_)) {
            self.packet.filled = 0;
        }
        self.run = Run::Own(kind);
        if self.packet.filled == 0 && self.packet.wanted == FRAME {
            let timestamp = self.resume(now);
            self.audio(timestamp, marker, law, frame, &mut send);
            self.ran(timestamp, FRAME, now);
            return;
        }
        self.packetise(now, marker, law, frame, &mut send);
    }

    fn packetise(&mut self, now: Micros, marker: bool, law: Law, frame: &[u8; FRAME], send: &mut impl FnMut(&[u8])) {
        let filled = self.packet.filled;
        self.packet.marker |= marker;
        self.packet.waiting[filled..filled + FRAME].copy_from_slice(frame);
        self.packet.filled += FRAME;
        let wanted = self.packet.wanted;
        while self.packet.filled >= wanted {
            // The first sample of the packet is older than this frame by what has waited.
            let waited = (self.packet.filled - FRAME.min(self.packet.filled)) as u64 * 125;
            let timestamp = self.resume(now.saturating_sub(waited));
            let mut payload = [0; 480];
            payload[..wanted].copy_from_slice(&self.packet.waiting[..wanted]);
            let marker = std::mem::take(&mut self.packet.marker);
            self.audio(timestamp, marker, law, &payload[..wanted], send);
            self.ran(timestamp, wanted, now.saturating_sub(waited));
            self.packet.waiting.copy_within(wanted..self.packet.filled, 0);
            self.packet.filled -= wanted;
        }
    }

    fn audio(&mut self, timestamp: u32, marker: bool, law: Law, payload: &[u8], send: &mut impl FnMut(&[u8])) {
        let mut buffer = [0; MOST_PACKET];
        let seq = self.seq;
        let pt = self.pt.unwrap_or(law.payload_type());
        let length = self.write(&mut buffer, pt, marker, seq, timestamp, payload);
        self.seq = seq.wrapping_add(1);
        self.emit(&mut buffer, length, send);
    }

    /// Passes a bridged packet on at once: `pt` is ours for it, `laws` from and to if it is audio. Late ones keep their place,
    /// loss stays visible to the far end's own concealment. Drops what belongs before the switch.
    pub fn forward(&mut self, now: Micros, pt: u8, laws: Option<(Law, Law)>, packet: &Incoming<'_>, send: impl FnOnce(&[u8])) {
        let (map, fresh) = match self.run {
            Run::Forward(map) if map.still_fits(now, packet) => (map, false),
            Run::Forward(_) | Run::Own(_) | Run::Nothing => (self.map(now, packet), true),
        };
        if (packet.seq.wrapping_sub(map.first_seq) as i16) < 0 || packet.payload.len() > MOST_PAYLOAD {
            return;
        }
        let seq = packet.seq.wrapping_add(map.seq_offset);
        let timestamp = packet.timestamp.wrapping_add(map.timestamp_offset);
        let mut buffer = [0; MOST_PACKET];
        let length = self.write(&mut buffer, pt, packet.marker || fresh, seq, timestamp, packet.payload);
        if let Some((from, to)) = laws {
            from.convert_to(to, &mut buffer[HEADER..length]);
        }
        let ahead = seq.wrapping_sub(self.seq) as i16 >= 0;
        if ahead {
            self.seq = seq.wrapping_add(1);
        }
        let newest = Map { last_seq: packet.seq, last_timestamp: packet.timestamp, last_at: now, ..map };
        self.run = Run::Forward(if ahead || fresh { newest } else { map });
        self.forwarded_at = now;
        self.ran(timestamp, if laws.is_some() { packet.payload.len() } else { 0 }, now);
        self.emit(&mut buffer, length, send);
    }

    fn map(&self, now: Micros, packet: &Incoming<'_>) -> Map {
        Map {
            source: packet.source,
            ssrc: packet.ssrc,
            seq_offset: self.seq.wrapping_sub(packet.seq),
            timestamp_offset: self.resume(now).wrapping_sub(packet.timestamp),
            first_seq: packet.seq,
            last_seq: packet.seq,
            last_timestamp: packet.timestamp,
            last_at: now,
        }
    }

    /// One packet of a key press, `first` giving it its timestamp.
    pub fn event(&mut self, now: Micros, pt: u8, first: bool, payload: &[u8; 4], send: impl FnOnce(&[u8])) {
        if first {
            self.event_timestamp = self.resume(now);
            self.packet.filled = 0;
        }
        self.run = Run::Own(Kind::Keys);
        let (seq, timestamp) = (self.seq, self.event_timestamp);
        let mut buffer = [0; MOST_PACKET];
        let length = self.write(&mut buffer, pt, first, seq, timestamp, payload);
        self.seq = seq.wrapping_add(1);
        let duration = usize::from(u16::from_be_bytes([payload[2], payload[3]]));
        self.end = timestamp.wrapping_add(duration as u32);
        self.end_at = now + super::clock::FRAME_US;
        self.emit(&mut buffer, length, send);
    }

    fn ran(&mut self, timestamp: u32, samples: usize, now: Micros) {
        let end = timestamp.wrapping_add(samples as u32);
        if end.wrapping_sub(self.end) as i32 > 0 {
            self.end = end;
            self.end_at = now.max(self.end_at) + samples as Micros * 125;
        }
    }

    fn sent(&mut self, length: usize) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add((length - HEADER) as u32);
    }

    fn write(&self, buffer: &mut [u8], pt: u8, marker: bool, seq: u16, timestamp: u32, payload: &[u8]) -> usize {
        RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(pt)
            .marker_bit(marker)
            .sequence_number(seq)
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .payload(payload)
            .write_into_unchecked(buffer)
    }
}

impl Map {
    fn still_fits(&self, now: Micros, packet: &Incoming<'_>) -> bool {
        if self.source != packet.source || self.ssrc != packet.ssrc {
            return false;
        }
        let step = packet.seq.wrapping_sub(self.last_seq);
        // Behind is reordering, unless far.
        if (MOST_LOSS..=u16::MAX - MOST_LOSS).contains(&step) {
            return false;
        }
        let moved = i64::from(packet.timestamp.wrapping_sub(self.last_timestamp) as i32);
        let passed = samples_in(now.saturating_sub(self.last_at)) as i64;
        (moved - passed).abs() < MOST_DRIFT
    }
}

#[cfg(test)]
mod tests {
    use rtp_types::RtpPacket;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Sent(u16, u32, bool, u8, usize);

    fn sent(bytes: &[u8]) -> Sent {
        let p = RtpPacket::parse(bytes).unwrap();
        assert_eq!(p.ssrc(), 7);
        Sent(p.sequence_number(), p.timestamp(), p.marker_bit(), p.payload_type(), p.payload().len())
    }

    fn stream() -> OutStream {
        OutStream { seq: 65534, end: u32::MAX - 159, ..OutStream::new(7 << 32) }
    }

    fn incoming(source: usize, seq: u16, timestamp: u32) -> Incoming<'static> {
        Incoming { source, ssrc: 99, seq, timestamp, marker: false, payload: &[0x55; FRAME] }
    }

    #[test]
    fn silence_a_prompt_and_a_bridge_make_one_unbroken_stream() {
        let mut out = stream();
        let mut log = Vec::new();
        let frame = [0; FRAME];
        out.end_at = 0;
        out.frame(0, Kind::Silence, Law::A, &frame, |b| log.push(sent(b)));
        out.frame(20_000, Kind::Silence, Law::A, &frame, |b| log.push(sent(b)));
        out.frame(40_000, Kind::Play(1), Law::A, &frame, |b| log.push(sent(b)));
        out.forward(65_000, 8, Some((Law::Mu, Law::A)), &incoming(3, 400, 1000), |b| log.push(sent(b)));
        out.forward(85_000, 8, Some((Law::Mu, Law::A)), &incoming(3, 402, 1320), |b| log.push(sent(b)));
        out.forward(86_000, 8, Some((Law::Mu, Law::A)), &incoming(3, 401, 1160), |b| log.push(sent(b)));
        out.forward(87_000, 8, Some((Law::Mu, Law::A)), &incoming(3, 399, 840), |b| log.push(sent(b)));
        out.frame(120_000, Kind::Play(2), Law::A, &frame, |b| log.push(sent(b)));
        let t = u32::MAX - 159;
        let at = |n: u32| t.wrapping_add(n);
        assert_eq!(log, [
            Sent(65534, at(0), true, 8, 160),
            Sent(65535, at(160), false, 8, 160),
            Sent(0, at(320), true, 8, 160),
            // 5 ms after its time: 40 samples further.
            Sent(1, at(520), true, 8, 160),
            Sent(3, at(840), false, 8, 160),
            Sent(2, at(680), false, 8, 160),
            // 399 belongs before the switch.
            Sent(4, at(1120), true, 8, 160),
        ]);
    }

    #[test]
    fn a_source_that_starts_anew_is_mapped_anew() {
        for (next, now) in [(incoming(4, 9, 5), 20_000), (incoming(3, 30_000, 1160), 20_000), (incoming(3, 401, 900_000), 20_000)] {
            let mut out = stream();
            let mut log = Vec::new();
            out.forward(0, 0, Some((Law::Mu, Law::Mu)), &incoming(3, 400, 1000), |b| log.push(sent(b)));
            out.forward(now, 0, Some((Law::Mu, Law::Mu)), &next, |b| log.push(sent(b)));
            assert_eq!(log, [Sent(65534, u32::MAX - 159, true, 0, 160), Sent(65535, 0, true, 0, 160)]);
        }
    }

    #[test]
    fn packets_have_the_length_the_far_end_likes() {
        for (ptime, count, length) in [(10, 24, 80), (20, 12, 160), (30, 8, 240), (40, 6, 320), (60, 4, 480), (0, 12, 160), (25, 12, 160)] {
            let mut out = stream();
            out.set_ptime(ptime);
            let mut log = Vec::new();
            for n in 0..12 {
                out.frame(n * 20_000, Kind::Play(1), Law::Mu, &[n as u8; FRAME], |b| log.push(sent(b)));
            }
            assert_eq!(log.len(), count, "{ptime} ms");
            for (n, packet) in log.iter().enumerate() {
                let Sent(seq, timestamp, marker, _, len) = *packet;
                assert_eq!((seq, len, marker), (65534_u16.wrapping_add(n as u16), length, n == 0), "{ptime} ms, packet {n}");
                assert_eq!(timestamp.wrapping_sub(log[0].1) as usize, n * length, "{ptime} ms, packet {n}");
            }
        }
    }

    #[test]
    fn a_key_press_holds_one_timestamp_and_audio_goes_on_after_it() {
        let mut out = stream();
        let mut log = Vec::new();
        out.frame(0, Kind::Silence, Law::Mu, &[0; FRAME], |b| log.push(sent(b)));
        for n in 1..=8_u16 {
            let [high, low] = (n * 160).to_be_bytes();
            out.event(u64::from(n) * 20_000, 101, n == 1, &[5, 10, high, low], |b| log.push(sent(b)));
        }
        out.frame(180_000, Kind::Silence, Law::Mu, &[0; FRAME], |b| log.push(sent(b)));
        assert!(log[1..9].iter().enumerate().all(|(n, p)| p.1 == 0 && p.2 == (n == 0) && p.3 == 101 && p.4 == 4));
        assert_eq!(log[9], Sent(65534_u16.wrapping_add(9), 1280, true, 0, 160));
    }
}
