//! Compiles and runs a sample of each language at start, and one of them every minute: readiness depends on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::LimitsConfig;
use crate::content::Content;
use crate::judge::{Judgement, Verdict};
use crate::language::{Language, Languages};
use crate::queue::{Judging, Queue};
use crate::readiness::Readiness;
use crate::submission::{Checker, Isolation, Submission, TestCase};
use crate::telemetry;

const EVERY: Duration = Duration::from_secs(60);
/// Pause after a failure: readiness must come back soon after its cause is gone.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Longest that a test may wait for sandboxes, beyond what compiling and running may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// The user that samples are judged for: no client can name it, and nothing that is compiled for it is kept.
pub(crate) const SELF_TEST: &str = "\0self-test";

/// What every sample prints.
const EXPECTED: &str = "ok\n";

/// Tests for as long as the server runs.
pub(crate) async fn watch<J: Judging>(
    judging: Arc<J>,
    languages: Arc<Languages>,
    limits: LimitsConfig,
    queue: Queue,
    readiness: Arc<Readiness>,
) {
    let samples: Vec<&Language> = languages.iter().filter(|language| language.sample.is_some()).collect();
    let mut failing: Vec<(&Language, String)> = Vec::new();
    for language in &samples {
        failing.extend(test(&*judging, language, &limits, &queue).await.map(|why| (*language, why)));
    }
    note(&readiness, &failing);
    for turn in samples.iter().cycle() {
        tokio::time::sleep(if failing.is_empty() { EVERY } else { AFTER_FAILURE }).await;
        // What failed is tried again first.
        let retry: Vec<&Language> = match failing.is_empty() {
            true => vec![turn],
            false => failing.iter().map(|(language, _)| *language).collect(),
        };
        failing.clear();
        for language in retry {
            failing.extend(test(&*judging, language, &limits, &queue).await.map(|why| (language, why)));
        }
        note(&readiness, &failing);
    }
    if samples.is_empty() {
        tracing::warn!("No language has a sample: nothing is tested");
    }
}

/// Says what is wrong, if anything.
async fn test<J: Judging>(
    judging: &J,
    language: &Language,
    limits: &LimitsConfig,
    queue: &Queue,
) -> Option<String> {
    let submission = submission(language, limits)?;
    let patience = limits.compile.wall + limits.run.wall + PATIENCE;
    let cancel = CancellationToken::new();
    let judging = judging.judge(&submission, &|_progress| {}, &cancel);
    match tokio::time::timeout(patience, judging).await {
        Ok(Ok(judgement)) if judgement.verdict == Verdict::Accepted => None,
        Ok(Ok(judgement)) => Some(explain(&judgement)),
        Ok(Err(why)) => Some(telemetry::chain(&why)),
        // Too busy to be tested is not broken.
        Err(_elapsed) if queue.depth().1 > 0 => None,
        Err(_elapsed) => Some(format!("no verdict within {patience:?}")),
    }
}

fn note(readiness: &Readiness, failing: &[(&Language, String)]) {
    for (language, why) in failing {
        tracing::error!(language = language.id, "The self-test failed: {why}");
    }
    let told =
        failing.iter().map(|(language, why)| format!("the self-test of {} failed: {why}", language.id));
    readiness.note(told.collect());
}

fn submission(language: &Language, limits: &LimitsConfig) -> Option<Submission> {
    let sample = language.sample.as_ref()?.as_bytes();
    Some(Submission {
        id: Uuid::new_v4(),
        language: language.id.clone(),
        files: BTreeMap::from([(language.source.clone(), sample.into())]),
        tests: vec![TestCase { input: Content::default(), answer: Some(EXPECTED.into()) }],
        limits: limits.run,
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
    format!("{verdict} {why}")
}
