//! A scripted SIP phone on the gateway's own SIP and media code: it registers with digest, dials, rings, answers, holds,
//! presses keys, speaks tones and tells what it hears. Start at [`Phone::open`], then [`Phone::dial`] or [`Phone::rung`];
//! both give a [`Talk`]. Every step waits for the thing itself, with a deadline, and says what it waited for.
//! Never in this room: what a call center does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contract::directory::Secret;
use contract::TrunkId;
use cti_gateway::media::{Clip, Law};
use cti_gateway::sip::Endpoint;
use cti_gateway::sip::api::{
    Credentials, DialogId, EndpointConfig, Flow, Outgoing, Party, SipDirectory, SipTrunk, Target, Transport, UaCommand,
};
use cti_gateway::sip::sdp::{Direction, Secrecy};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

pub mod browser;
pub mod handset;
pub mod register;
pub mod sound;
mod wire;

pub use browser::BrowserPhone;
pub use handset::{Ending, Manner, State};
pub use register::Account;
pub use sound::{Ear, Sound, tone_clip};
pub use wire::{Catch, Gate};

use handset::{Handset, Line};
use register::Registration;
use wire::{Link, Order, Wire};

/// How long a step may take. Long: machines are slow at times, and nothing here measures.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks at what was heard.
const LOOK: Duration = Duration::from_millis(40);
/// Calls that may wait to be taken by the script.
const CALLS: usize = 64;
const ORDERS: usize = 256;

/// What did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{phone}: waited in vain for {what}; {state}")]
    Waited { phone: String, what: String, state: String },
    #[error("{phone}: registration was refused with {status}")]
    NotRegistered { phone: String, status: u16 },
    #[error("{phone}: {what} and not {wanted}")]
    Otherwise { phone: String, wanted: String, what: String },
    #[error("{phone}: the phone is unplugged")]
    Gone { phone: String },
    #[error("{phone}: {error}")]
    Io { phone: String, error: std::io::Error },
}

/// What a phone is.
#[derive(Debug, Clone)]
pub struct PhoneConfig {
    /// For messages, and as display name of calls.
    pub name: String,
    pub server: SocketAddr,
    pub transport: Transport,
    pub local: IpAddr,
    /// Digest account of a station or digest trunk; none for a trunk known by its address.
    pub account: Option<Account>,
    /// Shown as caller where there is no account.
    pub number: String,
    /// Preferred.
    pub law: Law,
    /// Knows telephone-events (RFC 4733); a phone that does not sends tones.
    pub events: bool,
    /// Whether it encrypts what is said.
    pub secrecy: Secrecy,
    pub manner: Manner,
}

impl PhoneConfig {
    /// A phone on loopback, over UDP, µ-law.
    #[must_use]
    pub fn new(name: &str, server: SocketAddr) -> Self {
        Self {
            name: name.to_owned(),
            server,
            transport: Transport::Udp,
            local: Ipv4Addr::LOCALHOST.into(),
            account: None,
            number: "anonymous".into(),
            law: Law::Mu,
            events: true,
            secrecy: Secrecy::Plain,
            manner: Manner::Rings,
        }
    }

    #[must_use]
    pub fn account(mut self, username: &str, password: &str) -> Self {
        self.account = Some(Account { username: username.to_owned(), password: password.to_owned() });
        self
    }

    #[must_use]
    pub fn number(mut self, number: &str) -> Self {
        number.clone_into(&mut self.number);
        self
    }

    #[must_use]
    pub fn secrecy(mut self, secrecy: Secrecy) -> Self {
        self.secrecy = secrecy;
        self
    }

    #[must_use]
    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }
}

/// See the room story. Dropped, its socket closes without a word.
pub struct Phone {
    config: PhoneConfig,
    handset: Arc<Handset>,
    orders: mpsc::Sender<Order>,
    calls: mpsc::Receiver<Arc<Line>>,
    held: watch::Receiver<usize>,
    address: SocketAddr,
}

/// How to dial beside the number.
#[derive(Debug, Clone, Default)]
pub struct Dialing {
    /// Caller, where it is not the phone's own number.
    pub from: Option<(String, String)>,
    pub headers: Vec<(String, String)>,
    /// In place of the phone's own offer.
    pub sdp: Option<Bytes>,
    /// INVITE without an offer.
    pub no_offer: bool,
}

impl Phone {
    /// Plugs a phone in.
    ///
    /// # Errors
    /// [`Trouble::Io`]: the socket, or randomness.
    pub async fn open(config: PhoneConfig, sound: &Sound) -> Result<Self, Trouble> {
        let io = |error| Trouble::Io { phone: config.name.clone(), error };
        let mut chance = [0; 16];
        getrandom::fill(&mut chance).map_err(|e| io(std::io::Error::other(e)))?;
        let [seed, chance] = [0, 8].map(|at| u64::from_le_bytes(std::array::from_fn(|n| chance[at + n])));
        let (link, local) =
            Link::open(config.transport, SocketAddr::new(config.local, 0), config.server).await.map_err(io)?;
        let product = format!("Zuoxi-phone/{}", env!("CARGO_PKG_VERSION"));
        let mut ua = EndpointConfig { product: product.clone(), ..EndpointConfig::on(local) };
        match config.transport {
            Transport::Udp => ua.tcp = None,
            Transport::Tcp | Transport::Tls => ua.udp = None,
        }
        let mut endpoint = Endpoint::new(ua, seed);
        endpoint.handle(tokio::time::Instant::now().into_std(), cti_gateway::sip::api::Input::Ask(anybody_may_call()));
        let account = config.account.clone().unwrap_or(Account { username: config.number.clone(), password: String::new() });
        let registration = Registration::new(account, config.transport, local, config.server, &product, chance);
        let (calls_tx, calls) = mpsc::channel(CALLS);
        let handset = Arc::new(Handset::new(sound.clone(), (config.law, config.events, config.secrecy), config.manner, calls_tx));
        let (orders, orders_rx) = mpsc::channel(ORDERS);
        let way = (config.transport, config.server);
        let wire = Wire::new(endpoint, (link, local), way, registration, handset.clone());
        let held = wire.held.subscribe();
        tokio::spawn(wire.run(orders_rx));
        Ok(Self { config, handset, orders, calls, held, address: local })
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Where it can be reached.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn busy_lines(&self) -> usize {
        self.handset.busy_lines()
    }

    pub fn set_manner(&self, manner: Manner) {
        self.handset.set_manner(manner);
    }

    async fn order(&self, order: Order) -> Result<(), Trouble> {
        self.orders.send(order).await.map_err(|_| Trouble::Gone { phone: self.config.name.clone() })
    }

    /// Registers, and stays so until dropped, unplugged or [`Phone::unregister`].
    ///
    /// # Errors
    /// [`Trouble::NotRegistered`] with the status.
    pub async fn register(&self) -> Result<u32, Trouble> {
        self.register_for(600).await
    }

    /// # Errors
    /// [`Trouble::NotRegistered`].
    pub async fn unregister(&self) -> Result<(), Trouble> {
        self.register_for(0).await.map(drop)
    }

    /// # Errors
    /// [`Trouble::NotRegistered`].
    pub async fn register_for(&self, expires: u32) -> Result<u32, Trouble> {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Register { expires, reply }).await?;
        let phone = self.config.name.clone();
        match timeout(PATIENCE, answer).await {
            Ok(Ok(Ok(seconds))) => Ok(seconds),
            Ok(Ok(Err(status))) => Err(Trouble::NotRegistered { phone, status }),
            Ok(Err(_)) => Err(Trouble::Gone { phone }),
            Err(_) => Err(Trouble::NotRegistered { phone, status: 408 }),
        }
    }

    /// Holds messages back from now on; those held so far go on.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn gate(&self, gate: Gate) -> Result<(), Trouble> {
        self.order(Order::Gate(gate)).await
    }

    /// Waits until the gate holds something.
    ///
    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn caught(&self) -> Result<(), Trouble> {
        self.caught_at_least(1).await
    }

    /// Waits until the gate holds so many messages.
    ///
    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn caught_at_least(&self, most: usize) -> Result<(), Trouble> {
        let mut held = self.held.clone();
        let waited = timeout(PATIENCE, held.wait_for(|n| *n >= most)).await;
        waited.map(drop).map_err(|_| self.waited("a message at the gate"))
    }

    /// Pulls the plug: nothing goes out or comes in any more.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn cut(&self) -> Result<(), Trouble> {
        self.order(Order::Cut).await
    }

    /// Switches the phone off, as a power cut does: its connection closes, its calls fall silent, and nobody is told.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn power_off(&self) -> Result<(), Trouble> {
        self.order(Order::Off).await
    }

    /// Sends bytes to the server as they are.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn send_raw(&self, bytes: Bytes) -> Result<(), Trouble> {
        self.order(Order::Raw(bytes)).await
    }

    /// # Errors
    /// [`Trouble::Gone`], or no RTP port free.
    pub async fn dial(&self, number: &str) -> Result<Talk, Trouble> {
        self.dial_with(number, Dialing::default()).await
    }

    /// # Errors
    /// As [`Phone::dial`].
    pub async fn dial_with(&self, number: &str, how: Dialing) -> Result<Talk, Trouble> {
        let phone = self.config.name.clone();
        let line = self.handset.open(None, None).map_err(|error| Trouble::Io { phone, error })?;
        let own = self.config.account.as_ref().map_or(&self.config.number, |a| &a.username);
        let (name, user) = how.from.unwrap_or((self.config.name.clone(), own.clone()));
        let flow = Flow { transport: self.config.transport, local: self.address, remote: self.config.server };
        let tcp = if self.config.transport == Transport::Tcp { ";transport=tcp" } else { "" };
        let sdp = (!how.no_offer).then(|| how.sdp.unwrap_or_else(|| line.own_sdp()));
        let auth = self.config.account.as_ref().map(|a| Credentials {
            username: a.username.clone(),
            password: Secret(a.password.clone()),
        });
        let outgoing = Outgoing {
            dialog: line.dialog,
            target: Target::Uri { uri: format!("sip:{number}@{}{tcp}", self.config.server), flow },
            from: Party { name, user, host: String::new() },
            to_name: String::new(),
            sdp: sdp.map(Into::into),
            headers: how.headers,
            auto_answer: false,
            hurry: false,
            auth,
            max_ring: Duration::from_secs(180),
        };
        self.order(Order::Ask(UaCommand::Invite(Box::new(outgoing)))).await?;
        Ok(self.talk(line))
    }

    /// The next call to this phone.
    ///
    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn rung(&mut self) -> Result<Talk, Trouble> {
        self.rung_within(PATIENCE).await.ok_or_else(|| self.waited("a call"))
    }

    /// The next call, should one come by then.
    pub async fn rung_within(&mut self, patience: Duration) -> Option<Talk> {
        let line = timeout(patience, self.calls.recv()).await.ok().flatten()?;
        Some(self.talk(line))
    }

    fn talk(&self, line: Arc<Line>) -> Talk {
        Talk { phone: self.config.name.clone(), handset: self.handset.clone(), orders: self.orders.clone(), line }
    }

    fn waited(&self, what: &str) -> Trouble {
        let state = format!("it has {} calls", self.handset.busy_lines());
        Trouble::Waited { phone: self.config.name.clone(), what: what.to_owned(), state }
    }
}

/// A phone takes calls from whoever calls it.
fn anybody_may_call() -> UaCommand {
    let anybody = SipTrunk { from: vec![(Ipv4Addr::UNSPECIFIED.into(), 0)], trusted: true, ..SipTrunk::new(TrunkId(1)) };
    UaCommand::SetDirectory(Arc::new(SipDirectory::new(1, [anybody], [])))
}

/// How keys reach the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// In the media: telephone-events where agreed, tones on a phone that knows none.
    Media,
    /// SIP INFO, `application/dtmf-relay`.
    Info,
}

/// One call of a phone. Dropping it changes nothing: hang up.
#[derive(Clone)]
pub struct Talk {
    phone: String,
    handset: Arc<Handset>,
    orders: mpsc::Sender<Order>,
    line: Arc<Line>,
}

impl Talk {
    async fn ask(&self, command: UaCommand) -> Result<(), Trouble> {
        self.orders.send(Order::Ask(command)).await.map_err(|_| Trouble::Gone { phone: self.phone.clone() })
    }

    #[must_use]
    pub fn dialog(&self) -> DialogId {
        self.line.dialog
    }

    /// What happened so far.
    #[must_use]
    pub fn state(&self) -> State {
        self.line.state.borrow().clone()
    }

    /// What the INVITE said, of a call that came.
    #[must_use]
    pub fn incoming(&self) -> Option<&cti_gateway::sip::api::Incoming> {
        self.line.incoming.as_deref()
    }

    /// Value of a header of the INVITE that came.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.incoming()?.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Where the far end wants our audio, as it said last.
    #[must_use]
    pub fn far_audio(&self) -> Option<SocketAddr> {
        self.line.far_audio()
    }

    /// Waits until `is` holds.
    ///
    /// # Errors
    /// [`Trouble::Waited`] naming `what`.
    pub async fn until(&self, what: &str, is: impl FnMut(&State) -> bool) -> Result<State, Trouble> {
        let mut seen = self.line.state.subscribe();
        let waited = timeout(PATIENCE, seen.wait_for(is)).await;
        match waited {
            Ok(Ok(state)) => Ok(state.clone()),
            Ok(Err(_)) | Err(_) => Err(Trouble::Waited {
                phone: self.phone.clone(),
                what: what.to_owned(),
                state: format!("{:?}", self.state()),
            }),
        }
    }

    /// # Errors
    /// [`Trouble`].
    pub async fn ringing(&self) -> Result<(), Trouble> {
        let state = self.until("ringing", |s| s.ringing.is_some() || s.answered || s.ended.is_some()).await?;
        self.alive(&state, "ringing")
    }

    fn alive(&self, state: &State, wanted: &str) -> Result<(), Trouble> {
        match &state.ended {
            None => Ok(()),
            Some(how) => Err(Trouble::Otherwise {
                phone: self.phone.clone(),
                wanted: wanted.to_owned(),
                what: format!("the call ended ({how:?})"),
            }),
        }
    }

    /// Waits until the far end answered; or, for a call that came, until our answer was acknowledged.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn answered(&self) -> Result<(), Trouble> {
        let came = self.line.incoming.is_some();
        let is = |s: &State| s.ended.is_some() || if came { s.confirmed } else { s.answered };
        let state = self.until("an answer", is).await?;
        self.alive(&state, "answered")
    }

    /// Lifts the phone, and waits for the ACK.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn answer(&self) -> Result<(), Trouble> {
        self.lift().await?;
        self.answered().await
    }

    /// Lifts the phone.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn lift(&self) -> Result<(), Trouble> {
        for command in self.handset.answer(&self.line) {
            self.ask(command).await?;
        }
        Ok(())
    }

    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn reject(&self, status: u16) -> Result<(), Trouble> {
        self.ask(UaCommand::Reject { dialog: self.line.dialog, status, retry_after: None }).await
    }

    /// BYE, CANCEL or refusal, whichever fits.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn hang_up(&self) -> Result<(), Trouble> {
        self.ask(UaCommand::Bye { dialog: self.line.dialog, reason: None }).await
    }

    /// Waits for the end, by whomever.
    ///
    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn ended(&self) -> Result<Ending, Trouble> {
        let state = self.until("the end of the call", |s| s.ended.is_some()).await?;
        Ok(state.ended.unwrap_or(Ending::Lost))
    }

    /// Waits for the end, however long it takes.
    pub async fn until_ended(&self) {
        let mut seen = self.line.state.subscribe();
        // A line that is gone has ended.
        let _ = seen.wait_for(|s| s.ended.is_some()).await;
    }

    /// The end, should it come by then.
    pub async fn ends_within(&self, patience: Duration) -> Option<Ending> {
        let mut seen = self.line.state.subscribe();
        let state = timeout(patience, seen.wait_for(|s| s.ended.is_some())).await.ok()?.ok()?;
        state.ended.clone()
    }

    /// Waits for the end, which must be this one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn ends(&self, wanted: &Ending) -> Result<(), Trouble> {
        let how = self.ended().await?;
        if how == *wanted {
            return Ok(());
        }
        let (wanted, what) = (format!("{wanted:?}"), format!("the call ended: {how:?}"));
        Err(Trouble::Otherwise { phone: self.phone.clone(), wanted, what })
    }

    /// Waits for a refusal of our call with this status.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn refused(&self, status: u16) -> Result<Option<u64>, Trouble> {
        match self.ended().await? {
            Ending::Refused { status: was, retry_after } if was == status => Ok(retry_after),
            how => Err(Trouble::Otherwise {
                phone: self.phone.clone(),
                wanted: format!("refused with {status}"),
                what: format!("the call ended: {how:?}"),
            }),
        }
    }

    /// Puts the far end on hold, and waits for its consent.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn hold(&self) -> Result<(), Trouble> {
        self.change(Direction::SendOnly).await
    }

    /// # Errors
    /// [`Trouble`].
    pub async fn resume(&self) -> Result<(), Trouble> {
        self.change(Direction::SendRecv).await
    }

    async fn change(&self, wish: Direction) -> Result<(), Trouble> {
        let before = self.state().agreed_again;
        let sdp = self.line.offer(wish);
        self.ask(UaCommand::Reinvite { dialog: self.line.dialog, sdp: sdp.into() }).await?;
        let state = self.until("the answer to our re-INVITE", |s| s.agreed_again > before || s.ended.is_some()).await?;
        self.alive(&state, "a changed session")
    }

    /// Presses keys.
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn press(&self, digits: &str, keys: Keys) -> Result<(), Trouble> {
        match keys {
            Keys::Media => {
                let before = self.state().digits_sent;
                self.line.voice.press(digits);
                self.until("keys to be sent", |s| s.digits_sent > before || s.ended.is_some()).await.map(drop)
            }
            Keys::Info => {
                for digit in digits.chars() {
                    let body = Bytes::from(format!("Signal={digit}\r\nDuration=160\r\n"));
                    let content_type = "application/dtmf-relay".to_owned();
                    self.ask(UaCommand::Info { dialog: self.line.dialog, content_type, body }).await?;
                }
                Ok(())
            }
        }
    }

    /// Asks the far end to call somebody in our place (REFER).
    ///
    /// # Errors
    /// [`Trouble::Gone`].
    pub async fn refer(&self, uri: &str) -> Result<(), Trouble> {
        self.ask(UaCommand::Refer { dialog: self.line.dialog, to: uri.to_owned() }).await
    }

    /// Speaks this tone until something else is said.
    pub fn say_tone(&self, hz: f64) {
        self.line.voice.say(vec![tone_clip(hz)], true);
    }

    /// Speaks this over and over until something else is said.
    pub fn say_loop(&self, clip: Arc<Clip>) {
        self.line.voice.say(vec![clip], true);
    }

    /// Speaks these once.
    pub fn say(&self, clips: Vec<Arc<Clip>>) {
        self.line.voice.say(clips, false);
    }

    pub fn quiet(&self) {
        self.line.voice.quiet();
    }

    /// File with what was heard in this call.
    #[must_use]
    pub fn heard_path(&self) -> &std::path::Path {
        &self.line.voice.path
    }

    /// Waits until `is` holds for what is heard from now on.
    ///
    /// # Errors
    /// [`Trouble::Waited`] naming `what`, or that the call ended.
    pub async fn hears(&self, what: &str, is: impl Fn(&Ear) -> bool) -> Result<(), Trouble> {
        self.ear_hears(self.line.voice.ear(), what, is).await
    }

    /// Waits until `is` holds for all that was heard in this call.
    ///
    /// # Errors
    /// As [`Talk::hears`].
    pub async fn has_heard(&self, what: &str, is: impl Fn(&Ear) -> bool) -> Result<(), Trouble> {
        self.ear_hears(Ear::at_begin(&self.line.voice.path, 1, 0), what, is).await
    }

    async fn ear_hears(&self, mut ear: Ear, what: &str, is: impl Fn(&Ear) -> bool) -> Result<(), Trouble> {
        let mut look = tokio::time::interval(LOOK);
        let heard = timeout(PATIENCE, async {
            loop {
                // The last look is after the end: the file is whole then, or nearly.
                let over = self.state().ended.is_some();
                ear.listen();
                if is(&ear) {
                    return true;
                }
                if over {
                    return false;
                }
                look.tick().await;
            }
        });
        match heard.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Trouble::Waited {
                phone: self.phone.clone(),
                what: what.to_owned(),
                state: format!("heard {} ms; {:?}", ear.samples().len() / 8, self.state()),
            }),
        }
    }

    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn expect_tone(&self, hz: f64) -> Result<(), Trouble> {
        self.hears(&format!("a tone of {hz} Hz"), |ear| ear.heard_tone(hz)).await
    }

    /// A second of this tone, and of nothing else.
    ///
    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn expect_only(&self, hz: f64) -> Result<(), Trouble> {
        let only = |ear: &Ear| ear.samples().len() >= 8000 && ear.heard_tone(hz) && !ear.heard_other_than(hz);
        self.hears(&format!("a second of {hz} Hz and nothing else"), only).await
    }

    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn expect_silence(&self) -> Result<(), Trouble> {
        self.hears("silence", Ear::heard_silence).await
    }

    /// # Errors
    /// [`Trouble::Waited`].
    pub async fn expect_sound(&self) -> Result<(), Trouble> {
        self.hears("any sound", Ear::heard_sound).await
    }
}
