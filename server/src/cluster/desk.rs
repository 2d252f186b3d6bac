//! The coordinator's desk: which tasks are out, who may do them, and which results count. Knows neither the broker nor
//! clocks; what it decides is carried out by [`super::remote`].
//!
//! The broker delivers each task at least once. So a node asks before it begins, and is given a number, the grant, that
//! only it knows: its results count, and nobody's who has none. A task that comes back, since its node fell silent, is granted to
//! another, and of each part the first result counts, whichever of them it is of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::names;
use super::nodes::Needs;
use super::speed::Terms;
use super::wire::{Answer, Begin, Begun, TaskName};
use crate::content::BlobId;

/// So often a task is given to a node. What takes each of them down is not given to a fourth.
pub(super) const MOST_GRANTS: usize = 3;
/// What a node is not at for so long, and has told nothing of, will not come: it says every 2 s what it is at.
const LOST_AFTER: Duration = Duration::from_secs(10);
/// A node that has said so no longer ago is still at a task: it says it every 2 s.
const STILL: Duration = Duration::from_secs(5);

/// All tasks of one start of a coordinator.
#[derive(Debug)]
pub(super) struct Desk<W> {
    incarnation: Uuid,
    last_task: u64,
    tasks: HashMap<u64, Open<W>>,
    /// How many are out, by pool.
    out: HashMap<String, Out>,
    /// Those that each node was given.
    granted: HashMap<String, BTreeSet<u64>>,
}

/// The tasks of a pool that are out.
#[derive(Debug, Default)]
struct Out {
    all: usize,
    /// Those that no node was given.
    waiting: usize,
}

/// A task that is out.
#[derive(Debug)]
struct Open<W> {
    needs: Needs,
    asked: BlobId,
    /// Its number in the broker's stream, once that has it, and since when.
    sent: Option<(u64, Instant)>,
    /// The broker was seen not to have it, and those that were given it have gone.
    is_missing: bool,
    /// Who waits for the parts that have no result.
    waiting: BTreeMap<u32, W>,
    /// Parts that have one, or that nobody wants.
    done: Vec<u32>,
    /// In the order in which they were given.
    grants: Vec<Grant>,
    /// The one node that is to do it, where it was dealt to one.
    dealt: Option<Dealt>,
    /// Nodes that shall not have it, where another can.
    avoided: Vec<String>,
    /// Its message, where it may be given to two nodes at one time.
    message: Option<bytes::Bytes>,
    /// The task that is the same for another node.
    twin: Option<u64>,
}

#[derive(Debug)]
struct Dealt {
    node: String,
    /// Since when the node does not say that it has it.
    missed: Option<Instant>,
}

#[derive(Debug)]
struct Grant {
    node: String,
    /// One start of that.
    process: Uuid,
    number: u64,
    terms: Terms,
    since: Instant,
    /// Since when the node does not say that it is at it.
    missed: Option<Instant>,
    /// When it last said so.
    at: Option<Instant>,
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

/// Who is to be told that nobody waits for a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Withdrawn {
    /// The nodes that were given its task.
    pub(super) holders: Vec<String>,
    /// The number of its task in the broker's stream, where no node was given it and it is needless as a whole.
    pub(super) sequence: Option<u64>,
}

/// A task that no node has asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Idle {
    /// Its number.
    pub(super) task: u64,
    /// That of its message in the broker's stream.
    pub(super) sequence: u64,
    /// The hash of the message.
    pub(super) asked: BlobId,
}

/// What will not be done by the node that was to do it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost<W> {
    /// Who waits for it.
    pub(super) waiter: W,
    /// The node has begun it.
    pub(super) was_begun: bool,
}

/// A task that a slow node is at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slow<W> {
    /// Its number.
    pub(super) task: u64,
    /// Who is at it.
    pub(super) node: String,
    /// What it takes.
    pub(super) needs: Needs,
    /// Its message.
    pub(super) message: bytes::Bytes,
    /// Who waits for the parts that have no result, the last first: the node goes through them from the first.
    pub(super) waiting: Vec<(u32, W)>,
}

/// What a result is worth.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ruling<W> {
    /// It counts. The node was to do it on these terms.
    First(W, Terms),
    /// Its task is over, or was cancelled.
    Late,
    /// There was one before.
    Double,
    /// No honest node sends that.
    Forged(&'static str),
}

impl<W> Open<W> {
    /// A node is not to have it, as another can: it is avoided, or had it and fell silent.
    fn shuns(&self, node: &str, others: impl Fn(&[String], &Needs) -> bool) -> bool {
        let had = self.grants.iter().map(|grant| &grant.node);
        let shunned: Vec<String> = self.avoided.iter().chain(had).cloned().collect();
        shunned.iter().any(|name| name == node) && others(&shunned, &self.needs)
    }

    /// Since when the node that is to do it does not say that it has it.
    fn missed(&mut self, node: &str) -> Option<&mut Option<Instant>> {
        if let Some(grant) = self.grants.last_mut() {
            return (grant.node == node).then_some(&mut grant.missed);
        }
        self.dealt.as_mut().filter(|dealt| dealt.node == node).map(|dealt| &mut dealt.missed)
    }

    /// A node says that it is at it.
    fn is_at(&mut self, node: &str) {
        let grants = self.grants.iter_mut().filter(|grant| grant.node == node);
        grants.for_each(|grant| grant.at = Some(Instant::now()));
    }

    /// Those that were given it have gone; most often there were none.
    fn is_left(&self, is_gone: impl Fn(&str) -> bool) -> bool {
        self.grants.iter().all(|grant| is_gone(&grant.node))
    }

    /// Nodes that were given it have lately said that they are at it.
    fn has_somebody_at_it(&self) -> bool {
        self.grants.iter().any(|grant| grant.at.is_some_and(|at| at.elapsed() < STILL))
    }

    fn lost(self) -> impl Iterator<Item = Lost<W>> {
        let was_begun = !self.grants.is_empty();
        self.waiting.into_values().map(move |waiter| Lost { waiter, was_begun })
    }
}

impl<W> Desk<W> {
    /// An empty one.
    pub(super) fn new(incarnation: Uuid) -> Self {
        let (tasks, out, granted) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { incarnation, last_task: 0, tasks, out, granted }
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

    /// A task goes out that needs this: its message has this hash, and these wait for its parts.
    pub(super) fn open(
        &mut self,
        task: u64,
        (needs, asked): (Needs, BlobId),
        waiting: impl IntoIterator<Item = (u32, W)>,
        avoided: Vec<String>,
    ) {
        let out = self.out.entry(needs.pool.clone()).or_default();
        (out.all, out.waiting) = (out.all + 1, out.waiting + 1);
        let waiting = waiting.into_iter().collect();
        let (done, grants) = (Vec::new(), Vec::new());
        let (sent, dealt, message, twin) = (None, None, None, None);
        let open = Open {
            needs,
            asked,
            sent,
            is_missing: false,
            waiting,
            done,
            grants,
            dealt,
            avoided,
            message,
            twin,
        };
        self.tasks.insert(task, open);
    }

    /// A task goes to one node, and to no other.
    pub(super) fn deal(&mut self, task: u64, node: &str) {
        if let Some(open) = self.tasks.get_mut(&task) {
            open.dealt = Some(Dealt { node: node.to_owned(), missed: None });
            self.granted.entry(node.to_owned()).or_default().insert(task);
        }
    }

    /// Nodes that were dealt tasks.
    pub(super) fn dealt(&self) -> BTreeSet<String> {
        let dealt = self.tasks.values().filter_map(|open| open.dealt.as_ref());
        dealt.map(|dealt| dealt.node.clone()).collect()
    }

    /// A node has gone, or begins nothing more: what it was dealt, unless it is still to end what it has begun.
    pub(super) fn taken_back(&mut self, node: &str, has_gone: bool) -> Vec<Lost<W>> {
        let is_its = |open: &Open<W>| open.dealt.as_ref().is_some_and(|dealt| dealt.node == node);
        let is_back = |open: &Open<W>| is_its(open) && (has_gone || open.grants.is_empty());
        let tasks = self.granted.get(node).into_iter().flatten();
        let back: Vec<u64> =
            tasks.filter(|task| self.tasks.get(task).is_some_and(is_back)).copied().collect();
        self.closed(back)
    }

    fn closed(&mut self, tasks: Vec<u64>) -> Vec<Lost<W>> {
        tasks.into_iter().filter_map(|task| self.close(task)).flat_map(Open::lost).collect()
    }

    /// What it takes to do a task that is out.
    pub(super) fn needs(&self, task: u64) -> Option<&Needs> {
        self.tasks.get(&task).map(|open| &open.needs)
    }

    /// A node wants to begin a task. `number` is new and cannot be guessed, and these are the node's terms. `others` tells whether there
    /// is a node for what a task needs that is none of these.
    pub(super) fn begin(
        &mut self,
        node: &str,
        begin: &Begin,
        (number, terms): (u64, Terms),
        others: impl Fn(&[String], &Needs) -> bool,
    ) -> Asked<'_, W> {
        let refused = |answer| Asked { answer, begun: Vec::new(), given_up: None };
        let known = self.tasks.get_mut(&begin.task).filter(|open| open.asked == begin.asked);
        let Some(open) = known.filter(|_| begin.incarnation == self.incarnation) else {
            return refused(Begun::Gone);
        };
        let own = open.grants.iter().find(|grant| grant.node == node && grant.process == begin.process);
        // It asks again, since it has not heard the answer or the broker has not heard of it: that is no other try.
        let own = own.map(|grant| (grant.number, grant.terms));
        if own.is_none() && open.shuns(node, others) {
            return refused(Begun::Elsewhere);
        }
        if own.is_none() && open.grants.len() >= MOST_GRANTS {
            // The broker was away, and has not heard for a time of who is at it.
            if open.has_somebody_at_it() {
                return refused(Begun::Elsewhere);
            }
            return self.given_up(begin.task);
        }
        let Some(open) = self.tasks.get_mut(&begin.task) else { return refused(Begun::Gone) };
        let (number, terms) = own.unwrap_or((number, terms));
        if own.is_none() {
            self.granted.entry(node.to_owned()).or_default().insert(begin.task);
            let (node, process) = (node.to_owned(), begin.process);
            let since = Instant::now();
            if open.grants.is_empty()
                && let Some(out) = self.out.get_mut(&open.needs.pool)
            {
                out.waiting -= 1;
            }
            open.grants.push(Grant { node, process, number, terms, since, missed: None, at: None });
        }
        let parts = open.waiting.keys().copied().collect();
        // Who waits is told once of each: a node that asks again and again is not waited for longer.
        let begun = open.waiting.values().filter(|_| own.is_none()).collect();
        let answer = Begun::Go { grant: number, parts, stretch: terms.stretch() };
        Asked { answer, begun, given_up: None }
    }

    /// A node has not heard in time that it may begin a task, and has handed it back: that was no try. A coordinator that stands still, or
    /// is cut off for some seconds, hears of the questions of each node in turn when it is back. Who waits for it, where nobody has it now.
    pub(super) fn not_begun(&mut self, node: &str, begin: &Begin) -> Vec<&W> {
        if begin.incarnation != self.incarnation {
            return Vec::new();
        }
        let known = self.tasks.get_mut(&begin.task).filter(|open| open.asked == begin.asked);
        let Some(open) = known else { return Vec::new() };
        let before = open.grants.len();
        open.grants.retain(|grant| grant.node != node || grant.process != begin.process);
        if open.grants.len() == before {
            return Vec::new();
        }
        if open.grants.is_empty()
            && let Some(out) = self.out.get_mut(&open.needs.pool)
        {
            out.waiting += 1;
        }
        let had_before = open.grants.iter().any(|grant| grant.node == node);
        let is_dealt = open.dealt.as_ref().is_some_and(|dealt| dealt.node == node);
        if !had_before && !is_dealt {
            self.has_no_more(node, begin.task);
        }
        let nobodys = self.tasks.get(&begin.task).filter(|open| open.grants.is_empty());
        nobodys.into_iter().flat_map(|open| open.waiting.values()).collect()
    }

    fn given_up(&mut self, task: u64) -> Asked<'_, W> {
        let given_up = self.close(task).map(|open| {
            let nodes: Vec<_> = open.grants.iter().map(|grant| grant.node.as_str()).collect();
            (nodes.join(", "), open.waiting.into_values().collect())
        });
        let given_up = given_up.map(|(nodes, waiting)| (waiting, nodes));
        Asked { answer: Begun::Gone, begun: Vec::new(), given_up }
    }

    /// The broker has a task, under this number of its stream. False where nobody waits for it any more.
    pub(super) fn sent(&mut self, task: u64, sequence: u64) -> bool {
        let Some(open) = self.tasks.get_mut(&task) else { return false };
        open.sent = Some((sequence, Instant::now()));
        true
    }

    /// Tasks that the broker has had for so long, or was seen to have so long ago, and that no node has asked for which has not gone, as
    /// `is_gone` tells: the longest first.
    pub(super) fn idle(&self, since: Duration, is_gone: impl Fn(&str) -> bool) -> Vec<Idle> {
        let idle = |(task, open): (&u64, &Open<W>)| {
            let (sequence, sent) = open.sent.filter(|_| open.is_left(&is_gone))?;
            let idle = Idle { task: *task, sequence, asked: open.asked };
            (sent.elapsed() > since).then_some((sent, idle))
        };
        let mut idle: Vec<_> = self.tasks.iter().filter_map(idle).collect();
        idle.sort_unstable_by_key(|(sent, idle)| (*sent, idle.task));
        idle.into_iter().map(|(_, idle)| idle).collect()
    }

    /// The broker was seen to have a task: others are looked for before it is again.
    pub(super) fn is_kept(&mut self, task: u64) {
        let Some(open) = self.tasks.get_mut(&task) else { return };
        open.is_missing = false;
        if let Some((_, seen)) = &mut open.sent {
            *seen = Instant::now();
        }
    }

    /// The broker has lost a task. Who waits for it, where no node was given it that has not gone. What was given to one is missed when it is
    /// looked for the second time: whoever has done it takes it off the broker's list, and what came of it may be on its way to us.
    pub(super) fn vanished(&mut self, task: u64, is_gone: impl Fn(&str) -> bool) -> Vec<W> {
        let left = self.tasks.get_mut(&task).filter(|open| open.is_left(is_gone));
        let Some(open) = left else { return Vec::new() };
        if !open.grants.is_empty() && !std::mem::replace(&mut open.is_missing, true) {
            return Vec::new();
        }
        self.close(task).map(|open| open.waiting.into_values().collect()).unwrap_or_default()
    }

    /// A node has told what it is at. What it was given, is not at for some time, and has not answered: its results are
    /// lost, as when the broker was cut off from power before it had written them; or it never heard of it.
    pub(super) fn lost(&mut self, node: &str, at: &[TaskName]) -> Vec<Lost<W>> {
        let at: BTreeSet<u64> =
            at.iter().filter(|name| name.incarnation == self.incarnation).map(|name| name.task).collect();
        let mut lost = Vec::new();
        for task in self.granted.get(node).into_iter().flatten() {
            let Some(open) = self.tasks.get_mut(task) else { continue };
            let is_at = at.contains(task);
            if is_at {
                open.is_at(node);
            }
            let Some(missed) = open.missed(node) else { continue };
            if is_at {
                *missed = None;
            } else if missed.get_or_insert_with(Instant::now).elapsed() > LOST_AFTER {
                lost.push(*task);
            }
        }
        self.closed(lost)
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
        let Some(grant) = open.grants.iter().find(|grant| grant.number == answer.grant) else {
            return Ruling::Forged("of a task that it was not given");
        };
        if grant.node != node {
            return Ruling::Forged("of a task that another was given");
        }
        let terms = grant.terms;
        match open.waiting.remove(&part) {
            Some(waiting) => {
                open.done.push(part);
                self.close_if_done(answer.task);
                Ruling::First(waiting, terms)
            }
            None if open.done.contains(&part) => Ruling::Double,
            None => Ruling::Forged("of a part that there is not"),
        }
    }

    /// Nobody waits for a part any more. Who is to be told.
    pub(super) fn withdraw(&mut self, task: u64, part: u32) -> Withdrawn {
        let Some(open) = self.tasks.get_mut(&task) else { return Withdrawn::default() };
        if open.waiting.remove(&part).is_none() {
            return Withdrawn::default();
        }
        open.done.push(part);
        let dealt = open.dealt.iter().filter(|_| open.grants.is_empty()).map(|dealt| &dealt.node);
        let holders = open.grants.iter().map(|grant| &grant.node).chain(dealt).cloned().collect::<Vec<_>>();
        let is_over = open.waiting.is_empty() && holders.is_empty();
        let sequence = open.sent.filter(|_| is_over).map(|(sequence, _)| sequence);
        self.close_if_done(task);
        Withdrawn { holders, sequence }
    }

    /// Tasks that are out of pools that are compilers', or of those that are not.
    pub(super) fn out_of_kind(&self, is_compilation: bool) -> usize {
        let is_of = |pool: &str| names::is_of_compilations(pool) == is_compilation;
        self.out.iter().filter(|(pool, _)| is_of(pool)).map(|(_, out)| out.all).sum()
    }

    /// Another node may be given a task, too.
    pub(super) fn remember(&mut self, task: u64, message: bytes::Bytes) {
        if let Some(open) = self.tasks.get_mut(&task) {
            open.message = Some(message);
        }
    }

    /// Pools of which all tasks that are out are in the hands of nodes: who has nothing to do will have nothing.
    pub(super) fn exhausted(&self) -> BTreeSet<String> {
        self.out.iter().filter(|(_, out)| out.waiting == 0).map(|(pool, _)| pool.clone()).collect()
    }

    /// Of a pool the task that a slow node was given first of those that it has had for so long and that no other is at. Whether a node
    /// is slow at what a task needs tells `is_slow`.
    pub(super) fn slow(
        &self,
        pool: &str,
        is_slow: impl Fn(&str, &Needs) -> bool,
        since: Duration,
    ) -> Option<Slow<W>>
    where
        W: Clone,
    {
        let alone = |(task, open): (&u64, &Open<W>)| {
            let [grant] = &open.grants[..] else { return None };
            let is_alone = open.twin.is_none() && open.needs.pool == pool && grant.since.elapsed() > since;
            (is_alone && open.message.is_some() && is_slow(&grant.node, &open.needs))
                .then_some((grant.since, *task))
        };
        let (_, task) = self.tasks.iter().filter_map(alone).min()?;
        let open = self.tasks.get(&task)?;
        let waiting = open.waiting.iter().rev().map(|(part, waiter)| (*part, waiter.clone())).collect();
        let node = open.grants.first()?.node.clone();
        Some(Slow { task, node, needs: open.needs.clone(), message: open.message.clone()?, waiting })
    }

    /// Two tasks are the same: of each part the first result counts, of whichever.
    pub(super) fn pair(&mut self, task: u64, other: u64) {
        for (task, other) in [(task, other), (other, task)] {
            if let Some(open) = self.tasks.get_mut(&task) {
                open.twin = Some(other);
            }
        }
    }

    /// The task that is the same.
    pub(super) fn twin(&self, task: u64) -> Option<u64> {
        self.tasks.get(&task)?.twin
    }

    /// Tasks that a node has in hand.
    pub(super) fn at_hand(&self, node: &str) -> usize {
        self.granted.get(node).map_or(0, BTreeSet::len)
    }

    /// Nothing is out.
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Tasks that are out.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Tasks of a pool that are out.
    pub(super) fn out(&self, pool: &str) -> usize {
        self.out.get(pool).map_or(0, |out| out.all)
    }

    /// Of what a node is at the tasks of this start that nobody waits for.
    pub(super) fn needless(&self, at: &[TaskName]) -> Vec<u64> {
        let own = at.iter().filter(|name| name.incarnation == self.incarnation);
        own.map(|name| name.task).filter(|task| !self.tasks.contains_key(task)).collect()
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
        let dealt = open.dealt.iter().map(|dealt| &dealt.node);
        for node in open.grants.iter().map(|grant| &grant.node).chain(dealt) {
            self.has_no_more(node, task);
        }
        if let Some(out) = self.out.get_mut(&open.needs.pool) {
            out.all -= 1;
            out.waiting -= usize::from(open.grants.is_empty());
            if out.all == 0 {
                self.out.remove(&open.needs.pool);
            }
        }
        Some(open)
    }

    /// A node has a task in hand no more.
    fn has_no_more(&mut self, node: &str, task: u64) {
        if let Some(granted) = self.granted.get_mut(node) {
            granted.remove(&task);
            if granted.is_empty() {
                self.granted.remove(node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::wire::PROTOCOL;
    use crate::judge::TimeScale;

    const ASKED: &[u8] = b"the message";

    fn desk() -> (Desk<&'static str>, Begin) {
        let mut desk = Desk::new(Uuid::from_u128(7));
        let task = desk.next_task();
        desk.open(task, (run(), BlobId::of(ASKED)), [(0, "first"), (1, "second")], Vec::new());
        (
            desk,
            Begin {
                incarnation: Uuid::from_u128(7),
                task,
                asked: BlobId::of(ASKED),
                process: Uuid::nil(),
                unread: false,
            },
        )
    }

    /// No node has gone.
    fn nobody(_: &str) -> bool {
        false
    }

    /// Sandboxes for runs, in whatever language.
    fn run() -> Needs {
        Needs::pool("run")
    }

    /// A node begins, where there are others or not.
    fn begins(desk: &mut Desk<&'static str>, node: &str, begin: &Begin, number: u64, others: bool) -> Begun {
        desk.begin(node, begin, plain(number), |_, _| others).answer
    }

    /// A number for a grant, on the terms of a node as fast as any.
    fn plain(number: u64) -> (u64, Terms) {
        (number, Terms::PLAIN)
    }

    fn go(grant: u64, parts: Vec<u32>) -> Begun {
        Begun::Go { grant, parts, stretch: Terms::PLAIN.stretch() }
    }

    fn first<W>(waiting: W) -> Ruling<W> {
        Ruling::First(waiting, Terms::PLAIN)
    }

    fn answer(begin: &Begin, grant: u64) -> Answer {
        let Begin { incarnation, task, asked, .. } = *begin;
        Answer { protocol: PROTOCOL, incarnation, task, grant, asked, done: Vec::new() }
    }

    #[test]
    fn the_first_result_of_each_part_counts_and_then_the_task_is_over() {
        let (mut desk, begin) = desk();
        let asked = desk.begin("a", &begin, plain(11), |_, _| true);
        assert_eq!((asked.answer, asked.begun.len()), (go(11, vec![0, 1]), 2));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), first("second"));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::Double);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), first("first"));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::Late);
        assert_eq!((desk.len(), desk.out("run")), (0, 0));
        assert_eq!(begins(&mut desk, "b", &begin, 12, true), Begun::Gone);
    }

    #[test]
    fn of_two_nodes_that_were_given_a_task_the_first_result_of_each_part_counts() {
        let (mut desk, begin) = desk();
        begins(&mut desk, "a", &begin, 11, true);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), first("first"));
        let again = begins(&mut desk, "b", &begin, 12, true);
        assert_eq!(again, go(12, vec![1]), "what is done is not done again");
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), first("second"), "it was silent, not wrong");
        assert_eq!(desk.answer("b", &answer(&begin, 12), 1), Ruling::Late);
    }

    #[test]
    fn a_result_counts_on_the_terms_on_which_its_node_was_given_the_task() {
        let (mut desk, begin) = desk();
        let slow = Terms { scale: TimeScale::of(2.0), is_slow: true };
        let stretch = slow.stretch();
        for terms in [slow, Terms::PLAIN] {
            let asked = desk.begin("a", &begin, (11, terms), |_, _| true);
            assert_eq!(
                asked.answer,
                Begun::Go { grant: 11, parts: vec![0, 1], stretch },
                "as the first time"
            );
        }
        begins(&mut desk, "b", &begin, 12, true);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), Ruling::First("first", slow));
        assert_eq!(desk.answer("b", &answer(&begin, 12), 1), first("second"));
    }

    #[test]
    fn what_a_slow_node_is_at_is_found_once_nothing_else_is_left_and_has_one_twin() {
        let (mut desk, begin) = desk();
        let message = bytes::Bytes::from_static(ASKED);
        let slow = |desk: &Desk<&'static str>, since| desk.slow("run", |node, _| node == "slow", since);
        assert!(desk.exhausted().is_empty(), "somebody may take it");
        begins(&mut desk, "slow", &begin, 11, true);
        assert_eq!((desk.exhausted(), desk.at_hand("slow")), (BTreeSet::from(["run".to_owned()]), 1));
        assert_eq!(slow(&desk, Duration::ZERO), None, "it is for that node alone");
        desk.remember(begin.task, message.clone());
        assert_eq!(slow(&desk, Duration::from_secs(60)), None, "it was given it a moment ago");
        assert_eq!(desk.slow("run", |node, _| node == "quick", Duration::ZERO), None);
        assert_eq!(desk.slow("run-java", |_, _| true, Duration::ZERO), None);
        let waiting = vec![(1, "second"), (0, "first")];
        let found = Slow { task: begin.task, node: "slow".to_owned(), needs: run(), message, waiting };
        assert_eq!(slow(&desk, Duration::ZERO), Some(found));
        let twin = desk.next_task();
        desk.open(twin, (run(), BlobId::of(b"twin")), [(1, "second"), (0, "first")], Vec::new());
        desk.pair(begin.task, twin);
        assert_eq!([begin.task, twin].map(|task| desk.twin(task)), [Some(twin), Some(begin.task)]);
        assert_eq!(slow(&desk, Duration::ZERO), None, "once");
        assert!(desk.exhausted().is_empty(), "the twin is still to begin");
        desk.withdraw(twin, 0);
        desk.withdraw(twin, 1);
        assert_eq!(desk.exhausted(), BTreeSet::from(["run".to_owned()]), "it is not wanted any more");
        begins(&mut desk, "other", &begin, 12, true);
        desk.withdraw(begin.task, 0);
        desk.withdraw(begin.task, 1);
        assert!(desk.exhausted().is_empty() && desk.out.is_empty());
    }

    #[test]
    fn a_node_that_asks_twice_has_had_it_once() {
        let (mut desk, begin) = desk();
        for number in 11..20 {
            let asked = desk.begin("a", &begin, plain(number), |_, _| true);
            assert_eq!(asked.answer, go(11, vec![0, 1]), "the coordinator was slow to answer");
            assert_eq!(asked.begun.is_empty(), number > 11, "it has begun once");
        }
    }

    #[test]
    fn a_node_that_fell_silent_has_it_again_only_where_there_is_no_other() {
        let (mut desk, begin) = desk();
        let restarted = |number| Begin { process: Uuid::from_u128(number), ..begin.clone() };
        begins(&mut desk, "a", &restarted(1), 11, true);
        assert_eq!(begins(&mut desk, "a", &restarted(2), 12, true), Begun::Elsewhere);
        assert!(matches!(begins(&mut desk, "a", &restarted(2), 12, false), Begun::Go { grant: 12, .. }));
        assert!(matches!(begins(&mut desk, "a", &restarted(3), 13, false), Begun::Go { grant: 13, .. }));
        let asked = desk.begin("a", &restarted(4), plain(14), |_, _| false);
        assert_eq!(asked.answer, Begun::Gone);
        assert_eq!(asked.given_up, Some((vec!["first", "second"], "a, a, a".to_owned())));
    }

    #[test]
    fn a_fourth_node_is_not_given_what_took_three_down() {
        let (mut desk, begin) = desk();
        for (number, node) in ["a", "b", "c"].iter().enumerate() {
            let asked = begins(&mut desk, node, &begin, number as u64, true);
            assert!(matches!(asked, Begun::Go { .. }), "{node}");
        }
        let asked = desk.begin("d", &begin, plain(9), |_, _| true);
        assert_eq!(asked.answer, Begun::Gone);
        assert_eq!(asked.given_up, Some((vec!["first", "second"], "a, b, c".to_owned())));
        assert_eq!(desk.answer("c", &answer(&begin, 2), 0), Ruling::Late);
    }

    #[test]
    fn what_one_of_three_nodes_says_that_it_is_at_is_not_given_up() {
        let (mut desk, begin) = desk();
        for (number, node) in (1..).zip(["a", "b", "c"]) {
            assert_eq!(begins(&mut desk, node, &begin, number, true), go(number, vec![0, 1]), "{node}");
        }
        let at = TaskName { incarnation: begin.incarnation, task: begin.task };
        assert!(desk.lost("b", &[at]).is_empty());
        assert_eq!(begins(&mut desk, "d", &begin, 9, true), Begun::Elsewhere);
        let grants = desk.tasks.values_mut().flat_map(|open| &mut open.grants);
        grants.for_each(|grant| grant.at = grant.at.map(|at| at - STILL));
        let asked = desk.begin("d", &begin, plain(9), |_, _| true);
        assert_eq!(
            (asked.answer, asked.given_up.map(|(_, nodes)| nodes)),
            (Begun::Gone, Some("a, b, c".to_owned()))
        );
    }

    #[test]
    fn a_node_that_has_not_heard_that_it_may_begin_has_not_had_it() {
        let (mut desk, begin) = desk();
        let other = Begin { process: Uuid::from_u128(9), ..begin.clone() };
        for (number, node) in (11..).zip(["a", "b", "c", "a"]) {
            assert_eq!(begins(&mut desk, node, &begin, number, true), go(number, vec![0, 1]), "{node}");
            assert!(desk.not_begun("another", &begin).is_empty());
            assert!(desk.not_begun(node, &other).is_empty());
            assert_eq!((desk.exhausted().len(), desk.at_hand(node)), (1, 1), "that is of another process");
            assert_eq!(desk.not_begun(node, &begin), [&"first", &"second"], "they wait as before");
            assert!(desk.not_begun(node, &begin).is_empty(), "it has none any more");
            assert_eq!((desk.exhausted().len(), desk.at_hand(node)), (0, 0), "nobody is at it");
        }
        assert_eq!(begins(&mut desk, "d", &begin, 20, true), go(20, vec![0, 1]));
        assert_eq!(desk.answer("d", &answer(&begin, 20), 0), first("first"));
        assert_eq!(desk.answer("d", &answer(&begin, 20), 1), first("second"));
        assert!(desk.tasks.is_empty() && desk.out.is_empty() && desk.granted.is_empty());
    }

    #[test]
    fn what_no_honest_node_sends_is_noticed() {
        let (mut desk, begin) = desk();
        begins(&mut desk, "a", &begin, 11, true);
        let forged = |ruling| matches!(ruling, Ruling::Forged(_));
        assert!(forged(desk.answer("b", &answer(&begin, 11), 0)), "with another's grant");
        assert!(forged(desk.answer("b", &answer(&begin, 12), 0)), "with none");
        assert!(forged(desk.answer("a", &answer(&begin, 11), 2)), "of no part");
        assert!(forged(desk.answer("a", &answer(&Begin { task: 9, ..begin.clone() }, 11), 0)));
        let other = Begin { asked: BlobId::of(b"another"), ..begin.clone() };
        assert!(forged(desk.answer("a", &answer(&other, 11), 0)), "of another message");
        let before = Begin { incarnation: Uuid::from_u128(6), ..begin.clone() };
        assert_eq!(desk.answer("a", &answer(&before, 11), 0), Ruling::Late, "an old one is no lie");
        assert_eq!(begins(&mut desk, "a", &before, 12, true), Begun::Gone);
        assert_eq!(desk.answer("a", &answer(&begin, 11), 0), first("first"), "the honest one counts");
    }

    #[test]
    fn what_is_withdrawn_is_told_to_the_nodes_that_have_it() {
        let (mut desk, begin) = desk();
        assert!(desk.sent(begin.task, 70));
        assert_eq!(desk.withdraw(begin.task, 0), Withdrawn::default(), "nobody has it yet");
        let asked = begins(&mut desk, "a", &begin, 11, true);
        assert_eq!(asked, go(11, vec![1]));
        assert!(desk.is_open(begin.task));
        let holders = vec!["a".to_owned()];
        assert_eq!(desk.withdraw(begin.task, 1), Withdrawn { holders, sequence: None });
        assert!(!desk.is_open(begin.task));
        assert_eq!(desk.answer("a", &answer(&begin, 11), 1), Ruling::Late);
    }

    #[test]
    fn what_a_node_is_at_that_nobody_waits_for_any_more_is_seen() {
        let (mut desk, begin) = desk();
        begins(&mut desk, "a", &begin, 11, true);
        let at = TaskName { incarnation: begin.incarnation, task: begin.task };
        let before = TaskName { incarnation: Uuid::from_u128(6), ..at };
        assert!(desk.needless(&[at, before]).is_empty());
        desk.withdraw(begin.task, 0);
        assert!(desk.needless(&[at, before]).is_empty(), "its other part is wanted");
        desk.withdraw(begin.task, 1);
        assert_eq!(
            desk.needless(&[at, before]),
            [begin.task],
            "the other is of another start, or coordinator"
        );
    }

    #[test]
    fn what_nobody_was_given_and_nobody_wants_does_not_stay_at_the_broker() {
        let (mut desk, begin) = desk_of_two();
        assert_eq!(desk.withdraw(begin.task, 0).sequence, None, "another part of it is wanted");
        assert_eq!(desk.withdraw(begin.task, 1).sequence, Some(70));
        assert!(!desk.sent(begin.task, 71), "as when it was withdrawn while it was sent");
    }

    fn desk_of_two() -> (Desk<&'static str>, Begin) {
        let (mut desk, begin) = desk();
        assert!(desk.sent(begin.task, 70));
        (desk, begin)
    }

    #[test]
    fn a_node_that_is_avoided_has_it_where_there_is_no_other() {
        let mut desk = Desk::new(Uuid::nil());
        let task = desk.next_task();
        desk.open(task, (run(), BlobId::of(ASKED)), [(0, "only")], vec!["slow".to_owned()]);
        let asked = BlobId::of(ASKED);
        let begin = Begin { incarnation: Uuid::nil(), task, asked, process: Uuid::nil(), unread: false };
        assert_eq!(begins(&mut desk, "slow", &begin, 1, true), Begun::Elsewhere);
        assert!(
            matches!(begins(&mut desk, "slow", &begin, 1, false), Begun::Go { .. }),
            "the other has gone"
        );
    }

    #[test]
    fn what_the_broker_has_lost_is_asked_for_again_unless_a_node_has_it() {
        let (mut desk, begin) = desk_of_two();
        assert_eq!(desk.idle(Duration::from_secs(1), nobody), [], "it was sent a moment ago");
        let idle = Idle { task: begin.task, sequence: 70, asked: begin.asked };
        assert_eq!(desk.idle(Duration::ZERO, nobody), [idle]);
        begins(&mut desk, "a", &begin, 11, true);
        assert_eq!(desk.idle(Duration::ZERO, nobody), []);
        assert!(desk.vanished(begin.task, nobody).is_empty());
        let gone = |node: &str| node == "a";
        for _ in 0..2 {
            assert_eq!(desk.idle(Duration::ZERO, gone).len(), 1, "it has gone as well");
            assert!(desk.vanished(begin.task, gone).is_empty(), "it may have done it before");
            desk.is_kept(begin.task);
        }
        assert!(desk.vanished(begin.task, gone).is_empty() && desk.vanished(begin.task, nobody).is_empty());
        assert_eq!(desk.vanished(begin.task, gone), ["first", "second"]);
        assert!(desk.out.is_empty() && desk.granted.is_empty());
        let (mut desk, begin) = desk_of_two();
        let later = desk.next_task();
        desk.open(later, (run(), BlobId::of(b"later")), [(0, "third")], Vec::new());
        assert!(desk.sent(later, 71));
        let idle = |desk: &Desk<_>| {
            desk.idle(Duration::ZERO, nobody).iter().map(|idle| idle.task).collect::<Vec<_>>()
        };
        assert_eq!(idle(&desk), [begin.task, later]);
        desk.is_kept(begin.task);
        assert_eq!(idle(&desk), [later, begin.task], "it was seen");
        assert_eq!(desk.vanished(later, nobody), ["third"]);
        assert_eq!(desk.vanished(begin.task, nobody), ["first", "second"]);
        assert_eq!((desk.len(), desk.out("run")), (0, 0));
    }

    #[test]
    fn what_a_node_was_given_and_is_not_at_is_lost() {
        let (mut desk, begin) = desk();
        begins(&mut desk, "a", &begin, 11, true);
        let at = TaskName { incarnation: begin.incarnation, task: begin.task };
        assert!(desk.lost("a", &[]).is_empty(), "its results may be on their way");
        let long_ago = |desk: &mut Desk<_>| {
            let grants = desk.tasks.values_mut().flat_map(|open| &mut open.grants);
            grants.for_each(|grant| grant.missed = grant.missed.map(|missed| missed - 2 * LOST_AFTER));
        };
        long_ago(&mut desk);
        assert!(desk.lost("b", &[]).is_empty() && desk.lost("a", &[at]).is_empty(), "it is at it");
        assert!(desk.lost("a", &[]).is_empty(), "it was at it a moment ago");
        long_ago(&mut desk);
        let lost = |waiter| Lost { waiter, was_begun: true };
        assert_eq!(desk.lost("a", &[]), ["first", "second"].map(lost));
        assert_eq!((desk.len(), desk.out("run"), desk.granted.len()), (0, 0, 0));
    }

    #[test]
    fn what_was_dealt_to_a_node_that_goes_is_taken_back_with_what_it_has_begun() {
        let (mut desk, begin) = desk();
        desk.deal(begin.task, "a");
        let other = desk.next_task();
        desk.open(other, (run(), BlobId::of(b"other")), [(0, "third")], Vec::new());
        desk.deal(other, "a");
        begins(&mut desk, "a", &begin, 11, true);
        assert_eq!(desk.dealt(), BTreeSet::from(["a".to_owned()]));
        assert_eq!(desk.taken_back("b", true), []);
        let third = Lost { waiter: "third", was_begun: false };
        assert_eq!(desk.taken_back("a", false), [third], "it ends what it has begun");
        let begun = |waiter| Lost { waiter, was_begun: true };
        assert_eq!(desk.taken_back("a", true), ["first", "second"].map(begun));
        assert_eq!((desk.len(), desk.out("run"), desk.granted.len()), (0, 0, 0));
    }

    #[test]
    fn what_was_dealt_and_never_heard_of_is_lost_and_was_no_try() {
        let (mut desk, begin) = desk();
        desk.deal(begin.task, "a");
        assert_eq!(desk.lost("a", &[]), []);
        let dealt = desk.tasks.values_mut().filter_map(|open| open.dealt.as_mut());
        dealt.for_each(|dealt| dealt.missed = dealt.missed.map(|missed| missed - 2 * LOST_AFTER));
        let lost = |waiter| Lost { waiter, was_begun: false };
        assert_eq!(desk.lost("a", &[]), ["first", "second"].map(lost));
        assert_eq!(desk.granted.len(), 0);
    }

    #[test]
    fn a_node_is_told_that_what_it_was_dealt_is_not_wanted() {
        let (mut desk, begin) = desk();
        desk.deal(begin.task, "a");
        let told = |withdrawn: Withdrawn| (withdrawn.holders, withdrawn.sequence);
        assert_eq!(told(desk.withdraw(begin.task, 0)), (vec!["a".to_owned()], None));
        begins(&mut desk, "a", &begin, 11, true);
        assert_eq!(told(desk.withdraw(begin.task, 1)), (vec!["a".to_owned()], None), "once");
    }
}
