//! The wire of a phone: one UDP socket, or one TCP connection to its server, around the gateway's SIP endpoint and a
//! [`Registration`]. It moves bytes and reads the clock. A [`Gate`] holds messages back on request, so that a test can say
//! what was on the wire at which moment. Never in this room: what a call means (that is `handset`).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use cti_gateway::sip::Endpoint;
use cti_gateway::sip::api::{Flow, Input, Output, Transport, UaCommand};
use cti_gateway::sip::message::{Framed, Framer, Message, parse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, UdpSocket};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::handset::Handset;
use super::register::{Due, Heard, Registration};

/// Largest datagram.
const DATAGRAM: usize = 65_535;

/// What is held back.
pub type Catch = fn(&Message) -> bool;

/// Messages kept on the wire until it is opened again.
#[derive(Debug, Default, Clone, Copy)]
pub struct Gate {
    /// Of those the phone sends.
    pub out: Option<Catch>,
    /// Of those that come to it.
    pub into: Option<Catch>,
}

/// What a phone asks of its wire.
pub enum Order {
    Ask(UaCommand),
    /// Zero seconds: unregister. The answer: seconds granted, or the status that refused (408: nobody answered).
    Register { expires: u32, reply: oneshot::Sender<Result<u32, u16>> },
    /// Holds back what the gate catches; what was held before goes on its way, in order.
    Gate(Gate),
    /// Bytes as they are, for messages no phone would send.
    Raw(Bytes),
    /// Unplugged: nothing goes out or comes in any more, and nobody is told.
    Cut,
    /// Switched off: the socket closes, and every call falls silent.
    Off,
}

/// The socket.
pub enum Link {
    Udp(UdpSocket, Vec<u8>),
    Tcp(Box<Stream>),
}

pub struct Stream {
    read: OwnedReadHalf,
    write: OwnedWriteHalf,
    framer: Framer,
    buffer: BytesMut,
}

impl Link {
    /// # Errors
    /// Of the socket.
    pub async fn open(transport: Transport, local: SocketAddr, server: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        match transport {
            Transport::Udp => {
                let socket = UdpSocket::bind(local).await?;
                let local = socket.local_addr()?;
                Ok((Self::Udp(socket, vec![0; DATAGRAM]), local))
            }
            Transport::Tls => Err(io::Error::other("this phone speaks no TLS")),
            Transport::Tcp => {
                let socket = if server.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
                socket.bind(local)?;
                let stream = socket.connect(server).await?;
                stream.set_nodelay(true)?;
                let local = stream.local_addr()?;
                let (read, write) = stream.into_split();
                let stream = Stream { read, write, framer: Framer::new(), buffer: BytesMut::with_capacity(8192) };
                Ok((Self::Tcp(Box::new(stream)), local))
            }
        }
    }

    async fn send(&mut self, to: SocketAddr, bytes: &Bytes) -> io::Result<()> {
        match self {
            Self::Udp(socket, _) => socket.send_to(bytes, to).await.map(drop),
            Self::Tcp(stream) => stream.write.write_all(bytes).await,
        }
    }

    /// What came; nothing where it was no SIP.
    async fn receive(&mut self, server: SocketAddr) -> io::Result<Vec<(SocketAddr, Message)>> {
        match self {
            Self::Udp(socket, buffer) => {
                let (length, from) = socket.recv_from(buffer).await?;
                let datagram = Bytes::copy_from_slice(&buffer[..length]);
                Ok(parse(datagram).into_iter().map(|m| (from, m)).collect())
            }
            Self::Tcp(stream) => {
                stream.buffer.clear();
                if stream.read.read_buf(&mut stream.buffer).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                stream.framer.push(&stream.buffer);
                let mut out = Vec::new();
                while let Some(frame) = stream.framer.next_frame() {
                    if let Framed::Message(message) = frame {
                        out.push((server, *message));
                    }
                }
                Ok(out)
            }
        }
    }
}

/// See the room story.
pub struct Wire {
    pub endpoint: Endpoint,
    pub link: Link,
    pub transport: Transport,
    pub local: SocketAddr,
    pub server: SocketAddr,
    pub registration: Registration,
    pub handset: Arc<Handset>,
    pub gate: Gate,
    /// How many messages the gate holds.
    pub held: watch::Sender<usize>,
    /// On their way, in order.
    ready: Vec<(SocketAddr, Bytes)>,
    kept_out: Vec<(SocketAddr, Bytes)>,
    kept_in: Vec<(SocketAddr, Message)>,
    registering: Option<oneshot::Sender<Result<u32, u16>>>,
    cut: bool,
}

impl Wire {
    #[must_use]
    pub fn new(
        endpoint: Endpoint,
        (link, local): (Link, SocketAddr),
        (transport, server): (Transport, SocketAddr),
        registration: Registration,
        handset: Arc<Handset>,
    ) -> Self {
        Self {
            endpoint,
            link,
            transport,
            local,
            server,
            registration,
            handset,
            gate: Gate::default(),
            held: watch::Sender::new(0),
            ready: Vec::new(),
            kept_out: Vec::new(),
            kept_in: Vec::new(),
            registering: None,
            cut: false,
        }
    }

    /// Until nobody can give orders any more, or the connection is gone.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            self.flush().await;
            let ends = [self.endpoint.deadline(), self.registration.deadline()];
            let due = ends.into_iter().flatten().min().map(Instant::from_std);
            let server = self.server;
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Off) => return self.handset.fall_silent(),
                    Some(order) => self.order(order),
                    None => return,
                },
                came = self.link.receive(server), if !self.cut => match came {
                    Ok(messages) => for (from, message) in messages { self.came(from, message) },
                    // UDP tells here what a former datagram met (nobody listens): timers deal with that.
                    Err(_) if self.transport == Transport::Udp => {}
                    Err(_) => return,
                },
                () = async { match due { Some(at) => tokio::time::sleep_until(at).await, None => std::future::pending().await } } => {
                    self.tick();
                }
            }
        }
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Ask(command) => self.handle(Input::Ask(command)),
            Order::Register { expires, reply } => {
                let bytes = self.registration.ask(Instant::now().into_std(), expires);
                self.registering = Some(reply);
                self.ready.push((self.server, bytes));
            }
            Order::Gate(gate) => {
                self.gate = gate;
                self.ready.append(&mut self.kept_out);
                for (from, message) in std::mem::take(&mut self.kept_in) {
                    self.came(from, message);
                }
                self.count_held();
            }
            Order::Raw(bytes) => self.ready.push((self.server, bytes)),
            Order::Cut => self.cut = true,
            // The loop ends with it.
            Order::Off => {}
        }
    }

    fn count_held(&self) {
        self.held.send_replace(self.kept_in.len() + self.kept_out.len());
    }

    fn handle(&mut self, input: Input) {
        self.endpoint.handle(Instant::now().into_std(), input);
    }

    fn tick(&mut self) {
        let now = Instant::now().into_std();
        if self.endpoint.deadline().is_some_and(|at| at <= now) {
            self.handle(Input::Deadline);
        }
        match self.registration.due(now) {
            Due::Nothing => {}
            Due::Send(bytes) => self.ready.push((self.server, bytes)),
            Due::GaveUp => self.registered(Err(408)),
        }
    }

    fn registered(&mut self, outcome: Result<u32, u16>) {
        if let Some(reply) = self.registering.take() {
            // Whoever asked may have given up waiting.
            let _ = reply.send(outcome);
        }
    }

    fn came(&mut self, from: SocketAddr, message: Message) {
        if self.gate.into.is_some_and(|catches| catches(&message)) {
            self.kept_in.push((from, message));
            return self.count_held();
        }
        match self.registration.hear(Instant::now().into_std(), &message) {
            Heard::Again(bytes) => self.ready.push((self.server, bytes)),
            Heard::Done(expires) => self.registered(Ok(expires)),
            Heard::Refused(status) => self.registered(Err(status)),
            Heard::Nothing => {
                let flow = Flow { transport: self.transport, local: self.local, remote: from };
                self.handle(Input::Message { flow, message: Box::new(message) });
            }
        }
    }

    /// Carries out what the endpoint wants, until it wants nothing.
    async fn flush(&mut self) {
        for (to, bytes) in std::mem::take(&mut self.ready) {
            self.send(to, bytes).await;
        }
        while let Some(output) = self.endpoint.poll() {
            match output {
                Output::Send { flow, bytes } => self.send(flow.remote, bytes).await,
                Output::Tell(event) => {
                    for command in self.handset.heard(event) {
                        self.handle(Input::Ask(command));
                    }
                }
            }
        }
    }

    async fn send(&mut self, to: SocketAddr, bytes: Bytes) {
        if self.cut {
            return;
        }
        let caught = self.gate.out.is_some_and(|catches| parse(bytes.clone()).is_ok_and(|m| catches(&m)));
        if caught {
            self.kept_out.push((to, bytes));
            self.count_held();
        } else if let Err(error) = self.link.send(to, &bytes).await {
            tracing::debug!(%to, %error, "a phone's message to {to} was not sent");
        }
    }
}
