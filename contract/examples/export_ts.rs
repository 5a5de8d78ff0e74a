//! Writes `web-agent/src/contract.gen.ts`.

#[path = "../tests/export/mod.rs"]
mod export;

fn main() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let place = export::place();
    std::fs::write(&place, export::text(scratch.path())).expect("the file is writable");
    println!("wrote {}", place.display());
}
