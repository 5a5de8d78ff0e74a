//! Asterisk's manager interface, translated. Event and field names as in the AMI documentation of Asterisk 16 to 22.

use std::collections::{BTreeMap, BTreeSet};

use contract::directory::Secret;
use contract::{EndCause, OfferOutcome};
use md5::{Digest as _, Md5};

use super::ami::{BANNER, Reader, action};
use super::dialect::{Cannot, Heard};
use super::fields::Fields;
use super::seen::{Answer, Ask, Channel, KEY, Left, Seen, Stage, Waiting};

/// Most channels, callers and members of one list.
const MOST_LISTED: usize = 20_000;
/// What we want told, each a filter of its own: what is more than a word is read differently by old and new Asterisks. VarSet is
/// left out, as it comes a hundred times a call; the two variables that say something are let in.
pub(super) const WANTED: [&str; 25] = [
    "Event: Newchannel",
    "Event: Newstate",
    "Event: NewCallerid",
    "Event: Rename",
    "Event: Hangup",
    "Event: DialBegin",
    "Event: DialEnd",
    "Event: BridgeEnter",
    "Event: BridgeLeave",
    "Event: Hold",
    "Event: Unhold",
    "Event: QueueCallerJoin",
    "Event: QueueCallerLeave",
    "Event: QueueCallerAbandon",
    "Event: AgentCalled",
    "Event: AgentConnect",
    "Event: AgentRingNoAnswer",
    "Event: QueueMemberPause",
    "Event: QueueMemberAdded",
    "Event: MixMonitorStop",
    "Event: MixMonitorMute",
    "Event: OriginateResponse",
    "Event: Shutdown",
    "Variable: MIXMONITOR_FILENAME",
    "Variable: ZUOXI_CALL",
];

/// One conversation.
#[derive(Debug)]
pub struct Asterisk {
    reader: Reader,
    user: String,
    password: Secret,
    tls: bool,
    /// The interface under which queues know a phone → the phone; they are the same but where queues ring extensions.
    members: BTreeMap<String, String>,
    listed: Vec<Channel>,
    waiting: Vec<Waiting>,
    /// Of an ask that takes several actions: those without an answer.
    parts: BTreeMap<u64, u32>,
}

impl Asterisk {
    #[must_use]
    pub fn new(user: String, password: Secret, tls: bool) -> Self {
        Self {
            reader: Reader::default(),
            user,
            password,
            tls,
            members: BTreeMap::new(),
            listed: Vec::new(),
            waiting: Vec::new(),
            parts: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.reader.malformed()
    }

    /// What was read of these bytes.
    pub fn read(&mut self, bytes: &[u8], out: &mut Vec<Heard>) {
        let mut messages = Vec::new();
        self.reader.push(bytes, &mut messages);
        for message in messages {
            self.take(&message, out);
        }
    }

    fn take(&mut self, message: &Fields, out: &mut Vec<Heard>) {
        if let Some(banner) = message.get(BANNER) {
            return self.greeted(banner, out);
        }
        match message.get("Event") {
            Some(event) => {
                let before = out.len();
                if !self.event(event, message, out) && out.len() == before {
                    out.push(Heard::Unknown);
                }
            }
            None => self.response(message, out),
        }
    }

    /// In the clear, the password is proved and not said.
    fn greeted(&mut self, banner: &str, out: &mut Vec<Heard>) {
        if !banner.starts_with("Asterisk Call Manager") {
            out.push(Heard::Refused(format!("this is no manager interface: {}", banner.chars().take(60).collect::<String>())));
            return;
        }
        out.push(Heard::Version(banner.to_owned()));
        let said = match self.tls {
            true => self.log_in(&[("Secret", &self.password.0)]),
            false => action("Challenge", "challenge", &[("AuthType", "MD5")]).map_err(Cannot::from),
        };
        out.push(said.map_or_else(|why| Heard::Refused(why.to_string()), Heard::Say));
    }

    fn log_in(&self, proof: &[(&'static str, &str)]) -> Result<String, Cannot> {
        let mut fields = vec![("Username", self.user.as_str()), ("Events", "call,agent,dialplan,system")];
        fields.extend(proof.iter().copied());
        Ok(action("Login", "login", &fields)?)
    }

    fn response(&mut self, message: &Fields, out: &mut Vec<Heard>) {
        let good = message.get("Response").is_some_and(|word| word.eq_ignore_ascii_case("Success"));
        let why = || message.get("Message").unwrap_or("no reason given").to_owned();
        match message.get("ActionID") {
            Some("challenge") if good => {
                let sum = Md5::digest(format!("{}{}", message.get("Challenge").unwrap_or_default(), self.password.0));
                let said = self.log_in(&[("AuthType", "MD5"), ("Key", &hex::encode(sum))]);
                out.push(said.map_or_else(|why| Heard::Refused(why.to_string()), Heard::Say));
            }
            Some("challenge" | "login") if !good => out.push(Heard::Refused(why())),
            Some("login") => {
                for filter in WANTED {
                    // Where we may not filter, we hear more than we need.
                    out.extend(action("Filter", "filter", &[("Operation", "Add"), ("Filter", filter)]).map(Heard::Say));
                }
                out.extend(action("CoreSettings", "settings", &[]).map(Heard::Say));
                out.push(Heard::LoggedIn);
            }
            Some("settings") => out.extend(message.known("AsteriskVersion").map(|v| Heard::Version(v.to_owned()))),
            // Queues are a module that need not be there; a list that is refused is an empty one.
            Some("channels") if !good => self.listed_all(out),
            Some("queues") if !good => self.queues_listed(out),
            Some(id) => {
                if let Some(token) = id.strip_prefix("ask-").and_then(|token| token.parse().ok()) {
                    self.answered(token, if good { Ok(()) } else { Err(why()) }, out);
                }
            }
            None if message.get("Response") == Some("Goodbye") => out.push(Heard::Closing),
            None => out.push(Heard::Unknown),
        }
    }

    /// The last part's answer, or the first that says no, answers the whole.
    fn answered(&mut self, token: u64, done: Result<(), String>, out: &mut Vec<Heard>) {
        if let Some(left) = self.parts.get_mut(&token) {
            *left = left.saturating_sub(1);
            if *left > 0 && done.is_ok() {
                return;
            }
            self.parts.remove(&token);
        }
        out.push(Heard::Answer(Answer { token, done }));
    }

    fn listed_all(&mut self, out: &mut Vec<Heard>) {
        out.push(Heard::Seen(Seen::Listed(std::mem::take(&mut self.listed))));
    }

    fn queues_listed(&mut self, out: &mut Vec<Heard>) {
        out.push(Heard::Seen(Seen::ListedWaiting(std::mem::take(&mut self.waiting))));
        out.push(Heard::Listed);
    }

    /// Whether it was known.
    fn event(&mut self, event: &str, m: &Fields, out: &mut Vec<Heard>) -> bool {
        let Some(id) = m.known("Uniqueid").map(str::to_owned) else { return self.of_no_channel(event, m, out) };
        let queue = || m.text("Queue");
        let rung = || m.known("DestUniqueid").map(str::to_owned);
        let seen = match event {
            "Newchannel" => match channel(m, "") {
                Some(channel) => Seen::Channel(channel),
                None => return false,
            },
            "Newstate" => match stage(m.get("ChannelState")) {
                Some(stage) => Seen::Stage { id, stage },
                None => return true,
            },
            "NewCallerid" => Seen::CallerIs { id, number: m.text("CallerIDNum"), name: m.text("CallerIDName") },
            "Rename" => Seen::Renamed { id, handle: m.text("Newname") },
            "HangupRequest" => Seen::HangsUp { id },
            "Hangup" => Seen::Gone { id, cause: cause(m.get("Cause")) },
            // Asked for by a program, or by the far end's going.
            "DialBegin" => match rung() {
                Some(rung) => Seen::Rings { by: Some(id), id: rung },
                None => return false,
            },
            "DialEnd" => return dial_end(m, out),
            "BridgeEnter" => {
                out.extend(m.known("Linkedid").map(|linked| Heard::Seen(Seen::Linked { id: id.clone(), linked: linked.to_owned() })));
                Seen::Bridged { id, bridge: m.text("BridgeUniqueid") }
            }
            "BridgeLeave" => Seen::Parted { id },
            "Hold" => Seen::Held { id, on: true },
            "Unhold" => Seen::Held { id, on: false },
            "QueueCallerJoin" => {
                Seen::QueueJoined { id, queue: queue(), position: m.get("Position").and_then(|p| p.parse().ok()).unwrap_or(1) }
            }
            "QueueCallerAbandon" => Seen::QueueLeft { id, queue: queue(), how: Left::Abandoned },
            "QueueCallerLeave" => Seen::QueueLeft { id, queue: queue(), how: Left::Unsaid },
            "AgentCalled" => Seen::MemberRung { caller: id, queue: queue(), line: self.member(m), id: rung() },
            "AgentConnect" => Seen::MemberAnswered { caller: id, line: self.member(m), id: rung() },
            "AgentRingNoAnswer" => Seen::MemberMissed { caller: id, line: self.member(m), outcome: OfferOutcome::Missed },
            "MixMonitorStop" => Seen::RecordingOver { id },
            "MixMonitorMute" => Seen::RecordingMuted { id, on: m.get("State") == Some("1") },
            "VarSet" => match (m.get("Variable"), m.known("Value")) {
                (Some("MIXMONITOR_FILENAME"), Some(file)) => Seen::Recording { id, file: file.to_owned() },
                (Some(KEY), Some(key)) => Seen::Ours { id, key: key.to_owned() },
                _ => return true,
            },
            "CoreShowChannel" => {
                self.list_channel(m);
                return true;
            }
            "QueueEntry" => {
                self.list_waiting(id, m);
                return true;
            }
            _ => return self.of_no_channel(event, m, out),
        };
        out.push(Heard::Seen(seen));
        true
    }

    fn of_no_channel(&mut self, event: &str, m: &Fields, out: &mut Vec<Heard>) -> bool {
        match event {
            "CoreShowChannelsComplete" => self.listed_all(out),
            "QueueStatusComplete" => self.queues_listed(out),
            "QueueMemberAdded" => {
                self.keep_member(m);
                out.push(Heard::Seen(Seen::MemberAdded { line: self.member(m), paused: m.get("Paused") == Some("1") }));
            }
            "QueueMember" | "QueueMemberPause" => {
                self.keep_member(m);
                out.push(Heard::Seen(Seen::Paused {
                    queue: m.text("Queue"),
                    line: self.member(m),
                    paused: m.get("Paused") == Some("1"),
                    reason: m.text("PausedReason"),
                }));
            }
            // Without a channel that dials: by a program.
            "DialBegin" => {
                out.extend(m.known("DestUniqueid").map(|id| Heard::Seen(Seen::Rings { by: None, id: id.to_owned() })));
            }
            "DialEnd" => return dial_end(m, out),
            "OriginateResponse" => {
                let token = m.get("ActionID").and_then(|id| id.strip_prefix("ask-")?.parse().ok());
                if let (Some(token), Some("Failure")) = (token, m.get("Response")) {
                    out.push(Heard::Seen(Seen::NotDialed { token, cause: not_dialed(m.get("Reason")) }));
                }
            }
            "Shutdown" => out.push(Heard::Closing),
            "FullyBooted" | "SuccessfulAuth" | "QueueParams" | "QueueEntry" => {}
            _ => return false,
        }
        true
    }

    /// The phone a queue means.
    fn member(&self, m: &Fields) -> String {
        let interface = m.known("Interface").or_else(|| m.known("Location")).unwrap_or_default();
        self.members.get(interface).cloned().unwrap_or_else(|| interface.to_owned())
    }

    fn keep_member(&mut self, m: &Fields) {
        let Some(interface) = m.known("Interface").or_else(|| m.known("Location")) else { return };
        // Where queues ring extensions, the state may be that of a hint: the extension is all there is.
        let phone = m.known("StateInterface").filter(|state| state.contains('/') && !state.starts_with("Local/"));
        if self.members.len() < MOST_LISTED {
            self.members.insert(interface.to_owned(), phone.unwrap_or(interface).to_owned());
        }
    }

    fn list_channel(&mut self, m: &Fields) {
        if self.listed.len() < MOST_LISTED {
            self.listed.extend(channel(m, "BridgeId"));
        }
    }

    fn list_waiting(&mut self, id: String, m: &Fields) {
        if self.waiting.len() < MOST_LISTED {
            let number = |name: &str| m.get(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
            let waited_ms = number("Wait").saturating_mul(1_000);
            self.waiting.push(Waiting { id, queue: m.text("Queue"), position: number("Position"), waited_ms });
        }
    }

    pub fn list(&mut self) -> Vec<String> {
        (self.listed, self.waiting) = (Vec::new(), Vec::new());
        let asked = [action("CoreShowChannels", "channels", &[]), action("QueueStatus", "queues", &[])];
        asked.into_iter().flatten().collect()
    }

    pub fn ping(&mut self) -> String {
        action("Ping", "ping", &[]).unwrap_or_default()
    }

    /// # Errors
    /// [`Cannot`]; nothing is to be sent then.
    pub fn ask(&mut self, token: u64, ask: &Ask) -> Result<Vec<String>, Cannot> {
        let id = format!("ask-{token}");
        let said = match ask {
            Ask::Hangup { channel } => vec![action("Hangup", &id, &[("Channel", channel), ("Cause", "16")])?],
            Ask::Redirect { channel, to, context } => {
                let fields = [("Channel", channel.as_str()), ("Context", context), ("Exten", to), ("Priority", "1")];
                vec![action("Redirect", &id, &fields)?]
            }
            Ask::Digits { channel, digits } => {
                let digit = |digit: char| action("PlayDTMF", &id, &[("Channel", channel), ("Digit", digit.encode_utf8(&mut [0; 4]))]);
                digits.chars().map(digit).collect::<Result<_, _>>()?
            }
            Ask::Record { channel, file } => vec![action("MixMonitor", &id, &[("Channel", channel), ("File", file)])?],
            Ask::MuteRecording { channel, on, .. } => {
                let state = if *on { "1" } else { "0" };
                vec![action("MixMonitorMute", &id, &[("Channel", channel), ("Direction", "both"), ("State", state)])?]
            }
            // The manager interface has no way to.
            Ask::Hold { .. } => return Err(Cannot::Never),
            Ask::Originate { line, number, context, key, shown } => {
                let (caller, mark) = (format!("<{shown}>"), format!("{KEY}={key}"));
                let mut fields = vec![
                    ("Channel", line.as_str()),
                    ("Context", context),
                    ("Exten", number),
                    ("Priority", "1"),
                    ("Timeout", "30000"),
                    ("Variable", &mark),
                    ("Async", "true"),
                ];
                if !shown.is_empty() {
                    fields.push(("CallerID", &caller));
                }
                vec![action("Originate", &id, &fields)?]
            }
            Ask::Pause { line, paused, reason } => {
                let user = line.rsplit('/').next();
                let is = |(interface, phone): &(&String, &String)| *phone == line || (extension(interface).is_some() && extension(interface) == user);
                let known = self.members.iter().filter(is).map(|(interface, _)| interface.as_str());
                let mut interfaces: BTreeSet<&str> = known.collect();
                if interfaces.is_empty() {
                    interfaces.insert(line);
                }
                let paused = if *paused { "true" } else { "false" };
                let one = |interface| action("QueuePause", &id, &[("Interface", interface), ("Paused", paused), ("Reason", reason)]);
                interfaces.into_iter().map(one).collect::<Result<_, _>>()?
            }
        };
        if let Some(parts) = u32::try_from(said.len()).ok().filter(|parts| *parts > 1) {
            self.parts.insert(token, parts);
        }
        Ok(said)
    }

    /// Nobody waits for the rest of this answer any more.
    pub fn forget(&mut self, token: u64) {
        self.parts.remove(&token);
    }
}

/// The channel an event or a line of a list tells of.
fn channel(m: &Fields, bridge: &str) -> Option<Channel> {
    let (id, handle) = (m.known("Uniqueid")?.to_owned(), m.known("Channel")?.to_owned());
    let line = handle.rsplit_once('-').map_or(handle.as_str(), |(line, _)| line).to_owned();
    let data = m.known("ApplicationData").filter(|_| m.get("Application") == Some("Queue"));
    let queue = data.and_then(|data| data.split(',').next()).filter(|name| !name.is_empty());
    let dialed = m.known("Exten").filter(|exten| *exten != "s").unwrap_or_default().to_owned();
    Some(Channel {
        linked: m.known("Linkedid").unwrap_or(&id).to_owned(),
        stage: stage(m.get("ChannelState")).unwrap_or(Stage::Down),
        number: m.text("CallerIDNum"),
        name: m.text("CallerIDName"),
        bridge: m.known(bridge).map(str::to_owned),
        queue: queue.map(str::to_owned),
        id,
        handle,
        line,
        dialed,
    })
}

/// `Local/1001@from-queue/n` → `1001`.
#[must_use]
pub fn extension(interface: &str) -> Option<&str> {
    interface.strip_prefix("Local/")?.split(['@', '/']).next().filter(|extension| !extension.is_empty())
}

/// Channel states as numbered in the documentation; those in between say nothing.
fn stage(number: Option<&str>) -> Option<Stage> {
    match number? {
        "0" | "1" => Some(Stage::Down),
        "4" => Some(Stage::Calling),
        "5" => Some(Stage::Ringing),
        "6" => Some(Stage::Up),
        _ => None,
    }
}

fn dial_end(m: &Fields, out: &mut Vec<Heard>) -> bool {
    let Some(id) = m.known("DestUniqueid") else { return false };
    let outcome = match m.get("DialStatus") {
        Some("ANSWER") => return true,
        Some("NOANSWER") => OfferOutcome::Missed,
        Some("BUSY") => OfferOutcome::Rejected,
        Some("CHANUNAVAIL" | "CONGESTION" | "INVALIDARGS") => OfferOutcome::Failed,
        _ => OfferOutcome::Withdrawn,
    };
    out.push(Heard::Seen(Seen::RangOut { id: id.to_owned(), outcome }));
    true
}

/// ITU-T Q.850.
fn cause(number: Option<&str>) -> EndCause {
    match number.and_then(|n| n.parse::<u16>().ok()) {
        Some(17) => EndCause::Busy,
        Some(18 | 19) => EndCause::NoAnswer,
        Some(21) => EndCause::Rejected,
        Some(1..=3 | 20 | 22 | 27 | 28) => EndCause::Unreachable,
        Some(34 | 38 | 41 | 42 | 44 | 47 | 58) => EndCause::Failed,
        _ => EndCause::AnsweredHangup,
    }
}

/// `Reason` of OriginateResponse: what the phone did, in Asterisk's control frame numbers.
fn not_dialed(reason: Option<&str>) -> EndCause {
    match reason {
        Some("3") => EndCause::NoAnswer,
        Some("5") => EndCause::Busy,
        Some("1" | "8") => EndCause::Rejected,
        _ => EndCause::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_paused_under_every_name_a_queue_has_for_it() {
        let mut dialect = Asterisk::new("zuoxi".into(), Secret("secret".into()), true);
        let mut heard = Vec::new();
        dialect.read(b"Asterisk Call Manager/11.0.0\r\n", &mut heard);
        for (interface, state) in [
            ("PJSIP/1001", "PJSIP/1001"),
            ("Local/1001@from-queue/n", "hint:1001@ext-local"),
            ("Local/77@agents", "PJSIP/1001"),
            ("Local/1002@from-queue/n", "hint:1002@ext-local"),
        ] {
            let told = format!("Event: QueueMember\r\nQueue: q\r\nLocation: {interface}\r\nStateInterface: {state}\r\nPaused: 0\r\n\r\n");
            dialect.read(told.as_bytes(), &mut heard);
        }
        let lines: Vec<&str> = heard.iter().filter_map(|h| if let Heard::Seen(Seen::Paused { line, .. }) = h { Some(line.as_str()) } else { None }).collect();
        assert_eq!(lines, ["PJSIP/1001", "Local/1001@from-queue/n", "PJSIP/1001", "Local/1002@from-queue/n"]);
        let said = dialect.ask(3, &Ask::Pause { line: "PJSIP/1001".into(), paused: true, reason: "Lunch".into() }).unwrap();
        assert_eq!(said.len(), 3);
        assert!(said.iter().all(|one| !one.contains("1002")));
        // The whole is answered by its last part, or by the first that says no.
        heard.clear();
        for (n, word) in [(1, "Success"), (2, "Error"), (3, "Success")] {
            dialect.read(format!("Response: {word}\r\nActionID: ask-3\r\nMessage: m\r\n\r\n").as_bytes(), &mut heard);
            let answers = heard.iter().filter(|h| matches!(h, Heard::Answer(_))).count();
            assert_eq!(answers, [0, 1, 2][n - 1], "the connection passes over what comes after the answer");
        }
        let elsewhere = dialect.ask(4, &Ask::Pause { line: "PJSIP/9".into(), paused: false, reason: String::new() }).unwrap();
        assert!(elsewhere.concat().contains("Interface: PJSIP/9\r\n"));
    }

    #[test]
    fn a_queue_that_takes_a_phone_on_is_not_somebody_who_lets_it_ring() {
        let mut dialect = Asterisk::new("zuoxi".into(), Secret("secret".into()), true);
        let mut heard = Vec::new();
        dialect.read(b"Event: QueueMemberAdded\r\nQueue: q\r\nInterface: PJSIP/1001\r\nPaused: 0\r\n\r\n", &mut heard);
        assert_eq!(heard, [Heard::Seen(Seen::MemberAdded { line: "PJSIP/1001".into(), paused: false })]);
    }

    #[test]
    fn what_is_no_manager_interface_is_not_spoken_with() {
        let mut dialect = Asterisk::new("zuoxi".into(), Secret("secret".into()), false);
        let mut heard = Vec::new();
        dialect.read(b"220 mail.example.com ESMTP\r\n", &mut heard);
        assert!(matches!(&heard[..], [Heard::Refused(why)] if why.contains("no manager interface")), "{heard:?}");
    }
}
