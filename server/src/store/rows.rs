//! What rows hold, apart from the types that the rest of the server works with: a change there changes nothing that is
//! on disk. Rows of earlier versions are read as well.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use super::{millis, time};
use crate::content::{Blob, BlobId, Claim, Content, Piece};
use crate::judge::{
    Compilation, FirstDifference, GroupResult, HandedFile, Judgement, Machine, Stream, Summary, TestResult,
    TimeScale, Verdict,
};
use crate::submission::{
    CaseLimits, Checker, Flags, Isolation, RunLimits, Submission, SubmissionId, TestCase,
};

/// Sources and limits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ProgramRow {
    files: BTreeMap<String, ContentRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry_point: Option<String>,
    limits: LimitsRow,
    /// Where it is not all of the memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_memory: Option<u64>,
    compile_limits: LimitsRow,
    #[serde(default)]
    isolation: IsolationRow,
    /// The rule before there were two was nearer to this one.
    #[serde(default = "CheckerRow::of_old")]
    checker: CheckerRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop_at_first_failure: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    collect: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_file: Option<String>,
}

/// One test case.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TestRow {
    stdin: ContentRow,
    #[serde(default)]
    expected: Option<ContentRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<CaseLimitsRow>,
}

/// Limits of one test.
#[derive(Debug, Serialize, Deserialize)]
struct CaseLimitsRow {
    run: LimitsRow,
    own_memory: u64,
}

/// All of a submission in one row, as the first version kept it.
#[derive(Debug, Deserialize)]
pub(super) struct RequestRow {
    tests: Vec<TestRow>,
    #[serde(flatten)]
    program: ProgramRow,
}

/// A content: text where it is UTF-8, else base64; or where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum ContentRow {
    Text(String),
    Binary { base64: String },
    Blob { blob: String, size: u64 },
    Piece { pack: String, pack_size: u64, offset: u64, size: u64, hash: String },
}

#[derive(Debug, Serialize, Deserialize)]
struct LimitsRow {
    cpu: Duration,
    wall: Duration,
    memory: u64,
    stack: u64,
    file: u64,
    output: u64,
    processes: u32,
    open_files: u32,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum IsolationRow {
    #[default]
    Pooled,
    PerUser,
    Fresh,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CheckerRow {
    Lines,
    Tokens,
    Exact,
    Icpc(FlagsRow),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct FlagsRow {
    case_sensitive: bool,
    space_change_sensitive: bool,
    absolute: Option<f64>,
    relative: Option<f64>,
}

/// A judgement.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JudgementRow {
    verdict: String,
    reason: Option<String>,
    compile: Option<CompilationRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupRow>,
    tests: Vec<ResultRow>,
    summary: SummaryRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<i64>,
}

/// What came of a group of tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct GroupRow {
    name: String,
    verdict: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    skipped: bool,
}

/// What came of a compilation.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct CompilationRow {
    ok: bool,
    log: String,
    log_truncated: bool,
    cpu: Duration,
    wall: Duration,
    memory: u64,
    cached: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<Arc<str>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ResultRow {
    index: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Arc<str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    verdict: String,
    exit_code: Option<i32>,
    signal: Option<String>,
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    difference: Option<DifferenceRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    machine: Option<MachineRow>,
    cpu: Duration,
    wall: Duration,
    memory: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feedback: Option<String>,
    stdout: StreamRow,
    stderr: StreamRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transcript: Option<StreamRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<HandedRow>,
}

/// The machine that a program ran on.
#[derive(Debug, Serialize, Deserialize)]
struct MachineRow {
    node: Arc<str>,
    time_scale: TimeScale,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Arc<str>>,
}

/// A file that a program left.
#[derive(Debug, Serialize, Deserialize)]
struct HandedRow {
    name: String,
    content: ContentRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// Where an output first differs.
#[derive(Debug, Serialize, Deserialize)]
struct DifferenceRow {
    line: u64,
    column: u64,
    expected: Option<String>,
    got: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StreamRow {
    bytes: ContentRow,
    truncated: bool,
    /// Where the bytes are elsewhere and not UTF-8.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    binary: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct SummaryRow {
    passed: u32,
    total: u32,
    cpu_max: Duration,
    wall_max: Duration,
    memory_max: u64,
}

/// What a row says makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowError {
    #[error("no base64")]
    Base64(#[from] base64::DecodeError),
    #[error("no name of a blob")]
    Blob(#[from] blake3::HexError),
    #[error(transparent)]
    Problem(#[from] crate::problem::NoFile),
    #[error("there is no verdict `{0}`")]
    Verdict(String),
    #[error("nothing of secret tests is shown as `{0}`")]
    Show(String),
}

impl ProgramRow {
    pub(super) fn of(submission: &Submission) -> Self {
        Self {
            files: submission.files.iter().map(|(name, file)| (name.clone(), ContentRow::of(file))).collect(),
            entry_point: submission.entry_point.clone(),
            limits: LimitsRow::of(&submission.limits),
            own_memory: (submission.own_memory != submission.limits.memory)
                .then_some(submission.own_memory.get()),
            compile_limits: LimitsRow::of(&submission.compile_limits),
            isolation: IsolationRow::of(submission.isolation),
            checker: CheckerRow::of(submission.checker),
            stop_at_first_failure: submission.stop_at_first_failure,
            collect: submission.collect.clone(),
            input_file: submission.input_file.clone(),
            output_file: submission.output_file.clone(),
        }
    }

    /// With the rest of the submission.
    pub(super) fn submission(
        self,
        id: SubmissionId,
        language: String,
        user: Option<String>,
        tests: Vec<TestRow>,
    ) -> Result<Submission, RowError> {
        let file = |(name, content): (String, ContentRow)| Ok((name, content.content()?));
        Ok(Submission {
            id,
            language,
            files: self.files.into_iter().map(file).collect::<Result<_, RowError>>()?,
            tests: tests.into_iter().map(TestRow::case).collect::<Result<_, _>>()?,
            entry_point: self.entry_point,
            limits: self.limits.limits(),
            own_memory: Bytes(self.own_memory.unwrap_or(self.limits.memory)),
            compile_limits: self.compile_limits.limits(),
            user,
            // These have columns of their own.
            token: None,
            reference: BTreeMap::new(),
            problem: None,
            isolation: self.isolation.isolation(),
            checker: self.checker.checker(),
            stop_at_first_failure: self.stop_at_first_failure,
            collect: self.collect,
            input_file: self.input_file,
            output_file: self.output_file,
        })
    }
}

impl RequestRow {
    pub(super) fn submission(
        self,
        id: SubmissionId,
        language: String,
        user: Option<String>,
    ) -> Result<Submission, RowError> {
        self.program.submission(id, language, user, self.tests)
    }
}

impl TestRow {
    pub(super) fn of(test: &TestCase) -> Self {
        let TestCase { input, answer, arguments, hidden, limits } = test;
        Self {
            stdin: ContentRow::of(input),
            expected: answer.as_ref().map(ContentRow::of),
            arguments: arguments.to_vec(),
            hidden: *hidden,
            limits: limits.as_deref().map(CaseLimitsRow::of),
        }
    }

    fn case(self) -> Result<TestCase, RowError> {
        let answer = self.expected.map(ContentRow::content).transpose()?;
        let (arguments, hidden) = (self.arguments.into(), self.hidden);
        let limits = self.limits.map(|row| Box::new(row.limits()));
        Ok(TestCase { input: self.stdin.content()?, answer, arguments, hidden, limits })
    }
}

impl CaseLimitsRow {
    fn of(limits: &CaseLimits) -> Self {
        Self { run: LimitsRow::of(&limits.run), own_memory: limits.own_memory.get() }
    }

    fn limits(&self) -> CaseLimits {
        CaseLimits { run: self.run.limits(), own_memory: Bytes(self.own_memory) }
    }
}

impl ContentRow {
    pub(super) fn of(content: &Content) -> Self {
        match content {
            Content::Inline(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Self::Text(text.to_owned()),
                Err(_) => Self::Binary { base64: STANDARD.encode(bytes) },
            },
            Content::Blob(blob) => Self::Blob { blob: blob.id.to_string(), size: blob.size },
            Content::Piece(Piece { pack, offset, size, hash }) => Self::Piece {
                pack: pack.id.to_string(),
                pack_size: pack.size,
                offset: *offset,
                size: *size,
                hash: hash.to_string(),
            },
        }
    }

    pub(super) fn content(self) -> Result<Content, RowError> {
        Ok(match self {
            Self::Text(text) => text.into_bytes().into(),
            Self::Binary { base64 } => STANDARD.decode(base64)?.into(),
            Self::Blob { blob, size } => Content::Blob(stored(&blob, size)?),
            Self::Piece { pack, pack_size, offset, size, hash } => {
                let pack = stored(&pack, pack_size)?;
                Content::Piece(Piece { pack, offset, size, hash: hash.parse()? })
            }
        })
    }
}

/// The row names it, so that it needs no claim.
fn stored(id: &str, size: u64) -> Result<Blob, RowError> {
    Ok(Blob { id: id.parse::<BlobId>()?, size, claim: Claim::default() })
}

impl LimitsRow {
    fn of(limits: &RunLimits) -> Self {
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = *limits;
        Self {
            cpu,
            wall,
            memory: memory.get(),
            stack: stack.get(),
            file: file.get(),
            output: output.get(),
            processes,
            open_files,
        }
    }

    fn limits(&self) -> RunLimits {
        RunLimits {
            cpu: self.cpu,
            wall: self.wall,
            memory: Bytes(self.memory),
            stack: Bytes(self.stack),
            file: Bytes(self.file),
            output: Bytes(self.output),
            processes: self.processes,
            open_files: self.open_files,
        }
    }
}

impl IsolationRow {
    fn of(isolation: Isolation) -> Self {
        match isolation {
            Isolation::Pooled => Self::Pooled,
            Isolation::PerUser => Self::PerUser,
            Isolation::Fresh => Self::Fresh,
        }
    }

    fn isolation(self) -> Isolation {
        match self {
            Self::Pooled => Isolation::Pooled,
            Self::PerUser => Isolation::PerUser,
            Self::Fresh => Isolation::Fresh,
        }
    }
}

impl CheckerRow {
    fn of_old() -> Self {
        Self::Tokens
    }

    fn of(checker: Checker) -> Self {
        match checker {
            Checker::Lines => Self::Lines,
            Checker::Tokens => Self::Tokens,
            Checker::Exact => Self::Exact,
            Checker::Icpc(flags) => Self::Icpc(FlagsRow {
                case_sensitive: flags.case_sensitive,
                space_change_sensitive: flags.space_change_sensitive,
                absolute: flags.float_absolute_tolerance,
                relative: flags.float_relative_tolerance,
            }),
        }
    }

    fn checker(self) -> Checker {
        match self {
            Self::Lines => Checker::Lines,
            Self::Tokens => Checker::Tokens,
            Self::Exact => Checker::Exact,
            Self::Icpc(row) => Checker::Icpc(Flags {
                case_sensitive: row.case_sensitive,
                space_change_sensitive: row.space_change_sensitive,
                float_absolute_tolerance: row.absolute,
                float_relative_tolerance: row.relative,
            }),
        }
    }
}

/// Most bytes of a compiler's log in a row, as JSON has them.
const LOG: usize = 1024 * 1024;
/// Most bytes of a judgement's own reason, and of those of all tests together, as JSON has them.
const REASONS: usize = 512 * 1024;
/// So much of a reason there is in any case.
const REASON: usize = 64;
/// Most tests of which it is told where the output differs, the first ones: at most 1 KiB each.
const DIFFERENCES: usize = 1000;

impl JudgementRow {
    /// However many tests there are, and whatever their programs have said: its texts take a bounded number of bytes.
    pub(super) fn of(judgement: &Judgement) -> Self {
        let reason = REASON.max(REASONS / judgement.tests.len().max(1));
        let mut differences = DIFFERENCES;
        let mut result = |test: &TestResult| {
            let difference = test.difference.as_ref().filter(|_| differences > 0).map(DifferenceRow::of);
            differences -= usize::from(difference.is_some());
            ResultRow { difference, ..ResultRow::of(test, reason) }
        };
        Self {
            verdict: judgement.verdict.as_str().to_owned(),
            reason: judgement.reason.as_ref().map(|text| cut(text, REASONS).to_owned()),
            compile: judgement.compile.as_ref().map(CompilationRow::of),
            limits: judgement.limits.as_ref().map(LimitsRow::of),
            score: judgement.score,
            groups: judgement.groups.iter().map(GroupRow::of).collect(),
            tests: judgement.tests.iter().map(&mut result).collect(),
            summary: SummaryRow::of(&judgement.summary),
            image: judgement.image.clone(),
            started_at: judgement.started_at.map(millis),
        }
    }

    pub(super) fn judgement(self) -> Result<Judgement, RowError> {
        Ok(Judgement {
            verdict: verdict(&self.verdict)?,
            reason: self.reason,
            compile: self.compile.map(CompilationRow::compilation),
            limits: self.limits.map(|limits| limits.limits()),
            score: self.score,
            groups: self.groups.into_iter().map(GroupRow::group).collect::<Result<_, _>>()?,
            tests: self.tests.into_iter().map(ResultRow::result).collect::<Result<_, _>>()?,
            summary: self.summary.summary(),
            image: self.image,
            started_at: self.started_at.map(time),
        })
    }
}

/// The beginning of a text that takes at most so many bytes in JSON.
fn cut(text: &str, most: usize) -> &str {
    let mut room = most;
    let end = text.char_indices().find(|(_, c)| {
        let size = match c {
            '"' | '\\' | '\n' | '\t' | '\r' | '\u{8}' | '\u{c}' => 2,
            '\0'..' ' => 6,
            c => c.len_utf8(),
        };
        let fits = size <= room;
        room = room.saturating_sub(size);
        !fits
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// The verdict of this name.
pub(super) fn verdict(name: &str) -> Result<Verdict, RowError> {
    Verdict::parse(name).ok_or_else(|| RowError::Verdict(name.to_owned()))
}

impl CompilationRow {
    fn of(compilation: &Compilation) -> Self {
        let Compilation { ok, log, log_truncated, cpu, wall, memory, cached, node } = compilation;
        let kept = cut(log, LOG);
        Self {
            ok: *ok,
            log: kept.to_owned(),
            log_truncated: *log_truncated || kept.len() < log.len(),
            cpu: *cpu,
            wall: *wall,
            memory: memory.get(),
            cached: *cached,
            node: node.clone(),
        }
    }

    fn compilation(self) -> Compilation {
        let Self { ok, log, log_truncated, cpu, wall, memory, cached, node } = self;
        Compilation { ok, log, log_truncated, cpu, wall, memory: Bytes(memory), cached, node }
    }
}

impl GroupRow {
    fn of(group: &GroupResult) -> Self {
        let GroupResult { name, verdict, score, skipped } = group;
        let verdict = verdict.map(|verdict| verdict.as_str().to_owned());
        Self { name: name.clone(), verdict, score: *score, skipped: *skipped }
    }

    fn group(self) -> Result<GroupResult, RowError> {
        let Self { name, verdict: named, score, skipped } = self;
        let verdict = named.as_deref().map(verdict).transpose()?;
        Ok(GroupResult { name, verdict, score, skipped })
    }
}

impl DifferenceRow {
    fn of(difference: &FirstDifference) -> Self {
        let FirstDifference { line, column, expected, got } = difference.clone();
        Self { line, column, expected, got }
    }

    fn difference(self) -> FirstDifference {
        let Self { line, column, expected, got } = self;
        FirstDifference { line, column, expected, got }
    }
}

impl ResultRow {
    /// Without what is different in its output.
    fn of(result: &TestResult, reason: usize) -> Self {
        Self {
            index: result.index,
            name: result.name.clone(),
            hidden: result.hidden,
            verdict: result.verdict.as_str().to_owned(),
            exit_code: result.exit_code,
            signal: result.signal.clone(),
            reason: result.reason.as_ref().map(|text| cut(text, reason).to_owned()),
            difference: None,
            limits: result.limits.as_deref().map(LimitsRow::of),
            machine: result.machine.as_ref().map(MachineRow::of),
            cpu: result.cpu,
            wall: result.wall,
            memory: result.memory.get(),
            score: result.score,
            feedback: result.feedback.as_ref().map(|text| cut(text, reason).to_owned()),
            stdout: StreamRow::of(&result.stdout),
            stderr: StreamRow::of(&result.stderr),
            transcript: result.transcript.as_ref().map(StreamRow::of),
            files: result.files.iter().map(HandedRow::of).collect(),
        }
    }

    fn result(self) -> Result<TestResult, RowError> {
        Ok(TestResult {
            index: self.index,
            name: self.name,
            hidden: self.hidden,
            verdict: verdict(&self.verdict)?,
            exit_code: self.exit_code,
            signal: self.signal,
            reason: self.reason,
            difference: self.difference.map(DifferenceRow::difference),
            limits: self.limits.map(|row| Box::new(row.limits())),
            machine: self.machine.map(MachineRow::machine),
            cpu: self.cpu,
            wall: self.wall,
            memory: Bytes(self.memory),
            score: self.score,
            feedback: self.feedback,
            stdout: self.stdout.stream()?,
            stderr: self.stderr.stream()?,
            transcript: self.transcript.map(StreamRow::stream).transpose()?,
            files: self.files.into_iter().map(HandedRow::file).collect::<Result<_, _>>()?,
        })
    }
}

impl MachineRow {
    fn of(machine: &Machine) -> Self {
        let Machine { node, time_scale, first } = machine.clone();
        Self { node, time_scale, first }
    }

    fn machine(self) -> Machine {
        let Self { node, time_scale, first } = self;
        Machine { node, time_scale, first }
    }
}

impl HandedRow {
    fn of(file: &HandedFile) -> Self {
        let HandedFile { name, content, missing } = file;
        Self { name: name.clone(), content: ContentRow::of(content), missing: missing.clone() }
    }

    fn file(self) -> Result<HandedFile, RowError> {
        Ok(HandedFile { name: self.name, content: self.content.content()?, missing: self.missing })
    }
}

impl StreamRow {
    fn of(stream: &Stream) -> Self {
        let bytes = ContentRow::of(&stream.content);
        let elsewhere = !matches!(stream.content, Content::Inline(_));
        Self { bytes, truncated: stream.truncated, binary: elsewhere && !stream.is_text }
    }

    fn stream(self) -> Result<Stream, RowError> {
        let is_text = !self.binary && !matches!(self.bytes, ContentRow::Binary { .. });
        Ok(Stream { content: self.bytes.content()?, is_text, truncated: self.truncated })
    }
}

impl SummaryRow {
    fn of(summary: &Summary) -> Self {
        let Summary { passed, total, cpu_max, wall_max, memory_max } = *summary;
        Self { passed, total, cpu_max, wall_max, memory_max: memory_max.get() }
    }

    fn summary(&self) -> Summary {
        let Self { passed, total, cpu_max, wall_max, memory_max } = *self;
        Summary { passed, total, cpu_max, wall_max, memory_max: Bytes(memory_max) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_first_version_is_read() {
        let json = r#"{"id":"9a8c7a54-be93-4fa4-bf8f-09f64d208806","language":"cpp17",
            "files":{"main.cpp":"int","b.bin":{"base64":"/w=="}},"tests":[{"stdin":"1","expected":"2"},{"stdin":"3"}],
            "limits":{"cpu":{"secs":1,"nanos":0},"wall":{"secs":4,"nanos":0},"memory":1,"stack":2,"file":3,"output":4,
            "processes":5,"open_files":6},"compile_limits":{"cpu":{"secs":9,"nanos":5},"wall":{"secs":4,"nanos":0},
            "memory":1,"stack":2,"file":3,"output":4,"processes":5,"open_files":6},"user":"alice","isolation":"per-user"}"#;
        let row: RequestRow = serde_json::from_str(json).unwrap();
        let submission = row.submission(uuid::Uuid::nil(), "cpp17".into(), Some("alice".into())).unwrap();
        assert_eq!(submission.files["main.cpp"], "int".into());
        assert_eq!(submission.files["b.bin"], vec![0xff].into());
        assert_eq!(
            submission.tests[0],
            TestCase { input: "1".into(), answer: Some("2".into()), ..TestCase::default() }
        );
        assert_eq!(submission.tests[1], TestCase { input: "3".into(), ..TestCase::default() });
        assert_eq!(submission.compile_limits.cpu, Duration::new(9, 5));
        assert_eq!((submission.limits.memory, submission.limits.open_files), (Bytes(1), 6));
        assert_eq!((submission.isolation, submission.checker), (Isolation::PerUser, Checker::Tokens));
    }

    #[test]
    fn what_a_submission_begins_with_and_its_own_memory_come_back() {
        let mut submission = crate::judge::test_support::submission("int main");
        (submission.entry_point, submission.own_memory) = (Some("main.cpp".into()), Bytes::mib(7));
        let json = serde_json::to_string(&ProgramRow::of(&submission)).unwrap();
        let (id, tests) = (submission.id, submission.tests.iter().map(TestRow::of).collect());
        let row: ProgramRow = serde_json::from_str(&json).unwrap();
        let (language, user) = (submission.language.clone(), submission.user.clone());
        assert_eq!(row.submission(id, language, user, tests).unwrap(), submission);
        let plain = crate::judge::test_support::submission("int main");
        let json = serde_json::to_string(&ProgramRow::of(&plain)).unwrap();
        assert!(!json.contains("own_memory") && !json.contains("entry_point"), "{json}");
    }

    #[test]
    fn a_judgement_of_the_first_version_is_read() {
        let json = r#"{"verdict":"WrongAnswer","reason":null,"compile":null,"tests":[{"index":0,"verdict":"WrongAnswer",
            "exit_code":0,"signal":null,"reason":"r","cpu":{"secs":1,"nanos":0},"wall":{"secs":1,"nanos":0},"memory":7,
            "stdout":{"bytes":"out","truncated":true},"stderr":{"bytes":{"base64":"/w=="},"truncated":false}}],
            "summary":{"passed":0,"total":1,"cpu_max":{"secs":1,"nanos":0},"wall_max":{"secs":1,"nanos":0},"memory_max":7}}"#;
        let judgement = serde_json::from_str::<JudgementRow>(json).unwrap().judgement().unwrap();
        assert_eq!(judgement.verdict, Verdict::WrongAnswer);
        assert_eq!(
            judgement.tests[0].stdout,
            Stream { content: "out".into(), is_text: true, truncated: true }
        );
        assert!(!judgement.tests[0].stderr.is_text && judgement.limits.is_none());
    }

    #[test]
    fn files_of_runs_and_limits_of_tests_come_back() {
        let mut submission = crate::judge::test_support::submission("int main");
        (submission.input_file, submission.output_file) = (Some("in.txt".into()), Some("out.txt".into()));
        submission.collect = vec!["plot.png".to_owned()];
        let run = RunLimits { memory: Bytes::mib(9), ..submission.limits };
        submission.tests[0].limits = Some(Box::new(CaseLimits { run, own_memory: Bytes::mib(8) }));
        let json = serde_json::to_string(&ProgramRow::of(&submission)).unwrap();
        let row: ProgramRow = serde_json::from_str(&json).unwrap();
        let tests =
            serde_json::to_string(&submission.tests.iter().map(TestRow::of).collect::<Vec<_>>()).unwrap();
        let tests = serde_json::from_str(&tests).unwrap();
        let (language, user) = (submission.language.clone(), submission.user.clone());
        assert_eq!(row.submission(submission.id, language, user, tests).unwrap(), submission);
        let file = |missing: Option<&str>| HandedFile {
            name: "plot.png".to_owned(),
            content: if missing.is_none() { vec![0xff].into() } else { Content::default() },
            missing: missing.map(str::to_owned),
        };
        let result = TestResult {
            limits: Some(Box::new(run)),
            machine: Some(Machine {
                node: "lab-2".into(),
                time_scale: TimeScale::of(1.5),
                first: Some("lab-3".into()),
            }),
            transcript: Some(Stream { content: "said".into(), ..Stream::default() }),
            files: vec![file(None), file(Some("why"))],
            ..TestResult::empty(0, Verdict::Accepted)
        };
        let json = serde_json::to_string(&ResultRow::of(&result, REASON)).unwrap();
        assert_eq!(serde_json::from_str::<ResultRow>(&json).unwrap().result().unwrap(), result);
    }

    #[test]
    fn differences_come_back_of_as_many_tests_as_have_room() {
        let long = |c: char| Some(c.to_string().repeat(98));
        let difference =
            FirstDifference { line: 7, column: 3, expected: long('\u{1f600}'), got: long('\u{1f601}') };
        let wrong =
            TestResult { difference: Some(difference.clone()), ..TestResult::empty(0, Verdict::WrongAnswer) };
        let tests = vec![wrong; DIFFERENCES + 5];
        let row = JudgementRow::of(&Judgement { tests, ..Judgement::empty(Verdict::WrongAnswer) });
        let json = serde_json::to_string(&row.tests[0].difference).unwrap();
        assert!(json.len() < 1000, "{}", json.len());
        let json = serde_json::to_string(&row).unwrap();
        let tests = serde_json::from_str::<JudgementRow>(&json).unwrap().judgement().unwrap().tests;
        assert_eq!(tests[DIFFERENCES - 1].difference, Some(difference));
        assert_eq!(tests[DIFFERENCES].difference, None);
    }

    #[test]
    fn a_text_is_cut_where_json_has_so_many_bytes_of_it() {
        let json = |text| serde_json::to_string(text).unwrap().len() - 2;
        for text in ["plain", "\"\\\n\t\r", "\u{1}\u{8}\u{c}\u{1f}\0", "ä€😀\u{7f}\u{fffd}"] {
            let whole = json(text);
            assert_eq!(cut(text, whole), text);
            for most in 0..whole {
                let kept = cut(text, most);
                assert!(text.starts_with(kept) && kept.len() < text.len(), "{text:?} {most}");
                assert!(json(kept) <= most && most < json(kept) + 6, "{text:?} {most} {kept:?}");
            }
        }
    }

    #[test]
    fn every_content_comes_back() {
        let pack = Blob { id: BlobId::of(b"pack"), size: 100, claim: Claim::default() };
        let piece = Piece { pack: pack.clone(), offset: 3, size: 9, hash: BlobId::of(b"piece") };
        let binary = Content::from(vec![0xff, 0]);
        for content in ["text".into(), "".into(), binary, Content::Blob(pack), Content::Piece(piece)] {
            let json = serde_json::to_string(&ContentRow::of(&content)).unwrap();
            let row: ContentRow = serde_json::from_str(&json).unwrap();
            assert_eq!(row.content().unwrap(), content, "{json}");
        }
    }
}
