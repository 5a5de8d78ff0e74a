//! Rows of other rooms as desktops see them: with names beside ids. Everything a page needs is asked for once, then
//! joined here. Never in this room: who may see a row.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::{AgentId, CustomerId, DispositionId, Direction, EndCause, Entry, EpochMs, HungUpBy, InteractionId, QueueId};
use crm::interactions::{Call, Note, Segment, SegmentKind};
use recordings::rows::Remark;
use recordings::{Recording, RecordingState};
use serde::Serialize;
use store::{Db, DbError};
use utoipa::ToSchema;

use super::desk::Named;
use super::{Ref, known};
use crate::office::View;

/// One line of the call list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InteractionRow {
    pub id: String,
    pub began: EpochMs,
    pub ended: Option<EpochMs>,
    #[schema(value_type = known::Direction)]
    pub direction: Direction,
    /// E.164, where the caller showed a dialable number.
    pub number: Option<String>,
    pub caller_raw: String,
    pub withheld: bool,
    pub dialed: String,
    pub customer: Option<Ref>,
    pub vip: bool,
    /// The last one the caller waited in.
    pub queue: Option<Ref>,
    /// Who talked last; of an outbound call, who dialed.
    pub agent: Option<Ref>,
    pub wait_ms: u64,
    /// Without hold.
    pub talk_ms: u64,
    pub hold_ms: u64,
    pub wrap_ms: u64,
    /// Null while it goes on.
    #[schema(value_type = Option<known::EndCause>)]
    pub cause: Option<EndCause>,
    #[schema(value_type = Option<known::HungUpBy>)]
    pub hung_up_by: Option<HungUpBy>,
    pub dispositions: Vec<Named>,
    pub tags: Vec<String>,
    pub recorded: bool,
}

/// A part of an interaction with one state.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentRow {
    #[schema(value_type = known::SegmentKind)]
    pub kind: SegmentKind,
    pub began: EpochMs,
    pub ended: Option<EpochMs>,
    pub agent: Option<Ref>,
    pub queue: Option<Ref>,
    /// The word of the ledger: an offer's, a queue's or a flow's outcome.
    pub outcome: Option<String>,
}

/// Where audio is missing, and why.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordingGap {
    /// From the beginning of the recording.
    pub at_ms: i64,
    pub ms: i64,
    /// As the recorder, or the agent who paused, gave it.
    pub reason: String,
}

/// One audio file of an interaction.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordingRow {
    pub id: String,
    pub interaction: String,
    #[schema(value_type = known::RecordingKind)]
    pub kind: contract::RecordingKind,
    pub began: EpochMs,
    /// 0 while it is being written.
    pub duration_ms: u32,
    pub bytes: u64,
    /// Every moment between beginning and end is in the file.
    pub complete: bool,
    #[schema(value_type = known::RecordingState)]
    pub state: RecordingState,
    /// E.164.
    pub number: Option<String>,
    pub caller_raw: String,
    pub customer: Option<Ref>,
    pub agent: Option<Ref>,
    pub queue: Option<Ref>,
    pub gaps: Vec<RecordingGap>,
}

/// The names a page needs.
pub struct Names {
    office: Arc<View>,
    customers: BTreeMap<CustomerId, String>,
    notes: BTreeMap<InteractionId, Vec<Note>>,
}

impl Names {
    /// # Errors
    /// Those of the database.
    pub async fn of_calls<'a>(db: &Db, office: Arc<View>, calls: impl Iterator<Item = &'a Call> + Clone) -> Result<Self, DbError> {
        let customers: Vec<CustomerId> = calls.clone().filter_map(|call| call.customer).collect();
        let ids: Vec<InteractionId> = calls.map(|call| call.interaction).collect();
        Ok(Self { office, customers: crm::names::customers(db, &customers).await?, notes: crm::names::notes(db, &ids).await? })
    }

    /// # Errors
    /// Those of the database.
    pub async fn of_recordings(db: &Db, office: Arc<View>, all: &[Recording]) -> Result<Self, DbError> {
        let customers: Vec<CustomerId> = all.iter().filter_map(|one| one.customer).collect();
        Ok(Self { office, customers: crm::names::customers(db, &customers).await?, notes: BTreeMap::new() })
    }

    fn agent(&self, id: AgentId) -> Ref {
        Ref::new(id, self.office.agent_name(id).unwrap_or_default())
    }

    fn queue(&self, id: QueueId) -> Ref {
        Ref::new(id, self.office.queue_name(id).unwrap_or_default())
    }

    fn customer(&self, id: CustomerId) -> Ref {
        Ref::new(id, self.customers.get(&id).cloned().unwrap_or_default())
    }

    /// One that was removed since keeps its id.
    fn disposition(&self, id: DispositionId) -> Named {
        let item = self.office.book.dispositions.get(&id).map(|kept| &kept.item);
        let (name_zh, name_en) = item.map(|d| (d.name_zh.clone(), d.name_en.clone())).unwrap_or_default();
        Named { id: id.to_string(), name_zh, name_en }
    }

    /// What agents wrote about a call, oldest first; with their names where there are several.
    #[must_use]
    pub fn notes(&self, call: InteractionId) -> String {
        let notes = self.notes.get(&call).map(Vec::as_slice).unwrap_or_default();
        let written: Vec<&Note> = notes.iter().filter(|note| !note.notes.is_empty()).collect();
        match written.as_slice() {
            [one] => one.notes.clone(),
            several => {
                let line = |note: &&Note| format!("{}: {}", self.agent(note.agent).name, note.notes);
                several.iter().map(line).collect::<Vec<_>>().join("\n\n")
            }
        }
    }

    #[must_use]
    pub fn call(&self, call: &Call) -> InteractionRow {
        let mut dispositions: Vec<DispositionId> = Vec::new();
        for id in self.notes.get(&call.interaction).into_iter().flatten().flat_map(|note| &note.dispositions) {
            if !dispositions.contains(id) {
                dispositions.push(*id);
            }
        }
        InteractionRow {
            id: call.interaction.to_string(),
            began: call.began,
            ended: call.ended,
            direction: call.direction,
            number: call.caller.number.as_ref().map(|n| n.reveal().to_owned()),
            caller_raw: call.caller.raw.clone(),
            withheld: call.caller.withheld,
            dialed: call.dialed.clone(),
            customer: call.customer.map(|id| self.customer(id)),
            vip: call.vip,
            queue: call.queues.last().map(|id| self.queue(*id)),
            agent: talked(call).map(|id| self.agent(id)),
            wait_ms: call.sums.wait_ms,
            talk_ms: call.sums.talk_ms,
            hold_ms: call.sums.hold_ms,
            wrap_ms: call.sums.wrap_ms,
            cause: call.cause,
            hung_up_by: call.by,
            dispositions: dispositions.into_iter().map(|id| self.disposition(id)).collect(),
            tags: call.tags.clone(),
            recorded: call.has_recording,
        }
    }

    #[must_use]
    pub fn segment(&self, segment: &Segment) -> SegmentRow {
        SegmentRow {
            kind: segment.kind,
            began: segment.began,
            ended: segment.ended,
            agent: segment.agent.map(|id| self.agent(id)),
            queue: segment.queue.map(|id| self.queue(id)),
            outcome: segment.outcome.clone(),
        }
    }

    #[must_use]
    pub fn recording(&self, one: &Recording) -> RecordingRow {
        RecordingRow {
            id: one.recording.to_string(),
            interaction: one.interaction.to_string(),
            kind: one.kind,
            began: one.began,
            duration_ms: one.duration_ms,
            bytes: one.bytes,
            complete: one.complete,
            state: one.state,
            number: one.number.as_ref().map(|n| n.reveal().to_owned()),
            caller_raw: one.caller.clone(),
            customer: one.customer.map(|id| self.customer(id)),
            agent: one.agent.map(|id| self.agent(id)),
            queue: one.queue.map(|id| self.queue(id)),
            gaps: gaps(one),
        }
    }
}

/// Who an unanswered call was only offered to did not have it.
fn talked(call: &Call) -> Option<AgentId> {
    if call.answered {
        return call.agents.last().copied();
    }
    if let Entry::Station { agent, .. } = call.entry { agent } else { None }
}

/// Pauses last until somebody resumed, or until the end.
fn gaps(recording: &Recording) -> Vec<RecordingGap> {
    let offset = |at: EpochMs| (at - recording.began).max(0);
    let end = match recording.state {
        RecordingState::Done => i64::from(recording.duration_ms),
        RecordingState::Recording | RecordingState::Lost => i64::MAX,
    };
    let mut all: Vec<RecordingGap> = Vec::new();
    let mut paused: Option<(i64, &str)> = None;
    let mut pauses: Vec<(i64, i64, &str)> = Vec::new();
    for remark in &recording.remarks {
        match remark {
            Remark::Gap { at, ms, reason } => {
                all.push(RecordingGap { at_ms: offset(*at), ms: i64::from(*ms), reason: reason.clone() });
            }
            Remark::Paused { at, reason, .. } => paused = paused.or(Some((offset(*at), reason))),
            Remark::Resumed { at, .. } => {
                if let Some((from, reason)) = paused.take() {
                    pauses.push((from, offset(*at), reason));
                }
            }
        }
    }
    // While it is being written, nobody knows how long the last pause will be.
    if let Some((from, reason)) = paused {
        pauses.push((from, if end == i64::MAX { from } else { end.max(from) }, reason));
    }
    all.extend(pauses.into_iter().map(|(from, to, reason)| RecordingGap { at_ms: from, ms: to - from, reason: reason.to_owned() }));
    all.sort_by_key(|gap| gap.at_ms);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{RecordingId, RecordingKind};

    fn recording(state: RecordingState, remarks: Vec<Remark>) -> Recording {
        Recording {
            recording: RecordingId(1),
            interaction: InteractionId(2),
            kind: RecordingKind::Talk,
            agent: None,
            queue: None,
            customer: None,
            caller: String::new(),
            number: None,
            began: 10_000,
            duration_ms: 60_000,
            bytes: 0,
            path: String::new(),
            state,
            complete: false,
            gap_ms: 0,
            remarks,
        }
    }

    #[test]
    fn pauses_and_lost_audio_are_places_in_the_recording() {
        let paused = |at| Remark::Paused { at, agent: AgentId(1), reason: "card data".into() };
        let resumed = |at| Remark::Resumed { at, agent: AgentId(1) };
        let lost = Remark::Gap { at: 15_000, ms: 40, reason: "disk".into() };
        let told = |state, remarks| gaps(&recording(state, remarks)).into_iter().map(|g| (g.at_ms, g.ms)).collect::<Vec<_>>();
        let all = vec![paused(20_000), lost, resumed(25_000), paused(40_000)];
        assert_eq!(told(RecordingState::Done, all.clone()), [(5_000, 40), (10_000, 5_000), (30_000, 30_000)]);
        assert_eq!(told(RecordingState::Recording, all), [(5_000, 40), (10_000, 5_000), (30_000, 0)]);
        assert_eq!(told(RecordingState::Done, vec![resumed(20_000)]), []);
    }
}
