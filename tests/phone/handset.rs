//! The phone as its wire sees it: what came is noted in the [`Talk`] it belongs to, and answered where a phone answers by
//! itself (ringing, a new offer, the talk key pressed from afar). Start at [`Handset::heard`]. No waiting here.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cti_gateway::media::{Law, MediaEvent, Remote};
use cti_gateway::sip::api::{DialogId, EndedBy, Incoming, UaCommand, UaEvent};
use cti_gateway::sip::sdp::{self, Direction, OurKeys, Secrecy};
use tokio::sync::{mpsc, watch};

use super::sound::{Sound, Voice};

/// What a phone does by itself when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// Rings until somebody lifts it.
    #[default]
    Rings,
    /// Rings; answers when told so: `Event: talk`, or `answer-after` in the INVITE.
    Obeys,
    /// Answers at once.
    Answers,
    /// Refuses with this status.
    Refuses(u16),
    /// Speaks before it is lifted: 183 with its answer, which is its network's to use.
    Announces,
    /// Takes no notice at all.
    Deaf,
}

/// How a talk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The far end hung up. The Reason header, where it gave one.
    FarHungUp(Option<String>),
    WeHungUp,
    /// Our call was refused.
    Refused { status: u16, retry_after: Option<u64> },
    /// The caller gave up before we answered.
    Cancelled,
    /// The dialog was lost: no ACK, no refresh, no answer.
    Lost,
}

/// What has happened in a talk so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// 180 or 183, as it came.
    pub ringing: Option<u16>,
    pub answered: bool,
    /// ACK came for our 200.
    pub confirmed: bool,
    /// The far end does not want to hear us.
    pub held: bool,
    /// What is said is encrypted.
    pub secured: bool,
    /// Our re-INVITEs that were answered.
    pub agreed_again: u32,
    /// Digits heard, as events, tones or INFO.
    pub digits: String,
    /// `Event:` of NOTIFYs.
    pub told: Vec<String>,
    pub digits_sent: u32,
    pub said: u32,
    pub ended: Option<Ending>,
}

/// What is agreed of the session.
struct Session {
    version: u64,
    offer: Option<sdp::Offer>,
    law: Law,
    wish: Direction,
    /// Telephone-events are agreed; without, digits are tones.
    events: bool,
    /// What is heard is being written down.
    connected: bool,
    secrecy: Secrecy,
    /// Made anew for every offer of ours.
    keys: Option<OurKeys>,
}

impl Session {
    fn new_keys(&mut self) {
        let mut chance = [0; 60];
        let random = self.secrecy != Secrecy::Plain && getrandom::fill(&mut chance).is_ok();
        self.keys = random.then(|| OurKeys::new(&chance));
    }
}

/// One call on a phone.
pub struct Line {
    pub dialog: DialogId,
    pub voice: Voice,
    /// Of a call that came.
    pub incoming: Option<Box<Incoming>>,
    pub state: watch::Sender<State>,
    session: Mutex<Session>,
}

impl Line {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn note(&self, change: impl FnOnce(&mut State)) {
        self.state.send_modify(change);
    }

    /// Our SDP now: an answer where the far end offered last, else an offer.
    pub fn own_sdp(&self) -> Bytes {
        let mut session = self.session();
        session.version += 1;
        let name = sdp::Session { id: self.voice.leg.0.unsigned_abs(), version: session.version, address: self.voice.local };
        let text = match &session.offer {
            Some(offer) => sdp::answer_for(&name, offer, session.law, session.wish, session.keys.as_ref()),
            None => {
                session.new_keys();
                let laws = [session.law, other(session.law)];
                sdp::offer_for(&name, &laws, session.wish, session.secrecy, session.keys.as_ref())
            }
        };
        let text = if session.events { text } else { without_events(&text) };
        Bytes::from(text)
    }

    pub fn far_audio(&self) -> Option<SocketAddr> {
        self.session().offer.as_ref().map(|said| said.address)
    }

    /// A new offer of ours, wishing this.
    pub fn offer(&self, wish: Direction) -> Bytes {
        let mut session = self.session();
        session.wish = wish;
        session.offer = None;
        drop(session);
        self.own_sdp()
    }

    /// Takes in what the far end says; false where it is not understood.
    fn agree(&self, body: &[u8]) -> bool {
        let mut session = self.session();
        let Ok(theirs) = sdp::parse_for(body, session.secrecy) else { return false };
        if session.keys.is_none() {
            session.new_keys();
        }
        let Some(law) = theirs.choose(&[session.law, other(session.law)]) else { return false };
        session.law = law;
        let remote = Remote {
            to: theirs.address,
            seen: None,
            law,
            audio_pt: theirs.payload_type(law).unwrap_or(law.payload_type()),
            dtmf_pt: theirs.events.filter(|_| session.events),
            ptime_ms: theirs.ptime_ms.unwrap_or(20),
            send: theirs.direction.receives() && session.wish.sends(),
            receive: theirs.direction.sends() && session.wish.receives(),
            secured: theirs.secured(session.keys.as_ref()),
        };
        let secured = remote.secured.is_some();
        let held = !theirs.direction.receives();
        session.offer = Some(theirs);
        let first = !std::mem::replace(&mut session.connected, true);
        drop(session);
        self.voice.connect(remote, first);
        self.note(|s| (s.held, s.secured) = (held, secured));
        true
    }

    fn ended(&self, how: Ending) {
        self.voice.close();
        self.note(|s| s.ended = Some(how));
    }
}

fn other(law: Law) -> Law {
    match law {
        Law::A => Law::Mu,
        Law::Mu => Law::A,
    }
}

/// The SDP of a phone that knows no telephone-events.
fn without_events(sdp: &str) -> String {
    let lines = sdp.lines().filter(|l| !l.contains("telephone-event") && !l.starts_with("a=fmtp:101"));
    lines.fold(String::new(), |mut out, line| {
        let line = if line.starts_with("m=audio") { line.trim_end_matches(" 101") } else { line };
        out.push_str(line);
        out.push_str("\r\n");
        out
    })
}

/// The shared half of a phone.
pub struct Handset {
    sound: Sound,
    law: Law,
    events: bool,
    secrecy: Secrecy,
    manner: Mutex<Manner>,
    lines: Mutex<HashMap<DialogId, Arc<Line>>>,
    /// Calls that came, for whoever waits for them.
    calls: mpsc::Sender<Arc<Line>>,
}

impl Handset {
    #[must_use]
    pub fn new(sound: Sound, (law, events, secrecy): (Law, bool, Secrecy), manner: Manner, calls: mpsc::Sender<Arc<Line>>) -> Self {
        Self { sound, law, events, secrecy, manner: Mutex::new(manner), lines: Mutex::default(), calls }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<DialogId, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_manner(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    fn manner(&self) -> Manner {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls that are not over.
    #[must_use]
    pub fn busy_lines(&self) -> usize {
        self.lines().len()
    }

    /// A line for a call, coming or going.
    ///
    /// # Errors
    /// Where no RTP port is free.
    pub fn open(&self, dialog: Option<DialogId>, incoming: Option<Box<Incoming>>) -> std::io::Result<Arc<Line>> {
        let voice = self.sound.open()?;
        let dialog = dialog.unwrap_or(DialogId(voice.leg.0.unsigned_abs()));
        let session = Session {
            version: 0,
            offer: None,
            law: self.law,
            wish: Direction::SendRecv,
            events: self.events,
            connected: false,
            secrecy: self.secrecy,
            keys: None,
        };
        let line = Arc::new(Line { dialog, voice, incoming, state: watch::Sender::default(), session: Mutex::new(session) });
        let weak = Arc::downgrade(&line);
        line.voice.on_event(Arc::new(move |event| {
            let Some(line) = weak.upgrade() else { return };
            match event {
                MediaEvent::Digit { digit, .. } => line.note(|s| s.digits.push(digit)),
                MediaEvent::DigitsSent => line.note(|s| s.digits_sent += 1),
                MediaEvent::PlayDone { completed: true, .. } => line.note(|s| s.said += 1),
                _ => {}
            }
        }));
        self.lines().insert(dialog, line.clone());
        Ok(line)
    }

    /// Nobody speaks any more.
    pub fn fall_silent(&self) {
        for (_, line) in self.lines().drain() {
            line.ended(Ending::Lost);
        }
    }

    fn line(&self, dialog: DialogId) -> Option<Arc<Line>> {
        self.lines().get(&dialog).cloned()
    }

    fn end(&self, dialog: DialogId, how: Ending) {
        let line = self.lines().remove(&dialog);
        if let Some(line) = line {
            line.ended(how);
        }
    }

    /// Notes what the endpoint tells; what is to be done about it at once comes back.
    pub fn heard(&self, event: UaEvent) -> Vec<UaCommand> {
        match event {
            UaEvent::Incoming(incoming) => return self.called(incoming),
            UaEvent::Cancelled { dialog, .. } => self.end(dialog, Ending::Cancelled),
            UaEvent::Ringing { dialog, status, .. } => {
                if let Some(line) = self.line(dialog) {
                    line.note(|s| s.ringing = Some(status));
                }
            }
            UaEvent::Answered { dialog, sdp, offer, .. } => {
                let Some(line) = self.line(dialog) else { return vec![] };
                if !sdp.is_some_and(|sdp| line.agree(&sdp)) {
                    return vec![UaCommand::Bye { dialog, reason: None }];
                }
                line.note(|s| s.answered = true);
                if offer {
                    return vec![UaCommand::AnswerReoffer { dialog, sdp: line.own_sdp().into() }];
                }
            }
            UaEvent::Failed { dialog, status, retry_after, .. } => {
                let retry_after = retry_after.map(|after| after.as_secs());
                self.end(dialog, Ending::Refused { status, retry_after });
            }
            UaEvent::Confirmed { dialog, sdp } => {
                if let Some(line) = self.line(dialog) {
                    if let Some(sdp) = sdp {
                        line.agree(&sdp);
                    }
                    line.note(|s| s.confirmed = true);
                }
            }
            UaEvent::Ended { dialog, by, reason } => self.end(dialog, match by {
                EndedBy::Remote => Ending::FarHungUp(reason),
                EndedBy::Us => Ending::WeHungUp,
                EndedBy::NoAck | EndedBy::SessionExpired | EndedBy::Lost => Ending::Lost,
            }),
            UaEvent::Reoffer { dialog, sdp, .. } => {
                let Some(line) = self.line(dialog) else { return vec![UaCommand::RejectReoffer { dialog, status: 481 }] };
                match sdp {
                    Some(sdp) if !line.agree(&sdp) => return vec![UaCommand::RejectReoffer { dialog, status: 488 }],
                    Some(_) => {}
                    None => line.session().offer = None,
                }
                return vec![UaCommand::AnswerReoffer { dialog, sdp: line.own_sdp().into() }];
            }
            UaEvent::Reanswered { dialog, sdp } => {
                if let Some(line) = self.line(dialog) {
                    line.agree(&sdp);
                    line.note(|s| s.agreed_again += 1);
                }
            }
            UaEvent::Notified { dialog, event, .. } => return self.told(dialog, event),
            UaEvent::Info { dialog, body, .. } => {
                if let Some(line) = self.line(dialog) {
                    let text = String::from_utf8_lossy(&body);
                    let signal = text.lines().find_map(|l| l.strip_prefix("Signal="));
                    line.note(|s| s.digits.extend(signal.and_then(|d| d.trim().chars().next())));
                }
            }
            UaEvent::Refer { dialog, .. } => return vec![UaCommand::ReferProgress { dialog, status: 603 }],
            UaEvent::ReofferFailed { .. }
            | UaEvent::Registered { .. }
            | UaEvent::Census(_)
            | UaEvent::Trunk { .. }
            | UaEvent::Unregistered { .. } => {}
        }
        vec![]
    }

    fn called(&self, incoming: Box<Incoming>) -> Vec<UaCommand> {
        let (dialog, manner) = (incoming.dialog, self.manner());
        if let Manner::Refuses(status) = manner {
            return vec![UaCommand::Reject { dialog, status, retry_after: None }];
        }
        let sdp = incoming.sdp.clone();
        let told = incoming.headers.iter().any(|(name, value)| name == "Call-Info" && value.contains("answer-after"));
        let Ok(line) = self.open(Some(dialog), Some(incoming)) else {
            return vec![UaCommand::Reject { dialog, status: 486, retry_after: None }];
        };
        if let Some(sdp) = sdp
            && !line.agree(&sdp)
        {
            self.end(dialog, Ending::WeHungUp);
            return vec![UaCommand::Reject { dialog, status: 488, retry_after: None }];
        }
        // Nobody waits for calls: the line stays all the same, until the caller gives up.
        let _ = self.calls.try_send(line.clone());
        match manner {
            Manner::Answers => self.lift(&line),
            Manner::Obeys if told => self.lift(&line),
            Manner::Rings | Manner::Obeys => vec![UaCommand::Ring { dialog, sdp: None }],
            Manner::Announces => {
                let sdp = Some(line.own_sdp().into());
                vec![UaCommand::Ring { dialog, sdp }]
            }
            Manner::Deaf | Manner::Refuses(_) => vec![],
        }
    }

    fn lift(&self, line: &Line) -> Vec<UaCommand> {
        if line.state.borrow().answered {
            return vec![];
        }
        let sdp = line.own_sdp().into();
        line.note(|s| s.answered = true);
        vec![UaCommand::Answer { dialog: line.dialog, sdp }]
    }

    fn told(&self, dialog: DialogId, event: String) -> Vec<UaCommand> {
        let Some(line) = self.line(dialog) else { return vec![] };
        let talk = event == "talk";
        line.note(|s| s.told.push(event));
        match self.manner() {
            Manner::Obeys if talk => self.lift(&line),
            _ => vec![],
        }
    }

    /// Somebody lifts the phone.
    #[must_use]
    pub fn answer(&self, line: &Line) -> Vec<UaCommand> {
        self.lift(line)
    }
}
