//! One live call on the board: what it is told, and the row that follows from it.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    AgentId, Direction, EpochMs, Event, EventKind, InteractionId, LegId, LiveCall, LiveState, OfferId, ParkOutcome, QueueId,
    RecordingId, RecordingKind, safe_guess,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Call {
    pub row: LiveCall,
    pub node: u16,
    pub last_seen: EpochMs,
    /// The queue it is in and since when, also while an agent's phone rings.
    pub waiting: Option<(QueueId, EpochMs)>,
    pub ringing: Option<Ringing>,
    pub talks: BTreeMap<AgentId, Talk>,
    /// Whom the caller hears besides the agents who talk.
    #[serde(default)]
    joined: BTreeSet<LegId>,
    /// Dialed and not answered yet (calls we make).
    dialing: bool,
    transferring: bool,
    #[serde(default)]
    parked: bool,
    voicemail: Option<RecordingId>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Ringing {
    offer: OfferId,
    agent: AgentId,
    queue: Option<QueueId>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Talk {
    pub queue: Option<QueueId>,
    held: bool,
}

impl Call {
    /// A call begins with its arrival; nothing else makes one.
    pub(super) fn arrived(event: &Event, interaction: InteractionId) -> Option<Self> {
        let EventKind::CallArrived { direction, caller, dialed, .. } = &event.kind else { return None };
        let dialing = *direction != Direction::Inbound;
        let row = LiveCall {
            interaction,
            direction: *direction,
            caller: caller.clone(),
            dialed: dialed.clone(),
            customer: None,
            vip: false,
            state: if dialing { LiveState::Ringing } else { LiveState::Ivr },
            since: event.at,
            began: event.at,
            queue: None,
            agent: None,
            flow: None,
            node: None,
            supervisors: Vec::new(),
        };
        let (node, last_seen) = (event.node, event.at);
        let (talks, ringing, waiting) = (BTreeMap::new(), None, None);
        Some(Self { row, node, last_seen, waiting, ringing, talks, joined: BTreeSet::new(), dialing, transferring: false, parked: false, voicemail: None })
    }

    /// Takes an event of this call. Events that say nothing about where it is change nothing.
    pub(super) fn apply(&mut self, event: &Event) {
        self.last_seen = event.at;
        match &event.kind {
            EventKind::CallerIdentified { candidates } => {
                self.row.vip |= candidates.first().is_some_and(|c| c.vip);
                if let Some(guess) = safe_guess(candidates) {
                    self.row.customer = Some(guess.customer);
                }
            }
            EventKind::CustomerLinked { customer, .. } => self.row.customer = *customer,
            EventKind::FlowStarted { flow, .. } => {
                self.row.flow = Some(flow.clone());
                self.row.node = None;
            }
            EventKind::FlowStep { node } => self.row.node = Some(node.clone()),
            EventKind::FlowEnded { .. } => (self.row.flow, self.row.node) = (None, None),
            EventKind::Queued { queue, vip, .. } => {
                self.row.vip |= vip;
                self.transferring = false;
                self.waiting = Some((*queue, event.at));
            }
            EventKind::QueueLeft { queue, .. } => self.waiting = self.waiting.filter(|(q, _)| q != queue),
            EventKind::Offered { offer, agent, queue, .. } => {
                self.ringing = Some(Ringing { offer: *offer, agent: *agent, queue: *queue });
            }
            EventKind::OfferEnded { offer, .. } => self.ringing = self.ringing.filter(|r| r.offer != *offer),
            EventKind::TalkStarted { agent, queue, .. } => {
                (self.transferring, self.dialing) = (false, false);
                self.talks.insert(*agent, Talk { queue: *queue, held: false });
            }
            EventKind::Held { agent } => self.hold(*agent, true),
            EventKind::Resumed { agent } => self.hold(*agent, false),
            EventKind::SupervisionStarted { by, .. } => {
                self.row.supervisors.retain(|one| one != by);
                self.row.supervisors.push(*by);
            }
            EventKind::SupervisionEnded { by, .. } => self.row.supervisors.retain(|one| one != by),
            EventKind::TransferStarted { .. } | EventKind::WaitingMoved { .. } => self.transferring = true,
            EventKind::TransferFailed { .. } | EventKind::WaitingMoveFailed { .. } => self.transferring = false,
            EventKind::ConsultJoined { leg, .. } => drop(self.joined.insert(*leg)),
            EventKind::ConsultEnded { leg, .. } => drop(self.joined.remove(leg)),
            EventKind::Parked { .. } => self.parked = true,
            EventKind::ParkEnded { outcome, .. } => {
                (self.parked, self.transferring) = (false, *outcome == ParkOutcome::NobodyCame);
            }
            EventKind::TalkEnded { agent, .. } => drop(self.talks.remove(agent)),
            EventKind::RecordingStarted { recording, what: RecordingKind::Voicemail, .. } => {
                self.voicemail = Some(*recording);
            }
            EventKind::RecordingEnded { recording, .. } => self.voicemail = self.voicemail.filter(|r| r != recording),
            _ => return,
        }
        self.place(event.at);
    }

    fn hold(&mut self, agent: AgentId, held: bool) {
        if let Some(talk) = self.talks.get_mut(&agent) {
            talk.held = held;
        }
    }

    /// Where the call is, from the most to the least telling.
    fn place(&mut self, at: EpochMs) {
        let talk = self.talks.iter().next().map(|(agent, talk)| (*agent, *talk));
        let state = if self.transferring {
            LiveState::Transferring
        } else if talk.is_some() {
            // Held only if nobody talks to the caller.
            if self.joined.is_empty() && self.talks.values().all(|t| t.held) { LiveState::Held } else { LiveState::Talking }
        } else if self.parked {
            LiveState::Parked
        } else if self.ringing.is_some() {
            LiveState::Ringing
        } else if self.waiting.is_some() {
            LiveState::Waiting
        } else if self.voicemail.is_some() {
            LiveState::Voicemail
        } else if self.dialing {
            LiveState::Ringing
        } else {
            LiveState::Ivr
        };
        if state != self.row.state {
            (self.row.state, self.row.since) = (state, at);
        }
        self.row.agent = talk.map(|(agent, _)| agent).or(self.ringing.map(|r| r.agent));
        let waiting = self.waiting.map(|(queue, _)| queue);
        self.row.queue = talk.map_or_else(|| waiting.or(self.ringing.and_then(|r| r.queue)), |(_, talk)| talk.queue);
    }
}
