//! The table of verified submissions.

use gavel_problem::submissions::{Expectation, Submission as Example};
use serde_json::{Value, json};

use super::compare::codes;
use super::examples::Judged;
use crate::amount;
use crate::paint::Colour;
use crate::submission::{Submission, Test};
use crate::table::{self, Cell};
use crate::terminal::Terminal;
use crate::text;

/// A submission, and how what came of it agrees with what is expected.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    path: String,
    language: String,
    expected: String,
    judged: Judged,
    disagreements: Vec<String>,
}

impl Verified {
    pub(super) fn new(
        example: &Example,
        language: Option<&str>,
        judged: Judged,
        disagreements: Vec<String>,
    ) -> Self {
        let path = &example.program.path;
        Self {
            path: path.strip_prefix("submissions/").unwrap_or(path).to_owned(),
            language: language.unwrap_or_default().to_owned(),
            expected: expected(example),
            judged,
            disagreements,
        }
    }

    /// It is as expected.
    pub(super) fn is_good(&self) -> bool {
        self.disagreements.is_empty()
    }

    /// Its language is not there, or not the package's.
    pub(super) fn is_skipped(&self) -> bool {
        matches!(self.judged, Judged::Skipped(_))
    }

    /// As JSON. Times are milliseconds, sizes bytes.
    pub(super) fn json(&self) -> Value {
        let submission = self.submission();
        let slowest = submission.and_then(slowest);
        json!({
            "path": self.path,
            "language": self.language,
            "expected": self.expected,
            "verdict": submission.map(Submission::outcome),
            "score": submission.and_then(|submission| submission.score),
            "slowest_test": slowest.and_then(|test| test.name.as_deref()),
            "cpu_ms_max": slowest.and_then(|test| test.cpu_ms),
            "memory_bytes_max": submission.and_then(memory),
            "good": self.is_good(),
            "skipped": self.is_skipped(),
            "disagreements": self.disagreements,
        })
    }

    fn submission(&self) -> Option<&Submission> {
        match &self.judged {
            Judged::Result(submission) => Some(submission),
            Judged::Not(_) | Judged::Skipped(_) => None,
        }
    }

    fn row(&self) -> [Cell; 8] {
        let submission = self.submission();
        let slowest = submission.and_then(slowest);
        let number = |text: Option<String>| Cell::number(&text.unwrap_or_default());
        [
            if self.is_skipped() {
                Cell::coloured(Colour::Yellow, "skip")
            } else if self.is_good() {
                Cell::coloured(Colour::Green, "ok")
            } else {
                Cell::coloured(Colour::Red, "NOT")
            },
            Cell::text(&self.path),
            Cell::text(&self.language),
            Cell::text(&self.expected),
            submission
                .map_or_else(|| Cell::text("not judged"), |submission| Cell::verdict(submission.outcome())),
            number(submission.and_then(|submission| submission.score).map(amount::score)),
            Cell::text(&slowest.map(told).unwrap_or_default()),
            number(submission.and_then(memory).map(amount::memory)),
        ]
    }
}

/// The table, then what disagrees and why, then how many.
pub(super) fn report(verified: &[Verified], terminal: &Terminal<'_>) -> String {
    let rows: Vec<_> = verified.iter().map(Verified::row).collect();
    let heads = ["", "SUBMISSION", "LANGUAGE", "EXPECTED", "GOT", "SCORE", "SLOWEST", "MEMORY"];
    let mut report = table::lines(heads, &rows, terminal);
    report.push('\n');
    for one in verified {
        if let Judged::Skipped(why) = &one.judged {
            report.push_str(&format!("{}: skipped: {}\n", text::line(&one.path), text::line(why)));
        }
        for why in &one.disagreements {
            report.push_str(&format!("{}: {}\n", text::line(&one.path), text::line(why)));
        }
    }
    let skipped = verified.iter().filter(|one| one.is_skipped()).count();
    let (good, all) =
        (verified.iter().filter(|one| one.is_good()).count() - skipped, verified.len() - skipped);
    let colour = if good == all { Colour::Green } else { Colour::Red };
    let skipped = if skipped > 0 { format!(", {skipped} more skipped") } else { String::new() };
    let conclusion = format!("{good} of {all} submissions are as expected{skipped}");
    report.push_str(&terminal.painted(colour, &conclusion));
    report.push('\n');
    report
}

/// What is expected, in a few letters.
fn expected(example: &Example) -> String {
    let rule = |expected: &Expectation| match &expected.cases {
        None => codes(&expected.required),
        Some(cases) => format!("{} in {}", codes(&expected.required), cases.as_str()),
    };
    match (example.overall.as_slice(), example.expected.as_slice()) {
        _ if example.partial => "a part".to_owned(),
        ([], []) => "anything".to_owned(),
        ([], [only]) => rule(only),
        ([], [first, more @ ..]) => format!("{} +{}", rule(first), more.len()),
        (overall, _) => codes(overall),
    }
}

fn slowest(submission: &Submission) -> Option<&Test> {
    let time = |test: &Test| test.cpu_ms.unwrap_or(-1.0);
    submission.tests().iter().max_by(|one, other| time(one).total_cmp(&time(other)))
}

fn told(test: &Test) -> String {
    let time = test.cpu_ms.map(amount::time).unwrap_or_default();
    match &test.name {
        Some(name) => format!("{time} ({name})"),
        None => time,
    }
}

fn memory(submission: &Submission) -> Option<u64> {
    submission.tests().iter().filter_map(|test| test.memory_bytes).max()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gavel_problem::Verdict;
    use gavel_problem::program::Program;

    use super::*;

    fn verified(path: &str, required: Verdict, judged: Judged, disagreements: &[&str]) -> Verified {
        let expected = Expectation { required: vec![required], ..Expectation::default() };
        let example = Example {
            program: Program { path: format!("submissions/{path}"), ..Program::default() },
            expected: vec![Arc::new(expected)],
            ..Example::default()
        };
        let disagreements = disagreements.iter().map(|why| (*why).to_owned()).collect();
        Verified::new(&example, Some("cpp20"), judged, disagreements)
    }

    fn judged(verdict: &str, times: [f64; 2]) -> Judged {
        let value = json!({"verdict": verdict, "tests": [
            {"name": "secret/1", "verdict": "Accepted", "cpu_ms": times[0], "memory_bytes": 1_048_576},
            {"name": "secret/2", "verdict": verdict, "cpu_ms": times[1], "memory_bytes": 3_145_728}]});
        Judged::Result(Box::new(serde_json::from_value(value).unwrap()))
    }

    fn both() -> [Verified; 3] {
        [
            verified("accepted/a.cpp", Verdict::Accepted, judged("Accepted", [12.0, 3.0]), &[]),
            verified(
                "wrong_answer/w.cpp",
                Verdict::WrongAnswer,
                judged("TimeLimitExceeded", [1.0, 1020.0]),
                &["got\u{7} TLE"],
            ),
            verified("accepted/b.hs", Verdict::Accepted, Judged::Not("x".into()), &["not judged: x"]),
        ]
    }

    #[test]
    fn a_table_tells_who_disagrees_and_why() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let terminal = Terminal { out: &mut out, err: &mut err, colour: false, live: false };
        let expected = "     \
SUBMISSION          LANGUAGE  EXPECTED  GOT                SLOWEST              MEMORY
ok   accepted/a.cpp      cpp20     AC        Accepted           12.0 ms (secret/1)  3.0 MiB
NOT  wrong_answer/w.cpp  cpp20     WA        TimeLimitExceeded  1.02 s (secret/2)   3.0 MiB
NOT  accepted/b.hs       cpp20     AC        not judged

wrong_answer/w.cpp: got␇ TLE
accepted/b.hs: not judged: x
1 of 3 submissions are as expected
";
        assert_eq!(report(&both(), &terminal), expected);
    }

    #[test]
    fn json_has_the_same() {
        let value = both()[1].json();
        let expected = json!({"path": "wrong_answer/w.cpp", "language": "cpp20", "expected": "WA",
            "verdict": "TimeLimitExceeded", "score": null, "slowest_test": "secret/2", "cpu_ms_max": 1020.0,
            "memory_bytes_max": 3_145_728, "good": false, "skipped": false, "disagreements": ["got\u{7} TLE"]});
        assert_eq!(value, expected);
    }
}
