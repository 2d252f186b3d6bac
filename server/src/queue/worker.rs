//! Takes submissions out of the queue, one at a time, and sees each to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use chrono::Utc;
use tracing::Instrument;

use super::{Job, Judging, Shared, Stage};
use crate::judge::{JudgeError, Judgement, Progress, Summary, Verdict};
use crate::sandbox::SandboxError;
use crate::store::StoreError;
use crate::submission::Submission;
use crate::telemetry;
use crate::throttle::Turn;

/// Pause before another attempt, and before the store is tried again.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn work<J: Judging>(shared: Arc<Shared>, judging: Arc<J>) {
    while let Some(job) = shared.next().await {
        let span = tracing::info_span!("submission", submission.id = %job.id, language = %job.language);
        let end = shared.see_to(&job, &*judging).instrument(span).await;
        shared.leave(&job, end);
    }
}

/// How a submission left a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// For good.
    Left,
    /// It waits again.
    Again,
}

/// How an attempt ended.
enum Attempt {
    Judged(Box<Judgement>),
    /// Cancelled, or the server is stopping: the store knows what to do with it.
    GivenUp,
    /// It never got to run.
    NotBegun(String),
    Failed(String),
}

impl Shared {
    /// The next submission; none when the server is stopping.
    async fn next(&self) -> Option<Arc<Job>> {
        loop {
            let arrived = self.arrived.notified();
            if self.closing.is_cancelled() {
                return None;
            }
            if let Some(job) = self.take() {
                return Some(job);
            }
            tokio::select! {
                () = arrived => {}
                () = self.closing.cancelled() => return None,
            }
        }
    }

    fn take(&self) -> Option<Arc<Job>> {
        let mut state = self.state();
        let job = state.waiting.pop()?;
        state.release(job.user.as_deref(), job.size);
        state.running += 1;
        Some(job)
    }

    fn leave(&self, job: &Arc<Job>, end: End) {
        let mut state = self.state();
        state.running -= 1;
        state.waiting.done(job.user.as_deref());
        match end {
            End::Left => {
                state.jobs.remove(&job.id);
                state.note_pace(Instant::now());
            }
            End::Again => {
                state.hold(job.user.clone(), job.size);
                state.waiting.push_front(job.user.as_deref(), Arc::clone(job));
            }
        }
        drop(state);
        match end {
            End::Left => job.left.cancel(),
            End::Again => self.arrived.notify_one(),
        }
    }

    /// One attempt, with all that the store must know of it.
    async fn see_to<J: Judging>(&self, job: &Arc<Job>, judging: &J) -> End {
        let begun = if job.begun.swap(false, Ordering::Relaxed) {
            Some(1)
        } else {
            let Some(begun) = self.insist(job, "begin an attempt", || self.store.begin(job.id)).await else {
                return End::Left;
            };
            begun
        };
        let Some(attempt) = begun else {
            // Cancelled while it waited.
            return End::Left;
        };
        telemetry::waited(job.accepted.elapsed());
        let outcome = if attempt > self.policy.attempts {
            Attempt::Failed("the server stopped unexpectedly during every attempt".into())
        } else {
            self.attempt(job, judging).await
        };
        if matches!(outcome, Attempt::Failed(_)) {
            telemetry::attempt_failed();
        }
        match outcome {
            Attempt::Judged(judgement) => self.finish(job, attempt, &judgement).await,
            Attempt::GivenUp => self.requeue(job, attempt, true).await,
            Attempt::NotBegun(why) => {
                tracing::warn!(attempt, "Putting the submission back: {why}");
                self.pause().await;
                self.requeue(job, attempt, true).await
            }
            Attempt::Failed(why) if attempt >= self.policy.attempts => {
                tracing::error!(attempt, "Gave up on the submission: {why}");
                self.finish(job, attempt, &internal_error(&why, attempt)).await
            }
            Attempt::Failed(why) => {
                tracing::warn!(attempt, "Trying the submission again: {why}");
                self.pause().await;
                self.requeue(job, attempt, false).await
            }
        }
    }

    async fn attempt<J: Judging>(&self, job: &Arc<Job>, judging: &J) -> Attempt {
        let submission = match self.submission(job).await {
            Ok(Some(submission)) => submission,
            Ok(None) => return Attempt::GivenUp,
            Err(why) => return Attempt::Failed(why.to_string()),
        };
        let progress = |progress| job.advance(stage(progress));
        let began = Instant::now();
        let judged = tokio::select! {
            judged = judging.judge(&submission, &progress, &job.cancel) => judged,
            () = self.giving_up.cancelled() => return Attempt::GivenUp,
        };
        telemetry::attempted(&job.language, began.elapsed());
        match judged {
            Ok(judgement) => Attempt::Judged(Box::new(judgement)),
            Err(JudgeError::Cancelled) => Attempt::GivenUp,
            Err(JudgeError::Sandbox(why @ (SandboxError::Busy { .. } | SandboxError::Stopping))) => {
                Attempt::NotBegun(why.to_string())
            }
            Err(why) => Attempt::Failed(telemetry::chain(&why)),
        }
    }

    async fn submission(&self, job: &Arc<Job>) -> Result<Option<Arc<Submission>>, StoreError> {
        match &job.submission {
            Some(kept) => Ok(Some(Arc::clone(kept))),
            None => Ok(self.store.request(job.id).await?.map(Arc::new)),
        }
    }

    async fn finish(&self, job: &Arc<Job>, attempt: u32, judgement: &Judgement) -> End {
        let turn = match &job.user {
            Some(user) => self.throttle.count(user, judgement.verdict, Utc::now()).await,
            None => None,
        };
        let strikes = turn.as_ref().map(Turn::strikes);
        let finish = || self.store.finish(job.id, attempt, judgement, strikes.clone());
        let Some(done) = self.insist(job, "store a judgement", finish).await else {
            return End::Left;
        };
        if done {
            turn.into_iter().for_each(Turn::take_over);
            telemetry::judged(&job.language, judgement);
            let verdict = judgement.verdict;
            tracing::info!(verdict = ?verdict, since = %job.created_at, "Judged submission {}: {verdict:?}", job.id);
            job.advance(Stage::Done);
        }
        End::Left
    }

    async fn requeue(&self, job: &Arc<Job>, attempt: u32, uncounted: bool) -> End {
        if job.cancel.is_cancelled() {
            return End::Left;
        }
        let requeue = || self.store.requeue(job.id, attempt, uncounted);
        if self.insist(job, "put a submission back", requeue).await.is_none() {
            return End::Left;
        }
        job.advance(Stage::Queued);
        End::Again
    }

    /// Tries until the store serves; none when the submission is cancelled or the server stops before that. In the
    /// latter case the store says that it is running, and the next start puts it back into the queue.
    async fn insist<T, F>(&self, job: &Job, doing: &str, action: impl Fn() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        loop {
            match action().await {
                Ok(done) => return Some(done),
                Err(why) => tracing::error!(error = %why, "Failed to {doing}; trying again"),
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.giving_up.cancelled() => return None,
                () = job.cancel.cancelled() => return None,
            }
        }
    }

    async fn pause(&self) {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.closing.cancelled() => {}
        }
    }
}

fn stage(progress: Progress) -> Stage {
    match progress {
        Progress::Compiling => Stage::Compiling,
        Progress::Running { done } => Stage::Running { done },
    }
}

fn internal_error(why: &str, attempts: u32) -> Judgement {
    Judgement {
        verdict: Verdict::InternalError,
        reason: Some(format!("the judge failed {attempts} times; the last time: {why}")),
        compile: None,
        tests: Vec::new(),
        summary: Summary::default(),
    }
}
