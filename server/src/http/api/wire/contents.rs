//! Sources and test cases: from texts to contents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{check_name, is_folder, shown};
use super::{ARGUMENTS, ARGUMENTS_OF_ALL, ARGUMENTS_SIZE, FILES, NewTest, TESTS};
use crate::config::LimitsConfig;
use crate::content::Content;
use crate::http::api::errors::Errors;
use crate::http::api::reading::{NamedTexts, Row};
use crate::http::api::sieve::Texts;
use crate::language::Language;
use crate::submission::TestCase;

/// A text and its twin in base64.
pub(super) struct Text(pub(super) Option<String>, pub(super) Option<String>);

/// Where sources may be.
const SOURCES: [&str; 4] = ["source", "source_base64", "files", "files_base64"];

/// Texts by name, and their twins.
pub(super) type Named = (Option<NamedTexts>, Option<NamedTexts>);

/// Turns texts into contents, and notes what is wrong.
pub(super) struct Reader<'a> {
    pub(super) texts: &'a Texts,
    pub(super) errors: &'a mut Errors,
}

impl Reader<'_> {
    /// The source files; none where there are none that could be used.
    pub(super) fn sources(
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
    pub(super) fn cases(
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

pub(super) fn check_size(files: &BTreeMap<String, Content>, limits: &LimitsConfig, errors: &mut Errors) {
    let size: u64 = files.values().map(Content::size).sum();
    if size > limits.source.get() {
        errors.add("source", format!("{size} bytes of source; at most {} are allowed", limits.source.get()));
    }
}

/// Arguments that no program would see are refused.
pub(super) fn check_arguments(tests: &[TestCase], language: Option<&Language>, errors: &mut Errors) {
    let Some(language) = language.filter(|language| !language.arguments) else { return };
    if tests.iter().any(|test| !test.arguments.is_empty()) {
        errors.add("arguments", format!("a program in {} sees no arguments", language.name));
    }
}
