//! Sees to all that is to be judged again, as spare time allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Rejudges, Shared};
use crate::queue::{Judging, Spare};
use crate::store::{RejudgeItem, StoreError};

/// Pause before the store is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// Where nothing is to be done it is looked again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl Rejudges {
    /// Judges what is to be judged again, until the server stops; then the rest is judged after the next start.
    pub async fn work<J: Judging>(self, judging: Arc<J>) {
        let shared = self.0;
        shared.insist("restore what is to be judged again", || shared.store.restore_items()).await;
        let mut attempts = JoinSet::new();
        let mut last = 0;
        while let Some(spare) = shared.queue.spare().await {
            // What it was told of before is looked for anyway.
            while attempts.try_join_next().is_some() {}
            shared.gather().await;
            let next = shared.insist("begin to judge again", || shared.store.begin_item(last)).await;
            match next {
                Some(item) => {
                    last = item.rejudge;
                    attempts.spawn(Arc::clone(&shared).see_to(item, Arc::clone(&judging), spare));
                }
                None => shared.until_there_is_more(spare, &mut attempts).await,
            }
        }
    }
}

impl Shared {
    async fn see_to<J: Judging>(self: Arc<Self>, item: RejudgeItem, judging: Arc<J>, spare: Spare) {
        let cancel = Arc::new(CancellationToken::new());
        self.judge_again(&item, &*judging, &spare, &cancel).await;
        // Of a cancelled order: another one may be at this submission by now.
        self.leave(item.id, |current| Arc::ptr_eq(&current.cancel, &cancel));
    }

    /// Looks for the submissions of new orders.
    async fn gather(&self) {
        let orders = self.insist("look for orders", || self.store.ungathered()).await;
        for order in orders {
            while self.insist("gather submissions", || self.store.gather(&order)).await {}
        }
    }

    async fn until_there_is_more(&self, spare: Spare, attempts: &mut JoinSet<()>) {
        drop(spare);
        tokio::select! {
            () = self.arrived.notified() => {}
            // Another order may have waited for the same submission.
            Some(_) = attempts.join_next() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = self.queue.closing() => {}
        }
    }

    /// Tries until the store serves.
    pub(super) async fn insist<T, F>(&self, doing: &str, action: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        loop {
            match action().await {
                Ok(done) => return done,
                Err(why) => tracing::error!(error = %why, "Failed to {doing}; trying again"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
