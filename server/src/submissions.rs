//! What every API does with submissions: submit, wait, follow, look at, list and cancel. Knows no transport.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::blobs::Blobs;
use crate::judge::{Tested, Verdict};
use crate::queue::{Judged, Queue, Refusal, Stage};
use crate::rejudges::Rejudges;
use crate::store::{Cancelled, Filter, Record, Store, StoreError, StoredState};
use crate::submission::{Submission, SubmissionId};
use crate::tokens::Sees;

/// Submissions, from their acceptance to their judgement and beyond.
#[derive(Debug, Clone)]
pub struct Submissions {
    queue: Queue,
    rejudges: Rejudges,
    store: Store,
}

/// Where a submission has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits.
    Queued,
    /// It is being compiled.
    Compiling,
    /// It runs on its test cases.
    Running,
    /// There is a judgement.
    Done,
    /// There will be none.
    Cancelled,
}

/// A submission as it stands at one moment.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What the store knows.
    pub record: Record,
    /// Where it has got to.
    pub state: State,
    /// Its place while it waits: 1 = next, 0 = its turn has come, and it waits for a sandbox.
    pub position: Option<usize>,
    /// How long it may take until its turn, while it waits.
    pub wait: Option<Duration>,
    /// The tests that are done, while it runs.
    pub tested: Vec<Tested>,
}

/// Which submissions to list.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of this user.
    pub user: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// In this language.
    pub language: Option<String>,
    /// Whose site calls them so: each of these names has this text.
    pub reference: Vec<(String, String)>,
    /// Judged by this problem.
    pub problem: Option<String>,
    /// Older than the page that ended here.
    pub before: Option<i64>,
    /// Of those that are seen.
    pub sees: Sees,
}

/// Some submissions, newest first, without their judgements.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The submissions.
    pub submissions: Vec<Standing>,
    /// [`Wanted::before`] of the next page, where there is one.
    pub next: Option<i64>,
}

impl Submissions {
    /// Those of this queue, which keeps them in this store.
    pub fn new(queue: Queue, rejudges: Rejudges, store: Store) -> Self {
        Self { queue, rejudges, store }
    }

    /// May more come of a body that goes to the disk? As [`Queue::check_upload`].
    ///
    /// # Errors
    /// That it may not.
    pub fn check_upload(&self, is_repeated: bool) -> Result<(), Refusal> {
        self.queue.check_upload(is_repeated)
    }

    /// Contents that are too large for memory.
    pub fn blobs(&self) -> &Blobs {
        self.store.blobs()
    }

    /// Nothing more is accepted.
    pub fn is_closing(&self) -> bool {
        self.queue.is_closing()
    }

    /// Completes when the server is stopping.
    pub async fn closing(&self) {
        self.queue.closing().await;
    }

    /// Accepts a submission, as [`Queue::submit`] does.
    ///
    /// # Errors
    /// Any [`Refusal`]; then nothing is stored.
    pub async fn submit(
        &self,
        submission: Submission,
        idempotency: Option<(String, [u8; 32])>,
    ) -> Result<SubmissionId, Refusal> {
        self.queue.submit(Arc::new(submission), idempotency).await
    }

    /// Waits until a submission that is seen is finished, the server stops, or `patience` has passed, as [`Queue::wait`]. With
    /// what its judgement takes, in bytes.
    pub async fn wait(&self, sees: &Sees, id: SubmissionId, patience: Duration) -> Option<(Standing, u64)> {
        let Judged { record, size } = self.queue.wait(sees, id, patience).await?;
        Some((Standing { record, state: State::Done, position: None, wait: None, tested: Vec::new() }, size))
    }

    /// Follows a submission that is not finished yet, or is to be judged again.
    ///
    /// # Errors
    /// The store's.
    pub async fn follow(&self, id: SubmissionId) -> Result<Option<watch::Receiver<Stage>>, StoreError> {
        match self.queue.follow(id) {
            Some(stage) => Ok(Some(stage)),
            None => self.rejudges.follow(id).await,
        }
    }

    /// When a submission at this place may have its turn, at the present pace.
    pub fn wait_of(&self, position: usize) -> Duration {
        self.queue.wait_of(position)
    }

    /// The tests of a submission that are done, as [`Queue::tested`].
    pub fn tested(&self, id: SubmissionId, behind: usize) -> (Vec<Tested>, usize) {
        self.queue.tested(id, behind)
    }

    /// Place of a submission that waits, as [`Standing::position`].
    pub fn position(&self, id: SubmissionId) -> usize {
        self.queue.position(id).unwrap_or(0)
    }

    /// A submission as it stands now, with its judgement once there is one.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(&self, id: SubmissionId) -> Result<Option<Standing>, StoreError> {
        // The queue first: what leaves it meanwhile is in the store.
        let live = self.stage(id);
        let record = self.store.get(id).await?;
        Ok(record.map(|record| self.standing_with_tests(record, live)))
    }

    /// As [`Self::get`] of one that is seen, without its judgement where that takes more than `most` bytes; and what it takes.
    ///
    /// # Errors
    /// The store's.
    pub async fn get_up_to(
        &self,
        sees: &Sees,
        id: SubmissionId,
        most: u32,
    ) -> Result<Option<(Standing, u64)>, StoreError> {
        let live = self.stage(id);
        let found = self.store.get_up_to(sees, id, most).await?;
        Ok(found.map(|(record, size)| (self.standing_with_tests(record, live), size)))
    }

    /// What a submission's judgement takes, in bytes: 0 while there is none. None where there is no submission
    /// that is seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn size(&self, sees: &Sees, id: SubmissionId) -> Result<Option<u64>, StoreError> {
        self.store.size(sees, id).await
    }

    /// At most `limit` submissions, newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(&self, wanted: Wanted, limit: usize) -> Result<Listed, StoreError> {
        let Wanted { user, state, verdict, language, reference, problem, before, sees } = wanted;
        let states = state.map(State::stored).unwrap_or_default();
        let mut filter = Filter { user, states, verdict, language, reference, problem, before, sees };
        let mut submissions = Vec::new();
        loop {
            let page = self.store.list(&filter, limit).await?;
            for (seq, record) in page.records {
                let live = self.stage(record.id);
                let standing = self.standing(record, live);
                // The queue knows better than the store what waits and what runs.
                if state.is_none_or(|state| state == standing.state) {
                    if submissions.len() == limit {
                        return Ok(Listed { submissions, next: filter.before });
                    }
                    submissions.push(standing);
                }
                filter.before = Some(seq);
            }
            let Some(next) = page.next else { return Ok(Listed { submissions, next: None }) };
            // Whether there is one more may be told by the far end of the store alone: then by who asks for it.
            if submissions.len() == limit {
                return Ok(Listed { submissions, next: Some(next) });
            }
            // Others have their turn at the store in between, however far away the next one is.
            filter.before = Some(next);
        }
    }

    /// Cancels a submission that is seen and returns once nothing of it runs; what is finished stays as it is.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancel(&self, sees: &Sees, id: SubmissionId) -> Result<Cancelled, StoreError> {
        self.queue.cancel(sees, id).await
    }

    fn stage(&self, id: SubmissionId) -> Option<Stage> {
        self.queue.follow(id).map(|stage| *stage.borrow())
    }

    /// With the tests that are done while it runs.
    fn standing_with_tests(&self, record: Record, live: Option<Stage>) -> Standing {
        let id = record.id;
        let standing = self.standing(record, live);
        let is_running = standing.state == State::Running;
        let tested = if is_running { self.queue.tested(id, 0).0 } else { Vec::new() };
        Standing { tested, ..standing }
    }

    fn standing(&self, record: Record, live: Option<Stage>) -> Standing {
        let state = State::of(record.state, live);
        let position = (state == State::Queued).then(|| self.position(record.id));
        let wait = position.map(|position| self.wait_of(position));
        Standing { record, state, position, wait, tested: Vec::new() }
    }
}

impl State {
    /// Of what the store says and, where it is still under way, the queue.
    fn of(stored: StoredState, live: Option<Stage>) -> Self {
        match (stored, live) {
            (StoredState::Done, _) => Self::Done,
            (StoredState::Cancelled, _) => Self::Cancelled,
            (_, Some(Stage::Compiling)) => Self::Compiling,
            (StoredState::Running, None) | (_, Some(Stage::Running { .. })) => Self::Running,
            (StoredState::Running | StoredState::Queued, _) => Self::Queued,
        }
    }

    /// Nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// What the store may say of one in this state.
    fn stored(self) -> Vec<StoredState> {
        match self {
            Self::Queued | Self::Compiling | Self::Running => vec![StoredState::Queued, StoredState::Running],
            Self::Done => vec![StoredState::Done],
            Self::Cancelled => vec![StoredState::Cancelled],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_queue_says_of_one_under_way_counts_and_what_is_final_is_the_stores_word() {
        let running = Some(Stage::Running { done: 1 });
        for (stored, live, state) in [
            (StoredState::Running, Some(Stage::Queued), State::Queued),
            (StoredState::Running, Some(Stage::Compiling), State::Compiling),
            (StoredState::Running, running, State::Running),
            (StoredState::Running, None, State::Running),
            (StoredState::Queued, None, State::Queued),
            (StoredState::Done, running, State::Done),
            (StoredState::Cancelled, Some(Stage::Queued), State::Cancelled),
        ] {
            assert_eq!(State::of(stored, live), state, "{stored:?} {live:?}");
        }
    }
}
