//! Looks after the places: a task for each makes its sandboxes, and removes their containers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::bank::{Bank, Order};
use super::maintenance;
use crate::sandbox::SandboxError;
use crate::sandbox::member::{Made, Sandbox};
use crate::sandbox::slot::{self, StartError, Started};
use crate::sandbox::warden_client::{WardenCallError, WardenClient};
use crate::slots::Slot;
use crate::watched::{said, watched};
use crate::workspace::Workspace;

/// Sandboxes made at one time: starting a container is a third of a second of somebody's core.
pub(super) const AT_ONCE: u32 = 4;

/// Between two attempts to remove a container.
const AGAIN: Duration = Duration::from_secs(1);

/// What it takes to make sandboxes.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    pub(super) workspace: Workspace,
    pub(super) warden: WardenClient,
    /// A sandbox without cgroups is none.
    pub(super) require_cgroups: bool,
    pub(super) max_age: Duration,
    /// An idle monitor is waited for so long.
    pub(super) ping: Duration,
    pub(super) stop: CancellationToken,
    /// Turns to make a sandbox, [`AT_ONCE`] of them. Who has them all knows that none is being made.
    pub(super) turns: Arc<Semaphore>,
}

/// A bank with the slot of each of its places, and what is ordered for it.
pub(super) type Work = (Arc<Bank>, Vec<(Slot, UnboundedReceiver<Order>)>);

impl Keeper {
    /// Removes leftovers, then serves every place of every bank until it is told to stop.
    pub(super) fn start(self, work: Vec<Work>) {
        tokio::spawn(async move {
            let stop = self.stop.clone();
            stop.run_until_cancelled(self.clean_up(&work)).await;
            for (bank, places) in work {
                for (place, (slot, orders)) in places.into_iter().enumerate() {
                    tokio::spawn(self.clone().keep(Arc::clone(&bank), place, slot, orders));
                }
                bank.open();
                let ping = self.ping;
                let maintaining = watched("the watch over idle sandboxes", move || {
                    maintenance::watch(Arc::clone(&bank), ping)
                });
                tokio::spawn(stop.clone().run_until_cancelled_owned(maintaining));
            }
        });
    }

    /// An earlier server's containers have monitors that nobody talks to.
    async fn clean_up(&self, work: &[Work]) {
        while let Err(error) = self.warden.drain().await {
            let text = error.to_string();
            let news = work.iter().map(|(bank, _)| bank.note_failure(&text)).fold(false, |a, b| a | b);
            if news {
                tracing::warn!(%error, "the warden cannot remove what an earlier server left; trying again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Stops between two sandboxes, never while one is made: the container of half a start would be left.
    async fn keep(self, bank: Arc<Bank>, place: usize, slot: Slot, mut orders: UnboundedReceiver<Order>) {
        while let Some(Some(order)) = self.stop.run_until_cancelled(orders.recv()).await {
            match latest(order, &mut orders) {
                Order::Make(profile) => {
                    let Some(turn) = self.stop.run_until_cancelled(self.turns.acquire()).await else {
                        return;
                    };
                    match survive(self.make(&bank, profile, &slot)).await {
                        Ok(sandbox) => bank.made(place, sandbox, expiry(self.max_age)),
                        Err(error) => {
                            report(&bank, place, &slot, &error);
                            // A container that cannot be removed keeps no other place's from being made.
                            drop(turn);
                            // What was to be replaced, or came to no sandbox, is still there.
                            self.clear(&slot, &orders).await;
                        }
                    }
                }
                Order::Clear => self.clear(&slot, &orders).await,
            }
        }
    }

    /// Removes the container of a place, however often it takes: the plan takes its memory for free. What is ordered next has
    /// it removed, too.
    async fn clear(&self, slot: &Slot, orders: &UnboundedReceiver<Order>) {
        let mut news = true;
        while let Err(error) = self.warden.retire(slot.number).await {
            if std::mem::take(&mut news) {
                tracing::warn!(slot = slot.name, %error, "a container could not be removed; trying again");
            }
            let pausing = self.stop.run_until_cancelled(tokio::time::sleep(AGAIN));
            if pausing.await.is_none() || !orders.is_empty() {
                return;
            }
        }
    }

    async fn make(&self, bank: &Bank, profile: usize, slot: &Slot) -> Result<Sandbox, StartError> {
        let profile = bank.profile(profile).ok_or(SandboxError::Stopping)?;
        let Started { connection, hello, image } =
            slot::start(slot, profile, &self.workspace, &self.warden, self.require_cgroups).await?;
        tracing::debug!(sandbox = slot.name, %profile, ?hello, "made a sandbox");
        Ok(Sandbox::new(Made {
            name: slot.name.clone(),
            tier: hello.cgroup,
            image: image.into(),
            connection,
        }))
    }
}

/// A panic is a start that failed: whoever makes sandboxes for a place goes on.
async fn survive<T>(making: impl Future<Output = Result<T, StartError>>) -> Result<T, StartError> {
    let made = AssertUnwindSafe(making).catch_unwind().await;
    made.unwrap_or_else(|panic| {
        Err(SandboxError::Died(format!("its start panicked: {}", said(&*panic))).into())
    })
}

/// What follows the removal of a container has it removed anyway.
fn latest(order: Order, orders: &mut UnboundedReceiver<Order>) -> Order {
    let mut order = order;
    while let Ok(later) = orders.try_recv() {
        order = later;
    }
    order
}

fn report(bank: &Bank, place: usize, slot: &Slot, error: &StartError) {
    let no_image = matches!(error, StartError::Warden(WardenCallError::NoImage(_)));
    if bank.failed(place, error.to_string(), no_image) {
        tracing::warn!(slot = slot.name, %error, "no sandbox; trying again");
    }
}

/// Up to a tenth earlier than the age allows, so that sandboxes made together do not end together.
fn expiry(max_age: Duration) -> Instant {
    let random = u32::try_from(uuid::Uuid::new_v4().as_u128() % 1000).unwrap_or(0);
    let age = max_age - max_age / 10_000 * random;
    let now = Instant::now();
    now.checked_add(age).unwrap_or(now + Duration::from_secs(365 * 24 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_start_that_panics_is_one_that_failed() {
        let failed = survive::<()>(async { panic!("by the test's will") }).await.unwrap_err().to_string();
        assert!(failed.contains("by the test's will"), "{failed}");
        assert_eq!(survive(async { Ok(7) }).await.unwrap(), 7);
    }
}
