//! Tests of one submission take the memory for what they wrote in their order. They end in any, and are taken in order: one
//! that had its memory before those ahead of it have theirs would keep it until they have, and they might wait for just that.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use uuid::Uuid;

/// Those of all submissions.
#[derive(Debug, Default)]
pub(super) struct Orders(Mutex<HashMap<Uuid, Arc<Order>>>);

#[derive(Debug, Default)]
struct Order {
    /// Tests that have not had their turn.
    before: Mutex<BTreeSet<u32>>,
    moved: Notify,
}

/// A test's turn. It is over when this is dropped: once it has its memory, or is judged without.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    orders: &'a Orders,
    submission: Uuid,
    order: Arc<Order>,
    index: u32,
}

impl Orders {
    /// A test begins to be judged, behind those of its submission that have begun before; a program that is none's has no turn.
    pub(super) fn enter(&self, submission: Option<Uuid>, index: u32) -> Option<Turn<'_>> {
        let submission = submission?;
        let order = Arc::clone(self.all().entry(submission).or_default());
        order.before().insert(index);
        Some(Turn { orders: self, submission, order, index })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Order>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Order {
    fn before(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Waits until those ahead have had theirs.
    pub(super) async fn come(&self) {
        loop {
            let moved = self.order.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.order.before().first().is_none_or(|first| *first >= self.index) {
                return;
            }
            moved.await;
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self.orders.all();
        let mut before = self.order.before();
        before.remove(&self.index);
        if before.is_empty() {
            all.remove(&self.submission);
        }
        drop(before);
        self.order.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_turn_comes_when_those_ahead_have_had_theirs() {
        let (orders, submission) = (Orders::default(), Some(Uuid::from_u128(1)));
        let enter = |index| orders.enter(submission, index).unwrap();
        let (first, second, third) = (enter(0), enter(1), enter(4));
        assert_eq!(first.come().now_or_never(), Some(()));
        assert_eq!(third.come().now_or_never(), None);
        drop(second);
        assert_eq!(third.come().now_or_never(), None);
        let mut waiting = Box::pin(third.come());
        assert_eq!(waiting.as_mut().now_or_never(), None);
        drop(first);
        assert_eq!(waiting.now_or_never(), Some(()), "it is woken");
        assert!(orders.enter(None, 7).is_none());
        let other = orders.enter(Some(Uuid::from_u128(2)), 9).unwrap();
        assert_eq!(other.come().now_or_never(), Some(()), "of another submission");
        drop((other, third));
        assert!(orders.all().is_empty());
    }
}
