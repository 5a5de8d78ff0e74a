//! A recording as the media clock sees it: one frame of both channels every 20 ms, handed on in chunks of a tenth of
//! a second, those of all recordings together, so that who writes them wakes seldom.
//! Start at [`Recording::push`]. Disk work is elsewhere (`recorder`); here nothing waits: a chunk that is not taken becomes a
//! stated gap of the same length.
//! Never in this room: files, threads.

use std::path::PathBuf;

use contract::{LegId, RecordingId};

use super::clock::FRAME;

/// Frames in a chunk, at most: what a killed process may lose, besides what waits in the queue.
pub const CHUNK_FRAMES: usize = 5;
/// Longest recording: 12 hours. A WAV file's lengths would overflow at 37.
const MOST_FRAMES: u32 = 12 * 3600 * 50;

/// What goes to the recorder, in order.
#[derive(Debug)]
pub enum Tape {
    Open { recording: RecordingId, leg: LegId, path: PathBuf, stereo: bool },
    /// `gap` frames were lost before these samples (interleaved, if stereo).
    Chunk { recording: RecordingId, gap: u32, samples: Vec<i16> },
    /// The last one. `why`: it ended before it was to.
    End { recording: RecordingId, gap: u32, samples: Vec<i16>, why: Option<String> },
}

/// See the room story.
#[derive(Debug)]
pub struct Recording {
    pub id: RecordingId,
    leg: LegId,
    /// Slots of the legs.
    pub left: usize,
    pub right: Vec<usize>,
    pub paused: bool,
    stereo: bool,
    /// Until the recorder has taken the order to open.
    path: Option<PathBuf>,
    ending: Option<Ending>,
    samples: Vec<i16>,
    gap: u32,
    frames: u32,
}

impl Recording {
    /// `right`: `None` makes a mono file; an empty one a stereo file whose right leg is not there.
    #[must_use]
    pub fn new(id: RecordingId, leg: LegId, left: usize, right: Option<Vec<usize>>, path: PathBuf) -> Self {
        let stereo = right.is_some();
        let samples = Vec::with_capacity(Self::chunk(stereo));
        Self { id, leg, left, right: right.unwrap_or_default(), paused: false, stereo, path: Some(path), ending: None, samples, gap: 0, frames: 0 }
    }

    const fn chunk(stereo: bool) -> usize {
        CHUNK_FRAMES * FRAME * if stereo { 2 } else { 1 }
    }

    #[must_use]
    pub fn is_stereo(&self) -> bool {
        self.stereo
    }

    #[must_use]
    pub fn leg(&self) -> LegId {
        self.leg
    }

    /// One more frame; a channel that is `None` is silent. `turn`: the chunk ends here, as every [`CHUNK_FRAMES`]th frame's does.
    /// Chunks go to `take`, which gives back what it has no room for.
    pub fn push(
        &mut self,
        left: Option<&[i16; FRAME]>,
        right: Option<&[i16; FRAME]>,
        turn: bool,
        take: &mut impl FnMut(Tape) -> Result<(), Tape>,
    ) {
        const SILENCE: [i16; FRAME] = [0; FRAME];
        if self.ending.is_some() {
            return;
        }
        let (left, right) = match self.paused {
            true => (&SILENCE, &SILENCE),
            false => (left.unwrap_or(&SILENCE), right.unwrap_or(&SILENCE)),
        };
        if self.stereo {
            let before = self.samples.len();
            self.samples.resize(before + 2 * FRAME, 0);
            let (pairs, _) = self.samples[before..].as_chunks_mut();
            pairs.iter_mut().zip(left).zip(right).for_each(|((pair, l), r)| *pair = [*l, *r]);
        } else {
            self.samples.extend_from_slice(left);
        }
        self.frames += 1;
        if self.frames == MOST_FRAMES {
            self.end(Some("the longest recording is 12 hours".to_owned()));
        } else if turn || self.samples.len() >= Self::chunk(self.stereo) {
            self.flush(take);
        }
    }

    /// Frames that never came: the media thread was stopped for longer than it makes up.
    pub fn skip(&mut self, frames: u32) {
        self.lose_samples();
        self.gap += frames;
    }

    fn lose_samples(&mut self) {
        let per_frame = Self::chunk(self.stereo) / CHUNK_FRAMES;
        self.gap += (self.samples.len() / per_frame) as u32;
        self.samples.clear();
    }

    fn flush(&mut self, take: &mut impl FnMut(Tape) -> Result<(), Tape>) {
        if !self.open(take) {
            self.lose_samples();
            return;
        }
        let next = Vec::with_capacity(Self::chunk(self.stereo));
        let samples = std::mem::replace(&mut self.samples, next);
        match take(Tape::Chunk { recording: self.id, gap: self.gap, samples }) {
            Ok(()) => self.gap = 0,
            Err(Tape::Chunk { samples, .. }) => {
                self.samples = samples;
                self.lose_samples();
            }
            Err(_) => {}
        }
    }

    fn open(&mut self, take: &mut impl FnMut(Tape) -> Result<(), Tape>) -> bool {
        if let Some(path) = self.path.take() {
            let order = Tape::Open { recording: self.id, leg: self.leg, path, stereo: self.stereo };
            if let Err(Tape::Open { path, .. }) = take(order) {
                self.path = Some(path);
            }
        }
        self.path.is_none()
    }

    /// Stops. `why`: only if nobody asked for it. Ending twice changes nothing.
    pub fn end(&mut self, why: Option<String>) {
        self.ending.get_or_insert(Ending { why });
    }

    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// Tries to hand over the rest of an ended recording. `true` once that is done: then it may be forgotten.
    pub fn finish(&mut self, take: &mut impl FnMut(Tape) -> Result<(), Tape>) -> bool {
        if self.ending.is_none() || !self.open(take) {
            return false;
        }
        let why = self.ending.as_mut().and_then(|e| e.why.take());
        let end = Tape::End { recording: self.id, gap: self.gap, samples: std::mem::take(&mut self.samples), why };
        if let Err(Tape::End { samples, why, .. }) = take(end) {
            self.samples = samples;
            self.ending = Some(Ending { why });
            return false;
        }
        true
    }
}

#[derive(Debug)]
struct Ending {
    why: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends within a chunk.
    const FRAMES: usize = 103;

    /// Frames of left = n, right = -n; the queue has room for the orders numbered in `room`.
    fn run(stereo: bool, room: impl Fn(usize) -> bool) -> (u32, Vec<i16>) {
        let mut recording = Recording::new(RecordingId(1), LegId(1), 0, stereo.then(|| vec![1]), "a.wav".into());
        let (mut orders, mut gaps, mut heard) = (0, 0, Vec::new());
        let mut take = |tape: Tape| {
            orders += 1;
            if !room(orders) {
                return Err(tape);
            }
            match tape {
                Tape::Open { .. } => {}
                Tape::Chunk { gap, samples, .. } | Tape::End { gap, samples, .. } => {
                    gaps += gap;
                    heard.extend(samples);
                }
            }
            Ok(())
        };
        for n in 0..FRAMES as i16 {
            let turn = n as usize % CHUNK_FRAMES == CHUNK_FRAMES - 1;
            recording.push(Some(&[n; FRAME]), Some(&[-n; FRAME]), turn, &mut take);
        }
        recording.end(None);
        while !recording.finish(&mut take) {}
        (gaps, heard)
    }

    #[test]
    fn a_chunk_ends_at_its_turn_however_full_it_is() {
        let mut recording = Recording::new(RecordingId(1), LegId(1), 0, None, "a.wav".into());
        let mut chunks = Vec::new();
        for turn in [false, false, true, false, false, false, false, true] {
            recording.push(None, None, turn, &mut |tape| {
                chunks.extend(if let Tape::Chunk { samples, .. } = tape { Some(samples.len() / FRAME) } else { None });
                Ok(())
            });
        }
        assert_eq!(chunks, [3, 5]);
    }

    #[test]
    fn every_frame_is_handed_on_once_or_counted_as_a_gap() {
        for stereo in [true, false] {
            let per_frame = if stereo { 320 } else { 160 };
            let (gap, heard) = run(stereo, |_| true);
            assert_eq!((gap, heard.len()), (0, FRAMES * per_frame));
            assert_eq!(heard[heard.len() - 1], if stereo { -102 } else { 102 });
            let (gap, heard) = run(stereo, |order| order == 1 || order == 4 || order > 5);
            assert_eq!(gap as usize * per_frame + heard.len(), FRAMES * per_frame);
            assert!(gap > 0);
            let (gap, heard) = run(stereo, |order| order > 100);
            let last = FRAMES % CHUNK_FRAMES;
            assert_eq!((gap as usize, heard.len()), (FRAMES - last, last * per_frame), "what found no room is lost and said so");
        }
    }
}
