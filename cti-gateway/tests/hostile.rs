//! Torture messages of our own, one class each: sizes, codings, framing, streams cut anywhere. Nothing here may cost more than
//! the message itself: not the process, not the connection, not the messages behind it.

use bytes::Bytes;
use cti_gateway::sip::message::{
    Framed, Framer, MAX_HEADERS, MAX_LINE, MAX_MESSAGE, Message, Method, Name, Problem, Request, Rules, Unreadable, Verdict,
    guard, parse,
};

fn invite(extra: &[u8], body: &[u8]) -> Vec<u8> {
    let head = "INVITE sip:9001@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx1;rport\r\n\
        From: \"A\" <sip:1001@10.0.0.2>;tag=f\r\nTo: <sip:9001@10.0.0.1>\r\nCall-ID: c1@10.0.0.2\r\nCSeq: 1 INVITE\r\n\
        Max-Forwards: 70\r\nContact: <sip:1001@10.0.0.2:5060>\r\n";
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), extra, length.as_bytes(), body].concat()
}

fn read(bytes: Vec<u8>) -> Request {
    match parse(Bytes::from(bytes)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn verdict(bytes: Vec<u8>) -> Verdict {
    guard(&parse(Bytes::from(bytes)).unwrap(), &Rules::default())
}

#[track_caller]
fn refused(bytes: Vec<u8>, status: u16) {
    match verdict(bytes) {
        Verdict::Answer(problem) => assert_eq!(problem.status(), status, "{problem}"),
        other => panic!("want {status}, got {other:?}"),
    }
}

#[test]
fn an_ordinary_invite_passes() {
    assert_eq!(verdict(invite(b"", b"")), Verdict::Pass);
    assert_eq!(verdict(invite(b"Content-Type: application/sdp\r\n", b"v=0\r\n")), Verdict::Pass);
}

#[test]
fn sizes_have_bounds() {
    let line = |length: usize| [b"Subject: ".as_slice(), &vec![b'x'; length - 9], b"\r\n"].concat();
    assert_eq!(verdict(invite(&line(MAX_LINE), b"")), Verdict::Pass);
    refused(invite(&line(MAX_LINE + 1), b""), 400);
    let folded = [b"Subject: x\r\n".to_vec(), b" xxxxxxxxx\r\n".repeat(MAX_LINE / 10)].concat();
    refused(invite(&folded, b""), 400);
    assert_eq!(verdict(invite(&b"X-Many: 1\r\n".repeat(MAX_HEADERS - 8), b"")), Verdict::Pass);
    refused(invite(&b"X-Many: 1\r\n".repeat(MAX_HEADERS), b""), 400);
    refused(invite(b"", &vec![b'x'; MAX_MESSAGE]), 513);
}

#[test]
fn names_in_chinese_codings_are_read_and_go_out_as_utf_8() {
    let mut bytes = invite(b"", b"");
    let at = bytes.windows(3).position(|w| w == b"\"A\"").unwrap();
    bytes.splice(at + 1..at + 2, *b"\xd5\xc5\xc8\xfd");
    let request = read(bytes);
    assert_eq!(request.headers.from().unwrap().display, "张三");
    assert_eq!(request.headers.len(), 8, "the headers behind it are there");
    let answer = request.response(180).to_bytes();
    assert!(std::str::from_utf8(&answer).unwrap().contains("\"张三\""));
}

#[test]
fn bodies_are_bytes() {
    let body: Vec<u8> = (0..=255).collect();
    let request = read(invite(b"Content-Type: application/octet-stream\r\n", &body));
    assert_eq!(request.body, body);
    assert!(request.to_bytes().ends_with(&body));
    assert_eq!(verdict(invite(b"Content-Type: multipart/mixed;boundary=x\r\n", &body)), Verdict::Pass);
    refused(invite(b"Content-Type: application/octet-stream\r\n", &body), 415);
}

#[test]
fn nul_bytes_and_bare_line_ends_do_not_end_anything() {
    let request = read(invite(b"Subject: a\0b\r\nX-Cr: a\rb\r\n", b""));
    assert_eq!(request.headers.get("subject"), Some("a\0b"));
    assert_eq!(request.headers.get("x-cr"), Some("a b"), "a bare CR cannot start a line when printed");
    let bare = String::from_utf8(invite(b"", b"")).unwrap().replace("\r\n", "\n");
    assert_eq!(verdict(bare.into_bytes()), Verdict::Pass);
}

#[test]
fn what_is_pushed_cannot_start_a_line() {
    let mut request = read(invite(b"", b""));
    request.headers.push("X-Name", "a\r\nVia: SIP/2.0/UDP evil\r\n\r\nbody");
    request.uri = "sip:a@b\r\nX: y".into();
    let again = read(request.to_bytes().to_vec());
    assert_eq!(again.headers.values(Name::Via).count(), 1);
    assert_eq!(again.headers.get("X-Name"), Some("a  Via: SIP/2.0/UDP evil    body"));
}

#[test]
fn lengths_that_lie_are_told() {
    let with = |length: &str| {
        let text = String::from_utf8(invite(b"", b"hello")).unwrap();
        text.replace("Content-Length: 5", length).into_bytes()
    };
    for length in ["Content-Length: -5", "Content-Length: 6", "Content-Length: 5 5", "Content-Length: 99999999999", "l: 4\r\nl: 5", "l:"] {
        refused(with(length), 400);
    }
    assert_eq!(read(with("l: 5\r\nContent-Length: 05")).body, b"hello"[..]);
    assert_eq!(read(with("Content-Length: 4")).body, b"hell"[..], "what is behind is ignored");
    assert_eq!(read(with("X-None: 1")).body, b"hello"[..], "a datagram ends by itself");
}

#[test]
fn what_cannot_be_answered_is_dropped() {
    let answer = |text: &str| parse(Bytes::from(text.to_owned()));
    assert_eq!(answer(""), Err(Unreadable::KeepAlive));
    assert_eq!(answer("\r\n\r\n"), Err(Unreadable::KeepAlive));
    assert_eq!(answer("\0"), Err(Unreadable::StartLine));
    assert_eq!(answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Err(Unreadable::StartLine));
    assert_eq!(answer("SIP/2.0 99 x\r\n\r\n"), Err(Unreadable::Status));
    assert_eq!(answer("SIP/2.0 +20 x\r\n\r\n"), Err(Unreadable::Status));
    let dropped = |text: &str| matches!(verdict(text.as_bytes().to_vec()), Verdict::Drop(_));
    assert!(dropped("INVITE sip:x SIP/2.0\r\n\r\n"), "no Via, nowhere to answer to");
    assert!(dropped("ACK sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\r\n"), "an ACK is never answered");
    assert!(dropped("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n\r\n"));
}

#[test]
fn requests_are_judged_by_what_they_ask() {
    let request = String::from_utf8(invite(b"", b"")).unwrap();
    let with = |from: &str, to: &str| request.replace(from, to).into_bytes();
    let table = [
        (with("CSeq: 1 INVITE", "CSeq: 2147483648 INVITE"), 400),
        (with("CSeq: 1 INVITE", "CSeq: INVITE"), 400),
        (with("CSeq: 1 INVITE", "CSeq: 1 BYE"), 400),
        (with("INVITE", "MESSAGE"), 405),
        (with("INVITE", "invite"), 501),
        (with("INVITE", "FOO"), 501),
        (with("Max-Forwards: 70", "Max-Forwards: 0"), 483),
        (with("Max-Forwards: 70", "Max-Forwards: x"), 400),
        (with("Max-Forwards: 70", "Require: 100rel, foo"), 420),
        (with("sip:9001@10.0.0.1 SIP", "http://x SIP"), 416),
        (with("sip:9001@10.0.0.1 SIP", "9001 SIP"), 400),
        (with("sip:9001@10.0.0.1 SIP", "* SIP"), 400),
        (with("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"), 505),
        (with("Call-ID: c1@10.0.0.2", "X: y"), 400),
        (with("Contact: <sip:1001@10.0.0.2:5060>", "Contact: <sip:1001@10.0.0.2:5060"), 400),
        (with("Max-Forwards: 70", "no colon"), 400),
        (with("Max-Forwards: 70", "bad name: 1"), 400),
        (with("Max-Forwards: 70", "Accept: text/plain"), 406),
        (with("\r\n\r\n", "\r\n"), 400),
    ];
    for (bytes, status) in table {
        refused(bytes, status);
    }
    let hop = String::from_utf8(with("To: <sip:9001@10.0.0.1>", "To: <sip:9001@10.0.0.1>;tag=t")).unwrap();
    let bye = hop.replace("INVITE", "BYE").replace("Max-Forwards: 70", "Max-Forwards: 0");
    assert_eq!(verdict(bye.into_bytes()), Verdict::Pass, "a BYE goes no further than here");
    assert_eq!(verdict(with("sip:9001@10.0.0.1 SIP", "tel:+861012345678 SIP")), Verdict::Pass);
    assert_eq!(verdict(with("From: \"A\"", "From: 张三")), Verdict::Pass, "an unquoted name in UTF-8");
}

/// Everything the framer gives for `bytes` cut into pieces of `step`.
fn frames(bytes: &[u8], step: usize) -> Vec<Framed> {
    let mut framer = Framer::new();
    let mut all = Vec::new();
    for piece in bytes.chunks(step) {
        framer.push(piece);
        all.extend(std::iter::from_fn(|| framer.next_frame()));
    }
    all
}

fn kinds(frames: &[Framed]) -> Vec<String> {
    let kind = |f: &Framed| match f {
        Framed::Message(m) => match m.as_ref() {
            Message::Request(r) => format!("{} {}", r.method, r.body.len()),
            Message::Response(r) => r.status.to_string(),
        },
        Framed::Ping => "ping".into(),
        Framed::Skipped(_) => "skipped".into(),
        Framed::Lost { problem, last } => format!("lost {} {}", problem.status(), last.is_some()),
    };
    frames.iter().map(kind).collect()
}

#[test]
fn a_stream_is_cut_alike_however_it_arrives() {
    let good = invite(b"Content-Type: application/sdp\r\n", b"v=0\r\ns=-\r\n");
    let unknown = String::from_utf8(invite(b"", b"")).unwrap().replace("INVITE", "FOO").into_bytes();
    let unreadable = b"complete rubbish here\r\nContent-Length: 4\r\n\r\n\r\n\r\n".to_vec();
    let status = b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n".to_vec();
    let stream = [&good[..], b"\r\n\r\n", &good, &unknown, b"\r\n", &unreadable, &status, &good].concat();
    let want = ["INVITE 10", "ping", "INVITE 10", "FOO 0", "skipped", "200", "INVITE 10"];
    for step in 1..=stream.len() {
        let got = frames(&stream, step);
        assert_eq!(kinds(&got), want, "in pieces of {step}");
    }
    let first = frames(&stream, 7).remove(0);
    assert_eq!(first, Framed::Message(Box::new(parse(Bytes::from(good)).unwrap())));
}

#[test]
fn only_an_unknown_length_ends_a_connection() {
    let with = |length: &str| {
        let text = String::from_utf8(invite(b"Content-Type: application/sdp\r\n", b"v=0\r\n")).unwrap();
        [text.replace("Content-Length: 5", length).into_bytes(), invite(b"", b"")].concat()
    };
    for (length, want) in [
        ("Content-Length: -1", "lost 400 true"),
        ("Content-Length: 1\r\nl: 2", "lost 400 true"),
        ("X-None: 1", "lost 400 true"),
        ("Content-Length: 70000", "lost 513 true"),
    ] {
        assert_eq!(kinds(&frames(&with(length), 50)), [want], "{length}");
    }
    let Some(Framed::Lost { last: Some(last), .. }) = frames(&with("Content-Length: -1"), 50).pop() else { panic!() };
    let Message::Request(request) = *last else { panic!() };
    let Verdict::Answer(problem) = guard(&Message::Request(request.clone()), &Rules::default()) else { panic!() };
    assert!(matches!(problem, Problem::Value { name: Name::ContentLength, .. }));
    assert_eq!(request.refusal(&problem, &Rules::default()).headers.call_id(), Ok("c1@10.0.0.2"));
    assert_eq!(kinds(&frames(&vec![b'x'; MAX_MESSAGE + 1], 4096)), ["lost 513 false"]);
    let no_length = String::from_utf8(invite(b"", b"")).unwrap().replace("Content-Length: 0\r\n", "");
    assert_eq!(kinds(&frames(no_length.repeat(2).as_bytes(), 50)), ["INVITE 0", "INVITE 0"], "without a body none is needed");
}

#[test]
fn a_stream_holds_one_message_at_most() {
    let mut framer = Framer::new();
    let whole = invite(b"", &vec![b'x'; 10_000]);
    for round in 0..100 {
        framer.push(&whole[..whole.len() - 1]);
        assert_eq!(framer.next_frame(), None);
        framer.push(&whole[whole.len() - 1..]);
        assert!(matches!(framer.next_frame(), Some(Framed::Message(_))), "round {round}");
        assert_eq!(framer.held(), 0);
    }
}

#[test]
fn an_answer_goes_where_the_request_came_from() {
    let source = "203.0.113.9:41000".parse().unwrap();
    let mut request = read(invite(b"", b""));
    request.stamp_source(source);
    assert_eq!(
        request.headers.get(Name::Via),
        Some("SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx1;received=203.0.113.9;rport=41000")
    );
    assert_eq!(request.answer_to(source), source);
    let plain = String::from_utf8(invite(b"", b"")).unwrap().replace(";rport", "");
    let mut request = read(plain.into_bytes());
    request.stamp_source("10.0.0.2:41000".parse().unwrap());
    assert_eq!(request.headers.get(Name::Via), Some("SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKx1"));
    assert_eq!(request.answer_to("10.0.0.2:41000".parse().unwrap()), "10.0.0.2:5060".parse().unwrap());
    let answer = request.response(404).with_to_tag("t1");
    assert_eq!(answer.headers.to_tag(), Some("t1"));
    assert_eq!(answer.headers.from_tag(), Some("f"));
    assert_eq!(answer.clone().with_to_tag("t2").headers.to_tag(), Some("t1"));
    assert_eq!(request.method, Method::Invite);
}
