//! Turns of users who share one part of the queue: each user's items keep their order.

use std::collections::{HashMap, VecDeque};

/// Waiting items of many users. Those without a user share one turn.
#[derive(Debug)]
pub(super) struct Turns<T> {
    /// Users with something waiting; the first is next.
    users: VecDeque<Option<String>>,
    waiting: HashMap<Option<String>, VecDeque<T>>,
    len: usize,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self { users: VecDeque::new(), waiting: HashMap::new(), len: 0 }
    }
}

impl<T> Turns<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The items of a user, to which one is added.
    pub(super) fn adding(&mut self, user: Option<&str>) -> &mut VecDeque<T> {
        let user = user.map(ToOwned::to_owned);
        if !self.waiting.contains_key(&user) {
            self.users.push_back(user.clone());
        }
        self.len += 1;
        self.waiting.entry(user).or_default()
    }

    /// The next item, of a user who may have one taken; that one goes to the end of the line.
    pub(super) fn pop(&mut self, may: impl Fn(&Option<String>) -> bool) -> Option<(Option<String>, T)> {
        let user = self.users.remove(self.users.iter().position(may)?)?;
        let items = self.waiting.get_mut(&user)?;
        let item = items.pop_front()?;
        if items.is_empty() {
            self.waiting.remove(&user);
        } else {
            self.users.push_back(user.clone());
        }
        self.len -= 1;
        Some((user, item))
    }

    /// Takes an item out wherever it waits.
    pub(super) fn remove(&mut self, user: Option<&str>, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let user = user.map(ToOwned::to_owned);
        let items = self.waiting.get_mut(&user)?;
        let item = items.remove(items.iter().position(wanted)?)?;
        if items.is_empty() {
            self.waiting.remove(&user);
            self.users.retain(|turn| *turn != user);
        }
        self.len -= 1;
        Some(item)
    }

    /// How many of these items are taken before this one, itself included: 1 = next.
    pub(super) fn position(&self, user: Option<&str>, wanted: impl Fn(&T) -> bool) -> Option<usize> {
        let user = user.map(ToOwned::to_owned);
        let ahead = self.waiting.get(&user)?.iter().position(wanted)?;
        let turn = self.users.iter().position(|turn| *turn == user)?;
        let others = self.users.iter().enumerate().filter(|(_, other)| **other != user);
        let before = others.map(|(other_turn, other)| {
            let rounds = ahead + usize::from(other_turn < turn);
            self.waiting.get(other).map_or(0, VecDeque::len).min(rounds)
        });
        Some(before.sum::<usize>() + ahead + 1)
    }
}
