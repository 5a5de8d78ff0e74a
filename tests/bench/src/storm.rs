//! More new calls than SIPp can offer on two cores beside the house: one thread, one socket, messages written by hand. Each
//! call does what `scenarios/caller_queue.xml` does, timers included: its INVITE is repeated until something comes (RFC 3261
//! §17.1.1.2), a refusal is acknowledged, an answer too, and the agent's BYE ends it. Start at [`Storm::rage`].

use std::collections::VecDeque;
use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use nix::sys::socket::{setsockopt, sockopt};

use crate::{Fault, now, sipp, wait};

/// Timer A, and how often it doubles before timer B ends the call.
const T1: Duration = Duration::from_millis(500);
const REPEATS: usize = 6;
/// How long the socket is left alone between two looks.
const NAP: Duration = Duration::from_micros(500);
/// A sleep that was too long is no reason for a burst.
const BURST: f64 = 64.0;
const BUFFER: usize = 8 << 20;

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Nothing was heard.
    Dialed,
    /// A provisional answer came.
    Heard,
    Talks,
    Ended,
}

/// What became of the calls.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    pub offered: u64,
    /// Answered by an agent, who hung up.
    pub served: u64,
    /// 503, at once or later.
    pub refused: u64,
    /// Refused only after more than a second.
    pub refused_late: u64,
    /// Any other answer, or none for 32 s.
    pub failed: u64,
    /// INVITEs that went out again.
    pub repeated: u64,
}

pub struct Storm {
    socket: UdpSocket,
    server: SocketAddr,
    local: SocketAddr,
    number: &'static str,
    calls: Vec<(Stands, Instant)>,
    /// Calls whose INVITE may have to be repeated, by how often it was: when, and which.
    due: [VecDeque<(Instant, usize)>; REPEATS + 1],
    counts: Counts,
    text: Vec<u8>,
}

impl Storm {
    /// Calls `number`, on a socket of its own.
    pub fn new(server: SocketAddr, number: &'static str) -> Result<Self, Fault> {
        let socket = UdpSocket::bind(("127.0.0.1", sipp::port()?))?;
        socket.connect(server)?;
        socket.set_nonblocking(true)?;
        setsockopt(&socket, sockopt::RcvBufForce, &BUFFER).or_else(|_| setsockopt(&socket, sockopt::RcvBuf, &BUFFER))?;
        let local = socket.local_addr()?;
        Ok(Self { socket, server, local, number, calls: Vec::new(), due: Default::default(), counts: Counts::default(), text: Vec::with_capacity(2048) })
    }

    /// Offers `rate` calls a second for so long; then no new ones, and those that stand go on. `watch` is told 4 times a second.
    pub fn rage(&mut self, rate: f64, time: Duration, mut watch: impl FnMut() -> Result<(), Fault>) -> Result<Counts, Fault> {
        let (began, mut last, mut looked, mut credit) = (now(), now(), now(), 0.0);
        while began.elapsed() < time {
            let at = now();
            credit = (credit + rate * (at - last).as_secs_f64()).min(BURST);
            last = at;
            while credit >= 1.0 {
                credit -= 1.0;
                self.dial(at);
            }
            self.turn(at);
            if looked.elapsed() >= Duration::from_millis(250) {
                looked = at;
                watch()?;
            }
            wait(NAP);
        }
        Ok(self.counts)
    }

    /// Nobody new calls; who is in a call ends it as everybody does, within so long.
    pub fn abate(&mut self, patience: Duration, done: impl Fn() -> bool) -> Counts {
        let end = now() + patience;
        while now() < end && !done() && self.calls.iter().any(|(stands, _)| *stands != Stands::Ended) {
            for _ in 0..20 {
                self.turn(now());
                wait(NAP);
            }
        }
        self.counts
    }

    fn dial(&mut self, at: Instant) {
        let call = self.calls.len();
        self.calls.push((Stands::Dialed, at));
        self.counts.offered += 1;
        self.invite(call);
        self.due[0].push_back((at + T1, call));
    }

    /// Everything that came, and what is to be repeated.
    fn turn(&mut self, at: Instant) {
        let mut buffer = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            self.hear(at, &buffer[..length]);
        }
        for times in 0..self.due.len() {
            while let Some(&(when, call)) = self.due[times].front()
                && when <= at
            {
                self.due[times].pop_front();
                if self.calls[call].0 != Stands::Dialed {
                    continue;
                }
                if times == REPEATS {
                    self.calls[call].0 = Stands::Ended;
                    self.counts.failed += 1;
                    continue;
                }
                self.counts.repeated += 1;
                self.invite(call);
                // Timer B is over one T1 after the last repeat.
                let next = if times + 1 == REPEATS { T1 } else { T1 * (2 << times) };
                self.due[times + 1].push_back((at + next, call));
            }
        }
    }

    fn hear(&mut self, at: Instant, message: &[u8]) {
        let Some(call) = header(message, b"Call-ID: ").and_then(|id| number(id.strip_prefix(b"storm")?)) else { return };
        let Some(&(stands, began)) = self.calls.get(call) else { return };
        if message.starts_with(b"BYE ") {
            self.consent(message);
            if stands == Stands::Talks {
                self.calls[call].0 = Stands::Ended;
                self.counts.served += 1;
            }
            return;
        }
        let Some(status) = message.strip_prefix(b"SIP/2.0 ").and_then(|rest| number(rest.get(..3)?)) else { return };
        match status {
            100..200 if stands == Stands::Dialed => self.calls[call].0 = Stands::Heard,
            100..200 => {}
            200 => {
                self.acknowledge(call, message, true);
                if matches!(stands, Stands::Dialed | Stands::Heard) {
                    self.calls[call].0 = Stands::Talks;
                }
            }
            _ => {
                self.acknowledge(call, message, false);
                if matches!(stands, Stands::Dialed | Stands::Heard) {
                    self.calls[call].0 = Stands::Ended;
                    let late = at - began > Duration::from_secs(1);
                    match status {
                        503 => (self.counts.refused, self.counts.refused_late) = (self.counts.refused + 1, self.counts.refused_late + u64::from(late)),
                        _ => self.counts.failed += 1,
                    }
                }
            }
        }
    }

    fn invite(&mut self, call: usize) {
        let (local, server, number) = (self.local, self.server, self.number);
        let body = format!(
            "v=0\r\no=storm 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
             a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n",
            ip = local.ip(),
            // Where nobody listens: these calls are about signalling.
            port = local.port(),
        );
        self.send(format_args!(
            "INVITE sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKstorm{call}\r\n\
             From: <sip:+8613800138000@{local}>;tag=s{call}\r\nTo: <sip:{number}@{server}>\r\nCall-ID: storm{call}\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:caller@{local}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len(),
        ));
    }

    /// ACK: of a 200 it goes where the answer says, in a transaction of its own (RFC 3261 §13.2.2.4, §17.1.1.3).
    fn acknowledge(&mut self, call: usize, answer: &[u8], consent: bool) {
        let (local, server) = (self.local, self.server);
        let own = format!("sip:{}@{server}", self.number);
        let contact = header(answer, b"Contact: ").map(|contact| text(contact).trim_matches(['<', '>']).to_owned());
        let (uri, branch) = if consent { (contact.unwrap_or(own), "ack") } else { (own, "") };
        let to = text(header(answer, b"To: ").unwrap_or_default()).to_owned();
        self.send(format_args!(
            "ACK {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKstorm{branch}{call}\r\n\
             From: <sip:+8613800138000@{local}>;tag=s{call}\r\nTo: {to}\r\nCall-ID: storm{call}\r\nCSeq: 1 ACK\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        ));
    }

    /// 200 to a BYE.
    fn consent(&mut self, bye: &[u8]) {
        let line = |name: &[u8]| text(header(bye, name).unwrap_or_default());
        let (via, from, to) = (line(b"Via: "), line(b"From: "), line(b"To: "));
        let (id, cseq) = (line(b"Call-ID: "), line(b"CSeq: "));
        self.send(format_args!(
            "SIP/2.0 200 OK\r\nVia: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {id}\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n"
        ));
    }

    /// What the kernel does not take is lost, as on any network; timers repeat it.
    fn send(&mut self, message: std::fmt::Arguments<'_>) {
        self.text.clear();
        if self.text.write_fmt(message).is_ok() {
            let _ = self.socket.send(&self.text);
        }
    }
}

/// The value of a header line, spelled as the house spells it.
fn header<'m>(message: &'m [u8], name: &[u8]) -> Option<&'m [u8]> {
    let line = message.split(|b| *b == b'\n').take_while(|line| line.len() > 1).find_map(|line| line.strip_prefix(name))?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn number(digits: &[u8]) -> Option<usize> {
    text(digits).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A storm of one call, and who it calls.
    fn call() -> (Storm, UdpSocket, Instant) {
        let far = UdpSocket::bind("127.0.0.1:0").unwrap();
        far.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut storm = Storm::new(far.local_addr().unwrap(), "7001").unwrap();
        let at = now();
        storm.dial(at);
        assert!(heard(&far).starts_with("INVITE sip:7001@127.0.0.1:"));
        (storm, far, at)
    }

    fn heard(far: &UdpSocket) -> String {
        let mut buffer = [0; 2048];
        let length = far.recv(&mut buffer).unwrap();
        text(&buffer[..length]).to_owned()
    }

    #[test]
    fn a_refusal_is_acknowledged_and_counted_once() {
        let (mut storm, far, at) = call();
        for _ in 0..2 {
            storm.hear(at, b"SIP/2.0 503 Service Unavailable\r\nTo: <sip:7001@x>;tag=z\r\nCall-ID: storm0\r\n\r\n");
            let ack = heard(&far);
            assert!(ack.starts_with("ACK sip:7001@") && ack.contains("z9hG4bKstorm0\r\n") && ack.contains("To: <sip:7001@x>;tag=z\r\n"), "{ack}");
        }
        assert_eq!(storm.counts, Counts { offered: 1, refused: 1, ..Counts::default() });
    }

    #[test]
    fn an_answered_call_ends_with_the_bye_of_the_other_side() {
        let (mut storm, far, at) = call();
        storm.hear(at, b"SIP/2.0 200 OK\r\nTo: <sip:7001@x>;tag=z\r\nCall-ID: storm0\r\nContact: <sip:z@127.0.0.1:9>\r\n\r\n");
        let ack = heard(&far);
        assert!(ack.starts_with("ACK sip:z@127.0.0.1:9 SIP/2.0\r\n"), "{ack}");
        storm.hear(at, b"BYE sip:caller@x SIP/2.0\r\nVia: v\r\nFrom: f\r\nTo: t\r\nCall-ID: storm0\r\nCSeq: 9 BYE\r\n\r\n");
        assert_eq!(heard(&far), "SIP/2.0 200 OK\r\nVia: v\r\nFrom: f\r\nTo: t\r\nCall-ID: storm0\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(storm.counts, Counts { offered: 1, served: 1, ..Counts::default() });
    }

    #[test]
    fn an_invite_nobody_answers_is_repeated_six_times_and_given_up_after_32_s() {
        let (mut storm, _far, at) = call();
        for ms in (0..40_000).step_by(100) {
            storm.turn(at + Duration::from_millis(ms));
        }
        assert_eq!(storm.counts, Counts { offered: 1, repeated: 6, failed: 1, ..Counts::default() });
    }
}
