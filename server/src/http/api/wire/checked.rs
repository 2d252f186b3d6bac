//! The way of what was sent to a valid submission.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::contents::{Reader, Text, check_arguments, check_size};
use super::files::{check_entry, check_files_of_runs, checked_collect};
use super::limits::{Limits, limits_of_tests};
use super::names::{check_problem_id, check_user, checked_reference, shown};
use super::{Asked, AskedProblem, NewSubmission, Rules};
use crate::content::{BlobId, Content};
use crate::http::api::Problem;
use crate::http::api::errors::Errors;
use crate::http::api::sieve::Texts;
use crate::http::api::wire_limits::NewLimits;
use crate::language::{Language, Languages};
use crate::submission::{ANSWERS, Submission, TestCase};

impl NewSubmission {
    /// Checks everything once; what comes out is valid ever after.
    pub(in crate::http::api) fn into_submission(
        mut self,
        rules: Rules<'_>,
        texts: &Texts,
        mut errors: Errors,
    ) -> Result<(Submission, Asked), Problem> {
        let problem = self.take_problem(&mut errors);
        let is_answers = problem.is_some() && self.is_answers(&errors);
        let language = if is_answers {
            self.take_answers(&mut errors);
            None
        } else {
            known_language(self.language.as_deref(), rules.languages, &mut errors)
        };
        let limits_of_tests = self.tests.as_mut().map(limits_of_tests).unwrap_or_default();
        let (files, mut tests) = self.take_contents(language, rules, texts, &mut errors);
        if is_answers && files.is_empty() && errors.is_empty() {
            errors.add("files", "one answer at least is needed");
        }
        check_user(self.user.as_deref(), &mut errors);
        let reference = checked_reference(self.reference.take().unwrap_or_default(), &mut errors);
        let asked = self.take_asked(problem, limits_of_tests, &mut errors);
        let collect = checked_collect(self.collect.take().unwrap_or_default(), &mut errors);
        check_files_of_runs([&self.input_file, &self.output_file], &files, language, &mut errors);
        check_entry(&files, self.entry_point.as_deref(), language, &mut errors);
        let usual = language.map(|language| language.allowance).unwrap_or_default();
        let limits = Limits::resolved(&asked, usual, rules.limits, &mut errors);
        limits.give(&mut tests, &asked.tests, &mut errors);
        let Some(language) = self.language.filter(|_| errors.is_empty()) else {
            return Err(errors.told());
        };
        let submission = Submission {
            id: Uuid::new_v4(),
            language,
            files,
            entry_point: self.entry_point,
            tests,
            limits: limits.enforced(),
            own_memory: limits.own.memory,
            compile_limits: limits.compile,
            user: self.user,
            // Whoever knows the caller adds it.
            token: None,
            reference,
            isolation: self.isolation.unwrap_or(rules.sandbox.isolation),
            checker: asked.checker.unwrap_or_default(),
            stop_at_first_failure: self.stop_at_first_failure,
            // Whoever has looked it up adds it.
            problem: None,
            collect,
            input_file: self.input_file,
            output_file: self.output_file,
        };
        Ok((submission, asked))
    }

    /// Its files are the answers to a problem's cases: it says so, or has nothing of a program.
    fn is_answers(&self, errors: &Errors) -> bool {
        match self.language.as_deref() {
            Some(language) => language == ANSWERS,
            None => !errors.has("language") && self.of_a_program().iter().all(|(_, is_given)| !is_given),
        }
    }

    /// What is of a program has no meaning beside answers.
    fn take_answers(&mut self, errors: &mut Errors) {
        self.language = Some(ANSWERS.to_owned());
        for (field, _) in self.of_a_program().into_iter().filter(|(_, is_given)| *is_given) {
            errors.add(field, "is of a program; answers are `files`, named as the problem's cases");
        }
    }

    /// The fields that only programs have, and which of them are there.
    fn of_a_program(&self) -> [(&'static str, bool); 3] {
        [
            ("source", self.source.is_some() || self.source_base64.is_some()),
            ("entry_point", self.entry_point.is_some()),
            ("collect", self.collect.is_some()),
        ]
    }

    /// The problem that is asked for, whether or not it is there; none of what it has of its own may be there as well.
    fn take_problem(&mut self, errors: &mut Errors) -> Option<AskedProblem> {
        let problem = asked_problem(self.problem.take(), self.version.take(), errors)?;
        for (field, _) in self.of_a_problem().into_iter().filter(|(_, is_given)| *is_given) {
            errors.add(field, format!("`problem` and `{field}` exclude each other: the problem has its own"));
        }
        Some(problem)
    }

    /// The fields that a problem stands in the place of, and which of them are there.
    fn of_a_problem(&self) -> [(&'static str, bool); 8] {
        [
            ("stdin", self.stdin.is_some() || self.stdin_base64.is_some()),
            ("tests", self.tests.is_some()),
            ("arguments", self.arguments.is_some()),
            ("checker", self.checker.is_some()),
            ("limits", self.limits.is_some()),
            ("compile_limits", self.compile_limits.is_some()),
            ("input_file", self.input_file.is_some()),
            ("output_file", self.output_file.is_some()),
        ]
    }

    /// The source files and the test cases.
    fn take_contents(
        &mut self,
        language: Option<&Language>,
        rules: Rules<'_>,
        texts: &Texts,
        errors: &mut Errors,
    ) -> (BTreeMap<String, Content>, Vec<TestCase>) {
        let source = Text(self.source.take(), self.source_base64.take());
        let stdin = Text(self.stdin.take(), self.stdin_base64.take());
        let (arguments, tests) = (self.arguments.take(), self.tests.take());
        let mut reader = Reader { texts, errors };
        let files = reader.sources(source, (self.files.take(), self.files_base64.take()), language);
        let tests = reader.cases(stdin, arguments, tests, rules.limits.tests);
        check_arguments(&tests, language, errors);
        check_size(&files, rules.limits, errors);
        (files, tests)
    }

    fn take_asked(
        &mut self,
        problem: Option<AskedProblem>,
        tests: BTreeMap<usize, NewLimits>,
        errors: &mut Errors,
    ) -> Asked {
        let (limits, compile_limits) = (self.limits.take(), self.compile_limits.take());
        let checker = self.checker.take().and_then(|checker| checker.checked(errors));
        Asked { limits, compile_limits, isolation: self.isolation, checker, problem, tests }
    }
}

/// Sees that a problem, and a version of it, may be called so.
fn asked_problem(id: Option<String>, version: Option<String>, errors: &mut Errors) -> Option<AskedProblem> {
    let Some(id) = id else {
        if version.is_some() {
            errors.add("version", "of what? `problem` is not there");
        }
        return None;
    };
    if let Err(why) = check_problem_id(&id) {
        errors.add("problem", why);
    }
    let named = version.as_deref().map(str::parse::<BlobId>);
    if let Some(Err(_)) = named {
        errors.add("version", "a version has 64 hexadecimal digits");
    }
    Some(AskedProblem { id, version: named.and_then(Result::ok) })
}

fn known_language<'a>(
    language: Option<&str>,
    languages: &'a Languages,
    errors: &mut Errors,
) -> Option<&'a Language> {
    let known = language.and_then(|language| languages.get(language));
    if known.is_none() && !errors.has("language") {
        let what =
            language.map_or("needed".to_owned(), |named| format!("there is no language `{}`", shown(named)));
        let all: Vec<&str> = languages.iter().map(|language| language.id.as_str()).collect();
        errors.add("language", format!("{what}; there are {}", all.join(", ")));
    }
    known
}
