//! Keys heard as tones in the audio, for far ends without telephone-events. Start at [`ToneDetector::hear`].
//! Half-overlapping windows of 12.75 ms; a key is what holds four windows (about 32 ms), is pure, loud enough and of even twist.
//! Voices hold one pair of frequencies that purely for that long almost never.
//! Never in this room: packets, clocks. Standards: ITU-T Q.23, Q.24.

use std::f32::consts::TAU;

use super::clock::FRAME;
use super::tone::{COLUMNS, KEYS, ROWS};

/// Samples in a window, and between the starts of two.
const WINDOW: usize = 102;
const HOP: usize = WINDOW / 2;
/// Windows a key must hold, and windows without it until it counts as released.
const HOLD: u8 = 4;
const RELEASE: u8 = 4;
/// Quietest window looked at: each tone about -30 dBm0.
const LEAST_MEAN_SQUARE: f32 = 300.0 * 300.0;
/// Share of all power that lies in the pair, wherever its tones are within their tolerance; and at first sight, on their places.
const PURITY: f32 = 0.82;
const HINT: f32 = 0.55;
/// How far off a tone is looked for; Q.24 wants 1.5 % heard.
const OFF: f64 = 0.012;
/// High group louder than low by at most 4 dB, low than high by at most 8 dB (Q.24), as power ratios, with a margin for windows.
const MOST_TWIST: f32 = 3.2;
const MOST_REVERSE_TWIST: f32 = 8.0;
/// The strongest of a group stands so far above the next: 6 dB.
const CLEAR: f32 = 4.0;

/// See the room story.
#[derive(Debug)]
pub struct ToneDetector {
    window: [f32; WINDOW],
    filled: usize,
    /// `2 cos` of each of the eight frequencies.
    coefficients: [f32; 8],
    candidate: Option<char>,
    held: u8,
    down: Option<char>,
    missed: u8,
}

impl Default for ToneDetector {
    fn default() -> Self {
        let hz = |n: usize| if n < 4 { ROWS[n] } else { COLUMNS[n - 4] };
        Self {
            window: [0.0; WINDOW],
            filled: 0,
            coefficients: std::array::from_fn(|n| 2.0 * (TAU * hz(n) as f32 / 8000.0).cos()),
            candidate: None,
            held: 0,
            down: None,
            missed: 0,
        }
    }
}

impl ToneDetector {
    /// The next 20 ms. Returns a key that has just gone down.
    pub fn hear(&mut self, frame: &[i16; FRAME]) -> Option<char> {
        let mut digit = None;
        for sample in frame {
            self.window[self.filled] = f32::from(*sample);
            self.filled += 1;
            if self.filled == WINDOW {
                let key = self.look();
                digit = digit.or(self.step(key));
                self.window.copy_within(HOP.., 0);
                self.filled = WINDOW - HOP;
            }
        }
        digit
    }

    fn step(&mut self, key: Option<char>) -> Option<char> {
        if key.is_some() && key == self.candidate {
            self.held = self.held.saturating_add(1);
        } else {
            self.candidate = key;
            self.held = u8::from(key.is_some());
        }
        if self.down.is_some() && key == self.down {
            self.missed = 0;
        } else if self.down.is_some() {
            self.missed += 1;
            if self.missed >= RELEASE {
                self.down = None;
            }
        }
        if self.held >= HOLD && self.down != self.candidate {
            self.down = self.candidate;
            self.missed = 0;
            return self.down;
        }
        None
    }

    /// The key whose pair the window holds.
    fn look(&self) -> Option<char> {
        let total: f32 = self.window.iter().map(|s| s * s).sum();
        if total < LEAST_MEAN_SQUARE * WINDOW as f32 {
            return None;
        }
        let mut power = [0.0_f32; 8];
        for (power, coefficient) in power.iter_mut().zip(self.coefficients) {
            *power = self.energy(coefficient);
        }
        let (row, low) = strongest(&power[..4])?;
        let (column, high) = strongest(&power[4..])?;
        let even = high <= low * MOST_TWIST && low <= high * MOST_REVERSE_TWIST;
        if !even || low + high < HINT * total {
            return None;
        }
        let pair = self.nearby(ROWS[row], low) + self.nearby(COLUMNS[column], high);
        (pair > PURITY * total).then_some(KEYS[row][column])
    }

    /// Energy of the window at one frequency, comparable with the sum of its squares.
    fn energy(&self, coefficient: f32) -> f32 {
        let (mut s1, mut s2) = (0.0, 0.0);
        for sample in self.window {
            let s0 = sample + coefficient * s1 - s2;
            (s2, s1) = (s1, s0);
        }
        (s1 * s1 + s2 * s2 - coefficient * s1 * s2) * 2.0 / WINDOW as f32
    }

    /// The same, at the best of the frequencies a key may be off by.
    fn nearby(&self, hz: f64, exact: f32) -> f32 {
        let at = |share: f64| self.energy(2.0 * (TAU * (hz * share) as f32 / 8000.0).cos());
        exact.max(at(1.0 - OFF)).max(at(1.0 + OFF))
    }
}

/// The strongest of a group, if it stands clear of the others.
fn strongest(group: &[f32]) -> Option<(usize, f32)> {
    let (best, power) = group.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    group.iter().enumerate().all(|(n, p)| n == best || p * CLEAR < power).then_some((best, power))
}

#[cfg(test)]
mod tests {
    use super::super::law::Law;
    use super::super::tone;
    use super::*;

    const ALL: &str = "0123456789*#ABCD";

    fn heard(samples: &[i16]) -> String {
        let mut detector = ToneDetector::default();
        samples.chunks_exact(FRAME).filter_map(|frame| detector.hear(frame.try_into().unwrap())).collect()
    }

    /// A plain generator: the same noise in every run.
    struct Noise(u64);

    impl Noise {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
        }
    }

    /// The keys one after the other, with levels, lengths and frequency error given.
    fn keys(low: f64, high: f64, error: f64, on_ms: u32, off_ms: u32) -> Vec<i16> {
        let mut all = vec![0; 777];
        for digit in ALL.chars() {
            let (row, column) = tone::dtmf_pair(digit).unwrap();
            all.extend(tone::sine(&[(row * (1.0 + error), low), (column * (1.0 - error), high)], on_ms));
            all.extend(vec![0; off_ms as usize * 8]);
        }
        all.extend(vec![0; 400]);
        all
    }

    /// A phone call's worth of damage: G.711, a low hum, and frames coded like a mobile phone: noise that follows the signal.
    fn over_a_bad_line(samples: &[i16], snr_db: f64) -> Vec<i16> {
        let mut noise = Noise(7);
        let mut out = Vec::with_capacity(samples.len());
        for block in samples.chunks(40) {
            let peak = (block.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / block.len() as f64).sqrt();
            let amount = peak * 10_f64.powf(-snr_db / 20.0) * 3_f64.sqrt();
            for sample in block {
                let hum = 60.0 * (out.len() as f64 * 50.0 * std::f64::consts::TAU / 8000.0).sin();
                let mut byte = [0];
                Law::A.encode(&[(f64::from(*sample) + amount * noise.next() + 20.0 * noise.next() + hum) as i16], &mut byte);
                out.push(Law::A.decoder()[usize::from(byte[0])]);
            }
        }
        out
    }

    #[test]
    fn every_key_is_heard_once_at_all_levels_twists_lengths_and_errors_allowed() {
        for (low, high) in [(-8.0, -6.0), (-3.0, -3.0), (-25.0, -25.0), (-14.0, -10.5), (-8.0, -15.0)] {
            for error in [-0.015, 0.0, 0.015] {
                for (on, off) in [(45, 45), (60, 40), (100, 100), (300, 60)] {
                    assert_eq!(heard(&keys(low, high, error, on, off)), ALL, "{low}/{high} dBm0, error {error}, {on} ms");
                }
            }
        }
    }

    #[test]
    fn every_key_is_heard_over_a_bad_line() {
        for snr in [12.0, 15.0, 20.0] {
            assert_eq!(heard(&over_a_bad_line(&keys(-10.0, -8.0, 0.005, 80, 80), snr)), ALL, "{snr} dB");
        }
    }

    #[test]
    fn what_is_no_key_is_not_heard() {
        assert_eq!(heard(&keys(-8.0, -6.0, 0.0, 20, 80)), "", "too short");
        assert_eq!(heard(&keys(-8.0, -6.0, 0.05, 100, 80)), "", "off frequency");
        assert_eq!(heard(&keys(-8.0, -22.0, 0.0, 100, 80)), "", "twisted");
        assert_eq!(heard(&keys(-42.0, -42.0, 0.0, 100, 80)), "", "too quiet");
        assert_eq!(heard(&tone::sine(&[(440.0, -10.0), (480.0, -10.0)], 2000)), "", "ring-back");
        assert_eq!(heard(&tone::sine(&[(697.0, -10.0)], 2000)), "", "one tone");
        let mut noise = Noise(3);
        let hiss: Vec<i16> = (0..80_000).map(|_| (noise.next() * 9000.0) as i16).collect();
        assert_eq!(heard(&hiss), "", "noise");
    }

    /// Ten minutes of something with a voice's pitch, formants and syllables.
    fn babble(seed: u64) -> Vec<i16> {
        let mut noise = Noise(seed);
        let (mut out, mut phase) = (Vec::new(), 0.0_f64);
        while out.len() < 8000 * 120 {
            let pitch = 160.0 + 90.0 * noise.next();
            let glide = 40.0 * noise.next();
            let formants = [500.0 + 300.0 * noise.next(), 1500.0 + 700.0 * noise.next(), 2600.0 + 300.0 * noise.next()];
            let length = (1600.0 + 900.0 * noise.next()) as usize;
            for n in 0..length {
                let share = n as f64 / length as f64;
                phase += (pitch + glide * share) / 8000.0;
                let mut sample = 0.0;
                for harmonic in 1..22 {
                    let hz = f64::from(harmonic) * (pitch + glide * share);
                    let gain: f64 = formants.iter().map(|f| 1.0 / (1.0 + ((hz - f) / 90.0).powi(2))).sum();
                    sample += gain * (phase * f64::from(harmonic) * std::f64::consts::TAU).sin();
                }
                out.push((sample * 5000.0 * (share * std::f64::consts::PI).sin() + 30.0 * noise.next()) as i16);
            }
            out.extend(vec![0; (400.0 + 400.0 * noise.next()) as usize]);
        }
        out
    }

    #[test]
    fn a_voice_presses_no_key() {
        for seed in 1..=5 {
            assert_eq!(heard(&babble(seed)), "", "seed {seed}");
        }
    }

    /// All that the demo company says, in both languages.
    #[test]
    fn the_spoken_prompts_press_no_key() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ivr/demo/prompts");
        let mut library = super::super::ClipLibrary::new();
        assert_eq!(library.add_folder(&folder).unwrap().len(), 0);
        let mut spoken = 0;
        for name in library.names() {
            let clip = library.get(name).unwrap();
            let samples: Vec<i16> = clip.bytes(Law::Mu).iter().map(|b| Law::Mu.decoder()[usize::from(*b)]).collect();
            assert_eq!(heard(&samples), "", "{name}");
            spoken += clip.duration_ms();
        }
        assert!(spoken > 10_000, "only {spoken} ms of prompts in {}", folder.display());
    }
}
