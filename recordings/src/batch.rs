//! What a batch of events makes of calls, talks and recordings: pure. [`State`] holds the rows the batch touches, as
//! they were before it and then event by event.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    AgentId, Caller, CustomerId, EpochMs, Event, EventKind, InteractionId, LegId, QueueId, RecordingId, RecordingKind,
    safe_guess,
};
use store::DbError;
use store::words::{backwards, json, unjson};

use crate::rows::{RecordingState, Remark};

/// What a recording must know of its call when it begins.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Call {
    pub(crate) caller: String,
    pub(crate) e164: Option<String>,
    pub(crate) backwards: Option<String>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) settled: bool,
}

#[derive(Clone, PartialEq)]
pub(crate) struct Talk {
    pub(crate) agent: AgentId,
    pub(crate) queue: Option<QueueId>,
    pub(crate) ended: Option<EpochMs>,
}

/// What changes of a recording while it is made, and after.
#[derive(Clone, PartialEq)]
pub(crate) struct Progress {
    pub(crate) interaction: InteractionId,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) duration_ms: u32,
    pub(crate) bytes: u64,
    pub(crate) state: RecordingState,
    pub(crate) complete: bool,
    pub(crate) gap_ms: u32,
    /// Remarks, as JSON.
    pub(crate) notes: String,
}

/// What never changes of a recording.
#[derive(Clone)]
pub(crate) struct Beginning {
    pub(crate) node: u16,
    pub(crate) kind: RecordingKind,
    pub(crate) agent: Option<AgentId>,
    pub(crate) queue: Option<QueueId>,
    /// As it was known then.
    pub(crate) call: Call,
    pub(crate) began: EpochMs,
    pub(crate) path: String,
}

/// Rows by their keys.
#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) calls: BTreeMap<InteractionId, Call>,
    /// By call, leg, and when they began.
    pub(crate) talks: BTreeMap<(InteractionId, LegId, EpochMs), Talk>,
    recordings: BTreeMap<RecordingId, Progress>,
    of_call: BTreeSet<(InteractionId, RecordingId)>,
    /// Of recordings that are new with this batch.
    pub(crate) begun: BTreeMap<RecordingId, Beginning>,
    pub(crate) deleted: BTreeSet<RecordingId>,
}

impl State {
    pub(crate) fn recordings(&self) -> &BTreeMap<RecordingId, Progress> {
        &self.recordings
    }

    pub(crate) fn insert(&mut self, recording: RecordingId, progress: Progress) {
        self.of_call.insert((progress.interaction, recording));
        self.recordings.insert(recording, progress);
    }

    /// # Errors
    /// For remarks in the row that cannot be read.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), DbError> {
        let Some(id) = event.interaction else { return Ok(()) };
        match &event.kind {
            EventKind::CallArrived { caller, .. } => {
                self.calls.entry(id).or_insert_with(|| arrived(caller));
            }
            EventKind::CallerIdentified { candidates } => {
                let Some(guess) = safe_guess(candidates) else { return Ok(()) };
                if let Some(call) = self.calls.get_mut(&id).filter(|call| !call.settled && call.customer.is_none()) {
                    call.customer = Some(guess.customer);
                }
                self.follow_call(id);
            }
            EventKind::CustomerLinked { customer, .. } => {
                if let Some(call) = self.calls.get_mut(&id) {
                    (call.customer, call.settled) = (*customer, true);
                }
                self.follow_call(id);
            }
            EventKind::TalkStarted { agent, leg, queue, .. } => {
                let talk = Talk { agent: *agent, queue: *queue, ended: None };
                self.talks.entry((id, *leg, event.at)).or_insert(talk);
            }
            EventKind::TalkEnded { leg, .. } => {
                let of_leg = self.talks.range_mut((id, *leg, EpochMs::MIN)..=(id, *leg, EpochMs::MAX));
                of_leg.for_each(|(_, talk)| talk.ended = talk.ended.or(Some(event.at)));
            }
            EventKind::RecordingStarted { recording, what, agent, queue, path } => {
                let call = self.calls.get(&id).cloned().unwrap_or_default();
                let (node, began, path) = (event.node, event.at, path.clone());
                let beginning = Beginning { node, kind: *what, agent: *agent, queue: *queue, call, began, path };
                self.begin(*recording, id, beginning);
            }
            EventKind::RecordingPaused { recording, agent, reason } => {
                self.remark(*recording, Remark::Paused { at: event.at, agent: *agent, reason: reason.clone() })?;
            }
            EventKind::RecordingResumed { recording, agent } => {
                self.remark(*recording, Remark::Resumed { at: event.at, agent: *agent })?;
            }
            EventKind::RecordingGap { recording, ms, reason } => {
                self.remark(*recording, Remark::Gap { at: event.at, ms: *ms, reason: reason.clone() })?;
            }
            EventKind::RecordingEnded { recording, duration_ms, bytes, complete } => {
                if let Some(row) = self.recordings.get_mut(recording) {
                    row.state = if *bytes == 0 { RecordingState::Lost } else { RecordingState::Done };
                    (row.duration_ms, row.bytes, row.complete) = (*duration_ms, u64::from(*bytes), *complete);
                }
            }
            EventKind::CallEnded { .. } => self.ended(id, event.at),
            EventKind::Interrupted { last_seen } => self.ended(id, *last_seen),
            _ => {}
        }
        Ok(())
    }

    fn of(&self, id: InteractionId) -> impl Iterator<Item = RecordingId> {
        let all = (id, RecordingId(i64::MIN))..=(id, RecordingId(i64::MAX));
        self.of_call.range(all).map(|(_, recording)| *recording)
    }

    /// Recordings have the customer of their call.
    fn follow_call(&mut self, id: InteractionId) {
        let customer = self.calls.get(&id).and_then(|call| call.customer);
        for recording in self.of(id).collect::<Vec<_>>() {
            self.recordings.entry(recording).and_modify(|row| row.customer = customer);
        }
    }

    /// A call whose beginning is not known has an empty caller, but its recording is listed all the same.
    fn begin(&mut self, recording: RecordingId, interaction: InteractionId, beginning: Beginning) {
        if self.deleted.contains(&recording) || self.recordings.contains_key(&recording) {
            return;
        }
        let progress = Progress {
            interaction,
            customer: beginning.call.customer,
            duration_ms: 0,
            bytes: 0,
            state: RecordingState::Recording,
            complete: false,
            gap_ms: 0,
            notes: "[]".into(),
        };
        self.insert(recording, progress);
        self.begun.insert(recording, beginning);
    }

    fn remark(&mut self, recording: RecordingId, remark: Remark) -> Result<(), DbError> {
        let Some(row) = self.recordings.get_mut(&recording) else { return Ok(()) };
        let mut all: Vec<Remark> = unjson(&row.notes)?;
        if all.contains(&remark) {
            return Ok(());
        }
        all.push(remark);
        let gap = |r: &Remark| if let Remark::Gap { ms, .. } = r { *ms } else { 0 };
        row.gap_ms = all.iter().map(gap).fold(0, u32::saturating_add);
        row.notes = json(&all);
        Ok(())
    }

    /// Talks that nobody ended are over; a call without any recording or talk need not be remembered.
    fn ended(&mut self, id: InteractionId, at: EpochMs) {
        let all = (id, LegId(i64::MIN), EpochMs::MIN)..=(id, LegId(i64::MAX), EpochMs::MAX);
        let mut talks = self.talks.range_mut(all).peekable();
        let talked = talks.peek().is_some();
        talks.for_each(|((_, _, began), talk)| talk.ended = talk.ended.or(Some(at.max(*began))));
        if !talked && self.of(id).next().is_none() {
            self.calls.remove(&id);
        }
    }
}

fn arrived(caller: &Caller) -> Call {
    let e164 = caller.number.as_ref().map(|number| number.reveal().to_owned());
    let backwards = backwards(e164.as_deref().unwrap_or(&caller.raw));
    Call { caller: caller.raw.clone(), e164, backwards, customer: None, settled: false }
}
