//! A recording's bytes, as they are stored: size, ranges for seeking, whole downloads in pieces, deletion. Names are
//! checked by [`store::Files`], so that no row can name a file outside the folder.

use std::ops::Range;

use bytes::Bytes;
use store::Files;
use store::files::{FileError, FileInfo};

use crate::peaks;
use crate::rows::Recording;

/// What an HTTP answer says of it.
pub const MEDIA_TYPE: &str = "audio/wav";
/// A piece that is read at once; what a listener's seek costs in memory at most.
pub const PIECE: u64 = 256 * 1024;

/// The file as it is now; one still being written has grown since.
/// # Errors
/// [`FileError::NotFound`] where the file is gone, [`FileError::Storage`].
pub async fn info(files: &Files, recording: &Recording) -> Result<FileInfo, FileError> {
    files.info(&recording.path).await
}

/// The bytes from `start` to before `end`.
/// # Errors
/// [`FileError::Range`] outside the file; as [`info`].
pub async fn range(files: &Files, recording: &Recording, range: Range<u64>) -> Result<Bytes, FileError> {
    files.range(&recording.path, range).await
}

/// The ranges in which `whole` is read piece by piece: a download holds one of them in memory, not the file.
pub fn pieces(whole: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = whole.end;
    std::iter::successors(Some(whole.start), |at| Some(at + PIECE)).take_while(move |at| *at < end).map(move |at| at..end.min(at + PIECE))
}

/// Removes the file and its peaks. Deleting what is gone succeeds.
/// # Errors
/// [`FileError::Storage`].
pub async fn delete(files: &Files, recording: &Recording) -> Result<(), FileError> {
    files.delete(&peaks::name(&recording.path)).await?;
    files.delete(&recording.path).await
}
