//! The 49 messages of RFC 4475, each with the answer the RFC names. Where the RFC leaves a choice, the choice is stated.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contract::TrunkId;
use cti_gateway::sip::Endpoint;
use cti_gateway::sip::api::{
    EndpointConfig, Flow, Input, Output, SipDirectory, SipTrunk, Transport, UaCommand, UaEvent,
};
use cti_gateway::sip::message::{Message, Method, Name, Request, Response, Rules, Unreadable, Verdict, guard, parse};

#[derive(Debug, PartialEq)]
enum Answer {
    Accepted,
    Refused(u16),
    Dropped,
}
use Answer::{Accepted, Dropped, Refused};

/// What stands in the RFC, section by section.
const TABLE: &[(&str, Answer, &str)] = &[
    ("wsinv", Accepted, "3.1.1.1 short and tortuous, valid"),
    ("intmeth", Refused(501), "3.1.1.2 wide range of characters, valid; the method is unknown"),
    ("esc01", Accepted, "3.1.1.3 escaped characters in the request URI, valid"),
    ("escnull", Accepted, "3.1.1.4 escaped NUL in URIs, valid"),
    ("esc02", Refused(501), "3.1.1.5 % in a method is no escape, so this is not a REGISTER"),
    ("lwsdisp", Accepted, "3.1.1.6 no blank between display name and <, valid"),
    ("longreq", Accepted, "3.1.1.7 long values, valid"),
    ("dblreq", Accepted, "3.1.1.8 a second request behind the body is ignored in a datagram"),
    ("semiuri", Accepted, "3.1.1.9 semicolon-separated user part, valid"),
    ("transports", Accepted, "3.1.1.10 unknown transports in Via, valid"),
    ("mpart01", Accepted, "3.1.1.11 multipart MESSAGE with a binary body, valid"),
    ("unreason", Accepted, "3.1.1.12 reason phrase in UTF-8, valid"),
    ("noreason", Accepted, "3.1.1.13 empty reason phrase, valid"),
    ("badinv01", Refused(400), "3.1.2.1 stray separators"),
    ("clerr", Refused(400), "3.1.2.2 Content-Length larger than the message"),
    ("ncl", Refused(400), "3.1.2.3 negative Content-Length"),
    ("scalar02", Refused(400), "3.1.2.4 request scalars too large"),
    ("scalarlg", Dropped, "3.1.2.5 response scalars too large"),
    ("quotbal", Refused(400), "3.1.2.6 unterminated quoted string"),
    ("ltgtruri", Refused(400), "3.1.2.7 <> around the request URI"),
    ("lwsruri", Refused(400), "3.1.2.8 blanks in the request URI"),
    ("lwsstart", Refused(400), "3.1.2.9 several blanks in the request line"),
    ("trws", Refused(400), "3.1.2.10 blanks behind the request line"),
    ("escruri", Refused(400), "3.1.2.11 escaped headers in the request URI"),
    ("baddate", Accepted, "3.1.2.12 a Date we do not use is ignored"),
    ("regbadct", Refused(400), "3.1.2.13 Contact with ?headers needs <>"),
    ("badaspec", Refused(400), "3.1.2.14 blanks within an addr-spec"),
    ("baddn", Refused(400), "3.1.2.15 a display name with a comma needs quotes"),
    ("badvers", Refused(505), "3.1.2.16 unknown version"),
    ("mismatch01", Refused(400), "3.1.2.17 CSeq and start line name different methods"),
    ("mismatch02", Refused(501), "3.1.2.18 the same with an unknown method"),
    ("bigcode", Dropped, "3.1.2.19 overlarge status"),
    ("badbranch", Accepted, "3.2.1 a branch of cookie only: matched the RFC 2543 way"),
    ("insuf", Refused(400), "3.3.1 required headers are missing"),
    ("unkscm", Refused(416), "3.3.2 unknown scheme in the request URI"),
    ("novelsc", Refused(416), "3.3.3 known but uncommon scheme in the request URI"),
    ("unksm2", Refused(400), "3.3.4 a registrar wants a SIP URI as address of record"),
    ("bext01", Refused(420), "3.3.5 unknown extensions in Require; Proxy-Require is not ours"),
    ("invut", Refused(415), "3.3.6 unknown content type"),
    ("regaut01", Accepted, "3.3.7 unknown authorization scheme: no credentials, the registrar challenges"),
    ("multi01", Refused(400), "3.3.8 several values in single value headers"),
    ("mcl01", Refused(400), "3.3.9 two Content-Lengths"),
    ("bcast", Dropped, "3.3.10 200 with a second Via, of a broadcast address"),
    ("zeromf", Refused(483), "3.3.11 Max-Forwards 0: a gateway passes on, so it answers as a proxy does"),
    ("cparam01", Accepted, "3.3.12 unknown Contact parameter of the header"),
    ("cparam02", Accepted, "3.3.13 unknown Contact parameter of the URI"),
    ("regescrt", Accepted, "3.3.14 Contact with escaped headers in <>"),
    ("sdp01", Refused(406), "3.3.15 Accept without application/sdp"),
    ("inv2543", Accepted, "3.4.1 INVITE of RFC 2543"),
];

fn read(name: &str) -> Result<Message, Unreadable> {
    let path = format!("{}/tests/torture/{name}.dat", env!("CARGO_MANIFEST_DIR"));
    parse(Bytes::from(std::fs::read(path).expect("the message is in the repository")))
}

/// The house's rules and MESSAGE, so that the multipart message is looked at for itself.
fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.methods.push(Method::Message);
    rules
}

fn request(name: &str) -> Request {
    match read(name) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

fn response(name: &str) -> Response {
    match read(name) {
        Ok(Message::Response(response)) => response,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn each_message_gets_the_answer_the_rfc_names() {
    assert_eq!(TABLE.len(), 49);
    let mut wrong = Vec::new();
    for (name, want, section) in TABLE {
        let (got, why) = match read(name).map(|m| guard(&m, &rules())) {
            Err(unreadable) => (Dropped, unreadable.to_string()),
            Ok(Verdict::Pass) => (Accepted, String::new()),
            Ok(Verdict::Answer(problem)) => (Refused(problem.status()), problem.to_string()),
            Ok(Verdict::Drop(problem)) => (Dropped, problem.to_string()),
        };
        if got != *want {
            wrong.push(format!("{name} ({section}): want {want:?}, got {got:?} {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn short_tortuous_invite_is_read_right() {
    let m = request("wsinv");
    let h = &m.headers;
    assert_eq!(m.method, Method::Invite);
    assert_eq!(m.uri, "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!((h.to_tag(), h.from_tag()), (Some("1918181833n"), Some("98asjd8")));
    assert_eq!(h.from().unwrap().display, "J Rosenberg \\\"");
    assert_eq!(h.max_forwards(), Ok(Some(68)));
    assert_eq!(h.cseq().unwrap().number, 9);
    assert_eq!(h.get("NewFangledHeader"), Some("newfangled value continued newfangled value"));
    assert_eq!(h.get("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    let vias: Vec<_> = h.vias().map(|v| v.unwrap()).map(|v| (v.transport, v.host, v.branch())).collect();
    assert_eq!(
        vias,
        [
            ("UDP", "192.0.2.2", Some("390skdjuw")),
            ("TCP", "spindle.example.com", Some("z9hG4bK9ikj8")),
            ("UDP", "192.168.255.111", Some("z9hG4bK30239")),
        ]
    );
    assert_eq!(h.top_via().unwrap().rfc3261_branch(), None);
    let contact = &h.contacts().unwrap()[0];
    assert_eq!((contact.addr().unwrap().display.as_str(), contact.q()), ("Quoted string \"\"", 330));
    assert!(h.routes().unwrap()[0].uri.is_loose());
    assert_eq!(m.body.len(), 150);
}

#[test]
fn unusual_characters_are_kept() {
    let m = request("intmeth");
    assert_eq!(m.method, Method::Other("!interesting-Method0123456789_*+`.%indeed'~".into()));
    assert_eq!(m.headers.to().unwrap().display, "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    let from = m.headers.from().unwrap();
    assert_eq!(from.display, "token1~` token2'+_ token3*%!.-");
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    let uri = m.target().unwrap();
    assert_eq!(uri.host(), "example.com");
    assert_eq!(uri.user().as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(m.headers.max_forwards(), Ok(Some(255)));
}

#[test]
fn escapes_are_resolved_where_they_are_escapes() {
    let m = request("esc01");
    assert_eq!(m.target().unwrap().user().as_deref(), Some("sips:user@example.com"));
    assert_eq!(m.target().unwrap().host(), "example.net");
    assert_eq!(m.headers.to().unwrap().uri.user().as_deref(), Some("user"));
    assert_eq!(m.headers.from().unwrap().uri.user().as_deref(), Some("I have spaces"));
    assert_eq!(m.headers.contact_uri().unwrap().unwrap().param("%6C%72"), Some(""));
    assert!(!m.headers.contact_uri().unwrap().unwrap().is_loose());
    let null = request("escnull");
    assert_eq!(null.headers.to().unwrap().uri.user().as_deref(), Some("null-\0-null"));
    assert_eq!(null.headers.contacts().unwrap().len(), 2);
    let percent = request("esc02");
    assert_eq!(percent.method, Method::Other("RE%47IST%45R".into()));
    assert_eq!(percent.headers.contacts().unwrap().len(), 2);
    assert_eq!(percent.headers.get("C%6Fntact"), Some("<sip:alias2@host2.example.com>"));
    let semicolon = request("semiuri").target().unwrap();
    assert_eq!(semicolon.user().as_deref(), Some("user;par=u@example.net"));
    assert_eq!(semicolon.host(), "example.com");
}

#[test]
fn long_and_many_values_are_kept() {
    let m = request("longreq");
    assert_eq!(m.headers.values(Name::Via).count(), 34);
    assert_eq!(m.headers.top_via().unwrap().host, "sip33.example.com");
    assert_eq!(m.headers.from_tag().unwrap().len(), 155);
    let multipart = request("mpart01");
    assert_eq!(multipart.body.len(), 553);
    assert_eq!(multipart.headers.content_type(), Some("multipart/mixed"));
    let transports = request("transports");
    let kinds: Vec<_> = transports.headers.vias().map(|v| v.unwrap().transport.to_owned()).collect();
    assert_eq!(kinds, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

#[test]
fn the_second_request_of_a_datagram_is_ignored() {
    let m = request("dblreq");
    assert_eq!(m.method, Method::Register);
    assert_eq!(m.headers.call_id(), Ok("dblreq.0ha0isndaksdj99sdfafnl3lk233412"));
    assert!(m.body.is_empty());
}

#[test]
fn reasons_are_kept_as_written() {
    let m = response("unreason");
    assert_eq!(m.status, 200);
    assert_eq!(m.reason, "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!(response("noreason").reason, "");
    assert_eq!(response("noreason").status, 100);
    assert_eq!(read("bigcode"), Err(Unreadable::Status));
}

#[test]
fn refusals_carry_what_the_rfc_asks_for() {
    let refused = |name: &str| {
        let request = request(name);
        match guard(&Message::Request(request.clone()), &rules()) {
            Verdict::Answer(problem) => request.refusal(&problem, &rules()),
            other => panic!("{name}: {other:?}"),
        }
    };
    let extension = refused("bext01");
    let tags: Vec<_> = extension.headers.unsupported().collect();
    assert_eq!(tags, ["nothingSupportsThis", "nothingSupportsThisEither"]);
    assert!(refused("invut").headers.get(Name::Accept).unwrap().contains("application/sdp"));
    assert!(refused("esc02").headers.get(Name::Allow).unwrap().contains("INVITE"));
    let short = refused("insuf");
    assert_eq!(short.headers.get(Name::CSeq), Some("193942 INVITE"));
    assert_eq!(short.headers.get(Name::Via), Some("SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf"));
    assert_eq!(short.headers.get(Name::From), None);
    assert_eq!(refused("badvers").reason, "Version Not Supported");
    assert_eq!(refused("mismatch01").reason, "Bad Request (CSeq and request line name different methods)");
}

#[test]
fn parameters_inside_and_outside_of_brackets_are_told_apart() {
    let outside = request("cparam01").headers.contacts().unwrap().remove(0);
    assert!(outside.addr().unwrap().params().has("unknownparam"));
    assert!(!outside.addr().unwrap().uri.params().has("unknownparam"));
    let inside = request("cparam02").headers.contacts().unwrap().remove(0);
    assert!(!inside.addr().unwrap().params().has("unknownparam"));
    assert!(inside.addr().unwrap().uri.params().has("unknownparam"));
    let routed = request("regescrt").headers.contact_uri().unwrap().unwrap();
    assert_eq!(routed.header("route").as_deref(), Some("<sip:sip.example.com>"));
}

#[test]
fn an_invite_of_rfc_2543_lacks_what_came_later() {
    let m = request("inv2543");
    assert_eq!(m.headers.top_via().unwrap().branch(), None);
    assert_eq!(m.headers.from_tag(), None);
    assert_eq!(m.headers.max_forwards(), Ok(None));
    assert!(m.body.starts_with(b"v=0") && m.body.ends_with(b"RTP/AVP 0\r\n"));
    assert_eq!(m.headers.record_routes().unwrap()[0].uri.param("maddr"), Some("ss1.example.com"));
}

/// What the endpoint says on the wire to one message, and whether the house hears of a call. Each meets a new endpoint.
fn met(name: &str, from: &str) -> (Vec<Response>, usize) {
    #[expect(clippy::disallowed_methods, reason = "some first Instant")]
    let now = Instant::now();
    let here: SocketAddr = "192.0.2.1:5060".parse().unwrap();
    let trunk = SipTrunk { from: vec![("198.51.100.7".parse().unwrap(), 32)], trusted: true, ..SipTrunk::new(TrunkId(1)) };
    let mut endpoint = Endpoint::new(EndpointConfig::on(here), 1);
    endpoint.handle(now, Input::Ask(UaCommand::SetDirectory(Arc::new(SipDirectory::new(1, [trunk], [])))));
    let path = format!("{}/tests/torture/{name}.dat", env!("CARGO_MANIFEST_DIR"));
    let bytes = Bytes::from(std::fs::read(path).expect("the message is in the repository"));
    let flow = Flow { transport: Transport::Udp, local: here, remote: from.parse().unwrap() };
    endpoint.handle(now, Input::Received { flow, bytes });
    let (mut said, mut calls) = (Vec::new(), 0);
    while let Some(output) = endpoint.poll() {
        match output {
            Output::Send { bytes, .. } => match parse(bytes) {
                Ok(Message::Response(response)) => said.push(response),
                other => panic!("{name}: an answer was expected, not {other:?}"),
            },
            Output::Tell(UaEvent::Incoming(_)) => calls += 1,
            Output::Tell(other) => panic!("{name}: {other:?}"),
        }
    }
    (said, calls)
}

const PEER: &str = "198.51.100.7:5060";

/// The statuses on the wire where they are others than the guard's: what passes the guard meets the house.
const HOUSE: &[(&str, u16, &str)] = &[
    ("wsinv", 481, "its To tag names a dialog that is not"),
    ("esc01", 100, "a call, which the house is told of"),
    ("escnull", 401, "who registers is asked for a password"),
    ("lwsdisp", 200, "OPTIONS"),
    ("longreq", 100, "a call"),
    ("dblreq", 401, "one answer, to the first of the two"),
    ("semiuri", 200, "OPTIONS"),
    ("transports", 200, "OPTIONS"),
    ("mpart01", 405, "read without fault; messages are not taken here"),
    ("baddate", 100, "a call"),
    ("badbranch", 200, "OPTIONS"),
    ("regaut01", 401, "no credentials that are understood"),
    ("cparam01", 401, "REGISTER"),
    ("cparam02", 401, "REGISTER"),
    ("regescrt", 401, "REGISTER"),
    ("inv2543", 100, "a call, without Contact as it was then"),
];

#[test]
fn each_message_of_a_known_peer_gets_the_answer_on_the_wire() {
    for (name, at_the_guard, section) in TABLE {
        let in_the_house = HOUSE.iter().find(|(n, ..)| n == name).map(|(_, status, _)| *status);
        let want: Vec<u16> = match at_the_guard {
            Refused(status) => in_the_house.or(Some(*status)).into_iter().collect(),
            // An answer to nothing we asked.
            Accepted if read(name).is_ok_and(|m| matches!(m, Message::Response(_))) => vec![],
            Accepted => vec![in_the_house.unwrap_or_else(|| panic!("{name} ({section}) has no answer in the table"))],
            Dropped => vec![],
        };
        let (said, calls) = met(name, PEER);
        assert_eq!(said.iter().map(|r| r.status).collect::<Vec<_>>(), want, "{name} ({section})");
        assert_eq!(calls, usize::from(want == [100]), "{name} ({section})");
        for answer in said {
            let allow = matches!(answer.status, 200 | 405 | 501);
            assert_eq!(answer.headers.get(Name::Allow).is_some(), allow, "{name} ({section}): Allow");
        }
    }
}

/// All faults look alike from outside: 403 and nothing else; who registers is asked for a password, as everybody is.
#[test]
fn the_same_messages_of_a_stranger_get_no_hint() {
    for (name, _, section) in TABLE {
        let (said, calls) = met(name, "203.0.113.66:5060");
        assert_eq!(calls, 0, "{name} ({section})");
        for answer in said {
            let alike = matches!((answer.status, answer.reason.as_str()), (403, "Forbidden") | (401, "Unauthorized"));
            let no_dialog = *name == "wsinv" && answer.status == 481;
            assert!(alike || no_dialog, "{name} ({section}): {} {}", answer.status, answer.reason);
            let known = ["Via", "From", "To", "Call-ID", "CSeq", "WWW-Authenticate", "Content-Length"];
            let more = answer.headers.iter().find(|(header, _)| !known.contains(header));
            assert_eq!(more, None, "{name} ({section})");
        }
    }
}
