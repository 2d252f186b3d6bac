//! The course of a submission over its tests: which of them still matter, and what they come to together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use gavel_problem::grade::{self, Outcome};

use super::judgement::{GroupResult, Judgement, TestResult, Verdict};
use crate::problem::{Problem, Show};

/// What is known of the tests of a submission while they are run.
#[derive(Debug)]
pub(super) struct Course<'a> {
    rule: Rule<'a>,
    tests: usize,
    needless: Needless,
}

/// Tests, by their places, that nothing depends on any more.
#[derive(Debug, Clone, Default)]
pub(super) struct Needless(Arc<Mutex<BTreeSet<usize>>>);

impl Needless {
    /// This test is one of them.
    pub(super) fn has(&self, test: usize) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&test)
    }

    fn set(&self, tests: BTreeSet<usize>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tests;
    }
}

#[derive(Debug)]
enum Rule<'a> {
    /// All are run.
    All,
    /// Those behind the first that is not accepted are not.
    First,
    /// As the problem has it.
    Problem { problem: &'a Problem, outcomes: Vec<Option<Outcome>>, stops: Option<bool> },
}

impl<'a> Course<'a> {
    /// Of so many tests; `stops`: what the submission says of those behind a failed one.
    pub(super) fn new(problem: Option<&'a Problem>, tests: usize, stops: Option<bool>) -> Self {
        let rule = match problem {
            Some(problem) => Rule::Problem { problem, outcomes: vec![None; tests], stops },
            None if stops == Some(true) => Rule::First,
            None => Rule::All,
        };
        Self { rule, tests, needless: Needless::default() }
    }

    /// What needs not be run, as it stands at any time.
    pub(super) fn needless(&self) -> Needless {
        self.needless.clone()
    }

    /// Notes a result. False where no other test, behind so many, need be run.
    pub(super) fn goes_on_after(&mut self, result: &TestResult, score: Scored) -> bool {
        let place = result.index as usize;
        match &mut self.rule {
            Rule::All => true,
            Rule::First => result.verdict == Verdict::Accepted,
            Rule::Problem { problem, outcomes, stops } => {
                let outcome = Outcome {
                    verdict: verdict_of(result.verdict),
                    score: score.score,
                    multiplier: score.multiplier,
                };
                outcomes[place] = Some(outcome);
                // While all goes well, nothing becomes needless.
                if is_full(outcome) || *stops == Some(false) {
                    return true;
                }
                if *stops == Some(true) && result.verdict != Verdict::Accepted {
                    return false;
                }
                let needless = graded(problem, outcomes).needless;
                let goes_on = (place + 1..self.tests).any(|test| !needless.contains(&test));
                self.needless.set(needless);
                goes_on
            }
        }
    }

    /// Makes of a judgement that of the problem, where there is one.
    pub(super) fn conclude(self, mut judgement: Judgement) -> Judgement {
        let Rule::Problem { problem, outcomes, stops } = self.rule else { return judgement };
        let mut grade = graded(problem, &outcomes);
        if stops == Some(false) && grade.verdict.is_none() {
            // All were run: what is open is open for a grader that we have not got.
            grade.verdict = Some(gavel_problem::Verdict::JudgeError);
        }
        if let Some(verdict) = grade.verdict {
            judgement.verdict = verdict_from(verdict);
        }
        judgement.score = grade.score;
        let broken =
            grade.groups.iter().find_map(|group| group.fault.as_deref().map(|fault| (&group.name, fault)));
        if let Some((name, fault)) = broken {
            judgement.reason.get_or_insert_with(|| format!("the problem's group `{name}`: {fault}"));
        }
        if problem.manifest.kind.scoring || problem.manifest.has_groups() {
            judgement.groups =
                grade.groups.into_iter().filter(|group| !group.name.is_empty()).map(group).collect();
        }
        if problem.manifest.show == Show::Summary {
            judgement.tests.retain(|test| !test.hidden);
        }
        judgement
    }
}

/// What a validator gave for a test.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Scored {
    pub(super) score: Option<f64>,
    pub(super) multiplier: Option<f64>,
}

fn is_full(outcome: Outcome) -> bool {
    outcome.verdict.is_accepted() && outcome.score != Some(0.0) && outcome.multiplier != Some(0.0)
}

/// Graders of packages are not run: a group that has one comes to nothing.
fn graded(problem: &Problem, outcomes: &[Option<Outcome>]) -> grade::Judgement {
    let manifest = &problem.manifest;
    grade::grade(&manifest.root, manifest.kind.scoring, outcomes, &|_, _| None)
}

fn group(result: grade::GroupResult) -> GroupResult {
    let grade::GroupResult { name, verdict, score, skipped, fault: _ } = result;
    GroupResult { name, verdict: verdict.map(verdict_from), score, skipped }
}

fn verdict_of(verdict: Verdict) -> gavel_problem::Verdict {
    use gavel_problem::Verdict as Theirs;
    match verdict {
        Verdict::Accepted => Theirs::Accepted,
        Verdict::WrongAnswer => Theirs::WrongAnswer,
        Verdict::CompileError => Theirs::CompileError,
        Verdict::RuntimeError => Theirs::RunTimeError,
        Verdict::TimeLimitExceeded => Theirs::TimeLimitExceeded,
        Verdict::MemoryLimitExceeded => Theirs::MemoryLimitExceeded,
        Verdict::OutputLimitExceeded => Theirs::OutputLimitExceeded,
        Verdict::JudgeError | Verdict::InternalError => Theirs::JudgeError,
    }
}

fn verdict_from(verdict: gavel_problem::Verdict) -> Verdict {
    use gavel_problem::Verdict as Theirs;
    match verdict {
        Theirs::Accepted => Verdict::Accepted,
        Theirs::WrongAnswer => Verdict::WrongAnswer,
        Theirs::CompileError => Verdict::CompileError,
        Theirs::RunTimeError => Verdict::RuntimeError,
        Theirs::TimeLimitExceeded => Verdict::TimeLimitExceeded,
        Theirs::MemoryLimitExceeded => Verdict::MemoryLimitExceeded,
        Theirs::OutputLimitExceeded => Verdict::OutputLimitExceeded,
        Theirs::JudgeError => Verdict::JudgeError,
    }
}
