//! Pages for machines and for those who write programs: health, readiness, metrics, the description and a page to try it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

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
