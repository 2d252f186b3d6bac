//! `gavel problem show`: what is known of a problem.

use clap::Args;
use serde_json::Value;

use super::Id;
use crate::amount;
use crate::failure::{Failure, Status};
use crate::http::Ask;
use crate::options::Server;
use crate::terminal::Terminal;
use crate::text;

/// A problem to tell of.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    server: Server,
    /// The problem
    id: Id,
    /// Print JSON: the problem as the server tells it
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn execute(&self, terminal: &mut Terminal<'_>) -> Result<Status, Failure> {
        let (_, problem) = self.server.client()?.ask(Ask::get(&self.id.path()))?;
        if self.json {
            terminal.json(&problem)?
        } else {
            terminal.print(&described(&problem))?
        }
        Ok(Status::Good)
    }
}

fn described(problem: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = [
        ("id", text(&problem["id"])),
        ("name", name(problem)),
        ("version", text(&problem["version"])),
        ("pushed", text(&problem["pushed_at"])),
        ("format", text(&problem["format"])),
        ("kind", kind(problem)),
        ("limits", limits(&problem["limits"])),
        ("tests", cases(&problem["cases"])),
        ("shown of secret tests", text(&problem["show"])),
        ("for", readers(problem).to_owned()),
        ("validators", listed(&problem["validators"], |one| one.as_str().map(str::to_owned))),
        ("statements", listed(&problem["statements"], statement)),
        ("attachments", listed(&problem["attachments"], |one| one.as_str().map(str::to_owned))),
        ("example submissions", problem["submissions"].as_u64().map(|n| n.to_string()).unwrap_or_default()),
    ];
    let said = lines.iter().filter(|(_, value)| !value.is_empty());
    let lines: String =
        said.map(|(key, value)| format!("{:22} {}\n", format!("{key}:"), text::line(value))).collect();
    lines + &notes(problem)
}

/// What is worth knowing of a package, a line each.
pub(super) fn notes(problem: &Value) -> String {
    let notes = problem["notes"].as_array().map_or(&[][..], Vec::as_slice);
    let notes = notes.iter().filter_map(Value::as_str).map(|note| format!("note: {}\n", text::line(note)));
    let unjudged = problem["unjudged"].as_str();
    unjudged.map(|why| format!("cannot be judged: {}\n", text::line(why))).into_iter().chain(notes).collect()
}

/// The problem's name, in English where it has one.
pub(super) fn name(problem: &Value) -> String {
    let names = &problem["names"];
    let first = || names.as_object().and_then(|names| names.values().next()).and_then(Value::as_str);
    names["en"].as_str().or_else(first).unwrap_or_default().to_owned()
}

/// Who finds it, where the server tells that.
pub(super) fn readers(problem: &Value) -> &'static str {
    match problem["private"].as_bool() {
        Some(true) => "its keepers",
        Some(false) => "all",
        None => "",
    }
}

/// What kind of problem it is.
pub(super) fn kind(problem: &Value) -> String {
    if !problem["type"].is_object() {
        return String::new();
    }
    let kinds = [
        ("scoring", "scoring"),
        ("interactive", "interactive"),
        ("multi_pass", "multi-pass"),
        ("submit_answer", "submit-answer"),
    ];
    let is = |key: &str| problem["type"][key].as_bool() == Some(true);
    let kinds: Vec<_> = kinds.iter().filter(|(key, _)| is(key)).map(|(_, kind)| *kind).collect();
    if kinds.is_empty() { "pass-fail".to_owned() } else { kinds.join(", ") }
}

fn limits(limits: &Value) -> String {
    let bytes =
        |key: &str, what: &str| limits[key].as_u64().map(|size| format!("{} {what}", amount::memory(size)));
    let all = [
        limits["cpu_ms"].as_f64().map(|ms| format!("{} CPU", amount::time(ms))),
        bytes("memory_bytes", "memory"),
        bytes("output_bytes", "output"),
        bytes("source_bytes", "source"),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn cases(cases: &Value) -> String {
    match (cases["sample"].as_u64(), cases["secret"].as_u64()) {
        (Some(sample), Some(secret)) => format!("{sample} samples, {secret} secret"),
        _ => String::new(),
    }
}

fn statement(statement: &Value) -> Option<String> {
    Some(format!("{} ({})", statement["language"].as_str()?, statement["format"].as_str()?))
}

fn listed(list: &Value, one: impl Fn(&Value) -> Option<String>) -> String {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_is_described_in_lines() {
        let problem = json!({"id": "sum", "version": "3f", "pushed_at": "2026-11-28T10:00:00Z", "show": "verdicts",
            "format": "2025-09", "names": {"de": "Summe", "en": "Sum\u{1b}[1m"}, "type": {"scoring": true, "interactive": true},
            "limits": {"cpu_ms": 2000, "memory_bytes": 268_435_456, "output_bytes": null},
            "cases": {"sample": 1, "secret": 12}, "validators": ["check.cpp"],
            "statements": [{"language": "en", "format": "markdown"}], "attachments": [], "submissions": 3,
            "unjudged": "it is\nmulti-pass", "notes": ["todo.txt: ignored"]});
        let expected = "\
id:                    sum
name:                  Sum␛[1m
version:               3f
pushed:                2026-11-28T10:00:00Z
format:                2025-09
kind:                  scoring, interactive
limits:                2.00 s CPU, 256.0 MiB memory
tests:                 1 samples, 12 secret
shown of secret tests: verdicts
validators:            check.cpp
statements:            en (markdown)
example submissions:   3
cannot be judged: it is multi-pass
note: todo.txt: ignored
";
        assert_eq!(described(&problem), expected);
    }

    #[test]
    fn nothing_known_is_nothing_said() {
        assert_eq!(described(&json!({"id": 5, "names": []})), "");
        assert_eq!(described(&json!({"type": {}})), "kind:                  pass-fail\n");
    }
}
