//! Takes submissions out of the queue, one at a time, and sees each to its end.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::FutureExt;
use tracing::Instrument;

use super::job::{Next, Waiting};
use super::{Job, Judging, Shared, Stage};
use crate::judge::{JudgeError, Judgement, Progress};
use crate::sandbox::SandboxError;
use crate::store::{Begun, Converted, StoreError};
use crate::submission::Submission;
use crate::telemetry;
use crate::throttle::Turn;
use crate::watched::said;

/// Pause before another attempt, and before the store is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// So many attempts are made at most, also where the server died over each. One that takes the server down is among them, and
/// so are those that had a sandbox beside it: more than attempts may fail in a server that lives.
const MOST_ATTEMPTS: u32 = 10;

/// So often a server may die over one before there is a sandbox for it. That is most likely not its doing, unless it takes
/// the whole machine down, with the notes of who had a sandbox, or the server as soon as it is read.
const MOST_LOST: u32 = 100;

pub(super) async fn work<J: Judging>(shared: Arc<Shared>, judging: Arc<J>) {
    while let Some(waiting) = shared.next().await {
        let job = Arc::clone(&waiting.job);
        let span = tracing::info_span!("submission", submission.id = %job.id, language = %job.language);
        let end = survive(&job, shared.see_to(waiting, &*judging).instrument(span)).await;
        shared.leave(&job, end);
    }
}

/// What became of a submission, also where we panicked over it: then it waits again, and its attempts are counted.
async fn survive(job: &Job, seeing: impl Future<Output = End>) -> End {
    let panic = match AssertUnwindSafe(seeing).catch_unwind().await {
        Ok(end) => return end,
        Err(panic) => panic,
    };
    tracing::error!("A worker panicked over submission {}: {}", job.id, said(&*panic));
    tokio::time::sleep(PAUSE).await;
    if job.cancel.is_cancelled() { End::Left } else { End::Again }
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
    /// No sandbox was free in time, be it for a later test, or the disk is full: that counts as no attempt.
    NotServed(String),
    Failed(String),
    /// No other attempt would go better.
    Hopeless(String),
}

impl Shared {
    /// The next submission; none when the server is stopping.
    async fn next(&self) -> Option<Waiting> {
        loop {
            // Listens before it looks: what arrives in between wakes somebody all the same.
            let mut arrived = pin!(self.arrived.notified());
            arrived.as_mut().enable();
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

    fn take(&self) -> Option<Waiting> {
        let mut state = self.state();
        let waiting = state.waiting.pop()?;
        state.release(&waiting.job.party);
        state.running += 1;
        Some(waiting)
    }

    fn leave(&self, job: &Arc<Job>, end: End) {
        if end == End::Again {
            self.advance(job, Stage::Queued);
        }
        let priority = self.terms(&job.party).priority;
        let mut state = self.state();
        state.running -= 1;
        state.waiting.done(&job.party);
        match end {
            End::Left => {
                state.jobs.remove(&job.id);
                state.stored.release(&job.footprint);
                state.note_pace(Instant::now());
            }
            End::Again => {
                state.hold(&job.party);
                let waiting = Waiting { job: Arc::clone(job), next: Next::Another };
                state.waiting.push_front(&job.party, priority, waiting);
            }
        }
        let is_idle = state.is_idle();
        drop(state);
        if is_idle {
            self.idle.notify_waiters();
        }
        match end {
            End::Left => {
                self.store.events().leave(job.id);
                job.left.cancel();
            }
            End::Again => self.arrived.notify_one(),
        }
    }

    /// One attempt, with all that the store must know of it.
    async fn see_to<J: Judging>(&self, waiting: Waiting, judging: &J) -> End {
        let Waiting { job, next } = &waiting;
        let begun = match next {
            Next::Stored => Some(Begun { attempt: 1, lost: 0 }),
            Next::Another => self.begin(job, false).await,
            Next::Lost => self.begin(job, true).await,
        };
        let Some(Begun { attempt, lost }) = begun else {
            // Cancelled while it waited, or given up.
            return End::Left;
        };
        telemetry::waited(job.accepted.elapsed());
        let most = self.policy.attempts.max(MOST_ATTEMPTS);
        // Until all is stored that comes of the attempt.
        let note = OnceLock::new();
        let outcome = if attempt > most || lost > MOST_LOST {
            Attempt::Hopeless("the server stopped unexpectedly during every attempt".into())
        } else {
            let served = || {
                note.get_or_init(|| self.store.served().note(job.id, attempt));
            };
            let attempt = AssertUnwindSafe(self.attempt(job, judging, &served)).catch_unwind().await;
            attempt.unwrap_or_else(|panic| Attempt::Failed(format!("the judge panicked: {}", said(&*panic))))
        };
        match outcome {
            Attempt::Judged(judgement) => {
                self.finish(job, attempt, &judgement).await;
                End::Left
            }
            Attempt::GivenUp => self.requeue(job, attempt, true).await,
            Attempt::NotServed(why) => {
                tracing::warn!(attempt, "Putting the submission back: {why}");
                self.pause().await;
                self.requeue(job, attempt, true).await
            }
            Attempt::Hopeless(why) => {
                if self.give_up(job, attempt, why).await {
                    telemetry::attempt_failed();
                }
                End::Left
            }
            Attempt::Failed(why) => {
                telemetry::attempt_failed();
                let failures = job.failures.fetch_add(1, Ordering::Relaxed) + 1;
                if failures < self.policy.attempts {
                    tracing::warn!(attempt, "Trying the submission again: {why}");
                    self.pause().await;
                    return self.requeue(job, attempt, false).await;
                }
                let why = format!("the judge failed {attempt} times; the last time: {why}");
                self.give_up(job, attempt, why).await;
                End::Left
            }
        }
    }

    /// Ends a submission that cannot be judged. False where there is none: the first attempt may begin while the disk is still
    /// at it, and a problem that is removed meanwhile has it refused.
    async fn give_up(&self, job: &Arc<Job>, attempt: u32, why: String) -> bool {
        let judgement = self.internal_error(job, why.clone()).await;
        let is_there = self.finish(job, attempt, &judgement).await;
        if is_there {
            tracing::error!(attempt, "Gave up on the submission: {why}");
        }
        is_there
    }

    /// Begins an attempt; none where the submission does not wait any more.
    async fn begin(&self, job: &Arc<Job>, is_lost: bool) -> Option<Begun> {
        if job.is_old {
            let converting = || self.store.convert(job.id);
            if let Converted::Unreadable(why) = self.insist(job, "take over a submission", converting).await?
            {
                tracing::error!("Gave up on the submission: {why}");
                let judgement = Judgement::internal_error(why, 0);
                let giving_up = || self.store.give_up(job.id, &judgement);
                self.insist(job, "give up a submission", giving_up).await?;
                job.advance(Stage::Done);
                return None;
            }
        }
        self.insist(job, "begin an attempt", || self.store.begin(job.id, is_lost)).await?
    }

    /// Makes an attempt. `served` is told whenever there is a sandbox for it.
    async fn attempt<J: Judging>(
        &self,
        job: &Arc<Job>,
        judging: &J,
        served: &(dyn Fn() + Send + Sync),
    ) -> Attempt {
        let submission = match self.submission(job).await {
            Ok(Some(submission)) => submission.among_all(),
            Ok(None) => return Attempt::GivenUp,
            Err(why @ StoreError::Unreadable { .. }) => return Attempt::Hopeless(why.to_string()),
            Err(why) => return Attempt::Failed(why.to_string()),
        };
        let progress = |progress| match progress {
            Progress::Served => served(),
            Progress::Compiling => self.advance(job, Stage::Compiling),
            Progress::Running { done } => self.advance(job, Stage::Running { done }),
            Progress::Tested(tested) => {
                job.tested(tested);
                self.store.events().tested(job.id, tested);
            }
        };
        let began = Instant::now();
        let judged = tokio::select! {
            judged = judging.judge(&submission, &progress, &job.cancel) => judged,
            () = self.giving_up.cancelled() => return Attempt::GivenUp,
        };
        telemetry::attempted(&job.language, began.elapsed());
        match judged {
            Ok(judgement) => Attempt::Judged(Box::new(judgement)),
            // What it is made of goes with a cancelled one, perhaps from under its attempt.
            Err(_) if job.cancel.is_cancelled() => Attempt::GivenUp,
            Err(JudgeError::Cancelled) => Attempt::GivenUp,
            Err(why) if why.is_final() => Attempt::Hopeless(telemetry::chain(&why)),
            Err(JudgeError::Sandbox(why @ (SandboxError::Busy { .. } | SandboxError::Stopping))) => {
                Attempt::NotServed(why.to_string())
            }
            Err(why) if is_of_a_full_disk(&why) => Attempt::NotServed(telemetry::chain(&why)),
            Err(why) => Attempt::Failed(telemetry::chain(&why)),
        }
    }

    async fn submission(&self, job: &Arc<Job>) -> Result<Option<Arc<Submission>>, StoreError> {
        match &job.submission {
            Some(kept) => Ok(Some(Arc::clone(kept))),
            None => Ok(self.store.request(job.id).await?.map(Arc::new)),
        }
    }

    /// Ends a submission. False where it does not run, or is not there.
    async fn finish(&self, job: &Arc<Job>, attempt: u32, judgement: &Judgement) -> bool {
        let turn = match job.party.person() {
            Some(person) => self.throttle.count(&person, judgement.verdict, Utc::now()).await,
            None => None,
        };
        let struck = turn.as_ref().map(Turn::struck);
        // What an earlier version has stored names files since its turn came.
        let has_files = job.is_old || !job.footprint.files.is_empty();
        let finish = || self.store.finish(job.id, attempt, judgement, struck.clone(), has_files);
        let finished = self.insist(job, "store a judgement", finish).await.flatten();
        let Some(finished) = finished else { return false };
        turn.into_iter().for_each(Turn::take_over);
        telemetry::judged(&job.language, judgement);
        job.finish(finished);
        // Behind that: whoever waits need not wait for the log.
        let verdict = judgement.verdict;
        tracing::info!(%verdict, since = %job.created_at, "Judged submission {}: {verdict}", job.id);
        true
    }

    async fn requeue(&self, job: &Arc<Job>, attempt: u32, uncounted: bool) -> End {
        if job.cancel.is_cancelled() {
            return End::Left;
        }
        let requeue = || self.store.requeue(job.id, attempt, uncounted);
        if self.insist(job, "put a submission back", requeue).await.is_none() {
            return End::Left;
        }
        End::Again
    }

    /// It has come so far.
    fn advance(&self, job: &Job, stage: Stage) {
        job.advance(stage);
        self.store.events().advance(job.id, stage);
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

    /// The judgement of one that could not be judged.
    async fn internal_error(&self, job: &Arc<Job>, why: String) -> Judgement {
        let tests = self.submission(job).await.ok().flatten().map_or(0, |submission| submission.tests.len());
        Judgement::internal_error(why, tests)
    }

    async fn pause(&self) {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.closing.cancelled() => {}
        }
    }
}

/// It waits for room then, as it does for a sandbox. What a program writes goes to the disk while it runs, too.
pub(crate) fn is_of_a_full_disk(why: &JudgeError) -> bool {
    let (JudgeError::Workspace { source, .. } | JudgeError::Sandbox(SandboxError::Io { source, .. })) = why
    else {
        return false;
    };
    matches!(source.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::config::{Config, Overrides};
    use crate::judge::Verdict;
    use crate::judge::test_support::submission;
    use crate::queue::{Queue, Refusal};
    use crate::store::Store;
    use crate::submission::ProblemRef;
    use crate::telemetry::tests::logged;
    use crate::throttle::Throttle;
    use crate::tokens::{Sees, Tokens};

    /// Its problem was removed just then.
    struct NoProblem;

    impl Judging for NoProblem {
        async fn judge(
            &self,
            submission: &Submission,
            _progress: &(dyn Fn(Progress) + Send + Sync),
            _cancel: &CancellationToken,
        ) -> Result<Judgement, JudgeError> {
            let id = submission.problem.as_ref().map(|problem| problem.id.clone());
            Err(JudgeError::UnknownProblem(id.unwrap_or_default()))
        }
    }

    /// What is logged while this is submitted, and what was said of it.
    async fn submitted(submission: Submission) -> (String, Result<uuid::Uuid, Refusal>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
        let overrides = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
        let config = Config::load(&overrides).unwrap();
        let throttle = Arc::new(Throttle::new(config.throttle, HashMap::new()));
        let queue = Queue::start(config.queue, store, throttle, Tokens::default(), Arc::new(NoProblem), 1);
        let queue = queue.await.unwrap();
        let mut said = None;
        let log = logged(async {
            said = Some(queue.submit(Arc::new(submission), None).await);
            while !queue.shared.state().is_idle() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        (log.await, said.unwrap())
    }

    #[tokio::test]
    async fn a_submission_that_is_refused_has_not_failed_though_its_attempt_has_begun() {
        let problem = Some(ProblemRef { id: "race".into(), version: blake3::hash(b"").into() });
        let (log, said) = submitted(Submission { problem, ..submission("") }).await;
        assert!(matches!(said, Err(Refusal::NoProblem)), "{said:?}");
        assert!(!log.contains("ERROR"), "{log}");
        // One that is there has.
        let (log, said) = submitted(submission("")).await;
        assert!(said.is_ok() && log.contains("Gave up on the submission"), "{said:?} {log}");
    }

    #[test]
    fn a_disk_without_room_for_what_a_program_writes_is_a_full_one() {
        let read = |source| {
            let failed = SandboxError::Io { doing: "read the output", source };
            is_of_a_full_disk(&failed.into())
        };
        assert!(read(std::io::ErrorKind::StorageFull.into()));
        assert!(!read(std::io::ErrorKind::BrokenPipe.into()));
        assert!(!is_of_a_full_disk(&SandboxError::Stopping.into()));
    }

    #[tokio::test]
    async fn a_submission_over_which_a_worker_panics_waits_again() {
        let job = Job::new(&Arc::new(submission("int main")), Utc::now(), true);
        assert_eq!(survive(&job, async { panic!("by the test's will") }).await, End::Again);
        assert_eq!(survive(&job, async { End::Left }).await, End::Left);
        job.cancel.cancel();
        assert_eq!(survive(&job, async { panic!("by the test's will") }).await, End::Left);
    }

    struct Accepts;

    impl Judging for Accepts {
        async fn judge(
            &self,
            _submission: &Submission,
            _progress: &(dyn Fn(Progress) + Send + Sync),
            _cancel: &CancellationToken,
        ) -> Result<Judgement, JudgeError> {
            Ok(Judgement::empty(Verdict::Accepted))
        }
    }

    /// A worker that falls asleep just as something comes must see that: such a moment is rare, and tried often here.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_worker_sleeps_while_something_waits_however_often_that_is_tried() {
        const TIMES: usize = 2500;
        // Where there is one that costs no disk.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = directory.path();
        let store = Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
        let overrides = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
        let config = Config::load(&overrides).unwrap();
        let throttle = Arc::new(Throttle::new(config.throttle, HashMap::new()));
        let queue = Queue::start(config.queue, store, throttle, Tokens::default(), Arc::new(Accepts), 4);
        let queue = queue.await.unwrap();
        let clients = ["a", "b", "c", "d"].map(|user| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for _ in 0..TIMES {
                    let submission = Submission { user: Some(user.into()), ..submission("") };
                    let id = queue.submit(Arc::new(submission), None).await.unwrap();
                    let judged = queue.wait(&Sees::Everything, id, Duration::from_secs(600));
                    let judged = tokio::time::timeout(Duration::from_secs(120), judged).await;
                    assert!(judged.is_ok(), "a submission was left waiting");
                }
            })
        });
        for client in clients {
            client.await.unwrap();
        }
    }
}
