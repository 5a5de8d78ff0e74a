//! The core of the media engine: the legs and recordings of one thread, over virtual time. Start at [`Shard::receive`] (a packet
//! came), [`Shard::command`] (call control asks) and [`Shard::run`] (time passed). What goes out goes through a [`Wire`].
//! A bridged packet is passed on within `receive`; everything else happens on the media clock, each room in one of the four
//! slices of a frame. Never in this room: sockets, threads, clocks, locks; no allocation per packet.

use std::collections::HashMap;
use std::net::SocketAddr;

use contract::{InteractionId, LegId, RecordingId};
use rtp_types::RtpPacket;
use slab::Slab;

use super::clock::{FRAME, Micros, PHASES, SLICE_US};
use super::command::{MediaCommand, MediaEvent};
use super::inband::ToneDetector;
use super::leg::{Heard, Leg, Tap};
use super::outbound::Incoming;
use super::player::Player;
use super::playout::{Playout, PlayoutCounts};
use super::tape::{CHUNK_FRAMES, Recording, Tape};

/// Slices made up for after a stall: one second. What is older is skipped, and recordings say so.
const MOST_BEHIND: u64 = 200;
/// Legs one leg may hear.
const MOST_SOURCES: usize = 32;

/// Where a shard's output goes: sockets, or a test's buffers. Legs are named by their slots.
pub trait Wire {
    fn rtp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]);
    fn rtcp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]);
    /// From now on all of the leg's packets come from, and go to, this address; `None`: no longer.
    fn settled(&mut self, slot: usize, far: Option<SocketAddr>);
    fn event(&mut self, leg: LegId, event: MediaEvent);
    /// # Errors
    /// Gives the tape back when there is no room for it.
    fn tape(&mut self, tape: Tape) -> Result<(), Tape>;
    /// The leg in `slot` is gone; another may get the slot.
    fn closed(&mut self, slot: usize);
}

/// What passed through a shard.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub packets_in: u64,
    pub packets_out: u64,
    /// Packets of strangers, malformed, late duplicates.
    pub dropped: u64,
    /// Packets that never came, of each leg up to its last report.
    pub lost: u64,
    /// Slices skipped because the thread was stopped for over a second.
    pub skipped_slices: u64,
    /// Of taps that are gone, and of others up to their leg's last report.
    pub playout: PlayoutCounts,
}

/// See the room story.
pub struct Shard {
    silence_ms: u32,
    epoch_us: u64,
    legs: Slab<Leg>,
    slots: HashMap<LegId, usize>,
    rooms: HashMap<InteractionId, Room>,
    /// Slots of the legs whose frame falls into each slice.
    phases: [Vec<usize>; PHASES],
    recordings: Vec<Recording>,
    /// Number of the next slice.
    slice: u64,
    pub counts: Counts,
}

struct Room {
    legs: usize,
    phase: usize,
}

impl Shard {
    /// `epoch_us`: microseconds between 1970 and the zero of `now`. `silence_ms`: see [`MediaEvent::Silent`].
    #[must_use]
    pub fn new(silence_ms: u32, epoch_us: u64) -> Self {
        Self {
            silence_ms: silence_ms.max(1),
            epoch_us,
            legs: Slab::new(),
            slots: HashMap::new(),
            rooms: HashMap::new(),
            phases: Default::default(),
            recordings: Vec::new(),
            slice: 0,
            counts: Counts::default(),
        }
    }

    /// Legs, rooms and recordings that are open.
    #[must_use]
    pub fn open_now(&self) -> (usize, usize, usize) {
        (self.legs.len(), self.rooms.len(), self.recordings.len())
    }

    /// Nothing to do until the next command.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.legs.is_empty() && self.recordings.is_empty()
    }

    /// A new leg; returns its slot. `chance`: 64 random bits. A leg that is already open is closed first.
    pub fn open(&mut self, room: InteractionId, leg: LegId, chance: u64, wire: &mut impl Wire) -> usize {
        self.close(leg, wire);
        let quietest = (0..PHASES).min_by_key(|p| self.phases[*p].len()).unwrap_or(0);
        let known = self.rooms.entry(room).or_insert(Room { legs: 0, phase: quietest });
        known.legs += 1;
        let phase = known.phase;
        let slot = self.legs.insert(Leg::new(leg, room, phase, self.epoch_us, chance));
        self.slots.insert(leg, slot);
        self.phases[phase].push(slot);
        slot
    }

    /// A packet came to the RTP port of `slot`. It is opened where it lies, if the leg has keys.
    pub fn receive(&mut self, now: Micros, slot: usize, from: SocketAddr, bytes: &mut [u8], wire: &mut impl Wire) {
        self.counts.packets_in += 1;
        // Reports on the same port (RFC 5761) are told apart by their type.
        if bytes.len() > 1 && (192..=223).contains(&bytes[1]) {
            return self.receive_report(now, slot, from, bytes);
        }
        let opened = self.legs.get_mut(slot).and_then(|leg| leg.seals.open(bytes).map(|length| (leg, length)));
        let Some((leg, Ok(packet))) = opened.map(|(leg, length)| (leg, RtpPacket::parse(&bytes[..length]))) else {
            self.counts.dropped += 1;
            return;
        };
        let id = leg.id;
        let heard = leg.receive(now, from, &packet, &mut |event| wire.event(id, event));
        if !leg.settled && heard != Heard::Nothing && let Some(far) = leg.latch.settled_at(now) {
            leg.settled = true;
            wire.settled(slot, Some(far));
        }
        match heard {
            Heard::Nothing => self.counts.dropped += 1,
            Heard::Noise => {}
            Heard::Audio { law, overtaken } => {
                if let Some(tap) = &mut leg.tap {
                    tap.playout.insert(packet.timestamp(), overtaken, packet.payload(), law);
                }
                self.pass_on(now, slot, &packet, heard, wire);
            }
            Heard::Keys { .. } => self.pass_on(now, slot, &packet, heard, wire),
        }
    }

    pub fn receive_report(&mut self, now: Micros, slot: usize, from: SocketAddr, bytes: &mut [u8]) {
        if let Some(leg) = self.legs.get_mut(slot)
            && let Some(length) = leg.seals.open_report(bytes)
        {
            leg.receive_report(now, from, &bytes[..length]);
        }
    }

    /// The line a leg is on has measured its round trip.
    pub fn note_round_trip(&mut self, slot: usize, ms: f32) {
        self.legs.get_mut(slot).into_iter().for_each(|leg| leg.note_round_trip(ms));
    }

    /// The slot of a leg that is open.
    #[must_use]
    pub fn slot_of(&self, leg: LegId) -> Option<usize> {
        self.slots.get(&leg).copied()
    }

    /// A bridged packet goes to whoever hears only this leg, at once.
    fn pass_on(&mut self, now: Micros, slot: usize, packet: &RtpPacket<'_>, heard: Heard, wire: &mut impl Wire) {
        let Some(leg) = self.legs.get(slot).filter(|leg| !leg.muted) else { return };
        for n in 0..leg.heard_by.len() {
            let listener = self.legs[slot].heard_by[n];
            let Some(to) = self.legs.get_mut(listener) else { continue };
            let Some((remote, target)) = to.passes(slot).zip(to.latch.target()) else { continue };
            let (pt, laws) = match heard {
                Heard::Audio { law, .. } => (remote.audio_pt, Some((law, remote.law))),
                Heard::Keys { digit } => match remote.dtmf_pt {
                    Some(pt) => (pt, None),
                    None => {
                        digit.into_iter().for_each(|d| to.keys.push(d.encode_utf8(&mut [0; 4])));
                        continue;
                    }
                },
                Heard::Nothing | Heard::Noise => continue,
            };
            let incoming = Incoming {
                source: slot,
                ssrc: packet.ssrc(),
                seq: packet.sequence_number(),
                timestamp: packet.timestamp(),
                marker: packet.marker_bit(),
                payload: packet.payload(),
            };
            let sent = &mut self.counts.packets_out;
            to.out.forward(now, pt, laws, &incoming, |bytes| {
                *sent += 1;
                wire.rtp(listener, target, bytes);
            });
        }
    }

    /// Does what is due up to `now`: one slice each 5 ms. Returns how late the latest slice was.
    pub fn run(&mut self, now: Micros, wire: &mut impl Wire) -> Option<Micros> {
        let due = now / SLICE_US + 1;
        if self.is_idle() || due <= self.slice {
            self.slice = self.slice.max(if self.is_idle() { due } else { 0 });
            return None;
        }
        let behind = due - self.slice;
        if behind > MOST_BEHIND {
            let skipped = (behind - 1) / PHASES as u64 * PHASES as u64;
            self.counts.skipped_slices += skipped;
            self.slice += skipped;
            self.recordings.iter_mut().for_each(|r| r.skip((skipped / PHASES as u64) as u32));
        }
        let late = now - self.slice * SLICE_US;
        while self.slice < due {
            self.frame((self.slice % PHASES as u64) as usize, self.slice * SLICE_US, wire);
            self.slice += 1;
        }
        Some(late)
    }

    /// One frame of all rooms of one phase.
    fn frame(&mut self, phase: usize, now: Micros, wire: &mut impl Wire) {
        for n in 0..self.phases[phase].len() {
            let leg = &mut self.legs[self.phases[phase][n]];
            let id = leg.id;
            leg.tap_frame(&mut |event| wire.event(id, event));
        }
        for n in 0..self.phases[phase].len() {
            self.speak(self.phases[phase][n], now, wire);
        }
        self.record(phase, wire);
    }

    fn speak(&mut self, slot: usize, now: Micros, wire: &mut impl Wire) {
        let mix = (self.legs[slot].hears.len() > 1).then(|| self.mix(slot));
        let open = matches!(self.legs[slot].hears[..], [source] if self.legs.get(source).is_some_and(|s| !s.muted));
        let (silence_ms, counts) = (self.silence_ms, &mut self.counts);
        let leg = &mut self.legs[slot];
        let id = leg.id;
        let mut told = [None, None];
        leg.speak(
            now,
            mix.as_ref(),
            open,
            &mut |to, bytes| {
                counts.packets_out += 1;
                wire.rtp(slot, to, bytes);
            },
            &mut |event| told[0] = Some(event),
        );
        leg.watch(now, silence_ms, &mut |event| told[1] = Some(event));
        let mut buffer = [0; 256];
        if let Some((to, length)) = leg.report(now, &mut buffer) {
            counts.lost += u64::from(leg.newly_lost());
            if let Some(tap) = &mut leg.tap {
                counts.playout.add(tap.playout.take_counts());
            }
            wire.rtcp(slot, to, &buffer[..length]);
        }
        told.into_iter().flatten().for_each(|event| wire.event(id, event));
    }

    fn mix(&self, slot: usize) -> [i16; FRAME] {
        sum(self.legs[slot].hears.iter().filter_map(|source| frame_of(&self.legs, *source)))
    }

    fn record(&mut self, phase: usize, wire: &mut impl Wire) {
        let turn = (self.slice / PHASES as u64).is_multiple_of(CHUNK_FRAMES as u64);
        let legs = &self.legs;
        let frame = |slot: usize| frame_of(legs, slot);
        self.recordings.retain_mut(|recording| {
            if recording.is_ending() {
                return !recording.finish(&mut |tape| wire.tape(tape));
            }
            if legs.get(recording.left).is_some_and(|leg| leg.phase == phase) {
                let mixed;
                let right = match recording.right[..] {
                    [] => None,
                    [one] => frame(one),
                    ref several => {
                        mixed = sum(several.iter().filter_map(|slot| frame(*slot)));
                        Some(&mixed)
                    }
                };
                recording.push(frame(recording.left), right, turn, &mut |tape| wire.tape(tape));
            }
            true
        });
    }

    /// Carries out what call control asks. Legs and recordings that are gone, or of another room, change nothing.
    pub fn command(&mut self, now: Micros, command: MediaCommand, wire: &mut impl Wire) {
        match command {
            MediaCommand::Remote { leg, remote } => {
                if let Some((slot, leg)) = self.leg(leg) {
                    leg.set_remote(now, remote);
                    if !leg.settled {
                        wire.settled(slot, None);
                    }
                }
            }
            MediaCommand::Play { leg: id, id: list, clips, repeat } => {
                if let Some((_, leg)) = self.leg(id)
                    && let Some(before) = leg.player.replace(Player::new(list, clips, repeat))
                {
                    wire.event(id, MediaEvent::PlayDone { id: before.id, completed: false });
                }
            }
            MediaCommand::StopPlay { leg: id } => {
                if let Some(player) = self.leg(id).and_then(|(_, leg)| leg.player.take()) {
                    wire.event(id, MediaEvent::PlayDone { id: player.id, completed: false });
                }
            }
            MediaCommand::Bridge { a, b } => {
                self.hear(a, b, true);
                self.hear(b, a, true);
            }
            MediaCommand::Unbridge { a, b } => {
                self.hear(a, b, false);
                self.hear(b, a, false);
            }
            MediaCommand::Hear { leg, source, on } => self.hear(leg, source, on),
            MediaCommand::Mute { leg, on } => {
                if let Some((_, leg)) = self.leg(leg) {
                    leg.muted = on;
                }
            }
            MediaCommand::SendDigits { leg, digits } => {
                if let Some((_, leg)) = self.leg(leg) {
                    leg.keys.push(&digits);
                }
            }
            MediaCommand::DetectTones { leg, on } => {
                if let Some((slot, leg)) = self.leg(leg) {
                    leg.detect = on;
                    self.fit_tap(slot);
                }
            }
            MediaCommand::Record { .. }
            | MediaCommand::SetRecordRight { .. }
            | MediaCommand::PauseRecord { .. }
            | MediaCommand::ResumeRecord { .. }
            | MediaCommand::StopRecord { .. } => self.record_command(command, wire),
            MediaCommand::Close { leg } => self.close(leg, wire),
        }
    }

    fn record_command(&mut self, command: MediaCommand, wire: &mut impl Wire) {
        match command {
            MediaCommand::Record { recording, left, right, path } => {
                let right_slot = right.and_then(|r| self.slots.get(&r).copied());
                let Some(slot) = self.slots.get(&left).copied() else {
                    let reason = format!("leg {left} had ended before its recording began");
                    wire.event(left, MediaEvent::RecordGap { recording, ms: 0, reason });
                    return wire.event(left, MediaEvent::RecordEnded { recording, duration_ms: 0, bytes: 0, complete: false });
                };
                if self.recordings.iter().all(|r| r.id != recording) {
                    let there = right.map(|_| right_slot.into_iter().collect());
                    self.recordings.push(Recording::new(recording, left, slot, there, path));
                    self.fit_tap(slot);
                    right_slot.into_iter().for_each(|r| self.fit_tap(r));
                }
            }
            MediaCommand::SetRecordRight { recording, right } => {
                let now: Vec<usize> = right.iter().filter_map(|leg| self.slots.get(leg).copied()).collect();
                let Some(stereo) = self.recording(recording).filter(|r| r.is_stereo()) else { return };
                let before = std::mem::replace(&mut stereo.right, now.clone());
                before.into_iter().chain(now).for_each(|slot| self.fit_tap(slot));
            }
            MediaCommand::PauseRecord { recording } => self.recording(recording).into_iter().for_each(|r| r.paused = true),
            MediaCommand::ResumeRecord { recording } => self.recording(recording).into_iter().for_each(|r| r.paused = false),
            MediaCommand::StopRecord { recording } => {
                let legs = self.recording(recording).map(|r| {
                    r.end(None);
                    (r.left, r.right.clone())
                });
                if let Some((left, right)) = legs {
                    self.fit_tap(left);
                    right.into_iter().for_each(|r| self.fit_tap(r));
                }
            }
            _ => {}
        }
    }

    fn leg(&mut self, id: LegId) -> Option<(usize, &mut Leg)> {
        let slot = *self.slots.get(&id)?;
        Some((slot, self.legs.get_mut(slot)?))
    }

    fn recording(&mut self, id: RecordingId) -> Option<&mut Recording> {
        self.recordings.iter_mut().find(|r| r.id == id)
    }

    fn hear(&mut self, leg: LegId, source: LegId, on: bool) {
        let (Some(to), Some(from)) = (self.slots.get(&leg).copied(), self.slots.get(&source).copied()) else { return };
        self.legs[to].hears.retain(|s| *s != from);
        self.legs[from].heard_by.retain(|s| *s != to);
        let allowed = to != from && self.legs[to].room == self.legs[from].room && self.legs[to].hears.len() < MOST_SOURCES;
        if on && allowed {
            self.legs[to].hears.push(from);
            self.legs[from].heard_by.push(to);
        }
        // A leg that now hears several, or no longer does, needs or frees the taps of all of them.
        self.fit_tap(from);
        for n in 0..self.legs[to].hears.len() {
            self.fit_tap(self.legs[to].hears[n]);
        }
    }

    /// A leg has a tap while it is recorded, mixed or watched for tones.
    fn fit_tap(&mut self, slot: usize) {
        let mixed = self.legs.get(slot).is_some_and(|leg| {
            leg.heard_by.iter().any(|l| self.legs.get(*l).is_some_and(|to| to.hears.len() > 1))
        });
        let recorded = self.recordings.iter().any(|r| !r.is_ending() && (r.left == slot || r.right.contains(&slot)));
        let Some(leg) = self.legs.get_mut(slot) else { return };
        if !(mixed || recorded || leg.detect) {
            let unused = leg.tap.take();
            self.retire(unused);
            return;
        }
        let tap = leg.tap.get_or_insert_with(|| Box::new(Tap { playout: Playout::default(), frame: [0; FRAME], tones: None }));
        if leg.detect != tap.tones.is_some() {
            tap.tones = leg.detect.then(ToneDetector::default);
        }
    }

    fn retire(&mut self, tap: Option<Box<Tap>>) {
        if let Some(mut tap) = tap {
            self.counts.playout.add(tap.playout.take_counts());
        }
    }

    fn close(&mut self, id: LegId, wire: &mut impl Wire) {
        let Some(slot) = self.slots.remove(&id) else { return };
        let mut leg = self.legs.remove(slot);
        self.counts.lost += u64::from(leg.newly_lost());
        self.phases[leg.phase].retain(|s| *s != slot);
        for other in leg.hears.iter().chain(&leg.heard_by) {
            if let Some(other) = self.legs.get_mut(*other) {
                other.hears.retain(|s| *s != slot);
                other.heard_by.retain(|s| *s != slot);
            }
        }
        leg.hears.iter().for_each(|other| self.fit_tap(*other));
        for listener in &leg.heard_by {
            let left = self.legs.get(*listener).map(|l| l.hears.clone()).unwrap_or_default();
            left.into_iter().for_each(|source| self.fit_tap(source));
        }
        let mut freed = Vec::new();
        for recording in self.recordings.iter_mut().filter(|r| !r.is_ending()) {
            if recording.left == slot {
                recording.end(None);
                freed.extend_from_slice(&recording.right);
            }
            recording.right.retain(|r| *r != slot);
        }
        freed.into_iter().for_each(|other| self.fit_tap(other));
        if let Some(room) = self.rooms.get_mut(&leg.room) {
            room.legs -= 1;
            if room.legs == 0 {
                self.rooms.remove(&leg.room);
            }
        }
        if let Some(player) = &leg.player {
            wire.event(id, MediaEvent::PlayDone { id: player.id, completed: false });
        }
        wire.closed(slot);
        wire.event(id, MediaEvent::Closed { quality: leg.quality() });
        self.retire(leg.tap);
    }

    /// Ends everything: the engine stops. Recordings keep trying to hand over their rest in `run`.
    pub fn close_all(&mut self, wire: &mut impl Wire) {
        let all: Vec<LegId> = self.slots.keys().copied().collect();
        all.into_iter().for_each(|leg| self.close(leg, wire));
    }

    /// One try more for ended recordings, without waiting for their slice.
    pub fn hand_over_rest(&mut self, wire: &mut impl Wire) {
        self.recordings.retain_mut(|recording| !recording.finish(&mut |tape| wire.tape(tape)));
    }
}

fn frame_of(legs: &Slab<Leg>, slot: usize) -> Option<&[i16; FRAME]> {
    legs.get(slot).and_then(|leg| leg.tap.as_ref()).map(|tap| &tap.frame)
}

fn sum<'a>(frames: impl Iterator<Item = &'a [i16; FRAME]>) -> [i16; FRAME] {
    let mut sum = [0_i32; FRAME];
    frames.for_each(|frame| sum.iter_mut().zip(frame).for_each(|(sum, s)| *sum += i32::from(*s)));
    sum.map(|s| s.clamp(-32767, 32767) as i16)
}
