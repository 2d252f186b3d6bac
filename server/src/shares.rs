//! Things of which there are so many, as places and descriptors, and of which one sender leaves a quarter to others, however
//! many it asks for.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All of them. Copies are of the same.
#[derive(Debug, Clone)]
pub(crate) struct Shares(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most_of_one: usize,
    state: Mutex<State>,
    /// Some were given back.
    freed: Notify,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// What each sender has, of those who have any.
    had: HashMap<String, usize>,
}

/// What somebody has of them, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shared: Arc<Shared>,
    sender: String,
    count: usize,
}

impl Shares {
    /// So many.
    pub(crate) fn new(all: usize) -> Self {
        let state = Mutex::new(State { free: all, had: HashMap::new() });
        Self(Arc::new(Shared { most_of_one: all - all / 4, state, freed: Notify::new() }))
    }

    /// The most that one sender may have.
    pub(crate) fn most_of_one(&self) -> usize {
        self.0.most_of_one
    }

    /// Takes so many for this sender, if they are free, and it may have them.
    pub(crate) fn try_take(&self, sender: &str, count: usize) -> Option<Share> {
        let mut state = self.0.state();
        let has = state.had.get(sender).copied().unwrap_or(0);
        if count > state.free || has + count > self.0.most_of_one {
            return None;
        }
        state.free -= count;
        state.had.insert(sender.to_owned(), has + count);
        drop(state);
        Some(Share { shared: Arc::clone(&self.0), sender: sender.to_owned(), count })
    }

    /// Takes so many once that may be, which is never where they are more than one may have. Who needs fewer passes: none are
    /// kept for who waits.
    pub(crate) async fn take(&self, sender: &str, count: usize) -> Share {
        loop {
            let mut freed = pin!(self.0.freed.notified());
            // Before looking: what is freed after that is heard of.
            freed.as_mut().enable();
            if let Some(share) = self.try_take(sender, count) {
                return share;
            }
            freed.await;
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.free += self.count;
        match state.had.get(&self.sender).map_or(0, |had| had - self.count) {
            0 => drop(state.had.remove(&self.sender)),
            left => drop(state.had.insert(self.sender.clone(), left)),
        }
        drop(state);
        self.shared.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whatever_one_sender_asks_for_a_quarter_is_left_to_others() {
        let shares = Shares::new(8);
        let flood: Vec<_> = std::iter::from_fn(|| shares.try_take("flood", 1)).collect();
        assert_eq!(flood.len(), 6);
        let others = shares.try_take("other", 2).unwrap();
        assert!(shares.try_take("third", 1).is_none(), "nothing is left");
        drop(flood);
        drop(shares.take("flood", 6).await);
        drop(others);
        let state = shares.0.state();
        assert_eq!((state.free, state.had.len()), (8, 0), "who has none is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_many_keeps_none_from_others_and_gets_them_when_they_are_free() {
        let shares = Shares::new(100);
        let first = shares.take("a", 60).await;
        let mut waiting = pin!(shares.take("b", 75));
        assert!(timeout(Duration::from_secs(1), &mut waiting).await.is_err());
        drop(shares.take("c", 40).await);
        drop(first);
        waiting.await;
    }
}
