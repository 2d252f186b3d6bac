//! What a judgement looks like.

use super::tests::Tests;
use crate::amount;
use crate::paint::Colour;
use crate::submission::{Group, Submission, Test};
use crate::table::{self, Cell};
use crate::terminal::Terminal;
use crate::text;

/// The verdict, the groups, the tests, what the program wrote where nobody compared it, and the compiler's log.
pub(crate) fn report(submission: &Submission, tests: &Tests, terminal: &Terminal<'_>) -> String {
    let mut report = heading(submission, terminal);
    let mut add = |title: &str, block: String| {
        if !block.is_empty() {
            report.push_str(&format!("\n{title}{block}"));
        }
    };
    add("", groups(submission.groups.as_deref().unwrap_or_default(), terminal));
    let results = submission.tests();
    match results {
        [only] if tests.are_none() && only.name.is_none() => {
            add("standard output:\n", text::block(&only.stdout()));
            add("standard error:\n", text::block(&only.stderr()));
        }
        _ => add("", table(results, tests, terminal)),
    }
    add("the compiler says:\n", text::block(&submission.log()));
    report
}

fn heading(submission: &Submission, terminal: &Terminal<'_>) -> String {
    let outcome = text::line(submission.outcome());
    let mut parts = vec![terminal.painted(Colour::of_verdict(&outcome), &outcome)];
    if let Some(score) = submission.score {
        parts.push(format!("score {}", amount::score(score)));
    }
    if let Some(summary) = submission.summary.as_ref().filter(|summary| summary.total > 0) {
        parts.push(format!("{} of {} tests passed", summary.passed, summary.total));
    }
    let tests = submission.tests();
    let times = tests.iter().filter_map(|test| test.cpu_ms);
    parts.extend(times.max_by(f64::total_cmp).map(amount::time));
    parts.extend(tests.iter().filter_map(|test| test.memory_bytes).max().map(amount::memory));
    let heading = parts.join(", ");
    match submission.reason.as_deref().map(text::line) {
        Some(reason) if !reason.is_empty() => format!("{heading}: {reason}\n"),
        _ => format!("{heading}\n"),
    }
}

fn groups(groups: &[Group], terminal: &Terminal<'_>) -> String {
    let row = |group: &Group| {
        let verdict = match (&group.verdict, group.skipped) {
            (_, true) => Cell::text("skipped"),
            (Some(verdict), false) => Cell::verdict(verdict),
            (None, false) => Cell::text(""),
        };
        let name = if group.name.is_empty() { "all" } else { &group.name };
        [Cell::text(name), verdict, Cell::number(&group.score.map(amount::score).unwrap_or_default())]
    };
    let rows: Vec<_> = groups.iter().map(row).collect();
    if rows.is_empty() { String::new() } else { table::lines(["GROUP", "VERDICT", "SCORE"], &rows, terminal) }
}

fn table(results: &[Test], tests: &Tests, terminal: &Terminal<'_>) -> String {
    let row = |(index, test): (usize, &Test)| {
        let number = (index + 1).to_string();
        let name = test.name.as_deref().or_else(|| tests.name(index)).unwrap_or(&number);
        [
            Cell::text(name),
            Cell::verdict(&test.verdict),
            Cell::number(&test.score.map(amount::score).unwrap_or_default()),
            Cell::number(&test.cpu_ms.map(amount::time).unwrap_or_default()),
            Cell::number(&test.memory_bytes.map(amount::memory).unwrap_or_default()),
            Cell::text(&said(test)),
        ]
    };
    let rows: Vec<_> = results.iter().enumerate().map(row).collect();
    let heads = ["TEST", "VERDICT", "SCORE", "TIME", "MEMORY", "REASON"];
    if rows.is_empty() { String::new() } else { table::lines(heads, &rows, terminal) }
}

/// What the judge says of a test, and what the problem's validator does.
fn said(test: &Test) -> String {
    let difference = test.difference.as_ref().map(ToString::to_string);
    let said = [difference.as_deref().or(test.reason.as_deref()), test.feedback.as_deref()];
    said.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(value: Value, colour: bool) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let terminal = Terminal { out: &mut out, err: &mut err, colour, live: false };
        report(&serde_json::from_value(value).unwrap(), &Tests::default(), &terminal)
    }

    #[test]
    fn a_judgement_is_a_line_and_a_table() {
        let judged = json!({"verdict": "WrongAnswer", "state": "done", "reason": null,
            "compile": {"log": "main.c:1: \u{1b}[31mwarning\u{1b}[0m\n"},
            "tests": [{"verdict": "Accepted", "cpu_ms": 1.407, "memory_bytes": 774_144},
                      {"verdict": "WrongAnswer", "cpu_ms": 1520.0, "memory_bytes": 33_615_872, "reason": "line 1: \"5\",\n\texpected \"6\""}],
            "summary": {"passed": 1, "total": 2}});
        let expected = "\
WrongAnswer, 1 of 2 tests passed, 1.52 s, 32.1 MiB

TEST  VERDICT        TIME    MEMORY  REASON
1     Accepted     1.4 ms   0.7 MiB
2     WrongAnswer  1.52 s  32.1 MiB  line 1: \"5\",  expected \"6\"

the compiler says:
main.c:1: ␛[31mwarning␛[0m
";
        assert_eq!(shown(judged.clone(), false), expected);
        assert!(shown(judged, true).starts_with("\u{1b}[31mWrongAnswer\u{1b}[0m, 1 of 2"));
    }

    #[test]
    fn a_scoring_problem_has_groups() {
        let judged = json!({"verdict": "Accepted", "score": 60.0,
            "groups": [{"name": "secret/easy", "verdict": "Accepted", "score": 60.0, "skipped": false},
                       {"name": "secret/hard", "verdict": null, "score": 0.0, "skipped": true},
                       {"name": "", "verdict": "Accepted", "score": 60.5}],
            "tests": [{"name": "secret/easy/1", "verdict": "Accepted", "cpu_ms": 10.0, "memory_bytes": 1_048_576,
                       "reason": "", "feedback": "well\ndone"}]});
        let expected = "\
Accepted, score 60, 10.0 ms, 1.0 MiB

GROUP        VERDICT   SCORE
secret/easy  Accepted     60
secret/hard  skipped       0
all          Accepted   60.5

TEST           VERDICT      TIME   MEMORY  REASON
secret/easy/1  Accepted  10.0 ms  1.0 MiB  well done
";
        assert_eq!(shown(judged, false), expected);
    }

    #[test]
    fn what_a_program_wrote_is_shown_where_nothing_compares_it() {
        let judged = json!({"verdict": "RuntimeError", "reason": "exit status 3",
            "tests": [{"verdict": "RuntimeError", "stdout": "a\u{9b}2Jb", "stderr": "e\n", "cpu_ms": 1.0}]});
        let expected = "\
RuntimeError, 1.0 ms: exit status 3

standard output:
a\u{fffd}2Jb

standard error:
e
";
        assert_eq!(shown(judged, false), expected);
    }

    #[test]
    fn a_wrong_output_is_shown_beside_the_expected_one() {
        let shown = |difference: Value| {
            let judged = json!({"verdict": "WrongAnswer", "tests": [
                {"name": "1", "verdict": "WrongAnswer", "reason": "the output differs", "difference": difference}]});
            shown(judged, false).trim_end().rsplit("  ").next().unwrap().to_owned()
        };
        let both = json!({"line": 2, "column": 3, "expected": "6", "got": "\u{1b}5"});
        assert_eq!(shown(both), "line 2, column 3: expected \"6\", got \"␛5\"");
        let short = json!({"line": 2, "column": 1, "expected": "6", "got": null});
        assert_eq!(shown(short), "line 2, column 1: expected \"6\", got nothing more");
        let long = json!({"line": 2, "column": 1, "expected": null, "got": "7"});
        assert_eq!(shown(long), "line 2, column 1: expected nothing more, got \"7\"");
        assert_eq!(shown(Value::Null), "the output differs");
    }

    #[test]
    fn a_program_that_does_not_compile_has_a_log() {
        let judged = json!({"verdict": "CompileError", "compile": {"log_base64": "ZXJyb3I="}, "tests": []});
        assert_eq!(shown(judged, false), "CompileError\n\nthe compiler says:\nerror\n");
        assert_eq!(shown(json!({"state": "cancelled"}), false), "cancelled\n");
    }
}
