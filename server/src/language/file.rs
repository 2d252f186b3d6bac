//! The form of `languages.toml`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use gavel_protocol::Bytes;
use serde::Deserialize;

use super::failures::PatternEntry;
use super::{Allowance, Runtime, Toolchain};
use crate::config::{units, with_tag};

/// Why `languages.toml` was refused.
#[derive(Debug, thiserror::Error)]
pub enum LanguagesError {
    /// It could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML of the described form.
    #[error("{path} is not valid")]
    Parse {
        /// The file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// An entry contradicts another or itself.
    #[error("language `{language}`: {problem}")]
    Entry {
        /// The entry.
        language: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Patterns of failures cannot be used.
    #[error("failures `{name}`: {problem}")]
    Failures {
        /// The entry.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) toolchains: BTreeMap<String, Toolchain>,
    #[serde(default)]
    pub(super) runtimes: BTreeMap<String, Runtime>,
    #[serde(default)]
    pub(super) failures: BTreeMap<String, Vec<PatternEntry>>,
    pub(super) scripts: Option<LanguageEntry>,
    #[serde(default)]
    pub(super) languages: Vec<LanguageEntry>,
}

/// `[[languages]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageEntry {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) toolchain: Option<String>,
    pub(super) runtime: Option<String>,
    pub(super) source: String,
    #[serde(default)]
    pub(super) extensions: Vec<String>,
    #[serde(default)]
    pub(super) compile: Vec<String>,
    pub(super) artefact: Option<String>,
    pub(super) run: Vec<String>,
    #[serde(default)]
    pub(super) reads_first: bool,
    #[serde(default)]
    pub(super) environment: Vec<String>,
    #[serde(default)]
    pub(super) sanitized: bool,
    #[serde(default = "yes")]
    pub(super) arguments: bool,
    #[serde(default = "one")]
    time_factor: f64,
    #[serde(default, with = "units::span")]
    time_extra: Duration,
    #[serde(default, with = "units::size")]
    memory_extra: Bytes,
    #[serde(default)]
    processes: u32,
    pub(super) failures: Option<String>,
    pub(super) compile_failures: Option<String>,
    #[serde(default)]
    pub(super) version: Vec<String>,
    pub(super) sample: Option<String>,
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

impl LanguageEntry {
    pub(super) fn allowance(&self) -> Allowance {
        let Self { time_factor, time_extra, memory_extra, processes, .. } = *self;
        Allowance { time_factor, time_extra, memory_extra, processes }
    }
}

impl File {
    pub(super) fn read(path: &Path, tag: &str) -> Result<Self, LanguagesError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| LanguagesError::Read { path: shown.clone(), source })?;
        Self::parse(&text, &shown, tag)
    }

    pub(super) fn parse(text: &str, path: &str, tag: &str) -> Result<Self, LanguagesError> {
        let mut file: Self = toml::from_str(text)
            .map_err(|source| LanguagesError::Parse { path: path.into(), source: Box::new(source) })?;
        let toolchains = file.toolchains.values_mut().map(|toolchain| &mut toolchain.image);
        for image in toolchains.chain(file.runtimes.values_mut().map(|runtime| &mut runtime.image)) {
            *image = with_tag(image, tag);
        }
        Ok(file)
    }

    /// Adds what another file has; of the same name, the other's counts.
    pub(super) fn take_in(&mut self, other: Self) {
        self.toolchains.extend(other.toolchains);
        self.runtimes.extend(other.runtimes);
        self.failures.extend(other.failures);
        self.scripts = other.scripts.or(self.scripts.take());
        self.languages.retain(|ours| other.languages.iter().all(|theirs| theirs.id != ours.id));
        self.languages.extend(other.languages);
    }
}
