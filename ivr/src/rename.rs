//! A queue or an agent has a new name: the flows that name it say the new one, and nothing else of their text changes.
//! Start at [`rename`]. Names stand as values of `queue` and `agent`, and in conditions as `queue("name")`.

use std::ops::Range;

use granit_parser::ScalarStyle;

use crate::expr::with_queue;
use crate::tree::{Data, Tree, plain_value};

/// What a flow names by the name people gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Queue,
    Agent,
}

/// The text names it in a way that cannot be rewritten: somebody must do it by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name stands in the flow in a way that cannot be rewritten")]
pub struct ByHand;

/// Whether a flow names this. One that is no YAML names nothing.
#[must_use]
pub fn names(yaml: &str, what: Named, name: &str) -> bool {
    Tree::read(yaml).is_ok_and(|tree| !places(yaml, &tree, what, name, name).is_empty())
}

/// The text with `to` in place of `from`; none where it does not name it.
///
/// # Errors
/// [`ByHand`]; the text is then left alone.
pub fn rename(yaml: &str, what: Named, from: &str, to: &str) -> Result<Option<String>, ByHand> {
    let Ok(tree) = Tree::read(yaml) else { return Ok(None) };
    let mut places = places(yaml, &tree, what, from, to);
    if places.is_empty() {
        return Ok(None);
    }
    places.sort_by_key(|place| place.range.start);
    let (mut out, mut kept) = (String::with_capacity(yaml.len()), 0);
    for place in &places {
        out.push_str(yaml.get(kept..place.range.start).ok_or(ByHand)?);
        out.push_str(&place.written);
        kept = place.range.end;
    }
    out.push_str(yaml.get(kept..).ok_or(ByHand)?);
    // Read again: whoever writes YAML by cutting text had better look.
    let read = Tree::read(&out).map_err(|_| ByHand)?;
    if same(&tree, &read, &places) { Ok(Some(out)) } else { Err(ByHand) }
}

/// A value to be replaced.
struct Place {
    range: Range<usize>,
    /// As it is to be read.
    text: String,
    /// As it is to stand in the file.
    written: String,
}

fn places(yaml: &str, tree: &Tree, what: Named, from: &str, to: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let nodes = field(tree, "nodes").map_or(&[][..], Tree::entries);
    let key = match what {
        Named::Queue => "queue",
        Named::Agent => "agent",
    };
    for holder in nodes.iter().map(|node| &node.value).chain(field(tree, "fallback")) {
        if let Some(Tree { range, data: Data::Scalar { text, style }, .. }) = field(holder, key)
            && text == from
        {
            let written = written(to, *style == ScalarStyle::Plain);
            found.push(Place { range: range.clone(), text: to.to_owned(), written });
        }
    }
    if what == Named::Queue {
        conditions(yaml, tree, None, (from, to), &mut found);
    }
    found
}

fn field<'a>(tree: &'a Tree, key: &str) -> Option<&'a Tree> {
    tree.get(key).map(|entry| &entry.value)
}

/// Every text that is worked out: `when`, `check`, what is `set`, and what is said of a value.
fn conditions(yaml: &str, tree: &Tree, key: Option<&str>, (from, to): (&str, &str), found: &mut Vec<Place>) {
    match &tree.data {
        Data::Scalar { text, style } => {
            if matches!(key, Some("when" | "check" | "value" | "values"))
                && let Some(text) = with_queue(text, from, to)
            {
                let range = tree.range.clone();
                let written = match style {
                    // A block has no quotes of its own and knows no escapes: it is rewritten where it stands.
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        yaml.get(range.clone()).and_then(|block| with_queue(block, from, to)).unwrap_or_default()
                    }
                    ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                        written(&text, *style == ScalarStyle::Plain)
                    }
                };
                found.push(Place { range, text, written });
            }
        }
        Data::List(items) => items.iter().for_each(|item| conditions(yaml, item, key, (from, to), found)),
        Data::Map(entries) => {
            for entry in entries {
                // What is set has the variable's name for its key.
                let key = if key == Some("values") { key } else { Some(entry.key.as_str()) };
                conditions(yaml, &entry.value, key, (from, to), found);
            }
        }
    }
}

/// A value as YAML: plain where it was and may be, else quoted.
fn written(text: &str, plain: bool) -> String {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '(' | ')' | '"' | '.' | '<' | '>' | '=');
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    let harmless = begins && text.chars().all(word) && !text.ends_with(' ') && plain_value(text).is_string();
    match () {
        () if plain && harmless => text.to_owned(),
        () if text.chars().any(char::is_control) => serde_json::Value::from(text).to_string(),
        () => format!("'{}'", text.replace('\'', "''")),
    }
}

/// Nothing but the places changed, and those as meant.
fn same(old: &Tree, new: &Tree, places: &[Place]) -> bool {
    match (&old.data, &new.data) {
        (Data::Scalar { text, .. }, Data::Scalar { text: read, .. }) => {
            let place = places.iter().find(|place| place.range == old.range);
            read == place.map_or(text, |place| &place.text)
        }
        (Data::List(old), Data::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new, places))
        }
        (Data::Map(old), Data::Map(new)) => {
            let pairs = || old.iter().zip(new);
            old.len() == new.len() && pairs().all(|(o, n)| o.key == n.key && same(&o.value, &n.value, places))
        }
        (Data::Scalar { .. } | Data::List(_) | Data::Map(_), _) => false,
    }
}
