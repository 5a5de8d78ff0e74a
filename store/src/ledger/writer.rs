//! The ledger's one task: commits in groups; turns to the spool when the database is away or slow, and back when the
//! spool is empty. Until an event is in one of the two it stays in the book, so nothing here can lose it.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use contract::Event;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::Shared;
use super::spool::Spool;
use crate::{Db, DbError, Val, vals};

/// When a commit is given up: longer than any database that still answers.
const GIVE_UP: std::time::Duration = std::time::Duration::from_secs(30);

pub(super) struct Writer {
    shared: Arc<Shared>,
    db: Db,
    spool: Arc<Mutex<Spool>>,
    /// The spool holds events, so newer ones go behind them.
    spooling: bool,
    next_try: Instant,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, db: Db, spool: Spool) -> Self {
        let spooling = spool.bytes() > 0;
        Self { shared, db, spool: Arc::new(Mutex::new(spool)), spooling, next_try: Instant::now() }
    }

    pub(super) async fn run(mut self) {
        loop {
            let (waiting, closed) = self.shared.waiting();
            if self.spooling {
                if waiting > 0 {
                    self.spill().await;
                }
                if closed || Instant::now() >= self.next_try {
                    self.drain().await;
                }
                if closed && (self.spooling || self.shared.waiting().0 == 0) {
                    return self.last_words().await;
                }
                if self.spooling {
                    // Every batch is synced, so it gathers for the group window too.
                    let _ = timeout_at(self.next_try, self.shared.wake.notified()).await;
                    self.gather().await;
                }
            } else if waiting > 0 {
                self.gather().await;
                self.commit_oldest().await;
            } else if closed {
                return;
            } else {
                self.shared.wake.notified().await;
            }
        }
    }

    /// Closing while the database is away: everything goes to the disk, or is counted as lost.
    async fn last_words(&mut self) {
        while self.shared.waiting().0 > 0 {
            if !self.spill().await {
                let lost = self.shared.waiting().0 as u64;
                self.shared.lost.fetch_add(lost, Ordering::Relaxed);
                tracing::error!(lost, "the ledger closes with events that neither the database nor the disk takes");
                return;
            }
        }
    }

    async fn gather(&self) {
        let (waiting, closed) = self.shared.waiting();
        if waiting < self.shared.options.group && !closed {
            let _ = timeout(self.shared.options.window, self.shared.group_full.notified()).await;
        }
    }

    async fn commit_oldest(&mut self) {
        let batch = self.shared.oldest(self.shared.options.commit);
        let Some(last) = batch.last().map(|e| e.seq) else { return };
        match self.commit(batch).await {
            Ok(()) => self.shared.safe_until(last),
            Err(e) => {
                tracing::warn!(seq = last, "the ledger goes to the spool: {e}");
                self.put_off();
                self.spill().await;
            }
        }
    }

    fn put_off(&mut self) {
        self.spooling = true;
        self.shared.away.store(true, Ordering::Relaxed);
        self.next_try = Instant::now() + self.shared.options.retry;
    }

    /// Commits, and meanwhile keeps memory bounded and events safe by spooling where the commit takes long.
    async fn commit(&mut self, batch: Vec<Arc<Event>>) -> Result<(), DbError> {
        let last = batch.last().map_or(0, |e| e.seq);
        let began = Instant::now();
        let mut slow = began + self.shared.options.slow;
        let mut commit = pin!(timeout(GIVE_UP, insert(self.db.clone(), self.shared.node, batch)));
        loop {
            tokio::select! {
                done = &mut commit => {
                    done.unwrap_or_else(|_| Err(DbError::Unavailable("no answer to a commit".into())))?;
                    self.shared.away.store(false, Ordering::Relaxed);
                    self.shared.durable.send_if_modified(|durable| {
                        let on = last > *durable;
                        *durable = last.max(*durable);
                        on
                    });
                    return Ok(());
                }
                () = self.shared.relief.notified() => {}
                () = sleep_until(slow) => slow = Instant::now() + self.shared.options.slow,
            }
            self.spooling = true;
            self.spill().await;
        }
    }

    /// Moves everything that is nowhere yet to the spool. `false`: the disk refused; it stays in memory.
    async fn spill(&mut self) -> bool {
        let events = self.shared.oldest(usize::MAX);
        let Some(last) = events.last().map(|e| e.seq) else { return true };
        let (spool, most) = (Arc::clone(&self.spool), self.shared.options.spool_bytes);
        let done = tokio::task::spawn_blocking(move || {
            let mut spool = spool.lock().unwrap_or_else(PoisonError::into_inner);
            if spool.bytes() > most {
                return Err(std::io::Error::other("it is as long as it may be"));
            }
            spool.append(&events).map(|()| events.len())
        })
        .await;
        match done.map_err(std::io::Error::other).flatten() {
            Ok(count) => {
                self.shared.in_spool.fetch_add(count as u64, Ordering::Relaxed);
                self.shared.safe_until(last);
                true
            }
            Err(e) => {
                tracing::error!("the spool takes no events: {e}");
                false
            }
        }
    }

    /// Brings the spool into the database, oldest first. Stops at the first failure, to try again later.
    async fn drain(&mut self) {
        loop {
            let most = self.shared.options.commit;
            let front = self.with_spool(move |spool| spool.front(most)).await;
            let (batch, to) = match front {
                Ok(front) => front,
                Err(e) => {
                    tracing::error!("the spool cannot be read: {e}");
                    return self.put_off();
                }
            };
            if batch.is_empty() {
                self.spooling = false;
                return;
            }
            let count = batch.len() as u64;
            if let Err(e) = self.commit(batch).await {
                tracing::warn!("the ledger stays with the spool: {e}");
                return self.put_off();
            }
            // A concurrent append of the same events is possible after a slow commit, so this never goes below zero.
            let _ = self.shared.in_spool.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(n.saturating_sub(count)));
            if let Err(e) = self.with_spool(move |spool| spool.applied(to)).await {
                tracing::error!("the spool cannot be shortened: {e}");
                return self.put_off();
            }
        }
    }

    async fn with_spool<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Spool) -> std::io::Result<T> + Send + 'static,
    ) -> std::io::Result<T> {
        let spool = Arc::clone(&self.spool);
        let done = tokio::task::spawn_blocking(move || act(&mut spool.lock().unwrap_or_else(PoisonError::into_inner))).await;
        done.map_err(std::io::Error::other).flatten()
    }
}

/// Events that are there already (a commit whose answer was lost, a crash before the spool was emptied) are left out.
async fn insert(db: Db, node: u16, batch: Vec<Arc<Event>>) -> Result<(), DbError> {
    let (Some(first), Some(newest)) = (batch.first(), batch.last()) else { return Ok(()) };
    let (first, newest) = (Arc::clone(first), newest.seq);
    let mut tx = db.begin().await?;
    let row = tx.query_opt("SELECT last_seq FROM ledger_node WHERE node = $1", vals![node]).await?;
    let there = row.map_or(Ok(0), |r| r.get::<u64>(0))?;
    if there >= first.seq {
        let row = tx.query_opt("SELECT body FROM event WHERE node = $1 AND seq = $2", vals![node, first.seq]).await?;
        if row.map(|r| r.get::<String>(0)).transpose()?.as_deref() != Some(&*body(&first)?) {
            return Err(DbError::Other(format!("another program writes the ledger of node {node}; give each its own number")));
        }
    }
    if first.seq > there + 1 {
        tracing::error!(node, "the database has lost events {} to {}, which it had confirmed", there + 1, first.seq - 1);
    }
    let mut rows: Vec<Vec<Val>> = Vec::with_capacity(batch.len());
    for event in batch.iter().filter(|e| e.seq > there) {
        let body = body(event)?;
        let kind = kind_of(&body).to_owned();
        rows.push(vals![node, event.seq, event.at, event.interaction, kind, body]);
    }
    tx.insert_many("INSERT INTO event (node, seq, at, interaction, kind, body) VALUES", rows, "").await?;
    tx.execute(
        "INSERT INTO ledger_node (node, last_seq) VALUES ($1, $2) \
         ON CONFLICT (node) DO UPDATE SET last_seq = excluded.last_seq WHERE ledger_node.last_seq < excluded.last_seq",
        vals![node, newest],
    )
    .await?;
    tx.commit().await
}

fn body(event: &Event) -> Result<String, DbError> {
    serde_json::to_string(&event.kind).map_err(|e| DbError::Value(format!("event {} cannot be written: {e}", event.seq)))
}

/// The tag stands first in an internally tagged enum.
fn kind_of(body: &str) -> &str {
    body.strip_prefix("{\"kind\":\"").and_then(|rest| rest.split('"').next()).unwrap_or_default()
}
