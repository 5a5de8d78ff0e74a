//! A second reader: what we print, rsip 0.4 reads, and reads the same. (It refuses parts of what RFC 4475 calls valid, so it
//! judges our output, never our input.)

use std::convert::TryFrom;

use bytes::Bytes;
use cti_gateway::sip::auth::{Answerer, Verifier};
use cti_gateway::sip::message::{Method, Name, NameAddr, Problem, Request, Response, Rules, Uri, reason};
use cti_gateway::sip::sdp::{Direction, Session, offer};
use rsip::headers::ToTypedHeader;
use rsip::message::HeadersExt;

const METHODS: [Method; 12] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Register,
    Method::Options,
    Method::Prack,
    Method::Update,
    Method::Info,
    Method::Refer,
    Method::Notify,
    Method::Message,
];

fn request(method: Method, display: &str) -> Request {
    let target = Uri::sip("9001", "10.0.0.1", Some(5060)).unwrap().with_param("transport", "tcp").unwrap();
    let own = Uri::sip("1001", "10.0.0.2", None).unwrap();
    let cseq = format!("42 {method}");
    Request::new(method, &target)
        .with(Name::Via, "SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKabc;rport")
        .with(Name::MaxForwards, "70")
        .with(Name::From, &NameAddr::named(display, own.clone()).with_tag("f1").to_string())
        .with(Name::To, &NameAddr::new(target.bare()).to_string())
        .with(Name::CallId, "c-1@10.0.0.2")
        .with(Name::CSeq, &cseq)
        .with(Name::Contact, &NameAddr::new(own).with_param("expires", "60").to_string())
        .with(Name::Route, "<sip:10.0.0.9;lr>")
        .with(Name::SessionExpires, "1800;refresher=uac")
        .with(Name::Supported, "timer, 100rel")
}

fn rsip_request(request: &Request) -> rsip::Request {
    match rsip::SipMessage::try_from(request.to_bytes().to_vec()) {
        Ok(rsip::SipMessage::Request(read)) => read,
        other => panic!("{request:?}: {other:?}"),
    }
}

fn rsip_response(response: &Response) -> rsip::Response {
    match rsip::SipMessage::try_from(response.to_bytes().to_vec()) {
        Ok(rsip::SipMessage::Response(read)) => read,
        other => panic!("{response:?}: {other:?}"),
    }
}

#[test]
fn rsip_reads_every_request_of_ours_the_same() {
    for method in METHODS {
        for display in ["", "Alice", "Bell, Alexander", "a \\ b", "张三"] {
            let ours = request(method.clone(), display);
            let theirs = rsip_request(&ours);
            assert_eq!(theirs.method.to_string(), method.as_str());
            assert_eq!(theirs.uri.to_string(), "sip:9001@10.0.0.1:5060;transport=TCP");
            let via = theirs.via_header().unwrap().typed().unwrap();
            assert_eq!(via.branch().unwrap().to_string(), "z9hG4bKabc");
            let from = theirs.from_header().unwrap().typed().unwrap();
            assert_eq!(from.tag().unwrap().to_string(), "f1");
            assert_eq!(from.uri.to_string(), "sip:1001@10.0.0.2");
            assert_eq!(theirs.to_header().unwrap().typed().unwrap().uri.to_string(), "sip:9001@10.0.0.1:5060");
            let cseq = theirs.cseq_header().unwrap().typed().unwrap();
            assert_eq!((cseq.seq, cseq.method.to_string()), (42, method.to_string()));
            let contact = theirs.contact_header().unwrap().typed().unwrap();
            assert_eq!(contact.expires().unwrap().seconds().unwrap(), 60);
            assert_eq!(theirs.call_id_header().unwrap().to_string(), "Call-ID: c-1@10.0.0.2");
        }
    }
}

#[test]
fn rsip_reads_bodies_and_answers_of_ours() {
    let session = Session { id: 1, version: 1, address: "10.0.0.2:40000".parse().unwrap() };
    let sdp = offer(&session, &[cti_gateway::media::Law::A], Direction::SendRecv);
    let invite = request(Method::Invite, "A").with_body("application/sdp", sdp.clone());
    assert_eq!(rsip_request(&invite).body, sdp.as_bytes());
    for status in (100..700).filter(|s| reason(*s).len() > 8) {
        let answer = invite.response(status).with_to_tag("t1").with_body("application/sdp", sdp.clone());
        let theirs = rsip_response(&answer);
        assert_eq!(theirs.status_code.code(), status);
        assert_eq!(theirs.to_header().unwrap().typed().unwrap().tag().unwrap().to_string(), "t1");
        assert_eq!(theirs.body, sdp.as_bytes());
    }
    let rules = Rules::default();
    for problem in [
        Problem::MethodNotAllowed,
        Problem::Extensions(vec!["foo".into(), "bar".into()]),
        Problem::ContentType("a/b".into()),
        Problem::Accept,
        Problem::Missing(Name::CSeq),
        Problem::Scheme("isbn".into()),
    ] {
        let theirs = rsip_response(&invite.refusal(&problem, &rules));
        assert_eq!(theirs.status_code.code(), problem.status());
    }
}

#[test]
fn rsip_reads_challenges_and_credentials_of_ours() {
    let now = std::time::Duration::from_secs(1);
    let mut verifier = Verifier::new("zuoxi", [1; 32], std::time::Duration::from_secs(60), 10);
    let register = request(Method::Register, "");
    let mut answer = register.response(401);
    for line in verifier.challenges(now, true) {
        answer.headers.push(Name::WwwAuthenticate, &line);
    }
    let theirs = rsip_response(&answer);
    let challenges = theirs.headers.iter().filter(|h| matches!(h, rsip::Header::WwwAuthenticate(_))).count();
    assert_eq!(challenges, 2);
    // Typed, rsip knows SHA-256 only by a token of its own, so it is shown MD5.
    let mut md5 = register.response(401);
    md5.headers.push(Name::WwwAuthenticate, &verifier.challenges(now, false)[1]);
    let challenge = rsip_response(&md5);
    assert_eq!(challenge.www_authenticate_header().unwrap().typed().unwrap().realm, "zuoxi");
    let mut answerer = Answerer::default();
    answerer.hear(&md5).unwrap();
    let mut again = register.clone();
    for (name, line) in answerer.lines("1001", "secret", (&register).into(), "c0ffee") {
        again.headers.push(name, &line);
    }
    let theirs = rsip_request(&again);
    let credentials = theirs.authorization_header().unwrap().typed().unwrap();
    assert_eq!((credentials.username.as_str(), credentials.realm.as_str()), ("1001", "zuoxi"));
    assert_eq!(credentials.response.len(), 32);
}

/// Where rsip would have cost calls: valid messages of RFC 4475 that it does not read as the RFC says.
#[test]
fn our_reader_takes_valid_messages_that_rsip_refuses() {
    let valid = [
        "wsinv", "intmeth", "esc01", "escnull", "esc02", "lwsdisp", "longreq", "dblreq", "semiuri", "transports", "mpart01", "unreason",
        "noreason",
    ];
    let mut refused = Vec::new();
    for name in valid {
        let bytes = std::fs::read(format!("{}/tests/torture/{name}.dat", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let message = cti_gateway::sip::message::parse(Bytes::from(bytes.clone())).unwrap();
        assert_eq!(message.defect(), None, "{name}");
        let reads = match rsip::SipMessage::try_from(bytes) {
            Ok(rsip::SipMessage::Request(m)) => m.from_header().is_ok_and(|h| h.typed().is_ok()) && m.via_header().is_ok_and(|h| h.typed().is_ok()),
            Ok(rsip::SipMessage::Response(m)) => m.via_header().is_ok_and(|h| h.typed().is_ok()),
            Err(_) => false,
        };
        if !reads {
            refused.push(name);
        }
    }
    assert_eq!(refused, ["wsinv", "intmeth", "esc01", "esc02", "longreq", "semiuri"]);
}
