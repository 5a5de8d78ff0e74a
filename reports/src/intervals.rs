//! What each agent was, from when to when and why: the fold of every seat change into intervals without gaps or overlaps.
//! An interval still open has no `until`. After a crash what was open ends when the node was last heard of.

use std::collections::{BTreeMap, BTreeSet};

use contract::{AgentId, EpochMs, Event, EventKind, InteractionId, ReasonId, Seat, SeatStatus, SeatWhy};
use serde::Serialize;
use store::{Db, DbError, Fold, Row, Tx, ledger, row_struct, vals};

use crate::rollup::word;

row_struct! {
    /// One state of one agent. `status`, `activity`, `health` and `why` are the words of [`contract::seat`].
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub struct AgentInterval {
        pub agent: AgentId,
        pub since: EpochMs,
        pub until: Option<EpochMs>,
        pub status: String,
        pub reason: Option<ReasonId>,
        pub activity: String,
        pub interaction: Option<InteractionId>,
        pub health: String,
        pub why: String,
    }
}

const COLUMNS: &str =
    "SELECT agent, since, until, status, reason, activity, interaction, health, why FROM agent_interval";

/// The fold. Holds nothing between batches: each reads the open intervals of its agents, decides in memory, and writes what
/// came of it in a few statements.
#[derive(Debug, Default)]
pub struct AgentIntervals;

impl Fold for AgentIntervals {
    fn name(&self) -> &'static str {
        "agent_intervals"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        let mut batch = Batch::load(tx, events).await?;
        let mut before: Option<&Event> = None;
        for event in events {
            match &event.kind {
                EventKind::SeatChanged { seat, why, .. } => batch.changed(event, seat, *why),
                EventKind::NodeStarted { .. } => {
                    let last_seen = match before.filter(|b| (b.node, b.seq + 1) == (event.node, event.seq)) {
                        Some(before) => Some(before.at),
                        None => ledger::moment_of(tx, event.node, event.seq - 1).await?,
                    };
                    last_seen.into_iter().for_each(|last_seen| batch.restarted(event.node, last_seen));
                }
                _ => {}
            }
            before = Some(event);
        }
        batch.write(tx).await
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.execute("DELETE FROM agent_interval", vals![]).await.map(|_| ())
    }
}

/// An interval and the event it began with.
#[derive(Debug)]
struct Begun {
    interval: AgentInterval,
    node: u16,
    seq: u64,
    /// In the table already.
    stored: bool,
}

/// The intervals of the agents of one batch: pure between [`Batch::load`] and [`Batch::write`].
#[derive(Debug, Default)]
struct Batch {
    /// At most one of each agent.
    open: BTreeMap<AgentId, Begun>,
    closed: Vec<Begun>,
    /// Whose interval in the table turned out to have no length.
    vanished: Vec<AgentId>,
}

impl Batch {
    async fn load(tx: &mut Tx<'_>, events: &[Event]) -> Result<Self, DbError> {
        let open = "SELECT agent, since, until, status, reason, activity, interaction, health, why, node, seq \
            FROM agent_interval WHERE until IS NULL";
        let mut batch = Self::default();
        // A restart concerns agents of whom nothing else is said.
        if events.iter().any(|event| matches!(event.kind, EventKind::NodeStarted { .. })) {
            batch.loaded(tx.query(open, vals![]).await?)?;
            return Ok(batch);
        }
        let agents = events.iter().filter_map(|event| match &event.kind {
            EventKind::SeatChanged { seat, .. } => Some(seat.agent),
            _ => None,
        });
        let agents: BTreeSet<AgentId> = agents.collect();
        batch.loaded(tx.query_among(&format!("{open} AND agent"), agents).await?)?;
        Ok(batch)
    }

    fn loaded(&mut self, rows: Vec<Row>) -> Result<(), DbError> {
        use store::FromRow as _;
        for row in rows {
            let interval = AgentInterval::from_row(&row)?;
            let (node, seq) = (row.get("node")?, row.get("seq")?);
            self.open.insert(interval.agent, Begun { interval, node, seq, stored: true });
        }
        Ok(())
    }

    fn changed(&mut self, event: &Event, seat: &Seat, why: SeatWhy) {
        let reason = match seat.status {
            SeatStatus::NotReady { reason } => reason,
            SeatStatus::Offline | SeatStatus::Ready => None,
        };
        let open = self.open.get(&seat.agent).map(|open| &open.interval);
        // A clock that stepped back must not turn an interval around.
        let at = open.map_or(event.at, |open| event.at.max(open.since));
        let next = AgentInterval {
            agent: seat.agent,
            since: at,
            until: None,
            status: word(&seat.status),
            reason,
            activity: word(&seat.activity),
            interaction: seat.activity.interaction(),
            health: word(&seat.health),
            why: word(&why),
        };
        if open.is_some_and(|open| AgentInterval { since: at, why: next.why.clone(), ..open.clone() } == next) {
            return;
        }
        self.close(seat.agent, at);
        // Offline is the absence of the agent: it needs no interval.
        if seat.status != SeatStatus::Offline || next.activity != "idle" {
            let begun = Begun { interval: next, node: event.node, seq: event.seq, stored: false };
            self.open.insert(seat.agent, begun);
        }
    }

    fn restarted(&mut self, node: u16, last_seen: EpochMs) {
        let of_node = |(agent, open): (&AgentId, &Begun)| (open.node == node).then_some(*agent);
        for agent in self.open.iter().filter_map(of_node).collect::<Vec<_>>() {
            self.close(agent, last_seen);
        }
    }

    /// An interval of no length said nothing.
    fn close(&mut self, agent: AgentId, at: EpochMs) {
        let Some(mut open) = self.open.remove(&agent) else { return };
        if at > open.interval.since {
            open.interval.until = Some(at);
            self.closed.push(open);
        } else if open.stored {
            self.vanished.push(agent);
        }
    }

    /// First what ended: an agent has one open interval at any moment.
    async fn write(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.execute_among("DELETE FROM agent_interval WHERE until IS NULL AND agent", self.vanished).await?;
        let begun = self.open.into_values().filter(|open| !open.stored);
        let rows = self.closed.into_iter().chain(begun).map(|Begun { interval: i, node, seq, .. }| {
            vals![i.agent, i.since, i.until, node, seq, i.status, i.reason, i.activity, i.interaction, i.health, i.why]
        });
        let head = "INSERT INTO agent_interval \
            (agent, since, until, node, seq, status, reason, activity, interaction, health, why) VALUES";
        let tail = "ON CONFLICT (agent, since, node, seq) DO UPDATE SET until = excluded.until \
            WHERE agent_interval.until IS NULL";
        tx.insert_many(head, rows.collect(), tail).await.map(|_| ())
    }
}

/// The intervals of an agent that touch a span of time, oldest first, not cut to it.
/// # Errors
/// Of the database.
pub async fn of_agent(
    db: &Db,
    agent: AgentId,
    (from, to): (EpochMs, EpochMs),
    limit: usize,
) -> Result<Vec<AgentInterval>, DbError> {
    use store::FromRow as _;
    let sql =
        format!("{COLUMNS} WHERE agent = $1 AND since < $3 AND (until IS NULL OR until > $2) ORDER BY since LIMIT $4");
    db.query(&sql, vals![agent, from, to, limit]).await?.iter().map(AgentInterval::from_row).collect()
}

/// All agents' intervals that touch a span of time.
pub(crate) async fn in_span(
    db: &Db,
    agent: Option<AgentId>,
    (from, to): (EpochMs, EpochMs),
) -> Result<Vec<AgentInterval>, DbError> {
    use store::FromRow as _;
    let sql = format!(
        "{COLUMNS} WHERE since < $2 AND (until IS NULL OR until > $1) AND (CAST($3 AS BIGINT) IS NULL OR agent = $3) ORDER BY agent, since"
    );
    db.query(&sql, vals![from, to, agent]).await?.iter().map(AgentInterval::from_row).collect()
}
