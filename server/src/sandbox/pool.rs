//! The pool: warm sandboxes in a bank for each kind of profile, made and renewed in the background.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::warden_client::WardenClient;
use super::{SandboxError, Sandboxes};
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Host, Kind, Overcommit, PlanError, Profile, Quota, SlotPlan};
use crate::submission::Isolation;
use crate::watched::watched;
use crate::workspace::Workspace;

mod bank;
mod costs;
#[cfg(test)]
mod fake;
mod images;
mod keeper;
mod lease;
mod line;
mod maintenance;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use lease::LeasedSandbox;
pub(crate) use status::name_of_tier;
pub use status::{PoolStatus, ProfileStatus, SandboxState, SandboxStatus};

use bank::Bank;
use keeper::{AT_ONCE, Keeper, Work};
use state::Policy;

/// Longest that closing waits for the warden to remove the containers.
pub(crate) const CLOSE: Duration = Duration::from_secs(20);

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The slots cannot be laid out.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// The pool of all sandboxes of a server. Clones are handles to the same.
#[derive(Debug, Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    banks: BTreeMap<Kind, Arc<Bank>>,
    overcommit: Option<Overcommit>,
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
        for Quota { kind, at_once, slots, memory, .. } in plan.quotas() {
            tracing::info!(kind = kind.as_str(), at_once, slots, %memory, "sandboxes in use at one time");
        }
        if let Some(overcommit) = plan.overcommit() {
            tracing::warn!("{overcommit}: `gavel doctor` has the remedy");
        }
        Ok(Self::with_plan(config, &plan, maintenance::PING))
    }

    fn with_plan(config: &Config, plan: &SlotPlan, ping: Duration) -> Self {
        let policy = Policy {
            max_runs: config.sandbox.max_runs,
            single_use: config.sandbox.isolation == Isolation::Fresh,
        };
        let warden = WardenClient::new(&config.sandbox.warden_socket);
        let stop = CancellationToken::new();
        let turns = Arc::new(Semaphore::new(usize::try_from(AT_ONCE).unwrap_or(1)));
        let work: Vec<Work> = plan.quotas().iter().map(|quota| bank(plan, *quota, policy)).collect();
        let banks: BTreeMap<Kind, Arc<Bank>> =
            work.iter().map(|(bank, _)| (bank.quota().kind, Arc::clone(bank))).collect();
        let keeper = Keeper {
            turns: Arc::clone(&turns),
            workspace: Workspace::new(&config.workspace.path),
            warden: warden.clone(),
            require_cgroups: config.sandbox.require_cgroups,
            max_age: config.sandbox.max_age,
            ping,
            stop: stop.clone(),
        };
        keeper.start(work);
        let watching = {
            let (warden, banks) = (warden.clone(), banks.clone());
            watched("the watch over images", move || images::watch(warden.clone(), banks.clone()))
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(watching));
        Self { inner: Arc::new(Inner { banks, overcommit: plan.overcommit(), warden, stop, turns }) }
    }

    /// Where things stand.
    pub fn status(&self) -> PoolStatus {
        let banks = || self.inner.banks.values();
        let profiles = banks().flat_map(|bank| bank.status()).collect();
        PoolStatus::new(profiles, banks().find_map(|bank| bank.tier()), self.inner.overcommit)
    }

    /// Each sandbox.
    pub fn sandboxes(&self) -> Vec<SandboxStatus> {
        self.inner.banks.values().flat_map(|bank| bank.sandboxes()).collect()
    }

    /// Sandboxes of a kind that one who sends requests may have in use at one time.
    pub fn at_once(&self, kind: Kind) -> usize {
        let quota = self.inner.banks.get(&kind).map(|bank| bank.quota().of_one);
        quota.and_then(|of_one| usize::try_from(of_one).ok()).unwrap_or(0)
    }

    /// Has every sandbox, or those of one profile, replaced, one of a kind after the other and its successor first. A run
    /// is never interrupted. Tells how many there were.
    pub fn recycle(&self, profile: Option<&Profile>) -> usize {
        match profile {
            Some(profile) => self.bank(profile).map_or(0, |(bank, position)| bank.recycle(Some(position))),
            None => self.inner.banks.values().map(|bank| bank.recycle(None)).sum(),
        }
    }

    /// Ends the pool: who waits for a sandbox gets [`SandboxError::Stopping`], and the containers are removed. Runs that
    /// are still under way are lost.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        for bank in self.inner.banks.values() {
            bank.close();
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

    /// The bank of a profile, and its position there.
    fn bank(&self, profile: &Profile) -> Option<(&Arc<Bank>, usize)> {
        let bank = self.inner.banks.get(&profile.kind())?;
        Some((bank, bank.position(profile)?))
    }
}

fn bank(plan: &SlotPlan, quota: Quota, policy: Policy) -> Work {
    let (bank, orders) = Bank::new(quota, plan.kept(quota), policy);
    let slots = plan.iter().filter(|slot| slot.kind == quota.kind).cloned();
    (Arc::new(bank), slots.zip(orders).collect())
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
        let (bank, position) = self.bank(profile).ok_or(NOT_PLANNED)?;
        bank.lease(position, isolation, user, patience).await
    }

    fn lease_if_free(
        &self,
        profile: &Profile,
        isolation: Isolation,
        user: Option<&str>,
    ) -> Option<LeasedSandbox> {
        let (bank, position) = self.bank(profile)?;
        bank.lease_if_free(position, isolation, user)
    }

    async fn lease_group(
        &self,
        profile: &Profile,
        memory: &[Bytes],
        sender: &str,
        patience: Duration,
    ) -> Result<Vec<LeasedSandbox>, SandboxError> {
        let (bank, position) = self.bank(profile).ok_or(NOT_PLANNED)?;
        bank.lease_group(position, memory, sender, patience).await
    }

    fn image(&self, profile: &Profile) -> Option<Arc<str>> {
        let (bank, position) = self.bank(profile)?;
        bank.image(position)
    }
}

/// There is no such slot, and waiting makes none.
const NOT_PLANNED: SandboxError = SandboxError::Busy { waited: Duration::ZERO };
