//! Recordings: found, heard, drawn, deleted. Who may hear which is told by [`may_hear`]. Who listened is written down once
//! per listening, before the first byte leaves. HTTP ranges: RFC 9110 §14, read in `http::ranges`.

use std::collections::HashMap;
use std::ops::Range;

use ::recordings::rows::{self, ListError, NumberFilter, RecordingFilter};
use ::recordings::{Recording, RecordingState, audio, peaks};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use company::audit;
use contract::{AgentId, CustomerId, EpochMs, QueueId, RecordingId};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::files::FileError;
use store::page::PageAsk;
use tokio::sync::Mutex;
use utoipa::{IntoParams, ToSchema};

use super::shown::{Names, RecordingRow};
use super::{Page, Sought, known};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::auth::rights::{Reach, reach};
use crate::clock::now;
use crate::extract::{Ask, At};
use crate::http::ranges::{self, Part};
use crate::noted;
use crate::office::{View, team};

/// Requests for one recording in one session are one listening for so long.
const LISTENING_MS: i64 = 60 * 60_000;
/// Listenings remembered; the oldest goes.
const MOST: usize = 10_000;

/// A session (its token's hash) and what it listens to.
type Listener = ([u8; 32], RecordingId);

/// Who listens to what, since when.
#[derive(Debug, Default)]
pub struct Listening(Mutex<HashMap<Listener, EpochMs>>);

impl Listening {
    /// Runs `write` where this request begins a listening, rather than going on with one. What could not be written down
    /// has not begun.
    ///
    /// # Errors
    /// Those of `write`.
    pub async fn heard<E>(
        &self,
        token: &str,
        recording: RecordingId,
        now: EpochMs,
        write: impl AsyncFnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let key = (Sha256::digest(token).into(), recording);
        // Held while it is written: of two requests at once, the second waits until the first one's line is there.
        let mut all = self.0.lock().await;
        if all.get(&key).is_some_and(|since| now - since < LISTENING_MS) {
            return Ok(());
        }
        write().await?;
        all.insert(key, now);
        if all.len() > MOST {
            let oldest = all.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key);
            oldest.map(|key| all.remove(&key));
        }
        Ok(())
    }
}

/// Agents hear themselves, supervisors their teams and messages nobody has taken, QA and administrators all.
#[must_use]
pub fn may_hear(me: &SignedIn, office: &View, recording: &Recording) -> bool {
    match (reach(&me.roles), recording.agent) {
        (Reach::All, _) | (Reach::Team, None) => true,
        (Reach::Team, Some(agent)) => agent == me.agent || team(office, me.agent).contains(&agent),
        (Reach::Own, agent) => agent == Some(me.agent),
    }
}

/// The agents whose recordings somebody may list; `None`: everybody's.
#[must_use]
pub fn heard(me: &SignedIn, office: &View) -> Option<Vec<AgentId>> {
    match reach(&me.roles) {
        Reach::All => None,
        Reach::Team => Some(team(office, me.agent)),
        Reach::Own => Some(vec![me.agent]),
    }
}

/// All that are given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordingQuery {
    /// Began at or after.
    from: Option<EpochMs>,
    /// Began before.
    to: Option<EpochMs>,
    /// A whole number in any usual form, or its last digits.
    number: Option<String>,
    #[param(value_type = Option<String>)]
    agent: Option<AgentId>,
    #[param(value_type = Option<String>)]
    queue: Option<QueueId>,
    #[param(value_type = Option<String>)]
    customer: Option<CustomerId>,
    #[param(value_type = Option<known::RecordingKind>)]
    kind: Option<contract::RecordingKind>,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

/// Recordings you may hear, newest first
///
/// Agents: their own; supervisors: their teams'; QA and administrators: all.
#[utoipa::path(get, path = "/recordings", tag = "recordings", params(RecordingQuery), responses((status = 200, body = Page<RecordingRow>)))]
pub async fn list(
    State(app): State<App>,
    me: SignedIn,
    Ask(query): Ask<RecordingQuery>,
) -> Result<Json<Page<RecordingRow>>, ApiError> {
    let office = app.office.now();
    let (agent, team) = match (reach(&me.roles), query.agent) {
        (Reach::All, agent) => (agent, None),
        (Reach::Team, None) => (None, Some(team(&office, me.agent))),
        (Reach::Team, Some(agent)) if team(&office, me.agent).contains(&agent) => (Some(agent), None),
        (Reach::Own, agent) if agent.is_none_or(|agent| agent == me.agent) => (Some(me.agent), None),
        (Reach::Team | Reach::Own, _) => return Err(ApiError::Forbidden),
    };
    let filter = RecordingFilter {
        from: query.from,
        to: query.to,
        interaction: None,
        customer: query.customer,
        number: query.number.as_deref().and_then(|typed| Sought::of(typed, &office.numbers())).map(|sought| match sought {
            Sought::Exact(number) => NumberFilter::Exact(number),
            Sought::Tail(digits) => NumberFilter::Tail(digits),
        }),
        agent,
        team,
        queue: query.queue,
        kind: query.kind,
    };
    let ask = PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor };
    let found = rows::list(&app.db, &filter, &ask).await.map_err(|e| match e {
        ListError::NoDigits => ApiError::field("number", "format", "must have digits"),
        ListError::Cursor(e) => ApiError::BadRequest(e.to_string()),
        ListError::Db(e) => ApiError::Db(e),
    })?;
    let names = Names::of_recordings(&app.db, office, &found.rows).await?;
    Ok(Json(Page { items: found.rows.iter().map(|one| names.recording(one)).collect(), next: found.next }))
}

async fn find(app: &App, me: &SignedIn, id: RecordingId) -> Result<Recording, ApiError> {
    let found = rows::get(&app.db, id).await?.ok_or(ApiError::NotFound("recording"))?;
    if may_hear(me, &app.office.now(), &found) { Ok(found) } else { Err(ApiError::Forbidden) }
}

fn file_gone(e: FileError) -> ApiError {
    match e {
        FileError::NotFound(_) => ApiError::NotFound("audio file"),
        e => ApiError::Internal(e.to_string()),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AudioQuery {
    /// As a file to keep.
    #[serde(default)]
    download: bool,
}

/// Hear a recording
///
/// A WAV file; `Range` seeks. Stereo: left the customer, right the agent. Audited: once per listening, every download.
#[utoipa::path(get, path = "/recordings/{id}/audio", tag = "recordings", params(("id" = String, Path), AudioQuery),
    responses((status = 200, description = "The whole file", content_type = "audio/wav"),
        (status = 206, description = "The range asked for", content_type = "audio/wav")))]
pub async fn hear(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RecordingId>,
    Ask(query): Ask<AudioQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let recording = find(&app, &me, id).await?;
    let file = audio::info(&app.files, &recording).await.map_err(file_gone)?;
    let tag = format!("\"{id}-{:x}-{:x}\"", file.bytes, file.modified);
    let (status, range) = match ranges::part(&headers, file.bytes, &tag) {
        Part::Outside => return Err(ApiError::Range { size: file.bytes }),
        Part::Same => return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()),
        Part::Whole => (StatusCode::OK, 0..file.bytes),
        Part::Range(range) => (StatusCode::PARTIAL_CONTENT, range),
    };
    let mut answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, audio::MEDIA_TYPE)
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::CONTENT_DISPOSITION, format!("{}; filename=\"{id}.wav\"", if query.download { "attachment" } else { "inline" }))
        .header(header::ACCEPT_RANGES, "bytes")
        // Kept by the browser, asked for again each time: rights change, and recordings are deleted.
        .header(header::CACHE_CONTROL, "private, no-cache")
        .header(header::ETAG, tag);
    if status == StatusCode::PARTIAL_CONTENT {
        answer = answer.header(header::CONTENT_RANGE, format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes));
    }
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        // Nobody hears a byte that is not written down.
        if query.download {
            write_down(&app, &me, &recording, "recording.download").await?;
        } else {
            let write = async || write_down(&app, &me, &recording, "recording.listen").await;
            app.listening.heard(&me.token, id, now(), write).await?;
        }
        stream(&app, recording, range)
    };
    answer.body(body).map_err(|e| ApiError::Internal(e.to_string()))
}

async fn write_down(app: &App, me: &SignedIn, recording: &Recording, action: &str) -> Result<(), ApiError> {
    let detail = format!("interaction {}, {} ms", recording.interaction, recording.duration_ms);
    let object = format!("recordings/{}", recording.recording);
    Ok(noted::write_down(app, me, action, object, detail).await?)
}

/// Piece by piece, as fast as the listener takes them: a download holds one piece in memory, not the file.
fn stream(app: &App, recording: Recording, range: Range<u64>) -> Body {
    let files = app.files.clone();
    let pieces = stream::iter(audio::pieces(range)).then(move |piece| {
        let (files, recording) = (files.clone(), recording.clone());
        async move { audio::range(&files, &recording, piece).await.map_err(std::io::Error::other) }
    });
    Body::from_stream(pieces)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeaksQuery {
    /// 1 to 4,000; 1,000 where left out.
    slices: Option<u32>,
}

/// The shape of a recording.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Peaks {
    duration_ms: u32,
    /// One array a channel (0 the customer, 1 the agent), values 0 to 1, evenly spread over the duration.
    channels: Vec<Vec<f32>>,
}

/// The shape of a recording, to draw it without loading it
#[utoipa::path(get, path = "/recordings/{id}/peaks", tag = "recordings", params(("id" = String, Path), PeaksQuery),
    responses((status = 200, body = Peaks)))]
pub async fn shape(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RecordingId>,
    Ask(query): Ask<PeaksQuery>,
) -> Result<Json<Peaks>, ApiError> {
    let recording = find(&app, &me, id).await?;
    let slices = query.slices.unwrap_or(1_000).clamp(1, 4_000) as usize;
    let found = peaks::of(&app.files, &recording, slices).await.map_err(|e| match e {
        peaks::PeaksError::File(e) => file_gone(e),
        // Nothing was written yet, or nothing ever was.
        peaks::PeaksError::NotWav(_) => ApiError::NotFound("audio in this file"),
    })?;
    let height = |(low, high): &(i8, i8)| {
        let most = low.unsigned_abs().max(high.unsigned_abs());
        (f32::from(most) / 127.0 * 1_000.0).round() / 1_000.0
    };
    let channels = found.channels.iter().map(|slices| slices.iter().map(height).collect()).collect();
    Ok(Json(Peaks { duration_ms: found.duration_ms, channels }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhyQuery {
    /// Why it is deleted: 1 to 500 characters, for the audit log.
    #[serde(default)]
    reason: String,
}

/// Delete a recording
///
/// For good: row, sound and shape. That it was there, when, and why it is not any more stays.
#[utoipa::path(delete, path = "/recordings/{id}", tag = "recordings", params(("id" = String, Path), WhyQuery), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RecordingId>,
    Ask(query): Ask<WhyQuery>,
) -> Result<StatusCode, ApiError> {
    let reason = query.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(ApiError::field("reason", "required", "must say why, in 1 to 500 characters"));
    }
    if find(&app, &me, id).await?.state == RecordingState::Recording {
        return Err(ApiError::InUse(vec!["the call that is being recorded".into()]));
    }
    let mut tx = app.db.begin().await?;
    let gone = rows::delete(&mut tx, id, now(), reason).await?.ok_or(ApiError::NotFound("recording"))?;
    let detail = format!("interaction {}, {} ms: {reason}", gone.interaction, gone.duration_ms);
    let object = format!("recordings/{id}");
    let entry = audit::Entry { actor: Some(me.agent), action: "recording.delete", object, detail, address: &me.address };
    audit::write(&mut tx, &app.ids, now(), entry).await?;
    tx.commit().await?;
    // The row is gone either way; a file that stays is one too many, never one too few.
    if let Err(e) = audio::delete(&app.files, &gone).await {
        tracing::error!(recording.id = %id, "recording {id} was deleted, but its file could not be: {e}");
        return Err(ApiError::Internal(format!("the file of recording {id} could not be deleted: {e}")));
    }
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_of_one_session_are_one_listening_and_coming_back_later_is_another() {
        let listening = Listening::default();
        let mut told = Vec::new();
        for (token, recording, at) in [
            ("ann", 7, 0),
            ("ann", 7, LISTENING_MS - 1),
            ("ann", 8, 1_000),
            ("ben", 7, 1_000),
            ("ann", 7, LISTENING_MS),
            ("ann", 7, LISTENING_MS + 1),
        ] {
            let mut written = false;
            let write = async || -> Result<(), ()> {
                written = true;
                Ok(())
            };
            listening.heard(token, RecordingId(recording), at, write).await.unwrap();
            told.push(written);
        }
        assert_eq!(told, [true, false, true, true, true, false]);
    }

    #[tokio::test]
    async fn a_listening_that_could_not_be_written_down_has_not_begun() {
        let listening = Listening::default();
        assert_eq!(listening.heard("ann", RecordingId(7), 0, async || Err("away")).await, Err("away"));
        let mut written = false;
        let write = async || -> Result<(), &str> {
            written = true;
            Ok(())
        };
        listening.heard("ann", RecordingId(7), 1, write).await.unwrap();
        assert!(written, "the next request writes it");
    }
}
