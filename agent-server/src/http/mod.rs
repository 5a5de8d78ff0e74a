//! The web face: one router of API, desktop files and machine pages, with its layers, and the listener. Start at
//! [`router`]. What routes there are is told by [`api`]; what they need, by `auth::rights`.
//! HTTP semantics: RFC 9110; ranges: RFC 9110 §14; problem documents: RFC 9457.

mod face;
mod headers;
mod machine;
pub mod openapi;
pub mod ranges;
pub mod tls;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::HeaderName;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Router, middleware};
use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use utoipa_axum::router::OpenApiRouter;

use crate::api_error::ApiError;
pub use self::face::OverTls;
use self::tls::WebTls;
use crate::{App, api, auth};

/// Where the API begins.
pub const API: &str = "/api/v1";

/// The API's routes with their description, before anything guards them.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::head()).nest(API, api::routes())
}

/// The description, as `/api/openapi.json` serves it.
#[must_use]
pub fn document() -> serde_json::Value {
    openapi::finish(described().into_openapi())
}

/// Everything, ready to serve.
pub fn router(app: App) -> Router {
    let (routes, document) = described().split_for_parts();
    let text = openapi::finish(document).to_string();
    let api = routes
        .route_layer(middleware::from_fn_with_state(app.clone(), auth::gate))
        .layer(DefaultBodyLimit::max(app.config.http.body_limit_kib as usize * 1024));
    let request_id = HeaderName::from_static("x-request-id");
    Router::new()
        .route("/healthz", get(machine::healthz))
        .route("/readyz", get(machine::readyz))
        .route("/metrics", get(machine::metrics))
        .route("/api/openapi.json", get(move || machine::json(text.clone())))
        .route("/api/docs", get(machine::docs))
        .route("/api/docs.js", get(machine::docs_js))
        .route("/call.js", get(machine::call_js))
        .route("/call.html", get(machine::call_page))
        .merge(api)
        .fallback(fallback)
        // From the inside out.
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_it()))
        .layer(CatchPanicLayer::custom(|_| ApiError::Internal("a handler panicked".into()).into_response()))
        .layer(middleware::from_fn(headers::secure))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(middleware::from_fn_with_state(app.clone(), headers::measured))
        .layer(SetRequestIdLayer::new(request_id, headers::NextId::default()))
        .with_state(app)
}

fn worth_it() -> impl tower_http::compression::Predicate {
    DefaultPredicate::new().and(NotForContentType::new("audio/"))
}

async fn fallback(request: Request) -> axum::response::Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::NotFound("route").into_response();
    }
    web::file(&request)
}

/// Where the web listens.
pub struct Doors {
    pub plain: TcpListener,
    pub tls: Option<(TcpListener, Arc<WebTls>)>,
}

/// Listens until `stop` ends, then finishes what is being answered. Where there is TLS, plain HTTP shows the way there.
///
/// # Errors
/// Those of the sockets.
pub async fn serve(doors: Doors, app: App, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let router = router(app.clone());
    let stop = stop.shared();
    // What a desk is told goes out at once: with Nagle's algorithm a second message waits 40 ms for the first one's
    // acknowledgement. A socket that will not have it is slower, and works.
    let plain = doors.plain.tap_io(|stream| drop(stream.set_nodelay(true)));
    let Some((listener, tls)) = doors.tls else {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        return axum::serve(plain, service).with_graceful_shutdown(stop).await;
    };
    let port = listener.local_addr()?.port();
    let secure = router.clone().layer(middleware::from_fn_with_state(!tls.is_own(), face::secure));
    let hint = router.layer(middleware::from_fn_with_state((app, port), face::plain));
    // The tap lends the address of a connection to its handlers.
    let listener = tls.listen(listener)?.tap_io(|_| ());
    let secure = axum::serve(listener, secure.into_make_service_with_connect_info::<SocketAddr>());
    let hint = axum::serve(plain, hint.into_make_service_with_connect_info::<SocketAddr>());
    let both = async {
        tokio::try_join!(secure.with_graceful_shutdown(stop.clone()), hint.with_graceful_shutdown(stop)).map(drop)
    };
    tokio::select! {
        served = both => served,
        () = tls.watch() => Ok(()),
    }
}
