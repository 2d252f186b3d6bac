//! The line of those who wait for sandboxes: users take turns, whatever they wait for.

use std::collections::VecDeque;

use crate::submission::Isolation;

/// Somebody's place in the line, who may have gone away.
pub(super) trait Ticket {
    /// Somebody still waits.
    fn is_open(&self) -> bool;
}

/// What somebody waits for: so many sandboxes of one profile, all at the same moment or none. Several are [`Isolation::Pooled`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Want {
    /// Position among the bank's profiles.
    pub(super) profile: usize,
    pub(super) isolation: Isolation,
    pub(super) user: Option<String>,
    /// Memory that each of the sandboxes is to have set aside, in bytes.
    pub(super) memory: Vec<u64>,
}

impl Want {
    /// Sandboxes.
    pub(super) fn count(&self) -> usize {
        self.memory.len()
    }

    /// Memory of all of them, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.memory.iter().copied().fold(0, u64::saturating_add)
    }
}

/// In the order in which they are served.
#[derive(Debug)]
pub(super) struct Line<T> {
    waiting: VecDeque<Waiter<T>>,
    /// The round of whoever was served last.
    round: u64,
}

#[derive(Debug)]
struct Waiter<T> {
    /// Each user waits once a round.
    round: u64,
    want: Want,
    ticket: T,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), round: 0 }
    }
}

impl<T: Ticket> Line<T> {
    /// Puts somebody where their turn is: once a round for each user, so that who has many waiting delays another by
    /// one (start-time fair queueing, with every run of the same weight).
    pub(super) fn line_up(&mut self, want: Want, ticket: T) {
        let own = self.waiting.iter().filter(|waiter| waiter.want.user == want.user);
        let round = own.map(|waiter| waiter.round + 1).max().unwrap_or(self.round);
        let at = self.waiting.partition_point(|waiter| waiter.round <= round);
        self.waiting.insert(at, Waiter { round, want, ticket });
    }

    /// Forgets those who have gone away.
    pub(super) fn tidy(&mut self) {
        self.waiting.retain(|waiter| waiter.ticket.is_open());
    }

    /// What they want, the next to be served first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Want> {
        self.waiting.iter().map(|waiter| &waiter.want)
    }

    /// What the one at this position wants.
    pub(super) fn get(&self, at: usize) -> Option<&Want> {
        self.waiting.get(at).map(|waiter| &waiter.want)
    }

    /// Serves the one at this position.
    pub(super) fn take(&mut self, at: usize) -> Option<(Want, T)> {
        let waiter = self.waiting.remove(at)?;
        self.round = self.round.max(waiter.round);
        Some((waiter.want, waiter.ticket))
    }

    /// Nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Sends everybody away.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many still wait for a profile.
    pub(super) fn waiting_for(&self, profile: usize) -> usize {
        let waits = |waiter: &&Waiter<T>| waiter.want.profile == profile && waiter.ticket.is_open();
        self.waiting.iter().filter(waits).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Ticket for () {
        fn is_open(&self) -> bool {
            true
        }
    }

    fn of(user: &str) -> Want {
        Want { profile: 0, isolation: Isolation::Pooled, user: Some(user.into()), memory: vec![0] }
    }

    fn users(line: &Line<()>) -> Vec<&str> {
        line.iter().filter_map(|want| want.user.as_deref()).collect()
    }

    #[test]
    fn who_has_many_waiting_delays_another_by_one() {
        let mut line = Line::default();
        for user in ["a", "a", "a", "b", "b", "c"] {
            line.line_up(of(user), ());
        }
        assert_eq!(users(&line), ["a", "b", "c", "a", "b", "a"]);
    }

    #[test]
    fn a_new_user_goes_before_the_later_turns_of_a_flood_that_has_long_been_served() {
        let mut line = Line { round: 7, ..Line::default() };
        for _ in 0..3 {
            line.line_up(of("a"), ());
        }
        line.take(0).unwrap();
        line.line_up(of("b"), ());
        assert_eq!(users(&line), ["b", "a", "a"]);
    }
}
