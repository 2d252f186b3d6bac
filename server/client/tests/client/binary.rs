//! The binary itself: exit statuses, completions, and the environment.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

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
    let of_a_file = [("GAVEL_URL", server.url.as_str()), ("GAVEL_TOKEN", "s3cret\r\n")];
    assert_eq!(client(&["problem", "list"], &of_a_file).status.code(), Some(0));
    assert_eq!(server.requests()[1].headers["authorization"], "Bearer s3cret");
    assert!(
        !String::from_utf8(client(&["problem", "list", "--help"], &environment).stdout)
            .unwrap()
            .contains("s3cret")
    );
}

#[test]
fn languages_are_listed_with_their_states() {
    let told = json!([{"id": "c17", "name": "C17 (GCC)", "version": "gcc 14", "state": "installed"},
        {"id": "go", "name": "Go", "version": null, "state": "not-installed", "install": "make toolchain go", "reason": "x"},
        {"id": "d", "name": "D", "version": null, "state": "failing", "reason": "the\nself-test failed"}]);
    let kept = told.clone();
    let server = Server::start(move |_| Answer::Json(200, told.clone()));
    let list = |more: &[&str]| {
        let output = client(&[&["languages", "--url", &server.url], more].concat(), &[]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let expected = "\
ID   NAME       VERSION  STATE
c17  C17 (GCC)  gcc 14   installed
go   Go                  not installed (make toolchain go)
d    D                   failing: the self-test failed
";
    assert_eq!(list(&[]), expected);
    assert_eq!(serde_json::from_str::<Value>(&list(&["--json"])).unwrap(), kept);
}

#[test]
fn failures_are_told_on_standard_error_without_anything_that_steers_a_terminal() {
    let server = Server::start(|_| Answer::Json(404, json!({"detail": "none \u{1b}[2J\u{9b}such"})));
    let output = client(&["problem", "show", "x", "--server", &server.url], &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
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
                && ["submit", "verify", "rejudge", "languages", "token-file"]
                    .iter()
                    .all(|word| script.contains(word)),
            "{shell}"
        );
    }
    assert_eq!(client(&["completions", "cmd"], &[]).status.code(), Some(2));
}

#[test]
fn who_reads_no_further_is_not_told_of_a_fault() {
    let page: Vec<Value> =
        (0..5000).map(|id| json!({"id": id.to_string(), "pushed_at": "x".repeat(100)})).collect();
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

/// What the binary writes where both of its outputs are a terminal.
fn on_a_terminal(server: &Server, environment: &[(&str, &str)]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let name = Path::new(std::ffi::OsStr::from_bytes(name.to_bytes()));
    let file = crate::stand_in::folder(&[("a.py", "")]);
    let open = || Stdio::from(OpenOptions::new().read(true).write(true).open(name).unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel-client"));
    command.args([
        "submit",
        &crate::stand_in::path(&file, "a.py"),
        "--language",
        "x",
        "--server",
        &server.url,
    ]);
    command.env_remove("NO_COLOR").env("TERM", "xterm").envs(environment.iter().copied());
    assert_eq!(command.stdout(open()).stderr(open()).status().unwrap().code(), Some(1));
    // It holds our ends of the terminal, too: only without them has it an end.
    drop(command);
    let mut shown = Vec::new();
    let end = std::fs::File::from(terminal).read_to_end(&mut shown);
    // A terminal that nobody holds any more ends with an error, behind all that was written.
    assert!(end.is_ok() || !shown.is_empty());
    String::from_utf8(shown).unwrap()
}

#[test]
fn a_terminal_has_colours_and_a_line_that_goes_unless_it_wants_none() {
    let server = Server::start(|request| {
        match request.line().as_str() {
        line if line.ends_with("/events") => Answer::Raw(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndata: {\"state\":\"compiling\"}\n\nevent: judgement\n".to_vec(),
        ),
        "POST /submissions" => Answer::Json(202, json!({"id": "s-1", "state": "queued"})),
        _ => Answer::Json(200, json!({"id": "s-1", "state": "done", "verdict": "WrongAnswer"})),
    }
    });
    let line = "\r\u{1b}[Kcompiling\r\u{1b}[K";
    assert_eq!(on_a_terminal(&server, &[]), format!("{line}\u{1b}[31mWrongAnswer\u{1b}[0m\r\n"));
    assert_eq!(on_a_terminal(&server, &[("NO_COLOR", "1")]), format!("{line}WrongAnswer\r\n"));
    assert_eq!(on_a_terminal(&server, &[("TERM", "dumb")]), "WrongAnswer\r\n");
}

#[test]
fn a_source_may_come_from_standard_input() {
    let server = Server::start(|request| match request.line().as_str() {
        "GET /languages" => {
            Answer::Json(200, json!([{"id": "python3", "source_file": "main.py", "available": true}]))
        }
        _ => Answer::Json(200, json!({"id": "s-1", "state": "done", "verdict": "Accepted"})),
    });
    let submit = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gavel-client"));
        command.args(["submit", "-", "--server", &server.url]).args(more).env_remove("GAVEL_TOKEN");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // One that makes no sense may have ended by then.
        drop(child.stdin.take().unwrap().write_all(b"print(3)\n"));
        child.wait_with_output().unwrap()
    };
    let sent = submit(&["--language", "python3"]);
    assert_eq!((sent.status.code(), sent.stderr.len()), (Some(0), 0), "{sent:?}");
    assert_eq!(server.requests()[0].json(), json!({"language": "python3", "source": "print(3)\n"}));
    for (more, told) in [(&[][..], "--language"), (&["--language", "python3", "--stdin", "-"], "not both")] {
        let refused = submit(more);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(2) && said.contains(told), "{said}");
    }
}
