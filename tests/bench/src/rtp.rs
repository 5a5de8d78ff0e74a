//! Sound for many calls from one thread: each socket speaks 50 packets of A-law a second to where it was told, and
//! everything that arrives is counted and thrown away. And the floor: [`relay`], which only passes packets on.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use crate::{Fault, now, wait};

/// A packet every 20 ms, the sockets spread over four moments.
const SLICE: Duration = Duration::from_millis(5);
/// 160 samples of a quiet square wave in A-law, behind 12 bytes of RTP header.
pub const PACKET: usize = 172;
pub const FRAME: Duration = Duration::from_millis(20);

/// The `frame`th packet of one who speaks.
pub fn packet(frame: u32) -> [u8; PACKET] {
    let mut packet = [0xd5; PACKET];
    packet[..2].copy_from_slice(&[0x80, 8]);
    for (n, byte) in packet[12..].iter_mut().enumerate() {
        *byte = if n / 9 % 2 == 0 { 0x8a } else { 0x0a };
    }
    number(&mut packet, frame);
    packet
}

fn number(packet: &mut [u8; PACKET], frame: u32) {
    packet[2..4].copy_from_slice(&(frame as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&(frame * 160).to_be_bytes());
}

pub fn sockets(count: usize) -> Result<Vec<UdpSocket>, Fault> {
    (0..count)
        .map(|_| {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        })
        .collect()
}

/// The ports of sockets, as lines for a scenario.
pub fn ports(sockets: &[UdpSocket]) -> Result<Vec<String>, Fault> {
    sockets.iter().map(|s| Ok(s.local_addr()?.port().to_string())).collect()
}

/// A thread that speaks. Ends when dropped.
pub struct Voices {
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    sent: AtomicU64,
    received: AtomicU64,
    stop: AtomicBool,
}

impl Voices {
    /// Each socket speaks to the address beside it.
    pub fn start(speakers: Vec<(UdpSocket, SocketAddr)>) -> Result<Self, Fault> {
        let seen = Arc::new(Seen::default());
        let thread = std::thread::Builder::new().name("voices".into()).spawn({
            let seen = seen.clone();
            move || speak(&speakers, &seen)
        })?;
        Ok(Self { seen, thread: Some(thread) })
    }

    /// Packets sent and received so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.seen.sent.load(Relaxed), self.seen.received.load(Relaxed))
    }
}

impl Drop for Voices {
    fn drop(&mut self) {
        self.seen.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed.
            let _ = thread.join();
        }
    }
}

fn speak(speakers: &[(UdpSocket, SocketAddr)], seen: &Seen) {
    let mut packet = packet(0);
    let Some(epoll) = watch(speakers.iter().map(|(socket, _)| socket)) else { return };
    let mut buffer = [0; 1500];
    let began = now();
    for slice in 0_u32.. {
        if seen.stop.load(Relaxed) {
            return;
        }
        wait((SLICE * (slice + 1)).saturating_sub(began.elapsed()));
        let frame = slice / 4;
        number(&mut packet, frame);
        for (n, (socket, to)) in speakers.iter().enumerate().skip((slice % 4) as usize).step_by(4) {
            packet[8..12].copy_from_slice(&(n as u32 + 1).to_be_bytes());
            if socket.send_to(&packet, to).is_ok() {
                seen.sent.fetch_add(1, Relaxed);
            }
        }
        ready(&epoll, |n| {
            if speakers[n].0.recv_from(&mut buffer).is_ok() {
                seen.received.fetch_add(1, Relaxed);
            }
        });
    }
}

fn watch<'a>(sockets: impl Iterator<Item = &'a UdpSocket>) -> Option<Epoll> {
    let epoll = Epoll::new(EpollCreateFlags::empty()).ok()?;
    for (n, socket) in sockets.enumerate() {
        epoll.add(socket, EpollEvent::new(EpollFlags::EPOLLIN, n as u64)).ok()?;
    }
    Some(epoll)
}

fn ready(epoll: &Epoll, mut each: impl FnMut(usize)) {
    let mut events = [EpollEvent::empty(); 512];
    while let Ok(count @ 1..) = epoll.wait(&mut events, EpollTimeout::ZERO) {
        events[..count].iter().for_each(|event| each(event.data() as usize));
    }
}

/// The floor's process: `calls` pairs of sockets, each passing on to the peer of the other what comes. Prints its
/// ports, and serves until standard input closes.
pub fn relay(calls: usize) -> Result<(), Fault> {
    crate::proc::raise_file_limit()?;
    let sockets = sockets(calls * 2)?;
    println!("{}", ports(&sockets)?.join(" "));
    let over = Arc::new(AtomicBool::new(false));
    std::thread::spawn({
        let over = over.clone();
        move || {
            // Whatever ends the reading ends the relay.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            over.store(true, Relaxed);
        }
    });
    let epoll = watch(sockets.iter()).ok_or("epoll failed")?;
    let mut peers: Vec<Option<SocketAddr>> = vec![None; sockets.len()];
    let mut buffer = [0; 1500];
    while !over.load(Relaxed) {
        ready(&epoll, |n| {
            if let Ok((length, from)) = sockets[n].recv_from(&mut buffer) {
                peers[n] = Some(from);
                if let Some(peer) = peers[n ^ 1] {
                    // A full queue loses a packet, as networks do.
                    let _ = sockets[n ^ 1].send_to(&buffer[..length], peer);
                }
            }
        });
        wait(SLICE);
    }
    Ok(())
}
