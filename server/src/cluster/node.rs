//! A node: takes tasks from the broker, as many as it can be at, and carries them out by the executor of this machine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, AckKind};
use futures_util::future::join_all;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::broker::{Broker, BrokerError, SILENCE};
use super::names;
use super::nodes::shortened;
use super::objects::{Budget, Objects, Place};
use super::packing::definition;
use super::seldom::Seldom;
use super::speed::Speed;
use super::wire::{Answer, Begin, Begun, Done, Left, Outcome, PROTOCOL, Part, Task, TaskName, Way, Work};
use crate::blobs::Blobs;
use crate::content::BlobId;
use crate::judge::{Executor, TimeScale};
use crate::language::Languages;
use crate::live::LiveOutputs;
use crate::operations::Operations;
use crate::sandbox::Profile;

mod background;
mod cache;
mod reading;
mod resting;
mod showing;
mod silent;
mod stalls;
mod work;

use cache::Cache;
use reading::{Abilities, Label, Refused};
use resting::Resting;
use showing::LookedAt;
use silent::Silent;
use stalls::Stalls;
use work::Terms;

/// How often the broker is told that a task is being done: it may miss one of these.
pub(super) const PROGRESS_EVERY: Duration = Duration::from_millis(1500);
/// Longest wait for the coordinator's answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);
/// Before another node, or this one, is given what could not be begun.
const LATER: Duration = Duration::from_secs(1);
/// A task that comes for so often is asked for before anybody looks at it.
const OFTEN: i64 = 3;
/// Before a result is told again that the broker has not taken.
const AGAIN: Duration = Duration::from_millis(500);
/// A result that cannot be told for so long is not waited for.
const TOLD_WITHIN: Duration = Duration::from_secs(600);
/// So long a result waits for others of its task, to be told with them.
const TOGETHER: Duration = Duration::from_millis(20);
/// Bytes of a message of results to which nothing more is added: a broker takes a MiB, and one result has half of that at most.
const MOST_TOGETHER: usize = 256 * 1024;
/// What is wrong with a node whose disk is.
const FULL: &str = "the disk is full";
/// So long it begins nothing then: what fails at once would draw all tasks.
const TROUBLED_FOR: Duration = Duration::from_secs(10);
/// Coordinators that are known: by what they have had it forget, and by that they do not answer.
const MOST_COORDINATORS: usize = 64;
/// Languages that are others elsewhere, of which the log has that.
const MOST_TOLD_OF: usize = 512;

/// What a node is made of.
#[derive(Debug)]
pub struct NodeParts<E> {
    /// The connection.
    pub broker: Broker,
    /// Its name.
    pub name: String,
    /// What carries jobs out.
    pub executor: E,
    /// What it knows.
    pub languages: Arc<Languages>,
    /// The sandboxes.
    pub operations: Arc<dyn Operations>,
    /// Where contents are kept.
    pub blobs: Blobs,
    /// Where programs are kept while they are used.
    pub programs: std::path::PathBuf,
    /// What both may take of the disk.
    pub cache: gavel_protocol::Bytes,
    /// The largest program.
    pub largest: gavel_protocol::Bytes,
    /// Tests at one time.
    pub credits: u32,
    /// Compilations at one time.
    pub compilations: u32,
    /// How fast it is, where that is not to be measured.
    pub speed: Option<Speed>,
    /// Its weight, where that is not to be measured.
    pub weight: Option<f64>,
    /// What programs write while they run: it is told where somebody looks at it.
    pub live: LiveOutputs,
}

/// A node at work. Copies are of the same one.
#[derive(Debug)]
pub struct Node<E>(Arc<Shared<E>>);

impl<E> Clone for Node<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Shared<E> {
    broker: Broker,
    name: String,
    executor: E,
    languages: Arc<Languages>,
    definitions: BTreeMap<String, BlobId>,
    /// Languages of which the log has that they are others elsewhere.
    told_of: Mutex<BTreeSet<String>>,
    operations: Arc<dyn Operations>,
    objects: Objects,
    cache: Cache,
    blobs: Blobs,
    incarnation: Uuid,
    credits: u32,
    compilations: u32,
    speed: OnceCell<Speed>,
    weight: Option<f64>,
    live: LiveOutputs,
    looked_at: LookedAt,
    runs: Arc<Semaphore>,
    compiling: Arc<Semaphore>,
    /// An operator wants it to begin nothing.
    draining: AtomicBool,
    /// It is on its way out: then nobody has it begin anything.
    stopping: AtomicBool,
    stalls: Stalls,
    /// Of what no sandbox can be made.
    resting: Resting,
    /// Coordinators that do not answer.
    silent: Silent,
    /// What somebody had the broker send.
    seldom: Seldom,
    /// Tasks that it is at, who has asked for each, and what ends their parts.
    at: Mutex<HashMap<TaskName, (String, Parts)>>,
    /// What coordinators have last had it forget.
    forgot: Mutex<BTreeMap<String, Uuid>>,
    /// Why it begins nothing, and since when.
    trouble: Mutex<Option<(String, Instant)>>,
    tasks: TaskTracker,
}

type Parts = HashMap<u32, CancellationToken>;

/// What came of a part, as it is told.
type Written = Done<Box<RawValue>>;

impl<E: Executor> Node<E> {
    /// Begins to take tasks, until `stop`.
    pub fn start(parts: NodeParts<E>, stop: &CancellationToken) -> Self {
        let NodeParts { broker, name, executor, languages, operations, blobs, .. } = parts;
        let permits = |count: u32| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(1)));
        let objects = Objects::new(broker.clone(), Place::Outputs(name.clone()));
        let cache = Cache::new(objects.clone(), blobs.clone(), parts.programs, parts.cache, parts.largest);
        let definitions = languages.iter().map(|language| (language.id.clone(), definition(language)));
        let shared = Shared {
            definitions: definitions.collect(),
            told_of: Mutex::default(),
            broker,
            name,
            executor,
            languages,
            operations,
            objects,
            cache,
            blobs,
            incarnation: Uuid::new_v4(),
            credits: parts.credits,
            compilations: parts.compilations,
            speed: OnceCell::new_with(parts.speed),
            weight: parts.weight,
            live: parts.live,
            looked_at: LookedAt::default(),
            runs: permits(parts.credits),
            compiling: permits(parts.compilations),
            draining: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            stalls: Stalls::default(),
            resting: Resting::default(),
            silent: Silent::default(),
            seldom: Seldom::default(),
            at: Mutex::default(),
            forgot: Mutex::default(),
            trouble: Mutex::default(),
            tasks: TaskTracker::new(),
        };
        let this = Self(Arc::new(shared));
        background::start(&this.0, stop);
        this
    }

    /// Begins nothing more, and waits so long for what it is at.
    pub async fn finish(&self, patience: Duration) {
        self.0.stopping.store(true, Ordering::Relaxed);
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("Some tasks are left to other nodes");
        }
    }

    /// There is a connection to the broker.
    pub fn is_connected(&self) -> bool {
        self.0.broker.is_connected()
    }

    /// Begins nothing more.
    pub fn is_draining(&self) -> bool {
        self.0.is_draining()
    }

    /// Tasks that it is at.
    pub fn busy(&self) -> usize {
        self.0.at().len()
    }
}

impl<E: Executor> Shared<E> {
    fn at(&self) -> MutexGuard<'_, HashMap<TaskName, (String, Parts)>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forgot(&self) -> MutexGuard<'_, BTreeMap<String, Uuid>> {
        self.forgot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps nothing for another time that it has by now.
    fn forget(&self, coordinator: String, epoch: Uuid) {
        let mut forgot = self.forgot();
        if forgot.len() >= MOST_COORDINATORS && !forgot.contains_key(&coordinator) {
            forgot.clear();
        }
        self.cache.forget();
        forgot.insert(coordinator, epoch);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed) || self.stopping.load(Ordering::Relaxed)
    }

    /// Why it begins nothing at the moment. After some time it tries again.
    fn trouble(&self) -> Option<String> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        *trouble = trouble.take().filter(|(_, since)| since.elapsed() < TROUBLED_FOR);
        trouble.as_ref().map(|(why, _)| why.clone())
    }

    /// Carries out a task that the broker has handed over, for which there is room.
    async fn perform(&self, came: Came, room: OwnedSemaphorePermit) {
        if came.comes_often() && !self.may_read(&came).await {
            return;
        }
        let Some(task) = self.understood(&came).await else { return };
        // Whoever waits for an answer keeps others from the sandbox.
        if !self.silent.may_be_asked(&task.coordinator, Instant::now()) {
            return came.hand_back(SILENCE).await;
        }
        // One that comes again while it is being done here: the broker has not heard of us for some time.
        let Some((_at, tokens)) = self.entered(&task) else { return came.hand_back(SILENCE).await };
        self.carry_out(&came, &task, &tokens, room).await;
    }

    /// A task that comes again and again may be what takes down whoever looks at it. So it is asked for before that, and the coordinator
    /// knows who has had it. False where it is not for us, which the broker is told then.
    async fn may_read(&self, came: &Came) -> bool {
        let Some(Label { coordinator, name }) = reading::label(&came.payload) else { return true };
        // It is being done here: what is asked of it now is nothing that could be given up.
        let is_here = self.at().contains_key(&name);
        if is_here || !self.silent.may_be_asked(&coordinator, Instant::now()) {
            came.hand_back(SILENCE).await;
            return false;
        }
        let begun = self.begin(&coordinator, (name, BlobId::of(&came.payload)), true).await;
        match begun {
            // It is asked for once more when it is known what it is, and is given on the same terms.
            Some(Begun::Go { .. }) => return true,
            Some(Begun::Gone) => came.acknowledge(AckKind::Term).await,
            Some(Begun::Elsewhere) | None => came.hand_back(LATER).await,
        }
        false
    }

    /// Carries out a task that is for this node alone, once there is room.
    async fn perform_own(&self, came: Came) {
        let Some(task) = self.understood(&came).await else { return };
        let Some((_at, tokens)) = self.entered(&task) else { return };
        let is_compilation = |part: &Part| matches!(part.work, Work::Compile(_));
        let room = if task.parts.iter().any(is_compilation) { &self.compiling } else { &self.runs };
        if let Some(room) = room_for(&tokens, room).await {
            self.carry_out(&came, &task, &tokens, room).await;
        }
    }

    /// A task is told to be here from now on. None where it was before.
    fn entered(&self, task: &Task) -> Option<(At<'_>, Parts)> {
        let key = task.name();
        let tokens: Parts = task.parts.iter().map(|part| (part.number, CancellationToken::new())).collect();
        if self.at().contains_key(&key) {
            return None;
        }
        Some((At::enter(&self.at, key, (task.coordinator.clone(), tokens.clone())), tokens))
    }

    async fn carry_out(&self, came: &Came, task: &Task, tokens: &Parts, room: OwnedSemaphorePermit) {
        let doing = async {
            let asked = BlobId::of(&came.payload);
            match self.begin(&task.coordinator, (task.name(), asked), false).await {
                Some(Begun::Go { grant, parts, stretch }) => {
                    let granted = Granted { task, asked, grant };
                    let (outcomes, told) = mpsc::unbounded_channel();
                    let doing = async {
                        self.parts(task, &parts, (tokens, stretch), outcomes).await;
                        // What is left to do needs no sandbox.
                        drop(room);
                    };
                    if tokio::join!(doing, self.tell_all(granted, told)).1 {
                        came.acknowledge(AckKind::Ack).await
                    } else {
                        came.hand_back(LATER).await
                    }
                }
                Some(Begun::Gone) => came.acknowledge(AckKind::Term).await,
                // The coordinator is away, or does not want us.
                Some(Begun::Elsewhere) | None => came.hand_back(LATER).await,
            }
        };
        tokio::select! {
            () = doing => {}
            () = came.still_at_it() => {}
        }
    }

    /// The task that a message has; none where it is not for us, which the broker is told then.
    async fn understood(&self, came: &Came) -> Option<Task> {
        let abilities = Abilities { definitions: &self.definitions, at_once: self.executor.at_once() };
        let task = if came.is_kept() {
            Err(Refused::Nonsense("somebody had the broker send it".to_owned()))
        } else {
            reading::read(&came.payload, abilities)
        };
        let refused = match task {
            Ok(task) => return Some(task),
            Err(refused) => refused,
        };
        self.tell_of(&refused);
        match refused.after() {
            Some(after) => came.hand_back(after).await,
            None => came.acknowledge(AckKind::Term).await,
        }
        None
    }

    /// Says why a task is not done here: of a language once, of all else now and then.
    fn tell_of(&self, refused: &Refused) {
        match refused {
            Refused::OtherLanguage(id) => {
                let mut told = self.told_of.lock().unwrap_or_else(PoisonError::into_inner);
                if told.len() < MOST_TOLD_OF && told.insert(id.clone()) {
                    tracing::warn!(
                        "Tasks of language {id} are left to other nodes: its definition (languages.toml) is another at the coordinator"
                    );
                }
            }
            Refused::Nonsense(why) if self.seldom.is_time() => {
                tracing::error!("A task is refused: {}", shortened(why));
            }
            Refused::OtherVersion(why) if self.seldom.is_time() => {
                tracing::warn!("A task is left to other nodes: {}", shortened(why));
            }
            Refused::NoPairs if self.seldom.is_time() => {
                tracing::warn!("A task is left to other nodes: here are no two sandboxes at one time");
            }
            Refused::Nonsense(_) | Refused::OtherVersion(_) | Refused::NoPairs => {}
        }
    }

    /// Does the parts that are wanted, one after the other.
    async fn parts(
        &self,
        task: &Task,
        wanted: &[u32],
        (tokens, stretch): (&Parts, TimeScale),
        done: mpsc::UnboundedSender<Written>,
    ) {
        for part in task.parts.iter().filter(|part| wanted.contains(&part.number)) {
            let cancel = tokens.get(&part.number).cloned().unwrap_or_default();
            let terms = Terms { stretch, shown: task.submission };
            let Some(outcome) = self.outcome(part, terms, &cancel).await else { continue };
            match self.written(&outcome).await {
                // Who tells them listens for as long as there are any.
                Ok(outcome) => drop(done.send(Done { part: part.number, outcome })),
                Err(why) => tracing::error!("What came of a part cannot be written: {why}"),
            }
        }
    }

    /// An outcome as it is told: what has no room in a message, as with all that a compiler has said, goes another way.
    async fn written(&self, outcome: &Outcome) -> serde_json::Result<Box<RawValue>> {
        let written = to_raw_value(outcome)?;
        if written.get().len() <= MOST_TOGETHER {
            return Ok(written);
        }
        to_raw_value(&match self.objects.send(written.get().as_bytes(), &Budget::default()).await {
            Ok(parcel) => Outcome::Far(parcel),
            Err(why) => work::NotDone::from(why).outcome(),
        })
    }

    /// Tells what comes of a task's parts, while others of it are done. False where the broker did not take all of it.
    async fn tell_all(&self, granted: Granted<'_>, mut done: mpsc::UnboundedReceiver<Written>) -> bool {
        let mut is_told = true;
        while let Some(together) = gathered(&mut done).await {
            is_told &= self.tell(&granted.task.coordinator, &granted.answer(together)).await;
        }
        is_told
    }

    /// Asks a coordinator whether its task, of which the message has this hash, may be begun. No answer is none.
    async fn begin(
        &self,
        coordinator: &str,
        (TaskName { incarnation, task }, asked): (TaskName, BlobId),
        unread: bool,
    ) -> Option<Begun> {
        let begin = Begin { incarnation, task, asked, process: self.incarnation, unread };
        let question = serde_json::to_vec(&begin).ok()?;
        let subject = names::begin(coordinator, &self.name);
        let asking = self.broker.client().request(subject, question.into());
        let answer = tokio::time::timeout(ANSWERED_WITHIN, asking).await;
        match &answer {
            Ok(_) => self.silent.answers(coordinator),
            // Without the broker nobody is heard.
            Err(_elapsed) if !self.broker.is_connected() => {}
            Err(_elapsed) => self.silent.does_not_answer(coordinator, Instant::now()),
        }
        let answer = answer.ok().and_then(Result::ok);
        let begun = answer.and_then(|answer| serde_json::from_slice(&answer.payload).ok());
        if begun.is_none() {
            self.leave(coordinator, begin).await;
        }
        begun
    }

    /// Tells a coordinator that what it says of a question is not heard any more: the task is handed back.
    async fn leave(&self, coordinator: &str, left: Begin) {
        let Ok(message) = serde_json::to_vec(&Left { left }) else { return };
        let subject = names::begin(coordinator, &self.name);
        if let Err(why) = self.broker.client().publish(subject, message.into()).await {
            tracing::debug!("A question was not taken back: {why}");
        }
    }

    /// What comes of a part; nothing of one that nobody waits for.
    async fn outcome(&self, part: &Part, terms: Terms, cancel: &CancellationToken) -> Option<Outcome> {
        if cancel.is_cancelled() {
            return None;
        }
        let begun = Instant::now();
        match self.served(&part.work, terms, cancel).await {
            Ok(outcome) if outcome.is_out_of_time() && self.stalls.since(begun) => {
                let why = "the node stood still while a program ran out of time".to_owned();
                tracing::warn!("{why}");
                Some(Outcome::failed(Way::Broken, why))
            }
            Ok(outcome) => Some(outcome),
            Err(work::NotDone::Cancelled) if cancel.is_cancelled() => None,
            Err(why) => {
                tracing::warn!("A part could not be done: {}", why.why());
                if why.is_of_a_full_disk() {
                    *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) =
                        Some((FULL.to_owned(), Instant::now()));
                }
                Some(why.outcome())
            }
        }
    }

    /// Does it, where there is a sandbox for it or one can be made. Else another node is to have it, and no more of the like is begun for a
    /// moment: whoever waits here for the container engine keeps a place, and what nobody else is given.
    async fn served(
        &self,
        work: &Work,
        terms: Terms,
        cancel: &CancellationToken,
    ) -> Result<Outcome, work::NotDone> {
        let (profiles, own) = (self.profiles_of(work), cancel.child_token());
        let mut working = pin!(self.work(work, terms, &own));
        let lacking = || {
            let all = self.operations.status().profiles;
            profiles.iter().find_map(|profile| resting::lacking(profile, &all))
        };
        let why = tokio::select! {
            biased;
            done = &mut working => return done,
            why = resting::given_up(lacking) => why,
        };
        // It may have got one by now: then it is ended as what is cancelled is.
        own.cancel();
        match working.await {
            Err(work::NotDone::Cancelled) if !cancel.is_cancelled() => {
                // Of the first are the others that come of its pool.
                profiles.into_iter().take(1).for_each(|profile| self.resting.begin(profile, Instant::now()));
                Err(work::NotDone::Failed(Way::NotServed, why))
            }
            done => done,
        }
    }

    /// The sandboxes that it takes, of what languages are known here; first those of the pool that its task is of.
    fn profiles_of(&self, work: &Work) -> Vec<Profile> {
        let compiles = matches!(work, Work::Compile(_) | Work::Version(_));
        let of = |language| {
            let compiler = Profile::of_compilations(language).filter(|_| compiles);
            compiler.unwrap_or_else(|| Profile::of_runs(language))
        };
        work.languages().into_iter().filter_map(|speech| self.languages.get(&speech.id)).map(of).collect()
    }

    /// Tells what came of a part, until the broker keeps it. False where it does not.
    async fn tell(&self, coordinator: &str, answer: &Answer<Box<RawValue>>) -> bool {
        let message = match serde_json::to_vec(answer) {
            Ok(message) => bytes::Bytes::from(message),
            Err(why) => {
                tracing::error!("A result cannot be written: {why}");
                return false;
            }
        };
        let first = answer.done.first().map_or(0, |done| done.part);
        let id = format!("{}/{}/{first}/{}", answer.incarnation, answer.task, answer.grant);
        let subject = names::results(coordinator, &self.name);
        let telling = async {
            while let Err(why) = self.broker.publish(subject.clone(), id.clone(), message.clone()).await {
                tracing::warn!("A result cannot be told: {}", crate::telemetry::chain(&why));
                tokio::time::sleep(AGAIN).await;
            }
        };
        let is_told = tokio::time::timeout(TOLD_WITHIN, telling).await.is_ok();
        if !is_told {
            tracing::error!("A result was not told: the broker does not take it");
        }
        is_told
    }
}

/// Waits for room, however long that takes; none once nobody waits for any part of the task.
async fn room_for(parts: &Parts, room: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        biased;
        _ = join_all(parts.values().map(CancellationToken::cancelled)) => None,
        room = Arc::clone(room).acquire_owned() => room.ok(),
    }
}

/// A task that has come, and who is told what becomes of it.
#[derive(Debug)]
struct Came {
    payload: bytes::Bytes,
    /// Of the broker's stream; none where the coordinator has sent it to this node alone.
    message: Option<jetstream::Message>,
}

impl Came {
    /// From the broker, for whichever node.
    fn pulled(message: jetstream::Message) -> Self {
        Self { payload: message.payload.clone(), message: Some(message) }
    }

    /// For this one.
    fn ordered(task: String) -> Self {
        Self { payload: task.into(), message: None }
    }

    /// The broker has handed it out before, and more than once: whoever had it handed it back, or was heard of no more.
    fn comes_often(&self) -> bool {
        let info = self.message.as_ref().and_then(|message| message.info().ok());
        info.is_some_and(|info| info.delivered >= OFTEN)
    }

    /// The broker had it from what it keeps: no coordinator has sent it.
    fn is_kept(&self) -> bool {
        self.message.as_ref().is_some_and(|message| names::is_kept(message))
    }

    async fn acknowledge(&self, kind: AckKind) {
        let Some(message) = &self.message else { return };
        if let Err(why) = message.ack_with(kind).await {
            tracing::warn!("The broker could not be told of a task: {why}");
        }
    }

    /// Gives it back to the broker, for whoever asks after some time.
    async fn hand_back(&self, after: Duration) {
        self.acknowledge(AckKind::Nak(Some(after))).await;
    }

    /// Tells the broker again and again that it is being done; never ends.
    async fn still_at_it(&self) {
        loop {
            tokio::time::sleep(PROGRESS_EVERY).await;
            self.acknowledge(AckKind::Progress).await;
        }
    }
}

/// A task that a node is at, until this is dropped.
struct At<'a> {
    all: &'a Mutex<HashMap<TaskName, (String, Parts)>>,
    key: TaskName,
}

impl<'a> At<'a> {
    fn enter(
        all: &'a Mutex<HashMap<TaskName, (String, Parts)>>,
        key: TaskName,
        what: (String, Parts),
    ) -> Self {
        all.lock().unwrap_or_else(PoisonError::into_inner).insert(key, what);
        Self { all, key }
    }
}

impl Drop for At<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// A task that this node was given.
#[derive(Debug, Clone, Copy)]
struct Granted<'a> {
    task: &'a Task,
    /// The hash of its message.
    asked: BlobId,
    grant: u64,
}

impl Granted<'_> {
    fn answer(self, done: Vec<Written>) -> Answer<Box<RawValue>> {
        let Task { incarnation, id, .. } = *self.task;
        let Self { asked, grant, .. } = self;
        Answer { protocol: PROTOCOL, incarnation, task: id, grant, asked, done }
    }
}

/// The next results that are told: those that come close to each other go in one message. None when there are no more.
async fn gathered(done: &mut mpsc::UnboundedReceiver<Written>) -> Option<Vec<Written>> {
    let first = done.recv().await?;
    let until = tokio::time::Instant::now() + TOGETHER;
    let mut size = first.outcome.get().len();
    let mut together = vec![first];
    while size < MOST_TOGETHER
        && let Ok(Some(next)) = tokio::time::timeout_at(until, done.recv()).await
    {
        size += next.outcome.get().len();
        together.push(next);
    }
    Some(together)
}

impl From<BrokerError> for work::NotDone {
    fn from(why: BrokerError) -> Self {
        Self::Failed(Way::NotServed, crate::telemetry::chain(&why))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::cluster::fake_broker::connected;
    use crate::cluster::wire::{Speech, VersionWork};
    use crate::config::Config;
    use crate::judge::test_support::{LIMITS, blobs};
    use crate::judge::{CaseJob, CompileJob, Compiled, Dialogue, Facts, JudgeError};
    use crate::language::Language;
    use crate::operations::Recycled;
    use crate::sandbox::{PoolStatus, ProfileStatus, SandboxStatus};
    use crate::submission::RunLimits;

    /// Has no sandbox for anything, and waits for one while anybody wants it.
    struct Waits;

    async fn waits<T>(cancel: &CancellationToken) -> Result<T, JudgeError> {
        cancel.cancelled().await;
        Err(JudgeError::Cancelled)
    }

    impl Executor for Waits {
        type Session = ();

        async fn compile(
            &self,
            _: &CompileJob<'_>,
            cancel: &CancellationToken,
        ) -> Result<Compiled, JudgeError> {
            waits(cancel).await
        }

        async fn run_case(
            &self,
            _: &CaseJob<'_>,
            (): &(),
            cancel: &CancellationToken,
        ) -> Result<Facts, JudgeError> {
            waits(cancel).await
        }

        async fn run_pair(
            &self,
            _: &CaseJob<'_>,
            _: &CaseJob<'_>,
            cancel: &CancellationToken,
        ) -> Result<Dialogue, JudgeError> {
            waits(cancel).await
        }

        async fn version(
            &self,
            _: &Language,
            _: &RunLimits,
            cancel: &CancellationToken,
        ) -> Result<Option<String>, JudgeError> {
            waits(cancel).await
        }

        fn at_once(&self) -> usize {
            1
        }
    }

    /// A pool of this profile, of which no sandbox can be made.
    #[derive(Debug)]
    struct Away(Profile);

    impl Operations for Away {
        fn status(&self) -> PoolStatus {
            let status = ProfileStatus {
                profile: self.0.clone(),
                slots: 1,
                places: 1,
                warm: 1,
                kept: 1,
                idle: 0,
                leased: 0,
                starting: 1,
                waiting: 1,
                created: 0,
                retired: BTreeMap::new(),
                problem: Some("the engine is away".to_owned()),
                no_image: false,
                image: Some("sha256:12".into()),
            };
            PoolStatus { profiles: vec![status], ..PoolStatus::default() }
        }

        fn sandboxes(&self) -> Vec<SandboxStatus> {
            Vec::new()
        }

        fn runs_at_once(&self) -> usize {
            1
        }

        fn recycle(&self) -> Recycled {
            Recycled { sandboxes: 0 }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_for_a_sandbox_that_cannot_be_made_is_left_to_others_and_no_more_is_begun() {
        let languages = std::path::Path::new("../images/languages.toml");
        let languages = Arc::new(Languages::load(languages, "latest").unwrap());
        let language = Speech { id: "c17".into(), definition: BlobId::of(b"c17") };
        let profile = Profile::of_compilations(languages.get("c17").unwrap()).unwrap();
        let broker = Broker::connect(&Config::default().cluster, "nats://127.0.0.1:1", "node").await.unwrap();
        let ((blobs, folder), stop) = (blobs(), CancellationToken::new());
        let parts = NodeParts {
            broker,
            name: "node".to_owned(),
            executor: Waits,
            languages,
            operations: Arc::new(Away(profile.clone())),
            blobs,
            programs: folder.path().to_owned(),
            cache: gavel_protocol::Bytes::mib(1),
            largest: gavel_protocol::Bytes::mib(1),
            credits: 1,
            compilations: 1,
            speed: Some(Speed::of(1.0)),
            weight: None,
            live: LiveOutputs::default(),
        };
        let node = Node::start(parts, &stop);
        let _stop = stop.drop_guard();
        let work = Work::Version(Box::new(VersionWork { language, limits: LIMITS }));
        let terms = Terms { stretch: TimeScale::ONE, shown: None };
        let cancel = CancellationToken::new();
        let begun = tokio::time::Instant::now();
        let told = node.0.served(&work, terms, &cancel).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let Err(work::NotDone::Failed(Way::NotServed, why)) = told else { panic!("{told:?}") };
        assert_eq!(why, "the engine is away");
        assert!(node.0.resting.lasts(&profile, Instant::now()));
        cancel.cancel();
        let told = node.0.served(&work, terms, &cancel).await;
        assert!(matches!(told, Err(work::NotDone::Cancelled)), "{told:?}");
    }

    #[tokio::test]
    async fn a_task_of_which_nobody_wants_a_part_any_more_waits_for_no_room() {
        let of_parts =
            |count: u32| -> Parts { (0..count).map(|part| (part, CancellationToken::new())).collect() };
        let (room, tokens) = (Arc::new(Semaphore::new(1)), of_parts(2));
        let only = Arc::clone(&room).try_acquire_owned().unwrap();
        let mut waiting = Box::pin(room_for(&tokens, &room));
        assert!(waiting.as_mut().now_or_never().is_none());
        tokens[&0].cancel();
        assert!(waiting.as_mut().now_or_never().is_none(), "the other is wanted");
        tokens[&1].cancel();
        assert!(waiting.await.is_none());
        drop(only);
        assert!(room_for(&of_parts(1), &room).await.is_some());
    }

    #[tokio::test]
    async fn what_the_broker_hands_out_for_the_third_time_is_asked_for_before_it_is_read() {
        let broker = connected(|_| None).await;
        let comes_often = |delivered: u32| {
            let reply = format!("$JS.ACK.GAVEL_TASKS.run.{delivered}.7.9.1700000000000000000.0");
            let message = async_nats::Message {
                subject: names::tasks("run").into(),
                reply: Some(reply.into()),
                payload: "{}".into(),
                headers: None,
                status: None,
                description: None,
                length: 0,
            };
            let context = jetstream::new(broker.client().clone());
            Came::pulled(jetstream::Message { message, context }).comes_often()
        };
        assert_eq!([1, 2, 3, 4].map(comes_often), [false, false, true, true]);
        assert!(!Came::ordered("{}".to_owned()).comes_often(), "it is for this node alone");
    }
}
