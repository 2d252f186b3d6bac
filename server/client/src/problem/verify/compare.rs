//! What came of a submission, beside what is expected of it.

use gavel_problem::data::{Group, Rules};
use gavel_problem::submissions::{Expectation, Submission as Example};
use gavel_problem::{Package, Verdict};

use crate::amount;
use crate::submission::Submission;

/// Scores are sums of numbers with fractions.
const NEARLY: f64 = 1e-6;

/// The package's verdict for the server's name of one; none where the judge failed.
pub(super) fn verdict(name: &str) -> Option<Verdict> {
    Some(match name {
        "Accepted" => Verdict::Accepted,
        "WrongAnswer" => Verdict::WrongAnswer,
        "CompileError" => Verdict::CompileError,
        "RuntimeError" => Verdict::RunTimeError,
        "TimeLimitExceeded" => Verdict::TimeLimitExceeded,
        "MemoryLimitExceeded" => Verdict::MemoryLimitExceeded,
        "OutputLimitExceeded" => Verdict::OutputLimitExceeded,
        "JudgeError" => Verdict::JudgeError,
        _ => return None,
    })
}

/// The best score that a package's rules allow, if they tell it.
pub(super) fn best_score(package: &Package) -> Option<f64> {
    let best = |group: &Group| match &group.rules {
        Rules::Current(rules) => rules.max_score,
        Rules::Legacy(_) => None,
    };
    package.data.root.find("secret").and_then(best)
}

/// What is not as expected, a sentence each.
pub(super) fn disagreements(example: &Example, got: &Submission, best: Option<f64>) -> Vec<String> {
    let name = got.outcome();
    let reason = got.reason.as_deref().or_else(|| of_test(got, name));
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let Some(overall) = verdict(name) else { return vec![format!("the judge failed ({name}){reason}")] };
    if overall == Verdict::JudgeError {
        return vec![format!("the problem failed (JudgeError){reason}")];
    }
    let mut told = Vec::new();
    if !example.overall.is_empty() && !example.overall.contains(&overall) {
        told.push(format!("expected {}, got {}", codes(&example.overall), overall.code()));
    }
    if example.partial {
        told.extend(partial(overall, got.score, best));
    }
    told.extend(example.expected.iter().flat_map(|expected| of_expectation(expected, overall, got)));
    told
}

/// What is told of the first test that ended so.
fn of_test<'a>(got: &'a Submission, verdict: &str) -> Option<&'a str> {
    got.tests().iter().find(|test| test.verdict == verdict)?.reason.as_deref()
}

fn partial(overall: Verdict, score: Option<f64>, best: Option<f64>) -> Option<String> {
    let Some(score) = score else {
        return Some(format!("expected a part of the score, got none ({})", overall.code()));
    };
    let is_best = best.is_some_and(|best| score >= best - NEARLY);
    is_best.then(|| format!("expected a part of the score, got {}, which is all of it", amount::score(score)))
}

fn of_expectation(expected: &Expectation, overall: Verdict, got: &Submission) -> Vec<String> {
    let mut told: Vec<String> = verdicts(expected, overall, got).into_iter().collect();
    told.extend(expected.score.and_then(|range| score(expected, range, got)));
    told.extend(expected.message.as_deref().and_then(|message| said(expected, message, got)));
    told
}

/// Each test's name and verdict; a program that was not run at all has one verdict for all of them.
fn about<'a>(expected: &Expectation, overall: Verdict, got: &'a Submission) -> Vec<(&'a str, Verdict)> {
    if got.tests().is_empty() {
        return vec![("the whole", overall)];
    }
    let named =
        got.tests().iter().map(|test| (test.name.as_deref().unwrap_or("a test"), verdict(&test.verdict)));
    let named = named.map(|(name, verdict)| (name, verdict.unwrap_or(Verdict::JudgeError)));
    named.filter(|(name, _)| expected.is_about(name)).collect()
}

fn verdicts(expected: &Expectation, overall: Verdict, got: &Submission) -> Option<String> {
    let results = about(expected, overall, got);
    let verdicts: Vec<_> = results.iter().map(|(_, verdict)| *verdict).collect();
    let where_ = expected.cases.as_ref().map(|cases| format!(" in {}", cases.as_str())).unwrap_or_default();
    if results.is_empty() {
        return Some(format!("no test was run{where_}"));
    }
    if expected.allows(&verdicts) {
        return None;
    }
    let alone = |verdict: Verdict| {
        Expectation { required: expected.permitted.clone(), ..expected.clone() }.allows(&[verdict])
    };
    match results.iter().find(|(_, verdict)| !alone(*verdict)) {
        Some((name, verdict)) => {
            let (permitted, why) = (codes(&expected.permitted), because(got, name));
            Some(format!("only {permitted} permitted{where_}, got {} in {name}{why}", verdict.code()))
        }
        None => Some(format!("{} required{where_}, got {}", codes(&expected.required), codes(&verdicts))),
    }
}

/// Why a test has its verdict, behind a sentence; or the whole, where it is none.
pub(super) fn because(got: &Submission, name: &str) -> String {
    let is_said = |said: &&str| !said.trim().is_empty();
    let log = got.log();
    let reason = match got.tests().iter().find(|test| test.name.as_deref() == Some(name)) {
        Some(test) => test.reason.as_deref().filter(is_said),
        // It was not run at all.
        None => got.reason.as_deref().filter(is_said).or_else(|| first_error(&log)),
    };
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}

/// The line of a compiler's log that tells most in one.
fn first_error(log: &str) -> Option<&str> {
    let lines = || log.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(|line| line.to_ascii_lowercase().contains("error")).or_else(|| lines().next())
}

/// The score of the whole, or of each group that this is about.
fn score(expected: &Expectation, (least, most): (f64, f64), got: &Submission) -> Option<String> {
    let groups = got.groups.as_deref().unwrap_or_default();
    let scores: Vec<(&str, f64)> = match &expected.cases {
        None => got.score.map(|score| ("the whole", score)).into_iter().collect(),
        Some(pattern) => {
            // Exactly the groups of that name, not those below.
            let depth = |name: &str| name.split('/').count();
            let is_one = |name: &str| pattern.matches(name) && depth(name) == depth(pattern.as_str());
            let of_group = groups.iter().filter(|group| is_one(&group.name));
            of_group.filter_map(|group| Some((group.name.as_str(), group.score?))).collect()
        }
    };
    let range = if least == most {
        amount::score(least)
    } else {
        format!("{} to {}", amount::score(least), amount::score(most))
    };
    if scores.is_empty() {
        return Some(format!("a score of {range} expected, got none"));
    }
    let wrong = scores.iter().find(|(_, score)| *score < least - NEARLY || *score > most + NEARLY)?;
    Some(format!("a score of {range} expected, got {} in {}", amount::score(wrong.1), wrong.0))
}

fn said(expected: &Expectation, message: &str, got: &Submission) -> Option<String> {
    let tests =
        got.tests().iter().filter(|test| test.name.as_deref().is_some_and(|name| expected.is_about(name)));
    let said = |text: Option<&str>| text.is_some_and(|text| text.contains(message));
    let found = tests.clone().any(|test| said(test.reason.as_deref()) || said(test.feedback.as_deref()));
    (!found).then(|| format!("no validator's message holds \"{message}\""))
}

/// Verdicts in a sentence, each once.
pub(super) fn codes(verdicts: &[Verdict]) -> String {
    let mut codes: Vec<_> = verdicts.iter().map(|verdict| verdict.code()).collect();
    let mut seen = std::collections::BTreeSet::new();
    codes.retain(|code| seen.insert(*code));
    codes.join("/")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gavel_problem::submissions::Pattern;
    use serde_json::{Value, json};

    use super::*;

    fn example(permitted: &[Verdict], required: &[Verdict]) -> Example {
        let expected = Expectation {
            permitted: permitted.to_vec(),
            required: required.to_vec(),
            ..Expectation::default()
        };
        Example { expected: vec![Arc::new(expected)], ..Example::default() }
    }

    fn accepted() -> Example {
        example(&[Verdict::Accepted], &[Verdict::Accepted])
    }

    fn judged(verdict: &str, tests: &[(&str, &str)]) -> Value {
        let tests: Vec<_> =
            tests.iter().map(|(name, verdict)| json!({"name": name, "verdict": verdict})).collect();
        json!({"verdict": verdict, "tests": tests, "reason": "why"})
    }

    fn told(example: &Example, judged: Value, best: Option<f64>) -> Vec<String> {
        disagreements(example, &serde_json::from_value(judged).unwrap(), best)
    }

    fn about(cases: &str, expected: Expectation) -> Example {
        let expected = Expectation { cases: Some(Pattern::parse(cases).unwrap()), ..expected };
        Example { expected: vec![Arc::new(expected)], ..Example::default() }
    }

    #[test]
    fn agreement_is_silent() {
        assert!(told(&accepted(), judged("Accepted", &[("secret/1", "Accepted")]), None).is_empty());
        let slow = example(&[Verdict::Accepted, Verdict::TimeLimitExceeded], &[Verdict::TimeLimitExceeded]);
        let tests = [("secret/1", "Accepted"), ("secret/2", "TimeLimitExceeded")];
        assert!(told(&slow, judged("TimeLimitExceeded", &tests), None).is_empty());
        let broken = example(&[Verdict::CompileError], &[Verdict::CompileError]);
        assert!(told(&broken, judged("CompileError", &[]), None).is_empty());
        assert!(told(&Example::default(), judged("WrongAnswer", &[]), None).is_empty());
    }

    #[test]
    fn a_verdict_that_is_not_permitted_is_told_with_its_test() {
        let tests = [("sample/1", "Accepted"), ("secret/2", "TimeLimitExceeded")];
        let mut slow = judged("TimeLimitExceeded", &tests);
        slow["tests"][1]["reason"] = json!("used 4 s of 3 s on the clock");
        let why = "only AC permitted, got TLE in secret/2: used 4 s of 3 s on the clock";
        assert_eq!(told(&accepted(), slow, None), [why]);
        let tests = [("sample/1", "Accepted"), ("secret/2", "RuntimeError")];
        assert_eq!(
            told(&accepted(), judged("RuntimeError", &tests), None),
            ["only AC permitted, got RTE in secret/2"]
        );
        assert_eq!(
            told(&accepted(), judged("CompileError", &[]), None),
            ["only AC permitted, got CE in the whole: why"]
        );
        let mut broken = judged("CompileError", &[]);
        broken["reason"] = json!(null);
        broken["compile"] = json!({"log": "a.c: In function 'main':\na.c:3:1: error: what?\n"});
        assert_eq!(
            told(&accepted(), broken.clone(), None),
            ["only AC permitted, got CE in the whole: a.c:3:1: error: what?"]
        );
        broken["compile"]["log"] = json!("");
        assert_eq!(told(&accepted(), broken, None), ["only AC permitted, got CE in the whole"]);
    }

    #[test]
    fn a_verdict_that_is_missing_is_told() {
        let wrong = example(&[Verdict::Accepted, Verdict::WrongAnswer], &[Verdict::WrongAnswer]);
        let tests = [("secret/1", "Accepted"), ("secret/2", "Accepted")];
        assert_eq!(told(&wrong, judged("Accepted", &tests), None), ["WA required, got AC"]);
    }

    #[test]
    fn too_much_memory_is_a_crash_where_the_format_has_no_other_word() {
        let crash = example(&[Verdict::Accepted, Verdict::RunTimeError], &[Verdict::RunTimeError]);
        assert!(
            told(&crash, judged("MemoryLimitExceeded", &[("secret/1", "MemoryLimitExceeded")]), None)
                .is_empty()
        );
    }

    #[test]
    fn failures_of_judge_and_problem_agree_with_nothing() {
        let anything = Example::default();
        assert_eq!(
            told(&anything, judged("JudgeError", &[]), None),
            ["the problem failed (JudgeError): why"]
        );
        let mut crashed = judged("JudgeError", &[("secret/1", "Accepted"), ("secret/2", "JudgeError")]);
        crashed["reason"] = json!(null);
        crashed["tests"][1]["reason"] = json!("the problem's validator exited with status 1");
        assert_eq!(
            told(&anything, crashed, None),
            ["the problem failed (JudgeError): the problem's validator exited with status 1"]
        );
        assert_eq!(
            told(&anything, judged("InternalError", &[]), None),
            ["the judge failed (InternalError): why"]
        );
        assert_eq!(told(&anything, json!({"state": "cancelled"}), None), ["the judge failed (cancelled)"]);
    }

    #[test]
    fn the_whole_verdict_may_be_what_counts() {
        let annotated =
            Example { overall: vec![Verdict::Accepted, Verdict::TimeLimitExceeded], ..Example::default() };
        assert!(told(&annotated, judged("TimeLimitExceeded", &[]), None).is_empty());
        assert_eq!(told(&annotated, judged("WrongAnswer", &[]), None), ["expected AC/TLE, got WA"]);
    }

    #[test]
    fn rules_may_be_about_some_tests() {
        let rule = Expectation {
            permitted: vec![Verdict::Accepted],
            required: vec![Verdict::Accepted],
            ..Expectation::default()
        };
        let easy = about("secret/easy", rule);
        let tests = [("secret/easy/1", "Accepted"), ("secret/hard/1", "WrongAnswer")];
        assert!(told(&easy, judged("WrongAnswer", &tests), None).is_empty());
        let tests = [("secret/easy/1", "WrongAnswer")];
        assert_eq!(
            told(&easy, judged("WrongAnswer", &tests), None),
            ["only AC permitted in secret/easy, got WA in secret/easy/1"]
        );
        let tests = [("secret/hard/1", "Accepted")];
        assert_eq!(told(&easy, judged("Accepted", &tests), None), ["no test was run in secret/easy"]);
    }

    #[test]
    fn scores_have_ranges_of_the_whole_and_of_groups() {
        let any = [Verdict::Accepted, Verdict::WrongAnswer];
        let rule = |score| Expectation {
            permitted: any.to_vec(),
            required: any.to_vec(),
            score: Some(score),
            ..Expectation::default()
        };
        let mut value = judged("WrongAnswer", &[("secret/a/1", "Accepted")]);
        value["score"] = json!(40.000_000_1);
        value["groups"] = json!([{"name": "secret/a", "score": 40}, {"name": "secret/a/b", "score": 7}]);
        let whole = |score| Example { expected: vec![Arc::new(rule(score))], ..Example::default() };
        assert!(told(&whole((40.0, 40.0)), value.clone(), None).is_empty());
        assert_eq!(
            told(&whole((50.0, 60.0)), value.clone(), None),
            ["a score of 50 to 60 expected, got 40 in the whole"]
        );
        assert!(told(&about("secret/a", rule((40.0, 40.0))), value.clone(), None).is_empty());
        assert_eq!(
            told(&about("secret/*", rule((0.0, 0.0))), value.clone(), None),
            ["a score of 0 expected, got 40 in secret/a"]
        );
        let ungraded = judged("Accepted", &[("secret/a/1", "Accepted")]);
        assert_eq!(told(&whole((1.0, 1.0)), ungraded, None), ["a score of 1 expected, got none"]);
    }

    #[test]
    fn a_part_of_the_score_is_less_than_all_of_it() {
        let partial = Example { partial: true, ..Example::default() };
        let scored = |score: f64| json!({"verdict": "Accepted", "score": score});
        assert!(told(&partial, scored(40.0), Some(100.0)).is_empty());
        assert!(told(&partial, scored(100.0), None).is_empty());
        assert_eq!(
            told(&partial, scored(100.0), Some(100.0)),
            ["expected a part of the score, got 100, which is all of it"]
        );
        assert_eq!(
            told(&partial, judged("WrongAnswer", &[]), None),
            ["expected a part of the score, got none (WA)"]
        );
    }

    #[test]
    fn a_validators_message_is_looked_for() {
        let any = vec![Verdict::WrongAnswer];
        let rule = Expectation {
            permitted: any.clone(),
            required: any,
            message: Some("too large".into()),
            ..Expectation::default()
        };
        let example = Example { expected: vec![Arc::new(rule)], ..Example::default() };
        let mut value = judged("WrongAnswer", &[("secret/1", "WrongAnswer")]);
        assert_eq!(told(&example, value.clone(), None), ["no validator's message holds \"too large\""]);
        value["tests"][0]["feedback"] = json!("it is too large");
        assert!(told(&example, value, None).is_empty());
    }
}
