//! Calls through the core of the media engine, packet by packet, on virtual time: no sockets, no waiting.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use contract::{InteractionId, LegId, Quality, RecordingId};
use cti_gateway::media::clock::{FRAME, Micros};
use cti_gateway::media::shard::{Shard, Wire};
use cti_gateway::media::tape::Tape;
use cti_gateway::media::{Clip, DigitVia, Law, MediaCommand, MediaEvent, Remote, tone};
use rtp_types::{RtpPacket, RtpPacketBuilder};

const ROOM: InteractionId = InteractionId(1);
const CALLER: LegId = LegId(1);
const AGENT: LegId = LegId(2);
const CHIEF: LegId = LegId(3);
const CALL: RecordingId = RecordingId(9);
const MS: Micros = 1000;

/// One packet we sent.
#[derive(Debug, Clone)]
struct Sent {
    at: Micros,
    to: SocketAddr,
    seq: u16,
    timestamp: u32,
    marker: bool,
    pt: u8,
    ssrc: u32,
    payload: Vec<u8>,
}

#[derive(Default)]
struct Ether {
    now: Micros,
    sent: HashMap<usize, Vec<Sent>>,
    reports: Vec<(usize, SocketAddr, Vec<u8>)>,
    events: Vec<(LegId, MediaEvent)>,
    settled: Vec<(usize, Option<SocketAddr>)>,
    /// Samples of the recording, with gaps counted.
    tape: Vec<i16>,
    gaps: u32,
    tape_full: bool,
    ended: bool,
}

impl Wire for Ether {
    fn rtp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]) {
        let p = RtpPacket::parse(packet).expect("what we send is RTP");
        let sent = Sent {
            at: self.now,
            to,
            seq: p.sequence_number(),
            timestamp: p.timestamp(),
            marker: p.marker_bit(),
            pt: p.payload_type(),
            ssrc: p.ssrc(),
            payload: p.payload().to_vec(),
        };
        self.sent.entry(slot).or_default().push(sent);
    }

    fn rtcp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]) {
        self.reports.push((slot, to, packet.to_vec()));
    }

    fn settled(&mut self, slot: usize, far: Option<SocketAddr>) {
        self.settled.push((slot, far));
    }

    fn event(&mut self, leg: LegId, event: MediaEvent) {
        self.events.push((leg, event));
    }

    fn tape(&mut self, tape: Tape) -> Result<(), Tape> {
        if self.tape_full {
            return Err(tape);
        }
        match tape {
            Tape::Open { .. } => {}
            Tape::Chunk { gap, samples, .. } => {
                self.gaps += gap;
                self.tape.extend(samples);
            }
            Tape::End { gap, samples, .. } => {
                self.gaps += gap;
                self.tape.extend(samples);
                self.ended = true;
            }
        }
        Ok(())
    }

    fn closed(&mut self, _: usize) {}
}

/// A phone that speaks `voice` round and round, one packet each 20 ms.
struct Phone {
    at: SocketAddr,
    law: Law,
    voice: Vec<i16>,
    spoken: usize,
    seq: u16,
    timestamp: u32,
    ssrc: u32,
}

impl Phone {
    fn new(n: u8, law: Law, hz: f64) -> Self {
        let at = SocketAddr::from(([198, 51, 100, n], 4000));
        Self { at, law, voice: tone::sine(&[(hz, -10.0)], 1000), spoken: 0, seq: 65_500, timestamp: u32::MAX - 4000, ssrc: u32::from(n) }
    }

    fn packet(&mut self) -> Vec<u8> {
        let samples: Vec<i16> = self.voice.iter().cycle().skip(self.spoken).take(FRAME).copied().collect();
        self.spoken = (self.spoken + FRAME) % self.voice.len();
        let mut payload = [0; FRAME];
        self.law.encode(&samples, &mut payload);
        let bytes = self.write(self.law.payload_type(), false, self.timestamp, &payload);
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        bytes
    }

    fn write(&mut self, pt: u8, marker: bool, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        let bytes = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(pt)
            .marker_bit(marker)
            .sequence_number(self.seq)
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .payload(payload)
            .write_vec_unchecked();
        self.seq = self.seq.wrapping_add(1);
        bytes
    }
}

struct Lab {
    shard: Shard,
    ether: Ether,
    now: Micros,
    slots: HashMap<LegId, usize>,
}

impl Lab {
    fn new() -> Self {
        let mut lab = Self { shard: Shard::new(5000, 1_800_000_000_000_000), ether: Ether::default(), now: 0, slots: HashMap::new() };
        lab.shard.run(0, &mut lab.ether);
        lab
    }

    /// Opens a leg towards the phone.
    fn join(&mut self, leg: LegId, phone: &Phone, dtmf_pt: Option<u8>) -> usize {
        let slot = self.shard.open(ROOM, leg, 0x1234_5678_9ABC_DEF0 + leg.0 as u64, &mut self.ether);
        self.slots.insert(leg, slot);
        let remote = Remote { dtmf_pt, ..Remote::new(phone.at, phone.law) };
        self.tell(MediaCommand::Remote { leg, remote });
        slot
    }

    fn tell(&mut self, command: MediaCommand) {
        self.shard.command(self.now, command, &mut self.ether);
    }

    fn hear(&mut self, leg: LegId, from: SocketAddr, bytes: &[u8]) {
        self.ether.now = self.now;
        self.shard.receive(self.now, self.slots[&leg], from, &mut bytes.to_vec(), &mut self.ether);
    }

    fn pass(&mut self, us: Micros) {
        for _ in 0..us / (5 * MS) {
            self.now += 5 * MS;
            self.ether.now = self.now;
            self.shard.run(self.now, &mut self.ether);
        }
    }

    /// `frames` times 20 ms, each phone sending one packet to its leg.
    fn talk(&mut self, frames: usize, phones: &mut [(LegId, &mut Phone)]) {
        for _ in 0..frames {
            for (leg, phone) in &mut *phones {
                let bytes = phone.packet();
                self.hear(*leg, phone.at, &bytes);
            }
            self.pass(20 * MS);
        }
    }

    fn sent(&self, leg: LegId) -> &[Sent] {
        self.ether.sent.get(&self.slots[&leg]).map_or(&[], Vec::as_slice)
    }

    /// The last `frames` packets sent to a leg, as its phone hears them.
    fn heard(&self, leg: LegId, frames: usize) -> Vec<i16> {
        let sent = self.sent(leg);
        let decode = |s: &Sent| {
            let table = Law::of_payload_type(s.pt).expect("audio").decoder();
            s.payload.iter().map(|b| table[usize::from(*b)]).collect::<Vec<_>>()
        };
        sent[sent.len() - frames..].iter().flat_map(decode).collect()
    }

    fn digits(&self, leg: LegId) -> String {
        self.ether.events.iter().filter_map(|(l, e)| match e {
            MediaEvent::Digit { digit, .. } if *l == leg => Some(*digit),
            _ => None,
        }).collect()
    }

    fn recorded(&self) -> (Vec<i16>, Vec<i16>) {
        self.ether.tape.chunks_exact(2).map(|p| (p[0], p[1])).unzip()
    }

    fn quality(&self, leg: LegId) -> Quality {
        let closed = self.ether.events.iter().find_map(|(l, e)| match e {
            MediaEvent::Closed { quality } if *l == leg => Some(*quality),
            _ => None,
        });
        closed.expect("the leg is closed")
    }
}

/// Caller in A-law, agent in µ-law, bridged.
fn bridged() -> (Lab, Phone, Phone) {
    let mut lab = Lab::new();
    let (caller, agent) = (Phone::new(1, Law::A, 440.0), Phone::new(2, Law::Mu, 620.0));
    lab.join(CALLER, &caller, Some(101));
    lab.join(AGENT, &agent, Some(96));
    lab.tell(MediaCommand::Bridge { a: CALLER, b: AGENT });
    (lab, caller, agent)
}

#[track_caller]
fn assert_unbroken(sent: &[Sent]) {
    for pair in sent.windows(2) {
        assert_eq!(pair[1].seq, pair[0].seq.wrapping_add(1), "sequence at {} us", pair[1].at);
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!((step as i32) >= 0 && step < 16_000, "timestamp at {} us: {step}", pair[1].at);
        assert_eq!(pair[0].ssrc, pair[1].ssrc);
    }
}

#[test]
fn both_sides_hear_each_other_and_the_recording_holds_each_on_its_channel() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.talk(100, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::is_tone(&lab.heard(CALLER, 50), 620.0) && tone::is_tone(&lab.heard(AGENT, 50), 440.0));
    assert!(lab.sent(CALLER)[50..].iter().all(|s| s.pt == 8) && lab.sent(AGENT)[50..].iter().all(|s| s.pt == 0), "each in its own law");
    assert_unbroken(lab.sent(CALLER));
    assert_unbroken(lab.sent(AGENT));
    lab.tell(MediaCommand::Close { leg: CALLER });
    lab.tell(MediaCommand::Close { leg: AGENT });
    lab.pass(20 * MS);
    let (left, right) = lab.recorded();
    assert!(lab.ether.ended && lab.ether.gaps == 0);
    assert_eq!(left.len(), 100 * FRAME, "a sample for each 1/8000 s of the two seconds");
    assert!(tone::is_tone(&left[4000..12_000], 440.0) && tone::is_tone(&right[4000..12_000], 620.0));
    assert_eq!(lab.shard.open_now(), (0, 0, 0));
    assert_eq!((lab.quality(CALLER).received, lab.quality(CALLER).lost), (100, 0));
}

#[test]
fn a_bridged_packet_is_passed_on_at_once() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.talk(10, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.now += 3 * MS;
    let before = lab.sent(AGENT).len();
    let bytes = caller.packet();
    lab.hear(CALLER, caller.at, &bytes);
    assert_eq!(lab.sent(AGENT).len(), before + 1);
    assert_eq!(lab.sent(AGENT)[before].at, lab.now);
}

#[test]
fn loss_disorder_and_the_wrap_reach_the_far_end_as_they_are() {
    let (mut lab, mut caller, _) = bridged();
    let from = caller.at;
    let packets: Vec<Vec<u8>> = (0..100).map(|_| caller.packet()).collect();
    let start = lab.sent(AGENT).len();
    // The 36th has sequence number 65535. 40 and 41 are lost, 50 and 51 change places, 60 comes twice.
    let order = (0..40).chain(42..50).chain([51, 50]).chain(52..61).chain(60..100);
    for n in order {
        lab.hear(CALLER, from, &packets[n]);
        lab.pass(20 * MS);
    }
    let sent = &lab.sent(AGENT)[start..];
    let seqs: Vec<u16> = sent.iter().filter(|s| s.payload.len() == FRAME).map(|s| s.seq.wrapping_sub(sent[0].seq)).collect();
    let expected: Vec<u16> = (0..40).chain(42..50).chain([51, 50]).chain(52..100).collect();
    assert_eq!(seqs, expected);
    assert!(sent.iter().all(|s| s.timestamp.wrapping_sub(sent[0].timestamp) == u32::from(s.seq.wrapping_sub(sent[0].seq)) * 160));
    lab.tell(MediaCommand::Close { leg: CALLER });
    let quality = lab.quality(CALLER);
    assert_eq!((quality.received, quality.lost), (98, 2));
}

#[test]
fn a_recording_fills_loss_with_silence_and_stays_in_time() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    for n in 0..200 {
        let (a, b) = (caller.packet(), agent.packet());
        if n % 10 != 7 {
            lab.hear(CALLER, caller.at, &a);
        }
        lab.hear(AGENT, agent.at, &b);
        lab.pass(20 * MS);
        if n == 130 {
            let counts = lab.shard.counts;
            assert!(counts.lost == 12 && counts.playout.filled >= 11 * FRAME as u64, "told while they talk, as of 2.5 s: {counts:?}");
        }
    }
    assert_eq!(lab.shard.counts.lost, 12);
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    let (left, right) = lab.recorded();
    assert_eq!((left.len(), right.len()), (200 * FRAME, 200 * FRAME));
    let silent = left.chunks(FRAME).skip(10).filter(|f| f.iter().all(|s| s.abs() < 10)).count();
    assert_eq!(silent, 19, "one frame in ten");
    assert!(right.chunks(FRAME).skip(10).all(|f| f.iter().any(|s| s.abs() > 100)));
    lab.tell(MediaCommand::Close { leg: CALLER });
    lab.tell(MediaCommand::Close { leg: AGENT });
    assert_eq!(lab.shard.counts.lost, 20, "each once, to the end");
}

#[test]
fn strangers_are_not_heard_and_a_settled_source_is_told_to_the_socket() {
    let (mut lab, mut caller, _) = bridged();
    let stranger: SocketAddr = "203.0.113.66:4000".parse().unwrap();
    let bytes = Phone::new(66, Law::A, 1000.0).packet();
    lab.hear(CALLER, stranger, &bytes);
    assert!(lab.ether.events.is_empty() && lab.shard.counts.dropped == 1);
    lab.talk(250, &mut [(CALLER, &mut caller)]);
    let slot = lab.slots[&CALLER];
    assert_eq!(lab.ether.settled.iter().rev().find(|s| s.0 == slot), Some(&(slot, Some(caller.at))));
    // A new offer moves the far end: the socket is open again, and the old source no longer heard.
    let remote = Remote::new("198.51.100.1:5000".parse().unwrap(), Law::A);
    lab.tell(MediaCommand::Remote { leg: CALLER, remote });
    assert_eq!(lab.ether.settled.last(), Some(&(slot, None)));
    let bytes = caller.packet();
    lab.hear(CALLER, "198.51.100.1:5002".parse().unwrap(), &bytes);
    lab.pass(40 * MS);
    assert_eq!(lab.sent(CALLER).last().unwrap().to, "198.51.100.1:5002".parse().unwrap());
}

#[test]
fn a_prompt_goes_out_whole_and_its_end_is_told_with_the_last_frame() {
    let mut lab = Lab::new();
    let caller = Phone::new(1, Law::A, 440.0);
    lab.join(CALLER, &caller, Some(101));
    lab.pass(100 * MS);
    assert!(lab.sent(CALLER).iter().all(|s| s.payload.iter().all(|b| *b == Law::A.silence())), "silence, so that the far end learns our port");
    assert!(lab.sent(CALLER).len() >= 4);
    let before = lab.sent(CALLER).len();
    let clips = [500.0, 700.0].map(|hz| Arc::new(Clip::from_samples("c", &tone::sine(&[(hz, -10.0)], 510))));
    lab.tell(MediaCommand::Play { leg: CALLER, id: 4, clips: clips.to_vec(), repeat: false });
    while !lab.ether.events.contains(&(CALLER, MediaEvent::PlayDone { id: 4, completed: true })) {
        lab.pass(5 * MS);
        assert!(lab.now < 5_000 * MS);
    }
    let sent = &lab.sent(CALLER)[before..];
    assert_eq!(sent.len(), 51, "1020 ms");
    assert!(sent[0].marker);
    assert!(tone::is_tone(&lab.heard(CALLER, 25), 700.0));
    assert_unbroken(lab.sent(CALLER));
}

#[test]
fn music_repeats_until_stopped_and_a_new_list_ends_the_old_one() {
    let mut lab = Lab::new();
    let caller = Phone::new(1, Law::Mu, 440.0);
    lab.join(CALLER, &caller, None);
    let clip = Arc::new(Clip::from_samples("c", &tone::sine(&[(500.0, -10.0)], 100)));
    lab.tell(MediaCommand::Play { leg: CALLER, id: 1, clips: vec![clip.clone()], repeat: true });
    lab.pass(3_000 * MS);
    assert!(tone::is_tone(&lab.heard(CALLER, 100), 500.0) && lab.ether.events.is_empty());
    lab.tell(MediaCommand::Play { leg: CALLER, id: 2, clips: vec![clip], repeat: true });
    lab.tell(MediaCommand::StopPlay { leg: CALLER });
    lab.tell(MediaCommand::StopPlay { leg: CALLER });
    let done = |id| (CALLER, MediaEvent::PlayDone { id, completed: false });
    assert_eq!(lab.ether.events, [done(1), done(2)]);
}

#[test]
fn on_hold_the_caller_hears_music_the_agent_silence_and_afterwards_each_other_again() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.talk(30, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    let music = Arc::new(Clip::from_samples("music", &tone::sine(&[(300.0, -12.0)], 500)));
    lab.tell(MediaCommand::Mute { leg: CALLER, on: true });
    lab.tell(MediaCommand::Play { leg: CALLER, id: 1, clips: vec![music], repeat: true });
    lab.talk(60, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::is_tone(&lab.heard(CALLER, 50), 300.0));
    assert!(tone::power(&lab.heard(AGENT, 50)) < -60.0);
    lab.tell(MediaCommand::StopPlay { leg: CALLER });
    lab.tell(MediaCommand::Mute { leg: CALLER, on: false });
    lab.talk(60, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::is_tone(&lab.heard(CALLER, 50), 620.0) && tone::is_tone(&lab.heard(AGENT, 50), 440.0));
    assert_unbroken(lab.sent(CALLER));
    assert_unbroken(lab.sent(AGENT));
    lab.tell(MediaCommand::Unbridge { a: CALLER, b: AGENT });
    lab.talk(60, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::power(&lab.heard(CALLER, 50)) < -60.0 && tone::power(&lab.heard(AGENT, 50)) < -60.0);
}

#[test]
fn three_hear_each_other_and_never_themselves() {
    let (mut lab, mut caller, mut agent) = bridged();
    let mut chief = Phone::new(3, Law::A, 1000.0);
    lab.join(CHIEF, &chief, None);
    lab.tell(MediaCommand::Bridge { a: CHIEF, b: AGENT });
    lab.tell(MediaCommand::Bridge { a: CHIEF, b: CALLER });
    lab.talk(80, &mut [(CALLER, &mut caller), (AGENT, &mut agent), (CHIEF, &mut chief)]);
    for (leg, heard, own) in [(CALLER, [620.0, 1000.0], 440.0), (AGENT, [440.0, 1000.0], 620.0), (CHIEF, [440.0, 620.0], 1000.0)] {
        let audio = lab.heard(leg, 50);
        for hz in heard {
            assert!((tone::level(&audio, hz) + 10.0).abs() < 1.0, "{leg} hears {hz} Hz at {}", tone::level(&audio, hz));
        }
        assert!(tone::level(&audio, own) < -45.0, "{leg} hears itself");
    }
    lab.tell(MediaCommand::Close { leg: CHIEF });
    lab.talk(80, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::is_tone(&lab.heard(CALLER, 50), 620.0) && tone::is_tone(&lab.heard(AGENT, 50), 440.0));
}

#[test]
fn a_supervisor_listens_in_unheard() {
    let (mut lab, mut caller, mut agent) = bridged();
    let mut chief = Phone::new(3, Law::A, 1000.0);
    lab.join(CHIEF, &chief, None);
    lab.tell(MediaCommand::Hear { leg: CHIEF, source: AGENT, on: true });
    lab.tell(MediaCommand::Hear { leg: CHIEF, source: CALLER, on: true });
    lab.talk(80, &mut [(CALLER, &mut caller), (AGENT, &mut agent), (CHIEF, &mut chief)]);
    let audio = lab.heard(CHIEF, 50);
    assert!(tone::level(&audio, 440.0) > -11.0 && tone::level(&audio, 620.0) > -11.0);
    assert!(tone::is_tone(&lab.heard(CALLER, 50), 620.0) && tone::is_tone(&lab.heard(AGENT, 50), 440.0));
}

#[test]
fn legs_of_two_rooms_never_hear_each_other() {
    let (mut lab, mut caller, _) = bridged();
    let other = Phone::new(4, Law::A, 1000.0);
    let slot = lab.shard.open(InteractionId(2), LegId(4), 7, &mut lab.ether);
    lab.slots.insert(LegId(4), slot);
    let remote = Remote::new(other.at, Law::A);
    lab.tell(MediaCommand::Remote { leg: LegId(4), remote });
    lab.tell(MediaCommand::Bridge { a: CALLER, b: LegId(4) });
    lab.talk(30, &mut [(CALLER, &mut caller)]);
    assert!(tone::power(&lab.heard(LegId(4), 20)) < -60.0);
}

#[test]
fn keys_pass_through_a_bridge_under_the_other_sides_number_and_are_told_once() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.talk(20, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    let before = lab.sent(AGENT).len();
    let began = caller.timestamp;
    for n in 1..=8_u16 {
        let [high, low] = (n * 160).to_be_bytes();
        let bytes = caller.write(101, n == 1, began, &[3, if n > 5 { 0x8A } else { 10 }, high, low]);
        lab.hear(CALLER, caller.at, &bytes);
        lab.pass(20 * MS);
    }
    let passed: Vec<&Sent> = lab.sent(AGENT)[before..].iter().filter(|s| s.pt == 96).collect();
    assert_eq!(passed.len(), 8);
    assert!(passed.iter().all(|s| s.payload[0] == 3 && s.timestamp == passed[0].timestamp));
    assert_eq!(lab.digits(CALLER), "3");
}

#[test]
fn digits_sent_are_heard_by_the_far_end_as_events_or_as_tones() {
    let mut lab = Lab::new();
    let (with, without) = (Phone::new(1, Law::Mu, 440.0), Phone::new(2, Law::A, 440.0));
    lab.join(CALLER, &with, Some(101));
    lab.join(AGENT, &without, None);
    for leg in [CALLER, AGENT] {
        lab.tell(MediaCommand::SendDigits { leg, digits: "19*".into() });
    }
    lab.pass(1_500 * MS);
    assert_eq!(lab.ether.events, [(AGENT, MediaEvent::DigitsSent), (CALLER, MediaEvent::DigitsSent)]);
    let events: Vec<&Sent> = lab.sent(CALLER).iter().filter(|s| s.pt == 101).collect();
    assert_eq!(events.len(), 30);
    assert_eq!(events.iter().filter(|s| s.marker).map(|s| s.payload[0]).collect::<Vec<_>>(), [1, 9, 10]);

    // What was sent as tones goes into another leg whose tones are looked for.
    let audio: Vec<Vec<u8>> = lab.sent(AGENT).iter().map(|s| s.payload.clone()).collect();
    lab.join(CHIEF, &without, None);
    lab.tell(MediaCommand::DetectTones { leg: CHIEF, on: true });
    let mut phone = Phone::new(2, Law::A, 0.0);
    for payload in audio {
        let timestamp = phone.timestamp;
        let bytes = phone.write(8, false, timestamp, &payload);
        phone.timestamp = timestamp.wrapping_add(FRAME as u32);
        lab.hear(CHIEF, phone.at, &bytes);
        lab.pass(20 * MS);
    }
    assert_eq!(lab.digits(CHIEF), "19*");
    assert!(lab.ether.events.iter().all(|(_, e)| !matches!(e, MediaEvent::Digit { via: DigitVia::Event, .. })));
}

#[test]
fn silence_is_told_at_each_multiple_and_its_end_too() {
    let mut lab = Lab::new();
    let mut caller = Phone::new(1, Law::Mu, 440.0);
    lab.join(CALLER, &caller, None);
    lab.talk(5, &mut [(CALLER, &mut caller)]);
    lab.pass(11_000 * MS);
    lab.talk(1, &mut [(CALLER, &mut caller)]);
    let events: Vec<MediaEvent> = lab.ether.events.iter().map(|e| e.1.clone()).collect();
    assert_eq!(events, [MediaEvent::FirstPacket, MediaEvent::Silent { ms: 5000 }, MediaEvent::Silent { ms: 10_000 }, MediaEvent::Flowing]);
    // A far end that holds us is expected to be silent.
    let remote = Remote { receive: false, ..Remote::new(caller.at, Law::Mu) };
    lab.tell(MediaCommand::Remote { leg: CALLER, remote });
    lab.pass(30_000 * MS);
    assert_eq!(lab.ether.events.len(), 4);
    lab.tell(MediaCommand::Remote { leg: CALLER, remote: Remote { receive: true, send: false, ..remote } });
    let before = lab.sent(CALLER).len();
    lab.pass(5_100 * MS);
    assert_eq!(lab.ether.events.last(), Some(&(CALLER, MediaEvent::Silent { ms: 5000 })));
    assert_eq!(lab.sent(CALLER).len(), before, "nothing is sent to a far end that does not want it");
}

#[test]
fn a_pause_keeps_the_time_and_nothing_of_the_audio() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::PauseRecord { recording: CALL });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::ResumeRecord { recording: CALL });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    let (left, right) = lab.recorded();
    assert_eq!(left.len(), 150 * FRAME);
    assert!(left[50 * FRAME..100 * FRAME].iter().chain(&right[50 * FRAME..100 * FRAME]).all(|s| *s == 0));
    assert!(tone::is_tone(&left[105 * FRAME..], 440.0) && tone::is_tone(&right[10 * FRAME..50 * FRAME], 620.0));
}

#[test]
fn a_recording_of_a_leg_that_is_gone_ends_at_once_and_says_why() {
    let mut lab = Lab::new();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: None, path: "a.wav".into() });
    assert!(matches!(&lab.ether.events[..], [
        (CALLER, MediaEvent::RecordGap { recording: CALL, .. }),
        (CALLER, MediaEvent::RecordEnded { recording: CALL, complete: false, .. }),
    ]), "{:?}", lab.ether.events);
    assert!(lab.shard.is_idle());
}

#[test]
fn another_agent_takes_over_the_right_channel() {
    let (mut lab, mut caller, mut agent) = bridged();
    let mut second = Phone::new(3, Law::A, 1000.0);
    lab.join(CHIEF, &second, None);
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::Close { leg: AGENT });
    lab.tell(MediaCommand::SetRecordRight { recording: CALL, right: vec![CHIEF] });
    lab.talk(50, &mut [(CALLER, &mut caller), (CHIEF, &mut second)]);
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    let (left, right) = lab.recorded();
    assert!(tone::is_tone(&left[10 * FRAME..], 440.0));
    assert!(tone::is_tone(&right[10 * FRAME..50 * FRAME], 620.0) && tone::is_tone(&right[60 * FRAME..], 1000.0));
}

#[test]
fn several_on_the_right_channel_are_mixed_and_who_leaves_is_heard_no_more() {
    let (mut lab, mut caller, mut agent) = bridged();
    let mut chief = Phone::new(3, Law::A, 1000.0);
    lab.join(CHIEF, &chief, None);
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.tell(MediaCommand::SetRecordRight { recording: CALL, right: vec![AGENT, CHIEF] });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent), (CHIEF, &mut chief)]);
    lab.tell(MediaCommand::Close { leg: CHIEF });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    let (left, right) = lab.recorded();
    assert!(tone::is_tone(&left[10 * FRAME..], 440.0));
    for hz in [620.0, 1000.0] {
        assert!(tone::level(&right[10 * FRAME..50 * FRAME], hz) > -30.0, "{hz}");
    }
    assert!(tone::is_tone(&right[60 * FRAME..], 620.0));
}

#[test]
fn a_full_tape_queue_costs_a_stated_gap_and_no_packet() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.ether.tape_full = true;
    lab.talk(100, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.ether.tape_full = false;
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    assert_eq!(lab.ether.gaps as usize * FRAME + lab.recorded().0.len(), 200 * FRAME);
    assert_eq!(lab.ether.gaps, 100, "the pieces that found no room");
    lab.tell(MediaCommand::Close { leg: CALLER });
    assert_eq!(lab.quality(CALLER).received, 200);
}

#[test]
fn a_stalled_thread_makes_up_for_a_second_and_states_the_rest() {
    let (mut lab, mut caller, _) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.talk(10, &mut [(CALLER, &mut caller)]);
    for stall in [600, 5000] {
        lab.now += stall * MS;
        lab.shard.run(lab.now, &mut lab.ether);
        lab.talk(10, &mut [(CALLER, &mut caller)]);
    }
    lab.tell(MediaCommand::StopRecord { recording: CALL });
    lab.pass(20 * MS);
    let frames = lab.recorded().0.len() / FRAME + lab.ether.gaps as usize;
    assert_eq!(frames as Micros, lab.now / (20 * MS) - 1, "audio and stated gap together are the time that passed");
    assert!(lab.ether.gaps >= 240, "{}", lab.ether.gaps);
}

#[test]
fn reports_go_to_the_next_port_and_bring_the_round_trip() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.talk(400, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    let slot = lab.slots[&CALLER];
    let ours: Vec<_> = lab.ether.reports.iter().filter(|r| r.0 == slot).cloned().collect();
    assert_eq!(ours.len(), 2, "after 2.5 s, then each 5 s");
    assert_eq!(ours[0].1, SocketAddr::new(caller.at.ip(), 4001));
    // The far end answers 30 ms later, to the RTP port as some do; its report names our SSRC and our report's time.
    let report = &ours[1].2;
    let (ssrc, middle) = (&report[4..8], &report[10..14]);
    let mut answer = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
    answer.extend(ssrc);
    answer.extend([0; 12]);
    answer.extend(middle);
    answer.extend([0; 4]);
    let sent_at = 7_500 * MS;
    let waited = lab.now - sent_at;
    lab.hear(CALLER, caller.at, &answer);
    lab.tell(MediaCommand::Close { leg: CALLER });
    let trip = lab.quality(CALLER).round_trip_ms.unwrap();
    assert!((trip - waited as f32 / 1000.0).abs() < 25.0, "{trip} ms, waited {waited} us");
}

#[test]
fn no_packet_however_broken_does_harm() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.tell(MediaCommand::Record { recording: CALL, left: CALLER, right: Some(AGENT), path: "a.wav".into() });
    lab.tell(MediaCommand::DetectTones { leg: CALLER, on: true });
    let mut state = 1_u64;
    for _ in 0..20_000 {
        let mut bytes = caller.packet();
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 33) as usize % bytes.len();
            bytes[at] = (state >> 25) as u8;
            if state >> 60 == 0 {
                bytes.truncate(at);
                break;
            }
        }
        lab.hear(CALLER, caller.at, &bytes);
        let slot = lab.slots[&CALLER];
        lab.shard.receive_report(lab.now, slot, caller.at, &mut bytes.clone());
        if state >> 59 == 0 {
            lab.pass(5 * MS);
        }
    }
    // A restart of the stream, then a plain call.
    (caller.ssrc, caller.seq) = (4711, 1);
    lab.talk(100, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    assert!(tone::is_tone(&lab.heard(AGENT, 40), 440.0));
}

/// SDP may give a law another payload type than the usual: `96 PCMA/8000`.
#[test]
fn audio_under_a_payload_type_of_its_own_passes_both_ways() {
    let mut lab = Lab::new();
    let (mut caller, mut agent) = (Phone::new(1, Law::A, 440.0), Phone::new(2, Law::Mu, 620.0));
    lab.join(CALLER, &caller, None);
    lab.join(AGENT, &agent, None);
    let remote = Remote { audio_pt: 96, ..Remote::new(caller.at, Law::A) };
    lab.tell(MediaCommand::Remote { leg: CALLER, remote });
    lab.tell(MediaCommand::Bridge { a: CALLER, b: AGENT });
    lab.pass(200 * MS);
    for _ in 0..100 {
        let usual = caller.packet();
        let p = RtpPacket::parse(&usual).unwrap();
        caller.seq = p.sequence_number();
        let (timestamp, payload) = (p.timestamp(), p.payload().to_vec());
        let bytes = caller.write(96, false, timestamp, &payload);
        lab.hear(CALLER, caller.at, &bytes);
        let bytes = agent.packet();
        lab.hear(AGENT, agent.at, &bytes);
        lab.pass(20 * MS);
    }
    assert!(tone::is_tone(&lab.heard(AGENT, 50), 440.0), "the agent hears the caller");
    assert!(lab.sent(AGENT)[20..].iter().all(|s| s.pt == 0));
    let sent = lab.sent(CALLER);
    assert!(sent.iter().all(|s| s.pt == 96), "silence of ours and what is passed on alike");
    let table = Law::A.decoder();
    let heard: Vec<i16> = sent[sent.len() - 50..].iter().flat_map(|s| &s.payload).map(|b| table[usize::from(*b)]).collect();
    assert!(tone::is_tone(&heard, 620.0), "the caller hears the agent");
}

/// A receiver report without a word on us.
const REPORT: [u8; 8] = [0x80, 201, 0, 1, 0, 0, 0, 1];
const GOODBYE: [u8; 16] = [0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 203, 0, 1, 0, 0, 0, 1];

#[test]
fn a_phone_that_sends_reports_instead_of_audio_while_muted_is_not_taken_for_gone() {
    let silences = |report: &[u8], at: Option<&str>| {
        let mut lab = Lab::new();
        let mut caller = Phone::new(1, Law::Mu, 440.0);
        lab.join(CALLER, &caller, None);
        lab.talk(5, &mut [(CALLER, &mut caller)]);
        let from = at.map_or(SocketAddr::new(caller.at.ip(), 4001), |at| at.parse().unwrap());
        for _ in 0..30 {
            lab.pass(4_000 * MS);
            lab.shard.receive_report(lab.now, lab.slots[&CALLER], from, &mut report.to_vec());
        }
        lab.ether.events.iter().filter(|(_, e)| matches!(e, MediaEvent::Silent { .. })).count()
    };
    assert_eq!(silences(&REPORT, None), 0);
    assert_eq!(silences(&REPORT, Some("203.0.113.66:4001")), 24, "a stranger's reports say nothing");
    assert_eq!(silences(&GOODBYE, None), 24, "nor do words of farewell");
    assert_eq!(silences(&[0x80, 201], None), 24, "nor what is no report");
}

#[test]
fn a_hold_by_0_0_0_0_sends_reports_where_the_far_end_was_and_never_to_this_host() {
    let (mut lab, mut caller, mut agent) = bridged();
    lab.talk(50, &mut [(CALLER, &mut caller), (AGENT, &mut agent)]);
    let nowhere = "0.0.0.0:4000".parse().unwrap();
    let hold = Remote { send: false, ..Remote::new(nowhere, Law::A) };
    lab.tell(MediaCommand::Remote { leg: CALLER, remote: hold });
    lab.tell(MediaCommand::Remote { leg: AGENT, remote: hold });
    let stranger = lab.shard.open(ROOM, CHIEF, 7, &mut lab.ether);
    lab.slots.insert(CHIEF, stranger);
    lab.tell(MediaCommand::Remote { leg: CHIEF, remote: hold });
    lab.pass(20_000 * MS);
    let mut told: Vec<_> = lab.ether.reports.iter().map(|(slot, to, _)| (*slot, to.to_string())).collect();
    told.sort();
    told.dedup();
    let want = [(lab.slots[&CALLER], "198.51.100.1:4001".to_owned()), (lab.slots[&AGENT], "198.51.100.2:4001".to_owned())];
    assert_eq!(told, want, "who was never anywhere else gets none");
}

/// Gateways of many addresses: SDP names one, audio comes from another.
#[test]
fn a_far_end_whose_audio_comes_from_another_address_is_heard_and_keeps_its_own_for_listening() {
    let (mut lab, mut caller, mut agent) = bridged();
    let elsewhere: SocketAddr = "198.51.100.99:7000".parse().unwrap();
    for _ in 0..400 {
        let bytes = caller.packet();
        lab.hear(CALLER, elsewhere, &bytes);
        let bytes = agent.packet();
        lab.hear(AGENT, agent.at, &bytes);
        lab.pass(20 * MS);
    }
    assert!(tone::is_tone(&lab.heard(AGENT, 50), 440.0));
    assert!(lab.sent(CALLER).iter().all(|s| s.to == caller.at));
    let slot = lab.slots[&CALLER];
    assert!(lab.ether.settled.iter().all(|(s, far)| *s != slot || far.is_none()), "its socket stays open for both");
}
