//! The endpoint on real sockets: SIPp calls over UDP and TCP, TCP streams cut anywhere, connections that fail.

use std::net::SocketAddr;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use contract::TrunkId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::{mpsc, watch};

use super::*;
use crate::sip::api::{EndedBy, SipDirectory, SipTrunk, Target};

/// Longest anything here may take; only a broken run meets it.
const PATIENCE: Duration = Duration::from_secs(60);

struct Served {
    at: SocketAddr,
    asks: mpsc::Sender<UaCommand>,
    told: mpsc::UnboundedReceiver<UaEvent>,
    counts: watch::Receiver<Counts>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer_for(to: SocketAddr) -> Bytes {
    format!("v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n", to.ip()).into()
}

/// An endpoint on a free port that takes 127.0.0.1 for its trunk and, if told so, answers every call.
fn serve(answering: bool) -> Served {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let sockets = Sockets::bind(Some(any), Some(any)).unwrap();
    assert_eq!(sockets.tcp_address, sockets.udp_address);
    serve_on(sockets, answering)
}

fn serve_on(sockets: Sockets, answering: bool) -> Served {
    let at = sockets.tls_address.or(sockets.udp_address).unwrap();
    let endpoint = Endpoint::new(EndpointConfig::for_sockets(&sockets), 7);
    let (asks, asked) = mpsc::channel(4096);
    let (tell, told) = mpsc::unbounded_channel();
    let (publish, counts) = watch::channel(Counts::default());
    // Held weakly: the endpoint ends with the test's own sender.
    let answers = asks.downgrade();
    let on_event = move |event: UaEvent| {
        if let UaEvent::Incoming(call) = &event
            && answering
        {
            let (dialog, answers) = (call.dialog, answers.upgrade().unwrap());
            answers.try_send(UaCommand::Ring { dialog, sdp: None }).unwrap();
            answers.try_send(UaCommand::Answer { dialog, sdp: answer_for(at).into() }).unwrap();
        }
        let _ = tell.send(event);
    };
    let trunk = SipTrunk { from: vec![(at.ip(), 32)], to: vec![at], transport: Transport::Tcp, trusted: true, ..SipTrunk::new(TrunkId(1)) };
    asks.try_send(UaCommand::SetDirectory(Arc::new(SipDirectory::new(1, [trunk], [])))).unwrap();
    let task = tokio::spawn(run(endpoint, sockets, asked, on_event, publish));
    Served { at, asks, told, counts, task }
}

async fn sipp(at: SocketAddr, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sipp");
    command.arg(at.to_string()).args(arguments).args(["-i", "127.0.0.1", "-nostdin", "-buff_size", "8000000"]);
    command.current_dir(folder.path()).env("TERM", "dumb").kill_on_drop(true);
    let run = tokio::time::timeout(PATIENCE, command.output()).await;
    run.expect("sipp ends in time").expect("sipp (Debian package sip-tester) is installed")
}

fn told_of(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let tail: Vec<&str> = text.lines().rev().take(60).collect();
    format!("{}{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"), String::from_utf8_lossy(&output.stderr))
}

/// Waits until the published counts satisfy `wanted`.
async fn until(served: &mut Served, wanted: impl Fn(&Counts) -> bool) -> Counts {
    let waited = tokio::time::timeout(PATIENCE, served.counts.wait_for(|c| wanted(c))).await;
    *waited.expect("the counts come to it").expect("the endpoint runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_over_udp_are_all_answered_and_hung_up() {
    let mut served = serve(true);
    let output = sipp(served.at, &["-sn", "uac", "-m", "300", "-r", "150", "-d", "10"]).await;
    assert!(output.status.success(), "{}", told_of(&output));
    let counts = until(&mut served, |c| c.dialogs == 0 && c.closing == 0 && c.received > 0).await;
    assert_eq!((counts.refused, counts.malformed, counts.untouched), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sipp_calls_over_tcp_are_all_answered_and_leave_no_transaction() {
    for transport in ["t1", "tn"] {
        let mut served = serve(true);
        let output = sipp(served.at, &["-sn", "uac", "-m", "100", "-r", "100", "-d", "10", "-t", transport, "-max_socket", "200"]).await;
        assert!(output.status.success(), "-t {transport}: {}", told_of(&output));
        let counts = until(&mut served, |c| c.dialogs == 0 && c.closing == 0 && c.received >= 300).await;
        assert_eq!((counts.other_server, counts.malformed), (0, 0), "over TCP nothing is kept for repeats");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_cut_anywhere_in_a_stream_is_answered_and_a_ping_gets_its_pong() {
    let served = serve(false);
    let mut stream = TcpStream::connect(served.at).await.unwrap();
    let text = "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
                From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: cut\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    for piece in text.as_bytes().chunks(37) {
        stream.write_all(piece).await.unwrap();
        stream.flush().await.unwrap();
    }
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    let both = async {
        // The pong needs no endpoint, so either may come first.
        let answer_first = |h: &[u8]| h.starts_with(b"SIP/2.0 200 OK\r\n") && h.ends_with(b"\r\n\r\n\r\n");
        let pong_first = |h: &[u8]| h.starts_with(b"\r\nSIP/2.0 200 OK\r\n") && h.ends_with(b"\r\n\r\n");
        while !answer_first(&heard) && !pong_first(&heard) {
            assert!(stream.read_buf(&mut heard).await.unwrap() > 0, "{}", String::from_utf8_lossy(&heard));
        }
    };
    tokio::time::timeout(PATIENCE, both).await.expect("answer and pong");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outgoing_call_over_tcp_reaches_a_second_endpoint() {
    let (caller, called) = (serve(false), serve(true));
    let flow = Flow { transport: Transport::Tcp, local: caller.at, remote: called.at };
    let target = Target::Uri { uri: format!("sip:9001@{};transport=tcp", called.at), flow };
    let mut caller = caller;
    caller.asks.send(outgoing(1, target, caller.at)).await.unwrap();
    let answered = heard(&mut caller, |e| matches!(e, UaEvent::Answered { .. })).await;
    assert!(matches!(answered, UaEvent::Answered { sdp: Some(_), .. }));
    caller.asks.send(UaCommand::Bye { dialog: crate::sip::api::DialogId(1), reason: None }).await.unwrap();
    let mut called = called;
    heard(&mut called, |e| matches!(e, UaEvent::Ended { .. })).await;
    until(&mut called, |c| c.dialogs == 0 && c.received > 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_nobody_can_ask_any_more_what_stands_gets_its_bye_and_the_address_is_free() {
    for (transport, word) in [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")] {
        let (mut caller, mut called) = (serve(false), serve(true));
        let flow = Flow { transport, local: caller.at, remote: called.at };
        let target = Target::Uri { uri: format!("sip:9001@{};transport={word}", called.at), flow };
        caller.asks.send(outgoing(1, target, caller.at)).await.unwrap();
        heard(&mut caller, |e| matches!(e, UaEvent::Answered { .. })).await;
        caller.asks = mpsc::channel(1).0;
        let ended = heard(&mut called, |e| matches!(e, UaEvent::Ended { .. })).await;
        assert!(matches!(ended, UaEvent::Ended { by: EndedBy::Remote, .. }), "{word}: {ended:?}");
        tokio::time::timeout(PATIENCE, &mut caller.task).await.expect("it ends").unwrap();
        let left = *caller.counts.borrow();
        assert_eq!((left.dialogs, left.closing, left.tcp_deaf), (0, 0, false), "{word}");
        Sockets::bind(Some(caller.at), Some(caller.at)).expect("the address is free");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_to_where_nobody_listens_over_tcp_fails_at_once() {
    let mut caller = serve(false);
    // A port that was just free: bound and dropped again.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let flow = Flow { transport: Transport::Tcp, local: caller.at, remote: nobody };
    let target = Target::Uri { uri: format!("sip:9001@{nobody};transport=tcp"), flow };
    caller.asks.send(outgoing(1, target, caller.at)).await.unwrap();
    let failed = heard(&mut caller, |e| matches!(e, UaEvent::Failed { .. })).await;
    assert!(matches!(failed, UaEvent::Failed { status: 503, .. }), "{failed:?}");
}

/// A certificate authority and what it signs, as files.
struct Authority {
    folder: tempfile::TempDir,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = rcgen::CertificateParams::new(vec![]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, issuer: rcgen::Issuer::new(params, key) }
    }

    /// Both sides of TLS for somebody of this name, who believes this authority.
    fn tls(&self, name: &str) -> Tls {
        let file = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        let key = rcgen::KeyPair::generate().unwrap();
        let signed = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        std::fs::write(file("pem"), signed.pem()).unwrap();
        std::fs::write(file("key"), key.serialize_pem()).unwrap();
        Tls::open(Some((&file("pem"), &file("key"))), Some(&self.folder.path().join("ca.pem"))).unwrap()
    }
}

/// An endpoint that speaks nothing but TLS.
fn over_tls(tls: Tls, answering: bool) -> Served {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    serve_on(Sockets::bind(None, None).unwrap().with_tls(tls, Some(any)).unwrap(), answering)
}

/// Calls over a trunk to `called` whose certificate must be for this domain.
async fn calls_over_tls(caller: &mut Served, called: &Served, domain: &str) {
    let trunk = SipTrunk { to: vec![called.at], transport: Transport::Tls, domain: domain.into(), ..SipTrunk::new(TrunkId(2)) };
    let directory = SipDirectory::new(2, [trunk], []);
    caller.asks.send(UaCommand::SetDirectory(Arc::new(directory))).await.unwrap();
    let target = Target::Trunk { trunk: TrunkId(2), user: "9001".into() };
    caller.asks.send(outgoing(1, target, caller.at)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_over_tls_reaches_whoever_proves_the_name_of_the_trunk() {
    let authority = Authority::new();
    let (mut caller, mut called) = (over_tls(authority.tls("us.test"), false), over_tls(authority.tls("sip.test"), true));
    calls_over_tls(&mut caller, &called, "sip.test").await;
    let incoming = heard(&mut called, |e| matches!(e, UaEvent::Incoming(_))).await;
    assert!(matches!(&incoming, UaEvent::Incoming(call) if call.flow.transport == Transport::Tls), "{incoming:?}");
    heard(&mut caller, |e| matches!(e, UaEvent::Answered { .. })).await;
    caller.asks.send(UaCommand::Bye { dialog: crate::sip::api::DialogId(1), reason: None }).await.unwrap();
    heard(&mut called, |e| matches!(e, UaEvent::Ended { by: EndedBy::Remote, .. })).await;
    until(&mut called, |c| c.dialogs == 0 && c.closing == 0 && c.received > 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_over_tls_to_somebody_else_than_the_trunk() {
    let (authority, another) = (Authority::new(), Authority::new());
    for (tls, domain) in [(authority.tls("us.test"), "other.test"), (another.tls("us.test"), "sip.test"), (authority.tls("us.test"), "")] {
        let (mut caller, called) = (over_tls(tls, false), over_tls(authority.tls("sip.test"), true));
        calls_over_tls(&mut caller, &called, domain).await;
        let failed = heard(&mut caller, |e| matches!(e, UaEvent::Failed { .. })).await;
        assert!(matches!(failed, UaEvent::Failed { status: 503, .. }), "{domain}: {failed:?}");
        assert_eq!(called.counts.borrow().received, 0);
    }
}

/// A TLS handshake costs us more than them: whoever is banned does not get one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_banned_is_turned_away_before_tls_is_spoken_of() {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let sockets = Sockets::bind(Some(any), None).unwrap().with_tls(Authority::new().tls("sip.test"), Some(any)).unwrap();
    let udp = sockets.udp_address.unwrap();
    let mut served = serve_on(sockets, false);
    let from = |last: u8| SocketAddr::from(([127, 0, 0, last], 0));
    let scanner = tokio::net::UdpSocket::bind(from(77)).await.unwrap();
    for _ in 0..40 {
        scanner.send_to(b"no SIP at all\r\n\r\n", udp).await.unwrap();
    }
    let dropped = until(&mut served, |c| c.bans == 1).await.banned_dropped;
    // The banned one sees its connection end; the other is waited for, and told what is wrong with what it says (an alert).
    for (last, answered) in [(77, false), (78, true)] {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(from(last)).unwrap();
        let mut stream = socket.connect(served.at).await.unwrap();
        // It may be gone already.
        let _ = stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await;
        let mut heard = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut heard)).await.expect("the connection ends");
        assert_eq!(heard.is_empty(), !answered, "127.0.0.{last}: {heard:?}");
    }
    until(&mut served, |c| c.banned_dropped > dropped).await;
}

fn outgoing(id: u64, target: Target, from: SocketAddr) -> UaCommand {
    UaCommand::Invite(Box::new(crate::sip::api::Outgoing {
        dialog: crate::sip::api::DialogId(id),
        target,
        from: crate::sip::api::Party { name: String::new(), user: "1001".into(), host: String::new() },
        to_name: String::new(),
        sdp: Some(answer_for(from).into()),
        headers: vec![],
        auto_answer: false,
        hurry: false,
        auth: None,
        max_ring: Duration::from_secs(30),
    }))
}

async fn heard(served: &mut Served, wanted: impl Fn(&UaEvent) -> bool) -> UaEvent {
    let listen = async {
        loop {
            let event = served.told.recv().await.expect("the endpoint runs");
            if wanted(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, listen).await.expect("the event comes")
}

/// Datagrams without a pause, until it is dropped.
struct Flood(Arc<AtomicBool>);

impl Flood {
    fn of(at: SocketAddr) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (seen, socket) = (over.clone(), std::net::UdpSocket::bind("127.0.0.1:0").unwrap());
        std::thread::spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                let _ = socket.send_to(b"\r\n\r\n", at);
            }
        });
        Self(over)
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_flood_the_last_bye_is_said_and_the_end_comes() {
    let mut served = serve(true);
    let caller = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (at, from) = (served.at, caller.local_addr().unwrap());
    let ask = |method: &str, to: &str, number: &str, body: &str| {
        format!(
            "{method} sip:8000@{at} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{method}\r\nMax-Forwards: 70\r\n\
             From: <sip:a@{from}>;tag=1\r\nTo: {to}\r\nCall-ID: last\r\nCSeq: {number}\r\nContact: <sip:a@{from}>\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let sdp = String::from_utf8(answer_for(from).to_vec()).unwrap();
    caller.send_to(ask("INVITE", &format!("<sip:8000@{at}>"), "1 INVITE", &sdp).as_bytes(), at).await.unwrap();
    let hear = async |start: &str| {
        let mut buffer = [0; 4096];
        let heard = async {
            loop {
                let length = caller.recv(&mut buffer).await.unwrap();
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if text.starts_with(start) {
                    return text;
                }
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("{start} comes"))
    };
    let line = |text: &str, name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let answered = hear("SIP/2.0 200").await;
    caller.send_to(ask("ACK", &line(&answered, "To: "), "1 ACK", "").as_bytes(), at).await.unwrap();
    until(&mut served, |counts| counts.dialogs == 1 && counts.received >= 2).await;
    let _flood = Flood::of(at);
    until(&mut served, |counts| counts.received > 20_000).await;
    // Whoever may ask is gone.
    served.asks = mpsc::channel(1).0;
    let bye = hear("BYE ").await;
    let kept = ["Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "].map(|name| format!("{name}{}\r\n", line(&bye, name)));
    caller.send_to(format!("SIP/2.0 200 OK\r\n{}Content-Length: 0\r\n\r\n", kept.concat()).as_bytes(), at).await.unwrap();
    tokio::time::timeout(PATIENCE, &mut served.task).await.expect("it ends").unwrap();
}
