//! One far end: a UDP socket and plain messages. It does exactly what a test says and nothing by itself, but for
//! acknowledging refusals and answering what the test is not about (BYE excepted).

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use cti_gateway::sip::auth::{Answerer, Covered};
use cti_gateway::sip::message::{Message, Method, Name, Request, Response, parse};
use tokio::net::UdpSocket;

use crate::house::PATIENCE;

/// A description that speaks A-law and keys; where its audio goes nobody listens.
pub const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
/// The same, holding.
pub const OFFER_HELD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n";

/// A dialog that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    call_id: String,
    ours: String,
    theirs: String,
    target: String,
    cseq: u32,
    /// Of their 200, where they answered.
    pub body: String,
}

#[derive(Debug, PartialEq)]
pub enum Outcome {
    Answered(Talk),
    Refused(u16),
}

impl Outcome {
    #[track_caller]
    pub fn talk(self) -> Talk {
        match self {
            Self::Answered(talk) => talk,
            Self::Refused(status) => panic!("refused with {status}"),
        }
    }
}

/// An INVITE that came, not yet answered.
pub struct Invited {
    request: Request,
    tag: String,
}

pub struct Line {
    socket: UdpSocket,
    local: SocketAddr,
    to: SocketAddr,
    user: String,
    password: Option<String>,
    answerer: Answerer,
    early: VecDeque<Message>,
    count: u32,
}

impl Line {
    pub async fn open(ip: IpAddr, to: SocketAddr, user: &str, password: Option<&str>) -> Self {
        let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).await.unwrap();
        let local = socket.local_addr().unwrap();
        Self {
            socket,
            local,
            to,
            user: user.into(),
            password: password.map(Into::into),
            answerer: Answerer::default(),
            early: VecDeque::new(),
            count: 0,
        }
    }

    /// The first message that is wanted; the others wait for whoever wants them.
    async fn expect<T>(&mut self, what: &str, wanted: impl Fn(&Message) -> Option<T>) -> T {
        if let Some((at, found)) = self.early.iter().enumerate().find_map(|(n, m)| Some((n, wanted(m)?))) {
            self.early.remove(at);
            return found;
        }
        let mut buffer = [0; 65_535];
        loop {
            let came = tokio::time::timeout(PATIENCE, self.socket.recv(&mut buffer)).await;
            let Ok(length) = came else { panic!("{what} never came; what did: {:#?}", self.early) };
            let message = parse(Bytes::copy_from_slice(&buffer[..length.unwrap()])).unwrap();
            if let Some(found) = wanted(&message) {
                return found;
            }
            self.early.push_back(message);
        }
    }

    async fn send(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.to).await.unwrap();
    }

    fn new_request(&mut self, method: &Method, talk: &Talk, cseq: u32, body: Option<(&str, &str)>) -> Request {
        self.count += 1;
        let (local, count, method) = (self.local, self.count, method.as_str());
        let lines = [
            format!("{method} {} SIP/2.0", talk.target),
            format!("Via: SIP/2.0/UDP {local};branch=z9hG4bK-{}-{count};rport", local.port()),
            "Max-Forwards: 70".to_owned(),
            format!("From: {}", talk.ours),
            format!("To: {}", talk.theirs),
            format!("Call-ID: {}", talk.call_id),
            format!("CSeq: {cseq} {method}"),
            format!("Contact: <sip:{}@{local}>", self.user),
        ];
        let text = format!("{}\r\nContent-Length: 0\r\n\r\n", lines.join("\r\n"));
        let Message::Request(mut request) = parse(text.into()).unwrap() else { panic!("a request is one") };
        if let Some((kind, body)) = body {
            request = request.with_body(kind, body.to_owned());
        }
        if let Some(password) = &self.password {
            let covered = Covered::from(&request);
            for (name, value) in self.answerer.lines(&self.user, password, covered, "c0ffee") {
                request.headers.push(name, &value);
            }
        }
        request
    }

    fn fresh(&mut self, number: &str) -> Talk {
        self.count += 1;
        let (local, count) = (self.local, self.count);
        Talk {
            call_id: format!("{count}@{local}"),
            ours: format!("<sip:{}@{}>;tag=t{count}", self.user, local.ip()),
            theirs: format!("<sip:{number}@{}>", self.to.ip()),
            target: format!("sip:{number}@{}", self.to),
            cseq: 0,
            body: String::new(),
        }
    }

    /// Sends a request and waits for its last answer, once more with the password where it is asked for.
    async fn ask(
        &mut self,
        method: Method,
        talk: &mut Talk,
        body: Option<(&str, &str)>,
        more: &[(&str, &str)],
    ) -> Response {
        loop {
            talk.cseq += 1;
            let cseq = talk.cseq;
            let mut request = self.new_request(&method, talk, cseq, body);
            more.iter().for_each(|(name, value)| request.headers.push(*name, value));
            self.send(&request.to_bytes()).await;
            let call_id = talk.call_id.clone();
            let last = |m: &Message| match m {
                Message::Response(r) if r.status >= 200 => {
                    let theirs = r.headers.cseq().is_ok_and(|c| c.number == cseq && c.method == method);
                    (theirs && r.headers.call_id() == Ok(&call_id)).then(|| r.clone())
                }
                _ => None,
            };
            let response = self.expect("an answer", last).await;
            if method == Method::Invite && response.status >= 300 {
                // The ACK of a refusal belongs to its transaction.
                let via = request.headers.get(Name::Via).unwrap().to_owned();
                let mut ack = self.new_request(&Method::Ack, talk, cseq, None);
                ack.headers.set(Name::Via, &via);
                ack.headers.set(Name::To, response.headers.get(Name::To).unwrap());
                self.send(&ack.to_bytes()).await;
            }
            if matches!(response.status, 401 | 407) && self.answerer.hear(&response).is_ok() {
                continue;
            }
            return response;
        }
    }

    pub async fn register(&mut self) {
        let mut talk = self.fresh("register");
        talk.theirs = talk.ours.split(';').next().unwrap().to_owned();
        talk.target = format!("sip:{}", self.to);
        let response = self.ask(Method::Register, &mut talk, None, &[("Expires", "600")]).await;
        assert_eq!(response.status, 200);
    }

    /// Calls with this offer, and acknowledges with that answer.
    pub async fn dial(&mut self, number: &str, offer: Option<&str>, ack: Option<&str>) -> Outcome {
        let mut talk = self.fresh(number);
        let sdp = |body| ("application/sdp", body);
        let response = self.ask(Method::Invite, &mut talk, offer.map(sdp), &[]).await;
        if response.status != 200 {
            return Outcome::Refused(response.status);
        }
        talk.theirs = response.headers.get(Name::To).unwrap().to_owned();
        talk.target = response.headers.contact_uri().unwrap().unwrap().to_string();
        talk.body = String::from_utf8_lossy(&response.body).into_owned();
        let cseq = talk.cseq;
        let ack = self.new_request(&Method::Ack, &talk, cseq, ack.filter(|_| offer.is_none()).map(sdp));
        self.send(&ack.to_bytes()).await;
        Outcome::Answered(talk)
    }

    pub async fn reinvite(&mut self, talk: &mut Talk, offer: Option<&str>, ack: Option<&str>) {
        let sdp = |body| ("application/sdp", body);
        let response = self.ask(Method::Invite, talk, offer.map(sdp), &[]).await;
        assert_eq!(response.status, 200);
        let cseq = talk.cseq;
        let ack = self.new_request(&Method::Ack, talk, cseq, ack.map(sdp));
        self.send(&ack.to_bytes()).await;
    }

    pub async fn hang_up(&mut self, talk: &Talk) {
        let mut talk = talk.clone();
        assert_eq!(self.ask(Method::Bye, &mut talk, None, &[]).await.status, 200);
    }

    pub async fn info(&mut self, talk: &mut Talk, kind: &str, body: &str) {
        assert_eq!(self.ask(Method::Info, talk, Some((kind, body)), &[]).await.status, 200);
    }

    pub async fn refer(&mut self, talk: &mut Talk, to: &str) {
        let refer_to = format!("<{to}>");
        assert_eq!(self.ask(Method::Refer, talk, None, &[("Refer-To", &refer_to)]).await.status, 202);
    }

    /// The next request of this kind, answered 200.
    pub async fn request(&mut self, method: Method) -> Request {
        let what = method.as_str().to_owned();
        let wanted = |m: &Message| match m {
            Message::Request(request) if request.method == method => Some(request.clone()),
            _ => None,
        };
        let request = self.expect(&what, wanted).await;
        self.send(&request.response(200).to_bytes()).await;
        request
    }

    /// The status line of the next NOTIFY of a REFER.
    pub async fn notified(&mut self) -> String {
        let notify = self.request(Method::Notify).await;
        String::from_utf8_lossy(&notify.body).trim().to_owned()
    }

    pub async fn invited(&mut self) -> Invited {
        let wanted = |m: &Message| match m {
            Message::Request(request) if request.method == Method::Invite => Some(request.clone()),
            _ => None,
        };
        let request = self.expect("an INVITE", wanted).await;
        self.count += 1;
        let invited = Invited { request, tag: format!("desk{}", self.count) };
        self.progress(&invited, 180, None).await;
        invited
    }

    fn response(&self, invited: &Invited, status: u16, sdp: Option<&str>) -> Response {
        let contact = format!("<sip:{}@{}>", self.user, self.local);
        let response = invited.request.response(status).with_to_tag(&invited.tag).with(Name::Contact, &contact);
        match sdp {
            Some(sdp) => response.with_body("application/sdp", sdp.to_owned()),
            None => response,
        }
    }

    pub async fn progress(&mut self, invited: &Invited, status: u16, sdp: Option<&str>) {
        let bytes = self.response(invited, status, sdp).to_bytes();
        self.send(&bytes).await;
    }

    /// 200, and the ACK for it.
    pub async fn answer(&mut self, invited: Invited, sdp: Option<&str>) -> Talk {
        let response = self.response(&invited, 200, sdp);
        self.send(&response.to_bytes()).await;
        let ack = |m: &Message| matches!(m, Message::Request(r) if r.method == Method::Ack).then_some(());
        self.expect("an ACK", ack).await;
        let headers = &invited.request.headers;
        Talk {
            call_id: headers.call_id().unwrap().to_owned(),
            ours: response.headers.get(Name::To).unwrap().to_owned(),
            theirs: headers.get(Name::From).unwrap().to_owned(),
            target: headers.contact_uri().unwrap().unwrap().to_string(),
            cseq: 0,
            body: String::new(),
        }
    }

    /// CANCEL comes, and the INVITE ends with 487.
    pub async fn cancelled(&mut self, invited: Invited) {
        self.request(Method::Cancel).await;
        let response = self.response(&invited, 487, None);
        self.send(&response.to_bytes()).await;
    }
}
