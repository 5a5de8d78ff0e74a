//! The two faces of the web where TLS is on: over TLS everything, over plain HTTP the way there. Who asks in plain words is
//! sent on; what should not have been said in plain words is refused, so that nobody gets used to it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::App;
use crate::api_error::ApiError;

/// Marks requests that came over TLS.
#[derive(Debug, Clone, Copy)]
pub struct OverTls;

/// Half a year, in seconds (RFC 6797 §6.1.1).
const STAY: HeaderValue = HeaderValue::from_static("max-age=15552000");
/// Pages of machines on this host, which ask in plain HTTP.
const MACHINES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Over TLS. `stay`: browsers are to come over TLS only from now on.
pub async fn secure(State(stay): State<bool>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(OverTls);
    let mut answer = next.run(request).await;
    if stay {
        answer.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, STAY);
    }
    answer
}

/// Over plain HTTP while there is TLS at `port`.
pub async fn plain(State((app, port)): State<(App, u16)>, request: Request, next: Next) -> Response {
    let http = &app.config.http;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    if MACHINES.contains(&request.uri().path()) || was_secure(peer, &http.trusted_proxies, request.headers()) {
        return next.run(request).await;
    }
    let Some(to) = elsewhere(&http.public_url, port, &request) else {
        return ApiError::BadRequest("the request names no host".into()).into_response();
    };
    let asks = matches!(*request.method(), Method::GET | Method::HEAD) && !request.headers().contains_key(header::UPGRADE);
    match HeaderValue::from_str(&to) {
        Ok(to) if asks => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
        Ok(_) => ApiError::NeedsTls(to).into_response(),
        Err(_) => ApiError::BadRequest("the address cannot be repeated".into()).into_response(),
    }
}

/// A proxy of ours says that it was asked over TLS.
fn was_secure(peer: Option<IpAddr>, trusted: &[IpAddr], headers: &HeaderMap) -> bool {
    let told = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or_default();
    peer.is_some_and(|peer| trusted.contains(&peer)) && told.eq_ignore_ascii_case("https")
}

fn elsewhere(public_url: &str, port: u16, request: &Request) -> Option<String> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if public_url.starts_with("https://") {
        return Some(format!("{public_url}{path}"));
    }
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    // Without its port; brackets hold an IPv6 address.
    let name = match host.rsplit_once(':') {
        Some((name, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let port = if port == 443 { String::new() } else { format!(":{port}") };
    (!name.is_empty() && name.chars().all(plain)).then(|| format!("https://{name}{port}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_tls_keeps_host_and_path() {
        let table = [
            ("", 8443, "desk.test:8080", "/calls?x=1", Some("https://desk.test:8443/calls?x=1")),
            ("", 443, "desk.test", "/", Some("https://desk.test/")),
            ("", 8443, "[::1]:8080", "/", Some("https://[::1]:8443/")),
            ("", 8443, "[::1]", "/", Some("https://[::1]:8443/")),
            ("https://calls.example.com", 8443, "10.0.0.1", "/a", Some("https://calls.example.com/a")),
            ("http://calls.example.com", 8443, "10.0.0.1", "/a", Some("https://10.0.0.1:8443/a")),
            ("", 8443, "evil.test/@x", "/", None),
            ("", 8443, "", "/", None),
        ];
        for (public, port, host, path, to) in table {
            let request = Request::builder().uri(path).header("host", host).body(axum::body::Body::empty()).unwrap();
            assert_eq!(elsewhere(public, port, &request).as_deref(), to, "{host} {path}");
        }
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_that_it_was_asked_over_tls() {
        let trusted = ["10.0.0.1".parse().unwrap()];
        let told = |value: &str| [(axum::http::HeaderName::from_static("x-forwarded-proto"), value.parse().unwrap())].into_iter().collect();
        assert!(was_secure(Some(trusted[0]), &trusted, &told("https")));
        assert!(!was_secure(Some(trusted[0]), &trusted, &told("http")));
        assert!(!was_secure(Some("192.0.2.1".parse().unwrap()), &trusted, &told("https")));
        assert!(!was_secure(None, &trusted, &told("https")));
    }
}
