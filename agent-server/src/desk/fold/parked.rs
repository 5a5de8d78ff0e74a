//! Callers who wait in numbered places, on every desk.

use contract::{AgentId, EpochMs, Event, EventKind, InteractionId, NoticeLevel, ParkOutcome, ParkedCall, QueueId};

use super::{Desks, DeskBody, Told, notice};

/// A caller in a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parked {
    by: AgentId,
    queue: Option<QueueId>,
    slot: u16,
    since: EpochMs,
    until: EpochMs,
}

impl Desks {
    /// Comes into a place, and goes; told to everybody who sits.
    pub(super) fn of_parked(&mut self, event: &Event, id: InteractionId) -> Vec<Told> {
        let Some(call) = self.calls.get_mut(&id) else { return Vec::new() };
        let at = event.at;
        let mut late = None;
        match &event.kind {
            EventKind::Parked { agent, queue, slot, until } => {
                call.parked = Some(Parked { by: *agent, queue: *queue, slot: *slot, since: at, until: *until });
            }
            EventKind::ParkEnded { agent, slot, outcome, .. } => {
                call.parked = None;
                let values = vec![("slot".to_owned(), slot.to_string())];
                late = (*outcome == ParkOutcome::NobodyCame)
                    .then(|| notice(*agent, at, NoticeLevel::Warning, "park_timed_out", values));
            }
            // Which of those parked it is has become known.
            EventKind::CustomerLinked { .. } | EventKind::CallerIdentified { .. } if call.parked.is_some() => {}
            EventKind::CallEnded { .. } | EventKind::Interrupted { .. } if call.parked.take().is_some() => {}
            _ => return Vec::new(),
        }
        let mut told = self.tell_parked(at);
        told.extend(late);
        told
    }

    fn tell_parked(&self, at: EpochMs) -> Vec<Told> {
        let body = DeskBody::Parked { parked: self.parked() };
        self.seats.keys().map(|agent| Told { agent: *agent, at, body: body.clone() }).collect()
    }

    /// The name of somebody who is parked has been read.
    pub(super) fn parked_named(&self, at: EpochMs, id: InteractionId) -> Vec<Told> {
        let there = self.calls.get(&id).is_some_and(|call| call.parked.is_some());
        if there { self.tell_parked(at) } else { Vec::new() }
    }

    /// Everybody who is parked, by place.
    #[must_use]
    pub fn parked(&self) -> Vec<ParkedCall> {
        let there = self.calls.iter().filter_map(|(id, call)| Some((*id, call, call.parked?)));
        let mut rows: Vec<ParkedCall> = there
            .map(|(interaction, call, Parked { by, queue, slot, since, until })| ParkedCall {
                interaction,
                slot,
                caller: call.caller.clone(),
                customer_name: call.customer.and_then(|id| {
                    call.known.iter().find(|known| known.customer == id).map(|known| known.name.clone())
                }),
                queue_name: queue.and_then(|id| self.directory.queues.get(&id)).map(|queue| queue.name.clone()),
                by,
                by_name: self.name(by),
                since,
                until,
            })
            .collect();
        rows.sort_by_key(|row| row.slot);
        rows
    }
}
