//! The shape of a recording: lowest and highest sample per slice and channel, so that a browser draws an hour of audio
//! without loading it. Made once, in one pass over the file, kept beside it; asked for in any smaller number of slices.
//! Start at [`of`].

use bytes::Bytes;
use serde::Serialize;
use store::Files;
use store::files::FileError;

use crate::rows::{Recording, RecordingState};
use crate::wav::{HEAD, Layout};

/// Slices that are kept.
const KEPT: usize = 4_000;
/// Read at once.
const PIECE: u64 = 1 << 20;
const MAGIC: &[u8; 4] = b"ZXP1";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peaks {
    pub duration_ms: u32,
    /// Per channel, per slice: lowest and highest, -127 to 127.
    pub channels: Vec<Vec<(i8, i8)>>,
}

#[derive(Debug, thiserror::Error)]
pub enum PeaksError {
    #[error("`{0}` is no WAV file of 16-bit PCM")]
    NotWav(String),
    #[error(transparent)]
    File(#[from] FileError),
}

/// Name of the file they are kept in.
pub(crate) fn name(path: &str) -> String {
    format!("{path}.peaks")
}

/// At most `slices` (1 to 4,000) per channel. A recording still being written is read anew each time.
/// # Errors
/// [`PeaksError::NotWav`]; [`PeaksError::File`] where it is gone.
pub async fn of(files: &Files, recording: &Recording, slices: usize) -> Result<Peaks, PeaksError> {
    let bytes = files.info(&recording.path).await?.bytes;
    let kept = match files.get(&name(&recording.path)).await {
        Ok(stored) => decode(&stored, bytes),
        Err(FileError::NotFound(_)) => None,
        Err(e) => return Err(e.into()),
    };
    let peaks = match kept {
        Some(peaks) => peaks,
        None => {
            let made = measure(files, &recording.path, bytes).await?;
            if recording.state == RecordingState::Done {
                files.put(&name(&recording.path), encode(&made, bytes)).await?;
            }
            made
        }
    };
    Ok(peaks.coarser(slices.clamp(1, KEPT)))
}

async fn measure(files: &Files, path: &str, bytes: u64) -> Result<Peaks, PeaksError> {
    let wrong = || PeaksError::NotWav(path.to_owned());
    let head = if bytes == 0 { Bytes::new() } else { files.range(path, 0..bytes.min(HEAD)).await? };
    let layout = Layout::read(&head).ok_or_else(wrong)?;
    let (frames, channels) = (layout.frames(bytes), usize::from(layout.channels));
    let mut meter = Meter::new(frames, channels);
    let end = layout.data_at + frames * layout.block();
    let mut at = layout.data_at;
    while at < end {
        let next = end.min(at + PIECE / layout.block() * layout.block());
        meter.take(&files.range(path, at..next).await?);
        at = next;
    }
    Ok(Peaks { duration_ms: layout.duration_ms(bytes), channels: meter.channels })
}

/// Takes samples in order, never keeps them.
struct Meter {
    channels: Vec<Vec<(i8, i8)>>,
    frames: u64,
    frame: u64,
    slice: usize,
    /// First frame of the next slice.
    turn: u64,
    low: Vec<i16>,
    high: Vec<i16>,
}

impl Meter {
    fn new(frames: u64, channels: usize) -> Self {
        let slices = usize::try_from(frames).unwrap_or(KEPT).min(KEPT);
        let mut meter = Self {
            channels: vec![vec![(0, 0); slices]; channels],
            frames,
            frame: 0,
            slice: 0,
            turn: 0,
            low: vec![i16::MAX; channels],
            high: vec![i16::MIN; channels],
        };
        meter.turn = meter.end_of(0);
        meter
    }

    fn end_of(&self, slice: usize) -> u64 {
        let slices = self.channels[0].len().max(1) as u64;
        (slice as u64 + 1) * self.frames / slices
    }

    fn take(&mut self, bytes: &[u8]) {
        let channels = self.channels.len();
        for frame in bytes.chunks_exact(2 * channels) {
            for (n, sample) in frame.chunks_exact(2).enumerate() {
                let sample = i16::from_le_bytes([sample[0], sample[1]]);
                self.low[n] = self.low[n].min(sample);
                self.high[n] = self.high[n].max(sample);
            }
            self.frame += 1;
            if self.frame == self.turn {
                self.end_slice();
            }
        }
    }

    fn end_slice(&mut self) {
        for n in 0..self.channels.len() {
            self.channels[n][self.slice] = (eight_bits(self.low[n]), eight_bits(self.high[n]));
            (self.low[n], self.high[n]) = (i16::MAX, i16::MIN);
        }
        self.slice += 1;
        self.turn = self.end_of(self.slice);
    }
}

/// Rounded away from zero, so that a whisper is not drawn as silence.
fn eight_bits(sample: i16) -> i8 {
    let size = (u32::from(sample.unsigned_abs()) * 127).div_ceil(32_768).min(127) as i8;
    if sample < 0 { -size } else { size }
}

impl Peaks {
    fn coarser(self, slices: usize) -> Self {
        let merge = |kept: &Vec<(i8, i8)>| -> Vec<(i8, i8)> {
            let wanted = slices.min(kept.len());
            let part = |n: usize| &kept[n * kept.len() / wanted..(n + 1) * kept.len() / wanted];
            let both = |some: &[(i8, i8)]| some.iter().fold((i8::MAX, i8::MIN), |(low, high), (l, h)| (low.min(*l), high.max(*h)));
            (0..wanted).map(|n| both(part(n))).collect()
        };
        Self { duration_ms: self.duration_ms, channels: self.channels.iter().map(merge).collect() }
    }
}

/// `ZXP1`, length of the audio file, duration, channels, slices, then low and high of each slice, channel after channel.
fn encode(peaks: &Peaks, file_bytes: u64) -> Bytes {
    let slices = peaks.channels.first().map_or(0, Vec::len);
    let mut out = Vec::with_capacity(24 + peaks.channels.len() * slices * 2);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&file_bytes.to_le_bytes());
    out.extend_from_slice(&peaks.duration_ms.to_le_bytes());
    out.extend_from_slice(&(peaks.channels.len() as u32).to_le_bytes());
    out.extend_from_slice(&(slices as u32).to_le_bytes());
    for (low, high) in peaks.channels.iter().flatten() {
        out.extend_from_slice(&[low.cast_unsigned(), high.cast_unsigned()]);
    }
    out.into()
}

/// `None`: of another file, or damaged; they are made again then.
fn decode(stored: &[u8], file_bytes: u64) -> Option<Peaks> {
    let rest = stored.strip_prefix(MAGIC)?;
    let word = |at: usize| rest.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let length = u64::from_le_bytes(rest.get(..8)?.try_into().ok()?);
    let (duration_ms, channels, slices) = (word(8)?, word(12)? as usize, word(16)? as usize);
    let values = rest.get(20..)?;
    if length != file_bytes || !(1..=2).contains(&channels) || slices > KEPT || values.len() != channels * slices * 2 {
        return None;
    }
    let pair = |two: &[u8]| (two[0].cast_signed(), two[1].cast_signed());
    let channel = |n: usize| values[n * slices * 2..(n + 1) * slices * 2].chunks_exact(2).map(pair).collect();
    Some(Peaks { duration_ms, channels: (0..channels).map(channel).collect() })
}
