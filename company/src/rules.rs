//! What makes each kind of document right, held against the whole book: pure, every fault at once, each naming its field.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::book::Book;
use crate::edit::FieldFault;
use crate::items::*;
use crate::named::Named;

/// A kind that can be checked and knows who uses it.
pub trait Checked: Item {
    /// Every fault of this document as it stands in `book`.
    fn check(&self, id: Self::Id, book: &Book) -> Vec<FieldFault>;
    /// Who would miss it, in words: `queue support-zh`. Flows are asked apart ([`Checked::in_flows`]).
    fn users(&self, id: Self::Id, book: &Book) -> Vec<String>;
    /// By which name flows may send callers here.
    fn in_flows(&self) -> Option<(Named, &str)> {
        None
    }
}

/// Gathers faults.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<FieldFault>);

impl Faults {
    pub(crate) fn add(&mut self, field: impl Into<String>, rule: &'static str, message: impl Into<String>) {
        self.0.push(FieldFault { field: field.into(), rule, message: message.into() });
    }

    /// Not blank, no control characters, at most `most` characters.
    pub(crate) fn text(&mut self, field: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.add(field, "required", "must not be empty");
        }
        self.optional(field, text, most);
    }

    pub(crate) fn optional(&mut self, field: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.add(field, "range", format!("may have at most {most} characters"));
        }
        if text.chars().any(char::is_control) {
            self.add(field, "format", "must not have control characters");
        }
    }

    pub(crate) fn range(&mut self, field: &str, value: u32, low: u32, high: u32) {
        if !(low..=high).contains(&value) {
            self.add(field, "range", format!("{value} is not from {low} to {high}"));
        }
    }

    pub(crate) fn known(&mut self, field: impl Into<String>, known: bool, what: &str) {
        if !known {
            self.add(field, "unknown", format!("there is no such {what}"));
        }
    }

    fn levels(&mut self, levels: &[SkillLevel], book: &Book) {
        for (at, need) in levels.iter().enumerate() {
            self.known(format!("skills[{at}].skill"), book.skills.contains_key(&need.skill), "skill");
            self.range(&format!("skills[{at}].level"), u32::from(need.level), 1, 10);
            if levels[..at].iter().any(|other| other.skill == need.skill) {
                self.add(format!("skills[{at}].skill"), "unique", "is listed twice");
            }
        }
    }

    fn language(&mut self, field: &str, language: &str) {
        if !["zh-CN", "en"].contains(&language) {
            self.add(field, "unknown", "must be zh-CN or en");
        }
    }

    pub(crate) fn country(&mut self, field: &str, country: &str) {
        let two_capitals = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        if !country.is_empty() && !two_capitals {
            self.add(field, "format", "must be two capital letters, as in CN or US");
        }
    }
}

/// What can be played to callers, by name, as the room above knows it.
#[derive(Debug, Clone, Default)]
pub struct Sounds {
    pub music: BTreeSet<String>,
    /// Per language that callers may have here.
    pub spoken: BTreeMap<String, BTreeSet<String>>,
}

/// Names told as a choice; more would hide the fault.
const CHOICES: usize = 60;

impl Sounds {
    /// Every fault in what a queue plays. Empty names stand for what every house has.
    #[must_use]
    pub fn check(&self, queue: &Queue) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        if !queue.music.is_empty() && !self.music.contains(&queue.music) {
            let choices = choices(&self.music);
            faults.add("music", "unknown", format!("there is no music `{}`; upload it, or choose of: {choices}", queue.music));
        }
        for (field, then) in [("atMaxWait.prompt", &queue.at_max_wait), ("whenFull.prompt", &queue.when_full)] {
            if let Overflow::Hangup { prompt } = then
                && !prompt.is_empty()
            {
                self.prompt(field, prompt, &mut faults);
            }
        }
        faults.0
    }

    fn prompt(&self, field: &str, prompt: &str, faults: &mut Faults) {
        let lacking: Vec<&str> =
            self.spoken.iter().filter(|(_, names)| !names.contains(prompt)).map(|(language, _)| language.as_str()).collect();
        if lacking.is_empty() {
            return;
        }
        let mut common = self.spoken.values().cloned();
        let first = common.next().unwrap_or_default();
        let choices = choices(&common.fold(first, |all, names| &all & &names));
        let what = match lacking.len() == self.spoken.len() {
            true => format!("there is no prompt `{prompt}`"),
            false => format!("the prompt `{prompt}` is missing in {}", lacking.join(", ")),
        };
        faults.add(field, "unknown", format!("{what}; upload it, or choose of: {choices}"));
    }
}

fn choices(names: &BTreeSet<String>) -> String {
    let told: Vec<&str> = names.iter().take(CHOICES).map(String::as_str).collect();
    let more = if names.len() > CHOICES { ", …" } else { "" };
    format!("{}{more}", told.join(", "))
}

/// `prefix name` for each that matches.
pub(crate) fn named<T: Item>(shelf: &crate::book::Shelf<T>, what: &str, uses: impl Fn(&T) -> bool) -> Vec<String> {
    shelf.values().filter(|kept| uses(&kept.item)).map(|kept| format!("{what} {}", kept.item.title())).collect()
}

impl Checked for Team {
    fn check(&self, _: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        if let Some(lead) = self.lead {
            faults.known("lead", book.agents.contains_key(&lead), "person");
        }
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        named(&book.agents, "agent", |agent| agent.team == Some(id))
    }
}

impl Checked for Skill {
    fn check(&self, _: Self::Id, _: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        let mut users = named(&book.queues, "queue", |queue| queue.skills.iter().any(|need| need.skill == id));
        users.extend(named(&book.agents, "agent", |agent| agent.skills.iter().any(|has| has.skill == id)));
        users
    }
}

impl Checked for Queue {
    fn check(&self, id: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        faults.levels(&self.skills, book);
        faults.range("ringSeconds", self.ring_seconds, 5, 120);
        faults.range("maxWaitSeconds", self.max_wait_seconds, 0, 86_400);
        faults.range("maxWaiting", self.max_waiting, 0, 100_000);
        faults.range("wrapUpSeconds", self.wrap_up_seconds, 0, 3_600);
        faults.range("priority", u32::from(self.priority), 0, 9);
        faults.range("ageStepSeconds", self.age_step_seconds, 0, 3_600);
        faults.range("targetSeconds", self.target_seconds, 1, 3_600);
        faults.range("shortSeconds", self.short_seconds, 0, 60);
        if self.announce_seconds != 0 {
            faults.range("announceSeconds", self.announce_seconds, 15, 3_600);
        }
        faults.optional("music", &self.music, 60);
        let shown = self.caller_id.trim();
        if !shown.strip_prefix('+').unwrap_or(shown).bytes().all(|b| b.is_ascii_digit()) || shown.len() > 32 {
            faults.add("callerId", "format", "may have digits only, with a + in front, at most 32");
        }
        for (field, then) in [("atMaxWait", &self.at_max_wait), ("whenFull", &self.when_full)] {
            match then {
                Overflow::Queue { queue } if *queue == id => {
                    faults.add(format!("{field}.queue"), "format", "must not be the queue itself");
                }
                Overflow::Queue { queue } => {
                    faults.known(format!("{field}.queue"), book.queues.contains_key(queue), "queue");
                }
                Overflow::Number { number } => faults.text(&format!("{field}.number"), number, 40),
                Overflow::Hangup { prompt } => faults.optional(&format!("{field}.prompt"), prompt, 60),
                Overflow::Voicemail => {}
            }
        }
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        let to_it = |then: &Overflow| *then == Overflow::Queue { queue: id };
        let mut users = named(&book.queues, "queue", |queue| to_it(&queue.at_max_wait) || to_it(&queue.when_full));
        users.extend(named(&book.dispositions, "disposition", |d| d.queues.contains(&id)));
        users.extend(named(&book.pbxs, "PBX", |pbx| pbx.queues.iter().any(|there| there.queue == id)));
        users
    }

    fn in_flows(&self) -> Option<(Named, &str)> {
        Some((Named::Queue, &self.name))
    }
}

impl Checked for Number {
    fn check(&self, _: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("pattern", &self.pattern, 40);
        let body = self.pattern.strip_suffix('*').unwrap_or(&self.pattern);
        let body = body.strip_prefix('+').unwrap_or(body);
        if !body.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            faults.add("pattern", "format", "may have digits, letters, a leading + and a trailing *");
        }
        let flow = self.flow.to_lowercase();
        faults.known("flow", book.flows.values().any(|kept| kept.item.name.to_lowercase() == flow), "flow");
        faults.optional("note", &self.note, 200);
        faults.0
    }

    fn users(&self, _: Self::Id, _: &Book) -> Vec<String> {
        Vec::new()
    }
}

/// An address and how many of its bits count.
pub(crate) fn read_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
    let address: IpAddr = address.trim().parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |b| b.trim().parse().ok())?;
    (bits <= most).then_some((address, bits))
}

impl Checked for Station {
    fn check(&self, _: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("username", &self.username, 60);
        if !self.username.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            faults.add("username", "format", "may have letters, digits, - . _");
        }
        if self.sealed.is_none() && self.number.is_empty() && self.pbx.is_none() {
            faults.add("password", "required", "a station needs a password, or a number it is dialed at, or a PBX that rings it");
        }
        self.check_beside(&mut faults, book);
        let digits = self.number.chars().filter(char::is_ascii_digit).count();
        let dialed = |c: char| c.is_ascii_digit() || "+*#- ".contains(c);
        if !self.number.is_empty() && (self.number.len() > 32 || digits < 2 || !self.number.chars().all(dialed)) {
            faults.add("number", "format", "must be a number of 2 digits or more, at most 32 of + * # - blanks and digits");
        }
        if (!self.number.is_empty() || self.pbx.is_some()) && self.answer_by != AnswerBy::Phone {
            faults.add("answerBy", "format", "a phone that is dialed at a number, or rung by a PBX, is lifted by hand: must be phone");
        }
        let trunk = |t: &Trunk| t.digest_user.as_ref().is_some_and(|u| u.eq_ignore_ascii_case(&self.username));
        if book.trunks.values().any(|kept| trunk(&kept.item)) {
            faults.add("username", "unique", "is already taken by a trunk's digest user");
        }
        faults.optional("note", &self.note, 200);
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        named(&book.agents, "agent", |agent| agent.station == Some(id))
    }
}

impl Station {
    fn check_beside(&self, faults: &mut Faults, book: &Book) {
        let Some(pbx) = self.pbx else {
            if !self.line.is_empty() {
                faults.add("line", "format", "stands only with a PBX");
            }
            return;
        };
        faults.known("pbx", book.pbxs.contains_key(&pbx), "PBX");
        faults.text("line", &self.line, 80);
        if !self.line.chars().all(|c| c.is_ascii_alphanumeric() || "-._/@+".contains(c)) {
            faults.add("line", "format", "may have letters, digits and - . _ / @ + only");
        }
        if !self.number.is_empty() {
            faults.add("number", "format", "a phone of a PBX is rung by it: must be empty");
        }
        let same = |other: &Station| other.pbx == self.pbx && other.line.eq_ignore_ascii_case(&self.line) && other.username != self.username;
        if book.stations.values().any(|kept| same(&kept.item)) {
            faults.add("line", "unique", "is already another station's");
        }
    }
}

impl Checked for Flow {
    /// The text itself is checked by the room that runs it, before it comes here.
    fn check(&self, _: Self::Id, _: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("name", &self.name, 60);
        if self.yaml.len() > 512 * 1024 {
            faults.add("yaml", "range", "may have at most 512 KiB");
        }
        faults.0
    }

    fn users(&self, _: Self::Id, book: &Book) -> Vec<String> {
        named(&book.numbers, "number", |number| number.flow.eq_ignore_ascii_case(&self.name))
    }
}

impl Checked for Reason {
    fn check(&self, _: Self::Id, _: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("nameZh", &self.name_zh, 40);
        faults.text("nameEn", &self.name_en, 40);
        faults.range("targetMinutes", self.target_minutes, 0, 1_440);
        faults.0
    }

    fn users(&self, _: Self::Id, _: &Book) -> Vec<String> {
        Vec::new()
    }
}

impl Checked for Disposition {
    fn check(&self, id: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("nameZh", &self.name_zh, 40);
        faults.text("nameEn", &self.name_en, 40);
        if let Some(parent) = self.parent {
            let deep = book.dispositions.get(&parent).is_some_and(|p| p.item.parent.is_some());
            let has_children = book.dispositions.values().any(|d| d.item.parent == Some(id));
            faults.known("parent", book.dispositions.contains_key(&parent) && parent != id, "disposition");
            if deep || has_children {
                faults.add("parent", "range", "two levels at most");
            }
        }
        for (at, queue) in self.queues.iter().enumerate() {
            faults.known(format!("queues[{at}]"), book.queues.contains_key(queue), "queue");
        }
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        named(&book.dispositions, "disposition", |d| d.parent == Some(id))
    }
}

impl Checked for Agent {
    fn check(&self, id: Self::Id, book: &Book) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("username", &self.username, 60);
        if !self.username.chars().all(|c| c.is_alphanumeric() || "-._@".contains(c)) {
            faults.add("username", "format", "may have letters, digits, - . _ @");
        }
        faults.text("name", &self.name, 60);
        if self.roles.is_empty() {
            faults.add("roles", "required", "a person needs at least one role");
        }
        faults.language("language", &self.language);
        faults.levels(&self.skills, book);
        if let Some(team) = self.team {
            faults.known("team", book.teams.contains_key(&team), "team");
        }
        if let Some(station) = self.station {
            faults.known("station", book.stations.contains_key(&station), "station");
            if book.agents.iter().any(|(other, a)| *other != id && a.item.station == Some(station)) {
                faults.add("station", "unique", "is already proposed to somebody else");
            }
        }
        for (at, prefix) in self.dial_prefixes.iter().enumerate() {
            let digits = prefix.strip_prefix('+').unwrap_or(prefix);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                faults.add(format!("dialPrefixes[{at}]"), "format", "must be digits, with a leading + for a country");
            }
        }
        faults.0
    }

    fn users(&self, id: Self::Id, book: &Book) -> Vec<String> {
        named(&book.teams, "team", |team| team.lead == Some(id))
    }

    /// Who is not active takes no calls.
    fn in_flows(&self) -> Option<(Named, &str)> {
        self.active.then_some((Named::Agent, self.name.as_str()))
    }
}

/// The company's own document.
#[must_use]
pub fn check_settings(settings: &Settings) -> Vec<FieldFault> {
    let mut faults = Faults::default();
    faults.text("name", &settings.name, 100);
    if settings.zone.parse::<chrono_tz::Tz>().is_err() {
        faults.add("zone", "unknown", "must be an IANA time zone, as in Asia/Shanghai");
    }
    if settings.country.is_empty() {
        faults.add("country", "required", "must not be empty");
    }
    faults.country("country", &settings.country);
    if !settings.area_code.bytes().all(|b| b.is_ascii_digit()) || settings.area_code.len() > 6 {
        faults.add("areaCode", "format", "may have at most 6 digits, without the leading 0");
    }
    faults.language("language", &settings.language);
    if !(10..=3_600).contains(&settings.park_seconds) {
        faults.add("parkSeconds", "range", "must be 10 to 3600 seconds");
    }
    check_web_calls(&settings.web_calls, &mut faults);
    check_relay(&settings.relay, &mut faults);
    faults.0
}

/// Addresses of one TURN server; browsers grow slow with more.
const MOST_RELAYS: usize = 4;

fn check_relay(relay: &Relay, faults: &mut Faults) {
    if relay.urls.len() > MOST_RELAYS {
        faults.add("relay.urls", "range", format!("may have at most {MOST_RELAYS}"));
    }
    for (at, url) in relay.urls.iter().enumerate() {
        let rest = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:")).unwrap_or_default();
        let (host, how) = rest.split_once('?').unwrap_or((rest, "transport=udp"));
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if host.is_empty() || url.len() > 260 || !host.chars().all(plain) || !["transport=udp", "transport=tcp"].contains(&how) {
            faults.add(format!("relay.urls[{at}]"), "format", "must be as in turn:turn.example.com:3478?transport=udp");
        }
    }
    if !relay.urls.is_empty() && relay.sealed.is_none() {
        faults.add("relay.password", "required", "a relay needs the secret it shares with us");
    }
    if relay.only && relay.urls.is_empty() {
        faults.add("relay.only", "required", "needs a relay");
    }
}

/// Numbers and origins listed at most.
const MOST_LISTED: usize = 100;

fn check_web_calls(web: &WebCalls, faults: &mut Faults) {
    if web.on && web.numbers.is_empty() {
        faults.add("webCalls.numbers", "required", "must name a number of ours that pages may call");
    }
    for (field, all) in [("webCalls.numbers", &web.numbers), ("webCalls.origins", &web.origins)] {
        if all.len() > MOST_LISTED {
            faults.add(field, "range", format!("may have at most {MOST_LISTED}"));
        }
    }
    let dialable = |c: char| c.is_ascii_digit() || "+*#".contains(c);
    for (at, number) in web.numbers.iter().enumerate() {
        if number.is_empty() || number.len() > 32 || !number.chars().all(dialable) {
            faults.add(format!("webCalls.numbers[{at}]"), "format", "must be digits, as it is dialed");
        }
    }
    for (at, origin) in web.origins.iter().enumerate() {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        if host.is_empty() || origin.len() > 260 || !host.chars().all(plain) {
            faults.add(format!("webCalls.origins[{at}]"), "format", "must be http:// or https:// and a host in small letters, without a path");
        }
    }
    faults.range("webCalls.atOnce", web.at_once, 1, 1000);
    faults.range("webCalls.perAddress", web.per_address, 1, 100);
    faults.range("webCalls.perHour", web.per_hour, 1, 1000);
    let hex = |id: &String| id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit());
    if web.keys.len() > WebCalls::MOST_KEYS || !web.keys.iter().all(hex) {
        faults.add("webCalls.keys", "format", "may only lose keys here; new ones are made");
    }
}


#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_proves_a_password_or_is_dialed_at_a_number_and_lifted_by_hand() {
        let station = |number: &str, sealed: bool, answer_by| Station {
            username: "801".into(),
            password: None,
            sealed: sealed.then(|| "s".into()),
            answer_by,
            digest: DigestBy::Both,
            srtp: Srtp::OverTls,
            number: number.into(),
            pbx: None,
            line: String::new(),
            note: String::new(),
        };
        for (number, sealed, answer_by, want) in [
            ("", true, AnswerBy::TalkEvent, vec![]),
            ("", false, AnswerBy::Phone, vec!["password required"]),
            ("+86 139-1234-5678", false, AnswerBy::Phone, vec![]),
            ("139", true, AnswerBy::AutoAnswer, vec!["answerBy format"]),
            ("+", false, AnswerBy::Phone, vec!["number format"]),
            ("sip:me@here", false, AnswerBy::Phone, vec!["number format"]),
            ("123456789012345678901234567890123", false, AnswerBy::Phone, vec!["number format"]),
        ] {
            let faults = station(number, sealed, answer_by).check(1.into(), &Book::default());
            let told: Vec<String> = faults.into_iter().map(|f| format!("{} {}", f.field, f.rule)).collect();
            assert_eq!(told, want, "{number}");
        }
    }

    #[test]
    fn a_queue_plays_only_what_is_there_in_every_language_its_callers_have() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let sounds = Sounds {
            music: names(&["default", "piano"]),
            spoken: [("zh-CN".to_owned(), names(&["sorry", "欢迎"])), ("en".to_owned(), names(&["sorry"]))].into(),
        };
        let hangup = |prompt: &str| Overflow::Hangup { prompt: prompt.into() };
        let queue = |music: &str, late: Overflow, full: Overflow| Queue {
            music: music.into(),
            at_max_wait: late,
            when_full: full,
            ..Queue::default()
        };
        let told = |queue: &Queue| -> Vec<String> {
            sounds.check(queue).into_iter().map(|f| format!("{} {}: {}", f.field, f.rule, f.message)).collect()
        };
        for good in [
            queue("", hangup(""), hangup("sorry")),
            queue("piano", Overflow::Voicemail, Overflow::Number { number: "8000".into() }),
        ] {
            assert_eq!(told(&good), Vec::<String>::new());
        }
        assert_eq!(
            told(&queue("jazz", hangup("欢迎"), hangup("nothing"))),
            [
                "music unknown: there is no music `jazz`; upload it, or choose of: default, piano",
                "atMaxWait.prompt unknown: the prompt `欢迎` is missing in en; upload it, or choose of: sorry",
                "whenFull.prompt unknown: there is no prompt `nothing`; upload it, or choose of: sorry",
            ]
        );
        let chinese = Sounds { spoken: [("zh-CN".to_owned(), names(&["欢迎"]))].into(), ..Sounds::default() };
        assert_eq!(chinese.check(&queue("", hangup("欢迎"), hangup(""))), [], "nobody here speaks anything else");
    }
}
