//! One media thread: the real clock, the sockets and the command queue round a [`Shard`]. Start at [`MediaThread::run`].
//! Every 5 ms: commands, then all packets that came, then the media clock. It sleeps to absolute times, so a late wake does not
//! push back the next. Never in this room: opinions about packets.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use contract::{InteractionId, LegId};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};
use tokio::sync::oneshot;

use super::clock::{Micros, SLICE_US};
use super::command::{MediaCommand, MediaError, MediaEvent, MediaSink};
use super::gauges::ShardGauges;
use super::line::LineId;
use super::lines::{BROWSER, Heard, Lines, OF_A_LINE, OpenLine};
use super::places::Taken;
use super::ports::PortPair;
use super::shard::{Shard, Wire};
use super::tape::Tape;
use crate::precedence;

/// Commands carried out in one slice; the rest waits for the next.
const MOST_COMMANDS: usize = 1024;
/// Looks at the sockets in one slice: each takes one packet of every socket that has some.
const MOST_ROUNDS: usize = 8;
/// Longest packet taken; speech has 172 bytes.
const MOST_BYTES: usize = 1500;
/// How often a thread with nothing to do gives a sign of life.
pub const STILL_HERE: Duration = Duration::from_secs(1);

pub enum ToShard {
    Open { room: InteractionId, leg: LegId, pair: PortPair, chance: u64 },
    /// A leg on a browser's line, without sockets of its own.
    OpenOn { room: InteractionId, leg: LegId, line: LineId, chance: u64 },
    /// A leg goes on over another line.
    LayOn { leg: LegId, line: LineId },
    Line(Box<OpenLine>),
    /// Another thread needs the line.
    Pass { line: LineId, to: SyncSender<ToShard> },
    EndLine(LineId),
    /// A browser's network changed.
    Renew { line: LineId, offer: String, reply: oneshot::Sender<Result<String, MediaError>> },
    Do(MediaCommand),
    Stop,
}

/// See the room story.
pub struct MediaThread {
    shard: Shard,
    orders: Receiver<ToShard>,
    wire: Sockets,
    clock: Clock,
    gauges: Arc<ShardGauges>,
}

/// The engine's clock, the same on all of its threads.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Duration,
    /// The same moment for libraries that count in `Instant`.
    zero: Instant,
    /// Microseconds between 1970 and the zero of this clock.
    epoch_us: u64,
}

impl Clock {
    pub fn start() -> Self {
        let start = Self::read(ClockId::CLOCK_MONOTONIC);
        #[expect(clippy::disallowed_methods, reason = "the media threads' driver reads the clock")]
        let zero = Instant::now();
        Self { start, zero, epoch_us: Self::read(ClockId::CLOCK_REALTIME).as_micros() as u64 }
    }

    /// Unlike `Instant`, `CLOCK_MONOTONIC` can be slept to.
    fn read(id: ClockId) -> Duration {
        clock_gettime(id).map(Duration::from).unwrap_or_default()
    }

    /// Milliseconds, as pulses count.
    pub fn ms(&self) -> i64 {
        (self.now() / 1000) as i64
    }

    pub fn zero(&self) -> Instant {
        self.zero
    }

    pub fn now(&self) -> Micros {
        Self::read(ClockId::CLOCK_MONOTONIC).saturating_sub(self.start).as_micros() as Micros
    }

    fn sleep_until(&self, at: Micros) {
        let at = TimeSpec::from(self.start + Duration::from_micros(at));
        // A signal wakes early: the slice is then looked at early, and again in time.
        let _ = clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::TIMER_ABSTIME, &at);
    }
}

impl MediaThread {
    /// # Errors
    /// If the system gives no epoll.
    pub fn new(
        silence_ms: u32,
        orders: Receiver<ToShard>,
        tapes: SyncSender<Tape>,
        sink: Arc<dyn MediaSink>,
        taken: Arc<Mutex<Taken>>,
        gauges: Arc<ShardGauges>,
        clock: Clock,
    ) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        let lines = Lines::new(sink.clone());
        let wire = Sockets { epoll, legs: Vec::new(), lines, clock, tapes, sink, taken, gauges: gauges.clone() };
        Ok(Self { shard: Shard::new(silence_ms, clock.epoch_us), orders, wire, clock, gauges })
    }

    /// Runs until stopped, or until every handle is gone. A panic ends the legs before the thread.
    pub fn run(mut self) {
        precedence::ask_for(precedence::AUDIO);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| self.work())) {
            // Who talks here would hear nothing for ever: each leg is said to be gone, so that its call ends.
            let _ = catch_unwind(AssertUnwindSafe(|| self.let_go()));
            resume_unwind(panic);
        }
        self.let_go();
    }

    fn work(&mut self) {
        let mut going = true;
        while going || !self.shard.is_idle() {
            going &= self.take_orders(going);
            if !going {
                self.shard.close_all(&mut self.wire);
            }
            self.take_packets();
            let now = self.clock.now();
            if let Some(late) = self.shard.run(now, &mut self.wire) {
                self.gauges.late(late);
            }
            let gone = self.wire.lines.run(now);
            gone.into_iter().for_each(|line| self.wire.released(line));
            self.pass_heard(now);
            self.publish(now);
            self.clock.sleep_until((now / SLICE_US + 1) * SLICE_US);
        }
    }

    /// Nothing is left open, nor is what was asked in the last moment left without a word.
    fn let_go(&mut self) {
        self.shard.close_all(&mut self.wire);
        while let Ok(order) = self.orders.try_recv() {
            self.obey(self.clock.now(), order);
        }
        self.shard.close_all(&mut self.wire);
        let lines = self.wire.lines.end_all(self.clock.now());
        lines.into_iter().for_each(|line| self.wire.released(line));
        self.shard.hand_over_rest(&mut self.wire);
        self.publish(self.clock.now());
    }

    /// `false`: the end was asked for. Waits here while there is nothing else to do.
    fn take_orders(&mut self, going: bool) -> bool {
        if going && self.shard.is_idle() && self.wire.lines.len() == 0 {
            match self.orders.recv_timeout(STILL_HERE) {
                Ok(order) => {
                    let now = self.clock.now();
                    self.shard.run(now, &mut self.wire);
                    if !self.obey(now, order) {
                        return false;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        let now = self.clock.now();
        for _ in 0..MOST_COMMANDS {
            match self.orders.try_recv() {
                Ok(order) => {
                    if !self.obey(now, order) {
                        return false;
                    }
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        true
    }

    fn obey(&mut self, now: Micros, order: ToShard) -> bool {
        match order {
            ToShard::Open { room, leg, pair, chance } => {
                let slot = self.shard.open(room, leg, chance, &mut self.wire);
                self.wire.open(slot, leg, pair);
            }
            ToShard::OpenOn { room, leg, line, chance } => {
                let slot = self.shard.open(room, leg, chance, &mut self.wire);
                self.wire.put(slot, leg, Way::Line(line));
                self.wire.lines.lay_on(line, slot);
            }
            ToShard::LayOn { leg, line } => {
                if let Some(slot) = self.shard.slot_of(leg) {
                    self.wire.lay_on(slot, line);
                }
            }
            ToShard::Line(open) => {
                let line = open.line.id;
                let slot = self.wire.legs.iter().position(|leg| leg.as_ref().is_some_and(|leg| matches!(leg.way, Way::Line(id) if id == line)));
                if self.wire.lines.arrive(&self.wire.epoll, open, slot) {
                    self.wire.released(line);
                }
            }
            // Of one that is over nothing is to be expected.
            ToShard::Pass { line, .. } | ToShard::EndLine(line) if !self.wire.knows(line) => {}
            ToShard::Pass { line, to } => self.wire.lines.pass(&self.wire.epoll, line, to),
            ToShard::EndLine(line) => {
                if self.wire.lines.end(now, line) {
                    self.wire.released(line);
                }
            }
            ToShard::Renew { line, offer, reply } => {
                // Who asked may have gone; the line goes on its new way all the same.
                let _ = reply.send(self.wire.lines.renew(now, line, &offer));
            }
            ToShard::Do(command) => self.shard.command(now, command, &mut self.wire),
            ToShard::Stop => return false,
        }
        true
    }

    /// Empties the sockets: one packet of each that has some, round after round.
    fn take_packets(&mut self) {
        let mut ready = [EpollEvent::empty(); 512];
        let mut buffer = [0; MOST_BYTES];
        for _ in 0..MOST_ROUNDS {
            let count = match self.wire.epoll.wait(&mut ready, EpollTimeout::ZERO) {
                Ok(count) if count > 0 => count,
                Ok(_) | Err(_) => return,
            };
            let now = self.clock.now();
            for event in &ready[..count] {
                if event.data() & OF_A_LINE != 0 {
                    let line = LineId((event.data() & !OF_A_LINE) as i64);
                    self.wire.lines.read(now, line, &mut buffer);
                    self.pass_heard(now);
                    continue;
                }
                let (slot, is_rtcp) = ((event.data() >> 1) as usize, event.data() & 1 == 1);
                let Some(Some(LegSockets { way: Way::Pair { pair, .. }, .. })) = self.wire.legs.get(slot) else { continue };
                let socket = if is_rtcp { &pair.rtcp } else { &pair.rtp };
                // An error is the echo of something we sent to a port that is closed: reading clears it.
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                if is_rtcp {
                    self.shard.receive_report(now, slot, from, &mut buffer[..length]);
                } else {
                    self.shard.receive(now, slot, from, &mut buffer[..length], &mut self.wire);
                }
            }
        }
    }

    /// What came over lines goes the way of all packets.
    fn pass_heard(&mut self, now: Micros) {
        while let Some(heard) = self.wire.lines.heard.pop_front() {
            match heard {
                Heard::Rtp { slot, mut packet } => self.shard.receive(now, slot, BROWSER, &mut packet, &mut self.wire),
                Heard::RoundTrip { slot, ms } => self.shard.note_round_trip(slot, ms),
            }
        }
        if self.wire.lines.failed > 0 {
            self.gauges.send_failed.fetch_add(std::mem::take(&mut self.wire.lines.failed), Relaxed);
        }
    }

    fn publish(&self, now: Micros) {
        self.gauges.pulse.beat((now / 1000) as i64);
        let (legs, rooms, recordings) = self.shard.open_now();
        let counts = self.shard.counts;
        for (gauge, value) in [
            (&self.gauges.legs, legs as u64),
            (&self.gauges.lines, self.wire.lines.len() as u64),
            (&self.gauges.rooms, rooms as u64),
            (&self.gauges.recordings, recordings as u64),
            (&self.gauges.packets_in, counts.packets_in),
            (&self.gauges.packets_out, counts.packets_out),
            (&self.gauges.dropped, counts.dropped),
            (&self.gauges.lost, counts.lost),
            (&self.gauges.skipped_slices, counts.skipped_slices),
            (&self.gauges.filled_ms, counts.playout.filled / 8),
            (&self.gauges.late, counts.playout.late),
        ] {
            gauge.store(value, Relaxed);
        }
    }
}

/// How a leg's packets come and go.
enum Way {
    Pair { pair: PortPair, connected: bool },
    Line(LineId),
}

struct LegSockets {
    leg: LegId,
    way: Way,
}

struct Sockets {
    epoll: Epoll,
    legs: Vec<Option<LegSockets>>,
    lines: Lines,
    clock: Clock,
    tapes: SyncSender<Tape>,
    sink: Arc<dyn MediaSink>,
    taken: Arc<Mutex<Taken>>,
    gauges: Arc<ShardGauges>,
}

impl Sockets {
    fn open(&mut self, slot: usize, leg: LegId, pair: PortPair) {
        for (socket, is_rtcp) in [(&pair.rtp, 0), (&pair.rtcp, 1)] {
            let event = EpollEvent::new(EpollFlags::EPOLLIN, (slot as u64) << 1 | is_rtcp);
            if let Err(error) = self.epoll.add(socket, event) {
                tracing::error!(leg.id = %leg, "leg {leg} will hear nothing: {error}");
            }
        }
        self.put(slot, leg, Way::Pair { pair, connected: false });
    }

    fn put(&mut self, slot: usize, leg: LegId, way: Way) {
        if self.legs.len() <= slot {
            self.legs.resize_with(slot + 1, || None);
        }
        self.legs[slot] = Some(LegSockets { leg, way });
    }

    /// A leg that is on a line goes on over another.
    fn lay_on(&mut self, slot: usize, line: LineId) {
        if let Some(Some(LegSockets { way: Way::Line(on), .. })) = self.legs.get_mut(slot) {
            let before = std::mem::replace(on, line);
            self.lines.take_off(before, slot);
            self.lines.lay_on(line, slot);
        }
    }

    fn knows(&self, line: LineId) -> bool {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).places.thread_of_line(line).is_some()
    }

    fn released(&self, line: LineId) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).release_line(line);
    }

    fn count(&self, sent: io::Result<usize>) {
        if sent.is_err() {
            self.gauges.send_failed.fetch_add(1, Relaxed);
        }
    }
}

impl Wire for Sockets {
    fn rtp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]) {
        match self.legs.get(slot) {
            Some(Some(LegSockets { way: Way::Pair { pair, connected }, .. })) => {
                self.count(if *connected { pair.rtp.send(packet) } else { pair.rtp.send_to(packet, to) });
            }
            Some(Some(LegSockets { way: Way::Line(line), .. })) => self.lines.speak(self.clock.now(), *line, packet),
            Some(None) | None => {}
        }
    }

    /// A line has reports of its own.
    fn rtcp(&mut self, slot: usize, to: SocketAddr, packet: &[u8]) {
        if let Some(Some(LegSockets { way: Way::Pair { pair, .. }, .. })) = self.legs.get(slot) {
            self.count(pair.rtcp.send_to(packet, to));
        }
    }

    /// A connected socket costs the kernel less per packet and lets no stranger's packets in at all.
    fn settled(&mut self, slot: usize, far: Option<SocketAddr>) {
        let Some(Some(LegSockets { way: Way::Pair { pair, connected }, .. })) = self.legs.get_mut(slot) else { return };
        match far {
            Some(far) => *connected = pair.rtp.connect(far).is_ok(),
            None if *connected => *connected = disconnect(&pair.rtp).is_err(),
            None => {}
        }
    }

    fn event(&mut self, leg: LegId, event: MediaEvent) {
        self.sink.media(leg, event);
    }

    fn tape(&mut self, tape: Tape) -> Result<(), Tape> {
        match self.tapes.try_send(tape) {
            // A recorder that is gone takes nothing any more: waiting for it would never end.
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(tape)) => Err(tape),
        }
    }

    fn closed(&mut self, slot: usize) {
        if let Some(gone) = self.legs.get_mut(slot).and_then(Option::take) {
            match gone.way {
                Way::Line(line) => self.lines.take_off(line, slot),
                Way::Pair { pair, .. } => drop(pair),
            }
            self.taken.lock().unwrap_or_else(PoisonError::into_inner).release(gone.leg);
        }
    }
}

/// Lets a connected UDP socket take packets from anywhere again; its port stays.
fn disconnect(socket: &UdpSocket) -> io::Result<()> {
    let nowhere = libc::sockaddr { sa_family: libc::AF_UNSPEC as libc::sa_family_t, sa_data: [0; 14] };
    // SAFETY: the address is a whole `sockaddr` on our stack and the length is its own; the descriptor is open while `socket` lives.
    let done = unsafe { libc::connect(socket.as_raw_fd(), &raw const nowhere, size_of::<libc::sockaddr>() as libc::socklen_t) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
