//! Files and functions stay short enough to be read, the repository small enough to be cloned.
//! What is longer than the rule stands in `xtask/tidy.toml` with its length today; the numbers may only go down.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Tree;
use crate::lex;

const FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 100;
const REPOSITORY_BYTES: u64 = 30_000_000;

/// The named exceptions: `path` or `path::function` with the length it has today.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Exceptions {
    files: BTreeMap<String, usize>,
    functions: BTreeMap<String, usize>,
}

pub fn check(tree: &Tree) -> Vec<String> {
    let listed = tree.files.iter().find(|file| file.path == "xtask/tidy.toml").and_then(|file| file.text.as_deref());
    let exceptions: Exceptions = match toml::from_str(listed.unwrap_or_default()) {
        Ok(read) => read,
        Err(e) => return vec![format!("xtask/tidy.toml: {}", e.message())],
    };
    let mut long_files = BTreeMap::new();
    let mut long_functions = BTreeMap::new();
    for file in &tree.files {
        let written = [".rs", ".ts", ".tsx", ".mjs", ".css", ".sh", ".py"].iter().any(|end| file.path.ends_with(end));
        let generated = file.path.contains(".gen.") || file.path.ends_with("schema.d.ts");
        let lines = file.text.as_deref().map_or(0, |text| text.lines().count());
        if written && !generated && lines > FILE_LINES {
            long_files.insert(file.path.clone(), lines);
        }
        for function in file.source.iter().flat_map(|source| lex::functions(&source.code)) {
            if function.length > FUNCTION_LINES {
                long_functions.insert(format!("{}::{}", file.path, function.name), function.length);
            }
        }
    }
    let mut problems = against("lines in a file", FILE_LINES, &long_files, &exceptions.files);
    problems.extend(against("lines in a function", FUNCTION_LINES, &long_functions, &exceptions.functions));
    let size: u64 = tree.files.iter().map(|file| file.size).sum();
    if size > REPOSITORY_BYTES {
        problems.push(format!("the repository holds {} MB, more than {}", size / 1_000_000, REPOSITORY_BYTES / 1_000_000));
    }
    problems
}

fn against(what: &str, limit: usize, found: &BTreeMap<String, usize>, allowed: &BTreeMap<String, usize>) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, length) in found {
        match allowed.get(name) {
            None => problems.push(format!("{name}: {length} {what}, the limit is {limit}")),
            Some(most) if length > most => problems.push(format!("{name}: {length} {what}, grown past its exception of {most}")),
            Some(_) => {}
        }
    }
    for (name, most) in allowed {
        let now = found.get(name).copied().unwrap_or(0);
        if now < *most {
            problems.push(format!("xtask/tidy.toml: {name} is down to {now} of {most} {what}: lower or drop the exception"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::check;

    #[test]
    fn an_exception_may_only_shrink() {
        let long = "\n".repeat(900);
        for (list, problems) in [("", 1), ("[files]\n\"a/src/x.rs\" = 900\n", 0), ("[files]\n\"a/src/x.rs\" = 850\n", 1), ("[files]\n\"a/src/x.rs\" = 950\n", 1)] {
            let tree = tree_of(&[("a/src/x.rs", &long), ("xtask/tidy.toml", list)]);
            assert_eq!(check(&tree).len(), problems, "{list}");
        }
    }

    #[test]
    fn a_function_over_a_hundred_lines_is_named() {
        let text = format!("fn long() {{\n{}}}\nfn short() {{}}\n", "x;\n".repeat(100));
        let problems = check(&tree_of(&[("a/src/x.rs", &text)]));
        assert_eq!(problems, ["a/src/x.rs::long: 102 lines in a function, the limit is 100"]);
    }
}
