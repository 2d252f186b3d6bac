//! A submission in the queue.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::store::Unfinished;
use crate::submission::{Submission, SubmissionId};

/// Where a submission has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting.
    Queued,
    /// Being compiled.
    Compiling,
    /// Running on its test cases.
    Running {
        /// So many are done.
        done: u32,
    },
    /// Judged: the judgement is in the store.
    Done,
    /// There will be no judgement.
    Cancelled,
}

impl Stage {
    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: SubmissionId,
    pub(super) user: Option<String>,
    pub(super) language: String,
    /// Bytes of what was sent.
    pub(super) size: u64,
    pub(super) accepted: Instant,
    pub(super) created_at: DateTime<Utc>,
    /// Kept where it is small; else it is in the store only.
    pub(super) submission: Option<Arc<Submission>>,
    /// The first attempt was stored with the submission. Taken by the worker that makes it.
    pub(super) begun: AtomicBool,
    pub(super) stage: watch::Sender<Stage>,
    pub(super) cancel: CancellationToken,
    /// It has left the queue, and nothing of it runs.
    pub(super) left: CancellationToken,
}

impl Job {
    pub(super) fn new(
        submission: &Submission,
        created_at: DateTime<Utc>,
        size: u64,
        kept: Option<Arc<Submission>>,
        begun: bool,
    ) -> Self {
        Self {
            size,
            begun: AtomicBool::new(begun),
            id: submission.id,
            user: submission.user.clone(),
            language: submission.language.clone(),
            accepted: Instant::now(),
            created_at,
            submission: kept,
            stage: watch::Sender::new(Stage::Queued),
            cancel: CancellationToken::new(),
            left: CancellationToken::new(),
        }
    }

    pub(super) fn restored(unfinished: Unfinished) -> Self {
        let Unfinished { id, user, language, created_at, size } = unfinished;
        Self {
            size,
            id,
            user,
            language,
            accepted: Instant::now(),
            created_at,
            submission: None,
            begun: AtomicBool::new(false),
            stage: watch::Sender::new(Stage::Queued),
            cancel: CancellationToken::new(),
            left: CancellationToken::new(),
        }
    }

    /// A later stage; what is final stays.
    pub(super) fn advance(&self, next: Stage) {
        self.stage.send_if_modified(|stage| {
            let change = !stage.is_final() && *stage != next;
            if change {
                *stage = next;
            }
            change
        });
    }
}
