//! The desks as a pure fold over events: which cards lie on which desk, in which state, and what to tell each desktop.
//! Every body carries whole values, so a desktop that missed some takes a snapshot and loses nothing.
//! Never in this room: clocks, sockets, the database. Names of customers come in as [`Desks::known`], when they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::directory::{AnswerBy, PbxKind};
use contract::{
    AgentId, CallCard, Candidate, Caller, CardGone, CardState, CustomerId, DeskBody, Direction, Directory, EndCause, Entry,
    EpochMs, Event, EventKind, FlowResult, HungUpBy, InFlow, InteractionId, KnownCustomer, LegId, NoticeLevel, OfferOutcome,
    Party, PbxId, Pressed, QueueId,
    QueueOutcome, RecordingId, RecordingKind, RecordingState, SavedDisposition, Seat, SeatWhy, StationHealth, SuperviseMode,
    SupervisedBy, Supervising,
};
use contract::{Activity, SeatStatus};
use cti_gateway::call::{Face, allowed};

use asked::{Asked, beside};

mod asked;
mod parked;

/// Presses kept on a card; a caller who plays with the keys must not fill a desk.
const MOST_PRESSED: usize = 50;

/// Something to tell one agent's desktops.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub agent: AgentId,
    pub at: EpochMs,
    pub body: DeskBody,
}

/// All desks.
#[derive(Debug, Clone, Default)]
pub struct Desks {
    directory: Arc<Directory>,
    calls: BTreeMap<InteractionId, Call>,
    seats: BTreeMap<AgentId, Seat>,
}

/// What all cards of one call share.
#[derive(Debug, Clone)]
struct Call {
    direction: Direction,
    caller: Caller,
    dialed: String,
    arrived: EpochMs,
    vip: bool,
    pressed: Vec<Pressed>,
    candidates: Vec<Candidate>,
    known: Vec<KnownCustomer>,
    customer: Option<CustomerId>,
    recording: RecordingState,
    /// The one that runs: the end of the one before comes late.
    tape: Option<RecordingId>,
    ended: Option<EndCause>,
    /// By an agent, who need not be told.
    called_off: bool,
    cards: BTreeMap<AgentId, Card>,
    supervisors: BTreeMap<AgentId, Supervisor>,
    /// Whom the agent who talks asked into it.
    asked: Vec<Asked>,
    parked: Option<parked::Parked>,
    in_flow: Option<InFlow>,
    flow_results: Vec<FlowResult>,
    tags: Vec<String>,
    /// Which has the call.
    pbx: Option<PbxId>,
}

/// Somebody in the talk besides caller and agent.
#[derive(Debug, Clone, Copy)]
struct Supervisor {
    /// Who is supervised.
    agent: AgentId,
    leg: LegId,
    mode: SuperviseMode,
    connected: bool,
    since: EpochMs,
}

#[derive(Debug, Clone)]
struct Card {
    state: CardState,
    queue: Option<QueueId>,
    waited_ms: u32,
    since: EpochMs,
    until: Option<EpochMs>,
    talking_since: Option<EpochMs>,
    muted: bool,
    answer_by: AnswerBy,
    /// Who asked this agent into the talk.
    asked_by: Option<AgentId>,
    disposition: Option<SavedDisposition>,
    /// This agent's part is over; without a wrap-up the card goes with the next word of the seat.
    over: bool,
    /// The offer was withdrawn; whether the caller left is said by the next event.
    leaving: bool,
}

impl Desks {
    /// Names and answer modes as they are now.
    pub fn company(&mut self, directory: Arc<Directory>) {
        self.directory = directory;
    }

    #[must_use]
    pub fn seats(&self) -> &BTreeMap<AgentId, Seat> {
        &self.seats
    }

    /// When a call arrived, and who may be calling; for whoever reads their names.
    #[must_use]
    pub fn call(&self, interaction: InteractionId) -> Option<(EpochMs, &[Candidate])> {
        self.calls.get(&interaction).map(|call| (call.arrived, &call.candidates[..]))
    }

    #[must_use]
    pub fn has_card(&self, agent: AgentId, interaction: InteractionId) -> bool {
        self.calls.get(&interaction).is_some_and(|call| call.cards.contains_key(&agent))
    }

    /// Calls with a card somewhere or still running.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The whole desk of one agent.
    #[must_use]
    pub fn snapshot(&self, agent: AgentId, now: EpochMs) -> DeskBody {
        let seat = self.seats.get(&agent).cloned().unwrap_or_else(|| empty_seat(agent, now));
        let cards = self.calls.iter().filter_map(|(id, call)| Some(self.card(*id, agent, call, call.cards.get(&agent)?)));
        DeskBody::Snapshot { seat, cards: cards.collect(), supervising: self.supervising(agent), parked: self.parked() }
    }

    /// The talk somebody is in as a supervisor: the newest, where one is being left for another.
    #[must_use]
    pub fn supervising(&self, by: AgentId) -> Option<Supervising> {
        let theirs = self.calls.iter().filter_map(|(id, call)| Some((*id, call, call.supervisors.get(&by)?)));
        theirs.max_by_key(|(_, _, one)| (one.since, one.leg)).map(|(interaction, call, one)| Supervising {
            interaction,
            agent: one.agent,
            agent_name: self.name(one.agent),
            caller: call.caller.clone(),
            mode: one.mode,
            connected: one.connected,
            since: one.since,
        })
    }

    /// Who talks to the caller, or has the caller on hold.
    #[must_use]
    pub fn talker(&self, interaction: InteractionId) -> Option<AgentId> {
        let talks = |card: &Card| !card.over && card.asked_by.is_none() && matches!(card.state, CardState::Talking | CardState::Held);
        let cards = &self.calls.get(&interaction)?.cards;
        cards.iter().find(|(_, card)| talks(card)).map(|(agent, _)| *agent)
    }

    /// Who the candidates of a call are, as read from the customer store.
    pub fn known(&mut self, now: EpochMs, interaction: InteractionId, known: Vec<KnownCustomer>) -> Vec<Told> {
        let Some(call) = self.calls.get_mut(&interaction) else { return Vec::new() };
        call.known = known;
        let mut told = self.tell_all(now, interaction);
        told.extend(self.parked_named(now, interaction));
        told
    }

    /// Takes one event. What to tell, in order.
    pub fn apply(&mut self, event: &Event) -> Vec<Told> {
        match (&event.kind, event.interaction) {
            (EventKind::SeatChanged { seat, why, .. }, _) => self.seat(event.at, seat, *why),
            (EventKind::CallArrived { direction, caller, dialed, entry, .. }, Some(id)) => {
                self.calls.entry(id).or_insert_with(|| Call {
                    direction: *direction,
                    caller: caller.clone(),
                    dialed: dialed.clone(),
                    arrived: event.at,
                    vip: false,
                    pressed: Vec::new(),
                    candidates: Vec::new(),
                    known: Vec::new(),
                    customer: None,
                    recording: RecordingState::Off,
                    tape: None,
                    ended: None,
                    called_off: false,
                    cards: BTreeMap::new(),
                    supervisors: BTreeMap::new(),
                    asked: Vec::new(),
                    parked: None,
                    in_flow: None,
                    flow_results: Vec::new(),
                    tags: Vec::new(),
                    pbx: if let Entry::Pbx { pbx } = entry { Some(*pbx) } else { None },
                });
                match entry {
                    Entry::Station { agent: Some(agent), .. } if *direction == Direction::Outbound => {
                        self.dials(event.at, *agent, id).into_iter().collect()
                    }
                    _ => Vec::new(),
                }
            }
            (_, Some(id)) if self.calls.contains_key(&id) => {
                let mut told = self.of_call(event, id);
                told.extend(self.of_asked(event, id));
                told.extend(self.of_agent(event, id));
                told.extend(self.of_supervisor(event, id));
                told.extend(self.of_parked(event, id));
                self.forget_if_done(id);
                told
            }
            (_, Some(_) | None) => Vec::new(),
        }
    }

    /// Facts of the call, the same on every desk that has it.
    fn of_call(&mut self, event: &Event, id: InteractionId) -> Vec<Told> {
        let Some(call) = self.calls.get_mut(&id) else { return Vec::new() };
        match &event.kind {
            EventKind::CallerIdentified { candidates } => {
                call.vip |= candidates.first().is_some_and(|c| c.vip);
                call.customer = crm::lookup::safe_guess(candidates).map(|c| c.customer);
                call.candidates = candidates.clone();
            }
            EventKind::DigitsCollected { node, digits, label } => {
                if call.pressed.len() < MOST_PRESSED {
                    call.pressed.push(Pressed { node: node.clone(), label: label.clone(), digits: digits.clone() });
                }
            }
            EventKind::Queued { vip, .. } => call.vip |= vip,
            EventKind::RecordingStarted { recording, what: RecordingKind::Talk, .. } => {
                (call.tape, call.recording) = (Some(*recording), RecordingState::On);
            }
            EventKind::RecordingResumed { recording, .. } if call.tape == Some(*recording) => {
                call.recording = RecordingState::On;
            }
            EventKind::RecordingPaused { recording, .. } if call.tape == Some(*recording) => {
                call.recording = RecordingState::Paused;
            }
            EventKind::RecordingEnded { recording, .. } if call.tape == Some(*recording) => {
                (call.tape, call.recording) = (None, RecordingState::Off);
            }
            EventKind::CustomerLinked { customer, .. } => call.customer = *customer,
            EventKind::TagsSaved { tags, .. } => call.tags.clone_from(tags),
            EventKind::SentToFlow { flow, .. } => call.in_flow = Some(InFlow { flow: flow.clone(), since: event.at }),
            EventKind::CameBack { flow, result, .. } => {
                call.in_flow = None;
                if call.flow_results.len() < MOST_PRESSED {
                    call.flow_results.push(FlowResult { flow: flow.clone(), result: result.clone(), at: event.at });
                }
            }
            EventKind::CallEnded { cause, by } => {
                call.ended = Some(*cause);
                call.called_off = matches!(by, HungUpBy::Agent { .. });
            }
            EventKind::Interrupted { .. } => call.ended = Some(EndCause::Interrupted),
            EventKind::QueueLeft { outcome, .. } => {
                let why = if *outcome == QueueOutcome::Abandoned { CardGone::CallerLeft } else { CardGone::Withdrawn };
                let leaving: Vec<AgentId> = call.cards.iter().filter(|(_, card)| card.leaving).map(|(a, _)| *a).collect();
                return leaving.into_iter().filter_map(|agent| self.gone(event.at, agent, id, why)).collect();
            }
            _ => return Vec::new(),
        }
        let mut told = self.tell_all(event.at, id);
        if matches!(event.kind, EventKind::CallEnded { .. } | EventKind::Interrupted { .. }) {
            told.extend(self.call_over(event.at, id, matches!(event.kind, EventKind::Interrupted { .. })));
        }
        told
    }

    /// An agent's call at a PBX that nobody has a card of yet.
    fn is_dialed_at_pbx(&self, id: InteractionId) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| call.pbx.is_some() && call.direction == Direction::Outbound && call.cards.is_empty())
    }

    /// The card of a call this agent makes.
    fn dials(&mut self, at: EpochMs, agent: AgentId, id: InteractionId) -> Option<Told> {
        self.takes_over(at, agent, id);
        let card = self.calls.get_mut(&id)?.cards.get_mut(&agent)?;
        card.state = CardState::Connecting;
        self.tell(at, agent, id)
    }

    /// Nothing rings or talks any more; what is in wrap-up stays, unless the program itself was cut.
    fn call_over(&mut self, at: EpochMs, id: InteractionId, cut: bool) -> Vec<Told> {
        let Some(call) = self.calls.get(&id) else { return Vec::new() };
        let goes = |card: &Card| match card.state {
            CardState::Ringing => Some(CardGone::CallerLeft),
            CardState::WrapUp if !cut => None,
            // The agent's part is ended by its own event; without one there is nothing left to do.
            CardState::Talking | CardState::Held | CardState::Connecting if !cut && card.over => None,
            CardState::Connecting | CardState::Talking | CardState::Held | CardState::WrapUp => Some(CardGone::Finished),
        };
        // Whom an agent called, and did not reach.
        let outbound = call.direction == Direction::Outbound && !call.called_off;
        let unreached = |card: &Card| card.state == CardState::Connecting && outbound;
        let cause = call.ended.filter(|cause| *cause != EndCause::AnsweredHangup).map(|cause| store::words::word(&cause));
        let notices: Vec<Told> = call
            .cards
            .iter()
            .filter(|(_, card)| unreached(card))
            .filter_map(|(agent, _)| {
                let values = vec![("cause".to_owned(), cause.clone()?)];
                Some(notice(*agent, at, NoticeLevel::Warning, "dial_failed", values))
            })
            .collect();
        let going: Vec<_> = call.cards.iter().filter_map(|(agent, card)| Some((*agent, goes(card)?))).collect();
        let gone = going.into_iter().filter_map(|(agent, why)| self.gone(at, agent, id, why));
        gone.chain(notices).collect()
    }

    /// Facts of one agent's part in the call.
    fn of_agent(&mut self, event: &Event, id: InteractionId) -> Option<Told> {
        let at = event.at;
        let (agent, change): (AgentId, Change) = match &event.kind {
            EventKind::Offered { agent, queue, until, waited_ms, station, asked_by, .. } => {
                let answer_by = self.directory.answer_by(*station);
                let card = Card {
                    state: CardState::Ringing,
                    queue: *queue,
                    waited_ms: *waited_ms,
                    since: at,
                    until: Some(*until),
                    talking_since: None,
                    muted: false,
                    answer_by,
                    asked_by: *asked_by,
                    disposition: None,
                    over: false,
                    leaving: false,
                };
                self.calls.get_mut(&id)?.cards.insert(*agent, card);
                return self.tell(at, *agent, id);
            }
            // Whoever makes a call at a PBX is known by the phone that is rung first.
            EventKind::LegStarted { party: Party::Agent { agent, .. }, .. } if self.is_dialed_at_pbx(id) => {
                return self.dials(at, *agent, id);
            }
            EventKind::OfferEnded { agent, outcome, .. } => return self.offer_ended(at, *agent, id, *outcome),
            EventKind::TransferFailed { agent, cause, .. } => {
                let values = vec![("cause".to_owned(), store::words::word(cause))];
                return Some(notice(*agent, at, NoticeLevel::Warning, "transfer_failed", values));
            }
            EventKind::RecordingPauseFailed { agent } => {
                return Some(notice(*agent, at, NoticeLevel::Error, "pause_failed", Vec::new()));
            }
            EventKind::WaitingMoveFailed { by, cause, .. } => {
                let values = vec![("cause".to_owned(), store::words::word(cause))];
                return Some(notice(*by, at, NoticeLevel::Warning, "move_failed", values));
            }
            EventKind::WrapUpEnded { agent, .. } => return self.gone(at, *agent, id, CardGone::Finished),
            EventKind::TalkStarted { agent, queue, .. } => {
                self.takes_over(at, *agent, id);
                (*agent, Change::Talk(*queue))
            }
            EventKind::ConsultAnswered { with, .. } => (with.as_ref().copied()?, Change::Talk(None)),
            EventKind::ConsultEnded { with, .. } => (with.as_ref().copied()?, Change::Over),
            EventKind::TalkEnded { agent, .. } => (*agent, Change::Over),
            EventKind::Held { agent } => (*agent, Change::State(CardState::Held)),
            EventKind::Resumed { agent } => (*agent, Change::State(CardState::Talking)),
            EventKind::Muted { agent } => (*agent, Change::Muted(true)),
            EventKind::Unmuted { agent } => (*agent, Change::Muted(false)),
            EventKind::WrapUpStarted { agent, until, .. } => (*agent, Change::WrapUp(*until)),
            EventKind::WrapUpExtended { agent, until } => (*agent, Change::Until(*until)),
            EventKind::DispositionSaved { agent, dispositions, notes } => {
                let saved = SavedDisposition { dispositions: dispositions.clone(), notes: notes.clone() };
                (*agent, Change::Saved(saved))
            }
            _ => return None,
        };
        let card = self.calls.get_mut(&id)?.cards.get_mut(&agent)?;
        card.change(at, change);
        self.tell(at, agent, id)
    }

    /// Supervisors come, change and go: told to them, and to the agent where the agent may know.
    fn of_supervisor(&mut self, event: &Event, id: InteractionId) -> Vec<Told> {
        let (at, before) = (event.at, self.named_on_cards(id));
        let Some(call) = self.calls.get_mut(&id) else { return Vec::new() };
        let mut gone = None;
        let changed: Vec<AgentId> = match &event.kind {
            EventKind::SupervisionStarted { by, agent, leg, mode, .. } if call.ended.is_none() => {
                let one = Supervisor { agent: *agent, leg: *leg, mode: *mode, connected: false, since: at };
                call.supervisors.insert(*by, one);
                vec![*by]
            }
            EventKind::LegAnswered { leg } => {
                let of_leg = |(by, one): (&AgentId, &mut Supervisor)| {
                    (one.leg == *leg).then(|| {
                        (one.connected, one.since) = (true, at);
                        *by
                    })
                };
                call.supervisors.iter_mut().filter_map(of_leg).collect()
            }
            EventKind::SupervisionChanged { by, mode, .. } => {
                call.supervisors.get_mut(by).into_iter().for_each(|one| one.mode = *mode);
                vec![*by]
            }
            EventKind::SupervisionEnded { by, cause, .. } => {
                let ended = call.supervisors.remove(by);
                gone = ended.filter(|one| !one.connected).map(|_| (*by, *cause));
                vec![*by]
            }
            // Whatever was not said of them: without a call there is nothing to be in.
            EventKind::CallEnded { .. } | EventKind::Interrupted { .. } => {
                std::mem::take(&mut call.supervisors).into_keys().collect()
            }
            _ => return Vec::new(),
        };
        if changed.is_empty() {
            return Vec::new();
        }
        let body = |by: AgentId| DeskBody::Supervising { supervising: self.supervising(by) };
        let mut told: Vec<Told> = changed.into_iter().map(|by| Told { agent: by, at, body: body(by) }).collect();
        // Leaving before one's own phone was lifted is no failure.
        if let Some((by, cause)) = gone.filter(|(_, cause)| *cause != EndCause::AnsweredHangup) {
            let values = vec![("cause".to_owned(), store::words::word(&cause))];
            told.push(notice(by, at, NoticeLevel::Warning, "supervision_failed", values));
        }
        // A card that looks as before is no news: who may not see that somebody listens must not see that something happened.
        let after = self.named_on_cards(id);
        let either: BTreeSet<AgentId> = before.keys().chain(after.keys()).copied().collect();
        let changed = either.into_iter().filter(|agent| before.get(agent) != after.get(agent));
        told.extend(changed.filter_map(|agent| self.tell(at, agent, id)));
        told
    }

    /// Supervisors named on each card that names some.
    fn named_on_cards(&self, id: InteractionId) -> BTreeMap<AgentId, Vec<SupervisedBy>> {
        let Some(call) = self.calls.get(&id).filter(|call| !call.supervisors.is_empty()) else { return BTreeMap::new() };
        let named = call.cards.iter().map(|(agent, card)| (*agent, self.supervised_by(call, card)));
        named.filter(|(_, by)| !by.is_empty()).collect()
    }

    fn offer_ended(&mut self, at: EpochMs, agent: AgentId, id: InteractionId, outcome: OfferOutcome) -> Option<Told> {
        let why = match outcome {
            OfferOutcome::Missed | OfferOutcome::Failed => CardGone::Missed,
            OfferOutcome::Rejected => CardGone::Rejected,
            OfferOutcome::Answered | OfferOutcome::Withdrawn => {
                let card = self.calls.get_mut(&id)?.cards.get_mut(&agent)?;
                if outcome == OfferOutcome::Withdrawn {
                    card.leaving = true;
                    return None;
                }
                if card.state == CardState::Ringing {
                    card.change(at, Change::State(CardState::Connecting));
                    card.until = None;
                }
                return self.tell(at, agent, id);
            }
        };
        self.gone(at, agent, id, why)
    }

    /// The seat is the truth about what an agent is busy with: cards it knows nothing of any more go.
    fn seat(&mut self, at: EpochMs, seat: &Seat, why: SeatWhy) -> Vec<Told> {
        let agent = seat.agent;
        let before = self.seats.insert(agent, seat.clone());
        let mut told = vec![Told { agent, at, body: DeskBody::Seat { seat: seat.clone(), why } }];
        // Whoever had no seat was not told of the changes.
        if before.is_none() {
            told.push(Told { agent, at, body: DeskBody::Parked { parked: self.parked() } });
        }
        told.extend(changed_by_rule(seat, at, why));
        let busy = seat.activity.interaction();
        let goes = |id: InteractionId, card: &Card| {
            card.leaving || (card.over && card.state != CardState::WrapUp && busy != Some(id))
        };
        let theirs = self.calls.iter().filter_map(|(id, call)| Some((*id, call.cards.get(&agent)?)));
        let going: Vec<_> = theirs.filter(|(id, card)| goes(*id, card)).map(|(id, card)| (id, card.leaving)).collect();
        for (id, leaving) in going {
            let why = if leaving { CardGone::Withdrawn } else { CardGone::Finished };
            told.extend(self.gone(at, agent, id, why));
            self.forget_if_done(id);
        }
        told
    }

    fn gone(&mut self, at: EpochMs, agent: AgentId, interaction: InteractionId, why: CardGone) -> Option<Told> {
        self.calls.get_mut(&interaction)?.cards.remove(&agent)?;
        Some(Told { agent, at, body: DeskBody::CardGone { interaction, why } })
    }

    fn forget_if_done(&mut self, id: InteractionId) {
        if self.calls.get(&id).is_some_and(|call| call.ended.is_some() && call.cards.is_empty()) {
            self.calls.remove(&id);
        }
    }

    fn tell(&self, at: EpochMs, agent: AgentId, id: InteractionId) -> Option<Told> {
        let call = self.calls.get(&id)?;
        let card = self.card(id, agent, call, call.cards.get(&agent)?);
        Some(Told { agent, at, body: DeskBody::Card { card } })
    }

    fn tell_all(&self, at: EpochMs, id: InteractionId) -> Vec<Told> {
        let agents = self.calls.get(&id).into_iter().flat_map(|call| call.cards.keys());
        agents.filter_map(|agent| self.tell(at, *agent, id)).collect()
    }

    fn name(&self, agent: AgentId) -> String {
        self.directory.agents.get(&agent).map(|agent| agent.name.clone()).unwrap_or_default()
    }

    /// Those in the talk whom its agent may know of: one still being rung hears nothing.
    fn supervised_by(&self, call: &Call, card: &Card) -> Vec<SupervisedBy> {
        if card.over || !matches!(card.state, CardState::Talking | CardState::Held) {
            return Vec::new();
        }
        let shown = |one: &Supervisor| {
            one.connected && (one.mode != SuperviseMode::Listen || self.directory.company.listening_shown)
        };
        let there = call.supervisors.iter().filter(|(_, one)| shown(one));
        there.map(|(by, one)| SupervisedBy { agent: *by, name: self.name(*by), mode: one.mode }).collect()
    }

    fn card(&self, interaction: InteractionId, agent: AgentId, call: &Call, card: &Card) -> CallCard {
        let face = Face {
            state: card.state,
            answer_by: card.answer_by,
            muted: card.muted,
            recording: call.recording,
            timed_wrap_up: card.until.is_some(),
            beside: beside(call, card),
            // Of one that is gone, what any can.
            at: call.pbx.map(|pbx| self.directory.pbxs.get(&pbx).map_or(PbxKind::Asterisk, |pbx| pbx.kind)),
        };
        let queue = card.queue.and_then(|id| self.directory.queues.get(&id));
        CallCard {
            interaction,
            state: card.state,
            direction: call.direction,
            caller: call.caller.clone(),
            dialed: call.dialed.clone(),
            queue: card.queue,
            queue_name: queue.map(|q| q.name.clone()),
            vip: call.vip,
            waited_ms: card.waited_ms,
            state_since: card.since,
            until: card.until,
            talking_since: card.talking_since,
            muted: card.muted,
            recording: call.recording,
            pressed: call.pressed.clone(),
            candidates: call.known.clone(),
            customer: call.customer,
            tags: call.tags.clone(),
            disposition: card.disposition.clone(),
            supervised_by: self.supervised_by(call, card),
            asked_by: card.asked_by.map(|agent| self.name(agent)),
            others: self.others(agent, call, card),
            in_flow: call.in_flow.clone().filter(|_| !card.over),
            flow_results: call.flow_results.clone(),
            pbx: call.pbx.map(|pbx| self.directory.pbxs.get(&pbx).map_or_else(|| "PBX".to_owned(), |pbx| pbx.name.clone())),
            allowed: allowed(&face),
            ended: call.ended,
        }
    }
}

/// What an event does to a card.
enum Change {
    State(CardState),
    Talk(Option<QueueId>),
    Over,
    Muted(bool),
    WrapUp(Option<EpochMs>),
    Until(EpochMs),
    Saved(SavedDisposition),
}

impl Card {
    fn change(&mut self, at: EpochMs, change: Change) {
        match change {
            Change::State(state) => (self.state, self.since) = (state, at),
            Change::Talk(queue) => {
                (self.state, self.since, self.until) = (CardState::Talking, at, None);
                (self.over, self.muted) = (false, false);
                self.talking_since = Some(at);
                self.queue = queue.or(self.queue);
            }
            Change::Over => (self.over, self.muted) = (true, false),
            Change::Muted(muted) => self.muted = muted,
            Change::WrapUp(until) => {
                (self.state, self.since, self.until) = (CardState::WrapUp, at, until);
                self.over = true;
            }
            Change::Until(until) => self.until = Some(until),
            Change::Saved(saved) => self.disposition = Some(saved),
        }
    }
}

/// A seat nobody has told of.
#[must_use]
pub fn empty_seat(agent: AgentId, now: EpochMs) -> Seat {
    Seat {
        agent,
        station: None,
        status: SeatStatus::Offline,
        status_since: now,
        status_why: SeatWhy::Chosen,
        activity: Activity::Idle,
        activity_since: now,
        health: StationHealth::None,
        next: None,
        hand: None,
    }
}

/// A seat that a rule or somebody else changed is said aloud, with the reason.
fn changed_by_rule(seat: &Seat, at: EpochMs, why: SeatWhy) -> Option<Told> {
    let (level, code) = match why {
        SeatWhy::MissedOffer => (NoticeLevel::Warning, "seat_missed_offer"),
        SeatWhy::RejectedOffer => (NoticeLevel::Info, "seat_rejected_offer"),
        SeatWhy::StationFailed => (NoticeLevel::Error, "seat_station_failed"),
        SeatWhy::StationLost => (NoticeLevel::Error, "seat_station_lost"),
        SeatWhy::StationBack => (NoticeLevel::Info, "seat_station_back"),
        SeatWhy::Microphone => (NoticeLevel::Error, "seat_microphone"),
        SeatWhy::PoorLine => (NoticeLevel::Warning, "seat_poor_line"),
        SeatWhy::DesktopLost => (NoticeLevel::Warning, "seat_desktop_lost"),
        SeatWhy::Forced => (NoticeLevel::Warning, "seat_forced"),
        SeatWhy::Restart => (NoticeLevel::Info, "seat_restart"),
        SeatWhy::Chosen | SeatWhy::NextStatus | SeatWhy::Call | SeatWhy::WrapUpDone | SeatWhy::Hand => return None,
    };
    let status = match seat.status {
        SeatStatus::Offline => "offline",
        SeatStatus::Ready => "ready",
        SeatStatus::NotReady { .. } => "not_ready",
    };
    Some(notice(seat.agent, at, level, code, vec![("status".to_owned(), status.to_owned())]))
}

fn notice(agent: AgentId, at: EpochMs, level: NoticeLevel, code: &str, values: Vec<(String, String)>) -> Told {
    Told { agent, at, body: DeskBody::Notice { level, code: code.to_owned(), values } }
}
