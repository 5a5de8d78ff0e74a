//! Tapes onto disk: one thread, one WAV file per recording, readable up to the last half second at any moment. Start at
//! [`Recorder::handle`]; [`repair`] mends what a kill or a full disk left behind.
//! Disk trouble costs the recording, never the call: what was lost is told with its reason.
//! Never in this room: packets, the media clock, where recordings go after the call.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use contract::{LegId, RecordingId};

use super::clock::FRAME;
use super::command::{MediaEvent, MediaSink};
use super::media_thread::STILL_HERE;
use super::tape::Tape;

const FRAME_MS: u32 = 20;

struct Open {
    leg: LegId,
    stereo: bool,
    path: PathBuf,
    /// Gone after an error.
    file: Option<Wav>,
    frames: u32,
    /// Of them, those the header does not tell yet.
    untold: u32,
    lost: u32,
    trouble: Option<String>,
    complete: bool,
}

/// See the room story.
pub struct Recorder {
    folder: PathBuf,
    sink: Arc<dyn MediaSink>,
    open: HashMap<RecordingId, Open>,
    /// Room for a chunk on its way into a file, one for all recordings.
    bytes: Vec<u8>,
}

/// A file being written: what is in it is whole, but for what the header does not tell yet.
struct Wav {
    file: File,
    head: Vec<u8>,
    data: u64,
}

impl Recorder {
    #[must_use]
    pub fn new(folder: PathBuf, sink: Arc<dyn MediaSink>) -> Self {
        Self { folder, sink, open: HashMap::new(), bytes: Vec::new() }
    }

    /// Handles tapes until all who send them are gone; then ends what is still open. `alive` is called before each, and
    /// now and then while there is none.
    pub fn run(mut self, tapes: &Receiver<Tape>, alive: impl Fn()) {
        loop {
            alive();
            match tapes.recv_timeout(STILL_HERE) {
                Ok(tape) => self.handle(tape),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let left: Vec<RecordingId> = self.open.keys().copied().collect();
        for recording in left {
            self.end(recording, Some("the media engine stopped".to_owned()));
        }
    }

    pub fn handle(&mut self, tape: Tape) {
        match tape {
            Tape::Open { recording, leg, path, stereo } => {
                let (file, trouble) = match create(&self.folder, &path, stereo) {
                    Ok(file) => (Some(file), None),
                    Err(why) => (None, Some(why)),
                };
                if let Some(why) = &trouble {
                    tracing::error!(recording.id = %recording, "recording {recording} cannot be written: {why}");
                }
                let path = self.folder.join(path);
                self.open.insert(recording, Open { leg, stereo, path, file, frames: 0, lost: 0, trouble, complete: true, untold: 0 });
            }
            Tape::Chunk { recording, gap, samples } => self.write(recording, gap, &samples),
            Tape::End { recording, gap, samples, why } => {
                self.write(recording, gap, &samples);
                self.end(recording, why);
            }
        }
    }

    fn write(&mut self, recording: RecordingId, gap: u32, samples: &[i16]) {
        let Some(open) = self.open.get_mut(&recording) else { return };
        let channels = if open.stereo { 2 } else { 1 };
        let frames = (samples.len() / (FRAME * channels)) as u32;
        let Some(file) = &mut open.file else {
            open.lost += gap + frames;
            return;
        };
        if gap > 0 {
            open.complete = false;
            let reason = "the disk did not keep up with the calls".to_owned();
            self.sink.media(open.leg, MediaEvent::RecordGap { recording, ms: gap * FRAME_MS, reason });
        }
        open.untold += gap + frames;
        let tell = open.untold >= TOLD_EVERY;
        self.bytes.clear();
        self.bytes.resize(size_of_val(samples), 0);
        let (pairs, _) = self.bytes.as_chunks_mut();
        pairs.iter_mut().zip(samples).for_each(|(bytes, sample)| *bytes = sample.to_le_bytes());
        let silence = gap as usize * FRAME * channels * size_of::<i16>();
        let written = file.silence(silence).and_then(|()| file.append(&self.bytes));
        match written.and_then(|()| if tell { file.tell() } else { Ok(()) }) {
            Ok(()) => {
                open.frames += gap + frames;
                if tell {
                    open.untold = 0;
                }
            }
            Err(error) => {
                tracing::error!(recording.id = %recording, "recording {recording} stops: {error}");
                open.trouble = Some(error.to_string());
                open.lost += gap + frames;
                open.file = None;
            }
        }
    }

    fn end(&mut self, recording: RecordingId, why: Option<String>) {
        let Some(mut open) = self.open.remove(&recording) else { return };
        if let Some(mut file) = open.file.take()
            && let Err(error) = file.tell()
        {
            open.trouble = Some(error.to_string());
        }
        let tell = |event| self.sink.media(open.leg, event);
        if let Some(reason) = open.trouble.or(why) {
            open.complete = false;
            tell(MediaEvent::RecordGap { recording, ms: open.lost * FRAME_MS, reason });
        }
        // What is on disk counts, also after trouble.
        let (duration_ms, bytes) = match repair(&open.path) {
            Ok((ms, bytes)) => (ms, u32::try_from(bytes).unwrap_or(u32::MAX)),
            Err(_) => (0, 0),
        };
        open.complete &= duration_ms == open.frames * FRAME_MS;
        tell(MediaEvent::RecordEnded { recording, duration_ms, bytes, complete: open.complete });
    }
}

fn create(folder: &Path, path: &Path, stereo: bool) -> Result<Wav, String> {
    if !path.components().all(|c| matches!(c, Component::Normal(_))) {
        return Err(format!("{}: a recording's path is relative and stays below the recordings folder", path.display()));
    }
    let full = folder.join(path);
    let failed = |what: &dyn std::fmt::Display| format!("{}: {what}", full.display());
    if let Some(parent) = full.parent() {
        std::fs::create_dir_all(parent).map_err(|e| failed(&e))?;
    }
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&full).map_err(|e| failed(&e))?;
    let channels = if stereo { 2 } else { 1 };
    let spec = hound::WavSpec { channels, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = Wav { file, head: spec.into_header_for_infinite_file(), data: 0 };
    wav.tell().map_err(|e| failed(&e))?;
    Ok(wav)
}

/// Frames after which the header tells what is in the file: half a second. It costs one write more.
const TOLD_EVERY: u32 = 25;

impl Wav {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, self.head.len() as u64 + self.data)?;
        self.data += bytes.len() as u64;
        Ok(())
    }

    fn silence(&mut self, bytes: usize) -> io::Result<()> {
        const SILENCE: [u8; 4096] = [0; 4096];
        (0..bytes).step_by(SILENCE.len()).try_for_each(|at| self.append(&SILENCE[..SILENCE.len().min(bytes - at)]))
    }

    /// Both lengths in the header, in one write: the file is whole again.
    fn tell(&mut self) -> io::Result<()> {
        let length = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
        let end = self.head.len();
        self.head[4..8].copy_from_slice(&length(end as u64 - 8 + self.data));
        self.head[end - 4..].copy_from_slice(&length(self.data));
        self.file.write_all_at(&self.head, 0)
    }
}

/// Why a file cannot be mended.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] std::io::Error),
    #[error("{0}: not a WAV file of ours (no PCM header); nothing to save in it")]
    NotWav(PathBuf),
}

/// Makes the lengths in a WAV file's header true to what is in the file, and cuts off half a sample at its end. A whole file is not
/// touched. Returns the duration in milliseconds and the file's length in bytes.
///
/// # Errors
/// [`RepairError`]; the file is then as it was.
pub fn repair(path: &Path) -> Result<(u32, u64), RepairError> {
    let io = |e| RepairError::Io(path.to_owned(), e);
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut head = Vec::new();
    (&mut file).take(4096).read_to_end(&mut head).map_err(io)?;
    let layout = layout(&head).ok_or_else(|| RepairError::NotWav(path.to_owned()))?;
    let data = (length - layout.data_at) / layout.block * layout.block;
    let whole = layout.data_at + data;
    if whole != length {
        file.set_len(whole).map_err(io)?;
    }
    for (at, told, value) in [(4, layout.riff_told, whole - 8), (layout.data_at - 4, layout.data_told, data)] {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if told != value {
            file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&value.to_le_bytes())).map_err(io)?;
        }
    }
    let ms = data * 1000 / layout.block / layout.rate;
    Ok((u32::try_from(ms).unwrap_or(u32::MAX), whole))
}

struct Layout {
    riff_told: u32,
    data_told: u32,
    data_at: u64,
    /// Bytes of one sample of all channels.
    block: u64,
    rate: u64,
}

fn layout(head: &[u8]) -> Option<Layout> {
    let word = |at: usize| Some(u32::from_le_bytes(head.get(at..at + 4)?.try_into().ok()?));
    if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut format) = (12, None);
    loop {
        let (name, size) = (head.get(at..at + 4)?, word(at + 4)?);
        match name {
            b"fmt " => format = Some((word(at + 12)?, u16::from_le_bytes(head.get(at + 20..at + 22)?.try_into().ok()?))),
            b"data" => {
                let (rate, block) = format.filter(|(rate, block)| *rate > 0 && *block > 0)?;
                let data_at = at as u64 + 8;
                return Some(Layout { riff_told: word(4)?, data_told: size, data_at, block: block.into(), rate: rate.into() });
            }
            _ => {}
        }
        at = at.checked_add(8)?.checked_add(size as usize)?.next_multiple_of(2);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Log(Mutex<Vec<MediaEvent>>);

    impl MediaSink for Log {
        fn media(&self, _: LegId, event: MediaEvent) {
            self.0.lock().unwrap().push(event);
        }
    }

    const ID: RecordingId = RecordingId(9);

    fn recorder(folder: &Path) -> (Recorder, Arc<Log>) {
        let log = Arc::new(Log::default());
        (Recorder::new(folder.to_owned(), log.clone()), log)
    }

    fn open(path: &str, stereo: bool) -> Tape {
        Tape::Open { recording: ID, leg: LegId(1), path: path.into(), stereo }
    }

    fn chunk(gap: u32, frames: usize) -> Tape {
        Tape::Chunk { recording: ID, gap, samples: vec![77; frames * FRAME * 2] }
    }

    fn end() -> Tape {
        Tape::End { recording: ID, gap: 0, samples: vec![], why: None }
    }

    fn samples(path: &Path) -> Vec<i16> {
        hound::WavReader::open(path).unwrap().samples::<i16>().map(Result::unwrap).collect()
    }

    #[test]
    fn a_recording_is_in_its_folder_with_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, log) = recorder(folder.path());
        [open("2026/11/23/a.wav", true), chunk(0, 25), chunk(0, 25), end()].into_iter().for_each(|t| recorder.handle(t));
        let ended = MediaEvent::RecordEnded { recording: ID, duration_ms: 1000, bytes: 44 + 32_000, complete: true };
        assert_eq!(*log.0.lock().unwrap(), [ended]);
        assert_eq!(samples(&folder.path().join("2026/11/23/a.wav")), vec![77; 16_000]);
    }

    #[test]
    fn a_gap_is_silence_of_its_length_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, log) = recorder(folder.path());
        [open("a.wav", true), chunk(0, 25), chunk(10, 25), end()].into_iter().for_each(|t| recorder.handle(t));
        let log = log.0.lock().unwrap();
        assert!(matches!(&log[..], [
            MediaEvent::RecordGap { ms: 200, .. },
            MediaEvent::RecordEnded { duration_ms: 1200, complete: false, .. },
        ]), "{log:?}");
        let all = samples(&folder.path().join("a.wav"));
        assert_eq!((all[8000 - 1], all[8000], all[8000 + 3199], all[8000 + 3200]), (77, 0, 0, 77));
    }

    #[test]
    fn a_killed_process_leaves_a_readable_file() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, _) = recorder(folder.path());
        [open("a.wav", true), chunk(0, 25), chunk(0, 25), chunk(0, 6)].into_iter().for_each(|t| recorder.handle(t));
        // No destructor runs, as after a kill.
        std::mem::forget(recorder);
        let path = folder.path().join("a.wav");
        assert_eq!(samples(&path).len(), 16_000, "what the header tells");
        assert_eq!(repair(&path).unwrap(), (1120, 35_884), "and what came after it");
        assert_eq!(samples(&path).len(), 17_920);
    }

    #[test]
    fn repair_makes_a_broken_header_true_and_leaves_a_whole_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (mut recorder, _) = recorder(folder.path());
        [open("a.wav", true), chunk(0, 25), end()].into_iter().for_each(|t| recorder.handle(t));
        let path = folder.path().join("a.wav");
        let whole = std::fs::read(&path).unwrap();
        // Killed between the samples and the header, in the middle of a sample.
        let mut broken = whole.clone();
        broken[4..8].fill(0);
        broken[40..44].fill(0);
        broken.extend([1, 2, 3]);
        std::fs::write(&path, &broken).unwrap();
        assert_eq!(repair(&path).unwrap(), (500, 16_044));
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert_eq!(repair(&path).unwrap(), (500, 16_044));
        for bad in [&b""[..], b"RIFF", b"not a sound at all, but long enough to be one, were it one"] {
            std::fs::write(&path, bad).unwrap();
            assert!(matches!(repair(&path), Err(RepairError::NotWav(_))));
            assert_eq!(std::fs::read(&path).unwrap(), bad);
        }
    }

    #[test]
    fn disk_trouble_is_told_with_its_reason_and_what_it_cost() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("taken"), b"x").unwrap();
        for path in ["taken/a.wav", "../out.wav", "/out.wav", "taken"] {
            let (mut recorder, log) = recorder(folder.path());
            [open(path, true), chunk(0, 25), end()].into_iter().for_each(|t| recorder.handle(t));
            let log = log.0.lock().unwrap();
            assert!(matches!(&log[..], [
                MediaEvent::RecordGap { ms: 500, .. },
                MediaEvent::RecordEnded { duration_ms: 0, complete: false, .. },
            ]), "{path}: {log:?}");
        }
        assert_eq!(std::fs::read(folder.path().join("taken")).unwrap(), b"x");
    }
}
