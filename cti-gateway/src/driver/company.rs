//! The company as the phones see it now: the directory, its flows compiled, and the prompts. Replaced whole when an
//! administrator changes something; a flow that does not compile is refused and the running one stays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use contract::directory::{Directory, Srtp};
use contract::number::{Class, Context, normalize};
use contract::{EpochMs, PhoneNumber, QueueId, TrunkId};

use crate::media::{Clip, ClipLibrary, Law, music_on_hold, tone};
use crate::sip::api::Source;

/// Prompts and music by name: `zh-CN/welcome`, `en/welcome`, `music/default`; what stands in no folder is for every language.
#[derive(Debug, Default, Clone)]
pub struct Prompts {
    library: ClipLibrary,
}

/// Where music stands, and what those hear who wait where nothing else is named.
const MUSIC: &str = "music";
const DEFAULT_MUSIC: &str = "default";

/// What an agent hears while somebody is rung: 450 Hz, one second in five, as in China's network (ITU-T E.180 supplement 2).
static RING_BACK: LazyLock<Arc<Clip>> = LazyLock::new(|| {
    let mut samples = tone::sine(&[(450.0, -13.0)], 1_000);
    samples.resize(5 * 8_000, 0);
    Arc::new(Clip::from_samples("ring-back", &samples))
});

impl Prompts {
    #[must_use]
    pub fn ring_back() -> Arc<Clip> {
        RING_BACK.clone()
    }

    /// The sounds every house has: a beep, and soft music for those who wait.
    #[must_use]
    pub fn built_in() -> Self {
        let beep = Clip::from_samples("beep", &tone::sine(&[(BEEP_HZ, BEEP_LEVEL)], BEEP_MS));
        let music = music_on_hold().named(format!("{MUSIC}/{DEFAULT_MUSIC}"));
        Self::of([beep, music].map(Arc::new))
    }

    /// These, as far as a library has room.
    #[must_use]
    pub fn of(clips: impl IntoIterator<Item = Arc<Clip>>) -> Self {
        let mut library = ClipLibrary::new();
        for clip in clips {
            if let Err(clip) = library.insert(clip) {
                tracing::error!("{clip:?} is left out: the library is full");
            }
        }
        Self { library }
    }

    pub fn clips(&self) -> impl Iterator<Item = &Arc<Clip>> {
        self.library.clips()
    }

    /// # Errors
    /// In words: the files that are no sounds, or the folder that cannot be read; all other files are in.
    pub fn load(&mut self, folder: &Path) -> Result<(), Vec<String>> {
        match self.library.add_folder(folder) {
            Ok(wrong) if wrong.is_empty() => Ok(()),
            Ok(wrong) => Err(wrong.iter().map(ToString::to_string).collect()),
            Err(why) => Err(vec![why.to_string()]),
        }
    }

    pub fn spoken(&self, language: ivr::Language, name: &str) -> Option<Arc<Clip>> {
        self.library.prompt(language.code(), name)
    }

    pub fn music(&self, name: &str) -> Option<Arc<Clip>> {
        let named = |name: &str| self.library.get(&format!("{MUSIC}/{name}"));
        named(name).or_else(|| named(DEFAULT_MUSIC))
    }

    /// Names per language, for checking flows.
    #[must_use]
    pub fn names(&self) -> BTreeMap<ivr::Language, BTreeSet<String>> {
        let spoken = |language: ivr::Language| {
            let own = |name: &str| match name.split_once('/') {
                Some((folder, rest)) => (folder == language.code()).then(|| rest.to_owned()),
                None => Some(name.to_owned()),
            };
            (language, self.library.names().filter_map(own).collect())
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
    /// In place of flows that numbers start and that cannot run.
    apologies: BTreeMap<String, Arc<ivr::Flow>>,
    numbers: Numbers,
}

/// What answers a dialed number.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    Flow(&'a Arc<ivr::Flow>),
    /// Its flow cannot run: nobody is turned away for that, but hears a word of regret.
    Apology(&'a Arc<ivr::Flow>),
}

/// Our numbers, read once, so that a call at the door costs three look-ups.
#[derive(Debug, Default)]
struct Numbers {
    /// As written, and by E.164 where they read so.
    exact: HashMap<String, String>,
    own: Vec<PhoneNumber>,
    e164: HashMap<PhoneNumber, String>,
    /// Beginnings, the longest first.
    starts: Vec<(String, String)>,
}

impl Company {
    /// This company with another directory.
    pub fn replaced(&self, directory: Arc<Directory>, prompts: &Prompts, speech: bool) -> (Self, Vec<FlowFault>) {
        let known = ivr::Known::of(&directory, prompts.names(), speech);
        let (mut flows, mut faults) = (BTreeMap::new(), Vec::new());
        for (name, source) in &directory.flows {
            match ivr::Flow::compile(name, source, &known) {
                Ok(flow) => {
                    flows.insert(name.clone(), Arc::new(flow));
                }
                Err(problems) => {
                    let older = self.flows.get(name);
                    if let Some(flow) = older {
                        flows.insert(name.clone(), flow.clone());
                    }
                    faults.push(FlowFault { flow: name.clone(), problems, older_runs: older.is_some() });
                }
            }
        }
        let mut company = Self { directory, flows, ..Self::default() };
        company.numbers = company.read_numbers();
        company.apologies = company.regrets();
        (company, faults)
    }

    fn regrets(&self) -> BTreeMap<String, Arc<ivr::Flow>> {
        let language = ivr::Language::parse(&self.directory.company.language).unwrap_or(ivr::Language::ZhCn);
        let Numbers { exact, starts, .. } = &self.numbers;
        let named = exact.values().chain(starts.iter().map(|(_, flow)| flow));
        let broken = named.filter(|name| !self.flows.contains_key(*name));
        broken.map(|name| (name.clone(), Arc::new(ivr::Flow::apology(name, language)))).collect()
    }

    /// Flows that numbers start and that cannot run. Must be none.
    pub fn broken_flows(&self) -> usize {
        self.apologies.len()
    }

    fn read_numbers(&self) -> Numbers {
        let mut out = Numbers::default();
        for number in &self.directory.numbers {
            let (pattern, flow) = (&number.pattern, self.flow_name(&number.flow));
            if let Some(start) = pattern.strip_suffix('*') {
                out.starts.push((start.to_owned(), flow.clone()));
                continue;
            }
            out.exact.insert(pattern.clone(), flow.clone());
            if let Some(read) = self.e164(pattern) {
                out.own.push(read.clone());
                out.e164.insert(read, flow.clone());
            }
        }
        out.starts.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        out
    }

    /// As the flow writes itself: people name flows without minding capitals.
    fn flow_name<'a>(&'a self, name: &'a String) -> &'a String {
        let same = |known: &&String| known.to_lowercase() == name.to_lowercase();
        self.directory.flows.get_key_value(name).map(|(known, _)| known).or_else(|| self.directory.flows.keys().find(same)).unwrap_or(name)
    }

    /// Our own numbers in full.
    pub fn own(&self) -> &[PhoneNumber] {
        &self.numbers.own
    }

    pub fn flow(&self, name: &str) -> Option<&Arc<ivr::Flow>> {
        self.flows.get(name)
    }

    /// What answers a dialed number: exact before patterns, longer patterns first; forms of one number are equal. None:
    /// it is no number of ours.
    pub fn answer_for(&self, dialed: &str) -> Option<Answer<'_>> {
        let Numbers { exact, e164, starts, .. } = &self.numbers;
        let flow = exact.get(dialed).or_else(|| {
            let ours = self.e164(dialed);
            let full = ours.as_ref().map(PhoneNumber::reveal);
            let begins = |start: &str| dialed.starts_with(start) || full.is_some_and(|n| n.starts_with(start));
            let by_start = || starts.iter().find(|(start, _)| begins(start)).map(|(_, flow)| flow);
            ours.as_ref().and_then(|n| e164.get(n)).or_else(by_start)
        });
        let flow = flow?;
        let regret = || self.apologies.get(flow).map(Answer::Apology);
        self.flows.get(flow).map(Answer::Flow).or_else(regret)
    }

    pub fn e164(&self, raw: &str) -> Option<PhoneNumber> {
        let company = &self.directory.company;
        match normalize(raw, &Context { country: &company.country, area_code: &company.area_code, own: &[] }).class {
            Class::E164(number) => Some(number),
            Class::Internal | Class::Short | Class::Withheld | Class::Unreadable(_) => None,
        }
    }

    /// The trunks that call out and take this number, the one with the longest prefix of it first, and the number as it is to be dialed. None: there is none.
    pub fn ways_out(&self, number: &str) -> Option<(Vec<TrunkId>, String)> {
        let user = self.e164(number).map_or_else(|| dialable(number), |n| n.reveal().to_owned());
        let out = self.directory.trunks.values().filter(|t| !t.to.is_empty() && !t.dialed(&user).is_empty());
        let mut taking: Vec<_> = out.filter_map(|t| Some((t.takes(&user)?, t.id))).collect();
        taking.sort_by_key(|(length, id)| (std::cmp::Reverse(*length), *id));
        let trunks: Vec<TrunkId> = taking.into_iter().map(|(_, id)| id).take(MOST_WAYS).collect();
        (!user.is_empty() && !trunks.is_empty()).then_some((trunks, user))
    }

    /// What is spoken with whoever sends a call, in order; empty: as the call has it.
    pub fn spoken_by(&self, source: Source) -> Vec<Law> {
        match source {
            Source::Trunk(id) => self.directory.trunks.get(&id).map(super::dialing::spoken).unwrap_or_default(),
            Source::Station(_) => Vec::new(),
        }
    }

    /// Whether audio with whoever sends a call is encrypted.
    pub fn srtp_with(&self, source: Source) -> Srtp {
        let set = match source {
            Source::Trunk(id) => self.directory.trunks.get(&id).map(|trunk| trunk.srtp),
            Source::Station(id) => self.directory.stations.get(&id).map(|phone| phone.srtp),
        };
        set.unwrap_or_default()
    }
}

/// Trunks tried for one number.
const MOST_WAYS: usize = 4;

/// Digits, `*`, `#` and a leading `+`; the rest of what people write between them is dropped.
pub(super) fn dialable(number: &str) -> String {
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

#[cfg(test)]
mod tests {
    use contract::directory::{FlowSource, Number};

    use super::*;

    /// Each number and the flow it starts; of the flows, those called `broken` cannot run.
    fn company(numbers: &[(&str, &str)]) -> Company {
        let mut directory = Directory::default();
        for (pattern, flow) in numbers {
            let start = if *flow == "broken" { "nowhere" } else { "bye" };
            let yaml = format!("start: {start}\nnodes:\n  bye:\n    kind: hangup\n");
            directory.flows.insert(flow.to_lowercase(), FlowSource { version: 1, yaml });
            directory.numbers.push(Number { pattern: (*pattern).into(), flow: (*flow).into() });
        }
        let prompts = Prompts::of([Arc::new(Clip::from_samples("technical", &[0; 160]))]);
        let (company, faults) = Company::default().replaced(Arc::new(directory), &prompts, false);
        assert!(faults.iter().all(|fault| fault.flow == "broken" && !fault.older_runs), "{faults:?}");
        company
    }

    /// The flow that answers, and whether it is its own.
    fn answers<'a>(company: &'a Company, dialed: &str) -> Option<(&'a str, bool)> {
        match company.answer_for(dialed)? {
            Answer::Flow(flow) => Some((flow.name(), true)),
            Answer::Apology(flow) => Some((flow.name(), false)),
        }
    }

    #[test]
    fn a_dialed_number_finds_its_flow_in_every_form_and_the_longest_beginning_wins() {
        let company = company(&[
            ("4*", "four"),
            ("400*", "service"),
            ("4001", "exact"),
            ("+862162345678", "shanghai"),
            ("+8621*", "city"),
        ]);
        for (dialed, want) in [
            ("4001", Some("exact")),
            ("40012", Some("service")),
            ("41", Some("four")),
            ("+862162345678", Some("shanghai")),
            ("02162345678", Some("shanghai")),
            ("008621 6234 5678", Some("shanghai")),
            ("02162345679", Some("city")),
            ("5", None),
            ("", None),
        ] {
            assert_eq!(answers(&company, dialed), want.map(|flow| (flow, true)), "{dialed}");
        }
        assert_eq!((company.own().len(), company.broken_flows()), (1, 0));
    }

    #[test]
    fn a_number_of_ours_is_never_unknown_because_its_flow_cannot_run() {
        let mut company = company(&[("400", "broken"), ("8000", "broken"), ("95*", "broken"), ("401", "Service")]);
        for (dialed, want) in [
            ("400", Some(("broken", false))),
            ("8000", Some(("broken", false))),
            ("95588", Some(("broken", false))),
            ("401", Some(("service", true))),
            ("402", None),
        ] {
            assert_eq!(answers(&company, dialed), want, "{dialed}");
        }
        assert_eq!(company.broken_flows(), 1);
        // Mended, it answers by itself; and once it ran it runs on, whatever becomes of its text.
        let prompts = Prompts::of([Arc::new(Clip::from_samples("technical", &[0; 160]))]);
        let mut directory = (*company.directory).clone();
        for (yaml, faults) in [("start: a\nnodes:\n  a:\n    kind: hangup\n", 0), ("start: b\n", 1)] {
            directory.flows.insert("broken".into(), FlowSource { version: 2, yaml: yaml.into() });
            let told;
            (company, told) = company.replaced(Arc::new(directory.clone()), &prompts, false);
            assert_eq!(told.len(), faults);
            assert!(told.iter().all(|fault| fault.older_runs));
            assert_eq!((answers(&company, "400"), company.broken_flows()), (Some(("broken", true)), 0));
        }
    }
}
