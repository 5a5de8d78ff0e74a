//! The connections to PBXs beside us: one task each, which holds the socket and does what `pbx::link` says. What is heard goes to
//! the switch through its inbox and waits for room there: a PBX is slowed down rather than misheard.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::PbxId;
use contract::directory::Pbx;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use super::Clock;
use super::switch::Message;
use crate::pbx::link::{Do, Link, LinkStage, LinkState};
use crate::pbx::seen::Ask;
use crate::sip::net::Tls;

/// Asks a connection may have waiting: after a break, one for each phone.
const ASKS: usize = 5_000;
/// Read at once.
const PIECE: usize = 32 * 1024;
/// Longest wait for the far end to take what we say.
const WRITING: Duration = Duration::from_secs(10);

/// A PBX as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PbxLine {
    pub state: LinkState,
    /// Its calls that are seen now, and since the start those that were not, for want of room.
    pub calls: usize,
    pub passed_over: u64,
}

/// How all of them stand, for whoever looks.
#[derive(Debug, Clone, Default)]
pub struct PbxBook(Arc<Mutex<BTreeMap<PbxId, Page>>>);

/// `round`: whose word counts. A connection that was let go may still say something.
#[derive(Debug, Clone, Default)]
struct Page {
    round: u64,
    line: Option<PbxLine>,
}

impl PbxBook {
    #[must_use]
    pub fn line(&self, pbx: PbxId) -> Option<PbxLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&pbx)?.line.clone()
    }

    /// From now on what is noted under this round is believed.
    pub(super) fn begin(&self, pbx: PbxId, round: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(pbx).or_default().round = round;
    }

    pub(super) fn forget(&self, pbx: PbxId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pbx);
    }

    pub(super) fn count(&self, pbx: PbxId, calls: usize, passed_over: u64) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = pages.get_mut(&pbx).and_then(|page| page.line.as_mut()) {
            (line.calls, line.passed_over) = (calls, passed_over);
        }
    }

    fn note(&self, pbx: &Pbx, round: u64, state: &LinkState) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(page) = pages.get_mut(&pbx.id).filter(|page| page.round == round) else { return };
        say(&pbx.name, page.line.as_ref().map(|line| &line.state), state);
        let (calls, passed_over) = page.line.as_ref().map_or((0, 0), |line| (line.calls, line.passed_over));
        page.line = Some(PbxLine { state: state.clone(), calls, passed_over });
    }
}

/// Says in the log what has changed.
fn say(name: &str, old: Option<&LinkState>, new: &LinkState) {
    let was = old.map(|state| state.stage);
    match (&new.last_error, new.stage) {
        (_, LinkStage::Up) if was != Some(LinkStage::Up) => tracing::info!(pbx = name, "PBX {name} is connected ({})", new.version),
        (Some(error @ (_, why)), LinkStage::Down) if old.and_then(|state| state.last_error.as_ref()) != Some(error) => tracing::warn!(
            pbx = name,
            "PBX {name} is not connected: {why}; its calls are not seen and its agents are not ready until it is. Look at its \
             address, user and password under Admin, PBXs"
        ),
        _ => {}
    }
}

/// A connection that is kept up for as long as this is held.
#[derive(Debug)]
pub(super) struct PbxTask {
    asks: mpsc::Sender<(u64, Ask)>,
    _task: AbortOnDropHandle<()>,
}

impl PbxTask {
    /// False: it has too much to do already.
    pub fn ask(&self, token: u64, ask: Ask) -> bool {
        self.asks.try_send((token, ask)).is_ok()
    }
}

/// What a connection needs of the house.
pub(super) struct Surroundings {
    pub tls: Tls,
    pub clock: Clock,
    pub inbox: mpsc::Sender<Message>,
    pub book: PbxBook,
}

/// Begins to keep the connection up. `round`: under which what it says is believed.
pub(super) fn connect(pbx: Pbx, round: u64, around: Surroundings, house: &Handle) -> PbxTask {
    let (asks, asked) = mpsc::channel(ASKS);
    around.book.begin(pbx.id, round);
    let task = house.spawn(Connection { pbx, round, around, wire: None }.run(asked));
    PbxTask { asks, _task: AbortOnDropHandle::new(task) }
}

/// Something to read from and write to.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}
type Trying = Pin<Box<dyn Future<Output = Result<Box<dyn Wire>, String>> + Send>>;

struct Connection {
    pbx: Pbx,
    round: u64,
    around: Surroundings,
    wire: Option<Box<dyn Wire>>,
}

impl Connection {
    async fn run(mut self, mut asks: mpsc::Receiver<(u64, Ask)>) {
        let clock = self.around.clock;
        let mut link = Link::new(self.pbx.clone(), clock.now());
        let mut trying: Option<Trying> = None;
        let mut piece = vec![0; PIECE];
        loop {
            self.around.book.note(&self.pbx, self.round, link.state());
            let due = clock.instant(link.deadline());
            let steps = tokio::select! {
                ask = asks.recv() => match ask {
                    Some((token, ask)) => link.ask(clock.now(), token, &ask),
                    None => return,
                },
                made = until(&mut trying) => match made {
                    Ok(wire) => {
                        self.wire = Some(wire);
                        link.connected(clock.now());
                        Vec::new()
                    }
                    Err(why) => link.lost(clock.now(), &why),
                },
                read = read(&mut self.wire, &mut piece) => match read {
                    Ok(0) => link.lost(clock.now(), "it closed the connection"),
                    Ok(n) => link.heard(clock.now(), &piece[..n]),
                    Err(why) => link.lost(clock.now(), &why.to_string()),
                },
                () = tokio::time::sleep_until(due.into()) => link.tick(clock.now()),
            };
            if !self.perform(&mut link, steps, &mut trying).await {
                return;
            }
        }
    }

    /// False: there is nobody to tell any more.
    async fn perform(&mut self, link: &mut Link, steps: Vec<Do>, trying: &mut Option<Trying>) -> bool {
        let (mut told, mut broken) = (Vec::new(), None);
        for step in steps {
            match step {
                Do::Connect => *trying = Some(Box::pin(open(self.pbx.clone(), self.around.tls.clone()))),
                Do::Close => (self.wire, *trying) = (None, None),
                Do::Say(said) => {
                    let Some(wire) = &mut self.wire else { continue };
                    broken = match timeout(WRITING, wire.write_all(said.as_bytes())).await {
                        Ok(Ok(())) => broken,
                        Ok(Err(why)) => Some(why.to_string()),
                        Err(_) => Some("it takes nothing any more".to_owned()),
                    };
                }
                Do::Tell(one) => told.push(one),
            }
        }
        if let Some(why) = broken {
            let more = link.lost(self.around.clock.now(), &why);
            (self.wire, *trying) = (None, None);
            told.extend(more.into_iter().filter_map(|step| if let Do::Tell(one) = step { Some(one) } else { None }));
        }
        if told.is_empty() {
            return true;
        }
        // Before the switch is told: who sees what follows finds the connection as it was then.
        self.around.book.note(&self.pbx, self.round, link.state());
        let message = Message::Pbx { pbx: self.pbx.id, round: self.round, told };
        self.around.inbox.send(message).await.is_ok()
    }
}

async fn until(trying: &mut Option<Trying>) -> Result<Box<dyn Wire>, String> {
    let Some(made) = trying else { return std::future::pending().await };
    let made = made.await;
    *trying = None;
    made
}

async fn read(wire: &mut Option<Box<dyn Wire>>, piece: &mut [u8]) -> std::io::Result<usize> {
    match wire {
        Some(wire) => wire.read(piece).await,
        None => std::future::pending().await,
    }
}

async fn open(pbx: Pbx, tls: Tls) -> Result<Box<dyn Wire>, String> {
    let tcp = TcpStream::connect(&pbx.address).await.map_err(|why| format!("{}: {why}", pbx.address))?;
    // Small messages must not wait for each other.
    let _ = tcp.set_nodelay(true);
    wrap(tcp, pbx.tls.as_deref(), &tls).await
}

/// Over TLS with whoever proves this name, or as it is.
pub(super) async fn wrap(tcp: TcpStream, name: Option<&str>, tls: &Tls) -> Result<Box<dyn Wire>, String> {
    let Some(name) = name else { return Ok(Box::new(tcp)) };
    let (connector, name) = tls.connector_for(name).ok_or_else(|| format!("{name} is no name for a certificate"))?;
    let stream = connector.connect(name, tcp).await.map_err(|why| format!("TLS: {why}"))?;
    Ok(Box::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_keeps_the_count_of_calls_over_changes_of_the_connection() {
        let (book, id) = (PbxBook::default(), PbxId(1));
        let pbx = Pbx {
            id,
            name: "office".into(),
            kind: contract::directory::PbxKind::Asterisk,
            address: "192.0.2.20:5038".into(),
            tls: None,
            user: "zuoxi".into(),
            password: contract::directory::Secret("secret".into()),
            queues: Vec::new(),
            context: "in".into(),
            recorded_in: String::new(),
            recordings: String::new(),
        };
        let link = Link::new(pbx.clone(), 5);
        book.begin(id, 2);
        book.count(id, 3, 1);
        book.note(&pbx, 1, link.state());
        assert_eq!(book.line(id), None, "a connection of before has nothing to say");
        book.note(&pbx, 2, link.state());
        book.count(id, 3, 1);
        book.note(&pbx, 2, link.state());
        let line = book.line(id).unwrap();
        assert_eq!((line.calls, line.passed_over, line.state.since), (3, 1, 5));
        book.forget(id);
        book.note(&pbx, 2, link.state());
        assert_eq!(book.line(id), None);
    }
}
