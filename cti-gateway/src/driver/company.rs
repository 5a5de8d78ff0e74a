//! The company as the phones see it now: the directory, its flows compiled, and the prompts. Replaced whole when an
//! administrator changes something; a flow that does not compile is refused and the running one stays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use contract::directory::Directory;
use contract::number::{Class, Context, normalize};
use contract::{EpochMs, PhoneNumber, QueueId, TrunkId};

use crate::media::{Clip, ClipLibrary, music_on_hold, tone};

/// Prompts by language and music, loaded once: `<folder>/zh-CN/*.wav`, `<folder>/en/*.wav`, `<folder>/music/*.wav`; later
/// folders win.
#[derive(Debug, Default, Clone)]
pub struct Prompts {
    spoken: ClipLibrary,
    /// Where no file is named `music/default`.
    hold: Option<Arc<Clip>>,
}

impl Prompts {
    /// The sounds every house has: a beep, and soft music for those who wait.
    #[must_use]
    pub fn built_in() -> Self {
        let mut library = ClipLibrary::new();
        let beep = Clip::from_samples("beep", &tone::sine(&[(BEEP_HZ, BEEP_LEVEL)], BEEP_MS));
        // An empty library has room.
        let _ = library.insert(beep);
        Self { spoken: library, hold: Some(Arc::new(music_on_hold())) }
    }

    /// # Errors
    /// In words: the files that are no sounds, or the folder that cannot be read; all other files are in.
    pub fn load(&mut self, folder: &Path) -> Result<(), Vec<String>> {
        match self.spoken.add_folder(folder) {
            Ok(wrong) if wrong.is_empty() => Ok(()),
            Ok(wrong) => Err(wrong.iter().map(ToString::to_string).collect()),
            Err(why) => Err(vec![why.to_string()]),
        }
    }

    pub fn spoken(&self, language: ivr::Language, name: &str) -> Option<Arc<Clip>> {
        self.spoken.prompt(language.code(), name)
    }

    pub fn music(&self, name: &str) -> Option<Arc<Clip>> {
        let named = |name: &str| self.spoken.get(&format!("music/{name}"));
        named(name).or_else(|| named("default")).or_else(|| self.hold.clone())
    }

    /// Names per language, for checking flows.
    #[must_use]
    pub fn names(&self) -> BTreeMap<ivr::Language, BTreeSet<String>> {
        let spoken = |language: ivr::Language| {
            let own = |name: &str| match name.split_once('/') {
                Some((folder, rest)) => (folder == language.code()).then(|| rest.to_owned()),
                None => Some(name.to_owned()),
            };
            (language, self.spoken.names().filter_map(own).collect())
        };
        ivr::Language::ALL.into_iter().map(spoken).collect()
    }
}

/// The tone before a message.
const BEEP_HZ: f64 = 1000.0;
const BEEP_LEVEL: f64 = 0.4;
const BEEP_MS: u32 = 400;

/// A flow that was refused.
#[derive(Debug, Clone)]
pub struct FlowFault {
    pub flow: String,
    pub problems: Vec<ivr::Problem>,
    /// An older version of it goes on running.
    pub older_runs: bool,
}

#[derive(Debug, Default)]
pub struct Company {
    pub directory: Arc<Directory>,
    flows: BTreeMap<String, Arc<ivr::Flow>>,
    /// Source of what runs, so that an unchanged flow is not compiled again.
    sources: BTreeMap<String, (u32, String)>,
}

impl Company {
    /// This company with another directory.
    pub fn replaced(&self, directory: Arc<Directory>, prompts: &Prompts, speech: bool) -> (Self, Vec<FlowFault>) {
        let known = ivr::Known::of(&directory, prompts.names(), speech);
        let (mut flows, mut sources, mut faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for (name, source) in &directory.flows {
            match ivr::Flow::compile(name, source, &known) {
                Ok(flow) => {
                    flows.insert(name.clone(), Arc::new(flow));
                    sources.insert(name.clone(), (source.version, source.yaml.clone()));
                }
                Err(problems) => {
                    let older = self.flows.get(name).zip(self.sources.get(name));
                    if let Some((flow, source)) = older {
                        flows.insert(name.clone(), flow.clone());
                        sources.insert(name.clone(), source.clone());
                    }
                    faults.push(FlowFault { flow: name.clone(), problems, older_runs: older.is_some() });
                }
            }
        }
        (Self { directory, flows, sources }, faults)
    }

    pub fn flow(&self, name: &str) -> Option<&Arc<ivr::Flow>> {
        self.flows.get(name)
    }

    /// The flow of a dialed number: exact before patterns, longer patterns first; forms of one number are equal.
    pub fn flow_for(&self, dialed: &str) -> Option<&Arc<ivr::Flow>> {
        let ours = self.e164(dialed);
        let best = self.directory.numbers.iter().filter_map(|number| {
            let weight = match number.pattern.strip_suffix('*') {
                Some(start) => (dialed.starts_with(start)
                    || ours.as_ref().is_some_and(|n| n.reveal().starts_with(start)))
                .then_some(start.len()),
                None => {
                    let same = number.pattern == dialed || (ours.is_some() && self.e164(&number.pattern) == ours);
                    same.then_some(usize::MAX)
                }
            };
            weight.map(|w| (w, number))
        });
        self.flows.get(&best.max_by_key(|(weight, _)| *weight)?.1.flow)
    }

    pub fn e164(&self, raw: &str) -> Option<PhoneNumber> {
        let company = &self.directory.company;
        match normalize(raw, &Context { country: &company.country, area_code: &company.area_code, own: &[] }).class {
            Class::E164(number) => Some(number),
            Class::Internal | Class::Short | Class::Withheld | Class::Unreadable(_) => None,
        }
    }

    /// The first trunk that calls out and takes this number: its id and the number as it is to be dialed.
    pub fn way_out(&self, number: &str) -> Option<(TrunkId, String)> {
        let user = self.e164(number).map_or_else(|| dialable(number), |n| n.reveal().to_owned());
        let takes = |prefixes: &[String]| prefixes.is_empty() || prefixes.iter().any(|p| user.starts_with(p.as_str()));
        let trunk = self.directory.trunks.values().find(|t| !t.to.is_empty() && takes(&t.prefixes))?;
        (!user.is_empty()).then_some((trunk.id, user))
    }
}

/// Digits, `*`, `#` and a leading `+`; the rest of what people write between them is dropped.
fn dialable(number: &str) -> String {
    let keep =
        |(i, c): (usize, char)| (c.is_ascii_digit() || matches!(c, '*' | '#') || (i == 0 && c == '+')).then_some(c);
    number.trim().chars().enumerate().filter_map(keep).collect()
}

/// What a flow may ask while it decides.
pub struct World<'a> {
    pub company: &'a Company,
    pub router: &'a acd::Router,
    pub now: EpochMs,
}

impl ivr::World for World<'_> {
    fn listed(&self, list: &str, number: &PhoneNumber) -> bool {
        self.company.directory.lists.get(list).is_some_and(|l| l.contains(number))
    }

    fn queue(&self, queue: QueueId) -> ivr::QueueState {
        let state = self.router.queue_facts(self.now, queue);
        ivr::QueueState {
            waiting: state.waiting,
            longest_wait_ms: state.longest_wait_ms,
            agents_ready: state.agents_ready,
            agents_signed_in: state.agents_signed_in,
        }
    }

    fn flow(&self, name: &str) -> Option<Arc<ivr::Flow>> {
        self.company.flow(name).cloned()
    }
}
