//! Parked callers at the switch: which place is free, and whose phone is rung for one.

use contract::{AgentId, EpochMs, InteractionId};

use super::gateway::Refused;
use super::switch::Switch;
use crate::call::{Fetcher, MOST_PARKED};

impl Switch {
    pub(super) fn park(&mut self, now: EpochMs, id: InteractionId, agent: AgentId) -> Result<(), Refused> {
        let taken: std::collections::BTreeSet<u16> = self.calls.values().filter_map(|live| live.call.parked_in()).collect();
        let slot = (1..=MOST_PARKED).find(|slot| !taken.contains(slot)).ok_or(Refused::NoPlace)?;
        let park_ms = self.company.directory.company.park_seconds.saturating_mul(1000);
        self.of_call(now, id, |call, _| call.park(now, agent, slot, park_ms))
    }

    /// The phone of the agent's seat is rung for a parked caller.
    pub(super) fn fetch(&mut self, now: EpochMs, id: InteractionId, agent: AgentId) -> Result<(), Refused> {
        let live = self.calls.get(&id).ok_or(Refused::NoCall(id))?;
        if live.call.agent() == Some(agent) {
            return Ok(());
        }
        let (station, directory) = (self.phone_of(agent, None)?, &self.company.directory);
        if !directory.has_station(station) {
            return Err(Refused::NoStation);
        }
        let who = Fetcher { agent, station, answer_by: directory.answer_by(station) };
        self.of_call(now, id, |call, _| call.fetch(now, who))
    }
}
