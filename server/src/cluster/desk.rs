//! The coordinator's desk: which tasks are out, who may do them, and which results count. Knows neither the broker nor
//! clocks; what it decides is carried out by [`super::remote`].
//!
//! The broker delivers each task at least once. So a node asks before it begins, and is given a number, the grant, that
//! only it knows: while it holds the grant its results count and nobody else's. A task that comes back, since its node fell
//! silent, is granted anew, and the earlier grant is void with all that still comes of it.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::wire::{Answer, Begin, Begun};
use crate::content::BlobId;

/// So often a task is given to a node. What takes each of them down is not given to a fourth.
pub(super) const MOST_GRANTS: usize = 3;

/// All tasks of one start of a coordinator.
#[derive(Debug)]
pub(super) struct Desk<W> {
    incarnation: Uuid,
    last_task: u64,
    tasks: HashMap<u64, Open<W>>,
    /// How many are out, by pool.
    out: HashMap<String, usize>,
}

/// A task that is out.
#[derive(Debug)]
struct Open<W> {
    pool: String,
    asked: BlobId,
    /// Who waits for the parts that have no result.
    waiting: BTreeMap<u32, W>,
    /// Parts that have one, or that nobody wants.
    done: Vec<u32>,
    /// In the order in which they were given; the last one counts.
    grants: Vec<Grant>,
    /// A node that shall not have it.
    avoided: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant {
    node: String,
    number: u64,
}

/// What a node's question leads to.
#[derive(Debug)]
pub(super) struct Asked<'a, W> {
    /// The answer to it.
    pub(super) answer: Begun,
    /// Those whose parts begin.
    pub(super) begun: Vec<&'a W>,
    /// Those whose task was given to too many nodes, with their names.
    pub(super) given_up: Option<(Vec<W>, String)>,
}

/// What a result is worth.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ruling<W> {
    /// It counts.
    First(W),
    /// Its task is over, was cancelled, or is another node's by now.
    Late,
    /// There was one before, of the same node.
    Double,
    /// No honest node sends that.
    Forged(&'static str),
}

impl<W> Desk<W> {
    /// An empty one.
    pub(super) fn new(incarnation: Uuid) -> Self {
        Self { incarnation, last_task: 0, tasks: HashMap::new(), out: HashMap::new() }
    }

    /// The start that it is of.
    pub(super) fn incarnation(&self) -> Uuid {
        self.incarnation
    }

    /// A number for the next task.
    pub(super) fn next_task(&mut self) -> u64 {
        self.last_task += 1;
        self.last_task
    }

    /// A task goes out to a pool: its message has this hash, and these wait for its parts.
    pub(super) fn open(
        &mut self,
        task: u64,
        (pool, asked): (String, BlobId),
        waiting: impl IntoIterator<Item = (u32, W)>,
        avoided: Option<String>,
    ) {
        *self.out.entry(pool.clone()).or_default() += 1;
        let waiting = waiting.into_iter().collect();
        let open = Open { pool, asked, waiting, done: Vec::new(), grants: Vec::new(), avoided };
        self.tasks.insert(task, open);
    }

    /// A node wants to begin a task. `number` is new and cannot be guessed.
    pub(super) fn begin(&mut self, node: &str, begin: &Begin, number: u64) -> Asked<'_, W> {
        let refused = |answer| Asked { answer, begun: Vec::new(), given_up: None };
        let known = self.tasks.get(&begin.task).filter(|open| open.asked == begin.asked);
        let Some(known) = known.filter(|_| begin.incarnation == self.incarnation) else {
            return refused(Begun::Gone);
        };
        if known.avoided.as_deref() == Some(node) {
            return refused(Begun::Elsewhere);
        }
        if known.grants.len() >= MOST_GRANTS {
            let nodes: Vec<_> = known.grants.iter().map(|grant| grant.node.as_str()).collect();
            let nodes = nodes.join(", ");
            let waiting = self.close(begin.task).map(|open| open.waiting.into_values().collect());
            let given_up = Some((waiting.unwrap_or_default(), nodes));
            return Asked { answer: Begun::Gone, begun: Vec::new(), given_up };
        }
        let Some(open) = self.tasks.get_mut(&begin.task) else { return refused(Begun::Gone) };
        open.grants.push(Grant { node: node.to_owned(), number });
        let parts = open.waiting.keys().copied().collect();
        let begun = open.waiting.values().collect();
        Asked { answer: Begun::Go { grant: number, parts }, begun, given_up: None }
    }

    /// What a node's result of a part is worth. One that counts is taken out.
    pub(super) fn answer(&mut self, node: &str, answer: &Answer, part: u32) -> Ruling<W> {
        if answer.incarnation != self.incarnation {
            return Ruling::Late;
        }
        if answer.task > self.last_task {
            return Ruling::Forged("of a task that there never was");
        }
        let Some(open) = self.tasks.get_mut(&answer.task) else { return Ruling::Late };
        if open.asked != answer.asked {
            return Ruling::Forged("of something that was not asked");
        }
        let Some(position) = open.grants.iter().position(|grant| grant.number == answer.grant) else {
            return Ruling::Forged("of a task that it was not given");
        };
        if open.grants[position].node != node {
            return Ruling::Forged("of a task that another was given");
        }
        if position + 1 < open.grants.len() {
            return Ruling::Late;
        }
        match open.waiting.remove(&part) {
            Some(waiting) => {
                open.done.push(part);
                self.close_if_done(answer.task);
                Ruling::First(waiting)
            }
            None if open.done.contains(&part) => Ruling::Double,
            None => Ruling::Forged("of a part that there is not"),
        }
    }

    /// Nobody waits for a part any more. The node that has the task, where one has it.
    pub(super) fn withdraw(&mut self, task: u64, part: u32) -> Option<String> {
        let open = self.tasks.get_mut(&task)?;
        open.waiting.remove(&part)?;
        open.done.push(part);
        let holder = open.grants.last().map(|grant| grant.node.clone());
        self.close_if_done(task);
        holder
    }

    /// Tasks that are out.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Tasks of a pool that are out.
    pub(super) fn out(&self, pool: &str) -> usize {
        self.out.get(pool).copied().unwrap_or(0)
    }

    /// A task is still out.
    pub(super) fn is_open(&self, task: u64) -> bool {
        self.tasks.contains_key(&task)
    }

    fn close_if_done(&mut self, task: u64) {
        if self.tasks.get(&task).is_some_and(|open| open.waiting.is_empty()) {
            self.close(task);
        }
    }

    fn close(&mut self, task: u64) -> Option<Open<W>> {
        let open = self.tasks.remove(&task)?;
        if let Some(out) = self.out.get_mut(&open.pool) {
            *out -= 1;
            if *out == 0 {
                self.out.remove(&open.pool);
            }
        }
        Some(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::wire::PROTOCOL;

    const ASKED: &[u8] = b"the message";

    fn desk() -> (Desk<&'static str>, Begin) {
        let mut desk = Desk::new(Uuid::from_u128(7));
        let task = desk.next_task();
        desk.open(task, ("run".into(), BlobId::of(ASKED)), [(0, "first"), (1, "second")], None);
        (desk, Begin { incarnation: Uuid::from_u128(7), task, asked: BlobId::of(ASKED) })
    }

    fn answer(begin: &Begin, grant: u64) -> Answer {
        let Begin { incarnation, task, asked } = *begin;
        Answer { protocol: PROTOCOL, incarnation, task, grant, asked, done: Vec::new() }
    }

    #[test]
    fn the_first_result_of_each_part_counts_and_then_the_task_is_over() {
        let (mut desk, begin) = desk();
        let asked = desk.begin("a", &begin, 11);
        assert_eq!((asked.answer, asked.begun.len()), (Begun::Go { grant: 11, parts: vec![0, 1] }, 2));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::First("second"));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::Double);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::First("first"));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::Late);
        assert_eq!((desk.len(), desk.out("run")), (0, 0));
        assert_eq!(desk.begin("b", &begin, 12).answer, Begun::Gone);
    }

    #[test]
    fn a_task_that_is_given_anew_is_no_longer_the_first_nodes() {
        let (mut desk, begin) = desk();
        drop(desk.begin("a", &begin, 11));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::First("first"));
        let again = desk.begin("b", &begin, 12).answer;
        assert_eq!(again, Begun::Go { grant: 12, parts: vec![1] }, "what is done is not done again");
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::Late);
        assert_eq!(desk.answer("b", &answer(&begin, 12), 1), Ruling::First("second"));
    }

    #[test]
    fn a_fourth_node_is_not_given_what_took_three_down() {
        let (mut desk, begin) = desk();
        for (number, node) in ["a", "b", "c"].iter().enumerate() {
            let asked = desk.begin(node, &begin, number as u64);
            assert!(matches!(asked.answer, Begun::Go { .. }), "{node}");
        }
        let asked = desk.begin("d", &begin, 9);
        assert_eq!(asked.answer, Begun::Gone);
        assert_eq!(asked.given_up, Some((vec!["first", "second"], "a, b, c".to_owned())));
        assert_eq!(desk.answer("c", &answer(&begin, 2), 0), Ruling::Late);
    }

    #[test]
    fn what_no_honest_node_sends_is_noticed() {
        let (mut desk, begin) = desk();
        drop(desk.begin("a", &begin, 11));
        let forged = |ruling| matches!(ruling, Ruling::Forged(_));
        assert!(forged(desk.answer("b", &answer(&begin, 11), 0)), "with another's grant");
        assert!(forged(desk.answer("b", &answer(&begin, 12), 0)), "with none");
        assert!(forged(desk.answer("a", &answer(&begin, 11), 2)), "of no part");
        assert!(forged(desk.answer("a", &answer(&Begin { task: 9, ..begin.clone() }, 11), 0)));
        let other = Begin { asked: BlobId::of(b"another"), ..begin.clone() };
        assert!(forged(desk.answer("a", &answer(&other, 11), 0)), "of another message");
        let before = Begin { incarnation: Uuid::from_u128(6), ..begin.clone() };
        assert_eq!(desk.answer("a", &answer(&before, 11), 0), Ruling::Late, "an old one is no lie");
        assert_eq!(desk.begin("a", &before, 12).answer, Begun::Gone);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::First("first"), "the honest one counts");
    }

    #[test]
    fn what_is_withdrawn_is_told_to_the_node_that_has_it() {
        let (mut desk, begin) = desk();
        assert_eq!(desk.withdraw(begin.task, 0), None, "nobody has it yet");
        let asked = desk.begin("a", &begin, 11).answer;
        assert_eq!(asked, Begun::Go { grant: 11, parts: vec![1] });
        assert!(desk.is_open(begin.task));
        assert_eq!(desk.withdraw(begin.task, 1), Some("a".to_owned()));
        assert!(!desk.is_open(begin.task));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::Late);
    }

    #[test]
    fn a_node_that_is_avoided_does_not_get_it() {
        let mut desk = Desk::new(Uuid::nil());
        let task = desk.next_task();
        desk.open(task, ("run".into(), BlobId::of(ASKED)), [(0, "only")], Some("slow".to_owned()));
        let begin = Begin { incarnation: Uuid::nil(), task, asked: BlobId::of(ASKED) };
        assert_eq!(desk.begin("slow", &begin, 1).answer, Begun::Elsewhere);
        assert!(matches!(desk.begin("fast", &begin, 2).answer, Begun::Go { .. }));
    }
}
