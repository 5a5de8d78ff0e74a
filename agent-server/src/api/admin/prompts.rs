//! Prompts and music. An own one is a WAV file under a language and a name; it takes the place of the built-in one of that
//! name, which comes back when the own one goes. What is put here is played to the next caller.

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use contract::EpochMs;
use cti_gateway::media::{Clip, WavFault};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::time::{Duration, timeout};
use utoipa::ToSchema;

use crate::App;
use crate::api::Page;
use crate::api_error::ApiError;
use crate::auth::SignedIn;
use crate::clock::now;
use crate::extract::At;
use crate::http::ranges::{self, Part};
use crate::noted::write_down;
use crate::phones::FlowFault;
use crate::prompts::uses::{self, Kind, User};
use crate::prompts::{Folder, Key, Library};

/// Largest file taken in.
const MOST_BYTES: usize = 64 << 20;
/// Longest time an upload may take.
const UPLOAD: Duration = Duration::from_secs(300);

/// A prompt as it is played now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromptRow {
    language: Folder,
    name: String,
    duration_ms: u32,
    /// Of its file.
    bytes: u64,
    /// The company's; else the built-in one.
    own: bool,
    /// There is a built-in one of this name; it is played where there is no own one.
    built_in: bool,
    /// The words of the built-in one.
    says: Option<String>,
    /// When the own one was put here.
    changed_at: Option<EpochMs>,
    /// Who plays it.
    flows: Vec<String>,
    queues: Vec<String>,
}

/// A prompt after it was put here.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromptKept {
    #[serde(flatten)]
    prompt: PromptRow,
    /// Flows that do not fit the company now.
    flow_faults: Vec<FlowFault>,
}

/// All prompts and music, built-in ones and own ones
#[utoipa::path(get, path = "/prompts", tag = "admin", responses((status = 200, body = Page<PromptRow>)))]
pub async fn list(State(app): State<App>) -> Json<Page<PromptRow>> {
    let library = app.prompts.now();
    let users = users(&app, &library);
    let items = library.keys().filter_map(|key| row(&library, key, &users)).collect();
    Json(Page { items, next: None })
}

fn users(app: &App, library: &Library) -> Vec<User> {
    uses::users(&app.office.now().directory, library, app.has_speech())
}

fn row(library: &Library, key: &Key, users: &[User]) -> Option<PromptRow> {
    let (own, built_in) = (library.own(key), library.built_in(key));
    let names = |kind: Kind| -> Vec<String> {
        users
            .iter()
            .filter(|user| user.kind == kind && user.plays(key, library))
            .map(|user| user.name.clone())
            .collect()
    };
    Some(PromptRow {
        language: key.0,
        name: key.1.clone(),
        duration_ms: library.clip(key)?.duration_ms(),
        bytes: own.map(|own| own.bytes).or_else(|| built_in.map(|b| b.wav.len() as u64))?,
        own: own.is_some(),
        built_in: built_in.is_some(),
        says: built_in.and_then(|b| b.says.clone()),
        changed_at: own.map(|own| own.changed),
        flows: names(Kind::Flow),
        queues: names(Kind::Queue),
    })
}

fn key(language: &str, name: String) -> Result<Key, ApiError> {
    let folder = Folder::parse(language).ok_or_else(|| {
        let words = Folder::EVERY.map(Folder::word).join(", ");
        ApiError::field("language", "unknown", format!("must be one of {words}"))
    })?;
    Ok((folder, name))
}

/// Hear a prompt
///
/// The WAV file as it was put here; of what the program makes itself, as callers hear it.
#[utoipa::path(get, path = "/prompts/{language}/{name}/audio", tag = "admin",
    params(("language" = Folder, Path), ("name" = String, Path)),
    responses((status = 200, description = "The whole file", content_type = "audio/wav"),
        (status = 206, description = "The range asked for", content_type = "audio/wav")))]
pub async fn hear(
    State(app): State<App>,
    At((language, name)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let key = key(&language, name)?;
    let library = app.prompts.now();
    let wav = match (library.own(&key), library.built_in(&key)) {
        (Some(own), _) => {
            tokio::fs::read(&own.path).await.map_err(|e| ApiError::Internal(format!("{}: {e}", own.path.display())))?
        }
        (None, Some(built_in)) => built_in.wav.to_vec(),
        (None, None) => return Err(ApiError::NotFound("prompt")),
    };
    let wav = Bytes::from(wav);
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&wav)[..16]));
    let size = wav.len() as u64;
    let common = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // Another may be put here at any time.
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    Ok(match ranges::part(&headers, size, &tag) {
        Part::Outside => return Err(ApiError::Range { size }),
        Part::Same => (StatusCode::NOT_MODIFIED, common).into_response(),
        Part::Whole => (common, wav).into_response(),
        Part::Range(range) => {
            let told = [(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1))];
            let part = wav.slice(range.start as usize..range.end as usize);
            (StatusCode::PARTIAL_CONTENT, common, told, part).into_response()
        }
    })
}

/// Put a prompt here, or replace one
///
/// The body is a WAV file: linear or float samples or G.711, one or two channels, 4 to 384 kHz, at most 30 minutes and 64 MiB.
/// 422 names what is wrong with it: `file` by the rules `not_wav`, `coding`, `damaged`, `shape`, `too_long`, `too_large`,
/// `empty`, `room`; or `name`.
#[utoipa::path(put, path = "/prompts/{language}/{name}", tag = "admin",
    params(("language" = Folder, Path), ("name" = String, Path)),
    request_body(content_type = "audio/wav", description = "The WAV file"),
    responses((status = 200, body = PromptKept)))]
pub async fn save(
    State(app): State<App>,
    me: SignedIn,
    At((language, name)): At<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PromptKept>, ApiError> {
    let key = key(&language, name)?;
    let room = app.prompts.upload().ok_or(ApiError::Busy)?;
    let wav = received(&headers, body).await?;
    let read = wav.clone();
    let clip = tokio::task::spawn_blocking(move || Clip::from_wav("upload", &read)).await;
    let clip = clip.map_err(|e| ApiError::Internal(format!("reading an upload failed: {e}")))?.map_err(fault)?;
    let keeping = async move {
        // Its file is in memory until it is kept, whoever waits for that.
        let _room = room;
        keep(&app, &me, key, wav, clip).await
    };
    to_its_end(keeping).await.map(Json)
}

async fn keep(app: &App, me: &SignedIn, key: Key, wav: Bytes, clip: Clip) -> Result<PromptKept, ApiError> {
    let turn = app.prompts.turn().await;
    let library = app.prompts.now();
    let faults = library.refuses(&key, clip.duration_ms());
    if !faults.is_empty() {
        return Err(ApiError::Invalid(faults));
    }
    let disk = |e: std::io::Error| ApiError::Internal(format!("a prompt cannot be kept: {e}"));
    let bytes = wav.len();
    let laid = turn.lay(wav).await.map_err(disk)?;
    let before = library.clip(&key).map(|clip| seconds(clip.duration_ms()));
    let action = if before.is_some() { "prompts.update" } else { "prompts.create" };
    let after = format!("{}, {bytes} bytes", seconds(clip.duration_ms()));
    let detail = before.map(|before| format!("{before} → {after}")).unwrap_or(after);
    // Nobody hears what is not written down.
    note(app, me, action, &key, detail).await?;
    turn.keep(key.clone(), laid, clip, now()).await.map_err(disk)?;
    let flow_faults = app.prompts_changed().await?;
    let library = app.prompts.now();
    let prompt = row(&library, &key, &users(app, &library)).ok_or(ApiError::NotFound("prompt"))?;
    Ok(PromptKept { prompt, flow_faults })
}

/// Done whole, also where the asker goes away meanwhile: what is on the disk is what is played.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.map_err(|e| ApiError::Internal(format!("a prompt could not be changed: {e}")))?
}

/// The file that was sent.
async fn received(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let large = || {
        let most = MOST_BYTES >> 20;
        ApiError::field("file", "too_large", format!("has more than {most} MiB; cut it, or save it with a lower rate"))
    };
    let told = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|told| told > MOST_BYTES as u64) {
        return Err(large());
    }
    let read = timeout(UPLOAD, to_bytes(body, MOST_BYTES)).await;
    let read = read.map_err(|_| ApiError::BadRequest(format!("the upload took longer than {} s", UPLOAD.as_secs())))?;
    read.map_err(|e| match e.to_string().contains("length limit") {
        true => large(),
        false => ApiError::BadRequest(format!("the upload ended early: {e}")),
    })
}

fn fault(why: WavFault) -> ApiError {
    let rule = match &why {
        WavFault::NotWav => "not_wav",
        WavFault::Coding(_) => "coding",
        WavFault::Damaged(_) => "damaged",
        WavFault::TooLong => "too_long",
        WavFault::Odd { .. } => "shape",
    };
    ApiError::field("file", rule, why.to_string())
}

fn seconds(ms: u32) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// Delete an own prompt
///
/// The built-in one of its name is played again. 409 `in_use` with `usedBy` where there is none and a flow or a queue plays it.
#[utoipa::path(delete, path = "/prompts/{language}/{name}", tag = "admin",
    params(("language" = Folder, Path), ("name" = String, Path)), responses((status = 204)))]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    At((language, name)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let key = key(&language, name)?;
    to_its_end(async move { take_away(&app, &me, &key).await }).await
}

async fn take_away(app: &App, me: &SignedIn, key: &Key) -> Result<StatusCode, ApiError> {
    let turn = app.prompts.turn().await;
    let library = app.prompts.now();
    let Some(own) = library.own(key) else {
        let stays = "is built in and stays; put an own one of its name in its place";
        let there = library.built_in(key).is_some();
        return Err(if there { ApiError::field("name", "built_in", stays) } else { ApiError::NotFound("prompt") });
    };
    let later = library.without(key);
    let misses = |user: &&User| user.misses(key, &library, &later);
    let missed: Vec<String> = users(app, &library).iter().filter(misses).map(User::told).collect();
    if !missed.is_empty() {
        return Err(ApiError::InUse(missed));
    }
    note(app, me, "prompts.remove", key, seconds(own.clip.duration_ms())).await?;
    turn.remove(key).await.map_err(|e| ApiError::Internal(format!("a prompt cannot be deleted: {e}")))?;
    app.prompts_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(app: &App, me: &SignedIn, action: &str, key: &Key, detail: String) -> Result<(), ApiError> {
    Ok(write_down(app, me, action, format!("prompts/{}/{}", key.0.word(), key.1), detail).await?)
}
