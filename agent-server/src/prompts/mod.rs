//! What callers hear: the prompts built into the program, and over them those of the company, kept as files. Start at
//! [`Prompts::open`]. What is there now is a [`Library`]; who uses which prompt is told by [`uses`].
//! Never in this room: HTTP, rights, how a prompt is played.

mod library;
pub mod uses;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use contract::EpochMs;
use cti_gateway::driver::Prompts as Clips;
use cti_gateway::media::Clip;
use tokio::sync::{OwnedSemaphorePermit, RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore};

pub use library::{BuiltIn, Folder, Key, Library, Own};

#[derive(rust_embed::Embed)]
#[folder = "../ivr/demo/prompts"]
struct Embedded;

/// Name and text of the demo's flows.
pub const DEMO_FLOWS: &[(&str, &str)] = &[
    ("main", include_str!("../../../ivr/demo/flows/main.yaml")),
    ("after-hours", include_str!("../../../ivr/demo/flows/after-hours.yaml")),
    ("id-digits", include_str!("../../../ivr/demo/flows/id-digits.yaml")),
    ("survey", include_str!("../../../ivr/demo/flows/survey.yaml")),
    ("direct", include_str!("../../../ivr/demo/flows/direct.yaml")),
    ("direct-en", include_str!("../../../ivr/demo/flows/direct-en.yaml")),
];

/// Files that are being written; what is left of them goes at the next start.
const UNFINISHED: &str = ".upload-";
/// Uploads taken in at once; each may hold its file in memory.
const AT_ONCE: usize = 2;

/// All prompts, and the folder of the company's own.
#[derive(Debug)]
pub struct Prompts {
    folder: PathBuf,
    now: ArcSwap<Library>,
    turn: RwLock<()>,
    uploads: Arc<Semaphore>,
    written: AtomicU64,
}

impl Prompts {
    /// Reads all of them. Files that are no sounds are named in the log and left out.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let mut library = Library::of(&Clips::built_in(), embedded());
        for place in Folder::EVERY {
            for path in wav_files(&place.path(folder))? {
                library = match own(place, &path, &library) {
                    Ok(Some((key, own))) => library.with(key, own),
                    Ok(None) => library,
                    Err(why) => {
                        tracing::error!("a prompt cannot be used: {}: {why}", path.display());
                        library
                    }
                }
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            now: ArcSwap::from_pointee(library),
            turn: RwLock::default(),
            uploads: Arc::new(Semaphore::new(AT_ONCE)),
            written: AtomicU64::new(0),
        })
    }

    /// Takes away what uploads left behind that were cut short; for who alone serves this folder.
    pub fn sweep(&self) {
        let unfinished = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten().filter(unfinished) {
            if let Err(e) = std::fs::remove_file(entry.path()) {
                tracing::warn!("{} is left over and cannot be removed: {e}", entry.path().display());
            }
        }
    }

    #[must_use]
    pub fn now(&self) -> Arc<Library> {
        self.now.load_full()
    }

    /// Held while something is checked against the prompts and kept: none of them goes meanwhile.
    pub async fn still(&self) -> RwLockReadGuard<'_, ()> {
        self.turn.read().await
    }

    /// Room for one more upload; `None`: there are enough at the moment.
    pub fn upload(&self) -> Option<OwnedSemaphorePermit> {
        self.uploads.clone().try_acquire_owned().ok()
    }

    /// The turn to change something. One after the other.
    pub async fn turn(&self) -> Turn<'_> {
        Turn { prompts: self, _held: self.turn.write().await }
    }
}

/// Held while prompts are changed.
pub struct Turn<'a> {
    prompts: &'a Prompts,
    _held: RwLockWriteGuard<'a, ()>,
}

/// A file that is written and not yet in its place. Dropped, it is gone.
#[derive(Debug)]
pub struct Laid(PathBuf);

impl Drop for Laid {
    fn drop(&mut self) {
        // Gone already where it was kept.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Turn<'_> {
    /// Writes the bytes of a prompt beside its place, down to the disk.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn lay(&self, bytes: bytes::Bytes) -> std::io::Result<Laid> {
        let folder = self.prompts.folder.clone();
        let nth = self.prompts.written.fetch_add(1, Ordering::Relaxed);
        let laid = Laid(folder.join(format!("{UNFINISHED}{}-{nth}", std::process::id())));
        blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let mut file = std::fs::File::create(&laid.0)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            Ok(laid)
        })
        .await
    }

    /// Puts it into its place, over whatever was there: from now on it is what is played.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn keep(&self, key: Key, laid: Laid, clip: Clip, now: EpochMs) -> std::io::Result<()> {
        let library = self.prompts.now();
        let folder = key.0.path(&self.prompts.folder);
        let path = library.own(&key).map_or_else(|| folder.join(format!("{}.wav", key.1)), |own| own.path.clone());
        let clip = Arc::new(clip.named(key.0.clip_name(&key.1)));
        let own = blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let bytes = std::fs::metadata(&laid.0)?.len();
            std::fs::rename(&laid.0, &path)?;
            std::fs::File::open(&folder)?.sync_all()?;
            Ok(Own { clip, path, bytes, changed: now })
        })
        .await?;
        self.prompts.now.store(Arc::new(library.with(key, own)));
        Ok(())
    }

    /// Takes an own prompt away; the built-in one of its name, if there is one, is played again.
    ///
    /// # Errors
    /// Those of the disk.
    pub async fn remove(&self, key: &Key) -> std::io::Result<()> {
        let library = self.prompts.now();
        let Some(own) = library.own(key) else { return Ok(()) };
        let path = own.path.clone();
        blocking(move || match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        })
        .await?;
        self.prompts.now.store(Arc::new(library.without(key)));
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

/// The spoken prompts in the program, with their words.
fn embedded() -> BTreeMap<Key, BuiltIn> {
    let words = words();
    let one = |path: std::borrow::Cow<'static, str>| {
        let (folder, name) = path.strip_suffix(".wav")?.split_once('/')?;
        let key = (Folder::parse(folder)?, name.to_owned());
        let wav = Embedded::get(&path)?.data;
        // Tests read each of them.
        let clip = Clip::from_wav(key.0.clip_name(name), &wav).ok()?;
        let says = words.get(&key).cloned();
        Some((key, BuiltIn { clip: Arc::new(clip), wav, says }))
    };
    Embedded::iter().filter_map(one).collect()
}

/// `prompts.tsv`: a name, and what it says in each language of the first line.
fn words() -> BTreeMap<Key, String> {
    let table = Embedded::get("prompts.tsv").map(|file| file.data).unwrap_or_default();
    let table = String::from_utf8_lossy(&table);
    let mut lines = table.lines().map(|line| line.split('\t'));
    let folders: Vec<Option<Folder>> = lines.next().into_iter().flatten().map(Folder::parse).collect();
    let mut words = BTreeMap::new();
    for mut line in lines {
        let Some(name) = line.next() else { continue };
        for (folder, says) in folders.iter().skip(1).zip(line) {
            words.extend(folder.map(|folder| ((folder, name.to_owned()), says.to_owned())));
        }
    }
    words
}

/// In order of their names; none where there is no such folder.
fn wav_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) && path.is_file());
    paths.sort();
    Ok(paths)
}

/// A file of the company; `None`: the very one that is built in.
fn own(folder: Folder, path: &Path, library: &Library) -> Result<Option<(Key, Own)>, Box<dyn std::error::Error>> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let wav = std::fs::read(path)?;
    let clip = Arc::new(Clip::from_wav(folder.clip_name(&name), &wav)?);
    let key = (folder, name);
    if library.built_in(&key).is_some_and(|built_in| *built_in.wav == *wav) {
        return Ok(None);
    }
    let since = std::fs::metadata(path)?.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let changed = EpochMs::try_from(since.as_millis()).unwrap_or(EpochMs::MAX);
    Ok(Some((key, Own { clip, path: path.to_owned(), bytes: wav.len() as u64, changed })))
}
