//! Rooms that decide stay free of clocks, chance, sockets, files and waiting; no half-built code anywhere.
//! clippy.toml forbids the clock everywhere; here stands what must not even be named in the deciders.

use super::{File, Tree};
use crate::lex::line_of;

/// What a decider never names.
const FORBIDDEN: [&str; 12] = [
    "Instant::now",
    "SystemTime::now",
    "Utc::now",
    "Local::now",
    "async fn",
    ".await",
    "tokio::",
    "sqlx::",
    "std::thread",
    "std::fs",
    "UdpSocket",
    "TcpStream",
];

/// Code that is not finished, or that falls over on what a stranger sends.
const UNFINISHED: [&str; 4] = ["todo!", "unimplemented!", "dbg!", ".unwrap()"];

/// Folders of pure code: three crates, and the two thinking halves of the gateway.
fn decides(file: &File) -> bool {
    let path = file.path.as_str();
    ["contract/src/", "acd/src/", "ivr/src/", "cti-gateway/src/call/", "cti-gateway/src/sip/"].iter().any(|p| path.starts_with(p))
        && !path.starts_with("cti-gateway/src/sip/net")
}

pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for file in &tree.files {
        let Some(code) = file.product_code() else { continue };
        let mut find = |words: &[&str], rule: &str| {
            for word in words {
                for (at, _) in code.match_indices(word) {
                    problems.push(format!("{}:{}: `{word}` {rule}", file.path, line_of(&code, at)));
                }
            }
        };
        if decides(file) {
            find(&FORBIDDEN, "in a room that decides: hand it in as an argument, or move it to the driver");
        }
        find(&UNFINISHED, "in the product: finish it, or say with `expect` why it cannot happen");
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::check;

    #[test]
    fn a_decider_names_no_clock_and_the_product_no_unfinished_code() {
        for (path, text, refused) in [
            ("acd/src/x.rs", "fn a() { Instant::now(); }", true),
            ("acd/src/x.rs", "// Instant::now\nfn a() {}", false),
            ("crm/src/x.rs", "async fn a() {}", false),
            ("cti-gateway/src/call/x.rs", "async fn a() {}", true),
            ("crm/src/x.rs", "fn a() { b.unwrap() }", true),
            ("crm/src/x.rs", "#[cfg(test)] mod tests { fn a() { b.unwrap() } }", false),
            ("crm/tests/x.rs", "fn a() { b.unwrap() }", false),
        ] {
            assert_eq!(!check(&tree_of(&[(path, text)])).is_empty(), refused, "{path}: {text}");
        }
    }
}
