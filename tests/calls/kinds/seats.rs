//! Two agents at stations of one kind, and what all kinds have in common: being rung, lifted, heard and hung up.

use std::net::{IpAddr, Ipv4Addr};

use contract::directory::{AnswerBy, Directory, Srtp, browser_station};
use contract::{AgentId, CallCommand, EventKind, InteractionId, LegId, Microphone, PhoneCheck, SeatCommand, StationHealth, StationId, TrunkId};
use cti_gateway::driver::Browser;
use cti_gateway::sip::sdp::Secrecy;
use zuoxi_tests::house::company::{OUTSIDE, company, trunk};
use zuoxi_tests::house::{Fact, House, Outcome};
use zuoxi_tests::phone::{BrowserPhone, Ear, Manner, Phone, PhoneConfig, Talk};

use super::{Kind, Trouble};

const FINE: PhoneCheck = PhoneCheck { microphone: Microphone::Ok, round_trip_ms: Some(1), jitter_ms: None, lost_percent: None };

/// An agent at a station.
pub struct Seated {
    pub agent: AgentId,
    kind: Kind,
    set: Set,
    /// How often it was rung.
    rung: usize,
}

enum Set {
    Phone(Box<Phone>),
    Browser(std::sync::Arc<BrowserPhone>),
}

/// The agent's end of one call.
pub struct Leg {
    /// As the ledger names it.
    pub id: LegId,
    voice: Voice,
}

enum Voice {
    Talk(Talk),
    Browser(std::sync::Arc<BrowserPhone>),
}

/// A house with two agents signed in at stations of this kind.
pub async fn open(kind: Kind) -> Result<(House, [Seated; 2]), Trouble> {
    let mut house = House::open(staffed(kind)).await?;
    let ann = sit(&mut house, kind, 1).await?;
    let ben = sit(&mut house, kind, 2).await?;
    Ok((house, [ann, ben]))
}

fn staffed(kind: Kind) -> Directory {
    let answer_by = if kind == Kind::Dialed { AnswerBy::Phone } else { AnswerBy::TalkEvent };
    let mut directory = company(&[answer_by, answer_by]);
    if kind == Kind::Browser {
        // A browser has the number of its person, and no phone has it too.
        directory.stations.clear();
    }
    for station in directory.stations.values_mut() {
        match kind {
            Kind::Encrypted => station.srtp = Srtp::Required,
            Kind::Dialed => station.number = number(station.id.0).into(),
            Kind::Phone | Kind::Browser => {}
        }
    }
    directory
}

/// Each agent's number is reached over a way out of its own.
fn number(n: i64) -> &'static str {
    if n == 1 { "13900000001" } else { "13900000002" }
}

async fn sit(house: &mut House, kind: Kind, n: i64) -> Result<Seated, Trouble> {
    let agent = AgentId(n);
    let set = match kind {
        Kind::Phone => Set::Phone(Box::new(house.sits_down(house.station_config(n, Manner::Obeys), n).await?.phone)),
        Kind::Encrypted => {
            let config = house.station_config(n, Manner::Obeys).secrecy(Secrecy::Secured);
            Set::Phone(Box::new(house.sits_down(config, n).await?.phone))
        }
        Kind::Dialed => Set::Phone(Box::new(at_number(house, n).await?)),
        Kind::Browser => Set::Browser(std::sync::Arc::new(at_browser(house, agent).await?)),
    };
    house.seat_is(agent, "reached", |seat| seat.health == StationHealth::Ok).await?;
    Ok(Seated { agent, kind, set, rung: 0 })
}

async fn at_number(house: &mut House, n: i64) -> Result<Phone, Trouble> {
    let mut config = PhoneConfig::new(&format!("mobile {n}"), house.sip());
    config.local = OUTSIDE;
    let mobile = Phone::open(config, &house.sound).await?;
    let (id, to) = (TrunkId(10 + n), mobile.address());
    house.change(|directory| {
        let mut way = trunk(id, &format!("to {n}"), vec![], vec![to]);
        way.prefixes = vec![format!("+86{}", number(n))];
        directory.trunks.insert(id, way);
    }).await?;
    house.gateway.desktop(AgentId(n), true).await;
    house.seat(AgentId(n), SeatCommand::SignIn { station: Some(StationId(n)) }).await?;
    Ok(mobile)
}

async fn at_browser(house: &House, agent: AgentId) -> Result<BrowserPhone, Trouble> {
    house.gateway.desktop(agent, true).await;
    house.seat(agent, SeatCommand::SignIn { station: Some(browser_station(agent)) }).await?;
    let asks = |offer| {
        let (id, name) = ("office".to_owned(), "a test".to_owned());
        house.gateway.line(agent, Browser { offer, id, takes: false, from: IpAddr::V4(Ipv4Addr::LOCALHOST), name })
    };
    let browser = BrowserPhone::open(&format!("browser {agent}"), house.folder(), asks).await?;
    let station = browser_station(agent);
    let up = |f: &Fact| matches!(f.kind, EventKind::StationRegistered { station: s, .. } if s == station).then_some(());
    house.book.until("the browser", up).await?;
    house.gateway.check(agent, FINE).await;
    Ok(browser)
}

impl Seated {
    pub async fn ready(&self, house: &House) -> Outcome {
        house.seat(self.agent, SeatCommand::Ready).await
    }

    /// The next call to this agent: it rings.
    pub async fn rung(&mut self, house: &House, call: InteractionId) -> Result<Leg, Trouble> {
        let voice = match &mut self.set {
            Set::Phone(phone) => Voice::Talk(phone.rung().await?),
            Set::Browser(browser) => Voice::Browser(browser.clone()),
        };
        let agent = self.agent;
        let begun = |f: &Fact| match &f.kind {
            EventKind::LegStarted { leg, party } if f.call == Some(call) && of(party) == Some(agent) => Some(*leg),
            _ => None,
        };
        self.rung += 1;
        let id = house.book.nth(self.rung, "a leg of the agent", begun).await?;
        house.fact(call, "a station that rings", |k| matches!(k, EventKind::LegRinging { leg } if *leg == id)).await?;
        Ok(Leg { id, voice })
    }

    /// By the bar's button; a phone on the other side of a trunk is lifted by hand.
    pub async fn lift(&self, house: &House, call: InteractionId, leg: &Leg) -> Outcome {
        match (&leg.voice, self.kind) {
            (Voice::Talk(talk), Kind::Dialed) => talk.answer().await?,
            _ => house.command(call, self.agent, CallCommand::Answer).await?,
        }
        let id = leg.id;
        house.fact(call, "a station that was lifted", |k| matches!(k, EventKind::LegAnswered { leg } if *leg == id)).await?;
        Ok(())
    }

    /// Rings and is lifted, without a talk of its own yet.
    pub async fn comes(&mut self, house: &House, call: InteractionId, hz: f64) -> Result<Leg, Trouble> {
        let leg = self.rung(house, call).await?;
        self.lift(house, call, &leg).await?;
        leg.say_tone(hz);
        Ok(leg)
    }

    /// Their own station, which rings because they asked for a call, is lifted: by hand outside, elsewhere by itself.
    pub async fn takes_own(&mut self, house: &House, call: InteractionId, hz: f64) -> Result<Leg, Trouble> {
        let leg = self.rung(house, call).await?;
        if let (Voice::Talk(talk), Kind::Dialed) = (&leg.voice, self.kind) {
            talk.answer().await?;
        }
        let id = leg.id;
        house.fact(call, "the own station lifted", |k| matches!(k, EventKind::LegAnswered { leg } if *leg == id)).await?;
        leg.say_tone(hz);
        Ok(leg)
    }

    /// Leaves a conference: by hand at a phone, by the button in a browser.
    pub async fn hang_up_or_leave(&self, house: &House, call: InteractionId, leg: &Leg) -> Outcome {
        match &leg.voice {
            Voice::Talk(talk) => Ok(talk.hang_up().await?),
            Voice::Browser(_) => house.command(call, self.agent, CallCommand::Complete).await,
        }
    }

    /// The agent lays down: a phone by hand, a browser by its button.
    pub async fn hang_up(&self, house: &House, call: InteractionId, leg: &Leg) -> Outcome {
        match &leg.voice {
            Voice::Talk(talk) => Ok(talk.hang_up().await?),
            Voice::Browser(_) => house.command(call, self.agent, CallCommand::Hangup).await,
        }
    }
}

fn of(party: &contract::Party) -> Option<AgentId> {
    match party {
        contract::Party::Agent { agent, .. } | contract::Party::Supervisor { agent, .. } => Some(*agent),
        contract::Party::Caller | contract::Party::Number { .. } => None,
    }
}

impl Leg {
    pub fn say_tone(&self, hz: f64) {
        match &self.voice {
            Voice::Talk(talk) => talk.say_tone(hz),
            Voice::Browser(browser) => browser.say_tone(hz),
        }
    }

    pub async fn hears(&self, what: &str, is: impl Fn(&Ear) -> bool) -> Outcome {
        match &self.voice {
            Voice::Talk(talk) => Ok(talk.hears(what, is).await?),
            Voice::Browser(browser) => Ok(browser.hears(what, is).await?),
        }
    }

    /// What was under way before has been heard out; then nothing but this.
    pub async fn hears_only(&self, hz: f64) -> Outcome {
        self.hears(&format!("{hz} Hz by now"), |ear| ear.tone_ms(hz) >= 300).await?;
        let only = |ear: &Ear| ear.samples().len() >= 8000 && ear.heard_tone(hz) && !ear.heard_other_than(hz);
        self.hears(&format!("a second of {hz} Hz and nothing else"), only).await
    }

    pub async fn hears_both(&self, a: f64, b: f64) -> Outcome {
        self.hears(&format!("{a} and {b} Hz at once"), |ear| ear.heard_both(a, b)).await
    }

    /// Its call is over at the station too.
    pub async fn is_down(&self, house: &House, call: InteractionId) -> Outcome {
        let id = self.id;
        house.fact(call, "the end of a leg", |k| matches!(k, EventKind::LegEnded { leg, .. } if *leg == id)).await?;
        if let Voice::Talk(talk) = &self.voice {
            talk.ended().await?;
        }
        Ok(())
    }
}
