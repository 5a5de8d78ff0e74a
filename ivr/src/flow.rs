//! A flow ready to run: names resolved, expressions typed, every exit present. Made by [`Flow::compile`], read by
//! `session`, changed by nobody; running calls keep the one they began with.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::{EndCause, QueueId};

use crate::calendar::Calendar;
use crate::expr::{Expr, Value};
use crate::spec::SayAs;
use crate::{Language, Problem};

/// A checked flow.
#[derive(Debug)]
pub struct Flow {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) start: usize,
    /// `None`: what the caller chose before, or the company's.
    pub(crate) language: Option<Language>,
    pub(crate) company_language: Language,
    /// Which languages callers may have in it.
    pub(crate) languages: Vec<Language>,
    pub(crate) variables: Vec<Value>,
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) zone: chrono_tz::Tz,
    pub(crate) fallback: Fallback,
    pub(crate) max_ms: u32,
    pub(crate) for_agents: bool,
    pub(crate) nodes: Vec<Node>,
    pub(crate) warnings: Vec<Problem>,
}

impl Flow {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether it may give a caller back to the agent who sent them here.
    #[must_use]
    pub fn returns(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.kind, Kind::Return { .. }))
    }

    /// Whether agents may send callers here.
    #[must_use]
    pub fn for_agents(&self) -> bool {
        self.for_agents || self.returns()
    }

    /// What is allowed, but probably not meant.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Which languages callers may have in it: its prompts are there in each.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// All prompts of the library it may play, by name, so that they can be loaded before the first call.
    #[must_use]
    pub fn prompts<'a>(&'a self) -> BTreeSet<&'a str> {
        let all = self.nodes.iter().flat_map(|node| node.kind.pieces()).chain([&self.fallback.prompts]).flatten();
        let mut names: BTreeSet<&'a str> = BTreeSet::new();
        for piece in all {
            match piece {
                Piece::Named(name) => {
                    names.insert(&**name);
                }
                Piece::Say { .. } => {
                    for name in crate::say::number_pieces().chain(["yuan"]) {
                        names.insert(name);
                    }
                }
                Piece::Text { .. } => {}
            }
        }
        names
    }
}

#[derive(Debug, Default)]
pub(crate) struct Fallback {
    pub prompts: Vec<Piece>,
    pub queue: Option<QueueId>,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub name: String,
    pub kind: Kind,
}

/// A piece of speech before it is put into a language.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Named(Arc<str>),
    Say { how: SayAs, value: Expr },
    Text { zh: Option<String>, en: Option<String> },
}

#[derive(Debug)]
pub(crate) enum Kind {
    Play { prompts: Vec<Piece>, barge_in: bool, next: usize },
    Menu(Menu),
    Language(Choose),
    Collect(Box<Collect>),
    Branch { cases: Vec<(Expr, usize)>, otherwise: usize },
    Set { values: Vec<(usize, Expr)>, next: usize },
    Hours { calendar: usize, open: usize, closed: usize },
    Queue(ToQueue),
    Transfer(Connect),
    Voicemail(Message),
    Goto { flow: String },
    Return { prompts: Vec<Piece>, result: String },
    Hangup { prompts: Vec<Piece>, cause: EndCause },
}

/// How a caller is asked, in menus, language choices and digit collections alike.
#[derive(Debug)]
pub(crate) struct Ask {
    pub prompts: Vec<Piece>,
    pub barge_in: bool,
    pub type_ahead: bool,
    pub timeout_ms: u32,
    pub retries: u8,
    pub invalid: Vec<Piece>,
    pub no_input: Vec<Piece>,
    pub failed: usize,
}

#[derive(Debug)]
pub(crate) struct Menu {
    pub ask: Ask,
    pub choices: Vec<Choice>,
    pub repeat: Option<char>,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub digit: char,
    pub label: String,
    pub next: usize,
}

#[derive(Debug)]
pub(crate) struct Choose {
    pub ask: Ask,
    pub choices: Vec<(char, Language)>,
    pub default: Language,
    pub next: usize,
}

#[derive(Debug)]
pub(crate) struct Collect {
    pub ask: Ask,
    pub into: usize,
    pub min: usize,
    pub max: usize,
    pub terminator: Option<char>,
    pub digit_ms: u32,
    pub sensitive: bool,
    pub check: Option<Expr>,
    pub label: Option<String>,
    pub next: usize,
}

#[derive(Debug)]
pub(crate) struct ToQueue {
    pub prompts: Vec<Piece>,
    pub queue: QueueId,
    pub priority: Option<u8>,
    pub max_wait: Option<usize>,
    pub full: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Connect {
    pub prompts: Vec<Piece>,
    pub to: crate::TransferTo,
    pub ring_ms: u32,
    pub failed: usize,
}

#[derive(Debug)]
pub(crate) struct Message {
    pub prompts: Vec<Piece>,
    pub queue: Option<QueueId>,
    pub max_ms: u32,
    pub saved: Vec<Piece>,
    pub next: Option<usize>,
}

impl Kind {
    fn pieces(&self) -> Vec<&Vec<Piece>> {
        match self {
            Self::Play { prompts, .. } | Self::Return { prompts, .. } | Self::Hangup { prompts, .. } => vec![prompts],
            Self::Menu(Menu { ask, .. }) | Self::Language(Choose { ask, .. }) => ask.pieces(),
            Self::Collect(collect) => collect.ask.pieces(),
            Self::Queue(ToQueue { prompts, .. }) | Self::Transfer(Connect { prompts, .. }) => vec![prompts],
            Self::Voicemail(message) => vec![&message.prompts, &message.saved],
            Self::Branch { .. } | Self::Set { .. } | Self::Hours { .. } | Self::Goto { .. } => Vec::new(),
        }
    }

    /// Where a caller may go who presses nothing.
    pub(crate) fn silent_exits(&self) -> Vec<usize> {
        match self {
            Self::Play { next, .. } | Self::Set { next, .. } => vec![*next],
            Self::Menu(Menu { ask, .. }) => vec![ask.failed],
            Self::Language(choose) => vec![choose.next],
            Self::Collect(collect) => vec![collect.ask.failed],
            Self::Branch { cases, otherwise } => cases.iter().map(|(_, next)| *next).chain([*otherwise]).collect(),
            Self::Hours { open, closed, .. } => vec![*open, *closed],
            Self::Queue(queue) => queue.full.into_iter().collect(),
            Self::Transfer(connect) => vec![connect.failed],
            Self::Voicemail(message) => message.next.into_iter().collect(),
            Self::Goto { .. } | Self::Return { .. } | Self::Hangup { .. } => Vec::new(),
        }
    }

    /// Every node that may follow.
    pub(crate) fn exits(&self) -> Vec<usize> {
        let mut exits = self.silent_exits();
        match self {
            Self::Menu(menu) => exits.extend(menu.choices.iter().map(|choice| choice.next)),
            Self::Collect(collect) => exits.push(collect.next),
            Self::Queue(queue) => exits.extend(queue.max_wait),
            Self::Play { .. }
            | Self::Set { .. }
            | Self::Language(_)
            | Self::Branch { .. }
            | Self::Hours { .. }
            | Self::Transfer(_)
            | Self::Voicemail(_)
            | Self::Goto { .. }
            | Self::Return { .. }
            | Self::Hangup { .. } => {}
        }
        exits
    }

    /// Whether the flow may hand the caller on here.
    pub(crate) fn is_way_out(&self) -> bool {
        match self {
            Self::Queue(_) | Self::Transfer(_) | Self::Goto { .. } | Self::Return { .. } | Self::Hangup { .. } => true,
            Self::Voicemail(message) => message.next.is_none(),
            Self::Play { .. }
            | Self::Menu(_)
            | Self::Language(_)
            | Self::Collect(_)
            | Self::Branch { .. }
            | Self::Set { .. }
            | Self::Hours { .. } => false,
        }
    }
}

impl Choose {
    /// Each language once, in the order of the digits.
    pub(crate) fn languages(&self) -> Vec<Language> {
        let mut languages: Vec<Language> = Vec::new();
        for (_, language) in &self.choices {
            if !languages.contains(language) {
                languages.push(*language);
            }
        }
        languages
    }
}

impl Ask {
    fn pieces(&self) -> Vec<&Vec<Piece>> {
        vec![&self.prompts, &self.invalid, &self.no_input]
    }
}
