//! Files that are made from the code and committed: event types and API client of the desktop, the API's description,
//! the schema of flows. `--check` makes them in place, compares, and puts back what was there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::shell::{command, must, said};
use crate::web;

const OPENAPI: &str = "agent-server/openapi.json";
const MADE: [&str; 4] = ["web-agent/src/contract.gen.ts", OPENAPI, "web-agent/src/api/schema.d.ts", "ivr/flow.schema.json"];

/// Makes everything again. With `check`: leaves the tree as it was, `false` if anything differed.
pub fn run(root: &Path, check: bool) -> Result<bool, String> {
    let before: BTreeMap<&str, Vec<u8>> = MADE.into_iter().map(|path| (path, fs::read(root.join(path)).unwrap_or_default())).collect();
    let made = make(root);
    let mut stale = Vec::new();
    for (path, old) in &before {
        if fs::read(root.join(path)).unwrap_or_default() != *old {
            stale.push(*path);
            if check {
                fs::write(root.join(path), old).map_err(|e| format!("{path}: {e}"))?;
            }
        }
    }
    made?;
    for path in &stale {
        println!("{path}: {}", if check { "is stale: run `cargo xtask gen` and commit it" } else { "made again" });
    }
    Ok(!check || stale.is_empty())
}

fn make(root: &Path) -> Result<(), String> {
    must(command(root, "cargo run --quiet --package contract --example export_ts"))?;
    let mut schema = command(root, "cargo test --quiet --package ivr --test schema");
    schema.env("UPDATE_SCHEMA", "1").stdout(Stdio::null());
    must(schema)?;
    let mut describe = command(root, "cargo run --quiet --package agent-server --bin zuoxi -- openapi");
    let described = describe.stderr(Stdio::inherit()).output().map_err(|e| format!("`{}`: {e}", said(&describe)))?;
    if !described.status.success() {
        return Err(format!("`{}` ended with {}", said(&describe), described.status));
    }
    fs::write(root.join(OPENAPI), described.stdout).map_err(|e| format!("{OPENAPI}: {e}"))?;
    web::packages(root, "web-agent/tools-apigen")?;
    must(command(&root.join("web-agent/tools-apigen"), "npm run --silent gen"))
}
