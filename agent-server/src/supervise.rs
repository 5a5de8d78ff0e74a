//! Who may be in whose talk, and who may move those who wait; and that it is written down before it is done. The phones do
//! the rest.

use axum::http::StatusCode;
use contract::{AgentId, InteractionId, SuperviseCommand, WaitingCommand};
use cti_gateway::driver::Refused;

use crate::App;
use crate::auth::rights::{Reach, reach};
use crate::auth::{Permission, SignedIn};
use crate::noted::write_down;
use crate::office::team;
use crate::phones::{Refusal, forbidden};

/// Joins, changes the mode, takes over or leaves. Leaving needs no right: it can only end what was allowed.
///
/// # Errors
/// [`Refusal`]; the talk is then as it was.
pub async fn supervise(app: &App, me: &SignedIn, call: InteractionId, command: SuperviseCommand) -> Result<(), Refusal> {
    let less = match &command {
        SuperviseCommand::Leave => return Ok(app.gateway.supervise(call, me.agent, None, command).await?),
        SuperviseCommand::TakeOver => false,
        SuperviseCommand::Join { mode, .. } => {
            app.desk.supervising(me.agent).is_some_and(|one| one.interaction == call && *mode < one.mode)
        }
    };
    // Being heard less needs no right and waits for no database, as leaving does not.
    if less {
        let detail = detail(None, &command);
        app.gateway.supervise(call, me.agent, None, command).await?;
        // Noted already: that the supervisor is there. A note that fails is in the log.
        let _ = note(app, me, "call.supervise", call, detail).await;
        return Ok(());
    }
    if !me.may(Permission::CallsSupervise) {
        return Err(forbidden(format!("agent {} may not be in other people's talks", me.agent)));
    }
    // The switch joins no other agent's talk than the one that is looked at, and written down, here.
    let Some(whom) = app.desk.talker(call) else { return Err(Refused::NoTalk(call).into()) };
    let within_reach = match reach(&me.roles) {
        Reach::All => true,
        Reach::Team => team(&app.office.now(), me.agent).contains(&whom),
        Reach::Own => false,
    };
    if !within_reach {
        return Err(forbidden("this agent is in no team of yours".to_owned()));
    }
    // Nobody hears a word that is not written down.
    let detail = detail(Some(whom), &command);
    let ask = app.gateway.supervise(call, me.agent, Some(whom), command);
    noted(app, me, "call.supervise", call, detail, ask).await
}

/// Sends a waiting caller on, or puts it in front of its queue.
///
/// # Errors
/// [`Refusal`]; the caller then waits as before.
pub async fn while_waiting(app: &App, me: &SignedIn, call: InteractionId, command: WaitingCommand) -> Result<(), Refusal> {
    if !me.may(Permission::CallsSupervise) {
        return Err(forbidden(format!("agent {} may not move callers who wait", me.agent)));
    }
    // As with seats: nobody is moved by somebody who is not written down.
    let detail = serde_json::to_string(&command).unwrap_or_default();
    let ask = app.gateway.while_waiting(call, me.agent, command);
    noted(app, me, "call.waiting", call, detail, ask).await
}

/// Written down, then asked; and written down as well where the phones refuse.
async fn noted(
    app: &App,
    me: &SignedIn,
    action: &str,
    call: InteractionId,
    detail: String,
    ask: impl Future<Output = Result<(), Refused>>,
) -> Result<(), Refusal> {
    note(app, me, action, call, detail).await?;
    if let Err(refused) = ask.await.map_err(Refusal::from) {
        note(app, me, &format!("{action}.refused"), call, refused.code.to_owned()).await?;
        return Err(refused);
    }
    Ok(())
}

fn detail(talking: Option<AgentId>, command: &SuperviseCommand) -> String {
    let command = serde_json::to_string(command).unwrap_or_default();
    talking.map_or(command.clone(), |agent| format!("agents/{agent} {command}"))
}

async fn note(app: &App, me: &SignedIn, action: &str, call: InteractionId, detail: String) -> Result<(), Refusal> {
    write_down(app, me, action, format!("interactions/{call}"), detail).await.map_err(|e| {
        tracing::warn!("{action} was not done, because it could not be written down: {e}");
        let message = "the audit log cannot be written now; try again".to_owned();
        Refusal { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", message }
    })
}
