//! What the tests of judging share: a submission, a language, and sandboxes that are told what to answer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use gavel_problem::Package;
use gavel_protocol::{Bytes, Ending, Usage};
use tokio_util::sync::CancellationToken;

use super::judgement::{TestResult, Verdict};
use crate::blobs::Blobs;
use crate::config::{Config, LimitsConfig, Overrides};
use crate::content::{BlobId, Content};
use crate::language::{Allowance, Language, Template, Toolchain};
use crate::problem::{Manifest, Problem, Show, Versions};
use crate::sandbox::{
    Captured, CollectedOutput, Lease, Profile, Program, Ran, RunEnding, SandboxError, Sandboxes,
};
use crate::store::StoreError;
use crate::submission::{Checker, Isolation, ProblemRef, RunLimits, Submission, TestCase};

pub(crate) const LIMITS: RunLimits = RunLimits {
    cpu: Duration::from_secs(1),
    wall: Duration::from_secs(4),
    memory: Bytes::mib(256),
    stack: Bytes::mib(256),
    file: Bytes::mib(64),
    output: Bytes::kib(64),
    processes: 64,
    open_files: 256,
};

/// A submission in C++ with one test that expects "3".
pub(crate) fn submission(source: &str) -> Submission {
    Submission {
        id: uuid::Uuid::new_v4(),
        language: "cpp17".into(),
        files: BTreeMap::from([("main.cpp".to_owned(), source.into())]),
        entry_point: None,
        tests: vec![TestCase { input: "1 2\n".into(), answer: Some("3\n".into()), ..TestCase::default() }],
        limits: LIMITS,
        own_memory: LIMITS.memory,
        compile_limits: LIMITS,
        user: Some("alice".into()),
        token: None,
        isolation: Isolation::Pooled,
        checker: Checker::default(),
        stop_at_first_failure: None,
        problem: None,
        collect: Vec::new(),
        input_file: None,
        output_file: None,
        reference: BTreeMap::new(),
    }
}

/// Problems that are there.
#[derive(Debug, Default)]
pub(crate) struct Shelf(pub(crate) Vec<Arc<Problem>>);

impl Versions for Shelf {
    fn version<'a>(
        &'a self,
        named: &'a ProblemRef,
    ) -> BoxFuture<'a, Result<Option<Arc<Problem>>, StoreError>> {
        let found = self.0.iter().find(|problem| problem.reference() == *named).cloned();
        Box::pin(async move { Ok(found) })
    }
}

/// A package of these files.
pub(crate) fn problem_of(show: Show, files: &[(&str, &str)]) -> Arc<Problem> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (package, _) = Package::read(folder.path()).unwrap();
    let manifest = Manifest::of(&package, show, Vec::new());
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), Content::from(*text))).collect();
    let version = BlobId::of(b"version");
    Arc::new(Problem::new("sums".into(), version, chrono::Utc::now(), manifest, files).unwrap())
}

/// The limits of the shipped settings.
pub(crate) fn limits() -> LimitsConfig {
    let overrides = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
    Config::load(&overrides).unwrap().limits
}

/// A directory of blobs.
pub(crate) fn blobs() -> (Blobs, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let (blobs, _suspects) = Blobs::open(directory.path()).unwrap();
    (blobs, directory)
}

/// A result without anything in it.
pub(crate) fn result() -> TestResult {
    TestResult { exit_code: Some(0), ..TestResult::empty(0, Verdict::Accepted) }
}

/// A compiled language and its toolchain.
pub(crate) fn cpp() -> (Language, Toolchain) {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    let template = |text: &str| Template::new(words(text)).unwrap();
    let language = Language {
        runtime: None,
        id: "cpp17".into(),
        name: "C++17".into(),
        toolchain: Some("gcc".into()),
        source: "main.cpp".into(),
        extensions: words("cpp cc"),
        headers: words("h"),
        environment: words("LANG=C GREETING=hello"),
        sanitized: true,
        arguments: true,
        compile: template("g++ -o main {source}"),
        artefact: Some("main".into()),
        run: template("{artefact}"),
        reads_first: false,
        allowance: Allowance::default(),
        failures: Arc::default(),
        compile_failures: Arc::default(),
        version: Vec::new(),
        sample: None,
    };
    let headers = vec!["h".into()];
    (language, Toolchain { image: "gavel/gcc".into(), headers, install: None, default: true })
}

/// Sandboxes that answer each run with the next of a list, and note what they were asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripted {
    answers: Answers,
    /// Of runs in sandboxes that are asked for only if one is free; none is without a list.
    if_free: Arc<Mutex<Option<Answers>>>,
    asked: Arc<Mutex<Vec<(Profile, Program)>>>,
    leases: Arc<Mutex<Vec<Wanted>>>,
    image: Arc<Mutex<Image>>,
    side_by_side: Arc<AtomicBool>,
    /// In so many of the next runs the server stands still.
    still: Arc<AtomicU32>,
}

type Answers = Arc<Mutex<VecDeque<Result<Ran, SandboxError>>>>;

/// What a lease was asked for with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) profile: Profile,
    pub(crate) isolation: Isolation,
    pub(crate) user: Option<String>,
    pub(crate) patience: Duration,
}

/// What sandboxes are made of, and whether that is known before one is there.
#[derive(Debug, Clone)]
struct Image {
    id: Arc<str>,
    known: bool,
}

impl Default for Image {
    fn default() -> Self {
        Self { id: "sha256:12ab".into(), known: true }
    }
}

impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) -> Self {
        let scripted = Self::default();
        scripted.answer(answers);
        scripted
    }

    /// Further answers.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// Sandboxes are free from now on for those who would not wait, with answers of their own.
    pub(crate) fn be_free(&self, answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        *self.if_free.lock().unwrap() = Some(answers);
    }

    /// From now on no run has ended before those have begun that may run beside it.
    pub(crate) fn run_side_by_side(&self) {
        self.side_by_side.store(true, Ordering::Relaxed);
    }

    /// During the next so many runs the server stands still, in a test whose clock is paused.
    pub(crate) fn stand_still_for(&self, runs: u32) {
        self.still.store(runs, Ordering::Relaxed);
    }

    pub(crate) fn asked(&self) -> Vec<(Profile, Program)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// From now on sandboxes are made of this image.
    pub(crate) fn be_made_of(&self, image: &str) {
        self.image.lock().unwrap().id = image.into();
    }

    /// As when no sandbox has been made yet.
    pub(crate) fn forget_the_image(&self) {
        self.image.lock().unwrap().known = false;
    }

    fn lent(&self, wanted: Wanted, answers: Answers) -> ScriptedLease {
        let (profile, image) = (wanted.profile.clone(), self.image.lock().unwrap().id.clone());
        self.leases.lock().unwrap().push(wanted);
        ScriptedLease { scripted: self.clone(), profile, image, answers }
    }

    /// The leases that were asked for since they were looked at last.
    pub(crate) fn leases(&self) -> Vec<Wanted> {
        std::mem::take(&mut self.leases.lock().unwrap())
    }
}

#[derive(Debug)]
pub(crate) struct ScriptedLease {
    scripted: Scripted,
    profile: Profile,
    image: Arc<str>,
    answers: Answers,
}

impl Sandboxes for Scripted {
    type Lease = ScriptedLease;

    async fn lease(
        &self,
        profile: &Profile,
        isolation: Isolation,
        user: Option<&str>,
        patience: Duration,
    ) -> Result<ScriptedLease, SandboxError> {
        let wanted = Wanted { profile: profile.clone(), isolation, user: user.map(str::to_owned), patience };
        Ok(self.lent(wanted, Arc::clone(&self.answers)))
    }

    fn lease_if_free(
        &self,
        profile: &Profile,
        isolation: Isolation,
        user: Option<&str>,
    ) -> Option<ScriptedLease> {
        let answers = self.if_free.lock().unwrap().clone()?;
        let (user, patience) = (user.map(str::to_owned), Duration::ZERO);
        Some(self.lent(Wanted { profile: profile.clone(), isolation, user, patience }, answers))
    }

    fn image(&self, _: &Profile) -> Option<Arc<str>> {
        let image = self.image.lock().unwrap();
        image.known.then(|| image.id.clone())
    }
}

impl Lease for ScriptedLease {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        self.scripted.asked.lock().unwrap().push((self.profile.clone(), program));
        let next = self.answers.lock().unwrap().pop_front();
        if self.scripted.side_by_side.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        let still = self.scripted.still.load(Ordering::Relaxed);
        if still > 0 {
            self.scripted.still.store(still - 1, Ordering::Relaxed);
            tokio::time::advance(Duration::from_secs(4)).await;
        }
        match next {
            Some(answer) => answer,
            // An empty list stands for a program that runs until it is cancelled.
            None => {
                cancel.cancelled().await;
                Ok(ended(Ending::Cancelled))
            }
        }
    }

    fn name(&self) -> &str {
        "scripted"
    }

    fn image(&self) -> Option<&str> {
        Some(&self.image)
    }
}

pub(crate) fn ended(ending: Ending) -> Ran {
    Ran {
        ending: RunEnding::Ended(ending),
        usage: Usage { cpu_user: Duration::from_millis(1), memory: Bytes::mib(1), ..Usage::default() },
        stdout: Captured::default(),
        stderr: Captured::default(),
        collected: Vec::new(),
        leavings: Vec::new(),
    }
}

pub(crate) fn printed(output: &str) -> Ran {
    let head = output.as_bytes().to_vec();
    let total = head.len() as u64;
    Ran { stdout: Captured { head, total, ..Captured::default() }, ..ended(Ending::Exited { code: 0 }) }
}

/// A compiler's run that leaves a program.
pub(crate) fn compiled() -> Ran {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, b"program").unwrap();
    let collected = vec![CollectedOutput::File { descriptor: file.into(), size: Bytes(7) }];
    Ran { collected, ..ended(Ending::Exited { code: 0 }) }
}
