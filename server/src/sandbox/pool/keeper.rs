//! Fills the slots: a task for each makes a sandbox, waits until it is retired, and makes the next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::gate::Gate;
use super::maintenance;
use super::shelf::Shelf;
use crate::sandbox::member::{Made, Sandbox};
use crate::sandbox::slot::{self, StartError, Started};
use crate::sandbox::warden_client::WardenClient;
use crate::slots::Slot;
use crate::workspace::Workspace;

/// Sandboxes made at one time: starting a container is a third of a second of somebody's core.
pub(super) const AT_ONCE: u32 = 4;

/// What it takes to fill slots.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    pub(super) workspace: Workspace,
    pub(super) warden: WardenClient,
    /// A sandbox without cgroups is none.
    pub(super) require_cgroups: bool,
    pub(super) stop: CancellationToken,
    /// Turns to make a sandbox, [`AT_ONCE`] of them. Who has them all knows that none is being made.
    pub(super) turns: Arc<Semaphore>,
    /// Between two attempts of a shelf while they fail.
    pub(super) pause: Duration,
}

impl Keeper {
    /// Removes leftovers, then keeps every slot of every shelf filled until it is told to stop.
    pub(super) fn start(self, work: Vec<(Arc<Shelf>, Vec<Slot>)>) {
        tokio::spawn(async move {
            let stop = self.stop.clone();
            stop.run_until_cancelled(self.clean_up(&work)).await;
            for (shelf, slots) in work {
                let gate = Arc::new(Gate::new(self.pause));
                tokio::spawn(stop.clone().run_until_cancelled_owned(maintenance::watch(Arc::clone(&shelf))));
                for slot in slots {
                    tokio::spawn(self.clone().keep(Arc::clone(&shelf), slot, Arc::clone(&gate)));
                }
            }
        });
    }

    /// An earlier server's containers have monitors that nobody talks to.
    async fn clean_up(&self, work: &[(Arc<Shelf>, Vec<Slot>)]) {
        while let Err(error) = self.warden.drain().await {
            let news =
                work.iter().map(|(shelf, _)| shelf.note_failure(error.to_string())).fold(false, |a, b| a | b);
            if news {
                tracing::warn!(%error, "the warden cannot remove what an earlier server left; trying again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Stops between two sandboxes, never while one is made: the container of half a start would be left.
    async fn keep(self, shelf: Arc<Shelf>, slot: Slot, gate: Arc<Gate>) {
        loop {
            let waiting = async { (gate.turn().await, self.turns.acquire().await) };
            let Some((turn, at_once)) = self.stop.run_until_cancelled(waiting).await else { return };
            let made = self.make(&shelf, &slot).await;
            turn.done(made.is_ok());
            match made {
                Ok((sandbox, retired)) => {
                    shelf.add(sandbox);
                    drop(at_once);
                    // Ends when the sandbox does, whoever has it.
                    if self.stop.run_until_cancelled(retired).await.is_none() {
                        return;
                    }
                }
                Err(error) => {
                    if shelf.note_failure(error.to_string()) {
                        tracing::warn!(slot = slot.name, profile = %shelf.profile(), %error, "no sandbox; trying again");
                    }
                }
            }
        }
    }

    async fn make(
        &self,
        shelf: &Shelf,
        slot: &Slot,
    ) -> Result<(Sandbox, tokio::sync::oneshot::Receiver<()>), StartError> {
        let generation = shelf.generation();
        let Started { connection, hello, image } =
            slot::start(slot, &self.workspace, &self.warden, self.require_cgroups).await?;
        tracing::debug!(sandbox = slot.name, ?hello, "made a sandbox");
        Ok(Sandbox::new(Made {
            name: slot.name.clone(),
            tier: hello.cgroup,
            image: image.into(),
            generation,
            expires: expiry(shelf.policy().max_age),
            connection,
        }))
    }
}

/// Up to a tenth earlier than the age allows, so that sandboxes made together do not end together.
fn expiry(max_age: Duration) -> Instant {
    let random = u32::try_from(uuid::Uuid::new_v4().as_u128() % 1000).unwrap_or(0);
    let age = max_age - max_age / 10_000 * random;
    let now = Instant::now();
    now.checked_add(age).unwrap_or(now + Duration::from_secs(365 * 24 * 3600))
}
