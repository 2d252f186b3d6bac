//! Judges submissions again that were judged before: behind all that somebody waits for, and to nobody's disadvantage. The
//! judgement that a submission has stays until the new one is there, and is kept beside it then.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::language::Languages;
use crate::operations::Operations;
use crate::problems::Problems;
use crate::queue::{Queue, Stage};
use crate::readiness::Readiness;
use crate::store::{
    Rejudge, RejudgeId, RejudgeOutcome, RejudgeOutcomes, Selected, Selection, Store, StoreError, Tally,
};
use crate::submission::SubmissionId;
use crate::tokens::Sees;

mod attempt;
mod work;

/// Most submissions of one order.
pub const MOST: u64 = 100_000;

/// The orders of a server to judge again.
#[derive(Debug, Clone)]
pub struct Rejudges(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    queue: Queue,
    problems: Problems,
    languages: Arc<Languages>,
    config: Arc<Config>,
    readiness: Arc<Readiness>,
    operations: Arc<dyn Operations>,
    /// There is something to judge that was not there before.
    arrived: Notify,
    live: Mutex<HashMap<SubmissionId, Live>>,
}

/// A submission that is judged again now, or that somebody follows who waits for that.
#[derive(Debug)]
struct Live {
    stage: watch::Sender<Stage>,
    /// Its order, while it is judged, and what ends that.
    attempt: Option<Current>,
}

impl Live {
    fn waiting() -> Self {
        Self { stage: watch::Sender::new(Stage::Queued), attempt: None }
    }
}

/// The attempt that a submission is judged by now; an earlier one may still be coming to its end.
#[derive(Debug)]
struct Current {
    order: i64,
    cancel: Arc<CancellationToken>,
}

/// Why an order was not taken.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// More submissions than one order may have.
    #[error("more than {MOST} submissions are selected, the most of one order: select fewer, by time")]
    TooMany,
    /// More orders than may be under way.
    #[error("as many orders are under way as may be")]
    Busy,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Rejudges {
    /// Those of this store, judged behind what is in this queue.
    pub fn new(
        store: Store,
        queue: Queue,
        problems: Problems,
        languages: Arc<Languages>,
        config: Arc<Config>,
        readiness: Arc<Readiness>,
        operations: Arc<dyn Operations>,
    ) -> Self {
        let (arrived, live) = (Notify::new(), Mutex::default());
        Self(Arc::new(Shared {
            store,
            queue,
            problems,
            languages,
            config,
            readiness,
            operations,
            arrived,
            live,
        }))
    }

    /// What a selection comes to now, of what is seen.
    ///
    /// # Errors
    /// [`OrderError::TooMany`]; the store's.
    pub async fn count(&self, sees: &Sees, selection: &Selection) -> Result<Selected, OrderError> {
        let selected = self.0.store.selected(sees, selection, MOST).await?;
        if selected.total > MOST { Err(OrderError::TooMany) } else { Ok(selected) }
    }

    /// Takes an order of whoever sees this much: it is on disk when this returns.
    ///
    /// # Errors
    /// Any [`OrderError`]; then nothing is judged.
    pub async fn order(&self, sees: &Sees, selection: &Selection) -> Result<RejudgeId, OrderError> {
        self.count(sees, selection).await?;
        let id = self.0.store.add_rejudge(sees, selection).await?.ok_or(OrderError::Busy)?;
        self.0.arrived.notify_one();
        Ok(id)
    }

    /// An order that is seen, and what became of it so far.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(&self, sees: &Sees, id: RejudgeId) -> Result<Option<(Rejudge, Tally)>, StoreError> {
        self.0.store.rejudge(sees, id).await
    }

    /// At most so many orders that are seen, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(
        &self,
        sees: &Sees,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Rejudge>, StoreError> {
        self.0.store.rejudges(sees, before, limit).await
    }

    /// What became of the submissions of an order, as [`Store::outcomes`].
    ///
    /// # Errors
    /// The store's.
    pub async fn outcomes(
        &self,
        order: &Rejudge,
        which: RejudgeOutcomes,
        behind: i64,
        limit: usize,
    ) -> Result<Vec<RejudgeOutcome>, StoreError> {
        self.0.store.outcomes(order.seq, which, behind, limit).await
    }

    /// Ends an order: nothing more of it is judged, and what is judged is kept. False where there is none that is
    /// seen.
    ///
    /// # Errors
    /// The store's.
    pub async fn cancel(&self, sees: &Sees, id: RejudgeId) -> Result<bool, StoreError> {
        let Some(cancelled) = self.0.store.cancel_rejudge(sees, id).await? else { return Ok(false) };
        if cancelled {
            let order = self.0.store.rejudge(sees, id).await?.map(|(order, _)| order.seq);
            self.0.end(|running, _| Some(running) == order);
            self.0.forget_idle().await?;
        }
        Ok(true)
    }

    /// Ends whatever judges these submissions again, which are not there any more; who follows one that waits is told.
    pub(crate) fn interrupt(&self, submissions: &[SubmissionId]) {
        self.0.end(|_, id| submissions.contains(&id));
        for id in submissions {
            self.0.leave(*id, |_| false);
        }
    }

    /// What was not at its end when judging again has stopped is judged after the next start, and that it was begun does not
    /// count.
    pub async fn put_back(&self) {
        if let Err(why) = self.0.store.put_items_back().await {
            tracing::warn!(error = %why, "Failed to put back what was being judged again: its attempts count");
        }
    }

    /// Follows a submission that is to be judged again.
    ///
    /// # Errors
    /// The store's.
    pub async fn follow(&self, id: SubmissionId) -> Result<Option<watch::Receiver<Stage>>, StoreError> {
        if let Some(live) = self.0.live().get(&id) {
            return Ok(Some(live.stage.subscribe()));
        }
        if !self.0.store.awaits_rejudge(id).await? {
            return Ok(None);
        }
        let mut live = self.0.live();
        live.retain(|_, one| one.attempt.is_some() || one.stage.receiver_count() > 0);
        Ok(Some(live.entry(id).or_insert_with(Live::waiting).stage.subscribe()))
    }

    /// Where a submission has got to that is just being judged again.
    pub fn stage(&self, id: SubmissionId) -> Option<Stage> {
        self.0.live().get(&id).map(|live| *live.stage.borrow())
    }
}

impl Shared {
    fn live(&self) -> MutexGuard<'_, HashMap<SubmissionId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends attempts, by their orders and submissions.
    fn end(&self, which: impl Fn(i64, SubmissionId) -> bool) {
        for (id, live) in self.live().iter() {
            if let Some(Current { order, cancel }) = &live.attempt
                && which(*order, *id)
            {
                cancel.cancel();
            }
        }
    }

    /// Tells those who follow what is not to be judged any more.
    async fn forget_idle(&self) -> Result<(), StoreError> {
        let idle = |(id, live): (&SubmissionId, &Live)| live.attempt.is_none().then_some(*id);
        let followed: Vec<_> = self.live().iter().filter_map(idle).collect();
        for id in followed {
            if !self.store.awaits_rejudge(id).await? {
                self.leave(id, |_| false);
            }
        }
        Ok(())
    }

    /// A submission is judged by this order now: who follows it sees that.
    fn enter(&self, id: SubmissionId, order: i64, cancel: Arc<CancellationToken>) -> watch::Sender<Stage> {
        let mut live = self.live();
        let one = live.entry(id).or_insert_with(Live::waiting);
        one.attempt = Some(Current { order, cancel });
        one.stage.clone()
    }

    /// It is judged, or will not be: its judgement is in the store. Where an attempt has begun that is not one of these, that
    /// one says so when it ends.
    fn leave(&self, id: SubmissionId, ended: impl Fn(&Current) -> bool) {
        let mut live = self.live();
        if let Entry::Occupied(entry) = live.entry(id) {
            if !entry.get().attempt.as_ref().is_none_or(ended) {
                return;
            }
            entry.remove().stage.send_replace(Stage::Done);
        }
        // No other attempt begins before that is told.
        self.store.events().leave_again(id);
    }
}
