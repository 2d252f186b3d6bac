//! What a coordinator does in the background: sends what waits, lets nodes begin, takes their results, and hears how they
//! are.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_nats::Message;
use async_nats::jetstream;
use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Shared;
use super::asking::{Event, Place, Reply, Waiter, Waiting};
use crate::cluster::broker::{BrokerError, MAX_AGE};
use crate::cluster::desk::Ruling;
use crate::cluster::names;
use crate::cluster::pulls::Pulls;
use crate::cluster::wire::{Answer, Beat, Begin, Begun, Control, Done, Outcome, PROTOCOL, Part, Task};
use crate::content::BlobId;
use crate::watched::watched;

/// Before the broker is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked whether something may be sent, whatever else happens: nodes come and go.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Results that are taken at one time.
const RESULTS_AT_ONCE: usize = 256;
/// Tasks of a pool that are out, for each that nodes can be at: one is there when another ends.
const AHEAD: usize = 2;

/// Starts all of it, until `stop`.
pub(super) fn start(shared: &Arc<Shared>, stop: &CancellationToken) {
    let spawn = |name: &'static str,
                 work: fn(Arc<Shared>) -> futures_util::future::BoxFuture<'static, ()>| {
        let shared = Arc::clone(shared);
        let working = watched(name, move || work(Arc::clone(&shared)));
        tokio::spawn(stop.clone().run_until_cancelled_owned(working));
    };
    spawn("the sending of tasks", |shared| Box::pin(send(shared)));
    spawn("the taking of results", |shared| Box::pin(take(shared)));
    spawn("the beginning of tasks", |shared| Box::pin(begin(shared)));
    spawn("the hearing of nodes", |shared| Box::pin(hear(shared)));
}

/// Sees that there is all that must be at the broker; tries until there is.
async fn prepare(shared: &Shared) {
    while let Err(why) = try_prepare(shared).await {
        tracing::warn!("The broker is not prepared: {}", crate::telemetry::chain(&why));
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_prepare(shared: &Shared) -> Result<(), BrokerError> {
    shared.broker.prepare(shared.object_size).await?;
    for profile in &shared.profiles {
        let pool = names::pool(profile);
        shared.broker.share(names::TASKS, &pool, names::tasks(&pool), None).await?;
    }
    Ok(())
}

async fn send(shared: Arc<Shared>) {
    prepare(&shared).await;
    loop {
        let moved = shared.moved.notified();
        while let Some((subject, id, message, task)) = shared.next() {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { shared.publish(subject, id, message, task).await });
        }
        drop(tokio::time::timeout(LOOK_EVERY, moved).await);
    }
}

async fn take(shared: Arc<Shared>) {
    prepare(&shared).await;
    let name = format!("results-{}", shared.name);
    let subject = names::results(&shared.name, "*");
    let pulls = loop {
        match shared.broker.share(names::RESULTS, &name, subject.clone(), Some(MAX_AGE)).await {
            Ok(puller) => break Pulls::new(&shared.broker, puller),
            Err(why) => {
                tracing::warn!("The results cannot be taken: {}", crate::telemetry::chain(&why));
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    loop {
        let Some(mut pull) = pulls.pull(RESULTS_AT_ONCE).await else { continue };
        while let Some(message) = pull.next().await {
            shared.taken(&message).await;
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

async fn subscribed(shared: &Shared, subject: String) -> async_nats::Subscriber {
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

impl Shared {
    /// The next task that may go out: where, under which name, what, and its number.
    fn next(&self) -> Option<(String, String, bytes::Bytes, u64)> {
        let mut state = self.state();
        let super::State { line, desk } = &mut *state;
        let credits = |pool: &str| {
            let credits = self.nodes.credits(pool);
            (desk.out(pool) < AHEAD * credits).then_some(credits)
        };
        let (pool, parts) = line.pop(credits)?;
        let id = desk.next_task();
        let submission = parts.first().and_then(|part| part.submission);
        let avoided = parts.first().and_then(|part| part.avoided.clone());
        let (mut works, mut waiters) = (Vec::new(), Vec::new());
        for (number, Waiting { work, place, events, .. }) in (0..).zip(parts) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Place::Out { task: id, part: number };
            works.push(Part { number, work });
            waiters.push((number, Waiter(events)));
        }
        let task = Task {
            protocol: PROTOCOL,
            coordinator: self.name.clone(),
            incarnation: desk.incarnation(),
            id,
            submission,
            parts: works,
        };
        let message = match serde_json::to_vec(&task) {
            Ok(message) => bytes::Bytes::from(message),
            Err(why) => {
                tracing::error!("A task cannot be written: {why}");
                return None;
            }
        };
        desk.open(id, (pool.clone(), BlobId::of(&message)), waiters, avoided);
        let name = format!("{}/{}/{id}", submission.unwrap_or_default(), task.incarnation);
        Some((names::tasks(&pool), name, message, id))
    }

    /// Publishes a task; tries for as long as anybody waits for it.
    async fn publish(&self, subject: String, name: String, message: bytes::Bytes, task: u64) {
        loop {
            let Err(why) = self.broker.publish(subject.clone(), name.clone(), message.clone()).await else {
                return;
            };
            tracing::warn!("A task cannot be sent: {}", crate::telemetry::chain(&why));
            tokio::time::sleep(PAUSE).await;
            if !self.state().desk.is_open(task) {
                return;
            }
        }
    }

    /// A node wants to begin a task.
    async fn asked(&self, message: &Message) {
        let (Some(node), Some(reply)) = (names::sender(&message.subject), message.reply.clone()) else {
            return;
        };
        let Ok(question) = serde_json::from_slice::<Begin>(&message.payload) else {
            self.nodes.note_fault(node, "a question that makes no sense");
            return;
        };
        let answer = self.answer_to(node, &question);
        self.moved.notify_one();
        let Ok(answer) = serde_json::to_vec(&answer) else { return };
        if let Err(why) = self.broker.client().publish(reply, answer.into()).await {
            tracing::warn!(node, "A node could not be answered: {why}");
        }
    }

    fn answer_to(&self, node: &str, question: &Begin) -> Begun {
        if !self.nodes.may_begin(node) {
            return Begun::Elsewhere;
        }
        let number = Uuid::new_v4().as_u64_pair().0;
        let mut state = self.state();
        let asked = state.desk.begin(node, question, number);
        for waiter in asked.begun {
            waiter.tell(Event::Begun);
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
    async fn taken(&self, message: &jetstream::Message) {
        match names::sender(&message.subject) {
            Some(node) => self.result(node, &message.payload),
            None => tracing::warn!("A result came from nobody"),
        }
        self.moved.notify_one();
        if let Err(why) = message.ack().await {
            tracing::warn!("The taking of a result could not be told: {why}");
        }
    }

    fn result(&self, node: &str, payload: &[u8]) {
        let mut answer: Answer = match serde_json::from_slice(payload) {
            Ok(answer) => answer,
            Err(why) => return self.refuse(node, &format!("a result that makes no sense: {why}")),
        };
        if answer.protocol != PROTOCOL {
            return self.refuse(node, "a result of another protocol");
        }
        for Done { part, outcome } in std::mem::take(&mut answer.done) {
            self.done_part(node, &answer, part, outcome);
        }
    }

    /// A part's result has come.
    fn done_part(&self, node: &str, answer: &Answer, part: u32, outcome: Outcome) {
        let ruling = self.state().desk.answer(node, answer, part);
        let label = match ruling {
            Ruling::First(waiter) => {
                waiter.tell(Event::Done(Reply { node: node.to_owned(), outcome }));
                "first"
            }
            Ruling::Late => "late",
            Ruling::Double => "double",
            Ruling::Forged(what) => return self.refuse(node, &format!("a result {what}")),
        };
        metrics::counter!("gavel_cluster_results_total", "result" => label).increment(1);
    }

    fn refuse(&self, node: &str, what: &str) {
        tracing::error!(node, "Refused what a node has sent: {what}");
        self.nodes.note_fault(node, what);
        metrics::counter!("gavel_cluster_results_total", "result" => "refused").increment(1);
    }

    /// A node has told how it is.
    fn heard(self: &Arc<Self>, message: &Message) {
        let Some(node) = names::sender(&message.subject) else { return };
        match serde_json::from_slice::<Beat>(&message.payload) {
            Ok(beat) => {
                let (version, credits) = (beat.version.clone(), beat.credits);
                if self.nodes.heard(node, beat) {
                    tracing::info!(node, version, credits, "Node {node} is here");
                }
                self.remind(node);
                self.moved.notify_one();
            }
            Err(why) => tracing::warn!(node, "A node's sign of life makes no sense: {why}"),
        }
    }

    /// Tells a node that nobody waits for a part any more.
    pub(super) fn cancel(self: &Arc<Self>, node: &str, incarnation: Uuid, task: u64, part: u32) {
        self.order(node, Control::Cancel { incarnation, task, parts: vec![part] });
    }

    /// Tells a node what operators want, where it does not do that.
    pub(super) fn remind(self: &Arc<Self>, node: &str) {
        match self.nodes.reminder(node) {
            Some(true) => self.order(node, Control::Drain),
            Some(false) => self.order(node, Control::Undrain),
            None => {}
        }
    }

    fn order(&self, node: &str, control: Control) {
        let (subject, client) = (names::control(node), self.broker.client().clone());
        tokio::spawn(async move {
            let Ok(message) = serde_json::to_vec(&control) else { return };
            if let Err(why) = client.publish(subject, message.into()).await {
                tracing::warn!("A node could not be told what to do: {why}");
            }
        });
    }
}
