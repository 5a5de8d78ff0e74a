//! A byte stream (TCP) → messages. Content-Length cuts; CRLF between messages is a keep-alive (RFC 5626 §3.5.1).
//! One bad message costs that message, not the connection: only a length that cannot be known ends it.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    MAX_MESSAGE, Message,
    name::Name,
    parse::{self, Head, Unreadable},
    problem::Problem,
};

/// What came out of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Framed {
    /// One message, its faults noted as in a datagram.
    Message(Box<Message>),
    /// A double CRLF between messages: answer with one CRLF.
    Ping,
    /// A message nobody can read or answer, passed over; the next one follows.
    Skipped(Unreadable),
    /// Where the next message begins cannot be known. Answer `last` if there is one, then close.
    Lost {
        /// Why.
        problem: Problem,
        /// The message that did it, if its headers were read: its defect says the same.
        last: Option<Box<Message>>,
    },
}

/// A head that was read and waits for its body.
#[derive(Debug)]
struct Waiting {
    /// `Err`: passed over when whole.
    what: Result<Box<Message>, Unreadable>,
    head: usize,
    body: usize,
}

/// Cuts one connection's bytes into messages. Holds at most one message ([`MAX_MESSAGE`]) and what one read brought.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    /// Octets searched for the end of a head.
    searched: usize,
    waiting: Option<Waiting>,
    lost: bool,
}

impl Framer {
    /// For a new connection.
    pub fn new() -> Framer {
        Framer::default()
    }

    /// Takes what was read. Ask [`Framer::next_frame`] until `None` afterwards.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.lost {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Bytes held back because a message is not whole yet.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// The next whole thing in the stream, `None` when more must be read. After [`Framed::Lost`] always `None`.
    pub fn next_frame(&mut self) -> Option<Framed> {
        if self.lost {
            return None;
        }
        if self.waiting.is_none() {
            if self.searched == 0
                && let Some(ping) = self.line_ends()
            {
                return Some(ping);
            }
            let Some(head) = self.head_end() else {
                return (self.buffer.len() > MAX_MESSAGE).then(|| self.lose(Problem::TooLarge, None));
            };
            match self.look(head) {
                Ok(waiting) => self.waiting = Some(waiting),
                Err(lost) => return Some(lost),
            }
        }
        self.take_whole()
    }

    /// Takes line ends in front of a message away; two CRLFs are a ping. Each step looks at four octets, so that it makes no
    /// difference how the stream was cut into reads.
    fn line_ends(&mut self) -> Option<Framed> {
        const PING: &[u8] = b"\r\n\r\n";
        loop {
            if self.buffer.starts_with(PING) {
                self.buffer.advance(PING.len());
                return Some(Framed::Ping);
            }
            match self.buffer.first() {
                // A lone CRLF may be half a ping, or the leftover of a sloppy sender: only what follows can tell.
                Some(b'\r' | b'\n') if !PING.starts_with(&self.buffer) => self.buffer.advance(1),
                _ => return None,
            }
        }
    }

    /// Length of start line and headers with their empty line.
    fn head_end(&mut self) -> Option<usize> {
        if self.buffer.iter().all(|b| matches!(b, b'\r' | b'\n')) {
            return None;
        }
        let from = self.searched.saturating_sub(3);
        let bytes = &self.buffer[from..];
        let mut at = 0;
        while let Some(lf) = bytes[at..].iter().position(|b| *b == b'\n') {
            at += lf + 1;
            match &bytes[at..] {
                [b'\n', ..] => return Some(from + at + 1),
                [b'\r', b'\n', ..] => return Some(from + at + 2),
                _ => {}
            }
        }
        self.searched = self.buffer.len();
        None
    }

    /// Reads a head that is whole.
    fn look(&mut self, head: usize) -> Result<Waiting, Framed> {
        let bytes = &self.buffer[..head];
        let (what, length) = match parse::head(bytes) {
            Ok(Head { message, length, .. }) => (Ok(Box::new(message)), length),
            Err(unreadable) => (Err(unreadable), parse::length_behind_bad_start(bytes)),
        };
        // A stream has no other end of a body than its length (RFC 3261 §18.3): bodies without one are lost with what follows.
        let typed = |m: &Message| m.headers().get(Name::ContentType).is_some();
        let length = match length {
            Ok(None) if what.as_deref().is_ok_and(typed) => Err(Problem::Missing(Name::ContentLength)),
            Ok(length) if head + length.unwrap_or(0) > MAX_MESSAGE => Err(Problem::TooLarge),
            Ok(length) => Ok(length.unwrap_or(0)),
            Err(problem) => Err(problem),
        };
        match length {
            Ok(body) => Ok(Waiting { what, head, body }),
            Err(problem) => Err(self.lose(problem, what.ok())),
        }
    }

    /// The waiting message, if its body is here.
    fn take_whole(&mut self) -> Option<Framed> {
        let Waiting { what, head, body } = self.waiting.take_if(|w| w.head + w.body <= self.buffer.len())?;
        self.searched = 0;
        self.buffer.advance(head);
        let body = Bytes::copy_from_slice(&self.buffer.split_to(body));
        Some(match what {
            Ok(mut message) => {
                message.set_body(body);
                Framed::Message(message)
            }
            Err(unreadable) => Framed::Skipped(unreadable),
        })
    }

    fn lose(&mut self, problem: Problem, last: Option<Box<Message>>) -> Framed {
        self.lost = true;
        self.buffer = BytesMut::new();
        let last = last.map(|mut message| {
            message.note(problem.clone());
            message
        });
        Framed::Lost { problem, last }
    }
}
