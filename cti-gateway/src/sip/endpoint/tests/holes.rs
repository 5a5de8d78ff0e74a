//! What SIP libraries were found to get wrong as a called party, each as a fact about ours, against a hand-written peer.

use super::*;

const PEER: &str = "10.0.0.9:5060";

/// A request of the peer at PEER; `seq` makes its branch.
fn request(method: &str, seq: u32, to_tag: &str, lines: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "{method} sip:9001@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {PEER};branch=z9hG4bK{method}{seq}\nMax-Forwards: 70\n\
         From: <sip:13800138000@10.0.0.9>;tag=peer\nTo: <sip:9001@10.0.0.1>{tag}\nCall-ID: hole\nCSeq: {seq} {method}\n\
         Contact: <sip:peer@10.0.0.9:5060>\n{lines}"
    )
}

fn with_sdp(lines: &str) -> String {
    let lines = if lines.is_empty() { String::new() } else { format!("{lines}\n") };
    format!("{lines}Content-Type: application/sdp\n\n{}", String::from_utf8_lossy(SDP_B))
}

/// An INVITE came in: its dialog and our tag.
fn invited(net: &mut Net, lines: &str) -> DialogId {
    net.inject(A, PEER, &request("INVITE", 1, "", &with_sdp(lines)));
    net.incoming(A)
}

fn our_tag(net: &Net) -> String {
    net.last_answer(PEER).headers.to_tag().expect("our tag").to_owned()
}

/// A confirmed call from the peer: dialog and our tag.
fn talking(net: &mut Net, lines: &str) -> (DialogId, String) {
    let dialog = invited(net, lines);
    net.ask(A, UaCommand::Answer { dialog, sdp: answer() });
    let tag = our_tag(net);
    net.inject(A, PEER, &request("ACK", 1, &tag, ""));
    assert_eq!(net.words(A), ["confirmed"]);
    (dialog, tag)
}

fn hang_up(net: &mut Net, seq: u32, tag: &str) {
    net.inject(A, PEER, &request("BYE", seq, tag, ""));
    let answered = net.mail[&PEER.parse().unwrap()].iter().any(|(_, m)| match m {
        Message::Response(r) => r.status == 200 && r.headers.get("CSeq") == Some(&format!("{seq} BYE")),
        Message::Request(_) => false,
    });
    assert!(answered, "the BYE is answered");
    net.run(secs(40));
    assert!(net.ends[A].counts().is_quiet(), "{:?}", net.ends[A].counts());
}

#[test]
fn a_caller_that_requires_100rel_gets_reliable_ringing_repeated_until_prack() {
    let mut net = Net::new();
    let dialog = invited(&mut net, "Require: 100rel");
    net.ask(A, UaCommand::Ring { dialog, sdp: None });
    let ringing = net.last_answer(PEER);
    let rseq = ringing.headers.rseq().unwrap().unwrap();
    assert_eq!((ringing.status, ringing.headers.requires("100rel")), (180, true));
    net.run(ms(1600));
    assert_eq!(net.got(PEER), ["100", "180", "180", "180"]);
    let tag = our_tag(&net);
    net.inject(A, PEER, &request("PRACK", 2, &tag, &format!("RAck: {} 1 INVITE", rseq + 1)));
    assert_eq!(net.last_answer(PEER).status, 481, "it names no 1xx of ours");
    net.inject(A, PEER, &request("PRACK", 3, &tag, &format!("RAck: {rseq} 1 INVITE")));
    assert_eq!(net.last_answer(PEER).status, 200);
    let before = net.got(PEER).len();
    net.run(secs(10));
    assert_eq!(net.got(PEER).len(), before, "no more repeats");
    net.ask(A, UaCommand::Answer { dialog, sdp: answer() });
    net.inject(A, PEER, &request("ACK", 1, &tag, ""));
    hang_up(&mut net, 4, &tag);
}

#[test]
fn a_caller_that_wants_a_session_timer_gets_one_and_a_too_small_one_422() {
    let mut net = Net::new();
    net.inject(A, PEER, &request("INVITE", 1, "", &with_sdp("Supported: timer\nSession-Expires: 30")));
    let refused = net.last_answer(PEER);
    assert_eq!((refused.status, refused.headers.min_se()), (422, Ok(Some(90))));
    net.inject(A, PEER, &request("ACK", 1, refused.headers.to_tag().unwrap(), ""));
    let lines = "Supported: timer\nRequire: timer\nSession-Expires: 600;refresher=uac";
    net.inject(A, PEER, &request("INVITE", 2, "", &with_sdp(lines)));
    let dialog = net.incoming(A);
    net.ask(A, UaCommand::Answer { dialog, sdp: answer() });
    let ok = net.last_answer(PEER);
    assert_eq!(ok.headers.get("Session-Expires"), Some("600;refresher=uac"));
    assert!(ok.headers.requires("timer"));
    let tag = our_tag(&net);
    net.inject(A, PEER, &request("ACK", 2, &tag, ""));
    net.run(secs(400));
    net.inject(A, PEER, &request("UPDATE", 3, &tag, "Supported: timer\nSession-Expires: 600;refresher=uac"));
    assert_eq!(net.last_answer(PEER).status, 200, "a refresh without SDP is answered here");
    net.run(secs(560));
    assert_eq!(net.words(A), ["confirmed"], "the refresh counts");
    net.run(secs(20));
    assert_eq!(net.words(A), ["ended SessionExpired"]);
    assert_eq!(net.last_request(PEER).method.as_str(), "BYE");
}

#[test]
fn update_info_and_options_in_an_early_dialog_are_answered() {
    let mut net = Net::new();
    let dialog = invited(&mut net, "");
    net.ask(A, UaCommand::Ring { dialog, sdp: None });
    let tag = our_tag(&net);
    for (seq, method, want) in [(2, "OPTIONS", 200), (3, "INFO", 200), (4, "UPDATE", 200), (5, "REFER", 400)] {
        net.inject(A, PEER, &request(method, seq, &tag, ""));
        assert_eq!(net.last_answer(PEER).status, want, "{method}");
    }
    // The first offer is open, so another one has to wait (RFC 3311 §5.2).
    net.inject(A, PEER, &request("UPDATE", 6, &tag, &with_sdp("")));
    let later = net.last_answer(PEER);
    assert_eq!((later.status, later.headers.retry_after().is_some()), (500, true));
    hang_up(&mut net, 7, &tag);
    assert_eq!(net.words(A), ["ended Remote"]);
    assert!(net.got(PEER).contains(&"487".to_owned()), "BYE ends the INVITE too (RFC 3261 §15.1.2)");
}

#[test]
fn update_with_an_offer_in_an_early_dialog_reaches_the_house_once_the_first_offer_is_settled() {
    let mut net = Net::new();
    let dialog = invited(&mut net, "Supported: 100rel");
    net.ask(A, UaCommand::Ring { dialog, sdp: Some(answer()) });
    let ringing = net.last_answer(PEER);
    let (tag, rseq) = (our_tag(&net), ringing.headers.rseq().unwrap().unwrap());
    net.inject(A, PEER, &request("PRACK", 2, &tag, &format!("RAck: {rseq} 1 INVITE")));
    net.inject(A, PEER, &request("UPDATE", 3, &tag, &with_sdp("")));
    assert_eq!(net.words(A), ["reoffer Update sdp"]);
    net.ask(A, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    let ok = net.last_answer(PEER);
    assert_eq!((ok.status, ok.body.clone()), (200, Bytes::from_static(SDP_B)));
    hang_up(&mut net, 4, &tag);
}

#[test]
fn a_stale_cseq_is_answered_500_and_changes_nothing() {
    let mut net = Net::new();
    let (_, tag) = talking(&mut net, "");
    net.inject(A, PEER, &request("INFO", 10, &tag, ""));
    net.inject(A, PEER, &request("BYE", 9, &tag, ""));
    assert_eq!(net.last_answer(PEER).status, 500);
    assert_eq!(net.words(A), Vec::<String>::new());
    hang_up(&mut net, 11, &tag);
}

#[test]
fn a_reinvite_moves_the_target_and_our_requests_follow_it() {
    let mut net = Net::new();
    let (dialog, tag) = talking(&mut net, "");
    let moved = request("INVITE", 2, &tag, &with_sdp("")).replace("sip:peer@10.0.0.9:5060>", "sip:moved@10.0.0.77:5070>");
    net.inject(A, PEER, &moved);
    net.ask(A, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.inject(A, PEER, &request("ACK", 2, &tag, ""));
    net.ask(A, UaCommand::Bye { dialog, reason: None });
    let bye = net.last_request("10.0.0.77:5070");
    assert_eq!((bye.method.as_str(), bye.uri.as_str()), ("BYE", "sip:moved@10.0.0.77:5070"));
}

#[test]
fn a_second_reinvite_before_the_first_is_answered_is_told_to_wait() {
    let mut net = Net::new();
    let (dialog, tag) = talking(&mut net, "");
    net.inject(A, PEER, &request("INVITE", 2, &tag, &with_sdp("")));
    net.inject(A, PEER, &request("INVITE", 3, &tag, &with_sdp("")));
    let later = net.last_answer(PEER);
    assert_eq!((later.status, later.headers.retry_after().is_some_and(|s| s <= 10)), (500, true));
    net.ask(A, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    assert_eq!(net.last_answer(PEER).status, 200);
}

#[test]
fn our_requests_follow_record_route_in_order() {
    let mut net = Net::new();
    let lines = "Record-Route: <sip:10.0.0.9:5066;lr>, <sip:192.0.2.50;lr>";
    let (dialog, _) = talking(&mut net, lines);
    net.ask(A, UaCommand::Bye { dialog, reason: None });
    let bye = net.last_request("10.0.0.9:5066");
    let routes: Vec<&str> = bye.headers.values("Route").collect();
    assert_eq!(routes, ["<sip:10.0.0.9:5066;lr>", "<sip:192.0.2.50;lr>"]);
    assert_eq!(bye.uri, "sip:peer@10.0.0.9:5060");
}

#[test]
fn a_merged_request_is_told_482_and_an_unknown_dialog_481() {
    let mut net = Net::new();
    invited(&mut net, "");
    net.inject(A, PEER, &request("INVITE", 1, "", &with_sdp("")).replace("z9hG4bKINVITE1", "z9hG4bKotherpath"));
    assert_eq!(net.last_answer(PEER).status, 482);
    for method in ["BYE", "INFO", "UPDATE", "INVITE", "REFER", "NOTIFY", "PRACK"] {
        net.inject(A, PEER, &request(method, 5, "nobody", ""));
        assert_eq!(net.last_answer(PEER).status, 481, "{method}");
    }
    net.inject(A, PEER, &request("CANCEL", 77, "", ""));
    assert_eq!(net.last_answer(PEER).status, 481);
    assert_eq!(net.words(A), Vec::<String>::new(), "the call goes on ringing");
}

#[test]
fn max_forwards_0_unknown_methods_versions_and_requirements_get_the_answers_of_the_rfc() {
    let mut net = Net::new();
    let check = |net: &mut Net, text: String, want: u16| {
        net.inject(A, PEER, &text);
        assert_eq!(net.last_answer(PEER).status, want, "{text}");
    };
    check(&mut net, request("INVITE", 1, "", "").replace("Max-Forwards: 70", "Max-Forwards: 0"), 483);
    check(&mut net, request("DANCE", 2, "", ""), 501);
    check(&mut net, request("PUBLISH", 3, "", ""), 405);
    check(&mut net, request("OPTIONS", 4, "", "").replace("SIP/2.0\nVia", "SIP/7.0\nVia"), 505);
    check(&mut net, request("INVITE", 5, "", "Require: warp-drive"), 420);
    assert_eq!(net.last_answer(PEER).headers.unsupported().collect::<Vec<_>>(), ["warp-drive"]);
    check(&mut net, request("OPTIONS", 6, "", "").replace("CSeq: 6 OPTIONS", "CSeq: 6 INVITE"), 400);
    assert_eq!(net.ends[A].counts().transactions(), 0, "refusals cost no state");
}

#[test]
fn a_display_name_in_gbk_costs_no_header_and_no_call() {
    let mut net = Net::new();
    let text = request("INVITE", 1, "", "").replace("From: <sip", "From: \"GBK\" <sip");
    let mut bytes = text.replace('\n', "\r\n").into_bytes();
    let at = bytes.windows(3).position(|w| w == b"GBK").unwrap();
    bytes.splice(at..at + 3, [0xd5, 0xc5, 0xc8, 0xfd]);
    bytes.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    let flow = Flow { transport: Transport::Udp, local: address(A), remote: PEER.parse().unwrap() };
    let now = net.now;
    net.ends[A].handle(now, Input::Received { flow, bytes: Bytes::from(bytes) });
    net.collect(A);
    let heard = net.heard(A);
    let [UaEvent::Incoming(call)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((call.from.name.as_str(), call.from.user.as_str()), ("张三", "13800138000"));
}

#[test]
fn answers_go_to_the_source_port_with_rport_and_to_the_port_of_via_without() {
    let mut net = Net::new();
    let text = request("OPTIONS", 1, "", "");
    net.inject(A, "10.0.0.9:33333", &text);
    assert_eq!(net.last_answer(PEER).status, 200, "RFC 3261 §18.2.2");
    net.inject(A, "10.0.0.9:33333", &text.replace(";branch=z9hG4bK", ";rport;branch=z9hG4bKr"));
    let answer = net.last_answer("10.0.0.9:33333");
    assert_eq!(answer.headers.top_via().unwrap().rport(), Some(Some(33333)));
}

#[test]
fn a_repeated_invite_gets_its_last_answer_again_and_tells_nothing() {
    let mut net = Net::new();
    let dialog = invited(&mut net, "");
    let text = request("INVITE", 1, "", &with_sdp(""));
    net.inject(A, PEER, &text);
    net.ask(A, UaCommand::Ring { dialog, sdp: None });
    net.inject(A, PEER, &text);
    net.ask(A, UaCommand::Reject { dialog, status: 486, retry_after: None });
    net.inject(A, PEER, &text);
    assert_eq!(net.got(PEER), ["100", "100", "180", "180", "486", "486"]);
    let tag = our_tag(&net);
    net.inject(A, PEER, &request("ACK", 1, &tag, "").replace("z9hG4bKACK1", "z9hG4bKINVITE1"));
    net.run(secs(10));
    assert_eq!(net.got(PEER).len(), 6, "the ACK stops the repeats");
    assert_eq!((net.words(A), net.ends[A].counts().retransmissions_in), (vec!["ended Us".into()], 3));
}

#[test]
fn over_tcp_our_contact_says_so_and_an_old_peer_without_branch_is_served_too() {
    let mut net = Net::new();
    net.inject_over(Transport::Tcp, A, PEER, &request("INVITE", 1, "", &with_sdp("")).replace("/UDP", "/TCP"));
    let dialog = net.incoming(A);
    net.ask(A, UaCommand::Answer { dialog, sdp: answer() });
    assert_eq!(net.last_answer(PEER).headers.get("Contact"), Some("<sip:zuoxi@10.0.0.1:5060;transport=tcp>"));

    let old = request("INVITE", 2, "", "").replace(";branch=z9hG4bKINVITE2", "").replace("Call-ID: hole", "Call-ID: old");
    net.inject(A, PEER, &old);
    let dialog = net.incoming(A);
    net.inject(A, PEER, &old);
    assert_eq!(net.words(A), Vec::<String>::new(), "a repeat is told apart without a branch");
    net.inject(A, PEER, &old.replace("INVITE", "CANCEL"));
    assert_eq!(net.words(A), ["cancelled"]);
    assert!(dialog.is_incoming());
}

#[test]
fn an_anonymous_caller_of_a_trusted_trunk_shows_its_asserted_number_and_is_marked_private() {
    let mut net = Net::new();
    let lines = "P-Asserted-Identity: \"Shop\" <tel:+8613800138000>\nPrivacy: id\nDiversion: <sip:800@x>;reason=unconditional";
    let text = request("INVITE", 1, "", &with_sdp(lines)).replace("sip:13800138000@10.0.0.9", "sip:anonymous@anonymous.invalid");
    net.inject(A, PEER, &text);
    let heard = net.heard(A);
    let [UaEvent::Incoming(call)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(call.asserted.as_ref().map(|p| (p.name.as_str(), p.user.as_str())), Some(("Shop", "+8613800138000")));
    assert!(call.private);
    assert_eq!(call.headers, [("Diversion".to_owned(), "<sip:800@x>;reason=unconditional".to_owned())]);
}

/// Asserted identities as they came → who is taken for the caller.
#[test]
fn the_first_asserted_number_is_the_caller_whatever_name_stands_before_it() {
    let table = [
        ("<sip:reception@pbx>, <tel:+86-10-8888-0000>", "+86-10-8888-0000"),
        ("<sip:+8613800138000@pbx;user=phone>, <tel:+861088880000>", "+8613800138000"),
        ("<sip:800x@pbx>, <sip:(010)88880000@pbx>", "(010)88880000"),
        ("<sip:reception@pbx>", "reception"),
    ];
    for (n, (identities, caller)) in table.into_iter().enumerate() {
        let mut net = Net::new();
        let text = request("INVITE", 1, "", &with_sdp(&format!("P-Asserted-Identity: {identities}")));
        net.inject(A, PEER, &text.replace("Call-ID: hole", &format!("Call-ID: asserted{n}")));
        let heard = net.heard(A);
        let [UaEvent::Incoming(call)] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!(call.asserted.as_ref().map(|p| p.user.as_str()), Some(caller), "{identities}");
    }
}

#[test]
fn a_replaces_names_the_dialog_it_is_meant_for() {
    let mut net = Net::new();
    let (dialog, tag) = talking(&mut net, "");
    let lines = format!("Require: replaces\nReplaces: hole;to-tag={tag};from-tag=peer");
    let text = request("INVITE", 1, "", &with_sdp(&lines)).replace("Call-ID: hole", "Call-ID: pickup").replace("INVITE1", "pickup");
    net.inject(A, PEER, &text);
    let heard = net.heard(A);
    let [UaEvent::Incoming(call)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(call.replaces.as_ref().and_then(|r| r.dialog), Some(dialog));
}
