//! What a coordinator does in the background: sends what waits, lets nodes begin, takes their results, and hears how they
//! are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use async_nats::Message;
use async_nats::jetstream;
use futures_util::StreamExt as _;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::asking::{Event, Place, Reply, Waiter, Waiting};
use super::{Shared, State, known, lengths, looking, words};
use crate::cluster::broker::BrokerError;
use crate::cluster::desk::{Desk, Idle, Lost, Ruling, Slow};
use crate::cluster::line::MOST_PARTS;
use crate::cluster::names;
use crate::cluster::nodes::{Needs, Nodes, shortened, within_bounds};
use crate::cluster::pulls::Pulls;
use crate::cluster::speed::Terms;
use crate::cluster::streams::{MAX_AGE, Sizes};
use crate::cluster::wire::{
    Answer, Beat, Begin, Begun, Control, Done, Left, Outcome, PROTOCOL, Part, Task, TaskName, Way,
};
use crate::config::Dispatch;
use crate::content::BlobId;
use crate::watched::watched;

/// Before the broker is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked whether something may be sent, whatever else happens: nodes come and go.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What nodes cannot be at now waits so long for more of its submission, to be one task with that.
const RIPENING: Duration = Duration::from_millis(2);
/// What no node has asked for in so long the broker may have lost.
const IDLE: Duration = Duration::from_secs(20);
/// So many of those are looked at that it has; of what is lost there is no end until all is sent again.
const MOST_LOOKED_FOR: usize = 64;
/// Results that are taken at one time. Each may have a MiB: whoever sends such is not to fill the memory.
const RESULTS_AT_ONCE: usize = 32;
/// Of what a node is at for nobody so much is told it at one time; of the rest when it tells again.
const MOST_SAID_AGAIN: usize = 256;
/// Tasks of a pool that are out, for each that nodes can be at: one is there when another ends.
const AHEAD: usize = 2;
/// The same where tasks are dealt out: who is dealt them has no say in it, and all of a submission's are.
const DEALT_AHEAD: usize = 256;
/// So long a node is at a task before a quicker one is given it, too, where that has nothing to do.
pub(in crate::cluster) const SLOW_AFTER: Duration = Duration::from_millis(50);
/// The quicker one is so many times as quick.
pub(in crate::cluster) const QUICKER: f64 = 1.5;
/// Tasks that are given to quicker nodes, too, at one time: for each all nodes are looked at, while others wait for the desk.
const MOST_TWINS: usize = 16;

/// Starts all of it, until `stop`.
pub(super) fn start(shared: &Arc<Shared>, stop: &CancellationToken) {
    let spawn = |name: &'static str,
                 work: fn(Arc<Shared>) -> futures_util::future::BoxFuture<'static, ()>| {
        let shared = Arc::clone(shared);
        let working = watched(name, move || work(Arc::clone(&shared)));
        tokio::spawn(stop.clone().run_until_cancelled_owned(working));
    };
    spawn("the sending of tasks", |shared| Box::pin(send(shared)));
    spawn("the giving of tasks to quicker nodes", |shared| Box::pin(give_to_quicker(shared)));
    spawn("the taking of results", |shared| Box::pin(take(shared)));
    spawn("the beginning of tasks", |shared| Box::pin(begin(shared)));
    spawn("the hearing of nodes", |shared| Box::pin(hear(shared)));
    spawn("the trying of nodes", |shared| Box::pin(known::watch(shared)));
    spawn("the asking for what programs write", |shared| Box::pin(looking::ask(shared)));
    spawn("the hearing of what programs write", |shared| Box::pin(looking::hear(shared)));
    spawn("the keeping of how long tests took", |shared| Box::pin(lengths::keep(shared)));
    spawn("the hearing of words on nodes", |shared| Box::pin(words::hear(shared)));
    spawn("the telling of others that there is work", |shared| Box::pin(words::tell_busy(shared)));
    spawn("the hearing of others that have work", |shared| Box::pin(words::hear_busy(shared)));
}

/// Sees that there is all that must be at the broker; tries until there is. Two that find out at one time how large its streams may be
/// would each take the other's for room.
pub(super) async fn prepare(shared: &Shared) {
    let mut prepared = shared.prepared.lock().await;
    loop {
        let connections = *shared.broker.connections().borrow();
        if *prepared == Some(connections) {
            return;
        }
        match try_prepare(shared).await {
            Ok(sizes) => {
                if let Some(note) = shared.standing.note_sizes(sizes) {
                    tracing::warn!("What is kept at the broker is less than was asked for: {note}");
                }
                *prepared = Some(connections);
                return;
            }
            Err(why) => {
                let why = crate::telemetry::chain(&why);
                if shared.standing.note_trouble(&why) {
                    tracing::warn!("The broker is not prepared, which is tried again and again: {why}");
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_prepare(shared: &Shared) -> Result<Sizes, BrokerError> {
    let sizes = shared.broker.prepare(shared.object_size).await?;
    for profile in &shared.profiles {
        let pool = names::pool(profile);
        shared.broker.share(names::TASKS, &pool, names::tasks(&pool), None).await?;
    }
    Ok(sizes)
}

async fn send(shared: Arc<Shared>) {
    prepare(&shared).await;
    let mut connections = shared.broker.connections();
    connections.mark_unchanged();
    let (mut looked, mut gone) = (Instant::now(), Instant::now());
    loop {
        let moved = shared.moved.notified();
        shared.send_all(Ahead::None);
        // More of the same may come in a moment, and is one task then.
        if !shared.state().line.is_empty() {
            tokio::time::sleep(RIPENING).await;
            shared.send_all(Ahead::Some);
        }
        drop(tokio::time::timeout(LOOK_EVERY, moved).await);
        if shared.dispatch == Dispatch::Wrr && gone.elapsed() > LOOK_EVERY {
            gone = Instant::now();
            shared.take_back_of_gone();
        }
        if looked.elapsed() > IDLE {
            looked = Instant::now();
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { shared.look_for_vanished().await });
        }
        // It may have come back without what it had.
        if connections.has_changed().unwrap_or(false) {
            connections.mark_unchanged();
            prepare(&shared).await;
        }
    }
}

/// Beside the sending of tasks, which does not wait for it.
async fn give_to_quicker(shared: Arc<Shared>) {
    if shared.dispatch != Dispatch::Pull {
        return std::future::pending().await;
    }
    loop {
        if shared.state().desk.is_empty() {
            shared.opened.notified().await;
        }
        tokio::time::sleep(SLOW_AFTER).await;
        shared.send_twins();
    }
}

async fn take(shared: Arc<Shared>) {
    prepare(&shared).await;
    let name = format!("results-{}", shared.name);
    let subject = names::results(&shared.name, "*");
    loop {
        let pulls = match shared.broker.share(names::RESULTS, &name, subject.clone(), Some(MAX_AGE)).await {
            Ok(puller) => Pulls::new(&shared.broker, puller),
            Err(why) => {
                tracing::warn!("The results cannot be taken: {}", crate::telemetry::chain(&why));
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // Until it cannot be pulled from: it may be gone with the broker's disk.
        while let Some(mut pull) = pulls.pull(RESULTS_AT_ONCE).await {
            while let Some(message) = pull.next().await {
                shared.taken(&message).await;
            }
            if pull.is_broken() {
                break;
            }
        }
    }
}

async fn begin(shared: Arc<Shared>) {
    let subject = names::begin(&shared.name, "*");
    let mut asked = subscribed(&shared, subject).await;
    while let Some(message) = asked.next().await {
        shared.asked(&message).await;
    }
}

async fn hear(shared: Arc<Shared>) {
    let mut heard = subscribed(&shared, names::beat("*")).await;
    while let Some(message) = heard.next().await {
        shared.heard(&message);
    }
}

pub(super) async fn subscribed(shared: &Shared, subject: String) -> async_nats::Subscriber {
    loop {
        match shared.broker.client().subscribe(subject.clone()).await {
            Ok(subscriber) => return subscriber,
            Err(why) => {
                tracing::warn!("Nothing is heard of {subject}: {why}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Which tasks may go out.
#[derive(Debug, Clone, Copy)]
enum Ahead {
    /// Those that nodes can be at now.
    None,
    /// Those, too, that wait there until others end.
    Some,
}

/// The same task under another number, with these of its parts in this order.
fn twin_of(message: &[u8], id: u64, parts: impl Iterator<Item = u32>) -> serde_json::Result<String> {
    let mut task: Task<Box<RawValue>> = serde_json::from_slice(message)?;
    let mut all: BTreeMap<u32, Part<Box<RawValue>>> =
        std::mem::take(&mut task.parts).into_iter().map(|part| (part.number, part)).collect();
    task.parts = parts.filter_map(|part| all.remove(&part)).collect();
    task.id = id;
    serde_json::to_string(&task)
}

/// Why a message is no result.
#[derive(Debug, PartialEq, Eq)]
enum NoResult {
    /// It is a task, which no node can send: somebody has pulled it and named the place of results for the answer.
    Task,
    /// No honest node sends that.
    Other(String),
}

/// A message as the result that it is.
fn read(payload: &[u8]) -> Result<Answer, NoResult> {
    let answer: Answer = serde_json::from_slice(payload).map_err(|why| {
        let is_task = serde_json::from_slice::<Task<Box<RawValue>>>(payload).is_ok();
        if is_task { NoResult::Task } else { NoResult::Other(format!("a result that makes no sense: {why}")) }
    })?;
    let other = |what: &str| NoResult::Other(what.to_owned());
    if answer.protocol != PROTOCOL {
        return Err(other("a result of another protocol"));
    }
    if answer.done.len() > MOST_PARTS {
        return Err(other("a result of more parts than a task has"));
    }
    Ok(answer)
}

/// The quickest of the nodes that have nothing to do, by what they are to do: that is asked of each task that is out, and all nodes are
/// looked at for an answer.
struct Idlers<'a> {
    nodes: &'a Nodes,
    desk: &'a Desk<Waiter>,
    found: RefCell<BTreeMap<Needs, Option<(String, f64)>>>,
}

impl Idlers<'_> {
    /// It, and how quick it is.
    fn quickest(&self, needs: &Needs) -> Option<(String, f64)> {
        if let Some(found) = self.found.borrow().get(needs) {
            return found.clone();
        }
        let found = self.nodes.quickest(needs, |node| self.desk.at_hand(node));
        self.found.borrow_mut().insert(needs.clone(), found.clone());
        found
    }
}

/// A task that goes out.
struct Next {
    subject: String,
    /// By which the broker knows it when it comes twice.
    name: String,
    message: bytes::Bytes,
    /// Its number.
    task: u64,
    /// The node that it is dealt to, where it is not for whoever takes it.
    dealt: Option<String>,
}

impl Shared {
    /// Sends what may go out.
    fn send_all(self: &Arc<Self>, ahead: Ahead) {
        while let Some(next) = self.next(ahead) {
            match next.dealt.clone() {
                Some(node) => self.deal(&node, &next),
                None => {
                    let this = Arc::clone(self);
                    tokio::spawn(async move { this.publish(next).await });
                }
            }
        }
    }

    /// Nothing waits, and quick nodes have nothing to do: they do what slow ones are at, too.
    fn send_twins(&self) {
        for (node, task) in std::iter::from_fn(|| self.next_twin()).take(MOST_TWINS) {
            tracing::debug!(node, "A task is given to a quicker node, too");
            metrics::counter!("gavel_cluster_twins_total").increment(1);
            self.order(&node, Control::Try { task });
        }
    }

    /// A task that a slow node is at, as another for a quick one that has nothing to do.
    fn next_twin(&self) -> Option<(String, String)> {
        let mut state = self.state();
        let State { line, desk, .. } = &mut *state;
        if !line.is_empty() {
            return None;
        }
        let (quick, slow) = desk.exhausted().into_iter().find_map(|pool| {
            let idle = Idlers { nodes: &self.nodes, desk, found: RefCell::default() };
            // Whether anybody has nothing to do is found out first: at most times nobody has.
            let (_, most) = idle.quickest(&Needs::pool(&pool))?;
            let is_slow = |node: &str, needs: &Needs| {
                let enough = self.nodes.quickness(node) * QUICKER;
                enough < most && idle.quickest(needs).is_some_and(|(_, quickness)| enough < quickness)
            };
            let slow = desk.slow(&pool, is_slow, SLOW_AFTER)?;
            let (quick, _) = idle.quickest(&slow.needs)?;
            Some((quick, slow))
        })?;
        let Slow { task: of, node, needs, message, waiting } = slow;
        let id = desk.next_task();
        let text = match twin_of(&message, id, waiting.iter().map(|(part, _)| *part)) {
            Ok(text) => text,
            Err(why) => {
                tracing::error!("A task cannot be written again: {why}");
                return None;
            }
        };
        let asked = BlobId::of(text.as_bytes());
        let waiting = waiting.into_iter().map(|(part, waiter)| (part, waiter.second()));
        desk.open(id, (needs, asked), waiting, vec![node]);
        desk.deal(id, &quick);
        desk.pair(of, id);
        Some((quick, text))
    }

    /// Sends a task to the node that it was dealt to. One that does not get there is missed.
    fn deal(&self, node: &str, next: &Next) {
        let task = String::from_utf8_lossy(&next.message).into_owned();
        self.order(node, Control::Try { task });
    }

    /// Nodes have gone that were dealt tasks: others have those.
    fn take_back_of_gone(&self) {
        let dealt = self.state().desk.dealt();
        for node in dealt.into_iter().filter(|node| !self.nodes.is_here(node)) {
            let lost = self.state().desk.taken_back(&node, true);
            self.tell_lost(&node, lost, "it has gone");
        }
    }

    fn tell_lost(&self, node: &str, lost: Vec<Lost<Waiter>>, why: &str) {
        for Lost { waiter, was_begun } in lost {
            if !was_begun {
                waiter.tell(Event::Vanished);
                continue;
            }
            let outcome = Outcome::failed(Way::Broken, why.to_owned());
            waiter.tell(Event::Done(Reply { node: node.to_owned(), outcome, terms: Terms::PLAIN }));
        }
    }

    /// The next task that may go out, as far as anybody still waits for it.
    fn next(&self, ahead: Ahead) -> Option<Next> {
        loop {
            let (id, pool, parts) = self.popped(ahead)?;
            match self.opened(id, &pool, parts) {
                Ok(Some(next)) => return Some(next),
                Ok(None) => {}
                Err(why) => tracing::error!("A task cannot be written: {why}"),
            }
        }
    }

    /// The number of the next task that goes out, and the hash of its message.
    #[cfg(test)]
    pub(super) fn sent_next(&self) -> Option<(u64, BlobId)> {
        self.next(Ahead::None).map(|next| (next.task, BlobId::of(&next.message)))
    }

    /// Writes a task, not while others wait for the desk; none where nobody waits for it any more.
    fn opened(&self, id: u64, pool: &str, parts: Vec<Waiting>) -> serde_json::Result<Option<Next>> {
        let submission = parts.first().and_then(|part| part.submission);
        let may_be_twice = self.dispatch == Dispatch::Pull && !names::is_of_compilations(pool);
        let avoided = parts.first().map(|part| part.avoided.clone()).unwrap_or_default();
        let (mut works, mut waiters) = (Vec::new(), Vec::new());
        let mut all = Needs::pool(pool);
        for (number, Waiting { work, events, needs, .. }) in (0..).zip(parts) {
            all = all.with(needs);
            works.push(Part { number, work });
            waiters.push((number, Waiter::new(events)));
        }
        let incarnation = self.incarnation;
        let coordinator = self.name.clone();
        let task = Task { protocol: PROTOCOL, coordinator, incarnation, id, submission, parts: works };
        let message = bytes::Bytes::from(serde_json::to_vec(&task)?);
        let asked = BlobId::of(&message);
        let mut state = self.state();
        // Somebody may have left since.
        waiters.retain(|(_, waiter)| !waiter.is_gone());
        if waiters.is_empty() {
            return Ok(None);
        }
        let dealt = self.whose_turn(&mut state, &all, &avoided);
        state.desk.open(id, (all, asked), waiters, avoided);
        if may_be_twice {
            state.desk.remember(id, message.clone());
        }
        dealt.iter().for_each(|node| state.desk.deal(id, node));
        self.opened.notify_one();
        let name = format!("{}/{incarnation}/{id}", submission.unwrap_or_default());
        Ok(Some(Next { subject: names::tasks(pool), name, message, task: id, dealt }))
    }

    /// Where tasks are dealt out, there is a node for those of a pool.
    fn has_who_is_dealt(&self, pool: &str) -> bool {
        self.dispatch == Dispatch::Pull || self.nodes.is_any_ready_for(pool)
    }

    /// The node that a task is dealt to, where tasks are dealt out; not one that is avoided, where there are others.
    fn whose_turn(&self, state: &mut State, needs: &Needs, avoided: &[String]) -> Option<String> {
        if self.dispatch == Dispatch::Pull {
            return None;
        }
        let mut weights = self.nodes.weights(needs);
        if weights.keys().any(|node| !avoided.contains(node)) {
            weights.retain(|node, _| !avoided.contains(node));
        }
        let turns = state.turns.entry(needs.pool.clone()).or_default();
        turns.next(&weights, |node| self.nodes.is_here(node))
    }

    /// What is next in line, with the number of the task that it becomes.
    fn popped(&self, ahead: Ahead) -> Option<(u64, String, Vec<Waiting>)> {
        let mut state = self.state();
        let State { line, desk, .. } = &mut *state;
        let times = match (ahead, self.dispatch) {
            (Ahead::None, _) => 1,
            (Ahead::Some, Dispatch::Pull) => AHEAD,
            (Ahead::Some, Dispatch::Wrr) => DEALT_AHEAD,
        };
        let now = Instant::now();
        // Others fill the nodes beside us.
        let share = |credits: usize| self.peers.share(times * credits, now);
        let of_kinds = [(false, self.nodes.all_credits()), (true, self.nodes.all_compilations())];
        let is_full = of_kinds.map(|(is_compilation, all)| desk.out_of_kind(is_compilation) >= share(all));
        let credits = |needs: &Needs| {
            let (pool, credits) = (&*needs.pool, self.nodes.credits(&needs.pool));
            let is_full = is_full[usize::from(names::is_of_compilations(pool))];
            let is_free = !is_full && desk.out(pool) < share(credits);
            // What nodes hand back, as it is of a language that none of them has, would take the place of what they can do.
            (is_free && self.nodes.can(needs) && self.has_who_is_dealt(pool)).then_some(credits)
        };
        let (Needs { pool, .. }, parts) = line.pop(credits)?;
        let task = desk.next_task();
        for (part, waiting) in (0..).zip(&parts) {
            *waiting.place.lock().unwrap_or_else(PoisonError::into_inner) = Place::Out { task, part };
        }
        Some((task, pool, parts))
    }

    /// Publishes a task; tries for as long as anybody waits for it.
    async fn publish(&self, Next { subject, name, message, task, .. }: Next) {
        let mut is_again = false;
        loop {
            match self.broker.publish(subject.clone(), name.clone(), message.clone()).await {
                Ok(sequence) => {
                    self.standing.note_taken();
                    let is_wanted = self.state().desk.sent(task, sequence);
                    if !is_wanted {
                        self.recall(sequence);
                    }
                    return;
                }
                Err(why) => {
                    let why = crate::telemetry::chain(&why);
                    tracing::warn!("A task cannot be sent: {why}");
                    // Once it may have been on its way when the broker was started anew.
                    if std::mem::replace(&mut is_again, true) {
                        self.standing.note_refused(&why, Instant::now());
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
            if !self.state().desk.is_open(task) {
                return;
            }
        }
    }

    /// Sees whether the broker still has what no node has asked for in some time.
    async fn look_for_vanished(&self) {
        let is_gone = |node: &str| !self.nodes.is_here(node);
        let idle = self.state().desk.idle(IDLE, is_gone);
        let mut there = 0;
        for Idle { task, sequence, asked } in idle {
            match self.broker.kept(names::TASKS, sequence).await {
                // Numbers begin anew where it has lost all.
                Ok(Some(message)) if BlobId::of(&message) == asked => {
                    self.state().desk.is_kept(task);
                    there += 1;
                    if there == MOST_LOOKED_FOR {
                        return;
                    }
                }
                Ok(_) => {
                    let waiters = self.state().desk.vanished(task, is_gone);
                    if !waiters.is_empty() {
                        tracing::warn!("The broker has lost a task: it is sent again");
                    }
                    waiters.into_iter().for_each(|waiter| waiter.tell(Event::Vanished));
                }
                Err(why) => {
                    tracing::debug!("It is not known what the broker has: {}", crate::telemetry::chain(&why));
                    return;
                }
            }
        }
    }

    /// Takes a task back that no node has and nobody wants.
    pub(super) fn recall(&self, sequence: u64) {
        let broker = self.broker.clone();
        tokio::spawn(async move {
            // One that is gone meanwhile was asked for by a node.
            if let Err(why) = broker.remove(names::TASKS, sequence).await {
                tracing::debug!("A task was not taken back: {}", crate::telemetry::chain(&why));
            }
        });
    }

    /// A node wants to begin a task.
    async fn asked(&self, message: &Message) {
        let Some(node) = names::sender(&message.subject) else { return };
        if names::is_handed_out(message) {
            return self.leave(node, "a question");
        }
        let Some(reply) = message.reply.clone() else { return self.left(node, &message.payload) };
        let Ok(question) = serde_json::from_slice::<Begin>(&message.payload) else {
            self.nodes.note_fault(node, "a question that makes no sense");
            return;
        };
        // The answer is sent with rights that the node has not.
        if !reply.starts_with(&format!("{}.", names::inbox(node))) {
            return self.refuse(node, "a question that another is to be told the answer of");
        }
        let answer = self.answer_to(node, &question);
        self.moved.notify_one();
        let Ok(answer) = serde_json::to_vec(&answer) else { return };
        if let Err(why) = self.broker.client().publish(reply, answer.into()).await {
            tracing::warn!(node, "A node could not be answered: {why}");
        }
    }

    /// A node waits for the answer to a question no more. What has no place for an answer and is not that has no sense.
    fn left(&self, node: &str, payload: &[u8]) {
        if let Ok(Left { left }) = serde_json::from_slice(payload) {
            for waiter in self.state().desk.not_begun(node, &left) {
                waiter.tell(Event::NotBegun);
            }
        }
    }

    pub(super) fn answer_to(&self, node: &str, question: &Begin) -> Begun {
        if !self.nodes.may_begin(node) {
            let lost = self.state().desk.taken_back(node, false);
            self.tell_lost(node, lost, "it begins nothing more");
            return Begun::Elsewhere;
        }
        let number = Uuid::new_v4().as_u64_pair().0;
        let terms = self.nodes.terms(node, self.scaling);
        let mut state = self.state();
        // It will hand it back once it knows what it is: that is no try.
        let is_unable = |needs: &Needs| !self.nodes.is_able(node, needs);
        let is_of_now = question.incarnation == self.incarnation;
        if question.unread && is_of_now && state.desk.needs(question.task).is_some_and(is_unable) {
            return Begun::Elsewhere;
        }
        let others = |shunned: &[String], needs: &Needs| self.nodes.has_others(shunned, needs);
        let asked = state.desk.begin(node, question, (number, terms), others);
        for waiter in asked.begun {
            waiter.tell(Event::Begun { node: node.to_owned(), stretch: terms.stretch() });
        }
        if let Some((waiters, nodes)) = asked.given_up {
            tracing::error!("A task was given to {nodes} and came back each time: it is given up");
            for waiter in waiters {
                waiter.tell(Event::GivenUp(nodes.clone()));
            }
        }
        asked.answer
    }

    /// A result has come.
    async fn taken(self: &Arc<Self>, message: &jetstream::Message) {
        match names::sender(&message.subject) {
            Some(node) if names::is_kept(message) => self.leave(node, "a result"),
            Some(node) => self.result(node, &message.payload),
            None if self.nodes.is_time_to_tell() => tracing::warn!("A result came from nobody"),
            None => {}
        }
        self.moved.notify_one();
        if let Err(why) = message.ack().await {
            tracing::warn!("The taking of a result could not be told: {why}");
        }
    }

    pub(super) fn result(self: &Arc<Self>, node: &str, payload: &[u8]) {
        let mut answer = match read(payload) {
            Ok(answer) => answer,
            Err(NoResult::Task) => return self.leave(node, "a task among the results"),
            Err(NoResult::Other(what)) => return self.refuse(node, &what),
        };
        let mut is_late = false;
        for Done { part, outcome } in std::mem::take(&mut answer.done) {
            is_late |= self.done_part(node, &answer, part, outcome);
        }
        if is_late {
            // What else it is at of that is for nobody, either.
            self.cancel(node, answer.incarnation, answer.task, Vec::new());
        }
    }

    /// A part's result has come. True where its task is over.
    fn done_part(self: &Arc<Self>, node: &str, answer: &Answer, part: u32, outcome: Outcome) -> bool {
        let (ruling, twin) = {
            let mut state = self.state();
            let twin = state.desk.twin(answer.task).filter(|_| answer.incarnation == self.incarnation);
            (state.desk.answer(node, answer, part), twin)
        };
        let is_late = matches!(ruling, Ruling::Late);
        let label = match ruling {
            Ruling::First(waiter, terms) => {
                // One that failed leaves it to the other, as far as nobody asks again.
                let is_failure = matches!(outcome, Outcome::Failed { .. });
                twin.into_iter().filter(|_| !is_failure).for_each(|twin| self.withdraw(twin, part));
                waiter.tell(Event::Done(Reply { node: node.to_owned(), outcome, terms }));
                "first"
            }
            Ruling::Late => "late",
            Ruling::Double => "double",
            Ruling::Forged(what) => {
                self.refuse(node, &format!("a result {what}"));
                return false;
            }
        };
        metrics::counter!("gavel_cluster_results_total", "result" => label).increment(1);
        is_late
    }

    fn refuse(&self, node: &str, what: &str) {
        let what = shortened(what);
        if self.nodes.note_fault(node, what) {
            tracing::error!(node, "Refused what a node has sent: {what}");
        }
        metrics::counter!("gavel_cluster_results_total", "result" => "refused").increment(1);
    }

    /// Takes no notice of what the broker was made to send in a node's name: it is not that node's fault.
    fn leave(&self, node: &str, what: &str) {
        if self.nodes.is_time_to_tell() {
            tracing::error!(node, "Somebody had the broker send {what} in a node's name");
        }
        metrics::counter!("gavel_cluster_results_total", "result" => "refused").increment(1);
    }

    /// A node has told how it is.
    fn heard(self: &Arc<Self>, message: &Message) {
        let Some(node) = names::sender(&message.subject) else { return };
        if names::is_handed_out(message) {
            return self.leave(node, "a sign of life");
        }
        match serde_json::from_slice::<Beat>(&message.payload) {
            Ok(beat) => {
                if let Err(what) = within_bounds(&beat) {
                    return self.refuse(node, what);
                }
                let (version, credits) = (beat.version.clone(), beat.credits);
                self.look_for_lost(node, &beat.at);
                self.say_again(node, &beat);
                match self.nodes.heard(node, beat) {
                    Ok(true) => {
                        tracing::info!(node, version, credits, "Node {node} is here");
                        let (coordinator, incarnation) = (self.name.clone(), self.incarnation);
                        self.order(node, Control::Only { coordinator, incarnation });
                    }
                    Ok(false) => {}
                    Err(what) => return self.refuse(node, what),
                }
                self.remind(node);
                self.moved.notify_one();
            }
            Err(why) => {
                let why = why.to_string();
                if self.nodes.is_time_to_tell() {
                    tracing::warn!(node, "A node's sign of life makes no sense: {}", shortened(&why));
                }
            }
        }
    }

    /// What a node was told and has not heard: that nobody waits for what it is at, or that it is to forget.
    fn say_again(self: &Arc<Self>, node: &str, beat: &Beat) {
        let needless = self.state().desk.needless(&beat.at);
        needless
            .into_iter()
            .take(MOST_SAID_AGAIN)
            .for_each(|task| self.cancel(node, self.incarnation, task, Vec::new()));
        // That of the coordinator's own machine keeps what the coordinator does.
        let epoch = *self.forgotten();
        if node != self.name && beat.forgot.get(&self.name) != Some(&epoch) {
            self.order(node, self.forget(epoch));
        }
    }

    /// What a node was given and is not at, and has told nothing of, is done again.
    fn look_for_lost(&self, node: &str, at: &[TaskName]) {
        let lost = self.state().desk.lost(node, at);
        self.tell_lost(node, lost, "its results are lost");
    }

    /// Tells a node that nobody waits for parts of a task any more; for none of them, where none are named.
    pub(super) fn cancel(self: &Arc<Self>, node: &str, incarnation: Uuid, task: u64, parts: Vec<u32>) {
        self.order(node, Control::Cancel { incarnation, task, parts });
    }

    /// Tells all nodes that are here, but for that of the coordinator's own machine.
    pub(super) fn order_all(&self, control: &Control) {
        for node in self.nodes.here().into_iter().filter(|node| *node != self.name) {
            self.order(&node, control.clone());
        }
    }

    /// Tells a node what operators want, where it does not do that.
    pub(super) fn remind(self: &Arc<Self>, node: &str) {
        match self.nodes.reminder(node) {
            Some(true) => self.order(node, Control::Drain),
            Some(false) => self.order(node, Control::Undrain),
            None => {}
        }
    }

    pub(super) fn order(&self, node: &str, control: Control) {
        let (subject, client) = (names::control(node), self.broker.client().clone());
        tokio::spawn(async move {
            let Ok(message) = serde_json::to_vec(&control) else { return };
            if let Err(why) = client.publish(subject, message.into()).await {
                tracing::warn!("A node could not be told what to do: {why}");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::expected::Length;
    use crate::cluster::nodes::tests::beat;
    use crate::cluster::remote::asking::Ask;
    use crate::cluster::remote::tests::Lone;
    use crate::cluster::wire::{Speech, VersionWork, Work};
    use crate::judge::JudgeError;
    use crate::judge::test_support::LIMITS;

    /// Has something done by whatever node.
    async fn asks(shared: Arc<Shared>) -> Result<Reply, JudgeError> {
        asks_of(shared, "run").await
    }

    /// Has something done by whatever node that has sandboxes of a pool.
    async fn asks_of(shared: Arc<Shared>, pool: &str) -> Result<Reply, JudgeError> {
        let language = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        let needs = Needs { languages: [language.clone()].into(), ..Needs::pool(pool) };
        let work = Work::Version(Box::new(VersionWork { language, limits: LIMITS }));
        let expected = Length { time: Duration::from_millis(10), is_seen: false };
        let ask = Ask {
            user: None,
            submission: None,
            together: None,
            needs,
            expected,
            progress: None,
            shown: None,
        };
        shared.ask(&ask, &work, &[], &CancellationToken::new()).await
    }

    /// A node that can do it.
    fn able() -> Beat {
        able_in(1, &["run"])
    }

    /// A node that can do so much of it, in sandboxes of these profiles.
    fn able_in(credits: u32, profiles: &[&str]) -> Beat {
        let languages = BTreeMap::from([("c17".to_owned(), BlobId::of(b"c17"))]);
        Beat { languages, ..beat(credits, profiles) }
    }

    /// The task that it becomes.
    async fn sent(shared: &Shared) -> Next {
        loop {
            match shared.next(Ahead::None) {
                Some(next) => return next,
                None => tokio::task::yield_now().await,
            }
        }
    }

    #[tokio::test]
    async fn what_a_slow_node_is_at_is_given_to_the_quickest_that_is_able() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        shared.nodes.heard("slow", able()).unwrap();
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        let Next { task, message, .. } = sent(shared).await;
        let (asked, incarnation) = (BlobId::of(&message), shared.incarnation);
        let begin = Begin { incarnation, task, asked, process: Uuid::from_u128(1), unread: false };
        assert!(matches!(shared.answer_to("slow", &begin), Begun::Go { .. }));
        tokio::time::sleep(2 * SLOW_AFTER).await;
        shared.nodes.heard("able", able()).unwrap();
        shared.nodes.heard("quickest", Beat { languages: BTreeMap::new(), ..able() }).unwrap();
        let second = Duration::from_secs(1);
        for (node, took) in [("slow", 40 * second), ("able", 10 * second), ("quickest", 5 * second)] {
            shared.nodes.note_pace(node, 10 * second, took);
        }
        let (node, _) = shared.next_twin().expect("who is quicker still does not know the language");
        assert_eq!(node, "able");
        assert!(shared.next_twin().is_none(), "another is at it, too");
        asking.abort();
    }

    #[tokio::test]
    async fn the_only_node_that_knows_a_language_has_it_again_after_a_failure() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        shared.nodes.heard("knows", able()).unwrap();
        let languages = BTreeMap::from([("c17".to_owned(), BlobId::of(b"another"))]);
        shared.nodes.heard("other", Beat { languages, ..able() }).unwrap();
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        let Next { task, message, .. } = sent(shared).await;
        let asked = BlobId::of(&message);
        let begin = |process| {
            let (incarnation, process) = (shared.incarnation, Uuid::from_u128(process));
            Begin { incarnation, task, asked, process, unread: false }
        };
        for process in [1, 2] {
            let answer = shared.answer_to("knows", &begin(process));
            assert!(matches!(answer, Begun::Go { .. }), "{answer:?}");
        }
        asking.abort();
    }

    #[tokio::test]
    async fn what_comes_again_and_again_is_had_by_who_asks_before_it_is_read_and_can_do_it() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        for node in ["a", "b", "c", "d"] {
            shared.nodes.heard(node, able()).unwrap();
        }
        shared.nodes.heard("unable", beat(1, &["run"])).unwrap();
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        let Next { task, message, .. } = sent(shared).await;
        let (incarnation, asked) = (shared.incarnation, BlobId::of(&message));
        let begin = Begin { incarnation, task, asked, process: Uuid::from_u128(1), unread: true };
        assert_eq!(shared.answer_to("unable", &begin), Begun::Elsewhere);
        let earlier = Begin { incarnation: Uuid::from_u128(1), ..begin.clone() };
        assert_eq!(shared.answer_to("unable", &earlier), Begun::Gone, "it is of an earlier start");
        for node in ["a", "b", "c"] {
            let answer = shared.answer_to(node, &begin);
            assert!(matches!(answer, Begun::Go { .. }), "{answer:?}");
            let read = Begin { unread: false, ..begin.clone() };
            assert_eq!(shared.answer_to(node, &read), answer, "once it is read it is the same try");
        }
        assert_eq!(shared.answer_to("d", &begin), Begun::Gone);
        let told = asking.await.unwrap();
        let Err(JudgeError::GivenUp(why)) = told else { panic!("{told:?}") };
        assert!(why.contains("a, b, c"), "{why}");
    }

    #[tokio::test]
    async fn what_a_node_has_begun_that_dies_another_ends_and_what_comes_of_earlier_ones_is_late() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        for node in ["a", "b"] {
            shared.nodes.heard(node, able()).unwrap();
        }
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        let Next { task, message, .. } = sent(shared).await;
        let asked = BlobId::of(&message);
        let begin = |process| {
            let (incarnation, process) = (shared.incarnation, Uuid::from_u128(process));
            Begin { incarnation, task, asked, process, unread: false }
        };
        let given = |node: &str| match shared.answer_to(node, &begin(1)) {
            Begun::Go { grant, .. } => grant,
            other => panic!("{node} is told {other:?}"),
        };
        let tells = |node: &str, incarnation, grant| {
            let done = vec![Done { part: 0, outcome: Outcome::Version(Some(node.to_owned())) }];
            let answer = Answer { protocol: PROTOCOL, incarnation, task, grant, asked, done };
            shared.result(node, &serde_json::to_vec(&answer).unwrap());
        };
        let of_a = given("a");
        // A result that was on its way when the server was killed: of the same number, by another start.
        tells("a", Uuid::from_u128(1), of_a);
        // The node is killed, and starts anew before another has asked.
        assert_eq!(shared.answer_to("a", &begin(2)), Begun::Elsewhere);
        let of_b = given("b");
        assert!(!asking.is_finished());
        tells("b", shared.incarnation, of_b);
        tells("a", shared.incarnation, of_a);
        let Reply { node, outcome, .. } = asking.await.unwrap().unwrap();
        assert_eq!((&*node, outcome), ("b", Outcome::Version(Some("b".to_owned()))));
        // The result was stored when its node was killed, and the broker still had the task.
        assert_eq!(shared.answer_to("a", &begin(3)), Begun::Gone);
        assert!(shared.nodes.status().iter().all(|node| node.faults.is_empty()), "nobody has lied");
    }

    #[tokio::test]
    async fn questions_that_are_heard_long_after_they_were_asked_give_nothing_up() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        let nodes = ["a", "b", "c", "d", "e"];
        for node in nodes {
            shared.nodes.heard(node, able()).unwrap();
        }
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        let Next { task, message, .. } = sent(shared).await;
        let (incarnation, asked) = (shared.incarnation, BlobId::of(&message));
        let begin = Begin { incarnation, task, asked, process: Uuid::from_u128(1), unread: false };
        let left = serde_json::to_vec(&Left { left: begin.clone() }).unwrap();
        // The coordinator stood still for a time: each of them has given it up by now.
        for node in nodes {
            let answer = shared.answer_to(node, &begin);
            assert!(matches!(answer, Begun::Go { .. }), "{node} {answer:?}");
            shared.left(node, b"rubbish");
            shared.left(node, &left);
        }
        assert!(matches!(shared.answer_to("a", &begin), Begun::Go { .. }));
        assert!(!asking.is_finished());
        asking.abort();
    }

    /// Tasks that go out while so many wait of each of these pools.
    async fn go_out(shared: &Arc<Shared>, ahead: Ahead, each: usize, pools: [&'static str; 2]) -> usize {
        let asking: Vec<_> = pools
            .iter()
            .flat_map(|pool| std::iter::repeat_n(*pool, each))
            .map(|pool| tokio::spawn(asks_of(Arc::clone(shared), pool)))
            .collect();
        while shared.state().line.len() < asking.len() {
            tokio::task::yield_now().await;
        }
        let out = std::iter::from_fn(|| shared.next(ahead)).count();
        for asking in asking {
            asking.abort();
            drop(asking.await);
        }
        out
    }

    #[tokio::test]
    async fn of_all_pools_no_more_is_out_than_twice_what_nodes_can_be_at() {
        let pools = ["run", "run:java", "toolchain:gcc", "toolchain:java"];
        for (ahead, [runs, compilations]) in [(Ahead::None, [4, 1]), (Ahead::Some, [8, 2])] {
            for (of, most) in
                [(["run", "run-java"], runs), (["toolchain-gcc", "toolchain-java"], compilations)]
            {
                let lone = Lone::start().await;
                let shared = &lone.remote.0;
                shared.nodes.heard("node", able_in(4, &pools)).unwrap();
                assert_eq!(go_out(shared, ahead, 10, of).await, most, "{of:?} {ahead:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_language_that_no_node_knows_keeps_no_other_of_its_pool_waiting() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        let other = |c17: &[u8]| {
            let languages = BTreeMap::from([("c17".to_owned(), BlobId::of(c17))]);
            Beat { languages, ..beat(1, &["run"]) }
        };
        shared.nodes.heard("node", other(b"of the next version")).unwrap();
        assert_eq!(go_out(shared, Ahead::Some, 4, ["run"; 2]).await, 0);
        shared.nodes.heard("node", able()).unwrap();
        assert_eq!(go_out(shared, Ahead::Some, 4, ["run"; 2]).await, 2);
    }

    #[tokio::test]
    async fn what_no_node_can_do_takes_nothing_from_other_servers() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        let asking = tokio::spawn(asks(Arc::clone(shared)));
        while shared.state().line.is_empty() {
            tokio::task::yield_now().await;
        }
        shared.nodes.heard("other", beat(1, &["run"])).unwrap();
        assert_eq!(shared.wants(), 0, "the language is another there");
        shared.nodes.heard("node", able()).unwrap();
        assert_eq!(shared.wants(), u32::MAX);
        asking.abort();
    }

    #[tokio::test]
    async fn of_what_nodes_can_be_at_two_servers_that_have_work_have_half_each() {
        let lone = Lone::start().await;
        let shared = &lone.remote.0;
        shared.nodes.heard("node", able_in(4, &["run", "run:java"])).unwrap();
        shared.peers.heard("other", usize::MAX, Instant::now());
        assert_eq!(go_out(shared, Ahead::Some, 10, ["run", "run-java"]).await, 4);
    }

    #[test]
    fn a_result_has_no_more_parts_than_a_task_and_a_task_is_none() {
        let answer = |protocol, parts| {
            let done = (0..parts).map(|part| Done { part, outcome: Outcome::Version(None) }).collect();
            let asked = BlobId::of(b"the message");
            let answer = Answer { protocol, incarnation: Uuid::nil(), task: 1, grant: 2, asked, done };
            serde_json::to_vec(&answer).unwrap()
        };
        let most = u32::try_from(MOST_PARTS).unwrap();
        assert_eq!(read(&answer(PROTOCOL, most)).unwrap().done.len(), MOST_PARTS);
        let task = Task::<Box<RawValue>> {
            protocol: PROTOCOL,
            coordinator: "server".into(),
            incarnation: Uuid::nil(),
            id: 1,
            submission: None,
            parts: Vec::new(),
        };
        assert_eq!(read(&serde_json::to_vec(&task).unwrap()).unwrap_err(), NoResult::Task);
        for (refused, why) in [
            (answer(PROTOCOL, most + 1), "more parts than a task has"),
            (answer(PROTOCOL + 1, 1), "another protocol"),
            (b"rubbish".to_vec(), "makes no sense"),
        ] {
            let NoResult::Other(what) = read(&refused).unwrap_err() else { panic!("{why}") };
            assert!(what.contains(why), "{what}");
        }
    }
}
