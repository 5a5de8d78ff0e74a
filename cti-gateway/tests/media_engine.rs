//! The media engine over real sockets: one engine is the call center, another one the phones of both ends.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::health::Trouble;
use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::{Clip, Engine, Law, MediaCommand, MediaConfig, MediaError, MediaEvent, MediaSink, Remote, tone};

struct Sink(Mutex<Sender<(LegId, MediaEvent)>>);

impl MediaSink for Sink {
    fn media(&self, leg: LegId, event: MediaEvent) {
        // The test may have ended: then nobody listens.
        let _ = self.0.lock().unwrap().send((leg, event));
    }
}

struct Side {
    engine: Engine,
    events: Receiver<(LegId, MediaEvent)>,
}

impl Side {
    fn start(ports: (u16, u16), recordings: &Path) -> Self {
        let (send, events) = channel();
        let config = MediaConfig { ports, threads: 1, recordings: recordings.to_owned(), ..MediaConfig::default() };
        Self { engine: Engine::start(config, Arc::new(Sink(Mutex::new(send)))).unwrap(), events }
    }

    fn tell(&self, room: InteractionId, command: MediaCommand) {
        self.engine.send(room, command).unwrap();
    }

    /// Waits for the event that fits, letting others pass.
    #[track_caller]
    fn wait<T>(&self, fits: impl Fn(LegId, &MediaEvent) -> Option<T>) -> T {
        loop {
            let (leg, event) = self.events.recv_timeout(Duration::from_secs(20)).expect("the event comes");
            if let Some(found) = fits(leg, &event) {
                return found;
            }
        }
    }
}

fn remote(leg: LegId, to: SocketAddr, law: Law, dtmf_pt: Option<u8>) -> MediaCommand {
    MediaCommand::Remote { leg, remote: Remote { dtmf_pt, ..Remote::new(to, law) } }
}

fn channels(path: &Path) -> (Vec<i16>, Vec<i16>) {
    let all: Vec<i16> = hound::WavReader::open(path).unwrap().samples::<i16>().map(Result::unwrap).collect();
    all.chunks_exact(2).map(|p| (p[0], p[1])).unzip()
}

#[test]
fn both_sides_of_a_recorded_call_hear_each_other_and_nothing_is_left_open() {
    let folder = tempfile::tempdir().unwrap();
    let center = Side::start((29_000, 29_099), folder.path());
    let phones = Side::start((29_100, 29_199), folder.path());
    let room = InteractionId(77);
    let (customer, agent) = (LegId(1), LegId(2));
    let (at_customer, at_agent) = (center.engine.open(room, customer).unwrap(), center.engine.open(room, agent).unwrap());
    let (from_customer, from_agent) = (phones.engine.open(room, customer).unwrap(), phones.engine.open(room, agent).unwrap());
    // The customer's side speaks A-law, the agent's µ-law.
    center.tell(room, remote(customer, from_customer, Law::A, Some(101)));
    center.tell(room, remote(agent, from_agent, Law::Mu, None));
    phones.tell(room, remote(customer, at_customer, Law::A, Some(101)));
    phones.tell(room, remote(agent, at_agent, Law::Mu, None));
    center.tell(room, MediaCommand::Bridge { a: customer, b: agent });
    let call = RecordingId(5);
    center.tell(room, MediaCommand::Record { recording: call, left: customer, right: Some(agent), path: "2026/call.wav".into() });
    for (leg, recording, path) in [(customer, RecordingId(6), "customer.wav"), (agent, RecordingId(7), "agent.wav")] {
        phones.tell(room, MediaCommand::Record { recording, left: leg, right: None, path: path.into() });
    }
    for (leg, hz) in [(customer, 440.0), (agent, 620.0)] {
        let clip = Arc::new(Clip::from_samples("tone", &tone::sine(&[(hz, -10.0)], 1200)));
        phones.tell(room, MediaCommand::Play { leg, id: 1, clips: vec![clip], repeat: false });
    }
    for _ in 0..2 {
        phones.wait(|_, event| (*event == MediaEvent::PlayDone { id: 1, completed: true }).then_some(()));
    }
    phones.tell(room, MediaCommand::SendDigits { leg: customer, digits: "5".into() });
    center.wait(|leg, event| matches!(event, MediaEvent::Digit { digit: '5', .. } if leg == customer).then_some(()));

    for side in [&phones, &center] {
        side.tell(room, MediaCommand::Close { leg: customer });
        side.tell(room, MediaCommand::Close { leg: agent });
    }
    let quality = center.wait(|leg, event| match event {
        MediaEvent::Closed { quality } if leg == customer => Some(*quality),
        _ => None,
    });
    assert!(quality.received > 50 && quality.lost == 0 && quality.mos > 4.0, "{quality:?}");
    let complete = center.wait(|_, event| match event {
        MediaEvent::RecordEnded { recording, complete, .. } if *recording == call => Some(*complete),
        _ => None,
    });
    assert!(complete);
    for side in [&phones, &center] {
        side.engine.stop();
        let gauges = side.engine.gauges();
        assert_eq!((gauges.legs, gauges.rooms, gauges.recordings, gauges.ports_taken), (0, 0, 0, 0));
    }

    let (left, right) = channels(&folder.path().join("2026/call.wav"));
    let middle = 4000..8000;
    assert!(tone::is_tone(&left[middle.clone()], 440.0) && tone::is_tone(&right[middle.clone()], 620.0), "each on their own channel");
    for (path, hz) in [("customer.wav", 620.0), ("agent.wav", 440.0)] {
        let heard: Vec<i16> = hound::WavReader::open(folder.path().join(path)).unwrap().samples::<i16>().map(Result::unwrap).collect();
        assert!(tone::is_tone(&heard[middle.clone()], hz), "{path}");
    }
}

#[test]
fn a_thousand_rooms_opened_and_closed_leave_every_gauge_at_zero() {
    let folder = tempfile::tempdir().unwrap();
    let center = Side::start((29_200, 29_299), folder.path());
    for batch in 0..40 {
        for n in 0..25 {
            let room = InteractionId(batch * 25 + n);
            let (a, b) = (LegId(room.0 * 2), LegId(room.0 * 2 + 1));
            center.engine.open(room, a).unwrap();
            center.engine.open(room, b).unwrap();
            center.tell(room, MediaCommand::Bridge { a, b });
            center.tell(room, MediaCommand::Close { leg: a });
            center.tell(room, MediaCommand::Close { leg: b });
        }
        for _ in 0..50 {
            center.wait(|_, event| matches!(event, MediaEvent::Closed { .. }).then_some(()));
        }
    }
    center.engine.stop();
    let gauges = center.engine.gauges();
    assert_eq!((gauges.legs, gauges.rooms, gauges.recordings, gauges.ports_taken, gauges.ports_free), (0, 0, 0, 0, 50));
    assert!(center.engine.send(InteractionId(1), MediaCommand::Close { leg: LegId(1) }).is_err());
}

/// Hears as [`Sink`] does, and breaks the thread that tells it this.
struct Brittle(Sink, fn(&MediaEvent) -> bool);

impl MediaSink for Brittle {
    fn media(&self, leg: LegId, event: MediaEvent) {
        assert!(!(self.1)(&event), "told what it cannot bear");
        self.0.media(leg, event);
    }
}

/// One recorded leg on an engine of two threads.
fn brittle(ports: (u16, u16), recordings: &Path, breaks: fn(&MediaEvent) -> bool) -> Side {
    let (send, events) = channel();
    // The recorder ends with the last media thread: another one keeps it.
    let config = MediaConfig { ports, threads: 2, recordings: recordings.to_owned(), ..MediaConfig::default() };
    let sink = Arc::new(Brittle(Sink(Mutex::new(send)), breaks));
    let side = Side { engine: Engine::start(config, sink).unwrap(), events };
    side.engine.open(ROOM, LEG).unwrap();
    side.tell(ROOM, MediaCommand::Record { recording: RecordingId(9), left: LEG, right: None, path: "a.wav".into() });
    side
}

const ROOM: InteractionId = InteractionId(7);
const LEG: LegId = LegId(1);

/// What is wrong with the media threads and with the recorder, once something is.
#[track_caller]
fn ailing(side: &Side) -> [Option<Trouble>; 2] {
    for _ in 0..2_000 {
        let health = side.engine.health();
        if health.iter().any(|part| !part.is_well()) {
            return health.map(|part| part.trouble);
        }
        let _ = side.events.recv_timeout(Duration::from_millis(10));
    }
    panic!("all is well: {:?}", side.engine.health());
}

#[test]
fn a_media_thread_that_breaks_ends_its_legs_and_recordings_says_so_and_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let side = brittle((29_300, 29_399), folder.path(), |e| matches!(e, MediaEvent::PlayDone { id: 13, .. }));
    assert_eq!(side.engine.health().map(|part| part.trouble), [None, None]);
    let clip = Arc::new(Clip::from_samples("tone", &tone::sine(&[(440.0, -10.0)], 100)));
    side.tell(ROOM, MediaCommand::Play { leg: LEG, id: 13, clips: vec![clip], repeat: true });
    side.tell(ROOM, MediaCommand::StopPlay { leg: LEG });
    side.wait(|leg, event| (leg == LEG && matches!(event, MediaEvent::Closed { .. })).then_some(()));
    side.wait(|_, event| matches!(event, MediaEvent::RecordEnded { .. }).then_some(()));
    assert_eq!(ailing(&side), [Some(Trouble::Ended), None], "the recorder lives on");
    assert!(matches!(side.engine.open(ROOM, LegId(2)), Err(MediaError::Stopped)));
    let gauges = side.engine.gauges();
    assert_eq!((gauges.legs, gauges.recordings, gauges.ports_taken), (0, 0, 0));
    side.engine.stop();
}

#[test]
fn a_recorder_that_breaks_says_so_and_the_calls_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let side = brittle((29_400, 29_499), folder.path(), |e| matches!(e, MediaEvent::RecordEnded { .. }));
    side.tell(ROOM, MediaCommand::StopRecord { recording: RecordingId(9) });
    assert_eq!(ailing(&side), [None, Some(Trouble::Ended)]);
    side.engine.open(ROOM, LegId(2)).unwrap();
    side.tell(ROOM, MediaCommand::Close { leg: LEG });
    side.wait(|leg, event| (leg == LEG && matches!(event, MediaEvent::Closed { .. })).then_some(()));
    side.engine.stop();
    assert_eq!(side.engine.health().map(|part| part.trouble), [Some(Trouble::Ended); 2], "as asked");
}
