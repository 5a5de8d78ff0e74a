//! Media threads and the recorder that break: who was with them is told, and so is whoever asks how they are. Apart from
//! `media_engine`, whose sound a panic's backtrace would disturb.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::health::Trouble;
use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::{Clip, Engine, MediaCommand, MediaConfig, MediaError, MediaEvent, MediaSink};

const ROOM: InteractionId = InteractionId(7);
const LEG: LegId = LegId(1);
const RECORDING: RecordingId = RecordingId(9);

/// Breaks the thread that tells it one certain thing.
struct Brittle {
    heard: Mutex<Sender<(LegId, MediaEvent)>>,
    breaks: fn(&MediaEvent) -> bool,
}

impl MediaSink for Brittle {
    fn media(&self, leg: LegId, event: MediaEvent) {
        assert!(!(self.breaks)(&event), "told what it cannot bear");
        // The test may have ended: then nobody listens.
        let _ = self.heard.lock().unwrap().send((leg, event));
    }
}

struct Side {
    engine: Engine,
    events: Receiver<(LegId, MediaEvent)>,
}

impl Side {
    /// One recorded leg on an engine of two threads, as the recorder ends with the last of them.
    fn start(ports: (u16, u16), recordings: &Path, breaks: fn(&MediaEvent) -> bool) -> Self {
        let (send, events) = channel();
        let config = MediaConfig { ports, threads: 2, recordings: recordings.to_owned(), ..MediaConfig::default() };
        let engine = Engine::start(config, Arc::new(Brittle { heard: Mutex::new(send), breaks })).unwrap();
        let side = Self { engine, events };
        side.engine.open(ROOM, LEG).unwrap();
        side.tell(MediaCommand::Record { recording: RECORDING, left: LEG, right: None, path: "a.wav".into() });
        side
    }

    fn tell(&self, command: MediaCommand) {
        self.engine.send(ROOM, command).unwrap();
    }

    #[track_caller]
    fn break_thread_of(&self, leg: LegId) {
        let clip = Arc::new(Clip::from_samples("silence", &[0; 800]));
        self.tell(MediaCommand::Play { leg, id: 13, clips: vec![clip], repeat: true });
        self.tell(MediaCommand::StopPlay { leg });
        self.wait(|event| matches!(event, MediaEvent::Closed { .. }));
    }

    #[track_caller]
    fn wait(&self, fits: impl Fn(&MediaEvent) -> bool) {
        while !fits(&self.events.recv_timeout(Duration::from_secs(20)).expect("the event comes").1) {}
    }

    /// What is wrong with the media threads and with the recorder, once something is.
    #[track_caller]
    fn ailing(&self) -> [Option<Trouble>; 2] {
        for _ in 0..2_000 {
            let health = self.engine.health();
            if health.iter().any(|part| !part.is_well()) {
                return health.map(|part| part.trouble);
            }
            let _ = self.events.recv_timeout(Duration::from_millis(10));
        }
        panic!("all is well: {:?}", self.engine.health());
    }
}

#[test]
fn a_media_thread_that_breaks_ends_its_legs_and_recordings_says_so_and_the_next_call_is_with_another() {
    let folder = tempfile::tempdir().unwrap();
    let side = Side::start((29_300, 29_399), folder.path(), |e| matches!(e, MediaEvent::PlayDone { id: 13, .. }));
    assert_eq!(side.engine.health().map(|part| part.trouble), [None, None]);
    side.break_thread_of(LEG);
    side.wait(|event| matches!(event, MediaEvent::RecordEnded { .. }));
    assert_eq!(side.ailing(), [Some(Trouble::Ended), None], "the recorder lives on");
    assert!(side.engine.has_ended(ROOM));
    side.engine.open(ROOM, LegId(2)).unwrap();
    assert!(!side.engine.has_ended(ROOM), "it is on the other thread now");
    side.break_thread_of(LegId(2));
    while side.engine.health().map(|part| part.trouble)[1].is_none() {
        // The recorder ends with the last thread.
        let _ = side.events.recv_timeout(Duration::from_millis(10));
    }
    assert!(side.engine.has_ended(ROOM));
    assert!(matches!(side.engine.open(ROOM, LegId(3)), Err(MediaError::Stopped)));
    let gauges = side.engine.gauges();
    assert_eq!((gauges.legs, gauges.recordings, gauges.ports_taken), (0, 0, 0));
    side.engine.stop();
}

#[test]
fn a_recorder_that_breaks_says_so_and_the_calls_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let side = Side::start((29_400, 29_499), folder.path(), |e| matches!(e, MediaEvent::RecordEnded { .. }));
    side.tell(MediaCommand::StopRecord { recording: RECORDING });
    assert_eq!(side.ailing(), [None, Some(Trouble::Ended)]);
    side.engine.open(ROOM, LegId(2)).unwrap();
    side.tell(MediaCommand::Close { leg: LEG });
    side.wait(|event| matches!(event, MediaEvent::Closed { .. }));
    assert!(!side.engine.has_ended(ROOM));
    side.engine.stop();
    assert_eq!(side.engine.health().map(|part| part.trouble), [Some(Trouble::Ended); 2], "as asked");
}
