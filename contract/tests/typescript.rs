//! The committed TypeScript says what the Rust types say.

mod export;

#[test]
fn the_typescript_of_the_desktop_has_not_drifted_from_the_contract() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let committed = std::fs::read_to_string(export::place()).unwrap_or_default();
    let made = export::text(scratch.path());
    assert!(committed == made, "contract.gen.ts is stale: run `cargo run -p contract --example export_ts` and commit it");
}
