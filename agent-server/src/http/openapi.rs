//! The description of the API (OpenAPI 3.1): what handlers say of themselves, and what is the same everywhere: problem
//! documents, one name per operation, the right it needs.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::api_error::{FlowProblem, Problem};
use crate::auth::{Need, rights};

pub fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Zuoxi 坐席")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Ids are decimal strings, moments are milliseconds since 1970 UTC, lists page by `cursor`. Sign in with \
             `POST /api/v1/session`; the session is a cookie. Errors are problem documents (RFC 9457) with a stable `code`. \
             Live messages travel on the WebSocket `/api/v1/desk/ws`, described in `contract.gen.ts`.",
        ))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// The description as it is committed: the same text for the same routes.
#[must_use]
pub fn text() -> String {
    serde_json::to_string_pretty(&super::document()).unwrap_or_else(|e| unreachable!("the description is JSON: {e}"))
}

/// Adds what every operation has.
#[must_use]
pub fn finish(mut document: OpenApi) -> Value {
    let components = document.components.get_or_insert_default();
    for (name, schema) in [
        (Problem::name(), Problem::schema()),
        (FlowProblem::name(), FlowProblem::schema()),
        (company::FieldFault::name(), company::FieldFault::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("zuoxi_session")));
    components.add_security_scheme("session", cookie);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete(operation, &method, path);
        }
    }
    let mut all = serde_json::to_value(document).unwrap_or_else(|e| unreachable!("the description is JSON: {e}"));
    spell_numbers(&mut all);
    let parts = parts(&mut all);
    let sent = sent(&all);
    if let Some(Value::Object(schemas)) = all.pointer_mut("/components/schemas") {
        schemas.iter_mut().filter(|(name, _)| parts.contains(*name)).for_each(|(_, schema)| open(schema));
        schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)).for_each(|(_, schema)| always_there(schema));
    }
    all
}

/// Makes what is written out as a part of something else accept the other parts' fields too; gives the names of those
/// that are written elsewhere.
fn parts(value: &mut Value) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    match value {
        Value::Object(fields) => {
            for part in fields.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
                open(part);
                named.extend(referred(part).map(str::to_owned));
            }
            fields.values_mut().for_each(|inner| named.extend(parts(inner)));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| named.extend(parts(inner))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    named
}

fn open(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut()
        && fields.get("additionalProperties") == Some(&Value::Bool(false))
    {
        fields.remove("additionalProperties");
    }
}

/// The name of the schema that stands for this one.
fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// The schemas of what clients send, by name.
fn sent(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let operations =
        document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object()).flatten();
    let mut look: Vec<&Value> = operations.map(|(_, operation)| &operation["requestBody"]).collect();
    while let Some(value) = look.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(name) = referred(value).filter(|name| found.insert((*name).to_owned())) {
                    look.push(&document["components"]["schemas"][name]);
                }
                look.extend(fields.values());
            }
            Value::Array(items) => look.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Of what is answered: a field that may be null is null where it is empty, never left out.
fn always_there(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let named = fields.get("properties").and_then(Value::as_object);
            let empty: Vec<Value> = named
                .into_iter()
                .flatten()
                .filter(|(_, field)| may_be_null(field))
                .map(|(name, _)| name.as_str().into())
                .collect();
            if !empty.is_empty() {
                let required = fields.entry("required").or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(required) = required {
                    required.extend(empty);
                    required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                    required.dedup();
                }
            }
            fields.values_mut().for_each(always_there);
        }
        Value::Array(items) => items.iter_mut().for_each(always_there),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn may_be_null(field: &Value) -> bool {
    let null = |value: &Value| value == "null" || value["type"] == "null";
    ["type", "oneOf", "anyOf"].into_iter().filter_map(|of| field[of].as_array()).flatten().any(null)
}

/// Aliases of numbers are described as types of their own; here they are numbers again.
fn spell_numbers(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let number = fields.get("$ref").and_then(Value::as_str) == Some("#/components/schemas/i64");
            if number {
                fields.clear();
                fields.insert("type".into(), "integer".into());
                fields.insert("format".into(), "int64".into());
            }
            if let Some(Value::Object(schemas)) = fields.get_mut("schemas") {
                schemas.remove("i64");
            }
            fields.values_mut().for_each(spell_numbers);
        }
        Value::Array(items) => items.iter_mut().for_each(spell_numbers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The operations of a path, with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, item.get.as_mut()),
        (Method::POST, item.post.as_mut()),
        (Method::PUT, item.put.as_mut()),
        (Method::DELETE, item.delete.as_mut()),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.map(|o| (method, o)))
}

fn complete(operation: &mut Operation, method: &Method, path: &str) {
    let words = path.trim_start_matches(crate::http::API).split(['/', '-']).map(|part| part.trim_matches(['{', '}']));
    let name: String = words.filter(|part| !part.is_empty()).map(capital).collect();
    operation.operation_id = Some(format!("{}{name}", method.as_str().to_lowercase()));
    let need = rights::need(method, path);
    if !matches!(need, Some(Need::Nobody | Need::Visitor)) {
        let none: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new("session", none)]);
    }
    if let Some(Need::May(what)) = need {
        let right = serde_json::to_value(what).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let text = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{text}\n\nNeeds `{right}`.").trim().to_owned());
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let answer =
        ResponseBuilder::new().description("What went wrong").content("application/problem+json", problem).build();
    operation.responses.responses.insert("default".into(), RefOr::T(answer));
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
