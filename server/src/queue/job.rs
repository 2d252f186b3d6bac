//! A submission in the queue.

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use chrono::{DateTime, SubsecRound as _, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::party::Party;
use super::stage::Stage;
use crate::judge::Tested;
use crate::store::{Finished, Record, StoredState, Unfinished};
use crate::submission::{Footprint, Submission, SubmissionId};

/// A submission with its judgement, as the store has them at the moment at which it is judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The submission.
    pub record: Record,
    /// What its judgement takes in its row, in bytes.
    pub size: u64,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: SubmissionId,
    pub(super) party: Party,
    pub(super) language: String,
    /// What it takes on the disk.
    pub(super) footprint: Footprint,
    pub(super) accepted: Instant,
    pub(super) created_at: DateTime<Utc>,
    /// Kept where it is small, or starts at once; else it is in the store only.
    pub(super) submission: Option<Arc<Submission>>,
    /// An earlier version of the server has stored it, all in one row.
    pub(super) is_old: bool,
    /// Attempts that have failed while this server serves.
    pub(super) failures: AtomicU32,
    pub(super) stage: watch::Sender<Stage>,
    /// Tests of the present attempt that are done, and may be told.
    pub(super) tests: Mutex<Vec<Tested>>,
    /// What whoever waits need not read from the store.
    pub(super) judged: OnceLock<Judged>,
    pub(super) cancel: CancellationToken,
    /// It has left the queue, and nothing of it runs.
    pub(super) left: CancellationToken,
}

/// A job that waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) job: Arc<Job>,
    pub(super) next: Next,
}

/// The attempt that a worker is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another one.
    Another,
    /// The first, which was stored together with the submission.
    Stored,
    /// One that a server had begun which died before there was a sandbox for it.
    Lost,
}

impl Job {
    pub(super) fn new(submission: &Arc<Submission>, created_at: DateTime<Utc>, is_kept: bool) -> Self {
        Self {
            id: submission.id,
            party: Party::of(submission),
            language: submission.language.clone(),
            footprint: submission.footprint(),
            accepted: Instant::now(),
            created_at,
            submission: is_kept.then(|| Arc::clone(submission)),
            is_old: false,
            failures: AtomicU32::new(0),
            stage: watch::Sender::new(Stage::Queued),
            tests: Mutex::default(),
            judged: OnceLock::new(),
            cancel: CancellationToken::new(),
            left: CancellationToken::new(),
        }
    }

    pub(super) fn restored(unfinished: Unfinished) -> Self {
        let Unfinished { about, language, created_at, footprint, is_old, is_lost: _ } = unfinished;
        Self {
            id: about.id,
            party: Party { token: about.token, user: about.user },
            language,
            footprint,
            accepted: Instant::now(),
            created_at,
            submission: None,
            is_old,
            failures: AtomicU32::new(0),
            stage: watch::Sender::new(Stage::Queued),
            tests: Mutex::default(),
            judged: OnceLock::new(),
            cancel: CancellationToken::new(),
            left: CancellationToken::new(),
        }
    }

    /// A test is done.
    pub(super) fn tested(&self, tested: Tested) {
        self.tests().push(tested);
        self.advance(Stage::Running { done: tested.done });
    }

    pub(super) fn tests(&self) -> MutexGuard<'_, Vec<Tested>> {
        self.tests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a judgement in the store.
    pub(super) fn finish(&self, finished: Finished) {
        let judged = self.submission.as_deref().zip(finished.judgement);
        let judged = judged.map(|(submission, judgement)| Judged {
            size: finished.size,
            record: Record {
                id: self.id,
                user: self.party.user.clone(),
                token: self.party.token.as_deref().map(str::to_owned),
                reference: submission.reference.clone(),
                language: self.language.clone(),
                problem: submission.problem.clone(),
                is_problem_removed: false,
                state: StoredState::Done,
                verdict: Some(judgement.verdict),
                created_at: self.created_at.trunc_subsecs(3),
                finished_at: Some(finished.at),
                rejudged_at: None,
                is_awaiting_rejudge: false,
                judgement: Some(judgement),
            },
        });
        if let Some(judged) = judged {
            // It is judged once.
            drop(self.judged.set(judged));
        }
        self.advance(Stage::Done);
    }

    /// A later stage; what is final stays.
    pub(super) fn advance(&self, next: Stage) {
        if next == Stage::Queued {
            self.tests().clear();
        }
        self.stage.send_if_modified(|stage| {
            let change = !stage.is_final() && *stage != next;
            if change {
                *stage = next;
            }
            change
        });
    }
}
