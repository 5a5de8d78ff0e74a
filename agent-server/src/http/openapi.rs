//! The description of the API (OpenAPI 3.1): what handlers say of themselves, and what is the same everywhere: problem
//! documents, one name per operation, the right it needs.

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
    all
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
    if need != Some(Need::Nobody) {
        let none: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new("session", none)]);
    }
    if let Some(Need::May(what)) = need {
        let right = serde_json::to_value(what).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let text = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{text}\n\nNeeds `{right}`.").trim().to_owned());
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let answer = ResponseBuilder::new().description("What went wrong").content("application/problem+json", problem).build();
    operation.responses.responses.insert("default".into(), RefOr::T(answer));
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
