//! A leg's audio on the media clock: packets go in as they come, one frame comes out per 20 ms, whatever the network did.
//! Start at [`Playout::insert`] and [`Playout::take`]. Gaps are silence; a packet that comes too late moves the play point back, so
//! that its sound is kept; delay that is no longer needed is given back in quiet moments.
//! Never in this room: time other than timestamps and frames, sockets. What is bridged does not pass through here.

use std::ops::Range;

use super::clock::FRAME;
use super::law::Law;

/// Half a second: the most that can wait.
const RING: usize = 4096;
const MASK: u32 = RING as u32 - 1;
/// Samples whose presence one word tells.
const WORD: usize = u64::BITS as usize;
/// Delay a stream starts with, in samples: two frames.
const START_DELAY: u32 = 2 * FRAME as u32;
/// A late packet may raise the delay so far; later still, the stream is taken up anew.
const MOST_DELAY: u32 = 1920;
/// Frames over which the smallest headroom is watched before delay is given back: 2 s.
const WATCHED: u32 = 100;
/// Headroom that is never given back.
const KEEP: i32 = 3 * FRAME as i32;
/// Loudest sample of a frame that may be skipped unheard.
const QUIET: i16 = 256;

/// See the room story.
#[derive(Debug)]
pub struct Playout {
    /// Samples as they came, in `law`: half the room of what they decode to.
    ring: [u8; RING],
    /// Bit by bit, where a sample is.
    there: [u64; RING / WORD],
    law: Law,
    /// Timestamp of the next sample to come out; `None` until the first packet.
    at: Option<u32>,
    /// Timestamp after the newest sample that came in.
    end: u32,
    least_headroom: i32,
    watched: u32,
    counts: PlayoutCounts,
}

/// What the play-out buffer did, in frames' worth of samples and packets.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct PlayoutCounts {
    /// Samples given out as silence for want of a packet, while the stream ran.
    pub filled: u64,
    /// Packets that moved the play point back.
    pub late: u64,
    /// Frames skipped to give delay back.
    pub skipped: u64,
    /// Times the stream was taken up anew: a jump of the timestamps.
    pub resyncs: u64,
}

impl Default for Playout {
    fn default() -> Self {
        Self { ring: [0; RING], there: [0; RING / WORD], law: Law::A, at: None, end: 0, least_headroom: i32::MAX, watched: 0, counts: PlayoutCounts::default() }
    }
}

impl Playout {
    /// Audio with its RTP timestamp. `overtaken`: newer packets came before it; such a one is of use only if its turn has not
    /// passed. Parts already played, or longer than half the ring, are dropped.
    pub fn insert(&mut self, timestamp: u32, overtaken: bool, payload: &[u8], law: Law) {
        let length = payload.len().min(RING / 2) as u32;
        let at = match self.at {
            Some(at) if overtaken => at,
            Some(_) | None => self.place(timestamp, length),
        };
        if timestamp.wrapping_sub(at) as i32 > (RING as u32 - length) as i32 {
            return;
        }
        if law != self.law {
            // What waits is rewritten in place: a stream changes its law once, if ever.
            self.law.convert_to(law, &mut self.ring);
            self.law = law;
        }
        let passed = (at.wrapping_sub(timestamp) as i32).clamp(0, length as i32) as u32;
        let mut samples = &payload[passed as usize..length as usize];
        for piece in pieces(timestamp.wrapping_add(passed), samples.len()) {
            let (these, rest) = samples.split_at(piece.len());
            self.ring[piece.clone()].copy_from_slice(these);
            words(piece).for_each(|(word, bits)| self.there[word] |= bits);
            samples = rest;
        }
        let end = timestamp.wrapping_add(length);
        if end.wrapping_sub(self.end) as i32 > 0 {
            self.end = end;
        }
    }

    /// Makes the play point fit the packet; returns it.
    fn place(&mut self, timestamp: u32, length: u32) -> u32 {
        let Some(at) = self.at else {
            return self.resync(timestamp);
        };
        let ahead = timestamp.wrapping_sub(at) as i32;
        let behind = -ahead;
        if ahead > (RING as u32 - length) as i32 || behind > MOST_DELAY as i32 {
            self.counts.resyncs += 1;
            return self.resync(timestamp);
        }
        if behind <= 0 {
            return at;
        }
        let headroom = self.end.wrapping_sub(at) as i32;
        if headroom + behind > MOST_DELAY as i32 {
            return at;
        }
        // What lies between was given out as silence and is cleared; it now waits once more, as silence.
        self.counts.late += 1;
        self.least_headroom = i32::MAX;
        self.watched = 0;
        self.at = Some(timestamp);
        timestamp
    }

    fn resync(&mut self, timestamp: u32) -> u32 {
        self.there.fill(0);
        let at = timestamp.wrapping_sub(START_DELAY);
        self.at = Some(at);
        self.end = timestamp;
        self.least_headroom = i32::MAX;
        self.watched = 0;
        at
    }

    /// Forgets what waits: the leg has a new far end.
    pub fn reset(&mut self) {
        self.there.fill(0);
        self.at = None;
    }

    /// The next 20 ms. Silence before the first packet and in gaps.
    pub fn take(&mut self, frame: &mut [i16; FRAME]) {
        let Some(mut at) = self.at else {
            frame.fill(0);
            return;
        };
        let headroom = self.end.wrapping_sub(at) as i32;
        self.read(at, frame);
        at = at.wrapping_add(FRAME as u32);
        if headroom > 0 {
            self.least_headroom = self.least_headroom.min(headroom);
            self.watched += 1;
        }
        if self.watched >= WATCHED && self.least_headroom > KEEP + FRAME as i32 && frame.iter().all(|s| s.abs() < QUIET) {
            self.read(at, frame);
            at = at.wrapping_add(FRAME as u32);
            self.counts.skipped += 1;
            self.least_headroom -= FRAME as i32;
        }
        if self.watched >= 2 * WATCHED {
            self.least_headroom = i32::MAX;
            self.watched = 0;
        }
        self.at = Some(at);
    }

    fn read(&mut self, at: u32, frame: &mut [i16; FRAME]) {
        let decode = self.law.decoder();
        let mut out = &mut frame[..];
        for piece in pieces(at, FRAME) {
            let (these, rest) = out.split_at_mut(piece.len());
            if words(piece.clone()).all(|(word, bits)| self.there[word] & bits == bits) {
                for (sample, byte) in these.iter_mut().zip(&self.ring[piece.clone()]) {
                    *sample = decode[usize::from(*byte)];
                }
            } else {
                for (sample, slot) in these.iter_mut().zip(piece.clone()) {
                    let there = self.there[slot / WORD] & 1 << (slot % WORD) != 0;
                    *sample = if there { decode[usize::from(self.ring[slot])] } else { 0 };
                    self.counts.filled += u64::from(!there);
                }
            }
            words(piece).for_each(|(word, bits)| self.there[word] &= !bits);
            out = rest;
        }
    }

    /// What was not taken yet.
    pub fn take_counts(&mut self) -> PlayoutCounts {
        std::mem::take(&mut self.counts)
    }
}

/// Where in the ring so many samples from a position on are: the second piece is what goes on at its begin.
fn pieces(position: u32, length: usize) -> [Range<usize>; 2] {
    let from = (position & MASK) as usize;
    let first = length.min(RING - from);
    [from..from + first, 0..length - first]
}

/// The words that tell of a piece, and its bits in each.
fn words(piece: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
    let end = if piece.is_empty() { piece.start / WORD } else { piece.end.div_ceil(WORD) };
    (piece.start / WORD..end).map(move |word| {
        let (from, to) = (piece.start.max(word * WORD) % WORD, piece.end.min((word + 1) * WORD) - word * WORD);
        (word, u64::MAX << from & u64::MAX >> (WORD - to))
    })
}

impl PlayoutCounts {
    pub fn add(&mut self, more: Self) {
        self.filled += more.filled;
        self.late += more.late;
        self.skipped += more.skipped;
        self.resyncs += more.resyncs;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Packet `n` of a stream: 160 times the same byte, telling `n`.
    fn packet(n: u32) -> [u8; FRAME] {
        [(n % 100) as u8 + 1; FRAME]
    }

    /// Which packets a frame was made of, without silence, as the values their bytes decode to.
    fn heard(frames: &[[i16; FRAME]]) -> Vec<i16> {
        let mut all: Vec<i16> = frames.iter().flatten().copied().filter(|s| *s != 0).collect();
        all.dedup();
        all
    }

    fn value(n: u32) -> i16 {
        Law::Mu.decoder()[usize::from(packet(n)[0])]
    }

    /// Inserts at each frame the packets named, takes one frame each, returns all.
    fn run(schedule: &[Vec<u32>], first: u32) -> (Vec<[i16; FRAME]>, PlayoutCounts) {
        let (mut playout, mut newest) = (Playout::default(), None);
        let frames = schedule
            .iter()
            .map(|packets| {
                for n in packets {
                    let overtaken = newest.is_some_and(|newest| newest > *n);
                    newest = newest.max(Some(*n));
                    playout.insert(first.wrapping_add(n * FRAME as u32), overtaken, &packet(*n), Law::Mu);
                }
                let mut frame = [1; FRAME];
                playout.take(&mut frame);
                frame
            })
            .collect();
        (frames, playout.take_counts())
    }

    #[test]
    fn an_even_stream_comes_out_whole_two_frames_later_also_round_the_wrap() {
        for first in [0, u32::MAX - 1000] {
            let schedule: Vec<Vec<u32>> = (0..60).map(|n| vec![n]).collect();
            let (frames, counts) = run(&schedule, first);
            assert_eq!(heard(&frames), (0..58).map(value).collect::<Vec<_>>());
            assert_eq!(counts, PlayoutCounts { filled: 320, ..PlayoutCounts::default() });
        }
    }

    #[test]
    fn a_lost_packet_is_silence_in_its_place() {
        let schedule: Vec<Vec<u32>> = (0..20).map(|n| if n == 5 { vec![] } else { vec![n] }).collect();
        let (frames, _) = run(&schedule, 0);
        assert_eq!(frames[7], [0; FRAME]);
        assert_eq!((frames[6][0], frames[8][0]), (value(4), value(6)));
    }

    #[test]
    fn packets_in_the_wrong_order_come_out_in_the_right_one() {
        let mut schedule: Vec<Vec<u32>> = (0..20).map(|n| vec![n]).collect();
        schedule.swap(6, 7);
        let (frames, counts) = run(&schedule, 0);
        assert_eq!(heard(&frames), (0..18).map(value).collect::<Vec<_>>());
        assert_eq!(counts.late, 0);
    }

    #[test]
    fn a_burst_after_a_stall_is_kept_and_its_delay_given_back_in_silence() {
        let mut schedule: Vec<Vec<u32>> = (0..10).map(|n| vec![n]).collect();
        schedule.extend((0..6).map(|_| vec![]));
        schedule.push((10..17).collect());
        schedule.extend((17..30).map(|n| vec![n]));
        let (frames, counts) = run(&schedule, 0);
        let all = heard(&frames);
        assert_eq!(all, (0..all.len() as u32).map(value).collect::<Vec<_>>());
        assert_eq!(counts.late, 1);

        let mut playout = Playout::default();
        let mut frame = [0; FRAME];
        for n in 0..1000_u32 {
            // 160 ms ahead of need after a stall, then silence: the delay shrinks to what is kept.
            if n == 0 {
                (0..8).for_each(|k| playout.insert(k * 160, false, &[0xFF; FRAME], Law::Mu));
            }
            playout.insert((n + 8) * 160, false, &[0xFF; FRAME], Law::Mu);
            playout.take(&mut frame);
        }
        let counts = playout.take_counts();
        assert!((4..=8).contains(&counts.skipped), "{counts:?}");
    }

    #[test]
    fn the_words_of_a_stretch_name_its_samples_and_no_others() {
        for position in [0, 1, 63, 64, 100, 4095, 4096 - 160, 4097, u32::MAX - 5] {
            for length in [0, 1, 63, 64, 65, 160, 2048] {
                let wanted: std::collections::BTreeSet<usize> =
                    (0..length as u32).map(|n| (position.wrapping_add(n) & MASK) as usize).collect();
                let bits = |(word, bits): (usize, u64)| (0..WORD).filter(move |n| bits >> n & 1 == 1).map(move |n| word * WORD + n);
                let named: Vec<usize> = pieces(position, length).into_iter().flat_map(words).flat_map(bits).collect();
                assert_eq!(named.len(), length, "{length} from {position}");
                assert_eq!(named.into_iter().collect::<std::collections::BTreeSet<_>>(), wanted, "{length} from {position}");
            }
        }
    }

    #[test]
    fn a_stream_may_change_its_law_while_it_runs() {
        let mut playout = Playout::default();
        let sound = |law: Law| {
            let mut bytes = [0; FRAME];
            law.encode(&[1000; FRAME], &mut bytes);
            bytes
        };
        playout.insert(0, false, &sound(Law::Mu), Law::Mu);
        playout.insert(FRAME as u32, false, &sound(Law::A), Law::A);
        let mut frames = [[0; FRAME]; 5];
        frames.iter_mut().for_each(|frame| playout.take(frame));
        assert_eq!((frames[1], frames[4]), ([0; FRAME], [0; FRAME]));
        for frame in &frames[2..4] {
            assert!(frame.iter().all(|s| (950..=1050).contains(s)), "{frame:?}");
        }
    }

    #[test]
    fn a_jump_of_the_timestamps_is_taken_up_anew() {
        let mut schedule: Vec<Vec<u32>> = (0..10).map(|n| vec![n]).collect();
        schedule.extend((100_000..100_010).map(|n| vec![n]));
        let (frames, counts) = run(&schedule, 0);
        assert_eq!(counts.resyncs, 1);
        assert_eq!(heard(&frames[12..]), (100_000..100_008).map(value).collect::<Vec<_>>());
    }

    proptest! {
        /// Whatever order, loss and delay: a frame for every frame, nothing heard twice, nothing out of order but across a resync.
        #[test]
        fn nothing_is_heard_twice_and_order_holds(delays in proptest::collection::vec(0..9_usize, 200), lost in proptest::collection::vec(any::<bool>(), 200)) {
            let mut schedule = vec![Vec::new(); 220];
            for n in 0..90_u32 {
                if !(lost[n as usize] && lost[n as usize + 100]) {
                    schedule[n as usize + delays[n as usize]].push(n);
                }
            }
            let (frames, counts) = run(&schedule, 12345);
            let all = heard(&frames);
            prop_assert_eq!(frames.len(), 220);
            prop_assert_eq!(counts.resyncs, 0);
            let order: Vec<u32> = all.iter().map(|v| (0..90).find(|n| value(*n) == *v).unwrap()).collect();
            prop_assert!(order.windows(2).all(|w| w[0] < w[1]), "{:?}", order);
        }
    }
}
