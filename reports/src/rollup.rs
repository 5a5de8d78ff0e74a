//! The fold behind the reports: raw rows (each entry into a queue, each offer, each conversation handled) and their sums
//! per quarter of an hour × queue × agent. A figure belongs to the quarter of the event that closes it: leaving the queue,
//! the end of the offer, the end of wrap-up. Counts and sums only, never averages. Queue or agent 0 means none.
//! Thresholds are those of the moment and stand in the row, so changing one never rewrites the past.

use std::collections::{BTreeMap, BTreeSet};

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

/// The fold. Holds nothing between batches: each reads what is open of its calls and agents, decides in memory, and writes
/// what came of it in a few statements.
#[derive(Debug, Default)]
pub struct Rollup;

const NOBODY: AgentId = AgentId(0);
const NO_QUEUE: QueueId = QueueId(0);

impl Fold for Rollup {
    fn name(&self) -> &'static str {
        "rollup"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        let before = Open::load(tx, events).await?;
        let mut batch = Batch { thresholds: Thresholds::load_in(tx).await?, open: before.clone(), ..Batch::default() };
        events.iter().for_each(|event| batch.take(event));
        batch.open.write(tx, &before).await?;
        batch.rows.write(tx).await?;
        add(tx, batch.sums).await
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for table in ["rollup", "queue_entry", "offer_entry", "handling", "handling_open", "open_part"] {
            tx.execute(&format!("DELETE FROM {table}"), vals![]).await?;
        }
        Ok(())
    }
}

async fn add(tx: &mut Tx<'_>, sums: BTreeMap<Key, Sums>) -> Result<(), DbError> {
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

/// What an agent talked and held in a call, until the handling of it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Talked {
    queue: QueueId,
    talk_ms: i64,
    hold_ms: i64,
}

/// What is still open of the calls and agents of a batch, and what their next event needs to know of the last.
#[derive(Debug, Clone, Default)]
struct Open {
    /// Parts of a call that a crash may leave without an end, since when: waiting (nobody's), or talking.
    parts: BTreeMap<(InteractionId, AgentId, QueueId), EpochMs>,
    handling: BTreeMap<(AgentId, InteractionId), Talked>,
    /// Calls that entered a queue before.
    entered: BTreeSet<InteractionId>,
    /// The last answered offer: when, its number, and whose.
    answered: BTreeMap<(InteractionId, QueueId), (EpochMs, u64, AgentId)>,
}

impl Open {
    async fn load(tx: &mut Tx<'_>, events: &[Event]) -> Result<Self, DbError> {
        let (mut calls, mut agents) = (BTreeSet::new(), BTreeSet::new());
        for event in events {
            match &event.kind {
                EventKind::SeatChanged { seat, .. } => agents.extend([seat.agent]),
                EventKind::TalkStarted { agent, .. }
                | EventKind::TalkEnded { agent, .. }
                | EventKind::WrapUpEnded { agent, .. } => {
                    agents.insert(*agent);
                    calls.extend(event.interaction);
                }
                EventKind::Queued { .. }
                | EventKind::QueueLeft { .. }
                | EventKind::OfferEnded { .. }
                | EventKind::Interrupted { .. } => calls.extend(event.interaction),
                _ => {}
            }
        }
        let (mut open, calls) = (Self::default(), || calls.iter().map(|call| i64::from(*call)));
        let sql = "SELECT interaction, agent, queue, since FROM open_part WHERE interaction";
        for row in tx.query_among(sql, calls()).await? {
            // Whose talk a crash cut off is handled by this agent.
            agents.insert(row.get("agent")?);
            open.parts.insert((row.get("interaction")?, row.get("agent")?, row.get("queue")?), row.get("since")?);
        }
        let sql = "SELECT agent, interaction, queue, talk_ms, hold_ms FROM handling_open WHERE agent";
        for row in tx.query_among(sql, agents).await? {
            let talked = Talked { queue: row.get("queue")?, talk_ms: row.get("talk_ms")?, hold_ms: row.get("hold_ms")? };
            open.handling.insert((row.get("agent")?, row.get("interaction")?), talked);
        }
        for row in tx.query_among("SELECT interaction FROM queue_entry WHERE interaction", calls()).await? {
            open.entered.insert(row.get("interaction")?);
        }
        let sql = "SELECT interaction, queue, at, seq, agent FROM offer_entry WHERE outcome = 'answered' AND interaction";
        for row in tx.query_among(sql, calls()).await? {
            open.was_answered((row.get("interaction")?, row.get("queue")?), (row.get("at")?, row.get("seq")?, row.get("agent")?));
        }
        Ok(open)
    }

    fn was_answered(&mut self, offer: (InteractionId, QueueId), last: (EpochMs, u64, AgentId)) {
        let known = self.answered.entry(offer).or_insert(last);
        *known = (*known).max(last);
    }

    /// Writes what differs from before: all parts of a call, all handling of an agent.
    async fn write(&self, tx: &mut Tx<'_>, before: &Self) -> Result<(), DbError> {
        let calls: BTreeSet<i64> = changed(&before.parts, &self.parts).map(|(call, ..)| call.into()).collect();
        let agents: BTreeSet<i64> = changed(&before.handling, &self.handling).map(|(agent, _)| agent.into()).collect();
        let had: BTreeSet<i64> = before.parts.keys().map(|(call, ..)| (*call).into()).collect();
        tx.execute_among("DELETE FROM open_part WHERE interaction", calls.intersection(&had).copied()).await?;
        let had: BTreeSet<i64> = before.handling.keys().map(|(agent, _)| (*agent).into()).collect();
        tx.execute_among("DELETE FROM handling_open WHERE agent", agents.intersection(&had).copied()).await?;
        let parts = self.parts.iter().filter(|((call, ..), _)| calls.contains(&i64::from(*call)));
        let parts = parts.map(|((call, agent, queue), since)| vals![*call, *agent, *queue, *since]).collect();
        tx.insert_many("INSERT INTO open_part (interaction, agent, queue, since) VALUES", parts, "").await?;
        let handling = self.handling.iter().filter(|((agent, _), _)| agents.contains(&i64::from(*agent)));
        let handling =
            handling.map(|((agent, call), t)| vals![*agent, *call, t.queue, t.talk_ms, t.hold_ms]).collect();
        tx.insert_many("INSERT INTO handling_open (agent, interaction, queue, talk_ms, hold_ms) VALUES", handling, "")
            .await
            .map(|_| ())
    }
}

/// Keys that came, went, or hold another value.
fn changed<'m, K: Ord + Copy, V: PartialEq>(
    before: &'m BTreeMap<K, V>,
    after: &'m BTreeMap<K, V>,
) -> impl Iterator<Item = K> + 'm {
    let gone = before.keys().filter(|key| !after.contains_key(key));
    let new = after.iter().filter(|(key, value)| before.get(key) != Some(value)).map(|(key, _)| key);
    gone.chain(new).copied()
}

/// Raw rows of a batch.
#[derive(Debug, Default)]
struct Rows {
    entries: Vec<Vec<Val>>,
    offers: Vec<Vec<Val>>,
    handlings: Vec<Vec<Val>>,
}

impl Rows {
    async fn write(self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for (head, rows) in [
            (
                "INSERT INTO queue_entry (node, seq, at, queue, agent, interaction, outcome, waited_ms, first, target_ms, short_ms) VALUES",
                self.entries,
            ),
            ("INSERT INTO offer_entry (node, seq, at, queue, agent, interaction, outcome, rang_ms) VALUES", self.offers),
            (
                "INSERT INTO handling (node, seq, at, queue, agent, interaction, handled, talk_ms, hold_ms, wrap_ms) VALUES",
                self.handlings,
            ),
        ] {
            tx.insert_many(head, rows, "").await?;
        }
        Ok(())
    }
}

/// One batch under way: pure.
#[derive(Debug, Default)]
struct Batch {
    thresholds: Thresholds,
    open: Open,
    rows: Rows,
    sums: BTreeMap<Key, Sums>,
}

impl Batch {
    fn take(&mut self, event: &Event) {
        if let EventKind::SeatChanged { seat, .. } = &event.kind {
            return self.close_handling(event, seat.agent, seat.activity.interaction());
        }
        // Everything else here is about one call.
        let Some(call) = event.interaction else { return };
        match &event.kind {
            EventKind::Queued { queue, .. } => {
                self.open.parts.insert((call, NOBODY, *queue), event.at);
            }
            EventKind::QueueLeft { queue, outcome, waited_ms } => {
                self.open.parts.remove(&(call, NOBODY, *queue));
                self.left(event, call, *queue, *outcome, *waited_ms);
            }
            EventKind::OfferEnded { agent, queue, outcome, rang_ms, .. } => {
                self.offered(event, call, *agent, queue.unwrap_or(NO_QUEUE), *outcome, *rang_ms);
            }
            EventKind::TalkStarted { agent, queue, .. } => {
                self.close_handling(event, *agent, Some(call));
                self.open.parts.insert((call, *agent, queue.unwrap_or(NO_QUEUE)), event.at);
            }
            EventKind::TalkEnded { agent, queue, talk_ms, hold_ms, .. } => {
                let queue = queue.unwrap_or(NO_QUEUE);
                self.open.parts.remove(&(call, *agent, queue));
                self.talked(call, *agent, queue, *talk_ms, *hold_ms);
            }
            EventKind::WrapUpEnded { agent, queue, took_ms, .. } => {
                self.wrapped_up(event, call, *agent, queue.unwrap_or(NO_QUEUE), *took_ms);
            }
            EventKind::Interrupted { last_seen } => self.interrupted(event, call, *last_seen),
            _ => {}
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

    fn left(&mut self, event: &Event, call: InteractionId, queue: QueueId, outcome: QueueOutcome, waited_ms: u32) {
        let (target_ms, short_ms) = self.limits(queue, event.at);
        // The offer that was answered ends just before the queue is left.
        let answered = self.open.answered.get(&(call, queue)).filter(|_| outcome == QueueOutcome::Answered);
        let agent = answered.map_or(NOBODY, |(.., agent)| *agent);
        let first = self.open.entered.insert(call);
        self.rows.entries.push(vals![
            event.node, event.seq, event.at, queue, agent, call, word(&outcome), waited_ms, first, target_ms, short_ms
        ]);
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
    }

    fn offered(
        &mut self,
        event: &Event,
        call: InteractionId,
        agent: AgentId,
        queue: QueueId,
        outcome: OfferOutcome,
        rang_ms: u32,
    ) {
        self.rows.offers.push(vals![event.node, event.seq, event.at, queue, agent, call, word(&outcome), rang_ms]);
        if outcome == OfferOutcome::Answered {
            self.open.was_answered((call, queue), (event.at, event.seq, agent));
        }
        let sums = self.sums(event.at, queue, agent);
        sums.rang_ms += i64::from(rang_ms);
        *match outcome {
            OfferOutcome::Answered => &mut sums.offers_answered,
            OfferOutcome::Missed => &mut sums.offers_missed,
            OfferOutcome::Rejected => &mut sums.offers_rejected,
            OfferOutcome::Withdrawn => &mut sums.offers_withdrawn,
            OfferOutcome::Failed => &mut sums.offers_failed,
        } += 1;
    }

    /// The conversation is over; handling it is, when wrap-up ends or the agent turns to something else.
    fn talked(&mut self, call: InteractionId, agent: AgentId, queue: QueueId, talk_ms: u32, hold_ms: u32) {
        let open = self.open.handling.entry((agent, call)).or_insert(Talked { queue, talk_ms: 0, hold_ms: 0 });
        open.queue = queue;
        open.talk_ms += i64::from(talk_ms);
        open.hold_ms += i64::from(hold_ms);
    }

    /// Closes what the agent handled before `busy_with`.
    fn close_handling(&mut self, event: &Event, agent: AgentId, busy_with: Option<InteractionId>) {
        let all = (agent, InteractionId(i64::MIN))..=(agent, InteractionId(i64::MAX));
        let others = self.open.handling.range(all).filter(|((_, call), _)| Some(*call) != busy_with);
        let over: Vec<_> = others.map(|((_, call), talked)| (*call, *talked)).collect();
        for (call, talked) in over {
            self.open.handling.remove(&(agent, call));
            self.handled(event, call, agent, talked.queue, Some(talked), 0);
        }
    }

    fn wrapped_up(&mut self, event: &Event, call: InteractionId, agent: AgentId, queue: QueueId, took_ms: u32) {
        let talked = self.open.handling.remove(&(agent, call));
        self.handled(event, call, agent, talked.map_or(queue, |talked| talked.queue), talked, took_ms);
    }

    /// `talked`: none for a wrap-up whose conversation was counted before.
    fn handled(
        &mut self,
        event: &Event,
        call: InteractionId,
        agent: AgentId,
        queue: QueueId,
        talked: Option<Talked>,
        wrap_ms: u32,
    ) {
        let (talk_ms, hold_ms) = talked.map_or((0, 0), |talked| (talked.talk_ms, talked.hold_ms));
        self.rows.handlings.push(vals![
            event.node, event.seq, event.at, queue, agent, call, talked.is_some(), talk_ms, hold_ms, wrap_ms
        ]);
        let sums = self.sums(event.at, queue, agent);
        sums.handled += i64::from(talked.is_some());
        sums.talk_ms += talk_ms;
        sums.hold_ms += hold_ms;
        sums.wrap_ms += i64::from(wrap_ms);
    }

    /// What a crash left open: a wait is lost, a conversation lasted until it was last seen.
    fn interrupted(&mut self, event: &Event, call: InteractionId, last_seen: EpochMs) {
        let all = (call, AgentId(i64::MIN), QueueId(i64::MIN))..=(call, AgentId(i64::MAX), QueueId(i64::MAX));
        let parts: Vec<_> = self.open.parts.range(all).map(|(part, since)| (*part, *since)).collect();
        for ((_, agent, queue), since) in parts {
            self.open.parts.remove(&(call, agent, queue));
            let lasted = u32::try_from((last_seen - since).max(0)).unwrap_or(u32::MAX);
            if agent == NOBODY {
                self.left(event, call, queue, QueueOutcome::Failed, lasted);
            } else {
                self.talked(call, agent, queue, lasted, 0);
                // It is not known whether a wrap-up follows; a crashed seat has none.
                self.wrapped_up(event, call, agent, queue, 0);
            }
        }
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
