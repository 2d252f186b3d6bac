//! Makes languages of their entries, or says what is wrong with one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{File, LanguageEntry};
use super::{Failures, Language, Languages, LanguagesError, Placeholder, Runtime, Template, Toolchain};
use crate::submission::ANSWERS;

/// What entries refer to by name.
struct Named {
    toolchains: BTreeMap<String, Toolchain>,
    runtimes: BTreeMap<String, Runtime>,
    failures: BTreeMap<String, Arc<Failures>>,
}

/// The languages of a file.
pub(super) fn checked(file: File) -> Result<Languages, LanguagesError> {
    let File { toolchains, runtimes, failures, scripts, languages } = file;
    let compiled = |(name, entries): (String, Vec<_>)| match Failures::new(&entries) {
        Ok(failures) => Ok((name, Arc::new(failures))),
        Err(problem) => Err(LanguagesError::Failures { name, problem }),
    };
    let failures = failures.into_iter().map(compiled).collect::<Result<_, _>>()?;
    let named = Named { toolchains, runtimes, failures };
    let mut by_id = BTreeMap::new();
    for entry in languages {
        let id = entry.id.clone();
        let refused = |problem: String| LanguagesError::Entry { language: id.clone(), problem };
        let language = named.language(entry).map_err(refused)?;
        if by_id.insert(id.clone(), language).is_some() {
            return Err(refused("there are two of this id".into()));
        }
    }
    let scripts = scripts.map(|entry| {
        let language = entry.id.clone();
        named.language(entry).map_err(|problem| LanguagesError::Entry { language, problem })
    });
    let scripts = scripts.transpose()?;
    Ok(Languages { toolchains: named.toolchains, runtimes: named.runtimes, scripts, languages: by_id })
}

impl Named {
    /// `Err` says what is wrong with the entry.
    fn language(&self, entry: LanguageEntry) -> Result<Language, String> {
        check_names(&entry)?;
        let headers = self.headers(&entry)?;
        let failures = self.failures(entry.failures.as_deref())?;
        let compile_failures = self.failures(entry.compile_failures.as_deref())?;
        let allowance = entry.allowance();
        if let Some(problem) = allowance.problem() {
            return Err(problem);
        }
        let language = Language {
            id: entry.id,
            name: entry.name,
            toolchain: entry.toolchain,
            runtime: entry.runtime,
            source: entry.source,
            extensions: entry.extensions,
            headers,
            compile: Template::new(entry.compile)?,
            artefact: entry.artefact,
            run: Template::new(entry.run)?,
            reads_first: entry.reads_first,
            environment: entry.environment,
            sanitized: entry.sanitized,
            arguments: entry.arguments,
            allowance,
            failures,
            compile_failures,
            version: entry.version,
            sample: entry.sample,
        };
        check_whole(&language)?;
        Ok(language)
    }

    /// The headers of its toolchain. What it names is there.
    fn headers(&self, entry: &LanguageEntry) -> Result<Vec<String>, String> {
        if let Some(name) = entry.runtime.as_ref().filter(|name| !self.runtimes.contains_key(*name)) {
            return Err(format!("there is no runtime `{name}`"));
        }
        let Some(name) = &entry.toolchain else { return Ok(Vec::new()) };
        let toolchain = self.toolchains.get(name).ok_or_else(|| format!("there is no toolchain `{name}`"))?;
        Ok(toolchain.headers.clone())
    }

    fn failures(&self, name: Option<&str>) -> Result<Arc<Failures>, String> {
        let Some(name) = name else { return Ok(Arc::default()) };
        self.failures.get(name).cloned().ok_or_else(|| format!("there are no failures `{name}`"))
    }
}

fn check_names(entry: &LanguageEntry) -> Result<(), String> {
    if entry.id == ANSWERS {
        return Err(
            "no language is called so: it is what submissions without a program have in its place".into()
        );
    }
    let plain = |name: &str| !name.is_empty() && !name.contains('/') && name != "." && name != "..";
    if !plain(&entry.source) {
        return Err(format!("source `{}` is not a plain file name", entry.source));
    }
    if let Some(artefact) = entry.artefact.as_ref().filter(|artefact| !plain(artefact)) {
        return Err(format!("artefact `{artefact}` is not a plain file name"));
    }
    if let Some(word) = entry.environment.iter().find(|word| !word.contains('=')) {
        return Err(format!("environment `{word}` is not of the form KEY=value"));
    }
    match (&entry.toolchain, entry.compile.is_empty(), &entry.artefact) {
        (None, true, None) | (Some(_), false, _) => Ok(()),
        _ => Err("toolchain and compile go together, and artefact needs both".into()),
    }
}

fn check_whole(language: &Language) -> Result<(), String> {
    if language.run.is_empty() {
        return Err("run is empty".into());
    }
    if !language.is_source(&language.source) {
        return Err(format!("the extension of `{}` is not among its extensions", language.source));
    }
    let names_artefact =
        language.compile.names(Placeholder::Artefact) || language.run.names(Placeholder::Artefact);
    if language.artefact.is_none() && names_artefact {
        return Err("there is no artefact that {artefact} could stand for".into());
    }
    if language.reads_first && (language.artefact.is_some() || language.toolchain.is_none()) {
        return Err("reads_first is of languages whose sources are checked before they are run".into());
    }
    if !language.compile_failures.are_words_alone() {
        return Err("compile_failures are found by a pattern alone, and are no verdict of their own".into());
    }
    if language.artefact.as_deref().is_some_and(|artefact| artefact == language.source) {
        return Err("source and artefact have one name".into());
    }
    Ok(())
}
