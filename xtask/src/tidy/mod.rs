//! The rules of the house that no compiler checks: arrows, sizes, where SQL stands, what stays out of the pure rooms.
//! Start at [`run`]. Each rule is a function from the tree to a list of problems; nothing here changes a file.
//! The design of the rooms is ARCHITECTURE.md; exceptions stand in `xtask/tidy.toml` and may only shrink.

mod arrows;
mod documents;
mod pure;
mod sizes;
mod sql;
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::lex::{self, Source};

/// What is checked: every file that git knows or would take, read once.
pub struct Tree {
    pub root: PathBuf,
    pub files: Vec<File>,
}

/// One file; `text` is `None` where it is not UTF-8.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub size: u64,
    pub text: Option<String>,
    /// Rust files only.
    pub source: Option<Source>,
}

impl File {
    /// The room (top folder) this file stands in.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Is this code that runs in the product, and not a test, an example or a fuzz target?
    pub fn is_product(&self) -> bool {
        let product = self.path.split('/').nth(1) == Some("src");
        product && !["/tests.rs", "/testing.rs"].iter().any(|end| self.path.ends_with(end)) && !self.path.contains("/tests/")
    }

    /// Rust code that runs in the product, tests inside the file set aside.
    pub fn product_code(&self) -> Option<String> {
        let source = self.source.as_ref().filter(|_| self.is_product())?;
        Some(lex::without_tests(&source.code))
    }
}

/// Checks everything; prints every problem. `false`: there was one.
pub fn run(root: &Path) -> Result<bool, String> {
    let tree = Tree::read(root)?;
    let mut problems = Vec::new();
    let rules: [fn(&Tree) -> Vec<String>; 6] =
        [arrows::check, pure::check, sizes::check, sql::check, words::check, documents::check];
    for rule in rules {
        problems.extend(rule(&tree));
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    println!("tidy: {} files, {} problems", tree.files.len(), problems.len());
    Ok(problems.is_empty())
}

impl Tree {
    fn read(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|e| format!("git cannot be started: {e}"))?;
        if !listed.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr).trim()));
        }
        let names = String::from_utf8(listed.stdout).map_err(|_| "a file's name is not UTF-8".to_owned())?;
        let mut files = Vec::new();
        for path in names.split_terminator('\0') {
            // A file removed from the folder and not yet from the index is nobody's problem.
            let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
            let size = bytes.len() as u64;
            let text = String::from_utf8(bytes).ok();
            let source = text.as_deref().filter(|_| path.ends_with(".rs")).map(lex::read);
            files.push(File { path: path.to_owned(), size, text, source });
        }
        Ok(Self { root: root.to_owned(), files })
    }

    /// Rust files with their code.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files.iter().filter_map(|file| Some((file, file.source.as_ref()?)))
    }
}

#[cfg(test)]
pub fn tree_of(files: &[(&str, &str)]) -> Tree {
    let file = |(path, text): &(&str, &str)| File {
        path: (*path).to_owned(),
        size: text.len() as u64,
        text: Some((*text).to_owned()),
        source: path.ends_with(".rs").then(|| lex::read(text)),
    };
    Tree { root: PathBuf::new(), files: files.iter().map(file).collect() }
}
