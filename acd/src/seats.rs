//! What agents and supervisors ask of a seat, and the rules that answer. What is chosen while the seat is busy is kept as
//! `next` and takes effect when the seat is free, whatever way the call went.

use contract::{
    Activity, AgentId, EpochMs, Hand, ReasonId, Seat, SeatCommand, SeatStatus, SeatWhy, StationHealth, StationId,
};

use crate::router::Router;
use crate::state::{Desktop, SeatState, ms_between};
use crate::timers::Timer;
use crate::words::{Decision, Refusal};

/// Characters of what a raised hand is for.
const MOST_NOTE: usize = 200;

impl Router {
    pub(crate) fn command(&mut self, now: EpochMs, agent: AgentId, command: SeatCommand, by: AgentId) {
        let done = match command {
            SeatCommand::SignIn { station } => self.sign_in(now, agent, station, by),
            SeatCommand::Ready => self.choose_ready(now, agent, by),
            SeatCommand::NotReady { reason } => self.choose_not_ready(now, agent, reason, by),
            SeatCommand::SignOut => self.choose_sign_out(now, agent, by),
            SeatCommand::EndWrapUp => self.choose_end_wrap_up(now, agent, by),
            SeatCommand::ExtendWrapUp { by_ms } => self.extend_wrap_up(now, agent, by_ms, by),
            SeatCommand::RaiseHand { note } => self.raise_hand(now, agent, &note, by),
            SeatCommand::LowerHand => self.lower_hand(now, agent, by),
        };
        if let Err(refusal) = done {
            self.out.push(Decision::Refused { agent, refusal });
        }
    }

    fn sign_in(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        station: Option<StationId>,
        by: AgentId,
    ) -> Result<(), Refusal> {
        let person = self.directory.agents.get(&agent).ok_or(Refusal::UnknownAgent { agent })?;
        let station = station.or(person.station);
        if let Some(station) = station {
            self.check_station(agent, station)?;
        }
        let Some(state) = self.seats.get_mut(&agent) else {
            let skills = &person.skills;
            let pools = self.pools.served_by(skills);
            let mut state = SeatState::new(empty_seat(agent, now), now);
            state.pools = pools;
            state.seat.status_why = why_of(agent, by);
            self.seats.insert(agent, state);
            self.sit_down(agent, station);
            self.settle(now, agent, why_of(agent, by), Some(by));
            return Ok(());
        };
        if state.seat.station != station && !state.is_free() {
            return Err(Refusal::Busy);
        }
        if state.seat.next == Some(SeatStatus::Offline) {
            state.seat.next = None;
        }
        if state.seat.station != station {
            state.set_status(now, SeatStatus::NotReady { reason: None }, why_of(agent, by));
            state.took = false;
            self.sit_down(agent, station);
        }
        self.settle(now, agent, why_of(agent, by), Some(by));
        Ok(())
    }

    fn check_agent(&self, agent: AgentId) -> Result<(), Refusal> {
        self.directory.agents.contains_key(&agent).then_some(()).ok_or(Refusal::UnknownAgent { agent })
    }

    fn check_station(&self, agent: AgentId, station: StationId) -> Result<(), Refusal> {
        let of_another = self.directory.browser_of(station).is_some_and(|owner| owner != agent);
        if of_another || !self.directory.has_station(station) {
            return Err(Refusal::UnknownStation { station });
        }
        match self.holders.get(&station) {
            Some(&holder) if holder != agent => Err(Refusal::StationTaken { station, holder }),
            _ => Ok(()),
        }
    }

    /// Gives the seat this station, and frees the one it had.
    pub(crate) fn sit_down(&mut self, agent: AgentId, station: Option<StationId>) {
        let health = match station {
            None => StationHealth::None,
            Some(station) => self.health_of(station),
        };
        let beside = station.is_some_and(|station| self.is_beside(station));
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if let Some(old) = state.seat.station
            && self.holders.get(&old) == Some(&agent)
        {
            self.holders.remove(&old);
        }
        if state.seat.station != station {
            state.failed = None;
        }
        state.seat.station = station;
        state.seat.health = health;
        state.beside = beside;
        if let Some(station) = station {
            self.holders.insert(station, agent);
        }
    }

    /// A phone of a PBX beside us.
    pub(crate) fn is_beside(&self, station: StationId) -> bool {
        self.directory.stations.get(&station).is_some_and(|phone| phone.beside.is_some())
    }

    fn choose_ready(&mut self, now: EpochMs, agent: AgentId, by: AgentId) -> Result<(), Refusal> {
        self.check_agent(agent)?;
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        match (state.seat.station, state.seat.health) {
            (None, _) | (_, StationHealth::None) => return Err(Refusal::NoStation),
            (Some(station), StationHealth::Unreachable) => return Err(Refusal::StationUnreachable { station }),
            (Some(station), StationHealth::Unfit) => return Err(Refusal::StationUnfit { station }),
            (Some(_), StationHealth::Ok) => {}
        }
        if state.seat.status == SeatStatus::Ready {
            state.seat.next = None;
        } else if state.is_free() {
            state.set_status(now, SeatStatus::Ready, why_of(agent, by));
            state.took = false;
            self.send_to_back(now, agent);
        } else {
            state.seat.next = Some(SeatStatus::Ready);
        }
        self.settle(now, agent, why_of(agent, by), Some(by));
        Ok(())
    }

    fn choose_not_ready(
        &mut self,
        now: EpochMs,
        agent: AgentId,
        reason: Option<ReasonId>,
        by: AgentId,
    ) -> Result<(), Refusal> {
        self.check_agent(agent)?;
        if let Some(reason) = reason.filter(|reason| !self.directory.reasons.contains_key(reason)) {
            return Err(Refusal::UnknownReason { reason });
        }
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        let status = SeatStatus::NotReady { reason };
        if state.is_free() {
            state.set_status(now, status, why_of(agent, by));
            state.took = false;
        } else {
            state.seat.next = Some(status);
        }
        self.settle(now, agent, why_of(agent, by), Some(by));
        Ok(())
    }

    fn choose_sign_out(&mut self, now: EpochMs, agent: AgentId, by: AgentId) -> Result<(), Refusal> {
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        if !state.calls.is_empty() || state.offer.is_some() {
            state.seat.next = Some(SeatStatus::Offline);
        } else {
            // Wrap-up is the agent's own time: leaving ends it.
            self.end_wrap_up(now, agent, false);
            self.go_offline(now, agent, why_of(agent, by));
        }
        self.settle(now, agent, why_of(agent, by), Some(by));
        Ok(())
    }

    fn choose_end_wrap_up(&mut self, now: EpochMs, agent: AgentId, by: AgentId) -> Result<(), Refusal> {
        let state = self.seats.get(&agent).ok_or(Refusal::NotSignedIn)?;
        if state.wrap_up.is_none() {
            return Err(Refusal::NoWrapUp);
        }
        self.end_wrap_up(now, agent, false);
        self.settle(now, agent, SeatWhy::WrapUpDone, Some(by));
        Ok(())
    }

    fn extend_wrap_up(&mut self, now: EpochMs, agent: AgentId, by_ms: u32, by: AgentId) -> Result<(), Refusal> {
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        let wrap_up = state.wrap_up.as_mut().ok_or(Refusal::NoWrapUp)?;
        let until = wrap_up.until + EpochMs::from(by_ms);
        let max_ms = self.config.max_wrap_up_ms;
        if ms_between(wrap_up.began, until) > max_ms {
            return Err(Refusal::WrapUpTooLong { max_ms });
        }
        self.timers.cancel(wrap_up.until, Timer::WrapUp(agent));
        wrap_up.until = until;
        self.timers.set(until, Timer::WrapUp(agent));
        self.out.push(Decision::WrapUpExtended { interaction: wrap_up.interaction, agent, until });
        self.settle(now, agent, why_of(agent, by), Some(by));
        Ok(())
    }

    /// Raised again it keeps the time since when it is up.
    fn raise_hand(&mut self, now: EpochMs, agent: AgentId, note: &str, by: AgentId) -> Result<(), Refusal> {
        let note = note.trim();
        if note.chars().count() > MOST_NOTE {
            return Err(Refusal::LongNote { most: MOST_NOTE });
        }
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        let since = state.seat.hand.as_ref().map_or(now, |hand| hand.since);
        state.seat.hand = Some(Hand { since, note: note.to_owned() });
        self.settle(now, agent, SeatWhy::Hand, Some(by));
        Ok(())
    }

    fn lower_hand(&mut self, now: EpochMs, agent: AgentId, by: AgentId) -> Result<(), Refusal> {
        let state = self.seats.get_mut(&agent).ok_or(Refusal::NotSignedIn)?;
        state.seat.hand = None;
        self.settle(now, agent, SeatWhy::Hand, Some(by));
        Ok(())
    }

    /// The seat is free: what was chosen while it was busy takes effect.
    pub(crate) fn apply_next(&mut self, now: EpochMs, agent: AgentId, next: SeatStatus) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        match next {
            SeatStatus::Offline => self.go_offline(now, agent, SeatWhy::NextStatus),
            SeatStatus::NotReady { .. } => {
                state.set_status(now, next, SeatWhy::NextStatus);
                state.took = false;
            }
            SeatStatus::Ready if state.seat.health == StationHealth::Ok => {
                state.set_status(now, next, SeatWhy::NextStatus);
                state.took = false;
                self.send_to_back(now, agent);
            }
            SeatStatus::Ready => {
                // Ready as soon as the station is back.
                state.seat.status_why = SeatWhy::StationLost;
                state.took = true;
                self.tell(agent, SeatWhy::StationLost, None);
                return;
            }
        }
        self.tell(agent, SeatWhy::NextStatus, None);
    }

    /// Frees the station. [`Router::settle`] removes the seat after telling.
    pub(crate) fn go_offline(&mut self, now: EpochMs, agent: AgentId, why: SeatWhy) {
        self.sit_down(agent, None);
        let Some(state) = self.seats.get_mut(&agent) else { return };
        state.set_status(now, SeatStatus::Offline, why);
        state.seat.next = None;
        state.seat.hand = None;
        state.took = false;
    }

    /// A rule ends ready. `gives_back`: ready returns by itself with the station; otherwise the agent must choose it again.
    pub(crate) fn not_ready_by_rule(&mut self, now: EpochMs, agent: AgentId, why: SeatWhy, gives_back: bool) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        let was_to_be_ready = state.seat.status == SeatStatus::Ready || state.took;
        if was_to_be_ready {
            state.took = gives_back;
            state.set_status(now, SeatStatus::NotReady { reason: None }, why);
        }
        if !gives_back && state.seat.next == Some(SeatStatus::Ready) {
            state.seat.next = None;
            state.seat.status_why = why;
        }
    }

    pub(crate) fn cancel_seat_timers(&mut self, agent: AgentId) {
        let Some(state) = self.seats.get_mut(&agent) else { return };
        if let Desktop::Away { until } = state.desktop {
            self.timers.cancel(until, Timer::DesktopGrace(agent));
        }
        if let Some(until) = state.rest_until.take() {
            self.timers.cancel(until, Timer::Rest(agent));
        }
        if let Some(wrap_up) = state.wrap_up.take() {
            self.timers.cancel(wrap_up.until, Timer::WrapUp(agent));
        }
    }
}

/// A fresh seat: not ready, at no station.
pub(crate) fn empty_seat(agent: AgentId, now: EpochMs) -> Seat {
    Seat {
        agent,
        station: None,
        status: SeatStatus::NotReady { reason: None },
        status_since: now,
        status_why: SeatWhy::Chosen,
        activity: Activity::Idle,
        activity_since: now,
        health: StationHealth::None,
        next: None,
        hand: None,
    }
}

fn why_of(agent: AgentId, by: AgentId) -> SeatWhy {
    if agent == by { SeatWhy::Chosen } else { SeatWhy::Forced }
}
