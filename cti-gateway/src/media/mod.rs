//! Packets, on threads of their own: RTP in and out, bridging, prompts, digits, recording. The rest of the house sends
//! [`MediaCommand`]s to an [`Engine`] and hears [`MediaEvent`]s. Start at [`command`], then [`engine`].
//! What happens to a packet is decided by a pure core over virtual time; the engine gives it sockets and a clock.
//! Never in this room: SIP, calls, async, a lock per packet; an allocation per packet only where a browser's is decrypted.
//! Standards: RFC 3550, 3551, 3711, 4733.

pub mod clip;
pub mod clock;
pub mod command;
mod digits;
pub mod engine;
mod gauges;
mod inband;
mod latch;
pub mod law;
mod leg;
mod line;
mod lines;
mod media_thread;
pub mod music;
mod outbound;
mod places;
mod player;
mod playout;
mod ports;
mod quality;
mod reception;
pub mod recorder;
pub mod resample;
mod rtcp;
pub mod shard;
pub mod srtp;
pub mod tape;
pub mod tone;
pub mod wav;

pub use clip::{Clip, ClipError, ClipLibrary};
pub use command::{DigitVia, MediaCommand, MediaError, MediaEvent, MediaSink, Remote};
pub use engine::{Engine, MediaConfig};
pub use gauges::{Gauges, LATENESS_MS};
pub use law::Law;
pub use line::{LONGEST_OFFER, LineEvent, LineFault, LineId};
pub use lines::BROWSER;
pub use music::music_on_hold;
pub use recorder::{RepairError, repair};
pub use wav::WavFault;
