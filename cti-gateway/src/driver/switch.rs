//! The switch: one loop that owns every call, leg and seat of this node. It takes one message, lets the machines decide,
//! carries out what they say, and so on until nothing follows; then it takes the next.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use contract::{
    AgentId, CallCommand, Candidate, EndCause, EpochMs, EventKind, IdMaker, InteractionId, LegId, RecordingId,
    SeatCommand, SuperviseCommand, TransferTarget, WaitingCommand,
};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::company::{Company, World};
use super::gateway::{GatewayConfig, Ports, Refused};
use super::legs::Legs;
use super::speech::Speech;
use super::{Clock, FlowFault, Prompts};
use crate::call::{Action, Call, CallEvent, CommandRefused};
use crate::media::{Engine, LineEvent, LineId, MediaEvent};
use crate::sip::api::{UaCommand, UaEvent};

/// What reaches the switch.
#[derive(Debug)]
pub enum Message {
    Ua(UaEvent),
    Media(LegId, MediaEvent),
    Identified(InteractionId, Vec<Candidate>),
    Spoken { sentence: super::speech::Sentence, clip: Result<Arc<crate::media::Clip>, String> },
    Seat { agent: AgentId, command: SeatCommand, by: AgentId, reply: oneshot::Sender<Result<(), Refused>> },
    Call { call: InteractionId, agent: AgentId, command: CallCommand, reply: oneshot::Sender<Result<(), Refused>> },
    Supervise {
        call: InteractionId,
        by: AgentId,
        whom: Option<AgentId>,
        command: SuperviseCommand,
        reply: oneshot::Sender<Result<(), Refused>>,
    },
    Dial {
        agent: AgentId,
        number: String,
        queue: Option<contract::QueueId>,
        reply: oneshot::Sender<Result<InteractionId, Refused>>,
    },
    /// Takes a parked caller.
    Fetch { call: InteractionId, agent: AgentId, reply: oneshot::Sender<Result<(), Refused>> },
    Waiting { call: InteractionId, by: AgentId, command: WaitingCommand, reply: oneshot::Sender<Result<(), Refused>> },
    Desktop { agent: AgentId, up: bool },
    Line(LineId, LineEvent),
    TakeLine { agent: AgentId, line: super::browsers::Line, takes: bool, reply: oneshot::Sender<Result<(), Refused>> },
    LineOf { agent: AgentId, browser: String, reply: oneshot::Sender<Option<LineId>> },
    VisitorLine { call: InteractionId, reply: oneshot::Sender<Option<LineId>> },
    Visit { visitor: Box<super::visitors::Guest>, line: LineId, reply: oneshot::Sender<Result<InteractionId, Refused>> },
    VisitorSays { call: InteractionId, said: super::visitors::Said },
    Check { agent: AgentId, check: contract::PhoneCheck },
    Restore(Vec<contract::Seat>),
    /// Where phones were before a restart.
    Contacts(Vec<crate::sip::api::Contact>),
    Directory { directory: Arc<contract::Directory>, reply: oneshot::Sender<Vec<FlowFault>> },
    Prompts(Box<Prompts>),
    Explain { call: InteractionId, reply: oneshot::Sender<Option<acd::CallExplained>> },
    Gauges(oneshot::Sender<Gauges>),
    /// The connection to a PBX told this, in order.
    Pbx { pbx: contract::PbxId, round: u64, told: Vec<crate::pbx::link::Told> },
    Audit,
    Drain { grace_ms: u32 },
    AbortAll(EndCause),
    End,
}

/// How much is alive on this node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gauges {
    pub calls: usize,
    /// By [`Call::stage_name`].
    pub by_stage: Vec<(&'static str, usize)>,
    pub legs: usize,
    /// Browsers that are phones.
    pub lines: usize,
    /// Visitors of web pages who call, or are about to.
    pub visitors: usize,
    pub recordings: usize,
    pub seats: usize,
    pub waiting: usize,
    pub offers: usize,
    pub talks: usize,
    pub wrap_ups: usize,
    /// Since the start: what the truth audit had to end. Must read 0.
    pub orphans: u64,
    /// Calls refused at the door, by SIP status.
    pub refused: Vec<(u16, u64)>,
    /// Calls at PBXs beside us, and recordings of them on their way here.
    pub beside: usize,
    pub fetching: usize,
    /// Messages lost because the switch lagged behind. Must read 0.
    pub lost: u64,
    /// Calls ended because deciding about them failed. Must read 0.
    pub broken: u64,
    /// Questions to the customer store without an answer yet.
    pub lookups: usize,
    /// Callers nobody was asked about, because it answered too few.
    pub lookups_passed_over: u64,
    /// Flows that numbers start and that cannot run. Must read 0.
    pub broken_flows: usize,
    /// Callers who heard an apology in their place. Must read 0.
    pub apologies: u64,
}

/// One step of work that follows from a message.
#[derive(Debug)]
pub(super) enum Work {
    Event(InteractionId, CallEvent),
    Actions(InteractionId, Vec<Action>),
    Router(acd::Input),
}

/// A play that waits for speech.
#[derive(Debug)]
pub(super) struct Unspoken {
    pub leg: LegId,
    pub id: u32,
    pub prompts: Vec<ivr::Prompt>,
}

pub(super) struct Live {
    pub call: Call,
    pub due: Option<EpochMs>,
    pub span: tracing::Span,
    /// What phones we dial for this call show.
    pub shown: crate::sip::api::Party,
    /// What those outside are shown, where it is not the same.
    pub shown_outside: Option<crate::sip::api::Party>,
    /// The number of the queue an agent calls for, which goes before a trunk's.
    pub shown_as: Option<String>,
    /// The agent at the station that calls, whom nobody may ring meanwhile.
    pub caller_agent: Option<AgentId>,
}

pub struct Switch {
    pub(super) clock: Clock,
    pub(super) config: GatewayConfig,
    pub(super) ids: Arc<IdMaker>,
    pub(super) ports: Ports,
    /// Where what is not call control runs: questions to the store, speech.
    pub(super) house: Handle,
    pub(super) sip: mpsc::Sender<UaCommand>,
    pub(super) engine: Engine,
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) company: Company,
    pub(super) prompts: Prompts,
    pub(super) speech: Speech,
    pub(super) unspoken: HashMap<super::speech::Sentence, Vec<Unspoken>>,
    pub(super) router: acd::Router,
    pub(super) pbxs: super::pbxs::Pbxs,
    pub(super) calls: HashMap<InteractionId, Live>,
    pub(super) legs: Legs,
    pub(super) browsers: super::browsers::Browsers,
    pub(super) dialed_stations: super::dialed_stations::DialedStations,
    pub(super) visitors: super::visitors::Visitors,
    pub(super) recordings: HashMap<RecordingId, InteractionId>,
    pub(super) due: BTreeSet<(EpochMs, InteractionId)>,
    pub(super) work: VecDeque<Work>,
    /// Commands for signalling, sent in order after each message; kept here while its queue is full.
    pub(super) asks: VecDeque<UaCommand>,
    /// The seat command being decided: its refusal, if one came.
    pub(super) refusal: Option<acd::Refusal>,
    pub(super) draining: bool,
    /// What signalling knows: all calls that may be at once are there.
    pub(super) full: bool,
    pub(super) orphans: u64,
    pub(super) broken: u64,
    pub(super) refused: HashMap<u16, u64>,
    /// Media commands that found their queue full, in order.
    pub(super) late_media: VecDeque<(InteractionId, crate::media::MediaCommand)>,
    pub(super) suspects: BTreeSet<LegId>,
    /// Legs whose media thread has ended, at the last audit.
    pub(super) deaf: BTreeSet<LegId>,
    pub(super) census: super::audit::Census,
    /// Recordings that outlive their call, since when.
    pub(super) late_tapes: HashMap<RecordingId, EpochMs>,
    pub(super) lost: Arc<std::sync::atomic::AtomicU64>,
    pub(super) lookups: super::lookups::Lookups,
    pub(super) apologies: u64,
}

impl Switch {
    /// Runs until told to end; what signalling is to be asked still goes there.
    pub async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut ending = false;
        loop {
            if ending && self.asks.is_empty() {
                return;
            }
            let sleep = self.next_due().map(|at| tokio::time::sleep_until(self.clock.instant(at).into()));
            tokio::select! {
                biased;
                permit = self.sip.reserve(), if !self.asks.is_empty() => {
                    let Ok(permit) = permit else { return };
                    if let Some(ask) = self.asks.pop_front() { permit.send(ask); }
                    continue;
                }
                n = messages.recv_many(&mut batch, BATCH) => if n == 0 { return },
                () = async { match sleep { Some(sleep) => sleep.await, None => std::future::pending().await } } => {}
            }
            let now = self.clock.now();
            for message in batch.drain(..) {
                ending |= matches!(message, Message::End);
                self.take(now, message);
                self.settle(now);
            }
            self.tick(now);
            self.settle(now);
            self.retry_media();
            self.send_asks();
        }
    }

    /// What signalling takes now; the rest as soon as it does.
    fn send_asks(&mut self) {
        while let Some(ask) = self.asks.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(ask)) = self.sip.try_send(ask) {
                self.asks.push_front(ask);
                return;
            }
        }
    }

    fn next_due(&self) -> Option<EpochMs> {
        let call = self.due.first().map(|(at, _)| *at);
        let late = (!self.late_media.is_empty()).then(|| self.clock.now() + super::perform::LATE_AGAIN_MS);
        call.into_iter().chain(self.router.deadline()).chain(late).chain(self.pbxs.deadline()).min()
    }

    fn tick(&mut self, now: EpochMs) {
        // Each once: a call that wants the same moment again must not hold up the others.
        let due: Vec<_> = self.due.iter().take_while(|(at, _)| *at <= now).copied().collect();
        for (at, id) in due {
            if !self.due.remove(&(at, id)) {
                continue;
            }
            if let Some(live) = self.calls.get_mut(&id) {
                live.due = None;
            }
            self.work.push_back(Work::Event(id, CallEvent::Deadline));
            self.settle(now);
        }
        self.tick_pbxs(now);
        if self.router.deadline().is_some_and(|at| at <= now) {
            self.work.push_back(Work::Router(acd::Input::Tick));
        }
    }

    fn take(&mut self, now: EpochMs, message: Message) {
        match message {
            Message::Ua(event) => self.signal(now, event),
            Message::Media(leg, event) => self.media(now, leg, event),
            Message::Identified(call, candidates) if self.pbxs.of_call(call).is_some() => {
                self.ports.ledger.record(now, Some(call), EventKind::CallerIdentified { candidates });
            }
            Message::Identified(call, candidates) => self.tell_call(call, CallEvent::Identified(candidates)),
            Message::Spoken { sentence, clip } => self.spoken(sentence, clip),
            Message::Seat { agent, command, by, reply } => {
                self.refusal = None;
                self.work.push_back(Work::Router(acd::Input::Seat { agent, command, by }));
                self.settle(now);
                let answer = self.refusal.take().map_or(Ok(()), |refusal| Err(Refused::Seat(refusal)));
                // The asker may have gone; the seat is changed all the same.
                let _ = reply.send(answer);
            }
            Message::Call { call, agent, command, reply } => {
                let answer = self.command(now, call, agent, &command);
                self.settle(now);
                let _ = reply.send(answer);
            }
            Message::Pbx { pbx, round, told } => self.pbx_told(now, pbx, round, told),
            Message::Supervise { call, by, whom, command, reply } => {
                let answer = self.not_at_pbx(call).and_then(|()| self.supervise(now, call, by, whom, &command));
                self.settle(now);
                let _ = reply.send(answer);
            }
            Message::Dial { agent, number, queue, reply } => {
                let answer = self.dial_out(now, agent, &number, queue);
                self.settle(now);
                let _ = reply.send(answer);
            }
            Message::Fetch { call, agent, reply } => {
                let answer = self.not_at_pbx(call).and_then(|()| self.fetch(now, call, agent));
                self.settle(now);
                let _ = reply.send(answer);
            }
            Message::Waiting { call, by, command, reply } => {
                let answer = self.not_at_pbx(call).and_then(|()| self.while_waiting(now, call, by, command));
                self.settle(now);
                let _ = reply.send(answer);
            }
            Message::Line(line, event) => self.line_says(now, line, event),
            Message::TakeLine { agent, line, takes, reply } => {
                let _ = reply.send(self.take_line(agent, line, takes));
            }
            Message::LineOf { agent, browser, reply } => drop(reply.send(self.line_of(agent, &browser))),
            Message::VisitorLine { call, reply } => drop(reply.send(self.visitors.line_of(call))),
            Message::Visit { visitor, line, reply } => {
                let _ = reply.send(self.visit(now, line, *visitor));
            }
            Message::VisitorSays { call, said } => self.visitor_says(call, said),
            Message::Check { agent, check } => {
                let station = contract::directory::browser_station(agent);
                self.work.push_back(Work::Router(acd::Input::StationCheck { station, check }));
            }
            Message::Desktop { agent, up } => {
                let input = if up { acd::Input::DesktopUp { agent } } else { acd::Input::DesktopDown { agent } };
                self.work.push_back(Work::Router(input));
            }
            Message::Restore(seats) => self.work.push_back(Work::Router(acd::Input::Restore { seats })),
            Message::Contacts(contacts) => self.asks.push_back(UaCommand::Restore(contacts)),
            Message::Directory { directory, reply } => {
                let faults = self.replace_directory(directory);
                self.fit_lines(now);
                // Who is told that the company stands may send calls at once: signalling must know it first.
                self.send_asks();
                let _ = reply.send(faults);
            }
            Message::Prompts(prompts) => self.prompts = *prompts,
            Message::Explain { call, reply } => {
                let _ = reply.send(self.router.explain_call(now, call));
            }
            Message::Gauges(reply) => {
                // Who hears that calls have ended may send new ones at once: signalling must know that there is room.
                self.send_asks();
                let _ = reply.send(self.gauges());
            }
            Message::Audit => {
                self.refresh_dialed_stations();
                self.audit(now);
            }
            Message::Drain { grace_ms } => {
                self.draining = true;
                self.asks.push_back(UaCommand::Drain(true));
                self.ports.ledger.record(now, None, EventKind::NodeStopping { grace_ms });
            }
            Message::AbortAll(cause) => {
                let all: Vec<_> = self.calls.keys().copied().collect();
                self.work.extend(all.into_iter().map(|id| Work::Event(id, CallEvent::Abort(cause))));
            }
            Message::End => self.let_go_of_pbxs(now),
        }
    }

    fn replace_directory(&mut self, directory: Arc<contract::Directory>) -> Vec<FlowFault> {
        let (company, faults) = self.company.replaced(directory, &self.prompts, self.speech.is_configured());
        self.company = company;
        let directory = self.company.directory.clone();
        self.asks.push_back(UaCommand::SetDirectory(Arc::new((&*directory).into())));
        self.work.push_back(Work::Router(acd::Input::Directory(directory)));
        let now = self.clock.now();
        self.mind_dialed_stations(now);
        self.mind_pbxs(now);
        faults
    }

    /// An agent's command to a call, after the rules that are the company's and not the call's.
    pub(super) fn command(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        agent: AgentId,
        command: &CallCommand,
    ) -> Result<(), Refused> {
        if let Some(pbx) = self.pbxs.of_call(id) {
            return self.pbx_command(now, pbx, id, agent, command);
        }
        let (CallCommand::Transfer { target } | CallCommand::Consult { target }) = command else {
            if *command == CallCommand::Park {
                return self.park(now, id, agent);
            }
            return self.of_call(now, id, |call, world| call.command(now, agent, command, world));
        };
        let target = self.colleague_or(target.clone());
        if target == (TransferTarget::Agent { agent }) {
            return Err(Refused::NoSuchTarget);
        }
        self.may_send_to(agent, &target)?;
        let command = match command {
            CallCommand::Consult { .. } => CallCommand::Consult { target },
            _ => CallCommand::Transfer { target },
        };
        self.of_call(now, id, |call, world| call.command(now, agent, &command, world))
    }

    /// # Errors
    /// [`Refused`] where a PBX has the call: we do not have its audio.
    fn not_at_pbx(&self, call: InteractionId) -> Result<(), Refused> {
        match self.pbxs.of_call(call) {
            Some(_) => Err(Refused::Pbx(crate::pbx::calls::PbxRefused::NotThere(call))),
            None => Ok(()),
        }
    }

    /// Somebody asks something of a call; what follows is carried out with the next [`Switch::settle`].
    pub(super) fn of_call(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        decide: impl FnOnce(&mut Call, &World<'_>) -> Result<Vec<Action>, CommandRefused>,
    ) -> Result<(), Refused> {
        let actions = self.decide(now, id, decide)?;
        self.work.push_back(Work::Actions(id, actions));
        Ok(())
    }

    /// What a call says to it; to be carried out.
    pub(super) fn decide(
        &mut self,
        now: EpochMs,
        id: InteractionId,
        decide: impl FnOnce(&mut Call, &World<'_>) -> Result<Vec<Action>, CommandRefused>,
    ) -> Result<Vec<Action>, Refused> {
        let live = self.calls.get_mut(&id).ok_or(Refused::NoCall(id))?;
        let world = World { company: &self.company, router: &self.router, now };
        let _in_span = live.span.clone().entered();
        let Ok(decided) = catch_unwind(AssertUnwindSafe(|| decide(&mut live.call, &world))) else {
            self.break_call(now, id);
            return Err(Refused::NoCall(id));
        };
        decided.map_err(Refused::Call)
    }

    pub(super) fn tell_call(&mut self, call: InteractionId, event: CallEvent) {
        self.work.push_back(Work::Event(call, event));
    }

    /// Works until nothing follows.
    pub(super) fn settle(&mut self, now: EpochMs) {
        while let Some(work) = self.work.pop_front() {
            match work {
                Work::Event(id, event) => {
                    let Some(live) = self.calls.get_mut(&id) else { continue };
                    let world = World { company: &self.company, router: &self.router, now };
                    let _in_span = live.span.clone().entered();
                    let decided = catch_unwind(AssertUnwindSafe(|| live.call.handle(now, event, &world)));
                    match decided {
                        Ok(actions) => self.perform_all(now, id, actions),
                        Err(_) => self.break_call(now, id),
                    }
                }
                Work::Actions(id, actions) => self.perform_all(now, id, actions),
                Work::Router(input) => self.route(now, input),
            }
        }
        self.tell_room();
    }

    /// Signalling refuses what we would, without reading it. It takes calls again with some places free, not for each one: as
    /// many would come for it as crossed the word on their way.
    fn tell_room(&mut self) {
        let most = self.config.most_calls;
        let spare = if self.full { most / SPARE } else { 0 };
        let full = self.calls.len() + spare >= most;
        if full != self.full {
            self.full = full;
            self.asks.push_back(UaCommand::Full(full));
        }
    }

    fn perform_all(&mut self, now: EpochMs, id: InteractionId, actions: Vec<Action>) {
        for action in actions {
            self.perform(now, id, action);
        }
        self.after(id);
    }

    /// Keeps the deadline, and lets go of a call that is over.
    pub(super) fn after(&mut self, id: InteractionId) {
        let Some(live) = self.calls.get_mut(&id) else { return };
        let due = live.call.deadline();
        if due != live.due {
            if let Some(old) = live.due {
                self.due.remove(&(old, id));
            }
            if let Some(new) = due {
                self.due.insert((new, id));
            }
            live.due = due;
        }
        if !live.call.is_over() {
            self.listen(id);
        } else {
            self.calls.remove(&id);
            self.work.push_back(Work::Router(acd::Input::CallOver { interaction: id }));
        }
    }

    /// A call whose machine panicked: the caller is let go, everything it held is given back, the others never notice.
    pub(super) fn break_call(&mut self, now: EpochMs, id: InteractionId) {
        self.broken += 1;
        tracing::error!(call.id = %id, "call {id} broke while deciding; it is ended");
        if let Some(live) = self.calls.remove(&id)
            && let Some(due) = live.due
        {
            self.due.remove(&(due, id));
        }
        let legs: Vec<LegId> = self.legs.iter().filter(|(_, leg)| leg.call == id).map(|(leg, _)| leg).collect();
        for leg in legs {
            self.hang_up(leg);
        }
        // Closes talk, legs and recording alike: the machine that would have said so is gone.
        self.ports.ledger.record(now, Some(id), EventKind::Interrupted { last_seen: now });
        self.work.push_back(Work::Router(acd::Input::OwnerGone { interaction: id }));
    }

    fn gauges(&self) -> Gauges {
        let counts = self.router.counts();
        let mut by_stage: std::collections::BTreeMap<&'static str, usize> = std::collections::BTreeMap::new();
        for live in self.calls.values() {
            *by_stage.entry(live.call.stage_name()).or_default() += 1;
        }
        let mut refused: Vec<_> = self.refused.iter().map(|(status, n)| (*status, *n)).collect();
        refused.sort_unstable();
        Gauges {
            calls: self.calls.len(),
            by_stage: by_stage.into_iter().collect(),
            legs: self.legs.len(),
            lines: self.browsers.len(),
            visitors: self.visitors.len(),
            recordings: self.recordings.len(),
            seats: counts.seats,
            waiting: counts.waiting,
            offers: counts.offers,
            talks: counts.talks,
            wrap_ups: counts.wrap_ups,
            orphans: self.orphans,
            refused,
            beside: self.pbxs.calls(),
            fetching: self.pbxs.fetching.open(),
            lost: self.lost_count(),
            broken: self.broken,
            lookups: self.lookups.open(),
            lookups_passed_over: self.lookups.passed_over(),
            broken_flows: self.company.broken_flows(),
            apologies: self.apologies,
        }
    }
}

/// Messages taken at once.
const BATCH: usize = 256;
/// One of so many places is free before calls are taken again after the house was full.
const SPARE: usize = 64;
