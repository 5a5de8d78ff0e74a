//! A browser's line over real sockets: a peer of str0m in the browser's part, a plain socket in the caller's.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use contract::{InteractionId, LegId};
use cti_gateway::media::{BROWSER, Engine, Law, LineEvent, LineFault, LineId, MediaCommand, MediaConfig, MediaError, MediaEvent, MediaSink, Remote};
use rtp_types::{RtpPacket, RtpPacketBuilder};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

const LOCAL: std::net::IpAddr = std::net::IpAddr::V4(Ipv4Addr::LOCALHOST);
const ROOM: InteractionId = InteractionId(1);
const CALLER: LegId = LegId(1);
const AGENT: LegId = LegId(2);
const CALL: [LegId; 2] = [CALLER, AGENT];
const NEXT_CALL: [LegId; 2] = [LegId(3), LegId(4)];
/// A test that waits for longer waits for what does not come.
const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "real sockets, real time")]
fn now() -> Instant {
    Instant::now()
}

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

/// One side of a talk: says one packet of a payload nobody else has each 20 ms, and keeps what it hears.
trait Side {
    fn say(&mut self, n: u32);
    fn hear(&mut self);
    fn heard(&self) -> &[(u8, Vec<u8>)];
}

/// Payload `n` of a side; the words of two sides never look alike.
fn word(side: u8, n: u32) -> Vec<u8> {
    let mut word = vec![side; 160];
    word[..4].copy_from_slice(&n.to_be_bytes());
    word
}

struct Phone {
    socket: UdpSocket,
    to: SocketAddr,
    heard: Vec<(u8, Vec<u8>)>,
}

impl Phone {
    fn calls(to: SocketAddr) -> Self {
        let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self { socket, to, heard: Vec::new() }
    }
}

impl Side for Phone {
    fn say(&mut self, n: u32) {
        let payload = word(1, n);
        let packet = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(8)
            .sequence_number((n as u16).wrapping_add(65_530))
            .timestamp(n * 160)
            .ssrc(77)
            .payload(&payload[..])
            .write_vec_unchecked();
        self.socket.send_to(&packet, self.to).unwrap();
    }

    fn hear(&mut self) {
        let mut buffer = [0; 1500];
        while let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
            let packet = RtpPacket::parse(&buffer[..length]).unwrap();
            self.heard.push((packet.payload_type(), packet.payload().to_vec()));
        }
    }

    fn heard(&self) -> &[(u8, Vec<u8>)] {
        &self.heard
    }
}

struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    due: Instant,
    connected: bool,
    heard: Vec<(u8, Vec<u8>)>,
}

impl Browser {
    /// A line of this engine.
    fn opens(engine: &Engine, line: LineId) -> Self {
        let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut rtc = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).enable_pcmu(true, false).build(now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let answer = engine.open_line(line, &offer.to_sdp_string(), LOCAL).unwrap();
        assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"), "{answer}");
        assert!(!answer.contains("opus") && answer.contains("PCMA/8000") && answer.contains("PCMU/8000"), "{answer}");
        rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&answer).unwrap()).unwrap();
        let mut browser = Self { rtc, socket, mid, due: now(), connected: false, heard: Vec::new() };
        browser.follow();
        browser
    }

    fn follow(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => return self.due = at,
                Output::Transmit(out) => drop(self.socket.send_to(&out.contents, out.destination)),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => self.heard.push((*packet.header.payload_type, packet.payload.to_vec())),
                Output::Event(_) => {}
            }
        }
    }
}

impl Side for Browser {
    fn say(&mut self, n: u32) {
        if self.connected {
            let write = RtpWrite::new(8.into(), u64::from(n + 60_000).into(), n * 160, now(), word(2, n));
            self.rtc.direct_api().stream_tx_by_mid(self.mid, None).unwrap().write_rtp(write);
            self.rtc.handle_input(Input::Timeout(now())).unwrap();
            self.follow();
        }
    }

    fn hear(&mut self) {
        let mut buffer = [0; 1500];
        let own = self.socket.local_addr().unwrap();
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let datagram = Receive::new(Protocol::Udp, from, own, &buffer[..length]).unwrap();
            self.rtc.handle_input(Input::Receive(now(), datagram)).unwrap();
            self.follow();
        }
        if now() >= self.due {
            self.rtc.handle_input(Input::Timeout(now())).unwrap();
            self.follow();
        }
    }

    fn heard(&self) -> &[(u8, Vec<u8>)] {
        &self.heard
    }
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

/// Ten words of the other side, one after the other, in A-law and to the byte.
fn hears(side: &dyn Side, other: u8) -> bool {
    let words: Vec<u32> = side
        .heard()
        .iter()
        .filter(|(pt, payload)| *pt == 8 && payload[4..] == word(other, 0)[4..])
        .map(|(_, payload)| u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]))
        .collect();
    words.windows(10).any(|run| run.windows(2).all(|pair| pair[1] == pair[0] + 1))
}

fn set_up(engine: &Engine, line: LineId, [caller, agent]: [LegId; 2]) -> Phone {
    let phone = Phone::calls(engine.open(ROOM, caller).unwrap());
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
    let mut browser = Browser::opens(&engine, LineId(10));
    let mut phone = set_up(&engine, LineId(10), CALL);
    let mut n = 0;
    talk(&mut phone, &mut browser, &mut n, |phone, browser| hears(phone, 2) && hears(browser, 1));
    told(&events, (LineId(10), LineEvent::Up));
    assert_eq!(engine.gauges().lines, 1);

    // The page is loaded anew: another line takes the leg over, and the old one is closed.
    let mut again = Browser::opens(&engine, LineId(11));
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
    let mut browser = Browser::opens(&engine, LineId(10));
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
