//! The demo's callers: customers of the company and strangers, in Chinese and English, who walk the menu, wait, talk,
//! hang up first or last, or lose patience.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use zuoxi_tests::phone::{Dialing, Keys, Phone, PhoneConfig, Talk, Trouble};

use crate::agents::{Outcome, PASSWORD};
use crate::http::Session;
use crate::stage::Stage;

/// Numbers of the demo company.
const MAIN: &str = "4008001234";
const DIRECT: &str = "8000";
const DIRECT_EN: &str = "8001";

/// Who calls.
#[derive(Debug, Clone)]
pub struct Persona {
    pub name: String,
    /// E.164.
    pub number: String,
    pub language: &'static str,
}

/// Strangers, beside the customers.
const STRANGERS: [(&str, &str); 8] = [
    ("", "+8613911112222"),
    ("陌生来电", "+862161234567"),
    ("Lucy Wong", "+85291234567"),
    ("陳先生", "+886912345678"),
    ("John Carter", "+12125550142"),
    ("Anna Weber", "+493012345678"),
    ("Yuki Sato", "+81312345678"),
    ("Bruno Lima", "+5511912345678"),
];

impl Persona {
    fn new(name: &str, number: &str) -> Self {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let chinese = name.chars().any(han) || (name.is_empty() && number.starts_with("+86"));
        Self { name: name.to_owned(), number: number.to_owned(), language: if chinese { "zh-CN" } else { "en" } }
    }
}

/// Who may call: the first customers of the company, and some strangers.
///
/// # Errors
/// What the server refused.
pub async fn personas(web: SocketAddr) -> Outcome<Vec<Persona>> {
    let session = Session::sign_in(web, "linyue", PASSWORD).await?;
    let page = session.get("/customers?limit=200").await?;
    session.sign_out().await?;
    let customers = page["items"].as_array().cloned().unwrap_or_default();
    let known = |c: &Value| {
        let number = c["number"].as_str().filter(|n| n.starts_with('+'))?;
        Some(Persona::new(c["name"].as_str().unwrap_or_default(), number))
    };
    let strangers = STRANGERS.iter().map(|(name, number)| Persona::new(name, number));
    Ok(customers.iter().filter_map(known).chain(strangers).collect())
}

/// One call, from the first digit to the end.
///
/// # Errors
/// What did not happen.
pub async fn calls(stage: Arc<Stage>, persona: Persona) -> Outcome {
    let config = PhoneConfig::new(&persona.name, stage.sip).number(&persona.number);
    let phone = Phone::open(config, &stage.sound).await?;
    let number = match (stage.below(10), persona.language) {
        (0..2, "en") => DIRECT_EN,
        (0..2, _) => DIRECT,
        _ => MAIN,
    };
    let how = Dialing { from: Some((persona.name.clone(), persona.number.clone())), ..Dialing::default() };
    let agent = stage.wait_for_agent(&persona.number);
    let talk = phone.dial_with(number, how).await?;
    let end = lives(&stage, &persona, number, &talk, agent).await;
    stage.forget(&persona.number);
    if talk.state().ended.is_none() {
        talk.hang_up().await?;
        talk.ended().await?;
    }
    // A transaction more is answered before the phone is gone.
    talk.ends_within(Duration::from_millis(500)).await;
    Ok(end?)
}

async fn lives(
    stage: &Stage,
    persona: &Persona,
    number: &str,
    talk: &Talk,
    agent: tokio::sync::oneshot::Receiver<()>,
) -> Result<(), Trouble> {
    talk.answered().await?;
    if stage.happens(6) {
        stage.pause(1..6).await;
        return Ok(());
    }
    if number == MAIN {
        walks_the_menu(stage, persona, talk).await?;
    }
    // Some lose patience in the queue, most wait.
    let patience = if stage.happens(12) { 4..15 } else { 60..180 };
    let answered = tokio::select! {
        met = agent => met.is_ok(),
        _ = stage.pause(patience) => false,
        _ = talk.until_ended() => false,
    };
    if !answered {
        return Ok(());
    }
    let turns = if stage.happens(40) { 1 + stage.below(3) } else { 20 };
    for _ in 0..turns {
        if let Some(clip) = stage.speech(persona.language) {
            talk.say(vec![clip]);
        }
        tokio::select! {
            more = stage.pause(4..9) => if !more { return Ok(()) },
            _ = talk.until_ended() => return Ok(()),
        }
    }
    Ok(())
}

/// Language, then what it is about; one in ten presses a key that is not there first.
async fn walks_the_menu(stage: &Stage, persona: &Persona, talk: &Talk) -> Result<(), Trouble> {
    if !stage.pause(2..5).await || talk.state().ended.is_some() {
        return Ok(());
    }
    talk.press(if persona.language == "en" { "2" } else { "1" }, Keys::Media).await?;
    if !stage.pause(5..9).await || talk.state().ended.is_some() {
        return Ok(());
    }
    if stage.happens(10) {
        talk.press("9", Keys::Media).await?;
        stage.pause(3..6).await;
    }
    let choice = ["1", "2", "3", "0", "4"][usize::try_from(stage.below(5)).unwrap_or(0)];
    talk.press(choice, Keys::Media).await?;
    if choice == "4" && stage.pause(2..5).await {
        talk.press(&format!("{:06}#", stage.below(1_000_000)), Keys::Media).await?;
    }
    Ok(())
}
