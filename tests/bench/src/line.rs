//! One telephone line over one socket, blocking and bare: it answers at once, hangs up when told, and knows the moment
//! of every message. For latencies, where SIPp has no clock of its own to ask.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cti_gateway::sip::message::{Headers, Message, Method, Name, Request, Response, parse};

use crate::{Fault, now};

/// A message with the moment it came.
pub struct Heard {
    pub at: Instant,
    pub message: Message,
}

pub struct Line {
    socket: UdpSocket,
    server: SocketAddr,
    count: u32,
    /// Where sound is wanted; where nobody listens, else.
    sound: Option<u16>,
}

/// Our half of a dialog that came in.
pub struct Dialog {
    invite: Request,
    tag: String,
}

impl Line {
    pub fn open(server: SocketAddr, port: u16) -> Result<Self, Fault> {
        Ok(Self { socket: UdpSocket::bind(("127.0.0.1", port))?, server, count: 0, sound: None })
    }

    /// Calls from now on name this port for their sound.
    pub fn sound_at(&mut self, port: u16) {
        self.sound = Some(port);
    }

    fn sdp(&self) -> Result<Bytes, Fault> {
        // Most calls are about signalling.
        let port = self.sound.map_or_else(|| self.socket.local_addr().map(|own| own.port()), Ok)?;
        Ok(Bytes::from(format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n")))
    }

    fn send(&self, bytes: &Bytes) -> Result<(), Fault> {
        self.socket.send_to(bytes, self.server)?;
        Ok(())
    }

    /// The next SIP message, sound left aside.
    pub fn hear(&self, patience: Duration) -> Result<Option<Heard>, Fault> {
        let end = now() + patience;
        let mut buffer = [0; 65_536];
        loop {
            let left = end.saturating_duration_since(now());
            if left.is_zero() {
                return Ok(None);
            }
            self.socket.set_read_timeout(Some(left))?;
            let Ok(length) = self.socket.recv(&mut buffer) else { continue };
            let at = now();
            // RTP begins with two bits 10, SIP with a letter.
            if buffer[0] & 0xc0 != 0x80
                && let Ok(message) = parse(Bytes::copy_from_slice(&buffer[..length]))
            {
                return Ok(Some(Heard { at, message }));
            }
        }
    }

    fn request(&mut self, method: Method, uri: &str) -> Result<Request, Fault> {
        self.count += 1;
        let local = self.socket.local_addr()?;
        let mut headers = Headers::new();
        headers.push(Name::Via, &format!("SIP/2.0/UDP {local};branch=z9hG4bKline{}x{}", local.port(), self.count));
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::Contact, &format!("<sip:line@{local}>"));
        Ok(Request { method, uri: uri.to_owned(), headers, body: Bytes::new(), defect: None })
    }

    /// Sends an INVITE for a number, as a caller of the trunk; the moment it left.
    pub fn dial(&mut self, number: &str, caller: &str) -> Result<Instant, Fault> {
        let server = self.server;
        let mut invite = self.request(Method::Invite, &format!("sip:{number}@{server}"))?;
        let id = format!("line{}x{}", self.socket.local_addr()?.port(), self.count);
        invite.headers.push(Name::From, &format!("<sip:{caller}@127.0.0.1>;tag={id}"));
        invite.headers.push(Name::To, &format!("<sip:{number}@{server}>"));
        invite.headers.push(Name::CallId, &id);
        invite.headers.push(Name::CSeq, "1 INVITE");
        invite.headers.push(Name::ContentType, "application/sdp");
        invite.body = self.sdp()?;
        let bytes = invite.to_bytes();
        let at = now();
        self.send(&bytes)?;
        Ok(at)
    }

    /// Sends OPTIONS; the moment it left.
    pub fn ask_options(&mut self) -> Result<Instant, Fault> {
        let server = self.server;
        let mut options = self.request(Method::Options, &format!("sip:{server}"))?;
        let id = format!("options{}x{}", self.socket.local_addr()?.port(), self.count);
        options.headers.push(Name::From, &format!("<sip:line@127.0.0.1>;tag={id}"));
        options.headers.push(Name::To, &format!("<sip:{server}>"));
        options.headers.push(Name::CallId, &id);
        options.headers.push(Name::CSeq, "1 OPTIONS");
        let bytes = options.to_bytes();
        let at = now();
        self.send(&bytes)?;
        Ok(at)
    }

    /// ACK of a 200 to our INVITE.
    pub fn acknowledge(&mut self, answer: &Response) -> Result<(), Fault> {
        let uri = contact(&answer.headers);
        let mut ack = self.request(Method::Ack, &uri.ok_or("an answer without Contact")?)?;
        for name in [Name::From, Name::To, Name::CallId] {
            ack.headers.push(name, answer.headers.get(name).unwrap_or_default());
        }
        ack.headers.push(Name::CSeq, "1 ACK");
        self.send(&ack.to_bytes())
    }

    /// BYE of a call of ours, by the answer it got.
    pub fn leave(&mut self, answer: &Response) -> Result<(), Fault> {
        let uri = contact(&answer.headers);
        let mut bye = self.request(Method::Bye, &uri.ok_or("an answer without Contact")?)?;
        for name in [Name::From, Name::To, Name::CallId] {
            bye.headers.push(name, answer.headers.get(name).unwrap_or_default());
        }
        bye.headers.push(Name::CSeq, "2 BYE");
        self.send(&bye.to_bytes())
    }

    /// 200 to anything but an INVITE.
    pub fn consent(&self, request: &Request) -> Result<(), Fault> {
        self.send(&request.response(200).to_bytes())
    }

    /// 200 with SDP to an INVITE.
    pub fn answer(&mut self, invite: Request) -> Result<Dialog, Fault> {
        self.count += 1;
        let tag = format!("line{}", self.count);
        let to = invite.headers.get(Name::To).unwrap_or_default().to_owned();
        let contact = format!("<sip:line@{}>", self.socket.local_addr()?);
        let mut response = invite.response(200);
        response.headers.set(Name::To, &format!("{to};tag={tag}"));
        let mut response = response.with(Name::Contact, &contact).with(Name::ContentType, "application/sdp");
        response.body = self.sdp()?;
        self.send(&response.to_bytes())?;
        Ok(Dialog { invite, tag })
    }

    /// BYE of a call that came in; the moment it left.
    pub fn hang_up(&mut self, dialog: &Dialog) -> Result<Instant, Fault> {
        let invite = &dialog.invite;
        let uri = contact(&invite.headers);
        let mut bye = self.request(Method::Bye, &uri.ok_or("an INVITE without Contact")?)?;
        let to = invite.headers.get(Name::To).unwrap_or_default();
        bye.headers.push(Name::From, &format!("{to};tag={}", dialog.tag));
        bye.headers.push(Name::To, invite.headers.get(Name::From).unwrap_or_default());
        bye.headers.push(Name::CallId, invite.headers.get(Name::CallId).unwrap_or_default());
        bye.headers.push(Name::CSeq, "1 BYE");
        let bytes = bye.to_bytes();
        let at = now();
        self.send(&bytes)?;
        Ok(at)
    }
}

/// Where requests of the dialog go.
fn contact(headers: &Headers) -> Option<String> {
    Some(headers.contacts().ok()?.first()?.addr()?.uri.to_string())
}
