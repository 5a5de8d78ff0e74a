//! Prompts and music as the media threads play them: 8 kHz, held as µ-law and A-law bytes, converted once when loaded.
//! Start at [`ClipLibrary::add_folder`] or [`Clip::load`].
//! Never in this room: playing (that is `player`), languages of callers (a name may carry one: `zh-CN/welcome`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::law::Law;
use super::resample::to_8khz;

/// Longest clip: half an hour. Longer files are a mistake, or want a stream.
const LONGEST_SAMPLES: usize = 30 * 60 * 8000;
/// Clips in one library.
const MOST_CLIPS: usize = 20_000;

/// Why a file is no clip.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error("{0}: not a readable WAV file: {1}; save it as PCM WAV, 8 to 32 bit, any rate")]
    Unreadable(PathBuf, #[source] hound::Error),
    #[error("{0}: longer than 30 minutes; cut it")]
    TooLong(PathBuf),
    #[error("{0}: {1} channels at {2} Hz; expected 1 or 2 channels and 4000 to 384000 Hz")]
    Odd(PathBuf, u16, u32),
    #[error("{0}: {1}")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("{0}: the library already holds {MOST_CLIPS} clips, its limit")]
    Full(PathBuf),
}

/// One prompt, ready to send.
pub struct Clip {
    name: String,
    mu: Box<[u8]>,
    a: Box<[u8]>,
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clip({}, {} ms)", self.name, self.duration_ms())
    }
}

impl Clip {
    /// From 8 kHz samples.
    #[must_use]
    pub fn from_samples(name: impl Into<String>, samples: &[i16]) -> Self {
        let code = |law: Law| {
            let mut bytes = vec![0; samples.len()];
            law.encode(samples, &mut bytes);
            bytes.into_boxed_slice()
        };
        Self { name: name.into(), mu: code(Law::Mu), a: code(Law::A) }
    }

    /// From a PCM or float WAV file of any common rate; two channels become their mean.
    ///
    /// # Errors
    /// [`ClipError`], naming the file and what to do.
    pub fn load(path: &Path) -> Result<Self, ClipError> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::from_samples(name, &read_wav(path)?))
    }

    /// From the bytes of a WAV file, as [`Clip::load`].
    ///
    /// # Errors
    /// [`ClipError`], with `name` in place of a path.
    pub fn from_wav(name: &str, wav: &[u8]) -> Result<Self, ClipError> {
        Ok(Self::from_samples(name, &samples_of(hound::WavReader::new(wav), Path::new(name))?))
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The clip's bytes in `law`, one a sample.
    #[must_use]
    pub fn bytes(&self, law: Law) -> &[u8] {
        match law {
            Law::Mu => &self.mu,
            Law::A => &self.a,
        }
    }

    #[must_use]
    pub fn duration_ms(&self) -> u32 {
        u32::try_from(self.mu.len() / 8).unwrap_or(u32::MAX)
    }
}

/// A WAV file as 8 kHz mono samples.
///
/// # Errors
/// As [`Clip::load`].
pub fn read_wav(path: &Path) -> Result<Vec<i16>, ClipError> {
    samples_of(hound::WavReader::open(path), path)
}

fn samples_of<R: std::io::Read>(opened: hound::Result<hound::WavReader<R>>, path: &Path) -> Result<Vec<i16>, ClipError> {
    let unreadable = |e| ClipError::Unreadable(path.to_owned(), e);
    let mut reader = opened.map_err(unreadable)?;
    let spec = reader.spec();
    if !(1..=2).contains(&spec.channels) || !(4000..=384_000).contains(&spec.sample_rate) {
        return Err(ClipError::Odd(path.to_owned(), spec.channels, spec.sample_rate));
    }
    if u64::from(reader.duration()) * 8000 / u64::from(spec.sample_rate) > LONGEST_SAMPLES as u64 {
        return Err(ClipError::TooLong(path.to_owned()));
    }
    let flat: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(unreadable)?,
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map(|s| s.map(|s| s as f32 / full)).collect::<Result<_, _>>().map_err(unreadable)?
        }
    };
    let mono: Vec<f32> = match spec.channels {
        2 => flat.chunks_exact(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect(),
        _ => flat,
    };
    Ok(to_8khz(&mono, spec.sample_rate).into_iter().map(|s| (s * 32768.0).round().clamp(-32768.0, 32767.0) as i16).collect())
}

/// All clips by name. `zh-CN/welcome` is the file `welcome.wav` in the folder `zh-CN`.
#[derive(Debug, Default, Clone)]
pub struct ClipLibrary {
    clips: BTreeMap<String, Arc<Clip>>,
}

impl ClipLibrary {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads every `.wav` of `folder` and of its direct sub-folders; a later one replaces an earlier one of the same name.
    /// Returns the files that are no clips; the others are in.
    ///
    /// # Errors
    /// [`ClipError::Folder`] if `folder` cannot be read.
    pub fn add_folder(&mut self, folder: &Path) -> Result<Vec<ClipError>, ClipError> {
        let mut wrong = Vec::new();
        for (entry, prefix) in wav_files(folder)? {
            let outcome = Clip::load(&entry).and_then(|mut clip| {
                clip.name = format!("{prefix}{}", clip.name);
                self.insert(clip).map_err(|_| ClipError::Full(entry.clone()))
            });
            wrong.extend(outcome.err());
        }
        Ok(wrong)
    }

    /// Adds or replaces a clip under its name; gives it back when the library is full.
    ///
    /// # Errors
    /// The clip itself.
    pub fn insert(&mut self, clip: Clip) -> Result<(), Clip> {
        if self.clips.len() >= MOST_CLIPS && !self.clips.contains_key(clip.name()) {
            return Err(clip);
        }
        self.clips.insert(clip.name.clone(), Arc::new(clip));
        Ok(())
    }

    /// The clip of that very name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Clip>> {
        self.clips.get(name).cloned()
    }

    /// The prompt `name` in `language`, else the one that belongs to no language.
    #[must_use]
    pub fn prompt(&self, language: &str, name: &str) -> Option<Arc<Clip>> {
        self.get(&format!("{language}/{name}")).or_else(|| self.get(name))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clips.keys().map(String::as_str)
    }
}

fn wav_files(folder: &Path) -> Result<Vec<(PathBuf, String)>, ClipError> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, ClipError> {
        let failed = |e| ClipError::Folder(folder.to_owned(), e);
        let mut all = std::fs::read_dir(folder)
            .map_err(failed)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        all.sort();
        Ok(all)
    };
    let is_wav = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav"));
    let mut found = Vec::new();
    for path in list(folder)? {
        if path.is_dir() {
            let prefix = format!("{}/", path.file_name().unwrap_or_default().to_string_lossy());
            found.extend(list(&path)?.into_iter().filter(|p| is_wav(p)).map(|p| (p, prefix.clone())));
        } else if is_wav(&path) {
            found.push((path, String::new()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::tone;
    use super::*;

    fn write(path: &Path, rate: u32, channels: u16, bits: u16, float: bool) {
        let sample_format = if float { hound::SampleFormat::Float } else { hound::SampleFormat::Int };
        let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        for n in 0..rate {
            let value = 0.5 * (f64::from(n) * 1000.0 * std::f64::consts::TAU / f64::from(rate)).sin();
            for _ in 0..channels {
                if float {
                    writer.write_sample(value as f32).unwrap();
                } else {
                    writer.write_sample((value * f64::from((1_u32 << (bits - 1)) - 1)) as i32).unwrap();
                }
            }
        }
        writer.finalize().unwrap();
    }

    #[test]
    fn wav_files_of_any_common_shape_become_one_second_of_the_same_tone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("en")).unwrap();
        let shapes: &[(u32, u16, u16, bool)] = &[
            (8000, 1, 16, false), (8000, 1, 8, false), (16000, 2, 16, false), (11025, 1, 16, false), (22050, 2, 24, false),
            (44100, 2, 16, false), (48000, 1, 32, false), (48000, 2, 32, true),
        ];
        for (rate, channels, bits, float) in shapes {
            write(&folder.path().join(format!("en/{rate}-{channels}-{bits}-{float}.wav")), *rate, *channels, *bits, *float);
        }
        std::fs::write(folder.path().join("broken.wav"), b"RIFF....").unwrap();
        let mut library = ClipLibrary::new();
        let wrong = library.add_folder(folder.path()).unwrap();
        assert!(matches!(&wrong[..], [ClipError::Unreadable(path, _)] if path.ends_with("broken.wav")), "{wrong:?}");
        assert_eq!(library.names().count(), shapes.len());
        for name in library.names() {
            let clip = library.prompt("en", &name[3..]).unwrap();
            assert!((995..=1005).contains(&clip.duration_ms()), "{clip:?}");
            let samples: Vec<i16> = clip.bytes(Law::A).iter().map(|b| Law::A.decoder()[usize::from(*b)]).collect();
            let (tone, other) = (tone::level(&samples, 1000.0), tone::level(&samples, 1500.0));
            // Half of full scale is 3.155 dBm0 - 6.02 dB.
            assert!((tone + 2.88).abs() < 0.3 && other < tone - 30.0, "{name}: {tone} dBm0, beside it {other}");
        }
    }
}
