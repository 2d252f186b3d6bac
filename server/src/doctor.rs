//! What is looked at on the host and in the settings, with the cause and the remedy of each problem: by `gavel doctor`, which
//! also sees the engine, and by a server that runs, for whoever cannot look at its host.

use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Config;

mod access;
mod kernel;
pub(crate) mod nodes;

/// What came of looking at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found, and what follows from it.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub remedy: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Good,
    /// Cannot be seen from here.
    Unknown,
    /// It works, but less safely or less exactly than it could.
    Warning,
    /// It does not work.
    Problem,
}

impl Finding {
    /// It is as it should be.
    pub fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, level: Level::Good, found: found.into(), remedy: None }
    }

    /// It cannot be seen from here.
    pub fn unknown(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, level: Level::Unknown, found: found.into(), remedy: None }
    }

    /// It works, but less safely or less exactly than it could.
    pub fn warning(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, level: Level::Warning, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// It does not work.
    pub fn problem(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, level: Level::Problem, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// There is no problem among them.
pub fn is_healthy(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.level != Level::Problem)
}

/// Looks at what every process of ours sees: the kernel, and who may call.
pub fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = kernel::examine();
    findings.push(access::examine(&config.gojudge));
    findings
}
