//! A byte stream (TCP) → messages. Content-Length cuts; CRLF between messages is a keep-alive (RFC 5626 §3.5.1).
//! One bad message costs that message, not the connection: only a length that cannot be known ends it.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    MAX_MESSAGE, Message,
    name::Name,
    parse::{self, Extent, Unreadable},
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

/// Cuts one connection's bytes into messages. Holds at most one message ([`MAX_MESSAGE`]) and what one read brought.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: BytesMut,
    searched: usize,
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
        if self.searched == 0
            && let Some(ping) = self.line_ends()
        {
            return Some(ping);
        }
        if self.buffer.is_empty() {
            return None;
        }
        let Some(head) = self.head_end() else {
            return (self.buffer.len() > MAX_MESSAGE).then(|| self.lose(Problem::TooLarge, None));
        };
        self.frame(head)
    }

    /// Takes line ends in front of a message away; two CRLFs are a ping.
    fn line_ends(&mut self) -> Option<Framed> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.advance(4);
            return Some(Framed::Ping);
        }
        // A lone CRLF may be half a ping, or the leftover of a sloppy sender: only what follows can tell.
        if self.buffer.len() < 4 && b"\r\n\r\n".starts_with(&self.buffer) {
            return None;
        }
        let ends = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.buffer.advance(ends);
        None
    }

    /// Length of start line and headers with their empty line.
    fn head_end(&mut self) -> Option<usize> {
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

    fn frame(&mut self, head: usize) -> Option<Framed> {
        let whole = match parse::read(Bytes::copy_from_slice(&self.buffer[..head]), Extent::Stream) {
            Ok(message) => parse::content_length(message.headers()).map(|l| (message, l.unwrap_or(0))),
            Err(unreadable) => return Some(self.skip(head, unreadable)),
        };
        match whole {
            Ok((_, length)) if head + length > MAX_MESSAGE => {
                let last = self.read(head);
                Some(self.lose(Problem::TooLarge, last))
            }
            Ok((_, length)) if head + length > self.buffer.len() => {
                // The head will be looked at again when the body is whole.
                self.searched = head;
                None
            }
            Ok((_, length)) => {
                self.searched = 0;
                let bytes = self.buffer.split_to(head + length).freeze();
                Some(match parse::read(bytes, Extent::Stream) {
                    Ok(message) => Framed::Message(Box::new(message)),
                    Err(unreadable) => Framed::Skipped(unreadable),
                })
            }
            Err(problem) => {
                let last = self.read(head);
                Some(self.lose(problem, last))
            }
        }
    }

    /// Passes over a head nobody can read; its body goes too if its length is legible.
    fn skip(&mut self, head: usize, unreadable: Unreadable) -> Framed {
        let start = self.buffer[..head].iter().position(|b| *b == b'\n').map_or(head, |p| p + 1);
        let probe = [b"OPTIONS sip:x SIP/2.0\r\n", &self.buffer[start..head]].concat();
        let length = parse::read(probe.into(), Extent::Stream)
            .ok()
            .map(|m| parse::content_length(m.headers()).map(|l| l.unwrap_or(0)))
            .and_then(Result::ok);
        match length {
            Some(length) if head + length <= MAX_MESSAGE && head + length <= self.buffer.len() => {
                self.searched = 0;
                self.buffer.advance(head + length);
                Framed::Skipped(unreadable)
            }
            _ => self.lose(Problem::RequestLine, None),
        }
    }

    fn read(&self, head: usize) -> Option<Box<Message>> {
        let mut message = parse::read(Bytes::copy_from_slice(&self.buffer[..head]), Extent::Stream).ok()?;
        message.headers_mut().remove(Name::ContentLength);
        Some(Box::new(message))
    }

    fn lose(&mut self, problem: Problem, last: Option<Box<Message>>) -> Framed {
        self.lost = true;
        self.buffer = BytesMut::new();
        let last = last.map(|mut message| {
            message.set_defect(problem.clone());
            message
        });
        Framed::Lost { problem, last }
    }
}
