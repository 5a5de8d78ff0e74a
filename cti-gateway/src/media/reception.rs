//! What arrives on a leg, counted: order, loss, duplicates, restarts, jitter. Start at [`Reception::arrive`].
//! A new SSRC, or a jump too far to be loss, begins a new count; totals go on over all of them.
//! Never in this room: payloads. Standard: RFC 3550 §6.4.1, appendices A.1, A.3, A.8.

use super::clock::{Micros, samples_in};

/// Sequence numbers ahead that are still taken for loss, and behind for reordering (RFC 3550 A.1).
const MAX_DROPOUT: u16 = 3000;
const MAX_MISORDER: u16 = 100;
/// Stragglers of the old SSRC are dropped for so long after a switch.
const STRAGGLER_US: Micros = 300_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The next, or a later one after loss.
    Next,
    /// Overtaken by others, but new.
    Late,
    /// First of a new stream.
    Restart,
    /// Seen before, or left over from the stream before this one.
    Drop,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    base: u32,
    /// Highest sequence number, with the wraps counted in the upper half.
    highest: u32,
    /// Bit n: `highest - n` has come.
    seen: u64,
    received: u32,
    began: Micros,
}

/// See the room story.
#[derive(Debug, Default)]
pub struct Reception {
    stream: Option<Stream>,
    former_ssrc: Option<u32>,
    past_received: u32,
    past_expected: u32,
    transit: Option<i64>,
    jitter: f64,
    at_last_report: (u32, u32),
}

impl Reception {
    pub fn arrive(&mut self, now: Micros, ssrc: u32, seq: u16, timestamp: u32) -> Arrival {
        let arrival = match &mut self.stream {
            Some(stream) if stream.ssrc == ssrc => stream.arrive(seq),
            Some(stream) if self.former_ssrc == Some(ssrc) && now.saturating_sub(stream.began) < STRAGGLER_US => Arrival::Drop,
            Some(_) | None => Arrival::Restart,
        };
        match arrival {
            Arrival::Drop => return arrival,
            Arrival::Restart => self.restart(now, ssrc, seq),
            Arrival::Next | Arrival::Late => {}
        }
        self.measure(now, timestamp);
        arrival
    }

    fn restart(&mut self, now: Micros, ssrc: u32, seq: u16) {
        if let Some(old) = self.stream.take() {
            self.past_received += old.received;
            self.past_expected += old.expected();
            self.former_ssrc = (old.ssrc != ssrc).then_some(old.ssrc);
        }
        let first = u32::from(seq);
        self.stream = Some(Stream { ssrc, base: first, highest: first, seen: 1, received: 1, began: now });
        self.transit = None;
    }

    /// RFC 3550 A.8. A timestamp that jumps is a restart of the sender's clock, not jitter.
    fn measure(&mut self, now: Micros, timestamp: u32) {
        let transit = i64::from((samples_in(now) as u32).wrapping_sub(timestamp) as i32);
        if let Some(before) = self.transit {
            let moved = (transit - before).abs();
            if moved < 8000 {
                self.jitter += (moved as f64 - self.jitter) / 16.0;
            }
        }
        self.transit = Some(transit);
    }

    /// The packets and the highest extended sequence number of the present stream, for a report block.
    #[must_use]
    pub fn report(&mut self) -> Option<Report> {
        let (received, expected) = self.totals();
        let (received_before, expected_before) = std::mem::replace(&mut self.at_last_report, (received, expected));
        let new = expected.saturating_sub(expected_before);
        let lost = new.saturating_sub(received - received_before);
        let stream = self.stream.as_ref()?;
        Some(Report {
            ssrc: stream.ssrc,
            fraction_lost: u8::try_from((lost * 256).checked_div(new).unwrap_or(0)).unwrap_or(255),
            cumulative_lost: self.lost().min(0x7F_FFFF),
            highest: stream.highest,
            jitter: self.jitter as u32,
        })
    }

    /// Packets received and expected, over all streams of the leg.
    fn totals(&self) -> (u32, u32) {
        let (received, expected) = self.stream.as_ref().map_or((0, 0), |s| (s.received, s.expected()));
        (self.past_received + received, self.past_expected + expected)
    }

    #[must_use]
    pub fn received(&self) -> u32 {
        self.totals().0
    }

    #[must_use]
    pub fn lost(&self) -> u32 {
        let (received, expected) = self.totals();
        expected.saturating_sub(received)
    }

    #[must_use]
    pub fn jitter_ms(&self) -> f32 {
        (self.jitter / 8.0) as f32
    }
}

impl Stream {
    fn arrive(&mut self, seq: u16) -> Arrival {
        let ahead = seq.wrapping_sub(self.highest as u16);
        if ahead == 0 {
            return Arrival::Drop;
        }
        if ahead < MAX_DROPOUT {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
            self.seen = self.seen.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            self.received += 1;
            return Arrival::Next;
        }
        let behind = ahead.wrapping_neg();
        if behind > MAX_MISORDER {
            return Arrival::Restart;
        }
        let bit = 1_u64.checked_shl(u32::from(behind)).unwrap_or(0);
        // Before the first of this stream, or too far back to know: not worth a click.
        if bit == 0 || self.seen & bit != 0 || self.highest.wrapping_sub(u32::from(behind)).wrapping_sub(self.base) as i32 <= 0 {
            return Arrival::Drop;
        }
        self.seen |= bit;
        self.received += 1;
        Arrival::Late
    }

    fn expected(&self) -> u32 {
        self.highest.wrapping_sub(self.base).wrapping_add(1)
    }
}

/// What a report block says of a stream (RFC 3550 §6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    pub ssrc: u32,
    pub fraction_lost: u8,
    pub cumulative_lost: u32,
    pub highest: u32,
    pub jitter: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of one SSRC, 20 ms apart, timestamps to match.
    #[track_caller]
    fn check(seqs: &[(u16, Arrival)], received: u32, lost: u32) {
        let mut reception = Reception::default();
        let first = seqs[0].0;
        for (n, (seq, expected)) in seqs.iter().enumerate() {
            let timestamp = u32::from(seq.wrapping_sub(first)) * 160;
            assert_eq!(reception.arrive(n as u64 * 20_000, 7, *seq, timestamp), *expected, "packet {n}, sequence number {seq}");
        }
        assert_eq!((reception.received(), reception.lost()), (received, lost));
    }

    #[test]
    fn loss_order_and_duplicates_are_told_apart_also_round_the_wrap() {
        use Arrival::{Drop, Late, Next, Restart};
        check(&[(10, Restart), (11, Next), (12, Next)], 3, 0);
        check(&[(65534, Restart), (65535, Next), (0, Next), (1, Next)], 4, 0);
        check(&[(65534, Restart), (1, Next), (65535, Late), (0, Late), (0, Drop)], 4, 0);
        check(&[(10, Restart), (13, Next), (13, Drop), (12, Late), (12, Drop)], 3, 1);
        check(&[(10, Restart), (9, Drop), (11, Next)], 2, 0);
        check(&[(10, Restart), (30_000, Restart), (30_001, Next)], 3, 0);
    }

    #[test]
    fn a_new_ssrc_starts_afresh_and_stragglers_of_the_old_one_are_dropped() {
        let mut reception = Reception::default();
        assert_eq!(reception.arrive(0, 1, 100, 0), Arrival::Restart);
        assert_eq!(reception.arrive(20_000, 1, 102, 320), Arrival::Next);
        assert_eq!(reception.arrive(40_000, 2, 5000, 9), Arrival::Restart);
        assert_eq!(reception.arrive(41_000, 1, 103, 480), Arrival::Drop);
        assert_eq!(reception.arrive(60_000, 2, 5001, 169), Arrival::Next);
        assert_eq!((reception.received(), reception.lost()), (4, 1));
        assert_eq!(reception.report().unwrap().fraction_lost, 51);
    }

    #[test]
    fn jitter_is_zero_on_an_even_stream_and_near_the_truth_on_an_uneven_one() {
        let mut even = Reception::default();
        let mut uneven = Reception::default();
        for n in 0..500_u32 {
            let at = u64::from(n) * 20_000;
            even.arrive(at, 1, n as u16, n * 160);
            uneven.arrive(at + u64::from(n % 2) * 10_000, 1, n as u16, n * 160);
        }
        assert!(even.jitter_ms() < 0.01);
        assert!((uneven.jitter_ms() - 10.0).abs() < 0.1, "{}", uneven.jitter_ms());
    }
}
