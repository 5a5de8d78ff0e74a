//! The spool: events on the local disk while the database is away. A file of records: length, checksum, JSON. Appended
//! and synced in batches, read from the front, emptied when all is in the database. A tail torn by a crash is cut off at
//! the last whole record: those events were never reported as safe.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::{EpochMs, Event, EventKind, InteractionId};
use sha2::{Digest, Sha256};

use crate::DbError;

/// Length and checksum, 4 bytes each, little-endian.
const HEAD: usize = 8;
/// No event is near this; a longer length is a torn or foreign one.
const LONGEST: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    path: PathBuf,
    /// Where the next record to apply begins.
    read_at: u64,
    /// Where the last whole record ends.
    end: u64,
    last: u64,
}

impl Spool {
    pub(super) fn open(path: &Path) -> Result<Self, DbError> {
        let fail = |e: io::Error| DbError::Setup(format!("cannot use the spool file {}: {e}", path.display()));
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DbError::Setup(format!("the spool file {} is in use by another process", path.display())));
            }
            Err(TryLockError::Error(e)) => return Err(fail(e)),
        }
        let mut spool = Self { file, path: path.to_owned(), read_at: 0, end: 0, last: 0 };
        spool.recover().map_err(fail)?;
        Ok(spool)
    }

    /// Finds the last whole record and cuts off what follows.
    fn recover(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        while let Some((event, size)) = self.record_at(self.end, length)? {
            self.end += size;
            self.last = event.seq;
        }
        if self.end < length {
            tracing::warn!(
                bytes = length - self.end,
                "the spool file {} ends in a torn record, which is cut off",
                self.path.display()
            );
            self.file.set_len(self.end)?;
            self.file.sync_all()?;
        }
        Ok(())
    }

    /// The last number in it, 0 where empty.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn bytes(&self) -> u64 {
        self.end
    }

    /// Writes and syncs. On an error the file is as before.
    pub(super) fn append(&mut self, events: &[Arc<Event>]) -> io::Result<()> {
        let Some(newest) = events.last() else { return Ok(()) };
        let mut bytes = Vec::with_capacity(events.len() * 256);
        for event in events {
            encode(event, &mut bytes)?;
        }
        let written = self.write_at_end(&bytes);
        if written.is_err() {
            // What is beyond `end` would be read as torn; cutting it now keeps the next append aligned.
            let _ = self.file.set_len(self.end);
            return written;
        }
        self.end += bytes.len() as u64;
        self.last = newest.seq;
        Ok(())
    }

    fn write_at_end(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    /// The next events to apply and where they end.
    pub(super) fn front(&mut self, most: usize) -> io::Result<(Vec<Arc<Event>>, u64)> {
        let (mut events, mut at) = (Vec::new(), self.read_at);
        while events.len() < most
            && let Some((event, size)) = self.record_at(at, self.end)?
        {
            events.push(Arc::new(event));
            at += size;
        }
        Ok((events, at))
    }

    /// Everything before `to` is in the database. An empty spool is an empty file.
    pub(super) fn applied(&mut self, to: u64) -> io::Result<()> {
        self.read_at = to;
        if self.read_at >= self.end && self.end > 0 {
            self.file.set_len(0)?;
            self.file.sync_data()?;
            (self.read_at, self.end) = (0, 0);
        }
        Ok(())
    }

    /// `None`: nothing whole begins there.
    fn record_at(&mut self, at: u64, length: u64) -> io::Result<Option<(Event, u64)>> {
        if length < at + HEAD as u64 {
            return Ok(None);
        }
        let mut head = [0; HEAD];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut head)?;
        let (size, sum) = head.split_at(4);
        let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
        if size > LONGEST || length < at + (HEAD + size) as u64 {
            return Ok(None);
        }
        let mut body = vec![0; size];
        self.file.read_exact(&mut body)?;
        Ok(Some(body).filter(|body| checksum(body) == sum).and_then(|body| decode(&body)).map(|e| (e, (HEAD + size) as u64)))
    }
}

type Line<K> = (u16, u64, EpochMs, Option<InteractionId>, K);

fn encode(event: &Event, to: &mut Vec<u8>) -> io::Result<()> {
    let line: Line<&EventKind> = (event.node, event.seq, event.at, event.interaction, &event.kind);
    let body = serde_json::to_vec(&line)?;
    let size = u32::try_from(body.len()).map_err(|_| io::Error::other("an event is longer than 4 GiB"))?;
    to.extend_from_slice(&size.to_le_bytes());
    to.extend_from_slice(&checksum(&body));
    to.extend_from_slice(&body);
    Ok(())
}

fn decode(body: &[u8]) -> Option<Event> {
    let (node, seq, at, interaction, kind): Line<EventKind> = serde_json::from_slice(body).ok()?;
    Some(Event { node, seq, at, interaction, kind })
}

fn checksum(body: &[u8]) -> [u8; 4] {
    let sum = Sha256::digest(body);
    [sum[0], sum[1], sum[2], sum[3]]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(seq: u64, text: String) -> Arc<Event> {
        Arc::new(Event { node: 1, seq, at: 5, interaction: None, kind: EventKind::NodeStarted { version: text } })
    }

    fn all(spool: &mut Spool) -> Vec<u64> {
        spool.front(usize::MAX).unwrap().0.iter().map(|e| e.seq).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]
        #[test]
        fn cut_or_garbled_at_any_byte_it_keeps_exactly_the_whole_records_before(
            texts in prop::collection::vec("[a-z\u{4e00}-\u{4e10}]{0,12}", 1..5), flip in any::<bool>()
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("spool");
            let mut ends = vec![0];
            let mut spool = Spool::open(&path).unwrap();
            for (i, text) in texts.iter().enumerate() {
                spool.append(&[event(i as u64 + 1, text.clone())]).unwrap();
                ends.push(spool.bytes());
            }
            drop(spool);
            let whole = std::fs::read(&path).unwrap();
            for cut in 0..whole.len() {
                let mut bytes = whole.clone();
                if flip { bytes[cut] ^= 0x55 } else { bytes.truncate(cut) }
                std::fs::write(&path, &bytes).unwrap();
                let mut spool = Spool::open(&path).unwrap();
                let kept = ends.iter().filter(|end| **end > 0 && **end <= cut as u64).count() as u64;
                prop_assert_eq!(all(&mut spool), (1..=kept).collect::<Vec<_>>());
                prop_assert_eq!(spool.last(), kept);
                // And goes on as if nothing had happened (tried at some: each is a sync of the disk).
                if cut % 7 != 0 {
                    continue;
                }
                spool.append(&[event(kept + 1, "next".into())]).unwrap();
                drop(spool);
                prop_assert_eq!(all(&mut Spool::open(&path).unwrap()), (1..=kept + 1).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn it_is_emptied_when_all_is_applied_and_belongs_to_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool");
        let mut spool = Spool::open(&path).unwrap();
        assert!(Spool::open(&path).unwrap_err().to_string().contains("in use"));
        spool.append(&[event(1, "a".into()), event(2, "b".into()), event(3, "c".into())]).unwrap();
        let (two, at) = spool.front(2).unwrap();
        assert_eq!(two.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2]);
        spool.applied(at).unwrap();
        assert_eq!(all(&mut spool), [3]);
        let (_, at) = spool.front(9).unwrap();
        spool.applied(at).unwrap();
        assert_eq!((all(&mut spool), std::fs::metadata(&path).unwrap().len()), (vec![], 0));
    }
}
