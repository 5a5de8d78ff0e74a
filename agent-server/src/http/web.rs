//! The browser desktop, built into the program. Names under `/assets` carry the hash of their content and never change;
//! everything that is no file is a place inside the desktop, so it gets the desktop.

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

#[derive(rust_embed::Embed)]
#[folder = "../web-agent/dist"]
struct Files;

pub fn file(request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        return answer(path, file, request);
    }
    // A missing asset is an old page asking for a file of an older build: not a place.
    if path.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "no such file; load the page again").into_response();
    }
    match Files::get("index.html") {
        Some(file) => answer("index.html", file, request),
        None => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response(),
    }
}

fn answer(path: &str, file: rust_embed::EmbeddedFile, request: &Request) -> Response {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let same = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let headers = [(header::CONTENT_TYPE, kind), (header::ETAG, tag), (header::CACHE_CONTROL, keep.to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, file.data).into_response()
}

const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Zuoxi</title>\
    <p>This program was built without the browser desktop. Build it with <code>npm ci &amp;&amp; npm run build</code> in \
    <code>web-agent</code>, then build the program again, or use <code>make run</code>.</p>\
    <p lang=\"zh-CN\">本程序编译时未包含浏览器坐席端。请在 <code>web-agent</code> 目录运行 <code>npm ci &amp;&amp; npm run build</code> 后重新编译，或使用 <code>make run</code>。</p>\
    <p>API: <a href=\"/api/docs\">/api/docs</a></p>";
