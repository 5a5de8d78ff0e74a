//! Whether a write comes from a page of somebody else. Browsers say so; programs send neither header and are let through,
//! because they hold no cookies but their own.

use axum::http::HeaderMap;

/// The request was made by a page of another site.
pub fn foreign(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let host = text("host").unwrap_or_default();
    let asked = origin.split_once("://").map_or("", |(_, rest)| rest);
    let ours = asked.eq_ignore_ascii_case(host) || (!public_url.is_empty() && origin.eq_ignore_ascii_case(public_url));
    !ours || asked.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], want: bool) {
        let map = headers.iter().map(|(k, v)| (axum::http::HeaderName::from_static(k), v.parse().unwrap())).collect();
        assert_eq!(foreign(&map, "https://calls.example.com"), want, "{headers:?}");
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
}
