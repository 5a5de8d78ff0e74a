//! Who could take what. Queues that ask for the same skills share a [`Pool`]; an idle agent stands in the pools of the
//! agent's skills, so that an event costs the pools of one agent and never queues times members.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use contract::{AgentId, QueueId, SkillId};

pub(crate) type PoolId = u32;
/// Skills with the level each needs at least.
pub(crate) type Need = BTreeMap<SkillId, u8>;

/// The place of an idle agent: the most skilled first, then who has been idle longest, then the lowest id.
pub(crate) type Place = (Reverse<u32>, u64, AgentId);

#[derive(Debug, Default)]
pub(crate) struct Pool {
    pub queues: BTreeSet<QueueId>,
    /// Those of the queues in which somebody waits whom nobody is being rung for.
    pub waiting: BTreeSet<QueueId>,
    pub idle: BTreeSet<Place>,
}

#[derive(Debug, Default)]
pub(crate) struct Pools {
    by_need: BTreeMap<Need, PoolId>,
    pools: BTreeMap<PoolId, Pool>,
    last: PoolId,
}

impl Pools {
    /// The pool of queues with this need.
    pub fn join(&mut self, need: &Need, queue: QueueId) -> PoolId {
        let id = *self.by_need.entry(need.clone()).or_insert_with(|| {
            self.last += 1;
            self.last
        });
        self.pools.entry(id).or_default().queues.insert(queue);
        id
    }

    pub fn leave(&mut self, id: PoolId, queue: QueueId) {
        let Some(pool) = self.pools.get_mut(&id) else { return };
        pool.queues.remove(&queue);
        pool.waiting.remove(&queue);
        if pool.queues.is_empty() {
            self.pools.remove(&id);
            self.by_need.retain(|_, pool| *pool != id);
        }
    }

    pub fn get(&self, id: PoolId) -> Option<&Pool> {
        self.pools.get(&id)
    }

    pub fn get_mut(&mut self, id: PoolId) -> Option<&mut Pool> {
        self.pools.get_mut(&id)
    }

    /// The pools an agent with these skills may serve, each with the sum of the agent's levels in what it needs.
    pub fn served_by(&self, skills: &BTreeMap<SkillId, u8>) -> Vec<(PoolId, u32)> {
        self.by_need.iter().filter_map(|(need, &id)| Some((id, levels(need, skills)?))).collect()
    }

    /// Changes whenever what an agent serves may have changed.
    pub fn needs(&self) -> &BTreeMap<Need, PoolId> {
        &self.by_need
    }
}

/// The sum of levels in the needed skills; none where one is missing or too low.
pub(crate) fn levels(need: &Need, skills: &BTreeMap<SkillId, u8>) -> Option<u32> {
    need.iter().try_fold(0, |sum, (skill, &least)| {
        let level = *skills.get(skill)?;
        (level >= least).then(|| sum + u32::from(level))
    })
}
