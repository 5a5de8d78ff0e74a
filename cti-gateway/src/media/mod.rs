//! Packets, on threads of their own: RTP in and out, bridging, prompts, digits, recording. The rest of the house sends
//! [`MediaCommand`]s to an `Engine` and hears [`MediaEvent`]s. Start at [`command`], then `engine`.
//! What happens to a packet is decided by a pure core over virtual time; the engine gives it sockets and a clock.
//! Never in this room: SIP, calls, async, a lock or an allocation per packet. Standards: RFC 3550, 3551, 4733.

pub mod clip;
pub mod command;
pub mod law;
pub mod resample;
pub mod tone;

pub use clip::{Clip, ClipError, ClipLibrary};
pub use command::{DigitVia, MediaCommand, MediaError, MediaEvent, MediaSink, Remote};
pub use law::Law;
