//! YAML as a tree in which every key and value knows its line and column, so that each problem can point at its place.
//! Built from the events of the parser under `serde-saphyr`, because serde's way loses places inside tagged enums and
//! stops at the first error. Bounded: size, depth and count; anchors and aliases are refused, so nothing can blow up.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value;

use crate::problem::{Fault, Problem, Spot};

/// Longest file read, in bytes.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
const MAX_VALUES: usize = 20_000;
const MAX_DEPTH: usize = 16;

#[derive(Debug)]
pub(crate) struct Tree {
    pub spot: Spot,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    pub data: Data,
}

#[derive(Debug)]
pub(crate) enum Data {
    Scalar { text: String, style: ScalarStyle },
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub at: Spot,
    pub value: Tree,
}

impl Tree {
    /// Reads one document.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > MAX_BYTES {
            return Err(Fault::TooLarge(format!("{MAX_BYTES} bytes")).at(Spot { line: 1, column: 1 }, None));
        }
        let mut builder = Builder { done: None, open: Vec::new(), values: 0 };
        for step in Parser::new_from_str(text) {
            let (event, span) = step.map_err(|error| {
                let spot = Spot { line: number(error.marker().line()), column: number(error.marker().col() + 1) };
                Fault::Yaml(error.info()).at(spot, None)
            })?;
            builder.take(event, start(span), bytes(span))?;
        }
        let nothing = || Fault::Yaml("the file is empty".into()).at(Spot { line: 1, column: 1 }, None);
        builder.done.ok_or_else(nothing)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        match &self.data {
            Data::Map(entries) => entries.iter().find(|entry| entry.key == key),
            Data::Scalar { .. } | Data::List(_) => None,
        }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            Data::Scalar { .. } | Data::List(_) => &[],
        }
    }

    /// The place of the value under `path`, or of the deepest part of it that exists.
    pub(crate) fn spot(&self, path: &[&str]) -> Spot {
        let Some((first, rest)) = path.split_first() else { return self.spot };
        self.child(first).map_or(self.spot, |child| child.spot(rest))
    }

    /// The place of character `offset` within the text under `path`.
    pub(crate) fn spot_within(&self, path: &[&str], offset: usize) -> Spot {
        let Some((first, rest)) = path.split_first() else {
            let column = self.spot.column;
            return match &self.data {
                Data::Scalar { style: ScalarStyle::Plain, .. } => Spot { column: column + number(offset), ..self.spot },
                Data::Scalar { style: ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, .. } => {
                    Spot { column: column + number(offset) + 1, ..self.spot }
                }
                Data::Scalar { .. } | Data::List(_) | Data::Map(_) => self.spot,
            };
        };
        self.child(first).map_or(self.spot, |child| child.spot_within(rest, offset))
    }

    fn child(&self, part: &str) -> Option<&Self> {
        match &self.data {
            Data::Map(_) => self.get(part).map(|entry| &entry.value),
            Data::List(items) => part.parse().ok().and_then(|at: usize| items.get(at)),
            Data::Scalar { .. } => None,
        }
    }

    /// The place of the key at the end of `path`; of the value where there is no such key.
    pub(crate) fn key_spot(&self, path: &[&str]) -> Spot {
        let Some((last, parents)) = path.split_last() else { return self.spot };
        let mut here = self;
        for part in parents {
            match here.child(part) {
                Some(next) => here = next,
                None => return here.spot,
            }
        }
        here.get(last).map_or(here.spot, |entry| entry.at)
    }

    /// As JSON, for serde. Plain `true`, `null`, whole numbers and decimals become such; `007`, `+86…` and anything
    /// quoted stay text.
    pub(crate) fn to_json(&self) -> Value {
        match &self.data {
            Data::Scalar { text, style: ScalarStyle::Plain } => plain_value(text),
            Data::Scalar { text, .. } => Value::String(text.clone()),
            Data::List(items) => items.iter().map(Self::to_json).collect(),
            Data::Map(entries) => {
                Value::Object(entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
        }
    }
}

pub(crate) fn plain_value(text: &str) -> Value {
    match text {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "" | "~" | "null" => return Value::Null,
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit()) && !(digits.len() > 1 && digits.starts_with('0'));
    let whole = if numeric && digits.len() <= 15 { text.parse::<i64>().ok() } else { None };
    match whole {
        Some(number) => Value::from(number),
        None => Value::String(text.to_owned()),
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Texts are whole in memory, so that the parser knows bytes.
fn bytes(span: Span) -> Range<usize> {
    let at = |marker: granit_parser::Marker| marker.byte_offset().unwrap_or_default();
    at(span.start)..at(span.end)
}

fn start(span: Span) -> Spot {
    Spot { line: number(span.start.line()), column: number(span.start.col() + 1) }
}

struct Builder {
    done: Option<Tree>,
    open: Vec<Open>,
    values: usize,
}

/// A list or map not yet closed; in a map, perhaps a key that waits for its value.
struct Open {
    tree: Tree,
    key: Option<(String, Spot)>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, spot: Spot, range: Range<usize>) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                refuse_anchor(anchor, spot)?;
                self.add(Tree { spot, range, data: Data::Scalar { text: text.into_owned(), style } })
            }
            Event::SequenceStart(_, anchor, _) => self.open(anchor, Tree { spot, range, data: Data::List(Vec::new()) }),
            Event::MappingStart(_, anchor, _) => self.open(anchor, Tree { spot, range, data: Data::Map(Vec::new()) }),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.add(open.tree),
                None => Ok(()),
            },
            Event::Alias(_) | Event::UnresolvedAlias(_) => Err(Fault::Alias.at(spot, None)),
            // Directives, comments and document marks carry no data.
            _ => Ok(()),
        }
    }

    fn open(&mut self, anchor: usize, tree: Tree) -> Result<(), Problem> {
        refuse_anchor(anchor, tree.spot)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::TooLarge(format!("{MAX_DEPTH} levels")).at(tree.spot, None));
        }
        self.open.push(Open { tree, key: None });
        Ok(())
    }

    fn add(&mut self, tree: Tree) -> Result<(), Problem> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Fault::TooLarge(format!("{MAX_VALUES} values")).at(tree.spot, None));
        }
        let Some(open) = self.open.last_mut() else {
            if self.done.is_some() {
                return Err(Fault::Yaml("a second document begins here; one flow a file".into()).at(tree.spot, None));
            }
            self.done = Some(tree);
            return Ok(());
        };
        match (&mut open.tree.data, open.key.take()) {
            (Data::List(items), _) => items.push(tree),
            (Data::Map(entries), Some((key, at))) => entries.push(Entry { key, at, value: tree }),
            (Data::Map(_), None) => match tree.data {
                Data::Scalar { text, .. } => open.key = Some((text, tree.spot)),
                Data::List(_) | Data::Map(_) => {
                    return Err(Fault::Yaml("a key must be a single word".into()).at(tree.spot, None));
                }
            },
            // Only lists and maps are ever opened.
            (Data::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

fn refuse_anchor(anchor: usize, spot: Spot) -> Result<(), Problem> {
    if anchor == 0 { Ok(()) } else { Err(Fault::Alias.at(spot, None)) }
}
