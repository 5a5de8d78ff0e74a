//! FreeSWITCH's event socket, translated: channels of the core, queues of mod_callcenter. Names as in the documentation of
//! mod_event_socket, mod_commands and mod_callcenter.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};

use contract::directory::Secret;
use contract::{EndCause, OfferOutcome};
use serde::Deserialize;

use super::dialect::{Cannot, Heard};
use super::esl::{BODY, Frame, Reader, command};
use super::fields::{Fields, is_sayable};
use super::seen::{Answer, Ask, Channel, KEY, Left, Seen, Stage, Waiting};

/// Most channels, callers and agents of one list.
const MOST_LISTED: usize = 20_000;
/// Answers that may be outstanding; they come in the order in which they were asked for.
const MOST_ASKED: usize = 10_000;
const EVENTS: &str = "event plain CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE \
    CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_HANGUP_COMPLETE RECORD_START RECORD_STOP BACKGROUND_JOB SHUTDOWN \
    CUSTOM callcenter::info\n\n";

/// What the next answer is to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Login,
    Events,
    Version,
    Channels,
    Agents,
    Members(String),
    Ping,
    /// The last word of an ask, and one before it.
    Ask(u64),
    Part,
    /// That a job was begun; what came of it is told by an event.
    Job(u64),
}

/// One conversation.
#[derive(Debug)]
pub struct FreeSwitch {
    reader: Reader,
    user: String,
    password: Secret,
    queues: Vec<String>,
    asked: VecDeque<Asked>,
    /// Agents of mod_callcenter → the phone they are called at.
    agents: BTreeMap<String, String>,
    waiting: Vec<Waiting>,
}

impl FreeSwitch {
    /// `queues`: those whose callers are listed.
    #[must_use]
    pub fn new(user: String, password: Secret, queues: Vec<String>) -> Self {
        let (asked, agents) = (VecDeque::new(), BTreeMap::new());
        Self { reader: Reader::default(), user, password, queues, asked, agents, waiting: Vec::new() }
    }

    #[must_use]
    pub fn malformed(&self) -> u64 {
        self.reader.malformed()
    }

    /// What was read of these bytes.
    pub fn read(&mut self, bytes: &[u8], out: &mut Vec<Heard>) {
        let mut frames = Vec::new();
        self.reader.push(bytes, &mut frames);
        for frame in frames {
            match frame.kind() {
                "auth/request" => self.log_in(out),
                "command/reply" => self.answer(frame.headers.get("Reply-Text").unwrap_or_default(), out),
                "api/response" => self.answer(&frame.text(), out),
                "text/event-plain" => self.event(&frame, out),
                "text/disconnect-notice" => out.push(Heard::Closing),
                "text/rude-rejection" => out.push(Heard::Refused(format!("we may not connect there: {}", frame.text()))),
                _ => out.push(Heard::Unknown),
            }
        }
    }

    fn say(&mut self, asked: Asked, said: String) -> String {
        if self.asked.len() < MOST_ASKED {
            self.asked.push_back(asked);
        }
        said
    }

    /// A user is `userauth`, as the event socket knows it beside its one password.
    fn log_in(&mut self, out: &mut Vec<Heard>) {
        let said = match self.user.as_str() {
            "" => command(&["auth", &self.password.0], &[]),
            user => command(&["userauth", &format!("{user}:{}", self.password.0)], &[]),
        };
        out.push(match said {
            Ok(said) => Heard::Say(self.say(Asked::Login, said)),
            Err(_) => Heard::Refused("the password cannot be said in one line".to_owned()),
        });
    }

    fn answer(&mut self, text: &str, out: &mut Vec<Heard>) {
        let good = !text.starts_with("-ERR") && !text.starts_with("-USAGE");
        match self.asked.pop_front() {
            None => out.push(Heard::Unknown),
            Some(Asked::Login) if good => {
                out.push(Heard::Say(self.say(Asked::Events, EVENTS.to_owned())));
                out.push(Heard::Say(self.say(Asked::Version, "api version short\n\n".to_owned())));
                out.push(Heard::LoggedIn);
            }
            Some(Asked::Login) => out.push(Heard::Refused(text.to_owned())),
            Some(Asked::Version) if good => out.push(Heard::Version(format!("FreeSWITCH {}", text.lines().next().unwrap_or_default()))),
            Some(Asked::Agents) => {
                self.keep_agents(text, out);
                let mut asked = 0;
                for queue in self.queues.clone() {
                    if let Ok(said) = command(&["api", "callcenter_config", "queue", "list", "members", &queue], &[]) {
                        out.push(Heard::Say(self.say(Asked::Members(queue), said)));
                        asked += 1;
                    }
                }
                if asked == 0 {
                    self.list_channels(out);
                }
            }
            Some(Asked::Members(queue)) => {
                self.keep_waiting(&queue, text);
                if !self.asked.iter().any(|asked| matches!(asked, Asked::Members(_))) {
                    self.list_channels(out);
                }
            }
            // Last, and taken at once: what happens from now on is newer than the list.
            Some(Asked::Channels) => {
                out.push(Heard::Seen(Seen::Listed(listed_channels(text))));
                out.push(Heard::Seen(Seen::ListedWaiting(std::mem::take(&mut self.waiting))));
                out.push(Heard::Listed);
            }
            Some(Asked::Ask(token)) => {
                let done = if good { Ok(()) } else { Err(text.to_owned()) };
                out.push(Heard::Answer(Answer { token, done }));
            }
            Some(Asked::Job(token)) => out.push(Heard::Answer(Answer { token, done: Ok(()) })),
            Some(Asked::Version | Asked::Events | Asked::Ping | Asked::Part) => {}
        }
    }

    fn list_channels(&mut self, out: &mut Vec<Heard>) {
        out.push(Heard::Say(self.say(Asked::Channels, "api show channels as json\n\n".to_owned())));
    }

    /// Lists are being made.
    fn lists(&self) -> bool {
        self.asked.iter().any(|asked| matches!(asked, Asked::Agents | Asked::Members(_) | Asked::Channels))
    }

    /// Who waits was listed before the channels: what happens until those are there is newer.
    fn mind_waiting(&mut self, seen: &Seen) {
        let (Seen::QueueJoined { id, .. } | Seen::QueueLeft { id, .. } | Seen::MemberAnswered { caller: id, .. }) = seen else { return };
        if !self.lists() {
            return;
        }
        self.waiting.retain(|one| one.id != *id);
        if let Seen::QueueJoined { id, queue, position } = seen {
            self.wait(Waiting { id: id.clone(), queue: queue.clone(), position: *position, waited_ms: 0 });
        }
    }

    fn wait(&mut self, one: Waiting) {
        if self.waiting.len() < MOST_LISTED {
            self.waiting.push(one);
        }
    }

    /// `callcenter_config agent list`: names of columns, then lines, all with `|` between.
    fn keep_agents(&mut self, text: &str, out: &mut Vec<Heard>) {
        self.agents.clear();
        for row in rows(text).take(MOST_LISTED) {
            let (name, contact) = (row.text("name"), row.text("contact"));
            let line = phone_of(&contact).unwrap_or_else(|| name.clone());
            self.agents.insert(name, line.clone());
            out.push(paused(line, &row.text("status")));
        }
    }

    fn keep_waiting(&mut self, queue: &str, text: &str) {
        for (at, row) in (1..).zip(rows(text).filter(|row| matches!(row.get("state"), Some("Waiting" | "Trying")))) {
            if let Some(id) = row.known("session_uuid") {
                self.wait(Waiting { id: id.to_owned(), queue: queue.to_owned(), position: at, waited_ms: 0 });
            }
        }
    }

    fn event(&mut self, frame: &Frame, out: &mut Vec<Heard>) {
        let m = frame.event();
        let (name, id) = (m.text("Event-Name"), m.text("Unique-ID"));
        let before = out.len();
        let mut see = |seen| out.push(Heard::Seen(seen));
        match name.as_str() {
            "SHUTDOWN" => return out.push(Heard::Closing),
            "BACKGROUND_JOB" => return job(&m, out),
            "CUSTOM" => return self.callcenter(&m, out),
            _ if id.is_empty() => return out.push(Heard::Unknown),
            "CHANNEL_CREATE" => created(&m, id, &mut see),
            "CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" if m.get("Call-Direction") == Some("outbound") => {
                see(Seen::Stage { id, stage: Stage::Ringing });
            }
            "CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" => return,
            "CHANNEL_ANSWER" => see(Seen::Stage { id, stage: Stage::Up }),
            "CHANNEL_BRIDGE" => {
                let (a, b) = (m.known("Bridge-A-Unique-ID").unwrap_or(&id).to_owned(), m.known("Bridge-B-Unique-ID"));
                let Some(b) = b.or_else(|| m.known("Other-Leg-Unique-ID")) else { return out.push(Heard::Unknown) };
                see(Seen::Bridged { id: a.clone(), bridge: a.clone() });
                see(Seen::Bridged { id: b.to_owned(), bridge: a });
            }
            "CHANNEL_UNBRIDGE" => {
                let both = [m.known("Bridge-A-Unique-ID").unwrap_or(&id), m.known("Bridge-B-Unique-ID").unwrap_or(&id)];
                both.into_iter().for_each(|id| see(Seen::Parted { id: id.to_owned() }));
            }
            "CHANNEL_HOLD" => see(Seen::Held { id, on: true }),
            "CHANNEL_UNHOLD" => see(Seen::Held { id, on: false }),
            "CHANNEL_HANGUP_COMPLETE" => gone(&m, id, &mut see),
            "RECORD_START" => see(Seen::Recording { id, file: m.text("Record-File-Path") }),
            "RECORD_STOP" => see(Seen::RecordingOver { id }),
            _ => {}
        }
        if out.len() == before {
            out.push(Heard::Unknown);
        }
    }

    fn callcenter(&mut self, m: &Fields, out: &mut Vec<Heard>) {
        let action = m.text("CC-Action");
        if action == "agent-status-change" {
            let line = self.line(&m.text("CC-Agent"));
            return out.push(paused(line, &m.text("CC-Agent-Status")));
        }
        let queue = m.text("CC-Queue");
        let Some(caller) = m.known("CC-Member-Session-UUID").or_else(|| m.known("CC-Member-UUID")).map(str::to_owned) else {
            // Counts and states of agents come all the time, and say nothing new.
            return if action.is_empty() { out.push(Heard::Unknown) };
        };
        let (line, id) = (self.line(&m.text("CC-Agent")), m.known("CC-Agent-UUID").map(str::to_owned));
        let seen = match action.as_str() {
            "member-queue-start" | "member-queue-resume" => Seen::QueueJoined { id: caller, queue, position: 1 },
            "agent-offering" => Seen::MemberRung { caller, queue, line, id },
            "bridge-agent-start" => Seen::MemberAnswered { caller, line, id },
            "bridge-agent-fail" => {
                let outcome = match m.get("CC-Hangup-Cause") {
                    Some("USER_BUSY" | "CALL_REJECTED") => OfferOutcome::Rejected,
                    Some("NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT") => OfferOutcome::Missed,
                    Some("ORIGINATOR_CANCEL" | "LOSE_RACE" | "PICKED_OFF") => OfferOutcome::Withdrawn,
                    _ => OfferOutcome::Failed,
                };
                Seen::MemberMissed { caller, line, outcome }
            }
            "member-queue-end" => {
                let how = match (m.get("CC-Cause"), m.get("CC-Cancel-Reason")) {
                    (Some("Cancel"), Some("TIMEOUT" | "NO_AGENT_TIMEOUT")) => Left::TimedOut,
                    (Some("Cancel"), Some("BREAK_OUT")) => Left::Abandoned,
                    _ => Left::Unsaid,
                };
                Seen::QueueLeft { id: caller, queue, how }
            }
            _ => return,
        };
        self.mind_waiting(&seen);
        out.push(Heard::Seen(seen));
    }

    fn line(&self, agent: &str) -> String {
        self.agents.get(agent).cloned().unwrap_or_else(|| agent.to_owned())
    }

    pub fn list(&mut self) -> Vec<String> {
        self.waiting.clear();
        vec![self.say(Asked::Agents, "api callcenter_config agent list\n\n".to_owned())]
    }

    pub fn ping(&mut self) -> String {
        self.say(Asked::Ping, "api uptime\n\n".to_owned())
    }

    /// # Errors
    /// [`Cannot`]; nothing is to be sent then.
    pub fn ask(&mut self, token: u64, ask: &Ask) -> Result<Vec<String>, Cannot> {
        let api = |words: &[&str]| command(&[&["api"], words].concat(), &[]);
        let said = match ask {
            Ask::Hangup { channel } => vec![api(&["uuid_kill", channel])?],
            Ask::Redirect { channel, to, context } => vec![api(&["uuid_transfer", channel, to, "XML", context])?],
            Ask::Digits { channel, digits } => vec![api(&["uuid_send_dtmf", channel, digits])?],
            Ask::Record { channel, file } => vec![api(&["uuid_record", channel, "start", file])?],
            Ask::MuteRecording { channel, file, on } => {
                vec![api(&["uuid_record", channel, if *on { "mask" } else { "unmask" }, file])?]
            }
            Ask::Hold { channel, on: true } => vec![api(&["uuid_hold", channel])?],
            Ask::Hold { channel, on: false } => vec![api(&["uuid_hold", "off", channel])?],
            Ask::Originate { line, number, context, key, shown } => {
                // A bracket or comma would begin a variable of its own.
                if [line, number, key, shown].iter().any(|word| word.contains(['{', '}', '[', ']', ',', '\''])) {
                    return Err(Cannot::Never);
                }
                let shown = if shown.is_empty() { String::new() } else { format!(",origination_caller_id_number={shown}") };
                let own = format!("{{{KEY}={key}{shown},originate_timeout=30}}user/{line}");
                let words = ["bgapi", "originate", &own, number, "XML", context];
                let said = command(&words, &[("Job-UUID", &format!("ask-{token}"))])?;
                return Ok(vec![self.say(Asked::Job(token), said)]);
            }
            Ask::Pause { line, paused, .. } => {
                let status: &[&str] = if *paused { &["'On", "Break'"] } else { &["Available"] };
                let called = |(_, phone): &(&String, &String)| same_phone(phone, line);
                let agents = self.agents.iter().filter(called).map(|(name, _)| name.as_str());
                let one = |agent| api(&[&["callcenter_config", "agent", "set", "status", agent], status].concat());
                agents.map(one).collect::<Result<Vec<_>, _>>()?
            }
        };
        let last = said.len().checked_sub(1).ok_or(Cannot::Never)?;
        let kinds = (0..said.len()).map(|at| if at == last { Asked::Ask(token) } else { Asked::Part });
        let kinds: Vec<Asked> = kinds.collect();
        Ok(said.into_iter().zip(kinds).map(|(said, kind)| self.say(kind, said)).collect())
    }
}

/// Whether a phone, as the PBX names it with its domain, is the one an administrator named, with its domain or without.
#[must_use]
pub fn same_phone(phone: &str, named: &str) -> bool {
    let user = |line: &str| line.split_once('@').map_or(line, |(user, _)| user).to_owned();
    phone == named || ((!named.contains('@') || !phone.contains('@')) && !phone.is_empty() && user(phone) == user(named))
}

fn paused(line: String, status: &str) -> Heard {
    let paused = !status.starts_with("Available");
    Heard::Seen(Seen::Paused { queue: String::new(), line, paused, reason: if paused { status.to_owned() } else { String::new() } })
}

/// `[call_timeout=60]user/1001@example.com` → `1001@example.com`.
fn phone_of(contact: &str) -> Option<String> {
    let at = contact.rfind("user/")?;
    let phone: String = contact[at + 5..].chars().take_while(|c| !",|&".contains(*c)).collect();
    (!phone.is_empty() && is_sayable(&phone)).then_some(phone)
}

/// Rows of a list whose first line names the columns.
fn rows(text: &str) -> impl Iterator<Item = Fields> + '_ {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split('|').collect();
    lines.filter(|line| line.contains('|')).map(move |line| {
        let mut row = Fields::default();
        names.iter().zip(line.split('|')).for_each(|(name, value)| row.push((*name).to_owned(), value.to_owned()));
        row
    })
}

/// A line of `show channels as json`; what is missing is empty.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Row {
    uuid: String,
    direction: String,
    name: String,
    presence_id: String,
    cid_num: String,
    cid_name: String,
    dest: String,
    application: String,
    application_data: String,
    callstate: String,
    call_uuid: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Rows {
    rows: Vec<Row>,
}

fn listed_channels(text: &str) -> Vec<Channel> {
    let rows = serde_json::from_str::<Rows>(text).unwrap_or_default().rows;
    let (mut active, mut first) = (HashMap::<&str, usize>::new(), HashMap::<&str, &str>::new());
    for row in rows.iter().filter(|row| !row.call_uuid.is_empty()) {
        *active.entry(&row.call_uuid).or_default() += usize::from(row.callstate == "ACTIVE");
        // A queue has the agent's leg for the first of the two; who called in is the one the call is of.
        if row.direction == "inbound" {
            first.entry(&row.call_uuid).or_insert(&row.uuid);
        }
    }
    let together = |row: &Row| row.callstate == "ACTIVE" && active.get(row.call_uuid.as_str()).is_some_and(|n| *n > 1);
    let linked = |row: &Row| match (first.get(row.call_uuid.as_str()), row.call_uuid.is_empty()) {
        (Some(first), _) => (*first).to_owned(),
        (None, false) => row.call_uuid.clone(),
        (None, true) => row.uuid.clone(),
    };
    let one = |row: &Row| Channel {
        id: row.uuid.clone(),
        handle: row.uuid.clone(),
        line: line_of(&row.presence_id, &row.name, row.direction == "outbound"),
        linked: linked(row),
        stage: match (row.callstate.as_str(), row.direction.as_str()) {
            ("ACTIVE" | "HELD" | "UNHELD", _) => Stage::Up,
            ("RINGING" | "EARLY", "outbound") => Stage::Ringing,
            (_, "inbound") => Stage::Calling,
            _ => Stage::Down,
        },
        number: row.cid_num.clone(),
        name: row.cid_name.clone(),
        dialed: row.dest.clone(),
        bridge: together(row).then(|| row.call_uuid.clone()),
        queue: (row.application == "callcenter").then(|| row.application_data.clone()).filter(|queue| !queue.is_empty()),
    };
    rows.iter().filter(|row| !row.uuid.is_empty()).take(MOST_LISTED).map(one).collect()
}

/// Whose phone a channel is: its presence, or whom it was dialed for.
fn line_of(presence: &str, name: &str, dialed: bool) -> String {
    if !presence.is_empty() {
        return presence.to_owned();
    }
    if !dialed {
        return String::new();
    }
    let user = name.rsplit('/').next().unwrap_or_default();
    user.strip_prefix("sip:").unwrap_or(user).split(['@', ':', ';']).next().unwrap_or_default().to_owned()
}

fn created(m: &Fields, id: String, see: &mut impl FnMut(Seen)) {
    let dialed = m.get("Call-Direction") == Some("outbound");
    let by = m.known("variable_cc_member_session_uuid").or_else(|| m.known("Other-Leg-Unique-ID"));
    let by = by.or_else(|| m.known("variable_originating_leg_uuid")).filter(|_| dialed).map(str::to_owned);
    let user = m.known("variable_dialed_user").or_else(|| m.known("variable_user_name"));
    let line = match user {
        Some(user) => {
            let domain = m.known("variable_dialed_domain").or_else(|| m.known("variable_domain_name"));
            domain.map_or_else(|| user.to_owned(), |domain| format!("{user}@{domain}"))
        }
        None => line_of(m.known("Channel-Presence-ID").unwrap_or_default(), &m.text("Channel-Name"), dialed),
    };
    let key = m.known(&format!("variable_{KEY}")).map(str::to_owned);
    see(Seen::Channel(Channel {
        id: id.clone(),
        handle: id.clone(),
        line,
        linked: by.clone().unwrap_or_else(|| id.clone()),
        stage: if dialed { Stage::Down } else { Stage::Calling },
        number: m.text("Caller-Caller-ID-Number"),
        name: m.text("Caller-Caller-ID-Name"),
        dialed: m.text("Caller-Destination-Number"),
        bridge: None,
        queue: None,
    }));
    if let Some(key) = key.filter(|_| by.is_none()) {
        see(Seen::Ours { id: id.clone(), key });
    }
    if let Some(by) = by {
        see(Seen::Rings { by: Some(by), id });
    }
}

fn gone(m: &Fields, id: String, see: &mut impl FnMut(Seen)) {
    let word = m.text("Hangup-Cause");
    let (cause, outcome) = match word.as_str() {
        "USER_BUSY" => (EndCause::Busy, OfferOutcome::Rejected),
        "CALL_REJECTED" => (EndCause::Rejected, OfferOutcome::Rejected),
        "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT" => (EndCause::NoAnswer, OfferOutcome::Missed),
        "NORMAL_CLEARING" | "ORIGINATOR_CANCEL" | "LOSE_RACE" | "PICKED_OFF" | "BLIND_TRANSFER" | "ATTENDED_TRANSFER" | "" => {
            (EndCause::AnsweredHangup, OfferOutcome::Withdrawn)
        }
        "UNALLOCATED_NUMBER" | "USER_NOT_REGISTERED" | "SUBSCRIBER_ABSENT" | "NO_ROUTE_DESTINATION" | "DESTINATION_OUT_OF_ORDER"
        | "INVALID_NUMBER_FORMAT" => (EndCause::Unreachable, OfferOutcome::Failed),
        _ => (EndCause::Failed, OfferOutcome::Failed),
    };
    // Said by the far end itself, or done to it.
    if matches!(m.get("variable_sip_hangup_disposition"), Some("recv_bye" | "recv_cancel" | "recv_refuse")) {
        see(Seen::HangsUp { id: id.clone() });
    }
    see(Seen::RangOut { id: id.clone(), outcome });
    see(Seen::Gone { id, cause });
}

fn job(m: &Fields, out: &mut Vec<Heard>) {
    let token = m.get("Job-UUID").and_then(|id| id.strip_prefix("ask-")?.parse().ok());
    let why = m.get(BODY).and_then(|body| body.trim().strip_prefix("-ERR"));
    if let (Some(token), Some(why)) = (token, why) {
        let cause = match why.trim() {
            "USER_BUSY" => EndCause::Busy,
            "CALL_REJECTED" => EndCause::Rejected,
            "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" => EndCause::NoAnswer,
            "USER_NOT_REGISTERED" | "SUBSCRIBER_ABSENT" | "UNALLOCATED_NUMBER" => EndCause::Unreachable,
            _ => EndCause::Failed,
        };
        out.push(Heard::Seen(Seen::NotDialed { token, cause }));
    }
}
