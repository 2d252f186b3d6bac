//! Who costs sandboxes: whose runs leave one that must go, waits for the next one, longer each time. To make a sandbox is
//! a third of a second of somebody's core, and others wait while fewer are there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// So many are anybody's bad luck: a container that somebody removed, a host that was overloaded.
const FREE: u32 = 3;

/// The pause after the first that is not, and twice as long after each further one.
const FIRST: Duration = Duration::from_millis(250);
/// The longest pause of one user, who costs others theirs.
const OF_USER: Duration = Duration::from_secs(10);
/// And of whoever may stand for a whole site: its other users wait with the one who is at it.
const OF_MANY: Duration = Duration::from_secs(1);

/// Who has cost none for so long is like anybody else.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// What users have cost; those without a name are one.
#[derive(Debug)]
pub(super) struct Costs {
    by_user: HashMap<Option<String>, Cost>,
    /// Longest pause of one with a name.
    longest: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    count: u32,
    last: Instant,
}

impl Cost {
    fn pause(self, longest: Duration) -> Duration {
        match self.count.checked_sub(FREE + 1) {
            None => Duration::ZERO,
            Some(doublings) => FIRST.saturating_mul(1 << doublings.min(16)).min(longest),
        }
    }
}

impl Costs {
    /// Of users, or of senders of requests who may have many users each.
    pub(super) fn new(of_senders: bool) -> Self {
        Self { by_user: HashMap::new(), longest: if of_senders { OF_MANY } else { OF_USER } }
    }

    /// A run of this user cost a sandbox.
    pub(super) fn note(&mut self, user: Option<&str>, now: Instant) {
        let cost = self.by_user.entry(user.map(str::to_owned)).or_insert(Cost { count: 0, last: now });
        *cost = Cost { count: cost.count.saturating_add(1), last: now };
    }

    /// Is there no pause that this user has still to wait for?
    pub(super) fn may_go_on(&self, user: Option<&str>, now: Instant) -> bool {
        if self.by_user.is_empty() {
            return true;
        }
        let longest = if user.is_some() { self.longest } else { OF_MANY };
        let cost = self.by_user.get(&user.map(str::to_owned));
        cost.is_none_or(|cost| now.saturating_duration_since(cost.last) >= cost.pause(longest))
    }

    /// Forgets whose costs are long ago.
    pub(super) fn forget(&mut self, now: Instant) {
        self.by_user.retain(|_, cost| now.saturating_duration_since(cost.last) < FORGOTTEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_forgotten() {
        let mut costs = Costs::new(false);
        let (pauses, now) = pauses(&mut costs, Some("a"));
        assert_eq!(pauses, [0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
        costs.note(Some("a"), now);
        assert!(costs.may_go_on(Some("b"), now) && costs.may_go_on(None, now), "nobody else");
        costs.forget(now + FORGOTTEN);
        assert!(costs.by_user.is_empty());
    }

    #[test]
    fn whoever_may_stand_for_many_pauses_for_no_longer_than_a_second() {
        let of_site = pauses(&mut Costs::new(true), Some("the backends")).0;
        assert_eq!((of_site[3], of_site[4], of_site[5], of_site[11]), (250, 500, 1000, 1000));
        assert_eq!(pauses(&mut Costs::new(false), None).0, of_site);
    }

    /// Of one who costs a sandbox whenever there is one, in milliseconds.
    fn pauses(costs: &mut Costs, user: Option<&str>) -> (Vec<u128>, Instant) {
        let mut now = Instant::now();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            costs.note(user, now);
            let waited = now;
            while !costs.may_go_on(user, now) {
                now += Duration::from_millis(50);
            }
            pauses.push((now - waited).as_millis());
        }
        (pauses, now)
    }
}
