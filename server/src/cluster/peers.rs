//! Other coordinators of the same broker: those that have work now share the nodes with this one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a coordinator says that it has work.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// One that has not said so for so long has none.
const IDLE: Duration = Duration::from_secs(4);
/// Most that are known.
const MOST: usize = 64;

/// Those that have work, and when they last said so.
#[derive(Debug, Default)]
pub(super) struct Peers(Mutex<BTreeMap<String, Instant>>);

impl Peers {
    /// Another one has work.
    pub(super) fn heard(&self, name: &str, now: Instant) {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.retain(|_, heard| now.saturating_duration_since(*heard) < IDLE);
        if busy.len() < MOST {
            busy.insert(name.to_owned(), now);
        }
    }

    /// What is this one's of something that all have together. Nobody has nothing of it.
    pub(super) fn share(&self, all: usize, now: Instant) -> usize {
        let busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = busy.values().filter(|heard| now.saturating_duration_since(**heard) < IDLE);
        all.div_ceil(1 + others.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_have_work_share_and_those_that_have_none_leave_all_to_others() {
        let (peers, now) = (Peers::default(), Instant::now());
        assert_eq!(peers.share(9, now), 9);
        peers.heard("b", now);
        peers.heard("b", now);
        assert_eq!((peers.share(9, now), peers.share(1, now), peers.share(0, now)), (5, 1, 0));
        peers.heard("c", now + IDLE / 2);
        assert_eq!(peers.share(9, now + IDLE / 2), 3);
        assert_eq!((peers.share(9, now + IDLE), peers.share(9, now + 2 * IDLE)), (5, 9));
        for number in 0..2 * MOST {
            peers.heard(&number.to_string(), now + 2 * IDLE);
        }
        assert_eq!(peers.0.lock().unwrap().len(), MOST);
    }
}
