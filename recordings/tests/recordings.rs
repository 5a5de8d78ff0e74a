//! Recordings through their whole life, on both engines, with real files.

use std::path::Path;

use contract::*;
use recordings::certificate::{Certificate, certify};
use recordings::rows::{self, NumberFilter, RecordingFilter, Remark};
use recordings::{Recording, RecordingFold, RecordingState, audio, peaks, repair};
use store::fold::Fold;
use store::page::PageAsk;
use store::testing::both;
use store::{Db, Files, vals};

const ANN: AgentId = AgentId(1);
const BEN: AgentId = AgentId(2);
const CAT: AgentId = AgentId(3);
const SALES: QueueId = QueueId(11);
const CARE: QueueId = QueueId(12);
const T0: EpochMs = 1_772_380_740_000;

async fn tell(db: &Db, events: &[(i64, i64, EventKind)]) {
    let events: Vec<Event> = events
        .iter()
        .enumerate()
        .map(|(n, (call, at, kind))| Event {
            node: 1,
            seq: n as u64 + 1,
            at: T0 + at,
            interaction: Some(InteractionId(*call)),
            kind: kind.clone(),
        })
        .collect();
    let mut tx = db.begin().await.unwrap();
    RecordingFold.apply(&mut tx, &events).await.unwrap();
    tx.commit().await.unwrap();
}

fn arrived(number: &str) -> EventKind {
    let caller =
        Caller { raw: number.into(), name: String::new(), number: PhoneNumber::from_e164(number).ok(), withheld: number.is_empty() };
    EventKind::CallArrived {
        direction: Direction::Inbound,
        entry: Entry::Trunk { trunk: TrunkId(3) },
        caller,
        dialed: "400".into(),
        leg: LegId(70),
    }
}

fn talk(agent: AgentId, leg: i64, queue: QueueId) -> EventKind {
    EventKind::TalkStarted { agent, leg: LegId(leg), queue: Some(queue), waited_ms: 0 }
}

fn talked(agent: AgentId, leg: i64, queue: QueueId) -> EventKind {
    EventKind::TalkEnded { agent, leg: LegId(leg), queue: Some(queue), talk_ms: 0, hold_ms: 0 }
}

fn records(id: i64, agent: AgentId, queue: QueueId) -> EventKind {
    let path = format!("2026/03/01/{id}.wav");
    EventKind::RecordingStarted { recording: RecordingId(id), what: RecordingKind::Talk, agent: Some(agent), queue: Some(queue), path }
}

fn recorded(id: i64, duration_ms: u32) -> EventKind {
    EventKind::RecordingEnded { recording: RecordingId(id), duration_ms, bytes: duration_ms * 32 + 44, complete: true }
}

fn ended() -> EventKind {
    EventKind::CallEnded { cause: EndCause::AnsweredHangup, by: HungUpBy::Caller }
}

/// A stereo file as the recorder leaves it.
fn write_wav(folder: &Path, path: &str, frames: usize, sample: impl Fn(usize) -> (i16, i16)) {
    let full = folder.join(path);
    std::fs::create_dir_all(full.parent().unwrap()).unwrap();
    let spec = hound::WavSpec { channels: 2, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(full, spec).unwrap();
    for n in 0..frames {
        let (left, right) = sample(n);
        writer.write_sample(left).unwrap();
        writer.write_sample(right).unwrap();
    }
    writer.finalize().unwrap();
}

async fn get(db: &Db, id: i64) -> Recording {
    rows::get(db, RecordingId(id)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_recording_knows_its_call_its_pauses_and_its_gaps() {
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let sure = Candidate {
            customer: CustomerId(7),
            contact: None,
            point: ContactPointId(1),
            reason: MatchReason::Exact,
            confidence: 95,
            vip: false,
        };
        let story = [
            (100, 0, arrived("+8613800138000")),
            (100, 1, EventKind::CallerIdentified { candidates: vec![sure] }),
            (100, 10_000, talk(ANN, 71, SALES)),
            (100, 10_020, records(40, ANN, SALES)),
            (100, 20_000, EventKind::RecordingPaused { recording: RecordingId(40), agent: ANN, reason: "card number".into() }),
            (100, 25_000, EventKind::RecordingResumed { recording: RecordingId(40), agent: ANN }),
            (100, 30_000, EventKind::RecordingGap { recording: RecordingId(40), ms: 500, reason: "the disk did not keep up".into() }),
        ];
        for _ in 0..2 {
            tell(&db, &story).await;
        }
        let row = get(&db, 40).await;
        assert_eq!(
            (row.state, row.complete, row.customer, row.number.as_ref().map(PhoneNumber::reveal)),
            (RecordingState::Recording, false, Some(CustomerId(7)), Some("+8613800138000"))
        );
        assert_eq!((row.agent, row.queue, row.began, row.gap_ms), (Some(ANN), Some(SALES), T0 + 10_020, 500));
        assert_eq!(
            row.remarks,
            [
                Remark::Paused { at: T0 + 20_000, agent: ANN, reason: "card number".into() },
                Remark::Resumed { at: T0 + 25_000, agent: ANN },
                Remark::Gap { at: T0 + 30_000, ms: 500, reason: "the disk did not keep up".into() },
            ]
        );
        let after = [
            (100, 60_000, recorded(40, 49_980)),
            (100, 60_000, talked(ANN, 71, SALES)),
            (100, 60_000, ended()),
            // Settled while wrapping up: the recording goes along.
            (100, 70_000, EventKind::CustomerLinked { agent: ANN, customer: Some(CustomerId(8)), contact: None }),
        ];
        tell(&db, &after).await;
        let row = get(&db, 40).await;
        assert_eq!(
            (row.state, row.complete, row.duration_ms, row.bytes, row.customer),
            (RecordingState::Done, true, 49_980, 1_599_404, Some(CustomerId(8)))
        );
        assert_eq!(rows::of(&db, InteractionId(100)).await.unwrap(), [row]);
        let shown = serde_json::to_value(&get(&db, 40).await).unwrap();
        assert!(shown.get("path").is_none(), "where files lie is nobody's business outside");
    })
    .await;
}

#[tokio::test]
async fn recordings_are_found_by_time_customer_number_agent_and_queue_page_by_page() {
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let mut story = Vec::new();
        for id in 1..=8_i64 {
            let (agent, queue) = if id % 2 == 0 { (ANN, SALES) } else { (BEN, CARE) };
            let number = if id > 6 { "+861062345678" } else { "+8613800138000" };
            // Two begin in the same millisecond.
            let at = id / 2 * 1_000;
            story.extend([
                (id, at, arrived(number)),
                (id, at, talk(agent, id, queue)),
                (id, at, records(id, agent, queue)),
                (id, at, ended()),
            ]);
        }
        let voicemail =
            EventKind::RecordingStarted { recording: RecordingId(10), what: RecordingKind::Voicemail, agent: None, queue: None, path: "10.wav".into() };
        story.extend([(9, 4_000, arrived("+862062345679")), (9, 4_000, records(9, CAT, SALES))]);
        story.extend([(10, 5_000, arrived("")), (10, 5_000, voicemail)]);
        story.push((3, 9_000, EventKind::CustomerLinked { agent: BEN, customer: Some(CustomerId(9)), contact: None }));
        tell(&db, &story).await;
        let all = RecordingFilter::default;
        let office = PhoneNumber::from_e164("+861062345678").unwrap();
        for (filter, want) in [
            (all(), vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
            (RecordingFilter { agent: Some(ANN), ..all() }, vec![8, 6, 4, 2]),
            (RecordingFilter { queue: Some(CARE), from: Some(T0 + 1_000), ..all() }, vec![7, 5, 3]),
            (RecordingFilter { customer: Some(CustomerId(9)), ..all() }, vec![3]),
            (RecordingFilter { number: Some(NumberFilter::Exact(office)), ..all() }, vec![8, 7]),
            (RecordingFilter { number: Some(NumberFilter::Tail("8000".into())), to: Some(T0 + 2_000), agent: Some(ANN), ..all() }, vec![2]),
            (RecordingFilter { interaction: Some(InteractionId(4)), ..all() }, vec![4]),
            (RecordingFilter { kind: Some(RecordingKind::Voicemail), ..all() }, vec![10]),
            (RecordingFilter { number: Some(NumberFilter::Tail("8".into())), ..all() }, vec![8, 7]),
            (RecordingFilter { number: Some(NumberFilter::Tail("00".into())), queue: Some(CARE), ..all() }, vec![5, 3, 1]),
            (RecordingFilter { team: Some(vec![ANN, CAT]), ..all() }, vec![10, 9, 8, 6, 4, 2]),
            (RecordingFilter { team: Some(vec![BEN]), queue: Some(CARE), to: Some(T0 + 3_000), ..all() }, vec![5, 3, 1]),
            (RecordingFilter { team: Some(vec![ANN]), customer: Some(CustomerId(9)), ..all() }, vec![]),
            (RecordingFilter { team: Some(vec![]), ..all() }, vec![10]),
            (RecordingFilter { team: Some((1..=200).map(AgentId).collect()), from: Some(T0 + 4_000), ..all() }, vec![10, 9, 8]),
        ] {
            for limit in [1, 3, 200] {
                let (mut seen, mut ask) = (Vec::new(), PageAsk { limit, cursor: None });
                loop {
                    let page = rows::list(&db, &filter, &ask).await.unwrap();
                    seen.extend(page.rows.iter().map(|r| r.recording.0));
                    ask.cursor = page.next;
                    if ask.cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, want, "{filter:?}");
            }
        }
        let none = RecordingFilter { number: Some(NumberFilter::Tail("Wang".into())), ..all() };
        assert!(matches!(rows::list(&db, &none, &PageAsk::default()).await, Err(rows::ListError::NoDigits)));
    })
    .await;
}

#[tokio::test]
async fn a_killed_server_s_recordings_play_up_to_the_last_moment_written() {
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut story = Vec::new();
        for id in 1..=5_i64 {
            story.extend([(id, 0, arrived("+8613800138000")), (id, 0, talk(ANN, id, SALES)), (id, 0, records(id, ANN, SALES))]);
        }
        story.push((5, 9_000, recorded(5, 1_000)));
        tell(&db, &story).await;
        let path = |id: i64| format!("2026/03/01/{id}.wav");
        // 1: the header says nothing of what was written since, and half a moment hangs over. 2: whole. 3: only a header. 4: never created.
        for id in [1, 2, 3] {
            write_wav(folder.path(), &path(id), if id == 3 { 0 } else { 8_000 }, |n| (n as i16, 1));
        }
        let mut bytes = std::fs::read(folder.path().join(path(1))).unwrap();
        bytes[4..8].copy_from_slice(&36_u32.to_le_bytes());
        bytes[40..44].copy_from_slice(&0_u32.to_le_bytes());
        bytes.extend_from_slice(&[1, 2, 3]);
        std::fs::write(folder.path().join(path(1)), bytes).unwrap();
        // 6: a row that points outside must touch nothing there.
        let outside = folder.path().parent().unwrap().join("zuoxi-outside.wav");
        assert!(!outside.exists());
        let evil = EventKind::RecordingStarted {
            recording: RecordingId(6),
            what: RecordingKind::Talk,
            agent: None,
            queue: None,
            path: "../zuoxi-outside.wav".into(),
        };
        tell(&db, &[(6, 0, evil)]).await;

        // 7: still to come from elsewhere.
        tell(&db, &[(7, 0, arrived("+8613800138000")), (7, 0, records(7, ANN, SALES))]).await;
        let coming = contract::ports::coming(folder.path(), RecordingId(7));
        std::fs::create_dir_all(coming.parent().unwrap()).unwrap();
        std::fs::write(&coming, "{}").unwrap();

        let told = repair::after_a_crash(&db, folder.path(), 1).await.unwrap();
        let of = |id| told.iter().find(|r| r.recording == RecordingId(id)).map(|r| r.facts.clone()).unwrap();
        let whole = |id| vec![EventKind::RecordingEnded { recording: RecordingId(id), duration_ms: 1_000, bytes: 32_044, complete: false }];
        assert_eq!(told.iter().map(|r| r.recording.0).collect::<Vec<_>>(), [1, 2, 3, 4, 6], "what had ended is left alone");
        assert_eq!((of(1), of(2)), (whole(1), whole(2)));
        for id in [3, 4, 6] {
            assert!(
                matches!(&of(id)[..], [EventKind::RecordingGap { .. }, EventKind::RecordingEnded { bytes: 0, complete: false, .. }]),
                "{id}"
            );
        }
        let mut reader = hound::WavReader::open(folder.path().join(path(1))).unwrap();
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!((samples.len(), samples[2 * 7_999], samples[2 * 7_999 + 1]), (16_000, 7_999, 1), "left is still left");
        assert_eq!(repair::after_a_crash(&db, folder.path(), 2).await.unwrap(), [], "another node's are its own");

        let facts: Vec<_> = told.iter().flat_map(|r| r.facts.iter().map(|f| (r.interaction.0, 10_000, f.clone()))).collect();
        tell(&db, &facts).await;
        assert_eq!(repair::after_a_crash(&db, folder.path(), 1).await.unwrap(), []);
        assert_eq!((get(&db, 1).await.state, get(&db, 4).await.state), (RecordingState::Done, RecordingState::Lost));
    })
    .await;
}

async fn proof(db: &Db, files: &Files) -> Certificate {
    certify(db, files, T0, T0 + 86_400_000, |queue| queue != Some(CARE)).await.unwrap()
}

#[tokio::test]
async fn every_second_of_talk_has_audio_or_a_reason_through_parallel_ring_and_transfers() {
    // mikopbx/Core#1084, #1100, #1105, #1125: lost round transfers, on disk but not linked, orphans, not resumed.
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let wav = |id: i64, ms: usize| write_wav(folder.path(), &format!("2026/03/01/{id}.wav"), ms * 8, |_| (0, 0));
        let transfer = [
            (100, 0, arrived("+8613800138000")),
            // Ann, then transferred to Ben: a recording each.
            (100, 10_000, talk(ANN, 71, SALES)),
            (100, 10_030, records(1, ANN, SALES)),
            (100, 40_000, talked(ANN, 71, SALES)),
            (100, 40_000, recorded(1, 29_960)),
            (100, 45_000, talk(BEN, 72, SALES)),
            (100, 45_010, records(2, BEN, SALES)),
            (100, 65_000, EventKind::RecordingGap { recording: RecordingId(2), ms: 0, reason: "no room on the disk".into() }),
            (100, 65_000, recorded(2, 20_000)),
            (100, 65_900, talked(BEN, 72, SALES)),
            (100, 65_900, ended()),
            // The rules want no recording of this queue.
            (200, 0, talk(BEN, 73, CARE)),
            (200, 5_000, talked(BEN, 73, CARE)),
        ];
        tell(&db, &transfer).await;
        wav(1, 29_960);
        wav(2, 20_000);
        let clean = proof(&db, &files).await;
        assert!(clean.is_clean(), "{clean:#?}");
        assert_eq!((clean.talks, clean.talk_ms), (3, 55_900));
        assert_eq!(clean.explained.iter().map(|e| e.reason.as_str()).collect::<Vec<_>>(), ["no room on the disk"; 2]);

        // Not resumed after a failed transfer; a file whose row never came; a file that was lost.
        let trouble = [
            (300, 0, arrived("+8613800138001")),
            (300, 0, talk(ANN, 74, SALES)),
            (300, 0, records(3, ANN, SALES)),
            (300, 10_000, recorded(3, 10_000)),
            (300, 30_000, EventKind::Interrupted { last_seen: T0 + 30_000 }),
        ];
        tell(&db, &trouble).await;
        wav(3, 10_000);
        wav(9, 100);
        std::fs::remove_file(folder.path().join("2026/03/01/1.wav")).unwrap();
        let bad = proof(&db, &files).await;
        assert!(!bad.is_clean());
        let holes: Vec<_> = bad.missing.iter().map(|m| (m.interaction.0, m.agent, m.from - T0, m.to - T0)).collect();
        assert_eq!(holes, [(300, ANN, 10_000, 30_000)]);
        assert_eq!(
            (bad.without_row.as_slice(), bad.without_file.as_slice()),
            (&["2026/03/01/9.wav".to_owned()][..], &[RecordingId(1)][..])
        );
    })
    .await;
}

#[tokio::test]
async fn deleting_a_recording_takes_row_file_and_peaks_and_it_stays_deleted() {
    // jambonz-webapp#308: delete must reach all copies.
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        write_wav(folder.path(), "2026/03/01/1.wav", 80_000, |_| (5, 5));
        let story = [
            (100, 0, arrived("+8613800138000")),
            (100, 0, talk(ANN, 71, SALES)),
            (100, 0, records(1, ANN, SALES)),
            (100, 10_000, recorded(1, 10_000)),
            (100, 10_000, talked(ANN, 71, SALES)),
            (100, 10_000, ended()),
        ];
        tell(&db, &story).await;
        peaks::of(&files, &get(&db, 1).await, 100).await.unwrap();
        assert_eq!(files.list("", 10).await.unwrap().len(), 2);

        let mut tx = db.begin().await.unwrap();
        let gone = rows::delete(&mut tx, RecordingId(1), T0 + 99_000, "erasure of customer 8").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        audio::delete(&files, &gone).await.unwrap();
        audio::delete(&files, &gone).await.unwrap();
        assert_eq!(files.list("", 10).await.unwrap(), []);
        assert!(audio::info(&files, &gone).await.is_err());

        let mut tx = db.begin().await.unwrap();
        RecordingFold.clear(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        tell(&db, &story).await;
        assert_eq!(rows::get(&db, RecordingId(1)).await.unwrap(), None, "a rebuild does not bring it back");
        let told = proof(&db, &files).await;
        assert!(told.is_clean());
        assert_eq!(told.explained[0].reason, "deleted: erasure of customer 8");
        let mut tx = db.begin().await.unwrap();
        assert!(rows::delete(&mut tx, RecordingId(1), T0, "again").await.unwrap().is_none());
    })
    .await;
}

fn row(path: &str) -> Recording {
    Recording {
        recording: RecordingId(1),
        interaction: InteractionId(1),
        kind: RecordingKind::Talk,
        agent: None,
        queue: None,
        customer: None,
        caller: String::new(),
        number: None,
        began: T0,
        duration_ms: 0,
        bytes: 0,
        path: path.into(),
        state: RecordingState::Done,
        complete: true,
        gap_ms: 0,
        remarks: vec![],
    }
}

#[tokio::test]
async fn a_listener_seeks_by_ranges_and_no_path_leads_outside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret.txt"), "x").unwrap();
    let inside = folder.path().join("recordings");
    let files = Files::open(&inside).unwrap();
    write_wav(&inside, "a/1.wav", 400_000, |n| ((n % 256) as i16, 0));
    let one = row("a/1.wav");
    let size = audio::info(&files, &one).await.unwrap().bytes;
    assert_eq!(size, 44 + 1_600_000);
    let part = audio::range(&files, &one, 44 + 4 * 100..44 + 4 * 101).await.unwrap();
    assert_eq!(part[..], [100, 0, 0, 0]);
    let mut whole = 0;
    for piece in audio::pieces(0..size) {
        whole += audio::range(&files, &one, piece).await.unwrap().len() as u64;
    }
    assert_eq!(whole, size);
    assert!(audio::range(&files, &one, size - 1..size + 1).await.is_err());
    for path in ["../secret.txt", "/etc/passwd", "a/../../secret.txt", "a/./1.wav", "", "..", "a\\..\\..\\secret.txt", "%2e%2e/secret.txt"]
    {
        assert!(audio::info(&files, &row(path)).await.is_err(), "{path}");
        assert!(peaks::of(&files, &row(path), 10).await.is_err(), "{path}");
        assert!(audio::delete(&files, &row(path)).await.is_err(), "{path}");
    }
}

#[tokio::test]
async fn peaks_show_each_channel_where_it_is_loud_and_are_kept_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path()).unwrap();
    // Left loud in the first half, right whispers in the second; odd lengths on purpose.
    let frames = 81_237;
    let sample = |n: usize| {
        if n < frames / 2 {
            (if n.is_multiple_of(2) { i16::MAX } else { i16::MIN }, 0)
        } else {
            (0, if n.is_multiple_of(3) { -40 } else { 0 })
        }
    };
    write_wav(folder.path(), "1.wav", frames, sample);
    let one = row("1.wav");
    for slices in [1, 2, 100, 4_000, 1_000_000] {
        let shape = peaks::of(&files, &one, slices).await.unwrap();
        assert_eq!((shape.duration_ms, shape.channels.len(), shape.channels[0].len()), (10_154, 2, slices.min(4_000)));
        if slices == 100 {
            assert_eq!((shape.channels[0][10], shape.channels[0][90]), ((-127, 127), (0, 0)));
            assert_eq!((shape.channels[1][10], shape.channels[1][90]), ((0, 0), (-1, 0)), "a whisper is no silence");
        }
    }
    let kept = files.get("1.wav.peaks").await.unwrap();
    assert!(kept.len() < 20_000);
    // Damaged, or of another length of the file: made again.
    files.put("1.wav.peaks", kept.slice(..100)).await.unwrap();
    assert_eq!(peaks::of(&files, &one, 10).await.unwrap().channels[0].len(), 10);
    assert_eq!(files.get("1.wav.peaks").await.unwrap(), kept);
    write_wav(folder.path(), "1.wav", 8_000, |_| (1, 1));
    assert_eq!(peaks::of(&files, &one, 10).await.unwrap().duration_ms, 1_000);
    // While it is still written nothing is kept.
    write_wav(folder.path(), "2.wav", 5, |_| (1, 1));
    let open = Recording { state: RecordingState::Recording, ..row("2.wav") };
    assert_eq!(peaks::of(&files, &open, 10).await.unwrap().channels[0].len(), 5, "no more slices than moments");
    assert!(files.get("2.wav.peaks").await.is_err());
    for (name, bytes) in [("3.wav", &b""[..]), ("4.wav", b"not audio"), ("5.wav", b"RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff")] {
        files.put(name, bytes::Bytes::from_static(bytes)).await.unwrap();
        assert!(matches!(peaks::of(&files, &row(name), 10).await, Err(peaks::PeaksError::NotWav(_))), "{name}");
    }
}

#[tokio::test]
async fn calls_without_talk_leave_nothing_behind() {
    both(|db| async move {
        db.migrate(&[recordings::MIGRATIONS]).await.unwrap();
        let story: Vec<_> = (1..=50).flat_map(|id| [(id, id, arrived("+8613800138000")), (id, id + 5, ended())]).collect();
        tell(&db, &story).await;
        for table in ["recorded_call", "recorded_talk", "recording"] {
            let left = db.query(&format!("SELECT COUNT(*) AS n FROM {table}"), vals![]).await.unwrap();
            assert_eq!(left[0].get::<i64>("n").unwrap(), 0, "{table}");
        }
    })
    .await;
}
