//! What call control may ask of the media engine, and what it hears back. Start at [`MediaCommand`].
//! Commands name legs and recordings by their ids; those of one room are carried out in the order sent.
//! Never in this room: sockets, threads. Asking about a leg that is gone changes nothing.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use contract::{LegId, Quality, RecordingId};

use super::clip::Clip;
use super::law::Law;
use super::line::{LineEvent, LineFault, LineId};
use super::srtp::Secured;

/// Where a leg's far end is and what was agreed with it, from the SDP answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    /// Address and port of the far end's RTP. RTCP goes one port up.
    pub to: SocketAddr,
    /// Where its signalling comes from: its audio may as well.
    pub seen: Option<IpAddr>,
    pub law: Law,
    /// Payload type of its audio: that of `law`, or the one its SDP gave it.
    pub audio_pt: u8,
    /// Payload type of telephone-event (RFC 4733). `None`: digits go and come as tones.
    pub dtmf_pt: Option<u8>,
    /// Milliseconds of audio in a packet we make ourselves: 10 to 60, else 20. Bridged packets pass as they come.
    pub ptime_ms: u8,
    /// Whether the far end wants to hear us (its SDP is not `sendonly` or `inactive`).
    pub send: bool,
    /// Whether the far end speaks to us. While not, silence is expected and not reported.
    pub receive: bool,
    /// The keys both sides encrypt with; none: nobody does. Plain packets count for nothing where there are keys.
    pub secured: Option<Secured>,
}

impl Remote {
    /// A far end in the usual way: no events, 20 ms, both ways.
    #[must_use]
    pub const fn new(to: SocketAddr, law: Law) -> Self {
        let audio_pt = law.payload_type();
        Self { to, seen: None, law, audio_pt, dtmf_pt: None, ptime_ms: 20, send: true, receive: true, secured: None }
    }

    /// The law of a packet from there.
    #[must_use]
    pub fn law_of(&self, payload_type: u8) -> Option<Law> {
        if payload_type == self.audio_pt { Some(self.law) } else { Law::of_payload_type(payload_type) }
    }
}

/// What call control asks. All are idempotent.
#[derive(Debug, Clone)]
pub enum MediaCommand {
    /// Sets or changes the far end. A changed address opens the latch again.
    Remote { leg: LegId, remote: Remote },
    /// Plays clips one after the other in place of what the leg hears, without a gap. A play list still running ends first
    /// (`PlayDone { completed: false }`). Starts when the far end is known.
    Play { leg: LegId, id: u64, clips: Vec<Arc<Clip>>, repeat: bool },
    StopPlay { leg: LegId },
    /// Both hear each other. A leg with two or more sources hears their mix.
    Bridge { a: LegId, b: LegId },
    Unbridge { a: LegId, b: LegId },
    /// One way only: `leg` hears `source` (listening in) or no longer does.
    Hear { leg: LegId, source: LegId, on: bool },
    /// Nobody hears a muted leg, nor does a recording.
    Mute { leg: LegId, on: bool },
    /// Keys `digits` (0-9 * # A-D) to the far end: telephone-events if agreed, tones otherwise. Others are left out.
    SendDigits { leg: LegId, digits: String },
    /// Looks for DTMF tones in the leg's audio. Off by default: it costs CPU and only prompts want it. It stays quiet on a leg
    /// that sends telephone-events.
    DetectTones { leg: LegId, on: bool },
    /// Writes a WAV file, 8 kHz, 16 bit. With `right`: stereo, left one leg, right the other. Without: mono (voicemail).
    /// `path` is below the recordings folder; folders are made.
    Record { recording: RecordingId, left: LegId, right: Option<LegId>, path: PathBuf },
    /// Who is on the right channel from now on: several are mixed, none is silence. Changes nothing in a mono file.
    SetRecordRight { recording: RecordingId, right: Vec<LegId> },
    /// Silence is written until resumed; the time goes on.
    PauseRecord { recording: RecordingId },
    ResumeRecord { recording: RecordingId },
    StopRecord { recording: RecordingId },
    /// Ends the leg: its plays, bridges and the recordings it is the left channel of; sockets close, ports return.
    Close { leg: LegId },
}

/// How a digit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitVia {
    /// RFC 4733 telephone-event.
    Event,
    /// A tone in the audio.
    Tone,
}

/// What the engine tells, always about one leg.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// The play list `id` ended: `completed` when its last frame went out, else it was stopped or replaced.
    PlayDone { id: u64, completed: bool },
    /// Told when the key goes down.
    Digit { digit: char, via: DigitVia },
    /// All digits of `SendDigits` are out.
    DigitsSent,
    /// The first audio from the far end since the leg was opened.
    FirstPacket,
    /// Nothing came for `ms`; told at each multiple of `MediaConfig::silence_ms`, with the time so far.
    Silent { ms: u32 },
    /// Audio comes again after `Silent`.
    Flowing,
    /// Told about the leg on the left channel. The file is closed. `complete`: every sample from start to stop is in the file;
    /// otherwise a `RecordGap` said why.
    RecordEnded { recording: RecordingId, duration_ms: u32, bytes: u32, complete: bool },
    /// `ms` of silence stand where audio was lost, or the file ends early.
    RecordGap { recording: RecordingId, ms: u32, reason: String },
    /// The leg is gone; the last event of every leg, save `RecordEnded` of its recordings.
    Closed { quality: Quality },
}

/// Who hears the events. Called on media threads: must not block; a full queue is the sink's to count.
pub trait MediaSink: Send + Sync {
    fn media(&self, leg: LegId, event: MediaEvent);

    /// Of a browser's line. Who has no lines need not listen.
    fn line(&self, _line: LineId, _event: LineEvent) {}
}

/// Why the engine refuses.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("media queue of {capacity} commands is full: the media thread is stalled or overloaded; refuse the call or try later")]
    Busy { capacity: usize },
    #[error("no free RTP port pair in {low}-{high}: all are in use; widen the range (`ports`) or take fewer calls")]
    NoPort { low: u16, high: u16 },
    #[error("cannot bind {0}: {1}")]
    Bind(SocketAddr, #[source] std::io::Error),
    #[error("the media engine has stopped")]
    Stopped,
    #[error("leg {0} is already open; each leg is opened once")]
    AlreadyOpen(LegId),
    #[error(transparent)]
    Line(#[from] LineFault),
    #[error("the system gave no randomness to prove a browser's line with")]
    NoProof,
    #[error("the browser's line is gone; it makes another")]
    NoLine,
}
