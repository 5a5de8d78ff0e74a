//! Prompts and music as the media threads play them: 8 kHz, held as µ-law and A-law bytes, converted once when loaded.
//! Start at [`ClipLibrary::add_folder`] or [`Clip::load`].
//! Never in this room: playing (that is `player`), languages of callers (a name may carry one: `zh-CN/welcome`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::law::Law;
use super::wav::{self, WavFault};

/// Clips in one library.
const MOST_CLIPS: usize = 20_000;

/// Why a file is no clip.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error("{0}: {1}")]
    Wav(PathBuf, #[source] WavFault),
    #[error("{0}: {1}")]
    File(PathBuf, #[source] std::io::Error),
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

    /// From a WAV file of any common shape, as [`wav::samples`] reads it.
    ///
    /// # Errors
    /// [`ClipError`], naming the file and what to do.
    pub fn load(path: &Path) -> Result<Self, ClipError> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).map_err(|e| ClipError::File(path.to_owned(), e))?;
        Self::from_wav(name, &bytes).map_err(|e| ClipError::Wav(path.to_owned(), e))
    }

    /// From the bytes of a WAV file.
    ///
    /// # Errors
    /// [`WavFault`], saying what to do.
    pub fn from_wav(name: impl Into<String>, bytes: &[u8]) -> Result<Self, WavFault> {
        Ok(Self::from_samples(name, &wav::samples(bytes)?))
    }

    /// The same sound under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// As callers hear it, in a WAV file.
    #[must_use]
    pub fn to_wav(&self) -> Vec<u8> {
        let samples: Vec<i16> = self.mu.iter().map(|b| Law::Mu.decoder()[usize::from(*b)]).collect();
        wav::file(&samples)
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
    /// [`ClipError::File`] if `folder` cannot be read.
    pub fn add_folder(&mut self, folder: &Path) -> Result<Vec<ClipError>, ClipError> {
        let mut wrong = Vec::new();
        for (entry, prefix) in wav_files(folder)? {
            let outcome = Clip::load(&entry).and_then(|clip| {
                let name = format!("{prefix}{}", clip.name);
                self.insert(clip.named(name)).map_err(|_| ClipError::Full(entry.clone()))
            });
            wrong.extend(outcome.err());
        }
        Ok(wrong)
    }

    /// Adds or replaces a clip under its name; gives it back when the library is full.
    ///
    /// # Errors
    /// The clip itself.
    pub fn insert(&mut self, clip: impl Into<Arc<Clip>>) -> Result<(), Arc<Clip>> {
        let clip = clip.into();
        if self.clips.len() >= MOST_CLIPS && !self.clips.contains_key(clip.name()) {
            return Err(clip);
        }
        self.clips.insert(clip.name.clone(), clip);
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

    pub fn clips(&self) -> impl Iterator<Item = &Arc<Clip>> {
        self.clips.values()
    }
}

fn wav_files(folder: &Path) -> Result<Vec<(PathBuf, String)>, ClipError> {
    let list = |folder: &Path| -> Result<Vec<PathBuf>, ClipError> {
        let failed = |e| ClipError::File(folder.to_owned(), e);
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
        assert!(matches!(&wrong[..], [ClipError::Wav(path, WavFault::NotWav)] if path.ends_with("broken.wav")), "{wrong:?}");
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
