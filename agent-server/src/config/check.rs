//! Rules over values that read: ranges, addresses, and what fits together.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use super::{Config, Http, Sip};

/// Every rule that is broken: key, value, rule.
pub fn check(config: &Config) -> Vec<String> {
    let mut wrong = Vec::new();
    http(config, &mut wrong);
    sip(config, &mut wrong);
    media(config, &mut wrong);
    rest(config, &mut wrong);
    wrong
}

fn range(wrong: &mut Vec<String>, key: &str, value: u64, low: u64, high: u64) {
    if !(low..=high).contains(&value) {
        wrong.push(format!("{key} = {value}: must be from {low} to {high}"));
    }
}

fn http(config: &Config, wrong: &mut Vec<String>) {
    let url = &config.http.public_url;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if !url.is_empty() && host.is_none_or(|host| host.is_empty() || host.contains('/')) {
        wrong.push(format!("http.public_url = {url:?}: must be http:// or https:// and a host, without a path"));
    }
    web_tls(&config.http, wrong);
    range(wrong, "http.body_limit_kib", config.http.body_limit_kib.into(), 16, 65_536);
}

fn web_tls(http: &Http, wrong: &mut Vec<String>) {
    let text = http.tls_listen.as_str();
    match text.parse::<SocketAddr>() {
        _ if text.is_empty() => {}
        Ok(address) if address == http.listen && address.port() != 0 => {
            wrong.push(format!("http.tls_listen = {text:?}: must be another port than that of http.listen, as 8443"));
        }
        Ok(_) => {}
        Err(_) => wrong.push(format!("http.tls_listen = {text:?}: must be address:port, as in 0.0.0.0:8443")),
    }
    let named = |path: &Path| !path.as_os_str().is_empty();
    for (key, path, other, its) in [
        ("http.tls_certificate", &http.tls_certificate, "http.tls_key", &http.tls_key),
        ("http.tls_key", &http.tls_key, "http.tls_certificate", &http.tls_certificate),
    ] {
        if named(path) && text.is_empty() {
            wrong.push(format!("{key} = {:?}: is of use only with http.tls_listen", path.display()));
        } else if named(its) && !named(path) && !text.is_empty() {
            wrong.push(format!("{key} = \"\": must name a PEM file, because {other} = {:?}", its.display()));
        }
    }
}

fn sip(config: &Config, wrong: &mut Vec<String>) {
    let sip = &config.sip;
    if !sip.udp && !sip.tcp {
        wrong.push("sip.udp = false: and sip.tcp = false; one of them must be true".into());
    }
    let everywhere = sip.listen.ip().is_unspecified();
    match sip.advertise.as_str() {
        "" if everywhere => wrong.push(format!(
            "sip.advertise = \"\": must be the address phones reach, because sip.listen = \"{}\" names none",
            sip.listen
        )),
        "" => {}
        text if text.parse::<IpAddr>().is_ok_and(|ip| !ip.is_unspecified()) => {}
        text => wrong.push(format!("sip.advertise = {text:?}: must be one address, as in 192.0.2.10")),
    }
    tls(sip, wrong);
    range(wrong, "sip.register_seconds", sip.register_seconds.into(), 60, 3_600);
    if sip.options_seconds != 0 {
        range(wrong, "sip.options_seconds", sip.options_seconds.into(), 10, 600);
    }
    range(wrong, "sip.options_misses", sip.options_misses.into(), 1, 10);
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if sip.realm.is_empty() || !sip.realm.chars().all(plain) {
        wrong.push(format!("sip.realm = {:?}: must be letters, digits, . - _", sip.realm));
    }
}

fn tls(sip: &Sip, wrong: &mut Vec<String>) {
    match (sip.tls_listen.as_str(), sip.tls_listen.parse::<SocketAddr>()) {
        ("", _) => {}
        (text, Ok(address)) if address == sip.listen && sip.tcp => {
            wrong.push(format!("sip.tls_listen = {text:?}: must be another port than that of sip.listen, as 5061"));
        }
        (_, Ok(_)) => {}
        (text, Err(_)) => wrong.push(format!("sip.tls_listen = {text:?}: must be address:port, as in 192.0.2.10:5061")),
    }
    let missing = |path: &Path| path.as_os_str().is_empty();
    for (key, path) in [("sip.tls_certificate", &sip.tls_certificate), ("sip.tls_key", &sip.tls_key)] {
        if !sip.tls_listen.is_empty() && missing(path) {
            wrong.push(format!("{key} = \"\": must name a PEM file, because sip.tls_listen = {:?}", sip.tls_listen));
        } else if sip.tls_listen.is_empty() && !missing(path) {
            wrong.push(format!("{key} = {:?}: is of use only with sip.tls_listen", path.display()));
        }
    }
}

fn media(config: &Config, wrong: &mut Vec<String>) {
    let media = &config.media;
    match media.ip.as_str() {
        "" if config.sip.listen.ip().is_unspecified() => {
            wrong.push(format!("media.ip = \"\": must name an address, because sip.listen = \"{}\" names none", config.sip.listen));
        }
        "" => {}
        text => match text.parse::<IpAddr>() {
            Ok(ip) if ip != IpAddr::V4(Ipv4Addr::UNSPECIFIED) => {}
            Ok(_) | Err(_) => wrong.push(format!("media.ip = {text:?}: must be one address, as in 192.0.2.10")),
        },
    }
    match (media.advertise.as_str(), media.advertise.parse::<IpAddr>()) {
        ("", _) => {}
        (text, Ok(ip)) if ip.is_ipv4() != config.media_ip().is_ipv4() => wrong.push(format!(
            "media.advertise = {text:?}: must be of the same family, IPv4 or IPv6, as the address for RTP, {}",
            config.media_ip()
        )),
        (_, Ok(ip)) if !ip.is_unspecified() => {}
        (text, _) => wrong.push(format!("media.advertise = {text:?}: must be one address, as in 203.0.113.10")),
    }
    let (first, last) = (media.first_port, media.last_port);
    if first % 2 == 1 {
        wrong.push(format!("media.first_port = {first}: must be even (RFC 3550 §11)"));
    }
    if first < 1024 {
        wrong.push(format!("media.first_port = {first}: must be 1024 or more"));
    }
    if last <= first {
        wrong.push(format!("media.last_port = {last}: must be above media.first_port = {first}"));
    }
    if config.sip.listen.port() >= first && config.sip.listen.port() <= last {
        wrong.push(format!("sip.listen = \"{}\": its port is among the RTP ports {first} to {last}", config.sip.listen));
    }
    range(wrong, "media.threads", media.threads.into(), 0, 256);
}

fn rest(config: &Config, wrong: &mut Vec<String>) {
    range(wrong, "calls.most", config.calls.most.into(), 1, 100_000);
    range(wrong, "calls.most_waiting", config.calls.most_waiting.into(), 1, 100_000);
    range(wrong, "calls.grace_seconds", config.calls.grace_seconds.into(), 0, 3_600);
    range(wrong, "calls.desktop_grace_seconds", config.calls.desktop_grace_seconds.into(), 1, 3_600);
    range(wrong, "store.connections", config.store.connections.into(), 1, 100);
    range(wrong, "store.node", config.store.node.into(), 0, 1023);
    let url = &config.store.url;
    if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        wrong.push("store.url = …: must be empty or begin with postgres://".into());
    }
    if config.store.data.as_os_str().is_empty() {
        wrong.push("store.data = \"\": must name a folder".into());
    }
    range(wrong, "security.failures_per_address", config.security.failures_per_address.into(), 5, 10_000);
    if tracing_subscriber::EnvFilter::try_new(&config.log.level).is_err() {
        wrong.push(format!("log.level = {:?}: must be error, warn, info, debug, trace, or a filter of them", config.log.level));
    }
    if config.speech.command.first().is_some_and(String::is_empty) {
        wrong.push("speech.command = [\"\"]: must begin with a program".into());
    }
}
