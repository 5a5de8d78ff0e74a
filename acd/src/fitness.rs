//! Whether a browser does for a talk, from what it finds of itself every few seconds. Start at [`Fitness::take`].
//! A microphone is there or not, at once; a line is judged by several checks in a row, so that one hiccup pauses nobody.

use contract::{Microphone, PhoneCheck, SeatWhy};

/// Checks in a row that make a line poor, or good again.
const IN_A_ROW: u8 = 3;
/// Beyond any of these a talk is a burden: one way takes half of the round trip, and ITU-T G.114 ends at 400 ms.
const POOR: Limits = Limits { round_trip_ms: 800, jitter_ms: 100, lost_percent: 10 };
/// Below all of these it does again. Lower than the above, so that a line at the edge does not go to and fro.
const GOOD: Limits = Limits { round_trip_ms: 500, jitter_ms: 60, lost_percent: 5 };

struct Limits {
    round_trip_ms: u32,
    jitter_ms: u32,
    lost_percent: u32,
}

impl Limits {
    fn exceeded(&self, check: &PhoneCheck) -> bool {
        let over = |value: Option<u32>, most: u32| value.is_some_and(|value| value > most);
        over(check.round_trip_ms, self.round_trip_ms)
            || over(check.jitter_ms, self.jitter_ms)
            || over(check.lost_percent, self.lost_percent)
    }
}

/// What the checks of one browser have come to.
#[derive(Debug, Default)]
pub(crate) struct Fitness {
    microphone: bool,
    poor: bool,
    /// Checks in a row that say otherwise than `poor`.
    otherwise: u8,
}

impl Fitness {
    /// Takes one check; why the browser does not do, if so.
    pub fn take(&mut self, check: &PhoneCheck) -> Option<SeatWhy> {
        self.microphone = check.microphone == Microphone::Ok;
        let otherwise = if self.poor { !GOOD.exceeded(check) } else { POOR.exceeded(check) };
        self.otherwise = if otherwise { self.otherwise + 1 } else { 0 };
        if self.otherwise >= IN_A_ROW {
            self.poor = !self.poor;
            self.otherwise = 0;
        }
        self.fault()
    }

    pub fn fault(&self) -> Option<SeatWhy> {
        match (self.microphone, self.poor) {
            (false, _) => Some(SeatWhy::Microphone),
            (true, true) => Some(SeatWhy::PoorLine),
            (true, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: PhoneCheck =
        PhoneCheck { microphone: Microphone::Ok, round_trip_ms: Some(40), jitter_ms: Some(5), lost_percent: Some(0) };

    #[test]
    fn a_microphone_counts_at_once_and_a_line_after_three_checks() {
        let mic = |microphone| PhoneCheck { microphone, ..FINE };
        let slow = |ms| PhoneCheck { round_trip_ms: Some(ms), ..FINE };
        let (no_mic, poor) = (Some(SeatWhy::Microphone), Some(SeatWhy::PoorLine));
        let mut fitness = Fitness::default();
        assert_eq!(fitness.fault(), no_mic, "nobody has checked");
        for (check, want) in [
            (FINE, None),
            (mic(Microphone::Refused), no_mic),
            (mic(Microphone::Missing), no_mic),
            (mic(Microphone::Silent), no_mic),
            (FINE, None),
            (slow(801), None),
            (slow(801), None),
            (slow(800), None),
            (slow(801), None),
            (PhoneCheck { jitter_ms: Some(101), ..FINE }, None),
            (PhoneCheck { lost_percent: Some(11), ..FINE }, poor),
            (slow(600), poor),
            (FINE, poor),
            (FINE, poor),
            (slow(501), poor),
            (FINE, poor),
            (FINE, poor),
            // What is not measured speaks against nobody.
            (PhoneCheck { round_trip_ms: None, jitter_ms: None, lost_percent: None, ..FINE }, None),
            (slow(600), None),
        ] {
            assert_eq!(fitness.take(&check), want, "{check:?}");
        }
    }
}
