//! Files that are made from the code and committed: event types and API client of the desktop, the API's description,
//! the schema of flows. `--check` makes them in place, compares, and puts back what was there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// The whole workspace is built, not the three packages alone: what they share is then what the tests use, and nothing
/// is compiled twice.
fn make(root: &Path) -> Result<(), String> {
    must(command(root, "cargo build --quiet --workspace --example export_ts"))?;
    let mut types = Command::new(built("examples/export_ts")?);
    types.stdout(Stdio::null());
    must(types)?;
    let mut schema = command(root, "cargo test --quiet --workspace --test schema");
    schema.env("UPDATE_SCHEMA", "1").stdout(Stdio::null());
    must(schema)?;
    must(command(root, "cargo build --quiet --workspace --bins"))?;
    let mut describe = Command::new(built("zuoxi")?);
    describe.arg("openapi").current_dir(root).stderr(Stdio::inherit());
    let described = describe.output().map_err(|e| format!("`{}`: {e}", said(&describe)))?;
    if !described.status.success() {
        return Err(format!("`{}` ended with {}", said(&describe), described.status));
    }
    fs::write(root.join(OPENAPI), described.stdout).map_err(|e| format!("{OPENAPI}: {e}"))?;
    web::packages(root, "web-agent/tools-apigen")?;
    must(command(&root.join("web-agent/tools-apigen"), "npm run --silent gen"))
}

/// A program of this workspace: Cargo puts it beside this one.
fn built(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| format!("where Cargo builds is not known: {e}"))?;
    Ok(own.with_file_name(name))
}
