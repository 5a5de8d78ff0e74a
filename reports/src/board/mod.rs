//! The live board: a pure fold over events. The same events give the same board, byte for byte, whether heard live,
//! replayed from the ledger, or applied after a [`Board::save`]d one; an event applied twice counts once.
//! Come in at [`Board::apply`], [`Board::live`] and [`Board::take_changes`]; [`Board::tick`] turns the day.
//! Never in this room (but in `save` and `load`): SQL, clocks, names of people.

mod call;
mod keep;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::{
    Activity, AgentId, DeskBody, Directory, EpochMs, Event, EventKind, InteractionId, LiveAgent, LiveCall, LiveQueue, OfferOutcome,
    QueueId, QueueOutcome, Seat, SeatStatus, SeatWhy, StationHealth,
};
use serde::{Deserialize, Serialize};

use crate::{Thresholds, Zone};
use call::Call;

/// Everything live. Its bytes (as JSON) are its whole state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Board {
    /// The company's day, whose figures these are.
    day: (EpochMs, EpochMs),
    /// The last event of each node.
    seen: BTreeMap<u16, u64>,
    calls: BTreeMap<InteractionId, Call>,
    agents: BTreeMap<AgentId, LiveAgent>,
    today: BTreeMap<QueueId, Today>,
    #[serde(skip, default = "utc")]
    zone: Zone,
    #[serde(skip)]
    thresholds: Thresholds,
    /// Before it is told, every row is shown.
    #[serde(skip)]
    directory: Option<Arc<Directory>>,
    #[serde(skip)]
    told: Told,
}

fn utc() -> Zone {
    Zone::utc()
}

/// Queue figures since the company's midnight. `offered` is answered + abandoned + flowed out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Today {
    answered: u32,
    abandoned: u32,
    short_abandoned: u32,
    flowed_out: u32,
    within_target: u32,
    wait_ms_sum: u64,
}

/// What changed since the last [`Board::take_changes`], and which queue rows were told then.
#[derive(Debug, Clone, Default)]
struct Told {
    calls: BTreeSet<InteractionId>,
    agents: BTreeSet<AgentId>,
    queues: BTreeMap<QueueId, LiveQueue>,
}

/// All rows, by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Live {
    pub calls: Vec<LiveCall>,
    pub agents: Vec<LiveAgent>,
    pub queues: Vec<LiveQueue>,
}

impl Board {
    /// An empty board of the day `now` is in.
    #[must_use]
    pub fn new(zone: Zone, thresholds: Thresholds, now: EpochMs) -> Self {
        Self {
            day: zone.day_of(now),
            seen: BTreeMap::new(),
            calls: BTreeMap::new(),
            agents: BTreeMap::new(),
            today: BTreeMap::new(),
            zone,
            thresholds,
            directory: None,
            told: Told::default(),
        }
    }

    /// Thresholds with their history, newly noted, and the company's zone, which holds from the next midnight on. Every
    /// queue with thresholds has a row.
    pub fn set_company(&mut self, zone: Zone, thresholds: Thresholds) {
        (self.zone, self.thresholds) = (zone, thresholds);
    }

    /// The company as it is now. Queues and agents it has no more are not shown, but while somebody is still there.
    pub fn set_directory(&mut self, directory: Arc<Directory>) {
        let before = self.directory.replace(directory);
        let of = |known: &Option<Arc<Directory>>, id: &AgentId| known.as_ref().is_none_or(|d| d.agents.contains_key(id));
        let changed = |id: &&AgentId| of(&before, id) != of(&self.directory, id);
        self.told.agents.extend(self.agents.keys().filter(changed));
    }

    /// The last event of a node this board has taken; 0: none.
    #[must_use]
    pub fn seen(&self, node: u16) -> u64 {
        self.seen.get(&node).copied().unwrap_or(0)
    }

    /// Calls of a node that did not end, and when each was last heard of: after a crash, what has to be closed by
    /// [`EventKind::Interrupted`].
    #[must_use]
    pub fn open_calls(&self, node: u16) -> Vec<(InteractionId, EpochMs)> {
        self.calls.iter().filter(|(_, c)| c.node == node).map(|(id, c)| (*id, c.last_seen)).collect()
    }

    /// Takes one event. Events of one node come in order; one already taken changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.seen(event.node) {
            return;
        }
        self.seen.insert(event.node, event.seq);
        self.tick(event.at);
        self.count(event);
        if let EventKind::SeatChanged { seat, .. } = &event.kind {
            self.agent(seat.agent, event.at).seat = seat.clone();
        }
        let Some(interaction) = event.interaction else { return };
        match &event.kind {
            EventKind::CallArrived { .. } => {
                if let Some(call) = Call::arrived(event, interaction) {
                    self.calls.insert(interaction, call);
                }
            }
            EventKind::CallEnded { .. } | EventKind::Interrupted { .. } => {
                if self.calls.remove(&interaction).is_none() {
                    return;
                }
            }
            _ => {
                let Some(call) = self.calls.get_mut(&interaction) else { return };
                call.apply(event);
            }
        }
        self.told.calls.insert(interaction);
    }

    /// Turns the day when the company's midnight has passed. Called with the clock now and then; events turn it as well.
    pub fn tick(&mut self, now: EpochMs) {
        if now < self.day.1 {
            return;
        }
        self.day = self.zone.day_of(now);
        // Rows stay, whose figures begin again: what is shown follows from the company, not from the day.
        self.today.values_mut().for_each(|today| *today = Today::default());
        for (id, agent) in &mut self.agents {
            (agent.answered_today, agent.missed_today, agent.talk_ms_today) = (0, 0, 0);
            self.told.agents.insert(*id);
        }
    }

    /// Today's figures. An event from before midnight that comes late counts for no live figure: a replay would have
    /// dropped it at midnight.
    fn count(&mut self, event: &Event) {
        if let EventKind::Queued { queue, .. } | EventKind::TalkStarted { queue: Some(queue), .. } = &event.kind {
            self.today.entry(*queue).or_default();
        }
        if event.at < self.day.0 {
            return;
        }
        match &event.kind {
            EventKind::QueueLeft { queue, outcome, waited_ms } => {
                let limit = self.thresholds.at(*queue, event.at);
                let today = self.today.entry(*queue).or_default();
                match outcome {
                    QueueOutcome::Answered => {
                        today.answered += 1;
                        today.within_target += u32::from(*waited_ms <= limit.target_ms);
                        today.wait_ms_sum += u64::from(*waited_ms);
                    }
                    QueueOutcome::Abandoned if *waited_ms <= limit.short_ms => today.short_abandoned += 1,
                    QueueOutcome::Abandoned => today.abandoned += 1,
                    QueueOutcome::MaxWait | QueueOutcome::Moved | QueueOutcome::Voicemail | QueueOutcome::Failed => {
                        today.flowed_out += 1;
                    }
                }
            }
            EventKind::OfferEnded { agent, outcome, .. } => match outcome {
                OfferOutcome::Answered => self.agent(*agent, event.at).answered_today += 1,
                OfferOutcome::Missed | OfferOutcome::Rejected => self.agent(*agent, event.at).missed_today += 1,
                OfferOutcome::Withdrawn | OfferOutcome::Failed => {}
            },
            EventKind::TalkEnded { agent, talk_ms, .. } => {
                self.agent(*agent, event.at).talk_ms_today += u64::from(*talk_ms);
            }
            // A caller whom a crash cut off while waiting is lost, as the reports count it.
            EventKind::Interrupted { .. } => {
                let waiting = event.interaction.and_then(|id| self.calls.get(&id)?.waiting);
                if let Some((queue, _)) = waiting {
                    self.today.entry(queue).or_default().flowed_out += 1;
                }
            }
            _ => {}
        }
    }

    /// An agent not heard of yet is offline.
    fn agent(&mut self, agent: AgentId, at: EpochMs) -> &mut LiveAgent {
        self.told.agents.insert(agent);
        self.agents.entry(agent).or_insert_with(|| LiveAgent {
            seat: Seat {
                agent,
                station: None,
                status: SeatStatus::Offline,
                status_since: at,
                status_why: SeatWhy::Restart,
                activity: Activity::Idle,
                activity_since: at,
                health: StationHealth::None,
                next: None,
                hand: None,
            },
            answered_today: 0,
            missed_today: 0,
            talk_ms_today: 0,
        })
    }

    /// All rows, for a desktop that begins to watch.
    #[must_use]
    pub fn live(&self) -> Live {
        Live {
            calls: self.calls.values().map(|c| c.row.clone()).collect(),
            agents: self.agents.values().filter(|row| self.shows(row)).cloned().collect(),
            queues: self.queues().into_values().collect(),
        }
    }

    /// Whoever was removed stays to be seen until the last call is done.
    fn shows(&self, row: &LiveAgent) -> bool {
        let known = self.directory.as_ref().is_none_or(|d| d.agents.contains_key(&row.seat.agent));
        known || row.seat.status != SeatStatus::Offline
    }

    /// Rows that changed since the last time, whole, and ids of those that are gone. `None`: nothing did.
    pub fn take_changes(&mut self) -> Option<DeskBody> {
        let (mut calls, mut calls_gone) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.told.calls) {
            match self.calls.get(&id) {
                Some(call) => calls.push(call.row.clone()),
                None => calls_gone.push(id),
            }
        }
        let (mut agents, mut agents_gone) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.told.agents) {
            match self.agents.get(&id).filter(|row| self.shows(row)) {
                Some(agent) => agents.push(agent.clone()),
                None => agents_gone.push(id),
            }
        }
        let now = self.queues();
        let queues: Vec<LiveQueue> = now.values().filter(|row| self.told.queues.get(&row.queue) != Some(row)).cloned().collect();
        let queues_gone: Vec<QueueId> = self.told.queues.keys().filter(|id| !now.contains_key(id)).copied().collect();
        self.told.queues = now;
        let rows = calls.len() + agents.len() + queues.len();
        let gone = calls_gone.len() + agents_gone.len() + queues_gone.len();
        (rows + gone > 0).then_some(DeskBody::Board { calls, calls_gone, agents, agents_gone, queues, queues_gone })
    }

    /// `waiting`, `ringing` and `talking` are apart: a caller is in one of them. `oldest` is over the first two.
    fn queues(&self) -> BTreeMap<QueueId, LiveQueue> {
        let mut rows: BTreeMap<QueueId, LiveQueue> = BTreeMap::new();
        for queue in self.thresholds.queues() {
            row(&mut rows, queue);
        }
        for (queue, today) in &self.today {
            let row = row(&mut rows, *queue);
            row.offered = today.answered + today.abandoned + today.flowed_out;
            (row.answered, row.abandoned) = (today.answered, today.abandoned);
            (row.short_abandoned, row.within_target) = (today.short_abandoned, today.within_target);
            row.wait_ms_sum = today.wait_ms_sum;
        }
        for call in self.calls.values() {
            if let Some((queue, since)) = call.waiting {
                let row = row(&mut rows, queue);
                *(if call.ringing.is_some() { &mut row.ringing } else { &mut row.waiting }) += 1;
                row.oldest = Some(row.oldest.map_or(since, |oldest| oldest.min(since)));
            }
            for queue in call.talks.values().filter_map(|t| t.queue) {
                row(&mut rows, queue).talking += 1;
            }
        }
        if let Some(directory) = &self.directory {
            rows.retain(|id, row| directory.queues.contains_key(id) || row.waiting + row.ringing + row.talking > 0);
        }
        rows
    }
}

fn row(rows: &mut BTreeMap<QueueId, LiveQueue>, queue: QueueId) -> &mut LiveQueue {
    rows.entry(queue).or_insert_with(|| LiveQueue {
        queue,
        waiting: 0,
        oldest: None,
        ringing: 0,
        talking: 0,
        offered: 0,
        answered: 0,
        abandoned: 0,
        short_abandoned: 0,
        within_target: 0,
        wait_ms_sum: 0,
    })
}
