//! The course of a submission over its tests: which of them still matter, and what they come to together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use gavel_problem::Group;
use gavel_problem::data::Item;
use gavel_problem::grade::{self, Outcome};

use super::grader::Answers;
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
    Problem {
        problem: &'a Problem,
        outcomes: Vec<Option<Outcome>>,
        occasions: Occasions,
        stops: Option<bool>,
    },
}

/// When it is worth looking at all results again: the first failure of a group may end it, and its last test may end others. A
/// further failure in between changes nothing, so that many tests are not looked at as often as many fail.
#[derive(Debug, Default)]
struct Occasions {
    /// The group that holds a test itself, by its place.
    group_of: Vec<usize>,
    groups: Vec<GroupSoFar>,
}

#[derive(Debug, Default)]
struct GroupSoFar {
    open: usize,
    has_failed: bool,
}

impl Occasions {
    fn of(root: &Group, tests: usize) -> Self {
        let mut occasions = Self { group_of: vec![0; tests], groups: Vec::new() };
        occasions.add(root);
        occasions
    }

    fn add(&mut self, group: &Group) {
        let number = self.groups.len();
        self.groups.push(GroupSoFar::default());
        for item in &group.items {
            match item {
                Item::Group(inner) => self.add(inner),
                Item::Case(case) => {
                    self.groups[number].open += 1;
                    if let Some(group_of) = self.group_of.get_mut(*case) {
                        *group_of = number;
                    }
                }
            }
        }
    }

    /// This test has a result. Is that an occasion?
    fn after(&mut self, test: usize, is_full: bool) -> bool {
        let Some(group) = self.groups.get_mut(self.group_of[test]) else { return false };
        let is_first = !is_full && !group.has_failed;
        group.has_failed |= !is_full;
        group.open = group.open.saturating_sub(1);
        is_first || group.has_failed && group.open == 0
    }
}

impl<'a> Course<'a> {
    /// Of so many tests; `stops`: what the submission says of those behind a failed one.
    pub(super) fn new(problem: Option<&'a Problem>, tests: usize, stops: Option<bool>) -> Self {
        let rule = match problem {
            Some(problem) => {
                let occasions = Occasions::of(&problem.manifest.root, tests);
                Rule::Problem { problem, outcomes: vec![None; tests], occasions, stops }
            }
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
            Rule::Problem { problem, outcomes, occasions, stops } => {
                let outcome = Outcome {
                    verdict: verdict_of(result.verdict),
                    score: score.score,
                    multiplier: score.multiplier,
                };
                outcomes[place] = Some(outcome);
                let is_occasion = occasions.after(place, is_full(outcome));
                if *stops == Some(false) {
                    return true;
                }
                if *stops == Some(true) && result.verdict != Verdict::Accepted {
                    return false;
                }
                if !is_occasion {
                    return true;
                }
                // Where a grader of the problem's own would be asked, nothing is known before the end.
                let needless = graded(problem, outcomes, &|_, _| None).needless;
                let goes_on = (place + 1..self.tests).any(|test| !needless.contains(&test));
                self.needless.set(needless);
                goes_on
            }
        }
    }

    /// What is known of the whole, where there is a problem, with what its own grader says.
    pub(super) fn graded(&self, grader: &grade::CustomGrader<'_>) -> Option<grade::Judgement> {
        match &self.rule {
            Rule::Problem { problem, outcomes, .. } => Some(graded(problem, outcomes, grader)),
            Rule::All | Rule::First => None,
        }
    }

    /// All is told of secret tests, and of what the problem's own programs say.
    pub(super) fn shows_all(&self) -> bool {
        matches!(&self.rule, Rule::Problem { problem, .. } if problem.shows_all())
    }

    /// Makes of a judgement that of the problem, where there is one, with what its own grader has said.
    pub(super) fn conclude(self, mut judgement: Judgement, answers: &Answers) -> Judgement {
        let Some(grade) = self.graded(&|group, _| answers.to(group)) else { return judgement };
        let Rule::Problem { problem, .. } = self.rule else { return judgement };
        if let Some(fault) = &answers.fault {
            judgement.reason.get_or_insert_with(|| fault.clone());
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

fn graded(
    problem: &Problem,
    outcomes: &[Option<Outcome>],
    grader: &grade::CustomGrader<'_>,
) -> grade::Judgement {
    let manifest = &problem.manifest;
    grade::grade(&manifest.root, manifest.kind.scoring, outcomes, grader)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::problem_of;

    const HEADER: &str = "problem_format_version: 2025-09\nname: Sums\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: scoring\n";

    /// What comes of tests that are failed where their number is among these, and which of them were run.
    fn run(problem: &Problem, fails: impl Fn(usize) -> bool) -> (Judgement, Vec<usize>) {
        let total = problem.tests.len();
        let mut course = Course::new(Some(problem), total, None);
        let (needless, mut ran, mut results) = (course.needless(), Vec::new(), Vec::new());
        for test in 0..total {
            if needless.has(test) {
                continue;
            }
            ran.push(test);
            let verdict = if fails(test) { Verdict::WrongAnswer } else { Verdict::Accepted };
            let index = u32::try_from(test).unwrap();
            let result = TestResult { index, verdict, ..crate::judge::test_support::result() };
            let goes_on = course.goes_on_after(&result, Scored::default());
            results.push(result);
            if !goes_on {
                break;
            }
        }
        let limits = crate::judge::test_support::LIMITS;
        (course.conclude(Judgement::of_tests(None, limits, results, total), &Answers::default()), ran)
    }

    /// Groups of so many tests, one of which the next requires.
    fn groups(groups: usize, cases: usize, aggregation: &str) -> Arc<Problem> {
        let mut files = vec![("problem.yaml".to_owned(), HEADER.to_owned())];
        let mut put = |path: String, text: String| files.push((path, text));
        for group in 0..groups {
            let folder = format!("data/secret/{group:03}");
            let rules = match group {
                0 => "max_score: 10\n".to_owned(),
                1 => "max_score: 10\nrequire_pass: secret/000\n".to_owned(),
                _ => format!("max_score: 10\nscore_aggregation: {aggregation}\n"),
            };
            put(format!("{folder}/test_group.yaml"), rules);
            for case in 0..cases {
                put(format!("{folder}/{case:04}.in"), String::new());
                put(format!("{folder}/{case:04}.ans"), String::new());
            }
        }
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        problem_of(Show::Full, &files)
    }

    #[test]
    fn a_failure_ends_its_group_and_the_group_that_requires_it() {
        for (aggregation, fails, score) in
            [("min", &[1][..], 10.0), ("sum", &[1], 10.0), ("sum", &[1, 6, 8], 10.0 / 3.0)]
        {
            let (judgement, ran) = run(&groups(3, 3, aggregation), |test| fails.contains(&test));
            assert_eq!(ran, [0, 1, 6, 7, 8], "{aggregation} {fails:?}");
            let told = judgement.score.unwrap();
            assert!((told - score).abs() < 1e-9, "{aggregation} {fails:?}: {told}");
        }
        let (judgement, ran) = run(&groups(3, 3, "min"), |test| test == 7);
        assert_eq!((ran, judgement.score), ((0..8).collect(), Some(20.0)));
    }

    #[test]
    fn many_failures_are_no_occasions_to_look_at_all_again() {
        let problem = groups(2, 1000, "min");
        let mut occasions = Occasions::of(&problem.manifest.root, 2000);
        let looked: Vec<_> = (0..2000).filter(|test| occasions.after(*test, test % 2 == 0)).collect();
        assert_eq!(looked, [1, 999, 1001, 1999]);
    }
}
