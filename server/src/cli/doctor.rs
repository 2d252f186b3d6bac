//! `gavel doctor`: looks at everything that the service needs, and names the cause and the remedy of each problem.

use serde::Serialize;

use super::client::Client;
use super::output::{print, print_json};
use crate::config::Config;
use crate::doctor::{self, Finding, Level};

mod engine;
mod service;
mod workspace;

#[derive(Debug, Serialize)]
struct Report<'a> {
    healthy: bool,
    findings: &'a [Finding],
}

/// Looks at everything and prints what was found. True when nothing is a problem.
pub(super) async fn examine(config: &Config, client: &Client, json: bool) -> std::io::Result<bool> {
    let mut findings = engine::examine(config).await;
    findings.extend(doctor::examine(config));
    findings.extend(workspace::examine(config).await);
    findings.extend(service::examine(client).await);
    let healthy = doctor::is_healthy(&findings);
    if json {
        print_json(&Report { healthy, findings: &findings })?;
    } else {
        print(&render(&findings))?;
    }
    Ok(healthy)
}

/// Where the second column begins, in which all lines of a finding stay.
const MARGIN: usize = 28;

fn render(findings: &[Finding]) -> String {
    let break_of_line = format!("\n{:MARGIN$}", "");
    let within = |text: &str| text.trim_end().replace('\n', &break_of_line);
    let line = |finding: &Finding| {
        let Finding { what, level, found, remedy } = finding;
        let mark = match level {
            Level::Good => "ok     ",
            Level::Unknown => "unknown",
            Level::Warning => "warning",
            Level::Problem => "PROBLEM",
        };
        let remedy =
            remedy.as_ref().map(|remedy| format!("{break_of_line}→ {}", within(remedy))).unwrap_or_default();
        format!("{mark} {what:<19} {}{remedy}", within(found))
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

    #[test]
    fn no_text_of_a_server_is_another_line() {
        let told = render(&[Finding::good("server", "well\nok      engine              Docker 26.1\n")]);
        assert_eq!(
            told,
            "ok      server              well\n                            ok      engine              Docker 26.1"
        );
    }
}
