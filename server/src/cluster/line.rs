//! What waits to be sent to nodes: users take turns, and what belongs together is cut into tasks of about the same length,
//! the longest first. Knows no clock, no broker.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use uuid::Uuid;

use super::expected::Length;
use super::nodes::Needs;

/// So much expected work is one task: less, and messages are most of it; more, and the last task of a submission keeps
/// others waiting.
pub(super) const SLICE: Duration = Duration::from_millis(100);
/// So much is one task even where others would have nothing to do then: before they had begun, it would be done.
const LEAST: Duration = Duration::from_millis(10);
/// What a part takes beside its program: a sandbox is cleaned, proven and given the next.
const BESIDE: Duration = Duration::from_millis(1);

/// Most parts of a task.
pub(super) const MOST_PARTS: usize = 32;
/// Most bytes of a task's message: a broker takes a MiB.
pub(super) const MOST_BYTES: usize = 512 * 1024;

/// Something that waits.
#[derive(Debug)]
pub(super) struct Item<T> {
    /// Who is to be served in turn.
    pub(super) user: Option<String>,
    /// What may be in one task; nothing goes with what has none.
    pub(super) together: Option<Uuid>,
    /// Which nodes can do it.
    pub(super) needs: Needs,
    /// How long it probably takes.
    pub(super) expected: Length,
    /// Bytes that it takes of a message.
    pub(super) bytes: usize,
    /// It.
    pub(super) what: T,
}

/// Items in the order in which they came, each with its ticket.
type Items<T> = VecDeque<(u64, Item<T>)>;

/// What is known of guesses, of what may be in one task.
#[derive(Debug, Default)]
struct Learnt {
    /// So many wait, and nothing is to be known of more than that.
    waiting: usize,
    guessed: Duration,
    took: Duration,
}

impl Learnt {
    /// How long something takes of which there was this guess: others were wrong by as much.
    fn by(&self, guess: Duration) -> Option<Duration> {
        const MOST_WRONG: f64 = 1000.0;
        let factor = self.took.div_duration_f64(self.guessed);
        factor.is_finite().then(|| guess.mul_f64(factor.min(MOST_WRONG)))
    }
}

/// All that waits.
#[derive(Debug)]
pub(super) struct Line<T> {
    /// Users with something waiting; the first is next.
    turns: VecDeque<Option<String>>,
    /// What waits of each, by what it takes: with thousands of items there is no time to look at all of them whenever a task goes out,
    /// and what no node can do keeps nothing waiting but its like.
    waiting: HashMap<Option<String>, BTreeMap<Needs, Items<T>>>,
    learnt: HashMap<Uuid, Learnt>,
    last: u64,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { turns: VecDeque::new(), waiting: HashMap::new(), learnt: HashMap::new(), last: 0 }
    }
}

impl<T> Line<T> {
    /// Something comes in, behind the user's others. Returns its ticket.
    pub(super) fn push(&mut self, item: Item<T>) -> u64 {
        self.last += 1;
        let user = item.user.clone();
        if !self.waiting.contains_key(&user) {
            self.turns.push_back(user.clone());
        }
        if let Some(together) = item.together {
            self.learnt.entry(together).or_default().waiting += 1;
        }
        let lanes = self.waiting.entry(user).or_default();
        lanes.entry(item.needs.clone()).or_default().push_back((self.last, item));
        self.last
    }

    /// What this ticket is of goes, wherever it is.
    pub(super) fn remove(&mut self, user: Option<&str>, ticket: u64) {
        let user = user.map(ToOwned::to_owned);
        let Some(lanes) = self.waiting.get_mut(&user) else { return };
        let mut left = None;
        for items in lanes.values_mut() {
            // In the order of their tickets.
            if let Ok(position) = items.binary_search_by_key(&ticket, |(own, _)| *own) {
                left = items.remove(position).and_then(|(_, item)| item.together);
            }
        }
        self.have_left(left, 1);
        self.tidy(&user);
    }

    /// Something took so long of which there was this guess, beside others that wait. Returns how long it was to take by what was known
    /// of those before.
    pub(super) fn learn(&mut self, together: Uuid, guess: Duration, took: Duration) -> Option<Duration> {
        let learnt = self.learnt.get_mut(&together)?;
        let before = learnt.by(guess);
        (learnt.guessed, learnt.took) = (learnt.guessed + guess, learnt.took + took);
        before
    }

    /// So many wait no more.
    fn have_left(&mut self, together: Option<Uuid>, count: usize) {
        let Some(together) = together else { return };
        if let Some(learnt) = self.learnt.get_mut(&together) {
            learnt.waiting = learnt.waiting.saturating_sub(count);
            if learnt.waiting == 0 {
                self.learnt.remove(&together);
            }
        }
    }

    /// The next task, of what may have one, as `credits` tells by how many can be done of it at one time: the longest
    /// of what its user's first item belongs to, and more of that up to a [`SLICE`], or less, down to [`LEAST`], where others
    /// would have nothing to do then. Its user goes to the end of the line.
    pub(super) fn pop(&mut self, credits: impl Fn(&Needs) -> Option<usize>) -> Option<(Needs, Vec<T>)> {
        // Of those with room the one whose first item came first.
        let next = |user: &Option<String>| {
            let lanes = self.waiting.get(user)?.iter();
            let firsts = lanes.filter_map(|(needs, items)| Some((items.front()?.0, needs)));
            firsts.filter(|(_, needs)| credits(needs).is_some()).min().map(|(_, needs)| needs.clone())
        };
        let (turn, needs) =
            self.turns.iter().enumerate().find_map(|(turn, user)| Some((turn, next(user)?)))?;
        let user = self.turns.remove(turn)?;
        let items = self.waiting.get_mut(&user)?.get_mut(&needs)?;
        let together = items.front().and_then(|(_, item)| item.together);
        let learnt = together.and_then(|together| self.learnt.get(&together));
        let task = cut(items, learnt, credits(&needs).unwrap_or(1));
        self.have_left(together, task.len());
        self.turns.push_back(user.clone());
        self.tidy(&user);
        Some((needs, task))
    }

    /// Nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Something waits that can be done, as `can` tells.
    pub(super) fn has(&self, can: impl Fn(&Needs) -> bool) -> bool {
        let all: BTreeSet<&Needs> = self.waiting.values().flat_map(BTreeMap::keys).collect();
        all.into_iter().any(can)
    }

    /// How much waits.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting.values().flat_map(BTreeMap::values).map(VecDeque::len).sum()
    }

    fn tidy(&mut self, user: &Option<String>) {
        if let Some(lanes) = self.waiting.get_mut(user) {
            lanes.retain(|_, items| !items.is_empty());
        }
        if self.waiting.get(user).is_some_and(BTreeMap::is_empty) {
            self.waiting.remove(user);
            self.turns.retain(|turn| turn != user);
        }
    }
}

/// Takes a task out of a user's items of the same needs, of which so many can be done at one time.
fn cut<T>(items: &mut Items<T>, learnt: Option<&Learnt>, credits: usize) -> Vec<T> {
    let together = items.front().and_then(|(_, item)| item.together);
    let expected = |Length { time, is_seen }: Length| {
        let learnt = learnt.filter(|_| !is_seen).and_then(|learnt| learnt.by(time));
        learnt.unwrap_or(time).saturating_add(BESIDE)
    };
    let is_of = |item: &Item<T>| item.together == together && together.is_some();
    let mut same: Vec<(usize, Duration, usize)> = items
        .iter()
        .enumerate()
        .filter(|(position, (_, item))| *position == 0 || is_of(item))
        .map(|(position, (_, item))| (position, expected(item.expected), item.bytes))
        .collect();
    let all: Duration = same.iter().map(|(_, expected, _)| *expected).sum();
    let shares = u32::try_from(2 * credits).unwrap_or(u32::MAX).max(1);
    let slice = (all / shares).clamp(LEAST, SLICE);
    // Stable: of the same length in their order.
    same.sort_by_key(|(_, expected, _)| Reverse(*expected));
    let mut chosen = Vec::new();
    let (mut long, mut large) = (Duration::ZERO, 0);
    for (position, expected, bytes) in same {
        let fits = long + expected <= slice && large + bytes <= MOST_BYTES && chosen.len() < MOST_PARTS;
        if chosen.is_empty() || fits {
            chosen.push(position);
            long += expected;
            large += bytes;
        }
    }
    let mut task = Vec::with_capacity(chosen.len());
    for position in &chosen {
        let before = chosen[..task.len()].iter().filter(|taken| *taken < position).count();
        task.extend(items.remove(position - before).map(|(_, item)| item.what));
    }
    task
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(user: &str, submission: u128, pool: &str, millis: u64, what: u32) -> Item<u32> {
        Item {
            user: Some(user.to_owned()),
            together: Some(Uuid::from_u128(submission)),
            needs: Needs::pool(pool),
            expected: Length { time: Duration::from_millis(millis), is_seen: true },
            bytes: 100,
            what,
        }
    }

    fn line(items: impl IntoIterator<Item = Item<u32>>) -> Line<u32> {
        let mut line = Line::default();
        for item in items {
            line.push(item);
        }
        line
    }

    fn drained(mut line: Line<u32>) -> Vec<Vec<u32>> {
        std::iter::from_fn(|| line.pop(|_| Some(0))).map(|(_, task)| task).collect()
    }

    #[test]
    fn tests_of_a_submission_are_cut_into_tasks_of_a_slice_the_longest_first() {
        let millis = [10, 58, 30, 250, 20, 38];
        let items = millis.into_iter().zip(0..).map(|(millis, what)| item("a", 1, "run", millis, what));
        assert_eq!(drained(line(items)), [vec![3], vec![1, 5], vec![2, 4, 0]]);
    }

    #[test]
    fn of_little_work_there_is_something_for_everybody() {
        let mut line = line((0..16).map(|what| item("a", 1, "run", 5, what)));
        let sizes: Vec<_> =
            std::iter::from_fn(|| line.pop(|_| Some(2))).map(|(_, task)| task.len()).collect();
        assert_eq!(sizes, [4, 3, 2, 1, 1, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn a_guess_is_wrong_by_as_much_as_others_of_its_submission_were() {
        let guessed = |submission, millis, what| {
            let expected = Length { time: Duration::from_millis(millis), is_seen: false };
            Item { expected, ..item("a", submission, "run", 0, what) }
        };
        let mut line = line((0..12).map(|what| guessed(1, 30, what)));
        let ms = Duration::from_millis;
        let of = |number| Uuid::from_u128(number);
        assert_eq!(line.pop(|_| Some(1)).unwrap().1, [0, 1, 2]);
        assert_eq!(line.learn(of(1), ms(30), ms(50)), None);
        assert_eq!(line.learn(of(1), ms(30), ms(130)), Some(ms(50)));
        assert_eq!(line.pop(|_| Some(1)).unwrap().1, [3], "three times as long: that is a task");
        line.push(guessed(1, 90, 20));
        line.push(item("a", 1, "run", 200, 21));
        assert_eq!(line.pop(|_| Some(1)).unwrap().1, [20], "the longest, by what was learnt");
        assert_eq!(line.pop(|_| Some(1)).unwrap().1, [21], "what was seen is no guess");
        line.push(guessed(2, 30, 30));
        assert_eq!(line.learn(of(3), ms(30), ms(130)), None);
        assert_eq!(drained(line).len(), 9, "of another submission nothing is known");
    }

    #[test]
    fn nothing_is_remembered_of_what_has_gone() {
        let mut line = line((0..3).map(|what| item("a", 1, "run", 90, what)));
        let ticket = line.push(item("b", 2, "run", 90, 3));
        line.remove(Some("b"), ticket);
        line.remove(Some("b"), ticket);
        assert_eq!(line.learnt.len(), 1);
        while line.pop(|_| Some(1)).is_some() {}
        assert!(line.learnt.is_empty());
        assert_eq!(line.learn(Uuid::from_u128(1), SLICE, SLICE), None);
    }

    #[test]
    fn what_is_short_is_cut_no_smaller_than_messages_are_worth() {
        let mut line = line((0..100).map(|what| item("a", 1, "run", 0, what)));
        let sizes: Vec<_> =
            std::iter::from_fn(|| line.pop(|_| Some(2))).map(|(_, task)| task.len()).collect();
        assert_eq!(sizes, [25, 18, 14, 10, 10, 10, 10, 3]);
    }

    #[test]
    fn users_take_turns_whatever_each_has_asked_for() {
        let flood = (0..4).map(|what| item("a", 1, "run", 80, what));
        let items = flood.chain([item("b", 2, "run", 80, 10), item("c", 3, "run", 80, 20)]);
        assert_eq!(drained(line(items)), [[0], [10], [20], [1], [2], [3]]);
    }

    #[test]
    fn what_is_of_others_or_of_another_pool_is_in_no_task_with_it() {
        let mut lone = item("a", 1, "run", 1, 4);
        lone.together = None;
        let items = [
            item("a", 1, "run", 1, 0),
            item("a", 2, "run", 1, 1),
            item("a", 1, "gcc", 1, 2),
            item("a", 1, "run", 1, 3),
        ];
        let mut line = line(items);
        line.push(lone);
        line.push(Item { what: 5, together: None, ..item("a", 1, "run", 1, 5) });
        assert_eq!(drained(line), [vec![0, 3], vec![1], vec![2], vec![4], vec![5]]);
    }

    #[test]
    fn a_pool_without_room_keeps_nobody_else_waiting() {
        let mut line =
            line([item("a", 1, "java", 1, 0), item("a", 1, "run", 1, 1), item("b", 2, "java", 1, 2)]);
        let of_run = |needs: &Needs| (needs.pool == "run").then_some(1);
        assert_eq!(line.pop(of_run), Some((Needs::pool("run"), vec![1])));
        assert_eq!(line.pop(of_run), None);
        assert_eq!(line.len(), 2);
        assert_eq!(drained(line), [[2], [0]], "who was served goes to the end");
    }

    #[test]
    fn a_message_stays_within_what_a_broker_takes() {
        let large = |what| Item { bytes: MOST_BYTES / 2, ..item("a", 1, "run", 1, what) };
        assert_eq!(drained(line((0..5).map(large))), [vec![0, 1], vec![2, 3], vec![4]]);
        let many = (0..100).map(|what| item("a", 1, "run", 0, what));
        let sizes: Vec<_> = drained(line(many)).iter().map(Vec::len).collect();
        assert_eq!(sizes, [32, 32, 32, 4]);
    }

    #[test]
    fn what_is_withdrawn_leaves_no_empty_turn() {
        let mut line = line([]);
        let ticket = line.push(item("a", 1, "run", 1, 0));
        line.push(item("b", 1, "run", 1, 1));
        line.remove(Some("a"), ticket);
        line.remove(Some("a"), ticket);
        assert_eq!((line.len(), line.turns.len()), (1, 1));
        assert_eq!(drained(line), [[1]]);
    }
}
