//! Asking the caller: menus, language choices and digits. Keys pressed before the question count as its answer (unless
//! the node says otherwise), a key interrupts the prompt, silence and wrong keys are answered and asked again, and when
//! no try is left the flow goes on by the node's own way.

use contract::{EpochMs, EventKind};

use super::{Asking, MAX_PLAY_MS, Session, State, Turn};
use crate::act::{Act, Input};
use crate::expr::{EvalError, Value};
use crate::flow::{Ask, Choose, Collect, Kind, Menu, Piece};
use crate::Language;

/// What a key, or silence, makes of a question.
enum Verdict {
    /// Not complete yet.
    More,
    Go(usize),
    /// The caller wants to hear it again.
    Repeat,
    Wrong,
    Silence,
    Fault(EvalError),
}

impl Kind {
    fn question(&self) -> Option<&Ask> {
        match self {
            Self::Menu(Menu { ask, .. }) | Self::Language(Choose { ask, .. }) => Some(ask),
            Self::Collect(collect) => Some(&collect.ask),
            Self::Play { .. }
            | Self::Branch { .. }
            | Self::Set { .. }
            | Self::Hours { .. }
            | Self::Queue(_)
            | Self::Transfer(_)
            | Self::Voicemail(_)
            | Self::Goto { .. }
            | Self::Return { .. }
            | Self::Hangup { .. } => None,
        }
    }
}

impl Session {
    /// Arrives at a node that asks.
    pub(super) fn ask(&mut self, turn: &mut Turn<'_>, node: usize) {
        let flow = self.flow.clone();
        let Some(ask) = flow.nodes[node].kind.question() else { return };
        let asking = Asking { node, play: None, until: turn.now, tries: 0, typed: String::new() };
        if !ask.type_ahead {
            self.ahead.clear();
        }
        if self.ahead.is_empty() {
            self.question(turn, asking, &[]);
        } else {
            self.feed(turn, asking);
        }
    }

    /// Says `first` and then the question.
    fn question(&mut self, turn: &mut Turn<'_>, mut asking: Asking, first: &[Piece]) {
        let flow = self.flow.clone();
        let kind = &flow.nodes[asking.node].kind;
        let Some(ask) = kind.question() else { return };
        let mut prompts = self.spoken(turn, first, self.language);
        let mut languages: Vec<Language> = vec![self.language];
        if let Kind::Language(choose) = kind {
            languages = choose.languages();
        }
        for language in languages {
            let more = self.spoken(turn, &ask.prompts, language);
            prompts = prompts.and_then(|mut said| more.map(|more| said.extend(more)).map(|()| said));
        }
        match prompts {
            Ok(prompts) => {
                asking.play = Some(self.start_play(turn, prompts, ask.barge_in));
                asking.until = turn.now.saturating_add(MAX_PLAY_MS);
                self.state = State::Asking(asking);
            }
            Err(error) => self.fault(turn, &format!("a value cannot be said: {error}")),
        }
    }

    pub(super) fn while_asking(&mut self, turn: &mut Turn<'_>, mut asking: Asking, input: Input) {
        match input {
            Input::Digit(digit) => {
                self.keep(turn.now, digit);
                self.typed(turn, asking);
            }
            Input::PlayDone { id, ok } if Some(id) == asking.play => {
                if !ok {
                    return self.fault(turn, "the question could not be played");
                }
                self.listen(turn, asking);
            }
            Input::Deadline if turn.now >= self.ends_at => {
                turn.acts.extend(asking.play.map(|id| Act::StopPlay { id }));
                self.fault(turn, "the caller stayed too long in the flow");
            }
            Input::Deadline if turn.now >= asking.until => match asking.play.take() {
                Some(id) => {
                    turn.stop(id);
                    self.listen(turn, asking);
                }
                None => self.silence(turn, asking),
            },
            Input::Identified(candidates) => {
                self.candidates = candidates;
                self.state = State::Asking(asking);
            }
            Input::CallerLeft => self.left(turn),
            Input::TakeMessage { queue } => {
                turn.acts.extend(asking.play.map(|id| Act::StopPlay { id }));
                self.take_message(turn, queue);
            }
            // Early, late or meant for a state that is gone.
            Input::Started
            | Input::PlayDone { .. }
            | Input::Deadline
            | Input::QueueReturned(_)
            | Input::TransferFailed(_)
            | Input::Recorded { .. } => self.state = State::Asking(asking),
        }
    }

    /// A key was pressed: it stops the prompt, or waits for its end.
    fn typed(&mut self, turn: &mut Turn<'_>, mut asking: Asking) {
        let flow = self.flow.clone();
        let barge_in = flow.nodes[asking.node].kind.question().is_some_and(|ask| ask.barge_in);
        if self.ahead.is_empty() || (asking.play.is_some() && !barge_in) {
            self.state = State::Asking(asking);
            return;
        }
        if let Some(id) = asking.play.take() {
            turn.stop(id);
        }
        self.feed(turn, asking);
    }

    /// The question is asked; what was typed meanwhile counts, otherwise the caller has time.
    fn listen(&mut self, turn: &mut Turn<'_>, mut asking: Asking) {
        asking.play = None;
        if !self.ahead.is_empty() {
            return self.feed(turn, asking);
        }
        let flow = self.flow.clone();
        let wait = flow.nodes[asking.node].kind.question().map_or(0, |ask| ask.timeout_ms);
        asking.until = turn.now.saturating_add(EpochMs::from(wait));
        self.state = State::Asking(asking);
    }

    /// Gives the keys that wait to the question, one after the other.
    fn feed(&mut self, turn: &mut Turn<'_>, mut asking: Asking) {
        while let Some(digit) = self.ahead.pop_front() {
            let verdict = self.press(turn, &mut asking, digit);
            if !matches!(verdict, Verdict::More) {
                return self.settle(turn, asking, verdict);
            }
        }
        let flow = self.flow.clone();
        let wait = match &flow.nodes[asking.node].kind {
            Kind::Collect(collect) => collect.digit_ms,
            kind => kind.question().map_or(0, |ask| ask.timeout_ms),
        };
        asking.until = turn.now.saturating_add(EpochMs::from(wait));
        self.state = State::Asking(asking);
    }

    fn press(&mut self, turn: &mut Turn<'_>, asking: &mut Asking, digit: char) -> Verdict {
        let flow = self.flow.clone();
        let node = &flow.nodes[asking.node];
        let name = self.node_name(&node.name);
        match &node.kind {
            Kind::Menu(menu) => {
                if menu.repeat == Some(digit) {
                    return Verdict::Repeat;
                }
                let Some(choice) = menu.choices.iter().find(|choice| choice.digit == digit) else {
                    return Verdict::Wrong;
                };
                let (digits, label) = (digit.to_string(), Some(choice.label.clone()));
                turn.emit(EventKind::DigitsCollected { node: name, digits, label });
                Verdict::Go(choice.next)
            }
            Kind::Language(choose) => {
                let Some((_, language)) = choose.choices.iter().find(|(key, _)| *key == digit) else {
                    return Verdict::Wrong;
                };
                self.language = *language;
                let (digits, label) = (digit.to_string(), Some(language.own_name().to_owned()));
                turn.emit(EventKind::DigitsCollected { node: name, digits, label });
                Verdict::Go(choose.next)
            }
            Kind::Collect(collect) => self.collected(turn, &name, collect, asking, digit),
            // Only nodes that ask are ever asked at.
            Kind::Play { .. }
            | Kind::Branch { .. }
            | Kind::Set { .. }
            | Kind::Hours { .. }
            | Kind::Queue(_)
            | Kind::Transfer(_)
            | Kind::Voicemail(_)
            | Kind::Goto { .. }
            | Kind::Return { .. }
            | Kind::Hangup { .. } => Verdict::Wrong,
        }
    }

    fn collected(
        &mut self,
        turn: &mut Turn<'_>,
        name: &str,
        collect: &Collect,
        asking: &mut Asking,
        digit: char,
    ) -> Verdict {
        if collect.terminator == Some(digit) {
            return self.complete(turn, name, collect, &asking.typed);
        }
        match digit {
            '0'..='9' => asking.typed.push(digit),
            // As on most lines: star begins again.
            '*' => asking.typed.clear(),
            _ => {}
        }
        if asking.typed.len() < collect.max {
            return Verdict::More;
        }
        // Complete without its terminator; pressed all the same, it is not meant for the next node.
        if let Some(terminator) = collect.terminator {
            if self.ahead.front() == Some(&terminator) {
                self.ahead.pop_front();
            } else if self.ahead.is_empty() {
                self.stray = Some((terminator, turn.now.saturating_add(EpochMs::from(collect.digit_ms))));
            }
        }
        self.complete(turn, name, collect, &asking.typed)
    }

    fn complete(&mut self, turn: &mut Turn<'_>, name: &str, collect: &Collect, typed: &str) -> Verdict {
        if typed.is_empty() {
            return Verdict::Silence;
        }
        if typed.len() < collect.min {
            return Verdict::Wrong;
        }
        let before = std::mem::replace(&mut self.variables[collect.into], Value::Text(typed.to_owned()));
        match collect.check.as_ref().map_or(Ok(true), |check| check.truth(&self.env(turn))) {
            Ok(true) => {}
            Ok(false) => {
                self.variables[collect.into] = before;
                return Verdict::Wrong;
            }
            Err(error) => return Verdict::Fault(error),
        }
        let digits = if collect.sensitive { "•".repeat(typed.len()) } else { typed.to_owned() };
        turn.emit(EventKind::DigitsCollected { node: name.to_owned(), digits, label: collect.label.clone() });
        Verdict::Go(collect.next)
    }

    /// The time for an answer is over.
    fn silence(&mut self, turn: &mut Turn<'_>, asking: Asking) {
        let flow = self.flow.clone();
        let node = &flow.nodes[asking.node];
        let verdict = match &node.kind {
            Kind::Collect(collect) => {
                let name = self.node_name(&node.name);
                self.complete(turn, &name, collect, &asking.typed)
            }
            _ => Verdict::Silence,
        };
        self.settle(turn, asking, verdict);
    }

    fn settle(&mut self, turn: &mut Turn<'_>, mut asking: Asking, verdict: Verdict) {
        let flow = self.flow.clone();
        let kind = &flow.nodes[asking.node].kind;
        let Some(ask) = kind.question() else { return };
        let first = match verdict {
            Verdict::Go(next) => return self.go(turn, next),
            Verdict::Fault(error) => return self.fault(turn, &error.to_string()),
            Verdict::Repeat => return self.question(turn, asking, &[]),
            Verdict::More => {
                self.state = State::Asking(asking);
                return;
            }
            Verdict::Wrong => &ask.invalid,
            Verdict::Silence => &ask.no_input,
        };
        // What was typed after a mistake was typed in the belief that there was none.
        self.ahead.clear();
        asking.typed.clear();
        if asking.tries >= ask.retries {
            if let Kind::Language(choose) = kind {
                self.language = choose.default;
            }
            return self.go(turn, ask.failed);
        }
        asking.tries += 1;
        self.question(turn, asking, first);
    }
}
