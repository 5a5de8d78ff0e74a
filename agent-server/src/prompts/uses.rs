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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use contract::QueueId;
    use contract::directory::FlowSource;
    use cti_gateway::driver::Prompts as Clips;
    use cti_gateway::media::Clip;

    use super::super::library::Own;
    use super::*;

    fn key(folder: Folder, name: &str) -> Key {
        (folder, name.to_owned())
    }

    fn library(own: &[(Folder, &str)]) -> Library {
        own.iter().fold(Library::of(&Clips::built_in(), []), |library, (folder, name)| {
            let clip = Arc::new(Clip::from_samples(folder.clip_name(name), &[0; 8]));
            library.with(key(*folder, name), Own { clip, path: PathBuf::new(), bytes: 0, changed: 0 })
        })
    }

    fn flow(language: &str, prompt: &str) -> FlowSource {
        let head = format!("language: {language}\nstart: bye\nfallback:\n  prompts: [{prompt}]\n");
        FlowSource { version: 1, yaml: format!("{head}nodes:\n  bye:\n    kind: hangup\n    prompts: [{prompt}]\n") }
    }

    fn queue(name: &str, music: &str, last_words: &str) -> Queue {
        Queue {
            id: QueueId(1),
            name: name.into(),
            skills: Default::default(),
            ring_ms: 20_000,
            max_wait_ms: 60_000,
            at_max_wait: Overflow::Hangup(last_words.into()),
            max_waiting: 0,
            when_full: Overflow::Hangup(last_words.into()),
            wrap_up_ms: 0,
            announce_ms: 0,
            music: music.into(),
            priority: 0,
            age_step_ms: 0,
            target_ms: 20_000,
            short_ms: 5_000,
            record: true,
            auto_answer: false,
            caller_id: String::new(),
            missed_not_ready: true,
            rejected_not_ready: true,
        }
    }

    /// `flow a, queue b`: who plays a prompt, and who would miss it.
    fn told(directory: &Directory, library: &Library, key: &Key) -> (String, String) {
        let (users, later) = (users(directory, library, false), library.without(key));
        let named = |wanted: &dyn Fn(&User) -> bool| {
            let found: Vec<String> = users.iter().filter(|user| wanted(user)).map(User::told).collect();
            found.join(", ")
        };
        (named(&|user| user.plays(key, library)), named(&|user| user.misses(key, library, &later)))
    }

    #[test]
    fn a_flow_plays_its_prompts_in_the_languages_of_its_callers_and_misses_those_nobody_else_has() {
        let mut directory = Directory::default();
        directory.flows.insert("sale".into(), flow("zh-CN", "promo"));
        directory.flows.insert("both".into(), flow("keep", "hello"));
        let all = [(Folder::ZhCn, "promo"), (Folder::All, "hello"), (Folder::En, "hello"), (Folder::En, "promo")];
        let library = library(&all);
        for (key, plays, misses) in [
            (key(Folder::ZhCn, "promo"), "flow sale", "flow sale"),
            (key(Folder::En, "promo"), "", ""),
            (key(Folder::All, "hello"), "flow both", "flow both"),
            (key(Folder::En, "hello"), "flow both", ""),
        ] {
            assert_eq!(told(&directory, &library, &key), (plays.to_owned(), misses.to_owned()), "{key:?}");
        }
    }

    #[test]
    fn what_a_flow_names_that_cannot_run_is_kept_for_it() {
        let mut directory = Directory::default();
        let yaml = flow("zh-CN", "promo").yaml.replace("kind: hangup", "kind: no-such-kind");
        directory.flows.insert("broken".into(), FlowSource { version: 2, yaml });
        let library = library(&[(Folder::ZhCn, "promo"), (Folder::ZhCn, "promo-2"), (Folder::Music, "promo")]);
        assert_eq!(told(&directory, &library, &key(Folder::ZhCn, "promo")).1, "flow broken");
        for other in [key(Folder::ZhCn, "promo-2"), key(Folder::Music, "promo")] {
            assert_eq!(told(&directory, &library, &other).0, "", "{other:?}");
        }
    }

    #[test]
    fn a_queue_plays_its_music_and_its_last_words_in_every_language_spoken_here() {
        let mut directory = Directory::default();
        directory.company.language = "zh-CN".into();
        directory.queues.insert(QueueId(1), queue("support", "piano", "sorry"));
        directory.queues.insert(QueueId(2), queue("sales", "", ""));
        let all = [(Folder::Music, "piano"), (Folder::ZhCn, "sorry"), (Folder::En, "sorry"), (Folder::ZhCn, "goodbye")];
        let library = library(&all);
        assert_eq!(told(&directory, &library, &key(Folder::Music, "piano")).1, "queue support");
        assert_eq!(told(&directory, &library, &key(Folder::Music, "default")).0, "queue sales");
        assert_eq!(told(&directory, &library, &key(Folder::ZhCn, "sorry")).1, "queue support");
        assert_eq!(told(&directory, &library, &key(Folder::En, "sorry")).0, "", "nobody here speaks English");
        assert_eq!(told(&directory, &library, &key(Folder::ZhCn, "goodbye")).1, "queue sales");
        let known = sounds(&directory, &library, false);
        assert_eq!(known.spoken.keys().collect::<Vec<_>>(), ["zh-CN"]);
        assert!(known.music.contains("piano") && known.music.contains("default"));

        directory.flows.insert("english".into(), flow("en", "sorry"));
        assert_eq!(told(&directory, &library, &key(Folder::En, "sorry")).1, "flow english, queue support");
    }
}
