//! The demo company's own files: every text has its recordings, every recording a text, and waiting callers can be
//! told everything `announce` may say.

mod common;

use std::collections::BTreeSet;

use common::{DEMO, demo, demo_prompts};
use ivr::{Language, Prompt, announce, say};

fn texts() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/prompts/prompts.tsv");
    let text = std::fs::read_to_string(path).expect("the list is in the repository");
    let mut names = BTreeSet::new();
    for line in text.lines().skip(1) {
        let [name, zh, en] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("three columns: {line}") };
        assert!(!zh.is_empty() && en.is_ascii() && !en.is_empty(), "{name}");
        assert!(names.insert(name.to_owned()), "{name} twice");
    }
    names
}

#[test]
fn every_text_has_its_recordings_and_every_recording_its_text() {
    for (language, recordings) in demo_prompts() {
        assert_eq!(recordings, texts(), "{}", language.code());
    }
}

#[test]
fn recordings_are_telephone_wav_files_with_sound_in_them() {
    for language in Language::ALL {
        for name in texts() {
            let path = format!("{}/demo/prompts/{}/{name}.wav", env!("CARGO_MANIFEST_DIR"), language.code());
            let bytes = std::fs::read(&path).expect("readable");
            assert_eq!((&bytes[..4], &bytes[8..16]), (b"RIFF".as_slice(), b"WAVEfmt ".as_slice()), "{path}");
            // PCM, one channel, 8000 Hz, 16 bit.
            assert_eq!(bytes[20..28], [1, 0, 1, 0, 0x40, 0x1f, 0, 0], "{path}");
            assert!(bytes.len() > 4_000 && bytes[44..].iter().any(|byte| *byte != 0), "{path}");
        }
    }
}

#[test]
fn everything_the_flows_and_the_announcements_may_say_is_recorded() {
    let recorded = texts();
    let announced = [1, 2, 57, 123_456].into_iter().flat_map(|n| {
        Language::ALL.into_iter().flat_map(move |language| [announce::position(n, language), announce::wait(n.saturating_mul(50_000), language)])
    });
    let mut needed: BTreeSet<String> = announced
        .flatten()
        .map(|prompt| match prompt {
            Prompt::File { name, .. } => name.to_string(),
            Prompt::Text { text, .. } => panic!("no speech is needed: {text}"),
        })
        .collect();
    needed.extend(["all-busy", "thanks-waiting", "leave-message", "message-saved"].map(str::to_owned));
    needed.extend(say::number_pieces().map(str::to_owned));
    for name in DEMO {
        needed.extend(demo(name).prompts().into_iter().map(str::to_owned));
    }
    assert_eq!(needed.difference(&recorded).collect::<Vec<_>>(), Vec::<&String>::new());
}
