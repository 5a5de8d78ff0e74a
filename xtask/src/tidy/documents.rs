//! Documents keep their promises: links lead to files that exist, and ARCHITECTURE.md stays short enough to be read.

use std::path::Path;

use super::Tree;

const ARCHITECTURE_LINES: usize = 200;

pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        let Some(text) = &file.text else { continue };
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        for link in links(text) {
            let place = tree.root.join(folder).join(link);
            if !place.exists() {
                problems.push(format!("{}: the link to `{link}` leads nowhere", file.path));
            }
        }
        let lines = text.lines().count();
        if file.path == "ARCHITECTURE.md" && lines >= ARCHITECTURE_LINES {
            problems.push(format!("ARCHITECTURE.md: {lines} lines, it stays under {ARCHITECTURE_LINES}"));
        }
    }
    problems
}

/// Targets of `[…](…)` inside the repository, without their anchors.
fn links(text: &str) -> Vec<&str> {
    let target = |(at, _): (usize, &str)| {
        let rest = &text[at + 2..];
        let link = rest[..rest.find(')')?].split('#').next()?;
        (!link.is_empty() && !link.contains(':') && !link.contains(char::is_whitespace)).then_some(link)
    };
    text.match_indices("](").filter_map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::{check, links};

    #[test]
    fn links_to_files_are_followed_and_others_left_alone() {
        assert_eq!(links("[a](b.md#c) ![p](d/e.png) [w](https://x) [h](#top)"), ["b.md", "d/e.png"]);
        assert_eq!(check(&tree_of(&[("README.md", "[a](surely-not-here.md)")])).len(), 1);
    }
}
