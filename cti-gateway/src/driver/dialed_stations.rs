//! Stations that are dialed: a number outside, over a trunk. Nobody registers there; they can be reached while a trunk that takes
//! their number can. So it is with phones of PBXs beside us: while the PBX is connected.

use std::collections::BTreeSet;

use contract::{EpochMs, EventKind, StationId, TrunkId};

use super::switch::{Switch, Work};
use crate::sip::api::{Reached, TrunkRegistration, TrunkState};

/// Nobody registers, so nothing expires: a year.
const LONG_MS: EpochMs = 365 * 24 * 3_600_000;

/// Which can be reached, and which trunks cannot.
#[derive(Debug, Default)]
pub struct DialedStations {
    reached: BTreeSet<StationId>,
    down: BTreeSet<TrunkId>,
}

impl Switch {
    pub(super) fn trunk_stands(&mut self, now: EpochMs, trunk: TrunkId, state: Option<&TrunkState>) {
        let changed = if state.is_some_and(is_down) {
            self.dialed_stations.down.insert(trunk)
        } else {
            self.dialed_stations.down.remove(&trunk)
        };
        if changed {
            self.mind_dialed_stations(now);
        }
    }

    /// Tells routing which of them can be reached, where that is new.
    pub(super) fn mind_dialed_stations(&mut self, now: EpochMs) {
        let directory = self.company.directory.clone();
        let over = |number: &str| {
            let (trunks, _) = self.company.ways_out(number)?;
            trunks.into_iter().find(|trunk| !self.dialed_stations.down.contains(trunk))
        };
        let dialed = directory.stations.values().filter(|station| !station.number.is_empty() && station.beside.is_none());
        let trunk = |trunk: TrunkId| directory.trunks.get(&trunk).map(|trunk| trunk.name.clone()).unwrap_or_default();
        let mut reached: Vec<(StationId, String)> =
            dialed.filter_map(|station| Some((station.id, trunk(over(&station.number)?)))).collect();
        reached.extend(self.stations_of_pbxs());
        let before = std::mem::take(&mut self.dialed_stations.reached);
        self.dialed_stations.reached = reached.iter().map(|(station, _)| *station).collect();
        for (station, address) in reached.into_iter().filter(|(station, _)| !before.contains(station)) {
            self.work.push_back(Work::Router(acd::Input::StationUp { station }));
            let kind = EventKind::StationRegistered { station, user_agent: String::new(), address, expires: now + LONG_MS };
            self.ports.ledger.record(now, None, kind);
        }
        let beside = |station| directory.stations.get(&station).is_some_and(|known| known.beside.is_some());
        let reason = |station| if beside(station) { "no_pbx" } else { "no_trunk" };
        for station in before.difference(&self.dialed_stations.reached.clone()).copied() {
            self.work.push_back(Work::Router(acd::Input::StationDown { station }));
            self.ports.ledger.record(now, None, EventKind::StationLost { station, reason: reason(station).into() });
        }
    }

    /// One of which a call came to nothing gets its chance after a rest, as a phone does that registers again.
    pub(super) fn refresh_dialed_stations(&mut self) {
        let held = self.dialed_stations.reached.iter().filter(|station| self.router.holder(**station).is_some());
        let inputs: Vec<_> = held.map(|station| Work::Router(acd::Input::StationRefreshed { station: *station })).collect();
        self.work.extend(inputs);
    }
}

/// Calls cannot go out there.
fn is_down(state: &TrunkState) -> bool {
    let silent = !state.addresses.is_empty() && state.addresses.iter().all(|(_, reached)| *reached == Reached::Down);
    silent || matches!(state.registration, Some(TrunkRegistration::Failed { .. }))
}
