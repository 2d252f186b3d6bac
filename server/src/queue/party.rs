//! Whose a submission is, as the queue sees it.

use std::sync::Arc;

use crate::submission::{Submission, person};

/// A user of a named token, or of none: one who takes turns with others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Party {
    /// The token; all its users together have its part of the queue.
    pub(super) token: Option<Arc<str>>,
    /// The user; those without one share one turn.
    pub(super) user: Option<String>,
}

impl Party {
    pub(super) fn of(submission: &Submission) -> Self {
        Self { token: submission.token.clone(), user: submission.user.clone() }
    }

    /// The user among those of all tokens, by whom strikes are counted.
    pub(super) fn person(&self) -> Option<String> {
        self.user.as_deref().map(|user| person(self.token.as_deref(), user))
    }
}
