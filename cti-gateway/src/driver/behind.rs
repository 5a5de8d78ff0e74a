//! How long ago it happened what is only now written down. In a flood, signalling takes fewer new calls while that grows
//! ([`watch`]). The reckoning is [`Behind`], which is told the time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use contract::Ledger;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::sip::api::UaCommand;

const EVERY: Duration = Duration::from_millis(50);
/// Looks that are remembered: half a minute.
const LOOKS: usize = 600;

/// When which event was the last one told.
#[derive(Debug, Default)]
struct Behind {
    looks: VecDeque<(Instant, u64)>,
}

impl Behind {
    /// `last`: of the events told; `written`: of those in the database.
    fn look(&mut self, now: Instant, last: u64, written: u64) -> Duration {
        while self.looks.front().is_some_and(|(_, told)| *told <= written) || self.looks.len() >= LOOKS {
            self.looks.pop_front();
        }
        if last > written && self.looks.back().is_none_or(|(_, told)| last > *told) {
            self.looks.push_back((now, last));
        }
        self.looks.front().map_or(Duration::ZERO, |(at, _)| now.saturating_duration_since(*at))
    }
}

/// Tells signalling until it is cut off.
pub(super) async fn watch(ledger: Arc<dyn Ledger>, sip: mpsc::Sender<UaCommand>) {
    let mut every = interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut behind, mut told) = (Behind::default(), Duration::ZERO);
    loop {
        let now = every.tick().await;
        let time = match ledger.progress() {
            Some((last, written)) => behind.look(now, last, written),
            None => {
                behind = Behind::default();
                Duration::ZERO
            }
        };
        // What is not taken now is said again at the next look.
        if time != told && sip.try_send(UaCommand::Behind(time)).is_ok() {
            told = time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn behind_is_the_age_of_the_oldest_event_that_is_not_written() {
        let (began, mut behind) = (Instant::now(), Behind::default());
        // Milliseconds, told, written, and how far behind that is.
        for (ms, last, written, want) in [
            (0, 0, 0, 0),
            (50, 10, 0, 0),
            (100, 20, 0, 50),
            (150, 30, 9, 100),
            (200, 30, 10, 100),
            (250, 30, 25, 100),
            (300, 30, 30, 0),
            (350, 30, 30, 0),
        ] {
            let time = behind.look(began + Duration::from_millis(ms), last, written);
            assert_eq!(time, Duration::from_millis(want), "at {ms} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_however_long_nothing_is_written() {
        let (began, mut behind) = (Instant::now(), Behind::default());
        for look in 0..10_000 {
            behind.look(began + EVERY * look, u64::from(look), 0);
        }
        assert_eq!(behind.looks.len(), LOOKS);
    }
}
