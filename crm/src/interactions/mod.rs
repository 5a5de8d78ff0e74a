//! Interactions and their segments, as the ledger tells them. Start at [`list`] for the call list, [`segments`] for one
//! call's life, [`InteractionFold`] for how they are written. Nobody else writes these tables: who wants a change records
//! an event. Times are sums per kind of segment in milliseconds; callers are counted once, queue entries one by one.

mod fold;
mod list;
mod rows;
mod trace;

use std::collections::BTreeMap;

use contract::{
    AgentId, ContactId, CustomerId, Direction, DispositionId, EndCause, Entry, EpochMs, HungUpBy, InteractionId, LegId, OfferId, Pressed,
    QueueId, RecordingId,
};
use serde::{Deserialize, Serialize};
use store::{Db, DbError, placeholders, vals};

pub use fold::InteractionFold;
pub use list::{CallFilter, NumberFilter, list};

/// One interaction as a whole. For voice, the call as the customer lived it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    pub interaction: InteractionId,
    pub direction: Direction,
    pub began: EpochMs,
    pub ended: Option<EpochMs>,
    pub caller: contract::Caller,
    pub dialed: String,
    pub entry: Entry,
    pub customer: Option<CustomerId>,
    pub contact: Option<ContactId>,
    /// Who settled who it was; none: the only safe guess, or nobody yet.
    pub linked_by: Option<AgentId>,
    pub vip: bool,
    pub cause: Option<EndCause>,
    pub by: Option<HungUpBy>,
    /// The last flow walked through.
    pub flow: Option<String>,
    /// In the order in which each first took part: offered, or talking.
    pub agents: Vec<AgentId>,
    pub queues: Vec<QueueId>,
    pub pressed: Vec<Pressed>,
    /// In the order they were given.
    pub tags: Vec<String>,
    /// An agent talked with the caller.
    pub answered: bool,
    /// A transfer to a second queue makes two of one caller.
    pub queue_entries: u32,
    pub offers: u32,
    pub missed_offers: u32,
    pub holds: u32,
    pub transfers: u32,
    pub sums: Sums,
    pub has_recording: bool,
}

/// Milliseconds in each kind of segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sums {
    pub ivr_ms: u64,
    pub wait_ms: u64,
    pub ring_ms: u64,
    /// Without hold.
    pub talk_ms: u64,
    pub hold_ms: u64,
    pub wrap_ms: u64,
    pub voicemail_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    Ivr,
    Queue,
    Ring,
    Talk,
    Hold,
    WrapUp,
    Voicemail,
    /// Somebody whom the agent asked is there; its time is within a talk's, and its hold's.
    Consult,
    /// In a numbered place, until somebody takes the caller.
    Parked,
}

/// A part of an interaction with one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// From 1, in the order of beginning.
    pub n: u32,
    pub kind: SegmentKind,
    pub agent: Option<AgentId>,
    pub queue: Option<QueueId>,
    pub offer: Option<OfferId>,
    pub leg: Option<LegId>,
    pub recording: Option<RecordingId>,
    pub began: EpochMs,
    pub ended: Option<EpochMs>,
    /// As measured by who ended it; a talk's without its holds.
    pub ms: u64,
    /// The outcome's own word (of a flow, queue, offer), `ended`, `transferred`, `parked`, `cleared`, `timed_out`, `interrupted`.
    pub outcome: Option<String>,
    /// The flow's name.
    pub detail: Option<String>,
}

/// What an agent said an interaction came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub agent: AgentId,
    pub dispositions: Vec<DispositionId>,
    pub notes: String,
    pub at: EpochMs,
}

/// What a crash left open: an [`contract::EventKind::Interrupted`] closes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAtCrash {
    pub interaction: InteractionId,
    pub last_seen: EpochMs,
    /// The call itself had not ended; otherwise only wrap-up was open.
    pub call: bool,
    pub segments: Vec<Segment>,
}

/// # Errors
/// Only those of the database.
pub async fn get(db: &Db, id: InteractionId) -> Result<Option<Call>, DbError> {
    Ok(calls(db, &[id]).await?.remove(&id))
}

/// Several at once; unknown ids are missing in the answer.
/// # Errors
/// Only those of the database.
pub async fn calls(db: &Db, ids: &[InteractionId]) -> Result<BTreeMap<InteractionId, Call>, DbError> {
    let mut all = BTreeMap::new();
    for some in ids.chunks(500) {
        let sql = format!("SELECT {} FROM interaction i WHERE i.interaction_id IN ({})", rows::CALL, placeholders(1, some.len()));
        for row in db.query(&sql, some.iter().map(|id| (*id).into()).collect()).await? {
            let call = rows::call(&row)?;
            all.insert(call.interaction, call);
        }
    }
    Ok(all)
}

/// One interaction's segments, in order.
/// # Errors
/// Only those of the database.
pub async fn segments(db: &Db, id: InteractionId) -> Result<Vec<Segment>, DbError> {
    let sql = format!("SELECT {} FROM segment WHERE interaction_id = $1 ORDER BY n", rows::SEGMENT);
    db.query(&sql, vals![id]).await?.iter().map(rows::segment).collect()
}

/// What agents wrote, oldest first.
/// # Errors
/// Only those of the database.
pub async fn notes(db: &Db, id: InteractionId) -> Result<Vec<Note>, DbError> {
    let sql = "SELECT agent_id, dispositions, notes, at FROM interaction_note WHERE interaction_id = $1 ORDER BY at, agent_id";
    db.query(sql, vals![id]).await?.iter().map(rows::note).collect()
}

/// What `node` had not finished when it stopped. Ask before it records anything new, with the fold caught up.
/// # Errors
/// Only those of the database.
pub async fn open_at_crash(db: &Db, node: u16) -> Result<Vec<OpenAtCrash>, DbError> {
    let sql = "SELECT i.interaction_id, i.last_at, i.ended FROM interaction i WHERE i.node = $1 AND i.interaction_id IN \
        (SELECT interaction_id FROM interaction WHERE ended IS NULL UNION SELECT interaction_id FROM segment WHERE ended IS NULL) \
        ORDER BY i.interaction_id";
    let mut all = Vec::new();
    for row in db.query(sql, vals![node]).await? {
        let interaction = row.get("interaction_id")?;
        let open = segments(db, interaction).await?.into_iter().filter(|s| s.ended.is_none()).collect();
        let call = row.get::<Option<EpochMs>>("ended")?.is_none();
        all.push(OpenAtCrash { interaction, last_seen: row.get("last_at")?, call, segments: open });
    }
    Ok(all)
}
