//! The connection to a PBX as a machine: when it is tried, whether it lives, what is outstanding. It holds no socket and reads no
//! clock: it is told what happened and the time, and says what to do.

use std::collections::BTreeMap;

use contract::EpochMs;
use contract::directory::Pbx;

use super::dialect::{Cannot, Dialect, Heard};
use super::seen::{Answer, Ask, Seen};

/// A connection, and a login, that takes longer is given up.
const PATIENCE_MS: EpochMs = 10_000;
/// Lists of a large PBX take their time.
const LISTING_MS: EpochMs = 60_000;
/// Silence after which it is asked whether it lives, and after which it does not.
const SILENT_MS: EpochMs = 10_000;
const DEAD_MS: EpochMs = 30_000;
/// What is asked must be answered by then.
const ANSWER_MS: EpochMs = 10_000;
const FIRST_WAIT_MS: EpochMs = 1_000;
const LONGEST_WAIT_MS: EpochMs = 30_000;
/// After a wrong password: many PBXs ban who tries often.
const REFUSED_WAIT_MS: EpochMs = 60_000;
/// Asks without an answer.
const MOST_ASKED: usize = 5_000;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStage {
    /// Tried again later.
    Down,
    Connecting,
    /// Connected, and not let in yet.
    LoggingIn,
    /// What is there now is being listed.
    Listing,
    Up,
}

/// What keeps it from being up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answers at the address, or there is no TLS with whom we expect.
    NoConnection,
    /// It does not let us in.
    Refused,
    /// It answers, and does not speak what was set.
    Foreign,
    /// It says nothing any more.
    Silent,
    /// It ended the connection, or the network did.
    Closed,
}

/// The connection as it stands, for whoever looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkState {
    pub stage: LinkStage,
    /// Since when the stage is what it is.
    pub since: EpochMs,
    /// What the PBX says it is; empty until it has.
    pub version: String,
    /// Why it was lost, or is not there.
    pub last_error: Option<(Fault, String)>,
    /// When it is tried again, while it is down.
    pub retry: Option<EpochMs>,
    /// Since the PBX was set: messages that said something, those that meant nothing to us, and those that could not be read.
    pub events: u64,
    pub unknown: u64,
    pub malformed: u64,
    /// How often it was lost after it had been up.
    pub reconnects: u64,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Do {
    Connect,
    Say(String),
    Close,
    /// To be told on, in this order.
    Tell(Told),
}

/// What those who use the connection are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Seen(Seen),
    Answer(Answer),
    /// All that is there has been listed; from here on it is as it is told.
    Up,
    Lost,
}

/// The connection of one PBX.
#[derive(Debug)]
pub struct Link {
    pbx: Pbx,
    dialect: Dialect,
    state: LinkState,
    wait_ms: EpochMs,
    /// When something was heard last, and whether it was asked for a sign of life since.
    heard: EpochMs,
    asked_for_life: bool,
    asked: BTreeMap<u64, EpochMs>,
    /// Of conversations that ended.
    malformed_before: u64,
}

impl Link {
    /// Not tried yet; [`Link::tick`] does.
    #[must_use]
    pub fn new(pbx: Pbx, now: EpochMs) -> Self {
        let state = LinkState {
            stage: LinkStage::Down,
            since: now,
            version: String::new(),
            last_error: None,
            retry: Some(now),
            events: 0,
            unknown: 0,
            malformed: 0,
            reconnects: 0,
        };
        let (dialect, wait_ms) = (Dialect::new(&pbx), FIRST_WAIT_MS);
        Self { pbx, dialect, state, wait_ms, heard: now, asked_for_life: false, asked: BTreeMap::new(), malformed_before: 0 }
    }

    #[must_use]
    pub fn state(&self) -> &LinkState {
        &self.state
    }

    /// When [`Link::tick`] is wanted next.
    #[must_use]
    pub fn deadline(&self) -> EpochMs {
        let since = self.state.since;
        let own = match self.state.stage {
            LinkStage::Down => self.state.retry.unwrap_or(since),
            LinkStage::Connecting | LinkStage::LoggingIn => since + PATIENCE_MS,
            LinkStage::Listing => since + LISTING_MS,
            LinkStage::Up if self.asked_for_life => self.heard + DEAD_MS,
            LinkStage::Up => self.heard + SILENT_MS,
        };
        self.asked.values().copied().chain([own]).min().unwrap_or(own)
    }

    /// A deadline has come, or may have.
    pub fn tick(&mut self, now: EpochMs) -> Vec<Do> {
        let mut out = Vec::new();
        let late: Vec<u64> = self.asked.iter().filter(|(_, at)| **at <= now).map(|(token, _)| *token).collect();
        for token in late {
            self.asked.remove(&token);
            if let Dialect::Asterisk(dialect) = &mut self.dialect {
                dialect.forget(token);
            }
            out.push(Do::Tell(Told::Answer(Answer { token, done: Err("no answer".to_owned()) })));
        }
        let since = self.state.since;
        match self.state.stage {
            LinkStage::Down if self.state.retry.is_some_and(|at| at <= now) => {
                self.state.retry = None;
                self.enter(now, LinkStage::Connecting);
                self.dialect = Dialect::new(&self.pbx);
                out.push(Do::Connect);
            }
            LinkStage::Connecting if now >= since + PATIENCE_MS => self.give_up(now, Fault::NoConnection, "nothing answers there", &mut out),
            LinkStage::LoggingIn if now >= since + PATIENCE_MS => {
                self.give_up(now, Fault::Foreign, "it answers, but does not speak as it should", &mut out);
            }
            LinkStage::Listing if now >= since + LISTING_MS => self.give_up(now, Fault::Foreign, "it does not list its channels", &mut out),
            LinkStage::Up if now >= self.heard + DEAD_MS => self.give_up(now, Fault::Silent, "it has fallen silent", &mut out),
            LinkStage::Up if now >= self.heard + SILENT_MS && !self.asked_for_life => {
                self.asked_for_life = true;
                let said = self.dialect.ping();
                out.push(Do::Say(said));
            }
            _ => {}
        }
        out
    }

    /// The connection stands: the far end greets.
    pub fn connected(&mut self, now: EpochMs) {
        self.heard = now;
        self.enter(now, LinkStage::LoggingIn);
    }

    /// The connection could not be made, or is gone.
    pub fn lost(&mut self, now: EpochMs, why: &str) -> Vec<Do> {
        let mut out = Vec::new();
        let fault = if self.state.stage == LinkStage::Connecting { Fault::NoConnection } else { Fault::Closed };
        if self.state.stage != LinkStage::Down {
            self.give_up(now, fault, why, &mut out);
        }
        out
    }

    /// Bytes as they came.
    pub fn heard(&mut self, now: EpochMs, bytes: &[u8]) -> Vec<Do> {
        let (mut out, mut heard) = (Vec::new(), Vec::new());
        if matches!(self.state.stage, LinkStage::Down | LinkStage::Connecting) {
            return out;
        }
        (self.heard, self.asked_for_life) = (now, false);
        self.dialect.read(bytes, &mut heard);
        let malformed = self.malformed_before + self.dialect.malformed();
        if self.state.malformed == 0 && malformed > 0 {
            let name = &self.pbx.name;
            tracing::warn!(pbx = %name, "PBX {name} sends what cannot be read; it is passed over, and counted from now on");
        }
        self.state.malformed = malformed;
        for one in heard {
            match one {
                Heard::Say(said) => out.push(Do::Say(said)),
                Heard::LoggedIn => {
                    self.enter(now, LinkStage::Listing);
                    out.push(Do::Tell(Told::Seen(Seen::ListBegins)));
                    out.extend(self.dialect.list().into_iter().map(Do::Say));
                }
                Heard::Listed => {
                    self.enter(now, LinkStage::Up);
                    (self.wait_ms, self.state.last_error) = (FIRST_WAIT_MS, None);
                    out.push(Do::Tell(Told::Up));
                }
                Heard::Refused(why) => {
                    self.wait_ms = REFUSED_WAIT_MS;
                    self.give_up(now, Fault::Refused, &format!("it does not let us in: {why}"), &mut out);
                    return out;
                }
                Heard::Closing => {
                    self.give_up(now, Fault::Closed, "it says good-bye", &mut out);
                    return out;
                }
                Heard::Answer(answer) => {
                    if self.asked.remove(&answer.token).is_some() {
                        out.push(Do::Tell(Told::Answer(answer)));
                    }
                }
                Heard::Version(version) => self.state.version = version.chars().take(80).collect(),
                Heard::Unknown => self.state.unknown += 1,
                Heard::Seen(seen) => {
                    self.state.events += 1;
                    out.push(Do::Tell(Told::Seen(seen)));
                }
            }
        }
        out
    }

    /// Every ask has an answer: this one's comes at once where it cannot be made.
    pub fn ask(&mut self, now: EpochMs, token: u64, ask: &Ask) -> Vec<Do> {
        let refused = |why: &str| vec![Do::Tell(Told::Answer(Answer { token, done: Err(why.to_owned()) }))];
        if self.state.stage != LinkStage::Up {
            return refused("there is no connection");
        }
        if self.asked.len() >= MOST_ASKED {
            return refused("too much is asked and not answered");
        }
        match self.dialect.ask(token, ask) {
            Ok(said) => {
                self.asked.insert(token, now + ANSWER_MS);
                said.into_iter().map(Do::Say).collect()
            }
            Err(why @ (Cannot::Never | Cannot::Unsayable(_))) => refused(&why.to_string()),
        }
    }

    fn enter(&mut self, now: EpochMs, stage: LinkStage) {
        (self.state.stage, self.state.since) = (stage, now);
    }

    fn give_up(&mut self, now: EpochMs, fault: Fault, why: &str, out: &mut Vec<Do>) {
        let was = self.state.stage;
        for token in std::mem::take(&mut self.asked).into_keys() {
            out.push(Do::Tell(Told::Answer(Answer { token, done: Err("the connection was lost".to_owned()) })));
        }
        out.push(Do::Close);
        if was == LinkStage::Up {
            self.state.reconnects += 1;
            out.push(Do::Tell(Told::Lost));
        }
        self.malformed_before = self.state.malformed;
        self.enter(now, LinkStage::Down);
        self.state.last_error = Some((fault, why.chars().take(200).collect()));
        self.state.retry = Some(now + self.wait_ms);
        self.wait_ms = if self.wait_ms == REFUSED_WAIT_MS { FIRST_WAIT_MS } else { (2 * self.wait_ms).min(LONGEST_WAIT_MS) };
    }
}

#[cfg(test)]
mod tests {
    use contract::PbxId;
    use contract::directory::{PbxKind, Secret};

    use super::*;

    fn link() -> Link {
        let pbx = Pbx {
            id: PbxId(1),
            name: "office".into(),
            kind: PbxKind::Asterisk,
            address: "192.0.2.20:5038".into(),
            tls: None,
            user: "zuoxi".into(),
            password: Secret("secret".into()),
            queues: Vec::new(),
            context: "in".into(),
            recorded_in: String::new(),
            recordings: String::new(),
        };
        Link::new(pbx, 0)
    }

    const GREETING: &[u8] = b"Asterisk Call Manager/11.0.0\r\n";
    const LISTS: &[u8] = b"Event: CoreShowChannelsComplete\r\n\r\nEvent: QueueStatusComplete\r\n\r\n";

    fn said(all: &[Do]) -> String {
        all.iter().filter_map(|one| if let Do::Say(said) = one { Some(said.as_str()) } else { None }).collect()
    }

    fn up(link: &mut Link, now: EpochMs) -> Vec<Do> {
        assert_eq!(link.tick(now), [Do::Connect]);
        link.connected(now);
        link.heard(now, GREETING);
        link.heard(now, b"Response: Success\r\nActionID: login\r\n\r\n");
        let told = link.heard(now, LISTS);
        assert_eq!(link.state().stage, LinkStage::Up);
        told
    }

    #[test]
    fn in_the_clear_the_password_is_proved_and_not_said() {
        let mut link = link();
        link.tick(0);
        link.connected(0);
        assert!(said(&link.heard(0, GREETING)).contains("AuthType: MD5"));
        let login = said(&link.heard(0, b"Response: Success\r\nActionID: challenge\r\nChallenge: 840415273\r\n\r\n"));
        // md5("840415273secret")
        assert!(login.contains("Key: ") && !login.contains("secret"), "{login}");
        let sum = { use md5::Digest as _; hex::encode(md5::Md5::digest("840415273secret")) };
        assert!(login.contains(&sum), "{login}");
        link.pbx.tls = Some("pbx.example.com".into());
        link.dialect = Dialect::new(&link.pbx);
        assert!(said(&link.heard(0, GREETING)).contains("Secret: secret"), "over TLS it is said");
    }

    #[test]
    fn what_is_lost_is_tried_again_each_time_later_and_what_was_up_begins_anew() {
        let mut link = link();
        let mut now = 0;
        for wait in [1, 2, 4, 8, 16, 30, 30] {
            assert_eq!(link.tick(now), [Do::Connect]);
            assert_eq!(link.lost(now, "refused"), [Do::Close]);
            assert_eq!(link.deadline(), now + wait * 1_000);
            assert_eq!(link.tick(now + wait * 1_000 - 1), []);
            now += wait * 1_000;
        }
        let told = up(&mut link, now);
        assert_eq!(told.last(), Some(&Do::Tell(Told::Up)));
        assert_eq!(link.state().last_error, None);
        assert_eq!(link.lost(now, "cut"), [Do::Close, Do::Tell(Told::Lost)]);
        assert_eq!((link.deadline(), link.state().reconnects), (now + 1_000, 1));
        assert_eq!(link.lost(now, "cut again"), [], "once");
    }

    #[test]
    fn who_is_not_let_in_tries_seldom() {
        let mut link = link();
        link.tick(0);
        link.connected(0);
        link.heard(0, GREETING);
        let told = link.heard(0, b"Response: Error\r\nActionID: login\r\nMessage: Authentication failed\r\n\r\n");
        assert_eq!(told, [Do::Close]);
        assert_eq!(link.deadline(), 60_000);
        let (fault, why) = link.state().last_error.clone().unwrap();
        assert!(fault == Fault::Refused && why.contains("Authentication failed"), "{why}");
    }

    #[test]
    fn silence_is_asked_about_and_then_taken_for_the_end() {
        let mut link = link();
        up(&mut link, 0);
        assert_eq!(link.deadline(), 10_000);
        assert!(said(&link.tick(10_000)).contains("Action: Ping"));
        assert_eq!(link.tick(10_001), [], "asked once");
        link.heard(11_000, b"Response: Success\r\nActionID: ping\r\n\r\n");
        assert_eq!(link.deadline(), 21_000);
        link.tick(21_000);
        assert_eq!(link.tick(41_000), [Do::Close, Do::Tell(Told::Lost)]);
    }

    #[test]
    fn every_ask_has_one_answer_whatever_happens() {
        let mut link = link();
        let hang_up = |channel: &str| Ask::Hangup { channel: channel.into() };
        let refused = |all: &[Do], token| matches!(all, [Do::Tell(Told::Answer(Answer { token: t, done: Err(_) }))] if *t == token);
        assert!(refused(&link.ask(0, 1, &hang_up("a")), 1), "not up");
        up(&mut link, 0);
        assert!(said(&link.ask(0, 2, &hang_up("a"))).contains("ActionID: ask-2"));
        let done = link.heard(1, b"Response: Success\r\nActionID: ask-2\r\n\r\n");
        assert_eq!(done, [Do::Tell(Told::Answer(Answer { token: 2, done: Ok(()) }))]);
        assert_eq!(link.heard(1, b"Response: Success\r\nActionID: ask-2\r\n\r\n"), [], "answered before");
        assert!(refused(&link.ask(1, 3, &hang_up("a\r\nAction: Command")), 3), "injection");
        link.ask(1, 4, &hang_up("a"));
        assert!(refused(&link.tick(10_001)[..1], 4), "late");
        link.ask(10_001, 5, &hang_up("a"));
        assert!(refused(&link.lost(10_002, "cut")[..1], 5), "lost");
        assert!(refused(&link.ask(10_003, 6, &Ask::Hold { channel: "a".into(), on: true }), 6));
    }

    #[test]
    fn what_cannot_be_read_or_means_nothing_is_counted_and_the_connection_stays() {
        let mut link = link();
        up(&mut link, 0);
        let events = link.state().events;
        assert_eq!(link.heard(1, b"no name\r\nEvent: WhoKnows\r\n\r\nEvent: Newstate\r\nUniqueid: 1.1\r\nChannelState: 6\r\n\r\n").len(), 1);
        let state = link.state();
        assert_eq!((state.malformed, state.unknown, state.events - events, state.stage), (1, 1, 1, LinkStage::Up));
        link.lost(2, "cut");
        up(&mut link, 1_002);
        assert_eq!(link.state().malformed, 1, "counted on over connections");
    }

    #[test]
    fn each_step_of_the_way_up_has_its_end() {
        for steps in 0..3 {
            let mut link = link();
            link.tick(0);
            if steps > 0 {
                link.connected(0);
            }
            if steps > 1 {
                link.heard(0, GREETING);
                link.heard(0, b"Response: Success\r\nActionID: login\r\n\r\n");
            }
            let at = link.deadline();
            assert!(at > 0 && at <= 60_000);
            assert_eq!(link.tick(at), [Do::Close]);
            assert_eq!(link.state().stage, LinkStage::Down);
        }
    }
}
