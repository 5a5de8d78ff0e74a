//! The media engine over real sockets: one engine is the call center, another one the phones of both ends.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::{InteractionId, LegId, RecordingId};
use cti_gateway::media::{Clip, Engine, Law, MediaCommand, MediaConfig, MediaEvent, MediaSink, Remote, tone};

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

/// A quarter of a second of pure tone somewhere: a machine that stands still for a moment tears the rest.
fn rings(heard: &[i16], hz: f64) -> bool {
    heard.windows(2000).step_by(160).any(|piece| tone::is_tone(piece, hz))
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
    assert!(rings(&left, 440.0) && rings(&right, 620.0), "each on their own channel");
    for (path, hz) in [("customer.wav", 620.0), ("agent.wav", 440.0)] {
        let heard: Vec<i16> = hound::WavReader::open(folder.path().join(path)).unwrap().samples::<i16>().map(Result::unwrap).collect();
        assert!(rings(&heard, hz), "{path}");
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
