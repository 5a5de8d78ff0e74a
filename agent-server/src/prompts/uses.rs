//! Who wants which prompt: flows by what they play, queues by their music, their announcements and their last words. Pure.

use std::collections::BTreeSet;

use company::rules::Sounds;
use contract::Directory;
use contract::directory::{Overflow, Queue};
use ivr::{Flow, Known, Language};

use super::library::{Folder, Key, Library};

/// A flow or a queue, and all it may play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub kind: Kind,
    pub name: String,
    wishes: BTreeSet<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flow,
    Queue,
}

impl User {
    /// `flow main`, as a refusal names it.
    #[must_use]
    pub fn told(&self) -> String {
        let kind = match self.kind {
            Kind::Flow => "flow",
            Kind::Queue => "queue",
        };
        format!("{kind} {}", self.name)
    }

    /// Does it play this one?
    #[must_use]
    pub fn plays(&self, key: &Key, library: &Library) -> bool {
        self.wishes.iter().any(|wish| library.serving(wish).as_ref() == Some(key))
    }

    /// Would it have nothing to play where it plays this one now?
    #[must_use]
    pub fn misses(&self, key: &Key, library: &Library, later: &Library) -> bool {
        self.wishes.iter().any(|wish| library.serving(wish).as_ref() == Some(key) && later.serving(wish).is_none())
    }
}

/// Everybody who plays something.
#[must_use]
pub fn users(directory: &Directory, library: &Library, speech: bool) -> Vec<User> {
    let flows = flows(directory, library, speech);
    let languages = spoken(directory, &flows);
    let flow = |(name, _, wishes): (String, BTreeSet<Language>, BTreeSet<Key>)| User { kind: Kind::Flow, name, wishes };
    let queue =
        |queue: &Queue| User { kind: Kind::Queue, name: queue.name.clone(), wishes: of_queue(queue, &languages) };
    let queues = directory.queues.values().map(queue);
    flows.into_iter().map(flow).chain(queues).collect()
}

/// What a queue may name.
#[must_use]
pub fn sounds(directory: &Directory, library: &Library, speech: bool) -> Sounds {
    let languages = spoken(directory, &flows(directory, library, speech));
    let names = library.names().into_iter().filter(|(language, _)| languages.contains(language));
    Sounds {
        music: library.music(),
        spoken: names.map(|(language, names)| (language.code().to_owned(), names)).collect(),
    }
}

/// Each flow, the languages its callers may have, and what it wants.
fn flows(directory: &Directory, library: &Library, speech: bool) -> Vec<(String, BTreeSet<Language>, BTreeSet<Key>)> {
    let known = Known::of(directory, library.names(), speech);
    let one = |(name, source): (&String, &contract::directory::FlowSource)| match Flow::compile(name, source, &known) {
        Ok(flow) => {
            let languages: BTreeSet<Language> = flow.languages().iter().copied().collect();
            let wishes = in_each(&languages, flow.prompts());
            (name.clone(), languages, wishes)
        }
        // Of a text that does not compile, what it names: it may be mended tomorrow, and an older one may run.
        Err(_) => {
            let named = |(folder, prompt): &&Key| *folder != Folder::Music && names_word(&source.yaml, prompt);
            (name.clone(), BTreeSet::new(), library.keys().filter(named).cloned().collect())
        }
    };
    directory.flows.iter().map(one).collect()
}

/// `word` stands in `text` with no letter, digit or `-` on either side.
fn names_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part) && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// The languages of all callers.
fn spoken(directory: &Directory, flows: &[(String, BTreeSet<Language>, BTreeSet<Key>)]) -> BTreeSet<Language> {
    let company = Language::parse(&directory.company.language).unwrap_or(Language::ZhCn);
    flows.iter().flat_map(|(_, languages, _)| languages.iter().copied()).chain([company]).collect()
}

fn in_each<'a>(languages: &BTreeSet<Language>, names: impl IntoIterator<Item = &'a str>) -> BTreeSet<Key> {
    let names: Vec<&str> = names.into_iter().collect();
    let of = |language: &Language| {
        let folder = Folder::of(*language);
        names.iter().map(move |name| (folder, (*name).to_owned()))
    };
    languages.iter().flat_map(of).collect()
}

fn of_queue(queue: &Queue, languages: &BTreeSet<Language>) -> BTreeSet<Key> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for then in [&queue.at_max_wait, &queue.when_full] {
        match then {
            Overflow::Hangup(prompt) if prompt.is_empty() => names.extend(["goodbye"]),
            Overflow::Hangup(prompt) => names.extend([prompt.as_str()]),
            Overflow::Voicemail => names.extend(["leave-message", "message-saved", "beep"]),
            Overflow::Queue(_) | Overflow::Number(_) => names.extend(["all-busy"]),
        }
    }
    if queue.announce_ms > 0 {
        for name in ivr::announce::pieces() {
            names.insert(name);
        }
    }
    let music = if queue.music.is_empty() { "default" } else { &queue.music };
    in_each(languages, names).into_iter().chain([(Folder::Music, music.to_owned())]).collect()
}
