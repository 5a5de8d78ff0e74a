//! The media engine: one OS thread per core, each with its own clock and its rooms, woken one after another as calls come. Start at
//! [`Engine::start`].
//! Both legs of a call are on one thread, so nothing is shared while packets pass. Commands come over a bounded queue and are never
//! waited for. Never in this room: what happens to a packet (that is `shard`), async.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use contract::health::{Part, Pulse};
use contract::{InteractionId, LegId};

use super::command::{MediaCommand, MediaError, MediaSink};
use super::gauges::{Gauges, ShardGauges};
use super::line::{Line, LineId, Proof};
use super::lines::OpenLine;
use super::media_thread::{Clock, MediaThread, ToShard};
use super::places::{Places, Taken};
use super::ports::PortBook;
use super::recorder::Recorder;

/// Tapes that may wait for the disk: more than a second of a thousand recordings.
const TAPE_QUEUE: usize = 16_384;
/// A media thread looks round every 5 ms, or every second while it has no leg.
const PATIENCE_MS: i64 = 10_000;
/// Disks stand still for longer than that, and come back.
const DISK_PATIENCE_MS: i64 = 30_000;

/// How the engine runs.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// The only address RTP is taken and sent on. Must be one of this host's, not 0.0.0.0, as far ends are told it.
    pub ip: IpAddr,
    /// RTP ports, inclusive; each leg takes an even one and the next.
    pub ports: (u16, u16),
    /// Media threads; 0: one per core.
    pub threads: usize,
    /// Folder recordings are written below.
    pub recordings: PathBuf,
    /// Milliseconds without a packet that are told as silence, and again at each multiple.
    pub silence_ms: u32,
    /// Commands that may wait for one thread.
    pub queue: usize,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            ip: IpAddr::from([127, 0, 0, 1]),
            ports: (40_000, 49_999),
            threads: 0,
            recordings: PathBuf::from("recordings"),
            silence_ms: 5_000,
            queue: 8_192,
        }
    }
}

/// The handle call control holds; clones are the same engine. Call [`Engine::stop`] at the end.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    config: MediaConfig,
    clock: Clock,
    recorder: Arc<Pulse>,
    shards: Vec<SyncSender<ToShard>>,
    gauges: Vec<Arc<ShardGauges>>,
    refused: AtomicU64,
    taken: Arc<Mutex<Taken>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the threads. Events go to `sink`, from media threads and the recorder's.
    ///
    /// # Errors
    /// If a thread or its epoll cannot be made.
    pub fn start(config: MediaConfig, sink: Arc<dyn MediaSink>) -> io::Result<Self> {
        let count = match config.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let (ports, places) = (PortBook::new(config.ip, config.ports), Places::new(count));
        let taken = Arc::new(Mutex::new(Taken { ports, places }));
        let (tape, tapes) = sync_channel(TAPE_QUEUE);
        let clock = Clock::start();
        let recorder = Recorder::new(config.recordings.clone(), sink.clone());
        let writing = Arc::new(Pulse::default());
        let (beating, over) = (writing.clone(), writing.clone());
        let write = move || recorder.run(&tapes, || beating.beat(clock.ms()));
        let mut threads = vec![spawn("media-recorder", write, move || over.end())?];
        let (mut shards, mut gauges) = (Vec::new(), Vec::new());
        for n in 0..count {
            let (send, receive): (_, Receiver<ToShard>) = sync_channel(config.queue.max(1));
            let shared = Arc::new(ShardGauges::default());
            let thread = MediaThread::new(config.silence_ms, receive, tape.clone(), sink.clone(), taken.clone(), shared.clone(), clock)?;
            let over = shared.clone();
            threads.push(spawn(&format!("media-{n}"), move || thread.run(), move || over.pulse.end())?);
            shards.push(send);
            gauges.push(shared);
        }
        let (refused, threads) = (AtomicU64::new(0), Mutex::new(threads));
        let inner = Inner { config, clock, recorder: writing, shards, gauges, refused, taken, threads };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Binds ports for a leg and opens it; returns the address for our SDP. Legs of one room hear each other only within it.
    ///
    /// # Errors
    /// [`MediaError`]; nothing is open then.
    pub fn open(&self, room: InteractionId, leg: LegId) -> Result<SocketAddr, MediaError> {
        let (at, pair, thread) = {
            let mut taken = self.taken();
            let (at, pair) = taken.ports.open(leg)?;
            (at, pair, taken.places.open(room, leg, |n| self.thread_has_ended(n)))
        };
        let order = ToShard::Open { room, leg, pair, chance: chance() };
        match self.push(thread, order) {
            Ok(()) => Ok(at),
            Err(error) => {
                self.taken().release(leg);
                Err(error)
            }
        }
    }

    /// A browser's line from its offer (SDP). The answer, which names `told` as the address the browser reaches us at. The line
    /// takes a port of the range until it is over or closed, and tells its [`super::LineEvent`]s.
    ///
    /// # Errors
    /// [`MediaError`]; nothing is open then.
    pub fn open_line(&self, line: LineId, offer: &str, told: IpAddr) -> Result<String, MediaError> {
        let proof = Proof::of_this_program().ok_or(MediaError::NoProof)?;
        let (at, pair, thread) = {
            let mut taken = self.taken();
            let (at, pair) = taken.ports.open(LegId(line.0))?;
            (at, pair, taken.places.open_line(line, |n| self.thread_has_ended(n)))
        };
        let (zero, now) = (self.inner.clock.zero(), self.inner.clock.now());
        let opened = Line::accept(line, offer, SocketAddr::new(told, at.port()), proof, zero, now);
        let opened = opened.map_err(MediaError::from).and_then(|(line, answer)| {
            // RTP and RTCP share a port (RFC 5761): the second of the pair stays empty.
            self.push(thread, ToShard::Line(Box::new(OpenLine::new(line, pair.rtp))))?;
            Ok(answer)
        });
        if opened.is_err() {
            self.taken().release_line(line);
        }
        opened
    }

    /// Opens a leg on a browser's line: it has no port of its own, and its far end is [`super::BROWSER`].
    ///
    /// # Errors
    /// [`MediaError`]; nothing is open then.
    pub fn open_on(&self, room: InteractionId, leg: LegId, line: LineId) -> Result<(), MediaError> {
        let thread = {
            let mut taken = self.taken();
            if taken.places.thread_of_line(line).is_none() {
                return Err(MediaError::NoLine);
            }
            taken.places.open(room, leg, |n| self.thread_has_ended(n))
        };
        let order = ToShard::OpenOn { room, leg, line, chance: chance() };
        let opened = self.bring(room, line).and_then(|()| self.push(thread, order));
        if opened.is_err() {
            self.taken().release(leg);
        }
        opened
    }

    /// A leg that is on a line goes on over another: its browser came back.
    ///
    /// # Errors
    /// [`MediaError`]; the leg is then on the line it was on.
    pub fn lay_on(&self, room: InteractionId, leg: LegId, line: LineId) -> Result<(), MediaError> {
        let thread = self.taken().places.thread_of(room).ok_or(MediaError::NoLine)?;
        self.bring(room, line)?;
        self.push(thread, ToShard::LayOn { leg, line })
    }

    /// A browser's network changed: its line goes on another way. The answer to its offer (SDP).
    ///
    /// # Errors
    /// [`MediaError`]; the line is then as it was.
    pub async fn renew_line(&self, line: LineId, offer: String) -> Result<String, MediaError> {
        let thread = self.taken().places.thread_of_line(line).ok_or(MediaError::NoLine)?;
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.push(thread, ToShard::Renew { line, offer, reply })?;
        answer.await.unwrap_or(Err(MediaError::Stopped))
    }

    /// A line is on the thread of the room it is needed in.
    fn bring(&self, room: InteractionId, line: LineId) -> Result<(), MediaError> {
        let (from, to) = self.taken().places.line_to(line, room).ok_or(MediaError::NoLine)?;
        if from == to {
            return Ok(());
        }
        let passed = self.push(from, ToShard::Pass { line, to: self.inner.shards[to].clone() });
        if passed.is_err() {
            self.taken().places.line_stays(line, from);
        }
        passed
    }

    /// Ends a line; a leg on it hears nothing any more until it is laid on another. A line that is gone is no matter.
    ///
    /// # Errors
    /// [`MediaError::Busy`]: it is as it was, and goes by itself once its browser has gone.
    pub fn close_line(&self, line: LineId) -> Result<(), MediaError> {
        let thread = self.taken().places.thread_of_line(line);
        thread.map_or(Ok(()), |thread| self.push(thread, ToShard::EndLine(line)))
    }

    /// Hands a command to the room's thread, which carries out commands of a room in order, within 5 ms.
    ///
    /// # Errors
    /// [`MediaError::Busy`] when its queue is full, [`MediaError::Stopped`] after [`Engine::stop`].
    pub fn send(&self, room: InteractionId, command: MediaCommand) -> Result<(), MediaError> {
        // A room without legs is on no thread: any that lives says so.
        let thread = self.taken().places.thread_of(room);
        let living = || (0..self.inner.shards.len()).find(|n| !self.thread_has_ended(*n));
        self.push(thread.or_else(living).unwrap_or(0), ToShard::Do(command))
    }

    fn push(&self, thread: usize, order: ToShard) -> Result<(), MediaError> {
        self.inner.shards[thread].try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.inner.refused.fetch_add(1, Relaxed);
                MediaError::Busy { capacity: self.inner.config.queue }
            }
            TrySendError::Disconnected(_) => MediaError::Stopped,
        })
    }

    fn thread_has_ended(&self, thread: usize) -> bool {
        self.inner.gauges[thread].pulse.has_ended()
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.inner.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine's counters now.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let (free, taken) = self.taken().ports.count();
        let mut sum = Gauges { ports_free: free as u64, ports_taken: taken as u64, ..Gauges::default() };
        sum.refused = self.inner.refused.load(Relaxed);
        self.inner.gauges.iter().for_each(|g| g.add_to(&mut sum));
        sum
    }

    /// The media threads, the worst of them for all, and the recorder.
    #[must_use]
    pub fn health(&self) -> [Part; 2] {
        let (inner, now) = (&*self.inner, self.inner.clock.ms());
        let media = inner.gauges.iter().map(|g| g.pulse.judge(now, PATIENCE_MS)).max().flatten();
        let recorder = inner.recorder.judge(now, DISK_PATIENCE_MS);
        [Part { name: "media", trouble: media }, Part { name: "recorder", trouble: recorder }]
    }

    /// The thread of this room is over; of a room without legs: one of the threads. Whatever it had to say was said before, save
    /// of what was asked in its last moment.
    #[must_use]
    pub fn has_ended(&self, room: InteractionId) -> bool {
        let thread = self.taken().places.thread_of(room);
        thread.map_or_else(|| (0..self.inner.gauges.len()).any(|n| self.thread_has_ended(n)), |n| self.thread_has_ended(n))
    }

    /// Closes all legs, ends all recordings, waits until they are on disk. Not from a [`MediaSink`].
    pub fn stop(&self) {
        for shard in &self.inner.shards {
            // Waits for room in the queue; a thread that is gone needs no telling.
            let _ = shard.send(ToShard::Stop);
        }
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // The recorder, first in the list, ends when all others have.
        for thread in threads.into_iter().rev() {
            // A panic was told when it happened.
            let _ = thread.join();
        }
    }
}

/// Without randomness a stream is guessable, which is no reason to refuse a call.
fn chance() -> u64 {
    let mut chance = [0; 8];
    let _ = getrandom::fill(&mut chance);
    u64::from_le_bytes(chance)
}

/// `over` is called at the thread's end, whatever brought it.
fn spawn(
    name: &str,
    work: impl FnOnce() + Send + 'static,
    over: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let thread = name.to_owned();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::error!("the thread {thread} broke");
        }
        over();
    })
}
