//! The coordinator: an executor that has nodes carry jobs out.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::broker::{Broker, BrokerError};
use super::desk::Desk;
use super::expected::{Expected, Length};
use super::line::{Line, MOST_PARTS};
use super::nodes::Nodes;
use super::objects::{Budget, ObjectError, Objects, Place};
use super::packing::{self, Job, Packer};
use super::peers::Peers;
use super::speed::Terms;
use super::standing::Standing;
use super::turns::Turns;
use super::wire::{self, Control, Made, Outcome, Way};
use super::words::Word;
use crate::account::Account;
use crate::blobs::Blobs;
use crate::blocking;
use crate::config::{Dispatch, LimitsConfig, TimeScaling};
use crate::content::BlobId;
use crate::judge::{
    Artefact, Artefacts, CaseJob, CompileJob, Compiled, Compiler, Dialogue, ENVIRONMENT, Executor, Facts,
    JudgeError, Key,
};
use crate::language::{Language, Languages};
use crate::live::LiveOutputs;
use crate::sandbox::{Profile, SandboxError};
use crate::submission::{RunLimits, SubmissionId};
use gavel_protocol::Bytes;

mod ahead;
mod asking;
mod known;
mod lengths;
mod looking;
mod order;
mod service;
mod taking;
#[cfg(test)]
mod tests;
mod tries;
mod whole;
mod words;

use ahead::{Part, Shares};
use asking::{Ask, Reply, Waiter, Waiting};
use looking::Looking;
use order::Orders;
#[cfg(test)]
pub(super) use service::{QUICKER, SLOW_AFTER};
use taking::{OtherWork, UNIT};
use tries::Tries;

/// How long a part waits for a node: as for a sandbox.
const NODE_PATIENCE: Duration = Duration::from_secs(600);
/// Longest text of what a compiler is.
const LONGEST_VERSION: usize = 64 * 1024;
/// Before something is tried again that is nobody's fault.
const PAUSE: Duration = Duration::from_secs(1);
/// So many of those are read at one time: no run pays for the memory that they take.
const FAR_AT_ONCE: usize = 4;
/// Cases of one submission that are asked for at one time, for each test that nodes can be at, and bounds of that. Of short ones
/// there must be enough for whole tasks.
const AHEAD: usize = 3 * MOST_PARTS;
const MOST_AT_ONCE: usize = 512;

/// What a coordinator is made of.
#[derive(Debug)]
pub struct RemoteParts {
    /// The connection.
    pub broker: Broker,
    /// Its name among coordinators of the broker.
    pub name: String,
    /// Compiled programs.
    pub artefacts: Arc<Artefacts>,
    /// Contents.
    pub blobs: Blobs,
    /// Memory for what programs write.
    pub account: Account,
    /// What programs write while they run, for whoever looks at it.
    pub live: LiveOutputs,
    /// Of the disk what long outputs may take.
    pub on_disk: Bytes,
    /// The largest program that is taken.
    pub largest: Bytes,
    /// What contents may take at the broker.
    pub objects: Bytes,
    /// The profiles that languages need: tasks of each go their own way.
    pub profiles: Vec<Profile>,
    /// Whether limits of time are longer on slow nodes.
    pub scaling: TimeScaling,
    /// How nodes come by tasks.
    pub dispatch: Dispatch,
    /// All languages.
    pub languages: Arc<Languages>,
    /// Usual limits.
    pub limits: LimitsConfig,
    /// The file in which it is kept how long tests took.
    pub lengths: PathBuf,
}

/// Has nodes compile and run. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Remote(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    broker: Broker,
    standing: Standing,
    /// Whether all that must be at the broker was there since so many connections. Who sees to it holds it.
    prepared: tokio::sync::Mutex<Option<u64>>,
    objects: Objects,
    name: String,
    /// This start.
    incarnation: Uuid,
    artefacts: Arc<Artefacts>,
    blobs: Blobs,
    account: Account,
    space: Arc<Semaphore>,
    all_space: u32,
    /// For results that do not go along with their messages.
    far: Semaphore,
    largest: Bytes,
    object_size: Bytes,
    profiles: Vec<Profile>,
    scaling: TimeScaling,
    dispatch: Dispatch,
    languages: Arc<Languages>,
    limits: LimitsConfig,
    nodes: Arc<Nodes>,
    /// Other coordinators.
    peers: Peers,
    expected: Expected,
    /// The file in which that is kept; who has it writes it.
    lengths: Mutex<PathBuf>,
    orders: Orders,
    shares: Shares,
    looking: Looking,
    /// What nodes are to have forgotten. Another at each start: they may have missed what was before.
    forgotten: Mutex<Uuid>,
    /// Who has it tells the broker a word on a node.
    keeping: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Something waits, or somebody has room.
    moved: Notify,
    /// A task has gone out.
    opened: Notify,
}

/// What waits, and what is out. Both under one lock, so that nothing is in between.
#[derive(Debug)]
struct State {
    line: Line<Waiting>,
    desk: Desk<Waiter>,
    /// Whose turn it is, by pool, where tasks are dealt out.
    turns: HashMap<String, Turns<String>>,
}

impl Remote {
    /// One that serves until `stop`: talks to the broker in the background.
    pub fn start(parts: RemoteParts, stop: &CancellationToken) -> Self {
        let RemoteParts { broker, name, artefacts, blobs, account, on_disk, largest, objects, .. } = parts;
        let all_space = u32::try_from(on_disk.get() / UNIT).unwrap_or(u32::MAX);
        let incarnation = Uuid::new_v4();
        let (line, desk, turns) = (Line::default(), Desk::new(incarnation), HashMap::new());
        let state = State { line, desk, turns };
        let shared = Shared {
            objects: Objects::new(broker.clone(), Place::Inputs),
            broker,
            standing: Standing::default(),
            prepared: tokio::sync::Mutex::default(),
            name,
            incarnation,
            artefacts,
            blobs,
            account,
            space: Arc::new(Semaphore::new(all_space as usize)),
            all_space,
            far: Semaphore::new(FAR_AT_ONCE),
            largest,
            object_size: objects,
            profiles: parts.profiles,
            scaling: parts.scaling,
            dispatch: parts.dispatch,
            languages: parts.languages,
            limits: parts.limits,
            nodes: Arc::default(),
            peers: Peers::default(),
            expected: Expected::default(),
            lengths: Mutex::new(parts.lengths),
            orders: Orders::default(),
            shares: Shares::default(),
            looking: Looking::new(parts.live),
            forgotten: Mutex::new(incarnation),
            keeping: tokio::sync::Mutex::default(),
            state: Mutex::new(state),
            moved: Notify::new(),
            opened: Notify::new(),
        };
        let this = Self(Arc::new(shared));
        service::start(&this.0, stop);
        this
    }

    /// The hashes of what languages are, by id.
    pub(super) fn definitions(&self) -> BTreeMap<String, BlobId> {
        let languages = self.0.languages.iter();
        languages.map(|language| (language.id.clone(), packing::definition(language))).collect()
    }

    /// The nodes.
    pub fn nodes(&self) -> Arc<Nodes> {
        Arc::clone(&self.0.nodes)
    }

    /// Why nothing can go over the broker, where that is so.
    pub(super) fn trouble(&self) -> Option<String> {
        let away = || (!self.0.broker.is_connected()).then(|| "the broker cannot be reached".to_owned());
        away().or_else(|| self.0.standing.trouble(Instant::now()))
    }

    /// What the broker has less of than it should.
    pub(super) fn note(&self) -> Option<String> {
        self.0.standing.note()
    }

    /// Has a node begin nothing more, or begin again. False where there is no such node.
    pub fn drain(&self, node: &str, drained: bool) -> bool {
        let is_known = self.0.nodes.is_known(node);
        if is_known {
            self.0.say(node, Word::of_operator(drained));
        }
        is_known
    }

    /// Has each node make its sandboxes anew, as images may have changed.
    pub fn recycle(&self) {
        self.0.order_all(&Control::Recycle);
    }

    /// Removes all contents from the broker and from what nodes keep for another time. What is still needed is sent again.
    ///
    /// # Errors
    /// When the broker does not.
    pub async fn forget_contents(&self) -> Result<(), BrokerError> {
        let epoch = Uuid::new_v4();
        *self.0.forgotten() = epoch;
        self.0.order_all(&self.0.forget(epoch));
        self.0.objects.remove_all().await
    }

    /// Forgets how long tests took.
    ///
    /// # Errors
    /// When it is still in the file.
    pub async fn forget_lengths(&self) -> std::io::Result<()> {
        self.0.forget_lengths().await
    }

    /// The compiled programs.
    pub fn artefacts(&self) -> Arc<Artefacts> {
        Arc::clone(&self.0.artefacts)
    }

    /// Has a part done, by whatever node, until it is done or given up.
    async fn done(
        &self,
        ask: &Ask<'_>,
        job: Job<'_>,
        tries: &mut Tries,
        cancel: &CancellationToken,
    ) -> Result<Reply, JudgeError> {
        loop {
            let work = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                packed = self.packed(job) => packed?,
            };
            let packed = Instant::now();
            let Reply { node, outcome, terms } = self.0.ask(ask, &work, tries.avoided(), cancel).await?;
            let outcome = match self.near(&node, outcome).await {
                Ok(outcome) => outcome,
                Err(untold) => {
                    tries.again(&node, untold)?;
                    continue;
                }
            };
            let Outcome::Failed { way, why, no_room } = &outcome else {
                return Ok(Reply { node, outcome, terms });
            };
            if *no_room {
                return Err(JudgeError::NoRoom);
            }
            self.0.nodes.note(&node, false);
            tracing::warn!(node, "A node failed at a part of a judging: {why}");
            match way {
                Way::NotServed => {
                    tries.elsewhere(&node)?;
                    if !self.0.nodes.has_others(tries.avoided(), &ask.needs) {
                        paused(cancel).await?;
                    }
                }
                Way::Lacking => {
                    self.0.objects.forget(work.objects(), packed);
                    tries.elsewhere(&node)?;
                    // There is more on its way than the broker has room for: some of that is over by then.
                    paused(cancel).await?;
                }
                Way::Broken => tries.failed(&node, why)?,
            }
        }
    }

    /// Waits until what a test is made of may be sent.
    async fn ahead(
        &self,
        contents: u64,
        job: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Option<Part<'_>>, JudgeError> {
        let (contents, room) = (Bytes(contents), self.0.standing.room().unwrap_or(self.0.object_size));
        if contents > room {
            return Err(JudgeError::GivenUp(format!(
                "a test is made of {contents}, and the broker keeps {room} of contents (cluster.objects)"
            )));
        }
        // Each server that has something on its way has as much of it.
        let room = Bytes(room.get() / self.0.peers.sharing(Instant::now()));
        let entering = self.0.shares.enter((job.whose.user, job.whose.submission), contents, room);
        cancel.run_until_cancelled(entering).await.ok_or(JudgeError::Cancelled)
    }

    /// A job as work, whose contents are with the broker. While that is away it waits.
    async fn packed(&self, job: Job<'_>) -> Result<wire::Work, JudgeError> {
        let (begun, mut is_again) = (Instant::now(), false);
        loop {
            let budget = Budget::default();
            let packer = Packer { objects: &self.0.objects, blobs: &self.0.blobs, budget: &budget };
            match packer.work(job).await {
                Ok(work) => return Ok(work),
                Err(ObjectError::Disk(why)) => return Err(contents_missing(why)),
                Err(why) if begun.elapsed() < NODE_PATIENCE => {
                    let why = crate::telemetry::chain(&why);
                    tracing::warn!("Contents cannot be sent: {why}");
                    if std::mem::replace(&mut is_again, true) {
                        self.0.standing.note_refused(&why, Instant::now());
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Err(_) => return Err(not_served()),
            }
        }
    }

    /// A program was late on a slow node by so little that a faster one shall have it, once, where there is one.
    fn is_run_again(
        &self,
        job: &CaseJob<'_>,
        report: &wire::Report,
        (node, terms): (&str, Terms),
        tries: &mut Tries,
        ask: &Ask<'_>,
    ) -> bool {
        // Figures that nothing has are no figures.
        let is_close =
            packing::check(job, report).is_ok() && terms.is_close(report.end, &report.usage, job.limits);
        if !is_close || !self.is_for_faster(node, tries, ask) {
            return false;
        }
        tracing::info!(node, test = job.index, "A program was late by little on a slow node: another has it");
        true
    }

    /// A compilation ran out of time on a slow node: a faster one shall have it, once, where there is one. By how much it was late nobody
    /// knows, as it was ended for it.
    fn is_compiled_again(
        &self,
        job: &CompileJob<'_>,
        made: &Made,
        (node, terms): (&str, Terms),
        tries: &mut Tries,
        ask: &Ask<'_>,
    ) -> bool {
        let Made::Rejected { compilation, .. } = made else { return false };
        let is_late =
            packing::check_made(job.limits, made).is_ok() && terms.is_out_of_time(compilation, job.limits);
        if !is_late || !self.is_for_faster(node, tries, ask) {
            return false;
        }
        tracing::info!(node, "A compilation ran out of time on a slow node: another has it");
        true
    }

    /// There is a faster node than this, or at least another, for what has not been on a second one yet. It is to have it then.
    fn is_for_faster(&self, node: &str, tries: &mut Tries, ask: &Ask<'_>) -> bool {
        if tries.close_on().is_some() {
            return false;
        }
        let is_there = |others: &[String]| self.0.nodes.has_others(others, &ask.needs);
        let slow = self.0.nodes.slow();
        let avoided = if is_there(&slow) { slow } else { vec![node.to_owned()] };
        if !is_there(&avoided) {
            return false;
        }
        metrics::counter!("gavel_cluster_reruns_total").increment(1);
        tries.close(node, &avoided);
        true
    }

    /// A program that the same sources made before, for the same user, with an image that some node has. One that cannot be read is
    /// made anew.
    async fn cached(&self, job: &CompileJob<'_>) -> Option<Artefact> {
        for image in self.0.nodes.images(job.profile) {
            let key = self.key(job, &image)?;
            let mut found = self.0.artefacts.held(&key);
            if found.is_none() {
                let artefacts = Arc::clone(&self.0.artefacts);
                let finding = blocking::on_disk(move || artefacts.find(&key));
                found = finding.await.unwrap_or_else(|why| {
                    tracing::warn!(error = %why, "A compiled program cannot be read: it is made anew");
                    None
                });
            }
            if let Some(mut artefact) = found {
                artefact.compilation.cached = true;
                return Some(artefact);
            }
        }
        None
    }

    fn key(&self, job: &CompileJob<'_>, image: &str) -> Option<Key> {
        Key::of(job, &Compiler { image, environment: &ENVIRONMENT, largest: self.0.largest })
    }
}

/// Waits a moment, unless nobody waits for what follows.
async fn paused(cancel: &CancellationToken) -> Result<(), JudgeError> {
    let pausing = cancel.run_until_cancelled(tokio::time::sleep(PAUSE));
    pausing.await.ok_or(JudgeError::Cancelled)
}

/// It waits and is tried again.
fn not_served() -> JudgeError {
    SandboxError::Busy { waited: NODE_PATIENCE }.into()
}

fn contents_missing(source: std::io::Error) -> JudgeError {
    match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof => JudgeError::Missing { source },
        _ => JudgeError::Workspace { doing: "read what the submission is made of", source },
    }
}

impl Executor for Remote {
    type Session = ();

    async fn compile(
        &self,
        job: &CompileJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Compiled, JudgeError> {
        if let Some(artefact) = self.cached(job).await {
            return Ok(match job.language.artefact {
                Some(_) => Compiled::Program(artefact),
                None => Compiled::Checked(artefact.compilation),
            });
        }
        let ask =
            Ask { together: None, ..Ask::of(job.whose, job.profile, &[job.language], limit(job.limits)) };
        let mut tries = Tries::default();
        loop {
            let Reply { node, outcome, terms } =
                self.done(&ask, Job::Compile(job), &mut tries, cancel).await?;
            let compiled = match outcome {
                Outcome::Compiled(made)
                    if self.is_compiled_again(job, &made, (&node, terms), &mut tries, &ask) =>
                {
                    continue;
                }
                Outcome::Compiled(made) => self.keep(job, (&node, terms), *made).await,
                _ => Err(self.untold(&node, &OtherWork)),
            };
            match compiled {
                Ok(compiled) => return Ok(compiled),
                Err(untold) => tries.again(&node, untold)?,
            }
        }
    }

    async fn run_case(
        &self,
        job: &CaseJob<'_>,
        (): &(),
        cancel: &CancellationToken,
    ) -> Result<Facts, JudgeError> {
        let profile = Profile::of_runs(job.language);
        let expected = self.0.expected.of(&job.language.id, job.input);
        let ask = Ask { shown: shown(job), ..Ask::of(job.whose, &profile, &[job.language], expected) };
        let mut tries = Tries::default();
        let mut aside = self.aside(job);
        loop {
            let ahead = self.ahead(ahead::contents(job), job, cancel).await?;
            let Reply { node, outcome, terms } = self.done(&ask, Job::Case(job), &mut tries, cancel).await?;
            drop(ahead);
            let facts = match outcome {
                Outcome::Ran(report) if self.is_run_again(job, &report, (&node, terms), &mut tries, &ask) => {
                    continue;
                }
                Outcome::Ran(report) => self.ran(job, (&node, terms), *report, &mut aside).await,
                _ => Err(self.untold(&node, &OtherWork)),
            };
            match facts {
                Ok(facts) => return Ok(with_first(facts, &tries)),
                Err(untold) => tries.again(&node, untold)?,
            }
        }
    }

    async fn run_pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> Result<Dialogue, JudgeError> {
        if self.0.nodes.lack_pairs() {
            return Err(SandboxError::TooMany { count: 2, most: 1 }.into());
        }
        let profile = Profile::of_runs(program.language);
        let expected = self.0.expected.of(&program.language.id, program.input);
        let languages = [program.language, validator.language];
        let ask = Ask::of(program.whose, &profile, &languages, expected);
        let mut ask = Ask { together: None, shown: shown(program), ..ask };
        ask.needs.is_pair = true;
        let mut tries = Tries::default();
        let mut aside = self.aside(program);
        loop {
            let contents = ahead::contents(program) + ahead::contents(validator);
            let ahead = self.ahead(contents, program, cancel).await?;
            let reply = self.done(&ask, Job::Pair { program, validator }, &mut tries, cancel).await?;
            drop(ahead);
            let (node, terms) = (reply.node.clone(), reply.terms);
            if let Outcome::Talked { program: of_program, validator: of_validator, .. } = &reply.outcome
                && [(program, of_program), (validator, of_validator)]
                    .into_iter()
                    .any(|(job, report)| self.is_run_again(job, report, (&node, terms), &mut tries, &ask))
            {
                continue;
            }
            match self.dialogue(program, validator, reply, &mut aside).await {
                Ok(dialogue) => {
                    return Ok(Dialogue { program: with_first(dialogue.program, &tries), ..dialogue });
                }
                Err(untold) => tries.again(&node, untold)?,
            }
        }
    }

    async fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        if language.version.is_empty() {
            return Ok(None);
        }
        let profile = Profile::of_compilations(language).unwrap_or_else(|| Profile::of_runs(language));
        let ask = Ask {
            user: Some(crate::submission::SELF_TEST.to_owned()),
            submission: None,
            together: None,
            needs: asking::needs(&profile, &[language]),
            expected: limit(limits),
            progress: None,
            shown: None,
        };
        let mut tries = Tries::default();
        loop {
            let Reply { node, outcome, .. } =
                self.done(&ask, Job::Version(language, limits), &mut tries, cancel).await?;
            match outcome {
                Outcome::Version(version)
                    if version.as_ref().is_none_or(|text| text.len() <= LONGEST_VERSION) =>
                {
                    return Ok(version);
                }
                _ => tries.again(&node, self.untold(&node, &OtherWork))?,
            }
        }
    }

    fn image(&self, profile: &Profile) -> Option<String> {
        self.0.nodes.images(profile).into_iter().next()
    }

    fn image_on(&self, node: &str, profile: &Profile) -> Option<String> {
        self.0.nodes.image_of(node, profile).or_else(|| self.image(profile))
    }

    fn at_once(&self) -> usize {
        (AHEAD * self.0.nodes.all_credits()).clamp(AHEAD, MOST_AT_ONCE)
    }
}

/// The test, of which submission, whose output may be told while it runs.
fn shown(job: &CaseJob<'_>) -> Option<(SubmissionId, u32)> {
    let submission = job.whose.submission.filter(|_| job.is_told)?;
    Some((submission, job.index))
}

/// Nothing is known of how long it takes but that.
fn limit(limits: &RunLimits) -> Length {
    Length { time: limits.cpu, is_seen: false }
}

/// What a program did, with the node on which it was late by little before.
fn with_first(mut facts: Facts, tries: &Tries) -> Facts {
    if let Some(machine) = &mut facts.machine {
        machine.first = tries.close_on();
    }
    facts
}

impl Shared {
    fn forgotten(&self) -> MutexGuard<'_, Uuid> {
        self.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, epoch: Uuid) -> Control {
        Control::Forget { coordinator: self.name.clone(), epoch }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
