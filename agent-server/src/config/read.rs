//! From file and variables to [`Config`], key by key, so that one wrong value does not hide the next.

use std::ffi::OsString;
use std::path::Path;

use serde::Deserialize as _;
use toml::{Table, Value};

use super::Config;

/// Everything that is wrong, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {} problem{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, .0.join("\n"))]
pub struct Faults(pub Vec<String>);

const PREFIX: &str = "ZUOXI_";
/// Of the tools around the program: which one the tests start, and where the desktop's development server finds one.
const TOOLS: [&str; 2] = ["ZUOXI_BIN", "ZUOXI_URL"];
/// Read where nobody names another.
const FILE: &str = "zuoxi.toml";

/// Reads `path` (a missing default file is an empty one) and the variables of this process, and checks the whole.
///
/// # Errors
/// [`Faults`], all of them.
pub fn load(path: Option<&Path>) -> Result<Config, Faults> {
    let file = path.unwrap_or(Path::new(FILE));
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if path.is_none() && e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Faults(vec![format!("{}: cannot be read: {e}", file.display())])),
    };
    let (mut faults, vars) = ours(std::env::vars_os());
    match whole(&file.display().to_string(), &text, vars) {
        Ok(config) if faults.is_empty() => Ok(config),
        told => {
            faults.extend(told.err().into_iter().flat_map(|more| more.0));
            Err(Faults(faults))
        }
    }
}

/// What is meant for this program, and what of it is no text. Others' variables may hold any bytes.
fn ours(all: impl Iterator<Item = (OsString, OsString)>) -> (Vec<String>, Vec<(String, String)>) {
    let (mut faults, mut vars) = (Vec::new(), Vec::new());
    for (name, value) in all {
        let shown = name.to_string_lossy().into_owned();
        if !shown.starts_with(PREFIX) || TOOLS.contains(&shown.as_str()) {
            continue;
        }
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => vars.push((name, value)),
            _ => faults.push(format!("{shown}: must be UTF-8 text, name and value")),
        }
    }
    (faults, vars)
}

/// The same from a text and variables that are given.
///
/// # Errors
/// [`Faults`], all of them.
pub fn parse(text: &str, vars: impl IntoIterator<Item = (String, String)>) -> Result<Config, Faults> {
    whole(FILE, text, vars)
}

fn whole(file: &str, text: &str, vars: impl IntoIterator<Item = (String, String)>) -> Result<Config, Faults> {
    let mut faults = Vec::new();
    let given = text.parse::<Table>().unwrap_or_else(|e| {
        faults.push(format!("{file}: {}", e.to_string().trim_end()));
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
    let Some((section, key)) = path.split_once("__") else {
        let meant = if path.contains('_') { path.replacen('_', "__", 1) } else { "section__key".into() }.to_uppercase();
        faults.push(format!("{name}: names no key; two underscores part section and key, as in {PREFIX}{meant}"));
        return;
    };
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
