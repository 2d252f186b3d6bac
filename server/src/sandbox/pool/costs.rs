//! Who costs sandboxes: whose runs leave one that must go, waits for the next one, longer each time. To make a sandbox is
//! a third of a second of somebody's core, and others wait while fewer are there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// So many are anybody's bad luck: a container that somebody removed, a host that was overloaded.
const FREE: u32 = 3;

/// The pause after the first that is not, and twice as long after each further one.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// Who has cost none for so long is like anybody else.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// By user; those without a name are one.
#[derive(Debug, Default)]
pub(super) struct Costs(HashMap<Option<String>, Cost>);

#[derive(Debug, Clone, Copy)]
struct Cost {
    count: u32,
    last: Instant,
}

impl Cost {
    fn pause(self) -> Duration {
        match self.count.checked_sub(FREE + 1) {
            None => Duration::ZERO,
            Some(doublings) => FIRST.saturating_mul(1 << doublings.min(16)).min(LONGEST),
        }
    }
}

impl Costs {
    /// A run of this user cost a sandbox.
    pub(super) fn note(&mut self, user: Option<&str>, now: Instant) {
        let cost = self.0.entry(user.map(str::to_owned)).or_insert(Cost { count: 0, last: now });
        *cost = Cost { count: cost.count.saturating_add(1), last: now };
    }

    /// Is there no pause that this user has still to wait for?
    pub(super) fn may_go_on(&self, user: Option<&str>, now: Instant) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let cost = self.0.get(&user.map(str::to_owned));
        cost.is_none_or(|cost| now.saturating_duration_since(cost.last) >= cost.pause())
    }

    /// Forgets whose costs are long ago.
    pub(super) fn forget(&mut self, now: Instant) {
        self.0.retain(|_, cost| now.saturating_duration_since(cost.last) < FORGOTTEN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_forgotten() {
        let (mut costs, begun) = (Costs::default(), Instant::now());
        let mut now = begun;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            costs.note(Some("a"), now);
            let waited = now;
            while !costs.may_go_on(Some("a"), now) {
                now += Duration::from_millis(50);
            }
            pauses.push((now - waited).as_millis());
        }
        assert_eq!(pauses, [0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
        costs.note(Some("a"), now);
        assert!(costs.may_go_on(Some("b"), now) && costs.may_go_on(None, now), "nobody else");
        costs.forget(now + FORGOTTEN);
        assert!(costs.0.is_empty());
    }
}
