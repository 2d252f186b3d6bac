//! A submission as clients send it, and its way to a valid one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use utoipa::ToSchema;

pub(super) use self::names::{REFERENCES, check_problem_id, check_reference, check_user_name, shown};
use super::Problem;
use super::described::{CheckerRule, CompileLimits, IsolationName, TestLimits};
use super::errors::Errors;
use super::reading::{self, Choice, Element, Fields, NamedTexts, Place, Row};
use super::sieve::Texts;
use super::wire_checker::NewChecker;
use super::wire_limits::NewLimits;
use crate::config::{LimitsConfig, SandboxConfig};
use crate::content::BlobId;
use crate::language::Languages;
use crate::submission::{Checker, Isolation};

mod checked;
mod contents;
pub(super) mod described;
mod files;
mod limits;
mod names;

/// Most files of one submission.
const FILES: usize = 100;
/// Test cases that are looked at at all; the settings allow fewer.
const TESTS: usize = 65_536;
/// Most arguments of a run, their bytes, and those of all runs of a submission.
const ARGUMENTS: usize = 64;
const ARGUMENTS_SIZE: usize = 8 * 1024;
const ARGUMENTS_OF_ALL: usize = 256 * 1024;

/// A submission as it is sent. Wherever a field is text, its twin with `_base64` may stand in its place; null is as if a field
/// were not there.
// Texts may be names of `Texts`.
#[derive(Debug, Default, ToSchema)]
pub(super) struct NewSubmission {
    /// Id of a language. Not needed, or `answers`, where the files are the answers to a problem's cases: its type has `submit-answer`.
    language: Option<String>,
    /// The source, where it is one file: this or `files` is needed.
    source: Option<String>,
    source_base64: Option<String>,
    /// The sources by their names, and what else stands beside the program; or answers, named as the problem's cases.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    files: Option<NamedTexts>,
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    files_base64: Option<NamedTexts>,
    /// The source that the program begins with, where that is not plain.
    entry_point: Option<String>,
    /// The only input.
    stdin: Option<String>,
    stdin_base64: Option<String>,
    /// In the place of `stdin`: runs, and what their outputs are compared with.
    #[schema(value_type = Option<Vec<NewTest>>)]
    tests: Option<Row<NewTest>>,
    /// What each run is held to.
    limits: Option<NewLimits>,
    /// What the compilation is held to.
    #[schema(value_type = Option<CompileLimits>)]
    compile_limits: Option<NewLimits>,
    /// Whose it is.
    user: Option<String>,
    /// What the site calls it: names and texts.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    reference: Option<NamedTexts>,
    /// Which sandboxes may serve it.
    #[schema(value_type = Option<IsolationName>)]
    isolation: Option<Isolation>,
    /// How an output is compared with what is expected.
    #[schema(value_type = Option<CheckerRule>)]
    checker: Option<NewChecker>,
    /// What the program is called with, where a test has no arguments of its own.
    #[schema(value_type = Option<Vec<String>>)]
    arguments: Option<Row<String>>,
    /// No test behind the first that is not accepted is run.
    stop_at_first_failure: Option<bool>,
    /// Id of a problem, whose tests, checker and limits are taken in the place of those fields.
    problem: Option<String>,
    /// A version of it; the newest without this.
    version: Option<String>,
    /// Names of files that the program leaves and that are handed back.
    #[schema(value_type = Option<Vec<String>>)]
    collect: Option<Row<String>>,
    /// The name of a file that has the input, in the place of standard input.
    input_file: Option<String>,
    /// The name of the file that has the output, in the place of standard output.
    output_file: Option<String>,
    /// Hold the answer until the judgement.
    #[schema(required = false, nullable, default = false)]
    pub(super) wait: bool,
}

/// What a client asked for where there are defaults: those may change, what it asked for does not.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) limits: Option<NewLimits>,
    pub(super) compile_limits: Option<NewLimits>,
    pub(super) isolation: Option<Isolation>,
    pub(super) checker: Option<Checker>,
    pub(super) problem: Option<AskedProblem>,
    /// Limits of tests that have some of their own, by their place.
    pub(super) tests: BTreeMap<usize, NewLimits>,
}

/// The problem that a submission is to be judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AskedProblem {
    pub(super) id: String,
    /// Its newest one where it is not said.
    pub(super) version: Option<BlobId>,
}

/// A run, and what its output is compared with.
#[derive(Debug, Default, ToSchema)]
pub(super) struct NewTest {
    stdin: Option<String>,
    stdin_base64: Option<String>,
    /// The expected output; without it the program only has to end with 0.
    expected: Option<String>,
    expected_base64: Option<String>,
    /// What the program is called with.
    #[schema(value_type = Option<Vec<String>>)]
    arguments: Option<Row<String>>,
    /// Little is told of it.
    #[schema(required = false, nullable, default = false)]
    hidden: bool,
    /// What its run is held to; what is not there is as for the others.
    #[schema(value_type = Option<TestLimits>)]
    limits: Option<Box<NewLimits>>,
}

/// What a submission is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) limits: &'a LimitsConfig,
    pub(super) sandbox: &'a SandboxConfig,
    pub(super) languages: &'a Languages,
}

impl Fields for NewSubmission {
    fn names(&self) -> &'static [&'static str] {
        &[
            "language",
            "source",
            "source_base64",
            "files",
            "files_base64",
            "entry_point",
            "stdin",
            "stdin_base64",
            "tests",
            "limits",
            "compile_limits",
            "user",
            "reference",
            "isolation",
            "checker",
            "arguments",
            "stop_at_first_failure",
            "problem",
            "version",
            "collect",
            "input_file",
            "output_file",
            "wait",
        ]
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "language" => Place::Text(&mut self.language),
            "source" => Place::Text(&mut self.source),
            "source_base64" => Place::Text(&mut self.source_base64),
            "files" => Place::Texts(&mut self.files, FILES),
            "files_base64" => Place::Texts(&mut self.files_base64, FILES),
            "entry_point" => Place::Text(&mut self.entry_point),
            "stdin" => Place::Text(&mut self.stdin),
            "stdin_base64" => Place::Text(&mut self.stdin_base64),
            "tests" => Place::Row(&mut self.tests),
            "limits" => Place::Object(&mut self.limits),
            "compile_limits" => Place::Object(&mut self.compile_limits),
            "user" => Place::Text(&mut self.user),
            "reference" => Place::Texts(&mut self.reference, FILES),
            "isolation" => Place::Choice(&mut self.isolation),
            "checker" => Place::Choice(&mut self.checker),
            "arguments" => Place::Row(&mut self.arguments),
            "stop_at_first_failure" => Place::MaybeFlag(&mut self.stop_at_first_failure),
            "problem" => Place::Text(&mut self.problem),
            "version" => Place::Text(&mut self.version),
            "collect" => Place::Row(&mut self.collect),
            "input_file" => Place::Text(&mut self.input_file),
            "output_file" => Place::Text(&mut self.output_file),
            "wait" => Place::Flag(&mut self.wait),
            _ => return None,
        })
    }
}

impl Fields for NewTest {
    fn names(&self) -> &'static [&'static str] {
        &["stdin", "stdin_base64", "expected", "expected_base64", "arguments", "hidden", "limits"]
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "stdin" => Place::Text(&mut self.stdin),
            "stdin_base64" => Place::Text(&mut self.stdin_base64),
            "expected" => Place::Text(&mut self.expected),
            "expected_base64" => Place::Text(&mut self.expected_base64),
            "arguments" => Place::Row(&mut self.arguments),
            "hidden" => Place::Flag(&mut self.hidden),
            "limits" => Place::Object(&mut self.limits),
            _ => return None,
        })
    }
}

impl Element for NewTest {
    const EXPECTED: &'static str = "an array of test cases";
    const MOST: usize = TESTS;

    fn place(&mut self) -> Place<'_> {
        Place::Element(self)
    }
}

/// Arguments, and names.
impl Element for String {
    const EXPECTED: &'static str = "an array of texts";
    const MOST: usize = ARGUMENTS;

    fn place(&mut self) -> Place<'_> {
        Place::Word(self)
    }
}

static ISOLATIONS: LazyLock<String> = LazyLock::new(|| format!("one of `{}`", Isolation::NAMES.join("`, `")));

impl Choice for Option<Isolation> {
    fn expected(&self) -> &'static str {
        ISOLATIONS.as_str()
    }

    fn choose(&mut self, name: &str) -> bool {
        let Some(named) = Isolation::named(name) else { return false };
        *self = Some(named);
        true
    }
}

impl NewSubmission {
    /// Reads the body, and notes what is wrong in it. Where texts were taken out of it, places in it mean nothing to the
    /// client.
    pub(super) fn parse(body: &[u8], texts: &Texts) -> Result<(Self, Errors), Problem> {
        let told = |why: serde_json::Error| {
            let text = why.to_string();
            let place = text.rfind(" at line ").filter(|_| texts.were_taken());
            Problem::Malformed(text[..place.unwrap_or(text.len())].to_owned())
        };
        let mut json = serde_json::Deserializer::from_slice(body);
        let (mut new, mut errors) = (Self::default(), Errors::default());
        reading::object(&mut json, &mut new, &mut errors).map_err(told)?;
        json.end().map_err(told)?;
        Ok((new, errors))
    }
}

#[cfg(test)]
mod tests;
