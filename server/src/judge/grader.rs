//! The grader of a problem's own: it is told the results of what a group holds, and tells the group's (problem package format,
//! legacy, "Graders").

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use gavel_problem::Verdict;
use gavel_problem::data::{Group, Rules};
use gavel_problem::grade;
use tokio_util::sync::CancellationToken;

use super::course::Course;
use super::courtesy::Courtesy;
use super::executor::{Executor, Facts};
use super::validator::{Aside, Validator, last_words};
use super::verdict::from_run;
use super::{JudgeError, OwnEnd, ProgramEnd};
use crate::content::Content;
use crate::problems::Allowed;
use crate::submission::RunLimits;

/// A verdict and a score.
type Result = (Verdict, f64);

/// What a grader has said, by group.
#[derive(Debug, Default)]
pub(super) struct Answers {
    of: BTreeMap<String, Result>,
    /// What the grader did wrong first.
    pub(super) fault: Option<String>,
}

/// What a grader is to be asked.
#[derive(Debug)]
struct Question {
    group: String,
    arguments: Vec<String>,
    results: Vec<Result>,
}

impl Answers {
    /// What was said of a group.
    pub(super) fn to(&self, group: &Group) -> Option<Result> {
        self.of.get(&group.name).copied()
    }

    /// The grade as far as it is known, and what would have to be known.
    fn grade(&self, course: &Course<'_>) -> (Option<grade::Judgement>, Vec<Question>) {
        let questions = RefCell::new(Vec::new());
        let grade = course.graded(&|group: &Group, results: &[Result]| {
            let answer = self.to(group);
            if answer.is_none() {
                let arguments = arguments(group);
                let question = Question { group: group.name.clone(), arguments, results: results.to_vec() };
                questions.borrow_mut().push(question);
            }
            answer
        });
        (grade, questions.into_inner())
    }
}

fn arguments(group: &Group) -> Vec<String> {
    match &group.rules {
        Rules::Legacy(rules) => rules.grader_flags.clone(),
        Rules::Current(_) => Vec::new(),
    }
}

/// Asks a grader of each group that it is for, inner groups before those that hold them; before each question others go
/// first, where they do.
///
/// # Errors
/// Only our own failures: what the grader does wrong is a judge's error.
pub(super) async fn asked<E: Executor>(
    executor: &E,
    grader: &Validator<'_>,
    course: &Course<'_>,
    allowed: &Allowed,
    courtesy: Option<&dyn Courtesy>,
    cancel: &CancellationToken,
) -> std::result::Result<Answers, JudgeError> {
    let mut answers = Answers::default();
    loop {
        // Each round answers for a group more, of which there are only so many.
        let (_, questions) = answers.grade(course);
        if questions.is_empty() {
            return Ok(answers);
        }
        for Question { group, arguments, results } in questions {
            let aside =
                Aside { arguments, input: Content::from(told(&results).as_str()), beside: BTreeMap::new() };
            let job = aside.job(grader, allowed);
            if let Some(courtesy) = courtesy {
                courtesy.wait().await;
            }
            let facts = executor.run_case(&job, &E::Session::default(), cancel).await?;
            let answer = match understood(&facts, &allowed.run) {
                Ok(answer) => answer,
                Err(what) => {
                    answers.fault.get_or_insert_with(|| fault(&what, &facts, course.shows_all()));
                    (Verdict::JudgeError, 0.0)
                }
            };
            answers.of.insert(group, answer);
        }
    }
}

/// What a grader did wrong; with what it wrote last, where the problem shows all.
fn fault(what: &str, facts: &Facts, shows_all: bool) -> String {
    match last_words(&facts.stderr.head).filter(|_| shows_all) {
        Some(words) => format!("the problem's grader {what}: {words}"),
        None => format!("the problem's grader {what}"),
    }
}

/// A line for each result.
fn told(results: &[Result]) -> String {
    results.iter().fold(String::new(), |mut lines, (verdict, score)| {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{} {score:?}", broad(*verdict).code());
        lines
    })
}

/// Graders know four verdicts: what takes too much, or writes too much, has crashed.
fn broad(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::MemoryLimitExceeded | Verdict::OutputLimitExceeded => Verdict::RunTimeError,
        other => other,
    }
}

/// What a grader says with its output; or what it did wrong.
fn understood(facts: &Facts, limits: &RunLimits) -> std::result::Result<Result, String> {
    if facts.end != ProgramEnd::ByItself(OwnEnd::Exited { code: 0 }) {
        let why = from_run(facts.end, &facts.usage, &facts.held_to(limits)).map(|(_, why)| why);
        return Err(why.unwrap_or_else(|| "failed".to_owned()));
    }
    let text = String::from_utf8_lossy(&facts.stdout.head);
    answer(&text).ok_or_else(|| "gave no verdict with a score".to_owned())
}

fn answer(text: &str) -> Option<Result> {
    let mut words = text.split_whitespace();
    let verdict = Verdict::of_code(words.next()?)?;
    let score = words.next()?.parse().ok().filter(|score: &f64| score.is_finite())?;
    words.next().is_none().then_some((verdict, score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grader_is_told_what_it_knows() {
        let results =
            [(Verdict::Accepted, 12.0), (Verdict::MemoryLimitExceeded, 0.0), (Verdict::WrongAnswer, 0.5)];
        assert_eq!(told(&results), "AC 12.0\nRTE 0.0\nWA 0.5\n");
    }

    #[test]
    fn one_verdict_with_one_score_is_understood_and_nothing_else() {
        assert_eq!(answer("AC 12.5\n"), Some((Verdict::Accepted, 12.5)));
        assert_eq!(answer("WA\t0"), Some((Verdict::WrongAnswer, 0.0)));
        for text in ["", "AC", "AC x", "AC nan", "AC inf", "OK 1", "AC 1 2", "ac 1"] {
            assert_eq!(answer(text), None, "{text}");
        }
    }
}
