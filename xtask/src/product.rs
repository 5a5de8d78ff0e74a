//! `make run` and `make demo`: the product as a newcomer meets it, built when needed and started.

use std::path::Path;

use crate::shell::{command, must};
use crate::web;

/// What makes the first start of an empty house the demo company's.
const DEMO: &str = "ZUOXI_COMPANY__DEMO";

/// Builds the desktop and the server, and serves until it is stopped. `more` goes to `zuoxi serve`.
pub fn run(root: &Path, more: &[String]) -> Result<bool, String> {
    web::build(root)?;
    let mut serve = command(root, "cargo run --quiet --release --package agent-server --bin zuoxi -- serve");
    if std::env::var_os(DEMO).is_none() {
        serve.env(DEMO, "true");
    }
    serve.args(more);
    must(serve).map(|()| true)
}

/// Callers and agents of our own, at a pace, against a server that runs.
pub fn demo(root: &Path, calls: u32, more: &[String]) -> Result<bool, String> {
    let mut demo = command(root, "cargo run --quiet --release --package zuoxi-tests --bin demo --");
    demo.args(["--calls", &calls.to_string()]).args(more);
    must(demo).map(|()| true)
}

/// Load on loopback beside its floors. `more` goes to `bench figures`.
pub fn bench(root: &Path, more: &[String]) -> Result<bool, String> {
    // The program itself is among what is measured; both stand side by side.
    must(command(root, "cargo build --quiet --release --package agent-server --package bench --bins"))?;
    let mut bench = command(root, "cargo run --quiet --release --package bench -- figures");
    bench.args(more);
    must(bench).map(|()| true)
}

/// Many short calls; nothing may be left.
pub fn soak(root: &Path, calls: u32, more: &[String]) -> Result<bool, String> {
    let mut soak = command(root, "cargo run --quiet --release --package bench -- soak");
    soak.args(["--calls", &calls.to_string()]).args(more);
    must(soak).map(|()| true)
}
