//! Folds: whatever is derived from the ledger into tables. A [`Fold`] applies events within the transaction that also
//! moves its position, so each event counts exactly once; [`Folds`] runs them, each on its own, soon after every commit.
//! An event a fold cannot take is tried again, then noted in `fold_failure` and passed over: one bad event must not stop a report.
//! Never in this room: what a fold makes of an event.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use contract::Event;
use futures_util::FutureExt as _;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::ledger::{LedgerWriter, Shared, decode, last_seqs, raw_after};
use crate::{Db, DbError, Tx, vals};

/// Something derived from the ledger. It keeps nothing in memory that a rolled-back transaction would make untrue.
pub trait Fold: Send + Sync + 'static {
    /// Never changes: positions are kept under it.
    fn name(&self) -> &'static str;

    /// Takes events of one node, in order, none twice.
    fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> impl Future<Output = Result<(), DbError>> + Send;

    /// Empties the tables of this fold, before everything is applied from the beginning.
    fn clear(&mut self, tx: &mut Tx<'_>) -> impl Future<Output = Result<(), DbError>> + Send;
}

/// Events in one transaction.
const BATCH: usize = 2048;
/// Tries before an event is passed over.
const TRIES: u32 = 3;
/// How long events gather before they are applied in one transaction: at a hundred calls a second a transaction for every
/// commit costs most of a core, and nobody reads tables that soon.
const GATHER: Duration = Duration::from_millis(20);
/// How soon events of other nodes, and a database that was away, are looked for.
const LOOK: Duration = Duration::from_millis(250);
/// The same where no other node can be: a file has one writer, and its commits are told. Looking more often cost a house at rest
/// more than all else it did.
const LOOK_ALONE: Duration = Duration::from_secs(2);

/// The running folds of this node.
#[derive(Debug)]
pub struct Folds {
    db: Db,
    node: u16,
    ledger: Arc<Shared>,
    durable: watch::Receiver<u64>,
    turn: Arc<Semaphore>,
    running: Vec<Running>,
}

#[derive(Debug)]
struct Running {
    name: &'static str,
    applied: watch::Receiver<BTreeMap<u16, u64>>,
    failures: Arc<AtomicU64>,
    orders: mpsc::Sender<oneshot::Sender<Result<(), DbError>>>,
    task: JoinHandle<()>,
}

impl Folds {
    #[must_use]
    pub fn new(db: Db, ledger: &LedgerWriter) -> Self {
        // One batch at a time where there is one writer: so the ledger, on which all else waits, gets every second turn.
        let turns = if matches!(db, Db::Lite(_)) { 1 } else { Semaphore::MAX_PERMITS };
        let turn = Arc::new(Semaphore::new(turns));
        Self { db, node: ledger.node(), ledger: ledger.shared(), durable: ledger.durable(), turn, running: Vec::new() }
    }

    /// Starts a fold where it stopped last time.
    pub fn start(&mut self, fold: impl Fold) {
        let (applied_tx, applied) = watch::channel(BTreeMap::new());
        let (orders, orders_rx) = mpsc::channel(1);
        let failures = Arc::new(AtomicU64::new(0));
        let name = fold.name();
        let runner = Runner {
            db: self.db.clone(),
            fold,
            applied: applied_tx,
            failures: Arc::clone(&failures),
            ledger: Arc::clone(&self.ledger),
            durable: self.durable.clone(),
            turn: Arc::clone(&self.turn),
            orders: orders_rx,
        };
        let task = tokio::spawn(runner.run());
        self.running.push(Running { name, applied, failures, orders, task });
    }

    /// Until every fold has taken this node's events up to `seq`.
    pub async fn wait_until_applied(&self, seq: u64) {
        for fold in &self.running {
            let there = |applied: &BTreeMap<u16, u64>| seq == 0 || applied.get(&self.node).is_some_and(|at| *at >= seq);
            // An error means the fold was stopped: then there is nothing to wait for.
            let _ = fold.applied.clone().wait_for(there).await;
        }
    }

    /// For each fold: its name, how many events of this node it is behind the database, and how many it passed over.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64, u64)> {
        let durable = *self.durable.borrow();
        let behind = |fold: &Running| durable.saturating_sub(fold.applied.borrow().get(&self.node).copied().unwrap_or(0));
        self.running.iter().map(|f| (f.name, behind(f), f.failures.load(Ordering::Relaxed))).collect()
    }

    /// The folds whose task is over, though they were not stopped.
    #[must_use]
    pub fn ended(&self) -> Vec<&'static str> {
        self.running.iter().filter(|fold| fold.task.is_finished()).map(|fold| fold.name).collect()
    }

    /// Empties a fold's tables; everything is applied again from the beginning, while the program goes on.
    /// # Errors
    /// [`DbError::Value`] where no such fold runs, or of the database; then nothing was emptied.
    pub async fn rebuild(&self, name: &str) -> Result<(), DbError> {
        let gone = || DbError::Value(format!("no fold `{name}` runs here"));
        let fold = self.running.iter().find(|f| f.name == name).ok_or_else(gone)?;
        let (answer, done) = oneshot::channel();
        fold.orders.send(answer).await.map_err(|_| gone())?;
        done.await.map_err(|_| gone())?
    }

    /// Ends all folds, each after the batch it is at.
    pub async fn stop(self) {
        // All are told before any is waited for.
        let tasks: Vec<_> = self.running.into_iter().map(|fold| (fold.name, fold.task)).collect();
        for (name, task) in tasks {
            if let Err(e) = task.await {
                tracing::error!("fold {name} ended badly: {e}");
            }
        }
    }
}

struct Runner<F> {
    db: Db,
    fold: F,
    /// Per node.
    applied: watch::Sender<BTreeMap<u16, u64>>,
    failures: Arc<AtomicU64>,
    ledger: Arc<Shared>,
    durable: watch::Receiver<u64>,
    turn: Arc<Semaphore>,
    /// Rebuild; closed: stop.
    orders: mpsc::Receiver<oneshot::Sender<Result<(), DbError>>>,
}

/// What the runner does before its next round; of several nodes, the least rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    None,
    /// The database is away, or another program is at this fold.
    Pause,
    /// Everything is applied.
    UntilCommit,
}

impl Rest {
    /// After a batch: another program's, a full one, the last one.
    const fn after(mine: bool, full: bool) -> Self {
        match (mine, full) {
            (false, _) => Self::Pause,
            (true, true) => Self::None,
            (true, false) => Self::UntilCommit,
        }
    }
}

enum Wake {
    Look,
    Rebuild(oneshot::Sender<Result<(), DbError>>),
    Stop,
}

impl<F: Fold> Runner<F> {
    async fn run(mut self) {
        let mut rest = Rest::None;
        loop {
            match self.wake(rest).await {
                Wake::Stop => return,
                Wake::Rebuild(answer) => {
                    let done = self.start_over().await;
                    // Whoever asked may be gone.
                    let _ = answer.send(done);
                }
                Wake::Look => {}
            }
            self.durable.mark_unchanged();
            rest = self.round().await.unwrap_or_else(|e| {
                tracing::warn!("fold {} waits: {e}", self.fold.name());
                Rest::Pause
            });
        }
    }

    async fn wake(&mut self, rest: Rest) -> Wake {
        let (orders, durable) = (&mut self.orders, &mut self.durable);
        let commit = async {
            match rest {
                Rest::None => {}
                Rest::UntilCommit if durable.changed().await.is_ok() => {
                    let _ = timeout(GATHER, std::future::pending::<()>()).await;
                }
                Rest::UntilCommit | Rest::Pause => std::future::pending().await,
            }
        };
        let look = match (rest, &self.db) {
            (Rest::UntilCommit, Db::Lite(_)) => LOOK_ALONE,
            _ => LOOK,
        };
        tokio::select! {
            biased;
            order = orders.recv() => order.map_or(Wake::Stop, Wake::Rebuild),
            _ = timeout(look, commit) => Wake::Look,
        }
    }

    /// One batch of every node.
    async fn round(&mut self) -> Result<Rest, DbError> {
        let mut rest = Rest::UntilCommit;
        for (node, last) in last_seqs(&self.db).await? {
            let position = self.position(node).await?;
            if position < last {
                rest = rest.min(self.advance(node, position).await?);
            } else {
                self.tell(node, position);
            }
        }
        Ok(rest)
    }

    async fn position(&self, node: u16) -> Result<u64, DbError> {
        let sql = "SELECT seq FROM fold_position WHERE fold = $1 AND node = $2";
        let row = self.db.query_opt(sql, vals![self.fold.name(), node]).await?;
        row.map_or(Ok(0), |row| row.get(0))
    }

    fn tell(&self, node: u16, seq: u64) {
        self.applied.send_if_modified(|applied| applied.insert(node, seq) != Some(seq));
    }

    /// Applies the next batch, or where that fails, event by event.
    async fn advance(&mut self, node: u16, after: u64) -> Result<Rest, DbError> {
        // What is new is in memory still: it need not be read and understood once for each fold.
        let remembered = if node == self.ledger.node { self.ledger.remembered(after, BATCH) } else { None };
        if let Some(events) = remembered
            && let Some(last) = events.last()
        {
            match self.apply(node, after, last.seq, &events).await {
                Ok(mine) => return Ok(Rest::after(mine, events.len() == BATCH)),
                Err(e) if e.is_passing() => return Err(e),
                // Tried again below, and event by event.
                Err(_) => {}
            }
        }
        let rows = raw_after(&self.db, node, after, BATCH).await?;
        let batch: Vec<(u64, Result<Event, DbError>)> =
            rows.iter().map(|row| Ok((row.get("seq")?, decode(row)))).collect::<Result<_, DbError>>()?;
        let full = batch.len() == BATCH;
        let good: Vec<Event> = batch.iter().filter_map(|(_, event)| event.as_ref().ok().cloned()).collect();
        if good.len() == batch.len()
            && let Some(last) = good.last()
        {
            match self.apply(node, after, last.seq, &good).await {
                Ok(mine) => return Ok(Rest::after(mine, full)),
                Err(e) if e.is_passing() => return Err(e),
                Err(e) => tracing::warn!("fold {} goes event by event after {after}: {e}", self.fold.name()),
            }
        }
        let mut at = after;
        for (seq, event) in batch {
            let mine = match event {
                Ok(event) => self.apply_or_pass_over(node, at, &event).await?,
                Err(e) => self.pass_over(node, at, seq, &e).await?,
            };
            if !mine {
                return Ok(Rest::Pause);
            }
            at = seq;
        }
        Ok(Rest::after(true, full))
    }

    async fn apply_or_pass_over(&mut self, node: u16, after: u64, event: &Event) -> Result<bool, DbError> {
        let mut tries = 0;
        loop {
            match self.apply(node, after, event.seq, std::slice::from_ref(event)).await {
                Ok(mine) => return Ok(mine),
                Err(e) if e.is_passing() => return Err(e),
                Err(e) => {
                    tries += 1;
                    if tries >= TRIES {
                        return self.pass_over(node, after, event.seq, &e).await;
                    }
                }
            }
        }
    }

    async fn pass_over(&mut self, node: u16, after: u64, seq: u64, error: &DbError) -> Result<bool, DbError> {
        tracing::error!(node, seq, "fold {} passes over event {seq}: {error}", self.fold.name());
        let mut tx = self.db.begin().await?;
        if !self.lock(&mut tx, node, after).await? {
            return Ok(false);
        }
        tx.execute(
            "INSERT INTO fold_failure (fold, node, seq, at, error) VALUES ($1, $2, $3, {NOW_MS}, $4) ON CONFLICT DO NOTHING",
            vals![self.fold.name(), node, seq, error.to_string().replace('\0', "")],
        )
        .await?;
        self.set_position(&mut tx, node, seq).await?;
        tx.commit().await?;
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.tell(node, seq);
        Ok(true)
    }

    /// One transaction: the events and the position. Where another program moved the position meanwhile, nothing.
    async fn apply(&mut self, node: u16, after: u64, last: u64, events: &[Event]) -> Result<bool, DbError> {
        let turn = Arc::clone(&self.turn);
        let _turn = turn.acquire().await;
        let mut tx = self.db.begin().await?;
        if !self.lock(&mut tx, node, after).await? {
            return Ok(false);
        }
        let applied = AssertUnwindSafe(self.fold.apply(&mut tx, events)).catch_unwind().await;
        applied.unwrap_or_else(|_| Err(DbError::Other("the fold panicked".into())))?;
        self.set_position(&mut tx, node, last).await?;
        tx.commit().await?;
        self.tell(node, last);
        Ok(true)
    }

    /// Holds the position for this transaction. `false`: it is not `expected` any more.
    async fn lock(&self, tx: &mut Tx<'_>, node: u16, expected: u64) -> Result<bool, DbError> {
        let name = self.fold.name();
        tx.execute(
            "INSERT INTO fold_position (fold, node, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
            vals![name, node],
        )
        .await?;
        let sql = "SELECT seq FROM fold_position WHERE fold = $1 AND node = $2 {SKIP_LOCKED}";
        let row = tx.query_opt(sql, vals![name, node]).await?;
        Ok(row.map(|row| row.get::<u64>(0)).transpose()? == Some(expected))
    }

    async fn set_position(&self, tx: &mut Tx<'_>, node: u16, seq: u64) -> Result<(), DbError> {
        let sql = "UPDATE fold_position SET seq = $3 WHERE fold = $1 AND node = $2";
        tx.execute(sql, vals![self.fold.name(), node, seq]).await.map(|_| ())
    }

    async fn start_over(&mut self) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        // First the positions: whoever is at a batch of this fold elsewhere is waited for.
        tx.execute("UPDATE fold_position SET seq = 0 WHERE fold = $1", vals![self.fold.name()]).await?;
        tx.execute("DELETE FROM fold_failure WHERE fold = $1", vals![self.fold.name()]).await?;
        self.fold.clear(&mut tx).await?;
        tx.commit().await?;
        self.failures.store(0, Ordering::Relaxed);
        self.applied.send_replace(BTreeMap::new());
        Ok(())
    }
}
