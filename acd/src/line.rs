//! The waiting order. One [`Line`] holds callers by urgency: VIP before others, then priority (the queue's, the call's and
//! one step for every age step waited), then who came first, then the lower id. A total order, also between queues.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use contract::{EpochMs, InteractionId};

/// How many priority steps a VIP is ahead: more than any priority a queue (9) and a flow (9) can give together. With
/// ageing, an ordinary caller is served before a VIP who came this many age steps later, so nobody starves.
const VIP_STEPS: u64 = 20;

/// What never changes about a caller's urgency while waiting in one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Urgency {
    pub vip: bool,
    /// The queue's and the call's together, 0 to 18.
    pub priority: u8,
    /// When the wait began that counts for the order.
    pub entered: EpochMs,
}

impl Urgency {
    fn lane(self) -> Lane {
        (self.vip, self.priority)
    }
}

/// Sorts with the most urgent first.
pub(crate) type Rank = (Reverse<u64>, EpochMs, InteractionId);

/// The rank of a caller at `now`.
pub(crate) fn rank(urgency: Urgency, interaction: InteractionId, age_step_ms: u32, now: EpochMs) -> Rank {
    let waited = u64::try_from(now - urgency.entered).unwrap_or(0);
    let aged = waited.checked_div(u64::from(age_step_ms)).unwrap_or(0);
    let steps = u64::from(urgency.priority) + if urgency.vip { VIP_STEPS } else { 0 } + aged;
    (Reverse(steps), urgency.entered, interaction)
}

type Lane = (bool, u8);

/// Callers of one queue. Within a lane (same VIP mark, same priority) the order is the order of coming whatever the time,
/// so that only the heads of a few lanes need comparing.
#[derive(Debug, Default)]
pub(crate) struct Line {
    lanes: BTreeMap<Lane, VecDeque<(EpochMs, InteractionId)>>,
    len: usize,
}

impl Line {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn insert(&mut self, urgency: Urgency, interaction: InteractionId) {
        let lane = self.lanes.entry(urgency.lane()).or_default();
        let key = (urgency.entered, interaction);
        if let Err(place) = lane.binary_search(&key) {
            lane.insert(place, key);
            self.len += 1;
        }
    }

    pub fn remove(&mut self, urgency: Urgency, interaction: InteractionId) {
        let Some(lane) = self.lanes.get_mut(&urgency.lane()) else { return };
        let Ok(place) = lane.binary_search(&(urgency.entered, interaction)) else { return };
        lane.remove(place);
        self.len -= 1;
        if lane.is_empty() {
            self.lanes.remove(&urgency.lane());
        }
    }

    /// The most urgent caller and the rank.
    pub fn head(&self, age_step_ms: u32, now: EpochMs) -> Option<Rank> {
        let ranks = self.lanes.iter().filter_map(|(&lane, callers)| {
            callers.front().map(|&(entered, interaction)| rank(in_lane(lane, entered), interaction, age_step_ms, now))
        });
        ranks.min()
    }

    /// How many callers are before this one.
    pub fn ahead_of(&self, urgency: Urgency, interaction: InteractionId, age_step_ms: u32, now: EpochMs) -> usize {
        let own = rank(urgency, interaction, age_step_ms, now);
        let before = |(&lane, callers): (&Lane, &VecDeque<(EpochMs, InteractionId)>)| {
            callers.partition_point(|&(entered, other)| rank(in_lane(lane, entered), other, age_step_ms, now) < own)
        };
        self.lanes.iter().map(before).sum()
    }

    /// Everybody, lane by lane.
    pub fn callers(&self) -> impl Iterator<Item = InteractionId> + '_ {
        self.lanes.values().flatten().map(|&(_, interaction)| interaction)
    }
}

fn in_lane((vip, priority): Lane, entered: EpochMs) -> Urgency {
    Urgency { vip, priority, entered }
}
