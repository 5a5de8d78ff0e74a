//! A small company for the tests, and a short way to talk to the router. Ids are small numbers: agent 1 sits at station 1.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use acd::{Decision, Input, Router, RouterConfig};
use contract::directory::{Agent, AnswerBy, Beside, DigestBy, Directory, Overflow, Queue, Reason, Secret, Srtp, Station};
use contract::{
    AgentId, EpochMs, IdMaker, InteractionId, OfferId, OfferOutcome, QueueId, QueueOutcome, ReasonId, Seat,
    SeatCommand, SeatStatus, SkillId, StationId,
};

/// 2026-11-23T02:00:00Z.
pub const T0: EpochMs = 1_795_399_200_000;

pub fn skills(levels: &[(i64, u8)]) -> BTreeMap<SkillId, u8> {
    levels.iter().map(|&(skill, level)| (SkillId(skill), level)).collect()
}

/// Rings 20 s, no longest wait, no wrap-up, ages a step every 30 s, missed and rejected both make not ready.
pub fn queue(id: i64, need: &[(i64, u8)]) -> Queue {
    Queue {
        id: QueueId(id),
        name: format!("queue {id}"),
        skills: skills(need),
        ring_ms: 20_000,
        max_wait_ms: 0,
        at_max_wait: Overflow::Voicemail,
        max_waiting: 0,
        when_full: Overflow::Hangup("busy".into()),
        wrap_up_ms: 0,
        announce_ms: 0,
        music: String::new(),
        priority: 0,
        age_step_ms: 30_000,
        target_ms: 20_000,
        short_ms: 5_000,
        record: true,
        auto_answer: false,
        caller_id: String::new(),
        missed_not_ready: true,
        rejected_not_ready: true,
    }
}

#[derive(Clone, Default)]
pub struct Company(pub Directory);

impl Company {
    pub fn agent(mut self, id: i64, levels: &[(i64, u8)]) -> Self {
        let agent = Agent {
            id: AgentId(id),
            name: format!("agent {id}"),
            team: None,
            skills: skills(levels),
            station: Some(StationId(id)),
            dial_prefixes: Vec::new(),
        };
        self.0.agents.insert(agent.id, agent);
        let station = Station {
            id: StationId(id),
            username: id.to_string(),
            password: Secret::default(),
            answer_by: AnswerBy::Phone,
            digest: DigestBy::Both,
            srtp: Srtp::OverTls,
            number: String::new(),
            beside: None,
        };
        self.0.stations.insert(station.id, station);
        self
    }

    /// The station is a phone of a PBX, which rings it.
    pub fn at_pbx(mut self, station: i64) -> Self {
        let beside = Beside { pbx: contract::PbxId(1), line: format!("PJSIP/{station}") };
        self.0.stations.get_mut(&StationId(station)).unwrap().beside = Some(beside);
        self
    }

    pub fn queue(mut self, queue: Queue) -> Self {
        self.0.queues.insert(queue.id, queue);
        self
    }

    pub fn lunch(mut self) -> Self {
        let reason = Reason { id: ReasonId(1), name_zh: "午餐".into(), name_en: "Lunch".into(), target_minutes: 30 };
        self.0.reasons.insert(reason.id, reason);
        self
    }
}

pub const LUNCH: SeatStatus = SeatStatus::NotReady { reason: Some(ReasonId(1)) };
pub const NOT_READY: SeatStatus = SeatStatus::NotReady { reason: None };

pub struct Room {
    pub router: Router,
    pub now: EpochMs,
}

impl Room {
    /// Everybody's station is registered; nobody is signed in.
    pub fn new(company: Company) -> Self {
        Self::with(company, RouterConfig::default())
    }

    pub fn with(company: Company, config: RouterConfig) -> Self {
        let mut room = Self { router: Router::new(IdMaker::new(1), config), now: T0 };
        let stations: Vec<StationId> = company.0.stations.keys().copied().collect();
        room.tell(Input::Directory(Arc::new(company.0)));
        for station in stations {
            room.tell(Input::StationUp { station });
        }
        room
    }

    pub fn tell(&mut self, input: Input) -> Vec<Decision> {
        self.router.handle(self.now, input)
    }

    /// Time passes; every deadline on the way is kept.
    pub fn pass(&mut self, ms: EpochMs) -> Vec<Decision> {
        let end = self.now + ms;
        let mut all = Vec::new();
        while let Some(at) = self.router.deadline().filter(|&at| at <= end) {
            self.now = self.now.max(at);
            all.extend(self.tell(Input::Tick));
        }
        self.now = end;
        all
    }

    pub fn seat(&mut self, agent: i64, command: SeatCommand) -> Vec<Decision> {
        self.tell(Input::Seat { agent: AgentId(agent), command, by: AgentId(agent) })
    }

    pub fn sign_in(&mut self, agent: i64) -> Vec<Decision> {
        self.seat(agent, SeatCommand::SignIn { station: None })
    }

    /// Signs in and chooses ready.
    pub fn ready(&mut self, agent: i64) -> Vec<Decision> {
        let mut all = self.sign_in(agent);
        all.extend(self.seat(agent, SeatCommand::Ready));
        all
    }

    pub fn lunch(&mut self, agent: i64) -> Vec<Decision> {
        self.seat(agent, SeatCommand::NotReady { reason: Some(ReasonId(1)) })
    }

    pub fn calls(&mut self, call: i64, queue: i64) -> Vec<Decision> {
        self.calls_as(call, queue, false, 0)
    }

    pub fn calls_as(&mut self, call: i64, queue: i64, vip: bool, priority: u8) -> Vec<Decision> {
        let (interaction, queue) = (InteractionId(call), QueueId(queue));
        self.tell(Input::Enqueue { interaction, queue, vip, priority, credit_ms: 0 })
    }

    pub fn direct(&mut self, call: i64, agent: i64, queue: Option<i64>, fallback: Option<i64>) -> Vec<Decision> {
        self.tell(Input::Direct {
            interaction: InteractionId(call),
            agent: AgentId(agent),
            queue: queue.map(QueueId),
            vip: false,
            priority: 0,
            wait_ms: 60_000,
            ring_ms: 20_000,
            fallback: fallback.map(QueueId),
        })
    }

    pub fn answer(&mut self, offer: OfferId) -> Vec<Decision> {
        self.tell(Input::OfferAnswered { offer })
    }

    pub fn talk_ends(&mut self, call: i64, agent: i64) -> Vec<Decision> {
        self.tell(Input::TalkEnded { interaction: InteractionId(call), agent: AgentId(agent) })
    }

    pub fn over(&mut self, call: i64) -> Vec<Decision> {
        self.tell(Input::CallOver { interaction: InteractionId(call) })
    }

    pub fn hangs_up_waiting(&mut self, call: i64) -> Vec<Decision> {
        self.tell(Input::Leave { interaction: InteractionId(call), outcome: QueueOutcome::Abandoned })
    }

    pub fn station_down(&mut self, station: i64) -> Vec<Decision> {
        self.tell(Input::StationDown { station: StationId(station) })
    }

    pub fn station_up(&mut self, station: i64) -> Vec<Decision> {
        self.tell(Input::StationUp { station: StationId(station) })
    }

    #[track_caller]
    pub fn status(&self, agent: i64) -> SeatStatus {
        self.shows(agent).status
    }

    #[track_caller]
    pub fn shows(&self, agent: i64) -> &Seat {
        self.router.seat(AgentId(agent)).expect("signed in")
    }
}

/// The offers made: which call to which agent.
pub fn offers(decisions: &[Decision]) -> Vec<(i64, i64)> {
    let made = |decision: &Decision| match decision {
        Decision::Offer { interaction, agent, .. } => Some((interaction.0, agent.0)),
        _ => None,
    };
    decisions.iter().filter_map(made).collect()
}

/// The one offer made.
#[track_caller]
pub fn offer(decisions: &[Decision]) -> OfferId {
    let mut ids = decisions.iter().filter_map(|decision| match decision {
        Decision::Offer { offer, .. } => Some(*offer),
        _ => None,
    });
    let id = ids.next().unwrap_or_else(|| panic!("nothing offered in {decisions:#?}"));
    assert!(ids.next().is_none(), "more than one offer in {decisions:#?}");
    id
}

/// How offers ended: whose, and how.
pub fn ends(decisions: &[Decision]) -> Vec<(i64, OfferOutcome)> {
    let ended = |decision: &Decision| match decision {
        Decision::OfferEnded { agent, outcome, .. } => Some((agent.0, *outcome)),
        _ => None,
    };
    decisions.iter().filter_map(ended).collect()
}

/// How queues were left: which call, and how.
pub fn left(decisions: &[Decision]) -> Vec<(i64, QueueOutcome)> {
    let gone = |decision: &Decision| match decision {
        Decision::QueueLeft { interaction, outcome, .. } => Some((interaction.0, *outcome)),
        _ => None,
    };
    decisions.iter().filter_map(gone).collect()
}

/// The code of the refusal.
#[track_caller]
pub fn refused(decisions: &[Decision]) -> &'static str {
    match decisions {
        [Decision::Refused { refusal, .. }] => refusal.code(),
        other => panic!("not one refusal: {other:#?}"),
    }
}
