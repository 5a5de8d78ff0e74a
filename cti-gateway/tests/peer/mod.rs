//! The two ends of a talk as tests play them: a SIP caller's audio on a plain socket, and a browser by a peer of str0m. Each says
//! words nobody else has, so that what the other hears can be told to the byte.

#![allow(dead_code, reason = "each test uses a part")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use rtp_types::{RtpPacket, RtpPacketBuilder};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

pub const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// A test that waits for longer waits for what does not come.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "real sockets, real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// One side of a talk: says one packet of a payload nobody else has each 20 ms, and keeps what it hears.
pub trait Side {
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

pub struct Phone {
    pub socket: UdpSocket,
    to: SocketAddr,
    pub heard: Vec<(u8, Vec<u8>)>,
}

impl Phone {
    pub fn new(to: SocketAddr) -> Self {
        let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self { socket, to, heard: Vec::new() }
    }

    pub fn calls(&mut self, to: SocketAddr) {
        self.to = to;
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

pub struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    due: Instant,
    connected: bool,
    pub heard: Vec<(u8, Vec<u8>)>,
}

impl Browser {
    /// With its offer.
    pub fn new() -> (Self, String) {
        let socket = UdpSocket::bind((LOCAL, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut rtc = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).enable_pcmu(true, false).build(now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr().unwrap(), "udp").unwrap());
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        (Self { rtc, socket, mid, pending: Some(pending), due: now(), connected: false, heard: Vec::new() }, offer.to_sdp_string())
    }

    pub fn accept(&mut self, answer: &str) {
        assert!(answer.contains("a=ice-lite") && answer.contains("a=setup:passive"), "{answer}");
        assert!(!answer.contains("opus") && answer.contains("PCMA/8000") && answer.contains("PCMU/8000"), "{answer}");
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
        self.follow();
    }

    /// Says these 20 ms of A-law, once it is connected.
    pub fn speak(&mut self, n: u32, payload: Vec<u8>) {
        if self.connected {
            let write = RtpWrite::new(8.into(), u64::from(n + 60_000).into(), n * 160, now(), payload);
            self.rtc.direct_api().stream_tx_by_mid(self.mid, None).unwrap().write_rtp(write);
            self.rtc.handle_input(Input::Timeout(now())).unwrap();
            self.follow();
        }
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
        self.speak(n, word(2, n));
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

/// Ten words of the other side, one after the other, in A-law and to the byte.
pub fn hears(side: &dyn Side, other: u8) -> bool {
    let words: Vec<u32> = side
        .heard()
        .iter()
        .filter(|(pt, payload)| *pt == 8 && payload[4..] == word(other, 0)[4..])
        .map(|(_, payload)| u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]))
        .collect();
    words.windows(10).any(|run| run.windows(2).all(|pair| pair[1] == pair[0] + 1))
}
