//! What the media engine looks like from outside: counters the threads write once per slice, read by anyone at any time.
//! Start at [`Gauges`]. Never in this room: decisions.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use contract::health::Pulse;

use super::clock::Micros;

/// Upper ends of the lateness classes in milliseconds; what is later falls into one more.
pub const LATENESS_MS: [u64; 8] = [1, 2, 5, 10, 20, 50, 100, 500];

/// The state of the engine at one moment; counters since its start.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Gauges {
    pub legs: u64,
    /// Lines of browsers.
    pub lines: u64,
    pub rooms: u64,
    pub recordings: u64,
    pub packets_in: u64,
    pub packets_out: u64,
    /// Packets not taken: strangers', malformed, duplicates.
    pub dropped: u64,
    /// Packets that never came; of each leg up to its last report.
    pub lost: u64,
    /// Packets the kernel did not take.
    pub send_failed: u64,
    /// Commands refused because a shard's queue was full.
    pub refused: u64,
    /// Slices skipped after a stall of over a second.
    pub skipped_slices: u64,
    /// Milliseconds of silence in recordings, mixes and tone detection for want of a packet; of each leg up to its last report.
    pub filled_ms: u64,
    /// Packets too late for their turn, whose sound was kept by waiting longer; of each leg up to its last report.
    pub late: u64,
    pub ports_free: u64,
    pub ports_taken: u64,
    /// Wakes by how late their slice was, classes as in [`LATENESS_MS`].
    pub lateness: [u64; LATENESS_MS.len() + 1],
}

/// One thread's share, written by it alone.
#[derive(Debug, Default)]
pub(super) struct ShardGauges {
    /// In milliseconds of the engine's clock, once a slice.
    pub pulse: Pulse,
    pub legs: AtomicU64,
    pub lines: AtomicU64,
    pub rooms: AtomicU64,
    pub recordings: AtomicU64,
    pub packets_in: AtomicU64,
    pub packets_out: AtomicU64,
    pub dropped: AtomicU64,
    pub lost: AtomicU64,
    pub send_failed: AtomicU64,
    pub skipped_slices: AtomicU64,
    pub filled_ms: AtomicU64,
    pub late: AtomicU64,
    pub lateness: [AtomicU64; LATENESS_MS.len() + 1],
}

impl ShardGauges {
    pub fn late(&self, by: Micros) {
        let class = LATENESS_MS.iter().position(|end| by < end * 1000).unwrap_or(LATENESS_MS.len());
        self.lateness[class].fetch_add(1, Relaxed);
    }

    pub fn add_to(&self, sum: &mut Gauges) {
        sum.legs += self.legs.load(Relaxed);
        sum.lines += self.lines.load(Relaxed);
        sum.rooms += self.rooms.load(Relaxed);
        sum.recordings += self.recordings.load(Relaxed);
        sum.packets_in += self.packets_in.load(Relaxed);
        sum.packets_out += self.packets_out.load(Relaxed);
        sum.dropped += self.dropped.load(Relaxed);
        sum.lost += self.lost.load(Relaxed);
        sum.send_failed += self.send_failed.load(Relaxed);
        sum.skipped_slices += self.skipped_slices.load(Relaxed);
        sum.filled_ms += self.filled_ms.load(Relaxed);
        sum.late += self.late.load(Relaxed);
        sum.lateness.iter_mut().zip(&self.lateness).for_each(|(sum, n)| *sum += n.load(Relaxed));
    }
}
