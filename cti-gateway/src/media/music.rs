//! Music for those who wait, where the company has uploaded none: four soft chords in a loop of sixteen seconds, computed.
//! Start at [`music_on_hold`]. Never in this room: files, playing.

use std::f64::consts::TAU;

use super::clip::Clip;

/// Notes of each chord in Hz: C major 7, A minor 7, F major 7, G 6. All within the telephone band.
const CHORDS: [[f64; 4]; 4] = [
    [261.63, 329.63, 392.00, 493.88],
    [220.00, 329.63, 392.00, 523.25],
    [349.23, 440.00, 523.25, 659.26],
    [392.00, 493.88, 587.33, 659.26],
];
const CHORD_SECONDS: f64 = 4.0;
const RATE: f64 = 8000.0;
/// Seconds between the notes of a chord as they set in, from the lowest up.
const SPREAD: f64 = 0.25;

/// The clip, named `music`. Its end joins its beginning in silence.
#[must_use]
pub fn music_on_hold() -> Clip {
    let length = (CHORD_SECONDS * RATE) as usize;
    let samples: Vec<i16> = CHORDS
        .iter()
        .flat_map(|chord| (0..length).map(|n| (chord_at(chord, n as f64 / RATE) * 4200.0) as i16))
        .collect();
    Clip::from_samples("music", &samples)
}

/// A chord `t` seconds after its beginning, within -1 to 1 or little more.
fn chord_at(chord: &[f64; 4], t: f64) -> f64 {
    let mut sum = 0.0;
    for (n, hz) in chord.iter().enumerate() {
        let age = t - n as f64 * SPREAD;
        if age > 0.0 {
            let phase = TAU * hz * t;
            // A plucked string's fall, a soft start, and a whisper of the octave.
            let swell = (age / 0.06).min(1.0) * (-age / 1.6).exp();
            sum += swell * (phase.sin() + 0.25 * (2.0 * phase).sin());
        }
    }
    // The last tenth of a second fades out, so that chords and loop join without a click.
    sum * 0.6 * ((CHORD_SECONDS - t) / 0.1).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::law::Law;
    use super::super::tone;
    use super::*;

    #[test]
    fn the_music_is_soft_never_clips_and_its_loop_has_no_click() {
        let clip = music_on_hold();
        assert_eq!(clip.duration_ms(), 16_000);
        let samples: Vec<i16> = clip.bytes(Law::A).iter().map(|b| Law::A.decoder()[usize::from(*b)]).collect();
        let loudest = samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((2000..16_000).contains(&loudest), "peak {loudest}");
        assert!((-30.0..-14.0).contains(&tone::power(&samples)), "{} dBm0", tone::power(&samples));
        for chord in 0..4 {
            let join = [samples[(chord * 32_000 + 127_999) % 128_000], samples[chord * 32_000]];
            assert!(join.iter().all(|s| s.abs() < 100), "chord {chord}: {join:?}");
        }
    }
}
