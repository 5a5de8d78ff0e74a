//! PBXs on 127.0.0.1 that tests talk to; see the README beside.
#![allow(dead_code, reason = "each test uses its own part")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// Longest anything here may take; only a broken run meets it.
const PATIENCE: Duration = Duration::from_secs(20);

pub const PASSWORD: &str = "secret";

pub const ANSWERED: &str = include_str!("asterisk/answered.ami");
pub const STATUS: &str = include_str!("asterisk/status.ami");
pub const FREE_ANSWERED: &str = include_str!("freeswitch/answered.esl");
pub const FREE_MISSED: &str = include_str!("freeswitch/missed.esl");

/// What was recorded of the PBX's own words, message by message, without answers.
pub fn recorded(file: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = String::new();
    for said in file.lines().filter_map(|line| line.split_once(" < ").map(|(_, said)| said)) {
        open.push_str(said.trim_end());
        open.push_str("\r\n");
        if said.trim().is_empty() {
            let message = std::mem::take(&mut open);
            if message.starts_with("Event: ") {
                out.push(message);
            }
        }
    }
    out
}

/// The messages up to the first that has this in it.
pub fn before<'a>(all: &'a [String], text: &str) -> (&'a [String], &'a [String]) {
    let at = all.iter().position(|message| message.contains(text)).unwrap_or_else(|| panic!("no {text}"));
    all.split_at(at)
}

/// Events as a FreeSWITCH says them, from one of the written conversations.
pub fn written(file: &str) -> Vec<String> {
    let plain: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let events = plain.join("\n");
    events.split("\n\n").map(str::trim).filter(|event| !event.is_empty()).map(|event| {
        let body = format!("{event}\n\n");
        format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len())
    }).collect()
}

enum Say {
    Words(String),
    Cut,
}

/// What a peer was asked: names and values; for the event socket the words under `Command`.
pub type Asked = BTreeMap<String, String>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    Manager,
    EventSocket,
}

#[derive(Default)]
struct Kept {
    asked: Vec<Asked>,
    /// What answers a list, or one of the event socket's commands.
    lists: BTreeMap<String, String>,
    refuses: Vec<String>,
}

/// One PBX.
pub struct Peer {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    count: watch::Sender<usize>,
    say: mpsc::UnboundedSender<Say>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    pub async fn open(speaks: Speaks, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (say, mut said) = mpsc::unbounded_channel();
        let (kept, count) = (Arc::<Mutex<Kept>>::default(), watch::Sender::new(0));
        let (book, told) = (kept.clone(), count.clone());
        let task = tokio::spawn(async move {
            loop {
                let Ok((tcp, _)) = listener.accept().await else { return };
                match &tls {
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(tcp).await {
                            talk(stream, speaks, true, &mut said, &book, &told).await;
                        }
                    }
                    None => talk(tcp, speaks, false, &mut said, &book, &told).await,
                }
            }
        });
        Self { address, kept, count, say, task }
    }

    /// What a list holds from now on.
    pub fn lists(&self, what: &str, text: &str) {
        self.kept.lock().unwrap().lists.insert(what.to_owned(), text.to_owned());
    }

    /// From now on it says no to this.
    pub fn refuses(&self, what: &str) {
        self.kept.lock().unwrap().refuses.push(what.to_owned());
    }

    pub fn plays(&self, messages: &[String]) {
        self.say.send(Say::Words(messages.concat())).unwrap();
    }

    pub fn cut(&self) {
        self.say.send(Say::Cut).unwrap();
    }

    pub fn all_asked(&self, wanted: impl Fn(&Asked) -> bool) -> Vec<Asked> {
        self.kept.lock().unwrap().asked.iter().filter(|asked| wanted(asked)).cloned().collect()
    }

    /// The nth such ask, when it has come.
    pub async fn asked(&self, what: &str, n: usize, wanted: impl Fn(&Asked) -> bool) -> Asked {
        let mut count = self.count.subscribe();
        let wait = async {
            loop {
                if let Some(found) = self.all_asked(&wanted).into_iter().nth(n - 1) {
                    return found;
                }
                count.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => panic!("{what} was never asked: {:#?}", self.kept.lock().unwrap().asked),
        }
    }
}

/// One connection, until it is cut.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    speaks: Speaks,
    secure: bool,
    said: &mut mpsc::UnboundedReceiver<Say>,
    kept: &Mutex<Kept>,
    count: &watch::Sender<usize>,
) {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let greeting = match speaks {
        Speaks::Manager => "Asterisk Call Manager/11.0.0\r\n",
        Speaks::EventSocket => "Content-Type: auth/request\n\n",
    };
    let mut inside = false;
    let mut asked = Asked::new();
    let mut answers = greeting.to_owned();
    loop {
        if write.write_all(answers.as_bytes()).await.is_err() {
            return;
        }
        answers = String::new();
        tokio::select! {
            // What a test has it say is said to who was let in.
            say = said.recv(), if inside => match say {
                Some(Say::Words(words)) => answers = words,
                Some(Say::Cut) | None => return,
            },
            line = lines.next_line() => {
                let Ok(Some(line)) = line else { return };
                if !line.is_empty() {
                    match (speaks, line.split_once(": ")) {
                        (Speaks::Manager, Some((name, value))) => asked.insert(name.to_owned(), value.to_owned()),
                        (Speaks::EventSocket, _) if asked.is_empty() => asked.insert("Command".into(), line),
                        (_, Some((name, value))) => asked.insert(name.to_owned(), value.to_owned()),
                        _ => asked.insert(line.clone(), String::new()),
                    };
                    continue;
                }
                let one = std::mem::take(&mut asked);
                if one.is_empty() {
                    continue;
                }
                let mut kept = kept.lock().unwrap();
                answers = match speaks {
                    Speaks::Manager => manager(&one, &kept, secure, &mut inside),
                    Speaks::EventSocket => event_socket(&one["Command"], &kept, &mut inside),
                };
                kept.asked.push(one);
                count.send_replace(kept.asked.len());
            }
        }
    }
}

fn manager(asked: &Asked, kept: &Kept, secure: bool, inside: &mut bool) -> String {
    const CHALLENGE: &str = "840415273";
    let (action, id) = (asked["Action"].as_str(), asked.get("ActionID").cloned().unwrap_or_default());
    let answer = |word: &str, rest: &str| format!("Response: {word}\r\nActionID: {id}\r\n{rest}\r\n");
    let list = |event: &str| {
        let all = kept.lists.get(action).cloned().unwrap_or_default();
        let begin = answer("Success", "EventList: start\r\n");
        format!("{begin}{all}Event: {event}\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n")
    };
    let proof = {
        use md5::Digest as _;
        hex::encode(md5::Md5::digest(format!("{CHALLENGE}{PASSWORD}")))
    };
    if kept.refuses.iter().any(|refused| refused == action) {
        return answer("Error", "Message: no\r\n");
    }
    match action {
        "Challenge" => answer("Success", &format!("Challenge: {CHALLENGE}\r\n")),
        "Login" => {
            let said = asked.get("Secret").is_some_and(|secret| secret == PASSWORD) && secure;
            *inside = said || asked.get("Key") == Some(&proof);
            match *inside {
                true => answer("Success", "Message: Authentication accepted\r\n"),
                false => answer("Error", "Message: Authentication failed\r\n"),
            }
        }
        "CoreSettings" => answer("Success", "AsteriskVersion: 22.10.1\r\n"),
        "CoreShowChannels" => list("CoreShowChannelsComplete"),
        "QueueStatus" => list("QueueStatusComplete"),
        _ => answer("Success", ""),
    }
}

fn event_socket(command: &str, kept: &Kept, inside: &mut bool) -> String {
    let reply = |text: &str| format!("Content-Type: command/reply\nReply-Text: {text}\n\n");
    let api = |text: &str| format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len());
    if kept.refuses.iter().any(|refused| command.starts_with(refused.as_str())) {
        return api("-ERR no\n");
    }
    if let Some(password) = command.strip_prefix("auth ") {
        *inside = password == PASSWORD;
        return reply(if *inside { "+OK accepted" } else { "-ERR invalid" });
    }
    match command.strip_prefix("api ") {
        Some("version short") => api("1.10.12\n"),
        Some(asked) => api(kept.lists.get(asked).map_or("+OK\n", String::as_str)),
        None => reply("+OK"),
    }
}
