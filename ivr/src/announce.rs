//! What a waiting caller is told: the place in the queue and how long it may take, as prompt lists. When and how often
//! is the call machine's business. A caller who was told a place is never told a worse one: what pushed them back (a
//! VIP, an aged call) is no reason they could hear, so they are thanked for waiting instead. Moving to another queue
//! is a reason: begin a new [`Announcer`] there.

use std::sync::Arc;

use crate::{Language, Prompt, say};

/// One per caller and queue.
#[derive(Debug, Clone, Default)]
pub struct Announcer {
    /// The best place told so far.
    told: Option<u32>,
}

/// What to play now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub prompts: Vec<Prompt>,
    /// The place it tells, for `PositionAnnounced`; `None` where it tells none.
    pub position: Option<u32>,
}

impl Announcer {
    /// `position`: 1 is next. `wait_ms`: the expected wait, where one is known; told only with a place.
    pub fn next(&mut self, position: u32, wait_ms: Option<u32>, language: Language) -> Announcement {
        let worse = self.told.is_some_and(|told| position > told);
        if worse || position == 0 {
            return Announcement { prompts: files(language, ["all-busy", "thanks-waiting"]), position: None };
        }
        self.told = Some(position);
        let mut prompts = self::position(position, language);
        // Who is next needs no estimate.
        if let Some(wait_ms) = wait_ms.filter(|_| position > 1) {
            prompts.extend(wait(wait_ms, language));
        }
        Announcement { prompts, position: Some(position) }
    }
}

/// Every prompt that an announcement may be made of.
pub fn pieces() -> impl Iterator<Item = &'static str> {
    let words = ["all-busy", "thanks-waiting", "you-are-next", "position-before", "position-after"];
    let waits = ["less-than-minute", "wait-before", "minutes"];
    words.into_iter().chain(waits).chain(say::number_pieces())
}

/// “您前面还有 三 位客户在等待” for place 4; place 1 is next.
#[must_use]
pub fn position(position: u32, language: Language) -> Vec<Prompt> {
    if position <= 1 {
        return files(language, ["you-are-next"]);
    }
    let ahead = say::integer(u64::from(position - 1), language);
    files(language, ["position-before"].into_iter().chain(ahead).chain(["position-after"]))
}

/// “预计等待时间大约 五 分钟”, rounded up to whole minutes.
#[must_use]
pub fn wait(wait_ms: u32, language: Language) -> Vec<Prompt> {
    if wait_ms < 60_000 {
        return files(language, ["less-than-minute"]);
    }
    let minutes = say::integer(u64::from(wait_ms.div_ceil(60_000)), language);
    files(language, ["wait-before"].into_iter().chain(minutes).chain(["minutes"]))
}

/// Prompts of the library by name.
pub fn files<'a>(language: Language, names: impl IntoIterator<Item = &'a str>) -> Vec<Prompt> {
    names.into_iter().map(|name| Prompt::File { language, name: Arc::from(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(prompts: &[Prompt]) -> Vec<&str> {
        fn name(prompt: &Prompt) -> &str {
            match prompt {
                Prompt::File { name, .. } => name,
                Prompt::Text { text, .. } => text,
            }
        }
        prompts.iter().map(name).collect()
    }

    #[test]
    fn a_place_is_told_with_the_callers_ahead_and_the_wait() {
        let mut announcer = Announcer::default();
        let told = announcer.next(13, Some(241_000), Language::ZhCn);
        let words = ["position-before", "ten", "digit-2", "position-after", "wait-before", "digit-5", "minutes"];
        assert_eq!((names(&told.prompts), told.position), (words.to_vec(), Some(13)));
        let told = announcer.next(2, Some(59_000), Language::En);
        assert_eq!(names(&told.prompts), ["position-before", "digit-1", "position-after", "less-than-minute"]);
        let told = announcer.next(1, Some(300_000), Language::En);
        assert_eq!((names(&told.prompts), told.position), (vec!["you-are-next"], Some(1)));
    }

    #[test]
    fn whatever_is_told_is_made_of_the_pieces() {
        let all: std::collections::BTreeSet<&str> = pieces().collect();
        for language in Language::ALL {
            for position in (0..130).chain([1_000, 20_305]) {
                for wait_ms in [None, Some(1), Some(61_000), Some(45 * 60_000)] {
                    let told = Announcer::default().next(position, wait_ms, language);
                    assert!(names(&told.prompts).iter().all(|name| all.contains(name)), "{told:?}");
                }
            }
        }
    }

    #[test]
    fn a_worse_place_is_never_told() {
        let mut announcer = Announcer::default();
        let mut best = u32::MAX;
        for position in [7, 8, 7, 3, 5, 9, 2, 1, 4, 1] {
            let told = announcer.next(position, None, Language::ZhCn);
            assert!(!told.prompts.is_empty(), "silence is no announcement");
            if let Some(place) = told.position {
                assert!(place <= best && place == position);
                best = place;
            } else {
                assert!(position > best);
                assert_eq!(names(&told.prompts), ["all-busy", "thanks-waiting"]);
            }
        }
        assert_eq!(best, 1);
    }
}
