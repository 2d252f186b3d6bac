//! The binary itself: exit statuses, completions, and the environment.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::stand_in::{Answer, Server};

fn client(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel-client"));
    command
        .args(arguments)
        .env_remove("GAVEL_URL")
        .env_remove("GAVEL_TOKEN")
        .envs(environment.iter().copied());
    command.output().unwrap()
}

#[test]
fn the_address_and_the_token_may_come_from_the_environment() {
    let server = Server::start(|_| Answer::Json(200, json!({"problems": []})));
    let environment = [("GAVEL_URL", server.url.as_str()), ("GAVEL_TOKEN", "s3cret")];
    let output = client(&["problem", "list"], &environment);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"no problems\n"[..]));
    assert_eq!(server.requests()[0].headers["authorization"], "Bearer s3cret");
    assert!(
        !String::from_utf8(client(&["problem", "list", "--help"], &environment).stdout)
            .unwrap()
            .contains("s3cret")
    );
}

#[test]
fn failures_are_told_on_standard_error_without_anything_that_steers_a_terminal() {
    let server = Server::start(|_| Answer::Json(404, json!({"detail": "none \u{1b}[2J\u{9b}such"})));
    let output = client(&["problem", "show", "x", "--server", &server.url], &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "gavel: the server refuses (404): none ␛[2J\u{fffd}such\n"
    );
    assert_eq!(client(&["problem", "show"], &[]).status.code(), Some(2));
    assert_eq!(client(&["problem", "list", "--server", "ftp://x"], &[]).status.code(), Some(2));
}

#[test]
fn every_shell_has_completions_of_all_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = client(&["completions", shell], &[]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success()
                && ["submit", "verify", "token-file"].iter().all(|word| script.contains(word)),
            "{shell}"
        );
    }
    assert_eq!(client(&["completions", "cmd"], &[]).status.code(), Some(2));
}

#[test]
fn who_reads_no_further_is_not_told_of_a_fault() {
    let page: Vec<Value> =
        (0..5000).map(|id| json!({"id": id.to_string(), "created_at": "x".repeat(100)})).collect();
    let server = Server::start(move |_| Answer::Json(200, json!({"problems": page})));
    let line = "\"$0\" problem list --server \"$1\" | head -n 1; echo \"${PIPESTATUS[0]}\"";
    let output = Command::new("bash")
        .args(["-c", line, env!("CARGO_BIN_EXE_gavel-client"), &server.url])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("ID ") && shown.ends_with("\n0\n"), "{shown}");
    assert!(output.stderr.is_empty());
}
