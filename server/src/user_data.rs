//! What there is of a user, and that there is none of it any more.

use std::io;
use std::sync::Arc;

use crate::blocking::on_disk;
use crate::judge::Artefacts;
use crate::queue::Queue;
use crate::rejudges::Rejudges;
use crate::store::{Forgotten, Store, StoreError};
use crate::throttle::Throttle;

/// Everything that has something of users.
#[derive(Debug, Clone)]
pub struct UserData {
    store: Store,
    queue: Queue,
    rejudges: Rejudges,
    throttle: Arc<Throttle>,
    artefacts: Option<Arc<Artefacts>>,
}

/// What has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// From the store.
    pub stored: Forgotten,
    /// Submissions that waited or ran; they are among those that have gone.
    pub cancelled: u64,
    /// Compiled programs.
    pub programs: u64,
}

impl UserData {
    /// What these have.
    pub fn new(
        store: Store,
        queue: Queue,
        rejudges: Rejudges,
        throttle: Arc<Throttle>,
        artefacts: Option<Arc<Artefacts>>,
    ) -> Self {
        Self { store, queue, rejudges, throttle, artefacts }
    }

    /// Cancels what waits and runs, and removes all that there is of a user. What is submitted meanwhile stays.
    ///
    /// # Errors
    /// The store's; then some of it may have gone, and another time removes the rest.
    pub async fn erase(&self, user: &str) -> Result<Erased, StoreError> {
        let mut cancelled = 0;
        for id in self.store.unfinished_of(user).await? {
            self.queue.cancel(id).await?;
            cancelled += 1;
        }
        let turn = self.throttle.forgive(user).await;
        let stored = self.store.forget_user(user).await?;
        turn.take_over();
        self.rejudges.interrupt(&stored.submissions);
        let programs = self.forget_programs(user.to_owned()).await?;
        Ok(Erased { stored, cancelled, programs })
    }

    async fn forget_programs(&self, user: String) -> io::Result<u64> {
        let Some(artefacts) = self.artefacts.clone() else { return Ok(0) };
        on_disk(move || artefacts.forget_user(&user)).await
    }
}
