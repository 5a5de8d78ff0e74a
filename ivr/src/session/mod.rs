//! One caller on the way through a flow. It takes what happens and returns what to do; it never waits, plays or dials.
//! Start at [`Session::handle`]; each state answers every input in a function of its own. A session always ends: steps
//! are counted, time in the flow is limited, and whatever breaks ends in the flow's fallback, never in silence.
//! Collecting digits and menus: `ask`. What cannot be worked out: `Session::fault`.

mod ask;
mod speak;
mod walk;

use std::collections::VecDeque;
use std::sync::Arc;

use contract::{Candidate, EndCause, EpochMs, EventKind, FlowOutcome, QueueId};

use crate::act::{Act, Input, QueueReturn, Start, World};
use crate::expr::{Env, Value};
use crate::flow::{Flow, Piece};
use crate::{Language, Prompt, QueueExit, TransferExit, Voicemail};

/// Digits kept that no node has asked for yet.
const MAX_AHEAD: usize = 32;
/// Nodes one call may pass, flows it goes on to included.
const MAX_STEPS: u32 = 400;
/// Nodes passed without waiting for anything: more is a loop that the checks did not see.
const MAX_STEPS_AT_ONCE: u32 = 100;
/// A play that says nothing of its end for so long is taken as over.
const MAX_PLAY_MS: EpochMs = 180_000;
/// How long after its longest a message may take to be reported.
const RECORD_GRACE_MS: EpochMs = 30_000;
const MIN_MESSAGE_MS: u32 = 1_000;

/// Where one call is in its flow.
pub struct Session {
    flow: Arc<Flow>,
    /// The flow the call began in: the one named in `FlowStarted` and `FlowEnded`.
    root: Arc<Flow>,
    start: Start,
    candidates: Vec<Candidate>,
    language: Language,
    variables: Vec<Value>,
    ahead: VecDeque<char>,
    /// A terminator pressed after an input that was complete without it is not meant for the next node.
    stray: Option<(char, EpochMs)>,
    plays: u32,
    steps: u32,
    hops: u8,
    ends_at: EpochMs,
    faulted: bool,
    /// An agent sent the caller here and may have them back.
    visits: bool,
    state: State,
}

enum State {
    Fresh,
    /// Something is said, then it goes on.
    Saying { play: u32, barge_in: bool, until: EpochMs, then: Then },
    /// The caller is asked at node `node`.
    Asking(Asking),
    Recording { until: EpochMs, after: After },
    /// Handed to a queue. `returns`: where the flow goes on.
    Queued { max_wait: Option<usize>, full: Option<usize> },
    Transferring { failed: usize },
    Over,
}

struct Asking {
    node: usize,
    /// What plays; `None`: the caller has heard it and is thinking.
    play: Option<u32>,
    until: EpochMs,
    /// Times asked again.
    tries: u8,
    typed: String,
}

/// What follows when all is said.
enum Then {
    Go(usize),
    Queue { exit: QueueExit, max_wait: Option<usize>, full: Option<usize> },
    Transfer { exit: TransferExit, failed: usize },
    Record { voicemail: Voicemail, after: After },
    Return { result: Option<String> },
    Hangup { cause: EndCause, outcome: FlowOutcome },
}

/// What follows a message.
struct After {
    saved: Vec<Piece>,
    next: Option<usize>,
}

impl Session {
    #[must_use]
    pub fn new(flow: Arc<Flow>, start: Start) -> Self {
        Self {
            language: flow.language.unwrap_or(flow.company_language),
            variables: flow.variables.clone(),
            root: Arc::clone(&flow),
            flow,
            start,
            candidates: Vec::new(),
            ahead: VecDeque::new(),
            stray: None,
            plays: 0,
            steps: 0,
            hops: 0,
            ends_at: EpochMs::MAX,
            faulted: false,
            visits: false,
            state: State::Fresh,
        }
    }

    /// In the middle of a talk: `language` is what the caller is spoken to in, `candidates` who the caller may be.
    #[must_use]
    pub fn visit(flow: Arc<Flow>, start: Start, language: Language, candidates: Vec<Candidate>) -> Self {
        let visits = flow.returns();
        let session = Self::new(flow, start);
        Self { language: session.flow.language.unwrap_or(language), candidates, visits, ..session }
    }

    /// Whether an agent sent the caller here and may have them back.
    #[must_use]
    pub fn visits(&self) -> bool {
        self.visits
    }

    /// The agent takes the caller back before the flow gives them: what there is to tell.
    pub fn call_back(&mut self) -> Option<EventKind> {
        let ran = !matches!(std::mem::replace(&mut self.state, State::Over), State::Over);
        ran.then(|| self.ended(FlowOutcome::Returned))
    }

    /// The language the caller is spoken to in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Nothing will follow.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// When [`Input::Deadline`] is wanted next; `None`: nothing is being waited for.
    #[must_use]
    pub fn deadline(&self) -> Option<EpochMs> {
        match &self.state {
            State::Fresh | State::Queued { .. } | State::Transferring { .. } | State::Over => None,
            State::Saying { until, then: Then::Go(_), .. } => Some((*until).min(self.ends_at)),
            State::Saying { until, .. } | State::Recording { until, .. } => Some(*until),
            State::Asking(asking) => Some(asking.until.min(self.ends_at)),
        }
    }

    /// Tells the session what happened; carry out what it returns, in order.
    #[must_use = "the session only decides: acts not carried out are lost"]
    pub fn handle(&mut self, now: EpochMs, input: Input, world: &dyn World) -> Vec<Act> {
        let mut turn = Turn { now, world, acts: Vec::new(), steps: 0 };
        match std::mem::replace(&mut self.state, State::Over) {
            State::Fresh => self.while_fresh(&mut turn, input),
            State::Saying { play, barge_in, until, then } => {
                self.while_saying(&mut turn, Said { play, barge_in, until, then }, input);
            }
            State::Asking(asking) => self.while_asking(&mut turn, asking, input),
            State::Recording { until, after } => self.while_recording(&mut turn, until, after, input),
            State::Queued { max_wait, full } => self.while_queued(&mut turn, (max_wait, full), input),
            State::Transferring { failed } => self.while_transferring(&mut turn, failed, input),
            // A late report of a play, a digit after the end: nothing follows an end.
            State::Over => {}
        }
        turn.acts
    }

    fn while_fresh(&mut self, turn: &mut Turn<'_>, input: Input) {
        self.state = State::Fresh;
        match input {
            Input::Started => {
                self.begin(turn);
                self.go(turn, self.flow.start);
            }
            Input::Identified(candidates) => self.candidates = candidates,
            Input::Digit(digit) => self.keep(turn.now, digit),
            // Left before anything was heard: the flow never began, and the call machine says so.
            Input::CallerLeft => self.state = State::Over,
            Input::TakeMessage { queue } => self.take_message(turn, queue),
            Input::PlayDone { .. }
            | Input::Deadline
            | Input::QueueReturned(_)
            | Input::TransferFailed(_)
            | Input::Recorded { .. } => {}
        }
    }

    fn while_saying(&mut self, turn: &mut Turn<'_>, said: Said, input: Input) {
        match input {
            Input::PlayDone { id, ok } if id == said.play => {
                if !ok {
                    turn.trouble(&self.flow, "a prompt could not be played");
                }
                self.then(turn, said.then);
            }
            Input::Deadline if matches!(said.then, Then::Go(_)) && turn.now >= self.ends_at => {
                turn.stop(said.play);
                self.fault(turn, "the caller stayed too long in the flow");
            }
            Input::Deadline if turn.now >= said.until => {
                turn.stop(said.play);
                self.then(turn, said.then);
            }
            Input::Digit(digit) => {
                self.keep(turn.now, digit);
                if said.barge_in && !self.ahead.is_empty() {
                    turn.stop(said.play);
                    self.then(turn, said.then);
                } else {
                    self.say_on(said);
                }
            }
            Input::Identified(candidates) => {
                self.candidates = candidates;
                self.say_on(said);
            }
            Input::CallerLeft => self.left(turn),
            Input::TakeMessage { queue } => {
                turn.stop(said.play);
                self.take_message(turn, queue);
            }
            // Early, late or meant for a state that is gone.
            Input::Started
            | Input::PlayDone { .. }
            | Input::Deadline
            | Input::QueueReturned(_)
            | Input::TransferFailed(_)
            | Input::Recorded { .. } => self.say_on(said),
        }
    }

    fn say_on(&mut self, said: Said) {
        let Said { play, barge_in, until, then } = said;
        self.state = State::Saying { play, barge_in, until, then };
    }

    fn while_recording(&mut self, turn: &mut Turn<'_>, until: EpochMs, after: After, input: Input) {
        match input {
            Input::Recorded { saved } => self.recorded(turn, after, saved),
            Input::Deadline if turn.now >= until => {
                turn.trouble(&self.flow, "no word came of the end of a message");
                self.recorded(turn, after, false);
            }
            Input::CallerLeft => {
                turn.emit(self.ended(FlowOutcome::Voicemail));
            }
            Input::Identified(candidates) => {
                self.candidates = candidates;
                self.state = State::Recording { until, after };
            }
            // Digits end the message at the call machine; the rest is early, late or foreign.
            Input::Started
            | Input::Digit(_)
            | Input::PlayDone { .. }
            | Input::Deadline
            | Input::QueueReturned(_)
            | Input::TransferFailed(_)
            | Input::TakeMessage { .. } => self.state = State::Recording { until, after },
        }
    }

    fn while_queued(&mut self, turn: &mut Turn<'_>, back: (Option<usize>, Option<usize>), input: Input) {
        let (max_wait, full) = back;
        self.state = State::Queued { max_wait, full };
        match input {
            Input::QueueReturned(why) => {
                let next = match why {
                    QueueReturn::MaxWait => max_wait,
                    QueueReturn::Full => full,
                };
                self.begin(turn);
                match next {
                    Some(next) => self.go(turn, next),
                    // Not asked for, but the caller is here and must hear something.
                    None => self.fault(turn, "a queue gave a caller back to a flow that does not go on"),
                }
            }
            Input::TakeMessage { queue } => self.take_message(turn, queue),
            Input::Identified(candidates) => self.candidates = candidates,
            Input::CallerLeft => self.state = State::Over,
            Input::Started
            | Input::Digit(_)
            | Input::PlayDone { .. }
            | Input::Deadline
            | Input::TransferFailed(_)
            | Input::Recorded { .. } => {}
        }
    }

    fn while_transferring(&mut self, turn: &mut Turn<'_>, failed: usize, input: Input) {
        self.state = State::Transferring { failed };
        match input {
            Input::TransferFailed(_) => {
                self.begin(turn);
                self.go(turn, failed);
            }
            Input::TakeMessage { queue } => self.take_message(turn, queue),
            Input::Identified(candidates) => self.candidates = candidates,
            Input::CallerLeft => self.state = State::Over,
            Input::Started
            | Input::Digit(_)
            | Input::PlayDone { .. }
            | Input::Deadline
            | Input::QueueReturned(_)
            | Input::Recorded { .. } => {}
        }
    }

    /// The flow has the caller, for the first time or again.
    fn begin(&mut self, turn: &mut Turn<'_>) {
        self.ends_at = turn.now.saturating_add(EpochMs::from(self.root.max_ms));
        turn.emit(EventKind::FlowStarted { flow: self.root.name.clone(), version: self.root.version });
    }

    fn ended(&self, outcome: FlowOutcome) -> EventKind {
        EventKind::FlowEnded { flow: self.root.name.clone(), outcome }
    }

    fn left(&mut self, turn: &mut Turn<'_>) {
        self.state = State::Over;
        turn.emit(self.ended(FlowOutcome::CallerLeft));
    }

    /// Keeps a digit for whoever asks next. Past the limit the newest is dropped: what was typed first was meant first.
    fn keep(&mut self, now: EpochMs, digit: char) {
        if self.stray.take().is_some_and(|(stray, until)| stray == digit && now <= until) {
            return;
        }
        if self.ahead.len() < MAX_AHEAD {
            self.ahead.push_back(digit);
        }
    }

    fn take_message(&mut self, turn: &mut Turn<'_>, queue: QueueId) {
        if matches!(self.state, State::Fresh | State::Queued { .. } | State::Transferring { .. }) {
            self.begin(turn);
        }
        turn.emit(EventKind::FlowStep { node: "voicemail".into() });
        let named = |name: &str| vec![Piece::Named(Arc::from(name))];
        let voicemail =
            Voicemail { queue: Some(queue), max_ms: 120_000, finish_on: '#', min_ms: MIN_MESSAGE_MS };
        let then = Then::Record { voicemail, after: After { saved: named("message-saved"), next: None } };
        self.say_then(turn, &named("leave-message"), false, then);
    }

    fn node_at(&self, asking: &Asking) -> &str {
        &self.flow.nodes[asking.node].name
    }

    fn env<'a>(&'a self, turn: &Turn<'a>) -> Env<'a> {
        Env {
            now: turn.now,
            zone: self.flow.zone,
            variables: &self.variables,
            calendars: &self.flow.calendars,
            start: &self.start,
            candidates: &self.candidates,
            language: self.language,
            world: turn.world,
        }
    }
}

/// Without what the caller typed or who they are: this may reach a log.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::Fresh => "fresh",
            State::Saying { .. } => "saying",
            State::Asking(asking) => return write!(f, "Session({}, asking at {})", self.flow.name, self.node_at(asking)),
            State::Recording { .. } => "recording",
            State::Queued { .. } => "queued",
            State::Transferring { .. } => "transferring",
            State::Over => "over",
        };
        write!(f, "Session({}, {state})", self.flow.name)
    }
}

/// A [`State::Saying`] taken apart.
struct Said {
    play: u32,
    barge_in: bool,
    until: EpochMs,
    then: Then,
}

/// One call of [`Session::handle`].
struct Turn<'a> {
    now: EpochMs,
    world: &'a dyn World,
    acts: Vec<Act>,
    steps: u32,
}

impl Turn<'_> {
    fn emit(&mut self, kind: EventKind) {
        self.acts.push(Act::Emit(kind));
    }

    fn stop(&mut self, play: u32) {
        self.acts.push(Act::StopPlay { id: play });
    }

    fn play(&mut self, id: u32, prompts: Vec<Prompt>, barge_in: bool) {
        self.acts.push(Act::Play { id, prompts, barge_in });
    }

    fn trouble(&mut self, flow: &Flow, why: &str) {
        self.acts.push(Act::Trouble { flow: flow.name.clone(), why: why.to_owned() });
    }
}
