//! Runs a compiled program on one test case.

use gavel_protocol::Ending;

use super::artefacts::Artefact;
use super::compile::{ENVIRONMENT, command, files};
use super::judgement::{Stream, TestResult, Verdict};
use super::verdict::{from_run, monitor_limits, signal_name};
use super::{JudgeError, checker, contents, sanitizer};
use crate::blobs::{Blobs, ContentReader, SMALL};
use crate::content::Content;
use crate::language::Language;
use crate::sandbox::{Output, Program, Ran, RunEnding};
use crate::submission::{Checker, Submission, TestCase};

/// What a run needs that is the same for all tests of a submission.
pub(super) struct Runnable<'a> {
    pub(super) submission: &'a Submission,
    pub(super) language: &'a Language,
    /// The compiled program; an interpreted one is its sources.
    pub(super) artefact: Option<&'a Artefact>,
}

impl Runnable<'_> {
    /// The program to run for a test case.
    ///
    /// # Errors
    /// When what it is made of cannot be opened.
    pub(super) fn program(&self, case: &TestCase, blobs: &Blobs) -> Result<Program, JudgeError> {
        let limits = &self.submission.limits;
        let output = Output::Capture {
            head: usize::try_from(limits.output.get()).unwrap_or(usize::MAX),
            tail: 0,
            kill: true,
        };
        Ok(Program {
            argv: self.argv(),
            env: environment(self.language),
            executable: self.artefact.map(|artefact| artefact.program.clone()),
            search_box: false,
            files: match self.artefact {
                Some(_) => files(self.submission, blobs, |name| self.language.is_data(name))?,
                None => files(self.submission, blobs, |_| true)?,
            },
            stdin: contents::input(&case.input, blobs)?,
            stdout: output.clone(),
            stderr: output,
            others: Vec::new(),
            terminal: None,
            limits: monitor_limits(limits),
            collect: Vec::new(),
            leavings: false,
        })
    }

    /// What the program's run-time checks found, where it has any and failed.
    fn found(&self, verdict: Verdict, ran: &Ran) -> Option<String> {
        let is_checked = self.language.sanitized && verdict == Verdict::RuntimeError;
        is_checked.then(|| sanitizer::finding(&ran.stderr.head)).flatten()
    }

    fn argv(&self) -> Vec<Vec<u8>> {
        let mut argv = command(&self.language.run, self.submission, self.language);
        let name = self.language.artefact.as_deref().unwrap_or_default();
        for word in &mut argv {
            if word == b"{artefact}" {
                *word = format!("./{name}").into_bytes();
            }
        }
        argv
    }
}

/// What a run of a test case is worth; its outputs are kept elsewhere.
///
/// # Errors
/// When it was cancelled, when the program never had its chance, or when the answer cannot be read.
pub(super) async fn judged(
    runnable: &Runnable<'_>,
    index: u32,
    case: &TestCase,
    ran: &mut Ran,
    blobs: &Blobs,
) -> Result<TestResult, JudgeError> {
    if ran.ending == RunEnding::Ended(Ending::Cancelled) {
        return Err(JudgeError::Cancelled);
    }
    if let Some(fault) = ran.ending.fault() {
        return Err(fault.into());
    }
    let (verdict, reason) =
        match (from_run(ran.ending, &ran.usage, &runnable.submission.limits), &case.answer) {
            (Some((verdict, reason)), _) => (verdict, Some(reason)),
            (None, Some(answer)) => {
                compared(runnable.submission.checker, &mut ran.stdout.head, answer, blobs).await?
            }
            (None, None) => (Verdict::Accepted, None),
        };
    let reason = runnable.found(verdict, ran).or(reason);
    let (exit_code, signal) = how_it_ended(ran.ending);
    Ok(TestResult {
        index,
        verdict,
        exit_code,
        signal,
        reason,
        cpu: ran.usage.cpu_time(),
        wall: ran.usage.wall_time,
        memory: ran.usage.memory,
        stdout: Stream::default(),
        stderr: Stream::default(),
    })
}

/// The variables of a language's programs. One that the language has itself is not ours as well.
fn environment(language: &Language) -> Vec<Vec<u8>> {
    let name = |variable: &str| variable.split('=').next().map(str::to_owned);
    let is_own = |ours: &&str| language.environment.iter().any(|own| name(own) == name(ours));
    let ours = ENVIRONMENT.iter().copied().filter(|ours| !is_own(ours));
    ours.chain(language.environment.iter().map(String::as_str)).map(|word| word.as_bytes().to_vec()).collect()
}

/// Compares an output with its answer: what is long, off the threads that everybody waits for.
async fn compared(
    rule: Checker,
    output: &mut Vec<u8>,
    answer: &Content,
    blobs: &Blobs,
) -> Result<(Verdict, Option<String>), JudgeError> {
    let answer = contents::reader(answer, blobs)?;
    let is_short = output.len() <= SMALL && matches!(answer, ContentReader::Inline { .. });
    let difference = if is_short {
        checker::difference(rule, output.as_slice(), answer)
    } else {
        let taken = std::mem::take(output);
        let comparing = tokio::task::spawn_blocking(move || {
            let difference = checker::difference(rule, taken.as_slice(), answer);
            (taken, difference)
        });
        let (taken, difference) = comparing.await.map_err(contents::broken)?;
        *output = taken;
        difference
    };
    Ok(match difference.map_err(contents::broken)? {
        None => (Verdict::Accepted, None),
        Some(difference) => (Verdict::WrongAnswer, Some(difference.to_string())),
    })
}

fn how_it_ended(ending: RunEnding) -> (Option<i32>, Option<String>) {
    match ending {
        RunEnding::Ended(Ending::Exited { code }) => (Some(code), None),
        RunEnding::Ended(Ending::Signaled { signal }) => (None, Some(signal_name(signal))),
        RunEnding::Ended(Ending::Killed { .. } | Ending::Cancelled) | RunEnding::OutputExceeded => {
            (None, Some("SIGKILL".to_owned()))
        }
        RunEnding::NotStarted { .. } | RunEnding::NotPut { .. } => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::cpp;

    #[test]
    fn a_language_adds_variables_and_replaces_ours() {
        let (language, _) = cpp();
        let environment = environment(&language);
        let count = |name: &[u8]| environment.iter().filter(|variable| variable.starts_with(name)).count();
        assert_eq!((count(b"LANG="), count(b"HOME="), count(b"PATH=")), (1, 1, 1));
        assert!(
            environment.contains(&b"LANG=C".to_vec()) && environment.contains(&b"GREETING=hello".to_vec())
        );
    }
}
