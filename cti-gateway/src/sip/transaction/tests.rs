//! The tables of RFC 3261 §17 and RFC 6026, as calls on virtual time.

use std::time::{Duration, Instant};

use super::*;

/// A moment to count from.
#[expect(clippy::disallowed_methods, reason = "tests need some first Instant; nothing is measured with it")]
fn start() -> Instant {
    Instant::now()
}

fn ms(t: u64) -> Duration {
    Duration::from_millis(t)
}

/// Ticks a machine at its own deadlines and lists at which millisecond it wanted what.
fn run<M, S: PartialEq + Copy>(
    machine: &mut M,
    t0: Instant,
    nothing: S,
    deadline: impl Fn(&M) -> Option<Instant>,
    mut tick: impl FnMut(&mut M, Instant) -> S,
) -> Vec<(u128, S)> {
    let mut seen = Vec::new();
    while let Some(at) = deadline(machine) {
        let step = tick(machine, at);
        if step != nothing {
            seen.push(((at - t0).as_millis(), step));
        }
        assert!(seen.len() < 100, "a machine must come to its end");
    }
    seen
}

#[test]
fn unanswered_invite_is_repeated_with_doubling_gaps_and_given_up_after_32_s() {
    let t0 = start();
    let mut udp = InviteClient::new(t0, false);
    let seen = run(&mut udp, t0, ClientStep::Nothing, InviteClient::deadline, InviteClient::tick);
    let times: Vec<u128> = seen.iter().map(|s| s.0).collect();
    assert_eq!(times, [500, 1500, 3500, 7500, 15500, 31500, 32000]);
    assert_eq!(seen.last().unwrap().1, ClientStep::TimedOut);
    assert!(udp.is_over());

    let mut tcp = InviteClient::new(t0, true);
    let seen = run(&mut tcp, t0, ClientStep::Nothing, InviteClient::deadline, InviteClient::tick);
    assert_eq!(seen, [(32000, ClientStep::TimedOut)]);
}

#[test]
fn unanswered_bye_is_repeated_up_to_every_4_s_and_given_up_after_32_s() {
    let t0 = start();
    let mut bye = Client::new(t0, false);
    let times: Vec<u128> =
        run(&mut bye, t0, ClientStep::Nothing, Client::deadline, Client::tick).iter().map(|s| s.0).collect();
    assert_eq!(times, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000]);
}

#[test]
fn a_provisional_answer_stops_repeating_invite_and_slows_bye() {
    let t0 = start();
    let mut invite = InviteClient::new(t0, false);
    assert!(!invite.may_cancel());
    assert_eq!(invite.response(t0 + ms(100), 100), ClientStep::Tell);
    assert!(invite.may_cancel());
    assert_eq!(invite.deadline(), None);

    let mut bye = Client::new(t0, false);
    assert_eq!(bye.response(t0 + ms(100), 100), ClientStep::Tell);
    let times: Vec<u128> =
        run(&mut bye, t0, ClientStep::Nothing, Client::deadline, Client::tick).iter().map(|s| s.0).collect();
    assert_eq!(times, [500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32000]);
}

#[test]
fn repeated_refusals_get_ack_again_for_32_s_over_udp_and_never_over_tcp() {
    let t0 = start();
    let mut udp = InviteClient::new(t0, false);
    assert_eq!(udp.response(t0, 486), ClientStep::TellAndAck);
    assert_eq!(udp.response(t0 + ms(500), 486), ClientStep::AckAgain);
    assert_eq!(udp.response(t0 + ms(600), 200), ClientStep::Nothing);
    assert_eq!(udp.deadline(), Some(t0 + LIFE));
    assert_eq!(udp.tick(t0 + LIFE), ClientStep::Nothing);
    assert!(udp.is_over());

    let mut tcp = InviteClient::new(t0, true);
    assert_eq!(tcp.response(t0, 486), ClientStep::TellAndAck);
    assert!(tcp.is_over());
}

#[test]
fn every_2xx_of_a_fork_reaches_the_user_until_timer_m() {
    let t0 = start();
    for reliable in [false, true] {
        let mut invite = InviteClient::new(t0, reliable);
        assert_eq!(invite.response(t0, 200), ClientStep::Tell);
        assert_eq!(invite.response(t0 + ms(900), 200), ClientStep::Tell);
        assert_eq!(invite.response(t0 + ms(901), 486), ClientStep::Nothing);
        assert!(!invite.is_over());
        let _ = invite.tick(t0 + LIFE);
        assert!(invite.is_over());
        assert_eq!(invite.response(t0 + LIFE, 200), ClientStep::Nothing);
    }
}

#[test]
fn a_refused_invite_repeats_the_refusal_until_ack_or_32_s() {
    let t0 = start();
    let mut server = InviteServer::new(false);
    assert_eq!(server.respond(t0, 100), ServerStep::Send);
    assert_eq!(server.repeated(), ServerStep::Repeat);
    assert_eq!(server.respond(t0, 486), ServerStep::Send);
    assert_eq!(server.respond(t0, 200), ServerStep::Nothing);
    let seen = run(&mut server, t0, ServerStep::Nothing, InviteServer::deadline, InviteServer::tick);
    let times: Vec<u128> = seen.iter().map(|s| s.0).collect();
    assert_eq!(times, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000]);
    assert_eq!(seen.last().unwrap().1, ServerStep::TimedOut);

    let mut acked = InviteServer::new(false);
    assert_eq!(acked.respond(t0, 404), ServerStep::Send);
    acked.ack(t0 + ms(20));
    assert_eq!(acked.repeated(), ServerStep::Nothing);
    assert_eq!(acked.deadline(), Some(t0 + ms(20) + T4));

    let mut tcp = InviteServer::new(true);
    assert_eq!(tcp.respond(t0, 404), ServerStep::Send);
    assert_eq!(tcp.deadline(), Some(t0 + LIFE), "over TCP only timer H runs");
    tcp.ack(t0);
    assert!(tcp.is_over());
}

#[test]
fn an_answered_invite_swallows_repeats_until_timer_l() {
    let t0 = start();
    let mut server = InviteServer::new(false);
    assert_eq!(server.respond(t0, 200), ServerStep::Send);
    assert_eq!(server.repeated(), ServerStep::Nothing);
    assert!(!server.keeps_response(), "the dialog repeats a 2xx");
    assert_eq!(server.respond(t0 + ms(500), 200), ServerStep::Send);
    assert_eq!(server.deadline(), Some(t0 + LIFE));
    assert_eq!(server.tick(t0 + LIFE), ServerStep::Nothing);
    assert!(server.is_over());
}

#[test]
fn an_answered_bye_is_answered_again_until_timer_j_and_over_tcp_forgotten_at_once() {
    let t0 = start();
    let mut udp = Server::new(false);
    assert_eq!(udp.repeated(), ServerStep::Nothing);
    assert_eq!(udp.respond(t0, 200), ServerStep::Send);
    assert_eq!(udp.repeated(), ServerStep::Repeat);
    assert_eq!(udp.respond(t0, 500), ServerStep::Nothing);
    udp.tick(t0 + LIFE);
    assert!(udp.is_over());
    let mut tcp = Server::new(true);
    assert_eq!(tcp.respond(t0, 200), ServerStep::Send);
    assert!(tcp.is_over());
}

#[test]
fn a_late_tick_does_not_make_up_for_missed_repeats() {
    let t0 = start();
    let mut invite = InviteClient::new(t0, false);
    assert_eq!(invite.tick(t0 + ms(9000)), ClientStep::Repeat);
    assert_eq!(invite.tick(t0 + ms(9000)), ClientStep::Nothing);
}
