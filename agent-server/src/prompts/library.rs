//! Everything that can be played, as one state: what is built in, and over it what the company put there. Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use company::FieldFault;
use contract::EpochMs;
use cti_gateway::driver::Prompts as Clips;
use cti_gateway::media::Clip;
use ivr::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a prompt belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = PromptLanguage)]
pub enum Folder {
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
    /// For callers who wait.
    #[serde(rename = "music")]
    Music,
    /// Spoken, and the same in every language.
    #[serde(rename = "all")]
    All,
}

impl Folder {
    pub const EVERY: [Self; 4] = [Self::ZhCn, Self::En, Self::Music, Self::All];

    /// As in the API's paths.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ZhCn => Language::ZhCn.code(),
            Self::En => Language::En.code(),
            Self::Music => "music",
            Self::All => "all",
        }
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|folder| folder.word() == word)
    }

    #[must_use]
    pub fn of(language: Language) -> Self {
        match language {
            Language::ZhCn => Self::ZhCn,
            Language::En => Self::En,
        }
    }

    /// The folder of the phones' library this is; `None`: they stand in no folder.
    fn prefix(self) -> Option<&'static str> {
        (self != Self::All).then(|| self.word())
    }

    /// Below the prompts of the company.
    #[must_use]
    pub fn path(self, root: &Path) -> PathBuf {
        self.prefix().map_or_else(|| root.to_owned(), |prefix| root.join(prefix))
    }

    /// As the phones name a prompt.
    #[must_use]
    pub fn clip_name(self, name: &str) -> String {
        self.prefix().map_or_else(|| name.to_owned(), |prefix| format!("{prefix}/{name}"))
    }

    /// The other way round; `None`: in a folder nothing is played from.
    fn of_clip(name: &str) -> Option<Key> {
        match name.split_once('/') {
            Some((folder, name)) => Some((Self::parse(folder).filter(|f| *f != Self::All)?, name.to_owned())),
            None => Some((Self::All, name.to_owned())),
        }
    }
}

/// A prompt: where, and its name there.
pub type Key = (Folder, String);

/// What the program brings along.
#[derive(Debug, Clone)]
pub struct BuiltIn {
    pub clip: Arc<Clip>,
    pub wav: Cow<'static, [u8]>,
    /// Its words.
    pub says: Option<String>,
}

/// What the company put there.
#[derive(Debug, Clone)]
pub struct Own {
    pub clip: Arc<Clip>,
    pub path: PathBuf,
    pub bytes: u64,
    pub changed: EpochMs,
}

/// Own prompts at most.
pub const MOST_OWN: usize = 5_000;
/// Length of all own prompts together: they are kept in memory, a minute takes about a megabyte.
pub const MOST_OWN_MS: u64 = 10 * 3_600_000;
const NAME_LENGTH: usize = 60;

#[derive(Debug, Clone, Default)]
pub struct Library {
    built_in: Arc<BTreeMap<Key, BuiltIn>>,
    own: BTreeMap<Key, Own>,
}

impl Library {
    /// From the clips every house has and spoken ones in files, with their words.
    #[must_use]
    pub fn of(generated: &Clips, files: impl IntoIterator<Item = (Key, BuiltIn)>) -> Self {
        let made = |clip: &Arc<Clip>| {
            let built_in = BuiltIn { clip: clip.clone(), wav: clip.to_wav().into(), says: None };
            Some((Folder::of_clip(clip.name())?, built_in))
        };
        let built_in = generated.clips().filter_map(made).chain(files).collect();
        Self { built_in: Arc::new(built_in), own: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(&self, key: Key, own: Own) -> Self {
        let mut next = self.clone();
        next.own.insert(key, own);
        next
    }

    #[must_use]
    pub fn without(&self, key: &Key) -> Self {
        let mut next = self.clone();
        next.own.remove(key);
        next
    }

    /// Every prompt once, own ones in the place of built-in ones.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.built_in.keys().chain(self.own.keys().filter(|key| !self.built_in.contains_key(*key)))
    }

    #[must_use]
    pub fn own(&self, key: &Key) -> Option<&Own> {
        self.own.get(key)
    }

    #[must_use]
    pub fn built_in(&self, key: &Key) -> Option<&BuiltIn> {
        self.built_in.get(key)
    }

    #[must_use]
    pub fn clip(&self, key: &Key) -> Option<&Arc<Clip>> {
        self.own.get(key).map(|own| &own.clip).or_else(|| self.built_in.get(key).map(|built_in| &built_in.clip))
    }

    /// What is played where this is wanted: of a language, else of every language.
    #[must_use]
    pub fn serving(&self, wish: &Key) -> Option<Key> {
        let (folder, name) = wish;
        let everywhere = (Folder::All, name.clone());
        let there = |key: &Key| self.clip(key).is_some();
        Some(wish.clone())
            .filter(there)
            .or_else(|| Some(everywhere).filter(|key| *folder != Folder::Music && there(key)))
    }

    /// For the phones.
    #[must_use]
    pub fn clips(&self) -> Clips {
        Clips::of(self.keys().filter_map(|key| self.clip(key).cloned()))
    }

    /// What may be spoken, per language.
    #[must_use]
    pub fn names(&self) -> BTreeMap<Language, BTreeSet<String>> {
        let of = |language: Language| {
            let heard = |(folder, _): &&Key| [Folder::of(language), Folder::All].contains(folder);
            (language, self.keys().filter(heard).map(|(_, name)| name.clone()).collect())
        };
        Language::ALL.into_iter().map(of).collect()
    }

    #[must_use]
    pub fn music(&self) -> BTreeSet<String> {
        self.keys().filter(|(folder, _)| *folder == Folder::Music).map(|(_, name)| name.clone()).collect()
    }

    /// What is wrong with keeping a sound of this length under this name.
    #[must_use]
    pub fn refuses(&self, key: &Key, ms: u32) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut add =
            |field: &str, rule, message: String| faults.push(FieldFault { field: field.into(), rule, message });
        let (folder, name) = key;
        if self.clip(key).is_none() {
            if !well_named(name) {
                add(
                    "name",
                    "name",
                    format!("must have 1 to {NAME_LENGTH} letters, digits, - or _, and begin with a letter or digit"),
                );
            }
            let twin = |(other, known): &&Key| other == folder && known.to_lowercase() == name.to_lowercase();
            if let Some((_, known)) = self.keys().find(twin) {
                add(
                    "name",
                    "unique",
                    format!("is already there as `{known}`; replace that one, or choose another name"),
                );
            }
        }
        if ms == 0 {
            add("file", "empty", "has no sound in it".into());
        }
        let others = || self.own.iter().filter(|(other, _)| *other != key);
        let total: u64 = others().map(|(_, own)| u64::from(own.clip.duration_ms())).sum();
        if total + u64::from(ms) > MOST_OWN_MS {
            add(
                "file",
                "room",
                format!("own prompts may last {} hours together; delete some", MOST_OWN_MS / 3_600_000),
            );
        } else if others().count() >= MOST_OWN {
            add("file", "room", format!("there may be {MOST_OWN} own prompts; delete some"));
        }
        faults
    }
}

/// Letters of any script, so that a name can say what is said.
fn well_named(name: &str) -> bool {
    name.chars().count() <= NAME_LENGTH
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: Folder, name: &str) -> Key {
        (folder, name.to_owned())
    }

    /// A library with one more of the company's own.
    fn with(library: &Library, (folder, name): (Folder, &str), ms: usize) -> Library {
        let clip = Arc::new(Clip::from_samples(folder.clip_name(name), &vec![0; ms * 8]));
        library.with(key(folder, name), Own { clip, path: PathBuf::new(), bytes: 0, changed: 0 })
    }

    fn library() -> Library {
        let clip = |name: &str| Arc::new(Clip::from_samples(name, &[0; 80]));
        let spoken = |folder: Folder, name: &str| {
            (key(folder, name), BuiltIn { clip: clip(&folder.clip_name(name)), wav: Cow::Borrowed(b""), says: None })
        };
        Library::of(&Clips::built_in(), [spoken(Folder::ZhCn, "welcome"), spoken(Folder::En, "welcome")])
    }

    #[test]
    fn an_own_prompt_is_heard_in_the_place_of_the_built_in_one_until_it_goes() {
        let house = library();
        let welcome = key(Folder::ZhCn, "welcome");
        let ours = with(&house, (Folder::ZhCn, "welcome"), 500);
        assert_eq!(ours.clip(&welcome).unwrap().duration_ms(), 500);
        assert_eq!(ours.keys().count(), house.keys().count());
        assert_eq!(ours.without(&welcome).clip(&welcome).unwrap().duration_ms(), 10);
    }

    #[test]
    fn what_is_in_no_language_serves_every_language_and_music_serves_itself_only() {
        let house = with(&with(&library(), (Folder::All, "promo"), 1), (Folder::En, "promo"), 2);
        for (wish, served) in [
            (key(Folder::ZhCn, "promo"), Some(key(Folder::All, "promo"))),
            (key(Folder::En, "promo"), Some(key(Folder::En, "promo"))),
            (key(Folder::Music, "promo"), None),
            (key(Folder::Music, "default"), Some(key(Folder::Music, "default"))),
            (key(Folder::En, "beep"), Some(key(Folder::All, "beep"))),
            (key(Folder::En, "nothing"), None),
        ] {
            assert_eq!(house.serving(&wish), served, "{wish:?}");
        }
        let names = house.names();
        assert!(
            Language::ALL
                .iter()
                .all(|l| names[l].contains("promo") && names[l].contains("beep") && !names[l].contains("default"))
        );
        assert_eq!(names, house.clips().names(), "flows are checked by what the phones have");
        assert_eq!(house.music(), BTreeSet::from(["default".to_owned()]));
    }

    #[test]
    fn a_name_says_what_it_is_and_is_told_from_its_neighbours() {
        let house = with(&library(), (Folder::En, "a b"), 1);
        let told = |name: &str, ms| -> Vec<&'static str> {
            house.refuses(&key(Folder::En, name), ms).iter().map(|f| f.rule).collect()
        };
        for good in ["promo", "promo-2026_a", "欢迎词", "9am", "welcome", "a b"] {
            assert_eq!(told(good, 1), [""; 0], "{good}");
        }
        for bad in ["", ".", "..", "a/b", "../a", "-a", "_a", "a.wav", "a b c", "e\u{301}", &"x".repeat(61)] {
            assert_eq!(told(bad, 1), ["name"], "{bad}");
        }
        assert_eq!(told("Welcome", 1), ["unique"]);
        assert_eq!(told("promo", 0), ["empty"]);
    }

    #[test]
    fn there_is_room_for_so_much_and_replacing_needs_none() {
        let one = key(Folder::Music, "long");
        let house = with(&library(), (Folder::Music, "long"), 3_600_000 * 9);
        let rules = |key: &Key, ms| -> Vec<&'static str> { house.refuses(key, ms).iter().map(|f| f.rule).collect() };
        let other = key(Folder::Music, "other");
        assert_eq!(rules(&other, 3_600_000), [""; 0]);
        assert_eq!(rules(&other, 3_600_001), ["room"]);
        assert_eq!(rules(&one, 3_600_000 * 10), [""; 0]);
    }
}
