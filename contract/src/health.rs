//! Whether the parts of the house live. A part stamps its [`Pulse`] as it works; [`judge`] says what its last sign of life
//! means at a moment; [`Watch`] tells a part that broke from one that only paused. Start at [`Part`].
//! Never in this room: clocks, and what to do about it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

/// What is wrong with a part; the last is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// It lives, and cannot do its work: why, in a few words.
    Failing(&'static str),
    /// It gave no sign of life for so long.
    Silent { ms: i64 },
    /// Its task or thread is over, and does not come back.
    Ended,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failing(why) => f.write_str(why),
            Self::Silent { ms } => write!(f, "gave no sign of life for {} s", ms / 1000),
            Self::Ended => f.write_str("has ended"),
        }
    }
}

/// One part of the house, and how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub name: &'static str,
    pub trouble: Option<Trouble>,
}

impl Part {
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.trouble.is_none()
    }
}

/// What a last sign of life means now. `patience_ms`: the longest pause of one that works.
#[must_use]
pub fn judge(now: i64, last: i64, ended: bool, patience_ms: i64) -> Option<Trouble> {
    let ms = now - last;
    match (ended, ms > patience_ms) {
        (true, _) => Some(Trouble::Ended),
        (false, true) => Some(Trouble::Silent { ms }),
        (false, false) => None,
    }
}

/// The signs of life of one task or thread: one relaxed store a turn, no lock. In milliseconds of whichever clock its
/// owner keeps; one nobody stamped has been silent since zero.
#[derive(Debug, Default)]
pub struct Pulse {
    last: AtomicI64,
    ended: AtomicBool,
}

impl Pulse {
    #[must_use]
    pub fn began(now: i64) -> Arc<Self> {
        Arc::new(Self { last: AtomicI64::new(now), ended: AtomicBool::new(false) })
    }

    pub fn beat(&self, now: i64) {
        self.last.store(now, Relaxed);
    }

    pub fn end(&self) {
        self.ended.store(true, Relaxed);
    }

    /// Says the end when dropped, whatever the way: a return, a panic, a task that was cut off.
    #[must_use]
    pub fn until_dropped(self: &Arc<Self>) -> Over {
        Over(self.clone())
    }

    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    #[must_use]
    pub fn judge(&self, now: i64, patience_ms: i64) -> Option<Trouble> {
        judge(now, self.last.load(Relaxed), self.has_ended(), patience_ms)
    }
}

/// See [`Pulse::until_dropped`].
#[derive(Debug)]
pub struct Over(Arc<Pulse>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// What became of a part since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Broke(&'static str, Trouble),
    Mended(&'static str),
}

/// Looks at the parts again and again. One look only suspects, as a machine that stood still finds everybody silent; what
/// is wrong at two looks running is broken, and what has ended at once.
#[derive(Debug, Default)]
pub struct Watch {
    suspects: BTreeSet<&'static str>,
    broken: BTreeSet<&'static str>,
}

impl Watch {
    pub fn look(&mut self, parts: &[Part]) -> Vec<Change> {
        let mut changes = Vec::new();
        for Part { name, trouble } in parts {
            let Some(trouble) = *trouble else {
                self.suspects.remove(name);
                if self.broken.remove(name) {
                    changes.push(Change::Mended(name));
                }
                continue;
            };
            let sure = !self.suspects.insert(name) || trouble == Trouble::Ended;
            if sure && self.broken.insert(name) {
                changes.push(Change::Broke(name, trouble));
            }
        }
        changes
    }

    #[must_use]
    pub fn is_broken(&self, part: &str) -> bool {
        self.broken.contains(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_part_is_well_while_its_last_sign_of_life_is_no_older_than_its_patience() {
        for (last, ended, want) in [
            (NOW, false, None),
            (NOW - 10_000, false, None),
            (NOW - 10_001, false, Some(Trouble::Silent { ms: 10_001 })),
            (0, false, Some(Trouble::Silent { ms: NOW })),
            // Stamped between the reading of the clock and this look.
            (NOW + 3, false, None),
            (NOW, true, Some(Trouble::Ended)),
            (NOW - 10_001, true, Some(Trouble::Ended)),
        ] {
            assert_eq!(judge(NOW, last, ended, 10_000), want, "{} ms ago, ended: {ended}", NOW - last);
        }
    }

    #[test]
    fn a_pulse_tells_its_last_beat_and_its_end_even_by_a_panic() {
        let pulse = Pulse::began(NOW);
        pulse.beat(NOW + 500);
        assert_eq!(
            (pulse.judge(NOW + 1_500, 1_000), pulse.judge(NOW + 1_501, 1_000)),
            (None, Some(Trouble::Silent { ms: 1_001 }))
        );
        let over = pulse.until_dropped();
        let broke = std::panic::catch_unwind(move || {
            let _over = over;
            std::panic::resume_unwind(Box::new("broken"));
        });
        assert!(broke.is_err());
        assert_eq!(pulse.judge(NOW, 1_000), Some(Trouble::Ended));
    }

    #[test]
    fn one_look_suspects_two_are_sure_and_an_end_is_sure_at_once() {
        let (silent, ended) = (Trouble::Silent { ms: 11_000 }, Trouble::Ended);
        let mut watch = Watch::default();
        for (step, (switch, media, want)) in [
            (None, None, vec![]),
            (Some(silent), None, vec![]),
            // It only paused.
            (None, None, vec![]),
            (Some(silent), None, vec![]),
            (Some(silent), Some(ended), vec![Change::Broke("switch", silent), Change::Broke("media", ended)]),
            (Some(silent), Some(ended), vec![]),
            (None, Some(ended), vec![Change::Mended("switch")]),
        ]
        .into_iter()
        .enumerate()
        {
            let parts = [Part { name: "switch", trouble: switch }, Part { name: "media", trouble: media }];
            assert_eq!(watch.look(&parts), want, "look {step}");
        }
        assert_eq!((watch.is_broken("switch"), watch.is_broken("media")), (false, true));
    }

    #[test]
    fn of_several_threads_the_worst_speaks_for_the_part() {
        let silent = Trouble::Silent { ms: 11_000 };
        for (threads, want) in [
            (vec![None, None], None),
            (vec![None, Some(silent)], Some(silent)),
            (vec![Some(Trouble::Ended), Some(silent)], Some(Trouble::Ended)),
            (vec![Some(Trouble::Failing("no room")), Some(silent)], Some(silent)),
        ] {
            assert_eq!(threads.iter().copied().max().flatten(), want, "{threads:?}");
        }
    }
}
