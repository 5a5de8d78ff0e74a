//! Figures as they are printed and kept: what was measured, beside its floor, the ratio of the two, and the aim.

use std::fmt::Write;

/// One figure. Numbers carry their unit as text, so that a reader need not guess.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub figure: String,
    pub ours: String,
    pub floor: String,
    pub ratio: String,
    pub aim: String,
}

impl Row {
    pub fn new(figure: impl Into<String>, ours: impl Into<String>) -> Self {
        Self { figure: figure.into(), ours: ours.into(), ..Self::default() }
    }

    pub fn floor(mut self, floor: impl Into<String>, ratio: f64) -> Self {
        self.floor = floor.into();
        self.ratio = if ratio.is_finite() { format!("{ratio:.2}") } else { String::new() };
        self
    }

    pub fn aim(mut self, aim: &str) -> Self {
        aim.clone_into(&mut self.aim);
        self
    }
}

pub fn table(rows: &[Row]) -> String {
    let mut out = String::from("| figure | ours | floor of the same run | ours ÷ floor | aim |\n|---|---|---|---|---|\n");
    for row in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | {} | {} | {} | {} |", row.figure, row.ours, row.floor, row.ratio, row.aim);
    }
    out
}

/// The middle one; of an even count the lower.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value that `percent` of all are at or under.
pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
    values.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(median(&mut values), 3.0);
        assert_eq!(percentile(&mut values, 99.0), 5.0);
        assert_eq!(percentile(&mut values, 1.0), 1.0);
        assert!(percentile(&mut [], 50.0).is_nan());
    }
}
