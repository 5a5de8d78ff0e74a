//! Any pattern of loss, doubling and reordering ends with nothing held on either side and one end told to each.

use proptest::prelude::*;

use super::*;

/// What the two parties do in one call, at milliseconds from its start.
#[derive(Debug, Clone)]
struct Plan {
    faults: Faults,
    seed: u64,
    ring: Option<u64>,
    /// Answer, or refuse with a status.
    decide: Option<(u64, Option<u16>)>,
    /// Re-INVITEs: when and by whom.
    changes: Vec<(u64, usize)>,
    hang_up: (u64, usize),
}

fn plans() -> impl Strategy<Value = Plan> {
    let faults = (0..350_u64, 0..300_u64, 0..400_u64).prop_map(|(loss, double, late)| Faults { loss, double, late });
    let decide = proptest::option::weighted(0.9, (0..4000_u64, proptest::option::weighted(0.15, 400..700_u16)));
    let changes = proptest::collection::vec((500..20_000_u64, 0..2_usize), 0..4);
    let ring = proptest::option::weighted(0.7, 0..2000_u64);
    (faults, any::<u64>(), ring, decide, changes, (0..25_000_u64, 0..2_usize))
        .prop_map(|(faults, seed, ring, decide, changes, hang_up)| Plan { faults, seed, ring, decide, changes, hang_up })
}

/// All that each side heard.
fn play(plan: &Plan) -> [Vec<UaEvent>; 2] {
    let mut net = Net::seeded(plan.seed >> 1, plan.faults);
    let mut seen = [vec![], vec![]];
    let mut at_b = None;
    let mut todo: Vec<(u64, u8)> = vec![(plan.hang_up.0, 9)];
    todo.extend(plan.ring.map(|t| (t, 1)));
    todo.extend(plan.decide.map(|(t, _)| (t, 2)));
    todo.extend(plan.changes.iter().map(|(t, who)| (*t, 3 + *who as u8)));
    todo.sort();
    net.call(7);
    let t0 = net.now;
    let mut hung_up_b = false;
    let mut t = 0;
    // Small steps, so that the house answers offers while they matter.
    while t < 30_000 {
        t += 20;
        net.run(t0 + ms(t) - net.now);
        while todo.first().is_some_and(|(at, _)| *at <= t) {
            let (_, what) = todo.remove(0);
            let sdp = answer();
            match (what, at_b) {
                (1, Some(dialog)) => net.ask(B, UaCommand::Ring { dialog, sdp: offer() }),
                (2, Some(dialog)) => match plan.decide.and_then(|d| d.1) {
                    None => net.ask(B, UaCommand::Answer { dialog, sdp }),
                    Some(status) => net.ask(B, UaCommand::Reject { dialog, status, retry_after: None }),
                },
                (3, _) => net.ask(A, UaCommand::Reinvite { dialog: DialogId(7), sdp }),
                (4, Some(dialog)) => net.ask(B, UaCommand::Reinvite { dialog, sdp }),
                (9, _) if plan.hang_up.1 == A => net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None }),
                (9, Some(dialog)) => net.ask(B, UaCommand::Bye { dialog, reason: None }),
                // The call has not arrived yet: what B wanted comes a little later.
                (9, None) => hung_up_b = true,
                (what, None) if t < 20_000 => todo.push((t + 500, what)),
                _ => {}
            }
            todo.sort();
        }
        for end in [A, B] {
            for event in net.heard(end) {
                if let UaEvent::Incoming(call) = &event {
                    at_b = Some(call.dialog);
                }
                if let UaEvent::Reoffer { dialog, .. } = event {
                    net.ask(end, UaCommand::AnswerReoffer { dialog, sdp: answer() });
                }
                seen[end].push(event);
            }
        }
        if hung_up_b && let Some(dialog) = at_b {
            net.ask(B, UaCommand::Bye { dialog, reason: None });
            hung_up_b = false;
        }
    }
    // Whoever still stands hangs up now; both sides then come to rest.
    net.ask(A, UaCommand::Bye { dialog: DialogId(7), reason: None });
    net.run(secs(40));
    if let Some(dialog) = at_b {
        net.ask(B, UaCommand::Bye { dialog, reason: None });
    }
    for end in [A, B] {
        seen[end].extend(net.heard(end));
    }
    net.quiet();
    for end in [A, B] {
        seen[end].extend(net.heard(end));
    }
    seen
}

fn check(plan: &Plan) -> Result<(), TestCaseError> {
    let seen = play(plan);
    let ends = |end: usize| seen[end].iter().filter(|e| is_final(e)).count();
    prop_assert_eq!(ends(A), 1, "A heard {:?}", seen[A].iter().map(word).collect::<Vec<_>>());
    let calls = seen[B].iter().filter(|e| matches!(e, UaEvent::Incoming(_))).count();
    prop_assert!(calls <= 1, "one INVITE is one call, however often it arrives");
    prop_assert_eq!(ends(B), calls, "B heard {:?}", seen[B].iter().map(word).collect::<Vec<_>>());
    for heard in &seen {
        let last = heard.iter().position(is_final);
        prop_assert!(last.is_none_or(|at| at + 1 == heard.len()), "nothing follows the end: {:?}", heard);
    }
    // Who heard an answer was answered, and who was confirmed had called.
    let answered = seen[A].iter().any(|e| matches!(e, UaEvent::Answered { .. }));
    let accepted = plan.decide.is_some_and(|d| d.1.is_none());
    prop_assert!(!answered || accepted);
    let confirmed = seen[B].iter().any(|e| matches!(e, UaEvent::Confirmed { .. }));
    prop_assert!(!confirmed || accepted);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_loss_doubling_and_reordering_ends_with_nothing_held(plan in plans()) {
        check(&plan)?;
    }
}

#[test]
fn a_call_gets_through_where_every_third_message_is_lost() {
    let mut through = 0;
    for seed in 0..40 {
        let faults = Faults { loss: 300, double: 100, late: 200 };
        let plan = Plan { faults, seed: seed * 2, ring: None, decide: Some((100, None)), changes: vec![], hang_up: (24_000, A) };
        let seen = play(&plan);
        through += usize::from(seen[A].iter().any(|e| matches!(e, UaEvent::Answered { .. })));
    }
    assert!(through >= 36, "only {through} of 40 calls got through");
}
