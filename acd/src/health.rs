//! Stations and desktops come and go. A seat whose station cannot ring, or whose desktop is gone for longer than the grace
//! time, is not ready before the next offer; what the station took, the station gives back.

use contract::directory::Agent;
use contract::{Activity, AgentId, EpochMs, OfferOutcome, PhoneCheck, Seat, SeatStatus, SeatWhy, StationHealth, StationId};

use crate::router::Router;
use crate::seats::empty_seat;
use crate::state::{Desktop, Failed, SeatState, WrapUp};
use crate::timers::Timer;

/// More registered stations than any node serves; further ones count as unreachable.
const MAX_STATIONS: usize = 100_000;
/// A station that goes on failing is trusted again after twice as long each time, so often at most.
const MOST_DOUBLINGS: u8 = 5;

impl Router {
    /// A phone that registers anew has begun anew: whatever failed before is forgotten.
    pub(crate) fn station_up(&mut self, now: EpochMs, station: StationId) {
        if self.stations_up.len() >= MAX_STATIONS && !self.stations_up.contains(&station) {
            return;
        }
        self.stations_up.insert(station);
        let Some(&agent) = self.holders.get(&station) else { return };
        let health = self.health_of(station);
        if let Some(state) = self.seats.get_mut(&agent) {
            state.seat.health = health;
        }
        self.give_back_ready(now, agent);
        self.settle(now, agent, SeatWhy::StationBack, None);
    }

    /// It registered once more as it does all the time. One that failed lives, and gets its chance after a rest: one that
    /// refuses every call would be rung for every caller otherwise.
    pub(crate) fn station_refreshed(&mut self, now: EpochMs, station: StationId) {
        if !self.stations_up.contains(&station) {
            return self.station_up(now, station);
        }
        let Some(state) = self.holders.get(&station).and_then(|agent| self.seats.get(agent)) else { return };
        let rested = state.failed.is_none_or(|Failed { times, at }| {
            let rest = EpochMs::from(self.config.failed_rest_ms) << times.saturating_sub(1).min(MOST_DOUBLINGS);
            now - at >= rest
        });
        if state.took && rested {
            self.station_up(now, station);
        }
    }

    /// How a station is now, apart from what ringing it has shown.
    pub(crate) fn health_of(&self, station: StationId) -> StationHealth {
        if !self.stations_up.contains(&station) {
            return StationHealth::Unreachable;
        }
        match self.fitness.get(&station) {
            Some(fitness) if fitness.fault().is_some() => StationHealth::Unfit,
            // Browsers are checked before they are rung; phones check nothing.
            None if self.directory.browser_of(station).is_some() => StationHealth::Unreachable,
            Some(_) | None => StationHealth::Ok,
        }
    }

    /// A browser checked itself. One that does not do for a talk is not rung; a talk that goes on is left alone.
    pub(crate) fn station_check(&mut self, now: EpochMs, station: StationId, check: &PhoneCheck) {
        if !self.stations_up.contains(&station) {
            return;
        }
        let fault = self.fitness.entry(station).or_default().take(check);
        let health = self.health_of(station);
        let Some(&agent) = self.holders.get(&station) else { return };
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let before = std::mem::replace(&mut state.seat.health, health);
        match fault {
            Some(why) => {
                self.not_ready_by_rule(now, agent, why, true);
                self.settle(now, agent, why, None);
            }
            None if before != health => {
                self.give_back_ready(now, agent);
                self.settle(now, agent, SeatWhy::StationBack, None);
            }
            // Checked once more, as it does all the time.
            None => self.station_refreshed(now, station),
        }
    }

    /// What ringing a station has shown of it.
    pub(crate) fn note_station(&mut self, now: EpochMs, agent: AgentId, outcome: OfferOutcome) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        match outcome {
            OfferOutcome::Answered | OfferOutcome::Missed | OfferOutcome::Rejected => state.failed = None,
            OfferOutcome::Failed => {
                let times = state.failed.map_or(0, |failed| failed.times).saturating_add(1);
                state.failed = Some(Failed { times, at: now });
            }
            OfferOutcome::Withdrawn => {}
        }
    }

    /// The phone was lost in the middle of a talk. It is not rung again before it has shown that it lives.
    pub(crate) fn station_failed(&mut self, now: EpochMs, agent: AgentId) {
        self.note_station(now, agent, OfferOutcome::Failed);
        self.not_ready_by_rule(now, agent, SeatWhy::StationFailed, true);
        if let Some(state) = self.seats.get_mut(&agent)
            && state.seat.next == Some(SeatStatus::Ready)
        {
            state.seat.next = None;
            state.seat.status_why = SeatWhy::StationFailed;
            state.took = true;
        }
        self.settle(now, agent, SeatWhy::StationFailed, None);
    }

    pub(crate) fn station_down(&mut self, now: EpochMs, station: StationId) {
        if !self.stations_up.remove(&station) {
            return;
        }
        self.fitness.remove(&station);
        let Some(&agent) = self.holders.get(&station) else { return };
        let Some(state) = self.seats.get_mut(&agent) else { return };
        state.seat.health = StationHealth::Unreachable;
        let ringing = state.offer;
        self.not_ready_by_rule(now, agent, SeatWhy::StationLost, true);
        if let Some(offer) = ringing {
            self.give_up_offer(now, offer, OfferOutcome::Failed);
        }
        self.settle(now, agent, SeatWhy::StationLost, None);
    }

    pub(crate) fn desktop_up(&mut self, now: EpochMs, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if let Desktop::Away { until } = state.desktop {
            self.timers.cancel(until, Timer::DesktopGrace(agent));
        }
        state.desktop = Desktop::Here;
        self.give_back_ready(now, agent);
        self.settle(now, agent, SeatWhy::StationBack, None);
    }

    pub(crate) fn desktop_down(&mut self, now: EpochMs, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if matches!(state.desktop, Desktop::Away { .. }) {
            return;
        }
        let until = now + EpochMs::from(self.config.desktop_grace_ms);
        state.desktop = Desktop::Away { until };
        self.timers.set(until, Timer::DesktopGrace(agent));
    }

    /// The grace time is over. A desktop that comes back does not make the seat ready: nobody knows whether a person sits
    /// before it.
    pub(crate) fn desktop_lost(&mut self, now: EpochMs, agent: AgentId) {
        self.not_ready_by_rule(now, agent, SeatWhy::DesktopLost, false);
        self.settle(now, agent, SeatWhy::DesktopLost, None);
    }

    /// Ready again where a rule had taken it, its cause is gone, and the agent chose nothing else since.
    fn give_back_ready(&mut self, now: EpochMs, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let away = matches!(state.desktop, Desktop::Away { .. });
        if !state.took || away || state.seat.health != StationHealth::Ok {
            return;
        }
        state.took = false;
        state.set_status(now, SeatStatus::Ready, SeatWhy::StationBack);
        self.send_to_back(now, agent);
    }

    pub(crate) fn restore(&mut self, now: EpochMs, seats: Vec<Seat>) {
        for old in seats {
            let known = self.directory.agents.get(&old.agent).cloned();
            if old.status == SeatStatus::Offline || self.seats.contains_key(&old.agent) {
                continue;
            }
            if old.next == Some(SeatStatus::Offline) || known.is_none() {
                let mut state = SeatState::new(Seat { activity: Activity::Idle, ..old.clone() }, now);
                state.shown = old.clone();
                self.seats.insert(old.agent, state);
                self.go_offline(now, old.agent, SeatWhy::Restart);
                self.settle(now, old.agent, SeatWhy::Restart, None);
            } else if let Some(person) = known {
                self.restore_one(now, &old, &person);
            }
        }
    }

    fn restore_one(&mut self, now: EpochMs, old: &Seat, person: &Agent) {
        let agent = old.agent;
        let mut seat = empty_seat(agent, now);
        let chosen = match old.next {
            Some(next) => next,
            None => old.status,
        };
        let lost_by_rule = matches!(old.status_why, SeatWhy::StationLost | SeatWhy::Microphone | SeatWhy::PoorLine | SeatWhy::Restart)
            && old.status == (SeatStatus::NotReady { reason: None });
        let took = chosen == SeatStatus::Ready || (old.next.is_none() && lost_by_rule);
        if took {
            seat.status_why = SeatWhy::Restart;
        } else {
            (seat.status, seat.status_since, seat.status_why) = (chosen, old.status_since, old.status_why);
            if old.next.is_some() {
                (seat.status_since, seat.status_why) = (now, SeatWhy::NextStatus);
            }
        }
        let mut state = SeatState::new(seat, now);
        state.shown = old.clone();
        state.took = took;
        state.pools = self.pools.served_by(&person.skills);
        let until = now + EpochMs::from(self.config.desktop_grace_ms);
        state.desktop = Desktop::Away { until };
        self.timers.set(until, Timer::DesktopGrace(agent));
        if let Activity::WrapUp { interaction, queue, until: Some(until) } = old.activity
            && until > now
        {
            state.wrap_up = Some(WrapUp { interaction, queue, began: old.activity_since, until });
            state.seat.activity = old.activity;
            state.seat.activity_since = old.activity_since;
            self.timers.set(until, Timer::WrapUp(agent));
        }
        self.seats.insert(agent, state);
        let station = old
            .station
            .filter(|station| self.directory.has_station(*station) && !self.holders.contains_key(station));
        self.sit_down(agent, station);
        self.give_back_ready(now, agent);
        self.settle(now, agent, SeatWhy::Restart, None);
    }
}
