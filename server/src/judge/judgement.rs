//! The answer to a submission.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use super::machine::{Machine, TimeScale};
use crate::content::Content;
use crate::submission::RunLimits;

/// What a run, or a whole submission, is worth.
///
/// Where several apply the order is: our own failure, memory, time, output, the program's failure, the checker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// Right, or nothing to compare and exit status 0.
    Accepted,
    /// The output is not the expected one.
    WrongAnswer,
    /// The compiler refused the source, or reached a limit over it.
    CompileError,
    /// The program exited with another status than 0, or a signal ended it.
    RuntimeError,
    /// It used more CPU time or more time on the clock than allowed.
    TimeLimitExceeded,
    /// It used more memory than allowed.
    MemoryLimitExceeded,
    /// It wrote more than allowed.
    OutputLimitExceeded,
    /// The problem's own validator failed; the program may be right.
    JudgeError,
    /// We failed; the program may be right.
    InternalError,
}

impl Verdict {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Accepted,
        Self::WrongAnswer,
        Self::CompileError,
        Self::RuntimeError,
        Self::TimeLimitExceeded,
        Self::MemoryLimitExceeded,
        Self::OutputLimitExceeded,
        Self::JudgeError,
        Self::InternalError,
    ];
}

/// A sentence that a student understands: "used 1.02 s of 1.00 s CPU".
pub type Reason = String;

/// What a program wrote to one stream, up to the cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// The bytes, as written.
    pub content: Content,
    /// They are UTF-8.
    pub is_text: bool,
    /// More was written than was kept.
    pub truncated: bool,
}

/// What came of the compilation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compilation {
    /// There is a program to run.
    pub ok: bool,
    /// What the compiler said: head and tail of it where it is long; control characters taken out.
    pub log: String,
    /// The log was longer.
    pub log_truncated: bool,
    /// CPU time.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
    /// Peak memory.
    pub memory: Bytes,
    /// The program came from the compile cache; the figures are those of the compilation that filled it.
    pub cached: bool,
    /// Where it was compiled, if that is one of several machines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Arc<str>>,
    /// By how much limits of time were longer there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_scale: Option<TimeScale>,
}

/// What came of one test case.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// Position of the test case, from 0.
    pub index: u32,
    /// What its problem calls it.
    pub name: Option<Arc<str>>,
    /// Nothing is told of it but the verdict and the figures, and the reason where a limit is.
    pub hidden: bool,
    /// What the run is worth.
    pub verdict: Verdict,
    /// The exit status, where the program exited.
    pub exit_code: Option<i32>,
    /// The signal's name (`SIGSEGV`), where one ended the program.
    pub signal: Option<String>,
    /// Why the verdict is not Accepted.
    pub reason: Option<Reason>,
    /// Where the output is not the expected one.
    pub difference: Option<FirstDifference>,
    /// What the run was held to, where that is not what all of the judgement were.
    pub limits: Option<Box<RunLimits>>,
    /// Where it ran, if that is one of several machines.
    pub machine: Option<Machine>,
    /// CPU time.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
    /// Peak memory.
    pub memory: Bytes,
    /// What a validator gave for it.
    pub score: Option<f64>,
    /// What a validator has to say to who wrote the program.
    pub feedback: Option<String>,
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
    /// What the program and the validator said to each other.
    pub transcript: Option<Stream>,
    /// Files that were asked for to be handed back.
    pub files: Vec<HandedFile>,
}

/// A file that a program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedFile {
    /// Its name.
    pub name: String,
    /// What is in it; nothing where there is a reason.
    pub content: Content,
    /// Why there is none.
    pub missing: Option<String>,
}

/// Where an output first differs from the expected one, and what stands there: of both the line, or the word where lines do
/// not count, cut to a hundred characters around the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstDifference {
    /// Line of the output, from 1.
    pub line: u64,
    /// Character in that line, from 1.
    pub column: u64,
    /// None where the expected output has ended.
    pub expected: Option<String>,
    /// None where the output has ended.
    pub got: Option<String>,
}

/// The final answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The first verdict in test order that is not Accepted, else Accepted.
    pub verdict: Verdict,
    /// Why, where no test tells: the reason of an InternalError or of a CompileError by a limit.
    pub reason: Option<Reason>,
    /// Missing for languages without a compiler, and where we failed before it.
    pub compile: Option<Compilation>,
    /// What each test's run was held to; missing where we failed, and in judgements of earlier versions.
    pub limits: Option<RunLimits>,
    /// Of a problem that has scores.
    pub score: Option<f64>,
    /// What came of the groups of a problem's tests, inner ones first.
    pub groups: Vec<GroupResult>,
    /// One result for each test case that ran, in order; where the first failure suffices, none behind that.
    pub tests: Vec<TestResult>,
    /// Figures over all tests.
    pub summary: Summary,
    /// The image of the language's compiler, or of its programs where there is none: its id.
    pub image: Option<String>,
    /// When the first sandbox was given to it, in which something ran; missing where nothing ran, and in judgements of
    /// earlier versions.
    pub started_at: Option<DateTime<Utc>>,
}

/// What came of a group of tests.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupResult {
    /// `secret/group`.
    pub name: String,
    /// What it is worth; none where it was not run to its end.
    pub verdict: Option<Verdict>,
    /// What it counts.
    pub score: Option<f64>,
    /// A group that it requires was not passed.
    pub skipped: bool,
}

/// Figures over all tests of a submission.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// Tests with the verdict Accepted.
    pub passed: u32,
    /// Tests of the submission.
    pub total: u32,
    /// Largest CPU time of a test.
    pub cpu_max: Duration,
    /// Largest time on the clock of a test.
    pub wall_max: Duration,
    /// Largest peak memory of a test.
    pub memory_max: Bytes,
}

impl Verdict {
    /// Its name, in answers, metrics and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::WrongAnswer => "WrongAnswer",
            Self::CompileError => "CompileError",
            Self::RuntimeError => "RuntimeError",
            Self::TimeLimitExceeded => "TimeLimitExceeded",
            Self::MemoryLimitExceeded => "MemoryLimitExceeded",
            Self::OutputLimitExceeded => "OutputLimitExceeded",
            Self::JudgeError => "JudgeError",
            Self::InternalError => "InternalError",
        }
    }

    /// What there was too much of, where that is the verdict.
    pub(super) fn limit(self) -> Option<&'static str> {
        match self {
            Self::TimeLimitExceeded => Some("time"),
            Self::MemoryLimitExceeded => Some("memory"),
            Self::OutputLimitExceeded => Some("output"),
            _ => None,
        }
    }

    /// The verdict of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TestResult {
    /// All that was kept of it.
    pub fn contents(&self) -> impl Iterator<Item = &Content> {
        let streams = [&self.stdout, &self.stderr].into_iter().chain(&self.transcript);
        streams.map(|stream| &stream.content).chain(self.files.iter().map(|file| &file.content))
    }

    /// Of this verdict, and nothing else.
    pub fn empty(index: u32, verdict: Verdict) -> Self {
        Self {
            index,
            name: None,
            hidden: false,
            verdict,
            exit_code: None,
            signal: None,
            reason: None,
            difference: None,
            limits: None,
            machine: None,
            cpu: Duration::ZERO,
            wall: Duration::ZERO,
            memory: Bytes(0),
            score: None,
            feedback: None,
            stdout: Stream::default(),
            stderr: Stream::default(),
            transcript: None,
            files: Vec::new(),
        }
    }

    /// Without what the program could have told of its input; the figures are rounded up, so that they can tell little, too.
    pub(super) fn hidden(self, reason: Option<Reason>) -> Self {
        Self {
            name: self.name,
            hidden: true,
            reason,
            cpu: rounded(self.cpu),
            wall: rounded(self.wall),
            memory: Bytes(self.memory.get().next_multiple_of(1 << 20)),
            score: self.score,
            limits: self.limits,
            machine: self.machine,
            ..Self::empty(self.index, self.verdict)
        }
    }
}

/// Up to 10 ms.
fn rounded(time: Duration) -> Duration {
    let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX - 10);
    Duration::from_millis((ms + 1).next_multiple_of(10))
}

impl Default for Stream {
    fn default() -> Self {
        Self { content: Content::default(), is_text: true, truncated: false }
    }
}

impl Judgement {
    /// The judgement of a source that made no program.
    pub(super) fn rejected(compilation: Compilation, reason: Option<Reason>, tests: usize) -> Self {
        let summary = Summary { total: count(tests), ..Summary::default() };
        let verdict = Verdict::CompileError;
        Self { reason, compile: Some(compilation), summary, ..Self::empty(verdict) }
    }

    /// The judgement by a problem whose own programs do not work.
    pub(super) fn broken_problem(compile: Option<Compilation>, reason: Reason, tests: usize) -> Self {
        let summary = Summary { total: count(tests), ..Summary::default() };
        let verdict = Verdict::JudgeError;
        Self { reason: Some(reason), compile, summary, ..Self::empty(verdict) }
    }

    /// Sums up the results of all tests that were run, of so many.
    pub(super) fn of_tests(
        compile: Option<Compilation>,
        limits: RunLimits,
        tests: Vec<TestResult>,
        total: usize,
    ) -> Self {
        let verdict = tests.iter().map(|test| test.verdict).find(|&verdict| verdict != Verdict::Accepted);
        let summary = Summary {
            passed: count(tests.iter().filter(|test| test.verdict == Verdict::Accepted).count()),
            total: count(total),
            cpu_max: tests.iter().map(|test| test.cpu).max().unwrap_or_default(),
            wall_max: tests.iter().map(|test| test.wall).max().unwrap_or_default(),
            memory_max: tests.iter().map(|test| test.memory).max().unwrap_or_default(),
        };
        let verdict = verdict.unwrap_or(Verdict::Accepted);
        Self { compile, limits: Some(limits), tests, summary, ..Self::empty(verdict) }
    }

    /// The judgement of a submission that we failed to judge, with the last failure's text.
    pub fn internal_error(reason: Reason, tests: usize) -> Self {
        let summary = Summary { total: count(tests), ..Summary::default() };
        let verdict = Verdict::InternalError;
        Self { reason: Some(reason), summary, ..Self::empty(verdict) }
    }

    /// One that says nothing but the verdict.
    pub fn empty(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: None,
            compile: None,
            limits: None,
            score: None,
            groups: Vec::new(),
            tests: Vec::new(),
            summary: Summary::default(),
            image: None,
            started_at: None,
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_has_one_name_everywhere() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.as_str()), Some(verdict));
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
        assert_eq!(Verdict::parse("accepted"), None);
    }
}
