//! Judges a submission: compile, run each test case, compare, sum up. Knows neither HTTP nor Docker.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{SubsecRound as _, Utc};
use futures_util::StreamExt;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use self::ahead::Ahead;
use self::case::{Judged, Written};
use self::claims::Claims;
use self::course::{Course, Scored};
use self::grader::Answers as Graded;
use self::outputs::Outputs;
use self::validator::{Programs, Validator};
use crate::blobs::Blobs;
use crate::config::LimitsConfig;
use crate::content::Content;
use crate::language::{Language, Languages};
use crate::problem::{Problem, Show, Versions};
use crate::problems::{Allowed, Answers, allowed_to_validators, code_of};
use crate::sandbox::Profile;
use crate::submission::{Isolation, RunLimits, Submission};

mod ahead;
mod answers;
mod argv;
mod artefacts;
mod case;
mod checker;
mod claims;
mod compile;
mod contents;
mod course;
mod courtesy;
mod dialogue;
mod ending;
mod error;
mod executor;
mod files;
mod grader;
pub mod judgement;
mod local;
mod log;
mod machine;
mod output;
mod outputs;
mod passes;
mod patience;
mod progress;
mod run;
mod sanitizer;
mod sources;
mod submitted;
#[cfg(test)]
pub(crate) mod test_support;
mod text;
mod transcript;
mod validator;
mod verdict;
mod version;

pub use artefacts::{Artefact, Artefacts};
pub(crate) use artefacts::{Compiler, Key};
pub(crate) use compile::ENVIRONMENT;
pub use courtesy::Courtesy;
pub use dialogue::Dialogue;
pub use ending::{Cap, OwnEnd, ProgramEnd};
pub use error::JudgeError;
pub use executor::{
    CaseJob, CompileJob, Compiled, Executor, Facts, Handed, Left, NoOutput, Room, Told, Whose,
};
pub use judgement::{
    Compilation, FirstDifference, GroupResult, HandedFile, Judgement, Reason, Stream, Summary, TestResult,
    Verdict,
};
pub use local::Local;
pub(crate) use local::{IN_MEMORY, most_output};
pub use machine::{Machine, TimeScale};
pub use progress::{Progress, Tested};
pub use transcript::Side;
pub(crate) use verdict::from_run;

/// How long a judging waits for a sandbox. Long enough for a container engine to be restarted: a submission that was
/// accepted is not worth an InternalError because containers are away for a while.
const LEASE_PATIENCE: Duration = Duration::from_secs(600);

/// Digits of a second that are stored of a time.
const MILLISECONDS: u16 = 3;

/// Judges submissions, by an executor that compiles and runs.
#[derive(Debug)]
pub struct Judge<E> {
    executor: E,
    languages: Arc<Languages>,
    blobs: Blobs,
    problems: Arc<dyn Versions>,
    /// Of which validators have what the settings allow at most.
    limits: LimitsConfig,
}

/// What is judged: a submission, by its own tests or by those of a problem.
#[derive(Clone, Copy)]
struct Task<'a> {
    submission: &'a Submission,
    matter: Matter<'a>,
    problem: Option<&'a Problem>,
    /// The submission's, and what the problem puts beside them.
    sources: &'a BTreeMap<String, Content>,
    validators: &'a [Validator<'a>],
    /// Of a problem that has cases which sources are judged by.
    static_validator: Option<&'a Validator<'a>>,
    allowed: &'a Allowed,
    /// The compiled program; an interpreted one is its sources.
    artefact: Option<&'a Artefact>,
    cancel: &'a CancellationToken,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    /// Of what is judged behind others.
    courtesy: Option<&'a dyn Courtesy>,
    /// What was run while the sources were checked.
    ahead: &'a Ahead,
}

impl Task<'_> {
    /// A sandbox that the submission has for itself may be kept from one test to the next: between them nobody waits with it in
    /// hand, neither for that of a program of the problem's own nor for others who go first.
    fn may_keep_its_sandbox(&self) -> bool {
        self.validators.is_empty() && self.static_validator.is_none() && self.courtesy.is_none()
    }
}

/// What came of the sources. An interpreted program is these themselves.
#[derive(Default)]
struct Made {
    artefact: Option<Artefact>,
    compilation: Option<Compilation>,
}

/// What there is to be judged.
#[derive(Clone, Copy)]
enum Matter<'a> {
    /// Sources in this language.
    Program(&'a Language),
    /// Answers to cases: nothing is run.
    Answers(&'a Answers<'a>),
}

impl<'a> Matter<'a> {
    fn language(self) -> Option<&'a Language> {
        match self {
            Self::Program(language) => Some(language),
            Self::Answers(_) => None,
        }
    }
}

impl<E: Executor> Judge<E> {
    /// A judge that finds contents in these blobs, and tests of submissions that have none in these problems.
    pub fn new(
        executor: E,
        languages: Arc<Languages>,
        blobs: Blobs,
        problems: Arc<dyn Versions>,
        limits: LimitsConfig,
    ) -> Self {
        Self { executor, languages, blobs, problems, limits }
    }

    /// Judges one submission to its end.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`]; everything that is the program's fault is `Ok`.
    pub async fn judge(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Judgement, JudgeError> {
        self.judge_as(submission, progress, cancel, None).await
    }

    /// As [`Self::judge`], behind others: one test at a time, and each only when nobody has to go first.
    ///
    /// # Errors
    /// As [`Self::judge`].
    pub async fn judge_behind(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        courtesy: &dyn Courtesy,
    ) -> Result<Judgement, JudgeError> {
        self.judge_as(submission, progress, cancel, Some(courtesy)).await
    }

    async fn judge_as(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        courtesy: Option<&dyn Courtesy>,
    ) -> Result<Judgement, JudgeError> {
        let started = OnceLock::new();
        let noted = |now| {
            if now == Progress::Served {
                started.get_or_init(|| Utc::now().trunc_subsecs(MILLISECONDS));
            }
            progress(now);
        };
        // A running program is killed by its own lease and then reports; waiting for a sandbox just stops.
        let judgement = tokio::select! {
            biased;
            judgement = self.judge_to_the_end(submission, &noted, cancel, courtesy) => judgement,
            () = cancelled_for_good(cancel) => Err(JudgeError::Cancelled),
        };
        Ok(Judgement { started_at: started.get().copied(), ..judgement? })
    }

    async fn judge_to_the_end(
        &self,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        courtesy: Option<&dyn Courtesy>,
    ) -> Result<Judgement, JudgeError> {
        let problem = self.problem(submission).await?;
        let judged = self.judge_by(problem.as_deref(), submission, progress, cancel, courtesy).await;
        match (judged, &problem) {
            // A submission's own files are small.
            (Err(JudgeError::NoRoom), Some(problem)) => {
                let why = "what the problem puts beside a program is more than a sandbox has room for";
                Ok(Judgement::broken_problem(None, why.to_owned(), problem.tests.len()))
            }
            (judged, _) => judged,
        }
    }

    async fn judge_by(
        &self,
        problem: Option<&Problem>,
        submission: &Submission,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
        courtesy: Option<&dyn Courtesy>,
    ) -> Result<Judgement, JudgeError> {
        let answers = answers::of(submission, problem)?;
        let matter = match &answers {
            Some(answers) => Matter::Answers(answers),
            None => Matter::Program(self.language(submission)?),
        };
        let language = matter.language();
        let sources = sources(submission, problem);
        let total = problem.map_or(submission.tests.len(), |problem| problem.tests.len());
        let allowed = allowed_to_validators(problem, &self.limits);
        let ahead = Ahead::default();
        let task = Task {
            submission,
            matter,
            problem,
            sources: &sources,
            validators: &[],
            static_validator: None,
            allowed: &allowed,
            artefact: None,
            cancel,
            progress,
            courtesy,
            ahead: &ahead,
        };
        let (artefact, compilation) = match self.program(task, total).await? {
            Ok(Made { artefact, compilation }) => (artefact, compilation),
            Err(rejected) => return Ok(rejected),
        };
        let Programs { validators, static_validator, grader } = match self.programs_of_problem(task).await? {
            Ok(programs) => programs,
            Err(why) => return Ok(Judgement::broken_problem(compilation, why, total)),
        };
        let (validators, static_validator) = (validators.as_slice(), static_validator.as_ref());
        let task = Task { validators, static_validator, artefact: artefact.as_ref(), ..task };
        let mut course = Course::new(problem, total, submission.stop_at_first_failure);
        let tests = self.run_tests(task, &mut course, total).await?;
        let image = language.and_then(|language| {
            let compiles = Profile::of_compilations(language);
            let profile = compiles.unwrap_or_else(|| Profile::of_runs(language));
            match compilation.as_ref().and_then(|compilation| compilation.node.as_deref()) {
                Some(node) => self.executor.image_on(node, &profile),
                None => self.executor.image(&profile),
            }
        });
        let judgement = Judgement::of_tests(compilation, submission.limits, tests, total);
        let graded = match &grader {
            Some(grader) => {
                grader::asked(&self.executor, grader, &course, &allowed, courtesy, cancel).await?
            }
            None => Graded::default(),
        };
        Ok(course.conclude(Judgement { image, ..judgement }, &graded))
    }

    /// Compiles what has a compiler; the judgement of what does not compile.
    async fn program(&self, task: Task<'_>, total: usize) -> Result<Result<Made, Judgement>, JudgeError> {
        let language = task.matter.language();
        let compiler = language.and_then(|language| Some((language, Profile::of_compilations(language)?)));
        let Some((language, profile)) = compiler else { return Ok(Ok(Made::default())) };
        (task.progress)(Progress::Compiling);
        let job = compile_job(task.submission, task.sources, language, &profile, task.progress);
        Ok(match self.compiled(&job, task, total).await? {
            Compiled::Program(artefact) => {
                let compilation = Some(artefact.compilation.clone());
                Ok(Made { artefact: Some(artefact), compilation })
            }
            Compiled::Checked(compilation) => Ok(Made { artefact: None, compilation: Some(compilation) }),
            Compiled::Rejected { compilation, reason } => {
                Err(Judgement::rejected(compilation, reason, total))
            }
        })
    }

    /// The compiled validators and the grader of the problem, where it has any; in words why they cannot be had.
    async fn programs_of_problem<'a>(
        &'a self,
        task: Task<'a>,
    ) -> Result<Result<Programs<'a>, String>, JudgeError> {
        let Some(problem) = task.problem else { return Ok(Ok(Programs::default())) };
        let (executor, languages, told) = (&self.executor, &self.languages, Told(task.progress));
        let prepared = validator::prepared(executor, languages, problem, task.allowed, told, task.cancel);
        Ok(prepared.await?.map_err(|unfit| unfit.reason(problem.shows_all())))
    }

    fn language(&self, submission: &Submission) -> Result<&Language, JudgeError> {
        let language = self.languages.get(&submission.language);
        language.ok_or_else(|| JudgeError::UnknownLanguage(submission.language.clone()))
    }

    /// What a submission is judged by that has no tests of its own.
    async fn problem(&self, submission: &Submission) -> Result<Option<Arc<Problem>>, JudgeError> {
        let Some(named) = &submission.problem else { return Ok(None) };
        let found = self.problems.version(named).await?;
        found.map(Some).ok_or_else(|| JudgeError::UnknownProblem(named.id.clone()))
    }

    /// What the compiler of a language says of itself, within these limits; none where it has no command for that.
    ///
    /// # Errors
    /// Only our own failures and [`JudgeError::Cancelled`].
    pub async fn version(
        &self,
        language: &Language,
        limits: &RunLimits,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        self.executor.version(language, limits, cancel).await
    }

    /// So many tests are run at one time. One that must have a sandbox for itself keeps one, where it may. What runs anew waits
    /// anew for room, which must not be what tests behind it have.
    fn at_once(&self, task: Task<'_>) -> usize {
        let is_anew = task.problem.is_some_and(|problem| problem.manifest.kind.multi_pass);
        let alone = task.submission.isolation == Isolation::Fresh || task.courtesy.is_some() || is_anew;
        if alone { 1 } else { self.executor.at_once().max(1) }
    }

    /// Runs every test case that matters: several at one time, where the executor has room for them. Results come in order.
    async fn run_tests(
        &self,
        task: Task<'_>,
        course: &mut Course<'_>,
        total: usize,
    ) -> Result<Vec<TestResult>, JudgeError> {
        let (progress, at_once) = (task.progress, self.at_once(task));
        // What runs beside or behind the last one that counts is ended.
        let (stop, rest) = (CancellationToken::new(), task.cancel.child_token());
        let task = Task { cancel: &rest, ..task };
        let (session, needless) = (self.executor.session(), course.needless());
        let running = (0..total).map(|index| {
            let (needless, stop, session) = (&needless, &stop, &session);
            async move {
                if needless.has(index) || stop.is_cancelled() {
                    return (index, Ok(None));
                }
                if let Some(courtesy) = task.courtesy {
                    courtesy.wait().await;
                }
                (index, self.run_case(task, index, session).await.map(Some))
            }
        });
        let mut running = pin!(stream::iter(running).buffered(at_once));
        let (mut results, mut done) = (Vec::with_capacity(total), 0);
        let mut outputs = Outputs::new(self.blobs.clone());
        let shows_hidden = task.problem.is_none_or(|problem| problem.manifest.show != Show::Summary);
        progress(Progress::Running { done });
        while let Some((index, judged)) = running.next().await {
            done += 1;
            if needless.has(index) {
                // It may have run beside the one that has made it so: which tests there are is not for the clock to say.
                continue;
            }
            let judged = match judged {
                Ok(Some(judged)) => kept(outputs, judged).await,
                Ok(None) => continue,
                Err(why) => Err(why),
            };
            let (result, scored);
            (outputs, result, scored) = match judged {
                Ok(kept) => kept,
                Err(why) => {
                    // What runs beside it is ended, and waited for: a sandbox that is left in mid-run is lost.
                    stop.cancel();
                    rest.cancel();
                    while running.next().await.is_some() {}
                    return Err(why);
                }
            };
            let goes_on = course.goes_on_after(&result, scored);
            let tested = Tested { index: result.index, verdict: result.verdict, done, total: count(total) };
            if !result.hidden || shows_hidden {
                progress(Progress::Tested(tested));
            }
            results.push(result);
            if !goes_on {
                stop.cancel();
                rest.cancel();
                while running.next().await.is_some() {}
                break;
            }
            if (done as usize) < total {
                progress(Progress::Running { done });
            }
        }
        outputs.finish(&mut results).await?;
        Ok(results)
    }
}

/// Keeps what a test's program has written, as far as it is told.
async fn kept(outputs: Outputs, judged: Judged) -> Result<(Outputs, TestResult, Scored), JudgeError> {
    let Judged { mut result, written, scored, transcript } = judged;
    let Written { stdout, stderr, files, room: _room } = written;
    let mut outputs = outputs.keep(stdout).await?.keep(stderr).await?;
    if !result.hidden {
        outputs = outputs.keep_beside(&mut result, transcript, files).await?;
    }
    Ok((outputs, result, scored))
}

/// The files of a submission, and what its problem puts beside them.
fn sources<'a>(submission: &'a Submission, problem: Option<&Problem>) -> Cow<'a, BTreeMap<String, Content>> {
    let code = code_of(&submission.language).unwrap_or_default();
    let beside = problem
        .filter(|_| !submission.is_answers())
        .map(|problem| problem.includes(code))
        .unwrap_or_default();
    if beside.is_empty() {
        return Cow::Borrowed(&submission.files);
    }
    let mut claims = Claims::default();
    let first = beside.iter().filter(|(name, _)| claims.claim(name));
    let mut files: BTreeMap<_, _> = first.map(|(name, content)| (name.clone(), content.clone())).collect();
    let own = submission.files.iter().filter(|(name, _)| claims.claim(name));
    files.extend(own.map(|(name, content)| (name.clone(), content.clone())));
    Cow::Owned(files)
}

/// A Python program that is a folder begins with it.
const PYTHON_MAIN: &str = "__main__.py";

/// The source that the program begins with, where that has to be told. Of what a problem puts beside a submission that is one
/// that is called as the language's programs begin, and no other; a language that looks for the beginning finds any.
fn entry_point<'a>(
    submission: &'a Submission,
    sources: &'a BTreeMap<String, Content>,
    language: &Language,
) -> Option<&'a str> {
    if submission.problem.is_none() {
        return submission.entry_point.as_deref();
    }
    let is_beside = |name: &&str| sources.get(*name) != submission.files.get(*name);
    let names = || sources.keys().map(String::as_str).filter(|name| language.is_source(name));
    let begins = |name: &&str| *name == language.source || *name == PYTHON_MAIN;
    let driver = names().filter(is_beside).find(begins);
    let told = driver.or(submission.entry_point.as_deref());
    told.or_else(|| own_entry(submission, language).filter(|_| language.needs_entry()))
}

/// The one of a submission's own sources that its program would begin with.
fn own_entry<'a>(submission: &'a Submission, language: &Language) -> Option<&'a str> {
    language.entry(submission.files.keys().map(String::as_str), None).ok().flatten()
}

fn compile_job<'a>(
    submission: &'a Submission,
    sources: &'a BTreeMap<String, Content>,
    language: &'a Language,
    profile: &'a Profile,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
) -> CompileJob<'a> {
    CompileJob {
        language,
        profile,
        sources,
        entry_point: entry_point(submission, sources, language),
        limits: &submission.compile_limits,
        whose: whose(submission, progress),
    }
}

fn whose<'a>(submission: &'a Submission, progress: &'a (dyn Fn(Progress) + Send + Sync)) -> Whose<'a> {
    Whose {
        submission: Some(submission.id),
        user: submission.user.as_deref(),
        isolation: submission.isolation,
        progress: Told(progress),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Ends a little after the cancellation: a run in progress is killed and reports by itself within that time.
async fn cancelled_for_good(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(Duration::from_millis(250)).await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use gavel_protocol::{Bytes, Ending, Limit, Step, Usage};

    use super::test_support::{
        LIMITS, Scripted, Shelf, Wanted, blobs, compiled, ended, limits, printed, submission,
    };
    use super::*;
    use crate::account::Account;
    use crate::sandbox::{Captured, CollectedOutput, Output, Ran, RunEnding, SandboxError};
    use crate::submission::{Checker, SELF_TEST, TestCase};

    mod ahead;
    mod answers;
    mod files;
    mod futures;
    mod managed;
    mod partners;
    mod problems;
    mod scarce;
    mod talks;

    struct Bench {
        judge: Judge<Local<Scripted>>,
        account: Account,
        sandboxes: Scripted,
        /// Of compiled programs, and of blobs.
        store: [tempfile::TempDir; 2],
    }

    fn bench(answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) -> Bench {
        bench_of(1, answers)
    }

    /// With so many cases at one time.
    fn bench_of(at_once: usize, answers: impl IntoIterator<Item = Result<Ran, SandboxError>>) -> Bench {
        let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        bench_in(shipped, at_once, answers)
    }

    fn bench_in(
        languages: Languages,
        at_once: usize,
        answers: impl IntoIterator<Item = Result<Ran, SandboxError>>,
    ) -> Bench {
        bench_with(languages, Vec::new(), at_once, answers)
    }

    fn bench_with(
        languages: Languages,
        problems: Vec<Arc<Problem>>,
        at_once: usize,
        answers: impl IntoIterator<Item = Result<Ran, SandboxError>>,
    ) -> Bench {
        let sandboxes = Scripted::new(answers);
        let store = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::new(store.path().to_owned(), Bytes::mib(1));
        let (blobs, directory) = blobs();
        let account = Account::new(Bytes::mib(16));
        let largest = Bytes::mib(64);
        let (leases, files, memory) = (sandboxes.clone(), blobs.clone(), account.clone());
        let local = Local::new(leases, artefacts, files, memory, Bytes::mib(64), largest, at_once);
        let shelf = Arc::new(Shelf(problems));
        let judge = Judge::new(local, Arc::new(languages), blobs, shelf, limits());
        Bench { judge, account, sandboxes, store: [store, directory] }
    }

    impl Bench {
        async fn judge(&self, submission: &Submission) -> Result<Judgement, JudgeError> {
            self.judge.judge(submission, &|_| (), &CancellationToken::new()).await
        }
    }

    fn with_tests(expected: &[&str]) -> Submission {
        let tests = expected
            .iter()
            .map(|answer| TestCase {
                input: "x".into(),
                answer: Some((*answer).into()),
                ..TestCase::default()
            })
            .collect();
        Submission { tests, ..submission("int main(){}") }
    }

    #[tokio::test]
    async fn a_right_program_is_accepted_and_summed_up() {
        let bench = bench([Ok(compiled()), Ok(printed("3\n")), Ok(printed("4"))]);
        let judgement = bench.judge(&with_tests(&["3", "4"])).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::Accepted);
        assert_eq!((judgement.summary.passed, judgement.summary.total), (2, 2));
        assert_eq!(judgement.summary.memory_max, Bytes::mib(1));
        assert!(!judgement.compile.unwrap().cached);
        let asked = bench.sandboxes.asked();
        assert_eq!(asked[0].0, Profile::Toolchain("gcc".into()));
        assert_eq!(asked[1].0, Profile::Run);
        assert!(asked[1].1.executable.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_runs_out_of_time_while_the_server_stands_still_runs_once_more() {
        let late = || Ok(ended(Ending::Killed { over: Limit::WallTime }));
        // The first run is the compiler's.
        let judged = async |still: u32, runs: Vec<Result<Ran, SandboxError>>| {
            let bench = bench([Ok(compiled())].into_iter().chain(runs));
            bench.sandboxes.stand_still_for(still);
            bench.judge(&with_tests(&["3"])).await.unwrap().verdict
        };
        assert_eq!(judged(2, vec![late(), Ok(printed("3"))]).await, Verdict::Accepted);
        assert_eq!(judged(3, vec![late(), late()]).await, Verdict::TimeLimitExceeded);
        assert_eq!(judged(0, vec![late()]).await, Verdict::TimeLimitExceeded);
        assert_eq!(judged(2, vec![Ok(printed("4"))]).await, Verdict::WrongAnswer);
    }

    #[tokio::test]
    async fn what_is_no_source_is_there_at_run_time_and_the_log_says_so() {
        let bench = bench([Ok(compiled()), Ok(printed("3"))]);
        let mut submission = with_tests(&["3"]);
        for name in ["second.cc", "part.h", "data.txt", "main.py"] {
            submission.files.insert(name.into(), "x".into());
        }
        let judgement = bench.judge(&submission).await.unwrap();
        let log = judgement.compile.unwrap().log;
        assert_eq!(log, "not compiled, but there at run time: data.txt, main.py\n");
        let asked = bench.sandboxes.asked();
        let argv: Vec<_> = asked[0].1.argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
        assert!(argv.contains(&"main.cpp".into()) && argv.contains(&"second.cc".into()), "{argv:?}");
        assert!(!argv.contains(&"data.txt".into()) && !argv.contains(&"part.h".into()), "{argv:?}");
        let paths = |at: usize| asked[at].1.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>();
        assert_eq!(paths(0), ["data.txt", "main.cpp", "main.py", "part.h", "second.cc"]);
        assert_eq!(paths(1), ["data.txt", "main.py"]);
    }

    #[tokio::test]
    async fn the_rule_of_the_submission_compares() {
        for (checker, verdict) in
            [(Checker::Lines, Verdict::WrongAnswer), (Checker::Tokens, Verdict::Accepted)]
        {
            let bench = bench([Ok(compiled()), Ok(printed("1  2\n\n3"))]);
            let submission = Submission { checker, ..with_tests(&["1 2\n3"]) };
            assert_eq!(bench.judge(&submission).await.unwrap().verdict, verdict, "{checker:?}");
        }
    }

    #[tokio::test]
    async fn where_an_output_differs_is_told_unless_the_test_is_hidden() {
        let bench = bench([Ok(compiled()), Ok(printed("1 5\n")), Ok(printed("1 5\n")), Ok(printed("1 6"))]);
        let mut submission = with_tests(&["1 6"; 3]);
        submission.tests[1].hidden = true;
        let tests = bench.judge(&submission).await.unwrap().tests;
        let difference = FirstDifference {
            line: 1,
            column: 3,
            expected: Some("1 6".to_owned()),
            got: Some("1 5".to_owned()),
        };
        assert_eq!(tests[0].difference, Some(difference));
        assert_eq!(tests[0].reason.as_deref(), Some("line 1 of the output differs from the expected output"));
        assert_eq!((&tests[1].difference, &tests[2].difference), (&None, &None));
    }

    #[tokio::test]
    async fn the_first_failure_in_test_order_names_the_verdict_and_all_tests_run() {
        let crash = ended(Ending::Signaled { signal: 11 });
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("no")), Ok(crash)]);
        let judgement = bench.judge(&with_tests(&["3", "3", "3"])).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::WrongAnswer);
        let verdicts: Vec<_> = judgement.tests.iter().map(|test| test.verdict).collect();
        assert_eq!(verdicts, [Verdict::Accepted, Verdict::WrongAnswer, Verdict::RuntimeError]);
        assert_eq!(judgement.tests[2].signal.as_deref(), Some("SIGSEGV"));
        assert_eq!(judgement.summary.passed, 1);
    }

    #[tokio::test]
    async fn what_a_program_writes_can_be_looked_at_while_it_runs_unless_the_test_is_hidden() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("4"))]);
        let mut submission = with_tests(&["3", "4"]);
        submission.tests[1].hidden = true;
        bench.judge(&submission).await.unwrap();
        let is_tapped = |output: &Output| matches!(output, Output::Tapped(..));
        let asked = bench.sandboxes.asked();
        let tapped: Vec<_> =
            asked.iter().map(|(_, program)| [&program.stdout, &program.stderr].map(is_tapped)).collect();
        assert_eq!(tapped, [[false; 2], [true; 2], [false; 2]], "a compilation, and two tests");
    }

    #[tokio::test]
    async fn of_a_hidden_test_nothing_is_told_that_the_program_could_say_of_it() {
        let crash = Ran {
            stdout: Captured { head: b"secret".to_vec(), total: 6, ..Captured::default() },
            stderr: Captured { head: b"secret".to_vec(), total: 6, ..Captured::default() },
            ..ended(Ending::Exited { code: 42 })
        };
        let slow = ended(Ending::Killed { over: Limit::CpuTime });
        let bench = bench([Ok(compiled()), Ok(printed("secret")), Ok(crash), Ok(slow)]);
        let mut submission = with_tests(&["3", "3", "3"]);
        submission.tests.iter_mut().for_each(|test| test.hidden = true);
        let judgement = bench.judge(&submission).await.unwrap();
        let told: Vec<_> = judgement
            .tests
            .iter()
            .map(|test| (test.verdict, test.reason.as_deref(), test.exit_code, test.stdout.clone()))
            .collect();
        let nothing = Stream::default;
        assert_eq!(
            told,
            [
                (Verdict::WrongAnswer, None, None, nothing()),
                (Verdict::RuntimeError, None, None, nothing()),
                (Verdict::TimeLimitExceeded, Some("used more time than allowed"), None, nothing()),
            ]
        );
        assert!(judgement.tests.iter().all(|test| test.hidden && test.stderr == nothing()));
    }

    #[tokio::test]
    async fn the_arguments_of_a_test_stand_behind_the_program() {
        let bench = bench([Ok(compiled()), Ok(printed("3"))]);
        let mut submission = with_tests(&["3"]);
        submission.tests[0].arguments = ["-n", "{source}", ""].map(str::to_owned).into();
        bench.judge(&submission).await.unwrap();
        let argv = &bench.sandboxes.asked()[1].1.argv;
        assert_eq!(argv[1..], [b"-n".to_vec(), b"{source}".to_vec(), Vec::new()]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_first_failure_suffices_nothing_behind_it_is_run_or_told() {
        let wrong = [Ok(compiled()), Ok(printed("3")), Ok(printed("no"))];
        let bench = bench(wrong);
        let submission =
            Submission { stop_at_first_failure: Some(true), ..with_tests(&["3", "3", "3", "3"]) };
        let judgement = bench.judge(&submission).await.unwrap();
        let verdicts: Vec<_> = judgement.tests.iter().map(|test| test.verdict).collect();
        assert_eq!(verdicts, [Verdict::Accepted, Verdict::WrongAnswer]);
        assert_eq!((judgement.summary.passed, judgement.summary.total), (1, 4));
        assert_eq!(bench.sandboxes.asked().len(), 3);
        // The third, which runs beside the second, has no answer: it runs until it is ended.
        let bench = bench_of(3, [Ok(compiled()), Ok(printed("3")), Ok(printed("no"))]);
        let judgement = bench.judge(&submission).await.unwrap();
        assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 2));
        // One that waits for room, of which there is enough for one at a time, does not get to a sandbox any more.
        let bench = bench_of(2, [Ok(compiled()), Ok(printed("no"))]);
        let limits = RunLimits { output: Bytes::mib(1), ..LIMITS };
        bench.judge(&Submission { limits, ..submission }).await.unwrap();
        assert_eq!(bench.sandboxes.asked().len(), 2);
    }

    #[tokio::test]
    async fn what_the_compiler_refuses_is_a_compile_error_with_its_log() {
        let refused = Ran {
            stdout: Captured { head: b"main.cpp:1: error".to_vec(), total: 17, ..Captured::default() },
            ..ended(Ending::Exited { code: 1 })
        };
        let judgement = bench([Ok(refused)]).judge(&submission("x")).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::CompileError);
        assert_eq!(judgement.compile.unwrap().log, "main.cpp:1: error");
        assert_eq!(judgement.reason, None);
        assert_eq!(judgement.summary.total, 1);
    }

    #[tokio::test]
    async fn a_compiler_over_its_limit_is_a_compile_error_that_says_so() {
        let bomb = ended(Ending::Killed { over: Limit::Memory });
        let judgement = bench([Ok(bomb)]).judge(&submission("x")).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::CompileError);
        let reason = judgement.reason.unwrap();
        assert_eq!(reason, "compiling needs more than the 256 MiB of memory allowed");
    }

    #[tokio::test]
    async fn a_compiled_program_that_is_too_large_is_a_compile_error_that_says_so() {
        let large = Ran { collected: vec![CollectedOutput::TooLarge(Bytes::mib(80))], ..compiled() };
        let judgement = bench([Ok(large)]).judge(&submission("x")).await.unwrap();
        assert_eq!(judgement.reason.unwrap(), "the compiled program has 80 MiB; 64 MiB are allowed");
    }

    #[tokio::test]
    async fn the_same_source_is_compiled_once() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
        bench.judge(&submission("same")).await.unwrap();
        let second = bench.judge(&submission("same")).await.unwrap();
        assert!(second.compile.unwrap().cached);
        assert_eq!(bench.sandboxes.asked().len(), 3);
    }

    #[tokio::test]
    async fn a_compiled_program_that_cannot_be_read_is_made_anew() {
        let runs = [Ok(compiled()), Ok(printed("3")), Ok(compiled()), Ok(printed("3")), Ok(printed("3"))];
        let bench = bench(runs);
        bench.judge(&submission("same")).await.unwrap();
        let files = std::fs::read_dir(bench.store[0].path()).unwrap().map(|file| file.unwrap().path());
        for path in files.collect::<Vec<_>>() {
            if path.extension().is_some() {
                std::fs::remove_file(&path).unwrap();
                std::os::unix::fs::symlink(&path, &path).unwrap();
            } else {
                // The one that is held open is not what it was.
                std::fs::File::open(&path).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
            }
        }
        for is_cached in [false, true] {
            let judgement = bench.judge(&submission("same")).await.unwrap();
            assert_eq!(judgement.compile.unwrap().cached, is_cached);
        }
    }

    #[tokio::test]
    async fn another_compiler_under_the_same_tag_compiles_anew() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(compiled()), Ok(printed("3"))]);
        bench.sandboxes.be_made_of("sha256:old");
        bench.judge(&submission("same")).await.unwrap();
        bench.sandboxes.be_made_of("sha256:new");
        assert!(!bench.judge(&submission("same")).await.unwrap().compile.unwrap().cached);
    }

    #[tokio::test]
    async fn a_server_that_has_just_started_finds_what_was_compiled_before() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
        bench.judge(&submission("same")).await.unwrap();
        bench.sandboxes.forget_the_image();
        assert!(bench.judge(&submission("same")).await.unwrap().compile.unwrap().cached);
        // It had to wait for a sandbox, to learn which image it is.
        assert_eq!(bench.sandboxes.leases().len(), 4);
    }

    #[tokio::test]
    async fn a_fresh_submission_is_compiled_anew_and_runs_all_tests_in_one_sandbox() {
        let bench =
            bench([Ok(compiled()), Ok(printed("3")), Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
        bench.judge(&submission("same")).await.unwrap();
        let mut fresh = with_tests(&["3", "3"]);
        fresh.isolation = Isolation::Fresh;
        fresh.files = submission("same").files;
        assert!(!bench.judge(&fresh).await.unwrap().compile.unwrap().cached);
        assert_eq!(bench.sandboxes.leases().len(), 4);
    }

    #[tokio::test]
    async fn nothing_that_is_compiled_for_the_self_test_is_kept() {
        let bench = bench((0..20).flat_map(|_| [Ok(compiled()), Ok(printed("3"))]));
        let files = || std::fs::read_dir(bench.store[0].path()).unwrap().count();
        for _ in 0..9 {
            let tested = Submission { user: Some(SELF_TEST.to_owned()), ..submission("sample") };
            assert!(!bench.judge(&tested).await.unwrap().compile.unwrap().cached);
            assert_eq!(files(), 0);
        }
        bench.judge(&submission("sample")).await.unwrap();
        assert_eq!(files(), 2, "a program and its record");
    }

    #[tokio::test]
    async fn sandboxes_are_asked_for_as_the_submission_says_and_waited_for_long() {
        for isolation in [Isolation::Pooled, Isolation::PerUser, Isolation::Fresh] {
            for user in [None, Some("bob".to_owned())] {
                let bench = bench([Ok(compiled()), Ok(printed("3"))]);
                let submission = Submission { isolation, user: user.clone(), ..submission("a") };
                bench.judge(&submission).await.unwrap();
                let expected = [Profile::Toolchain("gcc".into()), Profile::Run].map(|profile| {
                    let user = user.clone();
                    Wanted { profile, isolation, user, patience: Duration::from_secs(600) }
                });
                assert_eq!(bench.sandboxes.leases(), expected);
            }
        }
    }

    #[tokio::test]
    async fn a_sandbox_that_fails_is_our_error_not_a_verdict() {
        let died = bench([Ok(compiled()), Err(SandboxError::Died("gone".into()))]);
        assert!(matches!(
            died.judge(&submission("a")).await,
            Err(JudgeError::Sandbox(SandboxError::Died(_)))
        ));
        let unfit = RunEnding::NotStarted { step: Step::JoinLeaf, errno: 13 };
        let unfit = bench([Ok(compiled()), Ok(Ran { ending: unfit, ..printed("") })]);
        assert!(matches!(unfit.judge(&submission("a")).await, Err(JudgeError::Sandbox(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_runs_beside_a_test_that_failed_through_us_is_ended() {
        // What the first is compared with is not there; the second has no answer, and runs until it is ended.
        let bench = bench_of(2, [Ok(compiled()), Ok(printed("3"))]);
        bench.sandboxes.run_side_by_side();
        let (elsewhere, _directory) = blobs();
        let mut submission = with_tests(&["3", "3", "3"]);
        submission.tests[0].answer =
            Some(Content::Blob(elsewhere.write_passing().unwrap().finish().unwrap()));
        let judging = tokio::time::timeout(Duration::from_secs(60), bench.judge(&submission));
        let failed = judging.await.expect("it is ended");
        assert!(matches!(failed, Err(JudgeError::Missing { .. })), "{failed:?}");
        assert_eq!(bench.sandboxes.asked().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_submission_has_no_judgement() {
        let bench = bench([Ok(compiled())]);
        let cancel = CancellationToken::new();
        let submission = submission("a");
        let (judged, ()) =
            tokio::join!(bench.judge.judge(&submission, &|_| (), &cancel), async { cancel.cancel() });
        assert!(matches!(judged, Err(JudgeError::Cancelled)));
    }

    #[tokio::test]
    async fn progress_is_told_step_by_step() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
        let told = Mutex::new(Vec::new());
        let submission = with_tests(&["3", "3"]);
        let note = |progress| told.lock().unwrap().push(progress);
        bench.judge.judge(&submission, &note, &CancellationToken::new()).await.unwrap();
        // Of a sandbox just before something runs in it.
        let running = |done| [Progress::Running { done }, Progress::Served];
        let tested = |done| {
            vec![Progress::Tested(Tested { index: done - 1, verdict: Verdict::Accepted, done, total: 2 })]
        };
        let begun = vec![Progress::Compiling, Progress::Served];
        let expected = [begun, running(0).to_vec(), tested(1), running(1).to_vec(), tested(2)].concat();
        assert_eq!(told.into_inner().unwrap(), expected);
    }

    #[tokio::test]
    async fn a_judgement_tells_when_its_first_sandbox_was_given() {
        let bench = bench([Ok(compiled()), Ok(printed("3"))]);
        let first_served = OnceLock::new();
        let note = |progress| {
            if progress == Progress::Served {
                first_served.get_or_init(Utc::now);
            }
        };
        let asked = Utc::now().trunc_subsecs(MILLISECONDS);
        let judged = bench.judge.judge(&submission("a"), &note, &CancellationToken::new()).await.unwrap();
        let started = judged.started_at.unwrap();
        assert!(asked <= started && started <= *first_served.get().unwrap(), "{started}");
    }

    #[tokio::test(start_paused = true)]
    async fn cases_run_several_at_one_time_and_their_results_are_in_order() {
        let bench = bench_of(2, [Ok(compiled()), Ok(printed("1")), Ok(printed("2")), Ok(printed("no"))]);
        let judgement = bench.judge(&with_tests(&["1", "2", "3"])).await.unwrap();
        let found: Vec<_> = judgement.tests.iter().map(|test| (test.index, test.verdict)).collect();
        assert_eq!(found, [(0, Verdict::Accepted), (1, Verdict::Accepted), (2, Verdict::WrongAnswer)]);
        bench.sandboxes.asked();
        // Nothing is answered now: what is asked for runs until it is cancelled.
        let cancel = CancellationToken::new();
        let submission = with_tests(&["1", "2", "3"]);
        let judging = bench.judge.judge(&submission, &|_| (), &cancel);
        let watch = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(bench.sandboxes.asked().len(), 2, "two of three run");
            cancel.cancel();
        };
        let (judged, ()) = tokio::join!(judging, watch);
        assert!(matches!(judged, Err(JudgeError::Cancelled)));
        assert_eq!(bench.sandboxes.asked().len(), 0, "the third is not begun any more");
    }

    /// What outputs may take of the disk became less since it was accepted.
    #[tokio::test(start_paused = true)]
    async fn who_may_write_more_than_there_is_for_all_is_judged_and_keeps_nobody_from_it() {
        let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
        let of = |output: Bytes| Submission { limits: RunLimits { output, ..LIMITS }, ..submission("same") };
        for submission in [of(Bytes::mib(1024)), of(Bytes::mib(32))] {
            let judging = tokio::time::timeout(Duration::from_secs(60), bench.judge(&submission));
            assert_eq!(judging.await.expect("room on the disk").unwrap().verdict, Verdict::Accepted);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn runs_that_may_write_much_have_room_in_turn() {
        let bench = bench([Ok(compiled()), Ok(printed("3"))]);
        bench.judge(&submission("same")).await.unwrap();
        bench.sandboxes.asked();
        // Both together would be more than there is for judging.
        let large = RunLimits { output: Bytes::mib(1), ..LIMITS };
        let submissions = [0, 1].map(|_| Submission { limits: large, ..submission("same") });
        let cancel = CancellationToken::new();
        let judging = submissions.each_ref().map(|one| bench.judge.judge(one, &|_| (), &cancel));
        let [first, second] = judging;
        let watch = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            assert_eq!(bench.sandboxes.asked().len(), 1, "both run at one time");
            cancel.cancel();
        };
        let (first, second, ()) = tokio::join!(first, second, watch);
        assert!(first.is_err() && second.is_err());
        assert_eq!(bench.account.held(), Bytes(0));
    }
}
