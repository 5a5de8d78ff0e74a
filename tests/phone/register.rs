//! Keeping a phone registered, without I/O: REGISTER with digest, refreshed at half its life, repeated while unanswered
//! (RFC 3261 §10.2, §17.1.2, §22). Start at [`Registration::ask`]. The gateway's own digest arithmetic answers the
//! challenge. Never in this room: sockets, clocks, calls.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cti_gateway::sip::api::Transport;
use cti_gateway::sip::auth::Answerer;
use cti_gateway::sip::message::{Headers, Message, Method, Name, Request, Response};

/// Repeats of one REGISTER over UDP, and the end of waiting (timers E and F).
const REPEAT: Duration = Duration::from_millis(500);
const GIVE_UP: Duration = Duration::from_secs(8);

/// Who registers, and where.
#[derive(Debug, Clone)]
pub struct Account {
    pub username: String,
    pub password: String,
}

/// What an answer meant.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Not an answer to the REGISTER that waits.
    Nothing,
    /// Ask again: send these bytes.
    Again(Bytes),
    /// Bound for so long; zero seconds: no longer bound.
    Done(u32),
    Refused(u16),
}

/// See the room story.
#[derive(Debug)]
pub struct Registration {
    account: Account,
    transport: Transport,
    local: SocketAddr,
    server: SocketAddr,
    product: String,
    /// Part of Call-ID, tag and branches; random.
    chance: u64,
    answerer: Answerer,
    seq: u32,
    expires: u32,
    pending: Option<Pending>,
    refresh: Option<Instant>,
}

#[derive(Debug)]
struct Pending {
    bytes: Bytes,
    repeat: Option<Instant>,
    give_up: Instant,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub enum Due {
    Nothing,
    Send(Bytes),
    /// Nobody answered.
    GaveUp,
}

impl Registration {
    #[must_use]
    pub fn new(account: Account, transport: Transport, local: SocketAddr, server: SocketAddr, product: &str, chance: u64) -> Self {
        Self {
            account,
            transport,
            local,
            server,
            product: product.to_owned(),
            chance,
            answerer: Answerer::default(),
            seq: 0,
            expires: 0,
            pending: None,
            refresh: None,
        }
    }

    /// Begins to register for `expires` seconds; zero unregisters.
    pub fn ask(&mut self, now: Instant, expires: u32) -> Bytes {
        self.expires = expires;
        self.refresh = None;
        self.send(now)
    }

    fn send(&mut self, now: Instant) -> Bytes {
        let bytes = self.request().to_bytes();
        let repeat = (!self.transport.is_reliable()).then(|| now + REPEAT);
        self.pending = Some(Pending { bytes: bytes.clone(), repeat, give_up: now + GIVE_UP });
        bytes
    }

    fn request(&mut self) -> Request {
        self.seq += 1;
        let (user, server, local) = (&self.account.username, self.server, self.local);
        let uri = format!("sip:{}", server.ip());
        let transport = if self.transport.is_reliable() { ";transport=tcp" } else { "" };
        let mut headers = Headers::new();
        let token = self.transport.token();
        headers.push(Name::Via, &format!("SIP/2.0/{token} {local};rport;branch=z9hG4bKreg{:x}x{}", self.chance, self.seq));
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, &format!("<sip:{user}@{}>;tag=r{:x}", server.ip(), self.chance));
        headers.push(Name::To, &format!("<sip:{user}@{}>", server.ip()));
        headers.push(Name::CallId, &format!("reg-{:x}", self.chance));
        headers.push(Name::CSeq, &format!("{} REGISTER", self.seq));
        headers.push(Name::Contact, &format!("<sip:{user}@{local}{transport}>"));
        headers.push(Name::Expires, &self.expires.to_string());
        headers.push(Name::UserAgent, &self.product);
        let mut request = Request { method: Method::Register, uri, headers, body: Bytes::new(), defect: None };
        let cnonce = format!("{:x}{}", self.chance.rotate_left(17), self.seq);
        for (name, value) in
            self.answerer.lines(&self.account.username, &self.account.password, (&request).into(), &cnonce)
        {
            request = request.with(name, &value);
        }
        request
    }

    /// An answer came that may be ours.
    pub fn hear(&mut self, now: Instant, message: &Message) -> Heard {
        let Message::Response(response) = message else { return Heard::Nothing };
        let ours = response.headers.cseq().is_ok_and(|c| c.method == Method::Register && c.number == self.seq);
        if !ours || self.pending.is_none() {
            return Heard::Nothing;
        }
        match response.status {
            100..=199 => Heard::Nothing,
            200..=299 => {
                self.pending = None;
                let granted = granted(response).unwrap_or(self.expires).min(self.expires);
                self.refresh = (granted > 0).then(|| now + Duration::from_secs(u64::from(granted).max(2)) / 2);
                Heard::Done(granted)
            }
            401 | 407 => match self.answerer.hear(response) {
                Ok(()) => Heard::Again(self.send(now)),
                Err(_) => self.refused(response.status),
            },
            status => self.refused(status),
        }
    }

    fn refused(&mut self, status: u16) -> Heard {
        self.pending = None;
        Heard::Refused(status)
    }

    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let pending = self.pending.as_ref().map(|p| p.repeat.map_or(p.give_up, |at| at.min(p.give_up)));
        pending.or(self.refresh)
    }

    /// [`Registration::deadline`] has come.
    pub fn due(&mut self, now: Instant) -> Due {
        match &mut self.pending {
            Some(pending) if now >= pending.give_up => {
                self.pending = None;
                Due::GaveUp
            }
            Some(pending) if pending.repeat.is_some_and(|at| now >= at) => {
                pending.repeat = Some(now + REPEAT);
                Due::Send(pending.bytes.clone())
            }
            Some(_) => Due::Nothing,
            None if self.refresh.is_some_and(|at| now >= at) => {
                self.refresh = None;
                Due::Send(self.send(now))
            }
            None => Due::Nothing,
        }
    }
}

/// The life the registrar granted.
fn granted(response: &Response) -> Option<u32> {
    let contacts = response.headers.contacts().ok()?;
    let of_contact = contacts.iter().filter_map(cti_gateway::sip::message::Contact::expires).max();
    of_contact.or_else(|| response.headers.expires().ok().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cti_gateway::sip::message::parse;

    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    fn start() -> Instant {
        Instant::now()
    }

    fn answer(request: &Bytes, status: u16, lines: &[(Name, &str)]) -> Message {
        let Ok(Message::Request(request)) = parse(request.clone()) else { panic!("our own request reads") };
        Message::Response(lines.iter().fold(request.response(status), |r, (name, value)| r.with(*name, value)))
    }

    #[test]
    fn a_challenge_is_answered_once_and_the_binding_is_refreshed_at_half_its_life() {
        let account = Account { username: "801".into(), password: "secret".into() };
        let (local, server) = (([127, 0, 0, 1], 5).into(), ([127, 0, 0, 1], 6).into());
        let mut phone = Registration::new(account, Transport::Udp, local, server, "test", 7);
        let t0 = start();
        let first = phone.ask(t0, 60);
        assert_eq!(phone.due(t0 + REPEAT), Due::Send(first.clone()), "unanswered, it is repeated as it was");
        let challenge = "Digest realm=\"zuoxi\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"";
        let Heard::Again(second) = phone.hear(t0, &answer(&first, 401, &[(Name::WwwAuthenticate, challenge)])) else {
            panic!("a challenge is answered")
        };
        assert!(String::from_utf8_lossy(&second).contains("username=\"801\""));
        assert_eq!(phone.hear(t0, &answer(&first, 200, &[])), Heard::Nothing, "an old answer");
        assert_eq!(phone.hear(t0, &answer(&second, 200, &[(Name::Expires, "40")])), Heard::Done(40));
        assert_eq!(phone.deadline(), Some(t0 + Duration::from_secs(20)));
        let Due::Send(third) = phone.due(t0 + Duration::from_secs(20)) else { panic!("a refresh is due") };
        assert_eq!(phone.hear(t0, &answer(&third, 403, &[])), Heard::Refused(403));
        assert_eq!(phone.deadline(), None);
    }
}
