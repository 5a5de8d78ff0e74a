//! The whole program as its users have it: `zuoxi` in a process of its own, on free ports, with a data folder of its own.
//! Start at [`Program::start`]; [`Web`] asks its API as a browser does, [`Desk`] is a desktop on the WebSocket.
//! Never in this room: what a phone does (`phone`), and anything of the program's inside.

pub mod demo;
mod desk;
mod web;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, timeout};

pub use desk::Desk;
pub use web::{Reply, Web};

/// How long a step may take. Long: machines are slow at times, and nothing here measures.
pub const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// RTP ports of one program: a block of its own, so that programs beside each other do not meet.
const BLOCK: u16 = 200;
/// Below the range systems give out by themselves.
const LOWEST: u16 = 12_000;
const BLOCKS: u16 = 80;
static NEXT_BLOCK: AtomicU16 = AtomicU16::new(0);

/// Password of everybody in the demo company.
pub const DEMO_PASSWORD: &str = "zuoxi-demo";

/// A running `zuoxi`. Dropped, it is killed.
#[derive(Debug)]
pub struct Program {
    child: Child,
    pub web: SocketAddr,
    pub sip: SocketAddr,
    data: PathBuf,
    /// Lines it wrote so far are in here.
    log: PathBuf,
}

/// Where the program is: beside this test, where cargo puts it.
///
/// # Panics
/// Where it was not built.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(given) = std::env::var_os("ZUOXI_BIN") {
        return given.into();
    }
    let own = std::env::current_exe().expect("a test knows where it is");
    let found = own.ancestors().skip(1).map(|folder| folder.join("zuoxi")).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("no zuoxi beside {}; build it with `cargo build -p agent-server`", own.display()))
}

/// First and last RTP port of a block nobody else of this process has; processes begin at different blocks.
#[must_use]
pub fn rtp_block() -> (u16, u16) {
    let begin = (std::process::id() % u32::from(BLOCKS)) as u16;
    let block = (begin + NEXT_BLOCK.fetch_add(1, Ordering::Relaxed)) % BLOCKS;
    let first = LOWEST + block * BLOCK;
    (first, first + BLOCK - 1)
}

/// A port that is free for UDP and TCP now.
fn free_port() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = tcp.local_addr().expect("an address");
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// The variables that make a program of its own: its ports and its folder.
#[must_use]
pub fn variables(web: SocketAddr, sip: SocketAddr, data: &Path) -> Vec<(String, String)> {
    let (first, last) = rtp_block();
    let pairs = [
        ("HTTP__LISTEN", web.to_string()),
        ("SIP__LISTEN", sip.to_string()),
        ("MEDIA__FIRST_PORT", first.to_string()),
        ("MEDIA__LAST_PORT", last.to_string()),
        ("MEDIA__THREADS", "1".into()),
        ("STORE__DATA", data.display().to_string()),
    ];
    pairs.into_iter().map(|(key, value)| (format!("ZUOXI_{key}"), value)).collect()
}

impl Program {
    /// Starts it on free ports, with this data folder, and waits until it is ready.
    pub async fn start(data: &Path, more: &[(&str, &str)]) -> Self {
        Self::start_on(free_port(), free_port(), data, more).await
    }

    /// The demo company.
    pub async fn demo(data: &Path) -> Self {
        Self::start(data, &[("ZUOXI_COMPANY__DEMO", "true")]).await
    }

    /// The same on given addresses: a start after a stop.
    pub async fn start_on(web: SocketAddr, sip: SocketAddr, data: &Path, more: &[(&str, &str)]) -> Self {
        static NTH: AtomicU16 = AtomicU16::new(0);
        let folder = data.parent().unwrap_or(data);
        let log = folder.join(format!("zuoxi-{}.log", NTH.fetch_add(1, Ordering::Relaxed)));
        let out = std::fs::File::create(&log).expect("a log file");
        let child = Command::new(binary())
            .arg("serve")
            .current_dir(folder)
            .envs(variables(web, sip, data))
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a second handle"))
            .stderr(out)
            .kill_on_drop(true)
            .spawn()
            .expect("zuoxi starts");
        let mut program = Self { child, web, sip, data: data.to_owned(), log };
        program.ready().await;
        program
    }

    async fn ready(&mut self) {
        let (end, mut look) = (Instant::now() + PATIENCE, interval(LOOK));
        loop {
            look.tick().await;
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("zuoxi ended at once with {status}:\n{}", self.printed());
            }
            if Web::at(self.web).get("/readyz").await.is_some_and(|reply| reply.status == 200) {
                return;
            }
            assert!(Instant::now() < end, "zuoxi is not ready after {PATIENCE:?}:\n{}", self.printed());
        }
    }

    /// What it wrote so far, output and log together.
    #[must_use]
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Somebody signed in.
    pub async fn signed_in(&self, username: &str, password: &str) -> Web {
        Web::sign_in(self.web, username, password).await
    }

    /// A person of the demo company.
    pub async fn person(&self, username: &str) -> Web {
        self.signed_in(username, DEMO_PASSWORD).await
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().expect("it still runs");
        let sent = std::process::Command::new("kill").args([signal, &pid.to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal} {pid}");
    }

    /// No warning, no last word.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it was there to be killed");
    }

    /// SIGTERM: asked to end. It goes on; see [`Program::ended`].
    pub fn ask_to_end(&self) {
        self.signal("-TERM");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap_or_else(|_| panic!("zuoxi did not end in {PATIENCE:?}:\n{}", self.printed())).expect("a status")
    }

    /// Ends in order.
    pub async fn stop(mut self) {
        self.ask_to_end();
        let status = self.ended().await;
        assert!(status.success(), "zuoxi ended with {status}:\n{}", self.printed());
    }
}

/// Looks again and again until `look` finds something.
///
/// # Panics
/// When it did not in [`PATIENCE`].
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let (end, mut again) = (Instant::now() + PATIENCE, interval(LOOK));
    loop {
        again.tick().await;
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
    }
}
