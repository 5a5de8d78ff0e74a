//! Scripted phones for a program in another language: one JSON order a line on standard input, one JSON answer a line on
//! standard output, in the order things come to pass. The browser tour drives its callers and stations with it.
//! `{"id":1,"do":"open","phone":"wang","server":"127.0.0.1:5060","user":"1001","password":"…"}` → `{"id":1,"ok":"127.0.0.1:41234"}`.
//! Ends with its input. Start at [`Order`]; what a phone can do is in `phone`.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::Mutex as Turn;
use zuoxi_tests::phone::{Ear, Keys, Manner, Phone, PhoneConfig, Sound, Talk, Trouble};
use zuoxi_tests::server::rtp_block;

#[derive(Deserialize)]
struct Line {
    id: u32,
    #[serde(flatten)]
    order: Order,
}

/// What may be asked of phones (by name) and talks (by the number that came back).
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Order {
    /// With `user` and `password` it registers; else it calls as `number`. Gives its address.
    Open { phone: String, server: SocketAddr, user: Option<String>, password: Option<String>, number: Option<String>, #[serde(default)] obeys: bool },
    Register { phone: String },
    Unregister { phone: String },
    /// Gives a talk.
    Dial { phone: String, to: String },
    /// Waits for a call; gives a talk.
    Rung { phone: String },
    Ringing { talk: u32 },
    Answered { talk: u32 },
    Answer { talk: u32 },
    Reject { talk: u32, status: u16 },
    HangUp { talk: u32 },
    /// How it ended.
    Ended { talk: u32 },
    Press { talk: u32, digits: String },
    Say { talk: u32, hz: f64 },
    Quiet { talk: u32 },
    Hears { talk: u32, hz: f64 },
    /// Two tones at once.
    HearsBoth { talk: u32, hz: f64, and: f64 },
    /// A second of this tone and of nothing else.
    HearsOnly { talk: u32, hz: f64 },
    HearsSound { talk: u32 },
    HearsSilence { talk: u32 },
}

struct Room {
    sound: Sound,
    phones: Mutex<HashMap<String, Arc<Turn<Phone>>>>,
    talks: Mutex<HashMap<u32, Talk>>,
    next: AtomicU32,
}

/// What an order that names nothing known, or did not come to pass, says.
type Said = Result<Value, String>;

impl Room {
    fn phone(&self, name: &str) -> Result<Arc<Turn<Phone>>, String> {
        let phones = self.phones.lock().unwrap_or_else(PoisonError::into_inner);
        phones.get(name).cloned().ok_or_else(|| format!("no phone is called {name}; open it first"))
    }

    fn talk(&self, number: u32) -> Result<Talk, String> {
        let talks = self.talks.lock().unwrap_or_else(PoisonError::into_inner);
        talks.get(&number).cloned().ok_or_else(|| format!("there is no talk {number}"))
    }

    fn keep(&self, talk: Talk) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.talks.lock().unwrap_or_else(PoisonError::into_inner).insert(number, talk);
        json!(number)
    }

    async fn open(&self, name: String, config: PhoneConfig) -> Said {
        let registers = config.account.is_some();
        let phone = Phone::open(config, &self.sound).await.map_err(said)?;
        if registers {
            phone.register().await.map_err(said)?;
        }
        let address = phone.address();
        let phone = Arc::new(Turn::new(phone));
        self.phones.lock().unwrap_or_else(PoisonError::into_inner).insert(name, phone);
        Ok(json!(address.to_string()))
    }

    async fn obey(&self, order: Order) -> Said {
        match order {
            Order::Open { phone, server, user, password, number, obeys } => {
                let mut config = PhoneConfig::new(&phone, server);
                if let (Some(user), Some(password)) = (user, password) {
                    config = config.account(&user, &password);
                }
                if let Some(number) = number {
                    config = config.number(&number);
                }
                let config = config.manner(if obeys { Manner::Obeys } else { Manner::Rings });
                self.open(phone, config).await
            }
            Order::Register { phone } => Ok(json!(self.phone(&phone)?.lock().await.register().await.map_err(said)?)),
            Order::Unregister { phone } => done(self.phone(&phone)?.lock().await.unregister().await),
            Order::Dial { phone, to } => {
                let talk = self.phone(&phone)?.lock().await.dial(&to).await.map_err(said)?;
                Ok(self.keep(talk))
            }
            Order::Rung { phone } => {
                let phone = self.phone(&phone)?;
                let mut phone = phone.lock().await;
                loop {
                    let talk = phone.rung().await.map_err(said)?;
                    // One that nobody asked about is no news any more.
                    if talk.state().ended.is_none() {
                        return Ok(self.keep(talk));
                    }
                }
            }
            Order::Ringing { talk } => done(self.talk(talk)?.ringing().await),
            Order::Answered { talk } => done(self.talk(talk)?.answered().await),
            Order::Answer { talk } => done(self.talk(talk)?.answer().await),
            Order::Reject { talk, status } => done(self.talk(talk)?.reject(status).await),
            Order::HangUp { talk } => done(self.talk(talk)?.hang_up().await),
            Order::Ended { talk } => Ok(json!(format!("{:?}", self.talk(talk)?.ended().await.map_err(said)?))),
            Order::Press { talk, digits } => done(self.talk(talk)?.press(&digits, Keys::Media).await),
            Order::Say { talk, hz } => {
                self.talk(talk)?.say_tone(hz);
                Ok(Value::Null)
            }
            Order::Quiet { talk } => {
                self.talk(talk)?.quiet();
                Ok(Value::Null)
            }
            Order::Hears { talk, hz } => done(self.talk(talk)?.expect_tone(hz).await),
            Order::HearsBoth { talk, hz, and } => {
                done(self.talk(talk)?.hears("two tones at once", |ear| ear.heard_both(hz, and)).await)
            }
            Order::HearsOnly { talk, hz } => done(self.talk(talk)?.expect_only(hz).await),
            Order::HearsSound { talk } => done(self.talk(talk)?.hears("any sound", Ear::heard_sound).await),
            Order::HearsSilence { talk } => done(self.talk(talk)?.expect_silence().await),
        }
    }
}

fn said(trouble: Trouble) -> String {
    trouble.to_string()
}

fn done(outcome: Result<(), Trouble>) -> Said {
    outcome.map(|()| Value::Null).map_err(said)
}

fn tell(answer: &Value) {
    let mut out = std::io::stdout().lock();
    // Whoever asked may be gone: then nobody misses the answer.
    let _ = writeln!(out, "{answer}").and_then(|()| out.flush());
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let heard = tempfile::tempdir()?;
    let sound = Sound::start(Ipv4Addr::LOCALHOST.into(), rtp_block(), heard.path())?;
    let room = Arc::new(Room { sound, phones: Mutex::default(), talks: Mutex::default(), next: AtomicU32::new(1) });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str::<Line>(&line) {
            Err(why) => tell(&json!({ "id": 0, "error": format!("{line}: {why}") })),
            Ok(Line { id, order }) => {
                let room = room.clone();
                tokio::spawn(async move {
                    tell(&match room.obey(order).await {
                        Ok(ok) => json!({ "id": id, "ok": ok }),
                        Err(error) => json!({ "id": id, "error": error }),
                    });
                });
            }
        }
    }
    Ok(())
}
