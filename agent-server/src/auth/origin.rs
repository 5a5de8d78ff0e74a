//! Whether a write comes from a page of somebody else. Browsers say so; programs send neither header and are let through,
//! because they hold no cookies but their own.

use axum::http::HeaderMap;

/// The request was made by a page of another site. One in plain HTTP is another site than ours over TLS.
pub fn foreign(headers: &HeaderMap, public_url: &str, over_tls: bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let host = text("host").unwrap_or_default();
    let (scheme, asked) = origin.split_once("://").unwrap_or_default();
    let same = (!over_tls || scheme.eq_ignore_ascii_case("https")) && asked.eq_ignore_ascii_case(host);
    let ours = same || (!public_url.is_empty() && origin.eq_ignore_ascii_case(public_url));
    !ours || asked.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], want: bool) {
        let map = headers.iter().map(|(k, v)| (axum::http::HeaderName::from_static(k), v.parse().unwrap())).collect();
        assert_eq!(foreign(&map, "https://calls.example.com", false), want, "{headers:?}");
    }

    #[test]
    fn pages_of_other_sites_are_known_by_what_browsers_say() {
        check(&[], false);
        check(&[("sec-fetch-site", "same-origin")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("sec-fetch-site", "same-site")], true);
        check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], false);
        check(&[("origin", "http://127.0.0.1:9999"), ("host", "127.0.0.1:8080")], true);
        check(&[("origin", "null"), ("host", "127.0.0.1:8080")], true);
        check(&[("origin", "https://calls.example.com"), ("host", "10.1.1.1")], false);
        check(&[("origin", "https://evil.example"), ("host", "calls.example.com")], true);
    }

    #[test]
    fn over_tls_a_page_in_plain_http_of_the_same_host_is_another_site() {
        for (scheme, want) in [("https", false), ("http", true)] {
            let origin = format!("{scheme}://127.0.0.1:8443").parse().unwrap();
            let map = [(axum::http::header::ORIGIN, origin), (axum::http::header::HOST, "127.0.0.1:8443".parse().unwrap())];
            assert_eq!(foreign(&map.into_iter().collect(), "", true), want, "{scheme}");
        }
    }
}
