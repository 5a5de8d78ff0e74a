//! Every room tells its story, every screen speaks both languages, and no file knows the machine it was written on.
//! The desktop's own tests say more about its catalogue (unused keys, empty words); here it is compared key by key.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{File, Tree};
use crate::lex::line_of;

/// Folders that exist on somebody's machine and on no other. Put together here, so that this file may pass its own rule.
fn machine_paths() -> [String; 4] {
    ["home/", "Users/", "work/", "tmp/zx"].map(|folder| format!("/{folder}"))
}

pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = stories(tree);
    problems.extend(tree.files.iter().flat_map(paths));
    problems.extend(languages(tree));
    problems.extend(lockfiles(tree));
    problems
}

/// Each Rust file opens with `//!`. Fuzz targets are three lines each; their story is the README beside them.
fn stories(tree: &Tree) -> Vec<String> {
    let silent = |file: &&File| {
        let opening = file.text.as_deref().unwrap_or_default().lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("#!["));
        file.source.is_some() && !file.path.contains("/fuzz_targets/") && !opening.is_some_and(|line| line.starts_with("//!"))
    };
    let say = |file: &File| format!("{}: opens without its story (`//!`: what it is, where to come in, what never enters)", file.path);
    tree.files.iter().filter(silent).map(say).collect()
}

fn paths(file: &File) -> Vec<String> {
    // Foreign material kept byte for byte may say what it likes.
    let (Some(text), false) = (&file.text, file.path.contains("/corpus/") || file.path.ends_with(".dat")) else { return Vec::new() };
    let mut problems = Vec::new();
    for folder in machine_paths() {
        for (at, _) in text.match_indices(&folder) {
            // `a/home/` and `http://host/work/` are no absolute paths.
            let inside = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "./_-}>$)".contains(c));
            if !inside {
                problems.push(format!("{}:{}: `{folder}…` is a path of one machine", file.path, line_of(text, at)));
            }
        }
    }
    problems
}

/// Both catalogues hold the same keys, none of them empty.
fn languages(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with("locales/en.json")) {
        let other = file.path.replace("en.json", "zh-CN.json");
        let chinese = tree.files.iter().find(|file| file.path == other);
        let (Some(en), Some(zh)) = (keys(Some(file)), keys(chinese)) else {
            problems.push(format!("{} or {other}: missing or not JSON", file.path));
            continue;
        };
        problems.extend(en.difference(&zh).map(|key| format!("{other}: `{key}` is said in English only")));
        problems.extend(zh.difference(&en).map(|key| format!("{}: `{key}` is said in Chinese only", file.path)));
    }
    problems
}

fn keys(file: Option<&File>) -> Option<BTreeSet<String>> {
    let value: Value = serde_json::from_str(file?.text.as_deref()?).ok()?;
    let mut keys = BTreeSet::new();
    walk("", &value, &mut keys);
    Some(keys)
}

fn walk(prefix: &str, value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(&format!("{prefix}{key}."), value, keys)),
        // English has plurals where Chinese has none.
        _ => _ = keys.insert(prefix.trim_end_matches('.').trim_end_matches("_one").trim_end_matches("_other").to_owned()),
    }
}

/// A lock file that names where a package was fetched ties every user to one host.
fn lockfiles(tree: &Tree) -> Vec<String> {
    let tied = |file: &&File| file.path.ends_with("package-lock.json") && file.text.as_deref().is_some_and(|t| t.contains("\"resolved\": \"http"));
    let say = |file: &File| format!("{}: names the host its packages came from; make it again with the .npmrc beside it", file.path);
    tree.files.iter().filter(tied).map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::check;

    #[test]
    fn stories_languages_and_foreign_paths() {
        let home = format!("see {}someone/x", "/ho".to_owned() + "me/");
        for (files, problems) in [
            (vec![("a/src/x.rs", "fn a() {}")], 1),
            (vec![("a/src/x.rs", "//! What it is.\nfn a() {}")], 0),
            (vec![("fuzz/x.rs", "#![no_main]\n//! What it is.\n")], 0),
            (vec![("README.md", home.as_str())], 1),
            (vec![("README.md", "GET http://host/work/x")], 0),
            (vec![("w/locales/en.json", r#"{"a":{"b":"x"}}"#), ("w/locales/zh-CN.json", r#"{"a":{"b":"甲"}}"#)], 0),
            (vec![("w/locales/en.json", r#"{"a":{"b":"x"}}"#), ("w/locales/zh-CN.json", r#"{"a":{}}"#)], 1),
            (vec![("w/package-lock.json", r#""resolved": "https://x/y""#)], 1),
        ] {
            assert_eq!(check(&tree_of(&files)).len(), problems, "{files:?}");
        }
    }
}
