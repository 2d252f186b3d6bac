//! The time limit that follows from a package's own submissions (2025-09, "Timelimit inference"): so many times what the
//! slowest one takes that must not be too slow, and exceeded by far by those that must be.

use gavel_problem::own::{LanguageLimits, Own};
use gavel_problem::submissions::{Submission as Example, TimeLimitUse};
use gavel_problem::{Package, Verdict};
use serde_json::{Value, json};

use super::examples::{Judged, One};
use crate::amount;
use crate::languages::Language;
use crate::submission::Submission;
use crate::submit::answers;
use crate::text;

/// What follows for the time limit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimeLimit {
    /// Seconds; none where nothing was measured.
    suggested: Option<f64>,
    /// Seconds that the package has.
    given: Option<f64>,
    /// What the suggestion is a multiple of.
    slowest: Option<Measured>,
    times: f64,
    /// Those that must be too slow, and whether they are that; none: not known.
    slow: Vec<(Measured, Option<bool>)>,
    margin: f64,
}

/// What a submission took.
#[derive(Debug, Clone, PartialEq)]
struct Measured {
    path: String,
    test: String,
    /// Seconds, without what its language is allowed on top.
    seconds: f64,
    /// It took that, and was stopped.
    stopped: bool,
}

/// Seconds that submissions have from which a limit is to be found. What takes longer is stopped: nobody waits for hours for programs
/// that do not end.
pub(super) const UNTIL_FOUND: f64 = 10.0;

/// Whether a package's limit follows from what this takes.
pub(super) fn is_measured((example, language): One<'_>) -> bool {
    use_of(example) == TimeLimitUse::Lower && language.is_some_and(|id| id != answers::LANGUAGE)
}

impl TimeLimit {
    pub(super) fn of(package: &Package, languages: &[Language], all: &[(One<'_>, &Judged)]) -> Self {
        let measured = |wanted: TimeLimitUse| {
            let of_use = all.iter().filter(move |one| use_of(one.0.0) == wanted);
            of_use.filter_map(|one| measured(*one, &package.own, languages))
        };
        let limits = &package.metadata.limits;
        let slowest = measured(TimeLimitUse::Lower).max_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let suggested =
            slowest.as_ref().map(|one| above(one.seconds * limits.ac_to_time_limit, limits.time_resolution));
        let slow = measured(TimeLimitUse::Upper).map(|one| {
            let is_slow = suggested.and_then(|limit| {
                let is_slow = one.seconds >= limit * limits.time_limit_to_tle;
                // What was stopped before might have been.
                (is_slow || !one.stopped).then_some(is_slow)
            });
            (one, is_slow)
        });
        Self {
            suggested,
            given: limits.time_limit,
            slow: slow.collect(),
            slowest,
            times: limits.ac_to_time_limit,
            margin: limits.time_limit_to_tle,
        }
    }

    /// Seconds for a package that tells none, where something was measured.
    pub(super) fn found(&self) -> Option<f64> {
        let is_stopped = self.slowest.as_ref().is_some_and(|slowest| slowest.stopped);
        if is_stopped { Some(UNTIL_FOUND) } else { self.suggested }
    }

    /// In words, a line each.
    pub(super) fn told(&self) -> String {
        let given = self.given.map_or_else(|| "none".to_owned(), |given| format!("{given} s"));
        let Some((slowest, suggested)) = self.slowest.as_ref().zip(self.suggested) else {
            return format!(
                "time limit: nothing was measured that it could follow from; the package has {given}\n"
            );
        };
        let Self { times, margin, .. } = self;
        let mut told = format!(
            "time limit: {suggested} s follows from {times} times {}; the package has {given}\n",
            slowest.told()
        );
        if slowest.stopped {
            told.push_str("  but that one was stopped: with more time it may follow that it is longer\n");
        }
        for (one, is_slow) in &self.slow {
            let what = match is_slow {
                Some(true) => format!("is {margin} times slower"),
                Some(false) => format!("is less than {margin} times slower"),
                None => format!("was stopped before it could be seen whether it is {margin} times slower"),
            };
            told.push_str(&format!("  {} {what}\n", one.told()));
        }
        told
    }

    /// For programs, in seconds.
    pub(super) fn json(&self) -> Value {
        let slow = |(one, is_slow): &(Measured, Option<bool>)| json!({"path": one.path, "seconds": one.seconds, "stopped": one.stopped, "exceeds": is_slow});
        json!({
            "suggested": self.suggested,
            "package": self.given,
            "slowest": self.slowest.as_ref().map(|one| json!({"path": one.path, "test": one.test, "seconds": one.seconds})),
            "slow": self.slow.iter().map(slow).collect::<Vec<_>>(),
        })
    }
}

impl Measured {
    fn told(&self) -> String {
        let (path, test) = (text::line(&self.path), text::line(&self.test));
        format!("{path} ({} in {test})", amount::time(self.seconds * 1000.0))
    }
}

/// How a submission counts: as it says, else as its verdicts do.
fn use_of(example: &Example) -> TimeLimitUse {
    let is_told = |told: &TimeLimitUse| {
        example.expected.iter().any(|expected| expected.use_for_time_limit == Some(*told))
    };
    // What is too slow in one part tells nothing by what it takes in another.
    let told = [TimeLimitUse::Upper, TimeLimitUse::Lower, TimeLimitUse::Never];
    if let Some(told) = told.into_iter().find(is_told) {
        return told;
    }
    let is_all =
        |verdicts: &[Verdict], verdict| !verdicts.is_empty() && verdicts.iter().all(|one| *one == verdict);
    let all =
        |verdict| example.expected.iter().any(|one| one.cases.is_none() && is_all(&one.permitted, verdict));
    let needs =
        |verdict| example.expected.iter().any(|one| one.cases.is_none() && is_all(&one.required, verdict));
    if all(Verdict::Accepted) {
        TimeLimitUse::Lower
    } else if needs(Verdict::TimeLimitExceeded) {
        TimeLimitUse::Upper
    } else {
        TimeLimitUse::Never
    }
}

/// What the slowest test of a submission took; none where that tells nothing of the problem's limit.
fn measured(
    ((example, language), judged): (One<'_>, &Judged),
    own: &Own,
    languages: &[Language],
) -> Option<Measured> {
    let Judged::Result(submission) = judged else { return None };
    if language == Some(answers::LANGUAGE) {
        return None;
    }
    let known = language.and_then(|id| languages.iter().find(|language| language.id == id));
    let (factor, extra) = known.map_or((1.0, 0.0), |known| (known.time_factor, known.time_extra_ms / 1000.0));
    let code = example.language.as_deref().or(example.program.language.as_deref()).unwrap_or_default();
    let of_package = language.and_then(|id| own.languages.get(id)).or_else(|| own.languages.get(code));
    let LanguageLimits { time_limit, time_factor, time_extra, .. } = of_package.copied().unwrap_or_default();
    if time_limit.is_some() {
        return None;
    }
    let (factor, extra) = (time_factor.unwrap_or(factor), time_extra.unwrap_or(extra));
    let (test, ms) = slowest(submission)?;
    Some(Measured {
        path: example.program.path.strip_prefix("submissions/").unwrap_or(&example.program.path).to_owned(),
        test,
        seconds: ((ms / 1000.0 - extra) / factor).max(0.0),
        stopped: submission.tests().iter().any(|test| test.verdict == "TimeLimitExceeded"),
    })
}

fn slowest(submission: &Submission) -> Option<(String, f64)> {
    let timed = submission.tests().iter().filter_map(|test| Some((test, test.cpu_ms?)));
    let (test, ms) = timed.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((test.name.clone().unwrap_or_default(), ms))
}

/// The smallest multiple of the resolution that is no less; one of it at least.
fn above(seconds: f64, resolution: f64) -> f64 {
    let times = (seconds / resolution - 1e-9).ceil().max(1.0);
    // Without the digits that come of binary fractions.
    (times * resolution * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gavel_problem::submissions::Expectation;

    use super::*;

    fn example(path: &str, permitted: &[Verdict], required: &[Verdict]) -> Example {
        let expected = Expectation {
            permitted: permitted.to_vec(),
            required: required.to_vec(),
            ..Expectation::default()
        };
        let mut example = Example { expected: vec![Arc::new(expected)], ..Example::default() };
        example.program.path = format!("submissions/{path}");
        example
    }

    fn accepted(path: &str) -> Example {
        example(path, &[Verdict::Accepted], &[Verdict::Accepted])
    }

    fn slow(path: &str) -> Example {
        let (accepted, slow) = (Verdict::Accepted, Verdict::TimeLimitExceeded);
        example(path, &[accepted, slow], &[slow])
    }

    fn judged(cpu_ms: f64, verdict: &str) -> Judged {
        let tests = json!([{"name": "secret/1", "verdict": verdict, "cpu_ms": cpu_ms}]);
        Judged::Result(Box::new(serde_json::from_value(json!({"tests": tests})).unwrap()))
    }

    fn languages() -> Vec<Language> {
        let all = json!([{"id": "cpp20"}, {"id": "python3", "time_factor": 4.0, "time_extra_ms": 200.0}]);
        serde_json::from_value(all).unwrap()
    }

    fn package() -> Package {
        let mut package = Package::default();
        package.metadata.limits.time_resolution = 0.1;
        package
    }

    #[test]
    fn the_limit_follows_from_the_slowest_accepted_submission_in_whatever_language() {
        let (cpp, python, wrong) = (accepted("accepted/a.cpp"), accepted("accepted/b.py"), slow("x/y.cpp"));
        let [fast, slower, stopped] =
            [judged(110.0, "Accepted"), judged(1160.0, "Accepted"), judged(900.0, "TimeLimitExceeded")];
        let all = [
            ((&cpp, Some("cpp20")), &fast),
            ((&python, Some("python3")), &slower),
            ((&wrong, Some("cpp20")), &stopped),
        ];
        let found = TimeLimit::of(&package(), &languages(), &all);
        assert_eq!(
            found.told(),
            "time limit: 0.5 s follows from 2 times accepted/b.py (240.0 ms in secret/1); the package has none\n  \
             x/y.cpp (900.0 ms in secret/1) is 1.5 times slower\n"
        );
        assert_eq!(found.json()["slow"][0]["exceeds"], true);
        // What the package allows a language is what counts.
        let mut package = package();
        let own = LanguageLimits { time_factor: Some(8.0), ..LanguageLimits::default() };
        package.own.languages.insert("python3".to_owned(), own);
        let found = TimeLimit::of(&package, &languages(), &all);
        assert_eq!(found.slowest.unwrap().path, "accepted/b.py");
        assert_eq!(found.suggested, Some(0.3));
    }

    #[test]
    fn what_is_not_slow_enough_or_was_stopped_too_early_is_told() {
        let (good, bad) = (accepted("accepted/a.cpp"), slow("slow/s.cpp"));
        let of = |slow: Judged| {
            let fast = judged(500.0, "Accepted");
            let all = [((&good, Some("cpp20")), &fast), ((&bad, Some("cpp20")), &slow)];
            TimeLimit::of(&package(), &languages(), &all)
        };
        assert_eq!(of(judged(1499.0, "Accepted")).slow[0].1, Some(false));
        assert_eq!(of(judged(1499.0, "TimeLimitExceeded")).slow[0].1, None);
        assert_eq!(of(judged(1500.0, "TimeLimitExceeded")).slow[0].1, Some(true));
    }

    #[test]
    fn what_must_be_too_slow_in_one_part_is_no_measure_in_another() {
        use TimeLimitUse::{Lower, Never, Upper};
        let told = |uses: &[TimeLimitUse]| {
            let mut example = accepted("tle/a.cpp");
            let of = |told: &TimeLimitUse| {
                Arc::new(Expectation { use_for_time_limit: Some(*told), ..Expectation::default() })
            };
            example.expected.extend(uses.iter().map(of));
            use_of(&example)
        };
        assert_eq!((told(&[]), told(&[Never]), told(&[Lower])), (Lower, Never, Lower));
        assert_eq!((told(&[Lower, Upper]), told(&[Upper, Never])), (Upper, Upper));
    }

    #[test]
    fn without_anything_measured_there_is_no_suggestion() {
        let (good, not) = (accepted("accepted/a.cpp"), Judged::Not("why".to_owned()));
        let found = TimeLimit::of(&package(), &languages(), &[((&good, None), &not)]);
        assert_eq!((found.suggested, found.json()["suggested"].is_null()), (None, true));
        assert!(found.told().starts_with("time limit: nothing was measured"));
    }

    #[test]
    fn a_limit_is_a_multiple_of_the_resolution() {
        for (seconds, resolution, limit) in
            [(0.0, 1.0, 1.0), (0.3, 0.1, 0.3), (0.31, 0.1, 0.4), (2.0, 1.0, 2.0), (2.1, 0.5, 2.5)]
        {
            assert!((above(seconds, resolution) - limit).abs() < 1e-9, "{seconds} {resolution}");
        }
    }
}
