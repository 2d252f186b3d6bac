//! What is submitted, in rows.

use std::collections::BTreeMap;

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};

use super::{ContentRow, LimitsRow, RowError};
use crate::submission::{CaseLimits, Checker, Flags, Isolation, Submission, SubmissionId, TestCase};

/// Sources and limits.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct ProgramRow {
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
pub(in crate::store) struct TestRow {
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
pub(in crate::store) struct RequestRow {
    tests: Vec<TestRow>,
    #[serde(flatten)]
    program: ProgramRow,
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

impl ProgramRow {
    pub(in crate::store) fn of(submission: &Submission) -> Self {
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
    pub(in crate::store) fn submission(
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
    pub(in crate::store) fn submission(
        self,
        id: SubmissionId,
        language: String,
        user: Option<String>,
    ) -> Result<Submission, RowError> {
        self.program.submission(id, language, user, self.tests)
    }
}

impl TestRow {
    pub(in crate::store) fn of(test: &TestCase) -> Self {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::submission::RunLimits;

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
    }
}
