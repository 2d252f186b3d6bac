//! Judgements in rows: what of them may be without end is cut.

use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use super::{ContentRow, LimitsRow, RowError, verdict};
use crate::content::Content;
use crate::judge::{
    Compilation, FirstDifference, GroupResult, HandedFile, Judgement, Machine, Stream, Summary, TestResult,
    TimeScale,
};
use crate::store::{millis, time};

/// A judgement.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct JudgementRow {
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_scale: Option<TimeScale>,
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
    pub(in crate::store) fn of(judgement: &Judgement) -> Self {
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

    pub(in crate::store) fn judgement(self) -> Result<Judgement, RowError> {
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

impl CompilationRow {
    fn of(compilation: &Compilation) -> Self {
        let Compilation { ok, log, log_truncated, cpu, wall, memory, cached, node, time_scale } = compilation;
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
            time_scale: *time_scale,
        }
    }

    fn compilation(self) -> Compilation {
        let Self { ok, log, log_truncated, cpu, wall, memory, cached, node, time_scale } = self;
        Compilation { ok, log, log_truncated, cpu, wall, memory: Bytes(memory), cached, node, time_scale }
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
    use crate::judge::Verdict;
    use crate::judge::test_support::LIMITS;

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
    fn files_machines_and_limits_of_results_come_back() {
        let file = |missing: Option<&str>| HandedFile {
            name: "plot.png".to_owned(),
            content: if missing.is_none() { vec![0xff].into() } else { Content::default() },
            missing: missing.map(str::to_owned),
        };
        let result = TestResult {
            limits: Some(Box::new(LIMITS)),
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
}
