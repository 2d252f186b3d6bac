//! Who has how much of the broker's room for contents. Users share it as they share nodes: one that asks for more than there is
//! keeps no other from what little that needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A user; those without a name are one.
type User = Option<String>;

/// All the room there is.
#[derive(Debug, Default)]
pub(super) struct Whole(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How much there is. The broker may turn out to have less, or more.
    all: u64,
    used: u64,
    /// Users that have some of it, or wait for some.
    of: BTreeMap<User, Own>,
    last: u64,
}

#[derive(Debug, Default)]
struct Own {
    has: u64,
    /// In the order in which they came.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    amount: u64,
    come: Arc<Notify>,
}

/// Some of it: waited for, and then had until this is dropped.
#[derive(Debug)]
pub(super) struct Portion<'a> {
    whole: &'a Whole,
    user: User,
    ticket: u64,
    amount: u64,
}

impl Whole {
    /// Waits until a user may have so much of all there is, or all of it.
    pub(super) async fn take(&self, user: User, amount: u64, all: u64) -> Portion<'_> {
        let (portion, come) = self.enter(user, amount, all);
        come.notified().await;
        portion
    }

    fn enter(&self, user: User, amount: u64, all: u64) -> (Portion<'_>, Arc<Notify>) {
        let mut state = self.state();
        (state.all, state.last) = (all, state.last + 1);
        let (ticket, amount) = (state.last, amount.min(all));
        let come = Arc::new(Notify::new());
        let waiting = Waiting { ticket, amount, come: Arc::clone(&come) };
        state.of.entry(user.clone()).or_default().waiting.push_back(waiting);
        state.hand_out();
        (Portion { whole: self, user, ticket, amount }, come)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hand_out(&mut self) {
        while let Some(user) = self.next() {
            let Some(own) = self.of.get_mut(&user) else { return };
            let Some(Waiting { amount, come, .. }) = own.waiting.pop_front() else { return };
            own.has += amount;
            self.used += amount;
            come.notify_one();
        }
    }

    /// Who is next: of those that wait the one that has least. Who has something leaves as much free as that is, so that
    /// there is some for others when they come; who has nothing has what it needs, and keeps those from it that have something.
    fn next(&self) -> Option<User> {
        let free = self.all.saturating_sub(self.used);
        let waiting = self.of.iter().filter_map(|(user, own)| Some((own.waiting.front()?, own.has, user)));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable_by_key(|(first, has, _)| Reverse((*has, first.ticket)));
        while let Some((first, has, user)) = waiting.pop() {
            // It was asked for when there may have been more.
            if has + first.amount.min(self.all) <= free {
                return Some(user.clone());
            }
            if has == 0 {
                return None;
            }
        }
        None
    }
}

impl Drop for Portion<'_> {
    fn drop(&mut self) {
        let state = &mut *self.whole.state();
        if let Some(own) = state.of.get_mut(&self.user) {
            let before = own.waiting.len();
            own.waiting.retain(|waiting| waiting.ticket != self.ticket);
            if own.waiting.len() == before {
                own.has -= self.amount;
                state.used -= self.amount;
            }
        }
        state.of.retain(|_, own| own.has > 0 || !own.waiting.is_empty());
        state.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn named(user: &str) -> User {
        Some(user.to_owned())
    }

    /// What comes of it at once.
    fn taken<'a>(whole: &'a Whole, user: &str, amount: u64) -> Option<Portion<'a>> {
        Box::pin(whole.take(named(user), amount, 64)).now_or_never()
    }

    #[test]
    fn whoever_has_something_leaves_as_much_for_others() {
        let whole = Whole::default();
        let flood: Vec<_> = (0..8).map_while(|_| taken(&whole, "flood", 8)).collect();
        assert_eq!(flood.len(), 4, "that is half of it");
        let second: Vec<_> = (0..8).map_while(|_| taken(&whole, "second", 8)).collect();
        assert_eq!(second.len(), 2, "half of the other half");
        assert!(taken(&whole, "small", 1).is_some(), "there is some for whoever comes");
        assert!(taken(&whole, "flood", 1).is_none());
        drop((flood, second));
        assert!(whole.state().of.is_empty() && whole.state().used == 0);
        assert!(taken(&whole, "large", 100).is_some(), "what is more than all is alone");
    }

    #[test]
    fn who_has_nothing_is_before_those_that_have_something_however_long_these_wait() {
        let whole = Whole::default();
        let wait = |user: &str, amount| Box::pin(whole.take(named(user), amount, 64));
        let [most, rest] = [20, 10].map(|amount| taken(&whole, "a", amount).unwrap());
        let other = taken(&whole, "b", 30).unwrap();
        let mut more = [wait("a", 20), wait("b", 20)];
        assert!(more.iter_mut().all(|more| more.as_mut().now_or_never().is_none()));
        let mut new = wait("c", 20);
        assert!(new.as_mut().now_or_never().is_none(), "there is not so much");
        assert!(taken(&whole, "d", 2).is_none(), "nor is who came later before it");
        drop(most);
        let new = new.now_or_never();
        assert!(new.is_some(), "a has something still, and its next waits");
        drop((rest, other));
        assert_eq!(more.map(|more| more.now_or_never().is_some()), [true, true]);
    }

    #[test]
    fn who_stops_waiting_keeps_nobody_else_waiting() {
        let whole = Whole::default();
        let half = taken(&whole, "a", 32).unwrap();
        let mut large = Box::pin(whole.take(named("b"), 60, 64));
        assert!(large.as_mut().now_or_never().is_none());
        let mut small = Box::pin(whole.take(named("c"), 4, 64));
        assert!(small.as_mut().now_or_never().is_none());
        drop(large);
        assert!(small.now_or_never().is_some());
        drop(half);
        assert!(whole.state().of.is_empty() && whole.state().used == 0);
    }

    #[test]
    fn where_the_broker_has_more_or_less_than_before_what_is_on_its_way_is_still_counted() {
        let whole = Whole::default();
        let first = taken(&whole, "a", 32).unwrap();
        let mut second = Box::pin(whole.take(named("b"), 20, 40));
        assert!(second.as_mut().now_or_never().is_none(), "it has 40 by now, and 8 of them are free");
        let third = Box::pin(whole.take(named("c"), 20, 128)).now_or_never();
        assert!(third.is_some() && second.now_or_never().is_some());
        drop((first, third));
        assert!(whole.state().of.is_empty());
    }
}
