//! The TypeScript face of the shared words, as text: one file, types in alphabetical order, so that a change shows as a
//! small diff. Written by the example `export_ts`, compared by the test `typescript`.

use std::path::{Path, PathBuf};

use contract::{DeskAsk, DeskIntent, DeskMessage, Event, EventKind};
use ts_rs::{Config, TS};

const HEAD: &str = "// Generated from the crate `contract` by `cargo run -p contract --example export_ts`. Do not edit.\n";

/// Where the committed file stands.
pub fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../web-agent/src/contract.gen.ts")
}

/// What the file must say. `scratch` is an empty folder to write in.
pub fn text(scratch: &Path) -> String {
    let config = Config::new().with_out_dir(scratch).with_large_int("number");
    DeskMessage::export_all(&config).expect("desk messages export");
    DeskIntent::export_all(&config).expect("desk intents export");
    Event::export_all(&config).expect("events export");
    // Flattened into the three above, and wanted by name as well.
    DeskAsk::export(&config).expect("asks export");
    EventKind::export(&config).expect("kinds export");
    let made = std::fs::read_to_string(scratch.join("contract.gen.ts")).expect("one file holds every type");
    let body = made.split_once('\n').map_or(made.as_str(), |(_, rest)| rest);
    format!("{HEAD}{}\n", body.trim_end())
}
