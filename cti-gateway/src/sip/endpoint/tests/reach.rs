//! Behind NAT: who comes from outside is told the advertised address, in Via, Contact and session description alike; who
//! reaches us directly is told ours.

use super::*;
use crate::reach::Reach;
use crate::sip::message::{Name, Request};

const INSIDE: &str = "10.0.0.9";
const OUTSIDE: &str = "198.51.100.9";

/// A on 10.0.0.1, known outside as 203.0.113.10; a trunk on either side.
fn behind_nat() -> Net {
    let mut net = Net::new();
    let config = EndpointConfig { advertise: Some([203, 0, 113, 10].into()), ..EndpointConfig::on(address(A)) };
    net.ends[A] = Endpoint::new(config, 3);
    let directory = SipDirectory::new(1, [trunk(1, OUTSIDE), trunk(9, INSIDE)], [station(1, "1001")]);
    net.ask(A, UaCommand::SetDirectory(Arc::new(directory)));
    net
}

fn described() -> Description {
    let reach = Reach { own: [10, 0, 0, 1].into(), advertise: Some([203, 0, 113, 10].into()) };
    Description::of(reach, |ip| format!("c=IN IP4 {ip}\r\n"))
}

fn dial(net: &mut Net, id: u64, trunk: i64) {
    let UaCommand::Invite(mut outgoing) = invite(id, Target::Trunk { trunk: TrunkId(trunk), user: "9001".into() })
    else {
        unreachable!()
    };
    outgoing.sdp = Some(described());
    net.ask(A, UaCommand::Invite(outgoing));
}

#[track_caller]
fn names(request: &Request, host: &str) {
    assert_eq!(request.headers.top_via().unwrap().host, host);
    assert_eq!(request.headers.get(Name::Contact).unwrap(), format!("<sip:zuoxi@{host}:5060>"));
    assert_eq!(request.body, format!("c=IN IP4 {host}\r\n"));
}

#[test]
fn a_call_out_names_the_address_its_way_leads_back_to() {
    let mut net = behind_nat();
    dial(&mut net, 7, 1);
    names(&net.last_request("198.51.100.9:5060"), "203.0.113.10");
    dial(&mut net, 8, 9);
    names(&net.last_request("10.0.0.9:5060"), "10.0.0.1");
}

#[test]
fn the_next_address_of_a_trunk_is_told_what_it_reaches_whatever_the_first_was_told() {
    let mut net = behind_nat();
    let both = SipTrunk {
        to: vec!["198.51.100.9:5060".parse().unwrap(), "10.0.0.9:5060".parse().unwrap()],
        ..trunk(1, OUTSIDE)
    };
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [both], []))));
    dial(&mut net, 7, 1);
    let first = net.last_request("198.51.100.9:5060");
    let refusal = first.response(503).with_to_tag("x").to_bytes();
    let flow = Flow { transport: Transport::Udp, local: address(A), remote: "198.51.100.9:5060".parse().unwrap() };
    net.ends[A].handle(net.now, Input::Received { flow, bytes: refusal });
    net.collect(A);
    names(&net.last_request("10.0.0.9:5060"), "10.0.0.1");
}

#[test]
fn an_answer_names_the_address_the_caller_reaches() {
    let mut net = behind_nat();
    for (n, (far, host)) in [(OUTSIDE, "203.0.113.10"), (INSIDE, "10.0.0.1")].into_iter().enumerate() {
        let at = format!("{far}:5060");
        let sdp = String::from_utf8_lossy(SDP_B).into_owned();
        net.inject(
            A,
            &at,
            &format!(
                "INVITE sip:9001@203.0.113.10 SIP/2.0\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{n}\nFrom: <sip:a@b>;tag=x\n\
                 To: <sip:9001@203.0.113.10>\nCall-ID: nat{n}\nCSeq: 1 INVITE\nContact: <sip:x@{at}>\nMax-Forwards: 70\n\
                 Content-Type: application/sdp\n\n{sdp}"
            ),
        );
        let dialog = net.incoming(A);
        net.ask(A, UaCommand::Answer { dialog, sdp: described() });
        let ok = net.last_answer(&at);
        assert_eq!(ok.headers.get(Name::Contact).unwrap(), format!("<sip:zuoxi@{host}:5060>"));
        assert_eq!(ok.body, format!("c=IN IP4 {host}\r\n"));
    }
}
