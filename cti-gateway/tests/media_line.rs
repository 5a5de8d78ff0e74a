//! A browser's line over real sockets: a peer of str0m in the browser's part, a plain socket in the caller's.

mod peer;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::{InteractionId, LegId};
use cti_gateway::media::{BROWSER, Engine, Law, LineEvent, LineFault, LineId, MediaCommand, MediaConfig, MediaError, MediaEvent, MediaSink, Remote};
use peer::{Browser, LOCAL, PATIENCE, Phone, Side, hears, now};
use str0m::RtcConfig;
use str0m::media::{Direction, MediaKind};

const ROOM: InteractionId = InteractionId(1);
const CALLER: LegId = LegId(1);
const AGENT: LegId = LegId(2);
const CALL: [LegId; 2] = [CALLER, AGENT];
const NEXT_CALL: [LegId; 2] = [LegId(3), LegId(4)];
struct Sink(Mutex<Sender<(LineId, LineEvent)>>);

impl MediaSink for Sink {
    fn media(&self, _: LegId, _: MediaEvent) {}

    fn line(&self, line: LineId, event: LineEvent) {
        let _ = self.0.lock().unwrap().send((line, event));
    }
}

fn engine(ports: (u16, u16), threads: usize) -> (Engine, Receiver<(LineId, LineEvent)>) {
    let (send, events) = channel();
    let folder = std::env::temp_dir();
    let config = MediaConfig { ports, threads, recordings: folder, ..MediaConfig::default() };
    (Engine::start(config, Arc::new(Sink(Mutex::new(send)))).unwrap(), events)
}

/// Both speak and listen until `enough`.
#[track_caller]
fn talk(phone: &mut Phone, browser: &mut Browser, n: &mut u32, enough: impl Fn(&Phone, &Browser) -> bool) {
    let (begin, mut next) = (now(), now());
    while !enough(phone, browser) {
        assert!(now() - begin < PATIENCE, "phone heard {}, browser heard {}", phone.heard.len(), browser.heard.len());
        if now() >= next {
            next += Duration::from_millis(20);
            *n += 1;
            phone.say(*n);
            browser.say(*n);
        }
        phone.hear();
        browser.hear();
        std::thread::yield_now();
    }
}

/// A browser with this line.
fn opens(engine: &Engine, line: LineId) -> Browser {
    let (mut browser, offer) = Browser::new();
    browser.accept(&engine.open_line(line, &offer, LOCAL).unwrap());
    browser
}

fn set_up(engine: &Engine, line: LineId, [caller, agent]: [LegId; 2]) -> Phone {
    let phone = Phone::new(engine.open(ROOM, caller).unwrap());
    engine.open_on(ROOM, agent, line).unwrap();
    for (leg, to) in [(caller, phone.socket.local_addr().unwrap()), (agent, BROWSER)] {
        engine.send(ROOM, MediaCommand::Remote { leg, remote: Remote::new(to, Law::A) }).unwrap();
    }
    engine.send(ROOM, MediaCommand::Bridge { a: caller, b: agent }).unwrap();
    phone
}

#[track_caller]
fn told(events: &Receiver<(LineId, LineEvent)>, wanted: (LineId, LineEvent)) {
    while events.recv_timeout(PATIENCE).expect("the line's event comes") != wanted {}
}

#[test]
fn caller_and_browser_hear_each_other_to_the_byte_and_a_browser_that_came_back_goes_on() {
    let (engine, events) = engine((30_000, 30_019), 1);
    let mut browser = opens(&engine, LineId(10));
    let mut phone = set_up(&engine, LineId(10), CALL);
    let mut n = 0;
    talk(&mut phone, &mut browser, &mut n, |phone, browser| hears(phone, 2) && hears(browser, 1));
    told(&events, (LineId(10), LineEvent::Up));
    assert_eq!(engine.gauges().lines, 1);

    // The page is loaded anew: another line takes the leg over, and the old one is closed.
    let mut again = opens(&engine, LineId(11));
    engine.lay_on(ROOM, AGENT, LineId(11)).unwrap();
    engine.close_line(LineId(10)).unwrap();
    phone.heard.clear();
    talk(&mut phone, &mut again, &mut n, |phone, browser| hears(phone, 2) && hears(browser, 1));

    // The call ends and the next one comes over the same line.
    for leg in CALL {
        engine.send(ROOM, MediaCommand::Close { leg }).unwrap();
    }
    again.heard.clear();
    let mut phone = set_up(&engine, LineId(11), NEXT_CALL);
    talk(&mut phone, &mut again, &mut n, |phone, browser| hears(phone, 2) && hears(browser, 1));
    for leg in NEXT_CALL {
        engine.send(ROOM, MediaCommand::Close { leg }).unwrap();
    }
    engine.close_line(LineId(11)).unwrap();
    engine.stop();
    let gauges = engine.gauges();
    assert_eq!((gauges.legs, gauges.rooms, gauges.lines, gauges.ports_taken), (0, 0, 0, 0), "{gauges:?}");
}

#[test]
fn a_line_moves_to_the_thread_of_the_call_it_is_needed_in() {
    let (engine, _events) = engine((30_100, 30_999), 2);
    let mut browser = opens(&engine, LineId(10));
    // The first thread is full: the call is on the second.
    let others: Vec<_> = (0..400).map(|n| (InteractionId(1000 + n), LegId(1000 + n))).collect();
    for (room, leg) in &others {
        engine.open(*room, *leg).unwrap();
    }
    let mut phone = set_up(&engine, LineId(10), CALL);
    let mut n = 0;
    talk(&mut phone, &mut browser, &mut n, |phone, browser| hears(phone, 2) && hears(browser, 1));
    others.iter().for_each(|(room, leg)| engine.send(*room, MediaCommand::Close { leg: *leg }).unwrap());
    engine.close_line(LineId(10)).unwrap();
    engine.stop();
    let gauges = engine.gauges();
    assert_eq!((gauges.legs, gauges.lines, gauges.ports_taken), (0, 0, 0), "{gauges:?}");
}

#[test]
fn what_is_no_browsers_offer_opens_nothing() {
    let (engine, _events) = engine((31_000, 31_003), 1);
    let offer = |g711: bool, direction| {
        let mut rtc = RtcConfig::new().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_pcma(g711, false).build(now());
        let mut change = rtc.sdp_api();
        change.add_media(MediaKind::Audio, direction, None, None, None);
        change.apply().unwrap().0.to_sdp_string()
    };
    for (offer, no_audio) in [
        (String::new(), false),
        ("v=0\r\n".into(), false),
        ("x".repeat(40_000), false),
        (offer(false, Direction::SendRecv), true),
        (offer(true, Direction::RecvOnly), true),
        (offer(true, Direction::SendOnly), true),
    ] {
        let refused = engine.open_line(LineId(1), &offer, LOCAL);
        let Err(MediaError::Line(fault)) = refused else { panic!("{refused:?} for {offer}") };
        assert_eq!(fault == LineFault::NoAudio, no_audio, "{fault} for {offer}");
    }
    assert!(matches!(engine.open_on(ROOM, AGENT, LineId(1)), Err(MediaError::NoLine)));
    engine.stop();
    assert_eq!(engine.gauges().ports_taken, 0);
}
