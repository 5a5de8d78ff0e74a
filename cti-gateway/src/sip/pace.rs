//! How many new calls a second are taken while more come than can be served. Off while there is room; under pressure it starts
//! at what was taken lately, grows while the house keeps up, and shrinks while calls wait for it. Start at [`Pace::take`].
//! What is above the pace is refused at once, so that the calls that are taken are served as well as ever.
//! Never in this room: clocks, messages, who calls.

use std::time::{Duration, Instant};

/// How often the pace is thought over.
const WINDOW: Duration = Duration::from_millis(100);
/// Windows a second.
const PER_SECOND: f64 = 10.0;
/// Never fewer calls a second than this.
const LEAST: f64 = 50.0;
/// What a window in which the house kept up adds: much below the pace it last failed at, little above.
const GROWTH: f64 = 1.08;
const CAREFUL: f64 = 1.02;
/// What a window in which more and more calls waited leaves.
const CUT: f64 = 0.8;
/// Seconds of the pace that may wait for the house: more is lagging.
const WAITING: f64 = 0.05;
const FEW: f64 = 20.0;
/// So many waiting are pressure, however calm the sockets are.
const MANY: usize = 200;
/// Windows without pressure and without a refusal until every call is taken again.
const CALM: u32 = 10;

/// See the room story.
#[derive(Debug, Default)]
pub struct Pace {
    window: Option<Window>,
    /// Calls taken a second, over the last windows.
    lately: f64,
    limit: Option<Limit>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    taken: u32,
    refused: u32,
    pressed: bool,
    /// Calls that waited for the house when it began, and the last time.
    waited: usize,
    waits: usize,
}

impl Window {
    fn at(began: Instant, waiting: usize) -> Self {
        Self { began, taken: 0, refused: 0, pressed: false, waited: waiting, waits: waiting }
    }
}

#[derive(Debug)]
struct Limit {
    per_second: f64,
    /// The pace at which the house last lagged.
    failed_at: f64,
    /// Calls that may be taken now.
    credit: f64,
    since: Instant,
    calm: u32,
}

impl Pace {
    /// One new call: may it come in? `pressed`: more arrives than is worked off. `waiting`: calls told to the house that it
    /// has not touched.
    pub fn take(&mut self, now: Instant, pressed: bool, waiting: usize) -> bool {
        self.think(now, waiting);
        let pressed = pressed || waiting > MANY;
        if pressed && self.limit.is_none() {
            let per_second = self.lately.max(LEAST);
            self.limit = Some(Limit { per_second, failed_at: f64::INFINITY, credit: 0.0, since: now, calm: 0 });
        }
        let free = self.limit.as_mut().is_none_or(|limit| limit.spend(now));
        let window = self.window.get_or_insert_with(|| Window::at(now, waiting));
        window.pressed |= pressed;
        window.waits = waiting;
        if free { window.taken += 1 } else { window.refused += 1 }
        free
    }

    /// Calls a second that are taken at most. `None`: all.
    #[cfg(test)]
    fn limit(&self) -> Option<f64> {
        self.limit.as_ref().map(|limit| limit.per_second)
    }

    fn think(&mut self, now: Instant, waiting: usize) {
        let Some(window) = &self.window else { return };
        let windows = now.saturating_duration_since(window.began).as_millis() / WINDOW.as_millis();
        if windows == 0 {
            return;
        }
        // Silence counts as windows in which nothing came.
        let silent = u32::try_from(windows - 1).unwrap_or(u32::MAX);
        self.lately = f64::from(window.taken) * PER_SECOND * 0.2 + self.lately * 0.8;
        self.lately *= 0.8_f64.powi(silent.min(100) as i32);
        if let Some(limit) = &mut self.limit {
            limit.think(window);
            limit.calm = limit.calm.saturating_add(silent);
            if limit.calm >= CALM {
                self.limit = None;
            }
        }
        self.window = Some(Window::at(now, waiting));
    }
}

impl Limit {
    fn spend(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.since).as_secs_f64() * self.per_second;
        self.since = now;
        // Credit of one window: a pause is no reason for a burst.
        self.credit = (self.credit + earned).min((self.per_second / PER_SECOND).max(1.0));
        let free = self.credit >= 1.0;
        if free {
            self.credit -= 1.0;
        }
        free
    }

    fn think(&mut self, window: &Window) {
        let lags = window.waits as f64 > (self.per_second * WAITING).max(FEW);
        if lags && window.waits >= window.waited {
            self.failed_at = self.per_second;
            self.per_second = (self.per_second * CUT).max(LEAST);
        } else if !lags && window.refused > 0 {
            self.per_second *= if self.per_second < self.failed_at * 0.9 { GROWTH } else { CAREFUL };
        }
        self.calm = if window.pressed || window.refused > 0 { 0 } else { self.calm + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A house that serves so many calls a second, and who calls it at a steady rate.
    struct Day {
        now: Instant,
        pace: Pace,
        serves: f64,
        waiting: f64,
    }

    impl Day {
        #[expect(clippy::disallowed_methods, reason = "some first Instant")]
        fn new(serves: f64) -> Self {
            Self { now: Instant::now(), pace: Pace::default(), serves, waiting: 0.0 }
        }

        /// Calls taken a second, and the most that waited.
        fn calls(&mut self, rate: u32, seconds: u32) -> (f64, f64) {
            let (mut taken, mut most) = (0_u32, 0.0_f64);
            let step = Duration::from_secs(1) / rate;
            for _ in 0..rate * seconds {
                self.now += step;
                self.waiting = (self.waiting - self.serves * step.as_secs_f64()).max(0.0);
                if self.pace.take(self.now, f64::from(rate) > self.serves, self.waiting as usize) {
                    taken += 1;
                    self.waiting += 1.0;
                }
                most = most.max(self.waiting);
            }
            (f64::from(taken) / f64::from(seconds), most)
        }
    }

    #[test]
    fn with_room_every_call_is_taken() {
        assert_eq!(Day::new(1000.0).calls(900, 10).0, 900.0);
    }

    #[test]
    fn under_ten_times_too_much_nearly_all_that_can_be_served_is_taken_and_few_wait() {
        for serves in [200.0, 1500.0] {
            let mut day = Day::new(serves);
            day.calls((serves * 0.8) as u32, 5);
            let (taken, most) = day.calls((serves * 10.0) as u32, 60);
            assert!(taken > serves * 0.85, "{taken} of {serves}");
            assert!(most < serves * 0.25, "{most} waited of {serves} a second");
        }
    }

    #[test]
    fn a_storm_at_the_first_moment_is_met_with_few_and_soon_with_all_that_can_be_served() {
        let mut day = Day::new(1500.0);
        day.calls(15_000, 6);
        let (taken, _) = day.calls(15_000, 5);
        assert!(taken > 1200.0, "{taken}");
    }

    #[test]
    fn after_a_storm_a_normal_rate_is_taken_whole_within_two_seconds() {
        let mut day = Day::new(1500.0);
        day.calls(15_000, 30);
        day.calls(1200, 2);
        assert_eq!(day.calls(1200, 5).0, 1200.0);
        assert_eq!(day.pace.limit(), None);
    }

    #[test]
    fn a_pause_is_no_reason_for_a_burst() {
        let mut day = Day::new(1000.0);
        day.calls(10_000, 10);
        day.now += Duration::from_millis(900);
        let limit = day.pace.limit().expect("a storm is on");
        let burst = (0..10_000).filter(|_| day.pace.take(day.now, true, 0)).count();
        assert!((burst as f64) <= limit / PER_SECOND * GROWTH + 1.0, "{burst} at once of {limit} a second");
    }
}
