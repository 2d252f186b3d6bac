//! Who is next: users take turns, and each user's submissions keep their order.

use std::collections::{HashMap, VecDeque};

/// Waiting items of many users. Those without a user share one turn.
#[derive(Debug)]
pub(super) struct FairQueue<T> {
    /// Most items of one user that may be out at one time.
    most: usize,
    /// Items of each user that were taken and are not done.
    out: HashMap<Option<String>, usize>,
    /// Users with something waiting; the first is next.
    turns: VecDeque<Option<String>>,
    waiting: HashMap<Option<String>, VecDeque<T>>,
    len: usize,
}

impl<T> FairQueue<T> {
    /// A queue that lets out at most so many items of one user at one time: whoever comes next finds a worker free.
    pub(super) fn new(most: usize) -> Self {
        Self { most, out: HashMap::new(), turns: VecDeque::new(), waiting: HashMap::new(), len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, user: Option<&str>, item: T) {
        self.of(user).push_back(item);
    }

    /// In front of the user's others: it has waited before.
    pub(super) fn push_front(&mut self, user: Option<&str>, item: T) {
        self.of(user).push_front(item);
    }

    /// The next item; its user goes to the end of the line. It is out until [`Self::done`].
    pub(super) fn pop(&mut self) -> Option<T> {
        let may = |user: &Option<String>| self.out.get(user).is_none_or(|out| *out < self.most);
        let user = self.turns.remove(self.turns.iter().position(may)?)?;
        *self.out.entry(user.clone()).or_default() += 1;
        let items = self.waiting.get_mut(&user)?;
        let item = items.pop_front();
        if items.is_empty() {
            self.waiting.remove(&user);
        } else {
            self.turns.push_back(user);
        }
        self.len -= usize::from(item.is_some());
        item
    }

    /// An item of this user is no longer out.
    pub(super) fn done(&mut self, user: Option<&str>) {
        let user = user.map(ToOwned::to_owned);
        if let Some(out) = self.out.get_mut(&user) {
            *out -= 1;
            if *out == 0 {
                self.out.remove(&user);
            }
        }
    }

    /// Takes an item out wherever it waits.
    pub(super) fn remove(&mut self, user: Option<&str>, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let user = user.map(ToOwned::to_owned);
        let items = self.waiting.get_mut(&user)?;
        let item = items.remove(items.iter().position(wanted)?);
        if items.is_empty() {
            self.waiting.remove(&user);
            self.turns.retain(|turn| *turn != user);
        }
        self.len -= usize::from(item.is_some());
        item
    }

    /// How many items are taken before this one, itself included: 1 = next.
    pub(super) fn position(&self, user: Option<&str>, wanted: impl Fn(&T) -> bool) -> Option<usize> {
        let user = user.map(ToOwned::to_owned);
        let ahead = self.waiting.get(&user)?.iter().position(wanted)?;
        let turn = self.turns.iter().position(|turn| *turn == user)?;
        let others = self.turns.iter().enumerate().filter(|(_, other)| **other != user);
        let before = others.map(|(other_turn, other)| {
            let rounds = ahead + usize::from(other_turn < turn);
            self.waiting.get(other).map_or(0, VecDeque::len).min(rounds)
        });
        Some(before.sum::<usize>() + ahead + 1)
    }

    fn of(&mut self, user: Option<&str>) -> &mut VecDeque<T> {
        let user = user.map(ToOwned::to_owned);
        if !self.waiting.contains_key(&user) {
            self.turns.push_back(user.clone());
        }
        self.len += 1;
        self.waiting.entry(user).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(items: &[(&'static str, u32)]) -> FairQueue<u32> {
        let mut queue = FairQueue::new(usize::MAX);
        for (user, item) in items {
            queue.push(Some(user), *item);
        }
        queue
    }

    fn drain(mut queue: FairQueue<u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn one_users_flood_delays_another_by_one_item() {
        let flood = [("a", 1), ("a", 2), ("a", 3), ("a", 4), ("b", 10), ("b", 11)];
        assert_eq!(drain(queue(&flood)), [1, 10, 2, 11, 3, 4]);
    }

    #[test]
    fn a_user_who_comes_back_goes_to_the_end_of_the_line() {
        let mut queue = queue(&[("a", 1), ("b", 10)]);
        assert_eq!(queue.pop(), Some(1));
        queue.push(Some("a"), 2);
        assert_eq!(drain(queue), [10, 2]);
    }

    #[test]
    fn positions_are_the_order_in_which_items_are_taken() {
        let items = [("a", 1), ("a", 2), ("a", 3), ("b", 10), ("c", 20), ("c", 21), ("a", 4), ("b", 11)];
        let waiting = queue(&items);
        let mut positions: Vec<(usize, u32)> = items
            .iter()
            .map(|(user, item)| (waiting.position(Some(user), |other| other == item).unwrap(), *item))
            .collect();
        positions.sort_unstable();
        let order: Vec<u32> = positions.iter().map(|(_, item)| *item).collect();
        assert_eq!(
            positions.iter().map(|(position, _)| *position).collect::<Vec<_>>(),
            (1..=8).collect::<Vec<_>>()
        );
        assert_eq!(order, drain(queue(&items)));
    }

    #[test]
    fn a_removed_item_leaves_no_empty_turn_behind() {
        let mut queue = queue(&[("a", 1), ("b", 10)]);
        assert_eq!(queue.remove(Some("a"), |item| *item == 1), Some(1));
        assert_eq!(queue.remove(Some("a"), |item| *item == 1), None);
        assert_eq!((queue.len(), queue.position(Some("b"), |item| *item == 10)), (1, Some(1)));
        assert_eq!(drain(queue), [10]);
    }

    #[test]
    fn a_user_who_has_the_most_out_waits_and_others_pass() {
        let mut queue = FairQueue::new(2);
        for item in 1..=3 {
            queue.push(Some("a"), item);
        }
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(2), None));
        queue.push(Some("b"), 10);
        assert_eq!(queue.pop(), Some(10));
        queue.done(Some("a"));
        assert_eq!(queue.pop(), Some(3));
    }

    #[test]
    fn what_waited_before_stays_first_of_its_user() {
        let mut queue = queue(&[("a", 1), ("a", 2)]);
        let first = queue.pop().unwrap();
        queue.push_front(Some("a"), first);
        assert_eq!(drain(queue), [1, 2]);
    }
}
