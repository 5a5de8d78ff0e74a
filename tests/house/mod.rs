//! A gateway in this process with a small company, and the phones around it. Start at [`House::open`]; a test ends with
//! [`House::close`], which checks that nothing is left of any call. `company` writes the directory, `book` is the ledger.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use contract::{
    AgentId, CallCommand, Candidate, Caller, Directory, EventKind, InteractionId, Lookup, RecordingId, Seat, SeatCommand,
    StationId,
};
use cti_gateway::driver::{Gateway, GatewayConfig, Ports, Prompts};
use cti_gateway::media::tone;
use cti_gateway::sip::api::EndpointConfig;
use tokio::time::timeout;

use crate::phone::{Ear, Manner, PATIENCE, Phone, PhoneConfig, Sound};

pub mod book;
pub mod company;

pub use book::{Book, Fact};

pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Music on hold in tests: one tone, so that it is told from speech.
pub const MUSIC_HZ: f64 = 1200.0;
/// What callers and agents say.
pub const CALLER_HZ: f64 = 440.0;
pub const AGENT_HZ: f64 = 700.0;
pub const SECOND_HZ: f64 = 950.0;

/// RTP ports of this process: houses and phones side by side.
static PORTS: AtomicU16 = AtomicU16::new(0);
const FIRST_PORT: u16 = 22_000;
const PORTS_EACH: u16 = 400;

/// The next range of RTP ports; ports others hold are passed over.
#[must_use]
pub fn rtp_ports() -> (u16, u16) {
    let n = PORTS.fetch_add(1, Ordering::Relaxed) % 40;
    let low = FIRST_PORT + n * PORTS_EACH;
    (low, low + PORTS_EACH - 1)
}

/// Nobody is known.
struct Strangers;

impl Lookup for Strangers {
    fn identify(&self, _: Caller) -> std::pin::Pin<Box<dyn Future<Output = Vec<Candidate>> + Send>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

/// See the room story.
pub struct House {
    pub gateway: Gateway,
    pub book: Arc<Book>,
    pub sound: Sound,
    pub directory: Directory,
    folder: tempfile::TempDir,
    version: u64,
}

/// An agent with the phone the agent sits at.
pub struct Desk {
    pub agent: AgentId,
    pub phone: Phone,
}

impl House {
    /// Starts the gateway with this company.
    ///
    /// # Errors
    /// What did not start, or a flow that was refused.
    pub async fn open(directory: Directory) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Self::open_with(directory, |_| {}).await
    }

    /// # Errors
    /// As [`House::open`].
    pub async fn open_with(
        directory: Directory,
        change: impl FnOnce(&mut GatewayConfig),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Self::open_asking(directory, Arc::new(Strangers), change).await
    }

    /// With somebody else to ask who calls.
    ///
    /// # Errors
    /// As [`House::open`].
    pub async fn open_asking(
        directory: Directory,
        lookup: Arc<dyn Lookup>,
        change: impl FnOnce(&mut GatewayConfig),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let folder = tempfile::tempdir()?;
        let book = Arc::new(Book::default());
        let mut sip = EndpointConfig::on(SocketAddr::new(company::CALLERS, 0));
        sip.limits.retry_after = std::time::Duration::from_secs(7);
        let mut config = GatewayConfig {
            node: 1,
            sip,
            media_ip: company::CALLERS,
            media_advertise: None,
            rtp_ports: rtp_ports(),
            media_threads: 1,
            recordings: folder.path().join("recordings"),
            contacts: None,
            most_calls: 1000,
            router: acd_config(),
            speech: vec![],
        };
        change(&mut config);
        let prompts = prompts(folder.path())?;
        let ports = Ports { ledger: book.clone(), lookup };
        let gateway = Gateway::start(config, prompts, ports).await?;
        let faults = gateway.directory(Arc::new(directory.clone())).await;
        if !faults.is_empty() {
            return Err(format!("flows were refused: {faults:?}").into());
        }
        let heard = folder.path().join("heard");
        std::fs::create_dir_all(&heard)?;
        let sound = Sound::start(company::CALLERS, rtp_ports(), &heard)?;
        Ok(Self { gateway, book, sound, directory, folder, version: 1 })
    }

    #[must_use]
    pub fn sip(&self) -> SocketAddr {
        self.gateway.addresses()[0]
    }

    /// Changes the company while it works.
    ///
    /// # Errors
    /// Flows that were refused.
    pub async fn change(&mut self, change: impl FnOnce(&mut Directory)) -> Outcome {
        change(&mut self.directory);
        self.version += 1;
        self.directory.version = self.version;
        let faults = self.gateway.directory(Arc::new(self.directory.clone())).await;
        if faults.is_empty() { Ok(()) } else { Err(format!("{faults:?}").into()) }
    }

    /// A phone that calls in over the trunk.
    ///
    /// # Errors
    /// Of the socket.
    pub async fn caller(&self, number: &str) -> Result<Phone, Box<dyn Error + Send + Sync>> {
        let config = PhoneConfig::new(&format!("caller {number}"), self.sip()).number(number);
        Ok(Phone::open(config, &self.sound).await?)
    }

    /// How the phone of an agent is set up.
    #[must_use]
    pub fn station_config(&self, n: i64, manner: Manner) -> PhoneConfig {
        let mut config = PhoneConfig::new(&format!("agent {n}"), self.sip())
            .account(&format!("80{n}"), company::PASSWORD)
            .manner(manner);
        config.local = company::STATIONS;
        config
    }

    /// An agent at a registered phone, signed in and ready.
    ///
    /// # Errors
    /// What was refused.
    pub async fn agent(&self, n: i64, manner: Manner) -> Result<Desk, Box<dyn Error + Send + Sync>> {
        let desk = self.sits_down(self.station_config(n, manner), n).await?;
        self.seat(desk.agent, SeatCommand::Ready).await?;
        Ok(desk)
    }

    /// An agent at a registered phone, signed in, not ready.
    ///
    /// # Errors
    /// What was refused.
    pub async fn sits_down(&self, config: PhoneConfig, n: i64) -> Result<Desk, Box<dyn Error + Send + Sync>> {
        let phone = Phone::open(config, &self.sound).await?;
        phone.register().await?;
        let agent = AgentId(n);
        self.gateway.desktop(agent, true).await;
        self.seat(agent, SeatCommand::SignIn { station: Some(StationId(n)) }).await?;
        Ok(Desk { agent, phone })
    }

    /// # Errors
    /// The refusal.
    pub async fn seat(&self, agent: AgentId, command: SeatCommand) -> Outcome {
        Ok(self.gateway.seat(agent, command, agent).await?)
    }

    /// # Errors
    /// The refusal.
    pub async fn command(&self, call: InteractionId, agent: AgentId, command: CallCommand) -> Outcome {
        Ok(self.gateway.call(call, agent, command).await?)
    }

    /// The call that arrived as the `n`th, from 1.
    ///
    /// # Errors
    /// If it never came.
    pub async fn call(&self, n: usize) -> Result<InteractionId, String> {
        let arrived = |f: &Fact| matches!(f.kind, EventKind::CallArrived { .. }).then_some(f.call).flatten();
        self.book.nth(n, "a call that arrived", arrived).await
    }

    /// Waits for a fact of a call.
    ///
    /// # Errors
    /// As [`Book::until`].
    pub async fn fact(&self, call: InteractionId, what: &str, is: impl Fn(&EventKind) -> bool) -> Result<EventKind, String> {
        self.book.until(what, |f| (f.call == Some(call) && is(&f.kind)).then(|| f.kind.clone())).await
    }

    /// Waits until an agent's seat is so, in the last word on it.
    ///
    /// # Errors
    /// In words.
    pub async fn seat_is(&self, agent: AgentId, what: &str, is: impl Fn(&Seat) -> bool) -> Result<Seat, String> {
        let mut look = tokio::time::interval(book::LOOK);
        let waited = timeout(PATIENCE, async {
            loop {
                let last = self.last_seat(agent);
                if let Some(seat) = last.filter(|seat| is(seat)) {
                    return seat;
                }
                look.tick().await;
            }
        });
        waited.await.map_err(|_| format!("seat of {agent} is never {what}; it is {:?}", self.last_seat(agent)))
    }

    fn last_seat(&self, agent: AgentId) -> Option<Seat> {
        self.book.facts().into_iter().rev().find_map(|f| match f.kind {
            EventKind::SeatChanged { seat, .. } if seat.agent == agent => Some(seat),
            _ => None,
        })
    }

    /// Files of the recordings of a call that were closed, waiting for each.
    ///
    /// # Errors
    /// If one is never closed, or was not whole.
    pub async fn recordings(&self, call: InteractionId) -> Result<Vec<PathBuf>, String> {
        let started: Vec<(RecordingId, String)> = self.book.of(call).into_iter().filter_map(|kind| match kind {
            EventKind::RecordingStarted { recording, path, .. } => Some((recording, path)),
            _ => None,
        }).collect();
        let mut paths = Vec::new();
        for (recording, path) in started {
            let ended = |k: &EventKind| matches!(k, EventKind::RecordingEnded { recording: r, .. } if *r == recording);
            let end = self.fact(call, "the end of a recording", ended).await?;
            if let EventKind::RecordingEnded { complete: false, .. } = end {
                return Err(format!("recording {recording} is not complete"));
            }
            paths.push(self.recordings_folder().join(path));
        }
        Ok(paths)
    }

    #[must_use]
    pub fn recordings_folder(&self) -> PathBuf {
        self.folder.path().join("recordings")
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The one recording of a call has `left` on the caller's channel and `right` on the agent's, and neither on the other.
    ///
    /// # Errors
    /// In words.
    pub async fn recording_holds(&self, call: InteractionId, left: f64, right: f64) -> Result<(), String> {
        let paths = self.recordings(call).await?;
        let [path] = paths.as_slice() else { return Err(format!("{} recordings and not one", paths.len())) };
        stereo_holds(path, left, right)
    }

    /// Everything of every call is gone, on every floor; then the gateway stops.
    ///
    /// # Errors
    /// In words: what is left.
    pub async fn close(self) -> Outcome {
        self.quiet().await?;
        self.gateway.stop(std::time::Duration::from_secs(1)).await;
        self.sound.engine().stop();
        self.gateway.media().stop();
        Ok(())
    }

    /// Waits until nothing is left of any call: calls, legs, offers, talks, dialogs, ports; and the ledger balances.
    ///
    /// # Errors
    /// In words: what is left.
    pub async fn quiet(&self) -> Outcome {
        let mut look = tokio::time::interval(book::LOOK);
        let mut left = String::new();
        let waited = timeout(PATIENCE, async {
            loop {
                left = self.left().await;
                if left.is_empty() {
                    return;
                }
                look.tick().await;
            }
        });
        if waited.await.is_err() {
            return Err(format!("not all is gone: {left}").into());
        }
        Ok(self.book.must_balance()?)
    }

    /// What is alive, in words; empty when nothing is.
    async fn left(&self) -> String {
        let (gauges, sip, media) = (self.gateway.gauges().await, self.gateway.sip_counts(), self.gateway.media().gauges());
        let numbers = [
            ("calls", gauges.calls as u64),
            ("legs", gauges.legs as u64),
            ("recordings", gauges.recordings as u64),
            ("waiting", gauges.waiting as u64),
            ("offers", gauges.offers as u64),
            ("talks", gauges.talks as u64),
            ("wrap-ups", gauges.wrap_ups as u64),
            ("orphans", gauges.orphans),
            ("messages lost", gauges.lost),
            ("calls broken", gauges.broken),
            ("dialogs", sip.dialogs as u64),
            ("dialogs closing", sip.closing as u64),
            ("untouched INVITEs", sip.untouched as u64),
            ("media legs", media.legs),
            ("media recordings", media.recordings),
            ("RTP ports", media.ports_taken),
        ];
        let alive: Vec<String> = numbers.iter().filter(|(_, n)| *n > 0).map(|(what, n)| format!("{n} {what}")).collect();
        alive.join(", ")
    }
}

/// A stereo file: `left` on the first channel, `right` on the second, neither on the other.
///
/// # Errors
/// In words.
pub fn stereo_holds(path: &Path, left: f64, right: f64) -> Result<(), String> {
    let ears = [0, 1].map(|channel| {
        let mut ear = Ear::at_begin(path, 2, channel);
        ear.listen();
        ear
    });
    let seconds = ears[0].samples().len() as f64 / 8000.0;
    let mut wrong = Vec::new();
    for (ear, own, foreign, side) in [(&ears[0], left, right, "left"), (&ears[1], right, left, "right")] {
        if !ear.heard_tone(own) {
            wrong.push(format!("{own} Hz is not on the {side}"));
        }
        if ear.heard_tone(foreign) {
            wrong.push(format!("{foreign} Hz is on the {side}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}: {} ({seconds:.1} s)", path.display(), wrong.join(", "))) }
}

fn acd_config() -> acd::RouterConfig {
    acd::RouterConfig { rest_ms: 200, ..acd::RouterConfig::default() }
}

/// The demo company's prompts, and a tone for music.
fn prompts(folder: &Path) -> Result<Prompts, Box<dyn Error + Send + Sync>> {
    let music = folder.join("prompts/music");
    std::fs::create_dir_all(&music)?;
    let spec = hound::WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(music.join("default.wav"), spec)?;
    for sample in tone::sine(&[(MUSIC_HZ, -12.0)], 1000) {
        wav.write_sample(sample)?;
    }
    wav.finalize()?;
    let mut prompts = Prompts::built_in();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ivr/demo/prompts");
    for from in [demo.as_path(), &folder.join("prompts")] {
        prompts.load(from).map_err(|wrong| wrong.join("; "))?;
    }
    Ok(prompts)
}
