//! From a file to a [`Flow`], or to everything that is wrong with it, all at once. Shapes first (`shape`), then names,
//! expressions and values node by node (`build`), then the paths between them (`graph`): a caller must never get to a
//! place with no way on. Nothing here runs while a call is up.

mod build;
mod graph;
pub(crate) mod shape;

use std::collections::BTreeMap;

use contract::directory::FlowSource;

use crate::calendar::Calendar;
use crate::expr::{Scope, Type, Value};
use crate::flow::{Fallback, Flow, Node};
use crate::problem::{Fault, Name, Problem, Severity, Spot};
use crate::spec::{FlowLanguage, FlowSpec, NodeSpec, VariableSpec};
use crate::tree::Tree;
use crate::{Known, Language};

/// Words of the expression language that cannot be variables.
const RESERVED: [&str; 12] =
    ["caller", "call", "now", "true", "false", "null", "in", "listed", "open", "queue", "size", "string"];

impl Flow {
    /// Reads and checks a flow kept under `name`. Warnings are kept in the flow ([`Flow::warnings`]).
    ///
    /// # Errors
    /// Every problem found, errors and warnings together, in the order of the file.
    pub fn compile(name: &str, source: &FlowSource, known: &Known) -> Result<Self, Vec<Problem>> {
        let tree = Tree::read(&source.yaml).map_err(|problem| vec![problem])?;
        let (read, problems) = shape::read(&tree);
        let mut checker = Checker::new(&tree, known, &read.nodes, problems);
        let flow = read.head.map(|head| checker.flow(name, source.version, head, &read.nodes));
        let mut problems = checker.problems;
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems.dedup();
        let failed = problems.iter().any(|problem| problem.severity == Severity::Error);
        match flow.flatten() {
            Some(mut flow) if !failed => {
                flow.warnings = problems;
                Ok(flow)
            }
            Some(_) | None => Err(problems),
        }
    }
}

/// What is gathered while one file is checked.
struct Checker<'a> {
    tree: &'a Tree,
    known: &'a Known,
    scope: Scope,
    /// Node names in the order of the file, those with wrong shapes included.
    names: Vec<String>,
    /// Languages callers of this flow may have.
    languages: Vec<Language>,
    /// The node being checked.
    node: Option<String>,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn new(tree: &'a Tree, known: &'a Known, nodes: &[shape::ReadNode], problems: Vec<Problem>) -> Self {
        let names = nodes.iter().map(|node| node.name.clone()).collect();
        let scope = Scope { queues: known.queues.clone(), lists: known.lists.clone(), ..Scope::default() };
        Self { tree, known, scope, names, languages: Vec::new(), node: None, problems }
    }

    fn flow(&mut self, name: &str, version: u32, head: FlowSpec, nodes: &[shape::ReadNode]) -> Option<Flow> {
        if head.name.as_ref().is_some_and(|written| written != name) {
            self.report(&["name"], Fault::NameDiffers { wanted: name.to_owned() });
        }
        let zone = self.zone();
        let variables = self.variables(&head.variables);
        let calendars = self.calendars(&head);
        let language = self.language(&head, nodes);
        let start = self.node_index(&["start"], &head.start);
        let prompts = self.pieces(&["fallback", "prompts"], &head.fallback.prompts);
        let queue = head.fallback.queue.as_ref().and_then(|queue| self.queue_id(&["fallback", "queue"], queue));
        self.range(&["max_ms"], u64::from(head.max_ms), 10_000, 3_600_000);
        let built: Option<Vec<Node>> = nodes.iter().map(|node| self.node(node)).collect::<Vec<_>>().into_iter().collect();
        // Paths are only worth following where every node stands.
        let (built, start) = (built?, start?);
        self.node = None;
        graph::check(self, &built, start);
        Some(Flow {
            name: name.to_owned(),
            version,
            start,
            language,
            company_language: self.known.language,
            languages: std::mem::take(&mut self.languages),
            variables,
            calendars,
            zone: zone?,
            fallback: Fallback { prompts, queue },
            max_ms: head.max_ms,
            for_agents: head.for_agents,
            nodes: built,
            warnings: Vec::new(),
        })
    }

    fn zone(&mut self) -> Option<chrono_tz::Tz> {
        let zone = self.known.zone.parse().ok();
        if zone.is_none() {
            let text = &self.known.zone;
            let (en, zh) = (format!("the company's time zone `{text}` is unknown"), format!("公司时区“{text}”无法识别"));
            self.report(&[], Fault::BadValue { en, zh });
        }
        zone
    }

    fn variables(&mut self, spec: &BTreeMap<String, VariableSpec>) -> Vec<Value> {
        let mut values = Vec::new();
        for (name, value) in spec {
            let letters = name.chars().all(|c| c.is_alphanumeric() || c == '_');
            let begins = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            if !letters || !begins || RESERVED.contains(&name.as_str()) || name == "int" {
                let en = format!("`{name}` cannot name a variable: letters, digits and `_`, and no word of the expression language");
                let zh = format!("“{name}”不能作变量名：只能用字母、数字和下划线，且不能是表达式保留字");
                let spot = self.tree.key_spot(&["variables", name]);
                self.report_at(spot, Fault::BadValue { en, zh });
            }
            let value = match value {
                VariableSpec::Bool(value) => Value::Bool(*value),
                VariableSpec::Int(value) => Value::Int(*value),
                VariableSpec::Text(value) => Value::Text(value.clone()),
            };
            self.scope.variables.insert(name.clone(), (values.len(), value.kind()));
            values.push(value);
        }
        values
    }

    fn calendars(&mut self, head: &FlowSpec) -> Vec<Calendar> {
        let mut calendars = Vec::new();
        for (name, spec) in &head.calendars {
            let calendar = Calendar::read(spec).unwrap_or_else(|wrong| {
                for (path, fault) in wrong {
                    let path: Vec<&str> = ["calendars", name].into_iter().chain(path.iter().map(String::as_str)).collect();
                    self.report(&path, fault);
                }
                Calendar::default()
            });
            self.scope.calendars.insert(name.clone(), calendars.len());
            calendars.push(calendar);
        }
        calendars
    }

    /// The fixed language, and which languages callers may have.
    fn language(&mut self, head: &FlowSpec, nodes: &[shape::ReadNode]) -> Option<Language> {
        let chosen = |node: &shape::ReadNode| match &node.spec {
            Some(NodeSpec::Language(spec)) => spec.choices.values().copied().chain(spec.default).collect(),
            _ => Vec::new(),
        };
        let mut chosen: Vec<Language> = nodes.iter().flat_map(chosen).collect();
        let fixed = match head.language {
            Some(FlowLanguage::ZhCn) => Some(Language::ZhCn),
            Some(FlowLanguage::En) => Some(Language::En),
            Some(FlowLanguage::Keep) => {
                chosen.extend(Language::ALL);
                None
            }
            Some(FlowLanguage::Ask) => {
                if !nodes.iter().any(|node| matches!(node.spec, Some(NodeSpec::Language(_)))) {
                    self.report(&["language"], Fault::NoLanguageNode);
                }
                None
            }
            None => Some(self.known.language),
        };
        chosen.push(fixed.unwrap_or(self.known.language));
        chosen.sort_unstable();
        chosen.dedup();
        self.languages = chosen;
        fixed
    }

    /// The whole path of something in the current node.
    fn path<'p>(&'p self, path: &[&'p str]) -> Vec<&'p str> {
        match &self.node {
            Some(node) => ["nodes", node.as_str()].into_iter().chain(path.iter().copied()).collect(),
            None => path.to_vec(),
        }
    }

    fn report(&mut self, path: &[&str], fault: Fault) {
        let spot = self.tree.spot(&self.path(path));
        self.report_at(spot, fault);
    }

    fn report_at(&mut self, spot: Spot, fault: Fault) {
        self.problems.push(fault.at(spot, self.node.as_deref()));
    }

    fn unknown<'n>(&mut self, path: &[&str], what: Name, name: &str, among: impl Iterator<Item = &'n str>) {
        let similar = crate::problem::similar(name, among).map(str::to_owned);
        self.report(path, Fault::UnknownName { what, name: name.to_owned(), similar });
    }

    fn node_index(&mut self, path: &[&str], name: &str) -> Option<usize> {
        let found = self.names.iter().position(|node| node == name);
        if found.is_none() {
            let names = self.names.clone();
            self.unknown(path, Name::Node, name, names.iter().map(String::as_str));
        }
        found
    }

    fn queue_id(&mut self, path: &[&str], name: &str) -> Option<contract::QueueId> {
        let (known, found) = (self.known, self.known.queues.get(name).copied());
        if found.is_none() {
            self.unknown(path, Name::Queue, name, known.queues.keys().map(String::as_str));
        }
        found
    }

    fn range(&mut self, path: &[&str], value: u64, least: u64, most: u64) {
        if !(least..=most).contains(&value) {
            let (en, zh) = (format!("must be from {least} to {most}"), format!("须在 {least} 到 {most} 之间"));
            self.report(path, Fault::BadValue { en, zh });
        }
    }

    /// A typed expression; `None` and a report where it is none.
    fn expression(&mut self, path: &[&str], source: &str, wanted: Option<Type>) -> Option<(crate::expr::Expr, Type)> {
        match crate::expr::compile(source, &self.scope, wanted) {
            Ok(made) => Some(made),
            Err(error) => {
                let spot = self.tree.spot_within(&self.path(path), error.at);
                let fault = match error.unknown {
                    Some((what, name, similar)) => Fault::UnknownName { what, name, similar },
                    None => Fault::Expression { en: error.en, zh: error.zh },
                };
                self.report_at(spot, fault);
                None
            }
        }
    }
}

/// For fuzzing: any bytes in, no panic, and bounded work.
pub fn fuzz_compile(data: &[u8]) {
    let Ok(yaml) = std::str::from_utf8(data) else { return };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<std::collections::BTreeSet<_>>();
    let prompts = names(&["welcome", "language", "main-menu", "technical", "invalid", "no-input"]);
    let known = Known {
        queues: [("support".to_owned(), contract::QueueId(1))].into(),
        agents: BTreeMap::new(),
        prompts: Language::ALL.map(|language| (language, prompts.clone())).into(),
        lists: names(&["vip", "block"]),
        flows: names(&["main"]),
        zone: "Asia/Shanghai".into(),
        language: Language::ZhCn,
        speech: true,
    };
    let source = FlowSource { version: 1, yaml: yaml.to_owned() };
    if let Err(problems) = Flow::compile("fuzz", &source, &known) {
        assert!(!problems.is_empty(), "a refusal names its reason");
    }
}
