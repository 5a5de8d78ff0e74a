//! A desktop without a screen: the WebSocket of one signed-in person, its seat and cards as folded from what came.

use contract::{
    CallCard, CallCommand, CardState, DeskAsk, DeskBody, DeskIntent, DeskMessage, Seat, SeatCommand, StationHealth,
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{PATIENCE, Web};

/// See the room story.
pub struct Desk {
    line: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub seat: Option<Seat>,
    pub cards: Vec<CallCard>,
    /// All that came, in order.
    pub heard: Vec<DeskMessage>,
    last: u64,
    next_id: u32,
}

impl Desk {
    /// Connects, and waits for the first picture.
    ///
    /// # Panics
    /// Where the server does not take it.
    pub async fn open(web: &Web) -> Self {
        let url = format!("ws://{}/api/v1/desk/ws?after=0", web.address());
        let mut request = url.into_client_request().expect("a request");
        let header = |text: String| HeaderValue::from_str(&text).expect("a header");
        let headers = request.headers_mut();
        headers.insert("Cookie", header(web.cookie().expect("somebody signed in").to_owned()));
        headers.insert("Origin", header(format!("http://{}", web.address())));
        let (line, _) = connect_async(request).await.expect("the server takes a desktop");
        let mut desk = Self { line, seat: None, cards: Vec::new(), heard: Vec::new(), last: 0, next_id: 1 };
        desk.until("the first picture", |d| d.seat.is_some()).await;
        desk
    }

    /// Takes in messages until `is` holds.
    ///
    /// # Panics
    /// When it does not in time, or the line ends.
    pub async fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        let waited = timeout(PATIENCE, async {
            while !is(self) {
                self.hear().await;
            }
        });
        if waited.await.is_err() {
            panic!("a desktop waited in vain for {what}; seat {:?}, cards {:?}", self.seat, self.cards);
        }
    }

    async fn hear(&mut self) {
        let message = self.line.next().await.expect("the line to the server stands").expect("a whole message");
        let Message::Text(text) = message else { return };
        let message: DeskMessage =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("a desktop cannot read {text}: {e}"));
        if message.n > 0 {
            assert!(message.n > self.last, "numbers only grow: {} after {}", message.n, self.last);
            self.last = message.n;
        }
        self.fold(&message.body);
        self.heard.push(message);
    }

    fn fold(&mut self, body: &DeskBody) {
        match body {
            DeskBody::Snapshot { seat, cards, .. } => {
                self.seat = Some(seat.clone());
                self.cards.clone_from(cards);
            }
            DeskBody::Seat { seat, .. } => self.seat = Some(seat.clone()),
            DeskBody::Card { card } => {
                self.cards.retain(|known| known.interaction != card.interaction);
                self.cards.push(card.clone());
            }
            DeskBody::CardGone { interaction, .. } => self.cards.retain(|card| card.interaction != *interaction),
            DeskBody::Supervising { .. }
            | DeskBody::Parked { .. }
            | DeskBody::Said { .. }
            | DeskBody::Board { .. }
            | DeskBody::Done { .. }
            | DeskBody::Refused { .. }
            | DeskBody::Notice { .. }
            | DeskBody::GoingAway => {}
        }
    }

    /// Asks, and waits for the answer: the code of a refusal, or nothing.
    pub async fn try_ask(&mut self, ask: DeskAsk) -> Result<(), String> {
        let id = self.next_id;
        self.next_id += 1;
        let text = serde_json::to_string(&DeskIntent { id, ask }).expect("intents are JSON");
        self.line.send(Message::text(text)).await.expect("the line takes it");
        let answer = |message: &DeskMessage| match &message.body {
            DeskBody::Done { id: to } if *to == id => Some(Ok(())),
            DeskBody::Refused { id: to, code, .. } if *to == id => Some(Err(code.clone())),
            _ => None,
        };
        self.until("an answer to an intent", |d| d.heard.iter().rev().any(|m| answer(m).is_some())).await;
        self.heard.iter().rev().find_map(answer).expect("it was just there")
    }

    /// Asks what must be done.
    ///
    /// # Panics
    /// Where it is refused.
    pub async fn ask(&mut self, ask: DeskAsk) {
        let said = format!("{ask:?}");
        if let Err(code) = self.try_ask(ask).await {
            panic!("{said} was refused: {code}; seat {:?}", self.seat);
        }
    }

    pub async fn seat(&mut self, command: SeatCommand) {
        self.ask(DeskAsk::Seat { command }).await;
    }

    /// To the only call on this desk.
    pub async fn call(&mut self, command: CallCommand) {
        let interaction = self.card().interaction;
        self.ask(DeskAsk::Call { interaction, command }).await;
    }

    /// The only call on this desk.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn card(&self) -> &CallCard {
        self.cards.first().expect("a call is on the desk")
    }

    /// Waits until the call on this desk is in this state.
    pub async fn shows(&mut self, state: CardState) {
        self.until(&format!("a card {state:?}"), |d| d.cards.iter().any(|card| card.state == state)).await;
    }

    /// Waits until who may be calling is on the card: names are read beside the call, so they come when they come.
    pub async fn shows_names(&mut self) {
        self.until("a card with a name", |d| d.cards.iter().any(|card| !card.candidates.is_empty())).await;
    }

    /// Takes the seat with its own station once that is registered, and goes ready.
    pub async fn go_ready(&mut self, station: contract::StationId) {
        self.seat(SeatCommand::SignIn { station: Some(station) }).await;
        self.until("a station that can ring", |d| d.seat.as_ref().is_some_and(|s| s.health == StationHealth::Ok)).await;
        self.seat(SeatCommand::Ready).await;
    }
}
