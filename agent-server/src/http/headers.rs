//! What every answer carries: a request id, what browsers may do with it, and a line in the histogram.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::App;

/// Ids of requests that came without one: the start in milliseconds, then a number.
#[derive(Debug, Clone)]
pub struct NextId {
    start: contract::EpochMs,
    next: Arc<AtomicU64>,
}

impl Default for NextId {
    fn default() -> Self {
        Self { start: crate::clock::now(), next: Arc::default() }
    }
}

impl MakeRequestId for NextId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let text = format!("{:x}-{}", self.start, self.next.fetch_add(1, Ordering::Relaxed));
        HeaderValue::from_str(&text).ok().map(RequestId::new)
    }
}

/// Styles are set by the component library at run time; scripts come from us alone.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    media-src 'self' blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(self)"),
];

pub async fn secure(request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    answer
}

/// How long answers took, by route and status. Slow or failed ones are logged without their query, which may hold numbers.
pub async fn measured(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = crate::clock::instant();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("", |path| path.as_str()).to_owned();
    let answer = next.run(request).await;
    let status = answer.status().as_u16();
    app.metrics.http(&route, status, began.elapsed());
    tracing::debug!(http.route = route, http.status = status, "{method} {route}: {status}");
    answer
}
