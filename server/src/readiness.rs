//! Is the service able to judge? The pool, the store, and a self-test answer.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::operations::{Operations, PoolStatus, ProfileStatus};
use crate::queue::Queue;
use crate::store::Store;

/// What the latest self-test of each language said.
#[derive(Debug, Default)]
pub struct Readiness {
    failures: Mutex<Option<Vec<String>>>,
    probed: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

/// A look at the disk costs a write, so there is one at most in this time, however many ask.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The answer of `/readyz`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// A submission would be judged now.
    pub ready: bool,
    /// Why not.
    pub reasons: Vec<String>,
    /// The sandboxes.
    pub pool: PoolStatus,
    /// Submissions waiting.
    pub waiting: usize,
    /// Submissions being judged.
    pub running: usize,
}

impl Readiness {
    /// Takes over what a self-test found; nothing = all is well.
    pub fn note(&self, failures: Vec<String>) {
        *self.failures.lock().unwrap_or_else(PoisonError::into_inner) = Some(failures);
    }

    /// How the service stands now.
    pub async fn report(&self, queue: &Queue, store: &Store, operations: &dyn Operations) -> Report {
        let mut reasons = Vec::new();
        if queue.is_closing() {
            reasons.push("the server is stopping".into());
        }
        if !self.is_writable(store).await {
            reasons.push("the store is not writable".into());
        }
        let pool = operations.status();
        reasons.extend(pool.profiles.iter().filter_map(not_up));
        match &*self.failures.lock().unwrap_or_else(PoisonError::into_inner) {
            None => reasons.push("the self-test has not run yet".into()),
            Some(failures) => reasons.extend(failures.iter().cloned()),
        }
        let (waiting, running) = queue.depth();
        Report { ready: reasons.is_empty(), reasons, pool, waiting, running }
    }

    async fn is_writable(&self, store: &Store) -> bool {
        let mut probed = self.probed.lock().await;
        if let Some((_, writable)) = probed.filter(|(when, _)| when.elapsed() < PROBE_EVERY) {
            return writable;
        }
        let outcome = store.probe().await;
        if let Err(why) = &outcome {
            tracing::error!(error = %why, "The store is not writable");
        }
        *probed = Some((Instant::now(), outcome.is_ok()));
        outcome.is_ok()
    }
}

/// Why there is no sandbox of a profile. A moment without one, as when all are replaced, is no reason: submissions wait.
pub(crate) fn not_up(profile: &ProfileStatus) -> Option<String> {
    let up = profile.idle + profile.leased > 0;
    let being_replaced = profile.created > 0 && profile.problem.is_none();
    let not_needed = profile.kept == 0 && profile.problem.is_none();
    if up || being_replaced || not_needed {
        return None;
    }
    let why = profile.problem.as_deref().unwrap_or("the first is being made");
    Some(format!("no sandbox of profile {} is up: {why}", profile.profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(idle: usize, created: u64, problem: Option<&str>) -> ProfileStatus {
        ProfileStatus {
            profile: "run".into(),
            slots: 1,
            kept: 1,
            idle,
            leased: 0,
            starting: 1 - idle,
            waiting: 0,
            created,
            retired: std::collections::BTreeMap::new(),
            problem: problem.map(str::to_owned),
            no_image: false,
        }
    }

    #[test]
    fn no_sandbox_is_a_reason_unless_they_are_just_being_replaced() {
        assert_eq!(not_up(&profile(1, 1, Some("the last attempt failed"))), None);
        assert_eq!(not_up(&profile(0, 7, None)), None);
        assert_eq!(
            not_up(&profile(0, 0, None)).as_deref(),
            Some("no sandbox of profile run is up: the first is being made")
        );
        assert_eq!(
            not_up(&profile(0, 7, Some("no image"))).as_deref(),
            Some("no sandbox of profile run is up: no image")
        );
    }
}
