//! The results of cases put together to that of the submission: by graders (legacy, "Graders"), or by
//! aggregation (2025-09, "Result aggregation").
//!
//! Everything here is a function of what is known so far. It can be called after each case: it tells what is
//! decided, and which cases need not be run any more.

mod current;
mod legacy;

use std::collections::BTreeSet;

use crate::data::{Group, Rules};
use crate::verdict::Verdict;

/// What came of one case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The validator's `score.txt`.
    pub score: Option<f64>,
    /// The validator's `score_multiplier.txt` (2025-09).
    pub multiplier: Option<f64>,
}

impl Outcome {
    /// An outcome without a score.
    #[must_use]
    pub fn of(verdict: Verdict) -> Self {
        Self { verdict, score: None, multiplier: None }
    }

    /// An accepted case with a score.
    #[must_use]
    pub fn scored(score: f64) -> Self {
        Self { verdict: Verdict::Accepted, score: Some(score), multiplier: None }
    }
}

/// What is known of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupResult {
    /// The group's name.
    pub name: String,
    /// Its verdict; none while it is open.
    pub verdict: Option<Verdict>,
    /// Its score; none while it is open, and where the type is not scoring.
    pub score: Option<f64>,
    /// It was not run, because a group that it requires was not passed.
    pub skipped: bool,
    /// What the problem did wrong: why the verdict is [`Verdict::JudgeError`], or a score out of its range.
    pub fault: Option<String>,
}

/// What is known of a submission.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Its verdict; none while it is open. Where the type is scoring, in 2025-09: accepted if every case in
    /// `secret` is, or else the first other one there.
    pub verdict: Option<Verdict>,
    /// Its score; none while it is open, where the type is not scoring, and in `legacy` where the submission is
    /// not accepted.
    pub score: Option<f64>,
    /// Every group, inner ones first.
    pub groups: Vec<GroupResult>,
    /// Cases that nothing depends on any more, by their places in [`Data::cases`](crate::Data::cases); those that have an outcome
    /// may be among them.
    pub needless: BTreeSet<usize>,
}

/// The package's own grader for a group whose `grading` is `custom`: the verdicts and scores of what the group
/// holds, in order, to the group's own; none: not known yet, or not to be had.
pub type CustomGrader<'a> = dyn Fn(&Group, &[(Verdict, f64)]) -> Option<(Verdict, f64)> + 'a;

/// Puts together what is known of the group that holds all ([`Data::root`](crate::Data::root)); `outcomes` are those of
/// its cases, by their places, none for those that have not been run.
#[must_use]
pub fn grade(
    root: &Group,
    scoring: bool,
    outcomes: &[Option<Outcome>],
    custom: &CustomGrader<'_>,
) -> Judgement {
    let known = Known { outcomes, scoring };
    match root.rules {
        Rules::Legacy(_) => legacy::grade(root, known, custom),
        Rules::Current(_) => current::grade(root, known),
    }
}

/// What a submission is judged by.
#[derive(Clone, Copy)]
struct Known<'a> {
    outcomes: &'a [Option<Outcome>],
    scoring: bool,
}

impl Known<'_> {
    fn outcome(self, case: usize) -> Option<Outcome> {
        self.outcomes.get(case).copied().flatten()
    }
}
