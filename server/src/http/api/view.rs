//! Answers as clients read them. Times are milliseconds, sizes bytes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use super::Problem;
use super::described::VerdictName;
use super::elsewhere::{Elsewhere, Parts};
use crate::content::Content;
use crate::judge::{
    Compilation, FirstDifference, GroupResult, HandedFile, Judgement, Stream, Summary, TestResult, Tested,
    TimeScale, Verdict,
};
use crate::store::Record;
use crate::submission::{ProblemRef, RunLimits, SubmissionId};
use crate::submissions::{self, Standing};

/// A submission: as it stands and, once it is judged, with its judgement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Submission)]
pub(super) struct SubmissionView {
    #[schema(value_type = String, format = Uuid)]
    id: SubmissionId,
    state: State,
    /// Place in the queue, while it waits: 1 = next, 0 = its turn has come and it waits for a sandbox.
    position: Option<usize>,
    /// Milliseconds until its turn, at the pace of the moment: an estimate, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false, maximum = 86400000)]
    estimated_wait_ms: Option<u64>,
    /// Id of its language.
    language: String,
    /// The problem that it is judged by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<ProblemView>,
    /// Whose it is.
    user: Option<String>,
    /// The named token that it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// What the site calls it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    reference: BTreeMap<String, String>,
    #[serde(serialize_with = "time")]
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "maybe_time")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<DateTime<Utc>>,
    /// When it was judged again for the last time.
    #[serde(serialize_with = "maybe_time", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    rejudged_at: Option<DateTime<Utc>>,
    /// It is to be judged again: until then it has the judgement that it had.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    rejudging: bool,
    /// That of the first test that is not accepted.
    #[schema(value_type = Option<VerdictName>)]
    verdict: Option<Verdict>,
    /// What is known of its tests, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    progress: Option<ProgressView>,
    /// Only with a judgement.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = JudgementView)]
    judgement: Option<JudgementView>,
}

/// What is known of the tests of a submission that runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
struct ProgressView {
    tests_done: u32,
    tests_total: u32,
    /// Those that are done, but for those that the judgement will not tell.
    tests: Vec<TestedView>,
}

/// A test that is done, before there is a judgement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestedTest)]
pub(super) struct TestedView {
    /// Its place among the tests, from 0.
    index: u32,
    #[schema(value_type = VerdictName)]
    verdict: Verdict,
}

impl ProgressView {
    fn of(tested: &[Tested]) -> Option<Self> {
        let last = tested.last()?;
        let tests = tested.iter().map(TestedView::from).collect();
        Some(Self { tests_done: last.done, tests_total: last.total, tests })
    }
}

impl From<&Tested> for TestedView {
    fn from(tested: &Tested) -> Self {
        Self { index: tested.index, verdict: tested.verdict }
    }
}

/// How far a submission is; `done` and `cancelled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = State)]
pub(super) enum State {
    Queued,
    Compiling,
    Running,
    Done,
    Cancelled,
}

impl State {
    pub(super) const ALL: [Self; 5] =
        [Self::Queued, Self::Compiling, Self::Running, Self::Done, Self::Cancelled];

    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Compiling => "compiling",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The problem that a submission is judged by.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JudgedBy)]
pub(super) struct ProblemView {
    id: String,
    /// Hash of its content.
    version: String,
    /// No version of it is offered any more: there is nothing to be seen of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    removed: bool,
}

/// What came of a submission.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Judgement)]
struct JudgementView {
    /// Why the verdict is not `Accepted`, for the student.
    #[schema(required = false)]
    reason: Option<String>,
    /// Of the compiler; null where nothing was compiled.
    #[schema(required = false)]
    compile: Option<CompilationView>,
    /// What each run was held to, where there were runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    limits: Option<LimitsView>,
    /// Where the problem has scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<f64>,
    /// The problem's groups of tests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<GroupView>,
    #[schema(required = false)]
    tests: Vec<TestView>,
    #[schema(required = false)]
    summary: SummaryView,
    /// Id of the compiler's image, or of the programs' where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    image: Option<String>,
    /// When the first sandbox was given to it: until then it waited. Missing where nothing ran.
    #[serde(serialize_with = "maybe_time", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    started_at: Option<DateTime<Utc>>,
}

/// What came of a group of a problem's tests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupResult)]
struct GroupView {
    name: String,
    #[schema(value_type = Option<VerdictName>)]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    skipped: bool,
}

/// What runs were held to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedLimits)]
struct LimitsView {
    cpu_ms: f64,
    wall_ms: f64,
    memory_bytes: u64,
    stack_bytes: u64,
    file_bytes: u64,
    output_bytes: u64,
    processes: u32,
    open_files: u32,
}

/// What came of a compilation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Compilation)]
struct CompilationView {
    /// There is a program.
    ok: bool,
    /// Head and tail of what the compiler said.
    log: String,
    log_truncated: bool,
    /// 0, as the other figures, where an interpreted program needed no check of its own, since its first run ended well.
    cpu_ms: f64,
    wall_ms: f64,
    memory_bytes: u64,
    /// The same had been compiled before; the figures are those of that time.
    cached: bool,
    /// The node that compiled it, where several machines judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    node: Option<Arc<str>>,
    /// By how much limits of time were longer on that node than what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    time_scale: Option<f64>,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestResult)]
struct TestView {
    /// Its place among the tests, from 0.
    index: u32,
    /// What the problem calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<Arc<str>>,
    /// Little is told of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    #[schema(value_type = VerdictName)]
    verdict: Verdict,
    exit_code: Option<i32>,
    /// Name of the signal that ended the program.
    signal: Option<String>,
    /// Why the verdict is not `Accepted`, for the student.
    reason: Option<String>,
    /// Where the output is not the expected one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    difference: Option<DifferenceView>,
    /// What the run was held to, where the test had limits of its own or its node is a slow one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    limits: Option<LimitsView>,
    /// The node that ran it, where several machines judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    node: Option<Arc<str>>,
    /// The slower node on which it was late by so little that `node` ran it once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    first_node: Option<Arc<str>>,
    /// By how much limits of time were longer on that node than what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    time_scale: Option<f64>,
    cpu_ms: f64,
    wall_ms: f64,
    memory_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    score: Option<f64>,
    /// What the problem's validator tells the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    feedback: Option<String>,
    #[serde(flatten)]
    stdout: Stdout,
    stdout_truncated: bool,
    #[serde(flatten)]
    stderr: Stderr,
    stderr_truncated: bool,
    /// Of an interactive problem: what was said, line by line, with times and who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    transcript: Option<String>,
    /// Files that were to be handed back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    files: Vec<FileView>,
}

/// A file that a program left: where it is, or why it is not there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandedFile)]
struct FileView {
    name: String,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bytes: Option<u64>,
    /// Where it can be had from this server; not of a judgement that is not the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    path: Option<String>,
    /// Why it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<String>,
}

impl FileView {
    fn new(file: HandedFile, id: SubmissionId, test: u32) -> Self {
        let HandedFile { name, content, missing } = file;
        let is_there = missing.is_none();
        Self {
            bytes: is_there.then(|| content.size()),
            path: is_there.then(|| format!("/api/v1/submissions/{id}/files/{test}/{name}")),
            name,
            missing,
        }
    }
}

/// Where an output first differs from the expected one; null is the side that has ended there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
struct DifferenceView {
    /// Of the output, from 1.
    line: u64,
    /// Character of the line, from 1.
    column: u64,
    /// What stands there in the expected output: its line or word, cut to a hundred characters.
    expected: Option<String>,
    /// The same of the output.
    got: Option<String>,
}

/// What the program wrote: text where it is UTF-8, else base64.
#[derive(Debug, Serialize, ToSchema)]
enum Stdout {
    #[serde(rename = "stdout")]
    Text(String),
    #[serde(rename = "stdout_base64")]
    Binary(String),
}

/// What the program wrote to its standard error: text where it is UTF-8, else base64.
#[derive(Debug, Serialize, ToSchema)]
enum Stderr {
    #[serde(rename = "stderr")]
    Text(String),
    #[serde(rename = "stderr_base64")]
    Binary(String),
}

/// All tests together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(super) struct SummaryView {
    passed: u32,
    total: u32,
    cpu_ms_max: f64,
    wall_ms_max: f64,
    memory_bytes_max: u64,
}

/// A submission, and what of its judgement is not in the JSON.
#[derive(Debug)]
pub(super) struct Shown {
    view: SubmissionView,
    elsewhere: Elsewhere,
}

impl Shown {
    /// With the judgement, where there is one.
    pub(super) fn new(mut standing: Standing) -> Self {
        let mut elsewhere = Elsewhere::new();
        let judgement = standing.record.judgement.take();
        let judgement =
            judgement.map(|judgement| JudgementView::new(standing.record.id, judgement, &mut elsewhere));
        let view = SubmissionView { judgement, ..SubmissionView::from(standing) };
        Self { view, elsewhere }
    }

    /// With a judgement that is not the newest: where files can be had are those of the newest.
    pub(super) fn older(standing: Standing) -> Self {
        let mut shown = Self::new(standing);
        let tests = shown.view.judgement.iter_mut().flat_map(|judgement| &mut judgement.tests);
        for file in tests.flat_map(|test| &mut test.files) {
            file.path = None;
        }
        shown
    }

    pub(super) fn is_final(&self) -> bool {
        matches!(self.view.state, State::Done | State::Cancelled)
    }

    /// The answer.
    pub(super) fn parts(self) -> Result<Parts, Problem> {
        let json = serde_json::to_string(&self.view).map_err(|_| Problem::Failed)?;
        Ok(self.elsewhere.cut(json))
    }
}

impl From<Standing> for SubmissionView {
    /// Without the judgement.
    fn from(standing: Standing) -> Self {
        let Standing { record, state, position, wait, tested } = standing;
        let Record {
            id,
            user,
            token,
            reference,
            language,
            problem,
            is_problem_removed,
            state: _,
            verdict,
            created_at,
            finished_at,
            rejudged_at,
            is_awaiting_rejudge,
            judgement: _,
        } = record;
        Self {
            id,
            state: state.into(),
            position,
            estimated_wait_ms: wait.map(estimate),
            language,
            problem: problem.map(|problem| ProblemView { removed: is_problem_removed, ..problem.into() }),
            user,
            token,
            reference,
            created_at,
            finished_at,
            rejudged_at,
            rejudging: is_awaiting_rejudge,
            verdict,
            progress: ProgressView::of(&tested),
            judgement: None,
        }
    }
}

impl From<ProblemRef> for ProblemView {
    fn from(ProblemRef { id, version }: ProblemRef) -> Self {
        Self { id, version: version.to_string(), removed: false }
    }
}

impl From<submissions::State> for State {
    fn from(state: submissions::State) -> Self {
        match state {
            submissions::State::Queued => Self::Queued,
            submissions::State::Compiling => Self::Compiling,
            submissions::State::Running => Self::Running,
            submissions::State::Done => Self::Done,
            submissions::State::Cancelled => Self::Cancelled,
        }
    }
}

impl From<State> for submissions::State {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Compiling => Self::Compiling,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Cancelled => Self::Cancelled,
        }
    }
}

impl JudgementView {
    fn new(id: SubmissionId, judgement: Judgement, elsewhere: &mut Elsewhere) -> Self {
        let Judgement {
            verdict: _,
            reason,
            compile,
            limits,
            score,
            groups,
            tests,
            summary,
            image,
            started_at,
        } = judgement;
        Self {
            reason,
            compile: compile.map(CompilationView::from),
            limits: limits.map(LimitsView::from),
            score,
            groups: groups.into_iter().map(GroupView::from).collect(),
            tests: tests.into_iter().map(|test| TestView::new(id, test, elsewhere)).collect(),
            summary: SummaryView::from(summary),
            image,
            started_at,
        }
    }
}

impl From<GroupResult> for GroupView {
    fn from(result: GroupResult) -> Self {
        let GroupResult { name, verdict, score, skipped } = result;
        Self { name, verdict, score, skipped }
    }
}

impl From<RunLimits> for LimitsView {
    fn from(limits: RunLimits) -> Self {
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = limits;
        Self {
            cpu_ms: millis(cpu),
            wall_ms: millis(wall),
            memory_bytes: memory.get(),
            stack_bytes: stack.get(),
            file_bytes: file.get(),
            output_bytes: output.get(),
            processes,
            open_files,
        }
    }
}

impl From<Compilation> for CompilationView {
    fn from(compilation: Compilation) -> Self {
        let Compilation { ok, log, log_truncated, cpu, wall, memory, cached, node, time_scale } = compilation;
        let (cpu_ms, wall_ms, memory_bytes) = (millis(cpu), millis(wall), memory.get());
        let time_scale = time_scale.map(TimeScale::factor);
        Self { ok, log, log_truncated, cpu_ms, wall_ms, memory_bytes, cached, node, time_scale }
    }
}

impl TestView {
    fn new(id: SubmissionId, result: TestResult, elsewhere: &mut Elsewhere) -> Self {
        let TestResult {
            index,
            name,
            hidden,
            verdict,
            exit_code,
            signal,
            reason,
            difference,
            limits,
            machine,
            cpu,
            wall,
            memory,
            score,
            feedback,
            stdout,
            stderr,
            transcript,
            files,
        } = result;
        Self {
            index,
            name,
            score,
            feedback,
            hidden,
            verdict,
            exit_code,
            signal,
            reason,
            difference: difference.map(DifferenceView::from),
            limits: limits.map(|limits| LimitsView::from(*limits)),
            time_scale: machine.as_ref().map(|machine| machine.time_scale.factor()),
            first_node: machine.as_ref().and_then(|machine| machine.first.clone()),
            node: machine.map(|machine| machine.node),
            cpu_ms: millis(cpu),
            wall_ms: millis(wall),
            memory_bytes: memory.get(),
            stdout_truncated: stdout.truncated,
            stdout: text_or_base64(stdout, elsewhere, Stdout::Text, Stdout::Binary),
            stderr_truncated: stderr.truncated,
            stderr: text_or_base64(stderr, elsewhere, Stderr::Text, Stderr::Binary),
            transcript: transcript.map(|text| text_or_base64(text, elsewhere, |text| text, |text| text)),
            files: files.into_iter().map(|file| FileView::new(file, id, index)).collect(),
        }
    }
}

impl From<FirstDifference> for DifferenceView {
    fn from(difference: FirstDifference) -> Self {
        let FirstDifference { line, column, expected, got } = difference;
        Self { line, column, expected, got }
    }
}

impl From<Summary> for SummaryView {
    fn from(summary: Summary) -> Self {
        let Summary { passed, total, cpu_max, wall_max, memory_max } = summary;
        Self {
            passed,
            total,
            cpu_ms_max: millis(cpu_max),
            wall_ms_max: millis(wall_max),
            memory_bytes_max: memory_max.get(),
        }
    }
}

fn text_or_base64<T>(
    stream: Stream,
    elsewhere: &mut Elsewhere,
    text: fn(String) -> T,
    binary: fn(String) -> T,
) -> T {
    let shown = match &stream.content {
        Content::Inline(bytes) if stream.is_text => String::from_utf8_lossy(bytes).into_owned(),
        Content::Inline(bytes) => STANDARD.encode(bytes),
        Content::Blob(_) | Content::Piece(_) => elsewhere.name(stream.content),
    };
    if stream.is_text { text(shown) } else { binary(shown) }
}

/// Whole milliseconds: more than that no estimate tells.
pub(super) fn estimate(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// To the microsecond.
pub(super) fn millis(duration: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    let micros = duration.as_micros() as f64;
    micros / 1000.0
}

pub(super) fn time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

pub(super) fn maybe_time<S: Serializer>(
    moment: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => time(moment, serializer),
        None => serializer.serialize_none(),
    }
}
