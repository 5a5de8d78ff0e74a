//! SQL stands only in rooms that own tables, and a table is written only by the room that makes it.
//! Read from string literals, so a sentence with the word "select" in a comment is nobody's business.

use std::collections::BTreeMap;

use super::Tree;
use crate::lex::line_of;

/// Rooms with tables of their own.
const ROOMS: [&str; 5] = ["store", "company", "crm", "recordings", "reports"];

/// How a statement begins to be one; the word after it is a table.
const WRITES: [&str; 3] = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];

pub fn check(tree: &Tree) -> Vec<String> {
    let owners = owners(tree);
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        if file.room() == "xtask" || !file.is_product() {
            continue;
        }
        let strings = &source.strings;
        for (at, table) in WRITES.iter().flat_map(|word| after(strings, word)) {
            let line = line_of(strings, at);
            match owners.get(table) {
                Some(owner) if *owner != file.room() => {
                    problems.push(format!("{}:{line}: table `{table}` belongs to {owner}, which alone writes it", file.path));
                }
                Some(_) | None => {}
            }
        }
        let reads = after(strings, "SELECT ").into_iter().filter(|(at, _)| strings[*at..].contains(" FROM "));
        let statements = reads.chain(WRITES.iter().flat_map(|word| after(strings, word)).filter(|(_, table)| owners.contains_key(*table)));
        if !ROOMS.contains(&file.room()) {
            for (at, _) in statements {
                problems.push(format!("{}:{}: SQL outside the rooms with tables ({})", file.path, line_of(strings, at), ROOMS.join(", ")));
            }
        }
    }
    problems
}

/// Which room makes which table.
fn owners(tree: &Tree) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for (file, source) in tree.rust().filter(|(file, _)| file.is_product() && ROOMS.contains(&file.room())) {
        for (_, table) in after(&source.strings, "CREATE TABLE ") {
            owners.insert(table.to_owned(), file.room().to_owned());
        }
    }
    owners
}

/// Each place of `word` with the name that follows it.
fn after<'a>(text: &'a str, word: &str) -> Vec<(usize, &'a str)> {
    let name = |at: usize| {
        let rest = &text[at + word.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        (at, &rest[..end])
    };
    text.match_indices(word).map(|(at, _)| name(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree_of;
    use super::check;

    #[test]
    fn a_table_is_written_by_its_own_room_and_sql_stays_where_tables_are() {
        let schema = ("crm/src/schema.rs", "const T: &str = \"CREATE TABLE customer (x BIGINT)\";");
        for (path, text, refused) in [
            ("crm/src/a.rs", "\"UPDATE customer SET x = 1\"", false),
            ("company/src/a.rs", "\"UPDATE customer SET x = 1\"", true),
            ("reports/src/a.rs", "\"SELECT x FROM customer\"", false),
            ("agent-server/src/a.rs", "\"SELECT x FROM customer\"", true),
            ("agent-server/src/a.rs", "\"UPDATE your phone\"", false),
            ("cti-gateway/src/a.rs", "\"INSERT INTO customer VALUES (1)\"", true),
            ("tests/a.rs", "\"SELECT x FROM customer\"", false),
        ] {
            assert_eq!(!check(&tree_of(&[schema, (path, text)])).is_empty(), refused, "{path}: {text}");
        }
    }
}
