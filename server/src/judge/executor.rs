//! The parts of a judging that can be carried out anywhere: compile, and run on one test case.

use std::collections::BTreeMap;
use std::fmt;

use gavel_protocol::{Bytes, Usage};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::artefacts::Artefact;
use super::dialogue::Dialogue;
use super::ending::ProgramEnd;
use super::judgement::Compilation;
use super::machine::Machine;
use super::{JudgeError, Progress};
use crate::account::Held;
use crate::content::Content;
use crate::language::Language;
use crate::sandbox::{Captured, Leaving, Profile};
use crate::submission::{Files, Isolation, RunLimits, SubmissionId};

/// Carries out the parts of a judging. What they are made of is named by content; verdicts, and what follows from
/// them, are the judge's.
pub trait Executor: Send + Sync + 'static {
    /// What the cases of one submission share. By default that is nothing: what a case had is others' when it has been run.
    type Session: Default + Send + Sync;

    /// For cases that are run one after the other, of each of which the outputs are kept before the next begins.
    fn session(&self) -> Self::Session {
        Self::Session::default()
    }

    /// Makes a program of sources, or finds the one that was made of them before.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`].
    fn compile(
        &self,
        job: &CompileJob<'_>,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Compiled, JudgeError>> + Send;

    /// Runs a program on one test case.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`].
    fn run_case(
        &self,
        job: &CaseJob<'_>,
        session: &Self::Session,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Facts, JudgeError>> + Send;

    /// As [`Self::run_case`], where there is room for it at this moment and nobody waits for that; none elsewhere.
    fn run_case_if_free(
        &self,
        _job: &CaseJob<'_>,
        _cancel: &CancellationToken,
    ) -> impl Future<Output = Option<Result<Facts, JudgeError>>> + Send {
        async { None }
    }

    /// Runs a program and a validator that talk with each other.
    ///
    /// # Errors
    /// As [`Self::run_case`].
    fn run_pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Dialogue, JudgeError>> + Send;

    /// What the compiler of a language says of itself, where it has a command for that.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`].
    fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> impl Future<Output = Result<Option<String>, JudgeError>> + Send;

    /// Id of the image that a profile's sandboxes are made of; none where that is not known.
    fn image(&self, _profile: &Profile) -> Option<String> {
        None
    }

    /// The same on one of several machines, which may have images of their own.
    fn image_on(&self, _node: &str, profile: &Profile) -> Option<String> {
        self.image(profile)
    }

    /// So many cases of one submission are worth asking for at one time.
    fn at_once(&self) -> usize;
}

/// What is to be compiled.
#[derive(Debug, Clone, Copy)]
pub struct CompileJob<'a> {
    /// How.
    pub language: &'a Language,
    /// The toolchain's sandboxes.
    pub profile: &'a Profile,
    /// Files by name.
    pub sources: &'a BTreeMap<String, Content>,
    /// The source that the program begins with, where the client says.
    pub entry_point: Option<&'a str>,
    /// Of the compilation.
    pub limits: &'a RunLimits,
    /// For whom.
    pub whose: Whose<'a>,
}

/// What is to be run.
#[derive(Debug, Clone, Copy)]
pub struct CaseJob<'a> {
    /// Position of the test case, from 0.
    pub index: u32,
    /// How.
    pub language: &'a Language,
    /// Files by name, for a program that is its sources.
    pub sources: &'a BTreeMap<String, Content>,
    /// As of a [`CompileJob`].
    pub entry_point: Option<&'a str>,
    /// The compiled program; an interpreted one is its sources.
    pub artefact: Option<&'a Artefact>,
    /// Standard input, or what is in the input file.
    pub input: &'a Content,
    /// What the program reads and writes instead of its standard streams.
    pub files: Files<'a>,
    /// What stands behind the program's name.
    pub arguments: &'a [String],
    /// Files beside the program that are no sources, by name.
    pub beside: &'a BTreeMap<String, Content>,
    /// Files in the box itself that it may change; what is there at its end is handed out.
    pub kept: Option<&'a BTreeMap<String, Content>>,
    /// Files that are handed out after the end, and how much is read of each.
    pub collect: &'a [(&'a str, Bytes)],
    /// Files that are handed back to whoever wrote the program.
    pub handed: Handed<'a>,
    /// What it writes is told, and what it and a validator say to each other.
    pub is_told: bool,
    /// Of what it writes to its standard streams beginning and end are kept, and what is more is dropped: else the run is ended for it.
    pub cuts: bool,
    /// Of the run.
    pub limits: &'a RunLimits,
    /// Of the memory, what is for the program itself.
    pub own_memory: Bytes,
    /// Memory of ours for what is written.
    pub room: Room,
    /// For whom.
    pub whose: Whose<'a>,
}

impl<'a> CaseJob<'a> {
    /// A run with nothing beside it, of which nothing but its output is wanted. What is to be run is for the caller to name.
    pub fn bare(language: &'a Language, input: &'a Content, limits: &'a RunLimits, whose: Whose<'a>) -> Self {
        static NOTHING: BTreeMap<String, Content> = BTreeMap::new();
        Self {
            index: 0,
            language,
            sources: &NOTHING,
            entry_point: None,
            artefact: None,
            input,
            files: Files::default(),
            arguments: &[],
            beside: &NOTHING,
            kept: None,
            collect: &[],
            handed: Handed::default(),
            is_told: false,
            cuts: false,
            limits,
            own_memory: limits.memory,
            room: Room::Others,
            whose,
        }
    }
}

/// Files that a program leaves and that are handed back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handed<'a> {
    /// Their names.
    pub names: &'a [String],
    /// Most bytes of each.
    pub most: Bytes,
}

/// What there is of such a file.
#[derive(Debug)]
pub struct Left {
    /// Its name.
    pub name: String,
    /// It, or why there is nothing of it.
    pub file: Result<Captured, String>,
}

/// Memory and disk of ours for what a run writes: who holds some waits for no more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For the run, and so much more.
    Own {
        /// Memory for what looks at its output then.
        beside: Bytes,
        /// Of the disk, for what that leaves.
        left: Bytes,
    },
    /// Another run has it.
    Others,
}

/// Whom a job is for: decides which sandboxes may serve it, and which programs may be used again.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The submission; none for a problem's validators and for tests of our own.
    pub submission: Option<SubmissionId>,
    /// The user.
    pub user: Option<&'a str>,
    /// Which sandboxes may serve it.
    pub isolation: Isolation,
    /// Who is told [`Progress::Served`], just before anything runs.
    pub progress: Told<'a>,
}

impl<'a> Whose<'a> {
    /// Of no submission, so that any sandbox may serve it and what is compiled for it is nobody's secret: a problem's validator, or
    /// a test of our own, of this user.
    pub fn nobodys(user: Option<&'a str>, progress: Told<'a>) -> Self {
        Self { submission: None, user, isolation: Isolation::Pooled, progress }
    }
}

/// Somebody who is told where a judging has got to.
#[derive(Clone, Copy)]
pub struct Told<'a>(pub &'a (dyn Fn(Progress) + Send + Sync));

impl Told<'_> {
    /// Nobody is told.
    pub const NOBODY: Told<'static> = Told(&|_| {});

    /// Tells it.
    pub fn tell(self, progress: Progress) {
        (self.0)(progress);
    }
}

impl fmt::Debug for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

/// What came of compiling.
#[derive(Debug)]
pub enum Compiled {
    /// There is a program.
    Program(Artefact),
    /// Nothing is wrong with the sources, which are the program.
    Checked(Compilation),
    /// There is none, and that is the source's fault.
    Rejected {
        /// What compiling was like.
        compilation: Compilation,
        /// Why, where the log does not tell.
        reason: Option<String>,
    },
}

/// What a run did, before anybody says what it is worth.
#[derive(Debug)]
pub struct Facts {
    /// How it ended.
    pub end: ProgramEnd,
    /// What it used.
    pub usage: Usage,
    /// Where, if that is one of several machines.
    pub machine: Option<Machine>,
    /// What it wrote to standard output, or to the output file.
    pub stdout: Captured,
    /// Why there is nothing of an output file.
    pub no_output: Option<NoOutput>,
    /// What it wrote to standard error.
    pub stderr: Captured,
    /// The files that were asked for, in order: the beginning of each that is there, nothing of one that is no regular file.
    pub collected: Vec<Option<Vec<u8>>>,
    /// The files that are handed back.
    pub files: Vec<Left>,
    /// The files in the box itself, where [`CaseJob::kept`] says so.
    pub leavings: Vec<Leaving>,
    /// Memory for what it wrote.
    pub room: Held,
    /// The same of the disk.
    pub space: Option<OwnedSemaphorePermit>,
}

/// Why there is nothing of the file that a program was to write its output to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoOutput {
    /// It is not there.
    Missing,
    /// It is a directory, a link, a pipe or anything else that is no regular file.
    NoFile,
    /// It cannot be opened.
    Unreadable,
    /// It is larger than an output may be.
    TooLarge,
}

impl Facts {
    /// What it was held to, where these limits were asked for: on a slow machine times are longer.
    pub fn held_to(&self, asked: &RunLimits) -> RunLimits {
        self.machine.as_ref().map_or(*asked, |machine| machine.time_scale.limits(asked))
    }

    /// What was written is not to be kept.
    pub(super) fn forget_outputs(&mut self) {
        self.stdout = Captured::default();
        self.stderr = Captured::default();
    }
}
