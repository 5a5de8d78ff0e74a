//! Reading a request: a body, a query, a path, each with a problem document where it does not read, naming the field.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::api_error::ApiError;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let json = request.headers().get("content-type").and_then(|v| v.to_str().ok());
        if !json.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(ApiError::BadRequest("content-type: must be application/json".into()));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| match e {
            BytesRejection::FailedToBufferBody(e) if e.to_string().contains("length limit") => ApiError::TooLarge,
            e => ApiError::BadRequest(e.to_string()),
        })?;
        read(&bytes).map(Self)
    }
}

/// # Errors
/// [`ApiError::Invalid`] names the field; [`ApiError::BadRequest`] where it is no JSON.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        if e.inner().is_data() {
            return ApiError::field(&e.path().to_string(), "format", plain(e.inner()));
        }
        ApiError::BadRequest(format!("the body is no JSON: {}", e.inner()))
    })?;
    from.end().map_err(|e| ApiError::BadRequest(format!("the body is no JSON: {e}")))?;
    Ok(value)
}

/// A document that was read as a whole into `T`.
///
/// # Errors
/// [`ApiError::Invalid`] names the field.
pub fn read_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value)
        .map_err(|e| ApiError::field(&e.path().to_string(), "format", plain(e.inner())))
}

/// Without the place, which a field name says better.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// The query.
#[derive(Debug)]
pub struct Ask<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Ask<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|e| ApiError::BadRequest(e.body_text()))?;
        Ok(Self(query.0))
    }
}

/// The ids in a path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|e| ApiError::BadRequest(e.body_text()))
    }
}
