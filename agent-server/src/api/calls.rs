//! Buttons for programs: each does what the same button of a desktop does. What is allowed, the phones decide.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{
    AgentId, CallCommand, InteractionId, LegId, ParkedCall, QueueId, SeatCommand, SuperviseCommand, SuperviseMode, TransferTarget,
    WaitingCommand,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::known;
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::extract::{At, Body};
use crate::noted::write_down;
use crate::phones::Refusal;
use crate::supervise::{supervise, while_waiting};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(dial))
        .routes(routes!(answer))
        .routes(routes!(reject))
        .routes(routes!(hold))
        .routes(routes!(resume))
        .routes(routes!(mute))
        .routes(routes!(unmute))
        .routes(routes!(hangup))
        .routes(routes!(digits))
        .routes(routes!(transfer))
        .routes(routes!(consult))
        .routes(routes!(park))
        .routes(routes!(parked))
        .routes(routes!(take_parked))
        .routes(routes!(swap))
        .routes(routes!(bring_in))
        .routes(routes!(complete))
        .routes(routes!(let_go))
        .routes(routes!(pause))
        .routes(routes!(go_on))
        .routes(routes!(join, leave))
        .routes(routes!(take_over))
        .routes(routes!(send_on))
        .routes(routes!(raise))
        .routes(routes!(seat))
        .routes(routes!(force))
}

async fn ask(app: &App, me: &SignedIn, call: InteractionId, command: CallCommand) -> Result<StatusCode, ApiError> {
    app.gateway.call(call, me.agent, command).await.map_err(Refusal::from)?;
    Ok(StatusCode::NO_CONTENT)
}

macro_rules! button {
    ($(#[$doc:meta])* $name:ident, $path:literal, $command:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "calls", params(("interaction" = String, Path)), responses((status = 204)))]
        pub async fn $name(State(app): State<App>, me: SignedIn, At(call): At<InteractionId>) -> Result<StatusCode, ApiError> {
            ask(&app, &me, call, $command).await
        }
    };
}

button!(
    /// Answer a call that rings at my desk
    ///
    /// Where the phone cannot be answered from here, 409 `phone_only`.
    answer, "/calls/{interaction}/answer", CallCommand::Answer
);
button!(
    /// Reject a call that rings at my desk; the caller keeps the place
    reject, "/calls/{interaction}/reject", CallCommand::Reject
);
button!(
    /// Put my caller on hold
    hold, "/calls/{interaction}/hold", CallCommand::Hold
);
button!(
    /// Back to my caller
    resume, "/calls/{interaction}/resume", CallCommand::Resume
);
button!(
    /// My caller hears me no more
    mute, "/calls/{interaction}/mute", CallCommand::Mute
);
button!(
    /// My caller hears me again
    unmute, "/calls/{interaction}/unmute", CallCommand::Unmute
);
button!(
    /// Hang up
    hangup, "/calls/{interaction}/hangup", CallCommand::Hangup
);
button!(
    /// From my caller to whoever I asked, or back
    ///
    /// Whoever I am not with hears music.
    swap, "/calls/{interaction}/swap", CallCommand::Swap
);
button!(
    /// My caller, whoever I asked and I hear each other
    bring_in, "/calls/{interaction}/join", CallCommand::Join
);
button!(
    /// I leave, and whoever I asked goes on with my caller
    ///
    /// After a consultation: the attended transfer. Out of a conference: the others go on.
    complete, "/calls/{interaction}/complete", CallCommand::Complete
);
button!(
    /// My caller waits in a numbered place until somebody takes them; I am free
    ///
    /// Where nobody does in time, my phone rings for them again.
    park, "/calls/{interaction}/park", CallCommand::Park
);
button!(
    /// Record again
    go_on, "/calls/{interaction}/recording/resume", CallCommand::ResumeRecording
);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// As one would dial it; my number rules apply.
    number: String,
    /// Whose wrap-up and figures the talk has.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    queue: Option<QueueId>,
}

/// The call that begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dialed {
    #[schema(value_type = String)]
    interaction: InteractionId,
}

/// Call a number from the station of my seat
///
/// My phone rings first; once it is lifted the number is dialed.
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = Dial, responses((status = 201, body = Dialed)))]
pub async fn dial(
    State(app): State<App>,
    me: SignedIn,
    Body(Dial { number, queue }): Body<Dial>,
) -> Result<(StatusCode, Json<Dialed>), ApiError> {
    let interaction = app.gateway.dial(me.agent, number, queue).await.map_err(Refusal::from)?;
    Ok((StatusCode::CREATED, Json(Dialed { interaction })))
}

/// Take a parked caller
///
/// My phone rings; lifted, we talk.
#[utoipa::path(post, path = "/calls/{interaction}/take", tag = "calls", params(("interaction" = String, Path)),
    responses((status = 204)))]
pub async fn take_parked(State(app): State<App>, me: SignedIn, At(call): At<InteractionId>) -> Result<StatusCode, ApiError> {
    app.gateway.fetch(call, me.agent).await.map_err(Refusal::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Callers who are parked, by place
#[utoipa::path(get, path = "/parked", tag = "calls", responses((status = 200, body = Vec<known::ParkedCall>)))]
pub async fn parked(State(app): State<App>, _me: SignedIn) -> Json<Vec<ParkedCall>> {
    Json(app.desk.parked())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    /// `0-9*#A-D`, at most 32.
    digits: String,
}

/// Send digits to my caller
#[utoipa::path(post, path = "/calls/{interaction}/digits", tag = "calls", params(("interaction" = String, Path)),
    request_body = Digits, responses((status = 204)))]
pub async fn digits(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Digits { digits }): Body<Digits>,
) -> Result<StatusCode, ApiError> {
    ask(&app, &me, call, CallCommand::SendDigits { digits }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// `{"kind": "queue", "queue": id}`, `{"kind": "agent", "agent": id}` or `{"kind": "number", "number": text}`.
    #[schema(value_type = known::TransferTarget)]
    target: TransferTarget,
}

/// Send my caller to a queue, an agent or a number
#[utoipa::path(post, path = "/calls/{interaction}/transfer", tag = "calls", params(("interaction" = String, Path)),
    request_body = Transfer, responses((status = 204)))]
pub async fn transfer(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Transfer { target }): Body<Transfer>,
) -> Result<StatusCode, ApiError> {
    ask(&app, &me, call, CallCommand::Transfer { target }).await
}

/// Ask a queue, an agent or a number, while my caller hears music
#[utoipa::path(post, path = "/calls/{interaction}/consult", tag = "calls", params(("interaction" = String, Path)),
    request_body = Transfer, responses((status = 204)))]
pub async fn consult(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Transfer { target }): Body<Transfer>,
) -> Result<StatusCode, ApiError> {
    ask(&app, &me, call, CallCommand::Consult { target }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetGo {
    /// Of the card's `others`; none: who was asked last.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    leg: Option<LegId>,
}

/// Somebody I asked is to go; I am with my caller again
#[utoipa::path(post, path = "/calls/{interaction}/drop", tag = "calls", params(("interaction" = String, Path)),
    request_body = LetGo, responses((status = 204)))]
pub async fn let_go(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(LetGo { leg }): Body<LetGo>,
) -> Result<StatusCode, ApiError> {
    ask(&app, &me, call, CallCommand::Drop { leg }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Stands in the recording's gap.
    reason: String,
}

/// Record nothing until resumed
#[utoipa::path(post, path = "/calls/{interaction}/recording/pause", tag = "calls", params(("interaction" = String, Path)),
    request_body = Pause, responses((status = 204)))]
pub async fn pause(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Pause { reason }): Body<Pause>,
) -> Result<StatusCode, ApiError> {
    ask(&app, &me, call, CallCommand::PauseRecording { reason }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supervision {
    #[schema(value_type = known::SuperviseMode)]
    mode: SuperviseMode,
    /// For the audit log: at most 200 characters.
    #[serde(default)]
    reason: String,
}

/// Be in a talk of my team
///
/// Rings my phone. `listen`: I hear both and nobody hears me; `whisper`: the agent hears me too; `barge`: everybody does.
/// Once in, this changes the mode. I leave any other talk I am in.
#[utoipa::path(put, path = "/calls/{interaction}/supervision", tag = "calls", params(("interaction" = String, Path)),
    request_body = Supervision, responses((status = 204)))]
pub async fn join(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Supervision { mode, reason }): Body<Supervision>,
) -> Result<StatusCode, ApiError> {
    supervise(&app, &me, call, SuperviseCommand::Join { mode, reason }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave the talk I am in as a supervisor
#[utoipa::path(delete, path = "/calls/{interaction}/supervision", tag = "calls", params(("interaction" = String, Path)),
    responses((status = 204)))]
pub async fn leave(State(app): State<App>, me: SignedIn, At(call): At<InteractionId>) -> Result<StatusCode, ApiError> {
    supervise(&app, &me, call, SuperviseCommand::Leave).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have the talk I am in as a supervisor for myself
///
/// The agent is let go and has the wrap-up; the caller is mine, and whoever else joined stays.
#[utoipa::path(post, path = "/calls/{interaction}/supervision/take-over", tag = "calls", params(("interaction" = String, Path)),
    responses((status = 204)))]
pub async fn take_over(State(app): State<App>, me: SignedIn, At(call): At<InteractionId>) -> Result<StatusCode, ApiError> {
    supervise(&app, &me, call, SuperviseCommand::TakeOver).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a waiting caller elsewhere
///
/// With the time waited. Where the way is no way, the caller comes back to the front of its queue and I am told.
#[utoipa::path(post, path = "/calls/{interaction}/move", tag = "calls", params(("interaction" = String, Path)),
    request_body = Transfer, responses((status = 204)))]
pub async fn send_on(
    State(app): State<App>,
    me: SignedIn,
    At(call): At<InteractionId>,
    Body(Transfer { target }): Body<Transfer>,
) -> Result<StatusCode, ApiError> {
    while_waiting(&app, &me, call, WaitingCommand::Move { target }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a waiting caller before all others of its queue
#[utoipa::path(post, path = "/calls/{interaction}/raise", tag = "calls", params(("interaction" = String, Path)),
    responses((status = 204)))]
pub async fn raise(State(app): State<App>, me: SignedIn, At(call): At<InteractionId>) -> Result<StatusCode, ApiError> {
    while_waiting(&app, &me, call, WaitingCommand::Raise).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change my seat
///
/// `{"kind": "sign_in", "station": id}`, `ready`, `not_ready` with `reason`, `sign_out`, `end_wrap_up`, `extend_wrap_up`
/// with `byMs`.
#[utoipa::path(put, path = "/seat", tag = "calls", request_body = known::SeatCommand, responses((status = 204)))]
pub async fn seat(State(app): State<App>, me: SignedIn, Body(command): Body<SeatCommand>) -> Result<StatusCode, ApiError> {
    app.gateway.seat(me.agent, command, me.agent).await.map_err(Refusal::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change somebody's seat
///
/// As one's own. The person sees that somebody else did it; the audit log says who.
#[utoipa::path(put, path = "/seats/{agent}", tag = "calls", params(("agent" = String, Path)), request_body = known::SeatCommand,
    responses((status = 204)))]
pub async fn force(
    State(app): State<App>,
    me: SignedIn,
    At(agent): At<AgentId>,
    Body(command): Body<SeatCommand>,
) -> Result<StatusCode, ApiError> {
    let detail = serde_json::to_string(&command).unwrap_or_default();
    // Nobody's seat is changed by somebody who is not written down.
    note(&app, &me, "seat.force", agent, detail).await?;
    if let Err(refused) = app.gateway.seat(agent, command, me.agent).await.map_err(Refusal::from) {
        note(&app, &me, "seat.force.refused", agent, refused.code.to_owned()).await?;
        return Err(refused.into());
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn note(app: &App, me: &SignedIn, action: &str, agent: AgentId, detail: String) -> Result<(), ApiError> {
    Ok(write_down(app, me, action, format!("agents/{agent}"), detail).await?)
}
