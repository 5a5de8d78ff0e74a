//! The fold behind the reports: raw rows (each entry into a queue, each offer, each conversation handled) and their sums
//! per quarter of an hour × queue × agent. A figure belongs to the quarter of the event that closes it: leaving the queue,
//! the end of the offer, the end of wrap-up. Counts and sums only, never averages. Queue or agent 0 means none.
//! Thresholds are those of the moment and stand in the row, so changing one never rewrites the past.

use std::collections::BTreeMap;

use contract::{AgentId, EpochMs, Event, EventKind, InteractionId, OfferOutcome, QueueId, QueueOutcome};
use serde::{Deserialize, Serialize};
use store::{DbError, Fold, Row, Tx, Val, vals};

use crate::Thresholds;

pub const QUARTER_MS: EpochMs = 15 * 60_000;

macro_rules! sums {
    ($($(#[$doc:meta])* $column:ident,)*) => {
        /// Counts and sums (ms). Adding two of them gives that of both together.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Sums { $($(#[$doc])* pub $column: i64,)* pub max_wait_ms: i64 }

        impl Sums {
            const COLUMNS: &[&str] = &[$(stringify!($column),)* "max_wait_ms"];

            fn values(&self) -> Vec<Val> { vals![$(self.$column,)* self.max_wait_ms] }

            pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
                Ok(Self { $($column: row.get(stringify!($column))?,)* max_wait_ms: row.get("max_wait_ms")? })
            }
        }

        impl std::ops::AddAssign for Sums {
            fn add_assign(&mut self, other: Self) {
                $(self.$column += other.$column;)*
                self.max_wait_ms = self.max_wait_ms.max(other.max_wait_ms);
            }
        }
    };
}

sums! {
    /// Entries that were their caller's first: one per caller, however many queues.
    callers,
    answered,
    within_target,
    abandoned,
    short_abandoned,
    /// Longest wait over, moved elsewhere, voicemail.
    flowed_out,
    /// A wait that a failure of ours ended.
    lost,
    wait_answered_ms,
    wait_abandoned_ms,
    offers_answered,
    offers_missed,
    offers_rejected,
    offers_withdrawn,
    offers_failed,
    rang_ms,
    handled,
    talk_ms,
    hold_ms,
    wrap_ms,
}

impl Sums {
    /// What a query selects: each column's sum (the longest wait's maximum), as one text for both engines.
    pub(crate) fn select() -> String {
        let sum = |c: &&str| if *c == "max_wait_ms" { format!("MAX({c}) AS {c}") } else { format!("CAST(SUM({c}) AS BIGINT) AS {c}") };
        Self::COLUMNS.iter().map(sum).collect::<Vec<_>>().join(", ")
    }
}

/// One row of the roll-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    start: EpochMs,
    queue: QueueId,
    agent: AgentId,
    target_ms: u32,
    short_ms: u32,
}

/// The fold. Holds nothing.
#[derive(Debug, Default)]
pub struct Rollup;

/// One batch under way.
struct Batch<'a, 'c> {
    tx: &'a mut Tx<'c>,
    thresholds: Thresholds,
    sums: BTreeMap<Key, Sums>,
}

const NOBODY: AgentId = AgentId(0);
const NO_QUEUE: QueueId = QueueId(0);

impl Fold for Rollup {
    fn name(&self) -> &'static str {
        "rollup"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        let thresholds = Thresholds::load_in(tx).await?;
        let mut batch = Batch { tx, thresholds, sums: BTreeMap::new() };
        for event in events {
            batch.take(event).await?;
        }
        let Batch { tx, sums, .. } = batch;
        let rows = sums.into_iter().map(|(k, sums)| {
            let mut row = vals![k.start, k.queue, k.agent, k.target_ms, k.short_ms];
            row.extend(sums.values());
            row
        });
        let columns = Sums::COLUMNS.join(", ");
        let head = format!("INSERT INTO rollup (start, queue, agent, target_ms, short_ms, {columns}) VALUES");
        let add = Sums::COLUMNS.iter().map(|c| match *c {
            "max_wait_ms" => format!("{c} = CASE WHEN excluded.{c} > rollup.{c} THEN excluded.{c} ELSE rollup.{c} END"),
            c => format!("{c} = rollup.{c} + excluded.{c}"),
        });
        let tail = format!(
            "ON CONFLICT (start, queue, agent, target_ms, short_ms) DO UPDATE SET {}",
            add.collect::<Vec<_>>().join(", ")
        );
        tx.insert_many(&head, rows.collect(), &tail).await.map(|_| ())
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for table in ["rollup", "queue_entry", "offer_entry", "handling", "handling_open", "open_part"] {
            tx.execute(&format!("DELETE FROM {table}"), vals![]).await?;
        }
        Ok(())
    }
}

impl Batch<'_, '_> {
    async fn take(&mut self, event: &Event) -> Result<(), DbError> {
        if let EventKind::SeatChanged { seat, .. } = &event.kind {
            return self.close_handling(event, seat.agent, seat.activity.interaction()).await;
        }
        // Everything else here is about one call.
        let Some(call) = event.interaction else { return Ok(()) };
        match &event.kind {
            EventKind::Queued { queue, .. } => self.open(call, NOBODY, *queue, event.at).await,
            EventKind::QueueLeft { queue, outcome, waited_ms } => {
                self.close_open(call, NOBODY, *queue).await?;
                self.left(event, call, *queue, *outcome, *waited_ms).await
            }
            EventKind::OfferEnded { agent, queue, outcome, rang_ms, .. } => {
                self.offered(event, call, *agent, queue.unwrap_or(NO_QUEUE), *outcome, *rang_ms).await
            }
            EventKind::TalkStarted { agent, queue, .. } => {
                self.close_handling(event, *agent, Some(call)).await?;
                self.open(call, *agent, queue.unwrap_or(NO_QUEUE), event.at).await
            }
            EventKind::TalkEnded { agent, queue, talk_ms, hold_ms, .. } => {
                let queue = queue.unwrap_or(NO_QUEUE);
                self.close_open(call, *agent, queue).await?;
                self.talked(call, *agent, queue, *talk_ms, *hold_ms).await
            }
            EventKind::WrapUpEnded { agent, queue, took_ms, .. } => {
                self.wrapped_up(event, call, *agent, queue.unwrap_or(NO_QUEUE), *took_ms).await
            }
            EventKind::Interrupted { last_seen } => self.interrupted(event, call, *last_seen).await,
            _ => Ok(()),
        }
    }

    fn sums(&mut self, at: EpochMs, queue: QueueId, agent: AgentId) -> &mut Sums {
        let (target_ms, short_ms) = self.limits(queue, at);
        let start = at.div_euclid(QUARTER_MS) * QUARTER_MS;
        self.sums.entry(Key { start, queue, agent, target_ms, short_ms }).or_default()
    }

    fn limits(&self, queue: QueueId, at: EpochMs) -> (u32, u32) {
        if queue == NO_QUEUE {
            return (0, 0);
        }
        let limit = self.thresholds.at(queue, at);
        (limit.target_ms, limit.short_ms)
    }

    /// A part of a call that a crash may leave without an end: waiting (nobody's), or talking.
    async fn open(&mut self, call: InteractionId, agent: AgentId, queue: QueueId, at: EpochMs) -> Result<(), DbError> {
        let sql = "INSERT INTO open_part (interaction, agent, queue, since) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (interaction, agent, queue) DO UPDATE SET since = excluded.since";
        self.tx.execute(sql, vals![call, agent, queue, at]).await.map(|_| ())
    }

    async fn close_open(&mut self, call: InteractionId, agent: AgentId, queue: QueueId) -> Result<(), DbError> {
        let sql = "DELETE FROM open_part WHERE interaction = $1 AND agent = $2 AND queue = $3";
        self.tx.execute(sql, vals![call, agent, queue]).await.map(|_| ())
    }

    async fn left(
        &mut self,
        event: &Event,
        call: InteractionId,
        queue: QueueId,
        outcome: QueueOutcome,
        waited_ms: u32,
    ) -> Result<(), DbError> {
        let (target_ms, short_ms) = self.limits(queue, event.at);
        let agent = if outcome == QueueOutcome::Answered { self.who_answered(call, queue).await? } else { NOBODY };
        let first = self.tx.query_opt("SELECT 1 FROM queue_entry WHERE interaction = $1 LIMIT 1", vals![call]).await?.is_none();
        self.tx
            .execute(
                "INSERT INTO queue_entry (node, seq, at, queue, agent, interaction, outcome, waited_ms, first, target_ms, short_ms) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                vals![event.node, event.seq, event.at, queue, agent, call, word(&outcome), waited_ms, first, target_ms, short_ms],
            )
            .await?;
        let waited = i64::from(waited_ms);
        let sums = self.sums(event.at, queue, agent);
        sums.callers += i64::from(first);
        sums.max_wait_ms = sums.max_wait_ms.max(waited);
        match outcome {
            QueueOutcome::Answered => {
                sums.answered += 1;
                sums.within_target += i64::from(waited_ms <= target_ms);
                sums.wait_answered_ms += waited;
            }
            QueueOutcome::Abandoned if waited_ms <= short_ms => sums.short_abandoned += 1,
            QueueOutcome::Abandoned => {
                sums.abandoned += 1;
                sums.wait_abandoned_ms += waited;
            }
            QueueOutcome::MaxWait | QueueOutcome::Moved | QueueOutcome::Voicemail => sums.flowed_out += 1,
            QueueOutcome::Failed => sums.lost += 1,
        }
        Ok(())
    }

    /// The offer that was answered ends just before the queue is left.
    async fn who_answered(&mut self, call: InteractionId, queue: QueueId) -> Result<AgentId, DbError> {
        let sql = "SELECT agent FROM offer_entry WHERE interaction = $1 AND queue = $2 AND outcome = 'answered' \
            ORDER BY at DESC, seq DESC LIMIT 1";
        self.tx.query_opt(sql, vals![call, queue]).await?.map_or(Ok(NOBODY), |row| row.get("agent"))
    }

    async fn offered(
        &mut self,
        event: &Event,
        call: InteractionId,
        agent: AgentId,
        queue: QueueId,
        outcome: OfferOutcome,
        rang_ms: u32,
    ) -> Result<(), DbError> {
        self.tx
            .execute(
                "INSERT INTO offer_entry (node, seq, at, queue, agent, interaction, outcome, rang_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                vals![event.node, event.seq, event.at, queue, agent, call, word(&outcome), rang_ms],
            )
            .await?;
        let sums = self.sums(event.at, queue, agent);
        sums.rang_ms += i64::from(rang_ms);
        *match outcome {
            OfferOutcome::Answered => &mut sums.offers_answered,
            OfferOutcome::Missed => &mut sums.offers_missed,
            OfferOutcome::Rejected => &mut sums.offers_rejected,
            OfferOutcome::Withdrawn => &mut sums.offers_withdrawn,
            OfferOutcome::Failed => &mut sums.offers_failed,
        } += 1;
        Ok(())
    }

    /// The conversation is over; handling it is, when wrap-up ends or the agent turns to something else.
    async fn talked(&mut self, call: InteractionId, agent: AgentId, queue: QueueId, talk_ms: u32, hold_ms: u32) -> Result<(), DbError> {
        let sql = "INSERT INTO handling_open (agent, interaction, queue, talk_ms, hold_ms) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (agent, interaction) DO UPDATE SET queue = excluded.queue, \
              talk_ms = handling_open.talk_ms + excluded.talk_ms, hold_ms = handling_open.hold_ms + excluded.hold_ms";
        self.tx.execute(sql, vals![agent, call, queue, talk_ms, hold_ms]).await.map(|_| ())
    }

    /// Closes what the agent handled before `busy_with`.
    async fn close_handling(&mut self, event: &Event, agent: AgentId, busy_with: Option<InteractionId>) -> Result<(), DbError> {
        let sql = "DELETE FROM handling_open WHERE agent = $1 AND interaction <> $2 RETURNING interaction, queue, talk_ms, hold_ms";
        let rows = self.tx.query(sql, vals![agent, busy_with.map_or(0, i64::from)]).await?;
        for row in rows {
            let call = row.get("interaction")?;
            self.handled(event, call, agent, row.get("queue")?, Some((row.get("talk_ms")?, row.get("hold_ms")?)), 0).await?;
        }
        Ok(())
    }

    async fn wrapped_up(&mut self, event: &Event, call: InteractionId, agent: AgentId, queue: QueueId, took_ms: u32) -> Result<(), DbError> {
        let sql = "DELETE FROM handling_open WHERE agent = $1 AND interaction = $2 RETURNING queue, talk_ms, hold_ms";
        let Some(row) = self.tx.query_opt(sql, vals![agent, call]).await? else {
            return self.handled(event, call, agent, queue, None, took_ms).await;
        };
        self.handled(event, call, agent, row.get("queue")?, Some((row.get("talk_ms")?, row.get("hold_ms")?)), took_ms).await
    }

    /// `talk`: talked and held; none for a wrap-up whose conversation was counted before.
    async fn handled(
        &mut self,
        event: &Event,
        call: InteractionId,
        agent: AgentId,
        queue: QueueId,
        talk: Option<(i64, i64)>,
        wrap_ms: u32,
    ) -> Result<(), DbError> {
        let (talk_ms, hold_ms) = talk.unwrap_or_default();
        self.tx
            .execute(
                "INSERT INTO handling (node, seq, at, queue, agent, interaction, handled, talk_ms, hold_ms, wrap_ms) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                vals![event.node, event.seq, event.at, queue, agent, call, talk.is_some(), talk_ms, hold_ms, wrap_ms],
            )
            .await?;
        let sums = self.sums(event.at, queue, agent);
        sums.handled += i64::from(talk.is_some());
        sums.talk_ms += talk_ms;
        sums.hold_ms += hold_ms;
        sums.wrap_ms += i64::from(wrap_ms);
        Ok(())
    }

    /// What a crash left open: a wait is lost, a conversation lasted until it was last seen.
    async fn interrupted(&mut self, event: &Event, call: InteractionId, last_seen: EpochMs) -> Result<(), DbError> {
        let sql = "DELETE FROM open_part WHERE interaction = $1 RETURNING agent, queue, since";
        for row in self.tx.query(sql, vals![call]).await? {
            let (agent, queue): (AgentId, QueueId) = (row.get("agent")?, row.get("queue")?);
            let lasted = u32::try_from((last_seen - row.get::<i64>("since")?).max(0)).unwrap_or(u32::MAX);
            if agent == NOBODY {
                self.left(event, call, queue, QueueOutcome::Failed, lasted).await?;
            } else {
                self.talked(call, agent, queue, lasted, 0).await?;
                // It is not known whether a wrap-up follows; a crashed seat has none.
                self.wrapped_up(event, call, agent, queue, 0).await?;
            }
        }
        Ok(())
    }
}

/// The word an enum has in JSON, which is also its word in SQL.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(tagged)) => {
            tagged.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
