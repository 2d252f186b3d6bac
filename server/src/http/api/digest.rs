//! What two requests under one idempotency key must have in common: what they ask for, and not how it is written. What they
//! leave to the server is no part of it, nor is anything that another version or other settings make of it: a client that
//! asks again after a restart finds its submission.

use serde_json::Number;

use super::wire::{Asked, AskedProblem};
use super::wire_limits::NewLimits;
use crate::content::Content;
use crate::submission::{Checker, Flags, Isolation, Submission, TestCase};

/// Of everything but the id. Digests are stored, with the number of their form: what is made in another way has another
/// number (`store/submissions.rs`).
pub(super) fn of(submission: &Submission, asked: &Asked) -> [u8; 32] {
    let Submission { language, files, entry_point, tests, user, reference, .. } = submission;
    let Asked { limits, compile_limits, isolation, checker, problem, tests: limits_of_tests } = asked;
    let mut digest = Digest(blake3::Hasher::new());
    digest.add(language.as_bytes());
    digest.number(files.len() as u64);
    for (name, content) in files {
        digest.add(name.as_bytes());
        digest.content(Some(content));
    }
    // The tests of a problem are no part of it: there may be another version by now.
    let tests: &[_] = if problem.is_some() { &[] } else { tests };
    digest.number(tests.len() as u64);
    for TestCase { input, answer, arguments: _, hidden: _, limits: _ } in tests {
        digest.content(Some(input));
        digest.content(answer.as_ref());
    }
    digest.limits(limits.as_ref());
    digest.limits(compile_limits.as_ref());
    digest.word(user.as_deref());
    digest.word(isolation.map(Isolation::as_str));
    digest.word(checker.map(name_of_checker));
    // What there was not at first is part of it only where it is asked for: a digest is the same in every version.
    if let Some(entry_point) = entry_point {
        digest.add(b"entry_point");
        digest.add(entry_point.as_bytes());
    }
    if let Some(Checker::Icpc(flags)) = checker {
        digest.flags(*flags);
    }
    for (index, TestCase { arguments, hidden, .. }) in (0..).zip(tests) {
        if !arguments.is_empty() || *hidden {
            digest.add(b"test");
            digest.number(index);
            digest.number(u64::from(*hidden));
            digest.number(arguments.len() as u64);
            arguments.iter().for_each(|word| digest.add(word.as_bytes()));
        }
    }
    for (name, text) in reference {
        digest.add(b"reference");
        digest.add(name.as_bytes());
        digest.add(text.as_bytes());
    }
    match submission.stop_at_first_failure {
        Some(true) => digest.add(b"stop_at_first_failure"),
        Some(false) if problem.is_some() => digest.add(b"run_all"),
        _ => {}
    }
    if let Some(AskedProblem { id, version }) = problem {
        digest.add(b"problem");
        digest.add(id.as_bytes());
        digest.add(version.as_ref().map_or(&[][..], |version| version.as_bytes()));
    }
    for (name, number) in limits.iter().flat_map(NewLimits::allowance) {
        if let Some(number) = number.and_then(Number::as_f64) {
            digest.add(name.as_bytes());
            digest.number(number.to_bits());
        }
    }
    for (index, limits) in limits_of_tests {
        digest.add(b"limits of test");
        digest.number(*index as u64);
        digest.limits(Some(limits));
    }
    for name in &submission.collect {
        digest.add(b"collect");
        digest.add(name.as_bytes());
    }
    for (field, name) in [("input_file", &submission.input_file), ("output_file", &submission.output_file)] {
        if let Some(name) = name {
            digest.add(field.as_bytes());
            digest.add(name.as_bytes());
        }
    }
    *digest.0.finalize().as_bytes()
}

fn name_of_checker(checker: Checker) -> &'static str {
    match checker {
        Checker::Lines => "lines",
        Checker::Tokens => "tokens",
        Checker::Exact => "exact",
        Checker::Icpc(_) => "icpc",
    }
}

struct Digest(blake3::Hasher);

impl Digest {
    fn flags(&mut self, flags: Flags) {
        self.number(u64::from(flags.case_sensitive));
        self.number(u64::from(flags.space_change_sensitive));
        for tolerance in [flags.float_absolute_tolerance, flags.float_relative_tolerance] {
            self.number(tolerance.map_or(u64::MAX, f64::to_bits));
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn content(&mut self, content: Option<&Content>) {
        match content {
            Some(content) => self.add(content.hash().as_bytes()),
            None => self.number(0),
        }
    }

    fn word(&mut self, word: Option<&str>) {
        self.number(u64::from(word.is_some()));
        self.add(word.unwrap_or_default().as_bytes());
    }

    /// None at all is as good as an object with nothing in it.
    fn limits(&mut self, limits: Option<&NewLimits>) {
        for limit in limits.map(NewLimits::all).unwrap_or_default() {
            self.number(u64::from(limit.is_some()));
            // 1000 and 1000.0 are the same.
            self.number(limit.and_then(Number::as_f64).unwrap_or_default().to_bits());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_digest_is_the_same_in_every_version() {
        let submission = Submission {
            user: Some("alice".into()),
            token: None,
            tests: vec![TestCase { input: "1".into(), answer: Some("2".into()), ..TestCase::default() }],
            ..crate::judge::test_support::submission("int main")
        };
        let limits = NewLimits::of(&[("cpu_ms", 1500), ("memory_bytes", 1_048_576)]);
        let asked = Asked {
            limits: Some(limits),
            compile_limits: None,
            isolation: Some(Isolation::Fresh),
            checker: Some(Checker::Tokens),
            problem: None,
            tests: BTreeMap::new(),
        };
        let digest = blake3::Hash::from_bytes(of(&submission, &asked));
        assert_eq!(
            digest.to_hex().as_str(),
            "3ac48fb90788a3d51b2c5003c48caa0a1207ce99c0004405903465f68ac04cf3"
        );
        assert_ne!(of(&submission, &Asked::default()), of(&submission, &asked));
        let begun = Submission { entry_point: Some("main.cpp".into()), ..submission.clone() };
        assert_ne!(of(&begun, &asked), of(&submission, &asked));
        let with = |change: fn(&mut TestCase)| {
            let mut changed = submission.clone();
            change(&mut changed.tests[0]);
            of(&changed, &asked)
        };
        let named = |name: &str| {
            let reference = [(name.to_owned(), "1".to_owned())].into();
            of(&Submission { reference, ..submission.clone() }, &asked)
        };
        assert!(named("course") != of(&submission, &asked) && named("course") != named("week"));
        assert_ne!(with(|test| test.hidden = true), of(&submission, &asked));
        assert_ne!(with(|test| test.arguments = ["a".to_owned()].into()), of(&submission, &asked));
        assert_ne!(
            with(|test| test.arguments = ["a".to_owned(), "b".to_owned()].into()),
            with(|test| test.arguments = ["ab".to_owned()].into())
        );
        let short = Submission { stop_at_first_failure: Some(true), ..submission.clone() };
        assert_ne!(of(&short, &asked), of(&submission, &asked));
        let slow = |limits: &[_]| Asked { limits: Some(NewLimits::of(limits)), ..Asked::default() };
        let [none, once, twice] = [&[][..], &[("time_factor", 1)], &[("time_factor", 2)]]
            .map(|limits| of(&submission, &slow(limits)));
        assert!(none != once && once != twice && none == of(&submission, &Asked::default()));
    }
}
