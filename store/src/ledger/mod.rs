//! The ledger: every [`Event`], in order, gapless per node. [`LedgerWriter::record`] numbers an event under one short
//! lock and returns; live subscribers hear it at once; one task commits in groups, and while the database is away
//! appends to a spool file. Readers: [`events`], [`of_interaction`], [`between`], and [`Follower`] for all without gaps.
//! Never in this room: what an event means.

mod read;
mod spool;
mod writer;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::{EpochMs, Event, EventKind, InteractionId};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;

use crate::{Db, DbError, vals};
pub use read::{Follower, between, events, first_since, last_seqs, moment_of, of_interaction};
pub(crate) use read::{decode, raw_after};
use spool::Spool;

#[derive(Debug, Clone)]
pub struct LedgerOptions {
    /// How long the first event of a group waits for others.
    pub window: Duration,
    /// So many waiting are not made to wait for others.
    pub group: usize,
    /// Events in one transaction at most: the further behind, the more at once.
    pub commit: usize,
    /// Events in memory from where on the spool is used even if a commit is still under way.
    pub relief: usize,
    /// Events in memory at most; past this, with database and spool both refusing, events are lost and counted.
    pub most: usize,
    /// Events a live subscriber may be behind before it has to catch up from the ledger.
    pub live: usize,
    /// The newest events, kept for the folds: one that is further behind reads them from the database, at several times the
    /// cost, and would never catch up under load.
    pub recent: usize,
    /// Pause between tries while the database is away.
    pub retry: Duration,
    /// A commit without an answer for so long sends its events to the spool.
    pub slow: Duration,
    pub spool_bytes: u64,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self {
            window: Duration::from_millis(5),
            group: 512,
            commit: 8192,
            relief: 32_768,
            most: 65_536,
            live: 8192,
            recent: 32_768,
            retry: Duration::from_millis(500),
            slow: Duration::from_secs(1),
            spool_bytes: 4 << 30,
        }
    }
}

/// How far the ledger is. `last - in_database` events are not in the database yet; of these `in_spool` are on the local disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerCounts {
    pub last: u64,
    pub in_database: u64,
    pub in_spool: u64,
    /// Refused, because neither database nor disk took any for too long. Must be 0.
    pub lost: u64,
}

/// The one writer of a node's ledger; cloning shares it.
#[derive(Debug, Clone)]
pub struct LedgerWriter {
    shared: Arc<Shared>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) node: u16,
    options: LedgerOptions,
    book: Mutex<Book>,
    live: broadcast::Sender<Arc<Event>>,
    /// The last number given; moves after the event is in `recent`.
    told: watch::Sender<u64>,
    /// Everything up to here is in the database.
    durable: watch::Sender<u64>,
    wake: Notify,
    group_full: Notify,
    relief: Notify,
    in_spool: AtomicU64,
    lost: AtomicU64,
    /// The last commit failed.
    away: AtomicBool,
}

#[derive(Debug)]
struct Book {
    next: u64,
    /// Not yet in the database or the spool, oldest first.
    unsafe_yet: VecDeque<Arc<Event>>,
    /// The newest, whatever became of them: for followers.
    recent: VecDeque<Arc<Event>>,
    closed: bool,
}

impl LedgerWriter {
    /// Opens the ledger of `node` and starts its task. Numbers go on after the last one in the database and in the spool.
    /// `spool`: a file on a local disk, of this node alone.
    /// # Errors
    /// [`DbError::Unavailable`] where the database cannot be asked for the last number, [`DbError::Setup`] where the spool
    /// cannot be used or another process has it.
    pub async fn open(db: Db, node: u16, spool: impl Into<PathBuf>, options: LedgerOptions) -> Result<Self, DbError> {
        let path = spool.into();
        let opened = tokio::task::spawn_blocking(move || Spool::open(&path)).await;
        let spool = opened.map_err(|e| DbError::Other(e.to_string()))??;
        let row = db.query_opt("SELECT last_seq FROM ledger_node WHERE node = $1", vals![node]).await?;
        let durable = row.map_or(Ok(0), |r| r.get::<u64>(0))?;
        let last = durable.max(spool.last());
        let shared = Arc::new(Shared {
            node,
            book: Mutex::new(Book { next: last + 1, unsafe_yet: VecDeque::new(), recent: VecDeque::new(), closed: false }),
            live: broadcast::Sender::new(options.live),
            told: watch::Sender::new(last),
            durable: watch::Sender::new(durable),
            wake: Notify::new(),
            group_full: Notify::new(),
            relief: Notify::new(),
            in_spool: AtomicU64::new(last - durable),
            lost: AtomicU64::new(0),
            away: AtomicBool::new(false),
            options,
        });
        let task = tokio::spawn(writer::Writer::new(Arc::clone(&shared), db, spool).run());
        Ok(Self { shared, task: Arc::new(Mutex::new(Some(task))) })
    }

    #[must_use]
    pub fn node(&self) -> u16 {
        self.shared.node
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// As [`contract::Ledger::record`], giving the number. `None`: lost (see [`LedgerCounts::lost`]).
    pub fn record(&self, at: EpochMs, interaction: Option<InteractionId>, kind: EventKind) -> Option<u64> {
        let shared = &*self.shared;
        let mut book = shared.book();
        if book.closed || book.unsafe_yet.len() >= shared.options.most {
            drop(book);
            // Once loudly, then counted: a full disk must not also fill the log.
            if shared.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!(kind = ?kind, "the ledger cannot take events any more; they are being lost");
            }
            return None;
        }
        let seq = book.next;
        book.next += 1;
        let event = Arc::new(Event { node: shared.node, seq, at, interaction, kind });
        if book.recent.len() >= shared.options.recent {
            book.recent.pop_front();
        }
        book.recent.push_back(Arc::clone(&event));
        book.unsafe_yet.push_back(Arc::clone(&event));
        let waiting = book.unsafe_yet.len();
        // Under the lock, so that subscribers hear in order. No subscriber is no error.
        let _ = shared.live.send(event);
        shared.told.send_replace(seq);
        drop(book);
        shared.wake.notify_one();
        if waiting >= shared.options.group {
            shared.group_full.notify_one();
        }
        if waiting >= shared.options.relief {
            shared.relief.notify_one();
        }
        Some(seq)
    }

    /// Hears every event from now on. One that lags has missed events and starts again, best with [`LedgerWriter::follow`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.shared.live.subscribe()
    }

    /// Reads on after `seq` without ever missing one: from the database, then live.
    #[must_use]
    pub fn follow(&self, db: &Db, seq: u64) -> Follower {
        Follower::new(db.clone(), Arc::clone(&self.shared), seq)
    }

    /// The last number in the database, as it moves.
    #[must_use]
    pub fn durable(&self) -> watch::Receiver<u64> {
        self.shared.durable.subscribe()
    }

    /// Until `seq` is in the database.
    pub async fn wait_until_durable(&self, seq: u64) {
        // The sender lives in `self`, so it cannot be gone.
        let _ = self.durable().wait_for(|durable| *durable >= seq).await;
    }

    /// How many events are not in the database yet.
    #[must_use]
    pub fn not_durable(&self) -> u64 {
        let counts = self.counts();
        counts.last - counts.in_database
    }

    #[must_use]
    pub fn counts(&self) -> LedgerCounts {
        let in_database = *self.shared.durable.borrow();
        LedgerCounts {
            last: (*self.shared.told.borrow()).max(in_database),
            in_database,
            in_spool: self.shared.in_spool.load(Ordering::Relaxed),
            lost: self.shared.lost.load(Ordering::Relaxed),
        }
    }

    /// Its task is at work: neither closed nor broken.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        task.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// When the oldest event happened that is in memory only: neither in the database nor on the local disk.
    #[must_use]
    pub fn unsafe_since(&self) -> Option<EpochMs> {
        self.shared.book().unsafe_yet.front().map(|event| event.at)
    }

    /// Takes no more events and returns when all are in the database or on the local disk.
    pub async fn close(&self) {
        self.shared.book().closed = true;
        self.shared.wake.notify_one();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(e) = task.await
        {
            tracing::error!("the ledger's task ended badly: {e}");
        }
    }

    /// Ends without a last commit, as a crash does.
    #[cfg(feature = "testing")]
    pub async fn kill(self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }
}

impl contract::Ledger for LedgerWriter {
    fn record(&self, at: EpochMs, interaction: Option<InteractionId>, kind: EventKind) {
        Self::record(self, at, interaction, kind);
    }

    fn progress(&self) -> Option<(u64, u64)> {
        let counts = self.counts();
        (!self.shared.away.load(Ordering::Relaxed)).then_some((counts.last, counts.in_database))
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to `most` events after a number, where all of them are in memory still.
    pub(crate) fn remembered(&self, after: u64, most: usize) -> Option<Vec<Event>> {
        let last = (*self.durable.borrow()).min(after + most as u64);
        let book = self.book();
        let first = book.recent.front()?.seq;
        let from = usize::try_from((after + 1).checked_sub(first)?).ok()?;
        let events = book.recent.iter().skip(from).take_while(|event| event.seq <= last);
        let events: Vec<Arc<Event>> = events.cloned().collect();
        drop(book);
        // A number that was passed over would be a gap: the database knows.
        let gapless = events.iter().zip(after + 1..).all(|(event, seq)| event.seq == seq);
        (gapless && events.last().is_some_and(|event| event.seq == last))
            .then(|| events.iter().map(|event| Event::clone(event)).collect())
    }

    /// The oldest events that are nowhere yet.
    fn oldest(&self, most: usize) -> Vec<Arc<Event>> {
        self.book().unsafe_yet.iter().take(most).cloned().collect()
    }

    /// Everything up to `seq` is in the database or the spool.
    fn safe_until(&self, seq: u64) {
        let mut book = self.book();
        while book.unsafe_yet.front().is_some_and(|e| e.seq <= seq) {
            book.unsafe_yet.pop_front();
        }
    }

    fn waiting(&self) -> (usize, bool) {
        let book = self.book();
        (book.unsafe_yet.len(), book.closed)
    }
}
