//! Compiles and runs a sample of each language at start, and one of them every minute: readiness depends on it.

use std::collections::BTreeMap;
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
use crate::slots::Profile;
use crate::submission::{Checker, Isolation, RunLimits, Submission, TestCase};
use crate::telemetry;

const EVERY: Duration = Duration::from_secs(60);
/// Pause after a failure: readiness must come back soon after its cause is gone.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Longest that a test may wait for sandboxes, beyond what compiling and running may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// The user that samples are judged for: no client can name it, and nothing that is compiled for it is kept.
pub(crate) const SELF_TEST: &str = "\0self-test";

/// Languages tested at one time: after a start each waits among the submissions that were under way.
const AT_ONCE: usize = 4;

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

impl<J: Judging> Tester<J> {
    /// Tests for as long as the server runs: all languages at first, then one after the other, and what failed again and
    /// again.
    pub(crate) async fn watch(self: Arc<Self>, languages: Arc<Languages>) {
        let samples: Vec<&Language> = languages.iter().filter(|language| language.sample.is_some()).collect();
        let mut failing = self.test_all(&samples).await;
        let mut last = Instant::now();
        let mut turns = samples.iter().cycle();
        if samples.is_empty() {
            tracing::warn!("No language has a sample: nothing is tested");
        }
        while !samples.is_empty() {
            tokio::time::sleep(if failing.is_empty() { EVERY } else { AFTER_FAILURE }).await;
            let mut due = std::mem::take(&mut failing);
            if last.elapsed() >= EVERY {
                last = Instant::now();
                let next = turns.next().filter(|next| due.iter().all(|language| language.id != next.id));
                due.extend(next);
            }
            failing = self.test_all(&due).await;
        }
    }

    /// Tests these languages; which of them fail.
    async fn test_all<'a>(&self, languages: &[&'a Language]) -> Vec<&'a Language> {
        let testing = (0..languages.len()).map(|index| async move {
            let works = self.test_and_note(languages[index]).await;
            (!works).then_some(languages[index])
        });
        stream::iter(testing).buffered(AT_ONCE).filter_map(std::future::ready).collect().await
    }

    /// Whether a language works.
    async fn test_and_note(&self, language: &Language) -> bool {
        let outcome = self.test(language).await;
        let works = outcome == Outcome::Works;
        let id = language.id.as_str();
        if self.readiness.note(id, outcome.clone()) {
            match outcome {
                Outcome::Works => tracing::info!(language = id, "The self-test went well"),
                Outcome::Broken(why) => tracing::error!(language = id, "The self-test failed: {why}"),
                Outcome::Unserved(why) => {
                    tracing::error!(language = id, "The self-test could not run: {why}")
                }
            }
        }
        works
    }

    async fn test(&self, language: &Language) -> Outcome {
        let Some(submission) = submission(language, &self.limits) else { return Outcome::Works };
        if let Some(why) = self.no_image(language) {
            return Outcome::Unserved(why);
        }
        let patience = submission.compile_limits.wall + submission.limits.wall + PATIENCE;
        let cancel = CancellationToken::new();
        let judging = self.judging.judge(&submission, &|_progress| {}, &cancel);
        match tokio::time::timeout(patience, judging).await {
            Ok(Ok(judgement)) => outcome(&judgement, &self.limits.compile),
            Ok(Err(why)) => Outcome::Unserved(telemetry::chain(&why)),
            // Too busy to be tested is not broken.
            Err(_elapsed) if self.queue.depth().1 > 0 => Outcome::Works,
            Err(_elapsed) => Outcome::Unserved(format!("no verdict within {patience:?}")),
        }
    }

    /// A sandbox of an image that is not there need not be waited for.
    fn no_image(&self, language: &Language) -> Option<String> {
        let compiled = Profile::of_compilations(language).into_iter();
        let needed: Vec<Profile> = compiled.chain([Profile::of_runs(language)]).collect();
        let profiles = self.operations.status().profiles;
        let mut missing = profiles.into_iter().filter(|profile| {
            needed.contains(&profile.profile) && profile.no_image && profile.idle + profile.leased == 0
        });
        missing.next().and_then(|profile| profile.problem)
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

fn submission(language: &Language, limits: &LimitsConfig) -> Option<Submission> {
    let sample = language.sample.as_ref()?.as_bytes();
    Some(Submission {
        id: Uuid::new_v4(),
        language: language.id.clone(),
        files: BTreeMap::from([(language.source.clone(), sample.into())]),
        tests: vec![TestCase { input: Content::default(), answer: Some(EXPECTED.into()) }],
        entry_point: None,
        limits: language.allowance.applied(&limits.run, &limits.run_max),
        own_memory: limits.run.memory,
        compile_limits: limits.compile,
        user: Some(SELF_TEST.to_owned()),
        isolation: Isolation::Pooled,
        checker: Checker::default(),
    })
}

fn explain(judgement: &Judgement) -> String {
    let Judgement { verdict, reason, compile, tests, summary: _ } = judgement;
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
    use crate::judge::test_support::submission;
    use crate::judge::{Compilation, Summary, TestResult};

    fn stream(text: &str) -> Stream {
        Stream { content: text.into(), is_text: true, truncated: false }
    }

    #[test]
    fn a_sample_that_took_too_long_is_told_and_does_not_have_its_language_refused() {
        let limits = submission("int main").compile_limits;
        let of = |verdict, cpu| {
            let (log, memory, wall) = ("said".to_owned(), Bytes(0), Duration::ZERO);
            let took = Compilation { ok: false, log, log_truncated: false, cpu, wall, memory, cached: false };
            let (compile, summary) = (Some(took), Summary::default());
            let judgement = Judgement { verdict, reason: None, compile, tests: Vec::new(), summary };
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
    fn what_a_sample_says_of_its_image_is_told() {
        let result = TestResult {
            index: 0,
            verdict: Verdict::RuntimeError,
            exit_code: Some(1),
            signal: None,
            reason: Some("exited with status 1".into()),
            cpu: Duration::ZERO,
            wall: Duration::ZERO,
            memory: Bytes(0),
            stdout: stream("the image has C library 2.36\n"),
            stderr: stream(""),
        };
        let (reason, compile, summary) = (None, None, Summary::default());
        let mut judgement =
            Judgement { verdict: Verdict::RuntimeError, reason, compile, tests: vec![result], summary };
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
