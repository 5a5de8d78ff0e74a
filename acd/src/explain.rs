//! Why this agent, why nobody: for a supervisor who asks. Worked out from the directory and the seats when asked, not from
//! the pools that choose, so that it also checks them.

use contract::directory::Queue;
use contract::{
    Activity, AgentId, EpochMs, InteractionId, QueueId, ReasonId, SeatStatus, SeatWhy, SkillId, StationHealth,
};
use serde::Serialize;

use crate::pools::levels;
use crate::router::Router;
use crate::state::{SeatState, Want, ms_between};

/// Why an agent cannot be offered a call now; in the order of how soon that may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Obstacle {
    /// Rejected or missed an offer a moment ago.
    Resting { until: EpochMs },
    WrapUp { until: Option<EpochMs> },
    /// Being rung for this or another caller.
    Offered { interaction: InteractionId },
    OnCall { interaction: InteractionId },
    NotReady { reason: Option<ReasonId>, why: NotReadyWhy },
    StationUnreachable,
    StationUnfit,
    /// A phone of a PBX beside us, which routes the calls of its queues itself.
    StationOfPbx,
    NoStation,
    SignedOut,
    /// `has`: 0 where the agent lacks the skill.
    Skill { skill: SkillId, has: u8, needs: u8 },
    /// The caller waits for another agent.
    NotAskedFor,
}

/// A [`SeatWhy`] that has an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NotReadyWhy(pub SeatWhy);

impl PartialOrd for NotReadyWhy {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NotReadyWhy {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0 as u8).cmp(&(other.0 as u8))
    }
}

/// One agent, seen from one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    pub agent: AgentId,
    /// None: could be offered the call.
    pub obstacle: Option<Obstacle>,
    /// The sum of levels in the skills asked for.
    pub levels: u32,
    /// Since the last offer, call or becoming ready; 0 where there is an obstacle.
    pub idle_ms: u32,
}

/// One caller and everybody who might serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallExplained {
    pub interaction: InteractionId,
    /// None where the caller waits for one agent.
    pub queue: Option<QueueId>,
    pub position: Option<u32>,
    pub waited_ms: u32,
    /// Who is being rung.
    pub ringing: Option<AgentId>,
    /// Everybody in the directory: first who could be rung, the best first; then by how soon the obstacle may go.
    pub agents: Vec<Verdict>,
}

/// One agent and the queues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentExplained {
    pub agent: AgentId,
    /// Why nothing is offered now; none: waiting for a caller.
    pub obstacle: Option<Obstacle>,
    /// Every queue, with the skill that is missing where one is.
    pub queues: Vec<(QueueId, Option<Obstacle>)>,
    /// Who would be offered if the agent became free now.
    pub first: Option<InteractionId>,
}

impl Router {
    /// Why this caller is or is not being offered. `None`: does not wait.
    #[must_use]
    pub fn explain_call(&self, now: EpochMs, interaction: InteractionId) -> Option<CallExplained> {
        let entry = self.waiting.get(&interaction)?;
        let (queue, rules) = match entry.want {
            Want::Queue(queue) => (Some(queue), self.queues.get(&queue).map(|state| &state.rules)),
            Want::Agent { .. } => (None, None),
        };
        let mut agents: Vec<(u64, Verdict)> = self
            .directory
            .agents
            .keys()
            .map(|&agent| {
                let seat = self.seats.get(&agent);
                let mut verdict = self.verdict(now, agent, rules);
                if matches!(entry.want, Want::Agent { agent: asked, .. } if asked != agent) {
                    verdict.obstacle = Some(Obstacle::NotAskedFor);
                }
                (seat.map_or(0, |seat| seat.turn), verdict)
            })
            .collect();
        agents.sort_by_key(|&(turn, v)| {
            let turn = if v.obstacle.is_none() { turn } else { 0 };
            (v.obstacle, std::cmp::Reverse(v.levels), turn, v.agent)
        });
        Some(CallExplained {
            interaction,
            queue,
            position: self.position(now, interaction),
            waited_ms: ms_between(entry.joined, now),
            ringing: entry.offer.and_then(|offer| self.offers.get(&offer)).map(|offer| offer.agent),
            agents: agents.into_iter().map(|(_, verdict)| verdict).collect(),
        })
    }

    /// Why this agent is or is not being offered calls. `None`: not in the directory.
    #[must_use]
    pub fn explain_agent(&self, now: EpochMs, agent: AgentId) -> Option<AgentExplained> {
        let skills = &self.directory.agents.get(&agent)?.skills;
        let queues = self.queues.values().map(|state| (state.rules.id, missing_skill(&state.rules, skills))).collect();
        let obstacle = self.seats.get(&agent).map_or(Some(Obstacle::SignedOut), seat_obstacle);
        let first = self.first_caller(now, agent).map(|(_, caller)| caller);
        Some(AgentExplained { agent, obstacle, queues, first })
    }

    fn verdict(&self, now: EpochMs, agent: AgentId, rules: Option<&Queue>) -> Verdict {
        let seat = self.seats.get(&agent);
        let person = self.directory.agents.get(&agent);
        let missing = person.zip(rules).and_then(|(person, rules)| missing_skill(rules, &person.skills));
        let obstacle = missing.or_else(|| seat.map_or(Some(Obstacle::SignedOut), seat_obstacle));
        let levels = person.zip(rules).and_then(|(person, rules)| levels(&rules.skills, &person.skills)).unwrap_or(0);
        let idle = seat.filter(|_| obstacle.is_none());
        Verdict { agent, obstacle, levels, idle_ms: idle.map_or(0, |seat| ms_between(seat.idle_since, now)) }
    }
}

fn missing_skill(rules: &Queue, skills: &std::collections::BTreeMap<SkillId, u8>) -> Option<Obstacle> {
    rules.skills.iter().find_map(|(&skill, &needs)| {
        let has = skills.get(&skill).copied();
        has.is_none_or(|has| has < needs).then(|| Obstacle::Skill { skill, has: has.unwrap_or(0), needs })
    })
}

fn seat_obstacle(state: &SeatState) -> Option<Obstacle> {
    match (state.seat.status, state.seat.health) {
        (SeatStatus::Offline, _) => return Some(Obstacle::SignedOut),
        (_, StationHealth::None) => return Some(Obstacle::NoStation),
        (_, StationHealth::Unreachable) => return Some(Obstacle::StationUnreachable),
        (_, StationHealth::Unfit) => return Some(Obstacle::StationUnfit),
        (SeatStatus::NotReady { reason }, StationHealth::Ok) => {
            return Some(Obstacle::NotReady { reason, why: NotReadyWhy(state.seat.status_why) });
        }
        (SeatStatus::Ready, StationHealth::Ok) => {}
    }
    if state.beside {
        return Some(Obstacle::StationOfPbx);
    }
    match state.seat.activity {
        Activity::Offered { interaction } => Some(Obstacle::Offered { interaction }),
        Activity::Talking { interaction } | Activity::Held { interaction } => Some(Obstacle::OnCall { interaction }),
        Activity::WrapUp { until, .. } => Some(Obstacle::WrapUp { until }),
        Activity::Idle => state.rest_until.map(|until| Obstacle::Resting { until }),
    }
}
