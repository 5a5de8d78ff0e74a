//! Calls between two endpoints over a good network.

use super::*;

#[test]
fn a_call_is_answered_and_hung_up_by_the_caller() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let heard = net.heard(B);
    let [UaEvent::Incoming(call)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((call.dialed.as_str(), call.from.user.as_str(), call.from.name.as_str()), ("9001", "1001", "Ann \"A\""));
    assert_eq!((call.source, call.sdp.clone(), call.private), (Source::Trunk(TrunkId(1)), offer::<Bytes>(), false));
    let dialog = call.dialog;
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(ms(50));
    assert_eq!(net.words(A), ["ringing 180"]);
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(50));
    let heard = net.heard(A);
    assert!(matches!(&heard[..], [UaEvent::Answered { sdp: Some(sdp), offer: false, .. }] if *sdp == SDP_B), "{heard:?}");
    assert_eq!(net.words(B), ["confirmed"]);
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: Some("Q.850;cause=16".into()) });
    assert_eq!(net.words(A), ["ended Us"]);
    net.run(ms(50));
    let heard = net.heard(B);
    assert!(
        matches!(&heard[..], [UaEvent::Ended { by: EndedBy::Remote, reason: Some(r), .. }] if r == "Q.850;cause=16"),
        "{heard:?}"
    );
    net.quiet();
    let counts = net.ends[A].counts();
    assert_eq!((counts.retransmissions_in, counts.retransmissions_out), (0, 0));
}

#[test]
fn a_call_is_hung_up_by_the_called_party_and_by_both_at_once() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.run(ms(50));
    assert_eq!((net.words(A), net.words(B)), (vec!["ended Remote".into()], vec!["ended Us".into()]));
    let dialog = net.talk(8);
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.ask(A, UaCommand::Bye { dialog: DialogId(8), reason: None });
    net.run(ms(50));
    assert_eq!((net.words(A), net.words(B)), (vec!["ended Us".into()], vec!["ended Us".into()]));
    net.quiet();
    assert!(net.sent(A, "SIP/2.0 481").is_empty() && net.sent(B, "SIP/2.0 481").is_empty());
}

#[test]
fn a_census_names_every_dialog_whose_end_was_not_told() {
    let mut net = Net::new();
    let ask = |net: &mut Net, end: usize| {
        net.ask(end, UaCommand::Census);
        match net.heard(end).pop() {
            Some(UaEvent::Census(living)) => living,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ask(&mut net, A), []);
    let dialog = net.talk(7);
    net.call(8);
    let mut living = ask(&mut net, A);
    living.sort_unstable();
    assert_eq!((living, ask(&mut net, B)), (vec![DialogId(7), DialogId(8)], vec![dialog]));
    // Its BYE is on the wire, and its end told.
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    assert_eq!(ask(&mut net, A), [DialogId(8)]);
    net.ask(A, UaCommand::Bye { dialog: DialogId(8), reason: None });
    net.run(secs(40));
    assert_eq!((ask(&mut net, A), ask(&mut net, B)), (vec![], vec![]));
    net.quiet();
}

#[test]
fn a_call_is_refused() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Reject { dialog, status: 486, retry_after: Some(secs(3)) });
    net.run(ms(50));
    let heard = net.heard(A);
    assert!(
        matches!(&heard[..], [UaEvent::Failed { status: 486, retry_after: Some(r), .. }] if *r == secs(3)),
        "{heard:?}"
    );
    assert_eq!(net.words(B), ["ended Us"]);
    net.quiet();
}

#[test]
fn a_call_abandoned_at_every_instant_leaves_nothing_and_each_side_hears_one_end() {
    // The life of this call: INVITE arrives at 5 ms, 180 at 100, 200 at 300, ACK after.
    for instant in (0..400).step_by(3) {
        let mut net = Net::new();
        let t0 = net.now;
        net.call(7);
        let (mut dialog, mut seen, mut gone) = (None, [vec![], vec![]], false);
        for t in 0..600 {
            net.run(t0 + ms(t) - net.now);
            if t == instant {
                net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
                gone = true;
            }
            for end in [A, B] {
                let heard = net.heard(end);
                if let Some(UaEvent::Incoming(call)) = heard.first() {
                    dialog = Some(call.dialog);
                }
                seen[end].extend(heard);
            }
            if let Some(dialog) = dialog {
                match t {
                    100 => net.ask(B, UaCommand::Ring { dialog, sdp: None }),
                    300 => net.ask(B, UaCommand::Answer { dialog, sdp: answer() }),
                    _ => {}
                }
            }
        }
        assert!(gone);
        net.quiet();
        for end in [A, B] {
            seen[end].extend(net.heard(end));
        }
        let ends = |events: &[UaEvent]| events.iter().filter(|e| is_final(e)).count();
        assert_eq!(ends(&seen[A]), 1, "at {instant} ms: {:?}", seen[A]);
        let begun = seen[B].iter().filter(|e| matches!(e, UaEvent::Incoming(_))).count();
        assert_eq!(ends(&seen[B]), begun, "at {instant} ms: {:?}", seen[B]);
    }
}

#[test]
fn cancel_waits_for_a_provisional_answer() {
    let mut net = Net::new();
    net.call(7);
    net.ask(A, UaCommand::Cancel { dialog: DialogId(7) });
    assert_eq!(net.words(A), ["ended Us"]);
    assert!(net.sent(A, "CANCEL").is_empty(), "not before 1xx");
    net.run(ms(50));
    assert_eq!(net.sent(A, "CANCEL").len(), 1);
    assert_eq!(net.words(B), ["incoming", "cancelled"]);
    assert_eq!(net.sent(B, "SIP/2.0 487").len(), 1);
    net.quiet();
}

#[test]
fn a_2xx_that_crosses_our_cancel_gets_ack_and_bye() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(A, UaCommand::Cancel { dialog: DialogId(7) });
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!(net.words(A), ["ended Us"]);
    assert_eq!(net.words(B), ["confirmed", "ended Remote"]);
    net.quiet();
}

#[test]
fn a_phone_that_never_answers_is_cancelled_after_the_longest_ring() {
    let mut net = Net::new();
    net.call(7);
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(secs(59));
    assert_eq!(net.words(A), ["ringing 180"]);
    net.run(secs(2));
    assert_eq!(net.words(A).last().map(String::as_str), Some("failed 408"));
    assert_eq!(net.words(B), ["cancelled"]);
    net.quiet();
}

#[test]
fn a_ringing_call_is_rung_again_every_minute_so_that_no_proxy_gives_up() {
    let mut net = Net::new();
    let UaCommand::Invite(mut outgoing) = invite(7, Target::Trunk { trunk: TrunkId(1), user: "9001".into() }) else {
        unreachable!()
    };
    outgoing.max_ring = secs(200);
    net.ask(A, UaCommand::Invite(outgoing));
    net.run(ms(50));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(secs(181));
    assert_eq!(net.sent(B, "SIP/2.0 180").len(), 4);
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.quiet();
}

#[test]
fn a_call_nobody_takes_is_refused_with_503_after_the_house_time() {
    let mut net = Net::new();
    net.call(7);
    net.run(secs(21));
    assert_eq!(net.words(B), ["incoming", "ended Us"]);
    assert_eq!(net.words(A), ["failed 503"]);
    net.quiet();
}

#[test]
fn an_unreachable_trunk_fails_over_to_its_next_address_and_ends_after_the_last() {
    let mut net = Net::new();
    let mut first = trunk(1, "10.0.0.9");
    first.to = vec!["10.0.0.9:5060".parse().unwrap(), address(B)];
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [first], []))));
    net.call(7);
    net.run(secs(5));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Reject { dialog, status: 503, retry_after: None });
    net.run(secs(1));
    assert_eq!(net.words(A), ["failed 503"]);
    net.quiet();
    assert_eq!(net.mail.values().map(Vec::len).sum::<usize>(), 4, "four sendings to the dead address, then the next");
}

#[test]
fn the_last_address_has_all_the_time_an_invite_may_take() {
    let mut net = Net::new();
    net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "9001".into() }));
    net.run(ms(31_900));
    assert_eq!(net.words(A), Vec::<String>::new());
    net.run(ms(200));
    assert_eq!(net.words(A), ["failed 408"]);
    net.quiet();
}

/// Whoever asked may call by another trunk.
#[test]
fn in_a_hurry_the_last_address_is_given_up_as_early_as_the_others() {
    let mut net = Net::new();
    let UaCommand::Invite(mut outgoing) = invite(7, Target::Trunk { trunk: TrunkId(9), user: "9001".into() }) else {
        unreachable!()
    };
    outgoing.hurry = true;
    net.ask(A, UaCommand::Invite(outgoing));
    net.run(ms(3900));
    assert_eq!(net.words(A), Vec::<String>::new());
    net.run(ms(200));
    assert_eq!(net.words(A), ["failed 408"]);
    let late = net.last_request("10.0.0.9:5060");
    let flow = Flow { transport: Transport::Udp, local: address(A), remote: "10.0.0.9:5060".parse().unwrap() };
    net.ends[A].handle(net.now, Input::Received { flow, bytes: late.response(180).with_to_tag("late").to_bytes() });
    net.collect(A);
    assert_eq!(net.last_request("10.0.0.9:5060").method.as_str(), "CANCEL", "nobody rings for nobody");
    net.quiet();
}

#[test]
fn an_address_that_wakes_up_late_is_cancelled_and_the_call_goes_on_with_the_next() {
    let mut net = Net::new();
    let mut first = trunk(1, "10.0.0.9");
    first.to = vec!["10.0.0.9:5060".parse().unwrap(), address(B)];
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [first], []))));
    net.call(7);
    net.run(secs(5));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(ms(50));
    assert_eq!(net.words(A), ["ringing 180"]);
    let late = net.last_request("10.0.0.9:5060");
    let says = |net: &mut Net, request: &crate::sip::message::Request, status: u16| {
        let flow = Flow { transport: Transport::Udp, local: address(A), remote: "10.0.0.9:5060".parse().unwrap() };
        let bytes = request.response(status).with_to_tag("late").to_bytes();
        net.ends[A].handle(net.now, Input::Received { flow, bytes });
        net.collect(A);
    };
    says(&mut net, &late, 100);
    says(&mut net, &late, 180);
    let cancel = net.last_request("10.0.0.9:5060");
    assert_eq!((cancel.method.as_str(), cancel.headers.get("Via")), ("CANCEL", late.headers.get("Via")));
    assert_eq!(net.got("10.0.0.9:5060").iter().filter(|m| *m == "CANCEL").count(), 1, "once is enough");
    says(&mut net, &cancel, 200);
    says(&mut net, &late, 487);
    assert_eq!(net.last_request("10.0.0.9:5060").method.as_str(), "ACK");
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(50));
    assert_eq!(net.words(A), ["answered"], "nothing was heard of the first address");
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn an_answer_from_an_address_given_up_is_taken_down_at_once() {
    let mut net = Net::new();
    let mut first = trunk(1, "10.0.0.9");
    first.to = vec!["10.0.0.9:5060".parse().unwrap(), address(B)];
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [first], []))));
    net.call(7);
    net.run(secs(5));
    let late = net.last_request("10.0.0.9:5060");
    let bytes = late.response(200).with_to_tag("late").with(crate::sip::message::Name::Contact, "<sip:x@10.0.0.9:5060>").to_bytes();
    let flow = Flow { transport: Transport::Udp, local: address(A), remote: "10.0.0.9:5060".parse().unwrap() };
    net.ends[A].handle(net.now, Input::Received { flow, bytes });
    net.collect(A);
    assert_eq!(net.got("10.0.0.9:5060")[4..], ["ACK", "BYE"]);
    assert_eq!(net.words(A), Vec::<String>::new());
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

/// A dead address and a slow network before the first ring take nothing from the time a phone may ring.
#[test]
fn the_time_to_ring_begins_with_the_first_ring() {
    let mut net = Net::new();
    let mut first = trunk(1, "10.0.0.9");
    first.to = vec!["10.0.0.9:5060".parse().unwrap(), address(B)];
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [first], []))));
    net.call(7);
    net.run(secs(20));
    let dialog = net.incoming(B);
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(secs(59));
    assert_eq!(net.words(A), ["ringing 180"]);
    net.run(secs(2));
    assert_eq!(net.words(A).last().map(String::as_str), Some("failed 408"));
    assert_eq!(net.words(B), ["cancelled"]);
    net.quiet();
}

#[test]
fn options_of_a_peer_is_answered_as_an_invite_would_be() {
    let mut net = Net::new();
    let options = |net: &mut Net| {
        net.inject(A, "10.0.0.9:5060", &format!(
            "OPTIONS sip:10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKo{}\nFrom: <sip:a@b>;tag=x\n\
             To: <sip:10.0.0.1>\nCall-ID: o\nCSeq: 1 OPTIONS\nMax-Forwards: 70", net.elapsed().as_millis()));
        net.last_answer("10.0.0.9:5060")
    };
    let open = options(&mut net);
    assert_eq!(open.status, 200);
    assert!(open.headers.get("Allow").is_some_and(|allow| allow.contains("INVITE")));
    net.run(secs(1));
    net.ask(A, UaCommand::Drain(true));
    let draining = options(&mut net);
    assert_eq!((draining.status, draining.headers.retry_after()), (503, Some(5)));
    net.quiet();
}

#[test]
fn info_and_the_talk_event_reach_the_far_side_and_talk_waits_for_ringing() {
    let mut net = Net::new();
    net.call(7);
    net.ask(A, UaCommand::NotifyTalk { dialog: DialogId(7) });
    net.run(ms(50));
    let dialog = net.incoming(B);
    assert!(net.sent(A, "NOTIFY").is_empty());
    net.ask(B, UaCommand::Ring { dialog, sdp: None });
    net.run(ms(50));
    assert_eq!(net.words(B), ["notified talk "]);
    net.ask(B, UaCommand::Answer { dialog, sdp: answer() });
    net.run(ms(50));
    let body = Bytes::from_static(b"Signal=5\r\nDuration=160\r\n");
    net.ask(A, UaCommand::Info { dialog: DialogId(7), content_type: "application/dtmf-relay".into(), body });
    net.run(ms(50));
    assert_eq!(net.words(B), ["confirmed", "info application/dtmf-relay"]);
    net.ask(B, UaCommand::Bye { dialog, reason: None });
    net.quiet();
}

#[test]
fn a_refer_is_accepted_and_its_progress_told_in_sipfrags() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    net.ask(A, UaCommand::Refer { dialog: DialogId(7), to: "sip:8001@10.0.0.1".into() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["refer 8001"]);
    assert_eq!(net.words(A), ["notified refer SIP/2.0 100 Trying"]);
    net.ask(B, UaCommand::ReferProgress { dialog, status: 180 });
    net.ask(B, UaCommand::ReferProgress { dialog, status: 200 });
    net.run(ms(50));
    assert_eq!(net.words(A), ["notified refer SIP/2.0 180 Ringing", "notified refer SIP/2.0 200 OK"]);
    net.ask(B, UaCommand::ReferProgress { dialog, status: 200 });
    net.run(ms(50));
    assert_eq!(net.words(A), Vec::<String>::new(), "the subscription is over");
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let mut net = Net::new();
    for batch in 0..100_u64 {
        for n in 0..100 {
            net.call(1 + batch * 100 + n);
        }
        net.run(ms(20));
        for event in net.heard(B) {
            let UaEvent::Incoming(call) = event else { continue };
            net.ask(B, UaCommand::Answer { dialog: call.dialog, sdp: answer() });
        }
        net.run(ms(20));
        for n in 0..100 {
            net.ask(A, UaCommand::Bye { dialog: DialogId(1 + batch * 100 + n), reason: None });
        }
        net.run(ms(460));
        net.trace.clear();
        (net.told[A], net.told[B]) = (vec![], vec![]);
        // 200 calls a second over 32 s of absorbing: never more than that.
        for end in 0..2 {
            let counts = net.ends[end].counts();
            assert!(counts.transactions() <= 2 * 200 * 34, "{counts:?}");
            assert_eq!((counts.dialogs, counts.retransmissions_out), (0, 0));
        }
    }
    net.quiet();
}
