//! The pool: one shelf of warm sandboxes for each profile, filled in the background.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::warden_client::WardenClient;
use super::{SandboxError, Sandboxes};
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Host, PlanError, Profile, Slot, SlotPlan};
use crate::submission::Isolation;
use crate::workspace::Workspace;

#[cfg(test)]
mod fake;
mod gate;
mod keeper;
mod lease;
mod maintenance;
mod shelf;
#[cfg(test)]
mod tests;

pub use lease::LeasedSandbox;
pub use shelf::ShelfStatus;

use keeper::{AT_ONCE, Keeper};
use shelf::{Policy, Shelf};

/// Longest that closing waits for the warden to remove the containers.
const CLOSE: Duration = Duration::from_secs(20);

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The slots cannot be laid out.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// Where things stand, of each profile.
#[derive(Debug, Clone)]
pub struct PoolStatus {
    /// One entry for each profile, runs first.
    pub shelves: Vec<ShelfStatus>,
}

/// The pool of all sandboxes of a server. Clones are handles to the same.
#[derive(Debug, Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shelves: BTreeMap<Profile, Arc<Shelf>>,
    warden: WardenClient,
    stop: CancellationToken,
    turns: Arc<Semaphore>,
}

impl Pool {
    /// Lays out the slots and starts to fill them in the background: first what an earlier server of this instance
    /// left is removed. Returns at once; a warden or an engine that is not there yet is waited for, and shows in
    /// [`Self::status`]. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the slots cannot be laid out.
    pub fn start(config: &Config, languages: &Languages) -> Result<Self, PoolError> {
        let plan = SlotPlan::new(config, languages, Host::detect().map_err(PlanError::from)?)?;
        Ok(Self::with_plan(config, &plan))
    }

    fn with_plan(config: &Config, plan: &SlotPlan) -> Self {
        let mut slots: BTreeMap<Profile, Vec<Slot>> = BTreeMap::new();
        for slot in plan.iter() {
            slots.entry(slot.profile.clone()).or_default().push(slot.clone());
        }
        let policy = Policy {
            max_runs: config.sandbox.max_runs,
            max_age: config.sandbox.max_age,
            single_use: config.sandbox.isolation == Isolation::Fresh,
        };
        let warden = WardenClient::new(&config.sandbox.warden_socket);
        let stop = CancellationToken::new();
        let shelves: BTreeMap<_, _> = slots
            .iter()
            .map(|(profile, slots)| {
                (profile.clone(), Arc::new(Shelf::new(profile.clone(), slots.len(), policy)))
            })
            .collect();
        let turns = Arc::new(Semaphore::new(usize::try_from(AT_ONCE).unwrap_or(1)));
        let keeper = Keeper {
            turns: Arc::clone(&turns),
            workspace: Workspace::new(&config.workspace.path),
            warden: warden.clone(),
            require_cgroups: config.sandbox.require_cgroups,
            stop: stop.clone(),
            // All shelves together ask at most once a second while nothing works.
            pause: Duration::from_secs(1) * u32::try_from(shelves.len()).unwrap_or(u32::MAX),
        };
        let work = slots
            .into_iter()
            .filter_map(|(profile, slots)| Some((Arc::clone(shelves.get(&profile)?), slots)));
        keeper.start(work.collect());
        Self { inner: Arc::new(Inner { shelves, warden, stop, turns }) }
    }

    /// Where things stand.
    pub fn status(&self) -> PoolStatus {
        PoolStatus { shelves: self.inner.shelves.values().map(|shelf| shelf.status()).collect() }
    }

    /// Has every sandbox, or those of one profile, replaced: idle ones now, others when they are given back. A run is
    /// never interrupted. Tells how many there were.
    pub fn recycle(&self, profile: Option<&Profile>) -> usize {
        let chosen = self.inner.shelves.iter().filter(|(of, _)| profile.is_none_or(|profile| profile == *of));
        chosen.map(|(_, shelf)| shelf.recycle()).sum()
    }

    /// Ends the pool: who waits for a sandbox gets [`SandboxError::Stopping`], and the containers are removed. Runs that
    /// are still under way are lost.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        for shelf in self.inner.shelves.values() {
            shelf.close();
        }
        let drain = async {
            // A container that is being made would come after the others are gone.
            let _none_is_made = self.inner.turns.acquire_many(AT_ONCE).await;
            self.inner.warden.drain().await
        };
        match tokio::time::timeout(CLOSE, drain).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the containers could not be removed"),
            Err(_) => tracing::warn!("the containers were not removed in time"),
        }
    }
}

impl Sandboxes for Pool {
    type Lease = LeasedSandbox;

    async fn lease(
        &self,
        profile: &Profile,
        isolation: Isolation,
        user: Option<&str>,
        patience: Duration,
    ) -> Result<LeasedSandbox, SandboxError> {
        match self.inner.shelves.get(profile) {
            Some(shelf) => shelf.lease(isolation, user, patience).await,
            // There is no such slot, and waiting makes none.
            None => Err(SandboxError::Busy { waited: Duration::ZERO }),
        }
    }

    fn image(&self, profile: &Profile) -> Option<Arc<str>> {
        self.inner.shelves.get(profile)?.image()
    }
}
