//! Where a request comes from: the peer, or what a proxy we trust says of it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

/// The address of whoever asks, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self(String::new())))
    }
}

/// The peer; behind trusted proxies, the last address that is none of theirs.
pub fn caller(parts: &Parts, trusted: &[IpAddr]) -> Caller {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let Some(peer) = peer else { return Caller(String::new()) };
    if !trusted.contains(&peer) {
        return Caller(peer.to_string());
    }
    let told = parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
    let hops: Vec<IpAddr> = told.flat_map(|v| v.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    let far = hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(peer);
    Caller(far.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], want: &str) {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(format!("{peer}:1234").parse::<SocketAddr>().unwrap()));
        assert_eq!(caller(&parts, &["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()]).0, want);
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asked_and_nobody_may_say_more_than_it_does() {
        check("192.0.2.7", &["1.1.1.1"], "192.0.2.7");
        check("10.0.0.1", &["6.6.6.6, 192.0.2.9"], "192.0.2.9");
        check("10.0.0.1", &["6.6.6.6", "192.0.2.9, 10.0.0.2"], "192.0.2.9");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["no address"], "10.0.0.1");
    }
}
