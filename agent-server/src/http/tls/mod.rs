//! TLS of the web by rustls: a listener whose connections have shaken hands before anything above sees them, and a
//! certificate that is taken anew when its files change. Start at [`WebTls::open`], then [`WebTls::listen`].
//! Never in this room: HTTP. TLS 1.2 and 1.3: RFC 5246, RFC 8446; ALPN: RFC 7301.

mod certificate;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::serve::Listener;
use contract::EpochMs;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

pub use certificate::{CertificateFault, Pair, Source, day};

use crate::clock::now;
use crate::config::Config;

/// Longest time a handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at once; who comes then waits in the system's queue.
pub const HANDSHAKES: usize = 256;
/// How soon a connection is waited for again after one could not be taken.
const AGAIN: Duration = Duration::from_millis(100);
/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// From so long before its end on, a certificate that nobody renews is told of once a day.
const SOON_MS: EpochMs = 14 * DAY_MS;
const DAY_MS: EpochMs = 24 * 3_600_000;

/// The certificate as it is now.
#[derive(Debug)]
struct Shown(ArcSwap<Pair>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load().shown.clone())
    }
}

/// What [`WebTls::reload`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    Same,
    Taken { until: i64 },
    /// The files changed and do not do; the certificate of before is shown on.
    Kept(CertificateFault),
}

/// See the room story.
#[derive(Debug)]
pub struct WebTls {
    source: Source,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
    handshakes: Arc<Semaphore>,
}

impl WebTls {
    /// The certificate the settings name, or one made here.
    ///
    /// # Errors
    /// [`CertificateFault`] names the file and what to do.
    pub fn open(config: &Config) -> Result<Arc<Self>, CertificateFault> {
        let source = Source::of(config, now())?;
        let pair = source.read(now())?;
        let shown = Arc::new(Shown(ArcSwap::from_pointee(pair)));
        let unfit = |why: &dyn std::fmt::Display| CertificateFault::Unfit(source.chain.clone(), source.key.clone(), why.to_string());
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| unfit(&why))?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        // WebSockets need HTTP/1.1.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(Self { source, shown, config: Arc::new(config), handshakes: Arc::new(Semaphore::new(HANDSHAKES)) }))
    }

    /// Made here: browsers warn of it, and nobody is bound to come back over TLS.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.source.own
    }

    #[must_use]
    pub fn pair(&self) -> Arc<Pair> {
        self.shown.0.load_full()
    }

    /// Handshakes under way.
    #[must_use]
    pub fn shaking(&self) -> usize {
        HANDSHAKES - self.handshakes.available_permits()
    }

    /// Looks at the files, and takes what is new in them. Connections that stand go on.
    pub fn reload(&self) -> Reload {
        match self.source.read(now()) {
            Ok(pair) if pair.digest == self.pair().digest => Reload::Same,
            Ok(pair) => {
                let until = pair.until;
                self.shown.0.store(Arc::new(pair));
                Reload::Taken { until }
            }
            Err(fault) => Reload::Kept(fault),
        }
    }

    /// Looks at the files again and again, and says what it finds.
    pub async fn watch(&self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut told, mut warned) = (None, None);
        loop {
            look.tick().await;
            match self.reload() {
                Reload::Same => told = None,
                Reload::Taken { until } => {
                    told = None;
                    tracing::info!("the web shows a new certificate; it holds until {}", day(until));
                }
                // Half of a pair may be written already: the other half is waited for.
                Reload::Kept(fault) if told.as_ref() != Some(&fault) => {
                    tracing::warn!("the certificate of the web stays as it was: {fault}");
                    told = Some(fault);
                }
                Reload::Kept(_) => {}
            }
            let until = self.pair().until;
            if is_to_be_told(until, now(), warned) {
                warned = Some(now());
                tracing::warn!("the certificate {} of the web ends on {}; renew it", self.source.chain.display(), day(until));
            }
        }
    }

    /// Connections over TLS from this listener.
    pub fn listen(self: &Arc<Self>, listener: TcpListener) -> std::io::Result<TlsListener> {
        let address = listener.local_addr()?;
        let (tell, ready) = mpsc::channel(HANDSHAKES);
        let mut shaking = JoinSet::new();
        shaking.spawn(shake_hands(self.clone(), listener, tell));
        Ok(TlsListener { address, ready, _shaking: shaking })
    }
}

/// Connections that have shaken hands. Dropped, it listens no more.
pub struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    _shaking: JoinSet<()>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // Only where the listening task died; the other face goes on.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn shake_hands(tls: Arc<WebTls>, listener: TcpListener, tell: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    // They end with this task.
    let mut all = JoinSet::new();
    loop {
        let Ok(place) = tls.handshakes.clone().acquire_owned().await else { return };
        while all.try_join_next().is_some() {}
        let (stream, from) = match listener.accept().await {
            Ok(came) => came,
            Err(why) => {
                // A connection that failed is not worth a word; a program without files left waits for some.
                tracing::debug!("the web's TLS did not take a connection: {why}");
                let _ = timeout(AGAIN, std::future::pending::<()>()).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (acceptor, tell) = (TlsAcceptor::from(tls.config.clone()), tell.clone());
        all.spawn(async move {
            let _place = place;
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(tell.send((stream, from)).await),
                Ok(Err(why)) => tracing::debug!("a browser at {from} did not shake hands: {why}"),
                Err(_) => tracing::debug!("a browser at {from} did not shake hands in time"),
            }
        });
    }
}

/// A certificate that ends soon is told of, once a day.
fn is_to_be_told(until: EpochMs, now: EpochMs, told: Option<EpochMs>) -> bool {
    until - now < SOON_MS && told.is_none_or(|at| now - at >= DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_ends_soon_is_told_of_once_a_day() {
        for (days_left, told_hours_ago, tell) in [
            (20, None, false),
            (13, None, true),
            (13, Some(23), false),
            (13, Some(24), true),
            (-1, Some(24), true),
        ] {
            let (now, hour) = (1_790_000_000_000, DAY_MS / 24);
            let told = told_hours_ago.map(|hours: i64| now - hours * hour);
            assert_eq!(is_to_be_told(now + days_left * DAY_MS, now, told), tell, "{days_left} {told_hours_ago:?}");
        }
    }
}
