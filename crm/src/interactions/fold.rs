//! The fold that writes interactions, segments, notes and the timeline from the ledger. Every batch reads the traces it
//! touches, applies the events in pure code, and writes what changed: no memory between batches, so a batch that is undone
//! leaves nothing behind.

use std::collections::BTreeMap;

use contract::{Event, InteractionId};
use store::fold::Fold;
use store::{DbError, Tx, Val, placeholders, vals};

use super::rows;
use super::trace::Trace;
use crate::timeline;
use store::words::json;

/// Writes the tables of this room; see [`super`].
#[derive(Debug, Clone, Copy, Default)]
pub struct InteractionFold;

impl Fold for InteractionFold {
    fn name(&self) -> &'static str {
        "crm.interactions"
    }

    async fn apply(&mut self, tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
        apply(tx, events).await
    }

    async fn clear(&mut self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        for table in ["interaction", "interaction_with", "interaction_tag", "segment", "interaction_note", "interaction_disposition"] {
            tx.execute(&format!("DELETE FROM {table}"), vals![]).await?;
        }
        tx.execute("DELETE FROM timeline_entry WHERE kind = $1", vals![timeline::INTERACTION]).await.map(|_| ())
    }
}

async fn apply(tx: &mut Tx<'_>, events: &[Event]) -> Result<(), DbError> {
    let mut ids: Vec<InteractionId> = events.iter().filter_map(|e| e.interaction).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut before = load(tx, &ids).await?;
    let mut after: BTreeMap<InteractionId, Trace> = BTreeMap::new();
    for event in events {
        let Some(id) = event.interaction else { continue };
        // Without its beginning (lost to retention) an interaction is not told at all.
        let known = after.remove(&id).or_else(|| before.get(&id).cloned()).or_else(|| Trace::begin(event));
        let Some(mut trace) = known else { continue };
        trace.apply(event);
        after.insert(id, trace);
    }
    after.retain(|id, trace| before.get(id) != Some(trace));
    write(tx, &mut before, &after).await
}

async fn load(tx: &mut Tx<'_>, ids: &[InteractionId]) -> Result<BTreeMap<InteractionId, Trace>, DbError> {
    let mut all = BTreeMap::new();
    for some in ids.chunks(500) {
        let (places, keys): (String, Vec<Val>) = (placeholders(1, some.len()), some.iter().map(|id| (*id).into()).collect());
        let sql = format!("SELECT {}, i.node, i.seq, i.last_at FROM interaction i WHERE i.interaction_id IN ({places})", rows::CALL);
        for row in tx.query(&sql, keys.clone()).await? {
            let call = rows::call(&row)?;
            let trace = Trace {
                segments: Vec::new(),
                notes: Vec::new(),
                node: row.get("node")?,
                seq: row.get("seq")?,
                last_at: row.get("last_at")?,
                call,
            };
            all.insert(trace.call.interaction, trace);
        }
        let sql =
            format!("SELECT interaction_id, {} FROM segment WHERE interaction_id IN ({places}) ORDER BY interaction_id, n", rows::SEGMENT);
        for row in tx.query(&sql, keys).await? {
            if let Some(trace) = all.get_mut(&row.get("interaction_id")?) {
                trace.segments.push(rows::segment(&row)?);
            }
        }
    }
    Ok(all)
}

async fn write(
    tx: &mut Tx<'_>,
    before: &mut BTreeMap<InteractionId, Trace>,
    after: &BTreeMap<InteractionId, Trace>,
) -> Result<(), DbError> {
    let (head, tail) = rows::upsert();
    tx.insert_many(&head, after.values().map(rows::trace_vals).collect(), &tail).await?;
    let (mut segments, mut with, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for (id, trace) in after {
        let old = before.remove(id);
        let old_segments = old.as_ref().map_or(&[][..], |t| &t.segments);
        let changed = trace.segments.iter().filter(|s| old_segments.get(s.n as usize - 1) != Some(*s));
        segments.extend(changed.map(|s| rows::segment_vals(trace, s)));
        let (c, o) = (&trace.call, old.as_ref().map(|t| &t.call));
        let agents = c.agents.iter().skip(o.map_or(0, |o| o.agents.len())).map(|a| ("agent", a.0));
        let queues = c.queues.iter().skip(o.map_or(0, |o| o.queues.len())).map(|q| ("queue", q.0));
        if o.map_or(&[][..], |o| &o.tags) != c.tags {
            tx.execute("DELETE FROM interaction_tag WHERE interaction_id = $1", vals![*id]).await?;
            tags.extend(c.tags.iter().map(|tag| vals![tag, c.began, c.interaction]));
        }
        with.extend(agents.chain(queues).map(|(kind, party)| vals![kind, party, c.began, c.interaction]));
    }
    tx.insert_many(
        &format!("INSERT INTO segment (interaction_id, {}) VALUES", rows::SEGMENT),
        segments,
        "ON CONFLICT (interaction_id, n) DO UPDATE SET ended = excluded.ended, ms = excluded.ms, outcome = excluded.outcome, detail = excluded.detail",
    )
    .await?;
    tx.insert_many("INSERT INTO interaction_with (kind, party_id, began, interaction_id) VALUES", with, "ON CONFLICT DO NOTHING").await?;
    tx.insert_many("INSERT INTO interaction_tag (tag, began, interaction_id) VALUES", tags, "ON CONFLICT DO NOTHING").await?;
    write_notes(tx, after).await?;
    write_timeline(tx, after).await
}

async fn write_notes(tx: &mut Tx<'_>, after: &BTreeMap<InteractionId, Trace>) -> Result<(), DbError> {
    let (mut notes, mut dispositions) = (Vec::new(), Vec::new());
    for (id, trace) in after {
        for note in &trace.notes {
            notes.push(vals![*id, note.agent, json(&note.dispositions), &note.notes, note.at]);
            dispositions.extend(note.dispositions.iter().map(|d| vals![*id, note.agent, *d, note.at]));
            // The last word replaces what this agent had said before.
            let sql = "DELETE FROM interaction_disposition WHERE interaction_id = $1 AND agent_id = $2";
            tx.execute(sql, vals![*id, note.agent]).await?;
        }
    }
    tx.insert_many(
        "INSERT INTO interaction_note (interaction_id, agent_id, dispositions, notes, at) VALUES",
        notes,
        "ON CONFLICT (interaction_id, agent_id) DO UPDATE SET dispositions = excluded.dispositions, notes = excluded.notes, at = excluded.at",
    )
    .await?;
    tx.insert_many(
        "INSERT INTO interaction_disposition (interaction_id, agent_id, disposition_id, at) VALUES",
        dispositions,
        "ON CONFLICT DO NOTHING",
    )
    .await?;
    Ok(())
}

async fn write_timeline(tx: &mut Tx<'_>, after: &BTreeMap<InteractionId, Trace>) -> Result<(), DbError> {
    let (linked, loose): (Vec<&Trace>, Vec<&Trace>) = after.values().partition(|t| t.call.customer.is_some());
    let rows = linked.iter().map(|t| vals![timeline::INTERACTION, t.call.interaction, t.call.customer, t.call.began]).collect();
    tx.insert_many(
        "INSERT INTO timeline_entry (kind, ref_id, customer_id, at) VALUES",
        rows,
        "ON CONFLICT (kind, ref_id) DO UPDATE SET customer_id = excluded.customer_id",
    )
    .await?;
    for some in loose.chunks(500) {
        let sql = format!("DELETE FROM timeline_entry WHERE kind = $1 AND ref_id IN ({})", placeholders(2, some.len()));
        let keys = some.iter().map(|t| t.call.interaction.into());
        tx.execute(&sql, std::iter::once(timeline::INTERACTION.into()).chain(keys).collect()).await?;
    }
    Ok(())
}
