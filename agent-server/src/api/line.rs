//! My browser as a phone: how its audio is set up. What it finds of itself it tells on the desk's WebSocket.

use std::net::{IpAddr, Ipv4Addr};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use cti_gateway::driver::Browser;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::Body;
use crate::ice;
use crate::phones::Refusal;

const LONGEST_ID: usize = 64;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineOffer {
    /// The browser's SDP offer (RFC 8829): audio in PCMA or PCMU, both ways. It need not wait for candidates.
    sdp: String,
    /// What tells this browser from my others: chosen by it and kept, 1 to 64 characters.
    browser: String,
    /// Also where another browser of mine is the phone.
    #[serde(default)]
    take: bool,
    /// The network of this browser changed: the line that stands is to go on another way (ICE restart, RFC 8445 §9).
    #[serde(default)]
    renew: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LineAnswer {
    /// The answer: ICE-lite (RFC 8445), with the one address the browser reaches.
    sdp: String,
}

/// My browser becomes my phone
///
/// My seat must be at this browser. A line that stood before is closed, and a talk goes on over the new one: so it is after a
/// reload. 409 `other_station` where my seat is not here, 409 `phone_elsewhere` where another browser of mine is the phone and I
/// do not take it over; 503 `no_line` where a line is to be renewed and there is none; 422 `bad_offer` where the offer is none.
#[utoipa::path(post, path = "/desk/line", tag = "desk", request_body = LineOffer, responses((status = 200, body = LineAnswer)))]
pub async fn begin(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    Body(LineOffer { sdp, browser, take, renew }): Body<LineOffer>,
) -> Result<Json<LineAnswer>, ApiError> {
    if browser.is_empty() || browser.chars().count() > LONGEST_ID {
        return Err(ApiError::field("browser", "length", format!("1 to {LONGEST_ID} characters")));
    }
    if renew {
        let sdp = app.gateway.renew_line(me.agent, browser, sdp).await.map_err(Refusal::from)?;
        return Ok(Json(LineAnswer { sdp }));
    }
    let name = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    // Who comes from an address that is none comes from this host.
    let from = me.address.parse().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let sdp = app.gateway.line(me.agent, Browser { offer: sdp, id: browser, takes: take, from, name }).await.map_err(Refusal::from)?;
    Ok(Json(LineAnswer { sdp }))
}

/// How my browser reaches the server
///
/// What its peer connection is made with: a relay of the company's, where there is one, with a name and a password that hold for
/// a shift. To be asked for anew with each connection.
#[utoipa::path(get, path = "/desk/ice", tag = "desk", responses((status = 200, body = ice::Ice)))]
pub async fn ways(State(app): State<App>, me: SignedIn) -> Json<ice::Ice> {
    let office = app.office.now();
    let settings = office.book.settings.as_ref().map(|kept| kept.item.clone()).unwrap_or_default();
    Json(ice::of(&settings, &app.vault, &me.agent.to_string(), now(), ice::SHIFT_MS))
}
