//! Recordings: found, heard and drawn. Who listened is written down once per listening, not once per range.
//! Ranges: RFC 9110 §14.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use company::audit;
use contract::{AgentId, CustomerId, EpochMs, InteractionId, PhoneNumber, QueueId, RecordingId, RecordingKind};
use crm::interactions::NumberFilter as CallNumber;
use futures_util::{StreamExt as _, stream};
use recordings::rows::{self, ListError, NumberFilter, RecordingFilter, Remark};
use recordings::{Recording, RecordingState, audio, peaks};
use serde::{Deserialize, Serialize};
use store::files::FileError;
use store::page::PageAsk;
use utoipa::{IntoParams, ToSchema};

use super::interactions::{agent_ref, number_filter, queue_ref};
use super::{Page, Ref};
use crate::App;
use crate::api_error::ApiError;
use crate::auth::{Permission, SignedIn};
use crate::clock::now;
use crate::extract::{Ask, At};
use crate::office::View;

/// Filters; all that are given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordingQuery {
    from: Option<EpochMs>,
    to: Option<EpochMs>,
    /// A number in any form, or at least its last 4 digits.
    number: Option<String>,
    #[param(value_type = Option<String>)]
    agent: Option<AgentId>,
    #[param(value_type = Option<String>)]
    queue: Option<QueueId>,
    #[param(value_type = Option<String>)]
    customer: Option<CustomerId>,
    cursor: Option<String>,
    /// 1 to 200; 50 where left out.
    limit: Option<u32>,
}

/// Where audio is missing, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GapRow {
    /// From the beginning.
    at_ms: i64,
    ms: i64,
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordingRow {
    id: String,
    interaction: String,
    /// `talk` or `voicemail`.
    #[schema(value_type = String)]
    kind: RecordingKind,
    began: EpochMs,
    duration_ms: u32,
    bytes: u64,
    /// Every moment between beginning and end is in the file.
    complete: bool,
    /// `recording`, `done`, `lost`.
    #[schema(value_type = String)]
    state: RecordingState,
    number: Option<String>,
    caller_raw: String,
    customer: Option<Ref>,
    agent: Option<Ref>,
    queue: Option<Ref>,
    gaps: Vec<GapRow>,
}

async fn lines(app: &App, all: Vec<Recording>) -> Result<Vec<RecordingRow>, ApiError> {
    let ids: Vec<CustomerId> = all.iter().filter_map(|r| r.customer).collect();
    let names = crm::names::customers(&app.db, &ids).await?;
    let view = app.office.now();
    Ok(all.into_iter().map(|r| {
        let customer = r.customer.and_then(|id| Some(Ref::new(id, names.get(&id)?)));
        line(&view, r, customer)
    }).collect())
}

fn line(view: &View, r: Recording, customer: Option<Ref>) -> RecordingRow {
    RecordingRow {
        id: r.recording.to_string(),
        interaction: r.interaction.to_string(),
        kind: r.kind,
        began: r.began,
        duration_ms: r.duration_ms,
        bytes: r.bytes,
        complete: r.complete,
        state: r.state,
        number: r.number.as_ref().map(PhoneNumber::reveal).map(str::to_owned),
        caller_raw: r.caller,
        customer,
        agent: r.agent.map(|id| agent_ref(view, id)),
        queue: r.queue.map(|id| queue_ref(view, id)),
        gaps: gaps(r.began, r.duration_ms, &r.remarks),
    }
}

/// Gaps as told, and pauses from their beginning to their end.
fn gaps(began: EpochMs, duration_ms: u32, remarks: &[Remark]) -> Vec<GapRow> {
    let mut all = Vec::new();
    let mut paused: Option<(EpochMs, &str)> = None;
    let pause = |from: EpochMs, to: EpochMs, reason: &str| GapRow { at_ms: (from - began).max(0), ms: (to - from).max(0), reason: reason.to_owned() };
    for remark in remarks {
        match remark {
            Remark::Gap { at, ms, reason } => all.push(GapRow { at_ms: (at - began).max(0), ms: (*ms).into(), reason: reason.clone() }),
            Remark::Paused { at, reason, .. } => paused = Some((*at, reason)),
            Remark::Resumed { at, .. } => {
                if let Some((from, reason)) = paused.take() {
                    all.push(pause(from, *at, reason));
                }
            }
        }
    }
    all.extend(paused.map(|(from, reason)| pause(from, began + i64::from(duration_ms), reason)));
    all
}

/// Recordings, newest first
#[utoipa::path(get, path = "/recordings", tag = "recordings", params(RecordingQuery), responses((status = 200, body = Page<RecordingRow>)))]
pub async fn list(State(app): State<App>, Ask(query): Ask<RecordingQuery>) -> Result<Json<Page<RecordingRow>>, ApiError> {
    let number = query.number.as_deref().map(|typed| number_filter(&app.office.now(), typed)).transpose()?;
    let filter = RecordingFilter {
        from: query.from,
        to: query.to,
        customer: query.customer,
        number: number.map(|n| match n {
            CallNumber::Exact(number) => NumberFilter::Exact(number),
            CallNumber::Tail(tail) => NumberFilter::Tail(tail),
        }),
        agent: query.agent,
        queue: query.queue,
        ..RecordingFilter::default()
    };
    let page = rows::list(&app.db, &filter, &PageAsk { limit: query.limit.unwrap_or(0), cursor: query.cursor }).await;
    let page = page.map_err(|e| match e {
        ListError::ShortTail => ApiError::field("number", "range", e.to_string()),
        ListError::Cursor(e) => ApiError::BadRequest(e.to_string()),
        ListError::Db(e) => e.into(),
    })?;
    Ok(Json(Page { items: lines(&app, page.rows).await?, next: page.next }))
}

/// Of one call; none for who may not listen.
pub async fn of_call(app: &App, me: &SignedIn, call: InteractionId) -> Result<Vec<RecordingRow>, ApiError> {
    if !me.may(Permission::RecordingsListen) {
        return Ok(Vec::new());
    }
    lines(app, rows::of(&app.db, call).await?).await
}

async fn find(app: &App, id: RecordingId) -> Result<Recording, ApiError> {
    rows::get(&app.db, id).await?.ok_or(ApiError::NotFound("recording"))
}

fn file_error(e: FileError) -> ApiError {
    match e {
        FileError::NotFound(_) => ApiError::NotFound("recording file"),
        FileError::Range { size, .. } => ApiError::Range { size },
        e => ApiError::Internal(e.to_string()),
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AudioQuery {
    /// As a file to keep.
    #[serde(default)]
    download: bool,
}

/// Hear a recording
///
/// A WAV file; `Range` seeks. Stereo: left the customer, right the agent. Listening and downloading are audited.
#[utoipa::path(get, path = "/recordings/{id}/audio", tag = "recordings", params(("id" = String, Path), AudioQuery),
    responses((status = 200, description = "The whole file", content_type = "audio/wav"),
        (status = 206, description = "The range asked for", content_type = "audio/wav")))]
pub async fn hear(
    State(app): State<App>,
    me: SignedIn,
    At(id): At<RecordingId>,
    Ask(query): Ask<AudioQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let recording = find(&app, id).await?;
    let size = audio::info(&app.files, &recording).await.map_err(file_error)?.bytes;
    let asked = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    let range = asked.and_then(|text| part(text, size)).transpose().map_err(|()| ApiError::Range { size })?;
    // Nobody hears a byte that is not written down.
    written_down(&app, &me, &recording, query.download).await?;
    let (status, range) = match range {
        Some(range) => (StatusCode::PARTIAL_CONTENT, range),
        None => (StatusCode::OK, 0..size),
    };
    let mut answer = (status, stream(&app, recording.clone(), range.clone())).into_response();
    let out = answer.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(audio::MEDIA_TYPE));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    let mut text = |name, value: String| HeaderValue::from_str(&value).ok().map(|value| out.insert(name, value));
    if status == StatusCode::PARTIAL_CONTENT {
        text(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1));
    }
    if query.download {
        text(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.wav\""));
    }
    Ok(answer)
}

/// The one range of a `Range` header; `None`: the whole file is the answer (another unit, or several ranges).
fn part(text: &str, size: u64) -> Option<Result<Range<u64>, ()>> {
    let (from, to) = text.strip_prefix("bytes=")?.trim().split_once('-').filter(|(_, to)| !to.contains(','))?;
    let range = match (from.trim(), to.trim()) {
        ("", last) => size.saturating_sub(last.parse().ok()?)..size,
        (from, "") => from.parse().ok()?..size,
        (from, to) => from.parse().ok()?..to.parse::<u64>().ok()?.saturating_add(1).min(size),
    };
    Some(if range.start < range.end { Ok(range) } else { Err(()) })
}

/// Piece by piece, so that memory holds one of them.
fn stream(app: &App, recording: Recording, range: Range<u64>) -> Body {
    let files = app.files.clone();
    let pieces = stream::iter(audio::pieces(range).collect::<Vec<_>>()).then(move |piece| {
        let (files, recording) = (files.clone(), recording.clone());
        async move { audio::range(&files, &recording, piece).await }
    });
    Body::from_stream(pieces)
}

async fn written_down(app: &App, me: &SignedIn, recording: &Recording, download: bool) -> Result<(), ApiError> {
    let at = now();
    if !download && !app.listening.begins(me.agent, recording.recording, at) {
        return Ok(());
    }
    let entry = audit::Entry {
        actor: Some(me.agent),
        action: if download { "recording.download" } else { "recording.listen" },
        object: format!("recordings/{}", recording.recording),
        detail: format!("interaction {}", recording.interaction),
        address: &me.address,
    };
    let mut tx = app.db.begin().await?;
    audit::write(&mut tx, &app.ids, at, entry).await?;
    Ok(tx.commit().await?)
}

/// The shape of a recording: one list a channel, 0 the customer, 1 the agent, values 0 to 1 evenly over the duration.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeaksRow {
    duration_ms: u32,
    channels: Vec<Vec<f32>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeaksQuery {
    /// How many values a channel: 1 to 4,000; 1,000 where left out.
    slices: Option<usize>,
}

/// The shape of a recording
#[utoipa::path(get, path = "/recordings/{id}/peaks", tag = "recordings", params(("id" = String, Path), PeaksQuery),
    responses((status = 200, body = PeaksRow)))]
pub async fn shape(
    State(app): State<App>,
    At(id): At<RecordingId>,
    Ask(query): Ask<PeaksQuery>,
) -> Result<Json<PeaksRow>, ApiError> {
    let recording = find(&app, id).await?;
    let made = peaks::of(&app.files, &recording, query.slices.unwrap_or(1_000)).await.map_err(|e| match e {
        peaks::PeaksError::File(e) => file_error(e),
        e @ peaks::PeaksError::NotWav(_) => ApiError::Internal(e.to_string()),
    })?;
    let loudest = |(low, high): (i8, i8)| f32::from(low.unsigned_abs().max(high.unsigned_abs())) / 127.0;
    let rounded = |value: f32| (value.min(1.0) * 1000.0).round() / 1000.0;
    let channels = made.channels.into_iter().map(|channel| channel.into_iter().map(|pair| rounded(loudest(pair))).collect());
    Ok(Json(PeaksRow { duration_ms: made.duration_ms, channels: channels.collect() }))
}

/// One listening lasts so long without a request.
const PAUSE_MS: i64 = 30 * 60_000;
/// Listenings remembered; the oldest goes.
const MOST: usize = 10_000;

/// Who listens to what, since when.
#[derive(Debug, Default)]
pub struct Listening(Mutex<HashMap<(AgentId, RecordingId), EpochMs>>);

impl Listening {
    /// This request begins a listening, rather than going on with one.
    pub fn begins(&self, agent: AgentId, recording: RecordingId, now: EpochMs) -> bool {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = all.insert((agent, recording), now);
        if all.len() > MOST {
            let oldest = all.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key);
            oldest.map(|key| all.remove(&key));
        }
        last.is_none_or(|at| now - at > PAUSE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_browsers_send_it() {
        let table = [
            ("bytes=0-", Some(Ok(0..100))),
            ("bytes=10-19", Some(Ok(10..20))),
            ("bytes=90-1000", Some(Ok(90..100))),
            ("bytes=-30", Some(Ok(70..100))),
            ("bytes=-300", Some(Ok(0..100))),
            ("bytes=100-", Some(Err(()))),
            ("bytes=20-10", Some(Err(()))),
            ("bytes=0-1,5-6", None),
            ("bytes=x-", None),
            ("lines=0-1", None),
        ];
        for (text, want) in table {
            assert_eq!(part(text, 100), want, "{text}");
        }
    }

    #[test]
    fn a_pause_is_a_gap_from_its_beginning_to_its_end_or_to_the_end_of_the_file() {
        let paused = |at| Remark::Paused { at, agent: AgentId(1), reason: "card".into() };
        let remarks = [paused(1_500), Remark::Resumed { at: 2_500, agent: AgentId(1) }, paused(9_000)];
        let told: Vec<_> = gaps(1_000, 10_000, &remarks).into_iter().map(|g| (g.at_ms, g.ms)).collect();
        assert_eq!(told, [(500, 1_000), (8_000, 2_000)]);
    }

    #[test]
    fn ranges_of_one_player_are_one_listening_and_coming_back_later_is_another() {
        let (listening, me, it) = (Listening::default(), AgentId(1), RecordingId(7));
        let told = [0, 1_000, 900_000, 900_000 + PAUSE_MS + 1].map(|now| listening.begins(me, it, now));
        assert_eq!(told, [true, false, false, true]);
        assert!(listening.begins(AgentId(2), it, 1_000));
    }
}
