//! Problems: packages that are pushed, kept as versions, and offered to submissions.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use gavel_protocol::Bytes;

use crate::config::LimitsConfig;
use crate::content::{BlobId, Content};
use crate::language::{Allowance, Languages};
use crate::problem::{Problem, Versions};
use crate::store::{ListedProblem, Store, StoreError};
use crate::submission::{ProblemRef, RunLimits, Submission, wall_for};
use crate::tokens::SeesProblems;

mod answers;
mod import;
mod languages;

pub(crate) use answers::{Answers, by_case};
pub use import::{PushError, Pushed};
pub(crate) use languages::{code_of, of_program, strangers, unjudged};

/// Versions that are kept in memory: what many submissions are judged by is not read for each.
const KEPT: usize = 16;
/// Cases of all versions that are kept in memory together.
const KEPT_CASES: usize = 20_000;

/// What packages take for granted where they say nothing of it: as Kattis has it, of memory, and the format, of output.
const MEMORY: Bytes = Bytes::mib(1024);
const OUTPUT: Bytes = Bytes::mib(8);

/// What is kept of each of a validator's standard output and error.
const VALIDATOR_OUTPUT: Bytes = Bytes::kib(100);

/// The problems of a server.
#[derive(Debug, Clone)]
pub struct Problems {
    store: Store,
    /// Packages are unpacked and read one at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Those used last, the last one first.
    kept: Arc<Mutex<VecDeque<Arc<Problem>>>>,
}

/// Why a submission is not judged by a problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotOffered {
    /// There is none, in the version that it names, that its token sees.
    #[error("there is no problem `{id}`{}", .version.map_or(String::new(), |version| format!(" in version {version}")))]
    NotThere {
        /// The problem.
        id: String,
        /// The version, where one was named.
        version: Option<BlobId>,
    },
    /// The version tells more of secret tests than the newest one, and its token does not keep problems.
    #[error(
        "version {0} tells more of secret tests than the newest one does: submitting to it needs the scope `problems`"
    )]
    TellsMore(BlobId),
}

impl Problems {
    /// Those of a store.
    pub fn new(store: Store) -> Self {
        Self { store, turn: Arc::default(), kept: Arc::default() }
    }

    /// A version of a problem that is seen, or the newest.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(
        &self,
        sees: &SeesProblems,
        id: &str,
        version: Option<BlobId>,
    ) -> Result<Option<Arc<Problem>>, StoreError> {
        let offered = self.versions(sees, id).await?;
        self.one_of(&offered, version).await
    }

    /// The version that a submission is to be judged by, or the newest; or why it is not.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn to_judge_by(
        &self,
        sees: &SeesProblems,
        id: &str,
        version: Option<BlobId>,
    ) -> Result<Result<Arc<Problem>, NotOffered>, StoreError> {
        let offered = self.versions(sees, id).await?;
        let Some(problem) = self.one_of(&offered, version).await? else {
            return Ok(Err(NotOffered::NotThere { id: id.to_owned(), version }));
        };
        // Who reads the judgement learns by a version that was pushed before no more of secret tests than by the newest.
        if !sees.private && self.tells_more(&problem, &offered).await? {
            return Ok(Err(NotOffered::TellsMore(problem.version)));
        }
        Ok(Ok(problem))
    }

    /// Whether a version tells more of secret tests than the newest of those that are offered.
    async fn tells_more(&self, problem: &Problem, offered: &[ListedProblem]) -> Result<bool, StoreError> {
        match self.one_of(offered, None).await? {
            Some(newest) => Ok(problem.manifest.tells_more_than(&newest.manifest)),
            None => Ok(false),
        }
    }

    /// This one of those that are offered, the newest of which comes first; or that.
    async fn one_of(
        &self,
        offered: &[ListedProblem],
        version: Option<BlobId>,
    ) -> Result<Option<Arc<Problem>>, StoreError> {
        // What is not offered any more may be in memory still.
        let wanted = offered.iter().find(|one| version.is_none_or(|version| one.version == version));
        let Some(ListedProblem { id, version, .. }) = wanted else { return Ok(None) };
        self.found(&ProblemRef { id: id.clone(), version: *version }).await
    }

    async fn found(&self, named: &ProblemRef) -> Result<Option<Arc<Problem>>, StoreError> {
        if let Some(kept) = self.kept(named) {
            return Ok(Some(kept));
        }
        let Some(problem) = self.store.problem(&named.id, named.version).await? else { return Ok(None) };
        let problem = Arc::new(problem);
        self.keep(Arc::clone(&problem));
        Ok(Some(problem))
    }

    /// The newest version of each problem that is seen, those first that were pushed last.
    ///
    /// # Errors
    /// The store's.
    pub async fn list(
        &self,
        sees: &SeesProblems,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<ListedProblem>, StoreError> {
        self.store.problems(sees, before, limit).await
    }

    /// The versions of a problem, the newest first; none where there is no such problem that is seen. Where the newest is private,
    /// so is the problem, and a version that is private stays so when others follow.
    ///
    /// # Errors
    /// The store's.
    pub async fn versions(&self, sees: &SeesProblems, id: &str) -> Result<Vec<ListedProblem>, StoreError> {
        let mut versions = self.store.problem_versions(id).await?;
        if versions.first().is_some_and(|newest| newest.private) && !sees.private {
            return Ok(Vec::new());
        }
        versions.retain(|version| sees.has(version.token.as_deref(), version.private));
        Ok(versions)
    }

    /// Offers a problem no more that came with this token, or is `anybodys`. What waits for its judgement has it still. False
    /// where there was none.
    ///
    /// # Errors
    /// The store's.
    pub async fn remove(&self, id: &str, token: Option<&str>, anybodys: bool) -> Result<bool, StoreError> {
        let removed = self.store.remove_problem(id, token, anybodys).await;
        self.forget(id);
        removed
    }

    /// What is in memory of a problem may not be what is stored of it.
    fn forget(&self, id: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|kept| kept.id != id);
    }

    fn kept(&self, named: &ProblemRef) -> Option<Arc<Problem>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|one| one.version == named.version && one.id == named.id)?;
        let found = kept.remove(place)?;
        kept.push_front(Arc::clone(&found));
        Some(found)
    }

    fn keep(&self, problem: Arc<Problem>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(problem);
        let cases = |kept: &VecDeque<Arc<Problem>>| kept.iter().map(|one| one.tests.len()).sum::<usize>();
        while kept.len() > KEPT || (kept.len() > 1 && cases(&kept) > KEPT_CASES) {
            kept.pop_back();
        }
    }
}

impl Versions for Problems {
    fn version<'a>(
        &'a self,
        named: &'a ProblemRef,
    ) -> BoxFuture<'a, Result<Option<Arc<Problem>>, StoreError>> {
        self.found(named).boxed()
    }
}

/// What validators are held to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    pub(crate) compile: RunLimits,
    pub(crate) run: RunLimits,
}

/// What validators are held to: as this problem has it, where it says so.
pub(crate) fn allowed_to_validators(problem: Option<&Problem>, limits: &LimitsConfig) -> Allowed {
    let asked = problem.map(|problem| problem.manifest.limits).unwrap_or_default();
    let LimitsConfig { run, run_max: most, compile_max, .. } = limits;
    let cpu = asked.validation_time.map_or(most.cpu, seconds).min(most.cpu);
    let memory = asked.validation_memory.map_or(most.memory, mib).min(most.memory);
    let wall = wall_for(cpu).min(most.wall);
    let output = VALIDATOR_OUTPUT.min(most.output);
    let file = asked.validation_output.map_or(run.file, mib).min(most.file);
    let run = RunLimits { cpu, wall, memory, stack: memory.min(most.stack), output, file, ..*run };
    Allowed { compile: *compile_max, run }
}

/// Sees that a submission can be judged by a problem.
///
/// # Errors
/// The field of the submission with which something is wrong, and what.
pub(crate) fn check(
    problem: &Problem,
    submission: &Submission,
    languages: &Languages,
) -> Result<(), (&'static str, String)> {
    if let Some(why) = unjudged(problem, languages) {
        return Err(("problem", why));
    }
    if submission.is_answers() {
        return check_answers(problem, submission, languages);
    }
    let allowed = problem.manifest.languages.as_deref();
    if allowed
        .is_some_and(|codes| !codes.iter().any(|code| Some(code.as_str()) == code_of(&submission.language)))
    {
        let codes = allowed.unwrap_or_default().join(", ");
        return Err(("language", format!("the problem takes programs in {codes} only")));
    }
    check_code(submission, problem.manifest.limits.code)
}

/// Sees that a problem takes answers without a program, and has a case for each of these.
fn check_answers(
    problem: &Problem,
    submission: &Submission,
    languages: &Languages,
) -> Result<(), (&'static str, String)> {
    if !problem.manifest.kind.submit_answer {
        let all: Vec<&str> = languages.iter().map(|language| language.id.as_str()).collect();
        let why = "needed: the problem takes programs, and answers without one only where its type is submit-answer";
        return Err(("language", format!("{why}; there are {}", all.join(", "))));
    }
    by_case(problem, &submission.files).map(drop).map_err(|why| ("files", why))
}

/// Sees that the sources are no more than so many KiB.
fn check_code(submission: &Submission, most: Option<u64>) -> Result<(), (&'static str, String)> {
    let size: u64 = submission.files.values().map(Content::size).sum();
    match most {
        Some(most) if size > most.saturating_mul(1024) => {
            Err(("source", format!("{size} bytes of source; the problem takes {most} KiB")))
        }
        _ => Ok(()),
    }
}

/// Gives a submission the limits of the problem that it is judged by, as far as this server allows them.
pub fn fit(submission: &mut Submission, problem: &Problem, languages: &Languages, limits: &LimitsConfig) {
    let asked = &problem.manifest.limits;
    let usual = languages.get(&submission.language).map(|language| language.allowance).unwrap_or_default();
    let (own, allowance) = of_language(problem, &submission.language, usual, limits);
    submission.problem = Some(problem.reference());
    submission.tests = Vec::new();
    if submission.collect.is_empty() {
        submission.collect.clone_from(&problem.manifest.own.collect);
    }
    submission.limits = allowance.applied(&usual, &own, &limits.run_max);
    submission.own_memory = own.memory;
    let compile = &mut submission.compile_limits;
    if let Some(cpu) = asked.compilation_time {
        compile.cpu = seconds(cpu).min(limits.compile_max.cpu);
        compile.wall = wall_for(compile.cpu).min(limits.compile_max.wall);
    }
    if let Some(memory) = asked.compilation_memory {
        compile.memory = mib(memory).min(limits.compile_max.memory);
    }
}

/// What a problem asks of runs in a language that has this allowance, and what it allows on top of that.
fn of_language(
    problem: &Problem,
    language: &str,
    usual: Allowance,
    limits: &LimitsConfig,
) -> (RunLimits, Allowance) {
    let (of_all, named) = (run_limits(problem, limits), &problem.manifest.own.languages);
    let code = code_of(language).unwrap_or_default();
    let Some(asked) = named.get(language).or_else(|| named.get(code)) else { return (of_all, usual) };
    let most = &limits.run_max;
    let cpu = asked.time_limit.map(|limit| seconds(limit).min(most.cpu));
    let memory = asked.memory.map(|memory| mib(memory).min(most.memory));
    let run = RunLimits {
        cpu: cpu.unwrap_or(of_all.cpu),
        wall: cpu.map_or(of_all.wall, |cpu| wall_for(cpu).min(most.wall)),
        memory: memory.unwrap_or(of_all.memory),
        stack: memory.map_or(of_all.stack, |memory| memory.min(most.stack)),
        ..of_all
    };
    // A limit that is told for the language is the one that holds.
    let (factor, extra) =
        if cpu.is_some() { (1.0, Duration::ZERO) } else { (usual.time_factor, usual.time_extra) };
    let allowance = Allowance {
        time_factor: asked.time_factor.unwrap_or(factor),
        time_extra: asked.time_extra.map_or(extra, seconds),
        memory_extra: asked.memory_extra.map_or(usual.memory_extra, mib),
        ..usual
    };
    (run, allowance)
}

/// What a problem asks of runs, within what is allowed.
pub(crate) fn run_limits(problem: &Problem, limits: &LimitsConfig) -> RunLimits {
    let asked = &problem.manifest.limits;
    let (usual, most) = (limits.run, limits.run_max);
    let cpu = asked.time_limit.map_or(usual.cpu, seconds).min(most.cpu);
    let wall = if asked.time_limit.is_some() { wall_for(cpu).min(most.wall) } else { usual.wall };
    let memory = asked.memory.map_or(usual.memory.max(MEMORY), mib).min(most.memory);
    let output = asked.output.map_or(usual.output.max(OUTPUT), mib).min(most.output);
    // Where much may be used, the stack is no smaller: recursion is as deep as the memory allows.
    RunLimits { cpu, wall, memory, stack: usual.stack.max(memory).min(most.stack), output, ..usual }
}

/// The limits of a package of which this server allows less than it asks for, a sentence each.
pub(crate) fn cut(problem: &Problem, limits: &LimitsConfig) -> Vec<String> {
    let (asked, run, compile) = (&problem.manifest.limits, &limits.run_max, &limits.compile_max);
    let times = [
        ("time_limit", asked.time_limit, run.cpu),
        ("compilation_time", asked.compilation_time, compile.cpu),
        ("validation_time", asked.validation_time, run.cpu),
    ];
    let sizes = [
        ("memory", asked.memory, run.memory),
        ("output", asked.output, run.output),
        ("compilation_memory", asked.compilation_memory, compile.memory),
        ("validation_memory", asked.validation_memory, run.memory),
        ("validation_output", asked.validation_output, run.file),
    ];
    let told = |name: &str, asked: String, most: String| {
        format!("limits.{name}: {asked} is more than this server allows: {most} is what counts")
    };
    let times = times.into_iter().filter_map(|(name, asked, most)| {
        let asked = asked.filter(|asked| seconds(*asked) > most)?;
        Some(told(name, format!("{asked} s"), format!("{} s", most.as_secs_f64())))
    });
    let sizes = sizes.into_iter().filter_map(|(name, asked, most)| {
        let asked = asked.filter(|asked| mib(*asked) > most)?;
        Some(told(name, format!("{asked} MiB"), format!("{} MiB", most.get() >> 20)))
    });
    times.chain(sizes).collect()
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

fn mib(mib: u64) -> Bytes {
    Bytes(mib.saturating_mul(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::{limits, problem_of, submission};
    use crate::problem::Show;

    const YAML: (&str, &str) = (
        "problem.yaml",
        "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
         limits:\n  time_limit: 1\n  memory: 256\n",
    );

    /// Milliseconds of CPU time and on the clock, MiB of memory and of the program's own.
    fn held(own: &str, language: &str) -> [u128; 4] {
        let problem = problem_of(
            Show::Full,
            &[YAML, ("gavel.yaml", own), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")],
        );
        let languages = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        let mut submission = Submission { language: language.to_owned(), ..submission("") };
        fit(&mut submission, &problem, &languages, &limits());
        let mib = |bytes: Bytes| u128::from(bytes.get() >> 20);
        let RunLimits { cpu, wall, memory, .. } = submission.limits;
        [cpu.as_millis(), wall.as_millis(), mib(memory), mib(submission.own_memory)]
    }

    #[test]
    fn a_problem_has_other_limits_for_a_language() {
        assert_eq!(held("{}", "python3"), [2200, 8200, 272, 256]);
        let factor = "languages: {python3: {time_factor: 4, time_extra: 1, memory_extra: 32}}";
        assert_eq!(held(factor, "python3"), [5000, 17_000, 288, 256]);
        assert_eq!(held(factor, "cpp20"), [1000, 4000, 256, 256]);
        let whole = "languages: {python3: {time_limit: 3, memory: 128}}";
        assert_eq!(held(whole, "python3"), [3000, 10_000, 144, 128], "that limit, and no multiple of it");
    }

    #[test]
    fn a_language_is_named_by_its_code_or_its_id_which_counts_more() {
        let both = "languages: {cpp: {time_factor: 2}, cpp23: {time_factor: 3}}";
        assert_eq!((held(both, "cpp20")[0], held(both, "cpp23")[0]), (2000, 3000));
    }

    #[test]
    fn sources_are_as_large_as_a_problem_allows() {
        let yaml = format!("{}  code: 2\n", YAML.1);
        let files = [("problem.yaml", yaml.as_str()), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
        let problem = problem_of(Show::Full, &files);
        let languages = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        for (first, second, is_taken) in [(2048, 0, true), (2048, 1, false), (1000, 1049, false)] {
            let files = [("main.cpp", first), ("more.cpp", second)];
            let files = files.map(|(name, size)| (name.to_owned(), Content::from("x".repeat(size).as_str())));
            let submission = Submission { files: files.into(), ..submission("") };
            let found = check(&problem, &submission, &languages);
            assert_eq!(found.is_ok(), is_taken, "{first} {second} {found:?}");
            assert!(found.err().is_none_or(|(field, why)| field == "source" && why.contains("takes 2 KiB")));
        }
    }

    #[test]
    fn a_problem_says_which_files_are_handed_back_unless_the_submission_does() {
        let own = ("gavel.yaml", "collect: plot.svg\n");
        let files = [YAML, own, ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
        let problem = problem_of(Show::Full, &files);
        let languages = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        for (asked, expected) in [(Vec::new(), "plot.svg"), (vec!["log.csv".to_owned()], "log.csv")] {
            let mut submission = Submission { collect: asked, ..submission("") };
            fit(&mut submission, &problem, &languages, &limits());
            assert_eq!(submission.collect, [expected]);
        }
    }

    #[test]
    fn no_problem_has_more_than_the_server_allows() {
        let most = limits().run_max;
        let greedy =
            "languages: {cpp: {time_limit: 1000, memory: 100000, time_factor: 100, memory_extra: 4096}}";
        let [cpu, wall, memory, _] = held(greedy, "cpp20");
        assert_eq!((cpu, wall), (most.cpu.as_millis(), most.wall.as_millis()));
        assert_eq!(memory, u128::from(most.memory.get() >> 20));
    }

    #[test]
    fn a_limit_that_is_cut_is_told() {
        let of = |asked: &str| {
            let yaml = format!(
                "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\nlimits: {asked}\n"
            );
            let files =
                [("problem.yaml", yaml.as_str()), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
            cut(&problem_of(Show::Full, &files), &limits())
        };
        assert_eq!(of("{time_limit: 30, memory: 1024}"), [""; 0]);
        let told = of("{time_limit: 1000, memory: 1000000000, validation_time: 99}");
        let expected = [
            "limits.time_limit: 1000 s is more than this server allows: 30 s is what counts",
            "limits.validation_time: 99 s is more than this server allows: 30 s is what counts",
        ];
        assert_eq!(told[..2], expected);
        assert!(told[2].starts_with("limits.memory: 1000000000 MiB is more than"), "{told:?}");
        let told = of("{validation_output: 1000000}");
        assert!(told[0].starts_with("limits.validation_output: 1000000 MiB is more than"), "{told:?}");
    }
}
