//! Where the browser desktop is: `web-agent/dist`, made empty where it was not built, so that the program compiles alone.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web-agent/dist");
    if let Err(e) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=the folder web-agent/dist cannot be made: {e}");
    }
    println!("cargo::rerun-if-changed={}", dist.display());
}
