//! What a language is, once its entry is checked.

use std::sync::Arc;

use serde::Deserialize;

use super::{Allowance, Failures, Placeholder, Template};

/// A container image in which programs run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// The image.
    pub image: String,
    /// The command that makes the image; none where it is the usual one.
    #[serde(default)]
    pub install: Option<String>,
}

/// A container image in which sources are compiled.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// The image.
    pub image: String,
    /// Extensions of files that sources include.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The command that makes the image; none where it is the usual one.
    #[serde(default)]
    pub install: Option<String>,
    /// It is of those that every installation has: a sandbox of it waits before anybody needs one.
    #[serde(default)]
    pub default: bool,
}

/// What a client may name in `language`.
#[derive(Debug, Clone)]
pub struct Language {
    /// What a client names.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Where it is compiled; none for a language without a compiler.
    pub toolchain: Option<String>,
    /// The runtime that its programs run in; none for the slim image, which is enough for static ones.
    pub runtime: Option<String>,
    /// File name that a single source gets.
    pub source: String,
    /// Extensions of sources; none where that of `source` is the only one.
    pub extensions: Vec<String>,
    /// Extensions of files that sources include: those of its toolchain.
    pub headers: Vec<String>,
    /// The compiler's argv.
    pub compile: Template,
    /// The file that compiling must leave. A compiler that leaves none only checks the sources, which are run.
    pub artefact: Option<String>,
    /// The program's argv.
    pub run: Template,
    /// Its runtime reads all of the source that it begins with before it runs any of it: of a program that ended well, nothing
    /// can be wrong with that source.
    pub reads_first: bool,
    /// Further environment of its programs, `KEY=value`.
    pub environment: Vec<String>,
    /// What its run-time checks report on standard error is the reason of a failed run.
    pub sanitized: bool,
    /// Its programs see what follows the program's name.
    pub arguments: bool,
    /// What its runtime needs beside the program itself.
    pub allowance: Allowance,
    /// What the last words of a failed program mean.
    pub failures: Arc<Failures>,
    /// What the log of a failed compilation means, where that takes more than to read it.
    pub compile_failures: Arc<Failures>,
    /// Prints the compiler's version.
    pub version: Vec<String>,
    /// A program that prints `ok`: the self-test compiles and runs it.
    pub sample: Option<String>,
}

/// Why a submission has no file to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryError {
    /// The file that was named is none of its sources.
    NoSource,
    /// There are several sources, and none of them is called as a single one would be.
    Ambiguous,
}

impl Language {
    /// A file of this name is compiled, or for a language without a compiler: run.
    pub fn is_source(&self, name: &str) -> bool {
        match extension(name) {
            Some(found) => self.source_extensions().any(|extension| extension == found),
            None => extension(&self.source).is_none(),
        }
    }

    /// A file of this name is neither compiled nor included: the program finds it beside itself.
    pub fn is_data(&self, name: &str) -> bool {
        let is_header = |found| self.headers.iter().any(|extension| extension == found);
        !self.is_source(name) && !extension(name).is_some_and(is_header)
    }

    /// Extensions of sources, without the dot.
    pub fn source_extensions(&self) -> impl Iterator<Item = &str> {
        let alone = extension(&self.source).filter(|_| self.extensions.is_empty());
        self.extensions.iter().map(String::as_str).chain(alone)
    }

    /// The source that a program begins with, of these files: the one that was named, else the one that is called as a single
    /// source would be, else the only one.
    ///
    /// # Errors
    /// That there is none, where this language needs one.
    pub fn entry<'a>(
        &self,
        files: impl Iterator<Item = &'a str>,
        named: Option<&str>,
    ) -> Result<Option<&'a str>, EntryError> {
        let sources: Vec<&str> = files.filter(|name| self.is_source(name)).collect();
        let wanted = named.unwrap_or(&self.source);
        let found = sources.iter().copied().find(|name| *name == wanted);
        match (found, named, sources.as_slice()) {
            (Some(found), ..) => Ok(Some(found)),
            (None, Some(_), _) => Err(EntryError::NoSource),
            (None, None, [only]) => Ok(Some(only)),
            (None, None, _) if self.needs_entry() => Err(EntryError::Ambiguous),
            (None, None, _) => Ok(None),
        }
    }

    /// Its programs begin with one of their sources.
    pub fn needs_entry(&self) -> bool {
        self.compile.names(Placeholder::Entry) || self.run.names(Placeholder::Entry)
    }

    /// Sources are there when a program runs: it is made of them, or is told their names.
    pub fn runs_sources(&self) -> bool {
        let names = |placeholder| self.run.names(placeholder);
        self.artefact.is_none() || names(Placeholder::Sources) || names(Placeholder::Entry)
    }
}

/// Of a file, by the last part of its name.
fn extension(name: &str) -> Option<&str> {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').map(|(_, extension)| extension)
}
