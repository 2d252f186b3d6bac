//! A submission as clients send it, and its way to a valid [`Submission`].

use std::collections::BTreeMap;
use std::sync::Arc;

use gavel_problem::own::refused_name;
use utoipa::ToSchema;
use uuid::Uuid;

use self::reading::{Fields, Place};
use super::Problem;
use super::described::{CheckerRule, CompileLimits, IsolationName, TestLimits};
use super::errors::Errors;
use super::sieve::Texts;
use super::wire_checker::NewChecker;
use super::wire_limits::{NewLimits, allowance, refuse_allowance, resolve};
use crate::config::{LimitsConfig, SandboxConfig};
use crate::content::{BlobId, Content};
use crate::language::{EntryError, Language, Languages};
use crate::submission::{CaseLimits, Checker, Isolation, Submission, TestCase};

pub(super) mod described;
pub(super) mod reading;

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
    /// Id of a language.
    #[schema(value_type = String)]
    language: Option<String>,
    /// The source, where it is one file: this or `files` is needed.
    source: Option<String>,
    source_base64: Option<String>,
    /// The sources by their names, and what else stands beside the program.
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

/// An array. However many come, a bounded number is kept.
#[derive(Debug, Default)]
pub(super) struct Row<T> {
    kept: Vec<T>,
    count: usize,
}

/// Texts by name. However many come, a bounded number is kept.
#[derive(Debug, Default)]
pub(super) struct NamedTexts {
    kept: BTreeMap<String, String>,
    count: usize,
}

/// What a submission is held against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) limits: &'a LimitsConfig,
    pub(super) sandbox: &'a SandboxConfig,
    pub(super) languages: &'a Languages,
}

impl Fields for NewSubmission {
    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "language" => Place::Text(&mut self.language),
            "source" => Place::Text(&mut self.source),
            "source_base64" => Place::Text(&mut self.source_base64),
            "files" => Place::Texts(&mut self.files),
            "files_base64" => Place::Texts(&mut self.files_base64),
            "entry_point" => Place::Text(&mut self.entry_point),
            "stdin" => Place::Text(&mut self.stdin),
            "stdin_base64" => Place::Text(&mut self.stdin_base64),
            "tests" => Place::Tests(&mut self.tests),
            "limits" => Place::Limits(&mut self.limits),
            "compile_limits" => Place::Limits(&mut self.compile_limits),
            "user" => Place::Text(&mut self.user),
            "reference" => Place::Texts(&mut self.reference),
            "isolation" => Place::Isolation(&mut self.isolation),
            "checker" => Place::Checker(&mut self.checker),
            "arguments" => Place::Words(&mut self.arguments),
            "stop_at_first_failure" => Place::MaybeFlag(&mut self.stop_at_first_failure),
            "problem" => Place::Text(&mut self.problem),
            "version" => Place::Text(&mut self.version),
            "collect" => Place::Words(&mut self.collect),
            "input_file" => Place::Text(&mut self.input_file),
            "output_file" => Place::Text(&mut self.output_file),
            "wait" => Place::Flag(&mut self.wait),
            _ => return None,
        })
    }
}

impl Fields for NewTest {
    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "stdin" => Place::Text(&mut self.stdin),
            "stdin_base64" => Place::Text(&mut self.stdin_base64),
            "expected" => Place::Text(&mut self.expected),
            "expected_base64" => Place::Text(&mut self.expected_base64),
            "arguments" => Place::Words(&mut self.arguments),
            "hidden" => Place::Flag(&mut self.hidden),
            "limits" => Place::LimitsOfTest(&mut self.limits),
            _ => return None,
        })
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

    /// Checks everything once; what comes out is valid ever after.
    pub(super) fn into_submission(
        self,
        rules: Rules<'_>,
        texts: &Texts,
        mut errors: Errors,
    ) -> Result<(Submission, Asked), Problem> {
        let Self {
            language,
            source,
            source_base64,
            files,
            files_base64,
            entry_point,
            stdin,
            stdin_base64,
            mut tests,
            limits,
            compile_limits,
            user,
            reference,
            isolation,
            checker,
            arguments,
            stop_at_first_failure,
            problem,
            version,
            collect,
            input_file,
            output_file,
            wait: _,
        } = self;
        let problem = asked_problem(problem, version, &mut errors);
        if problem.is_some() {
            let own = [
                ("stdin", stdin.is_some() || stdin_base64.is_some()),
                ("tests", tests.is_some()),
                ("arguments", arguments.is_some()),
                ("checker", checker.is_some()),
                ("limits", limits.is_some()),
                ("compile_limits", compile_limits.is_some()),
                ("input_file", input_file.is_some()),
                ("output_file", output_file.is_some()),
            ];
            for (field, _) in own.into_iter().filter(|(_, is_given)| *is_given) {
                errors.add(
                    field,
                    format!("`problem` and `{field}` exclude each other: the problem has its own"),
                );
            }
        }
        let known = known_language(language.as_deref(), rules.languages, &mut errors);
        let mut reader = Reader { texts, errors: &mut errors };
        let files = reader.sources(Text(source, source_base64), (files, files_base64), known);
        let limits_of_tests = tests.as_mut().map(limits_of_tests).unwrap_or_default();
        let mut tests = reader.cases(Text(stdin, stdin_base64), arguments, tests, rules.limits.tests);
        check_arguments(&tests, known, &mut errors);
        check_size(&files, rules.limits, &mut errors);
        check_user(user.as_deref(), &mut errors);
        let reference = checked_reference(reference.unwrap_or_default(), &mut errors);
        let checker = checker.and_then(|checker| checker.checked(&mut errors));
        let asked = Asked { limits, compile_limits, isolation, checker, problem, tests: limits_of_tests };
        let collect = checked_collect(collect.unwrap_or_default(), &mut errors);
        check_files_of_runs([&input_file, &output_file], &files, known, &mut errors);
        check_entry(&files, entry_point.as_deref(), known, &mut errors);
        let own =
            resolve("limits", asked.limits.clone(), &rules.limits.run, &rules.limits.run_max, &mut errors);
        let compile = resolve(
            "compile_limits",
            asked.compile_limits.clone(),
            &rules.limits.compile,
            &rules.limits.compile_max,
            &mut errors,
        );
        refuse_allowance("compile_limits", asked.compile_limits.as_ref(), &mut errors);
        let usual = known.map(|language| language.allowance).unwrap_or_default();
        let allowance = allowance("limits", asked.limits.as_ref(), usual, &mut errors);
        for (index, asked) in &asked.tests {
            let section = format!("tests[{index}].limits");
            refuse_allowance(&section, Some(asked), &mut errors);
            let own = resolve(&section, Some(asked.clone()), &own, &rules.limits.run_max, &mut errors);
            let run = allowance.applied(&usual, &own, &rules.limits.run_max);
            if let Some(test) = tests.get_mut(*index) {
                test.limits = Some(Box::new(CaseLimits { run, own_memory: own.memory }));
            }
        }
        let Some(language) = language.filter(|_| errors.is_empty()) else {
            return Err(errors.told());
        };
        let submission = Submission {
            id: Uuid::new_v4(),
            language,
            files,
            entry_point,
            tests,
            limits: allowance.applied(&usual, &own, &rules.limits.run_max),
            own_memory: own.memory,
            compile_limits: compile,
            user,
            // Whoever knows the caller adds it.
            token: None,
            reference,
            isolation: isolation.unwrap_or(rules.sandbox.isolation),
            checker: checker.unwrap_or_default(),
            stop_at_first_failure,
            problem: None,
            collect,
            input_file,
            output_file,
        };
        Ok((submission, asked))
    }
}

/// Takes the limits out of tests that have some of their own.
fn limits_of_tests(tests: &mut Row<NewTest>) -> BTreeMap<usize, NewLimits> {
    let tests = tests.kept.iter_mut().enumerate();
    tests.filter_map(|(index, test)| Some((index, *test.limits.take()?))).collect()
}

/// Most files of a test that are handed back.
const COLLECT: usize = 8;

fn checked_collect(Row { kept, count }: Row<String>, errors: &mut Errors) -> Vec<String> {
    if count > COLLECT {
        errors.add("collect", format!("{count} files; at most {COLLECT} are allowed"));
        return Vec::new();
    }
    for (index, name) in kept.iter().enumerate() {
        if let Some(why) = refused_name(name) {
            errors.add(format!("collect[{index}]"), why);
        } else if kept[..index].contains(name) {
            errors.add(format!("collect[{index}]"), "this name comes twice");
        }
    }
    kept
}

/// The files that programs read and write have names that are files' names and nobody else's.
fn check_files_of_runs(
    [input, output]: [&Option<String>; 2],
    files: &BTreeMap<String, Content>,
    language: Option<&Language>,
    errors: &mut Errors,
) {
    for (field, name) in [("input_file", input), ("output_file", output)] {
        let Some(name) = name else { continue };
        let is_program = language.and_then(|language| language.artefact.as_ref()) == Some(name);
        if let Some(why) = refused_name(name) {
            errors.add(field, why);
        } else if files.contains_key(name) || is_folder(name, files) || is_program {
            errors.add(field, "a file of the submission, or its program, is called so");
        }
    }
    if input.is_some() && input == output {
        errors.add("output_file", "is the input's name");
    }
}

/// The problem that is asked for, whether or not it is there.
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

/// Longest id of a problem.
const PROBLEM_ID: usize = 64;

/// Sees that a problem may be called so.
pub(super) fn check_problem_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if id.len() <= PROBLEM_ID && id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.chars().all(plain)
    {
        return Ok(());
    }
    Err(format!(
        "an id has 1 to {PROBLEM_ID} letters, digits, `_`, `-` and `.`, and begins with a letter or a digit"
    ))
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

/// A text and its twin in base64.
struct Text(Option<String>, Option<String>);

/// Where sources may be.
const SOURCES: [&str; 4] = ["source", "source_base64", "files", "files_base64"];

/// Texts by name, and their twins.
type Named = (Option<NamedTexts>, Option<NamedTexts>);

/// Turns texts into contents, and notes what is wrong.
struct Reader<'a> {
    texts: &'a Texts,
    errors: &'a mut Errors,
}

impl Reader<'_> {
    /// The source files; none where there are none that could be used.
    fn sources(
        &mut self,
        single: Text,
        named: Named,
        language: Option<&Language>,
    ) -> BTreeMap<String, Content> {
        let is_single = single.0.is_some() || single.1.is_some();
        match (is_single, named) {
            (true, (None, None)) => {
                let source = self.text("source", single);
                source
                    .zip(language)
                    .map(|(source, language)| (language.source.clone(), source))
                    .into_iter()
                    .collect()
            }
            (true, _) => self.refuse("source", "`source` and `files` exclude each other"),
            (false, (None, None)) if SOURCES.iter().any(|field| self.errors.has(field)) => BTreeMap::new(),
            (false, (None, None)) => self.refuse("source", "one of `source` and `files` is needed"),
            (false, (plain, base64)) => {
                self.named(plain.unwrap_or_default(), base64.unwrap_or_default(), language)
            }
        }
    }

    fn refuse(&mut self, field: &str, detail: &str) -> BTreeMap<String, Content> {
        self.errors.add(field, detail);
        BTreeMap::new()
    }

    fn text(&mut self, field: &str, text: Text) -> Option<Content> {
        match text {
            Text(Some(_), Some(_)) => {
                self.errors.add(field, format!("`{field}` and `{field}_base64` exclude each other"));
                None
            }
            Text(Some(plain), None) => self.content(field, plain, false),
            Text(None, Some(base64)) => self.content(&format!("{field}_base64"), base64, true),
            Text(None, None) => None,
        }
    }

    fn content(&mut self, field: &str, text: String, is_base64: bool) -> Option<Content> {
        let content = self.texts.take(text, is_base64);
        content.map_err(|why| self.errors.add(field, format!("not base64: {why}"))).ok()
    }

    fn named(
        &mut self,
        plain: NamedTexts,
        base64: NamedTexts,
        language: Option<&Language>,
    ) -> BTreeMap<String, Content> {
        let count = plain.count + base64.count;
        if count > FILES {
            self.errors.add("files", format!("{count} files; at most {FILES} are allowed"));
        }
        let mut files = BTreeMap::new();
        for (name, text) in plain.kept {
            files.extend(self.content("files", text, false).map(|content| (name, content)));
        }
        for (name, text) in base64.kept {
            let field = format!("files_base64.{}", shown(&name));
            let Some(content) = self.content(&field, text, true) else { continue };
            if files.insert(name, content).is_some() {
                self.errors.add(field, "this file is in `files` as well");
            }
        }
        self.check_names(&files, language);
        files
    }

    fn check_names(&mut self, files: &BTreeMap<String, Content>, language: Option<&Language>) {
        for name in files.keys() {
            if let Err(why) = check_name(name) {
                self.errors.add(format!("files.{}", shown(name)), why);
            } else if is_folder(name, files) {
                self.errors.add(format!("files.{name}"), "there are files in a folder of this name");
            } else if language.and_then(|language| language.artefact.as_deref()) == name.split('/').next() {
                self.errors.add(format!("files.{name}"), "this is the name of the compiled program");
            }
        }
        if let Some(language) = language
            && !files.keys().any(|name| language.is_source(name))
        {
            let extensions = language.source_extensions().map(|extension| format!("`.{extension}`"));
            let extensions: Vec<_> = extensions.collect();
            self.errors.add("files", format!("none is a source by its extension: {}", extensions.join(", ")));
        }
    }

    /// `arguments` are those of each run that has none of its own.
    fn cases(
        &mut self,
        single: Text,
        arguments: Option<Row<String>>,
        tests: Option<Row<NewTest>>,
        max: usize,
    ) -> Vec<TestCase> {
        let input = self.text("stdin", single);
        let arguments = self.arguments("arguments", arguments).unwrap_or_default();
        let Some(Row { kept, count }) = tests else {
            return vec![TestCase { input: input.unwrap_or_default(), arguments, ..TestCase::default() }];
        };
        if input.is_some() {
            self.errors.add("stdin", "`stdin` and `tests` exclude each other");
        }
        let max = max.min(TESTS);
        if count == 0 || count > max {
            self.errors.add("tests", format!("{count} test cases; from 1 to {max} are allowed"));
            return Vec::new();
        }
        let tests: Vec<_> =
            kept.into_iter().enumerate().map(|(index, test)| self.case(index, test, &arguments)).collect();
        let size: usize = tests.iter().flat_map(|test| test.arguments.iter()).map(String::len).sum();
        if size > ARGUMENTS_OF_ALL {
            let most = format!("at most {ARGUMENTS_OF_ALL} are allowed");
            self.errors.add("tests", format!("{size} bytes of arguments for all tests together; {most}"));
        }
        tests
    }

    fn case(&mut self, index: usize, test: NewTest, usual: &Arc<[String]>) -> TestCase {
        let NewTest { stdin, stdin_base64, expected, expected_base64, arguments, hidden, limits: _ } = test;
        let input = self.text(&format!("tests[{index}].stdin"), Text(stdin, stdin_base64));
        let answer = self.text(&format!("tests[{index}].expected"), Text(expected, expected_base64));
        let arguments = self.arguments(&format!("tests[{index}].arguments"), arguments);
        let arguments = arguments.unwrap_or_else(|| usual.clone());
        TestCase { input: input.unwrap_or_default(), answer, arguments, hidden, limits: None }
    }

    /// None where there are none that could be used.
    fn arguments(&mut self, field: &str, words: Option<Row<String>>) -> Option<Arc<[String]>> {
        let Row { kept, count } = words?;
        let size: usize = kept.iter().map(String::len).sum();
        if count > ARGUMENTS {
            self.errors.add(field, format!("{count} arguments; at most {ARGUMENTS} are allowed"));
        } else if size > ARGUMENTS_SIZE {
            let most = format!("at most {ARGUMENTS_SIZE} are allowed for one run");
            self.errors.add(field, format!("{size} bytes of arguments; {most}"));
        } else if let Some(at) = kept.iter().position(|word| word.contains('\0')) {
            self.errors.add(format!("{field}[{at}]"), "an argument has no NUL");
        } else {
            return Some(kept.into());
        }
        None
    }
}

/// Longest name of a file, folders included, and longest part of one.
const LONGEST_NAME: usize = 200;
const LONGEST_PART: usize = 100;
/// Most folders that a file is in.
const DEPTH: usize = 8;

/// A relative path of plain names, none of which a compiler takes for an option or a response file.
fn check_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let starts_well = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.len() > LONGEST_NAME || name.split('/').any(|part| part.len() > LONGEST_PART) {
        return Err("a file name has at most 200 characters, and at most 100 between two slashes");
    }
    if name.matches('/').count() > DEPTH {
        return Err("a file is in at most 8 folders");
    }
    if !name.split('/').all(|part| part.starts_with(starts_well) && part.chars().all(plain)) {
        return Err(
            "a file name, and that of each folder before a `/`, consists of letters, digits, `_`, `-`, `.` and `+`, and starts \
             with one of the first three",
        );
    }
    Ok(())
}

/// A file of this name is also a folder that others are in.
fn is_folder(name: &str, files: &BTreeMap<String, Content>) -> bool {
    let folder = format!("{name}/");
    let mut after = files.range::<String, _>(&folder..).map(|(name, _)| name);
    after.next().is_some_and(|next| next.starts_with(&folder))
}

fn check_size(files: &BTreeMap<String, Content>, limits: &LimitsConfig, errors: &mut Errors) {
    let size: u64 = files.values().map(Content::size).sum();
    if size > limits.source.get() {
        errors.add("source", format!("{size} bytes of source; at most {} are allowed", limits.source.get()));
    }
}

/// Arguments that no program would see are refused.
fn check_arguments(tests: &[TestCase], language: Option<&Language>, errors: &mut Errors) {
    let Some(language) = language.filter(|language| !language.arguments) else { return };
    if tests.iter().any(|test| !test.arguments.is_empty()) {
        errors.add("arguments", format!("a program in {} sees no arguments", language.name));
    }
}

/// The source that the program begins with is told, or can be told.
fn check_entry(
    files: &BTreeMap<String, Content>,
    named: Option<&str>,
    language: Option<&Language>,
    errors: &mut Errors,
) {
    // That there is no source at all is told of the files.
    let has_source = |language: &&Language| files.keys().any(|name| language.is_source(name));
    let Some(language) = language.filter(has_source) else { return };
    let names = || files.keys().map(String::as_str);
    let Err(why) = language.entry(names(), named) else { return };
    let sources: Vec<String> = names().filter(|name| language.is_source(name)).map(shown).collect();
    let sources = sources.join(", ");
    let detail = match why {
        EntryError::NoSource => {
            format!("`{}` is none of the sources: {sources}", shown(named.unwrap_or_default()))
        }
        EntryError::Ambiguous => {
            format!(
                "needed: the program may begin with each of {sources}, and none is called `{}`",
                language.source
            )
        }
    };
    errors.add("entry_point", detail);
}

/// Longest name of a user.
const USER: usize = 128;

fn check_user(user: Option<&str>, errors: &mut Errors) {
    let Some(user) = user else { return };
    if user.is_empty() || user.chars().count() > USER || user.chars().any(char::is_control) {
        errors.add("user", format!("from 1 to {USER} characters, none of them a control character"));
    }
}

/// Most names of a reference, and longest of them and of their texts.
pub(super) const REFERENCES: usize = 8;
const REFERENCE_NAME: usize = 64;
const REFERENCE_TEXT: usize = 128;

fn checked_reference(given: NamedTexts, errors: &mut Errors) -> BTreeMap<String, String> {
    if given.count > REFERENCES {
        errors.add("reference", format!("{} names; at most {REFERENCES} are allowed", given.count));
    }
    for (name, text) in given.kept.iter().take(REFERENCES) {
        if let Err(why) = check_reference(name, text) {
            errors.add(format!("reference.{}", shown(name)), why);
        }
    }
    given.kept
}

/// Sees that a reference may have this text under this name.
pub(super) fn check_reference(name: &str, text: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !(1..=REFERENCE_NAME).contains(&name.len()) || !name.chars().all(plain) {
        return Err(format!("a name consists of 1 to {REFERENCE_NAME} letters, digits, `_` and `-`"));
    }
    if text.chars().count() > REFERENCE_TEXT || text.chars().any(char::is_control) {
        return Err(format!("at most {REFERENCE_TEXT} characters, none of them a control character"));
    }
    Ok(())
}

/// What a client wrote, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
