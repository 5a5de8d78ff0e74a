//! Any rate to 8 kHz, once per file: a polyphase windowed-sinc filter that leaves the telephone band flat and folds nothing
//! back into it. Start at [`to_8khz`].
//! Never in this room: files, streams.

/// Zero crossings of the sinc on each side, at the lower of the two rates.
const CROSSINGS: f64 = 32.0;
/// Kaiser window: about 80 dB stop band.
const BETA: f64 = 8.0;
/// Pass band end as a share of the lower rate's half: 3.7 kHz at 8 kHz.
const CUTOFF: f64 = 0.94;

/// `samples` at `rate` Hz as samples at 8000 Hz.
#[must_use]
pub fn to_8khz(samples: &[f32], rate: u32) -> Vec<f32> {
    if rate == 8000 {
        return samples.to_vec();
    }
    let shared = gcd(rate, 8000);
    let (up, down) = (u64::from(8000 / shared), u64::from(rate / shared));
    let scale = (8000.0 / f64::from(rate)).min(1.0);
    let half = (CROSSINGS / scale).ceil() as i64;
    let filters: Vec<Vec<f32>> = (0..up).map(|phase| filter(phase as f64 / up as f64, half, scale * CUTOFF)).collect();
    let length = samples.len() as u64 * up / down;
    (0..length)
        .map(|n| {
            let at = n * down;
            let (whole, filter) = ((at / up) as i64, &filters[(at % up) as usize]);
            let first = whole - half + 1;
            let skip = usize::try_from(-first).unwrap_or(0);
            let from = usize::try_from(first).unwrap_or(0);
            filter[skip.min(filter.len())..].iter().zip(&samples[from.min(samples.len())..]).map(|(h, s)| h * s).sum()
        })
        .collect()
}

/// Weights of the `2 * half` input samples round a moment `fraction` past sample 0; their sum is 1.
fn filter(fraction: f64, half: i64, cutoff: f64) -> Vec<f32> {
    let weights: Vec<f64> = (1 - half..=half)
        .map(|k| {
            let x = k as f64 - fraction;
            let inside = 1.0 - (x / half as f64).powi(2);
            if inside <= 0.0 { 0.0 } else { sinc(x * cutoff) * bessel(BETA * inside.sqrt()) }
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| (w / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    let y = x * std::f64::consts::PI;
    if y.abs() < 1e-9 { 1.0 } else { y.sin() / y }
}

/// Modified Bessel function of order 0.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_db(rate: u32, hz: f64) -> f64 {
        let tone: Vec<f32> = (0..rate).map(|n| (f64::from(n) * hz * std::f64::consts::TAU / f64::from(rate)).sin() as f32).collect();
        let out = to_8khz(&tone, rate);
        let middle = &out[1000..out.len() - 1000];
        let power = middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64;
        10.0 * (power * 2.0).log10()
    }

    #[test]
    fn the_telephone_band_is_flat_and_nothing_above_it_folds_back() {
        for rate in [11025, 16000, 22050, 24000, 32000, 44100, 48000, 12345] {
            for hz in [300.0, 1000.0, 2500.0, 3400.0] {
                assert!(level_db(rate, hz).abs() < 0.2, "{rate} Hz, {hz} Hz: {} dB", level_db(rate, hz));
            }
            assert!(level_db(rate, 4500.0) < -60.0, "{rate}: {} dB left of 4.5 kHz", level_db(rate, 4500.0));
        }
        assert!(level_db(6000, 1000.0).abs() < 0.2);
    }
}
