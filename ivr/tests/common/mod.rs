//! A telephone for flows: it presses keys, lets time pass, and writes down what a caller lives through, one line an act.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use contract::directory::FlowSource;
use contract::{Caller, EpochMs, EventKind, PhoneNumber, QueueId};
use ivr::{Act, Flow, Input, Known, Language, Prompt, QueueState, Session, Start, TransferTo, World};

pub const QUEUES: [&str; 5] = ["support-zh", "sales-zh", "support-en", "sales-en", "vip"];
pub const DEMO: [&str; 6] = ["main", "direct", "direct-en", "after-hours", "id-digits", "survey"];
/// Monday 2026-11-23, 10:00 in Shanghai.
pub const MONDAY_TEN: EpochMs = 1_795_399_200_000;

pub fn demo_yaml(name: &str) -> String {
    let path = format!("{}/demo/flows/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the demo flow is in the repository")
}

/// The prompts of the demo company, as they lie in its folder.
pub fn demo_prompts() -> BTreeMap<Language, BTreeSet<String>> {
    let in_folder = |language: Language| {
        let path = format!("{}/demo/prompts/{}", env!("CARGO_MANIFEST_DIR"), language.code());
        let files = std::fs::read_dir(path).expect("the folder is in the repository");
        let name = |file: std::io::Result<std::fs::DirEntry>| {
            file.expect("readable").path().file_stem().expect("a name").to_string_lossy().into_owned()
        };
        (language, files.map(name).collect())
    };
    Language::ALL.map(in_folder).into()
}

pub fn known() -> Known {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let queues = QUEUES.iter().zip(1..).map(|(name, id)| ((*name).to_owned(), QueueId(id))).collect();
    let agents = [("李薇".to_owned(), Some(contract::AgentId(7))), ("Wang".to_owned(), None)].into();
    Known {
        queues,
        agents,
        prompts: demo_prompts(),
        lists: names(&["vip", "block"]),
        flows: names(&DEMO),
        zone: "Asia/Shanghai".into(),
        language: Language::ZhCn,
        speech: true,
    }
}

pub fn compile(name: &str, yaml: &str) -> Arc<Flow> {
    let source = FlowSource { version: 3, yaml: yaml.to_owned() };
    match Flow::compile(name, &source, &known()) {
        Ok(flow) => Arc::new(flow),
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{name}: {}", lines.join("\n"));
        }
    }
}

pub fn demo(name: &str) -> Arc<Flow> {
    compile(name, &demo_yaml(name))
}

/// The company around a call.
#[derive(Default)]
pub struct Town {
    pub lists: BTreeMap<&'static str, HashSet<PhoneNumber>>,
    pub queues: BTreeMap<QueueId, QueueState>,
    pub flows: BTreeMap<String, Arc<Flow>>,
}

impl World for Town {
    fn listed(&self, list: &str, number: &PhoneNumber) -> bool {
        self.lists.get(list).is_some_and(|numbers| numbers.contains(number))
    }
    fn queue(&self, queue: QueueId) -> QueueState {
        self.queues.get(&queue).copied().unwrap_or_default()
    }
    fn flow(&self, name: &str) -> Option<Arc<Flow>> {
        self.flows.get(name).cloned()
    }
}

impl Town {
    pub fn with_demo() -> Self {
        let flows = DEMO.map(|name| (name.to_owned(), demo(name))).into();
        Self { flows, ..Self::default() }
    }
}

pub fn number(text: &str) -> PhoneNumber {
    PhoneNumber::from_e164(text).expect("E.164")
}

pub fn start(from: &str) -> Start {
    let number = PhoneNumber::from_e164(from).ok();
    let withheld = from.is_empty();
    let caller = Caller { raw: from.to_owned(), name: String::new(), number, withheld };
    Start { caller, dialed: "4008000".into(), country: Some("CN".into()) }
}

pub struct Call {
    pub session: Session,
    pub town: Town,
    pub now: EpochMs,
    /// Of the last play that is not over.
    playing: Option<u32>,
}

impl Call {
    pub fn new(flow: Arc<Flow>) -> Self {
        Self::from("+8613800138000", flow, Town::with_demo())
    }

    pub fn from(caller: &str, flow: Arc<Flow>, town: Town) -> Self {
        Self { session: Session::new(flow, start(caller)), town, now: MONDAY_TEN, playing: None }
    }

    pub fn inline(yaml: &str) -> Self {
        Self::new(compile("test", yaml))
    }

    pub fn acts(&mut self, input: Input) -> Vec<Act> {
        if matches!(input, Input::PlayDone { id, .. } if self.playing == Some(id)) {
            self.playing = None;
        }
        let acts = self.session.handle(self.now, input, &self.town);
        for act in &acts {
            match act {
                Act::Play { id, .. } => {
                    assert_eq!(self.playing, None, "two plays at once");
                    self.playing = Some(*id);
                }
                Act::StopPlay { id } => {
                    assert_eq!(self.playing, Some(*id), "stops what plays");
                    self.playing = None;
                }
                Act::Queue(_) | Act::Transfer(_) | Act::Record(_) | Act::Hangup(_) => {
                    assert_eq!(self.playing, None, "leaves while something plays");
                }
                Act::Trouble { .. } | Act::Return { .. } | Act::Emit(_) => {}
            }
        }
        acts
    }

    pub fn does(&mut self, input: Input) -> Vec<String> {
        self.acts(input).iter().map(line).collect()
    }

    pub fn starts(&mut self) -> Vec<String> {
        self.does(Input::Started)
    }

    /// The caller presses these keys, one after the other.
    pub fn presses(&mut self, keys: &str) -> Vec<String> {
        keys.chars().flat_map(|key| self.does(Input::Digit(key))).collect()
    }

    /// The prompt is heard to its end.
    pub fn listens(&mut self) -> Vec<String> {
        let id = self.playing.take().expect("something plays");
        self.does(Input::PlayDone { id, ok: true })
    }

    /// The prompt cannot be played.
    pub fn cannot_play(&mut self) -> Vec<String> {
        let id = self.playing.take().expect("something plays");
        self.does(Input::PlayDone { id, ok: false })
    }

    /// Nothing happens until the session's next deadline.
    pub fn waits(&mut self) -> Vec<String> {
        self.now = self.session.deadline().expect("something is waited for");
        self.does(Input::Deadline)
    }

    pub fn take_play(&mut self) -> Option<u32> {
        self.playing.take()
    }

    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }
}

fn queue_name(queue: QueueId) -> &'static str {
    QUEUES[usize::try_from(queue.0 - 1).expect("known")]
}

fn prompt(prompt: &Prompt) -> String {
    let (language, what) = match prompt {
        Prompt::File { language, name } => (language, name.to_string()),
        Prompt::Text { language, text } => (language, format!("“{text}”")),
    };
    let mark = if *language == Language::ZhCn { "" } else { "en:" };
    format!("{mark}{what}")
}

/// One act in one line.
pub fn line(act: &Act) -> String {
    match act {
        Act::Play { prompts, .. } => format!("hears {}", prompts.iter().map(prompt).collect::<Vec<_>>().join(" ")),
        Act::StopPlay { .. } => "quiet".into(),
        Act::Queue(exit) => {
            let vip = if exit.vip { " vip" } else { "" };
            let priority = exit.priority.map_or_else(String::new, |priority| format!(" priority {priority}"));
            format!("queued in {}{vip}{priority}", queue_name(exit.queue))
        }
        Act::Transfer(exit) => match &exit.to {
            TransferTo::Number(number) => format!("transferred to {number}"),
            TransferTo::Agent(agent) => format!("transferred to agent {agent}"),
        },
        Act::Record(voicemail) => {
            format!("records for {}, at most {} s", voicemail.queue.map_or("nobody", queue_name), voicemail.max_ms / 1000)
        }
        Act::Return { result } => format!("given back: {}", result.as_deref().unwrap_or("no word")),
        Act::Hangup(cause) => format!("hung up: {cause:?}"),
        Act::Trouble { why, .. } => format!("trouble: {why}"),
        Act::Emit(kind) => event(kind),
    }
}

fn event(kind: &EventKind) -> String {
    match kind {
        EventKind::FlowStarted { flow, version } => format!("-- {flow} v{version}"),
        EventKind::FlowStep { node } => format!("-- at {node}"),
        EventKind::DigitsCollected { node, digits, label } => {
            format!("-- {node}: {digits} {}", label.as_deref().unwrap_or("-"))
        }
        EventKind::FlowEnded { outcome, .. } => format!("-- ended {outcome:?}"),
        other => panic!("a flow tells nothing of {other:?}"),
    }
}
