//! Holds every answer against the description of the API: what it does not say is not answered, and what it says is there.
//! The desktop's types are made from it, so this is what they stand on.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use agent_server::http;
use jsonschema::Validator;
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = http::document();
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    for schema in schemas.values_mut() {
        if schema.get("x-contract").is_some() {
            schema["additionalProperties"] = true.into();
        }
    }
    strict(&mut document);
    document
});
static KNOWN: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);

/// # Panics
/// Where the answer is not as described.
#[track_caller]
pub fn check(method: &str, path: &str, status: u16, kind: &str, body: &[u8]) {
    let asked = path.split('?').next().unwrap();
    // Of no route.
    let Some(template) = template(asked) else { return };
    let pointer = format!("/paths/{}/{}", escaped(template), method.to_lowercase());
    let Some(operation) = DOCUMENT.pointer(&pointer) else { return };
    let described = &operation["responses"];
    let told = if described.get(status.to_string()).is_some() { status.to_string() } else { "default".to_owned() };
    assert!(told != "default" || status >= 300, "{method} {path}: {status} is not described");
    if body.is_empty() || kind.starts_with("audio/") {
        return;
    }
    let content = described[&told]["content"].as_object();
    let (media, schema) =
        content.and_then(|all| all.iter().next()).unwrap_or_else(|| panic!("{method} {path}: {status} has a body"));
    assert_eq!(kind, media, "{method} {path}: {status}");
    let answer: Value = serde_json::from_slice(body).unwrap();
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = known.entry(format!("{pointer}/{told}")).or_insert_with(|| {
        let whole =
            json!({"allOf": [schema["schema"]], "unevaluatedProperties": false, "components": DOCUMENT["components"]});
        jsonschema::draft202012::new(&whole).unwrap()
    });
    let faults: Vec<String> = validator.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{method} {path}: {status} is not as described\n{}\n{answer:#}", faults.join("\n"));
}

/// The described path that a request is for.
fn template(asked: &str) -> Option<&'static str> {
    let paths = DOCUMENT["paths"].as_object()?;
    let holes = |path: &str| path.matches('{').count();
    let fits = |path: &&str| {
        path.split('/').count() == asked.split('/').count()
            && path.split('/').zip(asked.split('/')).all(|(word, part)| word.starts_with('{') || word == part)
    };
    paths.keys().map(String::as_str).filter(fits).min_by_key(|path| holes(path))
}

/// A word of a JSON pointer.
fn escaped(word: &str) -> String {
    word.replace('~', "~0").replace('/', "~1")
}

/// Fields that are not described are refused, wherever an object stands.
fn strict(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter_mut() {
                strict(inner);
                match (key.as_str(), inner) {
                    ("properties", Value::Object(all)) => all.values_mut().for_each(close),
                    ("items" | "additionalProperties", inner) => close(inner),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strict),
        _ => {}
    }
}

fn close(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}
