//! Whether datagrams come so fast that several are worked off in one turn: those who then hear of it, the switch before all, wake
//! once for them. Start at [`Rush::is_on`]. Never in this room: clocks, sockets.

use std::time::{Duration, Instant};

/// So many within so long are a rush.
const MANY: u32 = 100;
const WINDOW: Duration = Duration::from_millis(20);

/// See the room story.
#[derive(Debug, Default)]
pub struct Rush {
    window: Option<(Instant, u32)>,
    on: bool,
}

impl Rush {
    /// `datagrams`: how many more have come. Over as soon as a window had fewer, or had long passed.
    pub fn is_on(&mut self, now: Instant, datagrams: u32) -> bool {
        let (began, seen) = self.window.get_or_insert((now, 0));
        *seen += datagrams;
        let passed = now.saturating_duration_since(*began);
        if passed >= WINDOW {
            self.on = *seen >= MANY && passed < 2 * WINDOW;
            (*began, *seen) = (now, 0);
        }
        self.on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn a_rush_is_many_within_a_window_and_over_with_the_first_that_has_few() {
        let (began, mut rush) = (Instant::now(), Rush::default());
        // Milliseconds, datagrams that came meanwhile, and whether it is a rush.
        for (ms, datagrams, want) in [
            (0, 1, false),
            (10, 200, false),
            (20, 1, true),
            (30, 50, true),
            (40, 50, true),
            (50, 50, true),
            (60, 49, false),
            (80, 100, true),
            // Nothing came for long: what then comes is no rush yet.
            (500, 100, false),
        ] {
            assert_eq!(rush.is_on(began + Duration::from_millis(ms), datagrams), want, "at {ms} ms");
        }
    }
}
