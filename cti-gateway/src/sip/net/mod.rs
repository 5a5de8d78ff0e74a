//! Sockets for an endpoint: [`Sockets::bind`], then [`run`] until the asking side is dropped. Thin: it moves bytes,
//! reads the clock, and holds no opinion on SIP. Every queue here is bounded: UDP that cannot be sent is dropped (timers
//! repeat it), a TCP peer that does not read is cut off, a flood puts the endpoint under pressure (503).
//! Never in this room: dialogs, transactions, who may call. RFC 3261 §18, RFC 5626 §3.5.1.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::{self, error::TryRecvError};
use tokio::sync::watch;
use tokio::time::Instant;

use super::api::{Counts, EndpointConfig, Flow, Input, Output, Transport, UaCommand, UaEvent};
use super::endpoint::Endpoint;

mod connections;
mod intake;
mod rush;
mod sockets;
mod stream;
mod tls;
#[cfg(test)]
mod tests;

use connections::Connections;
use intake::Intake;
use rush::Rush;
pub use sockets::{BindError, Sockets};
pub use tls::{Tls, TlsError};

/// Things of one kind taken in before the others get their turn.
const BATCH: usize = 256;
/// Datagrams read, and new calls let in, in one turn.
const DATAGRAMS: usize = 1024;
const NEWCOMERS: usize = 256;
/// Datagrams waiting for the kernel; the oldest is dropped above it.
const UNSENT: usize = 4096;
/// Largest datagram.
const DATAGRAM: usize = 65_535;
/// The least time between two turns in a rush: far below what a phone or a person notices.
const GATHER: Duration = Duration::from_millis(1);
/// How often the counts are published.
const PUBLISH: Duration = Duration::from_millis(500);
/// How long the far ends may take to answer our last BYE.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs an endpoint on its sockets until every sender of `asks` is gone; then what still stands gets its BYE. `tell` must
/// not block. `counts` gets what the endpoint holds, twice a second. The only place that reads the clock for SIP.
pub async fn run(
    endpoint: Endpoint,
    sockets: Sockets,
    mut asks: mpsc::Receiver<UaCommand>,
    mut tell: impl FnMut(UaEvent),
    counts: watch::Sender<Counts>,
) {
    let mut room = Room::new(endpoint, sockets);
    let mut publish = Instant::now();
    while let Some(mut busy) = room.take_asks(&mut asks) {
        busy |= room.take_streams();
        busy |= room.take_datagrams();
        room.tick();
        room.send_waiting();
        room.flush(&mut tell);
        let now = Instant::now();
        if now >= publish {
            publish = now + PUBLISH;
            counts.send_replace(room.counts());
        }
        if busy {
            if room.rush.is_on(now.into_std(), std::mem::take(&mut room.datagrams)) {
                tokio::time::sleep_until(now + GATHER).await;
            } else {
                // Others on this thread get their turn too.
                tokio::task::yield_now().await;
            }
            continue;
        }
        if !room.wait(Some(&mut asks), publish).await {
            break;
        }
    }
    room.farewell(&mut tell).await;
    counts.send_replace(room.counts());
    room.connections.finish().await;
}

struct Room {
    endpoint: Endpoint,
    sockets: Sockets,
    connections: Connections,
    unsent: VecDeque<(SocketAddr, Bytes)>,
    buffer: Box<[u8]>,
    intake: Intake,
    rush: Rush,
    /// Those read since it was last asked.
    datagrams: u32,
}

impl Room {
    fn new(endpoint: Endpoint, mut sockets: Sockets) -> Self {
        let tls = sockets.tls.take();
        let connections = Connections::new(sockets.listener.take(), sockets.tls_listener.take(), tls);
        Self {
            endpoint,
            sockets,
            connections,
            unsent: VecDeque::new(),
            buffer: vec![0; DATAGRAM].into_boxed_slice(),
            intake: Intake::default(),
            rush: Rush::default(),
            datagrams: 0,
        }
    }

    fn handle(&mut self, input: Input) {
        self.endpoint.handle(Instant::now().into_std(), input);
    }

    fn asked(&mut self, command: UaCommand) {
        if let UaCommand::SetDirectory(directory) = &command {
            self.connections.follow(directory);
        }
        self.handle(Input::Ask(command));
    }

    /// Whether there were some. `None`: nobody can ask any more.
    fn take_asks(&mut self, asks: &mut mpsc::Receiver<UaCommand>) -> Option<bool> {
        for n in 0..BATCH {
            match asks.try_recv() {
                Ok(command) => self.asked(command),
                Err(TryRecvError::Empty) => return Some(n > 0),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        Some(true)
    }

    fn take_streams(&mut self) -> bool {
        for n in 0..BATCH {
            let now = Instant::now().into_std();
            let Some(input) = self.connections.try_next(|ip| self.endpoint.shuts_out(now, ip)) else { return n > 0 };
            self.handle(input);
        }
        true
    }

    fn take_datagrams(&mut self) -> bool {
        let (Some(udp), Some(local)) = (self.sockets.udp.as_ref(), self.sockets.udp_address) else { return false };
        let mut taken = 0;
        let now = Instant::now().into_std();
        while taken < DATAGRAMS {
            let Ok((length, remote)) = udp.try_recv_from(&mut self.buffer) else { break };
            taken += 1;
            self.datagrams += 1;
            let bytes = Bytes::copy_from_slice(&self.buffer[..length]);
            if let Some((remote, bytes)) = self.intake.sort(remote, bytes) {
                let flow = Flow { transport: Transport::Udp, local, remote };
                self.endpoint.handle(now, Input::Received { flow, bytes });
            }
        }
        // Told before the next are let in.
        if let Some(pressed) = self.intake.pressure() {
            self.endpoint.handle(now, Input::Pressure(pressed));
        }
        for _ in 0..NEWCOMERS {
            let Some((remote, bytes)) = self.intake.next() else { break };
            let flow = Flow { transport: Transport::Udp, local, remote };
            self.endpoint.handle(now, Input::Received { flow, bytes });
        }
        taken > 0 || !self.intake.is_empty()
    }

    fn tick(&mut self) {
        let now = Instant::now().into_std();
        if self.endpoint.deadline().is_some_and(|at| at <= now) {
            self.endpoint.handle(now, Input::Deadline);
        }
    }

    fn flush(&mut self, tell: &mut impl FnMut(UaEvent)) {
        loop {
            while let Some(output) = self.endpoint.poll() {
                match output {
                    Output::Tell(event) => tell(event),
                    Output::Send { flow, bytes } => self.send(flow, bytes),
                }
            }
            // A connection cut off while sending is news for the endpoint, which may answer to it.
            match self.connections.next_failure() {
                Some(input) => self.handle(input),
                None => return,
            }
        }
    }

    fn send(&mut self, flow: Flow, bytes: Bytes) {
        match flow.transport {
            Transport::Tcp | Transport::Tls => self.connections.send(flow, bytes),
            Transport::Udp => {
                if self.unsent.is_empty() && self.try_send(flow.remote, &bytes) {
                    return;
                }
                if self.unsent.len() >= UNSENT {
                    self.unsent.pop_front();
                }
                self.unsent.push_back((flow.remote, bytes));
            }
        }
    }

    /// False: the kernel takes no more just now. Any other failure is as good as lost: timers repeat.
    fn try_send(&self, to: SocketAddr, bytes: &Bytes) -> bool {
        let Some(udp) = self.sockets.udp.as_ref() else { return true };
        match udp.try_send_to(bytes, to) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => false,
            Err(error) => {
                tracing::debug!(%to, %error, "datagram to {to} was not sent");
                true
            }
            Ok(_) => true,
        }
    }

    fn send_waiting(&mut self) {
        while let Some((to, bytes)) = self.unsent.front() {
            if !self.try_send(*to, bytes) {
                return;
            }
            self.unsent.pop_front();
        }
    }

    fn counts(&self) -> Counts {
        let (tcp_deaf, broken_connections) = (self.connections.is_deaf(), self.connections.broken);
        Counts { tcp_deaf, broken_connections, ..self.endpoint.counts() }
    }

    /// Nobody can ask any more: everything is taken down, and its last answers are waited for.
    async fn farewell(&mut self, tell: &mut impl FnMut(UaEvent)) {
        let began = Instant::now();
        self.endpoint.farewell(began.into_std());
        let until = began + LAST_WORDS;
        loop {
            self.take_streams();
            self.take_datagrams();
            self.tick();
            self.flush(tell);
            if self.endpoint.has_let_go() || Instant::now() >= until {
                return;
            }
            self.wait(None, until).await;
        }
    }

    /// Sleeps until something is there, at most until `latest`. False: nobody can ask any more.
    async fn wait(&mut self, asks: Option<&mut mpsc::Receiver<UaCommand>>, latest: Instant) -> bool {
        let deadline = self.endpoint.deadline().map_or(latest, |at| latest.min(at.into()));
        let (udp, endpoint) = (self.sockets.udp.as_ref(), &mut self.endpoint);
        let writing = !self.unsent.is_empty();
        enum Woken {
            Asked(Option<UaCommand>),
            Stream(Input),
            Readable,
            Writable,
            Time,
        }
        let woken = tokio::select! {
            command = async { match asks { Some(asks) => asks.recv().await, None => std::future::pending().await } } => {
                Woken::Asked(command)
            }
            input = self.connections.next(|ip| endpoint.shuts_out(Instant::now().into_std(), ip)) => Woken::Stream(input),
            _ = async { match udp { Some(udp) => udp.readable().await, None => std::future::pending().await } } => Woken::Readable,
            _ = async { match udp { Some(udp) => udp.writable().await, None => std::future::pending().await } }, if writing => {
                Woken::Writable
            }
            () = tokio::time::sleep_until(deadline) => Woken::Time,
        };
        match woken {
            Woken::Asked(Some(command)) => self.asked(command),
            Woken::Asked(None) => return false,
            Woken::Stream(input) => self.handle(input),
            Woken::Writable => self.send_waiting(),
            Woken::Readable | Woken::Time => {}
        }
        true
    }
}

impl EndpointConfig {
    /// The config for sockets as they were bound.
    #[must_use]
    pub fn for_sockets(sockets: &Sockets) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let base = Self::on(sockets.udp_address.or(sockets.tcp_address).unwrap_or(any));
        Self { udp: sockets.udp_address, tcp: sockets.tcp_address, tls: sockets.tls_address, ..base }
    }
}
