//! Errors as clients see them: RFC 9457 problems, and their status codes in one place.

use std::io::ErrorKind;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::queue::Refusal;
use crate::readiness::Unserved;
use crate::store::StoreError;
use crate::submission::SubmissionId;

mod kind;

pub(super) use kind::{Described, Kind, MARK, fails};

/// Another server has taken over by then, or an operator has changed his mind.
const DRAINED: Duration = Duration::from_secs(30);
/// Some requests or answers have ended by then.
const NO_ROOM: Duration = Duration::from_secs(2);

/// What is told to a client whose request was not served.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The body is not JSON, or not of the described form.
    #[error("the body is not valid: {0}")]
    Malformed(String),
    /// Fields that make no sense.
    #[error("{}", .0.first().map_or_else(|| "the request is not valid".into(), FieldError::sentence))]
    Invalid(Vec<FieldError>),
    /// No or a wrong token.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// A right token that does not suffice, or a foreign page.
    #[error("{0}")]
    Forbidden(String),
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// Another method would do.
    #[error("{method} is not possible here; {allow} is")]
    MethodNotAllowed {
        /// The method of the request.
        method: String,
        /// What is possible.
        allow: &'static str,
    },
    /// The body came too slowly.
    #[error("the body did not arrive in time")]
    Timeout,
    /// The body is too large.
    #[error("the body is larger than {max} bytes, the most allowed")]
    TooLarge {
        /// The most allowed.
        max: u64,
    },
    /// Compressed, or not JSON.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// As things stand it cannot be done.
    #[error("{0}")]
    Conflict(String),
    /// The idempotency key belongs to another request.
    #[error(
        "this Idempotency-Key was used for another request, which is submission {earlier}; a new request needs a new key"
    )]
    KeyReused {
        /// The submission that it made.
        earlier: SubmissionId,
    },
    /// Too many wrong tokens came from this address.
    #[error("too many wrong tokens came from this address")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// We failed.
    #[error("the server failed over this request; its log says more")]
    Failed,
    /// This user's programs keep exceeding their time limit.
    #[error("{detail}")]
    Throttled {
        /// Why.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// This user has too many submissions waiting.
    #[error("{detail}")]
    UserQueueFull {
        /// Why.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// This token has too many submissions waiting, over all its users.
    #[error("{detail}")]
    TokenQueueFull {
        /// Why.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// All users together have too many submissions waiting.
    #[error("{detail}")]
    QueueFull {
        /// Why.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// The server stops; another one, or its successor, will serve.
    #[error("the server is stopping")]
    Stopping,
    /// Nothing in this language is taken now.
    #[error(transparent)]
    Unserved(#[from] Unserved),
    /// We cannot serve now.
    #[error("{detail}")]
    Unavailable {
        /// Why.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it is: `limits.cpu_ms`, `tests[3].stdin_base64`.
    pub field: String,
    /// What is wrong, with the value and what is allowed.
    pub detail: String,
}

impl FieldError {
    /// What is wrong, with the field's name: for a log, where nothing else tells it.
    fn sentence(&self) -> String {
        let Self { field, detail } = self;
        if detail.contains(&format!("`{field}`")) { detail.clone() } else { format!("`{field}`: {detail}") }
    }
}

/// An error, as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) describes problems.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Body<'a> {
    /// What it is: `urn:gavel:problem:` and the name of a kind.
    r#type: String,
    /// The status in words.
    title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What went wrong, for people.
    detail: &'a str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(max_items = 20)]
    errors: &'a [FieldError],
}

impl Problem {
    /// What it is, without the particulars.
    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(_) => Kind::MalformedBody,
            Self::Invalid(_) => Kind::InvalidField,
            Self::Unauthorized(_) => Kind::Unauthorized,
            Self::Forbidden(_) => Kind::Forbidden,
            Self::NotFound(_) => Kind::NotFound,
            Self::MethodNotAllowed { .. } => Kind::MethodNotAllowed,
            Self::Timeout => Kind::SlowBody,
            Self::TooLarge { .. } => Kind::BodyTooLarge,
            Self::UnsupportedMediaType(_) => Kind::UnsupportedMediaType,
            Self::Conflict(_) => Kind::Conflict,
            Self::KeyReused { .. } => Kind::IdempotencyKeyReused,
            Self::Throttled { .. } => Kind::Throttled,
            Self::UserQueueFull { .. } => Kind::UserQueueFull,
            Self::TokenQueueFull { .. } => Kind::TokenQueueFull,
            Self::QueueFull { .. } => Kind::QueueFull,
            Self::TooManyAttempts { .. } => Kind::TooManyAttempts,
            Self::Failed => Kind::InternalError,
            Self::Unserved(Unserved::Unavailable { .. }) => Kind::LanguageUnavailable,
            Self::Unserved(Unserved::NotInstalled { .. }) => Kind::LanguageNotInstalled,
            Self::Stopping | Self::Unavailable { .. } => Kind::Unavailable,
        }
    }

    /// There is no room for another large request at the moment.
    pub(crate) fn no_room_for_request() -> Self {
        Self::no_room("too many large requests at once")
    }

    /// There is no memory for another large answer at the moment.
    pub(crate) fn no_room_for_answer() -> Self {
        Self::no_room("too many large answers at once")
    }

    fn no_room(why: &str) -> Self {
        Self::Unavailable { detail: why.into(), retry_after: NO_ROOM }
    }

    /// One field is wrong.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), detail: detail.into() }])
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after, .. }
            | Self::TooManyAttempts { retry_after }
            | Self::UserQueueFull { retry_after, .. }
            | Self::TokenQueueFull { retry_after, .. }
            | Self::QueueFull { retry_after, .. }
            | Self::Unavailable { retry_after, .. } => Some(*retry_after),
            Self::Stopping => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind().status()
    }

    fn error_response(&self) -> HttpResponse {
        let kind = self.kind();
        let mut response = HttpResponse::build(kind.status());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if let Some(wait) = self.retry_after() {
            // Whole seconds, rounded up: a client that obeys must not come too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        match self {
            Self::Unauthorized(_) => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"gavel\""));
            }
            Self::MethodNotAllowed { allow, .. } => {
                response.insert_header((header::ALLOW, *allow));
            }
            // The rest of the body is not read, or nobody will be here: this connection is of no more use.
            Self::Stopping | Self::Timeout | Self::TooLarge { .. } | Self::UnsupportedMediaType(_) => {
                response.force_close();
            }
            _ => {}
        }
        let errors: &[FieldError] = if let Self::Invalid(errors) = self { errors } else { &[] };
        response.body(document(kind, &self.to_string(), errors))
    }
}

/// A problem as JSON.
pub(super) fn document(kind: Kind, detail: &str, errors: &[FieldError]) -> String {
    let status = kind.status();
    let body = Body {
        r#type: kind.urn(),
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail,
        errors,
    };
    serde_json::to_string(&body).unwrap_or_default()
}

impl From<StoreError> for Problem {
    fn from(why: StoreError) -> Self {
        // The causes are for the log: a client has no use for paths of ours.
        tracing::error!(error = %why, "The store failed a request");
        let detail = match why {
            StoreError::NoRoom { .. } | StoreError::NoInodes { .. } => "the server's disk is full",
            StoreError::Blob(why) if why.kind() == ErrorKind::StorageFull => "the server's disk is full",
            _ => "the store cannot serve now",
        };
        Self::Unavailable { detail: detail.into(), retry_after: Duration::from_secs(5) }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Full { retry_after, .. } => Self::QueueFull { detail, retry_after },
            Refusal::UserFull { retry_after, .. } => Self::UserQueueFull { detail, retry_after },
            Refusal::TokenFull { retry_after, .. } => Self::TokenQueueFull { detail, retry_after },
            Refusal::CoolingDown { retry_after } => Self::Throttled { detail, retry_after },
            Refusal::KeyReused { earlier } => Self::KeyReused { earlier },
            Refusal::NoProblem => Self::field("problem", detail),
            Refusal::Failed => Self::Failed,
            Refusal::Draining => Self::Unavailable { detail, retry_after: DRAINED },
            Refusal::Stopping => Self::Stopping,
            Refusal::Store(why) => why.into(),
        }
    }
}

/// The answer where no route matches.
pub(super) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::NotFound(format!("there is nothing at {}", request.path().escape_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_that_tells_of_a_field_names_it_once() {
        for (field, detail, told) in [
            (
                "tests[3].stdin_base64",
                "not base64: 1 byte too many",
                "`tests[3].stdin_base64`: not base64: 1 byte too many",
            ),
            (
                "limits.cpu_ms",
                "`limits.cpu_ms` is 0; allowed is more",
                "`limits.cpu_ms` is 0; allowed is more",
            ),
            ("stdin", "`stdin` and `tests` exclude each other", "`stdin` and `tests` exclude each other"),
        ] {
            assert_eq!(Problem::field(field, detail).to_string(), told);
        }
        let both = ["a", "b"].map(|field| FieldError { field: field.into(), detail: "no".into() });
        assert_eq!(Problem::Invalid(both.into()).to_string(), "`a`: no");
    }
}
