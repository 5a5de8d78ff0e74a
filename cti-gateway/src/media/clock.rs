//! Media time: microseconds since the engine's start, cut into frames of 20 ms and slices of 5 ms.
//! A room's frame falls into one of the four slices, so that a thousand calls do not all send at the same instant.
//! Never in this room: the real clock; it comes in as an argument.

/// Microseconds since the engine's start. Never steps back.
pub type Micros = u64;

/// One audio frame.
pub const FRAME_US: Micros = 20_000;
/// Samples, and bytes of either law, in a frame.
pub const FRAME: usize = 160;
/// How often the sockets are emptied and a quarter of the rooms gets its frame: the most a bridged packet waits.
pub const SLICE_US: Micros = 5_000;
/// Slices in a frame.
pub const PHASES: usize = 4;

/// Samples of 8 kHz audio in a stretch of time.
#[must_use]
pub const fn samples_in(us: Micros) -> u64 {
    us / 125
}
