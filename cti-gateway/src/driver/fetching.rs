//! Recordings of PBXs are fetched when they are complete there: copied below our recordings, looked at, and told. One that cannot
//! be had is tried again a few times, and then told as a gap with its reason.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use contract::directory::Pbx;
use contract::ports::{COMING, coming};
use contract::{EventKind, Ledger, PbxId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Clock;
use super::beside::wrap;
use crate::pbx::calls::Fetch;
use crate::sip::net::Tls;

/// Fetched at once, and waiting for it.
const AT_ONCE: usize = 4;
const MOST_WAITING: usize = 2_000;
/// Waits before each try but the first. A recorder closes its file some time after the call.
const WAITS_MS: [i64; 5] = [1_000, 4_000, 15_000, 60_000, 300_000];
/// Ten hours of talk.
const MOST_BYTES: u64 = 600 * 1024 * 1024;
/// Of one that comes over HTTP, which is held whole: two hours.
const MOST_WEB: u64 = 128 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(120);

/// One that was cut off by a restart may be of a call that goes on: longer.
const LATER_MS: i64 = 300_000;
const LATER: usize = 36;

/// What is kept of a recording until it is here, or known not to come.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Note {
    pbx: PbxId,
    fetch: Fetch,
}

/// Whoever fetches.
#[derive(Clone)]
pub(super) struct Fetching {
    clock: Clock,
    tls: Tls,
    ledger: Arc<dyn Ledger>,
    recordings: PathBuf,
    room: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// What an earlier life of this node left is taken up once.
    taken_up: Arc<AtomicBool>,
}

/// A recording that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sound {
    duration_ms: u32,
    bytes: u32,
}

impl Fetching {
    pub fn new(clock: Clock, tls: Tls, ledger: Arc<dyn Ledger>, recordings: PathBuf) -> Self {
        let (room, waiting, taken_up) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::default(), Arc::default());
        Self { clock, tls, ledger, recordings, room, waiting, taken_up }
    }

    /// Recordings on their way.
    pub fn open(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// A recording is being made at a PBX: should this node die, its next life fetches it.
    pub fn note(&self, pbx: PbxId, fetch: Fetch, house: &Handle) {
        let path = coming(&self.recordings, fetch.recording);
        house.spawn_blocking(move || {
            let kept = serde_json::to_vec(&Note { pbx, fetch }).map_err(io::Error::other);
            let part = path.with_extension("part");
            let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            let put = made.and(kept).and_then(|bytes| std::fs::write(&part, bytes)).and_then(|()| std::fs::rename(&part, &path));
            if let Err(why) = put {
                tracing::warn!("a recording of a PBX would not outlive a crash of this node: {}: {why}", path.display());
            }
        });
    }

    /// What an earlier life of this node noted and did not get.
    pub fn take_up(&self, pbxs: &BTreeMap<PbxId, Pbx>, house: &Handle) {
        if self.taken_up.swap(true, Ordering::Relaxed) {
            return;
        }
        let (this, pbxs, later, folder) = (self.clone(), pbxs.clone(), house.clone(), self.recordings.join(COMING));
        let before = self.clock.now();
        house.spawn_blocking(move || {
            // Not there: nothing was ever fetched.
            let Ok(all) = std::fs::read_dir(&folder) else { return };
            for entry in all.flatten().take(MOST_WAITING) {
                let Some(Note { pbx, fetch }) = std::fs::read(entry.path()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) else {
                    continue;
                };
                // A note of this life: its call tells when it is complete.
                if fetch.began >= before {
                    continue;
                }
                match pbxs.get(&pbx) {
                    Some(pbx) => this.start(pbx, fetch, LATER, &later),
                    None => this.lost(&fetch, "its PBX is not there any more"),
                }
            }
        });
    }

    /// Tells the end of this recording, sooner or later.
    pub fn begin(&self, pbx: &Pbx, fetch: Fetch, house: &Handle) {
        self.start(pbx, fetch, 0, house);
    }

    fn start(&self, pbx: &Pbx, fetch: Fetch, later: usize, house: &Handle) {
        if pbx.recordings.is_empty() {
            return self.lost(&fetch, "it stays at the PBX");
        }
        let Some(below) = below(&fetch.file, &pbx.recorded_in) else {
            return self.lost(&fetch, "the PBX names a file outside the folder of its recordings");
        };
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return self.lost(&fetch, "too many recordings wait to be fetched");
        }
        let (this, from) = (self.clone(), pbx.recordings.clone());
        house.spawn(async move {
            this.fetch(&fetch, &from, &below, later).await;
            this.waiting.fetch_sub(1, Ordering::Relaxed);
        });
    }

    async fn fetch(&self, fetch: &Fetch, from: &str, below: &Path, later: usize) {
        let mut why = String::new();
        for wait in [0].into_iter().chain(WAITS_MS).chain(std::iter::repeat_n(LATER_MS, later)) {
            if wait > 0 {
                tokio::time::sleep_until(self.clock.instant(self.clock.now() + wait).into()).await;
            }
            let Ok(_place) = self.room.acquire().await else { return };
            match self.once(fetch, from, below).await {
                Ok(Sound { duration_ms, bytes }) => {
                    let ended = EventKind::RecordingEnded { recording: fetch.recording, duration_ms, bytes, complete: true };
                    return self.told(fetch, ended);
                }
                Err(reason) => why = reason,
            }
        }
        self.lost(fetch, &why);
    }

    async fn once(&self, fetch: &Fetch, from: &str, below: &Path) -> Result<Sound, String> {
        let to = self.recordings.join(&fetch.path);
        let part = to.with_extension("part");
        let web = from.starts_with("http://") || from.starts_with("https://");
        let got = if web { Some(self.get(from, below).await?) } else { None };
        let (folder, source) = (PathBuf::from(from), Path::new(from).join(below));
        let work = move || -> Result<Sound, String> {
            let made = to.parent().map_or(Ok(()), std::fs::create_dir_all);
            made.map_err(|e| format!("no folder for it: {e}"))?;
            let copied = match &got {
                Some(bytes) => std::fs::write(&part, bytes),
                None => copy(&folder, &source, &part),
            };
            let sound = copied.map_err(|e| format!("it cannot be copied: {e}")).and_then(|()| listen(&part));
            let put = sound.and_then(|sound| std::fs::rename(&part, &to).map(|()| sound).map_err(|e| e.to_string()));
            if put.is_err() {
                // What is not whole must not be found beside what is.
                let _ = std::fs::remove_file(&part);
            }
            put
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(e.to_string()))
    }

    /// HTTP/1.0, whose answers end with the connection.
    async fn get(&self, from: &str, below: &Path) -> Result<Vec<u8>, String> {
        let (secure, rest) = from.strip_prefix("https://").map_or((false, from.trim_start_matches("http://")), |rest| (true, rest));
        let (host, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let (name, address) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, host.to_owned()),
            _ => (host, format!("{host}:{}", if secure { 443 } else { 80 })),
        };
        let folder = folder.trim_matches('/');
        let path: Vec<String> = below.components().map(|part| encoded(&part.as_os_str().to_string_lossy())).collect();
        let slash = if folder.is_empty() { "" } else { "/" };
        let asked = format!("GET /{folder}{slash}{} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: zuoxi\r\n\r\n", path.join("/"));
        let whole = async {
            let tcp = TcpStream::connect(&address).await.map_err(|e| format!("{address}: {e}"))?;
            let mut wire = wrap(tcp, secure.then_some(name.trim_matches(['[', ']'])), &self.tls).await?;
            wire.write_all(asked.as_bytes()).await.map_err(|e| e.to_string())?;
            let mut answer = Vec::new();
            // A far end that ends without TLS's good-bye is found by the length it told.
            let read = wire.take(MOST_WEB).read_to_end(&mut answer).await;
            if answer.is_empty() {
                read.map_err(|e| e.to_string())?;
            }
            body(&answer)
        };
        timeout(PATIENCE, whole).await.unwrap_or_else(|_| Err(format!("{address} takes too long")))
    }

    fn lost(&self, fetch: &Fetch, why: &str) {
        let (now, recording) = (self.clock.now(), fetch.recording);
        tracing::warn!(call.id = %fetch.call, "recording {recording} of call {} is not had: {why}", fetch.call);
        let gap = EventKind::RecordingGap { recording, ms: 0, reason: why.chars().take(200).collect() };
        self.ledger.record(now, Some(fetch.call), gap);
        self.told(fetch, EventKind::RecordingEnded { recording, duration_ms: 0, bytes: 0, complete: false });
    }

    /// The last word on it: nothing is to be done at the next start.
    fn told(&self, fetch: &Fetch, ended: EventKind) {
        // One that cannot be removed, as one that was never noted, is told once more at the next start at worst.
        let _ = std::fs::remove_file(coming(&self.recordings, fetch.recording));
        self.ledger.record(self.clock.now(), Some(fetch.call), ended);
    }
}

/// The file as it lies below the folder; none: it does not, or leads out of it.
fn below(file: &str, folder: &str) -> Option<PathBuf> {
    let rest = file.strip_prefix(folder.trim_end_matches('/'))?.strip_prefix('/')?;
    let path = Path::new(rest);
    let plain = !rest.is_empty() && !rest.contains('\0') && path.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !folder.trim_end_matches('/').is_empty()).then(|| path.to_owned())
}

/// A link that leads out of the folder is not followed.
fn copy(folder: &Path, from: &Path, to: &Path) -> io::Result<()> {
    let from = from.canonicalize()?;
    if !from.starts_with(folder.canonicalize()?) {
        return Err(io::Error::other("it leads out of its folder"));
    }
    let file = std::fs::File::open(from)?;
    let about = file.metadata()?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return Err(io::Error::other("it is no file, or too large"));
    }
    let mut out = std::fs::File::create(to)?;
    io::copy(&mut io::Read::take(file, MOST_BYTES), &mut out)?;
    out.sync_all()
}

/// Whether it is sound that can be played here: PCM of 16 bit, one or two channels.
fn listen(path: &Path) -> Result<Sound, String> {
    let reader = hound::WavReader::open(path).map_err(|e| format!("it is no WAV file we can read: {e}"))?;
    let spec = reader.spec();
    let plain = spec.sample_format == hound::SampleFormat::Int && spec.bits_per_sample == 16 && (1..=2).contains(&spec.channels);
    if !plain || spec.sample_rate == 0 {
        return Err("it is not PCM of 16 bit; let the PBX record as wav".to_owned());
    }
    let bytes = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    let frames = u64::from(reader.duration());
    let told = frames * u64::from(spec.channels) * 2;
    // A recorder writes the length when it closes the file.
    if frames == 0 || told > bytes {
        return Err("it has no sound, or is not whole yet".to_owned());
    }
    let ms = frames * 1_000 / u64::from(spec.sample_rate);
    Ok(Sound { duration_ms: u32::try_from(ms).unwrap_or(u32::MAX), bytes: u32::try_from(bytes).unwrap_or(u32::MAX) })
}

/// What an HTTP answer holds, where it is a 200 and whole.
fn body(answer: &[u8]) -> Result<Vec<u8>, String> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("it answers no HTTP")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first.split(' ').nth(1).unwrap_or_default();
    if !first.starts_with("HTTP/1.") || status != "200" {
        return Err(format!("the answer is {}", first.chars().take(60).collect::<String>()));
    }
    let body = &answer[end + 4..];
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("Content-Length").then(|| value.trim().parse::<usize>().ok())?
    });
    match length {
        Some(length) if body.len() < length => Err("it was cut short".to_owned()),
        Some(length) => Ok(body[..length].to_vec()),
        None => Ok(body.to_vec()),
    }
}

fn encoded(part: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    part.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use contract::{EpochMs, InteractionId, RecordingId};

    use super::*;

    /// Tells on what it is told.
    struct Teller(tokio::sync::mpsc::UnboundedSender<EventKind>);

    impl Ledger for Teller {
        fn record(&self, _: EpochMs, _: Option<InteractionId>, kind: EventKind) {
            let _ = self.0.send(kind);
        }
    }

    fn wav(path: &Path) {
        let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        (0..8_000).for_each(|_| writer.write_sample(1_i16).unwrap());
        writer.finalize().unwrap();
    }

    #[tokio::test]
    async fn what_a_life_of_this_node_did_not_get_the_next_one_does_and_what_cannot_come_any_more_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (recordings, monitor) = (folder.path().join("recordings"), folder.path().join("monitor"));
        std::fs::create_dir_all(&monitor).unwrap();
        wav(&monitor.join("1.wav"));
        let house = Handle::current();
        let (teller, mut told) = tokio::sync::mpsc::unbounded_channel();
        let ledger: Arc<dyn Ledger> = Arc::new(Teller(teller));
        let life = || Fetching::new(Clock::start(), Tls::open(None, None).unwrap(), ledger.clone(), recordings.clone());
        let fetch = |n: i64| Fetch {
            call: InteractionId(n),
            recording: RecordingId(n),
            file: format!("/var/monitor/{n}.wav"),
            path: format!("2026/{n}.wav"),
            began: 1_000,
        };
        let first = life();
        for (n, pbx) in [(1, 5), (2, 6)] {
            first.note(PbxId(pbx), fetch(n), &house);
        }
        let noted = |n: i64| coming(&recordings, RecordingId(n));
        let written = async {
            while !(noted(1).exists() && noted(2).exists()) {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, written).await.unwrap();

        let pbx = Pbx {
            id: PbxId(5),
            name: "office".into(),
            kind: contract::directory::PbxKind::Asterisk,
            address: "192.0.2.20:5038".into(),
            tls: None,
            user: "zuoxi".into(),
            password: contract::directory::Secret("secret".into()),
            queues: Vec::new(),
            context: "in".into(),
            recorded_in: "/var/monitor".into(),
            recordings: monitor.to_string_lossy().into_owned(),
        };
        let next = life();
        next.take_up(&BTreeMap::from([(pbx.id, pbx.clone())]), &house);
        let mut ends = BTreeMap::new();
        while ends.len() < 2 {
            if let Some(EventKind::RecordingEnded { recording, complete, .. }) = timeout(PATIENCE, told.recv()).await.unwrap() {
                ends.insert(recording.0, complete);
            }
        }
        assert_eq!(ends, BTreeMap::from([(1, true), (2, false)]));
        assert!(recordings.join("2026/1.wav").exists() && !noted(1).exists() && !noted(2).exists());
        next.take_up(&BTreeMap::from([(pbx.id, pbx)]), &house);
        assert!(told.try_recv().is_err(), "once");
    }

    #[test]
    fn only_files_below_the_folder_are_fetched() {
        let at = |file: &str| below(file, "/var/spool/asterisk/monitor").map(|p| p.to_string_lossy().into_owned());
        assert_eq!(at("/var/spool/asterisk/monitor/a b.wav").as_deref(), Some("a b.wav"));
        assert_eq!(at("/var/spool/asterisk/monitor/2026/11/x.wav").as_deref(), Some("2026/11/x.wav"));
        for bad in [
            "/var/spool/asterisk/monitor/../../../etc/passwd",
            "/var/spool/asterisk/monitor/2026/../../x.wav",
            "/var/spool/asterisk/monitors/x.wav",
            "/var/spool/asterisk/monitor/",
            "/var/spool/asterisk/monitor//etc/passwd",
            "/etc/passwd",
            "x.wav",
            "",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
        assert_eq!(below("/etc/passwd", ""), None);
        assert_eq!(below("/etc/passwd", "/"), None);
    }

    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("monitor"), folder.path().join("secret.wav"));
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(&outside, b"x").unwrap();
        std::fs::write(inside.join("a.wav"), b"x").unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("b.wav")).unwrap();
        let to = folder.path().join("copy");
        assert!(copy(&inside, &inside.join("a.wav"), &to).is_ok());
        assert!(copy(&inside, &inside.join("b.wav"), &to).is_err());
        assert!(copy(&inside, &inside, &to).is_err(), "no file");
    }

    #[test]
    fn an_answer_is_taken_whole_or_not_at_all() {
        assert_eq!(body(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd"), Ok(b"abc".to_vec()));
        assert_eq!(body(b"HTTP/1.0 200 OK\r\n\r\nabc"), Ok(b"abc".to_vec()));
        for bad in [&b"HTTP/1.1 404 Not Found\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", b"220 ready\r\n\r\n", b""] {
            assert!(body(bad).is_err());
        }
        assert_eq!(encoded("a b/ü"), "a%20b%2F%C3%BC");
    }

    #[test]
    fn only_sound_that_can_be_played_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.wav");
        let write = |bits: u16, samples: u32| {
            let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: bits, sample_format: hound::SampleFormat::Int };
            let mut writer = hound::WavWriter::create(&path, spec).unwrap();
            (0..samples).for_each(|_| writer.write_sample(1_i16).unwrap());
            writer.finalize().unwrap();
            listen(&path)
        };
        assert_eq!(write(16, 8_000), Ok(Sound { duration_ms: 1_000, bytes: 16_044 }));
        assert!(write(16, 0).is_err() && write(8, 100).is_err());
        std::fs::write(&path, b"RIFF").unwrap();
        assert!(listen(&path).is_err());
    }
}
