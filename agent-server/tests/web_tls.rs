//! The web over TLS: a page, a desk's line, a certificate that is renewed, and what plain HTTP still says.

mod common;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use agent_server::config::Config;
use agent_server::http::tls::{HANDSHAKES, Reload, WebTls};
use common::{PASSWORD, Served};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

fn config(folder: &Path) -> Config {
    let mut config = common::config(folder);
    config.http.tls_listen = "127.0.0.1:0".into();
    config
}

/// A certificate for this machine, in `folder`; its PEM.
fn certificate(folder: &Path, config: &mut Config) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (chain, key) = (folder.join("own.pem"), folder.join("own.key"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (config.http.tls_certificate, config.http.tls_key) = (chain, key);
    made.cert.pem()
}

/// Over TLS, believing this certificate alone.
async fn connect(to: SocketAddr, pem: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let client = client.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(to).await?;
    TlsConnector::from(Arc::new(client)).connect(ServerName::IpAddress(to.ip().into()), stream).await
}

/// One request; the whole answer.
async fn ask(line: &mut TlsStream<TcpStream>, text: &str) -> String {
    line.write_all(text.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let _ = line.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn sign_in(host: SocketAddr, origin: &str) -> String {
    let body = json!({"username": "emma", "password": PASSWORD}).to_string();
    format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn cookie(answer: &str) -> &str {
    answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie")
}

#[tokio::test]
async fn over_tls_one_signs_in_with_a_cookie_for_tls_alone_and_has_a_desk() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let pem = certificate(folder.path(), &mut config);
    let house = Served::start(config).await;
    let (secure, _) = house.secure.clone().unwrap();
    let answer = ask(&mut connect(secure, &pem).await.unwrap(), &sign_in(secure, &format!("https://{secure}"))).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=15552000\r\n"), "{answer}");
    assert!(cookie(&answer).ends_with("; Secure"), "{answer}");
    // A page of this host that came in plain HTTP is a stranger's.
    let foreign = ask(&mut connect(secure, &pem).await.unwrap(), &sign_in(secure, &format!("http://{secure}"))).await;
    assert!(foreign.starts_with("HTTP/1.1 403") && foreign.contains("foreign_origin"), "{foreign}");

    let mut request = format!("wss://{secure}/api/v1/desk/ws").into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie(&answer).split(';').next().unwrap().parse().unwrap());
    request.headers_mut().insert("origin", format!("https://{secure}").parse().unwrap());
    let stream = connect(secure, &pem).await.unwrap();
    let (mut desk, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let first = futures_util::StreamExt::next(&mut desk).await.unwrap().unwrap();
    assert!(matches!(&first, Message::Text(text) if text.contains("\"kind\"")), "{first:?}");
    drop(desk);
    house.stop().await;
}

#[tokio::test]
async fn plain_http_shows_the_way_and_takes_nothing_that_should_not_be_said_there() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (plain, secure) = (house.client(), house.secure.as_ref().unwrap().0.port());
    let sent_on = plain.ask("GET", "/page/calls?x=1", &[], None).await;
    let to = format!("https://127.0.0.1:{secure}/page/calls?x=1");
    assert_eq!((sent_on.status, sent_on.header("location")), (307, Some(to.as_str())));
    let refused = plain.post("/session", json!({"username": "emma", "password": PASSWORD})).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "needs_tls"));
    assert!(refused.text().contains(&format!("https://127.0.0.1:{secure}/")), "{}", refused.text());
    let desk = plain.ask("GET", "/desk/ws", &[("upgrade", "websocket"), ("connection", "upgrade")], None).await;
    assert_eq!((desk.status, desk.code().as_str()), (403, "needs_tls"));
    for machine in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(plain.get(machine).await.status, 200, "{machine}");
    }
    house.stop().await;
}

#[tokio::test]
async fn a_certificate_made_here_is_the_same_after_a_restart_and_binds_nobody_to_tls() {
    let folder = tempfile::tempdir().unwrap();
    let first = WebTls::open(&config(folder.path())).unwrap();
    let house = Served::start(config(folder.path())).await;
    let (secure, tls) = house.secure.clone().unwrap();
    assert_eq!(first.pair().fingerprint, tls.pair().fingerprint);
    let pem = std::fs::read_to_string(folder.path().join("web-tls.pem")).unwrap();
    let page = format!("GET /healthz HTTP/1.1\r\nhost: {secure}\r\nconnection: close\r\n\r\n");
    let answer = ask(&mut connect(secure, &pem).await.unwrap(), &page).await;
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("strict-transport-security"), "{answer}");
    let welcome = agent_server::welcome::text(&house.app, house.address, Some(&tls), None).await;
    assert!(welcome.contains(&tls.pair().fingerprint) && welcome.contains("https://127.0.0.1:"), "{welcome}");
    house.stop().await;
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_who_comes_next_and_cuts_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let before = certificate(folder.path(), &mut config);
    let house = Served::start(config.clone()).await;
    let (secure, tls) = house.secure.clone().unwrap();
    let page = format!("GET /healthz HTTP/1.1\r\nhost: {secure}\r\nconnection: close\r\n\r\n");
    let mut standing = connect(secure, &before).await.unwrap();
    assert_eq!(tls.reload(), Reload::Same);

    let key = std::fs::read_to_string(&config.http.tls_key).unwrap();
    let after = certificate(folder.path(), &mut config);
    let newer = std::fs::read_to_string(&config.http.tls_key).unwrap();
    std::fs::write(&config.http.tls_key, key).unwrap();
    let Reload::Kept(fault) = tls.reload() else { panic!("a key that does not fit was taken") };
    assert!(fault.to_string().contains("own.key is not the one of the certificate"), "{fault}");
    assert!(connect(secure, &before).await.is_ok(), "half a pair changes nothing");

    std::fs::write(&config.http.tls_key, newer).unwrap();
    assert!(matches!(tls.reload(), Reload::Taken { .. }));
    assert!(connect(secure, &before).await.is_err());
    assert!(ask(&mut connect(secure, &after).await.unwrap(), &page).await.starts_with("HTTP/1.1 200"));
    assert!(ask(&mut standing, &page).await.starts_with("HTTP/1.1 200"), "a connection from before goes on");
    house.stop().await;
}

#[tokio::test]
async fn who_connects_and_says_nothing_takes_a_place_and_no_more_than_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    let pem = certificate(folder.path(), &mut config);
    let house = Served::start(config).await;
    let (secure, tls) = house.secure.clone().unwrap();
    let mut silent = Vec::new();
    for _ in 0..HANDSHAKES + 20 {
        silent.push(TcpStream::connect(secure).await.unwrap());
    }
    while tls.shaking() < HANDSHAKES {
        tokio::task::yield_now().await;
    }
    drop(silent);
    let page = format!("GET /healthz HTTP/1.1\r\nhost: {secure}\r\nconnection: close\r\n\r\n");
    assert!(ask(&mut connect(secure, &pem).await.unwrap(), &page).await.starts_with("HTTP/1.1 200"));
    house.stop().await;
}
