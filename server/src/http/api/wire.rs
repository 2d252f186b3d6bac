//! A submission as clients send it, and its way to a valid [`Submission`].

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use uuid::Uuid;

use super::Problem;
use super::error::FieldError;
use super::wire_limits::{NewLimits, resolve};
use crate::config::{LimitsConfig, SandboxConfig};
use crate::language::{Language, Languages};
use crate::submission::{Isolation, Submission, TestCase, Text};

/// The body of `POST /submissions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubmission {
    language: String,
    source: Option<String>,
    source_base64: Option<String>,
    files: Option<NamedTexts>,
    files_base64: Option<NamedTexts>,
    stdin: Option<String>,
    stdin_base64: Option<String>,
    tests: Option<Vec<NewTest>>,
    limits: Option<NewLimits>,
    compile_limits: Option<NewLimits>,
    user: Option<String>,
    isolation: Option<Isolation>,
    /// Hold the answer until the judgement.
    #[serde(default)]
    pub(super) wait: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTest {
    stdin: Option<String>,
    stdin_base64: Option<String>,
    expected: Option<String>,
    expected_base64: Option<String>,
}

/// Texts by name; a name that comes twice is an error.
#[derive(Debug, Default)]
struct NamedTexts(BTreeMap<String, String>);

/// Reads the body.
pub(super) fn parse(body: &[u8]) -> Result<NewSubmission, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|why| {
        let field = why.path().to_string();
        let why = why.into_inner();
        match why.classify() {
            serde_json::error::Category::Data if field != "." => Problem::field(field, why.to_string()),
            _ => Problem::Malformed(why.to_string()),
        }
    })?;
    json.end().map_err(|why| Problem::Malformed(why.to_string()))?;
    Ok(parsed)
}

/// What a submission is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) limits: &'a LimitsConfig,
    pub(super) sandbox: &'a SandboxConfig,
    pub(super) languages: &'a Languages,
}

/// Collects everything that is wrong.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<FieldError>);

impl Errors {
    pub(super) fn add(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        // A client that gets everything wrong need not be told a thousand times.
        if self.0.len() < 20 {
            self.0.push(FieldError { field: field.into(), detail: detail.into() });
        }
    }
}

impl NewSubmission {
    /// Checks everything once; what comes out is valid ever after.
    pub(super) fn into_submission(self, rules: Rules<'_>) -> Result<Submission, Problem> {
        let Self {
            language,
            source,
            source_base64,
            files,
            files_base64,
            stdin,
            stdin_base64,
            tests,
            limits,
            compile_limits,
            user,
            isolation,
            wait: _,
        } = self;
        let mut errors = Errors::default();
        let known = rules.languages.get(&language);
        if known.is_none() {
            let all: Vec<&str> = rules.languages.iter().map(|language| language.id.as_str()).collect();
            errors.add(
                "language",
                format!("there is no language `{}`; there are {}", shown(&language), all.join(", ")),
            );
        }
        let single = text("source", source, source_base64, &mut errors);
        let files = match (single, files.is_some() || files_base64.is_some()) {
            (Some(source), false) => {
                known.map(|language| BTreeMap::from([(language.source.clone(), source)])).unwrap_or_default()
            }
            (None, true) => {
                named(files.unwrap_or_default(), files_base64.unwrap_or_default(), known, &mut errors)
            }
            (Some(_), true) => refuse("source", "`source` and `files` exclude each other", &mut errors),
            (None, false) if errors.0.iter().any(|error| error.field.starts_with("source")) => {
                BTreeMap::new()
            }
            (None, false) => refuse("source", "one of `source` and `files` is needed", &mut errors),
        };
        check_size(&files, rules.limits, &mut errors);
        let tests = cases(stdin, stdin_base64, tests, rules.limits.tests, &mut errors);
        check_user(user.as_deref(), &mut errors);
        let run = resolve("limits", limits, &rules.limits.run, &rules.limits.run_max, &mut errors);
        let compile = resolve(
            "compile_limits",
            compile_limits,
            &rules.limits.compile,
            &rules.limits.compile_max,
            &mut errors,
        );
        if !errors.0.is_empty() {
            return Err(Problem::Invalid(errors.0));
        }
        Ok(Submission {
            id: Uuid::new_v4(),
            language,
            files,
            tests,
            limits: run,
            compile_limits: compile,
            user,
            isolation: isolation.unwrap_or(rules.sandbox.isolation),
        })
    }
}

/// A text, from itself or from its twin.
fn text(field: &str, plain: Option<String>, base64: Option<String>, errors: &mut Errors) -> Option<Text> {
    match (plain, base64) {
        (Some(_), Some(_)) => {
            errors.add(field, format!("`{field}` and `{field}_base64` exclude each other"));
            None
        }
        (Some(plain), None) => Some(plain.into_bytes().into()),
        (None, Some(base64)) => decode(&format!("{field}_base64"), &base64, errors),
        (None, None) => None,
    }
}

fn decode(field: &str, base64: &str, errors: &mut Errors) -> Option<Text> {
    match STANDARD.decode(base64) {
        Ok(bytes) => Some(bytes.into()),
        Err(why) => {
            errors.add(field, format!("not base64: {why}"));
            None
        }
    }
}

fn named(
    plain: NamedTexts,
    base64: NamedTexts,
    language: Option<&Language>,
    errors: &mut Errors,
) -> BTreeMap<String, Text> {
    let mut files: BTreeMap<String, Text> =
        plain.0.into_iter().map(|(name, text)| (name, text.into_bytes().into())).collect();
    for (name, text) in base64.0 {
        let field = format!("files_base64.{}", shown(&name));
        let Some(bytes) = decode(&field, &text, errors) else { continue };
        if files.insert(name, bytes).is_some() {
            errors.add(field, "this file is in `files` as well");
        }
    }
    for name in files.keys() {
        if let Err(why) = check_name(name) {
            errors.add(format!("files.{}", shown(name)), why);
        } else if language.is_some_and(|language| language.artefact.as_deref() == Some(name)) {
            errors.add(format!("files.{name}"), "this is the name of the compiled program");
        }
    }
    if let Some(language) = language
        && !files.keys().any(|name| extension(name) == extension(&language.source))
    {
        errors.add("files", format!("no file has the extension of `{}`", language.source));
    }
    files
}

/// A plain name that no compiler takes for an option, a response file or a path.
fn check_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let starts_well = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.len() > 100 {
        return Err("a file name has at most 100 characters");
    }
    if !name.starts_with(starts_well) || !name.chars().all(plain) {
        return Err(
            "a file name consists of letters, digits, `_`, `-`, `.` and `+`, and starts with one of the first three",
        );
    }
    Ok(())
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

fn check_size(files: &BTreeMap<String, Text>, limits: &LimitsConfig, errors: &mut Errors) {
    let size: usize = files.values().map(|text| text.len()).sum();
    if size as u64 > limits.source.get() {
        errors.add("source", format!("{size} bytes of source; at most {} are allowed", limits.source.get()));
    }
    if files.len() > 100 {
        errors.add("files", format!("{} files; at most 100 are allowed", files.len()));
    }
}

fn cases(
    stdin: Option<String>,
    stdin_base64: Option<String>,
    tests: Option<Vec<NewTest>>,
    max: usize,
    errors: &mut Errors,
) -> Vec<TestCase> {
    let stdin = text("stdin", stdin, stdin_base64, errors);
    let Some(tests) = tests else {
        return vec![TestCase { stdin: stdin.unwrap_or_default(), expected: None }];
    };
    if stdin.is_some() {
        errors.add("stdin", "`stdin` and `tests` exclude each other");
    }
    if tests.is_empty() || tests.len() > max {
        errors.add("tests", format!("{} test cases; from 1 to {max} are allowed", tests.len()));
        return Vec::new();
    }
    let case = |(index, test)| {
        let NewTest { stdin, stdin_base64, expected, expected_base64 } = test;
        let stdin = text(&format!("tests[{index}].stdin"), stdin, stdin_base64, errors).unwrap_or_default();
        let expected = text(&format!("tests[{index}].expected"), expected, expected_base64, errors);
        TestCase { stdin, expected }
    };
    tests.into_iter().enumerate().map(case).collect()
}

fn check_user(user: Option<&str>, errors: &mut Errors) {
    let Some(user) = user else { return };
    if user.is_empty() || user.chars().count() > 128 || user.chars().any(char::is_control) {
        errors.add("user", "from 1 to 128 characters, none of them a control character");
    }
}

fn refuse(field: &str, detail: &str, errors: &mut Errors) -> BTreeMap<String, Text> {
    errors.add(field, detail);
    BTreeMap::new()
}

/// What a client wrote, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl<'de> Deserialize<'de> for NamedTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = NamedTexts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of file names and texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NamedTexts, A::Error> {
                let mut files = BTreeMap::new();
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    if files.insert(name, text).is_some() {
                        return Err(serde::de::Error::custom("the same file name twice"));
                    }
                }
                Ok(NamedTexts(files))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests;
