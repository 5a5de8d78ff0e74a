//! What may go wrong with a request, and the one table that knows HTTP: [`ApiError::face`]. Answers are problem documents
//! (RFC 9457) with a stable `code`; desktops switch on it, people read `detail`. A fault of ours is logged once, here, and
//! never shown.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use company::edit::HistoryError;
use company::{EditError, FieldFault};
use serde::Serialize;
use store::DbError;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, Type};

use crate::phones::Refusal;

#[derive(Debug)]
pub enum ApiError {
    SignedOut,
    BadCredentials,
    TooManyAttempts { retry_after: u64 },
    Forbidden,
    ForeignOrigin,
    /// To be asked at this address.
    NeedsTls(String),
    PasswordChangeRequired,
    /// What there is none of.
    NotFound(&'static str),
    /// The request itself cannot be read.
    BadRequest(String),
    TooLarge,
    Invalid(Vec<FieldFault>),
    /// Somebody was quicker; the document as it is now.
    Conflict { now: i64, current: Box<serde_json::Value> },
    /// Somebody was quicker with the same fields; both are shown and a person decides.
    Clash { now: i64, fields: Vec<&'static str>, current: Box<serde_json::Value> },
    InUse(Vec<String>),
    LastAdministrator,
    FlowInvalid(Vec<FlowProblem>),
    /// The phones said no.
    Refused(Refusal),
    /// No such part of a file.
    Range { size: u64 },
    Busy,
    Db(DbError),
    Internal(String),
}

/// One thing wrong with a flow. Lines and columns begin at 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowProblem {
    /// `error` blocks the flow, `warning` does not.
    #[schema(schema_with = severities)]
    pub severity: &'static str,
    pub code: &'static str,
    pub line: u32,
    pub column: u32,
    pub node: Option<String>,
    pub en: String,
    pub zh: String,
}

fn any_document() -> Object {
    let any = AdditionalProperties::FreeForm(true);
    ObjectBuilder::new().description(Some("The document as it is now, where somebody was quicker.")).additional_properties(Some(any)).build()
}

fn severities() -> Object {
    let both = [ivr::Severity::Error, ivr::Severity::Warning].map(FlowProblem::severity_of);
    let about = "`error` blocks the flow, `warning` does not.";
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(both)).description(Some(about)).build()
}

impl FlowProblem {
    #[must_use]
    pub fn severity_of(severity: ivr::Severity) -> &'static str {
        match severity {
            ivr::Severity::Error => "error",
            ivr::Severity::Warning => "warning",
        }
    }
}

impl From<ivr::Problem> for FlowProblem {
    fn from(p: ivr::Problem) -> Self {
        Self { severity: Self::severity_of(p.severity), code: p.code, line: p.line, column: p.column, node: p.node, en: p.en, zh: p.zh }
    }
}

/// RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `urn:zuoxi:problem:` and the code.
    pub r#type: String,
    pub title: String,
    pub status: u16,
    /// Stable; switch on this.
    pub code: String,
    pub detail: String,
    /// Fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldFault>,
    /// Faults of a flow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FlowProblem>,
    /// Who uses what was to be removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
    /// The document as it is now, where somebody was quicker.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = any_document, required = false)]
    pub current: Option<serde_json::Value>,
}

impl ApiError {
    /// Status and stable code.
    fn face(&self) -> (StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::SignedOut => (S::UNAUTHORIZED, "signed_out"),
            Self::BadCredentials => (S::UNAUTHORIZED, "bad_credentials"),
            Self::TooManyAttempts { .. } => (S::TOO_MANY_REQUESTS, "too_many_attempts"),
            Self::Forbidden => (S::FORBIDDEN, "forbidden"),
            Self::ForeignOrigin => (S::FORBIDDEN, "foreign_origin"),
            Self::NeedsTls(_) => (S::FORBIDDEN, "needs_tls"),
            Self::PasswordChangeRequired => (S::FORBIDDEN, "password_change_required"),
            Self::NotFound(_) => (S::NOT_FOUND, "not_found"),
            Self::BadRequest(_) => (S::BAD_REQUEST, "bad_request"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Invalid(_) => (S::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Conflict { .. } | Self::Clash { .. } => (S::CONFLICT, "version_conflict"),
            Self::InUse(_) => (S::CONFLICT, "in_use"),
            Self::LastAdministrator => (S::CONFLICT, "last_administrator"),
            Self::FlowInvalid(_) => (S::UNPROCESSABLE_ENTITY, "flow_invalid"),
            Self::Refused(refusal) => (refusal.status, refusal.code),
            Self::Range { .. } => (S::RANGE_NOT_SATISFIABLE, "range"),
            Self::Busy => (S::SERVICE_UNAVAILABLE, "busy"),
            Self::Db(e) if e.is_passing() => (S::SERVICE_UNAVAILABLE, "database_away"),
            Self::Db(_) | Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::SignedOut => "sign in first".into(),
            Self::BadCredentials => "user name or password is wrong".into(),
            Self::TooManyAttempts { retry_after } => format!("too many attempts; try again in {retry_after} s"),
            Self::Forbidden => "your roles do not allow this".into(),
            Self::ForeignOrigin => "this request came from a page of another site".into(),
            Self::NeedsTls(at) => format!("this is answered over TLS only: {at}"),
            Self::PasswordChangeRequired => "your password was set by somebody else; change it first".into(),
            Self::NotFound(what) => format!("there is no such {what}"),
            Self::BadRequest(why) => why.clone(),
            Self::TooLarge => "the body is larger than allowed".into(),
            Self::Invalid(faults) => faults.iter().map(|f| format!("{}: {}", f.field, f.message)).collect::<Vec<_>>().join("; "),
            Self::Conflict { now, .. } => format!("somebody changed it meanwhile; it is at version {now} now"),
            Self::Clash { now, fields, .. } => {
                format!("somebody changed {} meanwhile; it is at version {now} now", fields.join(", "))
            }
            Self::InUse(users) => format!("it is in use by {}", users.join(", ")),
            Self::LastAdministrator => EditError::LastAdministrator.to_string(),
            Self::FlowInvalid(problems) => match problems.first() {
                Some(first) => format!("{} problems; the first: line {}: {}", problems.len(), first.line, first.en),
                None => "the flow does not compile".into(),
            },
            Self::Refused(refusal) => refusal.message.clone(),
            Self::Range { size } => format!("the file has {size} bytes; the range asked for is outside"),
            Self::Busy => "too much to do at the moment; try again".into(),
            Self::Db(e) if e.is_passing() => "the database does not answer; try again".into(),
            Self::Db(_) | Self::Internal(_) => "something went wrong on the server; the log knows more".into(),
        }
    }

    fn lists(self) -> (Vec<FieldFault>, Vec<FlowProblem>, Vec<String>, Option<serde_json::Value>) {
        match self {
            Self::Invalid(errors) => (errors, vec![], vec![], None),
            Self::FlowInvalid(problems) => (vec![], problems, vec![], None),
            Self::InUse(users) => (vec![], vec![], users, None),
            Self::Conflict { current, .. } => (vec![], vec![], vec![], Some(*current)),
            Self::Clash { fields, current, .. } => {
                let fault = |field: &str| FieldFault { field: field.into(), rule: "conflict", message: "was changed meanwhile".into() };
                (fields.into_iter().map(fault).collect(), vec![], vec![], Some(*current))
            }
            _ => (vec![], vec![], vec![], None),
        }
    }

    /// One field and the rule it broke.
    #[must_use]
    pub fn field(field: &str, rule: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault { field: field.into(), rule, message: message.into() }])
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let ((status, code), detail) = (self.face(), self.detail());
        match &self {
            Self::Db(e) => tracing::error!("the database failed a request: {e}"),
            Self::Internal(why) => tracing::error!("a request failed: {why}"),
            _ => {}
        }
        let retry_after = match &self {
            Self::TooManyAttempts { retry_after } => Some(*retry_after),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => Some(1),
            _ => None,
        };
        let size = if let Self::Range { size } = &self { Some(*size) } else { None };
        let (errors, problems, used_by, current) = self.lists();
        let problem = Problem {
            r#type: format!("urn:zuoxi:problem:{code}"),
            title: status.canonical_reason().unwrap_or_default().into(),
            status: status.as_u16(),
            code: code.into(),
            detail,
            errors,
            problems,
            used_by,
            current,
        };
        let mut answer = (status, Json(problem)).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(value) = size.and_then(|size| HeaderValue::from_str(&format!("bytes */{size}")).ok()) {
            headers.insert(header::CONTENT_RANGE, value);
        }
        answer
    }
}

impl From<DbError> for ApiError {
    fn from(e: DbError) -> Self {
        Self::Db(e)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<crm::CrmError> for ApiError {
    fn from(e: crm::CrmError) -> Self {
        use crm::CrmError as E;
        match e {
            E::NotFound { what, .. } => Self::NotFound(what),
            // The handler fills in what it is now.
            E::Conflict { current, fields } => Self::Clash { now: current, fields, current: Box::default() },
            E::Invalid { field, rule } => Self::field(field, "format", rule),
            E::NameTaken(name) => Self::field("name", "unique", format!("`{name}` is already taken")),
            E::Cursor(e) => Self::BadRequest(e.to_string()),
            E::Db(e) => Self::Db(e),
        }
    }
}

impl From<HistoryError> for ApiError {
    fn from(e: HistoryError) -> Self {
        match e {
            HistoryError::Cursor(e) => Self::BadRequest(e.to_string()),
            HistoryError::Db(e) => Self::Db(e),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(e: EditError) -> Self {
        match e {
            EditError::NotFound => Self::NotFound("document"),
            // The handler fills in what it is now.
            EditError::Conflict { now, .. } => Self::Conflict { now, current: Box::default() },
            EditError::Invalid(faults) => Self::Invalid(faults),
            EditError::InUse(users) => Self::InUse(users),
            EditError::LastAdministrator => Self::LastAdministrator,
            EditError::Db(e) => Self::Db(e),
        }
    }
}
