//! One WebSocket of one visitor: the offer up, the answer down, then keys and the end. It is not the call: a socket that breaks
//! ends nothing, as the audio may still flow; a browser that is gone is found by its silence. One that closes in order has left.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::HeaderMap;
use contract::{Caller, EndCause};
use cti_gateway::driver::{Visit, Visitor};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{Full, Place, origin_of, secret, token};
use crate::App;
use crate::clock::now;
use crate::ice;
use crate::phones::Refusal;

/// Longest time a message may take to leave, and the first to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the number of a visitor is, of whom nothing is known; desktops have words for it.
pub const UNKNOWN: &str = "web";

/// What a page says.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    /// The first message: whom to call, the browser's SDP offer, and who the visitor is.
    Call {
        number: String,
        sdp: String,
        #[serde(default)]
        token: Option<String>,
    },
    Digit { digit: char },
    /// The browser's network changed: the same audio goes another way (ICE restart).
    Renew { sdp: String },
    Bye {},
}

/// What a page hears.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Told {
    /// The page may call; what its peer connection is to be made with.
    Hello(ice::Ice),
    Answer { call: String, sdp: String },
    /// There is no call. `code` is stable.
    Refused { code: &'static str, message: String },
    Ended { cause: EndCause },
}

fn refusal(code: &'static str, message: impl Into<String>) -> Told {
    Told::Refused { code, message: message.into() }
}

/// Serves a visitor until either side ends it.
pub async fn serve(app: App, address: String, headers: HeaderMap, mut socket: WebSocket) {
    // Taken before anything is read: who only connects takes a place as well.
    let placed = admit(&app, &address, &headers);
    let (origin, _place) = match placed {
        Ok(placed) => placed,
        Err(told) => return last(socket, &told).await,
    };
    if !send(&mut socket, &hello(&app)).await {
        return;
    }
    let visit = match timeout(PATIENCE, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => begin(&app, &address, &origin, &text).await,
        Ok(_) => return,
        Err(_) => Err(refusal("bad_request", "the first message did not come in time")),
    };
    match visit {
        Ok(visit) => follow(&app, visit, socket).await,
        Err(told) => last(socket, &told).await,
    }
}

fn admit(app: &App, address: &str, headers: &HeaderMap) -> Result<(String, Place), Told> {
    let office = app.office.now();
    let web = office.book.settings.as_ref().map(|kept| kept.item.web_calls.clone()).unwrap_or_default();
    if !web.on {
        return Err(refusal("web_calls_off", "calls from web pages are switched off here"));
    }
    let Some(origin) = origin_of(headers, &web, &app.config.http.public_url) else {
        return Err(refusal("foreign_origin", "pages of this origin may not call; add it to the list of the company"));
    };
    let place = Place::take(&app.lobby, address, now(), &web).map_err(|full| match full {
        Full::House => refusal("busy", "as many visitors as may be are calling; try again shortly"),
        Full::Address => refusal("address_busy", "from this address as many calls as may be are under way"),
        Full::Hour { wait } => refusal("too_many_attempts", format!("too many calls from this address; try again in {wait} s")),
    })?;
    Ok((origin, place))
}

fn hello(app: &App) -> Told {
    let office = app.office.now();
    let settings = office.book.settings.as_ref().map(|kept| kept.item.clone()).unwrap_or_default();
    // How agents must go is no rule for visitors.
    Told::Hello(ice::Ice { relay_only: false, ..ice::of(&settings, &app.vault, "visitor", now(), ice::CALL_MS) })
}

async fn begin(app: &App, address: &str, origin: &str, text: &str) -> Result<Visit, Told> {
    let said = serde_json::from_str(text).map_err(|why| refusal("bad_request", why.to_string()))?;
    let Said::Call { number, sdp, token } = said else {
        return Err(refusal("bad_request", "the first message must be `call`"));
    };
    let office = app.office.now();
    let web = office.book.settings.as_ref().map(|kept| kept.item.web_calls.clone()).unwrap_or_default();
    if !web.numbers.contains(&number) {
        return Err(refusal("number_not_allowed", "pages may not call this number; add it to the list of the company"));
    }
    let caller = match token.filter(|token| !token.is_empty()) {
        None => Caller { raw: UNKNOWN.into(), name: String::new(), number: None, withheld: false },
        Some(token) => {
            let keys: Vec<_> = web.keys.iter().map(|key| (key.clone(), secret(&app.vault, key))).collect();
            token::read(&token, origin, now(), &keys, &office.numbers()).map_err(|fault| refusal("bad_token", fault.to_string()))?
        }
    };
    // Who comes from an address that is none comes from this host.
    let from = address.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let visit = app.gateway.visit(Visitor { offer: sdp, from, dialed: number, caller }).await;
    visit.map_err(|refused| {
        let Refusal { code, message, .. } = Refusal::from(refused);
        refusal(code, message)
    })
}

async fn follow(app: &App, visit: Visit, mut socket: WebSocket) {
    let Visit { call, answer, mut ended } = visit;
    if !send(&mut socket, &Told::Answer { call: call.to_string(), sdp: answer }).await {
        return app.gateway.visitor_left(call).await;
    }
    loop {
        tokio::select! {
            cause = &mut ended => return last(socket, &Told::Ended { cause: cause.unwrap_or(EndCause::Shutdown) }).await,
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(Said::Digit { digit }) => app.gateway.visitor_pressed(call, digit).await,
                    Ok(Said::Bye {}) => app.gateway.visitor_left(call).await,
                    Ok(Said::Renew { sdp }) => {
                        // Without an answer the audio goes its old way, or the browser is found by its silence.
                        let Ok(sdp) = app.gateway.visitor_moved(call, sdp).await else { continue };
                        let _ = send(&mut socket, &Told::Answer { call: call.to_string(), sdp }).await;
                    }
                    Ok(Said::Call { .. }) | Err(_) => {
                        app.gateway.visitor_left(call).await;
                        return last(socket, &refusal("bad_request", "expected digit, renew or bye")).await;
                    }
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_) | Message::Binary(_))) => return app.gateway.visitor_left(call).await,
                // Its network may have changed, and its audio goes on: it keeps its place until the call ends.
                Some(Err(_)) | None => {
                    let _ = ended.await;
                    return;
                }
            }
        }
    }
}

async fn send(socket: &mut WebSocket, told: &Told) -> bool {
    let text = serde_json::to_string(told).unwrap_or_else(|e| unreachable!("messages are JSON: {e}"));
    matches!(timeout(PATIENCE, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}

async fn last(mut socket: WebSocket, told: &Told) {
    if send(&mut socket, told).await {
        let frame = CloseFrame { code: 1000, reason: "over".into() };
        let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
        // Until the page has read it, or goes.
        let _ = timeout(PATIENCE, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}
