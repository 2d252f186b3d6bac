//! Why a submission was not accepted.

use std::time::Duration;

use crate::store::StoreError;
use crate::submission::SubmissionId;

/// Why a submission was not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// The queue is full.
    #[error("the queue is full: {waiting} submissions are waiting")]
    Full {
        /// So many wait.
        waiting: usize,
        /// When to try again.
        retry_after: Duration,
    },
    /// The user has too many waiting.
    #[error("{waiting} submissions of this user are waiting, which is the most allowed")]
    UserFull {
        /// So many wait.
        waiting: usize,
        /// When to try again.
        retry_after: Duration,
    },
    /// The token has too many waiting, over all its users.
    #[error("{waiting} submissions of this token are waiting, which is the most allowed")]
    TokenFull {
        /// So many wait.
        waiting: usize,
        /// When to try again.
        retry_after: Duration,
    },
    /// The user is cooling down.
    #[error("too many submissions of this user in a row exceeded their time limit")]
    CoolingDown {
        /// When it ends.
        retry_after: Duration,
    },
    /// Another request came under the same idempotency key.
    #[error("this Idempotency-Key was used for another request, which is submission {earlier}")]
    KeyReused {
        /// The submission that it made.
        earlier: SubmissionId,
    },
    /// The problem was removed since it was looked at.
    #[error("the problem was removed just now")]
    NoProblem,
    /// An operator wants nothing new to be taken.
    #[error("an operator drains this server: it takes nothing new")]
    Draining,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// We failed.
    #[error("the server failed to accept the submission")]
    Failed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// All that `name` may answer.
    pub(crate) const NAMES: [&str; 10] = [
        "queue_full",
        "user_full",
        "token_full",
        "throttled",
        "key_reused",
        "no_problem",
        "draining",
        "stopping",
        "failed",
        "store",
    ];

    /// As metrics have it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Full { .. } => "queue_full",
            Self::UserFull { .. } => "user_full",
            Self::TokenFull { .. } => "token_full",
            Self::CoolingDown { .. } => "throttled",
            Self::KeyReused { .. } => "key_reused",
            Self::NoProblem => "no_problem",
            Self::Draining => "draining",
            Self::Stopping => "stopping",
            Self::Failed => "failed",
            Self::Store(_) => "store",
        }
    }
}
