//! PostgreSQL over TLS, with certificates made for the test: what is asked for by `sslmode` is what is done, and who cannot prove
//! to be the server is told apart from one that is away.

use std::path::Path;
use std::process::Command;

use store::testing::Server;
use store::{Db, DbError, vals};

/// A root, and a certificate of `localhost` by it. Names of the files: `<name>.crt`, `<name>.key`.
fn certificates(folder: &Path) {
    let openssl = |line: &str| {
        let output = Command::new("openssl").current_dir(folder).args(line.split(' ')).output().expect("openssl");
        assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    for root in ["root", "other"] {
        openssl(&format!("req -x509 {key} -subj /CN={root} -keyout {root}.key -out {root}.crt"));
    }
    let of = "-subj /CN=localhost -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
    openssl(&format!("req -x509 {key} {of} -CA root.crt -CAkey root.key -keyout server.key -out server.crt"));
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn the_way_to_postgresql_is_as_safe_as_its_address_asks() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let server = Server::start();
    let port = free_port();
    let listen = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
    server.configure(&listen, &[]);
    let address = |host: &str, asks: &str| format!("postgres://postgres@{host}:{port}/postgres?{asks}");
    let root = |name: &str| format!("sslrootcert={}", folder.path().join(name).display());

    let why = Db::open(&address("localhost", "sslmode=require")).await.unwrap_err();
    assert!(matches!(&why, DbError::Setup(why) if why.contains("TLS")), "a server without TLS: {why}");

    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let files = [("server.crt", read("server.crt")), ("server.key", read("server.key"))];
    server.configure("ssl = on\n", &files);
    for (host, asks, tls) in [
        ("localhost", format!("sslmode=verify-full&{}", root("root.crt")), true),
        ("127.0.0.1", format!("sslmode=verify-ca&{}", root("root.crt")), true),
        ("127.0.0.1", "sslmode=require".into(), true),
        ("127.0.0.1", "sslmode=disable".into(), false),
    ] {
        let db = Db::open(&address(host, &asks)).await.unwrap_or_else(|e| panic!("{asks}: {e}"));
        let sql = "SELECT ssl, COALESCE(version, '') AS version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let row = db.query_opt(sql, vals![]).await.unwrap().unwrap();
        let told: (bool, String) = (row.get("ssl").unwrap(), row.get("version").unwrap());
        assert_eq!(told, (tls, if tls { "TLSv1.3".into() } else { String::new() }), "{asks}");
        db.close().await;
    }
    for (host, asks, word) in [
        ("localhost", format!("sslmode=verify-full&{}", root("other.crt")), "UnknownIssuer"),
        ("localhost", "sslmode=verify-full".into(), "UnknownIssuer"),
        ("127.0.0.1", format!("sslmode=verify-full&{}", root("root.crt")), "not valid for name"),
    ] {
        let why = Db::open(&address(host, &asks)).await.unwrap_err();
        assert!(matches!(&why, DbError::Setup(why) if why.contains("TLS") && why.contains(word)), "{asks}: {why:?}");
    }
}
