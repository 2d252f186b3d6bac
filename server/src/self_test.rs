//! Compiles and runs a sample of each language at start, and one of them every minute: readiness depends on it.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::LimitsConfig;
use crate::content::Content;
use crate::judge::{Judgement, Stream, Verdict};
use crate::language::{Language, Languages};
use crate::operations::Operations;
use crate::queue::{Judging, Queue};
use crate::readiness::{Outcome, Readiness};
use crate::sandbox::{PoolStatus, ProfileStatus};
use crate::slots::Profile;
use crate::submission::{Checker, Isolation, RunLimits, SELF_TEST, Submission, TestCase};
use crate::telemetry;

const EVERY: Duration = Duration::from_secs(60);
/// How often it is looked which are to be tested.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Pause after a failure: readiness must come back soon after its cause is gone. With each test in a row that
/// finds a language broken it doubles, up to [`EVERY`]: what is broken for good is not to keep the host busy.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Longest that a test may wait for sandboxes, beyond what compiling and running may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// Languages tested at one time: after a start each waits among the submissions that were under way.
const AT_ONCE: usize = 4;

/// A sample has so many times the usual time, if the maxima allow that: whether a language works does not depend on how fast
/// its host is.
const SLOWNESS: u32 = 10;

/// What every sample prints.
const EXPECTED: &str = "ok\n";

/// What it takes to test languages.
pub(crate) struct Tester<J> {
    pub(crate) judging: Arc<J>,
    pub(crate) limits: LimitsConfig,
    pub(crate) queue: Queue,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) operations: Arc<dyn Operations>,
}

/// A language in the tester's care.
struct Tested<'a> {
    language: &'a Language,
    /// Images that it was tested with last; none before.
    images: Option<Images>,
    /// So often in a row it was broken; once where it did not work for another reason.
    failures: u32,
    at: Instant,
}

/// Ids of the images of a language, as far as they are known.
type Images = Vec<Option<Arc<str>>>;

impl<J: Judging> Tester<J> {
    /// Tests for as long as the server runs: all languages at first, what failed again and again, what has another image at
    /// once, and one of the others in turn.
    pub(crate) async fn watch(self: Arc<Self>, languages: Arc<Languages>) {
        let samples = languages.iter().filter(|language| language.sample.is_some());
        let begun = Instant::now();
        let begin = |language| Tested { language, images: None, failures: 0, at: begun };
        let mut all: Vec<Tested<'_>> = samples.map(begin).collect();
        if all.is_empty() {
            tracing::warn!("No language has a sample: nothing is tested");
            return;
        }
        let mut last_turn = begun;
        loop {
            let is_turn = last_turn.elapsed() >= EVERY;
            if is_turn {
                last_turn = Instant::now();
            }
            let pool = self.operations.status();
            for tested in &mut all {
                tested.learn(&pool);
            }
            let due = due(&all, &pool, is_turn);
            self.test_all(&mut all, &due).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Tests some of them.
    async fn test_all(&self, all: &mut [Tested<'_>], due: &[usize]) {
        let languages: Vec<&Language> = due.iter().map(|at| all[*at].language).collect();
        let languages = &languages;
        let pool = self.operations.status();
        let is_news: Vec<bool> =
            due.iter().map(|at| all[*at].has_others(&pool.images_of(all[*at].language))).collect();
        let is_news = &is_news;
        // All of a test is in here: what is not waited for keeps its sandbox.
        let testing = (0..due.len()).map(|at| async move {
            let images = self.operations.status().images_of(languages[at]);
            let outcome = tokio::select! {
                outcome = self.test_and_note(languages[at]) => outcome,
                // After a start nobody knows what is there until the engine was asked.
                () = self.lacks_image(languages[at]) => return None,
            };
            if outcome == Outcome::Works && is_news[at] {
                self.ask_version(languages[at]).await;
            }
            Some((due[at], images, outcome))
        });
        let mut testing =
            pin!(stream::iter(testing).buffer_unordered(AT_ONCE).filter_map(std::future::ready));
        while let Some((at, images, outcome)) = testing.next().await {
            let tested = &mut all[at];
            tested.failures = match outcome {
                Outcome::Works => 0,
                Outcome::Unserved(_) => 1,
                Outcome::Broken(_) => tested.failures.saturating_add(1),
            };
            (tested.images, tested.at) = (Some(images), Instant::now());
        }
    }

    /// Waits until an image of a language is known to be missing.
    async fn lacks_image(&self, language: &Language) {
        while !self.operations.status().lacks_image_of(language) {
            tokio::time::sleep(LOOK_EVERY / 5).await;
        }
    }

    async fn ask_version(&self, language: &Language) {
        let cancel = CancellationToken::new();
        let limits = unhurried(self.limits.compile, &self.limits.compile_max);
        let asking = self.judging.version(language, &limits, &cancel);
        let id = language.id.as_str();
        match tokio::time::timeout(limits.wall + PATIENCE, asking).await {
            Ok(Ok(version)) => self.readiness.note_version(id, version),
            Ok(Err(why)) => tracing::warn!(language = id, error = %why, "its version could not be asked for"),
            Err(_elapsed) => tracing::warn!(language = id, "its version was not told in time"),
        }
    }

    /// How a language is, which is noted.
    async fn test_and_note(&self, language: &Language) -> Outcome {
        let outcome = self.test(language).await;
        let id = language.id.as_str();
        if self.readiness.note(id, outcome.clone()) {
            match &outcome {
                Outcome::Works => tracing::info!(language = id, "The self-test went well"),
                Outcome::Broken(why) => tracing::error!(language = id, "The self-test failed: {why}"),
                Outcome::Unserved(why) => {
                    tracing::error!(language = id, "The self-test could not run: {why}")
                }
            }
        }
        outcome
    }

    async fn test(&self, language: &Language) -> Outcome {
        let Some(submission) = submission(language, &self.limits) else { return Outcome::Works };
        let patience = submission.compile_limits.wall + submission.limits.wall + PATIENCE;
        let cancel = CancellationToken::new();
        let judging = self.judging.judge(&submission, &|_progress| {}, &cancel);
        match tokio::time::timeout(patience, judging).await {
            Ok(Ok(judgement)) => outcome(&judgement, &submission.compile_limits),
            Ok(Err(why)) => Outcome::Unserved(telemetry::chain(&why)),
            // Too busy to be tested is not broken.
            Err(_elapsed) if self.queue.depth().1 > 0 => Outcome::Works,
            Err(_elapsed) => Outcome::Unserved(format!("no verdict within {patience:?}")),
        }
    }
}

impl Tested<'_> {
    /// Images that were not known yet when it was tested.
    fn learn(&mut self, pool: &PoolStatus) {
        let Some(images) = &mut self.images else { return };
        for (known, now) in images.iter_mut().zip(pool.images_of(self.language)) {
            if known.is_none() {
                *known = now;
            }
        }
    }

    /// It was not tested with these images.
    fn has_others(&self, images: &Images) -> bool {
        let is_other = |(before, now): (&Option<Arc<str>>, &Option<Arc<str>>)| {
            before.as_ref().zip(now.as_ref()).is_some_and(|(before, now)| before != now)
        };
        self.images.as_ref().is_none_or(|before| before.iter().zip(images).any(is_other))
    }
}

/// Before what has failed so often is tested again.
fn pause(failures: u32) -> Duration {
    AFTER_FAILURE.saturating_mul(1 << (failures - 1).min(16)).min(EVERY)
}

/// Positions of those that are to be tested now.
fn due(all: &[Tested<'_>], pool: &PoolStatus, is_turn: bool) -> Vec<usize> {
    let there = |at: &usize| !pool.lacks_image_of(all[*at].language);
    let is_due = |at: &usize| {
        let tested = &all[*at];
        let again = tested.failures > 0 && tested.at.elapsed() >= pause(tested.failures);
        again || tested.has_others(&pool.images_of(tested.language))
    };
    let positions = || (0..all.len()).filter(there);
    let mut due: Vec<usize> = positions().filter(is_due).collect();
    // A language that nobody uses has no sandboxes, and none are made to see that nothing has changed.
    let is_used = |at: &usize| pool.has_sandboxes_of(all[*at].language);
    let next = positions().filter(is_used).min_by_key(|at| all[*at].at);
    due.extend(next.filter(|next| is_turn && !due.contains(next)));
    due
}

impl PoolStatus {
    fn of(&self, language: &Language) -> impl Iterator<Item = &ProfileStatus> {
        let needed: Vec<Profile> = Profile::needed_by(language).collect();
        self.profiles.iter().filter(move |status| needed.contains(&status.profile))
    }

    /// An image of this language is not there.
    fn lacks_image_of(&self, language: &Language) -> bool {
        self.of(language).any(ProfileStatus::lacks_image)
    }

    /// There are sandboxes of all that this language needs.
    fn has_sandboxes_of(&self, language: &Language) -> bool {
        self.of(language).all(|status| status.idle + status.leased > 0)
    }

    fn images_of(&self, language: &Language) -> Images {
        self.of(language).map(|status| status.image.clone()).collect()
    }
}

/// What a judgement says of a language. That it took too long may be the fault of a host that others keep busy.
fn outcome(judgement: &Judgement, compile: &RunLimits) -> Outcome {
    let may_pass = match judgement.verdict {
        Verdict::Accepted => return Outcome::Works,
        Verdict::InternalError | Verdict::TimeLimitExceeded => true,
        Verdict::CompileError => judgement
            .compile
            .as_ref()
            .is_some_and(|took| took.cpu >= compile.cpu || took.wall >= compile.wall),
        _ => false,
    };
    if may_pass { Outcome::Unserved(explain(judgement)) } else { Outcome::Broken(explain(judgement)) }
}

fn unhurried(limits: RunLimits, most: &RunLimits) -> RunLimits {
    let longer = |usual: Duration, most: Duration| usual.saturating_mul(SLOWNESS).min(most);
    RunLimits { cpu: longer(limits.cpu, most.cpu), wall: longer(limits.wall, most.wall), ..limits }
}

fn submission(language: &Language, limits: &LimitsConfig) -> Option<Submission> {
    let sample = language.sample.as_ref()?.as_bytes();
    Some(Submission {
        id: Uuid::new_v4(),
        language: language.id.clone(),
        files: BTreeMap::from([(language.source.clone(), sample.into())]),
        tests: vec![TestCase { answer: Some(EXPECTED.into()), ..TestCase::default() }],
        entry_point: None,
        limits: unhurried(
            language.allowance.applied(&language.allowance, &limits.run, &limits.run_max),
            &limits.run_max,
        ),
        own_memory: limits.run.memory,
        compile_limits: unhurried(limits.compile, &limits.compile_max),
        user: Some(SELF_TEST.to_owned()),
        token: None,
        isolation: Isolation::Pooled,
        checker: Checker::default(),
        stop_at_first_failure: None,
        problem: None,
        collect: Vec::new(),
        input_file: None,
        output_file: None,
        reference: BTreeMap::new(),
    })
}

fn explain(judgement: &Judgement) -> String {
    let Judgement { verdict, reason, compile, tests, .. } = judgement;
    let of_test = tests.first().and_then(|test| test.reason.clone());
    let of_compiler = compile.as_ref().map(|compile| compile.log.clone()).filter(|log| !log.is_empty());
    let why = reason.clone().or(of_test).or(of_compiler).unwrap_or_default();
    let said = tests.first().and_then(|test| said(&test.stdout).or_else(|| said(&test.stderr)));
    let said = said.map(|said| format!("; it says: {said}")).unwrap_or_default();
    format!("{verdict} {why}{said}")
}

/// What a sample says instead of `ok`: some of them know what is wrong with their image.
fn said(stream: &Stream) -> Option<String> {
    let Content::Inline(bytes) = &stream.content else { return None };
    let text = String::from_utf8_lossy(bytes);
    let text: String = text.trim().chars().take(SAID).collect();
    (!text.is_empty()).then_some(text)
}

/// Characters of a sample's output that are told.
const SAID: usize = 300;

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes;

    use super::*;
    use crate::config::Config;
    use crate::judge::test_support::{cpp, submission};
    use crate::judge::{Compilation, Summary, TestResult};

    fn stream(text: &str) -> Stream {
        Stream { content: text.into(), is_text: true, truncated: false }
    }

    fn pool(image: Option<&str>, idle: usize, no_image: bool) -> PoolStatus {
        let status = |profile| ProfileStatus {
            profile,
            slots: 1,
            places: 2,
            warm: 0,
            kept: 0,
            idle,
            leased: 0,
            starting: 0,
            waiting: 0,
            created: 0,
            retired: BTreeMap::new(),
            problem: None,
            no_image,
            image: image.map(Arc::from),
        };
        let profiles = vec![status(Profile::Toolchain("gcc".into())), status(Profile::Run)];
        PoolStatus { profiles, ..PoolStatus::default() }
    }

    fn tested(language: &Language) -> Tested<'_> {
        Tested { language, images: None, failures: 0, at: Instant::now() }
    }

    #[test]
    fn a_language_is_tested_once_its_images_are_there_and_again_with_others() {
        let (language, _) = cpp();
        let mut all = [tested(&language)];
        assert!(due(&all, &pool(None, 0, true), true).is_empty(), "it is not installed");
        assert_eq!(due(&all, &pool(Some("1"), 0, false), false), [0]);
        // It was tested before anybody knew which image that is.
        all[0].images = Some(vec![None, None]);
        let known = pool(Some("1"), 0, false);
        assert!(due(&all, &known, false).is_empty());
        all[0].learn(&known);
        assert!(due(&all, &known, false).is_empty());
        assert_eq!(due(&all, &pool(Some("2"), 0, false), false), [0], "it was replaced");
    }

    #[test]
    fn what_failed_is_tested_again_and_of_the_others_one_in_turn_that_has_sandboxes() {
        let (language, _) = cpp();
        let images = Some(vec![Some("1".into()), Some("1".into())]);
        let mut all = [tested(&language), tested(&language)];
        let older = Instant::now().checked_sub(Duration::from_secs(30)).unwrap();
        for one in &mut all {
            one.images = images.clone();
        }
        all[1].at = older;
        let (used, unused) = (pool(Some("1"), 1, false), pool(Some("1"), 0, false));
        assert!(due(&all, &used, false).is_empty() && due(&all, &unused, true).is_empty());
        assert_eq!(due(&all, &used, true), [1], "the other one was tested later");
        all[1].failures = 1;
        assert_eq!(due(&all, &unused, false), [1]);
        all[1].failures = 3;
        assert_eq!(due(&all, &unused, false), [1], "30 s ago is long enough for the third time");
        all[1].failures = 4;
        assert!(due(&all, &unused, false).is_empty(), "and not for the fourth");
        all[1].failures = u32::MAX;
        all[1].at = Instant::now().checked_sub(EVERY).unwrap();
        assert_eq!(due(&all, &unused, false), [1]);
    }

    #[test]
    fn a_sample_that_took_too_long_is_told_and_does_not_have_its_language_refused() {
        let limits = submission("int main").compile_limits;
        let of = |verdict, cpu| {
            let (log, memory, wall) = ("said".to_owned(), Bytes(0), Duration::ZERO);
            let took = Compilation { log, cpu, wall, memory, ..Compilation::default() };
            let (compile, summary) = (Some(took), Summary::default());
            let (reason, tests) = (None, Vec::new());
            let judgement = Judgement { reason, compile, tests, summary, ..Judgement::empty(verdict) };
            outcome(&judgement, &limits)
        };
        let slow = Outcome::Unserved("CompileError said".into());
        assert_eq!(of(Verdict::CompileError, limits.cpu), slow);
        for verdict in [Verdict::TimeLimitExceeded, Verdict::InternalError] {
            assert!(matches!(of(verdict, Duration::ZERO), Outcome::Unserved(_)), "{verdict}");
        }
        for verdict in [Verdict::CompileError, Verdict::WrongAnswer, Verdict::RuntimeError] {
            assert!(matches!(of(verdict, Duration::ZERO), Outcome::Broken(_)), "{verdict}");
        }
        assert_eq!(of(Verdict::Accepted, Duration::ZERO), Outcome::Works);
    }

    #[test]
    fn a_sample_has_the_time_that_a_slow_host_takes_and_no_more_than_anybody_may_have() {
        let (language, _) = cpp();
        let language = Language { sample: Some("int main".into()), ..language };
        let mut limits = Config::default().limits;
        let tested = super::submission(&language, &limits).unwrap();
        assert_eq!(tested.limits, RunLimits { cpu: limits.run.cpu * 10, ..tested.limits });
        assert_eq!(tested.limits.memory, limits.run.memory, "a slow host has no more of it");
        assert!(tested.compile_limits.cpu > limits.compile.cpu);
        (limits.run_max.cpu, limits.compile_max.cpu) = (limits.run.cpu, limits.compile.cpu);
        let tested = super::submission(&language, &limits).unwrap();
        assert_eq!((tested.limits.cpu, tested.compile_limits.cpu), (limits.run.cpu, limits.compile.cpu));
    }

    #[test]
    fn what_a_sample_says_of_its_image_is_told() {
        let result = TestResult {
            exit_code: Some(1),
            reason: Some("exited with status 1".into()),
            stdout: stream("the image has C library 2.36\n"),
            ..TestResult::empty(0, Verdict::RuntimeError)
        };
        let (reason, compile, summary) = (None, None, Summary::default());
        let mut judgement = Judgement {
            reason,
            compile,
            tests: vec![result],
            summary,
            ..Judgement::empty(Verdict::RuntimeError)
        };
        let told = explain(&judgement);
        let limits = submission("int main").compile_limits;
        assert!(matches!(outcome(&judgement, &limits), Outcome::Broken(_)));
        assert_eq!(told, "RuntimeError exited with status 1; it says: the image has C library 2.36");
        judgement.tests[0].stdout = stream("");
        assert_eq!(explain(&judgement), "RuntimeError exited with status 1");
        judgement.tests[0].stderr = stream(&"x".repeat(2 * SAID));
        assert!(explain(&judgement).ends_with(&"x".repeat(SAID)));
        assert!(explain(&judgement).len() < 2 * SAID);
    }
}
