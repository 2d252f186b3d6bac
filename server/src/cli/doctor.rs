//! `gavel doctor`: looks at everything that the service needs, and names the cause and the remedy of each problem.

use std::io::Write;

use serde::Serialize;

use super::client::Client;
use crate::config::Config;

mod access;
mod engine;
mod kernel;
mod service;
mod workspace;

/// What came of looking at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at.
    what: &'static str,
    level: Level,
    /// What was found, and what follows from it.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Good,
    /// Cannot be seen from here.
    Unknown,
    /// It works, but less safely or less exactly than it could.
    Warning,
    /// It does not work.
    Problem,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    healthy: bool,
    findings: &'a [Finding],
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, level: Level::Good, found: found.into(), remedy: None }
    }

    fn unknown(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, level: Level::Unknown, found: found.into(), remedy: None }
    }

    fn warning(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, level: Level::Warning, found: found.into(), remedy: Some(remedy.into()) }
    }

    fn problem(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, level: Level::Problem, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// Looks at everything and prints what was found. True when nothing is a problem.
pub(super) async fn examine(config: &Config, client: &Client, json: bool) -> std::io::Result<bool> {
    let mut findings = engine::examine(config).await;
    findings.extend(kernel::examine());
    findings.extend(workspace::examine(config).await);
    findings.push(access::examine(&config.gojudge));
    findings.extend(service::examine(client).await);
    let healthy = findings.iter().all(|finding| finding.level != Level::Problem);
    let text = if json {
        serde_json::to_string(&Report { healthy, findings: &findings })?
    } else {
        render(&findings)
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(healthy)
}

fn render(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let Finding { what, level, found, remedy } = finding;
        let mark = match level {
            Level::Good => "ok     ",
            Level::Unknown => "unknown",
            Level::Warning => "warning",
            Level::Problem => "PROBLEM",
        };
        let remedy = remedy.as_ref().map(|remedy| format!("\n{:28}→ {remedy}", "")).unwrap_or_default();
        format!("{mark} {what:<19} {found}{remedy}")
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_shown_with_its_remedy() {
        let findings = [
            Finding::good("engine", "Docker 26.1"),
            Finding::problem("images", "there is no image a/b", "build it: make images"),
        ];
        let expected = "ok      engine              Docker 26.1\n\
                        PROBLEM images              there is no image a/b\n\
                        \u{20}                           → build it: make images";
        assert_eq!(render(&findings), expected);
    }
}
