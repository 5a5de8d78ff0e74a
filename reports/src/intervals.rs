//! What each agent was, from when to when and why: the fold of every seat change into intervals without gaps or overlaps.
//! An interval still open has no `until`. After a crash what was open ends when the node was last heard of.

use contract::{AgentId, EpochMs, Event, EventKind, InteractionId, ReasonId, Seat, SeatStatus, SeatWhy};
use serde::Serialize;
use store::{Db, DbError, Fold, Tx, ledger, row_struct, vals};

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

const COLUMNS: &str = "SELECT agent, since, until, status, reason, activity, interaction, health, why FROM agent_interval";

/// The fold. Holds nothing.
#[derive(Debug, Default)]
pub struct AgentIntervals;

impl Fold for AgentIntervals {
    fn name(&self) -> &'static str {
        "agent_intervals"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        for event in events {
            match &event.kind {
                EventKind::SeatChanged { seat, why, .. } => changed(tx, event, seat, *why).await?,
                EventKind::NodeStarted { .. } => restarted(tx, event).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        tx.execute("DELETE FROM agent_interval", vals![]).await.map(|_| ())
    }
}

async fn changed(tx: &mut Tx<'_>, event: &Event, seat: &Seat, why: SeatWhy) -> Result<(), DbError> {
    use store::FromRow as _;
    let reason = match seat.status {
        SeatStatus::NotReady { reason } => reason,
        SeatStatus::Offline | SeatStatus::Ready => None,
    };
    let open = tx.query_opt(&format!("{COLUMNS} WHERE agent = $1 AND until IS NULL"), vals![seat.agent]).await?;
    let open = open.as_ref().map(AgentInterval::from_row).transpose()?;
    // A clock that stepped back must not turn an interval around.
    let at = open.as_ref().map_or(event.at, |open| event.at.max(open.since));
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
    if let Some(open) = open {
        let same = AgentInterval { since: at, why: next.why.clone(), ..open.clone() };
        if same == next {
            return Ok(());
        }
        close(tx, seat.agent, open.since, at).await?;
    }
    // Offline is the absence of the agent: it needs no interval.
    if seat.status == SeatStatus::Offline && next.activity == "idle" {
        return Ok(());
    }
    let sql = "INSERT INTO agent_interval (agent, since, until, node, seq, status, reason, activity, interaction, health, why) \
        VALUES ($1, $2, NULL, $3, $4, $5, $6, $7, $8, $9, $10)";
    let AgentInterval { agent, since, status, reason, activity, interaction, health, why, .. } = next;
    tx.execute(sql, vals![agent, since, event.node, event.seq, status, reason, activity, interaction, health, why])
        .await
        .map(|_| ())
}

/// An interval of no length said nothing.
async fn close(tx: &mut Tx<'_>, agent: AgentId, since: EpochMs, at: EpochMs) -> Result<(), DbError> {
    let sql = if at > since {
        "UPDATE agent_interval SET until = $2 WHERE agent = $1 AND until IS NULL"
    } else {
        "DELETE FROM agent_interval WHERE agent = $1 AND until IS NULL AND since = $2"
    };
    tx.execute(sql, vals![agent, at]).await.map(|_| ())
}

async fn restarted(tx: &mut Tx<'_>, event: &Event) -> Result<(), DbError> {
    let Some(last_seen) = ledger::moment_of(tx, event.node, event.seq - 1).await? else { return Ok(()) };
    tx.execute("DELETE FROM agent_interval WHERE until IS NULL AND node = $1 AND since >= $2", vals![event.node, last_seen]).await?;
    tx.execute("UPDATE agent_interval SET until = $2 WHERE until IS NULL AND node = $1", vals![event.node, last_seen]).await?;
    Ok(())
}

/// The intervals of an agent that touch a span of time, oldest first, not cut to it.
/// # Errors
/// Of the database.
pub async fn of_agent(db: &Db, agent: AgentId, (from, to): (EpochMs, EpochMs), limit: usize) -> Result<Vec<AgentInterval>, DbError> {
    use store::FromRow as _;
    let sql = format!("{COLUMNS} WHERE agent = $1 AND since < $3 AND (until IS NULL OR until > $2) ORDER BY since LIMIT $4");
    db.query(&sql, vals![agent, from, to, limit]).await?.iter().map(AgentInterval::from_row).collect()
}

/// All agents' intervals that touch a span of time.
pub(crate) async fn in_span(db: &Db, agent: Option<AgentId>, (from, to): (EpochMs, EpochMs)) -> Result<Vec<AgentInterval>, DbError> {
    use store::FromRow as _;
    let sql = format!(
        "{COLUMNS} WHERE since < $2 AND (until IS NULL OR until > $1) AND (CAST($3 AS BIGINT) IS NULL OR agent = $3) ORDER BY agent, since"
    );
    db.query(&sql, vals![from, to, agent]).await?.iter().map(AgentInterval::from_row).collect()
}
