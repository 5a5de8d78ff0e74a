//! When the house is full: refused at once, cheaply, and without state; and what is under way goes on.

use super::*;

fn flood(net: &mut Net, calls: std::ops::Range<u64>) {
    for n in calls {
        net.inject(
            A,
            "10.0.0.9:5060",
            &format!(
                "INVITE sip:9001@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK{n}\nFrom: <sip:a@b>;tag=x\n\
                 To: <sip:9001@10.0.0.1>\nCall-ID: flood{n}\nCSeq: 1 INVITE\nContact: <sip:x@10.0.0.9>\nMax-Forwards: 70"
            ),
        );
    }
}

fn limited(limits: Limits) -> Net {
    let mut net = Net::new();
    let config = EndpointConfig { limits, ..EndpointConfig::on(address(A)) };
    net.ends[A] = Endpoint::new(config, 3);
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(1, [trunk(9, "10.0.0.9")], []))));
    net
}

#[track_caller]
fn refuses_the_rest(mut net: Net, taken: usize) {
    flood(&mut net, 0..50);
    let got = net.got("10.0.0.9:5060");
    let count = |status: &str| got.iter().filter(|s| *s == status).count();
    assert_eq!((count("100"), count("503")), (taken, 50 - taken));
    assert!(net.last_answer("10.0.0.9:5060").headers.retry_after().is_some());
    let counts = net.ends[A].counts();
    assert_eq!((counts.dialogs, counts.invite_server, counts.refused), (taken, taken, 50 - taken as u64));
}

#[test]
fn each_limit_refuses_what_is_above_it_with_503_and_keeps_no_state() {
    refuses_the_rest(limited(Limits { dialogs: 10, ..Limits::default() }), 10);
    refuses_the_rest(limited(Limits { transactions: 12, ..Limits::default() }), 12);
    refuses_the_rest(limited(Limits { untouched: 7, ..Limits::default() }), 7);
    refuses_the_rest(limited(Limits { invites_per_second: 5, ..Limits::default() }), 5);
    let mut draining = Net::new();
    draining.ask(A, UaCommand::Drain(true));
    refuses_the_rest(draining, 0);
    let mut full = Net::new();
    full.ask(A, UaCommand::Full(true));
    refuses_the_rest(full, 0);
    let mut pressed = Net::new();
    let now = pressed.now;
    pressed.ends[A].handle(now, Input::Pressure(true));
    refuses_the_rest(pressed, 0);
}

#[test]
fn a_house_that_was_full_takes_calls_again_once_it_has_room() {
    let mut net = Net::new();
    net.ask(A, UaCommand::Full(true));
    flood(&mut net, 0..1);
    net.ask(A, UaCommand::Full(false));
    flood(&mut net, 1..2);
    assert_eq!(net.got("10.0.0.9:5060"), ["503", "100"]);
}

#[test]
fn a_repeat_that_crossed_its_refusal_is_refused_again_and_a_new_call_is_taken() {
    let mut net = Net::new();
    let press = |net: &mut Net, on| {
        let now = net.now;
        net.ends[A].handle(now, Input::Pressure(on));
    };
    net.ask(A, UaCommand::Pressure(true));
    press(&mut net, true);
    flood(&mut net, 0..1);
    net.ask(A, UaCommand::Pressure(false));
    press(&mut net, false);
    flood(&mut net, 0..2);
    assert_eq!(net.got("10.0.0.9:5060"), ["503", "503", "100"]);
    assert_eq!(net.ends[A].counts().dialogs, 1);
}

#[test]
fn under_pressure_what_belongs_to_calls_that_stand_is_heard_whole() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    let now = net.now;
    net.ends[B].handle(now, Input::Pressure(true));
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["reoffer Reinvite sdp"]);
    net.ask(B, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.run(ms(50));
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.run(secs(60));
    assert_eq!((net.ends[A].counts().dialogs, net.ends[B].counts().dialogs), (0, 0));
}

#[test]
fn a_full_trunk_refuses_both_ways_and_frees_its_places() {
    let mut net = Net::new();
    let mut narrow = trunk(9, "10.0.0.9");
    narrow.max_calls = 2;
    net.ask(A, UaCommand::SetDirectory(Arc::new(SipDirectory::new(2, [narrow], []))));
    flood(&mut net, 0..3);
    assert_eq!(net.got("10.0.0.9:5060"), ["100", "100", "503"]);
    net.ask(A, invite(7, Target::Trunk { trunk: TrunkId(9), user: "1".into() }));
    assert_eq!(net.words(A), ["incoming", "incoming", "not sent 503"]);
    net.run(secs(60));
    flood(&mut net, 10..11);
    assert_eq!(net.got("10.0.0.9:5060").last().map(String::as_str), Some("100"), "the places are free again");
}

#[test]
fn draining_refuses_new_calls_and_lets_the_old_ones_go_on() {
    let mut net = Net::new();
    let dialog = net.talk(7);
    net.ask(B, UaCommand::Drain(true));
    net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp: offer().unwrap() });
    net.run(ms(50));
    assert_eq!(net.words(B), ["reoffer Reinvite sdp"]);
    net.ask(B, UaCommand::AnswerReoffer { dialog, sdp: answer() });
    net.call(8);
    net.run(ms(50));
    let heard = net.heard(A);
    let refused = heard.iter().any(|e| {
        matches!(e, UaEvent::Failed { status: 503, retry_after: Some(_), .. })
    });
    assert!(refused, "{heard:?}");
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.quiet();
}

#[test]
fn a_finished_call_costs_little_while_its_repeats_are_absorbed() {
    let size = std::mem::size_of::<super::Tx>();
    assert!(size <= 320, "an absorbing transaction takes {size} bytes");
}
