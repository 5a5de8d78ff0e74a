//! Callers come, wait and go. A caller waits in one queue, or for one agent; whatever fails on our side, the place stays.

use contract::directory::Overflow;
use contract::{AgentId, EpochMs, InteractionId, OfferOutcome, QueueId, QueueOutcome, SeatStatus};

use crate::line::Urgency;
use crate::pools::levels;
use crate::router::Router;
use crate::state::{Entry, SeatState, Want, ms_between};
use crate::timers::Timer;
use crate::words::{Asked, Decision, DirectWhy, OverflowWhy};

/// Highest priority a call may bring, as a queue's.
const MAX_PRIORITY: u8 = 9;
/// Longer than anybody waits: a raised caller is before VIPs whom their wait has raised.
const RAISE_MS: EpochMs = 24 * 3_600_000;

/// Who comes into a queue.
struct Newcomer {
    interaction: InteractionId,
    queue: QueueId,
    urgency: Urgency,
    priority: u8,
    /// It was there a moment ago: full or not.
    full_too: bool,
    asked_by: Option<AgentId>,
}

impl Router {
    pub(crate) fn enqueue(
        &mut self,
        now: EpochMs,
        interaction: InteractionId,
        queue: QueueId,
        vip: bool,
        priority: u8,
        credit_ms: u32,
    ) {
        let stays = self.waiting.get(&interaction).is_some_and(|entry| entry.want == Want::Queue(queue));
        if stays || self.over.contains(interaction) {
            return;
        }
        self.leave(now, interaction, QueueOutcome::Moved);
        self.end_served_talks(now, interaction);
        let urgency = Urgency { vip, priority: 0, entered: now - EpochMs::from(credit_ms) };
        self.admit(now, Newcomer { interaction, queue, urgency, priority, full_too: false, asked_by: None });
    }

    pub(crate) fn give_back(&mut self, now: EpochMs, interaction: InteractionId, queue: QueueId, vip: bool, credit_ms: u32) {
        if self.over.contains(interaction) {
            return;
        }
        self.leave(now, interaction, QueueOutcome::Moved);
        self.end_served_talks(now, interaction);
        let urgency = Urgency { vip, priority: 0, entered: now - EpochMs::from(credit_ms) };
        self.admit(now, Newcomer { interaction, queue, urgency, priority: 0, full_too: true, asked_by: None });
        self.raise(interaction);
    }

    /// Somebody is wanted beside a talk.
    pub(crate) fn ask(&mut self, now: EpochMs, interaction: InteractionId, by: AgentId, whom: Asked, (wait_ms, ring_ms): (u32, u32)) {
        if self.over.contains(interaction) {
            return;
        }
        self.leave(now, interaction, QueueOutcome::Moved);
        let urgency = Urgency { vip: false, priority: 0, entered: now };
        match whom {
            Asked::Queue(queue) => {
                self.admit(now, Newcomer { interaction, queue, urgency, priority: 0, full_too: false, asked_by: Some(by) });
            }
            Asked::Agent(agent) => {
                let want = Want::Agent { agent, queue: None, ring_ms, fallback: None };
                self.wait_for(now, interaction, agent, Entry {
                    want,
                    urgency,
                    priority: 0,
                    joined: now,
                    until: Some(now + EpochMs::from(wait_ms.max(1))),
                    offer: None,
                    told: 1,
                    raised: false,
                    asked_by: Some(by),
                });
            }
        }
    }

    /// Into the queue, or what the queue says when it cannot.
    fn admit(&mut self, now: EpochMs, who: Newcomer) {
        let Newcomer { interaction, queue, urgency, priority, full_too, asked_by } = who;
        let no_room = self.waiting.len() >= self.config.max_waiting as usize;
        let Some(state) = self.queues.get_mut(&queue) else {
            let then = Overflow::Hangup(String::new());
            self.out.push(Decision::Overflow { interaction, queue, why: OverflowWhy::Unknown, then });
            return;
        };
        if !full_too && (no_room || state.is_full()) {
            let then = state.rules.when_full.clone();
            let then = self.spill(queue, then);
            self.out.push(Decision::Overflow { interaction, queue, why: OverflowWhy::Full, then });
            return;
        }
        let call_priority = priority.min(MAX_PRIORITY);
        let urgency = Urgency { priority: state.rules.priority.min(MAX_PRIORITY) + call_priority, ..urgency };
        let until = (state.rules.max_wait_ms != 0).then(|| now + EpochMs::from(state.rules.max_wait_ms));
        let position = place(state.line.ahead_of(urgency, interaction, state.rules.age_step_ms, now));
        let entry = Entry {
            want: Want::Queue(queue),
            urgency,
            priority: call_priority,
            joined: now,
            until,
            offer: None,
            told: position,
            raised: false,
            asked_by,
        };
        state.line.insert(urgency, interaction);
        self.waiting.insert(interaction, entry);
        if let Some(until) = until {
            self.timers.set(until, Timer::Wait(interaction));
        }
        if asked_by.is_none() {
            self.out.push(Decision::Queued { interaction, queue, vip: urgency.vip, priority: urgency.priority, position });
        }
        self.wait_freely(interaction);
    }

    /// Who calls was found out after the wait began. The time waited stays.
    pub(crate) fn make_vip(&mut self, interaction: InteractionId) {
        if let Some(entry) = self.waiting.get(&interaction).filter(|entry| !entry.urgency.vip) {
            self.reorder(interaction, Urgency { vip: true, ..entry.urgency });
        }
    }

    /// Before everybody a rule would put there. Twice changes nothing.
    pub(crate) fn raise(&mut self, interaction: InteractionId) {
        let in_queue = |entry: &&Entry| matches!(entry.want, Want::Queue(_)) && !entry.raised;
        let Some(Entry { urgency, .. }) = self.waiting.get(&interaction).filter(in_queue).copied() else { return };
        self.reorder(interaction, Urgency { vip: true, priority: 2 * MAX_PRIORITY, entered: urgency.entered - RAISE_MS });
        if let Some(entry) = self.waiting.get_mut(&interaction) {
            entry.raised = true;
        }
    }

    fn reorder(&mut self, interaction: InteractionId, urgency: Urgency) {
        let Some(before) = self.waiting.get(&interaction).copied() else { return };
        let free = before.offer.is_none();
        if free {
            self.wait_no_more_freely(interaction);
        }
        if let Some(entry) = self.waiting.get_mut(&interaction) {
            entry.urgency = urgency;
        }
        if let Want::Queue(queue) = before.want
            && let Some(state) = self.queues.get_mut(&queue)
        {
            state.line.remove(before.urgency, interaction);
            state.line.insert(urgency, interaction);
        }
        if free {
            self.wait_freely(interaction);
        }
    }

    pub(crate) fn wait_for_agent(
        &mut self,
        now: EpochMs,
        interaction: InteractionId,
        want: Want,
        vip: bool,
        priority: u8,
        wait_ms: u32,
    ) {
        let Want::Agent { agent, .. } = want else { return };
        let stays = self.waiting.get(&interaction).is_some_and(
            |entry| matches!(entry.want, Want::Agent { agent: waited_for, .. } if waited_for == agent),
        );
        if stays || self.over.contains(interaction) {
            return;
        }
        self.leave(now, interaction, QueueOutcome::Moved);
        self.end_served_talks(now, interaction);
        let priority = priority.min(MAX_PRIORITY);
        self.wait_for(now, interaction, agent, Entry {
            want,
            urgency: Urgency { vip, priority, entered: now },
            priority,
            joined: now,
            // At least a tick, so that a free agent is rung before the time is over.
            until: Some(now + EpochMs::from(wait_ms.max(1))),
            offer: None,
            told: 1,
            raised: false,
            asked_by: None,
        });
    }

    /// For one agent.
    fn wait_for(&mut self, now: EpochMs, interaction: InteractionId, agent: AgentId, entry: Entry) {
        self.waiting.insert(interaction, entry);
        self.direct.entry(agent).or_default().insert((now, interaction));
        if let Some(until) = entry.until {
            self.timers.set(until, Timer::Wait(interaction));
        }
        self.wait_freely(interaction);
        self.forsake_direct(now, agent);
    }

    /// Nobody is being rung for this caller (any more).
    pub(crate) fn wait_freely(&mut self, interaction: InteractionId) {
        let Some(entry) = self.waiting.get(&interaction) else { return };
        if let Want::Queue(queue) = entry.want
            && let Some(state) = self.queues.get_mut(&queue)
        {
            state.free.insert(entry.urgency, interaction);
            if let Some(pool) = self.pools.get_mut(state.pool) {
                pool.waiting.insert(queue);
            }
        }
        self.fresh_callers.insert(interaction);
    }

    /// Takes the caller out of the choice while somebody is being rung, the place in the line stays.
    pub(crate) fn wait_no_more_freely(&mut self, interaction: InteractionId) {
        self.fresh_callers.remove(&interaction);
        let Some(entry) = self.waiting.get(&interaction) else { return };
        if let Want::Queue(queue) = entry.want
            && let Some(state) = self.queues.get_mut(&queue)
        {
            state.free.remove(entry.urgency, interaction);
            if state.free.is_empty()
                && let Some(pool) = self.pools.get_mut(state.pool)
            {
                pool.waiting.remove(&queue);
            }
        }
    }

    /// Forgets that the caller waits. Says nothing.
    pub(crate) fn remove_caller(&mut self, interaction: InteractionId) -> Option<Entry> {
        self.wait_no_more_freely(interaction);
        let entry = self.waiting.remove(&interaction)?;
        if let Some(until) = entry.until {
            self.timers.cancel(until, Timer::Wait(interaction));
        }
        match entry.want {
            Want::Queue(queue) => {
                if let Some(state) = self.queues.get_mut(&queue) {
                    state.line.remove(entry.urgency, interaction);
                }
            }
            Want::Agent { agent, .. } => {
                if let Some(callers) = self.direct.get_mut(&agent) {
                    callers.remove(&(entry.joined, interaction));
                    if callers.is_empty() {
                        self.direct.remove(&agent);
                    }
                }
            }
        }
        Some(entry)
    }

    pub(crate) fn leave(&mut self, now: EpochMs, interaction: InteractionId, outcome: QueueOutcome) {
        let Some(entry) = self.waiting.get(&interaction).copied() else { return };
        let rung = entry.offer.and_then(|offer| self.close_offer(now, offer, OfferOutcome::Withdrawn));
        self.remove_caller(interaction);
        self.say_left(now, interaction, &entry, outcome);
        if let Some(offer) = rung {
            self.settle(now, offer.agent, contract::SeatWhy::Call, None);
        }
    }

    pub(crate) fn say_left(&mut self, now: EpochMs, interaction: InteractionId, entry: &Entry, outcome: QueueOutcome) {
        if let (Want::Queue(queue), None) = (entry.want, entry.asked_by) {
            let waited_ms = ms_between(entry.joined, now);
            self.out.push(Decision::QueueLeft { interaction, queue, outcome, waited_ms });
        }
    }

    pub(crate) fn call_over(&mut self, now: EpochMs, interaction: InteractionId, outcome: QueueOutcome) {
        self.over.insert(interaction);
        self.leave(now, interaction, outcome);
        let rung = self.seats.iter().filter(|(_, state)| state.rung == Some(interaction)).map(|(agent, _)| *agent);
        for agent in rung.collect::<Vec<_>>() {
            self.rung_beside(now, agent, interaction, false);
        }
        for agent in self.talks.get(&interaction).cloned().unwrap_or_default() {
            self.talk_ended(now, agent, interaction);
        }
    }

    /// The longest wait is over. While an agent is being rung the caller stays; the end of that offer asks again.
    pub(crate) fn wait_is_over(&mut self, now: EpochMs, interaction: InteractionId) {
        let Some(entry) = self.waiting.get(&interaction).copied() else { return };
        if entry.offer.is_some() || entry.until.is_none_or(|until| until > now) {
            return;
        }
        match entry.want {
            Want::Agent { .. } => self.fail_direct(now, interaction, DirectWhy::Busy),
            Want::Queue(queue) => {
                let Some(then) = self.queues.get(&queue).map(|state| state.rules.at_max_wait.clone()) else { return };
                self.remove_caller(interaction);
                let then = self.spill(queue, then);
                let outcome = match then {
                    Overflow::Voicemail => QueueOutcome::Voicemail,
                    Overflow::Hangup(_) | Overflow::Queue(_) | Overflow::Number(_) => QueueOutcome::MaxWait,
                };
                self.say_left(now, interaction, &entry, outcome);
                self.out.push(Decision::Overflow { interaction, queue, why: OverflowWhy::MaxWait, then });
            }
        }
    }

    /// Follows queue to queue until one has room, or something else is to be done. A circle ends in good-bye.
    pub(crate) fn spill(&self, from: QueueId, then: Overflow) -> Overflow {
        let node_is_full = self.waiting.len() >= self.config.max_waiting as usize;
        let mut seen = vec![from];
        let mut then = then;
        while let Overflow::Queue(queue) = then {
            let Some(state) = self.queues.get(&queue).filter(|_| !seen.contains(&queue)) else {
                return Overflow::Hangup(String::new());
            };
            if !node_is_full && !state.is_full() {
                return Overflow::Queue(queue);
            }
            seen.push(queue);
            then = state.rules.when_full.clone();
        }
        then
    }

    /// The agent cannot be had: on to the fallback queue with the time waited, or back to the call.
    pub(crate) fn fail_direct(&mut self, now: EpochMs, interaction: InteractionId, why: DirectWhy) {
        let Some(entry) = self.remove_caller(interaction) else { return };
        let Want::Agent { agent, fallback, .. } = entry.want else { return };
        self.out.push(Decision::DirectFailed { interaction, agent, why, fallback });
        if let Some(queue) = fallback {
            let Entry { urgency, priority, .. } = entry;
            self.admit(now, Newcomer { interaction, queue, urgency, priority, full_too: false, asked_by: None });
        }
    }

    /// Callers who wait for an agent that will not be ready are told so at once.
    pub(crate) fn forsake_direct(&mut self, now: EpochMs, agent: AgentId) {
        let Some(callers) = self.direct.get(&agent) else { return };
        let seat = self.seats.get(&agent);
        let why = match seat {
            Some(state) if state.will_be_ready() => return,
            Some(state) if state.seat.status != contract::SeatStatus::Offline => DirectWhy::NotReady,
            _ => DirectWhy::Offline,
        };
        let free = |interaction: &InteractionId| self.waiting.get(interaction).is_some_and(|e| e.offer.is_none());
        let gone: Vec<InteractionId> = callers.iter().map(|&(_, caller)| caller).filter(free).collect();
        for interaction in gone {
            self.fail_direct(now, interaction, why);
        }
    }

    /// The place in the line, 1 for the next; none unless waiting in a queue. Those being rung for count: they keep theirs.
    #[must_use]
    pub fn position(&self, now: EpochMs, interaction: InteractionId) -> Option<u32> {
        let entry = self.waiting.get(&interaction)?;
        let Want::Queue(queue) = entry.want else { return None };
        let state = self.queues.get(&queue)?;
        Some(place(state.line.ahead_of(entry.urgency, interaction, state.rules.age_step_ms, now)))
    }

    /// The position to say to the caller: never worse than the one said before in this queue.
    pub fn position_to_say(&mut self, now: EpochMs, interaction: InteractionId) -> Option<u32> {
        let position = self.position(now, interaction)?;
        let entry = self.waiting.get_mut(&interaction)?;
        entry.told = entry.told.min(position);
        Some(entry.told)
    }

    /// Callers waiting in a queue, those being rung for included.
    #[must_use]
    pub fn waiting_in(&self, queue: QueueId) -> usize {
        self.queues.get(&queue).map_or(0, |state| state.line.len())
    }
}

/// A queue at a moment, as flows and boards may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueFacts {
    pub waiting: u32,
    pub longest_wait_ms: u32,
    /// Agents who could be offered a call of it now.
    pub agents_ready: u32,
    /// Agents signed in who have its skills, whatever they are doing.
    pub agents_signed_in: u32,
}

impl Router {
    /// How a queue is; zeros where there is none. Costs its callers and the agents signed in.
    #[must_use]
    pub fn queue_facts(&self, now: EpochMs, queue: QueueId) -> QueueFacts {
        let Some(state) = self.queues.get(&queue) else { return QueueFacts::default() };
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let entered = state.line.callers().filter_map(|id| self.waiting.get(&id)).map(|entry| entry.joined).min();
        let skilled = |seat: &&SeatState| {
            let agent = self.directory.agents.get(&seat.seat.agent);
            seat.seat.status != SeatStatus::Offline
                && agent.is_some_and(|agent| levels(&state.rules.skills, &agent.skills).is_some())
        };
        QueueFacts {
            waiting: narrow(state.line.len()),
            longest_wait_ms: entered.map_or(0, |at| u32::try_from((now - at).max(0)).unwrap_or(u32::MAX)),
            agents_ready: self.pools.get(state.pool).map_or(0, |pool| narrow(pool.idle.len())),
            agents_signed_in: narrow(self.seats.values().filter(skilled).count()),
        }
    }
}

fn place(ahead: usize) -> u32 {
    u32::try_from(ahead + 1).unwrap_or(u32::MAX)
}
