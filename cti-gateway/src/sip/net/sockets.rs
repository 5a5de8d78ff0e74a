//! Opening the sockets: large receive buffer, and errors that say which address and what to do.

use std::io;
use std::net::SocketAddr;

use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::Tls;

/// What the kernel keeps for us while we are busy: some 10,000 INVITEs.
const RECEIVE_BUFFER: usize = 8 << 20;
const BACKLOG: i32 = 1024;
/// Free ports tried where any will do for both transports.
const TRIES: usize = 8;

/// A socket that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("SIP cannot listen on {transport} {address}: {error}; is another program there, or is the address not of this machine?")]
pub struct BindError {
    pub transport: &'static str,
    pub address: SocketAddr,
    #[source]
    pub error: io::Error,
}

/// Bound sockets of one endpoint.
#[derive(Debug)]
pub struct Sockets {
    pub(super) udp: Option<UdpSocket>,
    pub(super) listener: Option<TcpListener>,
    pub(super) tls_listener: Option<TcpListener>,
    pub(super) tls: Option<Tls>,
    /// As bound, the port filled in.
    pub udp_address: Option<SocketAddr>,
    pub tcp_address: Option<SocketAddr>,
    pub tls_address: Option<SocketAddr>,
}

impl Sockets {
    /// Binds what is given; port 0 picks a free one (for TCP the one UDP got).
    /// # Errors
    /// [`BindError`] naming the address.
    pub fn bind(udp: Option<SocketAddr>, tcp: Option<SocketAddr>) -> Result<Self, BindError> {
        let any = |address: Option<SocketAddr>| address.is_some_and(|a| a.port() == 0);
        // The port UDP got may be taken for TCP: then another one is asked for.
        let tries = if any(udp) && any(tcp) { TRIES } else { 0 };
        (0..tries).find_map(|_| Self::bind_once(udp, tcp).ok()).map_or_else(|| Self::bind_once(udp, tcp), Ok)
    }

    /// Speaks TLS with those it calls, and listens for it where an address is given, which takes a certificate.
    /// # Errors
    /// [`BindError`] naming the address.
    pub fn with_tls(mut self, tls: Tls, listen: Option<SocketAddr>) -> Result<Self, BindError> {
        if let Some(address) = listen {
            let listener = open_tcp(address).map_err(|error| BindError { transport: "TLS", address, error })?;
            self.tls_address = listener.local_addr().ok();
            self.tls_listener = Some(listener);
        }
        self.tls = Some(tls);
        Ok(self)
    }

    fn bind_once(udp: Option<SocketAddr>, tcp: Option<SocketAddr>) -> Result<Self, BindError> {
        let mut sockets = Self {
            udp: None,
            listener: None,
            tls_listener: None,
            tls: None,
            udp_address: None,
            tcp_address: None,
            tls_address: None,
        };
        if let Some(address) = udp {
            let socket = open_udp(address).map_err(|error| BindError { transport: "UDP", address, error })?;
            sockets.udp_address = socket.local_addr().ok();
            sockets.udp = Some(socket);
        }
        if let Some(mut address) = tcp {
            if address.port() == 0 && let Some(udp) = sockets.udp_address {
                address.set_port(udp.port());
            }
            let listener = open_tcp(address).map_err(|error| BindError { transport: "TCP", address, error })?;
            sockets.tcp_address = listener.local_addr().ok();
            sockets.listener = Some(listener);
        }
        Ok(sockets)
    }
}

fn open_udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // Root may pass the system's limit; others get what it allows.
    if setsockopt(&socket, sockopt::RcvBufForce, &RECEIVE_BUFFER).is_err() {
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

fn open_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart must not wait for old connections to fade.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
