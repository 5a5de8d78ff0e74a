//! `lessons.tsv` names, for each complaint of the field and each promise of the desktop, the tests that show how it is here.
//! What is named must exist: a test that is renamed or removed takes its line along, or fails here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every lesson that applies to what is built so far, and the promises of the desktop.
const LESSONS: [std::ops::RangeInclusive<u8>; 3] = [1..=30, 33..=36, 38..=40];
const PROMISES: [u8; 16] = [1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 17, 18, 19, 26, 28, 40];
const LONGEST_FACT: usize = 200;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

/// One line of the table.
struct Row<'a> {
    line: usize,
    key: &'a str,
    threads: &'a str,
    fact: &'a str,
    file: &'a str,
    test: &'a str,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let mut all = Vec::new();
    for (n, text) in table.lines().enumerate().filter(|(_, text)| !text.starts_with('#')) {
        let line = n + 1;
        let parts: Vec<&str> = text.split('\t').collect();
        let [key, threads, fact, file, test] = parts[..] else {
            panic!("line {line}: five columns and not {}", parts.len());
        };
        all.push(Row { line, key, threads, fact, file, test });
    }
    all
}

/// `owner/repository#number`, or a page: `example.org/path`.
fn is_thread(thread: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match thread.split_once('#') {
        Some((repository, number)) => {
            let named = repository.split_once('/').is_some_and(|(owner, name)| word(owner) && word(name));
            named && number.parse::<u32>().is_ok()
        }
        None => thread.split_once('/').is_some_and(|(host, path)| host.contains('.') && path.split('/').all(word)),
    }
}

/// A function that the harness runs, and does not pass over.
fn rust_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let heads = [format!("fn {name}("), format!("async fn {name}(")];
    lines.iter().enumerate().any(|(at, line)| {
        let above = || lines[..at].iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("//"));
        heads.iter().any(|head| line.starts_with(head.as_str()))
            && above().any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"))
            && !above().any(|line| line.starts_with("#[ignore"))
    })
}

/// The name stands in a text, whole but for a name before it.
fn script_test(text: &str, name: &str) -> bool {
    let quote = |c: char| matches!(c, '"' | '`' | '\'');
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        before.is_some_and(|c| quote(c) || c == ' ') && after.is_some_and(quote)
    })
}

#[test]
fn every_test_the_table_names_is_there() {
    let table = read("tests/lessons.tsv").expect("the table");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for Row { line, key, threads, fact, file, test } in rows(&table) {
        let mut says = |what: String| wrong.push(format!("line {line}, {key}: {what}"));
        if !seen.insert((key, file, test)) {
            says(format!("{test} stands here twice"));
        }
        if fact.trim().is_empty() || fact.chars().count() > LONGEST_FACT {
            says(format!("a fact of 1 to {LONGEST_FACT} characters"));
        }
        if key.starts_with("desk ") != (threads == "-") || (threads != "-" && !threads.split(", ").all(is_thread)) {
            says(format!(
                "{threads} is no thread: write `owner/repository#number` or a page, and - for a promise of the desktop"
            ));
        }
        let Some(text) = read(file) else {
            says(format!("{file} is not there"));
            continue;
        };
        let there = if file.ends_with(".rs") { rust_test(&text, test) } else { script_test(&text, test) };
        if !there {
            says(format!("{file} has no test {test}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_lesson_that_applies_is_left_out() {
    let table = read("tests/lessons.tsv").expect("the table");
    let named: BTreeSet<String> = rows(&table).iter().map(|row| row.key.to_owned()).collect();
    let lessons = LESSONS.into_iter().flatten().map(|n| n.to_string());
    let wanted: BTreeSet<String> = lessons.chain(PROMISES.map(|n| format!("desk {n}"))).collect();
    assert_eq!(named, wanted);
}

/// Functions at the left edge of a file, with their text.
fn functions(text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find("fn ") {
        let (name, after) = (&rest[at + 3..], &rest[at..]);
        let begins = rest[..at].rfind('\n').map_or(0, |line| line + 1);
        let name = name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let edge = ["", "async ", "pub ", "pub async "].contains(&&rest[begins..at]);
        let end = after.find("\n}").map_or(after.len(), |end| end + 2);
        if edge && !name.is_empty() {
            found.insert(name, &after[..end]);
            rest = &after[end..];
        } else {
            rest = &after[3..];
        }
    }
    found
}

/// Lesson 12: what a call leaves behind shows only to who looks. `close` and `quiet` count calls, legs, dialogs, ports,
/// recordings and the ledger.
#[test]
fn every_story_of_a_call_ends_by_looking_for_what_is_left_of_it() {
    let folder = root().join("tests/calls");
    let mut stories = 0;
    let mut careless = Vec::new();
    let files = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).expect("the stories").map(|entry| entry.expect("a file").path()).collect()
    };
    // The table of station kinds has its own ends, each of which leads to one that looks.
    let (table, plain): (Vec<PathBuf>, Vec<PathBuf>) = files(&folder).into_iter().partition(|path| path.is_dir());
    let ends = read("tests/calls/kinds/mod.rs").expect("the table");
    assert!(functions(&ends)["leaves"].contains("house.close().await") && ends.contains("leaves(house, [ann, ben]).await"));
    for path in plain.into_iter().chain(table.iter().flat_map(|folder| files(folder))) {
        let text = std::fs::read_to_string(&path).expect("a text");
        let all = functions(&text);
        let of_table = path.parent().is_some_and(|parent| parent.ends_with("kinds"));
        let looks = |body: &str| {
            let own = of_table && [".ends(", ".over(", ".over_with(", "leaves("].iter().any(|end| body.contains(end));
            own || body.contains(".close().await") || body.contains(".quiet().await")
        };
        let told_by = |body: &str| all.iter().any(|(name, other)| looks(other) && body.contains(&format!("{name}(")));
        for (name, body) in &all {
            if rust_test(&text, name) {
                stories += 1;
                if !looks(body) && !told_by(body) {
                    careless.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(stories > 50, "only {stories} stories were found in {}", folder.display());
    assert!(careless.is_empty(), "these do not look for what is left: {careless:#?}");
}
