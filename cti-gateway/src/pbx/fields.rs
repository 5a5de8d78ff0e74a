//! Named values in the order they came; a name may come more than once. Both protocols speak in these.

/// One message's names and values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// The first value of this name, whatever its capitals.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// As [`Fields::get`]; none where the far end says that it has none.
    #[must_use]
    pub fn known(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty() && *value != "<unknown>" && *value != "<none>")
    }

    /// As [`Fields::known`], empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.known(name).unwrap_or_default().to_owned()
    }

    /// All values of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A value that would end the line it is written into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot be said to a PBX: it would end the line it stands in")]
pub struct Unsayable(pub &'static str);

/// Nothing in it can begin a line of its own.
#[must_use]
pub fn is_sayable(text: &str) -> bool {
    !text.chars().any(|c| matches!(c, '\r' | '\n' | '\0'))
}
