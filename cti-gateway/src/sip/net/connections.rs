//! The TCP and TLS connections of an endpoint by flow: those that came, and those made because something must be sent.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::Tls;
use super::stream::{self, How, News, Stream};
use crate::sip::api::{Flow, Input, SipDirectory, Transport};

/// Connections open at once, and from one address.
const MOST: usize = 8192;
const MOST_FROM_ONE: usize = 512;
/// Messages waiting for one peer to read; a peer that lets them pile up is cut off.
const WAITING: usize = 256;
/// Messages read and not yet taken in, over all connections: above it reading stops.
const READ_AHEAD: usize = 1024;
/// A connection we make must stand within this.
const CONNECT: Duration = Duration::from_secs(5);
/// TLS must be agreed on within this, once the connection stands.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// Pause after a failed accept (no descriptors left).
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How long the connections may take to write what is queued, at the end.
const LAST_WRITE: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Open {
    writer: mpsc::Sender<Bytes>,
    /// Tells an old connection's end from that of a newer one on the same flow.
    number: u64,
}

/// All connections.
pub(super) struct Connections {
    open: HashMap<Flow, Open>,
    from: HashMap<IpAddr, usize>,
    news: mpsc::Receiver<News>,
    tell: mpsc::Sender<News>,
    /// Dropping it ends every connection task.
    tasks: JoinSet<()>,
    accepting: Vec<AbortHandle>,
    tls: Option<Tls>,
    pub broken: u64,
    room: Arc<Semaphore>,
    count: u64,
    failures: VecDeque<Input>,
}

impl Connections {
    pub fn new(listener: Option<TcpListener>, tls_listener: Option<TcpListener>, tls: Option<Tls>) -> Self {
        let (tell, news) = mpsc::channel(READ_AHEAD);
        let room = Arc::new(Semaphore::new(MOST));
        let mut tasks = JoinSet::new();
        let listeners = [(listener, Transport::Tcp), (tls_listener, Transport::Tls)];
        let listeners = listeners.into_iter().filter_map(|(listener, transport)| Some((listener?, transport)));
        let accepting = listeners
            .map(|(listener, transport)| tasks.spawn(accept(listener, transport, room.clone(), tell.clone())))
            .collect();
        Self {
            open: HashMap::new(),
            from: HashMap::new(),
            news,
            tell,
            tasks,
            accepting,
            tls,
            broken: 0,
            room,
            count: 0,
            failures: VecDeque::new(),
        }
    }

    /// The next thing read, if there is one now. `shut_out`: whoever comes from there is turned away at once, before TLS has
    /// cost anything.
    pub fn try_next(&mut self, mut shut_out: impl FnMut(IpAddr) -> bool) -> Option<Input> {
        while let Ok(news) = self.news.try_recv() {
            if let Some(input) = self.heard(news, &mut shut_out) {
                return Some(input);
            }
        }
        None
    }

    /// The next thing read. Safe to drop: nothing is lost.
    pub async fn next(&mut self, mut shut_out: impl FnMut(IpAddr) -> bool) -> Input {
        loop {
            let Some(news) = self.news.recv().await else { std::future::pending().await };
            if let Some(input) = self.heard(news, &mut shut_out) {
                return input;
            }
        }
    }

    /// Nobody takes new connections any more.
    pub fn is_deaf(&self) -> bool {
        self.accepting.iter().any(AbortHandle::is_finished)
    }

    /// Whom we expect at the other end of TLS, from now on.
    pub fn follow(&mut self, directory: &SipDirectory) {
        if let Some(tls) = &mut self.tls {
            tls.follow(directory);
        }
    }

    /// No more is taken in; what is queued is written, if that does not take long.
    pub async fn finish(mut self) {
        self.accepting.iter().for_each(AbortHandle::abort);
        // Whoever still has news is not kept from ending.
        self.news.close();
        // Without its sender a connection ends when its queue is empty.
        self.open.clear();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout(LAST_WRITE, all).await;
    }

    /// Connections that failed while something was sent.
    pub fn next_failure(&mut self) -> Option<Input> {
        self.failures.pop_front()
    }

    fn heard(&mut self, news: News, shut_out: &mut impl FnMut(IpAddr) -> bool) -> Option<Input> {
        // Finished tasks are collected here, where something just happened.
        while self.tasks.try_join_next().is_some() {}
        match news {
            News::Accepted { flow, .. } if shut_out(flow.remote.ip()) => None,
            News::Accepted { flow, stream, permit } => {
                let count = self.from.entry(flow.remote.ip()).or_default();
                if *count >= MOST_FROM_ONE || self.open.contains_key(&flow) {
                    return None;
                }
                *count += 1;
                let number = self.number();
                let (writer, queue) = mpsc::channel(WAITING);
                self.open.insert(flow, Open { writer: writer.clone(), number });
                let (tell, acceptor) = (self.tell.clone(), self.tls.as_ref().and_then(Tls::acceptor));
                self.tasks.spawn(async move {
                    match answered(flow, stream, acceptor).await {
                        Some(stream) => stream::serve(flow, number, stream, writer, queue, tell, permit).await,
                        None => {
                            let _ = tell.send(News::Closed { flow, number, how: How::NoTls }).await;
                        }
                    }
                });
                None
            }
            News::Message { flow, message } => Some(Input::Message { flow, message }),
            News::Closed { flow, number, how } => {
                if how == How::Broke {
                    self.broken += 1;
                    tracing::error!(remote = %flow.remote, "the SIP connection with {} broke", flow.remote);
                }
                if self.open.get(&flow).is_none_or(|o| o.number != number) {
                    return None;
                }
                self.forget(flow);
                if how != How::Sent {
                    self.failures.push_back(Input::SendFailed { flow });
                }
                Some(if how == How::NoTls { Input::NoTls(flow) } else { Input::Closed(flow) })
            }
        }
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn forget(&mut self, flow: Flow) {
        self.open.remove(&flow);
        let ip = flow.remote.ip();
        if let Some(count) = self.from.get_mut(&ip) {
            *count -= 1;
            if *count == 0 {
                self.from.remove(&ip);
            }
        }
    }

    /// Queues a message for a peer, connecting first where there is no connection.
    pub fn send(&mut self, flow: Flow, bytes: Bytes) {
        if !self.open.contains_key(&flow) && !self.connect(flow) {
            self.failures.push_back(Input::SendFailed { flow });
            return;
        }
        let Some(open) = self.open.get(&flow) else { return };
        if open.writer.try_send(bytes).is_err() {
            // Its queue is full or its task is gone: nothing sent so far is sure to have arrived.
            tracing::info!(remote = %flow.remote, "SIP connection with {} is cut off: it does not read", flow.remote);
            self.forget(flow);
            self.failures.push_back(Input::SendFailed { flow });
            self.failures.push_back(Input::Closed(flow));
        }
    }

    fn connect(&mut self, flow: Flow) -> bool {
        let Ok(permit) = self.room.clone().try_acquire_owned() else { return false };
        *self.from.entry(flow.remote.ip()).or_default() += 1;
        let number = self.number();
        let (writer, queue) = mpsc::channel(WAITING);
        self.open.insert(flow, Open { writer: writer.clone(), number });
        let tell = self.tell.clone();
        let connector = self.tls.as_ref().map(|tls| tls.connector(flow.remote));
        self.tasks.spawn(async move {
            match called(flow, connector).await {
                Some(stream) => stream::serve(flow, number, stream, writer, queue, tell, permit).await,
                None => {
                    let _ = tell.send(News::Closed { flow, number, how: How::Unsent }).await;
                }
            }
        });
        true
    }
}

/// A connection to a peer, over TLS once it proved who it is.
async fn called(flow: Flow, connector: Option<(TlsConnector, ServerName<'static>)>) -> Option<Stream> {
    let stream = match timeout(CONNECT, TcpStream::connect(flow.remote)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(why)) => {
            tracing::info!(remote = %flow.remote, "no SIP connection to {}: {why}", flow.remote);
            return None;
        }
        Err(_) => {
            tracing::info!(remote = %flow.remote, "no SIP connection to {}: it did not come about in time", flow.remote);
            return None;
        }
    };
    if flow.transport != Transport::Tls {
        return Some(Stream::Plain(stream));
    }
    let (connector, name) = connector?;
    let shown = name.to_str().into_owned();
    match timeout(HANDSHAKE, connector.connect(name, stream)).await {
        Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream.into()))),
        Ok(Err(why)) => {
            tracing::warn!(
                remote = %flow.remote,
                "no TLS with {}: {why}. Its certificate must be for {shown} and of an authority we believe: look at the \
                 trunk's domain under Admin, Trunks, and at sip.tls_ca",
                flow.remote
            );
            None
        }
        Err(_) => {
            tracing::warn!(remote = %flow.remote, "no TLS with {}: it did not agree in time", flow.remote);
            None
        }
    }
}

/// A peer that came, over TLS once it was agreed on.
async fn answered(flow: Flow, stream: TcpStream, acceptor: Option<TlsAcceptor>) -> Option<Stream> {
    if flow.transport != Transport::Tls {
        return Some(Stream::Plain(stream));
    }
    match timeout(HANDSHAKE, acceptor?.accept(stream)).await {
        Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream.into()))),
        Ok(Err(why)) => {
            tracing::info!(remote = %flow.remote, "{} came for TLS and did not agree: {why}", flow.remote);
            None
        }
        Err(_) => None,
    }
}

async fn accept(listener: TcpListener, transport: Transport, room: Arc<Semaphore>, tell: mpsc::Sender<News>) {
    let local = listener.local_addr();
    loop {
        // No accept without room: the kernel's backlog holds the rest, then refuses.
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, remote)) => {
                let Ok(local) = local.as_ref() else { return };
                let flow = Flow { transport, local: *local, remote };
                if tell.send(News::Accepted { flow, stream, permit }).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIP cannot accept a connection: {error}");
                pause().await;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the system is out of descriptors; there is nothing to wait for but time")]
async fn pause() {
    tokio::time::sleep(ACCEPT_AGAIN).await;
}

/// What a permit is for: one connection's place.
pub(super) type Place = OwnedSemaphorePermit;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_should_take_connections_and_does_not_is_deaf() {
        assert!(!Connections::new(None, None, None).is_deaf(), "without a listener there is nothing to hear");
        let mut connections = Connections::new(Some(TcpListener::bind("127.0.0.1:0").await.unwrap()), None, None);
        assert!(!connections.is_deaf());
        connections.accepting.iter().for_each(AbortHandle::abort);
        connections.tasks.join_next().await;
        assert!(connections.is_deaf());
    }
}
