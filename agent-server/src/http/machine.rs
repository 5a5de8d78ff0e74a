//! Pages for machines and for those who write programs: health, readiness, metrics, the description and a page to try it.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use sha2::{Digest as _, Sha256};

use crate::api_error::ApiError;
use crate::{App, health};

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok"
}

/// Calls and people may come: every part of the house is well, and nobody asked us to stop.
pub async fn readyz(State(app): State<App>) -> Response {
    if app.stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    let (ready, text) = health::page(&health::parts(&app).await);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, text).into_response()
}

pub async fn metrics(State(app): State<App>) -> Response {
    let text = crate::metrics::render(&app).await;
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}

pub async fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

pub async fn docs() -> Html<&'static str> {
    Html(include_str!("docs.html"))
}

pub async fn docs_js() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("docs.js")).into_response()
}

/// The script that pages embed.
pub async fn call_js(headers: HeaderMap) -> Response {
    const TEXT: &str = include_str!("call.js");
    static TAG: LazyLock<String> = LazyLock::new(|| format!("\"{}\"", &hex::encode(Sha256::digest(TEXT))[..32]));
    let kept = [
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ETAG, TAG.as_str()),
        // Pages of other sites load it, also those that let in only what says that it may be.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == TAG.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], TEXT).into_response()
}

/// A page of our own for trying it out, where pages may call at all.
pub async fn call_page(State(app): State<App>) -> Response {
    let office = app.office.now();
    let web = office.book.settings.as_ref().map(|kept| &kept.item.web_calls);
    match web.filter(|web| web.on).and_then(|web| web.numbers.first()) {
        // Checked when it was saved: digits, and no more.
        Some(number) => Html(include_str!("call.html").replace("NUMBER", number)).into_response(),
        None => ApiError::NotFound("page: calls from web pages are switched off").into_response(),
    }
}
