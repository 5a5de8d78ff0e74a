//! What whoever starts the program is told.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use company::demo::{self, Person};
use company::credentials;
use store::DbError;

use crate::first::{DEMO_NUMBERS, FirstStart};
use crate::house::House;
use crate::http::tls::WebTls;

/// The one moment somebody can read it.
#[must_use]
pub fn administrator(username: &str, password: &str) -> String {
    format!(
        "\nFirst start. Sign in as {username} with the password {password}\n\
         It is shown only now, and asked to be changed. 首次启动的管理员密码，仅显示这一次。\n\n"
    )
}

/// The address, and what is needed to get in.
pub async fn text(house: &House, web: SocketAddr, tls: Option<&WebTls>, first: Option<&FirstStart>) -> String {
    let sip = house.gateway.addresses().first().copied().unwrap_or(house.config.sip.listen);
    let mut out = String::new();
    let http = &house.config.http;
    let url = match http.tls() {
        _ if !http.public_url.is_empty() => http.public_url.clone(),
        Some(tls) => format!("https://{tls}"),
        None => format!("http://{web}"),
    };
    let _ = writeln!(out, "Zuoxi 坐席 {}\n  web  {url}\n  sip  {sip}", env!("CARGO_PKG_VERSION"));
    if let Some(tls) = tls.filter(|tls| tls.is_own()) {
        let _ = writeln!(out, "\nThe certificate was made here, so browsers warn of it. 证书为本机自签，浏览器会提示。SHA-256\n  {}", tls.pair().fingerprint);
    }
    match first {
        Some(FirstStart::Administrator { username, .. }) => {
            let _ = writeln!(out, "\nThe password of {username} stands above. 管理员密码见上文。");
        }
        Some(FirstStart::Demo) | None if is_demo(house) => {
            let open = open(house).await;
            if let Err(e) = &open {
                tracing::warn!("who still has the demo's password is not known: {e}");
            }
            demo_text(&mut out, house, sip, open.ok().as_deref());
            if house.office.now().book.settings.as_ref().is_some_and(|kept| kept.item.web_calls.on) {
                let _ = writeln!(out, "Or call from the browser 或在浏览器里呼叫: {url}/call.html");
            }
        }
        Some(FirstStart::Demo) | None => {}
    }
    out
}

/// The phone somebody is proposed, with its password where it is still the demo's.
fn phone(house: &House, person: &Person) -> String {
    let view = house.office.now();
    let station = view.directory.stations.values().find(|s| s.username == person.station);
    match station.map(|s| s.password.0 == demo::station_password(person.station)) {
        Some(true) => format!("phone {} / {}", person.station, demo::station_password(person.station)),
        Some(false) => format!("phone {}", person.station),
        None => String::new(),
    }
}

/// The demo accounts are still there.
fn is_demo(house: &House) -> bool {
    house.config.company.demo && demo::PEOPLE.iter().all(|p| house.office.now().person(p.username).is_some())
}

/// Who still signs in with the demo's password. All of them began with one hash, so one look tells of many.
async fn open(house: &House) -> Result<Vec<&'static str>, DbError> {
    let mut kept: Vec<(&'static str, String)> = Vec::new();
    for person in demo::PEOPLE {
        let Some(agent) = house.office.now().person(person.username) else { continue };
        let credential = credentials::get(&house.db, agent).await?;
        kept.extend(credential.map(|known| (person.username, known.password_hash)));
    }
    let looked = tokio::task::spawn_blocking(move || {
        let mut known: HashMap<String, bool> = HashMap::new();
        let open = |(_, hash): &(&str, String)| {
            *known.entry(hash.clone()).or_insert_with(|| credentials::verify(demo::PASSWORD, Some(hash)))
        };
        kept.into_iter().filter(open).map(|(name, _)| name).collect()
    });
    looked.await.map_err(|e| DbError::Other(e.to_string()))
}

fn demo_text(out: &mut String, house: &House, sip: SocketAddr, open: Option<&[&str]>) {
    let all = open.is_some_and(|open| open.len() == demo::PEOPLE.len());
    let words = match open {
        None => String::new(),
        Some([]) => "Everybody has a password of their own 密码均已修改".to_owned(),
        Some(_) if all => format!("Everybody's password is {}", demo::PASSWORD),
        Some(_) => format!("The password of those with a * is {} 带 * 者仍用此密码", demo::PASSWORD),
    };
    let _ = writeln!(out, "\nDemo company 演示公司. {words}");
    for p in demo::PEOPLE {
        let role = format!("{:?}", p.role).to_lowercase();
        let mark = if !all && open.is_some_and(|open| open.contains(&p.username)) { '*' } else { ' ' };
        let _ = writeln!(out, " {mark}{:<10} {role:<11} {:<24} {}", p.username, phone(house, p), p.name);
    }
    let _ = writeln!(out, "Phones register at {sip} (UDP or TCP). Dial one of these from any phone:");
    for (number, flow) in DEMO_NUMBERS {
        let _ = writeln!(out, "  sip:{number}@{sip}  flow {flow}");
    }
}
