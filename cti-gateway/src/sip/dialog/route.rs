//! Where a request inside a dialog goes (RFC 3261 §12.2.1.1, §8.1.2). No names are looked up here: a host that is no
//! address is reached the way its messages came.

use std::net::SocketAddr;

use crate::reach::is_inside;
use crate::sip::api::{Flow, Transport};
use crate::sip::message::Uri;

/// Request-URI and Route lines for a target and a route set; a first hop without `lr` is a strict router.
#[must_use]
pub fn in_order(target: &Uri, routes: &[String]) -> (String, Vec<String>) {
    let plain = target.without_headers();
    let first = routes.first().and_then(|r| Uri::parse(r.trim_start_matches('<').trim_end_matches('>')).ok());
    match first {
        Some(first) if !first.is_loose() => {
            let mut rest: Vec<String> = routes[1..].to_vec();
            rest.push(format!("<{plain}>"));
            (first.as_str().to_owned(), rest)
        }
        _ => (plain.as_str().to_owned(), routes.to_vec()),
    }
}

/// The way to the next hop: the first route, else the target; `seen` is how the peer's messages came.
#[must_use]
pub fn way(target: &Uri, routes: &[String], seen: Flow, sticky: bool) -> Flow {
    if sticky {
        return seen;
    }
    let first = routes.first().and_then(|r| Uri::parse(r.trim_start_matches('<').trim_end_matches('>')).ok());
    let hop = first.as_ref().unwrap_or(target);
    let Some(ip) = hop.ip() else { return seen };
    let transport = match hop.param("transport") {
        Some(t) if t.eq_ignore_ascii_case("tls") => Transport::Tls,
        // RFC 3261 §26.2.2: a SIPS hop is reached over TLS, whatever connection its parameter names.
        _ if hop.is_sips() => Transport::Tls,
        Some(t) if t.eq_ignore_ascii_case("tcp") => Transport::Tcp,
        Some(_) => Transport::Udp,
        None if routes.is_empty() => seen.transport,
        None => Transport::Udp,
    };
    // A connection that is there is used again, whatever port the Contact names (RFC 3261 §18.1.1, RFC 5923).
    if transport.is_reliable() && seen.transport == transport && seen.remote.ip() == ip {
        return seen;
    }
    // A Contact that means nothing outside, seen from outside, was written behind a NAT.
    if is_inside(ip) && !is_inside(seen.remote.ip()) {
        return seen;
    }
    // Whoever came over TLS is not spoken to in the clear (RFC 3261 §26.2.2).
    if seen.transport == Transport::Tls && transport != Transport::Tls {
        return seen;
    }
    let port = hop.port().unwrap_or(if transport == Transport::Tls { 5061 } else { 5060 });
    // Another transport needs another socket of ours; the port of our side is filled in by the endpoint.
    Flow { transport, local: seen.local, remote: SocketAddr::new(ip, port) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(remote: &str, transport: Transport) -> Flow {
        Flow { transport, local: "192.0.2.1:5060".parse().unwrap(), remote: remote.parse().unwrap() }
    }

    #[track_caller]
    fn goes_to(target: &str, routes: &[&str], seen: &str, transport: Transport, want: &str) {
        let routes: Vec<String> = routes.iter().map(|r| (*r).to_owned()).collect();
        let got = way(&Uri::parse(target).unwrap(), &routes, flow(seen, transport), false);
        let text = format!("{} {}", got.transport.token(), got.remote);
        assert_eq!(text, want, "{target} {routes:?} seen {seen}");
    }

    #[test]
    fn the_next_hop_is_the_first_route_or_the_target_and_a_name_is_reached_the_way_it_came() {
        use Transport::{Tcp, Tls, Udp};
        goes_to("sip:a@198.51.100.7:5070", &[], "198.51.100.9:5060", Udp, "UDP 198.51.100.7:5070");
        goes_to("sip:a@198.51.100.7", &[], "198.51.100.9:5060", Udp, "UDP 198.51.100.7:5060");
        goes_to("sip:a@198.51.100.7", &["<sip:198.51.100.8:5062;lr>"], "198.51.100.9:5060", Udp, "UDP 198.51.100.8:5062");
        goes_to("sip:a@pbx.example", &[], "198.51.100.9:5064", Udp, "UDP 198.51.100.9:5064");
        goes_to("sip:a@198.51.100.9:5060;transport=tcp", &[], "198.51.100.9:43210", Tcp, "TCP 198.51.100.9:43210");
        goes_to("sip:a@198.51.100.9;transport=tls", &[], "198.51.100.9:5061", Tls, "TLS 198.51.100.9:5061");
        goes_to("sips:a@198.51.100.7;transport=tcp", &[], "198.51.100.9:5061", Tls, "TLS 198.51.100.7:5061");
        goes_to("sip:a@198.51.100.7:5070", &["<sip:198.51.100.8;lr>"], "198.51.100.9:5061", Tls, "TLS 198.51.100.9:5061");
        goes_to("sip:a@10.0.0.5:5060", &[], "198.51.100.9:43210", Udp, "UDP 198.51.100.9:43210");
        goes_to("sip:a@100.64.0.5:5060", &[], "198.51.100.9:43210", Udp, "UDP 198.51.100.9:43210");
        goes_to("sip:a@10.0.0.5:5060", &[], "10.0.0.9:5060", Udp, "UDP 10.0.0.5:5060");
    }

    #[test]
    fn a_strict_router_gets_the_request_uri() {
        let target = Uri::parse("sip:a@b?x=y").unwrap();
        let loose = vec!["<sip:p1;lr>".to_owned(), "<sip:p2>".to_owned()];
        assert_eq!(in_order(&target, &loose), ("sip:a@b".into(), loose.clone()));
        let strict = vec!["<sip:p1>".to_owned(), "<sip:p2;lr>".to_owned()];
        assert_eq!(in_order(&target, &strict), ("sip:p1".into(), vec!["<sip:p2;lr>".into(), "<sip:a@b>".into()]));
    }
}
