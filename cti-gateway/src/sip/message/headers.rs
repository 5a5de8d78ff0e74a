//! The header lines of one message, in order, in one buffer: parsing a message costs two allocations, whatever it holds.
//! Typed access is in `typed`, on demand.

use super::{name::Name, params};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone)]
struct Entry {
    name: Option<Name>,
    spelling: Span,
    value: Span,
}

/// Header lines, in the order they came. Values are unfolded, trimmed and UTF-8.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    text: String,
    entries: Vec<Entry>,
}

/// How a header is asked for: by [`Name`], or by spelling for those without one.
pub trait Key: Copy {
    /// The known name, if there is one.
    fn name(&self) -> Option<Name>;
    /// The spelling to compare or to print.
    fn spelling(&self) -> &str;
}

impl Key for Name {
    fn name(&self) -> Option<Name> {
        Some(*self)
    }
    fn spelling(&self) -> &str {
        self.as_str()
    }
}

impl Key for &str {
    fn name(&self) -> Option<Name> {
        Name::find(self)
    }
    fn spelling(&self) -> &str {
        self
    }
}

impl Headers {
    /// No headers, with room for an ordinary message.
    pub fn new() -> Headers {
        Headers { text: String::with_capacity(512), entries: Vec::with_capacity(16) }
    }

    pub(super) fn with_room(bytes: usize) -> Headers {
        Headers { text: String::with_capacity(bytes), entries: Vec::with_capacity(16) }
    }

    /// Number of header lines.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True without any line.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn add(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span { start, end: self.text.len() as u32 }
    }

    /// Adds text that must not break the line it is printed on: CR and LF become blanks.
    fn add_clean(&mut self, text: &str) -> Span {
        if !text.bytes().any(|b| matches!(b, b'\r' | b'\n')) {
            return self.add(text.trim());
        }
        let start = self.text.len() as u32;
        self.text.extend(text.trim().chars().map(|c| if matches!(c, '\r' | '\n') { ' ' } else { c }));
        Span { start, end: self.text.len() as u32 }
    }

    fn entry(&mut self, key: impl Key, value: &str) -> Entry {
        let name = key.name();
        let spelling = match name {
            Some(_) => Span { start: 0, end: 0 },
            None => self.add(key.spelling()),
        };
        Entry { name, spelling, value: self.add_clean(value) }
    }

    fn is(&self, entry: &Entry, key: &impl Key) -> bool {
        match key.name() {
            Some(name) => entry.name == Some(name),
            None => entry.name.is_none() && self.slice(entry.spelling).eq_ignore_ascii_case(key.spelling()),
        }
    }

    /// Adds a line at the end.
    pub fn push(&mut self, key: impl Key, value: &str) {
        let entry = self.entry(key, value);
        self.entries.push(entry);
    }

    /// Adds a line before all others (a Via of our own).
    pub fn push_front(&mut self, key: impl Key, value: &str) {
        let entry = self.entry(key, value);
        self.entries.insert(0, entry);
    }

    /// Puts `value` in place of all lines of this name; the first one's place is kept.
    pub fn set(&mut self, key: impl Key, value: &str) {
        let entry = self.entry(key, value);
        match self.entries.iter().position(|e| self.is(e, &key)) {
            None => self.entries.push(entry),
            Some(first) => {
                self.entries[first] = entry;
                let later = self.entries.split_off(first + 1);
                let kept: Vec<Entry> = later.into_iter().filter(|e| !self.is(e, &key)).collect();
                self.entries.extend(kept);
            }
        }
    }

    /// Puts `value` in place of the first line of this name only.
    pub(super) fn set_first(&mut self, key: impl Key, value: &str) {
        let entry = self.entry(key, value);
        match self.entries.iter().position(|e| self.is(e, &key)) {
            None => self.entries.insert(0, entry),
            Some(first) => self.entries[first] = entry,
        }
    }

    /// Takes all lines of this name away.
    pub fn remove(&mut self, key: impl Key) {
        let entries = std::mem::take(&mut self.entries);
        let kept = entries.into_iter().filter(|e| !self.is(e, &key)).collect();
        self.entries = kept;
    }

    /// The first line of this name.
    pub fn get(&self, key: impl Key) -> Option<&str> {
        self.entries.iter().find(|e| self.is(e, &key)).map(|e| self.slice(e.value))
    }

    /// All lines of this name, whole.
    pub fn lines<'a, K: Key + 'a>(&'a self, key: K) -> impl Iterator<Item = &'a str> + 'a {
        self.entries.iter().filter(move |e| self.is(e, &key)).map(|e| self.slice(e.value))
    }

    /// All values of this name, in order: lines cut at the commas that part values (not those within quotes or `<>`).
    /// Only for headers whose grammar is a list; a Date or a Subject holds commas of its own.
    pub fn values<'a, K: Key + 'a>(&'a self, key: K) -> impl Iterator<Item = &'a str> + 'a {
        self.lines(key).flat_map(params::commas)
    }

    /// Every line as (name, value), in order. Known names in their canonical spelling.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|e| {
            let name = match e.name {
                Some(name) => name.as_str(),
                None => self.slice(e.spelling),
            };
            (name, self.slice(e.value))
        })
    }

    pub(super) fn named(&self) -> impl Iterator<Item = (Option<Name>, &str)> {
        self.entries.iter().map(|e| (e.name, self.slice(e.value)))
    }

    /// Copies all lines of `key` from another message, as they are.
    pub fn copy(&mut self, from: &Headers, key: impl Key) {
        for line in from.entries.iter().filter(|e| from.is(e, &key)) {
            let value = from.slice(line.value);
            self.push(key, value);
        }
    }
}

/// Equal when the same names hold the same values in the same order. Content-Length is the printer's, so it does not count.
impl PartialEq for Headers {
    fn eq(&self, other: &Headers) -> bool {
        let counted = |(name, _): &(&str, &str)| *name != Name::ContentLength.as_str();
        self.iter().filter(counted).eq(other.iter().filter(counted))
    }
}
