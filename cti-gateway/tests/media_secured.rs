//! Encrypted legs in the core of the media engine, packet by packet, on virtual time.

use std::net::SocketAddr;

use contract::{InteractionId, LegId};
use cti_gateway::media::shard::{Shard, Wire};
use cti_gateway::media::srtp::{Keys, Opener, Sealer, Secured, Suite};
use cti_gateway::media::tape::Tape;
use cti_gateway::media::{Law, MediaCommand, MediaEvent, Remote};
use rtp_types::{RtpPacket, RtpPacketBuilder};

const ROOM: InteractionId = InteractionId(1);
const CALLER: LegId = LegId(1);
const AGENT: LegId = LegId(2);
const FRAME_US: u64 = 20_000;

#[derive(Default)]
struct Ether {
    /// Slot and packet.
    sent: Vec<(usize, Vec<u8>)>,
    reports: Vec<(usize, Vec<u8>)>,
}

impl Wire for Ether {
    fn rtp(&mut self, slot: usize, _: SocketAddr, packet: &[u8]) {
        self.sent.push((slot, packet.to_vec()));
    }

    fn rtcp(&mut self, slot: usize, _: SocketAddr, packet: &[u8]) {
        self.reports.push((slot, packet.to_vec()));
    }

    fn settled(&mut self, _: usize, _: Option<SocketAddr>) {}

    fn event(&mut self, _: LegId, _: MediaEvent) {}

    fn tape(&mut self, _: Tape) -> Result<(), Tape> {
        Ok(())
    }

    fn closed(&mut self, _: usize) {}
}

fn keys(suite: Suite, fill: u8) -> Keys {
    Keys { suite, master: [fill; Keys::LENGTH] }
}

fn far(leg: LegId) -> SocketAddr {
    SocketAddr::from(([198, 51, 100, leg.0 as u8], 4000))
}

fn plain(seq: u16, fill: u8) -> Vec<u8> {
    RtpPacketBuilder::<&[u8], &[u8]>::new()
        .payload_type(8)
        .sequence_number(seq)
        .timestamp(u32::from(seq) * 160)
        .ssrc(77)
        .payload(&[fill; 160][..])
        .write_vec_unchecked()
}

fn sealed(sealer: &mut Sealer, seq: u16, fill: u8) -> Vec<u8> {
    let mut buffer = plain(seq, fill);
    let length = buffer.len();
    buffer.resize(length + 10, 0);
    let length = sealer.seal(&mut buffer, length).unwrap();
    buffer.truncate(length);
    buffer
}

/// A caller who encrypts, bridged with an agent who does not.
struct Lab {
    shard: Shard,
    ether: Ether,
    now: u64,
    slots: [usize; 2],
}

impl Lab {
    fn new(secured: Secured) -> Self {
        let (mut shard, mut ether) = (Shard::new(5_000, 1_800_000_000_000_000), Ether::default());
        shard.run(0, &mut ether);
        let slots = [CALLER, AGENT].map(|leg| shard.open(ROOM, leg, 0x7654_3210_0000_0001 + leg.0 as u64, &mut ether));
        let mut lab = Self { shard, ether, now: 0, slots };
        lab.agree(secured);
        lab.shard.command(0, MediaCommand::Remote { leg: AGENT, remote: Remote::new(far(AGENT), Law::A) }, &mut lab.ether);
        lab.shard.command(0, MediaCommand::Bridge { a: CALLER, b: AGENT }, &mut lab.ether);
        lab
    }

    fn agree(&mut self, secured: Secured) {
        let remote = Remote { secured: Some(secured), ..Remote::new(far(CALLER), Law::A) };
        self.shard.command(self.now, MediaCommand::Remote { leg: CALLER, remote }, &mut self.ether);
    }

    /// What goes out to the other side because of a packet, before the next frame.
    fn pass_on(&mut self, from: LegId, mut packet: Vec<u8>) -> Vec<Vec<u8>> {
        self.now += FRAME_US;
        self.shard.run(self.now, &mut self.ether);
        self.ether.sent.clear();
        let (slot, other) = if from == CALLER { (self.slots[0], self.slots[1]) } else { (self.slots[1], self.slots[0]) };
        self.shard.receive(self.now, slot, far(from), &mut packet, &mut self.ether);
        self.ether.sent.drain(..).filter(|(to, _)| *to == other).map(|(_, packet)| packet).collect()
    }
}

fn payload(packet: &[u8]) -> Vec<u8> {
    RtpPacket::parse(packet).unwrap().payload().to_vec()
}

#[test]
fn an_encrypted_leg_and_a_plain_one_hear_each_other_and_no_plain_packet_counts() {
    for suite in Suite::ALL {
        let secured = Secured { ours: keys(suite, 1), theirs: keys(suite, 2) };
        let (mut lab, mut phone, mut ear) = (Lab::new(secured), Sealer::new(secured.theirs), Opener::new(secured.ours, None));
        for seq in 0..50_u16 {
            let heard = lab.pass_on(CALLER, sealed(&mut phone, seq, seq as u8));
            assert_eq!(heard.iter().map(|p| payload(p)).collect::<Vec<_>>(), [[seq as u8; 160]], "to the agent");
            let mut sent = lab.pass_on(AGENT, plain(seq, 200));
            let [packet] = &mut sent[..] else { panic!("{} packets", sent.len()) };
            assert_ne!(payload(packet)[..160], [200; 160], "nobody reads it on its way");
            let length = ear.open(packet).expect("sealed with our key");
            assert_eq!(payload(&packet[..length]), [200; 160]);
        }
        let dropped = lab.shard.counts.dropped;
        let wrong = sealed(&mut Sealer::new(keys(suite, 3)), 51, 9);
        for packet in [plain(50, 9), wrong] {
            assert_eq!(lab.pass_on(CALLER, packet), Vec::<Vec<u8>>::new());
        }
        assert_eq!(lab.shard.counts.dropped, dropped + 2);
    }
}

#[test]
fn silence_and_reports_to_an_encrypted_leg_are_sealed_too() {
    let secured = Secured { ours: keys(Suite::Tag32, 1), theirs: keys(Suite::Tag32, 2) };
    let (mut lab, mut ear) = (Lab::new(secured), Opener::new(secured.ours, None));
    for _ in 0..300 {
        lab.now += FRAME_US;
        lab.shard.run(lab.now, &mut lab.ether);
    }
    let caller = lab.slots[0];
    let mut frames = 0;
    for (_, packet) in lab.ether.sent.iter_mut().filter(|(slot, _)| *slot == caller) {
        let length = ear.open(packet).expect("sealed");
        assert_eq!(payload(&packet[..length]), [Law::A.silence(); 160]);
        frames += 1;
    }
    assert!(frames >= 290, "{frames} frames of silence");
    let reports: Vec<_> = lab.ether.reports.iter_mut().filter(|(slot, _)| *slot == caller).collect();
    assert!(!reports.is_empty());
    for (_, report) in reports {
        let length = ear.open_report(report).expect("sealed");
        assert!(rtcp_types::Compound::parse(&report[..length]).is_ok());
    }
}

#[test]
fn under_new_keys_what_is_on_its_way_still_counts_and_nothing_of_the_old_key_after_that() {
    let first = Secured { ours: keys(Suite::Tag80, 1), theirs: keys(Suite::Tag80, 2) };
    let (mut lab, mut old, mut ear) = (Lab::new(first), Sealer::new(first.theirs), Opener::new(first.ours, None));
    assert_eq!(lab.pass_on(CALLER, sealed(&mut old, 1, 1)).len(), 1);
    // A new offer with the same keys changes nothing: what was there before is not taken again.
    let repeated = sealed(&mut old, 2, 2);
    assert_eq!(lab.pass_on(CALLER, repeated.clone()).len(), 1);
    lab.agree(first);
    assert_eq!(lab.pass_on(CALLER, repeated).len(), 0);
    let second = Secured { theirs: keys(Suite::Tag80, 4), ..first };
    lab.agree(second);
    let mut new = Sealer::new(second.theirs);
    assert_eq!(lab.pass_on(CALLER, sealed(&mut old, 3, 3)).len(), 1, "on its way");
    assert_eq!(lab.pass_on(CALLER, sealed(&mut new, 4, 4)).len(), 1);
    assert_eq!(lab.pass_on(CALLER, sealed(&mut old, 5, 5)).len(), 0);
    // Our own key is the same, and so our numbers went on.
    let mut sent = lab.pass_on(AGENT, plain(9, 200));
    assert!(ear.open(&mut sent[0]).is_some());
}
