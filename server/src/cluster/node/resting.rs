//! Sandboxes that cannot be made here, as where the container engine is away: others do meanwhile what needs them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::sandbox::{Profile, ProfileStatus};

/// A sandbox is waited for so long that cannot be made: making one may have failed once.
const WAITED_FOR: Duration = Duration::from_secs(5);
/// So long nothing is begun then that needs one. By beginning something it is found out whether one can be made.
const RESTS_FOR: Duration = Duration::from_secs(5);
/// So long coordinators are told of it: they would send more of them meanwhile, and spare others for their sake.
const TOLD_FOR: Duration = Duration::from_secs(10);
/// How often it is looked, for each run: all profiles are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The profiles whose tasks are left to others, and since when.
#[derive(Debug, Default)]
pub(super) struct Resting(Mutex<HashMap<Profile, Instant>>);

impl Resting {
    /// No sandbox of a profile can be made.
    pub(super) fn begin(&self, profile: Profile, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(profile, now);
    }

    /// Nothing is begun at the moment that needs a sandbox of a profile.
    pub(super) fn lasts(&self, profile: &Profile, now: Instant) -> bool {
        self.began_within(RESTS_FOR, profile, now)
    }

    /// Coordinators are told that tasks of a profile are left to others: one could not be made lately, and none was since.
    pub(super) fn is_told(&self, status: &ProfileStatus, now: Instant) -> bool {
        let is_lacking = status.problem.is_some() && status.idle + status.leased == 0;
        is_lacking && self.began_within(TOLD_FOR, &status.profile, now)
    }

    fn began_within(&self, span: Duration, profile: &Profile, now: Instant) -> bool {
        let since = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(profile).copied();
        since.is_some_and(|since| now.saturating_duration_since(since) < span)
    }
}

/// Why there is no sandbox of a profile, where one is waited for and none could be made. What nobody waits for may have failed long ago, and
/// was not tried since.
pub(super) fn lacking(profile: &Profile, all: &[ProfileStatus]) -> Option<String> {
    let status = all.iter().find(|status| status.profile == *profile)?;
    status.problem.clone().filter(|_| status.waiting > 0 && status.idle + status.leased == 0)
}

/// Waits until there has been no sandbox for some time, as `lacking` tells, and says why.
pub(super) async fn given_up(lacking: impl Fn() -> Option<String>) -> String {
    let mut since = None;
    loop {
        // Most of what is done is done by then.
        tokio::time::sleep(EVERY).await;
        match lacking() {
            Some(why) => {
                if since.get_or_insert_with(tokio::time::Instant::now).elapsed() >= WAITED_FOR {
                    return why;
                }
            }
            None => since = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeMap;

    use super::*;

    fn status(profile: Profile, idle: usize, leased: usize, problem: Option<&str>) -> ProfileStatus {
        ProfileStatus {
            profile,
            slots: 1,
            places: 1,
            warm: 1,
            kept: 1,
            idle,
            leased,
            starting: 0,
            waiting: 1,
            created: 1,
            retired: BTreeMap::new(),
            problem: problem.map(str::to_owned),
            no_image: false,
            image: Some("sha256:12".into()),
        }
    }

    #[test]
    fn a_sandbox_that_could_not_be_made_is_lacking_while_there_is_no_other() {
        let away = Some("the engine is away");
        let java = Profile::Runtime("java".to_owned());
        let lacking = |run| lacking(&Profile::Run, &[status(java.clone(), 0, 0, away), run]);
        assert_eq!(lacking(status(Profile::Run, 0, 0, away)).as_deref(), away);
        for served in [(1, 0, away), (0, 1, away), (0, 0, None)] {
            let (idle, leased, problem) = served;
            assert_eq!(lacking(status(Profile::Run, idle, leased, problem)), None, "{served:?}");
        }
        let long_ago = ProfileStatus { waiting: 0, ..status(Profile::Run, 0, 0, away) };
        assert_eq!(lacking(long_ago), None, "nobody has asked for one since");
    }

    #[test]
    fn what_could_not_be_made_is_tried_again_after_some_time() {
        let (resting, now) = (Resting::default(), Instant::now());
        assert!(!resting.lasts(&Profile::Run, now));
        resting.begin(Profile::Run, now);
        assert!(resting.lasts(&Profile::Run, now) && !resting.lasts(&Profile::Command, now));
        assert!(!resting.lasts(&Profile::Run, now + RESTS_FOR));
    }

    #[test]
    fn coordinators_are_told_of_what_could_not_be_made_until_it_is_or_is_tried_again() {
        let (resting, now) = (Resting::default(), Instant::now());
        let [away, made] = [(0, Some("the engine is away")), (1, None)]
            .map(|(idle, problem)| status(Profile::Run, idle, 0, problem));
        assert!(!resting.is_told(&away, now), "nobody has asked for one");
        resting.begin(Profile::Run, now);
        assert!(resting.is_told(&away, now + RESTS_FOR) && !resting.is_told(&made, now + RESTS_FOR));
        assert!(!resting.is_told(&away, now + TOLD_FOR));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_made_at_last_was_worth_the_wait_and_what_is_not_is_waited_for_no_longer() {
        let begun = tokio::time::Instant::now();
        let away = || Some("the engine is away".to_owned());
        // It is there for a moment, which counts anew.
        let seen = Cell::new(0);
        let now_and_then = || {
            seen.set(seen.get() + 1);
            (seen.get() % 4 != 0).then(away).flatten()
        };
        let waited = tokio::time::timeout(20 * WAITED_FOR, given_up(now_and_then)).await;
        assert!(waited.is_err(), "{waited:?}");
        let before = tokio::time::Instant::now();
        assert!(before - begun >= 20 * WAITED_FOR);
        assert_eq!(given_up(away).await, "the engine is away");
        assert!(before.elapsed() <= WAITED_FOR + 2 * EVERY, "{:?}", before.elapsed());
    }
}
