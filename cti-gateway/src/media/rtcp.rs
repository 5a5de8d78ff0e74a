//! Reports: what we tell a far end every five seconds, and what it tells us. Start at [`Rtcp::report`] and [`Rtcp::receive`].
//! Never in this room: sockets, counting of packets (that is `reception`). Standard: RFC 3550 §6.

use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriter, RtcpPacketWriterExt, SdesBuilder, SdesChunk, SdesItem, SenderReport,
};

use super::clock::Micros;
use super::outbound::OutStream;
use super::reception::Reception;

/// Seconds between 1900 and 1970.
const NTP_EPOCH: u64 = 2_208_988_800;
/// A longer round trip is a broken clock, not a network.
const LONGEST_ROUND_TRIP_MS: f32 = 10_000.0;

/// One leg's reports.
#[derive(Debug)]
pub struct Rtcp {
    /// Microseconds between 1970 and the engine's start.
    epoch_us: u64,
    last_sender_report: Option<(u32, Micros)>,
    sent_packets: u32,
    round_trip_ms: Option<f32>,
}

impl Rtcp {
    #[must_use]
    pub fn new(epoch_us: u64) -> Self {
        Self { epoch_us, last_sender_report: None, sent_packets: 0, round_trip_ms: None }
    }

    /// Mean round trip, weighted to the latest reports. `None` until the far end has answered one of ours.
    #[must_use]
    pub fn round_trip_ms(&self) -> Option<f32> {
        self.round_trip_ms
    }

    /// Measured elsewhere: a browser's line has reports of its own.
    pub fn note_round_trip(&mut self, ms: f32) {
        if (0.0..LONGEST_ROUND_TRIP_MS).contains(&ms) {
            self.round_trip_ms = Some(self.round_trip_ms.map_or(ms, |mean| mean + (ms - mean) / 4.0));
        }
    }

    /// Takes a compound packet in; what is malformed in it ends it. True: it is a report of somebody who stays.
    pub fn receive(&mut self, now: Micros, ours: u32, bytes: &[u8]) -> bool {
        let Ok(compound) = Compound::parse(bytes) else { return false };
        let (mut reports, mut leaves) = (false, false);
        for packet in compound.map_while(Result::ok) {
            match packet {
                Packet::Sr(report) => {
                    reports = true;
                    self.last_sender_report = Some(((report.ntp_timestamp() >> 16) as u32, now));
                    report.report_blocks().for_each(|block| self.block(now, ours, &block));
                }
                Packet::Rr(report) => {
                    reports = true;
                    report.report_blocks().for_each(|block| self.block(now, ours, &block));
                }
                Packet::Bye(_) => leaves = true,
                _ => {}
            }
        }
        reports && !leaves
    }

    /// RFC 3550 §6.4.1: now less the moment of our report less the time it lay there.
    fn block(&mut self, now: Micros, ours: u32, block: &ReportBlock<'_>) {
        let sent = block.last_sender_report_timestamp();
        if block.ssrc() != ours || sent == 0 {
            return;
        }
        let middle = (self.ntp(now) >> 16) as u32;
        let trip = middle.wrapping_sub(sent).wrapping_sub(block.delay_since_last_sender_report_timestamp());
        let ms = (trip as i32 as f32) * 1000.0 / 65536.0;
        if !(-20.0..LONGEST_ROUND_TRIP_MS).contains(&ms) {
            return;
        }
        let ms = ms.max(0.0);
        self.round_trip_ms = Some(self.round_trip_ms.map_or(ms, |before| before + (ms - before) / 4.0));
    }

    fn ntp(&self, now: Micros) -> u64 {
        let us = self.epoch_us + now;
        let seconds = us / 1_000_000 + NTP_EPOCH;
        (seconds << 32) | (((us % 1_000_000) << 32) / 1_000_000)
    }

    /// Writes a sender report (or a receiver report if nothing was sent since the last) with our name into `buffer`; returns its length.
    pub fn report(&mut self, now: Micros, out: &OutStream, reception: &mut Reception, buffer: &mut [u8]) -> usize {
        let block = reception.report().map(|seen| {
            // A report may have come after the slice this one is written for began.
            let since = |at: Micros| now.saturating_sub(at) * 65536 / 1_000_000;
            let (last, delay) = self.last_sender_report.map_or((0, 0), |(last, at)| (last, since(at)));
            ReportBlock::builder(seen.ssrc)
                .fraction_lost(seen.fraction_lost)
                .cumulative_lost(seen.cumulative_lost)
                .extended_sequence_number(seen.highest)
                .interarrival_jitter(seen.jitter)
                .last_sender_report_timestamp(last)
                .delay_since_last_sender_report_timestamp(delay as u32)
        });
        let sending = out.packets != self.sent_packets;
        self.sent_packets = out.packets;
        let written = if sending {
            let report = SenderReport::builder(out.ssrc())
                .ntp_timestamp(self.ntp(now))
                .rtp_timestamp(out.timestamp_at(now))
                .packet_count(out.packets)
                .octet_count(out.octets);
            write(&block.into_iter().fold(report, |r, b| r.add_report_block(b)), buffer)
        } else {
            write(&block.into_iter().fold(ReceiverReport::builder(out.ssrc()), |r, b| r.add_report_block(b)), buffer)
        };
        let name = format!("{:08x}@zuoxi", out.ssrc());
        let chunk = SdesChunk::builder(out.ssrc()).add_item(SdesItem::builder(SdesItem::CNAME, &name));
        written + write(&SdesBuilder::default().add_chunk(chunk), &mut buffer[written..])
    }
}

/// Length written; 0 where it does not fit, which no report of ours can.
fn write(packet: &impl RtcpPacketWriter, buffer: &mut [u8]) -> usize {
    packet.write_into(buffer).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::law::Law;
    use super::super::outbound::Kind;
    use super::*;

    #[test]
    fn two_ends_learn_loss_and_round_trip_from_each_other() {
        let (mut near, mut far) = (Rtcp::new(1_800_000_000_000_000), Rtcp::new(1_800_000_123_456_789));
        let (mut out, mut back) = (OutStream::new(11 << 32), OutStream::new(22 << 32));
        let (mut heard, mut heard_back) = (Reception::default(), Reception::default());
        let mut buffer = [0; 256];
        for n in 0..250_u16 {
            let at = u64::from(n) * 20_000;
            out.frame(at, Kind::Silence, Law::Mu, &[0xFF; 160], |_| {});
            back.frame(at, Kind::Silence, Law::Mu, &[0xFF; 160], |_| {});
            if n % 10 != 5 {
                heard.arrive(at, 11, n, u32::from(n) * 160);
            }
            heard_back.arrive(at, 22, n, u32::from(n) * 160);
        }
        // 40 ms there, 2 s of waiting, 60 ms back.
        let length = near.report(5_000_000, &out, &mut heard_back, &mut buffer);
        assert!(far.receive(5_040_000, 22, &buffer[..length]));
        let length = far.report(7_040_000, &back, &mut heard, &mut buffer);
        assert!(near.receive(7_100_000, 11, &buffer[..length]));
        let trip = near.round_trip_ms().unwrap();
        assert!((trip - 100.0).abs() < 1.0, "{trip} ms");
        let Some(Ok(Packet::Sr(report))) = Compound::parse(&buffer[..length]).unwrap().next() else { panic!("a sender report") };
        let block = report.report_blocks().next().unwrap();
        assert_eq!((report.packet_count(), block.ssrc(), block.cumulative_lost(), block.fraction_lost()), (250, 11, 25, 25));
        let length = near.report(8_000_000, &out, &mut heard_back, &mut buffer);
        let kinds: Vec<_> = Compound::parse(&buffer[..length]).unwrap().map(Result::unwrap).collect();
        assert!(matches!(&kinds[..], [Packet::Rr(_), Packet::Sdes(_)]), "nothing was sent since: {kinds:?}");
    }

    #[test]
    fn a_report_that_came_after_the_slice_began_waited_for_no_time() {
        let (mut near, mut far) = (Rtcp::new(1_800_000_000_000_000), Rtcp::new(1_800_000_000_000_000));
        let (mut out, back) = (OutStream::new(11 << 32), OutStream::new(22 << 32));
        let (mut heard, mut heard_back) = (Reception::default(), Reception::default());
        let mut buffer = [0; 256];
        out.frame(0, Kind::Silence, Law::Mu, &[0xFF; 160], |_| {});
        heard.arrive(0, 11, 1, 0);
        heard_back.arrive(0, 22, 1, 0);
        let length = near.report(5_000_000, &out, &mut heard_back, &mut buffer);
        assert!(far.receive(5_003_000, 22, &buffer[..length]));
        let length = far.report(5_000_000, &back, &mut heard, &mut buffer);
        let Some(Ok(Packet::Rr(report))) = Compound::parse(&buffer[..length]).unwrap().next() else { panic!("a receiver report") };
        assert_eq!(report.report_blocks().next().unwrap().delay_since_last_sender_report_timestamp(), 0);
    }

    #[test]
    fn what_is_no_report_changes_nothing() {
        let mut rtcp = Rtcp::new(0);
        for bytes in [&b""[..], b"hello", &[0x80, 200, 0, 6], &[0x81, 201, 0, 7, 0, 0, 0, 1]] {
            assert!(!rtcp.receive(1, 1, bytes));
        }
        assert_eq!(rtcp.round_trip_ms(), None);
    }
}
