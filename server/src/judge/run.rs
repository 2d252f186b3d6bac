//! Runs a compiled program on one test case.

use gavel_protocol::Ending;

use super::JudgeError;
use super::artefacts::Artefact;
use super::checker;
use super::compile::{ENVIRONMENT, command, sources};
use super::judgement::{Stream, TestResult, Verdict};
use super::verdict::{from_run, monitor_limits, signal_name};
use crate::language::Language;
use crate::sandbox::{Captured, Input, Output, Program, Ran, RunEnding};
use crate::submission::{Submission, TestCase};

/// What a run needs that is the same for all tests of a submission.
pub(super) struct Runnable<'a> {
    pub(super) submission: &'a Submission,
    pub(super) language: &'a Language,
    /// The compiled program; an interpreted one is its sources.
    pub(super) artefact: Option<&'a Artefact>,
}

impl Runnable<'_> {
    /// The program to run for a test case.
    pub(super) fn program(&self, case: &TestCase) -> Program {
        let limits = &self.submission.limits;
        let output = Output::Capture {
            head: usize::try_from(limits.output.get()).unwrap_or(usize::MAX),
            tail: 0,
            kill: true,
        };
        Program {
            argv: self.argv(),
            env: ENVIRONMENT.map(|variable| variable.as_bytes().to_vec()).to_vec(),
            executable: self.artefact.map(|artefact| artefact.program.clone()),
            search_box: false,
            files: match self.artefact {
                Some(_) => Vec::new(),
                None => sources(self.submission),
            },
            stdin: match case.stdin.is_empty() {
                true => Input::Empty,
                false => Input::Bytes(case.stdin.clone()),
            },
            stdout: output.clone(),
            stderr: output,
            others: Vec::new(),
            terminal: None,
            limits: monitor_limits(limits),
            collect: Vec::new(),
            leavings: false,
        }
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

    /// What a run of a test case is worth.
    ///
    /// # Errors
    /// When it was cancelled, or when the program never had its chance.
    pub(super) fn judged(&self, index: u32, case: &TestCase, ran: Ran) -> Result<TestResult, JudgeError> {
        if ran.ending == RunEnding::Ended(Ending::Cancelled) {
            return Err(JudgeError::Cancelled);
        }
        if let Some(fault) = ran.ending.fault() {
            return Err(fault.into());
        }
        let (verdict, reason) = match from_run(ran.ending, &ran.usage, &self.submission.limits) {
            Some((verdict, reason)) => (verdict, Some(reason)),
            None => compared(case, &ran),
        };
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
            stdout: stream(ran.stdout),
            stderr: stream(ran.stderr),
        })
    }
}

fn compared(case: &TestCase, ran: &Ran) -> (Verdict, Option<String>) {
    let Some(expected) = &case.expected else { return (Verdict::Accepted, None) };
    match checker::difference(&ran.stdout.head, expected) {
        None => (Verdict::Accepted, None),
        Some(difference) => (Verdict::WrongAnswer, Some(difference.to_string())),
    }
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

fn stream(captured: Captured) -> Stream {
    let truncated = captured.total > captured.head.len() as u64;
    Stream { bytes: captured.head, truncated }
}
