//! The command line, against the running service.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

use std::fs;

use clap::Parser;
use e2e::environment;
use gavel_client::{Command, Terminal};
use tempfile::TempDir;

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    status: u8,
    out: String,
    /// With the sentence of a failure.
    err: String,
}

fn run(arguments: &[&str]) -> Ended {
    let folder = folder(&[("token", &environment::token().unwrap_or_default())]);
    let (url, token) = (environment::url(), path(&folder, "token"));
    let mut all = vec!["gavel"];
    all.extend(arguments);
    all.extend(["--server", &url]);
    if environment::token().is_some() {
        all.extend(["--token-file", &token]);
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, err: &mut err, colour: false, live: false };
    let ended = Cli::parse_from(all).command.execute(&mut terminal);
    let (out, mut err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
    let status = ended.unwrap_or_else(|failure| {
        err.push_str(&failure.to_string());
        failure.status()
    });
    Ended { status: status.number(), out, err }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

const SUM: &str =
    "#include <stdio.h>\nint main(void) { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); }\n";

#[test]
fn a_right_program_is_told_from_a_wrong_one_by_the_exit_status() {
    let files = folder(&[
        ("sum.c", SUM),
        ("difference.c", &SUM.replace("a + b", "a - b")),
        ("broken.c", "int main(void) { return x; }"),
        ("tests/1.in", "1 0\n"),
        ("tests/1.ans", "1\n"),
        ("tests/2.in", "2 2\n"),
        ("tests/2.out", "4\n"),
    ]);
    let submit = |name: &str| {
        run(&[
            "submit",
            &path(&files, name),
            "--language",
            "c17",
            "--tests",
            &path(&files, "tests"),
            "--watch",
        ])
    };
    let right = submit("sum.c");
    assert!(right.status == 0 && right.out.starts_with("Accepted, 2 of 2 tests passed, "), "{right:?}");
    let wrong = submit("difference.c");
    assert!(wrong.status == 1 && wrong.out.starts_with("WrongAnswer, 1 of 2 tests passed, "), "{wrong:?}");
    let broken = submit("broken.c");
    assert!(broken.status == 1 && broken.out.contains("\nthe compiler says:\n"), "{broken:?}");
    let unknown = run(&["submit", &path(&files, "sum.c"), "--language", "latin"]);
    assert!(unknown.status == 2 && unknown.err.contains("language"), "{unknown:?}");
}

#[test]
fn a_program_alone_shows_what_it_writes_and_steers_no_terminal() {
    let files = folder(&[
        ("main.js", "process.stdout.write('\\x1b[2J' + require('fs').readFileSync(0, 'utf8'));\n"),
        ("input", "5\n"),
    ]);
    let ended = run(&["submit", &path(&files, "main.js"), "--stdin", &path(&files, "input")]);
    assert!(ended.status == 0 && ended.out.ends_with("\nstandard output:\n␛[2J5\n"), "{ended:?}");
}

#[test]
fn a_problem_is_pushed_listed_shown_solved_and_removed() {
    let files = folder(&[("sum/1.in", "1 2\n"), ("sum/1.ans", "3\n"), ("sum.c", SUM)]);
    let push = || run(&["problem", "push", &path(&files, "sum"), "--id", "cli-sum"]);
    let (pushed, again) = (push(), push());
    assert!(pushed.status == 0 && pushed.out.contains(", new\n"), "{pushed:?}");
    assert!(again.status == 0 && again.out.contains(", there already\n"), "{again:?}");
    assert!(run(&["problem", "list"]).out.contains("\ncli-sum "));
    let shown = run(&["problem", "show", "cli-sum"]);
    assert!(shown.out.contains("0 samples, 1 secret"), "{shown:?}");
    let solved = run(&["submit", &path(&files, "sum.c"), "--language", "c17", "--problem", "cli-sum"]);
    assert!(solved.status == 0 && solved.out.contains("secret/1"), "{solved:?}");
    assert_eq!(run(&["problem", "delete", "cli-sum"]).status, 0);
    assert_eq!(run(&["problem", "show", "cli-sum"]).status, 2);
}
