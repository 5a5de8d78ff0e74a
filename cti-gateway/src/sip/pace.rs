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
/// What a window in which the house kept up adds: much far below the pace it last failed at, less near it, little above.
const BOLD: f64 = 1.25;
const GROWTH: f64 = 1.08;
const CAREFUL: f64 = 1.02;
/// What is left when the house lags, and for how many windows it may then catch up before less is left.
const CUT: f64 = 0.75;
const PATIENCE: u32 = 5;
/// Seconds of the pace that may wait for the house: more is lagging.
const WAITING: f64 = 0.05;
const FEW: f64 = 20.0;
/// So long after it happened may a thing be written down: some rounds of the ledger and the folds, which take turns.
const WRITTEN: Duration = Duration::from_millis(500);
/// So many waiting are pressure, however calm the sockets are.
const MANY: usize = 200;
/// Windows without pressure and without a refusal until every call is taken again.
const CALM: u32 = 10;
/// The flood is over after so many windows without pressure in which at most this share of it came: then what it taught is no
/// reason to grow carefully. Without pressure alone it is not: refusals are cheap, so a flood may go on and press nobody.
const OVER: u32 = 2;
const EBB: f64 = 0.5;
/// What a window under pressure leaves of the most that came before it.
const FADE: f64 = 0.9;

/// What tells that the house does not keep up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strain {
    /// Calls told to the house that it has not touched.
    pub waiting: usize,
    /// How long ago it happened what is only now written down.
    pub behind: Duration,
}

impl Strain {
    fn lags(self, per_second: f64) -> bool {
        self.waiting as f64 > (per_second * WAITING).max(FEW) || self.behind > WRITTEN
    }

    /// It gets no better, after so many windows. Who waits is known at once, what is behind only when it is written.
    fn holds(self, before: Strain, windows: u32) -> bool {
        let behind = self.behind > WRITTEN && self.behind >= before.behind;
        self.waiting > before.waiting || (behind && windows >= PATIENCE)
    }
}

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
    /// When it began, and the last time.
    before: Strain,
    strain: Strain,
}

impl Window {
    fn at(began: Instant, strain: Strain) -> Self {
        Self { began, taken: 0, refused: 0, pressed: false, before: strain, strain }
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
    /// The most calls that came in a window under pressure, fading.
    flood: f64,
    /// Windows without pressure, and those without a refusal either.
    relieved: u32,
    calm: u32,
    /// Windows since it was cut, while the house lags.
    since_cut: Option<u32>,
}

impl Pace {
    /// One new call: may it come in? `pressed`: more arrives than is worked off.
    pub fn take(&mut self, now: Instant, pressed: bool, strain: Strain) -> bool {
        self.think(now, strain);
        // A slow database alone is no reason to refuse a call.
        let pressed = pressed || strain.waiting > MANY;
        if pressed && self.limit.is_none() {
            let per_second = self.lately.max(LEAST);
            // Who waits already came before there was a pace: that is no failure of it.
            self.limit = Some(Limit { per_second, failed_at: f64::INFINITY, credit: 0.0, since: now, flood: 0.0, relieved: 0, calm: 0, since_cut: Some(1) });
        }
        let free = self.limit.as_mut().is_none_or(|limit| limit.spend(now));
        let window = self.window.get_or_insert_with(|| Window::at(now, strain));
        window.pressed |= pressed;
        window.strain = strain;
        if free { window.taken += 1 } else { window.refused += 1 }
        free
    }

    /// Calls are refused for another reason: what comes meanwhile says nothing about how many can be served.
    pub fn hold(&mut self, now: Instant) {
        self.window = None;
        if let Some(limit) = &mut self.limit {
            limit.since = now;
        }
    }

    /// Not every call is taken.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.limit.is_some()
    }

    /// Calls a second that are taken at most. `None`: all.
    #[cfg(test)]
    fn limit(&self) -> Option<f64> {
        self.limit.as_ref().map(|limit| limit.per_second)
    }

    fn think(&mut self, now: Instant, strain: Strain) {
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
            limit.relieved = limit.relieved.saturating_add(silent);
            if limit.calm >= CALM {
                self.limit = None;
            }
        }
        self.window = Some(Window::at(now, strain));
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

    fn growth(&self, over: bool) -> f64 {
        match self.per_second / self.failed_at {
            share if share < 0.7 || over => BOLD,
            share if share < 0.9 => GROWTH,
            _ => CAREFUL,
        }
    }

    fn cut(&mut self) {
        self.per_second = (self.per_second * CUT).max(LEAST);
        self.since_cut = Some(1);
    }

    fn think(&mut self, window: &Window) {
        let offered = f64::from(window.taken + window.refused);
        if window.pressed {
            self.relieved = 0;
            self.flood = (self.flood * FADE).max(offered);
        } else {
            self.relieved = self.relieved.saturating_add(1);
        }
        let over = self.relieved >= OVER && offered <= self.flood * EBB;
        let mut strain = window.strain;
        if over {
            // A slow database alone is no reason to refuse a call: what the flood left to be written is not either.
            strain.behind = Duration::ZERO;
        }
        match self.since_cut {
            _ if !strain.lags(self.per_second) => {
                self.since_cut = None;
                if window.refused > 0 {
                    self.per_second *= self.growth(over);
                }
            }
            // One lag is one failure, however long the house needs to catch up.
            None => {
                self.failed_at = self.per_second;
                self.cut();
            }
            Some(windows) if strain.holds(window.before, windows) => self.cut(),
            Some(windows) => self.since_cut = Some(windows + 1),
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
        /// Calls a second that can be written down, and those that are not yet.
        writes: f64,
        unwritten: f64,
        /// Refusing is cheap: the sockets bring more than is worked off only from so many calls a second on.
        floods_at: f64,
    }

    impl Day {
        #[expect(clippy::disallowed_methods, reason = "some first Instant")]
        fn new(serves: f64) -> Self {
            Self { now: Instant::now(), pace: Pace::default(), serves, waiting: 0.0, writes: f64::INFINITY, unwritten: 0.0, floods_at: serves }
        }

        /// Calls taken a second, and the most that waited.
        fn calls(&mut self, rate: u32, seconds: u32) -> (f64, f64) {
            let (mut taken, mut most) = (0_u32, 0.0_f64);
            let step = Duration::from_secs(1) / rate;
            for _ in 0..rate * seconds {
                self.now += step;
                self.waiting = (self.waiting - self.serves * step.as_secs_f64()).max(0.0);
                self.unwritten = (self.unwritten - self.writes * step.as_secs_f64()).max(0.0);
                let behind = Duration::from_secs_f64(self.unwritten / self.writes);
                let strain = Strain { waiting: self.waiting as usize, behind };
                if self.pace.take(self.now, f64::from(rate) > self.floods_at, strain) {
                    taken += 1;
                    self.waiting += 1.0;
                    self.unwritten += 1.0;
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
    fn who_waited_before_there_was_a_pace_does_not_hold_it_down() {
        // The sockets are calm still when the house is already full of calls it has not touched.
        let mut day = Day { floods_at: f64::INFINITY, ..Day::new(1500.0) };
        day.calls(15_000, 3);
        let (taken, most) = day.calls(15_000, 2);
        assert!(taken > 1200.0 && most < 400.0, "{taken}, {most} waited");
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
    fn once_the_flood_is_over_what_failed_in_it_holds_nobody_up() {
        // Whether it is written down faster by then or still goes on being written.
        for (writes, unwritten) in [(1500.0, 0.0), (600.0, 3000.0)] {
            let mut day = Day { writes: 600.0, ..Day::new(1500.0) };
            day.calls(15_000, 30);
            assert!(day.pace.limit().is_some_and(|limit| limit < 700.0), "{:?}", day.pace.limit());
            (day.writes, day.unwritten) = (writes, day.unwritten + unwritten);
            day.calls(1200, 1);
            assert_eq!(day.calls(1200, 5).0, 1200.0, "{unwritten} left");
        }
    }

    #[test]
    fn a_flood_that_goes_on_and_presses_nobody_any_more_is_not_over() {
        let mut day = Day { writes: 600.0, ..Day::new(1500.0) };
        day.calls(3000, 5);
        day.floods_at = f64::INFINITY;
        day.calls(3000, 15);
        let (taken, _) = day.calls(3000, 20);
        assert!((480.0..=660.0).contains(&taken), "{taken}");
        assert!(day.unwritten < 900.0, "{} not written", day.unwritten);
    }

    #[test]
    fn in_a_flood_no_more_is_taken_than_can_be_written_down() {
        let mut day = Day { writes: 600.0, ..Day::new(1500.0) };
        day.calls(15_000, 20);
        let (taken, _) = day.calls(15_000, 20);
        assert!((480.0..=610.0).contains(&taken), "{taken}");
        assert!(day.unwritten < 600.0, "{} not written", day.unwritten);
    }

    #[test]
    fn a_slow_database_alone_refuses_nobody() {
        let mut day = Day { writes: 100.0, ..Day::new(1500.0) };
        assert_eq!(day.calls(900, 20).0, 900.0);
    }

    #[test]
    fn what_is_held_back_for_another_reason_teaches_nothing() {
        let mut day = Day::new(1500.0);
        day.calls(15_000, 20);
        let before = day.pace.limit();
        for _ in 0..10_000 {
            day.now += Duration::from_millis(1);
            day.pace.hold(day.now);
        }
        assert_eq!(day.pace.limit(), before);
        let burst = (0..10_000).filter(|_| day.pace.take(day.now, true, Strain::default())).count();
        assert!(burst <= 2, "{burst} at once");
    }

    #[test]
    fn a_pause_is_no_reason_for_a_burst() {
        let mut day = Day::new(1000.0);
        day.calls(10_000, 10);
        day.now += Duration::from_millis(900);
        let limit = day.pace.limit().expect("a storm is on");
        let burst = (0..10_000).filter(|_| day.pace.take(day.now, true, Strain::default())).count();
        assert!((burst as f64) <= limit / PER_SECOND * GROWTH + 1.0, "{burst} at once of {limit} a second");
    }
}
