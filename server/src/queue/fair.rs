//! Who is next: tokens have turns by their priorities, and the users of a token take turns. Each user's submissions keep their
//! order.
//!
//! Each token has a place on a line that all walk along: with each item that is taken it steps forward, by the less the higher
//! its priority is, and the next item is of whichever is hindmost. So nobody waits for ever, and who has sent nothing for a
//! while has saved nothing up.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::party::Party;
use super::turns::Turns;

/// The step of a token of priority 1; every priority that there is divides it.
const STEP: u64 = 720_720;

/// Waiting items of many parties.
#[derive(Debug)]
pub(super) struct FairQueue<T> {
    /// Most items of one party that may be out at one time.
    most: usize,
    /// Items of each party that were taken and are not done.
    out: HashMap<Party, usize>,
    /// Those with something waiting, and those that were ahead when they had their last item taken.
    lanes: Vec<Lane<T>>,
    /// The place of the one of which the last item was taken.
    place: u64,
    len: usize,
}

/// What waits of a token, or of those without a named one.
#[derive(Debug)]
struct Lane<T> {
    token: Option<Arc<str>>,
    place: u64,
    step: u64,
    turns: Turns<T>,
}

impl<T> FairQueue<T> {
    /// A queue that lets out at most so many items of one party at one time: whoever comes next finds a worker free.
    pub(super) fn new(most: usize) -> Self {
        Self { most, out: HashMap::new(), lanes: Vec::new(), place: 0, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds an item, of a token of this priority.
    pub(super) fn push(&mut self, party: &Party, priority: u32, item: T) {
        self.adding(party, priority).push_back(item);
    }

    /// In front of the user's others: it has waited before.
    pub(super) fn push_front(&mut self, party: &Party, priority: u32, item: T) {
        self.adding(party, priority).push_front(item);
    }

    /// The next item; its user goes to the end of the line. It is out until [`Self::done`].
    pub(super) fn pop(&mut self) -> Option<T> {
        let mut order: Vec<usize> = (0..self.lanes.len()).collect();
        order.sort_by_key(|at| self.lanes[*at].place);
        for (passed, at) in order.iter().enumerate() {
            let (lane, out, most) = (&mut self.lanes[*at], &self.out, self.most);
            let token = lane.token.clone();
            let may = |user: &Option<String>| {
                let party = Party { token: token.clone(), user: user.clone() };
                out.get(&party).is_none_or(|out| *out < most)
            };
            let Some((user, item)) = lane.turns.pop(may) else { continue };
            self.place = lane.place;
            lane.place += lane.step;
            *self.out.entry(Party { token, user }).or_default() += 1;
            self.len -= 1;
            // Who has something waiting and may not have it taken saves no turns up.
            for passed in &order[..passed] {
                self.lanes[*passed].place = self.place;
            }
            self.forget_idle();
            return Some(item);
        }
        None
    }

    /// An item of this party is no longer out.
    pub(super) fn done(&mut self, party: &Party) {
        if let Some(out) = self.out.get_mut(party) {
            *out -= 1;
            if *out == 0 {
                self.out.remove(party);
            }
        }
    }

    /// Takes an item out wherever it waits.
    pub(super) fn remove(&mut self, party: &Party, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let lane = self.lanes.iter_mut().find(|lane| lane.token == party.token)?;
        let item = lane.turns.remove(party.user.as_deref(), wanted)?;
        self.len -= 1;
        Some(item)
    }

    /// How many items are taken before this one, itself included: 1 = next.
    pub(super) fn position(&self, party: &Party, wanted: impl Fn(&T) -> bool) -> Option<usize> {
        let at = self.lanes.iter().position(|lane| lane.token == party.token)?;
        let lane = &self.lanes[at];
        let own = lane.turns.position(party.user.as_deref(), wanted)?;
        let place = lane.place + lane.step * (own as u64 - 1);
        let others = self.lanes.iter().enumerate().filter(|(other, _)| *other != at);
        let before = others.map(|(other, lane)| lane.taken_before(place, other < at));
        Some(before.sum::<usize>() + own)
    }

    fn adding(&mut self, party: &Party, priority: u32) -> &mut VecDeque<T> {
        self.len += 1;
        let known = self.lanes.iter().position(|lane| lane.token == party.token);
        let at = known.unwrap_or_else(|| {
            self.lanes.push(Lane {
                token: party.token.clone(),
                place: 0,
                step: STEP,
                turns: Turns::default(),
            });
            self.lanes.len() - 1
        });
        let lane = &mut self.lanes[at];
        if lane.turns.len() == 0 {
            lane.place = lane.place.max(self.place);
        }
        lane.step = STEP / u64::from(priority.max(1));
        lane.turns.adding(party.user.as_deref())
    }

    fn forget_idle(&mut self) {
        let place = self.place;
        self.lanes.retain(|lane| lane.turns.len() > 0 || lane.place > place);
    }
}

impl<T> Lane<T> {
    /// Items that are taken before another one is at this place; where both are at it, this one's `first`, or the other's.
    fn taken_before(&self, place: u64, first: bool) -> usize {
        let Some(ahead) = place.checked_sub(self.place) else { return 0 };
        let taken = if first { ahead / self.step + 1 } else { ahead.div_ceil(self.step) };
        usize::try_from(taken).unwrap_or(usize::MAX).min(self.turns.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(user: &str) -> Party {
        Party { token: None, user: Some(user.to_owned()) }
    }

    fn with(token: &str, user: &str) -> Party {
        Party { token: Some(token.into()), user: Some(user.to_owned()) }
    }

    fn queue(items: &[(&'static str, u32)]) -> FairQueue<u32> {
        let mut queue = FairQueue::new(usize::MAX);
        for (user, item) in items {
            queue.push(&of(user), 4, *item);
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
        queue.push(&of("a"), 4, 2);
        assert_eq!(drain(queue), [10, 2]);
    }

    #[test]
    fn positions_are_the_order_in_which_items_are_taken() {
        let items = [("a", 1), ("a", 2), ("a", 3), ("b", 10), ("c", 20), ("c", 21), ("a", 4), ("b", 11)];
        let waiting = queue(&items);
        let mut positions: Vec<(usize, u32)> = items
            .iter()
            .map(|(user, item)| (waiting.position(&of(user), |other| other == item).unwrap(), *item))
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
        assert_eq!(queue.remove(&of("a"), |item| *item == 1), Some(1));
        assert_eq!(queue.remove(&of("a"), |item| *item == 1), None);
        assert_eq!((queue.len(), queue.position(&of("b"), |item| *item == 10)), (1, Some(1)));
        assert_eq!(drain(queue), [10]);
    }

    #[test]
    fn a_user_who_has_the_most_out_waits_and_others_pass() {
        let mut queue = FairQueue::new(2);
        for item in 1..=3 {
            queue.push(&of("a"), 4, item);
        }
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(2), None));
        queue.push(&of("b"), 4, 10);
        assert_eq!(queue.pop(), Some(10));
        queue.done(&of("a"));
        assert_eq!(queue.pop(), Some(3));
    }

    #[test]
    fn what_waited_before_stays_first_of_its_user() {
        let mut queue = queue(&[("a", 1), ("a", 2)]);
        let first = queue.pop().unwrap();
        queue.push_front(&of("a"), 4, first);
        assert_eq!(drain(queue), [1, 2]);
    }

    #[test]
    fn a_tokens_turns_are_those_of_all_its_users_and_as_many_as_its_priority() {
        let mut queue = FairQueue::new(usize::MAX);
        for item in 0..8 {
            queue.push(&with("course", ["a", "b", "c", "d"][item % 4]), 4, 100 + item);
            queue.push(&of("alice"), 4, 200 + item);
            queue.push(&with("batch", "x"), 1, 300 + item);
        }
        let taken: Vec<_> = std::iter::from_fn(|| queue.pop()).take(18).map(|item| item / 100).collect();
        let number = |token| taken.iter().filter(|taken| **taken == token).count();
        assert_eq!((number(1), number(2), number(3)), (8, 8, 2), "{taken:?}");
    }

    #[test]
    fn positions_are_the_order_in_which_items_of_several_tokens_are_taken() {
        let mut queue = FairQueue::new(usize::MAX);
        let parties = [
            (with("a", "x"), 1),
            (with("b", "x"), 3),
            (of("x"), 4),
            (with("b", "y"), 3),
            (with("c", "z"), 16),
        ];
        // Not all begin at the same place.
        for item in 0..7 {
            queue.push(&parties[item % 2].0, parties[item % 2].1, 900 + item);
        }
        for _ in 0..5 {
            queue.pop();
        }
        for item in 0..40 {
            let (party, priority) = &parties[(item * item + item / 3) % parties.len()];
            queue.push(party, *priority, item);
        }
        let all: Vec<_> = parties.iter().map(|(party, _)| party).collect();
        let position = |queue: &FairQueue<usize>, item: usize| {
            all.iter().find_map(|party| queue.position(party, |other| *other == item))
        };
        let mut expected: Vec<_> =
            (0..1000).filter_map(|item| Some((position(&queue, item)?, item))).collect();
        expected.sort_unstable();
        assert_eq!(expected.len(), queue.len());
        let taken: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(expected.iter().map(|(_, item)| *item).collect::<Vec<_>>(), taken);
        assert!(expected.iter().enumerate().all(|(at, (position, _))| at + 1 == *position), "{expected:?}");
    }

    #[test]
    fn who_has_sent_nothing_for_a_while_has_no_turns_saved_up_and_who_comes_back_none_for_free() {
        let mut queue = FairQueue::new(usize::MAX);
        for item in 0..100 {
            queue.push(&with("a", "x"), 4, item);
        }
        for _ in 0..50 {
            queue.pop();
        }
        for item in 1000..1004 {
            queue.push(&with("b", "x"), 4, item);
        }
        let taken: Vec<_> = (0..4).filter_map(|_| queue.pop()).map(|item| item >= 1000).collect();
        assert_eq!(taken.iter().filter(|of_b| **of_b).count(), 2, "{taken:?}");
        // One that sends one after the other has its part, and no more.
        let mut of_one = 0;
        let mut queue = FairQueue::new(usize::MAX);
        for item in 0..100 {
            queue.push(&with("a", "x"), 4, item);
        }
        queue.push(&with("c", "x"), 4, 1000);
        for _ in 0..40 {
            if queue.pop().is_some_and(|item| item >= 1000) {
                of_one += 1;
                queue.push(&with("c", "x"), 4, 1000);
            }
        }
        assert!((19..=21).contains(&of_one), "{of_one}");
    }

    #[test]
    fn a_token_whose_users_have_the_most_out_lets_others_pass_and_saves_nothing_up() {
        let mut queue = FairQueue::new(1);
        for item in 0..4 {
            queue.push(&with("a", "x"), 4, item);
            queue.push(&with("b", &item.to_string()), 4, 10 + item);
        }
        let taken: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(taken, [0, 10, 11, 12, 13]);
        queue.done(&with("a", "x"));
        queue.push(&with("b", "y"), 4, 20);
        queue.push(&with("b", "z"), 4, 21);
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(1), Some(20), Some(21)));
    }
}
