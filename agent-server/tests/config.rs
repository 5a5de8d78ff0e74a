//! Settings: what a person who wrote them wrong is told.

use agent_server::config::{self, LogFormat};

#[test]
fn every_problem_is_told_at_once_with_its_key_its_value_and_its_rule() {
    let text = r#"
top = 1
[http]
listen = "here"
publik_url = "x"
body_limit_kib = 1
tls_listen = "443"
tls_key = "k.pem"
[sip]
tls_listen = "everywhere"
tls_certificate = "c.pem"
listen = "0.0.0.0:5060"
register_seconds = 5
options_seconds = 3
options_misses = 0
[media]
advertise = "here"
first_port = 40001
last_port = 40000
[log]
format = "xml"
[phones]
a = 1
"#;
    let vars = [("ZUOXI_STORE__NODE".to_owned(), "5000".to_owned()), ("ZUOXI_HTTP__COLOUR".to_owned(), "red".to_owned())];
    let faults = config::parse(text, vars).unwrap_err().0;
    let all = faults.join("\n");
    for told in [
        "top = 1",
        "http.listen = \"here\"",
        "http.publik_url = \"x\": unknown field `publik_url`",
        "http.body_limit_kib = 1: must be from 16 to 65536",
        "http.tls_listen = \"443\": must be address:port",
        "http.tls_certificate = \"\": must name a PEM file, because http.tls_key = \"k.pem\"",
        "sip.advertise = \"\"",
        "sip.tls_listen = \"everywhere\": must be address:port",
        "sip.tls_key = \"\": must name a PEM file",
        "sip.register_seconds = 5: must be from 60 to 3600",
        "sip.options_seconds = 3: must be from 10 to 600",
        "sip.options_misses = 0: must be from 1 to 10",
        "media.ip = \"\"",
        "media.advertise = \"here\": must be one address",
        "media.first_port = 40001: must be even",
        "media.last_port = 40000: must be above",
        "log.format = \"xml\"",
        "phones.a = 1",
        "store.node = 5000: must be from 0 to 1023",
        "ZUOXI_HTTP__COLOUR: http.colour = \"red\": unknown field `colour`",
    ] {
        assert!(all.contains(told), "{told} is missing in:\n{all}");
    }
    assert_eq!(faults.len(), 20, "{all}");
}

#[test]
fn a_variable_wins_over_the_file_and_may_be_a_plain_word_or_a_list() {
    let text = "[http]\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"\n";
    let vars = [
        ("ZUOXI_HTTP__LISTEN", "127.0.0.1:9000"),
        ("ZUOXI_LOG__FORMAT", "json"),
        ("ZUOXI_COMPANY__DEMO", "true"),
        ("ZUOXI_SIP__REALM", "1234"),
        ("ZUOXI_HTTP__TRUSTED_PROXIES", "[\"10.0.0.1\"]"),
    ];
    let config = config::parse(text, vars.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap();
    assert_eq!(config.http.listen.port(), 9000);
    assert_eq!((config.log.format, config.company.demo, config.log.level.as_str()), (LogFormat::Json, true, "warn"));
    assert_eq!((config.sip.realm.as_str(), config.http.trusted_proxies.len()), ("1234", 1));
}

#[test]
fn a_wrong_address_of_the_database_is_told_without_its_password() {
    let faults = config::parse("[store]\nurl = \"mysql://root:secret@host/db\"\n", []).unwrap_err();
    assert!(!faults.to_string().contains("secret"), "{faults}");
    assert!(faults.to_string().contains("store.url"));
}

/// (media.ip, sip.advertise, media.advertise) and what audio is asked for at, where that is not media.ip.
#[test]
fn audio_is_advertised_where_signalling_is_unless_it_has_an_address_of_its_own() {
    let table = [
        ("10.0.0.5", "", "", None),
        ("10.0.0.5", "203.0.113.10", "", Some("203.0.113.10")),
        ("10.0.0.5", "203.0.113.10", "203.0.113.11", Some("203.0.113.11")),
        ("10.0.0.5", "203.0.113.10", "10.0.0.5", None),
        ("10.0.0.5", "2001:db8::10", "", None),
    ];
    for (ip, sip, media, want) in table {
        let text = format!("[sip]\nadvertise = \"{sip}\"\n[media]\nip = \"{ip}\"\nadvertise = \"{media}\"\n");
        let got = config::parse(&text, []).unwrap().media_advertise();
        assert_eq!(got.map(|ip| ip.to_string()).as_deref(), want, "{text}");
    }
    let faults = config::parse("[media]\nip = \"10.0.0.5\"\nadvertise = \"2001:db8::10\"\n", []).unwrap_err();
    assert!(faults.to_string().contains("same family"), "{faults}");
}
