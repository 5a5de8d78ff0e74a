//! WAV files as 8 kHz samples: linear (8 to 32 bit), float, A-law and µ-law, one or two channels, any common rate.
//! Start at [`samples`]. Never in this room: paths, files, names.

use super::law::Law;
use super::resample::to_8khz;

/// Longest sound: half an hour. Longer files are a mistake, or want a stream.
pub const LONGEST_SECONDS: u32 = 30 * 60;

/// Why bytes are no sound for callers.
#[derive(Debug, thiserror::Error)]
pub enum WavFault {
    #[error("not a WAV file; save it as PCM WAV, 8 to 32 bit, any rate")]
    NotWav,
    #[error("a WAV file whose sound is coded as {0}; save it as PCM WAV, 8 to 32 bit, any rate")]
    Coding(&'static str),
    #[error("a damaged WAV file: {0}; save it again as PCM WAV, 8 to 32 bit, any rate")]
    Damaged(#[from] hound::Error),
    #[error("longer than {} minutes; cut it", LONGEST_SECONDS / 60)]
    TooLong,
    #[error("{channels} channels at {rate} Hz; expected 1 or 2 channels and 4000 to 384000 Hz")]
    Odd { channels: u16, rate: u32 },
}

/// The sound of a WAV file at 8 kHz; two channels become their mean.
///
/// # Errors
/// [`WavFault`], saying what to do.
pub fn samples(wav: &[u8]) -> Result<Vec<i16>, WavFault> {
    let head = Head::of(wav).ok_or(WavFault::NotWav)?;
    match head.law() {
        Some(law) => {
            fits(head.channels, head.rate, head.sound.len() / usize::from(head.channels.max(1)))?;
            let flat: Vec<f32> =
                head.sound.iter().map(|b| f32::from(law.decoder()[usize::from(*b)]) / 32768.0).collect();
            Ok(at_8khz(flat, head.channels, head.rate))
        }
        None if head.tag == 0 || head.is_linear() => linear(wav, &head),
        None => Err(WavFault::Coding(head.coding())),
    }
}

fn linear(wav: &[u8], head: &Head) -> Result<Vec<i16>, WavFault> {
    let told = |e: hound::Error| match e {
        hound::Error::Unsupported => WavFault::Coding(head.coding()),
        e => WavFault::Damaged(e),
    };
    if head.tag != 0 {
        fits(head.channels, head.rate, 0)?;
    }
    let mut reader = hound::WavReader::new(wav).map_err(told)?;
    let spec = reader.spec();
    fits(spec.channels, spec.sample_rate, reader.duration() as usize)?;
    let flat: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(told)?,
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 / full)).collect::<Result<_, _>>().map_err(told)?
        }
    };
    Ok(at_8khz(flat, spec.channels, spec.sample_rate))
}

fn fits(channels: u16, rate: u32, frames: usize) -> Result<(), WavFault> {
    if !(1..=2).contains(&channels) || !(4000..=384_000).contains(&rate) {
        return Err(WavFault::Odd { channels, rate });
    }
    if frames as u64 > u64::from(LONGEST_SECONDS) * u64::from(rate) {
        return Err(WavFault::TooLong);
    }
    Ok(())
}

fn at_8khz(flat: Vec<f32>, channels: u16, rate: u32) -> Vec<i16> {
    let mono: Vec<f32> = match channels {
        2 => flat.chunks_exact(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect(),
        _ => flat,
    };
    to_8khz(&mono, rate).into_iter().map(|s| (s * 32768.0).round().clamp(-32768.0, 32767.0) as i16).collect()
}

/// How the sound of a WAV file is coded, and its bytes.
struct Head<'a> {
    tag: u16,
    channels: u16,
    rate: u32,
    sound: &'a [u8],
}

impl<'a> Head<'a> {
    /// `None`: no WAV file. One without a format has tag 0, one without sound none.
    fn of(wav: &'a [u8]) -> Option<Self> {
        let mut rest = wav.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let mut head = Head { tag: 0, channels: 0, rate: 0, sound: &[] };
        while let (Some(id), Some([a, b, c, d])) = (rest.get(..4), rest.get(4..8)) {
            let size = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            // Writers that were cut short, or wrote into a pipe, promise more than there is.
            let body = &rest[8..rest.len().min(size.saturating_add(8))];
            match (id, body) {
                (b"fmt ", [t, t2, n, n2, r, r2, r3, r4, ..]) => {
                    head.tag = u16::from_le_bytes([*t, *t2]);
                    head.channels = u16::from_le_bytes([*n, *n2]);
                    head.rate = u32::from_le_bytes([*r, *r2, *r3, *r4]);
                }
                (b"data", sound) => {
                    head.sound = sound;
                    break;
                }
                _ => {}
            }
            rest = rest.get(size.saturating_add(size & 1).saturating_add(8)..).unwrap_or_default();
        }
        Some(head)
    }

    fn law(&self) -> Option<Law> {
        match self.tag {
            6 => Some(Law::A),
            7 => Some(Law::Mu),
            _ => None,
        }
    }

    /// Whole or broken numbers, told shortly or at length.
    fn is_linear(&self) -> bool {
        [1, 3, 0xFFFE].contains(&self.tag)
    }

    /// What is not read here, by name.
    fn coding(&self) -> &'static str {
        match self.tag {
            1 | 3 | 0xFFFE => "linear samples of an unusual width",
            2 => "ADPCM (Microsoft)",
            0x11 => "ADPCM (IMA)",
            0x31 => "GSM 6.10",
            0x50 | 0x55 => "MP3",
            0xFF | 0x1610 => "AAC",
            _ => "something else than linear samples",
        }
    }
}

/// 8 kHz samples as a WAV file of 16 bit.
#[must_use]
pub fn file(samples: &[i16]) -> Vec<u8> {
    const RATE: u32 = 8000;
    let size = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX - 36);
    let mut out = Vec::with_capacity(44 + samples.len() * 2);
    out.extend(b"RIFF");
    out.extend((36 + size).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend(size.to_le_bytes());
    out.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    out
}

#[cfg(test)]
mod tests {
    use super::super::tone;
    use super::*;

    /// A WAV file of one second with this format tag and this sound, a chunk of odd length before it.
    fn coded(tag: u16, channels: u16, rate: u32, sound: &[u8]) -> Vec<u8> {
        let mut out = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x12\0\0\0".to_vec();
        out.extend(tag.to_le_bytes());
        out.extend(channels.to_le_bytes());
        out.extend(rate.to_le_bytes());
        out.extend((rate * u32::from(channels)).to_le_bytes());
        out.extend(channels.to_le_bytes());
        out.extend(b"\x08\0\0\0data");
        out.extend((sound.len() as u32).to_le_bytes());
        out.extend(sound);
        out
    }

    #[test]
    fn telephone_recordings_in_either_law_are_read_as_they_sound() {
        let said = tone::sine(&[(1000.0, -12.0)], 1000);
        for (tag, law) in [(6, Law::A), (7, Law::Mu)] {
            let mut bytes = vec![0; said.len()];
            law.encode(&said, &mut bytes);
            let mono = samples(&coded(tag, 1, 8000, &bytes)).unwrap();
            let twice: Vec<u8> = bytes.iter().flat_map(|b| [*b, *b]).collect();
            let stereo = samples(&coded(tag, 2, 8000, &twice)).unwrap();
            assert_eq!((mono.len(), mono.clone()), (8000, stereo), "{law:?}");
            assert!((tone::level(&mono, 1000.0) + 12.0).abs() < 0.3 && tone::level(&mono, 1500.0) < -40.0, "{law:?}");
            let cut = &coded(tag, 1, 8000, &bytes)[..4000];
            assert!(
                samples(cut).is_ok_and(|left| (3000..4000).contains(&left.len())),
                "what is there of a cut file is heard"
            );
        }
    }

    #[test]
    fn what_is_no_sound_is_refused_with_its_reason() {
        let second = vec![0; 8000];
        let long = vec![0; 4000 * (LONGEST_SECONDS as usize + 1)];
        for (wav, reason) in [
            (b"ID3\x04 an MP3 file".to_vec(), "not a WAV file"),
            (b"RIFF\0\0\0\0AVI LIST".to_vec(), "not a WAV file"),
            (Vec::new(), "not a WAV file"),
            (b"RIFF\0\0\0\0WAVE".to_vec(), "damaged"),
            (coded(0x11, 1, 8000, &second), "ADPCM (IMA)"),
            (coded(0x55, 1, 8000, &second), "MP3"),
            (coded(7, 6, 8000, &second), "6 channels at 8000 Hz"),
            (coded(7, 1, 900, &second), "1 channels at 900 Hz"),
            (coded(1, 6, 48_000, &second), "6 channels at 48000 Hz"),
            (coded(6, 1, 4000, &long), "longer than 30 minutes"),
        ] {
            let why = samples(&wav).unwrap_err().to_string();
            assert!(why.contains(reason), "{why} says {reason}");
        }
    }

    #[test]
    fn samples_written_as_a_file_are_read_back_the_same() {
        let said = tone::sine(&[(700.0, -6.0)], 300);
        assert_eq!(samples(&file(&said)).unwrap(), said);
    }
}
