//! From file and variables to [`Config`], key by key, so that one wrong value does not hide the next.

use std::path::Path;

use serde::Deserialize as _;
use toml::{Table, Value};

use super::Config;

/// Everything that is wrong, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} problem{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, .0.join("\n"))]
pub struct Faults(pub Vec<String>);

const PREFIX: &str = "ZUOXI_";

/// Reads `path` (a missing default file is an empty one) and the variables of this process, and checks the whole.
///
/// # Errors
/// [`Faults`], all of them.
pub fn load(path: Option<&Path>) -> Result<Config, Faults> {
    let text = match path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|e| Faults(vec![format!("{}: cannot be read: {e}", path.display())]))?,
        None => match std::fs::read_to_string("zuoxi.toml") {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Faults(vec![format!("zuoxi.toml: cannot be read: {e}")])),
        },
    };
    let vars = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX) && name.contains("__"));
    parse(&text, vars)
}

/// The same from a text and variables that are given.
///
/// # Errors
/// [`Faults`], all of them.
pub fn parse(text: &str, vars: impl IntoIterator<Item = (String, String)>) -> Result<Config, Faults> {
    let mut faults = Vec::new();
    let given = text.parse::<Table>().unwrap_or_else(|e| {
        faults.push(format!("zuoxi.toml: {}", e.to_string().trim_end()));
        Table::new()
    });
    let mut good = Table::new();
    for (section, keys) in &given {
        let Value::Table(keys) = keys else {
            faults.push(format!("{section} = {}: stands outside of a section; expected [{section}] and keys below it", shown(section, keys)));
            continue;
        };
        if keys.is_empty() {
            take(&mut good, &mut faults, section, None);
        }
        for (key, value) in keys {
            take(&mut good, &mut faults, section, Some((key, value)));
        }
    }
    for (name, value) in vars {
        variable(&mut good, &mut faults, &name, &value);
    }
    // Every key was tried alone, so together they read as well.
    let config = Config::deserialize(good).unwrap_or_else(|e| {
        faults.push(e.to_string());
        Config::default()
    });
    faults.extend(super::check::check(&config));
    if faults.is_empty() { Ok(config) } else { Err(Faults(faults)) }
}

/// Keeps a key that reads, and tells of one that does not.
fn take(good: &mut Table, faults: &mut Vec<String>, section: &str, entry: Option<(&String, &Value)>) {
    let alone = entry.map(|(key, value)| (key.clone(), value.clone())).into_iter().collect::<Table>();
    let whole: Table = [(section.to_owned(), Value::Table(alone))].into_iter().collect();
    match Config::deserialize(whole) {
        Ok(_) => {
            let keys = good.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let (Value::Table(keys), Some((key, value))) = (keys, entry) {
                keys.insert(key.clone(), value.clone());
            }
        }
        Err(e) => {
            let rule = rule(&e);
            match entry {
                Some((key, value)) => faults.push(format!("{section}.{key} = {}: {rule}", shown(key, value))),
                None => faults.push(format!("[{section}]: {rule}")),
            }
        }
    }
}

/// `ZUOXI_HTTP__LISTEN=…`: a TOML value, or a plain word.
fn variable(good: &mut Table, faults: &mut Vec<String>, name: &str, text: &str) {
    let path = name[PREFIX.len()..].to_lowercase();
    let Some((section, key)) = path.split_once("__") else { return };
    let key = key.to_owned();
    let word = Value::String(text.to_owned());
    let typed = format!("v = {text}").parse::<Table>().ok().and_then(|mut t| t.remove("v"));
    let before = faults.len();
    take(good, faults, section, Some((&key, typed.as_ref().unwrap_or(&word))));
    if faults.len() > before && typed.is_some() {
        let told = faults.split_off(before);
        take(good, faults, section, Some((&key, &word)));
        if faults.len() > before {
            faults.truncate(before);
            faults.extend(told);
        }
    }
    for fault in &mut faults[before..] {
        *fault = format!("{name}: {fault}");
    }
}

/// The parser's words without its drawing of a place: the key is named already.
fn rule(e: &toml::de::Error) -> String {
    e.message().replace('\n', " ")
}

/// A value as it may be printed: an address with a password may not.
fn shown(key: &str, value: &Value) -> String {
    if key == "url" { "…".into() } else { value.to_string().chars().take(200).collect() }
}
