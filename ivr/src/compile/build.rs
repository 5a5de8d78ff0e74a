//! Node by node: names become indices and ids, expressions become typed trees, values are held to their limits.
//! A node that is wrong yields `None`, and its reports; the others are looked at all the same.

use std::sync::Arc;

use contract::EndCause;

use super::Checker;
use super::shape::ReadNode;
use crate::expr::Type;
use crate::flow::{Ask, Choice, Choose, Collect, Connect, Kind, Menu, Message, Node, Piece, ToQueue};
use crate::problem::{Fault, Name};
use crate::spec::{
    BranchSpec, CollectSpec, HangupCause, HoursSpec, LanguageSpec, MenuSpec, NodeSpec, PromptSpec, QueueSpec, SayAs,
    SetSpec, TextBody, TransferSpec, VoicemailSpec,
};
use crate::{Language, TransferTo};

const DIGITS: &str = "0123456789*#";

/// Characters of what a flow tells the agent.
const MOST_RESULT: usize = 80;

impl Checker<'_> {
    pub(super) fn node(&mut self, read: &ReadNode) -> Option<Node> {
        self.node = Some(read.name.clone());
        let kind = match read.spec.as_ref()? {
            NodeSpec::Play(spec) => {
                self.some(&["prompts"], spec.prompts.len());
                let (prompts, next) = (self.pieces(&["prompts"], &spec.prompts), self.node_index(&["next"], &spec.next)?);
                Kind::Play { prompts, barge_in: spec.barge_in, next }
            }
            NodeSpec::Menu(spec) => Kind::Menu(self.menu(spec)?),
            NodeSpec::Language(spec) => Kind::Language(self.choose(spec)?),
            NodeSpec::Collect(spec) => Kind::Collect(Box::new(self.collect(spec)?)),
            NodeSpec::Branch(spec) => self.branch(spec)?,
            NodeSpec::Set(spec) => self.set(spec)?,
            NodeSpec::Hours(spec) => self.hours(spec)?,
            NodeSpec::Queue(spec) => Kind::Queue(self.queue(spec)?),
            NodeSpec::Transfer(spec) => Kind::Transfer(self.transfer(spec)?),
            NodeSpec::Voicemail(spec) => Kind::Voicemail(self.voicemail(spec)?),
            NodeSpec::Goto(spec) => {
                if !self.known.flows.contains(&spec.flow) {
                    let known = self.known;
                    self.unknown(&["flow"], Name::Flow, &spec.flow, known.flows.iter().map(String::as_str));
                }
                Kind::Goto { flow: spec.flow.clone() }
            }
            NodeSpec::Return(spec) => {
                let result = spec.result.trim().to_owned();
                if result.chars().count() > MOST_RESULT {
                    let (en, zh) = (format!("at most {MOST_RESULT} characters"), format!("最多 {MOST_RESULT} 个字符"));
                    self.report(&["result"], Fault::BadValue { en, zh });
                }
                Kind::Return { prompts: self.pieces(&["prompts"], &spec.prompts), result }
            }
            NodeSpec::Hangup(spec) => {
                let cause = match spec.cause {
                    HangupCause::SelfService => EndCause::SelfService,
                    HangupCause::Refused => EndCause::Refused,
                };
                Kind::Hangup { prompts: self.pieces(&["prompts"], &spec.prompts), cause }
            }
        };
        Some(Node { name: read.name.clone(), kind })
    }

    fn menu(&mut self, spec: &MenuSpec) -> Option<Menu> {
        self.some(&["prompts"], spec.prompts.len());
        self.some(&["choices"], spec.choices.len());
        self.range(&["timeout_ms"], u64::from(spec.timeout_ms), 500, 60_000);
        self.range(&["retries"], u64::from(spec.retries), 0, 9);
        let (prompts, invalid) = (self.pieces(&["prompts"], &spec.prompts), self.pieces(&["invalid"], &spec.invalid));
        let no_input = self.pieces(&["no_input"], &spec.no_input);
        let mut choices = Vec::new();
        for (key, choice) in &spec.choices {
            let digit = self.digit(&["choices", key], key, true);
            let next = self.node_index(&["choices", key, "next"], &choice.next);
            if choice.label.trim().is_empty() {
                let (en, zh) = ("the agent sees this label: say what was chosen", "坐席会看到此标签，请写明选项含义");
                self.report(&["choices", key, "label"], Fault::BadValue { en: en.into(), zh: zh.into() });
            }
            choices.extend(digit.zip(next).map(|(digit, next)| Choice { digit, label: choice.label.clone(), next }));
        }
        let repeat = spec.repeat.as_ref().and_then(|key| self.digit(&["repeat"], key, false));
        if let Some(digit) = repeat.filter(|digit| choices.iter().any(|choice| choice.digit == *digit)) {
            self.report(&["repeat"], Fault::DuplicateDigit(digit));
        }
        let failed = self.node_index(&["failed"], &spec.failed)?;
        let (barge_in, type_ahead) = (spec.barge_in, spec.type_ahead);
        let (timeout_ms, retries) = (spec.timeout_ms, spec.retries);
        let ask = Ask { prompts, barge_in, type_ahead, timeout_ms, retries, invalid, no_input, failed };
        (choices.len() == spec.choices.len()).then_some(Menu { ask, choices, repeat })
    }

    fn choose(&mut self, spec: &LanguageSpec) -> Option<Choose> {
        self.some(&["prompts"], spec.prompts.len());
        self.some(&["choices"], spec.choices.len());
        self.range(&["timeout_ms"], u64::from(spec.timeout_ms), 500, 60_000);
        self.range(&["retries"], u64::from(spec.retries), 0, 9);
        let prompts = self.pieces(&["prompts"], &spec.prompts);
        let digit = |(key, language): (&String, &Language)| Some((self.digit(&["choices", key], key, true)?, *language));
        let choices: Vec<(char, Language)> = spec.choices.iter().filter_map(digit).collect();
        let next = self.node_index(&["next"], &spec.next)?;
        let default = spec.default.unwrap_or(self.known.language);
        let ask = Ask {
            prompts,
            barge_in: true,
            type_ahead: true,
            timeout_ms: spec.timeout_ms,
            retries: spec.retries,
            invalid: Vec::new(),
            no_input: Vec::new(),
            failed: next,
        };
        Some(Choose { ask, choices, default, next })
    }

    fn collect(&mut self, spec: &CollectSpec) -> Option<Collect> {
        self.some(&["prompts"], spec.prompts.len());
        self.range(&["max"], u64::from(spec.max), 1, 32);
        self.range(&["min"], u64::from(spec.min), 1, u64::from(spec.max));
        self.range(&["timeout_ms"], u64::from(spec.timeout_ms), 500, 60_000);
        self.range(&["digit_ms"], u64::from(spec.digit_ms), 500, 60_000);
        self.range(&["retries"], u64::from(spec.retries), 0, 9);
        let (prompts, invalid) = (self.pieces(&["prompts"], &spec.prompts), self.pieces(&["invalid"], &spec.invalid));
        let no_input = self.pieces(&["no_input"], &spec.no_input);
        let into = self.variable(&["into"], &spec.into, Some(Type::Text)).map(|(into, _)| into);
        let terminator = match spec.terminator.as_str() {
            "" => None,
            key => self.digit(&["terminator"], key, false),
        };
        let check = spec.check.as_ref().map(|source| self.expression(&["check"], source, Some(Type::Bool)));
        let next = self.node_index(&["next"], &spec.next);
        let failed = self.node_index(&["failed"], &spec.failed)?;
        let (barge_in, type_ahead) = (spec.barge_in, spec.type_ahead);
        let (timeout_ms, retries) = (spec.timeout_ms, spec.retries);
        Some(Collect {
            ask: Ask { prompts, barge_in, type_ahead, timeout_ms, retries, invalid, no_input, failed },
            into: into?,
            min: usize::from(spec.min),
            max: usize::from(spec.max),
            terminator,
            digit_ms: spec.digit_ms,
            sensitive: spec.sensitive,
            // A check that does not read is an error, not a missing check.
            check: match check {
                Some(made) => Some(made?.0),
                None => None,
            },
            label: spec.label.clone(),
            next: next?,
        })
    }

    fn branch(&mut self, spec: &BranchSpec) -> Option<Kind> {
        self.some(&["cases"], spec.cases.len());
        let mut cases = Vec::new();
        for (at, case) in spec.cases.iter().enumerate() {
            let at = at.to_string();
            let when = self.expression(&["cases", &at, "when"], &case.when, Some(Type::Bool));
            let next = self.node_index(&["cases", &at, "next"], &case.next);
            cases.extend(when.zip(next).map(|((when, _), next)| (when, next)));
        }
        let otherwise = self.node_index(&["otherwise"], &spec.otherwise)?;
        (cases.len() == spec.cases.len()).then_some(Kind::Branch { cases, otherwise })
    }

    fn set(&mut self, spec: &SetSpec) -> Option<Kind> {
        self.some(&["values"], spec.values.len());
        let mut values = Vec::new();
        for (name, source) in &spec.values {
            let spot = self.tree.key_spot(&self.path(&["values", name]));
            let variable = self.scope.variables.get(name).copied();
            if variable.is_none() {
                let names: Vec<String> = self.scope.variables.keys().cloned().collect();
                let similar = crate::problem::similar(name, names.iter().map(String::as_str)).map(str::to_owned);
                self.report_at(spot, Fault::UnknownName { what: Name::Variable, name: name.clone(), similar });
            }
            let made = self.expression(&["values", name], source, variable.map(|(_, kind)| kind));
            values.extend(variable.zip(made).map(|((index, _), (expr, _))| (index, expr)));
        }
        let next = self.node_index(&["next"], &spec.next)?;
        (values.len() == spec.values.len()).then_some(Kind::Set { values, next })
    }

    fn hours(&mut self, spec: &HoursSpec) -> Option<Kind> {
        let calendar = self.scope.calendars.get(&spec.calendar).copied();
        if calendar.is_none() {
            let names: Vec<String> = self.scope.calendars.keys().cloned().collect();
            self.unknown(&["calendar"], Name::Calendar, &spec.calendar, names.iter().map(String::as_str));
        }
        let (open, closed) = (self.node_index(&["open"], &spec.open), self.node_index(&["closed"], &spec.closed));
        Some(Kind::Hours { calendar: calendar?, open: open?, closed: closed? })
    }

    fn queue(&mut self, spec: &QueueSpec) -> Option<ToQueue> {
        let prompts = self.pieces(&["prompts"], &spec.prompts);
        let queue = self.queue_id(&["queue"], &spec.queue);
        if let Some(priority) = spec.priority {
            self.range(&["priority"], u64::from(priority), 0, 9);
        }
        let max_wait = self.optional(&["max_wait"], spec.max_wait.as_ref())?;
        let full = self.optional(&["full"], spec.full.as_ref())?;
        Some(ToQueue { prompts, queue: queue?, priority: spec.priority, max_wait, full })
    }

    /// `Some(None)`: not asked for. `None`: asked for, and unknown.
    #[expect(clippy::option_option, reason = "absent, good and wrong are three things")]
    fn optional(&mut self, path: &[&str], name: Option<&String>) -> Option<Option<usize>> {
        match name {
            None => Some(None),
            Some(name) => self.node_index(path, name).map(Some),
        }
    }

    fn transfer(&mut self, spec: &TransferSpec) -> Option<Connect> {
        let prompts = self.pieces(&["prompts"], &spec.prompts);
        self.range(&["ring_ms"], u64::from(spec.ring_ms), 1_000, 180_000);
        let to = match (&spec.number, &spec.agent) {
            (Some(number), None) => self.number(number),
            (None, Some(agent)) => self.agent(agent),
            (Some(_), Some(_)) | (None, None) => {
                let (en, zh) = ("write either `number` or `agent`", "须写 number 或 agent 之一");
                self.report(&[], Fault::BadValue { en: en.into(), zh: zh.into() });
                None
            }
        };
        let failed = self.node_index(&["failed"], &spec.failed)?;
        Some(Connect { prompts, to: to?, ring_ms: spec.ring_ms, failed })
    }

    fn number(&mut self, number: &str) -> Option<TransferTo> {
        let digits = number.strip_prefix('+').unwrap_or(number);
        let good = (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !good {
            let (en, zh) = ("a number is 1 to 32 digits, with or without a leading +", "号码为 1 到 32 位数字，可带前导 +");
            self.report(&["number"], Fault::BadValue { en: en.into(), zh: zh.into() });
        }
        good.then(|| TransferTo::Number(number.to_owned()))
    }

    fn agent(&mut self, name: &str) -> Option<TransferTo> {
        let known = self.known;
        match known.agents.get(name) {
            Some(Some(agent)) => return Some(TransferTo::Agent(*agent)),
            Some(None) => {
                let en = format!("more than one agent is called `{name}`");
                let zh = format!("名为“{name}”的坐席不止一位");
                self.report(&["agent"], Fault::BadValue { en, zh });
            }
            None => self.unknown(&["agent"], Name::Agent, name, known.agents.keys().map(String::as_str)),
        }
        None
    }

    fn voicemail(&mut self, spec: &VoicemailSpec) -> Option<Message> {
        self.range(&["max_ms"], u64::from(spec.max_ms), 5_000, 600_000);
        let (prompts, saved) = (self.pieces(&["prompts"], &spec.prompts), self.pieces(&["saved"], &spec.saved));
        let queue = match &spec.queue {
            None => None,
            Some(queue) => Some(self.queue_id(&["queue"], queue)?),
        };
        let next = self.optional(&["next"], spec.next.as_ref())?;
        Some(Message { prompts, queue, max_ms: spec.max_ms, saved, next })
    }

    fn variable(&mut self, path: &[&str], name: &str, wanted: Option<Type>) -> Option<(usize, Type)> {
        let Some((index, kind)) = self.scope.variables.get(name).copied() else {
            let names: Vec<String> = self.scope.variables.keys().cloned().collect();
            self.unknown(path, Name::Variable, name, names.iter().map(String::as_str));
            return None;
        };
        if let Some(wanted) = wanted.filter(|wanted| *wanted != kind) {
            let ((want_en, want_zh), (found_en, found_zh)) = (wanted.words(), kind.words());
            let en = format!("`{name}` must be {want_en}, and is {found_en}; write its first value so");
            let zh = format!("“{name}”应为{want_zh}，实为{found_zh}；请改其初值");
            self.report(path, Fault::BadValue { en, zh });
            return None;
        }
        Some((index, kind))
    }

    fn digit(&mut self, path: &[&str], key: &str, at_key: bool) -> Option<char> {
        let mut chars = key.chars();
        let digit = chars.next().filter(|c| chars.next().is_none() && DIGITS.contains(*c));
        if digit.is_none() {
            let en = format!("`{key}` is no key of a phone: 0 to 9, \"*\" or \"#\"");
            let zh = format!("“{key}”不是话机按键：0 到 9、\"*\" 或 \"#\"");
            let whole = self.path(path);
            let spot = if at_key { self.tree.key_spot(&whole) } else { self.tree.spot(&whole) };
            self.report_at(spot, Fault::BadValue { en, zh });
        }
        digit
    }

    /// A list that must not be empty.
    fn some(&mut self, path: &[&str], count: usize) {
        if count == 0 {
            let (en, zh) = ("at least one is needed here", "此处至少需要一项");
            self.report(path, Fault::BadValue { en: en.into(), zh: zh.into() });
        }
    }

    pub(super) fn pieces(&mut self, path: &[&str], specs: &[PromptSpec]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (at, spec) in specs.iter().enumerate() {
            let at = at.to_string();
            let here: Vec<&str> = path.iter().copied().chain([at.as_str()]).collect();
            match spec {
                PromptSpec::Named(name) => {
                    self.named(&here, name);
                    pieces.push(Piece::Named(Arc::from(name.as_str())));
                }
                PromptSpec::Say(say) => {
                    self.recordings(&here, say.say);
                    let value = [here, vec!["value"]].concat();
                    let value = self.expression(&value, &say.value, None);
                    pieces.extend(value.map(|(value, _)| Piece::Say { how: say.say, value }));
                }
                PromptSpec::Text(text) => {
                    self.text(&here, &text.text);
                    pieces.push(Piece::Text { zh: text.text.zh.clone(), en: text.text.en.clone() });
                }
            }
        }
        pieces
    }

    fn named(&mut self, path: &[&str], name: &str) {
        let known = self.known;
        let all = || Language::ALL.iter().filter_map(|language| known.prompts.get(language)).flatten();
        if all().all(|prompt| prompt != name) {
            self.unknown(path, Name::Prompt, name, all().map(String::as_str));
            return;
        }
        for language in self.languages.clone() {
            if !known.prompts.get(&language).is_some_and(|prompts| prompts.contains(name)) {
                self.report(path, Fault::MissingLanguage { prompt: name.to_owned(), language });
            }
        }
    }

    /// The recordings that reading a value out may need.
    fn recordings(&mut self, path: &[&str], how: SayAs) {
        let names: Vec<&str> = match how {
            SayAs::Digits => crate::say::digit_pieces().collect(),
            SayAs::Number | SayAs::Time => crate::say::number_pieces().collect(),
            SayAs::Amount => crate::say::number_pieces().chain(["yuan"]).collect(),
        };
        for name in names {
            self.named(path, name);
        }
    }

    fn text(&mut self, path: &[&str], text: &TextBody) {
        if !self.known.speech {
            self.report(path, Fault::NoSpeech);
        }
        for language in self.languages.clone() {
            let written = match language {
                Language::ZhCn => &text.zh,
                Language::En => &text.en,
            };
            if written.as_ref().is_none_or(|text| text.trim().is_empty()) {
                self.report(path, Fault::MissingLanguage { prompt: "text".into(), language });
            }
        }
    }
}
