//! Other coordinators of the same broker: those that have work now share the nodes with this one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a coordinator says how much work it has.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// One that has not said so for so long has none.
const IDLE: Duration = Duration::from_secs(4);
/// Most that are known.
const MOST: usize = 64;

/// Those that have work: when they last said so, and how many tasks they would have out if they were alone.
#[derive(Debug, Default)]
pub(super) struct Peers(Mutex<BTreeMap<String, (Instant, usize)>>);

impl Peers {
    /// Another one would have so many tasks out.
    pub(super) fn heard(&self, name: &str, wants: usize, now: Instant) {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.retain(|_, (heard, _)| now.saturating_duration_since(*heard) < IDLE);
        if busy.len() < MOST {
            busy.insert(name.to_owned(), (now, wants));
        }
    }

    /// How many have work, with this one.
    pub(super) fn sharing(&self, now: Instant) -> u64 {
        let busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        1 + busy.values().filter(|(heard, _)| is_busy(*heard, now)).count() as u64
    }

    /// What is this one's of so many tasks that all may have out together: an equal share, and what others have no use for of theirs.
    /// Nobody has nothing of it.
    pub(super) fn share(&self, all: usize, now: Instant) -> usize {
        let busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = busy.values().filter(|(heard, _)| is_busy(*heard, now));
        let mut wanted: Vec<usize> = others.map(|(_, wants)| *wants).collect();
        wanted.sort_unstable();
        let (mut left, mut sharing) = (all, wanted.len() + 1);
        for wants in wanted {
            if wants.saturating_mul(sharing) >= left {
                break;
            }
            (left, sharing) = (left - wants, sharing - 1);
        }
        left.div_ceil(sharing)
    }
}

fn is_busy(heard: Instant, now: Instant) -> bool {
    now.saturating_duration_since(heard) < IDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUCH: usize = 1 << 32;

    #[test]
    fn those_that_have_work_share_and_those_that_have_none_leave_all_to_others() {
        let (peers, now) = (Peers::default(), Instant::now());
        assert_eq!(peers.share(9, now), 9);
        peers.heard("b", MUCH, now);
        peers.heard("b", MUCH, now);
        assert_eq!((peers.share(9, now), peers.share(1, now), peers.share(0, now)), (5, 1, 0));
        peers.heard("c", MUCH, now + IDLE / 2);
        assert_eq!((peers.share(9, now + IDLE / 2), peers.sharing(now + IDLE / 2)), (3, 3));
        assert_eq!(peers.sharing(now + 2 * IDLE), 1);
        assert_eq!((peers.share(9, now + IDLE), peers.share(9, now + 2 * IDLE)), (5, 9));
        for number in 0..2 * MOST {
            peers.heard(&number.to_string(), MUCH, now + 2 * IDLE);
        }
        assert_eq!(peers.0.lock().unwrap().len(), MOST);
    }

    #[test]
    fn what_others_have_no_use_for_is_no_less_used() {
        let (peers, now) = (Peers::default(), Instant::now());
        peers.heard("b", 1, now);
        assert_eq!(peers.share(24, now), 23);
        peers.heard("c", 2, now);
        peers.heard("d", MUCH, now);
        assert_eq!(peers.share(24, now), 11, "the fourth has as much");
        assert_eq!(peers.share(2, now), 1);
    }
}
