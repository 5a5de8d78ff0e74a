//! `make test`: everything that can fail, one runner after the other, and one line at the end.
//! Each runner says how much passed in its own words; [`count`] reads them. A runner that fails without a count is one failure.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::shell::{command, listen, now};

/// What came out, over all runners.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

/// One runner: what to say, where to start it, how long it may take.
struct Step {
    name: &'static str,
    folder: &'static str,
    line: &'static str,
    minutes: u64,
    /// Left out where this file is missing.
    only_with: &'static str,
    /// Nothing after it makes sense if it fails.
    vital: bool,
}

const fn step(name: &'static str, folder: &'static str, line: &'static str, minutes: u64) -> Step {
    Step { name, folder, line, minutes, only_with: "", vital: false }
}

const fn vital(step: Step) -> Step {
    Step { vital: true, ..step }
}

const STEPS: [Step; 13] = [
    vital(step("system packages", ".", "bash tests/install.sh", 15)),
    step("tidy", ".", "cargo xtask tidy", 5),
    vital(step("desktop packages", "web-agent", "npm ci --no-audit --no-fund --loglevel=error", 10)),
    step("desktop types", "web-agent", "npm run --silent typecheck", 5),
    step("desktop lint", "web-agent", "npm run --silent lint", 5),
    step("desktop tests", "web-agent", "npm run --silent test", 10),
    vital(step("desktop build", "web-agent", "npm run --silent build -- --logLevel warn", 5)),
    step("desktop size", "web-agent", "npm run --silent size", 2),
    vital(step("server build", ".", "cargo build --workspace --bins", 25)),
    step("made files", ".", "cargo xtask gen --check", 10),
    step("rust tests", ".", "cargo test --workspace --no-fail-fast", 35),
    Step { only_with: "tests/browser/package.json", ..step("browser tests", "tests/browser", "npm run --silent test", 25) },
    step("clippy", ".", "cargo clippy --workspace --all-targets --quiet -- -D warnings", 20),
];

/// Runs every step. `false` when anything failed.
pub fn run(root: &Path) -> Result<bool, String> {
    let began = now();
    let mut sum = Tally::default();
    let mut wrong = Vec::new();
    let mut times = Vec::new();
    room(root)?;
    for step in STEPS.iter().filter(|step| step.only_with.is_empty() || root.join(step.only_with).exists()) {
        println!("\n== {}: {}", step.name, step.line);
        let started = now();
        let tally = one(root, step);
        times.push((step.name, started.elapsed().as_secs()));
        sum.passed += tally.passed;
        sum.failed += tally.failed;
        if tally.failed > 0 {
            wrong.push(step.name);
            if step.vital {
                println!("{} failed: nothing after it can run", step.name);
                break;
            }
        }
    }
    let took = began.elapsed().as_secs();
    println!();
    for (name, seconds) in times {
        println!("{seconds:6} s  {name}");
    }
    println!("took {} min {} s", took / 60, took % 60);
    if !wrong.is_empty() {
        println!("failed in: {}", wrong.join(", "));
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    Ok(sum.failed == 0)
}

/// What a build of everything and the databases of the tests take, in MiB. A full disk looks like a hundred other faults.
const ROOM: [(&str, u64); 2] = [(".", 12_000), ("/tmp", 2_000)];

fn room(root: &Path) -> Result<(), String> {
    for (place, wanted) in ROOM {
        let output = command(root, &format!("df -Pm {place}")).output().map_err(|e| format!("df: {e}"))?;
        if let Some(free) = free(&String::from_utf8_lossy(&output.stdout))
            && free < wanted
        {
            return Err(format!("{free} MiB are free at {place}, and the tests need {wanted}: make room and start again"));
        }
    }
    Ok(())
}

/// MiB free, as `df -Pm` tells it: the fourth word of its second line.
fn free(told: &str) -> Option<u64> {
    told.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn one(root: &Path, step: &Step) -> Tally {
    let mut tally = Tally::default();
    let mut line: Command = command(&root.join(step.folder), step.line);
    line.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env("NO_UPDATE_NOTIFIER", "1");
    let ended = listen(line, Duration::from_secs(60 * step.minutes), |line| {
        let (passed, failed) = count(line).unwrap_or_default();
        tally.passed += passed;
        tally.failed += failed;
    });
    let well = match ended {
        Ok(status) => status.success(),
        Err(why) => {
            println!("{why}");
            false
        }
    };
    match (well, tally) {
        (true, Tally { passed: 0, failed: 0 }) => tally.passed = 1,
        (false, Tally { failed: 0, .. }) => tally.failed = 1,
        _ => {}
    }
    tally
}

/// Passed and failed, where a line is a runner's sum: Cargo's, vitest's, Node's own, or ours.
fn count(line: &str) -> Option<(u64, u64)> {
    let line = line.trim();
    if let Some(cargo) = line.strip_prefix("test result: ") {
        return Some((before(cargo, "passed").unwrap_or(0), before(cargo, "failed").unwrap_or(0)));
    }
    if let Some(vitest) = line.strip_prefix("Tests ").filter(|rest| rest.ends_with(')')) {
        return Some((before(vitest, "passed").unwrap_or(0), before(vitest, "failed").unwrap_or(0)));
    }
    for mark in ["# ", "ℹ "] {
        if let Some(node) = line.strip_prefix(mark) {
            let number = |word: &str| node.strip_prefix(word)?.trim().parse().ok();
            return number("pass ").map(|n| (n, 0)).or_else(|| number("fail ").map(|n| (0, n)));
        }
    }
    let (passed, failed) = line.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.strip_suffix(" failed")?.parse().ok()?))
}

/// The number that stands before a word.
fn before(text: &str, word: &str) -> Option<u64> {
    text[..text.find(word)?].trim_end().rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runners_sum_is_read_and_nothing_else() {
        for (line, sum) in [
            ("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.5s", Some((12, 0))),
            ("test result: FAILED. 9 passed; 1 failed; 0 ignored", Some((9, 1))),
            ("      Tests  1 failed | 61 passed (62)", Some((61, 1))),
            ("      Tests  61 passed (61)", Some((61, 0))),
            (" Test Files  7 passed (7)", None),
            ("# pass 14", Some((14, 0))),
            ("# fail 2", Some((0, 2))),
            ("ℹ pass 14", Some((14, 0))),
            ("# duration_ms 3", None),
            ("41 passed, 2 failed", Some((41, 2))),
            ("test calls ... ok", None),
        ] {
            assert_eq!(count(line), sum, "{line}");
        }
    }

    #[test]
    fn the_room_on_a_disk_is_read_and_an_unknown_answer_stops_nobody() {
        let told = "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/vda 257899 13904 79311 15% /\n";
        assert_eq!((free(told), free("")), (Some(79_311), None));
    }

    #[test]
    fn a_runner_that_fails_without_a_count_is_one_failure() {
        let tree = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (line, tally) in [
            ("false", Tally { passed: 0, failed: 1 }),
            ("true", Tally { passed: 1, failed: 0 }),
            ("echo 3 passed, 2 failed", Tally { passed: 3, failed: 2 }),
            ("no-such-program", Tally { passed: 0, failed: 1 }),
        ] {
            assert_eq!(one(tree, &step("x", ".", line, 1)), tally, "{line}");
        }
    }
}
