//! Arrows between rooms point down only: a crate may use what stands on a lower floor and nothing else.
//! The floors are written here once more than in ARCHITECTURE.md, so that a new room is a decision somebody sees.

use toml::{Table, Value};

use super::Tree;

/// Every crate and its floor.
const FLOORS: [(&str, u8); 13] = [
    ("contract", 1),
    ("store", 2),
    ("company", 3),
    ("crm", 3),
    ("recordings", 3),
    ("acd", 3),
    ("ivr", 3),
    ("reports", 4),
    ("cti-gateway", 4),
    ("agent-server", 5),
    ("zuoxi-tests", 6),
    ("bench", 7),
    ("xtask", 0),
];

/// Rooms that may use less than all lower floors: the deciders and the phones stay clear of every table.
const ONLY: [(&str, &[&str]); 3] =
    [("acd", &["contract"]), ("ivr", &["contract"]), ("cti-gateway", &["contract", "acd", "ivr"])];

/// Libraries that one room alone knows.
const OWNERS: [(&str, &[&str]); 4] = [
    ("sqlx", &["store"]),
    ("object_store", &["store"]),
    ("axum", &["agent-server"]),
    ("rsip", &["cti-gateway", "zuoxi-tests"]),
];

/// Libraries that bring clocks, sockets, chance or tasks: never under a pure decider.
const IMPURE: [&str; 8] = ["tokio", "sqlx", "axum", "rand", "getrandom", "nix", "socket2", "futures-util"];
const PURE: [&str; 3] = ["contract", "acd", "ivr"];

fn floor(krate: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == krate).map(|(_, floor)| *floor)
}

pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for file in &tree.files {
        let workspace_member = file.path.ends_with("/Cargo.toml") && !file.path.contains("/fuzz/");
        let Some(text) = file.text.as_ref().filter(|_| workspace_member) else { continue };
        match text.parse::<Table>() {
            Ok(manifest) => one(&file.path, &manifest, &mut problems),
            Err(e) => problems.push(format!("{}: not TOML: {}", file.path, e.message())),
        }
    }
    problems
}

fn one(path: &str, manifest: &Table, problems: &mut Vec<String>) {
    let name = manifest.get("package").and_then(|p| p.get("name")).and_then(Value::as_str).unwrap_or_default();
    let Some(own) = floor(name) else {
        problems.push(format!("{path}: crate `{name}` has no floor: give it one in xtask/src/tidy/arrows.rs and ARCHITECTURE.md"));
        return;
    };
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(uses) = manifest.get(section).and_then(Value::as_table) else { continue };
        for used in uses.keys() {
            if let Some(other) = floor(used).filter(|other| *other >= own && used != name) {
                problems.push(format!("{path}: {name} (floor {own}) uses {used} (floor {other}): arrows point down only"));
            }
            let narrow = ONLY.iter().find(|(room, _)| *room == name);
            if let Some((_, may)) = narrow.filter(|(_, may)| floor(used).is_some() && !may.contains(&used.as_str())) {
                problems.push(format!("{path}: {name} uses {used}; of our rooms it may use only {}", may.join(", ")));
            }
            if section != "dependencies" {
                continue;
            }
            if PURE.contains(&name) && IMPURE.contains(&used.as_str()) {
                problems.push(format!("{path}: {name} decides and never does: no {used} in it"));
            }
            if let Some((_, owners)) = OWNERS.iter().find(|(lib, owners)| lib == used && !owners.contains(&name)) {
                problems.push(format!("{path}: {used} is known to {} alone", owners.join(", ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::check;

    fn manifest(name: &str, uses: &str) -> String {
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{uses}.workspace = true\n")
    }

    #[test]
    fn an_arrow_that_points_up_or_sideways_is_refused() {
        for (name, uses, refused) in [
            ("crm", "store", false),
            ("store", "crm", true),
            ("crm", "recordings", true),
            ("acd", "store", true),
            ("acd", "contract", false),
            ("acd", "tokio", true),
            ("crm", "sqlx", true),
            ("store", "sqlx", false),
            ("cti-gateway", "store", true),
            ("cti-gateway", "ivr", false),
            ("newcomer", "contract", true),
        ] {
            let text = manifest(name, uses);
            let problems = check(&tree_of(&[("x/Cargo.toml", &text)]));
            assert_eq!(!problems.is_empty(), refused, "{name} -> {uses}: {problems:?}");
        }
    }
}
