//! Submissions that are the answers to a problem's cases themselves: nothing of them is compiled or run, and each file is looked at
//! as the output of a program would be (problem package format since 2023-07, type `submit-answer`).

use gavel_protocol::Bytes;

use super::case::{Decided, Judged, Written, tell_finding, test_case};
use super::executor::{Executor, Room};
use super::judgement::{TestResult, Verdict};
use super::validator::{self, Occasion};
use super::{Judge, JudgeError, Task, count, run};
use crate::content::Content;
use crate::problem::Problem;
use crate::problems::{Answers, by_case};
use crate::submission::Submission;

/// The answers that a submission has, where it is no program.
///
/// # Errors
/// It is judged by no problem, or by one that has no such cases: whoever took it has seen to that.
pub(super) fn of<'a>(
    submission: &'a Submission,
    problem: Option<&Problem>,
) -> Result<Option<Answers<'a>>, JudgeError> {
    if !submission.is_answers() {
        return Ok(None);
    }
    let answers = problem.and_then(|problem| by_case(problem, &submission.files).ok());
    answers.map(Some).ok_or_else(|| JudgeError::UnknownLanguage(submission.language.clone()))
}

impl<E: Executor> Judge<E> {
    /// Looks at what was submitted for a case.
    pub(super) async fn look_at_answer(
        &self,
        task: Task<'_>,
        answers: &Answers<'_>,
        index: usize,
    ) -> Result<Judged, JudgeError> {
        let Some(problem) = task.problem else { return Err(JudgeError::Cancelled) };
        let (test, name) = (test_case(task, index), &problem.tests[index].name);
        let file = answers.get(&index);
        let decided = match file {
            Some(file) => self.worth_of(task, problem, file, index).await?,
            None => Decided::of((Verdict::WrongAnswer, None)),
        };
        let Decided { worth: (verdict, reason), finding, difference, .. } = decided;
        let mut result = TestResult {
            name: Some(name.clone()),
            hidden: test.hidden,
            reason: reason.filter(|_| !test.hidden),
            difference: difference.filter(|_| !test.hidden),
            ..TestResult::empty(count(index), verdict)
        };
        if file.is_none() {
            // What was not sent tells nothing of a secret case.
            result.reason = Some(format!("no file for case {name}"));
        }
        let scored = finding.as_ref().map(|finding| finding.scored).unwrap_or_default();
        if let Some(finding) = finding {
            tell_finding(&mut result, finding, problem);
        }
        Ok(Judged { result, written: Written::default(), scored, transcript: None })
    }

    async fn worth_of(
        &self,
        task: Task<'_>,
        problem: &Problem,
        file: &Content,
        index: usize,
    ) -> Result<Decided, JudgeError> {
        let test = test_case(task, index);
        if !task.validators.is_empty() {
            let occasion =
                Occasion { problem, test: index, input: &test.input, kept: None, submitted: task.sources };
            // No program has a sandbox, and memory for what a validator may write beside it.
            let room = Room::Own { beside: Bytes(0), left: Bytes(0) };
            let asked = (task.validators, occasion, room);
            let looking = validator::validate(&self.executor, asked, file.clone(), task.allowed, task.cancel);
            return Ok(Decided::of_output(looking.await?.0));
        }
        let right = Decided::of((Verdict::Accepted, None));
        let Some(answer) = &test.answer else { return Ok(right) };
        let rule = problem.tests[index].checker;
        let found = run::contents_compared(rule, file, answer, &self.blobs).await?;
        Ok(found.map_or(right, Decided::wrong))
    }
}
