//! One WebSocket of one desktop: numbered messages down, intents up, each answered by its id. A desktop that takes nothing
//! is let go; it comes back with its last number. A session that ended ends its lines within half a minute.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use contract::{DeskAsk, DeskBody, DeskIntent};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hub::{News, Text, text};
use super::sockets::Counted;
use crate::App;
use crate::auth::{self, Caller, Permission, SignedIn};
use crate::phones::{Refusal, forbidden};
use crate::supervise::{supervise, while_waiting};

/// Longest time a message may take to leave.
const PATIENCE: Duration = Duration::from_secs(10);
const RECHECK: Duration = Duration::from_secs(30);

/// Serves a desktop until either side ends it.
pub async fn serve(app: App, me: SignedIn, after: u64, mut socket: WebSocket) {
    let joined = app.desk.join(me.agent, after, app.gateway.clock().now());
    let (tab, mut news) = (joined.tab, joined.news);
    let _counted = Counted::new(&app, me.agent, tab);
    app.sockets.changed(&app, me.agent).await;
    for message in joined.backlog {
        if !send(&mut socket, message).await {
            return;
        }
    }
    let mut recheck = interval(RECHECK);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    recheck.reset();
    loop {
        tokio::select! {
            message = news.recv() => match message {
                Some(News { text, offered }) => {
                    if !send(&mut socket, text).await { return }
                    if let Some(decided) = offered {
                        app.metrics.popped(decided, app.gateway.clock().now());
                    }
                }
                // Dropped as too slow, as one tab too many, or at the end of the program.
                None => return close(socket, 1013, "come back").await,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(intent))) => {
                    for answer in answer(&app, &me, tab, &intent).await {
                        if !send(&mut socket, answer).await { return }
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => return close(socket, 1003, "text only").await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            _ = recheck.tick() => {
                let here = auth::resume(&app, &me.token, &Caller(me.address.clone())).await;
                if matches!(here, Ok(None)) {
                    return close(socket, 4401, "signed out").await;
                }
            }
        }
    }
}

async fn send(socket: &mut WebSocket, message: Text) -> bool {
    let message = Message::Text(message.as_ref().into());
    matches!(timeout(PATIENCE, socket.send(message)).await, Ok(Ok(())))
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    let _ = timeout(PATIENCE, socket.send(Message::Close(Some(frame)))).await;
}

/// Does what was asked. Its answer, and for the board the whole of it.
async fn answer(app: &App, me: &SignedIn, tab: u64, intent: &str) -> Vec<Text> {
    let now = app.gateway.clock().now();
    let DeskIntent { id, ask } = match serde_json::from_str(intent) {
        Ok(intent) => intent,
        Err(e) => {
            // The id may still be readable, so that its sender does not wait.
            let id = serde_json::from_str::<serde_json::Value>(intent).ok().and_then(|v| v["id"].as_u64());
            let id = id.and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
            return vec![text(0, now, DeskBody::Refused { id, code: "bad_request".into(), message: e.to_string() })];
        }
    };
    let mut first = None;
    let done: Result<(), Refusal> = match ask {
        DeskAsk::Ping => Ok(()),
        DeskAsk::Seat { command } => app.gateway.seat(me.agent, command, me.agent).await.map_err(Refusal::from),
        DeskAsk::Call { interaction, command } => {
            app.gateway.call(interaction, me.agent, command).await.map_err(Refusal::from)
        }
        DeskAsk::Supervise { interaction, command } => supervise(app, me, interaction, command).await,
        DeskAsk::Dial { number, queue } => app.gateway.dial(me.agent, number, queue).await.map(drop).map_err(Refusal::from),
        DeskAsk::TakeParked { interaction } => app.gateway.fetch(interaction, me.agent).await.map_err(Refusal::from),
        DeskAsk::Waiting { interaction, command } => while_waiting(app, me, interaction, command).await,
        DeskAsk::Phone { check } => {
            app.gateway.check(me.agent, check).await;
            Ok(())
        }
        DeskAsk::WatchBoard { on } if me.may(Permission::LiveRead) => {
            first = app.desk.watch(me.agent, tab, on, now);
            Ok(())
        }
        DeskAsk::WatchBoard { .. } => Err(forbidden(format!("agent {} may not watch the board", me.agent))),
    };
    let at = app.gateway.clock().now();
    let answer = match done {
        Ok(()) => text(0, at, DeskBody::Done { id }),
        Err(refusal) => text(0, at, DeskBody::Refused { id, code: refusal.code.into(), message: refusal.message }),
    };
    std::iter::once(answer).chain(first).collect()
}
