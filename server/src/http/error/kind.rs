//! Every kind of error: its status, the last part of its `type`, and what it means. What operations can answer is
//! described in these words, too.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use utoipa::openapi::{RefOr, Response};

/// Marks what stands for a kind among the answers of an operation: several kinds may have one status.
pub(in crate::http) const MARK: &str = "problem:";

macro_rules! kinds {
    ($($(#[doc = $meaning:literal])+ $name:ident = $status:ident $text:literal,)+) => {
        /// A kind of error.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::http) enum Kind {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Kind {
            /// All of them.
            pub(in crate::http) const ALL: &[Self] = &[$(Self::$name),+];

            /// The status of its answers.
            pub(in crate::http) fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                }
            }

            /// The last part of its type.
            pub(in crate::http) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// When it is answered.
            pub(in crate::http) fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+).trim_start(),)+
                }
            }
        }

        /// The kinds as types: those of an operation stand among its `responses`.
        pub(in crate::http) mod fails {
            $($(#[doc = $meaning])+ pub(in crate::http) struct $name;

            impl utoipa::IntoResponses for $name {
                fn responses() -> super::Described {
                    super::described(super::Kind::$name)
                }
            })+
        }
    };
}

kinds! {
    /// The body is no JSON, or no object, or broke off; line and column are told.
    MalformedBody = BAD_REQUEST "malformed-body",
    /// `errors` names every field, parameter or header that makes no sense, the first 20.
    InvalidField = BAD_REQUEST "invalid-field",
    /// No or a wrong token.
    Unauthorized = UNAUTHORIZED "unauthorized",
    /// The token does not suffice, or, where there is none, the request comes from a foreign page.
    Forbidden = FORBIDDEN "forbidden",
    /// There is no such thing.
    NotFound = NOT_FOUND "not-found",
    /// The path takes other methods, which `Allow` lists.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed",
    /// What came is no request of HTTP/1.1.
    MalformedRequest = BAD_REQUEST "malformed-request",
    /// The head of the request did not come in time.
    SlowHead = REQUEST_TIMEOUT "slow-head",
    /// The address is too long.
    AddressTooLong = URI_TOO_LONG "address-too-long",
    /// The head of the request is too large.
    HeadTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE "head-too-large",
    /// The body did not come in time.
    SlowBody = REQUEST_TIMEOUT "slow-body",
    /// The body is larger than allowed.
    BodyTooLarge = PAYLOAD_TOO_LARGE "body-too-large",
    /// The body is not of the described type, or compressed.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type",
    /// As things stand it cannot be done: a submission that cannot be judged again, too many orders for that, a name that is
    /// taken, or what stands in the settings.
    Conflict = CONFLICT "conflict",
    /// An image of the language is not there; `detail` has the command that makes it.
    LanguageNotInstalled = UNPROCESSABLE_ENTITY "language-not-installed",
    /// Another request came under this key.
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY "idempotency-key-reused",
    /// This user's programs keep exceeding their time limit.
    Throttled = TOO_MANY_REQUESTS "throttled",
    /// Too many submissions of this user wait.
    UserQueueFull = TOO_MANY_REQUESTS "user-queue-full",
    /// Too many submissions of this token wait, over all its users.
    TokenQueueFull = TOO_MANY_REQUESTS "token-queue-full",
    /// Too many wrong tokens came from this address.
    TooManyAttempts = TOO_MANY_REQUESTS "too-many-attempts",
    /// The server failed over this request.
    InternalError = INTERNAL_SERVER_ERROR "internal-error",
    /// The language's self-test gets a wrong verdict.
    LanguageUnavailable = SERVICE_UNAVAILABLE "language-unavailable",
    /// Too many submissions wait.
    QueueFull = SERVICE_UNAVAILABLE "queue-full",
    /// The server stops, its disk is full, or it holds too much at the moment.
    Unavailable = SERVICE_UNAVAILABLE "unavailable",
}

pub(in crate::http) type Described = BTreeMap<String, RefOr<Response>>;

fn described(kind: Kind) -> Described {
    [(format!("{MARK}{}", kind.name()), Response::default().into())].into()
}

impl Kind {
    /// The one of this name.
    pub(in crate::http) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Its type, whole.
    pub(in crate::http) fn urn(self) -> String {
        format!("urn:gavel:problem:{}", self.name())
    }
}
