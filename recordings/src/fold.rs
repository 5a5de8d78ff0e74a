//! The fold that writes recordings' rows from the ledger, and with them what the certificate needs to know of talks.
//! Every batch reads the rows it touches, applies the events in pure code ([`State`]), and writes what changed; any event
//! may be applied twice, and nothing is kept in memory between batches.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Event, EventKind, InteractionId, RecordingId};
use store::fold::Fold;
use store::words::{unword, word};
use store::{DbError, Tx, vals};

use crate::batch::{Call, Progress, State, Talk};

/// Writes the tables of this room.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordingFold;

impl Fold for RecordingFold {
    fn name(&self) -> &'static str {
        "recordings"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        let before = load(tx, events).await?;
        let mut after = before.clone();
        events.iter().try_for_each(|event| after.take(event))?;
        write(tx, &before, &after).await
    }

    /// What was deleted stays deleted.
    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for table in ["recording", "recorded_call", "recorded_talk"] {
            tx.execute(&format!("DELETE FROM {table}"), vals![]).await?;
        }
        Ok(())
    }
}

/// The recording an event is about.
fn recording(kind: &EventKind) -> Option<RecordingId> {
    match kind {
        EventKind::RecordingStarted { recording, .. }
        | EventKind::RecordingPaused { recording, .. }
        | EventKind::RecordingResumed { recording, .. }
        | EventKind::RecordingGap { recording, .. }
        | EventKind::RecordingEnded { recording, .. } => Some(*recording),
        _ => None,
    }
}

/// It may change the rows of its call.
fn concerns(kind: &EventKind) -> bool {
    recording(kind).is_some()
        || matches!(
            kind,
            EventKind::CallArrived { .. }
                | EventKind::CallerIdentified { .. }
                | EventKind::CustomerLinked { .. }
                | EventKind::TalkStarted { .. }
                | EventKind::TalkEnded { .. }
                | EventKind::CallEnded { .. }
                | EventKind::Interrupted { .. }
        )
}

async fn load(tx: &mut Tx<'_>, events: &[Event]) -> Result<State, DbError> {
    let events = || events.iter().filter(|event| concerns(&event.kind));
    let calls: BTreeSet<InteractionId> = events().filter_map(|event| event.interaction).collect();
    let recordings: BTreeSet<RecordingId> = events().filter_map(|event| recording(&event.kind)).collect();
    let mut state = State::default();
    let sql =
        "SELECT interaction_id, caller, e164, backwards, customer_id, settled FROM recorded_call WHERE interaction_id";
    for row in tx.query_among(sql, calls.iter().copied()).await? {
        let call = Call {
            caller: row.get("caller")?,
            e164: row.get("e164")?,
            backwards: row.get("backwards")?,
            customer: row.get("customer_id")?,
            settled: row.get("settled")?,
        };
        state.calls.insert(row.get("interaction_id")?, call);
    }
    let sql = "SELECT interaction_id, leg_id, agent_id, queue_id, began, ended FROM recorded_talk WHERE interaction_id";
    for row in tx.query_among(sql, calls.iter().copied()).await? {
        let talk = Talk { agent: row.get("agent_id")?, queue: row.get("queue_id")?, ended: row.get("ended")? };
        state.talks.insert((row.get("interaction_id")?, row.get("leg_id")?, row.get("began")?), talk);
    }
    let sql = "SELECT recording_id, interaction_id, customer_id, duration_ms, bytes, state, complete, gap_ms, notes \
        FROM recording";
    let mut rows = tx.query_among(&format!("{sql} WHERE interaction_id"), calls.iter().copied()).await?;
    // An event may name a recording that is not its call's.
    rows.extend(tx.query_among(&format!("{sql} WHERE recording_id"), recordings.iter().copied()).await?);
    for row in rows {
        let progress = Progress {
            interaction: row.get("interaction_id")?,
            customer: row.get("customer_id")?,
            duration_ms: row.get("duration_ms")?,
            bytes: row.get("bytes")?,
            state: unword(row.get("state")?)?,
            complete: row.get("complete")?,
            gap_ms: row.get("gap_ms")?,
            notes: row.get("notes")?,
        };
        state.insert(row.get("recording_id")?, progress);
    }
    let sql = "SELECT recording_id FROM recording_deleted WHERE recording_id";
    for row in tx.query_among(sql, recordings.iter().copied()).await? {
        state.deleted.insert(row.get("recording_id")?);
    }
    Ok(state)
}

/// Rows that are new or hold something else.
fn changed<'m, K: Ord, V: PartialEq>(
    before: &'m BTreeMap<K, V>,
    after: &'m BTreeMap<K, V>,
) -> impl Iterator<Item = (&'m K, &'m V)> {
    after.iter().filter(|(key, value)| before.get(key) != Some(value))
}

async fn write(tx: &mut Tx<'_>, before: &State, after: &State) -> Result<(), DbError> {
    let gone = before.calls.keys().filter(|id| !after.calls.contains_key(id)).copied();
    tx.execute_among("DELETE FROM recorded_call WHERE interaction_id", gone).await?;
    let rows = changed(&before.calls, &after.calls)
        .map(|(id, c)| vals![*id, &c.caller, c.e164.clone(), c.backwards.clone(), c.customer, c.settled]);
    tx.insert_many(
        "INSERT INTO recorded_call (interaction_id, caller, e164, backwards, customer_id, settled) VALUES",
        rows.collect(),
        "ON CONFLICT (interaction_id) DO UPDATE SET caller = excluded.caller, e164 = excluded.e164, \
           backwards = excluded.backwards, customer_id = excluded.customer_id, settled = excluded.settled",
    )
    .await?;
    let rows = changed(&before.talks, &after.talks)
        .map(|((id, leg, began), t)| vals![*id, *leg, t.agent, t.queue, *began, t.ended]);
    tx.insert_many(
        "INSERT INTO recorded_talk (interaction_id, leg_id, agent_id, queue_id, began, ended) VALUES",
        rows.collect(),
        "ON CONFLICT (interaction_id, leg_id, began) DO UPDATE SET ended = excluded.ended",
    )
    .await?;
    write_recordings(tx, before, after).await
}

/// What somebody deletes meanwhile must not come back: only what is new is inserted, and not where it was deleted.
async fn write_recordings(tx: &mut Tx<'_>, before: &State, after: &State) -> Result<(), DbError> {
    let (mut new, mut old) = (Vec::new(), Vec::new());
    for (id, p) in changed(before.recordings(), after.recordings()) {
        let progress = vals![p.customer, p.duration_ms, p.bytes, word(&p.state), p.complete, p.gap_ms, &p.notes];
        let mut row = vals![*id];
        row.extend(progress);
        let Some(b) = after.begun.get(id) else {
            old.push(row);
            continue;
        };
        let c = &b.call;
        row.extend(vals![b.node, p.interaction, word(&b.kind), b.agent, b.queue, b.began, &b.path]);
        row.extend(vals![&c.caller, c.e164.clone(), c.backwards.clone()]);
        new.push(row);
    }
    tx.insert_many(
        "INSERT INTO recording (recording_id, customer_id, duration_ms, bytes, state, complete, gap_ms, notes, node, \
           interaction_id, kind, agent_id, queue_id, began, path, caller, e164, backwards) SELECT v.* FROM (VALUES",
        new,
        ") AS v WHERE NOT EXISTS (SELECT 1 FROM recording_deleted d WHERE d.recording_id = v.column1) \
         ON CONFLICT (recording_id) DO NOTHING",
    )
    .await?;
    tx.insert_many(
        "UPDATE recording SET customer_id = v.column2, duration_ms = v.column3, bytes = v.column4, state = v.column5, \
           complete = v.column6, gap_ms = v.column7, notes = v.column8 FROM (VALUES",
        old,
        ") AS v WHERE recording.recording_id = v.column1",
    )
    .await
    .map(|_| ())
}
