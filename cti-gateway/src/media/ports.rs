//! RTP ports of the configured range: an even one for RTP, the next for RTCP, the longest unused first, so that late packets of
//! an ended call meet nobody. Start at [`PortBook::open`].
//! Never in this room: packets. Standard: RFC 3550 §11.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr, UdpSocket};

use contract::LegId;
use socket2::{Domain, Protocol, Socket, Type};

use super::command::MediaError;

/// Room in the kernel for what comes between two looks, and a stall of some hundred milliseconds.
const RECEIVE_BUFFER: usize = 128 * 1024;
/// Expedited forwarding (RFC 3246), as voice is marked.
const VOICE_TOS: u32 = 0xB8;

/// The two sockets of a leg.
#[derive(Debug)]
pub struct PortPair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// See the room story.
#[derive(Debug)]
pub struct PortBook {
    ip: IpAddr,
    range: (u16, u16),
    free: VecDeque<u16>,
    taken: HashMap<LegId, u16>,
}

impl PortBook {
    /// Ports `low` to `high`, inclusive.
    #[must_use]
    pub fn new(ip: IpAddr, (low, high): (u16, u16)) -> Self {
        let first = low.next_multiple_of(2);
        let free = (first..high).step_by(2).collect();
        Self { ip, range: (low, high), free, taken: HashMap::new() }
    }

    /// Binds the next free pair. Ports another program holds are passed over.
    ///
    /// # Errors
    /// [`MediaError::NoPort`], [`MediaError::AlreadyOpen`], [`MediaError::Bind`].
    pub fn open(&mut self, leg: LegId) -> Result<(SocketAddr, PortPair), MediaError> {
        if self.taken.contains_key(&leg) {
            return Err(MediaError::AlreadyOpen(leg));
        }
        for _ in 0..self.free.len() {
            let Some(port) = self.free.pop_front() else { break };
            let at = SocketAddr::new(self.ip, port);
            match bind(at).and_then(|rtp| Ok(PortPair { rtp, rtcp: bind(SocketAddr::new(self.ip, port + 1))? })) {
                Ok(pair) => {
                    self.taken.insert(leg, port);
                    return Ok((at, pair));
                }
                Err(error) => {
                    self.free.push_back(port);
                    if error.kind() != std::io::ErrorKind::AddrInUse {
                        return Err(MediaError::Bind(at, error));
                    }
                }
            }
        }
        Err(MediaError::NoPort { low: self.range.0, high: self.range.1 })
    }

    /// The leg's sockets are closed: its ports are free again.
    pub fn release(&mut self, leg: LegId) {
        self.free.extend(self.taken.remove(&leg));
    }

    /// Pairs free and taken.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.free.len(), self.taken.len())
    }
}

fn bind(at: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    if at.is_ipv4() {
        // Not every system lets a program mark its packets; they go unmarked then.
        let _ = socket.set_tos_v4(VOICE_TOS);
    }
    socket.bind(&at.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn legs_get_even_ports_until_the_range_is_used_up_and_again_when_they_return() {
        let mut book = PortBook::new(LOCAL, (28_401, 28_406));
        let first = book.open(LegId(1)).unwrap();
        let second = book.open(LegId(2)).unwrap();
        assert_eq!((first.0.port(), second.0.port()), (28_402, 28_404));
        assert_eq!(first.1.rtcp.local_addr().unwrap().port(), 28_403);
        assert!(matches!(book.open(LegId(3)), Err(MediaError::NoPort { low: 28_401, high: 28_406 })));
        assert!(matches!(book.open(LegId(2)), Err(MediaError::AlreadyOpen(LegId(2)))));
        drop(first);
        book.release(LegId(1));
        assert_eq!(book.open(LegId(3)).unwrap().0.port(), 28_402);
        assert_eq!(book.count(), (0, 2));
    }

    #[test]
    fn a_port_another_program_holds_is_passed_over() {
        let held = UdpSocket::bind((LOCAL, 28_411)).unwrap();
        let mut book = PortBook::new(LOCAL, (28_410, 28_413));
        assert_eq!(book.open(LegId(1)).unwrap().0.port(), 28_412, "{held:?} blocks the RTCP port of the first pair");
    }
}
