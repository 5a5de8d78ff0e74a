//! What whoever starts the program is told.

use std::fmt::Write as _;
use std::net::SocketAddr;

use company::demo;

use crate::first::{DEMO_NUMBERS, FirstStart};
use crate::house::House;

/// The address, and what is needed to get in.
#[must_use]
pub fn text(house: &House, web: SocketAddr, first: Option<&FirstStart>) -> String {
    let sip = house.gateway.addresses().first().copied().unwrap_or(house.config.sip.listen);
    let mut out = String::new();
    let url = if house.config.http.public_url.is_empty() { format!("http://{web}") } else { house.config.http.public_url.clone() };
    let _ = writeln!(out, "Zuoxi 坐席 {}\n  web  {url}\n  sip  {sip}", env!("CARGO_PKG_VERSION"));
    match first {
        Some(FirstStart::Administrator { username, password }) => {
            let _ = writeln!(out, "\nFirst start. Sign in as {username} with the password {password}");
            let _ = writeln!(out, "It is shown only now, and asked to be changed. 首次启动的管理员密码，仅显示这一次。");
        }
        Some(FirstStart::Demo) | None if is_demo(house) => demo_text(&mut out, sip),
        Some(FirstStart::Demo) | None => {}
    }
    out
}

/// The demo accounts are still there.
fn is_demo(house: &House) -> bool {
    house.config.company.demo && demo::PEOPLE.iter().all(|p| house.office.now().person(p.username).is_some())
}

fn demo_text(out: &mut String, sip: SocketAddr) {
    let _ = writeln!(out, "\nDemo company 演示公司. Everybody's password is {}", demo::PASSWORD);
    for p in demo::PEOPLE {
        let role = format!("{:?}", p.role).to_lowercase();
        let phone = match p.station {
            "" => String::new(),
            user => format!("phone {user} / {}", demo::station_password(user)),
        };
        let _ = writeln!(out, "  {:<10} {role:<11} {phone:<24} {}", p.username, p.name);
    }
    let _ = writeln!(out, "Phones register at {sip} (UDP or TCP). Dial one of these from any phone:");
    for (number, flow) in DEMO_NUMBERS {
        let _ = writeln!(out, "  sip:{number}@{sip}  flow {flow}");
    }
}
