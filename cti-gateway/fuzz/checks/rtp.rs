//! Any bytes as packets and reports of a bridged, recorded call: no panic, what we send reads as RTP under our own SSRC, and the
//! recording is as long as the time that passed. Data: per packet a length, a way (bits: leg, report, frames of time), the bytes.

use std::net::SocketAddr;

use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::shard::{Shard, Wire};
use cti_gateway::media::tape::Tape;
use cti_gateway::media::{Law, MediaCommand, MediaEvent, Remote};

#[derive(Default)]
struct Ether {
    ssrcs: [Option<[u8; 4]>; 2],
    taped: usize,
}

impl Wire for Ether {
    fn rtp(&mut self, slot: usize, _: SocketAddr, packet: &[u8]) {
        assert!(packet.len() >= 12 && packet[0] == 0x80, "a plain header");
        let ssrc: [u8; 4] = packet[8..12].try_into().expect("four bytes");
        assert_eq!(*self.ssrcs[slot].get_or_insert(ssrc), ssrc, "one SSRC for the life of the leg");
    }
    fn rtcp(&mut self, _: usize, _: SocketAddr, packet: &[u8]) {
        assert!(packet.len().is_multiple_of(4) && matches!(packet[1], 200 | 201));
    }
    fn settled(&mut self, _: usize, _: Option<SocketAddr>) {}
    fn event(&mut self, _: LegId, _: MediaEvent) {}
    fn tape(&mut self, tape: Tape) -> Result<(), Tape> {
        if let Tape::Chunk { gap, samples, .. } | Tape::End { gap, samples, .. } = tape {
            self.taped += gap as usize * 320 + samples.len();
        }
        Ok(())
    }
    fn closed(&mut self, _: usize) {}
}

pub fn holds(mut data: &[u8]) {
    let mut ether = Ether::default();
    let mut shard = Shard::new(100, 0);
    shard.run(0, &mut ether);
    let legs = [LegId(1), LegId(2)];
    let far: SocketAddr = "192.0.2.1:4000".parse().expect("an address");
    for (n, leg) in legs.into_iter().enumerate() {
        shard.open(InteractionId(1), leg, (n as u64 + 1) << 32, &mut ether);
        let law = if n == 0 { Law::A } else { Law::Mu };
        let remote = Remote { dtmf_pt: (n == 0).then_some(101), ptime_ms: 30, ..Remote::new(far, law) };
        shard.command(0, MediaCommand::Remote { leg, remote }, &mut ether);
    }
    let (recording, path) = (RecordingId(1), "a.wav".into());
    shard.command(0, MediaCommand::Bridge { a: legs[0], b: legs[1] }, &mut ether);
    shard.command(0, MediaCommand::DetectTones { leg: legs[0], on: true }, &mut ether);
    shard.command(0, MediaCommand::Record { recording, left: legs[0], right: Some(legs[1]), path }, &mut ether);
    let mut frames = 0;
    while let [length, way, rest @ ..] = data {
        let (packet, next) = rest.split_at(rest.len().min(usize::from(*length)));
        let (now, slot) = (frames * 20_000, usize::from(way & 1));
        if way & 2 == 0 {
            shard.receive(now, slot, far, &mut packet.to_vec(), &mut ether);
        } else {
            shard.receive_report(now, slot, far, &mut packet.to_vec());
        }
        frames += u64::from(way >> 2 & 3);
        shard.run(frames * 20_000, &mut ether);
        data = next;
    }
    for leg in legs {
        shard.command(frames * 20_000, MediaCommand::Close { leg }, &mut ether);
    }
    shard.run((frames + 1) * 20_000, &mut ether);
    assert_eq!(ether.taped as u64, frames * 320);
    assert!(shard.is_idle());
}
