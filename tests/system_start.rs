//! First and second starts, and starting from a backup.

use std::process::Command;

use serde_json::json;
use tempfile::tempdir;
use zuoxi_tests::server::{DEMO_PASSWORD, Program, Web, binary, variables};

/// What is printed after "password" on the line that tells it.
fn told_password(printed: &str) -> Option<String> {
    let line = printed.lines().find(|line| line.contains("Sign in as admin"))?;
    line.rsplit(' ').next().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_makes_an_administrator_whose_random_password_is_told_once() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Program::start(&data, &[]).await;
    let password = told_password(&first.printed()).expect("the password is told");
    assert!(password.len() >= 16, "{password} is long enough");
    let admin = first.signed_in("admin", &password).await;
    let me = admin.read("/session").await;
    assert_eq!(me["mustChangePassword"], true, "it is asked to be changed");
    assert_eq!(me["roles"], json!(["admin"]));
    let refused = Web::at(first.web).try_sign_in("admin", DEMO_PASSWORD).await;
    assert_eq!(refused.status, 401, "there are no demo accounts: {}", refused.text());
    admin.write("PUT", "/session/password", &json!({ "current": password, "next": "correct horse battery" })).await;
    first.stop().await;

    let second = Program::start(&data, &[]).await;
    assert_eq!(told_password(&second.printed()), None, "it is told once only");
    assert_eq!(Web::at(second.web).try_sign_in("admin", &password).await.status, 401, "the told one is over");
    let admin = second.signed_in("admin", "correct horse battery").await;
    assert_eq!(admin.read("/session").await["mustChangePassword"], false);
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_first_starts_tell_different_passwords() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let folder = tempdir().unwrap();
        let program = Program::start(&folder.path().join("data"), &[]).await;
        told.push(told_password(&program.printed()).expect("the password is told"));
        program.stop().await;
    }
    assert_ne!(told[0], told[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_start_tells_accounts_phones_and_the_numbers_to_dial_and_a_second_keeps_what_was_done() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Program::demo(&data).await;
    let printed = first.printed();
    for told in ["admin", "wangfang", "emma", DEMO_PASSWORD, "1001", "zuoxi-1001", "4008001234", "8000"] {
        assert!(printed.contains(told), "{told} is told in {printed}");
    }
    assert!(printed.contains(&first.web.to_string()) && printed.contains(&first.sip.to_string()), "{printed}");
    let admin = first.person("admin").await;
    admin.write("POST", "/admin/skills", &json!({ "name": "粤语 Cantonese" })).await;
    first.stop().await;

    let second = Program::demo(&data).await;
    let skills = second.person("admin").await.read("/admin/skills?limit=100").await.to_string();
    assert!(skills.contains("粤语 Cantonese"), "{skills}");
    assert_eq!(skills.matches("粤语 Cantonese").count(), 1);
    assert_eq!(skills.matches("\"English\"").count(), 1, "the demo is loaded once: {skills}");
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_it_runs_starts_as_the_same_house() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::demo(&data).await;
    let admin = program.person("admin").await;
    let customer = zuoxi_tests::server::demo::customer(&admin, "备份 Backup", "+8613600136000").await;
    let copy = folder.path().join("copy");
    let made = Command::new(binary())
        .args(["backup".as_ref(), copy.as_os_str()])
        .current_dir(folder.path())
        .envs(variables(program.web, program.sip, &data))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let sums = Command::new("sha256sum").args(["--check", "--strict", "MANIFEST"]).current_dir(&copy).output().unwrap();
    assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stdout));
    program.stop().await;

    let again = Program::demo(&copy).await;
    let found = again.person("admin").await.read(&format!("/customers/{customer}")).await;
    assert_eq!(found["name"], "备份 Backup");
    // The key came along: stations' passwords open, so phones can register.
    let sound = zuoxi_tests::server::demo::sound(folder.path());
    let desk = zuoxi_tests::server::demo::AtWork::begin(&again, "wangfang", "1001", &sound).await;
    drop(desk);
    again.stop().await;
}
