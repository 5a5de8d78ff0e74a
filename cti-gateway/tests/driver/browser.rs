//! A browser as an agent's phone: it rings without signalling, is pressed by the desk, and goes on after a reload.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use contract::{CallCommand, EventKind, Microphone, PhoneCheck, SeatCommand, StationId};
use cti_gateway::driver::{Browser as Asks, Refused};
use cti_gateway::sip::message::Method;

use crate::house::{CLERK, House};
use crate::peer::{Browser, LOCAL, PATIENCE, Phone, Side, hears, now};

const FINE: PhoneCheck =
    PhoneCheck { microphone: Microphone::Ok, round_trip_ms: Some(1), jitter_ms: None, lost_percent: None };
const HERE: StationId = StationId(CLERK.0);

/// A side that speaks and listens on a thread of its own until it is dropped.
pub struct Alive<S> {
    pub side: Arc<Mutex<S>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl<S: Side + Send + 'static> Alive<S> {
    pub fn begin(side: S) -> Self {
        let (side, over) = (Arc::new(Mutex::new(side)), Arc::new(AtomicBool::new(false)));
        let (talks, ends) = (side.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            let (mut n, mut next) = (0, now());
            while !ends.load(Ordering::Relaxed) {
                let mut side = talks.lock().unwrap();
                if now() >= next {
                    next += Duration::from_millis(20);
                    n += 1;
                    side.say(n);
                }
                side.hear();
                drop(side);
                std::thread::yield_now();
            }
        });
        Self { side, over, thread: Some(thread) }
    }

    /// Waits until it hears the words of the other side.
    #[track_caller]
    pub fn hears(&self, other: u8) {
        let begin = now();
        while !hears(&*self.side.lock().unwrap(), other) {
            assert!(now() - begin < PATIENCE, "nothing of side {other} is heard");
            std::thread::yield_now();
        }
    }
}

impl<S> Drop for Alive<S> {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

fn asks(offer: String, id: &str, takes: bool) -> Asks {
    Asks { offer, id: id.into(), takes, from: LOCAL, name: "a test".into() }
}

async fn opens(house: &House, id: &str, takes: bool) -> Alive<Browser> {
    let (mut browser, offer) = Browser::new();
    browser.accept(&house.gateway.line(CLERK, asks(offer, id, takes)).await.unwrap());
    Alive::begin(browser)
}

pub async fn sits(house: &House) -> Alive<Browser> {
    house.gateway.seat(CLERK, SeatCommand::SignIn { station: Some(HERE) }, CLERK).await.unwrap();
    let browser = opens(house, "office", false).await;
    house.fact("the browser", |k| matches!(k, EventKind::StationRegistered { station: HERE, .. })).await;
    house.gateway.check(CLERK, FINE).await;
    house.gateway.seat(CLERK, SeatCommand::Ready, CLERK).await.unwrap();
    browser
}

fn offer_of(phone: &Phone) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 8\r\n\
         a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n",
        phone.socket.local_addr().unwrap().port()
    )
}

fn audio_of(sdp: &str) -> SocketAddr {
    let port = sdp.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok());
    SocketAddr::new(LOCAL, port.expect("an audio port"))
}

/// No browser is a phone, and no port is taken.
pub async fn nothing_is_left(house: &House) {
    house.quiet().await;
    let empty = async {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        loop {
            let (media, all) = (house.gateway.media().gauges(), house.gauges().await);
            if (all.lines + all.visitors, media.lines, media.legs, media.ports_taken) == (0, 0, 0, 0) {
                return;
            }
            every.tick().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, empty).await.is_ok(), "{:?}", house.gateway.media().gauges());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_rung_pressed_and_heard_and_its_talk_outlives_a_reload() {
    let house = House::open(&[]).await;
    let (_, offer) = Browser::new();
    let refused = house.gateway.line(CLERK, asks(offer, "office", false)).await;
    assert_eq!(refused, Err(Refused::OtherStation), "the seat is not at this browser");
    let browser = sits(&house).await;

    let mut phone = Phone::new(SocketAddr::new(LOCAL, 9));
    let mut caller = house.caller().await;
    let offer = offer_of(&phone);
    let talk = caller.dial("95500", Some(&offer), Some(&offer)).await.talk();
    phone.calls(audio_of(&talk.body));
    let phone = Alive::begin(phone);
    house.fact("the ring", |k| matches!(k, EventKind::LegRinging { .. })).await;
    house.gateway.call(house.call(), CLERK, CallCommand::Answer).await.unwrap();
    house.fact("the talk", |k| matches!(k, EventKind::TalkStarted { agent: CLERK, .. })).await;
    phone.hears(2);
    browser.hears(1);

    // Another browser of the same person does not take the phone away unasked.
    let (_, offer) = Browser::new();
    assert_eq!(house.gateway.line(CLERK, asks(offer, "home", false)).await, Err(Refused::PhoneElsewhere));

    // The page is loaded anew: the old one says nothing any more, the new one has the talk.
    drop(browser);
    phone.side.lock().unwrap().heard.clear();
    let browser = opens(&house, "office", false).await;
    phone.hears(2);
    browser.hears(1);
    assert_eq!(house.count(|k| matches!(k, EventKind::StationLost { .. })), 0, "nobody was lost");

    // And where it is asked for, the talk moves to the other browser.
    phone.side.lock().unwrap().heard.clear();
    let browser = [browser, opens(&house, "home", true).await];
    phone.hears(2);
    browser[1].hears(1);

    house.gateway.call(house.call(), CLERK, CallCommand::Hangup).await.unwrap();
    caller.request(Method::Bye).await;
    let ended = house.fact("the end of the leg", |k| matches!(k, EventKind::LegEnded { quality: Some(q), .. } if q.received > 0)).await;
    assert!(matches!(ended, EventKind::LegEnded { .. }));
    assert_eq!(house.gauges().await.lines, 1, "the line stands for the next call");
    house.gateway.seat(CLERK, SeatCommand::SignOut, CLERK).await.unwrap();
    nothing_is_left(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_at_another_station_has_no_line_and_an_offer_that_is_none_says_so() {
    let house = House::open(&[]).await;
    house.gateway.seat(CLERK, SeatCommand::SignIn { station: Some(HERE) }, CLERK).await.unwrap();
    let [first, second] = [Browser::new().1, Browser::new().1];
    house.gateway.line(CLERK, asks(first, "office", false)).await.unwrap();
    let refused = house.gateway.line(CLERK, asks(second, "home", false)).await;
    assert_eq!(refused, Err(Refused::PhoneElsewhere), "the first is about to connect");
    let _browser = sits(&house).await;
    let refused = house.gateway.line(CLERK, asks("v=0".into(), "office", false)).await;
    assert!(matches!(refused, Err(Refused::BadOffer(_))), "{refused:?}");
    assert_eq!(house.gauges().await.lines, 1, "the one that stands goes on");
    house.gateway.seat(CLERK, SeatCommand::SignIn { station: Some(StationId(1)) }, CLERK).await.unwrap();
    house.fact("the loss", |k| matches!(k, EventKind::StationLost { station: HERE, .. })).await;
    let (_, offer) = Browser::new();
    assert_eq!(house.gateway.line(CLERK, asks(offer, "office", true)).await, Err(Refused::OtherStation));
    nothing_is_left(&house).await;
}
