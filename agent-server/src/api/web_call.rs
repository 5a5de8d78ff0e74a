//! Calls from web pages: the visitor's line, for pages of other sites too.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::App;
use crate::api_error::ApiError;
use crate::auth::Caller;
use crate::web_calls::line;

const LONGEST_MESSAGE: usize = 64 * 1024;

/// A call from a web page
///
/// A WebSocket that `/call.js` speaks. Up: `{"kind":"call","number","sdp","token"}`, then `{"kind":"digit","digit"}`,
/// `{"kind":"renew","sdp"}` (another network) and `{"kind":"bye"}`. Down: `{"kind":"hello","iceServers"}`, `{"kind":"answer","call","sdp"}` or `{"kind":"refused","code","message"}`, then
/// `{"kind":"ended","cause"}`. Only pages whose origin the company lists may call.
#[utoipa::path(get, path = "/web-call", tag = "desk", responses((status = 101, description = "The line is open")))]
pub async fn ws(
    State(app): State<App>,
    from: Caller,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if app.stopping() {
        return Err(ApiError::Busy);
    }
    let upgrade = upgrade.map_err(|e| ApiError::BadRequest(e.body_text()))?;
    Ok(upgrade.max_message_size(LONGEST_MESSAGE).on_upgrade(move |socket| line::serve(app, from.0, headers, socket)))
}
