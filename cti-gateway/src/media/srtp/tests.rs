//! RFC 3711's own figures, and what a network does to packets.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn keys(suite: Suite) -> Keys {
    let master = bytes("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
    Keys { suite, master: master.try_into().unwrap() }
}

fn packet(seq: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0x00];
    packet.extend(seq.to_be_bytes());
    packet.extend([0, 0, 0, 9]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend([seq as u8; 160]);
    packet
}

fn sealed(sealer: &mut Sealer, seq: u16) -> Vec<u8> {
    let mut buffer = packet(seq, 7);
    let length = buffer.len();
    buffer.resize(length + MOST_TAG, 0);
    let sealed = sealer.seal(&mut buffer, length).unwrap();
    buffer.truncate(sealed);
    buffer
}

/// Whether it is let in; what is let in is what was sent.
fn opens(opener: &mut Opener, seq: u16, mut wire: Vec<u8>) -> bool {
    opener.open(&mut wire).is_some_and(|length| {
        assert_eq!(wire[..length], packet(seq, 7));
        true
    })
}

#[test]
fn keys_are_derived_as_appendix_b_3_shows() {
    let master = keys(Suite::Tag80).master;
    let derived = |label: u8, length: usize| {
        let mut out = vec![0; length];
        derive(&master, label, &mut out);
        out
    };
    assert_eq!(derived(0, 16), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derived(2, 14), bytes("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(
        derived(1, 94),
        bytes(
            "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE E049646C43D9327AD175578EF7227098 \
             6371C10C9A369AC2F94A8C5FBCDDDC25 6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2"
        )
    );
}

#[test]
fn the_key_stream_is_that_of_appendix_b_2() {
    let mut session = Session::derive(&[0; 30], 0);
    session.cipher = Aes128Enc::new_from_slice(&bytes("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap();
    session.salt = bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let mut stream = vec![0; 0xff02 * 16];
    session.crypt(0, 0, &mut stream);
    let block = |n: usize| stream[n * 16..][..16].to_vec();
    assert_eq!(block(0), bytes("E03EAD0935C95E80E166B16DD92B4EB4"));
    assert_eq!(block(1), bytes("D23513162B02D0F72A43A2FE4A5F97AB"));
    assert_eq!(block(2), bytes("41E95B3BB0A2E8DD477901E4FCA894C0"));
    assert_eq!(block(0xfeff), bytes("EC8CDF7398607CB0F2D21675EA9EA1E4"));
    assert_eq!(block(0xff00), bytes("362B7C3C6773516318A077D7FC5073AE"));
    assert_eq!(block(0xff01), bytes("6A2CC3787889374FBEB4C81B17BA6C44"));
}

#[test]
fn a_packet_is_sealed_as_others_seal_it() {
    let plain = bytes("800f1234 decafbad cafebabe abababababababababababababababab");
    let known = bytes("800f1234 decafbad cafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    for (suite, tag) in [(Suite::Tag80, 10), (Suite::Tag32, 4)] {
        let mut buffer = plain.clone();
        buffer.resize(38, 0);
        let length = Sealer::new(keys(suite)).seal(&mut buffer, plain.len()).unwrap();
        assert_eq!(buffer[..length], known[..28 + tag], "{suite:?}");
        assert_eq!(Opener::new(keys(suite), None).open(&mut buffer[..length]), Some(28));
        assert_eq!(buffer[..28], plain);
    }
}

#[test]
fn each_packet_is_let_in_once_whatever_order_they_come_in() {
    let (mut sealer, mut opener) = (Sealer::new(keys(Suite::Tag80)), Opener::new(keys(Suite::Tag80), None));
    let wire: Vec<_> = (0..300_u16).map(|seq| sealed(&mut sealer, seq)).collect();
    for (seq, fresh) in [(0, true), (2, true), (1, true), (2, false), (200, true), (73, true), (73, false), (72, false), (299, true), (200, false)] {
        assert_eq!(opens(&mut opener, seq, wire[usize::from(seq)].clone()), fresh, "{seq}");
    }
}

#[test]
fn numbers_run_over_on_both_sides_with_loss_at_the_seam() {
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(keys(suite)), Opener::new(keys(suite), None));
        for n in 0..200_000_u32 {
            let seq = (65_000 + n) as u16;
            let wire = sealed(&mut sealer, seq);
            // Now and then a stretch is lost, and so is what stands round the seam.
            if n % 1000 > 950 || !(3..=65_530).contains(&seq) {
                continue;
            }
            assert!(opens(&mut opener, seq, wire), "{suite:?} {n}");
        }
    }
}

#[test]
fn what_was_changed_or_is_of_another_key_is_not_let_in_and_changes_nothing() {
    let (mut sealer, mut opener) = (Sealer::new(keys(Suite::Tag80)), Opener::new(keys(Suite::Tag80), None));
    let wire = sealed(&mut sealer, 5);
    for at in 0..wire.len() {
        let mut changed = wire.clone();
        changed[at] ^= 0x10;
        assert_eq!(opener.open(&mut changed), None, "octet {at}");
    }
    for length in 0..wire.len() {
        assert_eq!(opener.open(&mut wire[..length].to_vec()), None, "{length} octets");
    }
    let other = Keys { master: [9; 30], ..keys(Suite::Tag80) };
    assert_eq!(Opener::new(other, None).open(&mut wire.clone()), None);
    assert_eq!(Opener::new(keys(Suite::Tag32), None).open(&mut wire.clone()), None);
    assert_eq!(opener.open(&mut packet(5, 7)), None, "a plain one");
    assert!(opens(&mut opener, 5, wire));
}

#[test]
fn under_a_new_key_a_far_end_may_go_on_counting_or_begin_anew() {
    let fresh = Keys { master: [3; 30], ..keys(Suite::Tag80) };
    let (mut sealer, mut opener) = (Sealer::new(keys(Suite::Tag80)), Opener::new(keys(Suite::Tag80), None));
    for n in 0..70_000_u32 {
        let wire = sealed(&mut sealer, n as u16);
        assert!(opens(&mut opener, n as u16, wire));
    }
    let seq = 70_000_u32 as u16;
    let mut goes_on = Sealer { sent: sealer.sent, ..Sealer::new(fresh) };
    let mut begins = Sealer::new(fresh);
    for sealer in [&mut goes_on, &mut begins] {
        let mut next = Opener::new(fresh, Some(&opener));
        let wire = sealed(sealer, seq);
        assert!(opens(&mut next, seq, wire.clone()));
        assert!(!opens(&mut next, seq, wire));
    }
}

#[test]
fn no_number_is_sealed_twice_and_a_late_one_keeps_its_place() {
    let (mut sealer, mut opener) = (Sealer::new(keys(Suite::Tag80)), Opener::new(keys(Suite::Tag80), None));
    for seq in [65_535, 1, 0] {
        let wire = sealed(&mut sealer, seq);
        assert!(opens(&mut opener, seq, wire), "{seq}");
    }
    let mut again = packet(0, 7);
    let length = again.len();
    again.resize(length + MOST_TAG, 0);
    assert_eq!(sealer.seal(&mut again, length), None);
    assert_eq!(sealer.seal(&mut packet(2, 7), length), None, "no room for the tag");
}

#[test]
fn reports_are_sealed_with_a_number_of_their_own() {
    let report = bytes("81c90007 00000007 00000009 00000000 00000000 00000000 00000000 00000000");
    for suite in Suite::ALL {
        let (mut sealer, mut opener) = (Sealer::new(keys(suite)), Opener::new(keys(suite), None));
        let mut wires = Vec::new();
        for n in 1..=3_u8 {
            let mut buffer = report.clone();
            buffer.resize(256, 0);
            let length = sealer.seal_report(&mut buffer, report.len()).unwrap();
            buffer.truncate(length);
            assert_eq!(length, report.len() + REPORT_TRAILER);
            assert_eq!(buffer[..8], report[..8]);
            assert_ne!(buffer[8..32], report[8..]);
            assert_eq!(buffer[32..36], [0x80, 0, 0, n]);
            wires.push(buffer);
        }
        for n in [0, 2, 1] {
            let mut wire = wires[n].clone();
            let length = opener.open_report(&mut wire).unwrap();
            assert_eq!(wire[..length], report);
            assert_eq!(opener.open_report(&mut wires[n].clone()), None, "there before");
        }
        let mut changed = wires[1].clone();
        changed[33] ^= 1;
        assert_eq!(Opener::new(keys(suite), None).open_report(&mut changed), None);
    }
}

#[test]
fn more_sources_than_are_told_apart_push_out_the_one_longest_unheard() {
    let (mut streams, others) = (Streams::default(), 1..=STREAMS as u32 + 1);
    others.clone().for_each(|ssrc| streams.note(ssrc, 5));
    assert_eq!(others.filter(|ssrc| streams.of(*ssrc).is_some()).collect::<Vec<_>>(), [2, 3, 4, 5]);
}

#[test]
fn a_header_with_sources_and_extension_stays_readable() {
    let mut plain = bytes("92000005 00000009 00000007 00000001 00000002 bede0001 aabbccdd");
    plain.extend([5; 160]);
    let length = plain.len();
    let mut buffer = plain.clone();
    buffer.resize(length + MOST_TAG, 0);
    let sealed = Sealer::new(keys(Suite::Tag80)).seal(&mut buffer, length).unwrap();
    assert_eq!(buffer[..28], plain[..28]);
    assert_ne!(buffer[28..length], plain[28..]);
    assert_eq!(Opener::new(keys(Suite::Tag80), None).open(&mut buffer[..sealed]), Some(length));
    assert_eq!(buffer[..length], plain);
}

#[test]
fn keys_do_not_stand_in_a_log() {
    let secured = Secured { ours: keys(Suite::Tag80), theirs: keys(Suite::Tag32) };
    assert_eq!(format!("{secured:?}"), "Secured { ours: AES_CM_128_HMAC_SHA1_80 ***, theirs: AES_CM_128_HMAC_SHA1_32 *** }");
}
