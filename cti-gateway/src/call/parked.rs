//! A caller in a numbered place: with music, with nobody, until somebody lifts a phone for them. Who parked is free meanwhile,
//! and is rung again when nobody came in time; where that fails too, the caller goes to the front of the queue of the talk.

use contract::ParkOutcome;

use super::consult::Heir;
use super::machine::music;
use super::*;

type Out<'a> = &'a mut Vec<Action>;

/// Places a node has.
pub const MOST_PARKED: u16 = 99;

/// How long signalling may take to say that a phone was not lifted in time.
const SLACK_MS: EpochMs = 5_000;

/// Whose phone is rung for a parked caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetcher {
    pub agent: AgentId,
    pub station: StationId,
    pub answer_by: AnswerBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parked {
    by: AgentId,
    /// Of the talk that was.
    queue: Option<QueueId>,
    record: bool,
    slot: u16,
    since: EpochMs,
    until: EpochMs,
    pub fetching: Option<Fetching>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fetching {
    pub agent: AgentId,
    pub leg: LegId,
    answer_by: AnswerBy,
    /// Signalling lets it ring no longer, and says so; should it not, the call does by itself.
    until: EpochMs,
}

impl Parked {
    /// Of the phone that rings for the caller; else of the place.
    pub fn deadline(&self) -> EpochMs {
        self.fetching.map_or(self.until, |fetching| fetching.until)
    }

    fn ended(&self, now: EpochMs, outcome: ParkOutcome) -> Action {
        let by = self.fetching.filter(|_| outcome == ParkOutcome::Retrieved).map(|fetching| fetching.agent);
        let ms = u32::try_from((now - self.since).max(0)).unwrap_or(u32::MAX);
        Action::Tell(EventKind::ParkEnded { agent: self.by, slot: self.slot, outcome, by, ms })
    }
}

impl Call {
    /// The place the caller is in, while parked.
    #[must_use]
    pub fn parked_in(&self) -> Option<u16> {
        match &self.stage {
            Stage::Parked(parked) => Some(parked.slot),
            _ => None,
        }
    }

    /// Whose phone rings for the parked caller.
    #[must_use]
    pub fn fetcher(&self) -> Option<AgentId> {
        match &self.stage {
            Stage::Parked(parked) => parked.fetching.map(|fetching| fetching.agent),
            _ => None,
        }
    }

    /// The agent lets the caller wait in place `slot` for `park_ms` at most.
    ///
    /// # Errors
    /// [`CommandRefused`]: the talk is not this agent's, or somebody else was asked into it. The call then stays as it was.
    pub fn park(&mut self, now: EpochMs, agent: AgentId, slot: u16, park_ms: u32) -> Result<Vec<Action>, CommandRefused> {
        let Talk { leg, queue, record, .. } = self.own_talk(agent)?;
        let mut actions = Vec::new();
        let out = &mut actions;
        let until = now + EpochMs::from(park_ms);
        out.push(Action::Tell(EventKind::Parked { agent, queue, slot, until }));
        self.end_talk(now, out);
        self.let_go(leg, EndCause::AnsweredHangup, HungUpBy::Agent { agent }, None, out);
        self.moving = None;
        self.stage = Stage::Parked(Parked { by: agent, queue, record, slot, since: now, until, fetching: None });
        out.push(music(self.caller_leg, None));
        self.mind_ears(out);
        self.mind_silence(now);
        Ok(actions)
    }

    /// The talk that `agent` leads, where nobody else was asked into it and the caller is not in a flow.
    pub(super) fn own_talk(&self, agent: AgentId) -> Result<Talk, CommandRefused> {
        let call = self.id;
        match self.stage {
            Stage::Talking(talk) if talk.agent == agent && !self.sides.is_empty() => {
                Err(CommandRefused::WrongState { call, state: "consulting" })
            }
            Stage::Talking(talk) if talk.agent == agent && self.visit.is_some() => {
                Err(CommandRefused::WrongState { call, state: "in_flow" })
            }
            Stage::Talking(talk) if talk.agent == agent => Ok(talk),
            _ if self.agent() == Some(agent) => Err(CommandRefused::WrongState { call, state: self.stage_name() }),
            _ => Err(CommandRefused::NotYours { call }),
        }
    }

    /// Rings the phone of who wants the caller; lifted, the talk begins.
    ///
    /// # Errors
    /// [`CommandRefused::WrongState`]: nobody is parked here (any more), or another phone rings for the caller already.
    pub fn fetch(&mut self, now: EpochMs, who: Fetcher) -> Result<Vec<Action>, CommandRefused> {
        let (call, state) = (self.id, self.stage_name());
        let leg: LegId = self.ids.make(now);
        let Fetcher { agent, station, answer_by } = who;
        let Stage::Parked(parked) = &mut self.stage else { return Err(CommandRefused::WrongState { call, state }) };
        match parked.fetching {
            // Pressed twice.
            Some(fetching) if fetching.agent == agent => return Ok(Vec::new()),
            Some(_) => return Err(CommandRefused::WrongState { call, state: "being_taken" }),
            None => {
                let until = now + EpochMs::from(OWN_RING_MS) + SLACK_MS;
                parked.fetching = Some(Fetching { agent, leg, answer_by, until });
            }
        }
        self.legs.insert(leg, Leg { role: Role::Agent(agent), rang: false, holds: false, over: None });
        let auto_answer = answer_by == AnswerBy::AutoAnswer;
        Ok(vec![
            Action::Router(RouterAsk::Busy { agent, on: true }),
            Action::Tell(EventKind::LegStarted { leg, party: Party::Agent { agent, station } }),
            Action::Dial { leg, to: Dial::Station { station, ring_ms: OWN_RING_MS, auto_answer } },
        ])
    }

    fn fetching(&self, leg: LegId) -> Option<Fetching> {
        match &self.stage {
            Stage::Parked(parked) => parked.fetching.filter(|fetching| fetching.leg == leg),
            _ => None,
        }
    }

    /// A phone that can be told to answer is told once it rings.
    pub(super) fn fetching_rings(&self, leg: LegId, out: Out) {
        if self.fetching(leg).is_some_and(|fetching| fetching.answer_by == AnswerBy::TalkEvent) {
            out.push(Action::PressTalk(leg));
        }
    }

    /// Whether the phone that was lifted was that of who wants the caller.
    pub(super) fn fetched(&mut self, now: EpochMs, leg: LegId, out: Out) -> bool {
        let (Some(Fetching { agent, answer_by, .. }), Stage::Parked(parked)) = (self.fetching(leg), &self.stage) else {
            return false;
        };
        let Parked { queue, record, .. } = *parked;
        out.extend([Action::Tell(EventKind::LegAnswered { leg }), parked.ended(now, ParkOutcome::Retrieved)]);
        self.talk(now, Heir { leg, agent, queue, answer_by, record, lost: false }, out);
        true
    }

    /// Whether it was that phone, which will not come. Its leg has been seen to; the caller stays where they are.
    pub(super) fn not_fetched(&mut self, now: EpochMs, leg: LegId, out: Out) -> bool {
        let Some(Fetching { agent, .. }) = self.fetching(leg) else { return false };
        if let Stage::Parked(parked) = &mut self.stage {
            parked.fetching = None;
            out.push(Action::Router(RouterAsk::Busy { agent, on: false }));
            if now >= parked.until {
                self.parked_too_long(now, out);
            }
        }
        true
    }

    /// Who wants the caller thought better of it before the phone was lifted.
    pub(super) fn fetch_no_more(&mut self, now: EpochMs, agent: AgentId, out: Out) {
        if let Stage::Parked(Parked { fetching: Some(Fetching { leg, .. }), .. }) = self.stage {
            self.let_go(leg, EndCause::NoAnswer, HungUpBy::Agent { agent }, None, out);
            self.not_fetched(now, leg, out);
        }
    }

    /// Nobody came: who parked is rung.
    pub(super) fn parked_too_long(&mut self, now: EpochMs, out: Out) {
        let Stage::Parked(parked) = self.stage else { return };
        if let Some(Fetching { leg, until, .. }) = parked.fetching {
            // A phone that rings when the time is over may ring on.
            if now < until {
                return;
            }
            self.let_go(leg, EndCause::NoAnswer, HungUpBy::System, None, out);
            self.not_fetched(now, leg, out);
            return;
        }
        out.push(parked.ended(now, ParkOutcome::NobodyCame));
        let Parked { by, queue, .. } = parked;
        let target = TransferTarget::Agent { agent: by };
        self.moving = Some(Moving { by, target, from: CameFrom::Park { queue } });
        (self.own_overflow, self.overflows) = ((false, false), 0);
        self.ask_for(now, by, queue, None, out);
    }

    /// The call ends while the caller is parked.
    pub(super) fn parked_over(&mut self, now: EpochMs, outcome: ParkOutcome, out: Out) {
        let Stage::Parked(parked) = &mut self.stage else { return };
        let fetching = parked.fetching.take();
        out.push(parked.ended(now, outcome));
        if let Some(Fetching { agent, .. }) = fetching {
            out.push(Action::Router(RouterAsk::Busy { agent, on: false }));
        }
    }
}
