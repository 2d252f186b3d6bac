//! One test case: its program is run, once or in passes, and said what that is worth.

use std::collections::BTreeMap;
use std::sync::Arc;

use gavel_protocol::{Bytes, Usage};
use tokio::sync::OwnedSemaphorePermit;

use super::course::Scored;
use super::dialogue::{self, Dialogue};
use super::executor::{CaseJob, Executor, Facts, Handed, Left, Room};
use super::judgement::{FirstDifference, TestResult, Verdict};
use super::passes::{self, Passes};
use super::validator::{self, Finding, Kept, Occasion};
use super::{
    Judge, JudgeError, Matter, Task, checker, contents, count, entry_point, output, patience, run, whose,
};
use crate::account::Held;
use crate::blobs::Blobs;
use crate::content::Content;
use crate::language::Language;
use crate::problem::Problem;
use crate::sandbox::{Captured, Leaving};
use crate::submission::TestCase;

impl<E: Executor> Judge<E> {
    /// Runs a test case, and says what that is worth.
    pub(super) async fn run_case(
        &self,
        task: Task<'_>,
        index: usize,
        session: &E::Session,
    ) -> Result<Judged, JudgeError> {
        let (problem, test) = (task.problem, test_case(task, index));
        let language = match task.matter {
            Matter::Program(language) => language,
            // Boxed: what it holds is no part of what every run of a program takes of a stack.
            Matter::Answers(answers) => return Box::pin(self.look_at_answer(task, answers, index)).await,
        };
        if let Some(problem) = problem.filter(|problem| problem.judges_sources(index)) {
            return self.look_at_sources(task, language, problem, index).await;
        }
        let of_problem = problem.map(|problem| &problem.tests[index]);
        let job = self.case_job(task, language, index);
        let mut passes = Passes::of(problem);
        let (mut facts, decided) = loop {
            let pass = CaseJob { input: passes.input(&test.input), ..job };
            let (mut facts, mut decided, left) =
                self.run_once(task, &pass, test, passes.kept(), session).await?;
            facts.usage = passes.most_used(facts.usage);
            if !decided.goes_on(&mut passes, left, &self.blobs).await? {
                break (facts, decided);
            }
        };
        let Decided { worth, finding, difference, transcript } = decided;
        let mut result = run::told(&job, worth, test, &mut facts).await?;
        result.name = of_problem.map(|test| Arc::clone(&test.name));
        result.difference = difference.filter(|_| !test.hidden);
        // They are told where they are not those of all tests.
        let held_to = facts.held_to(job.limits);
        result.limits = (test.limits.is_some() || held_to != *job.limits).then(|| Box::new(held_to));
        let scored = finding.as_ref().map(|finding| finding.scored).unwrap_or_default();
        if let Some((finding, problem)) = finding.zip(problem) {
            tell_finding(&mut result, finding, problem);
        }
        Ok(Judged { result, written: facts.into(), scored, transcript })
    }

    /// A test case as a job for the executor.
    pub(super) fn case_job<'a>(&self, task: Task<'a>, language: &'a Language, index: usize) -> CaseJob<'a> {
        let Task { submission, problem, sources, artefact, progress, .. } = task;
        let of_problem = problem.map(|problem| &problem.tests[index]);
        let test = test_case(task, index);
        let (limits, own_memory) = submission.limits_of(test);
        CaseJob {
            index: count(index),
            language,
            sources,
            entry_point: entry_point(submission, sources, language),
            artefact,
            input: &test.input,
            files: problem.map_or_else(|| submission.files_of_runs(), Problem::files_of_runs),
            arguments: &test.arguments,
            beside: of_problem.map_or(&NOTHING, |test| &test.files),
            kept: None,
            collect: &[],
            handed: Handed {
                names: if test.hidden { &[] } else { &submission.collect },
                most: self.limits.collected,
            },
            is_told: !test.hidden,
            cuts: false,
            limits,
            own_memory,
            room: Room::Own {
                beside: if task.validators.is_empty() { Bytes(0) } else { validator::MEMORY },
                left: if Passes::of(problem).is_anew() { passes::MOST } else { Bytes(0) },
            },
            whose: whose(submission, progress),
        }
    }

    /// Runs a test case's program once. What comes of it, and what a validator has left for itself.
    async fn run_once(
        &self,
        task: Task<'_>,
        job: &CaseJob<'_>,
        test: &TestCase,
        kept: Option<&Kept>,
        session: &E::Session,
    ) -> Result<(Facts, Decided, Vec<Leaving>), JudgeError> {
        let (test_of_problem, input) = (job.index as usize, job.input);
        let submitted = task.sources;
        let occasion =
            task.problem.map(|problem| Occasion { problem, test: test_of_problem, input, kept, submitted });
        if let Some(occasion) = occasion
            && occasion.problem.manifest.kind.interactive
            && !task.validators.is_empty()
        {
            return self.talk(task, job, occasion).await;
        }
        let own = E::Session::default();
        let session = if task.may_keep_its_sandbox() { session } else { &own };
        let mut facts = match task.ahead.take(job.index) {
            Some(facts) => facts,
            None => self.executor.run_case(job, session, task.cancel).await?,
        };
        let (decided, left) = match run::measured(job, &facts) {
            Some((verdict, reason)) => (Decided::of((verdict, Some(reason))), Vec::new()),
            None => {
                let is_wanted = test.answer.is_some() || !task.validators.is_empty();
                match output::missing(job, &facts, is_wanted) {
                    Some(worth) => (Decided::of(worth), Vec::new()),
                    None => self.decided(task, occasion, test, &mut facts).await?,
                }
            }
        };
        Ok((facts, decided, left))
    }

    /// Has a program talk with each validator, until one does not accept it.
    async fn talk(
        &self,
        task: Task<'_>,
        job: &CaseJob<'_>,
        occasion: Occasion<'_>,
    ) -> Result<(Facts, Decided, Vec<Leaving>), JudgeError> {
        let mut before = Finding::of(Verdict::Accepted);
        let mut used = Usage::default();
        let mut validators = task.validators.iter();
        loop {
            let Some(validator) = validators.next() else { return Err(JudgeError::Cancelled) };
            let Dialogue { program: mut facts, validator: mut said, first, transcript } =
                self.dialogue(task, job, validator, occasion).await?;
            let ends = (facts.end, dialogue::end_of(said.end, &said.stderr.head));
            let (measured, left) = (run::measured(job, &facts), validator.left(&mut said));
            let finding = validator::finding(validator, &mut said, &left, &task.allowed.run);
            let finding = patience::of_partner(validator, &said, finding);
            let (worth, finding) = dialogue::worth(measured, finding, ends, first);
            used = passes::most_of(used, facts.usage);
            facts.usage = used;
            let finding = finding.behind(before);
            if worth.0 == Verdict::Accepted && !validators.as_slice().is_empty() {
                before = finding;
                continue;
            }
            let decided = Decided { transcript, ..Decided::said(worth, finding) };
            return Ok((facts, decided, left));
        }
    }

    /// What an output is worth, and what the problem's validators say of it and leave for themselves.
    async fn decided(
        &self,
        task: Task<'_>,
        occasion: Option<Occasion<'_>>,
        test: &TestCase,
        facts: &mut Facts,
    ) -> Result<(Decided, Vec<Leaving>), JudgeError> {
        let Some(occasion) = occasion.filter(|_| !task.validators.is_empty()) else {
            let of_problem = occasion.map(|Occasion { problem, test, .. }| problem.tests[test].checker);
            let rule = of_problem.unwrap_or(task.submission.checker);
            let right = Decided::of((Verdict::Accepted, None));
            let Some(answer) = &test.answer else { return Ok((right, Vec::new())) };
            let found = run::compared(rule, &mut facts.stdout, answer, &self.blobs).await?;
            return Ok((found.map_or(right, Decided::wrong), Vec::new()));
        };
        let output = contents::kept(&mut facts.stdout, &self.blobs).await?;
        let (validators, allowed) = (task.validators, task.allowed);
        let asked = (validators, occasion, Room::Others);
        let (finding, left) =
            validator::validate(&self.executor, asked, output, allowed, task.cancel).await?;
        Ok((Decided::of_output(finding), left))
    }
}

/// What a run is worth, and who says so.
pub(super) struct Decided {
    pub(super) worth: (Verdict, Option<String>),
    pub(super) finding: Option<Finding>,
    pub(super) difference: Option<FirstDifference>,
    transcript: Option<String>,
}

impl Decided {
    /// Without a validator, and nothing to compare.
    pub(super) fn of(worth: (Verdict, Option<String>)) -> Self {
        Self { worth, finding: None, difference: None, transcript: None }
    }

    /// Where a validator was asked, which has found this. Where it is not what counts, neither is its score.
    fn said(worth: (Verdict, Option<String>), finding: Finding) -> Self {
        let finding = if finding.verdict == worth.0 { finding } else { finding.overruled(worth.0) };
        Self { finding: Some(finding), ..Self::of(worth) }
    }

    /// What a validator has found of an output.
    pub(super) fn of_output(finding: Finding) -> Self {
        let reason = (finding.verdict == Verdict::WrongAnswer)
            .then(|| "the problem's validator does not accept the output".to_owned());
        Self::said((finding.verdict, reason), finding)
    }

    /// Whether the program is run again, as its validator has it.
    async fn goes_on(
        &mut self,
        passes: &mut Passes,
        left: Vec<Leaving>,
        blobs: &Blobs,
    ) -> Result<bool, JudgeError> {
        let Some(finding) = &mut self.finding else { return Ok(false) };
        let goes_on = passes.goes_on(finding, left, blobs).await?;
        if finding.verdict == Verdict::JudgeError {
            self.worth = (Verdict::JudgeError, None);
        }
        Ok(goes_on)
    }

    pub(super) fn wrong(found: checker::Difference) -> Self {
        let reason = Some(found.how.to_string());
        Self { difference: Some(found.first), ..Self::of((Verdict::WrongAnswer, reason)) }
    }
}

/// A test case that was run.
pub(super) struct Judged {
    pub(super) result: TestResult,
    pub(super) written: Written,
    pub(super) scored: Scored,
    /// What was said in a dialogue.
    pub(super) transcript: Option<String>,
}

/// What a run has written, until it is kept; of what was not run there is nothing.
#[derive(Default)]
pub(super) struct Written {
    pub(super) stdout: Captured,
    pub(super) stderr: Captured,
    pub(super) files: Vec<Left>,
    /// Memory for it, and room on the disk.
    pub(super) room: Option<(Held, Option<OwnedSemaphorePermit>)>,
}

impl From<Facts> for Written {
    fn from(Facts { stdout, stderr, files, room, space, .. }: Facts) -> Self {
        Self { stdout, stderr, files, room: Some((room, space)) }
    }
}

/// Beside programs that are judged by a submission's own tests.
pub(super) static NOTHING: BTreeMap<String, Content> = BTreeMap::new();

/// Tells of a test what its problem's validators have found, as far as the problem shows it.
pub(super) fn tell_finding(result: &mut TestResult, finding: Finding, problem: &Problem) {
    result.score = finding.scored.score;
    match finding.verdict {
        Verdict::JudgeError => {
            let told = finding.message.or(finding.last_words).filter(|_| problem.shows_all());
            result.reason = finding.fault.map(|fault| match told {
                Some(told) => format!("{fault}: {told}"),
                None => fault,
            });
        }
        // What a validator says to judges may tell of the answer.
        Verdict::WrongAnswer if problem.shows_all() && result.verdict == Verdict::WrongAnswer => {
            result.reason = finding.message.or(result.reason.take());
            result.feedback = finding.feedback;
        }
        _ if !result.hidden => result.feedback = finding.feedback,
        _ => {}
    }
}

/// A test case, of the problem or the submission's own.
pub(super) fn test_case(task: Task<'_>, index: usize) -> &TestCase {
    let Task { submission, problem, .. } = task;
    problem.map_or_else(|| &submission.tests[index], |problem| &problem.tests[index].case)
}
