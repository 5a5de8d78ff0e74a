//! Where the stations are, kept in a small file over a restart: a phone that registered a minute ago rings at once after
//! it, and not only when it registers next. Written beside the calls, never waited for; losing it costs nothing but that.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contract::{EpochMs, StationId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Clock;
use crate::sip::api::{Contact, Transport, UaEvent};

/// How often changes are written.
const PACE: Duration = Duration::from_secs(2);
/// News that may wait for the writer.
const QUEUE: usize = 8_192;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    station: StationId,
    contact: String,
    remote: SocketAddr,
    user_agent: Option<String>,
    expires: EpochMs,
}

/// What happened to a contact.
#[derive(Debug)]
enum News {
    Here(Line),
    Gone(StationId, String),
}

/// Hears of registrations, and has them written.
#[derive(Debug, Clone)]
pub struct ContactBook {
    news: mpsc::Sender<News>,
}

impl ContactBook {
    /// Starts the writer with what is known. It ends, with all written, when the book is gone.
    pub fn open(path: PathBuf, clock: Clock, known: &[Contact]) -> (Self, JoinHandle<()>) {
        let (news, hears) = mpsc::channel(QUEUE);
        let lines = known.iter().map(|c| line(clock.now(), c)).map(|l| ((l.station, l.contact.clone()), l)).collect();
        let writer = tokio::spawn(write_on(path, clock, lines, hears));
        (Self { news }, writer)
    }

    /// Takes note of a registration. News that find no room are lost: the phone registers again.
    pub fn note(&self, now: EpochMs, event: &UaEvent) {
        let news = match event {
            UaEvent::Registered { station, contact, user_agent, flow, expires, .. }
                if flow.transport == Transport::Udp =>
            {
                News::Here(line(
                    now,
                    &Contact {
                        station: *station,
                        uri: contact.clone(),
                        remote: flow.remote,
                        user_agent: user_agent.clone(),
                        expires: *expires,
                    },
                ))
            }
            UaEvent::Unregistered { station, contact, .. } => News::Gone(*station, contact.clone()),
            _ => return,
        };
        let _ = self.news.try_send(news);
    }
}

fn line(now: EpochMs, contact: &Contact) -> Line {
    let life = i64::try_from(contact.expires.as_millis()).unwrap_or(i64::MAX / 2);
    Line {
        station: contact.station,
        contact: contact.uri.clone(),
        remote: contact.remote,
        user_agent: contact.user_agent.clone(),
        expires: now + life,
    }
}

/// What was known before the restart and has not expired since. A file that does not read is as good as none.
pub fn read(path: &Path, now: EpochMs) -> Vec<Contact> {
    let lines: Vec<Line> = match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|why| {
            tracing::warn!("{} is left aside, phones must register anew: {why}", path.display());
            Vec::new()
        }),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(why) => {
            tracing::warn!("{} cannot be read, phones must register anew: {why}", path.display());
            Vec::new()
        }
    };
    let alive = |line: Line| {
        let left = u64::try_from(line.expires - now).ok().filter(|left| *left > 0)?;
        Some(Contact {
            station: line.station,
            uri: line.contact,
            remote: line.remote,
            user_agent: line.user_agent,
            expires: Duration::from_millis(left),
        })
    };
    lines.into_iter().filter_map(alive).collect()
}

async fn write_on(
    path: PathBuf,
    clock: Clock,
    mut lines: BTreeMap<(StationId, String), Line>,
    mut hears: mpsc::Receiver<News>,
) {
    let mut every = tokio::time::interval(PACE);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut changed, mut failed) = (false, false);
    loop {
        let ended = tokio::select! {
            news = hears.recv() => match news {
                Some(news) => {
                    take(&mut lines, news);
                    changed = true;
                    continue;
                }
                None => true,
            },
            _ = every.tick() => false,
        };
        if changed {
            let now = clock.now();
            lines.retain(|_, line| line.expires > now);
            let (path, text) = (path.clone(), serde_json::to_vec_pretty(&lines.values().collect::<Vec<_>>()));
            let written = tokio::task::spawn_blocking(move || put(&path, &text.map_err(io::Error::other)?)).await;
            changed = false;
            if let Err(why) = written.map_err(io::Error::other).and_then(|written| written) {
                // Tried again with the next change; told once.
                if !std::mem::replace(&mut failed, true) {
                    tracing::warn!("phones must register anew after a restart: they cannot be written down: {why}");
                }
            } else {
                failed = false;
            }
        }
        if ended {
            return;
        }
    }
}

fn take(lines: &mut BTreeMap<(StationId, String), Line>, news: News) {
    match news {
        News::Here(line) => drop(lines.insert((line.station, line.contact.clone()), line)),
        News::Gone(station, contact) => drop(lines.remove(&(station, contact))),
    }
}

/// Whole or not at all: a crash in the middle leaves the file of before.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EpochMs = 1_800_000_000_000;

    fn contact(station: i64, seconds: u64) -> Contact {
        Contact {
            station: StationId(station),
            uri: format!("sip:{station}@192.0.2.7:5062"),
            remote: "192.0.2.7:5062".parse().unwrap(),
            user_agent: Some("Desk 9".into()),
            expires: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn what_is_written_reads_back_with_what_is_left_of_its_life() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.json");
        assert_eq!(read(&path, NOW), [], "no file is no contact");
        let lines = [line(NOW, &contact(1, 120)), line(NOW, &contact(2, 30))];
        put(&path, &serde_json::to_vec(&lines).unwrap()).unwrap();
        assert_eq!(read(&path, NOW + 20_000), [contact(1, 100), contact(2, 10)]);
        assert_eq!(read(&path, NOW + 30_000), [contact(1, 90)], "the other has expired");
        std::fs::write(&path, "{half").unwrap();
        assert_eq!(read(&path, NOW), [], "a broken file is no contact");
    }
}
