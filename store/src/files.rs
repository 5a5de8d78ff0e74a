//! Files that belong to rows: recordings, voicemail, prompts, exports. One folder, one flat rule for names, every write
//! on the disk before it returns. Never in this room: what a file means, and who may hear it.

use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

/// A folder of files; cloning shares it.
#[derive(Debug, Clone)]
pub struct Files {
    store: std::sync::Arc<LocalFileSystem>,
}

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("`{0}` is no file name here: expected parts of a-z A-Z 0-9 . _ - joined by /, at most 512 characters, no part beginning with a dot")]
    BadName(String),
    #[error("there is no file `{0}`")]
    NotFound(String),
    #[error("there is a file `{0}` already")]
    Exists(String),
    #[error("`{name}` has {size} bytes; {from} to {to} is outside")]
    Range { name: String, size: u64, from: u64, to: u64 },
    #[error("file storage failed: {0}")]
    Storage(String),
}

/// What is known of a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    pub name: String,
    pub bytes: u64,
    /// Milliseconds since 1970 UTC.
    pub modified: contract::EpochMs,
}

impl Files {
    /// `folder` is made where missing.
    /// # Errors
    /// [`FileError::Storage`] where it cannot be used.
    pub fn open(folder: &Path) -> Result<Self, FileError> {
        let fail = |e: String| FileError::Storage(format!("{}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(|e| fail(e.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|e| fail(e.to_string()))?;
        Ok(Self { store: std::sync::Arc::new(store.with_fsync(true)) })
    }

    /// Writes a file, whole or not at all; replaces one of the same name.
    /// # Errors
    /// [`FileError::BadName`], [`FileError::Storage`].
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), FileError> {
        self.store.put(&key(name)?, bytes.into()).await.map(|_| ()).map_err(|e| failed(name, e))
    }

    /// Writes a file that is not there yet.
    /// # Errors
    /// [`FileError::Exists`], [`FileError::BadName`], [`FileError::Storage`].
    pub async fn put_new(&self, name: &str, bytes: Bytes) -> Result<(), FileError> {
        let options = PutOptions::from(PutMode::Create);
        self.store.put_opts(&key(name)?, bytes.into(), options).await.map(|_| ()).map_err(|e| failed(name, e))
    }

    /// # Errors
    /// [`FileError::NotFound`], [`FileError::BadName`], [`FileError::Storage`].
    pub async fn get(&self, name: &str) -> Result<Bytes, FileError> {
        let got = self.store.get(&key(name)?).await.map_err(|e| failed(name, e))?;
        got.bytes().await.map_err(|e| failed(name, e))
    }

    /// The bytes from `range.start` to before `range.end`.
    /// # Errors
    /// [`FileError::Range`] where that is not all within the file, and as [`Files::get`].
    pub async fn range(&self, name: &str, range: Range<u64>) -> Result<Bytes, FileError> {
        let size = self.info(name).await?.bytes;
        if range.start >= range.end || range.end > size {
            return Err(FileError::Range { name: name.to_owned(), size, from: range.start, to: range.end });
        }
        self.store.get_range(&key(name)?, range).await.map_err(|e| failed(name, e))
    }

    /// # Errors
    /// [`FileError::NotFound`], [`FileError::BadName`], [`FileError::Storage`].
    pub async fn info(&self, name: &str) -> Result<FileInfo, FileError> {
        let meta = self.store.head(&key(name)?).await.map_err(|e| failed(name, e))?;
        Ok(FileInfo { name: name.to_owned(), bytes: meta.size, modified: meta.last_modified.timestamp_millis() })
    }

    /// Deleting what is not there succeeds.
    /// # Errors
    /// [`FileError::BadName`], [`FileError::Storage`].
    pub async fn delete(&self, name: &str) -> Result<(), FileError> {
        match self.store.delete(&key(name)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(failed(name, e)),
        }
    }

    /// Up to `limit` files below a folder (all, where empty), in no order.
    /// # Errors
    /// [`FileError::BadName`], [`FileError::Storage`].
    pub async fn list(&self, folder: &str, limit: usize) -> Result<Vec<FileInfo>, FileError> {
        let below = if folder.is_empty() { None } else { Some(key(folder)?) };
        let found = self.store.list(below.as_ref()).take(limit).map_ok(|meta| FileInfo {
            name: meta.location.to_string(),
            bytes: meta.size,
            modified: meta.last_modified.timestamp_millis(),
        });
        found.try_collect().await.map_err(|e| failed(folder, e))
    }
}

/// A strict rule instead of escapes: names come from ids and dates, and nothing else may reach the file system.
fn key(name: &str) -> Result<Key, FileError> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    let part = |p: &str| !p.is_empty() && !p.starts_with('.') && p.bytes().all(plain);
    if name.len() > 512 || !name.split('/').all(part) {
        return Err(FileError::BadName(name.chars().take(80).collect()));
    }
    Ok(Key::from(name))
}

fn failed(name: &str, error: object_store::Error) -> FileError {
    match error {
        object_store::Error::NotFound { .. } => FileError::NotFound(name.to_owned()),
        object_store::Error::AlreadyExists { .. } => FileError::Exists(name.to_owned()),
        e => FileError::Storage(e.to_string()),
    }
}
