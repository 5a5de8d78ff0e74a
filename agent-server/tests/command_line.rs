//! The program as whoever starts it meets it: which variables count, which file is at fault, and what a start that fails
//! leaves behind.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output};

fn zuoxi(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zuoxi"));
    command.args(args).current_dir(folder).env_clear();
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[test]
fn only_variables_of_ours_count_and_each_of_them_names_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = OsStr::from_bytes;
    let table: [(&OsStr, &OsStr, Option<&str>); 7] = [
        (bytes(b"LC_\xff"), bytes(b"\xfe"), None),
        (bytes(b"ZUOXI_HTTP__LISTEN"), bytes(b"127.0.0.1:9000"), None),
        (bytes(b"ZUOXI_BIN"), bytes(b"/usr/bin/zuoxi"), None),
        (
            bytes(b"ZUOXI_HTTP_LISTEN"),
            bytes(b"127.0.0.1:9000"),
            Some("ZUOXI_HTTP_LISTEN: names no key; two underscores part section and key, as in ZUOXI_HTTP__LISTEN"),
        ),
        (
            bytes(b"ZUOXI_DEMO"),
            bytes(b"true"),
            Some("ZUOXI_DEMO: names no key; two underscores part section and key, as in ZUOXI_SECTION__KEY"),
        ),
        (bytes(b"ZUOXI_SIP__REALM"), bytes(b"\xff"), Some("ZUOXI_SIP__REALM: must be UTF-8 text, name and value")),
        (bytes(b"ZUOXI_SIP__\xff"), bytes(b"1"), Some("ZUOXI_SIP__\u{fffd}: must be UTF-8 text, name and value")),
    ];
    for (name, value, fault) in table {
        let output = zuoxi(folder.path(), &["check"]).env(name, value).output().unwrap();
        let told = told(&output);
        assert_eq!(output.status.code(), Some(if fault.is_some() { 2 } else { 0 }), "{name:?}: {told}");
        assert!(told.contains(fault.unwrap_or("the configuration is good")), "{name:?}: {told}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_named_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), "[http\n").unwrap();
    let output = zuoxi(folder.path(), &["check", "--config", "mine.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("mine.toml: TOML parse error at line 1"), "{}", told(&output));
    let output = zuoxi(folder.path(), &["check", "--config", "nowhere.toml"]).output().unwrap();
    assert!(told(&output).contains("nowhere.toml: cannot be read"), "{}", told(&output));
}

#[tokio::test]
async fn the_first_administrator_s_password_is_told_even_where_the_start_fails_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let output = zuoxi(folder.path(), &["serve"])
        .env("ZUOXI_HTTP__LISTEN", "127.0.0.1:0")
        .env("ZUOXI_SIP__LISTEN", taken.local_addr().unwrap().to_string())
        .envs([("ZUOXI_MEDIA__FIRST_PORT", "20000"), ("ZUOXI_MEDIA__LAST_PORT", "20099")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "the phones' port is taken: {}", told(&output));
    let printed = told(&output);
    let line = printed.lines().find(|line| line.contains("Sign in as admin")).unwrap_or_else(|| panic!("{printed}"));
    let password = line.rsplit(' ').next().unwrap();
    let db = store::Db::open(&store::testing::sqlite_url(&folder.path().join("data"))).await.unwrap();
    let book = company::book::look(&db).await.unwrap();
    let admin = book.agents.keys().next().unwrap();
    let kept = company::credentials::get(&db, *admin).await.unwrap().unwrap();
    assert!(company::credentials::verify(password, Some(&kept.password_hash)), "it is the one that counts");
}

#[tokio::test]
async fn the_demo_company_comes_with_its_customers_or_not_at_all() {
    store::testing::both(|db| async move {
        let config = agent_server::config::parse("[company]\ndemo = true\n", []).unwrap();
        let (ids, vault) = (contract::IdMaker::new(1), company::Vault::new(&[7; 32]));
        db.migrate(agent_server::rooms::ROOMS).await.unwrap();
        let rename = async |from: &str, to: &str| {
            let mut tx = db.begin().await.unwrap();
            tx.execute(&format!("ALTER TABLE {from} RENAME TO {to}"), Vec::new()).await.unwrap();
            tx.commit().await.unwrap();
        };
        rename("contact_point", "away").await;
        assert!(agent_server::first::start(&db, &ids, &vault, &config).await.is_err());
        rename("away", "contact_point").await;
        let told = agent_server::first::start(&db, &ids, &vault, &config).await.unwrap();
        assert_eq!(told, Some(agent_server::first::FirstStart::Demo), "the first start is still to be made");
        let ask = store::page::PageAsk::default();
        let customers = crm::customers::list(&db, &crm::customers::Search::All, &ask).await.unwrap();
        assert_eq!((customers.rows.len(), customers.next.is_some()), (50, true));
        assert_eq!(agent_server::first::start(&db, &ids, &vault, &config).await.unwrap(), None);
    })
    .await;
}
