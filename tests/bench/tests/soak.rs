//! The soak in short: it runs, and after the last caller nothing is left. `cargo xtask soak` is the long one.

use std::process::Command;

#[test]
fn three_hundred_short_calls_through_flow_and_queue_leave_every_gauge_at_zero() {
    let ran = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["soak", "--calls", "300", "--rate", "50"])
        .output()
        .expect("the bench starts");
    let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{complained}");
    assert!(said.contains("- 300 calls in") && said.contains("every gauge is back at zero"), "{said}");
}
