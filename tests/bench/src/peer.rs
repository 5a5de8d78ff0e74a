//! Browsers as agents' phones: peers of str0m with a socket each, which speak a pattern of their own every 20 ms and know when
//! they first heard the other side's. They live on threads of their own, away from the house that is measured.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::{Fault, now, wait};

/// What a browser says, all the way through a packet; no silence, tone or caller sounds so.
pub const BROWSERS_WORD: u8 = 0x33;
const FRAME: Duration = Duration::from_millis(20);
const LOOK: Duration = Duration::from_millis(2);

pub struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    due: Instant,
    connected: bool,
    sent: u32,
}

impl Peer {
    /// With its offer.
    pub fn new() -> Result<(Self, String), Fault> {
        let socket = UdpSocket::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), 0))?;
        socket.set_nonblocking(true)?;
        let mut rtc = RtcConfig::new().set_rtp_mode(true).enable_pcma(true, false).build(now());
        rtc.add_local_candidate(Candidate::host(socket.local_addr()?, "udp")?);
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().ok_or("an offer of nothing")?;
        let peer = Self { rtc, socket, mid, pending: Some(pending), due: now(), connected: false, sent: 0 };
        Ok((peer, offer.to_sdp_string()))
    }

    pub fn accept(&mut self, answer: &str) -> Result<(), Fault> {
        let answer = SdpAnswer::from_sdp_string(answer)?;
        let pending = self.pending.take().ok_or("answered twice")?;
        self.rtc.sdp_api().accept_answer(pending, answer)?;
        self.follow(&mut |_| {})
    }

    fn follow(&mut self, heard: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.due = at;
                    return Ok(());
                }
                Output::Transmit(out) => {
                    self.socket.send_to(&out.contents, out.destination)?;
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => heard(&packet.payload),
                Output::Event(_) => {}
            }
        }
    }

    fn say(&mut self, heard: &mut impl FnMut(&[u8])) -> Result<bool, Fault> {
        if !self.connected {
            return Ok(false);
        }
        self.sent += 1;
        let n = self.sent;
        let write = RtpWrite::new(8.into(), u64::from(n).into(), n.wrapping_mul(160), now(), vec![BROWSERS_WORD; 160]);
        self.rtc.direct_api().stream_tx_by_mid(self.mid, None).ok_or("no way to speak")?.write_rtp(write);
        self.rtc.handle_input(Input::Timeout(now()))?;
        self.follow(heard)?;
        Ok(true)
    }

    fn hear(&mut self, heard: &mut impl FnMut(&[u8])) -> Result<(), Fault> {
        let (mut buffer, own) = ([0; 1500], self.socket.local_addr()?);
        while let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let datagram = Receive::new(Protocol::Udp, from, own, &buffer[..length])?;
            self.rtc.handle_input(Input::Receive(now(), datagram))?;
            self.follow(heard)?;
        }
        if now() >= self.due {
            self.rtc.handle_input(Input::Timeout(now()))?;
            self.follow(heard)?;
        }
        Ok(())
    }
}

/// A thread of peers. Ends when dropped.
pub struct Peers {
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

struct Seen {
    began: Instant,
    connected: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    /// Microseconds from `began` to the first packet that was not the house's own; 0: none yet.
    first: AtomicU64,
    stop: AtomicBool,
}

impl Peers {
    pub fn start(peers: Vec<Peer>) -> Result<Self, Fault> {
        let zero = || AtomicU64::new(0);
        let stop = AtomicBool::new(false);
        let seen = Arc::new(Seen { began: now(), connected: zero(), sent: zero(), received: zero(), first: zero(), stop });
        let thread = std::thread::Builder::new().name("browsers".into()).spawn({
            let seen = seen.clone();
            move || {
                if let Err(why) = live(peers, &seen) {
                    eprintln!("a browser broke: {why}");
                }
            }
        })?;
        Ok(Self { seen, thread: Some(thread) })
    }

    pub fn connected(&self) -> u64 {
        self.seen.connected.load(Relaxed)
    }

    /// Packets sent and received so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.seen.sent.load(Relaxed), self.seen.received.load(Relaxed))
    }

    /// Forgets that anything was heard.
    pub fn forget(&self) {
        self.seen.first.store(0, Relaxed);
    }

    /// When the first of what somebody said was heard, since [`Peers::forget`].
    pub fn first(&self) -> Option<Instant> {
        let micros = self.seen.first.load(Relaxed);
        (micros > 0).then(|| self.seen.began + Duration::from_micros(micros))
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        self.seen.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed.
            let _ = thread.join();
        }
    }
}

/// What our callers say ([`crate::rtp`]), and nothing the house plays by itself.
fn of_a_caller(payload: &[u8]) -> bool {
    payload.len() == 160 && payload.iter().all(|byte| matches!(byte, 0x8a | 0x0a))
}

fn live(mut peers: Vec<Peer>, seen: &Seen) -> Result<(), Fault> {
    let began = now();
    let mut frames = 0_u32;
    let mut heard = |payload: &[u8]| {
        seen.received.fetch_add(1, Relaxed);
        if seen.first.load(Relaxed) == 0 && of_a_caller(payload) {
            let micros = u64::try_from(seen.began.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen.first.store(micros.max(1), Relaxed);
        }
    };
    while !seen.stop.load(Relaxed) {
        let speaks = began.elapsed() >= FRAME * frames;
        frames += u32::from(speaks);
        for peer in &mut peers {
            peer.hear(&mut heard)?;
            if speaks && peer.say(&mut heard)? {
                seen.sent.fetch_add(1, Relaxed);
            }
        }
        seen.connected.store(peers.iter().filter(|peer| peer.connected).count() as u64, Relaxed);
        wait(LOOK);
    }
    Ok(())
}
