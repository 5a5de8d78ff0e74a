//! Supervisors at the switch: whose phone is rung, and the rules that are not one call's.

use contract::{Activity, AgentId, EpochMs, InteractionId, SeatStatus, StationId, SuperviseCommand, WaitingCommand};

use super::gateway::Refused;
use super::switch::{Switch, Work};
use crate::call::Seated;

impl Switch {
    /// Joins, changes the mode or leaves. Joining one talk leaves another: nobody supervises two at once.
    pub(super) fn supervise(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        by: AgentId,
        whom: Option<AgentId>,
        command: &SuperviseCommand,
    ) -> Result<(), Refused> {
        let live = self.calls.get(&id).ok_or(Refused::NoCall(id))?;
        let (mode, reason) = match command {
            SuperviseCommand::Join { mode, reason } => (mode, reason),
            SuperviseCommand::TakeOver => return self.of_call(now, id, |call, _| call.take_over(now, by)),
            SuperviseCommand::Leave => return self.of_call(now, id, |call, _| Ok(call.supervise_no_more(now, by))),
        };
        let there = live.call.supervisors().any(|agent| agent == by);
        let allowed = whom.map_or(there, |agent| live.call.talking() == Some(agent));
        if !allowed {
            return Err(Refused::NoTalk(id));
        }
        if there {
            return self.of_call(now, id, |call, _| Ok(call.supervise_as(by, *mode)));
        }
        if live.call.agent() == Some(by) || live.call.leg_of(by).is_some() || live.caller_agent == Some(by) {
            return Err(Refused::OwnCall);
        }
        let mut others = self.calls.iter().filter(|(other, _)| **other != id);
        let elsewhere = others.find(|(_, live)| live.call.supervisors().any(|agent| agent == by)).map(|(id, _)| *id);
        let station = self.phone_of(by, elsewhere)?;
        if !self.company.directory.has_station(station) {
            return Err(Refused::NoStation);
        }
        let answer_by = self.company.directory.answer_by(station);
        let announced = self.company.directory.company.listening_tone;
        let who = Seated { agent: by, station, answer_by, announced };
        let joins = self.decide(now, id, |call, _| call.supervise(now, who, *mode, reason))?;
        // The phone is hung up there before it rings here: many have one line. A call that breaks over it is left all the same.
        let left = elsewhere.map_or(Ok(()), |other| self.of_call(now, other, |call, _| Ok(call.supervise_no_more(now, by))));
        self.work.push_back(Work::Actions(id, joins));
        left
    }

    /// Sends a waiting caller on, or puts it in front.
    pub(super) fn while_waiting(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        by: AgentId,
        command: WaitingCommand,
    ) -> Result<(), Refused> {
        let command = match command {
            WaitingCommand::Move { target } => {
                let target = self.colleague_or(target);
                self.may_send_to(by, &target)?;
                WaitingCommand::Move { target }
            }
            WaitingCommand::Raise => command,
        };
        self.of_call(now, id, |call, world| call.while_waiting(now, by, &command, world))
    }

    /// The phone of a supervisor's seat, where nothing else goes on but the talk that is left for this one. Without a seat
    /// routing would not know that the phone is in use.
    pub(super) fn phone_of(&self, agent: AgentId, leaves: Option<InteractionId>) -> Result<StationId, Refused> {
        let station = self.free_station_of(agent, leaves)?;
        match self.pbx_phone(station) {
            Some(_) => Err(Refused::Pbx(crate::pbx::calls::PbxRefused::PhoneOfPbx)),
            None => Ok(station),
        }
    }

    /// As [`Switch::phone_of`], whoever rings it.
    pub(super) fn free_station_of(&self, agent: AgentId, leaves: Option<InteractionId>) -> Result<StationId, Refused> {
        let seat = self.router.seat(agent).filter(|seat| seat.status != SeatStatus::Offline).ok_or(Refused::NoStation)?;
        match seat.activity {
            Activity::Idle | Activity::WrapUp { .. } => {}
            Activity::Talking { interaction } if Some(interaction) == leaves => {}
            Activity::Talking { .. } | Activity::Held { .. } | Activity::Offered { .. } => return Err(Refused::Busy),
        }
        seat.station.ok_or(Refused::NoStation)
    }
}
