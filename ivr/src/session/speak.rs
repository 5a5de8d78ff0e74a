//! Saying things: pieces become prompts in the caller's language, and something follows when all is said.

use super::{MAX_PLAY_MS, Session, State, Then, Turn};
use crate::act::{Act, Prompt};
use crate::expr::EvalError;
use crate::flow::Piece;
use crate::spec::SayAs;
use crate::{Language, say};

impl Session {
    /// Says `pieces`, then does `then`; at once where there is nothing to say.
    pub(super) fn say_then(&mut self, turn: &mut Turn<'_>, pieces: &[Piece], barge_in: bool, then: Then) {
        match self.spoken(turn, pieces, self.language) {
            Ok(prompts) if prompts.is_empty() => self.then(turn, then),
            Ok(prompts) => {
                let play = self.start_play(turn, prompts, barge_in);
                let until = turn.now.saturating_add(MAX_PLAY_MS);
                self.state = State::Saying { play, barge_in, until, then };
            }
            Err(error) => self.fault(turn, &format!("a value cannot be said: {error}")),
        }
    }

    pub(super) fn start_play(&mut self, turn: &mut Turn<'_>, prompts: Vec<Prompt>, barge_in: bool) -> u32 {
        self.plays = self.plays.wrapping_add(1);
        turn.play(self.plays, prompts, barge_in);
        self.plays
    }

    pub(super) fn spoken(&self, turn: &Turn<'_>, pieces: &[Piece], language: Language) -> Result<Vec<Prompt>, EvalError> {
        let file = |name: &str| Prompt::File { language, name: name.into() };
        let mut prompts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Named(name) => prompts.push(Prompt::File { language, name: name.clone() }),
                Piece::Say { how, value } => {
                    let text = value.value(&self.env(turn))?.to_string();
                    let said = match how {
                        SayAs::Digits => say::digits(&text),
                        SayAs::Number => say::number(&text, language),
                        SayAs::Amount => say::amount(&text, language),
                        SayAs::Time => say::time(&text, language),
                    };
                    prompts.extend(said.ok_or(EvalError::NotANumber)?.into_iter().map(file));
                }
                Piece::Text { zh, en } => {
                    let text = match language {
                        Language::ZhCn => zh.as_ref().or(en.as_ref()),
                        Language::En => en.as_ref().or(zh.as_ref()),
                    };
                    prompts.extend(text.map(|text| Prompt::Text { language, text: text.clone() }));
                }
            }
        }
        Ok(prompts)
    }

    /// All is said: on.
    pub(super) fn then(&mut self, turn: &mut Turn<'_>, then: Then) {
        use contract::{EpochMs, FlowOutcome};
        match then {
            Then::Go(next) => self.go(turn, next),
            Then::Queue { exit, max_wait, full } => {
                turn.emit(self.ended(FlowOutcome::Queued));
                turn.acts.push(Act::Queue(exit));
                // What was typed was typed to the flow.
                self.ahead.clear();
                self.state = State::Queued { max_wait, full };
            }
            Then::Transfer { exit, failed } => {
                turn.emit(self.ended(FlowOutcome::Transferred));
                turn.acts.push(Act::Transfer(exit));
                self.ahead.clear();
                self.state = State::Transferring { failed };
            }
            Then::Record { voicemail, after } => {
                let until = turn.now.saturating_add(EpochMs::from(voicemail.max_ms) + super::RECORD_GRACE_MS);
                turn.acts.push(Act::Record(voicemail));
                self.ahead.clear();
                self.state = State::Recording { until, after };
            }
            Then::Return { result } => {
                turn.emit(self.ended(FlowOutcome::Returned));
                turn.acts.push(Act::Return { result });
                self.state = State::Over;
            }
            Then::Hangup { cause, outcome } => {
                turn.emit(self.ended(outcome));
                turn.acts.push(Act::Hangup(cause));
                self.state = State::Over;
            }
        }
    }
}
