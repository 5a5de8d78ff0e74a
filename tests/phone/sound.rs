//! What phones speak and hear with: one media engine for many phones, the gateway's own. What a phone hears is recorded
//! to a file per call, and listened to there. Start at [`Sound::start`] and [`Ear`].
//! Never in this room: SIP.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::{Clip, Engine, MediaCommand, MediaConfig, MediaEvent, MediaSink, Remote, tone};

/// Who wants to know what media tells of a leg.
pub type Listener = Arc<dyn Fn(MediaEvent) + Send + Sync>;

#[derive(Default)]
struct Switchboard(Mutex<HashMap<LegId, Listener>>);

impl Switchboard {
    fn lines(&self) -> std::sync::MutexGuard<'_, HashMap<LegId, Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MediaSink for Switchboard {
    fn media(&self, leg: LegId, event: MediaEvent) {
        let listener = self.lines().get(&leg).cloned();
        if let Some(listener) = listener {
            listener(event);
        }
    }
}

/// One engine for all phones of a process; clones are the same.
#[derive(Clone)]
pub struct Sound {
    engine: Engine,
    board: Arc<Switchboard>,
    folder: PathBuf,
    next: Arc<AtomicI64>,
}

impl Sound {
    /// `folder` holds what is heard. `ports`: RTP ports of the phones.
    ///
    /// # Errors
    /// If the threads cannot be made.
    pub fn start(ip: IpAddr, ports: (u16, u16), folder: &Path) -> io::Result<Self> {
        let board = Arc::new(Switchboard::default());
        let config = MediaConfig { ip, ports, threads: 1, recordings: folder.to_owned(), ..MediaConfig::default() };
        let engine = Engine::start(config, board.clone())?;
        Ok(Self { engine, board, folder: folder.to_owned(), next: Arc::new(AtomicI64::new(1)) })
    }

    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A voice for one call.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn open(&self) -> io::Result<Voice> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let (room, leg) = (InteractionId(n), LegId(n));
        let local = self.engine.open(room, leg).map_err(io::Error::other)?;
        Ok(Voice { sound: self.clone(), room, leg, local, path: self.folder.join(format!("{n}.wav")) })
    }
}

/// Mouth and ear of one call.
#[derive(Clone)]
pub struct Voice {
    sound: Sound,
    room: InteractionId,
    pub leg: LegId,
    /// Where it is heard: for SDP.
    pub local: std::net::SocketAddr,
    /// What is heard is written here.
    pub path: PathBuf,
}

impl Voice {
    pub fn on_event(&self, listener: Listener) {
        self.sound.board.lines().insert(self.leg, listener);
    }

    fn order(&self, command: MediaCommand) {
        if let Err(why) = self.sound.engine.send(self.room, command) {
            tracing::warn!("a phone's media command is lost: {why}");
        }
    }

    /// The far end is known, or another one now. From the first time on it is written down.
    pub fn connect(&self, remote: Remote, first: bool) {
        let leg = self.leg;
        self.order(MediaCommand::Remote { leg, remote });
        if !first {
            return;
        }
        let path = PathBuf::from(format!("{}.wav", leg.0));
        self.order(MediaCommand::Record { recording: RecordingId(leg.0), left: leg, right: None, path });
    }

    pub fn say(&self, clips: Vec<Arc<Clip>>, repeat: bool) {
        self.order(MediaCommand::Play { leg: self.leg, id: 1, clips, repeat });
    }

    pub fn quiet(&self) {
        self.order(MediaCommand::StopPlay { leg: self.leg });
    }

    /// As telephone-events where agreed, else as tones.
    pub fn press(&self, digits: &str) {
        self.order(MediaCommand::SendDigits { leg: self.leg, digits: digits.to_owned() });
    }

    pub fn close(&self) {
        self.order(MediaCommand::Close { leg: self.leg });
    }

    /// Listens from now on.
    #[must_use]
    pub fn ear(&self) -> Ear {
        Ear::at_end(&self.path, 1, 0)
    }
}

/// Samples of one second.
const RATE: usize = 8000;
/// What is looked at to tell a tone.
const WINDOW: usize = RATE / 5;
/// Louder than this is sound, in dBm0.
const LOUD: f64 = -45.0;

/// Listens to one channel of a WAV file (8 kHz, 16 bit) while it is written or after.
#[derive(Debug)]
pub struct Ear {
    path: PathBuf,
    channels: usize,
    channel: usize,
    /// Bytes of audio passed over.
    at: u64,
    samples: Vec<i16>,
}

/// Bytes before the audio in a plain PCM file.
const HEAD: u64 = 44;

impl Ear {
    /// From the first sample.
    #[must_use]
    pub fn at_begin(path: &Path, channels: usize, channel: usize) -> Self {
        Self { path: path.to_owned(), channels, channel, at: 0, samples: Vec::new() }
    }

    /// From what is written next.
    #[must_use]
    pub fn at_end(path: &Path, channels: usize, channel: usize) -> Self {
        let block = 2 * channels as u64;
        let written = std::fs::metadata(path).map_or(0, |m| m.len().saturating_sub(HEAD)) / block * block;
        Self { at: written, ..Self::at_begin(path, channels, channel) }
    }

    /// Takes in what was written since. A file that is not there yet is silent.
    pub fn listen(&mut self) {
        let Ok(mut file) = std::fs::File::open(&self.path) else { return };
        let mut bytes = Vec::new();
        if file.seek(SeekFrom::Start(HEAD + self.at)).is_err() || file.read_to_end(&mut bytes).is_err() {
            return;
        }
        let block = 2 * self.channels;
        let whole = bytes.len() / block * block;
        self.at += whole as u64;
        let own = bytes[..whole].chunks_exact(block).map(|frame| {
            let at = 2 * self.channel;
            i16::from_le_bytes([frame[at], frame[at + 1]])
        });
        self.samples.extend(own);
    }

    #[must_use]
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    fn any(&self, is: impl Fn(&[i16]) -> bool) -> bool {
        let mut at = 0;
        while let Some(window) = self.samples.get(at..at + WINDOW) {
            if is(window) {
                return true;
            }
            at += WINDOW / 2;
        }
        false
    }

    /// A fifth of a second of this tone was heard.
    #[must_use]
    pub fn heard_tone(&self, hz: f64) -> bool {
        self.any(|window| tone::is_tone(window, hz))
    }

    /// A fifth of a second of both at once.
    #[must_use]
    pub fn heard_both(&self, a: f64, b: f64) -> bool {
        self.any(|w| tone::level(w, a) > -30.0 && tone::level(w, b) > -30.0)
    }

    #[must_use]
    pub fn heard_sound(&self) -> bool {
        self.any(|window| tone::power(window) > LOUD)
    }

    /// A fifth of a second of sound that is not this tone.
    #[must_use]
    pub fn heard_other_than(&self, hz: f64) -> bool {
        self.any(|window| tone::power(window) > LOUD && !tone::is_tone(window, hz))
    }

    #[must_use]
    pub fn heard_silence(&self) -> bool {
        self.any(|window| tone::power(window) < LOUD)
    }

    /// How many milliseconds this tone was heard, to a tenth of a second.
    #[must_use]
    pub fn tone_ms(&self, hz: f64) -> usize {
        self.samples.chunks_exact(RATE / 10).filter(|w| tone::is_tone(w, hz)).count() * 100
    }
}

/// A tone to be said, a second long and whole in its waves, so that it repeats without a click. `hz` in whole Hz.
#[must_use]
pub fn tone_clip(hz: f64) -> Arc<Clip> {
    Arc::new(Clip::from_samples(format!("{hz} Hz"), &tone::sine(&[(hz, -12.0)], 1000)))
}
