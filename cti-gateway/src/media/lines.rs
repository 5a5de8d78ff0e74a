//! The lines of one media thread with their sockets: which leg is on which, and how a line moves to the thread of the call it
//! is needed in. Start at [`Lines::arrive`]. Never in this room: what a line is (that is `line`), what happens to a packet.

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError};

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};

use super::clock::Micros;
use super::command::{MediaError, MediaSink};
use super::line::{Line, LineEvent, LineId, LineWire};
use super::media_thread::ToShard;

/// Where legs on a line send to and hear from: an address nobody has (RFC 5737), as the line knows the true one.
pub const BROWSER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 9);
/// Marks the events of lines among those of legs, whose numbers are small.
pub const OF_A_LINE: u64 = 1 << 63;

/// A line with its socket.
pub struct OpenLine {
    pub line: Line,
    pub socket: UdpSocket,
    /// The leg on it.
    slot: Option<usize>,
}

impl OpenLine {
    pub fn new(line: Line, socket: UdpSocket) -> Self {
        Self { line, socket, slot: None }
    }
}

/// What came over a line for the leg in `slot`.
pub enum Heard {
    Rtp { slot: usize, packet: Vec<u8> },
    RoundTrip { slot: usize, ms: f32 },
}

/// What is to become of a line that is on its way here.
enum Awaited {
    Pass(SyncSender<ToShard>),
    End,
}

/// See the room story.
pub struct Lines {
    open: HashMap<LineId, OpenLine>,
    awaited: HashMap<LineId, Awaited>,
    /// Threads that had no room for a line yet.
    leaving: Vec<(SyncSender<ToShard>, Box<OpenLine>)>,
    pub heard: VecDeque<Heard>,
    sink: Arc<dyn MediaSink>,
    /// Datagrams the kernel did not take.
    pub failed: u64,
}

impl Lines {
    pub fn new(sink: Arc<dyn MediaSink>) -> Self {
        Self { open: HashMap::new(), awaited: HashMap::new(), leaving: Vec::new(), heard: VecDeque::new(), sink, failed: 0 }
    }

    pub fn len(&self) -> usize {
        self.open.len() + self.leaving.len()
    }

    /// A line comes to this thread; `slot`: the leg that waits for it. True: it is over already.
    pub fn arrive(&mut self, epoll: &Epoll, mut open: Box<OpenLine>, slot: Option<usize>) -> bool {
        let id = open.line.id;
        match self.awaited.remove(&id) {
            Some(Awaited::Pass(to)) => self.leave(to, open),
            Some(Awaited::End) => return true,
            None => {
                let event = EpollEvent::new(EpollFlags::EPOLLIN, OF_A_LINE | id.0.unsigned_abs());
                if let Err(error) = epoll.add(&open.socket, event) {
                    tracing::error!("line {} will hear nothing: {error}", id.0);
                }
                open.slot = slot;
                self.open.insert(id, *open);
            }
        }
        false
    }

    /// The line is needed on another thread.
    pub fn pass(&mut self, epoll: &Epoll, id: LineId, to: SyncSender<ToShard>) {
        match self.open.remove(&id) {
            Some(open) => {
                let _ = epoll.delete(open.socket.as_fd());
                self.leave(to, Box::new(OpenLine { slot: None, ..open }));
            }
            None => {
                self.awaited.insert(id, Awaited::Pass(to));
            }
        }
    }

    fn leave(&mut self, to: SyncSender<ToShard>, open: Box<OpenLine>) {
        match to.try_send(ToShard::Line(open)) {
            Ok(()) => {}
            Err(TrySendError::Full(ToShard::Line(open))) => self.leaving.push((to, open)),
            // That thread has ended, and whoever needed the line there with it.
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(order)) => {
                if let ToShard::Line(open) = order {
                    self.sink.line(open.line.id, LineEvent::Gone);
                }
            }
        }
    }

    /// A line goes on another way; the answer. One that is on its way to another thread is asked for again soon.
    pub fn renew(&mut self, now: Micros, id: LineId, offer: &str) -> Result<String, MediaError> {
        let open = self.open.get_mut(&id).ok_or(MediaError::NoLine)?;
        let (line, mut out) = out(open, &*self.sink, &mut self.heard, &mut self.failed);
        Ok(line.renew(now, offer, &mut out)?)
    }

    /// Closed by call control. True: it was here, and its port is free.
    pub fn end(&mut self, now: Micros, id: LineId) -> bool {
        let Some(mut open) = self.open.remove(&id) else {
            self.awaited.insert(id, Awaited::End);
            return false;
        };
        let (line, mut out) = out(&mut open, &*self.sink, &mut self.heard, &mut self.failed);
        line.close(now, &mut out);
        true
    }

    /// All of them, as the thread ends.
    pub fn end_all(&mut self, now: Micros) -> Vec<LineId> {
        for open in self.open.values_mut() {
            let (line, mut out) = out(open, &*self.sink, &mut self.heard, &mut self.failed);
            line.close(now, &mut out);
        }
        let leaving = std::mem::take(&mut self.leaving).into_iter().map(|(_, open)| open.line.id);
        let all: Vec<LineId> = self.open.drain().map(|(id, _)| id).chain(leaving).collect();
        all.iter().for_each(|id| self.sink.line(*id, LineEvent::Gone));
        all
    }

    /// The leg in `slot` is on this line from now on.
    pub fn lay_on(&mut self, id: LineId, slot: usize) {
        if let Some(open) = self.open.get_mut(&id) {
            open.slot = Some(slot);
        }
    }

    /// The leg in `slot` left the line, if it was on it.
    pub fn take_off(&mut self, id: LineId, slot: usize) {
        if let Some(open) = self.open.get_mut(&id).filter(|open| open.slot == Some(slot)) {
            open.slot = None;
        }
    }

    /// Reads one datagram of the line's socket.
    pub fn read(&mut self, now: Micros, id: LineId, buffer: &mut [u8]) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let Ok((length, from)) = open.socket.recv_from(buffer) else { return };
        let (line, mut out) = out(open, &*self.sink, &mut self.heard, &mut self.failed);
        line.receive(now, from, &buffer[..length], &mut out);
    }

    pub fn speak(&mut self, now: Micros, id: LineId, packet: &[u8]) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let (line, mut out) = out(open, &*self.sink, &mut self.heard, &mut self.failed);
        line.speak(now, packet, &mut out);
    }

    /// Time passed. The lines that are over, their ports free.
    pub fn run(&mut self, now: Micros) -> Vec<LineId> {
        for (to, open) in std::mem::take(&mut self.leaving) {
            self.leave(to, open);
        }
        let mut gone = Vec::new();
        for open in self.open.values_mut() {
            let (line, mut out) = out(open, &*self.sink, &mut self.heard, &mut self.failed);
            line.run(now, &mut out);
            if line.is_gone() {
                gone.push(line.id);
            }
        }
        gone.iter().for_each(|id| drop(self.open.remove(id)));
        gone
    }
}

struct Out<'a> {
    id: LineId,
    socket: &'a UdpSocket,
    slot: Option<usize>,
    sink: &'a dyn MediaSink,
    heard: &'a mut VecDeque<Heard>,
    failed: &'a mut u64,
}

fn out<'a>(open: &'a mut OpenLine, sink: &'a dyn MediaSink, heard: &'a mut VecDeque<Heard>, failed: &'a mut u64) -> (&'a mut Line, Out<'a>) {
    let id = open.line.id;
    (&mut open.line, Out { id, socket: &open.socket, slot: open.slot, sink, heard, failed })
}

impl LineWire for Out<'_> {
    fn datagram(&mut self, to: SocketAddr, bytes: &[u8]) {
        *self.failed += u64::from(self.socket.send_to(bytes, to).is_err());
    }

    fn rtp(&mut self, packet: &[u8]) {
        self.heard.extend(self.slot.map(|slot| Heard::Rtp { slot, packet: packet.to_vec() }));
    }

    fn round_trip(&mut self, ms: f32) {
        self.heard.extend(self.slot.map(|slot| Heard::RoundTrip { slot, ms }));
    }

    fn event(&mut self, event: LineEvent) {
        self.sink.line(self.id, event);
    }
}
