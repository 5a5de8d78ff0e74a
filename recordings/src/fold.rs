//! The fold that writes recordings' rows from the ledger, and with them what the certificate needs to know of talks.
//! Each event is one small statement that may be applied twice; nothing is kept in memory.

use std::collections::BTreeMap;

use contract::{
    AgentId, Caller, Candidate, EpochMs, Event, EventKind, InteractionId, MatchReason, PhoneNumber, QueueId, RecordingId, RecordingKind,
};
use store::fold::Fold;
use store::words::{backwards, json, unjson, word};
use store::{DbError, Tx, vals};

use crate::rows::Remark;

/// Writes the tables of this room.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordingFold;

impl Fold for RecordingFold {
    fn name(&self) -> &'static str {
        "recordings"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        let mut arrived = BTreeMap::new();
        for event in events {
            let Some(interaction) = event.interaction else { continue };
            // Calls come in crowds: written together, before the first event that needs one.
            if let EventKind::CallArrived { caller, .. } = &event.kind {
                arrived.insert(interaction, caller);
            } else if concerns(&event.kind) {
                calls(tx, std::mem::take(&mut arrived)).await?;
                one(tx, interaction, event).await?;
            }
        }
        calls(tx, arrived).await
    }

    /// What was deleted stays deleted.
    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for table in ["recording", "recorded_call", "recorded_talk"] {
            tx.execute(&format!("DELETE FROM {table}"), vals![]).await?;
        }
        Ok(())
    }
}

fn concerns(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::CallerIdentified { .. }
            | EventKind::CustomerLinked { .. }
            | EventKind::TalkStarted { .. }
            | EventKind::TalkEnded { .. }
            | EventKind::RecordingStarted { .. }
            | EventKind::RecordingPaused { .. }
            | EventKind::RecordingResumed { .. }
            | EventKind::RecordingGap { .. }
            | EventKind::RecordingEnded { .. }
            | EventKind::CallEnded { .. }
            | EventKind::Interrupted { .. }
    )
}

async fn calls(tx: &mut Tx<'_>, arrived: BTreeMap<InteractionId, &Caller>) -> Result<(), DbError> {
    let rows = arrived.into_iter().map(|(interaction, caller)| {
        let digits = caller.number.as_ref().map_or(caller.raw.as_str(), PhoneNumber::reveal);
        vals![interaction, &caller.raw, caller.number.as_ref(), backwards(digits), Option::<i64>::None, false]
    });
    let head = "INSERT INTO recorded_call (interaction_id, caller, e164, backwards, customer_id, settled) VALUES";
    tx.insert_many(head, rows.collect(), "ON CONFLICT DO NOTHING").await.map(|_| ())
}

async fn one(tx: &mut Tx<'_>, id: InteractionId, event: &Event) -> Result<(), DbError> {
    match &event.kind {
        EventKind::CallerIdentified { candidates } => {
            let Some(guess) = only_safe(candidates) else { return Ok(()) };
            let sql = "UPDATE recorded_call SET customer_id = $2 WHERE interaction_id = $1 AND settled = 0 AND customer_id IS NULL";
            tx.execute(sql, vals![id, guess.customer]).await?;
            follow_call(tx, id).await
        }
        EventKind::CustomerLinked { customer, .. } => {
            tx.execute("UPDATE recorded_call SET customer_id = $2, settled = 1 WHERE interaction_id = $1", vals![id, *customer]).await?;
            follow_call(tx, id).await
        }
        EventKind::TalkStarted { agent, leg, queue, .. } => {
            let sql = "INSERT INTO recorded_talk (interaction_id, leg_id, agent_id, queue_id, began) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
            tx.execute(sql, vals![id, *leg, *agent, *queue, event.at]).await.map(|_| ())
        }
        EventKind::TalkEnded { leg, .. } => {
            let sql = "UPDATE recorded_talk SET ended = $3 WHERE interaction_id = $1 AND leg_id = $2 AND ended IS NULL";
            tx.execute(sql, vals![id, *leg, event.at]).await.map(|_| ())
        }
        EventKind::RecordingStarted { recording, what, agent, queue, path } => {
            begin(tx, id, event, *recording, *what, (*agent, *queue), path).await
        }
        EventKind::RecordingPaused { recording, agent, reason } => {
            remark(tx, *recording, Remark::Paused { at: event.at, agent: *agent, reason: reason.clone() }).await
        }
        EventKind::RecordingResumed { recording, agent } => remark(tx, *recording, Remark::Resumed { at: event.at, agent: *agent }).await,
        EventKind::RecordingGap { recording, ms, reason } => {
            remark(tx, *recording, Remark::Gap { at: event.at, ms: *ms, reason: reason.clone() }).await
        }
        EventKind::RecordingEnded { recording, duration_ms, bytes, complete } => {
            let state = if *bytes == 0 { "lost" } else { "done" };
            let sql = "UPDATE recording SET duration_ms = $2, bytes = $3, state = $4, complete = $5 WHERE recording_id = $1";
            tx.execute(sql, vals![*recording, *duration_ms, *bytes, state, *complete]).await.map(|_| ())
        }
        EventKind::CallEnded { .. } => ended(tx, id, event.at).await,
        EventKind::Interrupted { last_seen } => ended(tx, id, *last_seen).await,
        _ => Ok(()),
    }
}

/// The one customer that may be assumed: sure, and the only one.
fn only_safe(candidates: &[Candidate]) -> Option<&Candidate> {
    let sure = |c: &&Candidate| c.confidence >= 80 && matches!(c.reason, MatchReason::Exact | MatchReason::Equivalent);
    let first = candidates.first().filter(sure)?;
    candidates.iter().all(|c| c.customer == first.customer).then_some(first)
}

async fn follow_call(tx: &mut Tx<'_>, id: InteractionId) -> Result<(), DbError> {
    let sql =
        "UPDATE recording SET customer_id = (SELECT customer_id FROM recorded_call WHERE interaction_id = $1) WHERE interaction_id = $1";
    tx.execute(sql, vals![id]).await.map(|_| ())
}

async fn begin(
    tx: &mut Tx<'_>,
    id: InteractionId,
    event: &Event,
    recording: RecordingId,
    what: RecordingKind,
    (agent, queue): (Option<AgentId>, Option<QueueId>),
    path: &str,
) -> Result<(), DbError> {
    // A call whose beginning is not known has an empty caller, but its recording is listed all the same.
    let sql = "INSERT INTO recording (recording_id, node, interaction_id, kind, agent_id, queue_id, customer_id, caller, e164, backwards, began, \
            duration_ms, bytes, path, state, complete, gap_ms, notes) \
        SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), c.customer_id, \
            COALESCE(c.caller, ''), c.e164, c.backwards, CAST($7 AS BIGINT), 0, 0, CAST($8 AS TEXT), 'recording', 0, 0, '[]' \
        FROM (SELECT CAST($3 AS BIGINT) AS id) one LEFT JOIN recorded_call c ON c.interaction_id = one.id \
        WHERE NOT EXISTS (SELECT 1 FROM recording_deleted d WHERE d.recording_id = $1) ON CONFLICT (recording_id) DO NOTHING";
    tx.execute(sql, vals![recording, event.node, id, word(&what), agent, queue, event.at, path]).await.map(|_| ())
}

async fn remark(tx: &mut Tx<'_>, recording: RecordingId, remark: Remark) -> Result<(), DbError> {
    let Some(row) = tx.query_opt("SELECT notes FROM recording WHERE recording_id = $1", vals![recording]).await? else { return Ok(()) };
    let mut all: Vec<Remark> = unjson(&row.get::<String>("notes")?)?;
    if all.contains(&remark) {
        return Ok(());
    }
    all.push(remark);
    let gap_ms: u32 = all.iter().fold(0, |sum, r| if let Remark::Gap { ms, .. } = r { sum.saturating_add(*ms) } else { sum });
    tx.execute("UPDATE recording SET notes = $2, gap_ms = $3 WHERE recording_id = $1", vals![recording, json(&all), gap_ms])
        .await
        .map(|_| ())
}

/// Talks that nobody ended are over; a call without any recording or talk need not be remembered.
async fn ended(tx: &mut Tx<'_>, id: InteractionId, at: EpochMs) -> Result<(), DbError> {
    let sql = "UPDATE recorded_talk SET ended = CASE WHEN began > $2 THEN began ELSE $2 END WHERE interaction_id = $1 AND ended IS NULL";
    tx.execute(sql, vals![id, at]).await?;
    let sql = "DELETE FROM recorded_call WHERE interaction_id = $1 \
        AND NOT EXISTS (SELECT 1 FROM recording WHERE interaction_id = $1) AND NOT EXISTS (SELECT 1 FROM recorded_talk WHERE interaction_id = $1)";
    tx.execute(sql, vals![id]).await.map(|_| ())
}
