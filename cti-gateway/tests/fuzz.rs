//! What must hold for any bytes (`fuzz/checks`), held over the corpus, the messages of RFC 4475, and mutations of both.

use std::path::Path;

use proptest::prelude::*;

#[path = "../fuzz/checks/digest.rs"]
mod digest;
#[path = "../fuzz/checks/rtp.rs"]
mod rtp;
#[path = "../fuzz/checks/sdp.rs"]
mod sdp;
#[path = "../fuzz/checks/sip_message.rs"]
mod sip_message;

fn corpus(folder: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(&path).expect(folder).map(|f| f.expect("a file").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "dat" || e == "txt"));
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files.iter().map(|f| std::fs::read(f).expect("a file that reads")).collect()
}

fn messages() -> Vec<Vec<u8>> {
    [corpus("tests/torture"), corpus("fuzz/corpus/sip_message")].concat()
}

#[test]
fn the_corpus_holds() {
    messages().iter().for_each(|m| sip_message::holds(m));
    corpus("fuzz/corpus/sdp").iter().for_each(|m| sdp::holds(m));
    corpus("fuzz/corpus/digest").iter().for_each(|m| digest::holds(m));
    corpus("fuzz/corpus/rtp").iter().for_each(|m| rtp::holds(m));
}

/// One change: what, where (in thousandths), how much.
#[derive(Debug, Clone)]
enum Change {
    Put(u16, u8),
    Insert(u16, Vec<u8>),
    Cut(u16, u8),
    Double(u16, u8),
    Swap(u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0_u16..1000;
    let telling = prop::sample::select(b"\r\n \t:;,<>\"\\@%?=/0\0\xff\x80".to_vec());
    let text = prop::collection::vec(prop_oneof![4 => telling.clone(), 1 => any::<u8>()], 1..6);
    prop_oneof![
        (at(), prop_oneof![telling, any::<u8>()]).prop_map(|(a, b)| Change::Put(a, b)),
        (at(), text).prop_map(|(a, t)| Change::Insert(a, t)),
        (at(), 1_u8..40).prop_map(|(a, n)| Change::Cut(a, n)),
        (at(), 1_u8..80).prop_map(|(a, n)| Change::Double(a, n)),
        (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |thousandth: u16| usize::from(thousandth) * bytes.len() / 1000;
    match change {
        _ if bytes.is_empty() => {}
        Change::Put(at, byte) => {
            let at = place(*at);
            bytes[at] = *byte;
        }
        Change::Insert(at, text) => {
            let at = place(*at);
            bytes.splice(at..at, text.iter().copied());
        }
        Change::Cut(at, n) => {
            let at = place(*at);
            bytes.drain(at..(at + usize::from(*n)).min(bytes.len()));
        }
        Change::Double(at, n) => {
            let at = place(*at);
            let piece = bytes[at..(at + usize::from(*n)).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        Change::Swap(a, b) => {
            let (a, b) = (place(*a), place(*b));
            bytes.swap(a, b);
        }
    }
}

/// One of `seeds`, changed in up to twelve places.
fn mutated(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(seeds), prop::collection::vec(change(), 0..12)).prop_map(|(mut bytes, changes)| {
        changes.iter().for_each(|c| apply(&mut bytes, c));
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_messages_hold(bytes in mutated(messages())) {
        sip_message::holds(&bytes);
    }

    #[test]
    fn mutated_sdp_holds(bytes in mutated(corpus("fuzz/corpus/sdp"))) {
        sdp::holds(&bytes);
    }

    #[test]
    fn mutated_digests_hold(bytes in mutated(corpus("fuzz/corpus/digest"))) {
        digest::holds(&bytes);
    }

    #[test]
    fn mutated_packets_hold(bytes in mutated(corpus("fuzz/corpus/rtp"))) {
        rtp::holds(&bytes);
    }

    #[test]
    fn any_bytes_hold(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        sip_message::holds(&bytes);
        sdp::holds(&bytes);
        digest::holds(&bytes);
        rtp::holds(&bytes);
    }
}
