//! The demo company at work: an agent of it with desk and phone, a caller, and what they say to each other.

use std::net::Ipv4Addr;

use contract::{CallCommand, CardState, StationId};
use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use super::{Desk, LOOK, PATIENCE, Program, Web, rtp_block, until};
use crate::phone::{Manner, Phone, PhoneConfig, Sound, Talk};

/// What the caller says, in Hz.
pub const CALLER_HZ: f64 = 440.0;
/// What the agent says.
pub const AGENT_HZ: f64 = 620.0;
/// Straight to `support-zh`.
pub const DIRECT: &str = "8000";

/// Audio for the phones of one test, kept below `folder`.
///
/// # Panics
/// Where no thread can be made.
#[must_use]
pub fn sound(folder: &std::path::Path) -> Sound {
    let heard = folder.join("heard");
    std::fs::create_dir_all(&heard).expect("a folder for what is heard");
    Sound::start(Ipv4Addr::LOCALHOST.into(), rtp_block(), &heard).expect("phones have sound")
}

/// An agent of the demo: browser, desk, and a phone that answers when told to.
pub struct AtWork {
    pub web: Web,
    pub desk: Desk,
    pub phone: Phone,
    pub station: StationId,
}

/// The id of a station by its user name, as the desk names it.
pub async fn station_of(web: &Web, user: &str) -> StationId {
    let setup = web.read("/desk/setup").await;
    let all = setup["stations"].as_array().cloned().unwrap_or_default();
    let found = all.iter().find(|one| one["name"].as_str().is_some_and(|name| name.contains(user)));
    let id = found.and_then(|one| one["id"].as_str()).unwrap_or_else(|| panic!("no station {user} in {setup}"));
    id.parse().expect("an id")
}

impl AtWork {
    /// Signed in, registered, seated, ready.
    ///
    /// # Panics
    /// Where any of it is refused.
    pub async fn begin(program: &Program, username: &str, user: &str, sound: &Sound) -> Self {
        let web = program.person(username).await;
        let account = (user, format!("zuoxi-{user}"));
        let config = PhoneConfig::new(user, program.sip).account(account.0, &account.1).manner(Manner::Obeys);
        let phone = Phone::open(config, sound).await.expect("a phone");
        phone.register().await.expect("the station registers");
        let station = station_of(&web, user).await;
        let mut desk = Desk::open(&web).await;
        desk.go_ready(station).await;
        Self { web, desk, phone, station }
    }

    /// A caller comes, the agent answers by the desk, and both hear each other.
    ///
    /// # Panics
    /// Where any of it does not come to pass.
    pub async fn talk_with(&mut self, caller: &Phone, dial: &str) -> (Talk, Talk) {
        let out = caller.dial(dial).await.expect("the call goes out");
        let here = self.phone.rung().await.expect("the station rings");
        self.desk.shows(CardState::Ringing).await;
        self.desk.call(CallCommand::Answer).await;
        here.answered().await.expect("the phone answers when told");
        out.answered().await.expect("the caller is through");
        self.desk.shows(CardState::Talking).await;
        out.say_tone(CALLER_HZ);
        here.say_tone(AGENT_HZ);
        here.expect_tone(CALLER_HZ).await.expect("the agent hears the caller");
        out.expect_tone(AGENT_HZ).await.expect("the caller hears the agent");
        (out, here)
    }
}

/// A caller on the trunk.
///
/// # Panics
/// Where no socket is free.
pub async fn caller(program: &Program, number: &str, sound: &Sound) -> Phone {
    let config = PhoneConfig::new("caller", program.sip).number(number);
    Phone::open(config, sound).await.expect("a caller")
}

/// A person with this number. Its id.
///
/// # Panics
/// Where it cannot be written.
pub async fn customer(web: &Web, name: &str, number: &str) -> String {
    let blank = json!({
        "name": name, "kind": "person", "level": null, "source": null, "region": null, "industry": null, "stage": null,
        "ownerAgent": null, "ownerTeam": null, "vip": false, "notes": "",
        "points": [{ "kind": "phone", "value": number }],
    });
    let made = web.write("POST", "/customers", &blank).await.json();
    made["id"].as_str().expect("a customer has an id").to_owned()
}

/// The row of an interaction once it is over, with all its details.
pub async fn over(web: &Web, interaction: &str) -> Value {
    until("the interaction to be over", async || {
        let reply = web.try_read(&format!("/interactions/{interaction}")).await;
        let row = (reply.status == 200).then(|| reply.json())?;
        (!row["ended"].is_null()).then_some(row)
    })
    .await
}

/// Gauges of `/metrics` that are not 0 and ought to be with nothing going on.
///
/// # Panics
/// Where there are no metrics.
pub async fn restless(program: &Program) -> Vec<String> {
    let text = Web::at(program.web).get("/metrics").await.expect("metrics").text();
    let gauges: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" gauge"))
        .filter(|name| !STANDING.iter().any(|word| name.contains(word)))
        .collect();
    assert!(!gauges.is_empty(), "there are gauges in {text}");
    let of_gauge = |line: &&str| gauges.iter().any(|name| line.split(['{', ' ']).next() == Some(*name));
    let busy = |line: &&str| line.rsplit(' ').next().and_then(|n| n.parse::<f64>().ok()).is_some_and(|n| n != 0.0);
    text.lines().filter(of_gauge).filter(busy).map(str::to_owned).collect()
}

/// Waits until nothing goes on any more.
///
/// # Panics
/// Naming the gauges that are not 0, where they stay so.
pub async fn rests(program: &Program) {
    let (end, mut look) = (Instant::now() + PATIENCE, interval(LOOK));
    loop {
        look.tick().await;
        let busy = restless(program).await;
        if busy.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "not at rest: {busy:?}");
    }
}

/// What is not 0 in a house at rest.
const STANDING: [&str; 6] = ["sip_registrations", "ports_free", "desktop", "seat", "agents", "part_up"];
