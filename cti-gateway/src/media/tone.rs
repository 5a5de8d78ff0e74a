//! Tones: made, and found again. The digits of a keypad, test tones, and the level of one frequency in a stretch of audio.
//! Start at [`dtmf`], [`sine`] and [`level`]. Frequencies in Hz, levels in dBm0 (a full-scale sine is 3.155 dBm0).
//! Never in this room: packets, and the decision what is a digit (that is `inband`). Standards: ITU-T Q.23, G.711.

use std::f64::consts::TAU;

const RATE: f64 = 8000.0;
/// Level of a sine that just fills 16 bits: between 3.14 (A-law) and 3.17 (µ-law).
const FULL_SCALE_DBM0: f64 = 3.155;

/// Low group of the keypad.
pub const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
/// High group of the keypad.
pub const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keys, row by row.
pub const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// A digit as RFC 4733 event code: 0-9, `*` 10, `#` 11, A-D 12-15.
#[must_use]
pub fn event_of_digit(digit: char) -> Option<u8> {
    match digit.to_ascii_uppercase() {
        d @ '0'..='9' => Some(d as u8 - b'0'),
        '*' => Some(10),
        '#' => Some(11),
        d @ 'A'..='D' => Some(d as u8 - b'A' + 12),
        _ => None,
    }
}

/// The digit of an RFC 4733 event code up to 15.
#[must_use]
pub fn digit_of_event(event: u8) -> Option<char> {
    "0123456789*#ABCD".chars().nth(usize::from(event))
}

/// The two frequencies of a key.
#[must_use]
pub fn dtmf_pair(digit: char) -> Option<(f64, f64)> {
    let key = digit.to_ascii_uppercase();
    KEYS.iter().enumerate().find_map(|(row, keys)| keys.iter().position(|k| *k == key).map(|column| (ROWS[row], COLUMNS[column])))
}

/// Sum of sines `(Hz, dBm0)`, `ms` long. Clips at full scale.
#[must_use]
pub fn sine(parts: &[(f64, f64)], ms: u32) -> Vec<i16> {
    let parts: Vec<(f64, f64)> =
        parts.iter().map(|(hz, dbm0)| (hz * TAU / RATE, 32767.0 * 10_f64.powf((dbm0 - FULL_SCALE_DBM0) / 20.0))).collect();
    (0..ms * 8)
        .map(|n| parts.iter().map(|(step, peak)| peak * (f64::from(n) * step).sin()).sum::<f64>().clamp(-32768.0, 32767.0) as i16)
        .collect()
}

/// The tone of a key at the usual levels (-8 dBm0 low group, -6 high). Empty if it is no key.
#[must_use]
pub fn dtmf(digit: char, ms: u32) -> Vec<i16> {
    dtmf_pair(digit).map(|(low, high)| sine(&[(low, -8.0), (high, -6.0)], ms)).unwrap_or_default()
}

/// Level of one frequency over the whole stretch (Goertzel), in dBm0. -120 for silence.
#[must_use]
pub fn level(samples: &[i16], hz: f64) -> f64 {
    if samples.is_empty() {
        return -120.0;
    }
    let coefficient = 2.0 * (hz * TAU / RATE).cos();
    let (mut s1, mut s2) = (0.0, 0.0);
    for sample in samples {
        let s0 = f64::from(*sample) + coefficient * s1 - s2;
        (s2, s1) = (s1, s0);
    }
    let power = (s1 * s1 + s2 * s2 - coefficient * s1 * s2).max(0.0);
    let amplitude = 2.0 * power.sqrt() / samples.len() as f64;
    (20.0 * (amplitude / 32767.0).max(1e-12).log10() + FULL_SCALE_DBM0).max(-120.0)
}

/// Level of everything, in dBm0. -120 for silence.
#[must_use]
pub fn power(samples: &[i16]) -> f64 {
    let mean = samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len().max(1) as f64;
    (10.0 * (mean * 2.0 / (32767.0 * 32767.0)).max(1e-12).log10() + FULL_SCALE_DBM0).max(-120.0)
}

/// Whether `hz` is what one hears: above `-40 dBm0` and holding at least half of all power.
#[must_use]
pub fn is_tone(samples: &[i16], hz: f64) -> bool {
    let tone = level(samples, hz);
    tone > -40.0 && tone > power(samples) - 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_at_its_level_and_nowhere_else() {
        let samples = sine(&[(440.0, -10.0)], 200);
        assert!((level(&samples, 440.0) + 10.0).abs() < 0.1 && (power(&samples) + 10.0).abs() < 0.1);
        assert!(level(&samples, 600.0) < -40.0);
        assert!(is_tone(&samples, 440.0) && !is_tone(&samples, 600.0) && !is_tone(&vec![0; 1600], 440.0));
    }

    #[test]
    fn every_key_has_its_event_and_its_pair() {
        for event in 0..16 {
            let digit = digit_of_event(event).unwrap();
            assert_eq!(event_of_digit(digit), Some(event));
            let (low, high) = dtmf_pair(digit).unwrap();
            let samples = dtmf(digit, 100);
            assert!((level(&samples, low) + 8.0).abs() < 0.5 && (level(&samples, high) + 6.0).abs() < 0.5, "{digit}");
        }
        assert_eq!((digit_of_event(16), event_of_digit('x'), dtmf('x', 50).len()), (None, None, 0));
    }
}
