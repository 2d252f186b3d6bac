//! What there is of a user, and that there is none of it any more.

use std::io;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::blocking::on_disk;
use crate::judge::Artefacts;
use crate::operations::Operations;
use crate::queue::Queue;
use crate::rejudges::Rejudges;
use crate::store::{Forgotten, Store, StoreError};
use crate::throttle::{Throttle, Turn};
use crate::tokens::Sees;

/// Everything that has something of users.
#[derive(Debug, Clone)]
pub struct UserData {
    store: Store,
    queue: Queue,
    rejudges: Rejudges,
    throttle: Arc<Throttle>,
    artefacts: Option<Arc<Artefacts>>,
    /// Machines elsewhere may have copies.
    operations: Arc<dyn Operations>,
    runtime: Handle,
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
    /// What these have. Removes on the runtime of who calls this.
    pub fn new(
        store: Store,
        queue: Queue,
        rejudges: Rejudges,
        throttle: Arc<Throttle>,
        artefacts: Option<Arc<Artefacts>>,
        operations: Arc<dyn Operations>,
    ) -> Self {
        Self { store, queue, rejudges, throttle, artefacts, operations, runtime: Handle::current() }
    }

    /// Cancels what waits and runs, and removes all that there is of a user, as far as that is seen: tokens have users of
    /// their own. What is submitted meanwhile stays. Goes on also where nobody waits for it any more.
    ///
    /// # Errors
    /// The store's; then some of it may have gone, and another time removes the rest.
    pub async fn erase(&self, sees: &Sees, user: &str) -> Result<Erased, StoreError> {
        let (this, sees, user) = (self.clone(), sees.clone(), user.to_owned());
        // Not on the runtime of a listener, which may end before.
        let erasing = self.runtime.spawn(async move { this.see_to(&sees, &user).await });
        erasing.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn see_to(&self, sees: &Sees, user: &str) -> Result<Erased, StoreError> {
        let erased = self.erase_here(sees, user).await;
        // Not whose: the log stays.
        match &erased {
            Ok(Erased { stored, .. }) => {
                let submissions = stored.submissions.len();
                tracing::info!(submissions, "An operator had all data of a user removed");
            }
            Err(error) => tracing::error!(%error, "Failed to remove all data of a user"),
        }
        erased
    }

    async fn erase_here(&self, sees: &Sees, user: &str) -> Result<Erased, StoreError> {
        let mut cancelled = 0;
        for id in self.store.unfinished_of(sees, user).await? {
            self.queue.cancel(sees, id).await?;
            cancelled += 1;
        }
        let persons = self.store.persons(sees, user).await?;
        let mut turns = Vec::new();
        // In the order of their names: two who do this never wait for each other.
        for person in &persons {
            turns.push(self.throttle.forgive(person).await);
        }
        let gone = |gone: &[_]| self.rejudges.interrupt(gone);
        let stored = self.store.forget_user(sees, user, &persons, gone).await?;
        turns.into_iter().for_each(Turn::take_over);
        let programs = self.forget_programs(persons).await?;
        self.operations.forget_contents().await?;
        self.store.until_forgotten(user).await?;
        Ok(Erased { stored, cancelled, programs })
    }

    async fn forget_programs(&self, persons: Vec<String>) -> io::Result<u64> {
        let Some(artefacts) = self.artefacts.clone() else { return Ok(0) };
        on_disk(move || artefacts.forget_users(&persons)).await
    }
}
