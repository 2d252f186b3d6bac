//! The coordinator: an executor that has nodes carry jobs out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::broker::Broker;
use super::desk::Desk;
use super::expected::Expected;
use super::line::{Line, MOST_PARTS};
use super::nodes::Nodes;
use super::objects::{Budget, ObjectError, Objects};
use super::packing::{self, Job, Packer};
use super::wire::{Made, Outcome, Way};
use super::{names, wire};
use crate::account::{Account, Purpose};
use crate::blobs::Blobs;
use crate::blocking;
use crate::judge::{
    Artefact, Artefacts, CaseJob, CompileJob, Compiled, Compiler, Dialogue, ENVIRONMENT, Executor, Facts,
    JudgeError, Key,
};
use crate::language::Language;
use crate::sandbox::{Profile, SandboxError};
use crate::submission::RunLimits;
use gavel_protocol::Bytes;

mod asking;
mod service;

use asking::{Ask, Reply, Waiter, Waiting};

/// How long a part waits for a node: as for a sandbox.
const NODE_PATIENCE: Duration = Duration::from_secs(600);
/// Tries of one part, by whatever nodes.
const TRIES: usize = 3;
/// What of the disk is counted in.
const UNIT: u64 = 1 << 20;
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
    /// Of the disk what long outputs may take.
    pub on_disk: Bytes,
    /// The largest program that is taken.
    pub largest: Bytes,
    /// What contents may take at the broker.
    pub objects: Bytes,
    /// The profiles that languages need: tasks of each go their own way.
    pub profiles: Vec<Profile>,
}

/// Has nodes compile and run. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Remote(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    broker: Broker,
    objects: Objects,
    name: String,
    artefacts: Arc<Artefacts>,
    blobs: Blobs,
    account: Account,
    space: Arc<Semaphore>,
    all_space: u32,
    largest: Bytes,
    object_size: Bytes,
    profiles: Vec<Profile>,
    nodes: Arc<Nodes>,
    expected: Expected,
    state: Mutex<State>,
    /// Something waits, or somebody has room.
    moved: Notify,
}

/// What waits, and what is out. Both under one lock, so that nothing is in between.
#[derive(Debug)]
struct State {
    line: Line<Waiting>,
    desk: Desk<Waiter>,
}

impl Remote {
    /// One that serves until `stop`: talks to the broker in the background.
    pub fn start(parts: RemoteParts, stop: &CancellationToken) -> Self {
        let RemoteParts { broker, name, artefacts, blobs, account, on_disk, largest, objects, profiles } =
            parts;
        let all_space = u32::try_from(on_disk.get() / UNIT).unwrap_or(u32::MAX);
        let state = State { line: Line::default(), desk: Desk::new(Uuid::new_v4()) };
        let shared = Shared {
            objects: Objects::new(broker.clone()),
            broker,
            name,
            artefacts,
            blobs,
            account,
            space: Arc::new(Semaphore::new(all_space as usize)),
            all_space,
            largest,
            object_size: objects,
            profiles,
            nodes: Arc::default(),
            expected: Expected::default(),
            state: Mutex::new(state),
            moved: Notify::new(),
        };
        let this = Self(Arc::new(shared));
        service::start(&this.0, stop);
        this
    }

    /// The nodes.
    pub fn nodes(&self) -> Arc<Nodes> {
        Arc::clone(&self.0.nodes)
    }

    /// Has a node begin nothing more, or begin again. False where there is no such node.
    pub fn drain(&self, node: &str, drained: bool) -> bool {
        let is_known = self.0.nodes.drain(node, drained);
        if is_known {
            self.0.remind(node);
        }
        is_known
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
        cancel: &CancellationToken,
    ) -> Result<Reply, JudgeError> {
        let (mut avoided, mut failures) = (None, Vec::new());
        loop {
            let budget = Budget::default();
            let packer = Packer { objects: &self.0.objects, blobs: &self.0.blobs, budget: &budget };
            let work = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(JudgeError::Cancelled),
                packed = packer.work(job) => packed,
            };
            let work = match work {
                Ok(work) => work,
                Err(ObjectError::Disk(why)) => return Err(contents_missing(why)),
                Err(why) => {
                    tracing::warn!("Contents cannot be sent: {why}");
                    return Err(not_served());
                }
            };
            let reply = self.0.ask(ask, work, avoided.take(), cancel).await?;
            let Outcome::Failed { way, why } = &reply.outcome else { return Ok(reply) };
            self.0.nodes.note(&reply.node, false);
            tracing::warn!(node = reply.node, "A node failed at a part of a judging: {why}");
            match way {
                Way::NotServed => return Err(not_served()),
                Way::Lacking => self.0.objects.forget_all(),
                Way::Broken => avoided = Some(reply.node.clone()),
            }
            failures.push(format!("{}: {why}", reply.node));
            if failures.len() >= TRIES {
                return Err(JudgeError::GivenUp(failures.join("; ")));
            }
        }
    }

    /// Memory, and room on the disk, for what a report has of outputs.
    async fn room(
        &self,
        (memory, disk): (u64, u64),
    ) -> Result<(crate::account::Held, Option<OwnedSemaphorePermit>), JudgeError> {
        let units = u32::try_from(disk.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.0.all_space);
        let space = match units {
            0 => None,
            units => {
                let space = Arc::clone(&self.0.space).acquire_many_owned(units);
                let space =
                    tokio::time::timeout(NODE_PATIENCE, space).await.map_err(|_elapsed| not_served())?;
                Some(space.map_err(|_closed| SandboxError::Stopping)?)
            }
        };
        let room = self.0.account.take(Purpose::Judging, memory, NODE_PATIENCE).await;
        Ok((room.map_err(|_full| not_served())?, space))
    }

    /// What a node says that a program did, where that is of what was asked.
    async fn facts(&self, job: &CaseJob<'_>, node: &str, report: wire::Report) -> Result<Facts, Untold> {
        if let Err(unasked) = packing::check(job, &report) {
            return Err(self.untold(node, &unasked));
        }
        let (room, space) = self.room(packing::weight(&report)).await.map_err(Untold::Ours)?;
        let budget = Budget::default();
        let packer = Packer { objects: &self.0.objects, blobs: &self.0.blobs, budget: &budget };
        let facts = packer.facts(report, room, space).await.map_err(|why| self.unfetched(node, why))?;
        self.0.nodes.note(node, true);
        self.0.expected.note(&job.language.id, job.input, facts.usage.wall_time);
        Ok(facts)
    }

    fn untold(&self, node: &str, why: &dyn std::error::Error) -> Untold {
        tracing::error!(node, "A node has sent what was not asked for: {why}");
        self.0.nodes.note_fault(node, &why.to_string());
        Untold::Theirs(format!("{node}: {why}"))
    }

    fn unfetched(&self, node: &str, why: ObjectError) -> Untold {
        match why {
            ObjectError::Disk(source) => {
                let doing = "keep what a node has sent";
                Untold::Ours(JudgeError::Workspace { doing, source })
            }
            ObjectError::Broker(why) => {
                tracing::warn!("What a node has sent cannot be fetched: {why}");
                Untold::Ours(not_served())
            }
            why @ (ObjectError::Lacking(_) | ObjectError::TooLarge { .. }) => self.untold(node, &why),
        }
    }

    /// A program that the same sources made before, for the same user, with an image that some node has.
    async fn cached(&self, job: &CompileJob<'_>) -> Result<Option<Artefact>, JudgeError> {
        for image in self.0.nodes.images(job.profile) {
            let Some(key) = self.key(job, &image) else { return Ok(None) };
            let mut found = self.0.artefacts.held(&key);
            if found.is_none() {
                let artefacts = Arc::clone(&self.0.artefacts);
                let finding = blocking::on_disk(move || artefacts.find(&key));
                let doing = "find a compiled program";
                found = finding.await.map_err(|source| JudgeError::Workspace { doing, source })?;
            }
            if let Some(mut artefact) = found {
                artefact.compilation.cached = true;
                return Ok(Some(artefact));
            }
        }
        Ok(None)
    }

    fn key(&self, job: &CompileJob<'_>, image: &str) -> Option<Key> {
        Key::of(job, &Compiler { image, environment: &ENVIRONMENT, largest: self.0.largest })
    }

    /// Keeps what a node has compiled.
    async fn keep(&self, job: &CompileJob<'_>, node: &str, made: Made) -> Result<Compiled, Untold> {
        let (program, compilation, image) = match made {
            Made::Rejected { compilation, reason } => return Ok(Compiled::Rejected { compilation, reason }),
            Made::Checked { compilation, image } => (None, compilation, image),
            Made::Program { program, compilation, image } => (Some(program), compilation, image),
        };
        let wanted = job.language.artefact.is_some();
        if program.is_some() != wanted {
            return Err(self.untold(node, &NoProgram));
        }
        let key = image.and_then(|image| self.key(job, &image));
        let budget = Budget::default();
        let packer = Packer { objects: &self.0.objects, blobs: &self.0.blobs, budget: &budget };
        let (file, size) = match program {
            Some(program) => {
                let made = packer.made(program, self.0.largest.get()).await;
                made.map_err(|why| self.unfetched(node, why))?
            }
            None => {
                let nothing = std::fs::File::open("/dev/null");
                (nothing.map_err(|why| self.unfetched(node, why.into()))?.into(), 0)
            }
        };
        let artefacts = Arc::clone(&self.0.artefacts);
        let keep = move || artefacts.keep(key.as_ref(), file, Bytes(size), compilation);
        let kept = blocking::on_disk(keep).await.map_err(|why| self.unfetched(node, why.into()))?;
        self.0.nodes.note(node, true);
        Ok(if wanted { Compiled::Program(kept) } else { Compiled::Checked(kept.compilation) })
    }
}

/// Tries of a part whose answers were none.
#[derive(Debug, Default)]
struct Tries(Vec<String>);

impl Tries {
    /// Once more, but not for ever.
    fn again(&mut self, untold: Untold) -> Result<(), JudgeError> {
        match untold {
            Untold::Ours(why) => return Err(why),
            Untold::Theirs(why) => self.0.push(why),
        }
        if self.0.len() < TRIES { Ok(()) } else { Err(JudgeError::GivenUp(self.0.join("; "))) }
    }
}

/// Why an answer is none.
enum Untold {
    /// We could not take it.
    Ours(JudgeError),
    /// It is not of what was asked: another node may do better.
    Theirs(String),
}

/// There is a program where there is none, or none where there is one.
#[derive(Debug, thiserror::Error)]
#[error("the node has compiled something else")]
struct NoProgram;

/// Of another kind of work.
#[derive(Debug, thiserror::Error)]
#[error("the node has done something else")]
struct OtherWork;

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
        if let Some(artefact) = self.cached(job).await? {
            return Ok(match job.language.artefact {
                Some(_) => Compiled::Program(artefact),
                None => Compiled::Checked(artefact.compilation),
            });
        }
        let ask = Ask { together: None, ..Ask::of(job.whose, job.profile, job.limits.cpu) };
        let mut tries = Tries::default();
        loop {
            let Reply { node, outcome } = self.done(&ask, Job::Compile(job), cancel).await?;
            let compiled = match outcome {
                Outcome::Compiled(made) => self.keep(job, &node, *made).await,
                _ => Err(self.untold(&node, &OtherWork)),
            };
            match compiled {
                Ok(compiled) => return Ok(compiled),
                Err(untold) => tries.again(untold)?,
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
        let ask = Ask::of(job.whose, &profile, expected);
        let mut tries = Tries::default();
        loop {
            let Reply { node, outcome } = self.done(&ask, Job::Case(job), cancel).await?;
            let facts = match outcome {
                Outcome::Ran(report) => self.facts(job, &node, *report).await,
                _ => Err(self.untold(&node, &OtherWork)),
            };
            match facts {
                Ok(facts) => return Ok(facts),
                Err(untold) => tries.again(untold)?,
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
        let ask = Ask { together: None, ..Ask::of(program.whose, &profile, expected) };
        let mut tries = Tries::default();
        loop {
            let reply = self.done(&ask, Job::Pair { program, validator }, cancel).await?;
            match self.dialogue(program, validator, reply).await {
                Ok(dialogue) => return Ok(dialogue),
                Err(untold) => tries.again(untold)?,
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
            user: Some(crate::self_test::SELF_TEST.to_owned()),
            submission: None,
            together: None,
            pool: names::pool(&profile),
            expected: limits.cpu,
            progress: None,
        };
        match self.done(&ask, Job::Version(language, limits), cancel).await?.outcome {
            Outcome::Version(version) => Ok(version),
            _ => Ok(None),
        }
    }

    fn image(&self, profile: &Profile) -> Option<String> {
        self.0.nodes.images(profile).into_iter().next()
    }

    fn at_once(&self) -> usize {
        (AHEAD * self.0.nodes.all_credits()).clamp(AHEAD, MOST_AT_ONCE)
    }
}

impl Remote {
    async fn dialogue(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        Reply { node, outcome }: Reply,
    ) -> Result<Dialogue, Untold> {
        let Outcome::Talked { program: facts, validator: others, first, transcript } = outcome else {
            return Err(self.untold(&node, &OtherWork));
        };
        Ok(Dialogue {
            program: self.facts(program, &node, *facts).await?,
            validator: self.facts(validator, &node, *others).await?,
            first,
            transcript: self.transcript(&node, transcript).await?,
        })
    }

    async fn transcript(&self, node: &str, parcel: Option<wire::Parcel>) -> Result<Option<String>, Untold> {
        const LONGEST: u64 = 1 << 20;
        let Some(parcel) = parcel else { return Ok(None) };
        let bytes = self.0.objects.fetch(parcel, LONGEST).await.map_err(|why| self.unfetched(node, why))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
