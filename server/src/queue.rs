//! Submissions on their way to a judgement: bounded, fair between users, durable.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod fair;
mod job;
mod party;
mod place;
mod refusal;
mod spare;
mod stage;
mod state;
mod stored;
mod turns;
mod worker;

pub use job::Judged;
use job::{Job, Next};
use party::Party;
use place::Place;
pub use refusal::Refusal;
pub use spare::Spare;
pub use stage::Stage;
use state::State;
pub(crate) use worker::is_of_a_full_disk;

use crate::config::QueueConfig;
use crate::events::About;
use crate::judge::{Courtesy, Executor, Judge, JudgeError, Judgement, Progress, Tested};
use crate::language::Language;
use crate::store::{Cancelled, Inserted, Insertion, NewRecord, Store, StoreError};
use crate::submission::{Footprint, RunLimits, Submission, SubmissionId};
use crate::telemetry;
use crate::throttle::Throttle;
use crate::tokens::{Sees, Terms, Tokens};
use crate::watched::said;

/// Larger submissions are not kept in memory while they wait, but read from the store when their turn comes.
const KEEP_IN_MEMORY: u64 = 4 * 1024;
/// So many users at one time find a worker free, whatever others have sent.
pub const USERS: usize = 4;
/// After this long without an end the answer to a cancel is given all the same, and a stopping server goes on.
pub(crate) const CANCEL_PATIENCE: Duration = Duration::from_secs(2);

/// Judges a submission: [`Judge`], or a stand-in in tests of the queue.
pub trait Judging: Send + Sync + 'static {
    /// As [`Judge::judge`].
    fn judge(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Judgement, JudgeError>> + Send;

    /// As [`Judge::judge_behind`].
    fn judge_behind(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        _courtesy: &dyn Courtesy,
    ) -> impl Future<Output = Result<Judgement, JudgeError>> + Send {
        self.judge(submission, progress, cancel)
    }

    /// As [`Judge::version`].
    fn version(
        &self,
        _language: &Language,
        _limits: &RunLimits,
        _cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Option<String>, JudgeError>> + Send {
        async { Ok(None) }
    }
}

impl<E: Executor> Judging for Judge<E> {
    async fn judge(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Judgement, JudgeError> {
        Self::judge(self, submission, progress, cancel).await
    }

    async fn judge_behind(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        courtesy: &dyn Courtesy,
    ) -> Result<Judgement, JudgeError> {
        Self::judge_behind(self, submission, progress, cancel, courtesy).await
    }

    async fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        Self::version(self, language, limits, cancel).await
    }
}

/// A handle on the queue and its workers.
#[derive(Debug, Clone)]
pub struct Queue {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: QueueConfig,
    store: Store,
    throttle: Arc<Throttle>,
    tokens: Tokens,
    state: Mutex<State>,
    /// Something waits that no worker has looked at.
    arrived: Notify,
    /// Nothing waits or runs any more, or nothing does that is judged behind others.
    idle: Notify,
    /// No new submissions, as an operator wants it.
    draining: AtomicBool,
    /// No new submissions, and no new attempts.
    closing: CancellationToken,
    /// Attempts that still run are given up, and go back into the queue.
    giving_up: CancellationToken,
    workers: TaskTracker,
    runtime: tokio::runtime::Handle,
}

impl Queue {
    /// Restores what waits in the store and starts `workers` workers, of which one user gets a part.
    ///
    /// # Errors
    /// The store's.
    pub async fn start<J: Judging>(
        policy: QueueConfig,
        store: Store,
        throttle: Arc<Throttle>,
        tokens: Tokens,
        judging: Arc<J>,
        workers: usize,
    ) -> Result<Self, StoreError> {
        let mut state = State::new(workers.max(1));
        for unfinished in store.restore().await? {
            let about = Arc::new(unfinished.about.clone());
            store.events().enter(Arc::clone(&about));
            store.events().stored(about.id);
            let next = if unfinished.is_lost { Next::Lost } else { Next::Another };
            let job = Arc::new(Job::restored(unfinished));
            state.hold(&job.party);
            state.stored.hold(&job.footprint);
            let priority = tokens.terms(job.party.token.as_deref()).priority;
            state.enqueue(job, priority, next);
        }
        let shared = Arc::new(Shared {
            policy,
            store,
            throttle,
            tokens,
            state: Mutex::new(state),
            arrived: Notify::new(),
            idle: Notify::new(),
            draining: AtomicBool::new(false),
            closing: CancellationToken::new(),
            giving_up: CancellationToken::new(),
            workers: TaskTracker::new(),
            runtime: tokio::runtime::Handle::current(),
        });
        for _ in 0..workers.max(1) {
            shared.workers.spawn(worker::work(Arc::clone(&shared), Arc::clone(&judging)));
        }
        shared.workers.close();
        Ok(Self { shared })
    }

    /// Accepts a submission: when this returns it is on disk. Returns its id, which is that of an earlier one where
    /// the same request came before under the same idempotency key. A caller that goes away changes nothing.
    ///
    /// # Errors
    /// Any [`Refusal`]; then nothing is stored.
    pub async fn submit(
        &self,
        submission: Arc<Submission>,
        idempotency: Option<(String, [u8; 32])>,
    ) -> Result<SubmissionId, Refusal> {
        let shared = Arc::clone(&self.shared);
        let accepting = async move { shared.accept(submission, idempotency).await };
        let mut accepting = surviving(accepting).boxed();
        // Up to where it waits for the disk, an attempt perhaps being under way by then, no other thread need be woken for it.
        let accepted = match (&mut accepting).now_or_never() {
            Some(accepted) => accepted,
            None => self.shared.runtime.spawn(accepting).await.unwrap_or(Err(Refusal::Failed)),
        };
        if let Err(refusal) = &accepted {
            telemetry::refused(refusal.name());
        }
        accepted
    }

    /// May more come of a body that goes to the disk? How much of it is there already nobody knows before it is whole,
    /// as where a class sends one input together: only then it is held against what waits, by [`Self::submit`]. One that is
    /// likely to have been accepted before adds nothing to what waits.
    ///
    /// # Errors
    /// [`Refusal::Full`] where what waits takes all that it may without it, and where the disk is full.
    pub fn check_upload(&self, is_repeated: bool) -> Result<(), Refusal> {
        self.shared.store.check_room()?;
        let state = self.shared.state();
        if !is_repeated && state.stored.bytes() >= self.shared.policy.max_bytes.get() {
            return Err(Refusal::Full { waiting: state.total, retry_after: state.retry_after() });
        }
        Ok(())
    }

    /// The tokens that submissions come with.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.shared.tokens
    }

    /// Follows a submission that is not finished yet.
    pub fn follow(&self, id: SubmissionId) -> Option<watch::Receiver<Stage>> {
        self.shared.state().jobs.get(&id).map(|job| job.stage.subscribe())
    }

    /// Waits until a submission that is seen is finished, the server stops, or `patience` has passed. What is told is what would
    /// be read from the store, if it was judged meanwhile and is small.
    pub async fn wait(&self, sees: &Sees, id: SubmissionId, patience: Duration) -> Option<Judged> {
        let job = self.shared.state().jobs.get(&id).cloned()?;
        if !sees.has(job.party.token.as_deref()) {
            return None;
        }
        let mut stage = job.stage.subscribe();
        let finished = tokio::time::timeout(patience, stage.wait_for(|stage| stage.is_final()));
        tokio::select! {
            _ = finished => {}
            () = self.closing() => {}
        }
        job.judged.get().cloned()
    }

    /// The tests of a submission that are done, behind the first so many, or from the first where it runs anew; and how many
    /// are done.
    pub fn tested(&self, id: SubmissionId, behind: usize) -> (Vec<Tested>, usize) {
        let job = self.shared.state().jobs.get(&id).cloned();
        let Some(job) = job else { return (Vec::new(), 0) };
        let tests = job.tests();
        (tests.get(behind..).unwrap_or(&tests).to_vec(), tests.len())
    }

    /// Where a waiting submission stands: 1 = next.
    pub fn position(&self, id: SubmissionId) -> Option<usize> {
        let state = self.shared.state();
        let party = &state.jobs.get(&id)?.party;
        state.waiting.position(party, |waiting| waiting.job.id == id)
    }

    /// Cancels a submission that is seen and returns once nothing of it runs.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancel(&self, sees: &Sees, id: SubmissionId) -> Result<Cancelled, StoreError> {
        let outcome = self.shared.store.cancel(sees, id).await?;
        if outcome == Cancelled::Now {
            let job = self.shared.state().jobs.get(&id).cloned();
            if let Some(job) = job {
                self.shared.withdraw(&job);
                drop(tokio::time::timeout(CANCEL_PATIENCE, job.left.cancelled()).await);
            }
        }
        Ok(outcome)
    }

    /// Submissions waiting and running.
    pub fn depth(&self) -> (usize, usize) {
        let state = self.shared.state();
        (state.waiting.len(), state.running)
    }

    /// Has nothing new taken, or again what comes; what was taken is judged. Holds until the server stops.
    pub fn drain(&self, drained: bool) {
        self.shared.draining.store(drained, Ordering::Relaxed);
    }

    /// Nothing new is taken, as an operator wants it.
    pub fn is_draining(&self) -> bool {
        self.shared.draining.load(Ordering::Relaxed)
    }

    /// May something new come?
    ///
    /// # Errors
    /// [`Refusal::Draining`].
    pub fn check_open(&self) -> Result<(), Refusal> {
        if !self.is_draining() {
            return Ok(());
        }
        telemetry::refused(Refusal::Draining.name());
        Err(Refusal::Draining)
    }

    /// When a submission at this place may have its turn, at the present pace.
    pub fn wait_of(&self, position: usize) -> Duration {
        self.shared.state().wait_of(position)
    }

    /// The server is stopping.
    pub fn is_closing(&self) -> bool {
        self.shared.closing.is_cancelled()
    }

    /// Completes when the server is stopping.
    pub async fn closing(&self) {
        self.shared.closing.cancelled().await;
    }

    /// Takes nothing more, waits for running attempts as long as configured, and gives up the rest: they are judged
    /// after the next start.
    pub async fn close(&self) {
        self.shared.closing.cancel();
        let drained = tokio::time::timeout(self.shared.policy.drain, self.shared.workers.wait()).await;
        if drained.is_err() {
            tracing::warn!(
                running = self.depth().1,
                "Giving up what still runs; it is judged after the next start"
            );
            self.shared.giving_up.cancel();
            drop(tokio::time::timeout(CANCEL_PATIENCE, self.shared.workers.wait()).await);
        }
    }
}

/// Accepts, or panics over it: then it has failed, whichever thread that was, and whoever sent it is told so.
async fn surviving<T>(accepting: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    AssertUnwindSafe(accepting).catch_unwind().await.unwrap_or_else(|panic| {
        tracing::error!("Accepting a submission panicked: {}", said(&*panic));
        Err(Refusal::Failed)
    })
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn accept(
        &self,
        submission: Arc<Submission>,
        idempotency: Option<(String, [u8; 32])>,
    ) -> Result<SubmissionId, Refusal> {
        self.store.check_room()?;
        let created_at = Utc::now();
        let place = self.reserve(&submission, created_at)?;
        // A request that may be a repetition waits for the store's word.
        let begun = idempotency.is_none() && self.state().has_idle_worker();
        let is_kept = begun || place.footprint.row <= KEEP_IN_MEMORY;
        let job = Arc::new(Job::new(&submission, created_at, is_kept));
        let about = Arc::new(About::of(&submission));
        let new = NewRecord { submission, created_at, idempotency, begun };
        if begun {
            self.start_at_once(job, about, new, place).await
        } else {
            self.store_then_enqueue(job, about, new, place).await
        }
    }

    /// Where a worker is idle, it starts while the disk is still at it: the first attempt is stored together with the
    /// submission, and nobody is told anything before that.
    async fn start_at_once(
        &self,
        job: Arc<Job>,
        about: Arc<About>,
        new: NewRecord,
        place: Place<'_>,
    ) -> Result<SubmissionId, Refusal> {
        let storing = self.store.insert(new).await?;
        self.store.events().enter(about);
        self.enqueue(&job, Next::Stored, place);
        let refusal = match storing.settled().await {
            Ok(Insertion { inserted: Inserted::NoProblem, .. }) => Refusal::NoProblem,
            Ok(_) => {
                self.store.events().stored(job.id);
                return Ok(job.id);
            }
            Err(why) => why.into(),
        };
        self.store.events().leave(job.id);
        self.withdraw(&job);
        Err(refusal)
    }

    async fn store_then_enqueue(
        &self,
        job: Arc<Job>,
        about: Arc<About>,
        new: NewRecord,
        place: Place<'_>,
    ) -> Result<SubmissionId, Refusal> {
        // Once it is on disk it can be cancelled, which is told behind this.
        self.store.events().enter(about);
        match self.store.insert(new).await?.settled().await?.inserted {
            Inserted::New => {
                self.store.events().stored(job.id);
                self.enqueue(&job, Next::Another, place);
                Ok(job.id)
            }
            Inserted::Repeated(earlier) => Ok(earlier),
            Inserted::KeyReused(earlier) => Err(Refusal::KeyReused { earlier }),
            Inserted::NoProblem => Err(Refusal::NoProblem),
        }
    }

    fn enqueue(&self, job: &Arc<Job>, next: Next, place: Place<'_>) {
        let priority = self.terms(&job.party).priority;
        self.state().enqueue(Arc::clone(job), priority, next);
        place.take();
        self.arrived.notify_one();
    }

    /// What a party's token has of the queue.
    fn terms(&self, party: &Party) -> Terms {
        self.tokens.terms(party.token.as_deref())
    }

    /// A place for a submission, if there is one.
    fn reserve(&self, submission: &Submission, now: DateTime<Utc>) -> Result<Place<'_>, Refusal> {
        if self.closing.is_cancelled() {
            return Err(Refusal::Stopping);
        }
        let (party, footprint) = (Party::of(submission), submission.footprint());
        let person = party.person();
        if let Some(retry_after) = person.and_then(|person| self.throttle.of(&person, now).remaining(now)) {
            return Err(Refusal::CoolingDown { retry_after });
        }
        let quota = self.terms(&party).quota;
        let mut state = self.state();
        self.check_room(&state, &footprint)?;
        self.check_parts(&state, &party, quota)?;
        state.hold(&party);
        state.stored.hold(&footprint);
        drop(state);
        Ok(Place::reserved(self, submission.id, party, footprint))
    }

    /// Is there room for another of anybody?
    fn check_room(&self, state: &State, footprint: &Footprint) -> Result<(), Refusal> {
        let waiting = state.total;
        // One that is larger than the bound alone may still come when nothing else waits, a large one when nothing runs.
        let others = waiting > 0 || (!footprint.files.is_empty() && state.stored.bytes() > 0);
        let full = others && !state.stored.has_room_for(footprint, self.policy.max_bytes);
        if full || waiting >= self.policy.capacity {
            return Err(Refusal::Full { waiting, retry_after: state.retry_after() });
        }
        Ok(())
    }

    /// Does a token, and a user of it, have no more than may wait of theirs?
    fn check_parts(&self, state: &State, party: &Party, quota: Option<usize>) -> Result<(), Refusal> {
        let retry_after = state.retry_after();
        let of_token =
            party.token.as_ref().and_then(|token| state.of_tokens.get(token)).copied().unwrap_or(0);
        if quota.is_some_and(|quota| of_token >= quota) {
            return Err(Refusal::TokenFull { waiting: of_token, retry_after });
        }
        let own = state.reserved.get(party).copied().unwrap_or(0);
        if party.user.is_some() && own >= self.policy.per_user {
            return Err(Refusal::UserFull { waiting: own, retry_after });
        }
        Ok(())
    }

    /// Takes a cancelled submission out of the queue, or ends its attempt.
    fn withdraw(&self, job: &Arc<Job>) {
        let mut state = self.state();
        let waited = state.waiting.remove(&job.party, |other| other.job.id == job.id).is_some();
        if waited {
            state.release(&job.party);
            state.stored.release(&job.footprint);
            state.jobs.remove(&job.id);
        }
        drop(state);
        job.cancel.cancel();
        job.stage.send_replace(Stage::Cancelled);
        if waited {
            job.left.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_panicked_over_is_told_that_it_failed() {
        let at_once: Result<(), _> = surviving(async { panic!("by the test's will") }).await;
        assert!(matches!(at_once, Err(Refusal::Failed)), "{at_once:?}");
        let later: Result<(), _> = surviving(async {
            tokio::task::yield_now().await;
            panic!("by the test's will")
        })
        .await;
        assert!(matches!(later, Err(Refusal::Failed)), "{later:?}");
        assert!(matches!(surviving(async { Err::<(), _>(Refusal::Stopping) }).await, Err(Refusal::Stopping)));
        assert_eq!(surviving(async { Ok(7) }).await.ok(), Some(7));
    }
}
